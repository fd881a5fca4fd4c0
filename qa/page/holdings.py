"""What the table of documents shows: filtered, sorted, a page of it at a time.

Knows what the corpus holds and what its files are now; no markup. A corpus may have a hundred
thousand documents: what it holds is read once for each change of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from qa.types import Extent, Holding, Report, Skipped
from qa.wording import date_in_words

if TYPE_CHECKING:
    from qa.corpus import Corpus

SIZE = 100  # rows a page

FileState = Literal["same", "changed", "gone"]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list: items `first` to `first + len(items)` of `total`, counted from 0."""

    items: Sequence[Item]
    first: int
    total: int


class Holdings:
    """What a corpus holds, as it is at its last change. Safe to use from several threads."""

    def __init__(self, corpus: "Corpus") -> None:
        """Read nothing yet."""
        self._corpus = corpus
        self._lock = Lock()
        self._change = -1
        self._all: tuple[Holding, ...] = ()
        self._extents: dict[str, Extent] = {}
        self._skipped: dict[str, str] = {}

    def all(self) -> tuple[Holding, ...]:
        """Return everything, by document id."""
        with self._lock:
            change = self._corpus.change
            if change != self._change:
                self._all, self._change = self._corpus.holdings(), change
                self._extents = {}
            return self._all

    def page(self, words: str, order: str, number: int) -> Page[Holding]:
        """Return a page of the documents that have all these words in what is said of them.

        Args:
            words: Parts of words are enough; none is met by all.
            order: One of `ORDERS`, with "-" before it for the other way round; else by name.
            number: Of the page, from 0; the last one, if there are fewer.
        """
        wanted = words.casefold().split()
        found = [h for h in self.all() if not wanted or _meets(said_of(h), wanted)]
        if key := ORDERS.get(order.removeprefix("-")):
            found.sort(key=key, reverse=order.startswith("-"))
        return _cut(found, number)

    def unread(self, words: str, number: int) -> Page[Skipped]:
        """Return a page of the files that weren't read, and why, by path."""
        found = self._skipped | {s.path: s.reason for h in self.all() for s in h.left}
        wanted = words.casefold().split()
        rows = [Skipped(*pair) for pair in sorted(found.items())]
        return _cut([row for row in rows if _meets(f"{row.path} {row.reason}", wanted)], number)

    def note(self, report: Report, *, whole: bool) -> None:
        """Remember what wasn't read.

        Args:
            report: Of what was done.
            whole: Whether everything was looked at, so that what was known before is old.
        """
        new = {skipped.path: skipped.reason for skipped in report.skipped}
        read = {*report.added, *report.updated, *report.unchanged}
        with self._lock:
            old = {} if whole else {k: v for k, v in self._skipped.items() if k not in read}
            self._skipped = old | new

    def forget(self, path: str) -> None:
        """Don't speak any more of a file that wasn't read."""
        with self._lock:
            self._skipped = {k: v for k, v in self._skipped.items() if k != path}

    def extents(self, holdings: Sequence[Holding]) -> Mapping[str, Extent]:
        """Return how many pages, lines or the like documents have, by id."""
        with self._lock:
            known = self._extents
        new = [h.listing.doc_id for h in holdings if h.listing.doc_id not in known]
        known.update(self._corpus.extents(new))
        return known


def file_state(holding: Holding) -> FileState:
    """Return what has become of a document's file since it was read, as far as a glance tells."""
    if holding.path is None:
        return "same"
    try:
        now = holding.path.stat()
    except OSError:
        return "gone"
    same_time = holding.mtime_ns is None or now.st_mtime_ns == holding.mtime_ns
    return "same" if now.st_size == holding.size and same_time else "changed"


def format_of(holding: Holding) -> str:
    """Return the format by the name's ending, "" where that tells nothing."""
    name = holding.member or (holding.path.name if holding.path else "")
    ending = PurePath(name).suffix[1:]
    return ending.upper() if ending.isalnum() and len(ending) <= 5 else ""


def said_of(holding: Holding) -> str:
    """Return what a document can be found by in the table."""
    about = holding.listing
    said = about.title, about.doc_id, about.kind, about.author, about.publisher, about.published
    return " ".join(filter(None, (*said, date_in_words(about.published), format_of(holding))))


_STATES = ("gone", "changed", "same")
ORDERS: Mapping[str, Callable[[Holding], Any]] = {
    "title": lambda h: (h.listing.title or h.listing.doc_id).casefold(),
    "date": lambda h: h.listing.published or "",
    "kind": lambda h: (h.listing.kind or "").casefold(),
    "format": format_of,
    "length": lambda h: h.characters,
    "passages": lambda h: h.listing.passages,
    "state": lambda h: _STATES.index(file_state(h)),
}


def _meets(said: str, wanted: Sequence[str]) -> bool:
    said = said.casefold()
    return all(word in said for word in wanted)


def _cut(found: Sequence[Item], number: int) -> Page[Item]:
    last = max(0, len(found) - 1) // SIZE
    first = min(max(0, number), last) * SIZE
    return Page(found[first : first + SIZE], first, len(found))
