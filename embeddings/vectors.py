"""Nearest vectors by inner product; the only importer of FAISS."""

from collections.abc import Sequence

import faiss
import numpy as np

from embeddings.encoder import Vectors


class VectorIndex:
    """An exact index over unit vectors, named by their row."""

    def __init__(self, vectors: Vectors) -> None:
        """Build an index over vectors, (n, d) float32, each of length 1."""
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, query: Vectors, top_k: int) -> dict[int, float]:
        """Return the rows and cosines of the `top_k` vectors nearest to `query` (d,)."""
        if not len(self):
            return {}
        scores, rows = self._index.search(query[None], min(top_k, len(self)))
        return {int(row): float(score) for row, score in zip(rows[0], scores[0], strict=True)}

    def scores(self, query: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """Return the cosine to `query` (d,) of the vector in each row."""
        vectors = self._index.reconstruct_batch(np.asarray(rows, np.int64))  # (len(rows), d)
        return dict(zip(rows, (vectors @ query).tolist(), strict=True))
