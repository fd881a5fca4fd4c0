"""Speed and memory beside LangChain, LlamaIndex, Haystack, txtai, and FAISS by hand.

    python -m benchmarks.peers setup DIR
    python -m benchmarks.peers run --envs DIR [--files FOLDER] [--characters N] [--repeat 5] [--out FILE.json]

`setup` makes an environment for each peer under DIR, some 8 GB in all; `run` measures, offline. All
embed with the same weights, all-MiniLM-L6-v2, the same files (`*.md` and `*.txt` of a folder, as
they are, but for README.md), cut into chunks of at most 600 characters without overlap by each library's own splitter,
and save to disk; ours cuts as it always does. What is measured, each in a process of its own:

- cold: from starting the process to its end: imports, the model and the saved index loaded, one
  question (`qa ask` for ours) about `seeds/`. A first round isn't counted, so files are in memory.
- warm: one question to a process that stays, the median of the development questions about
  `seeds/`. Peers retrieve three chunks; `Corpus.search` three passages; `Corpus.ask` answers.
- index: a new index of FOLDER (`seeds/` by default; of the files in the order of their names as
  many as have N characters), from starting the process to its end, and without imports and the
  loading of the model ("at work", for the peers). Ours writes more: a code for every token, too.

The work differs by what a library does: a peer finds chunks by cosine; ours ranks by tokens and
words, too, chooses a sentence, and says whether anything answers. Peers compute in float32 as they do by
default; the last is FAISS by hand in bfloat16, which our encoder uses where a processor has matrix
units for it; elsewhere it is left out.

Rounds are interleaved: in each, every system runs once, in an order shuffled by a fixed seed. The
ratio is taken within a round. "Busy" is processor time, all of a process's children with it.
Memory is the peak of the largest process (`ru_maxrss`, from `wait4`), and for indexing also that of all
its processes together (proportional set size of the tree, looked at five times a second). Linux.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
OURS, SEARCH = "chapter & verse", "chapter & verse, search"
PEERS = {  # name -> environment, what else it is told
    "LangChain": ("langchain", {}),
    "LlamaIndex": ("llamaindex", {}),
    "Haystack": ("haystack", {}),
    "txtai": ("txtai", {}),
    "FAISS by hand, float32": ("plain", {"PEER_DTYPE": "float32"}),
    "FAISS by hand, bfloat16": ("plain", {"PEER_DTYPE": "bfloat16"}),
}
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
LOOK = 0.2  # seconds between two looks at the processes' memory
MIB = 2**20
_SHORT = {OURS: "ours", SEARCH: "our search"}

Figures = dict[str, list[dict[str, Any]]]  # name of a system -> what each round gave


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that has ended: seconds, and MiB at the peak."""

    seconds: float
    busy: float
    largest: float
    together: float
    output: str

    def figures(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("seconds", "busy", "largest", "together")}


