"""HTML of the source pane: a document's words with marks, its title page, tools and contents.

Every character that a document or a file name brings along goes through `html.escape`; markup
never changes a text, so that the text content of what is rendered is the text.
"""

from collections.abc import Iterable, Sequence
from html import escape

from qa.markup import marked
from qa.page.cards import fingerprint, meta
from qa.page.outline import Entry
from qa.page.texts import html
from qa.types import Document, PlaceMap, Span
from qa.wording import source_facts

PIECE = 20_000  # characters of a text that are laid out together
RUN = 100  # entries of long contents that are unfolded together


def reader() -> str:
    """Return the empty source pane and its sheet for narrow screens."""
    label = html("reader.label")
    return (
        f'<aside id="reader" aria-label="{label}"><div id="leaf">'
        f'<p class="hint">{html("reader.hint")}</p></div></aside>'
        f'<dialog id="sheet" aria-label="{label}">'
        f'<button type="button" class="close">{html("reader.close")}</button></dialog>'
    )


def source(
    document: Document,
    passage: Span | None = None,
    answer: Span | None = None,
    words: Iterable[Span] = (),
    *,
    paged: bool = False,
    note: str = "",
) -> str:
    """Return a document with a passage, the answer in it and the matching words marked.

    Of a long document only what stands around the passage is there; the other pieces are empty,
    to be filled with the text.

    Args:
        document: What is shown.
        passage: What is quoted, or pointed at.
        answer: The answering words in it.
        words: Those that met the question's.
        paged: Whether its pages can be shown as they are printed.
        note: What else a reader should know.
    """
    layers = [
        ("passage", [passage] if passage else []),
        ("answer", [answer] if answer else []),
        ("word", list(words)),
    ]
    place = answer or passage
    at = place or Span(0, 0)
    found = pieces(document.text, passage)
    here = next((n for n, piece in enumerate(found) if piece.end > at.start), 0)
    shown = "".join(
        _piece(document.text, piece, layers, filled=abs(n - here) < 2, here=n == here)
        for n, piece in enumerate(found)
    )
    quote = fingerprint(document.text[slice(*place)]) if place else ""
    room = _pages(document, document.places, at) if paged and document.places else ""
    return (
        f'<header class="title-page"><h2>{escape(document.title or document.doc_id)}</h2>'
        f'{meta(source_facts(document))}<p class="doc-id">{escape(document.doc_id)}</p></header>'
        f"{_tools(document.places, paged=paged)}{_find()}"
        + (f'<p class="note">{escape(note)}</p>' if note else "")
        + f'<div class="body"><div class="text" tabindex="0" role="region" aria-label="{html("reader.text")}" '
        f'data-doc="{escape(document.doc_id)}" data-place="{_span(place)}" data-quote="{quote}">'
        f"{shown}</div>{room}</div>"
    )


def outline(entries: Sequence[Entry]) -> str:
    """Return a table of contents; a long one is folded into runs."""
    if not entries:
        return f'<p class="note">{html("reader.no_headings")}</p>'
    if len(entries) <= 2 * RUN:
        return _entries(entries)
    runs = [entries[at : at + RUN] for at in range(0, len(entries), RUN)]
    return "".join(
        f"<details><summary>{escape(run[0].name)} <span>{escape(_from_to(run))}</span></summary>"
        f"{_entries(run)}</details>"
        for run in runs
    )


