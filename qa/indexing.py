"""Files and folders -> the catalog, with no more work than what changed asks for.

Knows which file is which document, and what is new; reading is `reading.workers`', cutting
`cutting`'s, encoding and writing `committing`'s.
"""

import os
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from embeddings.encoder import Encoder
from qa.catalog import Catalog
from qa.catalog.views import Entry, Origin
from qa.committing import Committer, Unit
from qa.cutting import Cut, Part, cut_frames, cut_whole, doc_id_of
from qa.errors import InputError
from qa.files import File, scan, unique_name, why
from qa.origins import made_from_memory, origin_of, untouched
from qa.reading import understand
from qa.reading.workers import POOL, Reading, Request
from qa.types import Document, Progress, Read, Report, Skipped
from qa.wording import printable

ProgressCallback = Callable[[Progress], None]


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
        self._total = 0  # sizes of all that is to be looked at
        self._committer = Committer(catalog, encoder, self._say)

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
        known: dict[Path, list[Entry]] = {}
        with self._catalog.reading() as view:
            for entry in view.within(roots):
                if entry.origin.path:
                    known.setdefault(entry.origin.path, []).append(entry)
        gone = self._gone(known, files, roots, unread)
        changed: deque[_Changed] = deque()
        requests = self._changed(files.values(), known, changed, done, rehash=rehash)
        with closing(POOL.read_ahead(requests)) as readings:
            for reading in readings:
                now = changed.popleft()
                self._say(now.name)
                try:
                    self._take(now, reading, gone, done)
                except InputError as error:
                    done.skip(now.file, error, kept=bool(now.before))
                    self._committer.done += now.file.size
                    self._committer.partly = 0
        self._committer.flush()
        removed = sorted(entry.doc_id for entries in gone.values() for entry in entries)
        with self._catalog.writing() as writer:
            writer.set_roots(list(dict.fromkeys([*self._roots, *roots])))
            writer.remove(removed, keep=True)
            writer.update(done.noted)
        self._say("")
        return done.report(removed)

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
                self._committer.done += len(document.text)
            else:
                unit = Unit(origin, len(document.text), [before] if before else [])
                self._committer.hold(unit, *cut_whole(document, self._encoder()))
                self._put(unit, None, done)
        self._committer.flush()
        return done.report([])

    def remove(self, targets: Sequence[str]) -> tuple[str, ...]:
        """Remove documents by id, file, folder or pattern; a folder is no root any more."""
        doc_ids: set[str] = set()
        forgotten: list[Path] = []
        for target in targets:
            if not target.strip():
                raise InputError("An empty name would mean everything here; name what to remove.")
            path = _path(target)
            within = [root for root in self._roots if _within(root, [path])]
            with self._catalog.reading() as view:
                former = view.past_names()  # no file may be left of these, but words are
                named = {name for name, _ in former if name == printable(target)}
                found = named | set(view.named([printable(target)]))
                # A file's name means all that is in it.
                found |= {e.doc_id for e in view.below(printable(target)) if e.is_member_of(target)}
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
        self.drop(sorted(doc_ids), forgotten)
        return tuple(sorted(doc_ids))

    def drop(self, doc_ids: Iterable[str], roots: Iterable[Path]) -> None:
        """Remove documents by id, and forget roots; those that aren't there are passed over."""
        forgotten = set(roots)
        with self._catalog.writing() as writer:
            writer.set_roots([root for root in self._roots if root not in forgotten])
            writer.remove(doc_ids, keep=False)

    # Files

    def _gone(
        self,
        known: Mapping[Path, list[Entry]],
        files: Mapping[Path, File],
        roots: Sequence[Path],
        unread: Sequence[Path],
    ) -> dict[Path, list[Entry]]:
        """Return the documents of the files that aren't in their root any more."""
        others = [root for root in self._roots if root not in roots]
        return {
            path: entries
            for path, entries in known.items()
            if path not in files
            and not _within(path, unread)
            and not (_within(path, others) and path.exists())
        }

    def _changed(
        self,
        files: Iterable[File],
        known: Mapping[Path, list[Entry]],
        changed: "deque[_Changed]",
        done: "_Done",
        *,
        rehash: bool,
    ) -> Iterator[Request]:
        """Yield the files that must be read, and put what is known of them in `changed`."""
        taken = _Names(self._catalog)
        for file in files:
            before = known.get(file.path, [])
            whole = _is_whole(before, rehash=rehash)
            if whole and not rehash and untouched(before[0].origin, file):
                self._leave(file, before, done)
                continue
            try:
                origin = origin_of(file)
            except (OSError, InputError) as error:
                done.skip(file, error, kept=bool(before))
                self._committer.done += file.size
                continue
            if whole and before[0].origin.made_from == origin.made_from:
                self._leave(file, before, done)
                if (before[0].origin.size, before[0].origin.mtime_ns) != (
                    *(origin.size, origin.mtime_ns),
                ):
                    done.noted += [_moved(entry, entry.doc_id, origin) for entry in before]
                continue
            name = before[0].file_name if before else unique_name(file, taken)
            taken.give(name)
            found = _Changed(file, name, origin, before)
            changed.append(found)
            yield found.request

    def _leave(self, file: File, before: Sequence[Entry], done: "_Done") -> None:
        done.unchanged += [entry.doc_id for entry in before]
        name = before[0].file_name
        done.skipped += [
            Skipped(doc_id_of(name, left), reason) for left, reason in before[0].origin.left
        ]
        self._committer.done += file.size

    def _take(
        self, file: "_Changed", reading: Reading, gone: dict[Path, list[Entry]], done: "_Done"
    ) -> None:
        """Write a file that is read, or note that it only has another name.

        Raises:
            InputError: if it can't be read; nothing of it is written then.
        """
        unit = Unit(file.origin, file.file.size, file.before)
        left: list[Skipped] = []
        with closing(self._cut(lambda: reading, file, left)) as parts:
            for document, part in parts:
                self._committer.hold(unit, document, part)
        if not unit.documents and not left:
            raise InputError("it holds nothing that can be read")
        self._check_members(unit, gone)
        done.skipped += left
        unit.left = tuple((s.path.removeprefix(f"{file.name}/"), s.reason) for s in left)
        former = [] if file.before else self._former(unit, gone)
        if former:
            # Its former name stays taken until the renaming is written down.
            same = file.file.name == former[0].file_name
            for entry in former:
                doc_id = doc_id_of(file.file.name if same else file.name, entry.origin.member)
                if doc_id != entry.doc_id:
                    done.renamed.append((entry.doc_id, doc_id))
                done.noted.append(_moved(entry, doc_id, file.origin))
            self._committer.done += file.file.size
        else:
            self._put(unit, file, done)

    def _check_members(self, unit: Unit, gone: Mapping[Path, object]) -> None:
        """Refuse a file in which something has the name of another file's document."""
        members = [document.described.doc_id for document in unit.documents if document.member]
        with self._catalog.reading() as view:
            for doc_id, entry in view.named(members).items():
                path = entry.origin.path
                if path != unit.origin.path and path not in gone:
                    raise InputError(f"it holds what would be called {doc_id!r}, which another is")

    def _put(self, unit: Unit, file: "_Changed | None", done: "_Done") -> None:
        if unit.is_long and file:
            with closing(self._cut(lambda: POOL.read(file.request), file, [])) as parts:
                self._committer.put_long(unit, parts)
        else:
            self._committer.put(unit)
        before = {entry.doc_id for entry in unit.before}
        for document in unit.documents:
            doc_id = document.described.doc_id
            (done.updated if doc_id in before else done.added).append(doc_id)
            done.read.append(document.read)
        done.removed += unit.gone

    def _cut(
        self, begin: Callable[[], Reading], file: "_Changed", left: list[Skipped]
    ) -> Generator[tuple[Cut, Part]]:
        reading = begin()
        try:
            yield from cut_frames(reading.frames(), file.name, self._encoder(), left)
        finally:
            reading.abandon()

    def _former(self, unit: Unit, gone: dict[Path, list[Entry]]) -> list[Entry]:
        """Return what a file's documents were under another name, and take it from what has gone."""
        for path, entries in gone.items():
            if entries[0].origin.made_from != unit.origin.made_from:
                continue
            now = {document.member: document for document in unit.documents}
            # A title or a date may have come from the name.
            if now.keys() == {entry.origin.member for entry in entries} and all(
                _is_same(now[entry.origin.member], entry) for entry in entries
            ):
                return gone.pop(path)
        return []

    def _say(self, doc_id: str, share: float = 0.0) -> None:
        """Report progress; `share` of what waits is encoded."""
        if self._progress:
            at = self._committer
            done = at.done + at.partly + int(share * at.pending)
            self._progress(Progress(done, self._total, doc_id))


