"""The `student` of a grader: a proxy for the namespace of a notebook that runs in a sandboxed worker.

No student code ever runs on this side: attributes and calls become requests to the worker, plain data comes back, and
anything else (a model, a function, an optimizer) comes back as a `Remote`, a handle to the object in the worker. What a
worker says is only ever "this is the claimed output": graders send fresh inputs and compare.

Some promises hold for every call, without a line in the grader (sandbox/promises.py lists them). A broken promise
fails no test here: each kind counts once for its task (broken_promises.py). A grader declares exceptions.
"""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from autograder.grading.checks import describe, fail, is_tensor
from autograder.sandbox.codec import Opaque, Ref
from autograder.sandbox.faults import BrokenPromise, StudentError
from autograder.sandbox.worker_client import Worker

CALL_SECONDS = 10.0
"""CPU seconds a call may take unless the grader allows more with `.within`."""


Kind = type | tuple | list | dict | None
"""A type; a tuple of kinds for the parts of a pair, a list with the kind of all entries, a dict of kinds by key; or
None, for anything."""

TYPE = "type"
"""The promise that a result has the type that the task names; the sandbox watches the other promises."""


@dataclass(frozen=True)
class Terms:
    """What a call may do, and what it should return."""

    cpu: float = CALL_SECONDS
    watched: bool = True
    """Whether its arguments must stay unchanged and its results must be new."""
    returns: tuple[Kind, str] | None = None
    """What the result should be, and what it is called."""


class Remote:
    """An object in the worker: call it, read and set its attributes and items, iterate over it.

    Reading an attribute that is a tensor, number, string, list … gives its value; setting one that is a tensor copies
    into it in place (its shape must agree), as `with torch.no_grad(): weight.copy_(value)` would.
    """

    __slots__ = ("_student", "_ref", "_terms", "type_name")

    def __init__(self, student: Student, ref: Ref, terms: Terms | None = None) -> None:
        object.__setattr__(self, "_student", student)
        object.__setattr__(self, "_ref", ref)
        object.__setattr__(self, "_terms", terms or Terms())
        object.__setattr__(self, "type_name", ref.type_name)

    def __repr__(self) -> str:
        return f"<{self.type_name} in the worker>"

    def within(self, cpu_seconds: float) -> Remote:
        """The same object, whose calls may take `cpu_seconds` of CPU time.

        >>> student.fit_mlp.within(30)(X, y)
        """
        return Remote(self._student, self._ref, replace(self._terms, cpu=cpu_seconds))

    def changing(self) -> Remote:
        """The same object, whose calls may change their arguments, because the task allows it or the grader checks it
        itself.

        >>> student.numerical_gradient.changing()(loss, params)
        """
        return Remote(self._student, self._ref, replace(self._terms, watched=False))

    def returning(self, kind: Kind, name: str) -> Remote:
        """The same object, whose results should be of this kind; if they are not, the promise TYPE is broken.

        The task loses one test for it; values are still compared, since `as_tensor` takes arrays and lists, too.

        >>> student.convolve2d.returning(torch.Tensor, "convolve2d(image, kernel)")(image, kernel)
        >>> student.descend.returning((torch.Tensor, None), "descend(…)")(t_u, t_c, params, 1e-2, 10)
        """
        return Remote(self._student, self._ref, replace(self._terms, returns=(kind, name)))

    def method(self, name: str) -> Remote:
        """The method of this name. A number in its place is the student's mistake; calling it would be the grader's.

        >>> count = model.method("num_layers")()
        """
        value = getattr(self, name)
        if not isinstance(value, Remote):
            fail(f"`{name}` should be a method, which is called; yours is {describe(value)}.")
        return value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._student._call({"ref": self._ref}, args, kwargs, self._terms)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = self._student._ask("get", target={"ref": self._ref, "path": [name]})
        return value.within(self._terms.cpu) if isinstance(value, Remote) else value

    def __setattr__(self, name: str, value: Any) -> None:
        self._student._ask("set", target={"ref": self._ref, "path": [name]}, value=value)

    def __getitem__(self, key: int | str) -> Any:
        return self._student._ask("get", target={"ref": self._ref, "path": [["item", key]]})

    def __setitem__(self, key: int | str, value: Any) -> None:
        self._student._ask("set", target={"ref": self._ref, "path": [["item", key]]}, value=value)

    def __len__(self) -> int:
        length = self._student._call({"ref": self._ref, "path": ["__len__"]}, (), {}, self._terms)
        if type(length) is not int or not 0 <= length <= 1_000_000:
            fail("An object of yours has a length that is not a usable number.")
        return length

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))


