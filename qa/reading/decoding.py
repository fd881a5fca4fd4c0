"""Bytes -> canonical text: the file's own words, with line ends, a BOM and NULs made uniform.

Knows encodings, nothing of formats or structure.
"""

import codecs
import re

from qa.errors import InputError

# Longest first: UTF-32's little-endian mark begins with UTF-16's.
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_NO_TEXT = "it holds binary data, or text in an encoding that can't be told; save text as UTF-8"
_SAMPLE = 65_536  # bytes or characters: enough to tell an encoding, or that there is none
_MAX_DAMAGE = 0.2  # share of a UTF-8 text's other than ASCII characters that may be damaged
_TIE = 0.05  # difference in charset-normalizer's chaos (0 to 1) that tells nothing
MAX_CONTROLS = 0.02  # share of control characters above which a file isn't text


def canonical(text: str) -> str:
    """Return `text` with LF line ends, no leading BOM and no NULs; all else as it was."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").replace("\0", "")


def decode(data: bytes) -> str:
    """Return the canonical text of a text file's bytes; what is damaged shows as U+FFFD.

    Raises:
        InputError: if the bytes are not text in any encoding that can be told.
    """
    return canonical(data.decode(tell_encoding(data), "replace"))


def damage(damaged: int) -> tuple[str, ...]:
    """Return a note on so many characters that couldn't be read, if there are any."""
    if not damaged:
        return ()
    return ("one character is damaged" if damaged == 1 else f"{damaged:,} characters are damaged",)


def tell_encoding(data: bytes, *, whole: bool = True) -> str:
    """Return the encoding of a text file.

    Args:
        data: Its bytes, or its first ones.
        whole: Whether they are all; otherwise the last character may be cut.

    Raises:
        InputError: if the bytes are not text in any encoding that can be told.
    """
    encoding = next((name for bom, name in BOMS if data.startswith(bom)), None)
    if encoding is None:
        try:
            text = codecs.getincrementaldecoder("utf-8")().decode(data, whole)
        except UnicodeDecodeError:
            encoding = _detect(data)
        else:
            # UTF-16 without a mark is valid UTF-8, full of NULs.
            nuls = text.count("\0", 0, _SAMPLE)
            encoding = _detect(data) if nuls > len(text[:_SAMPLE]) // 10 else "utf-8"
    sample = canonical(data[: 4 * _SAMPLE].decode(encoding, "replace"))[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) > MAX_CONTROLS * len(sample):
        raise InputError(_NO_TEXT)
    return encoding


def _detect(data: bytes) -> str:
    for encoding in ("utf-16-le", "utf-16-be"):
        zeros = data[encoding == "utf-16-le" : _SAMPLE : 2].count(0)
        if zeros > min(len(data), _SAMPLE) // 5:
            try:
                data.decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
    if data.count(0, 0, _SAMPLE) > min(len(data), _SAMPLE) // 100:
        raise InputError(_NO_TEXT)
    lenient = data.decode("utf-8", "replace")
    if 0 < lenient.count("\ufffd") <= _MAX_DAMAGE * sum(not char.isascii() for char in lenient):
        return "utf-8"  # with a few damaged bytes
    from charset_normalizer import from_bytes

    # What tells an encoding are the lines with other than ASCII in them.
    telling = b"\n".join(line for line in data.split(b"\n") if not line.isascii())
    guesses = list(from_bytes(telling[:_SAMPLE]))
    if not guesses:
        raise InputError(_NO_TEXT)
    # Short Western texts fit several code pages equally well; cp1252 is by far the commonest.
    ties = [g for g in guesses if g.chaos <= guesses[0].chaos + _TIE]
    best = next((g for g in ties if g.encoding == "cp1252"), guesses[0])
    return best.encoding
