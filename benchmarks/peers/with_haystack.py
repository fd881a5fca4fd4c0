"""Haystack: RecursiveDocumentSplitter, its sentence-transformers embedders, InMemoryDocumentStore.

The components run one after the other, without a pipeline around them, which is the faster way.
"""

import os

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from pathlib import Path

from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from shared import CHARACTERS, TOP_K, Find, Texts, model_path, run

FILE_NAME = "store.json"


def load() -> SentenceTransformersTextEmbedder:
    embedder = SentenceTransformersTextEmbedder(model=model_path(), progress_bar=False)
    embedder.warm_up()
    return embedder


def index(model: SentenceTransformersTextEmbedder, texts: Texts, store: str) -> int:
    from haystack import Document
    from haystack.components.preprocessors import RecursiveDocumentSplitter

    # Its other splitting at sentences needs a download.
    splitter = RecursiveDocumentSplitter(
        split_length=CHARACTERS, split_unit="char", separators=["\n\n", "\n", " "]
    )
    documents = [Document(content=text, meta={"file": name}) for name, text in texts.items()]
    splitter.warm_up()
    chunks = splitter.run(documents)["documents"]
    embedder = SentenceTransformersDocumentEmbedder(model=model.model, progress_bar=False)
    embedder.warm_up()  # takes the model that the other has loaded
    made = InMemoryDocumentStore()
    made.write_documents(embedder.run(chunks)["documents"])
    Path(store).mkdir(parents=True)
    made.save_to_disk(str(Path(store, FILE_NAME)))
    return len(chunks)


def opened(store: str) -> Find:
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever

    model = load()
    saved = InMemoryDocumentStore.load_from_disk(str(Path(store, FILE_NAME)))
    retriever = InMemoryEmbeddingRetriever(saved, top_k=TOP_K)

    def find(question: str) -> list[str]:
        vector = model.run(question)["embedding"]
        return [found.content for found in retriever.run(vector)["documents"]]

    return find


run(load, index, opened)
