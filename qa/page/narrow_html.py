"""HTML of the form by which questions are asked of a part of the documents."""

from collections.abc import Sequence
from html import escape

from qa.page.texts import html
from qa.passages import COMMENT_KIND
from qa.types import Listing

_SUGGESTED = 500  # documents offered by name; a pattern names the others


def form(documents: Sequence[Listing]) -> str:
    """Return the form for a corpus of these documents."""
    kinds = dict.fromkeys([d.kind or "article" for d in documents] + [COMMENT_KIND])
    boxes = "".join(
        f'<label><input type="checkbox" name="kinds" value="{escape(kind)}"> {escape(kind)}</label>'
        for kind in sorted(kinds)
    )
    names = "".join(
        f'<option value="{escape(d.doc_id)}">{escape(d.title)}</option>'
        for d in documents[:_SUGGESTED]
    )
    return (
        f"<details><summary>{html('narrow.title')} <span></span></summary><form>"
        f"<label>{html('narrow.documents')}"
        f'<input name="documents" list="narrow-names" placeholder="{html("narrow.example")}">'
        f'</label><datalist id="narrow-names">{names}</datalist>'
        f"{_date('after')}{_date('before')}"
        f"<fieldset><legend>{html('narrow.kinds')}</legend>{boxes}</fieldset>"
        f'<button type="reset">{html("narrow.reset")}</button></form></details>'
    )


def _date(name: str) -> str:
    pattern = r"\d{4}(-\d\d(-\d\d)?)?"
    return (
        f"<label>{html(f'narrow.{name}')}"
        f'<input name="{name}" inputmode="numeric" pattern="{pattern}" maxlength="10" '
        f'placeholder="{html("narrow.date")}"></label>'
    )
