"""Quotations with their references, in each style: exact ones, and what no document can do."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa.references import Style, quotation
from qa.types import UNCERTAIN, Passage, Place, Source, Span
from tests.answers import passage, source
from tests.payloads import PAYLOADS

QUOTE = "“We painted it red,” she said.\n\n1. It was May; 5 * 3 doors."
SECOND = Span(QUOTE.index("1."), len(QUOTE))


@pytest.mark.parametrize(
    ("given", "style", "expected"),
    [
        (
            source(QUOTE, SECOND),
            "plain",
            "“1. It was May; 5 * 3 doors.” — A. Writer, ‘Halls of the county’, The Press, "
            "24 May 2019, “Doors”, lines 3–4, halls.txt",
        ),
        (
            source(QUOTE, SECOND, speaker="Dame May", kind="quotation", author=None),
            "markdown",
            "> 1\\. It was May; 5 \\* 3 doors.\n>\n> — Dame May, in *Halls of the county*, "
            "The Press, 24 May 2019, “Doors”, lines 3–4, halls.txt",
        ),
        (
            source(QUOTE, kind="reader's comment", speaker=UNCERTAIN, published=None),
            "markdown",
            "> “We painted it red,” she said.\n>\n> 1\\. It was May; 5 \\* 3 doors.\n>\n> — "
            "reader's comment, in A. Writer, *Halls of the county*, The Press, undated, “Doors”, "
            "lines 3–4, halls.txt",
        ),
        (
            source(
                "one\ntwo", title="", author="May", speaker="May", publisher="May", section=None
            ),
            "markdown",
            "> one\\\n> two\n>\n> — May, in *halls.txt*, 24 May 2019, lines 3–4, halls.txt",
        ),
        (
            source("“Red.”", speaker=UNCERTAIN, kind="quotation", section="Halls of the county"),
            "plain",
            "“Red.” — speaker uncertain, in A. Writer, ‘Halls of the county’, The Press, "
            "24 May 2019, lines 3–4, halls.txt",
        ),
        (
            passage(source("The door.", author=None)),
            "plain",
            "“The door.” — ‘Halls of the county’, The Press, 24 May 2019, “Doors”, lines 3–4, "
            "halls.txt",
        ),
        (
            source(
                "50 % of\n{it} -- “red”",
                title="Müßiggang_R&D",
                author="Ann Lé",
                place=Place("page", 2, 3),
            ),
            "bibtex",
            "@misc{le2019muiggang-cb6b8a,\n  author = {{Ann Lé}},\n  title = {{Müßiggang\\_R\\&D}},\n"
            "  howpublished = {The Press},\n  year = {2019},\n  date = {2019-05-24},\n"
            "  note = {Doors, pages 2–3, halls.txt},\n"
            "  annote = {“50 \\% of \\textbraceleft{}it\\textbraceright{} -{}- “red””},\n}",
        ),
    ],
)
def test_quotations(given: Source | Passage, style: Style, expected: str) -> None:
    assert quotation(given, style) == expected


def test_two_quotations_of_one_document_are_two_entries() -> None:
    keys = {
        re.match(r"@misc\{([a-z0-9-]+),\n", quotation(source(QUOTE, span), "bibtex"))[1]
        for span in (Span(0, 5), SECOND)
    }
    assert len(keys) == 2
    assert {key.rsplit("-", 1)[0] for key in keys} == {"writer2019halls"}


# Nothing of a document breaks out

HOSTILE = st.text(
    st.sampled_from("ab1 \n\t\r\\`*_{}[]()<>#+-.!|~&;:/@$^=\"'“”%\x0b\x85\u2028é—,")
) | (st.sampled_from(PAYLOADS))
SOURCES = st.builds(
    lambda quote, title, author, section, doc_id, speaker: source(
        *(quote,),
        **{"title": title, "author": author, "section": section, "doc_id": doc_id},
        **{"speaker": speaker, "kind": "quotation", "publisher": author, "published": author},
    ),
    *(HOSTILE.filter(str.strip), HOSTILE, HOSTILE, HOSTILE, HOSTILE.filter(str.strip), HOSTILE),
)


class Rendered(HTMLParser):
    """The text and the elements of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.elements = "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert attributes == []
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@given(SOURCES)
def test_markdown_holds_a_quotation_and_nothing_else(given: Source) -> None:
    markdown = quotation(given, "markdown")
    found = Rendered(MARKDOWN.render(f"{markdown}\n"))
    assert set(found.elements) <= {"blockquote", "p", "br", "em"}
    assert (found.elements.count("blockquote"), found.elements.count("em")) == (1, 1)
    words = "".join(found.text.split())
    assert words.startswith("".join(given.quote.split()) + "—")
    assert words.endswith("".join(f"lines 3–4, {given.doc_id}".split()))
    assert all(line.startswith(">") for line in markdown.split("\n"))
    assert not re.search(r"(?<!\\):// | (?<!\\)@", markdown, re.VERBOSE)


UNTEX = {
    **{
        rf"\text{name}{{}}": character
        for name, character in {
            "braceleft": "{",
            "braceright": "}",
            "backslash": "\\",
            "asciicircum": "^",
            "asciitilde": "~",
            "less": "<",
            "greater": ">",
            "bar": "|",
            "asciigrave": "`",
        }.items()
    },
    **{f"\\{character}": character for character in "#$%&_"},
    '{"}': '"',
    "-{}": "-",
}


def entry(bibtex: str) -> dict[str, str]:
    """The fields of one entry, told apart by braces alone as BibTeX does; nothing stands outside."""
    head = re.match(r"@misc\{[a-z0-9-]+,\n", bibtex)
    assert head
    fields, at = {}, head.end()
    while bibtex[at] != "}":
        name = re.compile(r"  ([a-z]+) = \{").match(bibtex, at)
        assert name
        depth, start = 1, name.end()
        at = start
        while depth:
            depth += {"{": 1, "}": -1}.get(bibtex[at], 0)
            at += 1
        fields[name[1]] = bibtex[start : at - 1]
        assert bibtex[at : at + 2] == ",\n"
        at += 2
    assert bibtex[at:] == "}"
    return fields


@given(SOURCES)
def test_bibtex_holds_one_entry_and_nothing_else(given: Source) -> None:
    fields = entry(quotation(given, "bibtex"))
    assert set(fields) <= {"author", "title", "howpublished", "year", "date", "note", "annote"}
    escaped = re.compile("|".join(map(re.escape, UNTEX)))
    assert not re.search(r"[\\#$%&_^~<>|`\"\n]", escaped.sub("", fields["annote"]))
    said = escaped.sub(lambda match: UNTEX[match[0]], fields["annote"])
    assert said.strip("“”") == " ".join(given.quote.split()).strip("“”")


@given(SOURCES)
def test_plain_quotations_are_verbatim(given: Source) -> None:
    assert given.quote in quotation(given, "plain")
