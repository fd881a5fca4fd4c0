"""The source pane in a real browser: marks, citations in turn, contents, finding, pages of PDFs."""

import re
import subprocess
import zipfile
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from qa.page import outline, reader_html
from qa.page.outline import Entry
from qa.types import Block, Document, PlaceMap, Span
from tests.page import GRADIO, address, ask, browser, http, in_view, served, serving, visit  # noqa: F401
from tests.test_pdf import PAGE, make, say

pytestmark = GRADIO

VACANCIES = "How many probation officer vacancies were there across the NPS?"
QUINCES = "The quince harvest was 42 tonnes in that year."
PLACED = PlaceMap("line", (0,))


def place(corpus, doc_id, words):
    start = corpus.document(doc_id).text.index(words)
    return f"{start}-{start + len(words)}"


def opened(visit, address, corpus, doc_id, words, **options):
    where = place(corpus, doc_id, words)
    return visit(f"{address}/#/at/{quote(doc_id, safe='')}/{where}", **options)


def shown(tab):
    return tab.locator("#leaf .text").evaluate("element => element.textContent")


def long_text(length):
    line = "A line of a long report that says nothing about fruit but “crème brûlée”, number {}.\n"
    lines = [line.format(n) for n in range(length // 80)]
    lines.insert(len(lines) // 2, f"\n{QUINCES}\n\n")
    return "".join(lines)


@pytest.fixture
def library(corpus, folder, tmp_path):
    """A corpus of files: a PDF of 300 pages, one inside a ZIP; serve it with its address."""
    pages = [
        say(40, 60, f"Page {n} of the almanac", f"tells of day {n} and its weather.")
        for n in range(1, 301)
    ]
    pages[206] = say(40, 60, "The quince harvest was", "forty-two tonnes in the whole coun-")
    pages[206] += say(40, 84, "try, the gardener said of it.")
    whole = make(*pages)
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("inside.pdf", make(say(40, 60, "The medlar harvest was nine tonnes.")))
    found = folder("library", {"almanac.pdf": whole, "all.zip": inner.read_bytes()})
    corpus.add(found)
    with served(corpus) as at:
        yield at, corpus, found


# Text


def test_a_long_document_opens_at_the_passage_and_holds_every_character(corpus, serving, visit):
    text = long_text(150_000)
    at = serving(Document("long.txt", text))
    tab = opened(visit, at, corpus, "long.txt", QUINCES)
    expect(tab.locator("#leaf mark.passage")).to_have_text(QUINCES)
    in_view(tab, "#leaf mark.passage")
    expect(tab.locator("#leaf .empty")).to_have_count(0)
    assert shown(tab) == corpus.document("long.txt").text
    in_view(tab, "#leaf mark.passage")  # still, when everything above it has come


def test_everything_in_a_document_is_found(corpus, serving, visit):
    text = (
        "Ｃrème  🍐 Brûlée\n" + long_text(60_000) + "The ﬁnal ‘creme\nbrulee’ – re\u0301sume\u0301."
    )
    at = serving(Document("a.txt", text))
    tab = opened(visit, at, corpus, "a.txt", QUINCES)
    tab.get_by_role("button", name="Find").click()
    box = tab.get_by_role("searchbox", name="Find in document")
    expect(box).to_be_focused()
    many = text.count("crème brûlée") + 1
    box.fill("CREME BRULEE")
    expect(tab.locator("#leaf .count")).to_have_text(re.compile(rf"\d+ of {many:,}$"))
    highlighted = """name => [...CSS.highlights.get(name) ?? []].map(found => {
        const range = document.createRange();
        range.setStart(found.startContainer, found.startOffset);
        range.setEnd(found.endContainer, found.endOffset);
        return range.toString();
    })"""
    words = tab.evaluate(highlighted, "found")
    assert len(words) == many
    assert set(words) == {"crème brûlée", "creme\nbrulee"}
    # From what is in view the next is beyond the passage, and Enter goes on to the last and around.
    box.press("Shift+Enter")
    box.fill("final 'creme")
    expect(tab.locator("#leaf .count")).to_have_text("1 of 1")
    assert tab.evaluate(highlighted, "found-here") == ["ﬁnal ‘creme"]
    box.fill("resume.")
    expect(tab.locator("#leaf .count")).to_have_text("1 of 1")
    assert tab.evaluate(highlighted, "found-here") == ["re\u0301sume\u0301."]
    box.fill("medlar")
    expect(tab.locator("#leaf .count")).to_have_text("Not found")
    assert shown(tab) == corpus.document("a.txt").text
    box.press("Escape")
    expect(box).to_be_hidden()
    assert tab.evaluate("CSS.highlights.size") == 0


@given(
    st.text(st.sampled_from("ab \n\r🍐é"), max_size=400), st.integers(0, 400), st.integers(0, 60)
)
def test_pieces_are_the_text(text, start, length):
    whole = Span(start, start + length)
    before = reader_html.PIECE
    reader_html.PIECE = 20
    try:
        found = reader_html.pieces(text, whole)
    finally:
        reader_html.PIECE = before
    assert "".join(text[a:b] for a, b in found) == text
    assert not any(whole.start < end < whole.end for _, end in found[:-1])
    assert all(len(text[a:b]) <= 20 + length + 20 for a, b in found)


def test_a_source_says_what_it_is():
    document = Document("a<b>.txt", "x & y", "", "A", "A", "2019-05-24", "blog post", (), PLACED)
    html = reader_html.source(document, Span(4, 5))
    assert html.startswith(
        '<header class="title-page"><h2>a&lt;b&gt;.txt</h2>'
        '<p class="meta">24 May 2019 · A · blog post</p>'
        '<p class="doc-id">a&lt;b&gt;.txt</p></header>'
    )
    assert html.endswith(
        '<div class="piece here" data-start="0" data-units="5" style="--units: 5">'
        'x &amp; <mark class="passage">y</mark></div></div></div>'
    )


# Citations one after the other, and places as addresses


def test_the_arrows_go_through_the_citations(visit, address, seeds_corpus):
    tab = visit(address)
    ask(tab, VACANCIES)
    citations = seeds_corpus.ask(VACANCIES).citations
    count = len(citations)
    of = tab.locator("#leaf .steps .of")
    expect(of).to_have_text(f"1 of {count}")
    expect(tab.get_by_role("button", name="Previous citation")).to_be_disabled()
    box = tab.get_by_label("Your question")
    box.press("ArrowRight")  # typing
    expect(of).to_have_text(f"1 of {count}")
    tab.locator("#leaf .text").focus()
    for n, key in ((2, "ArrowRight"), (3, "]"), (2, "ArrowLeft"), (1, "[")):
        tab.keyboard.press(key)
        expect(of).to_have_text(f"{n} of {count}")
        card = tab.locator(f'.card[data-n="{n}"]')
        expect(card).to_have_class(re.compile("chosen"))
        expect(card).to_be_in_viewport()
        expect(tab.locator("#leaf .doc-id")).to_have_text(citations[n - 1].doc_id)
        expect(tab.locator("#status")).to_contain_text(f"Citation {n} of {count}")
    following = tab.get_by_role("button", name="Next citation")
    following.focus()
    for n in range(2, count + 1):
        tab.keyboard.press("Enter")
        expect(of).to_have_text(f"{n} of {count}")
    expect(following).to_be_disabled()
    expect(tab.get_by_role("button", name="Previous citation")).to_be_focused()


def test_a_place_has_an_address(corpus, serving, visit):
    at = serving(Document("notes/a #1.txt", f"Fruit\n\n{QUINCES} And more was said of it."))
    where = place(corpus, "notes/a #1.txt", QUINCES)
    tab = visit(f"{at}/#/at/notes%2Fa%20%231.txt/{where}")
    expect(tab.locator("#leaf mark.passage")).to_have_text(QUINCES)
    tab.get_by_role("button", name="Copy link").click()
    expect(tab.get_by_role("button", name="Link copied")).to_be_visible()
    link = tab.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{at}/#/at/notes%2Fa%20%231.txt/{where}/")
    other = visit(link)
    expect(other.locator("#leaf mark.passage")).to_have_text(QUINCES)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"doc": "none.txt", "passage": "0-5"}, "no document 'none.txt'"),
        ({"doc": "a.txt", "passage": "5-500"}, "its text ends at character 46"),
        ({"doc": "a.txt", "passage": "5-5"}, "There is no such place"),
        ({"doc": "a.txt", "passage": "4-10", "quote": "0" * 16}, "has changed since"),
        ({}, "doc is None"),
    ],
)
def test_a_place_that_is_not_there_is_said(serving, query, said):
    at = serving(Document("a.txt", QUINCES))
    answer = http.get(f"{at}/page/source", params=query)
    assert answer.status_code in (400, 409)
    assert said in answer.text
    assert "<mark" not in answer.text


