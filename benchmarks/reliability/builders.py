"""Many processes index one folder at once: one writes, the others are told who does.

    python -m benchmarks.reliability.builders [--processes 2 8] [--files 300] [--rounds 5]

In each round all processes make the corpus at once: one may. Then all add the folder at once: the
one that holds the lock waits, at its first step, until the others have been refused. Then all add
it again and again as they please. In the end the corpus must say what one says that was built by
one process alone. Refusals must come within a second and name a process that was writing. Prints a
line a round; exits with 1 if anything was not as it should be.
"""

import argparse
import multiprocessing
import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from benchmarks.reliability.churn import Folder, differences, said
from qa import Corpus
from qa.errors import CorpusError, StorageError
from qa.types import Progress
from tests.stub import BagOfWords

AT_ONCE = 1.0  # seconds
PATIENCE = 120.0  # seconds until a process that doesn't come is given up
_processes = multiprocessing.get_context("spawn")  # as strangers are, not as children


@dataclass(frozen=True)
class Attempt:
    """What one process saw of one call.

    Attributes:
        process: Its number in the system.
        phase: "make", "add" or "again".
        outcome: "done", "refused", or what went wrong.
        seconds: How long it took.
        changed: Documents written.
        holder: The process that a refusal names; 0 for none.
    """

    process: int
    phase: str
    outcome: str
    seconds: float
    changed: int = 0
    holder: int = 0


def take_part(
    corpus: Path, files: Path, tries: int, meeting: Barrier, seen: "Queue[Attempt | None]"
) -> None:
    """Do as `build` does; say when it is over, and how it failed."""
    try:
        build(corpus, files, tries, meeting, seen)
    except BaseException as error:
        meeting.abort()
        seen.put(Attempt(multiprocessing.current_process().pid or 0, "any", repr(error), 0.0))
        raise
    finally:
        seen.put(None)


def build(
    corpus: Path, files: Path, tries: int, meeting: Barrier, seen: "Queue[Attempt | None]"
) -> None:
    """Make a corpus or open it, add a folder together with others, then some times more."""
    number = multiprocessing.current_process().pid or 0

    def attempt(phase: str, wait: bool = False) -> None:
        waits = wait

        def hold(_: Progress) -> None:
            nonlocal waits
            if waits:
                waits = False
                meeting.wait(PATIENCE)

        started = time.perf_counter()
        try:
            report = opened.add(files, progress=hold)
            changed = len(report.added + report.updated + report.removed)
            found = Attempt(number, phase, "done", time.perf_counter() - started, changed)
        except StorageError as error:
            seconds = time.perf_counter() - started
            named = re.search(r"being written by process (\d+) ", str(error))
            outcome = "refused" if named else repr(error)
            found = Attempt(number, phase, outcome, seconds, 0, int(named[1]) if named else 0)
            hold(Progress(0, 0, ""))
        seen.put(found)

    encoder = BagOfWords()
    meeting.wait(PATIENCE)
    started = time.perf_counter()
    try:
        Corpus.create(corpus, model=encoder).close()
        outcome = "done"
    except CorpusError:
        outcome = "refused"
    seen.put(Attempt(number, "make", outcome, time.perf_counter() - started, 0, number))
    meeting.wait(PATIENCE)
    with Corpus.open(corpus, model=encoder) as opened:
        meeting.wait(PATIENCE)
        attempt("add", wait=True)
        meeting.wait(PATIENCE)
        for _ in range(tries):
            attempt("again")


def race(corpus: Path, files: Path, count: int, tries: int) -> tuple[list[Attempt], list[str]]:
    """Let some processes build a corpus at once; return what they saw and what was wrong."""
    meeting = _processes.Barrier(count)
    seen: Queue[Attempt | None] = _processes.Queue()
    given = (corpus, files, tries, meeting, seen)
    started = [_processes.Process(target=take_part, args=given) for _ in range(count)]
    for process in started:
        process.start()
    attempts: list[Attempt] = []
    for _ in started:
        attempts += iter(seen.get, None)
    for process in started:
        process.join()
    seen.close()
    seen.join_thread()
    ours = {process.pid for process in started}
    wrong = [f"{a.phase}: {a.outcome}" for a in attempts if a.outcome not in ("done", "refused")]
    wrong += [f"a process ended with {p.exitcode}" for p in started if p.exitcode]
    counts = Counter((a.phase, a.outcome) for a in attempts)
    for phase in ("make", "add"):
        if counts[phase, "done"] != 1:
            wrong.append(f"{phase}: {counts[phase, 'done']} processes succeeded")
    writers = {a.process for a in attempts if a.phase == "add" and a.outcome == "done"}
    for a in attempts:
        if a.outcome == "refused" and a.seconds > AT_ONCE:
            wrong.append(f"{a.phase}: a refusal took {a.seconds:.1f} s")
        if a.outcome == "refused" and a.holder not in (writers if a.phase == "add" else ours):
            wrong.append(f"{a.phase}: a refusal names process {a.holder}")
        if a.phase == "again" and a.changed:
            wrong.append(f"adding again wrote {a.changed} documents")
    return attempts, wrong


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--processes", type=int, nargs="+", default=[2, 8])
    options.add_argument("--files", type=int, default=300)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--tries", type=int, default=20)
    given = options.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        files = Folder(home / "files", given.files, seed=0).path
        with Corpus.create(home / "alone", model=BagOfWords()) as alone:
            alone.add(files)
            expected = said(alone)
        for count in given.processes:
            for number in range(given.rounds):
                corpus = home / f"{count}-{number}"
                attempts, wrong = race(corpus, files, count, given.tries)
                with Corpus.open(corpus, model=BagOfWords()) as built:
                    wrong += differences(said(built), expected)
                refused = [a.seconds for a in attempts if a.outcome == "refused"]
                print(
                    f"{count} processes, round {number}: {len(attempts)} calls, "
                    f"{len(refused)} refused, the slowest in {max(refused):.3f} s; "
                    f"{len(wrong)} wrong",
                    *sorted(set(wrong)),
                    sep="\n  ",
                    flush=True,
                )
                failures += len(wrong)
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
