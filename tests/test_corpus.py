"""The front door: adding, identity, changes, asking, errors; with a quick stub encoder."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings.encoder import Encoding
from qa import Cancelled, Corpus, CorpusError, Document, InputError, ModelError, committing
from qa.errors import StorageError
from qa.types import Progress
from tests.stub import BagOfWords

Folder = Callable[..., Path]
APPLES = "Apples\n\nThe orchard grows forty kinds of apples on its northern slope.\n"
PEARS = "Pears\n\nPears are picked in September by the village school.\n"


def ids(corpus: Corpus) -> list[str]:
    return [listing.doc_id for listing in corpus.documents()]


# Adding and changing


def test_only_what_changed_is_encoded_again(corpus: Corpus, folder: Folder) -> None:
    encoder = corpus._model._encoder
    assert isinstance(encoder, BagOfWords)
    root = folder("f", {"apples.txt": APPLES, "pears.txt": PEARS})
    assert corpus.add(root).added == ("apples.txt", "pears.txt")
    encoder.encoded.clear()
    assert corpus.add(root).unchanged == ("apples.txt", "pears.txt")
    assert encoder.encoded == []
    (root / "pears.txt").write_text(PEARS.replace("September", "October"))
    report = corpus.add(root)
    assert (report.updated, report.unchanged) == (("pears.txt",), ("apples.txt",))
    assert encoder.encoded == [PEARS.strip().replace("September", "October")]
    assert "October" in corpus.search("pears", 1)[0].passage.text


def test_a_touched_file_is_unchanged(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"apples.txt": APPLES})
    corpus.add(root)
    os.utime(root / "apples.txt", (1, 1))
    assert corpus.add(root).unchanged == ("apples.txt",)


def test_a_new_description_is_taken_over(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"apples.txt": APPLES})
    corpus.add(root)
    assert corpus.documents()[0].title == "Apples"
    folder("f", {"metadata.json": '{"documents": {"apples.txt": {"title": "On apples"}}}'})
    assert corpus.add(root).updated == ("apples.txt",)
    assert corpus.documents()[0].title == "On apples"
    assert corpus.search("apples", 1)[0].passage.title == "On apples"


def test_what_has_gone_from_a_root_is_removed(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"apples.txt": APPLES, "pears.txt": PEARS})
    corpus.add(root)
    (root / "apples.txt").unlink()
    assert corpus.add(root).removed == ("apples.txt",)
    assert ids(corpus) == ["pears.txt"]


def test_step_by_step_and_afresh_agree(tmp_path: Path, folder: Folder) -> None:
    root = folder("f", {"b.txt": PEARS, "c.txt": APPLES, "d.txt": PEARS + APPLES})
    with Corpus.create(tmp_path / "steps", model=BagOfWords()) as steps:
        for name in ("d.txt", "c.txt", "b.txt"):
            steps.add(root / name)
        (root / "c.txt").write_text(APPLES + PEARS)
        steps.add(root / "c.txt")
        with Corpus.create(tmp_path / "afresh", model=BagOfWords()) as afresh:
            afresh.add(root)
            for query in ("apples", "pears in september", "village slope", "school"):
                assert steps.search(query) == afresh.search(query)


def test_progress_rises_to_the_whole_and_can_stop_the_work(
    corpus: Corpus, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "_BATCH", 50)
    root = folder("f", {f"{n:03}.txt": f"{PEARS} Number {n}." for n in range(110)})
    seen: list[Progress] = []

    def stop_late(at: Progress) -> None:
        seen.append(at)
        if at.done > 0.6 * at.total:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        corpus.add(root, progress=stop_late)
    done = len(ids(corpus))
    assert done == 50  # whole batches stay
    report = corpus.add(root, progress=seen.append)
    assert (len(report.unchanged), len(report.added)) == (done, 110 - done)
    assert seen[-1].done == seen[-1].total
    assert ids(corpus) == sorted(f"{n:03}.txt" for n in range(110))


def test_documents_from_memory(corpus: Corpus) -> None:
    memo = Document("memo", "The vault\r\n\r\nThe key lies under the mat.", published="2020-02-02")
    assert corpus.add_documents([memo]).added == ("memo",)
    assert corpus.add_documents([memo]).unchanged == ("memo",)
    found = corpus.document("memo")
    assert (found.title, found.text) == ("The vault", "The vault\n\nThe key lies under the mat.")
    assert corpus.search("key", 1)[0].passage.published == "2020-02-02"
    changed = Document("memo", "The key is lost.")
    assert corpus.add_documents([changed]).updated == ("memo",)
    assert corpus.remove("memo") == ("memo",)


def test_documents_from_memory_are_all_taken_or_none(corpus: Corpus, folder: Folder) -> None:
    corpus.add(folder("f", {"apples.txt": APPLES}))
    good = Document("good", "Some words.")
    for bad in (Document("bad", "…"), Document("", "Words."), Document("apples.txt", "Words.")):
        with pytest.raises(InputError, match=repr(bad.doc_id)):
            corpus.add_documents([good, bad])
    with pytest.raises(InputError, match="surrogate"):
        corpus.add_documents([good, Document("bad", "half \ud800")])
    assert ids(corpus) == ["apples.txt"]


# Identity


def test_the_same_name_under_two_roots(corpus: Corpus, folder: Folder) -> None:
    corpus.add(folder("one/notes", {"a.txt": APPLES}), folder("two/notes", {"a.txt": PEARS}))
    assert ids(corpus) == ["a.txt", "notes/a.txt"]
    corpus.add(folder("three/notes", {"a.txt": "Plums\n\nPlums are blue."}))
    assert ids(corpus) == ["a.txt", "notes/a.txt", "three/notes/a.txt"]
    assert corpus.search("plums", 1)[0].passage.doc_id == "three/notes/a.txt"


def test_a_root_inside_another_adds_nothing_twice(corpus: Corpus, folder: Folder) -> None:
    outer = folder("outer", {"a.txt": APPLES, "inner/b.txt": PEARS})
    corpus.add(outer / "inner")
    assert ids(corpus) == ["b.txt"]
    assert corpus.add(outer).unchanged == ("b.txt",)  # its id stays
    assert ids(corpus) == ["a.txt", "b.txt"]
    (outer / "inner" / "b.txt").unlink()
    assert corpus.add(outer).removed == ("b.txt",)


def test_one_file_added_alone(corpus: Corpus, folder: Folder) -> None:
    root = folder(
        "f",
        {
            "a.txt": APPLES,
            "b.txt": PEARS,
            "metadata.json": '{"documents": {"a.txt": {"title": "About apples"}}}',
        },
    )
    assert corpus.add(root / "a.txt").added == ("a.txt",)
    assert corpus.documents()[0].title == "About apples"


def test_names_that_are_not_utf8(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"caf\udce9.txt": APPLES, "tab\tand\nline.txt": PEARS})
    assert corpus.add(root).added == ("caf\\xe9.txt", "tab\tand\nline.txt")
    assert corpus.document("caf\\xe9.txt").text == APPLES
    assert corpus.add(root).unchanged == ("caf\\xe9.txt", "tab\tand\nline.txt")


def test_what_is_never_read(corpus: Corpus, folder: Folder, tmp_path: Path) -> None:
    root = folder(
        "f",
        {
            "a.txt": APPLES,
            ".hidden.txt": PEARS,
            ".git/x.txt": PEARS,
            "README.md": PEARS,
            "drafts/b.txt": PEARS,
            "metadata.json": '{"exclude": ["README.md", "drafts"]}',
        },
    )
    with Corpus.create(root / "corpus", model=BagOfWords()) as inside:
        (root / "corpus" / "c.txt").write_text(PEARS)
        report = inside.add(root)
        assert (ids(inside), report.skipped) == (["a.txt"], ())


def test_bad_files_are_named_and_the_others_indexed(corpus: Corpus, folder: Folder) -> None:
    root = folder(
        "f",
        {
            "a.txt": APPLES,
            "binary.txt": bytes(range(256)) * 9,
            "empty.txt": "",
            "picture.png": b"\x89PNG",
            "sub/metadata.json": "{",
            "sub/b.txt": PEARS,
        },
    )
    (root / "link.txt").symlink_to(root / "a.txt")
    os.mkfifo(root / "pipe.txt")
    report = corpus.add(root)
    assert report.added == ("a.txt",)
    reasons = {Path(skipped.path).name: skipped.reason for skipped in report.skipped}
    assert sorted(reasons) == [
        *("binary.txt", "empty.txt", "link.txt", "metadata.json", "picture.png", "pipe.txt")
    ]
    assert "binary" in reasons["binary.txt"]
    assert "it is empty" in reasons["empty.txt"]
    assert "link" in reasons["link.txt"]
    assert "JSON" in reasons["metadata.json"]
    assert ".png" in reasons["picture.png"]
    assert "regular" in reasons["pipe.txt"]


def test_an_unreadable_file_keeps_its_earlier_version(
    corpus: Corpus, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folder("f", {"a.txt": APPLES})
    corpus.add(root)
    (root / "a.txt").write_text(PEARS)

    really_open = os.open

    def refuse(path: Any, *how: Any, **other: Any) -> Any:
        if str(path).endswith("a.txt"):
            raise PermissionError(13, "Permission denied", str(path))
        return really_open(path, *how, **other)

    monkeypatch.setattr(os, "open", refuse)  # root reads everything otherwise
    (skipped,) = corpus.add(root).skipped
    assert "Permission denied" in skipped.reason
    assert "kept" in skipped.reason
    assert corpus.document("a.txt").text == APPLES


def test_a_folder_that_cannot_be_listed_loses_nothing(
    corpus: Corpus, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folder("f", {"a.txt": APPLES, "sub/b.txt": PEARS})
    corpus.add(root)
    listed = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "sub":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    report = corpus.add(root)
    assert (report.removed, [s.path for s in report.skipped]) == ((), ["sub"])
    assert ids(corpus) == ["a.txt", "sub/b.txt"]


def test_metadata_that_cannot_be_read_lets_nothing_in(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"a.txt": APPLES, "metadata.json": "{"})
    report = corpus.add(root)
    assert (report.added, [s.path for s in report.skipped]) == ((), ["metadata.json"])


def test_a_hidden_root_keeps_its_documents(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"a.txt": APPLES, ".notes/b.txt": PEARS})
    corpus.add(root / ".notes")
    assert corpus.add(root).removed == ()
    assert ids(corpus) == ["a.txt", "b.txt"]


def test_equal_scores_rank_by_document_and_offset(tmp_path: Path) -> None:
    names = [f"d{number:02}" for number in range(30)]
    found = []
    for label, order in (("up", names), ("down", names[::-1])):
        with Corpus.create(tmp_path / label, model=BagOfWords()) as made:
            for name in order:
                made.add_documents([Document(name, PEARS)])
            found.append([hit.passage.doc_id for hit in made.search("pears", 3)])
    assert found == [["d00", "d01", "d02"]] * 2


def test_two_documents_of_one_id_are_refused(corpus: Corpus) -> None:
    with pytest.raises(InputError, match="'a'"):
        corpus.add_documents([Document("a", "One."), Document("a", "Two.")])


def test_what_a_document_is_called_is_known(corpus: Corpus) -> None:
    text = "The committee decided to close the swimming pool."
    corpus.add_documents([Document("m", text, author="Ada Byron", published="2019-05-24")])
    for question in (
        "What did the committee decide about the swimming pool in 2019?",
        "What did Ada Byron write on the swimming pool?",
        "WHAT DID THE COMMITTEE DECIDE ABOUT THE SWIMMING POOL?",
        "The swimming pool. Why did the committee close it?",
    ):
        assert corpus.ask(question).status == "answered"
    assert corpus.ask("What about the swimming pool in Rome?").status == "not_found"


def test_a_closed_corpus_says_so(tmp_path: Path) -> None:
    made = Corpus.create(tmp_path / "c", model=BagOfWords())
    made.close()
    with pytest.raises(StorageError, match="closed"):
        made.documents()


def test_removing(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"a.txt": APPLES, "sub/b.txt": PEARS, "sub/c.txt": PEARS})
    corpus.add(root)
    with pytest.raises(InputError, match="nowhere"):
        corpus.remove("a.txt", "nowhere.txt")
    assert len(ids(corpus)) == 3
    assert corpus.remove(root / "sub") == ("sub/b.txt", "sub/c.txt")
    assert corpus.remove("a.txt") == ("a.txt",)
    assert ids(corpus) == []


# Asking


def test_an_answer_is_the_document_s_own_words(corpus: Corpus, folder: Folder) -> None:
    corpus.add(folder("f", {"apples.txt": APPLES, "pears.txt": PEARS}))
    answer = corpus.ask("Who picks the pears in September?")
    assert answer.status == "answered"
    assert answer.text == "Pears are picked in September by the village school."
    first = answer.citations[0]
    text = corpus.document(first.doc_id).text
    assert (first.n, first.doc_id, str(first.place)) == (1, "pears.txt", "lines 1–3")
    assert text[first.start : first.end] == first.quote
    assert first.answer is not None
    assert text[slice(*first.answer)] == answer.text
    assert [text[slice(*span)] for span in first.highlights] == [
        *("Pears", "Pears", "picked", "September")
    ]
    assert answer.nearest == ()
    assert answer.confidence is not None
    assert 0 < answer.confidence < 1


def test_not_found_shows_the_nearest_and_the_missing_words(corpus: Corpus, folder: Folder) -> None:
    corpus.add(folder("f", {"apples.txt": APPLES, "pears.txt": PEARS}))
    answer = corpus.ask("How many quinces were sold in Zürich in 1987?")
    assert (answer.status, answer.text, answer.citations) == ("not_found", None, ())
    assert answer.missing_terms == ("quinces", "sold", "Zürich", "1987")
    assert {hit.passage.doc_id for hit in answer.nearest} == {"apples.txt", "pears.txt"}


def test_a_year_that_stands_nowhere_is_not_answered(corpus: Corpus, folder: Folder) -> None:
    corpus.add(folder("f", {"pears.txt": PEARS}))
    assert corpus.ask("Who picks pears in September?").status == "answered"
    assert corpus.ask("Who picked pears in September 1987?").status == "not_found"
    assert corpus.ask("Who picks pears in September in Rome?").status == "not_found"


def test_hits_explain_themselves(corpus: Corpus, folder: Folder) -> None:
    corpus.add(folder("f", {"apples.txt": APPLES, "pears.txt": PEARS}))
    best, other = corpus.search("pears in September")
    assert (best.rank, best.passage.doc_id) == (1, "pears.txt")
    assert list(best.signals) == ["dense", "bm25", "words", "sentence", "answer"]
    assert best.signals["bm25"] > 0 == other.signals["bm25"]
    assert all(best.signals[name] > other.signals[name] for name in best.signals)
    total = best.signals["words"] + 0.4 * best.signals["sentence"]
    total += 0.3 * best.signals["dense"] + 0.3 * best.signals["bm25"]
    assert best.score == pytest.approx(total + 0.2 * best.signals["answer"])
    text = corpus.document("pears.txt").text
    assert [(met.word, met.found, met.where, met.closeness) for met in best.why] == [
        ("pears", "Pears", "passage", 1.0),
        ("September", "September", "passage", 1.0),
    ]
    assert [text[slice(*met.span)] for met in best.why if met.span] == ["Pears", "September"]
    assert [met.closeness < 1 for met in other.why] == [True, True]


@pytest.mark.parametrize("question", ["", " \n ", "???", "x" * 10_000])
def test_empty_and_endless_questions_are_refused(corpus: Corpus, question: str) -> None:
    with pytest.raises(InputError, match="question"):
        corpus.ask(question)


@pytest.mark.parametrize("question", ["what is it", "日本語", "the the the", "🙂 yes", "a" * 1_999])
def test_odd_questions_are_answered_or_not(corpus: Corpus, folder: Folder, question: str) -> None:
    corpus.add(folder("f", {"apples.txt": APPLES}))
    assert corpus.ask(question).status in ("answered", "not_found")


def test_an_empty_corpus_says_so(corpus: Corpus) -> None:
    with pytest.raises(CorpusError, match="no documents"):
        corpus.ask("Anything?")


def test_a_citation_s_id_names_content_not_files(tmp_path: Path, folder: Folder) -> None:
    found = []
    for name in ("x.txt", "y.txt"):
        with Corpus.create(tmp_path / f"corpus-{name}", model=BagOfWords()) as corpus:
            corpus.add(folder(f"f-{name}", {name: PEARS}))
            found.append(corpus.ask("Who picks pears?").citations[0].id)
    assert found[0] == found[1]


# The folder


def test_folders_that_are_no_corpus_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="does not exist"):
        Corpus.open(tmp_path / "none")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "x.jpg").write_bytes(b"x")
    with pytest.raises(CorpusError, match="is not a corpus"):
        Corpus.open(tmp_path / "photos")
    with pytest.raises(CorpusError, match="something else"):
        Corpus.create(tmp_path / "photos")
    for content in (b"", b"no database at all, but long enough to be one" * 99):
        (tmp_path / "photos" / "catalog.sqlite").write_bytes(content)
        with pytest.raises(CorpusError, match=r"not a Chapter & Verse catalog|cannot be read"):
            Corpus.open(tmp_path / "photos")


def test_a_corpus_is_made_once(corpus: Corpus) -> None:
    with pytest.raises(CorpusError, match="already"):
        Corpus.create(corpus.path)


def test_vectors_of_another_model_are_refused(corpus: Corpus, folder: Folder) -> None:
    corpus.add(folder("f", {"apples.txt": APPLES}))
    with (
        Corpus.open(corpus.path, model=BagOfWords("other-weights")) as other,
        pytest.raises(ModelError, match="another model"),
    ):
        other.ask("Which apples?")


def test_another_connection_s_changes_are_seen(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"apples.txt": APPLES})
    corpus.add(root)
    assert corpus.search("pears", 5)[0].passage.doc_id == "apples.txt"
    with Corpus.open(corpus.path, model=BagOfWords()) as other:
        folder("f", {"pears.txt": PEARS})
        other.add(root)
        other.remove("apples.txt")
    assert [hit.passage.doc_id for hit in corpus.search("apples", 5)] == ["pears.txt"]


def test_a_second_writer_fails_at_once_and_is_told_who_writes(
    corpus: Corpus, folder: Folder
) -> None:
    root = folder("f", {"apples.txt": APPLES})

    def write_too(at: Progress) -> None:
        with Corpus.open(corpus.path, model=BagOfWords()) as other:
            with pytest.raises(StorageError, match=f"process {os.getpid()} "):
                other.add(root)
            assert ids(other) in ([], ["apples.txt"])  # reading goes on

    assert corpus.add(root, progress=write_too).added == ("apples.txt",)


def test_threads_ask_while_one_adds(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"pears.txt": PEARS})
    corpus.add(root)
    failures: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                answer = corpus.ask("Who picks the pears in September?")
                assert answer.text == "Pears are picked in September by the village school."
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        folder("f", {f"{number}.txt": APPLES + f"Number {number}."})
        corpus.add(root)
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(ids(corpus)) == 21


def test_the_same_words_elsewhere_are_cited_too_articles_first(corpus: Corpus) -> None:
    article = "The hall\n\nThe hall was closed in March because the roof had fallen in.\n"
    thread = (
        "\n\n  1. The hall was closed in March because the roof had fallen in.\n\n"
        "    Typical.\n\n  2. Was it?\n\n    1. It was.\n"
    )
    corpus.add_documents(
        [Document("a", "On roofs\n\nRoofs leak.\n" + thread), Document("b", article)]
    )
    answer = corpus.ask("Why was the hall closed in March?")
    assert answer.text == "The hall was closed in March because the roof had fallen in."
    first = answer.citations[0]
    assert (first.doc_id, first.kind, first.speaker) == ("b", "article", None)
    (copy,) = first.also  # copies are one source
    assert (copy.doc_id, copy.kind, copy.section) == ("a", "reader's comment", "Comment 1")
    assert copy.speaker == "uncertain"
    assert answer.agreement == "single"
    for source in (first, copy):
        assert source.answer is not None
        text = corpus.document(source.doc_id).text
        assert text[slice(*source.answer)] == answer.text
        assert text[source.start : source.end] == source.quote


def test_vectors_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    class Broken(BagOfWords):
        def _encoding(self, text: str) -> Encoding:
            found = super()._encoding(text)
            if "plums" in text:
                found.pooled[:] = np.nan
            return found

    with Corpus.create(tmp_path / "corpus", model=Broken()) as corpus:
        corpus.add_documents([Document("a", "Apples are ripe.")])
        with pytest.raises(CorpusError, match=r"vectors of 'Ripe plums.*' in 'b' are no numbers"):
            corpus.add_documents([Document("b", "Ripe plums are blue.")])
        assert [hit.passage.doc_id for hit in corpus.search("ripe")] == ["a"]