# Contents


def test_contents_lead_to_their_places(corpus, serving, visit):
    chapters = "".join(
        f"# Chapter {n}\n\n{long_text(400)}\n\n## On day {n}\n\nIt rained on day {n}.\n\n"
        for n in range(1, 301)
    )
    at = serving(Document("book.md", chapters.replace(QUINCES, "x")))
    tab = opened(visit, at, corpus, "book.md", "It rained on day 150.")
    tab.locator("#leaf summary", has_text="Contents").press("Enter")
    assert len(outline.entries(corpus.document("book.md"))) >= 300
    current = tab.locator("#leaf .outline [aria-current]")
    expect(current).to_be_visible()
    entry = tab.locator("#leaf .outline button", has_text="Chapter 149 ")
    entry.click()
    expect(tab.locator("#leaf .panel")).to_be_hidden()
    tab.wait_for_function(
        """() => {
            const text = document.querySelector("#leaf .text").getBoundingClientRect();
            for (const piece of document.querySelectorAll("#leaf .here")) {
                const node = piece.firstChild;
                const range = document.createRange();
                const at = node.data.indexOf("# Chapter 149\\n");
                if (at < 0) continue;
                range.setStart(node, at);
                range.setEnd(node, at + 5);
                const line = range.getBoundingClientRect();
                return line.top > text.top && line.bottom < text.top + text.height / 2;
            }
        }"""
    )
    tab.locator("#leaf summary", has_text="Contents").click()
    tab.get_by_label("Go to line").fill("99999999")
    tab.keyboard.press("Enter")
    expect(tab.locator("#leaf .said")).to_have_text("There is no line 99999999.")


