"""What stays true while files change: citations, renames, checks, repairs, earlier formats."""

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from embeddings.tokens import compress
from qa import Corpus, CorpusError, Document, InputError, committing
from qa.catalog import APPLICATION_ID, encoding_key
from qa.errors import OldFormat, StorageError
from qa.resolving import counterpart
from qa.saving import save_answer
from qa.types import Report, Span
from qa.upgrading import upgrade
from qa.watching import follow
from tests.stub import BagOfWords

Folder = Callable[..., Path]
APPLES = "Apples\n\nThe orchard grows forty kinds of apples on its northern slope.\n"
PEARS = "Pears\n\nPears are picked in September by the village school.\n"
PASSAGE = PEARS.strip()


def reopened(corpus: Corpus) -> Corpus:
    return Corpus.open(corpus.path, model=BagOfWords())


# Citations


def test_what_becomes_of_a_citation(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"apples.txt": APPLES, "pears.txt": PEARS})
    corpus.add(root)
    cited = corpus.ask("Who picks pears in September?").citations[0].id
    found = corpus.resolve(cited)
    assert (found.status, found.doc_id, found.then, found.now) == (
        *("exact", "pears.txt", PASSAGE, PASSAGE),
    )
    # Another version, the same words further down, over a line's end.
    folder("f", {"pears.txt": "Fruit\n\nPlums are blue.\n\n" + PEARS.replace("by the", "by\nthe")})
    corpus.add(root)
    found = corpus.resolve(cited)
    assert (found.status, found.doc_id, str(found.place)) == ("moved", "pears.txt", "lines 5–8")
    assert found.span is not None
    assert corpus.document("pears.txt").text[slice(*found.span)] == found.now
    assert found.id_now is not None
    assert corpus.resolve(found.id_now).status == "exact"
    folder("f", {"pears.txt": PEARS.replace("September", "October")})
    corpus.add(root)
    found = corpus.resolve(cited)
    assert (found.status, found.then) == ("changed", PASSAGE)
    assert found.now == PASSAGE.replace("September", "October")
    folder("f", {"pears.txt": "Trees\n\nNothing is known of these today.\n"})
    corpus.add(root)
    assert (corpus.resolve(cited).status, corpus.resolve(cited).then) == ("gone", PASSAGE)
    folder("f", {"pears.txt": "Figs\n", "apples.txt": APPLES + "\n" + PASSAGE + "\n"})
    corpus.add(root)
    assert corpus.resolve(cited).status == "moved"
    assert corpus.resolve(cited).doc_id == "apples.txt"
    (root / "pears.txt").unlink()
    (root / "apples.txt").write_text(APPLES)
    corpus.add(root)
    assert corpus.resolve(cited).status == "gone"
    folder("f", {"old pears.txt": PEARS})
    corpus.add(root)
    assert (corpus.resolve(cited).status, corpus.resolve(cited).doc_id) == (
        "exact",
        "old pears.txt",
    )


def test_what_is_removed_on_purpose_leaves_no_words(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"apples.txt": APPLES, "pears.txt": PEARS})
    corpus.add(root)
    cited = corpus.ask("Who picks pears in September?").citations[0].id
    folder("f", {"pears.txt": PEARS.replace("September", "October")})
    corpus.add(root)
    corpus.remove("pears.txt")
    assert (corpus.resolve(cited).status, corpus.resolve(cited).then) == ("gone", None)


