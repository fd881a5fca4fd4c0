"""Document -> passages: whole sentences, about 40 to 120 words, within one section or comment.

Every block of the document is in exactly one passage, so every word can be found and cited.
Where to cut is the partition of least cost (dynamic programming over sentences): lengths within
the range, paragraphs whole, lead-ins with what they introduce.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

import nupunkt

from qa.excerpts import is_fragment, lead_ins, leans, list_excerpts
from qa.passages import BOILERPLATE, COMMENT_KIND, hash_text, passage_id
from qa.types import Block, Document, Excerpt, Passage, PlaceMap, Span, Voice
from qa.voices import find_voices

# Raised whenever the same document would be cut into other passages than before.
VERSION = 4

MIN_WORDS, MAX_WORDS = 40, 120
MAX_CHARACTERS = 4_000  # of a passage; a word of any length may be one piece to a tokenizer
# Costs of a cut, in words outside the range that one would rather accept.
_CUT_IN_PARAGRAPH = 25.0
_CUT_IN_LIST = 15.0
_CUT_AFTER_LEAD_IN = 200.0
_PER_PASSAGE = 5.0
_ACROSS = 100.0  # of not cutting where a page number, a running header or a link target stands
_COUNTED = 512  # texts at a time
_SAYS = re.compile(r"[^\W_]")  # a letter or digit

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never divided further: a sentence, an item, a row, a heading, a piece too long."""

    start: int
    end: int
    words: int
    tokens: int
    gap_words: int  # in what lies between the unit before and this one: rules, link targets
    gap_tokens: int
    cut_before: float  # cost of starting a passage here
    answers: bool  # headings and lead-ins only echo a question
    excerpt: Span  # what to show of it: the sentence, with one it leans on, or its list
    whole: Span  # the same, or all groups of its list
    lead_in: str | None  # what introduces the item or row


