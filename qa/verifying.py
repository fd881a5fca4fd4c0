"""The whole corpus checked: the catalog, each passage against its document, the derived files."""

import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from embeddings.tokens import code_length
from qa.catalog import Catalog
from qa.catalog.views import View
from qa.errors import StorageError
from qa.locking import writer_lock
from qa.passages import hash_text
from qa.state import FILE_NAME, State, build, read, write
from qa.types import Verification

_SHOWN = 10  # problems of a kind; more are counted


def verify(catalog: Catalog, folder: Path) -> Verification:
    """Check everything that a corpus holds; make derived files anew where they don't fit."""
    problems = list(catalog.problems())
    repaired: list[str] = []
    with catalog.reading() as view:
        damage = view.damage()
        if damage.rows:
            problems.append(f"{damage.rows} rows of the catalog aren't what was written")
        problems += _some(
            [f"{doc_id}: parts of it are damaged or missing" for doc_id in damage.doc_ids]
        )
        if unnamed := len(damage.documents) - len(damage.doc_ids):
            problems.append(f"{unnamed} documents are damaged so that their names are lost")
        checked = [f"the catalog: {view.meta.documents[0]} documents"]
        if not problems:
            # What counts more than its rows has lost some without a trace.
            try:
                state = build(view)
            except StorageError as error:
                problems.append(str(error))
            else:
                problems += _some(list(_unfit(view, state)))
                checked.append(f"{len(state.numbers)} passages and vectors against their documents")
                repaired += _mend(view, folder, state)
                checked.append("the indexes")
    if catalog.lost:
        problems.append(f"{catalog.lost} changes that were made are lost; index its folders again")
        with writer_lock(folder):
            catalog.accept_losses()
    return Verification(tuple(checked), tuple(problems), tuple(repaired))


def _unfit(view: View, state: State) -> Iterator[str]:
    """Yield what is sound by its checksum, but doesn't fit the rest."""
    dimension = view.meta.dimension
    for entry in view.entries():
        document = view.document(entry.doc_id)
        if not document or hash_text(document.text) != entry.text_hash:
            yield f"{entry.doc_id}: its text isn't the one that its name stands for"
    text, of = "", None
    for number, passage in view.all_passages():
        if passage.doc_id != of:
            document = view.document(passage.doc_id)
            text, of = document.text if document else "", passage.doc_id
        if text[passage.start : passage.end] != passage.text:
            yield f"{passage.doc_id}, {passage.place}: a passage isn't its document's text"
        if any(not passage.start <= a < b <= passage.end for a, b in passage.sentences):
            yield f"{passage.doc_id}, {passage.place}: a sentence lies outside its passage"
        stored = view.stored([number])[number]
        for tokens in (stored.text, stored.about, stored.heading):
            if len(tokens.code) != code_length(len(tokens.spans), dimension):
                yield f"{passage.doc_id}, {passage.place}: its token vectors don't fit its words"
    lengths = np.linalg.norm(state.vectors.vectors, axis=1)
    if not all(math.isclose(length, 1, abs_tol=1e-3) for length in lengths.tolist()):
        yield "some vectors haven't length 1"


def _mend(view: View, folder: Path, afresh: State) -> list[str]:
    """Write the indexes anew where the file is missing, damaged or not what the catalog says."""
    kept = None
    with suppress(StorageError):  # of a later state than the catalog: as good as damaged now
        kept = read(view.meta, folder)
    if kept is None:
        what = "was missing or damaged"
    elif kept.change == view.meta.change and not kept.same_as(afresh):
        what = "did not fit the catalog"
    else:
        return []
    try:
        write(view.meta, folder, afresh)
    except OSError as error:
        return [f"{FILE_NAME} {what}, and cannot be written ({error.strerror})"]
    return [f"{FILE_NAME} {what}; it was made anew"]


def _some(found: list[str]) -> list[str]:
    more = [f"… and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return found[:_SHOWN] + more
