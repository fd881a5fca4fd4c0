"""A reader's marks on answers, kept as sample questions in a file that `qa evaluate` reads.

Knows rows of JSON and one file; no corpus, no answers. A row is as `qa.questions` describes it,
with what was marked beside: `wrong`, places that don't answer, and `missing`, where the reader
knows that the documents answer and not yet where. What was asked about beside the question stays
in the row: `history`, `where`. Fields and lines of other hands are kept as they are.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from qa.atomic import write_atomically
from qa.errors import InputError, StorageError
from qa.locking import file_lock
from qa.questions import Gold, parse, read_lines

FILE_NAME = "evaluation.jsonl"  # in the corpus folder

Verdict = Literal["right", "wrong"]  # on a place
Ruling = Literal["missing", "unanswerable"]  # on the question as a whole
Row = dict[str, Any]

_KINDS = ("answerable", "unanswerable")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was asked.

    Attributes:
        question: Its words.
        history: Earlier questions of the conversation that it leans on, oldest first.
        where: What it was narrowed to, as JSON values.
    """

    question: str
    history: tuple[str, ...] = ()
    where: Mapping[str, Any] | None = None

    def fields(self) -> Row:
        """Return what a row says of it."""
        row: Row = {"question": self.question}
        if self.history:
            row["history"] = list(self.history)
        if where := {name: value for name, value in (self.where or {}).items() if value}:
            row["where"] = json.loads(json.dumps(where))  # lists, as the file holds them
        return row

    def is_in(self, row: Row) -> bool:
        """Whether a row is about it, however it writes that nothing was asked beside."""
        if row.get("question") != self.question:
            return False
        history = tuple(row.get("history") or ())
        return Asked(self.question, history, row.get("where")).fields() == self.fields()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of a question: places that answer, places that don't, and a ruling."""

    right: tuple[Gold, ...] = ()
    wrong: tuple[Gold, ...] = ()
    ruling: Ruling | None = None

    def of(self, place: Gold) -> Verdict | None:
        """Return what is known of a place."""
        if place in self.right:
            return "right"
        return "wrong" if place in self.wrong else None


NOTHING = Judgement()


def new_row(asked: Asked) -> Row:
    """Return the row of a question that nothing is known of yet.

    Its id and its half, "dev" or "test", are told by the SHA-256 of what was asked.
    """
    fields = asked.fields()
    digest = sha256(json.dumps(fields, sort_keys=True).encode()).digest()
    split = ("dev", "test")[digest[0] % 2]
    return {"id": f"m{digest.hex()[:12]}", **fields, "kind": "", "split": split, "evidence": None}


def judgement(row: Row) -> Judgement:
    """Return what a row says."""
    pieces = row["evidence"]
    right = dict.fromkeys(_gold(place) for piece in pieces or () for place in piece)
    wrong = dict.fromkeys(map(_gold, row.get("wrong", ())))
    ruling: Ruling | None = "missing" if row.get("missing") else None
    if pieces is not None and not right:
        ruling = "unanswerable"
    return Judgement(tuple(right), tuple(wrong), ruling)


def with_place(row: Row, place: Gold, verdict: Verdict | None) -> Row:
    """Return the row with a place that answers, or doesn't, or of which nothing is known any more.

    Places that answer are equivalent: each is enough by itself.

    Raises:
        InputError: if the row needs several pieces together, and the mark would add to them or
            leave one without a place: what then is enough by itself, a mark can't say.
    """
    before = judgement(row)
    if verdict == before.of(place):
        return row
    needed = row["evidence"] or ()
    pieces = [[p for p in piece if _gold(p) != place] for piece in needed]
    if len(needed) > 1 and (verdict == "right" or not all(pieces)):
        raise InputError(
            f"The answer to {row['question']!r:.80} needs {len(needed)} places together, which "
            "marks can't take apart or add to. Change its evidence in the file of questions."
        )
    pieces = [piece for piece in pieces if piece]
    wrong = [p for p in row.get("wrong", ()) if _gold(p) != place]
    entry = {"doc_id": place.doc_id, "start": place.start, "end": place.end}
    if verdict == "right":
        pieces = [[*(pieces[0] if pieces else ()), entry]]
    elif verdict == "wrong":
        wrong.append(entry)
    none: list[Row] | None = [] if before.ruling == "unanswerable" else None
    return _tidy(row | {"evidence": pieces or none, "wrong": wrong})


