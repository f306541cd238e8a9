"""Summarizes the marks and reports of a class: the numbers of the class page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import StatisticsError, correlation

from autograder.gradebook.class_marks import Graded
from autograder.gradebook.marks import Mark
from autograder.grading.report import FAILED, GRADED, MANUAL, NOT_RUN, PASSED, PENDING, Report, TaskResult

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\b(?:nan|inf)\b")
_TRACEBACK = re.compile(r"  in the cell (?P<cell>.+), line (?P<number>\d+): (?P<code>.*)")
_FULL = 1 - 1e-9  # points are sums of floats
_BINS = 10


@dataclass(frozen=True)
class Bar:
    """One bar of the distribution: students whose share of the decided points is in [low, high) percent."""

    label: str
    students: int


@dataclass(frozen=True)
class TaskSummary:
    """How the class did on a task. The counts are of students for whom all or some points are decided."""

    name: str
    max_points: float
    full: int
    """Students with all of the decided points."""
    partial: int
    none: int
    not_started: int
    """The students in `none` whose cell is still the stub."""
    points: float
    """The sum of all points that were given."""
    decided: float
    """The sum of the points that are decided."""

    @property
    def graded(self) -> int:
        return self.full + self.partial + self.none

    @property
    def pass_rate(self) -> float | None:
        """The share of students with full points, from 0 to 1; None if nothing is decided."""
        return self.full / self.graded if self.graded else None

    @property
    def mean_points(self) -> float | None:
        return self.points / self.graded if self.graded else None

    @property
    def mean_decided(self) -> float | None:
        """What `mean_points` is out of: the task's points without the pending ones."""
        return self.decided / self.graded if self.graded else None


@dataclass(frozen=True)
class Message:
    """Messages that differ only in numbers and in the student's own lines. `text` is one of them, unchanged."""

    text: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class TestSummary:
    """A hidden test that somebody failed."""

    task: str
    name: str
    sentence: str
    """The test's own sentence, if all messages begin with it."""
    judged: int
    """Students for whom it passed or failed."""
    messages: tuple[Message, ...]
    """The most frequent first."""

    __test__ = False  # pytest would otherwise try to collect a class of this name

    @property
    def students(self) -> tuple[str, ...]:
        """The students who failed it."""
        return tuple(sorted(student for message in self.messages for student in message.students))

    @property
    def failed(self) -> int:
        return len(self.students)


@dataclass(frozen=True)
class Item:
    """A hidden test as an item in the sense of test theory. Only students for whom it passed or failed count."""

    task: str
    name: str
    judged: int
    passed: float
    """The share of students who pass: the test's difficulty; 1 is the easiest."""
    discrimination: float | None
    """The correlation of passing with the points of all other tests; None if one of the two never varies."""


@dataclass(frozen=True)
class Pending:
    """Points of a task that are pending for these students, with the reason."""

    why: str
    task: str
    points: float
    """The points for each of them."""
    students: tuple[str, ...]


@dataclass(frozen=True)
class ClassSummary:
    reports: tuple[Report, ...]
    unread: tuple[Report, ...]
    """The `reports` without a readable notebook: below, they count only in `pending` and `repairs`. Students who are
    excused or have withdrawn count only in `repairs`."""
    students: tuple[Graded, ...]
    """Everybody, by name, including those who are only in the gradebook."""
    shares: tuple[float, ...]
    """Sorted shares of the graded points, from 0 to 1."""
    distribution: tuple[Bar, ...]
    tasks: tuple[TaskSummary, ...]
    tests: tuple[tuple[TestSummary, ...], ...]
    """Those that fail most often come first; tests of one task that fail for exactly the same students are together."""
    items: tuple[Item, ...]
    """Every hidden test, in the order of the tasks."""
    pending: tuple[Pending, ...]
    repairs: tuple[tuple[str, tuple[str, ...]], ...]
    """Each repair with the students for whom it was made, the most frequent first."""


def is_unread(report: Report) -> bool:
    """Whether there was no readable notebook. If a judge was lost instead, the tasks are still open."""
    return report.sandbox == NOT_RUN and all(task.status == GRADED for task in report.tasks.values())


def summarize(students: Iterable[Graded]) -> ClassSummary:
    students = tuple(sorted(students, key=lambda one: one.student))
    reported = [one for one in students if one.report is not None]
    counted = [one for one in reported if one.mark.counts]
    judged = [one for one in counted if not is_unread(one.report)]
    judged_reports = [one.report for one in judged]
    shares = sorted(one.mark.score / one.mark.max_score for one in judged if one.mark.max_score)
    return ClassSummary(
        reports=tuple(one.report for one in reported),
        unread=tuple(one.report for one in reported if is_unread(one.report)),
        students=students,
        shares=tuple(shares),
        distribution=tuple(_distribution(shares)),
        tasks=tuple(_tasks(judged)),
        tests=tuple(_failing_together(_tests(judged_reports))),
        items=tuple(_items(judged_reports)),
        pending=tuple(_pending(counted)),
        repairs=tuple(_repairs(one.report for one in reported)),
    )


def split_message(message: str) -> tuple[str, list[tuple[str, int, str]]]:
    """A message's sentences, and the student's own lines of the traceback in it: cell, line number, code."""
    sentences, lines = [], []
    for line in message.split("\n"):
        if match := _TRACEBACK.fullmatch(line):
            lines.append((match["cell"], int(match["number"]), match["code"]))
        else:
            sentences.append(line)
    return "\n".join(sentences), lines


