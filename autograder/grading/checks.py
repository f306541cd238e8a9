"""Assertion helpers for graders: one ladder of checks, and messages that a student can use.

The ladder is missing → type → shape → dtype → finite → value; the first check that fails is reported, with what the
student's code returned, the tolerance and a hint at the kind of mistake, never the expected value. Only `CheckFailed`
counts against a student; any other exception in a grader is a bug in the grader (see pytest_plugin.py).

The rest of this file holds the helpers for plain data that graders use all the time: `unpack` a pair, look up the
`entries` of a dict, accept `any_of` several readings, `expect_error`. Helpers for models are in models.py. A grader
imports all of them from toolkit.py.

Everything a worker returns is plain data rebuilt from bytes (see sandbox/codec.py), so `isinstance` and arithmetic can
be trusted here.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from autograder.sandbox.codec import Opaque, Ref
from autograder.sandbox.faults import StudentError

if TYPE_CHECKING:  # a course without tensors is graded without torch
    import torch

Shape = tuple[int | None, ...]

MAX_NUMBERS = 8_000_000
"""More than any task needs. As float64 they take 64 MB, and some checks make several copies."""
MAX_ITEMS = 100_000
"""For a list that is checked item by item, which takes the judge's time and not the student's."""


class CheckFailed(Exception):
    """The student's work fails a check; the text is for the student."""

    known_cause = False
    """Whether the text begins with the cause; if so, the student reads it before the test's own sentence."""
    got: np.ndarray | None = None
    expected: np.ndarray | None = None
    """What was compared, only for the grader's author (build/author_loop.py)."""


def fail(message: str) -> None:
    """Raises CheckFailed(message)."""
    raise CheckFailed(message)


def require(condition: bool, message: str) -> None:
    """Raises CheckFailed(message) unless `condition`, which must be the grader's own bool."""
    if not condition:
        raise CheckFailed(message)


def assert_kind(value: object, kind: type | tuple[type, ...], should: str, length: int | None = None) -> None:
    """`value` is of this type and length; otherwise the message is `should`, and what it is instead.

    Raises:
        CheckFailed: it is not.

    >>> got = student.train(model, X, y, optimizer, 12)
    >>> assert_kind(got, (list, tuple), "A mean loss and an accuracy are asked for", length=2)
    """
    if not isinstance(value, kind) or length is not None and len(value) != length:
        fail(f"{should}; yours is {describe(value)}.")


