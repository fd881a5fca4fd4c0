"""The collection: names and limits by raw requests, work in plain Python, the view in a browser."""

import contextlib
import os
import socket
import threading
import time
from dataclasses import replace
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

from qa import Cancelled, Corpus, Document, InputError
from qa.errors import StorageError
from qa.locking import writer_lock
from qa.page import collection_html, removing, uploads
from qa.page.holdings import SIZE, Holdings, file_state
from qa.page.jobs import Jobs
from qa.page.jobs_html import jobs_html, pace_in_words, size
from qa.page.uploads import Uploads, checked_name
from qa.types import Progress, Read, Report, Skipped
from tests.page import GRADIO, browser, http, served, serving, visit  # noqa: F401
from tests.stub import BagOfWords

pytestmark = GRADIO
expect.set_options(
    timeout=20_000
)  # milliseconds: files are read by processes that must start first

QUINCE = "Quince harvest\n\nThe quince harvest was 42 tonnes."


class Gated(BagOfWords):
    """Encodes passages only when it is let."""

    def __init__(self):
        super().__init__()
        self.reached, self.gate = threading.Event(), threading.Event()

    def encode_passages(self, texts, progress=None):
        self.reached.set()
        assert self.gate.wait(120)
        return super().encode_passages(texts, progress)


@pytest.fixture
def gated(tmp_path):
    """A corpus with a document, whose next encoding waits for its gate."""
    encoder = Gated()
    with Corpus.create(tmp_path / "corpus", model=encoder) as corpus:
        encoder.gate.set()
        corpus.add_documents([Document("medlar", "The medlar harvest was 7 tonnes.")])
        encoder.gate.clear()
        encoder.reached.clear()
        yield corpus, encoder


def send(address, name, content=QUINCE):
    return http.put(f"{address}/page/upload", params={"name": name}, content=content.encode())


def tell(address, what, **body):
    return http.post(f"{address}/page/collection/{what}", json=body)


def job(address, known="-"):
    return http.get(f"{address}/page/collection/job", params={"key": known}).json()


def until_done(address):
    """Poll, as the page does, until nothing goes on; return what the page is told then."""
    while (now := job(address))["busy"]:
        pass
    return now


def table(address, **query):
    return http.get(f"{address}/page/collection/table", params=query).text


# Names

BAD = [
    *(
        "",
        ".",
        "..",
        "/",
        "//",
        "a//b",
        "a/",
        "/a",
        "./a",
        "a/./b",
        "../a",
        "a/../b",
        "a/..",
        "..a",
    ),
    *("/etc/passwd", "\\a", "a\\b", "..\\a", "\\\\host\\share", "C:a", "C:/a", "c:\\a", "a:b"),
    *("a\0b", "\0", "a\nb", "a\x1b[2J", "a\x7f", "a\x85b", ".hidden", "a/.b", ".upload-x"),
    *("a.", "a ", "a./b", "a /b", "...", "CON", "con.txt", "a/NUL", "nul.tar.gz", "COM1", "lpt9.x"),
    *("aux", "PRN.md", "com¹", "conin$", "NUL .txt", "x" * 201, "ü" * 101, "a/" * 32 + "b"),
    *("/".join(["x" * 100] * 11), "file:///etc/passwd", "\\\\?\\C:\\a"),
]


@pytest.mark.parametrize("name", BAD, ids=ascii)
def test_a_name_that_leads_elsewhere_is_refused(name):
    with pytest.raises(InputError, match="cannot be kept under the name"):
        checked_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("a.txt", "a/b/c.pdf", "Über uns.txt", "what?.txt", "100 %.csv", "a..b", "~$x.docx"),
        *("console.txt", "com10", "<script>.txt", "文書.md", "a&b=c.txt", "x" * 200, "%2e%2e"),
    ],
)
def test_other_names_are_kept_as_they_are(name):
    assert str(checked_name(name)) == name


