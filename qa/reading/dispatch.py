"""A file's bytes -> frames: told by content, read by its format's reader, also inside other files.

Runs where parsers may fail: in a worker process, or in a test.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import BinaryIO

from qa.errors import InputError
from qa.reading import NO_WORDS, understand
from qa.reading.about import FIELDS
from qa.reading.boilerplate import mark_boilerplate
from qa.reading.budget import Budget
from qa.reading.building import Draft, clean
from qa.reading.containers import sniff_ole, sniff_zip
from qa.reading.decoding import damage, decode
from qa.reading.delimited import stream_delimited
from qa.reading.formats import Inner, Left, Reader, Working
from qa.reading.frames import Closing, Entering, Frame, Opening, Segment
from qa.reading.markdown import front_matter
from qa.reading.sniffing import HEAD, sniff
from qa.reading.streaming import stream_text
from qa.reading.zipped import open_zip
from qa.types import Document

About = Mapping[str, str | None]

_LONG = 8 * 2**20  # bytes; a longer text is read a stretch at a time,
_LONG_ROWS = 2**20  # and rows, each of which becomes more than it was
_MAX_WHOLE = 512 * 2**20  # bytes of a file that must be in memory as a whole

_TEXTS = frozenset({"text", "markdown"})
_READERS = {
    "csv": ("delimited", "read_delimited"),
    "docx": ("word", "read_docx"),
    "epub": ("epub", "read_epub"),
    "html": ("html", "read_html"),
    "mail": ("mail", "read_mail"),
    "msg": ("msg", "read_msg"),
    "odp": ("opendocument", "read_odp"),
    "ods": ("sheets", "read_sheet"),
    "odt": ("opendocument", "read_odt"),
    "pdf": ("pdf", "read_pdf"),
    "pptx": ("slides", "read_pptx"),
    "rtf": ("rtf", "read_rtf"),
    "tsv": ("delimited", "read_delimited"),
    "xls": ("sheets", "read_sheet"),
    "xlsx": ("sheets", "read_sheet"),
    "zip": ("archive", "read_zip"),
}
# When such a file was made says less of its date than what stands at the top of its text.
_DATED_BY_TEXT = frozenset({"docx", "odp", "ods", "odt", "pdf", "pptx", "rtf", "xls", "xlsx"})


@dataclass(frozen=True, slots=True)
class _Within:
    """Where in the outermost file a reader is: path and depth, and what it may still unpack."""

    skip: Mapping[str, str]
    member: str = ""
    depth: int = 0
    budget: Budget = field(default_factory=Budget)

    def path(self, name: str) -> str:
        return f"{self.member}/{name}" if self.member else name


def read_file(
    file: BinaryIO, size: int, name: str, described: About, skip: Mapping[str, str] | None = None
) -> Iterator[Frame]:
    """Yield what a file holds.

    Args:
        file: At its beginning; can be sought in.
        size: Bytes.
        name: Its name in the corpus, for formats and titles.
        described: What a `metadata.json` says of it.
        skip: Files inside it that aren't to be read, with the reason.

    Raises:
        InputError: if it can't be read, with the reason.
    """
    head = file.read(HEAD)
    file.seek(0)
    kind = sniff(head, name)
    if size > (_LONG if kind in _TEXTS else _LONG_ROWS) and kind in (*_TEXTS, "csv", "tsv"):
        yield from _stream(file, kind, name, described)
        return
    if size > _MAX_WHOLE:
        raise InputError(
            f"it has {size / 2**20:,.0f} MiB; up to {_MAX_WHOLE / 2**20:,.0f} are read in this format"
        )
    yield from _whole(file.read(), kind, _Within(skip or {}), name, described)


def reason(error: Exception) -> str:
    """Return why a file couldn't be read, for a report."""
    if isinstance(error, InputError):
        return str(error)
    said = " ".join(str(error).split())[:200]
    return f"it is damaged, or not what it seems ({type(error).__name__}{said and ': '}{said})"


