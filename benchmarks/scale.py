"""What a question costs in corpora of a thousand to a million passages.

    python -m benchmarks.scale --data FOLDER --keep FOLDER [--passages 1000 10000 100000 1000000]

The texts are made up: words with the frequencies of Zipf's law, forty passages a document. Questions
leave out the hundred most frequent words, as they do stop words. The
vectors are real or made from real ones by `benchmarks.vectors` (million.npy, and the questions of
questions.npy in its folder, DATA): each passage has one of its own. Tokens' codes are drawn. What
is measured is everything, the encoding of the question included, while the files are in the system's
memory: they are read once before. Corpora stay in the folder KEEP and are used again; each is
asked by a process of its own, which begins by opening it.

    build       documents read, cut and written, seconds a thousand passages; then the indexes' file
    open        until the first question can be asked, seconds
    question    `Corpus.ask`, half of all questions and 99 of a hundred, milliseconds
    recall@k    of the candidates by vector, beside all passages' exact cosines
    memory      resident in all, and what of it isn't a mapped file, MB
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.growth import Drawn, Words
from embeddings import onnx
from embeddings.encoder import Encoding, Vectors
from embeddings.transformer import DEFAULT_MODEL, DEFAULT_SHA256, TransformerEncoder
from qa import Corpus
from qa.catalog import FILE_NAME as CATALOG
from qa.state import FILE_NAME as INDEXES

BUILT = "built.json"  # what building took: written last
PASSAGES = 40  # a document
QUESTIONS = 200
WARM = 20  # questions before
AT_ONCE = 2**24  # bytes
JUDGED = 200  # questions whose recall is measured: the last, none that anything was chosen by


class Pooled(Drawn):
    """Gives every text it encodes the next of some vectors, and every question one of its own."""

    def __init__(self, data: Path) -> None:
        super().__init__()
        self._vectors = np.load(data / "million.npy", mmap_mode="r")
        self.questions = np.load(data / "questions.npy")
        self._model = onnx.load(DEFAULT_MODEL, DEFAULT_SHA256) or TransformerEncoder()
        self._next = self._asked = 0

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> list[Encoding]:
        found = super().encode_passages(texts, progress)
        first, self._next = self._next, self._next + len(texts)
        vectors = self._vectors[np.arange(first, self._next) % len(self._vectors)]
        return [replace(one, pooled=own) for one, own in zip(found, vectors, strict=True)]

    def encode_question(self, text: str) -> Encoding:
        self._asked += 1
        vector = self.questions[self._asked % len(self.questions)]
        return replace(self._model.encode_question(text), pooled=vector)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--keep", type=Path, required=True)
    options.add_argument(
        "--passages", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000]
    )
    options.add_argument("--ask", action="store_true", help="only ask, in this process")
    options.add_argument("--out", type=Path, metavar="FILE", help="the figures as JSON")
    given = options.parse_args()
    if given.ask:
        (count,) = given.passages
        print(json.dumps(_ask(given.keep / str(count), given.data)))
        return
    rows = []
    for count in given.passages:
        home = given.keep / str(count)
        if not (home / BUILT).exists():
            shutil.rmtree(home, ignore_errors=True)
            _build(home, count, given.data)
        again = (arg for name in ("data", "keep") for arg in (f"--{name}", str(vars(given)[name])))
        command = [sys.executable, "-m", "benchmarks.scale", "--ask", *again, "--passages"]
        run = subprocess.run([*command, str(count)], stdout=subprocess.PIPE, check=True)
        rows.append(json.loads((home / BUILT).read_text()) | json.loads(run.stdout))
        print(rows[-1], file=sys.stderr, flush=True)
    if given.out:
        given.out.write_text(json.dumps(rows, indent=1))
    print(table(rows))


def table(rows: Sequence[Mapping[str, float]]) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| passages | build, s a thousand | index, s | open, s | question p50, ms | p99, ms "
        "| recall@10 | @30 | resident, MB | of it anonymous | catalog, MB | indexes, MB |",
        f"|{'---:|' * 12}",
    ]
    lines += [
        "| {passages:,} | {build:.2f} | {index:.1f} | {open:.2f} | {p50:.1f} | {p99:.1f} "
        "| {at10:.4f} | {at30:.4f} | {resident:,.0f} | {anonymous:,.0f} | {catalog:,.0f} "
        "| {indexes:,.0f} |".format(**row)
        for row in rows
    ]
    return "\n".join(lines)


def _build(home: Path, count: int, data: Path) -> None:
    words = Words(seed=count)
    for number in range(max(1, count // PASSAGES)):
        path = home / "files" / f"{number // 1000:03}" / f"{number:06}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        paragraphs = [words.paragraph() for _ in range(PASSAGES)]
        title = " ".join(words.some(4)).capitalize()
        path.write_text(f"# {title}\n\n" + "\n\n".join(paragraphs) + "\n")
    encoder = Pooled(data)
    started = time.perf_counter()
    with encoder.quick_codes(), Corpus.create(home / "corpus", model=encoder) as corpus:
        corpus.add(home / "files")
    built = time.perf_counter() - started
    (home / "corpus" / INDEXES).unlink()
    started = time.perf_counter()
    with Corpus.open(home / "corpus", model=encoder) as corpus:
        corpus.search("anything at all")
        passages = corpus.stats().passages
    index = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    kept = {"build": 1000 * built / passages, "index": index, "peak": peak}
    (home / BUILT).write_text(json.dumps(kept))


def _ask(home: Path, data: Path) -> dict[str, float]:
    encoder = Pooled(data)
    words = Words(seed=7)
    questions = ["What did " + " ".join(words.asked(6)) + "?" for _ in range(WARM + QUESTIONS)]
    for file in (home / "corpus").iterdir():
        with file.open("rb") as content:
            while content.read(AT_ONCE):
                pass
    started = time.perf_counter()
    corpus = Corpus.open(home / "corpus", model=encoder)
    with corpus._reading():
        opened = time.perf_counter() - started
    took = []
    for question in questions:
        started = time.perf_counter()
        corpus.ask(question)
        took.append(1e3 * (time.perf_counter() - started))
    p50, p99 = np.percentile(took[WARM:], [50, 99])
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    found = {
        "open": opened,
        "p50": float(p50),
        "p99": float(p99),
        "resident": int(status["VmRSS"].split()[0]) / 1024,
        "anonymous": int(status["RssAnon"].split()[0]) / 1024,
        "catalog": (home / "corpus" / CATALOG).stat().st_size / 1e6,
        "indexes": (home / "corpus" / INDEXES).stat().st_size / 1e6,
    }
    with corpus._reading() as at:
        found["passages"] = len(at.state)
        for top_k in (10, 30):
            shares = []
            for query in encoder.questions[-JUDGED:]:
                near = at.state.vectors.search(query, top_k)
                shares.append(
                    len(near.keys() & set(_nearest(at.state.base.vectors.vectors, query, top_k)))
                    / len(near)
                )
            found[f"at{top_k}"] = float(np.mean(shares))
    return found


def _nearest(vectors: Vectors, query: Vectors, top_k: int) -> list[int]:
    cosines = vectors @ query
    return np.argsort(-cosines, kind="stable")[:top_k].tolist()


if __name__ == "__main__":
    main()
