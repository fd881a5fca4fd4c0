"""Long texts, read a stretch at a time: the same words, lines and passages as in one piece."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reading import streaming
from qa.reading.decoding import decode
from qa.reading.frames import Closing, Segment
from qa.reading.streaming import stream_text


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "SEGMENT", 400)
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
