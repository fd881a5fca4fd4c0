"""Where quotation marks open and close; knows nothing of who speaks.

Double marks and single ones, typographic and straight. Of nested quotations the outermost
counts. A quotation in double marks goes on in the next paragraph where that opens with a mark
again, as the British convention has it, or where the mark that closes it comes first of all
marks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.types import Block

_OPEN, _CLOSE, _SINGLE = "“„«", "”»", "'‘’"
_DOUBLE_MARK = re.compile(f'["{_OPEN}{_CLOSE}]')
_MARK = re.compile(f'["{_OPEN}{_CLOSE}{_SINGLE}]')
# An apostrophe that leaves letters out begins a word as a quotation mark does.
_ELISION = re.compile(r"['‘](?:\d\ds?|tis|twas|em|cause|til|n)\b", re.I)
_APART = ("heading", "dateline", "lead_in")  # kinds that no quotation goes on into
_MAX_GAP = 12  # paragraphs without any mark between an opening and its closing


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation, its marks included; not `closed` where the closing mark is missing."""

    start: int
    end: int
    closed: bool
    block: int  # index of the block it begins in
    last: int  # index of the block it ends in


def find_quotes(text: str, blocks: Sequence[Block]) -> list[Quote]:
    """Return the outermost quotations in `blocks`, in order."""
    found: list[Quote] = []
    number = at = 0
    while number < len(blocks):
        first = number
        inside, opened = _scan(text, max(at, blocks[number].start), blocks[number].end, _MARK)
        found += [Quote(start, end, True, number, number) for start, end in inside]
        if opened is not None:
            at, number, closed = _go_on(text, blocks, number)
            found.append(Quote(opened, at, closed, first, number))
        if opened is None or at >= blocks[number].end:
            number += 1
    return found


def opens(text: str, block: Block) -> bool:
    """Whether a block begins with an opening mark."""
    return _opens(text, block.start)


def _scan(
    text: str, at: int, end: int, marks: re.Pattern[str]
) -> tuple[list[tuple[int, int]], int | None]:
    """Return the quotations closed before `end`, and where one is left open."""
    found: list[tuple[int, int]] = []
    opened: int | None = None
    single, depth = False, 0
    for match in marks.finditer(text, at, end):
        mark, here = match[0], match.start()
        before, after = text[here - 1 : here], text[here + 1 : here + 2]
        if opened is None:
            if _opens(text, here):
                opened, single, depth = here, mark in _SINGLE, 1
            continue
        if single != (mark in _SINGLE):
            continue  # nested, of the other family
        if single:
            depth -= mark != "‘" and not before.isspace() and not after.isalnum()
        else:
            again = mark in _OPEN or (mark == '"' and before.isspace() and after.isalnum())
            depth += 1 if again else -1
        if depth == 0:
            found.append((opened, here + 1))
            opened = None
    if opened is not None and single:  # an apostrophe after all: single marks tell nothing here
        return _scan(text, at, end, _DOUBLE_MARK)
    return found, opened


def _opens(text: str, here: int) -> bool:
    """Whether the character at an offset opens a quotation, as far as those beside it tell."""
    mark, before, after = text[here], text[here - 1 : here], text[here + 1 : here + 2]
    if mark in _OPEN:
        return True
    if mark not in "\"'‘" or not (before.isspace() or before in "([{—–-/:“\"'‘"):
        return False
    if mark == '"':
        return bool(after) and not after.isspace()
    return (after.isalnum() or after in '"“[….') and not _ELISION.match(text, here)


def _go_on(text: str, blocks: Sequence[Block], number: int) -> tuple[int, int, bool]:
    """Return the end, the block and whether it is closed, of a quotation left open in a block."""
    while number + 1 < len(blocks) and blocks[number + 1].kind not in _APART:
        following = blocks[number + 1]
        if not opens(text, following) or text[following.start] in _SINGLE:
            return _closing(text, blocks, number) or (blocks[number].end, number, False)
        inside, _ = _scan(text, following.start, following.end, _DOUBLE_MARK)
        number += 1
        if inside:
            return inside[0][1], number, True
    return blocks[number].end, number, False


def _closing(text: str, blocks: Sequence[Block], number: int) -> tuple[int, int, bool] | None:
    """Return where a mark closes what is open, if that is the first mark to come."""
    for ahead in range(number + 1, min(len(blocks), number + 1 + _MAX_GAP)):
        block = blocks[ahead]
        if block.kind in _APART:
            return None
        if match := _DOUBLE_MARK.search(text, block.start, block.end):
            here = match.start()
            at_end = here + 1 == block.end or text[here - 1] in ".,!?…"
            closes = match[0] in _CLOSE or (match[0] == '"' and not _opens(text, here))
            return (here + 1, ahead, True) if closes and at_end else None
    return None
