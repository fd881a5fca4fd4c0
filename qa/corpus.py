"""Corpus, the front door: open, add, remove, search, ask, document.

Holds the parts together: files become documents, passages and vectors in the catalog; the
indexes in memory are built from it whenever it has changed. What asking doesn't need is imported by
the calls that do: a question from the shell waits for every module.
"""

import errno
import os
import shutil
import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from embeddings.encoder import Encoder
from embeddings.threads import single_threaded
from embeddings.transformer import DEFAULT_MODEL, ModelUnavailable, TransformerEncoder
from qa.atomic import sync_folder
from qa.catalog import FILE_NAME, Catalog
from qa.catalog.tables import Meta
from qa.catalog.views import Damage, Origin
from qa.errors import CorpusError, InputError, ModelError, StorageError
from qa.modelling import CorpusModel
from qa.settings import DEFAULTS, MAX_TOP_K, Settings
from qa.types import (
    Answer,
    Checked,
    Document,
    Extent,
    Hit,
    Holding,
    Listing,
    Passage,
    Report,
    Resolution,
    Skipped,
    Stats,
    Verification,
    Where,
)
from qa.wording import printable

if TYPE_CHECKING:
    from qa.indexing import Indexer, ProgressCallback
    from qa.snapshot import Snapshot
    from qa.state import State

_LOST = "it was damaged; what isn't read again is removed"


