"""PDFs that are made here, in Courier: every character is 0.6 of the type's size wide."""

from hashlib import md5

import pytest

from qa.errors import InputError
from qa.reading.building import Draft
from qa.reading.pdf import read_pdf
from tests.reading import read as read_document

PAGE = (400, 300)  # points
PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def say(x, y, *lines, size=10, bold=False, extra=""):
    """Return what draws lines of text, the first `y` points below the page's top."""
    font = "F2" if bold else "F1"
    shown = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    return "".join(
        f"BT {extra} /{font} {size} Tf {x} {PAGE[1] - y - 1.2 * size * n:g} Td ({line}) Tj ET\n"
        for n, line in enumerate(shown)
    )


def make(*pages, info="", catalog="", page="", password=None):
    """Return a PDF whose pages draw these texts; a password encrypts it (RC4, 40 bits)."""
    count = len(pages)
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(count))
    objects = {
        1: f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {count} /MediaBox [0 0 {PAGE[0]} {PAGE[1]}]"
        " /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>",
        3: "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        4: "<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >>",
    }
    key = None if password is None else encryption_key(password)
    bodies = {number: text.encode("latin-1") for number, text in objects.items()}
    for n, drawn in enumerate(pages):
        bodies[5 + 2 * n] = (
            f"<< /Type /Page /Parent 2 0 R /Contents {6 + 2 * n} 0 R {page} >>".encode()
        )
        stream = drawn.encode("cp1252")
        if key:
            stream = rc4(md5(key + bytes([6 + 2 * n, 0, 0, 0, 0])).digest()[:10], stream)
        head = f"<< /Length {len(stream)} >>\nstream\n".encode()
        bodies[6 + 2 * n] = head + stream + b"\nendstream"
    trailer = f"/Size {len(bodies) + 2} /Root 1 0 R"
    if info:
        bodies[len(bodies) + 1] = f"<< {info} >>".encode("latin-1")
        trailer += f" /Info {len(bodies)} 0 R"
    if key:
        trailer += (
            f" /ID [<{b'0' * 16!r}> <>]".replace("b'", "").replace("'", "")
            + f" /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{owner(password).hex()}>"
            f" /U <{rc4(key, PADDING).hex()}> >>"
        )
    data = b"%PDF-1.4\n"
    offsets = []
    for number, body in bodies.items():
        offsets.append(len(data))
        data += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    rows = "".join(f"{at:010} 00000 n \n" for at in offsets)
    xref = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{rows}"
    return data + f"{xref}trailer << {trailer} >>\nstartxref\n{len(data)}\n%%EOF".encode()


def rc4(key, data):
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def owner(password):
    padded = (password.encode() + PADDING)[:32]
    return rc4(md5(padded).digest()[:5], padded)


def encryption_key(password):
    padded = (password.encode() + PADDING)[:32]
    document = bytes.fromhex("0" * 16)
    return md5(padded + owner(password) + b"\xfc\xff\xff\xff" + document).digest()[:5]


def read(data, name="a.pdf"):
    (draft,) = (found for found in read_pdf(data, name) if isinstance(found, Draft))
    return draft


def blocks(draft):
    return [(b.kind, draft.text[b.start : b.end]) for b in draft.blocks]


def place(draft, words):
    at = draft.text.index(words)
    return str(draft.places.at(at, at + len(words)))


def test_columns_are_read_one_after_the_other_and_broken_words_made_whole():
    draft = read(
        make(
            say(20, 40, "The Costs Rules", size=18, bold=True)
            + say(20, 80, "The court may order costs, for", "all that it has heard as exam-")
            + say(20, 104, "ple those of a well-known case")
            + say(20, 116, "or of a party whom it has long")
            + say(20, 140, "Costs are hard, which is known")
            + say(20, 152, "to all who ever asked for them")
            + say(20, 164, "and paid, as a rule, for well-")
            + say(220, 80, "known judges who sat for days.")
            + say(220, 104, "Leave is needed where a clerk")
            + say(220, 116, "has to come from a long way.")
            + say(20, 260, "The end of it stands below both of the columns that are above it")
        )
    )
    assert blocks(draft) == [
        ("heading", "The Costs Rules"),
        (
            "paragraph",
            "The court may order costs, for all that it has heard as example those of a "
            "well-known case or of a party whom it has long",
        ),
        (
            "paragraph",
            "Costs are hard, which is known to all who ever asked for them and paid, as a rule, "
            "for well-known judges who sat for days.",
        ),
        ("paragraph", "Leave is needed where a clerk has to come from a long way."),
        ("paragraph", "The end of it stands below both of the columns that are above it"),
    ]
    assert {block.section for block in draft.blocks} == {"The Costs Rules"}


