"""Figures beside values worked out by hand, and the sample questions' own promises."""

import json
from collections import Counter
from pathlib import Path

import pytest

from qa import Corpus, Document, InputError
from qa.beir import evaluate_beir
from qa.evaluation import bootstrap, evaluate, retrieval_scores, save
from qa.questions import Gold, mean_overlap, read_questions
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


def test_an_evaluation_by_hand(corpus: Corpus, tmp_path: Path) -> None:
    pears = "Pears are picked in September by the school."
    corpus.add_documents([Document("a", "Apples grow on the hill."), Document("b", pears)])
    place = {"doc_id": "b", "start": 0, "end": len(pears)}
    rows = [
        {"id": "1", "question": "When are pears picked?", "kind": "date", "evidence": [[place]]},
        {"id": "2", "question": "Do apples grow on a hill?", "kind": "x", "evidence": [[place]]},
        {"id": "3", "question": "Who won the 1966 cup?", "kind": "far", "evidence": []},
    ]
    file = tmp_path / "q.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    result = evaluate(corpus, file)
    overall = {name: figure.mean for name, figure in result.rows[0].figures.items()}
    assert overall == {
        "hit@1": 0.5,
        "hit@3": 1.0,
        "hit@5": 1.0,
        "MRR@10": 0.75,
        "nDCG@10": pytest.approx((1 + 0.63093) / 2, abs=1e-4),
        "sentence hit@1": 0.5,
        "sentence hit@3": 1.0,
        "false refusal": 0.0,
        "false answer": 0.0,
    }
    assert [row.name for row in result.rows] == ["full", "date", "x", "far"]
    both = evaluate(corpus, file, rankings=["dense", "bm25"])
    assert [(row.name, row.n) for row in both.rows] == [("dense", 3), ("bm25", 3)]
    save(result, tmp_path / "saved.json")
    saved = json.loads((tmp_path / "saved.json").read_text())
    assert [o["status"] for o in saved["outcomes"]] == ["answered", "answered", "not_found"]


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
        evaluate(corpus, tmp_path / "q.jsonl")


def test_a_beir_folder(tmp_path: Path) -> None:
    def lines(name: str, rows: list[dict[str, str]]) -> None:
        (tmp_path / name).write_text("\n".join(json.dumps(row) for row in rows))

    lines(
        "corpus.jsonl",
        [
            {"_id": "1", "title": "Pears", "text": "Pears ripen in the dark cellar."},
            {"_id": "2", "title": "", "text": "A steam engine pulls coal wagons."},
            {"_id": "3", "title": "", "text": ""},
        ],
    )
    lines("queries.jsonl", [{"_id": "q", "text": "steam engine"}, {"_id": "unjudged", "text": "x"}])
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\t2\t2\nq\t1\t0\n")
    (row,) = evaluate_beir(tmp_path, split="test").rows
    assert (row.n, row.figures["nDCG@10"].mean, row.figures["hit@1"].mean) == (1, 1.0, 1.0)
    with pytest.raises(InputError, match=r"dev\.tsv"):
        evaluate_beir(tmp_path, split="dev")


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
