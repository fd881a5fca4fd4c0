"""HTML of the collection: its table, its folders, what removing means. Everything is escaped."""

from collections.abc import Container, Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from qa.page.holdings import ORDERS, SIZE, Page, file_state, format_of
from qa.page.removing import Removal
from qa.page.texts import html, say
from qa.types import Extent, Holding, Skipped
from qa.wording import date_in_words, printable

_FOLDERS = 50  # shown; a person may have added thousands of files one by one
_NAMED = 10


def room() -> str:
    """Return the view before it knows anything."""
    return (
        '<section id="add" aria-labelledby="add-title">'
        f'<h2 id="add-title">{html("add.title")}</h2>'
        f'<div id="drop"><p>{html("add.drop")}</p><p class="buttons">'
        f'<button type="button" data-choose="files">{html("add.files")}</button>'
        f'<button type="button" data-choose="folder">{html("add.folder")}</button></p>'
        f'<input type="file" id="files" multiple hidden aria-label="{html("add.files")}">'
        f'<input type="file" id="folder" webkitdirectory hidden aria-label="{html("add.folder")}">'
        f'<p class="quiet">{html("add.copies")}</p></div>'
        f'<form id="path"><label for="path-box">{html("add.path")}</label>'
        f'<span class="row"><input type="text" id="path-box" autocomplete="off" spellcheck="false" '
        f'placeholder="{html("add.path_example")}">'
        f'<button type="submit">{html("add.path_button")}</button></span></form>'
        '<p id="trouble" class="trouble" role="alert"></p></section>'
        f'<section id="work" aria-label="{html("job.label")}">'
        '<div id="sending" hidden><h3></h3>'
        f'<button type="button" data-do="stop-sending">{html("job.cancel")}</button>'
        f'<progress aria-label="{html("send.label")}"></progress>'
        '<p class="at"><bdi></bdi></p></div><div id="jobs"></div></section>'
        f'<section id="holdings" aria-label="{html("table.label")}">'
        f'<div class="tools"><input type="search" id="filter" aria-label="{html("table.filter")}" '
        f'placeholder="{html("table.filter")}" autocomplete="off" spellcheck="false">'
        f'<label id="order">{html("table.order")} <select>{_orders()}</select></label>'
        '</div><div id="table"></div></section>'
        '<section id="roots" role="region" aria-labelledby="roots-title"></section>'
        f'<dialog id="removal" aria-labelledby="removal-title"></dialog>'
    )


def table(
    page: Page[Holding],
    order: str,
    words: str,
    counts: tuple[int, int],
    extents: Mapping[str, Extent],
    at_work: str,
) -> str:
    """Return a page of the table of documents.

    Args:
        page: What is on it.
        order: As in `Holdings.page`.
        words: What was looked for.
        counts: How many documents there are, and how many files that weren't read.
        extents: How many pages, lines or the like each document has.
        at_work: The document that is being read, or "".
    """
    head = _tabs("documents", counts)
    if not counts[0]:
        return f'{head}<p class="empty" id="none">{html("table.empty")}</p>'
    if not page.total:
        return f'{head}<p class="empty">{html("table.no_match", words=words)}</p>'
    columns = "".join(_column(name, order) for name in ORDERS)
    rows = "".join(_row(h, extents.get(h.listing.doc_id), at_work) for h in page.items)
    return (
        f'{head}<div class="chosen" hidden><span class="count"></span>'
        f'<button type="button" data-do="again">{html("table.again")}</button>'
        f'<button type="button" data-do="remove">{html("table.remove")}</button></div>'
        f'<table><thead><tr><th class="tick"><input type="checkbox" id="all" '
        f'aria-label="{html("table.all")}"></th>{columns}</tr></thead><tbody>{rows}</tbody></table>'
        f"{_pager(page)}"
    )


def unread_table(
    page: Page[Skipped], words: str, counts: tuple[int, int], copies: Container[str]
) -> str:
    """Return a page of the files that weren't read; of `copies` the page may delete its own."""
    head = _tabs("unread", counts)
    if not page.total:
        said = html("table.no_match", words=words) if words else html("table.all_read")
        return f'{head}<p class="empty">{said}</p>'
    rows = "".join(_unread(skipped, is_copy=skipped.path in copies) for skipped in page.items)
    return (
        f'{head}<table class="unread"><thead><tr><th scope="col">{html("table.file")}</th>'
        f'<th scope="col">{html("table.reason")}</th></tr></thead><tbody>{rows}</tbody></table>'
        f"{_pager(page)}"
    )


def folders(roots: Sequence[Path], sent: Path) -> str:
    """Return the files and folders that were added, with what can be done about each."""
    title = f'<h2 id="roots-title">{html("roots.title")}</h2>'
    if not roots:
        return f'{title}<p class="quiet">{html("roots.none")}</p>'
    rows = "".join(_root(root, root == sent) for root in roots[:_FOLDERS])
    more = len(roots) - _FOLDERS
    rest = f'<li class="quiet">{html("report.more", count=f"{more:,}")}</li>' if more > 0 else ""
    return (
        f'{title}<p class="quiet">{html("roots.about")}</p><ul role="list">{rows}{rest}</ul>'
        f'<p><button type="button" data-do="again-all">{html("roots.all")}</button></p>'
    )


