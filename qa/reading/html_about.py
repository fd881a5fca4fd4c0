"""What a web page says of itself: title, author, publisher, date.

Reads the kinds of metadata that are in use side by side: JSON-LD, Open Graph, Dublin Core,
citation tags, microdata, `<time>`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from qa.reading.about import iso_date
from qa.reading.html_tree import HtmlElement
from qa.reading.properties import plausible_author

_TITLES = ("og:title", "citation_title", "dc.title", "dcterms.title", "twitter:title")
_AUTHORS = (
    "author", "article:author", "citation_author", "dc.creator", "dcterms.creator", "dc.contributor",
    "parsely-author", "sailthru.author", "byl",
)  # fmt: skip
_PUBLISHERS = (
    "og:site_name",
    "dc.publisher",
    "dcterms.publisher",
    "publisher",
    "citation_publisher",
)
_DATES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "citation_publication_date", "citation_date", "dc.date.issued", "dcterms.issued", "dc.date",
    "dcterms.date", "dcterms.created", "dc.date.created", "pubdate", "publishdate", "publish-date",
    "publish_date", "publication_date", "parsely-pub-date", "sailthru.date", "date",
    "article.published", "rnews:datepublished",
)  # fmt: skip
_ARTICLE = re.compile(r"(?:article|posting|report|webpage|book|chapter|thesis|creativework)$", re.I)
_ABOUT_PAGES = re.compile(r"(?:webpage)$", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+[|\-–—·»:/]\s+|\s*[|»]\s*")
_NO_TITLE = re.compile(
    r"(?:untitled.*|.*\.(?:html?|docx?|pdf|txt)|(?:microsoft word|web page) -.*|home|index)", re.I
)
_BY = re.compile(r"^by:?\s+", re.IGNORECASE)
_MAX_JSON = 1_000_000  # characters of JSON-LD
_MAX_VALUES = 10_000  # in it
_MAX_TITLE = 300  # characters
_MAX_AUTHORS = 20
_MAX_HEADINGS = 20
_MAX_DATES = 20  # each may hold all that follows


@dataclass(frozen=True, slots=True)
class PageAbout:
    """What is known of a page; "" or None where it doesn't say."""

    title: str = ""
    author: str | None = None
    publisher: str | None = None
    published: str | None = None


def describe(root: HtmlElement) -> PageAbout:
    """Return what a page says of itself."""
    meta = _meta(root)
    linked = _linked_data(root)
    publisher = _first(meta, _PUBLISHERS) or next(
        filter(None, (_name(entry.get("publisher")) for entry in linked)), None
    )
    return PageAbout(
        _title(root, meta, linked, publisher),
        _author(root, meta, linked),
        publisher,
        _published(root, meta, linked),
    )


_TIMES = (  # on a page without an article: not those of its frame
    "//time[not(ancestor::header or ancestor::footer or ancestor::nav or ancestor::aside)]"
)


