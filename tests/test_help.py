"""The help: every example that it offers, run as it is copied; its page in a real browser."""

import json
import re
import subprocess
from html import unescape

import pytest
from axe_playwright_python.sync_playwright import Axe
from mcp import Client, StdioServerParameters
from playwright.sync_api import expect

from qa import Corpus, cli, corpus
from qa.jsonable import answer_json, hits_json
from qa.page import examples, help_html
from qa.page.examples import Example
from qa.page.texts import TEXTS
from tests.conftest import SEEDS
from tests.page import GRADIO, http, served
from tests.page import browser as browser
from tests.tools import connected

pytestmark = GRADIO

VACANCIES = "How many probation officer vacancies were there across the NPS?"
WAYS = ("index", "python", "command", "gradio", "http", "mcp")


@pytest.fixture(scope="module")
def address(seeds_corpus):
    with served(seeds_corpus) as address:
        yield address


@pytest.fixture(scope="module")
def offered(address):
    """What the page offers to copy, by title, read off its HTML as a browser would."""
    page = http.get(f"{address}/page/help", params={"address": address}).text
    codes = re.findall(r'<span class="unseen"> (.*?)</span>.*?<code>(.*?)</code>', page, re.DOTALL)
    return {unescape(title): unescape(code) for title, code in codes}


def code(offered, name):
    return offered[TEXTS[f"help.example.{name}"]]


def shell(code, folder):
    run = subprocess.run(["bash", "-eu", "-c", code], capture_output=True, text=True, cwd=folder)
    assert run.returncode == 0, run.stderr
    return run.stdout


def commands(code, folder):
    """What a shell makes of the code: the arguments of each call of `qa`."""
    calls = shell("qa() { printf '%s\\0' \"$@\"; echo; }\n" + code, folder).splitlines()
    return [call.split("\0")[:-1] for call in calls]


@pytest.fixture
def run(seeds_corpus, monkeypatch, capsys, tmp_path):
    """Run the commands of the code, with the model that is loaded; return what each printed."""
    monkeypatch.setattr(corpus, "TransformerEncoder", lambda *name: seeds_corpus._model._encoder)
    monkeypatch.chdir(tmp_path)

    def run(code):
        printed = []
        for arguments in commands(code, tmp_path):
            assert cli.main(arguments) == 0
            printed.append(capsys.readouterr().out)
        return printed

    return run


def test_every_way_is_offered(offered):
    assert list(offered) == [TEXTS[f"help.example.{name}"] for name in WAYS]


def test_the_python_example_runs(offered, seeds_corpus, monkeypatch, capsys):
    monkeypatch.setattr(corpus, "TransformerEncoder", lambda *name: seeds_corpus._model._encoder)
    exec(code(offered, "python"), {})
    answer = seeds_corpus.ask(VACANCIES)
    listed = "".join(f"{c.n} {c.title} {c.place}\n" for c in answer.citations)
    assert capsys.readouterr().out == f"{answer.text}\n{listed}"


def test_the_commands_run(offered, run, seeds_corpus):
    for_people, for_programs = run(code(offered, "command"))
    assert "615 probation officer vacancies" in " ".join(for_people.split())
    assert json.loads(for_programs) == json.loads(
        json.dumps(hits_json(VACANCIES, seeds_corpus.search(VACANCIES, 3)))
    )


def test_the_command_that_adds_a_folder_runs(folder, run, tmp_path):
    folder("minutes", {"june.txt": "The quince harvest was 42 tonnes."})
    made = examples.indexing(tmp_path / "it's here")
    (printed,) = run(made.code)
    assert printed.startswith("Documents: 1 added.")
    with Corpus.open(tmp_path / "it's here") as added:
        assert [document.doc_id for document in added.documents()] == ["june.txt"]


def test_gradio_client_runs(offered, seeds_corpus, capsys):
    names = {}
    exec(code(offered, "gradio"), names)
    names["client"].close()
    answer = seeds_corpus.ask(VACANCIES)
    assert names["answer"] == answer_json(answer)
    assert capsys.readouterr().out.endswith(
        "".join(
            f"{line}\n" for line in [answer.text, *(f"{c.n} {c.title}" for c in answer.citations)]
        )
    )


