"""Answers, hits and reports as JSON: the same fields as the Python values, and a schema number.

The command line's `--json` and the page's endpoints print exactly this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from qa.types import Answer, Hit, Report

SCHEMA = 1  # raised when a field changes its name or meaning


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON values."""
    return {"schema": SCHEMA, **plain(answer)}


def hits_json(query: str, hits: Sequence[Hit]) -> dict[str, Any]:
    """Return the hits of a search as JSON values."""
    return {"schema": SCHEMA, "query": query, "hits": plain(hits)}


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
