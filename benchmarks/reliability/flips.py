"""Flip bits in a corpus' files, and cut them short: it says so, or answers as before.

    python -m benchmarks.reliability.flips [--passes 1] [--cuts 500] [--step 1] [--seed 1]

In every 4 KiB of every file of a small corpus one random bit is flipped, `--passes` times over
(only in every `--step`-th block), and the files are cut at `--cuts` places spread over them, each
time in a fresh copy. The log that a killed writer leaves, and its index, are files, too. Then the
corpus is opened, every text and former text is read, a dozen questions and searches are tried. It
must answer all of it as the undamaged corpus does, or say clearly that it is damaged (a
`CorpusError`). Another answer, another error, a crash or a hang is a failure, and listed.

At last the folder is indexed again with `rehash`, which must end like the undamaged corpus or in a
clear error. "promised" counts the errors that name `--rehash` as the way out, "healed" those after
which it was; what the others said is listed.
"""

import os
import random
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.reliability.common import (
    REFUSED,
    Ended,
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
from qa.catalog import Catalog
from qa.passages import hash_text

OLD, NEW = library()
BLOCK = 4096  # bytes
DERIVED = ("indexes.bin", "commits.json")
FILES = ("catalog.sqlite", *DERIVED, "catalog.sqlite-wal", "catalog.sqlite-shm")


class Check:
    """Two undamaged corpora, one of them with a log, and a copy to be damaged."""

    def __init__(self, folder: Path) -> None:
        self.files, self.work = folder / "files", folder / "corpus"
        self.closed, self.killed = folder / "closed", folder / "killed"
        build(self.closed, self.files, OLD, NEW)
        build(self.killed, folder / "files", OLD)
        write(self.files, NEW)
        left = in_child(self.add_and_die)
        if left.how != -signal.SIGKILL:
            raise RuntimeError(str(left))
        with opened(self.closed) as corpus:
            self.expected = said(corpus)

    def add_and_die(self, _: Say) -> None:
        Catalog.tidy = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # so its log stays
        with opened(self.killed) as corpus:
            corpus.add(self.files)

    def source(self, name: str) -> Path:
        """Return the undamaged folder whose file of that name is to be damaged."""
        return self.killed if name.startswith("catalog.sqlite-") else self.closed

    def read(self, say: Say) -> None:
        with opened(self.work) as corpus:
            found = said(corpus)
            with corpus._catalog.reading() as view:
                for name, text in OLD.items():
                    former = [former for _, former in view.past_text(hash_text(text))]
                    if former != [text] * (text not in NEW.values()):
                        say(f"the former text of {name} is another or missing")
        self.compare(found, say)

    def mend(self, say: Say) -> None:
        with opened(self.work) as corpus:
            corpus.add(self.files, rehash=True)
            self.compare(said(corpus), say)

    def compare(self, found: dict[str, object], say: Say) -> None:
        for what in self.expected:
            if found.get(what) != self.expected[what]:
                say(f"otherwise: {what}")

    def judge(
        self, name: str, damage: Callable[[Path], None]
    ) -> tuple["Outcome", "Outcome", list[str]]:
        """Return how a damaged corpus reads, how it is mended, and what failed."""
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.source(name), self.work)
        damage(self.work / name)
        damaged = (self.work / name).read_bytes()
        read = outcome(in_child(self.read, limit=30))
        if read.kind == "same" and name in DERIVED and (self.work / name).read_bytes() != damaged:
            read = Outcome("repaired", "")
        mended = outcome(in_child(self.mend, limit=30))
        return read, mended, [end.said for end in (read, mended) if end.kind == "failed"]


class Outcome(NamedTuple):
    kind: str
    said: str


def outcome(ended: Ended) -> Outcome:
    """Return what a child's end means."""
    if ended.how == 0 and not ended.lines:
        return Outcome("same", "")
    clear = ended.how == REFUSED and ended.lines[-1].startswith(("StorageError:", "CorpusError:"))
    return Outcome("clear error", ended.lines[-1]) if clear else Outcome("failed", str(ended))


def flips(size: int, step: int) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Yield how to flip a bit in every block of a file."""
    for start in range(0, size, step * BLOCK):
        at = random.randrange(start, min(start + BLOCK, size))
        bit = random.randrange(8)

        def flip(path: Path, at: int = at, bit: int = bit) -> None:
            content = bytearray(path.read_bytes())
            content[at] ^= 1 << bit
            path.write_bytes(content)

        yield f"bit {bit} of byte {at}", flip


def cuts(size: int, count: int) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Yield how to cut a file at places spread over it."""
    for number in range(count):
        at = number * size // count
        yield f"cut at {at}", lambda path, at=at: os.truncate(path, at)


def main() -> None:
    given = options(__doc__, passes=1, cuts=500, step=1)
    failures: list[str] = []
    columns = ("same", "repaired", "clear error", "failed", "promised", "healed")
    print(f"{'':26}" + "".join(f"{name:>12}" for name in columns))
    unhealed: Counter[str] = Counter()
    with workshop() as folder:
        check = Check(folder)
        sizes = {name: (check.source(name) / name).stat().st_size for name in FILES}
        for name, size in sizes.items():
            share = min(size, max(given.cuts // 50, given.cuts * size // sum(sizes.values())))
            flipped = [case for _ in range(given.passes) for case in flips(size, given.step)]
            for way, cases in (("flipped", flipped), ("cut", list(cuts(size, share)))):
                count: Counter[str] = Counter()
                for what, damage in cases:
                    read, mended, failed = check.judge(name, damage)
                    count["failed" if failed else read.kind] += 1
                    if "--rehash" in read.said:
                        count["promised"] += 1
                        count["healed"] += mended.kind == "same"
                        unhealed[mended.said] += mended.kind == "clear error"
                    failures += [f"{name}, {what}: {failure}" for failure in failed]
                row = "".join(f"{count[name]:12}" for name in columns)
                print(f"{name + ' ' + way:26}{row}", flush=True)
        for message, times in (+unhealed).most_common(10):
            print(f"not healed, {times} times: {message.replace(str(folder), '…')}")
        finish(failures)


if __name__ == "__main__":
    main()
