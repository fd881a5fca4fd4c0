"""All documents change at once, a thousand times, while many ask: no answer may mix two states.

    python -m benchmarks.reliability.swaps [--swaps 1000] [--processes 2] [--threads 2] [--own 1]

In version k every document says "version k", with a figure and a length of text of its own. One
process swaps them all, each time in one commit; others, each with several threads in one open
corpus, ask and search without pause, and so do threads in the writer's own corpus. All that an
answer says, its text, citations and their places, or that a search finds, must be of one version:
the very words that the document holds in it. Nothing may fail, either. Prints counts; exits with 1
at a failure.
"""

import argparse
import multiprocessing
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

from qa import Answer, Corpus, Document, Hit
from tests.stub import BagOfWords

TOWNS = ("Ashford", "Bexley", "Carlton", "Dunmore", "Elwick", "Farnham")
QUESTIONS = [f"How many barrels did the store in {town} hold?" for town in TOWNS]
_processes = multiprocessing.get_context("spawn")


@lru_cache(maxsize=64)
def versioned(version: int) -> dict[str, Document]:
    """Return all documents as they are in a version."""
    made = {}
    for n, town in enumerate(TOWNS):
        figure = 1_000 * version + n
        filler = " ".join(["The clerk signed the page."] * (1 + version % 5))
        text = (
            f"Version {version} begins here. {filler}\n\n"
            f"The store in {town} did hold {figure} barrels, says version {version}.\n\n"
            f"A second count of version {version} found {figure} barrels in the store in {town}, "
            f"and {filler.lower()}\n"
        )
        doc_id = f"{town.lower()}.txt"
        title = f"Ledger of {town}, version {version}"
        made[doc_id] = Document(doc_id, text, title=title, author=f"Clerk {version}")
    return made


@dataclass
class Seen:
    """What a reader saw."""

    asked: int = 0
    versions: set[int] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)


def pieces(found: Answer | tuple[Hit, ...]) -> Iterator[tuple[str, str, int, int, str, str | None]]:
    """Yield id, title, offsets, words and author of all that an answer cites or a search finds."""
    if isinstance(found, Answer):
        for citation in found.citations:
            for source in (citation, *citation.also):
                start, end = source.start, source.end
                yield source.doc_id, source.title, start, end, source.quote, source.author
    for hit in found.nearest if isinstance(found, Answer) else found:
        passage = hit.passage
        start, end = passage.start, passage.end
        yield passage.doc_id, passage.title, start, end, passage.text, passage.author


def check(found: Answer | tuple[Hit, ...], seen: Seen) -> None:
    """Note the version that everything found is of, or what doesn't fit."""
    seen.asked += 1
    parts = list(pieces(found))
    said = re.search(r"version (\d+)$", parts[0][1]) if parts else None
    if said is None:
        seen.failures.append(f"nothing found: {found!r}")
        return
    version = int(said[1])
    documents = versioned(version)
    for doc_id, title, start, end, words, author in parts:
        document = documents[doc_id]
        if (title, author) != (document.title, document.author):
            seen.failures.append(f"{title!r} by {author!r} beside version {version}")
        if document.text[start:end] != words:
            seen.failures.append(f"{doc_id}, version {version}, {start} to {end}: {words!r}")
    if isinstance(found, Answer):
        answers = [document.text for document in documents.values()]
        if found.text is None or not any(found.text in text for text in answers):
            seen.failures.append(f"version {version} answers {found.text!r}")
    seen.versions.add(version)


def ask(corpus: Corpus, over: Callable[[], bool], seen: Seen, first: int) -> None:
    """Ask and search in turn until it is over, at least once each."""
    number = first
    while not over() or number < first + 2:
        question = QUESTIONS[number // 2 % len(QUESTIONS)]
        try:
            check(corpus.search(question, 20) if number % 2 else corpus.ask(question), seen)
        except Exception as error:
            seen.failures.append(repr(error))
        number += 1


class Readers:
    """Threads that ask one open corpus; `seen` is complete when `join` returns."""

    def __init__(self, corpus: Corpus, over: Callable[[], bool], count: int) -> None:
        self.seen = [Seen() for _ in range(count)]
        self._threads = [
            threading.Thread(target=ask, args=(corpus, over, seen, n))
            for n, seen in enumerate(self.seen)
        ]
        for thread in self._threads:
            thread.start()

    def join(self) -> list[Seen]:
        for thread in self._threads:
            thread.join()
        return self.seen


def read(path: Path, threads: int, over: Event, ready: Connection) -> None:
    """Open the corpus in a process of its own and ask until it is over; send what was seen."""
    with Corpus.open(path, model=BagOfWords()) as corpus:
        readers = Readers(corpus, over.is_set, threads)
        ready.send(None)
        ready.send(readers.join())


def swap(path: Path, swaps: int, processes: int, threads: int, own: int = 0) -> dict[str, Seen]:
    """Swap all documents some times while others ask; return what each reader saw.

    Args:
        path: Of a corpus to be made.
        swaps: How often all documents change.
        processes: That read.
        threads: In each of them.
        own: Threads in the writing process that ask its own open corpus.
    """
    over = _processes.Event()
    ends = [_processes.Pipe(duplex=False) for _ in range(processes)]
    with Corpus.create(path, model=BagOfWords()) as corpus:
        corpus.add_documents(versioned(0).values())
        started = [
            _processes.Process(target=read, args=(path, threads, over, to)) for _, to in ends
        ]
        for process in started:
            process.start()
        for here, there in ends:
            there.close()
            here.recv()  # it asks
        own_readers = Readers(corpus, over.is_set, own)
        try:
            for version in range(1, swaps + 1):
                corpus.add_documents(versioned(version).values())
        finally:
            over.set()
            found = {f"writer, thread {n}": seen for n, seen in enumerate(own_readers.join())}
        for number, (here, _) in enumerate(ends):
            found |= {f"process {number}, thread {n}": s for n, s in enumerate(here.recv())}
            here.close()
        for process in started:
            process.join()
        last = Seen()
        check(corpus.ask(QUESTIONS[0]), last)
        if last.versions != {swaps}:
            last.failures.append(f"in the end it is version {last.versions}")
        return found | {"the end": last}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--swaps", type=int, default=1_000)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--own", type=int, default=1, help="threads beside the writing one")
    given = options.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        found = swap(
            Path(scratch, "corpus"), given.swaps, given.processes, given.threads, given.own
        )
    for name, seen in found.items():
        print(
            f"{name:24}{seen.asked:7} asked, {len(seen.versions):5} versions seen, "
            f"{len(seen.failures):3} failures",
            *seen.failures[:5],
            sep="\n  ",
        )
    failures = sum(len(seen.failures) for seen in found.values())
    print(
        f"{given.swaps} swaps in {time.perf_counter() - started:.0f} s, "
        f"{sum(seen.asked for seen in found.values())} asked, {failures} failures"
    )
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
