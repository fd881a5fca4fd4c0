"""A page of a PDF -> a picture of it, with the words that stand on it and their boxes.

Runs in a worker process, as all that touches a stranger's file does.
"""

import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from qa.errors import InputError
from qa.reading.frames import Picture
from qa.reading.pdf.pages import Leaf
from qa.reading.pdf.pdfium import PdfFile

CHANGED = "it has changed since it was indexed"
_EFFORT = 1  # of compressing: more of it takes twice as long for a tenth less


def draw(file: BinaryIO, number: int, width: int, digest: str) -> Iterator[Picture]:
    """Yield the picture of a page.

    Args:
        file: At its beginning.
        number: Of the page, from 1.
        width: Pixels.
        digest: SHA-256 of the file as it was indexed, in hex.

    Raises:
        InputError: if the file is another now, or the page can't be drawn, with the reason.
    """
    data = file.read()
    if sha256(data).hexdigest() != digest:
        raise InputError(CHANGED)
    pdf = PdfFile(data)
    try:
        leaf = pdf.leaf(number, width)
    finally:
        pdf.close()
    yield Picture(b64encode(png(leaf)).decode(), leaf.width, leaf.height, leaf.words)


def png(leaf: Leaf) -> bytes:
    """Return a leaf's picture as PNG (ISO/IEC 15948), its rows unfiltered."""
    stride = 3 * leaf.width
    rows = b"".join(b"\0" + leaf.rows[at : at + stride] for at in range(0, len(leaf.rows), stride))
    head = struct.pack(">IIBBBBB", leaf.width, leaf.height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, _EFFORT)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
