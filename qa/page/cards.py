"""HTML of a card: a document or a place in it, what is known of it, and what opening it shows.

Values in, markup out; every character that a document brings along is escaped.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape

from qa.page.texts import html, say
from qa.types import Span
from qa.wording import Origin, source_facts


def heading(item: Origin, level: str, before: str = "", *, seen: bool = False) -> str:
    """Return the title as a button that opens the card's document.

    Args:
        item: What it is the title of.
        level: "h3" and the like.
        before: What is said before it.
        seen: Whether that is shown, too.
    """
    spoken = (
        f'<span class="{"before" if seen else "unseen"}">{escape(before)}</span>' if before else ""
    )
    title = escape(item.title or item.doc_id)
    return (
        f'<{level}><button type="button" class="open" aria-pressed="false">'
        f"{spoken}{title}</button></{level}>"
    )


def target(
    item: Origin,
    passage: Span | None = None,
    quote: str = "",
    answer: Iterable[Span] = (),
    words: Iterable[Span] = (),
) -> str:
    """Return the attributes that say what a card opens; the query of `source` is made of them."""
    attributes = f'data-doc="{escape(item.doc_id)}"'
    if passage is None:
        return attributes
    return (
        f'{attributes} data-passage="{_spans([passage])}" data-quote="{fingerprint(quote)}" '
        f'data-answer="{_spans(answer)}" data-words="{_spans(words)}"'
    )


def fingerprint(quote: str) -> str:
    """Return a short digest that tells whether a passage still says what was quoted."""
    return sha256(quote.encode()).hexdigest()[:16]


def meta(facts: Sequence[str], name: str = "meta") -> str:
    """Return facts as a line."""
    if not facts:
        return ""
    return f'<p class="{name}">{" · ".join(escape(fact) for fact in facts)}</p>'


def shelf(documents: Sequence[Origin], most: int) -> str:
    """Return the first documents of a corpus, to be opened."""
    if not documents:
        return (
            f'<section class="notice"><h2>{html("shelf.empty")}</h2>'
            f"<p>{html('shelf.how')}</p></section>"
        )
    rows = "".join(
        f'<li class="card" {target(d)}>{heading(d, "h3")}{meta(source_facts(d))}</li>'
        for d in documents[:most]
    )
    more = len(documents) - most
    rest = f'<p class="rest">{html("shelf.more", count=f"{more:,}")}</p>' if more > 0 else ""
    return (
        f'<section class="shelf"><h2>{html("shelf.title")}</h2>'
        f'<p class="meta">{escape(extent(documents))}</p>'
        f'<ul class="cards" role="list">{rows}</ul>{rest}</section>'
    )


def extent(documents: Sequence[Origin]) -> str:
    """Return "5 documents · 2017–2019"."""
    if not documents:
        return say("shelf.none")
    one = len(documents) == 1
    count = say("shelf.one") if one else say("shelf.count", count=f"{len(documents):,}")
    years = sorted({d.published[:4] for d in documents if d.published})
    if not years:
        return count
    return f"{count} · {years[0]}" + (f"–{years[-1]}" if len(years) > 1 else "")


def _spans(spans: Iterable[Span]) -> str:
    return ",".join(f"{start}-{end}" for start, end in spans)
