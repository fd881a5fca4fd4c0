"""BM25 beside values worked out by hand, and after changes beside an index made afresh."""

import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.folding import terms
from qa.lexical import LexicalIndex, Postings, bag
from qa.rows import Rows

TEXTS = ["vacancies in London", "London, London offices of London", "a fish"]
WORDS = st.lists(st.sampled_from("oak elm ash yew fig".split()), max_size=6).map(" ".join)


def index(*texts: str) -> LexicalIndex:
    return LexicalIndex.build([bag(text) for text in texts])


def test_scores_are_bm25() -> None:
    found = index(*TEXTS).search(["london"], 10)
    # Robertson and Zaragoza 2009 with k1 = 1.2, b = .75; lengths 3, 5, 2.
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    mean = 10 / 3

    def score(frequency: int, length: int) -> float:
        return idf * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / mean))

    assert list(found) == [1, 0]
    assert found == pytest.approx({1: score(3, 5), 0: score(1, 3)}, rel=1e-12)


def test_what_is_found() -> None:
    texts = index(*TEXTS)
    assert list(texts.search(terms("VACANCY"), 10)) == [0]
    assert texts.search(["nowhere"], 10) == {}
    assert texts.search([], 10) == {}
    assert len(texts.search(["london"], 1)) == 1
    assert index().search(["x"], 3) == {}


def test_some_texts_are_searched_with_the_weights_of_all() -> None:
    texts = index(*TEXTS, "London")
    every = texts.search(["london", "office"], 10)
    assert list(every) == [3, 1, 0]
    among = np.array([True, False, True, True])
    assert texts.search(["london", "office"], 10, among) == {row: every[row] for row in (3, 0)}
    assert list(texts.search(["london", "office"], 1, among)) == [3]
    assert texts.search(["london"], 10, np.zeros(4, bool)) == {}
    assert [texts.holds(term, among) for term in ("london", "fish", "of")] == [True, True, False]


def test_equal_scores_come_in_the_order_of_their_rows() -> None:
    assert list(index(*["oak"] * 9, "elm").search(["oak"], 4)) == [0, 1, 2, 3]


def test_document_frequency() -> None:
    assert [index(*TEXTS).document_frequency(t) for t in ("london", "fish", "zebra")] == [2, 1, 0]


def test_operators_in_a_question_are_words() -> None:
    texts = index("NOT this AND that OR title:x", 'quote " * ( ~ ^ "')
    for query in ("NOT this", 'x" OR (', "title:x~2^3", "*"):
        texts.search(terms(query), 5)  # none is a query language's operator
    assert list(texts.search(terms("quote (*)"), 5)) == [1]


@given(
    st.lists(st.tuples(WORDS, st.booleans()), max_size=9), st.lists(WORDS, max_size=5), st.data()
)
def test_changes_leave_no_trace(
    before: list[tuple[str, bool]], added: list[str], data: st.DataObject
) -> None:
    """The statistics of what has gone go with it, wherever what has come is put."""
    rows = [row for row, (_, kept) in enumerate(before) if kept]
    rows += range(len(before), len(before) + len(added))
    ordered = data.draw(st.permutations(rows))
    texts = [*(text for text, _ in before), *added]
    parts = [Postings.of([bag(t) for t, _ in before]), Postings.of([bag(t) for t in added])]
    changed = LexicalIndex(parts, Rows.some(np.array(ordered, np.int64), len(texts)))
    afresh = index(*(texts[row] for row in ordered))
    assert changed.same_as(afresh)
    for query in (["oak"], ["elm", "ash", "yew"], ["fig", "oak"]):
        found = {ordered.index(row): score for row, score in changed.search(query, 3).items()}
        assert list(found.items()) == list(afresh.search(query, 3).items())
        assert [changed.weight(t) for t in query] == [afresh.weight(t) for t in query]


@given(st.lists(WORDS, min_size=4, max_size=40), st.integers(1, 5), st.data())
def test_what_is_left_out_could_not_have_been_among_the_best(
    texts: list[str], top_k: int, data: st.DataObject
) -> None:
    query = data.draw(st.permutations("oak elm ash yew".split()))
    among = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))))
    every = [index(*texts).search(query, len(texts), where) for where in (None, among)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.lexical._MANY", 0)
        patch.setattr("qa.lexical._PROBED", data.draw(st.sampled_from([0, 1, 16])))
        best = [index(*texts).search(query, top_k, where) for where in (None, among)]
    assert [list(b.items()) for b in best] == [list(e.items())[:top_k] for e in every]


def test_postings_are_the_same_however_many_are_sorted_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bags = [bag(text) for text in (*TEXTS, "", "London fish", *TEXTS)]
    whole = Postings.of(bags)
    monkeypatch.setattr("qa.lexical._CHUNK", 2)
    for name, array in asdict(Postings.of(bags)).items():
        assert np.array_equal(array, getattr(whole, name)), name
    assert whole.lengths.tolist() == [3, 5, 2, 0, 2, 3, 5, 2]
