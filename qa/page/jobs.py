"""Long work on a corpus: one piece at a time, in a thread of its own, watched and called off.

Knows progress and what comes of work, no corpus and no requests. Every reader of the page sees the
same jobs.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Final, Literal

from qa.errors import Cancelled, InputError, QAError
from qa.files import why
from qa.indexing import ProgressCallback
from qa.page.texts import say
from qa.types import Progress, Report

log = logging.getLogger(__name__)

# Takes a callback for progress, which raises Cancelled; returns what came of it: a report, or a name.
Work = Callable[[ProgressCallback], Report | str]
State = Literal["waiting", "running", "stopping", "done", "stopped", "failed"]
ACTIVE: Final[tuple[State, ...]] = ("waiting", "running", "stopping")

_MARKS = 30  # seconds over which the pace is taken
_KEPT = 5  # jobs that are done and weren't dismissed
_WAITING = 100  # jobs that may wait


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work, as it stands.

    Attributes:
        number: Names it.
        name: What is done, in words.
        work: Does it.
        key: The same for work that needn't be done twice.
        state: "stopping" until it notices that it is to stop; "stopped" by a person, "failed" by
            itself.
        progress: How far it has come; None before it says so.
        rate: Of the progress's units, how many a second of late; 0 where that isn't known.
        result: What came of it; None before it is done.
        error: Why it failed, in words.
    """

    number: int
    name: str
    work: Work = field(repr=False)
    key: str = ""
    state: State = "waiting"
    progress: Progress | None = None
    rate: float = 0.0
    result: Report | str | None = None
    error: str = ""

    @property
    def seconds_left(self) -> float | None:
        """How long it will take, at the pace of late; None where that can't be told."""
        at = self.progress
        return (at.total - at.done) / self.rate if at and self.rate else None


class Jobs:
    """Takes work and does one piece after the other. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing to do.

        Args:
            clock: Tells seconds.
        """
        self._clock = clock
        self._jobs: dict[int, Job] = {}
        self._last = 0
        self._closed = False
        self._lock = RLock()
        self._thread = ThreadPoolExecutor(1, "jobs")

    def start(self, name: str, work: Work, key: str = "") -> int:
        """Do something when what came before is done; return the job's number.

        Args:
            name: What is done, in words.
            work: Does it.
            key: Where one of this key waits already, that one serves.

        Raises:
            InputError: if too much waits already, or nothing is begun any more.
        """
        with self._lock:
            if self._closed:
                raise InputError(say("jobs.closed"))
            for job in self._jobs.values():
                if key and (job.key, job.state) == (key, "waiting"):
                    return job.number
            if sum(job.state == "waiting" for job in self._jobs.values()) >= _WAITING:
                raise InputError(say("jobs.many", count=_WAITING))
            self._last += 1
            self._jobs[self._last] = Job(self._last, name, work, key)
            # What was stopped or failed stays until somebody has seen to it.
            done = [number for number, job in self._jobs.items() if job.state == "done"]
            for number in done[:-_KEPT]:
                del self._jobs[number]
            self._thread.submit(self._run, self._last)
            return self._last

    def all(self) -> tuple[Job, ...]:
        """Return the jobs in the order in which they came."""
        with self._lock:
            return tuple(self._jobs.values())

    def cancel(self, number: int) -> None:
        """Stop a job; one that hasn't begun never does."""
        with self._lock:
            job = self._job(number)
            if job.state == "waiting":
                del self._jobs[number]
            elif job.state == "running":
                self._jobs[number] = replace(job, state="stopping")

    def resume(self, number: int) -> int:
        """Begin again with what was stopped or failed: what it has done by then costs nothing."""
        with self._lock:
            job = self._job(number)
            if job.state not in ("stopped", "failed"):
                raise InputError(say("jobs.not_stopped"))
            again = self.start(job.name, job.work, job.key)
            del self._jobs[number]
            return again

    def dismiss(self, number: int) -> None:
        """Forget a job that is over."""
        with self._lock:
            if self._job(number).state not in ACTIVE:
                del self._jobs[number]

    def close(self) -> None:
        """Stop everything, and wait until it has stopped; what is committed stays."""
        with self._lock:
            self._closed = True
            for job in self.all():
                self.cancel(job.number)
        self._thread.shutdown(cancel_futures=True)

    def _job(self, number: int) -> Job:
        if number not in self._jobs:
            raise InputError(say("jobs.gone"))
        return self._jobs[number]

    def _run(self, number: int) -> None:
        with self._lock:
            if number not in self._jobs:
                return
            job = self._jobs[number] = replace(self._jobs[number], state="running")
        pace = _Pace(self._clock)

        def watch(progress: Progress) -> None:
            with self._lock:
                now = self._jobs[number]
                if now.state == "stopping":
                    raise Cancelled(say("jobs.stopped"))
                rate = pace.at(progress.done)
                self._jobs[number] = replace(now, progress=progress, rate=rate)

        state: State = "failed"
        result, error = None, ""
        try:
            result = job.work(watch)
            state = "done"
        except Cancelled:
            state = "stopped"
        except QAError as problem:
            error = str(problem)
        except OSError as problem:
            error = say("jobs.system", reason=why(problem))
        except Exception:
            log.exception("a job failed")
            error = say("error.program")
        with self._lock:
            self._jobs[number] = replace(
                self._jobs[number], state=state, result=result, error=error
            )


class _Pace:
    """How fast something has gone of late."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque(maxlen=_MARKS)

    def at(self, done: int) -> float:
        """Return how much was done a second, now that so much is."""
        now = self._clock()
        if not self._marks or now - self._marks[-1][0] >= 1:
            self._marks.append((now, done))
        since, before = self._marks[0]
        return (done - before) / (now - since) if now > since else 0.0
