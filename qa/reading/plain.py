"""Plain text -> blocks: running text first, readers' comments at the end."""

from qa.reading.blocks import blocks, lines, with_sections, wrap_width
from qa.reading.comments import comment_blocks, first_comment
from qa.types import Block


def plain_blocks(text: str, title: str) -> list[Block]:
    """Return the blocks of a plain text.

    Args:
        text: Canonical text.
        title: The title where it is known, or "".
    """
    source = lines(text)
    width = wrap_width(source)
    cut = first_comment(source)
    article = blocks(source[:cut], width, title=title)
    comments = [] if cut is None else comment_blocks(source[cut:], width)
    return with_sections(article, text) + comments
