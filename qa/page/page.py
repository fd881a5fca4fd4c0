"""The page's parts and what happens when someone asks.

Knows Gradio and a `Corpus`; no markup (that is `render`), no ports or headers (that is `server`).
Nothing about one reader is kept here: two browser tabs can't mix.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from qa.errors import QAError
from qa.jsonable import answer_json, hits_json
from qa.page import render

if TYPE_CHECKING:
    from qa.corpus import Corpus

log = logging.getLogger(__name__)

# Events share one line of waiting: a question asked later is answered later.
_QUEUE = "questions"


def build(corpus: "Corpus", examples: Sequence[str] = ()) -> gr.Blocks:
    """Return the page over a corpus.

    Args:
        corpus: What is asked.
        examples: Questions to offer; the documents should be able to answer them.
    """

    def reply(question: str) -> str:
        try:
            return render.answer(corpus.ask(question))
        except QAError as error:
            return render.failure(str(error))
        except Exception:
            log.exception("a question failed")
            return render.failure(
                "Something went wrong in the program itself; the documents are unharmed. "
                "The window that it was started from says more."
            )

    def reply_to_example(example: str) -> tuple[str, str]:
        return example, reply(example)

    def arrive() -> tuple[str, str]:
        documents = corpus.documents()
        return render.masthead(documents), render.welcome(documents)

    def ask(question: str) -> dict[str, Any]:
        """Answer a question from the documents, with citations."""
        try:
            return answer_json(corpus.ask(question))
        except QAError as error:
            raise gr.Error(str(error), print_exception=False) from error

    def search(query: str, top_k: int = 10) -> dict[str, Any]:
        """Find the passages nearest to a query."""
        try:
            return hits_json(query, corpus.search(query, top_k))
        except QAError as error:
            raise gr.Error(str(error), print_exception=False) from error

    masthead, welcome = arrive()
    page: gr.Blocks = gr.Blocks(title="Chapter & Verse", analytics_enabled=False)
    with page:
        top = gr.HTML(masthead, elem_id="top", apply_default_css=False, js_on_load=None)
        with gr.Row(elem_id="desk"):
            question = gr.Textbox(
                label="Your question",
                show_label=False,
                container=False,
                placeholder="Ask a question",
                lines=1,
                max_lines=6,
                autofocus=True,
                elem_id="question",
            )
            button = gr.Button("Ask", variant="primary", elem_id="ask")
        chips = []
        if examples:
            with gr.Row(elem_id="examples"):
                chips = [gr.Button(example, elem_classes="example") for example in examples]
        with gr.Row(elem_id="room"):
            shelf = gr.HTML(welcome, elem_id="shelf", apply_default_css=False, js_on_load=None)
            result = gr.HTML(elem_id="answer", apply_default_css=False, js_on_load=None)
            gr.HTML(render.reader(), elem_id="source", apply_default_css=False, js_on_load=None)

        gr.on(
            [question.submit, button.click],
            reply,
            inputs=question,
            outputs=result,
            concurrency_id=_QUEUE,
            trigger_mode="always_last",
            api_visibility="private",
        )
        for chip in chips:
            chip.click(
                reply_to_example,
                inputs=chip,
                outputs=[question, result],
                concurrency_id=_QUEUE,
                trigger_mode="always_last",
                api_visibility="private",
            )
        # Documents may have come or gone since the server started. Gradio's browser side can lose
        # a queued event that follows another closely, so this one stays out of the queue.
        page.load(
            arrive,
            outputs=[top, shelf],
            show_progress="hidden",
            queue=False,
            api_visibility="private",
        )
        api(ask, api_name="ask")
        api(search, api_name="search")
    return page
