"""Gradings by the thousand: one judge per core, and every outcome is saved to disk at once.

An outcome is kept by the hash of all that decides it (autograder/batch/cache.py): a stopped run continues where it was,
and after a change to a grader only its own assignment is graded again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import multiprocessing
import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.batch.cache import grounds_of, write_json
from autograder.grading.assignment import Assignment
from autograder.grading.judge import Judge
from autograder.grading.report import PASSED, Report
from autograder.grading.submission import Submission, UnreadableSubmission, read
from autograder.sandbox.faults import SandboxUnavailable
from corpora import corpus

OUTCOMES = corpus.REPOSITORY / ".cache" / "validity"
CELL_SECONDS = 5.0
"""CPU seconds a cell may take here: there are dozens of mutated loops that never end."""
QUEUED = 32
"""Gradings sent to the judges at a time."""


@dataclass(frozen=True, eq=False)
class Grading:
    """One submission to be graded, and how."""

    case: corpus.Case
    seed: int = 0
    only: frozenset[str] | None = None
    until_failure: bool = False
    label: str = ""
    """Distinguishes this grading from an equal one that was made under other circumstances."""
    afresh: bool = False
    """Whether to grade it again although an outcome is kept: for attacks, whose traces are looked for."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a grading."""

    report: Report | None
    """None if the submission was refused as unreadable."""
    errors: tuple[str, ...]
    """Bugs in the grader."""

    def full_marks(self, tasks: Iterable[str]) -> bool:
        """Whether every decided test of these tasks passed; tests that wait for a GPU are not decided."""
        tests = [test for name in tasks for test in self.report.tasks[name].tests]
        return all(test.outcome in (PASSED, "deferred") for test in tests) and not self.errors

    def points(self) -> dict[str, float | None]:
        """The decided points of each coding task."""
        return {name: task.points for name, task in self.report.tasks.items() if task.status != "manual"}


def judges(jobs: int | None = None) -> ProcessPoolExecutor:
    """Processes with one judge each; by default, one for each core. Use as a context manager."""
    jobs = jobs or len(os.sched_getaffinity(0))
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_with_the_run)


def grade_all(gradings: Iterable[Grading], pool: ProcessPoolExecutor) -> Iterator[tuple[Grading, Outcome]]:
    """The outcomes, in the order in which they arrive."""
    waiting = iter(gradings)
    running: dict[Future[Outcome], Grading] = {}
    try:
        while True:
            # only as many as keep the judges busy: stopping early leaves little behind
            for grading in itertools.islice(waiting, QUEUED - len(running)):
                running[pool.submit(_portable(grading).outcome)] = grading
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()
    finally:
        for future in running:
            future.cancel()


@dataclass(frozen=True)
class _Portable:
    """A grading in a form that can be sent to another process: a case with `mangle` has a function, so its file is
    sent."""

    grading: Grading
    file: Path | None

    def outcome(self) -> Outcome:
        case = corpus.load(self.file) if self.file else self.grading.case
        return _outcome(dataclasses.replace(self.grading, case=case))


def _portable(grading: Grading) -> _Portable:
    if grading.case.mangle is None:
        return _Portable(grading, None)
    return _Portable(
        dataclasses.replace(grading, case=dataclasses.replace(grading.case, mangle=None)), grading.case.path
    )


# ---- in the pool's processes


def _end_with_the_run() -> None:
    """Ends this process once the one that started it has ended, even if it was killed: nothing else would."""

    def wait() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _outcome(grading: Grading) -> Outcome:
    case = grading.case
    assignment = _load_assignment(case.assignment)
    try:
        submission = read(case.notebook(), assignment)
    except UnreadableSubmission:
        return Outcome(None, ())
    decides = {
        **_grounds_of(case.assignment),
        "submission": submission.digest,
        "seed": grading.seed,
        "only": sorted(grading.only or []),
        "until_failure": grading.until_failure,
        "label": grading.label,
        "cell_seconds": CELL_SECONDS,
    }
    key = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
    file = OUTCOMES / case.assignment / f"{key}.json"
    try:
        if not grading.afresh:
            content = json.loads(file.read_text(encoding="utf-8"))
            return Outcome(Report.from_json(content["report"]), tuple(content["errors"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not graded yet
    try:
        outcome = _grade(submission, grading)
    except SandboxUnavailable:  # the fork server has ended: try once more with a new judge
        _judge().close()
        _judge.cache_clear()
        outcome = _grade(submission, grading)
    write_json(file, {"report": outcome.report.to_json(), "errors": list(outcome.errors)})
    return outcome


def _grade(submission: Submission, grading: Grading) -> Outcome:
    judge = _judge()
    judge.errors.clear()
    report = judge.grade(
        submission,
        _load_assignment(grading.case.assignment),
        seed=grading.seed,
        only=grading.only,
        until_failure=grading.until_failure,
    )
    return Outcome(report, tuple(judge.errors))


_load_assignment = cache(Assignment.load)


@cache
def _grounds_of(name: str) -> dict[str, str]:
    return grounds_of(_load_assignment(name))


@cache
def _judge() -> Judge:
    """This process's judge. Its fork server ends when this process does."""
    from autograder.grading import judge

    judge.CELL_SECONDS = CELL_SECONDS
    return Judge()
