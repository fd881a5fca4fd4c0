"""One question to one state of the corpus: understood, found, answered."""

from collections.abc import Sequence
from dataclasses import replace

from qa.answering import answer_question, make_hit
from qa.folding import as_one_line
from qa.followups import understand
from qa.settings import Settings
from qa.snapshot import Snapshot
from qa.types import Answer, Hit


def ask(
    snapshot: Snapshot, question: str, history: Sequence[Answer | str], settings: Settings
) -> Answer:
    """Return the answer to a question, as `Corpus.ask` does."""
    asked, understood = _understood(snapshot, question, history, settings)
    answer = _answer(snapshot, understood or asked, settings)
    return replace(answer, question=asked, understood=understood)


def search(
    snapshot: Snapshot,
    query: str,
    top_k: int,
    history: Sequence[Answer | str],
    settings: Settings,
) -> tuple[Hit, ...]:
    """Return the nearest passages, as `Corpus.search` does."""
    asked, understood = _understood(snapshot, query, history, settings)
    prepared = snapshot.prepare(understood or asked)
    found = snapshot.find(prepared, top_k, settings)
    return tuple(
        make_hit(prepared, scored, passage, n)
        for n, (scored, passage) in enumerate(found.hits[:top_k], start=1)
    )


def _understood(
    snapshot: Snapshot, question: str, history: Sequence[Answer | str], settings: Settings
) -> tuple[str, str | None]:
    """Return a question as one line, and what is asked if it leans on the turns before."""
    asked = as_one_line(question)
    if not history:
        return asked, None
    # What was told a reader before: an answer that was never refused wasn't.
    told = replace(settings, refuses=True)
    return asked, understand(asked, history, lambda before: _answer(snapshot, before, told))


def _answer(snapshot: Snapshot, question: str, settings: Settings) -> Answer:
    query = snapshot.prepare(question)
    found = snapshot.find(query, settings.depth, settings)
    return answer_question(query, found, snapshot.view, snapshot.vocabulary, settings)
