"""The one durable truth: a SQLite file, read in snapshots, written in transactions.

Knows files, connections and commits; rows are `tables`, what they say `views` and `writing`. FAISS
and BM25 are derived from it. Nothing but SQLite itself stands behind "a commit is whole or isn't":
the log is kept (WAL), `synchronous` is FULL. What SQLite can't see is looked for here: a log that
lost its end. The number of the last commit is written down beside the catalog, too.
"""

import json
import os
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from qa.atomic import write_atomically
from qa.catalog.tables import INDEXES, TABLES, Meta, damaged
from qa.catalog.views import View
from qa.catalog.writing import Writer, create
from qa.errors import CorpusError, OldFormat, StorageError

FILE_NAME = "catalog.sqlite"
APPLICATION_ID = 0x43265631  # "C&V1": marks the file as ours
FORMAT = 5
COMMITS = "commits.json"
_BUSY_SECONDS = 5.0
_NO_ROOM = (  # for the index of the log, which is a file where several read: on a full disk
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMOPEN,
    sqlite3.SQLITE_IOERR_SHMMAP,
    sqlite3.SQLITE_CANTOPEN,
)


def encoding_key(text: str, fingerprint: str) -> bytes:
    """Return what names the encoding of a text under a model."""
    return sha256(f"{fingerprint}\0{text}".encode()).digest()


