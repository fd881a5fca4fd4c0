"""HTML of a conversation's turn: the answer, whose words it is, its citations, why, and tools.

Values in, markup out; every character that a document or a question brings along is escaped.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import get_args
from urllib.parse import quote as in_address

from qa.marking import Ruling
from qa.markup import marked, shifted
from qa.page.cards import fingerprint, heading, meta, target
from qa.page.marks_html import Judged
from qa.page.texts import html, say
from qa.references import Style, quotation
from qa.types import Answer, Citation, Hit, Passage, Source, Span, Where
from qa.why import highlights
from qa.wording import agreement_in_words, how_close, part_in_words, place_facts, source_facts

# What a reader may say of a question as a whole.
_OF_ANSWERED: Mapping[Ruling, str] = {
    "missing": "marks.other",
    "unanswerable": "marks.unanswerable",
}
_OF_REFUSED: Mapping[Ruling, str] = {"unanswerable": "marks.refused", "missing": "marks.missing"}


def turn(n: int, answer: Answer, where: Where | None, judged: Judged) -> str:
    """Return a turn of the conversation.

    Args:
        n: Its number, from 1.
        answer: What the documents said.
        where: What part of them was asked.
        judged: What a reader has said of it.
    """
    kind, status = ("answered", _status(answer)) if answer.text else ("not-found", _none())
    body = _answered(answer, judged) if answer.text else _not_found(answer, judged)
    return (
        f'<section class="turn {kind}" id="turn-{n}" data-turn="{n}" data-status="{escape(status)}" '
        f'aria-labelledby="question-{n}">'
        f'<h2 id="question-{n}">{escape(answer.question)}</h2>{_understood(answer)}{_asked_of(where)}'
        f"{body}{_tools(n)}</section>"
    )


def _asked_of(where: Where | None) -> str:
    if where is None or where == Where():
        return ""
    return f'<p class="asked-of">{html("turn.asked_of")} {escape(part_in_words(where))}</p>'


def _understood(answer: Answer) -> str:
    """Return how a follow-up was understood, and a form to say it otherwise."""
    if answer.understood is None:
        return ""
    label = html("turn.correct_label")
    return (
        f'<div class="understood"><p>{html("turn.understood")} <q>{escape(answer.understood)}</q> '
        f'<button type="button" class="correct" aria-expanded="false">{html("turn.correct")}</button></p>'
        f'<form hidden><input type="text" aria-label="{label}" value="{escape(answer.understood)}">'
        f'<button type="submit">{html("ask.button")}</button></form></div>'
    )


def _status(answer: Answer) -> str:
    """Return what is read aloud when it arrives."""
    places = len(answer.citations[0].also) + 1
    count = say("turn.one_place") if places == 1 else say("turn.places", count=places)
    said = say("turn.answered", places=count)
    return f"{said} {answer.text} {agreement_in_words(answer.agreement)}".strip()


def _none() -> str:
    return say("turn.not_found")


def _answered(answer: Answer, judged: Judged) -> str:
    # Only the first citation is a source of the very words; other passages may say otherwise.
    first, others = answer.citations[0], answer.citations[1:]
    reference = (
        f'<a class="ref" href="#citation" data-n="{first.n}" '
        f'aria-label="{html("card.citation", n=first.n)}">{first.n}</a>'
    )
    verdict = agreement_in_words(answer.agreement)
    note = f'<p class="agreement {answer.agreement}">{escape(verdict)}</p>' if verdict else ""
    sure = ""
    if answer.confidence is not None:
        percent = f"{answer.confidence:.0%}"
        sure = f'<p class="sure">{html("turn.sure", percent=percent)}</p>'
    facts = [*source_facts(first)[::-1], first.title or first.doc_id]
    return (
        f'<blockquote>{escape(answer.text or "")}<sup class="refs">{reference}</sup></blockquote>'
        f"{meta(facts, 'byline')}{note}{sure}"
        f"{_citations(html('turn.stands'), [first], judged)}"
        f"{_citations(html('turn.also'), others, judged)}{judged.rulings(_OF_ANSWERED)}"
    )


def _not_found(answer: Answer, judged: Judged) -> str:
    missing = nearest = ""
    if answer.missing_terms:
        terms = ", ".join(f"<q>{escape(term)}</q>" for term in answer.missing_terms)
        missing = f'<p class="missing">{html("turn.missing")} {terms}</p>'
    if answer.nearest:
        cards = "".join(_nearest(hit, judged) for hit in answer.nearest)
        nearest = f'<h3>{html("turn.nearest")}</h3><ul class="cards" role="list">{cards}</ul>'
    return f'<p class="verdict">{html("turn.not_found")}</p>{missing}{judged.rulings(_OF_REFUSED)}{nearest}'


def _citations(title: str, citations: Sequence[Citation], judged: Judged) -> str:
    if not citations:
        return ""
    cards = "".join(
        _citation(citation, judged) + "".join(_copy(source) for source in citation.also)
        for citation in citations
    )
    return f'<h3>{title}</h3><ol class="cards" role="list">{cards}</ol>'


def _citation(citation: Citation, judged: Judged) -> str:
    passage = Span(citation.start, citation.end)
    text = marked(
        citation.quote,
        Span(0, len(citation.quote)),
        [
            ("answer", shifted([citation.answer], -citation.start)),
            ("word", shifted(citation.highlights, -citation.start)),
        ],
    )
    opens = target(citation, passage, citation.quote, [citation.answer], citation.highlights)
    number = f'<span class="number" aria-hidden="true">{citation.n}</span>'
    title = heading(citation, "h4", say("card.citation", n=citation.n) + " ")
    return (
        f'<li class="card" data-n="{citation.n}" {opens}>{number}{title}'
        f"{meta(source_facts(citation))}{meta(place_facts(citation), 'place')}"
        f'<p class="quote">{text}</p>{_why(citation)}'
        f"{judged.buttons(citation.doc_id, citation.answer)}"
        f"{_card_tools(citation, citation.quote, citation.answer)}</li>"
    )


def _copy(copy: Source) -> str:
    """Return another place of the words above it."""
    opens = target(copy, Span(copy.start, copy.end), copy.quote, [copy.answer])
    return (
        f'<li class="card copy" {opens}>{heading(copy, "h4", say("card.also"), seen=True)}'
        f"{meta(source_facts(copy))}{meta(place_facts(copy), 'place')}</li>"
    )


def _nearest(hit: Hit, judged: Judged) -> str:
    passage = hit.passage
    words = highlights(hit.why, passage)
    span = Span(passage.start, passage.end)
    text = marked(
        passage.text, Span(0, len(passage.text)), [("word", shifted(words, -passage.start))]
    )
    return (
        f'<li class="card" {target(passage, span, passage.text, (), words)}>'
        f"{heading(passage, 'h4')}"
        f"{meta(source_facts(passage))}{meta(place_facts(passage), 'place')}"
        f'<p class="quote">{text}</p>{_why(hit)}'
        f"{judged.buttons(passage.doc_id, span)}{_card_tools(passage, passage.text, span)}</li>"
    )


def _why(found: Citation | Hit) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(met.word)}</th><td>{escape(how_close(met))}</td></tr>'
        for met in found.why
    )
    signals = " · ".join(f"{escape(name)} {value:.2f}" for name, value in found.signals.items())
    return (
        f'<details class="why"><summary>{html("card.why")}</summary>'
        f'<table>{rows}</table><p class="meta">{html("card.signals")} {signals}</p></details>'
    )


def _card_tools(source: Source | Passage, text: str, span: Span) -> str:
    """Return how to take it along: as a quotation with its reference, and as an address.

    Args:
        source: What is quoted.
        text: Its words.
        span: Those that the address leads to, if they still stand there.
    """
    digest = fingerprint(text[span.start - source.start : span.end - source.start])
    copies = "".join(
        f'<button type="button" class="take" data-text="{escape(quotation(source, style))}">'
        f"{html(f'copy.{style}')}</button>"
        for style in get_args(Style)
    )
    address = f"#/at/{in_address(source.doc_id, safe='')}/{span.start}-{span.end}/{digest}"
    return (
        f'<div class="tools" role="group" aria-label="{html("copy.label")}">'
        f"<span>{html('copy.label')}</span>{copies}"
        f'<a href="{escape(address)}">{html("copy.link")}</a></div>'
    )


def _tools(n: int) -> str:
    return f'<div class="tools turn-tools"><a href="#turn-{n}" class="turn-link">{html("turn.link")}</a></div>'
