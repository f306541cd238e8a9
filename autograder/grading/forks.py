"""The forks of a loaded notebook in which tests run.

Forking a process that has loaded torch takes some 10 to 20 ms of CPU time. Tests therefore share one as long as they
pass. A test that fails in a fork that others have used runs again in a fresh one, and that run counts: what one test
leaves behind costs the next one no point.

What a test forbids (sandbox/bans.py) is forbidden in its fork. Before and after the test, the judge tries to use it.
After the test it also looks into the fork's memory, because code in the fork answers the trial and may have been
replaced.
"""

from __future__ import annotations

import functools
import hashlib
import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from autograder.grading.assignment import Assignment
from autograder.grading.checks import fail
from autograder.grading.explain import still_in_reach
from autograder.grading.run_notebook import Earlier
from autograder.grading.safe_text import one_line
from autograder.grading.student import Remote, Student
from autograder.grading.task_mark import Shared, TaskMark, mark_of
from autograder.sandbox.bans import BANS, PROBE_HELPERS
from autograder.sandbox.faults import BrokenPromise, SandboxUnavailable, StudentError
from autograder.sandbox.worker_client import Worker

REFERENCE = "reference "
"""Prefix of the task's name, in the name of a cell that holds its solution."""

_PROBE = """
def probe():
    works = []
    for use in USES:
        try:
            use()
            works.append(use)
        except Exception:
            pass
    return len(works)
"""


@dataclass
class _Fork:
    worker: Worker
    student: Student
    tests: int = 0
    """How many tests have used it."""


