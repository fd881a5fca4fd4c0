"""Lines of plain text -> blocks: headings, paragraphs, lists, rows.

Works by layout alone, as a reader does who sees the page from afar: blank lines, indents, line
lengths, how a line ends. Knows nothing of comments (`comments.py`) or Markdown (`markdown.py`).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qa.reading.building import SECTION_SEPARATOR
from qa.types import Block

ITEM = re.compile(
    r"(?:[-*•∙‣◦▪●○■□➢✓·–—]|\(?\d{1,3}[.):]|\(?[a-z][.)]|\([a-z]{2}\)|\(?[A-Z]\)"
    r"|\(?[ivx]{1,5}[.)])\s+\S"
)
DATE_LINE = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
    r"(?:\d{1,2}(?:st|nd|rd|th)?\s+[a-z]{3,9}\.?,?\s+\d{4}|[a-z]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
    r"|\d{4}-\d{2}-\d{2})\b",
    re.IGNORECASE,
)
_ENDS_SENTENCE = re.compile(r"(?:[.!?…:;,]-?|[–—-])[\"'”’)\]»]*$")
_CLOSES = re.compile(rf"{_ENDS_SENTENCE.pattern}|[\"'”’)\]»]$")
_INTRODUCES = re.compile(r"[:–—-]$")
_TWO_SENTENCES = re.compile(r"[a-z][.!?] [A-Z]")
_OPENS = re.compile(r"[a-z]")
_NUMBER_AT_END = re.compile(r"\d[\d,.]*%?$")
_COLUMNS = re.compile(r"\t|\s{3,}|\s\|\s")
_NAME = re.compile(r"(?:[A-Z][\w'’-]*\.?\s+){1,2}[A-Z][\w'’-]+")
_SALUTATION = re.compile(r"(?:dear|hi|hello|yours|kind regards|best wishes)\b", re.IGNORECASE)

_WORD = re.compile(r"\w+")
_MAX_NAME_WORDS = 6  # "Jean-Luc O'Neil-Smith"

_MAX_HEADING = 120  # characters; the longest headline of a newspaper is about 110
_MAX_HEADING_WORDS = 18
_MAX_ROW = 200  # characters
_BODY_WORDS = 20  # a line of this many words is running text, whatever it ends with
_MAX_LEAD_IN_WORDS = 60
_MAX_DATELINE_WORDS = 8
_MIN_WRAPPED = 4  # lines followed by another; fewer tell nothing of a width
_WRAP_WIDTHS = range(40, 121)  # characters a line; wider text wasn't wrapped by hand or program


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, its white space trimmed; `start`, `end` are offsets in the document."""

    text: str
    start: int
    end: int
    indent: int  # columns of white space before it


def lines(text: str) -> list[Line]:
    """Return every line of `text`; blank ones have empty text."""
    found, at = [], 0
    for raw in text.split("\n"):
        stripped = raw.strip()
        indent = len(raw) - len(raw.lstrip()) if stripped else 0
        found.append(Line(stripped, at + indent, at + indent + len(stripped), indent))
        at += len(raw) + 1
    return found


def blocks(
    source: Sequence[Line], width: int | None, *, headings: bool = True, title: str = ""
) -> list[Block]:
    """Return the blocks of consecutive lines, in order.

    Args:
        source: Lines, blank ones included.
        width: What `wrap_width` says of the whole document.
        headings: Whether a line may be a heading (inside a reader's comment none is).
        title: The document's title where it is known: the line that says it is a heading.
    """
    groups = list(_groups(source))
    seen = Counter(_spaced(line.text) for group in groups for line in group)
    names = _names_in_running_text(groups)
    body_follows = _body_follows(groups)
    found: list[Block] = []
    breaks_off = False
    for group, has_body_below in zip(groups, body_follows, strict=True):
        if _is_table(group):
            if found and found[-1].kind == "heading":  # "Name / Place / Votes" heads the rows
                found[-1] = replace(found[-1], kind="lead_in")
            found += [Block("row", line.start, line.end) for line in group]
            continue
        for run in _runs(group, width, title):
            first, last = run[0], run[-1]
            words = sum(len(line.text.split()) for line in run)
            is_heading = first.text == title or (
                len(run) == 1
                and _could_be_heading(first.text)
                and seen[_spaced(first.text)] == 1  # what stands there twice is furniture
                and first.text not in names
                and _heads(first, group, has_body_below)
            )
            if headings and is_heading:
                found.append(Block("heading", first.start, last.end))
            elif ITEM.match(first.text):
                found.append(Block("item", first.start, last.end))
            elif is_dateline(" ".join(line.text for line in run)):
                found.append(Block("dateline", first.start, last.end))
            elif found and breaks_off and _continues(first.text):
                found[-1] = replace(found[-1], end=last.end)
            elif _INTRODUCES.search(last.text) and words <= _MAX_LEAD_IN_WORDS:
                found.append(Block("lead_in", first.start, last.end))
            else:
                found.append(Block("paragraph", first.start, last.end))
            # Running text that stops in mid-sentence goes on in the next block.
            breaks_off = (
                found[-1].kind == "paragraph"
                and len(last.text.split()) >= _BODY_WORDS
                and not _CLOSES.search(last.text)
            )
    return found


