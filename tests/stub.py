"""An encoder for tests that is quick and means something: hashed bags of words.

Texts that share words are near each other, so rankings can be asserted exactly.
"""

import re
from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np

from embeddings.encoder import Encoding, Vectors
from qa.folding import words


class BagOfWords:
    name = "bag-of-words"
    dimension = 512
    max_tokens = 254

    def __init__(self, fingerprint: str = "bag-of-words-1") -> None:
        self.fingerprint = fingerprint
        self.encoded: list[str] = []  # every passage text asked for, in order

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        # A mark counts as much as a word: so it does to real tokenizers.
        return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> list[Encoding]:
        self.encoded += texts
        if progress and texts:
            progress(len(texts))
        return [self._encoding(text) for text in texts]

    def encode_question(self, text: str) -> Encoding:
        return self._encoding(text)

    def _encoding(self, text: str) -> Encoding:
        found = words(text)
        spans = np.array([[w.start, w.end] for w in found], np.int32).reshape(-1, 2)
        tokens = [self._vector(text[w.start : w.end]) for w in found]
        stacked = np.stack(tokens) if tokens else np.empty((0, self.dimension), np.float32)
        return Encoding(self._vector(text), stacked, spans)

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 1e-3, np.float32)
        for word in words(text):
            if word.is_content:
                vector[crc32(word.term.encode()) % self.dimension] += 1
        return vector / np.linalg.norm(vector)
