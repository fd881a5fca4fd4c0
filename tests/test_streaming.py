"""Long texts, read a stretch at a time: the same words, lines and passages as in one piece."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import InputError
from qa.reading import delimited, streaming
from qa.reading.decoding import decode
from qa.reading.delimited import stream_delimited
from qa.reading.frames import Closing, Segment
from qa.reading.streaming import stream_text


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "SEGMENT", 400)
    monkeypatch.setattr(delimited, "SEGMENT", 400)
    monkeypatch.setattr(streaming, "_READ", 64)


def segments(data: bytes) -> list[Segment]:
    *found, closing = stream_text(BytesIO(data))
    assert isinstance(closing, Closing)
    assert all(isinstance(frame, Segment) for frame in found)
    return found  # type: ignore[return-value]


texts_ = st.text(st.sampled_from("ab \n\ré\N{ZERO WIDTH NO-BREAK SPACE}€."), max_size=2_000)


@given(texts_, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_stretches_are_the_text(text: str, encoding: str) -> None:
    data = ("Words first. " + text).encode(encoding)
    found = segments(data)
    assert "".join(segment.text for segment in found) == decode(data)
    line = 1
    for segment in found:
        assert len(segment.text) <= 400
        assert str(segment.places.at(0, 1)) == f"line {line}"
        line += segment.text.count("\n")
        assert segment.places.at(len(segment.text), len(segment.text)).last == line


def test_stretches_end_between_paragraphs_lines_words_or_anywhere() -> None:
    paragraph = "The hall has a red door. " * 10
    found = segments(f"{paragraph}\n\n{paragraph}\n\n{'x' * 1000}".encode())
    assert [segment.text[-2:] for segment in found] == ["\n\n", "\n\n", "xx", "xx", "xx"]


def test_damage_is_noted() -> None:
    *_, closing = stream_text(BytesIO("é ".encode() * 300 + b"\xff"))
    assert closing == Closing(notes=("one character is damaged",))


def test_rows_keep_their_numbers_and_labels_over_stretches() -> None:
    said = "".join(f"Place {n},{n * 3}\r\n" for n in range(100))
    *found, closing = stream_delimited(BytesIO(f"Region,Posts\r\n\r\n{said}".encode()))
    assert closing == Closing()
    assert len(found) > 3
    row = 3
    for segment in found:
        assert isinstance(segment, Segment)
        for block in segment.blocks:
            text = segment.text[block.start : block.end]
            if block.kind == "row":
                assert text == f"Region: Place {row - 3}; Posts: {(row - 3) * 3}"
                assert str(segment.places.at(block.start, block.end)) == f"row {row}"
                row += 1
    assert row == 103


def test_a_quotation_mark_that_is_never_closed_is_named() -> None:
    data = b'a,b\n"' + b"x,1\n" * 300_000
    with pytest.raises(InputError, match="never closed"):
        list(stream_delimited(BytesIO(data)))
