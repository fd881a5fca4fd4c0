"""A follow-up -> a question that stands by itself, with words borrowed from the turns before.

    of another case     "and in London?"        "How many vacancies were there in London?"
    leaning             "When did it start?"    "When did it start? (Through the Gate)"
    about the answer    "Who said so?"          "Who said so: “There were 615 vacancies.”"

What comes out is a question in words, since a reader can check and change those; asked by itself it
finds the same. Knows words alone, no corpus; the rules are in `qa.borrowing`.
"""

import re
from collections.abc import Callable, Sequence

from qa.borrowing import ASKS, DATE, JOINS, borrowed, exchanged_for, is_case, leans
from qa.errors import InputError
from qa.folding import as_one_line, words
from qa.settings import MAX_QUESTION, MAX_TURNS
from qa.types import Answer

_QUOTED = 200  # characters of an answer that a question about it repeats, at most
_FRAGMENT = 6  # words that another case may have

_VERBS = frozenset(
    """
    is are was were do does did has have had can could will would shall should may might must
    """.split()
)
_SAYING = r"(?:says?|said|claims?|claimed|states?|stated|writes?|wrote|written|told|published)"
_IT = r"(?:so|that|this|it|these|those)"
_ABOUT_ANSWER = re.compile(
    rf"""(?:and\ |but\ |so\ )?(?:
      (?:who|which\ \w+)\ {_SAYING}(?:\ (?:us|you))?(?:\ {_IT})?
    | {_SAYING}\ who
    | according\ to\ (?:who|whom)
    | whose\ (?:words|claim|statement|opinion|view)\ (?:is|are|was|were)\ {_IT}
    | (?:when|where)\ (?:was|is|were)\ {_IT}\ {_SAYING}
    | (?:when|where)\ (?:did|do|does)\ (?:they|he|she|it|you|{_IT})\ (?:say|claim|state|write|stand)(?:\ {_IT})?
    | (?:what|where)(?:\ is|'s|’s)\ (?:the|your|its)\ source(?:\ (?:of|for)\ {_IT})?
    | where\ does\ {_IT}\ come\ from
    )\W*""",
    re.VERBOSE | re.IGNORECASE,
)
_ADDS = re.compile(
    r"(?:(?:and|or|but|so|then|ok|okay|also)\b[ ,]*)*(?:(?:what|how) about\b ?|what of\b ?)?",
    re.IGNORECASE,
)


def understand(
    question: str, history: Sequence[Answer | str], ask: Callable[[str], Answer]
) -> str | None:
    """Return a follow-up as a question that stands by itself; None where it does already.

    Args:
        question: The last turn, in one line.
        history: The turns before, oldest first: answers, or questions alone.
        ask: Answers a question that stands by itself. Called only where the last turn is about
            an answer that `history` holds the question of.

    Raises:
        InputError: if the history is too long.
    """
    _check(history)
    earlier: list[str] = []
    answered: Answer | str | None = None
    for turn in history:
        asked = as_one_line(turn if isinstance(turn, str) else turn.question)
        if _ABOUT_ANSWER.fullmatch(asked) or not any(char.isalnum() for char in asked):
            continue  # what follows is about the turn before
        understood = resolved(asked, earlier) if isinstance(turn, str) else turn.understood
        earlier.append(understood or asked)
        answered = earlier[-1] if isinstance(turn, str) else turn
    if answered is not None and _ABOUT_ANSWER.fullmatch(question):
        answer = ask(answered) if isinstance(answered, str) else answered
        about = _about(question, answer.text) if answer.text else ""
        return about if 0 < len(about) <= MAX_QUESTION else None
    return resolved(question, earlier)


def resolved(question: str, earlier: Sequence[str]) -> str | None:
    """Return a follow-up with what it borrows from earlier questions, as these were understood."""
    if not earlier or not any(char.isalnum() for char in question):
        return None
    before = earlier[-1]
    added = _ADDS.match(question)
    rest = question[added.end() if added else 0 :]
    bare = rest.rstrip(" ?.!")
    found = words(bare)
    if not found:  # "and?"
        return None
    adds = len(rest) < len(question)
    asks = found[0].plain in ASKS and not DATE.fullmatch(bare)  # "May 2019"
    is_fragment = (
        len(found) <= _FRAGMENT
        and not asks
        and (adds or bool(JOINS.match(bare)) or (rest.endswith("?") and is_case(bare)))
    )
    understood = exchanged_for(before, bare) if is_fragment else None
    is_whole = asks and any(word.plain in _VERBS for word in found)  # no "and what managers?"
    if understood is None and ((adds and not is_whole) or leans(rest)):
        extra = borrowed(before, rest)
        understood = f"{rest[0].upper()}{rest[1:]} ({extra})" if extra else None
    return understood if understood and len(understood) <= MAX_QUESTION else None


def _check(history: Sequence[Answer | str]) -> None:
    if isinstance(history, str) or not all(isinstance(turn, Answer | str) for turn in history):
        raise InputError("The history must be a list of answers or of earlier questions, as text.")
    if len(history) > MAX_TURNS:
        raise InputError(
            f"The history has {len(history)} turns; at most {MAX_TURNS} are read. Hand in the last."
        )
    longest = max((len(turn) for turn in history if isinstance(turn, str)), default=0)
    if longest > MAX_QUESTION:
        raise InputError(
            f"A question of the history has {longest:,} characters; at most {MAX_QUESTION:,} are "
            "read."
        )


def _about(question: str, said: str) -> str:
    """Return a question about an answer, whose words it repeats."""
    said = said.strip().splitlines()[0].strip(" \"“”‘'")
    if len(said) > _QUOTED:
        said = said[:_QUOTED].rsplit(" ", 1)[0] + " …"
    return f"{question[0].upper()}{question[1:].rstrip(' ?.!')}: “{said}”"
