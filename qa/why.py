"""Why a passage was found: the word it met each word of the question by, and how closely.

Knows tokens and texts, no scores of passages.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from embeddings.encoder import Vectors
from embeddings.tokens import Tokens, expand
from qa.folding import Word, words
from qa.passages import about_text, heading_text
from qa.retrieval import Query, Scored
from qa.types import Met, Passage, Span
from qa.wording import CLOSE


def explain(query: Query, scored: Scored, passage: Passage) -> tuple[Met, ...]:
    """Return for every content word of the question how the passage meets it.

    The same word counts as closeness 1; otherwise it is the mean over the word's pieces of their
    nearest tokens' cosines. The passage's own words come before those of its title and heading.
    """
    stored = scored.stored
    about, heading = about_text(passage), heading_text(passage)
    texts = [
        _Text("passage", passage.text, stored.text, _first(passage.text)),
        _Text("document", about, stored.about, _first(about)),
        _Text("section", heading, stored.heading, _first(heading)),
    ]
    tokens: list[Vectors] = []  # expanded when a word is met by meaning only
    met = []
    for number, word in enumerate(query.asked.words):
        if not word.is_content:
            continue
        asked = query.text[word.start : word.end]
        same = next((text for text in texts if word.term in text.first), None)
        if same:
            met.append(_met(asked, same, same.first[word.term], 1.0, passage))
            continue
        if not tokens:
            tokens = [expand(text.tokens.code, len(query.vector)) for text in texts]
        pieces = query.asked.tokens[query.asked.owners == number]
        near = [text.nearest(pieces, own) for text, own in zip(texts, tokens, strict=True)]
        best = max(range(len(texts)), key=lambda n: near[n][0])
        met.append(_met(asked, texts[best], near[best][1], near[best][0], passage))
    return tuple(met)


def highlights(met: Sequence[Met], passage: Passage) -> tuple[Span, ...]:
    """Return the spans of the passage's words that the question has, or are close to one it has."""
    same = {word.term for m in met for word in words(m.word)[:1]}
    close = {m.span for m in met if m.closeness >= CLOSE}
    return tuple(
        span
        for word in words(passage.text)
        for span in [Span(passage.start + word.start, passage.start + word.end)]
        if word.term in same or (word.is_content and span in close)
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """What a word may be met in."""

    where: str
    text: str
    tokens: Tokens
    first: Mapping[str, Word]  # by term

    def nearest(self, pieces: Vectors, tokens: Vectors) -> tuple[float, Word | None]:
        """Return how closely the pieces of a word are met, and the word nearest to one of them."""
        close = pieces @ tokens.T  # (pieces, t)
        if not close.size:
            return -1.0, None
        first = int(self.tokens.spans[int(close.max(axis=0).argmax()), 0])
        number = bisect_right(words(self.text), first, key=lambda word: word.start) - 1
        found = words(self.text)[number] if number >= 0 else None
        found = found if found and first < found.end else None
        return (float(close.max(axis=1).mean()), found) if found else (-1.0, None)


def _first(text: str) -> dict[str, Word]:
    return {word.term: word for word in reversed(words(text))}


def _met(asked: str, text: _Text, found: Word | None, closeness: float, passage: Passage) -> Met:
    if found is None:
        return Met(asked, None, None, None, 0.0)
    span = Span(passage.start + found.start, passage.start + found.end)
    return Met(
        asked,
        text.text[found.start : found.end],
        text.where,
        span if text.where == "passage" else None,
        round(min(closeness, 1.0), 4),
    )
