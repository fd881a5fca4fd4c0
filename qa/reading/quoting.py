"""Whose words the lines of a mail are: the writer's, a signature, or quoted from older mails.

    I agree.                                  <- the writer's own
    On 3 May 2024 at 10:12, Jane Doe wrote:   <- Quoted
    > Shall we meet?                          <- Quoted
    -- (and a space)
    John                                      <- Signature

Knows lines and how deep they are quoted, not whether HTML or ">" said so.
"""

import re
from collections.abc import Sequence

QUOTED, FORWARDED, SIGNATURE = "Quoted", "Forwarded", "Signature"
Line = tuple[int, str]
"""How deep it is quoted, and what it says; a line of an HTML mail is a paragraph of it."""

_MAX_DEPTH = 3  # that sections tell apart
_MAX_ATTRIBUTION = 300  # characters
_ATTRIBUTION_LINES = 3
_HEADER_LINES = 8

_MARKS = re.compile(r"(?:> ?)+")
_ATTRIBUTION_BEGINS = re.compile(r"(?:on|am|le|el|op|il|em|den|\d{4}-\d\d-\d\d)\b", re.IGNORECASE)
_ATTRIBUTION = re.compile(
    rf"{_ATTRIBUTION_BEGINS.pattern}.{{5,}}"
    r"\b(?:wrote|writes|schrieb|a écrit|escribió|schreef|ha scritto|escreveu|skrev)\b.{0,80}:",
    re.IGNORECASE,
)
_CERTAIN = re.compile(r"\d:\d\d|@")  # it is a mail that is quoted, not a book
_ORIGINAL = re.compile(
    r"[-_* ]{2,}(?:original message|original appointment|ursprüngliche nachricht|message d'origine"
    r"|mensaje original|messaggio originale|oorspronkelijk bericht)[-_* ]{2,}",
    re.IGNORECASE,
)
_FORWARDING = re.compile(
    r"(?:[-_* ]{2,}(?:forwarded message|forwarded by .{1,100}|weitergeleitete nachricht"
    r"|message transféré|mensaje reenviado)[-_* ]{2,}|begin forwarded message:)",
    re.IGNORECASE,
)
_RULE = re.compile(r"[-_]{5,}")
_FROM = re.compile(r"\*?(?:from|von|de|da|van)\s?:\*?\s?\S", re.IGNORECASE)
_FIELDS = re.compile(
    r"\*?(sent|date|to|subject|cc|gesendet|datum|an|betreff|envoyé|à|objet|enviado|para|asunto)\s?:",
    re.IGNORECASE,
)


def lines_of(body: str) -> list[Line]:
    """Return the lines of a plain text with the marks of quotation counted and taken off.

    A line that announces a quotation is whole, however it was broken.
    """
    marked = []
    for line in body.split("\n"):
        marks = _MARKS.match(line)
        marked.append((marks[0].count(">"), line[marks.end() :]) if marks else (0, line))
    found: list[Line] = []
    at = 0
    while at < len(marked):
        height = _attribution(marked, at) or 1
        found.append(marked[at] if height == 1 else (marked[at][0], _joined(marked, at, height)))
        at += height
    return found


def sections(lines: Sequence[Line]) -> list[tuple[str, ...]]:
    """Return the section of each line.

    It is () for the writer's own words, ("Quoted", "Quoted") for what is quoted in a quotation.
    """
    found: list[tuple[str, ...]] = []
    below: tuple[str, ...] = ()  # the rest is an older mail, without marks
    begun = -_HEADER_LINES  # where that began
    signed = False
    for at, (depth, text) in enumerate(lines):
        if at - begun >= _HEADER_LINES and (kind := _begins_older(lines, at)):
            below, begun = (*below, kind)[:_MAX_DEPTH], at
        elif _attribution(lines, at) == 1:
            if _next_depth(lines, at + 1) > depth:
                depth += 1
            elif _CERTAIN.search(text):
                below = (*below, QUOTED)[:_MAX_DEPTH]
        if depth or below:
            signed = False
        elif text.rstrip() == "--":
            signed = True
        quoted = (*below, *(QUOTED for _ in range(min(depth, _MAX_DEPTH))))[:_MAX_DEPTH]
        found.append((SIGNATURE,) if signed else quoted)
    return found


def _begins_older(lines: Sequence[Line], at: int) -> str | None:
    """Return what an older mail is that stands from here to the end, if one does."""
    text = lines[at][1].strip()
    if len(text) > _MAX_ATTRIBUTION:
        text = text[:_MAX_ATTRIBUTION]
    if _ORIGINAL.match(text):
        return QUOTED
    if _FORWARDING.match(text):
        return FORWARDED
    ruled = bool(_RULE.fullmatch(text))
    if not ruled and not _FROM.match(text):
        return None
    first = at + ruled
    header = [
        line
        for _, piece in lines[first : first + _HEADER_LINES]
        for line in piece[: 10 * _MAX_ATTRIBUTION].split("\n")
        if line.strip()
    ][:_HEADER_LINES]
    if not header or not _FROM.match(header[0].strip()):
        return None
    fields = {match[1].lower() for line in header[1:] if (match := _FIELDS.match(line.strip()))}
    return QUOTED if len(fields) > 1 else None


def _attribution(lines: Sequence[Line], at: int) -> int:
    """Return how many lines say "On 3 May 2024, Jane Doe wrote:", from this one on."""
    if not _ATTRIBUTION_BEGINS.match(lines[at][1].lstrip()):
        return 0
    for height in range(1, _ATTRIBUTION_LINES + 1):
        last = lines[at + height - 1] if at + height <= len(lines) else (0, "")
        if not last[1].strip() or last[0] != lines[at][0]:
            return 0
        text = _joined(lines, at, height)
        if len(text) > _MAX_ATTRIBUTION:
            return 0
        if _ATTRIBUTION.fullmatch(text):
            return height
    return 0


def _joined(lines: Sequence[Line], at: int, height: int) -> str:
    return " ".join(" ".join(text.split()) for _, text in lines[at : at + height])


def _next_depth(lines: Sequence[Line], at: int) -> int:
    """Return how deep the next line with anything in it is quoted."""
    return next((depth for depth, text in lines[at : at + 5] if text.strip()), 0)
