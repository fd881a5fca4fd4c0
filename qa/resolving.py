"""A citation's id -> what has become of the words since: exact, moved, changed or gone.

An id names a content and a span of it, so words that stand where they stood are found at once. For
others the catalog keeps former texts; the words are looked for in what took their place, then
wherever the index finds them; what they became is found by aligning the two texts.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from qa.catalog.views import View
from qa.errors import InputError
from qa.folding import terms
from qa.passages import hash_text, passage_id
from qa.state import State
from qa.types import Document, Fate, Resolution, Span

_ID = re.compile(r"([0-9a-f]{16}):(\d{1,12})-(\d{1,12})")
_WORD = re.compile(r"\S+")
_LINE = re.compile(r"[^\n]*\S[^\n]*")  # blank ones are all alike and tell nothing
_MOST = 10**6  # pairs of lines or words compared; about a second
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
    old = former[0][1] if former else ""
    then = old[slice(*span)] or saved or ""
    if not then.strip():
        return Resolution(citation_id, "gone", saved)
    names = [name for name, _ in former] + ([doc_id] if doc_id else [])
    documents = [d for name in dict.fromkeys(names) if (d := view.document(name))]
    altered = saved is not None and bool(former) and saved != then
    for document in (*documents, *_likely(view, state, then)):
        if found := _same_words(then, document.text, span.start):
            # Saved words that the place never had were changed in the saved file.
            fate: Fate = "changed" if altered else "moved"
            return _resolution(citation_id, fate, saved or then, document, found)
    for document in documents if span.end <= len(old) else ():
        if found := counterpart(old, document.text, span):
            return _resolution(citation_id, "changed", saved or then, document, found)
    return Resolution(citation_id, "gone", saved or then)


def counterpart(old: str, new: str, span: Span) -> Span | None:
    """Return what a span of a text has become in a later version; None where nothing is left.

    The two are aligned line by line, then word by word around the span. Texts that have too little
    in common for that to end soon are taken for others.
    """
    rows, now_rows = _pieces(_LINE, old), _pieces(_LINE, new)
    lines = _aligned(old, rows, new, now_rows)
    touched = [n for n, row in enumerate(rows) if row.end > span.start and row.start < span.end]
    if lines is None or not touched:
        return None
    around = _mapped(lines, touched[0], touched[-1] + 1)
    if around.start == around.end:
        return None
    region = Span(rows[touched[0]].start, rows[touched[-1]].end)
    target = Span(now_rows[around.start].start, now_rows[around.end - 1].end)
    words, now_words = _pieces(_WORD, old, region), _pieces(_WORD, new, target)
    codes = _aligned(old, words, new, now_words)
    wanted = [n for n, word in enumerate(words) if word.end > span.start and word.start < span.end]
    if codes is None or not wanted:
        return None
    first, end = wanted[0], wanted[-1] + 1
    kept = sum(
        max(0, min(a2, end) - max(a1, first)) for same, a1, a2, _, _ in codes if same == "equal"
    )
    found = _mapped(codes, first, end)
    if kept < _KEPT * len(wanted) or found.start == found.end:
        return None
    return Span(now_words[found.start].start, now_words[found.end - 1].end)


_Opcodes = list[tuple[str, int, int, int, int]]


def _aligned(
    old: str, pieces: Sequence[Span], new: str, now_pieces: Sequence[Span]
) -> _Opcodes | None:
    """Return how pieces of one text became those of another; None where that would take long."""
    a = [old[slice(*piece)] for piece in pieces]
    b = [new[slice(*piece)] for piece in now_pieces]
    first = next(
        (n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    rest = min(len(a), len(b)) - first
    pairs = zip(reversed(a), reversed(b), strict=False)
    last = next((n for n, (x, y) in enumerate(pairs) if x != y or n == rest), rest)
    inner_a, inner_b = a[first : len(a) - last], b[first : len(b) - last]
    if len(inner_a) * len(inner_b) > _MOST:
        return None
    codes = SequenceMatcher(None, inner_a, inner_b, autojunk=False).get_opcodes()
    return [
        ("equal", 0, first, 0, first),
        *((k, a1 + first, a2 + first, b1 + first, b2 + first) for k, a1, a2, b1, b2 in codes),
        ("equal", len(a) - last, len(a), len(b) - last, len(b)),
    ]


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


def _pieces(pattern: re.Pattern[str], text: str, region: Span | None = None) -> list[Span]:
    return [Span(*match.span()) for match in pattern.finditer(text, *(region or (0, len(text))))]


def _same_words(words: str, text: str, near: int) -> Span | None:
    """Return where the same words stand, the white space aside; of several places the nearest."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    # "12" isn't said where "125" or "12.5" stands.
    pattern = rf"(?<!\w)(?<!\d[.,]){pattern}" if words.lstrip()[0].isalnum() else pattern
    pattern = rf"{pattern}(?!\w|[.,]\d)" if words.rstrip()[-1].isalnum() else pattern
    found = [Span(*match.span()) for match in re.finditer(pattern, text)]
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