def is_tensor(value: object) -> bool:
    """Whether it is a torch tensor; never true if torch is not imported."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


_IN_THE_WORKER = {
    "type": "a class",
    "function": "a function",
    "generator": "a generator",
    "dict": "a dict with keys other than numbers and text",
    "DataFrame": "a DataFrame with values or labels other than numbers and text",
    "Series": "a Series with values or labels other than numbers and text",
    "ndarray": "a NumPy array of something other than numbers",
}
"""Descriptions of some objects without numbers to send, by the names of their types."""


def describe(value: object) -> str:
    """What a value is, in a few words and without its content: "a tensor of shape (3, 1)", "None", "a string"."""
    if value is None:
        return "None"
    if isinstance(
        value, Opaque
    ):  # codec.py's form for a tensor without numbers to send, such as one on `meta`
        kind = "a" if value.type_name.startswith("tensor (") else "an object of type"
        return f"{kind} {value.type_name[:80]}"
    if is_tensor(value):
        return f"a tensor of shape {tuple(value.shape)} and dtype {str(value.dtype).removeprefix('torch.')}"
    if isinstance(value, np.ndarray):
        return f"a NumPy array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, pd.DataFrame):
        return (
            f"a DataFrame with {len(value)} rows and the columns {[str(c)[:30] for c in value.columns[:12]]}"
        )
    if isinstance(value, pd.Series):
        return f"a Series of length {len(value)}"
    if isinstance(value, (list, tuple, dict)):
        article = "an" if type(value).__name__[0] in "aeiou" else "a"
        return f"{article} {type(value).__name__} of length {len(value)}"
    type_name = getattr(value, "type_name", None) or type(value).__name__
    if isinstance(value, Ref) or hasattr(value, "type_name"):
        return _IN_THE_WORKER.get(str(type_name), f"an object of type {str(type_name)[:80]}")
    return {"str": "a string", "bool": f"the truth value {value}", "int": f"the integer {value}"}.get(
        type(value).__name__, f"a {type(value).__name__}"
    )


def yours(value: object, name: str, verb: str = "is") -> str:
    """The end of a message that says what `name` should be: what it is instead.

    >>> yours(None, "center(points)")
    'yours is None. Is a `return` missing?'
    """
    # asked only about a call: a gradient that is None, for example, was never computed
    call = verb == "returns" or name.endswith(")")
    return f"yours {verb} {describe(value)}." + (" Is a `return` missing?" if value is None and call else "")


def _shape_text(shape: Shape) -> str:
    inner = ", ".join("any" if size is None else str(size) for size in shape)
    return f"({inner},)" if len(shape) == 1 else f"({inner})"


def _fits(got: Sequence[int], wanted: Shape) -> bool:
    return len(got) == len(wanted) and all(w is None or g == w for g, w in zip(got, wanted, strict=True))


def other_way_round(got: Sequence[int], wanted: Shape) -> str:
    """The sentence to add to a message about a wrong shape if rows and columns have changed places; otherwise "".

    >>> other_way_round((2, 5), (5, 2))
    ' Rows and columns have changed places.'
    """
    turned = len(wanted) == 2 and not _fits(got, wanted) and _fits(got, wanted[::-1])
    return " Rows and columns have changed places." if turned else ""


def as_tensor(
    value: object,
    name: str,
    shape: Shape | list[Shape] | None = None,
    dtype: torch.dtype | None = None,
    finite: bool = True,
) -> torch.Tensor:
    """`value` as a float64 tensor that the grader owns, after all checks of the ladder.

    Args:
        value: a tensor, NumPy array or scalar, number, or (nested) list of numbers, as a worker returned it.
        name: what the student calls it, for the message.
        shape: the shape it must have, None for a free size; a list gives alternatives.
        dtype: the dtype it must have as returned (checked only for tensors); None accepts any.
        finite: refuse NaN and infinities.

    Raises:
        CheckFailed: with one message for the first check that fails.
    """
    import torch

    return torch.from_numpy(as_array(value, name, shape, dtype, finite))


def as_array(
    value: object,
    name: str,
    shape: Shape | list[Shape] | None = None,
    dtype: torch.dtype | None = None,
    finite: bool = True,
) -> np.ndarray:
    """The same as `as_tensor`, as a NumPy array.

    >>> ages = as_array(student.clean(table)["age"], "clean(table)['age']", shape=(20,))
    """
    limit = MAX_ITEMS if isinstance(value, (list, tuple)) else MAX_NUMBERS
    if _size(value) > limit:
        fail(f"`{name}` should hold at most {limit:,} numbers; yours is {describe(value)}.")
    array: Any = value
    if is_tensor(value):
        array = value.detach()
    elif isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "biuf":
        array = np.array(value)
    elif isinstance(value, (pd.Series, pd.DataFrame)):
        try:
            array = value.to_numpy(dtype=float) if _holds_real_numbers(value) else None
        except (TypeError, ValueError, OverflowError):
            array = None
        if array is None:
            fail(f"`{name}` should hold numbers; yours is {describe(value)} that holds something else.")
    elif isinstance(value, (bool, int, float, list, tuple)):
        try:
            array = np.array(_plain(value), dtype=float)
        except (TypeError, ValueError, OverflowError):
            fail(f"`{name}` should be made of numbers, in rows of equal length; yours is {describe(value)}.")
    else:
        tensor = "an ordinary tensor" if isinstance(value, Opaque) else "a tensor"
        fail(f"`{name}` should be {tensor} or a number; {yours(value, name)}")
    if shape is not None:
        alternatives = shape if isinstance(shape, list) else [shape]
        if not any(_fits(array.shape, wanted) for wanted in alternatives):
            wanted = " or ".join(_shape_text(alternative) for alternative in alternatives)
            turned = other_way_round(array.shape, alternatives[0])
            fail(f"`{name}` should have shape {wanted}; yours has shape {tuple(array.shape)}.{turned}")
    if dtype is not None and is_tensor(value) and value.dtype is not dtype:
        wanted, got = (str(d).removeprefix("torch.") for d in (dtype, value.dtype))
        fail(f"`{name}` should have dtype {wanted}; yours has {got}.")
    if is_tensor(array):
        if array.is_complex():
            fail(f"`{name}` should hold real numbers; yours are complex.")
        array = array.double().numpy()
    array = array.astype(float)  # truth values, too: a grader computes with what it gets
    if finite and not np.isfinite(array).all():
        bad = (~np.isfinite(array)).sum()
        fail(f"`{name}` should hold finite numbers; {bad} of your {array.size} are NaN or infinite.")
    return array.copy()


def _holds_real_numbers(table: pd.DataFrame | pd.Series) -> bool:
    """Whether it can be converted to floats: pandas would read words as numbers, and drop half of a complex number."""
    table = table.to_frame() if isinstance(table, pd.Series) else table
    dtypes, mixed = table.dtypes, np.dtype(object)  # not column by column: a table can have 100,000 columns
    if not all(dtype.kind in "biuf" or dtype == mixed for dtype in dtypes):
        return False
    objects = table.loc[:, (dtypes == mixed).to_numpy()].to_numpy()
    return not any(isinstance(x, str) for x in objects.flat)


def _size(value: object) -> int:
    """How many numbers it holds, before anything is converted."""
    if isinstance(value, (list, tuple)):
        return sum(map(_size, value))
    if is_tensor(value):
        return value.numel()
    return value.size if isinstance(value, (np.ndarray, pd.DataFrame, pd.Series)) else 1


def _plain(value: object) -> object:
    """Nested lists with every number or 0-d tensor as a Python number."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if is_tensor(value) or isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "biuf":
        return value.tolist()
    if isinstance(value, (bool, int, float)):
        return value
    raise TypeError(describe(value))


