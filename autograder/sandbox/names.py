"""Finds out what the names of a notebook refer to, and which cell gave one of them another value.

With this, a judge can go back to where a name still had the value from the student's own definition.

Nothing here runs the notebook's code: no `__getattr__`, no property, no metaclass. Python's own descriptors read what
Python keeps of an object.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import itertools
import sys
import types
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

MAX_NAMES = 500
"""At most so many names are listed for a cell."""
MAX_PARTS = 1000
"""Of the items in a value, so many are compared; of an array, so many bytes."""
MAX_HOLDERS = 100
"""So many containers are looked into."""
MAX_KEPT = 10_000
"""Bytes of a number or text that is kept alive until the next cell has run."""


class Changes:
    """Compares the notebook's names with their state after the last cell."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.marks: dict[str, _Mark] = {}

    def since_last(self, statements: Iterable[ast.AST] = ()) -> dict[str, Any]:
        """What the cell of these statements did: `bound` lists the names it gave a first value, `changed` those it gave
        another value or deleted, including Python's own like `max`; `reads` lists the notebook's names that functions
        and classes in both read, directly or through one another."""
        before = self.marks
        now = {name: _mark(value) for name, value in list(self.namespace.items()) if type(name) is str}
        bound = [name for name in now if name not in before]
        changed = [name for name, mark in before.items() if name not in now or mark.differs(now[name])]
        changed += [name for name in bound if hasattr(builtins, name)]
        replaced: set[str] = set()
        with contextlib.suppress(Exception):  # an expression may be nested too deeply
            replaced.update(patched(statements, self.namespace))
        changed += sorted(replaced.intersection(before).difference(changed))
        self.marks = now
        direct: dict[str, list[str]] = {}
        reads = {
            name: sorted(found)[:MAX_NAMES]
            for name in [*bound, *changed][:MAX_NAMES]
            if name in now and (found := self.reads_of(name, direct))
        }
        return {"bound": bound[:MAX_NAMES], "changed": changed[:MAX_NAMES], "reads": reads}

    def reads_of(self, name: str, direct: dict[str, list[str]]) -> set[str]:
        """The names that this one reads, through one another; `direct` keeps what each name reads itself."""
        found: set[str] = set()
        todo = [name]
        while todo and len(found) < MAX_NAMES:
            reader = todo.pop()
            if reader not in direct:
                direct[reader] = _reads(self.namespace.get(reader), self.namespace)
            for read in direct[reader]:
                if read not in found:
                    found.add(read)
                    todo.append(read)
        return found - {name}


class _Mark:
    """What is remembered of a value, to notice that it was replaced or has changed.

    The ids of objects are among its facts. Another object can get the id of one that is freed: small ones are kept, and
    of the others, which may be large, it is noticed that they are gone.
    """

    __slots__ = ("facts", "kept", "watched")

    def __init__(self, facts: tuple[Any, ...], objects: Iterable[Any]) -> None:
        self.facts = facts
        self.kept: list[Any] = []
        self.watched: list[weakref.ref[Any]] = []
        keep, watch = self.kept.append, self.watched.append
        for x in objects:
            kind = type(x)
            if kind in _SMALL:
                keep(x)
            elif kind in _OF_ANY_SIZE:
                if sys.getsizeof(x) <= MAX_KEPT:
                    keep(x)
            elif kind not in _CONTAINERS:  # whose items are watched
                try:
                    watch(weakref.ref(x))
                except TypeError:  # nobody can watch it
                    continue

    def differs(self, now: _Mark) -> bool:
        return self.facts != now.facts or any(watch() is None for watch in self.watched)


def _mark(value: Any) -> _Mark:
    kind = type(value)
    if kind is types.FunctionType:
        parts = (value.__code__, value.__defaults__)
        return _Mark((id(value), *map(id, parts)), (value, *parts))
    if kind in _ATOMS:
        return _Mark((id(value),), (value,))
    try:
        facts, parts = _content(value)
        return _Mark((id(value), *facts), (value, *parts))
    except Exception:  # another thread may be changing it: only this value is lost
        return _Mark((id(value),), (value,))