class Systems:
    """How each system is asked, and where it keeps what it has saved."""

    def __init__(self, envs: Path, scratch: Path) -> None:
        self._envs = envs
        self._scratch = scratch
        units = "amx_bf16" in Path("/proc/cpuinfo").read_text("utf-8")
        self.names = [
            OURS,
            *(
                name
                for name, (env, told) in PEERS.items()
                if _python(envs / env).exists() and (told.get("PEER_DTYPE") != "bfloat16" or units)
            ),
        ]

    def index(self, name: str, files: Path) -> dict[str, Any]:
        store = self._store(name, files)
        shutil.rmtree(store, ignore_errors=True)
        if name == OURS:
            ran = self._run(name, "-m", "qa", "index", str(files), "--corpus", str(store), "--json")
            stats = self._run(name, "-m", "qa", "stats", "--corpus", str(store), "--json").output
            return {**ran.figures(), "chunks": json.loads(stats)["passages"]}
        ran = self._run(name, "index", str(files), str(store))
        return {**ran.figures(), **json.loads(ran.output)}

    def cold(self, name: str, files: Path, question: str) -> dict[str, Any]:
        store = str(self._store(name, files))
        if name == OURS:
            ran = self._run(name, "-m", "qa", "ask", question, "--corpus", store, watch=False)
        else:
            ran = self._run(name, "ask", store, question, watch=False)
        return ran.figures()

    def warm(self, name: str, files: Path, questions: Path) -> dict[str, Any]:
        store = str(self._store(OURS if name == SEARCH else name, files))
        if name in (OURS, SEARCH):
            what = "ask" if name == OURS else "search"
            script = ("-m", "benchmarks.peers.with_ours", what, store, str(questions))
            ran = self._run(OURS, *script, watch=False)
        else:
            ran = self._run(name, "warm", store, str(questions), watch=False)
        milliseconds = json.loads(ran.output)
        return {**ran.figures(), "milliseconds": milliseconds, "median": median(milliseconds)}

    def versions(self, name: str) -> list[str]:
        if name == OURS:
            return sorted(f"{d.name}=={d.version}" for d in importlib.metadata.distributions())
        python = _python(self._envs / PEERS[name][0])
        frozen = subprocess.run([python, "-m", "pip", "freeze"], capture_output=True, text=True)
        return frozen.stdout.split()

    def _store(self, name: str, files: Path) -> Path:
        letters = "".join(letter for letter in name if letter.isalnum())
        return self._scratch / f"{files.name}-{letters}"

    def _run(self, name: str, *arguments: str, watch: bool = True) -> Ran:
        environment = os.environ | OFFLINE
        if name == OURS:
            return _run([sys.executable, *arguments], environment, watch=watch)
        env, told = PEERS[name]
        environment.pop("PYTHONPATH", None)
        command = [str(_python(self._envs / env)), str(HERE / f"with_{env}.py"), *arguments]
        return _run(command, environment | told, watch=watch)


def _python(env: Path) -> Path:
    return env.absolute() / "bin" / "python"


def _run(command: Sequence[str], environment: dict[str, str], *, watch: bool) -> Ran:
    """Run a process to its end; RuntimeError if it fails."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        ended = threading.Event()
        peak = [0.0]
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=errors
        )  # fmt: skip
        watcher = threading.Thread(target=_watch, args=(process.pid, ended, peak))
        if watch:
            watcher.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            seconds = time.perf_counter() - started
            ended.set()
            if watch:
                watcher.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{errors.read()[-3000:]}")
        busy = usage.ru_utime + usage.ru_stime
        return Ran(seconds, busy, usage.ru_maxrss * 1024 / MIB, peak[0] / MIB, output.read())


def _watch(pid: int, ended: threading.Event, peak: list[float]) -> None:
    while not ended.wait(LOOK):
        peak[0] = max(peak[0], sum(_held(process) for process in _tree(pid)))


def _tree(pid: int) -> list[int]:
    """Return a process and all below it; what has gone meanwhile is left out."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                continue
    return found


def _held(pid: int) -> int:
    """Return the bytes a process holds, of shared pages its share."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def setup(envs: Path) -> None:
    """Make each peer's environment, unless it is there as its file wants it."""
    for file in sorted((HERE / "requirements").glob("*.txt")):
        env, wanted = envs / file.stem, file.read_text("utf-8")
        ready = env / ".ready"
        if ready.exists() and ready.read_text("utf-8") == wanted:
            print(f"{file.stem}: ready")
            continue
        subprocess.run([sys.executable, "-m", "venv", env], check=True)
        install = [_python(env), "-m", "pip", "install", "--quiet", "--no-cache-dir"]
        torch = next(line for line in wanted.splitlines() if line.startswith("torch=="))
        subprocess.run([*install, torch], check=True)  # by itself: a CPU build where there is one
        subprocess.run([*install, "-r", file], check=True)
        ready.write_text(wanted, "utf-8")
        print(f"{file.stem}: made", flush=True)


def copied(folder: Path, to: Path, characters: int | None = None) -> int:
    """Copy a folder's texts, in the order of their names, and return how many characters they have."""
    to.mkdir()
    total = 0
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".md", ".txt") or path.name == "README.md":
            continue
        if characters is not None and total >= characters:
            break
        total += len(path.read_text("utf-8"))
        shutil.copy(path, to)
    return total