def long_document(**kinds):
    pages = [
        say(20, 50, "1. Appeals", size=16, bold=True)
        + say(20, 80, "1.1")
        + say(60, 80, "A party that wishes to appeal has to ask for leave2 in")
        + say(60, 92, "the time that the rules allow, and to say why.")
        + say(20, 116, "1.2")
        + say(60, 116, "The judge who hears the request may give leave if it")
        + say(60, 128, "seems to him or her that the appeal has a real pros-")
        + say(20, 260, "2 Leave is a permission of the court.", size=7),
        say(60, 50, "pect of success, and not if:")
        + say(60, 74, "(a)")
        + say(80, 74, "it is late; or")
        + say(60, 92, "(b)")
        + say(80, 92, "it is hopeless, which it is if all that it says has")
        + say(80, 104, "been said before.")
        + say(20, 130, "Time", bold=True)
        + say(20, 150, "Appeals are brought in time."),
        say(20, 50, "Fees", size=16, bold=True)
        + say(20, 80, "Court", bold=True)
        + say(150, 80, "Fee", bold=True)
        + say(250, 80, "Days", bold=True)
        + say(20, 92, "High Court")
        + say(150, 92, "150")
        + say(250, 92, "21")
        + say(20, 104, "County Court")
        + say(150, 104, "90")
        + say(250, 104, "14"),
    ]
    header = say(150, 20, "The Guide to Courts", size=8)
    footed = [
        header + page + say(190, 290, str(number), size=8) for number, page in enumerate(pages, 11)
    ]
    return make(*footed, "", **kinds)


def test_a_paragraph_goes_on_over_the_page_and_furniture_stands_behind_it():
    draft = read(long_document())
    appeals, time = "1. Appeals", "1. Appeals › Time"
    assert [(b.kind, draft.text[b.start : b.end], b.section) for b in draft.blocks] == [
        ("heading", "1. Appeals", appeals),
        (
            "paragraph",
            "1.1 A party that wishes to appeal has to ask for leave2 in the time that the rules "
            "allow, and to say why.",
            appeals,
        ),
        ("paragraph", "2 Leave is a permission of the court.", appeals),
        (
            "lead_in",
            "1.2 The judge who hears the request may give leave if it seems to him or her that the "
            "appeal has a real prospect of success, and not if:",
            appeals,
        ),
        ("item", "(a) it is late; or", appeals),
        (
            "item",
            "(b) it is hopeless, which it is if all that it says has been said before.",
            appeals,
        ),
        ("heading", "Time", time),
        ("paragraph", "Appeals are brought in time.", time),
        ("heading", "Fees", "Fees"),
        ("lead_in", "Court | Fee | Days", "Fees"),
        ("row", "High Court | 150 | 21", "Fees"),
        ("row", "County Court | 90 | 14", "Fees"),
    ]
    assert place(draft, "appeal has a real prospect of success") == "pages 1–2 (printed 11–12)"
    assert place(draft, "pect of success") == "page 2 (printed 12)"
    assert place(draft, "Leave is a permission") == "page 1 (printed 11)"
    assert place(draft, "County Court") == "page 3 (printed 13)"
    assert "success, and not if:\n\n(a) it is late; or\n(b) it is hopeless," in draft.text
    assert "been said before.\n\n11\n\nThe Guide to Courts\n\n" in draft.text
    assert draft.text.startswith("The Guide to Courts\n\n1. Appeals\n\n")
    assert draft.blank == (4,)


def test_labels_and_metadata_are_the_files_own():
    draft = read(
        long_document(
            catalog="/PageLabels << /Nums [0 << /S /r >> 1 << /S /D /St 1 >>] >>",
            info="/Title (The Guide) /Author (A. Judge) /CreationDate (D:20240229101500Z)",
        )
    )
    assert place(draft, "High Court |") == "page 3 (printed 2)"
    assert place(draft, "1. Appeals") == "page 1 (printed i)"
    assert (draft.title, draft.author, draft.published) == ("The Guide", "A. Judge", "2024-02-29")


@pytest.mark.parametrize(
    "title", ["Microsoft Word - guide.doc", "report.indd", "Untitled", "a", "12", "a_guide-2"]
)
def test_what_is_no_title_is_left_out(title):
    assert read(make(say(20, 50, "Words"), info=f"/Title ({title})")).title == ""


def test_only_what_is_seen_is_read():
    hidden = say(20, 80, "hidden words", extra="3 Tr")
    outside = say(20, 280, "outside the page")
    page = "/CropBox [0 100 400 300]"
    assert read(make(say(20, 50, "Seen words") + hidden, page=page)).text == "Seen words"
    assert read(make(say(20, 50, "Seen words") + outside, page=page)).text == "Seen words"


def test_text_under_a_scan_is_what_the_scan_shows():
    image = "BI /W 1 /H 1 /BPC 8 /CS /G ID x EI\n"
    hidden = say(20, 80, "What the scanner recognised on the page", extra="3 Tr")
    assert read(make(image + hidden)).text == "What the scanner recognised on the page"