def test_bad_names_leave_nothing(corpus, serving, tmp_path):
    address = serving()
    before = sorted(tmp_path.rglob("*"))
    for name in BAD:
        response = send(address, name)
        assert response.status_code == 400, name
        assert "cannot be kept" in response.text
    assert http.put(f"{address}/page/upload", content=b"x").status_code == 400
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_does_not_lead_out(corpus, serving, tmp_path):
    address = serving()
    outside = tmp_path / "outside"
    outside.mkdir()
    (corpus.path / "documents").mkdir()
    (corpus.path / "documents" / "link").symlink_to(outside)
    assert send(address, "link/a.txt").status_code == 400
    assert send(address, "link/deep/a.txt").status_code == 400
    assert list(outside.iterdir()) == []


# Limits


def raw(address, head, body=b""):
    """Send bytes as they are; return the status, "" where the server said nothing."""
    with socket.create_connection((urlsplit(address).hostname, urlsplit(address).port)) as sender:
        sender.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        if body:
            sender.shutdown(socket.SHUT_WR)
        return sender.recv(64)[9:12].decode()


def test_what_is_too_large_or_a_strangers_is_refused(corpus, serving):
    address = serving()
    put = "PUT /page/upload?name=a.txt HTTP/1.1\nHost: localhost\nConnection: close"
    assert raw(address, f"{put}\nContent-Length: {(1 << 30) + 1}") == "413"
    assert raw(address, f"{put}\nTransfer-Encoding: chunked") == "413"
    assert raw(address, f"{put}\nOrigin: http://evil.example\nContent-Length: 1") == "403"
    assert raw(address, f"{put}\nSec-Fetch-Site: cross-site\nContent-Length: 1") == "403"
    assert raw(address, f"{put.replace('localhost', 'evil.example')}\nContent-Length: 1") == "403"
    huge = "POST /page/collection/add HTTP/1.1\nHost: localhost\nContent-Length: 1048577"
    assert raw(address, huge) == "413"
    assert raw(address, huge.replace("POST", "PUT")) == "413"
    assert not (corpus.path / "documents").exists()


def test_a_file_larger_than_other_requests_may_be_is_taken(corpus, serving):
    address = serving()
    assert send(address, "long.txt", "quince\n" * 300_000).status_code == 204
    assert (corpus.path / "documents" / "long.txt").stat().st_size == 2_100_000


def test_a_broken_transfer_leaves_nothing(corpus, tmp_path):
    put = "PUT /page/upload?name=a/b.txt HTTP/1.1\nHost: localhost\nContent-Length: 100"
    with served(corpus) as address:
        raw(address, put, b"half of it")
        assert send(address, "c.txt").status_code == 204
    names = {path.name for path in (corpus.path / "documents").rglob("*")}
    assert names == {"c.txt"}


def test_what_a_broken_transfer_left_is_swept_away(corpus):
    sent = Uploads(corpus.path)
    sent.sweep()  # no folder yet
    sent.make()
    for name, age in (("old", 7200), ("new", 60)):
        (sent.folder / f".upload-{name}").write_bytes(b"x")
        then = time.time() - age
        os.utime(sent.folder / f".upload-{name}", (then, then))
    sent.make()
    assert len(list(sent.folder.iterdir())) == 2
    with served(corpus) as address:
        http.get(address)  # it is there when it answers
        assert [path.name for path in sent.folder.iterdir()] == [".upload-new"]


def test_a_full_disk_is_said(corpus, serving, monkeypatch):
    address = serving()
    usage = uploads.shutil.disk_usage
    monkeypatch.setattr(
        uploads.shutil, "disk_usage", lambda path: usage(path)._replace(free=uploads._SPARE)
    )
    response = send(address, "a.txt")
    assert (response.status_code, response.text) == (
        507,
        "There is not enough room on the disk for this file. Free some and add it again.",
    )
    assert list((corpus.path / "documents").iterdir()) == []


def test_a_folder_and_a_file_of_one_name_are_told_apart(corpus, serving):
    address = serving()
    assert send(address, "a/b.txt").status_code == 204
    response = send(address, "a")
    assert response.status_code == 409
    assert "cannot be written" in response.text
    assert (corpus.path / "documents" / "a" / "b.txt").read_text("utf-8") == QUINCE


# Adding, reading again, removing


