"""The indexes in their file and what has changed beside them, few passages and many alike."""

import os
from collections.abc import Callable
from dataclasses import astuple
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from embeddings.candidates import Candidates
from embeddings.vectors import VectorIndex
from qa import Corpus, Document
from qa.errors import StorageError
from qa.state import FILE_NAME, State
from tests.stub import BagOfWords

Folder = Callable[..., Path]
FRUITS = "apples pears plums figs cherries quinces medlars grapes lemons limes".split()
QUERIES = ("apples in the orchard", "ripe plums", "what figs cost", "orchard")


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let more than four passages be many."""
    monkeypatch.setattr("qa.state.VectorIndex", partial(VectorIndex, exact_up_to=4))


def documents(*numbers: int) -> list[Document]:
    return [
        Document(f"{n:02}", f"{FRUITS[n % 10].capitalize()} are ripe in orchard {n}.")
        for n in numbers
    ]


def state_of(corpus: Corpus) -> State:
    with corpus._reading() as at:
        return at.state


def reopened(corpus: Corpus) -> Corpus:
    return Corpus.open(corpus.path, model=BagOfWords())


def found(corpus: Corpus) -> list[list[tuple[str, float]]]:
    return [[(hit.passage.doc_id, hit.score) for hit in corpus.search(q, 30)] for q in QUERIES]


def test_a_small_change_leaves_the_file_as_it_is(corpus: Corpus, tmp_path: Path) -> None:
    corpus.add_documents(documents(*range(10)))
    before = (corpus.path / FILE_NAME).read_bytes()
    corpus.add_documents(documents(12, 11))
    corpus.remove("03", "00")
    corpus.add_documents([Document("05", "Nothing of that kind.")])
    state = state_of(corpus)
    assert (corpus.path / FILE_NAME).read_bytes() == before
    assert len(state) == 10
    assert (len(state.base.numbers), len(state.added)) == (10, 3)
    with Corpus.create(tmp_path / "afresh", model=BagOfWords()) as afresh:
        afresh.add_documents(
            [*documents(1, 2, 4, 6, 7, 8, 9, 11, 12), Document("05", "Nothing of that kind.")]
        )
        assert found(corpus) == found(afresh)
        with reopened(corpus) as again:
            assert found(again) == found(afresh)
    assert corpus.verify().problems == corpus.verify().repaired == ()


def test_a_large_change_makes_the_file_anew(corpus: Corpus) -> None:
    corpus.add_documents(documents(1))
    corpus.add_documents(documents(*range(100, 330)))
    state = state_of(corpus)
    assert (len(state.base.numbers), len(state.added)) == (231, 0)
    corpus.remove("1*", "2*", "30?")
    state = state_of(corpus)
    assert len(state.base.numbers) == len(state) == 21


def test_what_was_added_is_read_once(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.add_documents(documents(*range(10)))
    corpus.add_documents(documents(11))
    first = state_of(corpus)
    corpus.add_documents(documents(12))
    second = state_of(corpus)
    (number,) = first.added
    assert second.added[number] is first.added[number]
    assert len(second.added) == 2


def test_many_passages_are_found_as_few_are(
    corpus: Corpus, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    corpus.add_documents(documents(*range(40)))
    expected = found(corpus)
    request.getfixturevalue("many")
    with Corpus.create(tmp_path / "many", model=BagOfWords()) as large:
        large.add_documents(documents(*range(38)))
        large.add_documents(documents(38, 39))
        base = state_of(large).base
        assert base.vectors.lists is not None
        assert found(large) == expected
        with reopened(large) as again:
            kept = state_of(again).base.vectors
            assert kept.lists is not None
            for own, other in zip(astuple(kept.lists), astuple(base.vectors.lists), strict=True):
                assert np.array_equal(own, other)
            assert found(again) == expected
            assert again.verify().problems == again.verify().repaired == ()


def test_a_damaged_vector_among_many_is_never_used(corpus: Corpus, many: None) -> None:
    corpus.add_documents(documents(*range(40)))
    expected = found(corpus)
    vectors = state_of(corpus).base.vectors.vectors.tobytes()
    corpus.close()
    path = corpus.path / FILE_NAME
    content = bytearray(path.read_bytes())
    content[content.index(vectors) + 7] ^= 1  # of the first passage
    path.write_bytes(content)
    with reopened(corpus) as again:
        with pytest.raises(StorageError, match="'qa verify' makes them anew"):
            again.search(QUERIES[0], 30)
        assert again.verify().repaired
    with reopened(corpus) as again:
        assert found(again) == expected


def test_where_nothing_can_be_written_the_indexes_are_made_elsewhere(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.add_documents(documents(*range(10)))
    expected = found(corpus)
    (corpus.path / FILE_NAME).unlink()

    def refuse(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qa.state.replacing", refuse)
    with reopened(corpus) as again:
        assert found(again) == expected
    assert not (corpus.path / FILE_NAME).exists()


def test_files_that_were_only_touched_change_nothing(corpus: Corpus, folder: Folder) -> None:
    root = folder("f", {f"{n}.txt": f"{FRUITS[n]} are ripe." for n in range(10)})
    corpus.add(root)
    for path in root.iterdir():
        os.utime(path, (1e9, 1e9))
    assert len(corpus.add(root).unchanged) == 10
    assert state_of(corpus).added == {}
    (root / "3.txt").rename(root / "x.txt")
    corpus.add(root)
    assert len(state_of(corpus).added) == 1  # its name counts in the order of equals


def test_many_new_names_make_the_file_anew(corpus: Corpus, folder: Folder) -> None:
    corpus.add(folder("f", {f"{n:03}.txt": f"Orchard {n} is ripe." for n in range(220)}))
    for path in list((corpus.path.parent / "f").iterdir()):
        path.rename(path.with_name(f"new-{path.name}"))
    corpus.add(corpus.path.parent / "f")
    state = state_of(corpus)
    assert (len(state.base.numbers), len(state.added)) == (220, 0)
    assert corpus.verify().problems == corpus.verify().repaired == ()


def test_many_passages_are_looked_for_in_lists(
    tmp_path: Path, many: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.vectors._GATHERED", 0)
    searches = Mock(side_effect=Candidates.search)
    monkeypatch.setattr(Candidates, "search", lambda *given: searches(*given))
    with Corpus.create(tmp_path / "corpus", model=BagOfWords()) as corpus:
        corpus.add_documents(documents(*range(300)))
        before = found(corpus)
        with reopened(corpus) as again:
            base = state_of(again).base.vectors
            assert base.lists is not None
            searches.reset_mock()
            assert found(again) == before
            assert searches.call_count == len(QUERIES)
