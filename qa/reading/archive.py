"""ZIP archives -> the files in them, in the order of their names."""

import re
import stat
import zipfile
from collections.abc import Iterator
from functools import partial

from qa.reading.formats import Inner, Left
from qa.reading.naming import Names, safe_name
from qa.reading.zipped import open_zip, problem

_UTF8_NAME = 0x800  # flag of an entry
_DRIVE = re.compile(r"[A-Za-z]:")
# What operating systems leave behind; nobody put these in to be read.
_CLUTTER = frozenset({"__macosx", "thumbs.db", "desktop.ini"})


def read_zip(data: bytes, name: str) -> Iterator[Inner | Left]:  # noqa: ARG001 - as every reader
    """Yield the files in a ZIP archive, each to be unpacked before the next is asked for.

    What is a link, leaves the archive's folder or unpacks to too much is `Left`.
    """
    with open_zip(data, each=False) as opened:
        given = Names()
        for path, entry in sorted(
            ((_path(entry), entry) for entry in opened.infolist()), key=lambda pair: pair[0]
        ):
            parts = [part for part in path.split("/") if part not in ("", ".")]
            if not parts or path.endswith("/") or _is_clutter(parts):
                continue
            inner = given.unique("/".join(filter(None, map(safe_name, parts))) or "unnamed")
            if path.startswith("/") or _DRIVE.match(path) or ".." in parts:
                yield Left(inner, f"its path in the archive leads out of it: {path!r:.200}")
            elif stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
                yield Left(inner, "it is a link, or something else that isn't a file")
            elif reason := problem(entry):
                yield Left(inner, reason)
            else:
                yield Inner(inner, partial(opened.read, entry))


def _path(entry: zipfile.ZipInfo) -> str:
    """Return an entry's path with "/" between its parts.

    Names without the mark of UTF-8 are read as cp437 by `zipfile`, but many programs write UTF-8.
    """
    path = entry.filename
    if not entry.flag_bits & _UTF8_NAME and not path.isascii():
        try:
            path = path.encode("cp437").decode("utf-8")
        except UnicodeError:
            path = entry.filename
    return path.replace("\\", "/")


def _is_clutter(parts: list[str]) -> bool:
    return any(
        part.lower() in _CLUTTER or (part.startswith(".") and part != "..") for part in parts
    )
