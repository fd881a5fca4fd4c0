"""Files of arrays that can be made again from the catalog: checked block by block when read.

    magic, length of the header, its SHA-256 | header: JSON | arrays, one behind the other

The header says of which catalog and which of its commits the arrays are, and the BLAKE2b of every
block of them. A file that doesn't fit in any way is as good as none.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.atomic import write_atomically

_MAGIC = b"C&V arrays 1\n"
_START = struct.Struct(f"<{len(_MAGIC)}sQ32s")
_BLOCK = 2**20  # bytes

Arrays = Mapping[str, NDArray[Any]]


class Unusable(Exception):  # noqa: N818
    """The file is missing, damaged or of another kind; the message says which."""


@dataclass(frozen=True, slots=True)
class Derived:
    """Arrays made from a catalog's state."""

    catalog: str  # Meta.id
    change: int  # Meta.change
    arrays: Arrays


def save(path: Path, derived: Derived) -> None:
    """Write arrays to a file, in place of what was there.

    Raises:
        OSError: if the disk refuses; the file is what it was then.
    """
    arrays = {name: np.ascontiguousarray(array) for name, array in derived.arrays.items()}
    body = b"".join(array.tobytes() for array in arrays.values())
    header = json.dumps(
        {
            "catalog": derived.catalog,
            "change": derived.change,
            "arrays": [[name, a.dtype.str, list(a.shape)] for name, a in arrays.items()],
            "bytes": len(body),
            "blocks": _digests(body),
        }
    ).encode()
    write_atomically(path, _START.pack(_MAGIC, len(header), sha256(header).digest()), header, body)


def load(path: Path, catalog: str) -> Derived:
    """Return the arrays of a file, every block of it checked.

    Raises:
        Unusable: if there is no such file, or anything in it isn't what was written.
    """
    try:
        content = memoryview(path.read_bytes())
        magic, length, digest = _START.unpack_from(content)
    except (OSError, struct.error) as error:
        raise Unusable("it is missing or cut short") from error
    header = bytes(content[_START.size : _START.size + length])
    if magic != _MAGIC or sha256(header).digest() != digest:
        raise Unusable("its header is damaged")
    about = json.loads(header)
    body = content[_START.size + length :]
    if len(body) != about["bytes"] or _digests(body) != about["blocks"]:
        raise Unusable("a block of it is damaged")
    if about["catalog"] != catalog:
        raise Unusable("it belongs to another corpus")
    arrays, at = {}, 0
    for name, dtype, shape in about["arrays"]:
        array = np.frombuffer(body, dtype, int(np.prod(shape)), at).reshape(shape)
        arrays[name], at = array, at + array.nbytes
    return Derived(catalog, about["change"], arrays)


def _digests(body: bytes | memoryview) -> list[str]:
    return [
        blake2b(body[at : at + _BLOCK], digest_size=16).hexdigest()
        for at in range(0, len(body), _BLOCK)
    ]
