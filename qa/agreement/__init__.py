"""Whether several sources give the same answer, or different ones.

Two statements differ only where they tell the same thing of the same whole at the same time, and
the values can't both be right. Whatever one restricts and the other doesn't (a place, a group, a
period, a plan) makes them statements about different things; in doubt they are not compared.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from qa.agreement.quantities import Date, Quantity
from qa.agreement.statements import Question, Reading, Statement, form
from qa.copies import same_words
from qa.folding import words
from qa.types import Verdict

_NEAR = 45  # days between two publications that may speak of the same time
_CURRENT = frozenset("next last latest current currently now today".split())
_DISPUTES = re.compile(
    r"\b(misleading|overestimate|underestimate|wrong|incorrect|mistaken|inaccurate|untrue"
    r"|exaggerat\w*|den(y|ied|ies)|disputes?|disputed)\b",
    re.IGNORECASE,
)
_LIMITS = re.compile(r"\b(can|must|may|needs?|required?|allowed|entitled)\b")
_YES_OR_NO = re.compile(r"^(is|are|was|were|does|do|did|has|have|had|can|could|may|must|will)\b")
_NEGATIONS = frozenset("not no never none neither nor cannot".split())


class Difference(NamedTuple):
    """Statements `i` and `j` differ: they say `one` and `other`, in their own words."""

    i: int
    j: int
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """The verdict, and which statements differ on what."""

    verdict: Verdict
    differences: tuple[Difference, ...] = ()


def agreement(question: str, statements: Sequence[Statement]) -> Agreement:
    """Return whether the statements answer alike.

    "agree" takes two that aren't copies of one another; "single" also says that nothing could be
    compared.
    """
    asked = Question(question)
    readings = [Reading(statement, asked) for statement in statements]
    found: list[Difference] = []
    agrees = False
    for (i, one), (j, other) in combinations(enumerate(readings), 2):
        if same_words(one.text, other.text) or asked.kind == "reason":
            continue
        if pair := _differing(asked, one, other):
            found.append(Difference(i, j, *pair))
        agrees = agrees or _agreeing(asked, one, other)
    verdict: Verdict = "differ" if found else "agree" if agrees else "single"
    return Agreement(verdict, tuple(found))


def _differing(asked: Question, one: Reading, other: Reading) -> tuple[str, str] | None:
    """Return what the two say where it can't both be right, else None."""
    if pair := _refuting(one, other):
        return pair
    if pair := _refuting(other, one):
        return pair[1], pair[0]
    if not (one.is_of_its_year and other.is_of_its_year):
        return None
    if _unlike(asked, one, other) or _unlike(asked, other, one):
        return None
    if len(one.missing) > len(asked.subject) / 2 or not asked.subject:
        return None
    if one.is_ahead != other.is_ahead and not asked.is_ahead:
        return None
    if asked.is_present and one.is_past != other.is_past:
        return None
    if asked.kind == "date":
        return _dates_apart(one, other)
    if asked.kind in ("person", "name") or asked.has_one_holder:
        return _names_apart(asked, one, other)
    if _YES_OR_NO.search(asked.lower):
        return _polarity_apart(one, other)
    for measures in _shared(one, other):
        a, b = one.measured(measures), other.measured(measures)
        if len(a) != 1 or len(b) != 1 or not _same_time(one, other, a[0], b[0]):
            return None
        if _narrowed(one, other, a[0], b[0]) or not _apart(one, other, a[0], b[0]):
            return None
        return one.text[a[0].start : a[0].end], other.text[b[0].start : b[0].end]
    return None


def _unlike(asked: Question, one: Reading, other: Reading) -> bool:
    """Whether `one` lacks a word of the question that sets `other` apart from it."""
    lacks = one.missing - other.missing
    return bool(lacks & asked.names or lacks & other.said)


def _shared(one: Reading, other: Reading) -> list[str]:
    """Return what figures of both measure, the most telling first."""
    both = {q.measures for q in one.quantities} & {q.measures for q in other.quantities}
    return sorted(both, key=lambda m: (m in ("time", "count"), m == "count", m))


def _apart(one: Reading, other: Reading, a: Quantity, b: Quantity) -> bool:
    """Whether two figures can't both be right: of two limits, whether they are different ones."""
    if one.rate(a) and other.rate(b) and one.rate(a) != other.rate(b):
        return False
    if a.bound and a.bound == b.bound and _LIMITS.search(one.text) and _LIMITS.search(other.text):
        return not a.matches(b)
    return a.excludes(b)


