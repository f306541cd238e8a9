"""Judges many submissions: takes unchanged ones from the kept verdicts, and runs the others in parallel judge
processes.

Everything that needs no GPU comes first; then, if there is a GPU, what waits for it. The judges are processes of this
machine (local.py) or of a Dask cluster (cluster.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from autograder.batch.cache import Kept
from autograder.batch.submitted import Submitted, mistaken
from autograder.grading.assignment import Assignment, Refusal
from autograder.grading.report import (
    DEFERRED,
    FAILED,
    GRADED,
    NOT_RUN,
    Report,
    TaskResult,
    TestResult,
    left_open,
    task_from_tests,
)
from autograder.grading.submission import UnreadableSubmission, read


class JudgingRefused(Refusal):
    """Nothing can be judged here (no sandbox, a broken grader); the message is one sentence for the instructor."""


@dataclass(frozen=True)
class Verdict:
    """The result for one student. `problem` is set if there was no notebook of the assignment to judge."""

    submitted: Submitted
    report: Report
    fresh: bool = False
    problem: str = ""
    errors: tuple[str, ...] = ()
    """Bugs in the grader, for the instructor."""
    grounds: Mapping[str, str] = field(default_factory=dict)
    """What the verdict depends on, by name (cache.py)."""

    @property
    def student(self) -> str:
        return self.submitted.student


@dataclass(frozen=True, eq=False)
class Unit:
    """One piece of work for a judge: a submission without the tests that need a GPU, or some of those tests."""

    assignment: Assignment
    submitted: Submitted
    """One of the submissions with these cells; its `file` is not None."""
    grounds: Mapping[str, str]
    tests: tuple[str, ...] = ()
    """The tests that wait for a GPU, by name; without any, all others."""
    failed: tuple[str, ...] = ()
    """Tasks that failed their tests before: what builds on them is judged with the reference instead."""
    seed: int | None = None
    """The seed of its random numbers; by default, the one that all submissions of the run share."""

    def question(self, file: Path) -> dict[str, Any]:
        """The question to a judge process; `file` is the path under which that process finds the notebook."""
        question = {
            "assignment": self.assignment.name,
            "file": str(file),
            "tests": self.tests,
            "failed": self.failed,
        }
        return question if self.seed is None else question | {"seed": self.seed}


class Judges(Protocol):
    """Where units are judged: on this machine, or on a cluster."""

    has_gpu: bool

    def answers(
        self, units: Sequence[Unit], started: Callable[[Unit], None]
    ) -> Iterator[tuple[Unit, dict[str, Any]]]:
        """Each unit with its judge's answer, in the order in which they arrive: "report" and "errors", or "lost" with
        the reason.

        `started` is called when a judge begins, from any thread. Raises JudgingRefused.
        """


@dataclass(frozen=True)
class _Work:
    """One student's submission that is waiting for a verdict."""

    assignment: Assignment
    submitted: Submitted
    repairs: tuple[str, ...]
    problem: str
    grounds: Mapping[str, str]
    kept: Kept

    def verdict(self, report: Report, **facts: Any) -> Verdict:
        report = replace(report, student=self.submitted.student, repairs=self.repairs)
        return Verdict(self.submitted, report, problem=self.problem, grounds=self.grounds, **facts)

    def unit(self, tests: tuple[str, ...] = (), failed: tuple[str, ...] = ()) -> Unit:
        return Unit(self.assignment, self.submitted, self.grounds, tests, failed)


