"""Files' bytes as documents, read in this process."""

from collections.abc import Mapping
from io import BytesIO

from qa.reading.dispatch import read_file
from qa.reading.formats import Left, Working
from qa.reading.frames import Closing, Frame, Opening, Segment
from qa.types import Document


def frames(data: bytes, name: str, about: Mapping[str, str | None] | None = None) -> list[Frame]:
    """Everything that a file yields."""
    found = read_file(BytesIO(data), len(data), name, about or {})
    return [frame for frame in found if not isinstance(frame, Working)]


def read(data: bytes, name: str, about: Mapping[str, str | None] | None = None) -> Document:
    """The one document of a file that is in memory as a whole."""
    opening, segment, closing = frames(data, name, about)
    assert isinstance(opening, Opening)
    assert isinstance(segment, Segment)
    assert isinstance(closing, Closing)
    return Document(
        *(name, segment.text, opening.title, opening.author),
        *(opening.publisher, opening.published, opening.kind),
        *(segment.blocks, segment.places),
    )


def members(data: bytes, name: str) -> list[tuple[str, str]]:
    """Each document of a file with what it was read as, and what was left with the reason."""
    found = []
    for frame in frames(data, name):
        if isinstance(frame, Opening):
            found.append((frame.member, frame.format))
        elif isinstance(frame, Left):
            found.append((frame.name, frame.reason))
    return found
