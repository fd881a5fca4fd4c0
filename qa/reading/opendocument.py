"""OpenDocument text and slides (.odt, .odp) -> drafts, by paragraph and by slide.

Reads the XML itself. odfdo gives a paragraph's text as a whole, without the numbers of its list;
it would have to be walked around for notes, text boxes and everything hidden.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa.errors import InputError
from qa.reading.building import Builder, Draft
from qa.reading.deck import Box, Frame, Slide, around, deck
from qa.reading.flow import Piece, flat, pieces_written
from qa.reading.formats import Inner
from qa.reading.odf_styles import Styles, children, inner, kind, said
from qa.reading.odf_text import Reading
from qa.reading.packages import Package
from qa.reading.properties import described

if TYPE_CHECKING:
    from qa.reading.packages import Element

_MARGINS = {
    "style:header": ("style:header", "style:header-first", "style:header-left"),
    "style:footer": ("style:footer", "style:footer-first", "style:footer-left"),
}
_FURNITURE = frozenset({"footer", "header", "date-time", "page-number"})  # classes of frames
_LENGTH = re.compile(r"(-?[0-9]{1,6}(?:\.[0-9]{1,9})?)(cm|mm|in|pt|pc|px)")
_UNITS = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}


def read_odt(data: bytes, name: str) -> Iterator[Draft | Inner]:
    """Yield the document in an OpenDocument text.

    Raises:
        InputError: if it is damaged, encrypted or no such file.
    """
    file = _File(data, "office:text")
    pieces = file.reading.story(file.body)
    headers, footers = (file.margins(which) for which in _MARGINS)
    builder = Builder("paragraph")
    pieces_written(builder, [*headers, *pieces, *footers], numbered=True)
    title, author, published = described(file.package, "meta.xml", name)
    yield Draft(
        *builder.finish(),
        title=title,
        author=author,
        published=published,
        notes=file.reading.remarks(),
    )


def read_odp(data: bytes, name: str) -> Iterator[Draft | Inner]:
    """Yield the document in OpenDocument slides.

    Raises:
        InputError: if it is damaged, encrypted or no such file.
    """
    file = _File(data, "office:presentation")
    slides = [_slide(page, file) for page in children(file.body, "draw:page")]
    yield deck(slides, described(file.package, "meta.xml", name))


class _File:
    """An OpenDocument file's parts: its body, and what reads it."""

    def __init__(self, data: bytes, body: str) -> None:
        self.package = Package(data)
        manifest = self.package.xml("META-INF/manifest.xml")
        for entry in () if manifest is None else manifest:
            if inner(entry, "manifest:encryption-data") is not None:
                raise InputError("it is encrypted; save it without a password")
        content = self.package.xml("content.xml")
        found = inner(inner(content, "office:body"), body)
        if found is None:
            raise InputError(f"there is no {body.replace(':', ' ')} in it")
        self.body = found
        self._common = self.package.xml("styles.xml")
        common = inner(self._common, "office:styles")
        own = inner(self._common, "office:automatic-styles")
        self.styles = Styles(common, inner(content, "office:automatic-styles"))
        self.reading = Reading(self.styles)
        self._margins = Reading(Styles(common, own))

    def margins(self, which: str) -> list[Piece]:
        """Return the text of all headers or footers, each once."""
        masters = children(inner(self._common, "office:master-styles"), "style:master-page")
        every = (margin for master in masters for margin in children(master, *_MARGINS[which]))
        shown = (margin for margin in every if said(margin, "style:display") != "false")
        texts = dict.fromkeys(flat(self._margins.story(margin)) for margin in shown)
        return [Piece("furniture", text) for text in texts]


def _slide(page: "Element", file: _File) -> Slide:
    title, frames, margin = "", [], []
    for element in page:
        role = said(element, "presentation:class")
        if said(element, "presentation:placeholder") == "true" or not kind(element).startswith(
            ("draw:", "dr3d:")
        ):
            continue
        pieces = file.reading.story([element])
        if role in _FURNITURE:
            margin.append(flat(pieces))
        elif role == "title" and not title:
            title = flat(pieces)
        else:
            frames.append(Frame(pieces, _box(element)))
    style = file.styles.element("drawing-page", said(page, "draw:style-name"))
    shown = inner(style, "style:drawing-page-properties")
    return Slide(
        title,
        frames,
        file.reading.story(_notes(page)),
        margin,
        said(shown, "presentation:visibility") == "hidden",
    )


def _notes(page: "Element") -> "Iterator[Element]":
    for notes in children(page, "presentation:notes"):
        for frame in children(notes, "draw:frame"):
            placeholder = said(frame, "presentation:placeholder") == "true"
            if said(frame, "presentation:class") == "notes" and not placeholder:
                yield frame


def _box(element: "Element") -> Box | None:
    if kind(element) == "draw:g":
        return around(_box(part) for part in element)
    lengths = [_length(said(element, f"svg:{name}")) for name in ("x", "y", "width", "height")]
    left, top, width, height = lengths
    if left is None or top is None:
        return None
    return Box(left, top, left + (width or 0), top + (height or 0))


def _length(text: str | None) -> float | None:
    """Return a length in centimetres, or None."""
    match = _LENGTH.fullmatch(text or "")
    return float(match[1]) * _UNITS[match[2]] if match else None
