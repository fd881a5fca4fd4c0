"""Rich text: what is seen on the page, in order, and nothing else."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import InputError
from qa.reading.building import Draft
from qa.reading.rtf import read_rtf
from tests.office import seen, where


def read(content: str | bytes) -> Draft:
    data = content if isinstance(content, bytes) else content.encode("ascii")
    (draft,) = read_rtf(data, "costs.rtf")
    assert isinstance(draft, Draft)
    return draft


def body(content: str) -> str:
    return read(rf"{{\rtf1\ansi\ansicpg1252 {content}}}").text


def test_structure_is_read() -> None:
    draft = read(
        r"""{\rtf1\ansi\ansicpg1252\deff0
{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fnil\fcharset2 Symbol;}}{\colortbl;\red0\green0\blue0;}
{\stylesheet{\ql Normal;}{\s1\sb240\b heading 1;}{\s2\outlinelevel1 Own;}{\*\cs10 Font;}{\s3 toc 1;}
{\s4 Quote;}}
{\info{\title Costs of 2024}{\author Ann Lee}{\creatim\yr2024\mo3\dy5\hr8}{\operator Bo}}
{\header \pard Acme\par}{\footer \pard Page {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}
\pard\s3 Scope\tab 2\par
\pard\s1 Scope\par
\pard\plain It covers:\par
{\pntext\f1\'b7\tab}posts\par
{\listtext\pard 2.\tab}rent{\super\chftn}{\footnote \pard{\super\chftn} See the annex.}\par
\pard\s2 Tables\par
\trowd\trhdr\cellx1000\cellx2000\pard\intbl Region\cell Posts\cell\row
\trowd\cellx1000\cellx2000\pard\intbl London\par and more\cell 150\cell\row
\pard He said:\par\pard\s4 No.\par
{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt \pard In a box.\par}}{\shprslt gone}}Last.
}"""
    )
    assert (draft.title, draft.author, draft.published) == (
        "Costs of 2024",
        "Ann Lee",
        "2024-03-05",
    )
    assert draft.text == (
        "Acme\n\nScope\t2\n\nScope\n\nIt covers:\n\n\u2022 posts\n2. rent\n\nSee the annex.\n\nTables"
        "\n\nRegion | Posts\n\nLondon and more | 150\n\nHe said:\n\nNo.\n\nLast.\n\nIn a box.\n\nPage 1"
    )
    assert seen(draft) == [
        ("heading", "Scope", "Scope"),
        ("lead_in", "It covers:", "Scope"),
        ("item", "\u2022 posts", "Scope"),
        ("item", "2. rent", "Scope"),
        ("paragraph", "See the annex.", "Scope"),
        ("heading", "Tables", "Scope › Tables"),
        ("lead_in", "Region | Posts", "Scope › Tables"),
        ("row", "London and more | 150", "Scope › Tables"),
        ("lead_in", "He said:", "Scope › Tables"),
        ("paragraph", "No.", "Scope › Tables"),
        ("paragraph", "Last.", "Scope › Tables"),
        ("paragraph", "In a box.", "Scope › Tables"),
    ]
    assert where(draft, "London") == "paragraph 8"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (r"caf\'e9 \ldblquote x\rdblquote\~\emdash\endash", "caf\u00e9 “x”\u00a0—–"),
        (r"\u8364?5 \u-10179?\u-8704? {\uc0\u228}{\uc2\u228??}.", "€5 \U0001f600 ää."),
        (r"\u228\'e4\par b", "ä\n\nb"),
        (r"{\fonttbl{\f1\fcharset204 A;}{\f2\fcharset128 B;}}\f1\'ef\f2 \'83A\'83\'41", "пアア"),
        (r"{\upr{\*\no ascii}{\*\ud{unic\u246?de}}} a", "unicöde a"),
        (r"a{\v hidden} {\deleted gone}b{\revised c}", "a bc"),
        (r"{\*\unknown x}{\pict\bin5 }}}}}}{\*\generator y}a\bin3 {{{b", "ab"),
        ("one\\line two\\\nthree\r\n more\\{\\}\\\\", "one\ntwo\n\nthree more{}\\"),
        (r'see {\field{\*\fldinst HYPERLINK "http://a"}{\fldrslt\ul here}}.', "see here."),
        (r"{\*\annotation why?}a{\object{\*\objdata 00}{\result b}}", "ab"),
    ],
)
def test_characters_are_those_that_are_seen(content: str, text: str) -> None:
    assert body(content) == text


def test_a_document_in_another_code_page() -> None:
    assert read(b"{\\rtf1\\ansi\\ansicpg1251 \xef\\'f0}").text == "пр"


def test_what_stands_behind_the_document_is_none_of_it() -> None:
    assert read(r"{\rtf1 a}b{c}").text == "a"


def test_what_breaks_off_is_read() -> None:
    assert read(r"{\rtf1 {\b a\trowd\intbl b\cell c").text == "ab\n\nc"


@pytest.mark.parametrize("data", [b"", b"plain {\\rtf1 a}", b"{\\urtf1 a}"])
def test_what_is_no_rich_text_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="no rich text"):
        read(data)


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1)
)
def test_every_character_can_be_written_as_its_number(text: str) -> None:
    units = text.encode("utf-16-le")
    pairs = zip(units[::2], units[1::2], strict=True)
    numbers = (int.from_bytes(bytes(pair), "little", signed=True) for pair in pairs)
    content = "".join(rf"\u{number}?" for number in numbers)
    assert "".join(body("x" + content + "x")[1:-1].split()) == "".join(text.split())


@pytest.mark.parametrize(
    "part", ["{", r"{\footnote a\par ", r"{\field{\*\fldinst{HYPERLINK ", r"{\fonttbl\f1", r"\b\b0"]
)
def test_time_grows_with_size_alone(part: str) -> None:
    start = time.process_time()
    read(r"{\rtf1 x" + part * 20_000)
    assert time.process_time() - start < 5
