"""Opening what strangers may have made: a file, and nothing else that has a name in a folder."""

import os
import stat
from io import SEEK_CUR, SEEK_END, BufferedReader, RawIOBase
from typing import Any

from qa.errors import InputError

NOT_REGULAR = "it is not a regular file"


def open_regular(path: str | os.PathLike[str]) -> BufferedReader:
    """Open a file for reading that is one: no link, no device, nothing that could wait forever.

    Raises:
        OSError: if it can't be read.
        InputError: if it isn't a regular file.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    number = os.open(path, flags | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise InputError(NOT_REGULAR)
    return os.fdopen(number, "rb")


class Bounded(RawIOBase):
    """The first `size` bytes of a file, whatever is added to it."""

    def __init__(self, file: BufferedReader, size: int) -> None:
        self._file = file
        self._size = size

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to an offset from the start (0), from here (1) or from the end (2)."""
        base = {SEEK_CUR: self._file.tell(), SEEK_END: self._size}.get(whence, 0)
        return self._file.seek(base + offset)

    def tell(self) -> int:
        """Return the offset."""
        return self._file.tell()

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - any buffer
        """Read as much as fits and is left."""
        left = max(0, self._size - self._file.tell())
        view = memoryview(buffer)[:left]
        return self._file.readinto(view)
