"""Read every file of a folder as `qa index` does, without encoding: what is read, skipped, and why.

    python -m benchmarks.formats.files FOLDER [--seconds 10] [--each]

Prints by format how many files were read, how many characters are in passages, and the slowest; then
every reason for skipping with how often it was given. Exits with 1 if a file took longer than
`--seconds` or a reader crashed; `--each` prints every file.
"""

import argparse
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from qa.cutting import cut_frames
from qa.errors import InputError
from qa.files import scan
from qa.reading.regular import open_regular
from qa.reading.sniffing import HEAD, sniff
from qa.reading.workers import POOL, Request
from qa.reports import share
from qa.types import Read, Skipped
from tests.stub import BagOfWords


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--each", action="store_true")
    given = parser.parse_args()
    encoder = BagOfWords()
    found = scan(given.folder.resolve(), Path("/nowhere"))
    reads: defaultdict[str, list[Read]] = defaultdict(list)
    slowest: Counter[str] = Counter()
    reasons: Counter[str] = Counter(skipped.reason for skipped in found.skipped)
    wrong: list[str] = []
    for file in found.files:
        left: list[Skipped] = []
        documents: dict[str, Read] = {}
        began = time.perf_counter()
        try:
            with open_regular(file.path) as opened:
                sniff(opened.read(HEAD), file.name)
            request = Request(file.path, file.name, {}, file.size)
            for cut, _ in cut_frames(POOL.read(request).frames(), file.name, encoder, left):
                documents[cut.described.doc_id] = cut.read
        except (InputError, OSError) as error:
            left.append(Skipped(file.name, str(error)))
            documents = {}
        seconds = time.perf_counter() - began
        for read in documents.values():
            reads[read.format].append(read)
        for name in {read.format for read in documents.values()} or {"skipped"}:
            slowest[name] = max(slowest[name], round(1000 * seconds))
        reasons.update(re.sub(r"'[^']*'|\d[\d,.]*", "…", skipped.reason) for skipped in left)
        if seconds > given.seconds:
            wrong.append(f"{file.name} took {seconds:.1f} s")
        wrong += [f"{s.path}: {s.reason}" for s in left if "crashed" in s.reason]
        if given.each:
            said = ", ".join(f"{r.doc_id} ({r.format}, {r.characters})" for r in documents.values())
            print(
                f"{seconds:6.2f} s  {file.name}: {said}", *(f"{s.path}: {s.reason}" for s in left)
            )
    print(f"{'format':10} {'documents':>9} {'indexed':>8} {'blank pages':>11} {'slowest':>9}")
    for name in sorted(slowest):
        some = reads.get(name, [])
        blank = sum(len(read.blank) for read in some)
        print(f"{name:10} {len(some):9} {share(some):8.3f} {blank:11} {slowest[name]:6} ms")
    print(f"\n{len(found.files)} files; why some, or files in them, were skipped:")
    for reason, count in reasons.most_common():
        print(f"{count:5}  {reason}")
    print(*wrong, sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
