"""What the reports of a class say together: the numbers of the class page, computed from the reports alone."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from autograder.grading.report import FAILED, GRADED, NOT_RUN, PENDING, Report, TaskResult

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
    """How the class did on a task. The counts are students for whom points are decided, all or some of them."""

    name: str
    max_points: float
    full: int
    """Those with all points that are decided."""
    partial: int
    none: int
    not_started: int
    """Of `none`, those whose cell is still the stub."""
    points: float
    """The sum of all points that were given."""
    decided: float
    """The sum of the points that are decided."""

    @property
    def graded(self) -> int:
        return self.full + self.partial + self.none

    @property
    def pass_rate(self) -> float | None:
        """The share of students with full points, from 0 to 1; None where nothing is decided."""
        return self.full / self.graded if self.graded else None

    @property
    def mean_points(self) -> float | None:
        return self.points / self.graded if self.graded else None

    @property
    def mean_decided(self) -> float | None:
        """What `mean_points` is out of: the task's points, less those that are pending."""
        return self.decided / self.graded if self.graded else None


@dataclass(frozen=True)
class Message:
    """Messages that differ only in numbers and in the student's own lines. `text` is one of them, word for word."""

    text: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class TestSummary:
    """A hidden test that somebody failed."""

    task: str
    name: str
    sentence: str
    """What the test asks, where all messages begin with it."""
    judged: int
    messages: tuple[Message, ...]
    """The most frequent first."""

    __test__ = False  # pytest would otherwise try to collect a class of this name

    @property
    def failed(self) -> int:
        return sum(len(message.students) for message in self.messages)


@dataclass(frozen=True)
class Pending:
    """Points of a task that are pending for these students, and why."""

    why: str
    task: str
    points: float
    """For each of them."""
    students: tuple[str, ...]


@dataclass(frozen=True)
class ClassSummary:
    reports: tuple[Report, ...]
    not_run: tuple[Report, ...]
    """Those of `reports` for which nothing was judged (no notebook, say): they count nowhere below but in `pending`
    and `repairs`."""
    shares: tuple[float, ...]
    """Sorted; of the graded points, from 0 to 1."""
    distribution: tuple[Bar, ...]
    tasks: tuple[TaskSummary, ...]
    tests: tuple[TestSummary, ...]
    """Those that fail most first."""
    pending: tuple[Pending, ...]
    repairs: tuple[tuple[str, tuple[str, ...]], ...]
    """A repair and the students for whom it was made, the most frequent first."""


def summarize(reports: Iterable[Report]) -> ClassSummary:
    reports = tuple(sorted(reports, key=lambda report: report.student))
    judged = [report for report in reports if report.sandbox != NOT_RUN]
    shares = sorted(report.score / report.max_score for report in judged if report.max_score)
    return ClassSummary(
        reports=reports,
        not_run=tuple(report for report in reports if report.sandbox == NOT_RUN),
        shares=tuple(shares),
        distribution=tuple(_distribution(shares)),
        tasks=tuple(_tasks(judged)),
        tests=tuple(sorted(_tests(judged), key=lambda test: (-test.failed / test.judged, test.name))),
        pending=tuple(_pending(reports)),
        repairs=tuple(_repairs(reports)),
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


def _tasks(reports: Sequence[Report]) -> Iterator[TaskSummary]:
    for name, max_points in _all_tasks(reports).items():
        results = [report.tasks[name] for report in reports if name in report.tasks]
        graded = [task for task in results if task.points is not None]
        full = sum(task.points >= task.decided * _FULL for task in graded)
        none = [task for task in graded if task.points == 0 and task.decided > 0]
        yield TaskSummary(
            name=name,
            max_points=max_points,
            full=full,
            partial=len(graded) - full - len(none),
            none=len(none),
            not_started=sum(_is_not_started(task) for task in none),
            points=sum(task.points for task in graded),
            decided=sum(task.decided for task in graded),
        )


def _all_tasks(reports: Sequence[Report]) -> dict[str, float]:
    return {name: task.max_points for report in reports for name, task in report.tasks.items()}


def _is_not_started(task: TaskResult) -> bool:
    return bool(task.tests) and all("Not started yet: " in test.message for test in task.tests)


def _tests(reports: Sequence[Report]) -> Iterator[TestSummary]:
    judged: Counter[tuple[str, str]] = Counter()
    failures: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for report in reports:
        for name, task in report.tasks.items():
            for test in task.tests:
                judged[name, test.name] += 1
                if test.outcome == FAILED:
                    failures[name, test.name].append((report.student, test.message))
    for (task, name), failed in failures.items():
        sentence = _common_first_line([message for _, message in failed])
        messages = [
            (student, message.removeprefix(sentence).lstrip("\n") or message) for student, message in failed
        ]
        yield TestSummary(task, name, sentence, judged[task, name], _grouped(messages))


def _common_first_line(messages: Sequence[str]) -> str:
    firsts = {message.split("\n", 1)[0] for message in messages}
    return firsts.pop() if len(firsts) == 1 and all("\n" in message for message in messages) else ""


def _grouped(messages: Iterable[tuple[str, str]]) -> tuple[Message, ...]:
    """Messages that differ in numbers or in the student's own lines alone are one."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for student, message in messages:
        text, _ = split_message(message)
        groups[_NUMBER.sub("#", text)].append((student, text))
    found = [Message(group[0][1], tuple(student for student, _ in group)) for group in groups.values()]
    return tuple(sorted(found, key=lambda message: (-len(message.students), message.text)))


def _pending(reports: Sequence[Report]) -> Iterator[Pending]:
    students: dict[tuple[str, str, float], list[str]] = defaultdict(list)
    for report in reports:
        for name, task in report.tasks.items():
            if task.status != GRADED:
                students[task.status, name, task.pending].append(report.student)
    for status, why in PENDING.items():
        for (found, name, points), names in students.items():
            if found == status:
                yield Pending(why, name, points, tuple(names))


def _repairs(reports: Sequence[Report]) -> Iterator[tuple[str, tuple[str, ...]]]:
    students: dict[str, list[str]] = defaultdict(list)
    for report in reports:
        for repair in dict.fromkeys(report.repairs):
            students[repair].append(report.student)
    for repair, names in sorted(students.items(), key=lambda item: (-len(item[1]), item[0])):
        yield repair, tuple(names)
