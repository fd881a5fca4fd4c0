"""Word files: what is seen on the page, in order, and nothing else."""

import pytest

from qa.errors import InputError
from qa.reading.building import Draft
from qa.reading.word import read_docx
from tests.office import core, packed, related, seen, where

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'

STYLES = f"""<w:styles {W}>
<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/>
 <w:pPr><w:numPr><w:numId w:val="2"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/>
 <w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Own"><w:basedOn w:val="berschrift2"/></w:style>
<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Q"><w:name w:val="Quote"/></w:style>
<w:style w:type="paragraph" w:styleId="V1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:basedOn w:val="Pool"/></w:style>
<w:style w:type="paragraph" w:styleId="Pool"><w:basedOn w:val="Loop"/></w:style>
<w:style w:type="character" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="table" w:styleId="Grid"><w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>
</w:tblStylePr></w:style></w:styles>"""


def level(number: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/>{more}</w:lvl>'
    )


SYMBOL = "\uf0b7"  # what Word writes for a bullet that only a font of symbols draws
NUMBERING = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="7">{level(0, "decimal", "%1.")}{level(1, "lowerLetter", "(%2)")}
{level(2, "bullet", SYMBOL)}</w:abstractNum>
<w:abstractNum w:abstractNumId="8">{level(0, "upperRoman", "%1", '<w:pStyle w:val="berschrift1"/>')}
{level(1, "decimal", "%1.%2", '<w:isLgl/><w:pStyle w:val="berschrift2"/>')}</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="7"/>
 <w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num></w:numbering>"""


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(content: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{content if '<' in content else run(content)}</w:p>"


def styled(style: str, content: str) -> str:
    return para(content, f'<w:pStyle w:val="{style}"/>')


def item(text: str, number: int = 1, depth: int = 0) -> str:
    return para(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def cell(content: str, properties: str = "") -> str:
    return (
        f"<w:tc><w:tcPr>{properties}</w:tcPr>{content if '<' in content else para(content)}</w:tc>"
    )


def row(*cells: str, properties: str = "") -> str:
    inner = "".join(x if x.startswith("<w:tc>") else cell(x) for x in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def table(*rows: str, properties: str = "") -> str:
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr>{''.join(rows)}</w:tbl>"


def made(body: str, **more: str) -> bytes:
    """Return a Word file; `more` are parts by kind, beside styles and numbering."""
    parts = {"styles": STYLES, "numbering": NUMBERING, **more}
    links = {f"r{kind}": f"{kind.rstrip('0123456789')} {kind}.xml" for kind in parts}
    return packed(
        {
            "_rels/.rels": related(
                a="officeDocument word/document.xml", b="core-properties docProps/core.xml"
            ),
            "docProps/core.xml": core("Costs of 2024", "Ann Lee", "2024-03-05T08:00:00Z"),
            "word/document.xml": f"<w:document {W} {R}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": related(gone="image ../NULL", **links),
            **{f"word/{kind}.xml": content for kind, content in parts.items()},
        }
    )


def read(data: bytes) -> Draft:
    (draft,) = read_docx(data, "costs.docx")
    assert isinstance(draft, Draft)
    return draft


def body(content: str, **more: str) -> list[tuple[str, str, str | None]]:
    return seen(read(made(content, **more)))


def test_headings_lists_and_tables_have_their_places() -> None:
    draft = read(
        made(
            styled("T", "Costs")
            + styled("V1", "Scope 2")
            + styled("berschrift1", "Scope")
            + para("It covers:")
            + item("posts")
            + item("rent", depth=1)
            + item("power", depth=1)
            + item("light", depth=2)
            + item("travel")
            + item("meals", depth=1)
            + item("anew", number=3)
            + styled("Own", "Tables")
            + table(row("Region", "Posts", properties="<w:tblHeader/>"), row("London", "150"))
            + styled("berschrift1", "End")
            + styled("Own", "Last")
        )
    )
    assert (draft.title, draft.author, draft.published) == (
        "Costs of 2024",
        "Ann Lee",
        "2024-03-05",
    )
    assert draft.text == (
        "Costs\n\nScope 2\n\nI Scope\n\nIt covers:\n\n1. posts\n(a) rent\n(b) power\n• light\n"
        "2. travel\n(a) meals\n5. anew\n\n1.1 Tables\n\nRegion | Posts\n\nLondon | 150\n\nII End\n\n"
        "2.1 Last"
    )
    tables = "Costs › I Scope › 1.1 Tables"
    assert seen(draft) == [
        ("heading", "Costs", "Costs"),
        ("heading", "I Scope", "Costs › I Scope"),
        ("lead_in", "It covers:", "Costs › I Scope"),
        *(
            ("item", text, "Costs › I Scope")
            for text in "1. posts|(a) rent|(b) power|• light|2. travel|(a) meals|5. anew".split("|")
        ),
        ("heading", "1.1 Tables", tables),
        ("lead_in", "Region | Posts", tables),
        ("row", "London | 150", tables),
        ("heading", "II End", "Costs › II End"),
        ("heading", "2.1 Last", "Costs › II End › 2.1 Last"),
    ]
    assert where(draft, "I Scope") == "paragraph 2"
    assert where(draft, "London") == "paragraph 13"
    assert draft.notes == ()


def test_words_are_those_that_are_seen() -> None:
    field = "".join(
        f'<w:r><w:fldChar w:fldCharType="{turn}"/></w:r>{inner}'
        for turn, inner in (
            ("begin", "<w:r><w:instrText>PAGE </w:instrText></w:r>" + run("hidden step")),
            ("separate", run("9")),
            ("end", ""),
        )
    )
    hidden = run("gone", "<w:vanish/>") + run("lost", '<w:rStyle w:val="Secret"/>')
    shown = run("open", '<w:rStyle w:val="Secret"/><w:vanish w:val="0"/>')
    changed = f"<w:ins>{run('new')}</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
    control = (
        f"<w:sdt><w:sdtPr/><w:sdtContent>{run(' sum')}</w:sdtContent></w:sdt>"
        f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Tap')}</w:sdtContent></w:sdt>"
    )
    marks = "<w:r><w:tab/><w:t>a</w:t><w:br/><w:t> b </w:t><w:noBreakHyphen/><w:t>c</w:t></w:r>"
    draft = read(
        made(
            para(run("Page ") + field + hidden + run(", ") + shown)
            + para(changed + control + f"<w:hyperlink>{run(' here')}</w:hyperlink>")
            + para(marks)
            + para("One ", "<w:rPr><w:del/></w:rPr>")
            + para("line.")
            + para("T", '<w:framePr w:dropCap="drop"/>')
            + para("he end.")
            + f"<w:p><w:del>{run('all of it')}</w:del></w:p>",
            comments=f"<w:comments {W}><w:comment/><w:comment/></w:comments>",
        )
    )
    assert draft.text == "Page 9, open\n\nnew sum here\n\na\nb\u2011c\n\nOne line.\n\nThe end."
    assert draft.notes == (
        "comments in its margin are left out: 2",
        "its tracked changes are read as accepted",
    )


def test_notes_end_their_section_and_boxes_follow_their_paragraph() -> None:
    box = (
        "<w:r><AlternateContent><Choice><w:txbxContent>"
        + para("In a box.")
        + "</w:txbxContent></Choice><Fallback><w:txbxContent>"
        + para("In a box.")
        + "</w:txbxContent></Fallback></AlternateContent></w:r>"
    )
    notes = (
        f'<w:footnotes {W}><w:footnote w:id="0" w:type="separator">{para("---- x")}</w:footnote>'
        f'<w:footnote w:id="3">{para("See the annex.")}</w:footnote></w:footnotes>'
    )
    mark = '<w:r><w:footnoteReference w:id="3"/></w:r>'
    assert body(
        para(run("First") + mark + run(" words.") + box)
        + para("Second.")
        + styled("berschrift1", "Next")
        + para(run("Again.") + mark),
        footnotes=notes,
    ) == [
        ("paragraph", "First words.", None),
        ("paragraph", "In a box.", None),
        ("paragraph", "Second.", None),
        ("paragraph", "See the annex.", None),
        ("heading", "I Next", "I Next"),
        ("paragraph", "Again.", "I Next"),
    ]


def test_notes_that_refer_to_notes_are_read_once() -> None:
    def note(number: int, next_one: int) -> str:
        mark = f'<w:r><w:footnoteReference w:id="{next_one}"/></w:r>'
        return f'<w:footnote w:id="{number}">{para(run(f"n{number}") + mark)}</w:footnote>'

    every = "".join(note(n, (n + 1) % 3000) for n in range(3000)) + note(3001, 3001)
    marks = "".join(f'<w:r><w:footnoteReference w:id="{n}"/></w:r>' for n in (0, 3001))
    found = body(para(run("x") + marks), footnotes=f"<w:footnotes {W}>{every}</w:footnotes>")
    assert [text for _, text, _ in found] == ["x", *(f"n{n}" for n in range(3000)), "n3001"]


def test_tables_keep_their_cells() -> None:
    merged = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    inner = table(row("x", "y"), row("z", "w"))
    look = '<w:tblStyle w:val="Grid"/><w:tblLook w:val="0020"/>'
    bold = para(run("Name", "<w:b/>"))
    kinds = body(
        para("Posts:")
        + table(row(cell("North", merged[0]), "1"), row(cell("North", merged[1]), "2"))
        + para("A")
        + table(row("a", cell(para("b") + inner)), row("c", "d", properties="<w:del/>"))
        + para("B")
        + table(row("Head", "Line"), row("1", "2"), properties=look)
        + para("C")
        + table(row(cell(bold), cell(bold)), row("Ann", "Lee"))
        + table(row(cell(para("Boxed text.") + item("with an item"))))
    )
    assert [(kind, text) for kind, text, _ in kinds] == [
        ("lead_in", "Posts:"),
        ("row", "North | 1"),
        ("row", "| 2"),
        ("paragraph", "A"),
        ("row", "a | b x | y z | w"),
        ("paragraph", "B"),
        ("lead_in", "Head | Line"),
        ("row", "1 | 2"),
        ("paragraph", "C"),
        ("lead_in", "Name | Name"),
        ("row", "Ann | Lee"),
        ("paragraph", "Boxed text."),
        ("item", "1. with an item"),
    ]


def test_bold_lines_are_headings_only_where_no_style_makes_any() -> None:
    bold = run("Costs", "<w:b/>")
    plain = (
        para(bold) + para("They rose.") + para(run("All of it, really.", "<w:b/>")) + para("x y")
    )
    assert [kind for kind, *_ in body(plain)] == ["heading", "paragraph", "paragraph", "paragraph"]
    assert [kind for kind, *_ in body(styled("berschrift1", "One") + plain)][1] == "paragraph"


def test_headers_and_footers_are_furniture_once() -> None:
    refs = '<w:sectPr><w:headerReference r:id="rheader1"/><w:footerReference r:id="rfooter"/></w:sectPr>'
    draft = read(
        made(
            para("Text.", refs) + para("More.") + refs,
            header1=f"<w:hdr {W}>{para('Acme')}</w:hdr>",
            footer=f"<w:ftr {W}>{para('Page 1')}</w:ftr>",
        )
    )
    assert draft.text == "Acme\n\nText.\n\nMore.\n\nPage 1"
    assert [text for _, text, _ in seen(draft)] == ["Text.", "More."]
    assert where(draft, "More.") == "paragraph 2"


def test_styles_that_go_in_circles_end() -> None:
    assert body(styled("Loop", "Text.")) == [("paragraph", "Text.", None)]


def test_strict_files_and_quotations_are_read() -> None:
    strict = made(para("He said:") + styled("Q", "No."))
    parts = {
        "word/document.xml": '<document xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main">'
        "<body><p><r><t>Strict.</t></r></p></body></document>"
    }
    assert [kind for kind, *_ in seen(read(strict))] == ["lead_in", "paragraph"]
    assert read(packed(parts)).text == "Strict."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_document_type_definition_is_refused(encoding: str) -> None:
    laughs = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    bomb = (
        f'<?xml version="1.0" encoding="{encoding}"?>'
        f'<!DOCTYPE d [<!ENTITY e0 "ha">{laughs}]><d word="&e9;">&e9;</d>'
    )
    with pytest.raises(InputError, match="document type definition"):
        read(packed({"word/document.xml": bomb.encode(encoding)}))


def test_a_document_type_definition_is_refused_where_an_encoding_hides_it() -> None:
    hidden = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE d><d/>'
    with pytest.raises(InputError, match="document type definition"):
        read(packed({"word/document.xml": hidden}))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "damaged"),
        (packed({"x.xml": "<x/>"}), "no Word document"),
        (packed({"word/document.xml": "<a>"}), "no sound XML"),
        (packed({"word/document.xml": "<a>" * 300 + "</a>" * 300}), "no sound XML.*depth"),
    ],
)
def test_what_is_no_word_file_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read(data)


def test_deep_nesting_is_read() -> None:
    deep = para("core")
    for _ in range(60):
        deep = table(row(cell(deep), "x"))
    assert body(deep)[0][1].startswith("core | x")


def test_words_above_numbers_head_a_table_that_marks_none() -> None:
    lines = (("Item", "Cost"), ("Roof", "8"))
    rows = [row(*(cell(para(run(text))) for text in line)) for line in lines]
    kinds = [kind for kind, _, _ in body(table(*rows))]
    assert kinds == ["lead_in", "row"]
