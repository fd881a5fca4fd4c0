"""What a block is by its look: signed, a lead-in's last sentence, set wide apart."""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median_low

from qa.types import Block
from qa.voices.clauses import SPEECH, sentence_start
from qa.voices.names import BARRED, ROLE, ROLES, TITLE, WORD

_GOODBYE = re.compile(
    r"(?:yours|(?:kind|best|warm) (?:regards|wishes)|regards|sincerely|many thanks)\b[\w ]{0,30},?$",
    re.I,
)
_SIGNED = re.compile(
    rf"[–—~-]*\s*(?P<name>(?:{TITLE}[ \u00a0])?{WORD}(?:[ \u00a0]{WORD}){{1,3}})"
    r"\s*(?:(?P<role>[,(\n].{2,100})|,?)",
    re.S,
)


def words_of(text: str, block: Block) -> str:
    """Return a block's text."""
    return text[block.start : block.end]


def last_sentence(text: str, block: Block) -> str:
    """Return the last sentence of a block, which introduces what follows it."""
    return text[sentence_start(text, block.start, block.end) : block.end]


def wide_gap(text: str, blocks: Sequence[Block]) -> int:
    """Return how many line ends between blocks are more than this text's usual space."""
    gaps = [text.count("\n", a.end, b.start) for a, b in pairwise(blocks)]
    return max(3, median_low(gaps or [0]) + 1)


def signed_by(text: str, blocks: Sequence[Block], number: int) -> tuple[str, int, bool] | None:
    """Return who signs in a block, its last block, and whether by a dash or an office."""
    line = words_of(text, blocks[number])
    match = _SIGNED.fullmatch(line) if number else None
    if match is None or any(
        ROLES.fullmatch(word) or word.lower() in BARRED for word in match["name"].split()
    ):
        return None
    office = bool(match["role"]) and is_office(match["role"])
    if match["role"] and not office:
        return None
    after = blocks[number + 1] if number + 1 < len(blocks) else None
    if after is not None and after.kind != "heading" and is_office(words_of(text, after)):
        return match["name"], number + 1, True
    marked = office or line[0] in "–—~-"
    greeted = _GOODBYE.match(words_of(text, blocks[number - 1]))
    ends = blocks[number].kind != "heading" and (
        after is None or after.kind in ("heading", "lead_in", "dateline")
    )
    return (match["name"], number, marked) if marked or greeted or ends else None


def is_office(line: str) -> bool:
    """Whether a line says what office somebody holds: "Napo SSW Branch Chair"."""
    short = len(line.split()) <= 12 and not line.endswith((".", "!", "?", ":"))
    return short and bool(re.search(ROLE, line, re.I)) and not SPEECH.search(line)
