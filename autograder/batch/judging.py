"""Judges many submissions: unchanged ones from the kept verdicts, the others side by side in judge processes.

First comes all that needs no GPU, then, where there is one, what waits for it. Each judge process has a fork server
of its own and works on one core, here or on a worker of a cluster (cluster.py). One that dies costs a second try,
then an error that a person sees; it never costs another submission anything.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from autograder.batch.cache import Kept
from autograder.batch.submitted import HandedIn
from autograder.grading.assignment import REPOSITORY, Assignment
from autograder.grading.report import (
    DEFERRED,
    ERROR,
    FAILED,
    GRADED,
    MANUAL,
    Report,
    TaskResult,
    TestResult,
    task_from_tests,
)
from autograder.grading.submission import UnreadableSubmission, read

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
    grounds: Mapping[str, str] = field(default_factory=dict)
    """What the verdict hangs on, by name (cache.py)."""

    @property
    def student(self) -> str:
        return self.handed_in.student


@dataclass(frozen=True, eq=False)
class Unit:
    """What one judge does in one go: a submission without the tests that need a GPU, or some of those."""

    assignment: Assignment
    handed_in: HandedIn
    """One of those that hold these cells; `file` is there."""
    grounds: Mapping[str, str]
    tests: tuple[str, ...] = ()
    """The tests that wait for a GPU, by name; without any, all others."""
    failed: tuple[str, ...] = ()
    """Tasks that failed their tests before: what builds on them is judged with the reference in their place."""

    def question(self, file: Path) -> dict[str, Any]:
        """What a judge process is asked; `file` is the notebook as that process reaches it."""
        return {
            "assignment": self.assignment.name,
            "file": str(file),
            "tests": self.tests,
            "failed": self.failed,
        }


class Judges(Protocol):
    """Where units are judged: on this machine, or on a cluster."""

    has_gpu: bool

    def answers(
        self, units: Sequence[Unit], started: Callable[[Unit], None]
    ) -> Iterator[tuple[Unit, dict[str, Any]]]:
        """Each unit with its judge's answer, as they come: "report" and "errors", or "lost" with the reason.

        `started` is called when a judge begins, from any thread. Raises JudgingRefused.
        """


@dataclass(frozen=True)
class _Work:
    """One student's submission on its way to a verdict."""

    assignment: Assignment
    handed_in: HandedIn
    repairs: tuple[str, ...]
    grounds: Mapping[str, str]
    kept: Kept

    def verdict(self, report: Report, **facts: Any) -> Verdict:
        report = replace(report, student=self.handed_in.student, repairs=self.repairs)
        return Verdict(self.handed_in, report, grounds=self.grounds, **facts)

    def unit(self, tests: tuple[str, ...] = (), failed: tuple[str, ...] = ()) -> Unit:
        return Unit(self.assignment, self.handed_in, self.grounds, tests, failed)


def judge(
    handed_in: Iterable[tuple[Assignment, HandedIn]],
    root: Path,
    judges: Judges,
    unconfined: bool = False,
    gpu_only: bool = False,
    started: Callable[[Unit], None] = lambda unit: None,
) -> Iterator[Verdict]:
    """Yields a verdict for each submission as soon as it is there: the kept ones first.

    Args:
        root: the course folder; the kept verdicts lie in its `reports/`.
        unconfined: a kept verdict that was reached without a sandbox will do.
        gpu_only: only what waits for a GPU is judged, and only those submissions get a verdict.
        started: told of each unit when a judge begins with it, from any thread.

    Raises:
        JudgingRefused: no sandbox, a broken grader, no cluster.
        OSError: a verdict cannot be kept; names the file.
    """
    kept: dict[str, Kept] = {}
    todo: dict[tuple[str, str], list[_Work]] = {}  # equal cells are judged once
    waiting: dict[tuple[str, str], tuple[Report, list[_Work]]] = {}  # for a GPU, and there is one
    for assignment, one in handed_in:
        if assignment.name not in kept:
            kept[assignment.name] = Kept(root, assignment, unconfined)
        try:
            if one.file is None:
                raise UnreadableSubmission(one.problem)
            submission = read(one.file, assignment)
        except UnreadableSubmission as error:
            if not gpu_only:
                yield _nothing(assignment, one, str(error))
            continue
        grounds = kept[assignment.name].grounds(submission)
        work = _Work(assignment, one, (*one.notes, *submission.repairs), grounds, kept[assignment.name])
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
        report, errors = _outcome(unit, answer)
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
        report, errors = _outcome(unit, answer)
        report = _settled(before, report)
        works[0].kept.amend(unit.grounds, report)
        yield from (work.verdict(report, fresh=True, errors=errors) for work in works)


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _deferred(report: Report) -> tuple[str, ...]:
    """The tests that wait for a GPU."""
    tests = (test for task in report.tasks.values() for test in task.tests)
    return tuple(test.name for test in tests if test.outcome == DEFERRED)


