"""Pages of PDFs are drawn by a process of their own, with a box for each word; spans are found on them."""

import struct
import zlib
from base64 import b64decode
from hashlib import sha256

import pytest

from qa.reading.formats import Left
from qa.reading.frames import Picture, from_json
from qa.reading.pdf.marking import find
from qa.reading.pdf.pages import Seen
from qa.reading.workers import POOL, Drawing, Request
from qa.types import Span
from tests.test_pdf import PAGE, make, say


def drawn(path, data, number=1, width=400, digest=None):
    path.write_bytes(data)
    drawing = Drawing(number, width, digest or sha256(data).hexdigest())
    (frame,) = POOL.read(Request(path, "a.pdf", {}, len(data), drawing)).frames()
    return frame


def dark(picture):
    """Where the picture isn't white."""
    png = b64decode(picture.png)
    assert struct.unpack(">II", png[16:24]) == (picture.width, picture.height)
    rows = zlib.decompress(png[41 : 41 + struct.unpack(">I", png[33:37])[0]])
    stride = 3 * picture.width + 1
    return {
        (x, y)
        for y in range(picture.height)
        for x in range(picture.width)
        if min(rows[y * stride + 1 + 3 * x : y * stride + 4 + 3 * x]) < 128
    }


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_boxes_hold_the_ink_of_their_words(tmp_path, turn):
    page = say(30, 40, "The quince harvest") + say(150, 200, "was (forty) tonnes", size=14)
    picture = drawn(tmp_path / "a.pdf", make(page, page=f"/Rotate {turn}"))
    assert isinstance(picture, Picture)
    wide, high = PAGE if turn % 180 == 0 else PAGE[::-1]
    assert (picture.width, picture.height) == (400, round(400 * high / wide))
    assert [word.text for word in picture.words] == "The quince harvest was (forty) tonnes".split()
    ink = dark(picture)
    for word in picture.words:
        x0, x1 = word.x0 * picture.width, word.x1 * picture.width
        y0, y1 = word.y0 * picture.height, word.y1 * picture.height
        inside = {(x, y) for x, y in ink if x0 - 2 <= x <= x1 + 2 and y0 - 2 <= y <= y1 + 2}
        assert len(inside) > 10
        ink -= inside
    assert not ink


@pytest.mark.parametrize(
    ("data", "number", "digest", "reason"),
    [
        (b"%PDF-1.4\nnothing of the kind", 1, None, "it is damaged, or no PDF file"),
        (make(say(10, 10, "x"), password="p"), 1, None, "it is encrypted"),
        (make(say(10, 10, "x")), 2, None, "it has 1 pages, and none is number 2"),
        (make(say(10, 10, "x")), 1, "0" * 64, "it has changed since it was indexed"),
        (make(say(10, 10, "x"), page="/MediaBox [0 0 1 20000]"), 1, None, "has no size"),
        (make(say(10, 10, "x"), page="/CropBox [900 900 950 950]"), 1, None, "has no size"),
    ],
)
def test_what_cannot_be_drawn_costs_a_sentence(tmp_path, data, number, digest, reason):
    found = drawn(tmp_path / "bad.pdf", data, number, digest=digest)
    assert isinstance(found, Left)
    assert reason in found.reason
    good = drawn(tmp_path / "good.pdf", make(say(10, 10, "x")))
    assert isinstance(good, Picture)


def test_a_large_page_takes_no_more_memory_than_it_may(tmp_path):
    found = drawn(
        tmp_path / "a.pdf", make(say(10, 10, "x"), page="/MediaBox [0 0 400 4000]"), width=2800
    )
    assert found.width * found.height <= 2**24


# Spans on a page


def page(*lines):
    """Words of lines, each letter a hundredth of the page wide, a line a tenth high."""
    words = []
    for row, line in enumerate(lines):
        at = 0
        for text in line.split():
            words.append(Seen(text, at / 100, row / 10, (at + len(text)) / 100, row / 10 + 0.05))
            at += len(text) + 1
    return words


def marked(text, words, quoted):
    start = text.index(quoted)
    found = find(text, Span(start, start + len(quoted)), words)
    boxes = [tuple(round(100 * side) for side in box) for box in found.boxes]
    return boxes, found.whole


def test_a_broken_word_is_found_in_both_its_lines():
    text = "The harvest of quinces was nine tonnes in the whole country, he said."
    words = page("The harvest of quinces was nine", "tonnes in the whole coun\x02", "try, he said.")
    assert marked(text, words, "whole country,") == ([(14, 10, 25, 15), (0, 20, 4, 25)], True)


def test_what_stands_twice_is_told_apart_by_what_stands_around_it():
    text = "In Kent the harvest was nine tonnes.\n\nIn Essex the harvest was nine tonnes, too."
    words = page(
        "In Essex the harvest was nine tonnes, too.", "In Kent the harvest was nine tonnes."
    )
    at = text.rindex("nine tonnes")
    found = find(text, Span(at, at + 11), words)
    assert [round(10 * box[1]) for box in found.boxes] == [0]
    assert found.whole


def test_what_is_in_doubt_is_not_marked():
    text = "Nothing was said of it.\n\nNothing was said of it."
    words = page("Nothing was said of it.", "Nothing was said of it.")
    assert marked(text, words, "said") == ([], False)
    assert marked("Something else entirely", words, "else") == ([], False)


def test_half_a_word_that_is_alike_is_not_marked():
    text = "The gardener brought the quinces there"
    words = page("The gardener brought the quinces then")
    assert marked(text, words, "quinces there") == ([(25, 0, 32, 5)], False)


def test_a_part_of_another_word_is_not_marked():
    words = page("Of zadministrativeprocesses")
    assert marked("administrativeprocedure", words, "administrativeprocedure") == ([], False)
    assert marked("administrativeprocess", words, "administrativeprocess") == ([], False)


def test_a_scrap_of_a_line_is_not_marked():
    words = page("The harvest was seven tonnes", "7")
    assert marked("The harvest was\n7\ntonnes", words, "7") == ([], False)
    assert marked("seven", words, "seven") == ([(16, 0, 21, 5)], True)


def test_a_long_stretch_is_marked_as_far_as_is_looked():
    words = [Seen(f"word{n:04}", 0, n / 1000, 0.1, n / 1000 + 0.0005) for n in range(501)]
    text = " ".join(word.text for word in words)
    found = find(text, Span(0, len(text)), words)
    assert (len(found.boxes), found.whole) == (500, False)


@pytest.mark.parametrize("side", ["NaN", "Infinity", "-1.5", "2.5"])
def test_boxes_that_are_on_no_page_are_refused(side):
    frame = f'["Picture", "", 4, 4, [["word", 0.1, 0.1, {side}, 0.2]]]'
    with pytest.raises(ValueError, match="is no box on a page"):
        from_json(frame.encode())
