"""Files as they are read: text, structure, places, and what a document says of itself."""

import json
import time
from string import ascii_lowercase

import pytest

from qa.errors import InputError
from qa.reading import understand
from qa.reading.about import folder_metadata
from qa.reading.plain import plain_blocks
from qa.types import Block, Document, Place
from tests.conftest import SEEDS
from tests.reading import read

METADATA = json.loads((SEEDS / "metadata.json").read_text("utf-8"))["documents"]


def seed(number: str, *, described: bool = True) -> Document:
    path = next(SEEDS.glob(f"{number}_*.txt"))
    return read(path.read_bytes(), path.name, METADATA[path.name] if described else {})


def headings(document: Document) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind == "heading"]


def comments(document: Document) -> list[str]:
    return list(dict.fromkeys(b.comment for b in document.blocks if b.comment))


# The seeds


def test_comments_keep_their_printed_numbers() -> None:
    assert comments(seed("000")) == ["1", "2", "3", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6"]
    replies = [f"2.{n}" for n in (1, *range(3, 15))]  # 2.2, 3, 4 and 8.2 are missing in print
    assert comments(seed("002")) == [
        *("1", "2", *replies, "5", "6", "7", "7.1", "8", "8.1", "8.3", "9", "10", "11", "12"),
        *("12.1", "12.2", "12.3"),
    ]
    assert comments(seed("004")) == ["1", "1.1", "1.2", "2", "2.1", "2.2", "3", "3.1", "3.2", "4"]
    assert comments(seed("001")) == comments(seed("003")) == []


def test_sections_are_the_headings_above() -> None:
    document = seed("001")
    at = document.text.index("Reviews were not carried out reliably")
    section = next(b.section for b in document.blocks if b.start <= at < b.end)
    assert section == "Reducing reoffending"
    assert headings(document)[:6] == [
        "London National Probation Service “improved”",
        "Improvement needed",
        "Protecting the public",
        "Reducing reoffending",
        "Abiding by the sentence",
        "Working together with the CRC",
    ]
    assert "David Raho" not in headings(seed("000"))  # a signature


def test_lists_keep_what_introduces_them() -> None:
    document = seed("001")
    kinds = [
        (b.kind, document.text[b.start : b.end])
        for b in document.blocks
        if b.kind in ("lead_in", "item")
    ]
    start = kinds.index(("lead_in", "The National Probation Service should:"))
    assert [kind for kind, _ in kinds[start : start + 10]] == (
        ["lead_in", *["item"] * 5, "lead_in", "item", "lead_in", "item"]
    )
    assert kinds[start + 1][1].startswith("1: improve how it shares and uses information")


def test_rows_of_a_table_are_told_from_paragraphs() -> None:
    document = seed("004")
    rows = [document.text[b.start : b.end] for b in document.blocks if b.kind == "row"]
    assert len(rows) == 39
    assert rows[0] == "Royston Smith Southampton Itchen 31"
    assert rows[-1] == "Jeremy Hunt South West Surrey 21,590"


def test_a_sentence_broken_by_a_blank_line_is_one_block() -> None:
    document = seed("004")
    motion = next(
        b for b in document.blocks if document.text.startswith("That this House", b.start)
    )
    assert document.text[motion.start : motion.end].endswith("\n\nRehabilitation programme.")


@pytest.mark.parametrize(
    ("number", "title", "published"),
    [
        ("000", "Problems at NPS", "2019-05-24"),
        ("001", "London National Probation Service “improved”", None),
        ("002", "Napo at Work in the South West 23", "2019-05-22"),
        ("004", "Latest From Napo 152", "2017-06-24"),
    ],
)
def test_title_and_date_are_read_off_the_text(
    number: str, title: str, published: str | None
) -> None:
    document = seed(number, described=False)
    assert (document.title, document.published) == (title, published)


def test_every_seed_is_read_as_it_is() -> None:
    for path in SEEDS.glob("*.txt"):
        document = read(path.read_bytes(), path.name, METADATA[path.name])
        assert document.text == path.read_text("utf-8")
        for field, value in METADATA[path.name].items():
            assert getattr(document, field) == value


# Text


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"]
)
def test_encodings(encoding: str) -> None:
    text = "The inspector’s report: “staff shortages” cost £3.6bn – a café.\n" * 3
    assert read(text.encode(encoding), "a.txt", {}).text == text


