"""The catalog's tables, every row with a checksum.

SQLite's own check looks at structure: most flipped bits in the data pass it. So each row carries a
checksum over its table's name and all its values, its key included, and nothing that was read is
used before it fits.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from qa.errors import StorageError

MANY = 500  # bound variables a statement


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns, the key first, and their declarations."""

    name: str
    columns: dict[str, str]

    @property
    def names(self) -> str:
        """The columns as SQL."""
        return ", ".join(f'"{name}"' for name in self.columns)

    @property
    def declaration(self) -> str:
        """The statement that makes it."""
        columns = [f'"{name}" {kind}' for name, kind in self.columns.items()]
        return f"CREATE TABLE {self.name} ({', '.join(columns)}, sum INTEGER NOT NULL)"

    def checksum(self, row: Sequence[Any]) -> int:
        """Return the checksum of a row's values."""
        parts = [self.name.encode()]
        for value in row:
            if isinstance(value, str):
                data = value.encode("utf-8", "surrogatepass")
                parts += (b"t%d:" % len(data), data)
            elif isinstance(value, int):
                parts.append(b"i%d;" % value)
            elif value is None:
                parts.append(b"n")
            elif isinstance(value, float):  # none was ever written
                return -1
            else:
                parts += (b"b%d:" % len(value), value)
        return zlib.crc32(b"".join(parts))

    def write(self, db: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> list[int]:
        """Write rows, over those of the same key, and return their checksums."""
        key, *others = (f'"{name}"' for name in self.columns)
        marks = ",".join("?" * (len(self.columns) + 1))
        changes = ", ".join(f"{name} = excluded.{name}" for name in (*others, "sum"))
        sums = [self.checksum(row) for row in rows]
        db.executemany(
            f"INSERT INTO {self.name} VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {changes}",
            ((*row, total) for row, total in zip(rows, sums, strict=True)),
        )
        return sums

    def select(
        self, db: sqlite3.Connection, where: str = "", values: Sequence[Any] = ()
    ) -> Iterator[tuple[Any, ...]]:
        """Yield rows that fit their checksums.

        Raises:
            StorageError: at a row that doesn't.
        """
        for row in self.select_summed(db, where, values):
            yield row[:-1]

    def select_summed(
        self, db: sqlite3.Connection, where: str = "", values: Sequence[Any] = ()
    ) -> Iterator[tuple[Any, ...]]:
        """Yield rows as `select` does, each with its checksum behind it."""
        for row in db.execute(f"SELECT {self.names}, sum FROM {self.name} {where}", values):
            if self.checksum(row[:-1]) != row[-1]:
                raise damaged(f"the row {row[0]!r} of {self.name} isn't what was written")
            yield row

    def scan(self, db: sqlite3.Connection) -> tuple[set[Any], set[Any]]:
        """Return the keys of the rows that don't fit their checksums, and of those that do."""
        bad: set[Any] = set()
        good: set[Any] = set()
        for row in db.execute(f"SELECT {self.names}, sum FROM {self.name} NOT INDEXED"):
            (good if self.checksum(row[:-1]) == row[-1] else bad).add(row[0])
        return bad, good

    def by_key(self, db: sqlite3.Connection, keys: Sequence[Any]) -> dict[Any, tuple[Any, ...]]:
        """Return rows by key.

        Raises:
            StorageError: if one is absent or doesn't fit its checksum.
        """
        key = next(iter(self.columns))
        found: dict[Any, tuple[Any, ...]] = {}
        for first in range(0, len(keys), MANY):
            part = keys[first : first + MANY]
            marks = ",".join("?" * len(part))
            for row in self.select(db, f'WHERE "{key}" IN ({marks})', part):
                found[row[0]] = row
        for wanted in keys:
            if wanted not in found:
                raise damaged(f"the row {wanted!r} of {self.name} is missing")
        return found


def damaged(what: str) -> StorageError:
    """Return the error for a catalog in which something isn't as it was written."""
    return StorageError(
        f"The corpus is damaged: {what}. 'qa verify' says how far; 'qa index --rehash FOLDER' "
        "reads the files again and writes anew what is damaged. If neither helps, delete the "
        "corpus folder and index the documents again."
    )


META = Table("meta", {"id": "INTEGER PRIMARY KEY", "value": "TEXT NOT NULL"})
DOCUMENTS = Table(
    "documents",
    {
        "id": "INTEGER PRIMARY KEY",
        "doc_id": "TEXT NOT NULL UNIQUE",
        "path": "BLOB",  # absolute; NULL when added from memory
        "member": "TEXT NOT NULL",  # path inside the file, "" for the file itself
        "siblings": "INTEGER NOT NULL",  # documents in the file
        "left": "TEXT NOT NULL",  # what else is in the file and wasn't read, with reasons
        "size": "INTEGER",
        "mtime_ns": "INTEGER",  # NULL where it can't be trusted
        "made_from": "TEXT NOT NULL",  # hash of content, description and versions of reader, chunker
        "text_hash": "TEXT NOT NULL",
        "title": "TEXT NOT NULL",
        "author": "TEXT",
        "publisher": "TEXT",
        "published": "TEXT",
        "kind": "TEXT",
        "length": "INTEGER NOT NULL",  # characters
        "passages": "INTEGER NOT NULL",  # how many
        "terms": "BLOB NOT NULL",  # qa.lexical.bag of what it says of itself
    },
)
TEXTS = Table(  # in rows of bounded length: to quote from a long document, little is read
    "texts",
    {
        "id": "INTEGER PRIMARY KEY",  # qa.catalog.texts
        "document": "INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE",
        "start": "INTEGER NOT NULL",
        "text": "TEXT NOT NULL",
        "blocks": "TEXT NOT NULL",
        "places": "TEXT NOT NULL",
    },
)
PASSAGES = Table(
    "passages",
    {
        "id": "INTEGER PRIMARY KEY",
        "document": "INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE",
        "start": "INTEGER NOT NULL",
        "end": "INTEGER NOT NULL",
        "section": "TEXT",
        "lead_in": "TEXT",
        "author": "TEXT",
        "kind": "TEXT",
        "place": "TEXT NOT NULL",
        "text": "TEXT NOT NULL",
        "sentences": "TEXT NOT NULL",
        "excerpts": "TEXT NOT NULL",
        "voices": "TEXT NOT NULL",
        "encoding": "INTEGER NOT NULL",  # ids in encodings: of its text,
        "about": "INTEGER NOT NULL",  # of what the document says of itself,
        "heading": "INTEGER NOT NULL",  # and of its section
        "terms": "BLOB NOT NULL",  # qa.lexical.bag
    },
)
ENCODINGS = Table(
    "encodings",
    {
        "id": "INTEGER PRIMARY KEY",
        "key": "BLOB NOT NULL UNIQUE",  # hash of text and model
        "tokens": "BLOB NOT NULL",  # embeddings.tokens.compress
        "spans": "BLOB NOT NULL",  # uint32 pairs, characters of the text
    },
)
VECTORS = Table(  # apart from the tokens, which are ten times as long
    "vectors",
    {
        "id": "INTEGER PRIMARY KEY REFERENCES encodings ON DELETE CASCADE",
        "pooled": "BLOB NOT NULL",  # float32
    },
)
PAST = Table(  # texts that were replaced or whose files have gone: citations of them stay readable
    "past",
    {
        "id": "INTEGER PRIMARY KEY",
        "text_hash": "TEXT NOT NULL",
        "doc_id": "TEXT NOT NULL",  # what it is now called, or was called last
        "path": "BLOB",
        "text": "BLOB NOT NULL",  # zlib
    },
)
TABLES = (META, DOCUMENTS, TEXTS, PASSAGES, ENCODINGS, VECTORS, PAST)
INDEXES = (
    "CREATE INDEX documents_text ON documents (text_hash)",
    "CREATE INDEX documents_path ON documents (path)",
    "CREATE INDEX texts_document ON texts (document)",
    "CREATE INDEX past_text ON past (text_hash)",
    'CREATE INDEX passages_order ON passages (document, start, "sum")',
    *(
        f"CREATE INDEX passages_{name} ON passages ({name})"
        for name in ("encoding", "about", "heading")
    ),
)


@dataclass(frozen=True, slots=True)
class Meta:
    """What the catalog says of itself; one row, written anew by every commit.

    Attributes:
        id: Names this catalog and no other.
        model: What its vectors were made with.
        fingerprint: Of the model's weights.
        dimension: Of its vectors.
        change: Counts the commits that readers see.
        changed: When the last one was, ISO.
        roots: Folders and files that were added.
        last: Highest ids given so far in documents, passages, encodings; none is used twice.
        documents: Their number, and the sum of their rows' checksums.
        passages: The same, with what orders them.
        settled: The encoding up to which every one that is kept is a passage's.
    """

    id: str
    model: str
    fingerprint: str
    dimension: int
    change: int = 0
    changed: str = ""
    roots: tuple[str, ...] = ()
    last: tuple[int, int, int] = (0, 0, 0)
    documents: tuple[int, int] = (0, 0)
    passages: tuple[int, int] = (0, 0)
    settled: int = 0

    @property
    def seen(self) -> tuple[object, ...]:
        """What makes a state another one to readers; encodings kept in advance don't."""
        return self.change, self.roots, self.documents, self.passages

    def to_json(self) -> str:
        """Return it as it is kept."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, value: str) -> "Meta":
        """Return what `to_json` wrote."""
        known = json.loads(value)
        lists = {name: tuple(item) for name, item in known.items() if isinstance(item, list)}
        return cls(**{field.name: (known | lists)[field.name] for field in fields(cls)})


def order_sum(*placed: int) -> int:
    """Return what a passage's number, document, start and checksum add to the sum over all."""
    return zlib.crc32(b"%d,%d,%d,%d" % placed)
