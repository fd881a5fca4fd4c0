"""Markdown -> blocks, by the line numbers that markdown-it-py gives its tokens.

The text stays as it is written, marks included: a quotation is what stands in the file.
"""

import re

from markdown_it import MarkdownIt

from qa.reading.blocks import lines
from qa.types import Block, BlockKind

_LEAVES: dict[str, BlockKind] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "tr_open": "row",
    "fence": "paragraph",
    "code_block": "paragraph",
    "html_block": "paragraph",
}
_HEADING_MARKS = re.compile(r"^#+\s+|\s+#+$|[*_`]+")


def markdown_blocks(text: str) -> list[Block]:
    """Return the blocks of a Markdown text; sections are paths of headings, "Part 3 › Costs"."""
    source = lines(text)
    path: list[tuple[int, str]] = []  # (level, heading) of the headings above
    found: list[Block] = []
    covered = 0  # lines
    item: int | None = None  # first line of the list item being read
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "list_item_open":
            item = first
        kind = _LEAVES.get(token.type)
        if kind is None or first < covered:
            continue
        body = [line for line in source[first:last] if line.text]
        if not any(char.isalnum() for line in body for char in line.text):
            continue
        start, end = body[0].start, body[-1].end
        if item is not None and first >= item:
            kind, item = ("item" if kind == "paragraph" else kind), None
            start = source[first].start  # the mark of the item included
        if kind == "heading":
            level = int(token.tag[1])
            path = [(n, heading) for n, heading in path if n < level]
            path.append((level, heading_text(text[start:end])))
        elif kind == "paragraph" and text[start:end].rstrip("*_ ").endswith(":"):
            kind = "lead_in"
        found.append(Block(kind, start, end, " › ".join(h for _, h in path) or None))
        covered = last
    return found


def heading_text(raw: str) -> str:
    """Return a heading's words without Markdown's marks, underline included."""
    return " ".join(_HEADING_MARKS.sub("", raw.split("\n", 1)[0]).split())
