"""Copies of documents with other years, places and figures: what looks the same but isn't.

Deterministic. A place becomes the next of the list, a year lies four years earlier, and of any
other figure each digit is another. Numbers of items and comments ("3.", "4.7") stay, being structure, and
so do days and times. A question that names nothing of the kind is answered by the copy as well.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from qa.questions import Gold, Question
from qa.types import Document

_PLACES = (
    *("London", "Manchester", "Wales", "Scotland", "England", "Ireland", "South West"),
    *("North East", "Milton Keynes", "Newcastle", "Westminster", "Holyrood", "Woodford", "Dalston"),
    *("Kent", "Essex", "Birmingham", "Leeds", "Bristol", "Cardiff", "Bedfordshire", "Durham"),
)
_NEXT = dict(pairwise((*_PLACES, _PLACES[0])))
_PLACE = re.compile(rf"\b({'|'.join(_PLACES)})\b")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_FIGURE = re.compile(
    r"(?<![\w.,/:])(?:(?P<year>(?:19|20)\d\d)\b|\d[\d,]*(?:\.\d+)?)"
    rf"(?![\d/:])(?!\.\d)(?!(?:st|nd|rd|th)?\s(?:{_MONTHS}))"  # days and times stay
)
_NUMBERING = re.compile(r"^[\s>*-]*\d+(\.\d+)*[.)]?\s", re.MULTILINE)
_YEARS = 4
_PREFIX = "altered-"


def is_altered(doc_id: str) -> bool:
    """Whether a document is such a copy."""
    return doc_id.startswith(_PREFIX)


def altered(document: Document) -> Document:
    """Return a copy under another name."""
    published = document.published
    return replace(
        Document(_PREFIX + document.doc_id, alter(document.text)),
        title=alter(document.title),
        author=document.author,
        publisher=document.publisher,
        published=published and f"{int(published[:4]) - _YEARS}{published[4:]}",
        kind=document.kind,
    )


def with_copies(question: Question, texts: Mapping[str, str]) -> Question:
    """Return the question with what answers it in the copies, unless its words tell them apart.

    Args:
        question: About the documents themselves.
        texts: Of those documents, by id.
    """
    if alter(question.text) != question.text:
        return question

    def copied(gold: Gold) -> Gold:
        start = len(alter(texts[gold.doc_id][: gold.start]))
        length = len(alter(texts[gold.doc_id][gold.start : gold.end]))
        return Gold(_PREFIX + gold.doc_id, start, start + length)

    pieces = tuple((*piece, *map(copied, piece)) for piece in question.evidence)
    return replace(question, evidence=pieces)


def alter(text: str) -> str:
    """Return the text with other years, places and figures."""
    numbering = [match.span() for match in _NUMBERING.finditer(text)]

    def other(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in numbering):
            return match[0]
        if match["year"]:
            return str(int(match[0]) - _YEARS)
        return "".join(_digit(char, at == 0) for at, char in enumerate(match[0]))

    return _PLACE.sub(lambda match: _NEXT[match[0]], _FIGURE.sub(other, text))


def _digit(char: str, is_first: bool) -> str:
    if not char.isdigit():
        return char
    return str((int(char) + 2) % 9 + 1) if is_first else str((int(char) + 3) % 10)
