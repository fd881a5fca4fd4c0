"""Answers as one HTML file that stands for itself, to be read, printed, sent and kept.

Nothing in it runs or is fetched, and its own policy forbids both. Every character that a document
or a question brings along is escaped.
"""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import qa
from qa.markup import marked, shifted
from qa.parts import where_from_json
from qa.types import Answer, Citation, Hit, Passage, Source, Span, Turn
from qa.why import highlights
from qa.wording import (
    agreement_in_words,
    part_in_words,
    place_facts,
    source_facts,
    time_in_words,
)

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = Path(__file__).with_name("exporting.css")


def page_of(turns: Sequence[Turn]) -> bytes:
    """Return an HTML file with the questions of a conversation and their answers."""
    title = turns[0].answer.question if turns else "Nothing was asked"
    count = "1 question" if len(turns) == 1 else f"{len(turns):,} questions"
    days = [time_in_words(turn.asked).split(",")[0] for turn in turns if turn.asked]
    when = [" – ".join(dict.fromkeys([days[0], days[-1]]))] if days else []
    listed = "".join(
        f'<li><a href="#q{turn.n}">{escape(turn.answer.question)}</a></li>' for turn in turns
    )
    contents = f'<nav aria-label="Questions"><ol>{listed}</ol></nav>' if len(turns) > 1 else ""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(title)}</title><style>{_STYLE.read_text('utf-8')}</style></head><body>"
        "<header><h1>Chapter <span>&amp;</span> Verse</h1>"
        f"{_line('meta', [count, *when])}</header>"
        f"<main>{contents}{''.join(_turn(turn) for turn in turns)}</main>"
        "<footer><p>Every quotation is verbatim. The characters that it takes in its document, "
        "counted from 0, stand below it, behind the first digits of the document’s hash. "
        f"Written by Chapter &amp; Verse {qa.__version__}.</p></footer></body></html>\n"
    )
    return html.encode("utf-8", "replace")


def _turn(turn: Turn) -> str:
    answer = turn.answer
    heading = f"<h2>{escape(answer.question)}</h2>"
    if answer.understood:
        heading += f'<p class="meta">Understood as: <q>{escape(answer.understood)}</q></p>'
    if turn.asked:
        heading += f'<p class="meta">Asked on {escape(time_in_words(turn.asked))}</p>'
    where = where_from_json(turn.where)
    if where and (part := part_in_words(where)):
        heading += f'<p class="meta">Asked of: {escape(part)}</p>'
    body = _answered(turn.n, answer) if answer.status == "answered" else _not_found(answer)
    return f'<article id="q{turn.n}">{heading}{body}</article>'


def _answered(n: int, answer: Answer) -> str:
    first, *others = answer.citations
    verdict = agreement_in_words(answer.agreement)
    note = f'<p class="agreement {answer.agreement}">{verdict}</p>' if verdict else ""
    return (
        f"<blockquote>{escape(answer.text or '')}"
        f'<sup><a href="#q{n}c{first.n}">{first.n}</a></sup></blockquote>{note}'
        f"{_cards('Where it stands', [_citation(n, first)])}"
        f"{_cards('See also', [_citation(n, citation) for citation in others])}"
    )


def _not_found(answer: Answer) -> str:
    terms = ", ".join(f"<q>{escape(term)}</q>" for term in answer.missing_terms)
    missing = f'<p class="missing">Nowhere in them: {terms}</p>' if terms else ""
    return (
        f'<p class="verdict">These documents do not answer that.</p>{missing}'
        f"{_cards('What came closest', [_nearest(hit) for hit in answer.nearest])}"
    )


def _cards(heading: str, cards: Sequence[str]) -> str:
    return f"<h3>{heading}</h3><ol>{''.join(cards)}</ol>" if cards else ""


def _citation(n: int, citation: Citation) -> str:
    quote = _quote(citation, citation.quote, citation.highlights, [citation.answer])
    also = "".join(f'<li class="copy">Also in {_about(copy)}</li>' for copy in citation.also)
    copies = f"<ul>{also}</ul>" if also else ""
    return (
        f'<li class="card" id="q{n}c{citation.n}"><span class="number">{citation.n}</span>'
        f"{_about(citation)}{quote}{copies}</li>"
    )


def _nearest(hit: Hit) -> str:
    passage = hit.passage
    words = highlights(hit.why, passage)
    return f'<li class="card">{_about(passage)}{_quote(passage, passage.text, words)}</li>'


def _about(piece: Source | Passage) -> str:
    return (
        f"<h4>{escape(piece.title or piece.doc_id)}</h4>{_line('meta', source_facts(piece))}"
        f"{_line('meta', place_facts(piece))}{_line('id', [piece.doc_id, piece.id])}"
    )


def _quote(
    piece: Source | Passage, text: str, words: Sequence[Span], answers: Sequence[Span] = ()
) -> str:
    layers = [
        ("answer", shifted(answers, -piece.start)),
        ("word", shifted(words, -piece.start)),
    ]
    return f'<p class="quote">{marked(text, Span(0, len(text)), layers)}</p>'


def _line(name: str, facts: Iterable[str]) -> str:
    return f'<p class="{name}">{" · ".join(escape(fact) for fact in facts)}</p>'
