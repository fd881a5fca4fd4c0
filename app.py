"""Start the page: `python app.py`.

Opens the corpus that `QA_CORPUS` names (`.qa` here by default), or makes it; one without any
document gets those in `seeds/`.
"""

import os
from pathlib import Path

from qa import Corpus
from qa.page.server import serve


def main() -> None:
    """Open or make the corpus, and serve its page."""
    folder = Path(os.environ.get("QA_CORPUS", ".qa"))
    with Corpus.open(folder) if folder.exists() else Corpus.create(folder) as corpus:
        if not corpus.documents():
            corpus.add(Path(__file__).parent / "seeds")
        serve(corpus)


if __name__ == "__main__":
    main()
