"""Real questions over the seeds, with the packaged model."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from embeddings.threads import single_threaded
from qa import Corpus
from qa.folding import terms
from qa.jsonable import answer_json, plain
from qa.pointing import _outlined
from qa.settings import DEFAULTS, MAX_TOP_K

DEMO = [
    (
        "How many probation officer vacancies were there across the NPS?",
        "At the time of this inspection, there were 615 probation officer vacancies across the NPS.",
        ("003_0880fbf5f6f5a3fe.txt", "National Probation Service faces workload crisis", None),
    ),
    (
        "Which MP represents Telford?",
        "Lucy Allan Telford 720",
        ("004_42f9c8b73587f07c.txt", "Latest From Napo 152", "2017-06-24"),
    ),
    (
        "Whose majority was 1,554?",
        "Justine Greening Putney 1,554",
        ("004_42f9c8b73587f07c.txt", "Latest From Napo 152", "2017-06-24"),
    ),
]


@pytest.mark.parametrize(("question", "text", "source"), DEMO)
def test_demonstration_questions(
    seeds_corpus: Corpus, question: str, text: str, source: tuple[str, str, str | None]
) -> None:
    answer = seeds_corpus.ask(question)
    first = answer.citations[0]
    assert answer.text == text
    assert (first.doc_id, first.title, first.published) == source


def test_london_s_vacancies_have_their_own_figure(seeds_corpus: Corpus) -> None:
    answer = seeds_corpus.ask("How many unfilled vacancies did London have?")
    assert answer.text is not None
    assert "more than 150 unfilled vacancies" in answer.text
    first = answer.citations[0]
    assert (first.doc_id, first.published) == ("000_7410150016598652.txt", "2019-05-24")


def test_what_is_asked_for_as_several_things_is_a_whole_list(seeds_corpus: Corpus) -> None:
    text = seeds_corpus.ask("What should the National Probation Service do?").text or ""
    lines = text.split("\n")
    assert lines[0] == "The National Probation Service should:"
    assert [line[:2] for line in lines[1:] if line] == ["1:", "2:", "3:", "4:", "5:"]


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Mongolia?",
        "How do I bake sourdough bread?",
        "How many vacancies did Manchester have?",
        "How many vacancies were there in 2031?",
    ],
)
def test_what_the_documents_do_not_say(seeds_corpus: Corpus, question: str) -> None:
    answer = seeds_corpus.ask(question)
    assert (answer.status, answer.text, answer.citations) == ("not_found", None, ())
    assert answer.nearest


def test_every_citation_is_the_document_s_text(seeds_corpus: Corpus) -> None:
    texts = {d.doc_id: seeds_corpus.document(d.doc_id).text for d in seeds_corpus.documents()}
    for passage in seeds_corpus.passages()[::7]:
        answer = seeds_corpus.ask(passage.text[:300])
        for number, citation in enumerate(answer.citations, start=1):
            text = texts[citation.doc_id]
            assert citation.n == number
            assert text[citation.start : citation.end] == citation.quote
            assert citation.answer is not None
            assert citation.start <= citation.answer.start < citation.answer.end <= citation.end
            for start, end in citation.highlights:
                assert citation.start <= start < end <= citation.end
        if answer.text is not None:
            first = answer.citations[0]
            assert first.answer is not None
            assert texts[first.doc_id][slice(*first.answer)] == answer.text


def test_a_passage_s_own_words_find_it(seeds_corpus: Corpus) -> None:
    passages = [p for p in seeds_corpus.passages() if len(p.text.split()) > 30]
    for passage in passages[::9]:
        assert seeds_corpus.search(passage.text[:500], 1)[0].passage.id == passage.id


def test_threads_get_the_same_answers(seeds_corpus: Corpus) -> None:
    questions = [question for question, _, _ in DEMO] * 4
    alone = [plain(seeds_corpus.ask(question)) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda q: plain(seeds_corpus.ask(q)), questions))
    assert together == alone


def test_answers_as_json_keep_every_field(seeds_corpus: Corpus) -> None:
    answer = seeds_corpus.ask(DEMO[0][0])
    value = json.loads(json.dumps(answer_json(answer)))
    assert list(value) == [
        *("schema", "question", "status", "text", "citations", "agreement", "nearest"),
        *("missing_terms", "confidence", "understood"),
    ]
    assert list(value["citations"][0]) == [
        *("id", "doc_id", "title", "author", "publisher", "published", "kind", "speaker"),
        *("section", "place", "start", "end", "quote", "answer", "n", "highlights", "also"),
        *("score", "signals", "why"),
    ]
    first = value["citations"][0]
    assert first["place"] == {
        **{"unit": "line", "first": 15, "last": 17},
        **{"label": None, "part": None},
    }
    assert (
        first["quote"] == seeds_corpus.document(first["doc_id"]).text[first["start"] : first["end"]]
    )


def test_every_word_of_a_passage_counts_for_one_of_its_sentences(seeds_corpus: Corpus) -> None:
    questions = [question for question, _, _ in DEMO] + ["Which cohort of 2017 was it?"]
    with single_threaded, seeds_corpus._reading() as at:
        hits = [
            hit for asked in questions for hit in at.scored(at.prepare(asked), MAX_TOP_K, DEFAULTS)
        ]
        found = [(passage, _outlined(scored, passage, 384)) for scored, passage in hits]
    # What announces a sentence belongs to it, and to the last what stands behind all of them.
    assert any(passage.text[passage.sentences[-1].end - passage.start :] for passage, _ in found)
    for passage, outline in found:
        assert frozenset().union(*outline.terms) == set(terms(passage.text))
