"""What the instructor decides about students: in semester.csv, in the gradebook, on pages and in exports."""

from __future__ import annotations

import csv
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from autograder import classroom
from autograder.__main__ import main
from autograder.gradebook import decide
from autograder.gradebook.checked_semester import checked_semester
from autograder.gradebook.configuration import SettingsError
from autograder.gradebook.marks import Mark
from autograder.gradebook.semester import FILE, read_semester
from autograder.gradebook.settle import settled_marks
from autograder.grading.report import DEFERRED, PENDING_NOTES
from autograder.lms.exports import export
from autograder.pages.write import main_report
from tests import course
from tests.gradebook.helpers import configure, give, gradebook_of

TINY = course.NAME


@pytest.fixture
def root(class_of_four: Path, tmp_path: Path) -> Path:
    """bob submitted in time, ada a minute late, cleo two days, dan nothing."""
    return Path(shutil.copytree(class_of_four, tmp_path / "course"))


def marks(root: Path) -> dict[str, Mark]:
    return {mark.id: mark for mark in settled_marks(TINY, root)[0]}


def page(root: Path, student: str) -> str:
    return (root / "reports" / TINY / f"{student}.html").read_text(encoding="utf-8")


def decisions(root: Path, *rows: str) -> None:
    (root / FILE).write_text(
        "date,student,assignment,task,decision,value,note\n" + "".join(f"{r}\n" for r in rows)
    )


def test_an_extension_lasts_as_long_as_its_row(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert marks(root)["ada"].penalty == 1
    decide.extend(root, ["ADA"], TINY, "2 days", "ill")
    assert "tiny is due Sunday, 18 October 2026, 23:59 (Europe/Berlin)" in capsys.readouterr().out
    found = marks(root)
    assert (found["ada"].penalty, found["ada"].extension) == (0, timedelta(days=2))
    assert found["cleo"].penalty == 2
    with gradebook_of(root) as book:
        assert book.find_submission(TINY, "ada").extension == timedelta(days=2)
    main_report(root=root)
    assert "18 October 2026, 23:59 (Europe/Berlin)" in page(root, "ada")
    assert "16 October 2026, 23:59 (Europe/Berlin)" in page(root, "bob")
    (root / FILE).unlink()
    found = marks(root)
    assert (found["ada"].penalty, found["ada"].extension) == (1, None)


def test_a_due_date_that_was_set_after_grading_can_be_extended(root: Path) -> None:
    with gradebook_of(root) as book:
        book.find_assignment(TINY).duedate = None
        book.db.commit()
    decide.extend(root, ["ada"], TINY, "2 days")
    assert (marks(root)["ada"].penalty, marks(root)["cleo"].penalty) == (0, 2)


def test_an_extension_that_nbgrader_knows_stays_without_a_row(root: Path) -> None:
    with gradebook_of(root) as book:
        book.grant_extension(TINY, "ada", days=1)
    decide.excuse(root, ["bob"], TINY)
    assert marks(root)["ada"].penalty == 0


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("36 hours", 1.5),
        ("1 week", 7),
        ("2026-10-18", 2),
        ("2026-10-17 23:59", 1),
        ("2026-10-26 23:59", 10 + 1 / 24),
    ],
)
def test_an_extension_is_a_time_or_a_date_in_the_zone_of_the_due_date(
    root: Path, value: str, days: float
) -> None:
    decide.extend(root, ["dan"], TINY, value)
    assert marks(root)["dan"].extension == timedelta(days=days)  # the clocks change on 25 October
    assert ("23:59" if "hours" not in value else "11:59") in marks(root)["dan"].due


def test_an_extension_never_shortens_the_time(root: Path) -> None:
    """A date is refused before the due date, and gives nothing when the due date of all moves past it."""
    for until in ("2026-10-16 12:00", "-2 days"):
        with pytest.raises(SettingsError, match=f"{until} is before tiny is due .*: write a later date"):
            decide.extend(root, ["ada"], TINY, until)
    assert not (root / FILE).exists()
    decide.extend(root, ["ada"], TINY, "2026-10-18 23:59")
    configure(root, "c.LatePenalty.due['tiny'] = '2026-10-20 23:59 Europe/Berlin'")
    found = marks(root)["ada"]
    assert (found.penalty, found.extension) == (0, None)
    assert "20 October 2026" in found.due


