"""BM25 beside values worked out by hand."""

import math

import pytest

from qa.folding import terms
from qa.lexical import LexicalIndex

TEXTS = [(7, "vacancies in London"), (9, "London, London offices of London"), (12, "a fish")]


def test_scores_are_bm25() -> None:
    index = LexicalIndex(TEXTS)
    found = index.search(["london"], 10)
    # Robertson and Zaragoza 2009 with k1 = 1.2, b = .75; lengths 3, 5, 2.
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    mean = 10 / 3

    def score(frequency: int, length: int) -> float:
        return idf * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / mean))

    assert list(found) == [9, 7]
    assert found == pytest.approx({9: score(3, 5), 7: score(1, 3)}, rel=1e-5)


def test_what_is_found() -> None:
    index = LexicalIndex(TEXTS)
    assert list(index.search(terms("VACANCY"), 10)) == [7]
    assert index.search(["nowhere"], 10) == {}
    assert index.search([], 10) == {}
    assert len(index.search(["london"], 1)) == 1
    assert LexicalIndex([]).search(["x"], 3) == {}


def test_document_frequency() -> None:
    index = LexicalIndex(TEXTS)
    assert [index.document_frequency(term) for term in ("london", "fish", "zebra")] == [2, 1, 0]


def test_operators_in_a_question_are_words() -> None:
    index = LexicalIndex([(1, "NOT this AND that OR title:x"), (2, 'quote " * ( ~ ^ "')])
    for query in ("NOT this", 'x" OR (', "title:x~2^3", "*"):
        index.search(terms(query), 5)  # none is a query language's operator
    assert list(index.search(terms("quote (*)"), 5)) == [2]
