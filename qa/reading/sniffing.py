"""Which format a file is in: by its first bytes, and only then by its name.

A name is what somebody wished for. Where bytes tell nothing (a CSV, Markdown, a log are all text)
it decides.
"""

import re
from pathlib import PurePath

from qa.errors import InputError
from qa.reading.decoding import BOMS, MAX_CONTROLS
from qa.reading.signatures import known_binary

HEAD = 4096  # bytes that tell

_BY_NAME = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv",
    ".md": "markdown", ".markdown": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".eml": "mail", ".mht": "mail", ".mhtml": "mail",
    "": "text", ".txt": "text", ".text": "text", ".log": "text", ".rst": "text", ".org": "text",
    ".tex": "text", ".srt": "text", ".vtt": "text",
}  # fmt: skip
# Formats whose files aren't text, by the names they have.
_OTHER = frozenset(
    ".pdf .docx .docm .dotx .pptx .pptm .ppsx .xlsx .xlsm .xlsb .xls .odt .ods .odp .epub .rtf"
    " .msg .zip".split()
)
_FORMATS = (
    "PDF, Word (DOCX), PowerPoint (PPTX), Excel (XLSX, XLS), OpenDocument, EPUB, RTF, HTML, mail "
    "(EML, MSG), CSV, Markdown, plain text and ZIP archives of these"
)
_SUFFIX = re.compile(r"\.(?=[a-z0-9_~-]*[a-z])[a-z0-9_~-]{1,12}")

_CONTROLS = bytes({*range(1, 9), *range(14, 27), *range(28, 32), 127})
_MAX_ZEROS = 0.1

_PROLOG = r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--(?:(?!-->).){0,1500}-->\s*){0,5}"
_HTML = re.compile(rf"{_PROLOG}<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE | re.DOTALL)
_SVG = re.compile(
    rf"{_PROLOG}(?:<!doctype\s+svg[^>]{{0,300}}>\s*)?<svg[\s>]", re.IGNORECASE | re.DOTALL
)
_FIELD = re.compile(r"([!-9;-~]{1,60}):[ \t]?")
_MAIL_FIELDS = frozenset(
    "from to subject date received return-path mime-version message-id content-type".split()
)
# Nobody types these at the head of a memo.
_MADE_BY_PROGRAMS = frozenset("received return-path mime-version message-id".split())


def sniff(head: bytes, name: str) -> str:
    """Return the name of a file's format.

    It is "pdf", "rtf", "html", "mail", "csv", "tsv", "markdown", "text", or "zip" or "ole", of
    which `containers` tells the kind.

    Args:
        head: Its first `HEAD` bytes.
        name: Its name, or path.

    Raises:
        InputError: if files like this aren't read, with the reason.
    """
    if not head:
        raise InputError("it is empty")
    suffix = PurePath(name).suffix.lower()
    if not _SUFFIX.fullmatch(suffix):
        suffix = ""  # "Minutes of 3.5.2024", "Mr. Smith"
    text = _as_text(head)
    if head.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    pdf = head.find(b"%PDF-", 0, 1024)
    if pdf >= 0 and (not head[:pdf].strip() or text is None or suffix == ".pdf"):
        return "pdf"
    if what := known_binary(head, is_text=text is not None):
        misnamed = ", whatever its name says" if suffix in _OTHER or suffix in _BY_NAME else ""
        raise InputError(f"it is {what}{misnamed if ';' not in what else ''}")
    if text is None:
        raise InputError("it holds binary data that is of no format read here")
    return _kind_of_text(text, suffix)


def _kind_of_text(text: str, suffix: str) -> str:
    named = _BY_NAME.get(suffix)
    if text.lstrip().startswith("{\\rtf"):
        return "rtf"
    if _HTML.match(text):
        return "html"
    if _SVG.match(text):
        raise InputError("it is a picture (SVG)")
    fields = _mail_fields(text)
    if len(fields) > 1 and (named not in ("text", "markdown") or fields & _MADE_BY_PROGRAMS):
        return "mail"
    if named:
        return named
    if suffix in _OTHER:
        raise InputError("it holds plain text, not what its name says")
    raise InputError(f"{suffix} is not a format read here; those are {_FORMATS}")


def _mail_fields(text: str) -> set[str]:
    """Return the header fields of a message that a text begins with, in small letters."""
    found = set()
    for number, line in enumerate(text.split("\n")):
        if number == 0 and line.startswith("From "):
            continue  # as mailboxes begin a message
        field = _FIELD.match(line)
        if field:
            found.add(field[1].lower())
        elif not (number and line.startswith((" ", "\t"))):
            break
    return found & _MAIL_FIELDS


def _as_text(head: bytes) -> str | None:
    """Return the beginning of a text, roughly decoded, or None where there is no text."""
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, "replace")
    for encoding, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        if _is_wide(head, width, little="le" in encoding):
            wide = head[: len(head) // width * width].decode(encoding, "replace")
            if sum(ord(char) in _CONTROLS for char in wide if ord(char) < 128) <= (
                MAX_CONTROLS * len(wide)
            ):
                return wide
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > MAX_CONTROLS * len(head) or head.count(0) > _MAX_ZEROS * len(head):
        return None
    return head.replace(b"\0", b"").decode("latin-1")


def _is_wide(head: bytes, width: int, *, little: bool) -> bool:
    """Whether most characters are of `width` bytes of which all but one are zero."""
    high = [at for at in range(width) if at != (0 if little else width - 1)]
    rows = len(head) // width
    zeros = sum(head[at::width].count(0) for at in high)
    low = head[0 if little else width - 1 :: width]
    return rows > 1 and zeros > 0.4 * rows * len(high) and low.count(0) < 0.05 * rows
