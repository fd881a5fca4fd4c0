"""The corpus as tools for assistants: the Model Context Protocol over standard input and output.

The only importer of `mcp`, an extra; knows a `Corpus` and nothing of the command line. While it
serves, the protocol's package keeps standard output for the protocol alone: whatever else prints
goes to standard error. What a tool returns is the JSON of `--json`.
"""

from collections.abc import Callable
from functools import wraps
from inspect import getdoc
from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

import qa
from qa.errors import InputError, QAError
from qa.jsonable import SCHEMA, answer_json, document_json, hits_json, plain
from qa.parts import where_from_json

if TYPE_CHECKING:
    from qa.corpus import Corpus

MAX_LISTED = 200  # documents in one reply

_INSTRUCTIONS = (
    "Answers questions from the user's own documents, on this machine. Every answer is a verbatim "
    "excerpt with citations: document.text[start:end] == quote. The status 'not_found' means that "
    "the documents do not answer; 'nearest' is then no answer, only what came closest."
)
# Nothing is ever changed, and nothing beyond the corpus is reached.
_HARMLESS = ToolAnnotations(read_only_hint=True, open_world_hint=False)


def serve(corpus: "Corpus") -> None:
    """Answer a client until standard input closes."""
    server = MCPServer(
        "chapter-and-verse",
        title="Chapter & Verse",
        instructions=_INSTRUCTIONS,
        version=qa.__version__,
        log_level="WARNING",
    )
    for tool in _tools(corpus):
        server.add_tool(_told(tool), description=getdoc(tool), annotations=_HARMLESS)
    server.run()


def _tools(corpus: "Corpus") -> list[Callable[..., dict[str, Any]]]:
    """Return what a client may call; it reads the names, arguments and docstrings."""

    def ask(
        question: str, history: list[str] | None = None, where: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Answer a question with the exact words of the documents, and where they stand.

        'status' is "answered" or "not_found"; 'text' the answering words; 'citations' their places,
        with offsets that get_document takes. 'history' holds the questions before it, oldest first,
        where it leans on them; 'understood' then says how it was read. 'where' names the part of
        the documents to ask, such as {"documents": ["notes/*.txt"], "after": "2018",
        "before": "2018-05", "kinds": ["article"]}; each of these may be left out.
        """
        return answer_json(
            corpus.ask(question, history=history or (), where=where_from_json(where))
        )

    def search(query: str, top_k: int = 10, where: dict[str, Any] | None = None) -> dict[str, Any]:
        """List the passages nearest to a query, best first.

        'top_k' says how many, at most; 'where' names the part of the documents to search, as for
        ask.
        """
        return hits_json(query, corpus.search(query, top_k, where=where_from_json(where)))

    def get_document(doc_id: str, start: int = 0, end: int | None = None) -> dict[str, Any]:
        """Read a document's text, from the character 'start' up to 'end'.

        One reply has at most 100,000 characters: its 'start' and 'end' say which, and 'length' how
        many the whole text has.
        """
        return document_json(corpus.document(doc_id), start, end)

    def list_documents(start: int = 0, count: int = 100) -> dict[str, Any]:
        """List the documents by id, 'count' of them from the one numbered 'start', from 0.

        'total' says how many there are. One reply lists at most 200.
        """
        if start < 0 or not 1 <= count <= MAX_LISTED:
            raise InputError(
                f"start is {start} and count {count}; start must be 0 or more, and count from 1 to "
                f"{MAX_LISTED}."
            )
        documents = corpus.documents()
        listed = plain(documents[start : start + count])
        return {"schema": SCHEMA, "total": len(documents), "start": start, "documents": listed}

    return [ask, search, get_document, list_documents]


def _told(tool: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return the tool with our errors as the protocol's, whose messages reach the client."""

    @wraps(tool)
    def call(**arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        try:
            return tool(**arguments)
        except QAError as error:
            raise ToolError(str(error)) from error

    return call
