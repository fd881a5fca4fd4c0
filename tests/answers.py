"""Answers made up for tests: of any strings, fitting in themselves as real ones do."""

from collections.abc import Sequence

from hypothesis import strategies as st

from qa.types import (
    UNCERTAIN,
    Answer,
    Citation,
    Excerpt,
    Hit,
    Met,
    Passage,
    Place,
    Source,
    Span,
    Voice,
)

QUOTE = "The hall has a red door. It was painted in May."


def source(
    quote: str = QUOTE, answer: Span | None = None, start: int = 100, **given: object
) -> Source:
    """A source; `answer` counts from the quote's beginning."""
    inner = answer or Span(0, len(quote))
    values: dict[str, object] = {
        **{"id": f"0123456789abcdef:{start}-{start + len(quote)}", "doc_id": "halls.txt"},
        **{"title": "Halls of the county", "author": "A. Writer", "publisher": "The Press"},
        **{"published": "2019-05-24", "kind": "article", "speaker": None, "section": "Doors"},
        "place": Place("line", 3, 4),
    }
    span = Span(start + inner.start, start + inner.end)
    end = start + len(quote)
    return Source(**{**values, **given}, start=start, end=end, quote=quote, answer=span)  # type: ignore[arg-type]


def citation(of: Source, n: int = 1, also: Sequence[Source] = (), word: str = "door") -> Citation:
    """A citation of a source, with a word of it that matched."""
    met = Met(word, word, "passage", Span(of.start, of.start + 1), 0.75)
    return Citation(
        **{name: getattr(of, name) for name in Source.__dataclass_fields__},
        **{"n": n, "highlights": (Span(of.start, of.start + 1),), "also": tuple(also)},
        **{"score": 1.5, "signals": {"cosine": 0.25}, "why": (met,)},
    )


def passage(of: Source) -> Passage:
    """The passage that a source quotes."""
    whole = Span(of.start, of.end)
    speaker = of.speaker or UNCERTAIN
    voice = Voice(of.start, of.start + 1, "quotation", speaker)
    return Passage(
        *(of.id, of.doc_id, of.title, of.author, of.publisher, of.published, of.kind, of.section),
        *(None, of.place, of.start, of.end, of.quote, (whole,), (Excerpt(whole, whole),), (voice,)),
    )


def answered(*citations: Citation, question: str = "What colour is the door?") -> Answer:
    """An answer that rests on citations."""
    first = citations[0]
    text = first.quote[first.answer.start - first.start : first.answer.end - first.start]
    return Answer(question, "answered", text, citations, "single", (), (), 0.875)


def not_found(*nearest: Passage, question: str = "Who?", missing: Sequence[str] = ()) -> Answer:
    """What is said where nothing answers."""
    met = Met("door", None, None, None, 0.0)
    hits = tuple(Hit(p, n, 0.5, {"cosine": 0.5}, (met,)) for n, p in enumerate(nearest, start=1))
    return Answer(question, "not_found", None, (), None, hits, tuple(missing))


def hostile(payload: str) -> tuple[Answer, Answer]:
    """Answers in which every string that may come from outside is the payload."""
    of = source(
        f"{payload} and the answer.",
        **{"id": payload, "doc_id": payload, "title": payload, "author": payload},
        **{"publisher": payload, "published": payload, "kind": payload, "speaker": payload},
        **{"section": payload, "place": Place(payload, 1, 2, payload, payload)},
    )
    found = answered(citation(of, also=[of], word=payload), question=payload)
    return found, not_found(passage(of), question=payload, missing=[payload])


def answers(text: st.SearchStrategy[str]) -> st.SearchStrategy[Answer]:
    """Answers of both kinds, their strings drawn from `text`."""
    optional = st.none() | text
    places = st.builds(Place, text, st.integers(1), st.integers(1), optional, optional)
    facts = st.fixed_dictionaries(
        {
            **dict.fromkeys(("id", "doc_id", "title", "kind"), text),
            **dict.fromkeys(("author", "publisher", "published", "speaker", "section"), optional),
            "place": places,
        }
    )
    quotes = text.filter(bool)
    sources = st.builds(
        lambda quote, start, facts: source(quote, start=start, **facts),
        *(quotes, st.integers(0, 10**9), facts),
    )
    citations = st.builds(
        lambda of, also, word: citation(of, 1, also, word),
        *(sources, st.lists(sources, max_size=2), text),
    )
    found = st.builds(
        lambda citations, question: answered(*citations, question=question),
        *(st.lists(citations, min_size=1, max_size=3), text),
    )
    nothing = st.builds(
        lambda of, question, missing: not_found(
            *map(passage, of), question=question, missing=missing
        ),
        *(st.lists(sources, max_size=3), text, st.lists(text, max_size=3)),
    )
    return found | nothing
