"""Texts with marks in them, as HTML: what the page and an exported file share."""

from collections.abc import Iterable, Sequence
from html import escape

from qa.types import Span


def marked(text: str, span: Span, layers: Sequence[tuple[str, Sequence[Span]]]) -> str:
    """Return `text[span.start:span.end]`, escaped, with the spans of each layer in marks.

    Args:
        text: The document's text, which all offsets count in.
        span: What to show of it.
        layers: Class name and spans of each kind of mark, the outermost first. A span that
            crosses the border of a mark around it is cut there, so that marks always nest.
    """
    if not layers:
        # A browser reads a bare carriage return as a line feed.
        return escape(text[span.start : span.end]).replace("\r", "&#13;")
    (name, spans), inner = layers[0], layers[1:]
    parts, at = [], span.start
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, span.end)
        if start < end:
            parts.append(marked(text, Span(at, start), inner))
            parts.append(f'<mark class="{name}">{marked(text, Span(start, end), inner)}</mark>')
            at = end
    parts.append(marked(text, Span(at, span.end), inner))
    return "".join(parts)


def shifted(spans: Iterable[Span], by: int) -> list[Span]:
    """Return spans as they are counted from elsewhere."""
    return [Span(start + by, end + by) for start, end in spans]
