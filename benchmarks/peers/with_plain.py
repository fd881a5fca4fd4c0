"""sentence-transformers and FAISS, nothing else; with PEER_DTYPE=bfloat16 the model rounded so."""

import json
import os
from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer
from shared import CHARACTERS, TOP_K, Find, Texts, model_path, run


def load() -> SentenceTransformer:
    kind = os.environ.get("PEER_DTYPE", "float32")
    return SentenceTransformer(model_path(), device="cpu", model_kwargs={"dtype": kind})


def index(model: SentenceTransformer, texts: Texts, store: str) -> int:
    chunks = [chunk for text in texts.values() for chunk in split(text)]
    vectors = model.encode(chunks, normalize_embeddings=True)
    made = faiss.IndexFlatIP(vectors.shape[1])
    made.add(vectors.astype("float32"))
    Path(store).mkdir(parents=True)
    faiss.write_index(made, str(Path(store, "vectors.faiss")))
    Path(store, "chunks.json").write_text(json.dumps(chunks), "utf-8")
    return len(chunks)


def split(text: str) -> list[str]:
    """Return chunks of whole paragraphs where they are short, cut at spaces where they are long."""
    chunks = [""]
    for paragraph in text.split("\n\n"):
        for part in cut(paragraph):
            if len(chunks[-1]) + 2 + len(part) > CHARACTERS:
                chunks.append("")
            chunks[-1] = f"{chunks[-1]}\n\n{part}" if chunks[-1] else part
    return [chunk for chunk in chunks if chunk.strip()]


def cut(text: str) -> list[str]:
    parts = []
    while len(text) > CHARACTERS:
        at = text.rfind(" ", 1, CHARACTERS)
        at = CHARACTERS if at < 0 else at
        parts.append(text[:at])
        text = text[at:].lstrip()
    return [*parts, text]


def opened(store: str) -> Find:
    model = load()
    saved = faiss.read_index(str(Path(store, "vectors.faiss")))
    chunks = json.loads(Path(store, "chunks.json").read_text("utf-8"))

    def find(question: str) -> list[str]:
        vector = model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        _, (rows,) = saved.search(vector.astype("float32"), TOP_K)
        return [chunks[row] for row in rows]

    return find


run(load, index, opened)
