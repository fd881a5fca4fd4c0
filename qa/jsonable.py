"""Answers, hits, documents and reports as JSON: the fields of the Python values, a schema number.

The command line's `--json`, the page's endpoints and the protocol's tools say exactly this; answers
that were kept are read back from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from qa.errors import InputError
from qa.settings import MAX_STRETCH
from qa.types import Answer, Document, Hit, Passage, Report, Source, Span

SCHEMA = 1  # raised when a field changes its name or meaning


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON values."""
    return {"schema": SCHEMA, **plain(answer)}


def answer_from(value: Mapping[str, Any]) -> Answer:
    """Return the answer that `answer_json` made these values of.

    Fields that nobody knows are passed over; those with a default may be missing.

    Raises:
        InputError: if a field is missing or of another type, if the values are of another schema,
            if a span lies outside the words that are quoted, or if they aren't what is answered.
    """
    if value.get("schema", SCHEMA) != SCHEMA:
        raise InputError(
            f"The answer has schema {value['schema']!r}; this version reads schema {SCHEMA}. Use "
            "the version of the program that wrote it."
        )
    answer = cast(Answer, _typed(Answer, value, "answer"))
    if (answer.status == "answered") != bool(answer.text and answer.citations):
        raise InputError(f"answer.status is {answer.status!r}, which its text and citations belie.")
    for citation in answer.citations:
        for source in (citation, *citation.also):
            _check_spans(source, source.quote, (source.answer,))
        _check_spans(citation, citation.quote, citation.highlights)
    for hit in answer.nearest:
        _check_spans(hit.passage, hit.passage.text, hit.passage.sentences)
    first = answer.citations[0] if answer.citations else None
    if (
        first
        and answer.text
        != first.quote[first.answer.start - first.start : first.answer.end - first.start]
    ):
        raise InputError("answer.text isn't what its first citation quotes; it was changed.")
    return answer


def hits_json(query: str, hits: Sequence[Hit]) -> dict[str, Any]:
    """Return the hits of a search as JSON values."""
    return {"schema": SCHEMA, "query": query, "hits": plain(hits)}


def document_json(document: Document, start: int = 0, end: int | None = None) -> dict[str, Any]:
    """Return what a document is, and a stretch of its text, as JSON values.

    `start` and `end` say which stretch it is, in characters as citations count them, and `length`
    how many the whole text has.

    Args:
        document: What to show.
        start: Where the stretch begins.
        end: Where it stops at the latest; it has `MAX_STRETCH` characters at most.

    Raises:
        InputError: if the stretch begins outside the text, or ends before it begins.
    """
    length = len(document.text)
    stop = length if end is None else end
    if not 0 <= start <= length or stop < start:
        raise InputError(
            f"start is {start} and end {end}; start must be from 0 to {length}, where the text of "
            f"{document.doc_id!r} ends, and end not before it."
        )
    stop = min(stop, length, start + MAX_STRETCH)
    return {
        "schema": SCHEMA,
        "doc_id": document.doc_id,
        "title": document.title,
        "author": document.author,
        "publisher": document.publisher,
        "published": document.published,
        "kind": document.kind,
        "length": length,
        "start": start,
        "end": stop,
        "text": document.text[start:stop],
    }


def report_json(report: Report) -> dict[str, Any]:
    """Return the report of an indexing as JSON values."""
    return {"schema": SCHEMA, **plain(report)}


def plain(value: Any) -> Any:  # noqa: ANN401
    """Return frozen values as dicts and lists; spans become [start, end]."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _typed(wanted: Any, value: Any, name: str) -> Any:  # noqa: ANN401
    """Return what `plain` made a value of, by the type that it had; `name` is for the message."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if is_dataclass(wanted) and isinstance(value, Mapping):
        return _made(wanted, value, name)
    if origin in (Union, UnionType):  # None or something
        (other,) = (type_ for type_ in arguments if type_ is not NoneType)
        return None if value is None else _typed(other, value, name)
    if origin is tuple and isinstance(value, list):
        return tuple(_typed(arguments[0], item, f"{name}[{n}]") for n, item in enumerate(value))
    if origin is Mapping and isinstance(value, Mapping):
        return {key: _typed(arguments[1], item, f"{name}.{key}") for key, item in value.items()}
    if hasattr(wanted, "_fields") and isinstance(value, list) and len(value) == len(wanted._fields):
        inner = zip(_types(wanted).values(), value, strict=True)
        return wanted(*(_typed(type_, item, name) for type_, item in inner))
    if origin is Literal and value in arguments:
        return value
    if wanted is float and type(value) is int and abs(value) < 2**53:
        return float(value)
    if wanted in (str, int, float) and type(value) is wanted:  # True is no number here
        return value
    said = type(value).__name__ if isinstance(value, list | Mapping) else f"{value!r:.80}"
    raise InputError(f"{name} can't be {said}; it isn't an answer as it was written.")


def _made(wanted: Any, values: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
    types = _types(wanted)
    given = {}
    for field in fields(wanted):
        if field.name in values:
            inner = f"{name}.{field.name}"
            given[field.name] = _typed(types[field.name], values[field.name], inner)
        elif field.default is MISSING:
            raise InputError(f"{name} has no {field.name!r}; it isn't an answer as it was written.")
    return wanted(**given)


@cache
def _types(of: Any) -> dict[str, Any]:  # noqa: ANN401
    return get_type_hints(of)


def _check_spans(piece: Source | Passage, quote: str, inner: Sequence[Span]) -> None:
    whole = piece.start >= 0 and piece.end - piece.start == len(quote)
    if not whole or any(not piece.start <= a <= b <= piece.end for a, b in inner):
        raise InputError(
            f"What is quoted of {piece.doc_id!r} doesn't fit its offsets; it was changed."
        )
