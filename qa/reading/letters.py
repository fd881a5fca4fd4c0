"""A message, whatever program kept it -> its document and the files in it.

The header first, as one paragraph of rows ("From: …"); then the body, where sections tell the
writer's own words from quoted ones and from the signature.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from qa.errors import InputError
from qa.reading.blocks import blocks, lines, wrap_width
from qa.reading.building import Builder, Draft
from qa.reading.formats import Inner, Left
from qa.reading.naming import Names, safe_name
from qa.reading.quoting import lines_of, sections
from qa.types import BlockKind

SHOWN = ("From", "To", "Cc", "Bcc", "Date", "Subject")
_ENDINGS = {
    "text/plain": ".txt", "text/html": ".html", "text/csv": ".csv", "text/markdown": ".md",
    "text/calendar": ".ics", "message/rfc822": ".eml",
}  # fmt: skip
_STUB = 0.5  # share of the HTML's words below which plain text only says that there is HTML
_CITED = re.compile(r"<(/?)blockquote\b([^>]{0,2000})>", re.IGNORECASE)
_CITING = re.compile(r"type=[\"']?cite|gmail_quote|yahoo_quoted|moz-|protonmail", re.IGNORECASE)
_WRAPPED = range(60, 81)  # characters of the longest line
_PGP = "-----BEGIN PGP MESSAGE-----"
_Piece = tuple[BlockKind | None, str]  # None: no words in it


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message; `name` is what the message says, or ""."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Body:
    """The same words as plain text and as HTML, either of which may be ""."""

    plain: str
    html: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message.

    Attributes:
        fields: Of its header, by name, decoded.
        author: The sender's name, or address where there is none.
        published: ISO date on which it was sent.
        bodies: One after the other.
        files: Made as they are asked for.
    """

    fields: dict[str, str]
    author: str | None
    published: str | None
    bodies: tuple[Body, ...]
    files: Iterable[Attachment | Left]


def read_letter(letter: Letter) -> Iterator[Draft | Inner | Left]:
    """Yield a message's document, then what is attached.

    Raises:
        InputError: if its words are encrypted, or nothing says that it is a message.
    """
    builder = Builder("paragraph")
    builder.unit(1)
    for name in SHOWN:
        if value := letter.fields.get(name):
            builder.add("row", f"{name}: {value}")
    if builder.empty and not any(body.plain.strip() or body.html for body in letter.bodies):
        raise InputError("there is no message in it")
    number = 1
    for body in letter.bodies:
        for section, pieces in _stretches(body):
            builder.within(*section)
            for kind, text in pieces:
                if kind is None:
                    builder.furniture(text)
                    continue
                number += 1
                builder.unit(number)
                if kind == "heading":
                    builder.heading(1, text)
                else:
                    builder.add(kind, text)
    yield Draft(
        *builder.finish(),
        title=letter.fields.get("Subject", ""),
        author=letter.author,
        published=letter.published,
        kind="email",
    )
    names = Names()
    for number, file in enumerate(letter.files, 1):
        if isinstance(file, Left):
            yield Left(names.unique(safe_name(file.name) or f"attachment {number}"), file.reason)
            continue
        unnamed = f"attachment {number}{_ENDINGS.get(file.media_type, '.bin')}"
        yield Inner(names.unique(safe_name(file.name) or unnamed), file.data, letter.published)


def to_eml(letter: Letter) -> bytes:
    """Return a message as a file of its own, as `mail` reads it."""
    boundary = "=_part"
    head = [f"{name}: {' '.join(value.split())}" for name, value in letter.fields.items()]
    head += ["MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{boundary}"']
    parts = ["\r\n".join(head).encode("utf-8", "replace")]

    def put(media_type: str, data: bytes, more: str = "") -> None:
        lines = f"\r\n--{boundary}\r\nContent-Type: {media_type}\r\n{more}"
        lines += "Content-Transfer-Encoding: base64\r\n\r\n"
        parts.extend((lines.encode("utf-8", "replace"), base64.encodebytes(data)))

    parts.append(b"\r\n")
    for body in letter.bodies:
        if body.plain:
            put("text/plain; charset=utf-8", body.plain.encode("utf-8", "replace"))
        elif body.html:
            put("text/html; charset=utf-8", body.html.encode("utf-8", "replace"))
    for file in letter.files:
        if isinstance(file, Attachment):
            name = safe_name(file.name).replace('"', "'").replace("\\", "/")
            more = f'Content-Disposition: attachment; filename="{name}"\r\n' if name else ""
            put(file.media_type, file.data, more or "Content-Disposition: attachment\r\n")
    parts.append(f"\r\n--{boundary}--\r\n".encode())
    return b"".join(parts)


def _stretches(body: Body) -> Iterator[tuple[tuple[str, ...], list[_Piece]]]:
    """Yield the body's pieces in runs of the same section."""
    if body.plain.lstrip().startswith(_PGP):
        raise InputError("it is encrypted (PGP); save it decrypted")
    cited = _cited_pieces(body.html) if body.html.strip() else []
    words = sum(len(text.split()) for _, (_, text) in cited)
    if body.plain.strip() and len(body.plain.split()) >= _STUB * words:
        yield from _plain_stretches(body.plain)
        return
    found = sections([(depth, text) for depth, (_, text) in cited])
    pieces = [piece for _, piece in cited]
    for section, run in groupby(zip(found, pieces, strict=True), key=lambda pair: pair[0]):
        yield section, [piece for _, piece in run]


def _plain_stretches(text: str) -> Iterator[tuple[tuple[str, ...], list[_Piece]]]:
    marked = lines_of(text)
    source = lines("\n".join(line for _, line in marked))
    longest = max(len(line.text) for line in source)
    # Mail programs break lines; a short mail has too few of them to tell.
    width = wrap_width(source) or (longest if longest in _WRAPPED else None)
    found = sections(marked)
    for section, run in groupby(zip(found, marked, strict=True), key=lambda pair: pair[0]):
        yield section, list(_pieces([line for _, (_, line) in run], width))


def _pieces(source: Sequence[str], width: int | None) -> Iterator[_Piece]:
    text = "\n".join(source)
    at = 0
    for block in blocks(lines(text), width, headings=False):
        yield None, text[at : block.start]
        yield block.kind, text[block.start : block.end]
        at = block.end
    yield None, text[at:]


def _cited_pieces(html: str) -> list[tuple[int, _Piece]]:
    """Return the pieces of HTML with the depth of quotation that they stand in."""
    found: list[tuple[int, _Piece]] = []
    open_tags: list[bool] = []  # whether each is of a quotation
    depth = at = 0
    for tag in _CITED.finditer(html):
        found += [(depth, piece) for piece in _html_pieces(html[at : tag.start()])]
        at = tag.end()
        if not tag[1]:
            open_tags.append(bool(_CITING.search(tag[2])))
            depth += open_tags[-1]
        elif open_tags:
            depth -= open_tags.pop()
    return found + [(depth, piece) for piece in _html_pieces(html[at:])]


def _html_pieces(html: str) -> Iterator[_Piece]:
    from qa.reading.html import put_html

    if not html.strip():
        return
    builder = Builder("paragraph")
    put_html(builder, html)
    text, found, _ = builder.finish()
    at = 0
    for block in found:
        yield None, text[at : block.start]
        yield block.kind, text[block.start : block.end]
        at = block.end
    yield None, text[at:]
