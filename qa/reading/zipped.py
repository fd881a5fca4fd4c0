"""ZIP files that strangers made, opened with limits; Word, slides, books and sheets are such files."""

import zipfile
from io import BytesIO

from qa.errors import InputError

MAX_ENTRIES = 10_000
MAX_ENTRY = 256 * 2**20  # bytes an entry may unpack to
MAX_TOTAL = 2**30  # bytes all entries together may unpack to
MAX_RATIO = 200  # of unpacked to packed bytes; sheets reach 50, a bomb 1,000
_ENCRYPTED = 1  # flag
_SMALL = 2**20  # bytes; what unpacks to less is no bomb whatever its ratio


def open_zip(data: bytes, *, each: bool = True) -> zipfile.ZipFile:
    """Return a ZIP file that keeps the limits.

    Sizes are what the directory says; `zipfile` never unpacks more than that.

    Args:
        data: The file.
        each: Whether every entry must keep those for entries; otherwise ask `problem` of each.

    Raises:
        InputError: if one doesn't, or if the file is damaged.
    """
    try:
        opened = zipfile.ZipFile(BytesIO(data))
        entries = opened.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise InputError(f"it is damaged: {error}") from error
    if len(entries) > MAX_ENTRIES:
        raise InputError(f"it holds {len(entries):,} files; up to {MAX_ENTRIES:,} are read")
    if not each:
        return opened
    for entry in entries:
        if reason := problem(entry):
            encrypted = entry.flag_bits & _ENCRYPTED
            raise InputError(reason if encrypted else f"{entry.filename!r} in it: {reason}")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL:
        raise InputError(f"it unpacks to {_mib(total)}; up to {_mib(MAX_TOTAL)} are read")
    return opened


def problem(entry: zipfile.ZipInfo) -> str | None:
    """Return why an entry isn't unpacked, or None."""
    if entry.file_size > MAX_ENTRY:
        return f"it unpacks to {_mib(entry.file_size)}; up to {_mib(MAX_ENTRY)} are read"
    if entry.file_size > max(_SMALL, MAX_RATIO * entry.compress_size):
        return f"it unpacks to more than {MAX_RATIO} times its size, as a decompression bomb does"
    if entry.flag_bits & _ENCRYPTED:
        return "it is encrypted; save it without a password"
    return None


def _mib(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB"
