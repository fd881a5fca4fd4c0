"""Question -> ranked passages: candidates from vectors and BM25, ordered by late interaction.

Knows rows of indexes and stored encodings, not the passages' words. Signals, higher is better:

    dense      cosine of the question's and the passage's pooled vectors
    bm25       BM25 as a share of the most that the question's words could reach (Bruch et al.
               2023, theoretical maximum): what is observed in the candidates doesn't matter
    words      how closely the question's words are met in the passage, its title or its heading
    sentence   the same in its best single sentence
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.tokens import similarities
from qa.catalog.views import Stored
from qa.matching import Asked, Match, Matches, match, match_labels
from qa.settings import Settings
from qa.state import State

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
        row: In the indexes.
        score: What it is ranked by.
        signals: By name.
        stored: What it is matched by.
        match: How its words meet the question.
        label: (q,) how closely each token is met by what is said of it: title, date, heading.
        about: (t, q) the inner product of each token of title and date with each of the question's.
        heading: (t, q) that of each token of its heading.
        is_boilerplate: Whether it belongs to a page rather than to its text.
    """

    row: int
    score: float
    signals: Mapping[str, float]
    stored: Stored
    match: Match
    label: Vectors
    about: Vectors
    heading: Vectors
    is_boilerplate: bool = False

    @property
    def best(self) -> Vectors:
        """How closely each token is met in each sentence or what is said of it, (q, s)."""
        return np.maximum(self.match.best, self.label[:, None])


def retrieve(
    query: Query,
    state: State,
    fetch: Callable[[Sequence[int]], Mapping[int, Stored]],
    settings: Settings,
    top_k: int,
    among: NDArray[np.bool_] | None = None,
) -> list[Scored]:
    """Return the `top_k` best candidates, best first; equal scores in the order of their passages.

    Each signal proposes more than are asked for, since the others reorder them. `fetch` returns
    the stored encodings of rows; `among`, (n,), says which rows may be proposed, None that all may.
    """
    depth = max(settings.candidates, 2 * top_k)
    off = settings.without
    by_vector = settings.ranking != "bm25" and "dense" not in off
    by_words = settings.ranking != "dense" and "bm25" not in off
    near = partial(state.vectors.search, query.vector, depth, among)
    dense_found = _started(near) if by_vector and by_words else near
    bm25 = state.lexical.search(query.terms, depth, among) if by_words else {}
    dense = dense_found() if by_vector else {}
    # In the order of the passages: a product's last bits depend on what stands beside a row.
    union = np.array(list(dense.keys() | bm25.keys()), np.int64)
    proposed: list[int] = union[np.argsort(state.rows.places(union))].tolist()
    # Every candidate gets every signal; one that BM25 didn't propose shares few words or none.
    dense |= state.vectors.scores(query.vector, [row for row in proposed if row not in dense])
    stored = fetch(proposed)
    known = [term for term in query.terms if state.lexical.document_frequency(term)]
    most = sum(_BM25_LIMIT * state.lexical.weight(term) for term in known) or 1.0
    kept = [stored[row] for row in proposed]
    matches, labels, similar = _matched(query, kept)
    if "labels" in off:
        labels = np.full_like(labels, -1)
    # Every sentence stands under the title and the heading: they needn't say it again.
    by_sentence = query.asked.weigh(np.maximum(matches.best, labels[:, matches.owners]))
    signals = {
        "dense": np.array([dense[row] for row in proposed]),
        "bm25": np.array([bm25.get(row, 0.0) for row in proposed]) / most,
        "words": query.asked.weigh(np.maximum(labels, matches.closest(matches.best))),
        "sentence": matches.closest(by_sentence),
    }
    fused = (_stretched(signals["dense"]) + _stretched(signals["bm25"])) / 2
    signals = {
        name: np.zeros(len(proposed)) if name in off else values.astype(np.float64)
        for name, values in signals.items()
    }
    scores = {**signals, "fused": fused}.get(settings.ranking, _sum(signals, settings))
    best = np.argsort(-scores, kind="stable")[:top_k].tolist()  # equal ones stay in order
    return [
        Scored(
            row=proposed[n],
            score=float(scores[n]),
            signals={name: float(v[n]) for name, v in signals.items()},
            stored=kept[n],
            match=matches[n],
            label=labels[:, n],
            about=similar[kept[n].about.code],
            heading=similar[kept[n].heading.code],
        )
        for n in best
    ]


def _started(search: Callable[[], dict[int, float]]) -> Callable[[], dict[int, float]]:
    """Begin a search beside the caller, and return what waits for what it finds."""
    try:
        return _workers().submit(search).result
    except RuntimeError:  # the interpreter is ending: no thread can be started any more
        return search


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="retrieve")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_workers.cache_clear)  # threads stay behind


def _sum(signals: Mapping[str, NDArray[np.float64]], settings: Settings) -> NDArray[np.float64]:
    return (
        signals["words"]
        + settings.sentence_weight * signals["sentence"]
        + settings.dense_weight * signals["dense"]
        + settings.bm25_weight * signals["bm25"]
    )


def _matched(
    query: Query, kept: Sequence[Stored]
) -> tuple[Matches, Vectors, Mapping[bytes, Vectors]]:
    """Return how passages meet a question, and what is said of them: one product for all.

    Returns:
        The passages' matches; how closely each token is met by what is said of each passage,
        (q, p); and the inner products, (t, q), of titles and headings, by their code.
    """
    texts = [s.text for s in kept]
    labels = {label.code: label for s in kept for label in (s.about, s.heading)}  # each once
    codes = [*(text.code for text in texts), *labels]
    similar = similarities(query.asked.tokens, codes, len(query.vector))
    passages, said = np.split(similar, [sum(len(text.spans) for text in texts)])
    ends = np.cumsum([len(label.spans) for label in labels.values()], dtype=np.int64)
    met = match_labels(said, ends)
    column = {code: n for n, code in enumerate(labels)}
    about = [column[s.about.code] for s in kept]
    heading = [column[s.heading.code] for s in kept]
    return (
        match(passages, texts, [s.ends for s in kept]),
        np.maximum(met[:, about], met[:, heading]),
        {
            code: said[first:end]
            for code, (first, end) in zip(labels, pairwise([0, *ends.tolist()]), strict=True)
        },
    )


def _stretched(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scores stretched to 0..1: what others do before they add them, to compare with."""
    low, high = scores.min(initial=np.inf), scores.max(initial=-np.inf)
    return (scores - low) / (high - low) if high > low else np.zeros(len(scores))
