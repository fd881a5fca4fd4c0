"""Pieces of a file, in reading order -> canonical text with blocks and places.

What every format that isn't plain text shares: its reader says what stands there, one piece after
the other, and offsets are settled here. Knows no format.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.reading.decoding import canonical
from qa.types import Block, BlockKind, PlaceMap

SECTION_SEPARATOR = " › "
CELL_SEPARATOR = " | "

_NO_CHARACTERS = re.compile("[\x01-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as its file gives it, before what is missing is read off the text.

    Attributes:
        text: Canonical.
        blocks: In order.
        places: Of the whole text.
        title: "" where the file doesn't say; as `author` to `kind`.
        published: ISO date.
        blank: Numbers of the pages or slides without any text.
        notes: What a reader should know of how it was read: "3 damaged bytes …".
    """

    text: str
    blocks: tuple[Block, ...]
    places: PlaceMap
    title: str = ""
    author: str | None = None
    publisher: str | None = None
    published: str | None = None
    kind: str | None = None
    blank: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


class Builder:
    """Takes the pieces of one document in reading order."""

    def __init__(self, unit: str) -> None:
        """Begin an empty text whose places are of this unit."""
        self._unit = unit
        self._parts: list[str] = []  # of the text
        self._length = 0
        self._blocks: list[Block] = []
        self._path: list[tuple[int, str]] = []  # (level, heading) of the headings above
        self._waiting: list[tuple[int, str | None]] = []  # units that begin with the next text
        self._starts: list[int] = []
        self._numbers: list[int] = []
        self._labels: list[str | None] = []
        self.comment: str | None = None  # number of the reader's comment that is being added
        self._part_waiting: str | None = None
        self._part_starts: list[tuple[int, str]] = []

    @property
    def length(self) -> int:
        """Characters so far."""
        return self._length

    @property
    def empty(self) -> bool:
        """Whether there is no text yet."""
        return not self._length

    @property
    def section(self) -> str | None:
        """The headings above, as a path; in a reader's comment its number."""
        if self.comment is not None:
            return f"Comment {self.comment}"
        return SECTION_SEPARATOR.join(heading for _, heading in self._path) or None

    def part(self, name: str) -> None:
        """Begin a part with the next text: "sheet Budget". No heading reaches into it."""
        self._part_waiting = name
        self._path.clear()

    def unit(self, number: int, label: str | None = None) -> None:
        """Begin a unit (page, slide, row, paragraph) with the next text, whatever it may be."""
        self._waiting.append((number, label))

    def leave(self) -> None:
        """End every section: what follows stands under no heading."""
        self._path.clear()

    def heading(self, level: int, text: str) -> None:
        """Add a heading; it is below the nearest heading above of a lower level."""
        words = " ".join(clean(text).split())
        if any(char.isalnum() for char in words):
            self._path = [(n, heading) for n, heading in self._path if n < level]
            self._path.append((level, words))
        self.add("heading", text)

    def within(self, *path: str) -> None:
        """Let what follows stand in this section, though no heading in the text says so."""
        self._path = [(0, name) for name in path]

    def add(self, kind: BlockKind, text: str) -> None:
        """Add a piece of this kind; what holds no word is in the text, but in no block."""
        self._add(text, kind)

    def furniture(self, text: str) -> None:
        """Add what is in the text but in no passage: running headers, page numbers."""
        self._add(text, None)

    def extend(self, text: str, joint: str = " ") -> None:
        """Let the piece added last go on, over a page's end: `joint` belongs to the page before."""
        words = clean(text)
        if not words:
            return
        if not self._blocks or self._blocks[-1].end != self._length:
            raise ValueError("there is no piece that could go on")
        self._put(joint)
        self._open()
        self._put(words)
        last = self._blocks[-1]
        self._blocks[-1] = Block(last.kind, last.start, self._length, last.section, last.comment)

    def table(self, rows: Sequence[Sequence[str]], *, header: bool) -> None:
        """Add a table row by row; a `header` introduces the rows below it."""
        for number, row in enumerate(rows):
            self.row(row, introduces=header and number == 0 and len(rows) > 1)

    def row(self, row: Sequence[str], *, introduces: bool = False) -> None:
        """Add one row of a table; one that `introduces` heads the rows below it."""
        cells = [" ".join(clean(cell).split()) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        self.add("lead_in" if introduces else "row", CELL_SEPARATOR.join(cells))

    def finish(self) -> tuple[str, tuple[Block, ...], PlaceMap]:
        """Return text, blocks and places."""
        self._open()
        labelled = any(self._labels)
        self._starts[:1] = [0] * bool(self._starts)  # the first has what stands before it, too
        places = PlaceMap(
            self._unit,
            tuple(self._starts) or (0,),
            tuple(self._numbers) or (1,),
            tuple(self._labels) if labelled else (),
            tuple(self._part_starts),
        )
        return "".join(self._parts), tuple(self._blocks), places

    def _add(self, text: str, kind: BlockKind | None) -> None:
        words = clean(text)
        if not words:
            return
        if self._length:
            tight = kind in ("item", "row") and self._blocks and self._blocks[-1].kind == kind
            self._put("\n" if tight else "\n\n")
        self._open()
        start = self._length
        self._put(words)
        if kind is not None and any(char.isalnum() for char in words):
            self._blocks.append(Block(kind, start, self._length, self.section, self.comment))

    def _open(self) -> None:
        """Let what waits for the next text begin here."""
        for number, label in self._waiting:
            self._starts.append(self._length)
            self._numbers.append(number)
            self._labels.append(label if label != str(number) else None)
        self._waiting.clear()
        if self._part_waiting is not None:
            self._part_starts.append((self._length, self._part_waiting))
            self._part_waiting = None

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)


def clean(text: str) -> str:
    """Return text as a document may hold it: canonical, without control characters, trimmed."""
    return _NO_CHARACTERS.sub("", canonical(text)).strip()
