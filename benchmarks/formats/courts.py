"""Ask the questions about the court guides and rules; see whether the cited place is the right one.

    python -m benchmarks.formats.courts FOLDER… [--corpus DIR] [--questions FILE] [--least N] [--show]

Indexes the folders into a temporary corpus, or asks the one in `--corpus`. A question is right where
the first citation is of a document that answers and its place covers a page or line that answers.
Prints for every question which citation is, and which has the answering words in its passage
("quoted") or its marked answer, then sums; a refusal cites nothing and is wrong. `--show` prints
what was asked, wanted and cited. Exits with 1 if fewer than `--least` are right.
"""

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa import Corpus
from qa.types import Answer, Citation, Place

QUESTIONS = Path(__file__).parents[2] / "evaluation" / "courts.jsonl"
SHOWN = 3  # citations that a reader looks at


@dataclass(frozen=True, slots=True)
class Target:
    """A place that answers."""

    doc_id: str
    place: Place

    def covered_by(self, citation: Citation) -> bool:
        """Whether the citation's place shares a unit with it."""
        cited = citation.place
        return (
            (citation.doc_id, cited.unit) == (self.doc_id, self.place.unit)
            and cited.first <= self.place.last
            and self.place.first <= cited.last
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; `words` are those that answer it, white space folded."""

    id: str
    question: str
    targets: tuple[Target, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a question went: ranks of the first citation that does it, None where none does.

    Attributes:
        placed: Its place is right.
        quoted: And its passage holds the answering words.
        marked: And its marked answer does.
        cited: Where the first citation stands; None where the answer is that there is none.
    """

    placed: int | None
    quoted: int | None
    marked: int | None
    cited: str | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--least", type=int, default=0)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    if bool(given.folders) == (given.corpus is not None):
        parser.error("name the folders to index, or a corpus that holds them")
    asked = read(given.questions)
    with opened(given.folders, given.corpus) as corpus:
        known = {listing.doc_id for listing in corpus.documents()}
        if strange := {t.doc_id for a in asked for t in a.targets} - known:
            parser.error(f"not in the corpus, which the questions need: {', '.join(strange)}")
        print("id     place  quoted  marked  cited first (ranks of the first that is right)")
        outcomes = []
        for one in asked:
            answer = corpus.ask(one.question)
            outcomes.append(judge(one, answer))
            print(line(one, outcomes[-1]))
            if given.show:
                print(shown(one, answer))
    print(f"\n{len(outcomes)} questions   right place  words quoted  words marked")
    for name, last in (("first citation", 1), (f"one of the first {SHOWN}", SHOWN)):
        ranks = [[o.placed for o in outcomes], [o.quoted for o in outcomes]]
        ranks.append([o.marked for o in outcomes])
        counts = [sum(rank is not None and rank <= last for rank in some) for some in ranks]
        print(f"{name:18} {counts[0]:7} {counts[1]:13} {counts[2]:13}")
    print(f"{'not found':18} {sum(o.cited is None for o in outcomes):7}")
    sys.exit(sum(o.placed == 1 for o in outcomes) < given.least)


def read(file: Path) -> tuple[Asked, ...]:
    """Return the questions in a file of JSON lines."""
    rows = [json.loads(row) for row in file.read_text("utf-8").splitlines()]
    return tuple(
        Asked(
            row["id"],
            row["question"],
            tuple(
                Target(p["doc_id"], Place(p["unit"], p["first"], p.get("last", p["first"])))
                for p in row["places"]
            ),
            row["words"],
        )
        for row in rows
    )


@contextlib.contextmanager
def opened(folders: Sequence[Path], existing: Path | None) -> Iterator[Corpus]:
    """Yield the existing corpus, or a temporary one of the folders."""
    if existing is not None:
        with Corpus.open(existing) as corpus:
            yield corpus
        return
    with tempfile.TemporaryDirectory() as folder, Corpus.create(Path(folder) / "corpus") as corpus:
        for root in folders:
            corpus.add(root)
        yield corpus


def judge(asked: Asked, answer: Answer) -> Outcome:
    """Return how an answer does by the places and words that are right."""
    words = folded(asked.words)
    placed: list[int] = []
    quoted: list[int] = []
    marked: list[int] = []
    for rank, citation in enumerate(answer.citations[:SHOWN], start=1):
        if any(target.covered_by(citation) for target in asked.targets):
            placed.append(rank)
            if words in folded(citation.quote):
                quoted.append(rank)
            start, end = (at - citation.start for at in citation.answer)
            if words in folded(citation.quote[start:end]):
                marked.append(rank)
    first = answer.citations[0] if answer.citations else None
    return Outcome(
        placed=min(placed, default=None),
        quoted=min(quoted, default=None),
        marked=min(marked, default=None),
        cited=f"{first.doc_id}, {first.place}" if first else None,
    )


def folded(text: str) -> str:
    """Return a text without white space and hyphens, which readers of PDF differ in."""
    return "".join(text.split()).replace("\N{SOFT HYPHEN}", "").replace("-", "")


def line(asked: Asked, outcome: Outcome) -> str:
    """Return a question's line of the table."""
    ranks = (outcome.placed, outcome.quoted, outcome.marked)
    shown = "  ".join(f"{rank or '-':>6}" for rank in ranks)
    return f"{asked.id:4}  {shown}  {outcome.cited or 'nothing: not found'}"


def shown(asked: Asked, answer: Answer) -> str:
    """Return the question and what the first citation says, indented."""
    said = [f"Q: {asked.question}", f"want: {asked.words}"]
    for n, citation in enumerate(answer.citations[:SHOWN], start=1):
        said.append(f"{n}: {citation.doc_id}, {citation.place} [{citation.section}]")
        if n == 1:
            said += [repr(answer.text), repr(citation.quote)]
    said += [f"near: {h.passage.doc_id}, {h.passage.place}" for h in answer.nearest[:SHOWN]]
    return "\n".join(f"       {one}" for one in said) + "\n"


if __name__ == "__main__":
    main()
