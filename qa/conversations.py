"""Conversations kept in the corpus folder: what was asked, when, and what was answered.

A SQLite file of its own beside the catalog, made when there is something to keep. Nothing is
forgotten unasked: answers stay as they were given, with what they quoted, even of documents that
have been removed since. Threads and processes may share it; every row carries a checksum.
"""

import json
import os
import re
import secrets
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from qa.errors import CorpusError, InputError, StorageError
from qa.jsonable import answer_from, answer_json
from qa.saving import now
from qa.types import Answer, Turn

FILE_NAME = "conversations.sqlite"
FORMAT = 1
MAX_KEPT = 10_000  # turns of a conversation
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_BUSY_SECONDS = 5.0
_TABLE = """
    CREATE TABLE turns (
        conversation TEXT NOT NULL,
        n INTEGER NOT NULL,
        content TEXT NOT NULL,
        sum INTEGER NOT NULL,
        PRIMARY KEY (conversation, n)
    )
"""


class Conversations:
    """The conversations that were held over a corpus."""

    def __init__(self, path: Path) -> None:
        """Take those in the corpus folder `path`; nothing is read or written yet."""
        self._path = path / FILE_NAME

    def new(self) -> str:
        """Return the id of a conversation that begins; nobody can guess it."""
        return secrets.token_urlsafe(16)

    def add(
        self, conversation: str, answer: Answer, where: Mapping[str, Any] | None = None
    ) -> Turn:
        """Keep an answer as the next of a conversation, and return it so.

        Args:
            conversation: An id from `new`.
            answer: What was answered.
            where: What the question was limited to, in values of JSON.

        Raises:
            InputError: if it isn't an id, or the conversation has become too long.
            StorageError: if the file is damaged, or can't be written.
            CorpusError: if a later version of the program made it.
        """
        _check_id(conversation)
        with self._connected("rwc") as db:
            with suppress(sqlite3.OperationalError):  # another is just doing that
                db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            if not self._version(db):
                db.execute(_TABLE)
                db.execute(f"PRAGMA user_version = {FORMAT}")
            last = "SELECT coalesce(max(n), 0) FROM turns WHERE conversation = ?"
            (n,) = db.execute(last, [conversation]).fetchone()
            if n >= MAX_KEPT:
                raise InputError(
                    f"This conversation has {n:,} questions, as many as are kept of one; begin a "
                    "new one."
                )
            turn = Turn(n + 1, now(), answer, where)
            content = json.dumps(
                {
                    "asked": turn.asked,
                    "where": None if where is None else dict(where),
                    "answer": answer_json(answer),
                }
            )
            row = (conversation, turn.n, content)
            db.execute("INSERT INTO turns VALUES (?, ?, ?, ?)", (*row, _checksum(*row)))
            db.execute("COMMIT")
        return turn

    def turns(self, conversation: str, last: int | None = None) -> tuple[Turn, ...]:
        """Return what was asked and answered, in order; nothing for an unknown conversation.

        Args:
            conversation: An id from `new`.
            last: How many to read at most, the last ones; all of them if None.

        Raises:
            InputError: if it isn't an id.
            StorageError: if the file is damaged, or can't be read.
            CorpusError: if a later version of the program made it.
        """
        _check_id(conversation)
        if not self._path.exists():
            return ()
        with self._connected("rw") as db:
            rows = []
            if self._version(db):
                wanted = (
                    "SELECT n, content, sum FROM turns WHERE conversation = ? "
                    "ORDER BY n DESC LIMIT ?"
                )
                limit = MAX_KEPT if last is None else last
                rows = db.execute(wanted, [conversation, limit]).fetchall()[::-1]
        turns = []
        first = rows[0][0] if rows and len(rows) == last else 1
        for expected, (n, content, total) in enumerate(rows, start=first):
            if n != expected or _checksum(conversation, n, content) != total:
                raise self._damaged("a row isn't what was written")
            value = json.loads(content)
            turns.append(Turn(n, value["asked"], answer_from(value["answer"]), value["where"]))
        return tuple(turns)

    def forget(self, conversation: str) -> None:
        """Remove a conversation, and overwrite what was kept of it.

        Raises:
            InputError: if it isn't an id.
            StorageError: if the file is damaged, or can't be written.
            CorpusError: if a later version of the program made it.
        """
        _check_id(conversation)
        if not self._path.exists():
            return
        with self._connected("rw") as db:
            if not self._version(db):
                return
            db.execute("PRAGMA secure_delete = ON")
            db.execute("DELETE FROM turns WHERE conversation = ?", [conversation])
            with suppress(sqlite3.OperationalError):  # the log goes when nobody reads it
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def size(self) -> int:
        """Bytes of the file; 0 where there is none."""
        return self._path.stat().st_size if self._path.exists() else 0

    def problems(self) -> list[str]:
        """Return what isn't as it was written, in words."""
        if not self._path.exists():
            return []
        try:
            with self._connected("rw") as db:
                found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(10)")]
                if self._version(db):
                    rows = db.execute("SELECT * FROM turns NOT INDEXED")
                    bad = sum(_checksum(*row[:-1]) != row[-1] for row in rows)
                    told = "1 row isn't" if bad == 1 else f"{bad} rows aren't"
                    found += [f"{told} what was written"] if bad else []
        except CorpusError as error:
            return [str(error)]
        return [str(self._damaged(problem)) for problem in found if problem != "ok"]

    @contextmanager
    def _connected(self, mode: str) -> Iterator[sqlite3.Connection]:
        if mode == "rw" and not os.access(self._path.parent, os.W_OK):
            # SQLite can't keep its locks there: what has no log is still.
            log = self._path.with_name(f"{FILE_NAME}-wal")
            is_still = not (log.exists() and log.stat().st_size)
            mode = "ro&immutable=1" if is_still else "ro"
        try:
            with closing(
                sqlite3.connect(
                    f"{self._path.absolute().as_uri()}?mode={mode}",
                    uri=True,
                    timeout=_BUSY_SECONDS,
                    isolation_level=None,
                )
            ) as db:
                # What isn't UTF-8 any more doesn't fit its checksum, either.
                db.text_factory = lambda data: data.decode("utf-8", "replace")
                db.execute("PRAGMA synchronous = FULL")
                yield db
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"{self._path} cannot be read or written now ({error}); another program may be "
                "changing it, or the disk is full or refuses. Try again when that is over."
            ) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged(str(error)) from error

    def _version(self, db: sqlite3.Connection) -> int:
        """Return the file's format, 0 where nothing has been written."""
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > FORMAT:
            raise CorpusError(
                f"{self._path} has format {version}; this version reads format {FORMAT}. Use the "
                "newer version of the program, or move the file away: a new one is begun then."
            )
        if not version and db.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise self._damaged("it holds something else")
        return int(version)

    def _damaged(self, what: str) -> StorageError:
        return StorageError(
            f"{self._path}, which holds conversations, is damaged: {what}. Move it away or delete "
            "it: those conversations are lost then, and a new file is begun. Documents and answers "
            "don't depend on it."
        )


def _check_id(conversation: str) -> None:
    if not _ID.fullmatch(conversation):
        raise InputError(f"{conversation[:80]!r} is no conversation's id.")


def _checksum(conversation: str, n: int, content: str) -> int:
    return zlib.crc32(f"{conversation}\0{n}\0{content}".encode())
