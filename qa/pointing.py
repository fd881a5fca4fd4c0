"""Which sentence answers: how each meets the question's words, beside its passage and neighbours.

A linear score over readable features, standardised. The coefficients were fitted once by listwise
softmax (the log of the probability that falls on right sentences, L2 3) on the development
questions over the seeds, with SQuAD's answerable questions at a weight of .3; see
docs/findings.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from qa.folding import words
from qa.kinds import OTHER, expected, offers
from qa.retrieval import Query, Scored
from qa.types import Passage, Span
from qa.wording import date_in_words

_WITHOUT_NAME = 1.0  # what a passage loses without the rarest name or number that is asked for
_MARKS = " \"'“‘("


@dataclass(frozen=True, slots=True)
class _Feature:
    coefficient: float
    mean: float
    deviation: float


# Words are "specific" (numbers, names) or "common"; weights are the IDFs of content words.
_FEATURES = {
    "common": _Feature(1.5436, 0.2584, 0.1463),  # common words met in the sentence
    "specific": _Feature(0.6222, 0.0822, 0.1024),  # specific words met in the sentence
    "passage common": _Feature(0.5777, 0.4065, 0.1823),  # … in its passage
    "passage specific": _Feature(1.3196, 0.1354, 0.1447),
    "around": _Feature(0.7539, 0.4417, 0.1682),  # met in the sentence or one beside it
    "whole": _Feature(
        0.9515, 0.3706, 0.1493
    ),  # cosine of the question and the sentence's mean token
    "dense": _Feature(-0.7341, 0.3996, 0.1534),  # the passage's; what it has is counted already
    "kind": _Feature(0.5727, 0.2282, 0.4196),  # offers the kind of answer that is asked for
    "length": _Feature(-0.3878, 2.9561, 0.6085),  # ln of its words
    "scrap": _Feature(-0.4574, 0.0163, 0.1267),  # under four words and no digit
    "question words": _Feature(1.2381, 0.4013, 0.1173),  # "how many", "who" … by meaning
}


@dataclass(frozen=True, slots=True)
class Pointed:
    """A sentence that may answer; higher scores are likelier."""

    passage: Passage
    span: Span
    score: float

    @property
    def text(self) -> str:
        """Its words."""
        start = self.passage.start
        return self.passage.text[self.span.start - start : self.span.end - start]


def point(
    query: Query, hits: Sequence[tuple[Scored, Passage]], weigh: Callable[[str], float]
) -> list[Pointed]:
    """Return the sentences of the hits, best first; equal scores in the order of the hits.

    Where the rarest name or number of the question stands in some of the passages, the others
    fall back: a row that holds the name says little else that meaning could find.
    """
    found: list[Pointed] = []
    rarest = max(
        (w for w in query.asked.words if w.is_content and is_specific(query.text, w.start)),
        key=lambda word: weigh(word.term),
        default=None,
    )
    kind = expected(query.text)
    known = {word.term for word in query.asked.words} | {w.plain for w in query.asked.words}
    for scored, passage in hits:
        if not len(scored.text.sentences):
            continue  # no token of it is known to the model
        spans = [passage.sentences[number] for number in scored.text.sentences]
        sentences = [Pointed(passage, span, 0.0) for span in spans]
        texts = [sentence.text for sentence in sentences]
        score = np.zeros(len(texts))
        for name, values in _features(query, scored, passage, texts, weigh).items():
            feature = _FEATURES[name]
            score += feature.coefficient * (values - feature.mean) / feature.deviation
        offered = [kind != OTHER and offers(text, kind, known) for text in texts]
        feature = _FEATURES["kind"]
        score += feature.coefficient * (np.array(offered, float) - feature.mean) / feature.deviation
        if rarest and rarest.term not in _terms(passage):
            score -= _WITHOUT_NAME
        found += [
            Pointed(passage, span, float(value)) for span, value in zip(spans, score, strict=True)
        ]
    return sorted(found, key=lambda sentence: -sentence.score)


def is_specific(question: str, start: int) -> bool:
    """Whether the word at `start` is a number or reads as a name: capitalised in mid-sentence."""
    initial = question[start]
    before = question[:start].rstrip(_MARKS)
    begins = not before or before[-1] in ".!?:"
    return initial.isdigit() or (initial.isupper() and not begins and not question.isupper())


def _features(
    query: Query,
    scored: Scored,
    passage: Passage,
    texts: Sequence[str],
    weigh: Callable[[str], float],
) -> dict[str, Vectors]:
    """Return every feature but the kind of answer, (s,) each."""
    asked = query.asked
    content = np.array([word.is_content for word in asked.words], bool)
    specific = content & np.array([is_specific(query.text, w.start) for w in asked.words], bool)
    weights = np.array([weigh(w.term) if w.is_content else 0.0 for w in asked.words])
    weights /= max(weights.sum(), 1e-9)

    met = _by_word(query, scored.best)  # (w, s)
    inside = [{word.term for word in words(text)} for text in texts]
    around_passage = _terms(passage)
    exact = np.array([[word.term in terms for terms in inside] for word in asked.words], bool)
    exact = exact.reshape(len(asked.words), len(texts))
    in_passage = np.array([[word.term in around_passage] for word in asked.words], bool)
    sentence = _exactly(query, met, exact)
    whole = _exactly(query, met.max(axis=1, keepdims=True, initial=-1.0), in_passage)[:, 0]

    padded = np.pad(sentence, ((0, 0), (1, 1)), mode="edge")
    near = np.maximum(sentence, np.maximum(padded[:, :-2], padded[:, 2:]))
    ends = [*scored.text.starts[1:], len(scored.text.tokens)]
    means = np.stack(
        [
            scored.text.tokens[a:b].mean(axis=0)
            for a, b in zip(scored.text.starts, ends, strict=True)
        ]
    )
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    others = ~content
    questioning = met[others].mean(axis=0) if others.any() else np.zeros(len(texts))
    # A row of a table has no such words to meet them with.
    is_row = [all(word.is_content for word in words(text)) for text in texts]
    questioning = np.where(is_row, _FEATURES["question words"].mean, questioning)
    lengths = np.array([max(1, len(text.split())) for text in texts], float)
    scraps = [len(words(text)) < 4 and not any(char.isdigit() for char in text) for text in texts]
    one = np.ones(len(texts))
    return {
        "common": (weights * ~specific) @ sentence,
        "specific": (weights * specific) @ sentence,
        "passage common": float((weights * ~specific) @ whole) * one,
        "passage specific": float((weights * specific) @ whole) * one,
        "around": weights @ near,
        "whole": means @ asked.pooled,
        "dense": scored.signals["dense"] * one,
        "length": np.log(lengths),
        "scrap": np.array(scraps, float),
        "question words": questioning,
    }


def _terms(passage: Passage) -> set[str]:
    """Return the terms of a passage and of what is said of it."""
    about = (passage.title, passage.section or "", date_in_words(passage.published))
    return {word.term for word in words(" ".join((passage.text, *about)))}


def _by_word(query: Query, best: Vectors) -> Vectors:
    """Return how closely each word is met, (w, s): the mean over its pieces."""
    rows = [best[query.asked.owners == number] for number in range(len(query.asked.words))]
    means = [row.mean(axis=0) if len(row) else np.zeros(best.shape[1]) for row in rows]
    return np.array(means).reshape(len(rows), best.shape[1])


def _exactly(query: Query, met: Vectors, exact: NDArray[np.bool_]) -> Vectors:
    """Return the matches with what stands there to the letter at 1, and other numbers at 0."""
    content = np.array([[word.is_content] for word in query.asked.words], bool)
    number = np.array([[word.plain[:1].isdigit()] for word in query.asked.words], bool)
    met = np.where(number & ~exact, np.minimum(met, 0.0), met)
    return np.where(content & exact, 1.0, met)
