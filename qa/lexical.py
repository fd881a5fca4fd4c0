"""BM25 over folded words: postings in arrays, exact whatever was added or removed before.

Terms are looked up from the rarest on; once no text without them can be among the best any more,
the frequent ones only add to those that were found (MaxScore, Turtle and Flood 1995).

Our own, since a text that was removed must leave no trace: Lucene's kind of engine goes on counting
it in its statistics until segments are merged, and breaks ties by history; SQLite's FTS5 counts
right but takes twenty times as long (`python -m benchmarks.lexical`). Terms are kept by 64 bits of
their hash; two of a million different terms share one with a probability of 3 in 10⁸.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import starmap
from struct import Struct
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from qa.folding import terms
from qa.rows import Rows

# Raised whenever the same text would get another bag than before: bags are kept.
VERSION = 1

_K1, _B = 1.2, 0.75
ENTRY = np.dtype([("term", "<u8"), ("count", "<u2")])  # of a bag
_PACKED = Struct("<QH")  # the same
_MOST = 2**16 - 1
_CHUNK = 2**22  # entries sorted at a time
_MANY = 20_000  # postings from which on it pays to ask whether they can matter
_PROBED = 16  # postings that can be passed over in the time that one takes to be looked up
_KEPT = 100_000  # terms whose frequency is kept in memory


@lru_cache(maxsize=200_000)
def hashed(term: str) -> int:
    """Return what a term is kept by."""
    return int.from_bytes(
        blake2b(term.encode("utf-8", "replace"), digest_size=8).digest(), "little"
    )


def bag(text: str) -> bytes:
    """Return how often each term stands in a text: what the index is built from."""
    counts = Counter(terms(text))
    entries = sorted((hashed(term), min(n, _MOST)) for term, n in counts.items())
    return b"".join(starmap(_PACKED.pack, entries))


@dataclass(frozen=True, slots=True)
class Postings:
    """Which texts hold each term; the texts are named by their row.

    Attributes:
        terms: (v,) uint64, ascending.
        starts: (v + 1,) int64, where each term's postings begin.
        rows: (p,) int32, the texts that hold the term, ascending.
        counts: (p,) uint16, how often.
        lengths: (n,) int32, words of each text.
    """

    terms: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]
    lengths: NDArray[np.int32]

    @classmethod
    def of(cls, bags: Sequence[bytes]) -> "Postings":
        """Return the postings of bags of terms, in the order of their rows."""
        sizes = np.array([len(bag) // ENTRY.itemsize for bag in bags], np.int64)
        return cls.build(
            np.frombuffer(b"".join(bags), ENTRY),
            sizes,
            lambda _, dtype, count: np.zeros(count, dtype),
        )

    @classmethod
    def build(
        cls,
        entries: NDArray[Any],
        sizes: NDArray[np.int64],
        room: Callable[[str, DTypeLike, int], NDArray[Any]],
    ) -> "Postings":
        """Return the postings of texts; where they are many, few of them are in memory at a time.

        Args:
            entries: (p,) the bags of all texts, one behind the other; may be mapped from a file.
            sizes: (n,) entries of each.
            room: Returns an array to be filled, by its name, dtype and length.
        """
        known = np.zeros(0, np.uint64)
        frequencies = np.zeros(0, np.int64)
        for part, _ in _chunks(entries, sizes):
            found, many = np.unique(part["term"], return_counts=True)
            known, at = np.unique(np.concatenate([known, found]), return_inverse=True)
            before, frequencies = frequencies, np.zeros(len(known), np.int64)
            np.add.at(frequencies, at, np.concatenate([before, many]))
        terms = room("terms", np.uint64, len(known))
        terms[:] = known
        starts = room("starts", np.int64, len(known) + 1)
        np.cumsum(frequencies, out=starts[1:])
        rows = room("rows", np.int32, len(entries))
        counts = room("counts", np.uint16, len(entries))
        lengths = room("lengths", np.int32, len(sizes))
        filled = starts[:-1].copy()  # where each term's next posting goes
        for part, owners in _chunks(entries, sizes):
            order = np.argsort(part["term"], kind="stable")
            found, firsts, many = np.unique(
                part["term"][order], return_index=True, return_counts=True
            )
            own = np.searchsorted(known, found)
            at = np.repeat(filled[own] - firsts, many) + np.arange(len(order))
            rows[at] = owners[order]
            counts[at] = part["count"][order]
            filled[own] += many
            first, last = int(owners[0]), int(owners[-1]) + 1
            words = np.bincount(owners - first, part["count"], last - first)
            lengths[first:last] += words.astype(np.int32)
        return cls(terms, starts, rows, counts, lengths)

    def at(self, term: np.uint64) -> slice:
        """Return where a term's postings are."""
        at = int(np.searchsorted(self.terms, term))
        if at == len(self.terms) or self.terms[at] != term:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))


