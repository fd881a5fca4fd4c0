"""Follow-ups: what they are understood as, what then answers, and what is left as it is."""

import io
import json
import re
from collections.abc import Callable

import pytest

from qa import Answer, Corpus, Document, InputError, cli
from qa import corpus as corpus_module
from qa.evaluation.asking import evaluate
from qa.evaluation.collections import Collection
from qa.followups import understand
from qa.questions import read_questions
from qa.settings import MAX_QUESTION, MAX_TURNS
from tests.conftest import SEEDS

VACANCIES = "How many probation officer vacancies were there across the NPS?"
SAID = "At the time of this inspection, there were 615 probation officer vacancies across the NPS."


def never(question: str) -> Answer:
    raise AssertionError(f"{question!r} needn't be answered")


@pytest.mark.parametrize(
    ("before", "question", "understood"),
    [
        (
            "How many vacancies were there?",
            "and in London?",
            "How many vacancies were there in London?",
        ),
        (
            "How many vacancies were there in Manchester in 2018?",
            "And in London?",
            "How many vacancies were there in London in 2018?",
        ),
        (
            "How many vacancies were there in May 2018?",
            "what about 2019?",
            "How many vacancies were there in 2019?",
        ),
        (
            "How many vacancies did London have?",
            "How about May 2019?",
            "How many vacancies did London have in May 2019?",
        ),
        (
            "How many vacancies did London have?",
            "What about Wales?",
            "How many vacancies did Wales have?",
        ),
        ("What is Amber Rudd's majority?", "and Anna Soubry's?", "What is Anna Soubry's majority?"),
        ("Which MP has a majority of 45?", "and of 353?", "Which MP has a majority of 353?"),
        (
            "What share of theft offenders reoffended in London?",
            "and drug offenders?",
            "What share of drug offenders reoffended in London?",
        ),
        ("vacancies", "in London", "vacancies in London"),
        ("How many left?", "In 2019?", "How many left in 2019?"),
        (VACANCIES, "and what managers?", "What managers? (probation officer vacancies, NPS)"),
        ("What happened in 2018?", "and 7?", "7? (happened, 2018)"),
        (
            "What is the caseload in Leeds?",
            "So what is it in London?",
            "What is it in London? (caseload, Leeds)",
        ),
        (VACANCIES, "why?", "Why? (probation officer vacancies, NPS)"),
        (
            VACANCIES,
            "and what about temporary staff?",
            "Temporary staff? (probation officer vacancies, NPS)",
        ),
        (
            "What year did Through the Gate start?",
            "How many prisoners did it help?",
            "How many prisoners did it help? (Through the Gate start)",
        ),
    ],
)
def test_what_a_follow_up_is_understood_as(before: str, question: str, understood: str) -> None:
    assert understand(question, [before], never) == understood


def test_each_turn_is_understood_by_the_one_before_as_that_was() -> None:
    history = ["How many vacancies were there in London in 2018?", "and in Leeds?", "2019?"]
    understood = "How many vacancies were there in York in 2019?"
    assert understand("and in York?", history, never) == understood


def test_a_question_that_stands_by_itself_is_left_alone() -> None:
    questions = [q.text for q in read_questions(SEEDS.parent / "evaluation" / "seeds.jsonl")]
    touched = [question for question in questions if understand(question, [VACANCIES], never)]
    assert touched == []
    for question in ("and in London?", "who said so?", "why?"):
        assert understand(question, [], never) is None
        assert understand(question, ["?"], never) is None


@pytest.mark.parametrize(
    "question",
    [
        "How many of those who left prison found work?",
        "What share of those convicted of theft reoffended?",
        "How much does it cost to keep a prisoner for a year?",
        "Why is it hard to recruit staff?",
        "Is it likely that the target will be met?",
        "Does it matter whether staff are trained?",
        "Which target did no one else meet?",
        "When does a prisoner break his licence?",
        "So what is the caseload in London?",
        *("and?", "So?", "what about?", "And so, what about?"),
    ],
)
def test_what_only_looks_like_a_follow_up_is_left_alone(question: str) -> None:
    assert understand(question, [VACANCIES], never) is None


@pytest.mark.parametrize(
    "question",
    ["What did those cost?", "What did it cost?", "Who else left?", "When was his licence broken?"],
)
def test_what_points_back_borrows(question: str) -> None:
    assert understand(question, [VACANCIES], never) == (
        f"{question} (probation officer vacancies, NPS)"
    )


def test_a_question_about_an_answer_is_no_longer_than_a_question() -> None:
    said = Answer("Who?", "answered", "Someone did.", (), "single", (), ())
    assert understand(f"who said so{'…' * (MAX_QUESTION - 20)}", [said], never) is None


def test_a_question_about_the_answer_repeats_its_words(seeds_corpus: Corpus) -> None:
    first = seeds_corpus.ask(VACANCIES)
    answer = seeds_corpus.ask("who said so?", history=[first])
    assert answer.question == "who said so?"
    assert answer.understood == f"Who said so: “{SAID}”"
    assert answer.text == SAID
    assert answer.citations[0].speaker == "Justin Russell"
    # Without the answer it is made again; a turn about an answer is no topic of its own.
    assert seeds_corpus.ask("who said so?", history=[VACANCIES]) == answer
    assert seeds_corpus.ask("who said so?", history=[VACANCIES, "says who?"]) == answer
    where = seeds_corpus.ask("where does it say that?", history=[first, answer])
    assert where.understood == f"Where does it say that: “{SAID}”"
    assert where.citations[0].id == first.citations[0].id


