"""What a Word file's styles and numbering say of a paragraph: heading, item, its number, bold."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from qa.reading.flow import TITLE
from qa.reading.numerals import LEVELS, Counter, Level
from qa.reading.packages import child, flag, local, value

if TYPE_CHECKING:
    from qa.reading.packages import Element

_HEADING = re.compile(r"heading ([1-9])")
_QUOTATIONS = frozenset({"quote", "intense quote", "block text", "quotations"})
_CONTENTS = re.compile(r"toc [1-9]|table of figures|table of authorities|contents [1-9]")
_MAX_CHAIN = 20  # styles that are based on each other; Word itself allows 11
MAX_OUTLINE = 9  # the level of the lowest heading; below it is running text
_FORMS = {
    "decimalZero": "zero",
    "lowerRoman": "lower-roman",
    "upperRoman": "upper-roman",
    "lowerLetter": "lower-letter",
    "upperLetter": "upper-letter",
    "bullet": "bullet",
    "none": "none",
}


@dataclass(frozen=True, slots=True)
class Style:
    """What a style with those that it is based on says.

    Attributes:
        chain: Its id and theirs.
        heading: Level, or None.
        number: Id of its numbering, if any; "0" switches one off.
        depth: Level of its numbering, from 0, where it says so.
        bold: Whether its text is.
        hidden: Whether its text is.
        quotation: Whether it is for quotations.
        contents: Whether it is for the lines of a table of contents.
        header: Whether it makes a table's first row bold.
    """

    chain: tuple[str, ...] = ()
    heading: int | None = None
    number: str | None = None
    depth: int | None = None
    bold: bool = False
    hidden: bool = False
    quotation: bool = False
    contents: bool = False
    header: bool = False


class Styles:
    """The styles of one file, by id."""

    def __init__(self, part: "Sequence[Element]") -> None:
        """Take what stands in its part of styles."""
        every = [x for x in part if local(x) == "style"]
        self._elements = {value(x, "styleId") or "": x for x in every}
        self._default = next(
            (
                value(x, "styleId") or ""
                for x in every
                if value(x, "type") == "paragraph" and value(x, "default") in ("1", "true", "on")
            ),
            "",
        )
        self.of = cache(self._of)

    def _of(self, name: str | None) -> Style:
        """Return a style by its id; None is that of a paragraph that names none."""
        chain: dict[str, Element] = {}
        at = name if name is not None else self._default
        while at in self._elements and at not in chain and len(chain) < _MAX_CHAIN:
            chain[at] = self._elements[at]
            at = value(child(chain[at], "basedOn")) or ""
        every = list(chain.values())
        names = [(value(child(x, "name")) or "").lower() for x in every]
        numbers = [child(x, "pPr", "numPr") for x in every]
        number = next((value(child(x, "numId")) for x in numbers if x is not None), None)
        depth = next((value(child(x, "ilvl")) for x in numbers if x is not None), None)
        tops = [
            child(x, "rPr", "b")
            for style in every
            for x in style
            if local(x) == "tblStylePr" and value(x, "type") == "firstRow"
        ]
        return Style(
            tuple(chain),
            _heading(every, names),
            number,
            whole(depth),
            _first(every, "b"),
            _first(every, "vanish"),
            any(x in _QUOTATIONS for x in names),
            any(_CONTENTS.fullmatch(x) for x in names),
            any(flag(x) for x in tops),
        )


def _heading(chain: "list[Element]", names: list[str]) -> int | None:
    for style, name in zip(chain, names, strict=True):
        level = outline(child(style, "pPr"))
        if level is not None:
            return level if level <= MAX_OUTLINE else None
        if match := _HEADING.fullmatch(name):
            return int(match[1])
        if name == "title":
            return TITLE
    return None


def outline(properties: "Element | None") -> int | None:
    """Return the heading level that a paragraph's properties set; above 9 it is running text."""
    level = whole(value(child(properties, "outlineLvl")))
    return None if level is None else level + 1


