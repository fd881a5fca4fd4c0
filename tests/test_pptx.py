"""PowerPoint slides: titles as sections, what is seen on each, in reading order."""

import pytest

from qa.errors import InputError
from qa.reading.building import Draft
from qa.reading.slides import read_pptx
from tests.office import core, packed, related, seen, where

P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
BULLETS = '<p:bodyStyle><a:lvl1pPr><a:buChar char="•"/></a:lvl1pPr></p:bodyStyle>'


def para(text: str, properties: str = "") -> str:
    return f"<a:p>{properties}<a:r><a:t>{text}</a:t></a:r></a:p>"


def xfrm(x: int, y: int, wide: int = 40, tall: int = 9) -> str:
    return f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{wide}" cy="{tall}"/></a:xfrm>'


def shape(*paragraphs: str, place: str = "", at: str = "", lists: str = "") -> str:
    inner = "".join(x if x.startswith("<") else para(x) for x in paragraphs)
    return (
        f"<p:sp><p:nvSpPr><p:cNvPr/><p:cNvSpPr/><p:nvPr>{place}</p:nvPr></p:nvSpPr><p:spPr>{at}"
        f"</p:spPr><p:txBody><a:bodyPr/><a:lstStyle>{lists}</a:lstStyle>{inner}</p:txBody></p:sp>"
    )


def ph(kind: str = "", index: int = 0) -> str:
    return "<p:ph" + (f' type="{kind}"' if kind else "") + f' idx="{index}"/>'


def page(name: str, shapes: str, more: str = "") -> str:
    tree = f"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>"
    return f"<p:{name} {P} {A} {R} {more}>{tree}</p:{name}>"


def graphic(inner: str, at: str = "") -> str:
    return f"<p:graphicFrame>{at}<a:graphic><a:graphicData>{inner}</a:graphicData></a:graphic></p:graphicFrame>"


def read(*slides: str, **more: str) -> Draft:
    """Return the draft of a file; `more` are parts of the first slide by kind."""
    ids = {f"s{n}": f"slide slides/{n}.xml" for n in range(len(slides))}
    listed = "".join(f'<p:sldId id="2{n}" r:id="{key}"/>' for n, key in enumerate(ids))
    first = {f"r{kind}": f"{kind} ../{kind}.xml" for kind in more}
    parts: dict[str, str | bytes] = {
        "_rels/.rels": related(
            a="officeDocument ppt/presentation.xml", b="core-properties core.xml"
        ),
        "core.xml": core("PowerPoint Presentation", "Ann Lee", "2024-03-05T08:00:00Z"),
        "ppt/presentation.xml": f"<p:presentation {P} {R}><p:sldIdLst>{listed}</p:sldIdLst>"
        "</p:presentation>",
        "ppt/_rels/presentation.xml.rels": related(**ids),
        "ppt/layout.xml": page(
            "sldLayout",
            shape("Click to edit", place=ph("body", 5), at=xfrm(0, 1))
            + shape("Click to edit", place=ph("body", 7), at=xfrm(0, 50)),
        ),
        "ppt/_rels/layout.xml.rels": related(m="slideMaster master.xml"),
        "ppt/master.xml": f"<p:sldMaster {P} {A}><p:txStyles>{BULLETS}</p:txStyles></p:sldMaster>",
        **{f"ppt/{kind}.xml": content for kind, content in more.items()},
    }
    for number, slide in enumerate(slides):
        links = first if number == 0 else {}
        parts[f"ppt/slides/{number}.xml"] = slide
        parts[f"ppt/slides/_rels/{number}.xml.rels"] = related(
            l="slideLayout ../layout.xml", gone="image ../NULL", **links
        )
    (draft,) = read_pptx(packed(parts), "costs.pptx")
    assert isinstance(draft, Draft)
    return draft


