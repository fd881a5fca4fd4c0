"""HTML of the page's frame: its name, its views, the room of the conversation.

Values in, markup out; every character that a document or a question brings along is escaped. How
things look and what a click does stands in `assets/`.
"""

from collections.abc import Sequence
from html import escape

from qa.page.texts import html


def masthead() -> str:
    """Return the name of the page, the way to its views, and the line that is read aloud."""
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
        '<p id="status" class="unseen" role="status"></p>'
    )


def view(name: str) -> str:
    """Return the empty room of a view, which its script fills."""
    return f'<section class="view" aria-label="{html(f"nav.{name}")}"></section>'


def thread(examples: Sequence[str], corpus: str) -> str:
    """Return the conversation before anything is asked.

    Args:
        examples: Questions to begin with.
        corpus: Tells this corpus from others that were served from the same address.
    """
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
        f'<a href="#/new">{html("thread.new")}</a>{exports}'
        f'<button type="button" class="forget">{html("thread.forget")}</button></div>'
    )
    return (
        f'{tools}<div id="turns" data-corpus="{escape(corpus)}"></div>'
        f'{offered if examples else ""}<div id="welcome"></div>'
    )


def narrowing() -> str:
    """Return the empty room of what a question may be narrowed to."""
    return '<div id="narrow"></div>'
