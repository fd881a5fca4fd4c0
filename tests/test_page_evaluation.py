"""Marks and the evaluation in a real browser; bad requests by raw ones."""

import json
import re
from contextlib import nullcontext
from threading import Event

import pytest
from playwright.sync_api import expect

from qa import Document
from qa.evaluation.asking import variants
from qa.evaluation.sources import evaluate_path
from tests.page import GRADIO, ask, browser, http, serving, visit  # noqa: F401

pytestmark = GRADIO

PEARS = Document("pears", "Pears are picked in September by the school.", title="Pears")
APPLES = Document("apples", "𝔄pples 𝔤row on the hill. Apples fall in the wind.", title="Apples")
WHEN, WHO = "When are pears picked by the school?", "Who won the 1966 cup?"


def rows(corpus):
    file = corpus.path / "evaluation.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def place(doc_id, start, end):
    return {"doc_id": doc_id, "start": start, "end": end}


def write(path, *questions):
    lines = [
        {"id": str(n), "question": text, "kind": kind, "evidence": evidence}
        for n, (text, kind, evidence) in enumerate(questions)
    ]
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return path


@pytest.fixture
def sample(tmp_path):
    """Two questions that are answered right, one whose evidence is elsewhere, one without."""
    pears, apples = [[place("pears", 0, 44)]], [[place("apples", 24, 48)]]
    return write(
        tmp_path / "sample.jsonl",
        (WHEN, "fact", pears),
        ("Do apples fall in the wind?", "fact", apples),
        ("Are pears picked by the school?", "name", apples),
        (WHO, "far", []),
    )


def evaluation(tab):
    tab.get_by_role("link", name="Evaluation").click()
    expect(tab.get_by_role("heading", name="How well does it answer?")).to_be_visible()


def measure(tab, path):
    evaluation(tab)
    tab.get_by_label("Path of the file").fill(str(path))
    tab.get_by_role("button", name="Evaluate").click()


@pytest.fixture
def refused(browser):
    """Open the page without minding that the browser complains of every refused request."""
    context = browser.new_context()

    def refused(address):
        tab = context.new_page()
        tab.set_default_timeout(15_000)
        tab.goto(address)
        tab.wait_for_selector("html[data-ready]")
        return tab

    yield refused
    context.close()


# Marks


def test_a_marked_citation_becomes_a_sample_question(corpus, serving, visit):
    tab = visit(serving(PEARS, APPLES))
    ask(tab, WHEN)
    right = tab.locator(".card[data-n='1']").get_by_role("button", name="Right")
    wrong = tab.locator(".card[data-n='1']").get_by_role("button", name="Wrong")
    right.click()
    expect(right).to_have_attribute("aria-pressed", "true")
    (row,) = rows(corpus)
    assert (row["question"], row["evidence"]) == (WHEN, [[place("pears", 0, 44)]])
    wrong.press("Enter")
    expect(right).to_have_attribute("aria-pressed", "false")
    (row,) = rows(corpus)
    assert (row["evidence"], row["wrong"]) == (None, [place("pears", 0, 44)])
    tab.reload()
    tab.wait_for_selector("html[data-ready]")
    if not tab.locator(".turn").count():
        ask(tab, WHEN)
    expect(wrong).to_have_attribute("aria-pressed", "true")
    wrong.click()
    expect(wrong).to_have_attribute("aria-pressed", "false")
    assert rows(corpus) == []


def test_a_missing_answer_is_shown_by_selecting_it(corpus, serving, visit):
    tab = visit(serving(PEARS, APPLES))
    ask(tab, WHO)
    turn = tab.locator(".turn.not-found")
    turn.get_by_role("button", name="Rightly not answered").click()
    expect(turn.locator("[aria-pressed=true].open, .marks [aria-pressed=true]")).to_have_count(1)
    assert rows(corpus)[0]["evidence"] == []
    turn.get_by_role("button", name="An answer is missing").click()
    expect(turn.get_by_text("select the answering words")).to_be_visible()
    assert (rows(corpus)[0]["evidence"], rows(corpus)[0]["missing"]) == (None, True)
    opener = turn.locator(".card .open").filter(has_text="Apples")
    opener.click()
    expect(tab.locator("#leaf .doc-id")).to_have_text("apples")
    tab.evaluate(
        """() => {
            const text = document.querySelector("#leaf .text");
            const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
            for (let node; (node = walker.nextNode()); ) {
                const at = node.data.indexOf("fall in");
                if (at < 0) continue;
                getSelection().setBaseAndExtent(node, at - 1, node, at + 8);
            }
        }"""
    )
    tab.get_by_role("button", name="These words answer").click()
    expect(turn.get_by_role("button", name="An answer is missing")).to_have_attribute(
        "aria-pressed", "true"
    )
    tab.wait_for_function("!document.querySelector('#marks-selected')")
    start = APPLES.text.index("fall in")
    assert rows(corpus)[0]["evidence"] == [[place("apples", start, start + 7)]]


