"""What people say: in quotation marks, behind a lead-in, in a dialogue.

Each piece is a `Claim` first; pronouns and short names are understood in a second pass, in the
order of the text.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from qa.types import UNCERTAIN, Block, Voice
from qa.voices.clauses import Clause, clause_after, clause_before, name_at, sentence_start
from qa.voices.layout import is_office, last_sentence, signed_by, wide_gap
from qa.voices.marks import Quote, find_quotes, opens
from qa.voices.names import PRONOUNS, Names, agrees, has_name

_TURN = re.compile(r"([A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3}):\s+(?=\S)")
_LINK = re.compile(r"[\s,.;:–—-]*(?:(?:and )?(?:adding|added)\b[^.!?]{0,60}?)?[\s:,]*")
_FULL_SENTENCE = re.compile(r"[\"“„«'‘]+(?:[A-Z0-9£$€]|…|\.\.\.).*[.!?…][\"”»'’]+", re.S)
# A pronoun may mean any of these who stands between.
_HUMAN = re.compile(
    r"\b(?:man|woman|mother|father|son|daughter|wife|husband|minister|officer|inspector|director"
    r"|spokes\w+|leader|chair\w*|chief|secretary|boss|manager|judge|mp|colleague|friend)\b",
    re.I,
)
_WRITING = re.compile(
    r"\b(?:blog|post|article|e-?mail|letter|speech|column|message)\b[^.:]{0,60}?\b(?:by|from)\s+",
    re.I,
)


class Claim(NamedTuple):
    """Speech and what its attribution says, before pronouns and short names are understood."""

    start: int
    end: int
    mention: str
    subject: int  # offset of the mention, up to which a pronoun looks back
    until: int  # offset behind the speech and the clause that attributes it
    trails: bool = False  # what may still be that speech; anything else is painted over it


def resolved(
    text: str, claims: Iterable[Claim], blocks: Sequence[Block], names: Names
) -> Iterator[tuple[Voice, bool]]:
    """Yield the claims' voices with their speakers, and whether each only trails another."""
    headings = [block.start for block in blocks if block.kind == "heading"]
    speaker, end = UNCERTAIN, 0  # of the speech before
    for claim in sorted(claims, key=lambda claim: claim.start):
        if claim.mention in PRONOUNS:
            between = text[end : claim.subject].lstrip(' \u00a0\n.,;"”’')
            plain = (
                claim.subject >= end
                and bisect_right(headings, end) == bisect_right(headings, claim.subject)
                and not re.search(r"[.!?](?:\s|$)", between)
                and not has_name(between)
                and not _HUMAN.search(between)
            )
            found = speaker if plain and agrees(claim.mention, speaker) else UNCERTAIN
        else:
            found = names.resolve(claim.mention, claim.subject)
        yield Voice(claim.start, claim.end, "quotation", found), claim.trails
        speaker, end = found, claim.until


def introduced(text: str, blocks: Sequence[Block]) -> Iterator[Claim]:
    """Yield what follows a lead-in without quotation marks."""
    wide = wide_gap(text, blocks)
    for first, (block, following) in enumerate(pairwise(blocks), start=1):
        speech = following.kind in ("paragraph", "item") and not opens(text, following)
        if block.kind != "lead_in" or not speech:
            continue
        sentence = last_sentence(text, block)
        clause = clause_before(sentence, colon=True)
        writing = _WRITING.search(sentence)
        if clause is not None:
            mention = clause.speaker
        elif writing is not None:
            mention, _ = name_at(sentence, writing.end()) or (UNCERTAIN, 0)
        else:
            continue
        if signed := _signature_below(text, blocks, first):
            name, end = signed
            agreed = mention == UNCERTAIN or mention.split()[-1] == name.split()[-1]
            signature = blocks[end]
            speaker = name if agreed else UNCERTAIN
            yield Claim(following.start, signature.end, speaker, signature.start, signature.end)
            continue
        rest = first + 1
        while following.kind == "item" and rest < len(blocks) and blocks[rest].kind == "item":
            rest += 1
        end = blocks[rest - 1].end
        yield Claim(following.start, end, mention, _subject_offset(sentence, block.end), end)
        stop = _run(text, blocks, rest, wide, whole=clause is None)
        if stop > rest:
            start, end = blocks[rest].start, blocks[stop - 1].end
            yield Claim(start, end, UNCERTAIN, start, end, trails=True)


def _signature_below(text: str, blocks: Sequence[Block], first: int) -> tuple[str, int] | None:
    """Return who signs what a lead-in introduces, and the block of the signature."""
    for number in range(first + 1, len(blocks)):
        if blocks[number].kind in ("heading", "lead_in", "dateline", "row"):
            return None
        if signed := signed_by(text, blocks, number):
            return signed[:2]
    return None


