"""Question -> ranked passages: candidates from vectors and BM25, ordered by late interaction.

Knows rows of indexes and stored encodings, not the passages' words. Signals, higher is better:

    dense      cosine of the question's and the passage's pooled vectors
    bm25       BM25 as a share of the most that the question's words could reach (Bruch et al.
               2023, theoretical maximum): what is observed in the candidates doesn't matter
    words      how closely the question's words are met in the passage, its title or its heading
    sentence   the same in its best single sentence, by its own words
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.encoder import Vectors
from embeddings.vectors import VectorIndex
from qa.catalog import Stored
from qa.lexical import LexicalIndex
from qa.matching import Asked, Text, cut, match, match_label
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
        text: Its tokens by sentence.
        best: (q, s) how closely each token of the question is met in each sentence.
    """

    row: int
    score: float
    signals: Mapping[str, float]
    text: Text
    best: Vectors


def retrieve(
    query: Query,
    vectors: VectorIndex,
    lexical: LexicalIndex,
    fetch: Callable[[Sequence[int]], Mapping[int, Stored]],
    settings: Settings,
    top_k: int,
) -> list[Scored]:
    """Return the `top_k` best candidates, best first; equal scores in the order of their rows.

    Each signal proposes more than are asked for, since the others reorder them. `fetch` returns
    the stored encodings of rows; a row that is gone is left out.
    """
    depth = max(settings.candidates, 2 * top_k)
    dense: dict[int, float] = {}
    bm25: dict[int, float] = {}
    if settings.ranking != "bm25":
        dense = vectors.search(query.vector, depth)
    if settings.ranking != "dense":
        bm25 = lexical.search(query.terms, depth)
    proposed = sorted(dense.keys() | bm25.keys())
    # Every candidate gets every signal; one that BM25 didn't propose shares few words or none.
    dense |= vectors.scores(query.vector, [row for row in proposed if row not in dense])
    stored = fetch(proposed)
    rows = [row for row in proposed if row in stored]
    known = [term for term in query.terms if lexical.document_frequency(term)]
    most = sum(_BM25_LIMIT * lexical.weight(term) for term in known) or 1.0
    near = [dense[row] for row in rows]
    same = [bm25.get(row, 0.0) / most for row in rows]
    asked, dimension = query.asked, len(query.vector)
    texts = [cut(s.tokens, s.spans, s.sentences, dimension) for s in (stored[r] for r in rows)]
    matches = match(asked, texts)
    labels = {
        code: match_label(asked, code, dimension)
        for row in rows
        for code in (stored[row].about, stored[row].heading)
    }
    scored = []
    for row, text, best, cosine, share, fused in zip(
        rows, texts, matches, near, same, _min_max(near, same), strict=True
    ):
        met = np.maximum(labels[stored[row].about], labels[stored[row].heading])
        met = np.maximum(met, best.max(axis=1, initial=-1.0))
        signals = {
            "dense": cosine,
            "bm25": share,
            "words": float(asked.weights @ met),
            "sentence": float((asked.weights @ best).max(initial=-1.0)),
        }
        score = {
            "full": signals["words"]
            + settings.sentence_weight * signals["sentence"]
            + settings.dense_weight * cosine
            + settings.bm25_weight * share,
            "words": signals["words"],
            "fused": fused,
            "dense": cosine,
            "bm25": share,
        }[settings.ranking]
        scored.append(Scored(row, score, signals, text, best))
    return sorted(scored, key=lambda hit: (-hit.score, hit.row))[:top_k]


def _min_max(near: Sequence[float], same: Sequence[float]) -> list[float]:
    """Return the mean of both scores, each stretched to 0..1: what others do, to compare with."""
    return [(a + b) / 2 for a, b in zip(_stretched(near), _stretched(same), strict=True)]


def _stretched(scores: Sequence[float]) -> list[float]:
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return [(score - low) / (high - low) if high > low else 0.0 for score in scores]
