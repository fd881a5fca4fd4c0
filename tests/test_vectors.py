"""Nearest vectors: exact over few, by candidates over many, whatever is masked."""

from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from embeddings.candidates import Candidates
from embeddings.encoder import Vectors
from embeddings.vectors import VectorIndex


def unit(vectors: Vectors) -> Vectors:
    found: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return found


def drawn(count: int, dimension: int = 64, seed: int = 1) -> Vectors:
    """Vectors in clusters, as texts' are."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((50, dimension))
    noise = random.standard_normal((count, dimension))
    return unit(centres[random.integers(50, size=count)] + 0.7 * noise)


def asked(vectors: Vectors, count: int) -> Vectors:
    """Queries between two vectors, as questions are between texts."""
    pairs = np.random.default_rng(2).integers(len(vectors), size=(2, count))
    return unit(vectors[pairs[0]] + vectors[pairs[1]])


def nearest(vectors: Vectors, query: Vectors, top_k: int) -> list[int]:
    return np.argsort(-(vectors @ query), kind="stable")[:top_k].tolist()


def test_the_index_is_exact() -> None:
    vectors = drawn(200, 16)
    index = VectorIndex(vectors)
    query = vectors[7]
    cosines = vectors @ query
    found = index.search(query, 5)
    assert list(found) == nearest(vectors, query, 5)
    assert found[7] == pytest.approx(1.0, abs=1e-6)
    assert index.scores(query, [0, 199]) == pytest.approx(
        {0: float(cosines[0]), 199: float(cosines[199])}, abs=1e-6
    )
    assert len(index.search(query, 1_000)) == 200
    every = index.search(query, 200)
    for seed in range(20):
        among = np.random.default_rng(seed).random(200) < (seed + 1) / 20
        allowed = {row: score for row, score in every.items() if among[row]}
        assert index.search(query, 200, among) == allowed
        assert list(index.search(query, 3, among)) == list(allowed)[:3]
    assert index.search(query, 3, np.zeros(200, bool)) == {}


def test_an_empty_index_finds_nothing() -> None:
    index = VectorIndex(np.empty((0, 16), np.float32))
    assert index.search(np.ones(16, np.float32), 3) == {}


@pytest.mark.parametrize("exact_up_to", [1_000_000, 1_000])
def test_equal_vectors_come_in_the_order_of_their_rows(exact_up_to: int) -> None:
    vectors = drawn(8_000)
    same = np.array([7_999, 5_000, 4_000, 3_999, 12, 3])
    vectors[same] = vectors[3]
    index = VectorIndex(vectors, exact_up_to=exact_up_to)
    found = index.search(vectors[3], 6)
    assert list(found) == [3, 12, 3_999, 4_000, 5_000, 7_999]
    assert len(set(found.values())) == 1
    assert list(index.search(vectors[3], 4)) == [3, 12, 3_999, 4_000]


def test_candidates_agree_with_exact_search(tmp_path: Path) -> None:
    vectors = drawn(20_000)
    np.save(tmp_path / "vectors.npy", vectors)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    exact, quick = VectorIndex(mapped), VectorIndex(mapped, exact_up_to=1_000)
    assert exact.lists is None
    shared = []
    for query in asked(vectors, 40):
        expected, found = exact.search(query, 30), quick.search(query, 30)
        assert list(found.values()) == sorted(found.values(), reverse=True)
        assert found == quick.scores(query, list(found))
        assert all(found[row] == expected[row] for row in found.keys() & expected.keys())
        shared.append(len(found.keys() & expected.keys()) / 30)
    assert np.mean(shared) >= 0.99


@pytest.mark.parametrize("share", [0.0002, 0.1, 0.5, 0.9, 1.0])
def test_only_what_is_allowed_is_found(share: float) -> None:
    vectors = drawn(20_000)
    exact, quick = VectorIndex(vectors), VectorIndex(vectors, exact_up_to=1_000)
    among = np.random.default_rng(0).random(len(vectors)) < share
    shared = []
    for query in asked(vectors, 20):
        expected, found = exact.search(query, 30, among), quick.search(query, 30, among)
        assert len(found) == min(30, among.sum())
        assert among[list(found)].all()
        shared.append(len(found.keys() & expected.keys()) / max(1, len(found)))
    assert np.mean(shared) >= 0.99


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_what_is_allowed_may_be_far_from_the_question(share: float) -> None:
    vectors = drawn(20_000)
    exact, quick = VectorIndex(vectors), VectorIndex(vectors, exact_up_to=1_000)
    shared = []
    for query in asked(vectors, 20):
        among = vectors @ query <= np.quantile(vectors @ query, share)  # the nearest aren't
        expected, found = exact.search(query, 30, among), quick.search(query, 30, among)
        assert len(found) == 30
        assert among[list(found)].all()
        shared.append(len(found.keys() & expected.keys()) / 30)
    assert np.mean(shared) >= 0.3  # all is as far: few signs tell the nearest of them


@pytest.mark.parametrize("dimension", [64, 30])
def test_an_index_is_made_from_what_was_kept_of_it(dimension: int) -> None:
    vectors = drawn(8_000, dimension)
    made = VectorIndex(vectors, exact_up_to=1_000)
    again = VectorIndex(vectors, exact_up_to=1_000)
    assert made.lists is not None
    assert again.lists is not None
    assert made.lists.codes.dtype == np.uint8
    assert sorted(made.lists.rows.tolist()) == list(range(8_000))
    for own, other in zip(astuple(made.lists), astuple(again.lists), strict=True):
        assert np.array_equal(own, other)
    kept = Candidates(made.lists)
    assert kept.enough < 8_000
    found = []
    for query in asked(vectors, 20):
        rows = kept.search(query)
        assert len(rows) == kept.enough
        found.append(np.isin(nearest(vectors, query, 30), rows).mean())
    assert np.mean(found) >= 0.99


@pytest.mark.parametrize("same", [1.0, 0.2])
def test_vectors_that_are_the_same_need_no_more_candidates(same: float) -> None:
    vectors = drawn(6_000)
    vectors[: int(6_000 * same)] = vectors[0]
    made = Candidates.of(vectors)
    assert made.enough <= 2_000
    assert np.count_nonzero(vectors[made.search(vectors[0])] @ vectors[0] > 0.999) >= 30
