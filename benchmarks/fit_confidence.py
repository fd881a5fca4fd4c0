"""Fit how sure an answer is and from when it is shown, and write both with their provenance.

python -m benchmarks.fit_confidence [--squad FILE] [--work DIR] [--write] [--test]

What isn't answered comes from four sources: the near misses and far questions of
evaluation/seeds.jsonl; its answerable questions once their evidence is deleted from the documents;
the same with a year, place, person, body or role exchanged (evaluation/swaps.jsonl); with --squad,
SQuAD 2.0 questions of half of the articles, and those asked of the seeds. Prints what
cross-validation by evidence gives; with --test, the test half.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import rankdata

from qa import Corpus
from qa.answering import _choose
from qa.confidence import SIGNALS, assess
from qa.questions import Question, read_questions
from qa.settings import DEFAULTS
from qa.types import Document

ROOT = Path(__file__).parent.parent
OUT = ROOT / "qa" / "fitted" / "confidence.json"
# What the questions are taken to be like: about half are answerable, as many are not.
MIX = {"answerable": 1.0, "near": 1.0, "far": 1.0, "deleted": 0.25, "swap": 0.25}
OUTSIDE = {"squad": 0.1, "squad far": 0.6}  # beside the mix when fitting, never in the figures
SQUAD_QUESTIONS, FAR_QUESTIONS = 400, 120
CORPORA = 8  # each without the evidence of an eighth of the questions
L2, FOLDS = 1.0, 10
FALSE_REFUSALS = (
    0.06  # of the answerable questions of dev, at most; the risk is the least that does
)
COVERAGE = 0.65

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A question that was asked: what kind it is, its signals, whether the rule refuses it."""

    id: str
    kind: str
    group: str
    signals: dict[str, float]
    foreign: bool
    right: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path)
    parser.add_argument("--work", type=Path, help="keep the corpora here and use them again")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--test", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = arguments.work or Path(scratch)
        dev = seeds_examples("dev", work)
        outside = squad_examples(arguments.squad, work) if arguments.squad else []
        test = seeds_examples("test", work) if arguments.test else []
    model = fit([*dev, *outside])
    odds = cross_validate(dev, outside)
    alpha, threshold, bound = least_risk(dev, odds)
    print(f"{len(dev)} questions of dev, {len(outside)} beside them; cross-validated by evidence:")
    figures = report(dev, odds, threshold)
    print(json.dumps(figures, indent=1))
    print(f"threshold {threshold:.4f}: P(shown and wrong) <= {bound:.3f}")
    print(f"{model.constant:+.3f}  constant")
    for name, value in zip(SIGNALS, model.coefficients, strict=True):
        print(f"{value:+.3f}  {name}")
    if test:
        print("test:", json.dumps(report(test, model.odds(test), threshold), indent=1))
    if arguments.write:
        content = {
            "made_by": "python -m benchmarks.fit_confidence --squad FILE --write",
            "questions": {
                kind: sum(e.kind == kind for e in [*dev, *outside]) for kind in (*MIX, *OUTSIDE)
            },
            "weights": MIX | OUTSIDE,
            "l2": L2,
            "threshold": round(threshold, 4),
            "risk": {
                "method": "conformal risk control",
                "loss": "an answer is shown and it is wrong",
                "alpha": alpha,
                "bound": round(bound, 4),
            },
            "cross_validated": figures,
            "constant": round(model.constant, 5),
            "signals": {
                name: {
                    "coefficient": round(float(c), 5),
                    "mean": round(float(m), 5),
                    "deviation": round(float(d), 5),
                }
                for name, c, m, d in zip(
                    SIGNALS, model.coefficients, model.means, model.deviations, strict=True
                )
            },
        }
        OUT.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
        print(f"written to {OUT}")


# Questions


def seeds_examples(split: str, work: Path) -> list[Example]:
    """Return the questions of a split, swapped ones and those without their evidence."""
    questions = [q for q in read_questions(ROOT / "evaluation" / "seeds.jsonl") if q.split == split]
    swaps = [q for q in read_questions(ROOT / "evaluation" / "swaps.jsonl") if q.split == split]
    answerable = {q.id: q for q in questions if q.evidence}
    groups = {q.id: _group(q) for q in answerable.values()}
    found = []
    with _corpus(work / "seeds", None) as seeds:
        for q in questions:
            kind = "answerable" if q.evidence else q.kind
            found.append(ask(seeds, q, kind, groups.get(q.id, q.id)))
        for q in swaps:  # "s012-year" is "a012" with another year
            found.append(ask(seeds, q, "swap", groups[f"a{q.id[1:4]}"]))
        # Neighbours in the text go to different corpora, so that each loses little around.
        ordered = sorted(answerable.values(), key=lambda q: (q.evidence[0][0].doc_id, _at(q), q.id))
        for number in range(CORPORA):
            part = ordered[number::CORPORA]
            with _corpus(
                work / f"{split}-{number}", lambda part=part: without(seeds, part)
            ) as less:
                for q in part:
                    gone = replace(q, id=f"{q.id}-deleted", evidence=())
                    found.append(ask(less, gone, "deleted", groups[q.id]))
    return [example for example in found if example]


