"""Rows that may be nearest to a query: inverted lists of codes of a bit a number.

Vectors stand in the lists of their nearest centres (k-means), of which a search looks through those
nearest to the query. RaBitQ (Gao and Long 2024) keeps the sign of each number of a vector's way
from its centre, and two factors with which the inner product with any query can be told to within
about 1 / sqrt(d): a vector of 384 numbers takes 56 bytes, a 27th. How many lists are looked
through, and how many candidates are enough, is measured on the vectors themselves. Who searches
scores the candidates by their vectors.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import faiss
import numpy as np
from faiss.contrib import inspect_tools
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.tokens import rotate

MEASURED_AT = 30  # nearest vectors that are to be found
_LISTS = 4  # times the root of how many vectors there are, at most
_IN_LIST = 250  # vectors, at least: where there are few, more lists cost more than they save
_LEARNED_FROM = 64  # vectors a list
_ROUNDS = 10  # of k-means
_QUERY_BITS = 4  # a number of a query; 8 find nothing more
_BLOCK = 16_384  # vectors encoded or compared at a time
_SAMPLE = 512  # queries; of fewer, the share that is asked for says little
_FOUND = 0.99  # share of the nearest that are to be in the lists, and among the candidates
_MARGIN = 4  # times as many lists and candidates
_DEEPEST = 32_768  # candidates
_ROUNDING = 1e-5  # of cosines
_THREADS = faiss.omp_get_max_threads()  # before any search keeps to one


@dataclass(frozen=True, slots=True)
class Lists:
    """Codes, list by list, as they are kept.

    Attributes:
        centres: (c, d) float32, rotated.
        starts: (c + 1,) int64, where each list begins.
        rows: (n,) int64, which vector each code is of.
        codes: (n, bytes) uint8.
        enough: (2,) int64, how many lists are looked through, and candidates taken.
    """

    centres: Vectors
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]
    codes: NDArray[np.uint8]
    enough: NDArray[np.int64]


class Candidates:
    """Searches in lists of codes."""

    def __init__(self, lists: Lists) -> None:
        """Take what `of` made of vectors."""
        self.lists = lists
        self._index = _empty(lists.centres)
        kept: Any = self._index.invlists
        for number, (first, last) in enumerate(pairwise(lists.starts.tolist())):
            rows, codes = (np.ascontiguousarray(of[first:last]) for of in (lists.rows, lists.codes))
            pointers = faiss.swig_ptr(rows), faiss.swig_ptr(codes)
            kept.add_entries(number, len(rows), *pointers)
        self._index.ntotal = len(lists.rows)

    @property
    def enough(self) -> int:
        """How many candidates hold the `MEASURED_AT` nearest."""
        return int(self.lists.enough[1])

    @classmethod
    def of(cls, vectors: Vectors) -> "Candidates":
        """Return the lists of unit vectors, (n, d), which may be mapped from a file."""
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(_THREADS)
        try:
            found = cls(_made(vectors))
            found.lists.enough[:] = found._measured(vectors)
        finally:
            faiss.omp_set_num_threads(threads)
        return found

    def search(
        self, query: Vectors, times: int = 1, among: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        """Return the rows of the vectors that seem nearest to `query` (d,), ascending.

        Args:
            query: Of length 1.
            times: How many times as many are wanted as was measured.
            among: (n,) which rows may be returned; None for all.
        """
        probed, enough = (times * self.lists.enough).tolist()
        turned = rotate(query[None])
        options = faiss.IVFRaBitQSearchParameters()
        options.qb = _QUERY_BITS
        if among is not None:
            bits = np.packbits(among, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
            options.sel = selector
            probed = self._holding(turned, probed, among)
        options.nprobe = min(probed, self._index.nlist)
        _, rows = self._index.search(turned, min(enough, self._index.ntotal), params=options)
        found: NDArray[np.int64] = np.sort(rows[rows >= 0])  # -1 fills up where too few are found
        return found

    def _holding(self, turned: Vectors, probed: int, among: NDArray[np.bool_]) -> int:
        """Return how many lists hold as many allowed rows as so many do of all.

        What is allowed may be far from the question: then none of the nearest lists holds it.
        """
        counts = np.append(0, np.cumsum(among[self.lists.rows]))
        held = np.diff(counts[self.lists.starts])
        order = np.argsort(-(turned @ self.lists.centres.T)[0])
        wanted = probed * len(among) / len(held)
        return max(probed, 1 + int(np.searchsorted(np.cumsum(held[order]), wanted)))

    def _measured(self, vectors: Vectors) -> tuple[int, int]:
        """Return how many lists and candidates hold the nearest vectors, with a margin.

        By queries halfway between two vectors, which are harder than the vectors themselves, as
        questions are.
        """
        count = len(vectors)
        pairs = np.random.default_rng(0).integers(count, size=(2, _SAMPLE))
        queries = vectors[pairs[0]] + vectors[pairs[1]]
        queries /= np.maximum(np.linalg.norm(queries, axis=1, keepdims=True), 1e-6)
        rows, cosines = _nearest(vectors, queries)
        lists = np.zeros(count, np.int64)
        lists[self.lists.rows] = np.repeat(np.arange(self._index.nlist), np.diff(self.lists.starts))
        probed = _MARGIN * _rank(rotate(queries) @ self.lists.centres.T, lists[rows])
        depth = MEASURED_AT
        while _MARGIN * depth < _DEEPEST:
            self.lists.enough[:] = probed, depth
            # Of vectors that are the same any will do: what counts is how near they are.
            found = [
                np.count_nonzero(vectors[self.search(query)] @ query >= least) / MEASURED_AT
                for query, least in zip(queries, cosines.min(axis=1) - _ROUNDING, strict=True)
            ]
            if np.minimum(found, 1).mean() >= _FOUND:
                break
            depth *= 2
        return probed, min(_MARGIN * depth, _DEEPEST)


def _made(vectors: Vectors) -> Lists:
    """Return the lists of vectors, looked through as a whole."""
    count = len(vectors)
    number = max(1, min(_LISTS * math.isqrt(count), count // _IN_LIST))
    sample = np.sort(np.random.default_rng(0).permutation(count)[: _LEARNED_FROM * number])
    blocks = np.split(sample, range(_BLOCK, len(sample), _BLOCK))
    learned = np.concatenate([rotate(vectors[block]) for block in blocks])
    means = faiss.Kmeans(
        *(learned.shape[1], number),
        **{"niter": _ROUNDS, "spherical": True, "max_points_per_centroid": _LEARNED_FROM},
        min_points_per_centroid=1,
    )
    means.train(learned)
    del learned
    centres: Any = means.centroids
    index = _empty(centres)
    for first in range(0, count, _BLOCK):
        index.add(rotate(vectors[first : first + _BLOCK]))
    read: Any = inspect_tools.get_invlist
    filled = [read(index.invlists, own) for own in range(number)]
    rows, codes = (np.concatenate(part) for part in zip(*filled, strict=True))
    starts = np.cumsum([0, *(len(own) for own, _ in filled)])
    return Lists(centres, starts, rows, codes, np.array([number, count]))


def _rank(products: Vectors, lists: NDArray[np.int64]) -> int:
    """Return how many of the nearest lists hold the share `_FOUND` of the nearest vectors.

    Args:
        products: (q, c) of queries with the centres.
        lists: (q, k) the lists of the vectors nearest to each.
    """
    order = np.argsort(np.argsort(-products, axis=1), axis=1)
    return 1 + int(np.quantile(np.take_along_axis(order, lists, axis=1), _FOUND))


def _nearest(vectors: Vectors, queries: Vectors) -> tuple[NDArray[np.int64], Vectors]:
    """Return the rows and cosines of the vectors nearest to each query, (q, k), in any order."""
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
    return rows, cosines


def _empty(centres: Vectors) -> faiss.IndexIVFRaBitQ:
    number, dimension = centres.shape
    quantizer = faiss.IndexFlatIP(dimension)
    quantizer.add(np.ascontiguousarray(centres))
    index = faiss.IndexIVFRaBitQ(quantizer, dimension, number, faiss.METRIC_INNER_PRODUCT)
    index.train(np.ascontiguousarray(centres))  # nothing is learned: the quantizer has its centres
    return index
