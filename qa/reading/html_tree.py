"""Bytes of HTML -> a tree: encodings, damage, nesting. The web's own parser of broken pages, lxml's.

Nothing that a page names is fetched, no entity beyond the characters' is expanded.
"""

import codecs
import re

from lxml import etree
from lxml.html import HtmlElement as HtmlElement
from lxml.html import HTMLParser, document_fromstring

from qa.reading.decoding import BOMS, canonical, decode

NEVER = frozenset(
    "script style noscript template head iframe object embed applet canvas svg audio video map "
    "select datalist textarea button input progress meter annotation rp noframes title".split()
)
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li "
    "main menu nav ol p pre search section summary table tbody td tfoot th thead tr ul".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_CLOSED = re.compile(r"<([a-zA-Z][\w:.-]*)(\s[^<>]*?)?/>")
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^<>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I
)
_HEAD = 4096  # bytes in which a page declares its encoding
# What browsers take these names for: supersets, since pages hold what the names don't cover.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "cp950",
}
_ESCAPED = ("iso2022_jp", "iso2022_kr", "hz")  # written in ASCII bytes alone
_NO_TEXT_CODECS = ("unicode-escape", "raw-unicode-escape", "idna", "punycode", "charmap")
_DEEPEST = 2040  # levels; below 2,048 libxml2 reads no further
_TAG = re.compile(r"</?([a-zA-Z][\w:.-]*)[^<>]*>")
_FLAT = frozenset("p br h1 h2 h3 h4 h5 h6 title meta script style".split())
_BREAK = "<br><br>"


def parse(source: bytes | str) -> tuple[HtmlElement, tuple[str, ...]]:
    """Return the tree of a page with notes on how it was read."""
    text = canonical(source) if isinstance(source, str) else decode_html(source)
    if text.startswith("<?xml"):
        text = _CLOSED.sub(_opened, text)
    root = _tree(text)
    if _depth(root) < _DEEPEST:
        return root, ()
    flat = re.sub(f"(?:{_BREAK})+", _BREAK, _TAG.sub(_flattened, text))
    return _tree(flat), ("its tags are nested too deeply; its words are read without structure",)


def decode_html(data: bytes) -> str:
    """Return a page's text; UTF-8 where it is that, else as it declares.

    Raises:
        InputError: if its encoding can't be told.
    """
    if any(data.startswith(bom) for bom, _ in BOMS):
        return decode(data)
    encoding = _declared(data[:_HEAD])
    if encoding not in _ESCAPED:
        try:
            # Other encodings' bytes hardly ever make UTF-8; a wrong declaration is common.
            return canonical(data.decode("utf-8")) if b"\0" not in data else decode(data)
        except UnicodeDecodeError:
            pass
    if encoding is not None:
        text = data.decode(encoding, "replace")
        if text.count("\ufffd") <= len(text) // 100:
            return canonical(text)
    return decode(data)


def _flattened(tag: re.Match[str]) -> str:
    """Return what stands for a tag in a page without nesting."""
    name = tag[1].lower()
    return tag[0] if name in _FLAT else _BREAK if name in BLOCKS else ""


def _opened(tag: re.Match[str]) -> str:
    """Return XHTML's "<title/>" as HTML has it, where it would hold all that follows."""
    return tag[0] if tag[1].lower() in _VOID else f"<{tag[1]}{tag[2] or ''}></{tag[1]}>"


def _declared(head: bytes) -> str | None:
    match = _DECLARED.search(head)
    if match is None:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
        "".encode(name)
    except (LookupError, UnicodeError, ValueError):
        return None
    if name.replace("_", "-") in _NO_TEXT_CODECS or name.startswith("utf"):
        return None  # a page whose declaration reads as ASCII isn't in UTF-16; UTF-8 was tried
    return _WIDER.get(name, name)


def walk(root: HtmlElement) -> "etree.iterwalk":
    """Return ("start" or "end", element) for every element, without recursion.

    After a "start", `skip_subtree()` passes over what is in the element; its "end" still comes.
    """
    return etree.iterwalk(root, events=("start", "end"))


def _tree(text: str) -> HtmlElement:
    parser = HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True
    )
    # A text that declares its encoding is refused as characters, but not as bytes.
    data = text.encode("utf-8", "replace")
    try:
        root = document_fromstring(data or b"<p></p>", parser=parser)
    except etree.ParserError:  # there is nothing in it
        root = document_fromstring(b"<p></p>")
    return root


def _depth(root: HtmlElement) -> int:
    deepest = level = 0
    for event, _ in walk(root):
        level += 1 if event == "start" else -1
        deepest = max(deepest, level)
    return deepest
