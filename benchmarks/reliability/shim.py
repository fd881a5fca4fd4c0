"""Let the system refuse, or kill, at the n-th call that changes something in a folder.

The calls are intercepted by `shim.c`, which is compiled for the run and preloaded: Linux only.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

KILL = 0  # in place of an error's number
_SOURCE = Path(__file__).with_suffix(".c")


def load() -> None:
    """Start this program again with the shim preloaded; without a compiler, say that it isn't."""
    if is_loaded():
        return
    compiler = shutil.which("cc")
    if not compiler or not sys.platform.startswith("linux"):
        print("no C compiler (cc) on Linux here: what needs one is left out")
        return
    made = Path(tempfile.mkdtemp(prefix="shim-")) / "shim.so"
    command = [
        compiler,
        "-std=gnu11",
        "-shared",
        "-fPIC",
        "-O1",
        "-o",
        str(made),
        str(_SOURCE),
        "-ldl",
    ]
    subprocess.run(command, check=True)
    main = sys.modules["__main__"].__spec__
    name = main.name if main else sys.argv[0]
    done = subprocess.run(
        [sys.executable, "-m", name, *sys.argv[1:]], env={**os.environ, "LD_PRELOAD": str(made)}
    )
    shutil.rmtree(made.parent)
    sys.exit(done.returncode)


def is_loaded() -> bool:
    """Whether the shim is in this process."""
    return hasattr(ctypes.CDLL(None), "shim_arm")


def arm(folder: Path, call: int, error: int, *, forever: bool = False) -> None:
    """Let the n-th call in a folder fail, counted from 1, and all behind it too if wanted.

    With 0 as `call` all are counted and none fails.
    """
    ctypes.CDLL(None).shim_arm(os.fsencode(folder), ctypes.c_long(call), error, int(forever))


def calls() -> int:
    """Return how many calls there were since `arm`."""
    count = ctypes.CDLL(None).shim_calls
    count.restype = ctypes.c_long
    return int(count())
