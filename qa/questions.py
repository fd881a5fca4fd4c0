"""Sample questions with gold evidence, and how far their wording gives the evidence away.

A row of JSON holds `id`, `question`, `kind`, `split` and `evidence`: the needed pieces, each a
list of equivalent places `{doc_id, start, end}` in characters of the document's text; a question
that the documents don't answer has none. One that leans on others has a `history` of them. A row
whose evidence is null isn't judged to the end (what is wrong is known, not what is right): nothing
is measured by it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from qa.corpus import Corpus
from qa.errors import InputError
from qa.folding import words
from qa.parts import where_from_json
from qa.types import Where

COVER = 0.5  # share of a gold span that makes a passage or sentence right


@dataclass(frozen=True, slots=True)
class Gold:
    """A place that answers: characters `start` to `end` of a document."""

    doc_id: str
    start: int
    end: int

    def covered_by(self, doc_id: str, start: int, end: int) -> bool:
        """Whether at least half of it lies in that span."""
        shared = min(self.end, end) - max(self.start, start)
        return doc_id == self.doc_id and shared >= COVER * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Question:
    """A sample question.

    Attributes:
        id: Unique in its file.
        text: The question.
        kind: What its figures are grouped by.
        split: "dev" for choosing, "test" for reporting.
        evidence: The needed pieces, each with its equivalent places.
        grades: Instead of evidence, how relevant whole documents are, by id, above 0.
        history: The questions before, oldest first, that it may lean on.
        where: The part of the documents that is asked; all of them if None.
    """

    id: str
    text: str
    kind: str
    split: str
    evidence: tuple[tuple[Gold, ...], ...]
    grades: Mapping[str, int] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    where: Where | None = None

    @property
    def is_answerable(self) -> bool:
        """Whether the documents answer it."""
        return bool(self.evidence or self.grades)

    def is_right(self, doc_id: str, start: int, end: int) -> bool:
        """Whether a span covers at least half of any gold span."""
        return any(gold.covered_by(doc_id, start, end) for piece in self.evidence for gold in piece)


def read_questions(file: str | Path) -> list[Question]:
    """Return the questions in a file of JSON lines; those not judged to the end are left out.

    Raises:
        InputError: if it can't be read, or a line isn't a question.
    """
    return [question for question in _parsed(file) if question is not None]


def count_unfinished(file: str | Path) -> int:
    """Return how many questions of a file aren't judged to the end."""
    return _parsed(file).count(None)


def _parsed(file: str | Path) -> list[Question | None]:
    lines = read_lines(Path(file))
    return [parse(line, file, n)[1] for n, line in enumerate(lines, start=1) if line.strip()]


def read_lines(file: Path) -> list[str]:
    """Return the lines of a file of questions, as they are.

    Raises:
        InputError: if it can't be read.
    """
    try:
        return file.read_bytes().decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"The questions in {file} cannot be read: {reason}.") from error


def parse(line: str, file: str | Path, number: int) -> tuple[dict[str, Any], Question | None]:
    """Return a line's fields, and its question unless it isn't judged to the end.

    Raises:
        InputError: if it is no such line, by its number.
    """
    try:
        row = json.loads(line)
        if row["evidence"] is None:
            return row, None
        return row, _question(row)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{file}, line {number} is not a question ({error!r}); it must hold id, question "
            "and evidence: [[{doc_id, start, end}, …], …]."
        ) from error


def _question(row: dict[str, Any]) -> Question:
    evidence = tuple(
        tuple(Gold(str(g["doc_id"]), int(g["start"]), int(g["end"])) for g in piece)
        for piece in row["evidence"]
    )
    if not all(evidence):
        raise ValueError("a piece of evidence has no place")
    if any(gold.start >= gold.end or gold.start < 0 for piece in evidence for gold in piece):
        raise ValueError("a gold span is empty")
    kind, split = str(row.get("kind", "")), str(row.get("split", "all"))
    history = row.get("history") or []
    if not isinstance(history, list) or not all(isinstance(turn, str) for turn in history):
        raise ValueError("the history is no list of questions")
    where = where_from_json(row.get("where"))
    about = str(row["id"]), str(row["question"]), kind, split, evidence
    return Question(*about, history=tuple(history), where=where)


def check_questions(questions: Iterable[Question], corpus: Corpus) -> None:
    """Refuse questions about other documents than the corpus holds, or a part that isn't there."""
    known = {listing.doc_id for listing in corpus.documents()}
    lengths: dict[str, int] = {}
    parts: set[Where] = set()
    for question in questions:
        if question.where and question.where not in parts:
            parts.add(question.where)
            try:
                corpus.check_part(question.where)
            except InputError as error:
                raise InputError(
                    f"Question {question.id} asks what isn't there: {error}"
                ) from error
        for gold in (g for piece in question.evidence for g in piece):
            if gold.doc_id not in known:
                raise InputError(
                    f"Question {question.id} rests on {gold.doc_id!r}, which the corpus hasn't; "
                    "index the documents that the questions are about."
                )
            if gold.doc_id not in lengths:
                lengths[gold.doc_id] = len(corpus.document(gold.doc_id).text)
            if gold.end > lengths[gold.doc_id]:
                raise InputError(
                    f"Question {question.id} rests on characters {gold.start} to {gold.end} of "
                    f"{gold.doc_id!r}, which has {lengths[gold.doc_id]}."
                )


def mean_overlap(questions: Iterable[Question], corpus: Corpus) -> float:
    """Return the mean share of a question's content words that stand in its evidence.

    Of each piece's equivalent places the one that shares most counts; pieces are joined.
    """
    shares = []
    texts: dict[str, str] = {}
    for question in questions:
        asked = {word.term for word in words(question.text) if word.is_content}
        met: set[str] = set()
        for piece in question.evidence:
            best: set[str] = set()
            for gold in piece:
                if gold.doc_id not in texts:
                    texts[gold.doc_id] = corpus.document(gold.doc_id).text
                found = {w.term for w in words(texts[gold.doc_id][gold.start : gold.end])}
                best = max(best, asked & found, key=len)
            met |= best
        if question.evidence and asked:
            shares.append(len(met) / len(asked))
    return float(np.mean(shares)) if shares else float("nan")
