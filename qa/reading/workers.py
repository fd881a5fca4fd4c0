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
import time
from base64 import b64encode
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
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
_MAX_FRAME = 2**28  # bytes
_WATCHED = 0.2  # seconds between looks at the clock
_MAX_CORES = 8  # that are used: each may take so much memory
_MAX_FAULTS = 5  # files inside one file that may crash a worker before the whole is given up
_MAX_FILES = 1_000  # that one worker reads: what parsers don't give back is bounded, too
_AHEAD = 4  # frames of a file that wait in memory to be taken
_MOST_FILES, _MOST_BYTES = 64, 2**22  # that are read ahead; of larger ones, one a core


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
class Drawing:
    """A page of a PDF to be drawn: its number from 1, pixels, the file's SHA-256 in hex."""

    number: int
    width: int
    digest: str


@dataclass(frozen=True, slots=True)
class Request:
    """A file to be read: its path, its name in the corpus, what is said of it, bytes.

    Attributes:
        drawing: What to draw of it instead.
    """

    path: Path
    name: str
    about: Mapping[str, str | None]
    size: int
    drawing: Drawing | None = None

    @property
    def seconds(self) -> float:
        """How long computing may take until something comes of it."""
        return SECONDS + _SECONDS_PER_MIB * self.size / 2**20


class _CrashedError(Exception):
    """A worker has ended; the message says why."""


class _Worker:
    """One process."""

    def __init__(self) -> None:
        # It is to find the same modules as this process, and none that lie where this one is (-P).
        path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)  # noqa: PTH109
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._deadline: float | None = None
        self._late = False
        self._read = 0

    @property
    def usable(self) -> bool:
        return self._process.poll() is None and self._read < _MAX_FILES

    def watch(self) -> None:
        """End the process if it is late."""
        if self._deadline is not None and time.monotonic() > self._deadline:
            self._late = True
            self._process.kill()

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
            "size": request.size,
            "seconds": request.seconds,
            "drawing": request.drawing and asdict(request.drawing),
        }
        self._read += 1
        assert self._process.stdin is not None
        allowed = Allowance(request.seconds)
        self._deadline = time.monotonic() + _WAITING * allowed.seconds
        try:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise _CrashedError(self._why(allowed.seconds)) from error
        while data := self._frame(allowed):
            try:
                frame = from_json(data)
            except Exception as error:  # whatever it is: nothing that it sends is trusted
                raise _CrashedError("its reader sent nonsense") from error
            allowed.count(frame)
            self._deadline = None  # it may wait for us
            yield frame
        self._deadline = None

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()

    def _frame(self, allowed: Allowance) -> bytes:
        self._deadline = time.monotonic() + _WAITING * allowed.seconds
        (size,) = struct.unpack("<I", self._bytes(4, allowed))
        if size > _MAX_FRAME:
            raise _CrashedError("its reader sent nonsense")
        return self._bytes(size, allowed)

    def _bytes(self, count: int, allowed: Allowance) -> bytes:
        assert self._process.stdout is not None
        data = self._process.stdout.read(count)
        if len(data) < count:
            raise _CrashedError(self._why(allowed.seconds))
        return data

    def _why(self, seconds: float) -> str:
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "its reader sent nonsense"
        if self._late or code == -getattr(signal, "SIGXCPU", -1):
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
        threading.Thread(target=self.run, daemon=True, name="qa-reading").start()
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

    def run(self) -> None:
        """Read; what is found waits to be taken."""
        if self._abandoned.is_set():
            return
        try:
            self._read()
        except _AbandonedError:
            return
        except Exception as error:  # no process or no memory to be had, say
            with suppress(_AbandonedError):
                self._deliver(Left("", f"it could not be read now ({error})"))
        with suppress(_AbandonedError):
            self._deliver(None)

    def _read(self) -> None:
        skip: dict[str, str] = {}
        delivered = 0  # frames, and as many come again after a crash inside
        while True:
            worker = self.pool.take()
            entered, count, before = "", 0, {"": 0}
            try:
                for frame in worker.frames(self.request, skip):
                    if isinstance(frame, Entering):
                        entered = frame.name
                        before.setdefault(entered, count)
                    elif not isinstance(frame, Working):
                        count += 1
                        if count > delivered:
                            self._deliver(frame)
                            delivered = count
            except _CrashedError as error:
                self.pool.end(worker)
                if not entered or entered in skip or len(skip) >= _MAX_FAULTS:
                    self._deliver(Left("", str(error)))
                    return
                # What stood before it comes again; then, in its place, that it is left out.
                skip[entered] = str(error)
                delivered = before[entered]
            except BaseException:
                self.pool.end(worker)
                raise
            else:
                self.pool.give_back(worker)
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
        self._busy: set[_Worker] = set()
        self._lock = threading.Lock()
        self._owner = os.getpid()

    def read(self, request: Request) -> Reading:
        """Begin to read a file."""
        return Reading(request, self).start()

    def read_ahead(self, requests: Iterable[Request]) -> Generator[Reading]:
        """Read files as the processor has cores for them; yield them in their order.

        While what was taken is worked on, more are read: some dozens of small ones.
        """
        asked: queue.SimpleQueue[Reading | None] = queue.SimpleQueue()
        started: deque[Reading] = deque()
        size = 0  # bytes of those
        readers = _cores() + 1

        def work() -> None:
            while reading := asked.get():
                reading.run()

        try:
            for _ in range(readers):
                threading.Thread(target=work, daemon=True, name="qa-reading").start()
            for request in requests:
                started.append(Reading(request, self))
                asked.put(started[-1])
                size += request.size
                while len(started) > (_MOST_FILES if size <= _MOST_BYTES else _cores()):
                    yield started[0]
                    size -= started.popleft().request.size
            while started:
                yield started[0]
                started.popleft()
        finally:
            for reading in started:
                reading.abandon()
            for _ in range(readers):
                asked.put(None)

    def take(self) -> _Worker:
        """Return a worker that nobody else has."""
        with self._lock:
            if self._owner != os.getpid():  # the parent's are not ours
                self._idle, self._busy, self._owner = [], set(), os.getpid()
            worker = self._idle.pop() if self._idle else None
        if worker is None or not worker.usable:
            if worker:
                worker.end()
            worker = _Worker()
        with self._lock:
            if not self._busy:
                threading.Thread(target=self._watch, daemon=True, name="qa-watching").start()
            self._busy.add(worker)
        return worker

    def give_back(self, worker: _Worker) -> None:
        """Let another file have a worker."""
        with self._lock:
            self._busy.discard(worker)
            if worker.usable and len(self._idle) < _cores():
                self._idle.append(worker)
                return
        worker.end()

    def end(self, worker: _Worker) -> None:
        """End a worker that is of no use any more."""
        with self._lock:
            self._busy.discard(worker)
        worker.end()

    def close(self) -> None:
        """End the workers that are idle."""
        with self._lock:
            for worker in self._idle if self._owner == os.getpid() else ():
                worker.end()
            self._idle = []

    def _watch(self) -> None:
        while True:
            time.sleep(_WATCHED)
            with self._lock:
                if not self._busy:
                    return
                for worker in self._busy:
                    worker.watch()


def _cores() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, _MAX_CORES)


POOL = Pool()
atexit.register(POOL.close)
