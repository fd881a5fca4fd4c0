"""What the command line shows a person: answers, hits, reports, figures, progress.

Colours only where the output is a terminal. Text of documents is never taken for markup, and
its control characters are replaced, so that no document can drive the terminal.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from qa.types import Answer, Citation, Hit, Listing, Passage, Progress, Report, Source, Span
from qa.why import highlights
from qa.wording import agreement_in_words, date_in_words, how_close, whose

if TYPE_CHECKING:
    from qa.evaluation import Evaluation

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_FIGURES = 5  # columns of figures that fit side by side in 80 characters' width, or nearly
_ANSWER, _MATCH, _QUIET = "bold", "underline", "dim"

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def show_answer(answer: Answer, *, why: bool = False) -> None:
    """Print an answer: its words, then each citation with the words that matched.

    `why` adds how each passage met each word of the question.
    """
    if answer.status == "not_found" or answer.text is None:
        console.print(Text("These documents do not answer that.", style="bold"))
        if answer.missing_terms:
            missing = ", ".join(f"“{_clean(term)}”" for term in answer.missing_terms)
            console.print(Text(f"Nowhere in them: {missing}."))
        if answer.nearest:
            console.print(Text("\nWhat came closest:", style=_QUIET))
        for hit in answer.nearest:
            _show_source(hit.passage, "·")
            _show_quote(hit.passage.text, hit.passage.start, highlights(hit.why, hit.passage), None)
            if why:
                _show_why(hit)
        return
    text = "\n".join(" ".join(line.split()) for line in answer.text.splitlines() if line.strip())
    quoted = _clean(text) if text[0] in "\"'“‘" else f"“{_clean(text)}”"
    console.print(Text(f"{quoted} [1]", style="bold green"))
    if verdict := agreement_in_words(answer.agreement):
        console.print(Text(verdict, style="italic"))
    for citation in answer.citations:
        if citation.n == 2:
            console.print(Text("\nSee also:", style=_QUIET))
        _show_source(citation, f"[{citation.n}]")
        for other in citation.also:
            console.print(Padding(Text(f"also: {_clean(other.title)}"), (0, 4)))
            console.print(Padding(Text(_facts(other), style=_QUIET), (0, 10)))
        _show_quote(citation.quote, citation.start, citation.highlights, citation.answer)
        if why:
            _show_why(citation)


def show_hits(hits: Sequence[Hit], *, why: bool = False) -> None:
    """Print the hits of a search; `why` adds their signals and how they met each word."""
    for hit in hits:
        _show_source(hit.passage, f"{hit.rank}.")
        _show_quote(hit.passage.text, hit.passage.start, highlights(hit.why, hit.passage), None)
        if why:
            _show_why(hit)


def show_report(report: Report) -> None:
    """Print what an indexing did, each skipped file with its reason."""
    counts = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "skipped": report.skipped,
    }
    parts = [f"{len(ids)} {name}" for name, ids in counts.items() if ids]
    console.print(Text("Documents: " + (", ".join(parts) or "none") + "."))
    for skipped in report.skipped:
        console.print(Text(f"  skipped {_clean(skipped.path)}: {_clean(skipped.reason)}"))


def show_documents(listings: Sequence[Listing], model: str) -> None:
    """Print a table of the documents."""
    table = Table(box=None, pad_edge=False, header_style=_QUIET)
    table.add_column("document")
    table.add_column("title")
    table.add_column("date", no_wrap=True)
    table.add_column("passages", justify="right")
    for listing in listings:
        table.add_row(
            Text(_clean(listing.doc_id)),
            Text(_clean(listing.title)),
            Text(_clean(listing.published or "")),
            f"{listing.passages:,}",
        )
    console.print(table)
    passages = sum(listing.passages for listing in listings)
    console.print(
        Text(f"\n{len(listings):,} documents, {passages:,} passages, model {_clean(model)}")
    )


def show_evaluation(result: "Evaluation") -> None:
    """Print an evaluation's figures with their intervals: a row a group, in two tables."""
    names = list(dict.fromkeys(name for row in result.rows for name in row.figures))
    for first in range(0, len(names), _FIGURES):
        part = names[first : first + _FIGURES]
        table = Table(box=None, pad_edge=False, header_style=_QUIET)
        table.add_column("", no_wrap=True)
        table.add_column("n", justify="right")
        for name in part:
            table.add_column(name, justify="right", no_wrap=True)
        for row in result.rows:
            if any(name in row.figures for name in part):
                cells = [Text(str(row.figures.get(name, ""))) for name in part]
                table.add_row(Text(_clean(row.name)), str(row.n), *cells)
        console.print(table)
        console.print()
    for note in result.notes:
        console.print(Text(note, style=_QUIET))


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """Show a progress bar on standard error while work goes on, if a person is looking."""
    if quiet or not errors.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    with Bar(*columns, TimeRemainingColumn(), console=errors, transient=True) as bar:
        task = bar.add_task("", total=None)

        def update(at: Progress) -> None:
            bar.update(task, completed=at.done, total=at.total, description=_clean(at.doc_id)[-40:])

        yield update


def _show_source(source: Citation | Passage, mark: str) -> None:
    console.print()
    console.print(Text(f"{mark} ", style="cyan").append(_clean(source.title), style="bold"))
    console.print(Padding(Text(_facts(source), style=_QUIET), (0, 4)))


def _facts(source: Citation | Source | Passage) -> str:
    speaker = None if isinstance(source, Passage) else source.speaker
    about = [
        date_in_words(source.published) or "undated",
        source.author or source.publisher,
        source.kind and whose(source.kind, speaker),
        source.section and f"“{source.section}”",
        str(source.place),
        source.doc_id,
    ]
    return " · ".join(_clean(fact) for fact in about if fact)


def _show_why(found: Citation | Hit) -> None:
    console.print(Padding(Text("Why:", style=_QUIET), (0, 4)))
    for met in found.why:
        console.print(Padding(Text(_clean(f"{met.word} → {how_close(met)}"), style=_QUIET), (0, 6)))
    signals = "  ".join(f"{name} {value:.2f}" for name, value in found.signals.items())
    console.print(Padding(Text(f"score {found.score:.2f}  {signals}", style=_QUIET), (0, 6)))


def _show_quote(quote: str, start: int, highlights: Sequence[Span], answer: Span | None) -> None:
    text = Text(_clean(quote))  # one character for one, so that spans still fit
    if answer:
        text.stylize(_ANSWER, answer.start - start, answer.end - start)
    for span in highlights:
        text.stylize(_MATCH, span.start - start, span.end - start)
    console.print(Padding(text, (0, 4)))


def _clean(text: str) -> str:
    return _CONTROLS.sub("\ufffd", text)
