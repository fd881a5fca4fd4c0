"""Files -> documents: `dispatch.read_file` is the door for every format, `understand` ends it.

Offsets are settled here: blocks and places count characters of the canonical text, and nothing
downstream ever searches for a quotation to find out where it came from.
"""

import re
from dataclasses import replace
from pathlib import PurePath

from qa.errors import InputError
from qa.reading.about import find_date, find_title, has_surrogates
from qa.reading.boilerplate import mark_boilerplate
from qa.reading.decoding import canonical
from qa.reading.plain import plain_blocks
from qa.types import Block, Document, PlaceMap

# Raised whenever the same file would be read into other text, blocks or places than before.
VERSION = 3

NO_WORDS = "there are no words in it"
_MARKDOWN = frozenset({".md", ".markdown"})


def understand(
    document: Document, *, date_known: bool = False, made: str | None = None
) -> Document:
    """Return the document with structure, places, title and date filled in where they are absent.

    Args:
        document: Its text is made canonical; nothing that it says of itself is overruled.
        date_known: Whether `published` is settled even if it is None ("it doesn't say").
        made: ISO date of its file, where the text doesn't say another.

    Raises:
        InputError: if there is no text in it.
    """
    text = canonical(document.text)
    if not any(char.isalnum() for char in text):
        raise InputError(NO_WORDS)
    described = (document.doc_id, document.title, document.author, document.publisher)
    if any(has_surrogates(part) for part in (text, *filter(None, described))):
        raise InputError("it holds halves of surrogate pairs, which are no characters")
    if document.blocks:
        _check_blocks(document, text)
    blocks = document.blocks or _blocks(document, text)
    published = document.published
    if published is None and not date_known:
        published = find_date(text, blocks, document.doc_id) or made
    return replace(
        document,
        text=text,
        title=document.title or find_title(text, blocks, document.doc_id),
        published=published,
        blocks=blocks,
        places=document.places or _line_places(text),
    )


def _blocks(document: Document, text: str) -> tuple[Block, ...]:
    if PurePath(document.doc_id).suffix.lower() in _MARKDOWN:
        from qa.reading.markdown import markdown_blocks  # asking needn't wait for its parser

        found = markdown_blocks(text)
        if any(block.kind in ("heading", "row") for block in found):
            return mark_boilerplate(text, found)
    # Markdown without a heading or table is plain text in all but name.
    return mark_boilerplate(text, plain_blocks(text, document.title))


def _check_blocks(document: Document, text: str) -> None:
    if text != document.text:
        raise InputError("it has blocks, so its text must have LF line ends, no BOM and no NULs")
    at = 0
    for block in document.blocks:
        if not at <= block.start < block.end <= len(text):
            raise InputError(
                f"the block {block.start} to {block.end} is empty, out of order or outside the "
                f"text's {len(text)} characters"
            )
        at = block.end


def _line_places(text: str) -> PlaceMap:
    return PlaceMap("line", (0, *(match.end() for match in re.finditer("\n", text))))
