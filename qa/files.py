"""Roots -> the files in them that may be documents, and why the others aren't.

Knows names, kinds and sizes of files; reads no document.
"""

import os
import stat
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qa.errors import InputError
from qa.reading.about import FILE_NAME as METADATA
from qa.reading.about import FolderMetadata, folder_metadata
from qa.reading.regular import NOT_REGULAR
from qa.types import Skipped
from qa.wording import printable


@dataclass(frozen=True, slots=True)
class File:
    """A file that may be a document.

    Attributes:
        path: Absolute, without links.
        root: The folder or file that was added.
        name: Path relative to the root (the file's own name for a file added alone).
        about: What a `metadata.json` says of it.
        size: Bytes.
        mtime_ns: Time of the last change, nanoseconds.
    """

    path: Path
    root: Path
    name: str
    about: Mapping[str, str | None]
    size: int
    mtime_ns: int


@dataclass(slots=True)
class Scan:
    """What a root holds."""

    files: list[File] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unread: list[Path] = field(default_factory=list)  # folders; nothing is known of what is in them


def resolve_root(path: str | os.PathLike[str]) -> Path:
    """Return the absolute path of a folder or file to be added.

    Raises:
        InputError: if there is no such folder or file.
    """
    given = Path(path).expanduser()
    try:
        return given.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        reason = "there is no such file or folder" if isinstance(error, OSError) else str(error)
        raise InputError(
            f"Cannot index {printable(os.fspath(path))!r}: {reason}. Check the spelling; paths "
            "are taken from the current folder."
        ) from error


def scan(root: Path, corpus: Path) -> Scan:
    """Return the files of a root in the order of their names.

    Args:
        root: What `resolve_root` returned.
        corpus: The corpus folder, which is never read.
    """
    found = Scan()
    if root.is_dir():
        _walk(root, root, corpus, [], found)
    else:
        metadata = _metadata(root.parent, root.parent, found)
        if metadata is not None:
            _take(root, root, root.name, [(root.parent, metadata)], found)
    return found


def unique_name(file: File, taken: Container[str]) -> str:
    """Return the document id of a new file: its name where that is free.

    Where another root has the same name, it is led by as many folders of its own root as tell
    the two apart: "2019/minutes.txt" beside "minutes.txt".
    """
    base = file.root if file.path != file.root else file.root.parent
    name = file.name
    for folder in base.parts[:0:-1]:
        if name not in taken:
            return name
        name = f"{printable(folder)}/{name}"
    number = 2
    while name in taken:
        name = f"{file.name} ({number})"
        number += 1
    return name


def _walk(
    folder: Path,
    root: Path,
    corpus: Path,
    above: list[tuple[Path, FolderMetadata]],
    found: Scan,
) -> None:
    own = _metadata(folder, root, found)
    if own is None:
        return
    metadata = [*above, (folder, own)]
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        found.skipped.append(Skipped(_name(folder, root), why(error)))
        found.unread.append(folder)
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith(".") or entry.name == METADATA or path == corpus:
            continue
        if _excluded(path, metadata):
            continue
        name = _name(path, root)
        if entry.is_dir(follow_symlinks=False):
            _walk(path, root, corpus, metadata, found)
        else:
            _take(path, root, name, metadata, found)


def _take(
    path: Path, root: Path, name: str, metadata: list[tuple[Path, FolderMetadata]], found: Scan
) -> None:
    try:
        status = path.lstat()
    except OSError as error:
        found.skipped.append(Skipped(name, why(error)))
        return
    if stat.S_ISLNK(status.st_mode):
        reason = "it is a link; add what it points to instead"
    elif not stat.S_ISREG(status.st_mode):
        reason = NOT_REGULAR
    else:
        about: dict[str, str | None] = {}
        for folder, content in metadata:  # the nearest folder's word counts last
            about |= content.documents.get(path.relative_to(folder).as_posix(), {})
        found.files.append(File(path, root, name, about, status.st_size, status.st_mtime_ns))
        return
    found.skipped.append(Skipped(name, reason))


def _metadata(folder: Path, root: Path, found: Scan) -> FolderMetadata | None:
    """Return a folder's metadata, or None where it can't be told what it leaves out."""
    name = _name(folder / METADATA, root)
    try:
        content = folder_metadata(folder)
    except (InputError, OSError) as error:
        reason = f"{error}; nothing in its folder was read, since it may leave files out"
        found.skipped.append(Skipped(name, reason))
        found.unread.append(folder)
        return None
    found.skipped += [Skipped(name, reason) for reason in content.wrong]
    return content


def _name(path: Path, root: Path) -> str:
    return printable(path.relative_to(root).as_posix()) if path != root else printable(root.name)


def _excluded(path: Path, metadata: list[tuple[Path, FolderMetadata]]) -> bool:
    return any(path.relative_to(folder).as_posix() in m.exclude for folder, m in metadata)


def why(error: OSError) -> str:
    """Return why a file or folder couldn't be read, for a report."""
    return f"it cannot be read: {error.strerror or error}"
