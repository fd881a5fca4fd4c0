"""How sure an answer is: the probability that what is shown is right, and when to show nothing.

A logistic regression over six readable signals (Platt 1999), none of which may count against its
sense: what meets the question better is never less likely. Beside it one rule: a name or number
that the answer's document lacks was asked for of something else. The document's whole text counts,
whatever kind of source is asked: a name that only a reader's comment gives is none that its article
lacks. The coefficients and the threshold in `fitted/confidence.json` come from `python -m
benchmarks.fit_confidence`; the threshold is chosen by conformal risk control (Angelopoulos et al.
2024), which bounds the share of questions that get a wrong answer, over questions exchangeable with
those it was calibrated on.
"""

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, Protocol

import numpy as np

from qa.folding import Word, fold, terms
from qa.kinds import FIGURES, expected, offers
from qa.passages import about_text, heading_text
from qa.pointing import Found, Pointed, is_specific
from qa.retrieval import Query

# By name, with the sign that each may have.
SIGNALS = {
    "score": 1,  # log-odds of the answering sentence but for a constant, up to _LIKELY
    "share": 1,  # log-odds of its share among all the sentences looked at (softmax)
    "company": 1,  # of the best five sentences, the share that stand in its passage
    "near": 1,  # cosine of the nearest passage, up to _NEAR
    "unmet names": -1,  # share of the question's weight in names and numbers that aren't met
    "kind missing": -1,  # 1 where a figure, date or name is asked for and none is shown
}
# Both tell whether the documents are about the question at all. Beyond, more says nothing: what
# asks for something else about the same thing meets the words as well as what is answered.
_LIKELY = 8.0
_NEAR = 0.3
_TOP = 5
_SAME = 0.55  # closeness from which another word says the same: "Tory", "Conservative"
_LARGEST = 10_000_000  # characters of a document that are searched for a name

_KINDS = FIGURES | {"name"}
_ACCENTS = re.compile("[\u0300-\u036f]+")
_YEAR = re.compile(r"1[0-9]\d\d|20\d\d")
# "4 December 2020" is written "4.12.2020" too, and nothing need say the 10,000 of "above 10,000".
_CALENDAR = frozenset(
    """
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    """.split()
)
_BOUND = re.compile(r"\b(above|below|over|under|than|least|most|beyond|exceed\w*)\s+\S?$")
_ASKS_WHO = re.compile(r"\b(who|whose|which)\b")
_TWO_SIDES = re.compile(r"\b(compar\w+|both|versus|vs|differ\w*|match|since|before|after)\b")

Where = Literal["nowhere", "elsewhere", "document"]


class Vocabulary(Protocol):
    """What the corpus knows of words."""

    def weight(self, term: str) -> float:
        """Return how much a term tells (its inverse document frequency)."""
        ...

    def knows(self, term: str) -> bool:
        """Whether a term stands in any document or its description."""
        ...


class Texts(Protocol):
    """What the corpus knows of documents."""

    def text(self, doc_id: str, start: int, end: int) -> str:
        """Return characters `start` to `end` of a document."""
        ...


@dataclass(frozen=True, slots=True)
class Unmet:
    """A name or number that the answering passage lacks, and what is said of it and its document.

    Attributes:
        word: As it was asked.
        where: Where it stands instead: "nowhere", "elsewhere" (in other documents; a year: in
            other passages) or elsewhere in the same "document".
        weight: Its share of the question's weight.
    """

    word: Word
    where: Where
    weight: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is thought of an answer.

    Attributes:
        probability: That what would be shown is right.
        unmet: Names and numbers of the question that its passage lacks.
        signals: By name, in the order of `SIGNALS`.
    """

    probability: float
    unmet: tuple[Unmet, ...]
    signals: Mapping[str, float]

    @property
    def foreign(self) -> tuple[Word, ...]:
        """The names and numbers that the answer's document lacks: it answers something else."""
        return tuple(unmet.word for unmet in self.unmet if unmet.where != "document")


