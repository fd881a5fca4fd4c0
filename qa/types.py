"""The values that flow through the program; none of them is ever changed.

Knows no files, no database, no model. Offsets count characters (Unicode code points) of
`Document.text`, from 0, end excluded; for every passage and citation
`document.text[start:end]` is the quoted text, exactly.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

Status = Literal["answered", "not_found"]
Verdict = Literal["single", "agree", "differ"]


class Span(NamedTuple):
    """Characters `start` to `end` (excluded) of one document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person looks for a span: units `first` to `last`, both included.

    Attributes:
        unit: "line", "page", "slide", "row" or "paragraph".
        first: Counted from 1 as the file counts: pages from its first, rows as the sheet does.
        last: The same as `first` where the span stands in one.
        label: What is printed there where that is another: page "xii", pages "12–13".
        part: What the numbers count in, where the file has several: "sheet Budget".
    """

    unit: str
    first: int
    last: int
    label: str | None = None
    part: str | None = None

    def __str__(self) -> str:
        one = self.first == self.last
        where = f"{self.unit} {self.first}" if one else f"{self.unit}s {self.first}–{self.last}"
        if self.label is not None:
            where += f" (printed {self.label})"
        return where if self.part is None else f"{self.part}, {where}"


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """Map from offsets to places.

    Attributes:
        unit: Of every place.
        starts: Offset where each unit starts, ascending; an empty unit starts where the next does.
        numbers: Of each unit; 1, 2, 3 … where none are given.
        labels: What is printed on each unit, or None; none are given where no unit has one.
        parts: Offsets where the parts start, ascending, with their names.
    """

    unit: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...] = ()
    labels: tuple[str | None, ...] = ()
    parts: tuple[tuple[int, str], ...] = ()

    def at(self, start: int, end: int) -> Place:
        """Return the place of the characters `start` to `end`."""
        first = max(0, bisect_right(self.starts, start) - 1)
        last = max(first, bisect_right(self.starts, max(start, end - 1)) - 1)
        part = bisect_right(self.parts, start, key=lambda part: part[0])
        return Place(
            self.unit,
            self._number(first),
            self._number(last),
            self._label(first, last),
            self.parts[part - 1][1] if part else None,
        )

    def _number(self, index: int) -> int:
        return self.numbers[index] if self.numbers else index + 1

    def _label(self, first: int, last: int) -> str | None:
        if not self.labels:
            return None
        numbers = [str(self._number(index)) for index in (first, last)]
        labels = [self.labels[i] or n for i, n in zip((first, last), numbers, strict=True)]
        return None if labels == numbers else "–".join(dict.fromkeys(labels))


BlockKind = Literal["heading", "dateline", "paragraph", "lead_in", "item", "row", "boilerplate"]


@dataclass(frozen=True, slots=True)
class Block:
    """One structural piece of a document.

    Attributes:
        kind: A `lead_in` introduces what follows it ("Mr Russell said:"); a `dateline` is a line
            that begins with a date and says little else.
        start: Offset of the first character that isn't white space.
        end: Offset behind the last such character.
        section: Where it stands: the heading above it, or "Comment 8.3".
        comment: The printed number of the reader's comment it belongs to ("8.3"), or None.
    """

    kind: BlockKind
    start: int
    end: int
    section: str | None = None
    comment: str | None = None


UNCERTAIN = "uncertain"  # a speaker whom the text doesn't name beyond doubt
VoiceKind = Literal["official statement", "quotation", "reader's comment"]


@dataclass(frozen=True, slots=True)
class Voice:
    """A stretch of a document in words that aren't its own.

    Attributes:
        start: Offset of the first character, an opening quotation mark included.
        end: Offset behind the last, a closing mark or a signature included.
        kind: What no voice covers is the document's own ("article").
        speaker: Name as the text gives it, in full where the text does ("Justin Russell" for
            "Mr Russell"), or "uncertain": never a guess.
    """

    start: int
    end: int
    kind: VoiceKind
    speaker: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document in its canonical text.

    `Document(doc_id, text)` is enough to add one from memory: title, date, structure and
    places that are not given are read off the text then.
    """

    doc_id: str
    text: str
    title: str = ""
    author: str | None = None
    publisher: str | None = None
    published: str | None = None  # ISO date
    kind: str | None = None
    blocks: tuple[Block, ...] = ()
    places: PlaceMap | None = None


