"""Files that are there whole, or as they were before."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import BinaryIO

_LEFT = 3600.0  # seconds; what is older isn't being written any more: its process has died


def write_atomically(path: Path, *parts: bytes | memoryview) -> None:
    """Write a file that takes the place of what was there.

    Raises:
        OSError: if the disk refuses; the file is what it was then.
    """
    with replacing(path) as file:
        for part in parts:
            file.write(part)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Hand over a file to fill, under another name; let it take the place once it is on the disk.

    Raises:
        OSError: if the disk refuses; the file is what it was then.
    """
    made = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    _remove_what_was_left(path)
    try:
        with made.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
        sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):  # a disk that refuses one may refuse both
            made.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Force a folder's names to the disk, where the system has such a thing."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_what_was_left(path: Path) -> None:
    """Remove what processes that were killed while they wrote this file have left of it."""
    with suppress(OSError):
        for left in path.parent.glob(f".{escape(path.name)}.{'[0-9a-f]' * 32}"):
            if time.time() - left.stat().st_mtime > _LEFT:
                left.unlink()
