"""HTML of the evaluation's first page: what to ask, how far it is, what was asked before.

Knows files by name and count, a job and runs; no corpus, no figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import get_args
from urllib.parse import quote

from qa.evaluation.keeping import Kept
from qa.page.jobs import ACTIVE, Job
from qa.page.texts import html
from qa.settings import Ranking
from qa.wording import date_in_words


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A file of questions that is known.

    Attributes:
        path: Where it lies.
        name: What it is called.
        answerable: Questions that the documents answer.
        unanswerable: Those that they don't.
        unfinished: Those of which that isn't known yet.
        problem: Why it can't be read; "" where it can.
    """

    path: str
    name: str
    answerable: int = 0
    unanswerable: int = 0
    unfinished: int = 0
    problem: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether anything can be asked of it."""
        return not self.problem and self.answerable + self.unanswerable > 0


def home(files: Sequence[QuestionFile], runs: Sequence[Kept], job: Job | None) -> str:
    """Return the first page.

    Args:
        files: What may be asked.
        runs: What was asked before.
        job: The run that is made, or was made last.
    """
    busy = job is not None and job.state in ACTIVE
    return (
        f'<h2 tabindex="-1">{html("evaluation.title")}</h2><p class="intro">{html("evaluation.intro")}</p>'
        f'<form id="evaluate" {"hidden" if busy else ""}>{_files(files)}'
        f"{_split()}{_rankings()}"
        f'<p class="problem" role="alert"></p>'
        f'<button class="main" type="submit">{html("evaluation.start")}</button></form>'
        f'{_progress(job if busy else None)}{_ended(job)}<section class="runs"><h3>{html("evaluation.runs")}</h3>{_runs(runs)}</section>'
    )


def link(name: str, *others: str) -> str:
    """Return the address of a run, or of its comparison with another."""
    return escape("/".join(["#/evaluation", *(quote(part, safe="") for part in (name, *others))]))


def moment(when: datetime) -> str:
    """Return a time in words, to the minute."""
    return f"{date_in_words(when.date().isoformat())}, {when:%H:%M}"


def _files(files: Sequence[QuestionFile]) -> str:
    first = next((file for file in files if file.is_usable), None)
    none = f'<p class="quiet">{html("evaluation.none")}</p>' if not files else ""
    rows = "".join(_file(file, chosen=file is first) for file in files)
    other = (
        f'<label class="choice"><input type="radio" name="file" value="" {"" if first else "checked"}>'
        f"<span>{html('evaluation.other')}</span></label>"
        f'<input type="text" id="evaluation-path" aria-label="{html("evaluation.path")}" '
        f'placeholder="{html("evaluation.path")}" autocomplete="off" spellcheck="false">'
    )
    drop = (
        f'<p class="drop quiet">{html("evaluation.drop")} <label class="file">'
        f'<span>{html("evaluation.choose")}</span><input type="file" accept=".jsonl" '
        f'aria-label="{html("evaluation.add")}"></label></p>'
    )
    return f"<fieldset><legend>{html('evaluation.questions')}</legend>{none}{rows}{other}{drop}</fieldset>"


def _file(file: QuestionFile, *, chosen: bool) -> str:
    state = "checked" if chosen else ""
    if not file.is_usable:
        state = "disabled"
    counts = html(
        "evaluation.count",
        answerable=f"{file.answerable:,}",
        unanswerable=f"{file.unanswerable:,}",
    )
    if file.unfinished:
        counts += " · " + html("evaluation.unfinished", count=f"{file.unfinished:,}")
    said = f'<span class="problem">{escape(file.problem)}</span>' if file.problem else counts
    return (
        f'<label class="choice"><input type="radio" name="file" value="{escape(file.path)}" {state}>'
        f"<span>{escape(file.name)}<small>{said}</small></span></label>"
    )


def _split() -> str:
    options = "".join(
        f'<option value="{split}">{html(f"evaluation.split.{split}")}</option>'
        for split in ("all", "dev", "test")
    )
    return (
        f'<label class="field"><span>{html("evaluation.split")}</span>'
        f'<select name="split">{options}</select></label>'
    )


def _rankings() -> str:
    boxes = "".join(
        f'<label class="choice"><input type="checkbox" name="ranking" value="{ranking}" '
        f"{'checked' if ranking == 'full' else ''}>"
        f"<span><b>{ranking}</b>: {html(f'evaluation.ranking.{ranking}')}</span></label>"
        for ranking in get_args(Ranking)
    )
    return (
        f'<fieldset class="rankings"><legend>{html("evaluation.ranking")}</legend>{boxes}'
        f'<p class="quiet">{html("evaluation.ranking.hint")}</p></fieldset>'
    )


def _progress(job: Job | None) -> str:
    """Return the bar, which the script shows and moves."""
    title = html("evaluation.running", what=job.name if job else "")
    state = f'data-job="{job.number}"' if job else "hidden"
    return (
        f'<section id="running" {state}><h3>{title}</h3>'
        f'<progress aria-label="{title}"></progress>'
        f'<p class="far quiet">{html("evaluation.beginning")}</p>'
        f'<button type="button" id="cancel">{html("job.cancel")}</button></section>'
    )


def _ended(job: Job | None) -> str:
    """Return how the last run ended, if not well."""
    if job is None or job.state not in ("failed", "stopped"):
        return ""
    said = f"<p>{escape(job.error)}</p>" if job.error else ""
    return (
        f'<section class="notice" id="ended" tabindex="-1">'
        f"<h3>{html(f'evaluation.{job.state}', what=job.name)}</h3>{said}</section>"
    )


def _runs(runs: Sequence[Kept]) -> str:
    if not runs:
        return f'<p class="quiet">{html("evaluation.noruns")}</p>'
    rows = "".join(
        f'<li data-run="{escape(run.name)}"><a href="{link(run.name)}">{escape(run.name)}</a>'
        f'<span class="quiet">{moment(run.made)}</span>'
        f'<button type="button" class="delete" aria-label="{html("evaluation.delete.named", what=run.name)}">'
        f"{html('evaluation.delete')}</button></li>"
        for run in runs
    )
    return f'<ul role="list">{rows}</ul>'
