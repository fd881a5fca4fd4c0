"""Copies are one source; sources differ only on the same thing, of the same whole and time."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.agreement import Agreement, Difference, agreement
from qa.agreement.quantities import dates, quantities
from qa.agreement.statements import Statement
from qa.copies import same_words

PAIRS = Path(__file__).parent.parent / "evaluation" / "agreement.jsonl"
RELEASE = (
    "In more than a fifth of inspected cases, victims of serious crime in the London division "
    "were not offered access to its “Victim Contact Scheme”, which Dame Glenys Stacey regretted."
)


@pytest.mark.parametrize(
    "other",
    [
        RELEASE,
        RELEASE.replace("“", '"').replace("”", '"').upper(),
        RELEASE.replace("the London division", "London"),
        RELEASE.replace(", which Dame Glenys Stacey regretted", ""),
        f"  2. {RELEASE}",
        f"Said the press release: {RELEASE} We shall not forget all 29 of them.",
        RELEASE.removeprefix("In more than a fifth of inspected cases, "),
    ],
)
def test_copies(other: str) -> None:
    assert same_words(RELEASE, other)
    assert same_words(other, RELEASE)


@pytest.mark.parametrize(
    "other",
    [
        RELEASE.replace("fifth", "third"),
        RELEASE.replace("not ", ""),
        RELEASE.replace("London", "Wales"),
        RELEASE.replace("Glenys Stacey", "Anne Owers"),
        RELEASE.replace("cases", "20 cases"),
        "Victims were not offered access.",
        "",
    ],
)
def test_other_words(other: str) -> None:
    assert not same_words(RELEASE, other)
    assert not same_words(other, RELEASE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It paid £3.6bn for all of the new prisons", "It paid £3.6m for all of the new prisons"),
        ("It cut waiting by 5% in the whole county", "It cut waiting by 5 in the whole county"),
        ("It fell to -4 degrees in the old town", "It fell to 4 degrees in the old town"),
        ("The board met on 3 May in the old hall", "The board met on 3 June in the old hall"),
        ("All five hundred homes in the city flooded", "All hundred homes in the city flooded"),
        ("We saw that it didn't work at all well", "We saw that it did work at all well"),
    ],
)
def test_an_edit_that_tells(one: str, other: str) -> None:
    assert not same_words(one, other)


TEMPLATES = (
    "At the time of inspection, the division had {} unfilled vacancies and relied on {} agency staff.",
    "{} people came to the meeting in the village hall on the day, and {} of them spoke there.",
    "Costs came to £{} million in the first year and then to {} per cent more in every other one",
)
NUMBERS = st.integers(0, 5000)


@given(st.sampled_from(TEMPLATES), NUMBERS, NUMBERS, NUMBERS, st.booleans())
def test_one_changed_number_is_no_copy(
    template: str, a: int, b: int, other: int, first: bool
) -> None:
    text = template.format(a, b)
    changed = template.format(other, b) if first else template.format(a, other)
    same = text == changed
    assert same_words(text, changed) == same
    assert same_words(changed, f"He said this. {text} That is all.") == same


@given(st.text(max_size=300), st.text(max_size=300))
def test_copies_are_symmetric(a: str, b: str) -> None:
    assert same_words(a, a)
    assert same_words(a, b) == same_words(b, a)


@pytest.mark.parametrize(
    ("text", "measures", "low", "high"),
    [
        ("615 vacancies", "count", 615, 615),
        ("more than 1,100 staff", "count", 1100, 1650),
        ("fewer than 90 people", "count", 60, 90),
        ("nearly 100 people", "count", 90, 100),
        ("seventy-four guns", "count", 74, 74),
        ("two hundred and six bones", "count", 206, 206),
        ("£20m", "GBP", 19.5e6, 20.5e6),
        ("20 million pounds", "GBP", 19.5e6, 20.5e6),
        ("2 600 000 000.00 GBP", "GBP", 2.6e9 - 0.005, 2.6e9 + 0.005),
        ("$1.5bn", "USD", 1.45e9, 1.55e9),
        ("21 per cent", "percent", 20.5, 21.5),
        ("two-thirds of them", "percent", 64, 69.34),
        ("one in five", "percent", 19.2, 20.8),
        ("half a minute", "time", 30, 30),
        ("six-year", "time", 6 * 365.25 * 86400, 6 * 365.25 * 86400),
        ("18 to 20 weeks", "time", 18 * 7 * 86400, 20 * 7 * 86400),
        ("1.25 gigawatts", "power", 1.245e9, 1.255e9),
    ],
)
def test_quantities(text: str, measures: str, low: float, high: float) -> None:
    (found,) = quantities(f"It was {text}.")
    assert found.measures == measures
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-3)


def test_dates_are_not_quantities() -> None:
    text = "On 12 August 1997, March 4; in 2003/04 and in the 1870s, 12 of them."
    assert [(d.first, d.last, d.month, d.day) for d in dates(text)] == [
        (1997, 1997, 8, 12),
        (0, 0, 3, 4),
        (2003, 2004, 0, 0),
        (1870, 1879, 0, 0),
    ]
    assert [(q.low, q.high) for q in quantities(text)] == [(12, 12)]


HOW_MANY = "How many vacancies did the London division have?"
BASE = "The London division had 153 vacancies."
WORTH = "How much is the tender worth?"


@pytest.mark.parametrize(
    ("question", "one", "other", "verdict"),
    [
        (HOW_MANY, BASE, "The London division had more than 150 vacancies.", "agree"),
        (HOW_MANY, BASE, "Vacancies in the London division numbered 150 to 160.", "agree"),
        (HOW_MANY, BASE, "The London division had 85 vacancies.", "differ"),
        (HOW_MANY, BASE, "The London division had more than 200 vacancies.", "differ"),
        (HOW_MANY, BASE, "There were 615 vacancies across the nation.", "single"),
        (HOW_MANY, BASE, "The London division had 85 vacancies in 2012.", "single"),
        (HOW_MANY, BASE, "The London division had 85 part-time vacancies.", "single"),
        (HOW_MANY, BASE, "The London division should have 85 vacancies.", "single"),
        (HOW_MANY, BASE, "The London division had on average 85 vacancies.", "single"),
        (HOW_MANY, BASE, "The London division had 85 vacancies in its Croydon office.", "single"),
        (HOW_MANY, BASE, "The London division had a vacancy rate of 20 per cent.", "single"),
        (HOW_MANY, BASE, "The London division had allegedly 85 vacancies.", "single"),
        (HOW_MANY, BASE, "The London division had 85 vacancies last year.", "single"),
        (HOW_MANY, BASE, "Among women the London division had 85 vacancies.", "single"),
        (f"{HOW_MANY[:-1]} in 2022?", BASE, BASE.replace("had", "had just"), "single"),
        ("Why were 153 posts vacant?", BASE, f"Yes, {BASE} So what?", "single"),
        (WORTH, "The tender is worth £20m.", "The tender's worth is £20 million.", "agree"),
        (WORTH, "The tender is worth £20m.", "It is a tender of £25bn.", "differ"),
        (WORTH, "The tender is worth £20m.", "The tender is worth $25m.", "single"),
        (
            WORTH,
            "The tender is worth £20m.",
            "That £20m for the tender is wrong: they pay £3m.",
            "differ",
        ),
        (WORTH, "The tender is worth £20m.", "The tender is worth £20m, not £3m.", "agree"),
        (WORTH, "The tender is worth £20m.", "The tender is not £20m but £3m.", "differ"),
        (WORTH, "The tender is worth £20m.", "£20m is the tender without £3m of fees.", "agree"),
        (
            "What share of cases failed?",
            "About a fifth of cases failed.",
            "In all 21 per cent of cases failed.",
            "agree",
        ),
        (
            "What share of cases failed?",
            "Two-thirds of cases failed.",
            "One in five cases failed.",
            "differ",
        ),
        (
            "When did the line open?",
            "The line opened on 1 May 1865.",
            "The line opened in 1868.",
            "differ",
        ),
        (
            "When did the line open?",
            "The line opened on 1 May 1865.",
            "In 1865 the line opened.",
            "agree",
        ),
        (
            "How long did it take?",
            "The voyage took eleven weeks.",
            "The voyage took 77 days.",
            "single",
        ),
        (
            "How long did the voyage take?",
            "The voyage took 11 weeks.",
            "A voyage of 77 days.",
            "agree",
        ),
        ("Who won the seat?", "Joan Pym won the seat.", "The seat was won by Ed Hollis.", "differ"),
        ("Who won the seat?", "Joan Pym won the seat.", "The seat was won by Ms Pym.", "agree"),
        (
            "Who spoke there?",
            "Joan Pym spoke there.",
            "It was Ed Hollis who spoke there.",
            "single",
        ),
        ("Are dogs allowed?", "Dogs are allowed.", "Dogs are not allowed.", "differ"),
    ],
)
def test_verdicts(question: str, one: str, other: str, verdict: str) -> None:
    statements = [Statement(one, "2019-05-24"), Statement(other, "2019-05-22")]
    assert agreement(question, statements).verdict == verdict
    assert agreement(question, statements[::-1]).verdict == verdict


def test_who_differs_on_what() -> None:
    texts = [
        "The tender is worth £25bn.",
        "It is about the tender.",
        "The tender is worth £20 million.",
    ]
    found = agreement(WORTH, [Statement(text) for text in texts])
    assert found == Agreement("differ", (Difference(0, 2, "£25bn", "£20 million"),))


def test_copies_and_lone_statements_are_single() -> None:
    statement = Statement(RELEASE)
    question = "What share of victims were not offered the contact scheme?"
    assert agreement(question, []) == agreement(question, [statement]) == Agreement("single")
    assert agreement(question, [statement, statement]) == Agreement("single")


def test_a_later_publication_is_another_time() -> None:
    rates = [
        Statement("The wage is £6.50 an hour.", "2014-10-02"),
        Statement("The wage is £6.70 an hour.", "2015-10-02"),
    ]
    assert agreement("What is the wage?", rates).verdict == "single"


FIGURE_LIKE = st.sampled_from(
    """
    half a one in five 0 , . £ 5% 1,000 million bn to - and between hundred 99999999999 2003/04 May
    3 ſix mınutes seconds more than nearly not Ann the of 1 000 000 ２ about years 1e9 () not …
    """.split(" ")
)


@given(st.lists(FIGURE_LIKE, max_size=40), st.lists(FIGURE_LIKE, max_size=40))
def test_any_figures_are_compared(one: list[str], other: list[str]) -> None:
    statements = [Statement(" ".join(one)), Statement("".join(other) + "1" + "0" * 400)]
    for question in ("How many minutes is half the year?", "Who was Ann?", "When is it?"):
        verdict = agreement(question, statements).verdict
        assert agreement(question, statements[::-1]).verdict == verdict


@given(st.text(max_size=80), st.lists(st.text(max_size=120), max_size=3), st.text(max_size=12))
def test_any_text_is_compared(question: str, texts: list[str], published: str) -> None:
    statements = [Statement(text, published, text) for text in texts]
    assert agreement(question, statements).verdict in ("single", "agree", "differ")


def test_labelled_pairs() -> None:
    rows = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    verdicts: list[tuple[str, str]] = []
    for row in rows:
        a, b = (
            Statement(row[side]["text"], row[side]["published"], row[side]["about"])
            for side in "ab"
        )
        found = agreement(row["question"], [a, b])
        back = agreement(row["question"], [b, a])
        assert back.verdict == found.verdict, row["id"]
        assert [(d.other, d.one) for d in back.differences] == [
            (d.one, d.other) for d in found.differences
        ]
        verdicts.append((row["label"], found.verdict))
    right = verdicts.count(("differ", "differ"))
    assert right / sum(found == "differ" for _, found in verdicts) >= 0.9