def test_only_words_that_are_there_are_marked(corpus, serving):
    address = serving(PEARS)
    good = {"question": "?", "verdict": "right", "doc": "pears", "start": 0, "end": 5}
    for change, reason in [
        ({"words": "Plums"}, "other words there now"),
        ({"end": 999}, "other words there now"),
        ({"start": 5}, "are no words to be marked"),
        ({"start": "0"}, "must be numbers"),
        ({"doc": "../pears"}, "no document"),
        ({"verdict": "fine"}, "can't be 'fine'"),
        ({"question": " "}, "no question"),
        ({"history": "x"}, "must be a list"),
        ({"where": []}, "must be an object"),
    ]:
        answer = http.post(f"{address}/page/mark", json=good | change)
        assert (answer.status_code, reason in answer.text) == (400, True), answer.text
    assert not (corpus.path / "evaluation.jsonl").exists()
    assert http.post(f"{address}/page/mark", json=good | {"words": "Pears"}).status_code == 200
    (corpus.path / "evaluation.jsonl").write_text("{\n")
    answer = http.post(f"{address}/page/mark", json=good)
    assert "evaluation.jsonl, line 1 is not a question" in answer.text


# Runs


def test_a_narrowed_question_is_measured_narrowed(corpus, tmp_path):
    corpus.add_documents([PEARS, APPLES])
    file = write(tmp_path / "q.jsonl", (WHEN, "", [[place("pears", 0, 44)]]))
    row = json.loads(file.read_text()) | {"where": {"documents": ["apples"]}}
    file.write_text(json.dumps(row))
    (row,) = evaluate_path(file, lambda: nullcontext(corpus)).rows
    assert (row.figures["hit@5"].mean, row.figures["excerpt hit@3"].mean) == (0, 0)


def test_the_figures_are_those_of_the_command(corpus, serving, visit, sample):
    tab = visit(serving(PEARS, APPLES))
    measure(tab, sample)
    expect(tab.locator(".headline")).to_contain_text("Of 3 questions that the documents answer")
    expected = evaluate_path(
        sample, lambda: nullcontext(corpus), settings=variants(["full"])
    ).summary()
    shown = {}
    for table in tab.locator(".tables table").all():
        names = table.locator("thead th").all_text_contents()[2:]
        for line in table.locator("tbody tr").all():
            cells = line.locator("td").all_text_contents()[1:]
            for name, cell in zip(names, cells, strict=True):
                shown[line.locator("th").text_content(), name] = cell
    figures = {
        (row["name"], name): figure
        for row in expected["rows"]
        for name, figure in row["figures"].items()
    }
    assert shown.keys() == figures.keys()
    for key, figure in figures.items():
        numbers = [float(number) for number in re.findall(r"[.\d]+", shown[key])]
        assert numbers == pytest.approx([figure[n] for n in ("mean", "low", "high")], abs=0.0051)
    assert tab.get_by_role("img", name="Questions with a right passage").is_visible()
    tab.get_by_text("The same in numbers").first.click()
    expect(tab.locator("figure table").first.locator("tbody tr").first).to_have_text("1.67")


@pytest.mark.parametrize("width", [390, 2560])
def test_a_failure_opens_in_the_conversation(serving, visit, sample, width):
    tab = visit(serving(PEARS, APPLES), viewport={"width": width, "height": 900})
    measure(tab, sample)
    wrong = tab.locator(".failures li").first
    expect(wrong.locator(".ask")).to_have_text("Are pears picked by the school?")
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    gold, found = wrong.locator(".place a").all()
    assert gold.get_attribute("href") == "#/at/apples/24-48"
    assert found.get_attribute("href") == "#/at/pears/0-44"
    expect(wrong.locator("q").first).to_have_text(APPLES.text[24:48])
    wrong.locator(".ask").click()
    expect(tab.locator(".turn h2")).to_have_text("Are pears picked by the school?")


