"""What a test cell shows in the gradebook and in the feedback: the report of its task, as HTML and as text.

Self-contained (inline styles, no scripts); every word that may come from a student's code is escaped.
"""

from __future__ import annotations

import html

from autograder.grading.report import (
    DEFERRED,
    ERROR,
    FAILED,
    OUTCOMES,
    PASSED,
    PENDING_NOTES,
    Report,
    TestResult,
    number,
)
from autograder.grading.safe_text import visible
from autograder.reports.text import task_headline, tests_as_lines

# readable in grey, too: the word is next to the colour
_COLOURS = {PASSED: "#1b7837", FAILED: "#b2182b", ERROR: "#8c510a", DEFERRED: "#8c510a"}


def task_as_html(report: Report, name: str) -> str:
    task = report.tasks[name]
    rows = "".join(_row(test) for test in task.tests)
    repairs = "".join(f"<li>{escape(repair)}</li>" for repair in report.repairs)
    notes = [f"<p>{PENDING_NOTES[task.status]}</p>"] if task.status in PENDING_NOTES else []
    if repairs:
        notes.append(f"<p>Repaired before grading:</p><ul>{repairs}</ul>")
    return (
        '<div class="autograder-report" style="border:1px solid #999;padding:0.5em 1em;margin:0.5em 0">'
        f"<p><b>{escape(task_headline(name, task))}</b></p>"
        f'<table style="border-collapse:collapse">{rows}</table>'
        f"{''.join(notes)}"
        f'<p style="color:#555">Graded on fresh data in a sandbox ({escape(report.sandbox)}).</p>'
        "</div>"
    )


def task_as_text(report: Report, name: str) -> str:
    task = report.tasks[name]
    lines = [task_headline(name, task), *(f"  {line}" for line in tests_as_lines(task))]
    if task.status in PENDING_NOTES:
        lines.append(f"  {PENDING_NOTES[task.status]}")
    lines += [f"  repaired before grading: {repair}" for repair in report.repairs]
    lines.append(f"  sandbox: {report.sandbox}")
    return visible("\n".join(lines))


def escape(text: str) -> str:
    return html.escape(visible(text))


def _row(test: TestResult) -> str:
    cell = '<td style="padding:0.2em 0.8em;text-align:left;vertical-align:top">'
    narrow = cell.replace("top", "top;white-space:nowrap")
    message = (
        f'<pre style="white-space:pre-wrap;margin:0">{escape(test.message)}</pre>' if test.message else ""
    )
    return (
        f'<tr>{narrow}<span style="color:{_COLOURS[test.outcome]}">{OUTCOMES[test.outcome]}</span></td>'
        f"{narrow}{number(test.points)} / {number(test.max_points)}</td>"
        f"{cell}<code>{escape(test.name)}</code>{message}</td></tr>"
    )
