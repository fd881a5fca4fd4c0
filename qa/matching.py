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
from embeddings.tokens import expand, maxima, rotate
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
        weights: (q,) float32; they add up to 1.
    """

    words: tuple[Word, ...]
    pooled: Vectors
    tokens: Vectors
    owners: NDArray[np.int64]
    weights: Vectors


@dataclass(frozen=True, slots=True)
class Text:
    """A passage's own tokens, cut at its sentences.

    Attributes:
        tokens: (t, padded dimension) float32, expanded.
        starts: (s,) the first token of each sentence; ascending.
        sentences: (s,) which of the passage's sentences each run is.
    """

    tokens: Vectors
    starts: NDArray[np.int64]
    sentences: NDArray[np.int64]


def prepare(question: str, encoding: Encoding, weigh: Callable[[str], float]) -> Asked:
    """Return the question with its tokens weighed.

    A word's weight is shared among its n pieces as 1/√n each: a long word tells more than a short
    one, but not n times as much.
    """
    found = tuple(words(question))
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
    return Asked(
        found,
        rotate(encoding.pooled[None])[0],
        rotate(encoding.tokens),
        owners,
        (weights / weights.sum()).astype(np.float32),
    )


def cut(code: bytes, spans: NDArray[np.uint32], sentences: Sequence[int], dimension: int) -> Text:
    """Return a passage's tokens, expanded and cut at its sentences.

    Args:
        code: The tokens, compressed.
        spans: (t, 2) characters of each, from the passage's start.
        sentences: Where each sentence begins, from the passage's start; ascending.
        dimension: Numbers in a vector before compressing.
    """
    tokens = expand(code, dimension)
    starts = np.searchsorted(spans[:, 0], sentences)
    starts[:1] = 0  # what stands before the first sentence announces it
    # A sentence without a token of its own (all of it unknown to the model) has no run.
    filled = np.flatnonzero(np.diff(np.append(starts, len(tokens))) > 0)
    return Text(tokens, starts[filled], filled)


def match(asked: Asked, texts: Sequence[Text]) -> list[Vectors]:
    """Return for each text its tokens' best matches, (q, s) by sentence: one product for all."""
    full = [text for text in texts if len(text.tokens)]
    if not full:
        return [np.zeros((len(asked.tokens), 0), np.float32) for _ in texts]
    firsts = np.cumsum([0, *(len(text.tokens) for text in full)])
    starts = np.concatenate([text.starts + at for text, at in zip(full, firsts, strict=False)])
    best = maxima(asked.tokens, np.concatenate([text.tokens for text in full]), starts)
    parts = iter(np.split(best, np.cumsum([len(text.starts) for text in full])[:-1], axis=1))
    return [next(parts) if len(text.tokens) else best[:, :0] for text in texts]


def match_label(asked: Asked, code: bytes, dimension: int) -> Vectors:
    """Return the best matches in a short text, a title or a heading, (q,); -1 where it is empty."""
    tokens = expand(code, dimension)
    if not len(tokens):
        return np.full(len(asked.tokens), -1, np.float32)
    best: Vectors = (asked.tokens @ tokens.T).max(axis=1)
    return best
