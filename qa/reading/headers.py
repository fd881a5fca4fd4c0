"""Which row of a table heads the rows below it.

A header's cells are words (or years), each another, and the rows below keep to its columns. That
numbers or dates stand below the words is what makes it sure.
"""

import re
from collections.abc import Sequence

Cells = dict[int, str]
"""The filled cells of a row by column, in order."""

AHEAD = 12  # rows below that are looked at
_MAX_LABEL = 200  # characters
_MAX_UNSURE = 60  # … where nothing but its place tells that it is one
_FITTING = 0.7  # share of the rows below that keep to the header's columns
_TYPED = 0.6  # share of a column's cells that are values

_YEAR = re.compile(r"(?:1[5-9]|20)\d\d(?: ?[-/–] ?\d{2,4})?")
_MAX_VALUE = 40  # characters
_UNIT = r"(?:%|[$£€¥]|st|nd|rd|th|k|m|bn|pp|kg|g|t|km|cm|mm|l|h|s|eur|usd|gbp|chf)"
_VALUE = re.compile(
    rf"[-+−(]?\s?[$£€¥]?\s?[-+−]?\d[\d.,'’\s]*(?:[eE][-+]?\d+)?\s?{_UNIT}?\)?"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d.*)?|\d{1,2}:\d\d(?::\d\d.*)?"
    r"|true|false|#[A-Z/0!?]+|[-–—.…]+|n/?a",
    re.IGNORECASE,
)


def is_value(cell: str) -> bool:
    """Whether a cell holds a number, a date, a yes or no, rather than words."""
    return len(cell) <= _MAX_VALUE and bool(_VALUE.fullmatch(cell))


def keeps_to(row: Cells, labels: Cells) -> bool:
    """Whether a row's cells stand below labels, but for one or a few.

    What stands leftmost is often below none: the names of the rows.
    """
    if not labels:
        return False
    spare = len(labels) > 2 or min(row) < min(labels)
    return len(row.keys() - labels.keys()) <= max(spare, len(row) // 5)


def find_header(row: Cells, below: Sequence[Cells], *, sure: bool) -> tuple[Cells, int] | None:
    """Return the labels by column and how many rows they take, if a row begins a header.

    Args:
        row: It.
        below: The next rows of the same table.
        sure: Whether a header is expected here, so that a row of words is one even above words.
    """
    if below and (labels := _of_two(row, below[0], below[1:])):
        return labels, 2
    typed = _heads(row, below)
    return (row, 1) if typed or (typed is not None and sure and _reads_as_labels(row)) else None


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table's first row is sure to head the others: words above numbers or dates."""
    filled = [
        {at: text for at, cell in enumerate(row) if (text := " ".join(cell.split()))}
        for row in rows[: AHEAD + 1]
    ]
    return bool(filled and filled[0]) and bool(_heads(filled[0], filled[1:]))


def _heads(labels: Cells, below: Sequence[Cells]) -> bool | None:
    """Return whether labels stand above values; None where they are no header at all."""
    rows = [row for row in below if len(row) > 1]
    words = [cell for cell in labels.values() if not is_value(cell)]
    if (
        len(labels) < 2
        or not rows
        or not words
        or not all(_is_label(cell) for cell in labels.values())
        or len({cell.casefold() for cell in labels.values()}) < len(labels)
        or any(row.get(at) == cell for row in rows for at, cell in labels.items())
    ):
        return None
    if sum(keeps_to(row, labels) for row in rows) < _FITTING * len(rows):
        return None
    return any(_is_typed([row[at] for row in rows if at in row], labels[at]) for at in labels)


def _is_typed(column: Sequence[str], label: str) -> bool:
    values = [cell for cell in column if is_value(cell)]
    if is_value(label):  # a year; years stand below years in a table without a header
        values = [cell for cell in values if not _YEAR.fullmatch(cell)]
    return bool(column) and len(values) >= _TYPED * len(column)


def _is_label(cell: str) -> bool:
    return len(cell) <= _MAX_LABEL and (not is_value(cell) or bool(_YEAR.fullmatch(cell)))


def _reads_as_labels(row: Cells) -> bool:
    # Two columns of words are as often "Address | 1 High Street" from the first row on.
    return len(row) > 2 and all(
        len(cell) <= _MAX_UNSURE and not cell.endswith((".", "!", "?")) and not is_value(cell)
        for cell in row.values()
    )


def _of_two(upper: Cells, lower: Cells, below: Sequence[Cells]) -> Cells | None:
    """Return the labels of a header whose upper row spans columns: "2019 Men", "2019 Women"."""
    spans = lower.keys() - upper.keys()
    repeated = len({cell.casefold() for cell in lower.values()}) < len(lower)
    starts_later = min(upper) > min(lower)
    reaches_down = bool(upper.keys() - lower.keys()) and min(lower) > min(upper)
    if not spans or not (repeated or starts_later or reaches_down):
        return None
    if not all(_is_label(cell) for cell in (*upper.values(), *lower.values())):
        return None
    labels: Cells = {}
    span = ""
    for at in sorted(upper.keys() | lower.keys()):
        span = upper.get(at, span)
        labels[at] = f"{span} {lower[at]}".strip() if at in lower else span
    return labels if _heads(labels, below) else None
