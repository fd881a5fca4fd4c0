"""Published sets of questions -> documents and `Question` rows, so that one path serves all.

    a folder in BEIR's layout    relevance of whole documents, graded
    a folder of spans            corpora/*.md and questions_df.csv with character offsets
    a file in SQuAD's layout     paragraphs, questions, phrases that answer; 2.0 has unanswerable

The halves are drawn by hash where a set brings none: `dev` for choosing, `test` for reporting.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from qa.errors import InputError
from qa.questions import Gold, Question
from qa.reading.decoding import canonical
from qa.settings import MAX_QUESTION
from qa.types import Document

_HALVES = ("dev", "test")
_LARGEST_FIELD = 10_000_000  # characters in a field of a CSV file


@dataclass(frozen=True, slots=True)
class Collection:
    """Questions, and the documents they are about unless a corpus holds those already."""

    source: str
    questions: tuple[Question, ...]
    documents: tuple[Document, ...] | None
    notes: tuple[str, ...]


def digest(text: str) -> int:
    """Return a text's SHA-256 as a number."""
    return int(sha256(text.encode()).hexdigest(), 16)


def half(key: str) -> str:
    """Return which half something belongs to by its name: even hashes are for choosing."""
    return _HALVES[digest(key) % 2]


def sampled(questions: Sequence[Question], size: int | None) -> list[Question]:
    """Return `size` of the questions, in their order: those with the least SHA-256 of their id."""
    if size is None or size >= len(questions):
        return list(questions)
    chosen = {q.id for q in sorted(questions, key=lambda q: digest(q.id))[:size]}
    return [q for q in questions if q.id in chosen]


def reader_for(path: Path) -> Callable[[Path, str], Collection] | None:
    """Return what reads the set in a folder or file, or None where it is of no known form."""
    if (path / "corpus.jsonl").is_file() and (path / "queries.jsonl").is_file():
        return read_beir
    if (path / "questions_df.csv").is_file() and (path / "corpora").is_dir():
        return read_spans
    return read_squad if path.is_file() and path.suffix.lower() == ".json" else None


def read_beir(folder: Path, split: str) -> Collection:
    """Return the set in a folder of BEIR's layout.

    Args:
        folder: `corpus.jsonl` and `queries.jsonl` hold texts, `qrels/*.tsv` which document is
            relevant to which query, and how much.
        split: "all", or a file of `qrels`. Where there is but one file, or none of that name,
            "dev" and "test" are halves of the queries by the hash of their id.

    Raises:
        InputError: if the folder's files are not of that layout.
    """
    files = sorted((folder / "qrels").glob("*.tsv"))
    named = [file for file in files if file.stem == split]
    halves = split in _HALVES and (len(files) == 1 or not named)
    if not files or not (named or halves or split == "all"):
        raise InputError(f"{folder} has no qrels/{'*' if split == 'all' else split}.tsv.")
    qrels = _qrels(named if named and not halves else files)
    texts = {row["_id"]: str(row.get("text") or "") for row in _lines(folder / "queries.jsonl")}
    absent = sorted(qrels.keys() - texts.keys())
    if absent or not qrels:
        lacks = (
            f"the query {absent[:1]}, which queries.jsonl hasn't" if absent else "nothing relevant"
        )
        raise InputError(f"The qrels of {folder} judge {lacks}.")
    questions = [
        Question(query, text[:MAX_QUESTION], "query", half(query), (), qrels[query])
        for query, text in texts.items()
        if query in qrels and (not halves or half(query) == split)
    ]
    documents = [
        Document(row["_id"], _text(row), title=row.get("title") or row["_id"])
        for row in _lines(folder / "corpus.jsonl")
        if any(char.isalnum() for char in _text(row))
    ]
    notes = ["A document ranks where its best passage does."]
    if halves:
        notes.append(_half_note(split, "queries", "id"))
    return Collection(str(folder), tuple(questions), tuple(documents), tuple(notes))


