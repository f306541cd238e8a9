"""The pytest plugin that turns a grader file into points.

A hidden grader is a plain pytest file whose tests carry `@task(...)`. The plugin gives each test a fork of the loaded
notebook (fixture `student`) and the judge's random numbers (fixture `rng`), and sorts what happens into four outcomes:

- passed;
- failed: a check did not hold (`CheckFailed`) or the student's code failed (`WorkerFault`);
- error: anything else is a bug in the grader: it never costs a point, and the instructor is notified;
- deferred: the test needs a GPU (`@pytest.mark.gpu`) and there is none.

When all tests have run, later_runs.py reruns those that may have failed through no fault of their task, and
broken_promises.py counts what every task promises. forks.py runs a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from autograder.grading.assignment import Assignment
from autograder.grading.broken_promises import BrokenPromises
from autograder.grading.explain import FAILURES, message_for
from autograder.grading.forks import Forks, seed_libraries
from autograder.grading.gpu import gpu_device
from autograder.grading.later_runs import EarlierStates, LaterRuns
from autograder.grading.report import DEFERRED, ERROR, FAILED, GRADER_CRASHED, NEEDS_GPU, PASSED, TestResult
from autograder.grading.safe_text import one_line
from autograder.grading.student import Student
from autograder.grading.task_mark import Shared, TaskMark, mark_of
from autograder.sandbox.faults import TimeLimit, TooMuchData
from autograder.sandbox.worker_client import Worker

if TYPE_CHECKING:
    import torch


@dataclass(eq=False)  # hashable: older releases of pytest keep their plugins in a set
class GradingPlugin:
    """One run of pytest over one submission; `results` holds a list of test results for each task."""

    worker: Worker
    assignment: Assignment
    seed: int
    gpu_worker: Callable[[], Worker] | None = None
    """Makes a worker with the notebook in it for tests marked `gpu`; None if they are deferred."""
    only: frozenset[str] | None = None
    """Tasks whose tests run; None for all."""
    tests: frozenset[str] | None = None
    """The tests that run, by name; None for all."""
    failed: frozenset[str] = frozenset()
    """Tasks that failed their tests in an earlier run."""
    with_dependents: bool = True
    """Whether the tasks that build on those of `only` run with them."""
    cell_errors: Mapping[str, str] = field(default_factory=dict)
    results: dict[str, list[TestResult]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    """Bugs in graders, for the instructor; never shown to a student."""
    earlier: EarlierStates | None = None
    """Finds the earlier states in which a task may be graded."""
    _ran: dict[pytest.Function, dict] = field(default_factory=dict)
    """The tests that ran, with their arguments."""
    _marks: dict[str, TaskMark] = field(default_factory=dict)
    """The marks of all tests of the file, by their names."""

    def __post_init__(self) -> None:
        self._forks = Forks(self.worker, self.assignment, self.seed, self.gpu_worker, self.cell_errors)

    @property
    def computing(self) -> float:
        """Seconds in which the student's own code ran, in the forks that have ended."""
        return self._forks.computing

    def close(self) -> None:
        """Ends the forks in use."""
        self._forks.close_all()

    # ---- fixtures

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        """The notebook, in a fork that only passed tests have used; for what tests will share, in a new fork."""
        mark = mark_of(request.node)
        computes = "shared" in request.fixturenames and request.getfixturevalue("shared").empty
        if computes or not self._forks.has(mark):
            self._forks.new(mark)
        return self._forks.ready(request.node)

    @pytest.fixture
    def shared(self, request: pytest.FixtureRequest) -> Shared:
        """What the tests of a task compute once. A test that runs again computes it again."""
        return self._forks.shared(mark_of(request.node).name)

    @pytest.fixture
    def device(self) -> torch.device:
        """Where tests marked `gpu` compute."""
        return gpu_device()

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random numbers of this test and this grading, unknown to the student."""
        return np.random.default_rng([self._forks.test_seed(request.node), 1])

    # ---- hooks

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Checks that each needed task is judged before the tests that build on it."""
        seen: set[str] = set()
        for item in items:
            mark = mark_of(item)
            late = [need for need in mark.needs if need not in seen]
            if late:
                raise pytest.UsageError(
                    f"{item.nodeid} needs {late[0]}, whose tests must come before it in the file."
                )
            seen.add(mark.name)
            _refuse_fixtures_with_a_student(item)
        self._marks = {item.name: mark_of(item) for item in items}
        if self.only is not None:
            wanted = set(self.only)
            for mark in map(mark_of, items):  # in the file's order, so that earlier tasks are known
                if self.with_dependents and wanted.intersection(mark.needs):
                    wanted.add(mark.name)
            items[:] = [item for item in items if mark_of(item).name in wanted]
        if self.tests is not None:
            items[:] = [item for item in items if item.name in self.tests]
        self.results = {mark_of(item).name: [] for item in items}

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if item.get_closest_marker("gpu") and self.gpu_worker is None:
            pytest.skip("needs a GPU")
        seed_libraries(self._forks.test_seed(item))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        mark = mark_of(pyfuncitem)
        self._ran[pyfuncitem] = arguments
        try:
            pyfuncitem.obj(**arguments)
            self._forks.check_bans(mark)
            return True
        except FAILURES as error:
            failure = error
        finally:
            self._forks.note_broken(pyfuncitem)
        if self._forks.was_used(mark) and not isinstance(failure, (TimeLimit, TooMuchData)):
            try:
                self._forks.run_again(pyfuncitem, arguments)
                return True
            except FAILURES as error:
                failure = error
        raise failure

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self):
        result = yield
        promises = BrokenPromises(self._forks, self.results, self._marks)
        later = LaterRuns(
            self._forks, self._ran, self.results, promises, self.errors, self.failed, self.earlier
        )
        if self.with_dependents:
            for name in self.results:
                later.judge_earlier(name)
        for name in self.results:
            later.settle(name)
        for name in self.results:
            promises.count(name)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo):
        report = yield
        if call.when == "teardown" and call.excinfo is None:
            return report
        if call.when == "setup" and call.excinfo is None:
            return report
        if call.when == "teardown":  # the verdict stands; an error in the clean-up is the grader's own
            self.errors.append(f"{item.name}: {one_line(call.excinfo.exconly())}")
            return report
        mark = mark_of(item)
        outcome, message = self._judge(item, call)
        if outcome != PASSED:
            self._forks.close(mark.place)
        points = mark.points if outcome == PASSED else 0.0
        self.results[mark.name].append(TestResult(item.name, outcome, points, mark.points, message))
        return report

    # ---- inside

    def _judge(self, item: pytest.Item, call: pytest.CallInfo) -> tuple[str, str]:
        """Outcome and the message for the student."""
        if call.excinfo is None:
            return PASSED, ""
        error = call.excinfo.value
        if isinstance(error, pytest.skip.Exception) and item.get_closest_marker("gpu"):
            return DEFERRED, NEEDS_GPU
        if isinstance(error, FAILURES):
            return FAILED, message_for(item.function, error, self.cell_errors)
        own = [entry for entry in call.excinfo.traceback if Path(entry.path) == item.path]
        last = own[-1] if own else call.excinfo.traceback[-1]  # the grader's line, not numpy's
        self.errors.append(
            f"{item.name}: {one_line(call.excinfo.exconly())} ({last.path.name}, line {last.lineno + 1})"
        )
        return ERROR, GRADER_CRASHED


def _refuse_fixtures_with_a_student(item: pytest.Item) -> None:
    """A test may run again in another fork, and its own fixtures would still hold objects of the first one."""
    for name, definitions in item._fixtureinfo.name2fixturedefs.items():
        if "student" in definitions[-1].argnames:
            raise pytest.UsageError(
                f"{item.nodeid}: the fixture `{name}` must not use `student`; write a function that takes it."
            )
