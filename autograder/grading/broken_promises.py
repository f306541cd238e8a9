"""What a broken promise costs: one test for each task, decided after all its tests.

What every task promises (arguments stay as they are, objects share nothing, types are those of the text) is watched at
each call (student.py). The first test that declares `promises=` of the kind, else the cheapest that passed, fails with
a sentence that names what was broken. So a mistake in one property costs only that property, whichever tests it shows
in. What a cell of another task broke counts for that task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autograder.grading.explain import BROKEN, MESSAGE_LENGTH, explain_broken
from autograder.grading.forks import REFERENCE, Forks
from autograder.grading.report import FAILED, PASSED, TestResult
from autograder.grading.task_mark import TaskMark
from autograder.sandbox.faults import BrokenPromise


class BrokenPromises:
    """The promises that were broken in the tests of one submission."""

    def __init__(
        self, forks: Forks, results: dict[str, list[TestResult]], marks: Mapping[str, TaskMark]
    ) -> None:
        """Args:
        results: for each task; `count` changes them.
        marks: of all tests of the file, by their names.
        """
        self._forks = forks
        self._results = results
        self._marks = marks
        self._counted: set[tuple[str, str]] = set()
        """(kind, name) of those that have already cost a test: they cost no other task one."""

    def of_task(self, task_name: str, test_name: str) -> list[BrokenPromise]:
        """Those that the task itself broke in this test, not the cell of another task or a reference in its place."""
        others = {mark.name for mark in self._marks.values()} - {task_name}
        return [
            promise
            for promise in self._forks.broken.get(test_name, [])
            if promise.kind in BROKEN
            and promise.cell not in others
            and not promise.cell.startswith(REFERENCE)
        ]

    def count(self, task_name: str) -> None:
        """Fails one test of the task for each kind of promise that its calls broke."""
        results = self._results[task_name]
        for kind in BROKEN:
            seen = {
                result.name: promise
                for result in results
                for promise in self.of_task(task_name, result.name)
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
        """Whether a task that this one needs broke it: if its code is called from here, it breaks the promise here,
        too."""
        needs = {need for mark in self._marks.values() if mark.name == task_name for need in mark.needs}
        return any(
            promise.kind == kind
            for need in needs
            for result in self._results.get(need, [])
            for promise in self.of_task(need, result.name)
        )

    def _test_that_counts(self, results: list[TestResult], kind: str, seen: set[str]) -> int:
        """The first test that declares the promise; else the cheapest that passed among those in which it was
        broken."""
        for place, result in enumerate(results):
            if kind in self._marks[result.name].promises:
                return place
        places = [place for place, result in enumerate(results) if result.name in seen]
        passed = [place for place in places if results[place].outcome == PASSED]
        return min(passed, key=lambda place: (results[place].max_points, -place), default=places[0])