def test_what_was_sent_is_read_replaced_and_removed_with_its_file(corpus, serving):
    address = serving()
    send(address, "notes/quince.txt")
    send(address, "x.exe", "MZ\x90\x00" + "\x00" * 300)
    tell(address, "sent")
    now = until_done(address)
    assert "1 added, 1 not read." in now["html"]
    assert '<bdi class="name">x.exe</bdi>: it is a program' in now["html"]
    assert "All of what was read can be found" in now["html"]
    assert corpus.document("notes/quince.txt").text == QUINCE
    assert corpus.roots == (corpus.path / "documents",)
    assert "it is a program" in table(address, show="unread")
    send(address, "notes/quince.txt", QUINCE.replace("42", "57"))
    tell(address, "sent")
    assert "1 updated" in until_done(address)["html"]
    assert "57 tonnes" in corpus.document("notes/quince.txt").text
    said = tell(address, "removal", docs=["notes/quince.txt"]).text
    assert "Remove 1 document?" in said
    assert "1 file was copied here: this copy is deleted." in said
    tell(address, "remove", docs=["notes/quince.txt"])
    assert "1 removed" in until_done(address)["html"]
    assert corpus.documents() == ()
    assert [path.name for path in (corpus.path / "documents").rglob("*")] == ["x.exe"]
    assert tell(address, "remove", docs=["notes/quince.txt"]).status_code == 400
    assert 'data-path="x.exe"' in table(address, show="unread")
    assert tell(address, "delete", path="../catalog.sqlite").status_code == 400
    assert tell(address, "delete", path="x.exe").status_code == 200
    assert tell(address, "delete", path="x.exe").status_code == 400
    assert list((corpus.path / "documents").iterdir()) == []
    assert "Every file that was looked at has been read." in table(address, show="unread")


def test_a_folder_by_its_path_is_read_where_it_is(corpus, serving, folder):
    address = serving()
    notes = folder("notes", {"a.txt": "The medlar is ripe.", "b/c.txt": QUINCE})
    assert tell(address, "add", path=f" {notes} ").status_code == 200
    assert "2 added." in until_done(address)["html"]
    for wrong, message in (
        (str(notes / "none"), "no such file or folder"),
        ("", "Name a file or folder first."),
        (str(corpus.path), "own folder"),
        (str(corpus.path / "catalog.sqlite"), "own folder"),
        ("a\0b", "null byte"),
    ):
        response = tell(address, "add", path=wrong)
        assert response.status_code == 400
        assert message in response.text
    (notes / "a.txt").unlink()
    (notes / "b/c.txt").write_text("The quince harvest was 57 tonnes, they say.", "utf-8")
    shown = table(address)
    assert "File is gone" in shown
    assert "File changed since" in shown
    tell(address, "again")
    assert "1 updated, 1 removed." in until_done(address)["html"]
    said = tell(address, "removal", root=str(notes)).text
    assert "1 was read from your own folder: that file stays where it is." in said
    tell(address, "remove", root=str(notes))
    until_done(address)
    assert corpus.documents() == corpus.roots == ()
    assert (notes / "b/c.txt").exists()


def test_an_unplugged_disk_does_not_cost_its_documents(corpus, serving, folder):
    address = serving()
    notes = folder("notes", {"a.txt": QUINCE})
    corpus.add(notes)
    notes.rename(notes.with_name("elsewhere"))
    tell(address, "again")
    assert "it is not there now; its documents are kept" in until_done(address)["html"]
    assert [listing.doc_id for listing in corpus.documents()] == ["a.txt"]


def test_the_corpus_in_a_folder_that_is_read_keeps_what_was_sent(corpus, serving, folder):
    address = serving()
    (corpus.path.parent / "a.txt").write_text("The medlar is ripe.", "utf-8")
    send(address, "quince.txt")
    tell(address, "sent")
    tell(address, "add", path=str(corpus.path.parent))
    until_done(address)
    ids = ["a.txt", "quince.txt"]
    assert [listing.doc_id for listing in corpus.documents()] == ids
    tell(address, "again")
    until_done(address)
    assert [listing.doc_id for listing in corpus.documents()] == ids
    tell(address, "remove", root=str(corpus.path.parent))
    until_done(address)
    assert [listing.doc_id for listing in corpus.documents()] == ["quince.txt"]
    assert corpus.roots == (corpus.path / "documents",)


