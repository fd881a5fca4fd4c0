"""The numbered, nested readers' comments that end many saved blog posts.

They are recognised by layout: from some line to the end every line is indented, the first
begins with "1.", and entries are threads rather than the items of a list. The printed numbers
are kept, since some are missing where a comment was deleted: "8.3" is the third reply to the
eighth comment.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.reading.blocks import Line, blocks
from qa.types import Block

_NUMBERED = re.compile(r"(\d{1,4})\.(?:\s+|$)")
_MIN_INDENT = 2  # columns
_MAX_STEP = 4  # columns that a reply stands in from what it replies to


def first_comment(source: Sequence[Line]) -> int | None:
    """Return the index of the line where readers' comments begin, or None without any."""
    start = len(source)
    for index in range(len(source) - 1, -1, -1):
        if source[index].text and source[index].indent < _MIN_INDENT:
            break
        if source[index].text:
            start = index
    if start == len(source) or not source[start].text.startswith("1."):
        return None
    before = [line.text for line in source[:start] if line.text]
    if not before or before[-1].endswith(":"):  # an indented list with its lead-in
        return None
    entries = _entries(source[start:])
    threads = any("." in number for number, _ in entries)
    longer = any(sum(bool(x.text) for x in body) > 1 for _, body in entries)
    return start if len(entries) > 1 and (threads or longer) else None


def comment_blocks(source: Sequence[Line], width: int | None) -> list[Block]:
    """Return the blocks of the comments in `source`, each with its comment's number."""
    return [
        replace(block, section=f"Comment {number}", comment=number)
        for number, body in _entries(source)
        for block in blocks(body, width, headings=False)
    ]


def _entries(source: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """Return each comment's printed number and lines, its marker cut off the first."""
    entries: list[tuple[str, list[Line]]] = []
    levels: list[tuple[int, int]] = []  # the open comments: indent of the marker, number
    for line in source:
        match = _NUMBERED.match(line.text) if line.text else None
        if match and (level := _level(levels, line.indent, int(match[1]))) is not None:
            del levels[level:]
            levels.append((line.indent, int(match[1])))
            number = ".".join(str(printed) for _, printed in levels)
            cut = match.end()
            rest = Line(line.text[cut:], line.start + cut, line.end, line.indent + cut)
            entries.append((number, [rest]))
        elif entries:
            entries[-1][1].append(line)
    return entries


def _level(levels: Sequence[tuple[int, int]], indent: int, number: int) -> int | None:
    """Return the level that a marker opens a comment on, or None for a line of text."""
    for level, (marker, last) in enumerate(levels):
        if indent == marker:
            return level if number > last else None
    if not levels:
        return 0
    return len(levels) if 0 < indent - levels[-1][0] <= _MAX_STEP else None
