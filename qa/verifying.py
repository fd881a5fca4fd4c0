"""The whole corpus checked: catalog, passages against documents, derived files, conversations."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np

from embeddings.tokens import code_length
from qa.catalog import Catalog
from qa.catalog.views import View
from qa.conversations import Conversations
from qa.errors import StorageError
from qa.locking import writer_lock
from qa.passages import hash_text
from qa.state import FILE_NAME, Behind, State, build, caught_up, read, write
from qa.types import Verification

_SHOWN = 10  # problems of a kind; more are counted


def verify(catalog: Catalog, folder: Path) -> Verification:
    """Check everything that a corpus holds; make derived files anew where they don't fit.

    While another process writes, or where nothing may be written, all is checked and nothing made.
    """
    with ExitStack() as stack:
        may_write = False
        with suppress(StorageError):
            stack.enter_context(writer_lock(folder))
            may_write = True
        with catalog.reading() as view:
            found = _checked(catalog, view, folder, may_write=may_write)
        if catalog.lost and may_write:
            catalog.accept_losses()
    return found


def _checked(catalog: Catalog, view: View, folder: Path, *, may_write: bool) -> Verification:
    problems = list(catalog.problems())
    repaired: list[str] = []
    checked = [f"the catalog: {view.meta.documents[0]} documents"]
    damage = view.damage()
    if damage.rows:
        problems.append(f"{damage.rows} rows of the catalog aren't what was written")
    problems += _some([f"{name}: parts of it are damaged or missing" for name in damage.doc_ids])
    if unnamed := len(damage.documents) - len(damage.doc_ids):
        problems.append(f"{unnamed} documents are damaged so that their names are lost")
    if not problems:
        try:
            state = build(view)  # counts, too: what has vanished leaves no damaged row
        except StorageError as error:
            problems.append(str(error))
        else:
            problems += _some(list(_unfit(view, state)))
            checked.append(f"{len(state)} passages and vectors against their documents")
            if wrong := _misfit(view, folder, state):
                try:
                    if not may_write:
                        raise StorageError("nothing can be written now")
                    write(view, folder)
                    repaired.append(f"{FILE_NAME} {wrong}; it was made anew")
                except (OSError, StorageError) as error:
                    problems.append(f"{FILE_NAME} {wrong}, and isn't made anew ({error})")
            checked.append("the indexes")
    conversations = Conversations(folder)
    if conversations.size:
        problems += conversations.problems()
        checked.append("the conversations")
    if catalog.lost:
        problems.append(f"{catalog.lost} changes that were made are lost; index its folders again")
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
    if not all((abs(np.linalg.norm(b, axis=1) - 1) < 1e-3).all() for b in state.vectors.blocks()):
        yield "some vectors haven't length 1"


def _misfit(view: View, folder: Path, afresh: State) -> str | None:
    """Return what is wrong with the indexes' file, if anything is."""
    try:
        kept = read(view.meta, folder)
    except Behind:
        return "was made of changes that are lost, or just now"
    if kept is None:
        return "was missing or damaged"
    # A file that lags is caught up by whoever opens it: that must come to the same.
    fits = kept.change <= view.meta.change and caught_up(view, kept).same_as(afresh)
    return None if fits else "did not fit the catalog"


def _some(found: list[str]) -> list[str]:
    more = [f"… and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return found[:_SHOWN] + more
