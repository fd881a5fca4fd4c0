"""The numbers and marks that word processors draw in front of headings and items.

They stand nowhere in a file as text: it says how each level of a list is numbered, and a reader
counts. Knows no format.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_SLOT = re.compile(r"%([1-9])")
_VISIBLE = frozenset("-–—•‣◦▪▫■□●○◆◇➢➤→✓✔✗*+»›>")
BULLET = "•"
LEVELS = 10  # that a list may have
_MAX_NUMBER = 100_000


def numeral(number: int, form: str) -> str:
    """Return a number as "decimal", "zero" (07), "lower-roman", "upper-letter" … show it."""
    number = max(-_MAX_NUMBER, min(number, _MAX_NUMBER))
    if form == "none":
        return ""
    if form == "zero":
        return f"{number:02}"
    if number < 1 or (form.endswith("roman") and number > 4999):
        return str(number)
    if form.endswith("roman"):
        text = ""
        for size, letters in _ROMAN:
            text += letters * (number // size)
            number %= size
    elif form.endswith("letter"):  # z is followed by aa, bb … as Word and LibreOffice count
        text = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, LEVELS)
    else:
        return str(number)
    return text.upper() if form.startswith("upper") else text


def bullet(char: str | None) -> str:
    """Return a bullet as it is seen: "•" for those that only a font of symbols can draw."""
    char = (char or "").strip()
    return char if char in _VISIBLE else "◦" if char == "o" else BULLET


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered.

    Attributes:
        form: As `numeral` takes it, or "bullet".
        pattern: "%1.%2" stands for the numbers of the first two levels; a bullet's mark.
        start: Its first number.
        restart: It begins anew after a level below this number (0: never).
        joint: What stands between the number and the text.
        decimal: Whether the other levels' numbers are shown as decimals in it.
    """

    form: str
    pattern: str
    start: int = 1
    restart: int = LEVELS
    joint: str = " "
    decimal: bool = False


class Counter:
    """Counts through one list, level by level."""

    def __init__(self) -> None:
        """Begin before the first item."""
        self._numbers: dict[int, int] = {}

    def set(self, level: int, number: int) -> None:
        """Let the next item of a level (from 0) have this number."""
        self._numbers[level] = number - 1

    def mark(self, levels: Sequence[Level], level: int) -> str:
        """Count one item of a level (from 0) and return its mark, with the joint behind it."""
        rule = levels[level]
        for deeper in [n for n in self._numbers if n > level]:
            if deeper >= len(levels) or level < levels[deeper].restart:
                del self._numbers[deeper]
        if rule.form == "bullet":
            return bullet(rule.pattern) + " "
        self._numbers[level] = self._numbers.get(level, rule.start - 1) + 1

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            if at > level or levels[at].form == "bullet":
                return ""
            form = "decimal" if rule.decimal and levels[at].form != "none" else levels[at].form
            return numeral(self._numbers.get(at, levels[at].start), form)

        text = _SLOT.sub(shown, rule.pattern).strip()
        return text + rule.joint if text else ""
