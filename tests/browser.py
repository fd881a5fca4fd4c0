"""Find a Chromium for the tests; `python tests/browser.py --install` sees that there is one."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No background services: nothing but the page's own requests may leave the browser.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Install the system's Chromium with apt, or say how to get one."""
    if find():
        return
    apt = shutil.which("apt-get")
    if not apt:
        sys.exit("The tests need Chromium or Chrome: install one, so that it is on the PATH.")
    lead = [] if os.geteuid() == 0 else ["sudo"]
    packages = ["chromium", "fonts-liberation"]
    subprocess.run([*lead, apt, "update", "-qq"], check=True)
    subprocess.run(
        [*lead, apt, "install", "-y", "-qq", "--no-install-recommends", *packages], check=True
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["--install"]:
        install()
    print(find() or "no Chromium")
