"""The one durable truth: SQLite holds roots, documents, passages and encodings.

Knows rows and transactions, nothing of models, files or ranking; FAISS and BM25 are rebuilt
from it. What writes is called inside `transaction()`.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.encoder import Encoding, Vectors
from embeddings.tokens import Tokens, compress
from qa.errors import CorpusError, StorageError
from qa.passages import hash_text, passage_id
from qa.types import Block, Document, Excerpt, Listing, Passage, PlaceMap, Span, Voice

FILE_NAME = "catalog.sqlite"
APPLICATION_ID = 0x43265631  # "C&V1": marks the file as ours
FORMAT = 3
_BUSY_SECONDS = 5.0
_MANY = 500  # bound variables a statement

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE roots (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    doc_id TEXT NOT NULL UNIQUE,
    path BLOB UNIQUE,           -- absolute; NULL when added from memory
    size INTEGER, mtime_ns INTEGER,
    made_from TEXT NOT NULL,    -- hash of content, description and versions of reader and chunker
    text TEXT NOT NULL, text_hash TEXT NOT NULL,
    title TEXT NOT NULL, author TEXT, publisher TEXT, published TEXT, kind TEXT,
    blocks TEXT NOT NULL, places TEXT NOT NULL
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: an old index finds nothing, not another
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    section TEXT, lead_in TEXT, author TEXT, kind TEXT,
    sentences TEXT NOT NULL, excerpts TEXT NOT NULL, voices TEXT NOT NULL,
    encoding BLOB NOT NULL,     -- keys in encodings: of its text,
    about BLOB NOT NULL,        -- of what the document says of itself,
    heading BLOB NOT NULL       -- and of its section
);
CREATE INDEX passages_document ON passages (document);
CREATE TABLE encodings (
    key BLOB PRIMARY KEY,
    pooled BLOB NOT NULL,       -- float32
    tokens BLOB NOT NULL,       -- embeddings.tokens.compress
    spans BLOB NOT NULL         -- uint32 pairs, characters of the text
);
"""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a catalog was made with; set once, compared at every opening."""

    model: str
    fingerprint: str
    dimension: int
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Entry:
    """What the catalog knows of a file without reading its text."""

    doc_id: str
    path: Path | None
    size: int | None
    mtime_ns: int | None
    made_from: str


@dataclass(frozen=True, slots=True)
class Keys:
    """What a passage is matched by: its own words, its document's description, its section."""

    text: bytes
    about: bytes
    heading: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """The encodings of one passage as they are kept; offsets count from the passage's start."""

    text: Tokens
    ends: tuple[int, ...]  # where each sentence ends
    about: Tokens
    heading: Tokens


def encoding_key(text: str, fingerprint: str) -> bytes:
    """Return what names the encoding of a text under a model."""
    return sha256(f"{fingerprint}\0{text}".encode()).digest()