def test_words_that_were_removed_are_nowhere(corpus: Corpus, folder: Folder) -> None:
    """Whatever became of the file before: renamed, deleted, copied."""
    root = folder("f", {"a.txt": PEARS, "b.txt": APPLES, "copy.txt": APPLES, "c.txt": "Figs."})
    corpus.add(root)
    pears, apples, figs = (
        corpus.search(words, 1)[0].passage.id for words in ("pears", "apples", "figs")
    )
    folder("f", {"a.txt": PEARS.replace("September", "October")})
    corpus.add(root)
    (root / "a.txt").rename(root / "renamed.txt")
    (root / "b.txt").unlink()
    (root / "c.txt").unlink()
    corpus.add(root)
    assert corpus.resolve(pears).status == "changed"  # renaming is no end of its history
    assert corpus.resolve(apples).doc_id == "copy.txt"
    assert corpus.resolve(figs).then == "Figs."
    assert corpus.remove("renamed.txt") == ("renamed.txt",)
    assert corpus.remove("copy.txt") == ("copy.txt",)
    assert corpus.remove("c.txt") == ("c.txt",)  # its file had gone, its words hadn't
    assert [corpus.resolve(cited).then for cited in (pears, apples, figs)] == [None] * 3
    corpus.close()
    with closing(sqlite3.connect(corpus.path / "catalog.sqlite")) as db:
        assert db.execute("SELECT count(*) FROM past").fetchone() == (0,)
    content = (corpus.path / "catalog.sqlite").read_bytes()
    assert b"northern slope" not in content
    with pytest.raises(InputError, match="empty name"), reopened(corpus) as again:
        again.remove("")


def test_the_last_versions_are_kept(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.catalog.writing._VERSIONS", 2)
    cited = []
    for number in range(4):
        corpus.add_documents([Document("note", f"The count today is {number}.")])
        cited.append(corpus.search("count", 1)[0].passage.id)
    found = [corpus.resolve(one) for one in cited]
    assert [f.then is not None for f in found] == [False, True, True, True]


def test_a_number_isn_t_found_in_another(corpus: Corpus, folder: Folder) -> None:
    root = folder(
        "f", {"a.txt": "Vacancies\n\nIn London 12\n\nOn these figures the union agrees.\n"}
    )
    corpus.add(root)
    cited = corpus.search("vacancies in London", 1)[0].passage
    for figure in ("125", "12.5", "1.12"):
        folder("f", {"a.txt": f"New\n\n{cited.text.replace('12', figure)}\n\nThe union agrees.\n"})
        corpus.add(root)
        assert corpus.resolve(cited.id).status != "moved"


def test_long_texts_are_aligned_or_given_up_in_time() -> None:
    lines = [f"Line {n} of a long report." if n % 2 else "" for n in range(8_000)]
    old = "\n".join(lines)
    new = "\n".join(
        line.replace("long", "short") if n % 7 == 1 else line for n, line in enumerate(lines)
    )
    at = old.index("Line 15 of")
    found = counterpart(old, new, Span(at, at + 25))
    assert found is None or new[slice(*found)] == "Line 15 of a short report."
    near = old.replace("Line 15 of a long", "Line 15 of a new, long")
    found = counterpart(old, near, Span(at, at + 25))
    assert found is not None
    assert near[slice(*found)] == "Line 15 of a new, long report."


@pytest.mark.parametrize("bad", ["", "pears.txt", "0" * 16, f"{'0' * 16}:9-3", f"{'g' * 16}:1-3"])
def test_what_is_no_id(corpus: Corpus, bad: str) -> None:
    corpus.add_documents([Document("a", APPLES)])
    with pytest.raises(InputError, match="no citation's id"):
        corpus.resolve(bad)


def test_an_unknown_id_is_gone(corpus: Corpus) -> None:
    corpus.add_documents([Document("a", APPLES)])
    assert corpus.resolve(f"{'0' * 16}:1-3").status == "gone"


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("one two three. four five six. seven", "four five six."),
        ("zero. one two three. four nine six. seven", "four nine six."),
        ("one two three.\nfour five ten eleven six. seven", "four five ten eleven six."),
        ("one two three. seven", None),
        ("", None),
    ],
)
def test_counterparts(new: str, expected: str | None) -> None:
    old = "one two three. four five six. seven"
    found = counterpart(old, new, Span(15, 29))
    assert (new[slice(*found)] if found else None) == expected