def as_number(value: object, name: str, finite: bool = True) -> float:
    """`value` as a float: a Python or NumPy number, or a tensor or array with one element.

    Raises:
        CheckFailed: it is something else, or is not finite although it must be.
    """
    numbers = (int, float, np.ndarray, np.generic)
    if isinstance(value, bool) or not (is_tensor(value) or isinstance(value, numbers)):
        fail(f"`{name}` should be a number; {yours(value, name)}")
    array = as_array(value, name, finite=finite)
    if array.size != 1:
        fail(f"`{name}` should be one number; yours is {describe(value)}.")
    return float(array.item())


def as_numbers(value: object, name: str, length: int | None = None, finite: bool = True) -> list[float]:
    """`value` as a list of floats: a list or tuple of numbers, or a one-dimensional tensor, array or Series."""
    # in the worker: an array or Series of objects, such as 0-d tensors
    if getattr(value, "type_name", None) in ("ndarray", "Series"):
        value = value.method("tolist")()
    if isinstance(value, (list, tuple)):
        if len(value) > MAX_ITEMS:
            fail(
                f"`{name}` should have {length or f'at most {MAX_ITEMS:,}'} entries; yours has {len(value):,}."
            )
        numbers = [as_number(item, f"{name}[{i}]", finite=finite) for i, item in enumerate(value)]
    elif hasattr(value, "type_name"):
        fail(f"`{name}` should be a list of numbers; {yours(value, name)}")
    else:
        numbers = as_array(value, name, shape=[(None,), (None, 1)], finite=finite).flatten().tolist()
    if length is not None and len(numbers) != length:
        fail(f"`{name}` should have {length} entries; yours has {len(numbers)}.")
    return numbers


