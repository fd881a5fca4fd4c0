"""Speed, memory and growth: measured, and put into the tables and pictures of docs/performance.md.

    python -m benchmarks.performance --results DIR --envs DIR --files FOLDER --data FOLDER --keep FOLDER

Each part is a benchmark of its own and is run unless its figures are in DIR already: `encoding` and
`peers` over FILES, `scale` over the vectors of DATA (made by `benchmarks.vectors`) with its corpora in
KEEP; ENVS holds the peers' environments (`benchmarks.peers setup`). An hour or two altogether, the
corpus of a million passages the most of it.
"""

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import encoding, scale
from benchmarks.peers.__main__ import OURS, Figures, report
from qa.evaluation.drawing import COLOURS, STYLE

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"
CHARACTERS = 300_000  # that the peers index
PASSAGES = 256  # that are encoded

Panel = tuple[str, str, dict[str, float]]  # title, unit, figure by name


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("results", "envs", "files", "data", "keep"):
        options.add_argument(f"--{name}", type=Path, required=True)
    given = options.parse_args()
    given.results.mkdir(parents=True, exist_ok=True)
    encoded = _figures(given, "encoding", "--files", given.files, "--passages", PASSAGES)
    beside = _figures(
        *(given, "peers", "run", "--envs", given.envs, "--files", given.files),
        *("--characters", CHARACTERS),
    )
    grown = _figures(given, "scale", "--data", given.data, "--keep", given.keep)
    panels: list[Panel] = [
        ("from the shell to the first answer", "s", _medians(beside["cold"], "seconds")),
        ("a question to a process that stays", "ms", _medians(beside["warm"], "median")),
        (f"{beside['characters']:,} characters indexed", "s", _medians(beside["index"], "seconds")),
    ]
    (PAGE.parent / "performance-peers.svg").write_text(_bars(panels), "utf-8")
    (PAGE.parent / "performance-growth.svg").write_text(_growth(grown), "utf-8")
    tables = {
        "peers": report(beside).strip(),
        "encoding": encoding.table(encoded),
        "scale": scale.table(grown),
    }
    text = PAGE.read_text("utf-8")
    for name, table in tables.items():  # each stands between two marks
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, rest = text.split(begin)
        text = f"{before}{begin}\n{table}\n{end}{rest.split(end)[1]}"
    PAGE.write_text(text, "utf-8")


def _figures(given: argparse.Namespace, name: str, *arguments: object) -> Any:
    """Return a benchmark's figures, from its file or from running it."""
    out = given.results / f"{name}.json"
    if not out.exists():
        command = [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]
        subprocess.run([*command, "--out", out], cwd=ROOT, check=True)
    return json.loads(out.read_text())


def _medians(found: Figures, figure: str) -> dict[str, float]:
    return {name: median(run[figure] for run in runs) for name, runs in found.items()}


def _bars(panels: Sequence[Panel]) -> str:
    """Return a picture of bars, a panel below the other."""
    width, left, right = 720, 220, 110
    drawn, y = [], 20
    for title, unit, figures in panels:
        y += 24
        drawn.append(f'<text class="title" x="24" y="{y}">{escape(title)}</text>')
        most = max(figures.values())
        for name, value in figures.items():
            y += 22
            long = round((width - left - right) * value / most, 1)
            colour = COLOURS[0] if name.startswith(OURS) else COLOURS[1]
            drawn += [
                f'<text x="{left - 10}" y="{y}" text-anchor="end">{escape(name)}</text>',
                f'<rect class="f-{colour}" x="{left}" y="{y - 11}" width="{long}" height="13" rx="2"/>',
                f'<text class="quiet" x="{left + long + 8}" y="{y}">{_short(value)} {unit}</text>',
            ]
        y += 18
    return _svg(width, y + 8, "Beside other libraries: less is better", drawn)


def _growth(rows: Sequence[dict[str, float]]) -> str:
    """Return a picture of milliseconds by passages, both in powers of ten."""
    width, height, left, top, bottom = 720, 340, 70, 70, 50
    most = 10 ** math.ceil(math.log10(max(row["p99"] for row in rows)))
    first, last = (math.log10(rows[at]["passages"]) for at in (0, -1))

    def x(passages: float) -> float:
        share = (math.log10(passages) - first) / ((last - first) or 1)
        return round(left + share * (width - left - 40), 1)

    def y(milliseconds: float) -> float:
        share = math.log10(max(1, milliseconds)) / math.log10(most)
        return round(height - bottom - share * (height - top - bottom), 1)

    drawn = ['<text class="title" x="24" y="28">Milliseconds a question, by passages</text>']
    for power in range(round(math.log10(most)) + 1):
        at = y(10**power)
        drawn.append(
            f'<line class="grid" x1="{left}" x2="{width - 40}" y1="{at}" y2="{at}"/>'
            f'<text class="quiet" x="{left - 10}" y="{at + 4}" text-anchor="end">{10**power:,}</text>'
        )
    for row in rows:
        drawn.append(
            f'<text class="quiet" x="{x(row["passages"])}" y="{height - 22}" '
            f'text-anchor="middle">{row["passages"]:,}</text>'
        )
    names = (("p50", "half of all questions"), ("p99", "99 of a hundred"))
    for number, (figure, said) in enumerate(names):
        points = " ".join(f"{x(row['passages'])},{y(row[figure])}" for row in rows)
        colour = COLOURS[number]
        drawn += [
            f'<polyline class="curve s-{colour}" points="{points}"/>',
            f'<rect class="f-{colour}" x="{24 + 220 * number}" y="44" width="16" height="3.5" rx="1.5"/>',
            f'<text x="{48 + 220 * number}" y="50">{said}</text>',
        ]
        drawn += [
            f'<circle class="f-{colour}" cx="{x(r["passages"])}" cy="{y(r[figure])}" r="3.5"/>'
            f'<text class="quiet" x="{x(r["passages"]) + 6}" y="{y(r[figure]) - 7}">'
            f"{_short(r[figure])}</text>"
            for r in rows
        ]
    return _svg(width, height, "Milliseconds a question, by passages", drawn)


def _svg(width: int, height: int, title: str, drawn: Sequence[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-label="{escape(title)}">',
            f"<style>{STYLE}</style>",
            f'<rect class="page" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="10"/>',
            *drawn,
            "</svg>",
            "",
        ]
    )


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


if __name__ == "__main__":
    main()
