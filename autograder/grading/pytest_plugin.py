"""The pytest plugin that turns a grader file into points.

A hidden grader is a plain pytest file whose tests carry `@task(...)`. The plugin gives each test a fork of the loaded
notebook (fixture `student`) and the judge's random numbers (fixture `rng`), and sorts what happens into four outcomes:

- passed;
- failed: a check did not hold (`CheckFailed`) or the student's code failed (`WorkerFault`);
- error: anything else is a bug in the grader: it never costs a point, and the instructor is notified;
- deferred: the test needs a GPU (`@pytest.mark.gpu`) and there is none.

Follow-through: where a test fails and an earlier task that it `needs` failed its own tests, it runs once more with the
reference solution of those tasks in the student's place. Nobody loses the same point twice. These runs come after all
others, and what the student reads never comes from them: in them the reference lies open to the student's code, which
may note it where its later forks find it. Each has a fork of its own.

Promises: what holds for every task (arguments stay as they are, objects share nothing, types are those of the text) is
watched at each call (student.py), and judged here, once for a task and after all tests: the first test that declares
`promises=` of the kind, else the cheapest that passed, fails with a sentence that names what was broken. So a slip in
one property costs that property, whichever tests it shows in. What a cell of another task broke is that task's.

Earlier states: a later cell may have given a name of a task another value (loading.py). Where a test fails, all tests
of its task run in the state in which the task's own definition still held, too, and the state with more points counts,
as a whole. These runs come before all follow-throughs.

A fork of a process that holds torch costs some 10 to 20 ms of CPU time. Tests therefore share one as long as they pass.
A test that fails in a fork that others have used runs again in a fresh one, and that run counts: what one test leaves
behind can neither take a point from the next nor hide in it.
"""

from __future__ import annotations

import functools
import hashlib
import math
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.grading.assignment import Assignment
from autograder.grading.checks import fail
from autograder.grading.explain import (
    BROKEN,
    FAILURES,
    explain,
    explain_broken,
    fails_too_with,
    graded_with,
    still_in_reach,
)
from autograder.grading.gpu import DEVICE
from autograder.grading.loading import Earlier
from autograder.grading.report import DEFERRED, ERROR, FAILED, GRADER_CRASHED, NEEDS_GPU, PASSED, TestResult
from autograder.grading.student import Student
from autograder.grading.submission import defined_names
from autograder.grading.task_mark import Shared, TaskMark, mark_of
from autograder.sandbox.bans import BANS
from autograder.sandbox.client import Worker
from autograder.sandbox.faults import BrokenPromise, TimeLimit, TooMuchData

MESSAGE_LENGTH = 2000
REFERENCE = "reference "
"""Before the task's name, in the name of a cell that holds its solution."""

_PROBE = """
import sys

def leaf():
    return torch.ones(2, requires_grad=True)

def LinearRegression():
    from sklearn.linear_model import LinearRegression
    return LinearRegression()

def deform_conv2d(*arguments):
    if "torchvision" not in sys.modules:
        raise RuntimeError
    return sys.modules["torchvision"].ops.deform_conv2d(*arguments)

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
    student: Student
    tests: int = 0
    """How many tests have used it."""


@dataclass
class _Verdict:
    """The results of a task's tests in one state of the notebook; None is the last one."""

    state: Earlier | None
    results: list[TestResult]
    broken: dict[str, list[BrokenPromise]]
    """The promises that were broken in each test."""

    @property
    def points(self) -> float:
        return math.fsum(result.points for result in self.results)


