"""Long plain texts, read a stretch at a time: memory stays flat however long the file is."""

import io
from collections.abc import Iterator
from typing import BinaryIO

from qa.reading.boilerplate import mark_boilerplate
from qa.reading.decoding import damage, tell_encoding
from qa.reading.frames import Closing, Segment
from qa.reading.plain import plain_blocks
from qa.types import PlaceMap

SEGMENT = 2**18  # characters; some eighty pages
_READ = 2**16  # characters at a time
_SAMPLE = 2**20  # bytes that tell the encoding
# Where a stretch may end, best first: between paragraphs, lines, words. A text without any is cut
# where it is long enough.
_BREAKS = ("\n\n", "\n", " ")


def stream_text(file: BinaryIO) -> Iterator[Segment | Closing]:
    """Yield a text's stretches.

    Raises:
        InputError: if it is no text.
    """
    sample = file.read(_SAMPLE)
    encoding = tell_encoding(sample, whole=len(sample) < _SAMPLE)
    file.seek(0)
    line = 1  # the number of the one that a stretch begins in
    damaged = 0
    for text in _stretches(_decoded(file, encoding)):
        damaged += text.count("\ufffd")
        if any(char.isalnum() for char in text):
            yield Segment(text, mark_boilerplate(text, plain_blocks(text, "")), _lines(text, line))
        else:
            yield Segment(text, (), _lines(text, line))
        line += text.count("\n")
    yield Closing(notes=damage(damaged))


def _decoded(file: BinaryIO, encoding: str) -> Iterator[str]:
    # Makes line ends uniform, also where one falls between two readings.
    reader = io.TextIOWrapper(file, encoding, "replace", newline=None)
    is_first = True
    while text := reader.read(_READ):
        yield text.removeprefix("\ufeff").replace("\0", "") if is_first else text.replace("\0", "")
        is_first = False
    reader.detach()


def _stretches(pieces: Iterator[str]) -> Iterator[str]:
    waiting = ""
    for piece in pieces:
        waiting += piece
        while len(waiting) > SEGMENT:
            cut = next(
                (at + len(mark) for mark in _BREAKS if (at := waiting.rfind(mark, 1, SEGMENT)) > 0),
                SEGMENT,
            )
            yield waiting[:cut]
            waiting = waiting[cut:]
    if waiting:
        yield waiting


def _lines(text: str, first: int) -> PlaceMap:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return PlaceMap("line", tuple(starts), tuple(range(first, first + len(starts))))
