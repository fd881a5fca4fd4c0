"""How sure an answer is: signals by hand, and what is refused because another document has it."""

import math

import pytest

from qa import Corpus, Document
from qa.confidence import SIGNALS, THRESHOLD, Assessment, assess, probability
from qa.settings import DEFAULTS
from qa.types import Answer
from tests.test_answers import DEMO

KENT = "Kent pays a grant of 40 pounds to every school. The grant is paid in spring."
SURREY = "Surrey pays a grant of 90 pounds to every school. The grant is paid in winter."


def judged(corpus: Corpus, question: str) -> Assessment:
    with corpus._reading() as at:
        query = at.prepare(question)
        found = at.find(query, DEFAULTS.depth, DEFAULTS)
        best = found.sentences[0]
        return assess(query, found, best, best.text, at.view, at.state)


def test_signals_by_hand(corpus: Corpus) -> None:
    corpus.add_documents([Document("kent", KENT), Document("pears", "Pears are picked by hand.")])
    with corpus._reading() as at:
        query = at.prepare("How many pounds is the grant in Essex?")
        found = at.find(query, DEFAULTS.depth, DEFAULTS)
        best = found.sentences[0]
        assessment = assess(query, found, best, best.text, at.view, at.state)
    signals = assessment.signals
    assert list(signals) == list(SIGNALS)
    assert best.text == "Kent pays a grant of 40 pounds to every school."
    assert signals["score"] == min(8.0, best.score)
    scores = [sentence.score for sentence in found.sentences]
    share = math.exp(best.score) / sum(math.exp(score) for score in scores)
    assert signals["share"] == pytest.approx(math.log(share / (1 - share)))
    assert len(scores) == 3  # two of Kent's, one of the pears
    assert signals["company"] == pytest.approx(2 / 3)
    nearest = max(scored.signals["dense"] for scored, _ in found.hits)
    assert signals["near"] == min(0.3, nearest)
    # Pounds and grant stand in one of two passages, Essex in none: ln 2 and ln 6.
    weights = {term: at.state.weight(term) for term in ("pound", "grant", "essex")}
    assert weights == pytest.approx(
        {"pound": math.log(2), "grant": math.log(2), "essex": math.log(6)}
    )
    assert signals["unmet names"] == pytest.approx(math.log(6) / (math.log(6) + 2 * math.log(2)))
    assert signals["kind missing"] == 0.0
    (unmet,) = assessment.unmet
    assert (unmet.word.plain, unmet.where) == ("essex", "nowhere")
    assert assessment.foreign == (unmet.word,)


@pytest.mark.parametrize(
    ("question", "unmet"),
    [
        ("When is the grant paid in Kent?", []),
        ("When is the grant paid in Surrey?", []),
        ("How big is the Kent grant that was promised in June?", []),  # no month is a name
        ("Does the Kent grant cost more than 7,000 pounds?", []),  # a bound need not be said
        ("What does the Kent school grant cost in Surrey?", [("surrey", "elsewhere")]),
        ("What did the Kent school grant cost in 1999?", [("1999", "nowhere")]),
    ],
)
def test_names_that_the_answer_s_document_lacks(
    corpus: Corpus, question: str, unmet: list[tuple[str, str]]
) -> None:
    corpus.add_documents([Document("kent", KENT), Document("surrey", SURREY)])
    assert [(u.word.plain, u.where) for u in judged(corpus, question).unmet] == unmet


def test_a_name_further_on_in_the_same_document_is_not_foreign(corpus: Corpus) -> None:
    filler = " ".join(f"The clerk wrote letter number {n} to the board." for n in range(40))
    text = f"Notes of Rosalind Okafor, the clerk. {filler} {KENT}"
    corpus.add_documents([Document("notes", text), Document("surrey", SURREY)])
    question = "What does Kent pay to every school, according to Okafor?"
    assessment = judged(corpus, question)
    assert [(u.word.plain, u.where) for u in assessment.unmet] == [("okafor", "document")]
    assert assessment.foreign == ()
    assert corpus.ask(question).status == "answered"


@pytest.mark.parametrize("name", SIGNALS)
def test_each_signal_counts_in_its_own_sense(name: str) -> None:
    middle = {"score": 4, "share": 0, "company": 0.5, "near": 0.25, "unmet names": 0.2}
    low = {**middle, "kind missing": 0.5}
    high = {**low, name: low[name] + 0.05}
    assert (probability(high) - probability(low)) * SIGNALS[name] > 0


