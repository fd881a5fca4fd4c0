"""Whether two texts are the same words: a press release that two documents quote is one source.

Both texts are laid beside one another at the runs of words that they share; what stands between
the runs are the edits. Copies share most of the shorter text, and no edit touches what is said:
figures, negation, names.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from qa.folding import words
from qa.kinds import NUMBER_WORDS

_RUN = 3  # words that must follow one another to count as shared
_SHARED = 0.7  # of the shorter text
_FEWEST = 6  # shared words; less is a phrase that anyone may write
_CLAUSE = 5  # words; so many that are left out are a clause of their own, negated or not
_NEGATIONS = frozenset("no not never none nor neither nobody nothing without cannot".split())
_SYMBOLS = {"%": " percent ", "£": " pound ", "$": " dollar ", "€": " euro ", "−": " minus "}
_SPELT = str.maketrans(_SYMBOLS)
_FIGURES = NUMBER_WORDS | frozenset(
    """
    thirds quarters fifths tenths halves hundreds thousands millions billions trillion dozens
    first second fourth sixth seventh eighth ninth st nd rd th
    m mn bn tn k percent pound pounds dollar dollars euro euros pence minus
    """.split()
)


class _Token(NamedTuple):
    text: str
    is_figure: bool = False
    is_name: bool = False


def same_words(a: str, b: str) -> bool:
    """Whether the texts are copies of one another, or one holds a copy of the other.

    Small edits and clauses left out keep a copy a copy; another number, name or "not" in the
    words they share does not. Takes time in proportion to n log n of the words.
    """
    short, long = sorted((_tokens(a), _tokens(b)), key=lambda tokens: (len(tokens), tokens))
    if [token.text for token in short] == [token.text for token in long]:
        return True
    least = max(_FEWEST, _SHARED * len(short))
    there = {token.text for token in long}
    if sum(token.text in there for token in short) < least:  # spares the closer look
        return False
    pairs = _aligned(short, long)
    if len(pairs) < least:
        return False
    return all(
        _is_harmless(one, other, inside) for one, other, inside in _edits(short, long, pairs)
    )


@lru_cache(maxsize=500)  # an excerpt is compared with several others, and comes up again
def _tokens(text: str) -> tuple[_Token, ...]:
    """Return the words; figures that follow one another ("£3.6 bn", "five hundred") are one."""
    text = text.translate(_SPELT).replace("per cent", "percent")
    found: list[_Token] = []
    for word in words(text):
        if word.plain[0].isdigit() or word.plain in _FIGURES:
            signed = word.start > 0 and text[word.start - 1] == "-"
            negative = signed and (word.start == 1 or text[word.start - 2].isspace())
            plain = f"minus {word.plain}" if negative else word.plain
            if found and found[-1].is_figure:
                plain = f"{found.pop().text} {plain}"
            found.append(_Token(plain, is_figure=True))
        else:
            found.append(_Token(word.plain, is_name=text[word.start].isupper()))
    return tuple(found)


def _aligned(a: Sequence[_Token], b: Sequence[_Token]) -> list[tuple[int, int]]:
    """Return the places of the shared words, in the order of both texts.

    The k-th time that a run stands in one text meets its k-th time in the other.
    """
    there = {run: place for place, run in enumerate(_runs(b))}
    meeting = [(i, there[run]) for i, run in enumerate(_runs(a)) if run in there]
    ends: list[int] = []  # the longest rising chain, by patience sorting: least end by length
    piles: list[int] = []  # … and which meeting ends it
    before: list[int] = []
    for number, (_, j) in enumerate(meeting):
        length = bisect_left(ends, j)
        before.append(piles[length - 1] if length else -1)
        ends[length : length + 1] = [j]
        piles[length : length + 1] = [number]
    shared: dict[int, int] = {}
    number = piles[-1] if piles else -1
    ceiling = len(b)
    while number >= 0:
        i, j = meeting[number]
        for offset in reversed(range(_RUN)):
            if i + offset not in shared and j + offset < ceiling:
                shared[i + offset] = ceiling = j + offset
        number = before[number]
    return sorted(shared.items())


def _runs(tokens: Sequence[_Token]) -> Iterator[tuple[tuple[str, ...], int]]:
    seen: Counter[tuple[str, ...]] = Counter()
    texts = [token.text for token in tokens]
    for run in zip(*(texts[start:] for start in range(_RUN)), strict=False):
        seen[run] += 1
        yield run, seen[run]


def _edits(
    short: Sequence[_Token], long: Sequence[_Token], pairs: Sequence[tuple[int, int]]
) -> Iterator[tuple[Sequence[_Token], Sequence[_Token], bool]]:
    """Yield what stands between the shared words, and at the ends, and whether it is between.

    Of the longer text's ends only what lies beside the shorter's.
    """
    i, j = pairs[0]
    yield short[:i], long[max(0, j - i) : j], False
    for (i, j), (k, m) in pairwise(pairs):
        yield short[i + 1 : k], long[j + 1 : m], True
    i, j = pairs[-1]
    yield short[i + 1 :], long[j + 1 : j + len(short) - i], False


def _is_harmless(one: Sequence[_Token], other: Sequence[_Token], inside: bool) -> bool:
    """Whether an edit leaves what is said: at the ends, a list's number may come or go."""
    if not one or not other:
        added = one or other
        telling = _negations(added) or any(token.is_figure for token in added)
        return len(added) >= _CLAUSE or not telling or not inside
    figures = [[token.text for token in side if token.is_figure] for side in (one, other)]
    names = [{token.text for token in side if token.is_name} for side in (one, other)]
    lone = not inside and not (figures[0] and figures[1])
    return (
        (lone or figures[0] == figures[1])
        and not (names[0] - names[1] and names[1] - names[0])
        and _negations(one) == _negations(other)
    )


def _negations(tokens: Sequence[_Token]) -> int:
    return sum(token.text in _NEGATIONS or token.text.endswith("n't") for token in tokens)