def test_saved_answers_are_checked(corpus: Corpus, folder: Folder, tmp_path: Path) -> None:
    root = folder("f", {"apples.txt": APPLES, "pears.txt": PEARS})
    corpus.add(root)
    saved = tmp_path / "answers.json"
    assert save_answer(corpus.ask("Who picks pears in September?"), saved) == 1
    assert save_answer(corpus.ask("Where do forty kinds of apples grow?"), saved) == 2
    assert {c.resolution.status for c in corpus.check_saved(saved)} == {"exact"}
    folder("f", {"pears.txt": PEARS.replace("September", "October")})
    corpus.add(root)
    statuses = {c.resolution.doc_id: c.resolution.status for c in corpus.check_saved(saved)}
    assert statuses == {"pears.txt": "changed", "apples.txt": "exact"}
    # Words put into the file that the place never had.
    content = json.loads(saved.read_text("utf-8"))
    for answer in content["answers"]:
        for citation in answer["citations"]:
            citation["quote"] = citation["quote"].replace("forty", "fifty")
    saved.write_text(json.dumps(content), "utf-8")
    (apples,) = {c.resolution for c in corpus.check_saved(saved) if c.title == "Apples"}
    assert apples.status == "changed"
    assert apples.then is not None
    assert "fifty" in apples.then


@pytest.mark.parametrize("content", ["", "[1]", "{}", '{"answers": [{"question": "x"}]}', "\x00"])
def test_what_is_no_file_of_answers(corpus: Corpus, tmp_path: Path, content: str) -> None:
    corpus.add_documents([Document("a", APPLES)])
    path = tmp_path / "answers.json"
    path.write_text(content)
    with pytest.raises(InputError, match=r"answers\.json"):
        corpus.check_saved(path)
    if "question" not in content:
        with pytest.raises(InputError):
            save_answer(corpus.ask("Which apples?"), path)
        assert path.read_text() == content


# Changes


def test_a_renamed_file_is_recognised(corpus: Corpus, folder: Folder) -> None:
    encoder = corpus._model._encoder
    assert isinstance(encoder, BagOfWords)
    root = folder("f", {"a.txt": APPLES, "copy.txt": APPLES, "pears.txt": PEARS})
    corpus.add(root)
    encoder.encoded.clear()
    before = corpus.search("pears")
    (root / "pears.txt").rename(root / "fruit.txt")
    (root / "copy.txt").rename(root / "b.txt")
    report = corpus.add(root)
    assert report == Report(
        unchanged=("a.txt",), renamed=(("copy.txt", "b.txt"), ("pears.txt", "fruit.txt"))
    )
    assert encoder.encoded == []
    after = corpus.search("pears")
    assert [hit.passage.id for hit in after] == [hit.passage.id for hit in before]
    assert after[0].passage.doc_id == "fruit.txt"
    # Two files that exchange their names are two that changed.
    (root / "a.txt").rename(root / "x")
    (root / "fruit.txt").rename(root / "a.txt")
    (root / "x").rename(root / "fruit.txt")
    assert corpus.add(root).updated == ("a.txt", "fruit.txt")
    assert corpus.verify().problems == ()


def test_a_name_that_became_free_is_no_other_file_s_at_once(corpus: Corpus, folder: Folder) -> None:
    one, two = folder("one", {"pears.txt": PEARS}), folder("two", {})
    two.mkdir()
    corpus.add(one, two)
    (one / "pears.txt").rename(one / "fruit.txt")
    folder("two", {"pears.txt": APPLES})
    report = corpus.add(one, two)
    assert report.renamed == (("pears.txt", "fruit.txt"),)
    assert report.added == ("two/pears.txt",)
    assert corpus.verify().problems == ()


def test_patterns_name_documents(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"notes/a.txt": APPLES, "notes/b.md": PEARS, "c.txt": PEARS})
    corpus.add(root)
    assert corpus.remove("notes/*.txt") == ("notes/a.txt",)
    assert corpus.remove(f"{root}/*") == ("c.txt", "notes/b.md")
    with pytest.raises(InputError, match="Nothing"):
        corpus.remove("*.pdf")


def test_a_change_that_keeps_size_and_time_is_found_by_rehash(
    corpus: Corpus, folder: Folder
) -> None:
    import os

    root = folder("f", {"pears.txt": PEARS})
    os.utime(root / "pears.txt", (1, 1))
    corpus.add(root)
    folder("f", {"pears.txt": PEARS.replace("September", "Septembre")})
    os.utime(root / "pears.txt", (1, 1))
    assert corpus.add(root).unchanged == ("pears.txt",)
    assert corpus.add(root, rehash=True).updated == ("pears.txt",)


