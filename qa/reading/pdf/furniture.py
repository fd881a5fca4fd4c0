"""Lines that a document prints on page after page: running headers, footers, page numbers."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from qa.reading.pdf.lines import Line
from qa.reading.pdf.pages import Sheet

_ZONE = 0.13  # of the page's height, at its top and at its bottom
_MOST_LINES = 4  # at either end
_NEAR = 3.0  # points that the same line may move by
_PAGE_NUMBER = re.compile(
    r"\W*(?:page|seite|pagina)?\s*(\d{1,4}|[ivxlc]{1,7})(?:\s*(?:of|/|von|de)\s*\d+)?\W*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,5}")

Key = tuple[str, int]


def split(
    sheets: Sequence[Sheet], pages: Sequence[list[Line]]
) -> tuple[list[list[Line]], list[list[Line]], list[list[Line]]]:
    """Return for every page its lines, the furniture above and the furniture below them."""
    edges = [_edges(sheet, lines) for sheet, lines in zip(sheets, pages, strict=True)]
    seen: Counter[Key] = Counter()
    for index, page in enumerate(edges):
        seen.update({(text, _at(line)) for line in page for text in _texts(line, index)})
    known = [
        [
            line
            for line in page
            if any(
                seen[text, _at(line) + near] >= _least(line, len(pages))
                for text in _texts(line, index)
                for near in (0, -1, 1)
            )
        ]
        for index, page in enumerate(edges)
    ]
    # A chapter of one page has a header that stands nowhere else, but where headers stand.
    places = Counter(place for page in known for place in {_place(line) for line in page})
    others = Counter(place for page in edges for place in {_place(line) for line in page})
    kept, above, below = [], [], []
    for sheet, lines, page, repeated in zip(sheets, pages, edges, known, strict=True):
        out = {
            id(line)
            for line in page
            if line in repeated
            or (places[_place(line)] >= 3 and places[_place(line)] >= 0.7 * others[_place(line)])
        }
        kept.append([line for line in lines if id(line) not in out])
        gone = [line for line in lines if id(line) in out]
        above.append([line for line in gone if line.y < sheet.height / 2])
        below.append([line for line in gone if line.y >= sheet.height / 2])
    if not any(kept):  # pages of a line each that are all alike
        return [list(lines) for lines in pages], [[] for _ in pages], [[] for _ in pages]
    return kept, above, below


def printed_numbers(furniture: Sequence[Sequence[Line]]) -> list[str | None]:
    """Return the page numbers that the furniture shows; none unless they count on as pages do."""
    shown: list[set[int]] = []
    for lines in furniture:
        texts = [cell.text for line in lines for cell in line.cells]
        numbers = (_PAGE_NUMBER.fullmatch(text) for text in texts)
        shown.append({int(match[1]) for match in numbers if match and match[1].isdecimal()})
    shifts: dict[int, int] = defaultdict(int)
    for index, numbers_shown in enumerate(shown):
        for number in numbers_shown:
            shifts[number - index] += 1
    total = sum(bool(numbers_shown) for numbers_shown in shown)
    if not shifts:
        return [None] * len(furniture)
    shift, votes = max(shifts.items(), key=lambda item: item[1])
    if votes < 3 or votes < 0.9 * total:
        return [None] * len(furniture)
    return [str(i + shift) if i + shift in numbers else None for i, numbers in enumerate(shown)]


def _edges(sheet: Sheet, lines: Sequence[Line]) -> list[Line]:
    """Return the lines that stand where furniture does."""
    zone = _ZONE * sheet.height
    top = [line for line in lines[:_MOST_LINES] if line.y < zone]
    bottom = [line for line in lines[-_MOST_LINES:] if line.y > sheet.height - zone]
    return [*top, *(line for line in bottom if line.y >= zone)]


def _texts(line: Line, index: int) -> set[str]:
    """Return the forms in which a line stands on other pages: as it is, or its number counting."""
    text = " ".join(line.text.split())
    if _PAGE_NUMBER.fullmatch(text):
        return {"#"}
    numbers = list(_NUMBER.finditer(text))
    counting = {numbers[0], numbers[-1]} if numbers else set()
    return {text} | {f"{text[: n.start()]}#{int(n[0]) - index}{text[n.end() :]}" for n in counting}


def _at(line: Line) -> int:
    return round(line.y / _NEAR)


def _place(line: Line) -> tuple[int, float]:
    return _at(line), line.size


def _least(line: Line, pages: int) -> int:
    """Return on how many pages a line has to stand to be furniture."""
    return 2 if pages < 6 or _PAGE_NUMBER.fullmatch(line.text) else 3
