"""The page in a real browser, its guard by raw requests, its HTML by exact strings."""

import re
import socket
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from qa import InputError
from qa.markup import marked
from qa.page.cards import extent, fingerprint
from qa.page.guard import Guard
from qa.page.server import serve
from qa.types import Document, Span
from qa.wording import date_in_words
from tests.page import GRADIO, address, ask, browser, http, in_view, serving, visit  # noqa: F401

pytestmark = GRADIO

VACANCIES = "How many probation officer vacancies were there across the NPS?"
UNANSWERABLE = "How many vacancies did Manchester have in 2023?"


# In the browser


def test_a_question_is_answered_with_its_source_beside_it(visit, address, seeds_corpus):
    tab = visit(address)
    assert tab.title() == "Chapter & Verse"
    assert tab.locator("html").get_attribute("lang") == "en"
    expect(tab.locator("#welcome .meta").first).to_have_text("5 documents · 2017–2019")
    ask(tab, VACANCIES)
    answer = seeds_corpus.ask(VACANCIES)
    expect(tab.locator("#thread blockquote")).to_contain_text("615 probation officer vacancies")
    assert tab.locator("#thread blockquote").text_content().startswith(answer.text)
    expect(tab.locator("#status")).to_have_text(f"Answered, from one place. {answer.text}")
    expect(tab.locator(".turn .card")).to_have_count(len(answer.citations))
    first = answer.citations[0]
    expect(tab.locator("#leaf mark.answer")).to_have_text(answer.text)
    in_view(tab, "#leaf mark.answer")
    text = tab.locator("#leaf .text").evaluate("element => element.textContent")
    assert text == seeds_corpus.document(first.doc_id).text
    assert tab.locator("#leaf mark.passage").evaluate("e => e.textContent") == first.quote
    assert tab.locator("footer:visible").count() == 0
    headings = tab.locator("h1, h2, h3, h4, h5, h6")
    levels = headings.evaluate_all("all => all.map(heading => +heading.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_source_follows_the_chosen_citation(visit, address, seeds_corpus):
    tab = visit(address)
    ask(tab, VACANCIES)
    for citation in reversed(seeds_corpus.ask(VACANCIES).citations):
        card = tab.locator(f".turn .card[data-n='{citation.n}']")
        card.click()
        expect(card.locator(".open")).to_have_attribute("aria-pressed", "true")
        expect(tab.locator(".turn .card [aria-pressed=true]")).to_have_count(1)
        expect(tab.locator("#leaf .doc-id")).to_have_text(citation.doc_id)
        mark = "#leaf mark.answer" if citation.answer else "#leaf mark.passage"
        in_view(tab, mark)
        whole = tab.locator("#leaf mark.passage").evaluate("e => e.textContent")
        assert whole == citation.quote


def test_whose_words_they_are_where_else_they_stand_and_why(visit, address, seeds_corpus):
    tab = visit(address)
    question = "How many unfilled vacancies did London have?"
    ask(tab, question)
    first = seeds_corpus.ask(question).citations[0]
    expect(tab.locator(".turn .card[data-n='1'] .meta").first).to_contain_text(
        "quotation: Dame Glenys Stacey"
    )
    copies = tab.locator(".turn .card.copy")
    expect(copies.first).to_contain_text("reader's comment")
    why = tab.locator(".turn .card[data-n='1'] .why")
    expect(why.locator("table")).to_be_hidden()
    why.locator("summary").click()
    expect(why.locator("tr").nth(1)).to_have_text("vacancies“vacancies”, the same word")
    expect(tab.locator(".turn .card[data-n='1'] .open")).to_have_attribute("aria-pressed", "true")
    copies.first.click()
    copy = first.also[0]
    expect(tab.locator("#leaf .doc-id")).to_have_text(copy.doc_id)
    tab.wait_for_function(
        "quote => document.querySelector('#leaf mark.passage')?.textContent === quote",
        arg=copy.quote,
    )


def test_what_is_not_in_the_documents_is_not_answered(visit, address, seeds_corpus):
    tab = visit(address)
    ask(tab, UNANSWERABLE)
    expect(tab.locator("#thread .verdict")).to_have_text("These documents do not answer that.")
    expect(tab.locator("#status")).to_have_text("These documents do not answer that.")
    expect(tab.locator("#thread .missing")).to_have_text("Nowhere in them: Manchester, 2023")
    assert tab.locator("#thread blockquote, #thread .ref, #thread mark.answer").count() == 0
    nearest = seeds_corpus.ask(UNANSWERABLE).nearest
    expect(tab.locator(".turn .card")).to_have_count(len(nearest))
    tab.locator(".turn .card").first.click()
    expect(tab.locator("#leaf mark.passage")).to_have_text(nearest[0].passage.text)
    assert tab.locator("#leaf mark.answer").count() == 0


def test_a_mistake_is_explained_and_an_example_asked(visit, address):
    tab = visit(address)
    ask(tab, "why " * 5000)
    expect(tab.locator("#thread .failed")).to_contain_text("at most")
    expect(tab.get_by_label("Your question")).to_have_value("why " * 5000)
    ask(tab, "  ")
    expect(tab.locator("#thread .failed")).to_contain_text("The question is empty")
    tab.reload()
    tab.get_by_role("button", name="How many unfilled vacancies did London have?").click()
    expect(tab.locator("#thread blockquote")).to_contain_text("150")
    expect(tab.locator("#thread .failed")).to_have_count(0)


STOPS = """() => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex='0']"
)].filter(e => e.checkVisibility() && !e.disabled && e.tabIndex >= 0)"""


def test_everything_is_reached_by_keyboard_and_shows_it(visit, address):
    tab = visit(address)
    expect(tab.get_by_label("Your question")).to_be_focused()
    tab.keyboard.type(VACANCIES)
    tab.keyboard.press("Enter")
    expect(tab.locator("#leaf mark.answer")).to_be_visible()
    expect(tab.get_by_label("Your question")).to_be_focused()  # for the next question
    tab.evaluate("() => document.activeElement.blur()")
    names = tab.evaluate(f"({STOPS})().map(e => e.textContent.trim() || e.id || e.name)")
    reached, looks = [], []
    for _ in [*names, "the browser's own"]:
        tab.keyboard.press("Tab")
        number = tab.evaluate(f"({STOPS})().indexOf(document.activeElement)")
        reached.append(names[number] if number >= 0 else None)
        look = "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).borderColor"
        looks.append(tab.evaluate(f"({look})(document.activeElement)"))
    assert [name for name in names if name not in reached] == []
    shown = ("solid", "auto", "none" + "rgb(140, 47, 27)")  # an outline, or the question's border
    dull = [n for n, look in zip(reached, looks, strict=True) if n and not look.startswith(shown)]
    assert dull == []


def test_the_arrows_go_through_the_cards(visit, address):
    tab = visit(address)
    ask(tab, VACANCIES)
    cards = tab.locator(".turn .open")
    cards.nth(0).focus()
    tab.keyboard.press("ArrowDown")
    expect(cards.nth(1)).to_be_focused()
    tab.keyboard.press("Enter")
    expect(cards.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(cards.nth(1)).to_be_focused()
    tab.keyboard.press("ArrowUp")
    expect(cards.nth(0)).to_be_focused()


def test_a_narrow_page_opens_the_source_as_a_sheet(visit, address):
    tab = visit(address, viewport={"width": 390, "height": 844})
    ask(tab, VACANCIES)
    card = tab.locator(".turn .card[data-n='1'] .open")
    expect(card).to_be_visible()
    expect(tab.locator("#leaf")).to_be_hidden()
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    card.press("Enter")
    expect(tab.get_by_role("dialog", name="Source document")).to_be_visible()
    expect(tab.get_by_role("button", name="Close")).to_be_focused()
    in_view(tab, "#leaf mark.answer")
    assert tab.locator("#leaf .text").evaluate("e => e.scrollWidth - e.clientWidth") == 0
    tab.get_by_role("button", name="Close").click()
    expect(tab.locator("#sheet")).to_be_hidden()
    expect(card).to_be_focused()
    card.press("Enter")
    tab.keyboard.press("Escape")
    expect(tab.locator("#sheet")).to_be_hidden()
    tab.set_viewport_size({"width": 1440, "height": 900})
    expect(tab.locator("#reader #leaf .text")).to_be_visible()


def test_both_schemes_are_designed(visit, address):
    tab = visit(address, color_scheme="light")
    looks = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    body = tab.locator("body")
    assert body.evaluate(looks) == ["rgb(250, 247, 240)", "rgb(38, 35, 29)"]
    tab.emulate_media(color_scheme="dark")
    assert body.evaluate(looks) == ["rgb(23, 22, 19)", "rgb(233, 228, 216)"]


def test_hostile_text_is_shown_and_does_nothing(corpus, serving, visit):
    attack = '<script>window.struck = 1</script><img src=x onerror="window.struck = 1">'
    doc_id = f"\"'>{attack}.txt"
    text = f"Warning\n\n{attack} ${{window.struck = 1}} {{{{value}}}} The quince harvest was 42 tonnes."
    tab = visit(serving(Document(doc_id, text, title=f"Title {attack}", author=attack)))
    expect(tab.locator("#welcome .open")).to_have_text(f"Title {attack}")
    ask(tab, f"How large was the quince harvest {attack}?")
    expect(tab.locator(".turn h2")).to_contain_text("quince harvest <script>")
    tab.locator(".turn .card").first.click()
    expect(tab.locator("#leaf h2")).to_have_text(f"Title {attack}")
    expect(tab.locator("#leaf .doc-id")).to_have_text(doc_id)
    shown = tab.locator("#leaf .text").evaluate("element => element.textContent")
    assert shown == corpus.document(doc_id).text
    assert "${window.struck = 1} {{value}}" in shown
    assert tab.locator("#room img, #top img").count() == 0
    assert tab.evaluate("window.struck") is None


def test_a_corpus_without_documents_says_so(serving, visit):
    tab = visit(serving())
    expect(tab.locator("#welcome h2")).to_have_text("There are no documents here yet")
    assert tab.locator("#examples").count() == 0


# The guard

PASSAGE = "/page/source?doc=003_0880fbf5f6f5a3fe.txt"


@pytest.mark.parametrize("path", ["/", "/config", "/assets/x.js", PASSAGE, "/gradio_api/info"])
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "evil.example:7860"},
        {"host": "127.0.0.1@evil.example"},
        {"host": ""},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
)
def test_strangers_are_refused(address, path, headers):
    assert http.get(address + path, headers=headers).status_code == 403


