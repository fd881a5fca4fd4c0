"""Opening what strangers may have made: a file, and nothing else that has a name in a folder."""

import os
import stat
from io import BufferedReader

from qa.errors import InputError

NOT_REGULAR = "it is not a regular file"


def open_regular(path: str | os.PathLike[str]) -> BufferedReader:
    """Open a file for reading that is one: no link, no device, nothing that could wait forever.

    Raises:
        OSError: if it can't be read.
        InputError: if it isn't a regular file.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    opened = os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb")
    if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        opened.close()
        raise InputError(NOT_REGULAR)
    return opened
