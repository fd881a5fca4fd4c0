"""What a statement tells of: which figures, names and dates answer, of what whole, for what time.

Rules over English words. They look for what restricts a value (a place, a group, a period, a
plan, another statistic), since a value means nothing without what it is of.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from qa.agreement.quantities import Name, Quantity, Value, dates, quantities
from qa.agreement.vocabulary import ASKING, LIGHT, TITLES, form
from qa.folding import Word, words
from qa.kinds import expected

_AHEAD = re.compile(
    r"\b(will|shall|should|must|could|would|may|might|plan(s|ned)?|proposed?|expect(s|ing)?"
    r"|(is|are|was|were) (expected|to|due)|forecast|target|aim(s|ed)?|goal|budget(ed)?|hoped?|hopes"
    r"|projected)\b"
)
_RELATIVE = re.compile(
    r"\b(today|so far|to date|(last|this|next|previous) (year|month|week|quarter))\b", re.IGNORECASE
)
_REPORTED = re.compile(
    r"\s*[\w’' ]{0,60}\b(said|says?|heard|told|claim(s|ed)?|announced|report(s|ed)?|found)( that)? "
)
_OPENS = re.compile(
    r"(of|in|on|among|at|for|from|across|within|by|under|before|after|until|since|between|during)\b",
    re.IGNORECASE,
)
_ONE_HOLDER = re.compile(
    r"^(who|which \w+) (is|was|won|designed|wrote|built|discovered|invented|founded|became)\b"
    r"|^what (is|was) the (capital|name)\b"
)
_HOW_MUCH_TIME = re.compile(r"\bhow many (hour|day|week|month|year)s?\b")
_DENIED = re.compile(
    r"(\b(not|rather than|instead of)|n['’]t)( (?!more|less|fewer)\w+){0,2} ?\Z",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Z][\w’'-]+(?: (?:[A-Z][\w’'-]+|[A-Z]\.))*")
_BREAK = re.compile(r"[;:()]|,(?!\d)| and (?=\w+ed\b)")
_MOST = 50  # figures, dates or names; each is compared with each, and more stand in a table
_LONGEST = 4_000  # characters that are compared; an answer is a sentence or a few


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says to a question.

    `published` is an ISO date; `about` is the title and section, which may set scope and date.
    """

    text: str
    published: str | None = None
    about: str = ""


