"""The command `qa`: the calls of `Corpus` from the shell.

Imports at the top are only what the help needs; everything heavy waits for its command. With
`--json`, standard output holds one JSON value (of `chat`, one a line) and nothing else. Exit codes:
0 done (an honest "not found" included), 1 a check's answer is no, 2 wrong use or input, 3 failure.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import qa
from qa import commands as run
from qa.commands import DONE
from qa.errors import Cancelled, QAError, StorageError

WRONG_USE, FAILURE = 2, 3
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

    index = _command(commands, "index", run.index, "read files and folders into the corpus")
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

    ask = _command(commands, "ask", run.ask, "answer a question, with citations")
    ask.add_argument("question", metavar="QUESTION")
    _narrowing(ask)
    ask.add_argument("--why", action="store_true", help=WHY)
    ask.add_argument(
        "--save", metavar="FILE", help="add the answer to a file that 'qa verify' can check later"
    )

    ask.add_argument(
        "--quote",
        choices=["markdown", "plain", "bibtex"],
        help="print only what is quoted, each with its reference, to be put into a text",
    )

    chat = _command(
        commands, "chat", run.chat, "answer questions that may lean on those before, one a line"
    )
    chat.add_argument("--save", metavar="FILE", help="add each answer to a file, as 'qa ask' does")

    search = _command(commands, "search", run.search, "list the passages nearest to a query")
    search.add_argument("query", metavar="QUERY")
    _narrowing(search)
    search.add_argument("--top-k", type=int, default=10, metavar="K", help="how many (default: 10)")
    search.add_argument("--why", action="store_true", help=WHY)

    serve = _command(commands, "serve", run.serve, "open the page on this machine", as_json=False)
    serve.add_argument("--port", type=int, help="default: 7860, or the next one free")
    serve.add_argument("--open", action="store_true", help="open it in the browser")

    _command(
        commands,
        "mcp",
        run.mcp,
        "serve the corpus to assistants (MCP, over standard input and output)",
        as_json=False,
    )

    evaluate = _command(commands, "evaluate", run.evaluate, "measure answers to sample questions")
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

    remove = _command(commands, "remove", run.remove, "take documents out of the corpus")
    remove.add_argument(
        "targets",
        nargs="+",
        metavar="TARGET",
        help="a document id, a file, a folder, or a pattern such as 'notes/*.txt'",
    )

    verify = _command(
        commands, "verify", run.verify, "check the corpus, or the citations of saved answers"
    )
    verify.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="answers from 'qa ask --save': what has become of each citation; without it, the "
        "whole corpus is checked, and derived files that don't fit are made anew",
    )

    export = _command(
        commands,
        "export",
        run.export,
        "turn saved answers into a page to read, print and send",
        as_json=False,
        on_corpus=False,
    )
    export.add_argument("file", metavar="FILE", help="answers from 'qa ask --save'")
    export.add_argument(
        "out",
        nargs="?",
        default="-",
        metavar="OUT",
        help="the HTML file to write (default: -, standard output)",
    )

    _command(commands, "stats", run.stats, "list what the corpus holds")
    return top


def _command(
    commands: Any,  # noqa: ANN401
    name: str,
    run: Any,  # noqa: ANN401
    summary: str,
    *,
    as_json: bool = True,
    on_corpus: bool = True,
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=summary[0].upper() + summary[1:] + "."
    )
    if on_corpus:
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


def _narrowing(command: argparse.ArgumentParser) -> None:
    part = command.add_argument_group("asking a part of the corpus")
    part.add_argument(
        "--document",
        action="append",
        dest="documents",
        default=[],
        metavar="ID",
        help="only this document; or a folder such as 'notes/', or a pattern such as "
        "'notes/*.txt'; may be given again",
    )
    part.add_argument(
        "--after",
        metavar="DATE",
        help="only what is dated 2018-05-24, 2018-05 or 2018, or later; what has no date is left "
        "out",
    )
    part.add_argument(
        "--before", metavar="DATE", help="only what is dated then or earlier: 2018 takes all of it"
    )
    part.add_argument(
        "--kind",
        action="append",
        dest="kinds",
        default=[],
        metavar="KIND",
        help='only sources of this kind: article, "reader\'s comment", or what metadata.json '
        "calls a document; may be given again",
    )


def _complain(message: str, code: int) -> int:
    print(f"qa: {message}", file=sys.stderr)
    return code
