"""The report of one submission: the points of each task, with the reasons.

Points are floats in the unit of the assignment's cells. Nothing here runs a student's code or knows an expected
value; `to_json` is the contract's format ("The command line and the report").
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.grading.assignment import Assignment

PASSED, FAILED, ERROR, DEFERRED = "passed", "failed", "error", "deferred"
GRADED, MANUAL = "graded", "manual"
NOT_RUN = "not run"
"""The value of `Report.sandbox` if there was no notebook to judge, or no judge survived it."""

# The words for all this, in every form: terminal, summaries, gradebook, feedback, pages.
OUTCOMES = {
    PASSED: "passed",
    FAILED: "failed",
    ERROR: "not graded: bug in the grader",
    DEFERRED: "waiting for a GPU",
}
"""The outcomes of a test, in words."""
PENDING = {
    MANUAL: "to be graded by the instructor",
    ERROR: "bug in the grader",
    DEFERRED: "waiting for a GPU",
}
"""Why points of a task are pending, by its status."""
_BUG = "because of a bug in the grader. You lose no points, and your instructor has been notified."
GRADER_CRASHED = f"This test crashed {_BUG}"
JUDGE_CRASHED = f"This notebook could not be graded {_BUG}"
NEEDS_GPU = "This test needs a GPU. Its points are pending until it has run on one."
PENDING_NOTES = {
    ERROR: f"Part of this task could not be graded {_BUG}",
    DEFERRED: "Some tests of this task need a GPU. Their points are pending until they have run on one.",
}
"""The same for the student, in sentences. A written task needs no explanation."""


@dataclass(frozen=True)
class TestResult:
    """One hidden test: the points that it gave, and the message that the student reads ("" when it passed)."""

    name: str
    outcome: str
    points: float
    max_points: float
    message: str = ""

    __test__ = False  # pytest would otherwise try to collect a class of this name

    @property
    def is_open(self) -> bool:
        """Whether it is still undecided: it waits for a GPU, or the grader itself crashed."""
        return self.outcome in (DEFERRED, ERROR)


@dataclass(frozen=True)
class TaskResult:
    """One task. `points` are those decided so far; None if nothing is decided yet, as for a written answer."""

    points: float | None
    max_points: float
    status: str
    tests: tuple[TestResult, ...] = ()

    @property
    def pending(self) -> float:
        """The points that are not decided yet. Decided points count at once, whatever the others wait for."""
        if self.points is None:
            return self.max_points
        return clamped(_sum(test.max_points for test in self.tests if test.is_open), self.max_points)

    @property
    def decided(self) -> float:
        """The most that `points` can be so far."""
        return round(self.max_points - self.pending, _DIGITS) if self.pending else self.max_points

    def to_json(self) -> dict:
        return {
            "points": self.points,
            "max_points": self.max_points,
            "pending": self.pending,
            "status": self.status,
            "tests": [asdict(test) for test in self.tests],
        }

    @classmethod
    def from_json(cls, data: dict) -> TaskResult:
        """Also from a published report, in which the mark is `points` and the grader's points are `automatic`."""
        tests = tuple(TestResult(**test) for test in data["tests"])
        points = data["automatic"] if "automatic" in data else data["points"]
        return cls(points, data["max_points"], data["status"], tests)


def task_from_tests(tests: Sequence[TestResult], max_points: float) -> TaskResult:
    """A coding task from its tests, clamped to what these can give, so that rounding cannot award more.

    Only the points of tests that wait for a GPU, or ended in the grader's own error, stay pending. The status says so:
    `deferred` or `error`.
    """
    tests = tuple(tests)
    points = _sum(test.points for test in tests if not test.is_open)
    if not tests or math.isnan(points):  # no test, or points that are not a number: the grader is wrong
        return TaskResult(None, max_points, ERROR, tests)
    outcomes = {test.outcome for test in tests}
    status = next((outcome for outcome in (ERROR, DEFERRED) if outcome in outcomes), GRADED)
    decided = TaskResult(0.0, max_points, status, tests).decided
    if status != GRADED and (decided == 0 or all(test.is_open for test in tests)):
        return TaskResult(None, max_points, status, tests)
    return TaskResult(clamped(points, decided), max_points, status, tests)


_DIGITS = 9
"""Decimals to which points are rounded: 1.4 + 3.3 is 4.7, not 4.699999999999999."""


def left_open(assignment: Assignment, why: str) -> Report:
    """A report in which nothing is decided, because of a bug of ours."""

    def task(points: float, kind: str) -> TaskResult:
        if kind == "written":
            return TaskResult(None, points, MANUAL)
        return TaskResult(None, points, ERROR, (TestResult("judge", ERROR, 0.0, points, why),))

    tasks = {name: task(one.points, one.kind) for name, one in assignment.tasks.items()}
    return Report(assignment.name, "", tasks, NOT_RUN, 0.0)


def _sum(points: Iterable[float]) -> float:
    """The rounded sum; nan if it is not a number."""
    try:
        return round(math.fsum(points), _DIGITS)
    except (OverflowError, ValueError):
        return math.nan


def clamped(points: float, max_points: float) -> float:
    """`points` within [0, max_points]; 0 if it is not a number."""
    # in this order: max keeps its first argument when the other is nan
    return min(max(0.0, points), max_points)


@dataclass(frozen=True)
class Report:
    """Everything known about one submission."""

    assignment: str
    student: str
    tasks: dict[str, TaskResult]
    sandbox: str
    seconds: float
    repairs: tuple[str, ...] = ()
    overhead: float = field(default=0.0, compare=False)
    """Seconds beyond the student's own computing; for the benchmark, not part of the JSON."""

    @property
    def score(self) -> float:
        """The points decided so far, of `max_score`."""
        return math.fsum(task.points for task in self.tasks.values() if task.points is not None)

    @property
    def max_score(self) -> float:
        return math.fsum(task.decided for task in self.tasks.values())

    @property
    def pending(self) -> float:
        return math.fsum(task.pending for task in self.tasks.values())

    def to_json(self) -> dict:
        return {
            "assignment": self.assignment,
            "student": self.student,
            "score": self.score,
            "max_score": self.max_score,
            "pending": self.pending,
            "sandbox": self.sandbox,
            "seconds": round(self.seconds, 3),
            "repairs": list(self.repairs),
            "tasks": {name: task.to_json() for name, task in self.tasks.items()},
        }

    @classmethod
    def from_json(cls, data: dict) -> Report:
        tasks = {name: TaskResult.from_json(task) for name, task in data["tasks"].items()}
        return cls(
            data["assignment"],
            data["student"],
            tasks,
            data["sandbox"],
            data["seconds"],
            tuple(data["repairs"]),
        )


def number(points: float) -> str:
    return f"{points:g}"
