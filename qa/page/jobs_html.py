"""HTML of the work that goes on, and of what it did: values in, markup out, everything escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from math import floor

from qa.page.jobs import ACTIVE, Job
from qa.page.texts import html, say
from qa.reports import formats_read, pages_in_words, share
from qa.types import Read, Report, Skipped

_NAMED = 100  # files of each sort that are named one by one; the table has all of them


def jobs_key(jobs: Iterable[Job]) -> str:
    """Return what changes when `jobs_html` says something else than how far things have come."""
    return ",".join(f"{job.number}{job.state}" for job in jobs)


def jobs_html(jobs: Sequence[Job]) -> str:
    """Return the work that goes on, then what waits, then what is over, the latest first."""
    running = [_running(job) for job in jobs if job.state in ("running", "stopping")]
    waiting = [_waiting(job) for job in jobs if job.state == "waiting"]
    over = [_over(job) for job in reversed(jobs) if job.state not in ACTIVE]
    return "".join((*running, *waiting, *over))


def pace_in_words(job: Job) -> str:
    """Return how far a job has come, how fast it goes and how long it will take."""
    at = job.progress
    if at is None or not at.done:  # the model is being loaded, say
        return ""
    parts = [say("job.done", done=size(at.done), total=size(at.total))]
    if job.seconds_left is not None:
        parts += [say("job.rate", rate=size(job.rate)), _left(job.seconds_left)]
    return " · ".join(parts)


def size(count: float) -> str:
    """Return a number of bytes as people say it: "1.2 MB"."""
    if count < 1000:
        return f"{count:.0f} B"
    for unit in ("kB", "MB"):
        count /= 1000
        if count < 999.5:
            return f"{count:.1f} {unit}" if count < 9.95 else f"{count:.0f} {unit}"
    return f"{count / 1000:.1f} GB"


def _left(seconds: float) -> str:
    if seconds < 60:
        return say("job.seconds")
    minutes = round(seconds / 60)
    if minutes < 90:
        return say("job.minute") if minutes == 1 else say("job.minutes", count=minutes)
    return say("job.hours", count=round(minutes / 60))


def _running(job: Job) -> str:
    stopping = job.state == "stopping"
    button = "" if stopping else _button("cancel", job)
    words = html("job.stopping") if stopping else ""
    return (
        f'<section class="job" data-job="{job.number}" data-state="{job.state}">'
        f"<h3>{escape(job.name)}</h3>{button}"
        f'<progress aria-label="{escape(job.name)}"></progress>'
        f'<p class="pace">{words}</p><p class="at"><bdi></bdi></p></section>'
    )


def _waiting(job: Job) -> str:
    return (
        f'<section class="job" data-job="{job.number}" data-state="waiting">'
        f"<h3>{html('job.then', name=job.name)}</h3>{_button('cancel', job)}</section>"
    )


def _over(job: Job) -> str:
    body = _report(job.result) if isinstance(job.result, Report) else ""
    if job.state == "stopped":
        body = f"<p>{html('job.stopped')}</p>"
    elif job.state == "failed":
        body = f'<p class="trouble">{escape(job.error)}</p>'
    again = {"stopped": "resume", "failed": "retry"}.get(job.state)
    buttons = (_button(again, job) if again else "") + _button("dismiss", job)
    heading = html(f"job.{job.state}_heading", name=job.name)
    return (
        f'<section class="job" data-job="{job.number}" data-state="{job.state}">'
        f"<h3>{heading}</h3>{body}<p class='buttons'>{buttons}</p></section>"
    )


def _button(what: str, job: Job) -> str:
    label = html(f"job.{what}_label", name=job.name)
    kind = "resume" if what == "retry" else what
    return f'<button type="button" data-do="{kind}" aria-label="{label}">{html(f"job.{what}")}</button>'


def _report(report: Report) -> str:
    counts = [
        say(f"report.{name}", count=f"{len(names):,}")
        for name, names in (
            ("added", report.added),
            ("updated", report.updated),
            ("removed", report.removed),
            ("renamed", report.renamed),
            ("unchanged", report.unchanged),
            ("skipped", report.skipped),
        )
        if names
    ]
    said = f'<p class="counts">{escape(", ".join(counts) or say("report.nothing"))}.</p>'
    if report.read:
        percent = floor(1000 * share(report.read)) / 10  # 100 is all of them
        all_of_it = percent == 100
        said += f"<p>{html('report.share_all') if all_of_it else html('report.share', percent=f'{percent:g}')}</p>"
        said += _details("report.formats", [escape(line) for line in formats_read(report.read)])
    said += _list("report.not_read", [_skipped(skipped) for skipped in report.skipped])
    said += _list("report.remarks", [line for read in report.read for line in _remarks(read)])
    renamed = [html("report.from_to", old=old, new=new) for old, new in report.renamed]
    for name, lines in (
        ("report.names_added", [_name(doc_id) for doc_id in report.added]),
        ("report.names_updated", [_name(doc_id) for doc_id in report.updated]),
        ("report.names_removed", [_name(doc_id) for doc_id in report.removed]),
        ("report.names_renamed", renamed),
    ):
        said += _details(name, lines)
    return said


def _remarks(read: Read) -> Iterable[str]:
    if read.blank:
        yield f"{_name(read.doc_id)}: {html('report.blank', pages=pages_in_words(read.blank))}"
    for note in read.notes:
        yield f"{_name(read.doc_id)}: {escape(note)}"


def _skipped(skipped: Skipped) -> str:
    return f"{_name(skipped.path)}: {escape(skipped.reason)}"


def _name(name: str) -> str:
    return f'<bdi class="name">{escape(name)}</bdi>'


def _list(heading: str, lines: Sequence[str]) -> str:
    return f"<h4>{html(heading)}</h4>{_lines(lines)}" if lines else ""


def _details(summary: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    label = html(summary, count=f"{len(lines):,}")
    return f"<details><summary>{label}</summary>{_lines(lines)}</details>"


def _lines(lines: Sequence[str]) -> str:
    items = "".join(f"<li>{line}</li>" for line in lines[:_NAMED])
    more = len(lines) - _NAMED
    rest = f"<li>{html('report.more', count=f'{more:,}')}</li>" if more > 0 else ""
    return f'<ul role="list">{items}{rest}</ul>'
