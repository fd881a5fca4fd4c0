"""Who a clause says is speaking: "Mr Russell said:", "said Jane Doe, chair of Napo".

Rules over English clauses. A speaker is named only where a name is the whole subject of a verb
of speech; whatever is less plain than that is UNCERTAIN, and what is no such clause is None.
"""

import re
from typing import NamedTuple

from qa.voices.names import (
    BARRED,
    NAME_LIKE,
    NOBODY,
    PHRASE,
    PRONOUNS,
    ROLE,
    ROLES,
    UNCERTAIN,
    person,
)

_VERB = (
    r"(?:said|says|say|told|tells|added|adds|wrote|writes|commented|comments|continued|continues"
    r"|explained|explains|replied|replies|warned|warns|argued|argues|claimed|claims|insisted|insists"
    r"|noted|notes|observed|observes|remarked|remarks|responded|responds|answered|answers"
    r"|concluded|concludes|asked|asks|declared|declares|announced|announces|stated|states"
    r"|stressed|stresses|admitted|admits|acknowledged|agreed|agrees|recalled|recalls|joked|jokes"
    r"|tweeted|tweets|posted|posts|urged|urges|went on(?: to (?:say|add))?|goes on|confirmed"
    r"|complained|cautioned|countered|retorted|emphasised|emphasized|pointed out|quipped"
    r"|shouted|whispered|muttered|cried|snapped|pleaded|begged|predicted|suggested|boasted"
    r"|(?:had|has) (?:\w+ ){1,5}to say)"
)
_LOWER_ROLE = re.compile(rf"[ \u00a0](?:{ROLE.lower()}|source|aide|official)s?\b")
_SPOKESMAN = re.compile(
    rf"(?i:(?:the|a)\s)?(spokes(?:man|woman|person) for (?:the )?{PHRASE})|(?i:spokes\w+)"
)
# In front of a verb: what may stand between it and its subject, and what takes the speech away.
_ADVERBS = re.compile(
    r"[\s,]+(?:also|later|then|has|had|further|today|yesterday|previously|recently|again|once"
    r"|simply|repeatedly|even|now|tonight|this (?:week|morning|afternoon|evening)|last (?:week|night"
    r"|month|year)|(?:on )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)$"
)
_NOT_SAID = re.compile(
    r"(?:\b(?:not|never|was|were|is|are|am|been|being|be|may|might|could|would|should|must|can"
    r"|will|to|reportedly|allegedly|supposedly|falsely|did|didn|does|who|which|that|hardly|if)"
    r"|n['’]t)$"
)
_CONJUNCTION = re.compile(
    r"(?:and|but|so|yet|then|meanwhile|however|today|yesterday|later|earlier|as|here['’]s what"
    r"|(?:this|here|that) is (?:exactly )?what|while|i (?:see|notice|note|hear) (?:that )?),?\s+",
    re.I,
)
_DETERMINER = re.compile(r"(?:the|a|an|our|his|her|its|their|my|one|another)\s+", re.I)
_REST = re.compile(
    r"(?:(?:in|on|at|to|of|about|after|during|before|via|by|for|when|following|from|yesterday"
    r"|today|last|this|afterwards|later|online|recently|simply|again|with|as follows"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b.*)?",
    re.S,
)
_TOLD = re.compile(r"(?:told|tells|asked|asks|warned|warns|urged|urges|reminded)$")
SPEECH = re.compile(rf"\b{_VERB}\b")
_VERB_FIRST = re.compile(rf"(?:according to|{_VERB})\s+")
_APPOSITION = re.compile(
    r",? (?!(?:while|as|but|when|before|after|and|who|adding|added|whose)\b)[a-z][^.!?:;\"“”‘«]{1,150}"
    r"(?=\.\s|,\s*[\"“‘'«])"
)
_SENTENCE = re.compile(r"[.!?…][\"”’')\]]*\s+(?=[^\W\d_a-z]|[\"“‘'\[(])|\n\s*\n")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|Rev|St|Cllr|Sgt|Capt|Hon|Jr|Sr|No|vs|[A-Z])\.$")
_MAX_CLAUSE = 300  # characters
_MAX_REST = 15  # words between the verb and the speech: "said in a letter to all members:"
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
    direct = (
        not re.search(r"\b(?:by|from)\b", rest)
        and bool(_REST.fullmatch(rest) or (_TOLD.search(verb[0]) and colon))
        and len(rest.split()) <= _MAX_REST
    )
    speaker = _subject(body[: verb.start()].rstrip())
    return Clause(speaker if direct else UNCERTAIN, len(clause), direct)


