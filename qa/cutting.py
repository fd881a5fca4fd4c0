"""What reading a file yields -> its documents, cut into passages, one stretch after the other.

A stretch is worked on by itself and may be let go: a document of any length passes through in
little memory. What is kept of it meanwhile is counted and hashed.
"""

import hashlib
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import get_args

from embeddings.encoder import Encoder
from qa.errors import InputError
from qa.partition import cut_passages
from qa.passages import about_text, heading_text, short_hash
from qa.reading.formats import Left
from qa.reading.frames import Closing, Frame, Opening, Segment
from qa.types import BlockKind, Document, Passage, Read, Skipped

_NONSENSE = "its reader sent nonsense"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a document; offsets count from its start.

    Attributes:
        segment: As it was read.
        passages: Of it.
        texts: What each passage is matched by: its words, its document's description, its heading.
    """

    segment: Segment
    passages: list[Passage]
    texts: list[tuple[str, str, str]]


@dataclass(slots=True)
class Cut:
    """A document as far as it has come.

    Attributes:
        described: What is said of it; without its text.
        member: Its path inside its file.
        format: What it was read as.
        length: Characters.
        visible: Characters that aren't white space.
        indexed: Those of them that are in passages.
        passages: How many.
        blank: Numbers of its pages without text.
        notes: On how it was read.
    """

    described: Document
    member: str
    format: str
    length: int = 0
    visible: int = 0
    indexed: int = 0
    passages: int = 0
    blank: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def text_hash(self) -> str:
        """What names its content so far."""
        return short_hash(self._digest)

    @property
    def read(self) -> Read:
        """What the report says of it."""
        return Read(
            *(self.described.doc_id, self.format, self.visible, self.indexed),
            *(self.blank, self.notes),
        )

    def cut(self, segment: Segment, encoder: Encoder) -> Part:
        """Return the next stretch, cut.

        Raises:
            InputError: if its blocks or places don't fit its text.
        """
        _check(segment)
        piece = replace(
            self.described, text=segment.text, blocks=segment.blocks, places=segment.places
        )
        found = cut_passages(piece, encoder.count_tokens, encoder.max_tokens)
        self.length += len(segment.text)
        self.visible += _visible(segment.text)
        self.indexed += sum(_visible(passage.text) for passage in found)
        self.passages += len(found)
        self._digest.update(segment.text.encode())
        texts = [(p.text, about_text(p), heading_text(p)) for p in found]
        return Part(segment, found, texts)


def cut_frames(
    frames: Iterable[Frame], name: str, encoder: Encoder, left: list[Skipped]
) -> Generator[tuple[Cut, Part]]:
    """Yield the documents of a file with their stretches, in order.

    Args:
        frames: What reading it yields.
        name: The file's name in the corpus.
        encoder: Counts the pieces of a text.
        left: Takes the files inside that weren't read.

    Raises:
        InputError: if the file can't be read, with the reason.
    """
    members: set[str] = set()
    document: Cut | None = None
    for frame in frames:
        if isinstance(frame, Left):
            if not frame.name:
                raise InputError(frame.reason)
            left.append(Skipped(doc_id_of(name, frame.name), frame.reason))
        elif isinstance(frame, Opening):
            if document is not None:
                raise InputError(_NONSENSE)
            member = _unique(frame.member, members)
            described = Document(
                *(doc_id_of(name, member), "", frame.title, frame.author),
                *(frame.publisher, frame.published, frame.kind),
            )
            document = Cut(described, member, frame.format)
        elif document is None:
            raise InputError(_NONSENSE)
        elif isinstance(frame, Segment):
            yield document, document.cut(frame, encoder)
        elif isinstance(frame, Closing):
            document.blank, document.notes = frame.blank, frame.notes
            document = None


def cut_whole(document: Document, encoder: Encoder) -> tuple[Cut, Part]:
    """Return a document from memory that `qa.reading` has understood, cut."""
    if document.places is None:
        raise ValueError(f"{document.doc_id}: the document's structure hasn't been read yet")
    cut = Cut(replace(document, text="", blocks=(), places=None), "", "memory")
    return cut, cut.cut(Segment(document.text, document.blocks, document.places), encoder)


def doc_id_of(file_name: str, member: str) -> str:
    """Return the id of a document in a file; `member` is "" for the file itself."""
    return f"{file_name}/{member}" if member else file_name


def _unique(member: str, members: set[str]) -> str:
    name, number = member, 2
    while name in members:
        name, number = f"{member} ({number})", number + 1
    members.add(name)
    return name


def _visible(text: str) -> int:
    return sum(map(len, text.split()))


def _check(segment: Segment) -> None:
    """Refuse what another process has sent and isn't as agreed."""
    starts = segment.places.starts
    at = 0
    kinds = get_args(BlockKind)
    for block in segment.blocks:
        if block.kind not in kinds or not at <= block.start < block.end <= len(segment.text):
            raise InputError(_NONSENSE)
        at = block.end
    places = segment.places
    parallel = (len(places.numbers) in (0, len(starts))) and len(places.labels) in (0, len(starts))
    if not starts or starts[0] != 0 or not parallel or any(a > b for a, b in pairwise(starts)):
        raise InputError(_NONSENSE)
