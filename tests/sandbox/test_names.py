"""What a cell has changed is seen whatever its objects do when they are looked at."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from autograder.sandbox.names import Changes

ODD = {
    "an attribute that is a KeyError": """
class Odd:
    __slots__ = ("kept",)
    def __getattr__(self, name):
        calls.append(name)
        raise KeyError(name)
odd = Odd()
""",
    "a property in the place of the attributes": """
class Odd:
    @property
    def __dict__(self):
        calls.append("__dict__")
        raise SystemExit
odd = Odd()
""",
    "an object that watches each look": """
class Odd:
    def __getattribute__(self, name):
        calls.append(name)
        raise ValueError
odd = Odd()
""",
    "attributes of an odd kind": """
class Attributes(dict):
    def values(self):
        calls.append("values")
        raise ValueError
class Odd: pass
odd = Odd()
odd.__dict__ = Attributes()
""",
    "a metaclass": """
class Meta(type):
    def __getattribute__(self, name):
        calls.append(name)
        raise ValueError
class Odd(metaclass=Meta):
    n = 1
    def f(self): return k
odd = type.__call__(Odd)
""",
    "a member that looks like a method": """
class Member:
    def __getattr__(self, name):
        calls.append(name)
        raise KeyError(name)
class Odd:
    member = Member()
""",
    "a class that says it is a module": """
class Odd:
    @property
    def __class__(self):
        calls.append("__class__")
        raise KeyError
odd = Odd()
odd.x = 1
""",
    "a tensor": """
class Odd(torch.Tensor):
    @property
    def _version(self):
        calls.append("_version")
        raise KeyError
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        calls.append(function)
        raise KeyError
odd = torch.zeros(1).as_subclass(Odd)
""",
    "a model": """
class Odd(torch.nn.Module):
    def __getattribute__(self, name):
        if calls is not None:
            calls.append(name)
        return super().__getattribute__(name)
calls, kept = None, calls
odd = Odd()
object.__getattribute__(odd, "__dict__")["_modules"] = 3
object.__getattribute__(odd, "__dict__")[5] = 5
calls = kept
""",
    "a name that is no text": "globals()[5] = 1",
}


def change(changes: Changes, source: str) -> dict:
    tree = ast.parse(source)
    exec(compile(tree, "<cell>", "exec"), changes.namespace)
    changes.namespace["calls"].clear()
    return changes.since_last(tree.body)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_object_hides_no_change_and_is_not_asked(odd: str) -> None:
    torch = pytest.importorskip("torch")
    changes = Changes({"__name__": "__main__", "calls": [], "torch": torch})
    calls = changes.namespace["calls"]
    assert set(change(changes, "k = [1]\ndef f(x): return k")["bound"]) >= {"k", "f"}
    assert change(changes, odd)["changed"] == []
    assert calls == []
    for later, changed in (
        ("def f(x): return x", ["f"]),
        ("k[0] = 2", ["k"]),
        ("pass", []),
    ):
        assert change(changes, later)["changed"] == changed
        assert calls == []


@pytest.mark.parametrize(
    ("first", "step"),
    [
        ('k = float("2")', "k = k * 0.9"),
        ('k = int("1000")', "k = k + 1"),
        ('k = {"a": float("2")}', 'k["a"] *= 0.9'),
        ('k = [float("2"), float("3")]', "k = [x * 0.9 for x in k]"),
        ("k = torch.ones(3)", "k = k - 0.1"),
        ("k = (torch.ones(3),)", "k = (k[0] - 0.1,)"),
        ("k = np.ones(1000)", "k = k - 0.1"),
        ("def k(x): return x", "def k(x): return x"),
        ("class K: pass\nk = K()\nk.x = float('2')", "k.x *= 0.9"),
    ],
)
def test_a_value_that_comes_to_lie_where_the_old_one_was_is_another_one(first: str, step: str) -> None:
    """Freed memory is used again: after some steps, an object has the id of the first one."""
    namespace = {"__name__": "__main__", "calls": [], "torch": pytest.importorskip("torch"), "np": np}
    for steps in range(1, 9):
        changes = Changes(dict(namespace))
        change(changes, first)
        assert change(changes, "pass")["changed"] == []
        assert change(changes, "\n".join([step] * steps))["changed"] == ["k"]


def test_what_odd_objects_hold_is_seen() -> None:
    changes = Changes({"__name__": "__main__", "calls": []})
    change(
        changes,
        """
