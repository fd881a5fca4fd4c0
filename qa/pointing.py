"""Which sentence answers: how each meets the question's words, beside its passage and neighbours.

A linear score over readable features, standardised. The coefficients in `fitted/pointing.json`
are fitted by listwise softmax: the log of the probability that falls on right sentences and on
sentences of right passages. `python -m benchmarks.fit` writes them with their provenance.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.tokens import expand
from qa.folding import Forms, forms, terms
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
    sentences = _point(query, top, weigh, settings)
    order = list(range(len(hits)))
    if settings.ranking == "full" and "answer" not in settings.without:
        best: dict[int, float] = {}
        for owner, _, score in sentences:
            best.setdefault(owner, score)
        floor = min(best.values(), default=0.0)
        hits = [
            (_with_answer(one, best.get(n, floor), settings), p) for n, (one, p) in enumerate(hits)
        ]
        order.sort(key=lambda n: (n >= len(top), -hits[n][0].score, n))
    place = {number: at for at, number in enumerate(order)}
    pointed = [
        Pointed(place[owner], p, p.sentences[number], p.excerpts[number], score)
        for owner, number, score in sentences
        for p in [hits[owner][1]]
    ]
    return Found(tuple(hits[number] for number in order), tuple(pointed))


def _with_answer(scored: Scored, answer: float, settings: Settings) -> Scored:
    score = scored.score + settings.answer_weight * answer
    return replace(scored, score=score, signals={**scored.signals, "answer": answer})


def _point(
    query: Query,
    hits: Sequence[tuple[Scored, Passage]],
    weigh: Callable[[str], float],
    settings: Settings,
) -> list[tuple[int, int, float]]:
    """Return the sentences of the hits, best first; equal scores in the order of the hits.

    Of each, the number of its hit, its own in the passage, and its score.
    """
    without = settings.without
    owners, numbers, features = describe(query, hits, weigh, without)
    off = [FEATURES.index(name) for signal in without for name in _OF_SIGNAL.get(signal, ())]
    features[:, off] = _MEANS[off]
    scores = (features - _MEANS) / _DEVIATIONS @ _COEFFICIENTS
    furniture = [hits[owner][0].is_boilerplate for owner in owners]
    scores -= settings.boilerplate_margin * np.array(furniture, float)
    found = zip(owners, numbers, scores.tolist(), strict=True)
    return sorted(found, key=lambda sentence: -sentence[2])


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
    scored = [hits[n][0] for n in filled]
    dimension = len(query.vector)
    outlines = [_outlined(*hits[n], dimension) for n in filled]
    counts = [len(outline.texts) for outline in outlines]
    starts = np.cumsum([0, *counts[:-1]])  # (p,) the first sentence of each passage
    of = np.repeat(np.arange(len(filled)), counts)  # (s,) the passage of each sentence
    asked, question = query.asked, _Question(query, weigh)
    exact = question.stand([terms for outline in outlines for terms in outline.terms])  # (w, s)
    if "labels" not in without:
        exact |= question.stand([outline.labels for outline in outlines])[:, of]
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
    offered = question.offered([text for outline in outlines for text in outline.texts])
    if asks_for_list(query.text):
        offered = np.maximum(offered, np.concatenate([outline.listed for outline in outlines]))
    absent = np.zeros(len(filled)) if question.rarest is None else ~anywhere[question.rarest]
    columns = {
        "common": question.common @ met,
        "specific": question.specific @ met,
        "passage common": (question.common @ closest)[of],
        "passage specific": (question.specific @ closest)[of],
        "around": (question.common + question.specific) @ around,
        "whole": np.concatenate([outline.directions for outline in outlines]) @ asked.pooled,
        "dense": np.array([one.signals["dense"] for one in scored])[of],
        "first": np.array([one.score for one in scored])[of],
        "best sentence": np.array([one.signals["sentence"] for one in scored])[of],
        "kind": offered,
        "passage kind": np.maximum.reduceat(offered, starts)[of],
        "length": np.concatenate([outline.lengths for outline in outlines]),
        "scrap": np.concatenate([outline.scraps for outline in outlines]),
        "question words": question.questioning(
            questioning, np.concatenate([outline.rows for outline in outlines])
        ),
        "rarest absent": absent[of],
    }
    features = np.stack([columns[name] for name in FEATURES], axis=1).astype(np.float64)
    numbers = [number for one in scored for number in one.match.sentences.tolist()]
    return np.array(filled)[of].tolist(), numbers, features


@dataclass(frozen=True, slots=True)
class _Outline:
    """What of a passage is the same for every question.

    Attributes:
        texts: (s,) its sentences that have tokens.
        terms: (s,) of the sentences, what stands above each and announces it included.
        labels: Terms of what is said of it.
        lengths: (s,) ln of the words.
        scraps: (s,) 1 for under four words and no digit.
        rows: (s,) whether all words carry meaning, as those of a table's row do.
        listed: (s,) 1 for one of several items that are shown as one.
        directions: (s, padded dimension) of the mean token, in the rotated space.
    """

    texts: Sequence[str]
    terms: Sequence[frozenset[str]]
    labels: frozenset[str]
    lengths: NDArray[np.float64]
    scraps: NDArray[np.float64]
    rows: NDArray[np.bool_]
    listed: NDArray[np.float64]
    directions: Vectors


def _outlined(scored: Scored, passage: Passage, dimension: int) -> _Outline:
    runs = tuple(zip(scored.match.sentences.tolist(), scored.match.starts.tolist(), strict=True))
    return _outline(passage, runs, scored.stored.text.code, dimension)


@lru_cache(maxsize=1_000)  # some 20 KB each
def _outline(
    passage: Passage, runs: Sequence[tuple[int, int]], code: bytes, dimension: int
) -> _Outline:
    """Return the outline of a passage.

    Args:
        passage: All that is known of it.
        runs: The numbers of its sentences that have tokens, and the first token of each.
        code: Of its tokens.
        dimension: Numbers in a vector before compressing.
    """
    numbers = [number for number, _ in runs]
    spans = [(s.start - passage.start, s.end - passage.start) for s in passage.sentences]
    spans = [spans[number] for number in numbers]
    texts = [passage.text[start:end] for start, end in spans]
    # What stands between two sentences belongs to the second, what ends a passage to the last.
    stops = [*(end for _, end in spans[:-1]), len(passage.text)]
    own = [forms(passage.text[start:stop]) for (start, _), stop in zip(spans, stops, strict=True)]
    above = [
        terms(passage.text[before:start])
        for before, (start, _) in zip((0, *stops[:-1]), spans, strict=True)
    ]
    shown = Counter(excerpt.own for excerpt in passage.excerpts)
    sums = np.add.reduceat(expand(code, dimension), [first for _, first in runs], axis=0)
    return _Outline(
        texts,
        [
            frozenset([*led, *(form.term for form in run)])
            for led, run in zip(above, own, strict=True)
        ],
        frozenset(terms(f"{about_text(passage)} {heading_text(passage)}")),
        np.log([max(1, len(text.split())) for text in texts]),
        np.array([_is_scrap(run) for run in own], float),
        np.array([all(form.is_content for form in run) for run in own]),
        np.array([shown[passage.excerpts[number].own] > 1 for number in numbers], float),
        sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9),
    )


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

    def stand(self, texts: Sequence[frozenset[str]]) -> NDArray[np.bool_]:
        """Return which of the question's words stand in each text, (w, texts), by its terms."""
        stand = np.zeros((len(self.content), len(texts)), bool)
        for term, numbers in self.numbers.items():
            stand[numbers] = [term in text for text in texts]
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

    def questioning(self, met: Vectors, is_row: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return how closely the words that only ask are met, (s,).

        A row of a table has none of its own to meet them with: taken as the average.
        """
        if self.content.all():
            return np.zeros(len(is_row))
        average = _MEANS[FEATURES.index("question words")]
        found: NDArray[np.float64] = np.where(is_row, average, met[~self.content].mean(axis=0))
        return found


def _is_scrap(own: Sequence[Forms]) -> bool:
    return len(own) < 4 and not any(form.plain[:1].isdigit() for form in own)


_FITTED = json.loads((files("qa") / "fitted" / "pointing.json").read_text("utf-8"))["features"]
_COEFFICIENTS, _MEANS, _DEVIATIONS = np.array(
    [[_FITTED[name][part] for name in FEATURES] for part in ("coefficient", "mean", "deviation")]
)
