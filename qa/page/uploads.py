"""Files sent by the page: their names checked, their bytes kept, whole or not at all.

They lie in a folder of their own inside the corpus folder, which is read like any other.
"""

import errno
import os
import re
import shutil
import time
import uuid
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from qa.atomic import sync_folder
from qa.errors import InputError
from qa.files import why
from qa.page.texts import say

FOLDER = "documents"  # inside the corpus folder
_MAX_NAME = 1_000  # characters, the folders included
_MAX_PART = 200  # bytes of one folder's or file's name; systems take 255
_MAX_DEPTH = 32
_CHUNK = 1 << 20  # bytes written at once
_SPARE = 64 << 20  # bytes that are left on the disk, for the catalog
_LEFT = 3600.0  # seconds; what is older isn't being sent any more
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Names that are devices on Windows, whatever follows the first dot.
_DEVICES = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?:\..*)?", re.I
)


def checked_name(name: str) -> PurePosixPath:
    """Return the relative path that a sent file may have.

    Folders are kept, so that a folder that is dragged in stays one; nothing may lead out of it,
    and nothing is called what some system would take for something else.

    Raises:
        InputError: if the name can't be used.
    """
    parts = name.split("/")
    wrong = (
        not name
        or len(name) > _MAX_NAME
        or len(parts) > _MAX_DEPTH
        or _CONTROLS.search(name)
        or "\\" in name
        or ":" in name  # a drive, or a second stream of a file
        or any(_is_wrong(part) for part in parts)
    )
    if wrong:
        raise InputError(say("upload.name", name=name[:100]))
    return PurePosixPath(*parts)


def _is_wrong(part: str) -> bool:
    return (
        not part
        or part.startswith(".")  # "." and ".." too; hidden files aren't read
        or part.endswith((".", " "))  # Windows leaves these out
        or len(part.encode()) > _MAX_PART
        or bool(_DEVICES.fullmatch(part))
    )


class Uploads:
    """The folder that sent files are kept in."""

    def __init__(self, corpus: Path) -> None:
        """Take over the folder, which need not be there yet.

        Args:
            corpus: The corpus folder.
        """
        self.folder = corpus / FOLDER

    def holds(self, path: Path | None) -> bool:
        """Whether a file was sent by the page."""
        return path is not None and path.is_relative_to(self.folder)

    def make(self) -> None:
        """Make the folder."""
        self.folder.mkdir(exist_ok=True)

    def sweep(self) -> None:
        """Remove what broken transfers have left in the folder."""
        for left in self.folder.glob(".upload-*"):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > _LEFT:
                    left.unlink()

    def delete(self, paths: list[Path]) -> None:
        """Delete files that were sent, and the folders that are empty then."""
        for path in filter(self.holds, paths):
            path.unlink(missing_ok=True)
            for folder in path.parents:
                if folder == self.folder or not self.holds(folder):
                    break
                try:
                    folder.rmdir()
                except OSError:  # something else is in it
                    break

    async def receive(self, request: Request) -> Response:
        """Keep a file, in place of one of that name; its bytes are the body."""
        try:
            name = checked_name(request.query_params.get("name", ""))
            size = int(request.headers["content-length"])  # the guard has seen to it
            await self._keep(name, size, request)
        except InputError as error:
            return PlainTextResponse(str(error), 400)
        except ClientDisconnect:
            return PlainTextResponse(say("upload.broken"), 400)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                return PlainTextResponse(say("upload.full"), 507)
            return PlainTextResponse(say("upload.refused", reason=why(error)), 409)
        return Response(status_code=204)

    async def _keep(self, name: PurePosixPath, size: int, request: Request) -> None:
        await run_in_threadpool(self._make_room, size)
        made = self.folder / f".upload-{uuid.uuid4().hex}"
        try:
            await self._write(made, size, request)
            await run_in_threadpool(self._place, made, name)
        finally:
            with suppress(OSError):
                made.unlink(missing_ok=True)

    async def _write(self, made: Path, size: int, request: Request) -> None:
        there, waiting = 0, bytearray()
        with made.open("xb") as file:
            async for chunk in request.stream():
                there += len(chunk)
                if there > size:
                    break
                waiting += chunk
                if len(waiting) >= _CHUNK:
                    await run_in_threadpool(file.write, waiting)
                    waiting = bytearray()
            if there != size:
                raise ClientDisconnect
            await run_in_threadpool(_finish, file, waiting)

    def _make_room(self, size: int) -> None:
        self.make()
        if shutil.disk_usage(self.folder).free < size + _SPARE:
            raise OSError(errno.ENOSPC, "")

    def _place(self, made: Path, name: PurePosixPath) -> None:
        path = self.folder / name
        if not path.parent.resolve().is_relative_to(self.folder.resolve()):  # through a link
            raise InputError(say("upload.name", name=str(name)))
        path.parent.mkdir(parents=True, exist_ok=True)
        made.replace(path)
        sync_folder(path.parent)


def _finish(file: BinaryIO, rest: bytes | bytearray) -> None:
    file.write(rest)
    file.flush()
    os.fsync(file.fileno())
