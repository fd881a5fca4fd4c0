"""What a follow-up takes from the question before: whether it leans on it, words, the like replaced.

Rules over English words; no history, no corpus. What is rough here costs little: it is shown.
"""

import re
from collections.abc import Sequence

from qa.folding import words
from qa.pointing import is_specific

_BORROWED = 8  # words, at most
ASKS = frozenset(
    """
    who whose whom what which when where why how is are was were do does did has have had can could
    will would shall should may might must tell give show explain describe list name i you we
    """.split()
)
JOINS = re.compile(
    r"(?:in|at|for|of|from|by|under|across|during|since|on|with|to|before|after|among|within)\b ?",
    re.IGNORECASE,
)
# What points at something: by how many words of its own a question may have named it before.
# "Those who …" say whom they mean themselves; "is it hard to …" means nothing by "it".
_SAY_WHOM = r"(?: (?:who|whom|whose|that|which|with|without|aged|born|held|sent|\w+ed|\w+ing)\b)"
_EMPTY = (
    r"(?: (?:is |was |be )?(?:(?:true|worth|possible|correct|right|legal|safe|necessary)\b"
    r"|(?:hard|easy|difficult|important|common|normal|unusual) (?:to|for|that)\b"
    r"|(?:likely|unlikely) that\b|matters? (?:whether|if|that|how|what|who)\b"
    r"|(?:costs?|takes?|took)\b[^?]* to \w+ \w))"
)
_POINTS = re.compile(
    r"\b(?:(?P<person>he|him|his|she|her|hers)"
    rf"|(?P<several>they|them|their|theirs|those(?!{_SAY_WHOM})|ones)"
    rf"|(?P<near>this|these)|(?P<thing>(?<!make )it(?!{_EMPTY})"
    r"|its|itself|(?<!no one )(?<!nobody )(?<!nothing )else|instead|otherwise|there(?=\W*$)"
    r"|that(?=\W*$| (?:is|was|does|did|has|had|would|will|can|could|cost|mean|happen)\b)))\b",
    re.IGNORECASE,
)
# Anyone of a sort: "a prisoner", whom "he" then means.
_ANYONE = re.compile(
    r"\b(?:someone|somebody|anyone|anybody|everyone|everybody|nobody|no one"
    r"|(?:an?|any|each|every|no) (?:\w+ )??"
    r"(?:\w+(?:er|or|ist|ian|ee)|(?:wo)?man|person|child|judge|victim|patient|student))\b",
    re.IGNORECASE,
)
_NAMED = {"person": 3, "near": 3, "several": 2, "thing": 2}
_DEFINES = re.compile(r"(?:what|who)(?: is| are| was| were|'s|’s| does| do)\b", re.IGNORECASE)
# Words that frame a question and say nothing of what it is about.
_FRAMES = frozenset("across according number year called named kind sort type part".split())
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
DATE = re.compile(rf"(?:(?:\d\d? )?(?:{_MONTH}) )?\b(?:1[5-9]|20)\d\d\b(?:[-–/]\d\d)?")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*\b")
_NAME = re.compile(r"(?:[A-Z][\w&-]*)(?: (?:(?:of|the|and) )*[A-Z][\w&-]*)*")
_GROUP = re.compile(r"^(.*?)\s*(\([^()]*\))$", re.DOTALL)


def leans(question: str) -> bool:
    """Whether a question can't be understood by itself.

    It points at something that it doesn't name before, or has hardly a word of its own.
    """
    content = [word for word in words(question) if word.is_content]
    specific = [w for w in content if is_specific(question, w.start)]
    asks = question.split(" ", 1)[0].lower() in ASKS  # a bare keyword is a topic of its own
    if not content or (
        len(content) == 1 and asks and not specific and not _DEFINES.match(question)
    ):
        return True
    anyone = _ANYONE.search(question)
    for match in _POINTS.finditer(question):
        kind = match.lastgroup or "thing"
        if kind == "person" and anyone and anyone.end() <= match.start():
            continue
        named = [word for word in content if word.end <= match.start()]
        plural = kind == "several" and any(word.plain.endswith("s") for word in named)
        if len(named) <= _NAMED[kind] and not plural and not any(w in specific for w in named):
            return True
    return False


