"""Rich text (.rtf) -> drafts, by paragraph.

Interprets the stream itself. striprtf takes quadratic time over some inputs (47 seconds for a font
table of 80 kB), adds addresses to the words of links, shows hidden and deleted text, and
gives neither headings nor notes.
"""

from collections.abc import Iterator
from typing import NamedTuple

from qa.errors import InputError
from qa.reading.about import iso_date
from qa.reading.building import Builder, Draft
from qa.reading.flow import Piece, flat, noted, pieces_written
from qa.reading.formats import Inner
from qa.reading.properties import plausible_author, plausible_title
from qa.reading.rtf_story import MAX_DEPTH, Story, Style, joined
from qa.reading.rtf_tokens import CHARACTERS, SIGNS, Token, decoded, of_charset, of_page, tokens

_DROPPED = frozenset(
    (
        "colortbl pict nonshppict shprslt nonesttables sp xe tc txe rxe objclass objname pntxta "
        "pntxtb ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn falt private filetbl listtable "
        "listoverridetable fldinst bkmkstart bkmkend atnid atnauthor annotation upr info revtbl "
        "template userprops comment themedata datastore generator objdata listpicture"
    ).split()
)
_WANTED = frozenset("shpinst shptxt do dptxbxtext footnote ud shp".split())  # behind a "\*", too
_INFO = frozenset({"title", "author", "creatim"})
_MARGINS = frozenset(
    f"{which}{pages}" for which in ("header", "footer") for pages in ("", "l", "r", "f")
)


def read_rtf(data: bytes, name: str) -> Iterator[Draft | Inner]:
    """Yield the document in rich text.

    Raises:
        InputError: if it is none.
    """
    start = data.find(b"{")
    if not data[start : start + 5].lower() == b"{\\rtf" or data[:start].strip(b"\xef\xbb\xbf \r\n"):
        raise InputError("it is no rich text")
    reading = _Reading()
    for token in tokens(data[start:]):
        reading.take(token)
        if not reading.open:  # what stands behind the document's group is none of it
            break
    pieces = reading.finish()
    builder = Builder("paragraph")
    pieces_written(builder, pieces, numbered=True)
    notes = []
    if reading.comments:
        notes.append(f"comments in its margin are left out: {reading.comments}")
    if reading.tracked:
        notes.append("its tracked changes are read as accepted")
    info = reading.info
    yield Draft(
        *builder.finish(),
        title=plausible_title(joined(info["title"]), name),
        author=plausible_author(joined(info["author"])),
        published=reading.created(),
        notes=tuple(notes),
    )


class _State(NamedTuple):
    """What a group inherits from the one around it."""

    story: Story
    into: str = "text"  # or "mark", "fonts", "styles", "title", "author", "creatim", "" for nothing
    skip: int = 1  # characters that stand for one that "\\u" names
    font: int | None = None
    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    style: int = 0
    outline: int | None = None
    in_table: bool = False


