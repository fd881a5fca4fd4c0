"""Folders in BEIR's layout -> retrieval figures by document.

`corpus.jsonl` and `queries.jsonl` hold texts, `qrels/*.tsv` which document is relevant to which
query, and how much. A document ranks where its best passage does.
"""

import csv
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.corpus import Corpus
from qa.errors import InputError
from qa.evaluation import DEPTH, Evaluation, Row, bootstrap, retrieval_scores
from qa.settings import DEFAULTS, MAX_QUESTION, Ranking
from qa.types import Document, Progress

_PASSAGES = 100  # retrieved a query, so that ten documents are among them


def is_beir(folder: Path) -> bool:
    """Whether the path is a folder in BEIR's layout."""
    return (folder / "corpus.jsonl").is_file() and (folder / "queries.jsonl").is_file()


def evaluate_beir(
    folder: Path,
    *,
    split: str = "all",
    rankings: Sequence[Ranking] = ("full",),
    progress: Callable[[Progress], None] | None = None,
) -> Evaluation:
    """Index the folder's documents in a temporary corpus and return the figures by ranking.

    Args:
        folder: In BEIR's layout.
        split: Which file of `qrels` to use, or "all".
        rankings: Which to compare.
        progress: Called before each query.

    Raises:
        InputError: if the folder's files are not of that layout.
    """
    qrels = _qrels(folder, split)
    queries = {q["_id"]: q.get("text", "") for q in _lines(folder / "queries.jsonl")}
    absent = sorted(qrels.keys() - queries.keys())
    if absent or not qrels:
        what = (
            f"the query {absent[0]!r}, which queries.jsonl hasn't" if absent else "nothing relevant"
        )
        raise InputError(f"The qrels of {folder} judge {what}.")
    queries = {query: queries[query][:MAX_QUESTION] for query in queries if query in qrels}
    documents = [
        Document(row["_id"], _text(row), title=row.get("title") or row["_id"])
        for row in _lines(folder / "corpus.jsonl")
        if any(char.isalnum() for char in _text(row))
    ]
    rows = []
    with tempfile.TemporaryDirectory() as scratch, Corpus.create(Path(scratch, "corpus")) as corpus:
        corpus.add_documents(documents, progress=progress)
        for number, ranking in enumerate(rankings):
            settings = replace(DEFAULTS, ranking=ranking)
            runs: dict[str, list[str]] = {}
            for done, (query, text) in enumerate(queries.items()):
                if progress:
                    at = number * len(queries) + done
                    progress(Progress(at, len(rankings) * len(queries), query))
                hits = corpus.search(text, _PASSAGES, settings=settings)
                found = dict.fromkeys(hit.passage.doc_id for hit in hits)
                runs[query] = list(found)[:DEPTH]
            scores = retrieval_scores({q: qrels[q] for q in queries}, runs)
            names = next(iter(scores.values()))
            figures = {name: bootstrap([s[name] for s in scores.values()]) for name in names}
            rows.append(Row(ranking, len(queries), figures))
    note = f"{len(queries)} queries over {len(documents)} documents; 95 % bootstrap intervals."
    return Evaluation(str(folder), tuple(rows), (note,), ())


def _text(row: dict[str, Any]) -> str:
    return "\n\n".join(filter(None, (row.get("title"), row.get("text"))))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                row = json.loads(line)
                if not isinstance(row, dict) or "_id" not in row:
                    raise ValueError(f"line {number} has no _id")
                yield row
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is not of BEIR's layout: {error}.") from error


def _qrels(folder: Path, split: str) -> dict[str, dict[str, int]]:
    """Return grades by query and document; queries without any relevant document are left out."""
    paths = sorted((folder / "qrels").glob("*.tsv" if split == "all" else f"{split}.tsv"))
    if not paths:
        raise InputError(f"{folder} has no qrels/{'*' if split == 'all' else split}.tsv.")
    qrels: dict[str, dict[str, int]] = {}
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                try:
                    query, document, grade = row["query-id"], row["corpus-id"], int(row["score"])
                except (KeyError, TypeError, ValueError) as error:
                    raise InputError(f"{path} is not of BEIR's layout: {error!r}.") from error
                if grade > 0:
                    qrels.setdefault(query, {})[document] = grade
    return qrels
