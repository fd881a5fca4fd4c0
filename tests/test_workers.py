"""Files are read by processes of their own: whatever one does to its reader, the others are read."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.reading import workers
from qa.reading.formats import Left
from qa.reading.frames import Opening, Segment
from qa.reading.workers import Pool, Request


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    monkeypatch.setattr(workers, "_MODULE", "tests.failing_worker")
    monkeypatch.setattr(workers, "SECONDS", 1.0)
    found = Pool()
    yield found
    found.close()


def request(path: Path) -> Request:
    return Request(path, path.name, {}, path.stat().st_size)


def outcome(pool: Pool, path: Path) -> list[str]:
    return [
        frame.text if isinstance(frame, Segment) else f"{frame.name}: {frame.reason}"
        for frame in pool.read(request(path)).frames()
        if isinstance(frame, Segment | Left)
    ]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("CRASH", "crashed on it (SIGABRT)"),
        ("HANG", "longer than 1 seconds"),
        ("EAT", "more than 1 GiB of memory"),
        ("RECURSE", "RecursionError"),
        ("EXIT", "crashed on it (exit code 3)"),
    ],
)
def test_what_a_file_breaks_is_its_own_reading(
    pool: Pool, tmp_path: Path, said: str, reason: str
) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("The hall has a red door.")
    bad.write_text(f"{said}\n")
    for _ in range(2):
        assert outcome(pool, good) == ["The hall has a red door."]
        (found,) = outcome(pool, bad)
        assert found.startswith(": ")
        assert reason in found


def test_what_a_library_prints_is_no_answer(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("PRINT this")
    assert outcome(pool, tmp_path / "a.txt") == ["PRINT this"]


def test_a_worker_is_used_again_while_it_is_healthy(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    outcome(pool, tmp_path / "a.txt")
    first = pool.take()
    pool.give_back(first)
    outcome(pool, tmp_path / "a.txt")
    assert pool.take() is first
    first.end()
    pool.give_back(first)
    other = pool.take()
    assert other is not first
    other.end()


def test_of_an_archive_only_the_file_at_fault_is_lost(pool: Pool, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, said in (
            ("a.txt", "one"),
            ("b.txt", "CRASH"),
            ("c.txt", "two"),
            ("d.txt", "HANG"),
        ):
            made.writestr(name, said)
    found = outcome(pool, path)
    assert found[0] == "one"
    assert found[1].startswith("b.txt: the reader of its format crashed")
    assert found[2] == "two"
    assert found[3].startswith("d.txt: it takes longer")
    assert len(found) == 4


def test_readings_come_in_the_order_they_were_asked_for(pool: Pool, tmp_path: Path) -> None:
    said = ["one", "HANG", "two", "CRASH", "three"]
    for number, text in enumerate(said):
        (tmp_path / f"{number}.txt").write_text(text)
    requests = [request(tmp_path / f"{number}.txt") for number in range(len(said))]
    found = [list(reading.frames()) for reading in pool.read_ahead(requests)]
    assert [isinstance(frames[0], Opening) for frames in found] == [True, False, True, False, True]


def test_only_files_are_opened(pool: Pool, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    for name, reason in (
        ("pipe.txt", "regular"),
        ("link.txt", "symbolic"),
        ("none.txt", "No such"),
    ):
        (frame,) = pool.read(Request(tmp_path / name, name, {}, 3)).frames()
        assert isinstance(frame, Left)
        assert reason in frame.reason


def test_a_reading_that_is_given_up_leaves_nothing_running(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("The hall has a red door.\n\n" * 400_000)
    frames = pool.read(request(tmp_path / "long.txt")).frames()
    assert isinstance(next(frames), Opening)
    frames.close()
    (tmp_path / "a.txt").write_text("one")
    assert outcome(pool, tmp_path / "a.txt") == ["one"]
