"""The hidden graders run the plain way: inside the student's kernel, as in-notebook hidden tests.

Only for the benchmark that compares this course's grading with plain `nbgrader autograde`. There is no sandbox and no
trust boundary here: the tests see the student's objects, and the student's code could see the tests.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from autograder.grading.student import Helpers, Remote
from autograder.grading.task_mark import Shared
from autograder.sandbox.faults import StudentError


class LocalRemote(Remote):
    """Like `autograder.grading.student.Remote`, but for an object in this process."""

    __slots__ = ("value",)

    def __init__(self, value: Any, student: LocalStudent) -> None:
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "_student", student)
        object.__setattr__(self, "type_name", type(value).__name__)

    def within(self, cpu_seconds: float) -> LocalRemote:
        return self

    def changing(self) -> LocalRemote:
        return self

    def returning(self, kind: type, name: str) -> LocalRemote:
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            unwrap = self._student.unwrap
            return self._student.wrap(
                self.value(*map(unwrap, args), **{k: unwrap(v) for k, v in kwargs.items()})
            )
        except Exception as error:
            raise StudentError(type(error).__name__, str(error), []) from error

    def __getattr__(self, name: str) -> Any:
        return self._student.wrap(getattr(self.value, name))

    def __setattr__(self, name: str, value: Any) -> None:
        current = getattr(self.value, name, None)
        if isinstance(current, torch.Tensor):
            with torch.no_grad():
                current.copy_(torch.as_tensor(self._student.unwrap(value)))
        else:
            setattr(self.value, name, self._student.unwrap(value))

    def __getitem__(self, key: Any) -> Any:
        return self._student.wrap(self.value[key])

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self):
        return map(self._student.wrap, self.value)


class LocalStudent:
    """Like `autograder.grading.student.Student`, but for a namespace in this process."""

    def __init__(self, namespace: dict[str, Any], helpers: str = "") -> None:
        """`helpers`: the source of the grader's `<name>_worker.py`."""
        self._namespace = namespace
        self.helpers = Helpers(self, helpers)

    def __getattr__(self, name: str) -> Any:
        return self.wrap(self._namespace[name])

    def library(self, name: str) -> Any:
        module, _, attribute = name.rpartition(".")
        return self.wrap(getattr(importlib.import_module(module), attribute))

    def define(self, source: str, name: str) -> Any:
        import pandas as pd

        namespace = {"torch": torch, "np": np, "nn": torch.nn, "pd": pd}
        exec(source, namespace)
        return self.wrap(namespace[name])

    def parameters(self, model: LocalRemote) -> dict[str, torch.Tensor]:
        return {name: p.detach().clone() for name, p in model.value.named_parameters()}

    def gradients(self, model: LocalRemote) -> dict[str, torch.Tensor | None]:
        return {name: p.grad for name, p in model.value.named_parameters()}

    def buffers(self, model: LocalRemote) -> dict[str, torch.Tensor]:
        return dict(model.value.named_buffers())

    def wrap(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return value.detach()
        plain = isinstance(value, _PLAIN) or type(value).__module__.startswith("pandas.")
        return value if plain else LocalRemote(value, self)

    def unwrap(self, value: Any) -> Any:
        if isinstance(value, LocalRemote):
            return value.value
        if isinstance(value, (list, tuple)):
            return type(value)(map(self.unwrap, value))
        if isinstance(value, dict):
            return {key: self.unwrap(item) for key, item in value.items()}
        if callable(value) and not isinstance(value, type):
            return lambda *args: self.unwrap(value(*map(self.wrap, args)))
        return value


_PLAIN = (bool, int, float, str, list, tuple, dict, np.ndarray, np.generic, torch.Tensor, type(None))


def points(grader_file: str, task: str, namespace: dict[str, Any], seed: int = 0) -> float:
    """The points of one task: the last line of a hidden test cell. Prints why a test fails, as a plain cell does."""
    earned = 0.0
    for name, mark in tests_of(grader_file):
        if mark.name == task:
            try:
                run_test(grader_file, name, namespace, seed)
            except Exception as error:
                print(f"{name}: {error}"[:3000])
                continue
            earned += mark.points
    return earned


def tests_of(grader_file: str) -> list[tuple[str, Any]]:
    """Name and mark of each hidden test."""
    functions = vars(_load(Path(grader_file)))
    return [(name, f.__task__) for name, f in functions.items() if hasattr(f, "__task__")]


def run_test(grader_file: str, name: str, namespace: dict[str, Any], seed: int = 0) -> None:
    """Runs one hidden test in this process. Raises what it raises."""
    module = _load(Path(grader_file))
    warnings.simplefilter("ignore")  # nbgrader gives no points to a cell that writes to stderr
    np.random.seed(seed)
    torch.manual_seed(seed)
    function = getattr(module, name)
    shared = _shared.setdefault(f"shared by {function.__task__.name}", Shared())
    function(
        **{
            argument: shared if argument == "shared" else _fixture(module, argument, namespace)
            for argument in _arguments(function)
        }
    )


def _load(path: Path):
    if path.stem not in sys.modules:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        sys.modules[path.stem] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[path.stem])
    return sys.modules[path.stem]


def _arguments(function) -> list[str]:
    return list(inspect.signature(function).parameters)


_shared: dict[str, Any] = {}
"""What tests share: fixtures without parameters, and what the tests of a task keep for each other."""


def _fixture(module, name: str, namespace: dict[str, Any]) -> Any:
    if name == "student":
        worker = Path(module.__file__).with_name(f"{Path(module.__file__).stem}_worker.py")
        return LocalStudent(namespace, worker.read_text(encoding="utf-8") if worker.is_file() else "")
    if name == "rng":
        return np.random.default_rng()
    fixture = getattr(module, name)
    function = getattr(fixture, "__wrapped__", None) or fixture._get_wrapped_function()
    needed = {argument: _fixture(module, argument, namespace) for argument in _arguments(function)}
    return function(**needed) if needed else _shared.setdefault(name, function())
