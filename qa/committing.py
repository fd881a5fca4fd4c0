"""Documents that are cut -> the catalog: what has no vector yet is encoded, then all is written.

Encodings are committed as they are made, files some hundred passages at a time: what is interrupted
goes on from there. The documents of one file appear together or not at all.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from embeddings.encoder import Encoder
from embeddings.threads import single_threaded
from qa.catalog import Catalog, encoding_key
from qa.catalog.views import Entry, Origin
from qa.catalog.writing import Keys, Writer
from qa.cutting import Cut, Part
from qa.errors import CorpusError, InputError

_BATCH = 512  # passages; files are committed together when there are as many
_CHUNK = 256  # texts encoded before they are committed: what an interruption loses
_HELD = 2**23  # characters of one file that are held; a longer one is read a second time


@dataclass(slots=True)
class Unit:
    """A file, or a document from memory: what is written together.

    Attributes:
        origin: Where its documents come from.
        size: Counts for progress.
        before: Its documents in the catalog.
        documents: What is in it now, in order.
        parts: Their stretches, as long as they are held.
        left: What else is in the file and wasn't read, with the reason.
        is_long: Whether they were too long to be held.
        held: Characters of the stretches held.
        passages: How many passages are held.
        seen: Characters that were held so far.
    """

    origin: Origin
    size: int
    before: Sequence[Entry]
    documents: list[Cut] = field(default_factory=list)
    parts: list[tuple[Cut, Part]] = field(default_factory=list)
    left: tuple[tuple[str, str], ...] = ()
    is_long: bool = False
    held: int = 0
    passages: int = 0
    seen: int = 0

    @property
    def gone(self) -> list[str]:
        """The ids of documents that aren't in the file any more."""
        now = {document.described.doc_id for document in self.documents}
        return sorted(entry.doc_id for entry in self.before if entry.doc_id not in now)


class Committer:
    """Takes units one after the other and writes them by and by."""

    def __init__(
        self,
        catalog: Catalog,
        encoder: Callable[[], Encoder],
        say: Callable[[str, float], None],
    ) -> None:
        """Prepare to write.

        Args:
            catalog: What is written to.
            encoder: Returns the encoder; called only when something must be encoded.
            say: Takes the id of a document and how much of `pending` is encoded.
        """
        self._catalog = catalog
        self._encoder = encoder
        self._say = say
        self._batch: list[Unit] = []
        self.done = 0  # sizes of what is committed or needn't be
        self.pending = 0  # sizes of what waits
        self.partly = 0  # how far a long unit has come, of its size

    def hold(self, unit: Unit, document: Cut, part: Part) -> None:
        """Take the next stretch of a unit; of a long one only its encodings are kept, at once."""
        if not unit.documents or unit.documents[-1] is not document:
            unit.documents.append(document)
        unit.parts.append((document, part))
        unit.held += len(part.segment.text)
        unit.seen += len(part.segment.text)
        unit.passages += len(part.passages)
        if unit.origin.path is None:
            return  # what is from memory can't be read again
        if unit.held > _HELD or (unit.is_long and unit.passages >= _BATCH):
            unit.is_long = True
            self._let_go(unit)
            self._say_long(unit, 0)

    def put(self, unit: Unit) -> None:
        """Write a unit, sooner or later."""
        self._batch.append(unit)
        self.pending += unit.size
        if sum(unit.passages for unit in self._batch) >= _BATCH:
            self.flush()

    def put_long(self, unit: Unit, again: Iterable[tuple[Cut, Part]]) -> None:
        """Write a unit whose stretches are not held.

        Args:
            unit: What was held of it so far is encoded.
            again: Its stretches, read a second time.

        Raises:
            InputError: if they aren't what they were; nothing is written then.
        """
        read: list[Cut] = []
        written = 0

        def parts() -> Iterable[tuple[Cut, Part]]:
            nonlocal written
            for document, part in again:
                if not read or read[-1] is not document:
                    read.append(document)
                if len(read) > len(unit.documents):
                    break
                yield unit.documents[len(read) - 1], part
                written += len(part.segment.text)
                self._say_long(unit, written)

        self.flush()
        self._let_go(unit)
        with self._catalog.writing() as writer:
            with suppress(LookupError):  # words that were never encoded
                self._write(writer, unit, parts())
            if [x.text_hash for x in read] != [x.text_hash for x in unit.documents]:
                raise InputError("it was changed while it was read; index again")
        self.done += unit.size
        self.partly = 0

    def flush(self) -> None:
        """Write what waits."""
        if not self._batch:
            return
        self._encode(self._batch)
        with self._catalog.writing() as writer:
            for unit in self._batch:
                self._write(writer, unit, unit.parts)
        self.done += self.pending
        self._batch, self.pending = [], 0

    def _let_go(self, unit: Unit) -> None:
        """Encode what is held of a unit, and hold it no longer."""
        self._encode([unit])
        unit.parts.clear()
        unit.held = unit.passages = 0

    def _say_long(self, unit: Unit, written: int) -> None:
        """Report progress with a long unit: half of the work is to read it once, half to write it."""
        self.partly = (min(unit.size, unit.seen) + min(unit.size, written)) // 2
        self._say(unit.documents[-1].described.doc_id, 0.0)

    def _encode(self, units: Sequence[Unit]) -> None:
        """Keep an encoding of every text of these units."""
        parts = [part for unit in units for _, part in unit.parts]
        if not parts:
            return
        encoder = self._encoder()
        texts = dict.fromkeys(text for part in parts for three in part.texts for text in three)
        keys = {text: encoding_key(text, encoder.fingerprint) for text in texts}
        with self._catalog.reading() as view:
            known = view.encodings(keys.values())
        new = [text for text, key in keys.items() if key not in known]
        last = units[-1].documents[-1].described.doc_id
        for first in range(0, len(new), _CHUNK):
            chunk = new[first : first + _CHUNK]
            encodings = encoder.encode_passages(chunk)
            made = {}
            for text, found in zip(chunk, encodings, strict=True):
                if not (np.isfinite(found.pooled).all() and np.isfinite(found.tokens).all()):
                    raise CorpusError(
                        f"The model's vectors of {text[:60]!r} in {last!r} are no numbers. Name "
                        "another model, or leave that document out."
                    )
                made[keys[text]] = found
            with single_threaded, self._catalog.writing() as writer:
                writer.put_encodings(made)
            self._say(last, (first + len(chunk)) / len(new))

    def _write(self, writer: Writer, unit: Unit, parts: Iterable[tuple[Cut, Part]]) -> None:
        fingerprint = self._encoder().fingerprint
        current: Cut | None = None
        writer.remove(unit.gone, keep=True)
        for document, part in parts:
            if document is not current:
                current = document
                origin = replace(
                    unit.origin,
                    member=document.member,
                    siblings=len(unit.documents),
                    left=unit.left,
                )
                described = document.described, document.text_hash
                writer.put(origin, *described, document.length, document.passages)
            named = [Keys(*(encoding_key(text, fingerprint) for text in t)) for t in part.texts]
            segment = part.segment
            passages = list(zip(part.passages, named, strict=True))
            writer.put_text(segment.text, segment.blocks, segment.places, passages)
