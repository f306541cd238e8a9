"""What a cell has changed is seen whatever its objects do when they are looked at."""

from __future__ import annotations

import ast

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