class Helpers:
    """A grader's own functions and classes that run next to the student's code, by name."""

    def __init__(self, student: Student, source: str) -> None:
        self._student = student
        self._source = source

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._student.define(self._source, name)


class Student:
    """The notebook of one student, as a grader sees it: a fork of the loaded notebook."""

    def __init__(
        self, worker: Worker, cell_errors: Mapping[str, str] | None = None, helpers: str = ""
    ) -> None:
        """Args:
        worker: a fork of the loaded notebook.
        cell_errors: for each name that a failed cell would have defined, the sentence that says what stopped it.
        helpers: source of the grader's code that runs next to the student's, `<name>_worker.py`.
        """
        self._worker = worker
        self._cell_errors = cell_errors or {}
        self.helpers = Helpers(self, helpers)
        """The functions and classes of `<name>_worker.py`: `student.helpers.slopes(model, X)`."""
        self._found: dict[str, Remote] = {}
        self._reset: dict[str, int] = {}
        self._libraries: dict[str, Any] = {}
        self._defined: dict[tuple[str, str], Any] = {}
        self.computing = 0.0
        """Seconds spent waiting for the student's own code."""

    # ---- what graders use

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._found:
            return self._found[name]
        value = self[name]
        # a grader would call it, and the TypeError would look like the grader's fault
        if not isinstance(value, Remote):
            fail(f"`{name}` should be a function or a class; yours is {describe(value)}.")
        self._found[name] = value
        return value

    def __getitem__(self, name: str) -> Any:
        """The value of a variable: plain data, or a Remote.

        >>> assert_equal(student["smallest_prime"], 2, name="smallest_prime")
        """
        try:
            return self._ask("get", target={"name": name})
        except StudentError as error:
            if error.type_name != NameError.__name__:
                raise
            fail(self._undefined(name))

    def library(self, name: str) -> Any:
        """A function, class or object of a library in the worker, by its dotted name.

        >>> student.library("torch.optim.SGD")
        """
        if name not in self._libraries:
            self._libraries[name] = _not_plain(self._ask("get", target={"import": name}), name)
        return self._libraries[name]

    def define(self, source: str, name: str) -> Any:
        """Runs a grader's code in a namespace of its own in the worker and returns its `name`.

        torch, np, nn, pd and `notebook` (the student's namespace as a module) are there. The student's code can see
        what is defined here, so it must hold nothing secret. A source runs only once, so it must not keep state for
        later.
        """
        if (source, name) not in self._defined:
            value = self._ask("define", source=source, name=name)
            if re.search(rf"^(?:def|class) {name}\b", source, re.MULTILINE):
                _not_plain(value, name)
            self._defined[source, name] = value
        return self._defined[source, name]

    def parameters(self, model: Remote) -> dict[str, Any]:
        """`named_parameters()` of a model, as detached tensors."""
        return self._dictionary("parameters", model)

    def gradients(self, model: Remote) -> dict[str, Any]:
        """The `.grad` of each named parameter; None if there is none."""
        return self._dictionary("gradients", model)

    def buffers(self, model: Remote) -> dict[str, Any]:
        """`named_buffers()` of a model."""
        return self._dictionary("buffers", model)

    # ---- what the plugin uses

    def reset(self, seed: int) -> None:
        """Begin a test: seeds and the libraries' settings as in a new process. Sent with the next request."""
        self._reset = {"reset": seed}
        self._worker.begin_test()

    @property
    def asked(self) -> bool:
        """Whether the worker was asked anything since `reset`."""
        return not self._reset

    @property
    def broken(self) -> list[BrokenPromise]:
        """The promises that calls have broken since `reset`."""
        return self._worker.broken

    def close(self) -> None:
        """End the worker."""
        self._worker.close()

    # ---- inside

    def _undefined(self, name: str) -> str:
        reason = self._cell_errors.get(name, "")
        return f"`{name}` is not defined in your notebook." + (f" {reason}" if reason else "")

    def _dictionary(self, op: str, model: Any) -> dict[str, Any]:
        if not isinstance(model, Remote):
            fail("A model is asked for here, an object of a class of yours; what you returned is plain data.")
        answer = self._ask(op, target={"ref": model._ref})
        if not isinstance(answer, dict) or not all(isinstance(name, str) for name in answer):
            fail("The parameters of your model cannot be listed.")
        for name, value in answer.items():
            if not is_tensor(value) and not (value is None and op == "gradients"):
                fail(f"`{name[:40]}` of your model should be an ordinary tensor; yours is {describe(value)}.")
        return answer

    def _call(self, target: dict, args: tuple, kwargs: dict, terms: Terms) -> Any:
        begin = time.perf_counter()
        unwatched = {} if terms.watched else {"watched": False}
        try:
            result = self._ask(
                "call", cpu=terms.cpu, target=target, args=list(args), kwargs=kwargs, **unwatched
            )
        finally:
            self.computing += time.perf_counter() - begin
        if terms.returns is not None:
            for part, kind, name in _of_other_kinds(result, *terms.returns):
                wanted = "a tensor of floats" if kind.__name__ == "Tensor" else f"a {kind.__name__}"
                self._worker.broken.append(
                    BrokenPromise(TYPE, "", name, f"{wanted}; yours is {describe(part)}")
                )
        return result

    def _ask(self, op: str, cpu: float = CALL_SECONDS, **fields: Any) -> Any:
        sent = {key: _send(value, self) for key, value in fields.items()} | self._reset
        self._reset = {}
        return _receive(self._worker.request(op, cpu=cpu, **sent), self)


