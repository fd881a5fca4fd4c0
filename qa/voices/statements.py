"""Press releases, motions, letters: texts of others that a document holds whole.

Where one begins is said by a heading, a lead-in or "Dear …"; where it ends, by a signature, the
word "ENDS" or the next thing that isn't part of it. Without such an end its speaker has the
first paragraph only.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from qa.types import Block, Voice, VoiceKind
from qa.voices.clauses import clause_before, name_at
from qa.voices.layout import last_sentence, signed_by, wide_gap, words_of
from qa.voices.marks import opens
from qa.voices.names import PRONOUNS, UNCERTAIN, Names

_PRESS = r"(?:press|media|news) (?:release|statement|notice)|early day motion"
STATEMENT = re.compile(rf"\b(?:{_PRESS}|statement|motion|resolution|communiqué)\b", re.I)
# What a heading says that stands above such a text rather than above a report of one.
_STATEMENT_HEADING = re.compile(
    rf"(?:[\w ]+ )?(?:{_PRESS})(?: ?[:–-].*| (?:submitted|tabled|by|from|to|of|no|\d)\b.*)?|for immediate release|(?:open )?letter (?:to|from)\b"
    r"|(?:(?:joint|official|public) )?statement(?: (?:by|from|of|on|to)\b.*)?$"
    r"|motion(?: (?:submitted|tabled|by|to)\b.*)?$|(?:public|official) notice$",
    re.I,
)
_INTRODUCED = re.compile(
    rf"\b(?:below|following|here) (?:is|are|was) (?:an?|the|our|their) (?:{STATEMENT.pattern})"
    r".{0,80}?\b(?:by|from) (?:the )?",
    re.I | re.S,
)
WRITING = re.compile(
    r"\b(?:blog|post|article|e-?mail|letter|speech|column|piece|message|message|bulletin"
    r"|statement|contribution)\b[^.:]{0,60}?\b(?:by|from)\s+",
    re.I,
)
_SALUTATION = re.compile(r"dear\b[^.!?\n]{1,60}$", re.I)
_FULL_STOP = re.compile(r"\W{0,4}(?:ends|notes? to editors)\b\W{0,4}", re.I)
_FIRST_PERSON = re.compile(r"\bI\b|\b(?:my|me)\b")


def statements(text: str, blocks: Sequence[Block], names: Names) -> Iterator[Voice]:
    """Yield press releases, motions and the like, and who issues them where that is said."""
    wide = wide_gap(text, blocks)
    stops = [n for n, block in enumerate(blocks) if _FULL_STOP.fullmatch(words_of(text, block))]
    heads = [n for n, block in enumerate(blocks) if _is_statement_heading(text, block)]
    for number, block in enumerate(blocks):
        said = words_of(text, block)
        if _is_statement_heading(text, block):
            body = _body_in_heading(said) or _introduced_before(
                text, blocks[max(0, number - 4) : number]
            )
        elif introduces_statement(text, blocks, number):
            body = _body_after(said)
        else:
            continue
        stop, other = _next(stops, number, len(blocks)), _next(heads, number, len(blocks))
        last, first_end = _extent(text, blocks, number + 1, other, wide)
        if stop < other:
            last, first_end = stop, blocks[stop].end
        if last <= number:
            continue
        start = blocks[number + 1].start
        speaker = names.resolve(body, block.end) if body else UNCERTAIN
        yield Voice(start, blocks[last].end, "official statement", UNCERTAIN)
        yield Voice(start, first_end, "official statement", speaker)


def introduces_statement(text: str, blocks: Sequence[Block], number: int) -> bool:
    """Whether a block leads in to a statement: "This from the press release:-"."""
    if blocks[number].kind != "lead_in" or number + 1 == len(blocks):
        return False
    sentence = last_sentence(text, blocks[number])
    return (
        bool(STATEMENT.search(sentence))
        and clause_before(sentence, colon=True) is None
        and not opens(text, blocks[number + 1])
    )


def _is_statement_heading(text: str, block: Block) -> bool:
    if block.kind not in ("heading", "paragraph", "dateline") or block.end - block.start > 120:
        return False
    return bool(_STATEMENT_HEADING.fullmatch(words_of(text, block).rstrip(".:")))


def _body_in_heading(heading: str) -> str | None:
    match = re.search(r"\b(?:by|from) (?:the )?", heading)
    if match is None:
        return None
    named = name_at(heading, match.end())
    return named[0] if named and named[0] not in PRONOUNS else None


def _introduced_before(text: str, blocks: Sequence[Block]) -> str | None:
    for block in reversed(blocks):
        if match := _INTRODUCED.search(text, block.start, block.end):
            named = name_at(text, match.end())
            return named[0] if named and named[0] not in PRONOUNS else None
    return None


def _body_after(said: str) -> str | None:
    match = re.search(rf"{STATEMENT.pattern}[^.]*?\b(?:by|from|of) (?:the )?", said, re.I)
    named = name_at(said, match.end()) if match else None
    return named[0] if named and named[0] not in PRONOUNS else None


def _extent(
    text: str, blocks: Sequence[Block], first: int, stop: int, wide: int
) -> tuple[int, int]:
    """Return the last block of an open-ended text and where its first paragraph ends."""
    last, first_end = first - 1, 0
    for number in range(first, stop):
        block = blocks[number]
        following = blocks[number + 1].kind if number + 1 < len(blocks) else None
        if block.kind in ("heading", "dateline"):
            if first_end:
                break
        elif first_end and text.count("\n", blocks[number - 1].end, block.start) >= wide:
            break
        elif block.kind == "lead_in" and following not in ("item", "row"):
            sentence = last_sentence(text, block)
            clause = clause_before(sentence, colon=True)
            third = clause is not None and clause.speaker != UNCERTAIN
            if not third or _FIRST_PERSON.search(sentence) or WRITING.search(sentence):
                break
        else:
            first_end = first_end or block.end
        last = number
    return last, first_end or blocks[first - 1].end


def _next(numbers: Sequence[int], number: int, end: int) -> int:
    at = bisect_right(numbers, number)
    return numbers[at] if at < len(numbers) else end


def letters(text: str, blocks: Sequence[Block], names: Names) -> Iterator[Voice]:
    """Yield letters, from "Dear …" to the signature."""
    number = 0
    while number < len(blocks):
        start = number
        number += 1
        if not _SALUTATION.match(words_of(text, blocks[start])):
            continue
        while number < len(blocks):
            signed = signed_by(text, blocks, number)
            new = _SALUTATION.match(words_of(text, blocks[number]))
            if new or (not signed and blocks[number].kind == "heading" and number > start + 2):
                yield Voice(blocks[start].start, blocks[number - 1].end, "quotation", UNCERTAIN)
                break
            if signed:
                name, last, office = signed
                kind: VoiceKind = "official statement" if office else "quotation"
                full = names.resolve(name, blocks[number].start)
                yield Voice(blocks[start].start, blocks[last].end, kind, full)
                number = last + 1
                break
            number += 1
        else:
            yield Voice(blocks[start].start, blocks[number - 1].end, "quotation", UNCERTAIN)
