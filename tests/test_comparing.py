"""Paired differences, risk and coverage, ablation: beside values worked out by hand."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa import Corpus, Document, InputError
from qa.evaluation.asking import evaluate, variants
from qa.evaluation.comparing import compare, compare_runs
from qa.evaluation.intervals import paired, sign_test
from qa.evaluation.results import Evaluation, Outcome, save
from qa.evaluation.risk import aurc, auroc, curve, risk_at, risk_coverage, risk_figures
from qa.evaluation.sources import question_file
from qa.settings import DEFAULTS, SIGNALS


def outcome(
    id_: str, kind: str = "fact", cluster: str = "c", variant: str = "full", **scores
) -> Outcome:
    return Outcome(id_, f"{id_}?", kind, "test", variant, cluster, scores, None, {})


def test_the_paired_test_on_known_data() -> None:
    # Four clusters, each better by 1: of 16 flips 2 are as extreme.
    same = paired([0, 0, 0, 0], [1, 1, 1, 1], ["a", "b", "c", "d"])
    assert same == (1.0, 1.0, 1.0, 2 / 16)
    # The same four questions on one passage are one observation.
    assert paired([0, 0, 0, 0], [1, 1, 1, 1], ["a"] * 4) == (1.0, 1.0, 1.0, 1.0)
    assert paired([1, 0], [1, 0], ["a", "b"]) == (0.0, 0.0, 0.0, 1.0)
    # Totals 2, -1, 1: of the 8 sums of ±2 ±1 ±1, six lie at 2 or beyond, either way.
    assert paired([0, 0, 1, 0], [1, 1, 0, 1], ["a", "a", "b", "c"]).p == 6 / 8
    assert paired([0, 0, 1, 0], [1, 1, 0, 1], ["a", "a", "b", "c"]).difference == 0.5
    many = paired([0.0] * 40, [1.0] * 40, [str(n) for n in range(40)])
    assert many.p == pytest.approx(1 / 10_000)
    rng = np.random.default_rng(1)
    noise = rng.normal(size=400)
    found = paired([0.0] * 400, noise.tolist(), [str(n) for n in range(400)])
    half_width = 1.96 * noise.std() / 20
    assert found.low == pytest.approx(noise.mean() - half_width, abs=0.02)
    assert found.high == pytest.approx(noise.mean() + half_width, abs=0.02)
    alike = paired([0.0] * 400, noise.repeat(2)[:400].tolist(), [str(n // 2) for n in range(400)])
    assert alike.high - alike.low > 1.25 * (found.high - found.low)  # pairs aren't independent


def test_sign_test() -> None:
    assert sign_test([1, 1, 1, 1, 1]) == 2 / 32
    assert sign_test([1, -1, 0]) == 1.0
    assert sign_test([0]) == 1.0
    assert sign_test([1, 1, 1, -1]) == 2 * 5 / 16


def test_risk_and_coverage_by_hand() -> None:
    confidence, wrong = np.array([0.9, 0.8, 0.7, 0.6]), np.array([0.0, 1.0, 0.0, 1.0])
    coverage, risk = risk_coverage(confidence, wrong)
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert aurc(confidence, wrong) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert risk_at(confidence, wrong) == pytest.approx(1 / 3)  # .65 of 4 takes three
    assert risk_at(confidence, wrong, 0.5) == pytest.approx(1 / 2)
    # Equals come in no order.
    assert risk_coverage(np.ones(4), wrong)[1] == pytest.approx([0.5] * 4)
    assert risk_coverage(np.ones(4), wrong[::-1])[1] == pytest.approx([0.5] * 4)


def test_auroc_by_hand() -> None:
    assert auroc(np.array([0.9, 0.5]), np.array([0.5, 0.1])) == 3.5 / 4
    assert auroc(np.array([1.0]), np.array([0.0])) == 1.0
    assert auroc(np.array([0.5]), np.array([0.5])) == 0.5


def test_risk_figures() -> None:
    outcomes = [
        Outcome("1", "?", "fact", "", "full", "", {"excerpt hit@1": 1.0}, 0.9, {}),
        Outcome("2", "?", "fact", "", "full", "", {"excerpt hit@1": 0.0}, 0.4, {}),
        Outcome("3", "?", "near", "", "full", "", {"false answer": 1.0}, 0.6, {}),
        Outcome("4", "?", "far", "", "full", "", {"false answer": 0.0}, 0.1, {}),
        Outcome("5", "?", "fact", "", "full", "", {"excerpt hit@1": 1.0}, None, {}),
    ]
    figures = {name: figure.mean for name, figure in risk_figures(outcomes).items()}
    assert figures == {
        "AURC": pytest.approx((0 + 1 / 2 + 2 / 3 + 3 / 4) / 4),
        "risk@65%": pytest.approx(2 / 3),
        "AUROC near": 0.5,
        "AUROC far": 1.0,
        "Brier": pytest.approx((0.1**2 + 0.4**2 + 0.6**2 + 0.1**2) / 4),
    }
    assert curve(outcomes) == ([0.25, 0.5, 0.75, 1.0], pytest.approx([0, 1 / 2, 2 / 3, 3 / 4]))
    assert risk_figures(outcomes[4:]) == {}
    assert curve([]) == ([], [])


def test_compare_takes_what_both_have() -> None:
    a = [outcome("1", cluster="x", hit=0.0), outcome("2", cluster="y", hit=1.0, other=1.0)]
    b = [
        outcome("2", cluster="y", hit=1.0),
        outcome("1", cluster="x", hit=1.0),
        outcome("3", hit=0),
    ]
    (found,) = compare(a, b, "a", "b")
    assert (found.metric, found.n, found.clusters) == ("hit", 2, 2)
    assert (found.mean_a, found.mean_b, found.difference, found.p) == (0.5, 1.0, 0.5, 1.0)
    assert str(found) == "+.50 [.00 +1.00]"


def test_two_saved_runs(tmp_path: Path) -> None:
    before = [outcome("1", hit=0.0), outcome("2", hit=1.0)]
    after = [replace(o, scores={"hit": 1.0}, variant="words") for o in before]
    files = []
    for name, outcomes in (("a", before), ("b", after), ("c", [outcome("9", hit=1.0)])):
        files.append(tmp_path / f"{name}.json")
        save(Evaluation("x", (), (), tuple(outcomes)), files[-1])
    (found,) = compare_runs(files[0], files[1]).differences
    assert (found.a, found.b, found.difference) == ("a: full", "b: words", 0.5)
    with pytest.raises(InputError, match="in common"):
        compare_runs(files[0], files[2])
    with pytest.raises(InputError, match="cannot be read"):
        compare_runs(files[0], tmp_path / "none.json")
    (tmp_path / "old.json").write_text(json.dumps({"outcomes": [{"id": "1"}]}))
    with pytest.raises(InputError, match="--save"):
        compare_runs(files[0], tmp_path / "old.json")


def test_without_a_signal_it_counts_nothing(seeds_corpus: Corpus) -> None:
    question = "Who wrote to Sonia Crozier in May 2019?"
    full = seeds_corpus.search(question)
    for name in SIGNALS:
        settings = replace(DEFAULTS, without=frozenset({name}))
        hits = seeds_corpus.search(question, settings=settings)
        assert [(h.passage.id, h.score) for h in hits] != [(h.passage.id, h.score) for h in full]
        assert all(hit.signals.get(name, 0.0) == 0.0 for hit in hits), name
    first = seeds_corpus.search(question, settings=replace(DEFAULTS, ranking="first"))
    unpointed = seeds_corpus.search(
        question, settings=replace(DEFAULTS, without=frozenset({"answer"}))
    )
    assert [h.score for h in first] == [h.score for h in unpointed]


def test_candidates_come_from_the_other_signal(corpus: Corpus) -> None:
    corpus.add_documents([Document("a", "Apples grow."), Document("b", "Pears ripen slowly.")])

    def found(*without: str) -> list[str]:
        settings = replace(DEFAULTS, without=frozenset(without))
        return [h.passage.doc_id for h in corpus.search("Do pears ripen?", settings=settings)]

    assert found() == found("bm25") == ["b", "a"]
    assert found("dense") == ["b"]  # BM25 proposes what shares a word
    assert found("dense", "bm25") == []


def test_labels_are_what_is_said_of_a_passage(corpus: Corpus) -> None:
    corpus.add_documents(
        [
            Document("a", "It opened in June.", title="Harbour museum"),
            Document("b", "It opened in May.", title="Town library"),
        ]
    )

    def signals(*without: str) -> list[float]:
        settings = replace(DEFAULTS, without=frozenset(without))
        hits = corpus.search("harbour museum", settings=settings)
        return [round(h.signals["words"], 3) for h in sorted(hits, key=lambda h: h.passage.doc_id)]

    with_labels, bare = signals(), signals("labels")
    assert with_labels[0] > 0.9 > bare[0]
    assert bare[0] == bare[1]


def test_ablation_compares_with_the_full_ranking(corpus: Corpus, tmp_path: Path) -> None:
    corpus.add_documents([Document("a", "Apples grow."), Document("b", "Pears ripen slowly.")])
    place = {"doc_id": "b", "start": 0, "end": 19}
    row = {"id": "1", "question": "Do pears ripen?", "kind": "fact", "evidence": [[place]]}
    (tmp_path / "q.jsonl").write_text(json.dumps(row))
    settings = variants(["full"], ablate=True)
    assert list(settings) == ["full", *(f"without {name}" for name in SIGNALS)]
    result = evaluate(corpus, question_file(tmp_path / "q.jsonl"), settings=settings)
    assert {d.a for d in result.differences} == {"full"}
    assert {d.b for d in result.differences} == set(settings) - {"full"}
    assert {d.difference for d in result.differences if d.metric == "hit@1"} == {0.0}
