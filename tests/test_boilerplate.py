"""What a saved page says about itself is told from what it says about its subject."""

from dataclasses import replace

import pytest

from qa.reading.boilerplate import mark_boilerplate
from qa.reading.plain import plain_blocks

LONG = (
    "The inspectors found that the division supervises more than seventeen thousand people in "
    "twenty nine offices, twelve approved premises and nine prisons across the capital, that work "
    "with victims was poor, and that staff shortages went on for longer than anybody had foreseen "
    "when the service was made one again."
)


def _marked(text: str) -> list[str]:
    found = mark_boilerplate(text, plain_blocks(text, ""))
    return [text[block.start : block.end] for block in found if block.kind == "boilerplate"]


def test_an_article_stays_and_its_page_goes() -> None:
    above = ["Skip to main content", "Share on twitter", "Share on facebook", "Share on email"]
    below = [
        "Related posts you might like:",
        "Innovation and probation",
        "Two academics explore the concept of innovation in another of the Inspectorate’s insights.",
        "All Probation Posts are sponsored by Acme",
        f"Acme is a world leader. {LONG}",
        "Leave a Reply",
        "Your email address will not be published. Required fields are marked *",
        "keep informed",
        "One email every day at noon",
        "© 2018 The Blog. All rights reserved.",
    ]
    text = "\n\n".join([*above, "A service improved", LONG, "Much is still to be done.", *below])
    assert _marked(text) == above + below


def test_a_list_of_articles_in_the_middle_ends_where_the_article_goes_on() -> None:
    teasers = ["Most Popular", "30 home repair tools you should have", "A cat in a tree"]
    below = ["What the ministry says", "It declined to say any more.", LONG]
    assert _marked("\n\n".join([LONG, *teasers, *below])) == teasers


def test_notes_and_comments_below_a_list_of_articles_are_content() -> None:
    text = f"{LONG}\n\nRelated articles\n\nA cat in a tree\n\nReferences\n\nLee, A. (2019). Cats."
    assert _marked(text) == ["Related articles", "A cat in a tree"]


@pytest.mark.parametrize(
    "line",
    [
        "We use cookies to give you the best experience. Accept all cookies",
        "Accept all cookies",
        "Click to share on Twitter (Opens in new window)",
        "Share this post",
        "Follow us on Facebook and Twitter",
        "Sign up for our weekly newsletter",
        "Get every blog post by email for free",
        "Enter your email address to subscribe to this blog",
        "You must be logged in to post a comment.",
        "This site uses Akismet to reduce spam. Learn how your comment data is processed.",
        "- Advertise with us",
        "Back to top",
    ],
)
def test_phrases_of_pages(line: str) -> None:
    assert _marked(f"{LONG}\n\n{line}\n\n{LONG}") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "Twitter said on Friday that it had removed 150 accounts.",
        "He shared the report on Twitter and asked people to follow him on Facebook.",
        "Cookies are small files that a site stores; consent is needed for most of them.",
        "The newsletter of the branch is sent to all members every month by email.",
        "Related posts must be advertised within the division first.",
        "Staff should leave a comment in the case record.",
        "All rights reserved to the Crown under section 4 are listed below.",
        "The course was sponsored by the ministry.",
        "Subscribers pay more from next year.",
        "Email",
    ],
)
def test_what_speaks_of_such_things_is_content(line: str) -> None:
    assert _marked(f"{LONG}\n\n{line}\n\n{LONG}") == []


def test_a_heading_that_heads_a_text_is_content() -> None:
    assert _marked(f"Advertisements\n\n{LONG}") == []
    assert _marked(f"{LONG}\n\nAdvertisement\n\n{LONG}\n\nAdvertisement\n\n{LONG}") == [
        "Advertisement",
        "Advertisement",
    ]


def test_a_text_about_cookies_is_content() -> None:
    lines = [f"We use cookies of kind {n} to count visits." for n in range(6)]
    assert _marked("\n\n".join([LONG, *lines])) == []


def test_readers_comments_are_never_boilerplate() -> None:
    text = f"{LONG}\n\nRelated posts\n\nShare this post"
    comments = [replace(block, comment="1") for block in plain_blocks(text, "")]
    assert mark_boilerplate(text, comments) == tuple(comments)


def test_buttons_stand_together() -> None:
    assert _marked(f"{LONG}\n\nFacebook\nTwitter\nPrint\n\n{LONG}") == [
        "Facebook",
        "Twitter",
        "Print",
    ]
    assert _marked(f"{LONG}\n\nFacebook\nTwitter\n\n{LONG}") == []