def assert_close(
    got: object,
    expected: object,
    atol: float,
    rtol: float = 0.0,
    name: str = "result",
    names: Sequence[str] | None = None,
    shape: str = "same",
    hint: str = "",
    wrong: Mapping[str, object] | None = None,
) -> None:
    """`got` is within `atol + rtol * |expected|` of `expected`, entry by entry.

    Args:
        got: what the student's code returned.
        expected: what the grader computed; never shown.
        names: what the entries are called, in order, for the message.
        shape: "same", or "any" if the contract leaves the shape open and only the number of entries counts.
        hint: a sentence added to the message when the values are wrong.
        wrong: known wrong values, by the sentence that names their cause. If `got` is one of them, its sentence comes
            first and the hint is left out. A value may be a function that computes it when it is needed, or
            `alternatives` of either kind.

    Raises:
        CheckFailed: for the first check of the ladder that fails.

    >>> assert_close(
    ...     as_numbers(student.train(model, X, y, optimizer, 12), "train(…)", length=12),
    ...     expected,
    ...     atol=1e-5,
    ...     rtol=1e-4,
    ...     name="train(…)",
    ...     wrong={
    ...         "This is what you get without clearing the gradients.": lambda: trained_without_clearing(X, y)
    ...     },
    ... )
    """
    reference = _own_numbers(expected)
    wanted = reference.shape if shape == "same" else None
    array = as_array(got, name, shape=wanted, finite=False).astype(float)
    if array.size != reference.size:
        fail(f"`{name}` should have shape {_shape_text(reference.shape)}; yours has shape {array.shape}.")
    array, reference = array.flatten(), reference.flatten()
    as_array(array, name)
    error = np.abs(array - reference)
    # a reference may come from the student's own numbers, and everything is within a share of infinity
    off = ~(error <= atol + rtol * np.abs(reference)) | ~np.isfinite(reference)
    if not off.any():
        return
    cause = known_cause(array, wrong or {}, atol, rtol)
    with np.errstate(invalid="ignore"):
        worst = int((error - rtol * np.abs(reference)).argmax())
    where = f" at {names[worst]}" if names is not None else (f" at entry {worst}" if array.size > 1 else "")
    count = f"{off.sum()} of {array.size} entries of `{name}` are" if array.size > 1 else f"`{name}` is"
    tolerance = f"{atol:g}" + (f" or {rtol:.2g} of the value" if rtol else "")
    parts = [f"{count} not what they should be" if array.size > 1 else f"{count} not what it should be"]
    parts[0] += f" (tolerance {tolerance}); yours is {array[worst]:.4g}{where}."
    remarks = [_relation(array, reference, atol, rtol), hint] if not cause else []
    failure = CheckFailed(" ".join(part for part in (cause, *parts, *remarks) if part))
    failure.known_cause = bool(cause)
    failure.got, failure.expected = array, reference
    raise failure


def assert_unchanged(
    after: Mapping[str, object],
    before: Mapping[str, torch.Tensor],
    name: str = "{}",
    hint: str = "",
    gone: str = "",
) -> None:
    """The tensors of these names are what they were before, to the bit; others may have come.

    Args:
        name: what a message calls one whose name takes the place of "{}".
        gone: the message about one that is no tensor any more, with "{}" for its name.

    >>> before = student.buffers(network)
    >>> student.evaluate(network, loader)
    >>> assert_unchanged(
    ...     student.buffers(network), before, "the buffer {}", hint="Evaluating changes nothing."
    ... )
    """
    for key, value in before.items():
        require(not gone or is_tensor(after.get(key)), gone.format(key))
        assert_close(after.get(key), value, atol=0.0, name=name.format(key), hint=hint)


class Alternatives(tuple):
    """Several wrong values that one sentence names."""


