"""Names of people and bodies: how they are written, and whom a short one means.

Rules over capitals, titles and offices; knows nothing of speech.
"""

import re
from collections import defaultdict
from itertools import pairwise

from qa.types import UNCERTAIN

PRONOUNS = frozenset({"he", "she", "they", "it", "i", "we"})
CAP = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĐĒĖĘĚĞĢĪİĶŁĻŃŅŇŌŐŒŘŚŞŠŤŪŮŰŹŻŽ]"
TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Baroness|Baron|Viscount|Earl|Rev"
    r"|Reverend|Cllr|Councillor|Sgt|Sergeant|Capt|Colonel|Constable|Supt"
    r"|Superintendent|Father|Sister|Bishop|Archbishop|Rabbi|Imam|Prince|Princess)"
    r"\b\.?"
)
WORD = (
    rf"(?:(?:Mr|Mrs|Ms|Dr|Prof|Rev|St|Cllr|Sgt|Capt)\.|{CAP}\.(?=[ \u00a0]?{CAP})"
    rf"|{CAP}(?:[^\W_]|[-‐](?=[^\W_])|['’](?!s\b)(?=[^\W_]))*)"
)
PHRASE = rf"{WORD}(?:[ \u00a0](?:(?:of|for|de|van|von|der|la|du|al|bin)[ \u00a0](?:the[ \u00a0])?)?{WORD})*"
ROLE = (
    r"(?:Secretary|Minister|Chair(?:man|woman|person)?|Director|Inspector|Manager|Head|Leader"
    r"|Officer|Executive|President|Chief|Commissioner|Judge|Mayor|Governor|Editor|MPs?|Premier"
    r"|Chancellor|Ambassador|Coach|Captain|Spokes(?:man|woman|person)|Ombudsman|Deputy"
    r"|General|Interviewer|Witness|Speaker|Clerk|Treasurer|Convenor|Reporter|Author|Professor"
    r"|Members?|Founder|Organiser|Principal|Registrar|Superintendent|Correspondent)"
)
NAME_LIKE = re.compile(rf"{WORD}(?:[ \u00a0]{WORD})*")
HAS_TITLE = re.compile(rf"(?:^|(?<=[ \u00a0])){TITLE}[ \u00a0](?={CAP})")
_HONOUR = re.compile(r"(?:Sir|Dame|Lord|Lady|Baroness|Baron)\b")
_MALE = re.compile(r"(?:Mr|Sir|Lord|Baron|Father|King|Prince)\b")
_FEMALE = re.compile(r"(?:Mrs|Ms|Miss|Dame|Lady|Baroness|Sister|Queen|Princess)\b")
ROLES = re.compile(rf"\b{ROLE}\b")
BARRED = frozenset(
    """
    of for to by with from about on in at after before when than that who which whose against
    between over under near like through during since until because although though if
    whether without within into upon per via and or nor neither either both what how why where
    above below behind beside besides beyond outside inside around across along alongside among
    off toward towards unlike despite except amid opposite he she they it i we you
    while as is was were are be been has had have did does do according
    asked told pressed questioned interviewed quoted cited given described joined led seen met
    """.split()
)
NOBODY = frozenset(
    """
    i we you he she they it this that these those there here one some others another everyone
    someone anyone nobody everybody somebody many most few all none both each inspectors police
    officers ministers critics staff officials members residents campaigners experts sources
    people witnesses readers note notes summary question answer
    """.split()
)
_MAX_NAMESAKES = 8  # two are too many to tell them apart
_INNER_NAME = re.compile(
    rf"(?<=[^\s.!?:;\"“”‘’'])[,;]?[ \u00a0](?={CAP})(?:{WORD})|{WORD}[ \u00a0]{WORD}"
)


def person(phrase: str, *, definite: bool = False) -> str:
    """Return the name in a phrase of capitalised words, without office: "Justice Secretary …"."""
    phrase = phrase.rstrip(".")
    titles = list(HAS_TITLE.finditer(phrase))
    roles = list(ROLES.finditer(phrase))
    if titles and not any(role.start() >= titles[0].end() for role in roles):
        return phrase[titles[0].start() :]
    if not roles:
        return phrase if phrase.lower() not in NOBODY else UNCERTAIN
    rest = phrase[roles[-1].end() :].strip()
    if not rest:  # "Ian Lawrence General Secretary", or an office: `Names` may know
        return phrase if len(phrase[: roles[0].start()].split()) in (2, 3) else UNCERTAIN
    if not re.match(r"(?:of|for)\b", rest):
        return rest
    # "Chief Inspector of Probation Justin Russell": where the name begins only `Names` may know.
    return phrase if len(rest.split()) > 3 and not definite else UNCERTAIN


def has_name(text: str) -> bool:
    """Whether a text may name a person: capitals in mid-sentence that are no abbreviation."""
    return any(not match[0].strip(" ,;\u00a0").isupper() for match in _INNER_NAME.finditer(text))


def mentions(text: str) -> list[str]:
    """Return the runs of capitalised words in a clause."""
    return [match[0] for match in NAME_LIKE.finditer(text)]