def removal(removal: Removal) -> str:
    """Return the question whether to remove documents, and what that would mean."""
    count = len(removal.doc_ids)
    title = _plural("removal.title", count) if count else html("removal.title_root")
    lines = []
    if removal.own:
        lines.append(_plural("removal.own", removal.own))
        if not removal.roots:
            lines.append(html("removal.back"))
    if removal.sent:
        lines.append(_plural("removal.sent", len(removal.sent)))
    if removal.beside:
        lines.append(_plural("removal.beside", removal.beside))
    if removal.memory:
        lines.append(_plural("removal.memory", removal.memory))
    if removal.roots:
        lines.append(_plural("removal.roots", len(removal.roots)))
    names = "".join(
        f'<li><bdi class="name">{escape(name)}</bdi></li>' for name in removal.doc_ids[:_NAMED]
    )
    more = count - _NAMED
    names += f"<li>{html('report.more', count=f'{more:,}')}</li>" if more > 0 else ""
    said = "".join(f"<p>{line}</p>" for line in lines)
    return (
        f'<h2 id="removal-title">{title}</h2><ul role="list">{names}</ul>{said}'
        f'<p class="buttons"><button type="button" data-do="keep">{html("removal.keep")}</button>'
        f'<button type="button" class="strong" data-do="really">{html("removal.really")}</button></p>'
    )


def _row(holding: Holding, extent: Extent | None, at_work: str) -> str:
    about = holding.listing
    doc_id = escape(about.doc_id)
    title = escape(about.title or about.doc_id)
    link = f"#/at/{quote(about.doc_id, safe='')}"
    state = "reading" if about.doc_id == at_work else file_state(holding)
    length = _plural(f"table.{extent.unit}", extent.count) if extent else ""
    cells = {
        "date": escape(date_in_words(about.published)),
        "kind": escape(about.kind or ""),
        "format": escape(format_of(holding)),
        "length": length,
    }
    facts = " · ".join(filter(None, cells.values()))  # in place of the columns where it is narrow
    cells["passages"] = f"{about.passages:,}"
    name = f'<bdi class="name">{doc_id}</bdi>' if about.title not in ("", about.doc_id) else ""
    return (
        f'<tr data-doc="{doc_id}"><td class="tick"><input type="checkbox" value="{doc_id}" '
        f'aria-label="{html("table.choose", name=about.title or about.doc_id)}"></td>'
        f'<th scope="row" class="title"><a href="{escape(link)}"><bdi>{title}</bdi></a>{name}'
        f'<span class="facts">{facts}</span></th>'
        + "".join(f'<td class="{column}">{value}</td>' for column, value in cells.items())
        + f'<td class="state" data-state="{state}">{html(f"state.{state}")}</td></tr>'
    )


def _unread(skipped: Skipped, *, is_copy: bool) -> str:
    path = escape(skipped.path)
    label = html("table.delete_label", name=skipped.path)
    button = (
        f' <button type="button" data-do="delete" data-path="{path}" aria-label="{label}">'
        f"{html('table.delete')}</button>"
    )
    return (
        f'<tr><td><bdi class="name">{path}</bdi></td>'
        f'<td class="why">{escape(skipped.reason)}{button if is_copy else ""}</td></tr>'
    )


def _tabs(shown: str, counts: tuple[int, int]) -> str:
    """Return the choice between the documents and what isn't among them."""
    if shown == "documents" and not counts[1]:
        return f'<p class="total">{_plural("table.documents", counts[0])}</p>'
    names = (("documents", counts[0]), ("unread", counts[1]))
    buttons = "".join(
        f'<button type="button" data-show="{name}" aria-pressed="{str(name == shown).lower()}">'
        f"{_plural(f'table.{name}', count)}</button>"
        for name, count in names
    )
    return f'<p class="total" role="group" aria-label="{html("table.show")}">{buttons}</p>'


def _column(name: str, order: str) -> str:
    sort = ""
    arrow = ""
    if order.removeprefix("-") == name:
        down = order.startswith("-")
        sort = f' aria-sort="{"descending" if down else "ascending"}"'
        arrow = f'<span aria-hidden="true">{"↓" if down else "↑"}</span>'
    label = html(f"column.{name}")
    return (
        f'<th scope="col" class="{name}"{sort}>'
        f'<button type="button" data-order="{name}">{label}{arrow}</button></th>'
    )


def _orders() -> str:
    return "".join(f'<option value="{name}">{html(f"column.{name}")}</option>' for name in ORDERS)


def _pager(page: Page[Holding] | Page[Skipped]) -> str:
    if page.total <= SIZE:
        return ""
    number, last = page.first // SIZE, (page.total - 1) // SIZE
    said = html(
        "table.range",
        first=f"{page.first + 1:,}",
        last=f"{page.first + len(page.items):,}",
        total=f"{page.total:,}",
    )
    buttons = "".join(
        f'<button type="button" data-page="{target}"{" disabled" if off else ""}>{html(name)}</button>'
        for name, target, off in (
            ("table.previous", number - 1, number == 0),
            ("table.next", number + 1, number == last),
        )
    )
    return (
        f'<nav class="pager" aria-label="{html("table.pages")}"><span>{said}</span>{buttons}</nav>'
    )


def _root(root: Path, is_sent: bool) -> str:
    path = escape(printable(str(root)))
    name = html("roots.sent") if is_sent else f'<bdi class="name">{path}</bdi>'
    absent = "" if root.exists() else f' <span class="trouble">{html("roots.absent")}</span>'
    label = say("roots.sent") if is_sent else printable(root.name or str(root))
    return (
        f'<li data-root="{path}"><span>{name}{absent}</span><span class="buttons">'
        f'<button type="button" data-do="again-root" aria-label="{html("roots.again_label", name=label)}">'
        f"{html('roots.again')}</button>"
        f'<button type="button" data-do="remove-root" aria-label="{html("roots.remove_label", name=label)}">'
        f"{html('roots.remove')}</button></span></li>"
    )


def _plural(name: str, count: int) -> str:
    return html(f"{name}_1") if count == 1 else html(name, count=f"{count:,}")
