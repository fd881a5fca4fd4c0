"""What a document says of itself: title, author, publisher, date, kind.

A folder's `metadata.json` comes first:

    {"documents": {"minutes.txt": {"title": "…", "published": "2019-05-24"}}, "exclude": ["README.md"]}

Names are paths relative to the folder that holds it. What it leaves out is read off the text
(the first heading or line, a leading date) or the file's name.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from qa.errors import InputError
from qa.reading.decoding import decode
from qa.types import Block

FILE_NAME = "metadata.json"
FIELDS = ("title", "author", "publisher", "published", "kind")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(?<!\d)(\d{4})[-_.](\d{2})[-_.](\d{2})(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?\s+(\d{4})", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAX_TITLE = 150  # characters
# Programs write the year 1 or 101 for "no date".
_YEARS = range(1400, 2200)
_LEADING_BLOCKS = 5  # a date further down is the date of something else


@dataclass(frozen=True, slots=True)
class FolderMetadata:
    """One folder's `metadata.json`, names relative to that folder."""

    documents: dict[str, dict[str, str | None]] = field(default_factory=dict)
    exclude: frozenset[str] = frozenset()
    wrong: tuple[str, ...] = ()  # entries that were passed over, with the reason


def folder_metadata(folder: Path) -> FolderMetadata:
    """Return what the folder's `metadata.json` says; nothing where there is none.

    An entry that is wrong is passed over and named in `wrong`.

    Raises:
        InputError: if the file as a whole isn't of the form that the module's docstring shows.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return FolderMetadata()
    try:
        content = json.loads(decode(path.read_bytes()))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"it cannot be read as JSON: {error}") from error
    documents = content.get("documents", {}) if isinstance(content, dict) else None
    exclude = content.get("exclude", []) if isinstance(content, dict) else None
    if not isinstance(documents, dict) or not isinstance(exclude, list):
        raise InputError('it must hold {"documents": {NAME: {…}}, "exclude": [NAME, …]}')
    good: dict[str, dict[str, str | None]] = {}
    wrong = []
    for name, entry in documents.items():
        try:
            good[name] = _entry(name, entry)
        except InputError as error:
            wrong.append(str(error))
    return FolderMetadata(good, frozenset(str(name) for name in exclude), tuple(wrong))


def _entry(name: str, entry: Any) -> dict[str, str | None]:  # noqa: ANN401
    if not isinstance(entry, dict) or not all(
        key in FIELDS and (value is None or isinstance(value, str)) for key, value in entry.items()
    ):
        raise InputError(f"the entry {name!r} may hold {', '.join(FIELDS)}, each a text or null")
    if any(has_surrogates(value) for value in entry.values() if value):
        raise InputError(f"the entry {name!r} holds halves of surrogate pairs")
    published = entry.get("published")
    if published is not None and not _is_date(published):
        raise InputError(
            f"the entry {name!r} has published {published!r}; write an ISO date such as "
            "2019-05-24, 2019-05 or 2019"
        )
    return entry


def has_surrogates(text: str) -> bool:
    """Whether a text holds halves of surrogate pairs, which are no characters."""
    return bool(_SURROGATE.search(text))


def _is_date(published: str) -> bool:
    """Whether it is an ISO date: a day, a month or a year."""
    if not re.fullmatch(r"\d{4}(?:-\d{2}){0,2}", published):
        return False
    try:
        date.fromisoformat(f"{published}-01-01"[:10])
    except ValueError:
        return False
    return True


def find_title(text: str, found: Sequence[Block], name: str) -> str:
    """Return the first heading, or else the first line that isn't a date, or the file's name."""
    leading = [
        block
        for block in found[:_LEADING_BLOCKS]
        if block.comment is None and block.kind != "boilerplate"
    ]
    for block in leading:
        if block.kind == "heading" and block.section and len(block.section) <= _MAX_TITLE:
            return block.section
    for block in leading:
        line = " ".join(text[block.start : block.end].split("\n", 1)[0].split())
        if line and len(line) <= _MAX_TITLE and block.kind not in ("dateline", "row"):
            return line
    stem = Path(name).stem
    return " ".join(_ISO.sub(" ", stem).replace("_", " ").split()).strip(" -") or stem


def find_date(text: str, found: Sequence[Block], name: str) -> str | None:
    """Return the ISO date of a leading dateline, or in the file's name."""
    for block in found[:_LEADING_BLOCKS]:
        if block.kind == "dateline" and (found_date := _parse(text[block.start : block.end])):
            return found_date
    return _parse(Path(name).name)


def iso_date(value: str | None) -> str | None:
    """Return the day in a date of any common form, or the month or year where that is all."""
    text = (value or "").strip()[:60]
    if match := re.match(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?![\d/-])", text):
        parts = [match[1], *(part.zfill(2) for part in match.groups()[1:] if part)]
        text = "-".join(parts)
        if len(parts) < 3:
            month = int(parts[1]) if len(parts) == 2 else 1
            return text if int(match[1]) in _YEARS and 1 <= month <= 12 else None
    elif match := re.match(r"(\d{4})(\d{2})(\d{2})(?:T|$)", text):
        text = "-".join(match.groups())
    return _parse(text)


def _parse(text: str) -> str | None:
    if match := _ISO.search(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _DAY_FIRST.search(text):
        year, month, day = int(match[3]), _month(match[2]), int(match[1])
    elif match := _MONTH_FIRST.search(text):
        year, month, day = int(match[3]), _month(match[1]), int(match[2])
    else:
        return None
    try:
        return date(year, month, day).isoformat() if year in _YEARS else None
    except ValueError:
        return None


def _month(name: str) -> int:
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0
