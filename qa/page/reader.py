"""The source pane's routes: a document with the passage marked that a card asks for."""

import re
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from qa.page import render, routing
from qa.page.cards import fingerprint
from qa.page.texts import say
from qa.types import Span

if TYPE_CHECKING:
    from qa.corpus import Corpus

_SPANS = re.compile(r"(\d{1,12})-(\d{1,12})")


def routes(corpus: "Corpus") -> list[Route]:
    """Return the routes that the pane is filled by."""

    def source(query: routing.Query) -> Response:
        document = corpus.document(query.get("doc", ""))
        passage = next(iter(_spans(query.get("passage", ""))), None)
        if passage and fingerprint(document.text[slice(*passage)]) != query.get("quote"):
            # Marking other words than those that were quoted would be worse than marking none.
            return HTMLResponse(render.unavailable(say("reader.changed")), 409)
        answer = next(iter(_spans(query.get("answer", ""))), None)
        return routing.html(
            render.source(document, passage, answer, _spans(query.get("words", "")))
        )

    return [routing.get("source", source)]


def _spans(field: str) -> list[Span]:
    return [Span(int(start), int(end)) for start, end in _SPANS.findall(field)]
