"""Who a clause says is speaking: "Mr Russell said:", "said Jane Doe, chair of Napo".

Rules over English clauses. A speaker is named only where a name is the whole subject of a verb
of speech; whatever is less plain than that is UNCERTAIN, and what is no such clause is None.
"""

import re
from typing import NamedTuple

from qa.types import UNCERTAIN
from qa.voices.names import BARRED, NAME_LIKE, PHRASE, ROLE, person

_VERB = (
    r"(?:say|said|says|told|tells|wrote|writes|replied|replies|admitted|admits|cried"
    r"|(?:acknowledge|add|agree|announce|answer|argue|ask|claim|comment|complain|conclude|confirm"
    r"|continue|declare|explain|insist|note|observe|post|remark|respond|state|stress|tweet|urge"
    r"|warn|recall|joke|suggest|predict|emphasi[sz]|caution|counter|retort|boast|shout|whisper"
    r"|mutter|plead)e?[ds]|(?:snap|quip)(?:ped|s)|beg(?:ged|s)"
    r"|(?:went|goes) on(?: to (?:say|add))?|pointed out"
    r"|(?:had|has) (?:\w+ ){1,5}to say)"
)
SPEECH = re.compile(rf"\b{_VERB}\b")
_VERB_FIRST = re.compile(rf"(?:according to|{_VERB})\s+")
_DAY = r"today|yesterday|(?:on )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
# What may stand between a subject and its verb; all else there takes the speech away.
_ADVERBS = re.compile(
    rf"(?:[\s,]+(?:also|later|then|has|had|further|again|previously|recently|once|simply|repeatedly"
    rf"|even|now|tonight|this (?:week|morning|afternoon|evening)|last (?:week|night|month|year)"
    rf"|{_DAY}))+$"
)
# Between the verb and the speech: "said in a letter to all members:", "told the court:".
_REST = re.compile(
    rf"(?:(?:in|on|at|to|of|about|after|during|before|via|for|when|with|this|last|{_DAY})\b.*)?",
    re.S,
)
_TOLD = re.compile(r"(?:told|asked|warned|urged)$")
_OTHERS = re.compile(r"\b(?:by|from)\b")
_LINK = re.compile(
    r"(?:(?:and|but|so|then|however|meanwhile|as|while"
    r"|i (?:see|notice|note|hear) (?:that )?),?\s+)+",
    re.I,
)
_PRONOUN = re.compile(r"(?:he|she|they|it|i|we)\b", re.I)
# What describes a person in front of the name.
_DESCRIPTION = re.compile(
    r"(?:(?i:the|an?|our|his|her|its|their|my)\s+)?(?:[a-z][\w'’-]*[ \u00a0]){0,6}"
)
_PHRASE = re.compile(PHRASE)
_SPOKESMAN = re.compile(rf"(?i:(?:the|an?)\s)?(spokes(?:man|woman|person) for (?:the )?{PHRASE})")
_OFFICE = re.compile(rf"(?:[ \u00a0]{ROLE.lower()}s?\b)+")
_SHARED = re.compile(r"['’]s?\b|['’]\s|,? and (?:the |a )?[A-Z]|,? & ")
# "said Ann Lee supporter Tom Ray", but not "said Ann Lee in London"
_OF_ANOTHER = re.compile(
    r"(?!.(?:in|at|on|of|to|for|from|with|by|after|before|during|while|when|as|and|but|who|via)\b)"
    r"[ \u00a0](?:[a-z][\w'’-]*[ \u00a0]){1,4}(?=[A-Z])"
)
_APPOSITION = re.compile(
    r",? (?!(?:while|as|but|when|before|after|and|who|adding|added|whose)\b)[a-z][^.!?:;\"“”‘«]{1,150}"
    r"(?=\.\s|,\s*[\"“‘'«])"
)
_SENTENCE = re.compile(r"[.!?…][\"”’')\]]*\s+(?=[^\W\d_a-z]|[\"“‘'\[(])|\n\s*\n")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|Rev|St|Cllr|No|[A-Z])\.$")
_MAX_CLAUSE = 300  # characters
_PAREN = re.compile(r"\s*\([^()]*\)")


class Clause(NamedTuple):
    """An attribution: who speaks, as written, UNCERTAIN or a pronoun; where the clause ends."""

    speaker: str
    end: int
    direct: bool  # the verb, or "in a letter to members" after it, runs straight into the speech


