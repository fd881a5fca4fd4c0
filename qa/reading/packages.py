"""Office files as packages: XML parts in a ZIP file, found by name or by relationship.

The only way from bytes to XML for Word, slides and OpenDocument. Nothing is read but the parts
that are asked for, so that pictures and films cost nothing, and a relationship to a part that
isn't there (converters leave such) is as good as none.
"""

import posixpath
import zipfile
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from qa.errors import InputError
from qa.reading.zipped import open_zip

if TYPE_CHECKING:
    from typing import TypeAlias

    from lxml import etree

    Element: TypeAlias = etree._Element

_ENCODINGS = ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in _ENCODINGS)


class Relationship(NamedTuple):
    """What a part refers to; `kind` is the end of the type's address: "footnotes"."""

    kind: str
    target: str


class Package:
    """An office file's parts."""

    def __init__(self, data: bytes) -> None:
        """Open a file's bytes.

        Raises:
            InputError: if it is damaged or encrypted, or breaks the limits of `open_zip`.
        """
        self._zip = open_zip(data)
        self._names = set(self._zip.namelist())

    def data(self, name: str) -> bytes | None:
        """Return a part's bytes, or None where there is none of this name.

        Raises:
            InputError: if it is damaged.
        """
        if name not in self._names:
            return None
        try:
            return self._zip.read(name)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError) as error:
            raise InputError(f"it is damaged: {name!r} in it cannot be unpacked") from error

    def xml(self, name: str | None) -> "Element | None":
        """Return the root of an XML part, or None where there is none of this name.

        Raises:
            InputError: if it isn't sound XML, or has a document type definition.
        """
        data = None if name is None else self.data(name)
        return None if data is None else parse(data, str(name))

    def relationships(self, part: str) -> dict[str, Relationship]:
        """Return what a part refers to inside the package, by id; "" is the package itself."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for element in [] if root is None else root:
            if element.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))
                kind = element.get("Type", "").rpartition("/")[2]
                found[element.get("Id", "")] = Relationship(kind, target.lstrip("/"))
        return found

    def related(self, part: str, kind: str) -> str | None:
        """Return the name of the first part of a kind that a part refers to."""
        every = self.relationships(part).values()
        return next((target for found, target in every if found == kind), None)


def parse(data: bytes, name: str) -> "Element":
    """Return the root element of XML without comments; none is more than 256 levels deep.

    Nothing is fetched and no entity expanded: a document type definition, where they would be
    declared, is refused before the parser sees it.

    Raises:
        InputError: if it has one, or isn't sound XML.
    """
    from lxml import etree

    refusal = f"{name!r} in it has a document type definition, which no such file needs"
    if any(doctype in data for doctype in _DOCTYPES):
        raise InputError(refusal)
    # Without `huge_tree` libxml2 refuses deeper nesting, so that what walks a tree may recurse.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"it is damaged: {name!r} in it is no sound XML: {error}") from error
    if root.getroottree().docinfo.doctype:  # in an encoding that hid it above
        raise InputError(refusal)
    return root


@lru_cache(4096)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def local(element: "Element") -> str:
    """Return an element's name without its namespace: Word's has two, strict and transitional."""
    return _local(element.tag)


def child(element: "Element | None", *path: str) -> "Element | None":
    """Return the first descendant at this path of local names, or None."""
    for name in path:
        if element is None:
            return None
        element = next((inner for inner in element if local(inner) == name), None)
    return element


def value(element: "Element | None", name: str = "val") -> str | None:
    """Return an attribute by its name without namespace, or None."""
    if element is not None:
        for key, text in element.items():
            if str(key).rpartition("}")[2] == name:
                return str(text)
    return None


def flag(element: "Element | None") -> bool | None:
    """Return what a switch such as <w:b/> says, or None where it is absent."""
    if element is None:
        return None
    return value(element) not in ("0", "false", "off")
