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
_BLOCK = 96  # tokens expanded at a time: they stay near the processor, and so do small products
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
    low, middle, high = _cuts(tokens.shape[1])
    levels = (rotated > low).view(np.uint8)
    levels += rotated > middle
    levels += rotated > high
    # The four levels of a byte are the four bytes of a word, the first the lowest.
    words = levels.view("<u4")
    packed = (words | (words >> 6) | (words >> 12) | (words >> 18)).astype(np.uint8)
    kept = _EXPANDED.take(packed, axis=0).reshape(rotated.shape)
    products = np.einsum("td,td->t", rotated, kept)
    factors = (1 / np.maximum(products, 1e-3)).astype("<f2")
    return bytes(factors.tobytes() + packed.tobytes())


def code_length(tokens: int, dimension: int) -> int:
    """Return the bytes of a code of so many tokens."""
    return tokens * (2 + _padded(dimension) // _PER_BYTE)


def expand(code: bytes, dimension: int) -> Vectors:
    """Return the vectors of a code, (t, padded d) float32 in the rotated space.

    Args:
        code: What `compress` returned.
        dimension: Numbers in a vector before compressing.
    """
    factors, packed = _parts(code, dimension)
    vectors: Vectors = _EXPANDED.take(packed, axis=0).reshape(len(factors), _padded(dimension))
    return vectors * factors.astype(np.float32)[:, None]


def similarities(question: Vectors, codes: Sequence[bytes], dimension: int) -> Vectors:
    """Return the inner products of tokens with those of a question, (t, q) float32.

    Args:
        question: (q, padded d), rotated.
        codes: What `compress` returned, each; their tokens come one below the other.
        dimension: Numbers in a vector before compressing.
    """
    if not codes:
        return np.zeros((0, len(question)), np.float32)
    parts = [_parts(code, dimension) for code in codes]
    factors = np.concatenate([factors for factors, _ in parts]).astype(np.float32)
    packed = np.concatenate([packed for _, packed in parts])
    # Products of one shape, for their last bits depend on it, and in one place of memory.
    levels = np.zeros((_BLOCK, *packed.shape[1:], _PER_BYTE), np.float32)
    rows = levels.reshape(_BLOCK, -1)
    found = np.empty((-(-len(packed) // _BLOCK) * _BLOCK, len(question)), np.float32)
    against = np.ascontiguousarray(question.T)
    for first in range(0, len(packed), _BLOCK):
        block = packed[first : first + _BLOCK]
        np.take(_EXPANDED, block, axis=0, out=levels[: len(block)], mode="clip")
        np.matmul(rows, against, out=found[first : first + _BLOCK])
    found = found[: len(packed)]
    found *= factors[:, None]
    return found


def rotate(vectors: Vectors) -> Vectors:
    """Return vectors in the space of the codes, (t, padded d): inner products stay."""
    dimension = vectors.shape[1]
    turned: Vectors = vectors @ _rotation(dimension)
    if _padded(dimension) == dimension:
        return turned
    return np.pad(turned, ((0, 0), (0, _padded(dimension) - dimension)))


def maxima(similar: Vectors, starts: NDArray[np.int64]) -> Vectors:
    """Return for each question token its best match in each run of tokens (MaxSim), (q, r).

    Args:
        similar: (t, q), what `similarities` returned.
        starts: (r,) ascending first tokens of the runs; none is empty.
    """
    if not len(starts):
        return np.zeros((similar.shape[1], 0), np.float32)
    found: Vectors = np.maximum.reduceat(similar, starts, axis=0).T
    return found


def _parts(code: bytes, dimension: int) -> tuple[NDArray[np.float16], NDArray[np.uint8]]:
    """Return the factors, (t,), and the packed levels, (t, bytes a token), of a code."""
    width = _padded(dimension) // _PER_BYTE
    count = len(code) // (2 + width)
    packed = np.frombuffer(code, np.uint8, offset=2 * count).reshape(count, width)
    return np.frombuffer(code, "<f2", count), packed


def _padded(dimension: int) -> int:
    return -(-dimension // _PER_BYTE) * _PER_BYTE


@cache
def _cuts(dimension: int) -> tuple[np.float32, ...]:
    """Return the thresholds for coordinates of unit vectors, which have a variance of 1/d."""
    scale = np.sqrt(dimension)
    near = (_THRESHOLDS / scale).astype(np.float32)
    # Rounded down: x > cut just where the product of x and the scale, in float64, is above.
    return tuple(np.where(near * scale > _THRESHOLDS, np.nextafter(near, np.float32(-1)), near))


@cache
def _rotation(dimension: int) -> Vectors:
    """Return a fixed orthogonal matrix, uniformly drawn (Mezzadri 2007)."""
    noise = np.random.default_rng(_SEED).standard_normal((dimension, dimension))
    orthogonal, triangular = np.linalg.qr(noise)
    return (orthogonal * np.sign(np.diag(triangular))).astype(np.float32)
