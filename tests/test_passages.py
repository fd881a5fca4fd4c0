"""Where documents are cut, on the seeds and on hard cases."""

import json
from itertools import pairwise

import pytest

from qa.partition import MAX_WORDS, MIN_WORDS, cut_passages
from qa.types import Passage
from tests.conftest import SEEDS
from tests.reading import read
from tests.stub import BagOfWords

STUB = BagOfWords()


def cut(text: str, name: str = "a.txt", max_tokens: int = 254) -> list[Passage]:
    return cut_passages(read(text.encode(), name, {}), STUB.count_tokens, max_tokens)


@pytest.fixture(scope="module")
def seeds() -> dict[str, list[Passage]]:
    about = json.loads((SEEDS / "metadata.json").read_text("utf-8"))["documents"]
    return {
        path.name[:3]: cut_passages(
            read(path.read_bytes(), path.name, about[path.name]),
            STUB.count_tokens,
            STUB.max_tokens,
        )
        for path in SEEDS.glob("*.txt")
    }


def holding(passages: list[Passage], words: str) -> Passage:
    (found,) = [passage for passage in passages if words in passage.text]
    return found


def test_lengths_stay_in_range_unless_the_section_is_short(seeds) -> None:
    for passages in seeds.values():
        for before, passage in pairwise(passages):
            words = len(passage.text.split())
            assert words <= MAX_WORDS
            same = (before.section, before.kind) == (passage.section, passage.kind)
            both = len(before.text.split()) + words
            assert not same or words >= MIN_WORDS / 2 or both > MAX_WORDS


def test_a_passage_says_where_it_stands(seeds) -> None:
    reviews = holding(seeds["001"], "Reviews were not carried out reliably")
    assert reviews.section == "Reducing reoffending"
    assert str(reviews.place) == "lines 31–35"
    cohort = holding(seeds["002"], "2,022 offenders in Westminster")
    assert (cohort.section, cohort.kind) == ("Comment 8.3", "reader's comment")
    assert cohort.published == "2019-05-22"


def test_a_comment_is_never_given_to_the_article_s_author(seeds) -> None:
    assert {p.author for p in seeds["004"] if p.kind == "reader's comment"} == {None}
    assert {p.author for p in seeds["004"] if p.kind != "reader's comment"} == {"Ian Lawrence"}


def test_the_long_motion_is_cut_at_its_semicolons(seeds) -> None:
    motion = [p for p in seeds["004"] if p.section == "Early Day Motion submitted to Parliament"]
    assert len(motion) == 3
    assert all(p.text.endswith(";") for p in motion[:-1])
    assert motion[-1].text.endswith("Rehabilitation programme.")


def test_rows_stay_whole(seeds) -> None:
    rows = holding(seeds["004"], "Royston Smith Southampton Itchen 31")
    assert rows.text.startswith("The list of Conservative MPs") or "MP/Constituency" in rows.text
    for passage in seeds["004"]:
        for start, end in passage.sentences:
            sentence = passage.text[start - passage.start : end - passage.start]
            if "Telford" in sentence:
                assert sentence == "Lucy Allan Telford 720"


def test_a_list_stays_with_its_lead_in(seeds) -> None:
    first = holding(seeds["001"], "1: improve how it shares")
    assert "The National Probation Service should:" in first.text
    sixth = holding(seeds["001"], "6: provide better guidance")
    assert "Her Majesty’s Prison and Probation Service should:" in sixth.text


def test_one_endless_word_and_one_endless_sentence() -> None:
    for text in ("x" * 5_000, "word " * 3_000, "clause one, clause two; " * 300):
        passages = cut_passages(
            read(f"Title\n\n{text}.".encode(), "a.txt", {}),
            lambda texts: [len(t) for t in texts],
            200,
        )
        assert max(len(passage.text) for passage in passages) <= 200
        assert sum(len(p.text) for p in passages) >= 0.9 * len(text.replace(" ", ""))


def test_a_model_that_reads_little_gets_short_passages() -> None:
    text = "The inspectors found that the work was good and the staff were tired. " * 20
    passages = cut(text, max_tokens=30)
    assert all(STUB.count_tokens([p.text])[0] <= 30 for p in passages)
    assert len(passages) == 10
