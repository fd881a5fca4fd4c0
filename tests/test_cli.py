"""The command line as a person or a script uses it, with the real model loaded once."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa import Corpus, Where, cli, corpus
from qa.jsonable import answer_json, hits_json
from tests.conftest import SEEDS

Run = Callable[..., tuple[int, str, str]]
QUESTION = "How many probation officer vacancies were there across the NPS?"


@pytest.fixture
def run(seeds_corpus: Corpus, monkeypatch: pytest.MonkeyPatch, capsys, tmp_path: Path) -> Run:
    """Run `qa` with these arguments; return exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(corpus, "TransformerEncoder", lambda *name: seeds_corpus._model._encoder)

    def call(*arguments: str) -> tuple[int, str, str]:
        try:
            code = cli.main(arguments)
        except SystemExit as stop:  # argparse
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


@pytest.fixture
def indexed(run: Run, seeds_corpus: Corpus, tmp_path: Path) -> Run:
    """Run them where the seeds are indexed."""
    shutil.copytree(seeds_corpus.path, tmp_path / ".qa")
    return run


def test_index_ask_search_remove(run: Run, seeds_corpus: Corpus) -> None:
    code, out, err = run("index", str(SEEDS), "--json")
    report = json.loads(out)
    assert (code, err, report["schema"]) == (0, "", 1)
    assert len(report["added"]) == 5
    assert report["skipped"] == []
    assert run("index", str(SEEDS))[1] == "Documents: 5 unchanged.\n"

    code, out, _ = run("ask", QUESTION, "--json")
    expected = json.loads(json.dumps(answer_json(seeds_corpus.ask(QUESTION))))
    found = json.loads(out)
    assert code == 0
    assert (found["text"], found["status"]) == (expected["text"], "answered")
    assert [c["id"] for c in found["citations"]] == [c["id"] for c in expected["citations"]]

    code, out, _ = run("search", "vacancies", "--top-k", "3", "--json")
    expected = hits_json("vacancies", seeds_corpus.search("vacancies", 3))
    assert [h["passage"]["id"] for h in json.loads(out)["hits"]] == [
        h["passage"]["id"] for h in expected["hits"]
    ]

    code, out, _ = run("remove", "000_7410150016598652.txt", "--json")
    assert (code, json.loads(out)["removed"]) == (0, ["000_7410150016598652.txt"])
    assert len(json.loads(run("stats", "--json")[1])["documents"]) == 4


def test_a_part_of_the_corpus_is_asked(indexed: Run, seeds_corpus: Corpus) -> None:
    run = indexed
    part = ["--document", "000*", "--document", "002*", "--after", "2019-05-23", "--before", "2019"]
    code, out, _ = run("ask", QUESTION, *part, "--kind", "article", "--json")
    where = Where(documents=("000*", "002*"), after="2019-05-23", before="2019", kinds=("article",))
    expected = seeds_corpus.ask(QUESTION, where=where)
    assert expected.citations
    assert {c.doc_id for c in expected.citations} == {"000_7410150016598652.txt"}
    found = json.loads(out)
    assert (code, found["text"]) == (0, expected.text)
    assert [c["id"] for c in found["citations"]] == [c.id for c in expected.citations]
    hits = json.loads(run("search", "vacancies", *part, "--kind", "article", "--json")[1])["hits"]
    assert [hit["passage"]["id"] for hit in hits] == [
        hit.passage.id for hit in seeds_corpus.search("vacancies", where=where)
    ]
    code, out, err = run("ask", QUESTION, "--before", "1999")
    assert (code, out) == (2, "")
    assert "dated from 2017-06-24 to 2019-05-24" in err


def test_what_a_person_reads(indexed: Run) -> None:
    run = indexed
    code, out, _ = run("ask", QUESTION)
    words = " ".join(out.split())
    assert code == 0
    assert "“At the time of this inspection, there were 615 probation officer vacancies" in words
    assert (
        "[1] National Probation Service faces workload crisis undated · quotation: Justin Russell"
        in words
    )
    assert "lines 15–17" in words
    code, out, _ = run("ask", "What is the capital of Mongolia?")
    assert code == 0  # an honest "not found" is no failure
    assert "These documents do not answer that." in out
    assert "Nowhere in them: “Mongolia”." in out
    assert "What came closest:" in out
    assert "→" not in out
    out = run("ask", QUESTION, "--why")[1]
    assert "vacancies → “vacancies”, the same word" in " ".join(out.split())
    assert "vacancies → “vacancies”" in " ".join(run("search", "vacancies", "--why")[1].split())
    assert "1. " in run("search", "vacancies")[1]
    assert "171 passages" in run("stats")[1]


