"""Nearest vectors by inner product; the only importer of FAISS."""

from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors


class VectorIndex:
    """An exact index over unit vectors, named by their row."""

    def __init__(self, vectors: Vectors) -> None:
        """Build an index over vectors, (n, d) float32, each of length 1."""
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def vectors(self) -> Vectors:
        """What it was built over, (n, d) float32; not to be changed."""
        shape = len(self), self._index.d
        return faiss.rev_swig_ptr(self._index.get_xb(), shape[0] * shape[1]).reshape(shape)

    def search(
        self, query: Vectors, top_k: int, among: NDArray[np.bool_] | None = None
    ) -> dict[int, float]:
        """Return the rows and cosines of the `top_k` vectors nearest to `query` (d,).

        Equal cosines come in the order of their rows, the last ones too.

        Args:
            query: Of length 1.
            top_k: How many, at most.
            among: (n,) which rows may be returned; None for all.
        """
        most = len(self) if among is None else int(among.sum())
        wanted = min(top_k, most)
        if not wanted:
            return {}
        options = None
        if among is not None:
            bits = np.packbits(among, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
            options = faiss.SearchParameters()
            options.sel = selector
        count = wanted
        while True:  # until the last score is below the last one that is wanted
            count = min(2 * count, most)
            scores, rows = self._index.search(query[None], count, params=options)
            if count == most or scores[0, -1] < scores[0, wanted - 1]:
                break
        order = np.lexsort((rows[0], -scores[0]))[:wanted]
        return dict(zip(rows[0][order].tolist(), scores[0][order].tolist(), strict=True))

    def scores(self, query: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """Return the cosine to `query` (d,) of the vector in each row."""
        vectors = self._index.reconstruct_batch(np.asarray(rows, np.int64))  # (len(rows), d)
        # Row by row: a matrix product's last bits depend on what stands beside a row.
        return dict(zip(rows, np.einsum("nd,d->n", vectors, query).tolist(), strict=True))
