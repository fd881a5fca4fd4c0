"""Late interaction: how closely a passage, and each sentence of it, meets a question's words.

Every token of the question looks for its nearest token in the text (MaxSim, Khattab and Zaharia
2020); what counts is how much the word tells that the token belongs to. Knows vectors and spans,
no scores of other kinds and no answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoding, Vectors
from embeddings.tokens import Tokens, maxima, rotate, similarities
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


@dataclass(frozen=True, slots=True)
class Match:
    """How one passage meets the question.

    Attributes:
        starts: (s,) the first token of each sentence; ascending.
        sentences: (s,) which of the passage's sentences each run is.
        best: (q, s) how closely each token of the question is met in each sentence.
    """

    starts: NDArray[np.int64]
    sentences: NDArray[np.int64]
    best: Vectors


def prepare(question: str, encoding: Encoding, weigh: Callable[[str], float]) -> Asked:
    """Return the question with its tokens weighed.

    A word's weight is shared among its n pieces as 1/√n each: a long word tells more than a short
    one, but not n times as much.
    """
    found = words(question)
    owners = np.full(len(encoding.tokens), -1, np.int64)
    for number, word in enumerate(found):
        inside = (encoding.spans[:, 0] < word.end) & (encoding.spans[:, 1] > word.start)
        owners[inside] = number
    is_mark = encoding.spans[:, 1] == 0
    weights = np.where(is_mark, _SPECIAL_MARK, 0.0)
    for number, word in enumerate(found):
        own = owners == number
        weight = weigh(word.term)
        if not word.is_content:
            weight = min(weight, _STOP_WORD)
        weights[own] = weight / np.sqrt(max(1, own.sum()))
    if not weights.any():
        weights[:] = 1.0
    of_word = owners == np.arange(len(found))[:, None]
    return Asked(
        found,
        rotate(encoding.pooled[None])[0],
        rotate(encoding.tokens),
        owners,
        (of_word / np.maximum(of_word.sum(axis=1, keepdims=True), 1)).astype(np.float32),
        (weights / weights.sum()).astype(np.float32),
    )


def match(
    asked: Asked, passages: Sequence[Tokens], ends: Sequence[Sequence[int]], dimension: int
) -> list[Match]:
    """Return how each passage meets the question, sentence by sentence: one product for all.

    Args:
        asked: The question.
        passages: Their kept tokens.
        ends: Where each passage's sentences end, in characters from its start. What stands
            between two sentences announces the second.
        dimension: Numbers in a vector before compressing.
    """
    if not passages:
        return []
    similar = similarities(asked.tokens, [passage.code for passage in passages], dimension)
    counts = np.array([len(passage.spans) for passage in passages])
    firsts = np.cumsum(counts) - counts
    starts, sentences = [], []
    for passage, stops, count in zip(passages, ends, counts, strict=True):
        cuts = np.concatenate(([0], np.searchsorted(passage.spans[:, 0], stops[:-1])))
        # A sentence without a token of its own (all of it unknown to the model) has no run.
        filled = np.flatnonzero(np.diff(np.append(cuts, count)) > 0)
        starts.append(cuts[filled])
        sentences.append(filled)
    runs = [at + first for at, first in zip(starts, firsts, strict=True)]
    best = maxima(similar, np.concatenate(runs))
    lasts = np.cumsum([len(run) for run in runs], dtype=np.int64)
    return [
        Match(start, numbers, best[:, last - len(start) : last])
        for start, numbers, last in zip(starts, sentences, lasts, strict=True)
    ]


def match_labels(asked: Asked, labels: Sequence[Tokens], dimension: int) -> Vectors:
    """Return the best matches in short texts, titles or headings, (q, n); -1 where one is empty."""
    similar = similarities(asked.tokens, [label.code for label in labels], dimension)
    counts = np.array([len(label.spans) for label in labels])
    found = np.full((len(asked.tokens), len(labels)), -1, np.float32)
    filled = np.flatnonzero(counts)
    starts = (np.cumsum(counts) - counts)[filled]
    found[:, filled] = maxima(similar, starts)
    return found
