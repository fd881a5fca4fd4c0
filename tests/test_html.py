"""Web pages as they become documents: content, structure, what they say of themselves."""

import re
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reading.building import Builder, Draft
from qa.reading.html import put_html, read_html
from qa.reading.html_tree import decode_html
from qa.types import Place
from tests.reading import read

PAGE = """<!DOCTYPE html>
<html><head>
<title>Probation in crisis | The Daily Record</title>
<meta property="og:title" content="Probation in crisis">
<meta property="og:site_name" content="The Daily Record">
<meta property="article:published_time" content="2019-05-24T09:30:00+01:00">
<script type="application/ld+json">{"@graph": [
  {"@type": "WebPage", "datePublished": "2001-01-01"},
  {"@type": "NewsArticle", "author": [{"@type": "Person", "name": "Ann Lee"}, {"name": "Bob Ray"}]}
]}</script>
<style>p { color: red }</style>
</head><body class="has-sidebar">
<div class="cookie-banner">We use cookies to improve this site.</div>
<header><a href="/">The Daily Record</a><nav><ul><li><a href="/news">News</a></li></ul></nav></header>
<main>
  <article>
    <h1>Probation in crisis</h1>
    <div class="share-buttons"><a href="#">Share on Facebook</a></div>
    <p>The service has <b>150
       vacancies</b> in London,&nbsp;its chief said.<br>She spoke on Friday.</p>
    <h2>What must change</h2>
    <p>Inspectors recommend:</p>
    <ol start="3"><li>better training;</li><li><p>new buildings:</p><ul><li>in Leeds</li></ul></li></ol>
    <p>The chief said:</p>
    <blockquote><p>We are <q>stretched</q>.</p></blockquote>
    <table><caption>Table 1. Posts</caption>
      <thead><tr><th>Region</th><th>Posts</th></tr></thead>
      <tr><td rowspan="2">London</td><td>150</td></tr>
      <tr><td>12</td></tr>
    </table>
    <p><strong>Next steps</strong></p>
    <p>A plan is due.</p>
    <pre><code>if x:
    y()</code></pre>
    <form class="newsletter"><p>Get our newsletter</p><input name="email"></form>
  </article>
  <section id="comments"><h3>2 comments</h3>
    <ol class="commentlist">
      <li class="comment even"><p>Sam says: I left in 2018.</p>
        <ol class="children"><li class="comment"><p>Kim says: So did I.</p></li></ol></li>
      <li class="comment"><p>Lou says: Why?</p></li>
    </ol>
    <div id="respond" class="comment-respond"><h3>Leave a Reply</h3><form><textarea></textarea></form></div>
  </section>
</main>
<aside><h2>Most read</h2><ul><li><a href="/1">Cat stuck in tree, rescued by fire brigade</a></li></ul></aside>
<footer>Copyright The Daily Record <script>track()</script></footer>
</body></html>"""


def _read(source: str | bytes) -> Draft:
    data = source.encode() if isinstance(source, str) else source
    (draft,) = read_html(data, "page.html")
    assert isinstance(draft, Draft)
    return draft


def _pieces(draft: Draft) -> list[tuple[str, str]]:
    return [(block.kind, draft.text[block.start : block.end]) for block in draft.blocks]


def test_a_page_gives_its_article_and_its_readers_comments() -> None:
    draft = _read(PAGE)
    section = "Probation in crisis"
    change = f"{section} › What must change"
    steps = f"{change} › Next steps"
    assert [
        (block.kind, draft.text[block.start : block.end], block.section, block.comment)
        for block in draft.blocks
    ] == [
        ("heading", "Probation in crisis", section, None),
        (
            "paragraph",
            "The service has 150 vacancies in London,\xa0its chief said.\nShe spoke on Friday.",
            section,
            None,
        ),
        ("heading", "What must change", change, None),
        ("lead_in", "Inspectors recommend:", change, None),
        ("item", "3. better training;", change, None),
        ("item", "4. new buildings:", change, None),
        ("item", "- in Leeds", change, None),
        ("lead_in", "The chief said:", change, None),
        ("paragraph", "We are “stretched”.", change, None),
        ("lead_in", "Table 1. Posts", change, None),
        ("lead_in", "Region | Posts", change, None),
        ("row", "London | 150", change, None),
        ("row", "London | 12", change, None),
        ("heading", "Next steps", steps, None),
        ("paragraph", "A plan is due.", steps, None),
        ("paragraph", "if x:\n    y()", steps, None),
        ("heading", "2 comments", f"{change} › 2 comments", None),
        ("paragraph", "Sam says: I left in 2018.", "Comment 1", "1"),
        ("paragraph", "Kim says: So did I.", "Comment 1.1", "1.1"),
        ("paragraph", "Lou says: Why?", "Comment 2", "2"),
    ]
    assert (draft.title, draft.author, draft.publisher, draft.published) == (
        "Probation in crisis",
        "Ann Lee, Bob Ray",
        "The Daily Record",
        "2019-05-24",
    )
    at = draft.text.index("London | 12")
    assert draft.places.at(at, at + 3) == Place("paragraph", 11, 11)


