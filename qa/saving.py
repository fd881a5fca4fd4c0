"""Answers in a file, to be checked later: JSON, one list, each answer as `--json` prints it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa.atomic import write_atomically
from qa.errors import InputError
from qa.jsonable import SCHEMA, answer_from, answer_json
from qa.locking import file_lock
from qa.parts import where_from_json, where_json
from qa.types import Answer, Turn, Where


@dataclass(frozen=True, slots=True)
class SavedCitation:
    """What a saved answer says of one place."""

    question: str
    n: int
    title: str
    id: str
    doc_id: str
    quote: str


def save_answer(answer: Answer, path: Path, where: Where | None = None) -> int:
    """Add an answer to a file, which is made where there is none; return how many it holds then.

    Args:
        answer: What was answered.
        path: The file.
        where: What part of the documents was asked.

    Raises:
        InputError: if the file holds something else; it is left as it is.
        OSError: if it can't be written; it is left as it was.
        StorageError: if another program keeps it.
    """
    path = path.resolve()  # a link stays one
    part = where_json(where) if where else {}
    with file_lock(path, beside=False):
        answers = _answers(path) if path.exists() else []
        answers.append(_entry(Turn(len(answers) + 1, now(), answer, part or None)))
        write_atomically(path, _content(answers))
    return len(answers)


def saved(turns: Sequence[Turn]) -> bytes:
    """Return a file that holds the answers of a conversation, as `save_answer` writes them."""
    return _content([_entry(turn) for turn in turns])


def saved_turns(path: Path) -> tuple[Turn, ...]:
    """Return the answers of a file, each with the time when it was asked.

    Raises:
        InputError: if it isn't a file of answers.
    """
    turns = []
    for n, value in enumerate(_answers(path), start=1):
        asked, where = value.get("asked"), value.get("where")
        try:
            where_from_json(where)
            answer = answer_from(value)
        except InputError as error:
            raise InputError(f"{path}, answer {n}: {error}") from error
        turns.append(Turn(n, asked if isinstance(asked, str) else None, answer, where))
    return tuple(turns)


def now() -> str:
    """Return the time, to the second, as answers are stamped with it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def saved_citations(path: Path) -> Iterator[SavedCitation]:
    """Yield the places that the answers of a file cite, copies among them.

    Raises:
        InputError: if it isn't a file of answers.
    """
    for answer in _answers(path):
        try:
            for citation in answer["citations"]:
                for source in (citation, *citation["also"]):
                    yield SavedCitation(
                        *(str(answer["question"]), int(citation["n"]), str(source["title"])),
                        *(str(source[name]) for name in ("id", "doc_id", "quote")),
                    )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path} holds an answer without its {error}.") from error


def _entry(turn: Turn) -> dict[str, Any]:
    limits = {} if turn.where is None else {"where": dict(turn.where)}
    return {"asked": turn.asked, **limits, **answer_json(turn.answer)}


def _content(answers: Sequence[Mapping[str, Any]]) -> bytes:
    content = json.dumps({"schema": SCHEMA, "answers": answers}, indent=2, ensure_ascii=False)
    return content.encode("utf-8", "backslashreplace")  # what is no UTF-8 as JSON's own escapes


def _answers(path: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path} cannot be read as saved answers: {reason}.") from error
    answers = content.get("answers", [content]) if isinstance(content, dict) else content
    if not isinstance(answers, list) or not all(
        isinstance(answer, dict) and "question" in answer for answer in answers
    ):
        raise InputError(
            f"{path} holds no saved answers; 'qa ask QUESTION --save FILE' makes such a file."
        )
    return answers
