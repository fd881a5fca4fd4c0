"""The tools for assistants, called by the protocol's own client over a real process."""

import json
import subprocess
import sys

import pytest
from mcp import Client, StdioServerParameters

from qa import Where, cli
from qa.jsonable import answer_json, document_json, hits_json, plain
from qa.settings import MAX_STRETCH
from qa.types import Document
from tests.conftest import SEEDS
from tests.tools import connected

QUESTION = "How many probation officer vacancies were there across the NPS?"
DOCUMENT = "003_0880fbf5f6f5a3fe.txt"


def command(corpus):
    return [sys.executable, "-m", "qa", "mcp", "--corpus", str(corpus.path)]


@pytest.fixture(scope="module")
def client(seeds_corpus):
    program, *arguments = command(seeds_corpus)
    return Client(StdioServerParameters(command=program, args=arguments, cwd=SEEDS.parent))


@pytest.fixture(scope="module")
def call(client):
    with connected(client) as call:
        yield call


def test_the_tools_return_what_the_corpus_does(call, seeds_corpus):
    expected = {
        "ask": ({"question": QUESTION}, answer_json(seeds_corpus.ask(QUESTION))),
        "search": (
            {"query": "vacancies", "top_k": 3},
            hits_json("vacancies", seeds_corpus.search("vacancies", 3)),
        ),
        "get_document": (
            {"doc_id": DOCUMENT, "start": 1073, "end": 1163},
            document_json(seeds_corpus.document(DOCUMENT), 1073, 1163),
        ),
        "list_documents": (
            {"start": 1, "count": 2},
            {
                "schema": 1,
                "total": 5,
                "start": 1,
                "documents": plain(seeds_corpus.documents()[1:3]),
            },
        ),
    }
    for name, (arguments, value) in expected.items():
        result = call(name, **arguments)
        assert not result.is_error
        assert result.structured_content == json.loads(json.dumps(value))
        assert json.loads(result.content[0].text) == result.structured_content


def test_a_part_can_be_asked(call, seeds_corpus):
    part = {"after": "2019", "kinds": ["article"]}
    where = Where(after="2019", kinds=("article",))
    answer = plain(answer_json(seeds_corpus.ask(QUESTION, where=where)))
    assert answer != plain(answer_json(seeds_corpus.ask(QUESTION)))
    assert call("ask", question=QUESTION, where=part).structured_content == answer
    hits = hits_json("vacancies", seeds_corpus.search("vacancies", 3, where=where))
    found = call("search", query="vacancies", top_k=3, where=part).structured_content
    assert found == plain(hits)


def test_a_question_may_lean_on_the_one_before(call, seeds_corpus):
    before = "How many unfilled vacancies did London have?"
    answer = answer_json(seeds_corpus.ask("and the NPS?", history=[before]))
    assert answer["understood"]
    assert call("ask", question="and the NPS?", history=[before]).structured_content == plain(
        answer
    )


def test_a_question_that_is_not_answered_is_no_error(call):
    result = call("ask", question="What is the capital of Mongolia?")
    assert not result.is_error
    assert result.structured_content["status"] == "not_found"
    assert result.structured_content["missing_terms"] == ["Mongolia"]


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("ask", {"question": " "}, "The question is empty; ask in words."),
        (
            "search",
            {"query": "x", "where": {"after": "soon"}},
            "after is 'soon', which is no date; write 2018, 2018-05 or 2018-05-24.",
        ),
        ("search", {"query": "x", "top_k": 0}, "top_k is 0; it must be from 1 to 200."),
        (
            "get_document",
            {"doc_id": "../etc/passwd"},
            "The corpus has no document '../etc/passwd'; 'qa stats' lists them.",
        ),
        (
            "list_documents",
            {"count": 201},
            "start is 0 and count 201; start must be 0 or more, and count from 1 to 200.",
        ),
    ],
)
def test_a_mistake_is_told_as_such(call, name, arguments, message):
    result = call(name, **arguments)
    assert result.is_error
    assert result.content[0].text == f"Error executing tool {name}: {message}"


def test_nothing_but_the_protocol_is_printed_and_it_ends_with_its_input(seeds_corpus):
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    run = subprocess.run(
        command(seeds_corpus),
        input=f"{json.dumps(hello)}\nthis is no message\n",
        capture_output=True,
        text=True,
        cwd=SEEDS.parent,
        timeout=120,
    )
    said = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 0
    assert said[0]["result"]["serverInfo"]["name"] == "chapter-and-verse"
    assert all(message["jsonrpc"] == "2.0" for message in said)


def test_without_its_package_the_command_says_what_to_install(monkeypatch, capsys, seeds_corpus):
    monkeypatch.delitem(sys.modules, "qa.mcp_server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)  # as if it weren't installed
    assert cli.main(["mcp", "--corpus", str(seeds_corpus.path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "pip install 'chapter-and-verse[mcp]'" in told.err


# A document as JSON


def test_a_stretch_says_which_it_is():
    document = Document("a.txt", "abcdef", "A", "me", None, "2019", "memo")
    assert document_json(document, 2, 4) == {
        "schema": 1,
        "doc_id": "a.txt",
        "title": "A",
        "author": "me",
        "publisher": None,
        "published": "2019",
        "kind": "memo",
        "length": 6,
        "start": 2,
        "end": 4,
        "text": "cd",
    }
    assert document_json(document, 4, 99)["end"] == 6
    assert document_json(document, 6)["text"] == ""


def test_a_long_document_comes_in_stretches():
    document = Document("a.txt", "a" * MAX_STRETCH + "b" * 7)
    first = document_json(document)
    assert (first["end"], first["length"]) == (MAX_STRETCH, MAX_STRETCH + 7)
    assert document_json(document, first["end"])["text"] == "b" * 7
    assert document_json(document, 0, MAX_STRETCH + 1)["end"] == MAX_STRETCH


@pytest.mark.parametrize(("start", "end"), [(-1, None), (7, None), (3, 2), (0, -1)])
def test_a_stretch_outside_the_text_is_refused(start, end):
    with pytest.raises(
        ValueError, match=f"start is {start} and end {end}; start must be from 0 to 6"
    ):
        document_json(Document("a.txt", "abcdef"), start, end)
