"""A document's text as the catalog keeps it: in rows of bounded length.

Each has its own blocks and places: to quote from a long document costs what a short one does.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from qa.flat import blocks_from, flat_blocks, flat_places, places_from
from qa.types import Block, Extent, PlaceMap

LENGTH = 2**18  # characters a row
_ROWS = 2**20  # a document

Row = tuple[Any, ...]


def row_range(document: int) -> tuple[int, int]:
    """Return the first id of a document's rows, and the first that is another's."""
    return document * _ROWS, (document + 1) * _ROWS


def text_rows(
    document: int, index: int, offset: int, text: str, blocks: Sequence[Block], places: PlaceMap
) -> Iterator[Row]:
    """Yield the rows of a stretch of a document.

    Args:
        document: Its number.
        index: How many rows it has so far.
        offset: Characters it has so far.
        text: The stretch.
        blocks: Offsets count from the stretch's start.
        places: The same.
    """
    starts = [block.start for block in blocks]
    for number, start in enumerate(range(0, len(text), LENGTH), index):
        end = start + LENGTH if start + LENGTH < len(text) else len(text) + 1
        within = blocks[bisect_left(starts, start) : bisect_left(starts, end)]
        yield (
            *(document * _ROWS + number, document, offset + start, text[start:end]),
            json.dumps(flat_blocks(within, offset), ensure_ascii=False),
            json.dumps(flat_places(_cut(places, start, end, offset)), ensure_ascii=False),
        )


def joined(rows: Sequence[Row]) -> tuple[str, tuple[Block, ...], PlaceMap]:
    """Return a document's text, blocks and places from its rows, in order."""
    text = "".join(row[3] for row in rows)
    blocks = tuple(block for row in rows for block in blocks_from(json.loads(row[4])))
    return text, blocks, _join([places_of(row) for row in rows])


def extent(rows: Sequence[Row]) -> Extent:
    """Return how many units a document has, from its rows, in order."""
    places = _join([places_of(row) for row in rows])
    return Extent(places.unit, len(places.starts))


def places_of(row: Row) -> PlaceMap:
    """Return the places of one row, offsets in the document."""
    return places_from(json.loads(row[5]))


def _cut(places: PlaceMap, start: int, end: int, shift: int) -> PlaceMap:
    """Return the places from `start` to `end`, that in force at the start among them."""
    first = max(0, bisect_left(places.starts, start + 1) - 1)
    while first and places.starts[first - 1] == places.starts[first] >= start:
        first -= 1  # empty units begin where the next does
    last = max(first + 1, bisect_left(places.starts, end))
    numbers = places.numbers[first:last] or tuple(range(first + 1, last + 1))
    at = max(0, bisect_left([at for at, _ in places.parts], start + 1) - 1)
    return PlaceMap(
        places.unit,
        tuple(max(start, at) + shift for at in places.starts[first:last]),
        numbers,
        places.labels[first:last],
        tuple((max(start, at) + shift, name) for at, name in places.parts[at:] if at < end),
    )


def _join(maps: Sequence[PlaceMap]) -> PlaceMap:
    starts: list[int] = []
    numbers: list[int] = []
    labels: list[str | None] = []
    parts: list[tuple[int, str]] = []
    for places in maps:
        new = [part for part in places.parts if not parts or part[1] != parts[-1][1]]
        own = places.labels or (None,) * len(places.starts)
        for at, number, label in zip(places.starts, places.numbers, own, strict=True):
            goes_on = numbers and number == numbers[-1] and at not in [at for at, _ in new]
            if not goes_on:
                starts.append(at)
                numbers.append(number)
                labels.append(label)
        parts += new
    return PlaceMap(
        maps[0].unit if maps else "line",
        tuple(starts),
        () if numbers == list(range(1, len(starts) + 1)) else tuple(numbers),
        tuple(labels) if any(labels) else (),
        tuple(parts),
    )
