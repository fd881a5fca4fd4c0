"""Asking a part of the corpus: what belongs to it, that all found is of it, what is refused."""

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from embeddings.threads import single_threaded
from qa import Answer, Corpus, Document, Hit, InputError, Where
from qa.answering import answer_question
from qa.jsonable import answer_json
from qa.narrowing import Part
from qa.parts import where_from_json, where_json
from qa.settings import DEFAULTS, MAX_TOP_K, Settings
from tests.test_confidence import KENT, SURREY

COMMENT = "reader's comment"
EVERYTHING = replace(DEFAULTS, candidates=MAX_TOP_K, depth=MAX_TOP_K)
QUESTIONS = [
    "How many probation officer vacancies were there across the NPS?",
    "How many vacancies did Manchester have in 2023?",
]
# Of the seeds: ids begin with a number; 003 has no date; 000, 002 and 004 hold comments.
PARTS = [
    (Where(documents=("000_7410150016598652.txt",)), {"000"}, None),
    (Where(documents=("00[14]*", "003*")), {"001", "003", "004"}, None),
    (Where(before="2018"), {"001", "004"}, None),
    (Where(after="2018-01-10"), {"000", "001", "002"}, None),
    (Where(after="2017-06", before="2018-01-09"), {"004"}, None),
    (Where(kinds=("article",)), {"000", "001", "002", "003", "004"}, {"article"}),
    (Where(after="2019", kinds=("Reader’s Comment",)), {"000", "002"}, {COMMENT}),
]


@pytest.fixture
def dated(corpus: Corpus) -> Iterator[Corpus]:
    """Documents of all sorts of dates, each called by its own."""
    days = ["2017", "2018", "2018-05", "2018-05-01", "2018-05-31", "2018-06-01", "2020-02-29"]
    corpus.add_documents(
        [Document(f"d/{day}", f"A note of {day}.", published=day) for day in days]
        + [Document("undated", "A note of no day.", title="A note", published=None)]
    )
    return corpus


def belongs(passage_kind: str | None, doc_id: str, documents: set[str], kinds: object) -> bool:
    kind = passage_kind or "article"
    return doc_id[:3] in documents and (kinds is None or kind in kinds)


@pytest.fixture(scope="module")
def everything(seeds_corpus: Corpus) -> tuple[Hit, ...]:
    """All passages, ranked for the first question."""
    return seeds_corpus.search(QUESTIONS[0], MAX_TOP_K, settings=EVERYTHING)


@pytest.mark.parametrize(("where", "documents", "kinds"), PARTS)
def test_what_is_found_is_the_ranking_of_all_less_the_rest(
    seeds_corpus: Corpus,
    everything: tuple[Hit, ...],
    where: Where,
    documents: set[str],
    kinds: set[str] | None,
) -> None:
    assert len(everything) == 171
    expected = [
        hit for hit in everything if belongs(hit.passage.kind, hit.passage.doc_id, documents, kinds)
    ]
    found = seeds_corpus.search(QUESTIONS[0], MAX_TOP_K, where=where, settings=EVERYTHING)
    assert [hit.passage for hit in found] == [hit.passage for hit in expected]
    assert [hit.rank for hit in found] == list(range(1, len(expected) + 1))
    assert [h.score for h in found] == pytest.approx([h.score for h in expected], abs=1e-5)


@pytest.mark.parametrize("ranking", ["dense", "bm25"])
def test_candidates_are_the_best_of_the_part(seeds_corpus: Corpus, ranking: str) -> None:
    # With one candidate, choosing afterwards would find nothing.
    question, where = QUESTIONS[0], Where(documents=("004*",))
    settings = Settings(ranking=ranking, candidates=1)
    every = seeds_corpus.search(question, MAX_TOP_K, settings=replace(settings, candidates=200))
    best = next(hit for hit in every if hit.passage.doc_id.startswith("004"))
    assert best.rank > 2
    (found,) = seeds_corpus.search(question, 1, where=where, settings=settings)
    assert (found.passage, found.score) == (best.passage, best.score)


@pytest.mark.parametrize(("where", "documents", "kinds"), PARTS)
def test_all_that_is_shown_is_of_the_part(
    seeds_corpus: Corpus, where: Where, documents: set[str], kinds: set[str] | None
) -> None:
    passages = seeds_corpus.passages()
    for question in QUESTIONS:
        for settings in (DEFAULTS, replace(DEFAULTS, refuses=False)):
            answer = seeds_corpus.ask(question, where=where, settings=settings)
            assert answer.citations or answer.nearest
            sources = [s for c in answer.citations for s in (c, *c.also)]
            places = [(s.doc_id, *s.answer) for s in sources]
            places += [(h.passage.doc_id, h.passage.start, h.passage.end) for h in answer.nearest]
            for doc_id, start, end in places:
                around = [
                    p for p in passages if p.doc_id == doc_id and p.start < end and start < p.end
                ]
                assert around
                assert all(belongs(p.kind, p.doc_id, documents, kinds) for p in around)


