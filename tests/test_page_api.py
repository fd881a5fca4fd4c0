"""The page's endpoints, asked by Gradio's own client over a real server."""

import json

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from qa import Where
from qa.jsonable import answer_json, document_json, hits_json
from tests.page import GRADIO, http, served

pytestmark = GRADIO

QUESTIONS = [
    "How many probation officer vacancies were there across the NPS?",
    "How many vacancies did Manchester have in 2023?",
]


@pytest.fixture(scope="module")
def client(seeds_corpus):
    with served(seeds_corpus) as address:
        client = Client(address, verbose=False, analytics_enabled=False)
        yield client
        client.close()


@pytest.mark.parametrize("question", QUESTIONS)
def test_ask_returns_the_answer_as_json(client, seeds_corpus, question):
    found = client.predict(question, api_name="/ask")
    assert found == answer_json(seeds_corpus.ask(question))


def test_ask_takes_the_questions_before(client, seeds_corpus):
    history = ["How many unfilled vacancies were there?"]
    found = client.predict("and in London?", history, api_name="/ask")
    assert found == answer_json(seeds_corpus.ask("and in London?", history=history))
    assert found["understood"] == "How many unfilled vacancies were there in London?"
    with pytest.raises(AppError, match="at most 50 are read"):
        client.predict("and in London?", history * 51, api_name="/ask")


def test_search_returns_the_hits_as_json(client, seeds_corpus):
    expected = hits_json("vacancies", seeds_corpus.search("vacancies", 10))
    assert client.predict("vacancies", api_name="/search") == expected
    assert client.predict(query="vacancies", api_name="/search") == expected
    three = client.predict("vacancies", 3, api_name="/search")
    assert three == hits_json("vacancies", seeds_corpus.search("vacancies", 3))


def test_a_part_can_be_asked(client, seeds_corpus):
    part = {"after": "2019", "kinds": ["article"]}
    where = Where(after="2019", kinds=("article",))
    question = QUESTIONS[0]
    answer = answer_json(seeds_corpus.ask(question, where=where))
    assert answer != answer_json(seeds_corpus.ask(question))
    assert client.predict(question, None, part, api_name="/ask") == answer
    assert client.predict(question, where=part, api_name="/ask") == answer
    hits = hits_json("vacancies", seeds_corpus.search("vacancies", 3, where=where))
    assert client.predict("vacancies", 3, part, api_name="/search") == hits
    with pytest.raises(AppError, match="where must be an object"):
        client.predict(question, where={"folder": "notes"}, api_name="/ask")
    with pytest.raises(AppError, match="before is 'soon', which is no date"):
        client.predict("vacancies", where={"before": "soon"}, api_name="/search")


def test_document_returns_a_stretch_of_its_text_as_json(client, seeds_corpus):
    document = seeds_corpus.documents()[0]
    whole = document_json(seeds_corpus.document(document.doc_id))
    assert client.predict(document.doc_id, api_name="/document") == whole
    stretch = client.predict(document.doc_id, 10, 30, api_name="/document")
    assert stretch == whole | {"start": 10, "end": 30, "text": whole["text"][10:30]}


def test_over_plain_http_the_last_arguments_may_be_left_out(client, seeds_corpus):
    for name, given, expected in (
        ("ask", QUESTIONS[0], answer_json(seeds_corpus.ask(QUESTIONS[0]))),
        ("search", "vacancies", hits_json("vacancies", seeds_corpus.search("vacancies"))),
    ):
        address = f"{client.src}gradio_api/call/{name}"
        event = http.post(address, json={"data": [given]}).json()["event_id"]
        told = http.get(f"{address}/{event}", timeout=60).text
        assert told.startswith("event: complete\ndata: ")
        assert json.loads(told.split("data: ", 1)[1]) == [json.loads(json.dumps(expected))]


def test_a_mistake_is_told_as_such(client):
    with pytest.raises(AppError, match="question is empty"):
        client.predict("", api_name="/ask")
    with pytest.raises(AppError, match="top_k is 0"):
        client.predict("vacancies", 0, api_name="/search")
    with pytest.raises(AppError, match="has no document"):
        client.predict("../app.py", api_name="/document")


def test_only_these_endpoints_are_named(client):
    endpoints = client.view_api(return_format="dict", print_info=False)
    assert set(endpoints["named_endpoints"]) == {"/ask", "/search", "/document"}
    assert endpoints["unnamed_endpoints"] == {}