def test_a_file_changed_at_once_after_it_was_read_is_read_again(
    corpus: Corpus, folder: Folder
) -> None:
    """Where clocks are coarse, the time of such a change is that of the one before."""
    import os

    root = folder("f", {"pears.txt": PEARS})
    corpus.add(root)
    written = (root / "pears.txt").stat()
    folder("f", {"pears.txt": PEARS.replace("September", "Septembre")})
    os.utime(root / "pears.txt", ns=(written.st_atime_ns, written.st_mtime_ns))
    assert corpus.add(root).updated == ("pears.txt",)


def test_an_interrupted_run_keeps_what_it_encoded(
    corpus: Corpus, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "_CHUNK", 16)
    encoder = corpus._model._encoder
    assert isinstance(encoder, BagOfWords)
    root = folder("f", {f"{n}.txt": f"{PEARS} Number {n}." for n in range(20)})

    def stop(at: object) -> None:
        if len(encoder.encoded) >= 16:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        corpus.add(root, progress=stop)
    first = len(encoder.encoded)
    corpus.add(root)
    assert len(encoder.encoded) == len(set(encoder.encoded))
    assert len(encoder.encoded) > first
    with closing(sqlite3.connect(corpus.path / "catalog.sqlite")) as db:
        kept = db.execute("SELECT count(*) FROM encodings").fetchone()[0]
    assert kept == len(set(encoder.encoded))
    corpus.remove(str(root))
    with closing(sqlite3.connect(corpus.path / "catalog.sqlite")) as db:
        assert db.execute("SELECT count(*) FROM encodings").fetchone()[0] == 0


def test_a_folder_is_followed(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"apples.txt": APPLES})
    corpus.add(root)
    reports: list[Report] = []
    stop, ready = threading.Event(), threading.Event()

    def note(report: Report) -> None:
        reports.append(report)
        stop.set()

    def change() -> None:
        ready.wait(10)
        for number in range(100):  # until the watcher has begun
            (root / "pears.txt").write_text(f"{PEARS}\nCounted {number} times.\n")
            if stop.wait(0.1):
                return

    thread = threading.Thread(target=change)
    thread.start()
    ready.set()
    follow(corpus, [str(root)], note, lambda trouble: pytest.fail(trouble), stop)
    thread.join()
    assert reports[0].added == ("pears.txt",)


# Checks and repairs


def test_a_sound_corpus_is_verified(corpus: Corpus, folder: Folder) -> None:
    corpus.add(folder("f", {"apples.txt": APPLES, "pears.txt": PEARS}))
    verification = corpus.verify()
    assert (verification.problems, verification.repaired) == ((), ())
    stats = corpus.stats()
    assert (stats.passages, len(stats.documents), stats.model) == (2, 2, "bag-of-words")
    assert {part for part, size in stats.sizes.items() if not size} == {
        *("former texts", "conversations"),
    }


@pytest.mark.parametrize("harm", ["delete", "shorten", "flip", "foreign"])
def test_indexes_are_made_again(corpus: Corpus, folder: Folder, tmp_path: Path, harm: str) -> None:
    corpus.add(folder("f", {"apples.txt": APPLES, "pears.txt": PEARS}))
    expected = corpus.search("pears in September")
    path = corpus.path / "indexes.bin"
    content = bytearray(path.read_bytes())
    if harm == "delete":
        path.unlink()
    elif harm == "shorten":
        path.write_bytes(content[:-9])
    elif harm == "flip":
        content[-100] ^= 4
        path.write_bytes(content)
    else:
        with Corpus.create(tmp_path / "other", model=BagOfWords()) as other:
            other.add_documents([Document("x", "Something else.")])
        shutil.copy(tmp_path / "other" / "indexes.bin", path)
    with reopened(corpus) as again:
        (repaired,) = again.verify().repaired
        assert "made anew" in repaired
        assert again.verify().repaired == ()
        assert again.search("pears in September") == expected