def agrees(pronoun: str, name: str) -> bool:
    """Whether a pronoun may stand for a name, as far as its title tells."""
    other = {"he": _FEMALE, "she": _MALE}.get(pronoun)
    return other is not None and not other.match(name)


class Names:
    """The names that one text uses, to tell whom a short one means."""

    def __init__(self, text: str) -> None:
        self._by_last: dict[str, dict[str, int]] = defaultdict(dict)
        self._by_first: dict[str, dict[str, int]] = defaultdict(dict)
        self._titled: dict[str, set[str]] = defaultdict(set)
        self._persons: set[str] = set()  # names that stand behind an office
        self._inner: set[str] = set()  # words with a capital in mid-sentence
        self._count: dict[str, int] = defaultdict(int)
        for match in NAME_LIKE.finditer(text):
            self._note(text, match)

    def _note(self, text: str, match: re.Match[str]) -> None:
        words = match[0].rstrip(".").split()[-8:]
        if (
            text[max(0, match.start() - 2) : match.start()].strip(" \u00a0\n\"'“”‘’.!?:;")
            or len(words) > 1
        ):
            self._inner.add(words[-1])
        while len(words) > 1 and (ROLES.fullmatch(words[0]) or words[0].lower() in BARRED | NOBODY):
            words = words[1:]
        self._count[" ".join(words)] += 1
        for title, name in pairwise(words):
            if re.fullmatch(TITLE, title):
                self._titled[name].add(title.rstrip("."))
        start = next((n for n, word in enumerate(words) if re.fullmatch(TITLE, word)), None)
        title = ""
        if start is not None:
            title, words = words[start].rstrip("."), words[start + 1 :]
        office = max((n + 1 for n, w in enumerate(words) if ROLES.fullmatch(w)), default=0)
        words = words[office:]
        if len(words) < 2:
            return
        if office:
            self._persons.add(" ".join(words))
        words = words if title else words[-2:]
        honour = f"{title} " if _HONOUR.match(title) else ""
        full = honour + " ".join(words)
        for known in (self._by_last[words[-1]], self._by_first[words[0]]):
            if len(known) < _MAX_NAMESAKES:
                known.setdefault(full, match.start())
        if title and not honour:
            self._titled[words[-1]].add(title)

    def resolve(self, mention: str, at: int) -> str:
        """Return the full name that a mention at an offset stands for, or the mention as it is."""
        if mention == UNCERTAIN:
            return mention
        words = mention.split()
        title = words[0].rstrip(".") if len(words) > 1 and re.fullmatch(TITLE, words[0]) else ""
        if ROLES.search(mention):
            return self._without_office(mention)
        if " of " in mention or " for " in mention:
            return mention
        bare = words[1:] if title else words
        if len(bare) > 1:
            full = " ".join(bare)
            honoured = {
                name
                for name in self._by_last.get(bare[-1], {})
                if name != full and name.endswith(f" {full}")
            }
            if len(honoured) == 1:
                return honoured.pop()
            if len(bare) == 3 and " ".join(bare[1:]) in self._count:
                full = " ".join(bare[1:])  # "Campaigner Jane Doe"
            return mention if _HONOUR.match(title) else full
        name = bare[0].title() if bare[0].isupper() and len(bare[0]) > 3 else bare[0]
        if _HONOUR.match(title):
            known = {n for n in self._by_first.get(name, {}) if n.startswith(f"{title} ")}
            known = known or {n for n in self._by_last.get(name, {}) if n.startswith(f"{title} ")}
        else:
            known = {n for n, first in self._by_last.get(name, {}).items() if first < at}
            if not title:
                given = {n for n, first in self._by_first.get(name, {}).items() if first < at}
                known |= given
        known = _longest(known)
        if len(known) == 1 and self._same_sex(title, name, known):
            return known.pop()
        if title or name in self._inner or (bare[0].isupper() and len(bare[0]) > 1):
            return mention
        return UNCERTAIN

    def is_person(self, name: str) -> bool:
        """Whether the text shows somewhere that a name is a person's, by a title or an office."""
        return name in self._persons or bool(self._titled.get(name.split()[-1]))

    def _same_sex(self, title: str, name: str, known: set[str]) -> bool:
        titles = self._titled.get(name, set()) | {title} | {n.split()[0] for n in known}
        return not (any(map(_MALE.match, titles)) and any(map(_FEMALE.match, titles)))

    def _without_office(self, mention: str) -> str:
        first = ROLES.search(mention)
        if first and first.start() > 0 and ROLES.search(mention.split()[-1]):
            before = mention[: first.start()].strip()
            return before if self.is_person(before) else UNCERTAIN
        candidate = " ".join(mention.split()[-2:])
        return candidate if self.is_person(candidate) else mention


def _longest(names: set[str]) -> set[str]:
    """Return the names that no other ends with: "Dame Glenys Stacey" rather than "Glenys Stacey"."""
    return {n for n in names if not any(o != n and o.endswith(f" {n}") for o in names)}
