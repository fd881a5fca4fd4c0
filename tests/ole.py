"""Writes OLE files of small streams, for tests: version 3, one chain a stream, no sharing."""

import struct
from itertools import pairwise
from typing import Any

SECTOR, MINI = 512, 64
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
Folder = dict[str, Any]  # bytes, or a folder again


def write_ole(root: Folder) -> bytes:
    """Return an OLE file with these streams, each shorter than 4,096 bytes."""
    mini, mini_fat = bytearray(), []
    entries: list[list[Any]] = []  # name, kind, right, child, start, size

    def stream(data: bytes) -> int:
        first = len(mini_fat)
        count = -(-len(data) // MINI)
        mini_fat.extend([*range(first + 1, first + count), END] if count else [])
        mini.extend(data.ljust(count * MINI, b"\0"))
        return first if count else END

    def folder(items: Folder) -> int:
        numbers = []
        for name, item in sorted(items.items(), key=lambda pair: (len(pair[0]), pair[0].upper())):
            numbers.append(len(entries))
            if isinstance(item, bytes):
                entries.append([name, 2, FREE, FREE, stream(item), len(item)])
            else:
                entries.append([name, 1, FREE, FREE, 0, 0])
                entries[numbers[-1]][3] = folder(item)
        for left, right in pairwise(numbers):
            entries[left][2] = right
        return numbers[0] if numbers else FREE

    entries.append(["Root Entry", 5, FREE, FREE, 0, 0])
    entries[0][3] = folder(root)
    directory = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBBIII", 2 * len(name) + 2, kind, 1, FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
        for name, kind, right, child, start, size in entries
    )
    table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    parts = [directory, table, bytes(mini)]
    starts, fat = [], [FAT]
    for part in parts:
        count = -(-len(part) // SECTOR)
        starts.append(len(fat) if count else END)
        fat += [*range(len(fat) + 1, len(fat) + count), END] if count else []
    assert len(fat) <= SECTOR // 4
    directory = directory[:116] + struct.pack("<IQ", starts[2], len(mini)) + directory[128:]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, starts[0], 0, 4096,
                          starts[1], -(-len(table) // SECTOR), END, 0)  # fmt: skip
    header += struct.pack("<109I", 0, *[FREE] * 108)
    sectors = struct.pack("<128I", *fat, *[FREE] * (128 - len(fat)))
    for part in (directory, *parts[1:]):
        sectors += part.ljust(-(-len(part) // SECTOR) * SECTOR, b"\0")
    return header + sectors
