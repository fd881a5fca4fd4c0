"""Which sentence answers: how each meets the question's words, beside its passage and neighbours.

A linear score over readable features, standardised. The coefficients in `fitted/pointing.json`
are fitted by listwise softmax: the log of the probability that falls on right sentences and on
sentences of right passages. `python -m benchmarks.fit` writes them with their provenance.
"""

import json
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.tokens import expand
from qa.folding import Word, words
from qa.kinds import OTHER, expected, offers
from qa.passages import about_text, heading_text
from qa.retrieval import Query, Scored
from qa.settings import Settings
from qa.types import Excerpt, Passage, Span

_MARKS = " \"'“‘("

# Words are "specific" (numbers, names) or "common"; weights are the IDFs of content words. A word
# is met where it stands to the letter, or else as closely as its tokens are. Title, date, heading
# and lead-in count as met in every sentence below them.
FEATURES = (
    "common",  # weight of the common words met in the sentence
    "specific",  # … of the specific words
    "passage common",  # … in its passage
    "passage specific",
    "around",  # weight of all words met in the sentence or one beside it
    "whole",  # cosine of the question and the mean of the sentence's tokens
    "dense",  # cosine of the question and the passage
    "first",  # what the passage is ranked by before its sentences are looked at
    "best sentence",  # the passage's signal "sentence"
    "kind",  # 1 where the sentence offers the kind of answer that is asked for
    "passage kind",  # 1 where any sentence of the passage does
    "length",  # ln of its words
    "scrap",  # 1 for under four words and no digit
    "question words",  # how closely "how many", "who" … are met
    "rarest absent",  # 1 where the rarest name or number asked for isn't in the passage
)


# What does without a signal of the ranking takes these features as average.
_OF_SIGNAL = {
    "dense": ("dense",),
    "words": ("passage common", "passage specific"),
    "sentence": ("best sentence",),
    "kind": ("kind", "passage kind"),
    "exact": ("rarest absent",),
}


@dataclass(frozen=True, slots=True)
class Pointed:
    """A sentence that may answer; higher scores are likelier.

    Attributes:
        hit: The number of its passage among the hits.
        passage: Where it stands.
        span: The sentence.
        excerpt: What to show of it.
        score: Log-odds, but for a constant.
    """

    hit: int
    passage: Passage
    span: Span
    excerpt: Excerpt
    score: float

    @property
    def text(self) -> str:
        """The sentence's words."""
        start = self.passage.start
        return self.passage.text[self.span.start - start : self.span.end - start]


def point(
    query: Query,
    hits: Sequence[tuple[Scored, Passage]],
    weigh: Callable[[str], float],
    without: frozenset[str] = frozenset(),
) -> list[Pointed]:
    """Return the sentences of the hits, best first; equal scores in the order of the hits."""
    owners, numbers, features = describe(query, hits, weigh, without)
    off = [FEATURES.index(name) for signal in without for name in _OF_SIGNAL.get(signal, ())]
    features[:, off] = _MEANS[off]
    scores = (features - _MEANS) / _DEVIATIONS @ _COEFFICIENTS
    found = [
        Pointed(
            hit, hits[hit][1], hits[hit][1].sentences[number], hits[hit][1].excerpts[number], score
        )
        for hit, number, score in zip(owners, numbers, scores.tolist(), strict=True)
    ]
    return sorted(found, key=lambda sentence: -sentence.score)


@dataclass(frozen=True, slots=True)
class Found:
    """What the corpus holds on a question.

    Attributes:
        hits: Passages, best first.
        sentences: Of the first `Settings.depth` of them, best first.
    """

    hits: tuple[tuple[Scored, Passage], ...]
    sentences: tuple[Pointed, ...]