_SMALL = frozenset({bool, complex, float, type(None)})
_OF_ANY_SIZE = frozenset({bytes, int, str})
_ATOMS = frozenset({
    bool, bytes, complex, float, int, str, type(None), types.BuiltinFunctionType, types.FunctionType, types.MethodType,
    types.ModuleType,
})  # fmt: skip


def _content(value: Any) -> tuple[list[Any], list[Any]]:
    """What changes if a value, or something in it, is changed in place, within the limits above; and the objects whose
    ids are among that.

    Every name is checked after every cell, so this must be fast.
    """
    facts, objects = _state(value), []
    holders, known, left = [value], {id(value)}, MAX_PARTS
    for holder in holders:  # the list grows meanwhile
        parts = list(itertools.islice(_parts(holder), left))
        left -= len(parts)
        facts.append(len(parts))
        facts += map(id, parts)
        objects += parts
        for part in parts:
            if len(holders) >= MAX_HOLDERS:
                break
            kind = type(part)
            if kind not in _ATOMS and kind is not type and id(part) not in known:
                known.add(id(part))
                facts += _state(part)
                holders.append(part)
    return facts, objects


def _state(value: Any) -> list[Any]:
    """The part of a value's state that is not an object of its own."""
    kind = type(value)
    if kind in _CONTAINERS:
        return [len(value)]
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    if torch is not None and issubclass(kind, torch.Tensor):
        plain = kind in (torch.Tensor, torch.nn.Parameter)
        # of another class, it would ask that class's __torch_function__
        asked = contextlib.nullcontext() if plain else torch._C.DisableTorchFunction()
        with asked, contextlib.suppress(RuntimeError):  # inference mode counts no changes
            return [torch._C.TensorBase._version.__get__(value)]
    elif numpy is not None and kind is numpy.ndarray and value.nbytes <= MAX_PARTS:
        return [value.tobytes()]
    return []


_CONTAINERS: dict[type, Callable[[Any], Iterable[Any]]] = {
    dict: dict.values,
    list: iter,
    set: iter,
    tuple: iter,
}


def _parts(value: Any) -> Iterable[Any]:
    """The objects in a container, a model, or one of the notebook's classes or objects."""
    kind = type(value)
    if kind in _CONTAINERS:
        return _CONTAINERS[kind](value)
    if issubclass(kind, type):
        return _class_dict(value).values() if _is_of_notebook(value) else []
    torch = sys.modules.get("torch")
    if torch is not None and issubclass(kind, torch.nn.Module):
        state = _instance_dict(value)
        parts = [part for name, part in dict.items(state) if type(name) is str and name[:1] != "_"]
        for registered in ("_parameters", "_buffers", "_modules"):
            held = dict.get(state, registered)
            parts += dict.values(held) if issubclass(type(held), dict) else ()
        return parts
    if kind is types.SimpleNamespace or _is_of_notebook(kind):
        return dict.values(_instance_dict(value))
    return []


_class_dict = type.__dict__["__dict__"].__get__
_class_order = type.__dict__["__mro__"].__get__
_class_bases = type.__dict__["__bases__"].__get__
_class_module = type.__dict__["__module__"].__get__
_class_name = type.__dict__["__name__"].__get__


def _instance_dict(value: Any) -> dict:
    """The attributes that Python keeps for an object; empty if it has none, or its class hides them."""
    for a_class in _class_order(type(value)):
        descriptor = _class_dict(a_class).get("__dict__")
        if type(descriptor) in (types.GetSetDescriptorType, types.MemberDescriptorType):
            found = descriptor.__get__(value)
            return found if issubclass(type(found), dict) else {}
    return {}


