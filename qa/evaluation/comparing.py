"""Whether one variant is better than another, question by question."""

from collections.abc import Sequence
from pathlib import Path

from qa.errors import InputError
from qa.evaluation.intervals import paired
from qa.evaluation.results import Difference, Evaluation, Outcome, read_outcomes


def differences(outcomes: Sequence[Outcome]) -> tuple[Difference, ...]:
    """Return how far each variant lies above the first, metric by metric."""
    by_variant: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_variant.setdefault(outcome.variant, []).append(outcome)
    first, *others = by_variant
    return tuple(
        difference
        for name in others
        for difference in compare(by_variant[first], by_variant[name], first, name)
    )


def compare(
    a: Sequence[Outcome], b: Sequence[Outcome], name_a: str, name_b: str
) -> list[Difference]:
    """Return how far `b` lies above `a`, metric by metric, on the questions that both have."""
    others = {outcome.id: outcome for outcome in b}
    pairs = [(one, others[one.id]) for one in a if one.id in others]
    metrics = dict.fromkeys(m for one, other in pairs for m in one.scores if m in other.scores)
    found = []
    for metric in metrics:
        both = [(x, y) for x, y in pairs if metric in x.scores and metric in y.scores]
        before = [x.scores[metric] for x, _ in both]
        after = [y.scores[metric] for _, y in both]
        clusters = [x.cluster for x, _ in both]
        n, groups = len(both), len(set(clusters))
        means = sum(before) / n, sum(after) / n
        found.append(
            Difference(metric, name_a, name_b, n, groups, *means, *paired(before, after, clusters))
        )
    return found


def compare_runs(file_a: str | Path, file_b: str | Path) -> Evaluation:
    """Return how far one saved run lies above another.

    One variant of each is compared with the other's; of several those of the same name.

    Args:
        file_a: The run to compare with.
        file_b: The run that is compared.

    Raises:
        InputError: if a file isn't a saved run, or the two have no questions in common.
    """
    runs = read_outcomes(file_a), read_outcomes(file_b)
    names = [list(dict.fromkeys(o.variant for o in run)) for run in runs]
    if len(names[0]) == len(names[1]) == 1:
        both = [(names[0][0], names[1][0])]
    else:
        both = [(name, name) for name in names[0] if name in names[1]]
    a, b = Path(file_a).stem, Path(file_b).stem
    found: list[Difference] = []
    notes = []
    for one, other in both:
        of_a = [o for o in runs[0] if o.variant == one]
        of_b = [o for o in runs[1] if o.variant == other]
        asked = {o.id: o.question for o in of_a}
        shared = [o for o in of_b if o.id in asked]
        if changed := [o.id for o in shared if o.question != asked[o.id]]:
            raise InputError(f"{changed[0]!r} is another question in {file_a} than in {file_b}.")
        found += compare(of_a, of_b, f"{a}: {one}", f"{b}: {other}")
        if alone := len(of_a) + len(of_b) - 2 * len(shared):
            notes.append(f"{alone} questions stand in only one of the two and are left out.")
    if not found:
        raise InputError(f"{file_a} and {file_b} have no questions of one variant in common.")
    return Evaluation(f"{file_a}, {file_b}", (), tuple(dict.fromkeys(notes)), (), tuple(found))
