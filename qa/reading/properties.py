"""What a file's properties say of it, as far as they say anything.

Knows which titles and authors programs fill in by themselves.
"""

import re
from datetime import date
from pathlib import PurePath

from qa.reading.building import clean
from qa.reading.packages import Package, local

_MAX_TITLE = 150  # characters; as for a title that is read off the text
_NO_TITLE = re.compile(
    r"(?:untitled|unbenannt|sans (?:nom|titre)|title|document|word document|dokument|presentation"
    r"|powerpoint[- ]pr[äeé]sentation|pr[äeé]sentation|slide|folie)\s*\d*"
    r"|(?:microsoft (?:office )?\w+|powerpoint presentation) - .*"
    r"|[^\s/\\]*[/\\]\S*|\S+\.[a-z][a-z0-9]{1,4}",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"python-(?:docx|pptx)|(?:microsoft office )?user|admin(?:istrator)?|unknown|author|owner",
    re.IGNORECASE,
)
_DATE = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})")


def plausible_title(text: str | None, name: str) -> str:
    """Return a title that somebody wrote, or "": no program's default, no file name."""
    title = " ".join(clean(text or "").split())
    if not any(char.isalpha() for char in title) or len(title) > _MAX_TITLE:
        return ""
    path = PurePath(name)
    if _NO_TITLE.fullmatch(title) or title.lower() in (path.name.lower(), path.stem.lower()):
        return ""
    return title


def plausible_author(text: str | None) -> str | None:
    """Return an author who is somebody, or None."""
    author = " ".join(clean(text or "").split())
    known = any(char.isalpha() for char in author) and not _NO_AUTHOR.fullmatch(author)
    return author if known else None


def iso_date(text: str | None) -> str | None:
    """Return the day of an ISO time stamp, or None where it isn't one."""
    if match := _DATE.match(text or ""):
        try:
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        except ValueError:
            return None
    return None


def described(package: Package, part: str | None, name: str) -> tuple[str, str | None, str | None]:
    """Return title, author and ISO date as an office file's part of properties has them.

    Args:
        package: The file.
        part: The part's name: Word's "core-properties", OpenDocument's "meta.xml".
        name: The file's name, which is no title.
    """
    root = package.xml(part)
    said: dict[str, str] = {}
    for element in [] if root is None else root.iter():
        if isinstance(element.tag, str) and element.text:
            said.setdefault(local(element), element.text)
    created = ("created", "creation-date", "modified", "date")
    return (
        plausible_title(said.get("title"), name),
        plausible_author(said.get("initial-creator") or said.get("creator")),
        next(filter(None, (iso_date(said.get(key)) for key in created)), None),
    )