def test_a_run_is_followed_and_called_off(corpus, serving, visit, sample, monkeypatch):
    address = serving(PEARS, APPLES)
    held, asked, search = Event(), [], corpus.search

    def slow(*given, **options):
        asked.append(given)
        if len(asked) > 1:
            held.wait(30)
        return search(*given, **options)

    monkeypatch.setattr(corpus, "search", slow)
    tab = visit(address)
    measure(tab, sample)
    expect(tab.locator(".far")).to_have_text("1 of 4, less than a minute left")
    expect(tab.get_by_role("button", name="Cancel")).to_be_focused()
    body = {"file": str(sample), "split": "all", "rankings": ["full"]}
    second = http.post(f"{address}/page/evaluation/start", json=body)
    assert (second.status_code, "under way" in second.text) == (400, True)
    other = visit(address + "/#/evaluation")  # every tab sees it
    expect(other.get_by_role("progressbar")).to_have_attribute("value", "1")
    tab.get_by_role("button", name="Cancel").click()
    expect(tab.get_by_role("button", name="Cancel")).to_be_disabled()
    expect(tab.locator(".far")).to_have_text("Stopping…")
    expect(tab.get_by_role("button", name="Cancel")).to_be_focused()
    held.set()
    expect(tab.locator("#ended")).to_contain_text("sample.jsonl was cancelled")
    expect(tab.locator("#ended")).to_be_focused()
    expect(tab.locator("#status")).to_contain_text("sample.jsonl was cancelled")
    expect(tab.get_by_role("button", name="Evaluate")).to_be_visible()
    assert len(asked) == 2
    assert not (corpus.path / "runs").exists()


def test_a_server_that_is_silent_for_a_while_costs_nothing(
    corpus, serving, refused, sample, monkeypatch
):
    address = serving(PEARS, APPLES)
    held, search = Event(), corpus.search

    def slow(*given, **options):
        held.wait(30)
        return search(*given, **options)

    monkeypatch.setattr(corpus, "search", slow)
    tab = refused(address)
    measure(tab, sample)
    expect(tab.locator("#running")).to_be_visible()
    tab.route("**/page/evaluation/*", lambda route: route.abort())
    expect(tab.locator(".far")).to_have_text("The program does not answer. Is it still running?")
    tab.unroute("**/page/evaluation/*")
    expect(tab.locator(".far")).to_have_text("0 of 4")
    tab.route("**/page/evaluation/cancel", lambda route: route.abort())
    tab.get_by_role("button", name="Cancel").click()
    expect(tab.get_by_role("button", name="Cancel")).to_be_enabled()
    held.set()
    expect(tab.locator(".headline")).to_be_visible()


def test_a_run_that_comes_late_is_not_shown(corpus, serving, visit, sample):
    tab = visit(serving(PEARS, APPLES))
    measure(tab, sample)
    expect(tab.locator(".headline")).to_be_visible()
    evaluation(tab)
    late = []
    tab.route("**/page/evaluation?run=*", lambda route: late.append(route))
    with tab.expect_request("**/page/evaluation?run=*"):
        tab.locator(".runs a").click()
    tab.go_back()
    expect(tab.get_by_role("heading", name="How well does it answer?")).to_be_focused()
    with tab.expect_response("**/page/evaluation?run=*"):
        late[0].continue_()
    tab.evaluate("new Promise(requestAnimationFrame)")
    expect(tab.get_by_role("heading", name="How well does it answer?")).to_be_visible()
    expect(tab.locator(".headline")).to_have_count(0)


