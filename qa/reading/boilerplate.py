"""What a saved web page says about itself rather than about its subject, told by its phrases.

Share buttons, cookie notices, sign-ups, forms, advertisements, and lists of other articles with
their teasers. Only a block that says nothing else is taken for one: an article about Twitter or
cookies is an article. In English alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.reading.blocks import ITEM
from qa.types import Block

_ON = (
    r"(?:facebook|twitter|x(?: \(twitter\))?|linked ?in|e-?mail|whats ?app|reddit|pinterest|tumblr"
    r"|pocket|telegram|mastodon|bluesky|threads|instagram|youtube|tik ?tok|flipboard|messenger|print"
    r"|google\+?|skype|rss|copy link|link)"
)
_SHARED = r"(?:this|the|our|my|us|me|post|article|page|story|blog|it|link)"
_WHOLE = re.compile(
    "|".join(
        (
            # Buttons.
            rf"(?:click to )?(?:share|tweet|pin|post|e-?mail|print|send|like|follow|find)"
            rf"(?: {_SHARED}){{0,3}} (?:on|via|by|with|to|using) {_ON}(?:(?:,| and|,? &) {_ON})*"
            r"(?: \(opens in (?:a )?new window\))?",
            rf"(?:share|tweet|print|bookmark|spread)(?: this| the){{1,2}}(?: {_SHARED}| word)?",
            r"share \d+|\d+ shares?|click to (?:tweet|print|e-?mail)\b.{0,60}",
            r"skip to (?:main )?(?:content|navigation)|(?:back|return|go) to (?:the )?top",
            r"(?:previous|next) (?:post|article|story)|(?:older|newer) posts",
            # Sign-ups.
            r"(?:subscribe|sign up)(?: now| here| today| for free)",
            r"(?:subscribe|sign up|register)(?: now| here| today| for free)? (?:to|for)"
            r" .{0,60}(?:newsletters?|mailing list|updates|alerts|blog|podcast|feed|channel)\b.{0,40}",
            r"(?:subscribe|sign up)(?: .{0,40})? (?:by|via) e-?mail.{0,40}",
            r"(?:get|receive) (?:every|all|the latest|our|new|notified|updates|a|the|my) .{0,60}"
            r"\b(?:by e-?mail|via e-?mail|(?:in|to) your inbox)\b.{0,30}",
            r"(?:please )?(?:enter|type) your e-?mail(?: address)?\b.{0,100}",
            r"(?:keep|stay) (?:informed|updated|up[- ]to[- ]date|in touch|connected)",
            r"one e-?mail (?:every|a|per|each) (?:day|week|month|morning)\b.{0,30}",
            r"(?:no spam\b.{0,60}|unsubscribe (?:at )?any ?time.{0,40}|we respect your privacy)",
            # Forms.
            r"leave a (?:reply|comment|response)(?: cancel(?: reply)?)?|cancel reply",
            r"(?:post|add|write|submit|join) (?:a|your|the) (?:comment|reply|response|conversation|discussion)",
            r"your e-?mail address will not be (?:published|shared)\b.{0,80}",
            r"required fields are marked\b.{0,10}|save my name,? e-?mail,?(?: and)? website\b.{0,80}",
            r"notify me (?:of|about|by e-?mail)\b.{0,80}|this site uses akismet\b.{0,120}",
            r"you must be (?:logged|signed) in to (?:post|leave|write) a comment.{0,30}",
            r"(?:please )?(?:log|sign) in (?:or register )?to (?:reply|comment|leave a comment|post comments?)"
            r"|comments (?:are|have been) (?:closed|disabled)(?: .{0,40})?",
            # Notices.
            r"(?:(?:copyright )?(?:©|\(c\))|copyright)\s.{0,400}\ball rights reserved\b.{0,400}"
            r"|all rights reserved",
            r"adverti[sz]e with us|ad feedback|(?:sponsored|promoted) (?:content|posts?|links?)"
            r"|(?:story|article) continues (?:below|after)(?: .{0,30})?|report this ad",
        )
    ),
    re.IGNORECASE,
)
_COOKIES = re.compile(
    r"(?:we|this (?:web)?site|our (?:web)?sites?)(?: and our .{0,40})? uses? (?:essential |necessary )?cookies\b.{0,500}"
    r"|(?:accept|reject|manage|allow|decline)(?: all| additional| non-essential| optional| my)? cookies?(?: settings)?"
    r"|cookies? (?:settings|preferences|notice|consent)|cookies on .{1,40}"
    r"|by (?:using|continuing to (?:use|browse)|clicking) .{0,120}\bcookies\b.{0,200}",
    re.IGNORECASE,
)
_TEASERS = re.compile(
    r"(?:related|similar|recommended|popular|recent|trending|featured) (?:blog )?"
    r"(?:posts?|articles?|stories|content|news|topics|videos|links|pages)(?: you (?:might|may)(?: also)? (?:like|enjoy))?"
    r"|(?:(?:posts?|articles?|stories) )?you (?:might|may)(?: also)? (?:like|enjoy|be interested in)(?: these)?"
    r"|recommended for you|most (?:popular|read|viewed|shared)|(?:read|up|what to read) next"
    r"|trending(?: now)?|more (?:from .{1,30}|stories|news|articles|posts|like this|to explore)",
    re.IGNORECASE,
)
_SPONSOR = re.compile(
    r"(?:[\w&'’-]+ ){0,4}(?:posts?|blog|articles?|content|newsletter|podcast|site|page)"
    r" (?:(?:is|are) )?(?:kindly |proudly )?sponsored by .{1,60}",
    re.IGNORECASE,
)
_ENDS_TEASERS = re.compile(
    r"(?:\d+ |one )?(?:comments?|responses?|replies|reactions?|thoughts?)\b.{0,80}"
    r"|(?:references|bibliography|sources|(?:end|foot)?notes|appendix|appendices|annex|glossary)\b.{0,80}",
    re.IGNORECASE,
)
# Names of buttons that are words of a text as well: taken for buttons where several stand together.
# Words that head a text as well: taken for more only where they head nothing.
_LABEL = re.compile(r"advertisements?|subscribe|sign up|tweet|sponsored|promoted", re.IGNORECASE)
_BUTTON = re.compile(
    rf"{_ON}|share|tweet|subscribe|like|follow(?: us)?|save|comments?|more|reply|read more",
    re.IGNORECASE,
)
_MIN_BUTTONS = 3
_MAX_WORDS = 80  # of what a phrase may make boilerplate
_CONTENT_WORDS = 45  # more are no teaser
_TEASER_WORDS = 20  # where an article goes on below; a teaser of one sentence may be longer
_SENTENCE_WORDS = 5
_MAX_RUN = 20  # blocks
_MAX_COOKIES = 4  # blocks; a text that speaks of them more often is about them


def mark_boilerplate(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks, those that are boilerplate with that kind; readers' comments never are."""
    said = [" ".join(text[block.start : block.end].split()) for block in blocks]
    found = _phrases(blocks, said) | _buttons(blocks, said)
    content = [
        number
        for number, block in enumerate(blocks)
        if number not in found
        and block.comment is None
        and len(said[number].split()) > _CONTENT_WORDS
    ]
    for number in range(len(blocks) - 1, -1, -1):
        if blocks[number].comment is None and _SPONSOR.fullmatch(_bare(said[number])):
            found |= _sponsor(blocks, number, content)
    last = content[-1] if content else len(blocks)
    for number, block in enumerate(blocks):
        if (
            number not in found
            and block.comment is None
            and _TEASERS.fullmatch(_bare(said[number]))
        ):
            found.update(_teasers(blocks, said, number, goes_on=last > number))
    return tuple(
        replace(block, kind="boilerplate") if number in found else block
        for number, block in enumerate(blocks)
    )


