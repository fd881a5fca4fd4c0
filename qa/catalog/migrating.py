"""What a catalog of an earlier format holds that is worth keeping.

That is its roots, its encodings, and the documents that no file has.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from qa.catalog import Catalog
from qa.errors import CorpusError
from qa.types import Document


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
            meta = dict(db.execute("SELECT key, value FROM meta"))
            roots = [
                os.fsdecode(root) for (root,) in db.execute("SELECT path FROM roots ORDER BY id")
            ]
            rows = db.execute(
                "SELECT doc_id, text, title, author, publisher, published, kind FROM documents "
                "WHERE path IS NULL ORDER BY doc_id"
            )
            return Former(
                meta["model"], tuple(map(Path, roots)), tuple(Document(*row) for row in rows)
            )
    except (sqlite3.Error, KeyError) as error:
        raise CorpusError(
            f"{path} is of an earlier format and can't be read ({error}). Delete its folder and "
            "index the documents again."
        ) from error


def copy_encodings(former: Path, catalog: Catalog) -> None:
    """Take the encodings of an earlier catalog over, so that nothing is encoded again."""
    with closing(_open(former)) as db, catalog.writing() as writer:
        writer.take_encodings(_encodings(db))


def _encodings(db: sqlite3.Connection) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    yield from db.execute("SELECT key, pooled, tokens, spans FROM encodings")


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
