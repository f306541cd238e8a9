"""What a grader says about its tests: `@task`, and `Shared` for what the tests of a task compute once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import pytest

from autograder.grading.explain import BROKEN, FAILURES
from autograder.sandbox.bans import BANS

T = TypeVar("T")


@dataclass(frozen=True)
class TaskMark:
    """What `@task` says about a test."""

    name: str
    points: float
    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    alone: bool = True
    gpu: bool = False

    @property
    def place(self) -> tuple[str, ...]:
        """Tests with the same place can share a fork."""
        return (*self.without, "gpu") if self.gpu else self.without


def task(
    name: str,
    *,
    points: float,
    needs: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    promises: tuple[str, ...] = (),
    alone: bool = True,
) -> Callable[[Callable], Callable]:
    """Marks a hidden test.

    Args:
        name: the task of the contract that the test belongs to.
        points: the points for passing; the tests of a task add up to the task's points.
        needs: earlier tasks that it builds on (their tests must come before it).
        without: what must raise an error while it runs: "sklearn", "autograd", "convolution", "losses", "optim"
            (sandbox/bans.py).
        promises: the kinds of promises that it counts for its task: "arguments", "optimizer", "sharing", "gradients",
            "type".
        alone: False if nonsense could pass it: the test then counts only if a test of its task that counts alone
            passed.

    Raises:
        ValueError: the points are not a finite number, or are below 0; or a ban or a promise is of an unknown kind.

    >>> @task("prepare", points=0.25, promises=("arguments",), alone=False)
    ... def test_argument_is_left_alone(student, rng):
    ...     "`prepare` should leave the table that it is given as it was."
    ...     student.prepare(people(rng, 30))
    """
    if unknown := set(promises).difference(BROKEN):
        raise ValueError(f"@task({name!r}): there is no promise {unknown.pop()!r}")
    if unknown := set(without).difference(BANS):
        raise ValueError(f"@task({name!r}): there is no ban {unknown.pop()!r}; there are {', '.join(BANS)}")
    if not 0 <= points < math.inf:
        raise ValueError(f"@task({name!r}): points={points} is not a number of points")

    def mark(function: Callable) -> Callable:
        function.__task__ = TaskMark(
            name, float(points), tuple(needs), tuple(without), tuple(promises), alone
        )
        return function

    return mark


def mark_of(item: pytest.Item) -> TaskMark:
    """The mark of a collected test.

    Raises:
        pytest.UsageError: the test has none.
    """
    mark = getattr(getattr(item, "function", None), "__task__", None)
    if mark is None:
        raise pytest.UsageError(
            f"{item.nodeid}: a hidden test without @task(...) gives no points; add the decorator."
        )
    return replace(mark, gpu=item.get_closest_marker("gpu") is not None)


@dataclass
class Shared:
    """The result of one computation that takes seconds, shared by all tests of a task."""

    _outcomes: list[tuple[Any, Exception | None]] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self._outcomes

    @property
    def value(self) -> Any:
        """What `compute` returned; None if it was not asked, or failed."""
        return self._outcomes[0][0] if self._outcomes else None

    def once(self, compute: Callable[[], T]) -> T:
        """What `compute` returned the first time. If it failed then, raises the same failure."""
        if self.empty:
            try:
                self._outcomes.append((compute(), None))
            except FAILURES as error:
                self._outcomes.append((None, error))
        value, failure = self._outcomes[0]
        if failure is not None:
            raise failure
        return value
