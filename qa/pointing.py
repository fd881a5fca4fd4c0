"""Which sentence answers: how each meets the question's words, beside its passage and neighbours.

A linear score over readable features, standardised. The coefficients in `fitted/pointing.json`
are fitted by listwise softmax: the log of the probability that falls on right sentences and on
sentences of right passages. `python -m benchmarks.fit` writes them with their provenance.
"""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.tokens import expand
from qa.folding import Word, words
from qa.kinds import OTHER, asks_for_list, expected, offers
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
    settings: Settings,
) -> list[Pointed]:
    """Return the sentences of the hits, best first; equal scores in the order of the hits."""
    without = settings.without
    owners, numbers, features = describe(query, hits, weigh, without)
    off = [FEATURES.index(name) for signal in without for name in _OF_SIGNAL.get(signal, ())]
    features[:, off] = _MEANS[off]
    scores = (features - _MEANS) / _DEVIATIONS @ _COEFFICIENTS
    furniture = [hits[owner][0].is_boilerplate for owner in owners]
    scores -= settings.boilerplate_margin * np.array(furniture, float)
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
    sentences = point(query, top, weigh, settings)
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
    filled = [n for n, (scored, _) in enumerate(hits) if len(scored.match.sentences)]
    if not filled:
        return [], [], np.zeros((0, len(FEATURES)))
    sentences = [sentence for n in filled for sentence in _sentences(n, *hits[n])]
    scored = [hits[n][0] for n in filled]
    counts = [len(one.match.sentences) for one in scored]
    starts = np.cumsum([0, *counts[:-1]])  # (p,) the first sentence of each passage
    of = np.repeat(np.arange(len(filled)), counts)  # (s,) the passage of each sentence
    asked, question = query.asked, _Question(query, weigh)
    exact = question.stand([sentence.words for sentence in sentences])  # (w, s)
    if "labels" not in without:
        labels = [f"{about_text(p)} {heading_text(p)}" for p in (hits[n][1] for n in filled)]
        exact |= question.stand([words(label) for label in labels])[:, of]
    met = asked.by_word(np.concatenate([one.best for one in scored], axis=1))  # (w, s)
    closest = np.maximum.reduceat(met, starts, axis=1)  # (w, p)
    anywhere = np.logical_or.reduceat(exact, starts, axis=1)  # (w, p)
    if "exact" not in without:
        met, closest = question.exactly(met, exact), question.exactly(closest, anywhere)
    around = met.copy()
    beside = of[1:] == of[:-1]
    np.maximum(around[:, 1:], np.where(beside, met[:, :-1], -1), out=around[:, 1:])
    np.maximum(around[:, :-1], np.where(beside, met[:, 1:], -1), out=around[:, :-1])
    questioning = asked.by_word(np.concatenate([one.match.best for one in scored], axis=1))
    offered = question.offered([sentence.text for sentence in sentences])
    if asks_for_list(query.text):
        listed = [_is_listed(hits[s.hit][1], s.number) for s in sentences]
        offered = np.maximum(offered, listed)
    absent = np.zeros(len(filled)) if question.rarest is None else ~anywhere[question.rarest]
    columns = {
        "common": question.common @ met,
        "specific": question.specific @ met,
        "passage common": (question.common @ closest)[of],
        "passage specific": (question.specific @ closest)[of],
        "around": (question.common + question.specific) @ around,
        "whole": np.concatenate([_means(one, len(query.vector)) for one in scored]) @ asked.pooled,
        "dense": np.array([one.signals["dense"] for one in scored])[of],
        "first": np.array([one.score for one in scored])[of],
        "best sentence": np.array([one.signals["sentence"] for one in scored])[of],
        "kind": offered,
        "passage kind": np.maximum.reduceat(offered, starts)[of],
        "length": np.log([max(1, len(sentence.text.split())) for sentence in sentences]),
        "scrap": [_is_scrap(sentence.own) for sentence in sentences],
        "question words": question.questioning(questioning, sentences),
        "rarest absent": absent[of],
    }
    features = np.stack([columns[name] for name in FEATURES], axis=1).astype(np.float64)
    return [s.hit for s in sentences], [s.number for s in sentences], features


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a hit; `words` begin with what stands above it and announces it."""

    hit: int
    number: int
    text: str
    words: Sequence[Word]
    own: Sequence[Word]


def _sentences(hit: int, scored: Scored, passage: Passage) -> Iterator[_Sentence]:
    numbers = scored.match.sentences.tolist()
    spans = [
        (start - passage.start, end - passage.start)
        for start, end in (passage.sentences[number] for number in numbers)
    ]
    found = words(passage.text)
    cuts = [bisect_left(found, end, key=lambda word: word.start) for _, end in spans[:-1]]
    runs = pairwise((0, *cuts, len(found)))
    for number, (start, end), (first, last) in zip(numbers, spans, runs, strict=True):
        inside = found[first:last]
        own = [word for word in inside if word.start >= start]
        yield _Sentence(hit, number, passage.text[start:end], inside, own)


class _Question:
    """What of a question is the same for every sentence."""

    def __init__(self, query: Query, weigh: Callable[[str], float]) -> None:
        asked = query.asked.words
        self.numbers: dict[str, list[int]] = {}  # by term
        for number, word in enumerate(asked):
            self.numbers.setdefault(word.term, []).append(number)
        self.content = np.array([word.is_content for word in asked], bool)
        specific = np.array([is_specific(query.text, word.start) for word in asked], bool)
        self.is_number = np.array([word.plain[:1].isdigit() for word in asked], bool)
        weights = np.array([weigh(word.term) if word.is_content else 0.0 for word in asked])
        weights /= max(weights.sum(), 1e-9)
        self.common = weights * ~specific
        self.specific = weights * specific
        self.rarest = int(np.argmax(self.specific)) if self.specific.any() else None
        self.kind = expected(query.text)
        self.known = query.asked.known

    def stand(self, texts: Sequence[Sequence[Word]]) -> NDArray[np.bool_]:
        """Return which of the question's words stand in each text, (w, texts)."""
        stand = np.zeros((len(self.content), len(texts)), bool)
        for column, text in enumerate(texts):
            for term in self.numbers.keys() & {word.term for word in text}:
                stand[self.numbers[term], column] = True
        return stand

    def exactly(self, met: Vectors, exact: NDArray[np.bool_]) -> Vectors:
        """Return the matches with what stands there to the letter at 1, and other numbers at 0."""
        met = np.where(self.is_number[:, None] & ~exact, np.minimum(met, 0.0), met)
        return np.where(self.content[:, None] & exact, 1.0, met)

    def offered(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return 1 for each text that offers the kind of answer that is asked for."""
        if self.kind == OTHER:
            return np.zeros(len(texts))
        return np.array([offers(text, self.kind, self.known) for text in texts], float)

    def questioning(self, met: Vectors, sentences: Sequence[_Sentence]) -> NDArray[np.float64]:
        """Return how closely the words that only ask are met, (s,).

        A row of a table has none of its own to meet them with: taken as the average.
        """
        if self.content.all():
            return np.zeros(len(sentences))
        is_row = [all(word.is_content for word in sentence.own) for sentence in sentences]
        average = _MEANS[FEATURES.index("question words")]
        found: NDArray[np.float64] = np.where(is_row, average, met[~self.content].mean(axis=0))
        return found


def _means(scored: Scored, dimension: int) -> Vectors:
    """Return the direction of each sentence's mean token, (s, padded dimension)."""
    tokens = expand(scored.stored.text.code, dimension)
    sums = np.add.reduceat(tokens, scored.match.starts, axis=0)
    directions: Vectors = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return directions


def _is_listed(passage: Passage, number: int) -> bool:
    """Whether a sentence is one of several items that are shown as one."""
    own = passage.excerpts[number].own
    return sum(excerpt.own == own for excerpt in passage.excerpts) > 1


def _is_scrap(own: Sequence[Word]) -> bool:
    return len(own) < 4 and not any(word.plain[:1].isdigit() for word in own)


_FITTED = json.loads((files("qa") / "fitted" / "pointing.json").read_text("utf-8"))["features"]
_COEFFICIENTS, _MEANS, _DEVIATIONS = np.array(
    [[_FITTED[name][part] for name in FEATURES] for part in ("coefficient", "mean", "deviation")]
)
