"""Lines of a column -> pieces: paragraphs, items, headings, tables, notes.

A paragraph ends as a reader sees it end: by space, by an indent, by a line that stops short, by a
mark or number, by other type.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from qa.reading.pdf.columns import Flow
from qa.reading.pdf.lines import Line
from qa.reading.pdf.pages import Rule
from qa.reading.pdf.tables import MARK, contents_entry, find_tables, rows_of

_ENDS_SENTENCE = re.compile(r"[.!?:;…][\"'”’)\]»]*$")
_NOTE_MARK = re.compile(r"(?:\d{1,3}|[*∗†‡§¶]+|\(\d{1,3}\)|\[\d{1,3}\])\.?")
_WIDER = 1.25  # of the usual distance between lines
_SMALLER = 0.93  # of the body's type


@dataclass(slots=True)
class Piece:
    """Lines that belong together.

    Attributes:
        right: How far lines may reach where it stands.
        rows: Of a table.
        bold_head: Whether the first row is a header.
        level: Of a heading.
        tail: The piece on the next page, or in the next column, that goes on with this one.
    """

    page: int
    lines: list[Line]
    right: float
    rows: list[list[str]] | None = None
    bold_head: bool = False
    level: int | None = None
    tail: "Piece | None" = None

    @property
    def style(self) -> tuple[float, bool, bool]:
        """The type that it begins in."""
        return style(self.lines[0])

    @property
    def text(self) -> str:
        """Its lines one after the other, broken words as they stand."""
        return " ".join(line.text for line in self.lines)


@dataclass(slots=True)
class Measure:
    """What is usual in a document.

    Attributes:
        size: Of the body's type.
        leading: Distance of baselines, as a share of the type's size.
        right: How far lines reach that aren't in columns.
        bold: Whether most of the text is.
    """

    size: float = 10.0
    leading: float = 1.2
    right: float = 0.0
    bold: bool = False


def style(line: Line) -> tuple[float, bool, bool]:
    """Return what tells a line's type from another's."""
    return line.size, line.bold, line.italic


def measure(found: Iterable[Flow]) -> Measure:
    """Return what is usual in a document of these flows."""
    sizes: Counter[float] = Counter()
    bold: Counter[bool] = Counter()
    steps: list[float] = []
    ends: list[float] = []
    flows = list(found)
    for flow in flows:
        for line in flow.lines:
            sizes[line.size] += len(line.text)
            bold[line.bold] += len(line.text)
    if not sizes:
        return Measure()
    size = max(sizes, key=lambda size: (sizes[size], size))
    for flow in flows:
        body = [line for line in flow.lines if line.size == size]
        steps += [b.y - a.y for a, b in pairwise(body) if 0.9 * size < b.y - a.y < 3 * size]
        if not flow.column:
            ends += [line.x1 for line in body if len(line.text) > 40]
    steps.sort()
    ends.sort()
    return Measure(
        size,
        steps[len(steps) // 3] / size if steps else 1.2,  # the median would see paragraphs' gaps
        ends[int(0.9 * (len(ends) - 1))] if ends else 0.0,
        bold[True] > bold[False],
    )


def pieces(flow: Flow, page: int, usual: Measure, rules: Sequence[Rule]) -> list[Piece]:
    """Return the pieces of a flow in order."""
    right = flow.x1 if flow.column else max(flow.x1, usual.right)
    found: list[Piece] = []
    lines = list(flow.lines)
    at = 0
    for start, end in [*find_tables(lines), (len(lines), len(lines))]:
        found += _paragraphs(lines[at:start], page, right, usual)
        if start < end:
            table = lines[start:end]
            head = table[0].bold and not all(line.bold for line in table)
            found.append(Piece(page, table, right, rows_of(table, rules), head))
        at = end
    return found


def split_notes(found: Sequence[Piece], usual: Measure) -> tuple[list[Piece], list[Piece]]:
    """Return a column's pieces, and the footnotes at its end: small type that a mark begins."""
    at = len(found)
    while at and found[at - 1].rows is None and found[at - 1].style[0] <= _SMALLER * usual.size:
        at -= 1
    while at < len(found) and not _NOTE_MARK.match(found[at].text):
        at += 1
    if at == 0 and not any(piece.style[0] > _SMALLER * usual.size for piece in found):
        at = len(found)  # all of it is small: it isn't below anything
    return list(found[:at]), list(found[at:])


def goes_on(piece: Piece, following: Piece) -> bool:
    """Whether a piece at the top of a page or column goes on with the last one before it."""
    if piece.rows is not None or following.rows is not None:
        return False
    if abs(piece.style[0] - following.style[0]) > 0.5 or is_marked(following.lines[0]):
        return False
    if piece.level is not None or following.level is not None:
        return False
    if not any(map(str.isalpha, piece.text)):
        return False
    first, last = following.text, piece.lines[-1].text
    if _ENDS_SENTENCE.search(last):
        return first[0].islower() and not last.endswith((":", ";"))
    full = (
        piece.lines[-1].x1 + following.lines[0].first_width > piece.right - 2 * piece.lines[-1].size
    )
    return first[0].islower() or full


