"""A folder that goes on changing: is the corpus, in the end, as if built afresh?

    python -m benchmarks.reliability.churn [--files 1000] [--rounds 8] [--seed 0]

In each round some files are edited, deleted, renamed, given each other's names, copied, touched or
new, and the folder is added again. Then everything that can be asked of the corpus is compared
with one built afresh: documents, passages, searches and answers, scores to the last bit. So is
what a second opening says whose indexes' file is missing, or is of an earlier round. Prints a line
a round; exits with 1 at a difference.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from dataclasses import fields
from pathlib import Path

from qa import Corpus
from qa.state import FILE_NAME as INDEXES
from qa.types import Report
from tests.stub import BagOfWords

TOWNS = "Ashford Bexley Carlton Dunmore Elwick Farnham Garston Hexham Ilford Jarrow".split()
THINGS = "barrels boats bridges chairs clocks kettles ladders lanterns ploughs wagons".split()
VERBS = "bought built carried counted lost mended moved sold stored wanted".split()
MONTHS = "January March May July September November".split()
QUESTIONS = [
    *(f"How many {thing} were {verb} in {town}?" for thing, verb, town in zip(THINGS, VERBS, TOWNS, strict=True)),
    "When were lanterns sold in Hexham?",
    "What did the council of Ilford say about clocks and kettles?",
    "Who mended the violins?",
]  # fmt: skip


class Folder:
    """Files of made-up sentences, changed at random."""

    def __init__(self, path: Path, count: int, seed: int) -> None:
        self.path = path
        self._pick = random.Random(seed)
        self._made = 0
        for _ in range(count):
            self._new()

    def change(self, share: float) -> None:
        """Do each of seven things to a share of the files; a file may meet several of them."""
        count = max(1, int(share * len(self._files())))
        for what in (self._edit, self._delete, self._rename, self._exchange, self._copy):
            for _ in range(count):
                what(self._pick.choice(self._files()))
        for _ in range(count):
            self._new()
            path = self._pick.choice(self._files())
            os.utime(path, ns=(1, time.time_ns() - self._pick.randrange(10**18)))

    def _files(self) -> list[Path]:
        return sorted(path for path in self.path.rglob("*") if path.is_file())

    def _sentence(self) -> str:
        town, thing, verb, month = map(self._pick.choice, (TOWNS, THINGS, VERBS, MONTHS))
        number, year = self._pick.randrange(2, 9_000), self._pick.randrange(1950, 2025)
        return f"The council of {town} {verb} {number} {thing} in {month} {year}."

    def _text(self) -> str:
        title = " ".join(self._pick.sample(TOWNS + THINGS, 3))
        paragraphs = (
            " ".join(self._sentence() for _ in range(self._pick.randrange(1, 9)))
            for _ in range(self._pick.randrange(1, 6))
        )
        return f"# {title}\n\n" + "\n\n".join(paragraphs) + "\n"

    def _free(self) -> Path:
        self._made += 1
        name = f"{self._pick.choice(TOWNS)}/{self._pick.choice(THINGS)}-{self._made}.md"
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _new(self) -> None:
        self._free().write_text(self._text())

    def _edit(self, path: Path) -> None:
        path.write_text(f"{path.read_text()}\n{self._sentence()}\n")

    def _delete(self, path: Path) -> None:
        path.unlink()

    def _rename(self, path: Path) -> None:
        path.rename(self._free())

    def _exchange(self, path: Path) -> None:
        other, between = self._pick.choice(self._files()), self._free()
        if other != path:
            path.rename(between)
            other.rename(path)
            between.rename(other)

    def _copy(self, path: Path) -> None:
        shutil.copy2(path, self._free())


def said(corpus: Corpus, questions: list[str] = QUESTIONS) -> dict[str, object]:
    """Return all that a corpus says, by what it was asked."""
    found: dict[str, object] = {"documents": corpus.documents(), "passages": corpus.passages()}
    for question in questions:
        found[f"answer: {question}"] = corpus.ask(question)
        found[f"search: {question}"] = corpus.search(question, 50)
    return found


def differences(one: dict[str, object], other: dict[str, object]) -> list[str]:
    """Return what two corpora don't say exactly alike."""
    return [asked for asked in one if one[asked] != other[asked]]


def churn(
    home: Path,
    files: int,
    rounds: int,
    seed: int,
    share: float = 0.03,
    questions: list[str] = QUESTIONS,
) -> list[str]:
    """Return all differences of some rounds of changes; prints a line a round."""
    folder = Folder(home / "files", files, seed)
    kept = home / "earlier.bin"
    failures = []
    with Corpus.create(home / "corpus", model=BagOfWords()) as corpus:
        for number in range(rounds):
            started = time.perf_counter()
            report = corpus.add(folder.path)
            seconds = time.perf_counter() - started
            with Corpus.create(home / str(number), model=BagOfWords()) as afresh:
                afresh.add(folder.path)
                expected = said(afresh, questions)
            found = {"caught up": differences(said(corpus, questions), expected)}
            indexes = corpus.path / INDEXES
            if kept.exists():
                shutil.copy(kept, indexes)
                found["lagging"] = differences(_opened(corpus.path, questions), expected)
            indexes.unlink(missing_ok=True)
            found["without indexes"] = differences(_opened(corpus.path, questions), expected)
            if number % 3 == 0:
                shutil.copy(indexes, kept)
            shutil.rmtree(home / str(number))
            failures += [f"round {number}, {how}: {x}" for how, xs in found.items() for x in xs]
            print(
                f"round {number}: {_told(report)} in {seconds:.2f} s; "
                + ", ".join(f"{how}: {len(xs)} differences" for how, xs in found.items()),
                flush=True,
            )
            folder.change(share)
    return failures


def _opened(path: Path, questions: list[str]) -> dict[str, object]:
    with Corpus.open(path, model=BagOfWords()) as again:
        return said(again, questions)


def _told(report: Report) -> str:
    return ", ".join(f"{len(getattr(report, field.name))} {field.name}" for field in fields(report))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--files", type=int, default=1_000)
    options.add_argument("--rounds", type=int, default=8)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        failures = churn(Path(scratch), given.files, given.rounds, given.seed)
    print(*failures, f"{len(failures)} differences", sep="\n")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
