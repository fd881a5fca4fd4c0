"""Keep a corpus where nothing fits, nothing may be written, or nothing may be read.

    sudo python -m benchmarks.reliability.places

On a full disk (a small tmpfs) adding must fail clearly, and asking go on. On a disk that is mounted
for reading alone, and in a folder that its reader may not write (user 65534), asking must work and
adding say why it can't; so, too, with the log that a killed writer left, and without the indexes'
file. What may not be read must be refused clearly. What this user may not try (mounting, being
another user) is named as left out.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.reliability.common import (
    REFUSED,
    Say,
    build,
    finish,
    in_child,
    library,
    opened,
    options,
    said,
    workshop,
    write,
)
from qa.catalog import FILE_NAME, Catalog
from qa.state import FILE_NAME as INDEXES

NOBODY = 65534
SOME = -1  # texts: those of whole batches may have been added
OLD, NEW = library()
failures: list[str] = []


def expect(what: str, wanted: int, corpus: Path, files: Path | None = None, by: int = 0) -> None:
    """Ask in a child, or add files; it must read a number of texts or, with 0, refuse clearly."""

    def work(say: Say) -> None:
        if by:
            os.setgroups([])
            os.setgid(by)
            os.setuid(by)
        with opened(corpus) as child:
            if files:
                child.add(files)
            say(f"{len(said(child)['documents'])} texts read")

    ended = in_child(work)
    if wanted:
        is_right = ended.how == 0 and (wanted == SOME or ended.lines == [f"{wanted} texts read"])
    else:
        is_right = ended.how == REFUSED and ended.lines[-1].startswith(("Storage", "Corpus"))
    line = ended.lines[-1] if is_right else str(ended)
    print(f"{'as it must' if is_right else 'NOT SO':11}{what}: {line[:300]}", flush=True)
    if not is_right:
        failures.append(what)


@contextmanager
def mounted(folder: Path, *how: str) -> Iterator[None]:
    """Mount something on a folder for as long as the block runs."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", *how, str(folder)], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def full_disk(folder: Path, files: Path) -> None:
    for spare in (0, 40, 400):  # KiB
        place = folder / "small"
        with mounted(place, "-t", "tmpfs", "-o", "size=8m", "tmpfs"):
            build(place / "corpus", files, OLD)
            write(files, NEW)
            free = shutil.disk_usage(place).free
            (place / "filler").write_bytes(bytes(free - 1024 * spare))
            expect(f"full disk, {spare} KiB left: adding", 0, place / "corpus", files)
            (place / "corpus" / INDEXES).unlink()
            (place / "more").write_bytes(bytes(shutil.disk_usage(place).free))
            expect(f"full disk, {spare} KiB left: asking", SOME, place / "corpus")
            (place / "filler").unlink()
            expect("room again: adding", len(NEW), place / "corpus", files)


def shapes(folder: Path, files: Path) -> Iterator[tuple[str, Path, int]]:
    """Yield corpora as they may be left: what, where, and how many texts are in it."""
    build(folder / "closed", files, OLD)
    yield "closed", folder / "closed", len(OLD)
    shutil.copytree(folder / "closed", folder / "bare")
    (folder / "bare" / INDEXES).unlink()
    yield "without indexes", folder / "bare", len(OLD)
    shutil.copytree(folder / "closed", folder / "killed")
    write(files, NEW)

    def add_and_die(_: Say) -> None:
        Catalog.tidy = lambda _: os.kill(os.getpid(), signal.SIGKILL)
        with opened(folder / "killed") as corpus:
            corpus.add(files)

    in_child(add_and_die)
    yield "writer killed", folder / "killed", len(NEW)


def read_only(folder: Path, files: Path) -> None:
    for what, corpus, count in shapes(folder / "sources", files):
        place = folder / "still"
        with mounted(place, "--bind", str(corpus)):
            subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], check=True)
            expect(f"mounted read-only, {what}: asking", count, place)
            expect(f"mounted read-only, {what}: adding", 0, place, files)


def another_user(folder: Path, files: Path) -> None:
    for above in (folder.parent, folder):
        above.chmod(0o755)
    for what, corpus, count in list(shapes(folder / "theirs", files)):
        expect(f"another's folder, {what}: asking", count, corpus, by=NOBODY)
        expect(f"another's folder, {what}: adding", 0, corpus, files, by=NOBODY)
        (corpus / FILE_NAME).chmod(0o600)
        expect(f"another's catalog may not be read, {what}: asking", 0, corpus, by=NOBODY)
        corpus.chmod(0o700)
        expect(f"another's folder may not be read, {what}: asking", 0, corpus, by=NOBODY)


def main() -> None:
    options(__doc__)
    with workshop() as folder:
        build(folder / "warm", folder / "files", OLD)
        with opened(folder / "warm") as corpus:
            said(corpus)  # what another user couldn't import is imported by now
        for part in (full_disk, read_only, another_user):
            try:
                (folder / part.__name__).mkdir()
                part(folder / part.__name__, folder / "files")
            except (subprocess.CalledProcessError, PermissionError, FileNotFoundError) as error:
                print(f"left out: {part.__name__} ({error})")
        finish(failures)


if __name__ == "__main__":
    main()
