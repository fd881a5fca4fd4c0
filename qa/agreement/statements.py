"""What a statement tells of: which figures, names and dates answer, of what whole, for what time.

Rules over English words. They look for what restricts a figure (a place, a group, a period, a
plan, another statistic), since a figure means nothing without what it is of.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from qa.agreement.quantities import Date, Quantity, dates, quantities
from qa.folding import Word, words
from qa.kinds import NUMBER_WORDS, expected

# Words that say the same when it comes to what is measured.
_SAME = """
    lose lost loss losing|hold held|give gave given|take took taken|spend spent|build built builder
    sell sold|buy bought pay paid payment|win won winner|begin began begun start started|grow grew growth
    rise rose risen|fall fell fallen cut reduce|find found|make made|become became|write wrote written
    speak spoke spoken|lead led leader leadership|leave left|die died dead death deaths kill killed
    employ employee employees staff workforce|know known|strike struck|stand stood
    child children|woman women|man men|telephone phone call rang|steal stole stolen|design designed
    see saw seen visit attract draw drew drawn|get got receive received|bus buses|high height tall|long length|deep depth
    wide width|young youth
    use used|catch caught|hurt injured|mean means|meet met|buy bought|carry carried
"""
_ALIKE = {w: group.split()[0] for group in re.split(r"[|\n]", _SAME) for w in group.split()}
# Words that ask for a value and needn't stand beside it.
_ASKING = frozenset(
    """
    number amount figure total sum value worth cost costs price much many long far high big year
    date percentage percent per cent share proportion fraction rate size time take people person
    name become happen live old age aged fast
    """.split()
)
# A figure with one of these is of a part, another statistic, or another time than one without.
_NARROWING = frozenset(
    """
    full-time part-time full part equivalent equivalents fte headcount net gross pre-tax median
    mean average maximum minimum highest lowest capacity old former previous first second third
    initial opening annual monthly weekly daily quarter phase stage version deputy vice acting
    assistant interim rare back each until since before after allegedly alleged if women men
    boys girls children young adult adults juvenile male female youth further another
    cumulative north south east west northern southern eastern western risen rose fell fallen
    increase increased decrease decreased falls recovered when unless provided except
    themselves itself himself herself alleged reportedly rumoured rumored supposedly purported
    national nationally nationwide countrywide regional domestic foreign overseas private public
    urban rural primary secondary permanent temporary unpaid voluntary existing registered active
    eligible confirmed suspected fatal serious minor violent disabled retired black white asian
    non gained lost
    """.split()
)
_AHEAD = re.compile(
    r"\b(will|shall|should|must|could|would|may|might|plan(s|ned)?|proposed?|(are|is|were|was) expected|expects?|expecting|forecast"
    r"|target|aim(s|ed)?|goal|budget(ed)?|hopes?|hoped|recommend(s|ed)?|projected|by 20\d\d"
    r"|(is|are|was|were) (to|due)|had put)\b"
)
_RELATIVE = re.compile(
    r"\b(yesterday|today|tomorrow|so far|to date|((last|this|next|previous) (year|month|week|quarter|night|spring"
    r"|summer|autumn|winter)))\b",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"\b(said|says|say|told|according|announced|reported|writes|claims?|claimed|declared|found"
    r"|suggests?|heard|counted)\b",
    re.IGNORECASE,
)
_LINKS = frozenset("of in on among at for from across against with within by to".split())
_OPENERS = _LINKS | frozenset("as under before after until since between during".split())
_HARMLESS = frozenset("all total fact present moment end".split())
_DETERMINERS = frozenset("the a an its his her their our another this that".split())
_TITLES = frozenset(
    "mr mrs ms dr sir dame lord lady professor councillor captain king queen".split()
)
_CALENDAR = frozenset(
    """
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    """.split()
)
_ONE_HOLDER = re.compile(
    r"^(who|which \w+) (is|was|won|designed|wrote|built|discovered|invented|founded|became|telephoned|phoned)\b"
    r"|^what (is|was) the (capital|name)\b"
)
_DENIED = re.compile(
    r"(\b(not|never|rather than|instead of)|n['’]t)( (?!more|less|fewer)\w+){0,2} ?\Z",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Z][\w’'-]+(?: (?:[A-Z][\w’'-]+|[A-Z]\.))*")
_LIGHT = frozenset(
    """
    home only just actual actually altogether total number numbers numbered figure come comes came
    stand stands stood put reach reaches reached amount amounts say says said according official
    officially record recorded find found show shows showed shown count counted report reported
    estimate estimated around some nearly almost roughly approximately exactly least place fewer
    people person year years month day week hour every alone present moment end now give gave given
    took take takes carry carries carrying police seat letter letters run
    runs ran last lasts lasted go goes went spend spends spent pay pays paid cost costs represent
    represents published bill have has organiser organisers organizers official officials expert
    experts resident residents critics campaigners inspector inspectors council authority
    authorities government ministry ministers board builders contractors company firm
    researchers scientists historians bring brought leave left see saw mean means meant
    """.split()
)
_REPORTED = re.compile(
    r"\s*[\w’' ]{0,60}\b(said|says|say|heard|told|claims?|claimed|announced|reports?|reported|found|finds|suggests?)"
    r"( that)? ",
)
_ACCORDING = re.compile(r"\s*according to ", re.IGNORECASE)
_RATE = re.compile(r" (?:a|an|per|each|every) (\w+)")
_BREAK = re.compile(r"[;:()]|,(?!\d)| and (?=\w+ed\b)")
_LONGEST = 4_000  # characters that are compared; an answer is a sentence or a few
_SHORT = 4  # words of a clause that only sets the scene
_PHRASE = 7  # words behind a figure that may say what it counts


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says to a question.

    `published` is an ISO date; `about` is the title and section, which may set scope and date.
    """

    text: str
    published: str | None = None
    about: str = ""


