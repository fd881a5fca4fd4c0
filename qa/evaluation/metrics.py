"""What is right in what was found: shares of the gold, question by question.

Knows stretches of documents and what is gold; no corpus, no answers. Retrieval metrics are
ir-measures' own; a question without a right passage scores 0, it is never dropped.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from qa.questions import COVER, Gold, Question

RETRIEVAL = ("hit@1", "hit@3", "hit@5", "MRR@10", "nDCG@10")
_WORD = re.compile(r"\S+")


class Stretch(NamedTuple):
    """Characters `start` to `end` (excluded) of a document."""

    doc_id: str
    start: int
    end: int


class Overlap(NamedTuple):
    """How an answer's characters and the gold ones overlap; each from 0 to 1."""

    precision: float
    recall: float
    iou: float


def retrieval_scores(
    qrels: Mapping[str, Mapping[str, int]], runs: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """Return every query's retrieval metrics by name, as ir-measures computes them.

    Args:
        qrels: Grades above 0 by query and item; a query may have none.
        runs: Items found by query, best first.
    """
    from ir_measures import RR, Qrel, ScoredDoc, Success, iter_calc, nDCG

    measures = (Success @ 1, Success @ 3, Success @ 5, RR @ 10, nDCG @ 10)
    names = dict(zip(measures, RETRIEVAL, strict=True))
    scores = {query: dict.fromkeys(RETRIEVAL, 0.0) for query in qrels}
    judged = [Qrel(q, item, grade) for q, items in qrels.items() for item, grade in items.items()]
    # Ranks, not scores: ties are broken already, and must not be broken anew.
    run = [ScoredDoc(q, item, -rank) for q in qrels for rank, item in enumerate(runs.get(q, ()))]
    if judged and run:
        for metric in iter_calc(list(measures), judged, run):
            scores[metric.query_id][names[metric.measure]] = metric.value
    return scores


def first_words(texts: Iterable[tuple[str, int, str]], budget: int) -> list[Stretch]:
    """Return what someone has read who reads the texts in order and stops after some words.

    Args:
        texts: Document, offset of the first character in it, and words; a text that stands among
            them twice is read twice.
        budget: How many words, as white space parts them; the last text is cut there.
    """
    read = []
    for doc_id, start, text in texts:
        ends = [match.end() for match in _WORD.finditer(text)][:budget]
        if ends:
            read.append(Stretch(doc_id, start, start + ends[-1]))
        budget -= len(ends)
    return read


def recall(question: Question, found: Sequence[Stretch]) -> float:
    """Return the share of the needed pieces that are found.

    A piece is found when at least half of one of its places lies in the stretches together.
    """
    covered = [
        any(_shared(gold, found) >= COVER * (gold.end - gold.start) for gold in piece)
        for piece in question.evidence
    ]
    return sum(covered) / len(covered)


def answer_overlap(question: Question, answer: Stretch) -> Overlap:
    """Return how an answer's characters and the gold ones of its document overlap.

    The gold is the union over the pieces that stand in the document, each at the place that
    shares most with the answer. With G gold characters, A of the answer and S shared: precision
    S / A, recall S / G, IoU S / (A + G − S) (Jaccard 1901). All are 0 where no piece stands there.
    """
    gold = [
        max(places, key=lambda place: _shared(place, [answer]))
        for piece in question.evidence
        if (places := [place for place in piece if place.doc_id == answer.doc_id])
    ]
    joined = _union((place.start, place.end) for place in gold)
    total = sum(end - start for start, end in joined)
    shared = sum(max(0, min(end, answer.end) - max(start, answer.start)) for start, end in joined)
    length = answer.end - answer.start
    if not shared:
        return Overlap(0.0, 0.0, 0.0)
    return Overlap(shared / length, shared / total, shared / (length + total - shared))


def _shared(gold: Gold, found: Sequence[Stretch]) -> int:
    """Return how many of a place's characters lie in the stretches."""
    inside = (
        (max(gold.start, start), min(gold.end, end))
        for doc_id, start, end in found
        if doc_id == gold.doc_id
    )
    return sum(end - start for start, end in _union(inside))


def _union(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans, in order, with those that overlap joined and empty ones left out."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
