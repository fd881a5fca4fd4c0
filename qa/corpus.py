"""Corpus, the front door: open, add, remove, search, ask, document.

Holds the parts together: files become documents, passages and vectors in the catalog; the
indexes in memory are built from it whenever it has changed.
"""

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from embeddings.encoder import Encoder
from embeddings.transformer import DEFAULT_MODEL, ModelUnavailable, TransformerEncoder
from embeddings.vectors import VectorIndex
from qa import catalog as catalogs
from qa import passages, reading
from qa.answering import answer_question, inverse_frequency
from qa.catalog import Catalog, Entry, Stamp
from qa.errors import CorpusError, InputError, ModelError
from qa.files import File, printable, resolve_root, scan, unique_name
from qa.folding import words
from qa.lexical import LexicalIndex
from qa.retrieval import Query, retrieve
from qa.settings import MAX_QUESTION, MAX_TOP_K, Settings
from qa.types import Answer, Document, Hit, Listing, Passage, Progress, Report, Skipped

ProgressCallback = Callable[[Progress], None]

_BATCH = 512  # passages encoded and committed at a time
_ANSWER_DEPTH = 10  # hits that an answer may rest on


@dataclass(frozen=True, slots=True)
class _State:
    """The indexes over one state of the catalog."""

    change: tuple[int, int]
    vectors: VectorIndex
    lexical: LexicalIndex


