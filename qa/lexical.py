"""BM25 over folded words; the only importer of tantivy.

Words are folded by `qa.folding` before tantivy sees them, so that matching, missing words and
highlights agree on what a word is.
"""

import math
from collections.abc import Iterable, Sequence

import tantivy

from qa.folding import terms

_HEAP = 64 * 2**20  # bytes of the writer's buffer; one thread, so that segments don't vary


class LexicalIndex:
    """An inverted index held in memory, over texts numbered by the caller."""

    def __init__(self, texts: Iterable[tuple[int, str]]) -> None:
        """Build the index from (number, text) pairs."""
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", fast=True)
        builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(_HEAP, num_threads=1)
        for number, text in texts:
            writer.add_document(tantivy.Document(number=number, body=" ".join(terms(text))))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, query: Sequence[str], top_k: int) -> dict[int, float]:
        """Return the numbers and BM25 scores of the best texts that hold any of the terms."""
        parts = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "body", term))
            for term in query
        ]
        if not parts or not len(self):
            return {}
        found = self._searcher.search(
            tantivy.Query.boolean_query(parts), limit=min(top_k, len(self)), count=False
        ).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in found])
        return {
            int(number): float(score)
            for number, (score, _) in zip(numbers, found, strict=True)
            if number is not None
        }

    def document_frequency(self, term: str) -> int:
        """Return how many texts hold the term."""
        return int(self._searcher.doc_freq("body", term))

    def weight(self, term: str) -> float:
        """Return how much a term tells: BM25's IDF (Robertson and Zaragoza 2009, eq. 3.3)."""
        frequency = self.document_frequency(term)
        return math.log(1 + (len(self) - frequency + 0.5) / (frequency + 0.5))
