"""Mail: who wrote to whom when, whose words are whose, and what is attached."""

import sys
import time
from email.message import EmailMessage
from types import ModuleType

import pytest

from qa.errors import InputError
from qa.reading.building import Builder, Draft
from qa.reading.formats import Inner, Left
from qa.reading.frames import Opening
from qa.reading.mail import read_mail
from qa.reading.mailheaders import author_of, decode_text, field_text, iso_date
from qa.reading.quoting import lines_of, sections
from tests.office import packed
from tests.reading import frames
from tests.reading import read as read_document

HEAD = (
    "From: Jane Doe <jane@example.com>\r\nTo: Joe <joe@example.com>, ann@example.com\r\n"
    "Date: Fri, 3 May 2024 23:30:00 -0700\r\nSubject: =?utf-8?q?The_caf=C3=A9?=\r\n\r\n"
)
PART = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
HEADER_ROWS = [
    ("row", None, "From: Jane Doe <jane@example.com>"),
    ("row", None, "To: Joe <joe@example.com>, ann@example.com"),
    ("row", None, "Date: Fri, 3 May 2024 23:30:00 -0700"),
    ("row", None, "Subject: The café"),
]


@pytest.fixture(autouse=True)
def paragraphs_of_html(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTML of one tag: every "<p>" begins a paragraph."""

    def put_html(builder: Builder, html: str) -> None:
        for piece in html.split("<p>"):
            builder.add("paragraph", piece)

    def read_html(data: bytes, name: str):
        builder = Builder("paragraph")
        put_html(builder, data.decode("utf-8-sig"))
        yield Draft(*builder.finish(), title="A page")

    module = ModuleType("qa.reading.html")
    module.__dict__.update(put_html=put_html, read_html=read_html)
    monkeypatch.setitem(sys.modules, "qa.reading.html", module)


def read(data: str | bytes | EmailMessage, name: str = "a.eml") -> tuple[Draft, list[Inner | Left]]:
    raw = data.encode() if isinstance(data, str) else bytes(data)
    draft, *files = read_mail(raw, name)
    assert isinstance(draft, Draft)
    return draft, [file for file in files if not isinstance(file, Draft)]


def shown(draft: Draft) -> list[tuple[str, str | None, str]]:
    return [(x.kind, x.section, draft.text[x.start : x.end]) for x in draft.blocks]


def message(subject: str = "Hello") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Jane <jane@example.com>"
    made["Subject"] = subject
    made["Date"] = "Fri, 3 May 2024 10:00:00 +0000"
    return made


def test_a_reply() -> None:
    draft, _ = read(
        HEAD + "I agree with this.\r\n\r\nSee you there.\r\n\r\nOn Thu, 2 May 2024 at 10:12,\r\n"
        "Joe <joe@example.com> wrote:\r\n> Shall we meet\r\n> in the caf\u00e9?\r\n>> No.\r\n\r\n"
        "Yes, at six.\r\n-- \r\nJane Doe\r\nDirector\r\n"
    )
    assert shown(draft) == [
        *HEADER_ROWS,
        ("paragraph", None, "I agree with this."),
        ("paragraph", None, "See you there."),
        ("lead_in", "Quoted", "On Thu, 2 May 2024 at 10:12, Joe <joe@example.com> wrote:"),
        ("paragraph", "Quoted", "Shall we meet\nin the café?"),
        ("paragraph", "Quoted › Quoted", "No."),
        ("paragraph", None, "Yes, at six."),
        ("paragraph", "Signature", "Jane Doe"),
        ("paragraph", "Signature", "Director"),
    ]
    assert (draft.title, draft.author, draft.published, draft.kind) == (
        "The café", "Jane Doe", "2024-05-03", "email",
    )  # fmt: skip
    assert str(draft.places.at(0, 5)) == "paragraph 1"
    assert str(draft.places.at(draft.blocks[3].start, draft.blocks[5].end)) == "paragraphs 1–3"


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("-----Original Message-----", "Quoted"),
        ("---------- Forwarded message ---------", "Forwarded"),
        ("Begin forwarded message:", "Forwarded"),
        ("From: Joe\nSent: Friday\nTo: Jane\nSubject: x", "Quoted"),
        ("________________________________\nVon: Joe\nGesendet: heute\nAn: Jane", "Quoted"),
        ("On 3 May 2024 at 10:12 Joe wrote:", "Quoted"),
        ("Am 3. Mai 2024 um 10:12 schrieb Joe <j@example.com>:", "Quoted"),
    ],
)
def test_an_older_mail_below_is_not_the_writers(line: str, section: str) -> None:
    found = sections(lines_of(f"Mine.\n\n{line}\n\nTheirs."))
    assert found[0] == ()
    assert found[-1] == (section,)


@pytest.mark.parametrize(
    "line", ["On page 5 the inspector wrote:", "From: London To: Leeds", "A quotation follows:"]
)
def test_what_only_looks_like_an_older_mail_is(line: str) -> None:
    assert set(sections(lines_of(f"Mine.\n{line}\nMine too."))) == {()}


def test_plain_text_is_read_unless_it_is_a_stub() -> None:
    full = message()
    full.set_content("All of the words.")
    full.add_alternative("All of<p>the words.", subtype="html")
    assert shown(read(full)[0])[3:] == [("paragraph", None, "All of the words.")]
    stub = message()
    stub.set_content("See HTML.")
    stub.add_alternative("All<p>of the words are here and here.", subtype="html")
    assert [x[2] for x in shown(read(stub)[0])[3:]] == ["All", "of the words are here and here."]


def test_quotations_in_html() -> None:
    made = message()
    made.set_content(
        "Mine.<p>On 2 May 2024 Joe wrote:<blockquote type='cite'>Theirs.</blockquote>Mine again.",
        subtype="html",
    )
    assert [(section, text) for _, section, text in shown(read(made)[0])[3:]] == [
        (None, "Mine."),
        ("Quoted", "On 2 May 2024 Joe wrote:"),
        ("Quoted", "Theirs."),
        (None, "Mine again."),
    ]


def test_flowed_text_is_joined() -> None:
    draft, _ = read(
        "From: a@example.com\nContent-Type: text/plain; format=flowed\n\n"
        "One line \nthat goes on.\n> Quoted \n> words.\n"
    )
    assert [x[2] for x in shown(draft)[1:]] == ["One line that goes on.", "Quoted words."]


def test_attachments_have_safe_names_given_once() -> None:
    made = message()
    made.set_content("Two files.")
    made.add_related(b"\x89PNG", "image", "png", cid="<logo>")
    for name in ("../../a.txt", "a.txt"):
        made.add_attachment(b"words", "text", "plain", filename=name)
    made.add_attachment(b"a,b", "text", "csv")
    made.add_attachment(b"\xff\xd8", "image", "jpeg", filename="photo.jpg")
    _, files = read(made)
    assert files == [
        Inner("a.txt", b"words", "2024-05-03"),
        Inner("a (2).txt", b"words", "2024-05-03"),
        Inner("attachment 3.csv", b"a,b", "2024-05-03"),
        Inner("photo.jpg", b"\xff\xd8", "2024-05-03"),
    ]


def test_a_forwarded_message_is_a_file_of_its_own() -> None:
    inner = message("Costs/gains")
    inner.set_content("The costs are 5.")
    outer = message()
    outer.set_content("See below.")
    outer.add_attachment(inner)
    draft, files = read(outer)
    assert "costs" not in draft.text
    (file,) = files
    assert isinstance(file, Inner)
    assert file.name == "Costs gains.eml"
    again, _ = read(file.data)
    assert again.title == "Costs/gains"
    assert shown(again)[-1] == ("paragraph", None, "The costs are 5.")


def test_what_is_encrypted_or_no_message_is_refused() -> None:
    for data, reason in (
        (b"From: a@b.c\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n", "encrypted"),
        (b"From: a@b.c\n\n-----BEGIN PGP MESSAGE-----\nx", "encrypted"),
        (b"From: a@b.c\nContent-Type: application/pkcs7-mime\n\nMIIB", "encrypted"),
        (b"  \n\n", "no message"),
        (b"".join(PART % (i, i) for i in range(30)), "more than 20 deep"),
        (b"Content-Type: message/rfc822\n\n" * 2000, "more than 20 deep"),
    ):
        with pytest.raises(InputError, match=reason):
            list(read_mail(data, "a.eml"))


@pytest.mark.parametrize(
    "pieces", [[b"Subject: Hi\n\nSigned words."], [b"Subject: Hi\n\n", b"Signed words."]]
)
def test_a_signed_message_in_one_piece(pieces: list[bytes]) -> None:
    strings = b"".join(b"\x04" + bytes([len(piece)]) + piece for piece in pieces)
    inner = strings if len(pieces) == 1 else b"\x24\x80" + strings + b"\0\0"
    der = bytes.fromhex("308006092a864886f70d010702a0803080020101310006092a864886f70d010701a080")
    made = message()
    made.set_content(der + inner + b"\0\0\0\0\xa0\x00", "application", "pkcs7-mime")
    assert shown(read(made)[0])[-1] == ("paragraph", None, "Signed words.")


def test_what_outlook_wraps_is_unwrapped() -> None:
    def attribute(number: int, value: bytes) -> bytes:
        return (
            b"\2"
            + number.to_bytes(2, "little")
            + b"\0\0"
            + len(value).to_bytes(4, "little")
            + value
            + b"\0\0"
        )

    name = "Bücher.txt\0".encode("utf-16-le")
    long_name = b"\x01\0\0\0\x1f\0\x07\x37\1\0\0\0" + len(name).to_bytes(4, "little") + name
    tnef = b"\x78\x9f\x3e\x22\1\0" + b"".join(
        (
            attribute(0x9002, b"x"), attribute(0x8010, b"B.TXT\0"), attribute(0x800F, b"words"),
            attribute(0x9005, long_name), attribute(0x9002, b"x"), attribute(0x800F, b"more"),
        )
    )  # fmt: skip
    made = message()
    made.set_content("See file.")
    made.add_attachment(tnef, "application", "ms-tnef", filename="winmail.dat")
    assert [(x.name, x.data) for x in read(made)[1] if isinstance(x, Inner)] == [
        ("Bücher.txt", b"words"),
        ("attachment 2.bin", b"more"),
    ]


def test_a_saved_page_is_its_page() -> None:
    data = (
        "From: <Saved by Blink>\nSubject: A page\nMIME-Version: 1.0\n"
        "Content-Type: multipart/related; type=text/html; boundary=b; start=\"<main>\"\n\n"
        "--b\nContent-Type: text/html\nContent-ID: <frame>\n\nAn advertisement.\n"
        "--b\nContent-Type: text/html; charset=iso-8859-1\nContent-ID: <main>\n"
        "Content-Transfer-Encoding: quoted-printable\n\nThe caf=E9 is=\n open.\n"
        "--b\nContent-Type: text/css\n\nbody {}\n--b--\n"
    )  # fmt: skip
    draft, files = read(data, "a.mht")
    assert (draft.text, draft.title, draft.kind, files) == ("The café is open.", "A page", None, [])


def test_fields_are_read_whatever_they_hold() -> None:
    assert field_text("=?utf-8?b?R3LDvMOf?= =?utf-8?q?e_an?=\r\n all") == "Grüße an all"
    assert field_text("=?nonsense?q?caf=C3=A9?=") == "café"
    assert field_text("=?utf-8?b?a?=") == "=?utf-8?b?a?="
    assert field_text("Gr\udcfc\udcdfe") == "Grüße"
    assert author_of('"Doe, Jane" <jane@example.com>') == "Doe, Jane"
    assert author_of("=?utf-8?q?J=C3=B6rg?= <j@example.com>") == "Jörg"
    assert author_of("j@example.com") == "j@example.com"
    assert author_of("(" * 5000) is None
    assert iso_date("Wed, 1 Jan 2020 00:30:00 +0900") == "2020-01-01"
    assert iso_date("2025-07-29T12:00:00Z") == "2025-07-29"
    assert iso_date("yesterday") is None
    assert iso_date("Wed, 99 Jan 2020 00:30:00") is None


def test_a_claimed_encoding_is_doubted() -> None:
    assert decode_text("café".encode(), "iso-8859-1") == "café"
    assert decode_text("café".encode("cp1252"), "us-ascii") == "café"
    assert decode_text("Привет".encode("koi8-r"), "koi8-r") == "Привет"
    assert decode_text(b"a-9999", "punycode") == "a-9999"


def test_a_mail_in_utf_16() -> None:
    draft, _ = read((HEAD + "The words.").encode("utf-16"))
    assert shown(draft) == [*HEADER_ROWS, ("paragraph", None, "The words.")]


def test_fields_that_would_take_long_are_read_at_once() -> None:
    unended = b"=?a?q?x" * 14_000
    head = b"From: a@b.c\nSubject: Costs " + unended + b"\nMIME-Version: 1.0\n"
    mail = head + b"Content-Type: text/plain" + b";a" * 300_000 + b"\n\nWords."
    begun = time.process_time()
    document = read_document(mail, "a.eml")
    assert time.process_time() - begun < 4
    assert document.text.endswith("Words.")
    assert document.title.startswith("Costs =?a")


def test_a_mail_without_a_subject_has_no_field_for_a_title() -> None:
    mail = b"From: a@b.c\nTo: b@c.d\n\nThe roof leaks."
    assert read_document(mail, "a.eml").title == "The roof leaks."


def test_files_of_an_attached_archive_have_the_date_of_the_mail() -> None:
    message = EmailMessage()
    message["From"], message["Date"] = "a@b.c", "Fri, 3 May 2024 10:12:00 +0100"
    message.set_content("Attached.")
    archive = packed({"a.txt": "Some words."})
    message.add_attachment(archive, maintype="application", subtype="zip", filename="a.zip")
    found = [x for x in frames(message.as_bytes(), "a.eml") if isinstance(x, Opening)]
    assert [(x.member, x.published) for x in found] == [
        ("", "2024-05-03"),
        ("a.zip/a.txt", "2024-05-03"),
    ]
