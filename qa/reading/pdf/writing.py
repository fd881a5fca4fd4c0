"""Pages of pieces -> text, blocks and places; what a page's end broke is made whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.reading.blocks import ITEM, is_dateline
from qa.reading.building import Builder
from qa.reading.headers import has_header
from qa.reading.pdf.hyphens import Hyphens
from qa.reading.pdf.pages import HYPHEN
from qa.reading.pdf.paragraphs import Piece, goes_on
from qa.types import BlockKind

_CAPTION = re.compile(r"(?:table|figure|fig\.|tabelle|abbildung|tableau)\s*\d", re.IGNORECASE)
_MOST_FLOATS = 4  # tables, figures and captions at the top of a page or column
# Symbol and Wingdings have no Unicode of their own for these.
_BULLETS = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf02d": "-"}


@dataclass(slots=True)
class Page:
    """A page's pieces.

    Attributes:
        above: Furniture at its top.
        notes: Footnotes, and whatever else isn't part of the running text.
        below: Furniture at its bottom.
    """

    number: int
    label: str | None
    above: list[str]
    body: list[Piece]
    notes: list[Piece]
    below: list[str]


def write(pages: Sequence[Page], hyphens: Hyphens) -> Builder:
    """Return a builder that holds the pages."""
    tails = _connect(pages)
    builder = Builder("page")
    writer = _Writer(builder, hyphens, {page.number: page for page in pages})
    heads = [piece for page in pages for piece in page.body if id(piece) not in tails]
    following = {id(piece): after for piece, after in pairwise(heads)}
    before: Piece | None = None
    for page in pages:
        writer.open(page.number)
        own = [piece for piece in page.body if id(piece) not in tails]
        if not own:
            writer.settle()
        for piece in own:
            if not _same_list(before, piece):
                writer.settle()
            if _leaves(piece):
                # What is printed on this page is written before the next one's words.
                writer.notes(page.number)
            writer.put(piece, following.get(id(piece)))
            before = piece
        if writer.notes(page.number):
            before = None
        writer.close(page.number)
        # A list stays whole over a page's end, as a paragraph does.
        if before is None or not _same_list(before, following.get(id(before))):
            writer.settle()
    writer.settle()
    return builder


def _same_list(before: Piece | None, piece: Piece | None) -> bool:
    """Whether two pieces are items or rows of one list or table, or what introduces it and one."""
    if before is None or piece is None:
        return False
    if before.rows is not None or piece.rows is not None:
        return before.rows is not None and piece.rows is not None
    listed = bool(ITEM.match(piece.text)) and piece.level is None
    return listed and (bool(ITEM.match(before.text)) or _last(before).text.endswith(":"))


def _connect(pages: Sequence[Page]) -> set[int]:
    """Let pieces that go on in another column or page have their tails; return what is a tail."""
    tails: set[int] = set()
    before: Piece | None = None
    noted = {page.number: bool(page.notes) for page in pages}
    for page in pages:
        for index, piece in enumerate(page.body):
            # Within a column, lines have found their paragraphs already.
            elsewhere = before is not None and (
                before.page != piece.page or piece.lines[0].y < before.lines[-1].y
            )
            if before is not None and elsewhere:
                tail = _tail(before, page.body[index : index + _MOST_FLOATS])
                # A page with notes, full of one paragraph, ends it: they have to stand there.
                if tail is not None and not (id(before) in tails and noted[before.page]):
                    before.tail = tail
                    tails.add(id(tail))
            before = piece
    return tails


def _tail(before: Piece, following: Sequence[Piece]) -> Piece | None:
    """Return what a piece goes on with, tables and figures at the top of a page passed over."""
    for number, piece in enumerate(following):
        if goes_on(before, piece) and (not number or piece.text[0].islower()):
            return piece
        if piece.rows is None and not _CAPTION.match(piece.text):
            return None
    return None


def _leaves(piece: Piece) -> bool:
    """Whether a piece goes on on another page."""
    return _last(piece).page != piece.page


def _last(piece: Piece) -> Piece:
    """Return what a piece ends with."""
    while piece.tail is not None:
        piece = piece.tail
    return piece


class _Writer:
    """Keeps back the furniture that stands between a piece and its tail on the next page."""

    def __init__(self, builder: Builder, hyphens: Hyphens, pages: dict[int, Page]) -> None:
        self._builder = builder
        self._hyphens = hyphens
        self._pages = pages
        self._opened: set[int] = set()
        self._closed: set[int] = set()
        self._noted: set[int] = set()
        self._waiting: list[str] = []

    def open(self, number: int) -> None:
        """Begin a page, unless a piece of the page before has reached into it."""
        if number not in self._opened:
            self._opened.add(number)
            self._builder.unit(number, self._pages[number].label)
            self._waiting += self._pages[number].above

    def close(self, number: int) -> None:
        """Let a page's footer follow, unless it has."""
        if number not in self._closed:
            self._closed.add(number)
            self._waiting += self._pages[number].below

    def notes(self, number: int) -> bool:
        """Write a page's notes, unless they have been; return whether there were any."""
        if number in self._noted:
            return False
        self._noted.add(number)
        for piece in self._pages[number].notes:
            self.put(piece, None)
        return bool(self._pages[number].notes)

    def settle(self) -> None:
        """Write what was kept back."""
        for text in self._waiting:
            self._builder.furniture(text)
        self._waiting.clear()

    def put(self, piece: Piece, following: Piece | None) -> None:
        """Write a piece with its tails."""
        if piece.rows is not None:
            rows = [[self._finish(cell) for cell in row] for row in piece.rows]
            self._builder.table(rows, header=piece.bold_head or has_header(rows))
            return
        text = self._hyphens.join([line.text for line in piece.lines])
        parts: list[tuple[str, str]] = []  # of the text, with what stands behind each
        last = piece
        while last.tail is not None:
            tail = self._hyphens.join([line.text for line in last.tail.lines])
            head, joint = self._hyphens.joint(text, tail)
            parts.append((head, joint))
            text, last = tail, last.tail
        parts.append((text, ""))
        whole = self._finish(parts[0][0])
        if piece.level is not None:
            self._builder.heading(piece.level, whole)
        else:
            self._builder.add(_kind(whole, self._finish(text), following), whole)
        page = piece.page
        chain, (_, joint) = piece, parts[0]
        for words, after in parts[1:]:
            chain = chain.tail  # type: ignore[assignment]
            while page < chain.page:
                self.close(page)
                page += 1
                self.open(page)
            self._builder.extend(self._finish(words), joint)
            joint = after

    def _finish(self, text: str) -> str:
        text = text.replace(HYPHEN, "-")
        return _BULLETS[text[0]] + text[1:] if text and text[0] in _BULLETS else text


def _kind(text: str, end: str, following: Piece | None) -> BlockKind:
    if ITEM.match(text):
        return "item"
    if end.endswith(":") and following is not None and following.level is None:
        return "lead_in"
    return "dateline" if is_dateline(text) else "paragraph"