class LexicalIndex:
    """An inverted index over two parts of texts, the second behind the first."""

    def __init__(self, parts: Sequence[Postings], rows: Rows) -> None:
        """Search in these parts, as far as `rows` says that their texts are there."""
        self._parts = parts
        self._rows = rows
        self._lengths = np.concatenate([part.lengths for part in parts])
        there = self._lengths if rows.there is None else self._lengths[rows.there]
        mean = float(there.mean()) if there.any() else 1.0
        self._norms = _K1 * (1 - _B + _B * self._lengths / mean)  # (n,) float64
        self._frequencies: dict[str, int] = {}

    @classmethod
    def build(cls, bags: Sequence[bytes]) -> "LexicalIndex":
        """Return the index over bags of terms, in the order of their rows."""
        return cls([Postings.of(bags)], Rows.all(len(bags)))

    def __len__(self) -> int:
        return len(self._rows)

    def search(
        self, query: Sequence[str], top_k: int, among: NDArray[np.bool_] | None = None
    ) -> dict[int, float]:
        """Return the rows and BM25 scores of the best texts that hold any of the terms.

        Equal scores come in the order of the texts. Robertson and Zaragoza 2009, eq. 3.15.

        Args:
            query: Terms.
            top_k: How many texts, at most.
            among: (n,) which rows may be returned; None for all. All texts count in the scores.
        """
        scores = np.zeros(len(self._lengths))
        found = [np.zeros(0, np.int64)]  # rows with a score, none of them twice
        best: NDArray[np.int64] | None = None  # the only rows that still matter
        weighed = sorted(((self.weight(term), term) for term in query), reverse=True)
        left = sum(weight for weight, _ in weighed) * (_K1 + 1)  # most that can still be added
        for weight, term in weighed:
            rows, counts = self._postings(term)
            if len(rows) > _MANY:
                best = _sure(scores, left, top_k, np.concatenate(found) if best is None else best)
            if best is not None and len(best) * _PROBED < len(rows):
                at = np.searchsorted(rows, best)
                at[at == len(rows)] = 0
                at = at[rows[at] == best]
                rows, counts = rows[at], counts[at]
            if among is not None:
                kept = among[rows]
                rows, counts = rows[kept], counts[kept]
            shares = counts.astype(np.float64)
            shares /= shares + self._norms[rows]
            shares *= weight * (_K1 + 1)
            before = scores[rows]
            if best is None:
                found.append(rows[before == 0])
            scores[rows] = before + shares
            left -= weight * (_K1 + 1)
        if best is None:
            best = np.concatenate(found)
        if len(best) > top_k:
            least = np.partition(scores[best], -top_k)[-top_k]
            best = best[scores[best] >= least]
        order = np.lexsort((self._rows.places(best), -scores[best]))[:top_k]
        return dict(zip(best[order].tolist(), scores[best[order]].tolist(), strict=True))

    def document_frequency(self, term: str) -> int:
        """Return how many texts hold the term."""
        found = self._frequencies.get(term)
        if found is None:
            if len(self._frequencies) > _KEPT:
                self._frequencies.clear()
            found = self._frequencies[term] = len(self._postings(term)[0])
        return found

    def holds(self, term: str, among: NDArray[np.bool_]) -> bool:
        """Whether any of these rows, (n,), holds the term."""
        return bool(among[self._postings(term)[0]].any())

    def weight(self, term: str) -> float:
        """Return how much a term tells: BM25's IDF (Robertson and Zaragoza 2009, eq. 3.3)."""
        frequency = self.document_frequency(term)
        return math.log(1 + (len(self) - frequency + 0.5) / (frequency + 0.5))

    def same_as(self, other: "LexicalIndex") -> bool:
        """Whether both hold the same terms in the same texts, however they came about."""
        terms = [{int(t) for part in index._parts for t in part.terms} for index in (self, other)]
        return np.array_equal(self._in_order(), other._in_order()) and all(
            np.array_equal(self._placed(term), other._placed(term))
            for term in map(np.uint64, terms[0] | terms[1])
        )

    def _in_order(self) -> NDArray[np.int32]:
        """Return the words of each text, in the order of the texts."""
        return self._lengths[self._rows.ordered]

    def _placed(self, term: np.uint64) -> NDArray[np.int64]:
        """Return the places of the texts that hold a term, and how often they do, (2, k)."""
        rows, counts = self._of(term)
        placed = np.array([self._rows.places(rows), counts], np.int64)
        return placed[:, np.argsort(placed[0])]

    def _postings(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        return self._of(np.uint64(hashed(term)))

    def _of(self, term: np.uint64) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Return the rows that hold a term, ascending, and how often they do."""
        first = 0
        found = []
        for part in self._parts:
            at = part.at(term)
            found.append((part.rows[at] + np.int32(first), part.counts[at]))
            first += len(part.lengths)
        filled = [pair for pair in found if len(pair[0])] or found[:1]
        rows, counts = filled[0]
        if len(filled) > 1:
            rows = np.concatenate([pair[0] for pair in filled])
            counts = np.concatenate([pair[1] for pair in filled])
        if self._rows.there is None:
            return rows, counts
        kept = self._rows.there[rows]
        return rows[kept], counts[kept]


def _sure(
    scores: NDArray[np.float64], left: float, top_k: int, found: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Return the rows that can still be among the best; None as long as others can, too.

    Args:
        scores: (n,) so far.
        left: More than terms that are still to come can add to any.
        top_k: How many are wanted.
        found: The rows that have a score; or, once others can't be among the best, those that can.
    """
    if len(found) < top_k:
        return None
    least = np.partition(scores[found], -top_k)[-top_k]
    return found[scores[found] + left >= least] if least >= left else None


def _chunks(
    entries: NDArray[Any], sizes: NDArray[np.int64]
) -> Iterator[tuple[NDArray[Any], NDArray[np.int64]]]:
    """Yield the entries of some texts at a time, (k,), and the row that each belongs to, (k,)."""
    ends = np.cumsum(sizes)
    first = 0
    while first < len(sizes):
        start = int(ends[first] - sizes[first])
        last = max(first + 1, int(np.searchsorted(ends, start + _CHUNK, "right")))
        if ends[last - 1] > start:
            owners = np.repeat(np.arange(first, last), sizes[first:last])
            yield entries[start : ends[last - 1]], owners
        first = last
