"""Work that takes long: in a thread of its own, with progress, and called off at any time.

Knows nothing of what is done. One job at a time; who asks sees the same state, in any tab.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from qa.errors import Cancelled, InputError, QAError
from qa.page.texts import say
from qa.types import Progress

log = logging.getLogger(__name__)

# Takes a callback for progress, which raises Cancelled; returns what came of it.
Work = Callable[[Callable[[Progress], None]], str]


@dataclass(frozen=True, slots=True)
class Status:
    """How far a job is.

    Attributes:
        state: "idle" until the first job.
        name: What is worked on, in words.
        done: Of `total`, in units of the work's own.
        total: 0 while it isn't known.
        seconds_left: None while it can't be told.
        message: What came of it: the work's result, or the error's words.
    """

    state: Literal["idle", "running", "done", "cancelled", "failed"] = "idle"
    name: str = ""
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    message: str = ""


class Job:
    """One piece of work after another, never two at once."""

    def __init__(self) -> None:
        self._status = Status()
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def status(self) -> Status:
        """Return how far the job is, or how the last one ended."""
        return self._status

    def run(self, name: str, work: Work) -> None:
        """Begin a piece of work and return at once.

        Raises:
            InputError: if another is being done.
        """
        with self._lock:
            if self._status.state == "running":
                raise InputError(say("job.busy", what=self._status.name))
            self._cancelled.clear()
            self._status = Status("running", name)
            self._thread = threading.Thread(target=self._work, args=(work,), name=name)
            self._thread.start()

    def cancel(self) -> None:
        """Have the work stop where it tells its progress next."""
        self._cancelled.set()

    def wait(self) -> None:
        """Wait until the work has ended."""
        if self._thread:
            self._thread.join()

    def close(self) -> None:
        """Cancel the work and wait until it has ended."""
        self.cancel()
        self.wait()

    def _work(self, work: Work) -> None:
        start = time.monotonic()

        def progress(at: Progress) -> None:
            if self._cancelled.is_set():
                raise Cancelled(say("job.cancelled"))
            left = None
            if at.done:
                left = (time.monotonic() - start) / at.done * (at.total - at.done)
            self._status = replace(self._status, done=at.done, total=at.total, seconds_left=left)

        try:
            message = work(progress)
        except Cancelled as cancelled:
            self._end("cancelled", str(cancelled))
        except QAError as error:
            self._end("failed", str(error))
        except Exception:
            log.exception("a job failed")
            self._end("failed", say("error.program"))
        else:
            self._end("done", message)

    def _end(self, state: Literal["done", "cancelled", "failed"], message: str) -> None:
        self._status = replace(self._status, state=state, seconds_left=None, message=message)
