"""stub"""

from pathlib import PurePath

from qa.errors import InputError

HEAD = 4096


def sniff(head: bytes, name: str) -> str:
    if not head:
        raise InputError("it is empty")
    kinds = {
        ".md": "markdown",
        ".markdown": "markdown",
        ".txt": "text",
        ".text": "text",
        ".csv": "csv",
        ".zip": "zip",
    }
    kind = kinds.get(PurePath(name).suffix.lower())
    if kind is None:
        raise InputError(f"{PurePath(name).suffix} is not a format read here")
    return kind


def sniff_zip(opened: object) -> str:
    return "zip"


def sniff_ole(data: bytes) -> str:
    return "msg"
