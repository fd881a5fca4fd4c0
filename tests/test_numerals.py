"""Numbers and marks of lists, against values counted by hand."""

import pytest

from qa.reading.numerals import Counter, Level, bullet, numeral


@pytest.mark.parametrize(
    ("number", "form", "shown"),
    [
        (7, "decimal", "7"),
        (7, "zero", "07"),
        (1994, "upper-roman", "MCMXCIV"),
        (48, "lower-roman", "xlviii"),
        (26, "lower-letter", "z"),
        (28, "upper-letter", "BB"),
        (0, "lower-roman", "0"),
        (5000, "lower-roman", "5000"),
        (3, "none", ""),
    ],
)
def test_numerals(number: int, form: str, shown: str) -> None:
    assert numeral(number, form) == shown


def test_bullets_that_only_a_font_of_symbols_draws() -> None:
    assert [bullet(x) for x in ("\uf0b7", "o", "–", "§", "", None)] == [
        "•",
        "◦",
        "–",
        "•",
        "•",
        "•",
    ]


def test_levels_count_and_begin_anew() -> None:
    levels = [
        Level("upper-letter", "%1"),
        Level("decimal", "%1.%2.", start=3),
        Level("lower-roman", "(%3)", restart=0, joint=""),
        Level("decimal", "%1-%4", decimal=True),
    ]
    counter = Counter()
    marks = [counter.mark(levels, n) for n in (0, 1, 2, 1, 2, 0, 1, 2, 3)]
    assert marks == ["A ", "A.3. ", "(i)", "A.4. ", "(ii)", "B ", "B.3. ", "(iii)", "2-1 "]
    counter.set(0, 9)
    assert counter.mark(levels, 0) == "I "
