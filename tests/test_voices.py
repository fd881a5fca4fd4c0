"""Who says it: conventions of newspapers, minutes, press releases, letters, blogs, interviews."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reading import understand
from qa.types import Document, Voice
from qa.voices import find_voices
from tests.conftest import SEEDS
from tests.reading import read

Expected = tuple[str, str, str]  # kind, speaker, words: "first ~ last" stands for all between

WHO = "uncertain"
LABELS = SEEDS.parent / "evaluation/voices.jsonl"


def quoted(speaker: str, words: str) -> Expected:
    return "quotation", speaker, words


def stated(speaker: str, words: str) -> Expected:
    return "official statement", speaker, words


def comment(speaker: str, words: str) -> Expected:
    return "reader's comment", speaker, words


def voices(text: str) -> tuple[Document, tuple[Voice, ...]]:
    document = understand(Document("a.txt", text))
    return document, find_voices(document.text, document.blocks)


INLINE = {
    "spokesman": (
        "A spokeswoman for the Howard League said: “We will not close the shop.”",
        [quoted("spokeswoman for the Howard League", "“We will not close the shop.”")],
    ),
    "union and office in front of the name": (
        "“We will not close the shop,” said Unison general secretary Ann Lee.",
        [quoted("Ann Lee", "“We will not close the shop,”")],
    ),
    "place behind the name": (
        "“We will not close the shop,” snapped Ann Lee in London.",
        [quoted("Ann Lee", "“We will not close the shop,”")],
    ),
    "genitive within single marks": (
        "‘The girls’ team won,’ said Ann Lee.",
        [quoted("Ann Lee", "‘The girls’ team won,’")],
    ),
    "title and place": (
        "Ms Lee of Napo recalled: “We did not close the shop.”",
        [quoted("Ms Lee of Napo", "“We did not close the shop.”")],
    ),
    "clause behind": (
        "“We are very proud of the staff,” said Jane Doe.",
        [quoted("Jane Doe", "“We are very proud of the staff,”")],
    ),
    "clause in front, colon": (
        "Jane Doe said: “We are very proud of the staff.” The shop closed in May.",
        [quoted("Jane Doe", "“We are very proud of the staff.”")],
    ),
    "clause in front, comma": (
        'Jane Doe said, "We are very proud of the staff." The shop closed in May.',
        [quoted("Jane Doe", '"We are very proud of the staff."')],
    ),
    "apposition": (
        "Jane Doe, chief executive of the Acme Trust, said “We will not close the shop.”",
        [quoted("Jane Doe", "“We will not close the shop.”")],
    ),
    "age in apposition": (
        "Jane Doe, 45, of Luton, said: “I saw it all.”",
        [quoted("Jane Doe", "“I saw it all.”")],
    ),
    "name in apposition to an office": (
        "The headteacher, Jane Doe, said: “I saw it all.”",
        [quoted("Jane Doe", "“I saw it all.”")],
    ),
    "party in brackets": (
        "Jane Doe (Labour, Luton) said: “I saw it all.”",
        [quoted("Jane Doe", "“I saw it all.”")],
    ),
    "adverbial first": (
        "Responding to the report from John Roe, Jane Doe, chair of the Acme Trust, said: “It is late.”",
        [quoted("Jane Doe", "“It is late.”")],
    ),
    "office before the name": (
        "Justice Secretary David Poe told reporters: “It is late.”",
        [quoted("David Poe", "“It is late.”")],
    ),
    "office with of before the name": (
        "Chief Inspector of Schools Ann Lee said: “It is late.” Ms Lee left at noon.",
        [quoted("Ann Lee", "“It is late.”")],
    ),
    "office in lower case": (
        "Unison general secretary Ann Lee wrote: “It is late.”",
        [quoted("Ann Lee", "“It is late.”")],
    ),
    "interrupted": (
        "“The plan,” said Ann Lee, “has failed entirely.” Nobody was hurt.",
        [quoted("Ann Lee", "“The plan,”"), quoted("Ann Lee", "“has failed entirely.”")],
    ),
    "interrupted between sentences": (
        "“The plan has failed,” Ann Lee said. “It must be dropped at once.”",
        [
            quoted("Ann Lee", "“The plan has failed,”"),
            quoted("Ann Lee", "“It must be dropped at once.”"),
        ],
    ),
    "interrupted by name and office": (
        "“The plan has failed,” said Ann Lee, chair of the Acme Trust. “It must be dropped.”",
        [quoted("Ann Lee", "“The plan has failed,”"), quoted("Ann Lee", "“It must be dropped.”")],
    ),
    "adding": (
        "“The plan has failed,” said Ann Lee, adding: “It must be dropped.”",
        [quoted("Ann Lee", "“The plan has failed,”"), quoted("Ann Lee", "“It must be dropped.”")],
    ),
    "single marks, comma outside": (
        "‘We can’t go on’, said Ann Lee. The inspectors’ report comes out today.",
        [quoted("Ann Lee", "‘We can’t go on’")],
    ),
    "straight single marks": (
        "'We can't go on like this,' said Ann Lee. The inspectors' report comes out today.",
        [quoted("Ann Lee", "'We can't go on like this,'")],
    ),
    "nested, British": (
        "‘He told me “never again” and left,’ said Ann Lee.",
        [quoted("Ann Lee", "‘He told me “never again” and left,’")],
    ),
    "nested, American": (
        "“He told me ‘never again,’ and left,” said Ann Lee.",
        [quoted("Ann Lee", "“He told me ‘never again,’ and left,”")],
    ),
    "same marks nested": (
        "Ann Lee said: “The word “never” is too strong.” It rained.",
        [quoted("Ann Lee", "“The word “never” is too strong.”")],
    ),
    "two people in one paragraph": (
        "“It is safe,” said Ann Lee. “It is nothing of the kind,” replied Tom Ray.",
        [
            quoted("Ann Lee", "“It is safe,”"),
            quoted("Tom Ray", "“It is nothing of the kind,”"),
        ],
    ),
    "question and answer in one paragraph": (
        "Ann Lee asked: “Is it safe?” Tom Ray replied: “Not at all.”",
        [quoted("Ann Lee", "“Is it safe?”"), quoted("Tom Ray", "“Not at all.”")],
    ),
    "whose the middle clause is isn't plain": (
        "“Is it safe, do you think?” Tom Ray replied, “It is not safe at all.”",
        [
            quoted(WHO, "“Is it safe, do you think?”"),
            quoted("Tom Ray", "“It is not safe at all.”"),
        ],
    ),
    "according to": (
        "“Nothing has changed in ten years,” according to Ann Lee.",
        [quoted("Ann Lee", "“Nothing has changed in ten years,”")],
    ),
    "exclamation": ("“Never again!” cried Ann Lee.", [quoted("Ann Lee", "“Never again!”")]),
    "apostrophe in the name": (
        "“It is late,” said Siobhan O’Neill-Grey.",
        [quoted("Siobhan O’Neill-Grey", "“It is late,”")],
    ),
    "a body speaks": (
        "The Ministry of Justice said: “We are recruiting more officers.”",
        [quoted("Ministry of Justice", "“We are recruiting more officers.”")],
    ),
    "a body's spokesman": (
        "A Ministry of Justice spokesman said: “We are recruiting more officers.”",
        [quoted("Ministry of Justice spokesman", "“We are recruiting more officers.”")],
    ),
    "guillemets": (
        "Ann Lee said: «We will not close the shop.»",
        [quoted("Ann Lee", "«We will not close the shop.»")],
    ),
}

# Words in marks that are somebody's, the text doesn't plainly say whose.
UNSURE = {
    "another's supporter": (
        "“We will never go,” said Ann Lee supporter Tom Ray.",
        "“We will never go,”",
    ),
    "three who said it": ("Ann Lee, Tom Ray, and Max Orr, said: “We will go.”", "“We will go.”"),
    "no name": ("A spokesman said: “We do not comment.”", "“We do not comment.”"),
    "possessive": ("Ann Lee's lawyer said: “We do not comment.”", "“We do not comment.”"),
    "possessive behind": ("“We do not comment,” said Ann Lee's lawyer.", "“We do not comment,”"),
    "relative of a name": ("The son of Ann Lee said: “We grieve.”", "“We grieve.”"),
    "friend of a name": ("“We all grieve,” said a friend of Ann Lee.", "“We all grieve,”"),
    "two names": ("Ann Lee and Tom Ray said: “We grieve.”", "“We grieve.”"),
    "two names behind": ("“We all grieve,” said Ann Lee and Tom Ray.", "“We all grieve,”"),
    "passive": ("Ann Lee was told: “You are dismissed.”", "“You are dismissed.”"),
    "negated": ("Ann Lee never said: “You are dismissed.”", "“You are dismissed.”"),
    "modal": ("Ann Lee should have said: “You are dismissed.”", "“You are dismissed.”"),
    "reported by another": ("Ann Lee said Tom Ray told her: “Go away.”", "“Go away.”"),
    "pronoun without a name": ("She said: “You are dismissed.”", "“You are dismissed.”"),
    "sentence before": (
        "Ann Lee was furious. “This is an utter disgrace.”",
        "“This is an utter disgrace.”",
    ),
    "missing close": (
        "Ann Lee said: “We will fight. The bus left.",
        "“We will fight. The bus left.",
    ),
    "unnamed office": ("The Chief Inspector said: “It is bad.”", "“It is bad.”"),
    "plural": ("Inspectors said: “It is bad.”", "“It is bad.”"),
    "critics of a name": ("Critics of Tom Ray said: “It is bad.”", "“It is bad.”"),
    "asked about a name": ("Asked about Tom Ray, she said: “It is bad.”", "“It is bad.”"),
    "list with a name": ("Ann Lee, Tom Ray, and Max Orr said: “It is bad.”", "“It is bad.”"),
    "reader of a letter": ("Reading from Ann Lee’s letter, he said: “It is bad.”", "“It is bad.”"),
    "label that is no person": ("Quick Summary: “It is all very bad.”", "“It is all very bad.”"),
    "thing beside a name": ("The sign above Ann Lee said: “Keep out.”", "“Keep out.”"),
    "another's poem": ("Ann Lee posted a poem by Tom Ray: “It is late.”", "“It is late.”"),
    "heard from another": ("“Go away,” Ann Lee told the court Tom Ray said.", "“Go away,”"),
    "unlike a name": ("Unlike Ann Lee Tom Ray said: “Go away.”", "“Go away.”"),
    "unattributed": ("“It is all over for the buses now.”", "“It is all over for the buses now.”"),
}

# The document's own sentences, whatever marks stand in them.
PLAIN = {
    "scare quotes": "The work was “wholly unsatisfactory” and rated ‘Good’ by nobody.",
    "part of reported speech": "Ann Lee said the plan was “a disgrace” and should go.",
    "part of reported speech, clause behind": "The plan was “a disgrace”, said Ann Lee.",
    "reported speech": "Ann Lee said that the plan had failed. According to Tom Ray, it has not.",
    "a title": "She read “Who’s Afraid of Virginia Woolf?” and “The Waste Land” on the train.",
    "apostrophes": "The '90s were the boys' best years, 'tis said, rock 'n' roll and the girls' too.",
    "inches and feet": 'The board is 6\' 2" by 10" and 5" thick, said Ann Lee.',
    "called": "Ann Lee called it “the worst winter that I have seen in all my thirty years here”.",
    "list after a lead-in": "Ann Lee bought the following:\n\n- apples\n- pears\n- plums",
    "labels": "Date: 5 May\n\nVenue: Town Hall\n\nChair: Ann Lee\n\nThe meeting opened at ten.",
    "heading about a statement": "Bank statement fees\n\nThe fees rise again in May of next year, we hear.",
    "lonely mark": 'The screen is 10" wide and it cost £5 more than the old one did.',
}


def check(text: str, expected: list[Expected]) -> None:
    document, found = voices(text)
    got = [(v.kind, v.speaker, document.text[v.start : v.end]) for v in found]
    assert [(kind, speaker) for kind, speaker, _ in got] == [(k, s) for k, s, _ in expected], got
    for (_, _, words), (_, _, wanted) in zip(got, expected, strict=True):
        first, elided, last = wanted.partition(" ~ ")
        assert words.startswith(first)
        assert words.endswith(last)
        assert elided or words == wanted


@pytest.mark.parametrize("name", INLINE)
def test_a_name_in_the_sentence(name) -> None:
    check(*INLINE[name])


@pytest.mark.parametrize("name", UNSURE)
def test_nobody_is_named_on_a_guess(name) -> None:
    text, words = UNSURE[name]
    check(text, [quoted(WHO, words)])


@pytest.mark.parametrize("name", PLAIN)
def test_the_document_s_own_words(name) -> None:
    check(PLAIN[name], [])


PARAGRAPHS = {
    "single marks over two paragraphs": (
        "‘The first paragraph is long.\n\n‘The second closes it,’ said Ann Lee.",
        [quoted("Ann Lee", "‘The first ~ closes it,’")],
    ),
    "lead-in and paragraph": (
        "Mrs Lee said:\n\n“We will fight.”\n\nThe bus left.",
        [quoted("Mrs Lee", "“We will fight.”")],
    ),
    "every paragraph opens, the last closes": (
        "Ann Lee said:\n\n“We will fight.\n\n“We will win.\n\n“We know it.”\n\nThe bus left.",
        [quoted("Ann Lee", "“We will fight. ~ “We know it.”")],
    ),
    "straight marks open every paragraph": (
        'Ann Lee said:\n\n"We will fight.\n\n"We will win."\n\nThe bus left.',
        [quoted("Ann Lee", '"We will fight. ~ "We will win."')],
    ),
    "only the first opens, the last closes": (
        "Ann Lee said:\n\n“We will fight.\n\nWe will win.\n\nWe know it.”\n\nThe bus left.",
        [quoted("Ann Lee", "“We will fight. ~ We know it.”")],
    ),
    "a second quotation may be another's": (
        "Ann Lee said:\n\n“We will fight.”\n\n“We will win in the end.”",
        [quoted("Ann Lee", "“We will fight.”"), quoted(WHO, "“We will win in the end.”")],
    ),
    "never closed": (
        "Ann Lee said:\n\n“We will fight.\n\n“We will win.\n\nThe bus left.",
        [quoted("Ann Lee", "“We will fight."), quoted(WHO, "“We will win.")],
    ),
    "short name, full name above": (
        "Ann Lee runs the Acme Trust.\n\nMs Lee said:\n\n“We will fight.”",
        [quoted("Ann Lee", "“We will fight.”")],
    ),
    "honour and first name": (
        "Dame Ann Lee runs the Acme Trust.\n\nDame Ann said: “We will fight.”",
        [quoted("Dame Ann Lee", "“We will fight.”")],
    ),
    "surname alone": (
        "Critics met Ann Lee and Tom Ray.\n\n“We will fight,” said Lee.",
        [quoted("Ann Lee", "“We will fight,”")],
    ),
    "two of one surname": (
        "Ann Lee and Tom Lee run the Acme Trust.\n\nMs Lee said: “We will fight.”",
        [quoted("Ms Lee", "“We will fight.”")],
    ),
    "Mr and Mrs": (
        "Ann Lee and her husband run the Acme Trust. Mrs Lee was there. Mr Lee said: “We will fight.”",
        [quoted("Mr Lee", "“We will fight.”")],
    ),
    "full name only below": (
        "Mr Lee said: “We will fight.”\n\nThe bus was driven by Tom Lee.",
        [quoted("Mr Lee", "“We will fight.”")],
    ),
    "she added": (
        "Ann Lee said: “We will fight.” She added: “We will win.”",
        [quoted("Ann Lee", "“We will fight.”"), quoted("Ann Lee", "“We will win.”")],
    ),
    "she added, another woman between": (
        "Ann Lee said: “We will fight.” Then the crowd cheered Eve Orr. She added: “We will win.”",
        [quoted("Ann Lee", "“We will fight.”"), quoted(WHO, "“We will win.”")],
    ),
    "she may be the opponent": (
        "Ann Lee said: “We will fight.” Her opponent was scathing. “You will not,” she said.",
        [quoted("Ann Lee", "“We will fight.”"), quoted(WHO, "“You will not,”")],
    ),
    "he cannot be Dame Ann": (
        "Dame Ann Lee said: “We will fight.” He added: “We will win.”",
        [quoted("Dame Ann Lee", "“We will fight.”"), quoted(WHO, "“We will win.”")],
    ),
    "no pronoun over a heading": (
        "Ann Lee said: “We will fight for every job there is.”\n\nThe other side\n\n"
        "She said: “We will win, and we will win it by a long way, whatever you say.”",
        [
            quoted("Ann Lee", "“We will fight for every job there is.”"),
            quoted(WHO, "“We will win, and ~ you say.”"),
        ],
    ),
    "without marks only the first paragraph is sure": (
        "Ann Lee said:\n\nWe will fight.\n\nThe bus left.",
        [quoted("Ann Lee", "We will fight."), quoted(WHO, "The bus left.")],
    ),
    "a signature makes it sure": (
        "Ann Lee had this to say:-\n\nWe will fight.\n\nWe will win.\n\nAnn Lee",
        [quoted("Ann Lee", "We will fight. ~ Ann Lee")],
    ),
    "another's signature": (
        "Ann Lee had this to say:-\n\nWe will fight.\n\nWe will win.\n\nTom Ray",
        [quoted(WHO, "We will fight. ~ Tom Ray")],
    ),
    "list after a lead-in": (
        "Ann Lee said:\n\n- we will fight\n- we will win\n\nThe bus left.",
        [quoted("Ann Lee", "- we will fight\n- we will win"), quoted(WHO, "The bus left.")],
    ),
    "quotations in a list": (
        "Among the replies were:\n\n- “It was always a cold room.”\n- “I would never go again.”",
        [
            quoted(WHO, "“It was always a cold room.”"),
            quoted(WHO, "“I would never go again.”"),
        ],
    ),
    "dialogue": (
        "The court sat at ten.\n\nJONES: Did you see it?\n\nLEE: No.\n\nJONES: Why?\n\nLEE: I slept.",
        [
            quoted("JONES", "Did you see it?"),
            quoted("LEE", "No."),
            quoted("JONES", "Why?"),
            quoted("LEE", "I slept."),
        ],
    ),
    "interview": (
        "Q: Did you see it?\n\nA: No.\n\nQ: Why?\n\nA: I slept.",
        [
            quoted(WHO, "Did you see it?"),
            quoted(WHO, "No."),
            quoted(WHO, "Why?"),
            quoted(WHO, "I slept."),
        ],
    ),
    "minutes": (
        "Cllr Ann Lee reported on the buses.\n\nCllr Lee said: “They are late.”",
        [quoted("Ann Lee", "“They are late.”")],
    ),
    "a letter": (
        "This reached us today.\n\nDear members,\n\nWe will fight.\n\nWe will win.\n\n"
        "Yours sincerely,\n\nAnn Lee\nBranch Secretary\n\nThe bus left.",
        [stated("Ann Lee", "Dear members, ~ Branch Secretary")],
    ),
    "a private letter": (
        "This reached us today.\n\nDear Tom,\n\nWe will fight.\n\nKind regards,\n\nAnn Lee\n\nThe bus left.",
        [quoted("Ann Lee", "Dear Tom, ~ Ann Lee")],
    ),
    "a letter without a signature": (
        "Dear Tom,\n\nWe will fight.\n\nWe will win.",
        [quoted(WHO, "Dear Tom, ~ We will win.")],
    ),
    "a press release in a blog": (
        "This from the press release:-\n\nThe bridge is shut.\n\nAnn Lee said:\n\n“It is safe.”\n\n"
        "Work begins in May.\n\nI see that Tom Ray disagrees:-\n\nThe bus left.",
        [
            stated(WHO, "The bridge is shut."),
            stated(WHO, "Ann Lee said:"),
            quoted("Ann Lee", "“It is safe.”"),
            stated(WHO, "Work begins in May."),
        ],
    ),
    "a press release, its body and its end": (
        "Press release from the Acme Trust\n\nThe bridge is shut.\n\nWork begins in May.\n\nENDS\n\nIt rained.",
        [stated("Acme Trust", "The bridge is shut. ~ ENDS")],
    ),
    "a statement without an end": (
        "Statement by the Acme Trust\n\nThe bridge is shut.\n\nWork begins in May.",
        [stated("Acme Trust", "The bridge is shut."), stated(WHO, "Work begins in May.")],
    ),
}


@pytest.mark.parametrize("name", PARAGRAPHS)
def test_paragraphs(name) -> None:
    check(*PARAGRAPHS[name])


COMMENTS = """The bridge is shut, the council has announced, and will be for at least a year.

  1. Ann Lee said: “It is safe.”

    She would say that.

    1. Tom Ray

  2. “We will all regret this one day.” Not my words.

    I do regret it.

    – Max Orr, bridge inspector
