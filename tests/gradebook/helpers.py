"""The tiny course of tests/course.py, and verdicts entered into its gradebook without judging anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.batch.judging import Verdict
from autograder.batch.submitted import collect
from autograder.gradebook import enter_marks
from autograder.gradebook.configuration import read_configuration
from autograder.gradebook.enter_marks import Converter
from autograder.grading.assignment import Assignment
from autograder.grading.report import GRADED, MANUAL, Report, TaskResult
from tests import course

TASKS = {
    "double": TaskResult(1.0, 2.0, GRADED),
    "square": TaskResult(3.0, 3.0, GRADED),
    "explain": TaskResult(None, 2.0, MANUAL),
}


enter_marks._set_up_once()  # or nbgrader starts a process for each new gradebook, which imports everything again


def gradebook_of(root: Path) -> Gradebook:
    """The course's gradebook, made where there is none."""
    return Gradebook(f"sqlite:///{root / 'gradebook.db'}", "deep-learning")


def enter(root: Path, student: str, timestamp: str = "", **tasks: TaskResult) -> Report:
    """`student` submitted, got 4 of the 5 points of the coding tasks, and waits for the instructor on `explain`."""
    file = course.hand_in(root, student, course.solved())
    if timestamp:
        file.with_name("timestamp.txt").write_text(timestamp)
    report = Report(course.NAME, student, {**TASKS, **tasks}, "fake", 0.1)
    (submitted,) = collect(root, course.NAME, [student])
    config = read_configuration(root)
    converter = Converter(root, Assignment.load(course.NAME, root=root), config)
    assert converter.convert(Verdict(submitted, replace(report, student=student))) == ""
    return report


def give(
    root: Path,
    student: str,
    points: float | None,
    comment: str = "",
    cell: str = "explain",
    extra: float | None = None,
) -> None:
    """The instructor grades the written answer, or another cell, as formgrader does."""
    with gradebook_of(root) as book:
        grade = book.find_grade(cell, course.NAME, course.NAME, student)
        grade.manual_score, grade.extra_credit = points, extra
        grade.needs_manual_grade = grade.manual_score is None and grade.auto_score is None
        if comment:
            book.find_comment("explain", course.NAME, course.NAME, student).manual_comment = comment
        book.db.commit()


def configure(root: Path, lines: str) -> None:
    """Settings that an instructor adds to nbgrader_config.py."""
    with (root / "nbgrader_config.py").open("a") as file:
        file.write("\n" + lines + "\n")
