"""How well follow-ups are understood: the last turn alone, with the turns before it, and joined.

    python -m benchmarks.conversations [--data DIR] [--split test] [--keep FOLDER]

Without `--data`, the turns of `evaluation/followups.jsonl` over the seeds: is the right passage
first, the right excerpt, and is it refused? With it, a folder in BEIR's layout with
`conversations.jsonl` (`_id` before "<::>" names the conversation; `history`; `multi_turn`): nDCG,
recall. Conversations are halved by the hash of their name. "Joined" is all questions in a row,
"joined, last two" the last and the one before it. "Leaning" are turns labelled as follow-up or
clarification, "alone" all others. Differences to the last turn alone are paired.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from qa import Corpus
from qa.errors import InputError
from qa.evaluation.asking import evaluate
from qa.evaluation.collections import Collection, half, read_beir
from qa.evaluation.intervals import bootstrap, paired
from qa.questions import Question, read_questions
from qa.settings import MAX_QUESTION, MAX_TURNS

ROOT = Path(__file__).parent.parent
DEPTH = 30  # passages; documents of the set have up to a few
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with those before it."""

    conversation: str
    leans: bool
    question: Question


WAYS: dict[str, Callable[[Question], Question]] = {
    "last turn alone": lambda q: replace(q, history=()),
    "joined, last two": lambda q: _joined(q, 1),
    "joined": lambda q: _joined(q, MAX_TURNS),
    "with history": lambda q: q,
}


def _joined(question: Question, turns: int) -> Question:
    text = " ".join([*question.history[-turns:], question.text])
    return replace(question, text=text[-MAX_QUESTION:], history=())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--data", type=Path, metavar="DIR")
    options.add_argument("--split", default="dev", choices=["dev", "test"])
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the corpus there")
    given = options.parse_args()
    if given.data is None:
        with _corpus(given.keep, lambda corpus: corpus.add(ROOT / "seeds")) as corpus:
            _over_seeds(corpus, given.split)
        return
    collection = read_beir(given.data, "all")
    turns = [
        turn for turn in _turns(given.data, collection) if half(turn.conversation) == given.split
    ]
    with _corpus(given.keep, lambda c: c.add_documents(collection.documents or ())) as corpus:
        scores = {
            name: [_scores(corpus, way(turn.question)) for turn in turns]
            for name, way in WAYS.items()
        }
    groups = {"all": turns, "leaning": [t for t in turns if t.leans]}
    groups["alone"] = [t for t in turns if not t.leans]
    for group, chosen in groups.items():
        rows = [turns.index(turn) for turn in chosen]
        _show(
            f"{given.split}, {group}",
            {name: [found[row] for row in rows] for name, found in scores.items()},
            [turn.conversation for turn in chosen],
        )


def _turns(folder: Path, collection: Collection) -> Iterator[Turn]:
    judged = {question.id: question for question in collection.questions}
    for line in (folder / "conversations.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["_id"] not in judged:
            continue
        asked = [
            turn["text"][:MAX_QUESTION] for turn in row["history"] if turn["speaker"] == "user"
        ]
        question = replace(judged[row["_id"]], text=asked[-1], history=tuple(asked[:-1]))
        yield Turn(row["_id"].split("<::>")[0], row["multi_turn"] != ["N/A"], question)


def _scores(corpus: Corpus, question: Question) -> Figures:
    from ir_measures import Qrel, R, ScoredDoc, iter_calc, nDCG

    hits = corpus.search(question.text, DEPTH, history=question.history)
    found = dict.fromkeys(hit.passage.doc_id for hit in hits)
    run = [ScoredDoc("q", document, -rank) for rank, document in enumerate(found)]
    judged = [Qrel("q", document, grade) for document, grade in question.grades.items()]
    calculated = iter_calc([nDCG @ 5, nDCG @ 10, R @ 10], judged, run)
    return {str(metric.measure): metric.value for metric in calculated}


def _over_seeds(corpus: Corpus, split: str) -> None:
    rows = [q for q in read_questions(ROOT / "evaluation" / "followups.jsonl") if q.split == split]
    scores: dict[str, list[Figures]] = {}
    for name, way in WAYS.items():
        result = evaluate(corpus, Collection("", tuple(map(way, rows)), None, ()))
        scores[name] = [
            {n: o.scores[n] for n in ("hit@1", "MRR@10", "excerpt hit@1", "false refusal")}
            for o in result.outcomes
        ]
    for kind in dict.fromkeys(question.kind for question in rows):
        at = [n for n, question in enumerate(rows) if question.kind == kind]
        chosen = {name: [found[n] for n in at] for name, found in scores.items()}
        _show(f"{split}, {kind}", chosen, [rows[n].id for n in at])


def _show(title: str, scores: Mapping[str, Sequence[Figures]], clusters: Sequence[str]) -> None:
    if not clusters:
        return
    print(f"\n{title} ({len(clusters)} turns)")
    base = next(iter(scores.values()))
    for name, found in scores.items():
        cells = []
        for metric in base[0]:
            values = [figures[metric] for figures in found]
            cell = f"{metric} {bootstrap(values)}"
            if found is not base:
                apart = paired([figures[metric] for figures in base], values, clusters)
                cell += f" ({apart.difference:+.3f} [{apart.low:+.3f} {apart.high:+.3f}])"
            cells.append(cell)
        print(f"  {name:18}" + "  ".join(cells))


@contextmanager
def _corpus(keep: Path | None, fill: Callable[[Corpus], object]) -> Iterator[Corpus]:
    """Open the corpus that was kept, or fill a new one."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = keep or Path(scratch, "corpus")
        if keep and keep.is_dir():
            with Corpus.open(folder) as corpus:
                yield corpus
            return
        with Corpus.create(folder) as corpus:
            fill(corpus)
            yield corpus


if __name__ == "__main__":
    try:
        main()
    except InputError as error:
        raise SystemExit(str(error)) from error
