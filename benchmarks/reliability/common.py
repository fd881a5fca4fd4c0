"""What these checks share: a library in two versions, all that a corpus says of it, children.

The stub encoder of the tests stands in for the model, which has no part in this. A child is forked,
so that it can be killed, crash or hang alone, and speaks in lines; what it does with a corpus counts
for a check only as far as its lines say, or the corpus when it is opened again.
"""

import os

# A process with threads can't be forked.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import random
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa import Corpus, committing
from qa.errors import QAError
from qa.reading import workers
from tests.stub import BagOfWords

Library = Mapping[str, str]  # name of a file -> its text
Say = Callable[[str], None]

FAILED, REFUSED, HUNG = 70, 71, -signal.SIGALRM  # how a child ended; 0 well, -9 killed
_PLACES = "mill ferry school chapel quarry harbour orchard market bridge station".split()
_GOODS = "apples lanterns ropes barrels ledgers stones blankets candles bells sails".split()
QUESTIONS = [
    *(f"How many {goods} did the keeper of the {place} count?" for goods, place in zip(_GOODS, _PLACES, strict=True)),
    "Who repaired the roof in March?",
    "What is the colour of the moon?",
]  # fmt: skip


def library() -> tuple[Library, Library]:
    """Return the old and the new version: texts go, stay, change, come, and change their name."""
    old = {f"{n:02}.txt": _text(n, 0) for n in range(10)}
    new = {f"{n:02}.txt": _text(n, 0 if n < 4 else 1) for n in range(2, 12)}
    old["before.txt"] = new["after.txt"] = _text(99, 0)
    return old, new


def write(folder: Path, texts: Library) -> None:
    """Make a folder hold these files and no others."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, (name, text) in enumerate(texts.items()):
        path = folder / name
        path.write_text(text, "utf-8")
        # Old enough for its time to be trusted, and another than its former version's.
        moment = 10**9 + number + len(texts) * int("amended" in text)
        os.utime(path, (moment, moment))


def build(corpus: Path, files: Path, *versions: Library) -> None:
    """Make a corpus of a folder that had these versions, one after the other."""
    with Corpus.create(corpus, model=BagOfWords()) as made:
        for texts in versions:
            write(files, texts)
            made.add(files)


def opened(corpus: Path) -> Corpus:
    """Open a corpus with the stub encoder."""
    return Corpus.open(corpus, model=BagOfWords())


def said(corpus: Corpus, questions: int = len(QUESTIONS)) -> dict[str, Any]:
    """Return all that a corpus says: every text, every passage, answers and rankings."""
    listings = corpus.documents()
    if not listings:
        return {"documents": {}, "passages": ()}
    asked = QUESTIONS[:questions]
    return {
        "documents": {known.doc_id: corpus.document(known.doc_id) for known in listings},
        "passages": corpus.passages(),
        **{f"ask {question}": corpus.ask(question) for question in asked},
        **{f"search {question}": corpus.search(question) for question in asked},
    }


@contextmanager
def workshop(batch: int = 6, chunk: int = 8) -> Iterator[Path]:
    """Lend an empty folder; commit in small batches, so that there is much to interrupt.

    Args:
        batch: Passages of the documents that are committed together.
        chunk: Texts that are encoded before a commit.
    """
    before = committing._BATCH, committing._CHUNK, workers._MAX_CORES
    committing._BATCH, committing._CHUNK = batch, chunk
    workers._MAX_CORES = 1  # each child starts its own readers, and that takes it longest
    folder = Path(tempfile.mkdtemp(prefix="reliability-")).resolve()
    try:
        yield folder
    finally:
        committing._BATCH, committing._CHUNK, workers._MAX_CORES = before
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: its exit status, or the signal's number, negative; what it had said."""

    how: int
    lines: list[str]
    seconds: float

    def __str__(self) -> str:
        return f"ended with {self.how}: " + "".join(self.lines[-1:])[-600:]


def in_child(work: Callable[[Say], None], *, kill: float = 0, limit: float = 60) -> Ended:
    """Do something in a child; kill it after some seconds, if wanted, or when it hangs."""
    reading, writing = os.pipe()
    began = time.perf_counter()
    child = os.fork()
    if not child:
        os.close(reading)
        os._exit(_work(work, lambda line: _put(writing, line)))
    os.close(writing)
    content, is_hung = b"", False
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        while True:
            left = (kill or limit) - (time.perf_counter() - began)
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                is_hung = not kill
                os.kill(child, signal.SIGKILL)
                content += pipe.readall()
                break
            if not (part := pipe.read(2**16)):
                break
            content += part
    _, status = os.waitpid(child, 0)
    lines = content.decode().splitlines()
    how = HUNG if is_hung else os.waitstatus_to_exitcode(status)
    return Ended(how, lines, time.perf_counter() - began)


def _work(work: Callable[[Say], None], say: Say) -> int:
    try:
        work(say)
    except QAError as error:
        say(f"{type(error).__name__}: {error}".replace("\n", " "))
        return REFUSED
    except BaseException:
        say(traceback.format_exc().replace("\n", " ⏎ "))
        return FAILED
    return 0


def _put(pipe: int, line: str) -> None:
    with suppress(BrokenPipeError):
        content = f"{line}\n".encode()
        while content:
            content = content[os.write(pipe, content) :]


def options(doc: str, **numbers: int) -> argparse.Namespace:
    """Read the command line: numbers with their defaults, and a seed."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    for name, default in {**numbers, "seed": 1}.items():
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N")
    given = parser.parse_args()
    random.seed(given.seed)
    return given


def finish(failures: list[str]) -> None:
    """Print what failed, and end: with 1 if anything has."""
    for failure in failures[:20]:
        print(f"FAILED {failure}")
    if len(failures) > 20:
        print(f"… and {len(failures) - 20} more")
    print("no claim failed" if not failures else f"{len(failures)} failed")
    sys.exit(bool(failures))


def _text(number: int, version: int) -> str:
    rng = random.Random(number * 7 + version)
    parts = [f"Report {number} on the {_PLACES[number % 10]}{', amended' * version}"]
    for part in range(3):
        goods, place = _GOODS[(number + part) % 10], _PLACES[(number + 2 * part) % 10]
        parts.append(
            f"The keeper of the {place} counted {rng.randint(20, 900)} {goods} in the year "
            f"{1800 + rng.randint(0, 99)}. {'A second count agreed. ' * version}"
            f'"Nobody asked before," said {rng.choice(["Ada Moss", "Ben Ford"])} of the {place}. '
            + "The roof was repaired in March. " * (part == number % 3)
            + " ".join(rng.choices(_GOODS + _PLACES, k=60)).capitalize()
            + "."
        )
    return "\n\n".join(parts) + "\n"