def alternatives(*values: object) -> Alternatives:
    """Several wrong values of one sentence, where `wrong=` takes one; each may be a function that computes it.

    >>> deviations = [train.std(0, correction=ddof) for ddof in (0, 1)]  # by n and by n - 1
    >>> wrong = {"The mean is not subtracted.": alternatives(*(train / spread for spread in deviations))}
    """
    return Alternatives(values)


def known_cause(got: object, wrong: Mapping[str, object], atol: float, rtol: float = 0.0) -> str:
    """The sentence for the known wrong value that `got` equals, as in `assert_close`; "" if it equals none of them.

    >>> known_cause(0.5, {"The sum, not the mean.": 4.0, "Half of it.": 0.5}, atol=1e-6)
    'Half of it.'
    """
    array = as_array(got, "value", finite=False).flatten()
    for sentence, values in wrong.items():
        for value in values if isinstance(values, Alternatives) else (values,):
            known = _own_numbers(value() if callable(value) else value).flatten()
            comparable = len(known) == len(array) and bool(np.isfinite(known).all())
            if comparable and bool((np.abs(array - known) <= atol + rtol * np.abs(known)).all()):
                return sentence
    return ""


def _own_numbers(value: object) -> np.ndarray:
    """A grader's own numbers, from any container."""
    return np.array(value.detach().double().numpy() if is_tensor(value) else value).astype(float)


def _relation(got: np.ndarray, expected: np.ndarray, atol: float, rtol: float) -> str:
    """How the values differ as a whole, in words that point to a mistake and give no value away."""

    def close(a: np.ndarray, b: np.ndarray) -> bool:
        return bool((np.abs(a - b) <= atol + max(rtol, 1e-3) * np.abs(b)).all())

    size = np.abs(expected).max()
    if not np.isfinite(size):
        return ""
    if size <= 2 * atol:
        return "It should be close to zero." if got.size == 1 else ""
    if close(got, np.zeros_like(got)):
        return "Yours is zero everywhere." if got.size > 1 else "Yours is zero."
    if close(-got, expected):
        return "The size is right and the sign is opposite."
    for digits in range(5):
        rounded = np.round(expected, digits)
        near = [np.allclose(each, rounded, rtol=1e-6, atol=1e-9) for each in (got, expected)]  # float32, too
        if near == [True, False]:
            return "Yours is rounded."
    for factor, words in ((2.0, "twice as large as it should be"), (0.5, "half as large as it should be")):
        if close(got / factor, expected):
            return f"Yours is {words}."
    if got.size > 2:
        n = got.size
        for factor, words in (
            (float(n), "a sum where a mean belongs"),
            (1.0 / n, "a mean where a sum belongs"),
        ):
            if close(got / factor, expected):
                return f"It looks like {words}."
        offset = got - expected
        if offset.std(ddof=1) <= atol and abs(offset.mean()) > atol:
            return "All entries are off by the same amount."
        if close(np.sort(got), np.sort(expected)) and not close(got, expected):  # and more than a little off
            return "The right numbers are there, in another order."
    return ""


def unpack(value: object, call: str, parts: Sequence[str]) -> tuple[object, ...]:
    """The parts that a call should return together, as a tuple or a list.

    Raises:
        CheckFailed: it is something else, or has more or fewer parts.

    >>> features, survived = unpack(student.prepare(table), "prepare", ("features", "survived"))
    """
    if not isinstance(value, (tuple, list)) or len(value) != len(parts):
        what = "the pair" if len(parts) == 2 else f"the {len(parts)} values"
        fail(f"`{call}` should return {what} ({', '.join(parts)}); {yours(value, call, 'returns')}")
    return tuple(value)


def entries(value: object, call: str, keys: Sequence[str], exactly: bool = False) -> dict:
    """The dict that a call should return, if it has these keys and, with `exactly`, no others.

    Raises:
        CheckFailed: it is not a dict, a key is missing, or there is one too many.

    >>> history = entries(student.train(model, optimizer, loss_fn, train, val, 8), "train", ("train", "val"))
    >>> losses = as_numbers(history["train"], 'history["train"]', length=8)
    """
    if not isinstance(value, dict):
        fail(f"`{call}` should return a dict; {yours(value, call, 'returns')}")
    found = f"yours are {[str(key)[:20] for key in list(value)[:14]]}"
    for key in keys:
        require(key in value, f"The key {key!r} is missing from what `{call}` returns; {found}.")
    if exactly and len(value) != len(keys):
        fail(f"`{call}` should return a dict with the keys {list(keys)}; {found}.")
    return value