def _first(chain: "list[Element]", switch: str) -> bool:
    found = (flag(child(style, "rPr", switch)) for style in chain)
    return next((said for said in found if said is not None), False)


class Numbering:
    """Numbers the paragraphs of one file, which it must be asked for in reading order."""

    def __init__(self, part: "Sequence[Element]", styles: Styles) -> None:
        """Take what stands in its part of numbering."""
        self._abstract = {value(x, "abstractNumId"): x for x in part if local(x) == "abstractNum"}
        self._nums = {value(x, "numId"): x for x in part if local(x) == "num"}
        self._styles = styles
        self._counters: dict[str | None, Counter] = {}
        self._begun: set[str] = set()
        self._levels = cache(self._read_levels)
        self._defined = cache(self._read_defined)

    def mark(self, number: str, depth: int | None, style: Style) -> str | None:
        """Return what stands in front of a paragraph, or None where its list is unknown.

        Args:
            number: Id of the numbering.
            depth: Level from 0; None where the paragraph's style tells.
            style: The paragraph's.
        """
        abstract = self._abstract_of(number)
        if abstract not in self._abstract:
            return None
        levels, linked, starts = self._levels(number)
        if depth is None:
            depth = next((linked[x] for x in style.chain if x in linked), style.depth or 0)
        counter = self._counters.setdefault(abstract, Counter())
        if number not in self._begun:
            self._begun.add(number)
            for level, start in starts:
                counter.set(level, start)
        return counter.mark(levels, max(0, min(depth, LEVELS - 1)))

    def _abstract_of(self, number: str) -> str | None:
        """Return the id of the definition behind a numbering, over one link to a list style."""
        abstract = value(child(self._nums.get(number), "abstractNumId"))
        link = value(child(self._abstract.get(abstract), "numStyleLink"))
        if link is not None:
            linked = self._nums.get(self._styles.of(link).number)
            return value(child(linked, "abstractNumId"))
        return abstract

    def _read_levels(
        self, number: str
    ) -> tuple[list[Level], dict[str, int], list[tuple[int, int]]]:
        """Return a numbering's levels, its levels by style, the numbers that it starts anew with."""
        defined, linked = self._defined(self._abstract_of(number))
        levels = list(defined)
        starts = []
        for element in self._nums[number]:
            at = _depth(element) if local(element) == "lvlOverride" else None
            if at is None:
                continue
            own, start = child(element, "lvl"), whole(value(child(element, "startOverride")))
            if own is not None:
                levels[at] = _level(own)
            if start is not None:
                starts.append((at, start))
        return levels, linked, starts

    def _read_defined(self, abstract: str | None) -> tuple[list[Level], dict[str, int]]:
        """Return the levels of a definition, and its levels by the style that they are linked to."""
        levels = [Level("decimal", f"%{n + 1}.") for n in range(LEVELS)]
        linked: dict[str, int] = {}
        for element in self._abstract[abstract]:
            at = _depth(element) if local(element) == "lvl" else None
            if at is not None:
                levels[at] = _level(element)
                linked.setdefault(value(child(element, "pStyle")) or "", at)
        return levels, linked


def _depth(element: "Element") -> int | None:
    """Return the level, from 0, that an element is about, if there is such a one."""
    at = whole(value(element, "ilvl"))
    return at if at is not None and 0 <= at < LEVELS else None


def _level(element: "Element") -> Level:
    start = whole(value(child(element, "start")))
    restart = whole(value(child(element, "lvlRestart")))
    return Level(
        _FORMS.get(value(child(element, "numFmt")) or "", "decimal"),
        value(child(element, "lvlText")) or "",
        1 if start is None else start,
        LEVELS if restart is None else restart,
        "" if value(child(element, "suff")) == "nothing" else " ",
        bool(flag(child(element, "isLgl"))),
    )


def whole(text: str | None) -> int | None:
    """Return a whole number as files write it, or None."""
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,9}", text) else None