def test_contents_are_headings_with_their_parts():
    text = "Sums\n\none\n\nMore\n\ntwo"
    blocks = (
        Block("heading", 0, 4, "Sums"),
        Block("paragraph", 6, 9, "Sums"),
        Block("heading", 11, 15, "Sums › More"),
        Block("paragraph", 17, 20, "Sums › More"),
    )
    places = PlaceMap("page", (0, 11), (1, 2), (None, "xii"), ((0, "part A"), (11, "part B")))
    document = Document("a.pdf", text, blocks=blocks, places=places)
    assert outline.entries(document) == [
        Entry(0, "part A", 0, 1, "page 1"),
        Entry(1, "Sums", 0, 1, "page 1"),
        Entry(0, "part B", 11, 2, "page xii"),
        Entry(2, "More", 11, 2, "page xii"),
    ]
    plain = Document("b.pdf", text, places=PlaceMap("page", (0, 11)))
    assert [entry.name for entry in outline.entries(plain)] == ["Sums one", "More two"]
    assert outline.entries(Document("c.txt", text, places=PlaceMap("line", (0, 11)))) == []
    long = [Entry(0, f"<{n}>", n, n, f"page {n}") for n in range(10_000)]
    html = reader_html.outline(long)
    assert html.count("<details>") == 100
    assert "<summary>&lt;100&gt; <span>page 100 – page 199</span></summary>" in html


