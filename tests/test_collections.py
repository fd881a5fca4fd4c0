"""Sets of questions in the layouts they are published in, and labelled rows."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qa import Corpus, Document, InputError
from qa.evaluation.collections import (
    Collection,
    digest,
    half,
    read_beir,
    read_spans,
    read_squad,
    reader_for,
    sampled,
)
from qa.evaluation.labels import evaluate_agreement, evaluate_voices
from qa.evaluation.sources import evaluate_path
from qa.questions import Gold, Question
from tests.conftest import SEEDS
from tests.stub import BagOfWords

Folder = Callable[..., Path]


def lines(*rows: dict[str, object]) -> str:
    return "\n".join(json.dumps(row) for row in rows)


def measured(path: Path, **options) -> dict[str, float]:
    def none() -> Corpus:
        raise AssertionError("needs no corpus of ours")

    result = evaluate_path(path, none, model=BagOfWords(), **options)
    return {name: figure.mean for name, figure in result.rows[0].figures.items()}


def test_halves_and_samples_go_by_the_hash() -> None:
    assert [half(name) for name in ("a", "b", "c", "d")] == [
        "dev" if digest(name) % 2 == 0 else "test" for name in ("a", "b", "c", "d")
    ]
    assert half("a") == "test"  # SHA-256 of "a" ends in …bb
    questions = [Question(str(n), "?", "", "", ()) for n in range(20)]
    chosen = sampled(questions, 5)
    assert [q.id for q in chosen] == sorted(
        sorted((q.id for q in questions), key=digest)[:5], key=int
    )
    assert sampled(questions[::-1], 5) == chosen[::-1]
    assert sampled(questions, None) == questions
    assert {q.id for q in sampled(questions, 4)} < {q.id for q in chosen}


@pytest.fixture
def beir(folder: Folder) -> Path:
    return folder(
        "beir",
        {
            "corpus.jsonl": lines(
                {"_id": "1", "title": "Pears", "text": "Pears ripen in the dark cellar."},
                {"_id": "2", "title": "", "text": "A steam engine pulls coal wagons."},
                {"_id": "3", "title": "", "text": ""},
            ),
            "queries.jsonl": lines(
                {"_id": "q", "text": "steam engine"},
                {"_id": "b", "text": "pears"},
                {"_id": "unjudged", "text": "x"},
            ),
            "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\t2\t2\nq\t1\t0\nb\t1\t1\nb\t3\t1\n",
        },
    )


def test_a_beir_folder(beir: Path) -> None:
    assert reader_for(beir) is read_beir
    read = read_beir(beir, "all")
    assert [(q.id, q.grades) for q in read.questions] == [("q", {"2": 2}), ("b", {"1": 1, "3": 1})]
    assert [d.doc_id for d in read.documents or ()] == ["1", "2"]
    figures = measured(beir)
    assert (figures["hit@1"], figures["MRR@10"]) == (1.0, 1.0)
    # "b" has two relevant documents; the one without words can't be found: 1 / (1 + 1/log2(3))
    assert figures["nDCG@10"] == pytest.approx((1 + 0.613147) / 2, abs=1e-5)
    assert set(figures) == {"hit@1", "hit@3", "hit@5", "MRR@10", "nDCG@10"}


def test_one_file_of_qrels_is_cut_in_halves(beir: Path) -> None:
    for split in ("dev", "test"):
        read = read_beir(beir, split)
        assert [q.id for q in read.questions] == [q for q in ("q", "b") if half(q) == split]
        assert any("SHA-256" in note for note in read.notes)
    with pytest.raises(InputError, match=r"train\.tsv"):
        read_beir(beir, "train")
    (beir / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nb\t1\t1\n")
    assert [q.id for q in read_beir(beir, "dev").questions] == ["b"]
    assert [q.id for q in read_beir(beir, "test").questions] == ["q", "b"]
    (beir / "qrels" / "dev.tsv").write_text("query\n1\n")
    with pytest.raises(InputError, match="BEIR"):
        read_beir(beir, "dev")


def test_a_folder_of_spans(folder: Folder) -> None:
    text = "Pears ripen in the cellar. Apples grow on the hill.\n"
    references = [{"content": "Apples grow on the hill.", "start_index": 27, "end_index": 51}]
    quoted = json.dumps(references).replace('"', '""')
    path = folder(
        "spans",
        {
            "corpora/fruit.md": text,
            "questions_df.csv": "question,references,corpus_id\n"
            f'Where do apples grow?,"{quoted}",fruit\n',
        },
    )
    assert reader_for(path) is read_spans
    (question,) = read_spans(path, "all").questions
    assert question.evidence == ((Gold("fruit.md", 27, 51),),)
    assert question.split == half("Where do apples grow?")
    figures = measured(path)
    assert (figures["span IoU"], figures["evidence recall@60"], figures["hit@1"]) == (1, 1, 1)
    assert read_spans(path, question.split).questions == (question,)
    (path / "corpora" / "fruit.md").write_text("P" + text)
    with pytest.raises(InputError, match="other words"):
        read_spans(path, "all")


def squad(*qas: dict[str, object]) -> str:
    paragraph = {"context": "The cup was won in 1966. In 1966 it rained, not 19660.", "qas": qas}
    return json.dumps({"data": [{"title": "The_Cup", "paragraphs": [paragraph]}]})


def test_a_squad_file(folder: Folder) -> None:
    year = {"text": "1966", "answer_start": 19}
    path = (
        folder(
            "squad",
            {
                "s.json": squad(
                    {"id": "1", "question": "When was the cup won?", "answers": [year, year]},
                    {"id": "2", "question": "Who won?", "answers": [], "is_impossible": True},
                )
            },
        )
        / "s.json"
    )
    assert reader_for(path) is read_squad
    read = read_squad(path, "all")
    assert [d.doc_id for d in read.documents or ()] == ["The Cup 0"]
    assert read.questions[0].evidence == ((Gold("The Cup 0", 19, 23), Gold("The Cup 0", 28, 32)),)
    assert [(q.kind, q.evidence == ()) for q in read.questions] == [
        ("phrase", False),
        ("near", True),
    ]
    figures = measured(path)
    assert (figures["hit@1"], figures["excerpt hit@1"]) == (1.0, 1.0)
    assert "false answer" in figures
    other = "test" if half("The Cup") == "dev" else "dev"
    with pytest.raises(InputError, match="no questions"):
        measured(path, split=other)
    path.write_text("[]")
    with pytest.raises(InputError, match="SQuAD"):
        read_squad(path, "all")


def test_a_sample(beir: Path) -> None:
    result = evaluate_path(beir, lambda: None, sample=1, model=BagOfWords())
    assert [o.id for o in result.outcomes] == [min(("q", "b"), key=digest)]
    assert any("A sample of 1 of 2" in note for note in result.notes)


def test_voices_by_hand(corpus: Corpus) -> None:
    text = "“We are very proud of the staff,” said Jane Doe. The shop closed in May."
    corpus.add_documents([Document("a.txt", text)])
    rows = [
        {"doc_id": "a.txt", "start": 0, "end": 33, "kind": "quotation", "speaker": "Jane Doe"},
        {"doc_id": "a.txt", "start": 0, "end": 33, "kind": "quotation", "speaker": "John Roe"},
        {"doc_id": "a.txt", "start": 49, "end": 72, "kind": "article", "speaker": None},
        {"doc_id": "a.txt", "start": 49, "end": 72, "kind": "quotation", "speaker": "uncertain"},
    ]
    figures = evaluate_voices("v", rows, corpus).rows[0].figures
    assert {name: (f.mean, f.n) for name, f in figures.items()} == {
        "kind accuracy": (0.75, 4),
        "speaker accuracy": (0.5, 2),
        "misattributed": (0.25, 4),
    }
    with pytest.raises(InputError, match="row 1"):
        evaluate_voices("v", [{"doc_id": "a.txt"}], corpus)


def test_agreement_by_hand() -> None:
    def side(text: str) -> dict[str, str]:
        return {"text": text, "published": "2019-05-01", "about": ""}

    a, b = side("The tender is worth £280m."), side("The tender is worth £3.6bn.")
    asked = {"question": "How much is the tender worth?", "a": a}
    rows = [
        {"id": "t.1", "b": b, "label": "differ", **asked},
        {"id": "t.2", "b": b, "label": "other", **asked},
        {"id": "t.3", "b": side("It rained on Monday."), "label": "differ", **asked},
    ]
    result = evaluate_agreement("p", rows)
    figures = {name: (f.mean, f.n) for name, f in result.rows[0].figures.items()}
    assert figures == {"differ precision": (0.5, 2), "differ recall": (0.5, 2)}
    assert {o.cluster for o in result.outcomes} == {"t"}
    with pytest.raises(InputError, match="row 1"):
        evaluate_agreement("p", [{"id": "t.1"}])


def test_rows_are_recognised_by_their_form(seeds_corpus: Corpus) -> None:
    evaluation = SEEDS.parent / "evaluation"

    class Borrowed:
        def __enter__(self) -> Corpus:
            return seeds_corpus

        def __exit__(self, *error: object) -> None: ...

    voices = evaluate_path(evaluation / "voices.jsonl", Borrowed, split="dev")
    assert voices.rows[0].figures["misattributed"].mean <= 0.01
    assert voices.rows[0].figures["kind accuracy"].mean >= 0.9
    pairs = evaluate_path(evaluation / "agreement.jsonl", Borrowed, split="dev")
    assert pairs.rows[0].figures["differ precision"].mean >= 0.9
    some = evaluate_path(evaluation / "seeds.jsonl", Borrowed, split="dev", sample=3)
    assert some.rows[0].n == 3


def test_a_collection_of_nothing(corpus: Corpus) -> None:
    from qa.evaluation.asking import evaluate

    with pytest.raises(InputError, match="no questions"):
        evaluate(corpus, Collection("x", (), None, ()))
