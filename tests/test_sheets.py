"""Sheets and CSV: every row with the labels of its columns and its own number."""

import csv
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any

import pytest
import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st

from qa.errors import InputError
from qa.reading import tabular
from qa.reading.building import Draft
from qa.reading.delimited import read_delimited, rows
from qa.reading.headers import find_header, is_value
from qa.reading.sheets import read_sheet
from tests.ole import write_ole


def shown(draft: Draft) -> list[tuple[str, str, str]]:
    """Return kind, place and text of each block."""
    return [
        (
            block.kind,
            str(draft.places.at(block.start, block.end)),
            draft.text[block.start : block.end],
        )
        for block in draft.blocks
    ]


def read_csv(text: str) -> list[tuple[str, str, str]]:
    (draft,) = read_delimited(text.encode(), "a.csv")
    return shown(draft)


def workbook(fill: Any) -> bytes:
    data = BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    fill(book)
    book.close()
    return data.getvalue()


def test_a_csv_file() -> None:
    assert read_csv(
        'Region,Posts,Note\r\nLondon,150,"two\r\nlines, here"\r\n\r\nKent,,"""new"""\r\n'
    ) == [
        ("lead_in", "row 1", "Region | Posts | Note"),
        ("row", "row 2", "Region: London; Posts: 150; Note: two lines, here"),
        ("row", "row 4", 'Region: Kent; Note: "new"'),
    ]


def test_titles_and_notes_stand_apart_from_the_rows() -> None:
    text = "Staff in post;;\nPrinted on;3 May 2024;\n;;\nRegion;Posts;Share\nKent;7;1,5\nAll England\nSurrey;8;2,5\n"
    assert read_csv(text) == [
        ("paragraph", "row 1", "Staff in post"),
        ("row", "row 2", "Printed on; 3 May 2024"),
        ("lead_in", "row 4", "Region | Posts | Share"),
        ("row", "row 5", "Region: Kent; Posts: 7; Share: 1,5"),
        ("paragraph", "row 6", "All England"),
        ("row", "row 7", "Region: Surrey; Posts: 8; Share: 2,5"),
    ]


def test_a_header_of_two_rows() -> None:
    assert read_csv("Area,2019,,2020,\n,Men,Women,Men,Women\nKent,1,2,3,4\nBath,5,6,7,8\n")[2:] == [
        ("row", "row 3", "Area: Kent; 2019 Men: 1; 2019 Women: 2; 2020 Men: 3; 2020 Women: 4"),
        ("row", "row 4", "Area: Bath; 2019 Men: 5; 2019 Women: 6; 2020 Men: 7; 2020 Women: 8"),
    ]


def test_tables_below_each_other_have_headers_of_their_own() -> None:
    text = "A,B,C\nx,1,2\n\nShare,Of,Men\ny,3,4\nz,5,6\n\n7,8,9,10,11,12\n\nA,B,C\n"
    assert [text for _, _, text in read_csv(text)] == [
        "A | B | C", "A: x; B: 1; C: 2", "Share | Of | Men", "Share: y; Of: 3; Men: 4",
        "Share: z; Of: 5; Men: 6", "7; 8; 9; 10; 11; 12", "A; B; C",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "a,b\nc,d\n",  # two columns of words
        "1,2,3\n4,5,6\n",
        "x,x,x\na,b,c\n",  # not distinct
        "Name,John,Jane\nName,Jim,Joe\n",  # repeated below
        "I came home.,You saw it.,All went.\nso,it,is\n",  # sentences
    ],
)
def test_rows_without_a_header(text: str) -> None:
    assert [kind for kind, _, _ in read_csv(text)] == ["row", "row"]


def test_years_head_numbers_but_not_years() -> None:
    header = {0: "Region", 1: "2019", 2: "2020"}
    assert find_header(header, [{0: "Kent", 1: "7", 2: "8"}], sure=False) == (header, 1)
    assert find_header(header, [{0: "Kent", 1: "2021", 2: "2022"}], sure=False) is None


@pytest.mark.parametrize(
    "cell", ["7", "-1,234.50", "£3m", "12 %", "2024-05-03", "10:15", "n/a", "TRUE"]
)
def test_a_value(cell: str) -> None:
    assert is_value(cell)
    assert not is_value(f"about {cell} or so")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;b\n1,5;2,5\n", [["a", "b"], ["1,5", "2,5"]]),
        ("a\tb, c\nd\te\n", [["a", "b, c"], ["d", "e"]]),
        ("a|b\nc|d\n", [["a", "b"], ["c", "d"]]),
        ("Lorem, ipsum\ndolor\nsit amet\n", [["Lorem, ipsum"], ["dolor"], ["sit amet"]]),
        ('a, "b, c"\nd, e\n', [["a", "b, c"], ["d", "e"]]),
        ('"a","b;","c;"\n', [["a", "b;", "c;"]]),
    ],
)
def test_the_separator_is_told(text: str, expected: list[list[str]]) -> None:
    assert list(rows(StringIO(text, newline="\n"))) == list(enumerate(expected, 1))


