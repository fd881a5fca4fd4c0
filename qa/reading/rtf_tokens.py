"""Rich text as a stream of tokens, and the code pages that its bytes are in. One pass, no nesting."""

import codecs
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})?[ ]?"  # a word, with its number
    rb"|\\'([0-9a-fA-F]{2})"  # a byte
    rb"|\\([^a-zA-Z])"  # a sign
    rb"|([{}])"
    rb"|[\r\n\x00]+"  # lines of the file mean nothing
    rb"|([^\\{}\r\n\x00]+)"
    rb"|\\",
    re.DOTALL,
)
_CHARSETS = {
    **{77: "mac_roman", 83: "mac_greek", 84: "mac_cyrillic", 88: "mac_latin2"},
    **{128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950", 161: "cp1253"},
    **{162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257"},
    **{204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850"},
}
SYMBOLS = "symbols"  # stands for a code page: what a font of symbols draws
_SYMBOL_CHARSET = 2
_PAGES = {65001: "utf-8", 10000: "mac_roman", 936: "gbk", 1361: "johab"}
_DRAWN = {0xB7: "•", 0xA7: "▪", 0xD8: "➢", 0xFC: "✓"}
CHARACTERS = {
    **{"tab": "\t", "line": "\n", "page": "\n", "column": "\n", "lbr": "\n", "bullet": "•"},
    **{"emdash": "—", "endash": "–", "emspace": "\u2003", "enspace": "\u2002"},
    **{"qmspace": "\u2005", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"},
    **{"zwj": "\u200d", "zwnj": "\u200c", "ltrmark": "\u200e", "rtlmark": "\u200f"},
    **{"nestcell": " ", "nestrow": "\n"},
}
SIGNS = {"~": "\u00a0", "-": "\u00ad", "_": "\u2011", "{": "{", "}": "}", "\\": "\\", "\t": "\t"}


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: "bytes" of text, "hex" for a byte of text that is written out, "open" and "close" of
            a group, "word" and "sign" for what commands.
        text: The word or sign.
        number: That a word is given, if any.
        data: Of text.
    """

    kind: Literal["bytes", "hex", "open", "close", "word", "sign"]
    text: str = ""
    number: int | None = None
    data: bytes = b""


def tokens(data: bytes) -> Iterator[Token]:
    """Yield the tokens of rich text; binary data in it is passed over."""
    at = 0
    while match := _TOKEN.match(data, at):
        at = match.end()
        word, number, hexadecimal, sign, brace, text = match.groups()
        if word is not None:
            value = None if number is None else int(number)
            if word == b"bin":
                at += max(0, value or 0)
            else:
                yield Token("word", word.decode("ascii"), value)
        elif text is not None:
            yield Token("bytes", data=text)
        elif hexadecimal is not None:
            yield Token("hex", data=bytes.fromhex(hexadecimal.decode("ascii")))
        elif brace is not None:
            yield Token("open" if brace == b"{" else "close")
        elif sign is not None:
            yield Token("sign", sign.decode("latin-1"))


def of_charset(number: int | None) -> str | None:
    """Return the code page of a font's character set; None is the document's own."""
    return SYMBOLS if number == _SYMBOL_CHARSET else _CHARSETS.get(number or 0)


def of_page(number: int | None) -> str:
    """Return the name of a code page by its number."""
    name = _PAGES.get(number or 0, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def decoded(data: bytes, page: str) -> str:
    """Return bytes as text; what a code page lacks is U+FFFD."""
    if page == SYMBOLS:
        return "".join(_DRAWN.get(byte, chr(byte) if byte < 0x80 else "") for byte in data)
    return data.decode(page, "replace")