def _distribution(shares: Sequence[float]) -> Iterator[Bar]:
    """Ten bars of ten percent each, and one for full marks."""
    counts = Counter(_BINS if share >= _FULL else int(share * _BINS) for share in shares)
    for place in range(_BINS):
        yield Bar(f"{place * 100 // _BINS}\N{EN DASH}{(place + 1) * 100 // _BINS}", counts[place])
    yield Bar("full", counts[_BINS])


def _tasks(students: Sequence[Graded]) -> Iterator[TaskSummary]:
    for name, max_points in _all_tasks(students).items():
        marked = [(one.mark.tasks[name], one.report) for one in students if name in one.mark.tasks]
        graded = [(task, report) for task, report in marked if task.points is not None]
        full = sum(task.points >= task.decided * _FULL for task, _ in graded)
        none = [report for task, report in graded if task.points == 0 and task.decided > 0]
        yield TaskSummary(
            name=name,
            max_points=max_points,
            full=full,
            partial=len(graded) - full - len(none),
            none=len(none),
            not_started=sum(_is_not_started(report.tasks.get(name)) for report in none),
            points=sum(task.points for task, _ in graded),
            decided=sum(task.decided for task, _ in graded),
        )


def _all_tasks(students: Sequence[Graded]) -> dict[str, float]:
    return {name: task.max_points for one in students for name, task in one.mark.tasks.items()}


def _is_not_started(task: TaskResult | None) -> bool:
    return (
        task is not None
        and bool(task.tests)
        and all("Not started yet: " in test.message for test in task.tests)
    )


def _tests(reports: Sequence[Report]) -> Iterator[TestSummary]:
    judged: Counter[tuple[str, str]] = Counter()
    failures: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for report in reports:
        for name, task in report.tasks.items():
            for test in task.tests:
                judged[name, test.name] += test.outcome in (PASSED, FAILED)
                if test.outcome == FAILED:
                    failures[name, test.name].append((report.student, test.message))
    for (task, name), failed in failures.items():
        sentence = _common_first_line([message for _, message in failed])
        messages = [
            (student, message.removeprefix(sentence).lstrip("\n") or message) for student, message in failed
        ]
        yield TestSummary(task, name, sentence, judged[task, name], _grouped(messages))


def _failing_together(tests: Iterable[TestSummary]) -> list[tuple[TestSummary, ...]]:
    def together(test: TestSummary) -> tuple:
        return (-test.failed / test.judged, test.task, test.students)

    ordered = sorted(tests, key=lambda test: (*together(test), test.name))
    return [tuple(group) for _, group in groupby(ordered, key=together)]


def _items(reports: Sequence[Report]) -> Iterator[Item]:
    results: dict[tuple[str, str], list[tuple[bool, float]]] = defaultdict(list)
    for report in reports:
        tests = [(task, test) for task, result in report.tasks.items() for test in result.tests]
        total = sum(test.points for _, test in tests)
        for task, test in tests:
            if test.outcome in (PASSED, FAILED):
                results[task, test.name].append((test.outcome == PASSED, total - test.points))
    for (task, name), found in results.items():
        passed = [float(has_passed) for has_passed, _ in found]
        try:
            discrimination = correlation(passed, [others for _, others in found])
        except StatisticsError:  # fewer than two students, or no variation
            discrimination = None
        yield Item(task, name, len(found), sum(passed) / len(passed), discrimination)


def _common_first_line(messages: Sequence[str]) -> str:
    firsts = {message.split("\n", 1)[0] for message in messages}
    return firsts.pop() if len(firsts) == 1 and all("\n" in message for message in messages) else ""


def _grouped(messages: Iterable[tuple[str, str]]) -> tuple[Message, ...]:
    """Combines messages that differ only in numbers or in the student's own lines."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for student, message in messages:
        text, _ = split_message(message)
        groups[_NUMBER.sub("#", text)].append((student, text))
    found = [Message(group[0][1], tuple(student for student, _ in group)) for group in groups.values()]
    return tuple(sorted(found, key=lambda message: (-len(message.students), message.text)))


def _pending(students: Sequence[Graded]) -> Iterator[Pending]:
    waiting: dict[tuple[str, str, float], list[str]] = defaultdict(list)
    for one in students:
        for name, task in one.mark.tasks.items():
            if task.pending:
                waiting[why_pending(one.mark, one.report, name), name, task.undecided].append(one.student)
    for why in (*PENDING.values(), LOOK_AGAIN, ASKED):
        for (found, name, points), names in waiting.items():
            if found == why:
                yield Pending(why, name, points, tuple(names))


LOOK_AGAIN = "changed since the instructor graded it"
ASKED = "a regrade request is open"


def why_pending(mark: Mark, report: Report | None, name: str) -> str:
    """Why the points of a task can still change."""
    if mark.has_changed(name):
        return LOOK_AGAIN
    if mark.is_asked_for(name) and not mark.tasks[name].undecided:
        return ASKED
    result = report.tasks.get(name) if report is not None else None
    return PENDING.get(result.status if result is not None else MANUAL, PENDING[MANUAL])


def _repairs(reports: Iterable[Report]) -> Iterator[tuple[str, tuple[str, ...]]]:
    students: dict[str, list[str]] = defaultdict(list)
    for report in reports:
        for repair in dict.fromkeys(report.repairs):
            students[repair].append(report.student)
    for repair, names in sorted(students.items(), key=lambda item: (-len(item[1]), item[0])):
        yield repair, tuple(names)
