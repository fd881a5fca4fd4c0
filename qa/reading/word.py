"""Word files (.docx, .docm, .dotx) -> drafts, by paragraph.

Reads the parts of the package itself: what counts (numbers, tracked changes, fields, text boxes,
notes) has to be read off the XML in any case, and python-docx gives up at a relationship to a
part that isn't there and at files with macros. Names are compared without their namespace, so
that both of Word's, strict and transitional, are read.
"""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa.errors import InputError
from qa.reading.building import Builder, Draft
from qa.reading.flow import Piece, flat, noted, pieces_written, tabled
from qa.reading.formats import Inner
from qa.reading.packages import Package, child, flag, local, value
from qa.reading.properties import described
from qa.reading.word_styles import MAX_OUTLINE, Numbering, Style, Styles, outline, whole
from qa.reading.word_text import REMOVED, choice, placeholder, words_of

if TYPE_CHECKING:
    from qa.reading.packages import Element

_PASSED_OVER = REMOVED | {"sectPr", "sdtPr", "sdtEndPr"}
_FIRST_ROW = 0x20  # bit of a table's look


def read_docx(data: bytes, name: str) -> Iterator[Draft | Inner]:
    """Yield the document in a Word file.

    Raises:
        InputError: if it is damaged, encrypted or no Word file.
    """
    package = Package(data)
    main = package.related("", "officeDocument") or "word/document.xml"
    body = child(package.xml(main), "body")
    if body is None:
        raise InputError("there is no Word document in it")
    reading = _Reading(package, main)
    pieces = reading.story(body)
    headers, footers = (reading.margins(body, f"{kind}Reference") for kind in ("header", "footer"))
    builder = Builder("paragraph")
    pieces_written(builder, [*headers, *pieces, *footers], numbered=True)
    title, author, published = described(package, package.related("", "core-properties"), name)
    yield Draft(
        *builder.finish(), title=title, author=author, published=published, notes=reading.notes()
    )