class Catalog:
    """A catalog file. Threads and processes may share it: reading never waits for writing."""

    def __init__(self, path: Path) -> None:
        """Open an existing catalog file.

        Raises:
            CorpusError: if it isn't a catalog, or one of another format.
            StorageError: if it is damaged.
        """
        self._path = path
        self._idle: list[sqlite3.Connection] = []  # for reading
        self._lending = threading.Lock()
        self._closed = False
        self._may_lend = os.access(path.parent, os.W_OK)  # else another's writing isn't seen
        with _failing_clearly(path), closing(self._connect()) as db:
            _check_format(db, path)
        noted = self._last_commit()  # before the state is looked at: others may be writing
        with self.reading() as view:
            self.meta = view.meta  # as it was at opening
        last = noted[1] if noted[0] == self.meta.id else 0
        self.lost = max(0, last - self.meta.change)  # commits that were made and aren't there

    @classmethod
    def create(cls, path: Path, model: str, fingerprint: str, dimension: int) -> "Catalog":
        """Write a new, empty catalog file and open it."""
        with _failing_clearly(path):
            with closing(sqlite3.connect(path, isolation_level=None)) as db:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                db.execute("BEGIN")
                for statement in (*(table.declaration for table in TABLES), *INDEXES):
                    db.execute(statement)
                create(db, model, fingerprint, dimension)
                db.execute(f"PRAGMA user_version = {FORMAT}")
                db.execute("COMMIT")
            return cls(path)

    def close(self) -> None:
        """Close the file; nothing can be read any more."""
        with self._lending:
            self._closed = True
            for db in self._idle:
                db.close()
            self._idle.clear()

    @contextmanager
    def reading(self) -> Iterator[View]:
        """Let all that is read inside see one state, whoever writes meanwhile."""
        with _failing_clearly(self._path):
            db = self._borrow()
            try:
                db.execute("BEGIN")
                yield View(db)
            finally:
                self._give_back(db)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Make all that is written inside durable and visible at once, or not at all.

        The caller holds the corpus' writer lock.
        """
        with _failing_clearly(self._path), closing(self._connect()) as db:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA secure_delete = ON")  # what is removed is overwritten
            db.execute("BEGIN IMMEDIATE")
            writer = Writer(db)
            yield writer  # closing the connection takes back what isn't committed
            changed = writer.finish()
            db.execute("COMMIT")
        if changed:
            self._note_commit(writer.meta)

    def tidy(self) -> None:
        """Take the log into the file, as far as no reader needs it; wait for none."""
        with suppress(sqlite3.Error), closing(self._connect()) as db:
            db.execute("PRAGMA busy_timeout = 0")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def accept_losses(self) -> None:
        """Take the catalog as it is, whatever it has lost. The caller holds the writer lock."""
        with self.writing() as writer:
            writer.begin_anew(self.lost)  # no two states are ever counted alike
        self.lost = 0

    def problems(self) -> list[str]:
        """Return what SQLite's own check says against the file."""
        with _failing_clearly(self._path), closing(self._connect()) as db:
            found = [row[0] for row in db.execute("PRAGMA integrity_check")]
            found += [
                f"a row of {row[0]} has no parent" for row in db.execute("PRAGMA foreign_key_check")
            ]
        return [problem for problem in found if problem != "ok"]

    # Connections

    def _connect(self) -> sqlite3.Connection:
        uri = self._path.absolute().as_uri()
        try:
            return self._opened(f"{uri}?mode=rw")
        except sqlite3.OperationalError as error:
            if os.access(self._path.parent, os.W_OK):
                if error.sqlite_errorcode not in _NO_ROOM:
                    raise
                self._may_lend = False  # nobody else can read as long as it is open
                return self._opened(f"{uri}?mode=rw", "PRAGMA locking_mode = EXCLUSIVE")
        # Where nothing can be written, SQLite can't keep its locks: what has no log is still.
        log = self._path.with_name(f"{FILE_NAME}-wal")
        is_still = not (log.exists() and log.stat().st_size)
        return self._opened(f"{uri}?mode=ro{'&immutable=1' if is_still else ''}")

    def _opened(self, uri: str, first: str = "") -> sqlite3.Connection:
        db = sqlite3.connect(
            uri,
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,  # lent to one thread at a time
        )
        # What isn't UTF-8 any more doesn't fit its checksum, either.
        db.text_factory = lambda data: data.decode("utf-8", "replace")
        try:
            db.execute(first)
            db.execute("PRAGMA schema_version").fetchone()
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _borrow(self) -> sqlite3.Connection:
        with self._lending:
            if self._closed:
                raise StorageError(f"{self._path} is closed.")
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, db: sqlite3.Connection) -> None:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        with self._lending:
            if self._closed or not self._may_lend:
                db.close()
            else:
                self._idle.append(db)

    # The number of the last commit, beside the catalog

    def _note_commit(self, meta: Meta) -> None:
        content = json.dumps({"id": meta.id, "change": meta.change})
        checked = json.dumps({"commit": content, "sum": zlib.crc32(content.encode())})
        path = self._path.with_name(COMMITS)
        try:
            write_atomically(path, checked.encode())
        except OSError as error:
            raise StorageError(
                f"{path} cannot be written ({error.strerror}). The change itself is made."
            ) from error

    def _last_commit(self) -> tuple[str, int]:
        """Return what was written down, catalog and number; "" and 0 where nothing can be read."""
        try:
            checked = json.loads(self._path.with_name(COMMITS).read_bytes())
            if zlib.crc32(checked["commit"].encode()) != checked["sum"]:
                return "", 0
            noted = json.loads(checked["commit"])
            return str(noted["id"]), int(noted["change"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return "", 0


def _check_format(db: sqlite3.Connection, path: Path) -> None:
    (application,) = db.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise CorpusError(f"{path} is not a Chapter & Verse catalog; nothing was changed.")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version < FORMAT:
        raise OldFormat(
            f"{path} was made by an earlier version of this program. Bring it up to date with: "
            "qa index FOLDER (what was added before is read again, vectors are kept)."
        )
    if version > FORMAT:
        raise CorpusError(
            f"{path} has format {version}; this version reads format {FORMAT}. Use the newer "
            "version of the program, or index the documents into a new corpus folder."
        )


@contextmanager
def _failing_clearly(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StorageError(
            f"{path} cannot be read or written now ({error}); another program may be changing it, "
            "or the disk is full or refuses. What was committed before is kept. Try again when "
            "that is over."
        ) from error
    except sqlite3.ProgrammingError as error:
        raise StorageError(f"{path} is closed, or misused ({error}).") from error
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise CorpusError(
                f"{path} is not a Chapter & Verse catalog, or the beginning of it is damaged; "
                "nothing was changed."
            ) from error
        raise damaged(str(error)) from error
