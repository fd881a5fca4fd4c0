"""Words that tell two statements apart, and words that don't, each list as folded forms."""

from qa.folding import Word, words

# Words that say the same when it comes to what is measured.
_SAME = """
    lose lost loss losing|hold held|give gave given|take took taken|spend spent|build built builder
    sell sold|buy bought pay paid payment|win won winner|begin began begun start started|grow grew growth
    rise rose risen|fall fell fallen cut reduce|find found|make made|become became|write wrote written
    speak spoke spoken|lead led leader leadership|leave left|die died dead death deaths kill killed
    employ employee employees staff workforce|know known|strike struck|stand stood
    child children|woman women|man men|telephone phone call|steal stole stolen|design designed
    see saw seen visit attract draw drew drawn|get got receive received|bus buses|high height tall|long length|deep depth
    wide width|young youth|use used|catch caught|hurt injured|mean means|meet met|carry carries carried
"""
_ALIKE = {word: group.split()[0] for group in _SAME.split("|") for word in group.split()}


def form(word: Word) -> str:
    """Return the form in which words that say the same meet."""
    return _ALIKE.get(word.plain, _ALIKE.get(word.term, word.term))


def _forms(text: str) -> frozenset[str]:
    return frozenset(form(word) for word in words(text))


# Words that ask for a value and needn't stand beside it.
ASKING = _forms(
    """
    number amount figure total sum value worth cost price much many long far high big year date
    percentage percent per cent share proportion fraction rate size time take people name become
    happen live old age fast
    """
)

# Words that may stand beside a value and don't narrow it.
LIGHT = _forms(
    """
    actual actually altogether total number figure amount come came stand put reach said according
    official officially record find show count report estimate around some nearly almost roughly
    approximately exactly least place fewer just only people year month day week hour every alone
    present moment end now give take carry police run ran last go went spend pay cost represent
    publish letter bring leave see mean
    """
)

# A value with one of these is of a part, another statistic, or another time than one without.
NARROWING = _forms(
    """
    full part equivalent headcount net gross median average maximum minimum highest lowest capacity
    old former previous first second third initial opening annual monthly weekly daily quarter phase
    stage deputy vice acting assistant interim since unless provided except another cumulative
    allegedly reportedly supposedly women men boys girls young adults juvenile male female youth
    north south east west northern southern eastern western national regional domestic foreign
    overseas private public urban rural primary secondary permanent temporary voluntary active
    eligible confirmed suspected fatal serious minor violent disabled retired
    """
)

TITLES = _forms("mr mrs ms dr sir dame lord lady professor councillor captain king queen")