def test_a_damaged_row_is_found_and_written_anew(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {"apples.txt": APPLES, "pears.txt": PEARS})
    corpus.add(root)
    expected = corpus.search("pears in September")
    corpus.close()
    with closing(sqlite3.connect(corpus.path / "catalog.sqlite")) as db, db:
        db.execute("UPDATE passages SET text = replace(text, 'September', 'Septembre')")
    with reopened(corpus) as again:
        with pytest.raises(StorageError, match="damaged"):
            again.search("pears in September")
        problems = again.verify().problems
        assert "pears.txt: parts of it are damaged or missing" in problems
        assert again.add(root, rehash=True).added == ("pears.txt",)
        assert again.verify().problems == ()
        assert again.search("pears in September") == expected


def test_what_is_damaged_and_can_t_be_read_again_is_named(corpus: Corpus) -> None:
    corpus.add_documents([Document("memo", "The key lies under the mat.")])
    with closing(sqlite3.connect(corpus.path / "catalog.sqlite")) as db, db:
        db.execute("UPDATE texts SET text = 'other words'")
    (corpus.path.parent / "a.txt").write_text(APPLES)
    report = corpus.add(corpus.path.parent / "a.txt", rehash=True)
    assert [(skipped.path, "damaged" in skipped.reason) for skipped in report.skipped] == [
        ("memo", True)
    ]
    assert corpus.verify().problems == ()


def test_indexes_of_lost_commits_are_never_used(
    corpus: Corpus, folder: Folder, tmp_path: Path
) -> None:
    """Numbers of passages are given again after a loss: to other words than before."""
    root = folder("f", {"apples.txt": APPLES})
    corpus.add(root)
    corpus.close()
    shutil.copy(corpus.path / "catalog.sqlite", tmp_path / "earlier.sqlite")
    folder("f", {"pears.txt": PEARS})
    with reopened(corpus) as again:
        again.add(root)
        again.search("pears")
    (corpus.path / "indexes.bin").unlink()
    with reopened(corpus) as again:
        again.search("pears")  # writes indexes of what will be lost
    shutil.copy(tmp_path / "earlier.sqlite", corpus.path / "catalog.sqlite")
    kept = (corpus.path / "indexes.bin").read_bytes()
    with reopened(corpus) as again:
        assert again.verify().problems
        (corpus.path / "indexes.bin").write_bytes(kept)
        (root / "pears.txt").write_text("Plums\n\nPlums are blue.\n")
        again.add(root)
    with reopened(corpus) as again:
        assert again.search("plums", 1)[0].signals["bm25"] > 0
        assert again.verify().problems == ()


def test_a_missing_row_is_no_smaller_corpus(corpus: Corpus, folder: Folder) -> None:
    corpus.add(folder("f", {"apples.txt": APPLES, "pears.txt": PEARS}))
    corpus.close()
    (corpus.path / "indexes.bin").unlink()
    with closing(sqlite3.connect(corpus.path / "catalog.sqlite")) as db, db:
        db.execute("DELETE FROM passages WHERE id = 1")
    with reopened(corpus) as again, pytest.raises(StorageError, match="2 passages were written"):
        again.search("pears")


def test_a_log_that_lost_its_end_is_found(corpus: Corpus, folder: Folder, tmp_path: Path) -> None:
    root = folder("f", {"apples.txt": APPLES})
    corpus.add(root)
    corpus.close()
    shutil.copytree(corpus.path, tmp_path / "earlier")
    folder("f", {"pears.txt": PEARS})
    with reopened(corpus) as again:
        again.add(root)
    shutil.copy(tmp_path / "earlier" / "catalog.sqlite", corpus.path / "catalog.sqlite")
    with reopened(corpus) as again:
        for attempt in (lambda: again.search("pears"), lambda: again.add(root)):
            with pytest.raises(StorageError, match="lost"):
                attempt()
        assert "lost" in again.verify().problems[0]
        assert again.verify().problems == ()
        assert again.add(root).added == ("pears.txt",)


# Formats


