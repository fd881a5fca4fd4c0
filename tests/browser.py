"""Find a Chromium for the tests; `python tests/browser.py --install` sees that there is one.

And pdftotext, which reads PDFs for the tests independently.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The last list of features counts, so this one repeats what of Playwright's own concerns the page:
# its addresses stay HTTP, nothing is asked of anyone, leaving it may be refused, contexts go at once.
# And each window's address bar would load two pages of its own, which took longer than ours.
FEATURES = (
    *("HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "OptimizationHints", "MediaRouter"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch", "LensOverlay"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "PaintHolding"),
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
)
# No background services: nothing but the page's own requests may leave the browser.
ARGUMENTS = [
    f"--disable-features={','.join(FEATURES)}",
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
    """Install the system's Chromium and pdftotext with apt, or say what to install."""
    if find() and shutil.which("pdftotext"):
        return
    apt = shutil.which("apt-get")
    if not apt:
        sys.exit(
            "The tests need Chromium or Chrome, and pdftotext (poppler-utils): install them, so that "
            "they are on the PATH."
        )
    lead = [] if os.geteuid() == 0 else ["sudo"]
    packages = ["chromium", "fonts-liberation", "poppler-utils"]
    subprocess.run([*lead, apt, "update", "-qq"], check=True)
    subprocess.run(
        [*lead, apt, "install", "-y", "-qq", "--no-install-recommends", *packages], check=True
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["--install"]:
        install()
    print(find() or "no Chromium")
