"""Files and documents -> the catalog, with no more work than what changed asks for.

Knows which file is which document, what is new, and how to write it: read, cut, encode what has
no vector yet, commit. Encodings are committed as they are made, documents some hundred passages at
a time: what is interrupted goes on from there.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from embeddings.encoder import Encoder
from embeddings.threads import single_threaded
from qa import passages, reading
from qa.catalog import Catalog, encoding_key
from qa.catalog.views import Entry, Origin
from qa.catalog.writing import Keys
from qa.errors import InputError
from qa.files import File, printable, scan, unique_name, why
from qa.origins import file_bytes, made_from, untouched
from qa.types import Document, Passage, Progress, Report, Skipped

ProgressCallback = Callable[[Progress], None]

_BATCH = 512  # passages; documents are committed together when there are as many
_CHUNK = 256  # texts encoded before they are committed: what an interruption loses


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
        with catalog.reading() as view:
            self._roots = [Path(root) for root in view.meta.roots]
        self._added: list[str] = []
        self._updated: list[str] = []
        self._batch: list[_Cut] = []
        self._total = 0  # sizes of all that is to be looked at
        self._done = 0  # sizes of what is committed or needn't be
        self._pending = 0  # sizes of what is in the batch

    def add(self, roots: Sequence[Path], *, rehash: bool = False) -> Report:
        """Bring the catalog up to date with files and folders.

        Args:
            roots: What `qa.files.resolve_root` returned.
            rehash: Whether to read every file, whatever its size and time say.
        """
        files: dict[Path, File] = {}
        unread: list[Path] = []
        done = _Done()
        for root in roots:
            found = scan(root, self._corpus)
            done.skipped += found.skipped
            unread += found.unread
            for file in found.files:
                files.setdefault(file.path, file)
        self._total = sum(file.size for file in files.values())
        with self._catalog.reading() as view:
            known = view.within(roots)
        gone = self._gone(known, files, roots, unread)
        by_path = {entry.origin.path: entry for entry in known}
        taken = _Names(self._catalog)
        for file in files.values():
            before = by_path.get(file.path)
            doc_id = before.doc_id if before else unique_name(file, taken)
            self._say(doc_id)
            try:
                self._take(file, doc_id, before, gone, taken, done, rehash=rehash)
            except (OSError, InputError) as error:
                done.skipped.append(_skipped(file, error, kept=before is not None))
                self._done += file.size
        self._flush()
        removed = sorted(entry.doc_id for entry in gone.values())
        with self._catalog.writing() as writer:
            writer.set_roots(list(dict.fromkeys([*self._roots, *roots])))
            writer.remove(removed, keep=True)
            writer.update(done.noted)
        self._say("")
        return self._report(done, removed)

    def add_documents(self, documents: Iterable[Document]) -> Report:
        """Write documents from memory, in place of those of the same id."""
        documents = list(documents)
        with self._catalog.reading() as view:
            known = view.named([document.doc_id for document in documents])
        ready = [(*_from_memory(d, known.get(d.doc_id)), known.get(d.doc_id)) for d in documents]
        twice = [name for name, n in Counter(d.doc_id for d in documents).items() if n > 1]
        if twice:
            raise InputError(f"Two documents have the id {twice[0]!r}; each needs its own.")
        self._total = sum(len(document.text) for _, document, _ in ready)
        done = _Done()
        for origin, document, before in ready:
            self._say(document.doc_id)
            if before and before.origin.made_from == origin.made_from:
                done.unchanged.append(document.doc_id)
                self._done += len(document.text)
            else:
                self._put(origin, document, len(document.text), before)
        self._flush()
        return self._report(done, [])

    def remove(self, targets: Sequence[str]) -> tuple[str, ...]:
        """Remove documents by id, file, folder or pattern; a folder is no root any more."""
        doc_ids: set[str] = set()
        forgotten: list[Path] = []
        for target in targets:
            if not target.strip():
                raise InputError("An empty name would mean everything here; name what to remove.")
            path = Path(target).expanduser().resolve()
            within = [root for root in self._roots if _within(root, [path])]
            with self._catalog.reading() as view:
                former = view.past_names()  # no file may be left of these, but words are
                named = {name for name, _ in former if name == printable(target)}
                found = named | set(view.named([printable(target)]))
                if not found:
                    found = {e.doc_id for e in view.within([path])}
                    found |= {name for name, where in former if _within(where, [path])}
                if not found and any(mark in target for mark in "*?["):
                    known = [(entry.doc_id, entry.origin.path) for entry in view.entries()]
                    found = {
                        name for name, where in (*known, *former) if _fits(name, where, target)
                    }
            if not found and not within:
                raise InputError(
                    f"Nothing in the corpus is called {printable(target)!r} or lies there; "
                    "'qa stats' lists what it holds."
                )
            doc_ids |= found
            forgotten += within
        with self._catalog.writing() as writer:
            writer.set_roots([root for root in self._roots if root not in forgotten])
            writer.remove(sorted(doc_ids), keep=False)
        return tuple(sorted(doc_ids))

    # Files

    def _gone(
        self,
        known: Sequence[Entry],
        files: Mapping[Path, File],
        roots: Sequence[Path],
        unread: Sequence[Path],
    ) -> dict[str, Entry]:
        """Return what isn't in its root any more, by what it was made from."""
        others = [root for root in self._roots if root not in roots]
        found: dict[str, Entry] = {}
        for entry in known:
            path = entry.origin.path
            if path is None or path in files:
                continue
            if _within(path, unread) or (_within(path, others) and path.exists()):
                continue
            # Of several copies that have gone, each may come back under another name.
            found[f"{entry.origin.made_from} {len(found)}"] = entry
        return found

    def _take(
        self,
        file: File,
        doc_id: str,
        before: Entry | None,
        gone: dict[str, Entry],
        taken: "_Names",
        done: "_Done",
        *,
        rehash: bool,
    ) -> None:
        """Note a file that is as it was, or only has another name, or put it in the batch."""
        if before and not rehash and untouched(before.origin, file):
            done.unchanged.append(doc_id)
            self._done += file.size
            return
        data, mtime_ns = file_bytes(file)
        origin = Origin(file.path, len(data), mtime_ns, made_from(data, file.about))
        if before and before.origin.made_from == origin.made_from:
            done.unchanged.append(doc_id)
            if before.origin != origin:
                done.noted.append(replace(before, origin=origin))
            self._done += file.size
            return
        document = reading.read(data, doc_id, file.about)
        former = None if before else self._former(document, origin, gone)
        if former:
            # Its former name stays taken until the renaming is written down.
            if file.name == former.doc_id:
                doc_id = former.doc_id
            else:
                done.renamed.append((former.doc_id, doc_id))
            done.noted.append(replace(former, doc_id=doc_id, origin=origin))
            self._done += file.size
        else:
            self._put(origin, document, file.size, before)
        taken.given.add(doc_id)

    def _former(self, document: Document, origin: Origin, gone: dict[str, Entry]) -> Entry | None:
        """Return what the document was under another name, and take it from what has gone."""
        for key, entry in gone.items():
            if entry.origin.made_from != origin.made_from:
                continue
            with self._catalog.reading() as view:
                kept = view.document(entry.doc_id)
            # A title or a date may have come from the name.
            if kept and replace(kept, doc_id=document.doc_id) == document:
                return gone.pop(key)
        return None

    # Writing

    def _put(self, origin: Origin, document: Document, size: int, before: Entry | None) -> None:
        encoder = self._encoder()
        cut = passages.cut_passages(document, encoder.count_tokens, encoder.max_tokens)
        texts = [(p.text, passages.about_text(p), passages.heading_text(p)) for p in cut]
        self._batch.append(_Cut(origin, document, cut, texts))
        self._pending += size
        (self._updated if before else self._added).append(document.doc_id)
        if sum(len(cut.passages) for cut in self._batch) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        """Encode what is new in the batch, then write its documents, all at once."""
        if not self._batch:
            return
        encoder = self._encoder()
        texts = dict.fromkeys(text for cut in self._batch for three in cut.texts for text in three)
        keys = {text: encoding_key(text, encoder.fingerprint) for text in texts}
        with self._catalog.reading() as view:
            known = view.encodings(keys.values())
        new = [text for text, key in keys.items() if key not in known]
        last = self._batch[-1].document.doc_id
        for first in range(0, len(new), _CHUNK):
            chunk = new[first : first + _CHUNK]
            encodings = encoder.encode_passages(chunk)
            made = {keys[text]: found for text, found in zip(chunk, encodings, strict=True)}
            with single_threaded, self._catalog.writing() as writer:
                writer.put_encodings(made)
            self._say(last, (first + len(chunk)) / len(new))
        with self._catalog.writing() as writer:
            for cut in self._batch:
                named = [Keys(*(keys[text] for text in three)) for three in cut.texts]
                writer.put(cut.origin, cut.document, list(zip(cut.passages, named, strict=True)))
        self._done += self._pending
        self._batch, self._pending = [], 0

    def _say(self, doc_id: str, share: float = 0.0) -> None:
        """Report progress; `share` of the batch is encoded."""
        if self._progress:
            done = self._done + int(share * self._pending)
            self._progress(Progress(done, self._total, doc_id))

    def _report(self, done: "_Done", removed: Sequence[str]) -> Report:
        return Report(
            added=tuple(sorted(self._added)),
            updated=tuple(sorted(self._updated)),
            unchanged=tuple(sorted(done.unchanged)),
            removed=tuple(removed),
            skipped=tuple(done.skipped),
            renamed=tuple(done.renamed),
        )


