"""What is measured: every set with every way of ranking, one saved run each."""

import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks.quality.altered import altered, is_altered, with_copies
from qa import Corpus
from qa.catalog import FILE_NAME
from qa.errors import CorpusError, InputError
from qa.evaluation.asking import evaluate, variants
from qa.evaluation.collections import Collection, reader_for, sampled
from qa.evaluation.labels import evaluate_agreement, evaluate_voices
from qa.evaluation.results import Evaluation, Outcome
from qa.evaluation.sources import labelled_rows, question_file
from qa.settings import Settings

ROOT = Path(__file__).parent.parent.parent
QUESTIONS = ROOT / "evaluation" / "seeds.jsonl"
RANKINGS = variants(["fused", "dense", "bm25", "words", "first", "full"])
FEW = variants(["fused", "full"])
TIMED = 20  # questions whose time is taken


@dataclass(frozen=True)
class Place:
    """Where corpora are kept between runs, and how many questions are taken of a set, at most."""

    cache: Path
    n: int

    @contextmanager
    def corpus(self, name: str) -> Iterator[Corpus]:
        """Open the corpus of a set, kept: settings change, encodings don't."""
        folder = self.cache / "corpora" / name
        try:
            corpus = Corpus.open(folder)
        except CorpusError:  # none yet, or one of another version
            shutil.rmtree(folder, ignore_errors=True)
            corpus = Corpus.create(folder)
        with corpus:
            yield corpus


@dataclass(frozen=True)
class Study:
    """One set: its name, what data it needs, and what measures it."""

    name: str
    needs: Path | None
    measure: Callable[[Place], Evaluation]


def studies(data: Path | None) -> Iterator[Study]:
    """Yield every set, the small ones first; those whose data are absent too."""
    folder = data or Path("data-not-given")
    yield Study("seeds", None, partial(seeds, "seeds", RANKINGS))
    yield Study("seeds-altered", None, partial(seeds, "seeds-altered", FEW, copies=True))
    yield Study("voices", None, voices)
    yield Study("agreement", None, agreement)
    for name in IR:
        path = folder / "ir" / name
        yield Study(f"ir-{name}", path, partial(published, f"ir-{name}", path))
    yield Study("spans", folder / "spans", partial(published, "spans", folder / "spans"))
    for name in ("answerable-only", "with-unanswerable"):
        file = folder / "squad" / f"{name}.json"
        yield Study(f"squad-{name}", file, partial(published, f"squad-{name}", file))
    rules = folder / "cpr"
    yield Study("seeds-cpr", rules, partial(seeds, "seeds-cpr", FEW, others=[rules]))


IR = (
    *("adi", "med", "hotpotqa-100", "anthropic-docs", "anthropic-codebase", "cisi", "cranfield"),
    *("musique-100", "cacm", "nfcorpus"),
)


def published(name: str, path: Path, place: Place) -> Evaluation:
    """Measure the test half of a published set, or a sample of it."""
    reader = reader_for(path)
    if reader is None:
        raise InputError(f"{path} is of no known form.")
    whole = reader(path, "test")
    chosen = tuple(sampled(whole.questions, place.n))
    note = f"{len(chosen)} of {len(whole.questions)} questions of the test half."
    collection = Collection(whole.source, chosen, whole.documents, (*whole.notes, note))
    with place.corpus(name) as corpus:
        corpus.add_documents(whole.documents or ())
        return evaluate(corpus, collection, settings=RANKINGS, silent=RANKINGS.keys() - {"full"})


def seeds(
    name: str,
    settings: Mapping[str, Settings],
    place: Place,
    *,
    others: Sequence[Path] = (),
    copies: bool = False,
) -> Evaluation:
    """Measure the test questions about the seeds, alone or with something beside them."""
    with place.corpus(name) as corpus:
        corpus.add(ROOT / "seeds", *others)
        asked = question_file(QUESTIONS, "test")
        if copies:
            ids = [d.doc_id for d in corpus.documents() if not is_altered(d.doc_id)]
            own = [corpus.document(doc_id) for doc_id in ids]
            corpus.add_documents(map(altered, own))
            texts = {document.doc_id: document.text for document in own}
            both = tuple(with_copies(question, texts) for question in asked.questions)
            asked = replace(asked, questions=both)
        found = evaluate(corpus, asked, settings=settings, silent=settings.keys() - {"full"})
        facts = (*size(corpus), *speed(corpus, found.outcomes))
    return replace(found, notes=(*found.notes, *facts))


def voices(place: Place) -> Evaluation:
    """Measure whose words the labelled stretches of the test half are taken for."""
    file = ROOT / "evaluation" / "voices.jsonl"
    with place.corpus("seeds") as corpus:
        corpus.add(ROOT / "seeds")
        return evaluate_voices(str(file), labelled_rows(file, "test"), corpus)


def agreement(_: Place) -> Evaluation:
    """Measure the verdicts on the labelled pairs of the test half."""
    file = ROOT / "evaluation" / "agreement.jsonl"
    return evaluate_agreement(str(file), labelled_rows(file, "test"))


def size(corpus: Corpus) -> tuple[str, ...]:
    """Say how large the catalog is."""
    files = [p for p in corpus.path.iterdir() if p.name.startswith(FILE_NAME)]
    total, passages = sum(p.stat().st_size for p in files), len(corpus.passages())
    return (
        f"Size: {total / passages:,.0f} bytes a passage in the catalog, {passages:,} passages.",
    )


def speed(corpus: Corpus, outcomes: tuple[Outcome, ...]) -> tuple[str, ...]:
    """Say how long an answer takes as a multiple of dense search alone, in turns, in one run."""
    questions = list(dict.fromkeys(o.question for o in outcomes))[: TIMED + 1]
    encoder = corpus._model.for_passages()

    def dense(question: str) -> None:
        with corpus._reading() as at:
            found = at.state.vectors.search(encoder.encode_question(question).pooled, 10)
            at.view.passages(at.state.numbers[list(found)].tolist())

    def timed(work: Callable[[str], object], question: str) -> float:
        start = time.perf_counter()
        work(question)
        return time.perf_counter() - start

    ratios = {"search": [], "ask": []}
    for number, question in enumerate(questions):
        alone = timed(dense, question)
        search, ask = timed(corpus.search, question), timed(corpus.ask, question)
        if number:  # the first warms up
            ratios["search"].append(search / alone)
            ratios["ask"].append(ask / alone)
    words = [
        f"{name} {statistics.median(values):.1f} [{min(values):.1f} {max(values):.1f}]"
        for name, values in ratios.items()
    ]
    return (
        f"Time as a multiple of dense search alone, question encoded in both, median of {TIMED} "
        f"[least, most]: {', '.join(words)}.",
    )
