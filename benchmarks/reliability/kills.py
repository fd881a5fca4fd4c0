"""Kill a writer at any moment: nothing acknowledged is lost, nothing is half there.

    python -m benchmarks.reliability.kills [--random 200] [--commits 1] [--every 1] [--seed 1]

A child brings a corpus from the old version of a library to the new one and is killed (SIGKILL):
at random moments, uniform over the time that the whole takes; at every `--commits`-th commit, just
before and after COMMIT and after its number is written down; and, where a C compiler is found,
before every `--every`-th call that changes anything on the disk. What must hold after each stands in
`renewal.py`. Killing a process doesn't lose what the system holds in memory: a power cut is
what `synchronous=FULL` is for, and isn't tried here.
"""

import os
import random
import signal
from collections.abc import Callable
from typing import Any

from benchmarks.reliability import shim
from benchmarks.reliability.common import Ended, Say, finish, library, options, workshop
from benchmarks.reliability.renewal import Renewal
from qa.catalog import Catalog
from qa.catalog.writing import Writer


def die_at(place: tuple[type, str, bool], number: int) -> None:
    """Let this process kill itself the n-th time that it is about to call, or has called, that."""
    owner, name, is_after = place
    really, calls = getattr(owner, name), iter(range(number, -1, -1))

    def call(*given: Any, **named: Any) -> Any:
        left = next(calls)
        if not left and not is_after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = really(*given, **named)
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, call)


MANY = 10**6  # until a run ends by itself
COMMITS = {
    "just before COMMIT": (Writer, "finish", True),
    "just after COMMIT": (Catalog, "_note_commit", False),
    "its number written": (Catalog, "_note_commit", True),
}


def main() -> None:
    given = options(__doc__, random=200, commits=1, every=1)
    shim.load()
    with workshop() as folder:
        check = Renewal(folder, *library())
        whole = check.run(check.add)
        failures = [f"not killed: {failure}" for failure in check.failures(whole)]
        print(f"uninterrupted: {whole.seconds:.2f} s, {len(whole.lines)} commits")

        def tried(name: str, run: Callable[[int], Ended], most: int, step: int = 1) -> None:
            kills = cases = 0
            before = len(failures)
            for number in range(0, most, step):
                ended = run(number)
                kills += ended.how == -signal.SIGKILL
                cases += 1
                failures.extend(f"{name}, {number}: {f}" for f in check.failures(ended))
                if ended.how == 0 and most == MANY:
                    break
            print(f"{name:24} {cases:5} runs {kills:5} killed {len(failures) - before:5} failures")

        seconds = sorted(random.uniform(0, whole.seconds) for _ in range(given.random))
        tried("random moments", lambda n: check.run(check.add, kill=seconds[n]), given.random)
        for name, place in COMMITS.items():

            def at(number: int, place: tuple[type, str, bool] = place) -> Ended:
                return check.run(lambda say: (die_at(place, number), check.add(say)))

            tried(name, at, MANY, given.commits)
        if shim.is_loaded() and given.every:

            def at_call(number: int) -> Ended:
                def work(say: Say) -> None:
                    shim.arm(check.work, number + 1, shim.KILL)
                    check.add(say)

                return check.run(work)

            tried("before a call", at_call, MANY, given.every)
        print(f"{len(check.expected)} different states were met")
        finish(failures)


if __name__ == "__main__":
    main()