def test_another_writer_is_named_and_the_work_can_be_tried_again(corpus, serving, folder):
    address = serving()
    notes = folder("notes", {"a.txt": QUINCE})
    with writer_lock(corpus.path):
        tell(address, "add", path=str(notes))
        said = until_done(address)["html"]
    assert "is being written by process" in said
    assert "Try again" in said
    assert tell(address, "resume", job=1).status_code == 200
    assert "1 added." in until_done(address)["html"]
    assert tell(address, "dismiss", job=2).status_code == 200
    assert job(address)["html"] == ""
    assert tell(address, "dismiss", job=2).status_code == 400


def test_removing_one_of_a_file_that_was_sent_takes_the_others(corpus, folder):
    own, sent = folder("own", {"a.txt": "Pears."}), Uploads(corpus.path)
    sent.make()
    mail = "From: a@b.c\nTo: d@e.f\nSubject: Quinces\nMIME-Version: 1.0\n{}\n\n--x\n\nSee this.\n--x\n{}\n\nAll quinces are ripe.\n--x--\n"
    parts = (
        'Content-Type: multipart/mixed; boundary="x"',
        ('Content-Type: text/plain\nContent-Disposition: attachment; filename="list.txt"'),
    )
    (sent.folder / "m.eml").write_text(mail.format(*parts), "utf-8")
    corpus.add(own / "a.txt", sent.folder)
    corpus.add_documents([Document("memory", "Apples.")])
    holdings = corpus.holdings()
    removal = removing.of_documents({"m.eml", "a.txt", "memory"}, holdings, corpus.roots, sent)
    assert removal == removing.Removal(
        ("a.txt", "m.eml", "m.eml/list.txt", "memory"),
        own=1,
        sent=(sent.folder / "m.eml",),
        memory=1,
        beside=1,
        roots=(own / "a.txt",),
    )
    said = collection_html.removal(removal)
    assert "1 of them goes because it is in the same file as another." in said
    removing.remove(corpus, removal, sent)
    assert corpus.documents() == ()
    assert corpus.roots == (sent.folder,)
    assert list(sent.folder.iterdir()) == []
    assert (own / "a.txt").exists()


def test_a_name_like_somebodys_home_can_be_removed(corpus):
    corpus.add_documents([Document("~$minutes.docx", "Pears.")])
    assert corpus.remove("~$minutes.docx") == ("~$minutes.docx",)


# Work


def test_questions_are_answered_while_documents_are_read(gated, folder):
    corpus, encoder = gated
    notes = folder("notes", {"quince.txt": QUINCE})
    with served(corpus) as address:
        tell(address, "add", path=str(notes))
        assert encoder.reached.wait(30)
        now = job(address)
        assert now["busy"]
        assert "Reading notes" in now["html"]
        assert job(address, now["key"])["html"] is None
        assert corpus.ask("How large was the medlar harvest?").text
        assert "medlar" in table(address)
        tell(address, "again")  # waits
        assert tell(address, "again").json() == {"job": 2}
        assert "Then: Reading all folders again" in job(address)["html"]
        tell(address, "cancel", job=2)
        tell(address, "cancel", job=1)
        assert "Stopping…" in job(address)["html"]
        encoder.gate.set()
        assert "Reading notes: stopped" in until_done(address)["html"]
        tell(address, "resume", job=1)
        assert "1 added." in until_done(address)["html"]
    assert corpus.document("quince.txt").text == QUINCE


def test_the_server_ends_its_work_with_itself(gated, folder, monkeypatch):
    corpus, encoder = gated
    close = Jobs.close
    ended = []

    def closing(jobs):
        for work in jobs.all():
            jobs.cancel(work.number)
        encoder.gate.set()
        close(jobs)
        ended.append([work.state for work in jobs.all()])

    monkeypatch.setattr(Jobs, "close", closing)
    with served(corpus) as address:
        tell(address, "add", path=str(folder("notes", {"quince.txt": QUINCE})))
        assert encoder.reached.wait(30)
    assert ended == [[], ["stopped"]]  # the evaluation's first
    assert [listing.doc_id for listing in corpus.documents()] == ["medlar"]
    assert corpus.add(folder("notes", {})).added == ("quince.txt",)


