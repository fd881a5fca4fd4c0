"""HTML of the page, as strings: values in, markup out.

Knows the values of `qa.types` and nothing of Gradio, servers or files. Every character that a
document, a question or a file name brings along goes through `html.escape`; markup never changes
a text, so that the text content of what is rendered is the text. How things look stands in
`page.css`, what a click does in `page.js`.
"""

from collections.abc import Iterable, Sequence
from html import escape

from qa.markup import marked
from qa.page.cards import meta
from qa.page.texts import html
from qa.types import Document, Span
from qa.wording import source_facts


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


def reader() -> str:
    """Return the empty source pane, its sheet for narrow screens, and the line read aloud."""
    label = html("reader.label")
    return (
        f'<aside id="reader" aria-label="{label}"><div id="leaf">'
        f'<p class="hint">{html("reader.hint")}</p></div></aside>'
        f'<dialog id="sheet" aria-label="{label}">'
        f'<button type="button" class="close">{html("reader.close")}</button></dialog>'
        '<p id="status" class="unseen" role="status"></p>'
    )


def source(
    document: Document,
    passage: Span | None = None,
    answer: Span | None = None,
    words: Iterable[Span] = (),
) -> str:
    """Return a whole document with a passage, the answer in it and the matching words marked."""
    text = marked(
        document.text,
        Span(0, len(document.text)),
        [
            ("passage", [passage] if passage else []),
            ("answer", [answer] if answer else []),
            ("word", list(words)),
        ],
    )
    return (
        f'<header class="title-page"><h2>{escape(document.title or document.doc_id)}</h2>'
        f"{meta(source_facts(document))}"
        f'<p class="doc-id">{escape(document.doc_id)}</p></header>'
        f'<div class="text" tabindex="0" role="region" aria-label="{html("reader.text")}">{text}</div>'
    )


def unavailable(message: str) -> str:
    """Return what the source pane shows in a document's place."""
    return f'<p class="hint">{escape(message)}</p>'
