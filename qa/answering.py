"""What was found -> an answer, or a well-founded "not found".

The answer is the excerpt around the sentence that `pointing` finds likeliest, cited with whose
words it is, its copies elsewhere, and what other passages say to the question.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from qa.agreement import agreement
from qa.agreement.statements import Statement
from qa.citing import Quoted, Texts, cite
from qa.confidence import THRESHOLD, Vocabulary, assess
from qa.copies import same_words
from qa.folding import Word, terms, words
from qa.kinds import FIGURES, expected, offers
from qa.passages import COMMENT_KIND, about_text
from qa.pointing import Found, Pointed
from qa.retrieval import Query, Scored
from qa.settings import Settings
from qa.types import Answer, Hit, Passage, Span
from qa.why import explain

_ALIKE = 0.6  # share of the shorter excerpt's terms
_OVER_TIME = re.compile(
    r"\b(compar\w+|than|since|improv\w+|chang\w+|differ\w*|better|worse|both|versus|vs|grown?"
    r"|r[io]sen?|fall(en)?|fell|increas\w+|decreas\w+|over the years)\b"
)
_ASKS_COMMENTS = re.compile(r"\b(comment\w*|reader\w*|repl(y|ies|ied)|post(er|ed)|anonymous)\b")


def answer_question(
    query: Query, found: Found, texts: Texts, vocabulary: Vocabulary, settings: Settings
) -> Answer:
    """Return the answer that the found passages hold.

    Args:
        query: The question.
        found: Its passages and their sentences, best first.
        texts: Where an excerpt reaches beyond its passage.
        vocabulary: What the corpus knows of words.
        settings: Thresholds and lengths.
    """
    nowhere = [w for w in words(query.text) if w.is_content and not vocabulary.knows(w.term)]
    sources = _choose(query, found, texts, settings)
    assessment = None
    if sources:
        best = sources[0][0]
        assessment = assess(query, found, best.sentence, best.text, texts, vocabulary)
    if not assessment or (
        settings.refuses and (assessment.foreign or assessment.probability < THRESHOLD)
    ):
        foreign = assessment.foreign if assessment else ()
        nearest = tuple(
            make_hit(query, scored, passage, rank)
            for rank, (scored, passage) in enumerate(found.hits[: settings.nearest], start=1)
        )
        missing = _as_asked(query, [*nowhere, *foreign])
        return Answer(query.text, "not_found", None, (), None, nearest, missing)
    citations = tuple(
        cite(n, same, query, found.hits[same[0].sentence.hit][0], texts)
        for n, same in enumerate(sources, start=1)
    )
    said = [
        Statement(same[0].text, same[0].passage.published, about_text(same[0].passage))
        for same in sources
    ]
    verdict = agreement(query.text, said).verdict
    return Answer(
        question=query.text,
        status="answered",
        text=sources[0][0].text,
        citations=citations,
        agreement=verdict,
        nearest=(),
        missing_terms=_as_asked(query, nowhere),
        confidence=assessment.probability,
    )


def make_hit(query: Query, scored: Scored, passage: Passage, rank: int) -> Hit:
    """Return a passage as it is shown, with why it was found."""
    why = explain(query, scored, passage)
    return Hit(passage, rank, scored.score, scored.signals, why)


def _choose(query: Query, found: Found, texts: Texts, settings: Settings) -> list[list[Quoted]]:
    """Return the best excerpts of different sources, each with its copies; the answer's first.

    A reader's comment comes behind others that give the figure or date asked for. Where two
    times are compared, the best of another date comes second.
    """
    best: dict[str, Pointed] = {}  # by passage
    for sentence in found.sentences:
        best.setdefault(sentence.passage.id + sentence.passage.doc_id, sentence)
    ranked = list(best.values())
    _prefer_official(query, ranked, settings)
    scores = {(s.passage.doc_id, s.span): s.score for s in found.sentences}
    sources: list[list[Quoted]] = []
    for sentence in ranked:
        quoted = _quoted(query, sentence, scores, texts, settings)
        same = next((s for s in sources if _same_source(s[0], quoted)), None)
        if same is None:
            sources.append([quoted])
        elif quoted.at not in {other.at for other in same}:  # a list cut in two counts once
            same.append(quoted)
    for same in sources:
        same.sort(key=lambda quoted: quoted.passage.kind == COMMENT_KIND)  # repeats it, mostly
    if _OVER_TIME.search(query.text.lower()):
        _bring_other_date(sources, settings)
    return sources[: settings.citations]


def _prefer_official(query: Query, ranked: list[Pointed], settings: Settings) -> None:
    """Put a figure before a reader's comment that seems to answer better, if not by much."""
    kind = expected(query.text)
    if not ranked or ranked[0].passage.kind != COMMENT_KIND or kind not in FIGURES:
        return
    if _ASKS_COMMENTS.search(query.text.lower()):
        return
    for number, sentence in enumerate(ranked):
        if ranked[0].score - sentence.score > settings.comment_margin:
            return
        if sentence.passage.kind != COMMENT_KIND and offers(sentence.text, kind, query.asked.known):
            ranked.insert(0, ranked.pop(number))
            return


