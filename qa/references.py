"""A citation as a quotation with its reference, to be put into a text of one's own.

Quoted are the answering words, or a nearest passage whole. Markdown and BibTeX have rules of their
own for white space, so it is laid out anew there; nothing else is changed. Every character that
means something in a format is escaped: no document can add a link, markup, a field or an entry.
"""

import re
import unicodedata
from collections.abc import Callable
from hashlib import sha256
from typing import Literal

from qa.types import Passage, Source, Span
from qa.wording import date_in_words, place_facts, said_by, whose

Style = Literal["markdown", "plain", "bibtex"]

# An address becomes a link without any brackets in the Markdown of GitHub and others.
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>&~|$^@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_LINE_START = re.compile(r"[0-9]{1,9}(?=[.)])|(?=[-+=#:])")  # of a list, a heading, a rule
_IN_QUOTES = re.compile(r"“[^“”]*”|‘[^‘’]*’|\"[^\"]*\"")
_TEX = {
    **{character: f"\\{character}" for character in "#$%&_"},
    "{": r"\textbraceleft{}",  # BibTeX counts braces even behind a backslash
    "}": r"\textbraceright{}",
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    '"': '{"}',
    "-": "-{}",  # before another: two would become a dash
}
_TEX_SPECIAL = re.compile(r"[#$%&_{}\\^~<>|`\"]|-(?=-)")


def quotation(source: Source | Passage, style: Style) -> str:
    """Return the quoted words with their reference; no line end stands behind it."""
    return {"markdown": _markdown, "plain": _plain, "bibtex": _bibtex}[style](source)


def _plain(source: Source | Passage) -> str:
    return f"{_quoted(_words(source))} — {_reference(source, '‘{}’', _flat)}"


def _markdown(source: Source | Passage) -> str:
    # Lines stay lines, by a backslash at their ends; blank ones part paragraphs.
    lines = "\n".join(_markdown_line(line) for line in _words(source).splitlines()).strip()
    quoted = re.sub(r"(?<!\n)\n(?!\n)", "\\\\\n", re.sub(r"\n{2,}", "\n\n", lines))
    text = f"{quoted}\n\n— {_reference(source, '*{}*', _escaped)}"
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _bibtex(source: Source | Passage) -> str:
    author = source.author or source.publisher
    found = re.match(r"[0-9]{4}", source.published or "")
    year = found[0] if found else ""
    kind, speaker = _voice(source)
    note = [whose(kind, speaker)] if kind and said_by(kind, speaker) else []
    fields = {
        "author": author and f"{{{_tex(author)}}}",  # as it stands: no "and" takes it apart
        "title": f"{{{_tex(_title(source))}}}",  # capitals are kept
        "howpublished": _tex(source.publisher or "") if source.publisher != author else "",
        "year": year,
        "date": _tex(source.published or ""),
        "note": _tex(", ".join([*note, *place_facts(source), source.doc_id])),
        "annote": _tex(_quoted(_flat(_words(source)))),
    }
    rows = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{_key(source, author or '', year)},\n{rows}}}"


def _reference(source: Source | Passage, title: str, escape: Callable[[str], str]) -> str:
    """Return whose words they are and where they stand; `title` is how the format shows one."""
    speaker = said_by(*_voice(source))
    *section, place = place_facts(source)
    before = [source.author] if source.author != speaker else []
    after = [
        source.publisher if source.publisher != source.author else None,
        date_in_words(source.published) or "undated",
        *(f"“{name}”" for name in section),
        place,
        source.doc_id,
    ]
    facts = [
        *(escape(fact) for fact in before if fact),
        title.format(escape(_title(source))),
        *(escape(fact) for fact in after if fact),
    ]
    return (f"{escape(speaker)}, in " if speaker else "") + ", ".join(facts)


def _words(source: Source | Passage) -> str:
    if isinstance(source, Passage):
        return source.text
    return source.quote[source.answer.start - source.start : source.answer.end - source.start]


def _quoted(words: str) -> str:
    return words if _IN_QUOTES.fullmatch(words) else f"“{words}”"


def _voice(source: Source | Passage) -> tuple[str | None, str | None]:
    """Return whose words are quoted, kind and speaker."""
    if isinstance(source, Source):
        return source.kind, source.speaker
    whole = Span(source.start, source.end)
    for voice in source.voices:  # a passage that is somebody's only in part speaks for itself
        if voice.start <= whole.start and whole.end <= voice.end:
            return voice.kind, voice.speaker
    return source.kind, None


def _title(source: Source | Passage) -> str:
    return _flat(source.title) or source.doc_id


def _key(source: Source | Passage, author: str, year: str) -> str:
    """Return a name for the entry: author, year, a word of the title, a digest of the place."""
    titled = [word for word in _letters(source.title) if len(word) > 3]
    span = source.answer if isinstance(source, Source) else Span(source.start, source.end)
    digest = sha256(f"{source.id} {span}".encode("utf-8", "replace")).hexdigest()[:6]
    return "".join([*_letters(author)[-1:], year, *titled[:1], "-", digest])


def _letters(text: str) -> list[str]:
    """Return the words of a text in the letters and digits that any BibTeX takes for a key."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain)


def _markdown_line(line: str) -> str:
    escaped = _escaped(line)
    starts = _LINE_START.match(escaped)
    return f"{starts[0]}\\{escaped[starts.end() :]}" if starts else escaped


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\g<0>", _flat(text))


def _tex(text: str) -> str:
    return _TEX_SPECIAL.sub(lambda match: _TEX[match[0]], _flat(text))


def _flat(text: str) -> str:
    return " ".join(text.split())
