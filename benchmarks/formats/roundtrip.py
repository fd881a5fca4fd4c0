"""Check what the PDF reader reads against another program that reads the same pages.

python -m benchmarks.formats.roundtrip FILE_OR_FOLDER… [--least SHARE] [--show N]

For every block, its text on each page that it covers is looked for in what `pdftotext` (poppler)
prints of that page, plainly, with -layout or with -raw; white space, hyphens, leading dots of
tables of contents and the forms of ligatures aside, a table's cells one by one. Prints pages,
blocks and the share found, and with --show the first blocks that weren't. Exits with 1 where a
file's share is below --least.
"""

import argparse
import re
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from qa.errors import InputError
from qa.reading.building import CELL_SEPARATOR, Draft
from qa.reading.pdf import read_pdf

WAYS = ((), ("-layout",), ("-raw",))
# White space, hyphens, bullets (fonts of symbols have no Unicode of their own), controls.
FOLDED = re.compile(r"[\s\-\u2010\u2011\xad\x00-\x1f\u200b-\u200f\ue000-\uf8ff•▪➢✓]|[.·…]{4,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--least", type=float, default=0.0)
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    low = False
    print("  pages  blocks   found  seconds  file")
    for path in files(arguments.paths):
        started = time.process_time()
        try:
            (draft,) = (x for x in read_pdf(path.read_bytes(), path.name) if isinstance(x, Draft))
        except InputError as error:
            print(f"{'-':>7} {'-':>7} {'-':>7} {'-':>8}  {path.name}: {error}")
            continue
        seconds = time.process_time() - started
        missed = missing(path, draft)
        share = 1 - len(missed) / max(1, len(draft.blocks))
        low |= share < arguments.least
        pages = max(draft.places.numbers)
        print(f"{pages:7} {len(draft.blocks):7} {share:7.2%} {seconds:8.2f}  {path.name}")
        for page, text in missed[: arguments.show]:
            print(f"          page {page}: {text!r}")
    sys.exit(low)


def files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.rglob("*.pdf")) if path.is_dir() else [path]


def missing(path: Path, draft: Draft) -> list[tuple[int, str]]:
    """Return the blocks of which some page's part isn't found, by that page."""
    places = draft.places
    ends = [*places.starts[1:], len(draft.text)]
    units = list(zip(places.numbers, places.starts, ends, strict=True))
    poppler: dict[int, list[str]] = {}
    missed = []
    first = 0
    for block in draft.blocks:
        while units[first][2] <= block.start and first < len(units) - 1:
            first += 1
        for number, start, end in units[first:]:
            if start >= block.end:
                break
            part = draft.text[max(start, block.start) : min(end, block.end)]
            if number not in poppler:
                poppler[number] = [fold(printed(path, number, way)) for way in WAYS]
            cells = (
                [fold(x) for x in part.split(CELL_SEPARATOR)]
                if block.kind in ("row", "lead_in")
                else [fold(part)]
            )
            if not all(any(cell in text for text in poppler[number]) for cell in cells):
                missed.append((number, part))
                break
    return missed


def printed(path: Path, page: int, way: Sequence[str]) -> str:
    command = ["pdftotext", "-q", "-f", str(page), "-l", str(page), *way, str(path), "-"]
    return subprocess.run(command, capture_output=True, check=False).stdout.decode(
        "utf-8", "replace"
    )


def fold(text: str) -> str:
    return FOLDED.sub("", unicodedata.normalize("NFKC", text))


if __name__ == "__main__":
    main()
