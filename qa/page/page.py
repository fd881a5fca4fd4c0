"""The page's parts, and the named endpoints for programs.

Knows Gradio and a `Corpus`; no markup (that is `render`), no addresses or headers (`server`,
`guard`), no behaviour (`assets/`). Each view is an empty room here: its own script fills it from
its own routes when it is shown. Nothing about one reader is kept here: two tabs can't mix.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from qa.errors import QAError
from qa.jsonable import answer_json, document_json, hits_json
from qa.page import reader_html, render
from qa.page.texts import say
from qa.parts import where_from_json

if TYPE_CHECKING:
    from qa.corpus import Corpus

# The browser asks by itself: a question waits for no queue.
_ASK = "(question) => { document.dispatchEvent(new CustomEvent('ask', { detail: question })); return ''; }"


class _Page(gr.Blocks):
    """Blocks whose endpoints may be called over plain HTTP without their last arguments."""

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *rest: Any) -> Any:  # noqa: ANN401
        """Give what was left out its default; Gradio does so for its own client alone."""
        left_out = block_fn.inputs[len(inputs) :] if inputs else []
        inputs = [*inputs, *(parameter.value for parameter in left_out)]
        return await super().preprocess_data(block_fn, inputs, *rest)


def build(corpus: "Corpus", examples: Sequence[str] = ()) -> gr.Blocks:
    """Return the page over a corpus.

    Args:
        corpus: What is asked.
        examples: Questions to offer; the documents should be able to answer them.
    """

    def ask(
        question: str,
        history: list[str] | None = None,
        where: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the documents, with citations.

        `history` holds the questions before it, oldest first; `where` names the part of the
        documents to ask, as the fields of `qa.Where`.
        """
        try:
            answer = corpus.ask(question, history=history or (), where=where_from_json(where))
            return answer_json(answer)
        except QAError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def search(query: str, top_k: int = 10, where: dict[str, Any] | None = None) -> dict[str, Any]:
        """Find the passages nearest to a query, in the part of the documents that `where` names."""
        try:
            return hits_json(query, corpus.search(query, top_k, where=where_from_json(where)))
        except QAError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def document(doc_id: str, start: int = 0, end: int | None = None) -> dict[str, Any]:
        """Read a document's text, or a stretch of it."""
        try:
            return document_json(corpus.document(doc_id), start, end)
        except QAError as error:
            raise gr.Error(str(error), print_exception=False) from error

    name = sha256(str(corpus.path).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    page: gr.Blocks = _Page(title=say("name"), analytics_enabled=False)
    with page:
        _html(render.masthead(), "top")
        with gr.Row(elem_id="room", elem_classes="view"):
            with gr.Column(elem_id="left"):
                _html(render.thread(examples, name), "thread")
                with gr.Column(elem_id="dock"):
                    _html(render.narrowing(), "narrowing")
                    with gr.Row(elem_id="desk"):
                        question = gr.Textbox(
                            label=say("ask.label"),
                            show_label=False,
                            container=False,
                            placeholder=say("ask.placeholder"),
                            lines=1,
                            max_lines=6,
                            elem_id="question",
                        )
                        button = gr.Button(say("ask.button"), variant="primary", elem_id="ask")
            _html(reader_html.reader(), "source")
        for view in ("collection", "evaluation", "help"):
            _html(render.view(view), view)
        gr.on([question.submit, button.click], None, inputs=question, outputs=question, js=_ASK)
        api(ask, api_name="ask")
        api(search, api_name="search")
        api(document, api_name="document")
    return page


def _html(value: str, name: str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None)