def _narrowed(one: Reading, other: Reading, a: Quantity | Date, b: Quantity | Date) -> bool:
    """Whether one of the two is about a part of what the other is about."""
    return bool(
        one.restrictions(a) - other.known
        or other.restrictions(b) - one.known
        or one.places(a) - other.known
        or other.places(b) - one.known
        or one.besides(a) - other.known
        or other.besides(b) - one.known
    )


def _same_time(one: Reading, other: Reading, a: Quantity | None, b: Quantity | None) -> bool:
    """Whether nothing says that the two figures are for different times."""
    (years_a, months_a), (years_b, months_b) = one.time(a), other.time(b)
    if one.relative != other.relative or (a and months_a != months_b):
        return False
    if years_a and years_b:
        return years_a == years_b
    if years_a or years_b:
        undated = other if years_a else one
        first, last = min(years_a or years_b)[0], max(years_a or years_b)[1]
        if undated.published:
            return first == last and first <= undated.published.year <= last + 1
        return one.published == other.published
    if one.published and other.published:
        return abs((one.published - other.published).days) <= _NEAR
    return one.published == other.published


def _refuting(one: Reading, other: Reading) -> tuple[str, str] | None:
    """Return the values where `other` takes up the figure of `one` and puts another in its place."""
    if not one.said & other.said & one.asked.subject:
        return None
    disputes = bool(_DISPUTES.search(other.text))
    for a in one.quantities:
        alike = [q for q in other.figures if q.measures == a.measures]
        taken = next((q for q in alike if q.matches(a) and not q.bound), None)
        if not taken or not (disputes or other.is_denied(taken)):
            continue
        for b in alike:
            if b.start > taken.start and b.excludes(a) and not other.is_denied(b):
                return one.text[a.start : a.end], other.text[b.start : b.end]
    return None


def _dates_apart(one: Reading, other: Reading) -> tuple[str, str] | None:
    if len(one.dates) != 1 or len(other.dates) != 1:
        return None
    if _CURRENT & {w.plain for w in one.asked.words} and one.published != other.published:
        return None
    a, b = one.dates[0], other.dates[0]
    if not a.excludes(b) or _narrowed(one, other, a, b):
        return None
    return one.text[a.start : a.end], other.text[b.start : b.end]


def _names_apart(asked: Question, one: Reading, other: Reading) -> tuple[str, str] | None:
    if not asked.has_one_holder or len(one.names) != 1 or len(other.names) != 1:
        return None
    if not _same_time(one, other, None, None):
        return None
    (_, a), (_, b) = one.names[0], other.names[0]
    names = {form(w) for w in words(f"{a} {b}")}
    narrowed = (one.restrictions(None) - other.known) | (other.restrictions(None) - one.known)
    if narrowed - names or one.said & other.said & names:
        return None
    return a, b


def _polarity_apart(one: Reading, other: Reading) -> tuple[str, str] | None:
    a, b = (
        [w for w in r.words if w.plain in _NEGATIONS or w.plain.endswith("n't")]
        for r in (one, other)
    )
    content = [{form(w) for w in r.words if w.is_content} for r in (one, other)]
    if len(a) + len(b) != 1 or content[0] != content[1]:
        return None
    if not _same_time(one, other, None, None):
        return None
    return one.text, other.text


def _agreeing(asked: Question, one: Reading, other: Reading) -> bool:
    """Whether the two give the same value."""
    if not (one.is_of_its_year and other.is_of_its_year):
        return False
    missing = one.missing | other.missing
    if not asked.subject or missing & asked.names or len(missing) > len(asked.subject) / 2:
        return False
    if asked.kind == "date":
        narrowed = one.narrowing(None) ^ other.narrowing(None)
        return not narrowed and any(a.matches(b) for a in one.dates for b in other.dates)
    if asked.kind in ("person", "name") or asked.has_one_holder:
        if not asked.has_one_holder or len(missing) > len(asked.subject) / 3:
            return False
        narrowed = one.narrowing(None) ^ other.narrowing(None)
        return not narrowed and bool({n for n, _ in one.names} & {n for n, _ in other.names})
    if one.is_ahead != other.is_ahead and not asked.is_ahead:
        return False
    return any(
        a.matches(b) and not (one.narrowing(a) - other.plain) | (other.narrowing(b) - one.plain)
        for measures in _shared(one, other)[:1]
        for a in one.measured(measures)
        for b in other.measured(measures)
    )
