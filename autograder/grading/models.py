"""What graders do with a student's models: build one, set and read its parameters, look at its gradients.

    model = new(student, "MLP", [2, 3, 1])
    put(model, {"0_weight": torch.randn(2, 3), "0_bias": torch.randn(3)})
    assert_close(model(X), expected, atol=1e-4, name="MLP([2, 3, 1])(X)")

Parameters are reached by the names under which they are registered, in any module; in a plain class that holds tensors,
by its attributes. If a name is missing or a shape is wrong, a message tells the student to fix it.
The code that does it next to the student's is models_worker.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.grading.checks import as_tensor, fail, other_way_round, require, yours
from autograder.grading.student import Remote, Student

if TYPE_CHECKING:
    import torch

_NO_MODELS = ("type", "function", "generator", "dict", "set", "complex", "bytes")
"""Types of objects that stay in the worker and that nobody would call a model."""
_SOURCE = Path(__file__).with_name("models_worker.py").read_text(encoding="utf-8")


def as_model(value: object, name: str) -> Remote:
    """`value`, after a check that it is an object in the worker and not plain data.

    >>> model = as_model(student.fit_mlp(X, y), "fit_mlp(X, y)")
    """
    if not isinstance(value, Remote) or value.type_name in _NO_MODELS:
        called = isinstance(value, Remote) and value.type_name == "type"
        fail(f"`{name}` should be a model; {yours(value, name)}{' Are its brackets missing?' * called}")
    return value


def new(student: Student, class_name: str, *args: Any, **kwargs: Any) -> Remote:
    """A new model of the student's class, or of a function that makes one.

    >>> model = new(student, "DeepNet", 3, 8, 1, n_layers=4)
    """
    listed = [_text(arg) for arg in args] + [f"{name}={_text(arg)}" for name, arg in kwargs.items()]
    made = getattr(student, class_name)(*args, **kwargs)
    return as_model(made, f"{class_name}({', '.join(listed)})")


def put(model: Remote, values: Mapping[str, torch.Tensor]) -> None:
    """Copies these values into the model's parameters of these names, in place.

    >>> put(model, {"linear.weight": torch.randn(1, 3), "linear.bias": torch.randn(1)})
    """
    if _worker(model, "put")(model, dict(values)) is not True:
        assert_parameters(model, {name: tuple(value.shape) for name, value in values.items()})
        fail("The parameters of your model cannot be set.")


def read(model: Remote, names: Sequence[str]) -> dict[str, torch.Tensor]:
    """The model's parameters of these names, as tensors that the grader owns, in this order.

    >>> weight, bias = read(model, ["linear.weight", "linear.bias"]).values()
    """
    values = _worker(model, "read")(model, list(names))
    if not isinstance(values, dict):
        assert_parameters(model, dict.fromkeys(names))
        fail("The parameters of your model cannot be read.")
    return {name: as_tensor(values.get(name), name) for name in names}


def parameters_of(model: Remote, called: str = "{}") -> dict[str, torch.Tensor]:
    """All parameters of the model by name, as tensors of the grader's own.

    Args:
        called: what a message calls one whose name takes the place of "{}".

    >>> total = sum(value.numel() for value in parameters_of(model, "parameter {}").values())
    """
    found = model._student.parameters(model)
    return {name: as_tensor(value, called.format(name[:40])) for name, value in found.items()}


def assert_parameters(
    model: Remote, shapes: Mapping[str, tuple[int, ...] | None], exactly: bool = False
) -> None:
    """The model has parameters of these names and shapes (None for any), and with `exactly` no others.

    >>> assert_parameters(model, {"linear_1.weight": (2, 2), "linear_1.bias": (2,)}, exactly=True)
    """
    found = _worker(model, "shapes")(model, list(shapes))
    require(isinstance(found, dict), "The parameters of your model cannot be listed.")
    called = [str(name)[:40] for name, shape in found.items() if shape is not None][:12]
    for name, shape in shapes.items():
        got = found.get(name)
        if not isinstance(got, tuple) and not called:
            fail(
                f"Your model has no parameter `{name}`, nor any other. Plain tensors, layers in a plain list, and "
                "layers made in `forward` are not registered."
            )
        layer, _, kind = name.rpartition(".")
        ask = "Is each one registered under its name?"
        if kind == "bias" and isinstance(found.get(f"{layer}.weight"), tuple):
            ask = f"Was `{layer}` made without a bias?"
        require(
            isinstance(got, tuple),
            f"Your model has no parameter `{name}`; yours are called {called}. {ask}",
        )
        if shape is not None and got != shape:
            turned = other_way_round(got, shape)
            fail(f"The parameter `{name}` should have shape {shape}; yours has shape {got}.{turned}")
    if exactly and len(model._student.parameters(model)) > len(shapes):  # second names do not count
        fail(f"The parameters should be {list(shapes)}; yours are {called}.")


def slopes(
    model: Remote, X: torch.Tensor, names: Sequence[str], weights: torch.Tensor | None = None
) -> dict[str, Any]:
    """The gradient of the weighted sum of the model's outputs with respect to each named parameter; None if there is
    none.

    >>> got = slopes(model, X, ["linear.weight", "linear.bias"])
    >>> assert_close(got["linear.bias"], expected, atol=1e-4, name="gradient of linear.bias")
    """
    found = _worker(model, "slopes")(model, X, list(names), weights)
    require(isinstance(found, dict), "The gradients of your model cannot be read.")
    return {name: found.get(name) for name in names}


def assert_learns(model: Remote, X: torch.Tensor) -> None:
    """The gradient of the outputs for X reaches every parameter (give X enough rows that some reach each unit).

    >>> assert_learns(new(student, "TwoLayerNet", 3, 6, 2), torch.randn(30, 3))
    """
    names = _worker(model, "without_gradient")(model, X)
    if isinstance(names, str):
        fail(f"The outputs of your model should be a tensor; yours are of type {names[:80]}.")
    if names != {}:
        found = list(names.items())[:6] if isinstance(names, dict) else []
        listed = ", ".join(f"`{str(name)[:40]}`" for name, _ in found) or "them"
        if found and all(reached is True for _, reached in found):
            fail(
                f"The gradients for {listed} are all exactly 0: do the outputs depend on what these parameters hold?"
            )
        fail(f"The outputs have no gradient for {listed}: is something detached, or computed under no_grad?")


def leave_gradients(model: Remote, value: float) -> None:
    """Fills `.grad` of every parameter, as an earlier backward pass would: a training must clear it.

    >>> leave_gradients(model, 3.0)
    >>> losses = student.train(model, X, y, optimizer, 5)
    """
    _worker(model, "leave_gradients")(model, value)


def optimizer_of(model: Remote, kind: str, **options: Any) -> Remote:
    """A torch optimizer for all parameters of the model.

    >>> optimizer = optimizer_of(model, "SGD", lr=0.1, momentum=0.9)
    """
    return model._student.library(f"torch.optim.{kind}")(model.parameters(), **options)


def _worker(model: Remote, name: str) -> Any:
    """One of the functions of models_worker.py, next to the model."""
    return model._student.define(_SOURCE, name)


def _text(arg: object) -> str:
    if isinstance(arg, (bool, int, float, str, list, tuple)):
        return repr(arg)[:60]
    return "…"
