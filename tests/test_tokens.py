"""The code of token vectors, late interaction beside plain loops, and the kinds of answers."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

from embeddings.encoder import Encoding
from embeddings.threads import _pools, single_threaded
from embeddings.tokens import Tokens, compress, expand, maxima, rotate, similarities
from qa.kinds import expected, offers
from qa.matching import match, match_labels, prepare


def unit(seed: int, count: int, dimension: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_token_of_384_numbers_takes_98_bytes() -> None:
    assert len(compress(unit(1, 50, 384))) == 50 * 98


def plainly(tokens: np.ndarray) -> bytes:
    """The code as the module's docstring describes it, one step after the other."""
    levels = np.array([-1.5104, -0.4528, 0.4528, 1.5104], np.float32)
    rotated = rotate(tokens)
    scaled = rotated * np.sqrt(tokens.shape[1])
    nearest = np.searchsorted((levels[:-1] + levels[1:]) / 2, scaled)
    factors = 1 / np.maximum(np.einsum("td,td->t", rotated, levels[nearest]), 1e-3)
    quads = nearest.reshape(len(tokens), rotated.shape[1] // 4, 4)
    packed = (quads << np.array([0, 2, 4, 6])).sum(axis=2)
    return factors.astype("<f2").tobytes() + packed.astype(np.uint8).tobytes()


@settings(max_examples=20)
@given(st.integers(0, 99), st.integers(0, 200), st.sampled_from([8, 30, 384, 511]))
def test_the_code_is_the_nearest_level_of_each_number(
    seed: int, count: int, dimension: int
) -> None:
    tokens = unit(seed, count, dimension)
    assert compress(tokens) == plainly(tokens)


def test_numbers_next_to_a_threshold_fall_on_the_right_side(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("embeddings.tokens._rotation", lambda d: np.eye(d, dtype=np.float32))
    for dimension in range(4, 1025, 4):
        at = (np.array([-0.9816, 0, 0.9816]) / np.sqrt(dimension)).astype(np.float32)
        rows = [at]
        for end in (-1, 1):
            beside = at
            for _ in range(3):
                beside = np.nextafter(beside, np.float32(end))
                rows.append(beside)
        tokens = np.zeros((len(rows), dimension), np.float32)
        tokens[:, :3] = rows
        assert compress(tokens) == plainly(tokens)


@settings(max_examples=20)
@given(st.integers(0, 99), st.integers(0, 40), st.sampled_from([8, 30, 384, 511]))
def test_inner_products_survive_the_code(seed: int, count: int, dimension: int) -> None:
    tokens, question = unit(seed, count, dimension), unit(seed + 1, 5, dimension)
    kept = expand(compress(tokens), dimension)
    assert len(kept) == count
    # To itself exactly (but for float16), to others with noise that shrinks as 1/√d.
    np.testing.assert_allclose((rotate(tokens) * kept).sum(axis=1), 1, atol=2e-3)
    error = rotate(question) @ kept.T - question @ tokens.T
    assert np.abs(error).max(initial=0) < 2.5 / np.sqrt(dimension)


def test_rotating_keeps_inner_products() -> None:
    a, b = unit(1, 9, 30), unit(2, 9, 30)
    np.testing.assert_allclose(rotate(a) @ rotate(b).T, a @ b.T, atol=1e-5)


def test_maxima_by_hand() -> None:
    similar = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.4]], np.float32)
    np.testing.assert_allclose(maxima(similar, np.array([0, 2])), [[0.8, 0.3], [0.9, 0.4]])


def test_similarities_are_those_of_the_expanded_tokens() -> None:
    counts = (4, 0, 700)  # more than are expanded at a time
    codes = [compress(unit(seed, count, 30)) for seed, count in enumerate(counts)]
    question = rotate(unit(7, 5, 30))
    kept = np.concatenate([expand(code, 30) for code in codes])
    np.testing.assert_allclose(similarities(question, codes, 30), kept @ question.T, atol=1e-5)
    assert similarities(question, [], 30).shape == (0, 5)