class Question:
    """What is asked: of what, and for which kind of value."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower = text.lower()
        self.kind = expected(text)
        self.words = words(text)
        self.terms = {form(w) for w in self.words}
        self.numbers = {w.plain for w in self.words if w.plain[0].isdigit()}
        self.years = {d.first for d in dates(text) if d.first}
        capitals = [w for w in self.words[1:] if text[w.start].isupper() and w.is_content]
        # Of a name that is asked about, all but the last word may be left out ("Joan" Pym).
        given = {form(a) for a, b in pairwise(capitals) if text[a.end : b.start] == " "}
        self.names = {form(w) for w in capitals} - given
        self.subject = {form(w) for w in self.words if w.is_content and w.plain not in self.numbers}
        self.subject -= ASKING | given
        self.is_ahead = bool(_AHEAD.search(text))
        self.has_one_holder = bool(_ONE_HOLDER.search(self.lower))

    def wants(self, quantity: Quantity) -> bool:
        """Whether a figure is of the kind that is asked for."""
        measures = quantity.measures
        if self.kind == "money":
            return measures.isupper()
        if "how fast" in self.lower:
            return measures not in ("time", "count")
        if self.kind in ("duration", "age") or _HOW_MUCH_TIME.search(self.lower):
            return measures == "time"
        if self.kind == "percent":
            return measures == "percent"
        return "how many" not in self.lower or measures in ("count", "percent")


class Reading:
    """A statement as it is compared: its words, its time, and what stands where."""

    def __init__(self, statement: Statement, asked: Question) -> None:
        self.text = statement.text[:_LONGEST]
        self.asked = asked
        self.published = _day(statement.published)
        self.words = words(self.text)
        self.said = {form(word) for word in self.words}
        self.known = self.said | {form(word) for word in words(statement.about[:_LONGEST])}
        self.missing = asked.subject - self.known  # what the question speaks of and this doesn't
        self.dates = dates(self.text)[:_MOST]
        self.about_dates = dates(statement.about[:_LONGEST])[:_MOST]
        self.figures = quantities(self.text)[:_MOST]
        self.is_ahead = bool(_AHEAD.search(self.text))  # planned or due, not done
        # Times that count from the day of writing.
        self.relative = {match[0].lower() for match in _RELATIVE.finditer(self.text)}

    @cached_property
    def values(self) -> list[Value]:
        """What may answer."""
        if self.asked.kind == "date":
            return [*self.dates]
        if self.asked.has_one_holder:
            return [*self._names()[:_MOST]]
        if self.asked.kind in ("person", "name", "reason"):  # several may be right
            return []
        found = [q for q in self.figures if not self._is_asked(q) and not self.is_denied(q)]
        if self.asked.kind == "age":
            found = [q.in_years() for q in found]
        # Of "pay gap" and "price index" the figure is a share.
        shares = [q for q in found if self.asked.kind == "money" and q.measures == "percent"]
        return [*([q for q in found if self.asked.wants(q)] or shares)]

    def _is_asked(self, quantity: Quantity) -> bool:
        numbers = {w.plain for w in words(self.text[quantity.start : quantity.end])}
        return bool(numbers & self.asked.numbers)

    def is_denied(self, quantity: Quantity) -> bool:
        """Whether the statement says that this is not the figure."""
        return bool(_DENIED.search(self.text, max(0, quantity.start - 30), quantity.start))

    def _names(self) -> list[Name]:
        """Return the names of the clauses that say most of what is asked."""
        best, found = 0, list[Name]()
        text = re.sub(r"['’]s\b", " ;", self.text)
        for start, end in _clauses(text):
            met = len({form(w) for w in self._inside([(start, end)])} & self.asked.subject)
            for match in _NAME.finditer(text, start, end):
                kept = [w for w in self._inside([match.span()]) if self._is_name(w)]
                if kept and met >= best:
                    found = found if met == best else []
                    best = met
                    found.append(Name("name", kept[0].start, kept[-1].end, kept[-1].plain))
        return found

    def _is_name(self, word: Word) -> bool:
        return word.is_content and form(word) not in self.asked.terms and form(word) not in TITLES

    def _inside(self, spans: list[tuple[int, int]]) -> list[Word]:
        return [w for w in self.words if any(start <= w.start < end for start, end in spans)]

    def clauses(self, value: Value) -> list[tuple[int, int]]:
        """Return the spans of the clause that holds a value, and of a phrase that opens the text."""
        opening, *rest = _clauses(self.text)
        opens = _OPENS.match(self.text)
        held = [(start, end) for start, end in rest if start <= value.start < end]
        return [opening, *held] if opens or not held else held

    def time(self, value: Value) -> tuple[set[tuple[int, int]], set[int]]:
        """Return the years and months that a value is for."""
        parts = self.clauses(value)
        near = [d for d in self.dates if any(start <= d.start < end for start, end in parts)]
        told = near if self.dates else self.about_dates
        return {(d.first, d.last) for d in told if d.first}, {d.month for d in near if d.month}

    def besides(self, value: Value) -> set[str]:
        """Return what a value's clause says besides the question, the value and its time."""
        spans = []
        for start, end in self.clauses(value):
            report = _REPORTED.match(self.text, start, end)
            spans.append((report.end() if report else start, end))
        taken = self._inside([(it.start, it.end) for it in (*self.dates, value)])
        said = {form(w) for w in self._inside(spans) if w.is_content and w not in taken}
        return said - self.asked.terms - LIGHT - TITLES

    @cached_property
    def is_of_its_year(self) -> bool:
        """Whether it tells of the year that is asked about, where one is."""
        told, years = [*self.dates, *self.about_dates], self.asked.years
        return not years or any(d.first <= year <= d.last for d in told for year in years)


def _clauses(text: str) -> list[tuple[int, int]]:
    starts, ends = [0], list[int]()
    for match in _BREAK.finditer(text):
        ends.append(match.start())
        starts.append(match.end())
    return [*zip(starts, [*ends, len(text)], strict=True)]


def _day(published: str | None) -> date | None:
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None