class Catalog:
    """An open catalog. Threads may share it: readers wait while a transaction is written."""

    def __init__(self, path: Path) -> None:
        """Open an existing catalog file.

        Raises:
            CorpusError: if it isn't a catalog, or one of another format.
        """
        self._path = path
        self._lock = threading.RLock()  # one connection serves all threads
        self._commits = 0
        try:
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            (application,) = self._db.execute("PRAGMA application_id").fetchone()
            if application != APPLICATION_ID:
                raise CorpusError(f"{path} is not a Chapter & Verse catalog; nothing was changed.")
            self.stamp = self._read_stamp()
        except sqlite3.DatabaseError as error:
            raise StorageError(
                f"{path} cannot be read as a catalog ({error}). If it is damaged, delete its "
                "folder and index the documents again."
            ) from error
        if self.stamp.format != FORMAT:
            self.close()
            raise CorpusError(
                f"{path} has format {self.stamp.format}; this version reads format {FORMAT}. "
                "Index the documents into a new corpus folder."
            )
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.execute("PRAGMA synchronous = FULL")

    @classmethod
    def create(cls, path: Path, stamp: Stamp) -> "Catalog":
        """Write a new, empty catalog file and open it."""
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        rows = [(key, str(value)) for key, value in asdict(stamp).items()]
        db.executemany("INSERT INTO meta VALUES (?, ?)", rows)
        db.close()
        return cls(path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _read_stamp(self) -> Stamp:
        meta = dict(self._db.execute("SELECT key, value FROM meta"))
        return Stamp(
            meta["model"], meta["fingerprint"], int(meta["dimension"]), int(meta["format"])
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all that is written inside visible at once, or, on an exception, not at all."""
        with self._block("BEGIN IMMEDIATE"):
            yield
        self._commits += 1

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all that is read inside see one state."""
        with self._block("BEGIN"):
            yield

    @contextmanager
    def _block(self, begin: str) -> Iterator[None]:
        with self._lock:
            self._execute(begin)
            try:
                yield
                self._execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def version(self) -> tuple[int, int]:
        """Return what changes with every commit, this connection's and others'."""
        with self._lock:
            ((others,),) = self._execute("PRAGMA data_version")
            return self._commits, others

    def _execute(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run a statement and return its rows."""
        with self._lock, self._failing_clearly():
            return self._db.execute(sql, values).fetchall()

    def _execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._lock, self._failing_clearly():
            self._db.executemany(sql, rows)

    @contextmanager
    def _failing_clearly(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"{self._path} cannot be read or written now ({error}); another program may be "
                "changing it, or the disk refuses. Try again when that is over."
            ) from error
        except sqlite3.ProgrammingError as error:
            raise StorageError(f"{self._path} is closed, or misused ({error}).") from error
        except sqlite3.DatabaseError as error:
            raise StorageError(
                f"{self._path} is damaged ({error}). Delete its folder and index the documents "
                "again."
            ) from error

    # Roots

    def roots(self) -> list[Path]:
        """Return the folders and files that were added, in that order."""
        rows = self._execute("SELECT path FROM roots ORDER BY id")
        return [Path(os.fsdecode(path)) for (path,) in rows]

    def add_root(self, path: Path) -> None:
        """Remember a root; one already known is left as it is."""
        self._execute("INSERT OR IGNORE INTO roots (path) VALUES (?)", [os.fsencode(path)])

    def remove_root(self, path: Path) -> None:
        """Forget a root; its documents stay until they are removed."""
        self._execute("DELETE FROM roots WHERE path = ?", [os.fsencode(path)])

    # Documents

    def entries(self) -> list[Entry]:
        """Return every document's bookkeeping, by document id."""
        rows = self._execute(
            "SELECT doc_id, path, size, mtime_ns, made_from FROM documents ORDER BY doc_id"
        )
        return [
            Entry(doc_id, None if path is None else Path(os.fsdecode(path)), *rest)
            for doc_id, path, *rest in rows
        ]

    def listings(self) -> list[Listing]:
        """Return every document without its text, by document id."""
        rows = self._execute(
            "SELECT doc_id, title, d.author, publisher, published, d.kind, count(p.id) "
            "FROM documents d LEFT JOIN passages p ON p.document = d.id "
            "GROUP BY d.id ORDER BY doc_id"
        )
        return [Listing(*row) for row in rows]

    def document(self, doc_id: str) -> Document | None:
        """Return a document, or None where there is none of that id."""
        rows = self._execute(
            "SELECT doc_id, text, title, author, publisher, published, kind, blocks, places "
            "FROM documents WHERE doc_id = ?",
            [doc_id],
        )
        if not rows:
            return None
        doc_id, text, title, author, publisher, published, kind, blocks, places = rows[0]
        return Document(
            doc_id,
            text,
            title,
            author,
            publisher,
            published,
            kind,
            tuple(Block(*block) for block in json.loads(blocks)),
            _places(places),
        )

    def put(
        self, entry: Entry, document: Document, passages: Sequence[tuple[Passage, Keys]]
    ) -> None:
        """Write a document with its passages and their keys, in place of any before."""
        self.remove([entry.doc_id])
        if document.places is None:
            raise ValueError(f"{document.doc_id}: the document's structure hasn't been read yet")
        for passage, _ in passages:
            if document.text[passage.start : passage.end] != passage.text:
                raise ValueError(f"{document.doc_id}: a passage's offsets don't fit its text")
        self._execute(
            "INSERT INTO documents (doc_id, path, size, mtime_ns, made_from, text, text_hash, "
            "title, author, publisher, published, kind, blocks, places) "
            "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            [
                entry.doc_id,
                None if entry.path is None else os.fsencode(entry.path),
                entry.size,
                entry.mtime_ns,
                entry.made_from,
                document.text,
                hash_text(document.text),
                document.title,
                document.author,
                document.publisher,
                document.published,
                document.kind,
                json.dumps(
                    [[b.kind, b.start, b.end, b.section, b.comment] for b in document.blocks]
                ),
                json.dumps([document.places.unit, document.places.starts]),
            ],
        )
        ((document_id,),) = self._execute("SELECT last_insert_rowid()")
        self._execute_many(
            'INSERT INTO passages (document, start, "end", section, lead_in, author, kind, '
            "sentences, excerpts, voices, encoding, about, heading) "
            "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            [
                [
                    document_id,
                    passage.start,
                    passage.end,
                    passage.section,
                    passage.lead_in,
                    passage.author,
                    passage.kind,
                    json.dumps(passage.sentences),
                    json.dumps(passage.excerpts),
                    json.dumps([astuple(voice) for voice in passage.voices]),
                    keys.text,
                    keys.about,
                    keys.heading,
                ]
                for passage, keys in passages
            ],
        )

    def touch(self, entry: Entry) -> None:
        """Write down a file's new size and time; its content is what it was."""
        self._execute(
            "UPDATE documents SET size = ?, mtime_ns = ? WHERE doc_id = ?",
            [entry.size, entry.mtime_ns, entry.doc_id],
        )

    def remove(self, doc_ids: Iterable[str]) -> None:
        """Remove documents with their passages."""
        self._execute_many("DELETE FROM documents WHERE doc_id = ?", [[i] for i in doc_ids])

    def text(self, doc_id: str, start: int, end: int) -> str:
        """Return characters `start` to `end` of a document; none if it is gone."""
        rows = self._execute(
            "SELECT substr(text, ?, ?) FROM documents WHERE doc_id = ?",
            [start + 1, end - start, doc_id],
        )
        return str(rows[0][0]) if rows else ""

    def places(self, doc_id: str) -> PlaceMap:
        """Return the map from a document's offsets to its places."""
        rows = self._execute("SELECT places FROM documents WHERE doc_id = ?", [doc_id])
        return _places(rows[0][0]) if rows else PlaceMap("line", (0,))

    # Passages and encodings

    def all_passages(self) -> Iterator[tuple[int, Passage]]:
        """Yield every passage with its number, in the order of document ids and offsets."""
        rows = self._execute(
            "SELECT p.id FROM passages p JOIN documents d ON d.id = p.document "
            "ORDER BY d.doc_id, p.start"
        )
        numbers = [number for (number,) in rows]
        for first in range(0, len(numbers), _MANY):
            yield from self.passages(numbers[first : first + _MANY]).items()

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return passages by number, in the order asked for; one that is gone is left out."""
        marks = ",".join("?" * len(ids))
        with self._lock:  # both statements see one state
            rows = self._execute(
                'SELECT id, document, start, "end", section, lead_in, author, kind, sentences, '
                f"excerpts, voices FROM passages WHERE id IN ({marks})",
                ids,
            )
            documents = {
                row[0]: row[1:]
                for row in self._execute(
                    "SELECT id, text_hash, doc_id, title, publisher, published, places, text "
                    "FROM documents WHERE id IN "
                    f"(SELECT document FROM passages WHERE id IN ({marks}))",
                    ids,
                )
            }
        places = {number: _places(document[5]) for number, document in documents.items()}
        found = {}
        for number, document, start, end, section, lead_in, author, kind, *rest in rows:
            text_hash, doc_id, title, publisher, published, _, text = documents[document]
            sentences, excerpts, voices = map(json.loads, rest)
            found[number] = Passage(
                passage_id(text_hash, start, end),
                doc_id,
                title,
                author,
                publisher,
                published,
                kind,
                section,
                lead_in,
                places[document].at(start, end),
                start,
                end,
                text[start:end],
                tuple(Span(a, b) for a, b in sentences),
                tuple(Excerpt(Span(*own), Span(*whole)) for own, whole in excerpts),
                tuple(Voice(*voice) for voice in voices),
            )
        return {number: found[number] for number in ids if number in found}

    def known_encodings(self, keys: Iterable[bytes]) -> set[bytes]:
        """Return those of the keys that have an encoding."""
        wanted = list(keys)
        known: set[bytes] = set()
        for first in range(0, len(wanted), _MANY):
            part = wanted[first : first + _MANY]
            marks = ",".join("?" * len(part))
            rows = self._execute(f"SELECT key FROM encodings WHERE key IN ({marks})", part)
            known |= {key for (key,) in rows}
        return known

    def put_encodings(self, encodings: Mapping[bytes, Encoding]) -> None:
        """Write encodings by key."""
        rows = (
            [
                key,
                encoding.pooled.astype("<f4").tobytes(),
                compress(encoding.tokens),
                encoding.spans.astype("<u4").tobytes(),
            ]
            for key, encoding in encodings.items()
        )
        self._execute_many("INSERT OR IGNORE INTO encodings VALUES (?, ?, ?, ?)", rows)

    def drop_unused_encodings(self) -> None:
        """Remove the encodings that no passage has any more."""
        self._execute(
            "DELETE FROM encodings WHERE key NOT IN (SELECT encoding FROM passages "
            "UNION SELECT about FROM passages UNION SELECT heading FROM passages)"
        )

    def pooled(self) -> tuple[list[int], Vectors]:
        """Return the numbers of all passages and their pooled vectors, (n, dimension) float32.

        In the order of document ids and offsets, which doesn't depend on when they were added.
        """
        numbers: list[int] = []
        data = bytearray()
        for number, vector in self._execute(
            "SELECT p.id, e.pooled FROM passages p JOIN documents d ON d.id = p.document "
            "JOIN encodings e ON e.key = p.encoding ORDER BY d.doc_id, p.start"
        ):
            numbers.append(number)
            data += vector
        vectors = np.frombuffer(bytes(data), "<f4").astype(np.float32)
        return numbers, vectors.reshape(len(numbers), self.stamp.dimension)

    def stored(self, numbers: Sequence[int]) -> dict[int, Stored]:
        """Return the encodings of passages by number; one that is gone is left out."""
        marks = ",".join("?" * len(numbers))
        rows = self._execute(
            "SELECT p.id, p.start, p.sentences, e.tokens, e.spans, "
            "a.tokens, a.spans, h.tokens, h.spans FROM passages p "
            "JOIN encodings e ON e.key = p.encoding JOIN encodings a ON a.key = p.about "
            f"JOIN encodings h ON h.key = p.heading WHERE p.id IN ({marks})",
            numbers,
        )
        return {
            number: Stored(
                _tokens(*own),
                tuple(end - start for _, end in json.loads(sentences)),
                _tokens(*about),
                _tokens(*heading),
            )
            for number, start, sentences, *rest in rows
            for own, about, heading in [(rest[:2], rest[2:4], rest[4:])]
        }


def _tokens(code: bytes, spans: bytes) -> Tokens:
    return Tokens(code, np.frombuffer(spans, "<u4").reshape(-1, 2))


def _places(stored: str) -> PlaceMap:
    unit, starts = json.loads(stored)
    return PlaceMap(unit, tuple(starts))
