"""Lines with words far apart -> rows of cells, where the cells stand below each other."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from qa.reading.pdf.lines import Line
from qa.reading.pdf.pages import Rule, Word

_MAX_INNER = 6  # lines without a gap in the midst of a table: a cell that is wrapped
_WIDER = 1.25  # of the usual distance between lines
_WRAPPED = 12  # characters; shorter cells aren't wrapped
_CELL_MARGIN = 1.2  # of the type's size between columns
_ALIGNED = 3  # cells below each other make a column
_DOTS = "...."
_ENTRY = re.compile(r"(?:\s?[.·…]){4,}\s?(\d{1,4}|[ivxlc]{1,7})$", re.IGNORECASE)
MARK = re.compile(
    r"(?:[-*•∙‣◦▪●○■□➢✓·–—\uf0b7\uf0a7\uf0d8o]|\(?(?:\d{1,3}|[a-zA-Z]{1,2}|[ivxlIVXL]{1,6})[.)]"
    r"|\(?(?:[A-Z]{1,3}\.)?\d{1,3}(?:\.\d{1,3})*[A-Z]?[.)]?|\[\d{1,3}\])"
)


def contents_entry(line: Line) -> list[str] | None:
    """Return the cells of a line of a table of contents: an entry, dots, a page number."""
    # The dots are looked for only where there are some: most lines are text.
    match = _ENTRY.search(line.text) if _DOTS in line.text.replace(" ", "") else None
    return [line.text[: match.start()], match[1]] if match and match.start() else None


def find_tables(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Return where tables begin and end in the lines."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(lines):
        end = _run(lines, at) if _is_row(lines[at]) else at
        while end > at and not _is_row(lines[end - 1]):
            end -= 1
        good = end > at and _is_table(lines[at:end])
        if good:
            found.append((at, end))
        at = end if good else at + max(1, (end - at) // 4)
    return found


def rows_of(lines: Sequence[Line], rules: Sequence[Rule]) -> list[list[str]]:
    """Return the cells of a table's rows, wrapped lines of a cell joined."""
    columns = _columns(lines)
    placed = [_placed(line, columns) for line in lines]
    edges = sorted(y for a, b, y in rules if a < columns[-1] and b > columns[0] and b - a > 40)
    ruled = sum(lines[0].y < y < lines[-1].y for y in edges) >= 2
    contents = _lists_pages(placed)
    usual = min((b.y - a.y for a, b in pairwise(lines)), default=0.0)
    rows: list[list[list[str]]] = []
    for index, (line, cells) in enumerate(zip(lines, placed, strict=True)):
        if not index:
            begins = True
        elif contents:
            begins = bool(placed[index - 1][-1])
        elif ruled:
            above = bisect_left(edges, lines[index - 1].y)
            begins = above != bisect_left(edges, line.y - line.size / 3)
        elif cells[0] is None:
            begins = line.y - lines[index - 1].y > _WIDER * usual and sum(map(bool, cells)) > 1
        else:
            ends = [*columns[1:], max(line.x1 for line in lines)]
            before = zip(placed[index - 1], cells, ends, strict=True)
            begins = line.y - lines[index - 1].y > _WIDER * usual or not all(
                cell is None or (above is not None and _wraps(above, cell, end))
                for above, cell, end in before
            )
        if begins:
            rows.append([[] for _ in columns])
        for texts, cell in zip(rows[-1], cells, strict=True):
            if cell:
                texts.append(cell.text)
    found = [[" ".join(texts) for texts in row] for row in rows]
    if len(columns) > 2 and all(MARK.fullmatch(row[0]) for row in found if row[0]):
        return [[f"{row[0]} {row[1]}".strip(), *row[2:]] for row in found]
    return found


def _lists_pages(placed: Sequence[Sequence[Line | None]]) -> bool:
    """Whether rows end in numbers that never fall: those of a table of contents."""
    last = [row[-1].text for row in placed if row[-1]]
    if not all(text.isdecimal() and len(text) < 5 for text in last):
        return False
    return len(last) > 3 and all(int(a) <= int(b) for a, b in pairwise(last))


def _wraps(above: Line, cell: Line, end: float) -> bool:
    """Whether a cell's line was broken for want of room."""
    room = end - _CELL_MARGIN * cell.size
    return len(above.text) >= _WRAPPED and above.x1 + cell.first_width > room


def _cells(line: Line) -> tuple[Line, ...]:
    """Return the cells, a number or a bullet being part of what it marks."""
    cells = line.cells
    if len(cells) > 1 and MARK.fullmatch(cells[0].text):
        return (Line(cells[0].words + cells[1].words), *cells[2:])
    return cells


def _is_row(line: Line) -> bool:
    return len(_cells(line)) > 1


def _run(lines: Sequence[Line], at: int) -> int:
    """Return where the lines end that may be one table's."""
    end, inner, spans = at + 1, 0, [(cell.x0, cell.x1) for cell in lines[at].cells]
    while end < len(lines):
        line, above = lines[end], lines[end - 1]
        if line.y - above.y > 4 * max(line.size, above.size):
            break
        inner = 0 if _is_row(line) else inner + 1
        if inner > _MAX_INNER:
            break
        spans = _merged(spans + [(cell.x0, cell.x1) for cell in line.cells])
        if len(spans) < 2:
            break
        end += 1
    return end


def _is_table(lines: Sequence[Line]) -> bool:
    columns = _columns(lines)
    rows = sum(_is_row(line) for line in lines)
    if len(columns) < 2 or rows < (3 if len(columns) == 2 else 2) or rows < 0.4 * len(lines):
        return False
    # A gap that one line has by chance makes no column.
    placed = [_placed(line, columns) for line in lines]
    return all(sum(row[at] is not None for row in placed) > 1 for at in range(len(columns)))


def _columns(lines: Sequence[Line]) -> list[float]:
    """Return where the columns begin."""
    cells = [cell for line in lines for cell in line.cells]
    begins = {start for start, _ in _merged([(cell.x0, cell.x1) for cell in cells])}
    # Long cells may all but touch the next column; where many cells or words begin, one begins.
    words = [word for line in lines for word in line.words]
    cell_starts = Counter(round(cell.x0) for cell in cells)
    for start, times in Counter(round(word.x0) for word in words).items():
        aligned = cell_starts[start] >= _ALIGNED or times >= max(4, 0.6 * len(lines))
        known = any(abs(start - begin) < 3 for begin in begins)
        if aligned and not known and not any(w.x0 < start - 1 < start + 1 < w.x1 for w in words):
            begins.add(start - 0.6)
    return sorted(begins)


def _merged(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the spans, those that overlap made one."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _placed(line: Line, columns: Sequence[float]) -> list[Line | None]:
    """Return what the line has in each of the columns."""
    words: list[list[Word]] = [[] for _ in columns]
    for word in line.words:
        words[max(0, bisect_right(columns, (word.x0 + word.x1) / 2) - 1)].append(word)
    return [Line(tuple(found)) if found else None for found in words]
