"""The usual hidden test in one line: "this function should do what mine does".

    @same_as(draw=lambda rng: [(torch.randn(20, 3),), (torch.randn(1, 1),)], atol=1e-4)
    def center(points):
        mean = points.mean(dim=0)
        return points - mean, {
            "One mean, of all numbers, is subtracted.": points - points.mean(),
            "The means are added.": points + mean,
        }

    test_each_column_loses_its_mean = center.values("`center` should subtract from each column its mean.", points=2)
    test_the_shape_stays = center.shape("`center` should keep the shape of the points.", points=0.5)
    test_points_stay = center.arguments("`center` should leave the points as they were.", points=0.5)

The reference has the name of the student's function. It returns the right value, or the right value and those of known
mistakes, each under the sentence that names its cause. Each property is a test of its own, so a mistake costs only the
property that it is in; shape, type and arguments count only if some value is right. Everything else that a test needs
is included: fresh inputs, the ladder of messages, the label with the arguments, and a check that the same call gives
the same result again.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from autograder.grading.checks import any_of, as_array, assert_close, expect_error, is_tensor, require
from autograder.grading.student import Student
from autograder.grading.task_mark import task as mark

Draw = Callable[[np.random.Generator], Iterable[tuple]]
"""Makes the arguments of each call, unknown to the student."""
Test = Callable[[Student, np.random.Generator], None]


@dataclass(frozen=True)
class SameAs:
    """A student's function that should do what `mine` does. Its methods make tests; create one with `same_as`."""

    mine: Callable[..., object]
    """The reference. It gets tensors of floats in double precision."""
    draw: Draw
    atol: float
    rtol: float = 0.0
    task: str = ""
    """Its task, if the task's name is not the function's."""
    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    """What the task leaves open: "shape", or "order" of the entries. The type is open without `returns`."""
    returns: type | None = None
    """The type that the task says it returns; another type is a broken promise, which costs the task one test."""
    also: Callable[..., object] | None = None
    """Makes, from the right value and the arguments, another value that is accepted here because another test counts
    the difference."""
    read: Callable[[object], object] | None = None
    """Picks the part of the result that is compared, if not all of it is."""
    names: tuple[str, ...] = ()
    """What the entries are called, in order."""
    hint: str = ""

    def values(
        self, says: str, points: float, draw: Draw | None = None, promises: tuple[str, ...] = ()
    ) -> Test:
        """A test that the function's values are right, and the same when it is called again."""

        def check(student: Student, rng: np.random.Generator) -> None:
            calls = list((draw or self.draw)(rng))
            results = [self._compared(student, arguments) for arguments in calls]
            name = f"{self._label(calls[0])}, called again with the same arguments"
            again = self._numbers(self._called(student, calls[0]), name)
            assert_close(again, results[0], atol=self.atol, rtol=self.rtol, name=name)

        return self._test(says, points, check, promises)

    def shape(self, says: str, points: float, draw: Draw | None = None) -> Test:
        """A test that the function's results have the same shape as the reference's."""

        def check(student: Student, rng: np.random.Generator) -> None:
            for arguments in (draw or self.draw)(rng):
                right, _ = self._reference(arguments)
                as_array(self._called(student, arguments), self._label(arguments), shape=np.shape(right))

        return self._test(says, points, check, alone=False)

    def arguments(self, says: str, points: float) -> Test:
        """The test that the task loses if a call changes an argument."""
        return self._test(says, points, self._answers, promises=("arguments",), alone=False)

    def result_type(self, says: str, points: float) -> Test:
        """The test that the task loses if a result is not of the type `returns`."""
        return self._test(says, points, self._answers, promises=("type",), alone=False)

    def refuses(
        self, error: type[Exception], says: str, points: float, draw: Draw, mention: tuple[str, ...] = ("",)
    ) -> Test:
        """A test that these arguments, and not the usual ones, raise an error that mentions one of these words.

        Nothing is forbidden in it: code that uses something forbidden loses the tests of values for that.
        """

        def check(student: Student, rng: np.random.Generator) -> None:
            self._answers(student, rng)
            for arguments in draw(rng):
                words = [word for word in arguments if isinstance(word, str) and word]
                with expect_error(error, (*mention, *words), f"`{self._label(arguments)}`"):
                    self._called(student, arguments)

        return replace(self, without=())._test(says, points, check)

    # ---- inside

    @property
    def _name(self) -> str:
        return self.mine.__name__

    def _test(
        self, says: str, points: float, check: Test, promises: tuple[str, ...] = (), alone: bool = True
    ) -> Test:
        name = self.task or self._name.replace("_", "-")

        @mark(name, points=points, needs=self.needs, without=self.without, promises=promises, alone=alone)
        def test(student: Student, rng: np.random.Generator) -> None:
            check(student, rng)

        test.__doc__ = says
        return test

    def _answers(self, student: Student, rng: np.random.Generator) -> None:
        for arguments in self.draw(rng):
            label = self._label(arguments)
            require(self._called(student, arguments) is not None, f"`{label}` of yours returns nothing.")

    def _called(self, student: Student, arguments: tuple) -> object:
        called = getattr(student, self._name)
        if self.returns is not None:
            called = called.returning(self.returns, self._label(arguments))
        result = called(*arguments)
        return result if self.read is None else self.read(result)

    def _reference(self, arguments: tuple) -> tuple[object, Mapping[str, object]]:
        """The right value, and the values of known mistakes by their causes."""
        answer = self.mine(*_exact(arguments))
        if isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], Mapping):
            return answer
        return answer, {}

    def _compared(self, student: Student, arguments: tuple) -> np.ndarray:
        """What the function returned, after a check that it is right."""
        label = self._label(arguments)
        right, wrong = self._reference(arguments)
        got = self._numbers(self._called(student, arguments), label)
        how: dict[str, Any] = {
            "atol": self.atol,
            "rtol": self.rtol,
            "name": label,
            "names": self.names or None,
            "shape": "any" if self.open else "same",
            "hint": self.hint,
            "wrong": {cause: self._ordered(value) for cause, value in wrong.items()},
        }
        readings = [right] if self.also is None else [right, self.also(right, *_exact(arguments))]
        any_of(*(partial(assert_close, got, self._ordered(reading), **how) for reading in readings))
        return got

    def _numbers(self, result: object, label: str) -> np.ndarray:
        return self._ordered(as_array(result, label, finite=False))

    def _ordered(self, numbers: object) -> Any:
        return np.sort(as_array(numbers, "numbers"), axis=None) if "order" in self.open else numbers

    def _label(self, arguments: tuple) -> str:
        names = inspect.signature(self.mine).parameters
        listed = [
            json.dumps(argument, ensure_ascii=False) if isinstance(argument, (str, int, float)) else name
            for argument, name in zip(arguments, names, strict=False)
        ]
        return f"{self._name}({', '.join(listed)})"


def same_as(**options: Any) -> Callable[[Callable], SameAs]:
    """Turns a reference function into a `SameAs`, which makes tests that the student's function of the same name does
    the same.

    >>> @same_as(draw=lambda rng: [(torch.randn(9),)], atol=1e-6, without=("autograd",), returns=torch.Tensor)
    ... def relu(s):
    ...     return s.clamp(min=0), {"This is the absolute value.": s.abs()}
    >>> test_values = relu.values("`relu` should be 0 below zero and leave the rest.", points=1)

    Args:
        options: the fields of `SameAs`: `draw`, `atol`, `rtol`, `task`, `needs`, `without`, `open`, `returns`, `also`,
            `read`, `names`, `hint`.
    """
    return lambda mine: SameAs(mine, **options)


def _exact(arguments: tuple) -> list:
    """The arguments, with float tensors in double precision."""
    return [x.double() if is_tensor(x) and x.is_floating_point() else x for x in arguments]
