"""What README shows is what the program says."""

import re

from qa import Corpus
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
