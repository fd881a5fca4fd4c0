"""Messages as they are sent (EML) and web pages saved as one file (MHTML).

The standard library's parser takes anything; its newer policies raise on broken headers, so fields
are taken as they came and decoded by `mailheaders`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32

from qa.errors import InputError
from qa.reading.building import Draft
from qa.reading.decoding import canonical, decode
from qa.reading.formats import Inner, Left
from qa.reading.letters import SHOWN, Attachment, Body, Letter, read_letter
from qa.reading.mailheaders import author_of, decode_text, field_text, fields, iso_date
from qa.reading.smime import signed_content
from qa.reading.tnef import tnef_attachments

_MAX_DEPTH = 20  # of parts in parts
_MAX_FIELD = 20_000  # characters of a field that is asked for by name
_SIGNATURES = ("pkcs7-signature", "x-pkcs7-signature", "pgp-signature")
_TOO_DEEP = f"its parts are nested more than {_MAX_DEPTH} deep"
_ENCRYPTED = "it is encrypted; save it decrypted"
_SAVED_PAGE = re.compile(r"<saved by|\"?saved from internet", re.IGNORECASE)


class _AsTheyCame(Compat32):
    """Gives fields as they stand in the file; halves of surrogate pairs are bytes of no ASCII.

    The library takes quadratic time over a field's parameters, so that they are cut.
    """

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - as it is called
        return value[:_MAX_FIELD]


_PARSER = BytesParser(policy=_AsTheyCame())


@dataclass(slots=True)
class _Found:
    """What the parts of a message hold."""

    bodies: list[Body] = field(default_factory=list)
    files: list[Message] = field(default_factory=list)


def read_mail(data: bytes, name: str) -> Iterator[Draft | Inner | Left]:
    """Yield a message's document and the files in it; of a saved web page, the page.

    Raises:
        InputError: if there is no message in it, or an encrypted one.
    """
    if b"\0" in data[:1000] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decode(data).encode()
    try:
        message = _PARSER.parsebytes(data.removeprefix(b"\xef\xbb\xbf").lstrip())
    except RecursionError as error:
        raise InputError(_TOO_DEEP) from error
    if _is_saved_page(message, name):
        yield from _read_page(message, name)
    else:
        yield from read_letter(letter_of(message))


def letter_of(message: Message) -> Letter:
    """Return what a parsed message says.

    Raises:
        InputError: if it is encrypted, or its parts are nested too deeply.
    """
    found = _Found()
    _gather(message, found, 0)
    raw = fields(message.raw_items(), SHOWN)
    return Letter(
        {name: text for name in SHOWN if (text := field_text(raw.get(name, "")))},
        author_of(raw["From"]) if "From" in raw else None,
        iso_date(raw.get("Date", "")),
        tuple(found.bodies),
        (file for part in found.files for file in _attachments(part)),
    )


def letter_in(data: bytes, media_type: str) -> Letter:
    """Return the message in a signed one's only attachment.

    Raises:
        InputError: if it is encrypted.
    """
    if not media_type.startswith("multipart/"):
        content = signed_content(data)
        if content is None:
            raise InputError(_ENCRYPTED)
        data = content
    return letter_of(_PARSER.parsebytes(data))


def _gather(part: Message, found: _Found, depth: int) -> None:
    """Sort a part and those in it into bodies and files, in order."""
    if depth > _MAX_DEPTH:
        raise InputError(_TOO_DEEP)
    main, kind = part.get_content_maintype(), part.get_content_subtype()
    if (main, kind) == ("multipart", "encrypted"):
        raise InputError(_ENCRYPTED)
    if kind in ("pkcs7-mime", "x-pkcs7-mime") and not found.bodies:
        content = signed_content(_data(part))
        if content is None:
            raise InputError(_ENCRYPTED)
        _gather(_PARSER.parsebytes(content), found, depth + 1)
    elif main == "multipart" and part.is_multipart():
        inner = []
        for child in _parts(part):
            inner.append(_Found())
            _gather(child, inner[-1], depth + 1)
        if kind == "alternative":
            found.bodies += _one_of(inner)
        else:
            found.bodies += [body for each in inner for body in each.bodies]
        found.files += [file for each in inner for file in each.files]
    elif main in ("text", "multipart") and _is_body(part):
        text = canonical(decode_text(_data(part), part.get_content_charset()))
        if kind == "html":
            found.bodies.append(Body("", text))
        else:
            found.bodies.append(Body(_unflowed(text) if _is_flowed(part) else text, ""))
    elif not _is_ornament(part):
        found.files.append(part)


def _one_of(alternatives: list[_Found]) -> list[Body]:
    """Return the one body that alternatives are: the first plain text and the last HTML."""
    bodies = [body for each in alternatives for body in each.bodies]
    plain = [body.plain for each in alternatives[:1] for body in each.bodies if body.plain]
    plain = plain or [body.plain for body in bodies if body.plain][:1]
    last = next((x for x in reversed(alternatives) if any(b.html for b in x.bodies)), _Found())
    html = "\n".join(body.html for body in last.bodies)
    return [Body("\n\n".join(plain), html)] if plain or html else []


def _is_body(part: Message) -> bool:
    return (
        part.get_content_subtype() in ("plain", "html")
        or part.get_content_maintype() == "multipart"
    ) and not (part.get_content_disposition() == "attachment" or part.get_filename())


def _is_ornament(part: Message) -> bool:
    """Whether a part is a picture in the text, a signature, or another form of the text."""
    inline = part.get_content_disposition() != "attachment"
    picture = part.get_content_maintype() == "image" and (inline or part["Content-ID"])
    return bool(picture) or part.get_content_subtype() in _SIGNATURES


def _attachments(part: Message) -> Iterator[Attachment | Left]:
    media_type = part.get_content_type()
    name = field_text(part.get_filename() or "")
    if media_type.startswith("message/"):
        inner = _parts(part)
        if not inner:
            yield Attachment(name, media_type, _data(part))
            return
        subject = field_text(inner[0]["Subject"] or "").replace("/", " ")[:100]
        try:
            data = _whole(inner)
        except (ValueError, LookupError, AttributeError, TypeError) as error:
            yield Left(name or subject, f"it is damaged: {error}")
            return
        ending = ".eml" if media_type in ("message/rfc822", "message/global") else ".txt"
        yield Attachment(name or (subject and subject + ending), "message/rfc822", data)
    elif media_type in ("application/ms-tnef", "application/vnd.ms-tnef"):
        yield from tnef_attachments(_data(part))
    else:
        yield Attachment(name, media_type, _data(part))


def _whole(messages: list[Message]) -> bytes:
    """Return messages in a message as they stood there."""
    only = messages[0]
    if len(messages) == 1 and not only.keys() and isinstance(only.get_payload(), str):
        only["Content-Transfer-Encoding"] = "base64"  # against the rules, but done
        data = only.get_payload(decode=True)
        return data if isinstance(data, bytes) else b""
    return b"\n".join(message.as_bytes(policy=_AsTheyCame()) for message in messages)


def _parts(part: Message) -> list[Message]:
    parts = part.get_payload()
    return [x for x in parts if isinstance(x, Message)] if isinstance(parts, list) else []


def _data(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _is_flowed(part: Message) -> bool:
    return str(part.get_param("format", "")).lower() == "flowed"


def _unflowed(text: str) -> str:
    """Return text with the lines joined that were broken to be sent (RFC 3676)."""
    found: list[str] = []
    joins = False
    for line in text.split("\n"):
        marks = len(line) - len(line.lstrip(">"))
        words = line[marks:].removeprefix(" ")
        same = joins and found and found[-1].startswith(">" * marks) and found[-1][marks] != ">"
        if same:
            found[-1] += words
        else:
            found.append(">" * marks + (" " if marks else "") + words)
        joins = words.endswith(" ") and words != "-- "
    return "\n".join(found)


def _is_saved_page(message: Message, name: str) -> bool:
    return message.get_content_type() in ("multipart/related", "text/html") and (
        name.lower().endswith((".mht", ".mhtml"))
        or "Snapshot-Content-Location" in message
        or bool(_SAVED_PAGE.match(message["From"] or ""))
    )


def _read_page(message: Message, name: str) -> Iterator[Draft | Inner | Left]:
    """Yield the document of a saved page; its pictures, styles and frames are left out."""
    from qa.reading.html import read_html

    start = message.get_param("start")
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    page = next((x for x in pages if x["Content-ID"] == start), pages[0]) if pages else None
    if page is None:
        raise InputError("there is no web page in it")
    text = decode_text(_data(page), page.get_content_charset())
    yield from read_html(b"\xef\xbb\xbf" + text.encode("utf-8", "replace"), name)