def _phrases(blocks: Sequence[Block], said: Sequence[str]) -> set[int]:
    cookies = sum("cookie" in words.lower() for words in said) <= _MAX_COOKIES
    found = set()
    for number, block in enumerate(blocks):
        bare = _bare(said[number])
        if (
            block.comment is None
            and len(bare.split()) <= _MAX_WORDS
            and (
                _WHOLE.fullmatch(bare)
                or (cookies and _COOKIES.fullmatch(bare))
                or (block.kind != "heading" and _LABEL.fullmatch(bare))
            )
        ):
            found.add(number)
    return found


def _buttons(blocks: Sequence[Block], said: Sequence[str]) -> set[int]:
    """Return the runs of at least three blocks that say no more than a button's name each."""
    found: set[int] = set()
    run: list[int] = []
    for number in range(len(blocks) + 1):
        if (
            number < len(blocks)
            and blocks[number].comment is None
            and (_BUTTON.fullmatch(_bare(said[number])) or _WHOLE.fullmatch(_bare(said[number])))
        ):
            run.append(number)
            continue
        if len(run) >= _MIN_BUTTONS:
            found.update(run)
        run = []
    return found


def _sponsor(blocks: Sequence[Block], number: int, content: list[int]) -> set[int]:
    """Return a sponsor's line, below an article with what the sponsor says; it isn't content."""
    body = number + 1
    while body < len(blocks) and blocks[body].kind == "heading":
        body += 1
    below = [at for at in content[-2:] if at >= number]
    if body == len(blocks) or not set(below) <= {body} or not content or content[0] >= number:
        return {number}
    if below:
        content.pop()
    return {*range(number, body + 1)}


def _teasers(
    blocks: Sequence[Block], said: Sequence[str], number: int, *, goes_on: bool
) -> Iterator[int]:
    """Yield the numbers of a list of other articles, its title first."""
    yield number
    waiting: int | None = None  # a heading: another teaser, or of the article where it goes on
    stop = min(len(blocks), number + _MAX_RUN) if goes_on else len(blocks)
    for at in range(number + 1, stop):
        words = len(said[at].split())
        sentence = words >= _SENTENCE_WORDS and said[at][-1] in ".!?”\"'’"
        if blocks[at].comment is not None or _ENDS_TEASERS.fullmatch(_bare(said[at])):
            return
        if goes_on and (
            words > _TEASER_WORDS or (sentence and blocks[at].kind not in ("item", "heading"))
        ):
            return
        if waiting is not None:
            yield waiting
        waiting = at if blocks[at].kind == "heading" and goes_on else None
        if waiting is None:
            yield at


def _bare(words: str) -> str:
    """Return the words without a list's mark and marks at the end."""
    if ITEM.match(words):
        words = words.split(None, 1)[1]
    return words.rstrip(" .:!…*»›>→").lstrip("«‹<← ")
