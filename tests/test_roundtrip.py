"""Any words of a document are found at their place by another reader of the file."""

import csv
import io
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.reading.frames import Segment
from qa.types import Document
from tests.reading import frames, read
from tests.test_pdf import long_document

CELL = st.from_regex(r"[A-Za-z][A-Za-z0-9 ,\"']{0,12}[a-z]", fullmatch=True)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=3, max_size=12))
def test_rows_of_a_csv(table: list[list[str]]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows(table)
    (segment,) = (
        frame for frame in frames(file.getvalue().encode(), "a.csv") if isinstance(frame, Segment)
    )
    rows = list(csv.reader(io.StringIO(file.getvalue())))
    for block in segment.blocks:
        place = segment.places.at(block.start, block.end)
        assert place.first == place.last
        said = segment.text[block.start : block.end]
        for cell in rows[place.first - 1]:
            assert " ".join(cell.split()) in said


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, list[str]]:
    """A document and what pdftotext says of each of its pages."""
    path: Path = tmp_path_factory.mktemp("pdf") / "a.pdf"
    path.write_bytes(long_document())
    document = read(path.read_bytes(), "a.pdf")
    assert document.places is not None
    pages = []
    for number in document.places.numbers:
        said = ""
        for order in ((), ("-layout",)):  # columns one after the other, or as they stand
            page = ("-f", str(number), "-l", str(number), str(path), "-")
            run = subprocess.run(["pdftotext", *order, *page], capture_output=True, check=True)
            said += f"{folded(run.stdout.decode())}\n"
        pages.append(said)
    return document, pages


def folded(text: str) -> str:
    """Text without white space, and without the hyphens that may stand at a line's end."""
    return re.sub(r"[\s-]", "", text)


@settings(max_examples=200)
@given(st.data())
def test_words_of_a_pdf(pdf: tuple[Document, list[str]], data: st.DataObject) -> None:
    document, pages = pdf
    assert document.places is not None
    block = data.draw(st.sampled_from(document.blocks))
    start = data.draw(st.integers(block.start, block.end - 1))
    end = data.draw(st.integers(start + 1, block.end))
    place = document.places.at(start, end)
    for number in range(place.first, place.last + 1):
        # A paragraph may go on over pages: of each, its own part.
        first = document.places.starts[number - 1]
        after = [*document.places.starts[number:], len(document.text)][0]
        part = document.text[max(start, first) : min(end, after)]
        assert folded(part.replace("|", "")) in pages[number - 1]
