"""What changes a catalog, inside a transaction: documents, passages, encodings, what is kept."""

import json
import os
import sqlite3
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from embeddings.encoder import Encoding
from embeddings.tokens import compress
from qa.catalog.tables import (
    DOCUMENTS,
    ENCODINGS,
    META,
    PASSAGES,
    PAST,
    TEXTS,
    VECTORS,
    Meta,
    order_sum,
)
from qa.catalog.texts import text_rows
from qa.catalog.views import Damage, Entry, Origin, View
from qa.lexical import bag
from qa.types import Block, Document, Passage, Place, PlaceMap, Span
from qa.wording import date_in_words

_VERSIONS = 50  # former ones kept of a document: a note saved every minute would fill disks
_LONGEST_KEPT = 2**24  # characters; a former version is read and compressed as a whole
_PLACE = [field.name for field in fields(Place)]
_UNUSED = " AND ".join(
    f"NOT EXISTS (SELECT 1 FROM passages WHERE {column} = encodings.id)"
    for column in ("encoding", "about", "heading")
)


@dataclass(frozen=True, slots=True)
class Keys:
    """What a passage is matched by: its own words, its document's description, its section."""

    text: bytes
    about: bytes
    heading: bytes


class Writer(View):
    """A transaction: what it has written so far is what it reads."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Write through a connection that is inside a transaction."""
        super().__init__(db)
        self._before = self.meta
        self._document = self._rows = self._offset = 0  # of the document that is being written
        self._freed: set[int] = set()  # encodings of what was removed; others may have them, too

    def finish(self) -> bool:
        """Write what the catalog says of itself; return whether readers see another state."""
        self._drop_unused(self._freed)
        if self.meta == self._before:
            return False
        if self.meta.seen == self._before.seen:
            META.write(self._db, [(1, self.meta.to_json())])
            return False
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self.meta = replace(self.meta, change=self.meta.change + 1, changed=now)
        META.write(self._db, [(1, self.meta.to_json())])
        return True

    def begin_anew(self, commits: int) -> None:
        """Leave out numbers of commits, and let all that was derived from them be another's."""
        self.meta = replace(self.meta, id=uuid.uuid4().hex, change=self.meta.change + commits)

    def set_roots(self, roots: Sequence[Path]) -> None:
        """Remember what was added, in that order."""
        self.meta = replace(self.meta, roots=tuple(map(str, roots)))

    # Documents

    def put(
        self, origin: Origin, described: Document, text_hash: str, length: int, passages: int
    ) -> None:
        """Write a document's bookkeeping, in place of any of that id; its text is to follow.

        Args:
            origin: Where it comes from.
            described: What is said of it; its text isn't looked at.
            text_hash: Names its content.
            length: Characters.
            passages: How many there will be.
        """
        self.remove([described.doc_id], keep=True)
        self._document = self._next(0)
        self._rows = self._offset = 0
        said = (described.title, described.author, described.publisher, described.published)
        terms = bag(" ".join(filter(None, (*said, date_in_words(described.published)))))
        entry = Entry(
            *(self._document, described.doc_id, origin, text_hash, described.title),
            *(described.author, described.publisher, described.published, described.kind),
            *(length, passages, terms),
        )
        self._write_entries([entry])
        # What is current isn't past.
        self._db.execute("DELETE FROM past WHERE text_hash = ?", [text_hash])

    def put_text(
        self,
        text: str,
        blocks: Sequence[Block],
        places: PlaceMap,
        passages: Sequence[tuple[Passage, Keys]],
    ) -> None:
        """Write the next stretch of the document put last; offsets count from its start.

        Args:
            text: The stretch.
            blocks: Of it.
            places: Of it.
            passages: Of it, with the keys of encodings that are kept already.
        """
        number, offset = self._document, self._offset
        for passage, _ in passages:
            if text[passage.start : passage.end] != passage.text:
                raise ValueError(f"{passage.doc_id}: a passage's offsets don't fit its text")
        rows = list(text_rows(number, self._rows, offset, text, blocks, places))
        TEXTS.write(self._db, rows)
        self._rows += len(rows)
        self._offset += len(text)
        numbers = self.encodings(
            {key for _, keys in passages for key in (keys.text, keys.about, keys.heading)}
        )
        first = self._next(1, len(passages))
        rows = [
            (
                *(own, number, passage.start + offset, passage.end + offset),
                *(passage.section, passage.lead_in, passage.author, passage.kind),
                json.dumps([getattr(passage.place, name) for name in _PLACE]),
                passage.text,
                json.dumps([_shifted(span, offset) for span in passage.sentences]),
                json.dumps([[_shifted(s, offset) for s in two] for two in passage.excerpts]),
                json.dumps(
                    [(v.start + offset, v.end + offset, v.kind, v.speaker) for v in passage.voices]
                ),
                *(numbers[key] for key in (keys.text, keys.about, keys.heading)),
                bag(passage.text),
            )
            for own, (passage, keys) in enumerate(passages, first)
        ]
        sums = PASSAGES.write(self._db, rows)
        placed = [(*row[:3], row_sum) for row, row_sum in zip(rows, sums, strict=True)]
        self._count_passages(1, placed)

    def update(self, entries: Iterable[Entry]) -> None:
        """Write new bookkeeping of documents whose content is what it was."""
        entries = list(entries)
        self._count_documents(-1, [entry.number for entry in entries])
        for entry in entries:
            before = DOCUMENTS.by_key(self._db, [entry.number])[entry.number]
            rows = list(PAST.select(self._db, "WHERE doc_id = ?", [before[1]]))
            path = _path(entry.origin)
            PAST.write(self._db, [(*row[:2], entry.doc_id, path, row[4]) for row in rows])
        # Two files that change names pass through others, since no two may have the same.
        self._db.executemany(
            "UPDATE documents SET doc_id = ? WHERE id = ?",
            [(f"\0{uuid.uuid4().hex}", entry.number) for entry in entries],
        )
        self._write_entries(entries)

    def remove(self, doc_ids: Iterable[str], *, keep: bool) -> None:
        """Remove documents with their passages and the encodings that only these had.

        Args:
            doc_ids: Those that aren't there are passed over.
            keep: Whether what they said stays readable for citations of it. Otherwise their
                former versions go, too.
        """
        for doc_id in doc_ids:
            if not keep:
                self._db.execute("DELETE FROM past WHERE doc_id = ?", [doc_id])
            row = self._db.execute(
                "SELECT id, text_hash FROM documents WHERE doc_id = ?", [doc_id]
            ).fetchone()
            if row is None:
                continue
            number, text_hash = row
            if keep:
                self._keep(number)
            else:
                self._db.execute("DELETE FROM past WHERE text_hash = ?", [text_hash])
            self._count_documents(-1, [number])
            rows = self._db.execute(
                'SELECT id, document, start, "sum", encoding, about, heading FROM passages '
                "WHERE document = ?",
                [number],
            ).fetchall()
            self._count_passages(-1, [row[:4] for row in rows])
            self._db.execute("DELETE FROM documents WHERE id = ?", [number])
            self._freed |= {encoding for row in rows for encoding in row[4:]}

    def _write_entries(self, entries: Sequence[Entry]) -> None:
        rows = [
            (
                *(entry.number, entry.doc_id),
                *(_path(entry.origin), entry.origin.member, entry.origin.siblings),
                json.dumps(entry.origin.left),
                *(entry.origin.size, entry.origin.mtime_ns, entry.origin.made_from),
                *(entry.text_hash, entry.title, entry.author, entry.publisher),
                *(entry.published, entry.kind, entry.length, entry.passages, entry.terms),
            )
            for entry in entries
        ]
        DOCUMENTS.write(self._db, rows)
        self._count_documents(1, [entry.number for entry in entries])

    def _keep(self, number: int) -> None:
        """Keep the text of a document that is about to go, unless another has the same."""
        row = DOCUMENTS.by_key(self._db, [number])[number]
        doc_id, path, text_hash, length = row[1], row[2], row[9], row[15]
        if length > _LONGEST_KEPT or len(self.with_text(text_hash)) > 1:
            return
        packed = zlib.compress("".join(part[3] for part in self._text_rows(number)).encode())
        self._db.execute("DELETE FROM past WHERE text_hash = ?", [text_hash])
        (last,) = self._db.execute("SELECT coalesce(max(id), 0) FROM past").fetchone()
        PAST.write(self._db, [(last + 1, text_hash, doc_id, path, packed)])
        self._db.execute(
            "DELETE FROM past WHERE doc_id = ?1 AND id NOT IN "
            "(SELECT id FROM past WHERE doc_id = ?1 ORDER BY id DESC LIMIT ?2)",
            [doc_id, _VERSIONS],
        )

    # Encodings

    def put_encodings(self, encodings: Mapping[bytes, Encoding]) -> None:
        """Write encodings by key; what is kept already stays as it is."""
        known = self.encodings(encodings)
        added = [(key, e) for key, e in encodings.items() if key not in known]
        first = self._next(2, len(added))
        new = [(number, *pair) for number, pair in enumerate(added, first)]
        ENCODINGS.write(
            self._db,
            [(n, key, compress(e.tokens), e.spans.astype("<u4").tobytes()) for n, key, e in new],
        )
        VECTORS.write(self._db, [(n, e.pooled.astype("<f4").tobytes()) for n, _, e in new])

    def take_encodings(self, rows: Iterable[tuple[bytes, bytes, bytes, bytes]]) -> None:
        """Write encodings that are compressed already: keys, pooled vectors, tokens, spans."""
        for key, pooled, tokens, spans in rows:
            number = self._next(2)
            ENCODINGS.write(self._db, [(number, key, tokens, spans)])
            VECTORS.write(self._db, [(number, pooled)])

    def drop_damaged(self) -> Damage:
        """Remove every document of which a part is damaged, and count anew what is left."""
        damage = self.damage()
        self._db.executemany("DELETE FROM documents WHERE id = ?", [(n,) for n in damage.documents])
        for table in (TEXTS, PASSAGES, ENCODINGS, VECTORS, PAST):
            bad, _ = table.scan(self._db)
            self._db.executemany(f"DELETE FROM {table.name} WHERE id = ?", [(n,) for n in bad])
        self._db.execute("DELETE FROM passages WHERE document NOT IN (SELECT id FROM documents)")
        self._db.execute("DELETE FROM encodings WHERE id NOT IN (SELECT id FROM vectors)")
        self.meta = replace(self.meta, documents=(0, 0), passages=(0, 0), settled=0)
        self._count_documents(1, [n for (n,) in self._db.execute("SELECT id FROM documents")])
        rows = self._db.execute('SELECT id, document, start, "sum" FROM passages NOT INDEXED')
        self._count_passages(1, rows.fetchall())
        return damage

    def drop_unused_encodings(self) -> None:
        """Remove what was encoded, here or by a run that was interrupted, and no document took up."""
        self._db.execute(f"DELETE FROM encodings WHERE id > ? AND {_UNUSED}", [self.meta.settled])
        self.meta = replace(self.meta, settled=self.meta.last[2])

    def _drop_unused(self, numbers: set[int]) -> None:
        self._db.executemany(
            f"DELETE FROM encodings WHERE id = ? AND {_UNUSED}", [(number,) for number in numbers]
        )

    # Counting

    def _next(self, kind: int, count: int = 1) -> int:
        """Return the first of so many new ids."""
        last = list(self.meta.last)
        last[kind] += count
        self.meta = replace(self.meta, last=(last[0], last[1], last[2]))
        return last[kind] - count + 1

    def _count_documents(self, sign: int, numbers: Sequence[int]) -> None:
        count, total = self.meta.documents
        for number in numbers:
            (row_sum,) = self._db.execute(
                "SELECT sum FROM documents WHERE id = ?", [number]
            ).fetchone()
            count, total = count + sign, total + sign * row_sum
        self.meta = replace(self.meta, documents=(count, total))

    def _count_passages(self, sign: int, rows: Sequence[tuple[int, ...]]) -> None:
        count, total = self.meta.passages
        count += sign * len(rows)
        total += sign * sum(order_sum(*row) for row in rows)
        self.meta = replace(self.meta, passages=(count, total))


def _shifted(span: Span, offset: int) -> tuple[int, int]:
    return span.start + offset, span.end + offset


def _path(origin: Origin) -> bytes | None:
    return None if origin.path is None else os.fsencode(origin.path)


def create(db: sqlite3.Connection, model: str, fingerprint: str, dimension: int) -> None:
    """Write what a new catalog says of itself."""
    META.write(db, [(1, Meta(uuid.uuid4().hex, model, fingerprint, dimension).to_json())])
