"""Figures beside values worked out by hand, and the sample questions' own promises."""

import json
from collections import Counter
from pathlib import Path

import pytest

from qa import Corpus, Document, InputError
from qa.evaluation.asking import evaluate, variants
from qa.evaluation.intervals import bootstrap
from qa.evaluation.keeping import Runs
from qa.evaluation.metrics import (
    Stretch,
    answer_overlap,
    first_words,
    recall,
    retrieval_scores,
)
from qa.evaluation.results import Evaluation, read_outcomes, save
from qa.evaluation.sources import question_file
from qa.questions import Gold, Question, check_questions, mean_overlap, read_questions
from qa.types import Where
from tests.conftest import SEEDS

SAMPLE = SEEDS.parent / "evaluation" / "seeds.jsonl"


def test_retrieval_scores_by_hand() -> None:
    scores = retrieval_scores(
        {"q1": {"a": 1, "b": 1}, "q2": {"z": 1}, "q3": {}, "q4": {"a": 1}},
        {"q1": ["x", "a", "y", "b"], "q2": ["x"], "q3": ["x"]},
    )
    # nDCG of ranks 2 and 4 out of two: (1/log2(3) + 1/log2(5)) / (1 + 1/log2(3))
    assert scores["q1"] == pytest.approx(
        {"hit@1": 0, "hit@3": 1, "hit@5": 1, "MRR@10": 0.5, "nDCG@10": 0.650921}, abs=1e-5
    )
    nothing = dict.fromkeys(scores["q1"], 0.0)
    assert scores["q2"] == scores["q3"] == scores["q4"] == nothing  # none is dropped


def test_bootstrap() -> None:
    figure = bootstrap([1.0] * 50 + [0.0] * 50)
    assert (figure.mean, figure.n) == (0.5, 100)
    assert figure.low == pytest.approx(0.40, abs=0.02)
    assert figure.high == pytest.approx(0.60, abs=0.02)
    assert bootstrap([1.0, 1.0]).low == 1.0
    assert str(bootstrap([0.0, 0.0])) == ".00 [.00 .00]"


def test_half_of_a_gold_span_makes_a_passage_right() -> None:
    gold = Gold("a", 100, 200)
    assert gold.covered_by("a", 50, 150)
    assert not gold.covered_by("a", 50, 149)
    assert not gold.covered_by("b", 100, 200)


def asked(*pieces: list[Gold], kind: str = "list") -> Question:
    return Question("q", "?", kind, "test", tuple(tuple(piece) for piece in pieces))


def test_first_words_are_cut_at_the_budget() -> None:
    texts = [("a", 10, "one two\nthree"), ("b", 0, "four  five six"), ("a", 90, "seven")]
    assert first_words(texts, 3) == [Stretch("a", 10, 23)]
    assert first_words(texts, 5) == [Stretch("a", 10, 23), Stretch("b", 0, 10)]
    assert len(first_words(texts, 60)) == 3
    assert first_words([("a", 0, " ")], 5) == []


def test_recall_counts_pieces() -> None:
    question = asked([Gold("a", 0, 10), Gold("b", 0, 10)], [Gold("a", 20, 30)])
    assert recall(question, [Stretch("b", 5, 50)]) == 0.5  # an equivalent place will do
    assert recall(question, [Stretch("b", 6, 50)]) == 0.0  # less than half of it
    # Two stretches hold half of a piece together; where they overlap counts once.
    assert recall(question, [Stretch("a", 20, 23), Stretch("a", 27, 29)]) == 0.5
    assert recall(question, [Stretch("a", 20, 23), Stretch("a", 20, 23)]) == 0.0
    assert recall(question, [Stretch("a", 0, 30)]) == 1.0


def test_answer_overlap_by_hand() -> None:
    question = asked([Gold("a", 0, 10), Gold("b", 0, 100)], [Gold("a", 20, 30)])
    # gold of "a": 20 characters; answer 5..25: 20 characters, of which 5 + 5 are gold
    assert answer_overlap(question, Stretch("a", 5, 25)) == pytest.approx((0.5, 0.5, 10 / 30))
    assert answer_overlap(question, Stretch("b", 50, 150)) == pytest.approx((0.5, 0.5, 50 / 150))
    assert answer_overlap(question, Stretch("c", 0, 10)) == (0.0, 0.0, 0.0)
    overlapping = asked([Gold("a", 0, 10)], [Gold("a", 5, 15)])
    assert answer_overlap(overlapping, Stretch("a", 0, 15)) == (1.0, 1.0, 1.0)
    # Of equivalent places in one document, the one that is shown counts.
    twice = asked([Gold("a", 0, 10), Gold("a", 50, 60)])
    assert answer_overlap(twice, Stretch("a", 50, 60)) == (1.0, 1.0, 1.0)


