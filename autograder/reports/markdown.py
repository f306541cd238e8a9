"""A report as Markdown, for a GitHub job summary."""

from __future__ import annotations

from autograder.grading.report import GRADED, OUTCOMES, PASSED, PENDING, Report, number
from autograder.grading.safe_text import fenced, for_markdown
from autograder.reports.text import headline

SUMMARY_LIMIT = 1024 * 1000
"""Bytes. GitHub drops a job summary of more than 1024 KiB, and other steps may have written to it, too."""


def as_markdown(report: Report) -> str:
    """The report for a GitHub job summary, cut if it would be too long for one."""
    lines = [f"## {report.assignment}: {headline(report)}", ""]
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