def rank(
    query: Query,
    hits: Sequence[tuple[Scored, Passage]],
    weigh: Callable[[str], float],
    settings: Settings,
) -> Found:
    """Look at the sentences of the best hits; in the full ranking their best one counts too.

    What stands further down stays below, with the least that was found above for its sentences.
    """
    top = hits[: settings.depth]
    sentences = point(query, top, weigh, settings.without)
    if settings.ranking != "full" or "answer" in settings.without:
        return Found(tuple(hits), tuple(sentences))
    best: dict[int, float] = {}
    for sentence in sentences:
        best.setdefault(sentence.hit, sentence.score)
    floor = min(best.values(), default=0.0)
    ranked = []
    for number, (scored, passage) in enumerate(hits):
        answer = best.get(number, floor)
        signals = {**scored.signals, "answer": answer}
        score = scored.score + settings.answer_weight * answer
        ranked.append((replace(scored, score=score, signals=signals), passage))
    order = sorted(range(len(hits)), key=lambda n: (n >= len(top), -ranked[n][0].score, n))
    place = {number: at for at, number in enumerate(order)}
    moved = [replace(sentence, hit=place[sentence.hit]) for sentence in sentences]
    return Found(tuple(ranked[number] for number in order), tuple(moved))


def is_specific(question: str, start: int) -> bool:
    """Whether the word at `start` is a number or reads as a name: capitalised in mid-sentence."""
    initial = question[start]
    before = question[:start].rstrip(_MARKS)
    begins = not before or before[-1] in ".!?:"
    return initial.isdigit() or (initial.isupper() and not begins and not question.isupper())


def describe(
    query: Query,
    hits: Sequence[tuple[Scored, Passage]],
    weigh: Callable[[str], float],
    without: frozenset[str] = frozenset(),
) -> tuple[list[int], list[int], NDArray[np.float64]]:
    """Return the features of every sentence of the hits that has tokens of its own.

    Returns:
        (s,) the number of each sentence's hit, (s,) its number in the passage, and (s, features)
        in the order of `FEATURES`.
    """
    question = _Question(query, weigh, without)
    owners: list[int] = []
    numbers: list[int] = []
    parts = []
    for number, (scored, passage) in enumerate(hits):
        if not len(scored.match.sentences):
            continue  # no token of it is known to the model
        parts.append(question.describe(scored, passage))
        numbers += scored.match.sentences.tolist()
        owners += [number] * len(scored.match.sentences)
    features = np.concatenate(parts) if parts else np.zeros((0, len(FEATURES)))
    return owners, numbers, features