def test_one_piece_of_work_at_a_time():
    begun, go = threading.Semaphore(0), threading.Semaphore(0)
    order = []

    def work(name):
        def do(progress):
            begun.release()
            assert go.acquire(timeout=30)
            order.append(name)
            progress(Progress(1, 2, name))
            return Report()

        return do

    with contextlib.closing(Jobs()) as jobs:
        first, second, third = (jobs.start(name, work(name)) for name in "abc")
        assert begun.acquire(timeout=30)
        assert [j.state for j in jobs.all()] == ["running", "waiting", "waiting"]
        jobs.cancel(second)
        go.release()
        assert begun.acquire(timeout=30)  # the third, now that the first is over
        assert [j.state for j in jobs.all()] == ["done", "running"]
        jobs.cancel(third)
        with pytest.raises(InputError, match="Only what was stopped"):
            jobs.resume(third)
        go.release()
    assert order == ["a", "c"]
    assert [(j.number, j.state) for j in jobs.all()] == [(first, "done"), (third, "stopped")]


@pytest.mark.parametrize(
    ("problem", "state", "said"),
    [
        (Cancelled("x"), "stopped", ""),
        (StorageError("The disk is full."), "failed", "The disk is full."),
        (PermissionError(13, "Permission denied"), "failed", "Permission denied"),
        (ZeroDivisionError(), "failed", "Something went wrong in the program itself"),
    ],
)
def test_how_work_ends(problem, state, said):
    def work(progress):
        raise problem

    with contextlib.closing(Jobs()) as jobs:
        jobs.start("a", work)
        jobs._thread.submit(int).result()
    assert jobs.all()[0].state == state
    assert said in jobs.all()[0].error
    assert bool(said) == bool(jobs.all()[0].error)


def test_work_that_gives_a_name():
    with contextlib.closing(Jobs()) as jobs:
        jobs.start("a", lambda progress: "made")
        jobs._thread.submit(int).result()
    done = jobs.all()[0]
    assert (done.state, done.result, done.seconds_left) == ("done", "made", None)
    assert "<h3>a: done</h3><p class=" in jobs_html([done])


def test_nothing_is_begun_after_the_end():
    jobs = Jobs()
    jobs.start("a", lambda progress: 1 / 0)
    jobs._thread.submit(int).result()
    jobs.close()
    with pytest.raises(InputError, match="begins nothing more"):
        jobs.start("b", lambda progress: Report())
    with pytest.raises(InputError, match="begins nothing more"):
        jobs.resume(1)
    assert [(j.name, j.state) for j in jobs.all()] == [("a", "failed")]


def test_what_failed_is_kept_and_so_much_may_wait():
    def stuck(progress):
        assert go.wait(30)
        return Report()

    go = threading.Event()
    with contextlib.closing(Jobs()) as jobs:
        jobs.start("bad", lambda progress: 1 / 0)
        for n in range(7):
            jobs.start(f"good {n}", lambda progress: Report())
        jobs._thread.submit(int).result()
        begun = jobs.start("stuck", stuck)
        assert [j.name for j in jobs.all()] == ["bad", *(f"good {n}" for n in range(2, 7)), "stuck"]
        while jobs.all()[-1].number == begun and jobs.all()[-1].state == "waiting":
            pass
        for _ in range(100):
            jobs.start("waits", stuck, "")
        with pytest.raises(InputError, match="100 pieces of work are waiting already"):
            jobs.start("too many", stuck)
        with pytest.raises(InputError, match="100 pieces"):
            jobs.resume(1)
        assert jobs.all()[0].name == "bad"
        for job in jobs.all():
            jobs.cancel(job.number)
        go.set()


def test_pace_and_what_is_left():
    times = iter([0.0, 1.0, 2.0])

    def work(progress):
        for done in (0, 1_000_000, 3_000_000):
            progress(Progress(done, 303_000_000, "a"))
        return Report()

    with contextlib.closing(Jobs(clock=lambda: next(times))) as jobs:
        jobs.start("a", work)
        jobs._thread.submit(int).result()
    done = jobs.all()[0]
    assert (done.rate, done.seconds_left) == (1_500_000, 200)
    assert pace_in_words(done) == "3.0 MB of 303 MB · 1.5 MB a second · about 3 minutes left"
    slow = replace(done, rate=10_000.0)
    assert pace_in_words(slow).endswith("about 8 hours left")
    assert [size(n) for n in (0, 999, 1000, 9_940, 9_960, 999_600, 2_500_000_000)] == (
        ["0 B", "999 B", "1.0 kB", "9.9 kB", "10 kB", "1.0 MB", "2.5 GB"]
    )


