"""A corpus brought from an old library to a new one, and what must hold wherever that ended.

Every document is the old or the new one, whole; answers are those of a fresh corpus of the same
documents; what was acknowledged is there; adding again ends like an uninterrupted run.

What counts as acknowledged: a commit of which `Catalog.writing` has returned, when the child has
said through a pipe what it then read; and all, when `add` has returned.
"""

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.reliability.common import (
    REFUSED,
    Ended,
    Library,
    Say,
    build,
    in_child,
    opened,
    said,
    write,
)
from qa import Document
from qa.catalog import Catalog
from qa.catalog.writing import Writer
from qa.passages import hash_text
from qa.state import FILE_NAME as INDEXES

ASKED = 2  # questions


class Renewal:
    """A corpus that is to be brought from the old version to the new one, again and again."""

    def __init__(self, folder: Path, old: Library, new: Library) -> None:
        self.folder, self.files, self.work = folder, folder / "files", folder / "corpus"
        self.old, self.new = old, new
        build(folder / "before", self.files, old)
        write(self.files, new)
        self.expected: dict[frozenset[tuple[str, str]], dict[str, Any]] = {}

    def run(self, work: Callable[[Say], None], kill: float = 0) -> Ended:
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.folder / "before", self.work)
        return in_child(work, kill=kill)

    def add(self, say: Say) -> None:
        acknowledge(say)
        with opened(self.work) as corpus:
            corpus.add(self.files)

    def failures(self, ended: Ended) -> Iterator[str]:
        """Yield what is wrong with what a run has left."""
        try:
            yield from self._wrong(ended)
        except Exception as error:
            yield f"what is left can't be used: {type(error).__name__}: {error}"

    def _wrong(self, ended: Ended) -> Iterator[str]:
        if ended.how not in (0, REFUSED, -signal.SIGKILL):
            yield str(ended)
        with opened(self.work) as corpus:
            found = said(corpus, ASKED)
            texts = {name: document.text for name, document in found["documents"].items()}
            for name in self.old | self.new | texts:
                if texts.get(name) not in (self.old.get(name), self.new.get(name)):
                    yield f"{name} is neither the old document nor the new one"
            for passage in found["passages"]:
                if texts[passage.doc_id][passage.start : passage.end] != passage.text:
                    yield f"{passage.id} doesn't stand where it says"
            if found != self.fresh(texts):
                yield "it answers otherwise than a fresh corpus of the same documents"
            if ended.how == 0 and texts != self.new:
                yield "all was acknowledged and isn't there"
            for line in ended.lines[: -1 if ended.how > 0 else None]:
                acknowledged = json.loads(line)
                for name in self.old | self.new:
                    text = self.new.get(name)
                    is_new = acknowledged.get(name) == (text and hash_text(text))
                    if is_new and texts.get(name) != text:
                        yield f"{name} was acknowledged and isn't there"
        for path in self.work.glob(".*"):  # as if the next writing of each file came days later
            os.utime(path, (0, 0))
        (self.work / INDEXES).unlink(missing_ok=True)
        with opened(self.work) as corpus:
            corpus.add(self.files, rehash=True)
            if said(corpus, ASKED) != self.fresh(self.new):
                yield "added again, it isn't what an uninterrupted run makes"
            yield from corpus._catalog.problems()
            corpus.add_documents([Document("last", "So that there is one more commit.")])
        if left := [path.name for path in self.work.iterdir() if path.name.startswith(".")]:
            yield f"left behind for good: {left}"

    def fresh(self, texts: Library) -> dict[str, Any]:
        """Return what a corpus says that never held anything else."""
        key = frozenset(texts.items())
        if key not in self.expected:
            corpus = self.folder / f"fresh-{len(self.expected)}"
            build(corpus, self.folder / "fresh-files", texts)
            with opened(corpus) as made:
                self.expected[key] = said(made, ASKED)
        return self.expected[key]


def acknowledge(say: Say) -> None:
    """Let this process say after every commit which documents there are."""
    really = Catalog.writing

    @contextmanager
    def writing(catalog: Catalog) -> Iterator[Writer]:
        with really(catalog) as writer:
            yield writer
        with catalog.reading() as view:
            say(json.dumps({entry.doc_id: entry.text_hash for entry in view.entries()}))

    Catalog.writing = writing
