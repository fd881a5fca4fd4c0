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

from qa.agreement.quantities import Quantity, Value
from qa.agreement.statements import Question, Reading, Statement
from qa.agreement.vocabulary import NARROWING, form
from qa.copies import same_words
from qa.types import Verdict

_NEAR = 45  # days between two publications that may speak of the same time
_DISPUTES = re.compile(
    r"\b(misleading|wrong|incorrect|mistaken|inaccurate|untrue|exaggerated|denied|disputed)\b",
    re.IGNORECASE,
)
_LIMITS = re.compile(r"\b(can|must|may|needs?|required?|allowed|entitled)\b")
_YES_OR_NO = re.compile(r"^(is|are|was|were|does|do|did|has|have|had|can|could|may|must|will)\b")
_NEGATED = re.compile(r"\b(not|no|never|none|neither|nor|cannot)\b|n['’]t\b", re.IGNORECASE)


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
        if same_words(one.text, other.text):
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
    if not _alike(asked, one, other) or one.missing & other.said or other.missing & one.said:
        return None
    if _YES_OR_NO.search(asked.lower):
        return _polarity_apart(one, other)
    first, second = _shared(one, other)
    if len(first) != 1 or len(second) != 1:
        return None
    a, b = first[0], second[0]
    same_time = asked.kind == "date" or _same_time(one, other, a, b)
    if not same_time or _narrowing(one, a, other) or _narrowing(other, b, one):
        return None
    if not _apart(one, other, a, b):
        return None
    return one.text[a.start : a.end], other.text[b.start : b.end]


def _agreeing(asked: Question, one: Reading, other: Reading) -> bool:
    """Whether the two give the same value."""
    if not _alike(asked, one, other) or (one.missing | other.missing) & asked.names:
        return False
    first, second = _shared(one, other)
    first = [a for a in first if not _narrowing(one, a, other) & NARROWING]
    second = [b for b in second if not _narrowing(other, b, one) & NARROWING]
    return any(a.matches(b) for a in first for b in second)


def _alike(asked: Question, one: Reading, other: Reading) -> bool:
    """Whether both tell of what is asked about, in its year, as done or as planned."""
    return (
        one.is_of_its_year
        and other.is_of_its_year
        and bool(asked.subject)
        and max(len(one.missing), len(other.missing)) <= len(asked.subject) / 2
        and (one.is_ahead == other.is_ahead or asked.is_ahead)
    )


def _shared(one: Reading, other: Reading) -> tuple[list[Value], list[Value]]:
    """Return the values of both that answer: those of the most telling measure."""
    both = {v.measures for v in one.values} & {v.measures for v in other.values}
    telling = min(both, key=lambda m: (m in ("time", "count"), m == "count", m), default=None)
    a, b = ([v for v in r.values if v.measures == telling] for r in (one, other))
    return a, b


def _narrowing(one: Reading, a: Value, other: Reading) -> set[str]:
    """Return what `one` says of its value and `other` nowhere."""
    return one.besides(a) - other.known


def _apart(one: Reading, other: Reading, a: Value, b: Value) -> bool:
    """Whether two values can't both be right: of two limits, whether they are different ones."""
    limits = isinstance(a, Quantity) and isinstance(b, Quantity) and a.bound and a.bound == b.bound
    if limits and _LIMITS.search(one.text) and _LIMITS.search(other.text):
        return not a.matches(b)
    return a.excludes(b)


def _same_time(one: Reading, other: Reading, a: Value, b: Value) -> bool:
    """Whether nothing says that the two values are for different times."""
    (years_a, months_a), (years_b, months_b) = one.time(a), other.time(b)
    if one.relative != other.relative or (months_a and months_b and months_a != months_b):
        return False
    if years_a and years_b:
        return years_a == years_b
    if years_a or years_b:  # the other tells of the year that it was written in, or the last
        (first, last), *more = years_a or years_b
        undated = other if years_a else one
        if not undated.published:
            return not one.published and not other.published
        return not more and first == last and undated.published.year - last in (0, 1)
    if one.published and other.published:
        return abs((one.published - other.published).days) <= _NEAR
    return one.published == other.published


def _refuting(one: Reading, other: Reading) -> tuple[str, str] | None:
    """Return the values where `other` takes up the figure of `one` and puts another in its place."""
    disputes = bool(_DISPUTES.search(other.text))
    for a in (value for value in one.values if isinstance(value, Quantity)):
        alike = [q for q in other.figures if q.measures == a.measures]
        taken = any(q.matches(a) and (disputes or other.is_denied(q)) for q in alike)
        for b in alike:
            if taken and b.excludes(a):
                return one.text[a.start : a.end], other.text[b.start : b.end]
    return None


def _polarity_apart(one: Reading, other: Reading) -> tuple[str, str] | None:
    """Return both texts where one is the other's words with a "not"."""
    negated = _NEGATED.findall(f"{one.text} {other.text}")
    content, others = ({form(w) for w in r.words if w.is_content} for r in (one, other))
    return (one.text, other.text) if len(negated) == 1 and content == others else None