def borrowed(before: str, question: str) -> str:
    """Return the words that a question lacks of the one before, as they stand together there."""
    known = {word.term for word in words(question)}
    names = [match.span() for match in _NAME.finditer(before, before.find(" ") + 1)]
    runs: list[str] = []
    end = count = 0
    for start, stop in _phrases(before, names):
        phrase = _without_s(before[start:stop])
        fresh = {w.term for w in words(phrase) if w.is_content and w.plain not in _FRAMES} - known
        if not fresh or count >= _BORROWED:
            continue
        known |= fresh
        count += len(fresh)
        if runs and before[end:start] == " ":
            runs[-1] += f" {phrase}"
        else:
            runs.append(phrase)
        end = stop
    return ", ".join(runs)


def _phrases(text: str, names: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans of names, whole, and of the other words of a text, in order."""
    single = [
        (word.start, word.end)
        for word in words(text)
        if word.is_content and not any(start <= word.start < stop for start, stop in names)
    ]
    return sorted([*names, *single])


def exchanged_for(before: str, other: str) -> str | None:
    """Return the question before of another case: the like of it replaced, or the case added.

    A date replaces a date, a number a number, a name a name of the same preposition, "drug
    offenders" "theft offenders". None where nothing is alike and nothing says how to add it.
    """
    grouped = _GROUP.match(before)
    body, group = (grouped[1], f" {grouped[2]}") if grouped else (before, "")
    stem = body.rstrip(" ?.!")
    mark = body[len(stem) :].strip()
    joined = JOINS.match(other)
    if joined:
        other = joined[0].lower() + other[joined.end() :]
    bare = other[joined.end() :] if joined else other
    exchanged: str | None = None
    if DATE.fullmatch(bare):
        exchanged = _replaced(stem, list(DATE.finditer(stem)), bare)
        if exchanged is None:
            exchanged = f"{stem} {other if joined else f'in {bare}'}"
    elif _NUMBER.fullmatch(bare):
        years = [match.span() for match in DATE.finditer(stem)]
        numbers = [
            match
            for match in _NUMBER.finditer(stem)
            if not any(start <= match.start() < end for start, end in years)
        ]
        exchanged = _replaced(stem, numbers, bare)
    elif is_name(bare) and not joined:
        names = list(_NAME.finditer(stem, stem.find(" ") + 1))
        exchanged = _replaced(stem, names, _without_s(bare))
    elif joined:
        like = re.compile(rf"(?<= {joined[0].strip()} )(?:the )?{_NAME.pattern}")
        names = list(like.finditer(stem)) if is_name(bare) else []
        exchanged = _replaced(stem, names, bare) or f"{stem} {other}"
    if exchanged is None and not joined:
        exchanged = _same_head(stem, bare)
    return f"{exchanged}{mark}{group}" if exchanged else None


def _replaced(text: str, found: Sequence[re.Match[str]], by: str) -> str | None:
    if not found:
        return None
    return text[: found[-1].start()] + by + text[found[-1].end() :]


def _same_head(stem: str, other: str) -> str | None:
    """Return the text with the phrase replaced whose last word is the other's last, too."""
    own, found = words(other), words(stem)
    head = next((n for n, word in enumerate(found) if own and word.term == own[-1].term), None)
    if head is None or not own[-1].is_content:
        return None
    first = head
    while first and found[first - 1].is_content:
        first -= 1
    return stem[: found[first].start] + other + stem[found[head].end :]


def is_name(text: str) -> bool:
    """Whether a text is a name and nothing else, "Anna Soubry's" too."""
    return bool(_NAME.fullmatch(_without_s(text)))


def is_case(text: str) -> bool:
    """Whether a text is a name or a date and nothing else."""
    return is_name(text) or bool(DATE.fullmatch(text))


def _without_s(text: str) -> str:
    return text.removesuffix("'s").removesuffix("’s")