def test_a_place_is_named_by_number_or_by_what_is_printed():
    places = PlaceMap(
        "row", (0, 5, 9, 20), (1, 2, 1, 2), (None, "ii", None, "B2"), ((0, "x"), (9, "y"))
    )
    assert outline.locate(places, " 2 ", 0) == 5
    assert outline.locate(places, "2", 12) == 20
    assert outline.locate(places, "II", 0) == 5
    assert outline.locate(places, "b2", 0) == 20
    assert outline.locate(places, "3", 0) is None


# Pages


def boxes_of(tab, kind="passage"):
    """The marks on the page, in points from its top left."""
    return tab.evaluate(
        """([kind, width, height]) => {
            const paper = document.querySelector("#leaf .paper img").getBoundingClientRect();
            return [...document.querySelectorAll(`#leaf .box.${kind}`)].map((box) => {
                const at = box.getBoundingClientRect();
                const x = (value) => (value - paper.left) / paper.width * width;
                const y = (value) => (value - paper.top) / paper.height * height;
                return [x(at.left), y(at.top), x(at.right), y(at.bottom)];
            });
        }""",
        [kind, *PAGE],
    )


def test_the_page_itself_is_shown_with_the_words_marked(library, visit):
    at, corpus, found = library
    words = "forty-two tonnes in the whole country, the gardener said"
    tab = opened(visit, at, corpus, "almanac.pdf", words)
    expect(tab.get_by_role("img", name="Page 207 of")).to_be_visible()
    expect(tab.locator("#leaf .turner .of")).to_contain_text("Page 207 of 300")
    told = subprocess.run(
        ["pdftotext", "-f", "207", "-l", "207", "-bbox", found / "almanac.pdf", "-"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    drawn = {
        word: [float(side) for side in sides.split()]
        for sides, word in re.findall(
            r'<word xMin="(.*?)">(.*?)</word>', re.sub(r'" \w+="', " ", told)
        )
    }
    first, second = boxes_of(tab)
    for box, (left, right) in ((first, ("forty-two", "coun-")), (second, ("try,", "said"))):
        assert box[0] == pytest.approx(drawn[left][0], abs=0.7)
        hyphen = 6 * right.endswith("-")  # which isn't a part of the word
        assert box[2] == pytest.approx(drawn[right][2] - hyphen, abs=0.7)
        middle = (drawn[left][1] + drawn[left][3]) / 2
        assert box[1] < middle < box[3]
        assert box[3] - box[1] < 12  # one line: the next is 12 points below
    expect(tab.locator("#leaf .pages .note")).to_be_hidden()
    tab.get_by_role("button", name="Next page").click()
    expect(tab.get_by_role("img", name="Page 208 of")).to_be_visible()
    assert boxes_of(tab) == []
    tab.locator("#leaf summary", has_text="Contents").click()
    tab.get_by_label("Go to page").fill("300")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("img", name="Page 300 of")).to_be_visible()
    expect(tab.get_by_role("button", name="Next page")).to_be_disabled()
    width = tab.locator("#leaf .paper img").evaluate("e => e.clientWidth")
    tab.get_by_role("button", name="Larger").click()
    expect(tab.locator("#leaf .zoomed")).to_have_text("125 %")
    larger = f"() => document.querySelector('#leaf .paper img')?.clientWidth > {1.2 * width}"
    tab.wait_for_function(larger)
    tab.get_by_role("button", name="Text", exact=True).click()
    expect(tab.locator("#leaf mark.passage")).to_have_text(words)
    in_view(tab, "#leaf mark.passage")


def test_a_file_that_has_changed_or_gone_is_only_read(library, visit):
    at, corpus, found = library
    path = found / "almanac.pdf"
    query = {"doc": "almanac.pdf", "page": 3, "width": 800}
    assert http.get(f"{at}/page/leaf", params=query).content.startswith(b"\x89PNG")
    path.write_bytes(path.read_bytes().replace(b"almanac", b"almanax"))
    changed = http.get(f"{at}/page/leaf", params=query | {"page": 4})
    assert (changed.status_code, "it has changed since" in changed.text) == (400, True)
    path.unlink()
    tab = opened(visit, at, corpus, "almanac.pdf", "day 12 and its weather")
    expect(tab.locator("#leaf .note")).to_contain_text("no longer where it was indexed")
    expect(tab.locator("#leaf mark.passage")).to_have_text("day 12 and its weather")
    assert tab.get_by_role("button", name="Page", exact=True).count() == 0


def test_a_pdf_inside_another_file_is_read_as_text(library, visit):
    at, corpus, _ = library
    doc_id = "all.zip/inside.pdf"
    tab = opened(visit, at, corpus, doc_id, "medlar harvest")
    expect(tab.locator("#leaf .note")).to_contain_text("lies inside another file")
    expect(tab.locator("#leaf mark.passage")).to_have_text("medlar harvest")
    query = {"doc": doc_id, "page": 1, "width": 800}
    assert "no pages that could be drawn" in http.get(f"{at}/page/leaf", params=query).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"page": 0}, "none is number 0"),
        ({"page": 301}, "it has 300 pages"),
        ({"page": "-1"}, "page is '-1'"),
        ({"width": "1e9"}, "width is '1e9'"),
        ({"doc": "/etc/passwd"}, "no document '/etc/passwd'"),
    ],
)
def test_a_page_that_is_not_there_is_said(library, changed, said):
    at, _, _ = library
    query = {"doc": "almanac.pdf", "page": 1, "width": 800} | changed
    answer = http.get(f"{at}/page/leaf", params=query)
    assert answer.status_code == 400
    assert said in answer.text


