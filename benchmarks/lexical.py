"""Compare tantivy and SQLite FTS5 as the inverted index, over the same folded words.

    python -m benchmarks.lexical FOLDER [--queries 200]

FOLDER holds text or Markdown files. Prints seconds to build, milliseconds a query, seconds to
delete a tenth, and how far the two rankings agree. The stub encoder of the tests stands in for
the model, which has no part in this.
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from qa import Corpus
from qa.folding import terms, words
from qa.lexical import LexicalIndex
from tests.stub import BagOfWords

TOP_K = 100


class Fts5:
    """SQLite's full-text index over the same folded words, in memory."""

    def __init__(self, texts: list[str]) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='ascii')")
        rows = ((n, " ".join(terms(text))) for n, text in enumerate(texts))
        self.db.executemany("INSERT INTO t (rowid, body) VALUES (?, ?)", rows)

    def search(self, query: list[str], top_k: int) -> dict[int, float]:
        match = " OR ".join('"' + term.replace('"', '""') + '"' for term in query)
        rows = self.db.execute(
            "SELECT rowid, -bm25(t) FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT ?", [match, top_k]
        )
        return dict(rows.fetchall())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder")
    options.add_argument("--queries", type=int, default=200)
    given = options.parse_args()
    with (
        tempfile.TemporaryDirectory() as scratch,
        Corpus.create(Path(scratch, "c"), model=BagOfWords()) as corpus,
    ):
        corpus.add(given.folder)
        texts = [passage.text for passage in corpus.passages()]
    for text in texts:
        terms(text)  # stems are cached: neither side pays for them
    pick = random.Random(1)
    queries = []
    for text in pick.choices(texts, k=given.queries):
        content = [word.term for word in words(text) if word.is_content]
        queries.append(list(dict.fromkeys(pick.sample(content, min(6, len(content))))))
    queries = [query for query in queries if query]

    start = time.perf_counter()
    tantivy = LexicalIndex(enumerate(texts))
    built = time.perf_counter()
    fts5 = Fts5(texts)
    print(f"{len(texts)} passages, {len(queries)} queries of up to six words")
    print(f"build     tantivy {built - start:6.2f} s   FTS5 {time.perf_counter() - built:6.2f} s")
    times: dict[str, list[float]] = {"tantivy": [], "FTS5": []}
    shared, first = [], []
    for query in queries:
        found = []
        for name, index in (("tantivy", tantivy), ("FTS5", fts5)):
            start = time.perf_counter()
            found.append(list(index.search(query, TOP_K)))
            times[name].append(1000 * (time.perf_counter() - start))
        a, b = (ranking[:10] for ranking in found)
        shared.append(len(set(a) & set(b)) / max(len(a), 1))
        first.append(a[:1] == b[:1])
    middle = {name: statistics.median(values) for name, values in times.items()}
    print(f"query     tantivy {middle['tantivy']:6.2f} ms  FTS5 {middle['FTS5']:6.2f} ms")
    print(
        f"agree     first {statistics.mean(first):.2f}, of the first ten {statistics.mean(shared):.2f}"
    )

    gone = list(range(0, len(texts), 10))
    start = time.perf_counter()
    LexicalIndex((n, text) for n, text in enumerate(texts) if n % 10)
    rebuilt = time.perf_counter()
    fts5.db.executemany("DELETE FROM t WHERE rowid = ?", [[n] for n in gone])
    print(
        f"delete    tantivy, rebuilt {rebuilt - start:6.2f} s   "
        f"FTS5, in place {time.perf_counter() - rebuilt:6.2f} s"
    )


if __name__ == "__main__":
    main()
