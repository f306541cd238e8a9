"""The untrusted side: at each call of a student's code, notes promises that every task makes without saying so.

- A function does not change its arguments, or the settings of an optimizer that it gets.
- A function leaves gradients on.
- Two objects made by a class or a function share nothing that learns, and are not the same object.
- A list or tensor that a function has returned is not changed by its next call.

A note is only a claim, like everything that a worker says. The judge decides what it costs (broken_promises.py).
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

ARGUMENTS = "arguments"
OPTIMIZER = "optimizer"
SHARING = "sharing"
GRADIENTS = "gradients"
_CELL = "<cell "
_MOST_OBJECTS = 5_000  # the most objects of one model that are checked

Note = tuple[str, str, str, str]
"""Kind of promise; cell and name of the code that broke it; what was changed or is shared."""


class Promises:
    """The promises broken by calls in one process, and the objects made last, by their maker."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Any, list[Any], dict[int, _Held]]] = {}
        self._returned: dict[int, tuple[Any, list[tuple[Any, Any]]]] = {}
        """The lists, dicts and tensors that a function returned last, with copies of them."""

    def call(self, function: Any, args: list[Any], kwargs: dict[str, Any]) -> tuple[Any, list[Note]]:
        """The result of the call and the promises that it broke."""
        before, on = (_kept(args), _kept(kwargs)), _records_gradients()
        result = function(*args, **kwargs)
        given = [*args, *kwargs.values()]
        looks = [
            lambda: _changed(function, args, kwargs, before),
            lambda: _left_off(function, args, kwargs, on),
        ]
        if isinstance(function, (type, types.FunctionType)) or hasattr(function, "cache_info"):
            looks += [
                lambda: self._shared(function, result, given),
                lambda: self._filled_again(function, result, given),
            ]
        notes: list[Note] = []
        for look in looks:
            with contextlib.suppress(Exception):  # a student's object may refuse to be inspected
                notes += look()
        return result, notes

    def _shared(self, maker: Any, result: Any, args: list[Any]) -> list[Note]:
        """What the objects of this call share with those of the call before."""
        made = [x for x in _parts(result) if _is_made(x) and not any(x is arg for arg in _parts(args))]
        cell, name = _author(maker) if made else ("", "")
        if not name:
            return []
        held = {}
        for x in made:
            held |= _held(x)
        _, earlier, held_before = self._made.get(id(maker), (maker, [], {}))
        self._made[id(maker)] = maker, made, held
        if any(x is other for x in made for other in earlier):
            return [(SHARING, cell, name, "")]
        in_common = [key for key in held if key in held_before and held[key].learns(held_before[key])]
        if in_common:
            given = {key for arg in args for key in _held(arg)}
            for key in in_common:
                if key not in given:
                    return [(SHARING, cell, name, held[key].path)]
        return []

    def _filled_again(self, function: Any, result: Any, args: list[Any]) -> list[Note]:
        """A list, dict or tensor that the call before also returned, and that this call has changed."""
        kinds = (list, dict, *_tensor_type())  # but not a parameter, which belongs to a model
        returned = [x for x in (result, *_parts(result)) if type(x) in kinds]
        new = [x for x in returned if not any(x is arg for arg in args)]
        _, earlier = self._returned.pop(id(function), (function, []))
        if new:
            self._returned[id(function)] = function, [(x, _kept(x)) for x in new]
        cell, name = _author(function) if earlier else ("", "")
        if name and any(x is known and not _same(x, copy) for x in new for known, copy in earlier):
            return [(SHARING, cell, name, "")]
        return []


# ---- arguments


def _kept(x: Any) -> Any:
    """A copy of what can be changed in place; other objects are returned as they are."""
    kind = type(x)
    if kind is list or kind is tuple:
        return [_kept(item) for item in x]
    if kind is dict:
        return {key: _kept(value) for key, value in x.items()}
    if _is_tensor(x):
        return x.detach().clone(), x.requires_grad
    if _is_array(x):
        return x.copy()
    if _is_table(x):
        return x.copy(deep=True)
    return _settings(x)


