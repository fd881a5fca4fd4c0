"""TNEF ("winmail.dat"): what Outlook wraps a message's attachments in. Source: MS-OXTNEF."""

import struct
from collections.abc import Iterator

from qa.reading.letters import Attachment

_SIGNATURE = b"\x78\x9f\x3e\x22"
_TITLE, _DATA, _NEXT, _PROPERTIES = 0x8010, 0x800F, 0x9002, 0x9005
_LONG_NAME = 0x3707


def tnef_attachments(data: bytes) -> Iterator[Attachment]:
    """Yield the attachments; what is damaged ends them."""
    if not data.startswith(_SIGNATURE):
        return
    at = 6
    name, content = "", None
    while at + 9 <= len(data):
        attribute, _, size = struct.unpack_from("<xHHI", data, at)
        value = data[at + 9 : at + 9 + size]
        at += 9 + size + 2  # a checksum follows
        if attribute == _NEXT:
            if content is not None:
                yield Attachment(name, "application/octet-stream", content)
            name, content = "", None
        elif attribute == _TITLE:
            name = name or value.split(b"\0")[0].decode("cp1252", "replace")
        elif attribute == _DATA:
            content = value
        elif attribute == _PROPERTIES:
            name = _long_name(value) or name
    if content is not None:
        yield Attachment(name, "application/octet-stream", content)


def _long_name(properties: bytes) -> str:
    """Return the attachment's long name, which stands in UTF-16 among its MAPI properties.

    Found by its tag, since what other properties look like needn't be known then.
    """
    at = properties.find(struct.pack("<HHI", 0x001F, _LONG_NAME, 1))
    if at < 0 or at + 12 > len(properties):
        return ""
    (size,) = struct.unpack_from("<I", properties, at + 8)
    return properties[at + 12 : at + 12 + size].decode("utf-16-le", "replace").rstrip("\0")