def without(seeds: Corpus, questions: Sequence[Question]) -> list[Document]:
    """Return the documents without the sentences that answer the questions, wherever they stand."""
    passages = seeds.passages()
    documents = []
    for listing in seeds.documents():
        document = seeds.document(listing.doc_id)
        keep = np.ones(len(document.text), bool)
        golds = [g for q in questions for piece in q.evidence for g in piece]
        for gold in (g for g in golds if g.doc_id == document.doc_id):
            keep[gold.start : gold.end] = False
            for start, end in (s for p in passages if p.doc_id == gold.doc_id for s in p.sentences):
                if min(end, gold.end) > max(start, gold.start):
                    keep[start:end] = False
        text = "".join(char for char, kept in zip(document.text, keep, strict=True) if kept)
        documents.append(replace(document, text=text, blocks=(), places=None))
    return documents


def squad_examples(file: Path, work: Path) -> list[Example]:
    """Return questions of half of SQuAD's articles, asked of these and, as far ones, of the seeds."""
    documents, asked = [], []
    for article in json.loads(file.read_text("utf-8"))["data"]:
        title = article["title"].replace("_", " ")
        if _digest(title) % 2:
            continue
        for n, paragraph in enumerate(article["paragraphs"]):
            documents.append(Document(f"{title} {n}", paragraph["context"], title=title))
            asked += [(title, f"{title} {n}", row) for row in paragraph["qas"]]
    asked.sort(key=lambda each: _digest(each[2]["id"]))
    found = []
    with _corpus(work / "squad-0", lambda: documents) as corpus:
        for title, doc_id, row in asked[:SQUAD_QUESTIONS]:
            answers = [] if row.get("is_impossible") else row["answers"]
            golds = [(a["answer_start"], a["answer_start"] + len(a["text"])) for a in answers]
            question = Question(row["id"], row["question"], "", "dev", ())
            found.append(ask(corpus, question, "squad", title, (doc_id, golds)))
    with _corpus(work / "seeds", None) as seeds:
        for title, _, row in asked[:FAR_QUESTIONS]:
            question = Question(row["id"], row["question"], "", "dev", ())
            found.append(ask(seeds, question, "squad far", title))
    return [example for example in found if example]


def ask(
    corpus: Corpus,
    question: Question,
    kind: str,
    group: str,
    inside: tuple[str, list[tuple[int, int]]] | None = None,
) -> Example | None:
    """Return what becomes of a question; `inside` are spans that a right excerpt holds whole."""
    with corpus._reading() as at:
        query = at.prepare(question.text)
        found = at.find(query, DEFAULTS.depth, DEFAULTS)
        sources = _choose(query, found, at.view, DEFAULTS)
        if not sources:
            return None
        best = sources[0][0]
        assessment = assess(query, found, best.sentence, best.text, at.view, at.state)
    doc_id, (start, end) = best.passage.doc_id, best.excerpt
    right = question.is_right(doc_id, start, end)
    if inside:
        right = doc_id == inside[0] and any(start <= a and b <= end for a, b in inside[1])
    foreign = bool(assessment.foreign)
    return Example(question.id, kind, group, dict(assessment.signals), foreign, right)


def _corpus(folder: Path, documents: Callable[[], list[Document]] | None) -> Corpus:
    """Return a corpus of some documents, or of the seeds; one that is there already is kept."""
    if folder.exists():
        return Corpus.open(folder)
    corpus = Corpus.create(folder)
    if documents:
        corpus.add_documents(documents())
    else:
        corpus.add(ROOT / "seeds")
    return corpus


def _group(question: Question) -> str:
    return f"{question.evidence[0][0].doc_id} {_at(question) // 1200}"


def _at(question: Question) -> int:
    return question.evidence[0][0].start


def _digest(text: str) -> int:
    return int(sha256(text.encode()).hexdigest(), 16)


# Fitting


@dataclass(frozen=True)
class Model:
    """A logistic regression over standardised signals."""

    constant: float
    coefficients: Floats
    means: Floats
    deviations: Floats

    def odds(self, examples: Sequence[Example]) -> Floats:
        standard = (_matrix(examples) - self.means) / self.deviations
        odds: Floats = self.constant + standard @ self.coefficients
        return odds


def fit(examples: Sequence[Example]) -> Model:
    """Return the coefficients of least weighted log loss, each of the sign that its signal has."""
    features = _matrix(examples)
    means, deviations = features.mean(axis=0), features.std(axis=0) + 1e-9
    standard = (features - means) / deviations
    right = np.array([e.right for e in examples], float)
    weights = _weights(examples)

    def loss(theta: Floats) -> tuple[float, Floats]:
        odds = theta[0] + standard @ theta[1:]
        lost = weights @ (np.logaddexp(0, odds) - right * odds)
        off = weights * (1 / (1 + np.exp(-odds)) - right)
        gradient = np.r_[off.sum(), standard.T @ off + L2 * theta[1:]]
        return float(lost + 0.5 * L2 * theta[1:] @ theta[1:]), gradient

    bounds = [(None, None)] + [(0, None) if s > 0 else (None, 0) for s in SIGNALS.values()]
    theta = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x
    return Model(float(theta[0]), theta[1:], means, deviations)