def test_damage_in_utf8_stays_where_it_is() -> None:
    text = "Le café “fermé” à midi, où êtes-vous né? " * 40
    data = text.encode() + b"\xe9 fin"
    assert read(data, "a.txt", {}).text == text + "\ufffd fin"


def test_an_encoding_is_told_by_the_lines_that_tell_it() -> None:
    text = "Plain words only.\n" * 5_000 + "The café costs £5 in Köln.\n"
    assert read(text.encode("cp1252"), "a.txt", {}).text == text


@pytest.mark.parametrize("encoding", ["koi8-r", "cp1251"])
def test_cyrillic_encodings(encoding: str) -> None:
    text = "Привет, это проверка кодировки текста на русском языке. Ещё одно предложение.\n" * 3
    assert read(text.encode(encoding), "a.txt", {}).text == text


def test_line_ends_bom_and_nuls_are_made_uniform_and_nothing_else() -> None:
    data = "\ufeffOne\r\nTwo\rThree\0\u200b\u2028\x0c end.\u00a0".encode()
    document = read(data, "a.txt", {})
    assert document.text == "One\nTwo\nThree\u200b\u2028\x0c end.\u00a0"
    assert document.places is not None
    assert document.places.at(4, 9) == Place("line", 2, 3)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bytes(range(256)) * 20, "binary"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\x01\x02\x03" * 99, "picture"),
        (b"", "it is empty"),
        (b" \n\t\n --- \n", "no words"),
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read(data, "a.txt", {})


# Structure


def test_lines_of_wrapped_text_are_one_paragraph() -> None:
    text = (
        "Minutes\n\n"
        "The committee met in the town hall and heard from the chief officer that\n"
        "the number of cases had gone up again over the year, while the number of\n"
        "staff had not. Members asked for a plan by the end of June and agreed to\n"
        "meet again in the autumn. The chair thanked everyone for the frank words\n"
        "and closed the meeting at nine.\n\n"
        "Present: six members.\n"
    )
    document = read(text.encode(), "minutes.txt", {})
    assert [b.kind for b in document.blocks] == ["heading", "paragraph", "paragraph"]


def test_an_indented_list_at_the_end_is_no_thread_of_comments() -> None:
    text = "What to bring\n\nPlease bring these things:\n\n\n  1. A pen.\n\n  2. Paper.\n"
    assert comments(read(text.encode(), "a.txt", {})) == []


def test_replies_to_replies() -> None:
    text = (
        "A post\n\nIts text stands here.\n\n\n"
        "  1. First comment.\n\n    3. A reply.\n\n      1. A reply to it.\n\n        And more.\n\n"
        "  4. Another.\n"
    )
    assert comments(read(text.encode(), "a.txt", {})) == ["1", "1.3", "1.3.1", "4"]


def test_markdown_sections_are_paths_of_headings() -> None:
    text = (
        "# Rules\n\n## Costs #\n\nThe court may order *costs*:\n\n- of the day;\n- of the case.\n\n"
        "| Who | Pays |\n|---|---|\n| Loser | 100 |\n\n```\n# no heading\n```\n\nEnd\n===\nLast.\n"
    )
    document = read(text.encode(), "rules.md", {})
    assert [(b.kind, document.text[b.start : b.end], b.section) for b in document.blocks] == [
        ("heading", "# Rules", "Rules"),
        ("heading", "## Costs #", "Rules › Costs"),
        ("lead_in", "The court may order *costs*:", "Rules › Costs"),
        ("item", "- of the day;", "Rules › Costs"),
        ("item", "- of the case.", "Rules › Costs"),
        ("row", "| Who | Pays |", "Rules › Costs"),
        ("row", "| Loser | 100 |", "Rules › Costs"),
        ("paragraph", "# no heading", "Rules › Costs"),
        ("heading", "End", "End"),
        ("paragraph", "Last.", "End"),
    ]