class Reading:
    """A statement as it is compared: its words, its time, and what stands where."""

    def __init__(self, statement: Statement, asked: "Question") -> None:
        self.text = statement.text[:_LONGEST]
        self.asked = asked
        self.published = _day(statement.published)
        self.words = words(self.text)
        self.said = {form(word) for word in self.words}
        self.about = {form(word) for word in words(statement.about[:_LONGEST])}
        self.known = self.said | self.about
        self.dates = dates(self.text)
        self.about_dates = dates(statement.about[:_LONGEST])
        self.figures = quantities(self.text)
        self.spans = [(q.start, q.end) for q in self.figures]
        self.spans += [(d.start, d.end) for d in self.dates]

    def _is_figure(self, word: Word) -> bool:
        return any(start <= word.start < end for start, end in self.spans)

    def clauses(self, figure: Quantity | Date | None) -> list[tuple[int, int]]:
        """Return the spans of the clause that holds a figure, and of a phrase that opens the text."""
        if not figure:
            return [(0, len(self.text))]
        parts = _clauses(self.text)
        start, end = parts[0]
        opening = [w for w in self.words if start <= w.start < end]
        opens = bool(opening) and (
            opening[0].plain in _OPENERS | {"when"} or len(opening) <= _SHORT
        )
        return [
            (start, end)
            for n, (start, end) in enumerate(parts)
            if start <= figure.start < end or (opens and n == 0)
        ]

    def time(self, quantity: Quantity | None) -> tuple[set[tuple[int, int]], set[int]]:
        """Return the years and months that a figure is for."""
        parts = self.clauses(quantity)
        near = [d for d in self.dates if any(start <= d.start < end for start, end in parts)]
        told = near if self.dates else self.about_dates
        return {(d.first, d.last) for d in told if d.first}, {d.month for d in near if d.month}

    @cached_property
    def plain(self) -> set[str]:
        """Its words but for those of figures and dates, folded."""
        return {w.plain for w in self.words if not self._is_figure(w)}

    @cached_property
    def missing(self) -> set[str]:
        """What the question speaks of and the statement doesn't."""
        return self.asked.subject - self.known

    @cached_property
    def quantities(self) -> list[Quantity]:
        """The figures that may answer."""
        found = [q for q in self.figures if not self._is_asked(q) and not self.is_denied(q)]
        if self.asked.kind == "age":
            found = [q.in_years() for q in found]
        wanted = [q for q in found if self.asked.wants(q)]
        if not wanted and self.asked.kind == "money":  # "pay gap", "price index"
            wanted = [q for q in found if q.measures == "percent"]
        whole = [q for p, q in pairwise(found) if self._is_part(p, q)]
        wanted = [q for q in wanted if q not in whole] or wanted
        fitting = [q for q in wanted if self.asked.counted & {form(w) for w in self._behind(q)}]
        return fitting or wanted

    def _is_asked(self, quantity: Quantity) -> bool:
        numbers = {w.plain for w in words(self.text[quantity.start : quantity.end])}
        return bool(numbers & self.asked.numbers)

    def is_denied(self, quantity: Quantity) -> bool:
        """Whether the statement says that this is not the figure."""
        return bool(_DENIED.search(self.text, max(0, quantity.start - 30), quantity.start))

    def _is_part(self, part: Quantity, whole: Quantity) -> bool:
        return bool(
            re.fullmatch(r" of (the |its |their |all )?", self.text[part.end : whole.start])
        )

    def _behind(self, quantity: Quantity) -> list[Word]:
        """Return the words of the noun phrase behind a figure."""
        found: list[Word] = []
        end = quantity.end
        for word in self.words:
            if word.start < quantity.end:
                continue
            if re.search(r"[,.;:()“”\"]", self.text[end : word.start]) or len(found) == _PHRASE:
                break
            if not word.is_content and word.plain not in _DETERMINERS | {"of"}:
                break
            end = word.end
            if word.is_content:
                found.append(word)
        return found

    def restrictions(self, figure: Quantity | Date | None) -> set[str]:
        """Return words that narrow what is told, besides the question's own."""
        found = self.narrowing(figure) | self._opening(figure) | self._joined_to_asked()
        if isinstance(figure, Quantity):
            behind = self._behind(figure)
            forms = [form(w) for w in behind]
            heads = [n for n, it in enumerate(forms) if it in self.asked.counted]
            if heads:
                found |= set(forms[: heads[-1]])
            elif figure.measures == "percent":
                found |= set(forms)
            last = behind[heads[-1]].end if heads else figure.end
            found |= self._linked(last)
        return found - self.asked.terms

    def narrowing(self, figure: Quantity | Date | None) -> set[str]:
        """Return words that make a figure one of a part, a plan, another statistic."""
        parts = self.clauses(figure)
        found = {"of"} if self.words and self.words[0].plain in ("of", "among") else set()
        for word in self.words:
            inside = any(start <= word.start < end for start, end in parts)
            opens = word is self.words[0]  # "When the river rose, …" tells when, not which
            if inside and word.plain in _NARROWING and not opens and not self._is_figure(word):
                found.add(word.plain)
        return {
            w
            for w in found
            if w not in self.asked.plain and _ALIKE.get(w, w) not in self.asked.terms
        }

    def _linked(self, place: int) -> set[str]:
        """Return the content of the phrase that a preposition joins on at `place`."""
        rest = [w for w in self.words if w.start >= place][: _PHRASE + 1]
        if not rest or rest[0].plain not in _LINKS or self.text[place : rest[0].start].strip():
            return set()
        return self._content(rest[1:])

    def _opening(self, figure: Quantity | Date | None) -> set[str]:
        """Return the content of the phrase that the statement opens with."""
        if not self.words or self.words[0].plain not in _OPENERS:
            return set()
        end = figure.start if figure else len(self.text)
        return self._content([w for w in self.words[1:10] if w.end <= end]) - _HARMLESS

    def _content(self, run: Sequence[Word]) -> set[str]:
        found: set[str] = set()
        for before, word in zip([None, *run], run, strict=False):
            parted = before and re.search(r"[,.;:()“”\"]", self.text[before.end : word.start])
            linking = word.plain in _DETERMINERS | {"of"}
            if parted or (found and not word.is_content and not linking):
                break
            answers = any(q.start <= word.start < q.end for q in self.quantities)
            if answers or (word.is_content and form(word) in self.asked.terms):
                break
            dated = any(d.start <= word.start < d.end for d in self.dates)
            if (word.is_content or word.plain in NUMBER_WORDS) and not dated:
                found.add(form(word))
        return found

    def _joined_to_asked(self) -> set[str]:
        """Return "son" of "the captain's son", "clock" of "the clock of the hall", "old" of "the old hall"."""
        found: set[str] = set()
        content = self.words
        for n, word in enumerate(content):
            if form(word) not in self.asked.subject:
                continue
            after, before = content[n + 1 : n + 2], content[max(0, n - 5) : n]
            if after and after[0].is_content and self.text[word.end - 2 : word.end] in ("'s", "’s"):
                found.add(form(after[0]))
            while before and (
                before[-1].plain in _DETERMINERS or form(before[-1]) in self.asked.named
            ):
                before = before[:-1]
            led = (
                len(before) > 1
                and before[-1].plain in ("of", "on", "to", "for")
                and before[-2].is_content
            )
            if led and not self._is_figure(before[-2]):
                found.add(form(before[-2]))
            if after and after[0].plain in ("of", "from", "on", "among"):
                found |= self._linked(word.end)
            before = content[max(0, n - 2) : n]
            led = len(before) == 2 and before[0].plain in _DETERMINERS and before[1].is_content
            if led and before[1].plain not in _LIGHT:
                found.add(form(before[1]))
        return {it for it in found if not it[0].isdigit()}

    def places(self, figure: Quantity | Date | None) -> set[str]:
        """Return names that say of what, or when: behind a preposition, outside of who reports it."""
        found: set[str] = set()
        for start, end in self.clauses(figure):
            if _REPORTS.search(self.text, start, end):
                continue
            run = [w for w in self.words if start <= w.start < end and not self._is_figure(w)]
            for before, word in pairwise(run):
                led = before.plain in _LINKS | _DETERMINERS or form(before) in found
                if led and self.text[word.start].isupper():
                    found.add(form(word))
        return found - self.asked.terms

    def besides(self, figure: Quantity | Date | None) -> set[str]:
        """Return what a figure's clause says besides the question and the figure."""
        found: set[str] = set()
        for start, end in self.clauses(figure):
            report = _REPORTED.match(self.text, start, end)
            if _ACCORDING.match(self.text, start, end):
                continue
            start = report.end() if report else start
            for word in self.words:
                inside = start <= word.start < end and word.is_content
                if inside and not self._is_figure(word) and word.plain not in _LIGHT:
                    found.add(form(word))
        return found - self.asked.terms

    def rate(self, quantity: Quantity) -> str:
        """Return what a figure is told by: "year" of "£9 a year"."""
        match = _RATE.match(self.text, quantity.end)
        return match[1].lower() if match else ""

    def measured(self, measures: str) -> list[Quantity]:
        """Return the figures of one measure."""
        return [q for q in self.quantities if q.measures == measures]

    @cached_property
    def is_ahead(self) -> bool:
        """Whether it tells what is planned or due, not what is."""
        return bool(_AHEAD.search(self.text))

    @cached_property
    def is_of_its_year(self) -> bool:
        """Whether it tells of the year that is asked about, where one is."""
        told = [*self.dates, *self.about_dates]
        if any(d.first <= year <= d.last for d in told for year in self.asked.years):
            return True
        if not self.asked.years or not self.published or any(d.first for d in self.dates):
            return not self.asked.years
        return bool({self.published.year, self.published.year - 1} & self.asked.years)

    @cached_property
    def is_past(self) -> bool:
        """Whether it uses a verb of the question in the past."""
        verbs = {form(w) for w in self.words if w.plain.endswith("ed")}
        return bool(verbs & self.asked.subject)

    @cached_property
    def relative(self) -> set[str]:
        """Times that count from the day of writing."""
        return {match[0].lower() for match in _RELATIVE.finditer(self.text)}

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """Names that may answer: their last word folded, and as written."""
        best, found = 0, list[tuple[str, str]]()
        text = re.sub(r"['’]s\b", " ;", self.text)
        for clause in (text[start:end] for start, end in _clauses(text)):
            if _REPORTS.search(clause):
                continue
            met = len({form(w) for w in words(clause)} & self.asked.subject)
            for match in _NAME.finditer(clause):
                kept = [w for w in words(match[0]) if self._is_name(w)]
                whole = (
                    len(kept) > 1
                    or clause[: match.start()].strip()
                    or match.end() == len(clause) - 1
                )
                if kept and whole and met >= best:
                    found = found if met == best else []
                    best = met
                    found.append((kept[-1].plain, match[0][kept[0].start : kept[-1].end]))
        return found

    def _is_name(self, word: Word) -> bool:
        known = form(word) in self.asked.terms or word.plain in _TITLES | _CALENDAR
        return word.is_content and not known


