"""A part of the corpus as it is handed in, by a program or as JSON: its form, not what is there."""

from dataclasses import replace
from typing import Any

from qa.errors import InputError
from qa.settings import MAX_NAMED
from qa.types import Where

_LONGEST = 1_000  # characters of a name, pattern or kind
_FIELDS = ("documents", "after", "before", "kinds")
_FORM = (
    'where must be an object such as {"documents": ["notes/"], "after": "2018", '
    '"before": "2018-05", "kinds": ["article"]}; each may be left out'
)


def where_from_json(value: object) -> Where | None:
    """Return what an object with the fields of `Where` says; None for None.

    Raises:
        InputError: if it has another form.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or not value.keys() <= set(_FIELDS):
        raise InputError(f"{_FORM}.")
    where = Where(**value)
    check_where(where)
    return replace(where, documents=tuple(where.documents), kinds=tuple(where.kinds))


def where_json(where: Where) -> dict[str, Any]:
    """Return the fields that say something, as JSON values: none for all of the corpus."""
    values = {name: getattr(where, name) for name in _FIELDS}
    return {n: list(v) if isinstance(v, tuple) else v for n, v in values.items() if v}


def check_where(where: Where) -> None:
    """Refuse values of other types than `Where` says, too many of them, or too long.

    Raises:
        InputError: if there is one.
    """
    if not isinstance(where, Where):
        raise InputError(f"{where!r:.80} is no part of a corpus; hand in qa.Where(…).")
    for name in ("documents", "kinds"):
        texts = getattr(where, name)
        if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
            raise InputError(f"{name} isn't a list of texts; {_FORM}.")
        if len(texts) > MAX_NAMED:
            raise InputError(
                f"{len(texts):,} {name} are named; at most {MAX_NAMED:,} can be. Name fewer, or "
                "folders and patterns."
            )
        for text in texts:
            if len(text) > _LONGEST:
                raise InputError(
                    f"{name} name {text[:40]!r}…, which has {len(text):,} characters; at most "
                    f"{_LONGEST:,} can be given."
                )
    for name in ("after", "before"):
        if not isinstance(getattr(where, name), str | None):
            raise InputError(f"{name} isn't a text; {_FORM}.")
