"""Lines of a page -> the order in which they are read, columns included.

A column's edge is a strip without words that many lines in a row share, with running text on both
sides. Numbers in a margin and the cells of a table leave such strips too; what tells them apart is
that the page draws columns one after the other, but numbers and cells line by line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from qa.reading.pdf.lines import Line, make_lines
from qa.reading.pdf.pages import Rule, Word

_GUTTER = 0.7  # of the type's size that columns are apart
_MAX_DEPTH = 4  # columns within columns
_MIDDLE = 0.1  # of a region's width at either side where no column begins
_MAX_SWITCHES = 0.2  # of the lines, between the sides of a strip, that columns drawn apart have

Strip = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines that follow each other down one column, between its edges.

    Attributes:
        column: Whether others stand beside it.
    """

    lines: tuple[Line, ...]
    x0: float
    x1: float
    column: bool


def flows(lines: Sequence[Line], rules: Sequence[Rule]) -> list[Flow]:
    """Return the lines of a page, cut into columns, in reading order."""
    if not lines:
        return []
    found = _cut(lines, rules, 0)
    joined: list[Flow] = []
    for flow in found:  # what isn't in columns is one flow as far as it reaches
        if joined and not flow.column and not joined[-1].column:
            last = joined.pop()
            flow = Flow(
                last.lines + flow.lines, min(last.x0, flow.x0), max(last.x1, flow.x1), False
            )
        joined.append(flow)
    return joined


def _cut(lines: Sequence[Line], rules: Sequence[Rule], depth: int) -> list[Flow]:
    """Return the flows of a region."""
    x0, x1 = min(line.x0 for line in lines), max(line.x1 for line in lines)
    if depth == _MAX_DEPTH:
        return [Flow(tuple(lines), x0, x1, True)]
    found: list[Flow] = []
    at = 0
    while at < len(lines):
        end, strips = _band(lines, at, x0, x1)
        sides = _columns(lines[at:end], strips, rules) if end - at > 2 else None
        if sides is None:
            # Columns may begin further down, but trying each line would take too long.
            end = at + max(1, (end - at) // 8)
            found.append(Flow(tuple(lines[at:end]), x0, x1, depth > 0))
        else:
            for side in sides:
                found += [
                    Flow(flow.lines, flow.x0, flow.x1, True)
                    for flow in _merge(_cut(side, rules, depth + 1))
                ]
        at = end
    return _merge(found)


def _merge(found: Sequence[Flow]) -> list[Flow]:
    """Return the flows, neighbours between the same edges made one."""
    merged: list[Flow] = []
    for flow in found:
        if merged and (merged[-1].x0, merged[-1].x1, merged[-1].column) == (
            flow.x0,
            flow.x1,
            flow.column,
        ):
            flow = Flow(merged.pop().lines + flow.lines, flow.x0, flow.x1, flow.column)
        merged.append(flow)
    return merged


def _band(lines: Sequence[Line], at: int, x0: float, x1: float) -> tuple[int, list[Strip]]:
    """Return where the lines end that share a strip without words, and their strips."""
    margin = _MIDDLE * (x1 - x0)
    strips: list[Strip] = [(x0 + margin, x1 - margin)]
    end = at
    while end < len(lines):
        width = _GUTTER * lines[end].size
        left = _without(strips, lines[end].words, width)
        if not left:
            break
        strips = left
        end += 1
    return max(end, at + 1), strips


def _without(strips: Sequence[Strip], words: Sequence[Word], width: float) -> list[Strip]:
    """Return what the words leave of the strips, if wide enough."""
    left: list[Strip] = []
    for start, end in strips:
        at = start
        for word in sorted(words, key=lambda word: word.x0):
            if word.x1 <= at or word.x0 >= end:
                continue
            if word.x0 - at >= width:
                left.append((at, word.x0))
            at = max(at, word.x1)
        if end - at >= width:
            left.append((at, end))
    return left


def _columns(
    lines: Sequence[Line],
    strips: Sequence[Strip],
    rules: Sequence[Rule],
) -> tuple[list[Line], list[Line]] | None:
    """Return the lines left and right of a strip between two columns; None where there is none."""
    words = [word for line in lines for word in line.words]
    for start, end in sorted(strips, key=lambda strip: strip[0] - strip[1])[:3]:
        middle = (start + end) / 2
        left = _side(word for word in words if word.x0 < middle)
        right = _side(word for word in words if word.x0 >= middle) if left else []
        if not (left and right):
            continue
        top, bottom = lines[0].y - lines[0].size, lines[-1].y
        crossing = sum(a < start and b > end and top < y < bottom for a, b, y in rules)
        if crossing < 3 and _side_by_side(words, middle, left, right):
            return left, right
    return None


def _side(words: Iterable[Word]) -> list[Line]:
    """Return the words' lines, none where it is one only, as beside most strips."""
    found = list(words)
    lines = make_lines(found) if len(found) > 1 else []
    return lines if len(lines) > 1 else []


def _side_by_side(
    words: Sequence[Word], middle: float, left: Sequence[Line], right: Sequence[Line]
) -> bool:
    sides = [word.x0 < middle for word in sorted(words, key=lambda word: word.order)]
    switches = sum(a != b for a, b in pairwise(sides))
    few = min(len(left), len(right))
    per_line = min(median(len(line.words) for line in side) for side in (left, right))
    full = min(_fullness(left), _fullness(right))
    if switches <= max(1, _MAX_SWITCHES * few):
        return per_line >= 2 and full >= 0.4 and max(len(left), len(right)) >= 3
    return per_line >= 4 and full >= 0.75 and few >= 8


def _fullness(lines: Sequence[Line]) -> float:
    """Return how much of the box around the lines they fill, from 0 to 1."""
    x0, x1 = min(line.x0 for line in lines), max(line.x1 for line in lines)
    filled = sum(line.x1 - line.x0 for line in lines) / ((x1 - x0) * len(lines))
    tall = lines[-1].y - lines[0].y
    return filled * min(1, 1.6 * len(lines) * lines[0].size / max(tall, 1))