class Question:
    """What is asked: of what, and for which kind of value."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower = text.lower()
        self.kind = expected(text)
        self.words = words(text)
        self.terms = {form(w) for w in self.words}
        self.plain = {w.plain for w in self.words}
        self.numbers = {w.plain for w in self.words if w.plain[0].isdigit()}
        self.years = {d.first for d in dates(text) if d.first}
        self.subject = {
            form(w)
            for w in self.words
            if w.is_content and w.plain not in _ASKING and not _is_number(w)
        }
        self.names, given = self._names()
        self.subject -= given
        self.named = {form(w) for w in self.words if w.is_content}
        self.counted: set[str] = set()
        if match := re.search(r"\bhow many\b", self.lower):
            for w in (w for w in self.words if w.start >= match.end()):
                if not w.is_content and w.plain != "of":
                    break
                self.counted |= {form(w)} if w.is_content else set()
        self.is_ahead = bool(_AHEAD.search(text))
        self.is_present = bool(re.search(r"\b(does|do)\b", self.lower))
        self.has_one_holder = bool(_ONE_HOLDER.search(self.lower))
        self.counts_time = bool(
            re.search(r"\bhow many (hours?|days?|weeks?|months?|years?)\b", self.lower)
        )

    def _names(self) -> tuple[set[str], set[str]]:
        """Return the names that are asked about, and what of them may be left out ("Joan" Pym)."""
        capitals = [w for w in self.words[1:] if self.text[w.start].isupper() and w.is_content]
        given = {form(a) for a, b in pairwise(capitals) if self.text[a.end : b.start] == " "}
        return {form(w) for w in capitals} - given, given

    def wants(self, quantity: Quantity) -> bool:
        """Whether a figure is of the kind that is asked for."""
        measures = quantity.measures
        if self.kind == "money":
            return measures.isupper()
        if "how fast" in self.lower:
            return measures not in ("time", "count")
        if self.kind == "duration" or self.counts_time:
            return measures == "time"
        if self.kind == "percent":
            return measures == "percent"
        if self.kind == "age":
            return measures in ("time", "count")
        if "how many" in self.lower:
            return measures in ("count", "percent")
        return True


def _clauses(text: str) -> list[tuple[int, int]]:
    starts, ends = [0], list[int]()
    for match in _BREAK.finditer(text):
        ends.append(match.start())
        starts.append(match.end())
    return [*zip(starts, [*ends, len(text)], strict=True)]


def form(word: Word) -> str:
    """Return the form in which words that say the same meet."""
    return _ALIKE.get(word.plain, _ALIKE.get(word.term, word.term))


def _is_number(word: Word) -> bool:
    return word.plain[0].isdigit()


def _day(published: str | None) -> date | None:
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None