def test_a_new_group_needs_make_grade(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decide.group(root, ["ada", "dan"], TINY)
    assert capsys.readouterr().out.endswith("make grade ASSIGNMENT=tiny brings the pages up to date\n")


def test_an_excused_student_counts_nowhere(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decide.excuse(root, ["dan", "bob"], TINY, "ill, with a certificate")
    main_report(root=root)
    assert "You are excused from this assignment" in page(root, "bob")
    table = (root / "reports" / "index.html").read_text(encoding="utf-8")
    assert table.count("excused: total of 0") == 2
    history = (root / "reports" / TINY / "marks-history.csv").read_text()
    assert "bob,counts,the instructor,yes,excused" in history
    canvas = "Student,ID,SIS Login ID,Section,tiny (1)\nPoints Possible,,,,7\n"
    canvas += '"L, Ada",17,ada,1,\n"N, Bob",18,bob,1,3\n"P, Cleo",19,cleo,1,EX\n"Q, Dan",20,dan,1,\n'
    (root / "canvas.csv").write_text(canvas)
    capsys.readouterr()
    export(TINY, "canvas", root, root / "out.csv", root / "canvas.csv", missing_as_zero=True)
    with (root / "out.csv").open(newline="") as stream:
        assert {row[2]: row[4] for row in list(csv.reader(stream))[2:]} == {
            "ada": "3",
            "bob": "EX",
            "cleo": "EX",
            "dan": "EX",
        }
    said = capsys.readouterr()
    assert "excused in Canvas and not in semester.csv, and left so: cleo" in said.err
    assert "Bob N" in said.out and "3 -> EX" in said.out
    (root / "own.csv").write_text("id,tiny\nbob,3\nada,\n")
    export(TINY, "csv", root, root / "out.csv", root / "own.csv", missing_as_zero=True)
    assert (root / "out.csv").read_text() == "id,tiny\nbob,3\nada,3\n"
    assert "excuse them there: bob" in capsys.readouterr().err


def test_who_has_withdrawn_is_left_out_of_exports_and_averages(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decide.withdraw(root, ["cleo"], "moved")
    main_report(root=root)
    text = (root / "reports" / TINY / "class.html").read_text(encoding="utf-8")
    assert "withdrawn" in text and "<dt>median</dt><dd>70 %</dd>" in text  # of 3 and 4 of 5 points
    export(TINY, "csv", root, root / "out.csv")
    with (root / "out.csv").open(newline="") as stream:
        row = next(row for row in csv.DictReader(stream) if row["student"] == "cleo")
    assert (row["state"], row["score"]) == ("withdrawn", "")
    assert "no submission: dan" in capsys.readouterr().err


def test_a_regrade_request_waits_until_it_is_answered_and_keeps_its_history(root: Path) -> None:
    decide.regrade(root, ["bob"], TINY, "double", "the sign <b>is</b> right")
    found = marks(root)["bob"]
    assert found.tasks["double"].pending and found.regrades[0].is_open
    with gradebook_of(root) as book:
        assert book.find_grade("double-tests", TINY, TINY, "bob").needs_manual_grade
    with pytest.raises(SettingsError, match="bob already has an open request for double"):
        decide.regrade(root, ["bob"], TINY, "double", "again")
    give(root, "bob", 2.0, cell="double-tests")
    decide.regraded(root, ["bob"], TINY, "double", "it is, sorry")
    main_report(root=root)
    found = marks(root)["bob"]
    assert not found.tasks["double"].pending and found.score == 5
    (request,) = found.regrades
    assert (request.points, request.points_then, request.answer) == ("1 of 2", "2 of 2", "it is, sorry")
    assert "with 1 of 2: the sign &lt;b&gt;is&lt;/b&gt; right" in page(root, "bob")
    assert "now with 2 of 2: it is, sorry" in page(root, "bob")


def test_a_regrade_request_waits_no_longer_than_until_other_points_are_saved(root: Path) -> None:
    decide.regrade(root, ["bob"], TINY, "double")
    assert marks(root)["bob"].pending == ("double", "explain")
    give(root, "bob", 2.0, cell="double-tests")
    assert marks(root)["bob"].pending == marks(root)["bob"].pending == ("explain",)
    decide.regraded(root, ["bob"], TINY, "double")
    decide.regrade(root, ["bob"], TINY, "double", "once more")
    assert marks(root)["bob"].pending == ("double", "explain")


def test_a_regrade_request_that_is_answered_or_deleted_waits_no_longer(root: Path) -> None:
    give(root, "bob", 1.0)
    decide.regrade(root, ["bob"], TINY, "explain")
    decide.regrade(root, ["bob", "ada"], TINY, "double")
    decide.regrade(root, ["ada"], TINY, "explain")
    main_report(root=root)
    assert marks(root)["bob"].pending == ("double", "explain")
    assert page(root, "bob").count("to be graded again, as you asked") == 2
    assert "your submission has changed" not in page(root, "bob")
    assert "changed since the instructor graded" not in page(root, "class")
    decide.regraded(root, ["bob"], TINY, "explain", "it stays")
    main_report(root=root)
    assert marks(root)["bob"].pending == ("double",)
    assert page(root, "bob").count("to be graded again") == 1
    (root / FILE).unlink()
    assert marks(root)["bob"].pending == ()
    assert marks(root)["ada"].pending == ("explain",)  # which nobody has graded


def test_an_answered_request_leaves_what_else_is_pending(root: Path) -> None:
    """Here, an answer that changed after it was graded, and tests that wait for a GPU."""
    give(root, "bob", 1.0)
    with gradebook_of(root) as book:
        book.find_grade("explain", TINY, TINY, "bob").needs_manual_grade = True
        book.db.commit()
    for task in ("square", "explain", "double"):
        decide.regrade(root, ["bob"], TINY, task)
    assert marks(root)["bob"].pending == ("double", "square", "explain")
    with gradebook_of(root) as book:
        book.find_comment("square", TINY, TINY, "bob").auto_comment = PENDING_NOTES[DEFERRED]
        book.db.commit()
    for task in ("square", "explain", "double"):
        decide.regraded(root, ["bob"], TINY, task)
    assert marks(root)["bob"].pending == ("square", "explain")


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own way of adding a submission
def test_free_late_days_are_used_in_the_order_of_the_due_dates(root: Path) -> None:
    configure(root, "c.LatePenalty.free_days = 1")
    found = marks(root)
    assert {one: (m.penalty, m.late_days, m.late_days_left) for one, m in found.items() if m.submitted} == {
        "ada": (0, 1, 0),
        "bob": (0, 0, 1),
        "cleo": (1, 1, 0),  # the second day costs a quarter of 4 points
    }
    decisions(root, ",cleo,,,late days,2,")
    assert marks(root)["cleo"].penalty == 0
    main_report(root=root)
    assert "2 used here, 0 left" in page(root, "cleo")
    with gradebook_of(root) as book:  # an earlier assignment, for which ada was late, too
        book.add_assignment("earlier", duedate="2026-10-01 00:00:00")
        book.add_submission("earlier", "ada", timestamp="2026-10-01 05:00:00")
    assert (marks(root)["ada"].penalty, marks(root)["ada"].late_days) == (1, 0)
    decide.excuse(root, ["ada"], "")
    (root / FILE).write_text((root / FILE).read_text().replace("ada,,,excused", "ada,earlier,,excused"))
    assert marks(root)["ada"].penalty == 0


def test_where_late_work_loses_all_a_day_too_few_uses_none(root: Path) -> None:
    configure(root, 'c.LatePenalty.penalty_method = "zero"\nc.LatePenalty.free_days = 1')
    found = marks(root)
    assert (found["ada"].score, found["ada"].late_days_left) == (4, 0)
    assert (found["cleo"].score, found["cleo"].late_days_left) == (0, 1)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (
            ",ada,tiny,,extention,2 days,",
            "line 3: the decision 'extention' is not one of: extension, excused",
        ),
        (",ada,tiny,,extension,soon,", "line 3: the extension 'soon' is neither a time like \"2 days\""),
        (",,tiny,,excused,,", "line 3: no student"),
        (",ada,,,group,,", "line 3: the group has no name"),
        (",ada,,,late days,some,", "line 3: 'some' is no number of late days"),
        (",ada,tiny,,regrade,,", "line 3: a regrade names an assignment and a task"),
    ],
)
def test_a_wrong_row_is_named_before_anything_happens(
    root: Path, row: str, why: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    decisions(root, ",bob,tiny,,EXCUSED,,", row)
    before = (root / FILE).read_bytes()
    with pytest.raises(SettingsError, match=why.replace("?", r"\?")):
        decide.withdraw(root, ["bob"])
    assert (root / FILE).read_bytes() == before
    monkeypatch.setattr("autograder.grading.assignment.REPOSITORY", root)
    assert main(["export", TINY]) == 2
    assert f"semester.csv, {why}" in capsys.readouterr().err


def test_names_are_checked_before_anything_is_written(root: Path) -> None:
    for call, why in (
        (lambda: decide.excuse(root, ["adda"], TINY), "no student adda in the gradebook: did you mean ada?"),
        (
            lambda: decide.regrade(root, ["ada"], TINY, "tripel"),
            "tiny has no task tripel: its tasks are double",
        ),
        (lambda: decide.regrade(root, ["dan"], TINY, "double"), "dan has no submission of tiny"),
        (lambda: decide.regraded(root, ["ada"], TINY, "double"), "ada has no open regrade request"),
        (lambda: decide.group(root, ["ada", "ADA"]), "two members or more"),
    ):
        with pytest.raises(SettingsError, match=why.replace("?", r"\?")):
            call()
    assert not (root / FILE).exists()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",adda,tiny,,excused,,", "no student adda in the gradebook or in submitted/: did you mean ada?"),
        (",17,,,late days,2,", "no student 17 in the gradebook or in submitted/: correct the id, or enter"),
        (
            ",12345,tiny,,excused,,",
            "no student 12345 in the gradebook or in submitted/: did you mean 0012345?",
        ),
        (",12345,,,withdrawn,,", "no student 12345 in the gradebook or in submitted/: did you mean 0012345?"),
        (",ada,titanc,,excused,,", "no assignment titanc: the assignments are tiny"),
        (",ada,tiny,tripel,regrade,,", "tiny has no task tripel: its tasks are double"),
    ],
)
def test_a_row_about_nobody_is_named_before_anything_happens(
    root: Path, row: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    course.hand_in(root, "0012345", course.solved())
    decisions(root, ",BOB,tiny,,excused,,", row)
    assert classroom.grade(TINY, root=root) == 2
    with pytest.raises(SettingsError):
        settled_marks(TINY, root)
    main_report(root=root)
    said = capsys.readouterr()
    assert f"semester.csv, line 3: {why}" in said.err
    assert f"tiny: Marks could not be read: semester.csv, line 3: {why}" in said.err


def test_a_row_is_not_refused_where_the_student_may_be_right(root: Path, tmp_path: Path) -> None:
    """Before the class is entered, where submissions alone entered students, and after one has left."""
    decisions(root, ",eve,tiny,,extension,2 days,", ",fay,,,withdrawn,,", ",fay,tiny,,excused,,")
    with pytest.raises(SettingsError, match="line 2: no student eve"):
        checked_semester(root)
    new = course.make_course(tmp_path / "new")
    shutil.copy(root / FILE, new / FILE)
    assert len(checked_semester(new).decisions) == 3
    with gradebook_of(new) as book:
        book.add_student("ada")
    assert len(checked_semester(new).decisions) == 3


def test_a_spreadsheet_may_have_saved_the_file(root: Path) -> None:
    text = "Student;Decision;Value;Note;Date;Task;Assignment;mine\nADA;Excused;;=1+1;;;tiny;x\n"
    (root / FILE).write_bytes("\ufeff".encode() + text.encode())
    decide.withdraw(root, ["bob"])
    semester = read_semester(root)
    assert semester.is_excused("ada", TINY) and semester.has_withdrawn("bob")
    assert (root / FILE).read_text("utf-8").splitlines()[1] == "ADA;Excused;;'=1+1;;;tiny;x"
