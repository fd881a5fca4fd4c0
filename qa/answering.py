"""Hits -> an answer, or a well-founded "not found".

The answer is the sentence, of the best passages, that comes nearest to the question in meaning
and in words. It is shown only where that support is strong enough.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass


from embeddings.encoder import Encoder
from qa.folding import words
from qa.retrieval import Query
from qa.settings import Settings
from qa.types import Answer, Citation, Hit, Passage, Span

Weigh = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that may answer."""

    hit: Hit
    span: Span
    score: float
    support: float


def answer_question(
    query: Query, hits: Sequence[Hit], encoder: Encoder, weigh: Weigh, settings: Settings
) -> Answer:
    """Return the answer that the hits hold.

    Args:
        query: The question.
        hits: Best first.
        encoder: Compares sentences with the question.
        weigh: Returns how much a term tells (its inverse document frequency).
        settings: Thresholds and lengths.
    """
    missing = missing_terms(query, weigh)
    chosen = _choose(query, hits[: settings.citations], encoder, weigh)
    if not chosen or chosen[0].support < settings.threshold:
        nearest = tuple(hits[: settings.nearest])
        return Answer(query.text, "not_found", None, (), nearest, missing)
    citations = tuple(
        _citation(n, candidate, query) for n, candidate in enumerate(chosen, start=1)
    )
    first = citations[0]
    text = chosen[0].hit.passage.text
    start, end = chosen[0].span
    return Answer(
        query.text,
        "answered",
        text[start - first.start : end - first.start],
        citations,
        (),
        missing,
    )


def inverse_frequency(frequency: int, total: int) -> float:
    """Return how much a term tells: the IDF of BM25 (Robertson and Zaragoza 2009, eq. 3.3)."""
    return math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))


def missing_terms(query: Query, weigh: Weigh) -> tuple[str, ...]:
    """Return the question's content words, as written, that stand nowhere in the corpus."""
    nowhere = weigh("")  # what a word in no passage weighs
    found: dict[str, str] = {}
    for word in words(query.text):
        if word.is_content and weigh(word.term) >= nowhere:
            found.setdefault(word.term, query.text[word.start : word.end])
    return tuple(found.values())


def highlights(query: Query, passage: Passage) -> tuple[Span, ...]:
    """Return the spans of the passage's words that the question has too."""
    wanted = set(query.terms)
    return tuple(
        Span(passage.start + word.start, passage.start + word.end)
        for word in words(passage.text)
        if word.term in wanted
    )


def _choose(
    query: Query, hits: Sequence[Hit], encoder: Encoder, weigh: Weigh
) -> list[_Candidate]:
    """Return the best sentence of each hit, the best of all first, the others in their order."""
    spans = [(hit, span) for hit in hits for span in hit.passage.sentences]
    if not spans:
        return []
    texts = [_text(hit.passage, span) for hit, span in spans]
    cosines = encoder.encode_passages(texts) @ query.vector
    best: dict[int, _Candidate] = {}
    for (hit, span), text, cosine in zip(spans, texts, cosines.tolist(), strict=True):
        share = _share(query, text, weigh)
        support = 0.5 * cosine + 0.5 * _share(query, hit.passage.text, weigh)
        candidate = _Candidate(hit, span, 0.5 * cosine + 0.5 * share + 0.5 * hit.score, support)
        before = best.get(hit.rank)
        if before is None or candidate.score > before.score:
            best[hit.rank] = candidate
    ranked = sorted(best.values(), key=lambda c: (-c.score, c.hit.rank))
    return ranked


def _share(query: Query, text: str, weigh: Weigh) -> float:
    """Return the share of the question's weight that the text's words meet, 0 to 1."""
    present = {word.term for word in words(text)}
    total = sum(weigh(term) for term in query.terms)
    met = sum(weigh(term) for term in query.terms if term in present)
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
