"""What a student may read of a verdict before the deadline.

Everything that the service shows is made only from the report that `redacted` returns: what is left out here is on no
page and in no response.
"""

from __future__ import annotations

import dataclasses

from autograder.grading.explain import tells_of
from autograder.grading.report import (
    FAILED,
    GRADED,
    MANUAL,
    OUTCOMES,
    PASSED,
    Report,
    TaskResult,
    TestResult,
    number,
    task_from_tests,
)
from autograder.grading.safe_text import for_terminal
from autograder.reports.text import task_headline, tests_as_lines
from autograder.serve.rules import ALL, PUBLIC, Rules

SILENT = "silent"
LATER = "shown after the deadline"
OUTCOME_WORDS = OUTCOMES | {SILENT: LATER}
PASS_FAIL_MESSAGE = "The reason is shown after the deadline. Do your public checks pass?"


class Silent(TestResult):
    """A test that reveals nothing yet: its points stay open."""

    @property
    def is_open(self) -> bool:
        return True


def redacted(report: Report, rules: Rules) -> Report:
    """The report, with only what the rules allow it to reveal."""
    silent = {
        name
        for name, task in report.tasks.items()
        if any(rules.speaks(name, test.name) == PUBLIC for test in task.tests)
    }
    tasks = {name: _redacted_task(name, task, rules, silent) for name, task in report.tasks.items()}
    return dataclasses.replace(report, tasks=tasks)


def is_silent(task: TaskResult) -> bool:
    return any(test.outcome == SILENT for test in task.tests)


def as_text(report: Report) -> str:
    """What `redacted` left of a report, for a terminal or below a notebook's cell."""
    pending = f", {number(report.pending)} pending" if report.pending else ""
    lines = [
        f"Not final. {report.assignment}: {number(report.score)} of {number(report.max_score)} points{pending}"
    ]
    lines += [f"  repaired: {repair}" for repair in report.repairs]
    for name, task in report.tasks.items():
        heard = dataclasses.replace(task, tests=tuple(test for test in task.tests if test.outcome != SILENT))
        if heard.tests or not is_silent(task):
            lines.append(f"  {task_headline(name, task)}")
            lines += [f"    {line}" for line in tests_as_lines(heard)]
        if is_silent(task):
            lines.append(f"  {name}: {'the rest is ' if heard.tests else ''}{LATER}")
    return for_terminal("\n".join(lines))


def _redacted_task(name: str, task: TaskResult, rules: Rules, silent: set[str]) -> TaskResult:
    if not task.tests:
        return task
    tests = tuple(_redacted_test(test, rules.speaks(name, test.name), silent) for test in task.tests)
    if all(test.outcome == SILENT for test in tests):
        return TaskResult(None, task.max_points, MANUAL, tests)
    if not any(test.outcome == SILENT for test in tests):
        return dataclasses.replace(task, tests=tests)
    heard = task_from_tests(tests, task.max_points)
    return (
        heard if heard.status != GRADED or heard.decided else TaskResult(None, task.max_points, MANUAL, tests)
    )


def _redacted_test(test: TestResult, speaks: str, silent: set[str]) -> TestResult:
    if speaks == PUBLIC:
        return Silent(test.name, SILENT, 0.0, test.max_points)
    message = test.message
    if speaks != ALL and test.outcome in (PASSED, FAILED):
        message = PASS_FAIL_MESSAGE if test.outcome == FAILED else ""
    # a test that ran with a correct earlier task says so, and with it how that task fared
    lines = [line for line in message.split("\n") if not tells_of(line) & silent]
    return dataclasses.replace(test, message="\n".join(lines))
