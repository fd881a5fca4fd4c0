"""Several at once: those who build one corpus, those who ask while all changes; and long histories."""

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.reliability.builders import race
from benchmarks.reliability.churn import QUESTIONS as QUESTIONS_OF_TOWNS
from benchmarks.reliability.churn import Folder, churn, differences, said
from benchmarks.reliability.swaps import QUESTIONS, swap, versioned
from qa import Corpus, Document, folding
from qa.cli import main
from qa.errors import CorpusError, StorageError
from qa.locking import writer_lock
from qa.state import FILE_NAME as INDEXES
from tests.stub import BagOfWords

Write = Callable[..., Path]


def test_of_several_builders_one_writes_and_the_others_are_told_who(tmp_path: Path) -> None:
    files = Folder(tmp_path / "files", 5, seed=0).path
    attempts, wrong = race(tmp_path / "together", files, count=3, tries=4)
    assert wrong == []
    assert sorted(a.changed for a in attempts if a.phase == "add") == [0, 0, 5]
    with (
        Corpus.create(tmp_path / "alone", model=BagOfWords()) as alone,
        Corpus.open(tmp_path / "together", model=BagOfWords()) as together,
    ):
        alone.add(files)
        asked = ["How many clocks were lost in Carlton?"]
        assert differences(said(together, asked), said(alone, asked)) == []


def test_a_corpus_made_meanwhile_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = BagOfWords()
    rename = Path.replace

    def too_late(made: Path, folder: Path) -> Path:
        monkeypatch.setattr(Path, "replace", rename)
        Corpus.create(tmp_path / "c", model=encoder).close()
        return rename(made, folder)

    monkeypatch.setattr(Path, "replace", too_late)
    with pytest.raises(CorpusError, match="made by another process"):
        Corpus.create(tmp_path / "c", model=encoder)
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
    Corpus.open(tmp_path / "c", model=encoder).close()


def test_a_writer_that_is_just_going_is_followed(corpus: Corpus) -> None:
    held, going = threading.Event(), threading.Event()

    def hold() -> None:
        with writer_lock(corpus.path):
            (corpus.path / "writer.txt").unlink()  # as it is a moment before the lock is free
            held.set()
            going.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    with pytest.raises(StorageError, match="written by another process"):
        corpus.add_documents([])
    going.set()
    corpus.add_documents([])
    holder.join()


def test_an_empty_corpus_that_another_fills_is_not_removed(
    tmp_path: Path, folder: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "c"
    files = folder("f", {"a.txt": "Apples grow on trees."})
    create = Corpus.create
    with ExitStack() as other:

        def made_and_taken(path: Path) -> Corpus:
            made = create(path, model=BagOfWords())
            other.enter_context(writer_lock(home))
            return made

        monkeypatch.setattr(Corpus, "create", made_and_taken)
        assert main(["index", str(files), "--corpus", str(home)]) == 3
    assert (home / "catalog.sqlite").exists()


def test_no_answer_mixes_two_versions(tmp_path: Path) -> None:
    found = swap(tmp_path / "c", swaps=5, processes=1, threads=2, own=1)
    assert {name: seen.failures for name, seen in found.items() if seen.failures} == {}
    assert all(seen.asked >= 2 for name, seen in found.items() if name != "the end")


def test_a_search_is_of_the_state_it_began_in(tmp_path: Path) -> None:
    with Corpus.create(tmp_path / "c", model=BagOfWords()) as corpus:
        corpus.add_documents(versioned(0).values())
        with Corpus.open(corpus.path, model=BagOfWords()) as other:
            before = corpus.search(QUESTIONS[0])
            encode = BagOfWords.encode_question

            class Slow(BagOfWords):
                def encode_question(self, text):  # the documents change while the question is read
                    other.add_documents(versioned(1).values())
                    return encode(self, text)

            with Corpus.open(corpus.path, model=Slow()) as slow:
                assert slow.search(QUESTIONS[0]) == before
                assert slow.search(QUESTIONS[0]) == other.search(QUESTIONS[0]) != before


def test_words_are_folded_alike_in_any_thread() -> None:
    endings = ("ational", "ization", "fulness", "iveness", "ability", "ations", "ously", "ingly")
    made = [f"{a}{b}rel{ending}" for a in "bcdfgklm" for b in "aeiou" for ending in endings]
    folding._forms.cache_clear()
    alone = {word: folding._forms(word) for word in made}
    folding._forms.cache_clear()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            together = list(
                threads.map(lambda n: {w: folding._forms(w) for w in made[n:]}, range(4))
            )
    finally:
        sys.setswitchinterval(interval)
        folding._forms.cache_clear()  # what was folded wrong would stay so
    assert all(alone[word] == found for each in together for word, found in each.items())


def test_many_changes_leave_no_trace(tmp_path: Path) -> None:
    assert (
        churn(tmp_path, files=12, rounds=3, seed=1, share=0.1, questions=QUESTIONS_OF_TOWNS[:2])
        == []
    )


def test_the_indexes_file_is_written_again_when_much_has_changed(tmp_path: Path) -> None:
    with Corpus.create(tmp_path / "c", model=BagOfWords()) as corpus:
        corpus.add_documents(versioned(0).values())
        first = (corpus.path / INDEXES).read_bytes()
        corpus.add_documents(versioned(1).values())  # few passages are caught up in no time
        assert (corpus.path / INDEXES).read_bytes() == first
        corpus.add_documents(Document(f"{n}.txt", f"Number {n}.") for n in range(250))
        assert (corpus.path / INDEXES).read_bytes() != first


def test_a_thread_that_outlives_the_main_one_is_answered(tmp_path: Path) -> None:
    with Corpus.create(tmp_path / "corpus", model=BagOfWords()) as corpus:
        corpus.add_documents([Document("a", "Apples are ripe in the orchard.")])
    late = """
import sys, threading
from qa import Corpus
from tests.stub import BagOfWords
def ask():
    threading.main_thread().join()
    print(Corpus.open(sys.argv[1], model=BagOfWords()).ask("What are apples?").status)
threading.Thread(target=ask).start()
"""
    run = [sys.executable, "-c", late, str(tmp_path / "corpus")]
    assert subprocess.run(run, capture_output=True, text=True, timeout=60).stdout == "answered\n"