def _meta(root: HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        content = " ".join((element.get("content") or "").split())
        for key in ("property", "name", "itemprop"):
            name = element.get(key)
            if name and content:
                found.setdefault(name.strip().lower(), []).append(content)
    return found


def _linked_data(root: HtmlElement) -> list[dict[str, Any]]:
    """Return the JSON-LD objects that describe an article, those that describe pages last."""
    found: list[dict[str, Any]] = []
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        text = script.text_content()
        if len(text) > _MAX_JSON:
            continue
        try:
            content = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        found += [entry for entry in _objects(content) if _ARTICLE.search(_type(entry))]
    return sorted(found, key=lambda entry: bool(_ABOUT_PAGES.search(_type(entry))))


def _objects(content: object) -> Iterator[dict[str, Any]]:
    """Yield the objects at the top, in lists and graphs; not those that others mention."""
    waiting = [content]
    for _ in range(_MAX_VALUES):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting += value[:_MAX_VALUES]
        elif isinstance(value, dict):
            yield value
            waiting += [value[key] for key in ("@graph", "mainEntity") if key in value]


def _type(entry: dict[str, Any]) -> str:
    kind = entry.get("@type")
    return str(kind[0] if isinstance(kind, list) and kind else kind)


def _title(
    root: HtmlElement, meta: dict[str, list[str]], linked: list[dict[str, Any]], site: str | None
) -> str:
    headings = [
        _words(heading).rstrip("¶# ")
        for level in ("h1", "h2")
        for heading in islice(root.iter(level), _MAX_HEADINGS)
    ]
    own = next((_words(title) for title in root.iter("title")), "")
    stated = _first(meta, _TITLES) or next(
        (entry["headline"] for entry in linked if isinstance(entry.get("headline"), str)), ""
    )
    for candidate in (stated, own):
        title = _without_site(" ".join(candidate.split()), headings, site)
        if title and len(title) <= _MAX_TITLE and not _NO_TITLE.fullmatch(title):
            return title
    return ""


def _without_site(title: str, headings: list[str], site: str | None) -> str:
    """Return a title without the name of the site behind or before it."""
    for heading in filter(None, headings):
        own = title[: len(heading)]
        if own.lower() == heading.lower() and _SEPARATOR.match(title, len(heading)):
            return own
    for heading in filter(None, headings):
        if title.endswith(heading) and _SEPARATOR.fullmatch(title[: -len(heading)][-3:]):
            return heading
    parts = [match.span() for match in _SEPARATOR.finditer(title)]
    if not parts or not site:
        return title
    first, last = parts[0], parts[-1]
    if _same(title[last[1] :], site):
        return title[: last[0]]
    if _same(title[: first[0]], site):
        return title[first[1] :]
    return title


def _same(a: str, b: str) -> bool:
    a, b = ("".join(filter(str.isalnum, text)).lower().removesuffix("com") for text in (a, b))
    return a == b


def _author(
    root: HtmlElement, meta: dict[str, list[str]], linked: list[dict[str, Any]]
) -> str | None:
    for entry in linked:
        if name := plausible_author(_name(entry.get("author"))):
            return name
    for key in _AUTHORS:
        if names := plausible_author(_names(meta.get(key, []))):
            return names
    named = [
        _words(element)
        for element in root.xpath("//*[@itemprop='author' or @rel='author']")[:_MAX_AUTHORS]
    ]
    return plausible_author(_names([name for name in named if len(name) <= 60]))


def _name(value: object) -> str | None:
    """Return the name or names in JSON-LD's "author" or "publisher"."""
    values = value if isinstance(value, list) else [value]
    found = [
        entry.get("name") if isinstance(entry, dict) else entry for entry in values[:_MAX_AUTHORS]
    ]
    return _names([name for name in found if isinstance(name, str)]) or None


def _names(values: list[str]) -> str:
    names = [_BY.sub("", " ".join(value.split())) for value in values[:_MAX_AUTHORS]]
    return ", ".join(dict.fromkeys(x for x in names if x and "://" not in x and len(x) <= 200))


def _published(
    root: HtmlElement, meta: dict[str, list[str]], linked: list[dict[str, Any]]
) -> str | None:
    stated = [value for key in _DATES[:4] for value in meta.get(key, [])]
    stated += [str(entry.get("datePublished")) for entry in linked]
    stated += [value for key in _DATES[4:] for value in meta.get(key, [])]
    for element in root.xpath("//*[@itemprop='datePublished' or @pubdate]")[:_MAX_DATES]:
        stated.append(element.get("content") or element.get("datetime") or _words(element))
    articles = root.xpath("(//article|//main)[1]")
    times = articles[0].iter("time") if articles else root.xpath(_TIMES)
    for element in times:
        stated.append(element.get("datetime") or _words(element))
        break
    return next(filter(None, map(iso_date, stated)), None)


def _first(meta: dict[str, list[str]], keys: tuple[str, ...]) -> str | None:
    return next((meta[key][0] for key in keys if key in meta), None)


def _words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())