def test_what_a_line_breaks_is_told_from_what_the_author_hyphenates():
    lines = (
        "A co-owner may ask that the house be sold. When it is sold co-",
        "owners share what was paid, as the law says it has to be sha-",
        "red. What the sha- res are worth is asked of a well known non-",
        "party, as known to all as it is well.",
    )
    assert read(make(say(10, 50, *lines))).text == (
        "A co-owner may ask that the house be sold. When it is sold co-owners share what was paid, "
        "as the law says it has to be shared. What the sha- res are worth is asked of a well known "
        "nonparty, as known to all as it is well."
    )


def test_pages_and_lines_that_are_turned_stand_upright():
    turned = f"q 0 1 -1 0 {PAGE[0]} 0 cm\n" + say(20, 50, "A wide table", "is turned.") + "Q\n"
    assert read(make(turned)).text == "A wide table is turned."
    assert read(make(turned, page="/Rotate 90")).text == "A wide table is turned."
    assert read(make(say(20, 50, "Two", "words"), page="/Rotate 180")).text == "Two words"


def test_scans_and_locked_files_are_refused_and_open_ones_read():
    words = say(20, 50, "Open words")
    assert read(make(words, password="")).text == "Open words"
    with pytest.raises(InputError, match="without a password"):
        read(make(words, password="secret"))
    with pytest.raises(InputError, match="no page has text"):
        read(make("", ""))
    with pytest.raises(InputError, match="damaged"):
        read(b"%PDF-1.4\nnothing")


def test_a_number_that_a_line_of_a_sentence_begins_with_is_no_items():
    page = (
        say(20, 40, "(a)")
        + say(50, 40, "The bundles have to be brought to the court within")
        + say(50, 52, "14 days of the order, and copies of them not later than")
        + say(50, 64, "7 days before the hearing of the application.")
        + say(20, 88, "2. The trial is heard as the parties ask, between the")
        + say(20, 100, "2 and 5 days that it lasts in the list of the judge.")
        + say(20, 124, "Whoever appeals has to bring with him to the hearing in")
        + say(20, 136, "1 the order of the court that is appealed from, sealed")
        + say(20, 148, "2 the grounds of the appeal")
        + say(20, 172, "Bring these on the day")
        + say(20, 184, "3 pens and")
        + say(20, 196, "4 sheets")
    )
    assert blocks(read(make(page))) == [
        (
            "item",
            "(a) The bundles have to be brought to the court within 14 days of the order, and copies "
            "of them not later than 7 days before the hearing of the application.",
        ),
        (
            "item",
            "2. The trial is heard as the parties ask, between the 2 and 5 days that it lasts in the "
            "list of the judge.",
        ),
        ("paragraph", "Whoever appeals has to bring with him to the hearing in"),
        ("paragraph", "1 the order of the court that is appealed from, sealed"),
        ("paragraph", "2 the grounds of the appeal"),
        ("paragraph", "Bring these on the day"),
        ("paragraph", "3 pens and"),
        ("paragraph", "4 sheets"),
    ]


def test_contents_is_above_no_chapter():
    chapters = [
        say(20, 50, "Section 1. Claims", size=16, bold=True)
        + say(20, 80, "1.1 Forms", size=13, bold=True)
        + say(20, 100, "A claim is made by a form that the court gives out."),
        say(20, 50, "Section 2. Trials", size=16, bold=True)
        + say(20, 80, "A trial is heard by a judge of the court."),
    ]
    contents = say(20, 50, "Contents", size=20, bold=True) + say(
        20, 90, "Section 1. Claims ........ 5", "Section 2. Trials ........ 6"
    )
    title = say(20, 50, "The Guide", size=26, bold=True) + say(20, 120, "By the judges.")
    draft = read(make(title, "", "", contents, *chapters))
    assert [b.section for b in draft.blocks if b.kind == "heading"] == [
        "The Guide",
        "Contents",
        "Section 1. Claims",
        "Section 1. Claims › 1.1 Forms",
        "Section 2. Trials",
    ]


def test_a_date_above_the_text_is_a_dateline_and_an_initial_no_mark():
    page = say(20, 30, "Minutes", size=18) + say(20, 70, "12 March 2024")
    page += say(20, 100, "J. Smith welcomed everyone.") + say(20, 130, "1. Costs")
    file = make(page, info="/CreationDate (D:2025) /Author (Administrator)")
    document = read_document(file, "a.pdf")
    kinds = [block.kind for block in document.blocks]
    assert kinds == ["heading", "dateline", "paragraph", "item"]
    assert (document.published, document.author) == ("2024-03-12", None)
    assert read(make(say(20, 50, "Words"), info="/CreationDate (D:2025)")).published == "2025"


def test_what_is_not_drawn_on_a_page_is_noted():
    comment = "<< /Type /Annot /Subtype /Text /Rect [9 9 20 20] /Contents (No!) >>"
    field = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V ({}) /Rect [9 30 90 50] >>"
    page = f"/Annots [{comment} {field.format('Jane')} {field.format('Ely')}]"
    assert read(make(say(20, 40, "Words on the page."), page=page)).notes == (
        "1 comment in it was not read",
        "2 filled form fields in it were not read",
    )
