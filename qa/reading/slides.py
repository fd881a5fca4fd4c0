"""PowerPoint slides (.pptx, .pptm, .ppsx) -> drafts, by slide.

Reads the parts of the package itself, as `word.py` does and for the same reasons; python-pptx
tells neither whether a paragraph has a bullet nor its number.
"""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from qa.errors import InputError
from qa.reading.building import Draft
from qa.reading.deck import Box, Frame, Slide, around, deck, in_reading_order
from qa.reading.flow import Piece, flat
from qa.reading.formats import Inner
from qa.reading.packages import Package, Relationship, child, local, value
from qa.reading.properties import described
from qa.reading.slide_text import diagram_pieces, table_pieces, text_pieces
from qa.reading.word_styles import whole
from qa.reading.word_text import choice

if TYPE_CHECKING:
    from qa.reading.packages import Element

_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"dt", "ftr", "hdr"})
_BODIES = frozenset({"body", "obj", "subTitle"})
_PROPERTIES = {"sp": "spPr", "grpSp": "grpSpPr"}


def read_pptx(data: bytes, name: str) -> Iterator[Draft | Inner]:
    """Yield the document in PowerPoint slides.

    Raises:
        InputError: if it is damaged, encrypted or no such file.
    """
    package = Package(data)
    main = package.related("", "officeDocument") or "ppt/presentation.xml"
    root = package.xml(main)
    if root is None or local(root) != "presentation":
        raise InputError("there are no PowerPoint slides in it")
    related = package.relationships(main)
    listed = child(root, "sldIdLst")
    # An entry has two attributes "id": its own and, in a namespace, its relationship's.
    ids = [
        str(text)
        for entry in ([] if listed is None else listed)
        for key, text in entry.items()
        if str(key).endswith("}id")
    ]
    models = _Models(package)
    parts = dict.fromkeys(related[key].target for key in ids if key in related)
    slides = (_slide(package, part, models) for part in parts)
    core = package.related("", "core-properties")
    yield deck(slides, described(package, core, name))


class _Model:
    """What a layout or master says of the placeholders of the slides that follow it."""

    def __init__(self, root: "Element | None") -> None:
        self.styles = child(root, "txStyles")
        self._by_index: dict[str | None, Element] = {}
        self._by_kind: dict[str, Element] = {}
        tree = child(root, "cSld", "spTree")
        for shape in [] if tree is None else tree:
            role = _role(shape)
            if role in _TITLES:
                self._by_kind.setdefault("title", shape)
            elif role is not None:
                self._by_kind.setdefault(role, shape)
                self._by_index.setdefault(value(_placeholder(shape), "idx"), shape)

    def of(self, shape: "Element") -> "Element | None":
        """Return the placeholder that a shape takes after: its index decides, or else its kind."""
        role = _role(shape)
        if role is None or role in _TITLES:
            return self._by_kind.get("title") if role else None
        found = self._by_index.get(value(_placeholder(shape), "idx"))
        if found is None:
            found = self._by_kind.get(role)
        return self._by_kind.get("body") if found is None and role in _BODIES else found


class _Models:
    """The layouts and masters of one file."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.of = cache(self._of)

    def _of(self, layout: str | None) -> list[_Model]:
        """Return what a layout and its master say."""
        master = None if layout is None else self._package.related(layout, "slideMaster")
        return [_Model(self._package.xml(part)) for part in (layout, master)]


def _placeholder(shape: "Element") -> "Element | None":
    """Return what says which placeholder a shape fills, or None."""
    first = next(iter(shape), None)
    return None if first is None else child(first, "nvPr", "ph")


def _role(shape: "Element") -> str | None:
    """Return the type of the placeholder that a shape fills, or None."""
    place = _placeholder(shape)
    return None if place is None else value(place, "type") or "obj"


def _slide(package: Package, part: str, models: _Models) -> Slide:
    root = package.xml(part)
    related = package.relationships(part)
    layout = next((found.target for found in related.values() if found.kind == "slideLayout"), None)
    notes = next((found.target for found in related.values() if found.kind == "notesSlide"), None)
    reading = _Reading(package, related, models.of(layout))
    tree = child(root, "cSld", "spTree")
    title, frames, margin = "", [], []
    for shape in [] if tree is None else tree:
        role = _role(shape)
        frame = reading.frame(shape)
        if frame is None or role == "sldNum":
            continue
        if role in _FURNITURE:
            margin.append(flat(frame.pieces))
        elif role in _TITLES and not title:
            title = flat(frame.pieces)
        else:
            frames.append(frame)
    beside = child(package.xml(notes), "cSld", "spTree")
    said = [x for x in ([] if beside is None else beside) if _role(x) == "body"]
    return Slide(
        title,
        frames,
        [piece for shape in said for piece in text_pieces(child(shape, "txBody"))],
        margin,
        value(root, "show") in ("0", "false"),
    )


class _Reading:
    """Reads the shapes of one slide."""

    def __init__(
        self,
        package: Package,
        related: dict[str, Relationship],
        models: list[_Model],
    ) -> None:
        self._package = package
        self._related = related
        self._models = models
        self._diagrams: set[str] = set()  # that have been read: each once

    def frame(self, shape: "Element") -> Frame | None:
        """Return what stands in a shape, or None where nothing can."""
        name = local(shape)
        if name == "AlternateContent":
            return self._group(choice(shape))
        if name == "grpSp":
            return self._group(shape)
        if name == "graphicFrame":
            return Frame(self._graphic(child(shape, "graphic", "graphicData")), _box(shape))
        if name != "sp":
            return None
        models = self._takes_after(shape)
        body = child(shape, "txBody")
        lists = [child(x, "txBody", "lstStyle") for x in (shape, *models)]
        if _role(shape) is not None:
            which = "titleStyle" if _role(shape) in _TITLES else "bodyStyle"
            lists.append(child(self._models[-1].styles, which))
        boxes = (_box(x) for x in (shape, *models))
        return Frame(
            text_pieces(body, [x for x in lists if x is not None]),
            next((box for box in boxes if box is not None), None),
        )

    def _group(self, shape: "Element") -> Frame:
        frames = [frame for inner in shape if (frame := self.frame(inner)) is not None]
        pieces = [piece for frame in in_reading_order(frames) for piece in frame.pieces]
        return Frame(pieces, _box(shape) or around(frame.box for frame in frames))

    def _takes_after(self, shape: "Element") -> "list[Element]":
        """Return the placeholders that a shape takes after: the layout's, the master's."""
        found = [shape]
        for model in self._models:
            placeholder = model.of(found[-1])
            if placeholder is not None:
                found.append(placeholder)
        return found[1:]

    def _graphic(self, data: "Element | None") -> list[Piece]:
        for element in [] if data is None else data:
            if local(element) == "tbl":
                return table_pieces(element)
            if local(element) == "relIds":
                model = self._related.get(value(element, "dm") or "")
                if model is not None and model.target not in self._diagrams:
                    self._diagrams.add(model.target)
                    return diagram_pieces(self._package.xml(model.target))
        return []


def _box(shape: "Element") -> Box | None:
    place = child(shape, "xfrm") if local(shape) == "graphicFrame" else None
    if place is None:
        place = child(shape, _PROPERTIES.get(local(shape), ""), "xfrm")
    start, size = child(place, "off"), child(place, "ext")
    x, y, width, height = (
        whole(value(element, name))
        for element, name in ((start, "x"), (start, "y"), (size, "cx"), (size, "cy"))
    )
    if x is None or y is None or width is None or height is None:
        return None
    return Box(x, y, x + width, y + height)
