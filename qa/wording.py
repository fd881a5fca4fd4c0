"""How values are said to people, on the page and in the terminal alike."""

import os
from datetime import UTC, date, datetime
from typing import get_args

from qa.types import UNCERTAIN, Document, Listing, Met, Passage, Source, VoiceKind, Where

Origin = Document | Listing | Passage | Source  # what may be told where it comes from
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


def time_in_words(asked: str) -> str:
    """Return an ISO time as people write it: "24 May 2019, 14:05 UTC"."""
    try:
        moment = datetime.fromisoformat(asked).astimezone(UTC)
    except (ValueError, OverflowError):
        return asked
    return f"{date_in_words(moment.date().isoformat())}, {moment:%H:%M} UTC"


def whose(kind: str, speaker: str | None) -> str:
    """Return whose words a citation is in: "quotation: Dame Glenys Stacey"."""
    if speaker and speaker != UNCERTAIN:
        return f"{kind}: {speaker}"
    # That a reader's comment has no name to it goes without saying.
    return f"{kind}, speaker uncertain" if speaker and kind == "quotation" else kind


def said_by(kind: str | None, speaker: str | None) -> str:
    """Return who says what is quoted; "" where the words are the document's own."""
    if speaker and speaker != UNCERTAIN:
        return speaker
    if kind == "quotation":
        return "speaker uncertain"
    return kind if kind and kind in get_args(VoiceKind) else ""


def source_facts(item: Origin) -> list[str]:
    """Return what there is to say of a document: date, author, publisher, whose words."""
    speaker = item.speaker if isinstance(item, Source) else None
    facts = [
        date_in_words(item.published) or "undated",
        item.author,
        item.publisher,
        item.kind and whose(item.kind, speaker),
    ]
    return [fact for fact in dict.fromkeys(facts) if fact]


def place_facts(piece: Source | Passage) -> list[str]:
    """Return where in its document a piece stands: section and place."""
    # Above the first heading, the section is the title itself.
    section = piece.section if piece.section != piece.title else None
    return [fact for fact in (section, str(piece.place)) if fact]


def part_in_words(where: Where) -> str:
    """Return what part of the documents is asked: "a.txt · 2018 to 2019 · article"; "" for all."""
    after, before = date_in_words(where.after), date_in_words(where.before)
    dates = f"{after} to {before}" if after and before else ""
    dates = dates or (after and f"since {after}") or (before and f"until {before}")
    parts = [", ".join(where.documents), dates, ", ".join(where.kinds)]
    return " · ".join(part for part in parts if part)


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


def printable(name: str) -> str:
    r"""Return a file's name as valid Unicode; bytes that aren't UTF-8 become "\xe9"."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
