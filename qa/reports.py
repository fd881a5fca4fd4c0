"""What an indexing did, in words: line by line, for whoever shows it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from math import floor

from qa.types import Read, Report

_NAMED = 20  # pages without text that are named one by one


def report_lines(report: Report) -> Iterator[str]:
    """Yield what happened to how many documents, what was read, and what wasn't, with reasons."""
    counts = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "renamed": report.renamed,
        "skipped": report.skipped,
    }
    parts = [f"{len(ids)} {name}" for name, ids in counts.items() if ids]
    yield "Documents: " + (", ".join(parts) or "none") + "."
    if report.read:
        yield "Read: " + "; ".join(formats_read(report.read)) + "."
    yield from (f"  renamed {former} to {name}" for former, name in report.renamed)
    for read in report.read:
        if read.blank:
            yield f"  {read.doc_id}: {pages_in_words(read.blank)} without text"
        yield from (f"  {read.doc_id}: {note}" for note in read.notes)
    yield from (f"  skipped {skipped.path}: {skipped.reason}" for skipped in report.skipped)


def share(reads: Sequence[Read]) -> float:
    """Return which share of these documents' characters is in passages."""
    total = sum(read.characters for read in reads)
    return sum(read.indexed for read in reads) / total if total else 1.0


def formats_read(reads: Sequence[Read]) -> Iterator[str]:
    """Yield for each format how many documents were read, and how much of them is indexed."""
    by_format: defaultdict[str, list[Read]] = defaultdict(list)
    for read in reads:
        by_format[read.format].append(read)
    for name, some in sorted(by_format.items()):
        blank = sum(len(read.blank) for read in some)
        percent = floor(1000 * share(some)) / 10  # 100 is all of them
        said = f"{len(some)} {name}, {percent:.1f} % of the characters indexed"
        pages = "1 page" if blank == 1 else f"{blank} pages"
        yield f"{said}, {pages} without text" if blank else said


def pages_in_words(numbers: Sequence[int]) -> str:
    """Return page numbers with runs drawn together: "pages 3, 7–9"."""
    if len(numbers) > _NAMED:
        return f"{len(numbers)} pages"
    runs = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        runs.append(str(found[0]) if len(found) == 1 else f"{found[0]}–{found[-1]}")
    return f"{'page' if len(numbers) == 1 else 'pages'} {', '.join(runs)}"