def test_asking_all_of_it_is_asking(seeds_corpus: Corpus) -> None:
    alls = [
        *(Where(), Where(documents=("*",)), Where(documents=("00[0-3]*", "004*"))),
        Where(kinds=("boilerplate", "article", COMMENT)),
    ]
    for question in QUESTIONS:
        plain = as_text(seeds_corpus.ask(question))
        assert [as_text(seeds_corpus.ask(question, where=where)) for where in alls] == [plain] * 4
        # What narrows changes nothing where all belongs; threads would change a product's last bits.
        with single_threaded, seeds_corpus._reading() as at:
            part = Part(np.ones(171, bool), np.ones(5, bool), at.state)
            narrowed = replace(at, part=part)
            query = narrowed.prepare(question)
            found = narrowed.find(query, DEFAULTS.depth, DEFAULTS)
            answer = answer_question(query, found, at.view, narrowed.vocabulary, DEFAULTS)
        assert as_text(answer) == plain
    hits = seeds_corpus.search("vacancies")
    assert seeds_corpus.search("vacancies", where=Where(documents=("*",))) == hits


def as_text(answer: Answer) -> str:
    return json.dumps(answer_json(answer))


def test_what_only_the_rest_has_is_missing(corpus: Corpus) -> None:
    corpus.add_documents([Document("kent", KENT), Document("surrey", SURREY)])
    kent = Where(documents=("kent",))
    question = "What grant does Surrey pay to every school?"
    assert corpus.ask(question).text == "Surrey pays a grant of 90 pounds to every school."
    answer = corpus.ask(question, where=kent)
    assert (answer.status, answer.missing_terms) == ("not_found", ("Surrey",))
    assert {hit.passage.doc_id for hit in answer.nearest} == {"kent"}
    answer = corpus.ask("What grant does Kent pay to every school in winter?", where=kent)
    assert (answer.status, answer.missing_terms) == ("answered", ("winter",))


def test_words_weigh_what_they_weigh_in_the_whole_corpus(corpus: Corpus) -> None:
    corpus.add_documents([Document("kent", KENT), Document("surrey", SURREY)])
    whole = {hit.passage.doc_id: hit for hit in corpus.search("grant in winter")}
    (part,) = corpus.search("grant in winter", where=Where(documents=("surrey",)))
    assert part.signals["bm25"] == whole["surrey"].signals["bm25"]


@pytest.mark.parametrize(
    ("after", "before", "found"),
    [
        ("2018", None, ["2018", "2018-05", "2018-05-01", "2018-05-31", "2018-06-01", "2020-02-29"]),
        (None, "2018", ["2017", "2018", "2018-05", "2018-05-01", "2018-05-31", "2018-06-01"]),
        ("2018-05", "2018-05", ["2018-05", "2018-05-01", "2018-05-31"]),
        ("2018-05-02", "2018-06-01", ["2018-05-31", "2018-06-01"]),
        ("2018-05-31", "2018-05-31", ["2018-05-31"]),
        ("2020-02", "2020-02", ["2020-02-29"]),
        (None, "2017-12-31", ["2017"]),
        (None, None, None),
    ],
)
def test_dates_hold_at_both_ends(
    dated: Corpus, after: str | None, before: str | None, found: list[str] | None
) -> None:
    hits = dated.search("note", where=Where(after=after, before=before))
    every = [listing.doc_id for listing in dated.documents()]
    names = every if found is None else [f"d/{day}" for day in found]
    assert sorted(hit.passage.doc_id for hit in hits) == names


@pytest.mark.parametrize(
    ("documents", "found"),
    [
        (("notes/",), ["notes/a.txt", "notes/b.md", "notes/deep/c.txt"]),
        (("notes",), ["notes/a.txt", "notes/b.md", "notes/deep/c.txt"]),
        (("notes/*.txt",), ["notes/a.txt", "notes/deep/c.txt"]),
        (("*.md", "odd[1].txt"), ["notes/b.md", "odd[1].txt"]),
        (("letter.eml",), ["letter.eml", "letter.eml/report.txt"]),
    ],
)
def test_documents_are_named_by_id_folder_or_pattern(
    corpus: Corpus, documents: tuple[str, ...], found: list[str]
) -> None:
    names = ["notes/a.txt", "notes/b.md", "notes/deep/c.txt", "notesque.txt", "odd[1].txt"]
    names += ["letter.eml", "letter.eml/report.txt"]
    corpus.add_documents([Document(name, f"A note called {name}.") for name in names])
    hits = corpus.search("note", where=Where(documents=documents))
    assert sorted(hit.passage.doc_id for hit in hits) == found


