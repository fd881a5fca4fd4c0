"""Exports a model's weights for onnxruntime, and proves that they say the same.

    python -m embeddings.exporting MODEL FINGERPRINT

A process of its own: PyTorch's exporter takes memory and time, and talks. Nothing is kept unless
the export gives the model's own vectors on a fixed set of questions.
"""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings import onnx
from embeddings.transformer import LONGEST, TransformerEncoder, prompt_of

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

LEAST = 0.9999  # cosine to the model's own vectors, pooled and token by token
CHECKED = (
    "How many vacancies did London have?",
    "pay",
    "Who said that the Probation Service was “not safe” in 2018–19, and when?",
    "£3.5 million (12%) of 1,234 cases; R v Smith [2019] EWCA Crim 42",
    "Ümlaute, naïve façade, Ελληνικά, 東京, 🙂, soft\u00adhyphen",
    "unreasonableness antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "What did the inspectors find about the workload of officers in the South East? " * 3,
    "more words than the model reads " * 100,
)


def export(name: str, fingerprint: str) -> None:
    """Write the export of a model into the user's cache, or there why it isn't to be had.

    Args:
        name: As `TransformerEncoder` takes it.
        fingerprint: Of the weights that are wanted; nothing is written if they are others now.

    Raises:
        OSError: if the cache can't be written.
        ModelUnavailable: if the model can't be loaded.
    """
    home = onnx.cache(fingerprint)
    home.mkdir(parents=True, exist_ok=True)
    encoder = TransformerEncoder(name)
    if encoder.fingerprint != fingerprint:
        return
    with tempfile.TemporaryDirectory(prefix=".new-", dir=home.parent) as scratch:
        made = Path(scratch)
        try:
            about = _exported(encoder, made)
        except Exception as error:  # whatever an exporter can stumble on in a stranger's model
            onnx.About.failed(f"{type(error).__name__}: {error}").save(home)
            return
        for file in (onnx.MODEL, onnx.WEIGHTS, onnx.TOKENIZER):
            (made / file).replace(home / file)
        about.save(home)  # last: without it, or if it doesn't fit, the others are as good as none


def _exported(encoder: TransformerEncoder, folder: Path) -> onnx.About:
    """Write the files of an export that is proved right, and return what is to be said of them."""
    prompt = _write(encoder.exact, folder)
    _check(encoder, onnx.ExportedModel(folder, prompt))
    files = onnx.MODEL, onnx.WEIGHTS, onnx.TOKENIZER
    sums = {file: onnx.checksum(folder / file) for file in files}
    return onnx.About(prompt, onnx.settings_of(encoder.name), sums)


def _write(model: "SentenceTransformer", folder: Path) -> str:
    """Write weights and tokenizer into a folder, and return the prompt for questions."""
    import torch

    read = model.tokenizer([CHECKED[0]], return_tensors="pt")

    class Outputs(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            found = self.model(dict(zip(read, values, strict=True)))
            return found["token_embeddings"], found["sentence_embedding"]

    longest = model.max_seq_length or LONGEST
    tokenizer = model.tokenizer.backend_tokenizer
    tokenizer.no_padding()  # what is packaged may pad to some length, or cut too early
    tokenizer.enable_truncation(longest)
    tokenizer.save(str(folder / onnx.TOKENIZER))
    length = torch.export.Dim("length", min=2, max=longest)
    torch.onnx.export(
        Outputs().eval(),
        tuple(read.values()),
        folder / onnx.MODEL,
        input_names=list(read),
        output_names=["tokens", "pooled"],
        dynamic_shapes=(tuple({1: length} for _ in read),),
        dynamo=True,
        external_data=True,
        verbose=False,
    )
    return prompt_of(model, "query")


def _check(encoder: TransformerEncoder, exported: onnx.ExportedModel) -> None:
    """Compare what both say of `CHECKED`."""
    for text in CHECKED:
        own, other = encoder.encode_question(text), exported.encode_question(text)
        if not np.array_equal(own.spans, other.spans):
            raise ValueError(f"{text[:40]!r} is read in other pieces")
        pooled = float(own.pooled @ other.pooled)
        tokens = float(np.einsum("td,td->t", own.tokens, other.tokens).min())
        if min(pooled, tokens) < LEAST:
            raise ValueError(f"{text[:40]!r} gets vectors of cosine {min(pooled, tokens):.6f}")


if __name__ == "__main__":
    export(*sys.argv[1:])
