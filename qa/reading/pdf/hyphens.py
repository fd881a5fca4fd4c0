"""Lines -> running text: words that a hyphen breaks at a line's end are made whole.

Whether the hyphen is the author's ("well-known") or the line's ("exam-ple") is told by the rest of
the document: which of the two forms, or which of the halves, stand elsewhere.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from qa.reading.pdf.pages import HYPHEN

_WORD = re.compile(r"\w+(?:[-\u2010]\w+)*")
_HYPHENS = (HYPHEN, "-", "\u2010", "\xad")
_ENDS = re.compile(f"(\\w+(?:[-\u2010]\\w+)*)[{HYPHEN}\\-\u2010\xad]$")
_ADDRESS = re.compile(f"(?:https?://|www\\.)[^\\s<>]*[/.\\-_?=&{HYPHEN}]$")
_LONGEST = 200  # characters of a word that is looked at
_SOFT = f"{HYPHEN}\xad"


class Hyphens:
    """Knows a document's words and joins its lines."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Learn the words of all lines, but for those that a line's end breaks."""
        self._words: set[str] = set()
        self._stems: set[str] = set()  # of those with a hyphen: "co-owne"
        broken = False
        for line in lines:
            found = [word.replace("\u2010", "-").lower() for word in _WORD.findall(line)]
            ends = _broken(line) is not None
            for word in found[broken : len(found) - ends]:
                if "-" in word:
                    parts = word.split("-")
                    self._words.update(parts)
                    self._stems.update(_stem(*pair) for pair in pairwise(parts))
                else:
                    self._words.add(word)
            broken = ends

    def join(self, lines: Sequence[str]) -> str:
        """Return the lines as running text, a hyphen at the very end as it is."""
        parts = [*lines[:1]]
        for line in lines[1:]:
            parts[-1], joint = self.joint(parts[-1], line)
            parts += [joint, line]
        return "".join(parts)

    def joint(self, text: str, following: str) -> tuple[str, str]:
        """Return a text as it is before `following`, and what stands between the two."""
        end = text[-_LONGEST:]
        if _ADDRESS.search(end):
            return text, ""
        match, after = _broken(end), _WORD.match(following)
        if match and after:
            if self._breaks(match[1], text[-1], after[0]):
                return text[:-1], ""
            return (text[:-1] + "-" if text[-1] in _SOFT else text), ""
        if text and following and _is_ideograph(text[-1]) and _is_ideograph(following[0]):
            return text, ""
        return text, " "

    def _breaks(self, before: str, hyphen: str, after: str) -> bool:
        """Whether the hyphen is the line's."""
        before, after = before.replace("\u2010", "-").lower(), after.replace("\u2010", "-")
        if hyphen == "\xad":
            return True
        if not after[0].islower() or not before[-1].isalpha():
            return False  # "Anglo-/Saxon", "2020-/21"
        head, tail = before.rsplit("-", 1)[-1], after.lower().split("-", 1)[0]
        if head + tail in self._words:
            return True
        if _stem(head, tail) in self._stems:
            return False
        return not (head in self._words and tail in self._words)


def _broken(line: str) -> re.Match[str] | None:
    """Return the word, without its hyphen, that the end of a line may have broken."""
    return _ENDS.search(line[-_LONGEST:]) if line.endswith(_HYPHENS) else None


def _stem(head: str, tail: str) -> str:
    """Return what "co-owner" and "co-owners" have in common."""
    return f"{head}-{tail[:4]}"


def _is_ideograph(char: str) -> bool:
    """Whether the script of a character puts no space between words: Chinese, Japanese."""
    return unicodedata.east_asian_width(char) in "WF" and not "\uac00" <= char <= "\ud7a3"
