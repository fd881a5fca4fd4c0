"""The words of PowerPoint's text frames, tables and diagrams -> pieces, bullets and numbers too."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.reading.flow import Piece, tabled
from qa.reading.numerals import bullet, numeral
from qa.reading.packages import child, local, value
from qa.reading.word_styles import whole
from qa.reading.word_text import choice

if TYPE_CHECKING:
    from qa.reading.packages import Element

_BULLETS = frozenset({"buNone", "buChar", "buAutoNum", "buBlip"})
_SCHEME = re.compile(r"(arabic|alphaLc|alphaUc|romanLc|romanUc)(Period|ParenR|ParenBoth|Plain)")
_FORMS = {
    "alphaLc": "lower-letter",
    "alphaUc": "upper-letter",
    "romanLc": "lower-roman",
    "romanUc": "upper-roman",
}
_AROUND = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}"}
_SPACES = str.maketrans("\n\r\t\v", "   \n")  # PowerPoint writes "\v" for a line break


def text_pieces(body: "Element | None", styles: "Sequence[Element]" = ()) -> list[Piece]:
    """Return the paragraphs of a text frame.

    Args:
        body: Its element.
        styles: What may say which levels have bullets, nearest first: list styles.
    """
    found = []
    counted: dict[int, tuple[str, int]] = {}  # by level: how it is numbered, the last number
    for paragraph in [] if body is None else body:
        text = text_of(paragraph).strip() if local(paragraph) == "p" else ""
        if not text:
            continue
        properties = child(paragraph, "pPr")
        level = whole(value(properties, "lvl")) or 0
        rule = _rule(properties, level, styles)
        counted = {n: last for n, last in counted.items() if n <= level}
        mark = _mark(rule, level, counted)
        runs = [run for run in paragraph if local(run) == "r" and text_of(run).strip()]
        bold = all(value(child(run, "rPr"), "b") in ("1", "true") for run in runs)
        found.append(Piece("item" if mark else "paragraph", mark + text, bold=bold and bool(runs)))
    return found


def _rule(
    properties: "Element | None", level: int, styles: "Sequence[Element]"
) -> "Element | None":
    """Return the element that says which bullet a paragraph has, or None."""
    own = [child(style, f"lvl{level + 1}pPr") for style in styles]
    for place in [properties, *own]:
        for element in [] if place is None else place:
            if local(element) in _BULLETS:
                return element
    return None


def _mark(rule: "Element | None", level: int, counted: dict[int, tuple[str, int]]) -> str:
    kind = "buNone" if rule is None else local(rule)
    if kind != "buAutoNum":
        counted.pop(level, None)
        char = value(rule, "char") if kind == "buChar" else None
        return "" if kind == "buNone" else bullet(char) + " "
    scheme = value(rule, "type") or ""
    first = whole(value(rule, "startAt")) or 1
    before, number = counted.get(level, ("", 0))
    number = number + 1 if before == f"{scheme} {first}" else first
    counted[level] = (f"{scheme} {first}", number)
    match = _SCHEME.fullmatch(scheme)
    form, ends = match.groups() if match else ("arabic", "Period")
    return _AROUND[ends].format(numeral(number, _FORMS.get(form, "decimal"))) + " "


def text_of(parent: "Element") -> str:
    """Return the text in a paragraph or run: runs, line breaks, fields' results, formulas."""
    parts = []
    for element in parent:
        name = local(element)
        if name == "t":
            parts.append((element.text or "").translate(_SPACES))
        elif name == "br":
            parts.append("\n")
        elif name == "tab":
            parts.append("\t")
        elif name == "AlternateContent":
            parts.append(text_of(choice(element)))
        elif name not in ("pPr", "rPr", "endParaRPr"):
            parts.append(text_of(element))
    return "".join(parts)


def table_pieces(table: "Element") -> list[Piece]:
    """Return a table; a cell that goes on from the one above is empty, from the left left out."""
    rows = [
        [
            [] if value(cell, "vMerge") in ("1", "true") else text_pieces(child(cell, "txBody"))
            for cell in row
            if local(cell) == "tc" and value(cell, "hMerge") not in ("1", "true")
        ]
        for row in table
        if local(row) == "tr"
    ]
    header = value(child(table, "tblPr"), "firstRow") in ("1", "true")
    return tabled(rows, header=header)


def diagram_pieces(model: "Element | None") -> list[Piece]:
    """Return the texts of a diagram (SmartArt) in the order of its outline."""
    points, ends = child(model, "ptLst"), child(model, "cxnLst")
    texts = {value(x, "modelId"): x for x in ([] if points is None else points)}
    below: dict[str | None, list[tuple[int, str | None]]] = {}
    for end in [] if ends is None else ends:
        if value(end, "type") in (None, "parOf"):
            order = whole(value(end, "srcOrd")) or 0
            below.setdefault(value(end, "srcId"), []).append((order, value(end, "destId")))
    found: list[Piece] = []
    waiting = [key for key, point in texts.items() if value(point, "type") == "doc"]
    while waiting:
        key = waiting.pop()
        point = texts.pop(key, None)  # each is read once, whatever the connections say
        if point is not None:
            found += text_pieces(child(point, "t"))
            nearest = sorted(below.get(key, ()), key=lambda pair: pair[0], reverse=True)
            waiting += [deeper for _, deeper in nearest]
    return found
