"""What a block is by its look: signed, a lead-in's last sentence, set wide apart."""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median_low

from qa.types import Block
from qa.voices.clauses import SPEECH, sentence_start
from qa.voices.names import BARRED, NOBODY, ROLE, ROLES, TITLE, WORD

GOODBYE = re.compile(
    r"(?:yours|(?:kind|best|warm) (?:regards|wishes)|regards|sincerely|in solidarity|many thanks)"
    r"\b[\w ]{0,30},?$",
    re.I,
)
_SIGNED = re.compile(
    rf"[–—~-]*\s*(?P<name>(?:{TITLE}[ \u00a0])?{WORD}(?:[ \u00a0](?:de |van |von )?{WORD}){{1,3}})"
    r"\s*(?:(?P<role>[,(\n].{2,100})|[.,]?)",
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
    return max(3, median_low(gaps) + 1) if gaps else 3


def signed_by(text: str, blocks: Sequence[Block], number: int) -> tuple[str, int, bool] | None:
    """Return who signs in a block, the signature's last block, and whether by an office."""
    found = signature(words_of(text, blocks[number])) if number else None
    if found is None:
        return None
    name, marked = found
    after = blocks[number + 1] if number + 1 < len(blocks) else None
    if after is not None and is_office(words_of(text, after)) and after.kind != "heading":
        return name, number + 1, True
    greeted = bool(GOODBYE.match(words_of(text, blocks[number - 1])))
    ends = blocks[number].kind != "heading" and (
        after is None or after.kind in ("heading", "lead_in", "dateline")
    )
    return (name, number, marked) if marked or greeted or ends else None


def signature(line: str) -> tuple[str, bool] | None:
    """Return the name that a line signs with and whether an office or a dash is beside it."""
    match = _SIGNED.fullmatch(line.strip())
    if match is None or (line.rstrip().endswith((".", "!", "?", ":")) and not match["role"]):
        return None
    words = match["name"].split()
    if any(ROLES.fullmatch(w) or w.lower() in BARRED | NOBODY for w in words):
        return None
    marked = line[0] in "–—~-" or bool(match["role"] and _is_office(match["role"]))
    return match["name"], marked


def is_office(line: str) -> bool:
    """Whether a line says what office somebody holds: "Napo SSW Branch Chair"."""
    return len(line.split()) <= 12 and _is_office(line) and not SPEECH.search(line)


def _is_office(text: str) -> bool:
    return bool(re.search(ROLE, text, re.I)) and not re.search(r"[.!?:]$", text)
