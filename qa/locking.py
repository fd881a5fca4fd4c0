"""One writer at a time, among all processes; the only importer of filelock."""

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

from filelock import FileLock, Timeout

from qa.errors import StorageError

_LOCK, _HOLDER = "writer.lock", "writer.txt"
_COMING = 0.5  # seconds in which a holder says who it is, or has gone
_GLANCE = 0.005  # seconds between two looks
_TURN = 10.0  # seconds in which everyone who changes a small file has had a turn


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the right to write to a corpus; the system takes it back from a process that dies.

    Raises:
        StorageError: if another holds it, saying who, or if the folder can't be written.
    """
    holder = folder / _HOLDER
    lock = FileLock(folder / _LOCK, timeout=0, thread_local=False)
    patience = time.monotonic() + _COMING
    try:
        while not _acquired(lock):
            who = _read(holder)
            if who or time.monotonic() > patience:
                raise StorageError(
                    f"{folder} is being written by {who or 'another process'}. Wait until that is "
                    "over, or stop it."
                )
            time.sleep(_GLANCE)  # the holder has just come, or is just going
    except OSError as error:
        raise StorageError(f"{folder} cannot be written ({error.strerror or error}).") from error
    try:
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:3]])
        now = datetime.now().astimezone().isoformat(" ", "seconds")
        with suppress(OSError):  # on a full disk removing must still be possible
            holder.write_text(
                f"process {os.getpid()} ({command}) on {socket.gethostname()} since {now}\n",
                "utf-8",
            )
        yield
    finally:
        with suppress(OSError):  # the next holder writes it anew
            holder.unlink(missing_ok=True)
        lock.release()


@contextmanager
def file_lock(path: Path, *, beside: bool = True) -> Iterator[None]:
    """Hold a small file for the moment that changing it takes, after whoever holds it now.

    Args:
        path: The file.
        beside: Whether the lock lies in the same folder, for good. A folder that isn't ours is not
            to be littered: its lock lies among the system's temporary files.

    Raises:
        StorageError: if another keeps it, or the folder can't be written.
    """
    place = path.with_name(f".{path.name}.lock")
    if not beside:
        name = sha256(os.fsencode(path.resolve())).hexdigest()[:32]
        place = Path(gettempdir()) / f"chapter-and-verse-{name}.lock"
    lock = FileLock(place, timeout=_TURN, thread_local=False)
    try:
        lock.acquire(poll_interval=_GLANCE)
    except Timeout as error:
        raise StorageError(f"{path} is kept by another process. Stop it and try again.") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be written ({error.strerror or error}).") from error
    try:
        yield
    finally:
        lock.release()


def _acquired(lock: FileLock) -> bool:
    try:
        lock.acquire()
    except Timeout:
        return False
    return True


def _read(holder: Path) -> str:
    try:
        return holder.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
