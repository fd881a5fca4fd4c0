"""Figures that a text states, as ranges of values: amounts with a unit, shares, dates.

A figure is rarely meant to its last digit: "more than 150", "nearly half", "£1.2m" leave room.
Each has the range that it is taken to mean and the wider one that it doesn't rule out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import Self

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: n for n, word in enumerate(_ONES)} | {w: 20 + 10 * n for n, w in enumerate(_TENS)}
_MAGNITUDES = {
    **{"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9},
    **{"trillion": 1e12, "hundred": 1e2, "dozen": 12.0},
}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_CURRENCIES = {
    **{"£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "$": "USD", "usd": "USD"},
    **{"dollar": "USD", "dollars": "USD", "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR"},
}
_DAY = 86_400.0
# Unit: what it measures, and how many of that measure's own unit it is.
_UNITS = {
    **{"second": ("time", 1.0), "minute": ("time", 60.0), "hour": ("time", 3600.0)},
    **{"day": ("time", _DAY), "week": ("time", 7 * _DAY), "month": ("time", 30.44 * _DAY)},
    **{"year": ("time", 365.25 * _DAY), "decade": ("time", 3652.5 * _DAY)},
    **{"metre": ("length", 1.0), "km": ("length", 1e3), "mile": ("length", 1609.34)},
    **{"feet": ("length", 0.3048), "kg": ("mass", 1.0), "tonne": ("mass", 1e3)},
    **{"megawatt": ("power", 1e6), "gigawatt": ("power", 1e9)},
}
_SPELT = "|".join([*_ONES, *_TENS, "hundred", "thousand", "million", "billion", "dozen"])
_UNIT = "|".join(_UNITS)
_MAGNITUDE = "thousand|million|billion|trillion|bn|m|k"
_AMOUNT = re.compile(
    rf"""(?:(?P<currency>[£$€])\ ?)?
    (?<![\w.,/])(?:
        (?P<digits>\d{{1,3}}(?:(?:,\d{{3}})+|(?:[ \u00a0\u2009]\d{{3}}){{2,}})(?:\.\d+)?(?!\d)
            |\d+(?:\.\d+)?)
      | (?P<spelt>\b(?:an?[ ])?(?:{_SPELT})(?:[ -](?:and[ ])?(?:{_SPELT}))*\b)
    )
    (?:[ -]?(?P<magnitude>{_MAGNITUDE})\b)?
    (?:[ ]?(?P<percent>%|per[ ]?cent\b)
      |[ ](?P<coin>pounds?|dollars?|euros?|gbp|usd|eur)\b
      |[ -]?(?P<unit>{_UNIT})s?(?!\w))?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_FRACTION = re.compile(
    rf"""\b(?:(?P<one>{"|".join(_ONES[1:11])}|\d)\ (?:in|out\ of)\ (?:every\ )?(?P<of>{"|".join(_ONES[2:])}|\d\d?)\b
      | (?:(?P<times>an?|one|two|three|four|nine)[ -](?P<part>half|third|quarter|fifth|tenth)|half)s?\b
        (?:\ an?\ (?P<unit>{_UNIT})\b|(?=\W*$|[,.;:)]|\ (?:of(?!\ \d)|among|in|is|are|was|were|have|had)\b)))""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_MONTH = "|".join(name.title() for name in _MONTHS)
_DATE = re.compile(
    rf"""\b(?:(?P<day>\d\d?)(?:st|nd|rd|th)?(?:\ of)?\ )?(?P<month>{_MONTH})\b
        (?:\ (?P<after>\d\d?)(?:st|nd|rd|th)?\b(?!\ \d))?(?:,?\ (?P<year>1\d{{3}}|20\d\d)\b)?
      | (?<![\w.,£$€])(?P<alone>1[1-9]\d\d|20\d\d)(?P<decade>s)?(?:[/–-](?P<to>\d\d)\b)?(?![\w%,]\d|\d)""",
    re.VERBOSE,
)
# Hedge: low, high, floor and ceiling, as parts of the number behind it.
_HEDGES = {
    "just over|just above|slightly more than": (1.0, 1.1, 1.0, 1.25),
    "more than|over|above|at least|not? (?:fewer|less) than|minimum of": (1.0, 1.5, 1.0, inf),
    "nearly|almost|close to|just under": (0.9, 1.0, 0.85, 1.0),
    "(?:less|fewer|not? more) than|under|below|up to|at most|maximum of": (2 / 3, 1.0, 0.0, 1.0),
    "about|around|some|roughly|approximately|an estimated": (0.92, 1.08, 0.85, 1.15),
}
_EDGES = [*_HEDGES.values()]
_BEFORE = re.compile(rf"\b(?:({')|('.join(_HEDGES)}))(?: the| a| an)? *\Z", re.IGNORECASE)
_LONGEST = 30  # digits; what is longer is no figure
_REACH = 24  # characters; the longest hedge is shorter


@dataclass(frozen=True, slots=True)
class Value:
    """What may answer: a figure, date or name; two are compared where they measure the same."""

    measures: str  # "count", "percent", a currency, "time" (seconds), …, "date", "name"
    start: int
    end: int

    def matches(self, other: Self) -> bool:
        """Whether the two are the same, as far as they go."""
        raise NotImplementedError

    def excludes(self, other: Self) -> bool:
        """Whether both can't be right."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Quantity(Value):
    """A figure: `low` to `high` is meant, `floor` to `ceiling` possible."""

    low: float
    high: float
    floor: float
    ceiling: float
    factor: float  # of the number as it is written
    bound: str = ""  # "above", "below", or neither

    def matches(self, other: Self) -> bool:
        """Whether the two are the same figure, as far as they go."""
        if self.bound and self.bound == other.bound:  # the same limit
            edges = (self.low, other.low) if self.bound == "above" else (self.high, other.high)
            return max(edges) <= 1.05 * min(edges)
        return self.low <= other.high and other.low <= self.high

    def in_years(self) -> "Quantity":
        """Return a bare number as one of years ("aged 34")."""
        if self.measures != "count":
            return self
        year = _UNITS["year"][1]
        low, high, floor, ceiling = (
            edge * year for edge in (self.low, self.high, self.floor, self.ceiling)
        )
        return replace(self, measures="time", low=low, high=high, floor=floor, ceiling=ceiling)

    def excludes(self, other: Self) -> bool:
        """Whether both can't be right."""
        return self.floor > other.ceiling or other.floor > self.ceiling


@dataclass(frozen=True, slots=True)
class Date(Value):
    """A date as far as it is told; years `first` to `last`, 0 where none is."""

    first: int
    last: int
    month: int
    day: int

    def matches(self, other: Self) -> bool:
        """Whether the two may be one day and have the year, or month and day, in common."""
        shared = [self.first and other.first, self.month and other.month, self.day and other.day]
        return not self.excludes(other) and bool(shared[0] or (shared[1] and shared[2]))

    def excludes(self, other: Self) -> bool:
        """Whether the two can't be one day."""
        apart = self.first > other.last or other.first > self.last
        return (
            bool(self.first and other.first and apart)
            or bool(self.month and other.month and self.month != other.month)
            or bool(self.month and other.month and self.day and other.day and self.day != other.day)
        )


@dataclass(frozen=True, slots=True)
class Name(Value):
    """A name, by its last word, folded."""

    last: str

    def matches(self, other: Self) -> bool:
        """Whether the two may be one."""
        return self.last == other.last

    def excludes(self, other: Self) -> bool:
        """Whether the two can't be one."""
        return self.last != other.last


def dates(text: str) -> list[Date]:
    """Return the dates and years of a text, in order."""
    return [_date(match) for match in _DATE.finditer(text)]


def quantities(text: str) -> list[Quantity]:
    """Return the figures of a text that aren't part of a date, in order."""
    taken = [(match.start(), match.end()) for match in _DATE.finditer(text)]
    found: list[Quantity] = []
    for quantity in sorted((*_fractions(text), *_amounts(text)), key=lambda q: (q.start, -q.end)):
        while taken and taken[0][1] <= quantity.start:
            taken.pop(0)
        dated = taken and taken[0][0] < quantity.end and quantity.measures == "count"
        if not dated and (not found or found[-1].end <= quantity.start):
            found.append(quantity)
    return [_hedged(text, quantity) for quantity in _joined(text, found)]


def _date(match: re.Match[str]) -> Date:
    year = int(match["year"] or match["alone"] or 0)
    last = year + 9 if match["decade"] else year
    if match["to"] and (until := year - year % 100 + int(match["to"])) > year:
        last = until
    month = _MONTHS.index(match["month"].lower()) + 1 if match["month"] else 0
    day = int(match["day"] or match["after"] or 0)
    return Date("date", *match.span(), year, last, month, day)


def _amounts(text: str) -> Iterator[Quantity]:
    for match in _AMOUNT.finditer(text):
        digits, spelt = re.sub(r"[,\s]", "", match["digits"] or ""), match["spelt"]
        if spelt and spelt.lower() in ("one", "zero") and not (match["unit"] or match["percent"]):
            continue  # "one of them"
        if len(digits) > _LONGEST:
            continue
        value = float(digits) if digits else _spelt(spelt)
        factor = _MAGNITUDES.get((match["magnitude"] or "").lower(), 1.0)
        measures = "count"
        if currency := match["currency"] or match["coin"]:
            measures = _CURRENCIES[currency.lower()]
        elif match["percent"]:
            measures = "percent"
        elif match["unit"]:
            measures, unit = _UNITS[match["unit"].lower()]
            factor *= unit
        is_round = not match["magnitude"] and (measures == "count" or measures.isupper())
        room = 0.0 if measures == "time" else _room(digits, value, is_round)
        yield _figure(measures, value, room, match, factor)


def _fractions(text: str) -> Iterator[Quantity]:
    for match in _FRACTION.finditer(text):
        if match["one"]:
            one, of = (
                int(n) if n.isdigit() else _SMALL[n.lower()] for n in match.group("one", "of")
            )
            share = one / of if of else inf
        else:
            share = (
                _SMALL.get((match["times"] or "a").lower(), 1)
                / _PARTS[(match["part"] or "half").lower()]
            )
        if match["unit"]:
            measures, unit = _UNITS[match["unit"].lower()]
            yield _figure(measures, share, 0.0, match, unit)
        elif share < 1:
            yield _figure("percent", share, 0.04 * share, match, 100.0)


def _figure(
    measures: str, value: float, room: float, match: re.Match[str], factor: float
) -> Quantity:
    low, high = (value - room) * factor, (value + room) * factor
    return Quantity(measures, *match.span(), low, high, low, high, factor)


def _room(digits: str, value: float, is_round: bool) -> float:
    """Return half of the last digit that counts, a twentieth of the value at most.

    The zeros that end a round number fill it up; any other is as exact as it is written, and a
    spelt one exact.
    """
    whole, _, decimals = digits.partition(".")
    filling = len(whole) - len(whole.rstrip("0"))
    if not digits or (is_round and not decimals and not filling):
        return 0.0
    last = filling if is_round and not decimals else -len(decimals)
    return min(0.5 * 10.0**last, 0.05 * value)


def _spelt(text: str) -> float:
    total = value = 0.0
    for word in re.split(r"[ -]", text.lower()):
        if word in _SMALL:
            value += _SMALL[word]
        elif word in ("hundred", "dozen"):
            value = (value or 1) * _MAGNITUDES[word]
        elif word in _MAGNITUDES:
            total, value = total + (value or 1) * _MAGNITUDES[word], 0.0
    return total + value


def _joined(text: str, found: list[Quantity]) -> list[Quantity]:
    """Join "18 to 20 weeks" to one range."""
    joined: list[Quantity] = []
    for high in found:
        low = joined[-1] if joined else high
        paired = text[max(0, low.start - 8) : low.start].lower() == "between "
        between = text[low.end : high.start]
        scale = high.factor if low.measures == "count" else 1.0
        if (
            low.measures in ("count", high.measures)
            and (between in (" to ", "-", "–", " – ") or (paired and between == " and "))
            and low.low * scale < high.low
        ):
            edge = low.low * scale
            joined[-1] = replace(high, low=edge, floor=edge, start=low.start)
        else:
            joined.append(high)
    return joined


def _hedged(text: str, quantity: Quantity) -> Quantity:
    """Widen a figure by the words before it."""
    hedge = _BEFORE.search(text, max(0, quantity.start - _REACH), quantity.start)
    value = (quantity.low + quantity.high) / 2
    if not hedge or not hedge.lastindex or not value:
        return quantity
    low, high, floor, ceiling = (value * edge for edge in _EDGES[hedge.lastindex - 1])
    bound = "above" if ceiling == inf else "below" if floor == 0 else ""
    return replace(quantity, low=low, high=high, floor=floor, ceiling=ceiling, bound=bound)