@dataclass(frozen=True, slots=True)
class _Cut:
    """A document cut into passages, with the texts that each is matched by."""

    origin: Origin
    document: Document
    passages: list[Passage]
    texts: list[tuple[str, str, str]]


@dataclass(slots=True)
class _Done:
    """What has been found out of files so far; `noted` are entries to be written."""

    unchanged: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    noted: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class _Names:
    """The names that documents have, in the catalog and among the files so far."""

    catalog: Catalog
    given: set[str] = field(default_factory=set)

    def __contains__(self, name: object) -> bool:
        if name in self.given or not isinstance(name, str):
            return name in self.given
        with self.catalog.reading() as view:
            return name in view.named([name])


def _from_memory(document: Document, before: Entry | None) -> tuple[Origin, Document]:
    if not document.doc_id or (before and before.origin.path):
        raise InputError(
            f"A document from memory cannot have the id {document.doc_id!r}: "
            + ("it is a file's." if before else "it must not be empty.")
        )
    try:
        understood = reading.understand(document)
    except InputError as error:
        raise InputError(f"{document.doc_id!r} cannot be indexed: {error}.") from error
    content = repr(document).encode("utf-8", "surrogatepass")
    return Origin(None, None, None, made_from(content, {})), understood


def _within(path: Path | None, roots: Sequence[Path]) -> bool:
    # As text: a thousand times for every file that is added.
    return path is not None and any(
        path == root or str(path).startswith(os.path.join(root, ""))  # noqa: PTH118
        for root in roots
    )


def _fits(doc_id: str, path: Path | None, pattern: str) -> bool:
    """Whether a pattern with *, ? or [] fits a document's id or path; * goes across folders."""
    return any(fnmatchcase(name, pattern) for name in (doc_id, str(path or "")))


def _skipped(file: File, error: OSError | InputError, *, kept: bool) -> Skipped:
    reason = why(error) if isinstance(error, OSError) else str(error)
    return Skipped(file.name, reason + ("; the version indexed before is kept" if kept else ""))
