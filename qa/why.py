"""Why a passage was found: the word it met each word of the question by, and how closely.

Knows tokens and texts, no scores of passages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.tokens import Tokens, expand
from qa.folding import Word, words
from qa.matching import Asked
from qa.passages import about_text, heading_text
from qa.retrieval import Query, Scored
from qa.types import Met, Passage, Span
from qa.wording import CLOSE


def explain(query: Query, scored: Scored, passage: Passage) -> tuple[Met, ...]:
    """Return for every content word of the question how the passage meets it.

    The same word counts as closeness 1; otherwise it is the mean over the word's pieces of their
    nearest tokens' cosines. The passage's own words come before those of its title and heading.
    """
    stored, dimension = scored.stored, len(query.vector)
    texts = [
        _Text.of(query.asked, "passage", passage.text, scored.match.tokens, stored.text.spans),
        _Text.of_label(query.asked, "document", about_text(passage), stored.about, dimension),
        _Text.of_label(query.asked, "section", heading_text(passage), stored.heading, dimension),
    ]
    return tuple(
        _met(query, number, word, texts, passage)
        for number, word in enumerate(query.asked.words)
        if word.is_content
    )


def highlights(met: Sequence[Met], passage: Passage) -> tuple[Span, ...]:
    """Return the spans of the passage's words that the question has, or are close to one it has."""
    same = {words(m.word)[0].term for m in met}
    close = {m.span for m in met if m.closeness >= CLOSE}
    return tuple(
        span
        for word in words(passage.text)
        for span in [Span(passage.start + word.start, passage.start + word.end)]
        if word.term in same or (word.is_content and span in close)
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """A text with how closely each of its tokens meets each of the question's, (q, t)."""

    where: str
    text: str
    words: Sequence[Word]
    spans: NDArray[np.uint32]
    close: Vectors

    @classmethod
    def of(
        cls, asked: Asked, where: str, text: str, tokens: Vectors, spans: NDArray[np.uint32]
    ) -> "_Text":
        return cls(where, text, words(text), spans, asked.tokens @ tokens.T)

    @classmethod
    def of_label(
        cls, asked: Asked, where: str, text: str, label: Tokens, dimension: int
    ) -> "_Text":
        tokens, _ = expand([label.code], dimension)
        return cls.of(asked, where, text, tokens, label.spans)

    def same(self, term: str) -> Word | None:
        return next((word for word in self.words if word.term == term), None)

    def nearest(self, pieces: NDArray[np.int64]) -> tuple[float, Word | None]:
        """Return how closely the pieces of a word are met, and the word nearest to one of them."""
        close = self.close[pieces]  # (pieces, t)
        if not close.size:
            return -1.0, None
        first = int(self.spans[int(close.max(axis=0).argmax()), 0])
        found = next((word for word in self.words if word.start <= first < word.end), None)
        return float(close.max(axis=1).mean()), found


def _met(query: Query, number: int, word: Word, texts: Sequence[_Text], passage: Passage) -> Met:
    asked = query.text[word.start : word.end]
    closeness, place, found = -1.0, texts[0], None
    for text in texts:
        if same := text.same(word.term):
            closeness, place, found = 1.0, text, same
            break
    else:
        pieces = np.flatnonzero(query.asked.owners == number)
        for text in texts:
            near, candidate = text.nearest(pieces)
            if candidate and near > closeness:
                closeness, place, found = near, text, candidate
    if found is None:
        return Met(asked, None, None, None, 0.0)
    span = Span(passage.start + found.start, passage.start + found.end)
    return Met(
        asked,
        place.text[found.start : found.end],
        place.where,
        span if place.where == "passage" else None,
        round(min(closeness, 1.0), 4),
    )
