"""What a ZIP or an OLE file is: both hold documents of many kinds."""

import re
import zipfile
import zlib

from qa.errors import InputError

_OPEN_DOCUMENT = re.compile(rb"application/vnd\.oasis\.opendocument\.([a-z]+)")
_ODF = {"text": "odt", "presentation": "odp", "spreadsheet": "ods"}
_MAIN = re.compile(
    rb"(wordprocessingml|presentationml|spreadsheetml|ms-word|ms-powerpoint|ms-excel)"
    rb"[\w.-]*\.main(?:\+xml)?\""
)
_OOXML = {
    b"wordprocessingml": "docx", b"ms-word": "docx",
    b"presentationml": "pptx", b"ms-powerpoint": "pptx",
    b"spreadsheetml": "xlsx", b"ms-excel": "xlsx",
}  # fmt: skip
_MAIN_FILES = {
    "word/document.xml": "docx",
    "ppt/presentation.xml": "pptx",
    "xl/workbook.xml": "xlsx",
    "xl/workbook.bin": "xlsx",
    "META-INF/container.xml": "epub",
}
_MAX_TYPES = 2**20  # bytes of "[Content_Types].xml"
# What else is a ZIP file, by a file in it.
_NOT_READ = {
    "META-INF/MANIFEST.MF": "it is a program (JAR)",
    "AndroidManifest.xml": "it is a program (APK)",
    "visio/document.xml": "it is a Visio drawing; save it as PDF",
    "FixedDocSeq.fdseq": "it is an XPS document; save it as PDF",
    "FixedDocumentSequence.fdseq": "it is an XPS document; save it as PDF",
    "Index/Document.iwa": "it is a Pages, Numbers or Keynote document; export it as PDF",
    "index.apxl": "it is a Keynote presentation; export it as PDF",
}
_STREAMS = {
    "EncryptedPackage": "it is encrypted; save it without a password",
    "WordDocument": "it is a Word 97–2003 document; save it as DOCX",
    "PowerPoint Document": "it is a PowerPoint 97–2003 presentation; save it as PPTX",
    "VisioDocument": "it is a Visio drawing; save it as PDF",
    "Quill": "it is a Publisher document; save it as PDF",
    "Catalog": "it is a folder's store of small pictures",
}


def sniff_zip(opened: zipfile.ZipFile) -> str:
    """Return "docx", "pptx", "xlsx", "odt", "odp", "ods", "epub", or "zip" for an archive.

    Raises:
        InputError: if it is a document, drawing or program that isn't read.
    """
    present = set(opened.namelist())
    if kind := _of_mimetype(_beginning(opened, "mimetype", 200)):
        return kind
    if "[Content_Types].xml" in present:
        types = _beginning(opened, "[Content_Types].xml", _MAX_TYPES)
        if main := _MAIN.search(types):
            return _OOXML[main[1]]
    for name, kind in _MAIN_FILES.items():
        if name in present:
            return kind
    for name, reason in _NOT_READ.items():
        if name in present:
            raise InputError(reason)
    return "zip"


def sniff_ole(data: bytes) -> str:
    """Return "msg" or "xls".

    Raises:
        InputError: if it is something else, or damaged.
    """
    from qa.reading.ole import open_ole

    with open_ole(data) as ole:
        for stream, reason in _STREAMS.items():
            if ole.exists(stream):
                raise InputError(reason)
        if ole.exists("__properties_version1.0"):
            return "msg"
        if ole.exists("Workbook") or ole.exists("Book"):
            return "xls"
    raise InputError("it is an OLE file of no kind read here")


def _of_mimetype(mimetype: bytes) -> str | None:
    if mimetype.startswith(b"application/epub+zip"):
        return "epub"
    if match := _OPEN_DOCUMENT.match(mimetype):
        kind = match[1].decode()
        if kind not in _ODF:
            raise InputError(f"it is an OpenDocument {kind}; save it as PDF")
        return _ODF[kind]
    return None


def _beginning(opened: zipfile.ZipFile, name: str, size: int) -> bytes:
    """Return the first bytes of a file in it, or none where it isn't there or damaged."""
    try:
        with opened.open(name) as stream:
            return stream.read(size)
    except (KeyError, zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError):
        return b""
