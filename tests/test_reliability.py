"""What is claimed of storage, tried in small; `python -m benchmarks.reliability.kills` and the others try it in full."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qa import Corpus
from qa.atomic import write_atomically
from qa.errors import StorageError
from tests.stub import BagOfWords

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")
@pytest.mark.parametrize(
    "command",
    [
        "kills --random 1 --commits 13 --every 0",
        "flips --step 200 --cuts 1",
        "refusals --every 600",
    ],
)
def test_in_small(command: str) -> None:
    script, *options = command.split()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", f"benchmarks.reliability.{script}", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout


def refuse(monkeypatch: pytest.MonkeyPatch, method: str, name: str) -> None:
    """Let a method of `Path` fail on files whose names begin so."""
    really = getattr(Path, method)

    def call(path: Path, *given: Any, **named: Any) -> Any:
        if path.name.startswith(name):
            raise OSError(5, "Input/output error", str(path))
        return really(path, *given, **named)

    monkeypatch.setattr(Path, method, call)


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    old, young, other = (tmp_path / f".f.{digit * 32}" for digit in "abx")
    for path in (old, young, other):
        path.write_bytes(b"half")
    for path in (old, other):
        os.utime(path, (0, 0))
    write_atomically(tmp_path / "f", b"whole")
    assert sorted(tmp_path.iterdir()) == sorted([young, other, tmp_path / "f"])


def test_what_failed_first_is_said(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.txt").write_text("Pears are blue.")
    refuse(monkeypatch, "unlink", "")
    refuse(monkeypatch, "replace", ".commits.json")
    with pytest.raises(StorageError, match=r"commits\.json cannot be written"):
        corpus.add(tmp_path / "f")


def test_a_corpus_that_cannot_be_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "replace", ".new-corpus")
    with pytest.raises(StorageError, match="cannot be made: Input/output error"):
        Corpus.create(tmp_path / "corpus", model=BagOfWords())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_read_is_refused_clearly(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "is_file", "catalog.sqlite")
    with pytest.raises(StorageError, match="cannot be read"):
        Corpus.open(corpus.path, model=BagOfWords())
