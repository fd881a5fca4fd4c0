"""What each command does with its options. Everything heavy is imported by the command itself."""

import argparse
import json
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import InputError, StorageError

if TYPE_CHECKING:
    from qa.corpus import Corpus
    from qa.types import Answer, Report, Where

DONE, NO = 0, 1  # exit codes; those of failures are the command line's


def index(options: argparse.Namespace) -> int:
    """Read files and folders into the corpus; with --watch, stay and do so again and again."""
    from qa import Corpus, terminal
    from qa.catalog import FILE_NAME
    from qa.errors import OldFormat
    from qa.files import resolve_root
    from qa.jsonable import report_json
    from qa.upgrading import upgrade

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
                upgraded = upgrade(folder, progress=progress)
            print(f"{folder} was brought up to date.", file=sys.stderr)
            for file in upgraded.skipped:
                print(f"  skipped {file.path}: {file.reason}", file=sys.stderr)
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
    from qa.locking import writer_lock

    with suppress(StorageError), writer_lock(folder):  # another process may have begun to fill it
        with Corpus.open(folder) as corpus:
            empty = not corpus.documents()
        if empty:
            shutil.rmtree(folder)


def ask(options: argparse.Namespace) -> int:
    """Answer a question."""
    from qa import Corpus

    if options.save and not Path(options.save).absolute().parent.is_dir():
        raise InputError(f"There is no folder for {options.save!r}; make it first.")
    if options.quote and (options.json or options.why):
        raise InputError("--quote prints quotations and nothing else: leave out --json and --why.")
    where = _where(options)
    with Corpus.open(options.corpus) as corpus:
        answer = corpus.ask(options.question, where=where)
    if options.json:
        from qa.jsonable import answer_json

        _print_json(answer_json(answer))
    else:
        from qa import terminal

        if options.quote:
            terminal.show_quotations(answer, options.quote)
        else:
            terminal.show_answer(answer, why=options.why)
    if options.save:  # now that nothing can be lost
        from qa.saving import save_answer

        save_answer(answer, Path(options.save), where)
    return DONE


def chat(options: argparse.Namespace) -> int:
    """Answer one question after another, each in the light of those before."""
    from qa import Corpus, terminal
    from qa.chatting import ANEW, chat
    from qa.jsonable import answer_json
    from qa.saving import save_answer

    if options.save and not Path(options.save).absolute().parent.is_dir():
        raise InputError(f"There is no folder for {options.save!r}; make it first.")

    def show(answer: "Answer") -> None:
        if options.json:
            print(json.dumps(answer_json(answer)), flush=True)
        else:
            terminal.show_answer(answer)
            print(flush=True)
        if options.save:
            save_answer(answer, Path(options.save))

    with Corpus.open(options.corpus) as corpus:
        if sys.stdin.isatty():
            print(f"Ask; {ANEW} starts afresh, quit or Ctrl-D ends.", file=sys.stderr)
        chat(corpus, show, prompt="" if options.json else "> ")
    return DONE


def search(options: argparse.Namespace) -> int:
    """List the nearest passages."""
    from qa import Corpus, terminal
    from qa.jsonable import hits_json

    with Corpus.open(options.corpus) as corpus:
        hits = corpus.search(options.query, top_k=options.top_k, where=_where(options))
    if options.json:
        _print_json(hits_json(options.query, hits))
    else:
        terminal.show_hits(hits, why=options.why)
    return DONE


def _where(options: argparse.Namespace) -> "Where":
    from qa.types import Where
    from qa.wording import printable

    return Where(
        documents=tuple(map(printable, options.documents)),
        after=options.after,
        before=options.before,
        kinds=tuple(options.kinds),
    )


def serve(options: argparse.Namespace) -> int:
    """Open the page."""
    from qa import Corpus
    from qa.page.server import serve

    with Corpus.open(options.corpus) as corpus:
        serve(corpus, port=options.port, open_browser=options.open)
    return DONE


def mcp(options: argparse.Namespace) -> int:
    """Serve the corpus to assistants."""
    from qa import Corpus

    try:
        from qa.mcp_server import serve
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("mcp"):
            raise
        raise InputError(
            "'qa mcp' needs the package 'mcp', version 2.3 or later, which isn't installed. "
            "Install it with: pip install 'chapter-and-verse[mcp]'"
        ) from error
    # A thread that waits for standard input can't be called off; there is nothing to tidy either.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with Corpus.open(options.corpus) as corpus:
        serve(corpus)
    return DONE


def evaluate(options: argparse.Namespace) -> int:
    """Measure answers, or compare two runs that were saved."""
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


def remove(options: argparse.Namespace) -> int:
    """Take documents out."""
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


def verify(options: argparse.Namespace) -> int:
    """Check the corpus, or the citations of saved answers."""
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


def export(options: argparse.Namespace) -> int:
    """Turn saved answers into a page."""
    from qa.atomic import write_atomically
    from qa.exporting import page_of
    from qa.saving import saved_turns

    page = page_of(saved_turns(Path(options.file)))
    if options.out == "-":
        sys.stdout.buffer.write(page)
        return DONE
    out = Path(options.out).resolve()  # a link stays one
    if not out.parent.is_dir():
        raise InputError(f"There is no folder for {options.out!r}; make it first.")
    if out == Path(options.file).resolve():
        raise InputError(f"{options.out!r} holds the answers themselves; name another file.")
    write_atomically(out, page)
    return DONE


def stats(options: argparse.Namespace) -> int:
    """List what the corpus holds."""
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
