"""Where quotation marks open and close; knows nothing of who speaks.

Double marks and single ones, typographic and straight. Of nested quotations the outermost
counts. A quotation goes on in the next paragraph where that opens with a mark again, as the
British convention has it, or where the mark that closes it comes first of all marks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.types import Block

_MARKS = {True: re.compile("[\"“”„«»'‘’]"), False: re.compile('["“”„«»]')}  # with single ones?
_OPEN, _CLOSE = "“„«", "”»"
# An apostrophe that leaves letters out begins a word as a quotation mark does.
_ELISION = re.compile(r"['‘’](?:\d\ds?\b|(?:tis|twas|em|cause|til|till|n|cos|bout|round)\b)", re.I)
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
    number, at = 0, blocks[0].start if blocks else 0
    while number < len(blocks):
        block = blocks[number]
        inside, opened, single = _scan(text, at, block.end, number)
        found += inside
        if opened is None:
            number += 1
        else:
            end, number, closed = _go_on(text, blocks, number, single)
            found.append(Quote(opened, end, closed, _holder(blocks, opened, number), number))
            if end < blocks[number].end:
                at = end
                continue
            number += 1
        at = blocks[number].start if number < len(blocks) else 0
    return found


def opens(text: str, block: Block) -> bool:
    """Whether a block begins with an opening mark."""
    first = text[block.start]
    return first in _OPEN or (first in "\"'‘" and _is_opening(text, block.start, block.start))


def _holder(blocks: Sequence[Block], offset: int, number: int) -> int:
    while blocks[number].start > offset:
        number -= 1
    return number


def _scan(
    text: str, at: int, end: int, number: int, *, singles: bool = True
) -> tuple[list[Quote], int | None, bool]:
    """Return the quotations closed before `end`, where one is left open, and whether by ‘."""
    found: list[Quote] = []
    opened: int | None = None
    single, depth, maybe = False, 0, None
    for match in _MARKS[singles].finditer(text, at, end):
        mark, here = match[0], match.start()
        if opened is None:
            if mark in _OPEN or (mark in "\"'‘" and _is_opening(text, here, at)):
                opened, single, depth, maybe = here, mark in "'‘", 1, None
        elif single != (mark in "'‘’"):
            continue  # nested, of the other family
        elif single:
            if maybe and (mark == "‘" or _is_opening(text, here, at)):
                found.append(Quote(opened, maybe, True, number, number))
                opened, maybe = here, None
            elif mark != "‘" and _closes_single(text, here, end):
                # After a plural's s it may be a genitive: taken only if no other closes.
                if text[here - 1] == "s" and text[here + 1 : here + 2] == " ":
                    maybe = maybe or here + 1
                else:
                    found.append(Quote(opened, here + 1, True, number, number))
                    opened = None
        elif mark in _OPEN or (mark == '"' and _reopens(text, here, end)):
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                found.append(Quote(opened, here + 1, True, number, number))
                opened = None
    if opened is not None and single:
        if maybe is not None:
            found.append(Quote(opened, maybe, True, number, number))
            rest, opened, single = _scan(text, maybe, end, number, singles=False)
            found += rest
        elif opened > at:  # an apostrophe after all: single marks tell nothing here
            return _scan(text, at, end, number, singles=False)
    return found, opened, single


def _is_opening(text: str, here: int, at: int) -> bool:
    before = text[here - 1] if here > at else " "
    after = text[here + 1 : here + 2]
    if not (before.isspace() or before in "([{—–-/:“\"'‘"):
        return False
    if text[here] == '"':
        return bool(after) and not after.isspace()
    return (after.isalnum() or after in '"“[….') and not _ELISION.match(text, here)


def _reopens(text: str, here: int, end: int) -> bool:
    after = text[here + 1] if here + 1 < end else " "
    return text[here - 1].isspace() and after.isalnum()


def _closes_single(text: str, here: int, end: int) -> bool:
    after = text[here + 1] if here + 1 < end else " "
    return not text[here - 1].isspace() and not after.isalnum()


def _go_on(text: str, blocks: Sequence[Block], number: int, single: bool) -> tuple[int, int, bool]:
    """Return the end, the block and whether it is closed, of a quotation left open in a block."""
    while number + 1 < len(blocks):
        here, following = blocks[number], blocks[number + 1]
        if not _adjoins(here, following):
            break
        if opens(text, following) and (text[following.start] in "'‘") == single:
            inside, opened, kind = _scan(text, following.start, following.end, number + 1)
            if opened == following.start and kind == single:
                number += 1
                continue
            if inside and inside[0].start == following.start:
                return inside[0].end, number + 1, True
            break
        return (None if single else _closing(text, blocks, number)) or (here.end, number, False)
    return blocks[number].end, number, False


def _adjoins(here: Block, following: Block) -> bool:
    return following.kind not in ("heading", "dateline", "lead_in") and (
        here.comment == following.comment
    )


def _closing(text: str, blocks: Sequence[Block], number: int) -> tuple[int, int, bool] | None:
    """Return where a mark closes what is open, if that is the first mark to come."""
    for ahead in range(number + 1, min(len(blocks), number + 1 + _MAX_GAP)):
        block = blocks[ahead]
        if not _adjoins(blocks[ahead - 1], block):
            return None
        match = _MARKS[False].search(text, block.start, block.end)
        if match is None:
            continue
        here = match.start()
        at_end = here + 1 == block.end or text[here - 1] in ".,!?…"
        closes = match[0] in _CLOSE or (
            match[0] == '"' and not _is_opening(text, here, block.start)
        )
        return (here + 1, ahead, True) if closes and at_end and here > block.start else None
    return None
