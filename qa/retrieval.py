"""Question -> ranked passages: candidates from vectors and BM25, ordered by late interaction.

Knows rows of indexes and stored encodings, not the passages' words. Signals, higher is better:

    dense      cosine of the question's and the passage's pooled vectors
    bm25       BM25 as a share of the most that the question's words could reach (Bruch et al.
               2023, theoretical maximum): what is observed in the candidates doesn't matter
    words      how closely the question's words are met in the passage, its title or its heading
    sentence   the same in its best single sentence
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.vectors import VectorIndex
from qa.catalog.views import Stored
from qa.lexical import LexicalIndex
from qa.matching import Asked, Match, match, match_labels
from qa.settings import Settings

_BM25_LIMIT = 2.2  # k1 + 1: what a term's weight is multiplied by, at most


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is searched with.

    Attributes:
        text: The question.
        vector: (dimension,) float32.
        terms: Folded content words, each once, in order.
        asked: Its tokens, weighed.
    """

    text: str
    vector: Vectors
    terms: tuple[str, ...]
    asked: Asked


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage's row in the indexes, with its score and what went into it.

    Attributes:
        row: In the order of document ids and offsets.
        score: What it is ranked by.
        signals: By name.
        stored: What it is matched by.
        match: How its words meet the question.
        label: (q,) how closely each token is met by what is said of it: title, date, heading.
        is_boilerplate: Whether it belongs to a page rather than to its text.
    """

    row: int
    score: float
    signals: Mapping[str, float]
    stored: Stored
    match: Match
    label: Vectors
    is_boilerplate: bool = False

    @property
    def best(self) -> Vectors:
        """How closely each token is met in each sentence or what is said of it, (q, s)."""
        return np.maximum(self.match.best, self.label[:, None])


def retrieve(
    query: Query,
    vectors: VectorIndex,
    lexical: LexicalIndex,
    fetch: Callable[[Sequence[int]], Mapping[int, Stored]],
    settings: Settings,
    top_k: int,
    among: NDArray[np.bool_] | None = None,
) -> list[Scored]:
    """Return the `top_k` best candidates, best first; equal scores in the order of their rows.

    Each signal proposes more than are asked for, since the others reorder them. `fetch` returns
    the stored encodings of rows; `among`, (n,), says which rows may be proposed, None that all may.
    """
    depth = max(settings.candidates, 2 * top_k)
    dense: dict[int, float] = {}
    bm25: dict[int, float] = {}
    off = settings.without
    if settings.ranking != "bm25" and "dense" not in off:
        dense = vectors.search(query.vector, depth, among)
    if settings.ranking != "dense" and "bm25" not in off:
        bm25 = lexical.search(query.terms, depth, among)
    proposed = sorted(dense.keys() | bm25.keys())
    # Every candidate gets every signal; one that BM25 didn't propose shares few words or none.
    dense |= vectors.scores(query.vector, [row for row in proposed if row not in dense])
    stored = fetch(proposed)
    known = [term for term in query.terms if lexical.document_frequency(term)]
    most = sum(_BM25_LIMIT * lexical.weight(term) for term in known) or 1.0
    near = [dense[row] for row in proposed]
    same = [bm25.get(row, 0.0) / most for row in proposed]
    kept = [stored[row] for row in proposed]
    dimension = len(query.vector)
    matches = match(query.asked, [s.text for s in kept], [s.ends for s in kept], dimension)
    labels = _labels(query.asked, kept, dimension)
    if "labels" in off:
        labels = [np.full_like(label, -1) for label in labels]
    scored = []
    for row, own, found, label, cosine, share, fused in zip(
        proposed, kept, matches, labels, near, same, _min_max(near, same), strict=True
    ):
        met = np.maximum(label, found.best.max(axis=1, initial=-1.0))
        # Every sentence stands under the title and the heading: they needn't say it again.
        by_sentence = query.asked.weights @ np.maximum(found.best, label[:, None])
        signals = {
            "dense": cosine,
            "bm25": share,
            "words": float(query.asked.weights @ met),
            "sentence": float(by_sentence.max(initial=-1.0)),
        }
        signals |= {name: 0.0 for name in signals if name in off}
        score = {
            "full": _sum(signals, settings),
            "first": _sum(signals, settings),
            "words": signals["words"],
            "fused": fused,
            "dense": cosine,
            "bm25": share,
        }[settings.ranking]
        scored.append(Scored(row, score, signals, own, found, label))
    return sorted(scored, key=lambda hit: (-hit.score, hit.row))[:top_k]


def _sum(signals: Mapping[str, float], settings: Settings) -> float:
    return (
        signals["words"]
        + settings.sentence_weight * signals["sentence"]
        + settings.dense_weight * signals["dense"]
        + settings.bm25_weight * signals["bm25"]
    )


def _labels(asked: Asked, kept: Sequence[Stored], dimension: int) -> list[Vectors]:
    """Return how closely the question is met by what is said of each passage, (q,) each."""
    distinct = {label.code: label for s in kept for label in (s.about, s.heading)}
    met = match_labels(asked, list(distinct.values()), dimension)
    columns = dict(zip(distinct, met.T, strict=True))
    return [np.maximum(columns[s.about.code], columns[s.heading.code]) for s in kept]


def _min_max(near: Sequence[float], same: Sequence[float]) -> list[float]:
    """Return the mean of both scores, each stretched to 0..1: what others do, to compare with."""
    return [(a + b) / 2 for a, b in zip(_stretched(near), _stretched(same), strict=True)]


def _stretched(scores: Sequence[float]) -> list[float]:
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return [(score - low) / (high - low) if high > low else 0.0 for score in scores]
