"""The command `qa`: the calls of `Corpus` from the shell.

Imports at the top are only what the help needs; everything heavy waits for its command. With
`--json`, standard output holds one JSON value and nothing else. Exit codes: 0 done (an honest
"not found" included), 1 a check's answer is no, 2 wrong use or input, 3 failure.
"""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import qa
from qa.errors import Cancelled, InputError, QAError, StorageError

if TYPE_CHECKING:
    from qa.corpus import Corpus
    from qa.types import Report

DONE, NO, WRONG_USE, FAILURE = 0, 1, 2, 3
DEFAULT_CORPUS = ".qa"
WHY = "say how each passage meets each word of the question, and its signals"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (StorageError, Cancelled) as error:
        return _complain(str(error), FAILURE)
    except QAError as error:
        return _complain(str(error), WRONG_USE)
    except KeyboardInterrupt:
        return _complain(
            "Stopped. What was indexed by then is kept; run it again to go on.", FAILURE
        )
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        return _complain(str(error), FAILURE)
    except Exception:
        traceback.print_exc()
        return _complain("Something in the program itself failed; see above.", FAILURE)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="qa",
        description="Ask a folder of documents in plain words; get the exact words that answer, "
        "and exactly where they stand.",
        epilog="Exit codes: 0 done, 1 a check's answer is no, 2 wrong use or input, 3 failure.",
    )
    top.add_argument("--version", action="version", version=f"qa {qa.__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    index = _command(commands, "index", _index, "read files and folders into the corpus")
    index.add_argument("paths", nargs="+", metavar="PATH", help="a file or folder")
    index.add_argument(
        "--model",
        help="for a new corpus: a sentence-transformers folder or cached name "
        "(default: the packaged all-MiniLM-L6-v2)",
    )
    index.add_argument(
        "--rehash",
        action="store_true",
        help="read every file, whatever its size and time say, and write anew what is damaged",
    )
    index.add_argument(
        "--watch", action="store_true", help="stay, and index again whenever something changes"
    )

    ask = _command(commands, "ask", _ask, "answer a question, with citations")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--why", action="store_true", help=WHY)
    ask.add_argument(
        "--save", metavar="FILE", help="add the answer to a file that 'qa verify' can check later"
    )

    search = _command(commands, "search", _search, "list the passages nearest to a query")
    search.add_argument("query", metavar="QUERY")
    search.add_argument("--top-k", type=int, default=10, metavar="K", help="how many (default: 10)")
    search.add_argument("--why", action="store_true", help=WHY)

    serve = _command(commands, "serve", _serve, "open the page on this machine", as_json=False)
    serve.add_argument("--port", type=int, help="default: 7860, or the next one free")
    serve.add_argument("--open", action="store_true", help="open it in the browser")

    evaluate = _command(commands, "evaluate", _evaluate, "measure answers to sample questions")
    evaluate.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="questions with gold spans, or labelled voices or pairs (JSON lines); or a folder in "
        "BEIR's layout, a folder of spans, a SQuAD file",
    )
    evaluate.add_argument("--split", default="all", help="dev, test or all (default: all)")
    evaluate.add_argument(
        "--sample", type=int, metavar="N", help="only N questions, chosen by the hash of their id"
    )
    evaluate.add_argument(
        "--ranking",
        action="append",
        choices=["full", "first", "words", "fused", "dense", "bm25"],
        help="what to rank by (default: full); give it again to compare with the first",
    )
    evaluate.add_argument(
        "--ablate", action="store_true", help="also do without one signal at a time"
    )
    evaluate.add_argument("--save", metavar="FILE", help="write every question's outcome there too")
    evaluate.add_argument(
        "--compare",
        nargs=2,
        metavar=("A", "B"),
        help="instead of evaluating, test how far the saved run B differs from A",
    )

    remove = _command(commands, "remove", _remove, "take documents out of the corpus")
    remove.add_argument(
        "targets",
        nargs="+",
        metavar="TARGET",
        help="a document id, a file, a folder, or a pattern such as 'notes/*.txt'",
    )

    verify = _command(
        commands, "verify", _verify, "check the corpus, or the citations of saved answers"
    )
    verify.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="answers from 'qa ask --save': what has become of each citation; without it, the "
        "whole corpus is checked, and derived files that don't fit are made anew",
    )

    _command(commands, "stats", _stats, "list what the corpus holds")
    return top


def _command(
    commands: Any,  # noqa: ANN401
    name: str,
    run: Any,  # noqa: ANN401
    summary: str,
    *,
    as_json: bool = True,
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=summary[0].upper() + summary[1:] + "."
    )
    command.add_argument(
        "--corpus",
        default=DEFAULT_CORPUS,
        metavar="DIR",
        help=f"the corpus folder (default: {DEFAULT_CORPUS})",
    )
    if as_json:
        command.add_argument("--json", action="store_true", help="print JSON and nothing else")
    command.set_defaults(run=run)
    return command


