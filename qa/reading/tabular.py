"""Rows of cells -> pieces of a document: every row said with the labels that head its columns.

    Region | Posts              <- the header introduces the rows
    Region: London; Posts: 150

Knows no file format. Rows come as a stream; a few are looked at ahead, none is kept. What heads a
table is told by `headers.py`.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from qa.errors import InputError
from qa.reading.building import CELL_SEPARATOR, Builder
from qa.reading.headers import AHEAD, Cells, find_header, is_value, keeps_to
from qa.types import BlockKind

MAX_ROWS = 500_000
MAX_CHARACTERS = 50_000_000  # with their blocks and places such rows take 400 MiB of memory
_MAX_UNHEADED = 50  # rows after which a table has no header


class _Row(NamedTuple):
    number: int
    cells: Cells
    after_gap: bool  # empty rows stand above


class Piece(NamedTuple):
    """What a row becomes; `number` is its own."""

    kind: BlockKind
    number: int
    text: str


class Rows:
    """Puts the rows of a file's tables into a builder, up to a limit over all of them."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._rows = 0
        self._characters = 0

    def put(self, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Add the rows of one sheet or file, given with the numbers that become their places.

        Raises:
            InputError: if there is more than memory should hold.
        """
        for piece in pieces(rows):
            self._rows += 1
            self._characters += len(piece.text)
            if self._rows > MAX_ROWS or self._characters > MAX_CHARACTERS:
                raise InputError(
                    f"it has more than {MAX_ROWS:,} rows or {MAX_CHARACTERS:,} characters; divide "
                    "it into several files, or save it as CSV"
                )
            self._builder.unit(piece.number)
            self._builder.add(piece.kind, piece.text)


def pieces(rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Piece]:
    """Yield what the rows of one sheet or file become; only a few are in memory at a time."""
    stream = _filled(rows)
    ahead = deque(islice(stream, AHEAD))
    labels: Cells = {}
    unheaded = 0
    fresh = True  # a table may begin here: nothing but notes since the last empty row
    while ahead:
        row = ahead.popleft()
        ahead.extend(islice(stream, 1))
        fresh = fresh or row.after_gap
        if fresh or not (labels or unheaded > _MAX_UNHEADED):
            header = find_header(row.cells, _until_gap(ahead), sure=not (labels or unheaded))
            if header is not None:
                labels, height = header
                yield Piece("lead_in", row.number, CELL_SEPARATOR.join(row.cells.values()))
                if height > 1:
                    row = ahead.popleft()
                    ahead.extend(islice(stream, 1))
                    yield Piece("lead_in", row.number, CELL_SEPARATOR.join(row.cells.values()))
                continue
        if _is_note(row, labels, ahead):
            yield Piece("paragraph", row.number, next(iter(row.cells.values())))
            continue
        if row.cells == labels:  # printed again
            yield Piece("lead_in", row.number, CELL_SEPARATOR.join(row.cells.values()))
            continue
        if fresh and not keeps_to(row.cells, labels):
            labels = {}  # another table, which has no header
        fresh = False
        unheaded += not labels and len(row.cells) > 2  # "Printed on: 3 May" says nothing yet
        said = (f"{labels[at]}: {cell}" if at in labels else cell for at, cell in row.cells.items())
        yield Piece("row", row.number, "; ".join(said))


def _is_note(row: _Row, labels: Cells, ahead: Iterable[_Row]) -> bool:
    """Whether a row is a title above a table or a remark in it: one cell with words."""
    if len(row.cells) > 1 or is_value(next(iter(row.cells.values()))):
        return False
    return len(labels) > 2 if labels else any(len(other.cells) > 1 for other in ahead)


def _filled(rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[_Row]:
    """Yield the rows with anything in them, their white space folded."""
    after_gap = False
    for number, cells in rows:
        filled = {
            at: text for at, cell in enumerate(cells) if cell and (text := " ".join(cell.split()))
        }
        if filled:
            yield _Row(number, filled, after_gap)
        after_gap = not filled


def _until_gap(ahead: Iterable[_Row]) -> list[Cells]:
    """Return the rows that may belong to a header; one empty row may stand between."""
    found: list[Cells] = []
    for row in ahead:
        if row.after_gap and found:
            break
        found.append(row.cells)
    return found
