"""Saved answers read back, and as a page: what it shows, and that nothing of it is a document's."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

import qa
from qa import Corpus, InputError, cli
from qa.exporting import page_of
from qa.jsonable import answer_from, answer_json
from qa.saving import save_answer, saved, saved_turns
from qa.types import Answer, Span, Turn, Where
from tests.answers import answered, answers, citation, hostile, not_found, passage, source
from tests.payloads import PAYLOADS

QUOTE = "The hall has a red door. It was painted in May."
ASKED = "2026-05-24T14:05:00+00:00"


def parsed(page: bytes) -> html.HtmlElement:
    return html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))


def said(element: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in element.xpath(path)]


# Read back


@settings(max_examples=30)
@given(answers(st.text(max_size=20)))
def test_an_answer_is_read_back_as_it_was(answer: Answer) -> None:
    assert answer_from(json.loads(json.dumps(answer_json(answer)))) == answer


def test_real_answers_are_read_back(seeds_corpus: Corpus) -> None:
    for question in ("How many vacancies did London have?", "What is the capital of Mongolia?"):
        answer = seeds_corpus.ask(question)
        assert answer_from(json.loads(json.dumps(answer_json(answer)))) == answer


def test_unknown_fields_are_passed_over_and_defaults_filled_in() -> None:
    answer = answered(citation(source(QUOTE, Span(0, 24))))
    value = json.loads(json.dumps(answer_json(answer)))
    value["mood"] = value["citations"][0]["mood"] = "good"
    del value["confidence"], value["schema"]
    assert answer_from(value) == Answer(
        *(answer.question, "answered", answer.text, answer.citations, "single", (), ())
    )


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["schema"], 2, "schema 2"),
        (["question"], None, "answer.question can't be None"),
        (["status"], "maybe", "answer.status can't be 'maybe'"),
        (["status"], "not_found", "belie"),
        (["text"], ["a"], "answer.text can't be list"),
        (["confidence"], "high", "answer.confidence"),
        (["confidence"], 10**400, "answer.confidence"),
        (["text"], "Another door.", "isn't what its first citation quotes"),
        (["citations", 0, "highlights"], [[99, 101]], "'halls.txt' doesn't fit"),
        (["citations"], {}, "answer.citations can't be dict"),
        (["citations", 0], [], r"answer.citations\[0\] can't be list"),
        (["citations", 0, "n"], True, r"answer.citations\[0\].n can't be True"),
        (["citations", 0, "answer"], [1], "answer can't be list"),
        (["citations", 0, "answer"], [0, 10], "'halls.txt' doesn't fit"),
        (["citations", 0, "quote"], "Others.", "'halls.txt' doesn't fit"),
        (["citations", 0, "place", "first"], 1.5, "place.first can't be 1.5"),
        (["citations", 0, "signals", "cosine"], "x", "signals.cosine can't be 'x'"),
    ],
)
def test_what_is_no_answer_is_told(path: list[str | int], value: object, message: str) -> None:
    content = json.loads(json.dumps(answer_json(answered(citation(source())))))
    inner = content
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(InputError, match=message):
        answer_from(content)


@pytest.mark.parametrize("name", ["question", "text", "citations", "nearest", "missing_terms"])
def test_a_missing_field_is_named(name: str) -> None:
    content = answer_json(answered(citation(source())))
    del content[name]
    with pytest.raises(InputError, match=f"answer has no '{name}'"):
        answer_from(content)


def test_a_conversation_is_saved_as_single_answers_are(tmp_path: Path) -> None:
    found, nothing = answered(citation(source())), not_found(question="Who, \udce9?")
    for answer in (found, nothing):
        save_answer(answer, tmp_path / "one by one.json")
    turns = saved_turns(tmp_path / "one by one.json")
    assert [(turn.n, turn.answer) for turn in turns] == [(1, found), (2, nothing)]
    (tmp_path / "at once.json").write_bytes(saved(turns))
    assert (tmp_path / "at once.json").read_bytes() == (tmp_path / "one by one.json").read_bytes()
    limited = [Turn(1, ASKED, found, {"kinds": ["article"]})]
    (tmp_path / "limited.json").write_bytes(saved(limited))
    assert list(saved_turns(tmp_path / "limited.json")) == limited


def test_answers_saved_at_once_are_all_kept(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        counts = pool.map(lambda _: save_answer(not_found(), tmp_path / "a.json"), range(20))
    assert sorted(counts) == list(range(1, 21))
    assert len(saved_turns(tmp_path / "a.json")) == 20
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_what_part_was_asked_is_kept_and_said(tmp_path: Path) -> None:
    where = Where(documents=("a.txt", "b/"), after="2018", before="2019-05", kinds=("article",))
    for part in (where, Where(after="2018"), Where(before="2018-05-24"), Where(), None):
        save_answer(not_found(), tmp_path / "a.json", part)
    turns = saved_turns(tmp_path / "a.json")
    assert [turn.where for turn in turns] == [
        {"documents": ["a.txt", "b/"], "after": "2018", "before": "2019-05", "kinds": ["article"]},
        *({"after": "2018"}, {"before": "2018-05-24"}, None, None),
    ]
    articles = parsed(page_of(turns)).xpath("//article")
    assert [said(article, "p[contains(., 'Asked of')]") for article in articles] == [
        ["Asked of: a.txt, b/ · 2018 to May 2019 · article"],
        ["Asked of: since 2018"],
        ["Asked of: until 24 May 2018"],
        *([], []),
    ]
    content = (tmp_path / "a.json").read_text().replace('"after": "2018"', '"after": 2018')
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(InputError, match="answer 1: after isn't a text"):
        saved_turns(tmp_path / "a.json")


# The page


def test_the_page_shows_what_was_said() -> None:
    copy = source(QUOTE, Span(0, 24), doc_id="copy.txt", title="The same again")
    first = source(QUOTE, Span(0, 24), speaker="Dame May", kind="quotation")
    found = answered(citation(first, also=[copy]), citation(source("A green door."), n=2))
    nothing = not_found(passage(source("A blue gate.")), question="Who?", missing=["Who"])
    page = parsed(page_of([Turn(1, ASKED, found), Turn(2, None, nothing)]))
    assert said(page, "//title") == ["What colour is the door?"]
    assert said(page, "//nav//a") == ["What colour is the door?", "Who?"]
    assert said(page, "//header/p") == ["2 questions · 24 May 2026"]
    one, two = page.xpath("//article")
    assert said(one, "h2") == ["What colour is the door?"]
    assert said(one, "p[@class='meta']") == ["Asked on 24 May 2026, 14:05 UTC"]
    assert said(one, "blockquote") == ["The hall has a red door.1"]
    assert said(one, "h3") == ["Where it stands", "See also"]
    assert said(one, ".//li[@id='q1c1']/p") == [
        "24 May 2019 · A. Writer · The Press · quotation: Dame May",
        "Doors · lines 3–4",
        "halls.txt · 0123456789abcdef:100-147",
        QUOTE,
    ]
    assert said(one, ".//mark[@class='answer']") == ["The hall has a red door.", "A green door."]
    assert said(one, ".//mark[@class='word']") == ["T", "A"]
    assert said(one, ".//li[@class='copy']/h4") == ["The same again"]
    assert said(two, "p") == ["These documents do not answer that.", "Nowhere in them: Who"]
    assert said(two, ".//p[@class='quote']") == ["A blue gate."]
    assert said(two, "p[@class='meta']") == []
    assert f"Chapter & Verse {qa.__version__}" in said(page, "//footer")[0]


def test_sources_that_differ_are_told() -> None:
    first = citation(source())
    answer = Answer("What?", "answered", first.quote, (first,), "differ", (), (), None)
    assert said(parsed(page_of([Turn(1, None, answer)])), "//p[@class='agreement differ']") == [
        "The sources differ on this: read them side by side."
    ]


def test_nothing_is_a_page_too() -> None:
    assert said(parsed(page_of([])), "//header/p") == ["0 questions"]


def shape(page: bytes) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Every element with its attributes, in order."""
    return [(element.tag, tuple(sorted(element.attrib.items()))) for element in parsed(page).iter()]