def assess(
    query: Query, found: Found, best: Pointed, shown: str, texts: Texts, vocabulary: Vocabulary
) -> Assessment:
    """Return how likely the answer is right.

    Args:
        query: The question.
        found: Its passages and their sentences, best first.
        best: The sentence that answers.
        shown: What is shown of it.
        texts: Where a name may stand in the rest of the document.
        vocabulary: What the corpus knows of words.
    """
    unmet = tuple(_unmet(query, found, best, shown, texts, vocabulary))
    kind = expected(query.text)
    top = found.sentences[:_TOP]
    signals = {
        "score": min(_LIKELY, best.score),
        "share": _share([sentence.score for sentence in found.sentences], best.score),
        "company": sum(sentence.hit == best.hit for sentence in top) / len(top),
        "near": min(_NEAR, max(scored.signals["dense"] for scored, _ in found.hits)),
        "unmet names": sum(each.weight for each in unmet),
        "kind missing": float(
            _asks(query.text, kind) and not offers(shown, kind, query.asked.known)
        ),
    }
    return Assessment(probability(signals), unmet, signals)


def probability(signals: Mapping[str, float]) -> float:
    """Return the fitted probability that an answer with these signals is right."""
    odds = _FITTED["constant"] + sum(
        fitted["coefficient"] * (signals[name] - fitted["mean"]) / fitted["deviation"]
        for name, fitted in _FITTED["signals"].items()
    )
    return 1 / (1 + math.exp(-odds))


def _asks(question: str, kind: str) -> bool:
    """Whether a figure, date or name is asked for; "Which MP has a majority of 7" gives its own."""
    return kind in _KINDS and not (kind == "count" and _ASKS_WHO.search(question.lower()))


def _share(scores: Sequence[float], best: float) -> float:
    """Return the log-odds that the softmax over all scores gives to one; 10 where it is alone."""
    relative = np.exp(np.array(scores) - best)
    others = float(relative.sum()) - 1.0
    return -math.log(max(others, math.exp(-10)))


def _unmet(
    query: Query, found: Found, best: Pointed, shown: str, texts: Texts, vocabulary: Vocabulary
) -> list[Unmet]:
    scored, passage = found.hits[best.hit]
    content = [number for number, word in enumerate(query.asked.words) if word.is_content]
    weights = {number: vocabulary.weight(query.asked.words[number].term) for number in content}
    whole = sum(weights.values()) or 1.0
    said = [passage.author or "", passage.publisher or "", about_text(passage)]
    said += [heading_text(passage), *(voice.speaker for voice in passage.voices)]
    around = fold(" ".join([passage.text, shown, *said]))
    there = set(terms(around))
    closeness = query.asked.by_word(scored.best).max(axis=1, initial=-1.0)
    compares = bool(_TWO_SIDES.search(query.text.lower()))  # the other side may stand elsewhere
    document: str | None = None
    result = []
    for number in content:
        word = query.asked.words[number]
        if word.term in there or not _is_name(query.text, word) or _stands(word, around):
            continue
        is_number = word.plain[0].isdigit()
        where: Where = "document"
        if not vocabulary.knows(word.term):
            where = "nowhere"
        elif not is_number and closeness[number] >= _SAME:
            continue
        elif not compares and _YEAR.fullmatch(word.plain):
            where = "elsewhere"
        elif not compares and not (is_number and len(word.plain) < 3):
            if document is None:
                document = _quickly_folded(texts.text(passage.doc_id, 0, _LARGEST))
            where = "document" if _stands(word, document) else "elsewhere"
        result.append(Unmet(word, where, weights[number] / whole))
    return result


def _is_name(question: str, word: Word) -> bool:
    """Whether a word names what is asked about: a name or number, no month, no bound."""
    if not is_specific(question, word.start) or word.plain in _CALENDAR:
        return False
    return not (word.plain[0].isdigit() and _BOUND.search(question[: word.start].lower()))


def _quickly_folded(text: str) -> str:
    """Return a whole document folded for a search; `fold` takes ten times as long."""
    if not unicodedata.is_normalized("NFKD", text):
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return text.casefold()


def _stands(word: Word, text: str) -> bool:
    """Whether a number, or a word that begins with the word's stem, stands in a casefolded text."""
    if word.plain[0].isdigit():
        form, ends = ",?".join(map(re.escape, word.plain)), r"(?!\d)"
    else:
        form, ends = re.escape(min(word.term, word.plain, key=len)), ""
    # What precedes is looked at afterwards: a pattern that begins with letters is found at once.
    found = re.finditer(form + ends, text)
    return any(not text[max(0, m.start() - 1) : m.start()].isalnum() for m in found)


_FITTED = json.loads((files("qa") / "fitted" / "confidence.json").read_text("utf-8"))
THRESHOLD: float = _FITTED["threshold"]
