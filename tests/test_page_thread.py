"""Conversations on the page, in a real browser: turns, follow-ups, narrowing, taking along."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import html as lxml
from playwright.sync_api import expect

from qa import Where
from qa.conversations import Conversations
from qa.page.cards import fingerprint
from qa.references import quotation
from qa.types import Document
from tests.page import GRADIO, address, ask, browser, http, serving, visit  # noqa: F401
from tests.payloads import PAYLOADS

pytestmark = GRADIO

VACANCIES = "How many probation officer vacancies were there across the NPS?"
LONDON = "How many unfilled vacancies did London have?"
UNANSWERABLE = "How many vacancies did Manchester have in 2023?"


def turn(tab, number):
    found = tab.locator(f"#turn-{number}")
    expect(found).to_be_visible()
    return found


def conversation(tab):
    return tab.url.split("#/c/")[1].split("/")[0]


def test_a_conversation_outlives_reloading_and_can_be_linked_to(visit, address, seeds_corpus):
    tab = visit(address)
    ask(tab, VACANCIES)
    turn(tab, 1)
    ask(tab, UNANSWERABLE)
    turn(tab, 2)
    before = tab.locator("#turns").inner_text()
    tab.reload()
    turn(tab, 2)
    assert tab.locator("#turns").inner_text() == before
    first = tab.locator("#turn-1")
    first.locator(".card").first.click()
    expect(tab.locator("#leaf mark.answer")).to_have_text(seeds_corpus.ask(VACANCIES).text)
    first.locator(".turn-link").click()
    link = tab.evaluate("navigator.clipboard.readText()")
    assert link == f"{address}/#/c/{conversation(tab)}/1"
    other = visit(link)  # another browser: who has the address has the conversation
    expect(other.locator("#turn-1 h2")).to_have_text(VACANCIES)
    expect(other.locator("#turn-1")).to_be_in_viewport()


def test_two_readers_never_see_each_others_conversation(visit, address):
    one, two = visit(address), visit(address)
    ask(one, VACANCIES)
    ask(two, UNANSWERABLE)
    turn(one, 1)
    turn(two, 1)
    assert conversation(one) != conversation(two)
    ask(one, LONDON)
    turn(one, 2)
    for tab in (one, two):
        tab.reload()
    expect(one.locator("#turns h2")).to_have_text([VACANCIES, LONDON])
    expect(two.locator("#turns h2")).to_have_text([UNANSWERABLE])
    two.goto(f"{address}/#/")
    two.reload()
    expect(two.locator(".earlier li")).to_have_text([UNANSWERABLE])


def test_an_earlier_conversation_is_found_again_and_forgotten(visit, address):
    tab = visit(address)
    ask(tab, LONDON)
    turn(tab, 1)
    name = conversation(tab)
    tab.get_by_role("link", name="New conversation").click()
    expect(tab.locator(".turn")).to_have_count(0)
    tab.get_by_role("link", name=LONDON).click()
    turn(tab, 1)
    assert conversation(tab) == name
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.get_by_role("button", name="Forget this conversation").click()
    expect(tab.locator(".turn")).to_have_count(0)
    expect(tab.locator(".earlier")).to_have_count(0)
    tab.goto(f"{address}/#/c/{name}")
    expect(tab.locator(".failed")).to_contain_text("no such conversation")


def test_a_follow_up_says_how_it_was_understood_and_can_be_corrected(visit, address, seeds_corpus):
    tab = visit(address)
    ask(tab, VACANCIES)
    turn(tab, 1)
    ask(tab, "and in London?")
    second = turn(tab, 2)
    first = seeds_corpus.ask(VACANCIES)
    expected = seeds_corpus.ask("and in London?", history=[first])
    assert expected.understood is not None
    expect(second.locator(".understood q")).to_have_text(expected.understood)
    expect(second.locator("blockquote")).to_contain_text(expected.text)
    second.get_by_role("button", name="Correct this").click()
    box = second.get_by_label("What you meant to ask")
    expect(box).to_have_value(expected.understood)
    box.fill("Which MP represents Telford?")
    box.press("Enter")
    third = turn(tab, 3)
    expect(third.locator(".understood")).to_have_count(0)
    expect(third.locator("blockquote")).to_contain_text("Lucy Allan")


def test_questions_are_narrowed_until_told_otherwise(visit, address, seeds_corpus):
    tab = visit(address)
    tab.locator("#narrow summary").click()
    tab.get_by_label("Until").fill("2018")
    tab.get_by_label("article").check()
    expect(tab.locator("#narrow summary")).to_have_text("Ask of: Until 2018 · article")
    ask(tab, LONDON)
    where = Where(before="2018", kinds=("article",))
    expected = seeds_corpus.ask(LONDON, where=where)
    first = turn(tab, 1)
    expect(first.locator(".asked-of")).to_have_text("Asked of: until 2018 · article")
    found = expected.citations or [hit.passage for hit in expected.nearest]
    documents = first.locator(".card:not(.copy)").evaluate_all("all => all.map(c => c.dataset.doc)")
    assert documents == [place.doc_id for place in found]
    tab.reload()  # the tab keeps it, and so does the turn
    expect(turn(tab, 1).locator(".asked-of")).to_be_visible()
    expect(tab.locator("#narrow summary")).to_have_text("Ask of: Until 2018 · article")
    tab.locator("#narrow summary").click()
    tab.get_by_label("Until").fill("1066")
    ask(tab, LONDON)
    expect(tab.locator(".failed")).to_contain_text("they are dated from 2017-06-24 to 2019-05-24")
    tab.get_by_role("button", name="Ask of everything").click()
    expect(tab.locator("#narrow summary")).to_have_text("Ask of: all documents")


def test_an_answer_is_taken_along(visit, address, seeds_corpus):
    tab = visit(address)
    ask(tab, LONDON)
    card = turn(tab, 1).locator(".card").first
    citation = seeds_corpus.ask(LONDON).citations[0]
    for style, name in zip(
        ("markdown", "plain", "bibtex"), ("Markdown", "Plain", "BibTeX"), strict=True
    ):
        card.get_by_role("button", name=name, exact=True).click()
        expect(tab.locator("#status")).to_have_text("Copied")
        assert tab.evaluate("navigator.clipboard.readText()") == quotation(citation, style)
    link = card.get_by_role("link", name="Link to the place").get_attribute("href")
    span = citation.answer
    words = citation.quote[span.start - citation.start : span.end - citation.start]
    assert link == f"#/at/{citation.doc_id}/{span.start}-{span.end}/{fingerprint(words)}"


def test_a_conversation_is_saved_as_a_page_and_as_json(
    visit, address, seeds_corpus, tmp_path: Path
):
    tab = visit(address)
    ask(tab, LONDON)
    turn(tab, 1)
    ask(tab, UNANSWERABLE)
    turn(tab, 2)
    for name, kind in (("Save as JSON", "json"), ("Save as a page", "html")):
        with tab.expect_download() as waiting:
            tab.get_by_role("link", name=name).click()
        waiting.value.save_as(tmp_path / f"saved.{kind}")
    checked = seeds_corpus.check_saved(tmp_path / "saved.json")
    assert len(checked) >= len(seeds_corpus.ask(LONDON).citations)
    assert {c.resolution.status for c in checked} == {"exact"}
    page = lxml.fromstring((tmp_path / "saved.html").read_text("utf-8"))
    assert LONDON in page.text_content()
    assert seeds_corpus.ask(LONDON).text in page.text_content()
    assert not page.xpath("//script | //link[@href] | //img")


def test_the_program_is_gone_and_the_question_is_not(visit, address):
    tab = visit(address)
    tab.route("**/page/turn", lambda route: route.abort())
    ask(tab, LONDON)
    expect(tab.locator(".failed")).to_contain_text("does not answer")
    expect(tab.get_by_label("Your question")).to_have_value(LONDON)


def test_questions_are_answered_in_the_order_in_which_they_are_asked(visit, address):
    tab = visit(address)
    held = []
    tab.route("**/page/turn", lambda route: held.append(route) if not held else route.continue_())
    ask(tab, VACANCIES)
    expect(tab.locator(".turn.pending h2")).to_have_text([VACANCIES])
    ask(tab, LONDON)
    expect(tab.locator(".turn.pending h2")).to_have_text([VACANCIES, LONDON])
    held[0].continue_()
    turn(tab, 2)
    expect(tab.locator(".turn h2")).to_have_text([VACANCIES, LONDON])


def test_an_answer_that_comes_after_its_conversation_was_left(visit, address):
    tab = visit(address)
    held = []
    tab.route("**/page/turn", lambda route: held.append(route))
    ask(tab, VACANCIES)
    expect(tab.locator(".turn.pending")).to_have_count(1)
    tab.goto(f"{address}/#/help")
    with tab.expect_response("**/page/turn"):
        held[0].continue_()
    tab.go_back()
    expect(turn(tab, 1).locator("h2")).to_have_text(VACANCIES)
    assert "#/c/" in tab.url


def test_addresses_lead_where_they_say(visit, address, seeds_corpus):
    question = "How many vacancies & 100% of what, in London?"
    tab = visit(f"{address}/#/?q={quote(question)}")
    expect(turn(tab, 1).locator("h2")).to_have_text(question)
    for broken in ("%", "constructor", "c/none", "at/50%"):
        tab.goto(f"{address}/#/{broken}")
        expect(tab.get_by_label("Your question")).to_be_visible()
    first = seeds_corpus.ask(LONDON).citations[0]
    span = f"{first.answer.start}-{first.answer.end}"
    tab.goto(f"{address}/#/at/{first.doc_id}/{span}")
    words = seeds_corpus.document(first.doc_id).text[slice(*first.answer)]
    expect(tab.locator("#leaf mark.passage")).to_have_text(words)
    tab.goto(f"{address}/#/at/{first.doc_id}/{span}/0000000000000000")
    expect(tab.locator("#leaf .hint")).to_have_text("This document has changed since. Ask again.")


def test_the_way_past_the_head_of_the_page_loses_nothing(visit, address):
    tab = visit(address)
    ask(tab, LONDON)
    turn(tab, 1)
    tab.locator("#top .skip").press("Enter")
    expect(tab.get_by_label("Your question")).to_be_focused()
    turn(tab, 1)
    tab.goto(f"{address}/#/help")
    tab.locator("#top .skip").press("Enter")
    expect(tab.locator("#help .view")).to_be_focused()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "question is None; it must be text."),
        ({"question": 5}, "question is 5; it must be text."),
        ({"question": "x", "conversation": 5}, "conversation is 5; it must be text."),
        ({"question": "x", "where": []}, "where must be an object"),
    ],
)
def test_a_wrong_request_is_explained(address, body, said):
    answer = http.post(f"{address}/page/turn", json=body)
    assert answer.status_code == 400
    assert said in answer.text


def test_what_is_no_object_is_refused(address):
    for body in (b"", b"[]", b"{", b"[" * 100_000):
        assert http.post(f"{address}/page/turn", content=body).status_code == 400


def test_nothing_hostile_runs(corpus, serving, visit):
    """In name, title, author, text and question: a hundred ways to run, none of which does."""
    documents = [
        Document(
            f"{n:03} {attack}",
            f"{attack} The quince harvest of orchard {n} was {n} tonnes. {attack}",
            title=attack,
            author=attack,
            publisher=attack,
            kind=attack,
        )
        for n, attack in enumerate(PAYLOADS)
    ]
    tab = visit(serving(*documents))
    allowed = set(tab.evaluate("[...document.querySelectorAll('*')].map(e => e.tagName)"))
    for n in range(0, len(PAYLOADS), 10):
        ask(tab, f"How large was the quince harvest of orchard {n}? {PAYLOADS[n]}")
        found = turn(tab, n // 10 + 1)
        found.locator(".card .open").first.click()
        expect(tab.locator("#leaf .text")).to_be_visible()
        assert found.locator("h2").text_content().endswith(PAYLOADS[n].strip())
    tab.reload()
    turn(tab, 1)
    tags = set(tab.evaluate("[...document.querySelectorAll('*')].map(e => e.tagName)"))
    assert (
        not tags
        & {"IFRAME", "OBJECT", "EMBED", "MATH", "VIDEO", "AUDIO", "MARQUEE", "BASE", "X"} - allowed
    )
    assert tab.evaluate("window.struck") is None
    handlers = """[...document.querySelectorAll('#room *, #collection *')].flatMap(e =>
        e.getAttributeNames().filter(name => name.startsWith('on')))"""
    assert tab.evaluate(handlers) == []
    assert len(json.loads(tab.evaluate("Object.values(localStorage)[0]"))) == 1
    assert len(Conversations(corpus.path).turns(conversation(tab))) == len(
        range(0, len(PAYLOADS), 10)
    )
