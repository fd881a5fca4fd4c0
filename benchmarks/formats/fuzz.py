"""Read mutated files: whatever a file holds, reading it ends, and costs that file alone.

    python -m benchmarks.formats.fuzz FOLDER [--n 10000] [--seed 1] [--most 200000]

Files of every format are taken from FOLDER in turn (up to `--most` bytes each) and damaged: bits
flipped, stretches cut out, doubled, overwritten or moved, ends cut off; of ZIP-based formats often
the unpacked parts, packed again. Prints by format how many were read all the same, refused with a
reason, too slow or too large, or crashed their worker. The program itself must not fail: exits with
1 if it did, or if a refusal gave no reason.
"""

import argparse
import io
import random
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from qa.cutting import cut_frames
from qa.errors import InputError
from qa.files import scan
from qa.reading.regular import open_regular
from qa.reading.sniffing import HEAD, sniff
from qa.reading.workers import POOL, Reading, Request
from qa.types import Skipped
from tests.stub import BagOfWords

ENCODER = BagOfWords()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=200_000)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    sources = by_format(given.folder, given.most)
    print(f"{sum(map(len, sources.values()))} files of {len(sources)} formats")
    fates: defaultdict[str, Counter[str]] = defaultdict(Counter)
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for reading in POOL.read_ahead(mutants(sources, given.n, chance, Path(folder))):
            kind = reading.request.path.parent.name
            try:
                fates[kind][fate(refusal(reading))] += 1
            except Exception as error:  # the program's own, which there must be none of
                failures.append(f"{reading.request.name}: {error!r}")
            reading.request.path.unlink()
    columns = ["read", "refused", "too slow or large", "crashed"]
    print(f"{'format':10}" + "".join(f"{column:>20}" for column in columns))
    for kind, counts in sorted(fates.items()):
        print(f"{kind:10}" + "".join(f"{counts[column]:20}" for column in columns))
    print(
        f"{sum(map(Counter.total, fates.values()))} files, {len(failures)} failures",
        *failures,
        sep="\n",
    )
    sys.exit(bool(failures))


def by_format(folder: Path, most: int) -> dict[str, list[Path]]:
    """Return the files that are read at all, by what they are by their first bytes and name."""
    found: defaultdict[str, list[Path]] = defaultdict(list)
    for file in scan(folder.resolve(), Path("/nowhere")).files:
        if 0 < file.size <= most:
            try:
                with open_regular(file.path) as opened:
                    kind = sniff(opened.read(HEAD), file.name)
            except InputError:
                continue
            suffix = file.path.suffix.lower().lstrip(".")
            found[suffix if kind in ("zip", "ole") else kind].append(file.path)
    return dict(sorted(found.items()))


def mutants(
    sources: dict[str, list[Path]], count: int, chance: random.Random, folder: Path
) -> Iterator[Request]:
    """Write damaged files, one after the other, as they are asked for."""
    kinds = list(sources)
    for number in range(count):
        kind = kinds[number % len(kinds)]
        source = chance.choice(sources[kind])
        data = mutated(source.read_bytes(), chance)
        path = folder / kind / f"{number}{source.suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        yield Request(path, f"{number} of {source.name}", {}, len(data))


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return data with some damage; of a ZIP file often inside its parts."""
    if data[:2] == b"PK" and chance.random() < 0.7:
        # What can't be unpacked, a seed that is damaged on purpose, is damaged as a whole.
        with suppress(zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
            return repacked(data, chance)
    return damaged(data, chance)


def repacked(data: bytes, chance: random.Random) -> bytes:
    """Return a ZIP file with one of its entries damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        struck = chance.choice(names)
        for name in names:
            content = old.read(name)
            new.writestr(name, damaged(content, chance) if name == struck else content)
    return out.getvalue()


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return bytes of which a few are others, or gone, or there twice."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        if not found:
            break
        at = chance.randrange(len(found))
        length = min(len(found) - at, chance.choice((1, 4, 64, 1024)))
        match chance.randrange(6):
            case 0:
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                del found[at : at + length]
            case 2:
                found[at:at] = found[at : at + length] * chance.choice((1, 1, 50))
            case 3:
                found[at : at + length] = chance.randbytes(length)
            case 4:
                found[at : at + length] = b"\0" * length
            case _:
                if chance.random() < 0.2:
                    del found[at:]
    return bytes(found)


def refusal(reading: Reading) -> str | None:
    """Take all that a file yields; return why it was refused, or None."""
    left: list[Skipped] = []
    try:
        for _ in cut_frames(reading.frames(), reading.request.name, ENCODER, left):
            pass
    except InputError as error:
        return str(error)
    return left[0].reason if left else None


def fate(reason: str | None) -> str:
    """Return what became of a file, by the reason it was refused for."""
    if reason is None:
        return "read"
    if not reason:
        raise ValueError("it was refused without a reason")
    if "crashed" in reason:
        return "crashed"
    return "too slow or large" if "longer than" in reason or "memory" in reason else "refused"


if __name__ == "__main__":
    main()