def read_spans(folder: Path, split: str) -> Collection:
    """Return the set in a folder laid out as chunking_evaluation (Smith and Troynikov 2024).

    Args:
        folder: `questions_df.csv` has columns `question`, `references` (a JSON list of
            `start_index` and `end_index`) and `corpus_id`, which names a file of `corpora`.
        split: "all", or "dev" or "test": halves by the hash of the question.

    Raises:
        InputError: if the folder's files are not of that layout.
    """
    texts: dict[str, str] = {}
    questions: dict[str, Question] = {}
    csv.field_size_limit(_LARGEST_FIELD)
    try:
        for path in sorted((folder / "corpora").glob("*.md")):
            texts[path.stem] = path.read_bytes().decode()  # as it is: offsets count in it
        with (folder / "questions_df.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = f"{row['corpus_id']} {digest(row['question']):064x}"[:-48]
                questions[key] = _span_question(key, row, texts)
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise InputError(f"{folder} is not laid out as a folder of spans: {error!r}.") from error
    chosen = [q for q in questions.values() if split in ("all", q.split)]
    documents = [Document(f"{name}.md", text, title=_title(name)) for name, text in texts.items()]
    notes = () if split == "all" else (_half_note(split, "questions", "words"),)
    return Collection(str(folder), tuple(chosen), tuple(documents), notes)


def read_squad(file: Path, split: str) -> Collection:
    """Return the set in a file of SQuAD's layout, 1.1 or 2.0; each paragraph is a document.

    Args:
        file: The JSON. `answer_start` may be but the first place of an answer's words: every
            place of the same words in the paragraph counts.
        split: "all", or "dev" or "test": halves by the hash of the article's title.

    Raises:
        InputError: if the file is not of that layout.
    """
    documents: list[Document] = []
    questions: list[Question] = []
    try:
        for article in json.loads(file.read_text("utf-8"))["data"]:
            title = _title(article["title"])
            for number, paragraph in enumerate(article["paragraphs"]):
                name, text = f"{title} {number}", canonical(paragraph["context"])
                documents.append(Document(name, text, title=title))
                if split not in ("all", half(title)):
                    continue
                for asked in paragraph["qas"]:
                    piece = _places(name, text, asked["answers"])
                    questions.append(
                        Question(
                            str(asked["id"]),
                            str(asked["question"])[:MAX_QUESTION],
                            "phrase" if piece else "near",
                            half(title),
                            (piece,) if piece else (),
                        )
                    )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file} is not a file of SQuAD's layout: {error!r}.") from error
    notes = () if split == "all" else (_half_note(split, "articles", "title"),)
    return Collection(str(file), tuple(questions), tuple(documents), notes)


def _half_note(split: str, what: str, key: str) -> str:
    parity = "even" if split == _HALVES[0] else "odd"
    return f"{split.capitalize()}: the {what} with an {parity} SHA-256 of their {key}."


def _title(name: str) -> str:
    return name.replace("_", " ")


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


def _qrels(paths: Sequence[Path]) -> dict[str, dict[str, int]]:
    """Return grades by query and document; queries without any relevant document are left out."""
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


def _span_question(key: str, row: dict[str, str], texts: dict[str, str]) -> Question:
    corpus = row["corpus_id"]
    pieces = []
    for reference in json.loads(row["references"]):
        start, end = int(reference["start_index"]), int(reference["end_index"])
        if texts[corpus][start:end] != reference["content"]:
            raise ValueError(f"characters {start} to {end} of {corpus}.md are other words")
        pieces.append((Gold(f"{corpus}.md", start, end),))
    asked = row["question"]
    return Question(key, asked[:MAX_QUESTION], corpus, half(asked), tuple(pieces))


def _places(doc_id: str, text: str, answers: Sequence[dict[str, Any]]) -> tuple[Gold, ...]:
    """Return every place of the answers' words, as whole words, and the places given."""
    places = set()
    for answer in answers:
        phrase, given = answer["text"], int(answer["answer_start"])
        if not phrase.strip():
            continue
        starts = {m.start() for m in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", text)}
        if text.startswith(phrase, given):
            starts.add(given)
        places |= {(start, start + len(phrase)) for start in starts}
    return tuple(Gold(doc_id, *place) for place in sorted(places))