def test_a_report_in_words():
    read = Read("a.pdf", "pdf", 1000, 987, (3, 7, 8, 9), ("3 characters are damaged",))
    report = Report(
        ("a.pdf",), (), ("b",) * 1200, (), (Skipped("<b>", "it is & empty"),), (), (read,)
    )
    with contextlib.closing(Jobs()) as jobs:
        jobs.start("Reading <i>", lambda progress: report)
        jobs._thread.submit(int).result()
    said = jobs_html(jobs.all())
    assert "<h3>Reading &lt;i&gt;: done</h3>" in said
    assert "1 added, 1,200 unchanged, 1 not read." in said
    assert "98.7 % of what was read can be found and cited" in said
    assert '<bdi class="name">&lt;b&gt;</bdi>: it is &amp; empty' in said
    assert "pages 3, 7–9 without text" in said
    assert "3 characters are damaged" in said


# The table


def test_the_table_is_sorted_filtered_and_paged_on_the_server(corpus):
    documents = [
        Document(f"{n:03}.txt", f"Text {n} of it." * (1 + n % 7), f"Title {n % 10}", kind="note")
        for n in range(SIZE + 30)
    ]
    corpus.add_documents([*documents, Document("z", "Medlars.", "A", published="2019-05-24")])
    holdings = Holdings(corpus)
    first = holdings.page("", "title", 0)
    assert (len(first.items), first.first, first.total) == (SIZE, 0, SIZE + 31)
    assert first.items[0].listing.doc_id == "z"
    last = holdings.page("", "title", 99)
    assert (len(last.items), last.first) == (31, SIZE)
    longest = max(documents, key=lambda document: len(document.text))
    assert holdings.page("", "-length", 0).items[0].characters == len(longest.text)
    assert [h.listing.doc_id for h in holdings.page("may 24", "date", 0).items] == ["z"]
    assert holdings.page("title 3 NOTE", "", 0).total == 22  # 13 titles, 9 names
    assert holdings.page("no such", "", 0).total == 0
    shown = collection_html.table(first, "-title", "", (SIZE + 31, 0), {}, "z")
    assert shown.count("<tr data-doc") == SIZE
    assert 'aria-sort="descending"' in shown
    assert "1–100 of 131" in shown
    assert 'data-state="reading">Being read' in shown
    assert corpus.extents(["z", "none"])["z"].count == 1
    corpus.remove("z")
    assert holdings.page("", "title", 0).total == SIZE + 30


def test_what_became_of_a_file(corpus, folder):
    path = folder("notes", {"a.pdf.txt": QUINCE}) / "a.pdf.txt"
    corpus.add(path)
    held = corpus.holdings()[0]
    assert file_state(held) == "same"
    path.write_text(QUINCE + "!", "utf-8")
    assert file_state(held) == "changed"
    path.unlink()
    assert file_state(held) == "gone"


# In the browser


def open_collection(visit, address, **options):
    tab = visit(address, **options)
    tab.get_by_role("link", name="Collection").click()
    expect(tab.get_by_role("heading", name="Add documents")).to_be_visible()
    return tab


