"""Question -> hits: candidates from vectors and BM25, fused into one score.

Knows numbers of passages, not the passages. Signals: `dense`, the cosine of question and
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
    """A passage's number with its fused score and what went into it."""

    number: int
    score: float
    signals: Mapping[str, float]


def retrieve(
    query: Query, vectors: VectorIndex, lexical: LexicalIndex, settings: Settings
) -> list[Scored]:
    """Return the candidates, best first; equal scores in the order of their numbers."""
    dense: dict[int, float] = {}
    bm25: dict[int, float] = {}
    if settings.ranking != "bm25":
        dense = vectors.search(query.vector, settings.candidates)
    if settings.ranking != "dense":
        bm25 = lexical.search(query.terms, settings.candidates)
    candidates = sorted(dense.keys() | bm25.keys())
    # Every candidate gets every signal; one that BM25 didn't propose shares few words or none.
    if settings.ranking == "fused":
        missing = [number for number in candidates if number not in dense]
        dense |= vectors.scores(query.vector, missing)
    scores = _fuse(candidates, dense, bm25, settings)
    scored = [
        Scored(number, score, _signals(number, dense, bm25))
        for number, score in zip(candidates, scores, strict=True)
    ]
    return sorted(scored, key=lambda hit: (-hit.score, hit.number))


def _fuse(
    candidates: Sequence[int],
    dense: Mapping[int, float],
    bm25: Mapping[int, float],
    settings: Settings,
) -> list[float]:
    if settings.ranking == "dense":
        return [dense[number] for number in candidates]
    if settings.ranking == "bm25":
        return [bm25[number] for number in candidates]
    share = settings.dense_weight
    near = _scaled([dense[number] for number in candidates])
    same = _scaled([bm25.get(number, 0.0) for number in candidates])
    return [share * a + (1 - share) * b for a, b in zip(near, same, strict=True)]


def _scaled(scores: Sequence[float]) -> list[float]:
    """Return the scores stretched to 0..1 (min-max); all equal become 0."""
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return [(score - low) / (high - low) if high > low else 0.0 for score in scores]


def _signals(
    number: int, dense: Mapping[int, float], bm25: Mapping[int, float]
) -> dict[str, float]:
    signals = {}
    if dense:
        signals["dense"] = dense[number]
    if bm25 or not dense:
        signals["bm25"] = bm25.get(number, 0.0)
    return signals