@dataclass(frozen=True, slots=True)
class _Changed:
    """A file that must be read: its name in the corpus, and its documents there so far."""

    file: File
    name: str
    origin: Origin
    before: Sequence[Entry]

    @property
    def request(self) -> Request:
        """What a worker is asked."""
        size = self.origin.size or 0  # as many bytes as were hashed
        return Request(self.file.path, self.name, self.file.about, size)


@dataclass(slots=True)
class _Done:
    """What has been found out so far; `noted` are entries to be written."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    noted: list[Entry] = field(default_factory=list)
    read: list[Read] = field(default_factory=list)

    def skip(self, file: File, error: OSError | InputError, *, kept: bool) -> None:
        """Note that a file wasn't read, and why."""
        reason = why(error) if isinstance(error, OSError) else str(error)
        reason += "; the version indexed before is kept" if kept else ""
        self.skipped.append(Skipped(file.name, reason))

    def report(self, gone: Sequence[str]) -> Report:
        """Return what was done; `gone` are documents that were removed besides."""
        return Report(
            added=tuple(sorted(self.added)),
            updated=tuple(sorted(self.updated)),
            unchanged=tuple(sorted(self.unchanged)),
            removed=tuple(sorted([*gone, *self.removed])),
            skipped=tuple(self.skipped),
            renamed=tuple(self.renamed),
            read=tuple(sorted(self.read, key=lambda read: read.doc_id)),
        )


