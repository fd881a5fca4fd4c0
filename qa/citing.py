"""An excerpt and its copies -> a citation: whose words, from where to where, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol

from qa.passages import passage_id
from qa.pointing import Pointed
from qa.retrieval import Query, Scored
from qa.types import Citation, Passage, Place, Source, Span
from qa.why import explain, highlights

ARTICLE = "article"


class Texts(Protocol):
    """What the corpus knows of documents."""

    def text(self, doc_id: str, start: int, end: int) -> str:
        """Return characters `start` to `end` of a document."""
        ...

    def place(self, doc_id: str, start: int, end: int) -> Place:
        """Return the place of characters `start` to `end` of a document."""
        ...


@dataclass(frozen=True, slots=True)
class Quoted:
    """An excerpt with the passage around it, which reaches as far as the excerpt does."""

    sentence: Pointed
    excerpt: Span
    around: Span
    quote: str
    terms: frozenset[str]  # of the excerpt

    @property
    def passage(self) -> Passage:
        """Where the sentence stands."""
        return self.sentence.passage

    @property
    def at(self) -> tuple[str, Span]:
        """The excerpt's place."""
        return self.passage.doc_id, self.excerpt

    @property
    def text(self) -> str:
        """The excerpt's words."""
        start = self.around.start
        return self.quote[self.excerpt.start - start : self.excerpt.end - start]


def cite(n: int, same: Sequence[Quoted], query: Query, scored: Scored, texts: Texts) -> Citation:
    """Return the citation of an excerpt.

    Args:
        n: Its number in the answer.
        same: The excerpt, then its copies elsewhere.
        query: What explains the match.
        scored: The first one's passage as it was ranked.
        texts: Where an excerpt reaches beyond its passage.
    """
    first = same[0]
    sources = [_source(quoted, texts) for quoted in same]
    why = explain(query, scored, first.passage)
    return Citation(
        **{field.name: getattr(sources[0], field.name) for field in fields(Source)},
        n=n,
        highlights=highlights(why, first.passage),
        also=tuple(sources[1:]),
        score=first.sentence.score,
        signals=scored.signals,
        why=why,
    )


def _source(quoted: Quoted, texts: Texts) -> Source:
    passage, around = quoted.passage, quoted.around
    kind, speaker = _voice(quoted)
    place = passage.place
    if around != (passage.start, passage.end):
        place = texts.place(passage.doc_id, *around)
    return Source(
        id=passage_id(passage.id.split(":", 1)[0], *around),
        doc_id=passage.doc_id,
        title=passage.title,
        author=passage.author,
        publisher=passage.publisher,
        published=passage.published,
        kind=kind,
        speaker=speaker,
        section=passage.section,
        place=place,
        start=around.start,
        end=around.end,
        quote=quoted.quote,
        answer=quoted.excerpt,
    )


def _voice(quoted: Quoted) -> tuple[str, str | None]:
    """Return whose words the excerpt is, kind and speaker, by the voice that most of it is in."""
    passage, excerpt = quoted.passage, quoted.excerpt
    shares = {
        voice: min(voice.end, excerpt.end) - max(voice.start, excerpt.start)
        for voice in passage.voices
    }
    voice = max(shares, key=lambda voice: shares[voice], default=None)
    if voice is None or shares[voice] * 2 <= excerpt.end - excerpt.start:
        return passage.kind or ARTICLE, None
    return voice.kind, voice.speaker
