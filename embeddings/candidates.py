"""Rows that may be nearest to a query, by a bit a number.

RaBitQ (Gao and Long 2024) keeps the sign of each number of a vector, and two factors with which
the inner product with any query can be told to within about 1 / sqrt(d). A fixed random rotation
stands in for training, and the centre is zero: a vector's code depends on nothing but the vector,
so codes made step by step and all at once are the same. A vector of 384 numbers takes 56 bytes,
a 27th. All codes are looked through; who searches scores the best of them by the vectors.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.tokens import rotate

Codes = NDArray[np.uint8]

MEASURED_AT = 30  # nearest vectors that `measured_depth` is about
_QUERY_BITS = 4  # a number of a query; 8 find nothing more
_ENCODED = 1_024  # vectors encoded at a time
_BLOCK = 16_384  # vectors compared at a time
_SAMPLE = 64  # queries
_FOUND = 0.995  # share of the nearest that are among the candidates, before the margin
_MARGIN = 2  # times as many candidates
_DEEPEST = 32_768  # candidates


def encode(vectors: Vectors) -> Codes:
    """Return the codes of unit vectors, (n, bytes), each by itself."""
    empty = _index(vectors.shape[1])
    codes = np.empty((len(vectors), empty.sa_code_size()), np.uint8)
    # Products of one shape: a matrix product's last bits depend on it, and a sign on them.
    block = np.zeros((_ENCODED, vectors.shape[1]), np.float32)
    for first in range(0, len(vectors), _ENCODED):
        own = vectors[first : first + _ENCODED]
        block[: len(own)] = own
        codes[first : first + _ENCODED] = empty.sa_encode(rotate(block)[: len(own)])
    return codes


class Candidates:
    """Codes to be looked through, half of them by another thread."""

    def __init__(self, codes: Codes, dimension: int) -> None:
        """Take the codes of vectors of so many numbers."""
        self._half = len(codes) // 2
        self._parts = [_index(dimension), _index(dimension)]
        for part, own in zip(self._parts, np.split(codes, [self._half]), strict=True):
            part.add_sa_codes(np.ascontiguousarray(own))

    def search(
        self, query: Vectors, count: int, among: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        """Return the rows of the `count` vectors that seem nearest to `query` (d,), ascending."""
        turned = rotate(query[None])
        masks = [None, None] if among is None else np.split(among, [self._half])
        other = _worker().submit(_look_through, self._parts[1], turned, count, masks[1])
        scores, rows = _look_through(self._parts[0], turned, count, masks[0])
        more_scores, more_rows = other.result()
        scores = np.concatenate([scores, more_scores])
        rows = np.concatenate([rows, more_rows + self._half])
        if len(rows) > count:
            rows = rows[np.argpartition(-scores, count)[:count]]
        return np.sort(rows)


def measured_depth(vectors: Vectors, candidates: Candidates) -> int:
    """Return how many candidates hold the nearest vectors, with a margin.

    Measured with queries halfway between two vectors of the collection, drawn at random but always
    the same: such ones are harder than its own vectors, as questions are.
    """
    pairs = np.random.default_rng(len(vectors)).integers(len(vectors), size=(2, _SAMPLE))
    queries = vectors[pairs[0]] + vectors[pairs[1]]
    queries /= np.maximum(np.linalg.norm(queries, axis=1, keepdims=True), 1e-6)
    nearest = _nearest(vectors, queries)
    depth = MEASURED_AT
    while depth < min(_DEEPEST, len(vectors)):
        found = [
            np.isin(rows, candidates.search(query, depth // _MARGIN), assume_unique=True).mean()
            for query, rows in zip(queries, nearest, strict=True)
        ]
        if np.mean(found) >= _FOUND:
            break
        depth *= 2
    return depth


def _nearest(vectors: Vectors, queries: Vectors) -> NDArray[np.int64]:
    """Return the rows of the nearest vectors to each query, (q, MEASURED_AT), in any order."""
    cosines = np.empty((len(queries), 0), np.float32)
    rows = np.empty((len(queries), 0), np.int64)
    for first in range(0, len(vectors), _BLOCK):
        block = queries @ vectors[first : first + _BLOCK].T
        cosines = np.hstack([cosines, block])
        here = np.arange(first, first + block.shape[1])
        rows = np.hstack([rows, np.broadcast_to(here, block.shape)])
        best = np.argpartition(cosines, -MEASURED_AT)[:, -MEASURED_AT:]
        cosines = np.take_along_axis(cosines, best, axis=1)
        rows = np.take_along_axis(rows, best, axis=1)
    return rows


def _look_through(
    part: faiss.IndexRaBitQ, turned: Vectors, count: int, among: NDArray[np.bool_] | None
) -> tuple[Vectors, NDArray[np.int64]]:
    options = faiss.RaBitQSearchParameters()
    options.qb = _QUERY_BITS
    if among is not None:
        bits = np.packbits(among, bitorder="little")
        selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        options.sel = selector
    scores, rows = part.search(turned, min(count, part.ntotal), params=options)
    found = rows[0] >= 0  # -1 fills up where a mask lets too few through
    return scores[0][found], rows[0][found]


def _index(dimension: int) -> faiss.IndexRaBitQ:
    padded = rotate(np.zeros((1, dimension), np.float32))
    index = faiss.IndexRaBitQ(padded.shape[1], faiss.METRIC_INNER_PRODUCT, 1)
    index.train(padded)  # the centre is the mean: zero
    return index


@cache
def _worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "vectors")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_worker.cache_clear)  # threads stay behind
