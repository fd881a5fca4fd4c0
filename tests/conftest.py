"""What the tests share: the seeds indexed with the real model, and quick corpora with a stub."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from qa import Corpus
from tests.stub import BagOfWords

SEEDS = Path(__file__).parent.parent / "seeds"

# Beside other tests an example now and then takes longer than hypothesis' 200 milliseconds.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


@pytest.fixture(scope="session")
def seeds_corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    """The seed documents, indexed with the packaged model: once, though by several processes."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "indexed"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            with Corpus.create(shared) as made:
                made.add(SEEDS)
    own = shutil.copytree(shared, tmp_path_factory.mktemp("seeds") / "corpus")
    with Corpus.open(own) as corpus:
        yield corpus


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    """An empty corpus with the stub encoder."""
    with Corpus.create(tmp_path / "corpus", model=BagOfWords()) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write files, names and texts given, into a folder of that name and return its path."""

    def write(name: str, files: dict[str, str | bytes]) -> Path:
        for file, content in files.items():
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path / name

    return write
