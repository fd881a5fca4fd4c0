"""Outcomes -> figures by variant and kind, and the differences between variants."""

from collections.abc import Sequence

from qa.evaluation.comparing import differences
from qa.evaluation.intervals import bootstrap
from qa.evaluation.results import Evaluation, Outcome, Row
from qa.evaluation.risk import risk_figures


def summarise(source: str, outcomes: Sequence[Outcome], notes: Sequence[str]) -> Evaluation:
    """Return the figures of each variant and, where there is but one, of each kind."""
    variants = dict.fromkeys(o.variant for o in outcomes)
    rows = [_row(name, [o for o in outcomes if o.variant == name]) for name in variants]
    kinds = dict.fromkeys(o.kind for o in outcomes)
    if len(variants) == 1 < len(kinds):
        rows += [_row(kind, [o for o in outcomes if o.kind == kind]) for kind in kinds]
    return Evaluation(source, tuple(rows), tuple(notes), tuple(outcomes), differences(outcomes))


def _row(name: str, outcomes: Sequence[Outcome]) -> Row:
    figures = {
        metric: bootstrap([o.scores[metric] for o in outcomes if metric in o.scores])
        for metric in dict.fromkeys(metric for o in outcomes for metric in o.scores)
    }
    return Row(name, len(outcomes), figures | risk_figures(outcomes))


def recall_curve(outcomes: Sequence[Outcome]) -> list[float]:
    """Return the share of questions with a right passage among the first k, for k from 1 to 10.

    The reciprocal rank, looked for that far, tells where the first one stands.
    """
    found = [o.scores["MRR@10"] for o in outcomes if "MRR@10" in o.scores]
    if not found:
        return []
    return [sum(r * k > 1 - 1e-9 for r in found) / len(found) for k in range(1, 11)]
