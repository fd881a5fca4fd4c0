"""How values are said to people, on the page and in the terminal alike."""

from datetime import date

from qa.types import Citation

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def date_in_words(published: str | None) -> str:
    """Return an ISO date as people write it: "24 May 2019", "May 2019", "2019"; "" for None."""
    if not published:
        return ""
    try:
        day = date.fromisoformat(f"{published}-01-01"[:10])
    except ValueError:
        return published
    words = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    # A date may be a year, or a year and a month: say no more than it does.
    return words.split(" ", max(0, 2 - published.count("-")))[-1]


def repeats(citation: Citation, text: str) -> bool:
    """Whether a citation holds the very words of the answer, rather than something to see also."""
    if citation.answer is None:
        return False
    start, end = citation.answer
    return citation.quote[start - citation.start : end - citation.start] == text
