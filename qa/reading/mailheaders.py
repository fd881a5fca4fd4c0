"""Fields of a message's header as they came -> what a person reads. Nothing here is ever an error."""

import re
from collections.abc import Iterable
from datetime import date
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parseaddr, parsedate_tz

from qa.errors import InputError
from qa.reading.decoding import decode

_ISO_DATE = re.compile(r"\s*(\d{4})-(\d\d)-(\d\d)")
_MAX_ENCODED = 100_000  # characters of a field in which encoded words are looked for
_MAX_ADDRESS = 500  # characters
# Encodings that no text is in, some of which take quadratic time to decode.
_NO_ENCODINGS = ("idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape")
_TELLING = 200  # bytes; of fewer no encoding can be told
_LATIN = ("iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252")


def decode_text(data: bytes, charset: str | None) -> str:
    """Return bytes as text: in the encoding that is claimed, or else in what they are in."""
    claimed = (charset or "").lower()
    # What is UTF-8 by chance makes no sense in Latin 1, yet many programs claim that it is.
    for encoding in ("utf-8", "cp1252") if claimed in _LATIN else (claimed, "utf-8"):
        if encoding and encoding not in _NO_ENCODINGS:
            try:
                return data.decode(encoding)
            except (LookupError, ValueError):
                pass
    if len(data) < _TELLING:
        return data.decode("cp1252", "replace")
    try:
        return decode(data)
    except InputError:
        return data.decode("utf-8", "replace")


def field_text(raw: str) -> str:
    """Return a field's value with its encoded words decoded and its lines unfolded.

    Args:
        raw: With bytes other than ASCII as halves of surrogate pairs, as `email` gives them.
    """
    if not raw.isascii():
        raw = decode_text(raw.encode("utf-8", "surrogateescape"), "utf-8")
    text = " ".join(raw.split())
    # What begins an encoded word and doesn't end it would be looked through again and again.
    end = text.rfind("?=") + 2
    if "=?" not in text[:end] or len(text) > _MAX_ENCODED:
        return text
    try:
        parts = decode_header(text[:end])
    except (ValueError, HeaderParseError):
        return text
    words = (x if isinstance(x, str) else decode_text(x, charset) for x, charset in parts)
    return " ".join(f"{''.join(words)}{text[end:]}".split())


def author_of(raw: str) -> str | None:
    """Return the name of the first address of a field, or the address where it has no name."""
    try:
        name, address = parseaddr((raw if raw.isascii() else field_text(raw))[:_MAX_ADDRESS])
    except RecursionError:  # comments in comments
        return None
    name = field_text(name)
    if name[:1] in ("'", '"') and name.endswith(name[0]):
        name = name[1:-1].strip()
    return name or address or field_text(raw)[:_MAX_ADDRESS] or None


def iso_date(raw: str) -> str | None:
    """Return the day that a message was sent, by its sender's clock."""
    parsed = parsedate_tz(raw)
    match = _ISO_DATE.match(raw)
    year, month, day = parsed[:3] if parsed else map(int, match.groups()) if match else (0, 0, 0)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def fields(pairs: Iterable[tuple[str, str]], names: Iterable[str]) -> dict[str, str]:
    """Return the raw values of these fields; of one that is given twice, the first."""
    wanted = {name.lower(): name for name in names}
    found: dict[str, str] = {}
    for key, value in pairs:
        if name := wanted.get(key.lower()):
            found.setdefault(name, value)
    return found