def test_runs_are_compared_and_deleted(corpus, serving, visit, sample):
    tab = visit(serving(PEARS, APPLES))
    evaluation(tab)
    expect(tab.get_by_text("Nothing has been evaluated yet.")).to_be_visible()
    expect(tab.get_by_text("No marks yet.")).to_be_visible()
    for ranking in ("full", "bm25"):
        evaluation(tab)
        tab.get_by_label("Path of the file").fill(str(sample))
        tab.get_by_label(re.compile("^full:")).set_checked(ranking == "full")
        tab.get_by_label(re.compile("^bm25:")).set_checked(ranking == "bm25")
        tab.get_by_role("button", name="Evaluate").click()
        expect(tab.get_by_role("heading", name="What went wrong")).to_be_visible()
        name = tab.locator("h2", has_text="sample").text_content()
        (corpus.path / "runs" / f"{name}.json").rename(corpus.path / "runs" / f"{ranking}.json")
    evaluation(tab)
    tab.get_by_role("link", name="full", exact=True).click()
    tab.get_by_label("Compare with").select_option("bm25")
    tab.get_by_role("button", name="Compare").click()
    expect(tab.get_by_role("heading", name="Two runs compared")).to_be_visible()
    expect(tab.locator("caption")).to_have_text("bm25: bm25, against full: full")
    evaluation(tab)
    tab.get_by_role("button", name="Delete the run bm25").click()
    expect(tab.get_by_role("button", name="Keep it")).to_be_focused()
    tab.locator(".sure .yes").click()
    expect(tab.locator(".runs li")).to_have_count(1)
    assert [file.name for file in (corpus.path / "runs").iterdir()] == ["full.json"]


def test_what_cannot_be_evaluated_is_explained(corpus, serving, refused, tmp_path):
    tab = refused(serving(PEARS))
    (corpus.path / "evaluation.jsonl").write_text('{"id": "1"}\n')
    evaluation(tab)
    own = tab.get_by_label("Your marks")
    expect(own).to_be_disabled()
    expect(tab.locator("label", has=own)).to_contain_text("line 1 is not a question")
    tab.get_by_role("button", name="Evaluate").click()
    expect(tab.locator("form .problem").last).to_have_text("Choose a file of questions.")
    measure(tab, tmp_path / "nowhere.jsonl")
    expect(tab.locator("#ended")).to_contain_text("No such file")
    measure(tab, write(tmp_path / "other.jsonl", ("?", "", [[place("plums", 0, 3)]])))
    expect(tab.locator("#ended")).to_contain_text("rests on 'plums', which the corpus hasn't")


def test_a_file_is_dropped(corpus, serving, refused, sample):
    tab = refused(serving(PEARS, APPLES))
    evaluation(tab)
    chooser = tab.get_by_label("Add a file of questions")
    hostile = {"name": "../<img src=x>.jsonl", "mimeType": "", "buffer": sample.read_bytes()}
    chooser.set_input_files(hostile)
    added = tab.get_by_label("img-src-x-.jsonl")
    expect(added).to_be_checked()
    expect(tab.locator("label", has=added)).to_contain_text("3 that the documents answer, 1")
    assert [f.name for f in (corpus.path / "questions").iterdir()] == ["img-src-x-.jsonl"]
    broken = {"name": "b.jsonl", "mimeType": "", "buffer": sample.read_bytes() + b"\n<b>"}
    chooser.set_input_files(broken)
    expect(tab.locator("form > .problem")).to_contain_text("b.jsonl, line 5 is not a question")
    large = {"name": "l.jsonl", "mimeType": "", "buffer": b"x" * ((1 << 20) + 1)}
    chooser.set_input_files(large)
    expect(tab.locator("form > .problem")).to_contain_text("larger than 1 MB")
    assert len(list((corpus.path / "questions").iterdir())) == 1


def test_no_run_lies_elsewhere(corpus, serving):
    address = serving(PEARS)
    (corpus.path / "secret.json").write_text("{}")
    (corpus.path / "runs").mkdir()
    (corpus.path / "runs" / "bad.json").write_text("{}")
    for name in ("../secret", "..", "", "nosuch", "/etc/passwd"):
        answer = http.get(f"{address}/page/evaluation", params={"run": name})
        assert (answer.status_code, "There is no run" in answer.text) == (400, True)
        answer = http.post(f"{address}/page/evaluation/delete", json={"run": name})
        assert answer.status_code == 400
    answer = http.get(f"{address}/page/evaluation", params={"run": "bad"})
    assert "is not a run that this version saved" in answer.text
    body = {"file": "x", "rankings": ["best"]}
    answer = http.post(f"{address}/page/evaluation/start", json=body)
    assert answer.text == "There is no ranking 'best'."
    assert (corpus.path / "secret.json").exists()
