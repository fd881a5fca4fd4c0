"""The process that parses files: what a parser does wrong ends here.

Memory and time are limited, and what is sent back is checked. It isn't locked in otherwise: it may
read what its user may.

    python -m qa.reading.worker

Takes requests on standard input, one JSON object a line; answers on standard output with frames,
each led by its length (4 bytes, little-endian); no bytes end a file.
"""

import gc
import json
import os
import struct
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterable
from contextlib import suppress
from io import BufferedReader
from math import ceil
from typing import Any, BinaryIO

from qa.reading.dispatch import read_file, reason
from qa.reading.formats import Left
from qa.reading.frames import Frame, to_json
from qa.reading.regular import Bounded, open_regular
from qa.reading.workers import MEMORY, NO_MEMORY, Allowance

# Objects made between two searches for cycles. Documents are large trees without any, and with
# Python's own 700 a PDF of 600 pages takes a sixth longer.
_BETWEEN_SEARCHES = 50_000


def main() -> None:
    """Answer requests until there are none."""
    answers = os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 1)  # libraries' own words are not for the answers
    os.dup2(quiet, 2)
    _limit_memory()
    gc.set_threshold(_BETWEEN_SEARCHES)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            _answer(request, answers)
        except MemoryError:
            os._exit(NO_MEMORY)  # another process has its memory in order
        except Exception as error:
            _send(Left("", reason(error)), answers)
        _end(answers)


def _answer(request: dict[str, Any], answers: BinaryIO) -> None:
    allowed = Allowance(request["seconds"])
    _limit_time(allowed.seconds)
    with open_regular(os.fsdecode(b64decode(request["path"]))) as file:
        # A file that grows meanwhile is read as far as it was hashed.
        bounded = BufferedReader(Bounded(file, request["size"]))
        size, name, about = request["size"], request["name"], request["about"]
        frames: Iterable[Frame]
        if request["drawing"]:
            from qa.reading.pdf.drawing import draw  # most files are only read

            frames = draw(bounded, **request["drawing"])
        else:
            frames = read_file(bounded, size, name, about, request["skip"])
        for frame in frames:
            _send(frame, answers)
            answers.flush()
            allowed.count(frame)
            _limit_time(allowed.seconds)


def _send(frame: Frame, answers: BinaryIO) -> None:
    data = to_json(frame)
    answers.write(struct.pack("<I", len(data)))
    answers.write(data)


def _end(answers: BinaryIO) -> None:
    answers.write(struct.pack("<I", 0))
    answers.flush()


def _end_with(parent: int) -> None:
    """End this process when the one that started it has."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: float) -> None:
    """Let the system end this process when it has computed for so long from now on."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (ceil(time.process_time() + seconds), most))


if __name__ == "__main__":
    main()
