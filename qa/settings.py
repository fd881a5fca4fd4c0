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
        answer_depth: Best passages that an answer may come from.
        citations: Passages cited for an answer, at most.
        nearest: Passages shown when nothing answers.
        share_weight: What the share of the question's words in a sentence adds to its cosine.
        threshold: Cosine of the nearest passage below which nothing is an answer.
        refuses: Whether to refuse at all; evaluations judge pointing apart from refusing.
    """

    ranking: Ranking = "fused"
    candidates: int = 100
    dense_weight: float = 0.5
    answer_depth: int = 5
    citations: int = 3
    nearest: int = 3
    share_weight: float = 0.25
    threshold: float = 0.30
    refuses: bool = True


DEFAULTS = Settings()
MAX_QUESTION = 2_000  # characters
MAX_TOP_K = 1_000