# Strangers' words


def test_hostile_names_and_headings_do_nothing(corpus, serving, visit):
    attack = '<img src=x onerror="window.struck = 1">'
    doc_id = f"\"'>{attack}/../a.md"
    at = serving(
        Document(doc_id, f"# {attack}\n\n{QUINCES} {attack} ${{window.struck = 1}}", title=attack)
    )
    tab = opened(visit, at, corpus, doc_id, QUINCES)
    expect(tab.locator("#leaf h2")).to_have_text(attack)
    tab.locator("#leaf summary", has_text="Contents").click()
    expect(tab.locator("#leaf .outline")).to_contain_text("<img src=x")
    tab.get_by_label("Go to line").fill(attack)
    tab.keyboard.press("Enter")
    expect(tab.locator("#leaf .said")).to_contain_text("There is no line <img")
    tab.keyboard.press("Escape")
    tab.get_by_role("button", name="Find").click()
    tab.get_by_role("searchbox").fill("[<IMG (")
    expect(tab.locator("#leaf .count")).to_have_text("Not found")
    assert shown(tab) == corpus.document(doc_id).text
    assert tab.locator("#room img").count() == 0
    assert tab.evaluate("window.struck") is None


def test_a_narrow_page_has_the_same_tools(library, visit):
    at, corpus, _ = library
    narrow = {"viewport": {"width": 390, "height": 844}}
    tab = opened(visit, at, corpus, "almanac.pdf", "forty-two tonnes", **narrow)
    expect(tab.get_by_role("dialog", name="Source document")).to_be_visible()
    in_view(tab, "#leaf mark.passage")
    tab.get_by_role("button", name="Page", exact=True).click()
    expect(tab.get_by_role("img", name="Page 207 of")).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert tab.locator("#leaf").evaluate("e => e.scrollWidth - e.clientWidth") == 0
