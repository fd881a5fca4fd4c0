"""What the program asks of an embedding model, and what it gets back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Encoding:
    """What one forward pass over a text yields; all vectors have length 1.

    Attributes:
        pooled: (dimension,) float32, for the whole text.
        tokens: (t, dimension) float32, one a token.
        spans: (t, 2) int32, the characters of the text that each token stands for; (0, 0) for
            the special marks around a question.
    """

    pooled: Vectors
    tokens: Vectors
    spans: NDArray[np.int32]


class QuestionEncoder(Protocol):
    """Questions -> unit vectors."""

    def encode_question(self, text: str) -> Encoding:
        """Return the encoding of a text to search with, special marks included."""
        ...


class Encoder(QuestionEncoder, Protocol):
    """Texts -> unit vectors, compared by inner product (cosine).

    Attributes:
        name: What the user called the model.
        fingerprint: Changes whenever the weights do; vectors of two fingerprints never mix.
        dimension: Numbers in a vector.
        max_tokens: Pieces that the model reads of a text, special marks not counted.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def fingerprint(self) -> str: ...  # noqa: D102
    @property
    def dimension(self) -> int: ...  # noqa: D102
    @property
    def max_tokens(self) -> int: ...  # noqa: D102

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many pieces the model's own tokenizer makes of each text."""
        ...

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> list[Encoding]:
        """Return the encodings of texts to be found, without special marks.

        Args:
            texts: Anything past `max_tokens` would not be read; callers cut before.
            progress: Called now and then with how many of the texts are done.
        """
        ...


def unit(vectors: Vectors) -> Vectors:
    """Return the vectors at length 1; in float32, since bfloat16 would miss it by a thousandth."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    found: Vectors = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return found