def is_dateline(text: str) -> bool:
    """Whether a paragraph says when, and hardly more."""
    return bool(DATE_LINE.match(text)) and len(text.split()) <= _MAX_DATELINE_WORDS


def with_sections(found: Sequence[Block], text: str) -> list[Block]:
    """Return the blocks with the heading above each as its section; a heading names itself.

    Headings that follow each other directly are nested: "Minutes › Present".
    """
    path: list[str] = []
    placed: list[Block] = []
    for block in found:
        if block.kind == "heading":
            stacked = placed and placed[-1].kind == "heading"
            path = [*(path if stacked else []), " ".join(text[block.start : block.end].split())]
        placed.append(replace(block, section=SECTION_SEPARATOR.join(path) or None))
    return placed


def _groups(source: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the runs of lines between blank ones; a rule ("---", "* * *") counts as blank."""
    group: list[Line] = []
    for line in source:
        if any(char.isalnum() for char in line.text):
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def wrap_width(source: Sequence[Line]) -> int | None:
    """Return the width in characters a text was wrapped to, or None where a line is a paragraph.

    A line was broken by wrapping when the next line's first word would not have fitted on it.
    """
    inner = [(a.text, b.text) for a, b in pairwise(source) if a.text and b.text]
    if len(inner) < _MIN_WRAPPED:
        return None
    width = sorted(len(a) for a, _ in inner)[int(0.95 * (len(inner) - 1))]
    if width not in _WRAP_WIDTHS:
        return None
    full = sum(_is_full(a, b, width) for a, b in inner)
    return width if full >= 0.6 * len(inner) else None


def _is_full(line: str, following: str, width: int) -> bool:
    return len(line) + 1 + len(following.split(None, 1)[0]) > width - 6


def _runs(group: Sequence[Line], width: int | None, title: str) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph of a group: wrapped or broken-off lines stay together."""
    run = [group[0]]
    for before, line in pairwise(group):
        wrapped = width is not None and _is_full(before.text, line.text, width)
        broken = not _ENDS_SENTENCE.search(before.text) and _OPENS.match(line.text)
        hanging = width is not None and ITEM.match(run[0].text) and line.indent > run[0].indent
        goes_on = (wrapped or broken or hanging) and title not in (before.text, line.text)
        if goes_on and not ITEM.match(line.text):
            run.append(line)
        else:
            yield run
            run = [line]
    yield run


def _is_table(group: Sequence[Line]) -> bool:
    if len(group) < 3 or any(len(line.text) > _MAX_ROW or ITEM.match(line.text) for line in group):
        return False
    rows = sum(bool(_NUMBER_AT_END.search(x.text) or _COLUMNS.search(x.text)) for x in group)
    return rows >= 0.8 * len(group)


def _could_be_heading(text: str) -> bool:
    return (
        len(text) <= _MAX_HEADING
        and len(text.split()) <= _MAX_HEADING_WORDS
        and any(c.isalpha() for c in text)
        and not re.match(r"[a-z(]", text)
        and not ITEM.match(text)
        and not _ENDS_SENTENCE.search(text)
        and not _TWO_SENTENCES.search(text)
        and not _SALUTATION.match(text)
        and not DATE_LINE.match(text)
    )


def _heads(line: Line, group: Sequence[Line], has_body_below: bool) -> bool:
    """Whether a line stands as a heading does: above running text, apart from other short lines."""
    if line is group[0]:
        return has_body_below if len(group) == 1 else len(group[1].text) > 2 * len(line.text)
    if line is not group[-1]:
        return False
    # The last of several lines: not the second line of an address or a signature.
    return has_body_below and bool(_ENDS_SENTENCE.search(group[-2].text))


def _body_follows(groups: Sequence[Sequence[Line]]) -> list[bool]:
    """Return for each group whether one that cannot be a heading stands anywhere below it."""
    found: list[bool] = []
    below = False
    for group in reversed(groups):
        found.append(below)
        below = below or len(group) > 1 or not _could_be_heading(group[0].text)
    return found[::-1]


def _names_in_running_text(groups: Sequence[Sequence[Line]]) -> set[str]:
    """Return short lines that read as the name of a person the text speaks of: signatures."""
    found = {x.text for g in groups for x in g if _NAME.fullmatch(x.text)}
    wanted = {tuple(_WORD.findall(name)): name for name in found}
    lengths = {len(words) for words in wanted if len(words) <= _MAX_NAME_WORDS}
    named = set()
    for line in (x for g in groups for x in g if lengths and len(x.text.split()) > 5):
        words = _WORD.findall(line.text)
        for length in lengths:
            runs = zip(*(words[at:] for at in range(length)), strict=False)
            named.update(wanted.keys() & set(runs))
    return {wanted[words] for words in named}


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _continues(text: str) -> bool:
    return bool(_OPENS.match(text)) or bool(re.search(r"[.!?][\"'”’)]*$", text))
