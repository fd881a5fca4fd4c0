"""A PDF's bytes -> its pages' words. The only importer of pdfium.

Knows characters, fonts and boxes, no lines or paragraphs. Asking pdfium about a character costs
about two microseconds, so only a word's first and last are asked about.
"""

import ctypes
import math
import re
import struct
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qa.errors import InputError
from qa.reading.pdf.columns import flows
from qa.reading.pdf.lines import make_lines
from qa.reading.pdf.pages import HYPHEN, UNKNOWN, Leaf, Rule, Seen, Sheet, Word

Handle = (
    Any  # what ctypes does not type: pointers to a page, its text, an object drawn on it; functions
)

_WORD = re.compile("[^\x02\\s]+\x02?|\x02")
_UNKNOWN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f]")  # of a font that doesn't tell its letters
_BOLD = re.compile("bold|black|heavy|semib|demi|[a-z]bx\\d|-medi", re.IGNORECASE)
_ITALIC = re.compile("italic|oblique|-ital|[a-z]ti\\d", re.IGNORECASE)
_FORCE_BOLD, _ITALIC_FLAG = 1 << 18, 1 << 6
_INVISIBLE = 3  # text render mode
_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5  # kinds of page objects
_MIN_SIZE = 1.5  # points; smaller type is not for the eye
_MIN_RULE = 20.0  # points long
_THIN = 3.0  # points high
_COMMENTS, _FIELD = (1, 3), 20  # kinds of annotations: text, free text; a field of a form
_MAX_OBJECTS = 20_000  # of a page; drawings have more, and no rules of tables
_MOSTLY = 3  # times as many letters
_SLANT = math.radians(10)
_ASCENT, _DESCENT = (
    0.85,
    0.25,
)  # of the type's size, that letters reach above and below the baseline
_MOST_PIXELS = 2**24  # of a picture
_MOST_LONG = 50  # times as long as wide
_BOXES = struct.Struct("8f")  # left, top, right, bottom of a word's first and last character


class _Asked:
    """What is asked of every word, by addresses: ctypes' checks of typed arguments take as long again."""

    def __init__(self, raw: Handle) -> None:
        number, address = ctypes.c_int, ctypes.c_void_p

        def typed(function: Handle, *kinds: Handle) -> Handle:
            return ctypes.CFUNCTYPE(*kinds)(ctypes.cast(function, address).value or 0)

        self.box = typed(raw.FPDFText_GetLooseCharBox, number, address, number, address)
        self.origin = typed(raw.FPDFText_GetCharOrigin, number, address, number, address, address)
        self.text_object = typed(raw.FPDFText_GetTextObject, address, address, number)
        self.unknown = typed(raw.FPDFText_HasUnicodeMapError, number, address, number)


@dataclass(frozen=True, slots=True)
class _Style:
    """What all characters of one text object share."""

    size: float
    bold: bool
    italic: bool
    seen: bool
    turn: int | None  # quarters that the page is turned by, clockwise, so that it stands upright


@dataclass(frozen=True, slots=True)
class _Box:
    """The part of a page that is seen, in the page's own coordinates."""

    left: float
    bottom: float
    right: float
    top: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.bottom <= y <= self.top

    def turned(self, x: float, y: float, turn: int) -> tuple[float, float]:
        """Return the point from the top left of the page turned by `turn` quarters clockwise."""
        if turn == 0:
            return x - self.left, self.top - y
        if turn == 1:
            return y - self.bottom, x - self.left
        if turn == 2:
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def size(self, turn: int) -> tuple[float, float]:
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if turn % 2 else (width, height)


