"""Every word that the page itself says, by name: `texts.json`, ready to be translated.

What documents say, and how values are worded for terminal and page alike (`qa.wording`), isn't
here. Scripts get the same texts as a module, `/page/texts.js`.
"""

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path

TEXTS: Mapping[str, str] = json.loads((Path(__file__).parent / "texts.json").read_text("utf-8"))


def say(name: str, /, **values: object) -> str:
    """Return a text with its values in place, as plain text.

    Raises:
        KeyError: if there is no such text, or a value is missing.
    """
    return TEXTS[name].format(**values)


def html(name: str, /, **values: object) -> str:
    """Return a text with its values in place, escaped."""
    return escape(say(name, **values))


def module() -> str:
    """Return the texts as a module of JavaScript."""
    # The line separators are line ends in older scripts' strings.
    texts = json.dumps(TEXTS, ensure_ascii=True)
    return (
        f"const texts = {texts};\n"
        "export default function say(name, values = {}) {\n"
        "  return texts[name].replace(/\\{(\\w+)\\}/g, (_, key) => values[key]);\n"
        "}\n"
    )
