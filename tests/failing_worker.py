"""A worker whose readers fail in every way, by what the file says: what parsers may do."""

import os
import sys
from collections.abc import Iterator
from typing import Any

from qa.reading import decoding, dispatch, worker

really = decoding.decode


def decode(data: bytes) -> str:
    if b"CRASH" in data:
        os.abort()
    if b"HANG" in data:
        while True:
            pass
    if b"EAT" in data:
        return str(bytearray(2**31))
    if b"RECURSE" in data:
        return decode(data)
    if b"EXIT" in data:
        sys.exit(3)
    if b"PRINT" in data:
        print("what a library says", flush=True)
    return really(data)


def read_file(*given: Any) -> Iterator[Any]:
    if given[2] == "nonsense.txt":
        os.write(3, b"\x05\0\0\0[1,2]")
    yield from actual(*given)


dispatch.decode = decode
actual, worker.read_file = worker.read_file, read_file

if __name__ == "__main__":
    worker.main()
