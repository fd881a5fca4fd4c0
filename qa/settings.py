"""Every number that decides what is found and what is answered, in one place.

The values were chosen on the development halves; docs/findings.md says how.
"""

from dataclasses import dataclass
from typing import Literal

Ranking = Literal["fused", "dense", "bm25"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to rank and when to answer.

    Attributes:
        ranking: "fused", or one signal alone to compare with.
        candidates: Passages that each signal proposes.
        dense_weight: Share of the cosine in the fused score; BM25 has the rest.
        citations: Passages cited for an answer, at most.
        nearest: Passages shown when nothing answers.
        threshold: Support below which nothing is an answer.
    """

    ranking: Ranking = "fused"
    candidates: int = 100
    dense_weight: float = 0.5
    citations: int = 3
    nearest: int = 3
    threshold: float = 0.45


MAX_QUESTION = 2_000  # characters
MAX_TOP_K = 1_000
