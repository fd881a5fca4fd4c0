"""Conversations in the corpus folder: kept, forgotten, shared, damaged."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa import Corpus, CorpusError, InputError
from qa import conversations as module
from qa.conversations import FILE_NAME, Conversations
from qa.errors import StorageError
from tests.answers import answered, citation, not_found, source
from tests.stub import BagOfWords

Folder = Callable[..., Path]
FOUND, NOTHING = answered(citation(source())), not_found()
SOMEONE = "a" * 22


def test_turns_come_back_in_order(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    one, other = kept.new(), kept.new()
    assert kept.turns(one) == ()
    assert list(tmp_path.iterdir()) == []  # nothing is written before there is something to keep
    turns = [
        kept.add(one, FOUND, {"kind": ["article"], "since": None}),
        kept.add(one, NOTHING),
        kept.add(one, FOUND, {}),
    ]
    kept.add(other, NOTHING)
    assert [turn.n for turn in turns] == [1, 2, 3]
    assert Conversations(tmp_path).turns(one) == tuple(turns)
    assert [turn.n for turn in kept.turns(other)] == [1]
    assert [kept.turns(one, last=n) for n in (0, 1, 2, 3, 4)] == [
        *((), tuple(turns[2:]), tuple(turns[1:]), tuple(turns), tuple(turns)),
    ]
    asked = datetime.fromisoformat(turns[0].asked or "")
    assert asked.tzinfo == UTC
    assert abs(datetime.now(UTC) - asked).total_seconds() < 60


def test_ids_are_never_alike_and_never_anything_else(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    assert len({kept.new() for _ in range(100)}) == 100
    for wrong in ("", "a" * 21, "a" * 23, "a" * 10_000, "../../etc/passwd/12345", f"{SOMEONE}\n"):
        for use in (kept.turns, kept.forget, lambda id_: kept.add(id_, FOUND)):
            with pytest.raises(InputError, match="no conversation's id"):
                use(wrong)
    assert list(tmp_path.iterdir()) == []


def test_what_is_forgotten_is_nowhere_in_the_file(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    kept.forget(SOMEONE)
    gone, stays = kept.new(), kept.new()
    kept.add(gone, not_found(question="Where is the secret key?" * 500))
    kept.add(stays, FOUND)
    assert b"secret key" in (tmp_path / FILE_NAME).read_bytes()
    kept.forget(gone)
    assert (kept.turns(gone), len(kept.turns(stays))) == ((), 1)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
    assert b"secret key" not in (tmp_path / FILE_NAME).read_bytes()


def test_a_conversation_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KEPT", 2)
    kept = Conversations(tmp_path)
    kept.add(SOMEONE, FOUND)
    kept.add(SOMEONE, FOUND)
    with pytest.raises(InputError, match="has 2 questions"):
        kept.add(SOMEONE, FOUND)
    assert kept.add(kept.new(), FOUND).n == 1


def test_threads_add_to_one_conversation(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        turns = list(pool.map(lambda _: kept.add(SOMEONE, FOUND), range(40)))
    assert sorted(turn.n for turn in turns) == list(range(1, 41))
    assert len(kept.turns(SOMEONE)) == 40


def test_processes_add_to_one_conversation(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom qa.conversations import Conversations\n"
        "from tests.answers import not_found\n"
        f"for _ in range(10): Conversations(Path(sys.argv[1])).add({SOMEONE!r}, not_found())"
    )
    running = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", code, tmp_path]) for _ in range(3)
    ]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert [turn.n for turn in Conversations(tmp_path).turns(SOMEONE)] == list(range(1, 31))


# Damage


def altered(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path / FILE_NAME, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE turns SET content = replace(content, 'red', 'blue')",
        "UPDATE turns SET content = CAST(x'ff' AS TEXT)",
        "DELETE FROM turns WHERE n = 1",
        "UPDATE turns SET n = 3 WHERE n = 2",
        "DROP TABLE turns",
    ],
)
def test_rows_that_are_not_as_they_were_are_told(tmp_path: Path, statement: str) -> None:
    kept = Conversations(tmp_path)
    kept.add(SOMEONE, FOUND)
    kept.add(SOMEONE, FOUND)
    altered(tmp_path, statement)
    with pytest.raises(StorageError):
        kept.turns(SOMEONE)


@pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\0" + bytes(5000)])
def test_a_file_of_something_else_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    kept = Conversations(tmp_path)
    for use in (kept.turns, kept.forget, lambda id_: kept.add(id_, FOUND)):
        with pytest.raises(StorageError, match="Move it away or delete"):
            use(SOMEONE)
    assert (tmp_path / FILE_NAME).read_bytes() == content
    assert "damaged" in kept.problems()[0]


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    altered(tmp_path, "CREATE TABLE diary (day TEXT)")
    with pytest.raises(StorageError, match="something else"):
        Conversations(tmp_path).add(SOMEONE, FOUND)


def test_a_file_that_was_just_begun_is_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    kept = Conversations(tmp_path)
    assert kept.turns(SOMEONE) == ()
    kept.forget(SOMEONE)
    assert kept.problems() == []
    assert kept.add(SOMEONE, FOUND).n == 1


def test_a_later_format_is_refused(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    kept.add(SOMEONE, FOUND)
    altered(tmp_path, "PRAGMA user_version = 9")
    for use in (kept.turns, kept.forget, lambda id_: kept.add(id_, FOUND)):
        with pytest.raises(CorpusError, match="format 9"):
            use(SOMEONE)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read or written"):
        Conversations(tmp_path / "none").add(SOMEONE, FOUND)


def test_where_nothing_can_be_written_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Conversations(tmp_path)
    turn = kept.add(SOMEONE, FOUND)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert kept.turns(SOMEONE) == (turn,)
    assert kept.problems() == []
    with pytest.raises(StorageError, match="readonly"):
        kept.forget(SOMEONE)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_what_another_has_just_written_is_read_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Conversations(tmp_path)
    turns = [kept.add(SOMEONE, FOUND)]
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other:
        other.execute("SELECT * FROM turns").fetchall()  # keeps the log from being taken in
        turns.append(kept.add(SOMEONE, NOTHING))
        assert (tmp_path / f"{FILE_NAME}-wal").stat().st_size
        monkeypatch.setattr("os.access", lambda path, mode: False)
        assert kept.turns(SOMEONE) == tuple(turns)


# In a corpus


def test_a_corpus_counts_and_checks_them(corpus: Corpus, folder: Folder) -> None:
    corpus.add(folder("f", {"a.txt": "The hall has a red door."}))
    kept = Conversations(corpus.path)
    assert corpus.verify().checked[-1] == "the indexes"
    kept.add(SOMEONE, corpus.ask("What colour is the door of the hall?"))
    assert corpus.stats().sizes["conversations"] == (corpus.path / FILE_NAME).stat().st_size > 0
    found = corpus.verify()
    assert (found.checked[-1], found.problems) == ("the conversations", ())
    altered(corpus.path, "UPDATE turns SET content = ''")
    (problem,) = corpus.verify().problems
    assert "1 row isn't what was written" in problem
    with Corpus.open(corpus.path, model=BagOfWords()) as again:  # which doesn't depend on them
        assert again.ask("What colour is the door of the hall?").status == "answered"