@dataclass
class GradingPlugin:
    """One run of pytest over one submission; `results` holds a list of test results for each task."""

    worker: Worker
    assignment: Assignment
    seed: int
    gpu_worker: Callable[[], Worker] | None = None
    """Makes a worker with the notebook in it for tests marked `gpu`; None where they are deferred."""
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
    """What the graders' own faults were, for the instructor: never shown to a student."""
    computing: float = 0.0
    """Seconds in which the student's own code ran."""
    earlier: Callable[[str, Collection[str], Collection[str]], list[Earlier]] | None = None
    """The earlier states in which a task may be graded, by its name, the names that it defines and its needs."""
    _ran: dict[pytest.Function, dict] = field(default_factory=dict)
    """The tests that ran, with their arguments."""
    _state: Earlier | None = None
    """The state that tests are run in now; None for the notebook's last one."""
    _verdicts: dict[str, list[_Verdict]] = field(default_factory=dict)
    """What the tests of a task said in earlier states."""
    _broken: dict[str, list[BrokenPromise]] = field(default_factory=dict)
    """The promises that were broken in each test, in the run that counts."""
    _counted: set[tuple[str, str]] = field(default_factory=set)
    """(kind, name) of the broken promises that have cost a test: none costs another task one, too."""
    _marks: dict[str, TaskMark] = field(default_factory=dict)
    """Of all tests of the file, by their names."""
    _forks: dict[tuple[str, ...], _Fork] = field(default_factory=dict)
    """The forks in use, by their tests' place."""
    _shared: dict[tuple[str, tuple[str, ...]], Shared] = field(default_factory=dict)
    """What the tests of a task share, by its name and the tasks with a reference in place."""

    @functools.cached_property
    def _helpers(self) -> str:
        """The grader's code that runs next to the student's."""
        file = self.assignment.worker_file
        return file.read_text(encoding="utf-8") if file.is_file() else ""

    # ---- fixtures

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Student:
        """The notebook, in a fork that only tests which passed have used; in a new one for what tests will share."""
        mark = mark_of(request.node)
        computes = "shared" in request.fixturenames and request.getfixturevalue("shared").empty
        if computes or mark.place not in self._forks:
            self._new_fork(mark)
        return self._ready(request.node)

    @pytest.fixture
    def shared(self, request: pytest.FixtureRequest) -> Shared:
        """What the tests of a task compute once. One that runs again computes it again."""
        return self._shared.setdefault((mark_of(request.node).name, ()), Shared())

    def close(self) -> None:
        """Ends the forks in use."""
        for place in list(self._forks):
            self._close(place)

    @pytest.fixture
    def device(self) -> torch.device:
        """Where tests marked `gpu` compute."""
        return torch.device(DEVICE)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random numbers of this test and this grading, unknown to the student."""
        return np.random.default_rng([self._test_seed(request.node), 1])

    # ---- hooks

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Each needed task must have been judged before the tests that build on it."""
        seen: set[str] = set()
        for item in items:
            mark = mark_of(item)
            late = [need for need in mark.needs if need not in seen]
            if late:
                raise pytest.UsageError(
                    f"{item.nodeid} needs {late[0]}, whose tests must stand before it in the file."
                )
            seen.add(mark.name)
            _refuse_fixtures_with_a_student(item)
        self._marks = {item.name: mark_of(item) for item in items}
        if self.only is not None:
            wanted = set(self.only)
            for mark in map(mark_of, items):  # in the file's order, so that what is built on is known
                if self.with_dependents and wanted.intersection(mark.needs):
                    wanted.add(mark.name)
            items[:] = [item for item in items if mark_of(item).name in wanted]
        if self.tests is not None:
            items[:] = [item for item in items if item.name in self.tests]
        self.results = {mark_of(item).name: [] for item in items}

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if item.get_closest_marker("gpu") and self.gpu_worker is None:
            pytest.skip("needs a GPU")
        _seed_libraries(self._test_seed(item))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        mark = mark_of(pyfuncitem)
        fork = self._forks.get(mark.place)
        self._ran[pyfuncitem] = arguments
        try:
            pyfuncitem.obj(**arguments)
            self._still_forbidden(mark)
            return True
        except FAILURES as error:
            failure = error
        finally:
            self._note_broken(pyfuncitem)
        used = fork is not None and fork.tests > 1 and fork.student.asked
        if used and not isinstance(failure, (TimeLimit, TooMuchData)):
            try:
                self._run_again(pyfuncitem, arguments)
                return True
            except FAILURES as error:
                failure = error
        raise failure

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self):
        result = yield
        if self.earlier is not None and self.with_dependents:
            for name in self.results:
                self._judge_earlier(name)
        for name in self.results:
            self._settle(name)
        for name in self.results:
            self._count_broken(name)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo):
        report = yield
        if call.when == "teardown" and call.excinfo is None:
            return report
        if call.when == "setup" and call.excinfo is None:
            return report
        mark = mark_of(item)
        outcome, message = self._judge(item, call)
        previous = self.results[mark.name]
        if call.when == "teardown":  # the verdict stands; a fault in tidying up is the grader's own
            self.errors.append(f"{item.name}: {call.excinfo.exconly()}")
            return report
        if outcome != PASSED:
            self._close(mark.place)
        points = mark.points if outcome == PASSED else 0.0
        previous.append(TestResult(item.name, outcome, points, mark.points, message[:MESSAGE_LENGTH]))
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
            return FAILED, self._message(item, error)
        own = [entry for entry in call.excinfo.traceback if Path(entry.path) == item.path]
        last = own[-1] if own else call.excinfo.traceback[-1]  # the grader's line, not numpy's
        self.errors.append(
            f"{item.name}: {call.excinfo.exconly()} ({last.path.name}, line {last.lineno + 1})"
        )
        return ERROR, GRADER_CRASHED

    def _message(self, item: pytest.Function, error: Exception) -> str:
        sentence = " ".join((item.function.__doc__ or "").split())
        parts = [sentence, explain(error, self.cell_errors)]
        if getattr(error, "known_cause", False):
            parts.reverse()
        return "\n".join(part for part in parts if part)

    def _test_seed(self, item: pytest.Item, purpose: str = "judge") -> int:
        """A seed of 31 bits; the worker's says nothing about the judge's, which draws what must stay secret."""
        text = f"{self.seed} {item.name} {purpose}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) >> 1

    def _new_fork(self, mark: TaskMark, replace: tuple[str, ...] = ()) -> None:
        """Puts a fork of the loaded notebook, with the reference of the tasks in `replace`, in the place of the old."""
        self._close(mark.place)
        loaded = self._state.worker if self._state else self.worker
        worker = self.gpu_worker() if mark.gpu and self.gpu_worker else loaded.fork()
        try:
            for need in replace:
                worker.request("cell", source=self.assignment.reference(need), name=f"{REFERENCE}{need}")
            if mark.without:
                worker.request("forbid", kinds=list(mark.without))
                for kind in mark.without:
                    _must_raise(Student(worker), kind)
        except BaseException:
            worker.close()
            raise
        self._forks[mark.place] = _Fork(Student(worker, self.cell_errors, self._helpers))

    def _ready(self, item: pytest.Item) -> Student:
        """The fork in use, made ready for a test."""
        fork = self._forks[mark_of(item).place]
        fork.tests += 1
        fork.student.reset(self._test_seed(item, "worker"))
        return fork.student

    # ---- earlier states

    def _enter(self, state: Earlier | None) -> None:
        """From now on tests run in this state."""
        if state is not self._state:
            self.close()
            self._shared.clear()
            self._state = state

    def _judge_earlier(self, name: str) -> None:
        """Runs the tests of a task that failed one in its earlier states, up to one where it fails none."""
        if not any(result.outcome == FAILED for result in self.results[name]):
            return
        needs = {need for item in self._items(name) for need in mark_of(item).needs}
        defined = {
            word
            for task in (name, *needs)
            if task in self.assignment.tasks
            for word in defined_names(self.assignment.cell(task).source)
        }
        for state in self.earlier(name, defined, needs):
            self._enter(state)
            kept, self._broken = self._broken, {}
            results = [self._run_in_state(result) for result in self.results[name]]
            broken, self._broken = self._broken, kept
            if any(result.outcome == ERROR for result in results):
                continue
            self._verdicts.setdefault(name, []).append(_Verdict(state, results, broken))
            if not any(result.outcome == FAILED for result in results):
                break
        self._enter(None)

    def _items(self, name: str) -> list[pytest.Function]:
        return [item for item in self._ran if mark_of(item).name == name]

    def _run_in_state(self, result: TestResult) -> TestResult:
        """Runs a test in the state that was entered."""
        item = next((item for item in self._ran if item.name == result.name), None)
        if item is None or mark_of(item).gpu or result.outcome == DEFERRED:
            return result
        mark, arguments = mark_of(item), self._ran[item]
        try:
            try:
                used = mark.place in self._forks
                if not used:
                    self._new_fork(mark)
                self._run_in_fork(item, arguments, ())
            except FAILURES as error:
                if not used or isinstance(error, TimeLimit):
                    raise
                self._run_again(item, arguments)
            return replace(result, outcome=PASSED, points=mark.points, message="")
        except FAILURES as error:
            self._close(mark.place)
            message = self._message(item, error)[:MESSAGE_LENGTH]
            return replace(result, outcome=FAILED, points=0.0, message=message)
        except Exception as error:
            self._close(mark.place)
            self.errors.append(f"{item.name}: {type(error).__name__}: {error} (in an earlier state)")
            return replace(result, outcome=ERROR, points=0.0, message=GRADER_CRASHED)

    def _settle(self, name: str) -> None:
        """Follows through in each state, and takes the one with the most points, as a whole."""
        of_task = {result.name: self._broken.get(result.name, []) for result in self.results[name]}
        last = _Verdict(None, self.results[name], of_task)
        verdicts = [last, *self._verdicts.pop(name, [])]
        for verdict in verdicts:
            self._broken.update(verdict.broken)
            for place, result in enumerate(verdict.results):
                if result.outcome == FAILED:
                    self._enter(verdict.state)
                    verdict.results[place] = self._follow_through(result)
            verdict.broken = {result.name: self._broken.get(result.name, []) for result in verdict.results}
        self._enter(None)
        settled = [v for v in verdicts if v is last or all(result.outcome != ERROR for result in v.results)]
        best = max(settled, key=lambda verdict: verdict.points)  # the first of equals
        if best.state is not None:
            better = {result.name for result in last.results if result.outcome == FAILED}
            best.results[:] = [
                replace(result, message=f"{result.message}\n{best.state.note}".strip()[:MESSAGE_LENGTH])
                if result.name in better
                else result
                for result in best.results
            ]
        self.results[name] = best.results
        self._broken.update(best.broken)

    # ---- follow-through

    def _follow_through(self, result: TestResult) -> TestResult:
        """Judges a failed test that builds on broken tasks with their reference in the student's place."""
        item = next((item for item in self._ran if item.name == result.name), None)
        if item is None:
            return result
        mark, arguments = mark_of(item), self._ran[item]
        broken = tuple(need for need in mark.needs if self._has_failed(need))
        if not broken:
            return result
        try:
            self._run_again(item, arguments, broken)
            return TestResult(item.name, PASSED, mark.points, mark.points, graded_with(broken))
        except FAILURES:
            return replace(result, message=f"{result.message}\n{fails_too_with(broken)}")
        except Exception as error:
            self.errors.append(
                f"{item.name}: {type(error).__name__}: {error} (with a correct {', '.join(broken)})"
            )
            return replace(result, outcome=ERROR, message=GRADER_CRASHED)

    def _close(self, place: tuple[str, ...]) -> None:
        fork = self._forks.pop(place, None)
        if fork is not None:
            self.computing += fork.student.computing
            fork.student.close()

    def _run_again(self, item: pytest.Function, arguments: dict, replace: tuple[str, ...] = ()) -> None:
        """Runs a test from the loaded notebook, as if for the first time. Raises what the test raises."""
        mark = mark_of(item)
        self._new_fork(mark, replace)
        if not replace:
            self._shared[mark.name, replace] = Shared()
        self._run_in_fork(item, arguments, replace)

    def _run_in_fork(self, item: pytest.Function, arguments: dict, replace: tuple[str, ...]) -> None:
        """Runs a test once more, in the fork in use. Raises what the test raises.

        With references, and in another state, other numbers are drawn: the first run's may lie noted where forks that
        nothing is forbidden in have worked on them since.
        """
        mark = mark_of(item)
        purpose = "judge" if self._state is None else "earlier"
        seed = self._test_seed(item, "follow-through" if replace else purpose)
        _seed_libraries(seed)
        again = {
            "student": self._ready(item),
            "rng": np.random.default_rng([seed, 1]),
            "shared": self._shared.setdefault((mark.name, replace), Shared()),
        }
        try:
            item.obj(**{name: again.get(name, value) for name, value in arguments.items()})
            self._still_forbidden(mark)
        finally:
            self._note_broken(item)

    def _still_forbidden(self, mark: TaskMark) -> None:
        """What the task forbids was out of reach until the end. Raises CheckFailed."""
        if mark.without and mark.place in self._forks:
            for kind in mark.without:
                _must_raise(self._forks[mark.place].student, kind)

    def _has_failed(self, task_name: str) -> bool:
        results = self.results.get(task_name, [])
        return (
            task_name in self.failed
            or any(result.outcome == FAILED for result in results)
            or any(self._broken_by(task_name, result.name) for result in results)
        )

    def _note_broken(self, item: pytest.Item) -> None:
        fork = self._forks.get(mark_of(item).place)
        if fork is not None:
            self._broken[item.name] = list(fork.student.broken)

    def _broken_by(self, task_name: str, test_name: str) -> list[BrokenPromise]:
        """Those that the task itself broke in this test: not the cell of another, nor a reference in its place."""
        others = {mark.name for mark in self._marks.values()} - {task_name}
        return [
            promise
            for promise in self._broken.get(test_name, [])
            if promise.kind in BROKEN
            and promise.cell not in others
            and not promise.cell.startswith(REFERENCE)
        ]

    def _count_broken(self, task_name: str) -> None:
        """Fails one test of the task for each kind of promise that its calls broke."""
        results = self.results[task_name]
        for kind in BROKEN:
            seen = {
                result.name: promise
                for result in results
                for promise in self._broken_by(task_name, result.name)
                if promise.kind == kind and (kind, promise.name) not in self._counted
            }
            if not seen or self._inherited(task_name, kind):
                continue
            promise = next(iter(seen.values()))
            self._counted.add((kind, promise.name))
            place = self._test_that_counts(results, kind, set(seen))
            result = results[place]
            if result.outcome == PASSED:
                result = replace(result, outcome=FAILED, points=0.0, message=explain_broken(promise))
            elif result.outcome == FAILED:
                message = f"{result.message}\n{explain_broken(promise)}"
                result = replace(result, message=message[:MESSAGE_LENGTH])
            results[place] = result

    def _inherited(self, task_name: str, kind: str) -> bool:
        """Whether a task that this one needs broke it: where its code is called from here, it breaks here, too."""
        needs = {need for mark in self._marks.values() if mark.name == task_name for need in mark.needs}
        return any(
            promise.kind == kind
            for need in needs
            for result in self.results.get(need, [])
            for promise in self._broken_by(need, result.name)
        )

    def _test_that_counts(self, results: list[TestResult], kind: str, seen: set[str]) -> int:
        """The first that declares the promise; else the cheapest that passed of those that saw it broken."""
        for place, result in enumerate(results):
            if kind in self._marks[result.name].promises:
                return place
        places = [place for place, result in enumerate(results) if result.name in seen]
        passed = [place for place in places if results[place].outcome == PASSED]
        return min(passed, key=lambda place: (results[place].max_points, -place), default=places[0])


def _seed_libraries(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    # not torch.manual_seed: for devices that are not there it writes down a stack trace each, 3 ms in all
    torch.default_generator.manual_seed(seed)


def _refuse_fixtures_with_a_student(item: pytest.Item) -> None:
    """A test may run again with another fork: what its fixtures hold of the first would be the wrong one."""
    for name, definitions in item._fixtureinfo.name2fixturedefs.items():
        if "student" in definitions[-1].argnames:
            raise pytest.UsageError(
                f"{item.nodeid}: the fixture `{name}` must not use `student`; write a function that takes it."
            )


def _must_raise(student: Student, kind: str) -> None:
    """A use of what is forbidden raises. A notebook may have replaced the code that forbids (sandbox/forbid.py).

    Raises:
        CheckFailed: it does not.
    """
    uses = ", ".join(f"lambda: {use}" for use in BANS[kind].probes)
    probe = student.define(_PROBE.replace("USES", f"({uses},)"), "probe")
    if probe() != 0:
        fail(still_in_reach(kind))
