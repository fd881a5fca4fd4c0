"""HTML of one evaluation: figures, pictures, what went wrong; and of two that are compared.

Knows evaluations; what stands at a place in a document is asked of a function.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote

from qa.evaluation.drawing import COLOURS, Curve, Frame, recall_svg, risk_coverage_svg
from qa.evaluation.failures import Failure, failures
from qa.evaluation.results import Evaluation, Outcome, short
from qa.evaluation.risk import COVERAGE, curve
from qa.evaluation.summarising import recall_curve
from qa.evaluation.tables import Table, tables
from qa.page.evaluation_html import link, moment
from qa.page.texts import TEXTS, html, say

# Title of the document and words, by document, start and end; None where they are gone.
Words = Callable[[str, int, int], tuple[str, str] | None]

_FRAME = Frame(460, 340, alone=False)
_LONGEST = 300  # characters of a place's words that are shown
_FIGURE = re.compile(r"(\S+) (\[.*\])")


def run(name: str, made: datetime, result: Evaluation, others: Sequence[str], words: Words) -> str:
    """Return a run: in words, in figures, in pictures, and what went wrong.

    Args:
        name: Its name.
        made: When.
        result: The run.
        others: Names of runs that it may be compared with.
        words: See `Words`.
    """
    variants: dict[str, list[Outcome]] = {}
    for outcome in result.outcomes:
        variants.setdefault(outcome.variant, []).append(outcome)
    source = html("evaluation.source", source=result.source, when=moment(made))
    return (
        f'{_head(name)}<p class="quiet">{source}</p>{_headline(result)}'
        f"<section><h3>{html('evaluation.figures')}</h3>"
        f'<p class="quiet">{html("evaluation.intervals")}</p>{_tables(result)}'
        f"{_meanings(result)}{_notes(result)}</section>"
        f"{_pictures(variants)}{_failures(variants, words)}{_compare(name, others)}"
    )


def comparison(result: Evaluation, name: str) -> str:
    """Return how far one run lies above another; `name` is the one that is compared with."""
    if not result.differences:
        return f'{_head(name)}<p class="quiet">{html("evaluation.nodifference")}</p>'
    a, b = result.differences[0].a, result.differences[0].b
    return (
        f'<p class="back"><a href="{link(name)}">{escape(name)}</a></p>'
        f'<h2 tabindex="-1">{html("evaluation.compared")}</h2>'
        f'<p class="quiet">{html("evaluation.compared.how", a=a, b=b)}</p>'
        f"<section>{_tables(result)}{_notes(result)}</section>"
    )


def _head(name: str) -> str:
    return (
        f'<p class="back"><a href="#/evaluation">{html("evaluation.back")}</a></p>'
        f'<h2 tabindex="-1">{escape(name)}</h2>'
    )


def _headline(result: Evaluation) -> str:
    """Return the figures that matter most, in sentences: over all, or of the first variant."""
    row, said = result.rows[0], []
    if right := row.figures.get("excerpt hit@1"):
        share, three = f"{right.mean:.0%}", f"{row.figures['excerpt hit@3'].mean:.0%}"
        said.append(
            html(
                "evaluation.headline.right", questions=_questions(right.n), share=share, three=three
            )
        )
        refused = f"{row.figures['false refusal'].mean:.0%}"
        said.append(html("evaluation.headline.refusals", refused=refused))
    if false := row.figures.get("false answer"):
        share = f"{false.mean:.0%}"
        said.append(html("evaluation.headline.answers", n=false.n, share=share))
    if not said:
        return ""
    of = (
        html("evaluation.of", variant=row.name)
        if len({o.variant for o in result.outcomes}) > 1
        else ""
    )
    return f'<p class="headline">{" ".join(said)}</p><p class="quiet">{of}</p>'


def _tables(result: Evaluation) -> str:
    return f'<div class="tables">{"".join(map(_table, tables(result)))}</div>'


def _table(table: Table) -> str:
    columns = {**table.labels, **table.figures}
    caption = escape(table.title)
    if not caption:
        counts = sorted({int(n) for n in table.labels["n"]})
        caption = html("evaluation.table", questions=_questions(*counts[:1], *counts[1:][-1:]))
    group, *others = columns
    head = f'<th scope="col"><span class="unseen">{html("evaluation.group")}</span></th>'
    head += "".join(f'<th scope="col">{escape(name)}</th>' for name in others)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{_cell(cell)}</td>" for cell in cells)}</tr>'
        for first, *cells in zip(columns[group], *(columns[o] for o in others), strict=True)
    )
    return _scrolling(
        caption,
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>",
    )


def _questions(*counts: int) -> str:
    """Return "1 question", "12 questions", or of the least and the most "3 to 12 questions"."""
    if counts == (1,):
        return say("evaluation.one")
    if len(counts) == 1:
        return say("evaluation.many", n=f"{counts[0]:,}")
    least, most = counts
    return say("evaluation.between", least=f"{least:,}", most=f"{most:,}")


def _scrolling(name: str, table: str) -> str:
    """Return a table that may be wider than its room, to be scrolled by keyboard too."""
    return f'<div class="wide" role="region" tabindex="0" aria-label="{name}">{table}</div>'


def _cell(cell: str) -> str:
    if parts := _FIGURE.fullmatch(cell):
        return f"<b>{escape(parts[1])}</b> <small>{escape(parts[2])}</small>"
    return escape(cell)


def _meanings(result: Evaluation) -> str:
    names = dict.fromkeys(name for row in result.rows for name in row.figures)
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{html(f'metric.{name}')}</dd>"
        for name in names
        if f"metric.{name}" in TEXTS
    )
    return f"<details><summary>{html('evaluation.meaning')}</summary><dl>{rows}</dl></details>"


def _notes(result: Evaluation) -> str:
    return "".join(f'<p class="quiet note">{escape(note)}</p>' for note in result.notes)


def _pictures(variants: Mapping[str, Sequence[Outcome]]) -> str:
    drawn = dict(list(variants.items())[: len(COLOURS)])
    recalls = {v: found for v, outcomes in drawn.items() if (found := recall_curve(outcomes))}
    risks = {v: points for v, outcomes in drawn.items() if (points := curve(outcomes))[0]}
    made = ""
    if recalls:
        made += f"<figure>{recall_svg(recalls, _FRAME)}{_recall_table(recalls)}</figure>"
    if risks:
        made += f"<figure>{risk_coverage_svg(risks, COVERAGE, _FRAME)}{_risk_table(risks)}</figure>"
    if not made:
        return ""
    return f'<section><h3>{html("evaluation.pictures")}</h3><div class="pictures">{made}</div></section>'


def _recall_table(curves: Mapping[str, Sequence[float]]) -> str:
    rows = ((str(k), [shares[k - 1] for shares in curves.values()]) for k in range(1, 11))
    return _numbers("evaluation.recall.k", curves, rows)


def _risk_table(curves: Mapping[str, Curve]) -> str:
    def risk(found: Curve, share: float) -> float:
        return next(r for c, r in zip(*found, strict=True) if c >= share - 1e-9)

    tenths = [tenth / 10 for tenth in range(1, 11)]
    rows = ((f"{share:.0%}", [risk(found, share) for found in curves.values()]) for share in tenths)
    return _numbers("evaluation.risk.coverage", curves, rows)


def _numbers(first: str, names: Iterable[str], rows: Iterable[tuple[str, Sequence[float]]]) -> str:
    """Return a picture's numbers as a table, folded away."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{escape(label)}</th>{"".join(f"<td>{short(v)}</td>" for v in values)}</tr>'
        for label, values in rows
    )
    return (
        f"<details><summary>{html('evaluation.numbers')}</summary><table><thead><tr>"
        f'<th scope="col">{html(first)}</th>{head}</tr></thead><tbody>{body}</tbody></table></details>'
    )