def pieces(text: str, whole: Span | None = None) -> list[Span]:
    """Return a text in pieces that end with a line; none ends within `whole`."""
    found = []
    at = 0
    while at < len(text):
        end = at + PIECE
        if end < len(text):
            # Within half a piece there is a line's end, or there are no lines.
            cut = text.rfind("\n", at + PIECE // 2, end) + 1 or text.rfind(" ", at, end) + 1 or end
            end = cut
            if whole and whole.start < cut < whole.end:
                end = text.find("\n", whole.end, whole.end + PIECE) + 1 or whole.end
        found.append(Span(at, min(end, len(text))))
        at = end
    return found or [Span(0, 0)]


def _piece(
    text: str,
    piece: Span,
    layers: Sequence[tuple[str, Sequence[Span]]],
    *,
    filled: bool,
    here: bool,
) -> str:
    name = "piece here" if here else "piece" if filled else "piece empty"
    # Scripts count UTF-16 units; heights are guessed from characters.
    units = len(text[piece.start : piece.end].encode("utf-16-le")) // 2
    words = marked(text, piece, layers) if filled else ""
    return (
        f'<div class="{name}" data-start="{piece.start}" data-units="{units}" '
        f'style="--units: {units}">{words}</div>'
    )


def _tools(places: PlaceMap | None, *, paged: bool) -> str:
    unit = places.unit if places else "line"
    ways = "".join(
        f'<button type="button" data-as="{name}" aria-pressed="{str(name == "text").lower()}">'
        f"{html(f'reader.as_{name}')}</button>"
        for name in ("text", "page")
    )
    shown = f'<div class="ways" role="group" aria-label="{html("reader.as")}">{ways}</div>'
    return (
        '<div class="bench">'
        f'<div class="steps" role="group" aria-label="{html("reader.steps")}" hidden>'
        f"{_button('step', 'reader.step_back', '‹', 'data-step=-1')}"
        '<span class="of"></span>'
        f"{_button('step', 'reader.step_on', '›', 'data-step=1')}</div>"
        f'<details class="contents"><summary>{html("reader.contents")}</summary><div class="panel">'
        f'<form class="goto"><label>{html("reader.goto", unit=unit)} '
        '<input name="said" autocomplete="off" size="6" maxlength="40" required></label>'
        f'<button type="submit">{html("reader.go")}</button></form>'
        '<p class="said" role="status"></p>'
        f'<nav class="outline" aria-label="{html("reader.contents")}"></nav></div></details>'
        f'<button type="button" class="finding" aria-expanded="false">{html("reader.find")}</button>'
        f"{shown if paged else ''}"
        f'<button type="button" class="copying">{html("reader.copy")}</button></div>'
    )


def _find() -> str:
    return (
        '<form class="find" role="search" hidden>'
        f'<input type="search" autocomplete="off" maxlength="200" aria-label="{html("reader.find_label")}" '
        f'placeholder="{html("reader.find_label")}"><span class="count" role="status"></span>'
        f"{_button('back', 'reader.find_back', '‹')}{_button('on', 'reader.find_on', '›')}"
        f"{_button('end', 'reader.find_end', '×')}</form>"
    )


def _pages(document: Document, places: PlaceMap, at: Span) -> str:
    """Return the room for a document's pages as they are printed."""
    first = places.at(*at).first
    title = escape(document.title or document.doc_id)
    return (
        f'<div class="pages" data-page="{first}" data-pages="{len(places.starts)}" '
        f'data-title="{title}" hidden><div class="turner">'
        f"{_button('turn', 'reader.page_back', '‹', 'data-turn=-1')}"
        '<span class="of" role="status"></span>'
        f"{_button('turn', 'reader.page_on', '›', 'data-turn=1')}"
        f'{_button("zoom", "reader.smaller", "−", "data-zoom=-1")}<span class="zoomed"></span>'
        f"{_button('zoom', 'reader.larger', '+', 'data-zoom=1')}</div>"
        '<p class="note" role="status" hidden></p>'
        f'<div class="desk" tabindex="0" role="region" aria-label="{html("reader.pages")}">'
        '<div class="paper"></div></div></div>'
    )


def _button(name: str, label: str, sign: str, data: str = "") -> str:
    return (
        f'<button type="button" class="{name}" {data} aria-label="{html(label)}" '
        f'title="{html(label)}">{sign}</button>'
    )


def _entries(entries: Sequence[Entry]) -> str:
    rows = "".join(
        f'<li style="--level: {min(entry.level, 5)}"><button type="button" data-start="{entry.start}" '
        f'data-number="{entry.number}">{escape(entry.name)} <span>{escape(entry.place)}</span></button></li>'
        for entry in entries
    )
    return f'<ol role="list">{rows}</ol>'


def _from_to(run: Sequence[Entry]) -> str:
    first, last = run[0].place, run[-1].place
    return first if first == last else f"{first} – {last}"


def _span(span: Span | None) -> str:
    return f"{span.start}-{span.end}" if span else ""