def _index(options: argparse.Namespace) -> int:
    from qa import Corpus, terminal
    from qa.catalog import FILE_NAME, OldFormat
    from qa.files import resolve_root
    from qa.jsonable import report_json

    for path in options.paths:  # a misspelt path must not leave an empty corpus behind
        resolve_root(path)
    folder = Path(options.corpus)
    is_new = not (folder / FILE_NAME).exists()
    if is_new:
        corpus = Corpus.create(folder, **({"model": options.model} if options.model else {}))
    else:
        try:
            corpus = Corpus.open(folder)
        except OldFormat:
            with terminal.progress(quiet=options.json) as progress:
                Corpus.upgrade(folder, progress=progress)
            corpus = Corpus.open(folder)
        if options.model and options.model != corpus.model:
            raise InputError(
                f"{options.corpus} was made with the model {corpus.model!r}; to use "
                f"{options.model!r}, index into a new corpus."
            )
    with corpus:
        try:
            with terminal.progress(quiet=options.json) as progress:
                report = corpus.add(*options.paths, progress=progress, rehash=options.rehash)
            empty = not corpus.documents()
        except BaseException:
            if is_new:
                _remove_if_empty(folder)
            raise
        if options.watch:
            show = _print_json_line if options.json else terminal.show_report
            show(report)
            return _watch(corpus, options.paths, show)
    if is_new and empty:
        _remove_if_empty(folder)
    if options.json:
        _print_json(report_json(report))
    else:
        terminal.show_report(report)
    if not (report.added or report.updated or report.unchanged or report.removed or report.renamed):
        raise InputError(
            f"Nothing to index in {', '.join(options.paths)}: no file there could be read as a "
            "document."
        )
    return DONE


def _watch(corpus: "Corpus", paths: Sequence[str], show: "Callable[[Report], None]") -> int:
    from qa.watching import follow

    print(f"Watching {', '.join(paths)}; stop with Ctrl-C.", file=sys.stderr)
    with suppress(KeyboardInterrupt):
        follow(corpus, paths, show, lambda trouble: print(f"qa: {trouble}", file=sys.stderr))
    return DONE


def _print_json_line(report: "Report") -> None:
    from qa.jsonable import report_json

    print(json.dumps(report_json(report)), flush=True)


def _remove_if_empty(folder: Path) -> None:
    import shutil

    from qa import Corpus

    with Corpus.open(folder) as corpus:
        empty = not corpus.documents()
    if empty:
        shutil.rmtree(folder)


def _ask(options: argparse.Namespace) -> int:
    from qa import Corpus, terminal
    from qa.jsonable import answer_json
    from qa.saving import save_answer

    if options.save and not Path(options.save).absolute().parent.is_dir():
        raise InputError(f"There is no folder for {options.save!r}; make it first.")
    with Corpus.open(options.corpus) as corpus:
        answer = corpus.ask(options.question)
    if options.save:
        save_answer(answer, Path(options.save))
    if options.json:
        _print_json(answer_json(answer))
    else:
        terminal.show_answer(answer, why=options.why)
    return DONE


def _search(options: argparse.Namespace) -> int:
    from qa import Corpus, terminal
    from qa.jsonable import hits_json

    with Corpus.open(options.corpus) as corpus:
        hits = corpus.search(options.query, top_k=options.top_k)
    if options.json:
        _print_json(hits_json(options.query, hits))
    else:
        terminal.show_hits(hits, why=options.why)
    return DONE


def _serve(options: argparse.Namespace) -> int:
    from qa import Corpus
    from qa.page.server import serve

    with Corpus.open(options.corpus) as corpus:
        serve(corpus, port=options.port, open_browser=options.open)
    return DONE


def _evaluate(options: argparse.Namespace) -> int:
    from qa import Corpus, terminal
    from qa.evaluation.asking import variants
    from qa.evaluation.comparing import compare_runs
    from qa.evaluation.results import save
    from qa.evaluation.sources import evaluate_path

    if (options.file is None) == (options.compare is None):
        raise InputError("Name a FILE to evaluate, or two saved runs after --compare.")
    if options.sample is not None and options.sample < 1:
        raise InputError(f"--sample is {options.sample}; it must be at least 1.")
    if options.save and not Path(options.save).absolute().parent.is_dir():
        raise InputError(f"There is no folder for {options.save!r}; make it first.")
    if options.compare:
        result = compare_runs(*options.compare)
    else:
        with terminal.progress(quiet=options.json) as progress:
            result = evaluate_path(
                options.file,
                lambda: Corpus.open(options.corpus),
                split=options.split,
                sample=options.sample,
                settings=variants(options.ranking or ["full"], ablate=options.ablate),
                progress=progress,
            )
    if options.save:
        save(result, options.save)
    if options.json:
        _print_json(result.summary())
    else:
        terminal.show_evaluation(result)
    return DONE


def _remove(options: argparse.Namespace) -> int:
    from qa import Corpus, terminal
    from qa.jsonable import report_json
    from qa.types import Report

    with Corpus.open(options.corpus) as corpus:
        report = Report(removed=corpus.remove(*options.targets))
    if options.json:
        _print_json(report_json(report))
    else:
        terminal.show_report(report)
    return DONE


def _verify(options: argparse.Namespace) -> int:
    from qa import Corpus, terminal
    from qa.jsonable import SCHEMA, plain

    with Corpus.open(options.corpus) as corpus:
        if options.file:
            checked = corpus.check_saved(options.file)
        else:
            verification = corpus.verify()
    if options.file:
        if options.json:
            _print_json({"schema": SCHEMA, "citations": plain(checked)})
        else:
            terminal.show_checked(checked)
        holds = all(c.resolution.status in ("exact", "moved") for c in checked)
    else:
        if options.json:
            _print_json({"schema": SCHEMA, **plain(verification)})
        else:
            terminal.show_verification(verification)
        holds = not verification.problems
    return DONE if holds else NO


def _stats(options: argparse.Namespace) -> int:
    from qa import Corpus, terminal
    from qa.jsonable import SCHEMA, plain

    with Corpus.open(options.corpus) as corpus:
        stats = corpus.stats()
    if options.json:
        _print_json({"schema": SCHEMA, **plain(stats)})
    else:
        terminal.show_stats(stats)
    return DONE


def _print_json(value: object) -> None:
    # ASCII only where the terminal or pipe can't take more; json's escapes lose nothing.
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    print(json.dumps(value, indent=2, ensure_ascii=encoding != "utf8"))


def _complain(message: str, code: int) -> int:
    print(f"qa: {message}", file=sys.stderr)
    return code
