"""Chapter & Verse, warm: `Corpus.ask` and `Corpus.search` in one process that stays.

`python -m benchmarks.peers.with_ours ask|search CORPUS QUESTIONS`; what is measured cold and
indexing are the commands themselves, `qa ask` and `qa index`.
"""

import json
import sys
from pathlib import Path

from benchmarks.peers.shared import TOP_K, timed
from qa import Corpus


def main() -> None:
    verb, folder, questions = sys.argv[1:]
    with Corpus.open(folder) as corpus:
        find = corpus.ask if verb == "ask" else lambda question: corpus.search(question, TOP_K)
        print(json.dumps(timed(find, json.loads(Path(questions).read_text("utf-8")))))


if __name__ == "__main__":
    main()
