"""Compare ways of ranking the seeds' passages for the sample questions of one split.

    python -m benchmarks.fusion [--split dev]

Prints, for what is encoded and indexed (the passage alone, or under title and section) and for how
dense and BM25 scores are combined, how often a right passage comes first, among the first three
and five, and the mean reciprocal rank.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.transformer import TransformerEncoder
from qa import Corpus
from qa.folding import words
from qa.lexical import LexicalIndex
from qa.questions import Question, read_questions
from qa.types import Passage

ROOT = Path(__file__).parent.parent
Scores = NDArray[np.float64]  # (questions, passages)


def min_max(scores: Scores) -> Scores:
    low, high = scores.min(1, keepdims=True), scores.max(1, keepdims=True)
    return (scores - low) / np.maximum(high - low, 1e-9)


def z_scores(scores: Scores) -> Scores:
    return (scores - scores.mean(1, keepdims=True)) / np.maximum(scores.std(1, keepdims=True), 1e-9)


def reciprocal_rank(scores: Scores, k: int) -> Scores:
    ranks = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1, kind="stable") + 1
    return 1 / (k + ranks)


def bm25(questions: list[Question], texts: list[str], *, stop_words: bool = False) -> Scores:
    index = LexicalIndex(enumerate(texts))
    scores = np.zeros((len(questions), len(texts)))
    for row, question in enumerate(questions):
        found = words(question.text)
        terms = [w.term for w in found if w.is_content or stop_words]
        for number, score in index.search(list(dict.fromkeys(terms)), len(texts)).items():
            scores[row, number] = score
    return scores


def under_title(passage: Passage) -> str:
    return "\n".join(filter(None, (passage.title, passage.section, passage.text)))


def variants(
    questions: list[Question], passages: tuple[Passage, ...]
) -> Iterator[tuple[str, Scores]]:
    encoder = TransformerEncoder()
    asked = np.stack([encoder.encode_question(q.text).pooled for q in questions])
    texts = {
        "passage": [p.text for p in passages],
        "title, section, passage": [under_title(p) for p in passages],
    }
    dense = {
        k: asked @ np.stack([e.pooled for e in encoder.encode_passages(t)]).T.astype(float)
        for k, t in texts.items()
    }
    same = {k: bm25(questions, t) for k, t in texts.items()}
    for name in texts:
        yield f"dense · {name}", dense[name]
        yield f"BM25 · {name}", same[name]
    yield "BM25 with stop words · passage", bm25(questions, texts["passage"], stop_words=True)
    for name in texts:
        for share in (0.3, 0.4, 0.5, 0.6, 0.7):
            fused = share * min_max(dense[name]) + (1 - share) * min_max(same[name])
            yield f"min-max, dense {share} · {name}", fused
        yield f"z-scores, dense 0.5 · {name}", z_scores(dense[name]) + z_scores(same[name])
        for k in (5, 20, 60):
            fused = reciprocal_rank(dense[name], k) + reciprocal_rank(same[name], k)
            yield f"reciprocal rank, k={k} · {name}", fused


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--split", default="dev")
    split = options.parse_args().split
    questions = [
        q
        for q in read_questions(ROOT / "evaluation" / "seeds.jsonl")
        if q.evidence and q.split == split
    ]
    with tempfile.TemporaryDirectory() as folder, Corpus.create(Path(folder, "c")) as corpus:
        corpus.add(ROOT / "seeds")
        passages = corpus.passages()
    right = np.array([[q.is_right(p.doc_id, p.start, p.end) for p in passages] for q in questions])
    print(f"{len(questions)} questions of {split}, {len(passages)} passages")
    print(f"{'':52} hit@1 hit@3 hit@5   MRR")
    for name, scores in variants(questions, passages):
        order = np.argsort(-scores, axis=1, kind="stable")
        found = np.take_along_axis(right, order, 1)
        hits = [found[:, :k].any(1).mean() for k in (1, 3, 5)]
        first = np.where(found.any(1), 1 / (1 + found.argmax(1)), 0.0).mean()
        print(f"{name:52} {hits[0]:.3f} {hits[1]:.3f} {hits[2]:.3f} {first:.3f}")


if __name__ == "__main__":
    main()
