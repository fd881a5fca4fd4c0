"""The conversation's routes: a question in, its turn as a piece of the page out."""

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from qa.page import render, routing

if TYPE_CHECKING:
    from qa.corpus import Corpus


def routes(corpus: "Corpus") -> list[Route]:
    """Return the routes that the conversation is made of."""

    def turn(body: routing.Body) -> Response:
        answer = corpus.ask(routing.text(body, "question"))
        return routing.html(render.answer(answer))

    def welcome(query: routing.Query) -> Response:  # noqa: ARG001
        documents = corpus.documents()
        return routing.html(render.welcome(documents))

    return [routing.post("turn", turn), routing.get("welcome", welcome)]