def test_slides_have_titles_items_and_notes() -> None:
    none, numbered = "<a:buNone/>", '<a:buAutoNum type="alphaLcParenBoth" startAt="2"/>'
    draft = read(
        page(
            "sld",
            shape("Acme", place=ph("ftr", 3))
            + shape("7", place=ph("sldNum", 4))
            + shape("What it", place=ph("title"), at=xfrm(0, 0)).replace(
                "it</a:t></a:r>", "it</a:t></a:r><a:br/><a:fld><a:t>costs</a:t></a:fld>"
            )
            + shape(
                "posts",
                para("rent:", f"<a:pPr>{none}</a:pPr>"),
                para("one", f'<a:pPr lvl="1">{numbered}</a:pPr>'),
                para("two", f'<a:pPr lvl="1">{numbered}</a:pPr>'),
                para("break"),
                para("anew", f'<a:pPr lvl="1">{numbered}</a:pPr>'),
                place=ph("", 7),
            )
            + shape("no bullet here"),
        ),
        page("sld", shape("", place=ph("title"))),
        page("sld", shape("Acme", place=ph("ftr", 3)) + shape("Untitled words."), 'show="0"'),
        notesSlide=page(
            "notes", shape("Say it slowly.", place=ph("body", 1)) + shape("1", place=ph("sldNum"))
        ),
    )
    section = "What it costs"
    assert seen(draft) == [
        ("heading", "What it\ncosts", section),
        ("item", "• posts", section),
        ("lead_in", "rent:", section),
        ("item", "(b) one", section),
        ("item", "(c) two", section),
        ("item", "• break", section),
        ("item", "(b) anew", section),
        ("paragraph", "no bullet here", section),
        ("heading", "Notes", "What it costs › Notes"),
        ("paragraph", "Say it slowly.", "What it costs › Notes"),
        ("paragraph", "Untitled words.", None),
    ]
    assert draft.text.count("Acme") == 1
    assert (draft.title, draft.author, draft.published) == ("", "Ann Lee", "2024-03-05")
    assert (where(draft, "slowly"), where(draft, "Untitled")) == ("slide 1", "slide 3")
    assert draft.blank == (2,)
    assert draft.notes == ("hidden slides are read as well: 3",)


def words(draft: Draft) -> list[str]:
    return [text for _, text, _ in seen(draft)]


def test_frames_are_read_from_the_top_where_the_file_goes_back_up() -> None:
    inherited = shape("last", place=ph("body", 7))  # stands where its layout has it, at 50
    grouped = f"<p:grpSp><p:grpSpPr>{xfrm(60, 20)}</p:grpSpPr>{shape('right')}</p:grpSp>"
    shapes = inherited + grouped + shape("left", at=xfrm(0, 20)) + shape("top", at=xfrm(0, 5))
    assert words(read(page("sld", shapes))) == ["top", "left", "right", "• last"]


def test_columns_that_the_file_has_in_order_stay_so() -> None:
    columns = [("a", 0, 10), ("b", 0, 30), ("c", 60, 10), ("d", 60, 30)]
    shapes = "".join(shape(text, at=xfrm(x, y)) for text, x, y in columns)
    assert words(read(page("sld", shapes))) == ["a", "b", "c", "d"]


def test_tables_and_diagrams_are_read_and_charts_are_not() -> None:
    def row(*cells: str) -> str:
        return "<a:tr>" + "".join(cells) + "</a:tr>"

    def cell(text: str, more: str = "") -> str:
        return f"<a:tc {more}><a:txBody>{para(text)}</a:txBody></a:tc>"

    table = '<a:tbl><a:tblPr firstRow="1"/>' + row(cell("Region"), cell("Posts"))
    table += row(cell("London", 'rowSpan="2"'), cell("150"))
    table += (
        row(cell("London", 'vMerge="1"'), cell("wide"), cell("wide", 'hMerge="1"')) + "</a:tbl>"
    )
    model = (
        "<d><ptLst><pt modelId='3'><t>" + para("second") + "</t></pt><pt modelId='1' type='doc'/>"
        "<pt modelId='2'><t>"
        + para("first")
        + "</t></pt><pt modelId='4'><t>"
        + para("below first")
        + "</t></pt></ptLst><cxnLst><cxn srcId='1' destId='3' srcOrd='1'/><cxn srcId='1' destId='2'"
        " srcOrd='0'/><cxn srcId='2' destId='4' srcOrd='0'/><cxn srcId='4' destId='2' srcOrd='0'/>"
        "</cxnLst></d>"
    )
    draft = read(
        page(
            "sld",
            graphic(table)
            + graphic('<relIds r:dm="rdiagramData"/>')
            + graphic("<chart><t>x</t></chart>"),
        ),
        diagramData=model.replace("<d>", f"<d {A}>"),
    )
    assert seen(draft) == [
        ("lead_in", "Region | Posts", None),
        ("row", "London | 150", None),
        ("row", "| wide", None),
        ("paragraph", "first", None),
        ("paragraph", "below first", None),
        ("paragraph", "second", None),
    ]


def test_what_are_no_slides_is_refused() -> None:
    with pytest.raises(InputError, match="no PowerPoint slides"):
        list(read_pptx(packed({"a": "b"}), "x.pptx"))
    with pytest.raises(InputError, match="document type definition"):
        read("<!DOCTYPE a><a/>")
