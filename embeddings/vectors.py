"""Nearest vectors by inner product; the only importer of FAISS."""

from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors


class VectorIndex:
    """An exact index over unit vectors, numbered by the caller."""

    def __init__(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Build an index.

        Args:
            ids: Ascending numbers, one a vector.
            vectors: (n, d) float32, each of length 1.
        """
        self._ids: NDArray[np.int64] = np.asarray(ids, np.int64)
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors))

    def __len__(self) -> int:
        return len(self._ids)

    def search(self, query: Vectors, top_k: int) -> dict[int, float]:
        """Return the numbers and cosines of the `top_k` vectors nearest to `query` (d,)."""
        if not len(self):
            return {}
        scores, rows = self._index.search(query[None], min(top_k, len(self)))
        return {
            int(self._ids[row]): float(score) for row, score in zip(rows[0], scores[0], strict=True)
        }

    def scores(self, query: Vectors, ids: Sequence[int]) -> dict[int, float]:
        """Return the cosine to `query` (d,) of each numbered vector."""
        rows = np.searchsorted(self._ids, ids)
        vectors = self._index.reconstruct_batch(rows)  # (len(ids), d) float32
        return dict(zip(ids, (vectors @ query).tolist(), strict=True))
