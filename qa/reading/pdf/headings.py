"""Which pieces are headings, and how deep each is: larger type first, then bold, then numbers."""

import math
import re
from collections.abc import Sequence

from qa.reading.pdf.paragraphs import Measure, Piece

_MAX_LINES = 4
_MAX_LENGTH = 200  # characters
_LARGER = 1.12  # than the body's type
_TITLE_PAGES = 3
_ENDS_TEXT = re.compile(r"[.;:,][\"'”’)\]]*$")
_CONTENTS = re.compile(
    r"(?:table of )?contents|inhalt(?:sverzeichnis)?|sommaire|table des matières|[íi]ndice|inhoud",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:[A-Z]\.?|\d{1,3})((?:\.\d{1,3})*)\.?\s")

Style = tuple[float, bool, bool]


def mark_headings(pieces: Sequence[Piece], usual: Measure) -> None:
    """Give every piece that is a heading its level."""
    found = [piece for piece in pieces if _is_heading(piece, usual)]
    depths: dict[Style, set[int]] = {}
    last_page: dict[Style, int] = {}
    for piece in found:
        depths.setdefault(piece.style, set()).add(_depth(piece.text))
        if not _CONTENTS.fullmatch(piece.text.strip()):
            last_page[piece.style] = piece.page
    # What only a title page, or "Contents", has in its large type isn't above every chapter.
    chapters = [style for style, page in last_page.items() if page > _TITLE_PAGES]
    highest = max((size for size, _, _ in chapters), default=math.inf)
    levels: dict[tuple[Style, int], int] = {}
    level = 1
    for style in sorted(depths, key=lambda style: (-style[0], not style[1], style[2])):
        # Those without a number stand with the highest of the same type.
        numbered = sorted(depths[style] - {0})
        levels[style, 0] = level
        for depth in numbered:
            levels[style, depth] = level
            level += depth != numbered[-1]
        level += style[0] <= highest
    for piece in found:
        piece.level = levels[piece.style, _depth(piece.text)]


def _is_heading(piece: Piece, usual: Measure) -> bool:
    text = piece.text
    if piece.rows is not None or len(piece.lines) > _MAX_LINES or len(text) > _MAX_LENGTH:
        return False
    if sum(map(str.isalpha, text)) < 3:
        return False
    size, bold, _ = piece.style
    if any(line.size != size for line in piece.lines):
        return False
    if size >= _LARGER * usual.size:
        return not (_ENDS_TEXT.search(text) and len(text) > 80)
    if not bold or usual.bold or size < 0.9 * usual.size:
        return False
    return all(line.bold for line in piece.lines) and not _ENDS_TEXT.search(text)


def _depth(text: str) -> int:
    """Return how deep a heading's number is: 2 for "1.4 Costs", 0 where it has none."""
    match = _NUMBER.match(text)
    return 1 + match[1].count(".") if match else 0
