"""What a file's properties say of it, as far as they say anything.

Knows which titles and authors programs fill in by themselves.
"""

import re
from pathlib import PurePath

from qa.errors import InputError
from qa.reading.about import iso_date
from qa.reading.building import clean
from qa.reading.packages import Package, local

_MAX_TITLE = 150  # characters; as for a title that is read off the text
_NO_TITLE = re.compile(
    r"(?:untitled|unbenannt|sans (?:nom|titre)|title|document|word document|dokument|presentation"
    r"|powerpoint[- ]pr[äeé]sentation|pr[äeé]sentation|slide|folie|book|layout)\s*\d*|untitled .*"
    r"|(?:microsoft (?:office )?\w+|powerpoint presentation) - .*"
    r"|[^\s/\\]*[/\\]\S*|\S+\.[a-z][a-z0-9]{1,4}"
    r"|.*\.(?:docx?|pdf|indd|pptx?|xlsx?|rtf|odt|tex|dvi|qxd|pmd|wpd|txt|html?)",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"python-(?:docx|pptx)|(?:microsoft office )?user|admin(?:istrator)?|unknown(?: author)?|author|owner"
    r"|webmaster|guest|root",
    re.IGNORECASE,
)
# When the templates of python-docx and python-pptx were made: what they write says no other date.
_TEMPLATES = frozenset(
    {"2013-12-23T23:15:00Z", "2013-01-27T09:14:16Z", "2013-01-27T09:15:58Z"},
)


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


def described(package: Package, part: str | None, name: str) -> tuple[str, str | None, str | None]:
    """Return title, author and ISO date as an office file's part of properties has them.

    Args:
        package: The file.
        part: The part's name: Word's "core-properties", OpenDocument's "meta.xml".
        name: The file's name, which is no title.
    """
    try:
        root = package.xml(part)
    except InputError:  # damaged, which is no reason not to read the text
        root = None
    said: dict[str, str] = {}
    for element in [] if root is None else root.iter():
        if isinstance(element.tag, str) and element.text:
            said.setdefault(local(element), element.text)
    made = [said.get(key, "") for key in ("created", "creation-date")]  # a last change is no date
    return (
        plausible_title(said.get("title"), name),
        plausible_author(said.get("initial-creator") or said.get("creator")),
        next(filter(None, (iso_date(stamp) for stamp in made if stamp not in _TEMPLATES)), None),
    )