def test_nothing_is_said_of_an_answer_that_was_not_found(seeds_corpus: Corpus) -> None:
    far = "What is the capital of Mongolia?"
    assert seeds_corpus.ask(far).status == "not_found"
    assert seeds_corpus.ask("who said so?", history=[far]).understood is None


def test_a_long_answer_is_repeated_in_part() -> None:
    said = Answer("Who?", "answered", "word " * 60, (), "single", (), ())
    understood = understand("who said so?", [said], never)
    assert understood == f"Who said so: “{'word ' * 40}…”"


@pytest.mark.parametrize("question", ["and in London?", "Why?", "who said so?"])
def test_what_it_is_understood_as_finds_the_same(seeds_corpus: Corpus, question: str) -> None:
    history = [VACANCIES]
    answer = seeds_corpus.ask(question, history=history)
    assert answer.understood is not None
    alone = seeds_corpus.ask(answer.understood)
    assert alone.understood is None
    for field in ("text", "status", "citations", "nearest", "missing_terms", "confidence"):
        assert getattr(alone, field) == getattr(answer, field)
    assert seeds_corpus.search(answer.understood, 5) == seeds_corpus.search(
        question, 5, history=history
    )
    assert seeds_corpus.ask(question, history=[seeds_corpus.ask(VACANCIES)]) == answer


def test_london_answers_for_london(seeds_corpus: Corpus) -> None:
    answer = seeds_corpus.ask("and in London?", history=["How many unfilled vacancies were there?"])
    assert answer.understood == "How many unfilled vacancies were there in London?"
    assert answer.text is not None
    assert "more than 150 unfilled vacancies" in answer.text


def test_history_changes_nothing_for_what_stands_by_itself(corpus: Corpus) -> None:
    corpus.add_documents([Document("memo", "The key lies under the mat. The cat sleeps on it.")])
    question = "Where is the key to the shed kept?"
    assert corpus.ask(question, history=["Where does the cat sleep?"]) == corpus.ask(question)


@pytest.mark.parametrize(
    ("history", "told"),
    [
        (["cat"] * (MAX_TURNS + 1), f"has {MAX_TURNS + 1} turns; at most {MAX_TURNS}"),
        (["x" * (MAX_QUESTION + 1)], "2,001 characters"),
        ("Where is it?", "must be a list"),
        ([{"question": "Where is it?"}], "must be a list"),
    ],
)
def test_a_history_beyond_the_limits_is_refused(history, told: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)):
        understand("and the cat?", history, never)


def test_a_follow_up_too_long_with_what_it_borrows_stands_by_itself() -> None:
    long = "Why did it " + "x" * (MAX_QUESTION - 12) + "?"
    assert understand(long, [VACANCIES], never) is None


def test_an_evaluation_asks_with_the_history(corpus: Corpus, tmp_path) -> None:
    corpus.add_documents([Document("cat", "The grey cat sleeps on the sill of the north window.")])
    gold = {"doc_id": "cat", "start": 0, "end": 52}
    row = {"id": "f1", "question": "Why?", "history": ["Where does the grey cat sleep?"]}
    file = tmp_path / "followups.jsonl"
    file.write_text(json.dumps({**row, "evidence": [[gold]]}))
    (question,) = read_questions(file)
    assert question.history == ("Where does the grey cat sleep?",)
    (outcome,) = evaluate(corpus, Collection("", (question,), None, ())).outcomes
    assert outcome.scores["hit@1"] == 1
    assert outcome.detail["understood"] == "Why? (grey cat sleep)"


@pytest.fixture
def chat(
    seeds_corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys
) -> Callable[..., tuple[int, str, str]]:
    """Run `qa chat` over the seeds with these lines piped in."""
    monkeypatch.setattr(
        corpus_module, "TransformerEncoder", lambda *name: seeds_corpus._model._encoder
    )

    def run(lines: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        code = cli.main(["chat", "--corpus", str(seeds_corpus.path), *arguments])
        return code, *capsys.readouterr()

    return run


def test_chat_prints_an_answer_a_line_and_saves_each(chat, tmp_path) -> None:
    file = tmp_path / "answers.json"
    lines = f"{VACANCIES}\n\nwho said so?\n/new\nwho said so?\nquit\nnever asked\n"
    code, out, err = chat(lines, "--json", "--save", str(file))
    answers = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [answer["understood"] for answer in answers] == [None, f"Who said so: “{SAID}”", None]
    assert [answer["question"] for answer in answers] == [VACANCIES, *["who said so?"] * 2]
    saved = json.loads(file.read_text("utf-8"))["answers"]
    assert [answer["understood"] for answer in saved] == [a["understood"] for a in answers]


def test_chat_says_how_it_understood_a_question(chat) -> None:
    code, out, _ = chat("How many unfilled vacancies were there?\nand in London?")
    assert code == 0
    assert "Understood as: How many unfilled vacancies were there in London?" in out
    assert out.count("Understood as:") == 1


def test_what_is_piped_in_need_not_be_unicode(chat, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = io.TextIOWrapper(io.BytesIO(b"How many unfilled vacancies, \xe9?\n"), "utf-8")
    monkeypatch.setattr(io, "StringIO", lambda lines: piped)
    code, out, err = chat("")
    assert (code, err) == (0, "")
    assert "more than 150 unfilled" in out


def test_chat_ends_with_what_nobody_can_correct(chat) -> None:
    code, out, err = chat("???\nWhere is London?\n")
    assert (code, out) == (2, "")
    assert "The question is empty" in err
