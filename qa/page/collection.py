"""The collection's routes: its table, what is added and removed, and how far that has come."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from qa.errors import InputError
from qa.files import resolve_root
from qa.indexing import ProgressCallback
from qa.page import collection_html, removing, routing
from qa.page.guard import UPLOAD
from qa.page.holdings import Holdings
from qa.page.jobs import ACTIVE, Jobs, Work
from qa.page.jobs_html import jobs_html, jobs_key, pace_in_words
from qa.page.removing import Removal
from qa.page.texts import say
from qa.page.uploads import Uploads, checked_name
from qa.types import Report, Skipped
from qa.wording import printable

if TYPE_CHECKING:
    from qa.corpus import Corpus


def routes(corpus: "Corpus", jobs: Jobs) -> list[Route]:
    """Return the routes that the view of the collection is made of.

    Args:
        corpus: What is shown and changed.
        jobs: Where changes are made.
    """
    view = _Collection(corpus, jobs)
    given = {"table": view.table, "folders": view.folders, "job": view.job, "room": view.room}
    taken = {
        "add": view.add,
        "sent": view.sent,
        "again": view.again,
        "removal": view.removal,
        "remove": view.remove,
        "delete": view.delete,
        "cancel": view.cancel,
        "resume": view.resume,
        "dismiss": view.dismiss,
    }
    return [
        Route(UPLOAD, view.uploads.receive, methods=["PUT"]),
        *(routing.get(f"collection/{name}", handler) for name, handler in given.items()),
        *(routing.post(f"collection/{name}", handler) for name, handler in taken.items()),
    ]


class _Collection:
    def __init__(self, corpus: "Corpus", jobs: Jobs) -> None:
        self.corpus, self.jobs = corpus, jobs
        self.uploads = Uploads(corpus.path)
        self.uploads.sweep()
        self.holdings = Holdings(corpus)

    # What is there

    def room(self, query: routing.Query) -> Response:  # noqa: ARG002
        return routing.html(collection_html.room())

    def table(self, query: routing.Query) -> Response:
        words, number = query.get("words", ""), _number(query.get("page", "0"))
        counts = len(self.holdings.all()), self.holdings.unread("", 0).total
        if query.get("show") == "unread":
            unread = self.holdings.unread(words, number)
            copies = self._copies(row.path for row in unread.items)
            return routing.html(collection_html.unread_table(unread, words, counts, copies))
        order = query.get("order", "title")
        page = self.holdings.page(words, order, number)
        running = next((job for job in self.jobs.all() if job.state == "running"), None)
        at_work = running.progress.doc_id if running and running.progress else ""
        extents = self.holdings.extents(page.items)
        return routing.html(collection_html.table(page, order, words, counts, extents, at_work))

    def folders(self, query: routing.Query) -> Response:  # noqa: ARG002
        return routing.html(collection_html.folders(self.corpus.roots, self.uploads.folder))

    def job(self, query: routing.Query) -> Response:
        """Tell how far the work has come; its markup only where the asker has another."""
        all_jobs = self.jobs.all()
        key = jobs_key(all_jobs)
        running = next((job for job in all_jobs if job.state in ("running", "stopping")), None)
        progress = running.progress if running else None
        return routing.values(
            {
                "key": key,
                "html": jobs_html(all_jobs) if query.get("key") != key else None,
                "busy": any(job.state in ACTIVE for job in all_jobs),
                "done": progress.done if progress else None,
                "total": progress.total if progress else None,
                "name": progress.doc_id if progress else "",
                "pace": pace_in_words(running) if running else "",
                "change": self.corpus.change,
            }
        )

    # What is done

    def add(self, body: routing.Body) -> Response:
        """Read a file or folder of this machine, from now on."""
        given = routing.text(body, "path").strip()
        if not given:
            raise InputError(say("collection.no_path"))
        root = resolve_root(given)
        if root.is_relative_to(self.corpus.path) and not self.uploads.holds(root):
            raise InputError(say("collection.own_folder"))
        name = say("job.add", name=printable(root.name or str(root)))
        return self._start(name, self._adding([root]))

    def sent(self, body: routing.Body) -> Response:  # noqa: ARG002
        """Read what was sent."""
        return self._start(say("job.sent"), self._adding([self.uploads.folder]), "sent")

    def again(self, body: routing.Body) -> Response:
        """Read folders again: all; or one, or those of some documents, whatever the times say."""
        roots = self.corpus.roots
        if "root" in body:
            chosen = [self._root(body)]
        elif "docs" in body:
            chosen = self._roots_of(_names(body, "docs"))
        else:
            return self._start(say("job.all"), self._adding(roots, whole=True), "all")
        name = ", ".join(printable(root.name) for root in chosen[:3])
        name = name if len(chosen) <= 3 else say("job.more", names=name, count=len(chosen) - 3)
        return self._start(say("job.again", name=name), self._adding(chosen, rehash=True))

    def removal(self, body: routing.Body) -> Response:
        """Say what removing would mean."""
        return routing.html(collection_html.removal(self._removal(body)))

    def remove(self, body: routing.Body) -> Response:
        self._removal(body)  # nothing that can't be done is begun

        def work(progress: ProgressCallback) -> Report:  # noqa: ARG001
            report = removing.remove(self.corpus, self._removal(body), self.uploads)
            self.holdings.note(report, whole=False)
            return report

        chosen = _names(body, "docs") if "docs" in body else [printable(self._root(body).name)]
        more = len(chosen) - 1
        name = say("job.more", names=chosen[0], count=more) if more else chosen[0]
        return self._start(say("job.remove", name=name), work)

    def delete(self, body: routing.Body) -> Response:
        """Delete the copy of a file that was sent and couldn't be read."""
        path = routing.text(body, "path")
        copies = self._copies([path])
        if not copies:
            raise InputError(say("removal.none"))
        self.uploads.delete([*copies.values()])
        self.holdings.forget(path)
        return routing.values({})

    def cancel(self, body: routing.Body) -> Response:
        self.jobs.cancel(routing.number(body, "job"))
        return routing.values({})

    def resume(self, body: routing.Body) -> Response:
        return routing.values({"job": self.jobs.resume(routing.number(body, "job"))})

    def dismiss(self, body: routing.Body) -> Response:
        self.jobs.dismiss(routing.number(body, "job"))
        return routing.values({})

    # Parts of these

    def _start(self, name: str, work: Work, key: str = "") -> Response:
        return routing.values({"job": self.jobs.start(name, work, key)})

    def _adding(self, roots: Sequence[Path], *, rehash: bool = False, whole: bool = False) -> Work:
        def work(progress: ProgressCallback) -> Report:
            if self.uploads.folder in roots:
                self.uploads.make()
                self.uploads.sweep()
            there = [root for root in roots if root.exists()]
            report = Report()
            if there:
                report = self.corpus.add(*there, progress=progress, rehash=rehash)
            # A disk that isn't plugged in must not cost its documents.
            absent = [
                Skipped(printable(str(root)), say("collection.absent"))
                for root in roots
                if root not in there
            ]
            report = replace(report, skipped=(*report.skipped, *absent))
            self.holdings.note(report, whole=whole)
            return report

        return work

    def _removal(self, body: routing.Body) -> Removal:
        holdings, roots = self.holdings.all(), self.corpus.roots
        if "root" in body:
            return removing.of_root(self._root(body), holdings, roots, self.uploads)
        return removing.of_documents(set(_names(body, "docs")), holdings, roots, self.uploads)

    def _copies(self, names: Iterable[str]) -> Mapping[str, Path]:
        """Return the files that were sent under these names, as far as there are any, unread."""
        read = {holding.path for holding in self.holdings.all()}
        copies = {}
        for name in names:
            with suppress(InputError):
                file = self.uploads.folder / checked_name(name)
                if file not in read and file.is_file():
                    copies[name] = file
        return copies

    def _root(self, body: routing.Body) -> Path:
        given = routing.text(body, "root")
        for root in self.corpus.roots:
            if printable(str(root)) == given:
                return root
        raise InputError(say("removal.none"))

    def _roots_of(self, doc_ids: Sequence[str]) -> list[Path]:
        wanted = set(doc_ids)
        paths = [h.path for h in self.holdings.all() if h.listing.doc_id in wanted and h.path]
        roots = self.corpus.roots
        chosen = [root for root in roots if any(path.is_relative_to(root) for path in paths)]
        if not chosen:
            raise InputError(say("collection.no_file"))
        return chosen


def _names(body: routing.Body, name: str) -> list[str]:
    value = body.get(name)
    if not isinstance(value, list) or not value or not all(isinstance(n, str) for n in value):
        raise InputError(f"{name} is {value!r}; it must be a list of names.")
    return value


def _number(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 10 else 0
