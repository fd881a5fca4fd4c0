"""HTML of the page, as strings: values in, markup out.

Knows the values of `qa.types` and nothing of Gradio, servers or files. Every character that a
document, a question or a file name brings along goes through `html.escape`; markup never changes
a text, so that the text content of what is rendered is the text. How things look stands in
`page.css`, what a click does in `page.js`.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape

from qa.page.texts import html, say
from qa.types import Answer, Citation, Document, Hit, Listing, Passage, Source, Span
from qa.why import highlights
from qa.wording import agreement_in_words, date_in_words, how_close, whose

SHELF_SIZE = 60  # documents listed before a question is asked


# What the page tells the origin of.
Origin = Document | Listing | Passage | Source


def masthead() -> str:
    """Return the name of the page and the way to its views."""
    links = "".join(
        f'<a href="#/{path}" data-view="{view}">{html(f"nav.{view}")}</a>'
        for view, path in (
            *(("ask", ""), ("collection", "collection")),
            *(("evaluation", "evaluation"), ("help", "help")),
        )
    )
    return (
        f'<a class="skip" href="#question">{html("skip")}</a>'
        '<header class="masthead"><h1>Chapter <span>&amp;</span> Verse</h1>'
        f'<nav aria-label="{html("nav.label")}">{links}</nav></header>'
    )


def view(name: str) -> str:
    """Return the empty room of a view, which its script fills."""
    return f'<main class="view" aria-label="{html(f"nav.{name}")}"></main>'


def thread(examples: Sequence[str]) -> str:
    """Return the conversation before anything is asked, with questions to begin with."""
    buttons = "".join(f'<button type="button">{escape(text)}</button>' for text in examples)
    offered = (
        f'<div id="examples" aria-label="{html("examples.label")}" role="group">{buttons}</div>'
    )
    return f'<div id="turns"></div>{offered if examples else ""}<div id="welcome"></div>'


def narrowing() -> str:
    """Return the empty room of what a question may be narrowed to."""
    return '<div id="narrow"></div>'


def welcome(documents: Sequence[Origin]) -> str:
    """Return what stands in the answers' place before anything is asked."""
    if not documents:
        return (
            f'<section class="notice"><h2>{html("shelf.empty")}</h2>'
            f"<p>{html('shelf.how')}</p></section>"
        )
    rows = "".join(
        f'<li class="card" {_target(d)}>{_heading(d, "h3")}{_meta(_source_facts(d))}</li>'
        for d in documents[:SHELF_SIZE]
    )
    more = len(documents) - SHELF_SIZE
    rest = f'<p class="rest">{html("shelf.more", count=f"{more:,}")}</p>' if more > 0 else ""
    return (
        f'<section class="shelf"><h2>{html("shelf.title")}</h2><p class="meta">{escape(_extent(documents))}</p>'
        f'<ul class="cards" role="list">{rows}</ul>{rest}</section>'
    )


def answer(answer: Answer) -> str:
    """Return an answer with its citations, or what came closest to one."""
    return _answered(answer) if answer.status == "answered" else _not_found(answer)


def reader() -> str:
    """Return the empty source pane, its sheet for narrow screens, and the line read aloud."""
    label = html("reader.label")
    return (
        f'<aside id="reader" aria-label="{label}"><div id="leaf">'
        f'<p class="hint">{html("reader.hint")}</p></div></aside>'
        f'<dialog id="sheet" aria-label="{label}">'
        f'<button type="button" class="close">{html("reader.close")}</button></dialog>'
        '<p id="status" class="unseen" role="status"></p>'
    )


def source(
    document: Document,
    passage: Span | None = None,
    answer: Span | None = None,
    words: Iterable[Span] = (),
) -> str:
    """Return a whole document with a passage, the answer in it and the matching words marked."""
    text = marked(
        document.text,
        Span(0, len(document.text)),
        [
            ("passage", [passage] if passage else []),
            ("answer", [answer] if answer else []),
            ("word", list(words)),
        ],
    )
    return (
        f'<header class="title-page"><h2>{escape(document.title or document.doc_id)}</h2>'
        f"{_meta(_source_facts(document))}"
        f'<p class="doc-id">{escape(document.doc_id)}</p></header>'
        f'<div class="text" tabindex="0" role="region" aria-label="{html("reader.text")}">{text}</div>'
    )


