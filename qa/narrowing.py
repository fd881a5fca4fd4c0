"""A part of the corpus: by document, date and kind of source -> the passages that may be found.

The part is chosen before anything is ranked, so what is found is the best of the part. Words keep
the weight that they have in the whole corpus; whether a word is known at all is told by the part.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from qa.catalog.tables import damaged
from qa.catalog.views import Entry, View
from qa.citing import ARTICLE
from qa.errors import InputError
from qa.folding import fold
from qa.parts import check_where
from qa.state import State
from qa.types import Where

_DATE = re.compile(r"\d{4}(-\d{2}){0,2}", re.ASCII)
_SHOWN = 3  # names that a message suggests
_LIKENED = 2_000  # ids, at most, that a name is compared with letter by letter


@dataclass(frozen=True, slots=True)
class Part:
    """What of a corpus is asked.

    Attributes:
        rows: (n,) whether each passage belongs to it.
        documents: (d,) whether any passage of each document does.
        state: The indexes over all of it.
    """

    rows: NDArray[np.bool_]
    documents: NDArray[np.bool_]
    state: State

    def weight(self, term: str) -> float:
        """Return how much a term tells, in the whole corpus."""
        return self.state.weight(term)

    def knows(self, term: str) -> bool:
        """Whether a term stands in the part, or in the description of one of its documents."""
        state = self.state
        return state.lexical.holds(term, self.rows) or state.described.holds(term, self.documents)


def narrow(where: Where, view: View, state: State) -> Part | None:
    """Return the part of a corpus that is named, or None if that is all of it.

    Args:
        where: What of it.
        view: A state of the catalog, with documents.
        state: The indexes over it.

    Raises:
        InputError: if it has another form, a date is malformed, a document or kind isn't there, or nothing is left.
    """
    check_where(where)
    if not state.entries:
        state.entries.update({entry.number: entry for entry in view.entries()})
    entries = list(state.entries.values())
    named = _named(where.documents, entries)
    chosen = named & _dated(where, entries)
    if not chosen.any():
        raise InputError(_none_dated([e for e, keep in zip(entries, named, strict=True) if keep]))
    owners = np.repeat(np.arange(len(entries)), [entry.passages for entry in entries])
    if len(owners) != len(state):
        raise damaged(f"its documents have {len(owners)} passages, {len(state)} are found")
    passages = chosen[owners]
    if where.kinds:
        passages &= _of_kinds(where.kinds, passages, view, state)
    if passages.all():
        return None
    documents = np.zeros(len(entries), bool)
    documents[owners[passages]] = True
    return Part(state.rows.mask(passages), state.documents.mask(documents), state)


def _named(targets: Sequence[str], entries: Sequence[Entry]) -> NDArray[np.bool_]:
    """Return which documents are named, (d,): all where no name is given."""
    if not targets:
        return np.ones(len(entries), bool)
    names = [entry.doc_id for entry in entries]
    named = np.zeros(len(names), bool)
    for target in targets:
        below = target.rstrip("/") + "/"
        found = [name == target or name.startswith(below) for name in names]
        if not any(found):
            found = [fnmatchcase(name, target) for name in names]
        if not any(found):
            raise InputError(
                f"No document is called {target!r:.80}, lies there or fits it{_closest(target, names)}; "
                "'qa stats' lists them."
            )
        named |= found
    return named


def _closest(target: str, names: Sequence[str]) -> str:
    plain = target.strip("*/").casefold()
    holding = [name for name in names if plain and plain in name.casefold()]
    near = holding[:_SHOWN] or get_close_matches(target, names[:_LIKENED], _SHOWN, cutoff=0.4)
    return f" (closest: {', '.join(map(repr, near))})" if near else ""


def _dated(where: Where, entries: Sequence[Entry]) -> NDArray[np.bool_]:
    """Return which documents are surely dated within the range, (d,)."""
    if where.after is None and where.before is None:
        return np.ones(len(entries), bool)
    first = date.min if where.after is None else _asked("after", where.after)[0]
    last = date.max if where.before is None else _asked("before", where.before)[1]
    if first > last:
        raise InputError(
            f"after is {where.after!r}, which is later than before, {where.before!r}: no date "
            "lies between them. Exchange the two."
        )
    days = [_days(entry.published) for entry in entries]
    return np.array([day is not None and first <= day[0] and day[1] <= last for day in days])


def _asked(name: str, text: str) -> tuple[date, date]:
    days = _days(text)
    if days is None:
        raise InputError(
            f"{name} is {text!r}, which is no date; write 2018, 2018-05 or 2018-05-24."
        )
    return days


def _days(text: str | None) -> tuple[date, date] | None:
    """Return the first and the last day that a date may mean; None where it is none."""
    if text is None or not _DATE.fullmatch(text):
        return None
    try:
        first = date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return None
    if len(text) == len("2018-05-24"):
        return first, first
    month = 12 if len(text) == len("2018") else first.month
    return first, first.replace(month=month, day=monthrange(first.year, month)[1])


def _none_dated(entries: Sequence[Entry]) -> str:
    """Return what to say where none of the documents that are named has a date asked for."""
    dates = sorted(entry.published for entry in entries if entry.published)
    undated = len(entries) - len(dates)
    there = f"they are dated from {dates[0]} to {dates[-1]}" if dates else "none of them has a date"
    if dates and undated:
        there += f", and {undated:,} of {len(entries):,} without a date are left out"
    return f"None of the documents asked for is dated in that range: {there}. Give another range."


def _of_kinds(
    kinds: Iterable[str], among: NDArray[np.bool_], view: View, state: State
) -> NDArray[np.bool_]:
    """Return which passages are of the kinds, (n,); some of those `among` which is asked are."""
    if not state.kinds:
        state.kinds.update(view.kinds())
    numbers = state.numbers[state.rows.ordered].tolist()
    if not state.kinds.keys() >= set(numbers):
        raise damaged("passages are missing")
    found = np.array([state.kinds[number] or ARTICLE for number in numbers])
    there = {fold(kind): kind for kind in np.unique(found).tolist()}
    wanted = []
    for kind in kinds:
        if fold(kind) not in there:
            raise InputError(
                f"No source is of the kind {kind!r:.80}; there are: {', '.join(there.values())}."
            )
        wanted.append(there[fold(kind)])
    chosen = np.isin(found, wanted)
    if not (chosen & among).any():
        raise InputError(
            f"The documents asked for hold nothing of the kind {' or '.join(map(repr, wanted))}; "
            f"they hold: {', '.join(np.unique(found[among]).tolist())}."
        )
    return chosen