def judge(
    submitted: Iterable[tuple[Assignment, Submitted]],
    root: Path,
    judges: Judges,
    unconfined: bool = False,
    gpu_only: bool = False,
    started: Callable[[Unit], None] = lambda unit: None,
) -> Iterator[Verdict]:
    """Yields each submission's verdict as soon as it is known, the kept ones first.

    Args:
        root: the course folder; the kept verdicts are in its `reports/`.
        unconfined: accept a kept verdict that was reached without a sandbox.
        gpu_only: only what waits for a GPU is judged, and only those submissions get a verdict.
        started: called with each unit when a judge begins with it, from any thread.

    Raises:
        JudgingRefused: no sandbox, a broken grader, no cluster.
        OSError: a verdict cannot be saved; names the file.
    """
    kept: dict[str, Kept] = {}
    todo: dict[tuple[str, str], list[_Work]] = {}  # equal cells are judged once
    waiting: dict[tuple[str, str], tuple[Report, list[_Work]]] = {}  # for a GPU that is here
    for assignment, one in submitted:
        if assignment.name not in kept:
            kept[assignment.name] = Kept(root, assignment, unconfined)
        try:
            if one.file is None:
                raise UnreadableSubmission(one.problem)
            submission = read(one.file, assignment)
        except UnreadableSubmission as error:
            if not gpu_only:
                yield nothing(assignment, one, str(error))
            continue
        grounds = kept[assignment.name].grounds(submission)
        problem = mistaken(one.file, assignment.name, root)
        repairs = (*filter(None, [problem]), *one.notes, *submission.repairs)
        work = _Work(assignment, one, repairs, problem, grounds, kept[assignment.name])
        report = work.kept.load(grounds, anywhere=gpu_only)
        key = assignment.name, submission.digest
        if report is not None and _deferred(report) and judges.has_gpu:
            waiting.setdefault(key, (report, []))[1].append(work)
        elif report is not None and not gpu_only:
            yield work.verdict(report)
        elif report is None and not gpu_only:
            todo.setdefault(key, []).append(work)

    units = {works[0].unit(): works for works in todo.values()}
    for unit, answer in judges.answers(list(units), started):
        works = units[unit]
        report, errors = outcome(unit, answer)
        works[0].kept.save(unit.grounds, report)
        if _deferred(report) and judges.has_gpu:
            waiting[unit.assignment.name, unit.grounds["submission"]] = report, works
        else:
            yield from (work.verdict(report, fresh=True, errors=errors) for work in works)

    units = {
        works[0].unit(_deferred(report), _failed(report)): (report, works)
        for report, works in waiting.values()
    }
    for unit, answer in judges.answers(list(units), started):
        before, works = units[unit]
        report, errors = outcome(unit, answer)
        report = _settled(before, report)
        works[0].kept.amend(unit.grounds, report)
        yield from (work.verdict(report, fresh=True, errors=errors) for work in works)


def _deferred(report: Report) -> tuple[str, ...]:
    """The tests that wait for a GPU."""
    tests = (test for task in report.tasks.values() for test in task.tests)
    return tuple(test.name for test in tests if test.outcome == DEFERRED)


def _failed(report: Report) -> tuple[str, ...]:
    """The tasks that failed a test of their own."""
    tasks = report.tasks.items()
    return tuple(name for name, task in tasks if any(test.outcome == FAILED for test in task.tests))


def _settled(before: Report, gpu: Report) -> Report:
    """The earlier report, with the deferred tests replaced by those that a GPU has now decided."""
    tasks = dict(before.tasks)
    for name, found in gpu.tasks.items():
        task = before.tasks[name]
        decided = {test.name: test for test in found.tests}
        if decided.keys() & {test.name for test in task.tests}:
            tests = [decided.get(test.name, test) for test in task.tests]
            tasks[name] = task_from_tests(tests, task.max_points)
    sandbox = "none" if gpu.sandbox == "none" else before.sandbox
    return replace(before, tasks=tasks, sandbox=sandbox, seconds=before.seconds + gpu.seconds)


def outcome(unit: Unit, answer: dict[str, Any]) -> tuple[Report, tuple[str, ...]]:
    """The report in an answer, or one that leaves everything to the instructor; and the bugs in the grader."""
    why = answer.get("lost")
    if why is None and answer["submission"] != unit.grounds["submission"]:
        why = "The notebook changed while it was judged: grade again."
    if why is None:
        return Report.from_json(answer["report"]), tuple(answer["errors"])

    return left_open(unit.assignment, why), (why,)


def nothing(assignment: Assignment, submitted: Submitted, problem: str) -> Verdict:
    """No notebook, no points; every task says why."""
    tasks = {
        name: TaskResult(
            0.0, task.points, GRADED, (TestResult("notebook", FAILED, 0.0, task.points, problem),)
        )
        for name, task in assignment.tasks.items()
    }
    report = Report(assignment.name, submitted.student, tasks, NOT_RUN, 0.0, (*submitted.notes, problem))
    return Verdict(submitted, report, problem=problem, grounds={"submission": problem})
