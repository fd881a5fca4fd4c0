"""What belongs to a page rather than to its text comes behind, and is still found."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.corpus import Corpus
from tests.stub import BagOfWords

NEWSLETTER = (
    "About us\n\nThe society was founded by volunteers in the old harbour office and lives on gifts; whoever "
    "wants to help the keeper of the harbour lamps may write to the office by the harbour at any "
    "time of the year, and will be answered by one of the volunteers within a week or so."
)
PLACES = ("mill", "ferry", "school", "chapel", "quarry", "orchard")


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with Corpus.create(tmp_path / "corpus", model=BagOfWords()) as made:
        yield made


def page(place: str) -> str:
    about = f"The {place} was built by monks. Its keeper lives beside the {place} all year round. "
    return f"The {place}\n\n{about * 4}\n\n{NEWSLETTER}\n"


def kinds(corpus: Corpus) -> list[str | None]:
    return [hit.passage.kind for hit in corpus.search("keeper of the harbour lamps", top_k=3)]


def test_what_five_pages_have_in_common_comes_behind(corpus: Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    for place in PLACES[:4]:
        (folder / f"{place}.txt").write_text(page(place))
    (folder / "lamps.txt").write_text(
        "Lamps\n\nThe keeper of the harbour lights the lamps at dusk, as the harbour master asks."
    )
    corpus.add(folder)
    assert kinds(corpus)[0] is None
    before = [hit.passage.text for hit in corpus.search("keeper of the harbour lamps", top_k=9)]
    assert before.index(NEWSLETTER) < 5
    (folder / f"{PLACES[4]}.txt").write_text(page(PLACES[4]))
    corpus.add(folder)
    found = corpus.search("keeper of the harbour lamps", top_k=20)
    assert found[0].passage.doc_id == "lamps.txt"
    assert {h.passage.kind for h in found} == {None}
    assert corpus.ask("Who founded the society?").citations[0].quote == NEWSLETTER


def test_copies_of_one_document_are_no_site(corpus: Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    for number in range(6):
        (folder / str(number)).mkdir(parents=True)
        (folder / str(number) / "mill.txt").write_text(page("mill"))
    corpus.add(folder)
    assert set(kinds(corpus)) == {None}


def test_share_buttons_never_stand_in_an_answer(seeds_corpus: Corpus) -> None:
    for passage in seeds_corpus.passages():
        if "Share on twitter" in passage.text:
            assert passage.kind == "boilerplate"
            assert "service" not in passage.text
