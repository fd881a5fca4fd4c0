"""An evaluation -> the tables that a person reads, as text; terminal and page show the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.evaluation.results import Difference, Evaluation

# Of several variants these metrics are shown; --json and --save hold all.
_CHIEF = ("hit@1", "nDCG@10", "excerpt hit@1", "evidence recall@60", "evidence recall@150")


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of cells, each by its head.

    Attributes:
        title: Of differences: what is compared; else "".
        labels: The columns that stand first, at any width.
        figures: The others, which may be parted where the width is short.
    """

    title: str
    labels: Mapping[str, Sequence[str]]
    figures: Mapping[str, Sequence[str]]


def tables(result: Evaluation) -> list[Table]:
    """Return the figures with their intervals, a row a group, then the differences."""
    names = dict.fromkeys(name for row in result.rows for name in row.figures)
    counted: dict[tuple[int, ...], list[str]] = {}  # metrics by how many questions each row has
    for name in names:
        counts = (row.figures[name].n if name in row.figures else 0 for row in result.rows)
        counted.setdefault(tuple(counts), []).append(name)
    made = []
    for together in counted.values():
        rows = [row for row in result.rows if together[0] in row.figures]
        labels = {
            "": [row.name for row in rows],
            "n": [str(row.figures[together[0]].n) for row in rows],
        }
        figures = {name: [str(row.figures[name]) for row in rows] for name in together}
        made.append(Table("", labels, figures))
    return made + _of_differences(result.differences)


def _of_differences(found: Sequence[Difference]) -> list[Table]:
    """Return paired differences: of one pair all metrics, of several those that matter most."""
    pairs = list(dict.fromkeys((d.a, d.b) for d in found))
    if not pairs:
        return []
    if len(pairs) == 1:
        a, b = pairs[0]
        return [_differences(f"{b}, against {a}", found, [d.metric for d in found])]
    metrics = list(dict.fromkeys(d.metric for d in found))
    made = []
    for metric in [metric for metric in metrics if metric in _CHIEF] or metrics:
        rows = [d for d in found if d.metric == metric]
        made.append(_differences(f"{metric}, against {pairs[0][0]}", rows, [d.b for d in rows]))
    return made


def _differences(title: str, rows: Sequence[Difference], names: Sequence[str]) -> Table:
    columns = {
        "": names,
        "before": [f"{d.mean_a:.3f}" for d in rows],
        "after": [f"{d.mean_b:.3f}" for d in rows],
        "difference": [str(d) for d in rows],
        "p": ["<.001" if d.p < 0.001 else f"{d.p:.3f}".removeprefix("0") for d in rows],
        "n": [str(d.n) for d in rows],
        "clusters": [str(d.clusters) for d in rows],
    }
    return Table(title, columns, {})