def test_a_telling_name_is_not_believed_of_most_of_a_page() -> None:
    words = "The whole text of the page stands in here, whatever its wrapper is called. " * 5
    draft = _read(f"<body><div class='sidebar'><p>{words}</p></div><p>End of it.</p></body>")
    assert draft.text == f"{words.strip()}\n\nEnd of it."


def test_a_page_of_links_is_read_whole() -> None:
    links = "".join(f"<li><a href='{n}'>Form N{n}</a></li>" for n in range(9))
    assert _read(f"<nav><a href='/'>Home</a></nav><ul>{links}</ul>").text.startswith(
        "Home\n\n- Form N0"
    )


def test_what_a_page_hides_is_read_only_where_it_shows_nothing_else() -> None:
    hidden = "<p style='display: none'>Track me.</p>"
    assert _read(f"<p>Shown.</p>{hidden}").text == "Shown."
    assert _read(hidden).text == "Track me."


def test_tables_that_lay_out_a_page_are_read_cell_by_cell() -> None:
    draft = _read(
        "<table><tr><td><h1>Title</h1><p>Left.</p></td><td><table>"
        "<tr><td></td><td colspan=2>2020</td><td colspan=2>2021</td></tr>"
        "<tr><td>Loss</td><td>$</td><td>(12.5</td><td>)</td><td>$</td><td>7</td></tr>"
        "<tr><td>Rate</td><td></td><td>3</td><td>%</td><td></td><td>4%</td></tr>"
        "</table></td></tr></table><table><tr><td>&bull;</td><td>a point</td></tr></table>"
    )
    assert _pieces(draft) == [
        ("heading", "Title"),
        ("paragraph", "Left."),
        ("row", "| 2020 | 2021"),
        ("row", "Loss | $(12.5) | $7"),
        ("row", "Rate | 3% | 4%"),
        ("item", "• a point"),
    ]


def test_items_keep_the_numbers_that_are_shown() -> None:
    draft = _read(
        "<ol type=a><li>one<li value=4>four<li>five</ol><ol type=I start=9><li>nine<li>ten</ol>"
        "<ol><li>(b) written out</ol><p>Code:</p><pre><code>x = 1</code></pre>"
    )
    assert _pieces(draft) == [
        ("item", "a. one"),
        ("item", "d. four"),
        ("item", "e. five"),
        ("item", "IX. nine"),
        ("item", "X. ten"),
        ("item", "(b) written out"),
        ("lead_in", "Code:"),
        ("paragraph", "x = 1"),
    ]


def test_terms_introduce_their_definitions_alone() -> None:
    draft = _read("<dl><dt>Uptime</dt><dt>Load</dt><dd>How busy it is.</dd></dl>")
    assert _pieces(draft) == [
        ("paragraph", "Uptime"),
        ("lead_in", "Load"),
        ("paragraph", "How busy it is."),
    ]


def test_text_laid_out_by_hand_is_read_as_such() -> None:
    draft = _read("<pre>AN ACT\n\nThis Act may be cited.\n\n(a) one\n(b) two</pre>")
    assert [kind for kind, _ in _pieces(draft)] == ["heading", "paragraph", "item", "item"]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("<meta charset=shift_jis>", "shift_jis"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">', "cp1252"),
        ("<?xml version='1.0' encoding='iso-8859-7'?>", "iso-8859-7"),
        ("<meta charset=iso-2022-jp>", "iso2022_jp"),
        ("<meta charset=iso-8859-1>", "utf-8"),  # a wrong declaration
        ("", "utf-16"),
    ],
)
def test_encodings_are_told_as_browsers_tell_them(head: str, encoding: str) -> None:
    words = {"shift_jis": "見積書", "iso2022_jp": "見積書", "iso-8859-7": "Καλημέρα"}.get(
        encoding, "“café” 5 "
    )
    assert words in decode_html(f"{head}<p>{words}</p>".encode(encoding))


def test_a_declaration_of_no_encoding_is_passed_over() -> None:
    words = "<p>Le café était très chaud cette année, et le thé à l’été aussi.</p>"
    for name in ("x-nonsense", "utf-7", "unicode-escape", "rot13", "utf-8"):
        data = f"<meta charset={name}>{words}".encode("cp1252")
        assert decode_html(data).endswith(words), name


def test_xhtml_may_close_what_html_leaves_open() -> None:
    assert (
        _read("<?xml version='1.0'?><html><head><title/></head><p>Words.</p></html>").text
        == "Words."
    )


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "table><tr><td", "blockquote"])
def test_words_below_any_nesting_are_read(tag: str) -> None:
    depth = 20_000
    page = "<p>first</p>" + f"<{tag}>" * depth + "in<i>n</i>er" + "</div>" * depth + "<p>last</p>"
    draft = _read(page)
    assert draft.text == "first\n\ninner\n\nlast"
    assert draft.notes == ("its tags are nested too deeply; its words are read without structure",)


