"""A folder followed: indexed again whenever something in it changes; the only user of watchfiles."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import Change, watch

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

    def counts(_: Change, path: str) -> bool:
        return not _is_hidden(Path(path), roots) and corpus.path not in Path(path).parents

    roots = [resolve_root(path) for path in paths]
    behind, trouble = True, ""  # what changed before the watch began wasn't seen
    for changes in watch(*roots, watch_filter=counts, stop_event=stop, yield_on_timeout=True):
        if not changes and not behind:
            continue
        try:
            report = corpus.add(*paths)
        except (InputError, StorageError) as error:  # a folder that is gone for now, say
            if str(error) != trouble:
                on_trouble(str(error))
            behind, trouble = True, str(error)  # tried again when nothing happens for a while
        else:
            behind, trouble = False, ""
            if report.added or report.updated or report.removed or report.renamed:
                on_report(report)


def _is_hidden(path: Path, roots: Sequence[Path]) -> bool:
    """Whether indexing passes over a path, as over all whose names begin with a dot."""
    below = next((path.relative_to(root) for root in roots if path.is_relative_to(root)), path)
    return any(part.startswith(".") for part in below.parts)