def _same_source(one: Quoted, other: Quoted) -> bool:
    fewest = min(len(one.terms), len(other.terms))
    alike = len(one.terms & other.terms) >= _ALIKE * fewest  # spares the closer look
    return alike and same_words(one.text, other.text)


def _bring_other_date(sources: list[list[Quoted]], settings: Settings) -> None:
    """Put the best source of another date second, so that both sides are shown."""
    first = sources[0][0] if sources else None
    for number, (source, *_) in enumerate(sources):
        date = source.passage.published
        if not first or first.sentence.score - source.sentence.score > settings.side_margin:
            return
        if date and first.passage.published and date != first.passage.published:
            sources.insert(1, sources.pop(number))
            return


def _quoted(
    query: Query,
    sentence: Pointed,
    scores: Mapping[tuple[str, Span], float],
    texts: Texts,
    settings: Settings,
) -> Quoted:
    passage = sentence.passage
    excerpt = _excerpt(query, sentence, texts)
    if after := _following(sentence):
        score = scores.get((passage.doc_id, after), sentence.score)
        if excerpt.end < after.end and sentence.score - score < settings.follow_margin:
            excerpt = Span(excerpt.start, after.end)
    around = Span(min(passage.start, excerpt.start), max(passage.end, excerpt.end))
    if around == (passage.start, passage.end):
        quote = passage.text
    else:
        quote = texts.text(passage.doc_id, *around)
    text = quote[excerpt.start - around.start : excerpt.end - around.start]
    return Quoted(sentence, excerpt, around, quote, _terms(text))


@lru_cache(maxsize=1_000)  # the same excerpts come up again, whatever is asked
def _terms(text: str) -> frozenset[str]:
    return frozenset(terms(text))


def _following(sentence: Pointed) -> Span | None:
    """Return the next sentence if it leans on this one."""
    passage = sentence.passage
    number = passage.sentences.index(sentence.span) + 1
    if number == len(passage.sentences):
        return None
    span = passage.sentences[number]
    leans = passage.excerpts[number].own.start == sentence.span.start
    return span if leans and passage.excerpts[number].own.end == span.end else None


def _excerpt(query: Query, sentence: Pointed, texts: Texts) -> Span:
    """Return the sentence's own excerpt, or its whole list where no one group is asked for.

    A group is asked for where its lead-in has a word of the question that the line above the
    whole list hasn't.
    """
    own, whole = sentence.excerpt
    if own == whole:
        return own
    asked = set(query.terms)
    line = texts.text(sentence.passage.doc_id, whole.start, own.end)
    first = {word.term for word in words(line.split("\n", 1)[0])}
    group = texts.text(sentence.passage.doc_id, *own).split("\n", 1)[0]
    lead_in = {word.term for word in words(group)}
    return own if asked & (lead_in - first) else whole


def _as_asked(query: Query, found: Iterable[Word]) -> tuple[str, ...]:
    """Return words as they stand in the question, each once, in its order."""
    ordered = sorted(found, key=lambda word: word.start)
    return tuple(dict.fromkeys(query.text[word.start : word.end] for word in ordered))
