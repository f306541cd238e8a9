"""The public checks of each task: they say what is wrong and ask a question, and never show the answer.

A check names what it looked at, what your code returned, the type and shape it expected, and the tolerance. It fails
with an AssertionError, so that `nbgrader validate` sees it too. There are few of them on purpose: hidden tests remain.

    with checks.task("prepare"):
        features, survived = prepare(passengers)
        checks.columns(features, ["male", "Age", "is_young_male"], name="features")
        checks.length(survived, len(features), name="survived", ask="Did you drop the same rows from both?")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn
from unittest import mock

import numpy as np
import pandas as pd
import torch
from torch import nn

Shape = tuple[int | None, ...]

RESULTS: dict[str, bool] = {}
"""For each task whose public checks ran since the kernel was started, whether they passed."""


class Failure(AssertionError):
    """A check that fails. A notebook shows its message alone: the traceback would lead through the check."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@contextmanager
def task(name: str) -> Iterator[None]:
    """Put `name` in front of every failure inside the block, and say at the end that hidden tests remain."""
    RESULTS[name] = False
    try:
        yield
    except Failure as failure:
        raise Failure(f"{name}: {failure}") from None
    RESULTS[name] = True
    print(f"{name}: public checks pass; hidden tests remain")


def that(condition: object, message: str, *, ask: str = "") -> None:
    """Fail with `message` unless `condition` holds."""
    if not condition:
        _fail(message, ask)


def is_type(
    got: object,
    expected: type | tuple[type, ...],
    *,
    name: str = "result",
    ask: str = "",
) -> None:
    """`got` is an instance of `expected`."""
    if not isinstance(got, expected):
        kinds = expected if isinstance(expected, tuple) else (expected,)
        _fail(
            f"`{name}` is {_a(got)}; expected {' or '.join(kind.__name__ for kind in kinds)}.",
            ask,
        )


def is_module(got: object, *, name: str = "model", ask: str = "") -> None:
    """`got` is a `torch.nn.Module` with parameters that an optimizer can find."""
    is_type(got, nn.Module, name=name, ask=ask)
    for part in ("parameters", "named_parameters", "modules", "children", "state_dict", "train", "eval"):
        method(got, part)
    if not any(True for _ in got.parameters()):
        _fail(
            f"`{name}` has no parameters.",
            ask or "Are its layers attributes, and does `super().__init__()` come first?",
        )


def is_number(got: object, *, name: str = "result", ask: str = "") -> None:
    """`got` is one number: a Python or numpy number, or a tensor that holds one."""
    try:
        float(got)  # type: ignore[arg-type]
    except (TypeError, ValueError, RuntimeError):
        _fail(f"`{name}` is {_a(got)}; expected one number.", ask)


def method(owner: object, name: str) -> Callable[..., Any]:
    """The method of this name of `owner`; fails where something else has the name."""
    got = getattr(owner, name)
    if not callable(got):
        _fail(
            f"`{name}` of your {type(owner).__name__} is {_a(got)}; expected a method.",
            "Does an attribute have the same name?",
        )
    return got


def columns(frame: object, expected: Sequence[str], *, name: str = "frame", ask: str = "") -> None:
    """`frame` is a DataFrame with exactly these columns, in this order."""
    is_type(frame, pd.DataFrame, name=name, ask=ask)
    if list(frame.columns) != list(expected):
        _fail(
            f"`{name}` has the columns {list(frame.columns)}; expected {list(expected)}.",
            ask,
        )


def length(got: object, expected: int, *, name: str = "result", ask: str = "") -> None:
    """`len(got)` is `expected`."""
    try:
        n = len(got)  # type: ignore[arg-type]
    except TypeError:
        _fail(
            f"`{name}` is {_a(got)}, which has no length; expected length {expected}.",
            ask,
        )
    if n != expected:
        _fail(f"`{name}` has length {n}; expected {expected}.", ask)


def shape(got: object, expected: Shape, *, name: str = "result", ask: str = "") -> None:
    """`got.shape` is `expected`; None stands for any size."""
    if not hasattr(got, "shape"):
        _fail(
            f"`{name}` is {_a(got)}, which has no shape; expected {_show(expected)}.",
            ask,
        )
    sizes = tuple(got.shape)
    fits = len(sizes) == len(expected) and all(
        want is None or have == want for have, want in zip(sizes, expected, strict=True)
    )
    if not fits:
        _fail(f"`{name}` has shape {_show(sizes)}; expected {_show(expected)}.", ask)