def earlier_format(path: Path, root: Path) -> None:
    """Write a catalog of format 4, as far as it matters."""
    path.mkdir()
    encoder = BagOfWords()
    with closing(sqlite3.connect(path / "catalog.sqlite")) as db, db:
        db.executescript(
            f"""PRAGMA application_id = {APPLICATION_ID};
            PRAGMA user_version = 4;
            CREATE TABLE meta (id INTEGER PRIMARY KEY, value TEXT);
            CREATE TABLE documents (id INTEGER PRIMARY KEY, doc_id TEXT, path BLOB, title TEXT,
                author TEXT, publisher TEXT, published TEXT, kind TEXT);
            CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT, blocks TEXT, places TEXT);
            CREATE TABLE encodings (id INTEGER PRIMARY KEY, key BLOB, tokens BLOB, spans BLOB);
            CREATE TABLE vectors (id INTEGER PRIMARY KEY, pooled BLOB);"""
        )
        meta = {"model": "bag-of-words", "roots": [str(root)]}
        db.execute("INSERT INTO meta VALUES (1, ?)", [json.dumps(meta)])
        memo = (7, "memo", None, "Memo", None, None, "2020-02-02", None)
        db.execute("INSERT INTO documents VALUES (?,?,?,?,?,?,?,?)", memo)
        read = (json.dumps([["paragraph", 0, 27, None, None]]), json.dumps(["page", [0]]))
        db.execute("INSERT INTO texts VALUES (?,?,?,?)", (7, "The key lies under the mat.", *read))
        text = PEARS.strip()
        (found,) = encoder.encode_passages([text])
        key, spans = encoding_key(text, encoder.fingerprint), np.asarray(found.spans, "<u4")
        tokens = compress(found.tokens)
        db.execute("INSERT INTO encodings VALUES (3, ?, ?, ?)", [key, tokens, spans.tobytes()])
        db.execute("INSERT INTO vectors VALUES (3, ?)", [found.pooled.astype("<f4").tobytes()])


def test_an_earlier_format_is_brought_up_to_date(tmp_path: Path, folder: Folder) -> None:
    root = folder("f", {"pears.txt": PEARS})
    path = tmp_path / "old"
    earlier_format(path, root)
    with pytest.raises(OldFormat, match="qa index"):
        Corpus.open(path)
    encoder = BagOfWords()
    assert upgrade(path, model=encoder).added == ("memo", "pears.txt")
    assert PEARS.strip() not in encoder.encoded  # its vectors were kept
    with Corpus.open(path, model=BagOfWords()) as corpus:
        assert [listing.doc_id for listing in corpus.documents()] == ["memo", "pears.txt"]
        assert corpus.document("memo").published == "2020-02-02"
        assert str(corpus.ask("Where is the key?").citations[0].place) == "page 1"
        assert corpus.verify().problems == ()
    assert sorted(p.name for p in path.iterdir() if p.suffix in (".sqlite", ".json")) == [
        *("catalog.sqlite", "commits.json"),
    ]


def test_an_upgrade_without_its_root_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "old"
    earlier_format(path, tmp_path / "unplugged")
    before = (path / "catalog.sqlite").read_bytes()
    with pytest.raises(InputError, match="unplugged"):
        upgrade(path, model=BagOfWords())
    assert (path / "catalog.sqlite").read_bytes() == before


def test_an_upgrade_beside_an_open_page_changes_nothing(tmp_path: Path, folder: Folder) -> None:
    path = tmp_path / "old"
    earlier_format(path, folder("f", {"pears.txt": PEARS}))
    with closing(sqlite3.connect(path / "catalog.sqlite")) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("SELECT * FROM meta").fetchall()
        with pytest.raises(StorageError, match="another process"):
            upgrade(path, model=BagOfWords())
        assert other.execute("SELECT count(*) FROM documents").fetchone() == (1,)
    assert upgrade(path, model=BagOfWords()).added == ("memo", "pears.txt")


def test_a_later_format_is_refused(corpus: Corpus) -> None:
    corpus.close()
    with closing(sqlite3.connect(corpus.path / "catalog.sqlite")) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(CorpusError, match="format 99"):
        reopened(corpus)
