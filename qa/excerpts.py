"""The shortest excerpt that stands on its own: a sentence, two, or a whole list.

A sentence leans on the one before when its subject is a bare pronoun, or "the unit" after a unit was
named. An item of a list says little
without the line that introduces it and the items beside it. Knows text and blocks, no questions.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.folding import terms
from qa.types import Block, Span

MAX_LIST_WORDS = 300  # a longer list is cited item by item

_LEANS = re.compile(
    r"[\"'“‘(]*(?:He|She|They|His|Her|Their|Its|This|That|These|Those|Such|Both|Neither|All of (?:this|these|them)"
    r"|It(?! (?:is|was|will|would|has|had|may|might|could|should)(?: \w+){0,3} (?:that|to|for|how|why|when)\b))\b"
)
_NAMED_BEFORE = re.compile(r"[\"'“‘(]*(?:The|This|These|Those|That) ((?:[a-z][\w-]+ ?){1,3})")
_ENDS = re.compile(r"[.!?…][\"'”’)\]]*$")
_NUMBER = re.compile(r"\(?(\d{1,3})[.):]")


def leans(sentence: str, before: str) -> bool:
    """Whether a sentence needs the one before to be understood: "They were told so."."""
    if _LEANS.match(sentence):
        return True
    named = _NAMED_BEFORE.match(sentence)
    return named is not None and not set(terms(named[1])).isdisjoint(terms(before))


def is_fragment(sentence: str) -> bool:
    """Whether what follows a lead-in is no sentence, and says little without it."""
    return not _ENDS.search(sentence)


@dataclass(frozen=True, slots=True)
class _Group:
    """Items in a row, with the line that introduces them."""

    items: range  # numbers of blocks
    lead_in: int | None
    numbers: tuple[int | None, ...]


def list_excerpts(text: str, blocks: Sequence[Block]) -> dict[int, tuple[Span, Span]]:
    """Return by block, for every item that has a lead-in, its group and its whole list.

    A list may fall into groups, each under a lead-in of its own, its items numbered on: "The
    Service should: 1 … 5 … The Ministry should: 6 …". The whole then begins with the line that
    introduces all of them, if one stands there. What is too long to be one excerpt is left out.
    """
    found: dict[int, tuple[Span, Span]] = {}
    for chain in _chains(list(_groups(text, blocks)), blocks):
        first = chain[0].lead_in if chain[0].lead_in is not None else chain[0].items[0]
        before = first - 1
        outer = first > 0 and blocks[before].kind == "lead_in" and _together(blocks, before, first)
        whole = Span(blocks[before if outer else first].start, blocks[chain[-1].items[-1]].end)
        for group in chain:
            if group.lead_in is None:
                continue
            own = Span(blocks[group.lead_in].start, blocks[group.items[-1]].end)
            if _words(text, own) > MAX_LIST_WORDS:
                continue
            fits = _words(text, whole) <= MAX_LIST_WORDS
            for item in group.items:
                found[item] = (own, whole if fits else own)
    return found


def lead_ins(text: str, blocks: Sequence[Block]) -> dict[int, str]:
    """Return by block the lines that introduce each item or row, however far above it."""
    found: dict[int, str] = {}
    above: str | None = None
    for number, block in enumerate(blocks):
        if block.kind in ("item", "row"):
            if above is not None:
                found[number] = above
        elif block.kind == "lead_in":
            goes_on = number > 0 and blocks[number - 1].kind == "lead_in"
            line = " ".join(text[block.start : block.end].split())
            above = f"{above} {line}" if goes_on and above else line
        else:
            above = None
    return found


def _groups(text: str, blocks: Sequence[Block]) -> Iterator[_Group]:
    at = 0
    while at < len(blocks):
        if blocks[at].kind != "item":
            at += 1
            continue
        last = at
        while (
            last + 1 < len(blocks)
            and blocks[last + 1].kind == "item"
            and _together(blocks, last, last + 1)
        ):
            last += 1
        introduced = at > 0 and blocks[at - 1].kind == "lead_in" and _together(blocks, at - 1, at)
        matches = [_NUMBER.match(text, blocks[item].start) for item in range(at, last + 1)]
        numbers = tuple(int(m[1]) if m else None for m in matches)
        yield _Group(range(at, last + 1), at - 1 if introduced else None, numbers)
        at = last + 1


def _chains(groups: Sequence[_Group], blocks: Sequence[Block]) -> Iterator[list[_Group]]:
    """Yield the runs of groups that are one list: each goes on where the one before stopped."""
    chain = list(groups[:1])
    for before, group in pairwise(groups):
        last, first = before.numbers[-1], group.numbers[0]
        follows = (
            group.lead_in is not None
            and group.lead_in == before.items[-1] + 1
            and _together(blocks, before.items[-1], group.lead_in)
            and last is not None
            and first == last + 1
        )
        if not follows:
            yield chain
            chain = []
        chain.append(group)
    if chain:
        yield chain


def _together(blocks: Sequence[Block], a: int, b: int) -> bool:
    return blocks[a].section == blocks[b].section and blocks[a].comment == blocks[b].comment


def _words(text: str, span: Span) -> int:
    return len(text[span.start : span.end].split())
