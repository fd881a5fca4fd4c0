"""LlamaIndex: SentenceSplitter, HuggingFaceEmbedding, FaissVectorStore.

The default store keeps vectors as JSON and compares them in Python, the FAISS one is faster. The
batch is 32, as the others' is, in place of 10.
"""

import faiss
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.faiss import FaissVectorStore
from shared import CHARACTERS, TOP_K, Find, Texts, model_path, run

DIMENSION = 384


def load() -> HuggingFaceEmbedding:
    return HuggingFaceEmbedding(model_name=model_path(), embed_batch_size=32)


def index(model: HuggingFaceEmbedding, texts: Texts, store: str) -> int:
    from llama_index.core import Document
    from llama_index.core.node_parser import SentenceSplitter

    # The names are kept, but not put before every chunk, as they would be by default.
    documents = [
        Document(
            text=text,
            metadata={"file": name},
            excluded_embed_metadata_keys=["file"],
            excluded_llm_metadata_keys=["file"],
        )
        for name, text in texts.items()
    ]
    splitter = SentenceSplitter(chunk_size=CHARACTERS, chunk_overlap=0, tokenizer=list)
    nodes = splitter.get_nodes_from_documents(documents)
    vectors = FaissVectorStore(faiss_index=faiss.IndexFlatL2(DIMENSION))
    context = StorageContext.from_defaults(vector_store=vectors)
    made = VectorStoreIndex(nodes, storage_context=context, embed_model=model)
    made.storage_context.persist(store)
    return len(nodes)


def opened(store: str) -> Find:
    model = load()
    vectors = FaissVectorStore.from_persist_dir(store)
    context = StorageContext.from_defaults(vector_store=vectors, persist_dir=store)
    saved = load_index_from_storage(context, embed_model=model)
    retriever = saved.as_retriever(similarity_top_k=TOP_K)
    return lambda question: [found.text for found in retriever.retrieve(question)]


run(load, index, opened)