"""


def test_comments_are_readers_and_named_when_signed() -> None:
    check(
        COMMENTS,
        [
            comment(WHO, "Ann Lee said: ~ She would say that."),
            comment(WHO, "Tom Ray"),
            comment(WHO, "“We will all regret this one day.”"),
            comment("Max Orr", "Not my words. ~ – Max Orr, bridge inspector"),
        ],
    )


@pytest.mark.parametrize("split", ["dev", "test"])
def test_no_sentence_of_the_seeds_is_given_to_the_wrong_person(split) -> None:
    about = json.loads((SEEDS / "metadata.json").read_text("utf-8"))["documents"]
    rows = map(json.loads, LABELS.read_text("utf-8").splitlines())
    documents = {
        path.name: read(path.read_bytes(), path.name, about[path.name])
        for path in SEEDS.glob("*.txt")
    }
    found = {name: find_voices(d.text, d.blocks) for name, d in documents.items()}
    for row in rows:
        if row["split"] == split:
            named = {
                voice.speaker
                for voice in found[row["doc_id"]]
                if voice.start < row["end"] and row["start"] < voice.end
            }
            assert named <= {row["speaker"], WHO}, row


def test_a_long_gap_within_a_quotation_takes_no_time() -> None:
    check(f"He said “A{' ' * 20_000}b” then.", [])


@given(st.text(alphabet="“”\"'‘’«»:,.-?! \n>Aan1sQ", max_size=300))
def test_any_text_gives_voices_in_order(text) -> None:
    if not any(char.isalnum() for char in text):
        return
    document, found = voices(text)
    at = 0
    for voice in found:
        assert at <= voice.start < voice.end <= len(document.text)
        assert (
            document.text[voice.start : voice.end].strip() == document.text[voice.start : voice.end]
        )
        at = voice.end


@pytest.mark.parametrize(
    "unit",
    ["“", '"', "'a ", "“a ", "X said: ", "said ", "Ann Lee, ", "A ", "of A ", "“A,” said X. "],
)
@pytest.mark.parametrize("between", ["", "\n\n"])
def test_contrived_texts_do_not_hang(unit, between) -> None:
    text = (unit + between) * (60_000 // len(unit + between))  # quadratic work would take minutes
    document = understand(Document("a.txt", "Words. " + text))
    for voice in find_voices(document.text, document.blocks):
        assert 0 <= voice.start < voice.end <= len(document.text)
