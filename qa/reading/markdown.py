"""Markdown -> blocks, by the line numbers that markdown-it-py gives its tokens.

The text stays as it is written, marks included: a quotation is what stands in the file.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa.reading.about import iso_date
from qa.reading.blocks import Line, is_dateline, lines
from qa.reading.building import SECTION_SEPARATOR
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
_MAX_FRONT = 20_000  # characters
_KEY = re.compile(r"([\"']?[A-Za-z][\w -]{0,40}[\"']?):(?:[ \t]+(.*)|[ \t]*)$")
_ENTRY = re.compile(r"[ \t]*-[ \t]+(?:name:[ \t]+)?(.*)$")
_PARTS = re.compile(r"""\s*("[^"]*"|'[^']*'|[^,]+)""")
_NULL = ("~", "null", "Null", "NULL")
_FRONT_KEYS = {
    "title": ("title",),
    "author": ("author", "authors", "creator", "by"),
    "publisher": ("publisher", "site_name"),
    "published": (
        "published",
        "date",
        "pubdate",
        "publish_date",
        "publication_date",
        "issued",
        "created",
    ),
}
_NESTING = 60  # levels of lists and quotations that are told apart


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
        section = SECTION_SEPARATOR.join(heading for _, heading in path) or None
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
        elif kind == "paragraph" and is_dateline(" ".join(x.text for x in source[first:last])):
            kind = "dateline"
        put(kind, first, last)
        covered = last
    put("paragraph", covered, len(source))
    return found


def front_matter(text: str) -> dict[str, str]:
    """Return what a Markdown file says of itself above its text, by `metadata.json`'s names.

    Reads YAML's plain forms, "key: value", quoted texts and lists; it is no YAML parser, and what
    it doesn't understand it leaves out.
    """
    front = _FRONT_MATTER.match(text)
    if front is None or front.end() > _MAX_FRONT:
        return {}
    values: dict[str, list[str]] = {}
    key = ""
    for line in front[0].split("\n")[1:]:
        if match := _KEY.match(line):
            key = match[1].strip("\"'").lower()
            values[key] = _values(match[2] or "")
        elif key and (match := _ENTRY.match(line)):
            values[key] += _values(match[1])
    found = {}
    for name, keys in _FRONT_KEYS.items():
        said = next((values[key] for key in keys if values.get(key)), [])
        value = iso_date(said[0]) if said and name == "published" else ", ".join(said)
        if value:
            found[name] = value
    return found


def _values(text: str) -> list[str]:
    """Return the texts of a YAML value: one, or those of a list on one line."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return [value for part in _PARTS.findall(text[1:-1]) for value in _values(part)]
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].replace("''", "'") if text[0] == "'" else text[1:-1].replace('\\"', '"')
    else:
        text = re.sub(r"(?:^|\s)#.*", "", text)
    plain = text.strip()
    return [] if plain[:1] in ("", "|", ">", "{", "&", "*", "!", "[") or plain in _NULL else [plain]


def _block(kind: BlockKind, part: Sequence[Line], section: str | None) -> list[Block]:
    """Return one block of these lines, or none where there are no words in them."""
    body = [line for line in part if any(char.isalnum() for char in line.text)]
    return [Block(kind, body[0].start, body[-1].end, section)] if body else []


def _words(inline: Token) -> str:
    """Return the words of a heading without Markdown's marks."""
    parts = (child.content or " " for child in inline.children or [] if not child.nesting)
    return " ".join("".join(parts).split())