def _settings(x: Any) -> Any:
    """What training must not change: which parameters of a model learn, and an optimizer's settings."""
    torch = sys.modules.get("torch")
    try:
        if torch is not None and isinstance(x, torch.nn.Module):
            return {name: parameter.requires_grad for name, parameter in x.named_parameters()}
        if _is_optimizer(x):
            groups = enumerate(x.param_groups)
            return {
                (i, name): value for i, group in groups for name, value in group.items() if name != "params"
            }
    except Exception:  # a student's class may refuse to be inspected
        return None
    return x


def _same(now: Any, before: Any) -> bool:
    """Whether `now` still equals `before`, its copy from `_kept`."""
    if isinstance(now, (list, tuple)):
        return len(now) == len(before) and all(map(_same, now, before))
    if isinstance(now, dict):
        return list(now) == list(before) and all(_same(now[key], before[key]) for key in before)
    if _is_tensor(now):
        torch = sys.modules["torch"]
        before, learned = before
        if now.requires_grad != learned:
            return False
        now = now.detach()
        if now.shape != before.shape or now.dtype != before.dtype:
            return False
        return (
            torch.equal(now, before)
            or torch.equal(now.isnan(), before.isnan())
            and (torch.equal(now.nan_to_num(0.0), before.nan_to_num(0.0)))
        )
    if _is_array(now):
        nan_may_be = now.dtype.kind in "fc"
        return now.dtype == before.dtype and sys.modules["numpy"].array_equal(now, before, nan_may_be)
    if _is_table(now):
        axes = zip(now.axes, before.axes, strict=True)
        return bool(now.equals(before)) and all(a.equals(b) for a, b in axes)
    settings = _settings(now)
    if settings is not now:  # a parameter or a group may have been added or removed
        return all((settings or {}).get(name, value) == value for name, value in (before or {}).items())
    return now is before


def _changed(function: Any, args: list[Any], kwargs: dict[str, Any], before: tuple[list, dict]) -> list[Note]:
    places: list[int | str] = [i for i, arg in enumerate(args) if not _same(arg, before[0][i])]
    places += [key for key, arg in kwargs.items() if not _same(arg, before[1][key])]
    if not places:
        return []
    cell, name = _author(function, *args, *kwargs.values())
    if not name:  # not the student's code: nothing to blame it for
        return []
    given = [args[place] if isinstance(place, int) else kwargs[place] for place in places]
    kinds = [OPTIMIZER if _is_optimizer(arg) else ARGUMENTS for arg in given]
    return [
        (kind, cell, name, _parameter(function, place)) for kind, place in zip(kinds, places, strict=True)
    ]


def _records_gradients() -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and torch.is_grad_enabled()


def _left_off(function: Any, args: list[Any], kwargs: dict[str, Any], before: bool) -> list[Note]:
    """A note if the call has switched off gradients for everything that runs after it."""
    if _records_gradients() or not before:
        return []
    cell, name = _author(function, *args, *kwargs.values())
    return [(GRADIENTS, cell, name, "")] if name else []


def _parameter(function: Any, place: int | str) -> str:
    """The function's name for the argument at this place."""
    if isinstance(place, str):
        return place
    try:
        called = (
            function.forward if hasattr(function, "forward") and not isinstance(function, type) else function
        )
        return list(inspect.signature(called).parameters)[place]
    except (TypeError, ValueError, IndexError):
        return f"argument {place + 1}"


def _author(*candidates: Any) -> tuple[str, str]:
    """Cell and name of the first candidate that a cell defines: a function, a method, a class or an instance."""
    for x in candidates:
        if isinstance(x, functools.partial):
            x = x.func
        if not isinstance(x, (type, types.FunctionType, types.MethodType)) and not hasattr(x, "__wrapped__"):
            x = type(x)
        functions = [x] if not isinstance(x, type) else [v for k in x.__mro__ for v in vars(k).values()]
        for function in functions:
            code = getattr(inspect.unwrap(function), "__code__", None)
            if code is not None and code.co_filename.startswith(_CELL):
                return code.co_filename.removeprefix(_CELL)[:-1][:200], x.__qualname__[:80]
    return "", ""


