"""Books as they become documents."""

import zipfile
from io import BytesIO

import pytest

from qa.errors import InputError
from qa.reading.building import Draft
from qa.reading.epub import read_epub
from qa.types import Place

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
)
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:opf="http://www.idpf.org/2007/opf"><metadata>
<dc:title>Winter  Sports</dc:title><dc:creator>E. F. Benson</dc:creator><dc:creator>A. Nother</dc:creator>
<dc:publisher>Allen</dc:publisher>
<dc:date opf:event="conversion">2023-02-26</dc:date><dc:date opf:event="publication">1913</dc:date>
</metadata><manifest>
<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
<item id="two" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="gone" href="text/gone.xhtml" media-type="application/xhtml+xml"/>
<item id="pic" href="pic.jpg" media-type="image/jpeg"/>
</manifest><spine toc="ncx"><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/>
<itemref idref="gone"/><itemref idref="pic"/></spine></package>"""
NAV = (
    '<html xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><ol>'
    '<li><a href="text/one.xhtml">Rinks</a><ol><li><a href="text/one.xhtml#ice">Ice</a></li></ol></li>'
    '<li><a href="text/two%20b.xhtml#ski">Ski-ing</a></li></ol></nav></body></html>'
)
NCX = (
    '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>'
    "<navPoint><navLabel><text>Rinks</text></navLabel><content src='text/one.xhtml'/></navPoint>"
    "<navPoint><navLabel><text>Ski-ing</text></navLabel><content src='text/two b.xhtml#ski'/></navPoint>"
    "</navMap></ncx>"
)
ONE = (
    "<?xml version='1.0'?><html><head><title/></head><body><h1>I. Rinks</h1><p>Ice is made by"
    "<a id='x'/> night.</p><h2 id='ice'>Ice</h2><p>It is hard & cold</body></html>"
)
TWO = (
    "<html><body><p>The rinks melt in May.</p><h1 id='ski'>II. Ski-ing</h1>"
    "<p>Skis are long.</p></body></html>"
)


def _book(**changed: str | None) -> bytes:
    files = {
        "META-INF/container.xml": CONTAINER,
        "OPS/book.opf": PACKAGE,
        "OPS/nav.xhtml": NAV,
        "OPS/toc.ncx": NCX,
        "OPS/text/one.xhtml": ONE,
        "OPS/text/two b.xhtml": TWO,
        "OPS/pic.jpg": "no picture",
    }
    names = {"container": 0, "package": 1, "nav": 2, "ncx": 3, "one": 4, "two": 5}
    for key, content in changed.items():
        name = list(files)[names[key]] if key in names else key
        files[name] = content
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as book:
        for name, content in files.items():
            if content is not None:
                book.writestr(name, content)
    return data.getvalue()


def _read(data: bytes) -> Draft:
    (draft,) = read_epub(data, "book.epub")
    assert isinstance(draft, Draft)
    return draft


@pytest.mark.parametrize("contents", ["nav", "ncx"])
def test_a_book_is_read_in_its_order_with_its_parts(contents: str) -> None:
    other = {"nav": "ncx", "ncx": "nav"}[contents]
    draft = _read(_book(**{other: None}))
    assert draft.text == (
        "I. Rinks\n\nIce is made by night.\n\nIce\n\nIt is hard & cold\n\n"
        "The rinks melt in May.\n\nII. Ski-ing\n\nSkis are long."
    )
    assert [(block.kind, block.section) for block in draft.blocks] == [
        ("heading", "I. Rinks"),
        ("paragraph", "I. Rinks"),
        ("heading", "I. Rinks › Ice"),
        ("paragraph", "I. Rinks › Ice"),
        ("paragraph", "I. Rinks › Ice"),
        ("heading", "II. Ski-ing"),
        ("paragraph", "II. Ski-ing"),
    ]
    may, long = draft.text.index("May"), draft.text.index("long")
    assert draft.places.at(may, may + 3) == Place("paragraph", 5, 5, None, "Rinks")
    assert str(draft.places.at(long, long + 4)) == "Ski-ing, paragraph 2"
    assert (draft.title, draft.author, draft.publisher, draft.published) == (
        "Winter Sports",
        "E. F. Benson, A. Nother",
        "Allen",
        "1913",
    )
    assert draft.notes == ("chapters that it lists, but doesn't hold: 1",)


def test_printed_pages_begin_where_the_book_marks_them() -> None:
    one = (
        "<p>Cover.</p><span epub:type='pagebreak' title='xii'/></span><h1>Rinks</h1>"
        "<p>Ice is made by <span role='doc-pagebreak' aria-label='Page 1'></span>night and"
        "<span epub:type='pagebreak'>2</span>day:</p><ul><li>one</li></ul>"
    )
    draft = _read(
        _book(one=one, two="<div epub:type='pagebreak' id='p3' title='3'></div><p>End.</p>")
    )
    assert draft.text == "Cover.\n\nRinks\n\nIce is made by night andday:\n\n- one\n\nEnd."
    assert [block.kind for block in draft.blocks] == [
        "paragraph", "heading", "lead_in", "item", "paragraph",
    ]  # fmt: skip

    def place(words: str) -> str:
        at = draft.text.index(words)
        return str(draft.places.at(at, at + len(words)))

    assert place("Cover") == "Rinks, page 1"
    assert place("made by night") == "Rinks, pages 2–3 (printed xii–1)"
    assert place("night") == "Rinks, page 3 (printed 1)"
    assert place("day") == "Rinks, page 4 (printed 2)"
    assert place("End") == "Rinks, page 5 (printed 3)"


def _encryption(uri: str, algorithm: str) -> str:
    return (
        "<encryption xmlns:e='http://www.w3.org/2001/04/xmlenc#'><e:EncryptedData>"
        f"<e:EncryptionMethod Algorithm='{algorithm}'/><e:CipherData>"
        f"<e:CipherReference URI='{uri}'/></e:CipherData></e:EncryptedData></encryption>"
    )


def test_a_protected_book_is_refused_and_a_scrambled_font_is_not() -> None:
    protected = _encryption("OPS/text/one.xhtml", "http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    with pytest.raises(InputError, match="DRM"):
        _read(_book(**{"META-INF/encryption.xml": protected}))
    font = _encryption("OPS/font.otf", "http://www.idpf.org/2008/embedding")
    assert _read(_book(**{"META-INF/encryption.xml": font})).title == "Winter Sports"


def test_what_is_no_book_is_refused() -> None:
    with pytest.raises(InputError, match="damaged"):
        _read(b"PK\x03\x04 no book")
    with pytest.raises(InputError, match="which files"):
        _read(_book(package=None))
    with pytest.raises(InputError, match="which files"):
        _read(_book(package="<package>"))


def test_entities_are_not_expanded() -> None:
    bomb = PACKAGE.replace("Winter  Sports", "Winter &b; Sports").replace(
        "<package", '<!DOCTYPE package [<!ENTITY b SYSTEM "file:///etc/hostname">]><package', 1
    )
    assert _read(_book(package=bomb)).title == "Winter &b; Sports"
