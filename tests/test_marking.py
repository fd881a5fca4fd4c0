"""Marks on answers: what each leaves in the file, and that nothing in the file is lost."""

import json
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import InputError
from qa.marking import NOTHING, Asked, Judgement, Marks, judgement, new_row, with_place, with_ruling
from qa.questions import Gold, read_questions

ASKED = Asked("Who chaired it?")
HERE, THERE = Gold("a.txt", 5, 20), Gold("b.txt", 0, 9)
places = st.builds(
    lambda doc, start, size: Gold(doc, start, start + size),
    st.sampled_from(["a", "b", 'c"\n']),
    st.integers(0, 5),
    st.integers(1, 3),
)
changes = st.lists(
    st.one_of(
        st.tuples(places, st.sampled_from(["right", "wrong", None])),
        st.sampled_from(["missing", "unanswerable", None]),
    ),
    max_size=12,
)


@pytest.fixture
def marks(tmp_path):
    return Marks(tmp_path / "evaluation.jsonl")


def rows(marks):
    return [json.loads(line) for line in marks.file.read_text("utf-8").splitlines()]


def test_a_right_place_becomes_evidence(marks):
    assert marks.of(ASKED) == NOTHING
    assert marks.mark(ASKED, HERE, "right") == Judgement((HERE,))
    assert marks.mark(ASKED, THERE, "right") == Judgement((HERE, THERE))
    (row,) = rows(marks)
    assert row == {
        "id": new_row(ASKED)["id"],
        "question": "Who chaired it?",
        "kind": "answerable",
        "split": row["split"],
        "evidence": [
            [
                {"doc_id": "a.txt", "start": 5, "end": 20},
                {"doc_id": "b.txt", "start": 0, "end": 9},
            ]
        ],
    }
    assert row["split"] in ("dev", "test")
    (question,) = read_questions(marks.file)
    assert question.evidence == ((HERE, THERE),)


def test_what_is_only_wrong_is_remembered_and_measures_nothing(marks):
    assert marks.mark(ASKED, HERE, "wrong") == Judgement(wrong=(HERE,))
    assert rows(marks)[0]["evidence"] is None
    assert read_questions(marks.file) == []
    assert marks.mark(ASKED, HERE, "right") == Judgement((HERE,))
    assert marks.mark(ASKED, HERE, "wrong") == Judgement(wrong=(HERE,))
    assert marks.mark(ASKED, HERE, None) == NOTHING
    assert marks.file.read_text() == ""


def test_rulings(marks):
    assert marks.rule(ASKED, "missing").ruling == "missing"
    assert read_questions(marks.file) == []  # the documents answer it, who knows where
    assert marks.mark(ASKED, HERE, "right") == Judgement((HERE,), ruling="missing")
    assert marks.rule(ASKED, "unanswerable") == Judgement(ruling="unanswerable")
    (question,) = read_questions(marks.file)
    assert (question.kind, question.is_answerable) == ("unanswerable", False)
    assert marks.mark(ASKED, THERE, "wrong") == Judgement((), (THERE,), "unanswerable")
    assert marks.mark(ASKED, HERE, "right") == Judgement((HERE,), (THERE,))
    assert marks.rule(ASKED, None) == Judgement((HERE,), (THERE,))


def test_the_same_words_asked_otherwise_are_another_question(marks):
    follow_up = Asked("Who chaired it?", history=("When was the inquiry?",))
    narrowed = Asked("Who chaired it?", where={"after": "2018"})
    marks.mark(ASKED, HERE, "right")
    marks.mark(follow_up, HERE, "wrong")
    marks.mark(narrowed, THERE, "right")
    assert marks.of(ASKED) == Judgement((HERE,))
    assert marks.of(follow_up) == Judgement(wrong=(HERE,))
    assert marks.of(narrowed) == Judgement((THERE,))
    assert len({row["id"] for row in rows(marks)}) == 3
    assert rows(marks)[1]["history"] == ["When was the inquiry?"]
    assert rows(marks)[2]["where"] == {"after": "2018"}


@given(changes, places, st.sampled_from(["right", "wrong"]))
def test_a_mark_that_is_undone_leaves_nothing(before, place, verdict):
    row = new_row(ASKED)
    for change in before:
        row = with_place(row, *change) if isinstance(change, tuple) else with_ruling(row, change)
    known = judgement(row)
    if known.of(place) or (known.ruling == "unanswerable" and verdict == "right"):
        return  # marking it right says that the documents do answer
    marked = with_place(row, place, verdict)
    assert judgement(marked).of(place) == verdict
    assert with_place(marked, place, None) == row