def test_nothing_is_expanded() -> None:
    bomb = (
        '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">'
        '<!ENTITY f SYSTEM "file:///etc/hostname">]><p>x &b; &f; &amp; y</p>'
    )
    text = _read(bomb).text
    assert "aaaa" not in text
    assert text.endswith("x &b; &f; & y")


def test_a_part_of_a_page_goes_into_another_text() -> None:
    builder = Builder("paragraph")
    builder.unit(1)
    builder.add("paragraph", "Before.")
    following = put_html(builder, "<p>One.</p><div class=sidebar>Two.</div>", paragraph=2)
    text, _, places = builder.finish()
    assert text == "Before.\n\nOne.\n\nTwo."
    assert following == 4
    assert places.at(text.index("Two"), len(text)) == Place("paragraph", 3, 3)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Costs – Gov Site</title><meta property=og:site_name content='Gov Site'>", "Costs"),
        ("<title>costs - My Book</title><h1>My Book</h1><h2>Costs</h2>", "costs"),
        ("<title>Gov Site: Costs</title>", "Gov Site: Costs"),
        ("<title>Costs | Gov</title><h1>Costs</h1>", "Costs"),
        ("<title>IANA — Reserved</title><h1>Reserved</h1>", "Reserved"),
        ("<title>untitled</title>", ""),
        ("<title>report.docx</title>", ""),
    ],
)
def test_titles(head: str, title: str) -> None:
    assert _read(f"{head}<p>Text.</p>").title == title


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ("<meta name=DC.date.issued content=2020-02>", "2020-02"),
        ("<p>By us <time datetime='2021-03-04T05:06Z'>yesterday</time></p>", "2021-03-04"),
        ("<span itemprop=datePublished>4 March 2021</span>", "2021-03-04"),
        ("<meta name=date content=soon>", None),
        ('<script type="application/ld+json">[[[</script>', None),
    ],
)
def test_dates(head: str, published: str | None) -> None:
    assert _read(f"{head}<p>Text.</p>").published == published


_TAGS = st.sampled_from(
    "p div li ul ol table tr td th h2 pre br b q dl dt dd blockquote article main a".split()
)
_NODES = st.recursive(
    st.sampled_from([" @ ", " @: ", "\n@\n\n@ ", "&nbsp;", " “@” "]),
    lambda inner: st.tuples(_TAGS, st.lists(inner, max_size=4)).map(
        lambda node: f"<{node[0]}>{''.join(node[1])}</{node[0]}>"
    ),
    max_leaves=20,
)


@given(st.lists(_NODES, max_size=6).map("".join))
def test_every_word_is_there_once_and_in_order(source: str) -> None:
    numbers = count()
    builder = Builder("paragraph")
    put_html(builder, re.sub("@", lambda _: f"w{next(numbers)}", source))
    text, blocks, places = builder.finish()
    assert re.findall(r"w\d+", text) == [f"w{number}" for number in range(source.count("@"))]
    at = 0
    for block in blocks:
        assert at <= block.start < block.end <= len(text)
        at = block.end
    assert list(places.starts) == sorted(places.starts)


@pytest.mark.parametrize(
    ("head", "author"),
    [
        ("<meta name=author content=admin>", "Jane Smith"),
        ("<meta name=author content='Ann Lee'>", "Ann Lee"),
    ],
)
def test_authors_are_persons(head: str, author: str) -> None:
    page = f"<head>{head}</head><p>By <a rel=author>Jane Smith</a></p><p>Some words.</p>"
    assert _read(page).author == author


def test_half_a_character_in_what_a_page_says_of_itself_costs_no_page() -> None:
    script = '{"@type": "NewsArticle", "headline": "News \\ud83d", "author": "Jane \\ud83d"}'
    page = f'<script type="application/ld+json">{script}</script><p>Some words.</p>'
    document = read(page.encode(), "a.html")
    assert (document.title, document.author) == ("News", "Jane")


def test_paragraphs_that_look_like_items_and_datelines_are() -> None:
    page = "<h1>News</h1><p>12 March 2019</p><p>The plan:</p><p>1. Build</p><p>· Repair</p>"
    document = read(page.encode(), "a.html")
    kinds = [block.kind for block in document.blocks]
    assert kinds == ["heading", "dateline", "lead_in", "item", "item"]
    assert document.published == "2019-03-12"


def test_words_above_numbers_head_a_table_that_marks_none() -> None:
    rows = "".join(f"<tr><td>{a}<td>{b}" for a, b in (("Year", "Visits"), (2017, 12), (2018, 9)))
    assert _pieces(_read(f"<table>{rows}</table>"))[0] == ("lead_in", "Year | Visits")


def test_spans_of_a_table_are_laid_out_up_to_a_limit() -> None:
    rows = ("<tr><td rowspan=100 colspan=100>x" + "<tr><td>" * 99) * 20
    assert _read(f"<table>{rows}</table>").text.count("x") < 2_000


def test_nested_dates_cost_no_memory() -> None:
    page = "<i pubdate>" * 1_900 + "word " * 60_000
    assert _read(page).published is None