def entry(value: dict, key: str, shape: Shape | None = None) -> torch.Tensor:
    """One entry of a dict of results as a tensor; for dicts that are judged key by key.

    >>> z1 = entry(entries(student.forward_by_hand(x, y, W1, b1, W2, b2), "forward_by_hand", ()), "z1", (5,))
    """
    require(key in value, f"The key `{key}` is missing; yours are {[str(k)[:20] for k in list(value)[:14]]}.")
    return as_tensor(value[key], key, shape=shape)


def any_of(*readings: Callable[[], object]) -> None:
    """One of the readings of a task must hold; if none does, the student reads about the first.

    Raises:
        CheckFailed, StudentError: of the first reading, if no other holds either.

    >>> any_of(
    ...     lambda: assert_close(watched, before, atol=1e-3, name='history["val"]'),
    ...     lambda: assert_close(watched, after, atol=1e-3, name='history["val"]'),
    ... )
    """
    first: Exception | None = None
    for reading in readings:
        try:
            reading()
            return
        except (CheckFailed, StudentError) as failure:
            first = first or failure
    if first is not None:
        raise first


@contextlib.contextmanager
def asserts(name: str, message: str = "") -> Iterator[None]:
    """For asserts about what the student's code returned: one that fails, or cannot be evaluated, counts against the
    student.

    Use it only for lines about what the student's code returned: the same error elsewhere is a bug in the grader.

    Args:
        name: what the student calls the value, for the message.
        message: a sentence that is added to it.

    Raises:
        CheckFailed: an assert fails, or an operation on the value does.

    >>> with asserts("primes(…)"):
    ...     assert len(student.primes(30)) == 10
    """
    try:
        yield
    except AssertionError:
        problem = f"`{name}` is not right."
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        problem = f"`{name}` cannot be used as the task asks ({type(error).__name__})."
    else:
        return
    fail(f"{problem} {message}".rstrip())


@contextlib.contextmanager
def expect_error(
    kind: type[Exception], mention: str | tuple[str, ...] = "", doing: str = "This call"
) -> Iterator[None]:
    """The student's code must raise `kind` or a subclass, with a message that contains `mention` (or one of several).

    Raises:
        CheckFailed: nothing was raised, or something else, or the message does not contain it.

    >>> with expect_error(ValueError, mention="word", doing='`word_features("")`'):
    ...     student.word_features("")
    """
    try:
        yield
    except StudentError as error:
        if kind.__name__ not in (error.type_name, *error.bases):
            fail(f"{doing} should raise a {kind.__name__}; yours raises {error.type_name}.")
        mentions = (mention,) if isinstance(mention, str) else mention
        if not any(word.lower() in error.message.lower() for word in mentions):
            fail(
                f"The {kind.__name__} should name `{mentions[0]}`, so that a reader knows what to fix; yours does not."
            )
    else:
        fail(f"{doing} should raise a {kind.__name__}; yours raises nothing.")


def assert_equal(got: object, expected: object, name: str) -> None:
    """`got` equals the expected plain value (number, string, list …) and is of the same kind; for small exact
    answers."""
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        number = as_number(got, name)
        require(
            number == expected,
            f"`{name}` is not right; yours is {number:g}.",
        )
        return
    if (
        is_tensor(got)
        or isinstance(got, (np.ndarray, pd.DataFrame, pd.Series))
        or type(got) is not type(expected)
    ):
        fail(f"`{name}` should be {describe(expected)}; yours is {describe(got)}.")
    require(got == expected, f"`{name}` is not right; yours is {str(got)[:80]}.")
