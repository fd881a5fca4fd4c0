"""Pages of PDFs as they are printed: drawn by a worker process, the last few kept in memory.

A page is drawn from the very bytes that were indexed, or not at all. Which file is read is the
catalog's word alone.
"""

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from qa.catalog.views import Origin
from qa.errors import InputError
from qa.page.texts import say
from qa.reading.formats import Left
from qa.reading.frames import Picture
from qa.reading.regular import open_regular
from qa.reading.workers import POOL, Drawing, Request

if TYPE_CHECKING:
    from qa.corpus import Corpus

_KEPT = 64 * 2**20  # characters of pictures
WIDTHS = range(400, 2801, 400)  # pixels: of a few widths, some are met again


class Leaves:
    """Draws pages of a corpus' documents. Safe to use from several threads."""

    def __init__(self, corpus: "Corpus") -> None:
        self._corpus = corpus
        self._kept: OrderedDict[tuple[str, int, int], Picture] = OrderedDict()
        self._drawing = threading.Lock()  # one at a time: each may take a worker's memory

    def why_not(self, doc_id: str) -> str | None:
        """Return why a document's pages can't be shown, "" where it has none; None if they can."""
        origin = self._corpus.origin(doc_id)
        if origin.path is None:
            return ""
        if origin.member:
            return say("reader.inside") if origin.member.lower().endswith(".pdf") else ""
        try:
            with open_regular(origin.path) as file:
                is_pdf = b"%PDF-" in file.read(1024)
        except (OSError, InputError):
            return say("reader.file_gone") if origin.path.suffix.lower() == ".pdf" else ""
        return None if is_pdf else ""

    def picture(self, doc_id: str, page: int, width: int) -> Picture:
        """Return a page's picture.

        Args:
            doc_id: The document's.
            page: Its number in the file, from 1.
            width: Pixels, at least; as far as pictures go.

        Raises:
            InputError: if it can't be drawn, with the reason.
        """
        origin = self._corpus.origin(doc_id)
        width = next((known for known in WIDTHS if known >= width), WIDTHS[-1])
        key = (origin.made_from, page, width)
        with self._drawing:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            picture = _drawn(origin, page, width)
            self._kept[key] = picture
            while len(self._kept) > 1 and sum(len(p.png) for p in self._kept.values()) > _KEPT:
                self._kept.popitem(last=False)
            return picture


def _drawn(origin: Origin, page: int, width: int) -> Picture:
    if origin.path is None or origin.size is None or origin.member:
        raise InputError(say("reader.no_pages"))
    if not origin.path.is_file():
        raise InputError(say("reader.file_gone"))
    digest = origin.made_from.partition(":")[0]
    request = Request(origin.path, "", {}, origin.size, Drawing(page, width, digest))
    for frame in POOL.read(request).frames():
        if isinstance(frame, Picture):
            return frame
        if isinstance(frame, Left):
            raise InputError(say("reader.not_drawn", reason=frame.reason))
    raise InputError(say("reader.no_pages"))
