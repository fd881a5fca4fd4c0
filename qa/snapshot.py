"""One state of a corpus, asked: a question prepared, its passages and sentences found and ranked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from embeddings.encoder import QuestionEncoder
from qa.catalog.views import Stored, View
from qa.confidence import Vocabulary
from qa.errors import CorpusError, InputError
from qa.folding import as_one_line, words
from qa.matching import prepare
from qa.narrowing import Part, narrow
from qa.passages import BOILERPLATE
from qa.pointing import Found, rank
from qa.retrieval import Query, Scored, retrieve
from qa.settings import MAX_QUESTION, Settings
from qa.state import State
from qa.types import Passage, Where

_PAGES_OF_A_SITE = 5  # copies of one document have one title; fewer than these are no site
_KEPT = 2_000  # passages kept in memory once they were read, some 20 KB each

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of the catalog, with the indexes over it.

    Attributes:
        view: The catalog as it is then, whoever writes.
        state: The indexes.
        encoder: Returns the encoder; called only when a question must be encoded.
        part: What of it is asked; None for all.
    """

    view: View
    state: State
    encoder: Callable[[], QuestionEncoder]
    part: Part | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """What is known of words in what is asked."""
        return self.part or self.state

    def narrowed(self, where: Where | None) -> "Snapshot":
        """Return the same state, of which only a part is asked.

        Raises:
            InputError: if `where` is malformed, names what isn't there, or leaves nothing.
        """
        if where is None or not len(self.state):  # without documents, `prepare` says so
            return self
        return replace(self, part=narrow(where, self.view, self.state))

    def prepare(self, text: str) -> Query:
        """Return a question as it is searched with.

        Raises:
            InputError: if it is empty or far too long.
            CorpusError: if there are no documents.
        """
        stripped = as_one_line(text)
        if not any(char.isalnum() for char in stripped):
            raise InputError("The question is empty; ask in words.")
        if len(stripped) > MAX_QUESTION:
            raise InputError(
                f"The question has {len(stripped):,} characters; at most {MAX_QUESTION:,} are read. "
                "Ask for one thing at a time."
            )
        if not len(self.state):
            raise CorpusError("The corpus holds no documents yet. Add some with: qa index FOLDER")
        found = words(stripped)
        content = [word.term for word in found if word.is_content]
        asked = tuple(dict.fromkeys(content or [word.term for word in found]))
        encoding = self.encoder().encode_question(stripped)
        tokens = prepare(stripped, encoding, self.state.weight)
        return Query(stripped, encoding.pooled, asked, tokens)

    def find(self, query: Query, top_k: int, settings: Settings) -> Found:
        """Return what the corpus holds on a question: passages and, in the best, sentences."""
        hits = self.scored(query, max(top_k, settings.depth), settings)
        return rank(query, hits, self.state.weight, settings)

    def scored(self, query: Query, top_k: int, settings: Settings) -> list[tuple[Scored, Passage]]:
        """Return the best passages before their sentences are looked at."""
        state = self.state

        def fetch(rows: Sequence[int]) -> dict[int, Stored]:
            numbers = state.numbers[rows].tolist()
            stored = _read(state.stored, numbers, self.view.stored)
            return {row: stored[number] for row, number in zip(rows, numbers, strict=True)}

        among = self.part.rows if self.part else None
        found = retrieve(query, state, fetch, settings, top_k, among)
        numbers = state.numbers[[hit.row for hit in found]].tolist()
        passages = _read(state.passages, numbers, self.view.passages)
        # What the pages of a site have in common is not what one of them is about.
        furniture = self.view.repeated(numbers, _PAGES_OF_A_SITE)
        furniture |= {n for n, passage in passages.items() if passage.kind == BOILERPLATE}
        return [
            (replace(hit, is_boilerplate=True) if number in furniture else hit, passages[number])
            for hit, number in zip(found, numbers, strict=True)
        ]


def _read(
    kept: dict[int, _T], numbers: Sequence[int], read: Callable[[Sequence[int]], dict[int, _T]]
) -> dict[int, _T]:
    """Return what is kept in memory or else read, by number, and keep it."""
    found = {number: value for number in numbers if (value := kept.get(number))}
    if missing := [number for number in numbers if number not in found]:
        found |= read(missing)
        if len(kept) > _KEPT:
            kept.clear()
        kept.update(found)
    return found
