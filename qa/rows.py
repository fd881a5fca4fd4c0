"""Rows of indexes in two parts: what was there when they were made, and what has come since.

A text keeps its row as long as the indexes aren't made anew, so that nothing large is written when
little changes. The order of the texts is another: by document id and offset.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows are there, and in which order.

    Attributes:
        ordered: (n,) int64, the rows that are there, in the order of their texts.
        there: (m,) whether each row is there; None if all are.
        place: (m,) int64, where each row is in `ordered`; None if that is the row itself.
    """

    ordered: NDArray[np.int64]
    there: NDArray[np.bool_] | None = None
    place: NDArray[np.int64] | None = None

    @classmethod
    def all(cls, count: int) -> "Rows":
        """Return rows that are all there, in their own order."""
        return cls(np.arange(count))

    @classmethod
    def some(cls, ordered: NDArray[np.int64], count: int) -> "Rows":
        """Return those rows of `count` that are there, in this order."""
        place = np.full(count, -1)
        place[ordered] = np.arange(len(ordered))
        there = place >= 0
        return cls(ordered, None if there.all() else there, place)

    def __len__(self) -> int:
        return len(self.ordered)

    def places(self, rows: NDArray[np.integer]) -> NDArray[np.integer]:
        """Return where these rows are in the order of the texts."""
        return rows if self.place is None else self.place[rows]

    def mask(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which rows are chosen, (m,), from which texts are, (n,) in their order."""
        if self.place is None:
            return chosen
        found = np.zeros(len(self.place), bool)
        found[self.ordered[chosen]] = True
        return found

    def within(self, among: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        """Return which of these rows, (m,), are there; None if all are, and all were meant."""
        if among is None or self.there is None:
            return self.there if among is None else among
        both: NDArray[np.bool_] = among & self.there
        return both
