"""What counts as the same word, and that spans stay those of the original."""

from hypothesis import given
from hypothesis import strategies as st

from qa.folding import fold, terms, words


def test_unseen_marks_and_forms_are_folded() -> None:
    assert terms("Cafe\u0301 café CAFÉ") == ["cafe"] * 3
    assert terms("co\u00adoperate cooperate coope\u200brate") == ["cooper"] * 3
    assert terms("ﬁne １２ \u202eabc\u202c") == ["fine", "12", "abc"]
    assert terms("don’t don't") == ["don't"] * 2


def test_endings_are_folded() -> None:
    assert terms("vacancies vacancy London’s London") == ["vacanc", "vacanc", "london", "london"]


def test_numbers_keep_their_value() -> None:
    assert terms("1,020 1020 106,000 3.6 3,6 £45 15/5/19 10.") == [
        *("1020", "1020", "106000", "3.6", "3,6", "45", "15", "5", "19", "10")
    ]


def test_content_words() -> None:
    found = words("How many vacancies did the NPS have in 5 offices?")
    assert [w.plain for w in found if w.is_content] == ["vacancies", "nps", "5", "offices"]


@given(st.text(max_size=200))
def test_spans_are_those_of_the_text(text: str) -> None:
    last = 0
    for word in words(text):
        assert last <= word.start < word.end <= len(text)
        assert fold(text[word.start : word.end]).startswith(word.plain[:1])
        last = word.end
