"""The marks and numbers that a browser shows before the items of a list."""

import re

from qa.reading.html_tree import HtmlElement
from qa.reading.numerals import numeral

_FORMS = {"a": "lower-letter", "A": "upper-letter", "i": "lower-roman", "I": "upper-roman"}


class Numbering:
    """Of one list; its items are asked for in order."""

    def __init__(self, element: HtmlElement) -> None:
        """Begin a list at its element: `ol`, or one whose items have marks."""
        self._kind = (element.get("type") or "1") if element.tag == "ol" else ""
        self._next = _whole(element.get("start"), 1)

    def mark(self, item: HtmlElement) -> str:
        """Return "- ", "3. " or "c. "."""
        if not self._kind:
            return "- "
        number = _whole(item.get("value"), self._next)
        self._next = number + 1
        return f"{numeral(number, _FORMS.get(self._kind, 'decimal'))}. "


def _whole(value: str | None, otherwise: int) -> int:
    return int(value) if value and re.fullmatch(r"\s*-?[0-9]{1,6}\s*", value) else otherwise
