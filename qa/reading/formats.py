"""What the readers of formats have in common: the file, its documents, the files inside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qa.reading.building import Draft


@dataclass(frozen=True, slots=True)
class Inner:
    """A file inside a file: an attachment, a member of an archive.

    Attributes:
        name: Relative to the file it is in, with "/" between folders.
        data: Its bytes, or what returns them: unpacking one may fail as reading it may.
        published: ISO date that it has where it names none of its own.
    """

    name: str
    data: bytes | Callable[[], bytes]
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A file inside a file that isn't handed on, and why; `name` as an `Inner` has it."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Working:
    """One more page of a long document is read: there is the more to be done with all of them."""


Reader = Callable[[bytes, str], Iterator[Draft | Inner | Left | Working]]
"""Takes a file's bytes and name; raises `InputError` with the reason where it can't be read."""
