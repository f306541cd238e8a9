"""A made-up class: reports, and a course folder with notebooks and a class.json, without grading anything."""

from __future__ import annotations

import json
from pathlib import Path

from autograder.gradebook.class_marks import Graded
from autograder.gradebook.marks import mark_of_report
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
from tests import course


def made_up(student: str, *, failing: tuple[str, ...] = (), message: str = "", **changes: object) -> Report:
    """A report of the tiny assignment: `failing` names the tests that fail with `message`."""

    def result(name: str, points: float) -> TestResult:
        if name in failing:
            return TestResult(name, FAILED, 0.0, points, message)
        return TestResult(name, PASSED, points, points)

    tasks = {
        "double": task_from_tests([result("test_double_up", 1.0), result("test_double_down", 1.0)], 2.0),
        "square": task_from_tests([result("test_square", 3.0)], 3.0),
        "explain": TaskResult(None, 2.0, "manual"),
    }
    settings = {"tasks": tasks, "sandbox": "bubblewrap", "seconds": 1.5} | changes
    return Report(course.NAME, student, **settings)


def deferred(student: str) -> Report:
    tasks = {"square": task_from_tests([TestResult("test_square", DEFERRED, 0.0, 3.0)], 3.0)}
    return made_up(student, tasks=tasks)


def unread(student: str, why: str) -> Report:
    """Of a notebook that could not be read."""
    tasks = {
        name: TaskResult(0.0, points, GRADED, (TestResult("notebook", FAILED, 0.0, points, why),))
        for name, points in (("double", 2.0), ("square", 3.0), ("explain", 2.0))
    }
    return made_up(student, tasks=tasks, sandbox=NOT_RUN, repairs=(why,))


def graded(*reports: Report) -> list[Graded]:
    """With the marks that the reports alone give."""
    return [Graded(mark_of_report(report), report) for report in reports]


def write_class(root: Path, *reports: Report) -> Path:
    """Puts down the reports as grading does; returns their folder."""
    folder = root / "reports" / course.NAME
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.json"):
        file.unlink()
    for report in reports:
        (folder / f"{report.student}.json").write_text(json.dumps(report.to_json()))
    (folder / "class.json").write_text(json.dumps([report.to_json() for report in reports]))
    return folder
