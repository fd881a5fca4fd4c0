"""How much may come out of one file by unpacking what is in it, and in that, and so on."""

from qa.errors import InputError

MAX_DEPTH = 4  # a picture of a letter in a mail in a ZIP in a ZIP
MAX_FILES = 10_000
MAX_BYTES = 2**30


class Budget:
    """Counts the files that come out of one outermost file."""

    def __init__(self) -> None:
        self._files = 0
        self._bytes = 0

    def take(self, size: int, depth: int) -> None:
        """Count a file of `size` bytes; what is directly in the outermost file has depth 1.

        Raises:
            InputError: if it is one too many, too deep, or more than may be unpacked.
        """
        if depth > MAX_DEPTH:
            raise InputError(f"it is more than {MAX_DEPTH} files deep in other files")
        self._files += 1
        if self._files > MAX_FILES:
            raise InputError(f"more than {MAX_FILES:,} files are in the outermost file")
        self._bytes += size
        if self._bytes > MAX_BYTES:
            raise InputError(
                f"more than {MAX_BYTES // 2**20:,} MiB would be unpacked from the outermost file"
            )