class _Reading:
    """Interprets tokens, one after the other."""

    def __init__(self) -> None:
        self.comments = 0
        self.tracked = False
        self.info: dict[str, list[str]] = {name: [] for name in _INFO}
        self.open = True
        self._body = Story()
        self._margins: dict[str, list[str]] = {"header": [], "footer": []}
        self._state = _State(self._body)
        self._groups: list[_State] = []
        self._page = "cp1252"
        self._fonts: dict[int | None, str] = {}
        self._default: int | None = None
        self._styles: dict[int, Style] = {}
        self._created: dict[str, int] = {}
        self._optional = False  # whether "\\*" came before
        self._passed_over = 0  # characters still to be, behind "\\u"
        self._pending = bytearray()  # text that waits for its last byte
        self._pending_page = ""

    def take(self, token: Token) -> None:
        """Interpret one token."""
        if token.kind in ("bytes", "hex"):
            data = token.data
            passed = min(self._passed_over, len(data))
            self._passed_over -= passed
            self._bytes(data[passed:])
            return
        if token.kind == "word" and token.text == "u":
            self._flush()
            self._put(chr((token.number or 0) & 0xFFFF))
            self._passed_over = self._state.skip
            return
        if self._passed_over and token.kind == "sign":
            self._passed_over -= 1
            return
        self._flush()
        self._passed_over = 0
        if token.kind == "open":
            self._groups.append(self._state)
            self._optional = False
        elif token.kind == "close":
            self._close()
        elif token.kind == "sign":
            self._optional = token.text == "*"
            if token.text in "\r\n":
                self._paragraph()
            elif token.text in SIGNS:
                self._put(SIGNS[token.text])
        else:
            self._word(token.text, token.number)
            self._optional = False

    def finish(self) -> list[Piece]:
        """Return all pieces, headers first and footers last."""
        self._flush()
        while self._groups:
            self._close()
        self._body.end(self._style())
        headers, footers = (
            [Piece("furniture", text) for text in dict.fromkeys(self._margins[which])]
            for which in ("header", "footer")
        )
        return [*headers, *self._body.pieces, *footers]

    def created(self) -> str | None:
        """Return the ISO date that the document gives as that of its making."""
        year, month, day = (self._created.get(part, 0) for part in ("yr", "mo", "dy"))
        return iso_date(f"{year:04}-{month:02}-{day:02}")

    def _change(self, **changes: object) -> None:
        if any(getattr(self._state, name) != now for name, now in changes.items()):
            self._state = self._state._replace(**changes)  # type: ignore[arg-type]

    def _close(self) -> None:
        left = self._state
        self._state = self._groups.pop() if self._groups else left
        self.open = bool(self._groups)
        outer = self._state.story
        if left.story is not outer:
            left.story.end(self._styles.get(left.style, Style()))
            if left.story.kind in self._margins:
                self._margins[left.story.kind].append(flat(left.story.pieces))
            elif left.story.kind == "note":
                outer.behind += noted(left.story.pieces)
            else:
                outer.behind += left.story.pieces

    def _tell(self, kind: str) -> None:
        """Begin a story in the group, unless it stands in too many others."""
        depth = self._state.story.depth + 1
        if depth < MAX_DEPTH:
            self._change(story=Story(kind, depth), into="text", in_table=False)

    def _word(self, word: str, number: int | None) -> None:
        state = self._state
        if word in _MARGINS:
            self._tell(word[:6])
        elif word in ("footnote", "shptxt", "dptxbxtext") and state.into:
            self._tell("note" if word == "footnote" else "box")
        elif word in _INFO and state.into == "":
            self.info[word].clear()
            self._change(into=word)
        elif word == "ud":  # the Unicode of what "\\upr" gives in a code page first
            self._change(into=self._groups[-2].into if len(self._groups) > 1 else "text")
        elif word in _DROPPED or (self._optional and word not in _WANTED):
            self.comments += word == "annotation"
            self._change(into="")
        elif word in ("listtext", "pntext") and state.into:
            self._change(into="mark")
        elif word in ("fonttbl", "stylesheet"):
            self._change(into=word)
        elif word in ("yr", "mo", "dy") and state.into == "creatim":
            self._created[word] = number or 0
        elif state.into == "fonttbl":
            self._font(word, number)
        else:
            self._format(word, number)
            if state.into:
                self._break(word)

    def _font(self, word: str, number: int | None) -> None:
        if word == "f":
            self._change(font=number)
        elif word == "fcharset" and (page := of_charset(number)):
            self._fonts[self._state.font] = page
        elif word == "cpg":
            self._fonts[self._state.font] = of_page(number)

    def _format(self, word: str, number: int | None) -> None:
        """Take what says how text looks or is encoded."""
        on = number != 0
        if word in ("ansicpg", "mac", "pc", "pca"):
            self._page = of_page({"mac": 10000, "pc": 437, "pca": 850}.get(word, number))
        elif word == "deff":
            self._default = number
        elif word == "f":
            self._change(font=number)
        elif word == "uc":
            self._change(skip=max(0, number or 0))
        elif word == "plain":
            self._change(font=None, bold=False, hidden=False, deleted=False)
        elif word == "b":
            self._change(bold=on)
        elif word == "v":
            self._change(hidden=on)
        elif word == "deleted":
            self._change(deleted=on)
        elif word == "pard":
            self._change(style=0, outline=None, in_table=False)
        elif word == "s":
            self._change(style=number or 0)
        elif word == "outlinelevel":
            self._change(outline=number)
            if self._state.into == "stylesheet":
                self._styles.setdefault(self._state.style, Style()).outline = number
        elif word == "intbl":
            self._change(in_table=True)
        if word in ("deleted", "revised"):
            self.tracked = True

    def _break(self, word: str) -> None:
        """Take what ends a paragraph, cell or row, or is a character."""
        if word in CHARACTERS:
            self._put(CHARACTERS[word])
        elif self._state.into != "text":
            return
        elif word in ("par", "sect"):
            self._paragraph()
        elif word == "cell":
            self._state.story.cell()
        elif word == "row":
            self._state.story.row()
        elif word == "trhdr":
            self._state.story.heads()

    def _bytes(self, data: bytes) -> None:
        font = self._default if self._state.font is None else self._state.font
        page = self._fonts.get(font, self._page)
        if page != self._pending_page:
            self._flush()
            self._pending_page = page
        self._pending += data

    def _flush(self) -> None:
        if self._pending:
            text = decoded(bytes(self._pending), self._pending_page)
            self._pending.clear()
            self._put(text)

    def _put(self, text: str) -> None:
        state = self._state
        if state.into == "text" and not (state.hidden or state.deleted):
            state.story.put(text, bold=state.bold)
        elif state.into == "mark" and not state.deleted:
            state.story.put_mark(text)
        elif state.into == "stylesheet":
            self._style().name.append(text)
        elif state.into in self.info:
            self.info[state.into].append(text)

    def _paragraph(self) -> None:
        state = self._state
        if state.in_table:
            state.story.put("\n", bold=True)
        else:
            state.story.paragraph(self._style(), state.outline)

    def _style(self) -> Style:
        return self._styles.setdefault(self._state.style, Style())
