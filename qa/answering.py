"""Hits -> an answer, or a well-founded "not found".

The answer is the sentence of the best passages that `pointing` finds likeliest. Nothing is an
answer where even the nearest passage is far from the question, or where a name or number that was
asked for stands nowhere in the corpus.
"""

from collections.abc import Sequence
from typing import Protocol

from qa.folding import Word, words
from qa.passages import COMMENT_KIND
from qa.pointing import Pointed, is_specific, point
from qa.retrieval import Query, Scored
from qa.settings import Settings
from qa.types import Answer, Citation, Hit, Passage, Span


class Vocabulary(Protocol):
    """What the corpus knows of words."""

    def weight(self, term: str) -> float:
        """Return how much a term tells (its inverse document frequency)."""
        ...

    def knows(self, term: str) -> bool:
        """Whether a term stands in any document or its description."""
        ...


def answer_question(
    query: Query,
    hits: Sequence[tuple[Scored, Passage]],
    vocabulary: Vocabulary,
    settings: Settings,
) -> Answer:
    """Return the answer that the hits hold.

    Args:
        query: The question.
        hits: Best first.
        vocabulary: What the corpus knows of words.
        settings: Thresholds and lengths.
    """
    nowhere = _nowhere(query, vocabulary)
    missing = tuple(dict.fromkeys(query.text[word.start : word.end] for word in nowhere))
    pointed = _choose(point(query, hits, vocabulary.weight), settings.citations)
    if not pointed or (
        settings.refuses and not _is_supported(query, pointed[0], nowhere, hits, settings)
    ):
        nearest = tuple(
            Hit(passage, rank, scored.score, scored.signals)
            for rank, (scored, passage) in enumerate(hits[: settings.nearest], start=1)
        )
        return Answer(query.text, "not_found", None, (), nearest, missing)
    citations = tuple(_citation(n, sentence, query) for n, sentence in enumerate(pointed, start=1))
    return Answer(query.text, "answered", pointed[0].text, citations, (), missing)


def _choose(pointed: Sequence[Pointed], count: int) -> list[Pointed]:
    """Return the best sentences of different passages, `count` different ones at most.

    Other places of the very words that answer come right after the first.
    """
    best: dict[str, Pointed] = {}  # by passage
    for sentence in pointed:
        best.setdefault(sentence.passage.id + sentence.passage.doc_id, sentence)
    if not best:
        return []
    ranked = list(best.values())
    copies = [sentence for sentence in ranked if sentence.text == ranked[0].text]
    copies.sort(key=lambda sentence: sentence.passage.kind == COMMENT_KIND)  # repeats it, mostly
    others = {sentence.text: sentence for sentence in reversed(ranked)}
    del others[ranked[0].text]
    distinct = sorted(others.values(), key=lambda sentence: -sentence.score)
    return [*copies, *distinct[: count - 1]]


def _nowhere(query: Query, vocabulary: Vocabulary) -> list[Word]:
    """Return the question's content words that stand nowhere in the corpus."""
    return [w for w in words(query.text) if w.is_content and not vocabulary.knows(w.term)]


def _is_supported(
    query: Query,
    best: Pointed,
    nowhere: Sequence[Word],
    hits: Sequence[tuple[Scored, Passage]],
    settings: Settings,
) -> bool:
    """Whether the best sentence may be shown as an answer.

    Names and numbers decide where there are any: one that stands nowhere can't have been
    answered, and all of them in the answering sentence are support enough. Otherwise the nearest
    passage must be near.
    """
    specific = {
        word.term
        for word in query.asked.words
        if word.is_content and is_specific(query.text, word.start)
    }
    if specific & {word.term for word in nowhere}:
        return False
    answer = {word.term for word in words(best.text)}
    nearest = max(scored.signals["dense"] for scored, _ in hits)
    return nearest >= settings.threshold or bool(specific and specific <= answer)


def highlights(query: Query, passage: Passage) -> tuple[Span, ...]:
    """Return the spans of the passage's words that the question has too."""
    wanted = set(query.terms)
    return tuple(
        Span(passage.start + word.start, passage.start + word.end)
        for word in words(passage.text)
        if word.term in wanted
    )


def _citation(n: int, sentence: Pointed, query: Query) -> Citation:
    passage = sentence.passage
    return Citation(
        n=n,
        id=passage.id,
        doc_id=passage.doc_id,
        title=passage.title,
        author=passage.author,
        publisher=passage.publisher,
        published=passage.published,
        kind=passage.kind,
        section=passage.section,
        place=passage.place,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
        answer=sentence.span,
        highlights=highlights(query, passage),
        score=sentence.score,
    )
