"""What kind of answer a question expects, and which kinds a sentence offers.

Rules over English words; rough, and used as one hint among others.
"""

import re
from collections.abc import Container, Iterator
from functools import lru_cache

from qa.folding import STOPWORDS, terms

OTHER = "other"
FIGURES = frozenset({"age", "percent", "duration", "count", "date", "money"})

_ASKS = [
    ("age", r"\bhow old\b|\bwhat age\b|\bage of\b"),
    (
        "percent",
        r"\b(what|which|how)\b.*\b(percentage|percent|per cent|share|proportion|fraction|rate)\b"
        r"|\b(percentage|percent|per cent|share|proportion|fraction|rate)\b.*\b(what|which|how)\b",
    ),
    ("duration", r"\bhow (long|quickly|fast|soon)\b|\bwhat length\b"),
    (
        "count",
        r"\bhow (many|much|far|big|large|tall|high|often|deep|wide)\b|\bby how\b|\bmajority\b"
        r"|\bwhat (was |is |were )?(the )?(number|population|total|average|size|figure)\b",
    ),
    (
        "date",
        r"\bwhen\b|\b(what|which)( \w+)? (year|month|date|day|century|decade)\b"
        r"|\b(latest|earliest) date\b",
    ),
    (
        "person",
        r"\b(who|whose|whom)\b|\b(what|which)( \w+){0,2} (mps?|politician|minister|man|woman|person"
        r"|offender|author|leader|king|emperor|president|secretary|scientist|engineer)\b"
        r"|\bname of\b.*\b(executive|director|chair|officer|manager|secretary|leader)\b",
    ),
    ("reason", r"\bwhy\b|\breasons?\b|\bwhat (caused|causes|led|made|makes)\b|\bdanger in\b"),
    (
        "name",
        r"\bwhere\b|\bcalled\b|\bname\b|\b(what|which)( \w+){0,2} (city|cities|country|countries"
        r"|place|region|regions|town|state|constituency|prison|prisons|seat|river|company|companies"
        r"|firm|firms|party|group|organi[sz]ation|division|divisions|area|areas)\b",
    ),
]
_LIST = re.compile(
    r"\b(which|what) (two|three|four|five|six|seven|eight|nine|ten|several|\d+)\b"
    r"|\b(what|which) (sorts?|kinds?|types?) of\b|\bwhat (should|must|ought)\b"
    r"|\b(what|which)( \w+){0,3} (recommendations|demands|conditions|measures|steps|priorities|aims)\b"
)
_EXPECTED = [(kind, re.compile(pattern)) for kind, pattern in _ASKS]
_ABOUT_MONEY = re.compile(
    r"\b(salary|pay|paid|price|costs?|worth|ow(?:e|ed)|debts?|budget|revenue|fee|fine|sums?)\b"
)
_HOW_MUCH = re.compile(r"\b(how much|what|how big|how large|which sums?)\b")
_NOT_MONEY = re.compile(r"\b(who|why|when)\b")

NUMBER_WORDS = frozenset(
    """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion half
    third quarter fifth dozen twice once double triple both none tenth
    """.split()
)
_YEAR = re.compile(r"1[0-9]\d\d|20\d\d")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MONEY = re.compile(r"[£$€]\s?\d|\b(pounds?|dollars?|euros?|pence|million)\b|\d\s?(m|bn|k)\b")
_PERCENT = re.compile(
    r"%|per ?cent|\b(half|third|quarter|fifth|tenth)\b|\b(in|out of) (ten|five|three|four|\d+)\b"
)
_UNIT = r"(second|minute|hour|day|week|month|year|decade|centur)"
_UNITS = re.compile(rf"\b{_UNIT}(s|ies|y)?\b")
_ONE_UNIT = re.compile(rf"\b(a|the|one|same|within|next|previous) {_UNIT}")
_AGE = re.compile(r"\baged?\b|\byears?[- ]old\b")
_DATE = re.compile(
    r"\b(January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b|\b\d\d? \d\d? \d\d\b"
    r"|\b\d\d?[./]\d\d?[./]\d{2,4}\b|\bcentury\b|\b\d0s\b"
)
_REASON = re.compile(
    r"\b(because|due to|as a result|so that|in order|since|led to|leads? to|caus(e|ed|es|ing)"
    r"|thanks to|result(s|ed|ing)?|owing|therefore|reasons?|means?|meant|given|could|would|aim"
    r"|to (ensure|avoid|help|make|get|allow|enhance|build))\b"
)
_PATTERNS = {"money": _MONEY, "percent": _PERCENT, "age": _AGE, "reason": _REASON}
_WORD = re.compile(r"[A-Za-z][A-Za-z'’\-]*")


def expected(question: str) -> str:
    """Return the kind of answer that a question asks for, or "other"."""
    asked = question.lower()
    if _ABOUT_MONEY.search(asked) and _HOW_MUCH.search(asked) and not _NOT_MONEY.search(asked):
        return "money"
    return next((kind for kind, pattern in _EXPECTED if pattern.search(asked)), OTHER)


def asks_for_list(question: str) -> bool:
    """Whether several things are asked for."""
    return bool(_LIST.search(question.lower()))


def offers(sentence: str, kind: str, known: Container[str]) -> bool:
    """Whether a sentence holds something of a kind that the question doesn't say already.

    Args:
        sentence: As it is written.
        kind: What `expected` returned.
        known: The question's words, folded.
    """
    return any(form not in known for form in _forms(sentence, kind))


@lru_cache(maxsize=10_000)  # sentences come up again, whatever is asked
def _forms(sentence: str, kind: str) -> frozenset[str]:
    """Return the words of a kind, folded; "" where it is there whatever the question says."""
    lower = sentence.lower()
    if kind in _PATTERNS:
        return frozenset({""} if _PATTERNS[kind].search(lower) else ())
    if kind in ("person", "name"):
        return frozenset(form for form, found in _names(sentence) if found == kind)
    numbers = _NUMBER.findall(sentence)
    years = {number for number in numbers if _YEAR.fullmatch(number)}
    if kind == "date":
        return frozenset({""} if _DATE.search(sentence) else years)
    spelt = NUMBER_WORDS.intersection(re.findall(r"[a-z]+", lower))
    if kind == "count":
        return spelt | {_plain(number) for number in numbers if number not in years}
    if kind == "duration":
        if _ONE_UNIT.search(lower):
            return frozenset({""})
        return spelt | set(map(_plain, numbers)) if _UNITS.search(lower) else frozenset()
    return frozenset()


def _plain(number: str) -> str:
    return number.replace(",", "").rstrip(".")


def _names(sentence: str) -> Iterator[tuple[str, str]]:
    """Yield capitalised words, folded, as a "name", and as a "person" where two are side by side."""
    capitals = [
        match
        for match in _WORD.finditer(sentence)
        if match[0][0].isupper() and len(match[0]) > 1 and match[0].lower() not in STOPWORDS
    ]
    for number, match in enumerate(capitals):
        folded = terms(match[0])
        if not folded:
            continue
        before = sentence[: match.start()].rstrip(" “\"'(‘")
        begins = not before or before[-1] in ".!?:\n;"
        after = capitals[number + 1 : number + 2]
        follows = bool(after) and sentence[match.end() : after[0].start()] == " "
        led = number > 0 and sentence[capitals[number - 1].end() : match.start()] == " "
        if not begins or follows:
            yield folded[0], "name"
        if (follows or led) and not match[0].isupper():
            yield folded[0], "person"
