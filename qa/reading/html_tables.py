"""Tables of HTML: which hold data, and their rows. The others only lay out a page."""

import re
from collections.abc import Container, Iterator
from itertools import islice

from qa.reading.html_tree import BLOCKS, NEVER, HtmlElement, walk

_INSIDE = ("table", "h1", "h2", "h3", "h4", "h5", "h6", "form")
_MAX_CELL = 2_000  # characters; more is a column of a page
_MAX_REPEATED = 200  # characters of a cell that is said again for each row it stands beside
_MAX_COLUMNS = 100
_MAX_SPANNED = 50_000  # cells of a table that others reach over
_HEADER_ROWS = 2
_MARK = re.compile(r"[-*•‣◦▪●·–—§o]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.):]", re.IGNORECASE)
_NUMBER = re.compile(r"\(?[-–]?[\d.—–-]")
_BEFORE = re.compile(r"[$£€¥]?\(?")
_BEHIND = re.compile(r"\)?%?\)?")


def data_rows(table: HtmlElement, left_out: Container[HtmlElement]) -> list[list[str]]:
    """Return the rows of a table of data; none where it only lays out a page."""
    if table.get("role") in ("presentation", "none"):
        return []
    if next(table.iterdescendants(*_INSIDE), None) is not None:
        return []
    cells = [
        [
            (cell, _flat_text(cell, left_out))
            for cell in row.iterchildren("td", "th")
            if cell not in left_out
        ]
        for row in table.iter("tr")
        if row not in left_out
    ]
    cells = [row for row in cells if row]
    if any(len(text) > _MAX_CELL for row in cells for _, text in row):
        return []
    rows = [_with_signs(row) for row in _grid(cells) if any(row)]
    if sum(sum(map(bool, row)) > 1 for row in rows) < 2 and not (
        len(rows) == 1 and sum(map(bool, rows[0])) > 2
    ):
        return []
    return _without_gaps(rows)


def marks_header(table: HtmlElement) -> bool:
    """Whether a table says that its first row with words in it names the columns."""
    for row in table.iter("tr"):
        cells = [cell for cell in row.iterchildren("td", "th") if "".join(cell.itertext()).strip()]
        if cells:
            in_head = row.getparent() is not None and row.getparent().tag == "thead"
            return in_head or all(cell.tag == "th" for cell in cells)
    return False


def listed_item(table: HtmlElement, left_out: Container[HtmlElement]) -> str | None:
    """Return "• words" of a table that is nothing but a list's mark beside its words."""
    if next(table.iterdescendants(*_INSIDE, "p"), None) is not None:
        return None
    rows = list(islice(table.iter("tr"), 2))
    if len(rows) != 1:
        return None
    texts = [_flat_text(cell, left_out) for cell in rows[0].iterchildren("td", "th")]
    texts = [text for text in texts if text]
    return " ".join(texts) if len(texts) == 2 and _MARK.fullmatch(texts[0]) else None


def _grid(cells: list[list[tuple[HtmlElement, str]]]) -> list[list[str]]:
    """Return rows in which every column's cell stands at the same index, spans laid out."""
    rows: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}  # column -> rows a cell still reaches down, its words
    spare = _MAX_SPANNED
    for row in cells:
        line: list[str] = []
        waiting = iter(row)
        reaching, below = below, {}
        cell = next(waiting, None)
        while (cell is not None or len(line) in reaching) and len(line) < _MAX_COLUMNS:
            if len(line) in reaching:
                left, text = reaching[len(line)]
                if left > 1:
                    below[len(line)] = (left - 1, text)
                line.append(text)
                continue
            if cell is None:
                break
            element, text = cell
            down, across = _span(element, "rowspan"), _span(element, "colspan")
            spare -= down * across - 1
            if spare < 0:
                down = across = 1
            for number in range(across):
                said = text if number == 0 else ""
                if down > 1:
                    again = said if len(said) <= _MAX_REPEATED else ""
                    below[len(line)] = (down - 1, again)
                line.append(said)
            cell = next(waiting, None)
        line += [cell[1]] if cell else []
        line += [text for _, text in waiting]  # beyond the columns that are told apart
        rows.append(line)
    return rows


def _with_signs(row: list[str]) -> list[str]:
    """Return a row in which "$", ")" and "%" have no columns of their own."""
    row = [*row]
    for at, text in enumerate(row):
        before = max(at - 1, 0)
        if _BEFORE.fullmatch(text) and at + 1 < len(row) and _NUMBER.match(row[at + 1]):
            row[at], row[at + 1] = "", text + row[at + 1]
        elif _BEHIND.fullmatch(text) and row[before][-1:].isdigit():
            row[before], row[at] = row[before] + text, ""
    return row


def _without_gaps(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows without empty columns, and headers above the columns that they name.

    Where a sign had a column of its own ("$"), the header's cell often begins in that one.
    """
    filled: dict[int, list[int]] = {}  # column -> its rows with words
    for number, row in enumerate(rows):
        for at, text in enumerate(row):
            if text:
                filled.setdefault(at, []).append(number)
    used = sorted(filled)
    index: dict[int, int] = {}
    last = -1  # column of what is returned
    merges = False
    for at, following in zip(used, [*used[1:], None], strict=True):
        last += not merges
        index[at] = last
        merges = (
            not merges
            and following is not None
            and filled[at][-1] < min(_HEADER_ROWS, len(rows) - 1)
            and set(filled[at]).isdisjoint(filled[following])
        )
    made = [[""] * (last + 1) for _ in rows]
    for number, row in enumerate(rows):
        for at, text in enumerate(row):
            if text:
                made[number][index[at]] += text
    return made


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), 100)) if value.isdecimal() and len(value) < 6 else 1


def _flat_text(element: HtmlElement, left_out: Container[HtmlElement]) -> str:
    return " ".join("".join(_texts(element, left_out)).split())


def _texts(element: HtmlElement, left_out: Container[HtmlElement]) -> Iterator[str]:
    steps = walk(element)
    for event, inner in steps:
        if inner.tag in BLOCKS or inner.tag == "br":
            yield " "
        if event == "start":
            if inner.tag in NEVER or inner in left_out:
                steps.skip_subtree()
            else:
                yield inner.text or ""
        elif inner is not element:
            yield inner.tail or ""