class Corpus:
    """A collection of documents that can be asked. Safe to use from several threads."""

    def __init__(self, path: Path, catalog: Catalog, encoder: Encoder, settings: Settings) -> None:
        """Take over an open catalog; callers use `open` or `create`."""
        self.path = path
        self.settings = settings
        self._catalog = catalog
        self._encoder = encoder
        self._encoder_checked = False
        self._own_changes = 0
        self._state: _State | None = None
        self._lock = threading.RLock()  # the catalog's connection and the state
        self._writing = threading.Lock()  # one add or remove at a time

    # Opening and closing

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        model: Encoder | None = None,
        settings: Settings | None = None,
    ) -> "Corpus":
        """Open an existing corpus.

        Args:
            path: The corpus folder.
            model: In place of the model the corpus was made with; must have its fingerprint.
            settings: How to rank and when to answer.

        Raises:
            CorpusError: if the folder isn't a corpus, or one that this version can't read.
        """
        folder = Path(path).absolute()
        if not (folder / catalogs.FILE_NAME).is_file():
            what = "is not a corpus" if folder.is_dir() else "does not exist"
            raise CorpusError(
                f"{printable(str(folder))} {what}. Make one with: qa index FOLDER --corpus DIR"
            )
        catalog = Catalog(folder / catalogs.FILE_NAME)
        encoder = model or TransformerEncoder(catalog.stamp.model)
        return cls(folder, catalog, encoder, settings or Settings())

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        *,
        model: str | Encoder = DEFAULT_MODEL,
        settings: Settings | None = None,
    ) -> "Corpus":
        """Make a new, empty corpus; the folder appears whole or not at all.

        Args:
            path: A folder that doesn't exist yet, or is empty.
            model: The packaged default, or a sentence-transformers folder or cached name.
            settings: How to rank and when to answer.

        Raises:
            CorpusError: if the folder is a corpus already, or holds something else.
            ModelError: if the model cannot be loaded.
        """
        folder = Path(path).absolute()
        if (folder / catalogs.FILE_NAME).exists():
            raise CorpusError(f"{printable(str(folder))} is a corpus already; open it instead.")
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CorpusError(
                f"{printable(str(folder))} holds something else; name a new folder for the corpus."
            )
        encoder = TransformerEncoder(model) if isinstance(model, str) else model
        try:
            stamp = Stamp(encoder.name, encoder.fingerprint, encoder.dimension)
        except ModelUnavailable as error:
            raise ModelError(str(error)) from error
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            made = Path(tempfile.mkdtemp(prefix=".new-corpus-", dir=folder.parent))
        except OSError as error:
            raise CorpusError(
                f"{printable(str(folder))} cannot be made: {error.strerror}."
            ) from error
        try:
            Catalog.create(made / catalogs.FILE_NAME, stamp).close()
            made.chmod(0o755)
            made.replace(folder)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        catalog = Catalog(folder / catalogs.FILE_NAME)
        return cls(folder, catalog, encoder, settings or Settings())

    def close(self) -> None:
        """Close the catalog; the corpus cannot be used any more."""
        with self._writing, self._lock:
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
        return self._catalog.stamp.model

    # Adding and removing

    def add(
        self,
        *paths: str | os.PathLike[str],
        progress: ProgressCallback | None = None,
    ) -> Report:
        """Index files and folders; what hasn't changed since the last time costs nothing.

        A document that has gone from a folder added again is removed. A file that cannot be read
        is skipped, named in the report, and its earlier version, if any, is kept.

        Args:
            paths: Files or folders; they are remembered as the corpus' roots.
            progress: Called often; it may raise `qa.Cancelled` to stop. What is committed by
                then stays, and adding again goes on from there.

        Raises:
            InputError: if a path doesn't exist; nothing is changed then.
        """
        roots = [resolve_root(path) for path in paths]
        with self._writing:
            return self._add(roots, progress)

    def add_documents(self, documents: Iterable[Document]) -> Report:
        """Index documents from memory; one with a known `doc_id` replaces that document.

        Raises:
            InputError: if a document has no words, or has the id of a file; nothing is changed.
        """
        with self._writing:
            known = self._entries()
            ready = []
            for document in documents:
                before = known.get(document.doc_id)
                if not document.doc_id or (before and before.path):
                    raise InputError(
                        f"A document from memory cannot have the id {document.doc_id!r}: "
                        + ("it is a file's." if before else "it must not be empty.")
                    )
                try:
                    understood = reading.understand(document)
                except InputError as error:
                    raise InputError(f"{document.doc_id!r} cannot be indexed: {error}.") from error
                content = repr(replace(document, places=None)).encode("utf-8", "surrogatepass")
                made_from = _made_from(content, {})
                ready.append((Entry(document.doc_id, None, None, None, made_from), understood))
            changed = [(e, d) for e, d in ready if not _same(known.get(e.doc_id), e)]
            for first in range(0, len(changed), _BATCH):
                self._commit([self._cut(*pair) for pair in changed[first : first + _BATCH]])
            self._tidy([], [])
            new = {e.doc_id for e, _ in changed}
            return Report(
                added=tuple(sorted(new - known.keys())),
                updated=tuple(sorted(new & known.keys())),
                unchanged=tuple(sorted({e.doc_id for e, _ in ready} - new)),
            )

    def remove(self, *targets: str | os.PathLike[str]) -> tuple[str, ...]:
        """Take documents out of the corpus and return their ids; the files stay where they are.

        Args:
            targets: Document ids, or files or folders; a folder takes all that lies in it, and
                is no root any more.

        Raises:
            InputError: if a target matches nothing; nothing is removed then.
        """
        with self._writing:
            entries = self._entries()
            with self._lock:
                known_roots = self._catalog.roots()
            doc_ids: set[str] = set()
            roots: list[Path] = []
            for target in targets:
                name = os.fspath(target)
                path = Path(name).expanduser().resolve()
                within = [r for r in known_roots if r == path or path in r.parents]
                found = {name} & entries.keys() or {
                    entry.doc_id
                    for entry in entries.values()
                    if entry.path and (entry.path == path or path in entry.path.parents)
                }
                if not found and not within:
                    raise InputError(
                        f"Nothing in the corpus is called {printable(name)!r} or lies there; "
                        "'qa stats' lists what it holds."
                    )
                doc_ids |= found
                roots += within
            self._tidy(sorted(doc_ids), [], forget=roots)
            return tuple(sorted(doc_ids))

    # Asking

    def ask(self, question: str) -> Answer:
        """Answer a question with the documents' own words, or say that they don't answer it.

        Raises:
            InputError: if the question is empty or far too long.
            CorpusError: if there are no documents.
        """
        query, state = self._prepare(question)
        hits = self._hits(query, state, _ANSWER_DEPTH)
        return answer_question(query, hits, self._encoder, self._weigh(state), self.settings)

    def search(self, query: str, top_k: int = 10) -> tuple[Hit, ...]:
        """Return the `top_k` passages that are nearest to the query, best first.

        Raises:
            InputError: if the query is empty or far too long, or `top_k` isn't positive.
            CorpusError: if there are no documents.
        """
        if not 1 <= top_k <= MAX_TOP_K:
            raise InputError(f"top_k is {top_k}; it must be from 1 to {MAX_TOP_K}.")
        prepared, state = self._prepare(query)
        return self._hits(prepared, state, top_k)

    def document(self, doc_id: str) -> Document:
        """Return a document.

        Raises:
            InputError: if there is none of that id.
        """
        with self._lock:
            document = self._catalog.document(doc_id)
        if document is None:
            raise InputError(f"The corpus has no document {doc_id!r}; 'qa stats' lists them.")
        return document

    def documents(self) -> tuple[Listing, ...]:
        """Return what the corpus holds, by document id, without the texts."""
        with self._lock:
            return tuple(self._catalog.listings())

    def passages(self) -> tuple[Passage, ...]:
        """Return every passage, by document and offset."""
        with self._lock:
            found = [passage for _, passage in self._catalog.passage_texts()]
        return tuple(sorted(found, key=lambda p: (p.doc_id, p.start)))

    # Parts of asking

    def _prepare(self, text: str) -> tuple[Query, _State]:
        stripped = " ".join(text.split())
        if not any(char.isalnum() for char in stripped):
            raise InputError("The question is empty; ask in words.")
        if len(stripped) > MAX_QUESTION:
            raise InputError(
                f"The question has {len(stripped):,} characters; at most {MAX_QUESTION:,} are read. "
                "Ask for one thing at a time."
            )
        state = self._current()
        if not len(state.vectors):
            raise CorpusError(
                f"The corpus {printable(str(self.path))} holds no documents yet. "
                "Add some with: qa index FOLDER"
            )
        found = words(stripped)
        content = [word.term for word in found if word.is_content]
        terms = tuple(dict.fromkeys(content or [word.term for word in found]))
        return Query(stripped, self._checked_encoder().encode_question(stripped), terms), state

    def _hits(self, query: Query, state: _State, top_k: int) -> tuple[Hit, ...]:
        scored = retrieve(query, state.vectors, state.lexical, self.settings)[: 2 * top_k]
        with self._lock:
            found = self._catalog.passages([hit.number for hit in scored])
        # Equal scores stand in the order of document and offset, however they were numbered.
        pairs = [(hit, found[hit.number]) for hit in scored if hit.number in found]
        pairs.sort(key=lambda pair: (-pair[0].score, pair[1].doc_id, pair[1].start))
        return tuple(
            Hit(passage, rank, hit.score, hit.signals)
            for rank, (hit, passage) in enumerate(pairs[:top_k], start=1)
        )

    def _weigh(self, state: _State) -> Callable[[str], float]:
        total = len(state.lexical)
        return lambda term: inverse_frequency(
            state.lexical.document_frequency(term) if term else 0, total
        )

    def _current(self) -> _State:
        """Return indexes over the catalog as it is now, building them if it has changed."""
        with self._lock:
            change = (self._own_changes, self._catalog.version())
            if self._state is None or self._state.change != change:
                ids, vectors = self._catalog.vectors()
                texts = (
                    (number, passages.index_text(passage))
                    for number, passage in self._catalog.passage_texts()
                )
                self._state = _State(change, VectorIndex(ids, vectors), LexicalIndex(texts))
            return self._state

    def _checked_encoder(self) -> Encoder:
        """Return the encoder, sure that it is the one that made the corpus' vectors."""
        if not self._encoder_checked:
            stamp = self._catalog.stamp
            try:
                same = self._encoder.fingerprint == stamp.fingerprint
                self._encoder.count_tokens(["loaded"])
            except ModelUnavailable as error:
                raise ModelError(str(error)) from error
            if not same:
                raise ModelError(
                    f"The corpus {printable(str(self.path))} was made with {stamp.model!r} "
                    f"(weights {stamp.fingerprint[:12]}…); {self._encoder.name!r} is another model. "
                    "Open it with that one, or index the documents into a new corpus."
                )
            self._encoder_checked = True
        return self._encoder

    # Parts of adding

    def _entries(self) -> dict[str, Entry]:
        with self._lock:
            return {entry.doc_id: entry for entry in self._catalog.entries()}

    def _add(self, roots: Sequence[Path], progress: ProgressCallback | None) -> Report:
        files: dict[Path, File] = {}
        skipped: list[Skipped] = []
        for root in roots:
            found = scan(root, self.path)
            skipped += found.skipped
            for file in found.files:
                files.setdefault(file.path, file)
        entries = self._entries()
        by_path = {entry.path: entry for entry in entries.values() if entry.path}
        taken = set(entries)
        total = sum(file.size for file in files.values())
        done = 0
        added, updated, unchanged = [], [], []
        batch: list[_Cut] = []
        sizes = 0
        for file in files.values():
            before = by_path.get(file.path)
            doc_id = before.doc_id if before else unique_name(file, taken)
            if progress:
                progress(Progress(done + sizes, total, doc_id))
            if before and _untouched(before, file):
                unchanged.append(doc_id)
                done += file.size
                continue
            try:
                data = file.path.read_bytes()
                entry = Entry(
                    doc_id, file.path, file.size, file.mtime_ns, _made_from(data, file.about)
                )
                if _same(before, entry):
                    with self._lock, self._catalog.transaction():
                        self._catalog.touch(entry)
                    unchanged.append(doc_id)
                    done += file.size
                    continue
                document = reading.read(data, doc_id, file.about)
            except (OSError, InputError) as error:
                reason = f"it cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
                if before:
                    reason += "; the version indexed before is kept"
                skipped.append(Skipped(file.name, reason))
                done += file.size
                continue
            taken.add(doc_id)
            (updated if before else added).append(doc_id)
            batch.append(self._cut(entry, document))
            sizes += file.size
            if sum(len(cut.passages) for cut in batch) >= _BATCH:
                self._commit(batch, progress, done, sizes, total)
                done += sizes
                batch, sizes = [], 0
        self._commit(batch, progress, done, sizes, total)
        gone = [
            entry.doc_id
            for path, entry in by_path.items()
            if path not in files
            and not any(s.path == entry.doc_id for s in skipped)
            and any(path == root or root in path.parents for root in roots)
        ]
        self._tidy(gone, roots)
        if progress:
            progress(Progress(total, total, ""))
        return Report(
            tuple(added), tuple(updated), tuple(unchanged), tuple(sorted(gone)), tuple(skipped)
        )

    def _cut(self, entry: Entry, document: Document) -> "_Cut":
        encoder = self._checked_encoder()
        document = replace(document, doc_id=entry.doc_id)
        cut = passages.cut_passages(document, encoder.count_tokens, encoder.max_tokens)
        texts = [passages.index_text(passage) for passage in cut]
        keys = [catalogs.vector_key(text, encoder.fingerprint) for text in texts]
        return _Cut(entry, document, cut, texts, keys)

    def _commit(
        self,
        batch: Sequence["_Cut"],
        progress: ProgressCallback | None = None,
        done: int = 0,
        size: int = 0,
        total: int = 0,
    ) -> None:
        """Encode what is new in a batch of documents and write them, all at once."""
        if not batch:
            return
        texts = {
            key: text
            for cut in batch
            for key, text in zip(cut.keys, cut.texts, strict=True)
        }
        with self._lock:
            new = [key for key in texts if key not in self._catalog.known_vectors(texts)]

        def report(encoded: int) -> None:
            if progress:
                part = size * encoded // len(new)
                progress(Progress(done + part, total, batch[-1].entry.doc_id))

        vectors = self._checked_encoder().encode_passages([texts[key] for key in new], report)
        with self._lock, self._catalog.transaction():
            self._catalog.put_vectors(new, vectors)
            for cut in batch:
                pairs = list(zip(cut.passages, cut.keys, strict=True))
                self._catalog.put(cut.entry, cut.document, pairs)
            self._own_changes += 1

    def _tidy(
        self, gone: Sequence[str], roots: Sequence[Path], forget: Sequence[Path] = ()
    ) -> None:
        with self._lock, self._catalog.transaction():
            for root in roots:
                self._catalog.add_root(root)
            for root in forget:
                self._catalog.remove_root(root)
            self._catalog.remove(gone)
            self._catalog.drop_unused_vectors()
            self._own_changes += 1


@dataclass(frozen=True, slots=True)
class _Cut:
    """A document cut into passages, with what each is encoded from and its vector's key."""

    entry: Entry
    document: Document
    passages: list[Passage]
    texts: list[str]
    keys: list[bytes]


def _description(about: object) -> str:
    """Return what else than its bytes a document is made from: description and versions."""
    made = json.dumps([about, reading.VERSION, passages.VERSION], sort_keys=True)
    return sha256(made.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _made_from(content: bytes, about: object) -> str:
    return f"{sha256(content).hexdigest()}:{_description(about)}"


def _same(before: Entry | None, entry: Entry) -> bool:
    return before is not None and before.made_from == entry.made_from


def _untouched(before: Entry, file: File) -> bool:
    """Whether size, time and description say that nothing has changed."""
    return (
        before.size == file.size
        and before.mtime_ns == file.mtime_ns
        and before.made_from.endswith(f":{_description(file.about)}")
    )