def _failed(report: Report) -> tuple[str, ...]:
    """The tasks that failed a test of their own."""
    tasks = report.tasks.items()
    return tuple(name for name, task in tasks if any(test.outcome == FAILED for test in task.tests))


def _settled(before: Report, gpu: Report) -> Report:
    """The earlier report with the tests that a GPU has now decided in the place of the deferred ones."""
    tasks = dict(before.tasks)
    for name, found in gpu.tasks.items():
        task = before.tasks[name]
        decided = {test.name: test for test in found.tests}
        if decided.keys() & {test.name for test in task.tests}:
            tests = [decided.get(test.name, test) for test in task.tests]
            tasks[name] = task_from_tests(tests, task.max_points)
    sandbox = "none" if gpu.sandbox == "none" else before.sandbox
    return replace(before, tasks=tasks, sandbox=sandbox, seconds=before.seconds + gpu.seconds)


def _outcome(unit: Unit, answer: dict[str, Any]) -> tuple[Report, tuple[str, ...]]:
    """The report that an answer holds, or one that leaves all to a person; and the grader's own faults."""
    why = answer.get("lost")
    if why is None and answer["submission"] != unit.grounds["submission"]:
        why = "The notebook changed while it was judged: grade again."
    if why is None:
        return Report.from_json(answer["report"]), tuple(answer["errors"])

    def open_task(points: float, kind: str) -> TaskResult:
        if kind == "written":
            return TaskResult(None, points, MANUAL)
        return TaskResult(None, points, ERROR, (TestResult("judge", ERROR, 0.0, points, why),))

    tasks = {name: open_task(task.points, task.kind) for name, task in unit.assignment.tasks.items()}
    return Report(unit.assignment.name, "", tasks, "not run", 0.0), (why,)


def _nothing(assignment: Assignment, handed_in: HandedIn, problem: str) -> Verdict:
    """No notebook, no points; the sentence that says why stands in every task."""
    tasks = {
        name: TaskResult(
            0.0, task.points, GRADED, (TestResult("notebook", FAILED, 0.0, task.points, problem),)
        )
        for name, task in assignment.tasks.items()
    }
    report = Report(assignment.name, handed_in.student, tasks, "not run", 0.0, (*handed_in.notes, problem))
    return Verdict(handed_in, report, problem=problem, grounds={"submission": problem})


class LocalJudges:
    """Judge processes on this machine, each with a thread that asks it."""

    def __init__(self, root: Path, jobs: int | None = None, sandbox: str | None = None) -> None:
        """`jobs`: how many side by side; as many as cores by default."""
        self._jobs = jobs or cores()
        self._setup = setup(root, sandbox)

    @cached_property
    def has_gpu(self) -> bool:
        import torch  # seconds: only where a verdict waits for a GPU

        return torch.cuda.is_available()

    def answers(
        self, units: Sequence[Unit], started: Callable[[Unit], None]
    ) -> Iterator[tuple[Unit, dict[str, Any]]]:
        if not units:
            return
        todo: queue.SimpleQueue[Unit] = queue.SimpleQueue()
        done: queue.SimpleQueue[tuple[Unit, dict[str, Any]] | BaseException] = queue.SimpleQueue()
        for unit in units:
            todo.put(unit)
        names = sorted({unit.assignment.name for unit in units})
        processes = JudgeProcess.family(self._setup, names, min(self._jobs, len(units)))

        def work(process: JudgeProcess) -> None:
            try:
                while True:
                    unit = todo.get_nowait()
                    started(unit)
                    done.put((unit, process.ask(unit.question(unit.handed_in.file))))
            except queue.Empty:
                pass
            except BaseException as error:
                done.put(error)

        threads = [threading.Thread(target=work, args=(process,), daemon=True) for process in processes]
        try:
            for thread in threads:
                thread.start()
            for _ in units:
                result = done.get()
                if isinstance(result, BaseException):
                    raise result
                yield result
        finally:
            for process in processes:
                process.close()
            for thread in threads:
                thread.join()


