"""Excerpts that stand on their own: sentences that lean, lists with their lead-ins, whose words."""

import pytest

from qa import Corpus
from qa.excerpts import lead_ins, leans, list_excerpts
from qa.settings import Settings
from qa.types import Document
from tests.reading import read

ANSWERS = Settings(refuses=False)  # bags of words are far apart
FILLER = "that is their arches, railings, lamps, stairs, ropes, tiles, pipes and roofs."
LIST = (
    "Report\n\nThe inspectors made three recommendations:\n\nThe Service should:\n\n"
    "1: repair the doors;\n2: train the staff.\n\nThe Ministry should:\n\n3: pay for it.\n\n"
    "Nothing more was asked for by anyone who took part in it that day.\n"
)


@pytest.mark.parametrize(
    ("before", "sentence", "expected"),
    [
        ("The board met.", "They agreed.", True),
        ("The board met.", "“It was late.", True),
        ("The board met.", "It is unacceptable that nobody came.", False),
        ("The board met.", "It was important to agree.", False),
        ("London has an Advisory Unit.", "The unit gives guidance.", True),
        ("London has an office.", "The unit gives guidance.", False),
        ("The board met.", "These minutes are a draft.", True),
        ("The board met.", "Theresa agreed.", False),
        ("The board met.", "However, nobody came.", False),
    ],
)
def test_what_leans_on_the_sentence_before(before: str, sentence: str, expected: bool) -> None:
    assert leans(sentence, before) is expected


def understood(text: str) -> Document:
    return read(text.encode(), "a.txt", {})


def test_lists_are_whole_with_their_lead_ins() -> None:
    document = understood(LIST)
    found = list_excerpts(document.text, document.blocks)
    shown = {
        document.text[document.blocks[item].start : document.blocks[item].end]: tuple(
            document.text[slice(*span)] for span in spans
        )
        for item, spans in found.items()
    }
    service = "The Service should:\n\n1: repair the doors;\n2: train the staff."
    whole = LIST[LIST.index("The inspectors") : LIST.index("\n\nNothing")]
    assert shown == {
        "1: repair the doors;": (service, whole),
        "2: train the staff.": (service, whole),
        "3: pay for it.": ("The Ministry should:\n\n3: pay for it.", whole),
    }


def test_a_list_without_a_lead_in_and_a_long_one_are_cited_item_by_item() -> None:
    bare = understood("Report\n\nIt rained.\n\n1. Doors.\n2. Windows.\n")
    assert list_excerpts(bare.text, bare.blocks) == {}
    items = "".join(f"{n}. {'word ' * 40}\n" for n in range(1, 10))
    long = understood(f"Report\n\nWe ask for:\n\n{items}")
    assert list_excerpts(long.text, long.blocks) == {}


def test_what_introduces_items_and_rows() -> None:
    text = "Name / Votes:\n\n" + "".join(f"Person {n}  {n},001\n" for n in range(1, 5)) + "\nEnd.\n"
    document = understood(text)
    found = lead_ins(document.text, document.blocks)
    kinds = [document.blocks[number].kind for number in found]
    assert kinds == ["row"] * 4
    assert set(found.values()) == {"Name / Votes:"}


@pytest.mark.parametrize(
    ("question", "begins", "ends"),
    [
        ("What should the Ministry do?", "The Ministry should:", "3: pay for it."),
        ("Which recommendations did the inspectors make?", "The inspectors made", "3: pay for it."),
        ("What should the Service do about doors?", "The Service should:", "2: train the staff."),
    ],
)
def test_the_group_or_the_list_that_was_asked_for(
    corpus: Corpus, question: str, begins: str, ends: str
) -> None:
    corpus.add_documents([Document("a", LIST)])
    answer = corpus.ask(question, settings=ANSWERS)
    assert answer.text is not None
    assert answer.text.startswith(begins)
    assert answer.text.endswith(ends)
    first = answer.citations[0]
    assert first.answer is not None
    assert LIST[slice(*first.answer)] == answer.text
    assert LIST[first.start : first.end] == first.quote
    assert first.id.endswith(f":{first.start}-{first.end}")


