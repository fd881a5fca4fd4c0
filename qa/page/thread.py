"""The conversation's routes: a question in, its turn as a piece of the page out.

Conversations are kept in the corpus' folder under names that can't be guessed: who has the
address has the conversation, nobody else.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from qa.conversations import Conversations
from qa.errors import InputError
from qa.exporting import page_of
from qa.marking import Asked
from qa.page import cards, marks, narrow_html, routing, thread_html
from qa.page.marks_html import Judged
from qa.page.texts import say
from qa.parts import where_from_json, where_json
from qa.saving import saved
from qa.settings import MAX_TURNS
from qa.types import Turn

if TYPE_CHECKING:
    from qa.corpus import Corpus

SHELF_SIZE = 60  # documents listed before a question is asked


def routes(corpus: "Corpus") -> list[Route]:
    """Return the routes that the conversation is made of."""
    kept = Conversations(corpus.path)

    def turn(body: routing.Body) -> Response:
        question, name = routing.text(body, "question"), routing.text(body, "conversation", "")
        where = where_from_json(body.get("where"))
        before = kept.turns(name, last=MAX_TURNS) if name else ()
        history = [] if body.get("alone") else [turn.answer for turn in before]
        answer = corpus.ask(question, history=history, where=where)
        name = name if before else kept.new()
        added = kept.add(name, answer, where_json(where) if where else None)
        return routing.html(_turn(added, before), conversation=name)

    def conversation(query: routing.Query) -> Response:
        turns = kept.turns(query.get("name", ""))
        if not turns:  # told apart from what passes: the browser forgets its name then
            return PlainTextResponse(say("thread.gone"), 404)
        return routing.html("".join(_turn(turn, turns[:n]) for n, turn in enumerate(turns)))

    def forget(body: routing.Body) -> Response:
        kept.forget(routing.text(body, "conversation"))
        return routing.values({})

    def export(query: routing.Query) -> Response:
        turns = kept.turns(query.get("name", ""))
        if not turns:
            raise InputError(say("thread.gone"))
        if query.get("as") == "json":
            return _download(saved(turns), "application/json", "conversation.json")
        return _download(page_of(turns), "text/html; charset=utf-8", "conversation.html")

    def welcome(query: routing.Query) -> Response:  # noqa: ARG001
        return routing.html(cards.shelf(corpus.documents(), SHELF_SIZE))

    def narrow(query: routing.Query) -> Response:  # noqa: ARG001
        return routing.html(narrow_html.form(corpus.documents()))

    def _turn(turn: Turn, before: Sequence[Turn]) -> str:
        # A question that stands by itself is the same one in any conversation.
        leaning = before[-MAX_TURNS:] if turn.answer.understood is not None else ()
        asked = Asked(turn.answer.question, tuple(t.answer.question for t in leaning), turn.where)
        judged = Judged(asked, marks.known(corpus, asked))
        return thread_html.turn(turn.n, turn.answer, where_from_json(turn.where), judged)

    return [
        routing.post("turn", turn),
        routing.get("conversation", conversation),
        routing.post("forget", forget),
        routing.get("export", export),
        routing.get("welcome", welcome),
        routing.get("narrow", narrow),
    ]


def _download(content: bytes, kind: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