class Slots:
    __slots__ = ("__dict__",)
class Error(Exception): pass
class Meta(type):
    def __getattribute__(self, name): raise ValueError
class Odd(metaclass=Meta):
    n = [1]
class Watched:
    def __getattribute__(self, name): raise ValueError
a, b, c, d = Slots(), Error(), Odd, Watched()
a.x, b.x = [1], [1]
object.__setattr__(d, "x", [1])
""",
    )
    assert change(changes, "a.x[0] = 2")["changed"] == ["a"]
    assert change(changes, "b.x[0] = 2")["changed"] == ["b"]
    assert set(change(changes, "type.__getattribute__(c, 'n')[0] = 2")["changed"]) == {"c", "Odd"}
    assert change(changes, "object.__getattribute__(d, 'x')[0] = 2")["changed"] == ["d"]


def test_a_deep_expression_hides_no_change() -> None:
    changes = Changes({"__name__": "__main__", "calls": []})
    change(changes, "k = 1")
    assert change(changes, "k = " + "+".join(["1"] * 900))["changed"] == ["k"]


DECORATED = {
    "a wrapper": """
import functools
def timed(g):
    @functools.wraps(g)
    def inner(*args): return g(*args)
    return inner
@timed
def f(x): return helper(x)
""",
    "a wrapper without functools.wraps": """
def timed(g): return lambda *args: g(*args)
f = timed(lambda x: helper(x))
""",
    "two of them": """
def timed(g): return lambda *args: g(*args)
@timed
@timed
def f(x): return helper(x)
""",
    "torch.no_grad": """
import torch
@torch.no_grad()
def f(x): return helper(x)
""",
    "functools.cache": "import functools\nf = functools.cache(lambda x: helper(x))",
    "functools.partial": "import functools\ndef g(n, x): return helper(x)\nf, g = functools.partial(g, 1), 0",
    "an argument of a partial": "import functools\nf = functools.partial(map, lambda x: helper(x))",
    "a default": "def f(x, g=lambda x: helper(x)): return g(x)",
    "an object of a class": """
class Timed:
    def __init__(self, g): self.g = g
    def __call__(self, x): return self.g(x)
@Timed
def f(x): return helper(x)
""",
    "an object with a method": """
class Net:
    def __call__(self, x): return helper(x)
f, Net = Net(), 0
""",
    "numpy.vectorize": "import numpy\nf = numpy.vectorize(lambda x: helper(x))",
    "a bound method": """
class Net:
    def call(self, x): return helper(x)
f, Net = Net().call, 0
""",
    "a table": "table = {'f': lambda x: helper(x)}\ndef f(x): return table['f'](x)",
    "a member": """
import torch
class f:
    @torch.no_grad()
    def __call__(self, x): return helper(x)
""",
    "a static method": """
import torch
class f:
    @staticmethod
    @torch.no_grad()
    def call(x): return helper(x)
""",
    "a property": "class f:\n    @property\n    def value(self): return helper(self)",
    "a cached property": """
import functools
class f:
    @functools.cached_property
    def value(self): return helper(self)
""",
}


@pytest.mark.parametrize("source", DECORATED.values(), ids=DECORATED)
def test_what_a_decorated_function_reads_is_known(source: str) -> None:
    if "torch" in source:
        pytest.importorskip("torch")
    changes = Changes({"__name__": "__main__", "calls": []})
    done = change(changes, f"def helper(x): return deeper(x)\ndef deeper(x): return x\n{source}")
    assert {"helper", "deeper"} <= set(done["reads"]["f"])


ODD_PARTS = """
import functools
class Odd(functools.partial):
    def __getattribute__(self, name):
        calls.append(name)
        raise ValueError
def outer():
    def f(x): return helper, odd, late
    return f
    late = 1
odd, f = Odd(print), outer()
f.__wrapped__ = f
f.more = [Odd(f), {1: odd}, functools.partial(odd)]
f.many = [functools.partial(print) for _ in range(100_000)]
"""


def test_odd_parts_of_a_function_are_not_asked() -> None:
    changes = Changes({"__name__": "__main__", "calls": []})
    assert set(change(changes, ODD_PARTS)["reads"]["f"]) >= {"helper", "odd"}
    assert changes.namespace["calls"] == []
