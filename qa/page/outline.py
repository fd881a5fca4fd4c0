"""What a document consists of, as a table of contents, and where a page or line begins."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from qa.types import Block, Document, PlaceMap

_UNITS = frozenset({"page", "slide"})  # listed where there are no headings; lines would be too many
_BEGINNING = 60  # characters that stand for a page without a heading
_SEPARATOR = " › "
_SIGN = re.compile(r"^#{1,6}\s")  # of a heading in Markdown


class Entry(NamedTuple):
    """A line of the contents: its depth from 0, what it says, its offset, its unit's number and name."""

    level: int
    name: str
    start: int
    number: int
    place: str


def entries(document: Document) -> list[Entry]:
    """Return the parts and headings of a document in order; without any, its pages or slides."""
    places = document.places
    if places is None:
        return []
    parts = [(at, 0, name) for at, name in places.parts]
    below = 1 if parts else 0
    headings = [
        (start, below + depth, " ".join(_SIGN.sub("", document.text[start:end]).split()))
        for start, end, depth in _headings(document.blocks)
    ]
    found = headings or [
        (block.start, below, name) for block, name in _sections(document.blocks) if name
    ]
    if not found and places.unit in _UNITS:
        ends = [*places.starts[1:], len(document.text)]
        found = [
            (
                start,
                below,
                " ".join(document.text[start:end][: 3 * _BEGINNING].split())[:_BEGINNING],
            )
            for start, end in zip(places.starts, ends, strict=True)
            if start < end
        ]
    # A part comes before the heading that it begins with.
    ordered = sorted([*parts, *found], key=lambda entry: entry[:2])
    placed = ((places.at(start, start), start, level, name) for start, level, name in ordered)
    return [
        Entry(level, name, start, place.first, f"{place.unit} {place.label or place.first}")
        for place, start, level, name in placed
        if name
    ]


def locate(places: PlaceMap, said: str, near: int) -> int | None:
    """Return the offset where a unit begins, or None where there is none of that name.

    Args:
        places: Of the document.
        said: A number as the file counts, or what is printed there: "14", "xii".
        near: An offset: where several parts have such a unit, that of its part is meant.
    """
    wanted = said.strip().casefold()
    numbers = places.numbers or range(1, len(places.starts) + 1)
    known = list(zip(places.starts, numbers, strict=True))
    found = [start for start, number in known if str(number) == wanted]
    if not found:
        labels = zip(places.starts, places.labels, strict=False)
        found = [start for start, label in labels if (label or "").casefold() == wanted]
    own = places.at(near, near).part
    return next((at for at in found if places.at(at, at).part == own), next(iter(found), None))


def _headings(blocks: tuple[Block, ...]) -> Iterator[tuple[int, int, int]]:
    for block in blocks:
        if block.kind == "heading":
            yield block.start, block.end, (block.section or "").count(_SEPARATOR)


def _sections(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, str]]:
    """Yield the blocks that another section begins with."""
    before = None
    for block in blocks:
        if block.section != before and block.section:
            yield block, block.section.rsplit(_SEPARATOR, 1)[-1]
        before = block.section
