"""What a document is made from, and whether that is what it was: bytes, description, versions.

A file's size and time are a hint; the hash is the proof.
"""

import hashlib
import json
import os
import time
from collections.abc import Mapping
from hashlib import sha256

from qa import lexical, partition, reading
from qa.catalog.views import Origin
from qa.files import File
from qa.reading.regular import open_regular
from qa.reading.sniffing import HEAD, sniff

_YOUNG = 2 * 10**9  # nanoseconds; a file that is changed again so soon may keep its time


def origin_of(file: File) -> Origin:
    """Return where the documents of a file come from; its time only if that will tell of changes.

    Raises:
        InputError: if it is of no format that is read; nothing more of it is looked at then.
    """
    with open_regular(file.path) as opened:
        before = os.fstat(opened.fileno())
        sniff(opened.read(HEAD), file.name)
        opened.seek(0)
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        after = os.fstat(opened.fileno())
    still = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    settled = time.time_ns() - after.st_mtime_ns > _YOUNG
    made = f"{digest}:{_description(file.about)}"
    return Origin(file.path, after.st_size, after.st_mtime_ns if still and settled else None, made)


def untouched(before: Origin, file: File) -> bool:
    """Whether size, time and description say that nothing has changed."""
    return (
        before.size == file.size
        and before.mtime_ns == file.mtime_ns
        and before.made_from.endswith(f":{_description(file.about)}")
    )


def made_from_memory(content: bytes) -> str:
    """Return what names all that a document from memory is made from."""
    return f"{sha256(content).hexdigest()}:{_description({})}"


def _description(about: Mapping[str, str | None]) -> str:
    """Return a hash of what else than its bytes a document is made from."""
    made = json.dumps(
        [dict(about), reading.VERSION, partition.VERSION, lexical.VERSION], sort_keys=True
    )
    return sha256(made.encode("utf-8", "surrogatepass")).hexdigest()[:16]