def test_a_kind_is_what_metadata_says_or_article(corpus: Corpus) -> None:
    text = "The lamp is lit."
    corpus.add_documents([Document("a", text, kind="Minutes"), Document("b", text)])
    for kind, doc_id in (("minutes", "a"), ("article", "b")):
        (hit,) = corpus.search("lamp", where=Where(kinds=(kind,)))
        assert hit.passage.doc_id == doc_id
    corpus.add_documents([Document("c", text, kind="diary")])
    assert len(corpus.search("lamp", where=Where(kinds=("diary", "article")))) == 2


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (
            Where(documents=("001_B86",)),
            "No document is called '001_B86', lies there or fits it (closest: "
            "'001_b86f24ca918c31eb.txt'); 'qa stats' lists them.",
        ),
        (
            Where(documents=("0*", "letters/*")),
            "No document is called 'letters/*', lies there or fits it; 'qa stats' lists them.",
        ),
        (Where(documents=("",)), "No document is called ''"),
        (Where(documents=("a",) * 1001), "1,001 documents are named; at most 1,000 can be."),
        (Where(kinds=("a",) * 1001), "1,001 kinds are named; at most 1,000 can be."),
        (Where(documents=("a" * 1001,)), f"documents name '{'a' * 40}'…, which has 1,001 char"),
        (Where(documents=("a" * 1000,)), f"No document is called '{'a' * 79}, lies there"),
        (Where(documents="notes.txt"), "documents isn't a list of texts"),  # type: ignore[arg-type]
        (Where(kinds="article"), "kinds isn't a list of texts"),  # type: ignore[arg-type]
        (Where(after=2018), "after isn't a text"),  # type: ignore[arg-type]
        ({"after": "2018"}, "{'after': '2018'} is no part of a corpus"),
        (
            Where(kinds=("letter",)),
            "No source is of the kind 'letter'; there are: article, boilerplate, reader's comment.",
        ),
        (
            Where(documents=("001*",), kinds=(COMMENT,)),
            'The documents asked for hold nothing of the kind "reader\'s comment"; they hold: '
            "article, boilerplate.",
        ),
        (Where(after="2018-13"), "after is '2018-13', which is no date; write 2018, 2018-05 or"),
        (Where(before="May 2018"), "before is 'May 2018', which is no date"),
        (Where(before="0000"), "before is '0000', which is no date"),
        (Where(before="2018-02-30"), "before is '2018-02-30', which is no date"),
        (
            Where(after="2018-06", before="2018-05"),
            "after is '2018-06', which is later than before, '2018-05'",
        ),
        (
            Where(before="2016"),
            "None of the documents asked for is dated in that range: they are dated from "
            "2017-06-24 to 2019-05-24, and 1 of 5 without a date are left out.",
        ),
        (
            Where(documents=("003*",), after="1900"),
            "None of the documents asked for is dated in that range: none of them has a date.",
        ),
    ],
)
def test_a_part_that_is_not_there_is_refused(
    seeds_corpus: Corpus, where: Where, message: str
) -> None:
    for call in (seeds_corpus.ask, seeds_corpus.search):
        with pytest.raises(InputError) as caught:
            call("vacancies", where=where)
        assert str(caught.value).startswith(message)


def test_json_says_the_same() -> None:
    assert where_json(Where()) == {}
    said = {"documents": ["a"], "before": "2018"}
    assert where_json(Where(documents=("a",), before="2018")) == said
    assert where_from_json(None) is None
    assert where_from_json({}) == Where()
    assert where_from_json(
        {"documents": ["a", "b/"], "after": None, "before": "2018", "kinds": ["article"]}
    ) == Where(documents=("a", "b/"), before="2018", kinds=("article",))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("notes/", "where must be an object"),
        ({"document": ["a"]}, "where must be an object"),
        ({"documents": "a"}, "documents isn't a list of texts"),
        ({"kinds": [1]}, "kinds isn't a list of texts"),
        ({"after": 2018}, "after isn't a text"),
    ],
)
def test_json_of_another_form_is_refused(value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        where_from_json(value)
