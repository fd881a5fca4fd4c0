"""Processes that read files, from the side of those who wait: at most so much memory and time.

A worker is used again while it is healthy. One that crashes or hangs is replaced, and costs the
file that it was reading; of an archive or a mail, only the file inside that was at fault.
"""

import atexit
import json
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
from base64 import b64encode
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from qa.reading.formats import Left, Working
from qa.reading.frames import Entering, Frame, from_json

MEMORY = 2**30  # bytes of address space that reading may take
NO_MEMORY = 70  # exit code of a worker that needs more
_MODULE = "qa.reading.worker"
SECONDS = 8.0  # of computing between two frames, for a small file
_SECONDS_PER_MIB = 0.5
_SECONDS_PER_PAGE = 0.05  # that has been read, for what is done with all pages in the end
_MOST_FOR_PAGES = 60.0
_WAITING = 4.0  # times as long by the clock: other programs want the processor, too
_MAX_FRAME = 2**31  # bytes
_MAX_FAULTS = 5  # files inside one file that may crash a worker before the whole is given up
_MAX_FILES = 1_000  # that one worker reads: what parsers don't give back is bounded, too
_AHEAD = 4  # frames of a file that wait in memory to be taken


@dataclass(slots=True)
class Allowance:
    """How many seconds computing may take until the next frame."""

    seconds: float
    _for_pages: float = 0.0

    def count(self, frame: Frame) -> None:
        """Allow more for a document with more pages."""
        more = _SECONDS_PER_PAGE * isinstance(frame, Working)
        if self._for_pages + more <= _MOST_FOR_PAGES:
            self._for_pages += more
            self.seconds += more


@dataclass(frozen=True, slots=True)
class Request:
    """A file to be read: its path, its name in the corpus, what is said of it, bytes."""

    path: Path
    name: str
    about: Mapping[str, str | None]
    size: int

    @property
    def seconds(self) -> float:
        """How long computing may take until something comes of it."""
        return SECONDS + _SECONDS_PER_MIB * self.size / 2**20


class _CrashedError(Exception):
    """A worker has ended; the message says why."""


class _Worker:
    """One process."""

    def __init__(self) -> None:
        # It is to find the same modules as this process, wherever they come from.
        path = os.pathsep.join(entry or "." for entry in sys.path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._late = False
        self._read = 0

    @property
    def usable(self) -> bool:
        return self._process.poll() is None and self._read < _MAX_FILES

    def frames(self, request: Request, skip: Mapping[str, str]) -> Iterator[Frame]:
        """Yield what a file holds.

        Raises:
            _CrashedError: if the process ends meanwhile, or has to be ended.
        """
        asked = {
            "path": b64encode(os.fsencode(request.path)).decode(),
            "name": request.name,
            "about": dict(request.about),
            "skip": dict(skip),
            "seconds": request.seconds,
        }
        self._read += 1
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise _CrashedError(self._why(request.seconds)) from error
        allowed = Allowance(request.seconds)
        while data := self._frame(allowed):
            try:
                frame = from_json(data)
            except (ValueError, KeyError, TypeError) as error:
                raise _CrashedError("its reader sent nonsense") from error
            allowed.count(frame)
            yield frame

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()

    def _frame(self, allowed: Allowance) -> bytes:
        timer = threading.Timer(_WAITING * allowed.seconds, self._expire)
        timer.start()
        try:
            (size,) = struct.unpack("<I", self._bytes(4, allowed))
            if size > _MAX_FRAME:
                raise _CrashedError("its reader sent nonsense")
            return self._bytes(size, allowed)
        finally:
            timer.cancel()

    def _bytes(self, count: int, allowed: Allowance) -> bytes:
        assert self._process.stdout is not None
        data = self._process.stdout.read(count)
        if len(data) < count:
            raise _CrashedError(self._why(allowed.seconds))
        return data

    def _expire(self) -> None:
        self._late = True
        self._process.kill()

    def _why(self, seconds: float) -> str:
        code = self._process.wait()
        if self._late or code == -getattr(signal, "SIGXCPU", 0):
            return f"it takes longer than {seconds:.0f} seconds to read"
        if code == NO_MEMORY:
            return f"it takes more than {MEMORY // 2**30} GiB of memory to read"
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"the reader of its format crashed on it ({name})"


@dataclass(slots=True)
class Reading:
    """A file that is being read; `frames` ends with the file."""

    request: Request
    pool: "Pool"
    _found: "queue.Queue[Frame | None]" = field(default_factory=lambda: queue.Queue(_AHEAD))
    _abandoned: threading.Event = field(default_factory=threading.Event)

    def start(self) -> "Reading":
        """Begin; what is found waits to be taken."""
        threading.Thread(target=self._run, daemon=True, name="qa-reading").start()
        return self

    def frames(self) -> Generator[Frame]:
        """Yield what the file holds; what can't be read is a `Left`."""
        try:
            while (frame := self._found.get()) is not None:
                yield frame
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let the rest go."""
        self._abandoned.set()

    def _run(self) -> None:
        skip: dict[str, str] = {}
        delivered = 0
        try:
            while True:
                worker = self.pool.take()
                entered, count = "", 0
                try:
                    for frame in worker.frames(self.request, skip):
                        if isinstance(frame, Entering):
                            entered = frame.name
                        elif not isinstance(frame, Working):
                            count += 1
                            # After a crash inside, what was read before it comes again.
                            if count > delivered:
                                self._deliver(frame)
                                delivered = count
                except _CrashedError as error:
                    worker.end()
                    if entered and entered not in skip and len(skip) < _MAX_FAULTS:
                        skip[entered] = str(error)
                        continue
                    self._deliver(Left("", str(error)))
                except _AbandonedError:
                    worker.end()
                    return
                else:
                    self.pool.give_back(worker)
                self._deliver(None)
                return
        except _AbandonedError:
            return

    def _deliver(self, frame: Frame | None) -> None:
        while not self._abandoned.is_set():
            with suppress(queue.Full):
                self._found.put(frame, timeout=0.2)
                return
        raise _AbandonedError


class _AbandonedError(Exception):
    """Nobody waits for the rest of a file."""


class Pool:
    """Workers that wait for files; one for each of the processor's cores stays."""

    def __init__(self) -> None:
        self._idle: list[_Worker] = []
        self._lock = threading.Lock()
        self._owner = os.getpid()

    def read(self, request: Request) -> Reading:
        """Begin to read a file."""
        return Reading(request, self).start()

    def read_ahead(self, requests: Iterable[Request]) -> Generator[Reading]:
        """Begin to read files as the processor has cores for them; yield them in their order."""
        started: deque[Reading] = deque()
        try:
            for request in requests:
                started.append(self.read(request))
                if len(started) > _cores():
                    yield started.popleft()
            while started:
                yield started.popleft()
        finally:
            for reading in started:
                reading.abandon()

    def take(self) -> _Worker:
        """Return a worker that nobody else has."""
        with self._lock:
            if self._owner != os.getpid():  # the parent's are not ours
                self._idle, self._owner = [], os.getpid()
            while self._idle:
                worker = self._idle.pop()
                if worker.usable:
                    return worker
                worker.end()
        return _Worker()

    def give_back(self, worker: _Worker) -> None:
        """Let another file have a worker."""
        with self._lock:
            if worker.usable and len(self._idle) < _cores():
                self._idle.append(worker)
                return
        worker.end()

    def close(self) -> None:
        """End the workers that are idle."""
        with self._lock:
            for worker in self._idle if self._owner == os.getpid() else ():
                worker.end()
            self._idle = []


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


POOL = Pool()
atexit.register(POOL.close)
