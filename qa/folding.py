"""Words as they are matched: case, Unicode forms, invisible marks and endings folded.

Folding serves matching alone. It never changes a text: every word keeps the span it has in
the original, so what is shown and cited is always the author's own spelling.
"""

import re
import unicodedata
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import Stemmer

# Soft hyphen, zero-width and bidi marks, word joiner, BOM: they can stand inside a word unseen.
_INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_UNSEEN = re.compile(f"[{_INVISIBLE}]+")
_MARKS = re.compile("[\u0300-\u036f]+")
_APOSTROPHES = str.maketrans("’‘ʼ＇", "''''")
# A number with its separators ("1,020", "3.6"), or letters with inner apostrophes ("don't").
_WORD = re.compile(
    rf"\d(?:[\d{_INVISIBLE}]++|[.,](?=\d))*+"
    rf"|[^\W\d_]++(?:[\u0300-\u036f{_INVISIBLE}]++[^\W\d_]*+|['’‘ʼ＇](?=[^\W\d_])[^\W\d_]++)*+"
)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")

# Snowball's English stop list, with question words and the light verbs that questions lean on.
STOPWORDS = frozenset(
    """
    a about above after again against all also am an and any are as at be because been before
    being below between both but by can could did do does doing don down during each else ever
    few for from further get gets getting give gives got had has have having he her here hers
    herself him himself his how i if in into is it its itself just let lot many may me might
    more most much must my myself no nor not now of off on once one only or other ought our ours
    ourselves out over own please same say says said shall she should so some such tell than
    that the their theirs them themselves then there these they thing this those though through
    to too under until up upon us very was we were what whatever when where whether which while
    who whom whose why will with would you your yours yourself yourselves
    """.split()
)

_stemmer = Stemmer.Stemmer("english", 0)  # Snowball's, in C; what it finds is kept below
_stemming = Lock()  # it keeps the word it is at in itself


class Forms(NamedTuple):
    """A word, wherever it stands."""

    term: str  # folded and stemmed
    plain: str  # folded only
    is_content: bool  # whether it carries meaning of its own


class Word(NamedTuple):
    """One word of a text: its matching form and where it stands."""

    term: str  # folded and stemmed
    plain: str  # folded only
    is_content: bool  # whether it carries meaning of its own
    start: int
    end: int


def as_one_line(text: str) -> str:
    """Return a question as it is read: in one line of valid Unicode."""
    # A shell may hand over bytes that are no UTF-8 as halves of surrogate pairs.
    return " ".join(text.encode("utf-8", "replace").decode().split())


def fold(text: str) -> str:
    """Return `text` with case, compatibility forms, accents and invisible marks folded away."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", _UNSEEN.sub("", text)).casefold()
    return _MARKS.sub("", text).translate(_APOSTROPHES)


@lru_cache(maxsize=200_000)
def _forms(raw: str) -> Forms:
    """Return a word's forms; its term is "" where nothing of it can be seen."""
    plain = fold(raw)
    if plain[:1].isdigit():
        if _GROUPED.fullmatch(plain):
            plain = plain.replace(",", "")
        return Forms(plain, plain, True)
    plain = plain.removesuffix("'s")
    return Forms(_stem(plain), plain, plain not in STOPWORDS and len(plain) > 1)


@lru_cache(maxsize=200_000)  # the same at the beginning of a sentence and inside
def _stem(plain: str) -> str:
    with _stemming:
        return str(_stemmer.stemWord(plain))


@lru_cache(maxsize=1_000)  # a question looks at the same passages and headings several times
def words(text: str) -> tuple[Word, ...]:
    """Return the words of `text` in order."""
    found = ((match, _forms(match[0])) for match in _WORD.finditer(text))
    return tuple(Word(*own, *match.span()) for match, own in found if own.term)


def forms(text: str) -> list[Forms]:
    """Return the forms of the words of `text` in order: less work than `words`."""
    return [own for raw in _WORD.findall(text) if (own := _forms(raw)).term]


def terms(text: str) -> list[str]:
    """Return the matching forms of the words of `text`, in order, repeats included."""
    return [term for raw in _WORD.findall(text) if (term := _forms(raw).term)]