def _not_plain(value: Any, name: str) -> Any:
    """The Remote. Raises CheckFailed for a number or text: the grader would call it, and be blamed for the error."""
    if not isinstance(value, Remote):
        fail(
            f"Your notebook puts {describe(value)} in the place of `{name}`, which the tests of this task use."
        )
    return value


def _of_other_kinds(value: Any, kind: Kind, name: str) -> Iterator[tuple[Any, type, str]]:
    """The first part that is of another kind, with what it should be, and its name. The number of parts is not
    checked."""
    parts: list[tuple[Any, Kind, str]] = []
    if isinstance(kind, dict) and isinstance(value, dict):
        parts = [(value[key], wanted, f'{name}["{key}"]') for key, wanted in kind.items() if key in value]
    elif isinstance(kind, (tuple, list)) and isinstance(value, (tuple, list)):
        kinds = kind * len(value) if isinstance(kind, list) else kind
        parts = [
            (part, wanted, f"{name}[{i}]") for i, (part, wanted) in enumerate(zip(value, kinds, strict=False))
        ]
    elif isinstance(kind, type) and not (
        isinstance(value, kind) and (not is_tensor(value) or value.is_floating_point())
    ):
        yield value, kind, name
    for part in parts:
        if other := next(_of_other_kinds(*part), None):
            yield other
            return


def _send(value: Any, student: Student) -> Any:
    """Remotes become the references they stand for; a callable becomes one that receives Remotes."""
    if isinstance(value, Remote):
        return value._ref
    if isinstance(value, Opaque):  # only the student's code makes one, and it cannot be passed back
        fail(f"Your code returned {describe(value)}, which the next step of this test cannot use.")
    if isinstance(value, (list, tuple)):
        return type(value)(_send(item, student) for item in value)
    if isinstance(value, dict):
        return {key: _send(item, student) for key, item in value.items()}
    if callable(value) and not isinstance(value, type):
        return _callback(value, student)
    return value


def _callback(function: Callable, student: Student) -> Callable:
    signature = inspect.signature(function)

    def answer(*args: Any, **kwargs: Any) -> Any:
        received = [_receive(arg, student) for arg in args]
        named = {key: _receive(value, student) for key, value in kwargs.items()}
        try:
            signature.bind(*received, **named)
        except TypeError as error:  # the student's call, not the grader's function, is what is wrong
            fail(f"Your code calls a function that it was given with arguments that do not fit: {error}.")
        return _send(function(*received, **named), student)

    return answer


def _receive(value: Any, student: Student) -> Any:
    if isinstance(value, Ref):
        return Remote(student, value)
    if type(value) in (list, tuple):
        return type(value)(_receive(item, student) for item in value)
    if type(value) is dict:
        return {key: _receive(item, student) for key, item in value.items()}
    return value