@dataclass
class Forks:
    """The forks in use, and the runs of tests in them."""

    worker: Worker
    assignment: Assignment
    seed: int
    gpu_worker: Callable[[], Worker] | None = None
    """Makes a worker with the notebook in it for tests marked `gpu`."""
    cell_errors: Mapping[str, str] = field(default_factory=dict)
    computing: float = 0.0
    """Seconds in which the student's own code ran."""
    state: Earlier | None = None
    """The state in which tests run now; None for the notebook's last one."""
    broken: dict[str, list[BrokenPromise]] = field(default_factory=dict)
    """The promises that were broken in each test, in the run that counts."""
    _forks: dict[tuple[str, ...], _Fork] = field(default_factory=dict)
    """By the place of their tests (`TaskMark.place`)."""
    _shared: dict[tuple[str, tuple[str, ...]], Shared] = field(default_factory=dict)
    """What the tests of a task share, by its name and the tasks that are replaced by their reference."""
    _runs: Counter[str] = field(default_factory=Counter)
    """How often each test has been run again."""

    @functools.cached_property
    def _helpers(self) -> str:
        """The grader's code that runs next to the student's."""
        file = self.assignment.worker_file
        return file.read_text(encoding="utf-8") if file.is_file() else ""

    def has(self, mark: TaskMark) -> bool:
        """Whether a fork is in use in which a test with this mark can run."""
        return mark.place in self._forks

    def was_used(self, mark: TaskMark) -> bool:
        """Whether an earlier test has used the fork of this one, and this one has asked it for something."""
        fork = self._forks.get(mark.place)
        return fork is not None and fork.tests > 1 and fork.student.asked

    def shared(self, task_name: str, replace: tuple[str, ...] = ()) -> Shared:
        """What the tests of a task compute once."""
        return self._shared.setdefault((task_name, replace), Shared())

    def test_seed(self, item: pytest.Item, purpose: str = "judge") -> int:
        """A seed of 31 bits. The worker's seed reveals nothing about the judge's, which draws what must stay secret."""
        text = f"{self.seed} {item.name} {purpose}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) >> 1

    def new(self, mark: TaskMark, replace: tuple[str, ...] = ()) -> None:
        """Replaces the fork in use by a new fork of the loaded notebook, with the reference for the tasks in
        `replace`."""
        self.close(mark.place)
        loaded = self.state.worker if self.state else self.worker
        worker = self.gpu_worker() if mark.gpu and self.gpu_worker else loaded.fork()
        try:
            for need in replace:
                worker.request("cell", source=self.assignment.reference(need), name=f"{REFERENCE}{need}")
            if replace:
                worker.request("define_late")
            if mark.without:
                _forbid(worker, mark.without)
                for kind in mark.without:
                    must_raise(Student(worker), kind)
        except BaseException:
            worker.close()
            raise
        self._forks[mark.place] = _Fork(worker, Student(worker, self.cell_errors, self._helpers))

    def ready(self, item: pytest.Item) -> Student:
        """The fork in use, made ready for a test."""
        fork = self._forks[mark_of(item).place]
        fork.tests += 1
        fork.student.reset(self.test_seed(item, "worker"))
        return fork.student

    def close(self, place: tuple[str, ...]) -> None:
        fork = self._forks.pop(place, None)
        if fork is not None:
            self.computing += fork.student.computing
            fork.student.close()
            kept = {key: shared for key, shared in self._shared.items() if not _is_remote(shared.value)}
            self._shared = kept  # objects of that fork are gone

    def close_all(self) -> None:
        """Ends the forks in use."""
        for place in list(self._forks):
            self.close(place)

    def enter(self, state: Earlier | None) -> None:
        """From now on tests run in this state."""
        if state is not self.state:
            self.close_all()
            self._shared.clear()
            self.state = state

    def run_again(self, item: pytest.Function, arguments: dict, replace: tuple[str, ...] = ()) -> None:
        """Runs a test from the loaded notebook, as if for the first time. Raises what the test raises."""
        mark = mark_of(item)
        self.new(mark, replace)
        if not replace:
            self._shared[mark.name, replace] = Shared()
        self.run(item, arguments, replace)

    def run(self, item: pytest.Function, arguments: dict, replace: tuple[str, ...]) -> None:
        """Runs a test again, in the fork in use. Raises what the test raises.

        Other numbers are drawn each time: those of an earlier run may have been noted, and a process in which nothing
        is forbidden may have worked on them since.
        """
        mark = mark_of(item)
        self._runs[item.name] += 1
        seed = self.test_seed(item, f"run {self._runs[item.name]}")
        seed_libraries(seed)
        again = {
            "student": self.ready(item),
            "rng": np.random.default_rng([seed, 1]),
            "shared": self.shared(mark.name, replace),
        }
        try:
            item.obj(**{name: again.get(name, value) for name, value in arguments.items()})
            self.check_bans(mark)
        finally:
            self.note_broken(item, with_references=bool(replace))

    def check_bans(self, mark: TaskMark) -> None:
        """Checks that what the task forbids was out of reach until the end. Raises CheckFailed."""
        if mark.without and mark.place in self._forks:
            fork = self._forks[mark.place]
            for kind in mark.without:
                must_raise(fork.student, kind)
                if not fork.worker.forbids(kind):
                    fail(still_in_reach(kind))

    def note_broken(self, item: pytest.Item, with_references: bool = False) -> None:
        """Notes the promises that this run broke.

        Code that runs next to a reference could copy the reference's text into the words of a promise, which the
        student reads. So for such a run only words that also appeared without a reference are kept.
        """
        mark = mark_of(item)
        fork = self._forks.get(mark.place)
        if fork is None:
            return
        broken = list(fork.student.broken)
        if with_references:
            before = [promise for promises in self.broken.values() for promise in promises]
            seen = {"", *(promise.name for promise in before), *(promise.what for promise in before)}
            broken = [
                promise._replace(
                    name=promise.name if promise.name in seen else mark.name,
                    what=promise.what if promise.what in seen else "…",
                )
                for promise in broken
            ]
        self.broken[item.name] = broken


def _is_remote(value: Any) -> bool:
    """Whether this is, or contains, an object in a worker."""
    if isinstance(value, (list, tuple, dict)):
        return any(map(_is_remote, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Remote)


def seed_libraries(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    if torch := sys.modules.get("torch"):
        # not torch.manual_seed: it records a stack trace for each missing device, 3 ms in all
        torch.default_generator.manual_seed(seed)


def _forbid(worker: Worker, kinds: tuple[str, ...]) -> None:
    """Raises SandboxUnavailable, which is not the student's fault, if the machine does not allow a worker to change its
    own code."""
    try:
        worker.forbid(kinds)
    except StudentError as error:
        if worker.is_changed_from_outside or error.type_name != OSError.__name__:
            raise
        what = f"{', '.join(kinds)} cannot be forbidden here: {one_line(error.message)}"
        raise SandboxUnavailable(what) from error


def must_raise(student: Student, kind: str) -> None:
    """Checks that using what is forbidden raises: a notebook may have replaced the code that forbids
    (sandbox/forbid.py).

    Raises:
        CheckFailed: it does not.
    """
    uses = ", ".join(f"lambda: {use}" for use in BANS[kind].probes)
    probe = student.define((PROBE_HELPERS + _PROBE).replace("USES", f"({uses},)"), "probe")
    if probe() != 0:
        fail(still_in_reach(kind))