def test_files_are_chosen_read_found_and_removed(corpus, serving, visit, tmp_path):
    address = serving()
    tab = open_collection(visit, address)
    other = open_collection(visit, address)
    expect(tab.locator("#table .empty")).to_have_text(
        "There are no documents here yet. Add some above."
    )
    (tmp_path / "quince.txt").write_text(QUINCE, "utf-8")
    (tmp_path / "x.exe").write_bytes(b"MZ\x90\0" + bytes(300))
    tab.locator("#files").set_input_files([tmp_path / "quince.txt", tmp_path / "x.exe"])
    for each in (tab, other):
        expect(each.locator("#jobs .counts")).to_have_text("1 added, 1 not read.")
        expect(each.locator("#jobs")).to_contain_text("x.exe: it is a program")
        row = each.locator('#table tr[data-doc="quince.txt"]')
        expect(row.locator(".state")).to_have_text("Indexed")
        expect(row.locator(".length")).to_have_text("3 lines")
        expect(row.locator("a")).to_have_attribute("href", "#/at/quince.txt")
    other.get_by_role("link", name="Quince harvest").click()
    expect(other.locator("#leaf .text")).to_have_text(QUINCE)
    other.go_back()
    tab.get_by_role("button", name="1 file not read").click()
    expect(tab.locator("#table .why")).to_contain_text("it is a program")
    tab.get_by_role("button", name="1 document").click()
    tab.locator("#filter").fill("medlar")
    expect(tab.locator("#table .empty")).to_have_text("Nothing here matches “medlar”.")
    tab.locator("#filter").fill("quin")
    tab.get_by_label("Choose Quince harvest").check()
    tab.get_by_role("button", name="Remove…").click()
    dialog = tab.get_by_role("dialog", name="Remove 1 document?")
    expect(dialog).to_contain_text("1 file was copied here: this copy is deleted.")
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_be_hidden()
    tab.keyboard.press("Enter")
    tab.get_by_role("button", name="Remove", exact=True).press("Enter")
    expect(tab.locator("#jobs .counts").first).to_have_text("1 removed.")
    expect(other.locator("#table .empty")).to_be_visible()
    assert not (corpus.path / "documents" / "quince.txt").exists()
    tab.get_by_role("button", name="Dismiss: Removing quince.txt").click()
    tab.get_by_role("button", name="Dismiss: Reading the files").click()
    expect(other.locator("#jobs .job")).to_have_count(0)


def test_a_folder_is_dropped(corpus, serving, visit, folder):
    tab = open_collection(visit, serving())
    notes = folder("notes", {"a.txt": QUINCE, "deep/b.txt": "Medlars.", ".hidden/c.txt": "No."})
    box = tab.locator("#drop").bounding_box()
    at = {"x": box["x"] + 9, "y": box["y"] + 9}
    data = {"items": [], "files": [str(notes)], "dragOperationsMask": 1}
    session = tab.context.new_cdp_session(tab)
    for kind in ("dragEnter", "dragOver"):
        session.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})
    expect(tab.locator("#drop")).to_have_class("over")
    session.send("Input.dispatchDragEvent", {"type": "drop", **at, "data": data})
    expect(tab.locator("#jobs .counts")).to_have_text("2 added.")
    expect(tab.locator("#drop")).to_have_class("")
    assert [d.doc_id for d in corpus.documents()] == ["notes/a.txt", "notes/deep/b.txt"]


def test_a_view_and_a_table_that_could_not_be_had_are_asked_for_again(corpus, serving, visit):
    tab = visit(serving(Document("medlar", "Medlars.")))
    tab.route("**/page/collection/room", lambda route: route.abort())
    tab.get_by_role("link", name="Collection").click()
    silent = "The program does not answer. Is it still running?"
    expect(tab.locator("#collection .view")).to_have_text(silent)
    tab.unroute("**/page/collection/room")
    tab.get_by_role("link", name="Help").click()
    tab.route("**/page/collection/folders", lambda route: route.abort(), times=1)
    tab.get_by_role("link", name="Collection").click()
    expect(tab.locator("#trouble")).to_have_text(silent)
    expect(tab.locator("#roots")).to_contain_text("No file or folder has been added yet.")
    expect(tab.locator("#trouble")).to_have_text("")
    tab.get_by_label("Choose medlar").check()
    expect(tab.locator("#status")).to_have_text("1 chosen")


def test_what_comes_while_files_are_sent_follows_them(corpus, serving, visit, folder):
    tab = open_collection(visit, serving())
    names = "abc"
    notes = folder("notes", {f"{name}.txt": f"{QUINCE} {name}" for name in names})
    held = []
    tab.route("**/page/upload?*", lambda route: held.append(route), times=1)
    for name in names:
        tab.locator("#files").set_input_files(notes / f"{name}.txt")
    expect(tab.locator("#status")).to_have_text(
        "These files follow the ones that are being copied now."
    )
    assert tab.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    held[0].continue_()
    expect(tab.locator("#table tbody tr")).to_have_count(3)
    assert tab.evaluate("dispatchEvent(new Event('beforeunload', { cancelable: true }))")