def _is_of_notebook(a_class: type) -> bool:
    module = _class_dict(a_class).get("__module__")
    return type(module) is str and module == "__main__"


def _reads(value: Any, namespace: dict[str, Any]) -> list[str]:
    """Names of the notebook that one of its functions, classes or objects may read.

    A decorator puts something else in the place of a function: another function, a `functools.cache`, an object. So the
    functions inside a value count, too.
    """
    found: list[str] = []
    inside, known = [value], {id(value)}
    for part in inside:  # the list grows meanwhile
        kind = type(part)
        if kind is types.FunctionType and part.__globals__ is namespace:
            found += _names_in(part.__code__)
        elif issubclass(kind, type) and _is_of_notebook(part):
            found += [_class_name(base) for base in _class_bases(part) if _is_of_notebook(base)]
        elif _is_of_notebook(kind):
            found.append(_class_name(kind))
        with contextlib.suppress(Exception):  # another thread may be changing it: only this part is lost
            for held in itertools.islice(_callables(part), MAX_PARTS):
                if len(inside) < MAX_HOLDERS and type(held) not in _INERT and id(held) not in known:
                    known.add(id(held))
                    inside.append(held)
    return found


_INERT = _ATOMS - {types.FunctionType, types.MethodType}
_partial_parts = [functools.partial.__dict__[name].__get__ for name in ("func", "args", "keywords")]


def _callables(value: Any) -> Iterable[Any]:
    """The objects in a value that may be, or hold, a function that it calls."""
    kind = type(value)
    if kind is types.FunctionType:
        held = [*value.__dict__.values(), value.__defaults__, value.__kwdefaults__]  # and `__wrapped__`
        for cell in value.__closure__ or ():
            with contextlib.suppress(ValueError):  # it is still empty
                held.append(cell.cell_contents)
        return held
    if kind is types.MethodType:
        return [value.__func__, value.__self__]
    if kind in (classmethod, staticmethod):
        return [value.__func__]
    if kind is property:
        return [value.fget, value.fset, value.fdel]
    if issubclass(kind, functools.partial):
        return [part(value) for part in _partial_parts]
    if kind in _CONTAINERS or issubclass(kind, (type, types.ModuleType)):
        return _parts(value)
    return itertools.chain([kind], _parts(value), dict.values(_instance_dict(value)))


def _names_in(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if type(constant) is types.CodeType:
            yield from _names_in(constant)


def patched(statements: Iterable[ast.AST], namespace: dict[str, Any]) -> Iterator[str]:
    """The names of libraries in which these statements replace something: F for `F.relu = mine`."""
    for node in statements:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        owner = None
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            owner = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            owner = node.args[0] if node.args else None
        if owner is not None:
            yield from _names_of_library(owner, namespace)
        yield from patched(ast.iter_child_nodes(node), namespace)


def _names_of_library(expression: ast.expr, namespace: dict[str, Any]) -> Iterator[str]:
    """The first name in an expression like `torch.nn.Linear`, and all names for that module; none if it is not a
    library."""
    path = []
    while isinstance(expression, ast.Attribute):
        path.append(expression.attr)
        expression = expression.value
    value = namespace.get(expression.id) if isinstance(expression, ast.Name) else None
    first = value
    for attribute in reversed(path):
        value = _instance_dict(value).get(attribute) if issubclass(type(value), types.ModuleType) else None
    if not issubclass(type(first), types.ModuleType) or not issubclass(type(value), (types.ModuleType, type)):
        return
    module = sys.modules.get(_class_module(value)) if issubclass(type(value), type) else value
    yield from (name for name, known in list(namespace.items()) if known is first or known is module)


def bound_names(statements: Iterable[ast.AST]) -> Iterator[str]:
    """The names that statements at the top level of a cell give a value."""
    for node in statements:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                yield node.id
        elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            if isinstance(node, ast.ExceptHandler) and node.name:
                yield node.name
            yield from bound_names(ast.iter_child_nodes(node))
