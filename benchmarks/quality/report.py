"""Saved runs -> docs/quality.md. Knows tables and words, measures nothing."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from qa.evaluation.comparing import compare
from qa.evaluation.intervals import sign_test
from qa.evaluation.results import Difference, Evaluation, Figure, Outcome, Row, short

RANKINGS = {
    "full": "**full**",
    "first": "first (before sentences are looked at)",
    "words": "words (late interaction, MaxSim)",
    "fused": "fused (dense + BM25, min-max)",
    "dense": "dense",
    "bm25": "BM25",
}
RETRIEVAL = ("hit@1", "hit@3", "MRR@10", "nDCG@10", "evidence recall@150")
ANSWERS = ("excerpt hit@1", "excerpt hit@3", "evidence recall@60", "span precision", "span IoU")
SPECIAL = ("list recall", "list complete", "both sides", "false refusal", "false answer")
RISK = ("AURC", "risk@65%", "AUROC near", "AUROC far", "Brier")
Runs = Mapping[str, Evaluation]


def report(runs: Runs, absent: Sequence[str], settings: str, n: int, picture: str | None) -> str:
    """Return the document.

    Args:
        runs: By the name of the set.
        absent: Sets that were not measured, and why.
        settings: In words.
        n: Questions taken of a set, at most.
        picture: Where the risk-coverage curve lies, if there is one.
    """
    parts = [
        "# How well it does",
        "Written by `python -m benchmarks.quality --data DIR`; not edited by hand. All figures are "
        "of test questions, kept apart from every choice. In brackets: 95 % bootstrap intervals. "
        "Differences are paired, question by question; their intervals and p-values are by "
        "clusters of questions on one paragraph (cluster bootstrap, sign-flip randomization test). "
        f"Of the published sets at most {n} questions are taken, those of least SHA-256. What each "
        "figure counts: [evaluation/README.md](../evaluation/README.md).",
        f"Settings: `{settings}`.",
    ]
    if "seeds" in runs:
        parts += ["## The seeds", *_seeds(runs["seeds"])]
    beside = [name for name in ("seeds-cpr", "seeds-altered") if name in runs]
    if "seeds" in runs and beside:
        parts += ["## The same questions beside other documents", *_beside(runs, beside)]
    parts += ["## Published retrieval collections", *_retrieval(runs)]
    parts += ["## Answer spans", *_spans(runs)]
    parts += ["## Confidence", *_confidence(runs, picture)]
    if labelled := [name for name in ("voices", "agreement") if name in runs]:
        parts += ["## Whose words, and agreement", *(_all(runs[name].rows) for name in labelled)]
    facts = [
        f"- {name}: {note}" for name, run in runs.items() for note in run.notes if _is_fact(note)
    ]
    parts += ["## Size and time", "\n".join(facts) or "Not measured."]
    parts += ["## Not measured", f"{', '.join(absent)}." if absent else "Nothing is missing."]
    return "\n\n".join(parts) + "\n"


def _seeds(run: Evaluation) -> Iterable[str]:
    yield "\n".join(f"- {note}" for note in run.notes if not _is_fact(note))
    yield _variants(run, RETRIEVAL)
    full = _row(run, "full")
    yield _figures([("full", full)], ANSWERS)
    yield _figures([("full", full)], SPECIAL)
    yield "Full against fused, and against dense:"
    yield _differences(
        [d for base in ("fused", "dense") for d in _against(run, base) if d.metric in RETRIEVAL],
        lambda d: f"{d.metric}, against {d.a}",
    )


def _beside(runs: Runs, names: Sequence[str]) -> Iterable[str]:
    titles = {
        "seeds": "the seeds alone",
        "seeds-cpr": "with the Civil Procedure Rules",
        "seeds-altered": "with copies in which years, places and figures are others",
    }
    metrics = ("hit@1", "hit@3", "excerpt hit@1", "excerpt hit@3", "false answer")
    rows = [(titles[name], _row(runs[name], "full")) for name in ("seeds", *names)]
    yield _figures(rows, metrics)
    yield "What the other documents cost, in the full ranking:"
    found = [
        replace(d, b=titles[name])
        for name in names
        for d in compare(_of(runs["seeds"], "full"), _of(runs[name], "full"), "alone", name)
        if d.metric in metrics
    ]
    yield _differences(found, lambda d: f"{d.metric}, {d.b}")
    yield (
        "A question that names no year, place or figure is answered by an altered copy as well as by "
        "the original: both count as right there, and only there."
    )


def _retrieval(runs: Runs) -> Iterable[str]:
    sets = {name: run for name, run in runs.items() if name.startswith("ir-")}
    if not sets:
        yield "None was there."
        return
    header = ["nDCG@10", "n", *RANKINGS]
    lines = []
    for name, run in sets.items():
        figures = {row.name: row.figures["nDCG@10"] for row in run.rows}
        lines.append(
            [
                name.removeprefix("ir-"),
                str(figures["full"].n),
                *(_cell(figures[r]) for r in RANKINGS),
            ]
        )
    means = [
        short(statistics.mean(_row(run, r).figures["nDCG@10"].mean for run in sets.values()))
        for r in RANKINGS
    ]
    lines.append(["mean of the sets", "", *means])
    yield _table(header, lines)
    yield "Full against fused, nDCG@10:"
    found = [
        replace(d, b=name.removeprefix("ir-"))
        for name, run in sets.items()
        for d in _against(run, "fused")
        if d.metric == "nDCG@10"
    ]
    yield _differences(found, lambda d: d.b)
    for base in ("fused", "dense"):
        apart = [gap for run in sets.values() for gap in _gaps(run, base)]
        better, worse = sum(gap > 0 for gap in apart), sum(gap < 0 for gap in apart)
        yield (
            f"Over all {len(apart)} queries of {len(sets)} sets, full − {base}: median "
            f"{statistics.median(apart):+.3f}, mean {statistics.mean(apart):+.3f}; better in "
            f"{better}, worse in {worse}, the same in {len(apart) - better - worse}; sign test "
            f"p {_p(sign_test(apart))}."
        )


def _spans(runs: Runs) -> Iterable[str]:
    sets = {n: run for n, run in runs.items() if n == "spans" or n.startswith("squad-")}
    if not sets:
        yield "None was there."
        return
    for name, run in sets.items():
        yield f"### {name}"
        yield "\n".join(f"- {note}" for note in run.notes)
        yield _variants(run, RETRIEVAL)
        more = ("span recall",) if name == "spans" else ("false refusal", "false answer")
        yield _figures([("full", _row(run, "full"))], (*ANSWERS, *more))
        yield "Full against fused:"
        chosen = [d for d in _against(run, "fused") if d.metric in RETRIEVAL]
        yield _differences(chosen, lambda d: d.metric)


def _confidence(runs: Runs, picture: str | None) -> Iterable[str]:
    rows = [(name, _row(run, "full")) for name, run in runs.items() if "full" in _names(run)]
    rows = [(name, row) for name, row in rows if "AURC" in row.figures]
    if not rows:
        yield "Answers have no confidence, so there is nothing to measure."
        return
    yield (
        "A shown answer is wrong when its excerpt is, or when the documents don't answer. Lower "
        "AURC, risk and Brier score are better; AUROC tells answerable questions from near misses "
        "and from questions about something else."
    )
    yield _figures(rows, RISK)
    if picture:
        yield f"![Share of wrong answers by share of questions answered]({picture})"


def _against(run: Evaluation, base: str) -> list[Difference]:
    return compare(_of(run, base), _of(run, "full"), base, "full")


def _gaps(run: Evaluation, base: str) -> list[float]:
    before = {o.id: o.scores["nDCG@10"] for o in _of(run, base)}
    return [round(o.scores["nDCG@10"] - before[o.id], 9) for o in _of(run, "full")]


def _of(run: Evaluation, variant: str) -> list[Outcome]:
    return [o for o in run.outcomes if o.variant == variant]


def _names(run: Evaluation) -> list[str]:
    return [row.name for row in run.rows]


def _row(run: Evaluation, name: str) -> Row:
    return next(row for row in run.rows if row.name == name)


def _is_fact(note: str) -> bool:
    return note.startswith(("Size:", "Time as"))


def _variants(run: Evaluation, metrics: Sequence[str]) -> str:
    return _figures([(RANKINGS[n], _row(run, n)) for n in RANKINGS if n in _names(run)], metrics)


def _all(rows: Sequence[Row]) -> str:
    """Return the figures of the whole and of its parts, with how many each is over."""
    metrics = list(dict.fromkeys(name for row in rows for name in row.figures))
    lines = [
        [row.name, *(f"{_cell(f)} of {f.n}" if (f := row.figures.get(m)) else "" for m in metrics)]
        for row in rows
    ]
    return _table(["", *metrics], lines)


def _figures(rows: Sequence[tuple[str, Row]], metrics: Sequence[str]) -> str:
    shown = [m for m in metrics if any(m in row.figures for _, row in rows)]
    lines = []
    for name, row in rows:
        cells = [f"{_cell(f)} ({f.n})" if (f := row.figures.get(m)) else "" for m in shown]
        lines.append([name, *cells])
    return _table(["(n)", *shown], lines)


def _differences(found: Sequence[Difference], name: Callable[[Difference], str]) -> str:
    lines = [
        [name(d), short(d.mean_a), short(d.mean_b), str(d), _p(d.p), f"{d.n} in {d.clusters}"]
        for d in found
    ]
    return _table(["", "before", "after", "difference", "p", "n, clusters"], lines)


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---", *("---:" for _ in header[1:])]
    return "\n".join("| " + " | ".join(line) + " |" for line in (header, rule, *lines))


def _cell(figure: Figure) -> str:
    return str(figure)


def _p(p: float) -> str:
    return "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0")
