"""Files and documents -> the catalog, with no more work than what changed asks for.

Knows which file is which document, what is new, and how to write it: read, cut, encode what has
no vector yet, commit, some hundred passages at a time.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from embeddings.encoder import Encoder
from qa import passages, reading
from qa.catalog import Catalog, Entry, Keys, encoding_key
from qa.errors import InputError
from qa.files import File, printable, scan, unique_name, why
from qa.types import Document, Passage, Progress, Report, Skipped

ProgressCallback = Callable[[Progress], None]

_BATCH = 512  # passages encoded and committed at a time


class Indexer:
    """One adding or removing, from its start to its end; only one at a time works on a catalog."""

    def __init__(
        self,
        catalog: Catalog,
        encoder: Callable[[], Encoder],
        corpus: Path,
        progress: ProgressCallback | None,
    ) -> None:
        """Prepare to write.

        Args:
            catalog: What is written to.
            encoder: Returns the encoder; called only when something must be encoded.
            corpus: The corpus folder, which is never read.
            progress: Called often; may raise `qa.Cancelled`.
        """
        self._catalog = catalog
        self._encoder = encoder
        self._corpus = corpus
        self._progress = progress
        self._known = {entry.doc_id: entry for entry in catalog.entries()}
        self._written: set[str] = set()
        self._batch: list[_Cut] = []
        self._total = 0  # sizes of all that is to be looked at
        self._done = 0  # sizes of what is committed or needn't be
        self._pending = 0  # sizes of what is in the batch

    def add(self, roots: Sequence[Path]) -> Report:
        """Bring the catalog up to date with files and folders."""
        files: dict[Path, File] = {}
        skipped: list[Skipped] = []
        unread: list[Path] = []
        for root in roots:
            found = scan(root, self._corpus)
            skipped += found.skipped
            unread += found.unread
            for file in found.files:
                files.setdefault(file.path, file)
        self._total = sum(file.size for file in files.values())
        by_path = {entry.path: entry for entry in self._known.values() if entry.path}
        taken = set(self._known)
        unchanged: list[str] = []
        for file in files.values():
            before = by_path.get(file.path)
            doc_id = before.doc_id if before else unique_name(file, taken)
            self._say(doc_id)
            try:
                entry, document = _read(file, doc_id, before)
            except (OSError, InputError) as error:
                skipped.append(_skipped(file, error, kept=before is not None))
                self._done += file.size
                continue
            taken.add(doc_id)
            if document is not None:
                self._put(entry, document, file.size)
                continue
            unchanged.append(doc_id)
            self._done += file.size
            if entry != before:
                with self._catalog.transaction():
                    self._catalog.touch(entry)
        self._flush()
        others = [root for root in self._catalog.roots() if root not in roots]
        gone = [
            entry.doc_id
            for path, entry in by_path.items()
            if path not in files
            and _within(path, roots)
            and not _within(path, unread)
            and not (_within(path, others) and path.exists())
        ]
        with self._catalog.transaction():
            for root in roots:
                self._catalog.add_root(root)
            self._remove(gone)
        self._say("")
        return self._report(unchanged, gone, skipped)

    def add_documents(self, documents: Iterable[Document]) -> Report:
        """Write documents from memory, in place of those of the same id."""
        ready = [self._from_memory(document) for document in documents]
        twice = [doc_id for doc_id, n in Counter(e.doc_id for e, _ in ready).items() if n > 1]
        if twice:
            raise InputError(f"Two documents have the id {twice[0]!r}; each needs its own.")
        self._total = sum(len(document.text) for _, document in ready)
        unchanged = []
        for entry, document in ready:
            self._say(entry.doc_id)
            if _same(self._known.get(entry.doc_id), entry):
                unchanged.append(entry.doc_id)
                self._done += len(document.text)
            else:
                self._put(entry, document, len(document.text))
        self._flush()
        with self._catalog.transaction():
            self._remove([])
        return self._report(unchanged, [], [])

    def remove(self, targets: Sequence[str]) -> tuple[str, ...]:
        """Remove documents by id, file or folder; a folder is no root any more."""
        doc_ids: set[str] = set()
        forgotten: list[Path] = []
        roots = self._catalog.roots()
        for target in targets:
            path = Path(target).expanduser().resolve()
            within = [root for root in roots if _within(root, [path])]
            found = {target} & self._known.keys() or {
                entry.doc_id
                for entry in self._known.values()
                if entry.path and _within(entry.path, [path])
            }
            if not found and not within:
                raise InputError(
                    f"Nothing in the corpus is called {printable(target)!r} or lies there; "
                    "'qa stats' lists what it holds."
                )
            doc_ids |= found
            forgotten += within
        with self._catalog.transaction():
            for root in forgotten:
                self._catalog.remove_root(root)
            self._remove(sorted(doc_ids))
        return tuple(sorted(doc_ids))

    def _remove(self, doc_ids: Sequence[str]) -> None:
        self._catalog.remove(doc_ids)
        self._catalog.drop_unused_encodings()

    def _from_memory(self, document: Document) -> tuple[Entry, Document]:
        before = self._known.get(document.doc_id)
        if not document.doc_id or (before and before.path):
            raise InputError(
                f"A document from memory cannot have the id {document.doc_id!r}: "
                + ("it is a file's." if before else "it must not be empty.")
            )
        try:
            understood = reading.understand(document)
        except InputError as error:
            raise InputError(f"{document.doc_id!r} cannot be indexed: {error}.") from error
        content = repr(document).encode("utf-8", "surrogatepass")
        return Entry(document.doc_id, None, None, None, _made_from(content, {})), understood

    def _put(self, entry: Entry, document: Document, size: int) -> None:
        encoder = self._encoder()
        document = replace(document, doc_id=entry.doc_id)
        cut = passages.cut_passages(document, encoder.count_tokens, encoder.max_tokens)
        texts = [(p.text, passages.about_text(p), passages.heading_text(p)) for p in cut]
        self._batch.append(_Cut(entry, document, cut, texts))
        self._pending += size
        self._written.add(entry.doc_id)
        if sum(len(cut.passages) for cut in self._batch) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        """Encode what is new in the batch and write its documents, all at once."""
        if not self._batch:
            return
        encoder = self._encoder()
        texts = dict.fromkeys(text for cut in self._batch for three in cut.texts for text in three)
        keys = {text: encoding_key(text, encoder.fingerprint) for text in texts}
        known = self._catalog.known_encodings(keys.values())
        new = [text for text, key in keys.items() if key not in known]
        last = self._batch[-1].entry.doc_id
        encodings = encoder.encode_passages(
            new, lambda encoded: self._say(last, encoded / len(new))
        )
        with self._catalog.transaction():
            self._catalog.put_encodings(
                {keys[text]: encoding for text, encoding in zip(new, encodings, strict=True)}
            )
            for cut in self._batch:
                named = [Keys(*(keys[text] for text in three)) for three in cut.texts]
                pairs = list(zip(cut.passages, named, strict=True))
                self._catalog.put(cut.entry, cut.document, pairs)
        self._done += self._pending
        self._batch, self._pending = [], 0

    def _say(self, doc_id: str, share: float = 0.0) -> None:
        """Report progress; `share` of the batch is encoded."""
        if self._progress:
            done = self._done + int(share * self._pending)
            self._progress(Progress(done, self._total, doc_id))

    def _report(
        self, unchanged: Sequence[str], gone: Sequence[str], skipped: Sequence[Skipped]
    ) -> Report:
        return Report(
            added=tuple(sorted(self._written - self._known.keys())),
            updated=tuple(sorted(self._written & self._known.keys())),
            unchanged=tuple(sorted(unchanged)),
            removed=tuple(sorted(gone)),
            skipped=tuple(skipped),
        )


@dataclass(frozen=True, slots=True)
class _Cut:
    """A document cut into passages, with the texts that each is matched by."""

    entry: Entry
    document: Document
    passages: list[Passage]
    texts: list[tuple[str, str, str]]


def _within(path: Path, roots: Sequence[Path]) -> bool:
    return any(path == root or root in path.parents for root in roots)


def _read(file: File, doc_id: str, before: Entry | None) -> tuple[Entry, Document | None]:
    """Return a file's entry, and its document if it isn't what it was before."""
    if before and _untouched(before, file):
        return before, None
    data = file.path.read_bytes()
    entry = Entry(doc_id, file.path, file.size, file.mtime_ns, _made_from(data, file.about))
    if _same(before, entry):
        return entry, None
    return entry, reading.read(data, doc_id, file.about)


def _skipped(file: File, error: OSError | InputError, *, kept: bool) -> Skipped:
    reason = why(error) if isinstance(error, OSError) else str(error)
    return Skipped(file.name, reason + ("; the version indexed before is kept" if kept else ""))


def _untouched(before: Entry, file: File) -> bool:
    """Whether size, time and description say that nothing has changed."""
    return (
        before.size == file.size
        and before.mtime_ns == file.mtime_ns
        and before.made_from.endswith(f":{_description(file.about)}")
    )


def _same(before: Entry | None, entry: Entry) -> bool:
    return before is not None and before.made_from == entry.made_from


def _made_from(content: bytes, about: Mapping[str, str | None]) -> str:
    return f"{sha256(content).hexdigest()}:{_description(about)}"


def _description(about: Mapping[str, str | None]) -> str:
    """Return a hash of what else than its bytes a document is made from."""
    made = json.dumps([dict(about), reading.VERSION, passages.VERSION], sort_keys=True)
    return sha256(made.encode("utf-8", "surrogatepass")).hexdigest()[:16]
