"""Messages that Outlook saved."""

import struct
import sys
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from qa.errors import InputError
from qa.reading.building import Builder, Draft
from qa.reading.formats import Inner, Left
from qa.reading.lzfu import decompress_rtf
from qa.reading.mail import read_mail
from qa.reading.msg import read_msg
from tests.ole import write_ole

# In units of 100 ns.
SENT = (datetime(2024, 5, 3, 12) - datetime(1601, 1, 1)) // timedelta(microseconds=1) * 10


def storage(
    header: int, fixed: dict[tuple[int, int], int] | None = None, **texts: str
) -> dict[str, Any]:
    """Return a folder of properties; `p0037="x"` is the text 0x0037."""
    entries = b"".join(
        struct.pack("<HHIQ", kind, number, 6, value)
        for (number, kind), value in (fixed or {}).items()
    )
    made: dict[str, Any] = {"__properties_version1.0": bytes(header) + entries}
    for name, text in texts.items():
        made[f"__substg1.0_{name[1:]}001F"] = text.encode("utf-16-le")
    return made


def recipient(kind: int, name: str, address: str) -> dict[str, Any]:
    return storage(8, {(0x0C15, 3): kind}, p3001=name, p39FE=address)


def msg(**more: Any) -> dict[str, Any]:
    made = storage(
        32, {(0x0039, 0x40): SENT, (0x3FDE, 3): 65001},
        p001A="IPM.Note", p0037="The café", p0C1A="Jane Doe", p5D01="jane@example.com",
        p1000="I agree.\r\n\r\nOn 2 May 2024 at 9:15 Joe wrote:\r\n> Shall we?\r\n",
    )  # fmt: skip
    made["__recip_version1.0_#00000000"] = recipient(1, "Joe", "joe@example.com")
    made["__recip_version1.0_#00000001"] = recipient(2, "ann@example.com", "ann@example.com")
    return made | more


def read(folder: dict[str, Any]) -> tuple[Draft, list[Inner | Left]]:
    draft, *files = read_msg(write_ole(folder), "a.msg")
    assert isinstance(draft, Draft)
    return draft, [file for file in files if not isinstance(file, Draft)]


def test_a_message() -> None:
    draft, files = read(msg())
    assert [(x.kind, x.section, draft.text[x.start : x.end]) for x in draft.blocks] == [
        ("row", None, "From: Jane Doe <jane@example.com>"),
        ("row", None, "To: Joe <joe@example.com>"),
        ("row", None, "Cc: ann@example.com"),
        ("row", None, "Date: 2024-05-03 12:00 UTC"),
        ("row", None, "Subject: The café"),
        ("paragraph", None, "I agree."),
        ("lead_in", "Quoted", "On 2 May 2024 at 9:15 Joe wrote:"),
        ("paragraph", "Quoted", "Shall we?"),
    ]
    assert (draft.title, draft.author, draft.published, draft.kind, files) == (
        "The café", "Jane Doe", "2024-05-03", "email", [],
    )  # fmt: skip


def test_the_header_that_was_sent_comes_first() -> None:
    sent = "From: J. Doe <j@example.com>\r\nDate: Sat, 4 May 2024 01:00:00 +1300\r\n\r\n"
    draft, _ = read(msg(**storage(32, p007D=sent)) | {"__properties_version1.0": bytes(32)})
    assert draft.text.startswith("From: J. Doe <j@example.com>\nTo: Joe")
    assert (draft.author, draft.published) == ("J. Doe", "2024-05-04")


def test_text_of_a_code_page() -> None:
    folder = msg()
    del folder["__substg1.0_1000001F"]
    folder["__substg1.0_1000001E"] = "Grüße".encode()
    assert read(folder)[0].text.endswith("Grüße")


def test_attachments() -> None:
    file = storage(8, p3707="costs.csv", p370E="text/csv") | {"__substg1.0_37010102": b"a,b"}
    picture = storage(8, p3707="logo.png", p370E="image/png", p3712="cid") | {
        "__substg1.0_37010102": b"x"
    }
    inner = storage(24, p001A="IPM.Note", p0037="Older", p1000="The costs are 5.", p0C1A="Ann")
    inner["__attach_version1.0_#00000000"] = file
    embedded = storage(8) | {"__substg1.0_3701000D": inner}
    linked = storage(8, p3001="drawing") | {"__substg1.0_3701000D": {"CONTENTS": b"x"}}
    names = [f"__attach_version1.0_#0000000{n}" for n in range(4)]
    _, files = read(msg(**dict(zip(names, (file, picture, embedded, linked), strict=True))))
    assert files[0] == Inner("costs.csv", b"a,b", "2024-05-03")
    assert isinstance(files[1], Inner)
    assert files[1].name == "Older.eml"
    assert files[2] == Left("drawing", "it is an embedded object of another program")
    draft, *deeper = read_mail(files[1].data, "Older.eml")
    assert isinstance(draft, Draft)
    assert draft.text == "From: Ann\nSubject: Older\n\nThe costs are 5."
    assert deeper == [Inner("costs.csv", b"a,b")]


def test_a_message_in_rtf_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_rtf(data: bytes, name: str):
        builder = Builder("paragraph")
        builder.add("paragraph", data.decode())
        yield Draft(*builder.finish())

    module = ModuleType("qa.reading.rtf")
    module.__dict__["read_rtf"] = read_rtf
    monkeypatch.setitem(sys.modules, "qa.reading.rtf", module)
    folder = msg()
    del folder["__substg1.0_1000001F"]
    folder["__substg1.0_10090102"] = struct.pack("<II4sI", 0, 9, b"MELA", 0) + b"The words"
    assert read(folder)[0].text.endswith("The words")


def test_compressed_rtf() -> None:
    # The examples of MS-OXRTFCP, 3.1.1 and 3.2.1.
    simple = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert decompress_rtf(simple) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    crossing = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert decompress_rtf(crossing) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    for cut in range(16, len(simple)):
        assert b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n".startswith(
            decompress_rtf(simple[:cut])
        )


def test_what_is_encrypted_is_refused() -> None:
    attached = storage(8, p370E="application/pkcs7-mime") | {"__substg1.0_37010102": b"\x30\x80"}
    with pytest.raises(InputError, match="encrypted"):
        read(
            msg(
                **{
                    "__substg1.0_001A001F": "IPM.Note.SMIME".encode("utf-16-le"),
                    "__attach_version1.0_#00000000": attached,
                }
            )
        )