def test_plain_http_runs(offered, seeds_corpus, tmp_path):
    event, data = shell(code(offered, "http"), tmp_path).strip().split("\n")
    assert event == "event: complete"
    assert json.loads(data.removeprefix("data: ")) == [answer_json(seeds_corpus.ask(VACANCIES))]


def test_an_assistant_is_served_by_the_command_named(offered, seeds_corpus):
    configured = json.loads(code(offered, "mcp"))["mcpServers"]["chapter-and-verse"]
    parameters = StdioServerParameters(**configured, cwd=SEEDS.parent)
    with connected(Client(parameters)) as call:
        listed = call("list_documents").structured_content
    assert [d["doc_id"] for d in listed["documents"]] == [
        document.doc_id for document in seeds_corpus.documents()
    ]


@pytest.mark.parametrize("name", ["a b", "it's", 'say "so"', "$(touch struck)", "ünï;code&%s%d"])
def test_strange_names_of_folders_stay_names(name, tmp_path):
    ways = {way.name: way.code for way in examples.asking("http://localhost", tmp_path / name, "?")}
    shown = re.search(r"Corpus.open\((.*)\)", ways["python"])
    assert shown
    assert eval(shown[1]) == str(tmp_path / name)
    ask, search = commands(ways["command"], tmp_path)
    assert ask == ["ask", "?", "--corpus", str(tmp_path / name)]
    assert search == ["search", *ask[1:], "--top-k", "3", "--json"]
    server = json.loads(ways["mcp"])["mcpServers"]["chapter-and-verse"]
    assert server["args"][-1] == str(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "stranger", ["", "http://evil.example", "http://127.0.0.1;ls", "http://localhost:1/$(ls)"]
)
def test_only_this_machine_comes_into_the_examples(address, stranger):
    response = http.get(f"{address}/page/help", params={"address": stranger})
    assert response.status_code == 400
    assert response.text == f"address is {stranger!r}; it must be this server's own."


def test_what_is_shown_is_escaped():
    attack = "<script>alert(1)</script>"
    page = help_html.manual(Example("index", "sh", attack), [Example("http", "sh", attack)])
    assert page.count("<code>&lt;script&gt;alert(1)&lt;/script&gt;</code>") == 2
    assert "<script" not in page


# In the browser


@pytest.fixture
def tab(browser, address):
    """The help, opened; afterwards, fail if the console complained."""
    complaints = []
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.set_default_timeout(15_000)
    tab.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(f"{address}/#/help")
    expect(tab.locator("#help .manual")).to_be_visible()
    yield tab
    context.close()
    assert complaints == []


def test_an_example_is_copied(tab, offered):
    button = tab.get_by_role("button", name=re.compile("Plain HTTP$"))
    button.focus()
    tab.keyboard.press("Enter")
    expect(button).to_have_text("Copied Plain HTTP")
    expect(tab.locator("#help [role=status]")).to_have_text("Copied")
    assert tab.evaluate("navigator.clipboard.readText()") == code(offered, "http")
    tab.keyboard.press("Tab")
    expect(button).to_have_text("Copy Plain HTTP")


def test_a_closed_clipboard_leaves_the_words_selected(tab, offered):
    tab.evaluate(
        "() => { navigator.clipboard.writeText = async () => { throw new Error('closed'); }; }"
    )
    button = tab.get_by_role("button", name=re.compile(" Python$"))
    button.click()
    expect(button).to_have_text("Selected: copy it now Python")
    assert tab.evaluate("String(getSelection())") == code(offered, "python").removesuffix("\n")


def test_a_section_has_an_address(tab, address):
    expect(tab.locator("#room")).to_be_hidden()
    title = tab.get_by_role("heading", name="From other programs")
    tab.get_by_role("link", name="From other programs").click()
    expect(title).to_be_focused()
    expect(title).to_be_in_viewport()
    tab.evaluate("scrollTo(0, 0)")
    tab.get_by_role("link", name="From other programs").click()
    expect(title).to_be_in_viewport()
    tab.goto(f"{address}/#/help/keyboard")
    expect(tab.get_by_role("heading", name="Keyboard")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 2560])
def test_it_can_be_read_by_everyone(tab, width, scheme):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(color_scheme=scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(tab, context="#help").response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
