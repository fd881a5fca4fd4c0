"""Labelled rows -> figures: whose words a stretch is, and whether two sources agree.

Voices: `{doc_id, start, end, kind, speaker, split}`; the speaker is null for the document's own
words and "uncertain" where the text doesn't tell. Agreement: `{id, question, a, b, label, split}`
with two statements of `text`, `published` and `about`, and a label "differ", "agree" or "other".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from qa.agreement import agreement
from qa.agreement.statements import Statement
from qa.corpus import Corpus
from qa.errors import InputError
from qa.evaluation.results import Evaluation, Outcome
from qa.evaluation.summarising import summarise
from qa.types import UNCERTAIN, Voice
from qa.voices import find_voices

_ARTICLE = "article"
Rows = Sequence[Mapping[str, Any]]


def evaluate_voices(source: str, rows: Rows, corpus: Corpus) -> Evaluation:
    """Return how often kind and speaker of a labelled stretch are found, by its kind.

    A stretch has the kind and speaker of the voice that most of it is in, as a citation has; of
    none it is the document's own. "kind accuracy" is over all, "speaker accuracy" over those with
    a name. "misattributed": any of it is given to someone by name who doesn't say it.

    Raises:
        InputError: if a row lacks something, or the corpus its document.
    """
    voices: dict[str, Sequence[Voice]] = {}
    outcomes = []
    for number, row in enumerate(rows, start=1):
        try:
            doc_id, start, end = str(row["doc_id"]), int(row["start"]), int(row["end"])
            kind, speaker = str(row["kind"]), row["speaker"]
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{source}, row {number} is not a labelled voice: {error!r}."
            ) from error
        document = corpus.document(doc_id)
        if doc_id not in voices:
            voices[doc_id] = find_voices(document.text, document.blocks)
        found = [v for v in voices[doc_id] if v.start < end and start < v.end]
        shares = {v: min(v.end, end) - max(v.start, start) for v in found}
        most = next((v for v in found if 2 * shares[v] > end - start), None)
        named = {v.speaker for v in found} - {UNCERTAIN}
        scores = {"kind accuracy": float((most.kind if most else _ARTICLE) == kind)}
        if speaker not in (None, UNCERTAIN):
            scores["speaker accuracy"] = float(most is not None and most.speaker == speaker)
        scores["misattributed"] = float(bool(named - {speaker}))
        detail = {"kind": most and most.kind, "speaker": most and most.speaker}
        words, split = document.text[start:end], str(row.get("split", "all"))
        outcomes.append(
            Outcome(
                f"{doc_id}:{start}-{end}",
                words,
                kind,
                split,
                "voices",
                doc_id,
                scores,
                None,
                detail,
            )
        )
    return summarise(
        source, outcomes, [f"{len(rows)} labelled stretches of {len(voices)} documents."]
    )


def evaluate_agreement(source: str, rows: Rows) -> Evaluation:
    """Return how often pairs said to differ do, and how many of those that do are found.

    Precision is over the pairs of that verdict, recall over the pairs of that label.

    Raises:
        InputError: if a row lacks something.
    """
    outcomes = []
    for number, row in enumerate(rows, start=1):
        try:
            sides = [(row[s]["text"], row[s]["published"], row[s]["about"]) for s in ("a", "b")]
            question, label, name = str(row["question"]), str(row["label"]), str(row["id"])
        except (KeyError, TypeError) as error:
            raise InputError(
                f"{source}, row {number} is not a labelled pair: {error!r}."
            ) from error
        verdict = agreement(question, [Statement(*side) for side in sides]).verdict
        scores = {}
        for one in ("differ", "agree"):
            if verdict == one:
                scores[f"{one} precision"] = float(label == one)
            if label == one:
                scores[f"{one} recall"] = float(verdict == one)
        subject, split = name.split(".")[0], str(row.get("split", "all"))
        detail = {"verdict": verdict}
        outcomes.append(
            Outcome(name, question, label, split, "agreement", subject, scores, None, detail)
        )
    return summarise(source, outcomes, [f"{len(rows)} labelled pairs."])
