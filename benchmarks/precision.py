"""Compare encoding in bfloat16 and float32, interleaved in one run.

    python -m benchmarks.precision [--passages 164] [--rounds 5]

Prints passages a second and their ratio, milliseconds a question, and the least cosine between
the two vectors of a passage.
"""

import argparse
import copy
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from embeddings.transformer import TransformerEncoder
from qa import Corpus

ROOT = Path(__file__).parent.parent
QUESTION = "How many unfilled vacancies did London have?"


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--passages", type=int, default=164)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, Corpus.create(Path(folder, "c")) as corpus:
        corpus.add(ROOT / "seeds")
        texts = [passage.text for passage in corpus.passages()][: given.passages]
    rounded, exact = TransformerEncoder(), TransformerEncoder()
    exact._loaded = copy.deepcopy(exact._model).float()
    rounded._loaded = copy.deepcopy(exact._model).to(torch.bfloat16)
    for encoder in (rounded, exact):
        encoder.encode_passages(texts[:8])
    pairs = [
        (
            seconds(lambda: rounded.encode_passages(texts)),
            seconds(lambda: exact.encode_passages(texts)),
        )
        for _ in range(given.rounds)
    ]
    asked = [
        (
            seconds(lambda: rounded.encode_question(QUESTION)),
            seconds(lambda: exact.encode_question(QUESTION)),
        )
        for _ in range(given.rounds * 4)
    ]
    ratios = [slow / fast for fast, slow in pairs]
    print(f"processor has native bfloat16: {torch.cpu.get_capabilities().get('amx_bf16', False)}")
    for name, column in (("bfloat16", 0), ("float32", 1)):
        rate = len(texts) / statistics.median(pair[column] for pair in pairs)
        one = 1000 * statistics.median(pair[column] for pair in asked)
        print(f"{name:9} {rate:6.0f} passages/s   {one:5.1f} ms a question")
    print(f"ratio     {statistics.median(ratios):6.2f} [{min(ratios):.2f} {max(ratios):.2f}]")
    pairs_of = zip(rounded.encode_passages(texts), exact.encode_passages(texts), strict=True)
    cosines = [float(a.pooled @ b.pooled) for a, b in pairs_of]
    print(f"least cosine between the two: {min(cosines):.5f}")


if __name__ == "__main__":
    main()
