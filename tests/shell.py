"""The command line in a process of its own, and what that process had to import."""

import subprocess
import sys
from collections.abc import Sequence

CODE = """
import sys
from qa.cli import main
try: main(sys.argv[1:])
except SystemExit: pass
print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)
"""


def imported(arguments: Sequence[str]) -> tuple[set[str], str]:
    """Return which packages `qa ARGUMENTS` imported, and what it printed."""
    command = [sys.executable, "-c", CODE, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(run.stderr.split()), run.stdout