def test_what_was_sent_before_the_page_was_left_is_read(corpus, visit, folder):
    notes = folder("notes", {"a.txt": QUINCE, "b.txt": "Medlars."})
    with served(corpus) as address:
        tab = open_collection(visit, address)
        tab.route("**/page/upload?name=b.txt", lambda route: None)
        with tab.expect_request("**/page/upload?name=b.txt"):
            tab.locator("#files").set_input_files([notes / "a.txt", notes / "b.txt"])
        tab.close(run_before_unload=False)
        while not corpus.documents():
            pass
        until_done(address)
    # What was held back may still get through when the browser lets go of it.
    assert "a.txt" in [d.doc_id for d in corpus.documents()]


def test_a_folder_that_cannot_be_read_is_named(serving, visit):
    tab = open_collection(visit, serving())
    found = tab.evaluate(
        """async () => {
            const { entries } = await import("./page/sending.js");
            const fails = { readEntries: (done, failed) => failed(new Error()) };
            const entry = { name: "notes", createReader: () => fails };
            const item = { kind: "file", webkitGetAsEntry: () => entry, getAsFile: () => null };
            return await entries({ items: [item] });
        }"""
    )
    assert found == [{"name": "notes", "file": None}]


def test_work_is_watched_and_stopped_in_the_browser(gated, visit, folder):
    corpus, encoder = gated
    with served(corpus) as address:
        tab = open_collection(visit, address)
        tab.get_by_label("Or name a file or folder").fill(str(folder("notes", {"q.txt": QUINCE})))
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("progressbar", name="Reading notes")).to_be_visible()
        expect(tab.locator("#jobs .at")).to_have_text("q.txt")
        tab.get_by_role("button", name="Cancel: Reading notes").press("Enter")
        expect(tab.locator("#jobs .pace")).to_have_text("Stopping…")
        encoder.gate.set()
        tab.get_by_role("button", name="Go on: Reading notes").press("Enter")
        expect(tab.locator("#jobs .counts")).to_have_text("1 added.")
        expect(tab.locator("#status")).to_have_text("Reading notes: done. 1 added.")


def test_hostile_names_are_shown_and_do_nothing(corpus, serving, visit, folder):
    attack = '"><img src=x onerror="window.struck = 1">'
    hostile = {
        f"{attack}.txt": QUINCE,
        "\u202egnp.txt": "Medlars.",
        "${window.struck=1}.exe": "MZ\x90\0",
    }
    corpus.add(folder(f"<script>window.struck = 1<{chr(0x2215)}script>", hostile))
    tab = open_collection(visit, serving(Document("{{value}}", "Pears.", f"Title {attack}")))
    expect(tab.locator("#table tbody tr")).to_have_count(3)
    expect(tab.locator("#table .title .name", has_text=f"{attack}.txt")).to_be_visible()
    tab.get_by_role("button", name="Read folders again").click()
    expect(tab.locator("#jobs .name")).to_have_text("${window.struck=1}.exe")
    tab.get_by_label("Choose all on this page").check()
    tab.get_by_role("button", name="Remove…").click()
    expect(tab.locator("#removal .name")).to_have_count(3)
    link = tab.locator("#table a", has_text="Quince").get_attribute("href")
    assert link == f"#/at/{quote(attack, safe='')}.txt"
    assert tab.locator("#collection img, #collection script").count() == 0
    assert tab.evaluate("window.struck") is None


@pytest.mark.parametrize("width", [390, 1280, 2560])
def test_nothing_is_wider_than_the_window(corpus, serving, visit, width):
    corpus.add_documents([Document(f"{'x' * 90}/{n}.txt", QUINCE, "Long " * 40) for n in range(5)])
    tab = open_collection(visit, serving(), viewport={"width": width, "height": 844})
    expect(tab.locator("#table tbody tr")).to_have_count(5)
    assert tab.evaluate("document.documentElement.scrollWidth") == width
