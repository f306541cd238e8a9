"""The report of one submission: the points of each task with the reasons, in formats for people and programs.

Points are floats in the unit of the assignment's cells. Nothing here runs a student's code or knows an expected
value; `to_json` is the contract's format ("The command line and the report").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from autograder.grading.text import fenced, for_markdown, for_terminal, visible

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


def task_headline(name: str, task: TaskResult) -> str:
    """A line like "accuracy: 4 of 4 points, 2 pending (waiting for a GPU)"."""
    parts = []
    if task.points is not None:
        parts.append(f"{number(task.points)} of {number(task.decided)} points")
    if task.status != GRADED:
        parts.append(f"{number(task.pending)} pending ({PENDING[task.status]})")
    return f"{name}: {', '.join(parts)}"


def tests_as_lines(task: TaskResult) -> list[str]:
    """A line for each hidden test, and its message below it."""
    lines = []
    for test in task.tests:
        points = f"{number(test.points)} of {number(test.max_points)}"
        lines.append(f"{test.name}: {OUTCOMES[test.outcome]}, {points}")
        lines += [f"  {line}" for line in test.message.splitlines()]
    return lines


def _headline(report: Report) -> str:
    pending = f", {number(report.pending)} pending" if report.pending else ""
    return f"{number(report.score)} of {number(report.max_score)} points{pending}"


def as_text(report: Report) -> str:
    """The report for a terminal."""
    lines = [f"{report.assignment}: {_headline(report)}  (sandbox: {report.sandbox}, {report.seconds:.1f} s)"]
    lines += [f"  repaired: {repair}" for repair in report.repairs]
    for name, task in report.tasks.items():
        lines.append(f"  {task_headline(name, task)}")
        lines += [f"    {line}" for line in tests_as_lines(task)]
    return for_terminal("\n".join(lines))


SUMMARY_LIMIT = 1024 * 1000
"""Bytes. GitHub drops a job summary of more than 1024 KiB, and other steps may have written to it, too."""


def as_markdown(report: Report) -> str:
    """The report for a GitHub job summary, cut if it would be too long for one."""
    lines = [f"## {report.assignment}: {_headline(report)}", ""]
    lines += ["| task | points | |", "| --- | ---: | --- |"]
    for name, task in report.tasks.items():
        points = "" if task.points is None else f"{number(task.points)} / {number(task.decided)}"
        notes = []
        if task.tests:
            passed = sum(test.outcome == PASSED for test in task.tests)
            notes.append(f"{passed} of {len(task.tests)} tests pass")
        if task.status != GRADED:
            notes.append(f"{number(task.pending)} pending ({PENDING[task.status]})")
        lines.append(f"| {name} | {points} | {', '.join(notes)} |")
    tail = [f"Sandbox: {report.sandbox}. Time: {report.seconds:.1f} s."]
    if report.repairs:
        repairs = _cut([f"- {for_markdown(repair)}" for repair in report.repairs], SUMMARY_LIMIT // 4)
        tail = ["Repairs made before grading:", "", *repairs, "", *tail]
    messages = [
        "\n".join(["", f"**{name}** / `{test.name}` ({OUTCOMES[test.outcome]})", "", fenced(test.message)])
        for name, task in report.tasks.items()
        for test in task.tests
        if test.message
    ]
    room = SUMMARY_LIMIT - len("\n".join([*lines, *tail]).encode())
    return "\n".join([*lines, *_cut(messages, room), "", *tail])


def _cut(parts: list[str], room: int) -> list[str]:
    """As many parts as fit into `room` bytes, and a line that says how many do not."""
    last_line = 100  # bytes
    for taken, part in enumerate(parts):
        room -= len(part.encode()) + 1
        if room < last_line:
            return [*parts[:taken], "", f"{len(parts) - taken} more are left out: this page has a limit."]
    return parts


def as_junit(report: Report) -> str:
    """JUnit XML: a suite for each task, a case for each hidden test. Pending tests are marked as skipped or as
    errors."""
    root = ElementTree.Element("testsuites", name=report.assignment)
    total: Counter[str] = Counter()
    for name, task in report.tasks.items():
        suite = ElementTree.SubElement(root, "testsuite", name=name)
        counts = Counter(tests=max(1, len(task.tests)), failures=0, errors=0, skipped=0)
        for test in task.tests:
            case = _case(suite, report, name, test.name)
            message = visible(test.message)
            if test.outcome == FAILED:
                counts["failures"] += 1
                ElementTree.SubElement(case, "failure", message=message.split("\n")[0]).text = message
            elif test.outcome == ERROR:
                counts["errors"] += 1
                ElementTree.SubElement(case, "error", message=message.split("\n")[0]).text = message
            elif test.outcome == DEFERRED:
                counts["skipped"] += 1
                ElementTree.SubElement(case, "skipped", message=PENDING[DEFERRED])
        if not task.tests:
            counts["skipped"] += 1
            case = _case(suite, report, name, name)
            ElementTree.SubElement(case, "skipped", message=PENDING.get(task.status, task.status))
        suite.attrib.update({count: str(number) for count, number in counts.items()})
        total.update(counts)
    root.attrib.update({count: str(number) for count, number in total.items()}, time=f"{report.seconds:.3f}")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, report: Report, task: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=f"{report.assignment}.{task}", name=name)


def as_gradescope(report: Report, notes: Sequence[str] = ()) -> dict:
    """Gradescope's results.json, with one test for each task. The output lists pending points; they do not score 0.

    `notes` are further lines for the student to read.
    """
    tests = []
    for name, task in report.tasks.items():
        output, facts = [], {}  # without a score, Gradescope shows the output and counts nothing
        if task.points is not None:
            full = task.points >= task.decided
            facts = {"score": task.points, "max_score": task.decided, "status": PASSED if full else FAILED}
        if task.status != GRADED:
            output.append(task_headline(name, task))
        output += tests_as_lines(task)
        tests.append({"name": name, **facts, "output": visible("\n".join(output)), "visibility": "visible"})
    lines = [
        _headline(report),
        *notes,
        *[f"Repaired: {repair}" for repair in report.repairs],
        f"Sandbox: {report.sandbox}.",
    ]
    return {
        "score": report.score,
        "execution_time": round(report.seconds),
        "output": visible("\n".join(lines)),
        "output_format": "text",
        "test_output_format": "text",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def nothing_for_gradescope(sentence: str) -> dict:
    """Gradescope's results.json if there was no notebook to judge."""
    return {
        "score": 0.0,
        "output": visible(sentence),
        "output_format": "text",
        "stdout_visibility": "hidden",
    }
