"""Formats are told by what is in a file, and by its name only where that tells nothing."""

import zipfile
from io import BytesIO

import pytest

from qa.errors import InputError
from qa.reading.containers import sniff_ole, sniff_zip
from qa.reading.sniffing import sniff
from tests.ole import write_ole

MAIL = b"From: a@example.com\nTo: b@example.com\n\nHello"
SENT = b"Received: from x\n by y;\n today\nSubject: Hello\n\nHello"


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"%PDF-1.4\n", "a.txt", "pdf"),
        (b"\x00\x01junk\xff\x02%PDF-1.4\n", "a", "pdf"),
        (b"A file begins with %PDF-1.4.\n", "a.txt", "text"),
        (b"PK\x03\x04rest", "a.pdf", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a", "ole"),
        (b"{\\rtf1 x}", "a.doc", "rtf"),
        (b"<!-- x -->\n<!DOCTYPE html><p>x", "a.docx", "html"),
        (b'<?xml version="1.0"?>\n<html xmlns="x">', "a.xml", "html"),
        (b"<p>x", "a.HTM", "html"),
        (b"<p>x", "a.md", "markdown"),
        (MAIL, "a", "text"),
        (MAIL, "a.dat", "mail"),
        (MAIL, "memo.txt", "text"),
        (SENT, "mail.txt", "mail"),
        (b"From x@y Mon Dec 5 2022\n" + SENT, "a.bin", "mail"),
        (SENT.decode().encode("utf-16"), "a.eml", "mail"),
        (b"  ", "a.eml", "mail"),
        (b"a,b\n", "a.csv", "csv"),
        (b"a\tb\n", "a.tab", "tsv"),
        ("Grüße\n".encode("utf-16-le"), "a.txt", "text"),
        ("Grüße\n".encode("utf-32-be"), "a.txt", "text"),
        ("Привет\n".encode("koi8-r"), "README", "text"),
        (b"BMW and MZ are makers\n", "a.txt", "text"),
        (b"x\n", "Minutes of 3.5.2024", "text"),
        (b"x\n", "Mr. Smith", "text"),
    ],
)
def test_a_format_is_told(head: bytes, name: str, expected: str) -> None:
    assert sniff(head, name) == expected


@pytest.mark.parametrize(
    ("head", "name", "reason"),
    [
        (b"", "a.txt", "it is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "a.pdf", r"a picture \(PNG\), whatever its name says"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "a.png", r"a picture \(PNG\)$"),
        (b"BM\xf6\0\0\0\0\0\0\0\x36\0", "a", r"a picture \(BMP\)"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "a.wav", "a sound"),
        (b"\0\0\0\x20ftypisom\0\0\2\0", "a.mp4", "a film"),
        (b"MZ\x90\0\3\0\0\0", "a.exe", "a program"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "a.csv.gz", "unpack it"),
        (b"%!PS-Adobe-3.0\n", "a.ps", "PostScript"),
        (b'<?xml version="1.0"?>\n<svg xmlns="x">', "a.svg", "SVG"),
        (bytes(range(256)), "a.pdf", "binary data"),
        (b'{"a": 1}', "a.json", r"\.json is not a format read here; those are PDF, Word"),
        (b"plain words", "a.docx", "plain text, not what its name says"),
    ],
)
def test_what_is_not_read_is_named(head: bytes, name: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        sniff(head, name)


def packed(**files: str) -> zipfile.ZipFile:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return zipfile.ZipFile(data)


def types(main: str) -> str:
    return (
        '<Types><Default Extension="xlsx" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet"/><Override PartName="/doc.xml" '
        f'ContentType="application/vnd.{main}"/></Types>'
    )


WORD = "openxmlformats-officedocument.wordprocessingml.document.main+xml"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"[Content_Types].xml": types(WORD)}, "docx"),
        ({"[Content_Types].xml": types("ms-powerpoint.slideshow.macroEnabled.main+xml")}, "pptx"),
        ({"[Content_Types].xml": types("ms-excel.sheet.binary.macroEnabled.main")}, "xlsx"),
        ({"word/document.xml": "<x/>"}, "docx"),
        ({"mimetype": "application/vnd.oasis.opendocument.text-template"}, "odt"),
        ({"mimetype": "application/epub+zip"}, "epub"),
        ({"report.docx": "x", "word/notes.txt": "x"}, "zip"),
    ],
)
def test_a_zip_file_is_told(files: dict[str, str], expected: str) -> None:
    assert sniff_zip(packed(**files)) == expected


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"mimetype": "application/vnd.oasis.opendocument.graphics"}, "OpenDocument graphics"),
        ({"META-INF/MANIFEST.MF": "x", "a.class": "x"}, "program"),
    ],
)
def test_other_zip_files_are_named(files: dict[str, str], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        sniff_zip(packed(**files))


def test_an_ole_file_is_told() -> None:
    assert sniff_ole(write_ole({"__properties_version1.0": b"x"})) == "msg"
    assert sniff_ole(write_ole({"Workbook": b"x"})) == "xls"
    for stream, reason in (("EncryptedPackage", "without a password"), ("WordDocument", "DOCX")):
        with pytest.raises(InputError, match=reason):
            sniff_ole(write_ole({stream: b"x"}))
    with pytest.raises(InputError, match="damaged"):
        sniff_ole(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
