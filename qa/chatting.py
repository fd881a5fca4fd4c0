"""A conversation on the command line: questions in, one a line, each with those before it.

A person gets a prompt, and may go on after a mistake; what is piped in ends with the first one.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import TextIOWrapper

from qa.corpus import Corpus
from qa.errors import InputError
from qa.settings import MAX_TURNS
from qa.types import Answer

ANEW = "/new"
_ENDS = ("quit", "exit")


def chat(corpus: Corpus, show: Callable[[Answer], None], *, prompt: str) -> None:
    """Answer questions from standard input until it ends, or someone says "quit".

    Args:
        corpus: What is asked.
        show: Called with each answer.
        prompt: What a person is shown before each question.

    Raises:
        InputError: if a question that nobody is there to correct can't be asked.
    """
    has_person = sys.stdin.isatty()
    if not has_person and isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # as arguments are: told as "?", not fatal
    answers: list[Answer] = []
    for line in _lines(prompt) if has_person else sys.stdin:
        question = line.strip()
        if question in _ENDS:
            return
        if question == ANEW:
            answers.clear()
        elif question:
            try:
                answer = corpus.ask(question, history=answers)
            except InputError as error:
                if not has_person:
                    raise
                print(f"qa: {error}", file=sys.stderr)
                continue
            answers.append(answer)
            del answers[:-MAX_TURNS]
            show(answer)


def _lines(prompt: str) -> Iterator[str]:
    with suppress(ImportError):  # Windows has none
        import readline  # noqa: F401 - lets `input` edit the line and recall earlier ones
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            yield input(prompt)