def test_a_list_cut_into_passages_is_one_excerpt(corpus: Corpus) -> None:
    items = "".join(f"{n}. bridges must be repaired, {FILLER}\n" for n in range(1, 9))
    text = f"Bridges\n\nThe council must do this for bridges:\n\n{items}\nThe end of the report.\n"
    corpus.add_documents([Document("a", text)])
    assert sum("repaired" in p.text for p in corpus.passages()) > 1
    answer = corpus.ask("What must the council do for bridges?", settings=ANSWERS)
    assert answer.text == text[text.index("The council") : text.index("\n\nThe end")]
    first = answer.citations[0]
    assert text[first.start : first.end] == first.quote
    assert all(c.answer != first.answer for c in answer.citations[1:])


def test_a_sentence_comes_with_the_one_it_leans_on(corpus: Corpus) -> None:
    text = "Notes\n\nThe warden is Ann Lee. She was appointed in 1998 after a long search.\n"
    corpus.add_documents([Document("a", text)])
    answer = corpus.ask("Who was appointed in 1998 after a search?")
    assert answer.text == "The warden is Ann Lee. She was appointed in 1998 after a long search."


def test_a_fragment_comes_with_the_line_that_introduces_it(corpus: Corpus) -> None:
    text = "Notice\n\nThe tender for the bridge was published with this:\n\nValue: 2,600,000 GBP;\n"
    corpus.add_documents([Document("a", text + "\nNobody has asked for more than that yet.\n")])
    answer = corpus.ask("What was the value of the tender for the bridge?", settings=ANSWERS)
    assert answer.text == text[text.index("The tender") : -1]


def test_a_comment_does_not_outrank_an_official_figure(corpus: Corpus) -> None:
    page = (
        "Pool\n\nThe inspectorate said the pool had 40 vacant lifeguard posts.\n\n"
        "  1. The pool had 90 vacant lifeguard posts.\n\n"
        "    Typical.\n\n  2. Was it?\n\n    1. It was.\n"
    )
    corpus.add_documents([Document("a", page)])
    answer = corpus.ask("How many vacant lifeguard posts did the pool have?")
    first, second = answer.citations[:2]
    assert "40" in (answer.text or "")
    assert first.kind != "reader's comment"
    assert (second.kind, second.speaker) == ("reader's comment", "uncertain")
    comment = corpus.ask("Which figure did the comment give for vacant lifeguard posts?")
    assert "90" in (comment.text or "")


def test_both_sides_of_a_comparison_are_cited(corpus: Corpus) -> None:
    says = {
        "a": ("2019", "The harbour's safety was rated good by the mayor."),
        "b": ("2019", "The harbour's safety was rated fair by divers."),
        "c": ("2019", "The harbour's safety was rated fine by pilots."),
        "d": ("2016", "Anglers called the harbour's safety poor."),
    }
    corpus.add_documents(
        Document(name, f"Report\n\n{text}\n", published=date) for name, (date, text) in says.items()
    )
    plainly = corpus.ask("How was the harbour's safety rated by everyone?")
    assert [c.published for c in plainly.citations] == ["2019", "2019", "2019"]
    compared = corpus.ask("How was the harbour's safety rated by everyone, better than before?")
    assert [c.published for c in compared.citations] == ["2019", "2016", "2019"]


def test_near_identical_passages_with_other_figures_are_two_sources(corpus: Corpus) -> None:
    line = "The quarry sent {} lorries through the village every single day of the summer."
    texts = {"a": line.format(40), "b": line.format(40), "c": line.format(90)}
    corpus.add_documents(Document(k, f"Quarry\n\n{v}\n") for k, v in texts.items())
    answer = corpus.ask("How many lorries did the quarry send through the village?")
    places = [{c.doc_id, *(s.doc_id for s in c.also)} for c in answer.citations]
    assert sorted(places, key=len) == [{"c"}, {"a", "b"}]
