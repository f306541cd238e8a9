"""Judges many submissions: unchanged ones from the kept verdicts, the others side by side in judge processes.

Each judge process has a fork server of its own and works on one core. One that dies costs a second try, then an
error that a person sees; it never costs another submission anything.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.assignment import REPOSITORY, Assignment
from autograder.collecting import HandedIn
from autograder.kept import Kept
from autograder.report import ERROR, FAILED, GRADED, MANUAL, Report, TaskResult, TestResult
from autograder.submission import Submission, UnreadableSubmission, read

_TRIES = 2
_PATIENCE = 1800.0
"""Seconds after which a judge process is given up. Sandbox limits end a submission long before."""


class JudgingRefused(Exception):
    """Nothing can be judged here (no sandbox, a broken grader); one sentence for the instructor."""


@dataclass(frozen=True)
class Verdict:
    """What came out for one student. `problem` is set where there was no notebook to judge."""

    handed_in: HandedIn
    report: Report
    fresh: bool = False
    problem: str = ""
    errors: tuple[str, ...] = ()
    """Faults of the grader itself, for a person."""

    @property
    def student(self) -> str:
        return self.handed_in.student


@dataclass(frozen=True)
class _Work:
    handed_in: HandedIn
    submission: Submission
    key: str


def judge(
    assignment: Assignment,
    handed_in: list[HandedIn],
    root: Path,
    jobs: int | None = None,
    sandbox: str | None = None,
) -> Iterator[Verdict]:
    """Yields a verdict for each submission as soon as it is there: the kept ones first.

    Raises:
        JudgingRefused: no sandbox here, or the grader file is broken.
    """
    kept = Kept(root, assignment, unconfined=sandbox == "none")
    waiting: dict[str, list[_Work]] = {}
    for one in handed_in:
        try:
            if one.file is None:
                raise UnreadableSubmission(one.problem)
            submission = read(one.file, assignment)
        except UnreadableSubmission as error:
            yield Verdict(one, _nothing(assignment, one, str(error)), problem=str(error))
            continue
        work = _Work(one, submission, kept.key(submission))
        report = kept.load(work.key)
        if report is None:
            waiting.setdefault(work.key, []).append(work)  # equal cells are judged once
        else:
            yield Verdict(one, _labelled(report, work))
    for key, report, errors in _judge_side_by_side(assignment, waiting, jobs, sandbox):
        kept.save(key, report)
        for work in waiting[key]:
            yield Verdict(work.handed_in, _labelled(report, work), fresh=True, errors=errors)


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _labelled(report: Report, work: _Work) -> Report:
    repairs = (*work.handed_in.notes, *work.submission.repairs)
    return replace(report, student=work.handed_in.student, repairs=repairs)


def _nothing(assignment: Assignment, handed_in: HandedIn, problem: str) -> Report:
    """No notebook, no points; the sentence that says why stands in every task."""
    tasks = {
        name: TaskResult(
            0.0, task.points, GRADED, (TestResult("notebook", FAILED, 0.0, task.points, problem),)
        )
        for name, task in assignment.tasks.items()
    }
    return Report(assignment.name, handed_in.student, tasks, "not run", 0.0, (*handed_in.notes, problem))


def _given_up(assignment: Assignment, why: str) -> Report:
    def result(points: float, kind: str) -> TaskResult:
        if kind == "written":
            return TaskResult(None, points, MANUAL)
        return TaskResult(None, points, ERROR, (TestResult("judge", ERROR, 0.0, points, why),))

    tasks = {name: result(task.points, task.kind) for name, task in assignment.tasks.items()}
    return Report(assignment.name, "", tasks, "not run", 0.0)


def _judge_side_by_side(
    assignment: Assignment, waiting: dict[str, list[_Work]], jobs: int | None, sandbox: str | None
) -> Iterator[tuple[str, Report, tuple[str, ...]]]:
    todo: queue.SimpleQueue[str] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[str, Report, tuple[str, ...]] | BaseException] = queue.SimpleQueue()
    for key in waiting:
        todo.put(key)
    seed = secrets.randbits(62)  # one for all: nobody meets easier numbers than the next
    teams = [_Team(assignment, sandbox, seed) for _ in range(min(jobs or cores(), len(waiting)))]

    def work(team: _Team) -> None:
        try:
            while True:
                key = todo.get_nowait()
                done.put((key, *team.grade(waiting[key][0].handed_in.file)))
        except queue.Empty:
            pass
        except BaseException as error:
            done.put(error)
        finally:
            team.close()

    threads = [threading.Thread(target=work, args=(team,), daemon=True) for team in teams]
    try:
        for thread in threads:
            thread.start()
        for _ in waiting:
            result = done.get()
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        for team in teams:
            team.close()
        for thread in threads:
            thread.join()


class _Team:
    """One judge process at a time, and another one when it dies."""

    def __init__(self, assignment: Assignment, sandbox: str | None, seed: int) -> None:
        self._assignment = assignment
        self._setup = {
            "assignment": assignment.name,
            "root": str(assignment.root),
            "graders": str(assignment.graders_folder),
            "sandbox": sandbox,
            "seed": seed,
        }
        self._process: subprocess.Popen[str] | None = None
        self._closed = False
        self._lock = threading.Lock()

    def grade(self, file: Path) -> tuple[Report, tuple[str, ...]]:
        for _ in range(_TRIES):
            answer = self._ask(file)
            if answer is None:
                continue
            if "refused" in answer:
                raise JudgingRefused(answer["refused"])
            return Report.from_json(answer["report"]), tuple(answer["errors"])
        why = f"The judge process ended {_TRIES} times while it worked on this submission."
        return _given_up(self._assignment, why), (why,)

    def _ask(self, file: Path) -> dict | None:
        """The process's answer, or None when it died over the question."""
        process = self._start()
        watch = threading.Timer(_PATIENCE, process.kill)
        watch.start()
        try:
            with contextlib.suppress(OSError):  # it refused at its start: the answer is there already
                process.stdin.write(json.dumps(str(file)) + "\n")
                process.stdin.flush()
            return json.loads(process.stdout.readline())
        except (OSError, ValueError):
            self._end()
            return None
        finally:
            watch.cancel()

    def _start(self) -> subprocess.Popen[str]:
        with self._lock:
            if self._closed:
                raise JudgingRefused("grading was stopped")
            if self._process is None:
                self._process = _start_process(self._setup)
            return self._process

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            with contextlib.suppress(OSError):  # a question that was never read
                process.stdin.close()
            process.stdout.close()

    def close(self) -> None:
        self._closed = True
        with self._lock:
            process = self._process
        if process is not None and process.poll() is None:
            process.kill()


def _start_process(setup: dict[str, Any]) -> subprocess.Popen[str]:
    one_core = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder.judge_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, **one_core, "PYTHONPATH": path},
        start_new_session=True,  # Ctrl-C reaches the run, which then ends its judges
    )
    with contextlib.suppress(OSError):
        process.stdin.write(json.dumps(setup) + "\n")  # not an argument: the seed is a secret
        process.stdin.flush()
    return process
