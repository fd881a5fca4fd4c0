"""A corpus of an earlier format brought up to date."""

import os
import shutil
import uuid
from dataclasses import replace
from pathlib import Path

from embeddings.encoder import Encoder
from qa.catalog import COMMITS, FILE_NAME
from qa.catalog.migrating import copy_encodings, read_former, release
from qa.corpus import Corpus
from qa.errors import InputError
from qa.indexing import ProgressCallback
from qa.locking import writer_lock
from qa.state import FILE_NAME as INDEXES
from qa.types import Report
from qa.wording import printable


def upgrade(
    path: str | os.PathLike[str],
    *,
    model: Encoder | None = None,
    progress: ProgressCallback | None = None,
) -> Report:
    """Bring a corpus of an earlier format up to date: its roots are read again.

    Vectors are kept, and so are documents from memory. The new catalog takes the old one's place
    when it is whole.

    Args:
        path: The corpus folder.
        model: In place of the model the corpus was made with.
        progress: As in `Corpus.add`.

    Raises:
        InputError: if a root isn't there; nothing is changed then.
        StorageError: if another process has the corpus open; nothing is changed then.
    """
    folder = Path(path).resolve()
    with writer_lock(folder):
        former = read_former(folder / FILE_NAME)
        if missing := [root for root in former.roots if not root.exists()]:
            raise InputError(
                f"{printable(str(missing[0]))} was indexed before and isn't there now. Put it "
                "back for as long as upgrading takes, or index into a new corpus folder."
            )
        made = folder / f".upgrade-{uuid.uuid4().hex}"
        try:
            with Corpus.create(made, model=model or former.model) as corpus, corpus._changing():
                copy_encodings(folder / FILE_NAME, corpus._catalog)
                memory = corpus._indexer(progress).add_documents(former.documents)
                files = corpus._indexer(progress).add(former.roots)
            release(folder / FILE_NAME)
            for name in (FILE_NAME, COMMITS, INDEXES):
                (made / name).replace(folder / name)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return replace(files, added=tuple(sorted((*memory.added, *files.added))))
