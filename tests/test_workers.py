"""Files are read by processes of their own: whatever one does to its reader, the others are read."""

import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.reading import workers
from qa.reading.formats import Left
from qa.reading.frames import Opening, Segment, from_json
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


def test_after_a_crash_inside_words_stay_with_their_document(pool: Pool, tmp_path: Path) -> None:
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("x.png", b"\x89PNG\r\n\x1a\n" + bytes(40))
        made.writestr("y.txt", "one more")
        made.writestr("z.txt", "CRASH")
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.txt", "one")
        made.write(inner, "m.zip")
        made.writestr("n.txt", "two")
    words: dict[str, str] = {}
    member = ""
    left = []
    for frame in pool.read(request(path)).frames():
        if isinstance(frame, Opening):
            member = frame.member
        elif isinstance(frame, Segment):
            words[member] = frame.text
        elif isinstance(frame, Left):
            left.append(frame.name)
    assert words == {"a.txt": "one", "m.zip/y.txt": "one more", "n.txt": "two"}
    assert left == ["m.zip/x.png", "m.zip/z.txt"]


def test_modules_of_the_current_folder_are_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zipfile.py").write_text("open('run', 'w').close()")
    (tmp_path / "a.txt").write_text("one")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [entry for entry in sys.path if entry])
    pool = Pool()
    assert outcome(pool, tmp_path / "a.txt") == ["one"]
    pool.close()
    assert not (tmp_path / "run").exists()


def test_a_file_that_grows_is_read_as_far_as_it_was_hashed(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one two")
    asked = Request(tmp_path / "a.txt", "a.txt", {}, 3)
    assert [f.text for f in pool.read(asked).frames() if isinstance(f, Segment)] == ["one"]


@pytest.mark.parametrize(
    "sent",
    [
        "[" * 100_000,
        '["Segment", "a", [], ["line", [0], [], [], []]',
        '["Segment", "\\ud800", [], ["line", [0], [], [], []]]',
        '["Opening", {}, "text", "", null, null, null, null]',
        '["Closing", ["x"], []]',
        "[]",
        '["Nothing"]',
    ],
)
def test_nonsense_from_a_worker_costs_one_file(sent: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, IndexError, RecursionError)):
        from_json(sent.encode())


def test_what_cannot_be_started_is_said(pool: Pool, tmp_path: Path, monkeypatch: Any) -> None:
    def refuse(*given: Any, **named: Any) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    (tmp_path / "a.txt").write_text("one")
    monkeypatch.setattr("subprocess.Popen", refuse)
    (found,) = outcome(pool, tmp_path / "a.txt")
    assert "temporarily unavailable" in found