def _stream(file: BinaryIO, kind: str, name: str, described: About) -> Iterator[Frame]:
    frames = stream_text(file) if kind in _TEXTS else stream_delimited(file)
    held: list[Segment] = []  # nothing is known of a document before its first words
    is_open = False
    for frame in frames:
        if isinstance(frame, Closing):
            if not is_open:
                raise InputError(NO_WORDS)
            plain = ("it is too long to be read as Markdown: read as plain text",)
            yield replace(frame, notes=frame.notes + plain * (kind == "markdown"))
        elif is_open:
            yield frame
        else:
            held.append(frame)
            if frame.blocks:
                said = front_matter(held[0].text) if kind == "markdown" else {}
                beginning = Document(name, frame.text, blocks=frame.blocks, places=frame.places)
                yield _opening("", kind, _understood(beginning, {**said, **described}))
                yield from held
                is_open = True


def _whole(
    data: bytes,
    kind: str,
    within: _Within,
    name: str,
    described: About,
    made: str | None = None,
) -> Iterator[Frame]:
    """Yield what a file holds that is in memory; `made` is its date where nothing else tells."""
    if kind == "zip":
        with open_zip(data, each=False) as opened:
            kind = sniff_zip(opened)
    elif kind == "ole":
        kind = sniff_ole(data)
    if kind in _TEXTS:
        text = decode(data)
        said = front_matter(text) if kind == "markdown" else {}
        document = _understood(Document(name, text), {**said, **described}, made)
        yield from _document(
            document, kind, within.member, Closing(notes=damage(text.count("\ufffd")))
        )
        return
    for found in _reader(kind)(data, name):
        if isinstance(found, Draft):
            known = {field: value for field in FIELDS if (value := _said(found, field))}
            if kind in _DATED_BY_TEXT:
                made = known.pop("published", made)
            blocks = found.blocks
            if kind == "html":
                blocks = mark_boilerplate(found.text, blocks)
            read = Document(name, found.text, blocks=blocks, places=found.places)
            document = _understood(read, {**known, **described}, made)
            yield from _document(document, kind, within.member, Closing(found.blank, found.notes))
        elif isinstance(found, Working):
            yield found
        elif isinstance(found, Left):
            yield Left(within.path(found.name), found.reason)
        else:
            yield from _inner(found, within, made)


def _inner(inner: Inner, within: _Within, made: str | None) -> Iterator[Frame]:
    path = within.path(inner.name)
    if path in within.skip:
        yield Left(path, within.skip[path])
        return
    yield Entering(path)
    try:
        data = inner.data if isinstance(inner.data, bytes) else inner.data()
        within.budget.take(len(data), within.depth + 1)
        kind = sniff(data[:HEAD], inner.name)
        below = replace(within, member=path, depth=within.depth + 1)
        yield from _whole(data, kind, below, inner.name, {}, inner.published or made)
    except MemoryError:
        raise
    except Exception as error:
        yield Left(path, reason(error))
    yield Entering(within.member)


def _said(draft: Draft, field: str) -> str:
    """Return what a file says of itself as a text may hold it: a title may end in half an emoji."""
    return " ".join(clean(getattr(draft, field) or "").split())


def _reader(kind: str) -> Reader:
    module, function = _READERS[kind]
    reader: Reader = getattr(import_module(f"qa.reading.{module}"), function)
    return reader


def _understood(document: Document, said: About, made: str | None = None) -> Document:
    """Return a document with what is said of it, and what its text says where nothing else does."""
    described = replace(
        document,
        title=said.get("title") or "",
        author=said.get("author"),
        publisher=said.get("publisher"),
        published=said.get("published"),
        kind=said.get("kind"),
    )
    return understand(described, date_known="published" in said, made=made)


def _document(document: Document, kind: str, member: str, closing: Closing) -> Iterator[Frame]:
    yield _opening(member, kind, document)
    if document.places is not None:
        yield Segment(document.text, document.blocks, document.places)
    yield closing


def _opening(member: str, kind: str, document: Document) -> Opening:
    return Opening(
        *(member, kind, document.title, document.author),
        *(document.publisher, document.published, document.kind),
    )
