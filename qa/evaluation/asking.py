"""Questions -> outcomes -> figures: the one path that every set of questions takes.

A gold span is characters of a document, so it survives re-chunking. A passage is right when it
covers at least half of one; so is an answering excerpt. Where whole documents are judged, a
document ranks where its best passage does, and nothing is asked.

What is judged beside the ranking, of the answer as it would be shown without refusing:

    excerpt hit@1, @3            the first citation's excerpt, or one of three, or a copy, is right
    evidence recall@60, @150     share of the needed pieces within the first words that one reads:
                                 60 of the citations' excerpts, 150 of the hits' passages, in order
    span precision, recall, IoU  characters of the first excerpt against the gold ones
    list recall, list complete   of kind "list": pieces in the first excerpt, and whether all are
    both sides                   of kinds that set one thing against another: whether the citations'
                                 excerpts hold all pieces
    false refusal, false answer  of the answer itself
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from qa.corpus import Corpus
from qa.errors import InputError
from qa.evaluation.collections import Collection
from qa.evaluation.metrics import (
    Stretch,
    answer_overlap,
    first_words,
    recall,
    retrieval_scores,
)
from qa.evaluation.results import Evaluation, Outcome
from qa.evaluation.summarising import summarise
from qa.questions import Question, check_questions, mean_overlap
from qa.settings import DEFAULTS, SIGNALS, Ranking, Settings
from qa.types import Answer, Citation, Passage, Progress

DEPTH = 10  # passages or documents retrieved a question; the metrics look no further
_PASSAGES = (30, 200)  # retrieved a query where documents are judged: until ten are among them
SHORT, LONG = 60, 150  # words of excerpts and of passages that one reads
BOTH_SIDES = frozenset({"comparison", "disagreement"})
_PARAGRAPH_END = re.compile(r"\n\s*\n")


def variants(rankings: Sequence[Ranking], *, ablate: bool = False) -> dict[str, Settings]:
    """Return the settings to compare by name: rankings, and the full one without each signal."""
    named: dict[str, Settings] = {"full": DEFAULTS} if ablate else {}
    named |= {str(ranking): replace(DEFAULTS, ranking=ranking) for ranking in rankings}
    if ablate:
        named |= {f"without {s}": replace(DEFAULTS, without=frozenset({s})) for s in SIGNALS}
    return named


def evaluate(
    corpus: Corpus,
    collection: Collection,
    *,
    settings: Mapping[str, Settings] | None = None,
    silent: Container[str] = (),
    progress: Callable[[Progress], None] | None = None,
) -> Evaluation:
    """Ask the questions and return the figures, by variant or, for one, by kind.

    Args:
        corpus: Holds the documents that the questions are about.
        collection: The questions.
        settings: To compare, by name; differences are to the first. The full ranking if None.
        silent: Names of those that are only searched with, not asked: it takes half the time.
        progress: Called before each question.

    Raises:
        InputError: if there are no questions, two of an id, or the corpus lacks their documents.
    """
    questions = collection.questions
    if not questions:
        raise InputError(f"{collection.source} has no questions of that split.")
    twice = [q for q, n in Counter(question.id for question in questions).items() if n > 1]
    if twice:
        raise InputError(f"{collection.source} has two questions of the id {twice[0]!r}.")
    check_questions(questions, corpus)
    settings = settings or variants(["full"])
    passages = corpus.passages()
    qrels = _relevant(questions, passages)
    clusters = {q.id: _cluster(q, corpus) for q in questions}
    made: list[Outcome] = []
    runs: dict[str, dict[str, list[str]]] = {name: {} for name in settings}
    for question in questions:  # one after another: a question is encoded once for all variants
        for name, chosen in settings.items():
            if progress:
                progress(Progress(len(made), len(questions) * len(settings), question.id))
            outcome, found = _ask(corpus, question, name, clusters, chosen, asks=name not in silent)
            made.append(outcome)
            runs[name][question.id] = found
    ranked = {
        name: retrieval_scores(qrels, {q: found[q] for q in qrels}) for name, found in runs.items()
    }
    outcomes = [replace(o, scores=ranked[o.variant].get(o.id, {}) | o.scores) for o in made]
    notes = (*_notes(questions, passages, corpus), *collection.notes)
    return summarise(collection.source, outcomes, notes)


def _ask(
    corpus: Corpus,
    question: Question,
    variant: str,
    clusters: Mapping[str, str],
    settings: Settings,
    *,
    asks: bool,
) -> tuple[Outcome, list[str]]:
    """Return what becomes of a question, and the passages or documents found, best first."""
    scores: dict[str, float] = {}
    detail: dict[str, Any] = {}
    confidence = None
    history, where = question.history, question.where
    if question.grades:
        found = _documents(corpus, question, settings)
        detail["documents"] = found
    else:
        hits = corpus.search(question.text, DEPTH, history=history, where=where, settings=settings)
        found = [hit.passage.id for hit in hits]
        detail["passages"] = [
            [h.passage.doc_id, h.passage.start, h.passage.end, round(h.score, 6)] for h in hits
        ]
        detail["evidence"] = [[[g.doc_id, g.start, g.end] for g in p] for p in question.evidence]
        if question.evidence:
            read = [(h.passage.doc_id, h.passage.start, h.passage.text) for h in hits]
            scores[f"evidence recall@{LONG}"] = recall(question, first_words(read, LONG))
    if asks and not question.grades:
        ask = partial(corpus.ask, question.text, history=history, where=where)
        answer = shown = ask(settings=settings)
        if answer.status == "not_found":  # pointing is judged apart from refusing
            shown = ask(settings=replace(settings, refuses=False))
        confidence = shown.confidence
        scores |= _scores(question, answer, shown)
        detail["status"], detail["text"] = answer.status, shown.text
        if answer.understood:
            detail["understood"] = answer.understood
        detail["excerpts"] = [list(_excerpt(citation)) for citation in shown.citations]
    cluster = clusters[question.id]
    about = (question.id, question.text, question.kind, question.split, variant, cluster)
    return Outcome(*about, scores, confidence, detail), found


def _documents(corpus: Corpus, question: Question, settings: Settings) -> list[str]:
    few, many = _PASSAGES
    for top_k in (few, many):
        history, where = question.history, question.where
        hits = corpus.search(question.text, top_k, history=history, where=where, settings=settings)
        found = list(dict.fromkeys(hit.passage.doc_id for hit in hits))[:DEPTH]
        if len(found) == DEPTH or len(hits) < top_k:
            break
    return found


def _scores(question: Question, answer: Answer, shown: Answer) -> dict[str, float]:
    if not question.evidence:
        return {"false answer": float(answer.status == "answered")}
    right = [_is_right(question, citation) for citation in shown.citations]
    excerpts = [_excerpt(citation) for citation in shown.citations]
    said = [
        (c.doc_id, e.start, c.quote[e.start - c.start : e.end - c.start])
        for c, e in zip(shown.citations, excerpts, strict=True)
    ]
    overlap = answer_overlap(question, excerpts[0]) if excerpts else (0.0, 0.0, 0.0)
    scores = {
        "excerpt hit@1": float(any(right[:1])),
        "excerpt hit@3": float(any(right[:3])),
        f"evidence recall@{SHORT}": recall(question, first_words(said, SHORT)),
        **dict(zip(("span precision", "span recall", "span IoU"), overlap, strict=True)),
        "false refusal": float(answer.status == "not_found"),
    }
    if question.kind == "list":
        scores["list recall"] = recall(question, excerpts[:1])
        scores["list complete"] = float(scores["list recall"] == 1)
    if question.kind in BOTH_SIDES:
        scores["both sides"] = float(recall(question, excerpts) == 1)
    return scores


def _is_right(question: Question, citation: Citation) -> bool:
    copies = [(source.doc_id, *source.answer) for source in citation.also]
    return any(question.is_right(*place) for place in (_excerpt(citation), *copies))


def _excerpt(citation: Citation) -> Stretch:
    return Stretch(citation.doc_id, *citation.answer)


def _relevant(
    questions: Iterable[Question], passages: Iterable[Passage]
) -> dict[str, dict[str, int]]:
    """Return what is relevant to each answerable question: documents' grades, or passages at 1."""
    by_document: dict[str, list[Passage]] = {}
    for passage in passages:
        by_document.setdefault(passage.doc_id, []).append(passage)
    return {
        q.id: dict(q.grades)
        or {
            p.id: 1
            for doc_id in {gold.doc_id for piece in q.evidence for gold in piece}
            for p in by_document.get(doc_id, ())
            if q.is_right(p.doc_id, p.start, p.end)
        }
        for q in questions
        if q.is_answerable
    }


def _cluster(question: Question, corpus: Corpus) -> str:
    """Name the paragraph of the first gold span; a question without one is its own cluster."""
    if not question.evidence:
        return question.id
    gold = question.evidence[0][0]
    text = corpus.document(gold.doc_id).text
    ends = [match.end() for match in _PARAGRAPH_END.finditer(text, 0, gold.start)]
    return f"{gold.doc_id}:{ends[-1] if ends else 0}"


def _notes(questions: Sequence[Question], passages: Sequence[Passage], corpus: Corpus) -> list[str]:
    mean = np.mean([len(passage.text.split()) for passage in passages])
    notes = [
        f"{len(questions)} questions; 95 % bootstrap intervals over questions. "
        f"Passages: {len(passages)}, mean {mean:.0f} words."
    ]
    if any(question.evidence for question in questions):
        notes.append(
            "Share of a question's content words that stand in its evidence: "
            f"mean {mean_overlap(questions, corpus):.2f}."
        )
    return notes
