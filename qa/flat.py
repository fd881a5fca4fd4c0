"""Blocks and places <-> plain lists: as the catalog keeps them and processes hand them over."""

from collections.abc import Sequence
from typing import Any

from qa.types import Block, PlaceMap


def flat_blocks(blocks: Sequence[Block], shift: int = 0) -> list[Any]:
    """Return blocks as lists, `shift` added to their offsets."""
    return [
        [block.kind, block.start + shift, block.end + shift, block.section, block.comment]
        for block in blocks
    ]


def blocks_from(flat: Sequence[Sequence[Any]]) -> tuple[Block, ...]:
    """Return what `flat_blocks` was given."""
    return tuple(Block(*block) for block in flat)


def flat_places(places: PlaceMap) -> list[Any]:
    """Return a map of places as lists; numbers that count on are kept as the first of them."""
    numbers = places.numbers
    if numbers and numbers == tuple(range(numbers[0], numbers[0] + len(numbers))):
        numbers = numbers[:1]
    return [places.unit, places.starts, numbers, places.labels, places.parts]


def places_from(flat: Sequence[Any]) -> PlaceMap:
    """Return what `flat_places` was given."""
    unit, starts, numbers, labels, parts = flat
    if len(numbers) == 1:
        numbers = range(numbers[0], numbers[0] + len(starts))
    return PlaceMap(
        unit, tuple(starts), tuple(numbers), tuple(labels), tuple((at, name) for at, name in parts)
    )
