"""Every number that decides what is found and what is answered, in one place.

The values were chosen on the development halves; docs/findings.md says how.
"""

from dataclasses import dataclass
from typing import Literal

Ranking = Literal["full", "first", "words", "fused", "dense", "bm25"]
SIGNALS = ("dense", "bm25", "words", "sentence", "labels", "answer", "kind", "exact")


@dataclass(frozen=True, slots=True)
class Settings:
    """How to rank and when to answer.

    Attributes:
        ranking: "full"; or, to compare with: "first", before sentences are looked at; one signal
            alone; "fused", dense and BM25.
        candidates: Passages that each signal proposes.
        sentence_weight: What the best sentence adds to how the passage meets the words.
        dense_weight: What the cosine adds.
        bm25_weight: What BM25's share of its limit adds.
        depth: Best passages whose sentences are looked at; an answer comes from them.
        answer_weight: What the best sentence's log-odds of answering add.
        boilerplate_margin: Log-odds by which what belongs to a page rather than to its text comes
            behind.
        comment_margin: Log-odds by which a figure may fall behind a reader's comment and still come
            before it.
        follow_margin: Log-odds by which the next sentence, leaning on the best, may fall behind it
            and still be shown with it.
        side_margin: Log-odds by which the other side of a comparison may fall behind the first.
        citations: Different sentences cited for an answer, at most.
        nearest: Passages shown when nothing answers.
        refuses: Whether to refuse at all; evaluations judge pointing apart from refusing. From
            when an answer is shown is fitted, see `qa.confidence`.
        without: Names of `SIGNALS` to do without, to see what each is worth: "labels" are title,
            date and heading; "answer" is what the best sentence adds to its passage; "kind" the
            kind of answer that is expected; "exact" words that are the same to the letter.
    """

    ranking: Ranking = "full"
    candidates: int = 30
    sentence_weight: float = 0.4
    dense_weight: float = 0.3
    bm25_weight: float = 0.3
    depth: int = 12
    answer_weight: float = 0.2
    boilerplate_margin: float = 2.0
    comment_margin: float = 3.0
    follow_margin: float = 1.0
    side_margin: float = 3.0
    citations: int = 3
    nearest: int = 3
    refuses: bool = True
    without: frozenset[str] = frozenset()


DEFAULTS = Settings()
MAX_QUESTION = 2_000  # characters
MAX_TOP_K = 200  # each hit is matched token by token
MAX_NAMED = 1_000  # documents, folders or patterns of a part that is asked
MAX_TURNS = 50  # of a conversation
MAX_STRETCH = 100_000  # characters of a document in one reply to a program