def test_an_evaluation_by_hand(corpus: Corpus, tmp_path: Path) -> None:
    pears = "Pears are picked in September by the school."
    corpus.add_documents([Document("a", "Apples grow on the hill."), Document("b", pears)])
    place = {"doc_id": "b", "start": 0, "end": len(pears)}
    rows = [
        {"id": "1", "question": "When are pears picked?", "kind": "list", "evidence": [[place]]},
        {
            "id": "2",
            "question": "Do apples grow on a hill?",
            "kind": "comparison",
            "evidence": [[place]],
        },
        {"id": "3", "question": "Who won the 1966 cup?", "kind": "far", "evidence": []},
    ]
    file = tmp_path / "q.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    result = evaluate(corpus, question_file(file))
    overall = {name: figure.mean for name, figure in result.rows[0].figures.items()}
    assert 0 < overall.pop("Brier") < 0.5  # it hangs on fitted coefficients
    assert overall.pop("AUROC far") == 1.0
    assert overall.pop("risk@65%") == 0.5
    assert overall.pop("AURC") == pytest.approx(5 / 9)
    assert overall == {
        "hit@1": 0.5,
        "hit@3": 1.0,
        "hit@5": 1.0,
        "MRR@10": 0.75,
        "nDCG@10": pytest.approx((1 + 0.63093) / 2, abs=1e-4),
        "excerpt hit@1": 0.5,
        "excerpt hit@3": 1.0,
        "evidence recall@60": 1.0,
        "evidence recall@150": 1.0,
        "span precision": 0.5,
        "span recall": 0.5,
        "span IoU": 0.5,
        "list recall": 1.0,
        "list complete": 1.0,
        "both sides": 1.0,
        "false refusal": 0.0,
        "false answer": 0.0,
    }
    assert [row.name for row in result.rows] == ["full", "list", "comparison", "far"]
    two = variants(["dense", "bm25"])
    both = evaluate(corpus, question_file(file), settings=two, silent=["bm25"])
    assert [(row.name, row.n) for row in both.rows] == [("dense", 3), ("bm25", 3)]
    assert "excerpt hit@1" in both.rows[0].figures
    assert "excerpt hit@1" not in both.rows[1].figures
    save(result, tmp_path / "saved.json")
    saved = read_outcomes(tmp_path / "saved.json")
    assert tuple(saved) == result.outcomes
    assert [o.detail["status"] for o in saved] == ["answered", "answered", "not_found"]
    assert [o.cluster for o in saved] == ["b:0", "b:0", "3"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "line 1"),
        ('{"id": 1}', "line 1"),
        (
            '{"id": "1", "question": "q", "evidence": [[{"doc_id": "a", "start": 3, "end": 3}]]}',
            "empty",
        ),
        (
            '{"id": "1", "question": "q", "evidence": [[{"doc_id": "z", "start": 0, "end": 3}]]}',
            "hasn't",
        ),
        (
            '{"id": "1", "question": "q", "evidence": [[{"doc_id": "a", "start": 0, "end": 99}]]}',
            "99",
        ),
        ("", "no questions"),
    ],
)
def test_a_wrong_file_says_where(
    corpus: Corpus, tmp_path: Path, content: str, message: str
) -> None:
    corpus.add_documents([Document("a", "Apples grow.")])
    (tmp_path / "q.jsonl").write_text(content)
    with pytest.raises(InputError, match=message):
        evaluate(corpus, question_file(tmp_path / "q.jsonl"))


def test_the_sample_questions_keep_their_promises(seeds_corpus: Corpus) -> None:
    questions = read_questions(SAMPLE)
    answerable = [q for q in questions if q.evidence]
    near = [q for q in questions if q.kind == "near"]
    unanswerable = len(questions) - len(answerable)
    assert len(answerable) >= 100
    assert unanswerable >= 60
    assert len(near) >= 2 * unanswerable / 3
    assert min(Counter(q.kind for q in answerable).values()) >= 8
    assert len({q.id for q in questions}) == len({q.text for q in questions}) == len(questions)
    assert mean_overlap(answerable, seeds_corpus) <= 0.40
    texts = {d.doc_id: seeds_corpus.document(d.doc_id).text for d in seeds_corpus.documents()}
    split: dict[tuple[str, int], str] = {}
    for question in answerable:
        assert question.split in ("dev", "test")
        for gold in (g for piece in question.evidence for g in piece):
            quote = texts[gold.doc_id][gold.start : gold.end]
            assert quote == quote.strip() != ""
            # No gold span serves both halves.
            assert split.setdefault((gold.doc_id, gold.start), question.split) == question.split


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"history": "Where?"}, "the history is no list of questions"),
        ({"history": [1]}, "the history is no list of questions"),
        ({"evidence": [[]]}, "a piece of evidence has no place"),
    ],
)
def test_a_row_of_another_form_is_told(
    tmp_path: Path, fields: dict[str, object], told: str
) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(json.dumps({"id": "1", "question": "What?", "evidence": []} | fields))
    with pytest.raises(InputError, match=told):
        read_questions(file)


def test_a_question_of_a_part_that_is_not_there_is_named(corpus: Corpus) -> None:
    corpus.add_documents([Document("a", "A lamp.")])
    question = Question("q7", "Which lamp?", "", "dev", (), where=Where(documents=("b",)))
    with pytest.raises(InputError, match=r"Question q7 asks what isn't there: No document .* 'b'"):
        check_questions([question], corpus)


def test_runs_of_one_second_are_all_kept(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "runs")
    names = [runs.keep(Evaluation("half \ud800", (), (), ()), "x") for _ in range(4)]
    assert len(set(names)) == 4
    assert {run.name for run in runs.kept()} == set(names)
    assert json.loads(runs.file(names[0]).read_text("utf-8"))["source"] == "half \ud800"
    assert len(list(runs.folder.iterdir())) == 4