def test_strangers_cannot_ask(address):
    for path in ("/gradio_api/call/ask", "/gradio_api/queue/join"):
        response = http.post(
            address + path, json={"data": ["x"]}, headers={"origin": "http://evil.example"}
        )
        assert response.status_code == 403
        assert "access-control-allow-origin" not in response.headers


def test_this_machine_is_answered(address):
    port = urlsplit(address).port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
        own = {"host": host, "origin": f"http://{host}", "sec-fetch-site": "same-origin"}
        assert http.get(address + PASSAGE, headers=own).status_code == 200
    arriving = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
    }
    assert http.get(address, headers=arriving).status_code == 200
    assert http.get(address + PASSAGE, headers=arriving).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        *("/gradio_api/file=/etc/passwd", "/gradio_api/file/etc/passwd", "/file=/etc/passwd"),
        *(
            "/gradio_api/proxy=https://example.org",
            "/gradio_api/runs",
            "/gradio_api/upload_progress",
        ),
        *("/gradio_api/deep_link", "/gradio_api/openapi.json", "/gradio_api/run/ask"),
        *(
            "/docs",
            "/openapi.json",
            "/monitoring",
            "/manifest.json",
            "/login",
            "/page.py",
            "/nowhere",
        ),
        *("/assets/../../../../etc/passwd", "/assets/..%2f..%2findex.html", "/page.css/../page.py"),
    ],
)
def test_what_the_page_does_not_need_is_not_there(address, path):
    connection = socket.create_connection((urlsplit(address).hostname, urlsplit(address).port))
    with connection:  # raw, since a client would tidy the path
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        status = connection.recv(64).split()[1]
    assert status in (b"403", b"404")


