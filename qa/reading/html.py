"""Web pages, and the HTML of books and mails.

What a person would call the page's content is read; its words are the author's, in their order.
"""

from collections.abc import Iterator

from qa.reading.building import Builder, Draft
from qa.reading.html_about import describe
from qa.reading.html_main import beside_content
from qa.reading.html_pieces import Pieces
from qa.reading.html_tree import parse


def read_html(data: bytes, name: str) -> Iterator[Draft]:  # noqa: ARG001
    """Yield the document in a web page: its main content, or all of it where none can be told."""
    root, notes = parse(data)
    about = describe(root)
    builder = Builder("paragraph")
    Pieces(builder).put(root, beside_content(root))
    yield Draft(
        *builder.finish(),
        title=about.title,
        author=about.author,
        publisher=about.publisher,
        published=about.published,
        notes=notes,
    )


def put_html(builder: Builder, source: bytes | str, *, paragraph: int = 1) -> int:
    """Put all that is shown of some HTML into a text; nothing is taken for a page's frame.

    Args:
        builder: Takes the pieces.
        source: A whole page or a part of one.
        paragraph: Number of the first piece.

    Returns:
        The number that a next piece would have.
    """
    root, _ = parse(source)
    pieces = Pieces(builder, paragraph)
    pieces.put(root, beside_content(root, whole=True))
    return pieces.number
