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
from qa.voices.names import PRONOUNS, Names, agrees, has_name, mentions

_TURN = re.compile(r"([QA]|Question|Answer|[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3}):\s+(?=\S)")
_CLAUSE_ONLY = re.compile(
    r"[\s,.;:–—-]*(?:(?:and |before )?(?:adding|added|continuing|who added)\b[^.!?]{0,60}?)?[\s:,]*"
)
_FULL_SENTENCE = re.compile(r"[\"“„«'‘]+(?:[A-Z0-9£$€]|…|\.\.\.).*[.!?…][\"”»'’]+", re.S)
_HUMAN = re.compile(
    r"\b(?:man|woman|mother|father|son|daughter|wife|husband|minister|officer|inspector|director"
    r"|spokes\w+|leader|chair\w*|chief|secretary|boss|manager|judge|mp|colleague|friend)\b",
    re.I,
)
WRITING = re.compile(
    r"\b(?:blog|post|article|e-?mail|letter|speech|column|piece|message|bulletin|contribution)\b"
    r"[^.:]{0,60}?\b(?:by|from)\s+",
    re.I,
)
_MAX_APART = 400  # characters between a named speaker's words and a pronoun that means them


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
            apart = bisect_right(headings, end) != bisect_right(headings, claim.subject)
            plain = (
                claim.subject >= end
                and len(between) <= _MAX_APART
                and not apart
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
    for number, (block, following) in enumerate(pairwise(blocks)):
        if block.kind != "lead_in" or following.kind not in ("paragraph", "item"):
            continue
        if opens(text, following):
            continue
        sentence = last_sentence(text, block)
        clause = clause_before(sentence, colon=True)
        writing = WRITING.search(sentence)
        whole = clause is None and writing is not None  # a text, rather than a remark
        if clause is not None:
            mention = clause.speaker
        elif writing is not None:
            named = name_at(sentence, writing.end())
            mention = named[0] if named else UNCERTAIN
        else:
            continue
        first = number + 1
        last = first
        while (
            following.kind == "item" and last + 1 < len(blocks) and blocks[last + 1].kind == "item"
        ):
            last += 1
        subject = _subject_offset(sentence, block.end)
        signed = _signature_below(text, blocks, first, mention, mentions(sentence))
        if signed is not None:
            name, end = signed
            yield Claim(following.start, blocks[end].end, name, blocks[end].start, blocks[end].end)
            continue
        yield Claim(following.start, blocks[last].end, mention, subject, blocks[last].end)
        end = _run(text, blocks, last, wide, whole=whole)
        if end > last:
            start, stop = blocks[last + 1].start, blocks[end].end
            yield Claim(start, stop, UNCERTAIN, start, stop, trails=True)


def _signature_below(
    text: str, blocks: Sequence[Block], first: int, mention: str, named: Sequence[str]
) -> tuple[str, int] | None:
    """Return who signs what a lead-in introduces, and the block of the signature."""
    for number in range(first + 1, len(blocks)):
        if blocks[number].kind in ("heading", "lead_in", "dateline", "row"):
            return None
        if signed := signed_by(text, blocks, number):
            name, last, _ = signed
            known = mention not in PRONOUNS and mention != UNCERTAIN
            if (known and mention.split()[-1] != name.split()[-1]) or (
                not known and not any(name in other for other in named) and mention in PRONOUNS
            ):
                return UNCERTAIN, last
            return name, last
    return None


def _run(text: str, blocks: Sequence[Block], last: int, wide: int, *, whole: bool) -> int:
    """Return the last block that may still be what a lead-in introduced."""
    for number in range(last + 1, len(blocks)):
        block = blocks[number]
        gap = text.count("\n", blocks[number - 1].end, block.start) >= wide
        if whole:
            if block.kind == "lead_in" and WRITING.search(last_sentence(text, block)):
                break
        elif block.kind in ("heading", "lead_in", "dateline") or gap or opens(text, block):
            break
        last = number
    return last


def quotations(text: str, blocks: Sequence[Block], names: Names) -> Iterator[Claim]:
    """Yield what stands in quotation marks and is speech, not a word or a title."""
    before: Quote | None = None
    chain: tuple[Clause, str] | None = None  # the clause behind the quotation before
    quotes = find_quotes(text, blocks)
    for number, quote in enumerate(quotes):
        block = blocks[quote.block]
        beside = before if before and before.last == quote.block else None
        low = max(block.start, beside.end if beside else 0)
        low = sentence_start(text, low, quote.start)
        lead = text[low : quote.start]
        words = text[quote.start : quote.end]
        full = bool(_FULL_SENTENCE.fullmatch(words)) and len(words.split()) > 3
        begins = not any(char.isalnum() for char in lead)
        linked = bool(beside and chain and _CLAUSE_ONLY.fullmatch(text, chain[0].end, quote.start))
        mention: str | None = None
        subject = quote.start
        if not begins and not linked:
            colon = lead.rstrip(" \u00a0\n-–—").endswith(":")
            clause = clause_before(lead, colon=colon)
            if clause is not None and (
                colon or (clause.direct and (full or lead.rstrip().endswith(",")))
            ):
                mention, subject = clause.speaker, _subject_offset(lead, quote.start)
            elif clause is None and colon:
                label = lead.strip(" \u00a0\n:-–—")
                known = " " in label and mentions(label) == [label] and names.is_person(label)
                mention = label if known else UNCERTAIN if full else None
        elif begins and quote.start <= block.start + 3 and quote.block:
            above = blocks[quote.block - 1]
            if above.kind == "lead_in" or text[above.end - 1] == ":":
                sentence = last_sentence(text, above)
                clause = clause_before(sentence, colon=True)
                mention = clause.speaker if clause else UNCERTAIN
                subject = _subject_offset(sentence, above.end)
        following = quotes[number + 1].start if number + 1 < len(quotes) else len(text)
        end = min(blocks[quote.last].end, following)
        after = _after(text, quote, end, following) if begins or linked else None
        if after is not None:
            same = mention is None or mention == after.speaker
            mention = after.speaker if same else UNCERTAIN
        elif linked and chain is not None and mention is None:
            mention = chain[1]
        elif mention is None and full and begins:
            mention = UNCERTAIN
        sure = after is not None and after.direct
        chain = (after, mention) if after and mention and sure else None
        before = quote
        if mention is None:
            continue
        if quote.closed:
            until = after.end if after else quote.end
            yield Claim(quote.start, quote.end, mention, subject, until)
            continue
        # Without its closing mark the words may end anywhere.
        sure = begins and quote.start <= block.start + 3
        first = block.end
        yield Claim(quote.start, first, mention if sure else UNCERTAIN, subject, first)
        if quote.end > first:
            start = blocks[quote.block + 1].start
            yield Claim(start, quote.end, UNCERTAIN, start, quote.end)


def _after(text: str, quote: Quote, end: int, following: int) -> Clause | None:
    """Return the clause behind a quotation that says whose it is."""
    rest = text[quote.end : quote.end + 2].lstrip()
    last = text[quote.end - 2]
    if (
        not quote.closed
        or not rest
        or not (last in ",!?…–—-" or rest[0] == "," or rest[0].islower())
    ):
        return None
    clause = clause_after(text, quote.end, end)
    if clause is None:
        return None
    between = text[clause.end : following].rstrip() if following == end else ""
    if between == ":":
        return None
    # “Is it safe?” Tom Ray replied, “No.”: the clause may go with either.
    either = last in "!?" and between == ","
    return Clause(UNCERTAIN, clause.end, False) if either else clause


def _subject_offset(sentence: str, end: int) -> int:
    """Return where the pronoun of a lead-in that ends at `end` stands, or its beginning."""
    pronouns = list(re.finditer(r"\b(?:he|she)\b", sentence, re.I))
    return end - len(sentence) + (pronouns[-1].start() if pronouns else 0)


def turns(text: str, blocks: Sequence[Block], names: Names) -> Iterator[Voice]:
    """Yield the turns of a dialogue written as "JONES: No." or "Q:" and "A:"."""
    found = [
        (block, match) for block in blocks if (match := _TURN.match(text, block.start, block.end))
    ]
    counts = Counter(match[1] for _, match in found)
    for block, match in found:
        label = match[1]
        plain = label in ("Q", "A", "Question", "Answer")
        if sum(count > 1 for count in counts.values()) < 2 or counts[label] < 2:
            continue
        if not (plain or label.isupper() or names.is_person(label)):
            continue
        speaker = UNCERTAIN
        if not plain and not is_office(label):
            speaker = names.resolve(label.title(), block.start)
            speaker = label if speaker in (label.title(), UNCERTAIN) else speaker
        yield Voice(match.end(), block.end, "quotation", speaker)
