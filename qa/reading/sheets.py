"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS) -> rows, sheet by sheet.

Formulas are read as the values that were computed last. How a number is formatted isn't known
here: a share of 25 % is 0.25.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from qa.errors import InputError
from qa.reading.building import Builder, Draft
from qa.reading.headers import is_value
from qa.reading.packages import Package
from qa.reading.properties import described
from qa.reading.tabular import Rows

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

Value = int | float | str | bool | time | date | datetime | timedelta
_EXACT = 2**53  # floats above it no longer tell one integer from the next
_DIGITS = 15  # that a sheet's program shows of a number; in those behind them 0.1 + 0.2 isn't 0.3


def read_sheet(data: bytes, name: str) -> Iterator[Draft]:
    """Yield the workbook as one document whose places are the rows of its sheets.

    Raises:
        InputError: if it is encrypted, damaged or too large.
    """
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    builder = Builder("row")
    rows = Rows(builder)
    notes = []
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            sheets = [x for x in workbook.sheets_metadata if x.typ is SheetTypeEnum.WorkSheet]
            for sheet in sheets:
                if sheet.visible is not SheetVisibleEnum.Visible:
                    notes.append(f"the sheet {sheet.name!r} is hidden")
                builder.part(f"sheet {sheet.name}")
                if len(sheets) > 1:
                    builder.within(" ".join(sheet.name.split()))
                rows.put(_rows(workbook.get_sheet_by_name(sheet.name)))
    except PasswordError as error:
        raise InputError("it is encrypted; save it without a password") from error
    except CalamineError as error:
        raise InputError(f"it can't be read as a workbook: {error}") from error
    except BaseException as error:
        # A panic of the library's Rust code is no `Exception`, so that it would end a program.
        if type(error).__name__ != "PanicException":
            raise
        raise InputError("it is damaged") from error
    title, author, published = _about(data, name)
    yield Draft(
        *builder.finish(), title=title, author=author, published=published, notes=tuple(notes)
    )


def _about(data: bytes, name: str) -> tuple[str, str | None, str | None]:
    """Return what a workbook says of itself, as other office files do."""
    if not data.startswith(b"PK"):
        return "", None, None
    package = Package(data)
    return described(package, package.related("", "core-properties") or "meta.xml", name)


def _rows(sheet: "CalamineSheet") -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the rows with the numbers that the sheet's program shows."""
    if sheet.start is None:
        return
    left = sheet.start[1]  # the first column that is given; rows are given from the first
    merged = {
        (top, column - left): bottom
        for (top, column), (bottom, last) in sheet.merged_cell_ranges or ()
        if bottom > top and last == column
    }
    above: dict[int, tuple[int, str]] = {}  # by column: the row that a cell reaches down to
    for at, values in enumerate(sheet.iter_rows()):
        cells = [value if isinstance(value, str) else _shown(value) for value in values]
        if above and any(map(is_value, cells)):  # not within a header
            for column, (bottom, text) in above.items():
                cells[column] = cells[column] or (text if at <= bottom else "")
        for column, text in enumerate(cells) if merged else ():
            if text and (bottom := merged.get((at, column), 0)):
                above[column] = bottom, text
        yield at + 1, cells


def _shown(value: Value) -> str:
    """Return a cell's value as a person reads it: a date, a whole number without a point."""
    match value:
        case bool():
            return str(value).upper()
        case float() if value.is_integer() and abs(value) < _EXACT:
            return str(int(value))
        case float():
            return f"{value:.{_DIGITS}g}"
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)
