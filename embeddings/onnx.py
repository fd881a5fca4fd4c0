"""Questions, at once: the model's weights under onnxruntime; never imports torch.

The weights are exported once for each user (`embeddings.exporting`) and kept by their fingerprint,
so that a question is always encoded with the very weights that encoded the passages.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import platformdirs
from tokenizers import Tokenizer

from embeddings.encoder import Encoding, unit

VERSION = 1  # raised whenever an earlier export can't be used any more
# The graph, the weights beside it (they are mapped, not read), and what else a question needs.
MODEL, WEIGHTS, TOKENIZER, ABOUT = "model.onnx", "model.onnx.data", "tokenizer.json", "about.json"


@dataclass(frozen=True, slots=True)
class About:
    """What is kept beside the exported weights.

    Attributes:
        prompt: What the model wants before a question.
        sums: What `checksum` returned of the other files, by name; none if the model can't be
            exported.
        trouble: Why it can't be.
    """

    prompt: str = ""
    sums: dict[str, int] | None = None
    trouble: str = ""

    def save(self, folder: Path) -> None:
        """Write it into an export's folder."""
        (folder / ABOUT).write_text(json.dumps(asdict(self)))


class ExportedModel:
    """A model's weights, ready for questions."""

    def __init__(self, folder: Path, prompt: str) -> None:
        """Load an export that is known to be sound."""
        self._prompt = prompt
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors
        # Threads that wait for more work in a loop would take the cores from what follows.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {entry.name for entry in self._session.get_inputs()}

    def encode_question(self, text: str) -> Encoding:
        """Return the encoding of a text to search with, special marks included."""
        read = self._tokenizer.encode(self._prompt + text)
        features = {
            "input_ids": read.ids,
            "attention_mask": read.attention_mask,
            "token_type_ids": read.type_ids,
        }
        tokens, pooled = self._session.run(
            ["tokens", "pooled"],
            {name: np.array([features[name]], np.int64) for name in self._inputs},
        )
        spans = np.array(read.offsets, np.int32).reshape(-1, 2) - len(self._prompt)
        return Encoding(unit(pooled[0]), unit(tokens[0]), np.maximum(spans, 0))


def cache(fingerprint: str) -> Path:
    """Return the folder in which the export of these weights is kept."""
    home = platformdirs.user_cache_path("chapter-and-verse", appauthor=False)
    return home / f"questions-{VERSION}" / fingerprint[:32]


def load(fingerprint: str) -> ExportedModel | None:
    """Return the export of these weights; None where there is none, or it is damaged."""
    about = _about(fingerprint)
    if about is None or about.sums is None:
        return None
    folder = cache(fingerprint)
    return ExportedModel(folder, about.prompt) if _is_sound(folder, about.sums) else None


def prepare(name: str, fingerprint: str) -> None:
    """Export a model's weights, unless that was done or tried; in a process of its own.

    That keeps the exporter's memory and chatter out of this one. Where it fails, or nothing can be
    written, questions go through the model itself.
    """
    about = _about(fingerprint)
    if about and (about.sums is None or _is_sound(cache(fingerprint), about.sums)):
        return
    command = [sys.executable, "-P", "-m", "embeddings.exporting", name, fingerprint]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def _about(fingerprint: str) -> About | None:
    try:
        found: dict[str, Any] = json.loads((cache(fingerprint) / ABOUT).read_bytes())
        return About(**found)
    except (OSError, ValueError, TypeError):
        return None


def _is_sound(folder: Path, sums: dict[str, int]) -> bool:
    try:
        return all(checksum(folder / name) == wanted for name, wanted in sums.items())
    except (OSError, ValueError):
        return False


def checksum(path: Path) -> int:
    """Return the sum of a file's 8-byte words modulo 2^64, and its size: any flipped bit changes it.

    A tenth of the time that a digest takes, and every question from the shell waits for it.
    """
    content = np.memmap(path, np.uint8, "r")
    words = content[: len(content) // 8 * 8].view(np.uint64)
    rest = int.from_bytes(content[len(words) * 8 :].tobytes(), "little")
    return (int(words.sum(dtype=np.uint64)) + rest + len(content)) % 2**64
