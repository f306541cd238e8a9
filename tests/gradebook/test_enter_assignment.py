"""Correcting a released assignment once submissions are graded: points, graders, tasks. What people entered stays."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder import classroom
from autograder.batch.judging import Verdict
from autograder.batch.submitted import collect
from autograder.gradebook.configuration import read_configuration
from autograder.gradebook.enter_marks import Converter
from autograder.grading.assignment import Assignment
from autograder.grading.report import GRADED, MANUAL, Report, TaskResult
from tests import course

HALF_RIGHT = "def double(x):\n    return abs(2 * x)"
ANOTHER = "Why is a square never negative?\n\nBecause x * x is x * x."


def gradebook(root: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{root / 'gradebook.db'}")


def regrade(root: Path, *students: str, double: float = 2.0) -> list[str]:
    """Enters full marks, but for `double`; returns what the run reports about points given by hand."""
    assignment = Assignment.load(course.NAME, root=root)
    results = {}
    for name, task in assignment.tasks.items():
        points = double if name == "double" else task.points
        graded = TaskResult(points, task.points, GRADED)
        results[name] = TaskResult(None, task.points, MANUAL) if task.kind == "written" else graded
    config = read_configuration(root)
    converter = Converter(root, assignment, config)
    for submitted in collect(root, course.NAME, students):
        report = Report(course.NAME, submitted.student, results, "fake", 0.1)
        assert converter.convert(Verdict(submitted, report)) == ""
    return converter.notes


def grade_by_hand(root: Path, student: str, cell: str, points: float, comment: str | None = None) -> None:
    """What formgrader's page does."""
    with gradebook(root) as book:
        grade = book.find_grade(cell, course.NAME, course.NAME, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment is not None:
            book.find_comment(cell, course.NAME, course.NAME, student).manual_comment = comment
        book.db.commit()


def entry(root: Path, student: str, cell: str) -> tuple[float | None, float | None, float, bool]:
    """Points of the grader, points of the instructor, the maximum, and whether the instructor has to look."""
    with gradebook(root) as book:
        grade = book.find_grade(cell, course.NAME, course.NAME, student)
        return grade.auto_score, grade.manual_score, grade.max_score, grade.needs_manual_grade


def comment(root: Path, student: str, cell: str) -> str | None:
    with gradebook(root) as book:
        return book.find_comment(cell, course.NAME, course.NAME, student).manual_comment


def score(root: Path, student: str) -> tuple[float, float]:
    with gradebook(root) as book:
        submission = book.find_submission(course.NAME, student)
        return submission.score, submission.max_score


def worth(root: Path, cell: str, points: float) -> None:
    """Another point value in the release."""
    course.correct(root, lambda book: course.cell(book, cell)["metadata"]["nbgrader"].update(points=points))


@pytest.fixture
def graded(root: Path) -> Path:
    """ada and bob are graded, their written answers by hand."""
    for student in ("ada", "bob"):
        course.hand_in(root, student, course.solved())
    assert regrade(root, "ada", "bob") == []
    grade_by_hand(root, "ada", "explain", 2.0, "Well said.")
    grade_by_hand(root, "bob", "explain", 0.5)
    return root


def test_another_value_of_a_coding_task_changes_the_sum_and_leaves_written_points(graded: Path) -> None:
    worth(graded, "double-tests", 4)
    assert regrade(graded, "ada", "bob", double=3.0) == []
    assert entry(graded, "ada", "double-tests") == (3.0, None, 4.0, False)
    assert entry(graded, "ada", "explain") == (None, 2.0, 2.0, False)
    assert comment(graded, "ada", "explain") == "Well said."
    assert score(graded, "ada") == (3.0 + 3.0 + 2.0, 9.0)


def test_points_by_hand_above_a_lowered_maximum_stay_and_are_told(graded: Path) -> None:
    worth(graded, "explain", 1)
    assert regrade(graded, "ada", "bob") == [
        "explain counts 1 now, not 2; points given by hand stay, look at them again in formgrader: "
        "ada 2 (above the maximum), bob 0.5"
    ]
    for _ in range(2):  # and another run changes nothing until the instructor has looked
        assert entry(graded, "ada", "explain") == (None, 2.0, 1.0, True)
        assert entry(graded, "bob", "explain") == (None, 0.5, 1.0, True)
        assert regrade(graded, "ada", "bob") == []
    assert comment(graded, "ada", "explain") == "Well said."


def test_points_by_hand_for_a_coding_task_are_looked_at_again_where_the_grader_gives_others(
    graded: Path,
) -> None:
    grade_by_hand(graded, "ada", "double-tests", 1.5)
    regrade(graded, "ada", double=2.0)
    assert entry(graded, "ada", "double-tests") == (2.0, 1.5, 2.0, False)
    regrade(graded, "ada", double=1.0)
    assert entry(graded, "ada", "double-tests") == (1.0, 1.5, 2.0, True)


def test_an_answer_is_looked_at_again_only_where_it_was_written_anew(graded: Path) -> None:
    course.hand_in(graded, "bob", course.with_sources(explain=ANOTHER))
    regrade(graded, "ada", "bob")
    assert entry(graded, "ada", "explain") == (None, 2.0, 2.0, False)
    assert entry(graded, "bob", "explain") == (None, 0.5, 2.0, True)


def test_a_task_that_is_added_is_graded_in_submissions_that_were_there_before(graded: Path) -> None:
    tests = {"grade": True, "locked": True, "points": 4}
    new = [course.code("half", course.STUBS["double"].replace("double", "half"), solution=True)]
    new += [course.code("half-tests", "assert half(2) == 1", **tests)]
    course.correct(graded, lambda book: book["cells"].extend(new))
    assert regrade(graded, "ada") == []
    assert entry(graded, "ada", "half-tests") == (4.0, None, 4.0, False)
    assert entry(graded, "ada", "explain") == (None, 2.0, 2.0, False)
    assert comment(graded, "ada", "half") is None
    assert entry(graded, "bob", "half-tests") == (None, None, 4.0, True)  # not graded again yet
    assert score(graded, "ada") == (2.0 + 3.0 + 2.0 + 4.0, 11.0)


def test_a_task_that_is_removed_leaves_what_was_entered_by_hand_in_a_file(graded: Path) -> None:
    course.correct(graded, lambda book: book["cells"].remove(course.cell(book, "explain")))
    file = "reports/tiny/removed-explain.csv"
    assert regrade(graded, "ada", "bob") == [
        f"explain is gone from the release: what was entered by hand for it is kept in {file}"
    ]
    with (graded / file).open(newline="", encoding="utf-8") as stream:
        assert list(csv.reader(stream)) == [
            ["student", "points", "extra credit", "comment"],
            ["ada", "2.0", "", "Well said."],
            ["bob", "0.5", "", ""],
        ]
    assert score(graded, "ada") == (5.0, 5.0)
    with gradebook(graded) as book:
        notebook = book.find_notebook(course.NAME, course.NAME)
        assert {cell.name for cell in notebook.solution_cells} == {"double", "square"}


def test_a_demonstration_may_come_and_go_and_all_marks_stay(graded: Path) -> None:
    course.correct(graded, lambda book: book["cells"].remove(course.cell(book, "show-double")))
    assert regrade(graded, "ada") == []
    assert score(graded, "ada") == (7.0, 7.0)
    book = json.loads((graded / "autograded" / "ada" / course.NAME / "tiny.ipynb").read_text())
    course.cell(book, "double-tests")
    with pytest.raises(StopIteration):
        course.cell(book, "show-double")


def test_a_changed_grader_regrades_the_class_and_keeps_the_marks_of_people(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course.hand_in(root, "ada", course.solved())
    course.hand_in(root, "bob", course.with_sources(double=HALF_RIGHT))
    assert classroom.grade(course.NAME, root=root) == 0
    grade_by_hand(root, "bob", "explain", 2.0, "Well said.")
    assert score(root, "bob") == (6.0, 7.0)
    # the two points of double are worth four now, and negative numbers no longer count
    grader = root / "autograder" / "graders" / "tiny.py"
    text = grader.read_text().replace('"double", points=1)', '"double", points=2)')
    grader.write_text(text.replace("student.double(-4.0)", "-student.double(4.0)"))
    worth(root, "double-tests", 4)
    worth(root, "explain", 1)
    capsys.readouterr()
    assert classroom.grade(course.NAME, root=root) == 0
    said = capsys.readouterr()
    assert "explain counts 1 now, not 2" in said.err and "bob 2 (above the maximum)" in said.err
    assert "bob  4 -> 7  the grader changed" in said.out
    assert "double 1 -> 4: test_double_of_a_negative_number failed -> passed" in said.out
    assert entry(root, "bob", "double-tests") == (4.0, None, 4.0, False)
    assert entry(root, "bob", "explain") == (None, 2.0, 1.0, True)
    assert comment(root, "bob", "explain") == "Well said."
    assert score(root, "ada") == (7.0, 8.0)
