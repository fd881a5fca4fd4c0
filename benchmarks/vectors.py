"""Compare ways to find the nearest of up to a million vectors with exact search.

    python -m benchmarks.vectors --data FOLDER [--sizes 10000 100000 1000000] [--keep FOLDER]

FOLDER holds test collections, `*/corpus.jsonl` and `*/queries.jsonl` with a `text` each. Their
passages are encoded, then grown: a point between a passage and one of its ten nearest, moved by
.45 of the difference of two other neighbours, which leaves the cosines of nearest neighbours as
they were. Queries are the collections' own. Times are the thread's, so that what else the machine
does counts less; `--keep` leaves the vectors in a folder and uses what is there already.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.tokens import rotate
from embeddings.transformer import TransformerEncoder
from embeddings.vectors import VectorIndex

TOP_K = 30
PASSAGES, QUERIES = 20_000, 200  # of twice as many that are kept: the others are for judging
SPREAD = 0.45
BLOCK = 50_000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    options.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    options.add_argument("--keep", type=Path, metavar="FOLDER")
    given = options.parse_args()
    faiss.omp_set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        home = given.keep or Path(scratch)
        home.mkdir(exist_ok=True)
        many, queries = home / "million.npy", home / "questions.npy"
        if not many.exists():
            np.save(queries, encoded(given.data, "queries.jsonl", 2 * QUERIES))
            grow(encoded(given.data, "corpus.jsonl", PASSAGES), max(given.sizes), many)
        for size in given.sizes:
            compare(np.load(many, mmap_mode="r")[:size], np.load(queries)[:QUERIES])


def encoded(folder: Path, name: str, most: int) -> Vectors:
    lines = [line for path in sorted(folder.glob(f"*/{name}")) for line in path.open()]
    texts = sorted({json.loads(line)["text"] for line in lines} - {""})
    picked = np.random.default_rng(0).permutation(len(texts))[:most]
    encoder = TransformerEncoder()
    return np.array([encoder.encode_question(texts[row]).pooled for row in picked])


def grow(real: Vectors, count: int, path: Path) -> None:
    random = np.random.default_rng(0)
    near = np.array([np.argsort(-(real @ vector))[1:11] for vector in real])
    made = np.lib.format.open_memmap(path, "w+", np.float32, (count, real.shape[1]))
    for first in range(0, count, BLOCK):
        size = min(BLOCK, count - first)
        one, other = random.integers(len(real), size=(2, size))
        beside, far = near[[one, other], random.integers(10, size=(2, size))]
        share = random.random((size, 1), np.float32)
        block = real[one] + share * (real[beside] - real[one])
        block += SPREAD * (real[other] - real[far])
        made[first : first + size] = block / np.linalg.norm(block, axis=1, keepdims=True)
    made.flush()


def compare(vectors: Vectors, queries: Vectors) -> None:
    print(f"\n{len(vectors):,} vectors", flush=True)
    exact = VectorIndex(vectors, exact_up_to=len(vectors))
    truth = report("exact", lambda q: np.array(list(exact.search(q, TOP_K))), queries, None)
    started = time.process_time()
    ours = VectorIndex(vectors, exact_up_to=0)
    built = time.process_time() - started
    assert ours.lists
    probed, enough = ours.lists.enough.tolist()
    print(
        f"built in {built:.1f} s busy; {probed} of {len(ours.lists.centres)} lists, {enough} candidates"
    )
    report("ours", lambda q: np.array(list(ours.search(q, TOP_K))), queries, truth)
    for name, index, options in alternatives(vectors):

        def found(
            query: Vectors, index: faiss.Index = index, of: object = options
        ) -> NDArray[np.int64]:
            rows = index.search(rotate(query[None]), enough, params=of)[1][0]
            rows = rows[rows >= 0]
            return rows[np.argsort(-(vectors[rows] @ query))[:TOP_K]]

        report(name, found, queries, truth)


def alternatives(vectors: Vectors) -> Iterator[tuple[str, faiss.Index, object]]:
    dimension, inner = rotate(vectors[:1]).shape[1], faiss.METRIC_INNER_PRODUCT
    every = faiss.IndexRaBitQ(dimension, inner, 1)
    packed = faiss.IndexRaBitQFastScan(dimension, inner, 32, 1)
    lists = max(16, len(vectors) // 1_000)
    kmeans = faiss.Kmeans(dimension, lists, niter=10, spherical=True, seed=1)
    kmeans.train(rotate(vectors[:: max(1, len(vectors) // (64 * lists))]))
    coarse = faiss.IndexFlatIP(dimension)
    coarse.add(kmeans.centroids)
    grouped = faiss.IndexIVFRaBitQ(coarse, dimension, lists, inner, True, 1)
    for index in (every, packed, grouped):
        index.train(np.zeros((1, dimension), np.float32))
        for first in range(0, len(vectors), BLOCK):
            index.add(rotate(vectors[first : first + BLOCK]))
    yield "all codes", every, faiss.RaBitQSearchParameters(qb=4)
    yield "all codes, FastScan", packed, None
    for share in (16, 8, 4):
        options = faiss.IVFRaBitQSearchParameters(nprobe=max(1, lists // share), qb=4)
        yield f"1/{share} of {lists} lists", grouped, options


def report(
    name: str,
    search: Callable[[Vectors], NDArray[np.int64]],
    queries: Vectors,
    truth: list[NDArray[np.int64]] | None,
) -> list[NDArray[np.int64]]:
    found, walls, busy = [], [], []
    for query in queries:
        started = time.perf_counter(), time.process_time()
        found.append(search(query))
        walls.append(1000 * (time.perf_counter() - started[0]))
        busy.append(1000 * (time.process_time() - started[1]))
    recalls = [
        np.mean([len({*a[:k]} & {*b[:k]}) / k for a, b in zip(found, truth or found, strict=True)])
        for k in (10, TOP_K)
    ]
    print(
        f"  {name:28} p50 {np.median(walls):6.1f} p99 {np.quantile(walls, 0.99):6.1f} ms, "
        f"busy {np.median(busy):6.1f} ms, recall {recalls[0]:.4f} @10, {recalls[1]:.4f} @{TOP_K}",
        flush=True,
    )
    return found


if __name__ == "__main__":
    main()
