"""The evaluation's routes: files of questions, one run at a time, figures of those that are kept."""

import re
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from starlette.responses import Response
from starlette.routing import Route

import qa
from qa.atomic import write_atomically
from qa.errors import InputError, StorageError
from qa.evaluation.asking import variants
from qa.evaluation.comparing import compare_runs
from qa.evaluation.keeping import FOLDER, Runs
from qa.evaluation.results import read
from qa.evaluation.sources import evaluate_path
from qa.files import why
from qa.indexing import ProgressCallback
from qa.marking import FILE_NAME
from qa.page import evaluation_html, figures_html, routing
from qa.page.evaluation_html import QuestionFile
from qa.page.jobs import ACTIVE, Job, Jobs
from qa.page.texts import say
from qa.questions import count_unfinished, parse, read_questions
from qa.settings import Ranking
from qa.wording import printable

if TYPE_CHECKING:
    from qa.corpus import Corpus

QUESTIONS = "questions"  # folder in the corpus folder, of files that were dropped on the page
# Beside app.py, where the program runs from its repository.
SAMPLE = Path(qa.__file__).parent.parent / "evaluation" / "seeds.jsonl"
_NAME = re.compile(r"[^\w.-]+")


def routes(corpus: "Corpus", jobs: Jobs) -> list[Route]:
    """Return the routes of the view.

    Args:
        corpus: What is asked.
        jobs: Where runs are made; of nothing else.
    """
    runs = Runs(corpus.path / FOLDER)

    def latest() -> Job | None:
        return next(reversed(jobs.all()), None)

    def view(query: routing.Query) -> Response:
        name, other = query.get("run"), query.get("with")
        if name is None:
            files = question_files(corpus)
            return routing.html(evaluation_html.home(files, runs.kept(), latest()))
        file = runs.file(name)
        if other is not None:
            return routing.html(figures_html.comparison(compare_runs(file, runs.file(other)), name))
        made = next(run.made for run in runs.kept() if run.name == name)
        others = [run.name for run in runs.kept() if run.name != name]
        return routing.html(figures_html.run(name, made, read(file), others, _Words(corpus)))

    def start(body: routing.Body) -> Response:
        path = _path(routing.text(body, "file"))
        split = routing.text(body, "split", "all")
        rankings = body.get("rankings", ["full"])
        if not isinstance(rankings, list) or not rankings:
            raise InputError(say("evaluation.noranking"))
        if unknown := [name for name in rankings if name not in get_args(Ranking)]:
            raise InputError(f"There is no ranking {unknown[0]!r}.")
        before = latest()
        if before and before.state in ACTIVE:
            raise InputError(say("job.busy", what=before.name))

        def work(progress: ProgressCallback) -> str:
            settings = variants(rankings)
            result = evaluate_path(
                path, lambda: nullcontext(corpus), split=split, settings=settings, progress=progress
            )
            return runs.keep(result, f"{path.stem}-{split}")

        if before:
            jobs.dismiss(before.number)
        jobs.start(path.name, work)
        return _told(latest())

    def status(query: routing.Query) -> Response:  # noqa: ARG001
        return _told(latest())

    def cancel(body: routing.Body) -> Response:
        jobs.cancel(routing.number(body, "job"))
        return _told(latest())

    def delete(body: routing.Body) -> Response:
        runs.delete(routing.text(body, "run"))
        return routing.values({})

    def add(body: routing.Body) -> Response:
        name = _NAME.sub("-", routing.text(body, "name")).strip(".-").removesuffix(".jsonl")[:80]
        file = corpus.path / QUESTIONS / f"{name or 'questions'}.jsonl"
        text = routing.text(body, "text")
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                parse(line, file.name, number)
        try:
            file.parent.mkdir(exist_ok=True)
            write_atomically(file, text.encode(errors="replace"))
        except OSError as error:
            message = say("evaluation.unwritable", file=printable(str(file)), reason=why(error))
            raise StorageError(message) from error
        return routing.values({"file": str(file), "name": file.name})

    return [
        routing.get("evaluation", view),
        routing.get("evaluation/job", status),
        routing.post("evaluation/start", start),
        routing.post("evaluation/cancel", cancel),
        routing.post("evaluation/delete", delete),
        routing.post("evaluation/file", add),
    ]


def question_files(corpus: "Corpus") -> list[QuestionFile]:
    """Return the files of questions that are known: marks, dropped ones, those of the program.

    The program's own are offered only where the corpus holds the documents that they are about.
    """
    own = corpus.path / FILE_NAME
    dropped = sorted((corpus.path / QUESTIONS).glob("[!.]*.jsonl"))
    files = [_described(own, say("evaluation.own"))] if own.exists() and own.stat().st_size else []
    files += [_described(file, file.name) for file in dropped]
    if SAMPLE.is_file():
        known = {listing.doc_id for listing in corpus.documents()}
        golds = (g for q in read_questions(SAMPLE) for piece in q.evidence for g in piece)
        if known and {gold.doc_id for gold in golds} <= known:
            files.append(_described(SAMPLE, say("evaluation.sample")))
    return files


def _told(job: Job | None) -> Response:
    """Return how far a run has come; "idle" before there is one."""
    if job is None:
        return routing.values({"state": "idle"})
    at = job.progress
    return routing.values(
        {
            "job": job.number,
            "state": job.state,
            "name": job.name,
            "done": at.done if at else 0,
            "total": at.total if at else 0,
            "seconds_left": job.seconds_left,
            "error": job.error,
            "run": job.result,
        }
    )


def _described(file: Path, name: str) -> QuestionFile:
    try:
        questions = read_questions(file)
        unfinished = count_unfinished(file)
    except InputError as error:
        return QuestionFile(str(file), name, problem=str(error))
    answerable = sum(question.is_answerable for question in questions)
    unanswerable = len(questions) - answerable
    return QuestionFile(str(file), name, answerable, unanswerable, unfinished)


def _path(given: str) -> Path:
    given = given.strip()
    if not given or "\0" in given:
        raise InputError(say("evaluation.nofile"))
    return Path.home() / given[2:] if given.startswith("~/") else Path(given)


class _Words:
    """The words at a place, and the title of their document; None where they aren't any more."""

    def __init__(self, corpus: "Corpus") -> None:
        self._corpus = corpus
        self._documents: dict[str, qa.Document | None] = {}

    def __call__(self, doc_id: str, start: int, end: int) -> tuple[str, str] | None:
        if doc_id not in self._documents:
            try:
                self._documents[doc_id] = self._corpus.document(doc_id)
            except InputError:
                self._documents[doc_id] = None
        document = self._documents[doc_id]
        if document is None or not 0 <= start < end <= len(document.text):
            return None
        return document.title or doc_id, document.text[start:end]