def test_nothing_can_be_uploaded_and_nothing_huge_sent(address):
    upload = http.post(f"{address}/gradio_api/upload", files={"files": b"x"})
    assert upload.status_code == 404
    huge = http.post(f"{address}/gradio_api/queue/join", content=b"x" * (2 << 20))
    assert huge.status_code == 413
    unmeasured = http.post(f"{address}/gradio_api/queue/join", content=iter([b"x"]))
    assert unmeasured.status_code == 413


def test_a_web_socket_is_refused():
    sent = []

    async def send(message):
        sent.append(message["type"])

    scope = {"type": "websocket", "path": "/", "headers": [(b"host", b"127.0.0.1")]}
    # Playwright's own loop is running in this thread: step through the coroutine by hand.
    with pytest.raises(StopIteration):
        Guard(None)(scope, None, send).send(None)
    assert sent == ["websocket.close"]


def test_browsers_are_told_to_load_nothing_from_elsewhere(address):
    response = http.get(address)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    nonce = re.search(r"'nonce-([\w-]+)'", policy)[1]
    assert set(re.findall(r"<script\b([^>]*)", response.text)) >= {f' nonce="{nonce}"'}
    assert http.get(address).headers["content-security-policy"] != policy
    addresses = re.findall(r'(?:src|href|content)="(https?:[^"]*)', response.text)
    assert addresses == []


