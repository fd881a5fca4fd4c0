"""HTML of the page, as strings: values in, markup out.

Knows the values of `qa.types` and nothing of Gradio, servers or files. Every character that a
document, a question or a file name brings along goes through `html.escape`; markup never changes
a text, so that the text content of what is rendered is the text. How things look stands in
`page.css`, what a click does in `page.js`.
"""

from collections.abc import Sequence
from html import escape

from qa.page.texts import html


def masthead() -> str:
    """Return the name of the page and the way to its views."""
    links = "".join(
        f'<a href="#/{path}" data-view="{view}">{html(f"nav.{view}")}</a>'
        for view, path in (
            *(("ask", ""), ("collection", "collection")),
            *(("evaluation", "evaluation"), ("help", "help")),
        )
    )
    return (
        f'<a class="skip" href="#question">{html("skip")}</a>'
        '<header class="masthead"><h1>Chapter <span>&amp;</span> Verse</h1>'
        f'<nav aria-label="{html("nav.label")}">{links}</nav></header>'
    )


def view(name: str) -> str:
    """Return the empty room of a view, which its script fills."""
    return f'<main class="view" aria-label="{html(f"nav.{name}")}"></main>'


def thread(examples: Sequence[str]) -> str:
    """Return the conversation before anything is asked, with questions to begin with."""
    buttons = "".join(f'<button type="button">{escape(text)}</button>' for text in examples)
    offered = (
        f'<div id="examples" aria-label="{html("examples.label")}" role="group">{buttons}</div>'
    )
    exports = "".join(
        f'<a data-as="{kind}" href="#" download>{html(f"thread.export_{kind}")}</a>'
        for kind in ("html", "json")
    )
    tools = (
        f'<div id="thread-tools" role="group" aria-label="{html("thread.tools")}" hidden>'
        f'<a href="#/">{html("thread.new")}</a>{exports}'
        f'<button type="button" class="forget">{html("thread.forget")}</button></div>'
    )
    return f'{tools}<div id="turns"></div>{offered if examples else ""}<div id="welcome"></div>'


def narrowing() -> str:
    """Return the empty room of what a question may be narrowed to."""
    return '<div id="narrow"></div>'
