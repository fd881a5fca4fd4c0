"""What a catalog says at one moment: a snapshot, read without regard to who writes.

Every row that is used fits its checksum, and the sets of documents and of passages fit the sums
that the catalog keeps of them: a row that has vanished is damage, not a smaller corpus.
"""

import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.encoder import Vectors
from embeddings.tokens import Tokens
from qa.catalog.tables import (
    DOCUMENTS,
    ENCODINGS,
    MANY,
    META,
    PASSAGES,
    PAST,
    TEXTS,
    VECTORS,
    Meta,
    damaged,
    order_sum,
)
from qa.catalog.texts import extent, joined, row_range
from qa.passages import passage_id
from qa.types import (
    Document,
    Excerpt,
    Extent,
    Holding,
    Listing,
    Passage,
    Place,
    Skipped,
    Span,
    Voice,
)

_LOOKED_AT = 20  # copies for every title that is wanted


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document comes from.

    Attributes:
        path: Where its file is; None when it was added from memory.
        size: Of the file, bytes.
        mtime_ns: The file's time; None where it can't be trusted.
        made_from: Hash of all that it was made from.
        siblings: How many documents the file holds, this one included.
        left: Files inside the file that weren't read, with the reason.
        member: Its path inside the file ("report.pdf" in a mail), "" for the file itself.
    """

    path: Path | None
    size: int | None
    mtime_ns: int | None
    made_from: str
    member: str = ""
    siblings: int = 1
    left: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What the catalog knows of a document without reading its text.

    Attributes:
        number: In the catalog.
        doc_id: Its name.
        origin: Where it comes from.
        text_hash: Names its content.
        title: With `author`, `publisher`, `published` and `kind` as in `qa.types.Document`.
        length: Characters.
        passages: How many it has.
        terms: Bag of what it says of itself.
    """

    number: int
    doc_id: str
    origin: Origin
    text_hash: str
    title: str
    author: str | None
    publisher: str | None
    published: str | None
    kind: str | None
    length: int
    passages: int
    terms: bytes

    @property
    def file_name(self) -> str:
        """The name of its file: the document's own without that of the member."""
        return self.doc_id.removesuffix(f"/{self.origin.member}")

    def is_member_of(self, name: str) -> bool:
        """Whether it is in a file of that name, not in a folder."""
        return bool(self.origin.member) and self.file_name == name

    @property
    def listing(self) -> Listing:
        """What tables of contents show of it."""
        return Listing(
            *(self.doc_id, self.title, self.author, self.publisher, self.published, self.kind),
            self.passages,
        )

    @property
    def holding(self) -> Holding:
        """What tables of the collection show of it."""
        origin = self.origin
        left = tuple(Skipped(f"{self.file_name}/{name}", reason) for name, reason in origin.left)
        where = origin.path, origin.member, origin.size, origin.mtime_ns
        return Holding(self.listing, self.length, *where, left)


@dataclass(frozen=True, slots=True)
class Stored:
    """The encodings of one passage as they are kept; offsets count from the passage's start."""

    text: Tokens
    ends: tuple[int, ...]  # where each sentence ends
    about: Tokens
    heading: Tokens


