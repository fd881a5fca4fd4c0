"""txtai: Segmentation with its recursive chunker, Embeddings with content in SQLite."""

from shared import CHARACTERS, TOP_K, Find, Texts, model_path, run
from txtai import Embeddings


def load() -> Embeddings:
    return Embeddings(path=model_path(), content=True)


def index(model: Embeddings, texts: Texts, store: str) -> int:
    from txtai.pipeline import Segmentation

    split = Segmentation(chunker="recursive", chunk_size=CHARACTERS, tokenizer="character")
    chunks = [
        {"text": chunk, "file": name} for name, text in texts.items() for chunk in split(text)
    ]
    model.index(chunks)
    model.save(store)
    return len(chunks)


def opened(store: str) -> Find:
    saved = Embeddings()
    saved.load(store)  # and the model that made it
    return lambda question: [found["text"] for found in saved.search(question, TOP_K)]


run(load, index, opened)
