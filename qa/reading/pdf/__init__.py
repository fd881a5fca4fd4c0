"""PDF: pages of characters -> text in reading order, with headings, lists, tables and pages."""

import re
from collections.abc import Iterator, Sequence

from qa.errors import InputError
from qa.reading.about import iso_date
from qa.reading.building import Draft
from qa.reading.formats import Working
from qa.reading.pdf.columns import flows
from qa.reading.pdf.furniture import printed_numbers, split
from qa.reading.pdf.headings import mark_headings
from qa.reading.pdf.hyphens import Hyphens
from qa.reading.pdf.lines import make_lines
from qa.reading.pdf.pages import UNKNOWN, Sheet
from qa.reading.pdf.paragraphs import Piece, measure, pieces, split_notes
from qa.reading.pdf.pdfium import PdfFile
from qa.reading.pdf.writing import Page, write
from qa.reading.properties import plausible_author, plausible_title

_MOST_NAMED = 10  # pages in a note
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")
_FILE_NAME = re.compile(r"\S*[-_\d]\S*")  # of which programs make titles


def read_pdf(data: bytes, name: str) -> Iterator[Draft | Working]:
    """Yield the document in a PDF.

    Raises:
        InputError: if it needs a password, is damaged, or holds no text.
    """
    file = PdfFile(data)
    try:
        sheets = []
        for sheet in file.sheets():
            sheets.append(sheet)
            yield Working()
        title, author = file.metadata("Title"), file.metadata("Author")
        unread = file.unread()
        created = _DATE.match(file.metadata("CreationDate"))
    finally:
        file.close()
    pages, hyphens = _pages(sheets)
    blank = tuple(page.number for page in pages if not _has_text(page))
    if len(blank) == len(pages):
        raise InputError("no page has text: it is a scan, whose text has to be recognised first")
    yield Draft(
        *write(pages, hyphens).finish(),
        title="" if _FILE_NAME.fullmatch(title) else plausible_title(title, name),
        author=plausible_author(author),
        published=iso_date("-".join(filter(None, created.groups()))) if created else None,
        blank=blank,
        notes=(*_notes(sheets), *unread),
    )


def _pages(sheets: Sequence[Sheet]) -> tuple[list[Page], Hyphens]:
    """Return the pages in pieces, and what tells hyphens apart."""
    kept, above, below = split(sheets, [make_lines(sheet.words) for sheet in sheets])
    furniture = [[*a, *b] for a, b in zip(above, below, strict=True)]
    labels = [sheet.label for sheet in sheets]
    if not any(labels):
        labels = printed_numbers(furniture)
    found = [flows(lines, sheet.rules) for lines, sheet in zip(kept, sheets, strict=True)]
    usual = measure(flow for page in found for flow in page)
    pages = []
    for index, sheet in enumerate(sheets):
        body: list[Piece] = []
        notes: list[Piece] = []
        for flow in found[index]:
            text, small = split_notes(pieces(flow, sheet.number, usual, sheet.rules), usual)
            body += text
            notes += small
        for words in sheet.sideways:
            for flow in flows(make_lines(words), ()):
                notes += pieces(flow, sheet.number, usual, ())
        top = [line.text for line in above[index]]
        bottom = [line.text for line in below[index]] + [sheet.slanted] * bool(sheet.slanted)
        pages.append(Page(sheet.number, labels[index], top, body, notes, bottom))
    everything = [piece for page in pages for piece in page.body]
    mark_headings(everything, usual)
    return pages, Hyphens(line.text for piece in everything for line in piece.lines)


def _has_text(page: Page) -> bool:
    texts = [*page.above, *(piece.text for piece in [*page.body, *page.notes]), *page.below]
    return any(any(map(str.isalnum, text)) for text in texts)


def _notes(sheets: Sequence[Sheet]) -> tuple[str, ...]:
    counts = [sum(word.text.count(UNKNOWN) for word in sheet.words) for sheet in sheets]
    numbers = [str(sheet.number) for sheet, count in zip(sheets, counts, strict=True) if count]
    if not numbers:
        return ()
    pages = "page" if len(numbers) == 1 else "pages"
    shown = ", ".join(numbers[:_MOST_NAMED]) + (" …" if len(numbers) > _MOST_NAMED else "")
    return (
        f"{sum(counts):,} characters are in fonts that don't say which letters they show "
        f"({pages} {shown}); they stand as {UNKNOWN}",
    )