def unavailable(message: str) -> str:
    """Return what the source pane shows in a document's place."""
    return f'<p class="hint">{escape(message)}</p>'


def marked(text: str, span: Span, layers: Sequence[tuple[str, Sequence[Span]]]) -> str:
    """Return `text[span.start:span.end]`, escaped, with the spans of each layer in marks.

    Args:
        text: The document's text, which all offsets count in.
        span: What to show of it.
        layers: Class name and spans of each kind of mark, the outermost first. A span that
            crosses the border of a mark around it is cut there, so that marks always nest.
    """
    if not layers:
        # A browser reads a bare carriage return as a line feed.
        return escape(text[span.start : span.end]).replace("\r", "&#13;")
    (name, spans), inner = layers[0], layers[1:]
    parts, at = [], span.start
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, span.end)
        if start < end:
            parts.append(marked(text, Span(at, start), inner))
            parts.append(f'<mark class="{name}">{marked(text, Span(start, end), inner)}</mark>')
            at = end
    parts.append(marked(text, Span(at, span.end), inner))
    return "".join(parts)


def fingerprint(quote: str) -> str:
    """Return a short digest that tells whether a passage still says what was quoted."""
    return sha256(quote.encode()).hexdigest()[:16]


def _answered(answer: Answer) -> str:
    # Only the first citation is a source of the very words; other passages may say otherwise.
    first, others = answer.citations[0], answer.citations[1:]
    refs = (
        f'<a class="ref" href="#citation" data-n="{first.n}" '
        f'aria-label="Citation {first.n}">{first.n}</a>'
    )
    verdict = agreement_in_words(answer.agreement)
    note = f'<p class="agreement {answer.agreement}">{escape(verdict)}</p>' if verdict else ""
    places = len(first.also) + 1
    count = say("turn.one_place") if places == 1 else say("turn.places", count=places)
    status = f"{say('turn.answered', places=count)} {verdict}".strip()
    return (
        f'<section class="turn answered" data-status="{escape(status)}">'
        f"<h2>{escape(answer.question)}</h2>"
        f'<blockquote>{escape(answer.text or "")}<sup class="refs">{refs}</sup></blockquote>{note}'
        f"{_citations(html('turn.stands'), [first])}{_citations(html('turn.also'), others)}</section>"
    )


