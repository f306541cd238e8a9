"""Who gained or lost points since the last run, and why: which tests changed, and what they depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.grading.report import DEFERRED, ERROR, Report, TaskResult, number

_REASONS = {
    "submission": "the submission changed",
    "grader": "the grader changed",
    "release": "the release or its solution changed",
    "code": "the judging code changed",
    "data": "the data changed",
    "libraries": "the libraries changed",
}


@dataclass(frozen=True)
class Judged:
    """A student's report, and what it depends on (batch/cache.py)."""

    report: Report
    grounds: Mapping[str, str]


@dataclass(frozen=True)
class Change:
    student: str
    points: str
    """Decided points, such as "21 -> 24.5"."""
    why: str
    tasks: tuple[str, ...]
    """A sentence for each task whose points changed."""


def change(before: Judged, now: Judged) -> Change | None:
    """What a student gained or lost; None if every task has the same points as before."""
    old, new = before.report, now.report
    tasks = tuple(
        sentence
        for name in dict.fromkeys((*old.tasks, *new.tasks))
        if (sentence := _task(name, old.tasks.get(name), new.tasks.get(name)))
    )
    if not tasks:
        return None
    points = f"{number(old.score)} -> {number(new.score)}"
    return Change(new.student, points, _why(before, now), tasks)


def _why(before: Judged, now: Judged) -> str:
    both = before.grounds.keys() & now.grounds.keys()  # nothing else is known of an unreadable file
    reasons = [
        reason
        for name, reason in _REASONS.items()
        if name in both and before.grounds[name] != now.grounds[name]
    ]
    if reasons:
        return ", ".join(reasons)
    statuses = {task.status for task in before.report.tasks.values()}
    if ERROR in statuses:
        return "judged again after the grader's own fault"
    if DEFERRED in statuses:
        return "a GPU judged what waited for one"
    return "judged again"


def _task(name: str, old: TaskResult | None, new: TaskResult | None) -> str:
    if old is None or new is None:
        return f"{name}: {'a new task' if old is None else 'no longer a task'}"
    if (old.points, old.pending, old.status) == (new.points, new.pending, new.status):
        return ""
    points = f"{name} {_points(old)} -> {_points(new)}"
    before, now = ({test.name: test for test in task.tests} for task in (old, new))
    if not before.keys() & now.keys():  # for example, one of the two is for an unreadable file
        return points
    tests = [
        f"{test.name} {before[test.name].outcome} -> {test.outcome}"
        if test.name in before
        else f"{test.name} is new, {test.outcome}"
        for test in new.tests
        if test.name not in before or before[test.name].outcome != test.outcome
    ]
    tests += [f"{name} is gone" for name in before if name not in now]
    return f"{points}: {', '.join(tests) or 'its tests give other points'}"


def _points(task: TaskResult) -> str:
    if task.points is None:
        return "pending"
    return f"{number(task.points)} (+{number(task.pending)} pending)" if task.pending else number(task.points)