class PdfFile:
    """An open PDF; to be closed."""

    def __init__(self, data: bytes) -> None:
        """Open a file.

        Raises:
            InputError: if it needs a password or is damaged beyond repair.
        """
        import pypdfium2  # type: ignore[import-untyped]
        import pypdfium2.raw as raw  # type: ignore[import-untyped]

        self._raw: Any = raw
        self._ask = _Asked(raw)
        try:
            self._document = pypdfium2.PdfDocument(data)
            self._pages = len(self._document)
            self._undrawn: Counter[str] = Counter()
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise InputError("it is encrypted; save it without a password") from error
            raise InputError("it is damaged, or no PDF file") from error

    def close(self) -> None:
        """Give back what pdfium holds."""
        self._document.close()

    def metadata(self, key: str) -> str:
        """Return an entry of the file's description of itself, "" where there is none."""
        return str(self._document.get_metadata_value(key)).strip()

    def unread(self) -> tuple[str, ...]:
        """Return notes on what is in the file and not drawn on the pages read so far."""
        embedded = max(0, self._raw.FPDFDoc_GetAttachmentCount(self._document.raw))
        counts = [("embedded file", embedded), *sorted(self._undrawn.items())]
        return tuple(
            f"{count} {kind}{'' if count == 1 else 's'} in it {'was' if count == 1 else 'were'} not read"
            for kind, count in counts
            if count
        )

    def _count_undrawn(self, page: Handle) -> None:
        raw = self._raw
        for number in range(min(_MAX_OBJECTS, raw.FPDFPage_GetAnnotCount(page))):
            note = raw.FPDFPage_GetAnnot(page, number)
            kind = raw.FPDFAnnot_GetSubtype(note)
            self._undrawn["comment"] += kind in _COMMENTS
            self._undrawn["filled form field"] += kind == _FIELD and raw.FPDFAnnot_HasKey(
                note, b"V"
            )
            raw.FPDFPage_CloseAnnot(note)

    def sheets(self) -> Iterator[Sheet]:
        """Yield the pages; one that is damaged has no words."""
        for index in range(self._pages):
            label = self._document.get_page_label(index).strip() or None
            page = self._raw.FPDF_LoadPage(self._document.raw, index)
            if not page:
                yield Sheet(index + 1, label, 0, 0, (), (), "", ())
                continue
            try:
                self._count_undrawn(page)
                text = self._raw.FPDFText_LoadPage(page)
                try:
                    yield self._sheet(index + 1, label, page, text)
                finally:
                    self._raw.FPDFText_ClosePage(text)
            finally:
                self._raw.FPDF_ClosePage(page)

    def _sheet(self, number: int, label: str | None, page: Handle, text: Handle) -> Sheet:
        box = self._box(page)
        found = self._found(page, text, box)
        slanted = " ".join(word.text for word in found.pop(None, []))
        turns = [turn for turn in found if turn is not None]
        if not turns:
            return Sheet(number, label, *box.size(0), (), (), slanted, ())
        turns.sort(key=lambda turn: (-_letters({turn: found[turn]}), turn))
        main, *others = turns
        return Sheet(
            number,
            label,
            *box.size(main),
            tuple(found[main]),
            tuple(tuple(found[turn]) for turn in others),
            slanted,
            tuple(self._rules(page, box, main)),
        )

    def leaf(self, number: int, width: int) -> Leaf:
        """Return a page as it is printed.

        Args:
            number: Counted from 1.
            width: Pixels; fewer where the page is so long that it would take too much memory.

        Raises:
            InputError: if there is no such page, or it is damaged.
        """
        if not 1 <= number <= self._pages:
            raise InputError(f"it has {self._pages:,} pages, and none is number {number:,}")
        page = self._raw.FPDF_LoadPage(self._document.raw, number - 1)
        if not page:
            raise InputError(f"page {number:,} is damaged")
        try:
            box = self._box(page)
            for wide, high in (box.size(0), self._size(page)):
                if not (wide > 0 and high > 0 and 1 / _MOST_LONG < high / wide < _MOST_LONG):
                    raise InputError("the page has no size that could be shown")
            text = self._raw.FPDFText_LoadPage(page)
            try:
                words = tuple(self._seen(page, text))
            finally:
                self._raw.FPDFText_ClosePage(text)
            return self._drawn(page, width, words)
        finally:
            self._raw.FPDF_ClosePage(page)

    def _drawn(self, page: Handle, width: int, words: tuple[Seen, ...]) -> Leaf:
        raw = self._raw
        wide, high = self._size(page)
        width = min(width, int(math.sqrt(_MOST_PIXELS * wide / high)))
        height = max(1, round(width * high / wide))
        bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGR, None, 0)
        if not bitmap:
            raise MemoryError
        try:
            raw.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
            flags = raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER
            raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags)
            stride, start = raw.FPDFBitmap_GetStride(bitmap), raw.FPDFBitmap_GetBuffer(bitmap)
            pixels = ctypes.string_at(start, stride * height)
        finally:
            raw.FPDFBitmap_Destroy(bitmap)
        ends = range(0, stride * height, stride)
        rows = b"".join(pixels[at : at + 3 * width] for at in ends)
        return Leaf(width, height, rows, words)

    def _seen(self, page: Handle, text: Handle) -> Iterator[Seen]:
        """Yield the words as they stand on the page that is shown, turned as the file says."""
        box, shown = self._box(page), self._raw.FPDFPage_GetRotation(page)
        for turn, words in self._found(page, text, box).items():
            if turn is None:
                continue
            lines = flows(make_lines(words), tuple(self._rules(page, box, turn)))
            for word in (word for flow in lines for line in flow.lines for word in line.words):
                top, bottom = word.y - _ASCENT * word.size, word.y + _DESCENT * word.size
                corners = ((word.x0, top), (word.x1, bottom))
                (xa, ya), (xb, yb) = (
                    _turned(x, y, *box.size(turn), shown - turn) for x, y in corners
                )
                known = word.text.encode("utf-8", "replace").decode()
                yield Seen(known, min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))

    def _size(self, page: Handle) -> tuple[float, float]:
        return self._raw.FPDF_GetPageWidthF(page), self._raw.FPDF_GetPageHeightF(page)

    def _box(self, page: Handle) -> _Box:
        rect = self._raw.FS_RECTF()
        self._raw.FPDF_GetPageBoundingBox(page, ctypes.byref(rect))
        return _Box(rect.left, rect.bottom, rect.right, rect.top)

    def _found(self, page: Handle, text: Handle, box: _Box) -> dict[int | None, list[Word]]:
        """Return the words that are to be read, by direction."""
        words = self._words(text, box)
        found, hidden = words[True], words[False]
        if _letters(hidden) > _MOSTLY * _letters(found) and self._shows_image(page):
            # What a scanner's recognition laid under its picture is what the picture shows.
            found = {turn: found.get(turn, []) + hidden.get(turn, []) for turn in {*found, *hidden}}
        return found

    def _words(self, page: Handle, box: _Box) -> dict[bool, dict[int | None, list[Word]]]:
        """Return the words by whether they are drawn visibly, and by direction."""
        ask = self._ask
        handle = ctypes.cast(page, ctypes.c_void_p).value
        boxes, origin = ctypes.create_string_buffer(_BOXES.size), (ctypes.c_double * 2)()
        first_at, x_at = ctypes.addressof(boxes), ctypes.addressof(origin)
        last_at, y_at = first_at + _BOXES.size // 2, x_at + ctypes.sizeof(ctypes.c_double)
        styles: dict[int | None, _Style] = {}  # by the addresses of text objects
        faces: dict[int | None, tuple[bool, bool]] = {}  # and of fonts
        words: dict[bool, dict[int | None, list[Word]]] = {
            seen: defaultdict(list) for seen in (True, False)
        }
        text, before = self._text(page), 0
        stretches = [match.span() for match in _WORD.finditer(text)][::-1]
        while stretches:
            start, end = stretches.pop()
            last = end - 1 - (text[end - 1] == HYPHEN and end - start > 1)
            ask.box(handle, start, first_at)
            ask.box(handle, last, last_at)
            left, high, right, low, left_b, high_b, right_b, low_b = _BOXES.unpack(boxes)
            if low > high_b or low_b > high:
                cut = self._line_end(page, start, end)
                if cut < end:
                    stretches += [(cut, end), (start, cut)]  # pdfium joined words of two lines
                    continue
            drawn = ask.text_object(handle, start)
            if (style := styles.get(drawn)) is None:
                style = styles[drawn] = self._style(page, start, faces)
            ask.origin(handle, start, x_at, y_at)
            left, right = min(left, left_b), max(right, right_b)
            low, high = min(low, low_b), max(high, high_b)
            gap, before = text[before:start], end
            spaced = " " in gap or "\xa0" in gap
            if style.size < _MIN_SIZE or not box.holds((left + right) / 2, (low + high) / 2):
                continue
            word = text[start:end]
            if ask.unknown(handle, start):
                word = self._known(page, word, start)
            if turn := style.turn or 0:
                (xa, _), (xb, _) = box.turned(left, low, turn), box.turned(right, high, turn)
                x0, x1, y = min(xa, xb), max(xa, xb), box.turned(origin[0], origin[1], turn)[1]
            else:
                x0, x1, y = left - box.left, right - box.left, box.top - origin[1]
            size, bold, italic = style.size, style.bold, style.italic
            words[style.seen][style.turn].append(
                Word(word, x0, x1, y, size, bold, italic, start, spaced)
            )
        return words

    def _text(self, page: Handle) -> str:
        """Return the page's characters, one for each of pdfium's."""
        raw, count = self._raw, self._raw.FPDFText_CountChars(page)
        buffer = (ctypes.c_ushort * (count + 1))()
        written = raw.FPDFText_GetText(page, 0, count, buffer)
        text = bytes(buffer)[: max(0, written - 1) * 2].decode("utf-16-le", "surrogatepass")
        if len(text) == count:
            text = text.replace(HYPHEN, "\x01").replace("\ufffe", HYPHEN)
        else:
            # There are characters beyond the first plane, or such as the call above leaves out.
            codes = [raw.FPDFText_GetUnicode(page, index) for index in range(count)]
            text = "".join(chr(code) if 0 < code < 0x110000 else "\x01" for code in codes)
        unknown = [match.start() for match in _UNKNOWN.finditer(text)]
        if not unknown:
            return text
        chars = list(text)
        for index in unknown:
            if text[index] != HYPHEN or raw.FPDFText_IsHyphen(page, index) != 1:
                chars[index] = UNKNOWN if self._has_ink(page, index) else " "
        return "".join(chars)

    def _known(self, page: Handle, word: str, start: int) -> str:
        """Return a word without what pdfium only guesses, since the font doesn't tell its letters."""
        unknown = self._raw.FPDFText_HasUnicodeMapError
        return "".join(
            UNKNOWN if unknown(page, start + index) == 1 else char
            for index, char in enumerate(word)
        )

    def _has_ink(self, page: Handle, index: int) -> bool:
        sides = [ctypes.c_double() for _ in range(4)]  # left, right, bottom, top
        self._raw.FPDFText_GetCharBox(page, index, *map(ctypes.byref, sides))
        left, right, bottom, top = (side.value for side in sides)
        return right > left and top > bottom

    def _line_end(self, page: Handle, start: int, end: int) -> int:
        """Return where the first line of a word ends that may stand on two."""
        a, b = self._raw.FS_RECTF(), self._raw.FS_RECTF()
        self._raw.FPDFText_GetLooseCharBox(page, start, ctypes.byref(a))
        for index in range(start + 1, end):
            self._raw.FPDFText_GetLooseCharBox(page, index, ctypes.byref(b))
            if (a.bottom > b.top or b.bottom > a.top) and b.left < a.left:
                return index
            a, b = b, a
        return end

    def _style(
        self, page: Handle, index: int, faces: dict[int | None, tuple[bool, bool]]
    ) -> _Style:
        raw, matrix = self._raw, self._raw.FS_MATRIX()
        drawn = raw.FPDFText_GetTextObject(page, index)
        raw.FPDFText_GetMatrix(page, index, ctypes.byref(matrix))
        size = raw.FPDFText_GetFontSize(page, index) * math.hypot(matrix.c, matrix.d)
        angle = math.atan2(matrix.b, matrix.a)
        turn: int | None = round(angle / (math.pi / 2))
        if turn is not None and abs(angle - turn * math.pi / 2) > _SLANT:
            turn = None
        if not drawn:
            return _Style(size, False, False, True, None if turn is None else turn % 4)
        font = raw.FPDFTextObj_GetFont(drawn)
        where = ctypes.cast(font, ctypes.c_void_p).value
        if (face := faces.get(where)) is None:
            face = faces[where] = self._face(font)
        alpha = [ctypes.c_uint(255) for _ in range(4)]
        raw.FPDFPageObj_GetFillColor(drawn, *map(ctypes.byref, alpha))
        return _Style(
            size,
            *face,
            raw.FPDFTextObj_GetTextRenderMode(drawn) != _INVISIBLE and alpha[3].value > 0,
            None if turn is None else turn % 4,
        )

    def _face(self, font: Handle) -> tuple[bool, bool]:
        """Return whether a font is bold, and whether italic."""
        raw, buffer = self._raw, ctypes.create_string_buffer(256)
        raw.FPDFFont_GetBaseFontName(font, buffer, 256)
        name, flags = buffer.value.decode("utf-8", "replace"), max(0, raw.FPDFFont_GetFlags(font))
        return (
            bool(_BOLD.search(name) or flags & _FORCE_BOLD),
            bool(_ITALIC.search(name) or flags & _ITALIC_FLAG),
        )

    def _objects(self, page: Handle) -> Iterator[tuple[int, Handle]]:
        raw = self._raw
        for index in range(min(_MAX_OBJECTS, raw.FPDFPage_CountObjects(page))):
            found = raw.FPDFPage_GetObject(page, index)
            yield raw.FPDFPageObj_GetType(found), found

    def _shows_image(self, page: Handle) -> bool:
        return any(kind in (_IMAGE, _FORM) for kind, _ in self._objects(page))

    def _rules(self, page: Handle, box: _Box, turn: int) -> Iterator[Rule]:
        sides = [ctypes.c_float() for _ in range(4)]
        refs = [ctypes.byref(side) for side in sides]
        for kind, found in self._objects(page):
            if kind != _PATH:
                continue
            self._raw.FPDFPageObj_GetBounds(found, *refs)
            left, bottom, right, top = (side.value for side in sides)
            (xa, ya), (xb, yb) = box.turned(left, bottom, turn), box.turned(right, top, turn)
            x0, x1, y0, y1 = min(xa, xb), max(xa, xb), min(ya, yb), max(ya, yb)
            if x1 - x0 < _MIN_RULE:
                continue
            yield (x0, x1, y0)
            if y1 - y0 > _THIN:
                yield (x0, x1, y1)


def _turned(x: float, y: float, width: float, height: float, turn: int) -> tuple[float, float]:
    """Return a point of a page that is turned by quarters clockwise, in shares of its sides."""
    x, y = x / width, y / height
    return ((x, y), (1 - y, x), (1 - x, 1 - y), (y, 1 - x))[turn % 4]


def _letters(words: dict[int | None, list[Word]]) -> int:
    return sum(len(word.text) for run in words.values() for word in run)
