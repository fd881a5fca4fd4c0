"""OLE files (Word, Excel and Outlook wrote them before 2007, Outlook still does): a folder in a file."""

import struct
from io import BytesIO
from typing import TYPE_CHECKING

from qa.errors import InputError

if TYPE_CHECKING:
    from olefile import OleFileIO as OleFileIO


def open_ole(data: bytes) -> "OleFileIO":
    """Return the opened file.

    Raises:
        InputError: if it is damaged.
    """
    from olefile import OleFileIO

    try:
        return OleFileIO(BytesIO(data))
    except (OSError, ValueError, IndexError, struct.error, RecursionError) as error:
        raise InputError(f"it is damaged: {error}") from error
