"""Who says it: the stretches of a document that are in other words than its own.

Quotations, official statements, readers' comments, each with its speaker where a lead-in, a
signature or a clause such as "said Jane Doe" names one. **A sentence is never given to anyone on
a guess**: where a voice begins plainly but ends nowhere plainly, the speaker has its first
paragraph and what follows is UNCERTAIN.

Voices are painted in layers, the later over the earlier: statements and letters, what lead-ins
introduce without marks, transcripts, quotations in marks, readers' comments.
"""

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import groupby, pairwise

from qa.types import UNCERTAIN, Block, Voice
from qa.voices.layout import signed_by
from qa.voices.names import Names
from qa.voices.speech import introduced, quotations, resolved, turns
from qa.voices.statements import letters, statements


def find_voices(text: str, blocks: Sequence[Block]) -> tuple[Voice, ...]:
    """Return the voices in a document, in order; none overlaps another.

    Args:
        text: Canonical text.
        blocks: Its structure, as `qa.reading` finds it.
    """
    names = Names(text)
    own = [block for block in blocks if block.comment is None]
    claims = [*introduced(text, own), *quotations(text, own)]
    speech = list(resolved(text, claims, own, names))
    layers = [
        *(voice for voice, trails in speech if trails),
        *statements(text, own, names),
        *letters(text, own, names),
        *turns(text, own, names),
        *(voice for voice, trails in speech if not trails),
        *_comments(text, [block for block in blocks if block.comment is not None]),
    ]
    return tuple(_flatten(text, layers))


def _comments(text: str, blocks: Sequence[Block]) -> Iterator[Voice]:
    """Yield readers' comments whole; of a signed one, what it quotes is left uncertain."""
    for _, group in groupby(blocks, key=lambda block: block.comment):
        parts = list(group)
        signed = signed_by(text, parts, len(parts) - 1)
        # It may end with a name that doesn't sign it, and a lead-in introduces others' words.
        sure = signed and signed[2] and not any(part.kind == "lead_in" for part in parts)
        speaker = signed[0] if signed and sure else UNCERTAIN
        yield Voice(parts[0].start, parts[-1].end, "reader's comment", speaker)
        for claim in quotations(text, parts) if sure else ():
            yield Voice(claim.start, claim.end, "reader's comment", UNCERTAIN)


def _flatten(text: str, layers: Sequence[Voice]) -> Iterator[Voice]:
    """Yield what is seen of each layer where later ones lie over earlier ones."""
    order = sorted(range(len(layers)), key=lambda n: layers[n].start, reverse=True)
    bounds = sorted({bound for voice in layers for bound in (voice.start, voice.end)})
    seen: list[tuple[int, int, int]] = []  # layer, start, end
    lying: list[int] = []  # layers that lie here, as negative numbers: a heap
    for start, end in pairwise(bounds):
        while order and layers[order[-1]].start <= start:
            heappush(lying, -order.pop())
        while lying and layers[-lying[0]].end <= start:
            heappop(lying)
        if lying:
            seen.append((-lying[0], start, end))
    for layer, pieces in groupby(seen, key=lambda piece: piece[0]):
        (_, start, end), *more = pieces
        raw = text[start : more[-1][2] if more else end]
        if any(char.isalnum() for char in raw):
            start += len(raw) - len(raw.lstrip())
            yield Voice(start, start + len(raw.strip()), layers[layer].kind, layers[layer].speaker)
