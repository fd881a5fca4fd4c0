"""Questions with gold spans -> outcomes -> figures with intervals.

A gold span is characters of a document, so it survives re-chunking. A passage is right when it
covers at least half of one; so is an answering sentence. Retrieval metrics are ir-measures' own;
a question without a right passage scores 0, it is never dropped.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from qa.corpus import Corpus
from qa.errors import InputError
from qa.jsonable import SCHEMA, plain
from qa.questions import Question, check_questions, mean_overlap, read_questions
from qa.settings import DEFAULTS, Ranking, Settings
from qa.types import Answer, Hit, Progress

DEPTH = 10  # passages retrieved a question; the metrics look no further
_RESAMPLES = 2_000
_SEED = 20_190_524
UNANSWERABLE = ("false answer",)
SENTENCES = ("sentence hit@1", "sentence hit@3", "false refusal")
RETRIEVAL = ("hit@1", "hit@3", "hit@5", "MRR@10", "nDCG@10")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question: its passages, best first, its answer and its scores."""

    question: Question
    ranking: str
    answer: Answer
    hits: tuple[Hit, ...]
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over questions with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return " ".join((_short(self.mean), f"[{_short(self.low)} {_short(self.high)}]"))


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one group of questions."""

    name: str
    n: int
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures by group, and what became of every question."""

    source: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    outcomes: tuple[Outcome, ...]

    def summary(self) -> dict[str, Any]:
        """Return the figures without the outcomes, as JSON values."""
        rows, notes = plain(self.rows), plain(self.notes)
        return {"schema": SCHEMA, "source": self.source, "rows": rows, "notes": notes}


def evaluate(
    corpus: Corpus,
    file: str | Path,
    *,
    split: str = "all",
    rankings: Sequence[Ranking] = ("full",),
    progress: Callable[[Progress], None] | None = None,
) -> Evaluation:
    """Ask a file's questions and return the figures, by ranking or, for one, by kind.

    Args:
        corpus: Holds the documents that the questions are about.
        file: JSON lines with `id`, `question`, `kind`, `split` and `evidence`.
        split: Only the questions of this split, or "all".
        rankings: Which to compare.
        progress: Called before each question.

    Raises:
        InputError: if the file can't be read or speaks of documents that the corpus hasn't.
    """
    questions = [q for q in read_questions(file) if split in ("all", q.split)]
    if not questions:
        raise InputError(f"{file} has no questions of split {split!r}.")
    twice = [q for q, n in Counter(question.id for question in questions).items() if n > 1]
    if twice:
        raise InputError(f"{file} has two questions of the id {twice[0]!r}.")
    check_questions(questions, corpus)
    outcomes: list[Outcome] = []
    total = len(questions) * len(rankings)
    for ranking in rankings:
        settings = replace(DEFAULTS, ranking=ranking)
        for question in questions:
            if progress:
                progress(Progress(len(outcomes), total, question.id))
            outcomes.append(_ask(corpus, question, settings))
    passages = corpus.passages()
    relevant = {
        q.id: {p.id for p in passages if q.is_right(p.doc_id, p.start, p.end)} for q in questions
    }
    for ranking in rankings:
        answerable = {
            o.question.id: o for o in outcomes if o.ranking == ranking and o.question.evidence
        }
        qrels = {q: dict.fromkeys(relevant[q], 1) for q in answerable}
        runs = {q: [hit.passage.id for hit in o.hits] for q, o in answerable.items()}
        for q, scores in retrieval_scores(qrels, runs).items():
            answerable[q].scores.update(scores)
    lengths = [len(passage.text.split()) for passage in passages]
    notes = [
        f"{len(questions)} questions of split {split}; 95 % bootstrap intervals over questions. "
        f"Passages: {len(passages)}, mean {np.mean(lengths):.0f} words.",
        f"Share of a question's content words that stand in its evidence: "
        f"mean {mean_overlap(questions, corpus):.2f}.",
    ]
    return Evaluation(str(file), tuple(_rows(outcomes, rankings)), tuple(notes), tuple(outcomes))


def _ask(corpus: Corpus, question: Question, settings: Settings) -> Outcome:
    hits = corpus.search(question.text, DEPTH, settings=settings)
    answer = corpus.ask(question.text, settings=settings)
    scores: dict[str, float] = {}
    if question.evidence:
        shown = answer
        if answer.status == "not_found":  # pointing is judged apart from refusing
            shown = corpus.ask(question.text, settings=replace(settings, refuses=False))
        right: dict[str, bool] = {}  # by the sentence's words: its copies count as one
        for citation in shown.citations:
            span = citation.answer or (citation.start, citation.end)
            text = citation.quote[span[0] - citation.start : span[1] - citation.start]
            is_right = question.is_right(citation.doc_id, *span)
            right[text] = right.get(text, False) or is_right
        scores["sentence hit@1"] = float(any(list(right.values())[:1]))
        scores["sentence hit@3"] = float(any(list(right.values())[:3]))
        scores["false refusal"] = float(answer.status == "not_found")
    else:
        scores["false answer"] = float(answer.status == "answered")
    return Outcome(question, settings.ranking, answer, hits, scores)


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


def _rows(outcomes: Sequence[Outcome], rankings: Sequence[str]) -> list[Row]:
    rows = [_row(name, [o for o in outcomes if o.ranking == name]) for name in rankings]
    if len(rankings) == 1:
        kinds = dict.fromkeys(o.question.kind for o in outcomes)
        rows += [_row(kind, [o for o in outcomes if o.question.kind == kind]) for kind in kinds]
    return rows


def _row(name: str, outcomes: Sequence[Outcome]) -> Row:
    figures = {}
    for metric in (*RETRIEVAL, *SENTENCES, *UNANSWERABLE):
        values = [o.scores[metric] for o in outcomes if metric in o.scores]
        if values:
            figures[metric] = bootstrap(values)
    return Row(name, len(outcomes), figures)


def bootstrap(values: Sequence[float]) -> Figure:
    """Return the mean with its percentile bootstrap interval (Efron 1979)."""
    sample = np.asarray(values, np.float64)
    draws = np.random.default_rng(_SEED).integers(len(sample), size=(_RESAMPLES, len(sample)))
    low, high = np.quantile(sample[draws].mean(axis=1), [0.025, 0.975])
    return Figure(float(sample.mean()), float(low), float(high), len(sample))


def save(result: Evaluation, file: str | Path) -> None:
    """Write the figures and every question's outcome as JSON."""
    outcomes = [
        {
            "id": o.question.id,
            "question": o.question.text,
            "kind": o.question.kind,
            "split": o.question.split,
            "ranking": o.ranking,
            "status": o.answer.status,
            "text": o.answer.text,
            "passages": [
                [h.passage.doc_id, h.passage.start, h.passage.end, round(h.score, 6)]
                for h in o.hits
            ],
            "scores": o.scores,
        }
        for o in result.outcomes
    ]
    content = json.dumps({**result.summary(), "outcomes": outcomes}, indent=1, ensure_ascii=False)
    Path(file).write_text(content + "\n", "utf-8")


def _short(value: float) -> str:
    return f"{value:.2f}".removeprefix("0") if value < 0.995 else f"{value:.2f}"
