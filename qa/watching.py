"""A folder followed: indexed again whenever something in it changes; the only user of watchfiles."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import Change, DefaultFilter, watch

from qa.errors import InputError, StorageError
from qa.files import resolve_root
from qa.types import Report

if TYPE_CHECKING:
    from qa.corpus import Corpus


def follow(
    corpus: "Corpus",
    paths: Sequence[str],
    on_report: Callable[[Report], None],
    on_trouble: Callable[[str], None],
    stop: threading.Event | None = None,
) -> None:
    """Keep a corpus up to date with files and folders, until interrupted.

    Args:
        corpus: What is kept up to date.
        paths: Files and folders.
        on_report: Called after each time something was indexed.
        on_trouble: Called with what couldn't be done; the next change is another attempt.
        stop: Ends it when set.
    """
    inside = DefaultFilter(ignore_paths=[corpus.path])

    def counts(change: Change, path: str) -> bool:
        return not Path(path).name.startswith(".") and inside(change, path)

    roots = [resolve_root(path) for path in paths]
    for _ in watch(*roots, watch_filter=counts, stop_event=stop):
        try:
            report = corpus.add(*paths)
        except (InputError, StorageError) as error:  # a folder that is gone for now, say
            on_trouble(str(error))
        else:
            if report.added or report.updated or report.removed or report.renamed:
                on_report(report)
