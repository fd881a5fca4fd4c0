"""Measure every set with every way of ranking, and write docs/quality.md.

    python -m benchmarks.quality [--data DIR] [--cache DIR] [--n 100] [--only NAME …] [--fresh]

DIR holds ir/, spans/, squad/ and cpr/; what is absent is named as absent. Every set's run is kept
in the cache, under a name that changes with the settings and the fitted coefficients (not with the
code: take --fresh after changing that); a rerun goes on from there. Corpora are kept there too, 15 KB
a passage. Some forty minutes on two slow cores, most of it indexing.
"""

import argparse
import json
import time
from hashlib import sha256
from pathlib import Path

from benchmarks.quality.report import report
from benchmarks.quality.sets import ROOT, Place, Study, studies
from qa.evaluation.drawing import risk_coverage_svg
from qa.evaluation.results import Evaluation, read_outcomes, save
from qa.evaluation.risk import COVERAGE, curve
from qa.evaluation.summarising import summarise
from qa.settings import DEFAULTS

OUT = ROOT / "docs" / "quality.md"
PICTURE = ROOT / "docs" / "risk-coverage.svg"
FITTED = sorted((ROOT / "qa" / "fitted").glob("*.json"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--cache", type=Path, default=ROOT / ".quality")
    parser.add_argument("--n", type=int, default=100, help="questions a set, at most")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="measure these sets alone")
    parser.add_argument("--fresh", action="store_true", help="measure again; corpora are kept")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    for old in given.cache.glob("*.json") if given.fresh else ():
        old.unlink()
    runs: dict[str, Evaluation] = {}
    absent = []
    for study in studies(given.data):
        if study.needs is not None and not study.needs.exists():
            absent.append(f"{study.name} (no data)")
        elif given.only and study.name not in given.only:
            absent.append(f"{study.name} (left out)")
        else:
            runs[study.name] = measured(study, Place(given.cache, given.n))
    curves = {
        title: found
        for name, title in (("seeds", "seeds"), ("squad-with-unanswerable", "SQuAD 2.0"))
        if name in runs
        if (found := curve([o for o in runs[name].outcomes if o.variant == "full"]))[0]
    }
    if curves:
        PICTURE.write_text(risk_coverage_svg(curves, COVERAGE), "utf-8")
    settings = str(DEFAULTS).removeprefix("Settings")
    picture = PICTURE.name if curves else None
    OUT.write_text(report(runs, absent, settings, given.n, picture), "utf-8")
    print(f"written to {OUT}")


def measured(study: Study, place: Place) -> Evaluation:
    """Return a set's run, from the cache where it has been measured already."""
    stamp = sha256(f"{DEFAULTS} {place.n}".encode())
    for file in FITTED:
        stamp.update(file.read_bytes())
    kept = place.cache / f"{study.name}-{stamp.hexdigest()[:12]}.json"
    if kept.exists():
        print(f"{study.name}: kept", flush=True)
    else:
        start = time.perf_counter()
        save(study.measure(place), kept)
        print(f"{study.name}: {time.perf_counter() - start:.0f} s", flush=True)
    about = json.loads(kept.read_text("utf-8"))
    return summarise(about["source"], read_outcomes(kept), about["notes"])


if __name__ == "__main__":
    main()
