"""Fit the coefficients that point at answering sentences, and write them with their provenance.

python -m benchmarks.fit [--squad FILE] [--write]

Questions: the development half of evaluation/seeds.jsonl; with --squad, also SQuAD 1.1 paragraphs
of half of the articles, at a small weight. Prints what cross-validation by evidence gives.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from qa import Corpus
from qa.pointing import FEATURES, describe
from qa.questions import read_questions
from qa.settings import DEFAULTS
from qa.types import Document

ROOT = Path(__file__).parent.parent
OUT = ROOT / "qa" / "fitted" / "pointing.json"
DEPTH = 20  # passages a question, more than are looked at later: their sentences teach too
L2, SQUAD_WEIGHT, SQUAD_QUESTIONS, SQUAD_PARAGRAPHS = 3.0, 0.1, 200, 700
FOLDS, ROUNDS = 5, 3


@dataclass(frozen=True)
class Example:
    """A question's sentences: features (s, f), which are right, whose passage is, and which."""

    group: str
    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    passage_right: NDArray[np.bool_]
    passage: NDArray[np.int64]
    weight: float


Judge = Callable[[str, int, int], bool]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        seeds = seeds_examples(Path(scratch, "seeds"))
        squad = squad_examples(arguments.squad, Path(scratch, "squad")) if arguments.squad else []
    means = np.concatenate([e.features for e in seeds]).mean(axis=0)
    deviations = np.concatenate([e.features for e in seeds]).std(axis=0) + 1e-9
    print(f"{len(seeds)} questions of dev, {len(squad)} of SQuAD")
    figures = cross_validate(seeds, squad, means, deviations)
    print(
        "cross-validated: passage@1 {:.3f} @3 {:.3f}  sentence@1 {:.3f} @3 {:.3f}".format(*figures)
    )
    theta = fit([*seeds, *squad], means, deviations)
    for name, value in zip(FEATURES, theta, strict=True):
        print(f"{value:+.3f}  {name}")
    if arguments.write:
        rows = zip(FEATURES, theta, means, deviations, strict=True)
        content = {
            "made_by": "python -m benchmarks.fit --squad FILE --write",
            "questions": {"evaluation/seeds.jsonl, dev": len(seeds), "SQuAD 1.1": len(squad)},
            "l2": L2,
            "squad_weight": SQUAD_WEIGHT,
            "cross_validated": dict(
                zip(
                    ("passage@1", "passage@3", "sentence@1", "sentence@3"),
                    [round(float(f), 4) for f in figures],
                    strict=True,
                )
            ),
            "features": {
                name: {
                    "coefficient": round(float(c), 5),
                    "mean": round(float(m), 5),
                    "deviation": round(float(d), 5),
                }
                for name, c, m, d in rows
            },
        }
        OUT.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
        print(f"written to {OUT}")


def seeds_examples(scratch: Path) -> list[Example]:
    questions = read_questions(ROOT / "evaluation" / "seeds.jsonl")
    with Corpus.create(scratch) as corpus:
        corpus.add(ROOT / "seeds")
        return [
            example
            for q in questions
            if q.split == "dev" and q.evidence
            for gold in [q.evidence[0][0]]
            for example in [
                make(corpus, q.text, q.is_right, f"{gold.doc_id} {gold.start // 1200}", 1.0)
            ]
            if example
        ]


def squad_examples(file: Path, scratch: Path) -> list[Example]:
    documents, asked = [], []
    for article in json.loads(file.read_text("utf-8"))["data"]:
        title = article["title"].replace("_", " ")
        for n, paragraph in enumerate(article["paragraphs"]):
            if len(documents) == SQUAD_PARAGRAPHS:
                break
            doc_id = f"{title} {n}"
            documents.append(Document(doc_id, paragraph["context"], title=title))
            if digest(title) % 2 == 0:
                for q in paragraph["qas"]:
                    start = q["answers"][0]["answer_start"]
                    end = start + len(q["answers"][0]["text"])
                    asked.append((q["id"], q["question"], doc_id, start, end))
    asked.sort(key=lambda row: digest(row[0]))
    found = []
    with Corpus.create(scratch) as corpus:
        corpus.add_documents(documents)
        for _, question, doc_id, start, end in asked[:SQUAD_QUESTIONS]:

            def judge(
                d: str, a: int, b: int, doc_id: str = doc_id, start: int = start, end: int = end
            ) -> bool:
                return d == doc_id and a <= start and end <= b

            found.append(make(corpus, question, judge, doc_id, SQUAD_WEIGHT))
    return [example for example in found if example]


def make(
    corpus: Corpus, question: str, is_right: Judge, group: str, weight: float
) -> Example | None:
    with corpus._reading() as at:
        query = at.prepare(question)
        hits = at.scored(query, DEPTH, DEFAULTS)
    owners, numbers, features = describe(query, hits, at.state.weight)
    if not owners:
        return None
    passages = [hits[owner][1] for owner in owners]
    spans = [p.sentences[number] for p, number in zip(passages, numbers, strict=True)]
    return Example(
        group,
        features,
        np.array([is_right(p.doc_id, *s) for p, s in zip(passages, spans, strict=True)]),
        np.array([is_right(p.doc_id, p.start, p.end) for p in passages]),
        np.array(owners),
        weight,
    )


def fit(
    examples: Sequence[Example], means: NDArray[np.float64], deviations: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the coefficients of least listwise loss; half of it looks at passages only."""
    data = [((e.features - means) / deviations, e) for e in examples]

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, gradient = 0.5 * L2 * float(theta @ theta), L2 * theta
        for features, example in data:
            logits = features @ theta
            share = np.exp(logits - logits.max())
            share /= share.sum()
            for right in (example.right, example.passage_right):
                if not right.any() or right.all():
                    continue
                on_right = share[right].sum() + 1e-12
                total -= 0.5 * example.weight * np.log(on_right)
                wanted = np.where(right, share, 0) / on_right
                gradient = gradient - 0.5 * example.weight * (features.T @ (wanted - share))
        return total, gradient

    start = np.zeros(len(means))
    found: NDArray[np.float64] = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return found


def cross_validate(
    seeds: Sequence[Example],
    squad: Sequence[Example],
    means: NDArray[np.float64],
    deviations: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return hit@1 and @3 of passages and of sentences, over questions left out by evidence."""
    outcomes = []
    for round_ in range(ROUNDS):
        folds = [digest(f"{round_} {example.group}") % FOLDS for example in seeds]
        for fold in range(FOLDS):
            kept = [e for e, f in zip(seeds, folds, strict=True) if f != fold]
            theta = fit([*kept, *squad], means, deviations)
            for example, f in zip(seeds, folds, strict=True):
                if f == fold:
                    outcomes.append(judge(example, (example.features - means) / deviations @ theta))
    return np.array(outcomes, float).mean(axis=0)


def judge(example: Example, scores: NDArray[np.float64]) -> tuple[bool, bool, bool, bool]:
    """Return whether the passage, and the best sentence of each, is right first and in three."""
    order = np.argsort(-scores, kind="stable")
    first = {int(example.passage[n]): int(n) for n in order[::-1]}  # best sentence by passage
    best = sorted(first.values(), key=lambda n: -scores[n])[:3]
    passages = [bool(example.passage_right[n]) for n in best]
    sentences = [bool(example.right[n]) for n in best]
    return passages[0], any(passages), sentences[0], any(sentences)


def digest(text: str) -> int:
    return int(sha256(text.encode()).hexdigest(), 16)


if __name__ == "__main__":
    main()