class _Question:
    """What of a question is the same for every passage."""

    def __init__(
        self, query: Query, weigh: Callable[[str], float], without: frozenset[str]
    ) -> None:
        self.query = query
        self.without = without
        self.words = query.asked.words
        self.numbers: dict[str, list[int]] = {}  # by term
        for number, word in enumerate(self.words):
            self.numbers.setdefault(word.term, []).append(number)
        self.content = np.array([word.is_content for word in self.words], bool)
        specific = np.array([is_specific(query.text, w.start) for w in self.words], bool)
        self.is_number = np.array([w.plain[:1].isdigit() for w in self.words], bool)
        weights = np.array([weigh(w.term) if w.is_content else 0.0 for w in self.words])
        weights /= max(weights.sum(), 1e-9)
        self.common = weights * ~specific
        self.specific = weights * specific
        self.rarest = int(np.argmax(self.specific)) if self.specific.any() else None
        self.kind = expected(query.text)
        self.known = query.asked.known

    def describe(self, scored: Scored, passage: Passage) -> NDArray[np.float64]:
        """Return the features of a passage's sentences, (s, features)."""
        asked, match = self.query.asked, scored.match
        tokens = expand(scored.stored.text.code, len(self.query.vector))
        spans = [passage.sentences[number] for number in match.sentences]
        texts = [passage.text[a - passage.start : b - passage.start] for a, b in spans]
        found = words(passage.text)
        inside = _by_sentence(found, [b - passage.start for _, b in spans])
        own = [
            [word for word in under if word.start >= a - passage.start]
            for under, (a, _) in zip(inside, spans, strict=True)
        ]
        about = "" if "labels" in self.without else f"{about_text(passage)} {heading_text(passage)}"
        said = self._stand(words(about))
        exact = np.stack([self._stand(under) | said for under in inside], axis=1)  # (w, s)
        met = asked.by_word(scored.best)  # (w, s)
        sentence = self._exactly(met, exact)
        anywhere = np.any(exact, axis=1)[:, None]
        passage_met = self._exactly(met.max(axis=1, keepdims=True), anywhere)[:, 0]
        around = sentence.copy()
        np.maximum(around[:, 1:], sentence[:, :-1], out=around[:, 1:])
        np.maximum(around[:, :-1], sentence[:, 1:], out=around[:, :-1])
        offered = [self.kind != OTHER and offers(text, self.kind, self.known) for text in texts]
        one = np.ones(len(spans))
        rows = {
            "common": self.common @ sentence,
            "specific": self.specific @ sentence,
            "passage common": float(self.common @ passage_met) * one,
            "passage specific": float(self.specific @ passage_met) * one,
            "around": (self.common + self.specific) @ around,
            "whole": _means(tokens, match.starts) @ asked.pooled,
            "dense": scored.signals["dense"] * one,
            "first": scored.score * one,
            "best sentence": scored.signals["sentence"] * one,
            "kind": np.array(offered, float),
            "passage kind": float(any(offered)) * one,
            "length": np.log([max(1, len(text.split())) for text in texts]),
            "scrap": np.array([_is_scrap(some) for some in own], float),
            "question words": self._questioning(asked.by_word(match.best), own),
            "rarest absent": float(self.rarest is not None and not anywhere[self.rarest]) * one,
        }
        return np.stack([rows[name] for name in FEATURES], axis=1)

    def _stand(self, found: Sequence[Word]) -> NDArray[np.bool_]:
        """Return which of the question's words stand among some words, (w,)."""
        stand = np.zeros(len(self.words), bool)
        for word in found:
            for number in self.numbers.get(word.term, ()):
                stand[number] = True
        return stand

    def _exactly(self, met: Vectors, exact: NDArray[np.bool_]) -> Vectors:
        """Return the matches with what stands there to the letter at 1, and other numbers at 0."""
        if "exact" in self.without:
            return met
        met = np.where(self.is_number[:, None] & ~exact, np.minimum(met, 0.0), met)
        return np.where(self.content[:, None] & exact, 1.0, met)

    def _questioning(self, met: Vectors, own: Sequence[Sequence[Word]]) -> NDArray[np.float64]:
        """Return how closely the words that only ask are met, (s,).

        A row of a table has none of its own to meet them with: taken as the average.
        """
        others = ~self.content
        if not others.any():
            return np.zeros(len(own))
        is_row = [all(word.is_content for word in some) for some in own]
        average = _MEANS[FEATURES.index("question words")]
        found: NDArray[np.float64] = np.where(is_row, average, met[others].mean(axis=0))
        return found


def _by_sentence(found: Sequence[Word], ends: Sequence[int]) -> list[Sequence[Word]]:
    """Return the words of each sentence; what stands between two announces the second."""
    cuts = [bisect_left(found, end, key=lambda word: word.start) for end in ends[:-1]]
    return [found[first:last] for first, last in pairwise((0, *cuts, len(found)))]


def _means(tokens: Vectors, starts: NDArray[np.int64]) -> Vectors:
    """Return the direction of each run's mean token, (s, padded dimension)."""
    sums = np.add.reduceat(tokens, starts, axis=0)
    directions: Vectors = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return directions


def _is_scrap(own: Sequence[Word]) -> bool:
    return len(own) < 4 and not any(word.plain[:1].isdigit() for word in own)


_FITTED = json.loads((files("qa") / "fitted" / "pointing.json").read_text("utf-8"))["features"]
_COEFFICIENTS, _MEANS, _DEVIATIONS = np.array(
    [[_FITTED[name][part] for name in FEATURES] for part in ("coefficient", "mean", "deviation")]
)
