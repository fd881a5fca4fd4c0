"""What an OpenDocument file's styles say: of paragraphs and words, of lists and their numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from qa.reading.flow import TITLE
from qa.reading.numerals import LEVELS, Level

if TYPE_CHECKING:
    from qa.reading.packages import Element

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_PREFIXES = {
    **{
        f"{_OASIS}{name}:1.0": name
        for name in ("office", "text", "table", "style", "presentation", "manifest", "meta")
    },
    f"{_OASIS}drawing:1.0": "draw",
    f"{_OASIS}svg-compatible:1.0": "svg",
    f"{_OASIS}xsl-fo-compatible:1.0": "fo",
    "http://www.w3.org/XML/1998/namespace": "xml",
}
_NAMESPACES = {prefix: address for address, prefix in _PREFIXES.items()}
_HEADING = re.compile(r"Heading(?:_20_| )([1-9])")
_FORMS = {"1": "decimal", "a": "lower-letter", "A": "upper-letter", "i": "lower-roman"} | {
    "I": "upper-roman"
}
_MAX_CHAIN = 20  # styles that are based on each other
_BOLD = frozenset({"bold", "600", "700", "800", "900"})


@lru_cache(4096)
def _qualified(tag: str) -> str:
    address, _, name = tag.removeprefix("{").rpartition("}")
    return f"{_PREFIXES.get(address, '?')}:{name}"


def kind(element: "Element") -> str:
    """Return an element's name with the standard's prefix: "text:p"."""
    return _qualified(str(element.tag))


@cache
def _clark(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


PARAGRAPHS = (_clark("text:p"), _clark("text:h"))


def said(element: "Element | None", name: str) -> str | None:
    """Return an attribute by its name with the standard's prefix, or None."""
    found = None if element is None else element.get(_clark(name))
    return None if found is None else str(found)


def inner(element: "Element | None", name: str) -> "Element | None":
    """Return the first child of this name, or None."""
    return None if element is None else element.find(_clark(name))


def number(text: str | None, otherwise: int) -> int:
    """Return a number as files write it."""
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,6}", text) else otherwise


@dataclass(frozen=True, slots=True)
class Style:
    """What a style with those that it is based on says; as for Word's."""

    heading: int | None = None
    bold: bool = False
    hidden: bool = False
    quotation: bool = False
    numbering: str | None = None  # name of the list style


class Styles:
    """The styles that one part of a file may use, by family and name."""

    def __init__(self, *groups: "Element | None") -> None:
        """Take elements that hold styles."""
        every = [style for group in groups if group is not None for style in group]
        self._elements = {
            (said(x, "style:family"), said(x, "style:name")): x
            for x in every
            if kind(x) == "style:style"
        }
        self._lists = {said(x, "style:name"): x for x in every if kind(x) == "text:list-style"}
        self._outline = next((x for x in every if kind(x) == "text:outline-style"), None)
        self.of = cache(self._of)
        self.list = cache(self._list)

    def element(self, family: str, name: str | None) -> "Element | None":
        """Return a style as it is written, or None."""
        return self._elements.get((family, name))

    def _of(self, family: str, name: str | None) -> Style:
        """Return a style by family ("paragraph", "text") and name."""
        chain: dict[str | None, Element] = {}
        at = name
        while (family, at) in self._elements and at not in chain and len(chain) < _MAX_CHAIN:
            chain[at] = self._elements[family, at]
            at = said(chain[at], "style:parent-style-name")
        every = list(chain.values())
        names = [*chain, at]  # the last may be a style of the program that the file doesn't hold
        weight = _first(every, "fo:font-weight")
        return Style(
            _heading(names, every),
            weight in _BOLD,
            _first(every, "text:display") == "none",
            "Quotations" in names,
            next(filter(None, (said(x, "style:list-style-name") for x in every)), None),
        )

    def _list(self, name: str | None) -> list[Level]:
        """Return the levels of a list style; without a name, those of numbered headings."""
        element = self._outline if name is None else self._lists.get(name)
        levels = [Level("none" if name is None else "bullet", "")] * LEVELS
        for rule in [] if element is None else element:
            at = number(said(rule, "text:level"), 0) - 1
            if 0 <= at < LEVELS:
                levels[at] = _level(rule, at)
        return levels


def _first(chain: "list[Element]", name: str) -> str | None:
    properties = (inner(style, "style:text-properties") for style in chain)
    return next(filter(None, (said(x, name) for x in properties)), None)


def _heading(names: list[str | None], chain: "list[Element]") -> int | None:
    for name in filter(None, names):
        if match := _HEADING.fullmatch(name):
            return int(match[1])
        if name == "Title":
            return TITLE
    levels = (number(said(style, "style:default-outline-level"), 0) for style in chain)
    return next(filter(None, levels), None)


def _level(rule: "Element", at: int) -> Level:
    if not kind(rule).endswith("-number") and kind(rule) != "text:outline-level-style":
        return Level("bullet", said(rule, "text:bullet-char") or "")
    form = _FORMS.get(said(rule, "style:num-format") or "", "none")
    shown = range(max(0, at + 1 - number(said(rule, "text:display-levels"), 1)), at + 1)
    pattern = "".join(
        (
            said(rule, "style:num-prefix") or "",
            ".".join(f"%{n + 1}" for n in shown),
            said(rule, "style:num-suffix") or "",
        )
    )
    return Level(form, "" if form == "none" else pattern, number(said(rule, "text:start-value"), 1))


def children(element: "Element | None", *names: str) -> "Iterator[Element]":
    """Yield the children of these names."""
    for child in [] if element is None else element:
        if kind(child) in names:
            yield child
