"""How values are said to people, on the page and in the terminal alike."""

from datetime import date

from qa.types import UNCERTAIN, Met

CLOSE, LOOSE = 0.55, 0.35  # closeness from which two words are called so
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


def whose(kind: str, speaker: str | None) -> str:
    """Return whose words a citation is in: "quotation: Dame Glenys Stacey"."""
    if speaker and speaker != UNCERTAIN:
        return f"{kind}: {speaker}"
    # That a reader's comment has no name to it goes without saying.
    return f"{kind}, speaker uncertain" if speaker and kind == "quotation" else kind


def how_close(met: Met) -> str:
    """Return how a passage meets a word of the question, in words."""
    place = {"document": " in the title or date", "section": " above it"}.get(met.where or "", "")
    if met.found is None or met.closeness < LOOSE:
        return "not met"
    if met.closeness >= 1:
        return f"“{met.found}”{place}, the same word"
    degree = "close" if met.closeness >= CLOSE else "loosely related"
    return f"“{met.found}”{place}, {degree} ({met.closeness:.2f})"


def agreement_in_words(verdict: str | None) -> str:
    """Return what to say of several sources; "" where there's only one to speak of."""
    return {
        "differ": "The sources differ on this: read them side by side.",
        "agree": "More than one source says so.",
    }.get(verdict or "", "")
