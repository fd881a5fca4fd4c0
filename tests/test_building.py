"""Pieces of a file as they become text, blocks and places."""

import pytest

from qa.reading.building import Builder
from qa.types import Place


def test_pieces_become_text_blocks_and_places() -> None:
    b = Builder("page")
    b.unit(1, "i")
    b.heading(1, "Report")
    b.heading(2, "Costs\r\nand gains")
    b.add("paragraph", " The costs are shared by")
    b.unit(2)
    b.unit(3, "1")
    b.extend("all parties.")
    b.furniture("Page 1")
    b.table([["Region", "Posts"], ["London", "150", ""]], header=True)
    b.heading(1, "End")
    b.add("item", "- one")
    b.add("item", "* * *")
    b.add("item", "- two")
    text, blocks, places = b.finish()
    assert text == (
        "Report\n\nCosts\nand gains\n\nThe costs are shared by all parties.\n\nPage 1\n\n"
        "Region | Posts\n\nLondon | 150\n\nEnd\n\n- one\n* * *\n- two"
    )
    assert [(x.kind, text[x.start : x.end], x.section) for x in blocks] == [
        ("heading", "Report", "Report"),
        ("heading", "Costs\nand gains", "Report › Costs and gains"),
        ("paragraph", "The costs are shared by all parties.", "Report › Costs and gains"),
        ("lead_in", "Region | Posts", "Report › Costs and gains"),
        ("row", "London | 150", "Report › Costs and gains"),
        ("heading", "End", "End"),
        ("item", "- one", "End"),
        ("item", "- two", "End"),
    ]
    tail = text.index("all parties")
    assert places.at(0, 3) == Place("page", 1, 1, "i")
    assert str(places.at(tail - 5, tail + 5)) == "pages 1–3 (printed i–1)"
    assert str(places.at(tail, tail + 3)) == "page 3 (printed 1)"


def test_parts_have_numbers_of_their_own() -> None:
    b = Builder("row")
    for sheet, rows in (("Staff", (2, 5)), ("Costs", (2,))):
        b.part(f"sheet {sheet}")
        for number in rows:
            b.unit(number)
            b.add("row", f"Name: {sheet} {number}")
    text, _, places = b.finish()
    assert str(places.at(0, len("Name: Staff 2"))) == "sheet Staff, row 2"
    assert str(places.at(0, text.index("Costs") - 8)) == "sheet Staff, rows 2–5"
    at = text.index("Costs")
    assert places.at(at, at + 3) == Place("row", 2, 2, None, "sheet Costs")


def test_what_is_no_character_is_left_out() -> None:
    b = Builder("paragraph")
    b.add("paragraph", "\x01a\x00b\ud800c\r\nd\x0ce\ufeff")
    text, _, places = b.finish()
    assert text == "abc\nde\ufeff"
    assert str(places.at(0, 3)) == "paragraph 1"


def test_nothing_goes_on_after_furniture() -> None:
    b = Builder("page")
    b.add("paragraph", "one")
    b.furniture("Page 1")
    with pytest.raises(ValueError, match="go on"):
        b.extend("two")
