"""What a document is made from, and whether that is what it was: bytes, description, versions.

A file's size and time are a hint; the hash is the proof.
"""

import json
import os
import time
from collections.abc import Mapping
from hashlib import sha256

from qa import lexical, passages, reading
from qa.catalog.views import Origin
from qa.files import File

_YOUNG = 2 * 10**9  # nanoseconds; a file that is changed again so soon may keep its time


def file_bytes(file: File) -> tuple[bytes, int | None]:
    """Return a file's bytes, and its time if that will tell when it changes."""
    with file.path.open("rb") as opened:
        before = os.fstat(opened.fileno())
        data = opened.read()
        after = os.fstat(opened.fileno())
    still = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    settled = time.time_ns() - after.st_mtime_ns > _YOUNG
    return data, after.st_mtime_ns if still and settled else None


def untouched(before: Origin, file: File) -> bool:
    """Whether size, time and description say that nothing has changed."""
    return (
        before.size == file.size
        and before.mtime_ns == file.mtime_ns
        and before.made_from.endswith(f":{_description(file.about)}")
    )


def made_from(content: bytes, about: Mapping[str, str | None]) -> str:
    """Return what names all that a document is made from; equal where nothing has changed."""
    return f"{sha256(content).hexdigest()}:{_description(about)}"


def _description(about: Mapping[str, str | None]) -> str:
    """Return a hash of what else than its bytes a document is made from."""
    made = json.dumps(
        [dict(about), reading.VERSION, passages.VERSION, lexical.VERSION], sort_keys=True
    )
    return sha256(made.encode("utf-8", "surrogatepass")).hexdigest()[:16]
