"""Nearest vectors by inner product: exact over few, over many from candidates scored exactly.

Both are FAISS indexes, which are imported here and in `embeddings.candidates` only.
"""

from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.candidates import MEASURED_AT, Candidates, Lists
from embeddings.encoder import Vectors

EXACT_UP_TO = 40_000  # vectors; over more, lists of codes are faster
_GATHERED = 5_000  # rows; so many are picked out and scored in some ten milliseconds
_BLOCK = 65_536  # vectors
_ROUNDING = 1e-5  # by which FAISS's product may differ from a row's own


class DamagedVectors(Exception):  # noqa: N818
    """A vector isn't what its checksum says."""


class VectorIndex:
    """An index over unit vectors, named by their row.

    Cosines are exact, however a row was found. Up to `exact_up_to` vectors, so are the rows; over
    more, they are the best of as many candidates as `embeddings.candidates` found to be enough.
    """

    def __init__(
        self,
        vectors: Vectors,
        lists: Lists | None = None,
        sums: NDArray[np.uint64] | None = None,
        exact_up_to: int = EXACT_UP_TO,
    ) -> None:
        """Build an index over vectors, (n, d) float32, each of length 1.

        Args:
            vectors: May be mapped from a file; many of them aren't copied.
            lists: What `lists` was of the same vectors; made if None and needed.
            sums: (n,) what `checksums` returned; each vector is checked before it is used then.
            exact_up_to: How many vectors are searched without lists.
        """
        self.vectors: Vectors = np.asarray(vectors)  # a plain view of a file that is mapped
        self._sums = sums
        self._candidates: Candidates | None = None
        if len(vectors) > exact_up_to:
            self._candidates = Candidates(lists) if lists else Candidates.of(self.vectors)
        else:
            self._flat = faiss.IndexFlatIP(vectors.shape[1])
            self._flat.add(np.ascontiguousarray(vectors))

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def lists(self) -> Lists | None:
        """By what candidates are found; None where none are needed."""
        return self._candidates.lists if self._candidates else None

    def search(
        self, query: Vectors, top_k: int, among: NDArray[np.bool_] | None = None
    ) -> dict[int, float]:
        """Return the rows and cosines of the `top_k` vectors nearest to `query` (d,).

        Equal cosines come in the order of their rows, the last ones too.

        Args:
            query: Of length 1.
            top_k: How many, at most.
            among: (n,) which rows may be returned; None for all.

        Raises:
            DamagedVectors: if one that is looked at isn't what was written.
        """
        most = len(self) if among is None else int(np.count_nonzero(among))
        if not min(top_k, most):
            return {}
        faiss.omp_set_num_threads(1)  # of this thread; more need twice as long for one query
        found = self._candidates
        times = -(-top_k // MEASURED_AT)
        if found and most > max(_GATHERED, times * found.enough):
            rows = found.search(query, times, among)
        else:
            rows = self._exact(query, top_k, among, most)
        cosines = self._cosines(query, rows)
        order = np.lexsort((rows, -cosines))[:top_k]
        return dict(zip(rows[order].tolist(), cosines[order].tolist(), strict=True))

    def scores(self, query: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """Return the cosine to `query` (d,) of the vector in each row."""
        found = self._cosines(query, np.asarray(rows, np.int64))
        return dict(zip(rows, found.tolist(), strict=True))

    def _exact(
        self, query: Vectors, top_k: int, among: NDArray[np.bool_] | None, most: int
    ) -> NDArray[np.int64]:
        """Return the rows of the nearest, all those as near as the last one, too."""
        if self._candidates or most <= top_k:
            rows = np.arange(len(self)) if among is None else np.flatnonzero(among)
            return rows if most <= top_k else _best(rows, self._checked(rows) @ query, top_k)
        options = None
        if among is not None:
            bits = np.packbits(among, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
            options = faiss.SearchParameters()
            options.sel = selector
        count = top_k
        while True:  # until the last one is surely farther than the last that is wanted
            count = min(2 * count, most)
            cosines, rows = self._flat.search(query[None], count, params=options)
            if count == most or cosines[0, -1] < cosines[0, top_k - 1] - _ROUNDING:
                return _best(rows[0], cosines[0], top_k)

    def _cosines(self, query: Vectors, rows: NDArray[np.int64]) -> Vectors:
        # A product's last bits depend on where the numbers lie in memory, and on what stands beside
        # them: they are rounded off, so that a row's cosine is the same in every index.
        exact = self._checked(rows).astype(np.float64) @ query.astype(np.float64)
        found: Vectors = exact.astype(np.float32)
        return found

    def _checked(self, rows: NDArray[np.int64]) -> Vectors:
        """Return the vectors of rows, sure that they are what was written."""
        vectors: Vectors = self.vectors[rows]
        if self._sums is not None and not np.array_equal(_sums(vectors), self._sums[rows]):
            raise DamagedVectors("a vector isn't what was written")
        return vectors


def _best(rows: NDArray[np.int64], cosines: Vectors, top_k: int) -> NDArray[np.int64]:
    """Return the rows of the `top_k` best, all those as good as the last one, too."""
    last = np.partition(cosines, -top_k)[-top_k]
    best: NDArray[np.int64] = rows[cosines >= last - _ROUNDING]
    return best


def checksums(vectors: Vectors) -> NDArray[np.uint64]:
    """Return a checksum of each vector, (n,): any one bit changes it.

    The sum of its words, each times an odd number, modulo 2^64 (multilinear hashing, Lemire and
    Kaser 2014).
    """
    blocks = range(0, len(vectors), _BLOCK)
    found = [_sums(vectors[first : first + _BLOCK]) for first in blocks]
    return np.concatenate(found) if found else np.zeros(0, np.uint64)


def _sums(vectors: Vectors) -> NDArray[np.uint64]:
    words = np.ascontiguousarray(vectors).view(np.uint32)
    factors = np.random.default_rng(0).integers(2**63, size=words.shape[1], dtype=np.uint64)
    found: NDArray[np.uint64] = words.astype(np.uint64) @ (2 * factors + 1)
    return found
