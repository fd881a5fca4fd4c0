"""Words of a page -> its lines."""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import attrgetter

from qa.reading.pdf.pages import Word

_SAME_LINE = 0.3  # of the type's size that baselines may differ by
_RAISED = 0.6  # the same for a smaller character: a footnote's mark, an index
_CELL_GAP = 1.1  # of the type's size between words that aren't of one run of text
_GLUED = 0.15  # the same between parts of one word

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True)
class Line:
    """Words on one baseline, in reading order; those far apart are in several `cells`."""

    words: tuple[Word, ...]

    @cached_property
    def x0(self) -> float:
        """Where its first word begins."""
        return min(word.x0 for word in self.words)

    @cached_property
    def x1(self) -> float:
        """Where its last word ends."""
        return max(word.x1 for word in self.words)

    @cached_property
    def size(self) -> float:
        """Of most of its letters, in halves of a point."""
        if len({word.size for word in self.words}) == 1:
            return round(self.words[0].size * 2) / 2
        sizes: Counter[float] = Counter()
        for word in self.words:
            sizes[round(word.size * 2) / 2] += len(word.text)
        return max(sizes, key=lambda size: (sizes[size], size))

    @cached_property
    def y(self) -> float:
        """Of the baseline."""
        return max(self.words, key=lambda word: (word.size, -word.order)).y

    @cached_property
    def bold(self) -> bool:
        """Whether all of it is."""
        return self._all("bold")

    @cached_property
    def italic(self) -> bool:
        """Whether all of it is."""
        return self._all("italic")

    def _all(self, face: str) -> bool:
        """Whether all words are in this face; marks and bullets have the faces of their own fonts."""
        if len(faces := {getattr(word, face) for word in self.words}) == 1:
            return bool(faces.pop())
        told = [word for word in self.words if any(map(str.isalnum, word.text))] or self.words
        return all(getattr(word, face) for word in told)

    @cached_property
    def text(self) -> str:
        """Its words, parts of one glued together."""
        parts: list[str] = []
        for before, word in pairwise((None, *self.words)):
            if before is not None and word is not None and not _glued(before, word):
                parts.append(" ")
            parts.append(word.text if word is not None else "")
        return "".join(parts)

    @cached_property
    def cells(self) -> tuple["Line", ...]:
        """Its words in runs, cut where they stand far apart."""
        runs: list[list[Word]] = []
        for word in self.words:
            if runs and word.x0 - runs[-1][-1].x1 <= _CELL_GAP * max(word.size, self.size):
                runs[-1].append(word)
            else:
                runs.append([word])
        return tuple(Line(tuple(run)) for run in runs)

    @cached_property
    def first_width(self) -> float:
        """What would have to fit on the line above for its first word to stand there."""
        return self.words[0].x1 - self.words[0].x0


def make_lines(words: Sequence[Word]) -> list[Line]:
    """Return the words' lines from top to bottom."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.y, word.x0)):
        if rows and word.y - rows[-1][0].y <= _SAME_LINE * min(word.size, rows[-1][0].size):
            rows[-1].append(word)
        else:
            rows.append([word])
    merged: list[list[Word]] = []
    for row in rows:
        if merged and _belongs(merged[-1], row):
            merged[-1] += row
        else:
            merged.append(row)
    return [_line(row) for row in merged]


def _line(row: list[Word]) -> Line:
    leftward = sum(
        bool(_RIGHT_TO_LEFT.search(word.text)) for word in row if not word.text.isascii()
    )
    across = leftward <= len(row) / 2
    return Line(tuple(sorted(row, key=attrgetter("x0" if across else "order"))))


def _belongs(above: Sequence[Word], below: Sequence[Word]) -> bool:
    """Whether two rows are one line with raised or lowered marks."""
    upper, lower = max(w.size for w in above), max(w.size for w in below)
    small, large = (above, below) if upper < lower else (below, above)
    if min(upper, lower) > 0.85 * max(upper, lower):
        return False
    if abs(above[0].y - below[0].y) > _RAISED * max(upper, lower):
        return False
    near = 2 * max(upper, lower)
    edges = sorted([w.x1 for w in large] + [w.x0 for w in large])
    for mark in small:
        at = bisect_left(edges, mark.x0 - near)
        if at == len(edges) or edges[at] > mark.x1 + near:
            return False
    return True


def _glued(before: Word, word: Word) -> bool:
    """Whether two words are parts of one that the page draws in pieces."""
    if word.spaced:
        return False
    gap, size = word.x0 - before.x1, max(word.size, before.size)
    if unicodedata.east_asian_width(before.text[-1]) in "WF":
        return gap < size / 2
    return -size < gap < _GLUED * size and word.order > before.order
