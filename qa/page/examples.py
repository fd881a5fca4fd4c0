"""How other programs ask: complete examples, filled with this server's address and corpus.

Knows the languages that they are written in, no markup. tests/test_help.py runs every one.
"""

import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from qa.wording import printable


@dataclass(frozen=True, slots=True)
class Example:
    """Code to copy; `name` is that of its texts on the page, `help.example.NAME`."""

    name: str
    language: str
    code: str


def indexing(corpus: Path) -> Example:
    """Return how documents are added by command."""
    return Example("index", "sh", f"qa index minutes --corpus {_shell(corpus)}\n")


def asking(address: str, corpus: Path, question: str) -> tuple[Example, ...]:
    """Return how a question is asked, one example a way.

    Args:
        address: Where the page is, without a path: "http://127.0.0.1:7860".
        corpus: The corpus folder.
        question: What is asked in all of them.
    """
    data = json.dumps({"data": [question]}, ensure_ascii=False)
    ways = {
        "python": ("python", _PYTHON % (question, str(corpus))),
        "command": ("sh", _COMMAND % (shlex.quote(question), _shell(corpus), _shell(corpus))),
        "gradio": ("python", _GRADIO % (question, address)),
        "http": ("sh", _HTTP % (address, shlex.quote(data))),
        "mcp": ("json", _mcp(corpus)),
    }
    return tuple(Example(name, language, code) for name, (language, code) in ways.items())


def _mcp(corpus: Path) -> str:
    # A client starts the command from anywhere, with a path of its own: both are named in full.
    arguments = ["-m", "qa", "mcp", "--corpus", str(corpus)]
    server = {"command": sys.executable, "args": arguments}
    return json.dumps({"mcpServers": {"chapter-and-verse": server}}, indent=2) + "\n"


def _shell(path: Path) -> str:
    return shlex.quote(printable(str(path)))


_PYTHON = """\
from qa import Corpus

question = %r
with Corpus.open(%r) as corpus:
    answer = corpus.ask(question)
    print(answer.text or "The documents do not answer that.")
    for citation in answer.citations:
        text = corpus.document(citation.doc_id).text
        assert text[citation.start : citation.end] == citation.quote
        print(citation.n, citation.title, citation.place)
"""

_COMMAND = """\
question=%s
qa ask "$question" --corpus %s
qa search "$question" --corpus %s --top-k 3 --json
"""

_GRADIO = """\
from gradio_client import Client

question = %r
client = Client(%r, analytics_enabled=False)
answer = client.predict(question, api_name="/ask")
print(answer["text"] or "The documents do not answer that.")
for citation in answer["citations"]:
    place = citation["doc_id"], citation["start"], citation["end"]
    document = client.predict(*place, api_name="/document")
    assert document["text"] == citation["quote"]
    print(citation["n"], document["title"])
"""

_HTTP = """\
url=%s/gradio_api/call/ask
asked=$(curl -s $url -H 'content-type: application/json' -d %s)
curl -sN $url/$(echo "$asked" | cut -d '"' -f 4)
"""
