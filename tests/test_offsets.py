"""The invariant: every passage is the very characters that its offsets name, and none is lost."""

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from qa.partition import MAX_WORDS, cut_passages
from qa.types import Document
from tests.reading import read
from tests.stub import BagOfWords

STUB = BagOfWords()
WORD = st.sampled_from(
    [
        "The",
        "NPS’s",
        "£3.6bn",
        "café",
        "Köln",
        "vacancies,",
        "inspectors;",
        "found:",
        "(most)",
        "“quoted”",
        "1,020",
        "80%",
        "Mr",
        "U.K.",
        "naïve",
        "co\xadoperate",
        "zero\u200bwidth",
        "\u202ebidi",
        "日本語",
        "🙂",
        "é",
        "what?",
        "yes!",
        "a",
    ]
)
SENTENCE = st.lists(WORD, min_size=1, max_size=60).map(lambda w: " ".join(w) + ".")
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=6).map(" ".join)
HEADING = st.sampled_from(["Reducing reoffending", "Friday, 24 May 2019", "# Part 1", "Mr X said:"])
LIST = st.lists(SENTENCE, min_size=1, max_size=5).map(
    lambda items: "They should:\n\n" + "\n\n".join(f"{n}: {x}" for n, x in enumerate(items, 1))
)
ROWS = st.lists(st.integers(1, 99_999), min_size=3, max_size=40).map(
    lambda n: "\n".join(f"Name Place {x:,}" for x in n)
)
RULE = st.sampled_from(["- " * 150, ". " * 200, "=" * 90, "[a]: http://x.y/z\n" * 20])
MARKDOWN = st.sampled_from(
    [
        "- one\n  - two\n    - three\n\n      four",
        "> quoted\n> - item\n>\n> more",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "```\ncode\n```",
        "<div>\nhtml\n</div>\n\nafter",
        "1.\n\n   item",
        "[a]: http://x.y 'title'",
        "Setext\n---",
    ]
)
WILD = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=300)
COMMENTS = st.lists(st.tuples(PARAGRAPH, st.lists(PARAGRAPH, max_size=2)), max_size=4).map(
    lambda threads: "\n\n".join(
        f"  {n}. {text}\n\n    More of it."
        + "".join(f"\n\n    {m}. {reply}" for m, reply in enumerate(replies, 1))
        for n, (text, replies) in enumerate(threads, 1)
    )
)
BODY = st.lists(
    st.one_of(PARAGRAPH, HEADING, LIST, ROWS, RULE, MARKDOWN, WILD), min_size=1, max_size=8
)
BREAK = st.sampled_from(["\n\n", "\n", "\r\n\r\n", "\r", "\n\n\n"])


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(BREAK).join(draw(BODY)) + "\n\n\n" + draw(COMMENTS)
    name = draw(st.sampled_from(["a.txt", "b.md"]))
    return read(("Words first. " + text).encode(), name, {})


def has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


@settings(max_examples=60)
@given(documents())
def test_passages_are_the_text_and_cover_it(document: Document) -> None:
    passages = cut_passages(document, STUB.count_tokens, STUB.max_tokens)
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip()
        assert passage.place.first == document.text.count("\n", 0, passage.start) + 1
        assert passage.place.last == document.text.count("\n", 0, passage.end) + 1
        assert STUB.count_tokens([passage.text])[0] <= STUB.max_tokens
        assert len(passage.text.split()) <= MAX_WORDS
        ends = [passage.start, *(at for span in passage.sentences for at in span), passage.end]
        assert ends == sorted(ends)
        assert all(has_words(document.text[slice(*span)]) for span in passage.sentences)
    bounds = [(passage.start, passage.end) for passage in passages]
    assert bounds == sorted(bounds)
    assert all(a[1] <= b[0] for a, b in pairwise(bounds))
    inside = {at for start, end in bounds for at in range(start, end)}
    for block in document.blocks:
        lost = "".join(
            document.text[at] for at in range(block.start, block.end) if at not in inside
        )
        assert not has_words(lost)


@settings(max_examples=60)
@given(documents())
def test_blocks_cover_every_word_but_the_comments_numbers(document: Document) -> None:
    uncovered = list(document.text)
    for block in document.blocks:
        uncovered[block.start : block.end] = " " * (block.end - block.start)
    assert all(re.fullmatch(r"\W*|\d+\.", rest) for rest in "".join(uncovered).split())


@settings(max_examples=60)
@given(documents())
def test_no_passage_mixes_comments_or_crosses_a_heading(document: Document) -> None:
    for passage in cut_passages(document, STUB.count_tokens, STUB.max_tokens):
        within = [
            block
            for block in document.blocks
            if block.start < passage.end and block.end > passage.start
        ]
        assert len({block.comment for block in within}) == 1
        body = [n for n, b in enumerate(within) if b.kind not in ("heading", "dateline")]
        headings = [n for n, b in enumerate(within) if b.kind == "heading"]
        assert not body or not headings or max(headings) < min(body)
