"""HTML of the help, as a string: the texts named `help.…`, and examples to copy."""

from collections.abc import Sequence
from html import escape

from qa.page.examples import Example
from qa.page.texts import html

_SECTIONS = ("does", "answers", "asking", "keyboard", "adding", "programs")
_TERMS = {
    "answers": (
        *("answer", "citation", "none", "confidence", "agreement", "whose", "copies", "why"),
    ),
    "asking": ("follow", "narrow"),
}
# Keys by what they do; a key's own name is printed on it and isn't translated here.
_KEYS = {
    "ask": ("Enter",),
    "line": ("Shift", "Enter"),
    "next": ("Tab",),
    "cards": ("↑", "↓"),
    "close": ("Esc",),
}


def manual(indexing: Example, asking: Sequence[Example]) -> str:
    """Return the whole help.

    Args:
        indexing: How documents are added by command.
        asking: How other programs ask.
    """
    bodies = {
        "does": _paragraphs("does.yes", "does.not", "does.here"),
        "answers": _terms("answers"),
        "asking": _terms("asking"),
        "keyboard": _keys(),
        "adding": f"{_paragraphs('adding.how')}{_code(indexing)}"
        f"{_paragraphs('adding.again', 'adding.formats')}",
        "programs": _paragraphs("programs.same") + "".join(_example(way) for way in asking),
    }
    links = "".join(
        f'<li><a href="#/help/{name}">{html(f"help.{name}")}</a></li>' for name in _SECTIONS
    )
    sections = "".join(
        f'<section id="help-{name}" aria-labelledby="help-{name}-title">'
        f'<h2 id="help-{name}-title" tabindex="-1">{html(f"help.{name}")}</h2>{bodies[name]}</section>'
        for name in _SECTIONS
    )
    return (
        f'<div class="manual"><nav aria-label="{html("help.contents")}"><ol role="list">{links}</ol></nav>'
        f'<div class="pages"><p class="lead">{html("help.lead")}</p>{sections}</div>'
        '<p class="unseen" role="status"></p></div>'
    )


def _paragraphs(*names: str) -> str:
    return "".join(f"<p>{html(f'help.{name}')}</p>" for name in names)


def _terms(section: str) -> str:
    rows = "".join(
        f"<div><dt>{html(f'help.{section}.{name}')}</dt>"
        f"<dd>{html(f'help.{section}.{name}.means')}</dd></div>"
        for name in _TERMS[section]
    )
    return f"<dl>{rows}</dl>"


def _keys() -> str:
    rows = "".join(
        f"<div><dt>{' '.join(f'<kbd>{key}</kbd>' for key in keys)}</dt>"
        f"<dd>{html(f'help.keyboard.{name}')}</dd></div>"
        for name, keys in _KEYS.items()
    )
    return f'<dl class="keys">{rows}</dl>'


def _example(example: Example) -> str:
    name = f"help.example.{example.name}"
    return (
        f'<section class="example"><h3>{html(name)}</h3><p>{html(f"{name}.note")}</p>'
        f"{_code(example)}</section>"
    )


def _code(example: Example) -> str:
    title = html(f"help.example.{example.name}")
    return (
        f'<div class="code"><p><span>{example.language}</span>'
        f'<button type="button" class="copy">{html("help.copy")}'
        f'<span class="unseen"> {title}</span></button></p>'
        f"<pre><code>{escape(example.code)}</code></pre></div>"
    )