@dataclass(slots=True)
class _Names:
    """The names that files have, in the catalog and among those so far.

    A name is taken, too, where a folder has it that holds files, or a file whose members it could
    be one of: "all.zip/a.txt" may be in a folder or in an archive.
    """

    catalog: Catalog
    given: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)

    def give(self, name: str) -> None:
        """Let a file have a name."""
        self.given.add(name)
        self.folders.update(_above(name))

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        if name in self.given or name in self.folders or not self.given.isdisjoint(_above(name)):
            return True
        with self.catalog.reading() as view:
            return bool(view.named([name]) or view.below(name, 1))


def _above(name: str) -> list[str]:
    """Return the folders that a name stands in: "a" and "a/b" for "a/b/c"."""
    return [name[:at] for at, char in enumerate(name) if char == "/"]


def _from_memory(document: Document, before: Entry | None) -> tuple[Origin, Document]:
    if not document.doc_id or (before and before.origin.path):
        raise InputError(
            f"A document from memory cannot have the id {document.doc_id!r}: "
            + ("it is a file's." if before else "it must not be empty.")
        )
    try:
        understood = understand(document)
    except InputError as error:
        raise InputError(f"{document.doc_id!r} cannot be indexed: {error}.") from error
    content = repr(document).encode("utf-8", "surrogatepass")
    return Origin(None, None, None, made_from_memory(content)), understood


def _within(path: Path | None, roots: Sequence[Path]) -> bool:
    # As text: a thousand times for every file that is added.
    return path is not None and any(
        path == root or str(path).startswith(os.path.join(root, ""))  # noqa: PTH118
        for root in roots
    )


def _path(target: str) -> Path:
    try:
        return Path(target).expanduser().resolve()
    # A document's name: "~$minutes.docx" is nobody's home, and no file's name holds a NUL.
    except (RuntimeError, OSError, ValueError):
        return Path(target).absolute()


def _fits(doc_id: str, path: Path | None, pattern: str) -> bool:
    """Whether a pattern with *, ? or [] fits a document's id or path; * goes across folders."""
    return any(fnmatchcase(name, pattern) for name in (doc_id, str(path or "")))


def _is_whole(entries: Sequence[Entry], *, rehash: bool) -> bool:
    """Whether all that a file holds is in the catalog, or can't be; if not, it is read again."""
    if not entries or len(entries) != entries[0].origin.siblings:
        return False
    return not (rehash and entries[0].origin.left)


def _moved(entry: Entry, doc_id: str, origin: Origin) -> Entry:
    """Return a document's bookkeeping with another name, and its file's path, size and time."""
    now = replace(
        entry.origin,
        path=origin.path,
        size=origin.size,
        mtime_ns=origin.mtime_ns,
        made_from=origin.made_from,
    )
    return replace(entry, doc_id=doc_id, origin=now)


def _is_same(document: Cut, entry: Entry) -> bool:
    """Whether a document is what it was; of the same bytes, so blocks and places are the same."""
    said = document.described
    return (document.text_hash, said.title, said.author, said.publisher) == (
        *(entry.text_hash, entry.title, entry.author, entry.publisher),
    ) and (said.published, said.kind) == (entry.published, entry.kind)
