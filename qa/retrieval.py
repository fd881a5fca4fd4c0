"""Question -> hits: candidates from vectors and BM25, fused into one score.

Knows rows of indexes, not the passages in them. Signals: `dense`, the cosine of question and
passage; `bm25`. Higher is better in all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from embeddings.encoder import Vectors
from embeddings.vectors import VectorIndex
from qa.lexical import LexicalIndex
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is searched with.

    Attributes:
        text: The question.
        vector: (dimension,) float32.
        terms: Folded content words, each once, in order.
    """

    text: str
    vector: Vectors
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage's row in the indexes, with its fused score and what went into it."""

    row: int
    score: float
    signals: Mapping[str, float]


def retrieve(
    query: Query, vectors: VectorIndex, lexical: LexicalIndex, settings: Settings, top_k: int
) -> list[Scored]:
    """Return at least `top_k` candidates, if there are as many, best first.

    Each signal proposes more than are asked for, since fusing reorders them.
    """
    depth = max(settings.candidates, 2 * top_k)
    dense: dict[int, float] = {}
    bm25: dict[int, float] = {}
    if settings.ranking != "bm25":
        dense = vectors.search(query.vector, depth)
    if settings.ranking != "dense":
        bm25 = lexical.search(query.terms, depth)
    rows = sorted(dense.keys() | bm25.keys())
    # Every candidate gets every signal; one that BM25 didn't propose shares few words or none.
    dense |= vectors.scores(query.vector, [row for row in rows if row not in dense])
    near = [dense[row] for row in rows]
    same = [bm25.get(row, 0.0) for row in rows]
    weight = {"fused": settings.dense_weight, "dense": 1.0, "bm25": 0.0}[settings.ranking]
    scored = [
        Scored(row, weight * a + (1 - weight) * b, {"dense": cosine, "bm25": score})
        for row, cosine, score, a, b in zip(
            rows, near, same, _scaled(near), _scaled(same), strict=True
        )
    ]
    return sorted(scored, key=lambda hit: (-hit.score, hit.row))


def _scaled(scores: Sequence[float]) -> list[float]:
    """Return the scores stretched to 0..1 (min-max); all equal become 0."""
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return [(score - low) / (high - low) if high > low else 0.0 for score in scores]
