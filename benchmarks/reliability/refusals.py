"""Let the disk refuse every write in turn: it is said clearly, and nothing is lost.

    python -m benchmarks.reliability.refusals [--every 1]

Each call that changes something in the corpus' folder (write, fsync, rename, truncate, unlink, mkdir,
open to create) fails once with ENOSPC and once with EIO; once alone, and once with all behind it, as
when the disk has gone. That is done to making a corpus, to bringing one from the old version of a
library to the new, and to asking one whose indexes must be written anew. Each must succeed or end
with a `QAError`; `renewal.py` says what must hold then, when the disk works again.
"""

import errno
import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Iterator

from benchmarks.reliability import shim
from benchmarks.reliability.common import (
    REFUSED,
    Ended,
    Say,
    finish,
    library,
    opened,
    options,
    workshop,
)
from benchmarks.reliability.renewal import Renewal
from qa import Corpus
from qa.catalog import FILE_NAME
from qa.state import FILE_NAME as INDEXES
from tests.stub import BagOfWords

Scenario = Callable[[Renewal, Callable[[], None], Say], None]


def make(renewal: Renewal, arm: Callable[[], None], _: Say) -> None:
    shutil.rmtree(renewal.work)
    arm()
    with Corpus.create(renewal.work, model=BagOfWords()) as corpus:
        corpus.add(renewal.files)


def renew(renewal: Renewal, arm: Callable[[], None], say: Say) -> None:
    arm()
    renewal.add(say)


def ask(renewal: Renewal, arm: Callable[[], None], _: Say) -> None:
    (renewal.work / INDEXES).unlink()
    arm()
    with opened(renewal.work) as corpus:
        corpus.ask("Who repaired the roof in March?")


def failures(renewal: Renewal, ended: Ended, scenario: Scenario) -> Iterator[str]:
    """Yield what is wrong with what a run has left, now that the disk works again."""
    if scenario is ask and ended.how == 0:
        ended = Ended(REFUSED, ["nothing was to be changed"], ended.seconds)
    if (renewal.work / FILE_NAME).exists():
        yield from renewal.failures(ended)
    elif scenario is not make or renewal.work.exists() or ended.how != REFUSED:
        yield f"there is no corpus; {ended}"


def main() -> None:
    given = options(__doc__, every=1)
    shim.load()
    if not shim.is_loaded():
        return
    failed: list[str] = []
    print(f"{'':30}{'refused':>9}{'clear error':>13}{'success':>9}{'failures':>10}")
    with workshop(batch=2, chunk=16) as folder:
        old, new = ({name: t[name] for name in t if name > "09"} for t in library())
        few, none = Renewal(folder / "few", old, new), Renewal(folder / "none", {}, new)
        for renewal, scenario in ((none, make), (few, renew), (few, ask)):
            calls = int(refuse(renewal, scenario, 0, False, 0).lines[-1])
            for error, forever in itertools.product((errno.ENOSPC, errno.EIO), (False, True)):

                def tried(call: int, what: tuple = (renewal, scenario, error, forever)) -> Ended:
                    return refuse(*what, call)

                ends: Counter[int] = Counter()
                before = len(failed)
                name = f"{scenario.__name__}, {errno.errorcode[error]}{', and on' * forever}"
                for call in range(1, 1 + calls, given.every):
                    ended = tried(call)
                    ends[ended.how] += 1
                    found = failures(renewal, ended, scenario)
                    failed += [f"{name}, call {call}: {failure}" for failure in found]
                print(
                    f"{name:30}{ends.total():9}{ends[REFUSED]:13}{ends[0]:9}"
                    f"{len(failed) - before:10}",
                    flush=True,
                )
        finish(failed)


def refuse(renewal: Renewal, scenario: Scenario, error: int, forever: bool, call: int) -> Ended:
    """Let a call fail in a child; with 0 let none fail, and have their number said."""

    def work(say: Say) -> None:
        scenario(renewal, lambda: shim.arm(renewal.folder, call, error, forever=forever), say)
        if not call:
            say(str(shim.calls()))

    return renewal.run(work)


if __name__ == "__main__":
    main()
