"""The indexes over one state of the catalog: those in their file, and beside them what has changed.

The file is made from the catalog, once and whenever much has changed; what came since is held in
memory, what has gone is passed over. Both together answer as indexes do that are made afresh, but
for which candidates are found among very many vectors (`embeddings.vectors`).
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import IO, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from embeddings.candidates import Lists
from embeddings.encoder import Vectors
from embeddings.vectors import VectorIndex, checksums
from qa.atomic import replacing
from qa.catalog.tables import Meta, damaged
from qa.catalog.views import Entry, Stored, View
from qa.dense import DenseIndex
from qa.derived import Arrays, Derived, Maker, Unusable, load, map_file
from qa.errors import StorageError
from qa.lexical import ENTRY, LexicalIndex, Postings
from qa.rows import Rows
from qa.types import Passage

FILE_NAME = "indexes.bin"
_BEHIND = 0.05  # share of the passages by which the file may lag before it is made anew
_FEW = 200  # passages; fewer are held in memory without a thought
_BLOCK = 4096  # passages read from the catalog at a time


class Behind(StorageError):  # noqa: N818 - a state, named as one
    """The state that is seen is older than the indexes' file.

    Another process has gone on since it was opened, or the catalog has lost commits.
    """


@dataclass(frozen=True, slots=True)
class Base:
    """The indexes in the file.

    Attributes:
        catalog: `Meta.id` of the catalog they are of.
        change: The commit they are of.
        last: Highest number that a passage had then.
        documents: (d,) int64, the documents' numbers in the order of their ids; with
        seals: (d,) int64, what `View.listed` says of them,
        sums: (d,) int64, what their passages add to the catalog's sum,
        firsts: (d + 1,) int64, where their passages begin.
        numbers: (n,) int64, row -> number of the passage in the catalog.
        vectors: Over the passages.
        words: Of the passages.
        descriptions: Words of what the documents say of themselves.
    """

    catalog: str
    change: int
    last: int
    documents: NDArray[np.int64]
    seals: NDArray[np.int64]
    sums: NDArray[np.int64]
    firsts: NDArray[np.int64]
    numbers: NDArray[np.int64]
    vectors: VectorIndex
    words: Postings
    descriptions: Postings

    def is_behind(self, meta: Meta) -> bool:
        """Whether they are to be made anew: too much has changed since."""
        return is_far_off(meta, self.last, len(self.numbers))


@dataclass(frozen=True, slots=True)
class Added:
    """A document that isn't in the file as it is now.

    Attributes:
        seal: What `View.listed` says of it.
        sum: What its passages add to the catalog's sum.
        numbers: Of its passages.
        vectors: (n, dimension) float32, theirs.
        bags: Theirs.
        description: Bag of what it says of itself.
    """

    seal: int
    sum: int
    numbers: Sequence[int]
    vectors: Vectors
    bags: Sequence[bytes]
    description: bytes


@dataclass(frozen=True, slots=True)
class State:
    """The indexes over one state of the catalog.

    Attributes:
        base: Those in the file.
        change: The commit of this state.
        added: The documents that aren't in the file, by number.
        numbers: (n,) int64, row -> number of the passage in the catalog.
        rows: Which rows are there.
        vectors: Over the passages.
        lexical: Over the passages.
        documents: Which rows of `described` are there.
        described: Over the documents: titles, authors, publishers and dates.
        stored: What was read of the passages, by number.
        passages: The same.
        kinds: The same, of all passages once any kind was asked for.
        entries: All documents, by number and in the order of their ids, once a part was asked.
    """

    base: Base
    change: int
    added: Mapping[int, Added]
    numbers: NDArray[np.int64]
    rows: Rows
    vectors: DenseIndex
    lexical: LexicalIndex
    documents: Rows
    described: LexicalIndex
    stored: dict[int, Stored] = field(default_factory=dict)
    passages: dict[int, Passage] = field(default_factory=dict)
    kinds: dict[int, str | None] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_heavy(self) -> bool:
        """Whether so much is held beside the file that it is to be made anew: many new names, say."""
        came = len(self.numbers) - len(self.base.numbers)
        return came > max(_FEW, _BEHIND * len(self.rows))

    def weight(self, term: str) -> float:
        """Return how much a term tells."""
        return self.lexical.weight(term)

    def knows(self, term: str) -> bool:
        """Whether a term stands in any document or its description."""
        return any(i.document_frequency(term) for i in (self.lexical, self.described))

    def same_as(self, other: "State") -> bool:
        """Whether both are the same indexes, however they came about."""
        own, others = (state.numbers[state.rows.ordered] for state in (self, other))
        return (
            np.array_equal(own, others)
            and all(map(np.array_equal, self.vectors.blocks(), other.vectors.blocks()))
            and self.lexical.same_as(other.lexical)
            and self.described.same_as(other.described)
        )


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
    if before and before.base.catalog == view.meta.id:  # else commits are lost, and that's accepted
        if before.change == view.meta.change:
            return before
        if not before.base.is_behind(view.meta):
            state = caught_up(view, before.base, before.added)
            if not state.is_heavy:
                return state
    base = read(view.meta, folder)
    if base and not base.is_behind(view.meta):
        state = caught_up(view, base)
        if not state.is_heavy:
            return state
    try:
        return write(view, folder)
    except OSError:  # where nothing can be written, they are made anew every time
        return build(view)


def is_far_off(meta: Meta, last: int, count: int) -> bool:
    """Whether so much has changed that the indexes' file is to be made anew: nothing is read.

    Args:
        meta: What the catalog says of itself now.
        last: Highest number that a passage had then.
        count: How many passages there were.
    """
    came = meta.last[1] - last
    gone = came - (meta.passages[0] - count)
    return came + gone > max(_FEW, _BEHIND * meta.passages[0])


def is_missing(folder: Path) -> bool:
    """Whether a corpus has no indexes' file."""
    return not (folder / FILE_NAME).exists()


