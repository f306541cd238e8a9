"""One truth for marks: gradebook, class page, student's page, index, JSON and export agree in every cell."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from autograder.gradebook.class_marks import HISTORY
from autograder.grading.assignment import Assignment
from autograder.grading.report import (
    DEFERRED,
    FAILED,
    GRADED,
    NOT_RUN,
    PASSED,
    Report,
    TaskResult,
    TestResult,
    task_from_tests,
)
from autograder.lms.roster import enter_students
from autograder.pages.write import main_report, write_pages
from tests import course
from tests.gradebook.helpers import configure, enter, give, gradebook_of
from tests.gradebook.test_late import A_MINUTE_LATE, PERCENT
from tests.pages.conftest import write_class
from tests.pages.places import (
    Table,
    assert_all_agree,
    exported,
    in_json,
    in_the_gradebook,
    on_the_class_page,
    on_the_index,
    on_the_students_pages,
)

COMMENT = "Say <b>why</b>.\n=1+1"


def _unreadable(report: Report) -> Report:
    tests = {
        name: TaskResult(
            0.0, task.max_points, GRADED, (TestResult("notebook", FAILED, 0.0, task.max_points, "x"),)
        )
        for name, task in report.tasks.items()
    }
    return replace(report, tasks=tests, sandbox=NOT_RUN, repairs=("it breaks off in line 3",))


@pytest.fixture
def root(root: Path) -> Path:
    """A class with every special case, entered in the gradebook, graded by hand, and reported."""
    (root / "students.csv").write_text("id,first_name,last_name\nzoe,Zoë,Curie\nada,Ada,Lovelace\n")
    enter_students(root / "students.csv", root)
    configure(root, PERCENT)
    waiting = [TestResult("test_cpu", PASSED, 1.5, 1.5), TestResult("test_gpu", DEFERRED, 0.0, 1.5)]
    lost = _unreadable(Report(course.NAME, "gus", course_tasks(), "fake", 0.1)).tasks
    reports = {
        "ada": enter(root, "ada"),
        "bob": enter(root, "bob"),
        "cleo": enter(root, "cleo"),
        "dan": enter(root, "dan"),
        "eve": enter(root, "eve", A_MINUTE_LATE),
        "fay": enter(root, "fay", A_MINUTE_LATE),
        "gus": _unreadable(enter(root, "gus", **lost)),
        "hal": enter(root, "hal", square=task_from_tests(waiting, 3.0)),
        "ivy": enter(root, "ivy", square=task_from_tests(waiting, 3.0)),
    }
    give(root, "ada", 2.0, COMMENT)
    give(root, "cleo", 0.5, cell="double-tests")  # below what the grader gave
    give(root, "dan", 1.5, extra=0.75)
    give(root, "dan", None, cell="square-tests", extra=1.0)
    give(root, "eve", 1.0)
    give(root, "ivy", 2.5, cell="square-tests")
    give(root, "hal", None, extra=1.0)  # extra credit for an answer that nobody has graded
    with gradebook_of(root) as book:
        book.find_submission(course.NAME, "fay").extension = timedelta(days=2)
        book.db.commit()
    write_class(root, *(replace(report, student=student) for student, report in reports.items()))
    assert main_report(root=root) == 0
    return root


def course_tasks() -> dict[str, TaskResult]:
    return {
        name: TaskResult(0.0, points, GRADED)
        for name, points in (("double", 2), ("square", 3), ("explain", 2))
    }


def test_all_places_agree_in_every_cell(root: Path) -> None:
    places = {
        "gradebook": in_the_gradebook(root),
        "class page": on_the_class_page(root),
        "students' pages": on_the_students_pages(root),
        "index": on_the_index(root),
        "class.json": in_json(root, one_file=True),
        "students' JSON": in_json(root, one_file=False),
        "export": exported(root, "csv"),
    }
    students = set(places["gradebook"])
    assert len(students) == 9
    assert all(seen.keys() == students for seen in places.values())
    assert_all_agree(places)


def test_the_marks_are_those_that_were_given(root: Path) -> None:
    seen = on_the_class_page(root)
    assert {student: (one.score, one.undecided) for student, one in seen.items()} == {
        "ada": (6, 0),
        "bob": (4, 2),
        "cleo": (3.5, 2),
        "dan": (7.25, 0),
        "eve": (3.75, 0),  # 5 points and a quarter of them late
        "fay": (4, 2),  # late, but for her extension
        "gus": (0, 0),
        "hal": (2.5, 3.5),
        "ivy": (3.5, 2),
    }
    assert Table(root / "reports" / course.NAME / "class.html").of("zoe")["score"] == ""
    history = (root / "reports" / course.NAME / HISTORY).read_text()
    assert (
        "cleo,double,the instructor,,0.5" in history
        and "dan,square: extra credit,the instructor,,1" in history
    )


def test_a_student_reads_the_instructor_s_words_as_text(root: Path) -> None:
    folder = root / "reports" / course.NAME
    page = (folder / "ada.html").read_text(encoding="utf-8")
    assert "Say &lt;b&gt;why&lt;/b&gt;." in page
    cleo = (folder / "cleo.html").read_text(encoding="utf-8")
    assert "your instructor gave 0.5, the hidden tests 1" in cleo and "Say" not in cleo
    gus = (folder / "gus.html").read_text(encoding="utf-8")
    assert "could not be read" in gus and "hidden tests pass" not in gus and "Hidden tests" not in gus


def test_a_mark_that_was_given_later_is_on_the_page_that_is_made_again(root: Path) -> None:
    page = root / "reports" / course.NAME / "bob.html"
    assert "4 of 5" in page.read_text() and "Made <time>" in page.read_text()
    give(root, "bob", 2.0)
    main_report(root=root)
    assert "6 of 7" in page.read_text()
    assert Table(root / "reports" / course.NAME / "class.html").of("bob")["score"] == "6"


@pytest.mark.parametrize("gone", [False, True])
def test_without_a_gradebook_the_pages_show_the_last_marks_and_say_so(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], gone: bool
) -> None:
    monkeypatch.setattr("autograder.gradebook.database.LOCK_SECONDS", 0.0)
    before = on_the_class_page(root)
    book = root / "gradebook.db"
    if gone:
        book.rename(root / "elsewhere.db")
        assert main_report(root=root) == 0
        assert not book.exists()
        (root / "elsewhere.db").rename(book)
    else:
        with closing(sqlite3.connect(book)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert main_report(root=root) == 0
    assert "these are the marks that were read last" in capsys.readouterr().err
    assert (
        "these are the marks that were read last"
        in (root / "reports" / course.NAME / "class.html").read_text()
    )
    assert on_the_class_page(root) == before


def test_an_unchanged_class_is_left_as_it_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted((root / "reports").rglob("*.*"))
    before = {file: file.stat().st_mtime_ns for file in files if file.is_file()}
    monkeypatch.setattr("autograder.pages.write._now", lambda: "another day")
    write_pages(root, Assignment.load(course.NAME, root=root))
    main_report(root=root)
    assert {file: file.stat().st_mtime_ns for file in before} == before


@pytest.mark.parametrize("content", [None, "[{"])
def test_where_the_last_marks_are_lost_no_changes_are_made_up(root: Path, content: str | None) -> None:
    history = root / "reports" / course.NAME / HISTORY
    assert main_report(root=root) == 0
    before = history.read_text()
    kept = root / "reports" / ".kept" / course.NAME / "marks.json"
    kept.unlink()
    if content is not None:
        kept.write_text(content)
    assert main_report(root=root) == 0
    assert history.read_text() == before
    give(root, "bob", 0.25)
    assert main_report(root=root) == 0
    assert history.read_text().startswith(before) and "bob" in history.read_text()[len(before) :]
