"""Runs that are kept in a folder, by name: as `qa evaluate --save` writes them, a file each."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from qa.errors import InputError, StorageError
from qa.evaluation.results import Evaluation, save

FOLDER = "runs"  # in the corpus folder
_PLAIN = re.compile(r"[^\w-]+")
_LONGEST = 60  # characters of a name that come from its source


@dataclass(frozen=True, slots=True)
class Kept:
    """A run that is kept; `made` is the local time at which it was."""

    name: str
    made: datetime


class Runs:
    """The runs in one folder, which is made when there is one to keep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def kept(self) -> tuple[Kept, ...]:
        """Return the runs, the latest first."""
        runs = []
        for file in self.folder.glob("[!.]*.json"):
            with suppress(FileNotFoundError):  # another has just deleted it
                made = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
                runs.append(Kept(file.stem, made))
        return tuple(sorted(runs, key=lambda run: (run.made, run.name), reverse=True))

    def file(self, name: str) -> Path:
        """Return the file of a run.

        Raises:
            InputError: if there is none of that name.
        """
        if all(run.name != name for run in self.kept()):  # so that no name leads elsewhere
            raise InputError(f"There is no run {name!r} in {self.folder}.")
        return self.folder / f"{name}.json"

    def keep(self, result: Evaluation, about: str) -> str:
        """Write a run, and return its name: the time, and what it is about.

        Raises:
            StorageError: if it can't be written.
        """
        stamp = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
        base = name = f"{stamp}-{_PLAIN.sub('-', about)[:_LONGEST].strip('-')}"
        try:
            self.folder.mkdir(exist_ok=True)
            for n in count(2):
                try:
                    (self.folder / f"{name}.json").touch(exist_ok=False)
                    break
                except FileExistsError:  # two within a second
                    name = f"{base}-{n}"
            save(result, self.folder / f"{name}.json")
        except OSError as error:
            with suppress(OSError):
                (self.folder / f"{name}.json").unlink(missing_ok=True)
            raise StorageError(
                f"The run cannot be kept in {self.folder} ({error.strerror or error})."
            ) from error
        return name

    def delete(self, name: str) -> None:
        """Delete a run.

        Raises:
            InputError: if there is none of that name.
        """
        self.file(name).unlink(missing_ok=True)