class View:
    """One state of a catalog."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Look through a connection that is inside a transaction."""
        self._db = db
        rows = list(META.select(db))
        if len(rows) != 1:
            raise damaged("what it says of itself is missing")
        self.meta = Meta.from_json(rows[0][1])

    # Documents

    def entries(self) -> list[Entry]:
        """Return every document's bookkeeping, by document id."""
        found, total = [], 0
        for *row, row_sum in DOCUMENTS.select_summed(self._db):
            total += row_sum
            found.append(_entry(row))
        if (len(found), total) != self.meta.documents:
            raise damaged(
                f"{self.meta.documents[0]} documents were written, {len(found)} are found"
            )
        return sorted(found, key=lambda entry: entry.doc_id)

    def entry(self, doc_id: str) -> Entry | None:
        """Return a document's bookkeeping, or None where there is none of that id."""
        if found := self.named([doc_id]):
            return found[doc_id]
        # Without the index, too: a damaged one would deny a document that is there.
        rows = DOCUMENTS.select(self._db, "WHERE +doc_id = ?", [_sound(doc_id)])
        return next(map(_entry, rows), None)

    def named(self, doc_ids: Sequence[str]) -> dict[str, Entry]:
        """Return the bookkeeping of those documents that are there, by id."""
        found: dict[str, Entry] = {}
        for first in range(0, len(doc_ids), MANY):
            part = [_sound(doc_id) for doc_id in doc_ids[first : first + MANY]]
            marks = ",".join("?" * len(part))
            for row in DOCUMENTS.select(self._db, f"WHERE doc_id IN ({marks})", part):
                found[row[1]] = _entry(row)
        return found

    def below(self, name: str, most: int = -1) -> list[Entry]:
        """Return the bookkeeping of documents whose ids begin with this name and "/"."""
        below = f"{_sound(name)}/"
        where = "WHERE doc_id >= ? AND doc_id < ? LIMIT ?"
        return [
            _entry(row)
            for row in DOCUMENTS.select(self._db, where, (below, f"{below[:-1]}0", most))
        ]

    def within(self, paths: Iterable[Path]) -> list[Entry]:
        """Return the bookkeeping of the documents whose files are these or lie in these folders."""
        found: dict[int, Entry] = {}
        for path in paths:
            own = os.fsencode(path)
            below = own.rstrip(b"/") + b"/"
            rows = DOCUMENTS.select(
                self._db,
                "WHERE path = ? OR (path >= ? AND path < ?)",
                [own, below, below[:-1] + b"0"],
            )
            found |= {row[0]: _entry(row) for row in rows}
        return sorted(found.values(), key=lambda entry: entry.doc_id)

    def with_text(self, text_hash: str) -> list[Entry]:
        """Return the documents of a content."""
        rows = DOCUMENTS.select(self._db, "WHERE text_hash = ? ORDER BY doc_id", [text_hash])
        return [_entry(row) for row in rows]

    def document(self, doc_id: str) -> Document | None:
        """Return a document, or None where there is none of that id."""
        entry = self.entry(doc_id)
        if entry is None:
            return None
        text, blocks, places = joined(self._text_rows(entry.number))
        if len(text) != entry.length:
            raise damaged(f"a part of the text of {entry.doc_id!r} is missing")
        return Document(
            *(entry.doc_id, text, entry.title, entry.author, entry.publisher, entry.published),
            entry.kind,
            blocks,
            places,
        )

    def text(self, doc_id: str, start: int, end: int) -> str:
        """Return characters `start` to `end` of a document, as far as there are any."""
        rows = self._rows_at(doc_id, start, end)
        first = rows[0][2] if rows else 0
        return "".join(row[3] for row in rows)[start - first : end - first]

    def place(self, doc_id: str, start: int, end: int) -> Place:
        """Return the place of characters `start` to `end` of a document."""
        rows = self._rows_at(doc_id, start, end)
        return joined(rows)[2].at(start, end)

    def extent(self, doc_id: str) -> Extent | None:
        """Return how many pages, lines or the like a document has; None where there is none."""
        entry = self.entry(doc_id)
        return extent(self._text_rows(entry.number)) if entry else None

    def past_text(self, text_hash: str) -> list[tuple[str, str]]:
        """Return the former document ids of a content that no document has now, with its text."""
        rows = PAST.select(self._db, "WHERE text_hash = ? ORDER BY id DESC", [text_hash])
        return [(row[2], zlib.decompress(row[4]).decode()) for row in rows]

    def past_names(self) -> list[tuple[str, Path | None]]:
        """Return the ids and files of the documents of which former texts are kept."""
        rows = self._db.execute("SELECT DISTINCT doc_id, path FROM past ORDER BY doc_id")
        return [(name, None if p is None else Path(os.fsdecode(p))) for name, p in rows]

    def _text_rows(self, number: int) -> list[tuple[Any, ...]]:
        return list(
            TEXTS.select(self._db, "WHERE id >= ? AND id < ? ORDER BY id", row_range(number))
        )

    def _rows_at(self, doc_id: str, start: int, end: int) -> list[tuple[Any, ...]]:
        """Return the rows of a document's text that hold characters `start` to `end`."""
        entry = self.entry(doc_id)
        if entry is None:
            return []
        found: list[tuple[Any, ...]] = []
        first, after = row_range(entry.number)
        where = "WHERE id >= ? AND id < ? AND start < ? ORDER BY id DESC"
        for row in TEXTS.select(self._db, where, (first, after, max(end, start + 1))):
            found.append(row)
            if row[2] <= start:
                break
        found.reverse()
        ends = [row[2] + len(row[3]) for row in found]
        whole = all(end == row[2] for end, row in zip(ends, found[1:], strict=False))
        if not found or found[0][2] > start or ends[-1] < min(end, entry.length) or not whole:
            raise damaged(f"a part of the text of {doc_id!r} is missing")
        return found

    def listed(self) -> list[tuple[int, int]]:
        """Return every document's number and its seal, by document id.

        The seal changes with what indexes hold of a document beside its passages, which never
        change under a number. Rows are counted, but each is checked only where it is used.
        """
        rows = self._db.execute("SELECT doc_id, id, terms, sum FROM documents").fetchall()
        if (len(rows), sum(row[3] for row in rows)) != self.meta.documents:
            raise damaged(f"{self.meta.documents[0]} documents were written, {len(rows)} are found")
        return [(number, _seal(name, terms)) for name, number, terms, _ in sorted(rows)]

    def placed(
        self, documents: Sequence[int]
    ) -> Iterator[tuple[Entry, int, list[tuple[int, int]]]]:
        """Yield documents by number, each with its seal and its passages, by offset.

        Of a passage stand there its number and what it adds to the sum over all.
        """
        for first in range(0, len(documents), MANY):
            part = documents[first : first + MANY]
            marks = ",".join("?" * len(part))
            where = f"WHERE id IN ({marks})"
            found = {row[0]: _entry(row) for row in DOCUMENTS.select(self._db, where, part)}
            for number in part:
                if number not in found:
                    raise damaged(f"the row {number!r} of documents is missing")
                entry = found[number]
                passages = self._db.execute(
                    'SELECT id, document, start, "sum" FROM passages INDEXED BY passages_order '
                    "WHERE document = ? ORDER BY start",
                    [number],
                )
                seal = _seal(entry.doc_id, entry.terms)
                yield entry, seal, [(p[0], order_sum(*p)) for p in passages]

    # Passages and encodings

    def order(self, entries: Sequence[Entry]) -> list[int]:
        """Return the numbers of all passages, by document id and offset.

        Args:
            entries: What `entries` returned.
        """
        rows = self._db.execute(
            'SELECT id, document, start, "sum" FROM passages INDEXED BY passages_order'
        ).fetchall()
        if (len(rows), sum(order_sum(*row) for row in rows)) != self.meta.passages:
            raise damaged(f"{self.meta.passages[0]} passages were written, {len(rows)} are found")
        rank = {entry.number: place for place, entry in enumerate(entries)}
        if not rank.keys() >= {row[1] for row in rows}:
            raise damaged("passages have no document")
        rows.sort(key=lambda row: (rank[row[1]], row[2]))
        return [row[0] for row in rows]

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """Return passages by number."""
        rows = PASSAGES.by_key(self._db, numbers)
        documents = DOCUMENTS.by_key(self._db, list({row[1] for row in rows.values()}))
        return {number: _passage(rows[number], documents[rows[number][1]]) for number in numbers}

    def kinds(self) -> dict[int, str | None]:
        """Return the kind of every passage, by number."""
        return {row[0]: row[7] for row in PASSAGES.select(self._db)}

    def repeated(self, numbers: Sequence[int], least: int) -> set[int]:
        """Return those passages whose words stand in `least` documents of different titles."""
        marks = ",".join("?" * len(numbers))
        same = (
            "SELECT document FROM passages AS same WHERE same.encoding = passages.encoding LIMIT ?"
        )
        titles = f"SELECT DISTINCT title FROM ({same}) JOIN documents ON documents.id = document"
        rows = self._db.execute(
            f"SELECT id FROM passages WHERE id IN ({marks}) "
            f"AND (SELECT count(*) FROM ({titles})) >= ?",
            [*numbers, _LOOKED_AT * least, least],
        )
        return {number for (number,) in rows}

    def all_passages(self) -> Iterator[tuple[int, Passage]]:
        """Yield every passage with its number, in order."""
        numbers = self.order(self.entries())
        for first in range(0, len(numbers), MANY):
            yield from self.passages(numbers[first : first + MANY]).items()

    def stored(self, numbers: Sequence[int]) -> dict[int, Stored]:
        """Return the encodings of passages by number."""
        rows = PASSAGES.by_key(self._db, numbers)
        wanted = {number for row in rows.values() for number in row[13:16]}
        tokens = {
            number: Tokens(code, np.frombuffer(spans, "<u4").reshape(-1, 2))
            for number, (_, _, code, spans) in ENCODINGS.by_key(self._db, list(wanted)).items()
        }
        found = {}
        for number, row in rows.items():
            start, sentences = row[2], json.loads(row[10])
            own, about, heading = (tokens[encoding] for encoding in row[13:16])
            ends = tuple(end - start for _, end in sentences)
            found[number] = Stored(own, ends, about, heading)
        return found

    def searchable(self, numbers: Sequence[int]) -> tuple[Vectors, list[bytes]]:
        """Return the pooled vectors of passages, (n, dimension) float32, and their bags of terms."""
        vectors = np.empty((len(numbers), self.meta.dimension), np.float32)
        bags = []
        for first in range(0, len(numbers), MANY):
            part = numbers[first : first + MANY]
            rows = PASSAGES.by_key(self._db, part)
            pooled = VECTORS.by_key(self._db, list({row[13] for row in rows.values()}))
            for at, number in enumerate(part, first):
                vectors[at] = np.frombuffer(pooled[rows[number][13]][1], "<f4")
                bags.append(rows[number][16])
        return vectors, bags

    def encodings(self, keys: Iterable[bytes]) -> dict[bytes, int]:
        """Return the numbers of those encodings of the keys that are kept."""
        wanted = list(keys)
        found: dict[bytes, int] = {}
        for first in range(0, len(wanted), MANY):
            part = wanted[first : first + MANY]
            marks = ",".join("?" * len(part))
            rows = self._db.execute(f"SELECT key, id FROM encodings WHERE key IN ({marks})", part)
            found |= dict(rows.fetchall())
        return found

    def sizes(self) -> dict[str, int]:
        """Return the bytes of what is kept, by part."""
        parts = {
            "texts": "SELECT sum(length(text) + length(blocks) + length(places)) FROM texts",
            "passages": "SELECT sum(length(text) + length(terms) + length(sentences) "
            "+ length(excerpts) + length(voices)) FROM passages",
            "vectors": "SELECT sum(length(pooled)) FROM vectors",
            "token vectors": "SELECT sum(length(tokens) + length(spans)) FROM encodings",
            "former texts": "SELECT sum(length(text)) FROM past",
            "catalog (the file)": "SELECT page_count * page_size "
            "FROM pragma_page_count(), pragma_page_size()",
        }
        return {name: self._db.execute(query).fetchone()[0] or 0 for name, query in parts.items()}

    def damage(self) -> "Damage":
        """Return what doesn't fit its checksums, or lacks a part; reads everything."""
        bad: dict[str, set[int]] = {}
        there: dict[str, set[int]] = {}
        for table in (DOCUMENTS, TEXTS, PASSAGES, ENCODINGS, VECTORS, PAST):
            bad[table.name], there[table.name] = table.scan(self._db)
        encodings = there["encodings"] & there["vectors"]
        lost, counted = set(bad["documents"]), dict.fromkeys(there["documents"], 0)
        for row in self._db.execute("SELECT id, document, encoding, about, heading FROM passages"):
            number, document, *used = row
            if number in bad["passages"] or not encodings.issuperset(used):
                lost.add(document)
            if document in counted:
                counted[document] += 1
        lengths: dict[int, int] = {}
        for row in self._db.execute("SELECT id, document, length(text) FROM texts"):
            if row[0] in there["texts"]:
                lengths[row[1]] = lengths.get(row[1], 0) + row[2]
        names = {}
        for number, count in counted.items():
            entry = _entry(DOCUMENTS.by_key(self._db, [number])[number])
            names[number] = entry.doc_id
            if entry.passages != count or lengths.get(number) != entry.length:
                lost.add(number)
        rows = sum(map(len, bad.values()))
        return Damage(
            tuple(sorted(lost)), tuple(sorted(names[n] for n in lost & names.keys())), rows
        )