@dataclass(frozen=True, slots=True)
class _Structure:
    """What the blocks of a document say of its lists, by number of the block."""

    lists: Mapping[int, tuple[Span, Span]]  # group and whole list of an item
    lead_ins: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, item, row, heading or lead-in before its length is looked at."""

    span: Span
    cost: float  # of starting a passage here
    answers: bool
    excerpt: Span
    whole: Span
    lead_in: str | None


class _Counts:
    """How many pieces texts have; each is counted once, many at a time."""

    def __init__(self, count_tokens: CountTokens, limit: int) -> None:
        self.limit = limit
        self._count_tokens = count_tokens
        self._known: dict[str, int] = {}

    def of(self, texts: Sequence[str]) -> list[int]:
        """Return how many each text has, more than the limit for one that is too long anyway."""
        new = [
            text
            for text in dict.fromkeys(texts)
            if text not in self._known and len(text) <= MAX_CHARACTERS
        ]
        for first in range(0, len(new), _COUNTED):
            part = new[first : first + _COUNTED]
            self._known.update(zip(part, self._count_tokens(part), strict=True))
        return [self._known.get(text, self.limit + 1) for text in texts]


def cut_passages(document: Document, count_tokens: CountTokens, max_tokens: int) -> list[Passage]:
    """Return the passages of a document that `qa.reading` has understood, in order.

    Args:
        document: With blocks and places.
        count_tokens: Returns how many pieces the model's tokenizer makes of each text.
        max_tokens: How many pieces the model reads, special marks not counted.
    """
    if document.places is None:
        raise ValueError(f"{document.doc_id}: the document's structure hasn't been read yet")
    text_hash = hash_text(document.text)
    passages = []
    structure = _Structure(
        list_excerpts(document.text, document.blocks), lead_ins(document.text, document.blocks)
    )
    voices = find_voices(document.text, document.blocks)
    ends = [voice.end for voice in voices]
    stretches = list(_stretches(document.blocks))
    sentences = [_sentences(document.text, document.blocks, n, structure) for n in stretches]
    counts = _Counts(count_tokens, max_tokens)
    counts.of([document.text[slice(*each.span)] for part in sentences for each in part])  # at once
    for numbers, own in zip(stretches, sentences, strict=True):
        stretch = [document.blocks[number] for number in numbers]
        units = _units(document.text, stretch[0].start, own, counts)
        kind = COMMENT_KIND if stretch[0].comment else document.kind
        if stretch[0].kind == BOILERPLATE:
            kind = BOILERPLATE
        for first, last in _partition(units, max_tokens):
            passages.append(
                _passage(
                    document,
                    document.places,
                    text_hash,
                    units[first:last],
                    stretch[-1].section,
                    kind,
                    voices[bisect_right(ends, units[first].start) :],
                )
            )
    return passages


def _stretches(blocks: Sequence[Block]) -> Iterator[range]:
    """Yield the runs of blocks that a passage may hold together: headings, then what is below."""
    first = 0
    has_body = False
    for number, block in enumerate(blocks):
        if number > first:
            before = blocks[number - 1]
            elsewhere = block.kind == "heading" or block.section != before.section
            other = (block.comment, block.kind == BOILERPLATE) != (
                *(before.comment, before.kind == BOILERPLATE),
            )
            if other or (has_body and elsewhere):
                yield range(first, number)
                first, has_body = number, False
        has_body = has_body or block.kind not in ("heading", "dateline")
    if blocks:
        yield range(first, len(blocks))


def _sentences(
    text: str, blocks: Sequence[Block], numbers: range, structure: _Structure
) -> list[_Sentence]:
    """Return the sentences of a stretch of blocks."""
    sentences: list[_Sentence] = []
    before: Block | None = None
    for number in numbers:
        block = blocks[number]
        if before and before.kind in ("heading", "dateline", "lead_in"):
            cost = _CUT_AFTER_LEAD_IN
        elif before and block.kind in ("item", "row") and before.kind == block.kind:
            cost = _CUT_IN_LIST if block.kind == "item" else 0.0
        else:
            cost = 0.0
        answers = block.kind not in ("heading", "dateline", "lead_in")
        lists = structure.lists.get(number)
        introduced = structure.lead_ins.get(number)
        previous: Span | None = None
        for span in _split(text, block):
            own = span
            if previous and leans(text[slice(*span)], text[slice(*previous)]):
                own = Span(previous.start, span.end)
            elif (
                before
                and before.kind == "lead_in"
                and not previous
                and is_fragment(text[slice(*span)])
            ):
                own = Span(before.start, span.end)
            excerpt, whole = lists or (own, own)
            sentences.append(_Sentence(span, cost, answers, excerpt, whole, introduced))
            cost, previous = _CUT_IN_PARAGRAPH, span
        before = block
    return sentences


def _units(text: str, start: int, sentences: Sequence[_Sentence], counts: _Counts) -> list[_Unit]:
    """Return the units of a stretch that starts there."""
    pieces: list[tuple[Span, int, float, _Sentence]] = []
    known = counts.of([text[slice(*sentence.span)] for sentence in sentences])
    for sentence, tokens in zip(sentences, known, strict=True):
        cost = sentence.cost
        for piece, count in _shorten(text, sentence.span, tokens, counts):
            if not _SAYS.search(text, *piece):
                continue  # a piece of a long row of dots or dashes
            pieces.append((piece, count, cost, sentence))
            cost = _CUT_IN_PARAGRAPH
    ends = [start, *(piece.end for piece, *_ in pieces)]
    gaps = [text[end : piece.start] for end, (piece, *_) in zip(ends, pieces, strict=False)]
    return [
        _Unit(
            piece.start,
            piece.end,
            len(text[slice(*piece)].split()),
            tokens,
            len(gap.split()),
            gap_tokens,
            cost,
            sentence.answers,
            # A piece of a sentence that is too long for a passage is shown as it is.
            sentence.excerpt if piece == sentence.span else piece,
            sentence.whole if piece == sentence.span else piece,
            sentence.lead_in,
        )
        for (piece, tokens, cost, sentence), gap, gap_tokens in zip(
            pieces, gaps, counts.of(gaps), strict=True
        )
    ]


def _split(text: str, block: Block) -> list[Span]:
    """Return the sentences of a block, white space trimmed; rows and headings are one each."""
    if block.kind in ("row", "heading"):
        return [Span(block.start, block.end)]
    found: list[Span] = []
    for start, end in nupunkt.sent_spans(text[block.start : block.end]):
        raw = text[block.start + start : block.start + end]
        stripped = raw.strip()
        if not stripped:
            continue
        first = block.start + start + raw.index(stripped)
        # A stray mark or list number ("1.") is no sentence of its own.
        if found and not (_has_word(stripped) and _has_word(text[slice(*found[-1])])):
            found[-1] = Span(found[-1].start, first + len(stripped))
        else:
            found.append(Span(first, first + len(stripped)))
    return found or [Span(block.start, block.end)]


def _has_word(text: str) -> bool:
    return any(a.isalpha() and b.isalpha() for a, b in pairwise(text))


def _shorten(text: str, span: Span, tokens: int, counts: _Counts) -> Iterator[tuple[Span, int]]:
    """Yield a sentence, or pieces of one too long for a passage, cut at the best place inside.

    Semicolons come before colons and dashes, commas, spaces, and last any character; of equals
    the one nearest the middle.
    """
    raw = text[slice(*span)]
    fits = len(raw) <= MAX_CHARACTERS and tokens <= counts.limit and len(raw.split()) <= MAX_WORDS
    if fits or len(raw) < 2:
        yield span, tokens
        return
    cut = _best_cut(raw)
    left = Span(span.start, span.start + len(raw[:cut].rstrip()))
    right = Span(span.end - len(raw[cut:].lstrip()), span.end)
    both = counts.of([text[slice(*left)], text[slice(*right)]])
    for piece, n in zip((left, right), both, strict=True):
        yield from _shorten(text, piece, n, counts)


def _best_cut(raw: str) -> int:
    middle = len(raw) // 2
    # Within the middle two thirds, so that pieces don't get out of proportion.
    low, high = len(raw) // 6, len(raw) - len(raw) // 6
    for marks in ("; ", ": ", " – ", " - ", ", ", " ", "\n"):
        before, after = raw.rfind(marks, low, middle), raw.find(marks, middle, high)
        candidates = [at + len(marks) for at in (before, after) if at >= 0]
        if candidates:
            return min(candidates, key=lambda at: abs(at - middle))
    return max(1, middle)


def _partition(units: Sequence[_Unit], limit: int) -> list[tuple[int, int]]:
    """Return the (first, last + 1) unit numbers of each passage: the partition of least cost."""
    best = [0.0] + [float("inf")] * len(units)  # best[i]: least cost of units[:i]
    cut = [0] * (len(units) + 1)
    for end in range(1, len(units) + 1):
        words = tokens = 0
        across = 0.0
        least = units[end - 1].end - MAX_CHARACTERS
        for first in range(end - 1, -1, -1):
            unit = units[first]
            words += unit.words
            tokens += unit.tokens
            fits = words <= MAX_WORDS and tokens <= limit and unit.start >= least
            if first < end - 1 and not fits:
                break
            cost = best[first] + _PER_PASSAGE + across
            if words < MIN_WORDS:
                cost += MIN_WORDS - words
            if first:
                cost += unit.cut_before
            if cost < best[end]:
                best[end], cut[end] = cost, first
            words += unit.gap_words
            tokens += unit.gap_tokens
            if unit.gap_words:
                across += _ACROSS
    bounds = []
    end = len(units)
    while end:
        bounds.append((cut[end], end))
        end = cut[end]
    return bounds[::-1]


def _passage(
    document: Document,
    places: PlaceMap,
    text_hash: str,
    units: Sequence[_Unit],
    section: str | None,
    kind: str | None,
    voices: Sequence[Voice],
) -> Passage:
    start, end = units[0].start, units[-1].end
    answering = [unit for unit in units if unit.answers] or units
    return Passage(
        id=passage_id(text_hash, start, end),
        doc_id=document.doc_id,
        title=document.title,
        author=None if kind == COMMENT_KIND else document.author,
        publisher=document.publisher,
        published=document.published,
        kind=kind,
        section=section,
        # Where the lead-in is in the passage itself there's no need to say it twice.
        lead_in=units[0].lead_in,
        place=places.at(start, end),
        start=start,
        end=end,
        text=document.text[start:end],
        sentences=tuple(Span(unit.start, unit.end) for unit in answering),
        excerpts=tuple(Excerpt(unit.excerpt, unit.whole) for unit in answering),
        voices=tuple(takewhile(lambda voice: voice.start < end, voices)),
    )