# ---- what objects share


class _Held:
    """A tensor in an object, and how often it had been written to when it was noted."""

    def __init__(self, tensor: Any, path: str, registered: bool) -> None:
        self.tensor, self.path = tensor, path
        self.registered = registered  # as a parameter
        self.version = tensor._version

    def learns(self, before: _Held) -> bool:
        """Constants may be shared; tensors that are registered, differentiated or written to since may not."""
        return self.registered or self.tensor.requires_grad or self.version > before.version


def _held(x: Any) -> dict[int, _Held]:
    """The tensors in an object, by the memory that they occupy: in its attributes, its classes and its parts.

    A class may keep its instances and their last outputs for somebody to look at: what is found there is not shared.
    """
    found: dict[int, _Held] = {}
    seen: set[int] = set()
    queue: list[tuple[Any, str, bool, tuple[type, ...]]] = [(x, "", False, ())]
    for x, path, registered, classes in queue:  # the list grows meanwhile
        if id(x) in seen or len(seen) > _MOST_OBJECTS or isinstance(x, classes):
            continue
        seen.add(id(x))
        if _is_tensor(x):
            if x.numel() and x.device.type != "meta" and not (classes and _is_output(x)):
                found.setdefault(x.untyped_storage().data_ptr(), _Held(x, path[:80], registered))
            continue
        for name, part, is_registered, kept_by in _inside(x):
            place = f"{path}.{name}" if path and name else path or name
            queue.append((part, place, is_registered, (*classes, *kept_by)))
    return found


def _inside(x: Any) -> Iterator[tuple[str, Any, bool, tuple[type, ...]]]:
    """(name, part, whether it is registered as a parameter, the class if it is that which has it) of
    everything that could contain tensors."""
    if isinstance(x, Mapping):
        yield from ((str(key), value, False, ()) for key, value in x.items())
    elif isinstance(x, (list, tuple)):
        yield from ((str(i), value, False, ()) for i, value in enumerate(x))
    elif _is_made(x):
        for kind in type(x).__mro__:
            if kind.__module__ == "__main__":
                yield from ((name, v, False, (kind,)) for name, v in vars(kind).items() if _may_hold(v))
        for name, value in vars(x).items():
            if name in ("_parameters", "_buffers", "_modules"):
                yield from ((key, part, name == "_parameters", ()) for key, part in value.items())
            elif _may_hold(value):
                yield name, value, False, ()


def _is_output(x: Any) -> bool:
    """Whether autograd has computed a tensor; a view of a parameter still is the parameter."""
    return not (x._base if x._is_view() else x).is_leaf


def _may_hold(x: Any) -> bool:
    return isinstance(x, (list, tuple, dict)) and bool(x) or _is_tensor(x) or _is_made(x)


def _is_made(x: Any) -> bool:
    """Whether this is a module, or an instance of one of the notebook's classes."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(x, torch.nn.Module):
        return True
    return type(x).__module__ == "__main__" and hasattr(x, "__dict__") and not isinstance(x, type)


def _parts(x: Any) -> Sequence[Any]:
    """An object, or the objects of a pair, list or dict of them."""
    if isinstance(x, dict):
        return list(x.values())
    return x if isinstance(x, (list, tuple)) else [x]


def _is_tensor(x: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(x, torch.Tensor)


def _tensor_type() -> tuple[type, ...]:
    torch = sys.modules.get("torch")
    return () if torch is None else (torch.Tensor,)


def _is_optimizer(x: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(x, torch.optim.Optimizer)


def _is_array(x: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(x, numpy.ndarray)


def _is_table(x: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(x, (pandas.DataFrame, pandas.Series))
