"""Whether the confidence tells right answers from wrong ones, all questions taken together.

Of an answerable question the shown answer is right when its excerpt is; of an unanswerable one
every answer is wrong. Answers are taken as they would be shown without refusing, since a refusal
is nothing but a threshold on the confidence.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np

from qa.evaluation.intervals import Sample, bootstrap, bootstrap_of
from qa.evaluation.results import Figure, Outcome

COVERAGE = 0.65  # share of the questions answered, for "risk@65%"


def risk_coverage(confidence: Sample, wrong: Sample) -> tuple[Sample, Sample]:
    """Return coverages, ascending, and the share of wrong answers among the surest ones (n,) each.

    The risk-coverage curve of selective answering (El-Yaniv and Wiener 2010): entry k answers the
    k + 1 surest of the n questions. Equal confidences come in no order: each counts as the mean
    of its equals.
    """
    order = np.argsort(-confidence, kind="stable")
    _, groups, counts = np.unique(-confidence[order], return_inverse=True, return_counts=True)
    expected = (np.bincount(groups, wrong[order]) / counts)[groups]
    answered = np.arange(1, len(order) + 1)
    return answered / len(order), np.cumsum(expected) / answered


def aurc(confidence: Sample, wrong: Sample) -> float:
    """Return the area under the risk-coverage curve: the mean risk (Geifman et al. 2019)."""
    return float(risk_coverage(confidence, wrong)[1].mean())


def risk_at(confidence: Sample, wrong: Sample, coverage: float = COVERAGE) -> float:
    """Return the share of wrong answers when the surest share of the questions is answered."""
    _, risk = risk_coverage(confidence, wrong)
    return float(risk[ceil(coverage * len(risk) - 1e-9) - 1])


def auroc(positive: Sample, negative: Sample) -> float:
    """Return the probability that a positive lies above a negative, equals counting half.

    The area under the ROC curve as the Mann–Whitney statistic (Hanley and McNeil 1982).
    """
    apart = positive[:, None] - negative
    return float(((apart > 0) + 0.5 * (apart == 0)).mean())


def risk_figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return the figures by name; none where there are no confidences or nothing to compare.

    "AURC" and "risk@65%": lower is better. "AUROC near" and "AUROC far": answerable questions
    against the unanswerable ones of that kind. "Brier": mean squared distance of the confidence
    from 1 where the shown answer is right, from 0 where it is wrong (Brier 1950).
    """
    judged = _judged(outcomes)
    if not len(judged):
        return {}
    figures = {
        "AURC": bootstrap_of(lambda part: aurc(part[:, 0], part[:, 1]), judged),
        "risk@65%": bootstrap_of(lambda part: risk_at(part[:, 0], part[:, 1]), judged),
    }
    answerable = _judged([o for o in outcomes if "false answer" not in o.scores])[:, 0]
    for kind in ("near", "far"):
        alike = [o for o in outcomes if "false answer" in o.scores and o.kind == kind]
        other = _judged(alike)[:, 0]
        if len(answerable) and len(other):
            figures[f"AUROC {kind}"] = bootstrap_of(auroc, answerable, other)
    figures["Brier"] = bootstrap(((judged[:, 0] - (1 - judged[:, 1])) ** 2).tolist())
    return figures


def curve(outcomes: Sequence[Outcome]) -> tuple[list[float], list[float]]:
    """Return the risk-coverage curve of some outcomes, for drawing: coverages and risks."""
    judged = _judged(outcomes)
    if not len(judged):
        return [], []
    coverage, risk = risk_coverage(judged[:, 0], judged[:, 1])
    return coverage.tolist(), risk.tolist()


def _judged(outcomes: Sequence[Outcome]) -> Sample:
    """Return confidence and whether the shown answer is wrong, where there are both, (n, 2)."""
    rows = []
    for outcome in outcomes:
        hit = 0.0 if "false answer" in outcome.scores else outcome.scores.get("excerpt hit@1")
        if outcome.confidence is not None and hit is not None:
            rows.append((outcome.confidence, 1.0 - hit))
    return np.array(rows, np.float64).reshape(-1, 2)