def test_quotations_and_nothing_else(run: Run, tmp_path: Path) -> None:
    (tmp_path / "paper.txt").write_text("The hall has a red door. It was painted in May.\n")
    run("index", "paper.txt")
    question = "What colour is the door of the hall?"
    code, out, err = run("ask", question, "--quote", "plain", "--save", "a.json")
    assert (code, err) == (0, "")
    assert out == (
        "“The hall has a red door.” — ‘The hall has a red door. It was painted in May.’, undated, "
        "line 1, paper.txt\n"
    )
    assert (
        json.loads((tmp_path / "a.json").read_text("utf-8"))["answers"][0]["question"] == question
    )
    out = run("ask", question, "--quote", "markdown")[1]
    assert out.startswith("> The hall has a red door.\n>\n> — *The hall has a red door. It was")
    assert re.match(r"@misc\{hall-[0-9a-f]{6},\n", run("ask", question, "--quote", "bibtex")[1])
    code, out, err = run("ask", "What is the capital of Mongolia?", "--quote", "markdown")
    assert (code, out, err) == (0, "", "These documents do not answer that.\n")
    code, out, err = run("ask", question, "--quote", "plain", "--json")
    assert (code, out, "leave out --json" in err) == (2, "", True)


def test_documents_cannot_drive_the_terminal(run: Run, tmp_path: Path) -> None:
    hostile = "Red\x1b[31m alert\x07 [bold]not markup[/bold] \u202eright to left. " * 8
    (tmp_path / "a.txt").write_text("Some words about zebras. " * 20 + hostile)
    run("index", "a.txt")
    out = run("search", "red alert zebras")[1]
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)
    assert "[bold]not markup[/bold]" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "x"], "does not exist"),
        (["ask", "x", "--corpus", "photos"], "is not a corpus"),
        (["index", "missing"], "no such file or folder"),
        (["index", "empty"], "Nothing to index"),
        (["index", "binary"], "Nothing to index"),
        (["evaluate", "missing.jsonl", "--corpus", "photos"], "is not a corpus"),
        (["serve"], "does not exist"),
        (["search", "x", "--top-k", "many"], "invalid int"),
        (["frobnicate"], "invalid choice"),
        ([], "required"),
    ],
)
def test_wrong_use_exits_with_2_and_leaves_nothing(
    run: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "x.jpg").write_bytes(b"x")
    (tmp_path / "binary").mkdir()
    (tmp_path / "binary" / "b.txt").write_bytes(bytes(range(256)) * 30)
    code, _, err = run(*arguments)
    assert code == 2
    assert message in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["binary", "empty", "photos"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", ""], "empty"),
        (["ask", "x" * 10_000], "10,000 characters"),
        (["search", "x", "--top-k", "0"], "top_k is 0"),
        (["remove", "nothing.txt"], "nothing.txt"),
        (["evaluate", "missing.jsonl"], "cannot be read"),
        (["evaluate"], "Name a FILE"),
        (["evaluate", "missing.jsonl", "--sample", "0"], "at least 1"),
        (["evaluate", "--compare", "a.json", "b.json"], "cannot be read"),
        (["index", "a.txt", "--model", "another"], "another"),
        (["serve", "--port", "99999999"], "Port 99999999"),
    ],
)
def test_wrong_input_is_explained(
    run: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "a.txt").write_text("The only words here.")
    assert run("index", "a.txt")[0] == 0
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_a_damaged_catalog_is_a_failure(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The only words here. " * 2_000)
    run("index", "a.txt")
    catalog = tmp_path / ".qa" / "catalog.sqlite"
    content = bytearray(catalog.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    catalog.write_bytes(content)
    code, out, err = run("ask", "Which words?")
    assert (code, out) == (3, "")
    assert "damaged" in err


def test_bytes_that_are_no_utf8_are_asked_as_they_can_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The café has a red door.")
    run("index", "a.txt")
    assert run("ask", "Has the caf\udce9 a red door?")[0] == 0


def test_an_unknown_model_leaves_no_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("Words.")
    assert cli.main(["index", "a.txt", "--model", "no/such-model"]) == 2
    assert "no/such-model" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_an_emptied_folder_is_taken_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.txt").write_text("Words.")
    run("index", "f")
    (tmp_path / "f" / "a.txt").unlink()
    assert run("index", "f")[:2] == (0, "Documents: 1 removed.\n")
    code, _, err = run("ask", "Anything?")
    assert (code, "no documents" in err) == (2, True)


def test_evaluate_prints_and_saves(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pears.txt").write_text("Pears are picked in September by the village school.")
    (tmp_path / "apples.txt").write_text("Apples grow on the northern slope.")
    run("index", "pears.txt", "apples.txt")
    place = {"doc_id": "pears.txt", "start": 0, "end": 51}
    rows = [
        {"id": "1", "question": "When are pears picked?", "kind": "date", "evidence": [[place]]},
        {"id": "2", "question": "Who won the cup?", "kind": "far", "evidence": []},
    ]
    (tmp_path / "q.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    code, out, _ = run("evaluate", "q.jsonl", "--save", "saved.json")
    assert code == 0
    assert "1.00 [1.00 1.00]" in out
    assert len(json.loads((tmp_path / "saved.json").read_text())["outcomes"]) == 2
    assert "excerpt hit@1" in out
    assert "…" not in out
    assert max(map(len, out.splitlines())) <= 80
    two = ("--ranking", "dense", "--ranking", "bm25")
    code, out, _ = run("evaluate", *two, "q.jsonl", "--json")
    printed = json.loads(out)
    assert [row["name"] for row in printed["rows"]] == ["dense", "bm25"]
    assert {(d["a"], d["b"]) for d in printed["differences"]} == {("dense", "bm25")}
    out = run("evaluate", "q.jsonl", "--ablate")[1]
    assert "hit@1, against full" in out
    assert "without labels" in out
    assert max(map(len, out.splitlines())) <= 80
    out = run("evaluate", "--compare", "saved.json", "saved.json")[1]
    assert "saved: full, against saved: full" in out
    assert ".00 [.00 .00]" in out
    assert run("evaluate", "q.jsonl", "--split", "none")[0] == 2
    assert run("evaluate", "q.jsonl", "--save", "none/saved.json")[0] == 2


def test_saved_answers_and_the_corpus_are_verified(run: Run, tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text("The hall has a red door. It was painted in May by the caretaker.\n")
    run("index", "paper.txt")
    code, out, _ = run("ask", "What colour is the door of the hall?", "--save", "a.json", "--json")
    assert (code, json.loads(out)["status"]) == (0, "answered")
    code, out, _ = run("verify", "a.json")
    assert (code, "1 exact" in out) == (0, True)
    paper.write_text("The hall has a blue door. It was painted in May by the caretaker.\n")
    run("index", "paper.txt")
    code, out, _ = run("verify", "a.json")
    assert code == 1
    assert "then: The hall has a red door." in out
    assert "now: The hall has a blue door." in out
    code, out, _ = run("verify", "a.json", "--json")
    (found,) = json.loads(out)["citations"]
    assert (code, found["resolution"]["status"]) == (1, "changed")
    code, out, _ = run("verify")
    assert (code, "Everything is as it was written." in out) == (0, True)
    (tmp_path / ".qa" / "indexes.bin").write_bytes(b"")
    code, out, _ = run("verify", "--json")
    assert (code, len(json.loads(out)["repaired"])) == (0, 1)
    with sqlite3.connect(tmp_path / ".qa" / "catalog.sqlite") as db:
        db.execute("UPDATE texts SET text = text || '!'")
    db.close()
    code, out, _ = run("verify")
    assert (code, "wrong: paper.txt" in out) == (1, True)
    assert run("index", "paper.txt", "--rehash")[0] == 0
    assert run("verify")[0] == 0


def test_a_folder_is_watched_until_interrupted(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("The hall has a red door.")

    def change_then_interrupt(*roots: Path, **other: object) -> Iterator[set[object]]:
        (tmp_path / "a.txt").write_text("The hall has a blue door.")
        yield set()  # what it was started too late for
        yield set()
        (tmp_path / "a.txt").rename(tmp_path / "gone")
        yield {"a change"}
        raise KeyboardInterrupt

    monkeypatch.setattr("qa.watching.watch", change_then_interrupt)
    code, out, err = run("index", "a.txt", "--watch", "--json")
    assert code == 0
    assert [sorted(k for k, v in json.loads(line).items() if v) for line in out.splitlines()] == [
        ["added", "read", "schema"],
        ["read", "schema", "updated"],
    ]
    assert "a.txt" in err  # the file that has gone


def test_the_help_in_the_docs_is_the_program_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    documented = (SEEDS.parent / "docs" / "commands.md").read_text("utf-8")
    top = cli.parser()
    commands = next(iter(top._subparsers._group_actions)).choices
    for parser in (top, *commands.values()):
        # argparse breaks lines differently from version to version
        assert " ".join(parser.format_help().split()) in " ".join(documented.split())