def clause_after(text: str, at: int, end: int) -> Clause | None:
    """Return who the clause behind a quotation names: ", said Jane Doe, the chair."."""
    tail = text[at : min(end, at + _MAX_CLAUSE)]
    lead = re.match(r"[\s,–—-]*", tail)
    first = lead.end() if lead else 0
    body = tail[first:]
    if match := _VERB_FIRST.match(body):
        named = name_at(body, match.end())
        if named is not None:
            apart = _APPOSITION.match(body, named[1])
            return Clause(named[0], at + first + (apart.end() if apart else named[1]), True)
        return Clause(UNCERTAIN, at + first + match.end(), True)
    verb = SPEECH.search(body)
    if verb is None:
        return None
    before = _PAREN.sub("", body[: verb.start()]).rstrip()
    if re.search(r"[!?\"“”‘:;\n]|(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\b[A-Z])\.", before):
        return None
    # "…, Ann Lee told the court Tom Ray had said": whose words they are isn't plain.
    again = SPEECH.search(re.split(r"[.!?\"“‘]", body[verb.end() :], maxsplit=1)[0])
    return Clause(UNCERTAIN if again else _subject(before), at + first + verb.end(), True)


def name_at(text: str, at: int) -> tuple[str, int] | None:
    """Return the speaker named at an offset of a clause and where the name ends, or None."""
    if match := re.compile(r"(he|she|they|it|i|we)\b", re.I).match(text, at):
        return match[0].lower(), match.end()
    if match := _SPOKESMAN.match(text, at):
        return match[1] or UNCERTAIN, match.end()
    lead = re.compile(r"(?:[a-z][\w-]*[ \u00a0]){0,6}").match(text, at)
    start = lead.end() if lead else at
    if set(text[at:start].split()) & BARRED:
        return UNCERTAIN, start
    phrase = re.compile(PHRASE).match(text, start)
    if phrase is None:
        return None
    if role := _LOWER_ROLE.match(text, phrase.end()):
        after = NAME_LIKE.match(text, role.end() + 1)
        if text[role.end() : role.end() + 1] in (" ", "\u00a0") and after:
            return person(after[0]), after.end()
        return text[start : role.end()], role.end()
    if re.compile(r"['’]s?\b|['’]\s|,? and (?:the |a )?[A-Z]|,? & ").match(text, phrase.end()):
        return UNCERTAIN, phrase.end()
    return person(phrase[0]), phrase.end()


def _subject(before: str) -> str:
    """Return who is the subject that ends where the verb begins."""
    while match := _ADVERBS.search(before):
        before = before[: match.start()]
    if _NOT_SAID.search(before.rstrip(" ,")) or not before.strip(" ,"):
        return UNCERTAIN
    segments = [part.strip() for part in before.split(",")]
    apart = segments[-1] == ""  # a comma before the verb ends an apposition
    segments = [part for part in segments if part]
    if any(re.search(r"\b(?:and|or)$", part) for part in segments):
        return UNCERTAIN
    if apart:
        while len(segments) > 1 and _is_apposition(segments[-1]):
            segments.pop()
    elif len(segments) > 1 and re.match(r"(?:and|or)\b", segments[-1]):
        return UNCERTAIN
    return _noun_phrase(segments[-1])


def _is_apposition(segment: str) -> bool:
    return bool(
        segment[0].islower()
        or segment[0].isdigit()
        or re.search(rf"\b{ROLE}(?:$| (?:of|for|at|in|on)\b)", segment)
    )


def _noun_phrase(segment: str) -> str:
    """Return the name that a phrase consists of, but for what describes the person."""
    while match := _CONJUNCTION.match(segment):
        segment = segment[match.end() :]
    if segment.lower() in PRONOUNS:
        return segment.lower()
    if match := _SPOKESMAN.fullmatch(segment):
        return match[1] or UNCERTAIN
    given = bool(determiner := _DETERMINER.match(segment))
    segment = segment[determiner.end() :] if determiner else segment
    phrases = list(re.finditer(PHRASE, segment))
    if not phrases:
        return UNCERTAIN
    phrase = phrases[-1]
    lead, tail = segment[: phrase.start()], segment[phrase.end() :]
    words = lead.split()
    if {word.lower() for word in words} & BARRED:
        return UNCERTAIN
    if len(words) > 6 or any(re.search(r"(?:ing|ed)$|[^\w'’\-&]", word) for word in words):
        return UNCERTAIN
    # Behind a capital the words might be a verb: "Ann Lee thought Tom Ray said".
    if any(word[0].isupper() for word in words) and not ROLES.fullmatch(words[-1].title()):
        return UNCERTAIN
    first = phrase[0].split()[0]
    if first.lower() in BARRED | NOBODY or (first.endswith("ing") and " " in phrase[0]):
        return UNCERTAIN
    if tail:
        return phrase[0] + tail if not words and _LOWER_ROLE.fullmatch(tail) else UNCERTAIN
    return person(phrase[0], definite=given)