def test_payloads_are_many_and_different() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) > 100


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_element_or_attribute_comes_from_a_document(payload: str) -> None:
    pages = [
        page_of([Turn(n, asked, answer) for n, answer in enumerate(hostile(text), start=1)])
        for text, asked in (("harmless", "harmless"), (payload, payload))
    ]
    assert shape(pages[1]) == shape(pages[0])
    shown = parsed(pages[1])
    same = " ".join(payload.replace("\x0c", " ").split())
    assert said(shown, "//title") == said(shown, "//article[1]/h2") == [same]
    assert said(shown, "//article[1]//p[@class='quote']") == [f"{same} and the answer."]


def test_the_page_forbids_itself_scripts_and_requests() -> None:
    page = page_of([Turn(1, ASKED, answered(citation(source())))])
    shown = parsed(page)
    (policy,) = shown.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert not shown.xpath("//script | //link | //img | //iframe | //@src | //@onclick | //@style")
    assert all(link.startswith("#") for link in shown.xpath("//@href"))
    assert b"url(" not in page
    assert b"@import" not in page


# The command line


def test_export_writes_the_page(tmp_path: Path, capsysbinary) -> None:
    kept, out = tmp_path / "a.json", tmp_path / "a.html"
    save_answer(answered(citation(source())), kept)
    assert cli.main(["export", str(kept), str(out)]) == 0
    assert capsysbinary.readouterr().out == b""
    assert out.read_bytes() == page_of(saved_turns(kept))
    assert cli.main(["export", str(kept)]) == 0
    assert capsysbinary.readouterr().out == out.read_bytes()


@pytest.mark.parametrize(
    ("content", "out", "message"),
    [
        ("{}", "a.html", "holds no saved answers"),
        ('[{"question": "What?"}]', "a.html", "answer 1: answer has no 'status'"),
        ("[]", "none/a.html", "no folder"),
        ("[]", "a.json", "holds the answers themselves"),
    ],
)
def test_what_cannot_be_exported_is_told(
    tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch, content: str, out: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text(content)
    assert cli.main(["export", "a.json", out]) == 2
    assert message in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert Path("a.json").read_text() == content
