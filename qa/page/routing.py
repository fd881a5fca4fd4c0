"""Routes of the page's own, each a plain function, run in a thread; errors become sentences.

Knows requests and responses, no corpus. Everything is under `/page/`, which is all that `guard`
knows of it.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from qa.errors import InputError, QAError
from qa.page.texts import say

log = logging.getLogger(__name__)

Query = Mapping[str, str]
Body = Mapping[str, Any]


def get(path: str, handler: Callable[[Query], Response]) -> Route:
    """Return a route that answers from the query's fields."""

    async def answer(request: Request) -> Response:
        return await _answer(handler, request.query_params)

    return Route(f"/page/{path}", answer, methods=["GET"])


def post(path: str, handler: Callable[[Body], Response]) -> Route:
    """Return a route that takes a JSON object."""

    async def answer(request: Request) -> Response:
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            return PlainTextResponse("The body of this request must be a JSON object.", 400)
        return await _answer(handler, body)

    return Route(f"/page/{path}", answer, methods=["POST"])


async def _answer(handler: Callable[[Any], Response], given: Query | Body) -> Response:
    """Run a handler; what goes wrong is a line of plain text that can be shown as it is."""
    try:
        return await run_in_threadpool(handler, given)
    except QAError as error:
        return PlainTextResponse(str(error), 400)
    except Exception:
        log.exception("a request failed")
        return PlainTextResponse(say("error.program"), 500)


def html(text: str, **headers: str) -> Response:
    """Return a piece of the page."""
    return HTMLResponse(text, headers={"cache-control": "no-store", **headers})


def values(value: object) -> Response:
    """Return values for a script."""
    return JSONResponse(value, headers={"cache-control": "no-store"})


def number(given: Body, name: str) -> int:
    """Return a field that must be a whole number.

    Raises:
        InputError: if it is missing, or is something else.
    """
    value = given.get(name)
    if not isinstance(value, int):
        raise InputError(f"{name} is {value!r}; it must be a number.")
    return value


def text(given: Body, name: str, default: str | None = None) -> str:
    """Return a field that must be text.

    Raises:
        InputError: if it is missing and has no default, or is something else.
    """
    value = given.get(name, default)
    if not isinstance(value, str):
        raise InputError(f"{name} is {value!r}; it must be text.")
    return value
