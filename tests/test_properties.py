"""What files' properties say of them, as far as somebody wrote it."""

import pytest

from qa.reading.properties import iso_date, plausible_author, plausible_title


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("  Costs\n of 2024 ", "Costs of 2024"),
        ("Income and expenditure 3.2", "Income and expenditure 3.2"),
        ("Microsoft Word - costs.doc", ""),
        ("PowerPoint Presentation", ""),
        ("Untitled 1", ""),
        ("Document3", ""),
        ("costs_final.docx", ""),
        ("Costs", ""),  # the file's name
        ("2024", ""),
        ("x " * 80, ""),
        (None, ""),
    ],
)
def test_titles(said: str | None, title: str) -> None:
    assert plausible_title(said, "reports/costs.docx") == title


@pytest.mark.parametrize(
    ("said", "author"),
    [("Ann  Lee", "Ann Lee"), ("python-docx", None), ("User", None), ("", None), ("-", None)],
)
def test_authors(said: str, author: str | None) -> None:
    assert plausible_author(said) == author


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("2024-03-05T08:00:00Z", "2024-03-05"),
        ("2024-13-05", None),
        ("5 March 2024", None),
        (None, None),
    ],
)
def test_dates(said: str | None, date: str | None) -> None:
    assert iso_date(said) == date
