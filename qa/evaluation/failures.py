"""Which questions went wrong, and how: what to look at after the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.evaluation.results import Outcome

How = Literal["wrong passage", "false refusal", "false answer"]


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that went wrong; places are document, start and end.

    Attributes:
        question: Its words.
        gold: The first place of each piece that was needed.
        found: The first passage, or the excerpt where there should have been none.
    """

    question: str
    gold: tuple[tuple[str, int, int], ...]
    found: tuple[str, int, int] | None


def failures(outcomes: Sequence[Outcome]) -> dict[How, list[Failure]]:
    """Return what went wrong in the outcomes of one variant, each kind in the file's order.

    A question may have been refused and have the wrong passage first.
    """
    made: dict[How, list[Failure]] = {
        "wrong passage": [_failure(o, "passages") for o in outcomes if o.scores.get("hit@1") == 0],
        "false refusal": [
            _failure(o, "passages") for o in outcomes if o.scores.get("false refusal")
        ],
        "false answer": [_failure(o, "excerpts") for o in outcomes if o.scores.get("false answer")],
    }
    return {how: found for how, found in made.items() if found}


def _failure(outcome: Outcome, found: Literal["passages", "excerpts"]) -> Failure:
    evidence = outcome.detail.get("evidence", ())
    places = outcome.detail.get(found, ())
    return Failure(
        outcome.question,
        tuple(_place(piece[0]) for piece in evidence),
        _place(places[0]) if places else None,
    )


def _place(values: Sequence[str | int]) -> tuple[str, int, int]:
    doc_id, start, end = values[:3]  # a passage has its score behind them
    return str(doc_id), int(start), int(end)
