"""The indexes over one state of the catalog: read from their file, caught up, or made anew.

Rows count passages by document id and offset: equal scores rank in that order, and an index that
was brought up to date is the same as one made afresh.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import VectorIndex
from qa.catalog.tables import Meta
from qa.catalog.views import Entry, Stored, View
from qa.derived import Arrays, Derived, Unusable, load, save
from qa.errors import StorageError
from qa.lexical import LexicalIndex
from qa.types import Passage

FILE_NAME = "indexes.bin"
_BEHIND = 0.05  # share of the passages by which the file may lag before it is written anew
_FEW = 200  # passages; fewer are caught up without a thought


class Behind(StorageError):  # noqa: N818 - a state, named as one
    """The state that is seen is older than the indexes' file.

    Another process has gone on since it was opened, or the catalog has lost commits.
    """


@dataclass(frozen=True, slots=True)
class State:
    """The indexes over one state of the catalog.

    Attributes:
        catalog: `Meta.id` of the catalog it is of.
        change: The commit it is of.
        numbers: (n,) int64, row -> number of the passage in the catalog.
        vectors: Over the passages.
        lexical: Over the passages.
        described: Over the documents: titles, authors, publishers and dates.
        stored: What was read of the passages, by number.
        passages: The same.
        kinds: The same, of all passages once any kind was asked for.
        entries: All documents, by number and in the order of their ids, once a part was asked.
    """

    catalog: str
    change: int
    numbers: NDArray[np.int64]
    vectors: VectorIndex
    lexical: LexicalIndex
    described: LexicalIndex
    stored: dict[int, Stored] = field(default_factory=dict)
    passages: dict[int, Passage] = field(default_factory=dict)
    kinds: dict[int, str | None] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)

    def weight(self, term: str) -> float:
        """Return how much a term tells."""
        return self.lexical.weight(term)

    def knows(self, term: str) -> bool:
        """Whether a term stands in any document or its description."""
        return any(i.document_frequency(term) for i in (self.lexical, self.described))

    def same_as(self, other: "State") -> bool:
        """Whether both are the same indexes, however they came about."""
        pairs = zip(self._canonical(), other._canonical(), strict=True)
        return all(np.array_equal(a, b) for a, b in pairs)

    def _canonical(self) -> list[NDArray[Any]]:
        words = (*self.lexical.canonical(), *self.described.canonical())
        return [self.numbers, self.vectors.vectors, *words]


def current(view: View, folder: Path, before: State | None) -> State:
    """Return the indexes over what a view sees.

    Args:
        view: A state of the catalog.
        folder: The corpus folder, where the indexes' file is.
        before: Indexes over another state of the same catalog, if there are some.

    Raises:
        StorageError: if the catalog is damaged.
        Behind: if the state is older than indexes that were made from the catalog.
    """
    if before and before.catalog != view.meta.id:  # commits were lost since, and that was accepted
        before = None
    kept = None if before else read(view.meta, folder)
    old = before or kept
    if old and old.change == view.meta.change:
        return old
    state, renewed = _caught_up(view, old or _nothing(view.meta))
    is_first = before is None and kept is None
    if is_first or renewed > max(_FEW, _BEHIND * len(state.numbers)):
        with suppress(OSError):  # where nothing can be written, it is made anew every time
            write(view.meta, folder, state)
    return state


def build(view: View) -> State:
    """Return the indexes over what a view sees, made from nothing else."""
    return caught_up(view, _nothing(view.meta))


def caught_up(view: View, old: State) -> State:
    """Return the indexes over what a view sees, made from those over another state."""
    return _caught_up(view, old)[0]


def lags(folder: Path, before: Meta, after: Meta) -> bool:
    """Whether the indexes' file is missing, or fell far behind from one state to another.

    Told from how many passages were numbered and how many there are: nothing is read.
    """
    came = after.last[1] - before.last[1]
    gone = came - (after.passages[0] - before.passages[0])
    far = came + gone > max(_FEW, _BEHIND * after.passages[0])
    return far or not (folder / FILE_NAME).exists()


def read(meta: Meta, folder: Path) -> State | None:
    """Return the indexes in the file; None where it is missing or damaged.

    Raises:
        Behind: if they are of a later state than the catalog's.
    """
    try:
        derived = load(folder / FILE_NAME, meta.id)
    except Unusable:
        return None
    if derived.change > meta.change:
        raise Behind(
            f"{folder} has lost changes: {derived.change} were made, its catalog knows of "
            f"{meta.change}. 'qa verify' takes it as it is; then index its folders again."
        )
    arrays = derived.arrays
    return State(
        derived.catalog,
        derived.change,
        arrays["numbers"].copy(),
        VectorIndex(arrays["vectors"]),
        _lexical(arrays, "passages"),
        _lexical(arrays, "documents"),
    )


def write(meta: Meta, folder: Path, state: State) -> None:
    """Write the indexes' file."""
    arrays: dict[str, NDArray[Any]] = {"numbers": state.numbers}
    arrays["vectors"] = state.vectors.vectors
    for name, index in (("passages", state.lexical), ("documents", state.described)):
        arrays |= {f"{name}.{part}": getattr(index, part) for part in _PARTS}
    save(folder / FILE_NAME, Derived(meta.id, state.change, arrays))


def _caught_up(view: View, old: State) -> tuple[State, int]:
    """Return the indexes over what a view sees, and how many passages have come or gone."""
    entries = view.entries()
    order = np.array(view.order(entries), np.int64)
    row_of = dict(zip(order.tolist(), range(len(order)), strict=True))
    moved = np.array([row_of.get(number, -1) for number in old.numbers.tolist()], np.int64)
    stays = moved >= 0
    is_new = np.ones(len(order), bool)
    is_new[moved[stays]] = False
    rows = np.flatnonzero(is_new)
    fresh, bags = view.searchable(order[rows].tolist())
    came_from = np.zeros(len(order), np.int64)
    came_from[moved[stays]] = np.flatnonzero(stays)
    if stays.any():
        vectors = old.vectors.vectors.take(came_from, axis=0)  # in one go: it is all large
        vectors[rows] = fresh
    else:
        vectors = fresh
    lexical = old.lexical
    if len(rows) or not np.array_equal(moved, np.arange(len(order))):
        lexical = lexical.updated(moved, list(zip(rows.tolist(), bags, strict=True)), len(order))
    state = State(
        view.meta.id,
        view.meta.change,
        order,
        VectorIndex(vectors),
        lexical,
        LexicalIndex.build([entry.terms for entry in entries]),
    )
    return state, len(rows) + int((~stays).sum())


def _nothing(meta: Meta) -> State:
    none = np.zeros((0, meta.dimension), np.float32)
    return State(
        *(meta.id, 0, np.zeros(0, np.int64), VectorIndex(none)),
        *(LexicalIndex.build([]), LexicalIndex.build([])),
    )


_PARTS = ("terms", "starts", "rows", "counts", "lengths")


def _lexical(arrays: Arrays, name: str) -> LexicalIndex:
    # Copies, since a part of the file's bytes would keep the whole of them in memory.
    return LexicalIndex(**{part: arrays[f"{name}.{part}"].copy() for part in _PARTS})
