"""Trees of HTML -> the pieces of a document, as a browser would lay them out without style.

Walks without recursion, whatever the nesting. Knows nothing of pages and their frames.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace

from qa.reading.blocks import ITEM, is_dateline
from qa.reading.building import Builder
from qa.reading.headers import has_header
from qa.reading.html_lists import Numbering
from qa.reading.html_main import is_comment
from qa.reading.html_tables import data_rows, listed_item, marks_header
from qa.reading.html_tree import BLOCKS, NEVER, HtmlElement, walk
from qa.reading.plain import plain_blocks
from qa.types import BlockKind

_SPACE = re.compile("[ \t\n\r\f]+")  # what HTML folds; other kinds of space are the author's
_AROUND_BREAK = re.compile(" *\n *")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BOLD_LEVEL = 7  # of a paragraph in bold that heads what is below
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_MAX_BOLD = 120  # characters
_ENDS = re.compile(r"[.!?…:;,][\"'”’)\]]*$")
_OPENS_QUOTE = re.compile('["“‘«„]')
_CODE = re.compile(r"code|highlight|lang|brush|source|prettyprint", re.IGNORECASE)
_PAGE_BREAKS = frozenset(("pagebreak", "doc-pagebreak"))
_ONLY_PAGE = re.compile("\0\\d+\0")


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: BlockKind
    text: str
    level: int = 0
    quoted: bool = False
    term: bool = False  # of a list of definitions


class Pieces:
    """Puts what trees show, one after the other, into a builder.

    The builder's unit is the paragraph, or the page where the trees mark their pages' beginnings.
    """

    def __init__(self, builder: Builder, number: int = 1, *, pages: bool = False) -> None:
        """Begin with the paragraph or page of this number."""
        self.number = number
        self._builder = builder
        self._pages = pages
        self._left_out: Container[HtmlElement] = ()
        self._begin: Mapping[str, str] = {}
        self._labels: list[str] = []  # of the pages that begin in what is being read
        self._parts: list[str] = []  # of the piece that is being read
        self._plain = False  # whether there are words in it that aren't bold
        self._held: _Piece | None = None  # read, but what follows tells its kind
        self._heading = 0
        self._pre = self._bold = self._quote = self._items = 0  # how many are open
        self._code = False
        self._lists: list[Numbering] = []
        self._mark = ""  # of the item whose words come next
        self._comments: list[int] = []  # numbers of the open readers' comments
        self._replies = [0]  # how many there were on each level
        if pages:
            builder.unit(number)

    def put(
        self,
        root: HtmlElement,
        left_out: Container[HtmlElement] = (),
        begin: Mapping[str, str] | None = None,
    ) -> None:
        """Put everything of a tree.

        Args:
            root: Of the tree.
            left_out: Elements that are passed over.
            begin: Names of the parts that begin in it, by the id of their first element; "" is
                the tree's beginning.
        """
        self._left_out = left_out
        self._begin = begin or {}
        self._part(self._begin.get(""))
        steps = walk(root)
        skipped: HtmlElement | None = None
        for event, element in steps:
            if event == "start":
                if not self._open(element):
                    skipped = element
                    steps.skip_subtree()
                continue
            if element is skipped:
                skipped = None
            else:
                self._close(element)
            if element is not root:
                self._text(element.tail)
        self._flush()
        self._emit(None)

    def _part(self, name: str | None) -> None:
        if name is None:
            return
        self._flush()
        self._emit(None)
        self._builder.part(name)
        if not self._pages:
            self.number = 1

    def _open(self, element: HtmlElement) -> bool:
        """Begin an element; whether what is in it is still to be read."""
        tag = element.tag
        if tag in NEVER or element in self._left_out:
            if tag in BLOCKS:
                self._flush()
            return False
        if self._begin:
            self._part(self._begin.get(element.get("id") or "-"))
        if self._pages and _PAGE_BREAKS.intersection(
            (element.get("epub:type"), element.get("role"), element.get("type"))
        ):
            label = element.get("title") or element.get("aria-label") or element.text or ""
            self._parts.append(f"\0{len(self._labels)}\0")
            self._labels.append(label.strip().removeprefix("Page ").removeprefix("page "))
            return False
        if tag in BLOCKS:
            self._flush()
        if tag == "table" and self._table(element):
            return False
        if is_comment(element):
            self._flush()
            self._emit(None)
            self._replies[-1] += 1
            self._comments.append(self._replies[-1])
            self._replies.append(0)
            self._builder.comment = ".".join(map(str, self._comments))
        self._bold += _is_bold(element)
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in ("ul", "ol", "menu", "dir"):
            self._lists.append(Numbering(element))
        elif tag == "li":
            self._items += 1
            listed = self._lists[-1].mark(element) if self._lists else "- "
            self._mark = "" if is_comment(element) else listed
        elif tag == "pre":
            self._pre += 1
            self._code = bool(_CODE.search(element.get("class") or "")) or any(
                child.tag in ("code", "samp", "kbd", "span") for child in element.iterchildren()
            )
        elif tag == "blockquote":
            self._quote += 1
        elif tag == "dd" and self._held and self._held.term:
            self._held = replace(self._held, kind="lead_in")
        elif tag == "q":
            self._parts.append("“")
        elif tag == "br":
            self._parts.append("\n")
        self._text(element.text)
        return True

    def _close(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self._flush(term=tag == "dt")
        self._bold -= _is_bold(element)
        if tag in _HEADINGS:
            self._heading = 0
        elif tag in ("ul", "ol", "menu", "dir"):
            self._lists.pop()
        elif tag == "li":
            self._items -= 1
            self._mark = ""
        elif tag == "pre":
            self._pre -= 1
        elif tag == "blockquote":
            self._quote -= 1
        elif tag == "q":
            self._parts.append("”")
        if self._comments and is_comment(element):
            self._flush()
            self._emit(None)
            self._comments.pop()
            self._replies.pop()
            self._builder.comment = ".".join(map(str, self._comments)) or None

    def _text(self, text: str | None) -> None:
        if text:
            self._parts.append(text if self._pre else _SPACE.sub(" ", text))
            self._plain = self._plain or (not self._bold and any(c.isalnum() for c in text))

    def _flush(self, *, term: bool = False) -> None:
        """End the piece that is being read."""
        if not self._parts:
            return
        raw, all_bold = "".join(self._parts), not self._plain
        self._parts.clear()
        self._plain = False
        if self._pre:
            self._preformatted(raw)
            return
        text = _AROUND_BREAK.sub("\n", re.sub("  +", " ", raw))
        for part in re.split("\n\n+", text):
            words = part.strip(" \n\xa0")
            if not words:
                continue
            if _ONLY_PAGE.fullmatch(words):
                self._emit(None)
                self._next_page(int(words.strip("\0 ")))
                continue
            if self._heading:
                self._emit(_Piece("heading", words, self._heading))
            elif self._mark:
                mark = "" if ITEM.match(words) else self._mark
                self._emit(_Piece("item", mark + words))
            elif all_bold and not (self._items or term) and _could_head(words):
                self._emit(_Piece("heading", words, _BOLD_LEVEL))
            elif ITEM.match(words) and not self._quote:
                self._emit(_Piece("item", words))
            elif is_dateline(words):
                self._emit(_Piece("dateline", words))
            else:
                self._emit(_Piece("paragraph", words, quoted=self._quote > 0, term=term))
            if any(char.isalnum() for char in words):
                self._mark = ""

    def _preformatted(self, raw: str) -> None:
        """Add code as it stands; other text that was laid out by hand as what it looks like."""
        if self._code or self._comments:
            self._emit(_Piece("paragraph", raw.strip("\n"), quoted=True))
            return
        for block in plain_blocks(raw, ""):
            level = _BOLD_LEVEL if block.kind == "heading" else 0
            self._emit(_Piece(block.kind, raw[block.start : block.end], level))

    def _table(self, table: HtmlElement) -> bool:
        """Add a table of data; whether it was one."""
        if item := listed_item(table, self._left_out):
            self._emit(_Piece("item", item))
            return True
        rows = data_rows(table, self._left_out)
        if not rows:
            return False
        for caption in table.iterchildren("caption"):
            self._emit(_Piece("lead_in", _SPACE.sub(" ", "".join(caption.itertext())).strip()))
        self._emit(None, introduced=True)
        self._next_paragraph()
        self._builder.table(rows, header=marks_header(table) or has_header(rows))
        return True

    def _emit(self, piece: _Piece | None, *, introduced: bool = False) -> None:
        """Add the piece that was held back, now that what follows is known, and hold this one."""
        held, self._held = self._held, piece if piece and piece.text else None
        if held is None:
            return
        if piece:
            quotation = piece.quoted > held.quoted or bool(_OPENS_QUOTE.match(piece.text))
            introduced = piece.kind in ("item", "row") or quotation
        self._next_paragraph()
        # Every second of these is the number of a page that begins there.
        text, *over = held.text.split("\0")
        if not text.strip() and over:
            self._next_page(int(over[0]))
            _, text, *over = over
        if held.kind == "heading" and not self._comments:
            self._builder.heading(held.level, text)
        elif held.kind == "paragraph" and introduced and held.text.endswith(":"):
            self._builder.add("lead_in", text)
        else:
            self._builder.add("paragraph" if held.kind == "heading" else held.kind, text)
        for page, more in zip(over[::2], over[1::2], strict=True):
            self._next_page(int(page))
            self._builder.extend(more, " " if text.endswith(" ") or more.startswith(" ") else "")
            text = more

    def _next_paragraph(self) -> None:
        if not self._pages:
            self._builder.unit(self.number)
            self.number += 1

    def _next_page(self, label: int) -> None:
        self.number += 1
        self._builder.unit(self.number, self._labels[label] or None)


def _is_bold(element: HtmlElement) -> bool:
    if element.tag in ("b", "strong"):
        return True
    style = element.get("style")
    return style is not None and bool(_BOLD.search(style))


def _could_head(text: str) -> bool:
    return (
        len(text) <= _MAX_BOLD
        and "\n" not in text
        and any(char.isalpha() for char in text)
        and not _ENDS.search(text)
        and not ITEM.match(text)
    )
