"""The report of the quality benchmark: copies, picture, tables; the measuring is too slow here."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.quality.altered import alter, altered, is_altered, with_copies
from benchmarks.quality.report import report
from benchmarks.quality.sets import IR, studies
from qa import Document
from qa.evaluation.drawing import COLOURS, STYLE, Frame, recall_svg, risk_coverage_svg
from qa.evaluation.results import Outcome
from qa.evaluation.summarising import summarise
from qa.questions import Gold, Question


def test_altered_copies_say_something_else() -> None:
    text = "Friday, 24 May 2019\n  3. It cost £1,234.50 in 2018 at 29 offices in London.\n5% left."
    other = (
        "Friday, 24 May 2015\n  3. It cost £4,567.83 in 2014 at 52 offices in Manchester.\n8% left."
    )
    assert alter(text) == other
    assert alter("England and Wales, 3.6bn at 10:32.") == "Ireland and Scotland, 6.9bn at 10:32."
    copy = altered(Document("a.txt", text, title="London", published="2019-05-24"))
    assert (copy.doc_id, copy.text, copy.title) == ("altered-a.txt", other, "Manchester")
    assert copy.published == "2015-05-24"
    assert is_altered(copy.doc_id)
    assert not is_altered("a.txt")


def test_the_picture_is_well_formed() -> None:
    curves = {"seeds & others": ([0.5, 1.0], [0.1, 0.4]), "more": ([0.5, 1.0], [0.0, 0.2])}
    picture = risk_coverage_svg(curves, 0.65)
    tree = ElementTree.fromstring(picture)
    lines = [line.get("points") for line in tree.iter("{http://www.w3.org/2000/svg}polyline")]
    # Half of 558 units from 58; 282 units for a share of .5 from the bottom, 328, up.
    assert lines[0] == "337.0,321.6 616.0,152.4"
    assert "seeds &amp; others: 40% wrong at 65%, 40% at 100%" in picture
    assert "prefers-color-scheme: dark" in picture


def test_recall_is_drawn_from_the_first_passage_on() -> None:
    picture = recall_svg({"full": [0.5, 1.0]}, Frame(200, 200, alone=False))
    tree = ElementTree.fromstring(picture)
    (line,) = tree.iter("{http://www.w3.org/2000/svg}polyline")
    # 118 units from 58 on; 71 units for a share of 1 from the bottom, 148, up.
    assert line.get("points") == "58.0,112.5 176.0,77.0"
    assert "full: 50% first, 100% among 2" in picture
    assert "<style>" not in picture


def test_curves_of_one_passage_of_none_and_of_every_colour_are_drawn() -> None:
    picture = recall_svg({"full": [0.5], "none": []}, Frame(200, 200))
    (line,) = ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}polyline")
    assert line.get("points") == "58.0,112.5"
    assert "polyline" not in risk_coverage_svg({"none": ([], [])}, 0.65)
    for colour in COLOURS:
        assert STYLE.count(f".s-{colour} ") == STYLE.count(f".f-{colour} ") == 2  # light and dark


def outcome(id_: str, variant: str, score: float, **more: float) -> Outcome:
    scores = {"nDCG@10": score, "hit@1": float(score == 1)} | more
    return Outcome(id_, f"{id_}?", "query", "test", variant, id_, scores, None, {})


def test_the_report_compares_full_with_fused() -> None:
    names = ("full", "first", "words", "fused", "dense", "bm25")
    run = summarise(
        "adi", [outcome(str(n), v, float(v == "full")) for n in range(6) for v in names], []
    )
    text = report({"ir-adi": run}, ["spans (no data)"], "(x=1)", 100, None)
    assert "| adi | 6 | 1.00 [1.00 1.00] | .00 [.00 .00] |" in text
    assert "| adi | .00 | 1.00 | +1.00 [+1.00 +1.00] | .031 | 6 in 6 |" in text  # 2 of 64 flips
    assert "better in 6, worse in 0, the same in 0; sign test p .031" in text
    assert "no confidence" in text
    assert "spans (no data)" in text


def test_every_set_has_a_name_and_says_what_it_needs() -> None:
    found = list(studies(None))
    assert len({study.name for study in found}) == len(found) == 4 + len(IR) + 3 + 1
    without_data = [s.name for s in found if s.needs is None]
    assert without_data == ["seeds", "seeds-altered", "voices", "agreement"]
    assert not any(s.needs.exists() for s in found if isinstance(s.needs, Path))


def test_a_copy_answers_what_names_nothing_that_is_other_there() -> None:
    text = "In London 29 posts of 615 were vacant."
    start = text.index("615")
    plain = Question(
        "1", "How many posts are there?", "", "test", ((Gold("a", start, start + 3),),)
    )
    (both,) = with_copies(plain, {"a": text}).evidence
    assert [gold.doc_id for gold in both] == ["a", "altered-a"]
    assert alter(text)[both[1].start : both[1].end] == alter("615")
    named = replace(plain, text="How many posts are there in London?")
    assert with_copies(named, {"a": text}) is named