def with_ruling(row: Row, ruling: Ruling | None) -> Row:
    """Return the row with a ruling, which takes the place of the other one.

    A question that the documents don't answer has no place that does.
    """
    before = judgement(row)
    evidence = None if before.ruling == "unanswerable" else row["evidence"]
    if ruling == "unanswerable":
        evidence = []
    return _tidy(row | {"evidence": evidence, "missing": ruling == "missing"})


class Marks:
    """The marks in one file. Safe to use from several threads and processes."""

    def __init__(self, file: Path) -> None:
        self.file = file.resolve()  # a link stays one

    def of(self, asked: Asked) -> Judgement:
        """Return what is known of a question.

        Raises:
            InputError: if a line of the file isn't a question.
        """
        rows = self._rows(self._lines()).values()
        return next((judgement(row) for row in rows if asked.is_in(row)), NOTHING)

    def mark(self, asked: Asked, place: Gold, verdict: Verdict | None) -> Judgement:
        """Keep what is known of a place, and return what is known of the question then.

        Raises:
            InputError: if a line of the file isn't a question, or the row can't be marked so;
                nothing is changed then.
            StorageError: if it can't be written.
        """
        if not 0 <= place.start < place.end:
            raise InputError(f"Characters {place.start} to {place.end} are no words to be marked.")
        return self._change(asked, lambda row: with_place(row, place, verdict))

    def rule(self, asked: Asked, ruling: Ruling | None) -> Judgement:
        """Keep what is known of the question as a whole; see `mark`."""
        return self._change(asked, lambda row: with_ruling(row, ruling))

    def _change(self, asked: Asked, change: Callable[[Row], Row]) -> Judgement:
        with file_lock(self.file):
            lines = self._lines()
            rows = self._rows(lines)
            at = next((n for n, row in rows.items() if asked.is_in(row)), len(lines))
            row = rows.get(at) or new_row(asked)
            changed = change(row)
            known = judgement(changed)
            if changed != row:
                # What another hand has written beside it is not for a mark to remove.
                lines[at : at + 1] = [] if changed == new_row(asked) else [_line(changed)]
                self._write(lines)
            return known

    def _lines(self) -> list[str]:
        """Return the lines, without the empty one behind the last line's end."""
        lines = read_lines(self.file) if self.file.exists() else []
        return lines[:-1] if lines and not lines[-1] else lines

    def _rows(self, lines: Sequence[str]) -> dict[int, Row]:
        """Return the rows by the index of their line, each sure to hold a judgement."""
        rows = {}
        for n, line in enumerate(lines):
            if not line.strip():
                continue
            row, _ = parse(line, self.file, n + 1)
            try:
                judgement(row)
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(
                    f"{self.file}, line {n + 1}: what is wrong must be a list of places, "
                    f"{{doc_id, start, end}} ({error!r})."
                ) from error
            rows[n] = row
        return rows

    def _write(self, lines: Sequence[str]) -> None:
        try:
            write_atomically(self.file, "".join(f"{line}\n" for line in lines).encode())
        except OSError as error:
            raise StorageError(
                f"{self.file} cannot be written ({error.strerror or error})."
            ) from error


def _tidy(row: Row) -> Row:
    """Leave out what says nothing, and keep the kind that marks have given true."""
    kept = {n: v for n, v in row.items() if v or n not in ("wrong", "missing")}
    if row.get("kind", "") in ("", *_KINDS):
        kept["kind"] = _KINDS[row["evidence"] == []] if row["evidence"] is not None else ""
    return kept


def _gold(place: Mapping[str, Any]) -> Gold:
    return Gold(str(place["doc_id"]), int(place["start"]), int(place["end"]))


def _line(row: Row) -> str:
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can hold
        return json.dumps(row)
    return line