def write(view: View, folder: Path) -> State:
    """Make the indexes' file anew, and return what it holds.

    Raises:
        StorageError: if the catalog is damaged.
        OSError: if the file can't be written; it is what it was then.
    """
    with replacing(folder / FILE_NAME) as file:
        _write(view, file)
    base = read(view.meta, folder)
    if base is None:
        raise OSError(f"{folder / FILE_NAME} isn't what was just written")
    return caught_up(view, base)


def build(view: View) -> State:
    """Return the indexes over what a view sees, made from nothing else and kept nowhere.

    Raises:
        StorageError: if the catalog is damaged, or there is no room for temporary files.
    """
    try:
        with tempfile.TemporaryFile() as file:
            _write(view, file)
            return caught_up(view, _base(map_file(file, view.meta.id)))
    except OSError as error:
        raise StorageError(
            f"The corpus' indexes can be made nowhere ({error.strerror or error}): there is no room, "
            "or nothing may be written, in its folder and in the folder for temporary files."
        ) from error


def read(meta: Meta, folder: Path) -> Base | None:
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
    return _base(derived)


def caught_up(view: View, base: Base, known: Mapping[int, Added] | None = None) -> State:
    """Return the indexes over what a view sees.

    Args:
        view: A state of the catalog.
        base: Indexes over another state of it.
        known: Documents that were added to them before.

    Raises:
        StorageError: if documents or passages are missing.
    """
    if base.change == view.meta.change:
        whole = Rows.all(len(base.numbers)), Rows.all(len(base.documents))
        return _state(base, base.change, {}, *whole)
    listed = view.listed()
    in_file = {number: row for row, number in enumerate(base.documents.tolist())}
    seals = base.seals.tolist()
    kept: list[int] = []  # rows of documents that are in the file as they are now
    missing: list[tuple[int, int]] = []
    for number, seal in listed:
        row = in_file.get(number)
        if row is not None and seals[row] == seal:
            kept.append(row)
        else:
            missing.append((number, seal))
    known = known or {}
    added = {number: known[number] for number, seal in missing if _is_same(known, number, seal)}
    added |= _read(view, [number for number, _ in missing if number not in added])
    came = np.array([len(new.numbers) for new in added.values()], np.int64)
    counts = np.append(np.diff(base.firsts), came)
    firsts = np.cumsum(counts) - counts
    count, total = view.meta.passages
    sums = [base.sums[kept].sum(), *(new.sum for new in added.values())]
    row_of = dict(zip(added, range(len(seals), len(firsts)), strict=True))
    row_of |= {number: row for number, row in in_file.items() if number not in row_of}
    documents = np.array([row_of[number] for number, _ in listed], np.int64)
    if (counts[documents].sum(), sum(sums)) != (count, total):
        raise damaged(f"{count} passages were written, {counts[documents].sum()} are found")
    starts = np.cumsum(counts[documents]) - counts[documents]
    ordered = np.repeat(firsts[documents] - starts, counts[documents]) + np.arange(count)
    rows = Rows.some(ordered, int(counts.sum()))
    return _state(base, view.meta.change, added, rows, Rows.some(documents, len(firsts)))


