"""Files that hold several documents: archives, and mail with attachments."""

import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest

from qa.corpus import Corpus
from qa.reports import report_lines
from qa.types import Document
from tests.stub import BagOfWords

PEARS = "The pears ripen in the long shed beside the mill until the end of October."
APPLES = "The apples are stored in the cool cellar under the old school all winter."


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with Corpus.create(tmp_path / "corpus", model=BagOfWords()) as made:
        yield made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "f").mkdir()
    return tmp_path / "f"


def pack(path: Path, files: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)


def ids(corpus: Corpus) -> list[str]:
    return [listing.doc_id for listing in corpus.documents()]


def test_files_in_an_archive_are_documents_of_their_own(corpus: Corpus, root: Path) -> None:
    pack(root / "all.zip", {"fruit/pears.txt": PEARS, "apples.md": f"# Apples\n\n{APPLES}"})
    report = corpus.add(root)
    assert report.added == ("all.zip/apples.md", "all.zip/fruit/pears.txt")
    first = corpus.ask("Where do the pears ripen?").citations[0]
    assert (first.doc_id, first.quote) == ("all.zip/fruit/pears.txt", PEARS)
    assert corpus.add(root).unchanged == report.added
    assert corpus.verify().problems == ()


def test_what_has_gone_from_an_archive_is_removed(corpus: Corpus, root: Path) -> None:
    pack(root / "all.zip", {"a.txt": APPLES, "b.txt": PEARS})
    corpus.add(root)
    pack(root / "all.zip", {"b.txt": PEARS, "c.txt": APPLES})
    report = corpus.add(root, rehash=True)
    assert (report.added, report.updated, report.removed) == (
        *(("all.zip/c.txt",), ("all.zip/b.txt",), ("all.zip/a.txt",)),
    )
    assert ids(corpus) == ["all.zip/b.txt", "all.zip/c.txt"]
    (root / "all.zip").unlink()
    assert corpus.add(root).removed == ("all.zip/b.txt", "all.zip/c.txt")


def test_a_renamed_archive_takes_its_documents_along(corpus: Corpus, root: Path) -> None:
    pack(root / "all.zip", {"a.txt": APPLES, "b.txt": PEARS})
    corpus.add(root)
    (root / "all.zip").rename(root / "fruit.zip")
    report = corpus.add(root)
    assert report.renamed == (
        *(("all.zip/a.txt", "fruit.zip/a.txt"), ("all.zip/b.txt", "fruit.zip/b.txt")),
    )
    assert ids(corpus) == ["fruit.zip/a.txt", "fruit.zip/b.txt"]
    assert corpus.add(root).unchanged == ("fruit.zip/a.txt", "fruit.zip/b.txt")


def test_one_document_of_an_archive_can_be_removed(corpus: Corpus, root: Path) -> None:
    pack(root / "all.zip", {"a.txt": APPLES, "b.txt": PEARS})
    corpus.add(root)
    assert corpus.remove("all.zip/a.txt") == ("all.zip/a.txt",)
    assert ids(corpus) == ["all.zip/b.txt"]
    assert corpus.remove(root / "all.zip") == ("all.zip/b.txt",)


def test_a_mail_is_cited_apart_from_its_attachment(corpus: Corpus, root: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann Lee <a@x.org>", "b@x.org", "The fruit"
    mail["Date"] = "Fri, 24 May 2019 10:00:00 +0000"
    mail.set_content(f"Dear Bob,\n\n{APPLES}\n\nAnn")
    mail.add_attachment(PEARS, filename="pears.txt")
    mail.add_attachment(b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "image", "png", filename="tree.png")
    (root / "fruit.eml").write_bytes(mail.as_bytes())
    report = corpus.add(root)
    assert report.added == ("fruit.eml", "fruit.eml/pears.txt")
    assert [skipped.path for skipped in report.skipped] == ["fruit.eml/tree.png"]
    letter = corpus.ask("Where are the apples stored?").citations[0]
    assert (letter.doc_id, letter.title, letter.author) == ("fruit.eml", "The fruit", "Ann Lee")
    attached = corpus.ask("Where do the pears ripen?").citations[0]
    assert (attached.doc_id, attached.published) == ("fruit.eml/pears.txt", "2019-05-24")
    assert "Read: 1 mail" in " ".join(report_lines(report))


def test_an_archive_in_a_folder_of_its_name(corpus: Corpus, root: Path, tmp_path: Path) -> None:
    other = tmp_path / "g"
    (other / "all.zip").mkdir(parents=True)
    (other / "all.zip" / "a.txt").write_text(PEARS)
    pack(root / "all.zip", {"a.txt": APPLES})
    corpus.add(other, root)
    texts = sorted(corpus.document(doc_id).text for doc_id in ids(corpus))
    assert texts == [APPLES, PEARS]
    assert len(corpus.add(other, root).unchanged) == 2


def test_two_archives_of_one_name(corpus: Corpus, tmp_path: Path) -> None:
    for year, text in (("2019", APPLES), ("2020", PEARS)):
        (tmp_path / year).mkdir()
        pack(tmp_path / year / "minutes.zip", {"january.txt": text})
        corpus.add(tmp_path / year)
    assert ids(corpus) == ["2020/minutes.zip/january.txt", "minutes.zip/january.txt"]


def test_no_member_takes_the_place_of_a_document_from_memory(corpus: Corpus, root: Path) -> None:
    corpus.add_documents([Document("all.zip/a.txt", "The key lies under the mat.")])
    pack(root / "all.zip", {"a.txt": APPLES})
    corpus.add(root)
    assert corpus.document("all.zip/a.txt").text == "The key lies under the mat."
    assert len(ids(corpus)) == 2


def test_a_part_that_was_lost_is_read_again(corpus: Corpus, root: Path) -> None:
    pack(root / "all.zip", {"a.txt": APPLES, "b.txt": PEARS})
    corpus.add(root)
    with closing(sqlite3.connect(corpus.path / "catalog.sqlite")) as db, db:
        db.execute("UPDATE texts SET text = 'x' WHERE start = 0 AND text LIKE '%pears%'")
    corpus.add(root, rehash=True)
    assert ids(corpus) == ["all.zip/a.txt", "all.zip/b.txt"]
    assert corpus.document("all.zip/b.txt").text == PEARS
    corpus.remove("all.zip/a.txt")
    assert corpus.add(root).added == ("all.zip/a.txt",)


def test_what_was_left_out_is_named_in_every_report(corpus: Corpus, root: Path) -> None:
    pack(root / "all.zip", {"a.txt": APPLES, "b.jpg": "\xff\xd8\xff"})
    for _ in range(2):
        (skipped,) = corpus.add(root).skipped
        assert skipped.path == "all.zip/b.jpg"


def test_the_name_of_a_file_means_all_that_is_in_it(corpus: Corpus, root: Path) -> None:
    pack(root / "all.zip", {"a.txt": APPLES, "b.txt": PEARS})
    corpus.add(root)
    assert corpus.remove("all.zip") == ("all.zip/a.txt", "all.zip/b.txt")
