"""The words of one paragraph of a Word file, as they are seen: fields' results, no deleted text."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qa.reading.packages import child, flag, local, value
from qa.reading.word_styles import Style, Styles

if TYPE_CHECKING:
    from qa.reading.packages import Element

REMOVED = frozenset({"del", "moveFrom"})
_TRACKED = REMOVED | {"ins", "moveTo"}
_PASSED_OVER = REMOVED | {"pPr", "rPr", "sdtPr", "sdtEndPr", "rt"}
_CHARACTERS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "\u2011",
    "softHyphen": "\u00ad",
}
_PRIVATE = range(0xE000, 0xF900)  # characters that only a font of symbols can draw
_SPACES = str.maketrans("\n\r\t", "   ")


@dataclass(slots=True)
class Words:
    """What a paragraph holds, as it is gathered.

    Attributes:
        parts: Its text.
        bold: Whether all of it is.
        notes: What it refers to: ("footnote", id).
        boxes: Text boxes that are anchored in it.
        fields: Whether each open field has come to its result.
        tracked: Whether there were tracked changes in it.
    """

    parts: list[str] = field(default_factory=list)
    bold: bool = True
    notes: list[tuple[str, str | None]] = field(default_factory=list)
    boxes: "list[Element]" = field(default_factory=list)
    fields: list[bool] = field(default_factory=list)
    tracked: bool = False


def words_of(paragraph: "Element", style: Style, styles: Styles) -> Words:
    """Return what a paragraph in this style holds.

    A field that doesn't end in its paragraph (a table of contents) is taken to have come to its
    result in the next one.
    """
    words = Words()
    _gather(paragraph, style, styles, words)
    return words


def choice(element: "Element") -> "Element":
    """Return the one of several renderings that is to be read; it may be empty."""
    first = next((inner for inner in element if local(inner) == "Choice"), None)
    return first if first is not None else next(iter(element), element)


def placeholder(element: "Element") -> bool:
    """Whether a content control shows nothing but the prompt to fill it in."""
    return local(element) == "sdt" and bool(flag(child(element, "sdtPr", "showingPlcHdr")))


def _gather(parent: "Element", style: Style, styles: Styles, words: Words) -> None:
    for element in parent:
        name = local(element)
        words.tracked = words.tracked or name in _TRACKED
        if name in _PASSED_OVER or placeholder(element):
            continue
        if name == "fldChar":
            _turn(words.fields, value(element, "fldCharType"))
        elif name == "txbxContent":
            words.boxes.append(element)
        elif name == "AlternateContent":
            _gather(choice(element), style, styles, words)
        elif name == "r":
            _run(element, style, styles, words)
        elif not all(words.fields):
            _gather(element, style, styles, words)  # nothing but nested fields and boxes
        elif name == "t":
            words.parts.append(_text(element))
        elif name in _CHARACTERS:
            words.parts.append(_CHARACTERS[name])
        elif name == "sym":
            words.parts.append(_symbol(value(element, "char")))
        elif name in ("footnoteReference", "endnoteReference"):
            words.notes.append((name.removesuffix("Reference"), value(element, "id")))
        else:
            _gather(element, style, styles, words)


def _run(element: "Element", style: Style, styles: Styles, words: Words) -> None:
    properties = child(element, "rPr")
    name = value(child(properties, "rStyle"))
    own = styles.of(name) if name is not None else Style()
    hidden, bold = (flag(child(properties, switch)) for switch in ("vanish", "b"))
    if own.hidden or style.hidden if hidden is None else hidden:
        return
    before = len(words.parts)
    _gather(element, style, styles, words)
    if any(not part.isspace() for part in words.parts[before:]):
        words.bold = words.bold and (own.bold or style.bold if bold is None else bold)


def _turn(fields: list[bool], turn: str | None) -> None:
    if turn == "begin":
        fields.append(False)
    elif turn == "separate" and fields:
        fields[-1] = True
    elif turn == "end" and fields:
        fields.pop()


def _text(element: "Element") -> str:
    text = (element.text or "").translate(_SPACES)
    return text if value(element, "space") == "preserve" else text.strip(" ")


def _symbol(char: str | None) -> str:
    try:
        number = int(char or "", 16)
    except ValueError:
        return ""
    return "" if number in _PRIVATE or not 0 < number < 0x110000 else chr(number)
