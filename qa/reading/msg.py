"""Messages as Outlook saves them (MSG, MS-OXMSG): a folder of properties in an OLE file.

Read with `olefile` alone. Text is wanted also where a property is missing or in an unknown code
page, and of messages in messages, which have no file of their own: each becomes one, in EML.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.parser import HeaderParser
from typing import TYPE_CHECKING

from qa.errors import InputError
from qa.reading.budget import MAX_DEPTH
from qa.reading.building import Draft
from qa.reading.decoding import canonical
from qa.reading.formats import Inner, Left
from qa.reading.letters import SHOWN, Attachment, Body, Letter, read_letter, to_eml
from qa.reading.lzfu import decompress_rtf
from qa.reading.mail import letter_in
from qa.reading.mailheaders import author_of, decode_text, field_text, fields, iso_date
from qa.reading.ole import open_ole

if TYPE_CHECKING:
    from qa.reading.ole import OleFileIO

# Properties, by the numbers of MS-OXPROPS.
_CLASS, _SUBJECT, _SENT, _HEADERS = 0x001A, 0x0037, 0x0039, 0x007D
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_ON_BEHALF, _ON_BEHALF_ADDRESS = 0x0042, 0x0065
_DISPLAYED = {"To": 0x0E04, "Cc": 0x0E03, "Bcc": 0x0E02}
_RECIPIENTS = {1: "To", 2: "Cc", 3: "Bcc"}
_RECIPIENT_KIND, _NAME, _ADDRESS, _SMTP = 0x0C15, 0x3001, 0x3003, 0x39FE
_BODY, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_FILE, _LONG_NAME, _SHORT_NAME, _TYPE, _CONTENT_ID = 0x3701, 0x3707, 0x3704, 0x370E, 0x3712
_CODE_PAGES = (0x3FDE, 0x3FFD)
_STRING8, _STRING, _BINARY, _OBJECT, _INTEGER, _TIME = 0x1E, 0x1F, 0x102, 0x0D, 0x03, 0x40
_ENCODINGS = {
    20127: "ascii", 20866: "koi8-r", 21866: "koi8-u", 50220: "iso2022_jp", 50221: "iso2022_jp",
    51932: "euc_jp", 51949: "euc_kr", 52936: "hz", 54936: "gb18030", 65001: "utf-8",
}  # fmt: skip
_Folders = dict[tuple[str, ...], list[str]]  # names of the folders in a folder, by its path
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_ENCRYPTED = "it is encrypted; save it decrypted"


def read_msg(data: bytes, name: str) -> Iterator[Draft | Inner | Left]:  # noqa: ARG001 - as every reader
    """Yield a message's document, then what is attached.

    Raises:
        InputError: if it is damaged or encrypted.
    """
    with open_ole(data) as ole:
        folders: _Folders = {}
        for path in sorted(map(tuple, ole.listdir(streams=False, storages=True))):
            folders.setdefault(path[:-1], []).append(path[-1])
        yield from read_letter(_letter(_Storage(ole, folders, ()), 0))


@dataclass(frozen=True, slots=True)
class _Storage:
    """A message, a recipient or an attachment: a folder of properties."""

    ole: "OleFileIO"
    folders: _Folders
    path: tuple[str, ...]

    def below(self, name: str) -> "list[_Storage]":
        """Return the folders in it whose names begin so, in order."""
        return [
            _Storage(self.ole, self.folders, (*self.path, inner))
            for inner in self.folders.get(self.path, ())
            if inner.startswith(name)
        ]

    def binary(self, number: int, kind: int = _BINARY) -> bytes:
        """Return a property's bytes; none where it isn't there."""
        return self._stream(f"__substg1.0_{number:04X}{kind:04X}")

    def text(self, number: int) -> str:
        """Return a property's text; "" where it isn't there."""
        if data := self.binary(number, _STRING):
            return canonical(data.decode("utf-16-le", "replace")).strip("\0")
        return canonical(decode_text(self.binary(number, _STRING8), self.encoding())).strip("\0")

    def encoding(self) -> str:
        """Return the encoding of texts that aren't Unicode."""
        values = (self.fixed(number, _INTEGER) for number in _CODE_PAGES)
        page = next((int.from_bytes(value[:4], "little") for value in values if value), 1252)
        if 28591 <= page <= 28606:
            return f"iso-8859-{page - 28590}"
        return _ENCODINGS.get(page, f"cp{page}")

    def fixed(self, number: int, kind: int) -> bytes:
        """Return the 8 bytes of a property of fixed length; none where it isn't there."""
        data = self._stream("__properties_version1.0")
        if self.path and not self.path[-1].startswith("__substg"):
            start = 8  # of a recipient or an attachment
        else:
            start = 24 if self.path else 32
        tag = struct.pack("<HH", kind, number)
        for at in range(start, len(data) - 15, 16):
            if data.startswith(tag, at):
                return data[at + 8 : at + 16]
        return b""

    def _stream(self, name: str) -> bytes:
        try:
            with self.ole.openstream([*self.path, name]) as stream:
                found: bytes = stream.read()
                return found
        except OSError:
            return b""


