"""The source pane's routes: a document with a passage marked, its contents, text and pages."""

import re
from base64 import b64decode
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from qa.errors import InputError
from qa.page import outline, reader_html, routing
from qa.page.cards import fingerprint
from qa.page.leaves import Leaves
from qa.page.texts import say
from qa.reading.pdf import marking
from qa.reading.pdf.pages import Seen
from qa.types import Document, PlaceMap, Span

if TYPE_CHECKING:
    from qa.corpus import Corpus

_SPANS = re.compile(r"(\d{1,12})-(\d{1,12})")
_LAYERS = ("passage", "answer", "words")


def routes(corpus: "Corpus") -> list[Route]:
    """Return the routes that the pane is filled by."""
    leaves = Leaves(corpus)

    def source(query: routing.Query) -> Response:
        document = _document(query)
        passage = next(iter(_spans(query, "passage")), None)
        if passage and not passage.start < passage.end <= len(document.text):
            raise InputError(say("reader.no_place", end=f"{len(document.text):,}"))
        quoted = query.get("quote") or None
        if passage and quoted not in (None, _quote(document, passage)):
            # Marking other words than those that were quoted would be worse than marking none.
            return PlainTextResponse(say("reader.changed"), 409)
        answer = next(iter(_spans(query, "answer")), None)
        why_not = leaves.why_not(document.doc_id)
        paged = why_not is None and document.places is not None
        words = _spans(query, "words")
        return routing.html(
            reader_html.source(document, passage, answer, words, paged=paged, note=why_not or "")
        )

    def text(query: routing.Query) -> Response:
        return PlainTextResponse(_document(query).text, headers={"cache-control": "no-store"})

    def contents(query: routing.Query) -> Response:
        return routing.html(reader_html.outline(outline.entries(_document(query))))

    def spot(query: routing.Query) -> Response:
        document, said = _document(query), routing.text(query, "said")
        places = document.places or PlaceMap("line", (0,))
        start = outline.locate(places, said, _number(query, "near"))
        if start is None:  # nothing has failed: it is a question that is answered
            return routing.values({"none": say("reader.no_spot", unit=places.unit, said=said[:40])})
        return routing.values({"start": start, "number": places.at(start, start).first})

    def leaf(query: routing.Query) -> Response:
        picture = leaves.picture(
            routing.text(query, "doc"), _number(query, "page"), _number(query, "width")
        )
        kept = {"cache-control": "no-store"}  # another edition may have the same address
        return Response(b64decode(picture.png), media_type="image/png", headers=kept)

    def marks(query: routing.Query) -> Response:
        document, number = _document(query), _number(query, "page")
        picture = leaves.picture(document.doc_id, number, _number(query, "width"))
        spans = {name: _spans(query, name) for name in _LAYERS}
        return routing.values(
            {"width": picture.width, "height": picture.height}
            | _marks(document, number, spans, picture.words)
        )

    def _document(query: routing.Query) -> Document:
        return corpus.document(routing.text(query, "doc"))

    found = [source, text, contents, spot, leaf, marks]
    return [routing.get(handler.__name__, handler) for handler in found]


def _marks(
    document: Document, number: int, spans: dict[str, list[Span]], words: tuple[Seen, ...]
) -> dict[str, object]:
    """Return where the spans stand on a page, and whether that is all of what is on it."""
    places = document.places
    if places is None or number not in (places.numbers or range(1, len(places.starts) + 1)):
        return {"label": None, "boxes": [], "whole": True}
    index = number - 1 if not places.numbers else places.numbers.index(number)
    start = places.starts[index]
    end = places.starts[index + 1] if index + 1 < len(places.starts) else len(document.text)
    boxes: list[tuple[str, marking.Box]] = []
    whole = True
    for name in _LAYERS:
        for span in spans[name]:
            own = Span(max(span.start, start) - start, min(span.end, end) - start)
            if own.start < own.end:
                found = marking.find(document.text[start:end], own, words)
                boxes += [(name, box) for box in found.boxes]
                whole = whole and found.whole
    label = places.labels[index] if places.labels else None
    return {"label": label, "boxes": boxes, "whole": whole}


def _quote(document: Document, span: Span) -> str:
    return fingerprint(document.text[span.start : span.end])


def _spans(query: routing.Query, name: str) -> list[Span]:
    found = _SPANS.findall(query.get(name, ""))
    return [Span(int(start), int(end)) for start, end in found]


def _number(query: routing.Query, name: str) -> int:
    given = query.get(name, "0")
    if not (given.isdecimal() and len(given) < 10):
        raise InputError(f"{name} is {given!r:.40}; it must be a whole number.")
    return int(given)
