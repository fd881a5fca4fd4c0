"""HTML of the marks on an answer: buttons that are pressed or not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from qa.marking import Asked, Judgement, Ruling, Verdict
from qa.page.texts import html
from qa.questions import Gold
from qa.types import Span

_VERDICTS: tuple[Verdict, ...] = ("right", "wrong")


@dataclass(frozen=True, slots=True)
class Judged:
    """A question as it was asked, and what is known of it."""

    asked: Asked
    judgement: Judgement

    def buttons(self, doc_id: str, span: Span) -> str:
        """Return "Right" and "Wrong" for the words at a place."""
        place = Gold(doc_id, *span)
        known = self.judgement.of(place)
        made = "".join(_button(v, f"marks.{v}", pressed=known == v) for v in _VERDICTS)
        data = f'data-doc="{escape(doc_id)}" data-start="{span.start}" data-end="{span.end}"'
        return self._group("marks.place", made, "marks", data)

    def rulings(self, offered: Mapping[Ruling, str]) -> str:
        """Return what can be said of the question as a whole, each with the name of its text."""
        known = self.judgement.ruling
        made = "".join(_button(r, text, pressed=known == r) for r, text in offered.items())
        # Shown while an answer is missing: how to say which words it is.
        hint = f'<p class="marks-hint">{html("marks.select")}</p>'
        return self._group("marks.question", made, "marks whole") + hint

    def _group(self, label: str, made: str, name: str, data: str = "") -> str:
        asked = escape(json.dumps(self.asked.fields()))
        return (
            f'<div class="{name}" role="group" aria-label="{html(label)}" data-asked="{asked}" {data}>'
            f"{made}</div>"
        )


def _button(verdict: Verdict | Ruling, text: str, *, pressed: bool) -> str:
    return (
        f'<button type="button" data-verdict="{verdict}" aria-pressed="{str(pressed).lower()}">'
        f"{html(text)}</button>"
    )
