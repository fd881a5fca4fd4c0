"""A citation's id -> what has become of the words since: exact, moved, changed or gone.

An id names a content and a span of it, so words that stand where they stood are found at once. For
others the catalog keeps former texts; the words are looked for in what took their place, then
wherever the index finds them; what they became is found by aligning the two texts.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from qa.catalog.views import View
from qa.errors import InputError
from qa.folding import terms
from qa.passages import hash_text, passage_id
from qa.state import State
from qa.types import Document, Fate, Resolution, Span

_ID = re.compile(r"([0-9a-f]{16}):(\d{1,12})-(\d{1,12})")
_WORD = re.compile(r"\S+")
_PLACES_TO_LOOK = 20  # passages
_KEPT = 0.3  # share of the words that a changed text still has in common with the former one


def resolve(
    view: View, state: State, citation_id: str, saved: str | None = None, doc_id: str | None = None
) -> Resolution:
    """Return what has become of the words that a citation quoted.

    Args:
        view: A state of the catalog.
        state: The indexes over it.
        citation_id: `Citation.id`.
        saved: The words as they were quoted, where they were kept; else the catalog's own memory
            of them serves.
        doc_id: The document they were quoted from, where that is known.

    Raises:
        InputError: if it isn't an id.
    """
    match = _ID.fullmatch(citation_id)
    if not match or int(match[2]) >= int(match[3]):
        raise InputError(
            f"{citation_id!r} is no citation's id; one looks like 5f3a9c0d12e4b678:1073-1163."
        )
    text_hash, span = match[1], Span(int(match[2]), int(match[3]))
    for entry in sorted(view.with_text(text_hash), key=lambda entry: entry.doc_id != doc_id):
        document = view.document(entry.doc_id)
        if document and span.end <= len(document.text):
            words = document.text[slice(*span)]
            # Saved words that the place never had were changed in the saved file.
            same = saved is None or saved == words
            return _resolution(
                citation_id, "exact" if same else "changed", saved or words, document, span
            )
    former = view.past_text(text_hash)
    then = former[0][1][slice(*span)] if former else saved
    if not then:
        return Resolution(citation_id, "gone", None)
    successors = [name for name, _ in former] + ([doc_id] if doc_id else [])
    documents = [d for name in dict.fromkeys(successors) if (d := view.document(name))]
    for document in (*documents, *_likely(view, state, then)):
        if found := _same_words(then, document.text, span.start):
            return _resolution(citation_id, "moved", then, document, found)
    for document in documents if former else ():
        if found := counterpart(former[0][1], document.text, span):
            return _resolution(citation_id, "changed", then, document, found)
    return Resolution(citation_id, "gone", then)


def counterpart(old: str, new: str, span: Span) -> Span | None:
    """Return what a span of a text has become in a later version; None where nothing is left.

    The two are aligned line by line, then word by word around the span.
    """
    rows, now_rows = _lines(old), _lines(new)
    lines = _opcodes([old[slice(*row)] for row in rows], [new[slice(*row)] for row in now_rows])
    first = next(n for n, row in enumerate(rows) if row.end > span.start)
    last = next((n for n, row in enumerate(rows) if row.end >= span.end), len(rows) - 1)
    around = _mapped(lines, first, last + 1)
    region = Span(rows[first].start, rows[last].end)
    if around.start == around.end:
        return None
    target = Span(now_rows[around.start].start, now_rows[around.end - 1].end)
    words, now_words = _words(old, region), _words(new, target)
    if not words or not now_words:
        return None
    wanted = [n for n, word in enumerate(words) if word.end > span.start and word.start < span.end]
    if not wanted:
        return None
    codes = _opcodes([old[slice(*w)] for w in words], [new[slice(*w)] for w in now_words])
    kept = sum(
        max(0, min(a2, wanted[-1] + 1) - max(a1, wanted[0]))
        for same, a1, a2, _, _ in codes
        if same == "equal"
    )
    found = _mapped(codes, wanted[0], wanted[-1] + 1)
    if kept < _KEPT * len(wanted) or found.start == found.end:
        return None
    return Span(now_words[found.start].start, now_words[found.end - 1].end)


_Opcodes = list[tuple[str, int, int, int, int]]


def _opcodes(old: list[str], new: list[str]) -> _Opcodes:
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())


def _mapped(codes: _Opcodes, first: int, end: int) -> Span:
    """Return where elements `first` to `end` of the one are in the other."""
    parts = []
    for kind, a1, a2, b1, b2 in codes:
        if a2 <= first or a1 >= end:
            continue
        low, high = b1, b2
        if kind == "equal":
            low, high = b1 + max(0, first - a1), b2 - max(0, a2 - end)
        if low < high:
            parts.append((low, high))
    return Span(parts[0][0], parts[-1][1]) if parts else Span(0, 0)


def _lines(text: str) -> list[Span]:
    return [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]*\n|[^\n]+", text)]


def _words(text: str, region: Span) -> list[Span]:
    return [Span(m.start(), m.end()) for m in _WORD.finditer(text, *region)]


def _same_words(words: str, text: str, near: int) -> Span | None:
    """Return where the same words stand, the white space aside; of several places the nearest."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    found = [Span(match.start(), match.end()) for match in re.finditer(pattern, text)]
    return min(found, key=lambda span: abs(span.start - near), default=None)


def _likely(view: View, state: State, words: str) -> Iterator[Document]:
    """Yield the documents of the passages that have most of the words."""
    rows = list(state.lexical.search(list(dict.fromkeys(terms(words))), _PLACES_TO_LOOK))
    passages = view.passages(state.numbers[rows].tolist())
    for doc_id in dict.fromkeys(passage.doc_id for passage in passages.values()):
        if document := view.document(doc_id):
            yield document


def _resolution(
    citation_id: str, status: Fate, then: str, document: Document, span: Span
) -> Resolution:
    return Resolution(
        citation_id,
        status,
        then,
        document.text[slice(*span)],
        document.doc_id,
        passage_id(hash_text(document.text), *span),
        span,
        document.places.at(*span) if document.places else None,
    )
