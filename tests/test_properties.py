"""What files' properties say of them, as far as somebody wrote it."""

import pytest

from qa.reading.about import iso_date
from qa.reading.packages import Package
from qa.reading.properties import described, plausible_author, plausible_title
from tests.office import core, packed


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
    [
        ("Ann  Lee", "Ann Lee"),
        ("python-docx", None),
        ("User", None),
        ("admin", None),
        ("", None),
        ("-", None),
    ],
)
def test_authors(said: str, author: str | None) -> None:
    assert plausible_author(said) == author


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("2024-03-05T08:00:00Z", "2024-03-05"),
        ("2024-13-05", None),
        ("0101-01-01T00:00:00+00:00", None),  # as Calibre writes that there is none
        ("2024-03", "2024-03"),
        (None, None),
    ],
)
def test_dates(said: str | None, date: str | None) -> None:
    assert iso_date(said) == date


@pytest.mark.parametrize("created", ["2013-12-23T23:15:00Z", "0001-01-01T00:00:00Z"])
def test_a_template_of_a_library_dates_nothing(created: str) -> None:
    package = Package(packed({"core.xml": core("Costs", "Ann", created)}))
    assert described(package, "core.xml", "a.docx") == ("Costs", "Ann", None)


def test_damaged_properties_say_nothing() -> None:
    assert described(Package(packed({"core.xml": "<a>"})), "core.xml", "a.docx") == ("", None, None)
