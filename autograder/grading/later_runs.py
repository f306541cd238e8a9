"""Runs tests again that may have failed through no fault of their task; the better verdict counts.

Earlier states: a later cell may have given a name of a task another value (run_notebook.py). If a test fails, all
tests of its task also run in the state in which the task's own definition still held. The state with more points
counts, as a whole. These runs come before all follow-throughs.

Follow-through: if a test fails and an earlier task that it `needs` failed its own tests, the test runs again with the
reference solution of those tasks instead of the student's. The same holds for an earlier task that counts as it was in
an earlier state: what it was then is not there any more. Nobody loses the same point twice. These runs come after all
others, and what the student reads never comes from them: in these runs the student's code can read the reference, and
may note it where its later forks find it. Each run has a fork of its own.

Finally, tests that do not count alone lose their points if nothing else in their task is right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import pytest

from autograder.grading.broken_promises import BrokenPromises
from autograder.grading.explain import (
    FAILURES,
    MESSAGE_LENGTH,
    NOT_ALONE,
    fails_too_with,
    graded_with,
    message_for,
)
from autograder.grading.forks import Forks
from autograder.grading.report import DEFERRED, ERROR, FAILED, GRADER_CRASHED, PASSED, TestResult
from autograder.grading.run_notebook import Earlier
from autograder.grading.submission import defined_names
from autograder.grading.task_mark import mark_of
from autograder.sandbox.faults import BrokenPromise, TimeLimit

EarlierStates = Callable[[str, Collection[str], Collection[str]], list[Earlier]]
"""The states in which a task may be graded, given its name, the names that it defines and its needs."""


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


class LaterRuns:
    """The runs that come after all tests ran once. They change `results`."""

    def __init__(
        self,
        forks: Forks,
        ran: Mapping[pytest.Function, dict],
        results: dict[str, list[TestResult]],
        promises: BrokenPromises,
        errors: list[str],
        failed: Collection[str],
        earlier: EarlierStates | None,
    ) -> None:
        """Args:
        ran: the tests that ran, with their arguments.
        errors: the list to which bugs in graders are added.
        failed: tasks that failed their tests in an earlier run of pytest.
        """
        self._forks = forks
        self._ran = ran
        self._results = results
        self._promises = promises
        self._errors = errors
        self._failed = failed
        self._earlier = earlier
        self._verdicts: dict[str, list[_Verdict]] = {}
        """The verdicts on a task in earlier states."""
        self._taken_back: set[str] = set()
        """Tasks whose verdict comes from an earlier state: at the end of the notebook their code is another."""

    def judge_earlier(self, name: str) -> None:
        """Runs the tests of a task that failed one in its earlier states, stopping at a state in which it fails
        none."""
        if self._earlier is None or not any(result.outcome == FAILED for result in self._results[name]):
            return
        needs = {need for item in self._items(name) for need in mark_of(item).needs}
        defined = {
            word
            for task in (name, *needs)
            if task in self._forks.assignment.tasks
            for word in defined_names(self._forks.assignment.cell(task).source)
        }
        for state in self._earlier(name, defined, needs):
            self._forks.enter(state)
            kept, self._forks.broken = self._forks.broken, {}
            results = [self._run_in_state(result) for result in self._results[name]]
            broken, self._forks.broken = self._forks.broken, kept
            if any(result.outcome == ERROR for result in results):
                continue
            self._verdicts.setdefault(name, []).append(_Verdict(state, results, broken))
            if not any(result.outcome == FAILED for result in results):
                break
        self._forks.enter(None)

    def _items(self, name: str) -> list[pytest.Function]:
        return [item for item in self._ran if mark_of(item).name == name]

    def _run_in_state(self, result: TestResult) -> TestResult:
        """Runs a test in the current state."""
        item = next((item for item in self._ran if item.name == result.name), None)
        if item is None or mark_of(item).gpu or result.outcome == DEFERRED:
            return result
        mark, arguments = mark_of(item), self._ran[item]
        try:
            try:
                used = self._forks.has(mark)
                if not used:
                    self._forks.new(mark)
                self._forks.run(item, arguments, ())
            except FAILURES as error:
                if not used or isinstance(error, TimeLimit):
                    raise
                self._forks.run_again(item, arguments)
            return replace(result, outcome=PASSED, points=mark.points, message="")
        except FAILURES as error:
            self._forks.close(mark.place)
            message = message_for(item.function, error, self._forks.cell_errors)
            return replace(result, outcome=FAILED, points=0.0, message=message)
        except Exception as error:
            self._forks.close(mark.place)
            self._errors.append(f"{item.name}: {type(error).__name__}: {error} (in an earlier state)")
            return replace(result, outcome=ERROR, points=0.0, message=GRADER_CRASHED)

    def settle(self, name: str) -> None:
        """Follows through in each state, and takes the state with the most points, as a whole."""
        of_task = {result.name: self._forks.broken.get(result.name, []) for result in self._results[name]}
        last = _Verdict(None, self._results[name], of_task)
        verdicts = [last, *self._verdicts.pop(name, [])]
        # where all tests pass in an earlier state, the student's own code does better than a reference
        clean = any(all(result.outcome != FAILED for result in verdict.results) for verdict in verdicts)
        spoilt = frozenset() if clean else frozenset(self._taken_back)
        for verdict in verdicts:
            self._forks.broken.update(verdict.broken)
            for place, result in enumerate(verdict.results):
                if result.outcome == FAILED:
                    self._forks.enter(verdict.state)
                    verdict.results[place] = self._follow_through(result, spoilt)
            verdict.results[:] = self._without_company(verdict.results)
            verdict.broken = {
                result.name: self._forks.broken.get(result.name, []) for result in verdict.results
            }
        self._forks.enter(None)
        settled = [v for v in verdicts if v is last or all(result.outcome != ERROR for result in v.results)]
        best = max(settled, key=lambda verdict: verdict.points)  # the first of equals
        if best.state is not None:
            self._taken_back.add(name)
            better = {result.name for result in last.results if result.outcome == FAILED}
            best.results[:] = [
                replace(result, message=f"{result.message}\n{best.state.note}".strip()[:MESSAGE_LENGTH])
                if result.name in better
                else result
                for result in best.results
            ]
        self._results[name] = best.results
        self._forks.broken.update(best.broken)

    def _follow_through(self, result: TestResult, spoilt: Collection[str]) -> TestResult:
        """Judges a failed test that builds on broken or `spoilt` tasks, with their reference in place of the student's
        code."""
        item = next((item for item in self._ran if item.name == result.name), None)
        if item is None:
            return result
        mark, arguments = mark_of(item), self._ran[item]
        broken = tuple(need for need in mark.needs if self._has_failed(need) or need in spoilt)
        if not broken:
            return result
        try:
            self._forks.run_again(item, arguments, broken)
            replaced = [need for need in broken if not self._has_failed(need)]
            message = graded_with(broken, replaced)
            return TestResult(item.name, PASSED, mark.points, mark.points, message)
        except FAILURES:
            return replace(result, message=f"{result.message}\n{fails_too_with(broken)}")
        except Exception as error:
            self._errors.append(
                f"{item.name}: {type(error).__name__}: {error} (with a correct {', '.join(broken)})"
            )
            return replace(result, outcome=ERROR, message=GRADER_CRASHED)

    def _without_company(self, results: list[TestResult]) -> list[TestResult]:
        """If no test that counts alone passed or may still pass, the task's other tests give no points."""
        marks = {item.name: mark_of(item) for item in self._ran}
        alone = [result for result in results if result.name not in marks or marks[result.name].alone]
        if not alone or any(result.outcome != FAILED for result in alone):
            return results
        return [
            replace(result, outcome=FAILED, points=0.0, message=NOT_ALONE)
            if result.outcome == PASSED
            else result
            for result in results
        ]

    def _has_failed(self, task_name: str) -> bool:
        results = self._results.get(task_name, [])
        return (
            task_name in self._failed
            or any(result.outcome == FAILED for result in results)
            or any(self._promises.of_task(task_name, result.name) for result in results)
        )