def _letter(message: _Storage, depth: int) -> Letter:
    attached = message.below("__attach_version1.0_#")
    types = {file.text(_TYPE).lower() for file in attached}
    if types & {"application/pgp-encrypted", "application/x-microsoft-rpmsg-message"}:
        raise InputError(_ENCRYPTED)
    shown, raw = _fields(message)
    bodies: tuple[Body, ...] = (_body(message),)
    files: Iterator[Attachment | Left] = (
        found for file in attached if (found := _attachment(file, depth))
    )
    if message.text(_CLASS).upper().startswith("IPM.NOTE.SMIME") and len(attached) == 1:
        signed = letter_in(attached[0].binary(_FILE), attached[0].text(_TYPE))
        bodies, files = signed.bodies, iter(signed.files)
    sent = iso_date(raw.get("Date", "")) or shown.get("Date", "")[:10] or None
    author = author_of(raw["From"]) if "From" in raw else message.text(_SENDER) or None
    return Letter(shown, author, sent, bodies, files)


def _fields(message: _Storage) -> tuple[dict[str, str], dict[str, str]]:
    """Return what a reader is shown of the header, and the fields as they were sent, if they were."""
    sent = HeaderParser().parsestr(message.text(_HEADERS))
    raw = fields(sent.raw_items(), SHOWN)
    shown = {name: field_text(value) for name, value in raw.items()}
    name = message.text(_SENDER) or message.text(_ON_BEHALF)
    address = (
        message.text(_SENDER_SMTP)
        or message.text(_SENDER_ADDRESS)
        or message.text(_ON_BEHALF_ADDRESS)
    )
    shown.setdefault("From", _named(name, address))
    recipients: dict[str, list[str]] = {}
    for recipient in message.below("__recip_version1.0_#"):
        kind = int.from_bytes(recipient.fixed(_RECIPIENT_KIND, _INTEGER)[:1])
        address = recipient.text(_SMTP) or recipient.text(_ADDRESS)
        if kind in _RECIPIENTS:
            recipients.setdefault(_RECIPIENTS[kind], []).append(
                _named(recipient.text(_NAME), address)
            )
    for field, number in _DISPLAYED.items():
        shown.setdefault(field, ", ".join(recipients.get(field, [])) or message.text(number))
    if time := int.from_bytes(message.fixed(_SENT, _TIME), "little"):
        try:
            moment = _EPOCH + timedelta(microseconds=time // 10)
            shown.setdefault("Date", f"{moment:%Y-%m-%d %H:%M} UTC")
        except OverflowError:
            pass
    shown["Subject"] = " ".join(message.text(_SUBJECT).split()) or shown.get("Subject", "")
    return {name: value for name, value in shown.items() if value}, raw


def _named(name: str, address: str) -> str:
    if "@" not in address or address in name:  # Exchange has paths for addresses
        return name or address
    return f"{name} <{address}>" if name else address


def _body(message: _Storage) -> Body:
    plain = message.text(_BODY)
    data = message.binary(_HTML)
    html = decode_text(data, message.encoding()) if data else message.text(_HTML)
    if not plain.strip() and not html.strip() and (packed := message.binary(_RTF)):
        plain = _rtf_text(decompress_rtf(packed))
    return Body(plain, canonical(html))


def _rtf_text(rtf: bytes) -> str:
    from qa.reading.rtf import read_rtf

    drafts = read_rtf(rtf, "message.rtf")
    return "\n\n".join(draft.text for draft in drafts if isinstance(draft, Draft))


def _attachment(file: _Storage, depth: int) -> Attachment | Left | None:
    """Return an attached file; nothing for a picture in the text."""
    name = file.text(_LONG_NAME) or file.text(_SHORT_NAME) or file.text(_NAME)
    media_type = file.text(_TYPE).lower() or "application/octet-stream"
    inner = file.below(f"__substg1.0_{_FILE:04X}{_OBJECT:04X}")
    if inner:
        if not inner[0].text(_CLASS):
            return Left(name or "object", "it is an embedded object of another program")
        if depth >= MAX_DEPTH:
            return Left(name or "message", f"it is more than {MAX_DEPTH} messages deep in others")
        try:
            data = to_eml(_letter(inner[0], depth + 1))
        except InputError as error:
            return Left(name or "message", str(error))
        subject = (name or inner[0].text(_SUBJECT)).replace("/", " ")[:100]
        return Attachment(f"{subject}.eml" if subject else "", "message/rfc822", data)
    if media_type.startswith("image/") and file.text(_CONTENT_ID):
        return None
    return Attachment(name, media_type, file.binary(_FILE))
