"""What the command line shows a person: answers, hits, reports, figures, progress.

Colours only where the output is a terminal. Text of documents is never taken for markup, and
its control characters are replaced, so that no document can drive the terminal.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from qa.references import Style, quotation
from qa.reports import report_lines
from qa.types import (
    Answer,
    Checked,
    Citation,
    Hit,
    Passage,
    Progress,
    Report,
    Source,
    Span,
    Stats,
    Verification,
)
from qa.why import highlights
from qa.wording import agreement_in_words, date_in_words, how_close, whose

if TYPE_CHECKING:
    from qa.evaluation.results import Evaluation

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_FATES = ("exact", "moved", "changed", "gone")
_ANSWER, _MATCH, _QUIET = "bold", "underline", "dim"

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def show_answer(answer: Answer, *, why: bool = False) -> None:
    """Print an answer: its words, then each citation with the words that matched.

    `why` adds how each passage met each word of the question.
    """
    if answer.understood:
        console.print(Text(f"Understood as: {_clean(answer.understood)}", style=_QUIET))
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


def show_quotations(answer: Answer, style: Style) -> None:
    """Print what an answer's citations quote, each with its reference; nothing else."""
    if not answer.citations:
        errors.print(Text("These documents do not answer that."))
    for citation in answer.citations:
        if citation.n > 1:
            print(file=console.file)
        # Not by rich, which makes spaces of tabs: what is copied from here is verbatim.
        print(_clean(quotation(citation, style)), file=console.file)


def show_hits(hits: Sequence[Hit], *, why: bool = False) -> None:
    """Print the hits of a search; `why` adds their signals and how they met each word."""
    for hit in hits:
        _show_source(hit.passage, f"{hit.rank}.")
        _show_quote(hit.passage.text, hit.passage.start, highlights(hit.why, hit.passage), None)
        if why:
            _show_why(hit)


def show_report(report: Report) -> None:
    """Print what an indexing did, what was read, each skipped file with its reason."""
    for line in report_lines(report):
        console.print(Text(_clean(line)), soft_wrap=True)


def show_stats(stats: Stats) -> None:
    """Print a table of the documents, then sizes, model and last change."""
    table = Table(box=None, pad_edge=False, header_style=_QUIET)
    table.add_column("document")
    table.add_column("title")
    table.add_column("date", no_wrap=True)
    table.add_column("passages", justify="right")
    for listing in stats.documents:
        table.add_row(
            Text(_clean(listing.doc_id)),
            Text(_clean(listing.title)),
            Text(_clean(listing.published or "")),
            f"{listing.passages:,}",
        )
    console.print(table)
    console.print()
    for part, size in stats.sizes.items():
        console.print(Text(f"{size:>15,} bytes  {part}", style=_QUIET))
    console.print(
        Text(
            f"\n{len(stats.documents):,} documents, {stats.passages:,} passages, "
            f"model {_clean(stats.model)}, last change {stats.changed or 'none'}"
        )
    )


def show_verification(found: Verification) -> None:
    """Print what a check of the corpus looked at, repaired and found wrong."""
    console.print(Text(f"Checked {', '.join(found.checked)}."))
    for repaired in found.repaired:
        console.print(Text(f"  repaired: {_clean(repaired)}"))
    for problem in found.problems:
        console.print(Text(f"  wrong: {_clean(problem)}", style="bold red"))
    if found.problems:
        console.print(
            Text(
                "'qa index --rehash FOLDER' reads the files again and writes anew what is damaged; "
                "where it fails, delete the corpus folder and index the documents again."
            )
        )
    else:
        console.print(Text("Everything is as it was written.", style="bold green"))


def show_checked(checked: Sequence[Checked]) -> None:
    """Print what has become of each citation of saved answers."""
    for number, citation in enumerate(checked):
        if number == 0 or citation.question != checked[number - 1].question:
            console.print(Text(f"\n{_clean(citation.question)}", style="bold"))
        found = citation.resolution
        style = {"exact": "green", "moved": "green"}.get(found.status, "bold red")
        where = f"{found.doc_id}, {found.place}" if found.doc_id else "nowhere in the corpus"
        line = Text(f"  [{citation.n}] ").append(found.status, style=style)
        console.print(line.append(f"  {_clean(citation.title)} · {_clean(where)}"))
        if found.status not in ("exact", "moved"):
            for label, words in (("then", found.then), ("now", found.now)):
                if words:
                    shown = Text(f"{label}: {_clean(' '.join(words.split()))}", style=_QUIET)
                    console.print(Padding(shown, (0, 6)))
    counts = Counter[str](citation.resolution.status for citation in checked)
    said = ", ".join(f"{counts[fate]} {fate}" for fate in _FATES if counts[fate])
    console.print(Text(f"\nCitations: {said or 'none'}."))


def show_evaluation(result: "Evaluation") -> None:
    """Print an evaluation's figures with their intervals, a row a group, then its differences.

    Metrics over the same questions stand side by side, as many as the width takes.
    """
    from qa.evaluation.tables import tables

    for table in tables(result):
        if table.title:
            console.print(Text(_clean(table.title), style="bold"))
        labels = {name: [_clean(cell) for cell in cells] for name, cells in table.labels.items()}
        for part in _side_by_side(labels, table.figures):
            _show_columns(labels | part)
    for note in result.notes:
        console.print(Text(_clean(note), style=_QUIET))


def _side_by_side(
    labels: Mapping[str, Sequence[str]], cells: Mapping[str, Sequence[str]]
) -> Iterator[dict[str, Sequence[str]]]:
    """Yield the columns in parts that, beside the labels, fit in the width."""
    widths = {
        name: 2 + max(map(len, (name, *column))) for name, column in {**labels, **cells}.items()
    }
    room = console.width - sum(widths[name] for name in labels)
    part: dict[str, Sequence[str]] = {}
    for name, column in cells.items():
        if part and sum(widths[shown] for shown in (*part, name)) > room:
            yield part
            part = {}
        part[name] = column
    yield part


def _show_columns(columns: Mapping[str, Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, header_style=_QUIET)
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number else "left", no_wrap=True)
    for cells in zip(*columns.values(), strict=True):
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    console.print()


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


def _show_source(source: Source | Passage, mark: str) -> None:
    console.print()
    console.print(Text(f"{mark} ", style="cyan").append(_clean(source.title), style="bold"))
    console.print(Padding(Text(_facts(source), style=_QUIET), (0, 4)))


def _facts(source: Source | Passage) -> str:
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
