"""The help's route: how to use the page, and examples for this very server."""

import re
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from qa.errors import InputError
from qa.page import examples, help_html, routing
from qa.page.texts import say

if TYPE_CHECKING:
    from qa.corpus import Corpus

# The examples are to be run as they are: nothing but an address may come into them.
_ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?", re.IGNORECASE)


def routes(corpus: "Corpus", question: str | None) -> list[Route]:
    """Return the route that the help is filled by.

    Args:
        corpus: What the examples ask.
        question: What they ask it, if there is something that the documents should answer.
    """

    def show(query: routing.Query) -> Response:
        address = query.get("address", "")
        if not _ADDRESS.fullmatch(address):
            raise InputError(f"address is {address!r}; it must be this server's own.")
        asked = question or say("help.question")
        ways = examples.asking(address, corpus.path, asked)
        return routing.html(help_html.manual(examples.indexing(corpus.path), ways))

    return [routing.get("help", show)]