def sentence_start(text: str, low: int, at: int) -> int:
    """Return where the sentence begins that `at` stands in, not before `low`."""
    low = max(low, at - _MAX_CLAUSE)
    for match in reversed(list(_SENTENCE.finditer(text, low, at + 1))):
        if match.end() <= at and not _ABBREVIATION.search(text, low, match.start() + 1):
            return match.end()
    return low


def clause_before(clause: str, *, colon: bool) -> Clause | None:
    """Return who a clause that leads in to speech names: "Mr Russell, who is 60, added: "."""
    body = _PAREN.sub("", re.sub(r"[\s,:–—-]+$", "", clause))
    verb = next(reversed(list(SPEECH.finditer(body))), None)
    if verb is None:
        return None
    rest = body[verb.end() :].strip()
    told = colon and _TOLD.search(verb[0])
    direct = bool((told or _REST.fullmatch(rest)) and not _OTHERS.search(rest))
    speaker = _subject(body[: verb.start()]) if direct else UNCERTAIN
    return Clause(speaker, len(clause), direct)


def clause_after(text: str, at: int, end: int) -> Clause | None:
    """Return who the clause behind a quotation names: ", said Jane Doe, the chair."."""
    tail = text[at : min(end, at + _MAX_CLAUSE)]
    body = tail.lstrip(" \u00a0\n\t,–—-")
    at += len(tail) - len(body)
    if match := _VERB_FIRST.match(body):
        speaker, stop = name_at(body, match.end()) or (UNCERTAIN, match.end())
        apart = _APPOSITION.match(body, stop)
        return Clause(speaker, at + (apart.end() if apart else stop), True)
    verb = SPEECH.search(body)
    if verb is None:
        return None
    before = _PAREN.sub("", body[: verb.start()])
    if re.search(r"[!?\"“”‘:;\n]", before) or sentence_start(body, 0, verb.start()):
        return None
    # "…, Ann Lee told the court Tom Ray had said": whose words they are isn't plain.
    again = SPEECH.search(re.split(r"[.!?\"“‘]", body[verb.end() :], maxsplit=1)[0])
    return Clause(UNCERTAIN if again else _subject(before), at + verb.end(), True)


def name_at(text: str, at: int) -> tuple[str, int] | None:
    """Return the speaker named at an offset of a clause and where the name ends, or None."""
    if match := _PRONOUN.match(text, at):
        return match[0].lower(), match.end()
    if match := _SPOKESMAN.match(text, at):
        return match[1], match.end()
    lead = _DESCRIPTION.match(text, at)
    phrase = lead and _PHRASE.match(text, lead.end())
    if not lead or not phrase:
        return None
    # "the man accusing Ann Lee", "the sign above Ann Lee", "Unlike Ann Lee"
    first = phrase[0].split()[0].lower()
    participle = any(word.endswith(("ing", "ed")) for word in lead[0].split())
    if participle or not BARRED.isdisjoint([first, *lead[0].split()]):
        return UNCERTAIN, phrase.end()
    if office := _OFFICE.match(text, phrase.end()):
        if name := NAME_LIKE.match(text, office.end() + 1):
            return person(name[0]), name.end()
        return text[phrase.start() : office.end()], office.end()
    if _SHARED.match(text, phrase.end()) or _OF_ANOTHER.match(text, phrase.end()):
        return UNCERTAIN, phrase.end()
    return person(phrase[0]), phrase.end()


def _subject(before: str) -> str:
    """Return who is the subject that ends where the verb begins, if a name is all of it."""
    before = _ADVERBS.sub("", before.rstrip(" \u00a0"))
    if re.search(r",\s*(?:and|or)\b", before):
        return UNCERTAIN
    *parts, last = (part.strip() for part in before.split(","))
    if not last:  # a comma before the verb ends an apposition
        while len(parts) > 1 and _is_apposition(parts[-1]):
            parts.pop()
        last = parts[-1] if parts else ""
    link = _LINK.match(last)
    subject = last[link.end() :] if link else last
    speaker, end = name_at(subject, 0) or (UNCERTAIN, 0)
    return speaker if end == len(subject) else UNCERTAIN


def _is_apposition(part: str) -> bool:
    return not part[:1].isupper() or bool(re.search(rf"\b{ROLE}(?:$| (?:of|for|at|in)\b)", part))
