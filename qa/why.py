"""Why a passage was found: the word it met each word of the question by, and how closely.

Knows tokens and texts, no scores of passages.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from embeddings.encoder import Vectors
from embeddings.tokens import Tokens
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
    close = [scored.match.similar, scored.about, scored.heading]  # (t, q) of each text
    means: list[list[float]] = []  # (w, texts)
    met = []
    for number, word in enumerate(query.asked.words):
        if not word.is_content:
            continue
        asked = query.text[word.start : word.end]
        same = next((text for text in texts if word.term in text.first), None)
        if same:
            met.append(_met(asked, same, same.first[word.term], 1.0, passage))
            continue
        if not means:  # it takes time, and many questions are met to the letter
            best = np.stack([own.max(axis=0, initial=-1.0) for own in close], axis=1)
            means = query.asked.by_word(best).tolist()
        pieces = query.asked.owners == number
        for n in sorted(range(len(texts)), key=lambda n: -means[number][n]):
            if found := texts[n].nearest(close[n][:, pieces]):
                met.append(_met(asked, texts[n], found, means[number][n], passage))
                break
        else:
            met.append(Met(asked, None, None, None, 0.0))
    return tuple(met)


def highlights(met: Sequence[Met], passage: Passage) -> tuple[Span, ...]:
    """Return the spans of the passage's words that the question has, or are close to one it has."""
    same = {word.term for m in met for word in words(m.word)[:1]}
    close = {m.span for m in met if m.closeness >= CLOSE}
    at = passage.start
    return tuple(
        Span(at + word.start, at + word.end)
        for word in words(passage.text)
        if word.term in same or ((at + word.start, at + word.end) in close and word.is_content)
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """What a word may be met in."""

    where: str
    text: str
    tokens: Tokens
    first: Mapping[str, Word]  # by term

    def nearest(self, close: Vectors) -> Word | None:
        """Return the word whose token is nearest to one of a word's pieces.

        Args:
            close: (t, pieces), what `similarities` returned.
        """
        if not close.size:
            return None
        first = int(self.tokens.spans[int(close.argmax()) // close.shape[1], 0])
        number = bisect_right(words(self.text), first, key=lambda word: word.start) - 1
        found = words(self.text)[number] if number >= 0 else None
        return found if found and first < found.end else None


@lru_cache(maxsize=1_000)
def _first(text: str) -> Mapping[str, Word]:
    return {word.term: word for word in reversed(words(text))}


def _met(asked: str, text: _Text, found: Word, closeness: float, passage: Passage) -> Met:
    span = Span(passage.start + found.start, passage.start + found.end)
    return Met(
        asked,
        text.text[found.start : found.end],
        text.where,
        span if text.where == "passage" else None,
        round(min(closeness, 1.0), 4),
    )
