"""The report of one submission: what each task got and why, and its forms for people and programs.

Points are floats in the unit of the assignment's cells. Nothing here runs a student's code or knows an expected
value; `to_json` is the contract's format ("The command line and the report").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from xml.etree import ElementTree

from autograder.grading.text import fenced, for_markdown, for_terminal, visible

PASSED, FAILED, ERROR, DEFERRED = "passed", "failed", "error", "deferred"
GRADED, MANUAL = "graded", "manual"


@dataclass(frozen=True)
class TestResult:
    """One hidden test: `points` is what it gave, `message` what the student reads ("" when it passed)."""

    name: str
    outcome: str
    points: float
    max_points: float
    message: str = ""

    __test__ = False  # pytest would otherwise try to collect a class of this name


@dataclass(frozen=True)
class TaskResult:
    """One task. `points` is None as long as nobody and nothing has graded it."""

    points: float | None
    max_points: float
    status: str
    tests: tuple[TestResult, ...] = ()


def task_from_tests(tests: list[TestResult], max_points: float) -> TaskResult:
    """A coding task from its tests: clamped to [0, max_points], so that no rounding can award more.

    A test that ended in the grader's own error, or waits for a GPU, leaves the task ungraded (`error`, `deferred`):
    what its other tests earned is counted once the open ones are settled, and its points are pending until then.
    """
    outcomes = {test.outcome for test in tests}
    if not tests or ERROR in outcomes:
        return TaskResult(None, max_points, ERROR, tuple(tests))
    if DEFERRED in outcomes:
        return TaskResult(None, max_points, DEFERRED, tuple(tests))
    try:
        points = round(math.fsum(test.points for test in tests), 9)  # 1.4 + 3.3 is 4.7, not 4.699999999999999
    except (OverflowError, ValueError):
        points = math.nan
    if math.isnan(points):  # a grader whose points are no numbers
        return TaskResult(None, max_points, ERROR, tuple(tests))
    return TaskResult(clamped(points, max_points), max_points, GRADED, tuple(tests))


def clamped(points: float, max_points: float) -> float:
    """Within [0, max_points]; what is no number is 0."""
    return min(
        max(0.0, points), max_points
    )  # in this order: max keeps its first argument when the other is nan


@dataclass(frozen=True)
class Report:
    """Everything that was found out about one submission."""

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
        return math.fsum(task.points for task in self.tasks.values() if task.status == GRADED)

    @property
    def max_score(self) -> float:
        return math.fsum(task.max_points for task in self.tasks.values() if task.status == GRADED)

    @property
    def pending(self) -> float:
        return math.fsum(task.max_points for task in self.tasks.values() if task.status != GRADED)

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
            "tasks": {name: asdict(task) for name, task in self.tasks.items()},
        }

    @classmethod
    def from_json(cls, data: dict) -> Report:
        tasks = {
            name: TaskResult(
                task["points"],
                task["max_points"],
                task["status"],
                tuple(TestResult(**test) for test in task["tests"]),
            )
            for name, task in data["tasks"].items()
        }
        return cls(
            data["assignment"],
            data["student"],
            tasks,
            data["sandbox"],
            data["seconds"],
            tuple(data["repairs"]),
        )


_SYMBOL = {PASSED: "pass", FAILED: "FAIL", ERROR: "open", DEFERRED: "GPU "}
_STATUS = {
    MANUAL: "a person grades this",
    DEFERRED: "waits for a GPU",
    ERROR: "waits for a person: the grader itself failed",
}


def number(points: float) -> str:
    return f"{points:g}"


def _task_headline(name: str, task: TaskResult) -> str:
    if task.status == GRADED:
        return f"{name}: {number(task.points)} of {number(task.max_points)}"
    return f"{name}: {number(task.max_points)} pending, {_STATUS[task.status]}"


def _headline(report: Report) -> str:
    pending = f", {number(report.pending)} pending" if report.pending else ""
    return f"{number(report.score)} of {number(report.max_score)} points{pending}"


def as_text(report: Report) -> str:
    """The report for a terminal."""
    lines = [f"{report.assignment}: {_headline(report)}  (sandbox: {report.sandbox}, {report.seconds:.1f} s)"]
    lines += [f"  repaired: {repair}" for repair in report.repairs]
    for name, task in report.tasks.items():
        lines.append(f"  {_task_headline(name, task)}")
        for test in task.tests:
            lines.append(
                f"    {_SYMBOL[test.outcome]}  {test.name}  {number(test.points)}/{number(test.max_points)}"
            )
            if test.message:
                lines += [f"          {line}" for line in test.message.splitlines()]
    return for_terminal("\n".join(lines))


SUMMARY_LIMIT = 1024 * 1000
"""Bytes. GitHub drops a job summary of more than 1024 KiB, and other steps may have written to it, too."""


def as_markdown(report: Report) -> str:
    """The report for a GitHub job summary, cut where it would be too long for one."""
    lines = [f"## {report.assignment}: {_headline(report)}", ""]
    lines += ["| task | points | |", "| --- | ---: | --- |"]
    for name, task in report.tasks.items():
        got = number(task.points) if task.status == GRADED else "pending"
        passed = sum(test.outcome == PASSED for test in task.tests)
        note = f"{passed} of {len(task.tests)} tests pass" if task.status == GRADED else _STATUS[task.status]
        lines.append(f"| {name} | {got} / {number(task.max_points)} | {note} |")
    tail = [f"Sandbox: {report.sandbox}. Time: {report.seconds:.1f} s."]
    if report.repairs:
        repairs = _cut([f"- {for_markdown(repair)}" for repair in report.repairs], SUMMARY_LIMIT // 4)
        tail = ["Repairs made before grading:", "", *repairs, "", *tail]
    messages = [
        "\n".join(["", f"**{name}** / `{test.name}` ({test.outcome})", "", fenced(test.message)])
        for name, task in report.tasks.items()
        for test in task.tests
        if test.message
    ]
    room = SUMMARY_LIMIT - len("\n".join([*lines, *tail]).encode())
    return "\n".join([*lines, *_cut(messages, room), "", *tail])


def _cut(parts: list[str], room: int) -> list[str]:
    """As many parts as fit into `room` bytes, and a line that says how many do not."""
    said = 100  # bytes for that line
    for taken, part in enumerate(parts):
        room -= len(part.encode()) + 1
        if room < said:
            return [*parts[:taken], "", f"{len(parts) - taken} more are left out: this page has a limit."]
    return parts


def as_junit(report: Report) -> str:
    """JUnit XML: a test suite a task, a test case a hidden test; open tests and written tasks are skipped."""
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
                ElementTree.SubElement(case, "skipped", message=_STATUS[DEFERRED])
        if not task.tests:
            counts["skipped"] += 1
            case = _case(suite, report, name, name)
            ElementTree.SubElement(case, "skipped", message=_STATUS.get(task.status, task.status))
        suite.attrib.update({count: str(number) for count, number in counts.items()})
        total.update(counts)
    root.attrib.update({count: str(number) for count, number in total.items()}, time=f"{report.seconds:.3f}")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, report: Report, task: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=f"{report.assignment}.{task}", name=name)


def as_gradescope(report: Report, notes: Sequence[str] = ()) -> dict:
    """Gradescope's results.json: a test a coding task; what is pending is said in the output, not scored as 0.

    `notes` are further lines for the student to read.
    """
    tests = []
    for name, task in report.tasks.items():
        if task.status == GRADED:
            output = "\n".join(f"{t.name}: {t.outcome}\n{t.message}".rstrip() for t in task.tests)
            full = task.points >= task.max_points
            facts = {"score": task.points, "max_score": task.max_points, "status": PASSED if full else FAILED}
        else:  # without a score Gradescope shows the output, and counts nothing
            output, facts = _task_headline(name, task), {}
        tests.append({"name": name, **facts, "output": visible(output), "visibility": "visible"})
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
    """Gradescope's results.json where there was no notebook to judge."""
    return {
        "score": 0.0,
        "output": visible(sentence),
        "output_format": "text",
        "stdout_visibility": "hidden",
    }
