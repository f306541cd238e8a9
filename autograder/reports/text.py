"""A report as text, for a terminal; and its lines, which other forms use."""

from __future__ import annotations

from autograder.grading.report import GRADED, OUTCOMES, PENDING, Report, TaskResult, number
from autograder.grading.safe_text import for_terminal


def as_text(report: Report) -> str:
    """The report for a terminal."""
    lines = [f"{report.assignment}: {headline(report)}  (sandbox: {report.sandbox}, {report.seconds:.1f} s)"]
    lines += [f"  repaired: {repair}" for repair in report.repairs]
    for name, task in report.tasks.items():
        lines.append(f"  {task_headline(name, task)}")
        lines += [f"    {line}" for line in tests_as_lines(task)]
    return for_terminal("\n".join(lines))


def headline(report: Report) -> str:
    pending = f", {number(report.pending)} pending" if report.pending else ""
    return f"{number(report.score)} of {number(report.max_score)} points{pending}"


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
