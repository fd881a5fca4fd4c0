"""LangChain: RecursiveCharacterTextSplitter, HuggingFaceEmbeddings, its FAISS store."""

from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings
from shared import CHARACTERS, TOP_K, Find, Texts, model_path, run


def load() -> HuggingFaceEmbeddings:
    return HuggingFaceEmbeddings(model_name=model_path())


def index(model: HuggingFaceEmbeddings, texts: Texts, store: str) -> int:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHARACTERS, chunk_overlap=0)
    chunks = splitter.create_documents(list(texts.values()), [{"file": name} for name in texts])
    FAISS.from_documents(chunks, model).save_local(store)
    return len(chunks)


def opened(store: str) -> Find:
    model = load()
    saved = FAISS.load_local(store, model, allow_dangerous_deserialization=True)
    return lambda question: [
        found.page_content for found in saved.similarity_search(question, k=TOP_K)
    ]


run(load, index, opened)