def _run(text: str, blocks: Sequence[Block], first: int, wide: int, *, whole: bool) -> int:
    """Return the first block that is plainly no part of the remark, or `whole` text, before it."""
    for number in range(first, len(blocks)):
        block = blocks[number]
        if whole:
            if block.kind == "lead_in" and _WRITING.search(last_sentence(text, block)):
                return number
        elif (
            block.kind in ("heading", "lead_in", "dateline")
            or text.count("\n", blocks[number - 1].end, block.start) >= wide
            or opens(text, block)
        ):
            return number
    return len(blocks)


def quotations(text: str, blocks: Sequence[Block]) -> Iterator[Claim]:
    """Yield what stands in quotation marks and is speech, not a word or a title."""
    behind = 0  # the quotation before
    chain: Clause | None = None  # the clause behind it
    quotes = find_quotes(text, blocks)
    starts = [*(quote.start for quote in quotes), len(text)]
    for quote, following in zip(quotes, starts[1:], strict=True):
        block = blocks[quote.block]
        low = sentence_start(text, max(block.start, behind), quote.start)
        behind = quote.end
        lead = text[low : quote.start]
        words = text[quote.start : quote.end]
        full = bool(_FULL_SENTENCE.fullmatch(words)) and len(words.split()) > 3
        begins = not any(char.isalnum() for char in lead)
        first = begins and quote.start <= block.start + 3  # list marks aside
        colon = lead.rstrip(" \u00a0\n-–—").endswith(":")
        linked = (
            chain is not None
            and chain.end > block.start
            and _LINK.fullmatch(text, chain.end, quote.start)
        )
        after = _after(text, blocks, quote, following) if begins or linked else None
        mention: str | None = None
        subject = quote.start
        if linked and chain is not None:
            mention = after.speaker if after else chain.speaker
        elif not begins:
            clause = clause_before(lead, colon=colon)
            comma = lead.rstrip().endswith(",")
            if clause and (colon or (clause.direct and (full or comma))):
                mention, subject = clause.speaker, _subject_offset(lead, quote.start)
        elif first and quote.block:
            above = blocks[quote.block - 1]
            if above.kind == "lead_in":
                sentence = last_sentence(text, above)
                clause = clause_before(sentence, colon=True)
                mention = clause.speaker if clause else UNCERTAIN
                subject = _subject_offset(sentence, above.end)
        if after and not linked:
            mention = after.speaker if mention in (None, after.speaker) else UNCERTAIN
        if mention is None and full and (begins or colon):
            mention = UNCERTAIN
        chain = after._replace(speaker=mention) if after and mention and after.direct else None
        if mention is None:
            continue
        if quote.closed:
            until = after.end if after else quote.end
            yield Claim(quote.start, quote.end, mention, subject, until)
            continue
        # Without its closing mark the words may end anywhere.
        yield Claim(quote.start, block.end, mention if first else UNCERTAIN, subject, block.end)
        if quote.end > block.end:
            start = blocks[quote.block + 1].start
            yield Claim(start, quote.end, UNCERTAIN, start, quote.end)


def _after(text: str, blocks: Sequence[Block], quote: Quote, following: int) -> Clause | None:
    """Return the clause behind a quotation that says whose it is."""
    rest = text[quote.end : quote.end + 2].lstrip()
    last = text[quote.end - 2]
    if not rest or not (last in ",!?…–—-" or rest[0] == "," or rest[0].islower()):
        return None
    clause = clause_after(text, quote.end, min(blocks[quote.last].end, following))
    if clause is None:
        return None
    # “Is it safe?” Tom Ray replied, “No.”: the clause may go with either; with a colon it is
    # the other's.
    between = text[clause.end : following].strip()
    if between == ":":
        return None
    either = last in "!?" and between == ","
    return Clause(UNCERTAIN, clause.end, False) if either else clause


def _subject_offset(sentence: str, end: int) -> int:
    """Return where the pronoun of a lead-in that ends at `end` stands, or its beginning."""
    pronouns = list(re.finditer(r"\b(?:he|she)\b", sentence, re.I))
    return end - len(sentence) + (pronouns[-1].start() if pronouns else 0)


def turns(text: str, blocks: Sequence[Block], names: Names) -> Iterator[Voice]:
    """Yield the turns of a dialogue written as "JONES: No." or "Q:" and "A:"."""
    found = [(b, match) for b in blocks if (match := _TURN.match(text, b.start, b.end))]
    counts = Counter(match[1] for _, match in found)
    spoken = {label for label, count in counts.items() if count > 1}
    for block, match in found if len(spoken) > 1 else ():
        label = match[1]
        if label in spoken and (label.isupper() or names.is_person(label)):
            speaker = UNCERTAIN if len(label) == 1 or is_office(label) else label
            yield Voice(match.end(), block.end, "quotation", speaker)
