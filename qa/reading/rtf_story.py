"""The texts of a rich text file that have paragraphs of their own -> pieces; knows no tokens."""

import re
from dataclasses import dataclass, field

from qa.reading.flow import TITLE, Piece, tabled
from qa.reading.numerals import bullet

MAX_DEPTH = 3  # of stories in each other: the body, a text box, a note in it

_HEADING = re.compile(r"heading ([1-9])")
_CONTENTS = re.compile(r"(?:toc|contents) [1-9]")
_QUOTATIONS = frozenset({"quote", "intense quote", "block text", "quotations"})
_MAX_LEVEL = 9  # of a heading; below it an outline has running text


@dataclass(slots=True)
class Style:
    """What the file says of a style: the characters of its name, its outline level from 0."""

    name: list[str] = field(default_factory=list)
    outline: int | None = None

    def called(self) -> str:
        """Return its name in lower case."""
        return "".join(self.name).strip(" ;").lower()


@dataclass(slots=True)
class Story:
    """One such text, as it is gathered: the body, a note, a text box, a header.

    Attributes:
        kind: "body", "note", "box", "header" or "footer".
        depth: How many stories it stands in.
        pieces: What has been gathered.
        behind: Pieces to stand behind the paragraph: text boxes, notes.
        header: Whether the table's first row names its columns.
    """

    kind: str = "body"
    depth: int = 0
    pieces: list[Piece] = field(default_factory=list)
    behind: list[Piece] = field(default_factory=list)
    header: bool = False
    _parts: list[str] = field(default_factory=list)  # of the paragraph or cell
    _mark: list[str] = field(default_factory=list)  # the number or bullet in front of it
    _bold: bool = True
    _cells: list[list[Piece]] = field(default_factory=list)  # of the row
    _rows: list[list[list[Piece]]] = field(default_factory=list)  # of the table

    def put(self, text: str, *, bold: bool) -> None:
        """Add text to the paragraph or cell."""
        self._parts.append(text)
        self._bold = self._bold and (bold or text.isspace())

    def put_mark(self, text: str) -> None:
        """Add to the number or bullet in front of the paragraph."""
        self._mark.append(text)

    def cell(self) -> None:
        """End a cell."""
        text, bold = self._taken()
        self._cells.append([Piece("paragraph", text, bold=bold)] if text else [])

    def row(self) -> None:
        """End a row."""
        self._rows.append(self._cells)
        self._cells = []

    def heads(self) -> None:
        """Let the row be one that names the columns, if it is the first."""
        self.header = self.header or not self._rows

    def paragraph(self, style: Style, outline: int | None) -> None:
        """End a paragraph, and the table above it.

        Args:
            style: Its style.
            outline: The outline level, from 0, that it has itself.
        """
        self._end_table()
        marked = bool(self._mark)
        text, bold = self._taken()
        level = _level(style, outline)
        if not text:
            pass
        elif _CONTENTS.fullmatch(style.called()):
            self.pieces.append(Piece("furniture", text))
        elif level is not None and level <= _MAX_LEVEL:
            self.pieces.append(Piece("heading", text, level))
        elif marked:
            self.pieces.append(Piece("item", text, bold=bold))
        elif style.called() in _QUOTATIONS:
            self.pieces.append(Piece("quotation", text, bold=bold))
        else:
            self.pieces.append(Piece("paragraph", text, bold=bold))
        self.pieces += self.behind
        self.behind = []

    def end(self, style: Style) -> None:
        """End the last paragraph and table."""
        if self._cells:
            self.row()
        self.paragraph(style, None)

    def _taken(self) -> tuple[str, bool]:
        """Return the text of the paragraph, its mark in front, and whether it is bold; clear it."""
        text, mark, bold = joined(self._parts), joined(self._mark), self._bold
        self._parts, self._mark, self._bold = [], [], True
        if text and mark:
            drawn = mark == "o" or not any(map(str.isalnum, mark))
            text = f"{bullet(mark) if drawn else mark} {text}"
        return text, bold

    def _end_table(self) -> None:
        if self._rows:
            self.pieces += tabled(self._rows, header=self.header)
            self._rows, self.header = [], False


def _level(style: Style, outline: int | None) -> int | None:
    if outline is None:
        outline = style.outline
    if outline is not None:
        return outline + 1
    if match := _HEADING.fullmatch(style.called()):
        return int(match[1])
    return TITLE if style.called() == "title" else None


def joined(parts: list[str]) -> str:
    """Return parts as text; halves of a character that were named one by one are put together."""
    text = "".join(parts)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()