def measure(given: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    systems = Systems(given.envs, scratch)
    seeds, large = scratch / "seeds", scratch / "files"
    copied(ROOT / "seeds", seeds)
    characters = copied(given.files, large, given.characters)
    lines = (ROOT / "evaluation" / "seeds.jsonl").read_text("utf-8").splitlines()
    asked = [q["question"] for q in map(json.loads, lines) if q["split"] == "dev"]
    questions = scratch / "questions.json"
    questions.write_text(json.dumps(asked), "utf-8")
    chance = random.Random(0)

    def rounds(what: str, names: Sequence[str], one: Any) -> Figures:
        found: Figures = {name: [] for name in names}
        for number in range(given.repeat):
            for name in chance.sample(names, len(names)):
                found[name].append(one(name, number))
                print(f"{what} {number + 1}: {name}", file=sys.stderr, flush=True)
        return found

    for name in systems.names:
        systems.index(name, seeds)
        systems.cold(name, seeds, asked[-1])
        print(f"ready: {name}", file=sys.stderr, flush=True)
    pick = [asked[n * len(asked) // given.repeat] for n in range(given.repeat)]
    both = [*systems.names, SEARCH]
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "characters": characters,
        "questions": len(asked),
        "cold": rounds("cold", systems.names, lambda name, n: systems.cold(name, seeds, pick[n])),
        "warm": rounds("warm", both, lambda name, _: systems.warm(name, seeds, questions)),
        "index": rounds("index", systems.names, lambda name, _: systems.index(name, large)),
        "versions": {name: systems.versions(name) for name in systems.names},
    }


def report(found: dict[str, Any]) -> str:
    """Return the tables, in Markdown."""
    repeat = len(found["cold"][OURS])
    return "\n".join(
        [
            f"Medians of {repeat} round{'s' * (repeat > 1)} (least–most); ratios peer/ours, round by round.",
            "",
            *_table(
                "cold",
                found["cold"],
                {"seconds": "s", "busy": "s busy", "largest": "MiB"},
                [("seconds", OURS)],
            ),
            *_table(
                f"warm, {found['questions']} questions",
                found["warm"],
                {"median": "ms", "largest": "MiB"},
                [("median", OURS), ("median", SEARCH)],
            ),
            *_table(
                f"index of {found['characters']:,} characters",
                found["index"],
                {
                    "seconds": "s",
                    "inner": "s at work",
                    "busy": "s busy",
                    "chunks": "chunks",
                    "largest": "MiB, largest process",
                    "together": "MiB, all processes",
                },
                [("seconds", OURS), ("busy", OURS)],
            ),
        ]
    )


def _table(
    title: str, found: Figures, units: dict[str, str], ratios: Sequence[tuple[str, str]]
) -> list[str]:
    """Return a table: a column for each figure, and one for each ratio of a figure to a system's."""
    headings = [
        title,
        *units.values(),
        *(f"{units[figure]}, ratio to {_SHORT[base]}" for figure, base in ratios),
    ]
    lines = [f"| {' | '.join(headings)} |", f"|---|{'---:|' * (len(headings) - 1)}"]
    for name, runs in found.items():
        cells = [_spread([run[figure] for run in runs if figure in run]) for figure in units]
        for figure, base in ratios:
            pairs = zip(runs, found[base], strict=True)
            cells.append("" if name == base else _spread([a[figure] / b[figure] for a, b in pairs]))
        lines.append(f"| {' | '.join([name, *cells])} |")
    return [*lines, ""]


def _spread(values: Sequence[float]) -> str:
    if not values:
        return ""
    middle, least, most = map(_short, (median(values), min(values), max(values)))
    return middle if least == most else f"{middle} ({least}–{most})"


def _short(value: float) -> str:
    return (
        f"{value:,.0f}"
        if value >= 100 or value == int(value)
        else f"{value:.1f}"
        if value >= 10
        else f"{value:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="make the environments").add_argument("envs", type=Path)
    run = commands.add_parser("run", help="measure")
    run.add_argument("--envs", type=Path, required=True, help="where setup made them")
    run.add_argument("--files", type=Path, default=ROOT / "seeds", help="what is indexed")
    run.add_argument("--characters", type=int, metavar="N", help="as many files as have N")
    run.add_argument("--repeat", type=int, default=5, help="rounds")
    run.add_argument("--out", type=Path, metavar="FILE", help="raw figures, JSON")
    given = parser.parse_args()
    if given.command == "setup":
        setup(given.envs)
        return
    with tempfile.TemporaryDirectory() as scratch:
        found = measure(given, Path(scratch))
    if given.out:
        given.out.write_text(json.dumps(found, indent=1), "utf-8")
    print(report(found))


if __name__ == "__main__":
    main()