@dataclass(frozen=True, slots=True)
class Damage:
    """What of a catalog isn't as it was written.

    Attributes:
        documents: Numbers of documents of which a row is damaged or missing.
        doc_ids: Their names, as far as they can be read.
        rows: Rows that don't fit their checksums.
    """

    documents: tuple[int, ...] = ()
    doc_ids: tuple[str, ...] = ()
    rows: int = 0


def _sound(name: str) -> str:
    """Return a name without halves of surrogate pairs, which SQLite can't be asked for."""
    return name.encode("utf-8", "replace").decode()


def _seal(doc_id: str, terms: bytes) -> int:
    return zlib.crc32(terms, zlib.crc32(doc_id.encode("utf-8", "surrogatepass")))


def _entry(row: Sequence[Any]) -> Entry:
    number, doc_id, path, member, siblings, left, size, mtime_ns, made_from, *rest = row
    where = None if path is None else Path(os.fsdecode(path))
    unread = tuple((name, reason) for name, reason in json.loads(left))
    origin = Origin(where, size, mtime_ns, made_from, member, siblings, unread)
    return Entry(number, doc_id, origin, *rest)


def _passage(row: Sequence[Any], document: Sequence[Any]) -> Passage:
    # Not by way of `_entry`: paths take longer to make than passages.
    doc_id, (text_hash, title, _, publisher, published) = document[1], document[9:14]
    _, _, start, end, section, lead_in, author, kind, place, text, *rest = row
    sentences, excerpts, voices = map(json.loads, rest[:3])
    return Passage(
        passage_id(text_hash, start, end),
        *(doc_id, title, author, publisher, published, kind),
        *(section, lead_in, Place(*json.loads(place)), start, end, text),
        tuple(Span(a, b) for a, b in sentences),
        tuple(Excerpt(Span(*own), Span(*whole)) for own, whole in excerpts),
        tuple(Voice(*voice) for voice in voices),
    )
