"""What is to be evaluated -> its evaluation: the reader is picked by the form of what is given.

a folder in BEIR's layout, a folder of spans, a SQuAD file   in a temporary corpus of its own
rows with `evidence`, or with `speaker`                      in the corpus that holds the documents
rows with `label`                                            without a corpus
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from embeddings.encoder import Encoder
from embeddings.transformer import DEFAULT_MODEL
from qa.corpus import Corpus
from qa.errors import InputError
from qa.evaluation.asking import evaluate
from qa.evaluation.collections import Collection, reader_for, sampled
from qa.evaluation.labels import evaluate_agreement, evaluate_voices
from qa.evaluation.results import Evaluation
from qa.questions import count_unfinished, read_questions
from qa.settings import Settings
from qa.types import Progress


def evaluate_path(
    path: str | Path,
    open_corpus: Callable[[], AbstractContextManager[Corpus]],
    *,
    split: str = "all",
    sample: int | None = None,
    settings: Mapping[str, Settings] | None = None,
    model: str | Encoder = DEFAULT_MODEL,
    progress: Callable[[Progress], None] | None = None,
) -> Evaluation:
    """Return the evaluation of a file or folder of any known form.

    Args:
        path: See above.
        open_corpus: Opens the corpus that rows of JSON are about.
        split: Only the questions of this split, or "all".
        sample: How many of the questions, chosen by the hash of their id; all if None.
        settings: To compare, by name; the full ranking if None.
        model: For the temporary corpus of a collection.
        progress: Called while indexing, and before each question.

    Raises:
        InputError: if it is of no known form, or has no questions of that split.
    """
    path = Path(path)
    if reader := reader_for(path):
        with tempfile.TemporaryDirectory() as scratch:
            collection = _sample(reader(path, split), sample)
            if not collection.questions:
                raise InputError(f"{path} has no questions of split {split!r}.")
            with Corpus.create(Path(scratch, "corpus"), model=model) as corpus:
                corpus.add_documents(collection.documents or (), progress=progress)
                return evaluate(corpus, collection, settings=settings, progress=progress)
    first = _first_row(path)
    if "label" in first and "evidence" not in first:
        return evaluate_agreement(str(path), labelled_rows(path, split))
    with open_corpus() as corpus:
        if "speaker" in first:
            return evaluate_voices(str(path), labelled_rows(path, split), corpus)
        return evaluate(
            corpus, question_file(path, split, sample), settings=settings, progress=progress
        )


def question_file(path: str | Path, split: str = "all", sample: int | None = None) -> Collection:
    """Return the questions of a file of JSON lines.

    Raises:
        InputError: if it can't be read, or has no questions of that split.
    """
    questions = [q for q in read_questions(path) if split in ("all", q.split)]
    if not questions:
        raise InputError(f"{path} has no questions of split {split!r}.")
    notes: tuple[str, ...] = (f"Split: {split}.",)
    if unfinished := count_unfinished(path):
        notes += (f"Left out, since what is right isn't known yet: {unfinished}.",)
    return _sample(Collection(str(path), tuple(questions), None, notes), sample)


def _sample(collection: Collection, size: int | None) -> Collection:
    chosen = tuple(sampled(collection.questions, size))
    notes = collection.notes
    if len(chosen) < len(collection.questions):
        notes += (
            f"A sample of {len(chosen)} of {len(collection.questions)}: those of least SHA-256.",
        )
    return Collection(collection.source, chosen, collection.documents, notes)


def _first_row(path: Path) -> Mapping[str, Any]:
    """Return the first row of a file of JSON lines; {} where it is none, for its reader to say."""
    try:
        with path.open(encoding="utf-8") as file:
            row = json.loads(next(filter(str.strip, file), "{}"))
    except (OSError, ValueError):
        return {}
    return row if isinstance(row, dict) else {}


def labelled_rows(path: Path, split: str = "all") -> list[Mapping[str, Any]]:
    """Return the rows of a split, or all, of a file of JSON lines.

    Raises:
        InputError: if a line is no row, or there is none of that split.
    """
    rows = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if split in ("all", str(row.get("split", "all"))):
                rows.append(row)
        except (ValueError, AttributeError) as error:
            raise InputError(f"{path}, line {number} is not a row of JSON: {error!r}.") from error
    if not rows:
        raise InputError(f"{path} has no rows of split {split!r}.")
    return rows
