"""Press releases, motions, letters: texts of others that a document holds whole.

Where one begins is said by a heading, a lead-in or "Dear …"; where it ends, by a signature, the
word "ENDS" or the next thing that isn't part of it. Without such an end its speaker has the
first paragraph only.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa.types import UNCERTAIN, Block, Voice, VoiceKind
from qa.voices.clauses import clause_before, name_at
from qa.voices.layout import last_sentence, signed_by, wide_gap, words_of
from qa.voices.marks import opens
from qa.voices.names import Names

_PRESS = r"(?:press|media) (?:release|statement)|early day motion"
_INTRODUCED = rf"\b(?:{_PRESS}|statement|motion)\b"
_STATEMENT = rf"\b(?:{_PRESS}|statement|motion|letter)\b"
# What a heading says that stands above such a text rather than above a report of one.
_HEADING = re.compile(
    rf"(?:for immediate release|(?:[\w ]+ )?(?:{_PRESS})|(?:(?:joint|official|public) )?statement"
    r"|motion|(?:open )?letter(?= (?:to|from)))"
    r"(?: ?[:–-].*| (?:submitted|tabled|by|from|to|of|on|no|\d)\b.*)?",
    re.I,
)
_ISSUED = rf"{_STATEMENT}[^.:]{{0,80}}?\b(?:by|from) (?:the )?"
_BELOW = rf"\b(?:below|following|here) is (?:an?|the|our|their) {_ISSUED}"
_ENDS = re.compile(r"\W{0,4}(?:ends|notes to editors)\b\W{0,4}", re.I)
_SALUTATION = re.compile(r"dear\b[^.!?\n]{1,60}$", re.I)
_FIRST_PERSON = re.compile(r"\b(?:I|my|me)\b")
_MAX_ABOVE = 4  # blocks between the words that announce a statement and its heading


def statements(text: str, blocks: Sequence[Block], names: Names) -> Iterator[Voice]:
    """Yield press releases, motions and the like, and who issues them where that is said."""
    wide = wide_gap(text, blocks)
    heads = {n for n, block in enumerate(blocks) if _is_heading(text, block)}
    begins = [n for n in range(len(blocks)) if n in heads or _introduces(text, blocks, n)]
    for number, stop in pairwise([*begins, len(blocks)]):
        issuer = _issuer(_ISSUED, words_of(text, blocks[number]))
        if issuer == UNCERTAIN and number in heads:
            above = blocks[max(0, number - _MAX_ABOVE)].start
            issuer = _issuer(_BELOW, text[above : blocks[number].start])
        sure, end = _extent(text, blocks, number + 1, stop, wide)
        if end:
            start, speaker = blocks[number + 1].start, names.resolve(issuer, blocks[number].end)
            yield Voice(start, end, "official statement", UNCERTAIN)
            yield Voice(start, sure, "official statement", speaker)


def _is_heading(text: str, block: Block) -> bool:
    title = block.kind in ("heading", "paragraph") and block.end - block.start <= 120
    return title and bool(_HEADING.fullmatch(words_of(text, block).rstrip(".:")))


def _introduces(text: str, blocks: Sequence[Block], number: int) -> bool:
    """Whether a block leads in to a statement: "This from the press release:-"."""
    if blocks[number].kind != "lead_in" or number + 1 == len(blocks):
        return False
    sentence = last_sentence(text, blocks[number])
    # "In a statement Ann Lee said:" leads in to a remark.
    return (
        bool(re.search(_INTRODUCED, sentence, re.I))
        and clause_before(sentence, colon=True) is None
        and not opens(text, blocks[number + 1])
    )


def _issuer(pattern: str, said: str) -> str:
    match = re.search(pattern, said, re.I)
    named = name_at(said, match.end()) if match else None
    return named[0] if named else UNCERTAIN


def _extent(
    text: str, blocks: Sequence[Block], first: int, stop: int, wide: int
) -> tuple[int, int]:
    """Return how far a statement's words are plainly its own and where it may end, or 0."""
    for block in blocks[first:stop]:
        if _ENDS.fullmatch(words_of(text, block)):
            return block.end, block.end
    sure, end = 0, 0
    for number in range(first, stop):
        block = blocks[number]
        if block.kind == "lead_in":
            # One that names somebody is the statement's own, one in the first person another's.
            sentence = last_sentence(text, block)
            clause = clause_before(sentence, colon=True)
            if clause is None or clause.speaker == UNCERTAIN or _FIRST_PERSON.search(sentence):
                break
        elif sure:
            apart = text.count("\n", blocks[number - 1].end, block.start) >= wide
            if apart or block.kind in ("heading", "dateline"):
                break
        elif block.kind not in ("heading", "dateline"):
            sure = block.end
        end = block.end
    return sure or end, end


def letters(text: str, blocks: Sequence[Block], names: Names) -> Iterator[Voice]:
    """Yield letters, from "Dear …" to the signature."""
    starts = [n for n, block in enumerate(blocks) if _SALUTATION.match(words_of(text, block))]
    for start, stop in pairwise([*starts, len(blocks)]):
        kind: VoiceKind = "quotation"
        speaker, last = UNCERTAIN, stop - 1
        for number in range(start + 2, stop):  # a heading may stand right below "Dear …"
            if signed := signed_by(text, blocks, number):
                name, last, office = signed
                kind = "official statement" if office else "quotation"
                speaker = names.resolve(name, blocks[number].start)
                break
            if blocks[number].kind == "heading":
                last = number - 1
                break
        yield Voice(blocks[start].start, blocks[last].end, kind, speaker)