def is_marked(line: Line) -> bool:
    """Whether a line begins with the mark or number of an item or paragraph."""
    if len(line.words) == 1 or not MARK.fullmatch(line.words[0].text):
        return False
    return line.words[1].x0 - line.words[0].x1 > 0.1 * line.size  # "1The": a footnote's


def _paragraphs(lines: Sequence[Line], page: int, right: float, usual: Measure) -> list[Piece]:
    found: list[Piece] = []
    run: list[Line] = []
    for index, line in enumerate(lines):
        if entry := contents_entry(line):
            if run:
                found.append(Piece(page, run, right))
                run = []
            found.append(Piece(page, [line], right, [entry]))
            continue
        below = lines[index + 1] if index + 1 < len(lines) else None
        if run and _begins(run, line, below, right, usual):
            found.append(Piece(page, run, right))
            run = []
        run.append(line)
    if run:
        found.append(Piece(page, run, right))
    return found


def _begins(
    run: Sequence[Line], line: Line, below: Line | None, right: float, usual: Measure
) -> bool:
    """Whether a line begins a new paragraph below the lines of one."""
    above, em = run[-1], line.size
    step = line.y - above.y
    if abs(above.size - em) > 0.08 * max(em, above.size) + 0.5:
        return True
    expected = (run[1].y - run[0].y) if len(run) > 1 else usual.leading * em
    if step > _WIDER * expected + 0.05 * em or step < 0:
        # Where lines stand wider apart than usual, this may be the paragraph's second.
        if below is None or len(run) > 1 or step > 2.2 * em or not _full(above, line, right):
            return True
        if abs(below.y - line.y - step) > 0.1 * em:
            return True
    if above.bold != line.bold and (len(run) == 1 or all(x.bold for x in run) or line.bold):
        short = not _full(above, line, right)
        if above.bold and all(x.bold for x in run) and short:
            return True
        if line.bold and (short or _ENDS_SENTENCE.search(above.text)):
            return True
    heads = _looks_head(run, usual)
    if (
        is_marked(line)
        and not _counts(run, line, below, right)
        and (
            not _full(above, line, right)
            or _hangs(line, below)
            or (is_marked(run[0]) and abs(line.x0 - run[0].x0) < 0.3 * em)
        )
    ):
        return True
    if heads:
        return False
    left = _left(run)
    if len(run) > 1 and line.x0 < left - 0.8 * em:
        return True  # it stands further out than a list's item, or a quotation
    if is_marked(run[0]) and line.x0 < run[0].x0 - 0.8 * em:
        return not (_full(above, line, right) and line.text[0].islower())
    indented = line.x0 > left + 0.8 * em
    if indented and not (len(run) == 1 and is_marked(run[0])):
        if _ENDS_SENTENCE.search(above.text):
            return True
        if below is not None and below.x0 < line.x0 - 0.8 * em and not line.text[0].islower():
            return True
    if _full(above, line, right):
        return False
    if _ENDS_SENTENCE.search(above.text):
        return not line.text[0].islower()
    return above.x1 < right - 0.25 * (right - above.x0) and not line.text[0].islower()


def _counts(run: Sequence[Line], line: Line, below: Line | None, right: float) -> bool:
    """Whether the number that a line begins with belongs to the sentence: "within / 7 days".

    It stands bare before a small letter, below a line that breaks off within a sentence and had
    no room for the number and its word, which a space that doesn't break may hold together.
    """
    number, word = line.words[:2]
    if not number.text.isdecimal() or not word.text[0].islower() or line.bold != run[-1].bold:
        return False
    if not run[-1].text[-1].isalpha() or (is_marked(run[0]) and run[0].words[0].text.isdecimal()):
        return False
    if below is not None and below.words[0].text == str(int(number.text) + 1):
        return False
    lefts = (run[0].x0, _left(run))
    if min(abs(line.x0 - left) for left in lefts) > 0.3 * line.size:
        return False
    return run[-1].x1 + word.x1 - line.x0 > right - 1.5 * line.size


def _looks_head(run: Sequence[Line], usual: Measure) -> bool:
    """Whether lines are in a heading's type, which breaks lines where it likes."""
    first = run[0]
    return (first.size > 1.1 * usual.size or (first.bold and not usual.bold)) and len(run) < 4


def _full(above: Line, line: Line, right: float) -> bool:
    """Whether the line's first word would not have fitted on the line above."""
    return above.x1 + line.first_width + 0.3 * line.size > right - 0.5 * line.size


def _hangs(line: Line, below: Line | None) -> bool:
    """Whether the lines below a mark or number stand clear of it."""
    if len(line.words) > 1 and line.words[1].x0 - line.words[0].x1 > 0.9 * line.size:
        return True
    return below is not None and below.x0 > line.x0 + 0.8 * line.size and below.y > line.y


def _left(run: Sequence[Line]) -> float:
    """Return where a paragraph's lines begin, its first and a mark before it aside."""
    if len(run) > 1:
        return median(line.x0 for line in run[1:])
    if is_marked(run[0]):
        return run[0].words[1].x0
    return run[0].x0
