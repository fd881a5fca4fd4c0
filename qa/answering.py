"""Hits -> an answer, or a well-founded "not found".

The answer is the sentence, of the best passages, that comes nearest to the question in meaning
and in words. Nothing is an answer where even the nearest passage is far from the question, or
where a name or number that was asked for stands nowhere in the corpus.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from embeddings.encoder import Encoder
from qa.folding import Word, words
from qa.retrieval import Query
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


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that may answer."""

    hit: Hit
    span: Span
    score: float


def answer_question(
    query: Query, hits: Sequence[Hit], encoder: Encoder, vocabulary: Vocabulary, settings: Settings
) -> Answer:
    """Return the answer that the hits hold.

    Args:
        query: The question.
        hits: Best first.
        encoder: Compares sentences with the question.
        vocabulary: What the corpus knows of words.
        settings: Thresholds and lengths.
    """
    nowhere = _nowhere(query, vocabulary)
    missing = tuple(dict.fromkeys(query.text[word.start : word.end] for word in nowhere))
    chosen = _choose(query, hits[: settings.answer_depth], encoder, vocabulary, settings)
    supported = bool(chosen) and _is_supported(query, chosen, nowhere, hits, settings)
    if not chosen or (settings.refuses and not supported):
        nearest = tuple(hits[: settings.nearest])
        return Answer(query.text, "not_found", None, (), nearest, missing)
    citations = tuple(
        _citation(n, candidate, query)
        for n, candidate in enumerate(chosen[: settings.citations], start=1)
    )
    text = _answer_text(chosen[0])
    return Answer(query.text, "answered", text, citations, (), missing)


def _nowhere(query: Query, vocabulary: Vocabulary) -> list[Word]:
    """Return the question's content words that stand nowhere in the corpus."""
    return [w for w in words(query.text) if w.is_content and not vocabulary.knows(w.term)]


def _is_supported(
    query: Query,
    chosen: Sequence[_Candidate],
    nowhere: Sequence[Word],
    hits: Sequence[Hit],
    settings: Settings,
) -> bool:
    """Whether the best sentence may be shown as an answer.

    Names and numbers decide where there are any: one that stands nowhere can't have been
    answered, and all of them in the answering sentence are support enough. Otherwise the nearest
    passage must be near.
    """
    specific = {word.term for word in words(query.text) if _is_specific(query.text, word)}
    if specific & {word.term for word in nowhere}:
        return False
    answer = {word.term for word in words(_answer_text(chosen[0]))}
    nearest = max(hit.signals["dense"] for hit in hits)
    return nearest >= settings.threshold or bool(specific and specific <= answer)


def _is_specific(question: str, word: Word) -> bool:
    """Whether a word is a number or reads as a name: capitalised, though it begins no sentence."""
    if not word.is_content:
        return False
    initial = question[word.start]
    before = question[: word.start].rstrip(" \"'“‘(")
    begins = not before or before[-1] in ".!?:"
    return initial.isdigit() or (initial.isupper() and not begins and not question.isupper())


def highlights(query: Query, passage: Passage) -> tuple[Span, ...]:
    """Return the spans of the passage's words that the question has too."""
    wanted = set(query.terms)
    return tuple(
        Span(passage.start + word.start, passage.start + word.end)
        for word in words(passage.text)
        if word.term in wanted
    )


def _choose(
    query: Query, hits: Sequence[Hit], encoder: Encoder, vocabulary: Vocabulary, settings: Settings
) -> list[_Candidate]:
    """Return the best sentence of each hit, best first."""
    spans = [(hit, span) for hit in hits for span in hit.passage.sentences]
    texts = [_text(hit.passage, span) for hit, span in spans]
    cosines = (encoder.encode_passages(texts) @ query.vector).tolist()
    best: dict[int, _Candidate] = {}
    for (hit, span), text, cosine in zip(spans, texts, cosines, strict=True):
        share = _share(query, text, vocabulary)
        score = hit.score + cosine + settings.share_weight * share
        if hit.rank not in best or score > best[hit.rank].score:
            best[hit.rank] = _Candidate(hit, span, score)
    ranked = sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.hit.rank))
    # Other places of the very words that answer come before what else there is to see.
    first = _answer_text(ranked[0]) if ranked else ""
    return sorted(ranked, key=lambda candidate: _answer_text(candidate) != first)


def _answer_text(candidate: _Candidate) -> str:
    return _text(candidate.hit.passage, candidate.span)


def _share(query: Query, text: str, vocabulary: Vocabulary) -> float:
    """Return the share of the question's weight that the text's words meet, 0 to 1."""
    present = {word.term for word in words(text)}
    total = sum(vocabulary.weight(term) for term in query.terms)
    met = sum(vocabulary.weight(term) for term in query.terms if term in present)
    return met / total if total else 0.0


def _text(passage: Passage, span: Span) -> str:
    return passage.text[span.start - passage.start : span.end - passage.start]


def _citation(n: int, candidate: _Candidate, query: Query) -> Citation:
    passage = candidate.hit.passage
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
        answer=candidate.span,
        highlights=highlights(query, passage),
        score=candidate.score,
    )
