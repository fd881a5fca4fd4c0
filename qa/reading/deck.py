"""Slides of any format -> a draft by slide: titles as sections, frames in reading order, notes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from qa.reading.building import Builder, Draft
from qa.reading.flow import Piece, pieces_written

_NOTES = "Notes"


class Box(NamedTuple):
    """Where a frame stands on its slide, in any unit, from the top left."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands together on a slide; `box` is None where the file doesn't say where."""

    pieces: list[Piece]
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide; `margin` is what stands on many, such as a footer."""

    title: str = ""
    frames: list[Frame] = field(default_factory=list)
    notes: list[Piece] = field(default_factory=list)
    margin: list[str] = field(default_factory=list)
    hidden: bool = False


def deck(slides: Iterable[Slide], about: tuple[str, str | None, str | None]) -> Draft:
    """Return the draft of slides.

    Args:
        slides: In order, the hidden ones included.
        about: Title, author and ISO date.
    """
    builder = Builder("slide")
    blank, hidden = [], []
    margins: set[str] = set()
    for number, slide in enumerate(slides, 1):
        builder.unit(number)
        builder.leave()
        pieces = [Piece("heading", slide.title)] if slide.title.strip() else []
        for frame in in_reading_order(slide.frames):
            pieces += frame.pieces
        if slide.notes:
            pieces += [Piece("heading", _NOTES, 2), *slide.notes]
        pieces += [Piece("furniture", text) for text in slide.margin if text not in margins]
        margins.update(slide.margin)
        pieces_written(builder, pieces, numbered=False)
        if not pieces:
            blank.append(number)
        if slide.hidden:
            hidden.append(str(number))
    title, author, published = about
    return Draft(
        *builder.finish(),
        title=title,
        author=author,
        published=published,
        blank=tuple(blank),
        notes=(f"hidden slides are read as well: {', '.join(hidden)}",) if hidden else (),
    )


def in_reading_order(frames: Sequence[Frame]) -> list[Frame]:
    """Return frames as they are read: in the file's order, unless one goes back up the page.

    Then from the top down, and from left to right where frames stand side by side.
    """
    held = [frame for frame in frames if frame.pieces]
    placed = [(frame.box, frame) for frame in held if frame.box is not None]
    if len(placed) < len(held) or not any(_above(b, a) for (a, _), (b, _) in pairwise(placed)):
        return held
    bands: list[list[tuple[Box, Frame]]] = []
    for box, frame in sorted(placed, key=lambda pair: pair[0].top):
        if bands and (box.top + box.bottom) / 2 < bands[-1][0][0].bottom:
            bands[-1].append((box, frame))
        else:
            bands.append([(box, frame)])
    return [frame for band in bands for _, frame in sorted(band, key=lambda pair: pair[0][:2])]


def _above(one: Box, other: Box) -> bool:
    """Whether one box stands over another, in the same column."""
    beside = one.right <= other.left or other.right <= one.left
    return one.bottom <= other.top and one.top < other.top and not beside


def around(boxes: Iterable[Box | None]) -> Box | None:
    """Return the box around others, or None where there is none."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    left, top = min(box.left for box in known), min(box.top for box in known)
    return Box(left, top, max(box.right for box in known), max(box.bottom for box in known))
