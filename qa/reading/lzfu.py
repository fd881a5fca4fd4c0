"""Compressed RTF, as Outlook keeps the text of a message (MS-OXRTFCP)."""

import struct

from qa.errors import InputError

MAX_SIZE = 64 * 2**20  # bytes
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096


def decompress_rtf(data: bytes) -> bytes:
    """Return the RTF text; of damaged data what comes before the damage.

    Raises:
        InputError: if it is of another kind, or too large.
    """
    if len(data) < 16:
        raise InputError("its text is damaged")
    raw_size, kind = struct.unpack_from("<I4s", data, 4)
    if kind == b"MELA":
        return data[16 : 16 + raw_size]
    if kind != b"LZFu":
        raise InputError("its text is compressed in an unknown way")
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b" "))
    write = len(_DICTIONARY)
    found = bytearray()
    at = 16
    while at < len(data):
        flags = data[at]
        at += 1
        for bit in range(8):
            if flags >> bit & 1:
                if at + 2 > len(data):
                    return bytes(found)
                reference = int.from_bytes(data[at : at + 2])
                at += 2
                offset, length = reference >> 4, (reference & 0xF) + 2
                if offset == write:
                    return bytes(found)  # the mark of the end
                piece = range(offset, offset + length)
            else:
                if at >= len(data):
                    return bytes(found)
                window[write] = data[at]
                at += 1
                found.append(window[write])
                write = (write + 1) % _WINDOW
                continue
            for position in piece:  # may read what it has just written
                byte = window[position % _WINDOW]
                window[write] = byte
                found.append(byte)
                write = (write + 1) % _WINDOW
        if len(found) > MAX_SIZE:
            raise InputError("its text is too long")
    return bytes(found)
