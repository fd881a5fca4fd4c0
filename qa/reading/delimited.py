"""CSV and TSV -> rows, however cells are told apart.

The separator is the one by which most lines have the same number of cells: `csv.Sniffer` guesses
from the frequency of characters instead, and its patterns take minutes on unlucky files.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO, TextIOWrapper
from itertools import chain
from typing import BinaryIO

from qa.errors import InputError
from qa.reading.building import Builder, Draft
from qa.reading.decoding import damage, decode, tell_encoding
from qa.reading.frames import Closing, Segment
from qa.reading.streaming import SEGMENT
from qa.reading.tabular import Rows, pieces

MAX_CELL = 2**20  # characters; a quotation mark that is never closed swallows what follows
_ANY_LENGTH = 2**31 - 1
_SEPARATORS = "\t;,|"
_NONE = "\x1f"  # separates nothing: stands in no text
_TOLD = re.compile("sep=(.)", re.IGNORECASE)  # first line: "sep=;"
_SAMPLE = 200  # lines
_SAMPLE_LENGTH = 200_000  # characters
_TELLS = 2**20  # bytes that tell the encoding
# "Rent;1,5;2,5": these commas are the numbers' own.
_DECIMALS = re.compile(r"(?<=\d),(?=\d)")
_REGULAR = 0.5  # share of the rows that must have the same number of cells


def read_delimited(data: bytes, name: str) -> Iterator[Draft]:  # noqa: ARG001 - as every reader
    """Yield the one document: a row of the file is a row of it.

    Raises:
        InputError: if it is no text, or too much.
    """
    text = decode(data)
    try:
        yield _draft(text, quoted=True)
    except csv.Error:
        yield _draft(text, quoted=False)


def _draft(text: str, *, quoted: bool) -> Draft:
    builder = Builder("row")
    Rows(builder).put(rows(StringIO(text, newline="\n"), quoted=quoted))
    notes = (
        ()
        if quoted or '"' not in text
        else ("a quotation mark in it is never closed, so none was taken as one",)
    )
    return Draft(*builder.finish(), notes=notes)


def stream_delimited(file: BinaryIO) -> Iterator[Segment | Closing]:
    """Yield a long file's rows a stretch at a time.

    Raises:
        InputError: if it is no text, or a quotation mark is never closed.
    """
    encoding = tell_encoding(sample := file.read(_TELLS), whole=len(sample) < _TELLS)
    file.seek(0)
    reader = TextIOWrapper(file, encoding, "replace", newline="")
    builder, damaged = Builder("row"), 0
    try:
        for piece in pieces(rows(line.replace("\0", "") for line in reader)):
            damaged += piece.text.count("\ufffd")
            builder.unit(piece.number)
            builder.add(piece.kind, piece.text)
            if builder.length > SEGMENT:
                text, blocks, places = builder.finish()
                yield Segment(f"{text}\n", blocks, places)
                builder = Builder("row")
    except csv.Error as error:
        raise InputError("a quotation mark in it is never closed") from error
    finally:
        reader.detach()
    if not builder.empty:
        yield Segment(*builder.finish())
    yield Closing(notes=damage(damaged))


def rows(lines: Iterable[str], *, quoted: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of every record, from 1, and its cells.

    Args:
        lines: With their ends, which belong to a cell in quotation marks.
        quoted: Whether quotation marks hold a cell together.

    Raises:
        csv.Error: if a cell is longer than `MAX_CELL`.
    """
    stream = iter(lines)
    sample = _sample(stream)
    first = 1
    if sample and (told := _TOLD.fullmatch(sample[0].rstrip("\r\n"))):
        del sample[0]  # it is for spreadsheet programs
        first = 2
    csv.field_size_limit(MAX_CELL if quoted else _ANY_LENGTH)
    separator = told[1] if first == 2 and told else _separator(sample, quoted=quoted)
    yield from enumerate(_parse(chain(sample, stream), separator, quoted=quoted), first)


def _parse(
    lines: Iterable[str], separator: str, *, quoted: bool, strict: bool = False
) -> Iterator[list[str]]:
    return csv.reader(
        lines,
        delimiter=separator,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        skipinitialspace=True,
        strict=strict,
    )


def _sample(stream: Iterator[str]) -> list[str]:
    taken: list[str] = []
    length = 0
    while length < _SAMPLE_LENGTH and (line := next(stream, None)) is not None:
        taken.append(line)
        length += len(line)
        if len(taken) == _SAMPLE:
            break
    return taken


def _separator(sample: Sequence[str], *, quoted: bool) -> str:
    """Return what separates the cells, or a character that doesn't occur where nothing does."""
    best, found = (False, 0.0, 0), _NONE
    for separator in _SEPARATORS:
        try:
            widths = Counter(len(row) for row in _parse(sample, separator, quoted=quoted) if row)
        except csv.Error:
            if any('"' in line for line in sample):
                raise
            continue  # long lines that it doesn't divide
        regular = {width: count for width, count in widths.items() if width > 1}
        if regular:
            width, count = max(regular.items(), key=lambda item: (item[1], item[0]))
            share = count / widths.total()
            if separator == "," and found == ";" and share <= best[1] and _decimal(sample):
                continue
            rank = (_fits(sample, separator, quoted=quoted), share, width)
            if share >= _REGULAR and rank > best:
                best, found = rank, separator
    return found


def _fits(sample: Sequence[str], separator: str, *, quoted: bool) -> bool:
    """Whether every quotation mark that closes a cell stands before a separator or a line's end."""
    try:
        for _ in _parse(sample, separator, quoted=quoted, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)  # the sample ends within a cell
    return True


def _decimal(sample: Sequence[str]) -> bool:
    """Whether all commas stand as in "2,5"."""
    commas = sum(line.count(",") for line in sample)
    return commas == sum(len(_DECIMALS.findall(line)) for line in sample)