def _citations(heading: str, citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    cards = "".join(
        _citation(citation) + "".join(_copy(source) for source in citation.also)
        for citation in citations
    )
    return f'<h3>{heading}</h3><ol class="cards" role="list">{cards}</ol>'


def _not_found(answer: Answer) -> str:
    missing = ""
    if answer.missing_terms:
        terms = ", ".join(f"<q>{escape(term)}</q>" for term in answer.missing_terms)
        missing = f'<p class="missing">{html("turn.missing")} {terms}</p>'
    nearest = ""
    if answer.nearest:
        cards = "".join(_nearest(hit) for hit in answer.nearest)
        nearest = f'<h3>{html("turn.nearest")}</h3><ul class="cards" role="list">{cards}</ul>'
    return (
        f'<section class="turn not-found" data-status="{html("turn.not_found")}">'
        f"<h2>{escape(answer.question)}</h2>"
        f'<p class="verdict">{html("turn.not_found")}</p>{missing}{nearest}</section>'
    )


def _citation(citation: Citation) -> str:
    passage = Span(citation.start, citation.end)
    quote = marked(
        citation.quote,
        Span(0, len(citation.quote)),
        [
            ("answer", _shifted([citation.answer], -citation.start)),
            ("word", _shifted(citation.highlights, -citation.start)),
        ],
    )
    target = _target(citation, passage, citation.quote, [citation.answer], citation.highlights)
    number = f'<span class="number" aria-hidden="true">{citation.n}</span>'
    name = say("card.citation", n=citation.n)
    return (
        f'<li class="card" data-n="{citation.n}" {target}>{number}{_heading(citation, "h4", name)}'
        f"{_meta(_source_facts(citation))}{_meta(_place_facts(citation), 'place')}"
        f'<p class="quote">{quote}</p>{_why(citation)}</li>'
    )


def _copy(copy: Source) -> str:
    """Return another place of the words above it."""
    target = _target(copy, Span(copy.start, copy.end), copy.quote, [copy.answer])
    return (
        f'<li class="card copy" {target}>{_heading(copy, "h4", say("card.same"))}'
        f"{_meta(_source_facts(copy))}{_meta(_place_facts(copy), 'place')}</li>"
    )


def _nearest(hit: Hit) -> str:
    passage = hit.passage
    words = highlights(hit.why, passage)
    span = Span(passage.start, passage.end)
    quote = marked(
        passage.text, Span(0, len(passage.text)), [("word", _shifted(words, -passage.start))]
    )
    return (
        f'<li class="card" {_target(passage, span, passage.text, (), words)}>'
        f"{_heading(passage, 'h4')}"
        f"{_meta(_source_facts(passage))}{_meta(_place_facts(passage), 'place')}"
        f'<p class="quote">{quote}</p>{_why(hit)}</li>'
    )


def _why(found: Citation | Hit) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(met.word)}</th><td>{escape(how_close(met))}</td></tr>'
        for met in found.why
    )
    signals = " · ".join(f"{escape(name)} {value:.2f}" for name, value in found.signals.items())
    return (
        f'<details class="why"><summary>{html("card.why")}</summary>'
        f'<table>{rows}</table><p class="meta">{signals}</p></details>'
    )


def _heading(item: Origin, level: str, before: str = "") -> str:
    spoken = f'<span class="unseen">{before}</span>' if before else ""
    title = escape(item.title or item.doc_id)
    return f'<{level}><button type="button" class="open" aria-pressed="false">{spoken}{title}</button></{level}>'


def _target(
    item: Origin,
    passage: Span | None = None,
    quote: str = "",
    answer: Iterable[Span] = (),
    words: Iterable[Span] = (),
) -> str:
    """Return the attributes that say what a card opens; the query of `/source` is made of them."""
    target = f'data-doc="{escape(item.doc_id)}"'
    if passage is None:
        return target
    return (
        f'{target} data-passage="{_spans([passage])}" data-quote="{fingerprint(quote)}" '
        f'data-answer="{_spans(answer)}" data-words="{_spans(words)}"'
    )


def _spans(spans: Iterable[Span]) -> str:
    return ",".join(f"{start}-{end}" for start, end in spans)


def _shifted(spans: Iterable[Span], by: int) -> list[Span]:
    return [Span(start + by, end + by) for start, end in spans]


def _source_facts(item: Origin) -> list[str]:
    speaker = item.speaker if isinstance(item, Source) else None
    facts = [
        date_in_words(item.published) or say("card.undated"),
        item.author,
        item.publisher,
        item.kind and whose(item.kind, speaker),
    ]
    return [fact for fact in dict.fromkeys(facts) if fact]


def _place_facts(piece: Source | Passage) -> list[str]:
    # Above the first heading, the section is the title itself.
    section = piece.section if piece.section != piece.title else None
    return [fact for fact in (section, str(piece.place)) if fact]


def _meta(facts: Sequence[str], name: str = "meta") -> str:
    if not facts:
        return ""
    return f'<p class="{name}">{" · ".join(escape(fact) for fact in facts)}</p>'


def _extent(documents: Sequence[Origin]) -> str:
    """Return "5 documents · 2017–2019"."""
    if not documents:
        return "No documents yet"
    count = f"{len(documents):,} {'document' if len(documents) == 1 else 'documents'}"
    years = sorted({d.published[:4] for d in documents if d.published})
    if not years:
        return count
    return f"{count} · {years[0]}" + (f"–{years[-1]}" if len(years) > 1 else "")