class Excerpt(NamedTuple):
    """What is shown of a sentence, so that it stands on its own.

    `own` is the sentence, with the one before where it leans on that, or the group of a list that
    it is an item of; `whole` is the same, or the list with all its groups. Both may begin before
    the sentence's passage or end behind it.
    """

    own: Span
    whole: Span


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable piece of one document, with what a reader needs to know of its source.

    Attributes:
        id: Names the document's content and the span, wherever the file may move.
        kind: The document's, except for "reader's comment" and "boilerplate".
        lead_in: The line that introduces its first item or row, when that stands above it.
        sentences: Absolute spans that may answer, in order: sentences, items, rows, not the
            headings and lead-ins that only announce them.
        excerpts: What is shown of each.
        voices: Stretches of it that are someone's words rather than the document's own.
    """

    id: str
    doc_id: str
    title: str
    author: str | None
    publisher: str | None
    published: str | None
    kind: str | None
    section: str | None
    lead_in: str | None
    place: Place
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]
    excerpts: tuple[Excerpt, ...]
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The part of a corpus that is asked; by default all of it.

    What is given narrows together; of several documents or kinds any will do.

    Attributes:
        documents: Ids, folders ("notes/") or patterns of ids ("notes/*.txt"); a file's name takes
            its attachments too.
        after: ISO date ("2018-05-24", "2018-05" or "2018"); only documents that are dated then or
            later. One whose date isn't known is left out, and so is one that is dated "2018"
            where only a part of 2018 is asked for.
        before: The same for the end, itself included: "2018" takes all of 2018.
        kinds: Of source: "reader's comment", or what the collection's metadata calls the document,
            "article" where it doesn't say, whoever is quoted in it. What belongs to a web page
            rather than to its text is "boilerplate".
    """

    documents: tuple[str, ...] = ()
    after: str | None = None
    before: str | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """How a passage meets one word of the question.

    Attributes:
        word: As it was asked.
        found: The nearest word, as it stands there; None where nothing is near.
        where: "passage", "document" (its title and date) or "section" (its heading, lead-in).
        span: Where in the document's text, if in the passage.
        closeness: 1 for the same word, else the cosine of the two in their contexts.
    """

    word: str
    found: str | None
    where: str | None
    span: Span | None
    closeness: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query. Higher scores are better; ranks count from 1.

    `why` says for every content word of the query how the passage meets it; `signals` are what
    the score was made of, by name.
    """

    passage: Passage
    rank: int
    score: float
    signals: Mapping[str, float]
    why: tuple[Met, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A passage with answering words in it; `document.text[start:end] == quote`.

    Attributes:
        id: Names the document's content and the span.
        kind: Whose words answer: "article", "official statement", "quotation", "reader's
            comment", or what the collection's metadata calls the document.
        speaker: Who says so where the text tells, or "uncertain"; None for the document's own.
        quote: The passage. It reaches further where the answer does.
        answer: Span of the answering words within it.
    """

    id: str
    doc_id: str
    title: str
    author: str | None
    publisher: str | None
    published: str | None
    kind: str
    speaker: str | None
    section: str | None
    place: Place
    start: int
    end: int
    quote: str
    answer: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation(Source):
    """A source that an answer rests on, or that is to be read beside it.

    Attributes:
        n: Number in the answer, from 1, by first use.
        highlights: Spans of the words that met the question's.
        also: Other places of the same words; copies are one source.
        signals: What the passage was ranked by.
        why: For every content word of the question how the passage meets it.
    """

    n: int
    highlights: tuple[Span, ...]
    also: tuple[Source, ...]
    score: float
    signals: Mapping[str, float]
    why: tuple[Met, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say to a question.

    Attributes:
        text: The answering words, verbatim, or None.
        citations: First where those words stand, then what other passages say to the question,
            each with its own best sentence; empty unless `status` is "answered".
        agreement: "agree" or "differ" where several sources state what was asked for: same unit,
            scope and date, the same or another value; else "single". None without an answer.
        nearest: What came closest when nothing answers.
        missing_terms: Words of the question that stand nowhere in what was asked, the corpus or
            a part of it, or not with the rest of the question.
        confidence: Calibrated probability that the answer is right; None where nothing is.
        understood: What was asked, where the question leaned on the turns before: asked by itself
            it finds the same. None where the question stands by itself.
    """

    question: str
    status: Status
    text: str | None
    citations: tuple[Citation, ...]
    agreement: Verdict | None
    nearest: tuple[Hit, ...]
    missing_terms: tuple[str, ...]
    confidence: float | None = None
    understood: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was asked, and its answer; one of a conversation or of a saved file.

    Attributes:
        n: Counted from 1.
        asked: ISO time, UTC; None where the file doesn't say.
        where: What the question was limited to, if to anything.
    """

    n: int
    asked: str | None
    answer: Answer
    where: Mapping[str, Any] | None = None


Fate = Literal["exact", "moved", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What has become of the words that a citation quoted.

    Attributes:
        id: The citation's.
        status: "exact": they stand where they stood. "moved": the same words stand elsewhere.
            "changed": other words have taken their place. "gone": nothing has.
        then: The words as they were quoted; None where nothing is known of them.
        now: The words that stand there now; None where they are gone.
        doc_id: Where.
        id_now: What names that place: the id of a citation of it.
        span: Its characters.
        place: Its place.
    """

    id: str
    status: Fate
    then: str | None
    now: str | None = None
    doc_id: str | None = None
    id_now: str | None = None
    span: Span | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A citation of a saved answer, with what has become of it; `n` is its number there."""

    question: str
    n: int
    title: str
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the whole corpus found.

    Attributes:
        checked: What was looked at, in words.
        problems: What isn't as it was written; empty where the corpus is sound.
        repaired: What of the files that are derived from the catalog was made anew.
    """

    checked: tuple[str, ...]
    problems: tuple[str, ...]
    repaired: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """What a corpus holds; `sizes` are bytes by part, `changed` is the last change's ISO time."""

    model: str
    changed: str
    documents: tuple["Listing", ...]
    passages: int
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Listing:
    """A document without its text, for tables of contents; `passages` counts them."""

    doc_id: str
    title: str
    author: str | None
    publisher: str | None
    published: str | None
    kind: str | None
    passages: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not indexed, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Holding:
    """A document as a table of the collection shows it, with what its file was when it was read.

    Attributes:
        listing: What it is.
        characters: Of its text.
        path: Of its file; None where it was added from memory.
        member: Its path inside the file, "" for the file itself.
        size: Of the file, bytes.
        mtime_ns: The file's time; None where it can't be trusted.
        left: Files inside the file that weren't read, with the reason.
    """

    listing: Listing
    characters: int
    path: Path | None
    member: str
    size: int | None
    mtime_ns: int | None
    left: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Extent:
    """How long a document is by its own count: 12 of "page"."""

    unit: str
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far adding has come: `done` of `total` bytes; `doc_id` is being worked on."""

    done: int
    total: int
    doc_id: str


@dataclass(frozen=True, slots=True)
class Read:
    """How a document was read.

    Attributes:
        doc_id: Which.
        format: What it was read as: "pdf".
        characters: In its text, white space aside.
        indexed: Those of them that are in passages; the rest is running headers, page numbers,
            rules.
        blank: Numbers of the pages or slides without any text.
        notes: What else a reader should know: "3 characters are damaged".
    """

    doc_id: str
    format: str
    characters: int
    indexed: int
    blank: tuple[int, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What adding did, by document id.

    `skipped` is by path, `renamed` from what to what; `read` tells of those added and updated.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    read: tuple[Read, ...] = ()
