"""Pieces of running text, as word processors and slides have them -> a builder's blocks.

Settles what takes a look at the neighbours: which line introduces what follows it, which bold
line is a heading. Knows no format.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, zip_longest
from typing import Literal

from qa.reading.blocks import DATE_LINE, ITEM, is_dateline
from qa.reading.building import CELL_SEPARATOR, Builder, clean
from qa.reading.headers import has_header

TITLE = 0  # the level of a document's title, above every heading

_MAX_LEAD_IN_WORDS = 60
_MAX_HEADING = 120  # characters of a bold line that may be a heading
_ENDS_SENTENCE = re.compile(r"[.!?…:;,][\"'”’)\]»]*$")

Kind = Literal["paragraph", "heading", "item", "quotation", "note", "table", "furniture"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph or a table.

    Attributes:
        kind: What its format says that it is; a "note" stands behind what refers to it.
        text: Of a paragraph, the mark or number of an item included.
        level: Of a heading.
        bold: Whether every word of a paragraph is bold.
        rows: Of a table: its cells' texts.
        header: Whether a table's first row names its columns.
    """

    kind: Kind
    text: str = ""
    level: int = 1
    bold: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    header: bool = False


def flat(pieces: Sequence[Piece]) -> str:
    """Return the text of pieces without their notes, line by line."""
    lines = [
        text
        for x in pieces
        if x.kind != "note"
        for text in (x.text, *(CELL_SEPARATOR.join(row) for row in x.rows))
    ]
    return "\n".join(filter(None, lines))


def noted(pieces: Sequence[Piece]) -> list[Piece]:
    """Return what a note says as pieces that are notes."""
    return [Piece("note", flat([piece])) for piece in pieces]


def tabled(rows: Sequence[Sequence[Sequence[Piece]]], *, header: bool) -> list[Piece]:
    """Return a table as one piece, or what stands in it where it is but a box around text.

    Args:
        rows: The pieces in each cell of each row.
        header: Whether its first row names the columns. It does, too, if it alone is bold, or
            has words above numbers.
    """
    if all(len(row) <= 1 for row in rows):
        return [piece for row in rows for cell in row for piece in cell]
    bold = [all(x.bold for cell in row for x in cell) for row in rows if any(row)]
    header = header or (bold[:1] == [True] and not any(bold[1:]))
    notes = [x for row in rows for cell in row for x in cell if x.kind == "note"]
    cells = tuple(tuple(map(flat, row)) for row in rows)
    return [
        Piece("table", rows=cells, header=header or has_header(cells)),
        *notes,
    ]


def pieces_written(builder: Builder, pieces: Sequence[Piece], *, numbered: bool) -> None:
    """Add pieces to a builder.

    Args:
        builder: Takes them.
        pieces: In reading order.
        numbered: Whether each paragraph and row is a unit, counted from 1.
    """
    numbers = count(1)
    told = list(_with_notes(_told(pieces)))
    for piece, below in zip_longest(told, told[1:]):
        if piece.kind == "furniture":
            builder.furniture(piece.text)
            continue
        if piece.kind == "table":
            rows = [row for row in piece.rows if any(map(clean, row))]
            for index, row in enumerate(rows):
                if numbered:
                    builder.unit(next(numbers))
                builder.row(row, introduces=piece.header and index == 0 and len(rows) > 1)
            continue
        if numbered:
            builder.unit(next(numbers))
        if piece.kind == "heading":
            builder.heading(piece.level, piece.text)
        elif piece.kind == "item":
            builder.add("item", piece.text)
        elif _introduces(piece, below):
            builder.add("lead_in", piece.text)
        elif is_dateline(piece.text):
            builder.add("dateline", piece.text)
        else:
            builder.add("paragraph", piece.text)


def _told(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield the pieces that hold text, marks and headings told where the format doesn't say."""
    held = [replace(x, text=clean(x.text)) for x in pieces]
    held = [x for x in held if x.text or x.rows]
    plain = not any(piece.kind == "heading" and piece.level != TITLE for piece in held)
    words = [piece for piece in held if piece.kind != "note"]
    following = iter(words[1:])
    for piece in held:
        if piece.kind == "note":
            yield piece
            continue
        below = next(following, None)
        if piece.kind == "heading" and not any(char.isalnum() for char in piece.text):
            yield replace(piece, kind="paragraph")
        elif piece.kind == "paragraph" and ITEM.match(piece.text) and not piece.bold:
            yield replace(piece, kind="item")
        elif plain and _heads(piece, below):
            yield replace(piece, kind="heading")
        else:
            yield piece


def _with_notes(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Yield the pieces with notes as paragraphs at the end of their section."""
    notes = []
    for piece in pieces:
        if piece.kind == "note":
            notes.append(replace(piece, kind="paragraph"))
            continue
        if piece.kind == "heading":
            yield from notes
            notes = []
        yield piece
    yield from notes


def _heads(piece: Piece, below: Piece | None) -> bool:
    """Whether a bold line is a heading: short, no sentence, and what stands below isn't bold."""
    return (
        piece.kind == "paragraph"
        and piece.bold
        and len(piece.text) <= _MAX_HEADING
        and "\n" not in piece.text
        and any(char.isalpha() for char in piece.text)
        and not _ENDS_SENTENCE.search(piece.text)
        and not DATE_LINE.match(piece.text)
        and below is not None
        and not below.bold
        and below.kind != "heading"
    )


def _introduces(piece: Piece, below: Piece | None) -> bool:
    return (
        piece.text.endswith(":")
        and len(piece.text.split()) <= _MAX_LEAD_IN_WORDS
        and below is not None
        and below.kind in ("item", "quotation", "table")
    )
