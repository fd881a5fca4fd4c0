"""What reading a file yields, piece by piece, as it comes from the process that reads it.

A document is an `Opening`, one `Segment` or more, and a `Closing`; a file holds one document, or
several (a mail and its attachments), or files that weren't read (`Left`). Frames cross between
processes as JSON: nothing that a file says is ever unpickled.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from qa.flat import blocks_from, flat_blocks, flat_places, places_from
from qa.reading.formats import Left, Working
from qa.reading.pdf.pages import Seen
from qa.types import Block, PlaceMap


@dataclass(frozen=True, slots=True)
class Opening:
    """A document begins.

    Attributes:
        member: Its path within the file; "" for the file itself.
        format: What it was read as: "pdf".
        title: With `author` to `kind` as in `qa.types.Document`.
    """

    member: str
    format: str
    title: str
    author: str | None
    publisher: str | None
    published: str | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a document's text that is understood by itself; most have only one.

    Offsets count from its own start, places as the document does.
    """

    text: str
    blocks: tuple[Block, ...]
    places: PlaceMap


@dataclass(frozen=True, slots=True)
class Closing:
    """A document ends; `blank` numbers its pages without text, `notes` say how it was read."""

    blank: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entering:
    """A file inside the file is about to be read: if that crashes, it is this one's fault."""

    name: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A page that was drawn: PNG in base64, its width and height in pixels, the words on it."""

    png: str
    width: int
    height: int
    words: tuple[Seen, ...]


Frame = Opening | Segment | Closing | Left | Entering | Working | Picture
_KINDS: dict[str, Callable[..., Frame]] = {
    kind.__name__: kind for kind in (Opening, Segment, Closing, Left, Entering, Working, Picture)
}


def to_json(frame: Frame) -> bytes:
    """Return a frame as UTF-8 JSON."""
    if isinstance(frame, Segment):
        values: list[Any] = [frame.text, flat_blocks(frame.blocks), flat_places(frame.places)]
    else:
        values = [getattr(frame, field.name) for field in fields(frame)]
    return json.dumps([type(frame).__name__, *values], ensure_ascii=False).encode()


def from_json(data: bytes) -> Frame:
    """Return the frame that `to_json` was given.

    Raises:
        ValueError: if it isn't one; with `TypeError`, `KeyError` and the like.
    """
    name, *values = json.loads(data)
    kind = _KINDS[name]
    if kind is Segment:
        text, blocks, places = values
        segment = Segment(_text(text), blocks_from(blocks), places_from(places))
        for block in segment.blocks:
            _texts(block.kind, block.section, block.comment)
            _numbers(block.start, block.end)
        _texts(segment.places.unit, *segment.places.labels)
        _numbers(*segment.places.starts, *segment.places.numbers)
        for at, part in segment.places.parts:
            _numbers(at)
            _text(part)
        return segment
    if kind is Closing:
        blank, notes = values
        _numbers(*blank)
        return Closing(tuple(blank), tuple(map(_text, notes)))
    if kind is Picture:
        png, width, height, words = values
        _numbers(width, height)
        return Picture(_text(png), width, height, tuple(_seen(*word) for word in words))
    _texts(*values)
    return kind(*values)


def _seen(text: object, *box: object) -> Seen:
    x0, y0, x1, y1 = (float(side) for side in box if isinstance(side, float | int))
    if not all(-1 <= side <= 2 for side in (x0, y0, x1, y1)):  # nor NaN
        raise ValueError(f"{box!r:.80} is no box on a page")
    return Seen(_text(text), x0, y0, x1, y1)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.80} is no text")
    value.encode()  # halves of surrogate pairs are no characters
    return value


def _texts(*values: object) -> None:
    for value in values:
        if value is not None:
            _text(value)


def _numbers(*values: object) -> None:
    if not all(type(value) is int for value in values):
        raise TypeError("what should be numbers isn't")