def setup(root: Path, sandbox: str | None) -> dict[str, Any]:
    """What a judge process is told once. The seed is one for all: nobody meets easier numbers than the next."""
    return {"root": str(root), "sandbox": sandbox, "seed": secrets.randbits(62)}


class JudgeProcess:
    """One judge process at a time, started when it is first asked, and another one when it dies."""

    def __init__(self, setup: dict[str, Any], process: subprocess.Popen[str] | _Forked | None = None) -> None:
        self._setup = setup
        self._process = process
        self._closed = False
        self._lock = threading.Lock()

    @classmethod
    def family(cls, setup: dict[str, Any], assignments: list[str], size: int) -> list[JudgeProcess]:
        """As many as `size`, with one start between them. When one ends by force all end, and start anew alone."""
        started = _start_family({**setup, "assignments": assignments}, size)
        return [cls(setup, process) for process in started]

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to `Unit.question`, or {"lost": why}. Raises JudgingRefused."""
        for _ in range(_TRIES):
            answer = self._try(question)
            if answer is not None and "refused" in answer:
                raise JudgingRefused(answer["refused"])
            if answer is not None:
                return answer
        return {"lost": f"The judge process ended {_TRIES} times while it worked on this submission."}

    def _try(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """The process's answer, or None when it died over the question."""
        process = self._start()
        watch = threading.Timer(_PATIENCE, process.kill)
        watch.start()
        try:
            with contextlib.suppress(OSError):  # it refused at its start: the answer is there already
                process.stdin.write(json.dumps(question) + "\n")
                process.stdin.flush()
            return json.loads(process.stdout.readline())
        except (OSError, ValueError):
            self._end()
            return None
        finally:
            watch.cancel()

    def _start(self) -> subprocess.Popen[str] | _Forked:
        with self._lock:
            if self._closed:
                raise JudgingRefused("grading was stopped")
            if self._process is None:
                (self._process,) = _start_family(self._setup, 1)
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
        """Ends the process, in the middle of its work if need be. From any thread, more than once."""
        self._closed = True
        with self._lock:
            process = self._process
        if process is not None and process.poll() is None:
            process.kill()


class _Forked:
    """A judge that was forked from another: what `JudgeProcess` needs of a process."""

    def __init__(self, first: subprocess.Popen[str], link: socket.socket) -> None:
        self.kill, self.wait, self.poll = first.kill, first.wait, first.poll  # they live and die together
        with link:
            self.stdin = link.makefile("w", encoding="utf-8")
            self.stdout = link.makefile("r", encoding="utf-8")


def _start_family(setup: dict[str, Any], size: int) -> list[subprocess.Popen[str] | _Forked]:
    """A judge process, and others that it forks when it has started."""
    links = [socket.socketpair() for _ in range(size - 1)]
    numbers = [theirs.fileno() for _, theirs in links]
    one_core = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder.batch.judge_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, **one_core, "PYTHONPATH": path},
        start_new_session=True,  # Ctrl-C reaches the run, which then ends its judges
        pass_fds=numbers,
    )
    for _, theirs in links:
        theirs.close()
    with contextlib.suppress(OSError):
        setup = {**setup, "links": numbers}
        process.stdin.write(json.dumps(setup) + "\n")  # not an argument: the seed is a secret
        process.stdin.flush()
    return [process, *(_Forked(process, ours) for ours, _ in links)]