def test_linear_algebra_keeps_to_one_thread_while_anyone_asks() -> None:
    def threads() -> set[int]:
        return {
            p["num_threads"] for p in threadpool_info() if p.get("threading_layer") == "pthreads"
        }

    _pools.cache_clear()  # another test may have loaded a library that wasn't there then
    with threadpool_limits(limits=2, user_api="blas"):
        with single_threaded:
            with single_threaded:
                assert threads() == {1}
            assert threads() == {1}  # the first to leave isn't the last
        assert threads() == {2}
    limited = threadpool_limits(limits=2, user_api="blas")  # by this thread: others are ignored
    with limited, ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        for first, last in ((one, other), (other, one)):
            first.submit(single_threaded.__enter__).result()
            assert threads() == {1}
            last.submit(single_threaded.__exit__).result()
            assert threads() == {2}
        with threadpool_limits(limits=1, user_api="blas"):  # it is left to others again
            assert threads() == {1}


def test_matching_is_the_best_token_of_each_sentence() -> None:
    dimension = 64
    # Twelve tokens of three characters, a space between; where each sentence ends. What stands
    # between two sentences announces the second.
    spans = np.array([[4 * n, 4 * n + 3] for n in range(12)], np.uint32)
    passages = [Tokens(compress(unit(seed, 12, dimension)), spans) for seed in (3, 4, 5)]
    ends = [[19, 47], [47], [7, 8, 47]]
    bounds = [[0, 5, 12], [0, 12], [0, 2, 12]]  # no token ends a sentence of one character
    sentences = [[0, 1], [0], [0, 2]]
    question = Encoding(
        unit(8, 1, dimension)[0], unit(9, 3, dimension), np.array([[0, 0], [0, 4], [0, 0]])
    )
    asked = prepare("what", question, lambda term: 2.0)
    similar = similarities(asked.tokens, [passage.code for passage in passages], dimension)
    found = match(similar, passages, ends)
    labels = match_labels(similar, np.array([12, 24, 36, 36]))
    for number, passage in enumerate(passages):
        one = found[number]
        kept = expand(passage.code, dimension)
        assert one.sentences.tolist() == sentences[number]
        for column, (first, last) in enumerate(pairwise(bounds[number])):
            expected_best = (asked.tokens @ kept[first:last].T).max(axis=1)
            np.testing.assert_allclose(one.best[:, column], expected_best, atol=1e-5)
        np.testing.assert_allclose(labels[:, number], one.best.max(axis=1), atol=1e-5)
        np.testing.assert_allclose(one.similar, kept @ asked.tokens.T, atol=1e-5)
    assert (labels[:, 3] == -1).all()  # an empty heading meets nothing
    assert match(similar[:0], [], []).best.shape == (3, 0)
    assert match_labels(similar[:0], np.zeros(0, np.int64)).shape == (3, 0)


def test_weights_are_shared_among_pieces() -> None:
    text = "reoffending in London"
    spans = np.array([[0, 0], [0, 2], [2, 5], [5, 11], [12, 14], [15, 21], [0, 0]])
    encoding = Encoding(unit(1, 1, 8)[0], unit(2, 7, 8), spans)
    weigh = {"reoffend": 4.0, "in": 3.0, "london": 2.0}
    asked = prepare(text, encoding, lambda term: weigh[term])
    assert asked.owners.tolist() == [-1, 0, 0, 0, 1, 2, -1]
    raw = np.array([1, *[4 / 3**0.5] * 3, 1, 2, 1])  # marks 1; a stop word at most 1
    np.testing.assert_allclose(asked.weights, raw / raw.sum(), rtol=1e-6)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many vacancies did London have?", "count"),
        ("Who is the chief inspector?", "person"),
        ("When was the report published?", "date"),
        ("Why are staff absent?", "reason"),
        ("How much is a teacher paid?", "money"),
        ("What share of staff is overloaded?", "percent"),
        ("How long do repairs take?", "duration"),
        ("Which company owns Working Links?", "name"),
        ("Describe the offices.", "other"),
    ],
)
def test_kinds_of_answers(question: str, kind: str) -> None:
    assert expected(question) == kind


def test_what_the_question_says_is_no_answer() -> None:
    assert offers("There were 615 vacancies.", "count", set())
    assert not offers("There were 615 vacancies.", "count", {"615"})
    assert not offers("There were vacancies in 2019.", "count", set())  # a year counts nothing
    assert offers("The chair was Justin Russell.", "person", set())
    assert not offers("The chair was a man.", "person", set())
    assert offers("Sixty per cent are overloaded.", "percent", set())
    assert offers("It was late because of the rain.", "reason", set())
