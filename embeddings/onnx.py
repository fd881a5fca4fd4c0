"""Questions, at once: the model's weights under onnxruntime; never imports torch.

The weights are exported once for each user (`embeddings.exporting`) and kept by their fingerprint,
so that a question is always encoded with the very weights that encoded the passages.
"""

import hashlib
import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
import platformdirs
from tokenizers import Tokenizer

from embeddings.encoder import Encoding, unit

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the import, which would begin to send
import onnxruntime

onnxruntime.disable_telemetry_events()  # what Windows has of its own

VERSION = 1  # raised whenever an earlier export can't be used any more
# The graph, the weights beside it (they are mapped, not read), and what else a question needs.
MODEL, WEIGHTS, TOKENIZER, ABOUT = "model.onnx", "model.onnx.data", "tokenizer.json", "about.json"
_LONGEST = 600  # seconds that an export may take
_MOST_THREADS = 4
_SMALL = 2**23  # bytes; what is smaller in a model's folder says how its weights are used


@dataclass(frozen=True, slots=True)
class About:
    """What is kept beside the exported weights.

    Attributes:
        prompt: What the model wants before a question.
        settings: What `settings_of` returned for the model.
        sums: What `checksum` returned of the other files, by name; None where the export failed.
        trouble: Why it failed.
        tried: The day of that: it is tried again on another.
    """

    prompt: str = ""
    settings: str = ""
    sums: dict[str, int] | None = None
    trouble: str = ""
    tried: str = ""

    @classmethod
    def failed(cls, trouble: str) -> "About":
        """Return what to keep of an export that failed today."""
        return cls(trouble=trouble[:1000], tried=date.today().isoformat())

    @classmethod
    def read(cls, folder: Path) -> "About | None":
        """Return what is kept in an export's folder; None where nothing can be read."""
        try:
            content, _, own = (folder / ABOUT).read_text("utf-8").rpartition("\n")
            if hashlib.sha256(content.encode()).hexdigest() != own:
                return None
            return cls(**json.loads(content))
        except (OSError, ValueError, TypeError):
            return None

    def save(self, folder: Path) -> None:
        """Write it into an export's folder."""
        content = json.dumps(asdict(self))
        own = hashlib.sha256(content.encode()).hexdigest()
        (folder / ABOUT).write_text(f"{content}\n{own}", "utf-8")

    def fits(self, name: str, folder: Path) -> bool:
        """Whether the files of an export are whole, and of the model as it is now."""
        try:
            return self.settings == settings_of(name) and self.sums == {
                file: checksum(folder / file) for file in (MODEL, WEIGHTS, TOKENIZER)
            }
        except (OSError, ValueError):
            return False


class ExportedModel:
    """A model's weights, ready for questions."""

    def __init__(self, folder: Path, prompt: str) -> None:
        """Load an export that is known to be sound."""
        self._prompt = prompt
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors
        # Left to choose their number itself, it would also bind each to a core, and the thread
        # that asks, wherever it runs, would come to share that core with one of them.
        options.intra_op_num_threads = _threads()
        # Threads wait for their next part in a loop while a question is encoded, but not longer:
        # they would take the cores from what follows.
        options.add_session_config_entry("session.intra_op.allow_spinning", "1")
        options.add_session_config_entry("session.force_spinning_stop", "1")
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


def _threads() -> int:
    """Return how many threads encode a question: one a core, but few, for they wait in a loop."""
    with suppress(AttributeError):  # where a process can't be kept to some of the cores
        return min(_MOST_THREADS, len(os.sched_getaffinity(0)))
    return min(_MOST_THREADS, os.cpu_count() or 1)


def cache(fingerprint: str) -> Path:
    """Return the folder in which the export of these weights is kept."""
    home = platformdirs.user_cache_path("chapter-and-verse", appauthor=False).absolute()
    return home / f"questions-{VERSION}" / fingerprint[:32]


def load(name: str, fingerprint: str) -> ExportedModel | None:
    """Return the export of a model's weights; None where there is none that can be used.

    Args:
        name: The model's, as `TransformerEncoder` takes it.
        fingerprint: Of its weights.
    """
    folder = cache(fingerprint)
    about = About.read(folder)
    if about is None or not about.fits(name, folder):
        return None
    try:
        return ExportedModel(folder, about.prompt)
    except Exception:  # of another version of onnxruntime, say
        return None


def prepare(name: str, fingerprint: str) -> None:
    """Export a model's weights, unless that is done or failed today; in a process of its own.

    That keeps the exporter's memory and chatter out of this one. Where it fails, or nothing can be
    written, questions go through the model itself.
    """
    folder = cache(fingerprint)
    about = About.read(folder)
    if about and (about.tried == date.today().isoformat() or about.fits(name, folder)):
        return
    path = os.pathsep.join(
        filter(None, sys.path)
    )  # the same modules as here, not those lying around
    command = [sys.executable, "-P", "-m", "embeddings.exporting", name, fingerprint]
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(
                command,
                env={**os.environ, "PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LONGEST,
                check=True,
            )
        except subprocess.SubprocessError as error:  # it was killed, most likely for its memory
            About.failed(str(error)).save(folder)


def settings_of(name: str) -> str:
    """Return the digest of what a model's folder says beside its weights; "" without a folder."""
    folder = Path(name)
    if not folder.is_dir():
        return ""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in (".json", ".txt")]
    small = [path for path in files if path.stat().st_size < _SMALL]
    parts = (f"{path.relative_to(folder)}\0".encode() + path.read_bytes() for path in small)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def checksum(path: Path) -> int:
    """Return the sum of a file's 8-byte words modulo 2^64, and its size: any flipped bit changes it.

    A tenth of the time that a digest takes, and every question from the shell waits for it.
    """
    content = np.memmap(path, np.uint8, "r")
    words = content[: len(content) // 8 * 8].view(np.uint64)
    rest = int.from_bytes(content[len(words) * 8 :].tobytes(), "little")
    return (int(words.sum(dtype=np.uint64)) + rest + len(content)) % 2**64