def test_probability_is_a_probability() -> None:
    worst = {
        "score": -50,
        "share": -10,
        "company": 0,
        "near": -1,
        "unmet names": 1,
        "kind missing": 1,
    }
    best = {"score": 8, "share": 10, "company": 1, "near": 0.3, "unmet names": 0, "kind missing": 0}
    assert 0 < probability(worst) < THRESHOLD / 2
    assert 0.75 < probability(best) < 1


# Answers


def reports(corpus: Corpus) -> None:
    """Two yearly reports: the year stands in the title of one, in the date of the other."""
    corpus.add_documents(
        [
            Document(
                "old",
                "The Leeds office had 14 vacancies for probation officers. Repairs were slow.",
                title="Staffing report 2018",
            ),
            Document(
                "new",
                "The York branch counted 3,000 offenders under supervision. Two courts closed.",
                title="Caseload report",
                published="2019-05-24",
            ),
        ]
    )


def test_a_year_that_only_other_documents_have(corpus: Corpus) -> None:
    reports(corpus)
    answer = corpus.ask(
        "How many vacancies for probation officers did the Leeds office have in 2019?"
    )
    assert (answer.status, answer.text, answer.citations) == ("not_found", None, ())
    assert answer.confidence is None
    assert answer.missing_terms == ("2019",)
    assert answer.nearest[0].passage.doc_id == "old"  # not listed for 2019; 2018's are


def test_a_year_in_the_title_or_date_is_met(corpus: Corpus) -> None:
    reports(corpus)
    first = corpus.ask("How many vacancies did the Leeds office have in 2018?")
    assert first.text == "The Leeds office had 14 vacancies for probation officers."
    second = corpus.ask("How many offenders did the York branch count in 2019?")
    assert second.text == "The York branch counted 3,000 offenders under supervision."
    for answer in (first, second):
        assert answer.confidence is not None
        assert THRESHOLD <= answer.confidence <= 1


def test_a_place_that_only_other_documents_have(corpus: Corpus) -> None:
    reports(corpus)
    answer = corpus.ask("How many vacancies for probation officers did the York office have?")
    assert answer.status == "not_found"
    assert answer.missing_terms == ("York",)
    assert answer.nearest[0].passage.doc_id == "old"


def test_unmet_words_keep_the_question_s_order(corpus: Corpus) -> None:
    reports(corpus)
    answer = corpus.ask(
        "How many vacancies for probation quinces did the Leeds office have in 2019?"
    )
    assert answer.missing_terms == ("quinces", "2019")


@pytest.mark.parametrize(("question", "text", "source"), DEMO)
def test_demonstration_questions_are_likely(
    seeds_corpus: Corpus, question: str, text: str, source: object
) -> None:
    answer = seeds_corpus.ask(question)
    assert answer.text == text
    assert answer.confidence is not None
    assert answer.confidence > 0.3


FAR = [
    "Who wrote Pride and Prejudice?",
    "What is the boiling point of ethanol?",
    "How do you prune an apple tree in winter?",
    "Which planet has the most moons?",
]


@pytest.mark.parametrize("question", FAR)
def test_far_questions_are_refused(seeds_corpus: Corpus, question: str) -> None:
    answer = seeds_corpus.ask(question)
    assert (answer.status, answer.confidence) == ("not_found", None)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What overall rating did inspectors give the London division in 2021?", "2021"),
        ("What majority did Zac Goldsmith have at the 2019 general election?", "2019"),
        ("What was the reoffending rate among under-18s in Birmingham?", "Birmingham"),
    ],
)
def test_near_misses_of_the_seeds(seeds_corpus: Corpus, question: str, missing: str) -> None:
    answer: Answer = seeds_corpus.ask(question)
    assert answer.status == "not_found"
    assert missing in answer.missing_terms
    assert answer.nearest


def test_a_synonym_of_a_name_is_not_foreign(seeds_corpus: Corpus) -> None:
    answer = seeds_corpus.ask("Which Tory has a majority of 21,590?")
    assert answer.text == "Jeremy Hunt South West Surrey 21,590"
