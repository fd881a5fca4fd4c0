"""Files of arrays that can be made again from the catalog: checked when read; large ones are mapped.

    magic, where the header begins, its length and SHA-256 | arrays, one behind the other | header

The header says of which catalog and which of its commits the arrays are, and each array's SHA-256.
A file that doesn't fit in any way is as good as none. An array NAME beside which a NAME.sums lies is
not checked as a whole: too large to be read through, it is checked row by row as it is used.
"""

import json
import mmap
import os
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import DTypeLike, NDArray

_MAGIC = b"C&V arrays 3\n"
_START = struct.Struct(f"<{len(_MAGIC)}sQQ32s")
_ALIGNED = 64  # bytes
_BLOCK = 2**24  # bytes
_READ = 2**26  # bytes; a file up to this is read into memory: whatever befalls it then is no matter

Arrays = Mapping[str, NDArray[Any]]


class Unusable(Exception):  # noqa: N818
    """The file is missing, damaged or of another kind; the message says which."""


@dataclass(frozen=True, slots=True)
class Derived:
    """Arrays made from a catalog's state; none may be written to."""

    catalog: str  # Meta.id
    change: int  # Meta.change
    arrays: Arrays


class Maker:
    """Writes a file of arrays, each once; what is large never stands in memory as a whole."""

    def __init__(self, file: BinaryIO) -> None:
        """Write into an empty file, open for reading and writing."""
        self._file = file
        self._arrays: dict[str, tuple[np.dtype[Any], tuple[int, ...], int]] = {}
        self._end = _START.size

    def write(
        self,
        name: str,
        dtype: DTypeLike,
        shape: tuple[int, ...],
        blocks: Iterable[NDArray[Any]],
    ) -> NDArray[Any]:
        """Write an array block by block, from its first row on, and return it, mapped."""
        start = self._aligned()
        self._file.seek(start)
        for block in blocks:
            self._file.write(np.ascontiguousarray(block, dtype).data)
        self._end = self._file.tell()
        self._file.flush()
        self._arrays[name] = np.dtype(dtype), shape, start
        if not np.prod(shape):
            return np.zeros(shape, dtype)
        return np.memmap(self._file, dtype, "r", start, shape)

    def room(self, name: str, dtype: DTypeLike, count: int) -> NDArray[Any]:
        """Return an array of the file, (count,) and all zero, to be filled in place."""
        kind, start = np.dtype(dtype), self._aligned()
        self._end = start + count * kind.itemsize
        self._file.flush()
        self._reserve(start, count * kind.itemsize)
        self._arrays[name] = kind, (count,), start
        if not count:
            return np.zeros(0, kind)
        return np.memmap(self._file, kind, "r+", start, (count,))

    def _reserve(self, start: int, size: int) -> None:
        """Fill a stretch with zeros: on a full disk this fails, where a map of a hole would kill."""
        self._file.seek(start)
        while size:
            size -= self._file.write(bytes(min(size, _BLOCK)))
        self._file.flush()

    def finish(self, catalog: str, change: int) -> None:
        """Write the header, once nothing more is to come."""
        self._file.flush()
        listed = []
        for name, (dtype, shape, start) in self._arrays.items():
            digest = sha256()
            self._file.seek(start)
            left = dtype.itemsize * int(np.prod(shape))
            while left:
                block = self._file.read(min(left, _BLOCK))
                digest.update(block)
                left -= len(block)
            listed.append([name, dtype.str, shape, start, digest.hexdigest()])
        about = {"catalog": catalog, "change": change, "arrays": listed}
        header = json.dumps(about).encode()
        self._file.seek(self._end)
        self._file.write(header)
        self._file.seek(0)
        self._file.write(_START.pack(_MAGIC, self._end, len(header), sha256(header).digest()))
        self._file.flush()

    def _aligned(self) -> int:
        return -(-self._end // _ALIGNED) * _ALIGNED


def load(path: Path, catalog: str) -> Derived:
    """Return the arrays of a file.

    Args:
        path: Of the file.
        catalog: `Meta.id` of the catalog that they must be of.

    Raises:
        Unusable: if there is no such file, or anything in it isn't what was written.
    """
    try:
        with path.open("rb") as file:
            return map_file(file, catalog)
    except OSError as error:
        raise Unusable("it is missing or can't be read") from error


def map_file(file: BinaryIO, catalog: str) -> Derived:
    """Return the arrays of an open file, as `load` does; it may be closed and deleted then."""
    try:
        if os.fstat(file.fileno()).st_size > _READ:
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        else:
            file.seek(0)
            content = memoryview(file.read())
        magic, start, length, digest = _START.unpack_from(content)
    except struct.error as error:
        raise Unusable("it is cut short") from error
    header = bytes(content[start : start + length])
    if magic != _MAGIC or sha256(header).digest() != digest:
        raise Unusable("its header is damaged")
    about = json.loads(header)
    if about["catalog"] != catalog:
        raise Unusable("it belongs to another corpus")
    names = {name for name, *_ in about["arrays"]}
    arrays = {}
    for name, dtype, shape, at, digest in about["arrays"]:
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(content, dtype, count, at).reshape(shape)
        whole = content[at : at + arrays[name].nbytes]
        if f"{name}.sums" not in names and sha256(whole).hexdigest() != digest:
            raise Unusable(f"its {name} are damaged")
    return Derived(catalog, about["change"], arrays)
