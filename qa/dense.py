"""Nearest passages by cosine, over vectors in two parts: the second behind the first."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.vectors import DamagedVectors, VectorIndex
from qa.errors import StorageError
from qa.rows import Rows

_BLOCK = 65_536  # vectors compared at a time


class DenseIndex:
    """Searches both parts and puts together what they find."""

    def __init__(self, parts: Sequence[VectorIndex], rows: Rows) -> None:
        """Search in these parts, as far as `rows` says that their passages are there."""
        self._parts = parts
        self._rows = rows

    def search(
        self, query: Vectors, top_k: int, among: NDArray[np.bool_] | None = None
    ) -> dict[int, float]:
        """Return the rows and cosines of the `top_k` vectors nearest to `query` (d,).

        Equal cosines come in the order of their passages.

        Args:
            query: Of length 1.
            top_k: How many, at most.
            among: (n,) which rows may be returned; None for all.
        """
        there = self._rows.within(among)
        found: dict[int, float] = {}
        for first, part in self._located():
            own = None if there is None else there[first : first + len(part)]
            with _failing_clearly():
                near = part.search(query, top_k, own)
            found |= {first + row: cosine for row, cosine in near.items()}
        rows = np.array(list(found), np.int64)
        cosines = np.array(list(found.values()), np.float64)
        order = np.lexsort((self._rows.places(rows), -cosines))[:top_k]
        return dict(zip(rows[order].tolist(), cosines[order].tolist(), strict=True))

    def scores(self, query: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """Return the cosine to `query` (d,) of the vector in each row."""
        found: dict[int, float] = {}
        for first, part in self._located():
            own = [row - first for row in rows if first <= row < first + len(part)]
            with _failing_clearly():
                near = part.scores(query, own)
            found |= {first + row: cosine for row, cosine in near.items()}
        return found

    def blocks(self) -> Iterator[Vectors]:
        """Yield the vectors that are there in the order of their passages, many at a time."""
        for start in range(0, len(self._rows), _BLOCK):
            rows = self._rows.ordered[start : start + _BLOCK]
            block = np.empty((len(rows), self._parts[0].vectors.shape[1]), np.float32)
            for first, part in self._located():
                own = (rows >= first) & (rows < first + len(part))
                block[own] = part.vectors[rows[own] - first]
            yield block

    def _located(self) -> Iterator[tuple[int, VectorIndex]]:
        """Yield each part that isn't empty, behind the row of its first vector."""
        first = 0
        for part in self._parts:
            if len(part):
                yield first, part
            first += len(part)


@contextmanager
def _failing_clearly() -> Iterator[None]:
    try:
        yield
    except DamagedVectors as error:
        raise StorageError(
            f"The corpus' indexes are damaged: {error}. 'qa verify' makes them anew."
        ) from error
