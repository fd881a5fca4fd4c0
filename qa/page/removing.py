"""Taking documents out of the collection: what goes, what stays, said before and done after.

What was sent to the page goes with its file; whatever else it was read from stays where it is.
"""

from collections.abc import Collection as Ids
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import InputError
from qa.page.texts import say
from qa.page.uploads import Uploads
from qa.types import Holding, Report

if TYPE_CHECKING:
    from qa.corpus import Corpus


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to be removed.

    Attributes:
        doc_ids: Documents, by id.
        own: How many of them are in a person's own folders.
        sent: Files that were sent to the page, and are deleted.
        memory: How many were added from memory, and have no file.
        beside: How many of the documents go only because their file does.
        roots: Files and folders that are no roots any more.
    """

    doc_ids: tuple[str, ...]
    own: int
    sent: tuple[Path, ...]
    memory: int
    beside: int
    roots: tuple[Path, ...]


def of_documents(
    doc_ids: Ids[str], holdings: Sequence[Holding], roots: Sequence[Path], uploads: Uploads
) -> Removal:
    """Return what removing documents means.

    Raises:
        InputError: if none of them is there.
    """
    chosen = [h for h in holdings if h.listing.doc_id in doc_ids]
    if not chosen:
        raise InputError(say("removal.none"))
    paths = {h.path for h in chosen if h.path}
    sent = set(filter(uploads.holds, paths))
    going = [h for h in holdings if h.listing.doc_id in doc_ids or h.path in sent]
    kept = {h.path for h in holdings} - {h.path for h in going}
    alone = {h.path for h in going} - kept
    return Removal(
        tuple(h.listing.doc_id for h in going),
        sum(1 for h in going if h.path and h.path not in sent),
        tuple(sorted(sent)),
        sum(1 for h in going if h.path is None),
        len(going) - len(chosen),
        tuple(root for root in roots if root in alone),  # a file that was added by itself
    )


def of_root(
    root: Path, holdings: Sequence[Holding], roots: Sequence[Path], uploads: Uploads
) -> Removal:
    """Return what removing a file or folder means; what other roots in it hold stays.

    Raises:
        InputError: if it isn't a root.
    """
    if root not in roots:
        raise InputError(say("removal.none"))
    inner = [other for other in roots if other != root and other.is_relative_to(root)]
    outer = [other for other in roots if other != root and root.is_relative_to(other)]
    going = [
        h
        for h in holdings
        if h.path
        and h.path.is_relative_to(root)
        and not any(h.path.is_relative_to(other) for other in (*inner, *outer))
    ]
    sent = {h.path for h in going if h.path and uploads.holds(h.path)}
    own = sum(1 for h in going if h.path not in sent)
    return Removal(tuple(h.listing.doc_id for h in going), own, tuple(sorted(sent)), 0, 0, (root,))


def remove(corpus: "Corpus", removal: Removal, uploads: Uploads) -> Report:
    """Take documents out, delete the files that were sent."""
    corpus.drop(removal.doc_ids, removal.roots)
    uploads.delete(list(removal.sent))
    return Report(removed=removal.doc_ids)
