"""BM25 over folded words: postings in arrays, exact whatever was added or removed before.

Our own, since a text that was removed must leave no trace: Lucene's kind of engine goes on counting
it in its statistics until segments are merged, and breaks ties by history; SQLite's FTS5 counts
right but takes twenty times as long (`python -m benchmarks.lexical`). Terms are kept by 64 bits of
their hash; two of a million different terms share one with a probability of 3 in 10⁸.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.folding import terms

# Raised whenever the same text would get another bag than before: bags are kept.
VERSION = 1

_K1, _B = 1.2, 0.75
_ENTRY = np.dtype([("term", "<u8"), ("count", "<u2")])  # of a bag
_MOST = 2**16 - 1


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
    return np.array(entries, _ENTRY).tobytes()


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """An inverted index over texts named by their row.

    Attributes:
        terms: (v,) uint64, ascending.
        starts: (v + 1,) int64, where each term's postings begin.
        rows: (p,) int32, the texts that hold the term.
        counts: (p,) uint16, how often.
        lengths: (n,) int64, words of each text.
    """

    terms: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]
    lengths: NDArray[np.int64]

    @classmethod
    def build(cls, bags: Sequence[bytes]) -> "LexicalIndex":
        """Return the index over bags of terms, in the order of their rows."""
        return _EMPTY.updated(np.zeros(0, np.int64), list(enumerate(bags)), len(bags))

    def updated(
        self, moved: NDArray[np.int64], added: Sequence[tuple[int, bytes]], size: int
    ) -> "LexicalIndex":
        """Return the index after texts have come and gone: it answers as one built afresh does.

        Args:
            moved: (n,) the new row of each text; -1 where it has gone.
            added: The rows and bags of the texts that have come.
            size: How many there are then.
        """
        entries = np.frombuffer(b"".join(content for _, content in added), _ENTRY)
        sizes = [len(content) // _ENTRY.itemsize for _, content in added]
        new_rows = np.repeat(np.array([row for row, _ in added], np.int32), sizes)
        by_term = np.argsort(entries["term"], kind="stable")
        rows = moved.astype(np.int32)[self.rows]
        stays = rows >= 0
        terms = np.concatenate(
            [np.repeat(self.terms, np.diff(self.starts))[stays], entries["term"][by_term]]
        )
        order = np.argsort(terms, kind="stable")  # both runs are in order: this merges them
        terms = terms[order]
        starts = np.flatnonzero(np.append(True, terms[1:] != terms[:-1])[: len(terms)])
        lengths = np.zeros(size, np.int64)
        lengths[moved[moved >= 0]] = self.lengths[moved >= 0]
        np.add.at(lengths, new_rows, entries["count"].astype(np.int64))
        return LexicalIndex(
            terms[starts],
            np.append(starts, len(terms)).astype(np.int64),
            np.concatenate([rows[stays], new_rows[by_term]])[order],
            np.concatenate([self.counts[stays], entries["count"][by_term]])[order],
            lengths,
        )

    def __len__(self) -> int:
        return len(self.lengths)

    def canonical(self) -> tuple[NDArray[Any], ...]:
        """Return its arrays in an order that doesn't depend on how it came about."""
        owners = np.repeat(np.arange(len(self.terms)), np.diff(self.starts))
        order = np.lexsort((self.rows, owners))
        return self.terms, self.starts, self.rows[order], self.counts[order], self.lengths

    def search(
        self, query: Sequence[str], top_k: int, among: NDArray[np.bool_] | None = None
    ) -> dict[int, float]:
        """Return the rows and BM25 scores of the best texts that hold any of the terms.

        Equal scores come in the order of their rows. Robertson and Zaragoza 2009, eq. 3.15.

        Args:
            query: Terms.
            top_k: How many texts, at most.
            among: (n,) which texts may be returned; None for all. All of them count in the scores.
        """
        scores = np.zeros(len(self))
        mean = self.lengths.mean() if len(self) else 1.0
        for term in query:
            at = self._postings(term)
            rows, counts = self.rows[at], self.counts[at].astype(np.float64)
            norms = _K1 * (1 - _B + _B * self.lengths[rows] / mean)
            scores[rows] += self.weight(term) * counts * (_K1 + 1) / (counts + norms)
        best = np.flatnonzero(scores if among is None else scores * among)
        if len(best) > top_k:
            least = np.partition(scores[best], -top_k)[-top_k]
            best = best[scores[best] >= least]
        order = np.lexsort((best, -scores[best]))[:top_k]
        return dict(zip(best[order].tolist(), scores[best[order]].tolist(), strict=True))

    def document_frequency(self, term: str) -> int:
        """Return how many texts hold the term."""
        at = self._postings(term)
        return int(at.stop - at.start)

    def holds(self, term: str, among: NDArray[np.bool_]) -> bool:
        """Whether any of these texts, (n,), holds the term."""
        return bool(among[self.rows[self._postings(term)]].any())

    def weight(self, term: str) -> float:
        """Return how much a term tells: BM25's IDF (Robertson and Zaragoza 2009, eq. 3.3)."""
        frequency = self.document_frequency(term)
        return math.log(1 + (len(self) - frequency + 0.5) / (frequency + 0.5))

    def _postings(self, term: str) -> slice:
        wanted = np.uint64(hashed(term))
        at = int(np.searchsorted(self.terms, wanted))
        if at == len(self.terms) or self.terms[at] != wanted:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))


_EMPTY = LexicalIndex(
    np.zeros(0, np.uint64),
    np.zeros(1, np.int64),
    np.zeros(0, np.int32),
    np.zeros(0, np.uint16),
    np.zeros(0, np.int64),
)
