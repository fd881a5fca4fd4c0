"""Signed messages in one piece (S/MIME, "smime.p7m") -> the message that was signed.

A reader of just enough ASN.1 (X.690): tags and lengths, no certificates, no check of the signature.
"""

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")  # 1.2.840.113549.1.7.2
_DATA = bytes.fromhex("06092a864886f70d010701")  # 1.2.840.113549.1.7.1
_CONSTRUCTED, _OCTETS, _CONTEXT_0, _END = 0x20, 0x04, 0xA0, 0x00


def signed_content(data: bytes) -> bytes | None:
    """Return what was signed, or None where that isn't in it: it is encrypted, or damaged."""
    if _SIGNED_DATA not in data[:60]:
        return None
    at = data.find(_DATA, 0, 200)
    if at < 0:
        return None
    at += len(_DATA)
    found: list[bytes] = []
    # The content: [0] { OCTET STRING }, whose value may come in pieces, each a string again.
    while (step := _tag(data, at)) is not None:
        tag, start, size = step
        if tag == _OCTETS and size is not None:
            found.append(data[start : start + size])
            at = start + size
        elif tag in (_CONTEXT_0, _OCTETS | _CONSTRUCTED) and not (found and tag == _CONTEXT_0):
            at = start
        else:
            break  # certificates follow
    return b"".join(found) or None


def _tag(data: bytes, at: int) -> tuple[int, int, int | None] | None:
    """Return tag, where its value starts, and its length (None: to an end mark)."""
    if at + 2 > len(data):
        return None
    tag, size = data[at], data[at + 1]
    if size < 0x80:
        return tag, at + 2, size
    if size == 0x80:
        return tag, at + 2, None
    width = size & 0x7F
    if width > 4 or at + 2 + width > len(data):
        return None
    return tag, at + 2 + width, int.from_bytes(data[at + 2 : at + 2 + width])
