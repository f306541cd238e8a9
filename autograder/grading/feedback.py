"""What a test cell shows in the gradebook and in the feedback: the report of its task, as HTML and as text.

Self-contained (styles inline, no scripts), and every word that may come from a student's code is escaped.
"""

from __future__ import annotations

import html

from autograder.grading.report import DEFERRED, ERROR, FAILED, GRADED, PASSED, Report, TaskResult, number
from autograder.grading.text import visible

# outcome -> the word, and a colour that reads in grey as well, because the word stands beside it
_OUTCOMES = {
    PASSED: ("passed", "#1b7837"),
    FAILED: ("failed", "#b2182b"),
    ERROR: ("open: the grader itself failed", "#8c510a"),
    DEFERRED: ("waits for a GPU", "#8c510a"),
}
_OPEN = {
    ERROR: "The grader itself failed on this task. No point is lost: a person looks at it.",
    DEFERRED: "Part of this task needs a GPU and waits for one. No point is lost until then.",
}


def task_as_html(report: Report, name: str) -> str:
    task = report.tasks[name]
    rows = "".join(_row(test) for test in task.tests)
    repairs = "".join(f"<li>{escape(repair)}</li>" for repair in report.repairs)
    notes = [f"<p>{_OPEN[task.status]}</p>"] if task.status in _OPEN else []
    if repairs:
        notes.append(f"<p>Repaired before grading:</p><ul>{repairs}</ul>")
    return (
        '<div class="autograder-report" style="border:1px solid #999;padding:0.5em 1em;margin:0.5em 0">'
        f"<p><b>{escape(_headline(name, task))}</b></p>"
        f'<table style="border-collapse:collapse">{rows}</table>'
        f"{''.join(notes)}"
        f'<p style="color:#555">Judged on fresh data in a sandbox ({escape(report.sandbox)}).</p>'
        "</div>"
    )


def task_as_text(report: Report, name: str) -> str:
    task = report.tasks[name]
    lines = [_headline(name, task)]
    for test in task.tests:
        word = _OUTCOMES[test.outcome][0]
        lines.append(f"  {test.name}: {word}, {number(test.points)} of {number(test.max_points)}")
        lines += [f"    {line}" for line in test.message.splitlines()]
    if task.status in _OPEN:
        lines.append(f"  {_OPEN[task.status]}")
    lines += [f"  repaired before grading: {repair}" for repair in report.repairs]
    lines.append(f"  sandbox: {report.sandbox}")
    return visible("\n".join(lines))


def escape(text: str) -> str:
    return html.escape(visible(text))


def _headline(name: str, task: TaskResult) -> str:
    if task.status == GRADED:
        return f"{name}: {number(task.points)} of {number(task.max_points)} points"
    return f"{name}: {number(task.max_points)} points pending"


def _row(test) -> str:
    word, colour = _OUTCOMES[test.outcome]
    cell = '<td style="padding:0.2em 0.8em;text-align:left;vertical-align:top">'
    narrow = cell.replace("top", "top;white-space:nowrap")
    message = (
        f'<pre style="white-space:pre-wrap;margin:0">{escape(test.message)}</pre>' if test.message else ""
    )
    return (
        f'<tr>{narrow}<span style="color:{colour}">{word}</span></td>'
        f"{narrow}{number(test.points)} / {number(test.max_points)}</td>"
        f"{cell}<code>{escape(test.name)}</code>{message}</td></tr>"
    )