def _state(
    base: Base, change: int, added: Mapping[int, Added], rows: Rows, documents: Rows
) -> State:
    """Return a base with what was added to it."""
    new = list(added.values())
    numbers, vectors, words, descriptions = (
        base.numbers,
        [base.vectors],
        [base.words],
        [base.descriptions],
    )
    if new:
        came = [number for one in new for number in one.numbers]
        numbers = np.append(numbers, np.array(came, np.int64))
        fresh = np.concatenate([one.vectors for one in new])
        vectors.append(VectorIndex(fresh, exact_up_to=len(fresh)))
        words.append(Postings.of([bag for one in new for bag in one.bags]))
        descriptions.append(Postings.of([one.description for one in new]))
    return State(
        *(base, change, added, numbers, rows, DenseIndex(vectors, rows)),
        *(LexicalIndex(words, rows), documents, LexicalIndex(descriptions, documents)),
    )


def _is_same(known: Mapping[int, Added], number: int, seal: int) -> bool:
    return number in known and known[number].seal == seal


def _read(view: View, numbers: Sequence[int]) -> dict[int, Added]:
    """Return documents that aren't in the file, by number."""
    found = {}
    for entry, seal, placed in view.placed(numbers):
        own = [number for number, _ in placed]
        vectors, bags = view.searchable(own)
        total = sum(seal for _, seal in placed)
        found[entry.number] = Added(seal, total, own, vectors, bags, entry.terms)
    return found


# The file


def _write(view: View, file: BinaryIO) -> None:
    """Write the indexes over what a view sees, a part of them in memory at a time."""
    maker = Maker(file)
    documents, seals, sums, counts, descriptions, numbers = [], [], [], [], [], []
    for entry, seal, placed in view.placed([number for number, _ in view.listed()]):
        documents.append(entry.number)
        seals.append(seal)
        sums.append(sum(own for _, own in placed))
        counts.append(len(placed))
        descriptions.append(entry.terms)
        numbers += [number for number, _ in placed]
    if (len(numbers), sum(sums)) != view.meta.passages:
        raise damaged(f"{view.meta.passages[0]} passages were written, {len(numbers)} are found")
    for name, values in (
        *(("documents", documents), ("seals", seals), ("sums", sums)),
        *(("firsts", [0, *np.cumsum(counts, dtype=np.int64)]), ("numbers", numbers)),
        ("last", [view.meta.last[1]]),
    ):
        maker.write(name, np.int64, (len(values),), [np.array(values, np.int64)])
    with tempfile.TemporaryFile() as spool:
        sizes: list[int] = []

        def blocks() -> Iterator[Vectors]:
            for first in range(0, len(numbers), _BLOCK):
                vectors, bags = view.searchable(numbers[first : first + _BLOCK])
                spool.write(b"".join(bags))
                sizes.extend(len(bag) // ENTRY.itemsize for bag in bags)
                yield vectors

        shape = len(numbers), view.meta.dimension
        index = VectorIndex(maker.write("vectors", np.float32, shape, blocks()))
        if index.lists:
            for part in fields(Lists):
                values = getattr(index.lists, part.name)
                maker.write(f"lists.{part.name}", values.dtype, values.shape, [values])
            maker.write("vectors.sums", np.uint64, shape[:1], [checksums(index.vectors)])
        spool.flush()
        _write_postings(maker, "words", _spooled(spool, sum(sizes)), sizes)
    entries = np.frombuffer(b"".join(descriptions), ENTRY)
    _write_postings(
        maker, "descriptions", entries, [len(bag) // ENTRY.itemsize for bag in descriptions]
    )
    maker.finish(view.meta.id, view.meta.change)


def _write_postings(maker: Maker, name: str, entries: NDArray[Any], sizes: Sequence[int]) -> None:
    Postings.build(
        entries,
        np.array(sizes, np.int64),
        lambda part, dtype, count: maker.room(f"{name}.{part}", dtype, count),
    )


def _spooled(spool: IO[bytes], count: int) -> NDArray[Any]:
    return np.memmap(spool, ENTRY, "r", 0, (count,)) if count else np.zeros(0, ENTRY)


def _base(derived: Derived) -> Base:
    arrays = derived.arrays
    lists = _lists(arrays) if "lists.rows" in arrays else None
    vectors = VectorIndex(arrays["vectors"], lists, arrays.get("vectors.sums"))
    return Base(
        *(derived.catalog, derived.change, int(arrays["last"][0])),
        *(arrays["documents"], arrays["seals"], arrays["sums"]),
        *(arrays["firsts"], arrays["numbers"], vectors),
        *(_postings(arrays, "words"), _postings(arrays, "descriptions")),
    )


def _lists(arrays: Arrays) -> Lists:
    return Lists(**{f.name: arrays[f"lists.{f.name}"] for f in fields(Lists)})


def _postings(arrays: Arrays, name: str) -> Postings:
    return Postings(**{f.name: arrays[f"{name}.{f.name}"] for f in fields(Postings)})
