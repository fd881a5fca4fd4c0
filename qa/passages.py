"""What passages are called, and what is said of them: known without cutting any."""

import hashlib

from qa.types import Passage
from qa.wording import date_in_words

COMMENT_KIND = "reader's comment"
BOILERPLATE = "boilerplate"


def hash_text(text: str) -> str:
    """Return what names a document's content."""
    return short_hash(hashlib.sha256(text.encode()))


def short_hash(digest: "hashlib._Hash") -> str:
    """Return what names a content, from the digest of its UTF-8."""
    return digest.hexdigest()[:16]


def passage_id(text_hash: str, start: int, end: int) -> str:
    """Return what names a span of a document's content."""
    return f"{text_hash}:{start}-{end}"


def about_text(passage: Passage) -> str:
    """Return what a document says of itself, as it is matched beside the passage's own words."""
    date = date_in_words(passage.published)
    return f"{passage.title}. Published {date}." if date else f"{passage.title}."


def heading_text(passage: Passage) -> str:
    """Return where a passage stands and what introduces it, as it is matched beside its words."""
    return ". ".join(filter(None, (passage.section or passage.title, passage.lead_in)))
