"""Token vectors: compressed for keeping, expanded for late interaction.

The code is free of training, so that five files work as well as five thousand and no history
matters: a fixed random rotation makes every coordinate of a unit vector nearly Gaussian, and each
is kept as the nearest of the four levels of Lloyd and Max (1960), 2 bits. One factor a token,
float16, makes the inner product of a vector with its own code exact (Gao and Long 2024, RaBitQ).
A token of 384 numbers takes 98 bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors

_LEVELS = np.array([-1.5104, -0.4528, 0.4528, 1.5104], np.float32)
_THRESHOLDS = (_LEVELS[:-1] + _LEVELS[1:]) / 2
_PER_BYTE = 4
_SEED = 0

# All 256 bytes as the four levels they hold, (256, 4) float32.
_EXPANDED = _LEVELS[(np.arange(256)[:, None] >> (2 * np.arange(_PER_BYTE))) & 3]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The kept tokens of one text.

    Attributes:
        code: What `compress` returned.
        spans: (t, 2) characters of each, from the text's start.
    """

    code: bytes
    spans: NDArray[np.uint32]


def compress(tokens: Vectors) -> bytes:
    """Return the code of unit vectors, (t, d) float32: factors, then levels, row by row."""
    rotated = rotate(tokens)  # (t, padded d)
    scaled = rotated * np.sqrt(tokens.shape[1])
    levels = np.searchsorted(_THRESHOLDS, scaled).astype(np.uint8)
    products = np.einsum("td,td->t", rotated, _LEVELS[levels])
    factors = (1 / np.maximum(products, 1e-3)).astype("<f2")
    parts = levels.reshape(len(tokens), levels.shape[1] // _PER_BYTE, _PER_BYTE)
    packed = (parts << (2 * np.arange(_PER_BYTE, dtype=np.uint8))).sum(axis=2).astype(np.uint8)
    return bytes(factors.tobytes() + packed.tobytes())


def expand(codes: Sequence[bytes], dimension: int) -> tuple[Vectors, NDArray[np.int64]]:
    """Return the vectors of several codes, one below the other, and how many each holds.

    Args:
        codes: What `compress` returned, each.
        dimension: Numbers in a vector before compressing.

    Returns:
        (t, padded d) float32 in the rotated space, and (n,) counts.
    """
    width = _padded(dimension) // _PER_BYTE
    counts = np.array([len(code) // (2 + width) for code in codes], np.int64)
    factors = [np.frombuffer(c, "<f2", n) for c, n in zip(codes, counts, strict=True)]
    packed = [
        np.frombuffer(c, np.uint8, n * width, offset=2 * n)
        for c, n in zip(codes, counts, strict=True)
    ]
    if not counts.sum():
        return np.zeros((0, width * _PER_BYTE), np.float32), counts
    levels: Vectors = _EXPANDED.take(np.concatenate(packed), axis=0)
    levels = levels.reshape(-1, width * _PER_BYTE)
    levels *= np.concatenate(factors).astype(np.float32)[:, None]
    return levels, counts


def rotate(vectors: Vectors) -> Vectors:
    """Return vectors in the space of the codes, (t, padded d): inner products stay."""
    dimension = vectors.shape[1]
    turned = vectors @ _rotation(dimension)
    return np.pad(turned, ((0, 0), (0, _padded(dimension) - dimension)))


def maxima(question: Vectors, tokens: Vectors, starts: NDArray[np.int64]) -> Vectors:
    """Return for each question token its best match in each run of tokens (MaxSim).

    Args:
        question: (q, padded d), rotated.
        tokens: (t, padded d), expanded.
        starts: (r,) ascending first tokens of the runs; none is empty.

    Returns:
        (q, r) float32 inner products.
    """
    if not len(starts):
        return np.zeros((len(question), 0), np.float32)
    return np.maximum.reduceat(question @ tokens.T, starts, axis=1)


def _padded(dimension: int) -> int:
    return -(-dimension // _PER_BYTE) * _PER_BYTE


@cache
def _rotation(dimension: int) -> Vectors:
    """Return a fixed orthogonal matrix, uniformly drawn (Mezzadri 2007)."""
    noise = np.random.default_rng(_SEED).standard_normal((dimension, dimension))
    orthogonal, triangular = np.linalg.qr(noise)
    return (orthogonal * np.sign(np.diag(triangular))).astype(np.float32)