def test_a_line_that_tells_the_separator_is_not_read() -> None:
    assert list(rows(["sep=|\n", "a,b|c\n"])) == [(2, ["a,b", "c"])]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\x1f\r"), min_size=1).map(
    lambda cell: f"x{cell}"
)


@example([["x0", "x;", "x;"]], ",")
@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1), st.sampled_from(",;\t|"))
def test_what_was_written_is_read(table: list[list[str]], separator: str) -> None:
    written = StringIO()
    csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(table)
    assert list(rows(StringIO(written.getvalue(), newline="\n"))) == list(enumerate(table, 1))


def test_a_quotation_mark_that_is_never_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.reading.delimited.MAX_CELL", 50)
    text = 'a,b\n1,"2\n' + "3,4\n" * 30
    (draft,) = read_delimited(text.encode(), "a.csv")
    assert shown(draft)[1:3] == [("row", "row 2", 'a: 1; b: "2'), ("row", "row 3", "a: 3; b: 4")]
    assert "never closed" in draft.notes[0]


def test_a_workbook() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        staff = book.add_worksheet("Staff")
        staff.merge_range("B2:D2", "Staff in post")
        staff.write_row("B4", ["Region", "Since", "Posts", "Open"])
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for row, region, since, posts in (
            (5, None, date(2019, 5, 3), 150.0),
            (6, "", datetime(2020, 1, 2, 9, 30), 2.5),
        ):
            staff.write_datetime(f"C{row}", since, day)
            staff.write_number(f"D{row}", posts)
            staff.write_boolean(f"E{row}", not region)
        staff.merge_range("B5:B6", "London")
        staff.write_formula("D7", "=D5+D6", None, 152.5)
        staff.write("B7", "All")
        costs = book.add_worksheet("Costs")
        costs.write_row(0, 0, ["just", "words"])
        costs.hide()

    (draft,) = read_sheet(workbook(fill), "a.xlsx")
    assert shown(draft) == [
        ("paragraph", "sheet Staff, row 2", "Staff in post"),
        ("lead_in", "sheet Staff, row 4", "Region | Since | Posts | Open"),
        ("row", "sheet Staff, row 5", "Region: London; Since: 2019-05-03; Posts: 150; Open: TRUE"),
        (
            "row",
            "sheet Staff, row 6",
            "Region: London; Since: 2020-01-02 09:30:00; Posts: 2.5; Open: TRUE",
        ),
        ("row", "sheet Staff, row 7", "Region: All; Posts: 152.5"),
        ("row", "sheet Costs, row 1", "just; words"),
    ]
    assert {block.section for block in draft.blocks} == {"Staff", "Costs"}
    assert draft.notes == ("the sheet 'Costs' is hidden",)


def test_one_sheet_is_no_section_and_times_are_times() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_datetime(0, 0, time(9, 5), book.add_format({"num_format": "hh:mm"}))

    (draft,) = read_sheet(workbook(fill), "a.xlsx")
    assert [(block.section, draft.text) for block in draft.blocks] == [(None, "09:05:00")]


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(InputError, match="workbook"):
        list(read_sheet(b"PK\x03\x04nothing", "a.xlsx"))
    with pytest.raises(InputError, match="damaged"):
        list(read_sheet(write_ole({"Workbook": b"x"})[:1100], "a.xls"))  # Rust panics


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MAX_ROWS", 3)
    with pytest.raises(InputError, match="more than 3 rows"):
        read_csv("a,1\nb,2\nc,3\nd,4\n")


def test_commas_in_numbers_separate_no_cells() -> None:
    text = "Miete;1,5;2,5\nStrom;1,25;3,75\n"
    assert read_csv(text) == [
        ("row", "row 1", "Miete; 1,5; 2,5"),
        ("row", "row 2", "Strom; 1,25; 3,75"),
    ]


def test_numbers_and_properties_are_those_that_a_workbook_shows() -> None:
    def fill(book: Any) -> None:
        book.set_properties({"title": "The budget", "author": "Ann Lee"})
        book.add_worksheet("A").write_row(0, 0, [0.1 + 0.2, 2000.8000000000002])

    (draft,) = read_sheet(workbook(fill), "a.xlsx")
    assert draft.text == "0.3; 2000.8"
    assert (draft.title, draft.author) == ("The budget", "Ann Lee")
