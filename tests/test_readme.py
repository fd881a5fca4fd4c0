"""What README shows is what the program says."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa import Corpus, corpus
from tests.conftest import SEEDS


def test_the_first_example_prints_what_is_shown(seeds_corpus: Corpus) -> None:
    readme = (SEEDS.parent / "README.md").read_text("utf-8")
    question = re.search(r'\.ask\("(.+?)"\)', readme)
    shown = re.search(r"```text\n(.+?)```", readme, re.DOTALL)
    assert question
    assert shown
    answer = seeds_corpus.ask(question[1])
    first = answer.citations[0]
    assert shown[1] == f"{answer.text}\n{first.title} · {first.place} · {first.answer}\n"


def test_the_python_example_runs(
    seeds_corpus: Corpus, monkeypatch: pytest.MonkeyPatch, folder: Callable[..., Path]
) -> None:
    readme = (SEEDS.parent / "README.md").read_text("utf-8")
    examples = re.findall(r"```python\n(.+?)```", readme, re.DOTALL)
    here = folder(
        "here",
        {
            "minutes/june.md": "---\ndate: 2019-06-03\n---\nAll came.",
            "report.md": "# Report\n\nAll is well.",
        },
    )
    monkeypatch.chdir(here)
    monkeypatch.setattr(corpus, "TransformerEncoder", lambda *name: seeds_corpus._model._encoder)
    names: dict[str, Any] = {}
    exec(examples[1], names)
    names["corpus"].close()
    assert names["report"].added == ("june.md", "report.md")
    assert names["answer"].text == "The key lies under the mat."
    assert names["further"].understood == "Where is the key in London?"
