"""Ask a folder of documents; get the exact words that answer, and exactly where they stand.

    from qa import Corpus
    answer = Corpus.open(".qa").ask("How many vacancies did London have?")

Nothing heavy is imported until a name is used, so that the command line starts at once.
"""

import os
from typing import TYPE_CHECKING, Any

# No request ever leaves the machine: set before anything can import a hub's client, or what tells
# its makers that it is used.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

if TYPE_CHECKING:
    from qa.corpus import Corpus as Corpus
    from qa.errors import Cancelled as Cancelled
    from qa.errors import CorpusError as CorpusError
    from qa.errors import InputError as InputError
    from qa.errors import ModelError as ModelError
    from qa.errors import QAError as QAError
    from qa.types import Answer as Answer
    from qa.types import Citation as Citation
    from qa.types import Document as Document
    from qa.types import Hit as Hit
    from qa.types import Passage as Passage
    from qa.types import Report as Report
    from qa.types import Resolution as Resolution
    from qa.types import Where as Where

__version__ = "0.1.0"

_HOME = {
    "Corpus": "qa.corpus",
    "Cancelled": "qa.errors",
    "CorpusError": "qa.errors",
    "InputError": "qa.errors",
    "ModelError": "qa.errors",
    "QAError": "qa.errors",
    "Answer": "qa.types",
    "Citation": "qa.types",
    "Document": "qa.types",
    "Hit": "qa.types",
    "Passage": "qa.types",
    "Report": "qa.types",
    "Resolution": "qa.types",
    "Where": "qa.types",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import a public name when it is first used (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
