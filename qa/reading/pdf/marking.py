"""Words of a document's text -> where they stand on the page that they were read from.

The text was put in order, hyphens and running headers taken out, so it isn't what the page says
one word after the other. A stretch is found by what stands once only on either side: `_GRAM`
letters in a row, and what goes on alike before and behind them. What that doesn't settle beyond
doubt is not found: other words are never marked. Knows no program that reads PDFs.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from qa.reading.pdf.pages import Seen
from qa.types import Span

_GRAM = 16  # letters and digits that tell a place on a page
_AROUND = 200  # of them that are looked at before and behind
_MOST = 100_000  # on a page
_FEWEST = 4  # of them in a line that is looked for: a "7" may be the page's number
_LONGEST = 4_000  # of them that are looked for: more fill the page anyway

Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in shares of the page


@dataclass(frozen=True, slots=True)
class Found:
    """Where words stand on a page: a box for each line; `whole` if every one of them was found."""

    boxes: tuple[Box, ...]
    whole: bool


def find(text: str, span: Span, words: Sequence[Seen]) -> Found:
    """Return where words of a page stand on it.

    Args:
        text: The page's stretch of the document.
        span: Of the words in it.
        words: All that stand on the page, in reading order.
    """
    # Letters and digits alone: hyphens, bullets and the lines between cells come and go.
    own = [at for at, char in enumerate(text) if char.isalnum()]
    drawn = [
        (word, at)
        for word, seen in enumerate(words)
        for at, char in enumerate(seen.text)
        if char.isalnum()
    ]
    said = "".join(text[at] for at in own)
    shown = "".join(words[word].text[at] for word, at in drawn)
    if max(len(said), len(shown)) > _MOST:
        return Found((), False)
    wanted = [number for number, at in enumerate(own) if span.start <= at < span.end]
    asked = len(wanted)
    wanted = wanted[:_LONGEST]
    edges = {n for n in range(1, len(drawn)) if _apart(drawn[n - 1], drawn[n])} | {0, len(drawn)}
    places: dict[int, int] = {}
    for first, last in _lines(text, own):
        if last - first < _FEWEST:
            continue
        if wanted and first <= wanted[-1] and last > wanted[0]:
            first, last = max(first, wanted[0] - _AROUND), min(last, wanted[-1] + 1 + _AROUND)
            between = ((n, text[own[n - 1] + 1 : own[n]]) for n in range(first + 1, last))
            bounds = {number for number, gap in between if any(map(str.isspace, gap))}
            places |= _places(said, shown, (first, last), bounds | {first, last}, edges)
    found = [drawn[places[number]] for number in wanted if number in places]
    return Found(tuple(_boxes(words, found)), len(found) == asked)


def _lines(text: str, own: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield which letters belong together: those of a paragraph, an item, a row."""
    first = 0
    for number in range(1, len(own) + 1):
        if number == len(own) or "\n" in text[own[number - 1] : own[number]]:
            yield first, number
            first = number


def _apart(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two letters of the page, one after the other, aren't of one word."""
    return one[0] != other[0] or one[1] + 1 != other[1]


def _places(
    said: str, shown: str, line: tuple[int, int], bounds: set[int], edges: set[int]
) -> dict[int, int]:
    """Return which letter of the page each letter of a line is, where that is beyond doubt.

    Args:
        said: The letters of the text.
        shown: Those of the page.
        line: From which to which of the text to look.
        bounds: Where words begin and end in it.
        edges: Where they do on the page.
    """
    first, last = line
    claims: dict[int, set[int]] = defaultdict(set)
    length = min(_GRAM, last - first)
    for at in range(first, last - length + 1):
        gram = said[at : at + length]
        there = _once(shown, gram)
        if there < 0 or _once(said, gram) < 0:
            continue
        shift = there - at
        if shift in claims[at] and shift in claims[at + length - 1]:
            continue  # within what another has found
        start, end = at, at + length
        while start > first and start + shift > 0 and said[start - 1] == shown[start + shift - 1]:
            start -= 1
        while end < last and end + shift < len(shown) and said[end] == shown[end + shift]:
            end += 1
        # Half a word that is alike by chance is another word, here as there.
        ends = [n for n in range(start, end + 1) if n in bounds and n + shift in edges]
        for number in range(ends[0], ends[-1]) if ends else ():
            claims[number].add(shift)
    return {
        number: number + next(iter(shifts)) for number, shifts in claims.items() if len(shifts) == 1
    }


def _once(text: str, gram: str) -> int:
    """Return where a text has this, or -1 unless it has it exactly once."""
    at = text.find(gram)
    return at if text.find(gram, at + 1) < 0 else -1


def _boxes(words: Sequence[Seen], found: Iterable[tuple[int, int]]) -> Iterator[Box]:
    """Yield a box for each run of words on a line."""
    line: Box | None = None
    last = -1
    for number, letters in groupby(sorted(found), key=lambda letter: letter[0]):
        box = _part(words[number], [at for _, at in letters])
        if line and number == last + 1 and _beside(line, box):
            line = (line[0], min(line[1], box[1]), box[2], max(line[3], box[3]))
        else:
            if line:
                yield line
            line = box
        last = number
    if line:
        yield line


def _beside(line: Box, box: Box) -> bool:
    """Whether a box goes on with a line: beside it, and no further than a wide space."""
    high = line[3] - line[1]
    return abs(line[1] - box[1]) < high / 2 and -high < box[0] - line[2] < 2 * high


def _part(word: Seen, letters: Sequence[int]) -> Box:
    """Return the box of some of a word's letters, the marks around them included at its ends."""
    own = [at for at, char in enumerate(word.text) if char.isalnum()]
    start = 0 if letters[0] == own[0] else letters[0]
    end = len(word.text) if letters[-1] == own[-1] else letters[-1] + 1
    each = (word.x1 - word.x0) / len(word.text)
    return word.x0 + start * each, word.y0, word.x0 + end * each, word.y1
