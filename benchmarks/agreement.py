"""How well sources are told to differ or agree, on the labelled pairs in evaluation/agreement.jsonl.

python -m benchmarks.agreement [dev|test]
"""

import json
import sys
from collections import Counter
from pathlib import Path

from qa.agreement import agreement
from qa.agreement.statements import Statement

PAIRS = Path(__file__).parent.parent / "evaluation" / "agreement.jsonl"
LABELS = ("differ", "agree", "other")


def main() -> None:
    for split in sys.argv[1:] or ["dev", "test"]:
        counts: Counter[tuple[str, str]] = Counter()
        for row in map(json.loads, PAIRS.read_text("utf-8").splitlines()):
            if row["split"] == split:
                sides = [(row[s]["text"], row[s]["published"], row[s]["about"]) for s in "ab"]
                verdict = agreement(row["question"], [Statement(*side) for side in sides]).verdict
                counts[row["label"], {"single": "other"}.get(verdict, verdict)] += 1
        print(f"{split:8}" + "".join(f"{found:>8}" for found in LABELS) + "   (found)")
        for label in LABELS:
            print(f"{label:8}" + "".join(f"{counts[label, found]:8}" for found in LABELS))
        for label in LABELS[:2]:
            right = counts[label, label]
            found = sum(counts[other, label] for other in LABELS)
            all_ = sum(counts[label, other] for other in LABELS)
            print(f"{label}: precision {right / max(found, 1):.3f}, recall {right / all_:.3f}")


if __name__ == "__main__":
    main()