class _Reading:
    """Reads the stories of one file: its body, notes, headers and footers."""

    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        self._relationships = package.relationships(main)
        self._styles = Styles(self._part("styles"))
        self._numbering = Numbering(self._part("numbering"), self._styles)
        self._notes = {
            (kind, value(note, "id")): note
            for kind in ("footnote", "endnote")
            for note in self._part(f"{kind}s")
            if value(note, "type") in (None, "normal")
        }
        self._comments = len(self._part("comments"))
        self._tracked = False
        self._chunks = 0
        self._pieces: list[Piece] = []
        self._waiting: deque[Element] = (
            deque()
        )  # notes: the one that is being read, and those after it
        self._carried = ""  # text that goes on in the next paragraph

    def _part(self, kind: str) -> "list[Element]":
        every = self._relationships.values()
        root = self._package.xml(
            next((found.target for found in every if found.kind == kind), None)
        )
        return [] if root is None else list(root)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader should know of how it was read."""
        found = []
        if self._comments:
            found.append(f"comments in its margin are left out: {self._comments}")
        if self._tracked:
            found.append("its tracked changes are read as accepted")
        if self._chunks:
            found.append(f"files that it embeds as text are left out: {self._chunks}")
        return tuple(found)

    def story(self, root: "Element") -> list[Piece]:
        """Return the pieces of a body, a cell or a note."""
        before, self._pieces = self._pieces, []
        self._blocks(root)
        pieces, self._pieces = self._pieces, before
        return pieces

    def margins(self, body: "Element", reference: str) -> list[Piece]:
        """Return the text of all headers or footers that the sections refer to, each once."""
        targets = [
            self._relationships[value(element, "id") or ""].target
            for element in body.iter()
            if local(element) == reference and value(element, "id") in self._relationships
        ]
        roots = [self._package.xml(target) for target in dict.fromkeys(targets)]
        texts = dict.fromkeys(flat(self.story(root)) for root in roots if root is not None)
        return [Piece("furniture", text) for text in texts]

    def _blocks(self, parent: "Element") -> None:
        for element in parent:
            name = local(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                self._table(element)
            elif name == "altChunk":
                self._chunks += 1
            elif name == "AlternateContent":
                self._blocks(choice(element))
            elif name not in _PASSED_OVER and not placeholder(element):
                self._blocks(element)

    def _paragraph(self, element: "Element") -> None:
        properties = child(element, "pPr")
        style = self._styles.of(value(child(properties, "pStyle")))
        words = words_of(element, style, self._styles)
        ends = child(properties, "rPr")
        removed = any(local(x) in REMOVED for x in ([] if ends is None else ends))
        dropped = value(child(properties, "framePr"), "dropCap") in ("drop", "margin")
        self._tracked = self._tracked or words.tracked or removed
        text, self._carried = self._carried + "".join(words.parts), ""
        if text.strip() and (removed or dropped):
            self._carried = text
        elif text.strip():
            self._add(properties, style, text.strip(), words.bold)
        for box in words.boxes:
            self._blocks(box)
        for note in words.notes:
            self._note(note)

    def _note(self, key: tuple[str, str | None]) -> None:
        """Add what a note says, and the notes that it refers to, after it."""
        note = self._notes.pop(key, None)  # each is read once
        if note is None:
            return
        self._waiting.append(note)
        if len(self._waiting) == 1:
            while self._waiting:  # what it refers to joins the queue: none is read inside another
                self._pieces += noted(self.story(self._waiting[0]))
                self._waiting.popleft()

    def _add(self, properties: "Element | None", style: Style, text: str, bold: bool) -> None:
        level = outline(properties)
        level = style.heading if level is None else level
        said = child(properties, "numPr")
        number = value(child(said, "numId")) or style.number
        mark = None
        if number not in (None, "0"):
            mark = self._numbering.mark(number, whole(value(child(said, "ilvl"))), style)
        text = (mark or "") + text
        if style.contents:
            self._pieces.append(Piece("furniture", text))
        elif level is not None and level <= MAX_OUTLINE:
            self._pieces.append(Piece("heading", text, level))
        elif mark:
            self._pieces.append(Piece("item", text, bold=bold))
        else:
            self._pieces.append(
                Piece("quotation" if style.quotation else "paragraph", text, bold=bold)
            )

    def _table(self, table: "Element") -> None:
        rows = [row for row in _within(table, "tr") if not _removed(row)]
        stories = [[self._cell(cell) for cell in _within(row, "tc")] for row in rows]
        marked = bool(rows) and flag(child(rows[0], "trPr", "tblHeader"))
        self._pieces += tabled(stories, header=marked or self._styled(table))

    def _cell(self, cell: "Element") -> list[Piece]:
        """Return what stands in a cell; nothing where it goes on from the one above or before."""
        for merge in ("vMerge", "hMerge"):
            merged = child(cell, "tcPr", merge)
            if merged is not None and value(merged) != "restart":
                return []
        return self.story(cell)

    def _styled(self, table: "Element") -> bool:
        """Whether a table's style sets its first row apart."""
        properties = child(table, "tblPr")
        look = child(properties, "tblLook")
        style = value(child(properties, "tblStyle"))
        bits = value(look) or "0"
        wanted = value(look, "firstRow") in ("1", "true", "on") or (
            bits.isalnum() and bits.isascii() and int(bits, 16) & _FIRST_ROW
        )
        return bool(wanted) and style is not None and self._styles.of(style).header


def _removed(row: "Element") -> bool:
    properties = child(row, "trPr")
    return any(local(x) in REMOVED for x in ([] if properties is None else properties))


def _within(parent: "Element", wanted: str) -> "Iterator[Element]":
    """Yield the rows of a table or the cells of a row, out of content controls as well."""
    for element in parent:
        name = local(element)
        if name == wanted:
            yield element
        elif name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _within(element, wanted)
