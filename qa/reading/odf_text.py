"""The content of OpenDocument text, a document's or a slide's -> pieces.

White space is folded as the standard has it; what the file only marks (spaces, tabs, line breaks,
numbers) is written out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qa.reading.flow import Piece, noted, tabled
from qa.reading.numerals import LEVELS, Counter
from qa.reading.odf_styles import PARAGRAPHS, Style, Styles, children, kind, number, said

if TYPE_CHECKING:
    from qa.reading.packages import Element

_DRAWN = ("draw:", "dr3d:")
_INDEXES = frozenset(
    {
        *("text:table-of-content", "text:illustration-index", "text:table-index"),
        *("text:object-index", "text:user-index", "text:alphabetical-index", "text:bibliography"),
    }
)
_PASSED_OVER = frozenset(
    {
        *("text:tracked-changes", "office:forms", "office:event-listeners", "text:script"),
        *("draw:image", "draw:object", "draw:object-ole", "draw:plugin", "draw:applet"),
        *("svg:title", "svg:desc", "draw:glue-point", "text:ruby-text", "text:note-citation"),
        "presentation:notes",
    }
)
_SPACE = re.compile(r"[ \t\r\n]+")
_MAX_SPACES = 100  # that are written out where a file counts them
_MAX_COLUMNS = 100  # that one cell is repeated over


@dataclass(slots=True)
class _Words:
    parts: list[str] = field(default_factory=list)
    bold: bool = True
    hidden: bool = False
    spaced: bool = True  # whether a space before the next character would be one too many
    notes: "list[Element]" = field(default_factory=list)
    boxes: "list[Element]" = field(default_factory=list)


class Reading:
    """Reads the parts of one file that share styles and lists."""

    def __init__(self, styles: Styles) -> None:
        """Begin before the first list."""
        self._comments = 0
        self._tracked = False
        self._styles = styles
        self._pieces: list[Piece] = []
        self._index = False  # whether what is being read is a table of contents
        self._outline = Counter()
        self._lists: dict[tuple[str, str | None], Counter] = {}  # by style and by id

    def remarks(self) -> tuple[str, ...]:
        """Return what a reader should know of how it was read."""
        found = []
        if self._comments:
            found.append(f"comments in its margin are left out: {self._comments}")
        if self._tracked:
            found.append("its tracked changes are read as accepted")
        return tuple(found)

    def story(self, elements: "Iterable[Element]") -> list[Piece]:
        """Return the pieces of elements."""
        before, self._pieces = self._pieces, []
        self._blocks(elements)
        pieces, self._pieces = self._pieces, before
        return pieces

    def _blocks(self, elements: "Iterable[Element]") -> None:
        for element in elements:
            name = kind(element)
            if name in ("text:p", "text:h"):
                self._paragraph(element)
            elif name == "text:list":
                self._list(element, None, 0, None)
            elif name == "table:table":
                self._table(element)
            elif name in _INDEXES:
                self._index = True
                self._blocks(children(element, "text:index-body"))
                self._index = False
            elif name == "text:tracked-changes":
                self._tracked = True
            elif name == "office:annotation":
                self._comments += 1
            elif name not in _PASSED_OVER and not _is_hidden(element):
                self._blocks(element)

    def _paragraph(self, element: "Element", mark: str = "") -> None:
        name = said(element, "text:style-name")
        style = self._styles.of("paragraph", name)
        words = _Words(hidden=style.hidden)
        self._gather(element, style.bold, words)
        text = "".join(words.parts).strip(" ")
        if text.strip() and not words.hidden:
            self._add(element, style, text, words.bold, mark)
        self._blocks(words.boxes)
        for note in words.notes:
            self._pieces += noted(self.story(note))

    def _add(self, element: "Element", style: Style, text: str, bold: bool, mark: str) -> None:
        level = style.heading
        if kind(element) == "text:h":
            level = number(said(element, "text:outline-level"), 1)
            if not mark and said(element, "text:is-list-header") != "true":
                depth = max(0, min(level, LEVELS) - 1)
                mark = self._outline.mark(self._styles.list(None), depth)
        text = mark + text
        if self._index:
            self._pieces.append(Piece("furniture", text))
        elif level is not None:
            self._pieces.append(Piece("heading", text, level))
        elif mark:
            self._pieces.append(Piece("item", text, bold=bold))
        elif style.quotation:
            self._pieces.append(Piece("quotation", text, bold=bold))
        else:
            self._pieces.append(Piece("paragraph", text, bold=bold))

    def _gather(self, parent: "Element", bold: bool, words: _Words) -> None:
        self._put(parent.text, bold, words)
        for element in parent:
            name = kind(element)
            if name == "text:s":
                count = min(number(said(element, "text:c"), 1), _MAX_SPACES)
                words.parts.append(" " * count)
            elif name == "text:tab":
                words.parts.append("\t")
            elif name == "text:line-break":
                words.parts.append("\n")
            elif name == "text:note":
                words.notes += children(element, "text:note-body")
            elif name == "office:annotation":
                self._comments += 1
            elif name == "text:hidden-paragraph":
                words.hidden = words.hidden or _is_hidden(element)
            elif name.startswith(_DRAWN):
                words.boxes.append(element)
            elif name not in _PASSED_OVER and not _is_hidden(element):
                style = self._styles.of("text", said(element, "text:style-name"))
                if not (name == "text:span" and style.hidden):
                    self._gather(element, bold or style.bold, words)
            self._put(element.tail, bold, words)

    def _put(self, text: str | None, bold: bool, words: _Words) -> None:
        """Add characters as the standard folds them: white space is one space, at the start none."""
        folded = _SPACE.sub(" ", text or "")
        if words.spaced:
            folded = folded.removeprefix(" ")
        if folded:
            words.parts.append(folded)
            words.spaced = folded.endswith(" ")
            words.bold = words.bold and (bold or folded == " ")

    def _list(
        self, element: "Element", outer: str | None, depth: int, counter: Counter | None
    ) -> None:
        style = said(element, "text:style-name") or outer or self._named_by(element)
        if counter is None:
            counter = self._counter(element, style)
        for item in element:
            if kind(item) == "text:list-header":
                self._blocks(item)
            elif kind(item) == "text:list-item":
                self._item(item, style, min(depth, LEVELS - 1), counter)

    def _item(self, item: "Element", style: str | None, depth: int, counter: Counter) -> None:
        start = number(said(item, "text:start-value"), -1)
        if start >= 0:
            counter.set(depth, start)
        marked = False
        for element in item:
            name = kind(element)
            if name == "text:list":
                self._list(element, style, depth + 1, counter)
            elif name in ("text:p", "text:h") and not marked:
                marked = True
                self._paragraph(element, counter.mark(self._styles.list(style or ""), depth))
            else:
                self._blocks([element])

    def _named_by(self, element: "Element") -> str | None:
        """Return the list style that the first paragraph of a list names."""
        first = next(iter(element.iter(*PARAGRAPHS)), None)
        return self._styles.of("paragraph", said(first, "text:style-name")).numbering

    def _counter(self, element: "Element", style: str | None) -> Counter:
        """Return what counts a list: the counter of the list that it goes on from, or a new one."""
        counter = None
        if said(element, "text:continue-numbering") == "true":
            counter = self._lists.get(("style", style))
        if continued := said(element, "text:continue-list"):
            counter = self._lists.get(("id", continued))
        counter = counter or Counter()
        self._lists["style", style] = counter
        self._lists["id", said(element, "xml:id")] = counter
        return counter

    def _table(self, table: "Element") -> None:
        rows = list(_rows(table))
        stories = [[self.story(cell) for cell in _cells(row)] for row in rows]
        header = bool(rows) and kind(rows[0].getparent()) == "table:table-header-rows"
        self._pieces += tabled(stories, header=header)


def _is_hidden(element: "Element") -> bool:
    return said(element, "text:is-hidden") == "true" or (
        kind(element) == "text:section" and said(element, "text:display") == "none"
    )


def _rows(parent: "Element") -> "Iterator[Element]":
    for element in parent:
        name = kind(element)
        if name == "table:table-row":
            yield element
        elif name in ("table:table-header-rows", "table:table-rows", "table:table-row-group"):
            yield from _rows(element)


def _cells(row: "Element") -> "Iterator[Iterable[Element]]":
    """Yield what stands in each cell; nothing where one goes on from the row above."""
    spanned = 0  # cells that the one before covers
    for cell in row:
        repeated = min(number(said(cell, "table:number-columns-repeated"), 1), _MAX_COLUMNS)
        if kind(cell) == "table:table-cell":
            spanned = number(said(cell, "table:number-columns-spanned"), 1) - 1
            yield from [cell] * repeated
        elif kind(cell) == "table:covered-table-cell":
            yield from [()] * (repeated - spanned)
            spanned = max(0, spanned - repeated)
