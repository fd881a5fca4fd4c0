"""Figures that a text states, as ranges of values: amounts with a unit, shares, dates.

A figure is rarely meant to its last digit: "more than 150", "nearly half", "£1.2m" leave room.
Each has the range that it is taken to mean and the wider one that it doesn't rule out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: n for n, word in enumerate(_ONES)} | {w: 20 + 10 * n for n, w in enumerate(_TENS)}
_MAGNITUDES = {
    **{"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9},
    **{"tn": 1e12, "trillion": 1e12, "hundred": 1e2, "dozen": 12.0},
}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
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
    **{"mm": ("length", 0.001), "cm": ("length", 0.01), "metre": ("length", 1.0)},
    **{"meter": ("length", 1.0), "km": ("length", 1e3), "kilometre": ("length", 1e3)},
    **{"mile": ("length", 1609.34), "feet": ("length", 0.3048), "ft": ("length", 0.3048)},
    **{"kg": ("mass", 1.0), "tonne": ("mass", 1e3), "gram": ("mass", 0.001)},
    **{"kw": ("power", 1e3), "mw": ("power", 1e6), "gw": ("power", 1e9)},
    **{"megawatt": ("power", 1e6), "gigawatt": ("power", 1e9)},
    **{"mb": ("memory", 1e-3), "gb": ("memory", 1.0), "tb": ("memory", 1e3)},
    **{"degree": ("degrees", 1.0), "light year": ("light years", 1.0)},
}
_SPELT = "|".join([*_ONES, *_TENS, "hundred", "thousand", "million", "billion", "dozen"])
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True)).replace(" ", r"[ -]")
_MAGNITUDE = r"thousand|million|billion|trillion|bn|mn|tn|m|k"
_AMOUNT = re.compile(
    rf"""(?:(?P<currency>[£$€])\ ?)?
    (?<![\w.,/])(?:
        (?P<digits>\d{{1,3}}(?:(?:,\d{{3}})+|(?:[ \u00a0\u2009]\d{{3}}){{2,}})(?:\.\d+)?(?!\d)
            |\d+(?:\.\d+)?)
      | (?P<spelt>\b(?:an?[ ])?(?:{_SPELT})(?:[ -](?:and[ ])?(?:{_SPELT}))*\b)
    )
    (?:[ -]?(?P<magnitude>{_MAGNITUDE})\b)?
    (?:[ ]?(?P<percent>%|per[ ]?cent\b|pc\b)
      |[ ](?P<coin>pounds?|dollars?|euros?|gbp|usd|eur)\b
      |[ -]?(?P<unit>{_UNIT})s?(?!\w))?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_FRACTION = re.compile(
    rf"""\b(?:(?P<one>{"|".join(_ONES[1:11])}|\d)\ (?:in|out\ of)\ (?:every\ )?(?P<of>{"|".join(_ONES[2:])}|\d\d?)\b
      | (?:(?P<times>an?|one|two|three|four|nine)[ -](?P<part>half|third|quarter|fifth|tenth)|(?P<half>half))s?\b
        (?:(?=\W*$|[,.;:)]|\ (?:of\ (?!\d)|among|in|is|are|was|were|have|had|less|more|between)\b)
          |\ an?\ (?P<unit>{_UNIT})\b))""",
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
_HEDGE = re.compile(
    r"(?P<over>just over|just above|slightly more than|a little over)"
    r"|(?P<above>more than|over|above|at least|no fewer than|no less than|not less than|upwards of|in excess of"
    r"|exceeds|exceeding|minimum of)"
    r"|(?P<near>nearly|almost|close to|just under|not quite)"
    r"|(?P<below>less than|fewer than|under|below|up to|at most|no more than|not more than|maximum of)"
    r"|(?P<about>about|around|some|roughly|approximately|circa|an estimated|estimated at)",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"(?:{_HEDGE.pattern})(?: the| a| an)?[ ]*\Z", re.IGNORECASE)
_LONGEST = 30  # digits; what is longer is no figure
_REACH = 24  # characters; the longest hedge is shorter


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure: `low` to `high` is meant, `floor` to `ceiling` possible.

    `measures` names the dimension: "count", "percent", a currency, "time" (seconds), …
    """

    measures: str
    low: float
    high: float
    floor: float
    ceiling: float
    start: int
    end: int
    bound: str = ""  # "above", "below", or neither

    def matches(self, other: "Quantity") -> bool:
        """Whether the two are the same figure, as far as they go."""
        if self.bound and self.bound == other.bound:  # the same limit
            edges = (self.low, other.low) if self.bound == "above" else (self.high, other.high)
            return max(edges) <= 1.05 * min(edges)
        return self.low <= other.high and other.low <= self.high

    def in_years(self) -> "Quantity":
        """Return a bare number as one of years ("aged 34")."""
        if self.measures != "count":
            return self
        edges = {name: getattr(self, name) * _UNITS["year"][1] for name in _EDGES}
        return replace(self, measures="time", **edges)

    def excludes(self, other: "Quantity") -> bool:
        """Whether both can't be right."""
        return self.floor > other.ceiling or other.floor > self.ceiling


@dataclass(frozen=True, slots=True)
class Date:
    """A date as far as it is told; years `first` to `last`, 0 where none is."""

    first: int
    last: int
    month: int
    day: int
    start: int
    end: int

    def matches(self, other: "Date") -> bool:
        """Whether the two may be one day and have the year, or month and day, in common."""
        shared = [self.first and other.first, self.month and other.month, self.day and other.day]
        return not self.excludes(other) and bool(shared[0] or (shared[1] and shared[2]))

    def excludes(self, other: "Date") -> bool:
        """Whether the two can't be one day."""
        apart = self.first > other.last or other.first > self.last
        return (
            bool(self.first and other.first and apart)
            or bool(self.month and other.month and self.month != other.month)
            or bool(self.month and other.month and self.day and other.day and self.day != other.day)
        )


@lru_cache(maxsize=1_000)  # the same excerpts answer, whatever is asked
def dates(text: str) -> tuple[Date, ...]:
    """Return the dates and years of a text, in order."""
    return tuple(_date(match) for match in _DATE.finditer(text))


@lru_cache(maxsize=1_000)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Return the figures of a text that aren't part of a date, in order."""
    taken = [(match.start(), match.end()) for match in _DATE.finditer(text)]
    found: list[Quantity] = []
    for quantity in sorted((*_fractions(text), *_amounts(text)), key=lambda q: (q.start, -q.end)):
        while taken and taken[0][1] <= quantity.start:
            taken.pop(0)
        dated = taken and taken[0][0] < quantity.end and quantity.measures == "count"
        if not dated and (not found or found[-1].end <= quantity.start):
            found.append(quantity)
    return tuple(_hedged(text, quantity) for quantity in _joined(text, found))


def _date(match: re.Match[str]) -> Date:
    year = int(match["year"] or match["alone"] or 0)
    last = year + 9 if match["decade"] else year
    if match["to"] and (until := year - year % 100 + int(match["to"])) > year:
        last = until
    month = _MONTHS.index(match["month"].lower()) + 1 if match["month"] else 0
    day = int(match["day"] or match["after"] or 0)
    return Date(year, last, month, day, match.start(), match.end())


def _exact(measures: str, value: float, room: float, span: tuple[int, int]) -> Quantity:
    low, high = value - room, value + room
    return Quantity(measures, low, high, low, high, *span)


def _amounts(text: str) -> Iterator[Quantity]:
    for match in _AMOUNT.finditer(text):
        digits, spelt = match["digits"], match["spelt"]
        if spelt and spelt.lower() in ("one", "zero") and not (match["unit"] or match["percent"]):
            continue  # "one of them"
        if digits:
            plain = re.sub(r"[,\s]", "", digits)
            if len(plain) > _LONGEST:
                continue
            value = float(plain)
        else:
            value = _spelt(spelt)
        factor = _MAGNITUDES.get((match["magnitude"] or "").lower(), 1.0)
        measures = "count"
        if currency := match["currency"] or match["coin"]:
            measures = _CURRENCIES[currency.lower()]
        elif match["percent"]:
            measures = "percent"
        elif match["unit"]:
            measures, unit = _unit(match["unit"])
            factor *= unit
        room = _room(plain if digits else "", value, measures, bool(match["magnitude"]))
        yield _exact(measures, value * factor, room * factor, match.span())


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
            measures, unit = _unit(match["unit"])
            yield _exact(measures, share * unit, 0.0, match.span())
        elif share < 1:
            yield _exact("percent", 100 * share, 4 * share, match.span())


def _unit(written: str) -> tuple[str, float]:
    return _UNITS[written.lower().replace("-", " ")]


def _room(digits: str, value: float, measures: str, has_magnitude: bool) -> float:
    """Return half of the last digit that counts, a twentieth of the value at most.

    The zeros that end a bare number fill it up; a number of per cent, miles or millions is as
    exact as it is written. A length of time or a spelt number has no room.
    """
    whole, _, decimals = digits.partition(".")
    if not digits or measures == "time":
        return 0.0
    if decimals or has_magnitude or not (measures == "count" or measures.isupper()):
        return min(0.5 * 10.0 ** -len(decimals), 0.05 * value)
    filling = len(whole) - len(whole.rstrip("0"))
    return min(0.5 * 10.0**filling, 0.05 * value) if filling else 0.0


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
    """Join "four years and six months" to one length, "18 to 20 weeks" to one range."""
    joined: list[Quantity] = []
    for quantity in found:
        last = joined[-1] if joined else None
        between = text[last.end : quantity.start].lower() if last else ""
        if (
            last
            and last.measures == quantity.measures == "time"
            and between in (" and ", " ", ", ")
        ):
            joined[-1] = replace(
                last,
                **{name: getattr(last, name) + getattr(quantity, name) for name in _EDGES},
                end=quantity.end,
            )
        elif last and (scale := _spanning(text, last, between, quantity)):
            low = last.low * scale
            joined[-1] = replace(quantity, low=low, floor=low, start=last.start)
        else:
            joined.append(quantity)
    return joined


_EDGES = ("low", "high", "floor", "ceiling")


def _spanning(text: str, low: Quantity, between: str, high: Quantity) -> float:
    """Return what scales `low` to the unit of `high` where the two are one range, else 0."""
    paired = between == " and " and text[max(0, low.start - 8) : low.start].lower() == "between "
    if not paired and between not in (" to ", "-", "–", " - ", " – "):
        return 0.0
    scale = 1.0
    if low.measures == "count" and (match := _AMOUNT.match(text, high.start)):
        scale = _MAGNITUDES.get((match["magnitude"] or "").lower(), 1.0)
        scale *= _unit(match["unit"])[1] if match["unit"] else 1.0
    alike = low.measures in ("count", high.measures)
    return scale if alike and low.low * scale < high.low else 0.0


def _hedged(text: str, quantity: Quantity) -> Quantity:
    """Widen a figure by the words before it."""
    hedge = _BEFORE.search(text, max(0, quantity.start - _REACH), quantity.start)
    low, high = quantity.low, quantity.high
    value = (low + high) / 2
    kind = hedge.lastgroup if hedge else None
    if kind == "over":
        edges = (value, 1.1 * value, value, 1.25 * value)
    elif kind == "above":
        edges = (value, 1.5 * value, value, inf)
    elif kind == "near":
        edges = (0.9 * value, value, 0.85 * value, value)
    elif kind == "below":
        edges = (value / 1.5, value, -inf, value)
    elif kind == "about":
        edges = (0.92 * low, 1.08 * high, 0.85 * low, 1.15 * high)
    else:
        return quantity
    bound = kind if kind in ("above", "below") else ""
    return Quantity(quantity.measures, *edges, quantity.start, quantity.end, bound)
