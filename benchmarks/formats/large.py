"""Index large files with little memory: a long text, a million lines, a line without a space.

    python -m benchmarks.formats.large [--mb 500] [--line-mb 50] [--lines 1000000]

An encoder that does next to nothing stands in for the model: what is measured is reading, cutting
and writing. Prints for each file its size, passages, seconds, and the most memory that the program and
its workers had, each in a process of its own.
"""

import argparse
import math
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoding
from qa import Corpus
from tests.stub import BagOfWords

WORDS = "the inspection found that staff of the service had vacancies in london and high caseloads".split()


class Thin(BagOfWords):
    """Gives every text the same vectors, one token long."""

    dimension = 8

    def __init__(self) -> None:
        super().__init__("thin")
        ones = np.full((1, self.dimension), 1 / math.sqrt(self.dimension), np.float32)
        self._same = Encoding(ones[0], ones, np.array([[0, 1]], np.int32))

    def encode_passages(self, texts: Sequence[str], progress: object = None) -> list[Encoding]:  # noqa: ARG002
        return [self._same] * len(texts)


def prose(size: int) -> Iterator[str]:
    """Yield paragraphs of sentences, that many characters in all."""
    chance = random.Random(1)
    written = 0
    while written < size:
        sentences = (" ".join(chance.choices(WORDS, k=13)).capitalize() for _ in range(9))
        paragraph = f"{'. '.join(sentences)} {written}.\n\n"
        written += len(paragraph)
        yield paragraph


def numbered(count: int) -> Iterator[str]:
    """Yield lines."""
    chance = random.Random(2)
    for number in range(count):
        yield f"{number} {' '.join(chance.choices(WORDS, k=4))}\n"


def one_word(size: int) -> Iterator[str]:
    """Yield letters without a space, that many in all."""
    for _ in range(size // 2**16):
        yield "abcdefgh" * 2**13


def index(path: Path, results: "multiprocessing.Queue[tuple[int, float, int, int]]") -> None:
    """Index one file and say how many passages it has, how long it took, and how much memory."""
    began = time.perf_counter()
    with Corpus.create(path.parent / f"{path.stem}.qa", model=Thin()) as corpus:
        report = corpus.add(path)
        seconds = time.perf_counter() - began
        assert report.added == (path.name,), report
        passages = corpus.stats().passages
    from qa.reading.workers import POOL

    POOL.close()  # only then do its workers count
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    results.put((passages, seconds, own, workers))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=500)
    parser.add_argument("--line-mb", type=int, default=50)
    parser.add_argument("--lines", type=int, default=1_000_000)
    given = parser.parse_args()
    kinds: dict[str, Callable[[], Iterator[str]]] = {
        "lines": lambda: numbered(given.lines),
        "one line": lambda: one_word(given.line_mb * 2**20),
        "prose": lambda: prose(given.mb * 2**20),
    }
    print(f"{'':10} {'MiB':>6} {'passages':>9} {'seconds':>8} {'program':>9} {'worker':>9}")
    results: multiprocessing.Queue[tuple[int, float, int, int]] = multiprocessing.Queue()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in kinds.items():
            path = Path(folder) / f"{name}.txt"
            with path.open("w") as file:
                file.writelines(text())
            process = multiprocessing.Process(target=index, args=(path, results))
            process.start()
            process.join()
            if process.exitcode:
                sys.exit(f"{name}: indexing ended with {process.exitcode}")
            passages, seconds, own, workers = results.get()
            size = path.stat().st_size / 2**20
            print(
                f"{name:10} {size:6.0f} {passages:9,} {seconds:8.0f} {own / 1024:5.0f} MiB {workers / 1024:5.0f} MiB",
                flush=True,
            )
            path.unlink()


if __name__ == "__main__":
    main()
