"""Start the page: `python app.py`.

Opens the corpus that `QA_CORPUS` names (`.qa` here by default); where there is none yet, makes
one of the documents in `seeds/`.
"""

import os
from pathlib import Path

from qa import Corpus
from qa.page.server import serve


def main() -> None:
    """Open or make the corpus, and serve its page."""
    folder = Path(os.environ.get("QA_CORPUS", ".qa"))
    if folder.exists():
        corpus = Corpus.open(folder)
    else:
        corpus = Corpus.create(folder)
        corpus.add(Path(__file__).parent / "seeds")
    try:
        serve(corpus)
    finally:
        corpus.close()


if __name__ == "__main__":
    main()