def cross_validate(dev: Sequence[Example], outside: Sequence[Example]) -> Floats:
    """Return the log-odds of every example, fitted without any that shares its evidence."""
    folds = np.array([_digest(e.group) % FOLDS for e in dev])
    odds = np.zeros(len(dev))
    for fold in range(FOLDS):
        kept = [e for e, f in zip(dev, folds, strict=True) if f != fold]
        model = fit([*kept, *outside])
        held = [e for e, f in zip(dev, folds, strict=True) if f == fold]
        odds[folds == fold] = model.odds(held)
    return odds


def least_risk(examples: Sequence[Example], odds: Floats) -> tuple[float, float, float]:
    """Return the least risk, to a hundredth, that few right answers pay for; see `control`."""
    for alpha in np.arange(1, 100) / 100:
        threshold, bound = control(examples, odds, float(alpha))
        if report(examples, odds, threshold)["false refusals of right ones"] <= FALSE_REFUSALS:
            return float(alpha), threshold, bound
    raise ValueError("No threshold refuses so few.")


def control(examples: Sequence[Example], odds: Floats, alpha: float) -> tuple[float, float]:
    """Return the threshold from which answers are shown, and the bound on the risk that it keeps.

    Conformal risk control (Angelopoulos et al. 2024, eq. 4), weighted for the mix as under a known
    shift (ibid., section 4.1; Tibshirani et al. 2019): the least threshold at which
    (sum of w * loss + w_max) / (sum of w + w_max) is at most `alpha`. The loss, an answer is shown
    and wrong, is at most 1 and falls as the threshold rises. Then P(shown and wrong) <= `alpha`
    for one more question exchangeable with these, in this mix. What is approximate: the
    odds are cross-validated, and `alpha` was settled on by looking at the false refusals here.
    """
    scores = 1 / (1 + np.exp(-odds))
    wrong = np.array([not e.right and not e.foreign for e in examples])
    weights = _weights(examples)
    for threshold in np.arange(0.0, 1.0, 0.0025):
        lost = weights @ (wrong & (scores >= threshold))
        bound = float((lost + weights.max()) / (weights.sum() + weights.max()))
        if bound <= alpha:
            return float(threshold), bound
    return 1.0, 0.0


def _matrix(examples: Sequence[Example]) -> Floats:
    return np.array([[e.signals[name] for name in SIGNALS] for e in examples])


def _weights(examples: Sequence[Example]) -> Floats:
    return np.array([(MIX | OUTSIDE)[e.kind] for e in examples])


# Figures


def report(examples: Sequence[Example], odds: Floats, threshold: float) -> dict[str, float]:
    """Return the figures by name; those of the mix are weighted."""
    scores = 1 / (1 + np.exp(-odds))
    kinds = np.array([e.kind for e in examples])
    right = np.array([e.right for e in examples])
    foreign = np.array([e.foreign for e in examples])
    # What the rule refuses is below everything else, in its own order.
    ranked = scores - foreign
    shown = ~foreign & (scores >= threshold)
    weights = _weights(examples)
    answerable = kinds == "answerable"
    figures = {"excerpt right": right[answerable].mean()}
    for kind in MIX:
        if kind != "answerable":
            others = ranked[kinds == kind]
            figures[f"AUROC answerable, {kind}"] = auroc(ranked[answerable], others)
            figures[f"AUROC right, {kind}"] = auroc(ranked[right], others)
    figures["AUROC right, wrong"] = auroc(ranked[right], ranked[~right & answerable])
    figures["AUROC right, all else"] = auroc(ranked[right], ranked[~right])
    best = right[answerable][np.argsort(-ranked[answerable], kind="stable")]
    figures["wrong at coverage .65, answerable"] = 1 - best[: round(COVERAGE * len(best))].mean()
    figures["Brier, mix"] = weights @ (scores - right) ** 2 / weights.sum()
    figures["Brier of the base rate, mix"] = (b := weights @ right / weights.sum()) * (1 - b)
    figures["false refusals"] = 1 - shown[answerable].mean()
    figures["false refusals of right ones"] = 1 - shown[right].mean()
    for kind in MIX:
        if kind != "answerable":
            figures[f"false answers, {kind}"] = shown[kinds == kind].mean()
    figures["shown and wrong, mix"] = weights @ (shown & ~right) / weights.sum()
    return {name: round(float(value), 4) for name, value in figures.items()}


def auroc(higher: Floats, lower: Floats) -> float:
    """Return how often one of the first is above one of the second; ties count half."""
    ranks = rankdata(np.r_[higher, lower])[: len(higher)]
    return float((ranks.sum() - len(higher) * (len(higher) + 1) / 2) / len(higher) / len(lower))


if __name__ == "__main__":
    main()