def dtype(got: object, expected: object, *, name: str = "result", ask: str = "") -> None:
    """`got.dtype` is `expected`, say `torch.float32`."""
    if not hasattr(got, "dtype"):
        _fail(f"`{name}` is {_a(got)}, which has no dtype; expected {expected}.", ask)
    if got.dtype != expected:
        _fail(f"`{name}` has dtype {got.dtype}; expected {expected}.", ask)


def finite(got: object, *, name: str = "result", ask: str = "") -> None:
    """Every number in `got` is finite."""
    values = _array(got, name, ask)
    bad = int(np.sum(~np.isfinite(values)))
    if bad:
        _fail(
            f"`{name}` has {bad} of {values.size} numbers that are not finite (nan or infinite).",
            ask,
        )


def close(
    got: object,
    expected: object,
    *,
    atol: float,
    name: str = "result",
    ask: str = "",
    any_shape: bool = False,
) -> None:
    """Every number in `got` is within `atol` of the same entry of `expected`; the shapes agree, unless `any_shape`.

    The message says how far off and where, never what was expected.
    """
    values, wanted = _array(got, name, ask), _array(expected, name, ask)
    if any_shape and values.size == wanted.size:
        values, wanted = values.reshape(-1), wanted.reshape(-1)
    if values.shape != wanted.shape:
        _fail(
            f"`{name}` has shape {_show(values.shape)}; expected {_show(wanted.shape)}.",
            ask,
        )
    finite(values, name=name, ask=ask)
    gap = np.abs(values - wanted)
    wrong = int(np.sum(gap > atol))
    if not wrong:
        return
    where = np.unravel_index(int(gap.argmax()), gap.shape)
    value, off = f"{values[where]:.6g}", f"{gap.max():.3g}"
    if gap.size == 1:
        _fail(f"`{name}` is {value}, off by {off}; the tolerance is {atol:g}.", ask)
    _fail(
        f"`{name}`: {wrong} of {gap.size} values {'is' if wrong == 1 else 'are'} off by more than the tolerance "
        f"{atol:g}; the furthest, at {_show(where)}, is {value}, off by {off}.",
        ask,
    )


def raises(
    expected: type[Exception],
    call: Callable[[], Any],
    *,
    mention: str = "",
    ask: str = "",
) -> None:
    """`call()` raises `expected`, with `mention` in its message."""
    try:
        call()
    except NotImplementedError:
        raise  # a stub: the task has not been started
    except expected as error:
        if mention.lower() not in str(error).lower():
            _fail(
                f'The {expected.__name__} should name `{mention}`; its message is "{error}".',
                ask,
            )
    except Exception as error:  # noqa: BLE001  any other exception is the finding
        _fail(f"Expected a {expected.__name__}, got {type(error).__name__} ({error}).", ask)
    else:
        _fail(f"Expected a {expected.__name__}; nothing was raised.", ask)


AUTOGRAD = (
    "torch.Tensor.backward",
    "torch.autograd.backward",
    "torch.autograd.grad",
    "torch.func.grad",
    "torch.func.vjp",
    "torch.func.jacrev",
)
"""The calls that differentiate for you."""


@contextmanager
def without(*calls: str, ask: str = "") -> Iterator[None]:
    """Fail where one of these functions is called inside the block; each is a full name, "torch.autograd.grad"."""
    with ExitStack() as stack:
        for call in calls:
            stack.enter_context(mock.patch(call, _refusal(call, ask)))
        yield


def _refusal(call: str, ask: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        _fail(f"Your code calls `{call}`, which this task does without.", ask)

    return refuse


def _array(got: object, name: str, ask: str) -> np.ndarray:
    if isinstance(got, (list, tuple)):  # of losses, say, that still have their graph
        got = [item.detach() if isinstance(item, torch.Tensor) else item for item in got]
    if isinstance(got, torch.Tensor):
        got = got.detach().cpu().numpy()
    try:
        if got is None:  # NumPy would make nan of it
            raise TypeError
        return np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        _fail(f"`{name}` is {_a(got)}; expected numbers.", ask)


def _a(value: object) -> str:
    if value is None:
        return "None (is there a `return`?)"
    return f"of type {type(value).__name__}"


def _show(sizes: Sequence[Any]) -> str:
    inner = ", ".join("any" if size is None else str(int(size)) for size in sizes)
    return f"({inner},)" if len(sizes) == 1 else f"({inner})"


def _fail(message: str, ask: str) -> NoReturn:
    raise Failure(f"{message} {ask}".strip())
