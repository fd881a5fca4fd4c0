"""ZIP archives and how much may come out of files in files."""

import stat
import zipfile
from io import BytesIO

import pytest

from qa.errors import InputError
from qa.reading import budget
from qa.reading.archive import read_zip
from qa.reading.budget import Budget
from qa.reading.formats import Inner, Left
from qa.reading.naming import Names, safe_name
from tests.reading import members


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as opened:
        for entry, content in entries:
            opened.writestr(entry, content)
    return data.getvalue()


def test_files_come_in_the_order_of_their_names() -> None:
    data = archive(
        ("b/two.txt", b"2"), ("b/", b""), ("a.txt", b"1"), ("__MACOSX/a.txt", b"x"),
        (".hidden/c.txt", b"x"), ("b/.DS_Store", b"x"), ("b/Thumbs.db", b"x"), ("B\\three.txt", b"3"),
    )  # fmt: skip
    found = [
        (one.name, one.data())
        for one in read_zip(data, "x.zip")
        if isinstance(one, Inner) and callable(one.data)
    ]
    assert found == [("B/three.txt", b"3"), ("a.txt", b"1"), ("b/two.txt", b"2")]


def test_what_leads_out_of_the_archive_is_left() -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    names = ("../up.txt", "/etc/passwd", "C:\\x.txt", "a/../../b.txt", "good..txt")
    found = list(read_zip(archive(*((name, b"x") for name in names), (link, b"/etc")), "x.zip"))
    assert [one.name for one in found if isinstance(one, Inner)] == ["good..txt"]
    left = {one.name: one.reason for one in found if isinstance(one, Left)}
    assert set(left) == {"up.txt", "etc/passwd", "C:/x.txt", "a/b.txt", "link"}
    assert "leads out" in left["up.txt"]
    assert "link" in left["link"]


def test_names_are_in_the_encoding_that_they_are_in() -> None:
    unmarked = archive(("Gr__e.txt", b"x")).replace(b"Gr__e", "Grüe".encode())
    assert [one.name for one in read_zip(unmarked, "x.zip")] == ["Grüe.txt"]
    dos = archive(("Gr_e.txt", b"x")).replace(b"Gr_e", "Grüe".encode("cp437"))
    assert [one.name for one in read_zip(dos, "x.zip")] == ["Grüe.txt"]
    assert [one.name for one in read_zip(archive(("日本.txt", b"x")), "x.zip")] == ["日本.txt"]


def test_a_damaged_file_leaves_the_others() -> None:
    data = archive(("a.txt", b"words " * 50), ("b.txt", b"y"))
    at = data.index(b"a.txt") + 5
    damaged = data[:at] + b"\xff\xff\xff" + data[at + 3 :]
    (name, reason), second = members(damaged, "x.zip")
    assert name == "a.txt"
    assert "damaged" in reason
    assert second == ("b.txt", "text")


def test_an_entry_that_is_a_bomb_or_encrypted_leaves_the_others() -> None:
    data = archive(("bomb.txt", b"0" * 2**22), ("good.txt", b"y"), ("key.txt", b"z"))
    at = data.rindex(b"PK\1\2") + 8
    locked = data[:at] + b"\1" + data[at + 1 :]
    (bomb, ratio), good, (key, password) = members(locked, "x.zip")
    assert (bomb, good, key) == ("bomb.txt", ("good.txt", "text"), "key.txt")
    assert "bomb" in ratio
    assert "password" in password


def test_names_are_given_once() -> None:
    names = Names()
    given = [names.unique(name) for name in ("a.txt", "A.txt", "a.txt", "d/a.txt", "a (2).txt")]
    assert given == ["a.txt", "A (2).txt", "a (3).txt", "d/a.txt", "a (2) (2).txt"]


def test_names_are_safe() -> None:
    assert safe_name("../../etc/passwd") == "passwd"
    assert safe_name("C:\\docs\\a\x00b\u202etxt.pdf") == "a b txt.pdf"
    assert safe_name(" ../ ") == ""
    assert safe_name("x" * 300 + ".pdf") == "x" * 196 + ".pdf"


def test_a_budget_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_FILES", 3)
    monkeypatch.setattr(budget, "MAX_BYTES", 100)
    within = Budget()
    within.take(60, 4)
    with pytest.raises(InputError, match="4 files deep"):
        within.take(1, 5)
    within.take(40, 1)
    with pytest.raises(InputError, match="MiB"):
        within.take(1, 1)
    with pytest.raises(InputError, match="more than 3 files"):
        within.take(0, 1)
