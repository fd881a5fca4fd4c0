"""What one small file costs in corpora of 1,000 to 100,000 passages, and where bytes go.

    python -m benchmarks.growth [--passages 1000 10000 100000] [--keep FOLDER]

The texts are made up: words with the frequencies of Zipf's law, ten passages a document. So are
the vectors, which the text's hash draws: what is measured is everything but the model. Codes of
tokens are taken from a table, since making them is the model's part, too. "Opened" is a new
`Corpus` for each call, as the command line has; "open" is one that goes on answering, as the
page. Beside the seconds stand those in which the processor worked on it: on a machine that does
other things, too, they tell more. `--keep` leaves the corpora in a folder and uses what is there already.
"""

import argparse
import os
import random
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from zlib import crc32

import numpy as np

from embeddings.encoder import Encoding, Vectors
from embeddings.tokens import compress
from qa import Corpus
from qa.catalog import writing
from qa.state import FILE_NAME as INDEXES

PASSAGES = 10  # a document
WORDS = 75  # a passage: some 100 pieces to a model
REPEATS = 5
_SYLLABLES = [c + v for c in "bcdfghklmnprstvwz" for v in ("a", "e", "i", "o", "u", "ea", "ou")]


class Words:
    """A made-up language: 50,000 words, the n-th as frequent as 1 / (n + 2.7)."""

    def __init__(self, seed: int, count: int = 50_000) -> None:
        self._pick = random.Random(0)
        made: dict[str, None] = {}
        while len(made) < count:  # frequent words are short
            long = 1 + (len(made) > 50) + (len(made) > 2_000) + self._pick.randrange(2)
            made["".join(self._pick.choices(_SYLLABLES, k=long))] = None
        self._words = list(made)
        self._weights = list(accumulate(1 / (n + 2.7) for n in range(count)))
        self._pick = random.Random(seed)

    def asked(self, count: int) -> list[str]:
        """Return words for a question: none of the hundred that stand for stop words."""
        return self._pick.choices(
            self._words[100:],
            weights=[1 / (n + 102.7) for n in range(len(self._words) - 100)],
            k=count,
        )

    def some(self, count: int) -> list[str]:
        return self._pick.choices(self._words, cum_weights=self._weights, k=count)

    def paragraph(self) -> str:
        sentences = [" ".join(self.some(WORDS // 5)).capitalize() + "." for _ in range(5)]
        return " ".join(sentences)

    def document(self) -> str:
        paragraphs = [self.paragraph() for _ in range(PASSAGES)]
        return f"# {' '.join(self.some(4)).capitalize()}\n\n" + "\n\n".join(paragraphs) + "\n"


class Drawn:
    """Unit vectors drawn by a text's hash: as good as any to count seconds and bytes with."""

    name = fingerprint = "drawn"
    dimension = 384
    max_tokens = 254

    def __init__(self) -> None:
        table = np.random.default_rng(0).standard_normal((4096 + 512, self.dimension))
        self._table = _unit(table.astype(np.float32))
        code = np.frombuffer(compress(self._table), np.uint8)
        self._factors, self._levels = np.split(code, [2 * len(self._table)])
        self._levels = self._levels.reshape(len(self._table), -1)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(re.findall(r"\w{1,9}|[^\w\s]", text)) for text in texts]

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> list[Encoding]:
        if progress and texts:
            progress(len(texts))
        return [self.draw(text) for text in texts]

    def encode_question(self, text: str) -> Encoding:
        return self.draw(text)

    def draw(self, text: str) -> Encoding:
        spans = [found.span() for found in re.finditer(r"\w{1,9}|[^\w\s]", text)][: self.max_tokens]
        seed = crc32(text.encode())
        pooled = np.random.default_rng(seed).standard_normal(self.dimension, np.float32)
        first = seed % 4096
        return Encoding(
            _unit(pooled),
            self._table[first : first + len(spans)],
            np.array(spans, np.int32).reshape(-1, 2),
        )

    @contextmanager
    def quick_codes(self) -> Iterator[None]:
        """Let codes of the table's tokens be looked up while documents are written."""

        def look_up(tokens: Vectors) -> bytes:
            first = (tokens.ctypes.data - self._table.ctypes.data) // self._table.strides[0]
            at = slice(first, first + len(tokens))
            factors = self._factors[2 * at.start : 2 * at.stop]
            return factors.tobytes() + self._levels[at].tobytes()

        writing.compress = look_up
        try:
            yield
        finally:
            writing.compress = compress


def _unit(vectors: Vectors) -> Vectors:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--passages", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options.add_argument("--keep", type=Path, metavar="FOLDER")
    given = options.parse_args()
    encoder = Drawn()
    with tempfile.TemporaryDirectory() as scratch, encoder.quick_codes():
        for count in sorted(given.passages):
            home = (given.keep or Path(scratch)) / str(count)
            if not home.exists():
                _build(home, count, encoder)
            _measure(home, encoder)


def _build(home: Path, count: int, encoder: Drawn) -> None:
    words = Words(seed=count)
    for number in range(count // PASSAGES):
        path = home / "files" / f"{number // 1000:03}" / f"{number:06}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words.document())
        os.utime(path, (1e9, 1e9))
    started = time.perf_counter()
    with Corpus.create(home / "corpus", model=encoder) as corpus:
        corpus.add(home / "files")
    print(f"{count:,} passages built in {time.perf_counter() - started:.0f} s", flush=True)


def _measure(home: Path, encoder: Drawn) -> None:
    folder = home / "corpus"
    words = Words(seed=int(time.time()))
    with Corpus.open(folder, model=encoder) as corpus:
        print(f"\n{len(corpus.passages()):,} passages in {len(corpus.documents()):,} documents")
    times: dict[str, list[tuple[float, float]]] = {}

    @contextmanager
    def timed(what: str) -> Iterator[None]:
        started = time.perf_counter(), time.process_time()
        yield
        took = time.perf_counter() - started[0], time.process_time() - started[1]
        times.setdefault(what, []).append(took)

    def ask(corpus: Corpus) -> None:
        corpus.ask("What did " + " ".join(words.some(6)) + "?")

    outside = home / "outside"
    shutil.rmtree(outside, ignore_errors=True)
    outside.mkdir()
    for number in range(REPEATS):
        path = outside / f"new-{number}.md"
        path.write_text(words.document())
        with timed("opened: add"), Corpus.open(folder, model=encoder) as corpus:
            corpus.add(path)
        with Corpus.open(folder, model=encoder) as corpus:
            with timed("opened: question after adding"):
                ask(corpus)
            ask(corpus)
            with timed("open: a later question"):
                ask(corpus)
            path.write_text(words.document())
            with timed("open: replace"):
                corpus.add(path)
            with timed("open: question after replacing"):
                ask(corpus)
            with timed("open: remove"):
                corpus.remove(path)
            with timed("open: question after removing"):
                ask(corpus)
            with timed("open: add"):
                corpus.add(path)
            with timed("open: question after adding"):
                ask(corpus)
        with timed("opened: remove"), Corpus.open(folder, model=encoder) as corpus:
            corpus.remove(path)
        with timed("opened: question later"), Corpus.open(folder, model=encoder) as corpus:
            ask(corpus)
    (folder / INDEXES).unlink(missing_ok=True)
    with timed("opened: question without indexes"), Corpus.open(folder, model=encoder) as corpus:
        ask(corpus)
    for _ in range(REPEATS):
        with timed("opened: question with indexes"), Corpus.open(folder, model=encoder) as corpus:
            ask(corpus)
    for _ in range(2):
        with timed("opened: nothing changed"), Corpus.open(folder, model=encoder) as corpus:
            corpus.add(home / "files")
    for what, found in times.items():
        seconds, busy = zip(*found, strict=True)
        print(f"  {what:32}{min(seconds):8.3f} to {max(seconds):6.3f} s, busy {min(busy):.3f} s")
    for path in sorted(folder.iterdir()):
        print(f"  {path.name:36}{path.stat().st_size:16,} bytes")


if __name__ == "__main__":
    main()
