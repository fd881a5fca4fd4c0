"""Markdown -> blocks, by the line numbers that markdown-it-py gives its tokens.

The text stays as it is written, marks included: a quotation is what stands in the file.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa.reading.blocks import Line, lines
from qa.types import Block, BlockKind

_LEAVES: dict[str, BlockKind] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "tr_open": "row",
    "fence": "paragraph",
    "code_block": "paragraph",
    "html_block": "paragraph",
}
_FRONT_MATTER = re.compile(r"---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_NESTING = 60  # levels of lists and quotations that are told apart


def front_matter(text: str) -> dict[str, str | None]:
    """Stub"""
    return {}


def markdown_blocks(text: str) -> list[Block]:
    """Return the blocks of a Markdown text; sections are paths of headings, "Part 3 › Costs"."""
    source = lines(text)
    front = _FRONT_MATTER.match(text)
    skipped = front[0].count("\n") if front else 0
    body = "\n" * skipped + text[front.end() :] if front else text
    path: list[tuple[int, str]] = []  # (level, heading) of the headings above
    found: list[Block] = []
    covered = 0  # lines that are in a block, or were passed over
    item: int | None = None  # first line of the list item being read

    def put(kind: BlockKind, first: int, last: int) -> None:
        section = " › ".join(heading for _, heading in path) or None
        found.extend(_block(kind, source[first:last], section))

    tokens = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable("table").parse(body)
    for number, token in enumerate(tokens):
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "list_item_open":
            item = first
        kind = _LEAVES.get(token.type)
        if kind is None or first < covered:
            continue
        if item is not None and item <= first:
            # The mark of the item may stand on a line of its own, above its words.
            kind, first = ("item" if kind == "paragraph" else kind), max(item, covered)
            item = None
        put("paragraph", covered, first)  # what has no token: link targets, too deep nesting
        if kind == "heading":
            level = int(token.tag[1])
            path = [(n, heading) for n, heading in path if n < level]
            path.append((level, _words(tokens[number + 1])))
        elif kind == "paragraph" and source[last - 1].text.rstrip("*_ ").endswith(":"):
            kind = "lead_in"
        put(kind, first, last)
        covered = last
    put("paragraph", covered, len(source))
    return found


def _block(kind: BlockKind, part: Sequence[Line], section: str | None) -> list[Block]:
    """Return one block of these lines, or none where there are no words in them."""
    body = [line for line in part if any(char.isalnum() for char in line.text)]
    return [Block(kind, body[0].start, body[-1].end, section)] if body else []


def _words(inline: Token) -> str:
    """Return the words of a heading without Markdown's marks."""
    parts = (child.content or " " for child in inline.children or [] if not child.nesting)
    return " ".join("".join(parts).split())
