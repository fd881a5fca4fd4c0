"""Late interaction: how closely a passage, and each sentence of it, meets a question's words.

Every token of the question looks for its nearest token in the text (MaxSim, Khattab and Zaharia
2020); what counts is how much the word tells that the token belongs to. Knows vectors and spans,
no scores of other kinds and no answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoding, Vectors
from embeddings.tokens import Tokens, maxima, rotate
from qa.folding import Word, words

_STOP_WORD = 1.0  # at most; question words are rare in some corpora and tell nothing there
_SPECIAL_MARK = 1.0  # weight of the marks around the question: what it is about as a whole


@dataclass(frozen=True, slots=True)
class Asked:
    """A question ready to be matched.

    Attributes:
        words: Its words, in order.
        pooled: (padded dimension,) float32, rotated.
        tokens: (q, padded dimension) float32, rotated.
        owners: (q,) the number of the word that each token belongs to; -1 for none.
        shares: (w, q) float32, what each token counts in the mean over a word's.
        weights: (q,) float32; they add up to 1.
    """

    words: tuple[Word, ...]
    pooled: Vectors
    tokens: Vectors
    owners: NDArray[np.int64]
    shares: Vectors
    weights: Vectors

    @property
    def known(self) -> frozenset[str]:
        """Its words in both forms: what an answer needn't say again."""
        return frozenset(form for word in self.words for form in (word.term, word.plain))

    def by_word(self, best: Vectors) -> Vectors:
        """Return how closely each word is met, (w, …), from its tokens, (q, …): their mean."""
        means: Vectors = self.shares @ best
        return means

    def weigh(self, best: Vectors) -> Vectors:
        """Return how closely all is met, (n,), from its tokens, (q, n)."""
        # Row by row, not as a product: that one's last bits depend on what stands beside a column.
        met: Vectors = (self.weights[:, None] * best).sum(axis=0)
        return met


@dataclass(frozen=True, slots=True)
class Match:
    """How one passage meets the question.

    Attributes:
        starts: (s,) the first token of each sentence; ascending.
        sentences: (s,) which of the passage's sentences each run is.
        best: (q, s) how closely each token of the question is met in each sentence.
        similar: (t, q) the inner product of each token with each of the question's.
    """

    starts: NDArray[np.int64]
    sentences: NDArray[np.int64]
    best: Vectors
    similar: Vectors


@dataclass(frozen=True, slots=True)
class Matches:
    """How several passages meet the question, the runs of one behind those of the other.

    Attributes:
        bounds: (p + 1,) where each passage's runs begin, and where the last one's end.
        starts: (r,) with `sentences` and `best`, (q, r), as in `Match`.
        firsts: (p + 1,) where each passage's tokens begin in `similar`, (t, q), and end.
    """

    bounds: NDArray[np.int64]
    starts: NDArray[np.int64]
    sentences: NDArray[np.int64]
    best: Vectors
    firsts: NDArray[np.int64]
    similar: Vectors

    def __getitem__(self, number: int) -> Match:
        """Return how one passage meets the question."""
        own = slice(self.bounds[number], self.bounds[number + 1])
        tokens = slice(self.firsts[number], self.firsts[number + 1])
        return Match(self.starts[own], self.sentences[own], self.best[:, own], self.similar[tokens])

    @property
    def owners(self) -> NDArray[np.int64]:
        """The passage of each run, (r,)."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    def closest(self, by_run: Vectors) -> Vectors:
        """Return for each passage the highest of its runs' values, (…, r) -> (…, p); or else -1."""
        found = np.full((*by_run.shape[:-1], len(self.bounds) - 1), -1, by_run.dtype)
        filled = np.diff(self.bounds) > 0
        if filled.any():
            found[..., filled] = np.maximum.reduceat(by_run, self.bounds[:-1][filled], axis=-1)
        return found


def prepare(question: str, encoding: Encoding, weigh: Callable[[str], float]) -> Asked:
    """Return the question with its tokens weighed.

    A word's weight is shared among its n pieces as 1/√n each: a long word tells more than a short
    one, but not n times as much.
    """
    found = words(question)
    starts, ends = encoding.spans.T
    spans = np.array([(word.start, word.end) for word in found], np.int64).reshape(-1, 2, 1)
    inside = (starts < spans[:, 1]) & (ends > spans[:, 0])  # (w, q)
    owners = np.full(len(encoding.tokens), -1, np.int64)
    for number, own in enumerate(inside):
        owners[own] = number
    of_word = owners == np.arange(len(found))[:, None]
    pieces = np.maximum(of_word.sum(axis=1), 1)  # (w,)
    told = [weigh(word.term) for word in found]
    told = [
        t if word.is_content else min(t, _STOP_WORD) for t, word in zip(told, found, strict=True)
    ]
    weights = np.where(ends == 0, _SPECIAL_MARK, 0.0)
    weights[owners >= 0] = (told / np.sqrt(pieces))[owners[owners >= 0]]
    if not weights.any():
        weights[:] = 1.0
    rotated = rotate(np.concatenate([encoding.pooled[None], encoding.tokens]))
    return Asked(
        found,
        rotated[0],
        rotated[1:],
        owners,
        (of_word / pieces[:, None]).astype(np.float32),
        (weights / weights.sum()).astype(np.float32),
    )


def match(similar: Vectors, passages: Sequence[Tokens], ends: Sequence[Sequence[int]]) -> Matches:
    """Return how each passage meets the question, sentence by sentence.

    Args:
        similar: (t, q) what `similarities` returned for the passages.
        passages: Their kept tokens.
        ends: Where each passage's sentences end, in characters from its start. What stands
            between two sentences announces the second.
    """
    tokens = np.array([len(passage.spans) for passage in passages], np.int64)
    sentences = np.array([len(stops) for stops in ends], np.int64)
    first_tokens, first_sentences = (np.append(0, np.cumsum(n)) for n in (tokens, sentences))
    begins = np.append(0, np.fromiter(chain.from_iterable(ends), np.int64))[:-1]
    begins[first_sentences[:-1]] = 0
    # Every passage's characters lie behind those of the one before.
    far = np.arange(len(passages)) << 32
    places = np.concatenate([np.zeros(0, np.int64), *(p.spans[:, 0] for p in passages)])
    starts = np.searchsorted(places + np.repeat(far, tokens), begins + np.repeat(far, sentences))
    # A sentence without a token of its own (all of it unknown to the model) has no run.
    filled = np.flatnonzero(np.diff(np.append(starts, len(places))))
    return Matches(
        np.searchsorted(filled, first_sentences),
        (starts - np.repeat(first_tokens[:-1], sentences))[filled],
        (np.arange(len(starts)) - np.repeat(first_sentences[:-1], sentences))[filled],
        maxima(similar, starts[filled]),
        first_tokens,
        similar,
    )


def match_labels(similar: Vectors, ends: NDArray[np.int64]) -> Vectors:
    """Return the best matches in short texts, titles or headings, (q, n); -1 where one is empty.

    Args:
        similar: (t, q) what `similarities` returned for them.
        ends: (n,) where the tokens of each end.
    """
    found = np.full((similar.shape[1], len(ends)), -1, np.float32)
    starts = np.append(0, ends)[:-1]
    filled = np.flatnonzero(starts < ends)
    found[:, filled] = maxima(similar, starts[filled])
    return found
