"""What a page of a PDF holds, as values: words with their places. Knows no program that reads PDFs."""

from dataclasses import dataclass
from typing import NamedTuple

HYPHEN = "\x02"  # what pdfium puts for a hyphen that breaks a word over two lines
UNKNOWN = "\ufffd"  # a character of a font that doesn't say which letters it shows
Rule = tuple[float, float, float]  # a horizontal line from x0 to x1 at y


class Seen(NamedTuple):
    """A word with its box, in shares of the page's width and height from its top left."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page as it is printed.

    Attributes:
        width: Pixels; with `height` of the picture.
        rows: Its pixels, three bytes each (red, green, blue), row after row.
        words: In reading order, as far as lines and columns tell.
    """

    width: int
    height: int
    rows: bytes
    words: tuple[Seen, ...]


class Word(NamedTuple):
    """Characters without white space between them, upright on the page, points from its top left.

    A tuple, as there are hundreds of thousands: a dataclass takes four times as long to make.

    Attributes:
        y: Of the baseline, growing downwards.
        size: Of the type, in points as seen.
        order: Its number in the order in which the page draws its text.
        spaced: Whether white space stands before it there.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    italic: bool
    order: int
    spaced: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is seen.

    Attributes:
        label: What the file says is printed as its number.
        words: Of the direction in which most of its text runs, in drawing order.
        sideways: Texts of the other directions.
        slanted: Text that runs at an angle: a watermark.
        rules: Horizontal lines, and the edges of boxes.
    """

    number: int
    label: str | None
    width: float
    height: float
    words: tuple[Word, ...]
    sideways: tuple[tuple[Word, ...], ...]
    slanted: str
    rules: tuple[Rule, ...]
