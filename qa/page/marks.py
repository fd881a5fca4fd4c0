"""The route by which a reader's marks reach the file of sample questions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

from starlette.responses import Response
from starlette.routing import Route

from qa.errors import InputError
from qa.marking import FILE_NAME, NOTHING, Asked, Judgement, Marks, Ruling, Verdict
from qa.page import routing
from qa.questions import Gold

if TYPE_CHECKING:
    from qa.corpus import Corpus


def routes(corpus: "Corpus") -> list[Route]:
    """Return the routes of the marks."""
    marks = of(corpus)

    def mark(body: routing.Body) -> Response:
        asked, verdict = _asked(body), body.get("verdict")
        if "doc" not in body:
            if verdict not in (*get_args(Ruling), None):
                raise InputError(f"A question can't be {verdict!r}.")
            return routing.values(_known(marks.rule(asked, verdict)))
        if verdict not in (*get_args(Verdict), None):
            raise InputError(f"A place can't be {verdict!r}.")
        place = _place(body)
        words = corpus.document(place.doc_id).text[place.start : place.end]
        # Words that were selected by hand are sent along: no others may be marked.
        if len(words) != place.end - place.start or routing.text(body, "words", words) != words:
            raise InputError(f"{place.doc_id} has other words there now. Ask again.")
        return routing.values(_known(marks.mark(asked, place, verdict)))

    return [routing.post("mark", mark)]


def of(corpus: "Corpus") -> Marks:
    """Return the marks that are kept beside a corpus."""
    return Marks(corpus.path / FILE_NAME)


def known(corpus: "Corpus", asked: Asked) -> Judgement:
    """Return what is known of a question; nothing where the file is broken."""
    try:
        return of(corpus).of(asked)
    except InputError:  # an answer must not wait for that; whoever marks it is told
        return NOTHING


def _asked(body: routing.Body) -> Asked:
    history, where = body.get("history", []), body.get("where")
    if not isinstance(history, list) or not all(isinstance(turn, str) for turn in history):
        raise InputError("history must be a list of questions.")
    if not isinstance(where, Mapping | None):
        raise InputError("where must be an object.")
    question = routing.text(body, "question")
    if not question.strip():
        raise InputError("There is no question to be judged.")
    return Asked(question, tuple(history), where)


def _place(body: routing.Body) -> Gold:
    start, end = body.get("start"), body.get("end")
    if not isinstance(start, int) or not isinstance(end, int):
        raise InputError("start and end must be numbers of characters.")
    return Gold(routing.text(body, "doc"), start, end)


def _known(judgement: Judgement) -> dict[str, Any]:
    return {
        "right": [[p.doc_id, p.start, p.end] for p in judgement.right],
        "wrong": [[p.doc_id, p.start, p.end] for p in judgement.wrong],
        "ruling": judgement.ruling,
    }
