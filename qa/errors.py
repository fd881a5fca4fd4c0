"""Everything that this program raises on purpose.

    QAError                     base of them all; its message says what, which value, and what to do
    ├── CorpusError             the corpus folder: absent, foreign, empty, of another format or model
    │   ├── OldFormat           … of an earlier version of this program; `qa.upgrading` mends it
    │   └── StorageError        … damaged, or busy with another program
    ├── InputError              what was handed in: a path, a question, a document, an evaluation file
    ├── ModelError              the embedding model: unknown, damaged, unusable
    └── Cancelled               the caller stopped a long piece of work

"The documents do not answer" is not here: it is a value, `Answer.status == "not_found"`.
`InputError` is a `ValueError` too, since a wrong value is the caller's mistake.
"""


class QAError(Exception):
    """Base of this program's errors."""


class CorpusError(QAError):
    """The corpus folder cannot be used as asked."""


class OldFormat(CorpusError):  # noqa: N818 - a state of the folder, named as one
    """The corpus folder is of an earlier version of this program."""


class StorageError(CorpusError):
    """The corpus folder fails: its files are damaged, or another program is changing it."""


class InputError(QAError, ValueError):
    """A value that was handed in cannot be used."""


class ModelError(QAError):
    """The embedding model cannot be used."""


class Cancelled(QAError):  # noqa: N818 - an event, not an error of anyone's
    """Work was stopped at the caller's wish; what was committed stays."""