def test_markdown_loses_nothing() -> None:
    deep = "\n".join(f"{'  ' * level}- item level {level}" for level in range(80))
    text = (
        "---\ntitle: In front\n---\n\n# The foo_bar *setting* of [Acme](http://x.y)\n\n"
        f'Words.\n\n[a]: http://x.y "Budget is 4711 pounds"\n\n{deep}\n\n>>>> quoted\n'
    )
    document = read(text.encode(), "a.md", {})
    inside = " ".join(document.text[b.start : b.end] for b in document.blocks)
    for words in ("title: In front", "4711", "item level 0", "item level 79", "quoted"):
        assert words in inside
    assert document.title == "In front"
    plain = read(text.replace("title: In front", "x: y").encode(), "a.md", {})
    assert plain.title == "The foo_bar setting of Acme"


def test_thousands_of_short_lines_take_no_time() -> None:
    text = "\n\n".join(f"Line {number}" for number in range(20_000))
    assert len(read(text.encode(), "a.txt", {}).blocks) == 20_000


def test_blocks_handed_in_are_checked() -> None:
    for blocks in ([(0, 99)], [(3, 3)], [(5, 9), (0, 4)]):
        with pytest.raises(InputError, match="block"):
            understand(
                Document("a", "Some words.", blocks=tuple(Block("paragraph", *b) for b in blocks))
            )


# What a document says of itself


@pytest.mark.parametrize(
    ("name", "text", "title", "published"),
    [
        ("2019-05-24 notes.txt", "word " * 40, "notes", "2019-05-24"),
        (
            "a.txt",
            "May 3rd, 2021\n\nThe title\n\nSome text follows here.",
            "The title",
            "2021-05-03",
        ),
        ("a.txt", "31 February 2020\n\nThe title\n\nSome text.", "The title", None),
        ("a.md", "# The *title*\n\nText of 24 May 2019.", "The title", None),
        ("plain_name.txt", "x " * 200, "plain name", None),
    ],
)
def test_title_and_date_without_metadata(
    name: str, text: str, title: str, published: str | None
) -> None:
    document = read(text.encode(), name, {})
    assert (document.title, document.published) == (title, published)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "JSON"),
        ("[]", "documents"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_metadata_that_is_wrong_says_so(folder, content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        folder_metadata(folder("f", {"metadata.json": content}))


def test_a_wrong_entry_is_passed_over_and_named(folder) -> None:
    entries = {
        "a.txt": {"titel": "x"},
        "b.txt": {"published": "24 May 2019"},
        "c.txt": {"title": "\ud800"},
        "d.txt": {"published": "2019-05"},
    }
    content = json.dumps({"documents": entries, "exclude": ["e.txt"]})
    found = folder_metadata(folder("f", {"metadata.json": content}))
    assert found.documents == {"d.txt": {"published": "2019-05"}}
    assert found.exclude == {"e.txt"}
    assert [reason.split("'")[1] for reason in found.wrong] == ["a.txt", "b.txt", "c.txt"]


def test_a_long_list_of_names_takes_no_time_to_find_in_the_text() -> None:
    letters = ascii_lowercase
    names = [f"A{a}{b} B{c}{d}" for a in letters for b in letters for c in letters for d in "abc"]
    text = "\n".join(names) + "\n\n" + "Aaa Bbb wrote of the roof and of Aaz Bzz. " * 8_000
    begun = time.process_time()
    plain_blocks(text, "")
    assert time.process_time() - begun < 6


def test_a_name_that_the_text_speaks_of_is_no_heading() -> None:
    text = "Jane O'Neil\n\nThe chair's opening was given by Jane O'Neil's deputy on Monday.\n"
    assert [block.kind for block in plain_blocks(text, "")] == ["paragraph", "paragraph"]


def test_a_date_below_a_markdown_heading_is_the_documents() -> None:
    document = read(b"# Minutes\n\n12 March 2024\n\nThe roof leaks.\n", "minutes.md")
    assert document.published == "2024-03-12"
