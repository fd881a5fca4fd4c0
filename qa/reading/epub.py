"""Books in EPUB: chapters in reading order, parts by the table of contents, printed page numbers.

A book is a ZIP file: META-INF/container.xml names the package file, which names the chapters.
"""

from collections.abc import Iterator
from posixpath import dirname, join, normpath
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from qa.errors import InputError
from qa.reading.about import iso_date
from qa.reading.building import Builder, Draft
from qa.reading.html_main import beside_content
from qa.reading.html_pieces import Pieces
from qa.reading.html_tree import parse
from qa.reading.properties import plausible_author
from qa.reading.zipped import open_zip

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
# Fonts are scrambled by these in books that anyone may read.
_FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_CHAPTERS = (
    "application/xhtml+xml",
    "text/html",
    "application/x-dtbook+xml",
    "text/x-oeb1-document",
)
_NO_TITLE = ("untitled", "untitled document", "unknown", "[no title]")
_MAX_PART = 100  # characters of a part's name
_NO_BOOK = "it is damaged: it doesn't say which files make up the book"


def read_epub(data: bytes, name: str) -> Iterator[Draft]:  # noqa: ARG001
    """Yield a book."""
    book = open_zip(data)
    names = frozenset(book.namelist())
    package_name = _package_name(book, names)
    package = _xml(book, package_name)
    manifest = {
        item.get("id"): item for item in package.iter("{*}item") if item.get("href") is not None
    }
    chapters: dict[str, None] = {}
    missing = 0
    for reference in package.iter("{*}itemref"):
        item = manifest.get(reference.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        if item.get("media-type", _CHAPTERS[0]) in _CHAPTERS:
            path = _resolve(package_name, item.get("href"))
            if path in names:
                chapters[path] = None
            else:
                missing += 1
    _refuse_protected(book, names, frozenset(chapters))
    if not chapters:
        raise InputError(_NO_BOOK)
    begin = _contents(book, names, package_name, package, manifest)
    pages = sum(book.read(chapter).count(b"pagebreak") for chapter in chapters) > 1
    builder = Builder("page" if pages else "paragraph")
    pieces = Pieces(builder, pages=pages)
    notes = [f"chapters that it lists, but doesn't hold: {missing}"] if missing else []
    for chapter in chapters:
        root, remarks = parse(book.read(chapter))
        notes += [f"{chapter}: {remark}" for remark in remarks]
        pieces.put(root, beside_content(root, whole=True), begin.get(chapter))
    title = next(iter(_said(package, "title")), "")
    yield Draft(
        *builder.finish(),
        title="" if title.lower() in _NO_TITLE else title,
        author=", ".join(filter(plausible_author, _said(package, "creator"))) or None,
        publisher=", ".join(_said(package, "publisher")) or None,
        published=_published(package),
        notes=tuple(notes),
    )


def _package_name(book: ZipFile, names: frozenset[str]) -> str:
    if _CONTAINER in names:
        for root_file in _xml(book, _CONTAINER).iter("{*}rootfile"):
            path = normpath(unquote(root_file.get("full-path") or ""))
            if path in names:
                return path
    packages = sorted(name for name in names if name.lower().endswith(".opf"))
    if not packages:
        raise InputError(_NO_BOOK)
    return packages[0]


def _xml(book: ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    root = etree.fromstring(book.read(name), parser)
    return etree.Element("nothing") if root is None else root


def _resolve(base: str, href: str) -> str:
    return normpath(join(dirname(base), unquote(href)))


def _refuse_protected(book: ZipFile, names: frozenset[str], chapters: frozenset[str]) -> None:
    if _ENCRYPTION not in names:
        return
    for entry in _xml(book, _ENCRYPTION).iter("{*}EncryptedData"):
        methods = [method.get("Algorithm") for method in entry.iterchildren("{*}EncryptionMethod")]
        paths = {unquote(uri.get("URI") or "") for uri in entry.iter("{*}CipherReference")}
        if chapters & paths and not any(method in _FONT_SCRAMBLING for method in methods):
            raise InputError("it is protected against copying (DRM); read a copy without that")


def _contents(
    book: ZipFile,
    names: frozenset[str],
    package_name: str,
    package: etree._Element,
    manifest: dict[str | None, etree._Element],
) -> dict[str, dict[str, str]]:
    """Return chapter -> id of an element ("" for its beginning) -> the part that begins there.

    Parts are the top entries of the table of contents: EPUB 3's `nav`, or else EPUB 2's NCX.
    """
    found: dict[str, dict[str, str]] = {}
    for item in manifest.values():
        path = _resolve(package_name, item.get("href"))
        if path in names and "nav" in (item.get("properties") or "").split():
            root, _ = parse(book.read(path))
            links = root.xpath("(//nav[@*='toc' or @*='doc-toc'])[1]/ol/li/a[@href]")
            for link in links:
                _put(found, path, link.get("href"), link.text_content())
            return found
    spine = next(package.iter("{*}spine"), None)
    item = manifest.get(spine.get("toc")) if spine is not None else None
    path = _resolve(package_name, item.get("href")) if item is not None else ""
    if path in names:
        for point in _xml(book, path).iterfind("{*}navMap/{*}navPoint"):
            source = point.find("{*}content")
            label = point.findtext("{*}navLabel/{*}text")
            if source is not None and label:
                _put(found, path, source.get("src") or "", label)
    return found


def _put(found: dict[str, dict[str, str]], base: str, href: str, label: str) -> None:
    words = " ".join(label.split())[:_MAX_PART].strip()
    file, _, fragment = href.partition("#")
    if words:
        found.setdefault(_resolve(base, file), {}).setdefault(unquote(fragment), words)


def _said(package: etree._Element, name: str) -> list[str]:
    texts = (
        "".join(entry.itertext())
        for entry in package.iter("{http://purl.org/dc/elements/1.1/}" + name)
    )
    return [" ".join(text.split()) for text in texts if text.strip()]


def _published(package: etree._Element) -> str | None:
    dates = list(package.iter("{http://purl.org/dc/elements/1.1/}date"))
    events = [next((v for k, v in date.items() if k.endswith("event")), "") for date in dates]
    for wanted in ("publication", ""):
        for date, event in zip(dates, events, strict=True):
            if event == wanted and (found := iso_date(date.text)):
                return found
    return None
