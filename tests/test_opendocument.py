"""OpenDocument text and slides: what is seen on the page, in order, and nothing else."""

import pytest

from qa.errors import InputError
from qa.reading.building import Draft
from qa.reading.opendocument import read_odp, read_odt
from tests.office import packed, seen, where

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = " ".join(
    f'xmlns:{prefix}="{OASIS}:{prefix}:1.0"'
    for prefix in ("office", "text", "table", "style", "meta", "presentation", "manifest")
) + (
    f' xmlns:draw="{OASIS}:drawing:1.0" xmlns:svg="{OASIS}:svg-compatible:1.0"'
    f' xmlns:fo="{OASIS}:xsl-fo-compatible:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
META = (
    f"<office:document-meta {NAMES}><office:meta><dc:title>Costs of 2024</dc:title>"
    "<meta:initial-creator>Ann Lee</meta:initial-creator><dc:creator>Bo</dc:creator>"
    "<meta:creation-date>2024-03-05T08:00:00</meta:creation-date></office:meta>"
    "</office:document-meta>"
)
COMMON = """
<style:style style:name="Heading_20_2" style:family="paragraph"/>
<style:style style:name="Quotations" style:family="paragraph"/>
<text:outline-style>
 <text:outline-level-style text:level="1" style:num-format="1"/>
 <text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/>
</text:outline-style>
<text:list-style style:name="L">
 <text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
 <text:list-level-style-number text:level="2" style:num-format="a" style:num-prefix="("
  style:num-suffix=")"/>
 <text:list-level-style-bullet text:level="3" text:bullet-char="–"/>
</text:list-style>"""
OWN = """
<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Heading_20_2"/>
<style:style style:name="P2" style:family="paragraph">
 <style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="T1" style:family="text">
 <style:text-properties text:display="none"/></style:style>
<style:style style:name="D1" style:family="drawing-page">
 <style:drawing-page-properties presentation:visibility="hidden"/></style:style>"""
MASTER = """
<style:master-page style:name="S"><style:header><text:p text:style-name="P1">Acme</text:p>
</style:header><style:footer><text:p>Page 1</text:p></style:footer></style:master-page>
<style:master-page style:name="U"><style:header><text:p>Acme</text:p></style:header>
<style:footer style:display="false"><text:p>Not shown</text:p></style:footer></style:master-page>"""


def made(body: str, manifest: str = "") -> bytes:
    return packed(
        {
            "META-INF/manifest.xml": f"<manifest:manifest {NAMES}>{manifest}</manifest:manifest>",
            "content.xml": f"<office:document-content {NAMES}>"
            f"<office:automatic-styles>{OWN}</office:automatic-styles>"
            f"<office:body>{body}</office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {NAMES}><office:styles>{COMMON}</office:styles>"
            f"<office:master-styles>{MASTER}</office:master-styles></office:document-styles>",
            "meta.xml": META,
        }
    )


def text(body: str) -> Draft:
    (draft,) = read_odt(made(f"<office:text>{body}</office:text>"), "costs.odt")
    assert isinstance(draft, Draft)
    return draft


def slides(body: str) -> Draft:
    data = made(f"<office:presentation>{body}</office:presentation>")
    (draft,) = read_odp(data, "costs.odp")
    assert isinstance(draft, Draft)
    return draft


def test_headings_lists_and_tables_have_their_places() -> None:
    draft = text("""
      <text:p text:style-name="Title">Costs</text:p>
      <text:table-of-content><text:index-body><text:p>Scope 2</text:p></text:index-body>
      </text:table-of-content>
      <text:h text:outline-level="1">Scope</text:h>
      <text:p>It covers:</text:p>
      <text:list text:style-name="L">
       <text:list-item><text:p>posts</text:p><text:p>of all kinds</text:p>
        <text:list><text:list-item><text:p>rent</text:p></text:list-item>
         <text:list-item><text:p>power</text:p>
          <text:list><text:list-item><text:p>light</text:p></text:list-item></text:list>
         </text:list-item></text:list></text:list-item>
       <text:list-item text:start-value="4"><text:p>travel</text:p></text:list-item>
      </text:list>
      <text:p text:style-name="P1">Tables</text:p>
      <text:h text:outline-level="2">Rows</text:h>
      <text:list text:style-name="L" text:continue-numbering="true">
       <text:list-item><text:p>on</text:p></text:list-item></text:list>
      <text:list text:style-name="L"><text:list-item><text:p>anew</text:p></text:list-item></text:list>
      <text:p>By region:</text:p>
      <table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Region</text:p>
       </table:table-cell><table:table-cell><text:p>Posts</text:p></table:table-cell>
       </table:table-row></table:table-header-rows>
       <table:table-row><table:table-cell><text:p>London</text:p></table:table-cell>
       <table:table-cell><text:p>150</text:p></table:table-cell></table:table-row></table:table>""")
    assert (draft.title, draft.author, draft.published) == (
        "Costs of 2024",
        "Ann Lee",
        "2024-03-05",
    )
    assert draft.text == (
        "Acme\n\nCosts\n\nScope 2\n\n1 Scope\n\nIt covers:\n\n1. posts\n\nof all kinds\n\n(a) rent\n"
        "(b) power\n– light\n4. travel\n\nTables\n\n1.1 Rows\n\n5. on\n1. anew\n\nBy region:\n\n"
        "Region | Posts\n\nLondon | 150\n\nPage 1"
    )
    scope, tables = "Costs › 1 Scope", "Costs › 1 Scope › Tables"
    rows = "Costs › 1 Scope › 1.1 Rows"
    assert seen(draft) == [
        ("heading", "Costs", "Costs"),
        ("heading", "1 Scope", scope),
        ("lead_in", "It covers:", scope),
        ("item", "1. posts", scope),
        ("paragraph", "of all kinds", scope),
        *(("item", x, scope) for x in ("(a) rent", "(b) power", "– light", "4. travel")),
        ("heading", "Tables", tables),
        ("heading", "1.1 Rows", rows),
        ("item", "5. on", rows),
        ("item", "1. anew", rows),
        ("lead_in", "By region:", rows),
        ("lead_in", "Region | Posts", rows),
        ("row", "London | 150", rows),
    ]
    assert where(draft, "London | 150") == "paragraph 16"


def test_words_are_those_that_are_seen() -> None:
    draft = text("""
      <text:tracked-changes><text:changed-region><text:p>deleted</text:p></text:changed-region>
      </text:tracked-changes>
      <text:p>  One
        <text:span> two</text:span><text:s text:c="2"/>three<text:tab/>x<text:line-break/>y
        <text:span text:style-name="T1">hidden</text:span><office:annotation><text:p>why?</text:p>
        </office:annotation><text:note><text:note-citation>1</text:note-citation><text:note-body>
        <text:p>See the annex.</text:p></text:note-body></text:note>end<draw:frame><draw:text-box>
        <text:p>In a box.</text:p></draw:text-box><svg:desc>alt</svg:desc></draw:frame>.</text:p>
      <text:section text:display="none"><text:p>never</text:p></text:section>
      <text:p><text:ruby><text:ruby-base>base</text:ruby-base><text:ruby-text>above</text:ruby-text>
      </text:ruby></text:p>
      <text:p text:style-name="P2">Costs</text:p><text:p>He said:</text:p>
      <text:p text:style-name="Quotations">No.</text:p>""")
    assert seen(draft) == [
        ("paragraph", "One two  three\tx\ny end.", None),
        ("paragraph", "In a box.", None),
        ("paragraph", "base", None),
        ("paragraph", "See the annex.", None),
        ("heading", "Costs", "Costs"),
        ("lead_in", "He said:", "Costs"),
        ("paragraph", "No.", "Costs"),
    ]
    assert draft.notes == (
        "comments in its margin are left out: 1",
        "its tracked changes are read as accepted",
    )


def test_tables_keep_their_cells() -> None:
    def cell(words: str, more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{words}</text:p></table:table-cell>"

    covered = "<table:covered-table-cell/>"
    rows = [
        cell("North", 'table:number-rows-spanned="2"') + cell("a"),
        covered + cell("b"),
        cell("wide", 'table:number-columns-spanned="2"') + covered + cell("c"),
        cell("x", 'table:number-columns-repeated="2"') + "<table:table-cell/>" + cell("y"),
    ]
    inner = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    draft = text(f"<table:table>{inner}</table:table>")
    assert [words for _, words, _ in seen(draft)] == [
        "North | a",
        "| b",
        "wide | c",
        "x | x |  | y",
    ]


def frame(words: str, x: int, y: int, role: str = "", tall: int = 2) -> str:
    given = f'presentation:class="{role}"' if role else ""
    return (
        f'<draw:frame {given} svg:x="{x}cm" svg:y="{y}cm" svg:width="9cm" svg:height="{tall}cm">'
        f"<draw:text-box><text:p>{words}</text:p></draw:text-box></draw:frame>"
    )


def test_slides_have_titles_notes_and_an_order() -> None:
    notes = f"<presentation:notes>{frame('Say it slowly.', 0, 0, 'notes')}</presentation:notes>"
    items = '<text:list text:style-name="L"><text:list-item><text:p>one</text:p></text:list-item></text:list>'
    draft = slides(
        f"<draw:page>{frame('below', 0, 9)}{frame('above', 0, 3)}{frame('beside', 12, 3)}"
        f"{frame('Costs', 0, 0, 'title')}{frame('Acme', 0, 18, 'footer')}{notes}</draw:page>"
        "<draw:page/>"
        f'<draw:page draw:style-name="D1"><draw:g><draw:frame><draw:text-box>{items}'
        f"</draw:text-box></draw:frame></draw:g>{frame('Acme', 0, 18, 'footer')}</draw:page>"
    )
    assert seen(draft) == [
        ("heading", "Costs", "Costs"),
        ("paragraph", "above", "Costs"),
        ("paragraph", "beside", "Costs"),
        ("paragraph", "below", "Costs"),
        ("heading", "Notes", "Costs › Notes"),
        ("paragraph", "Say it slowly.", "Costs › Notes"),
        ("item", "1. one", None),
    ]
    assert draft.text.count("Acme") == 1
    assert where(draft, "slowly") == "slide 1"
    assert where(draft, "1. one") == "slide 3"
    assert draft.blank == (2,)
    assert draft.notes == ("hidden slides are read as well: 3",)


def test_what_cannot_be_read_is_refused() -> None:
    entry = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    with pytest.raises(InputError, match="encrypted; save it without a password"):
        list(read_odt(made("", entry), "x.odt"))
    with pytest.raises(InputError, match="no office text"):
        list(read_odt(made("<office:presentation/>"), "x.odt"))
    with pytest.raises(InputError, match="document type definition"):
        list(read_odt(packed({"content.xml": "<!DOCTYPE a><a/>"}), "x.odt"))
