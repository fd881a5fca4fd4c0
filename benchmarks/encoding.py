"""Encode passages in bulk: plain sentence-transformers beside ours, interleaved in one run.

    python -m benchmarks.encoding [--files FOLDER] [--passages 512] [--rounds 3] [--out FILE]

The passages are the files' own, as indexing cuts them; without files the seeds', repeated with
variation. Plain sentence-transformers gives one vector a passage, at each of its batch sizes; ours
gives a vector for every token, too. Both in bfloat16 where the processor has matrix units for it,
else in float32, as our encoder chooses. The matrix peak is what a large product of that kind reaches
in the same rounds; the share counts what a model's products need for tokens that are read, none for
padding. Other work on the machine slows all of them: compare within a run.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from embeddings.tokens import compress
from embeddings.transformer import TransformerEncoder, _packaged
from qa import Corpus
from tests.stub import BagOfWords

ROOT = Path(__file__).parent.parent
BATCHES = 8, 32, 64
SIDE = 2048  # of the square matrices that show the peak
LAYERS, HIDDEN, INNER = 6, 384, 1536


class Counting(BagOfWords):
    """Cuts as the model would, and encodes nothing worth the name."""

    max_tokens = 254

    def __init__(self) -> None:
        super().__init__()
        self.count_tokens = TransformerEncoder().count_tokens


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--files", type=Path, default=ROOT / "seeds", metavar="FOLDER")
    options.add_argument("--passages", type=int, default=512)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--out", type=Path, metavar="FILE", help="the figures as JSON")
    given = options.parse_args()
    texts = _passages(given.files, given.passages)
    ours = TransformerEncoder()
    exact = SentenceTransformer(_packaged(), device="cpu")
    has_units = torch.cpu.get_capabilities().get("amx_bf16", False)
    kind, name = (torch.bfloat16, "bfloat16") if has_units else (torch.float32, "float32")
    chosen = SentenceTransformer(_packaged(), device="cpu").to(kind)
    lengths = np.minimum(np.array(ours.count_tokens(texts)) + 2, exact.max_seq_length)
    products = 2 * lengths * (4 * HIDDEN**2 + 2 * HIDDEN * INNER) + 4 * lengths**2 * HIDDEN
    work = LAYERS * float(products.sum())

    def plain(model: SentenceTransformer, size: int) -> Callable[[], object]:
        return lambda: model.encode(texts, batch_size=size, show_progress_bar=False)

    square = torch.randn(SIDE, SIDE).to(kind)
    ways: dict[str, Callable[[], object]] = {
        "peak": lambda: [square @ square for _ in range(8)],
        "float32, batches of 32": plain(exact, 32),
        **{f"{name}, batches of {size}": plain(chosen, size) for size in BATCHES},
        "ours": lambda: ours.encode_passages(texts),
        "ours and compressed": lambda: [compress(e.tokens) for e in ours.encode_passages(texts)],
    }
    ours.encode_passages(texts[:8])
    taken: dict[str, list[float]] = {what: [] for what in ways}
    for _ in range(given.rounds):
        for what, way in ways.items():
            start = time.perf_counter()
            way()
            taken[what].append(time.perf_counter() - start)
    peak = 8 * 2 * SIDE**3 / statistics.median(taken.pop("peak"))
    best = min(statistics.median(taken[f"{name}, batches of {size}"]) for size in BATCHES)
    rows = []
    for what, seconds in taken.items():
        middle = statistics.median(seconds)
        rows.append(
            {
                "way": what,
                "passages_per_second": len(texts) / middle,
                "tokens_per_second": float(lengths.sum()) / middle,
                "times_the_best_plain": best / middle,
                "share_of_peak": work / middle / peak,
            }
        )
    near = exact.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    found = np.stack([encoding.pooled for encoding in ours.encode_passages(texts)])
    report = {
        "passages": len(texts),
        "tokens": int(lengths.sum()),
        "threads": torch.get_num_threads(),
        "kind": name,
        "peak_TFLOPS": peak / 1e12,
        "least_cosine_to_float32": float((near * found).sum(axis=1).min()),
        "ways": rows,
    }
    print(table(report))
    if given.out:
        given.out.write_text(json.dumps(report, indent=2) + "\n")


def _passages(folder: Path, count: int) -> list[str]:
    with (
        tempfile.TemporaryDirectory() as scratch,
        Corpus.create(Path(scratch, "c"), model=Counting()) as corpus,
    ):
        corpus.add(folder)
        texts = [passage.text for passage in corpus.passages()]
    pick = random.Random(1)
    pick.shuffle(texts)
    varied = list(texts)
    while len(varied) < count:  # words left out: other texts of other lengths
        words = pick.choice(texts).split()
        varied.append(" ".join(word for word in words if pick.random() < 0.9))
    return varied[:count]


def table(report: Mapping[str, Any]) -> str:
    """Return the figures as Markdown."""
    lines = [
        f"{report['passages']} passages, {report['tokens']:,} tokens, {report['threads']} threads; "
        f"matrix peak in {report['kind']} {report['peak_TFLOPS']:.2f} TFLOP/s; "
        f"least cosine to float32 {report['least_cosine_to_float32']:.5f}.",
        "",
        "| | passages/s | tokens/s | beside the best plain one | share of the matrix peak |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row['way']} | {row['passages_per_second']:.0f} | {row['tokens_per_second']:,.0f} "
        f"| {row['times_the_best_plain']:.2f} | {row['share_of_peak']:.2f} |"
        for row in report["ways"]
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
