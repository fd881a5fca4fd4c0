"""What an evaluation comes to: outcomes, figures, differences; saved as JSON and read again."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.atomic import write_atomically
from qa.errors import InputError
from qa.jsonable import SCHEMA, plain


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question, or one labelled row.

    Attributes:
        id: Unique among the outcomes of one variant.
        question: Or the words that were judged.
        kind: What the figures are grouped by.
        split: "dev", "test" or what its source calls it.
        variant: What it was run with: a ranking, or "without" a signal.
        cluster: Outcomes of one cluster rest on the same evidence and aren't independent.
        scores: By metric; a metric that doesn't apply is absent.
        confidence: Of the shown answer; None where nothing is calibrated.
        detail: What was found, as JSON values.
    """

    id: str
    question: str
    kind: str
    split: str
    variant: str
    cluster: str
    scores: dict[str, float]
    confidence: float | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over `n` questions with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return " ".join((short(self.mean), f"[{short(self.low)} {short(self.high)}]"))


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one group of questions."""

    name: str
    n: int
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far the variant `b` lies above `a` on the same questions.

    Attributes:
        metric: Its name.
        a: The variant, or saved run, that is compared with.
        b: The one that is compared.
        n: Questions that both have the metric for.
        clusters: Groups of them that are independent of each other.
        mean_a: Mean of the metric in `a`.
        mean_b: Mean of the metric in `b`.
        difference: `mean_b - mean_a`.
        low: Lower end of its 95 % interval.
        high: Upper end.
        p: Probability of a difference as large, either way, if both were alike.
    """

    metric: str
    a: str
    b: str
    n: int
    clusters: int
    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    p: float

    def __str__(self) -> str:
        ends = f"[{short(self.low, signed=True)} {short(self.high, signed=True)}]"
        return f"{short(self.difference, signed=True)} {ends}"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures by group, differences between variants, and what became of every question."""

    source: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    differences: tuple[Difference, ...] = ()

    def summary(self) -> dict[str, Any]:
        """Return the figures without the outcomes, as JSON values."""
        return {
            "schema": SCHEMA,
            "source": self.source,
            "rows": plain(self.rows),
            "differences": plain(self.differences),
            "notes": plain(self.notes),
        }


def save(result: Evaluation, file: str | Path) -> None:
    """Write the figures and every question's outcome as JSON; `read_outcomes` reads it again."""
    content = {**result.summary(), "outcomes": plain(result.outcomes)}
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    # A link stays one; what is no UTF-8 becomes JSON's own escapes.
    write_atomically(Path(file).resolve(), text.encode("utf-8", "backslashreplace"))


def read(file: str | Path) -> Evaluation:
    """Return the evaluation that `save` wrote.

    Raises:
        InputError: if the file can't be read, or isn't one that `save` wrote.
    """
    try:
        content = json.loads(Path(file).read_text("utf-8"))
        rows = tuple(
            Row(
                str(row["name"]),
                int(row["n"]),
                {str(name): Figure(**figure) for name, figure in row["figures"].items()},
            )
            for row in content["rows"]
        )
        differences = tuple(Difference(**found) for found in content["differences"])
        outcomes = tuple(_outcome(row) for row in content["outcomes"])
        notes = tuple(map(str, content["notes"]))
        return Evaluation(str(content["source"]), rows, notes, outcomes, differences)
    except OSError as error:
        raise InputError(f"The run in {file} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{file} is not a run that this version saved ({error!r}); make one with: "
            "qa evaluate FILE --save RUN.json"
        ) from error


def read_outcomes(file: str | Path) -> list[Outcome]:
    """Return the outcomes that `save` wrote; see `read`."""
    return list(read(file).outcomes)


def _outcome(row: dict[str, Any]) -> Outcome:
    return Outcome(
        str(row["id"]),
        str(row["question"]),
        str(row["kind"]),
        str(row["split"]),
        str(row["variant"]),
        str(row["cluster"]),
        {str(name): float(score) for name, score in row["scores"].items()},
        row["confidence"],
        row["detail"],
    )


def short(value: float, *, signed: bool = False) -> str:
    """Return a figure with two digits, as tables in this field write it: .65, 1.00, −.03."""
    digits = f"{abs(value):.2f}"
    digits = digits.removeprefix("0") if digits.startswith("0.") else digits
    if signed and digits != ".00":
        return ("−" if value < 0 else "+") + digits
    return digits if value >= 0 or digits == ".00" else f"−{digits}"
