"""Names of files inside files: safe to show, and each given once."""

import re
import unicodedata
from pathlib import PurePosixPath

MAX_LENGTH = 200  # characters of one part of a name; file systems hold 255 bytes

# Control characters, halves of surrogate pairs, and what turns the direction of writing:
# "exe.fdp" shown backwards is a PDF to the eye.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069\ufeff]")


def safe_name(name: str) -> str:
    """Return the last part of a path as a file's name, or "" where nothing of it is left."""
    part = _UNSEEN.sub(" ", name.replace("\\", "/")).rstrip("/ ").rsplit("/", 1)[-1]
    part = " ".join(unicodedata.normalize("NFC", part).split()).lstrip(". ")
    if len(part) <= MAX_LENGTH:
        return part
    suffix = PurePosixPath(part).suffix[:20]
    return part[: MAX_LENGTH - len(suffix)] + suffix


class Names:
    """Gives every name once: a second "a.txt" becomes "a (2).txt"."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}  # number that a name was given last

    def unique(self, name: str) -> str:
        """Return the name, numbered where it (or it in other case) was given before."""
        found, key = name, name.casefold()
        path = PurePosixPath(name)
        while found.casefold() in self._taken:
            self._last[key] = self._last.get(key, 1) + 1
            found = str(path.with_name(f"{path.stem} ({self._last[key]}){path.suffix}"))
        self._taken.add(found.casefold())
        return found
