"""Names of people and bodies: how they are written, and whom a short one means.

Rules over capitals, titles and offices; knows nothing of speech.
"""

import re
from collections import defaultdict
from functools import cached_property

from qa.types import UNCERTAIN

PRONOUNS = frozenset({"he", "she", "they", "it", "i", "we"})
CAP = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĐĒĖĘĚĞĢĪİĶŁĻŃŅŇŌŐŒŘŚŞŠŤŪŮŰŹŻŽ]"
TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Baroness|Baron|Rev|Reverend|Cllr"
    r"|Councillor|Sgt|Sergeant|Capt|Constable|Father|Sister|Bishop)\b\.?"
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
_HAS_TITLE = re.compile(rf"\b{TITLE}[ \u00a0](?={CAP})")
_HONOUR = re.compile(r"(?:Sir|Dame|Lord|Lady|Baroness|Baron)\b")
_MALE = re.compile(r"(?:Mr|Sir|Lord|Baron|Father)\b")
_FEMALE = re.compile(r"(?:Mrs|Ms|Miss|Dame|Lady|Baroness|Sister)\b")
ROLES = re.compile(rf"\b{ROLE}\b")
# Words that begin no name, and take what is said away from one: "critics of Tom Ray".
BARRED = frozenset(
    """
    of for to by with from about on in at after before when than that who which whose against
    between over under near like through during since until because although though if whether
    without within into upon via and or nor both what how why where above below behind beside
    beyond outside inside around across along among off towards unlike despite except opposite
    as while is was were are be been has had have did does do not only
    asked told pressed questioned quoted cited given described joined led seen met
    i we you he she they it this these those there here one some others another everyone someone
    anyone nobody everybody somebody many most few all none each
    inspectors police officers ministers critics staff officials members residents campaigners
    experts sources people witnesses readers
    """.split()
)
_MAX_NAMESAKES = 8  # two are too many to tell them apart
_INNER = re.compile(rf"(?<=(?:[^\W_]|[,;])[ \u00a0]){WORD}")  # in mid-sentence
_IS_TITLE = re.compile(rf"{TITLE}\Z")


def person(phrase: str) -> str:
    """Return the name in a phrase of capitalised words, without office: "Justice Secretary …"."""
    phrase = phrase.rstrip(".")
    roles = list(ROLES.finditer(phrase))
    office = roles[-1].end() if roles else 0
    if (title := _HAS_TITLE.search(phrase)) and office <= title.end():
        return phrase[title.start() :]
    if not roles:
        return phrase if phrase.lower() not in BARRED else UNCERTAIN
    rest = phrase[office:].strip()
    if not rest:  # "Ian Lawrence General Secretary", or an office: `Names` may know
        return phrase if len(phrase[: roles[0].start()].split()) in (2, 3) else UNCERTAIN
    if not re.match(r"(?:of|for)\b", rest):
        return rest
    # "Chief Inspector of Probation Justin Russell": where the name begins only `Names` may know.
    return phrase if len(rest.split()) > 3 else UNCERTAIN


def has_name(text: str) -> bool:
    """Whether a text may name a person: capitals in mid-sentence that are no abbreviation."""
    return any(not match[0].isupper() for match in _INNER.finditer(text))


def agrees(pronoun: str, name: str) -> bool:
    """Whether a pronoun may stand for a name, as far as its title tells."""
    other = {"he": _FEMALE, "she": _MALE}.get(pronoun)
    return bool(other and not other.match(name))


class Names:
    """The names that one text uses, to tell whom a short one means."""

    def __init__(self, text: str) -> None:
        self._known: dict[str, dict[str, int]] = defaultdict(dict)  # by first and last word: offset
        self._titled: dict[str, set[str]] = defaultdict(set)  # by the word behind the title
        self._persons: set[str] = set()  # names that stand behind an office
        self._text = text
        for match in NAME_LIKE.finditer(text):
            if " " in match[0] or "\u00a0" in match[0]:  # a word alone says nothing of others
                self._note(match[0], match.start())

    @cached_property
    def _inner(self) -> set[str]:
        return {match[0] for match in _INNER.finditer(self._text)}

    def _note(self, phrase: str, at: int) -> None:
        words = phrase.rstrip(".").split()[-8:]
        if words[0].lower() in BARRED:
            words = words[1:]
        titles = [n for n, word in enumerate(words) if _IS_TITLE.match(word)]
        title = words[titles[0]].rstrip(".") if titles else ""
        words = words[titles[0] + 1 :] if titles else words
        if title and words:  # of "Dame Ann Lee" both names have it, whichever is used alone
            self._titled[words[0]].add(title)
            self._titled[words[-1]].add(title)
        office = max((n + 1 for n, word in enumerate(words) if ROLES.fullmatch(word)), default=0)
        words = words[office:]
        if len(words) < 2:
            return
        if office:
            self._persons.add(" ".join(words))
        words = words if title else words[-2:]
        full = " ".join([title, *words] if _HONOUR.match(title) else words)
        for known in (self._known[words[0]], self._known[words[-1]]):
            if len(known) < _MAX_NAMESAKES:
                known.setdefault(full, at)

    def resolve(self, mention: str, at: int) -> str:
        """Return the full name that a mention at an offset stands for, or the mention as it is."""
        if office := ROLES.search(mention):
            return self._without_office(mention, office.start())
        title, *bare = mention.split()
        if not (bare and _IS_TITLE.match(title)):
            title, bare = "", [title, *bare]
        honour = title if _HONOUR.match(title) else ""
        if len(bare) > 1:
            return mention if honour or "of" in bare else " ".join(bare)
        name = bare[0]
        known = {
            full
            for full, first in self._known.get(name, {}).items()
            if first < at
            and full.startswith(honour)
            and (honour or not title or full.endswith(name))
        }
        # "Dame Glenys Stacey" and "Glenys Stacey" are one person.
        known -= {short for short in known for full in known if full.endswith(f" {short}")}
        if len(known) == 1 and self._same_sex(title, name, known):
            return known.pop()
        return mention if title or name in self._inner else UNCERTAIN

    def is_person(self, name: str) -> bool:
        """Whether the text shows somewhere that a name is a person's, by a title or an office."""
        return name in self._persons or bool(self._titled.get(name.split()[-1]))

    def _same_sex(self, title: str, name: str, known: set[str]) -> bool:
        titles = self._titled.get(name, set()) | {title} | {n.split()[0] for n in known}
        return not (any(map(_MALE.match, titles)) and any(map(_FEMALE.match, titles)))

    def _without_office(self, mention: str, office: int) -> str:
        if office and ROLES.search(mention.split()[-1]):
            before = mention[:office].strip()
            return before if self.is_person(before) else UNCERTAIN
        candidate = " ".join(mention.split()[-2:])
        return candidate if self.is_person(candidate) else mention