@given(changes)
def test_no_place_is_both_and_the_unanswerable_has_none(made):
    row = new_row(ASKED)
    for change in made:
        row = with_place(row, *change) if isinstance(change, tuple) else with_ruling(row, change)
        known = judgement(row)
        assert not set(known.right) & set(known.wrong)
        assert not (known.ruling == "unanswerable" and known.right)
        assert (row["evidence"] is None) == (not known.right and known.ruling != "unanswerable")
        assert json.loads(json.dumps(row)) == row


def test_two_threads_lose_no_mark(tmp_path):
    barrier = Barrier(2)

    def mark(doc_id):
        own = Marks(tmp_path / "evaluation.jsonl")
        barrier.wait()
        for n in range(25):
            own.mark(Asked(f"Question {n % 5}?"), Gold(doc_id, n, n + 1), "right")

    threads = [Thread(target=mark, args=(doc_id,)) for doc_id in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    questions = read_questions(tmp_path / "evaluation.jsonl")
    assert len(questions) == 5
    kept = {gold for q in questions for piece in q.evidence for gold in piece}
    assert kept == {Gold(doc_id, n, n + 1) for doc_id in "ab" for n in range(25)}


def test_what_others_wrote_stays_as_it_is(marks):
    theirs = (
        '{"id":"x1",  "question":"Où?\u2028", "kind":"place", "evidence":[[{"doc_id":"d","start":0,"end":3,"note":"n"}],'
        '[{"doc_id":"d","start":7,"end":9}]], "why":"because"}'
    )
    marks.file.write_bytes(f"\n{theirs}\r\n\n".encode())
    marks.mark(ASKED, HERE, "right")
    content = marks.file.read_bytes().decode()
    assert content.startswith(f"\n{theirs}\r\n\n")
    assert len(content.splitlines()) == 5  # the line separator in the question counts
    with pytest.raises(InputError, match="needs 2 places together"):
        marks.mark(Asked("Où?\u2028"), Gold("d", 0, 3), "wrong")
    marks.mark(Asked("Où?\u2028"), Gold("d", 4, 6), "wrong")
    row = json.loads(marks.file.read_text("utf-8").split("\n")[1])
    assert row == {
        "id": "x1",
        "question": "Où?\u2028",
        "kind": "place",
        "evidence": [
            [{"doc_id": "d", "start": 0, "end": 3, "note": "n"}],
            [{"doc_id": "d", "start": 7, "end": 9}],
        ],
        "why": "because",
        "wrong": [{"doc_id": "d", "start": 4, "end": 6}],
    }


def test_a_row_of_another_hand_is_not_removed_with_its_last_mark(marks):
    theirs = {"id": "x1", "history": [], "where": {"after": None}, "note": "mine", "kind": ""}
    row = {**theirs, "question": ASKED.question, "evidence": None}
    marks.file.write_text(json.dumps(row) + "\n")
    assert marks.mark(ASKED, HERE, "right") == Judgement((HERE,))  # in that row
    assert [row["id"] for row in rows(marks)] == ["x1"]
    assert marks.mark(ASKED, HERE, None) == NOTHING
    assert rows(marks) == [row]


def test_what_needs_several_places_is_not_made_to_need_fewer():
    a, b, c = Gold("a", 0, 3), Gold("b", 0, 3), Gold("c", 0, 3)
    there = [{"doc_id": place.doc_id, "start": 0, "end": 3} for place in (a, b, c)]
    row = {**new_row(ASKED), "kind": "answerable", "evidence": [there[:1], there[1:]]}
    assert with_place(row, c, None)["evidence"] == [there[:1], there[1:2]]
    assert with_place(row, a, "right") == row
    for place, verdict in ((a, None), (a, "wrong"), (Gold("d", 0, 3), "right")):
        with pytest.raises(InputError, match="needs 2 places together"):
            with_place(row, place, verdict)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{oops", "line 2 is not a question"),
        ('{"question": "?"}', "line 2 is not a question .*evidence"),
        ('{"id": "1", "question": "?", "evidence": null, "wrong": [1]}', "line 2: what is wrong"),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_lost(marks, line, reason):
    marks.mark(ASKED, HERE, "right")
    whole = marks.file.read_text("utf-8") + line
    marks.file.write_text(whole, "utf-8")
    for act in (marks.of, lambda asked: marks.mark(asked, THERE, "right")):
        with pytest.raises(InputError, match=reason):
            act(ASKED)
    assert marks.file.read_text("utf-8") == whole


def test_no_words_cannot_be_marked(marks):
    with pytest.raises(InputError, match="Characters 5 to 5 are no words"):
        marks.mark(ASKED, Gold("a", 5, 5), "right")
    assert not marks.file.exists()