def _failures(variants: Mapping[str, Sequence[Outcome]], words: Words) -> str:
    parts = []
    for number, (variant, outcomes) in enumerate(variants.items()):
        groups = "".join(
            f"<details {'open' if number == group == 0 else ''}><summary>{html(f'evaluation.{how}')} "
            f'<span class="count">{len(found)}</span></summary>'
            f'<ul role="list">{"".join(_failure(f, how, words) for f in found)}</ul></details>'
            for group, (how, found) in enumerate(failures(outcomes).items())
        )
        groups = groups or f'<p class="quiet">{html("evaluation.nofailures")}</p>'
        title = f"<h4>{html('evaluation.of', variant=variant)}</h4>" if len(variants) > 1 else ""
        parts.append(title + groups)
    return f'<section class="failures"><h3>{html("evaluation.failures")}</h3>{"".join(parts)}</section>'


def _failure(failure: Failure, how: str, words: Words) -> str:
    address = escape(f"#/?q={quote(failure.question, safe='')}")
    gold = "".join(_place("evaluation.gold", place, words) for place in failure.gold)
    label = "evaluation.shown" if how == "false answer" else "evaluation.found"
    found = _place(label, failure.found, words) if failure.found else ""
    return f'<li><a class="ask" href="{address}">{escape(failure.question)}</a>{gold}{found}</li>'


def _place(label: str, place: tuple[str, int, int], words: Words) -> str:
    doc_id, start, end = place
    there = words(*place)
    if there is None:
        return f'<p class="place">{html(label)} {html("evaluation.gone", doc_id=doc_id)}</p>'
    title, text = there
    said = " ".join(text.split())
    said = said if len(said) <= _LONGEST else said[:_LONGEST].rsplit(" ", 1)[0] + "…"
    address = escape(f"#/at/{quote(doc_id, safe='')}/{start}-{end}")
    return (
        f'<p class="place">{html(label)} <a href="{address}">{escape(title)}</a> '
        f"<q>{escape(said)}</q></p>"
    )


def _compare(name: str, others: Sequence[str]) -> str:
    if not others:
        return ""
    options = "".join(f'<option value="{link(name, o)}">{escape(o)}</option>' for o in others)
    return (
        f'<form id="compare"><label class="field"><span>{html("evaluation.compare")}</span>'
        f"<select>{options}</select></label>"
        f'<button class="main" type="submit">{html("evaluation.compare.button")}</button></form>'
    )