class Corpus:
    """A collection of documents that can be asked. Safe to use from several threads."""

    def __init__(
        self, path: Path, catalog: Catalog, encoder: Encoder, *, may_export: bool = False
    ) -> None:
        """Take over an open catalog; callers use `open` or `create`.

        `may_export` says that the encoder is a model by name, whose weights may be exported.
        """
        self.path = path
        self._catalog = catalog
        self._model = CorpusModel(encoder, path, catalog.meta, may_export=may_export)
        self._state: State | None = None
        self._building = threading.Lock()  # one thread builds a state, the others wait for it
        self._writing = threading.Lock()  # one add or remove at a time

    # Opening and closing

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, model: Encoder | None = None) -> "Corpus":
        """Open an existing corpus.

        Args:
            path: The corpus folder.
            model: In place of the model the corpus was made with; must have its fingerprint.

        Raises:
            CorpusError: if the folder isn't a corpus, or one that this version can't read.
        """
        folder = Path(path).resolve()
        with _readable(folder):
            is_there = (folder / FILE_NAME).is_file()
        if not is_there:
            what = "is not a corpus" if folder.is_dir() else "does not exist"
            raise CorpusError(
                f"{printable(str(folder))} {what}. Make one with: qa index FOLDER --corpus DIR"
            )
        catalog = Catalog(folder / FILE_NAME)
        encoder = model or TransformerEncoder(catalog.meta.model)
        return cls(folder, catalog, encoder, may_export=model is None)

    @classmethod
    def create(
        cls, path: str | os.PathLike[str], *, model: str | Encoder = DEFAULT_MODEL
    ) -> "Corpus":
        """Make a new, empty corpus; the folder appears whole or not at all.

        Args:
            path: A folder that doesn't exist yet, or is empty.
            model: The packaged default, or a sentence-transformers folder or cached name.

        Raises:
            CorpusError: if the folder is a corpus already, or holds something else.
            ModelError: if the model cannot be loaded.
        """
        folder = Path(path).resolve()
        with _readable(folder):
            is_corpus = (folder / FILE_NAME).exists()
            is_taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
        if is_corpus:
            raise CorpusError(f"{printable(str(folder))} is a corpus already; open it instead.")
        if is_taken:
            raise CorpusError(
                f"{printable(str(folder))} holds something else; name a new folder for the corpus."
            )
        encoder = TransformerEncoder(model) if isinstance(model, str) else model
        try:
            stamp = encoder.name, encoder.fingerprint, encoder.dimension
        except ModelUnavailable as error:
            raise ModelError(str(error)) from error
        made = folder.parent / f".new-corpus-{uuid.uuid4().hex}"
        try:
            made.mkdir(parents=True)
            Catalog.create(made / FILE_NAME, *stamp).close()
            made.replace(folder)
            sync_folder(folder.parent)
        except BaseException as error:
            shutil.rmtree(made, ignore_errors=True)
            if isinstance(error, OSError) and error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                raise CorpusError(
                    f"{printable(str(folder))} was made by another process meanwhile; open it."
                ) from error
            if isinstance(error, OSError):
                raise StorageError(
                    f"{printable(str(folder))} cannot be made: {error.strerror or error}."
                ) from error
            raise
        catalog = Catalog(folder / FILE_NAME)
        return cls(folder, catalog, encoder, may_export=isinstance(model, str))

    def close(self) -> None:
        """Close the catalog; the corpus cannot be used any more."""
        with self._writing, self._building:
            self._catalog.close()
            self._state = None

    def __enter__(self) -> "Corpus":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def model(self) -> str:
        """The name of the model that made the corpus' vectors."""
        return self._catalog.meta.model

    # Adding and removing

    def add(
        self,
        *paths: str | os.PathLike[str],
        progress: "ProgressCallback | None" = None,
        rehash: bool = False,
    ) -> Report:
        """Index files and folders; what hasn't changed since the last time costs nothing.

        A document that has gone from a folder added again is removed. A file that cannot be read
        is skipped, named in the report, and its earlier version, if any, is kept.

        Args:
            paths: Files or folders; they are remembered as the corpus' roots.
            progress: Called often; it may raise `qa.Cancelled` to stop. What is committed by
                then stays, and adding again goes on from there.
            rehash: Read every file, whatever its size and time say, and write anew what is
                damaged in the corpus.

        Raises:
            InputError: if a path doesn't exist; nothing is changed then.
        """
        from qa.files import resolve_root

        roots = [resolve_root(path) for path in paths]
        with self._changing(mend=rehash) as damage:
            report = self._indexer(progress).add(roots, rehash=rehash)
        self._model.prepare_questions()
        lost = [Skipped(name, _LOST) for name in damage.doc_ids if name not in report.added]
        unnamed = len(damage.documents) - len(damage.doc_ids)
        lost += [Skipped("a document whose name is lost", _LOST)] * unnamed
        return replace(report, skipped=(*report.skipped, *lost))

    def add_documents(
        self, documents: Iterable[Document], *, progress: "ProgressCallback | None" = None
    ) -> Report:
        """Index documents from memory; one with a known `doc_id` replaces that document.

        Args:
            documents: `Document(doc_id, text)` is enough; see `qa.types.Document`.
            progress: As in `add`, counting characters.

        Raises:
            InputError: if a document has no words, or has the id of a file; nothing is changed.
        """
        with self._changing():
            report = self._indexer(progress).add_documents(documents)
        self._model.prepare_questions()
        return report

    def remove(self, *targets: str | os.PathLike[str]) -> tuple[str, ...]:
        """Take documents out of the corpus and return their ids; the files stay where they are.

        Nothing of them is kept, their former versions neither.

        Args:
            targets: Document ids, files, folders, or patterns of ids or paths ("notes/*.txt"); a
                folder takes all that lies in it, and is no root any more.

        Raises:
            InputError: if a target matches nothing; nothing is removed then.
        """
        with self._changing():
            return self._indexer(None).remove([os.fspath(target) for target in targets])

    def drop(self, doc_ids: Iterable[str], roots: Iterable[Path] = ()) -> None:
        """Take out the documents of these very ids, and forget these roots, as `remove` does.

        Unlike there nothing is a pattern, and what lies in a root stays unless it is named.

        Raises:
            InputError: if a single text is handed in.
        """
        if isinstance(doc_ids, str):
            raise InputError(f"{doc_ids!r:.80} is one id; hand in a list of them.")
        with self._changing():
            self._indexer(None).drop(doc_ids, roots)

    @contextmanager
    def _changing(self, *, mend: bool = False) -> Iterator[Damage]:
        """Hold the right to write; leave nothing behind that is of no use.

        Args:
            mend: Whether to take out what is damaged first; it is handed over.
        """
        self._check_losses()
        from qa.locking import writer_lock
        from qa.state import is_far_off, is_missing

        with self._writing, writer_lock(self.path):
            before = self._meta()
            damage = Damage()
            if mend:
                with self._catalog.writing() as writer:
                    damage = writer.drop_damaged()
            yield damage
            with self._catalog.writing() as writer:
                writer.drop_unused_encodings()
            self._catalog.tidy()
            far = is_far_off(self._meta(), before.last[1], before.passages[0])
            if far or is_missing(self.path):
                # The indexes' file is made anew; what was written stands, whether that succeeds or not.
                with suppress(StorageError), self._reading():
                    pass

    def _indexer(self, progress: "ProgressCallback | None") -> "Indexer":
        from qa.indexing import Indexer  # and all that reads and cuts: asking needs none of it

        return Indexer(self._catalog, self._model.for_passages, self.path, progress)

    # Asking

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Answer | str] = (),
        where: Where | None = None,
        settings: Settings = DEFAULTS,
    ) -> Answer:
        """Answer a question with the documents' own words, or say that they don't answer it.

        Args:
            question: In plain words.
            history: The turns before it, oldest first, where it may lean on them: answers, or
                their questions alone. `Answer.understood` says what was made of it.
            where: The part of the corpus to ask; it is answered as if there were no other, but
                that words weigh what they weigh in all of it.
            settings: How to rank and when to answer; for comparing.

        Raises:
            InputError: if the question is empty, it or the history far too long, or `where` can't
                be followed.
            CorpusError: if there are no documents.
        """
        from qa import asking

        with single_threaded, self._reading() as whole:
            return asking.ask(whole.narrowed(where), question, history, settings)

    def search(
        self,
        query: str,
        top_k: int = 10,
        *,
        history: Sequence[Answer | str] = (),
        where: Where | None = None,
        settings: Settings = DEFAULTS,
    ) -> tuple[Hit, ...]:
        """Return the `top_k` passages that are nearest to the query, best first.

        Args:
            query: A question or a few words.
            top_k: How many, at most.
            history: As in `ask`.
            where: The part of the corpus to search.
            settings: How to rank; for comparing.

        Raises:
            InputError: if the query is empty, it or the history far too long, `top_k` isn't
                positive, or `where` can't be followed.
            CorpusError: if there are no documents.
        """
        if not 1 <= top_k <= MAX_TOP_K:
            raise InputError(f"top_k is {top_k}; it must be from 1 to {MAX_TOP_K}.")
        from qa import asking

        with single_threaded, self._reading() as whole:
            return asking.search(whole.narrowed(where), query, top_k, history, settings)

    def check_part(self, where: Where) -> None:
        """Refuse a part of the corpus that isn't there.

        Raises:
            InputError: if `where` can't be followed.
        """
        with self._reading() as whole:
            whole.narrowed(where)

    def document(self, doc_id: str) -> Document:
        """Return a document.

        Raises:
            InputError: if there is none of that id.
        """
        with self._catalog.reading() as view:
            document = view.document(doc_id)
        if document is None:
            raise _no_document(doc_id)
        return document

    def origin(self, doc_id: str) -> Origin:
        """Return where a document comes from.

        Raises:
            InputError: if there is none of that id.
        """
        with self._catalog.reading() as view:
            entry = view.entry(doc_id)
        if entry is None:
            raise _no_document(doc_id)
        return entry.origin

    def documents(self) -> tuple[Listing, ...]:
        """Return what the corpus holds, by document id, without the texts."""
        with self._catalog.reading() as view:
            return tuple(entry.listing for entry in view.entries())

    def holdings(self) -> tuple[Holding, ...]:
        """Return what the corpus holds, by document id, with where it comes from."""
        with self._catalog.reading() as view:
            return tuple(entry.holding for entry in view.entries())

    def extents(self, doc_ids: Iterable[str]) -> dict[str, Extent]:
        """Return how many pages, lines or the like those documents have that are there, by id."""
        with self._catalog.reading() as view:
            found = {doc_id: view.extent(doc_id) for doc_id in doc_ids}
        return {doc_id: extent for doc_id, extent in found.items() if extent}

    @property
    def roots(self) -> tuple[Path, ...]:
        """The files and folders that were added, in that order."""
        return tuple(map(Path, self._meta().roots))

    @property
    def change(self) -> int:
        """Counts the commits: as long as it is the same, so is what the corpus holds."""
        return self._meta().change

    def passages(self) -> tuple[Passage, ...]:
        """Return every passage, by document and offset."""
        with self._catalog.reading() as view:
            return tuple(passage for _, passage in view.all_passages())

    # Checking

    def resolve(self, citation_id: str) -> Resolution:
        """Return what has become of the words that a citation quoted.

        Args:
            citation_id: `Citation.id`.

        Raises:
            InputError: if it isn't an id.
        """
        from qa.resolving import resolve

        with self._reading() as snapshot:
            return resolve(snapshot.view, snapshot.state, citation_id)

    def check_saved(self, path: str | os.PathLike[str]) -> tuple[Checked, ...]:
        """Return what has become of every citation of saved answers.

        Args:
            path: A file that `qa ask --save` or `qa.saving.save_answer` wrote.

        Raises:
            InputError: if it is no such file.
        """
        from qa.resolving import resolve
        from qa.saving import saved_citations

        citations = list(saved_citations(Path(path)))
        with self._reading() as at:
            return tuple(
                Checked(
                    *(c.question, c.n, c.title),
                    resolve(at.view, at.state, c.id, c.quote, c.doc_id),
                )
                for c in citations
            )

    def verify(self) -> Verification:
        """Check everything that the corpus holds, and make derived files anew that don't fit."""
        from qa.verifying import verify

        return verify(self._catalog, self.path)

    def stats(self) -> Stats:
        """Return what the corpus holds, and how many bytes each part of it takes."""
        from qa.conversations import Conversations
        from qa.state import FILE_NAME as INDEXES

        with self._catalog.reading() as view:
            sizes = view.sizes()
            listings = tuple(entry.listing for entry in view.entries())
            meta = view.meta
        kept = self.path / INDEXES
        sizes["indexes (derived)"] = kept.stat().st_size if kept.exists() else 0
        sizes["conversations"] = Conversations(self.path).size
        return Stats(meta.model, meta.changed, listings, meta.passages[0], sizes)

    def _meta(self) -> Meta:
        """Return what the catalog says of itself now."""
        with self._catalog.reading() as view:
            return view.meta

    # Parts of asking

    @contextmanager
    def _reading(self) -> "Iterator[Snapshot]":
        """Hold one state of the catalog, with the indexes over it."""
        from qa.snapshot import Snapshot
        from qa.state import Behind, current

        self._check_losses()
        for is_last in (False, True):
            with self._catalog.reading() as view:
                try:
                    with self._building:
                        state = current(view, self.path, self._state)
                        self._state = state
                except Behind:
                    if is_last:
                        raise
                    continue  # another process has just gone on: its state is there to be seen
                yield Snapshot(view, state, self._model.for_questions)
                return

    def _check_losses(self) -> None:
        if self._catalog.lost:
            raise StorageError(
                f"The corpus {printable(str(self.path))} has lost its last "
                f"{self._catalog.lost} changes: the end of its log is missing. 'qa verify' takes "
                "it as it is; then index its folders again."
            )


def _no_document(doc_id: str) -> InputError:
    return InputError(f"The corpus has no document {doc_id!r}; 'qa stats' lists them.")


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise StorageError(f"{printable(str(folder))} cannot be read ({reason}).") from error