# The source, by its address


def test_the_source_marks_only_what_was_quoted(address, seeds_corpus):
    citation = seeds_corpus.ask(VACANCIES).citations[0]
    query = {
        "doc": citation.doc_id,
        "passage": f"{citation.start}-{citation.end}",
        "quote": fingerprint(citation.quote),
    }
    assert '<mark class="passage">' in http.get(f"{address}/page/source", params=query).text
    moved = query | {"passage": f"{citation.start + 1}-{citation.end}"}
    response = http.get(f"{address}/page/source", params=moved)
    assert response.status_code == 409
    assert "has changed since" in response.text
    for nonsense in ("x-y", "9" * 40 + "-1", "-1--5", "5-1"):
        params = query | {"answer": nonsense, "words": nonsense}
        assert http.get(f"{address}/page/source", params=params).status_code == 200
    assert http.get(f"{address}/page/source", params={"doc": "../app.py"}).status_code == 400


def test_a_port_that_is_taken_is_named(seeds_corpus):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} .*choose another"):
            serve(seeds_corpus, port=port)
    with pytest.raises(InputError, match="Port 70000"):
        serve(seeds_corpus, port=70000)


# The HTML

TEXT = 'He said: "5 < 6 & so".'


def test_marks_nest_and_text_is_escaped():
    spans = [("passage", [Span(3, 21)]), ("answer", [Span(9, 21)]), ("word", [Span(10, 11)])]
    assert marked(TEXT, Span(0, len(TEXT)), spans) == (
        'He <mark class="passage">said: <mark class="answer">&quot;'
        '<mark class="word">5</mark> &lt; 6 &amp; so&quot;</mark></mark>.'
    )


def test_marks_that_cross_are_cut_at_the_border():
    spans = [("answer", [Span(2, 4)]), ("word", [Span(1, 3), Span(3, 9)])]
    assert marked("abcdefgh", Span(0, 6), spans) == (
        'a<mark class="word">b</mark><mark class="answer"><mark class="word">c</mark>'
        '<mark class="word">d</mark></mark><mark class="word">ef</mark>'
    )
    assert marked("abc", Span(0, 3), [("word", [Span(0, 2), Span(1, 3)])]) == (
        '<mark class="word">ab</mark><mark class="word">c</mark>'
    )
    assert marked("a\r\nb", Span(0, 4), []) == "a&#13;\nb"


@pytest.mark.parametrize(
    ("published", "words"),
    [
        ("2019-05-24", "24 May 2019"),
        ("2019-05-04T10:30:00", "4 May 2019"),
        ("2019-05", "May 2019"),
        ("2019", "2019"),
        ("last spring", "last spring"),
        ("2019-02-30", "2019-02-30"),
        (None, ""),
    ],
)
def test_dates_are_written_in_words(published, words):
    assert date_in_words(published) == words


def test_the_shelf_tells_number_and_years():
    def line(*years):
        return extent([Document(str(n), "x", published=year) for n, year in enumerate(years)])

    assert line("2017-06-24", None, "2019-05-24") == "3 documents · 2017–2019"
    assert line("2019-05-24") == "1 document · 2019"
    assert line(*[None] * 1200) == "1,200 documents"
    assert line() == "No documents yet"
