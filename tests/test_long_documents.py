"""A document that is never in memory as a whole: indexed, cited, changed, interrupted."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qa import committing
from qa.catalog import texts
from qa.corpus import Corpus
from qa.errors import Cancelled, StorageError
from qa.types import Document, Progress
from tests.stub import BagOfWords

LINES = 2_000


def text(colour: str = "red") -> str:
    return "".join(
        f"House {number} has {number * 7} windows and a {colour if number == 1_700 else 'blue'} "
        f"door.{chr(10) * (1 + (number % 5 == 0))}"
        for number in range(LINES)
    )


@pytest.fixture(autouse=True)
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committing, "_HELD", 10_000)
    monkeypatch.setattr(committing, "_BATCH", 50)
    monkeypatch.setattr(committing, "_CHUNK", 20)
    monkeypatch.setattr(texts, "LENGTH", 1_000)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "houses.txt").write_text(text())
    (tmp_path / "f" / "small.txt").write_text("The mill has a green door.")
    return tmp_path / "f"


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with Corpus.create(tmp_path / "corpus", model=BagOfWords()) as made:
        yield made


def test_a_long_document_is_whole_and_cited(corpus: Corpus, root: Path) -> None:
    report = corpus.add(root)
    assert report.added == ("houses.txt", "small.txt")
    assert [read.indexed == read.characters for read in report.read] == [True, True]
    document = corpus.document("houses.txt")
    assert document.text == text()
    assert document.places is not None
    at = document.text.index("House 1700 ")
    line = document.text.count("\n", 0, at) + 1
    assert document.places.at(at, at + 5).first == line
    for passage in corpus.passages():
        whole = corpus.document(passage.doc_id)
        assert whole.text[passage.start : passage.end] == passage.text
        assert whole.places is not None
        assert whole.places.at(passage.start, passage.end) == passage.place
    first = corpus.ask("Which house has a red door?").citations[0]
    assert document.text[first.start : first.end] == first.quote
    assert first.place.first <= line <= first.place.last
    assert corpus.resolve(first.id).status == "exact"
    assert corpus.verify().problems == ()
    assert corpus.add(root).unchanged == ("houses.txt", "small.txt")


def test_progress_goes_on_through_a_long_document(corpus: Corpus, root: Path) -> None:
    said: list[Progress] = []
    corpus.add(root, progress=said.append)
    done = [progress.done for progress in said if progress.doc_id == "houses.txt"]
    assert done == sorted(done)
    size = (root / "houses.txt").stat().st_size
    assert size // 2 in done  # read and encoded; what is left is to write it
    assert said[-1].done == said[-1].total


def test_a_change_and_a_removal(corpus: Corpus, root: Path) -> None:
    corpus.add(root)
    first = corpus.ask("Which house has a red door?").citations[0]
    (root / "houses.txt").write_text(text("white"))
    assert corpus.add(root, rehash=True).updated == ("houses.txt",)
    assert corpus.resolve(first.id).status == "changed"
    assert corpus.remove("houses.txt") == ("houses.txt",)
    assert [listing.doc_id for listing in corpus.documents()] == ["small.txt"]
    assert corpus.verify().problems == ()


def test_an_interruption_keeps_what_was_encoded(corpus: Corpus, root: Path) -> None:
    said = 0

    def stop(progress: Progress) -> None:
        nonlocal said
        said += progress.doc_id == "houses.txt"
        if said > 4:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        corpus.add(root, progress=stop)
    assert corpus.documents() == ()
    encoder = corpus._model._encoder
    assert isinstance(encoder, BagOfWords)
    before = set(encoder.encoded)
    assert before
    encoder.encoded.clear()
    corpus.add(root)
    assert corpus.document("houses.txt").text == text()
    assert before.isdisjoint(encoder.encoded)


def test_a_long_document_from_memory(corpus: Corpus) -> None:
    report = corpus.add_documents([Document("memo", text())])
    assert report.added == ("memo",)
    assert corpus.document("memo").text == text()


def test_a_file_that_changes_between_its_two_readings_costs_itself(
    corpus: Corpus, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = committing.Committer.put_long

    def late(self: committing.Committer, unit: committing.Unit, again: Any) -> None:
        (root / "houses.txt").write_text(text("white"))
        really(self, unit, again)

    monkeypatch.setattr(committing.Committer, "put_long", late)
    report = corpus.add(root)
    assert report.added == ("small.txt",)
    assert "changed while it was read" in report.skipped[0].reason
    assert [listing.doc_id for listing in corpus.documents()] == ["small.txt"]


def test_a_long_document_under_another_name(corpus: Corpus, root: Path) -> None:
    corpus.add(root)
    (root / "houses.txt").rename(root / "doors.txt")
    assert corpus.add(root).renamed == (("houses.txt", "doors.txt"),)


def test_a_part_of_a_text_that_is_missing_is_told(corpus: Corpus, root: Path) -> None:
    corpus.add(root)
    with closing(sqlite3.connect(corpus.path / "catalog.sqlite")) as db, db:
        db.execute("DELETE FROM texts WHERE start = 5000")
    with corpus._catalog.reading() as view:
        assert view.text("houses.txt", 4_100, 4_200) == text()[4_100:4_200]
        for span in ((5_100, 5_130), (4_990, 6_010)):
            with pytest.raises(StorageError, match="missing"):
                view.text("houses.txt", *span)
