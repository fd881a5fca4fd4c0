"""Compare our inverted index with tantivy and SQLite FTS5, over the same folded words.

    pip install tantivy
    python -m benchmarks.lexical FOLDER [--queries 200]

FOLDER holds text or Markdown files. Prints seconds to build, milliseconds a query, and how far the
rankings agree with ours; then the same after a tenth of the texts was deleted, in place. The stub
encoder of the tests stands in for the model, which has no part in this.
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import tantivy

from qa import Corpus
from qa.folding import terms, words
from qa.lexical import LexicalIndex, bag
from tests.stub import BagOfWords

TOP_K = 100


class Ours:
    def __init__(self, texts: list[str]) -> None:
        self.index = LexicalIndex.build([bag(text) for text in texts])
        self.rows = list(range(len(texts)))

    def search(self, query: list[str], top_k: int) -> list[int]:
        return [self.rows[row] for row in self.index.search(query, top_k)]

    def delete(self, gone: list[int]) -> None:
        stays = np.ones(len(self.rows), bool)
        stays[gone] = False
        moved = np.where(stays, np.cumsum(stays) - 1, -1)
        self.index = self.index.updated(moved, [], int(stays.sum()))
        self.rows = [row for row in self.rows if stays[row]]


class Tantivy:
    def __init__(self, texts: list[str]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", fast=True, indexed=True)
        builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
        self.schema = builder.build()
        self.index = tantivy.Index(self.schema)
        writer = self.index.writer(64 * 2**20, num_threads=1)
        for number, text in enumerate(texts):
            writer.add_document(tantivy.Document(number=number, body=" ".join(terms(text))))
        self._commit(writer)

    def search(self, query: list[str], top_k: int) -> list[int]:
        parts = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self.schema, "body", term))
            for term in query
        ]
        hits = self.searcher.search(tantivy.Query.boolean_query(parts), limit=top_k).hits
        return self.searcher.fast_field_values("number", [address for _, address in hits])

    def delete(self, gone: list[int]) -> None:
        writer = self.index.writer(64 * 2**20, num_threads=1)
        for number in gone:
            writer.delete_documents_by_term("number", number)
        self._commit(writer)

    def _commit(self, writer: tantivy.IndexWriter) -> None:
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()


class Fts5:
    def __init__(self, texts: list[str]) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='ascii')")
        rows = ((n, " ".join(terms(text))) for n, text in enumerate(texts))
        self.db.executemany("INSERT INTO t (rowid, body) VALUES (?, ?)", rows)

    def search(self, query: list[str], top_k: int) -> list[int]:
        match = " OR ".join('"' + term.replace('"', '""') + '"' for term in query)
        rows = self.db.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t), rowid LIMIT ?", [match, top_k]
        )
        return [number for (number,) in rows]

    def delete(self, gone: list[int]) -> None:
        self.db.executemany("DELETE FROM t WHERE rowid = ?", [[n] for n in gone])


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

    print(f"{len(texts)} passages, {len(queries)} queries of up to six words")
    kinds = {"ours": Ours, "tantivy": Tantivy, "FTS5": Fts5}
    indexes = {}
    for name, make in kinds.items():
        start = time.perf_counter()
        indexes[name] = make(texts)
        print(f"build   {name:8}{time.perf_counter() - start:8.2f} s")
    compare(indexes, queries)
    gone = list(range(0, len(texts), 10))
    for name, index in indexes.items():
        start = time.perf_counter()
        index.delete(gone)
        print(f"delete  {name:8}{time.perf_counter() - start:8.2f} s")
    compare(indexes, queries)
    left = [n for n in range(len(texts)) if n % 10]
    for name, make in kinds.items():
        afresh = make([texts[n] for n in left])
        same = [
            indexes[name].search(query, TOP_K) == [left[n] for n in afresh.search(query, TOP_K)]
            for query in queries
        ]
        print(f"as built afresh  {name:8}{statistics.mean(same):8.2f} of the rankings")


def compare(indexes: dict[str, Ours | Tantivy | Fts5], queries: list[list[str]]) -> None:
    times: dict[str, list[float]] = {name: [] for name in indexes}
    shared: dict[str, list[float]] = {name: [] for name in indexes}
    for query in queries:
        found = {}
        for name, index in indexes.items():
            start = time.perf_counter()
            found[name] = index.search(query, TOP_K)
            times[name].append(1000 * (time.perf_counter() - start))
        for name, ranking in found.items():
            shared[name].append(len({*ranking[:10]} & {*found["ours"][:10]}) / 10)
    for name in indexes:
        print(
            f"query   {name:8}{statistics.median(times[name]):8.2f} ms, "
            f"{statistics.mean(shared[name]):.2f} of our first ten"
        )


if __name__ == "__main__":
    main()
