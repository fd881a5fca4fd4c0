"""An encoder for tests that is quick and means something: hashed bags of words.

Texts that share words are near each other, so rankings can be asserted exactly.
"""

import re
from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np

from embeddings.encoder import Vectors
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
    ) -> Vectors:
        self.encoded += texts
        if progress and texts:
            progress(len(texts))
        return (
            np.stack([self._vector(text) for text in texts])
            if texts
            else np.empty((0, 512), np.float32)
        )

    def encode_question(self, text: str) -> Vectors:
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 1e-3, np.float32)
        for word in words(text):
            if word.is_content:
                vector[crc32(word.term.encode()) % self.dimension] += 1
        return vector / np.linalg.norm(vector)
