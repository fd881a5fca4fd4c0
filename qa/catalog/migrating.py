"""What a catalog of an earlier format holds that is worth keeping.

That is its roots, its encodings, and the documents that no file has.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.catalog import Catalog
from qa.errors import CorpusError, StorageError
from qa.types import Block, Document, PlaceMap


@dataclass(frozen=True, slots=True)
class Former:
    """An earlier catalog.

    Attributes:
        model: What its vectors were made with.
        roots: What was added to it.
        documents: What was added from memory.
    """

    model: str
    roots: tuple[Path, ...]
    documents: tuple[Document, ...]


def read_former(path: Path) -> Former:
    """Return what an earlier catalog says of itself.

    Raises:
        CorpusError: if it can't be read.
    """
    try:
        with closing(_open(path)) as db:
            ((said,),) = db.execute("SELECT value FROM meta")
            meta = json.loads(said)
            rows = db.execute(
                "SELECT doc_id, text, title, author, publisher, published, kind, blocks, places "
                "FROM documents JOIN texts USING (id) WHERE path IS NULL ORDER BY doc_id"
            )
            documents = tuple(_document(row) for row in rows)
            return Former(meta["model"], tuple(map(Path, meta["roots"])), documents)
    except (sqlite3.Error, KeyError, ValueError, TypeError) as error:
        raise CorpusError(
            f"{path} is of an earlier format and can't be read ({error}). Delete its folder and "
            "index the documents again."
        ) from error


def copy_encodings(former: Path, catalog: Catalog) -> None:
    """Take the encodings of an earlier catalog over, so that nothing is encoded again."""
    with closing(_open(former)) as db, catalog.writing() as writer:
        writer.take_encodings(_encodings(db))


def release(path: Path) -> None:
    """Take the log into an earlier catalog, so that another file may take its place.

    Raises:
        StorageError: if a process has it open: it would write its log into that other file.
    """
    try:
        with closing(_open(path)) as db:
            (mode,) = db.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.Error:
        mode = "locked"
    if mode != "delete" or path.with_name(f"{path.name}-wal").exists():
        raise StorageError(
            f"{path} is open in another process, a page perhaps; stop that and index again."
        )


def _document(row: Sequence[Any]) -> Document:
    doc_id, text, title, author, publisher, published, kind, blocks, places = row
    unit, starts = json.loads(places)
    return Document(
        *(doc_id, text, title, author, publisher, published, kind),
        tuple(Block(*block) for block in json.loads(blocks)),
        PlaceMap(unit, tuple(starts)),
    )


def _encodings(db: sqlite3.Connection) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    yield from db.execute(
        "SELECT key, pooled, tokens, spans FROM encodings JOIN vectors USING (id)"
    )


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
