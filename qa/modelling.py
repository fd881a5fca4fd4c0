"""The model of a corpus: for passages sentence-transformers, for questions its weights exported.

Knows what the corpus says of the model that made its vectors, nothing else of the corpus.
"""

import threading
from pathlib import Path

from embeddings.encoder import Encoder, QuestionEncoder
from embeddings.transformer import ModelUnavailable
from qa.catalog.tables import Meta
from qa.errors import ModelError
from qa.wording import printable


class CorpusModel:
    """Encodes a corpus' passages and the questions asked of it."""

    def __init__(self, encoder: Encoder, corpus: Path, stamp: Meta, *, may_export: bool) -> None:
        """Name a model; nothing is loaded yet.

        Args:
            encoder: What is to be used.
            corpus: The corpus folder.
            stamp: What the corpus says of the model that made its vectors.
            may_export: Whether the encoder is a model by name, whose weights may be exported.
        """
        self._encoder = encoder
        self._corpus = corpus
        self._stamp = stamp
        self._may_export = may_export
        self._is_checked = False
        self._questions: QuestionEncoder | None = None
        self._preparing = threading.Lock()  # one thread loads what encodes questions

    def for_passages(self) -> Encoder:
        """Return the encoder, sure that it is the one that made the corpus' vectors.

        Raises:
            ModelError: if it can't be loaded, or is another.
        """
        if not self._is_checked:
            stamp = self._stamp
            try:
                same = self._encoder.fingerprint == stamp.fingerprint
                self._encoder.count_tokens(["loaded"])
            except ModelUnavailable as error:
                raise ModelError(str(error)) from error
            if not same:
                raise ModelError(
                    f"The corpus {printable(str(self._corpus))} was made with {stamp.model!r} "
                    f"(weights {stamp.fingerprint[:12]}…); {self._encoder.name!r} is another model. "
                    "Open it with that one, or index the documents into a new corpus."
                )
            self._is_checked = True
        return self._encoder

    def for_questions(self) -> QuestionEncoder:
        """Return what encodes questions: the export of the very weights, or else the encoder.

        Raises:
            ModelError: as `for_passages` does, where there is no export.
        """
        with self._preparing:
            if self._questions is None:
                self._questions = self._exported() or self.for_passages()
            return self._questions

    def prepare_questions(self) -> None:
        """Export the weights if they were loaded: whoever asks needn't load them any more."""
        from embeddings import onnx

        if self._may_export and self._is_checked:
            onnx.prepare(self._encoder.name, self._stamp.fingerprint)

    def _exported(self) -> QuestionEncoder | None:
        """Return the export of the weights, made now if it must be; None where none can be had."""
        from embeddings import onnx

        if not self._may_export:
            return None
        named = self._encoder.name, self._stamp.fingerprint
        if found := onnx.load(*named):
            return found
        onnx.prepare(*named)
        return onnx.load(*named)
