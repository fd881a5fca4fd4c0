"""Questions without PyTorch: the export says what the model says, and nothing depends on it."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings import onnx
from embeddings.exporting import CHECKED, LEAST, export
from embeddings.onnx import About
from embeddings.transformer import DEFAULT_MODEL, DEFAULT_SHA256, TransformerEncoder
from qa import Corpus
from tests.shell import imported

# By these the libraries know that they are tested; some behave then.
UNDER_TEST = {
    "CI",
    "GITHUB_ACTIONS",
    "PYTEST_CURRENT_TEST",
    "PYTEST_VERSION",
    "ORT_DISABLE_TELEMETRY",
}
QUESTIONS = (
    "How many vacancies did London have?",
    "Who is Dame Glenys Stacey?",
    "What does a zebra cost?",
)


@pytest.fixture(scope="module")
def exported(seeds_corpus: Corpus) -> Path:
    """The folder of the default model's export, which indexing has made."""
    return onnx.cache(DEFAULT_SHA256)


@pytest.fixture
def copy(exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, used in its place."""
    folder = tmp_path / "cache" / "export"
    shutil.copytree(exported, folder)
    monkeypatch.setattr(onnx, "cache", lambda fingerprint: folder)
    return folder


def test_the_export_says_what_the_model_says(exported: Path) -> None:
    encoder, questions = TransformerEncoder(), onnx.load(DEFAULT_MODEL, DEFAULT_SHA256)
    assert questions
    for text in (*CHECKED, *QUESTIONS, "", "?"):
        own, other = encoder.encode_question(text), questions.encode_question(text)
        assert np.array_equal(own.spans, other.spans)
        assert own.pooled @ other.pooled > LEAST
        assert np.einsum("td,td->t", own.tokens, other.tokens).min() > LEAST
        assert np.allclose(np.linalg.norm(other.tokens, axis=1), 1, atol=1e-6)


def test_a_question_from_the_shell_never_loads_pytorch(seeds_corpus: Corpus) -> None:
    question = "How many vacancies did London have?"
    loaded, printed = imported(["ask", question, "--corpus", str(seeds_corpus.path)])
    assert "onnxruntime" in loaded
    assert not loaded & {"torch", "transformers", "sentence_transformers", "gradio", "nupunkt"}
    assert "vacancies" in printed


@pytest.mark.parametrize("name", [onnx.MODEL, onnx.WEIGHTS, onnx.TOKENIZER, onnx.ABOUT])
@pytest.mark.parametrize("harm", ["flip", "cut", "delete"])
def test_a_damaged_export_is_as_good_as_none(copy: Path, name: str, harm: str) -> None:
    assert onnx.load(DEFAULT_MODEL, DEFAULT_SHA256)
    path = copy / name
    if harm == "flip":
        with path.open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            (byte,) = file.read(1)
            file.seek(-1, 1)
            file.write(bytes([byte ^ 1]))
    elif harm == "cut":
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size - 1)
    else:
        path.unlink()
    assert onnx.load(DEFAULT_MODEL, DEFAULT_SHA256) is None


def test_without_an_export_the_model_itself_answers_the_same(
    seeds_corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx, "load", lambda name, fingerprint: None)
    monkeypatch.setattr(onnx, "prepare", lambda name, fingerprint: None)
    with Corpus.open(seeds_corpus.path, model=seeds_corpus._model._encoder) as other:
        other._model._may_export = True
        for question in QUESTIONS:
            own, answer = seeds_corpus.ask(question), other.ask(question)
            assert (own.status, own.text) == (answer.status, answer.text)
            assert [(c.id, c.answer) for c in own.citations] == [
                (c.id, c.answer) for c in answer.citations
            ]


def test_a_model_that_cannot_be_exported_is_tried_once(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in copy.iterdir():
        path.unlink()
    started: list[list[str]] = []

    def fail(command: list[str], **options: object) -> None:
        started.append(command)
        raise subprocess.CalledProcessError(-9, command)

    monkeypatch.setattr("embeddings.onnx.subprocess.run", fail)
    onnx.prepare("some-model", DEFAULT_SHA256)
    assert [command[-2:] for command in started] == [["some-model", DEFAULT_SHA256]]
    onnx.prepare("some-model", DEFAULT_SHA256)
    assert len(started) == 1  # today
    assert onnx.load("some-model", DEFAULT_SHA256) is None
    replace(About.failed("it has another tokenizer"), tried="2018-05-24").save(copy)
    onnx.prepare("some-model", DEFAULT_SHA256)
    assert len(started) == 2


def test_an_export_of_a_model_used_otherwise_is_none(copy: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text('{"prompts": {}}')
    about = About.read(copy)
    assert about
    replace(about, settings=onnx.settings_of(str(model))).save(copy)
    assert onnx.load(str(model), DEFAULT_SHA256)
    (model / "config.json").write_text('{"prompts": {"query": "query: "}}')
    assert onnx.load(str(model), DEFAULT_SHA256) is None


def test_nobody_is_told_that_it_is_used(exported: Path, tmp_path: Path) -> None:
    """onnxruntime's builds send telemetry unless that is forbidden before the import."""
    code = (
        "import time\nfrom embeddings import onnx\n"
        f"found = onnx.ExportedModel(onnx.Path({str(exported)!r}), '')\n"
        "found.encode_question('Who?')\ntime.sleep(1)"
    )
    quiet = {name: value for name, value in os.environ.items() if name not in UNDER_TEST}
    quiet |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", code], env=quiet, check=True)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are looked up in /proc")
def test_no_thread_is_bound_to_a_core(exported: Path) -> None:
    """The thread that asks would share the core with one that is: twice as long for a question."""
    model = onnx.ExportedModel(exported, "")
    model.encode_question("Who?")
    threads = [int(task.name) for task in Path("/proc/self/task").iterdir()]
    assert len(threads) > 1 or os.cpu_count() == 1
    assert {frozenset(os.sched_getaffinity(thread)) for thread in threads} == {
        frozenset(os.sched_getaffinity(0))
    }


def test_weights_that_have_changed_are_not_exported(copy: Path) -> None:
    before = sorted(path.name for path in copy.parent.iterdir())
    export(DEFAULT_MODEL, "0" * 64)
    assert sorted(path.name for path in copy.parent.iterdir()) == before


def test_where_nothing_can_be_kept_nothing_is_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(onnx, "cache", lambda fingerprint: tmp_path / "file" / "below")
    with pytest.raises(OSError, match="file"):
        export(DEFAULT_MODEL, DEFAULT_SHA256)
