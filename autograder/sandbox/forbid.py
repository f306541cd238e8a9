"""Makes libraries raise in a worker, so that "by hand" and "without scikit-learn" hold while a task is judged.

Replacing names is not enough: a notebook may hold aliases taken when it was loaded (`g = torch.autograd.grad`), or call
the engine underneath. So the code object of each Python function is replaced, which reaches every alias. Functions of C
extensions, and the functions in torch to which everything leads, refuse in their own machine code (native.py), whatever
thread, mode or kernel leads there. The judge changes the machine code from outside, since a notebook may have replaced
what is here. docs/safety.md says what remains possible.
"""

from __future__ import annotations

import ctypes
import functools
import importlib
import importlib.abc
import itertools
import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any, NamedTuple, cast

from autograder.sandbox import native
from autograder.sandbox.bans import BANS, BY_FORMULA, BY_HAND, SWITCHED_OFF, WITHOUT_SKLEARN
from autograder.sandbox.faults import forbidden_sentence


def forbid(kinds: Sequence[str], machine_code: bool = True) -> None:
    """From now on, in this process, everything that `kinds` name raises a RuntimeError that says so.

    Args:
        kinds: names in the table of bans (bans.py).
        machine_code: False if the judge changes the machine code from outside.
    """
    unknown = set(kinds) - BANS.keys()
    if unknown:
        raise ValueError(f"nothing is known under {', '.join(sorted(unknown))}; there are {', '.join(BANS)}")
    if "autograd" not in _traps and not _NATIVE.keys().isdisjoint(kinds):
        raise RuntimeError(
            f"torch is to be forbidden in part ({', '.join(kinds)}) and is not among the libraries"
        )
    for kind in kinds:
        _KINDS[kind]()
        if kind in _shallow:
            _forbid_by_name(kind)
    if machine_code and (found := {trap for kind in kinds for trap in traps().get(kind, ())}):
        native.refuse(found)
        seal()


def seal() -> None:
    """From now on, this process cannot change any code that a ban changes."""
    native.seal(_code)


def traps() -> dict[str, list[native.Trap]]:
    """What `prepare` found in machine code, by kind. A function that several kinds name has the same trap in all of
    them."""
    return {kind: list(itertools.starmap(native.Trap, found.items())) for kind, found in _traps.items()}


# ---- what each kind is


def prepare() -> list[str]:
    """Find what is to be forbidden in the modules imported so far: thousands of functions. No worker has to do it
    again.

    Returns warnings for the instructor: which bans hold only for Python's names, because this torch is not built like
    the known ones.
    """
    if "torch" in sys.modules:
        _prepare_ready_made()  # before the ban on all of scikit-learn: which code refuses says why
    for module in _modules("sklearn"):
        _refuse_in_machine_code("sklearn", _sklearn_bans(module))
    _known[:] = list(sys.modules)[-1:]
    if "torch" in sys.modules:
        _find_traps()
        for bans in (_autograd_bans, _optim_bans):
            bans()
    if "scipy.signal" in sys.modules:
        _refuse_in_machine_code("convolution", _convolution_bans())
    _code[:] = native.areas([trap for found in traps().values() for trap in found])
    if not _shallow:
        return []
    import torch

    return [
        f"torch {torch.__version__} is built differently from the versions this course knows, so the bans on "
        f"{', '.join(sorted(_shallow))} hold for Python's names only and can be circumvented: check flagged lines by "
        "hand, or install the torch of requirements.lock (docs/safety.md)"
    ]


_NATIVE: dict[str, tuple[tuple[str, bytes, str | None, str], ...]] = {
    "autograd": (
        (
            "libtorch_cpu.so",
            rb"_ZN5torch8autograd6Engine(?:7execute|23execute_with_graph_task|17evaluate_function)E",
            "the autograd engine",
            BY_HAND,
        ),
        (
            "libtorch_cpu.so",
            rb"_ZN5torch8autograd12AutogradMeta11set_fw_gradE",
            "forward-mode differentiation",
            BY_HAND,
        ),
        ("libtorch_cpu.so", rb"_ZN2at6native[^\0]*(?:backward|_jvp)", None, BY_HAND),
        (
            "libtorch_cpu.so",
            rb"_ZN5torch3jit16InterpreterState(?:3run|8runAsync)E",
            "TorchScript (torch.jit)",
            SWITCHED_OFF,
        ),
    ),
    "convolution": (
        ("libtorch_cpu.so", rb"_ZN2at6native[^\0]*[cC]onv(?!er)", None, BY_HAND),
        ("libtorch_cpu.so", rb"_ZNK?\d+PackedConvWeight", "a quantized convolution", BY_HAND),
        (
            "libtorch_cpu.so",  # every quantized convolution unpacks its weights, whatever library computes it
            rb"_ZN(?:O|KR)?3c106IValue[^\0]*20ConvPackedParamsBase",
            "a quantized convolution",
            BY_HAND,
        ),
    ),
    "losses": (("libtorch_cpu.so", rb"_ZN2at6native[^\0]*(?:_loss|cross_entropy|kl_div)", None, BY_FORMULA),),
    "optim": (("libtorch_cpu.so", rb"_ZN2at6native[^\0]*_fused_(?:sgd|ada)", None, BY_HAND),),
}
"""For each kind: a library of torch, the mangled names of its functions that refuse, and their name in messages.

These are the functions to which every way leads. The engine runs each backward pass, the setter stores each tangent of
forward mode; derivatives and convolutions that can be called by themselves are operators in at::native. TorchScript
could run a derivative that was made when the notebook was loaded.
"""
_CHECK_FAIL = rb"_ZN3c106detail14torchCheckFailEPKcS2_jS2_(?=\0)"
_traps: dict[str, dict[int, int]] = {}
"""For each kind: the address of each machine function that refuses, and of the code that refuses in its place."""
_code: list[tuple[int, int]] = []
_shallow: set[str] = set()
"""The kinds with functions that were not found in torch's libraries: these kinds are forbidden by name instead."""


def _find_traps() -> None:
    import torch

    libraries = native.libraries(Path(torch.__file__).parent / "lib")

    def functions(library: str, pattern: bytes) -> dict[str, int]:
        try:
            return native.functions(libraries[library], pattern)
        except (KeyError, OSError, ValueError):  # no such library, or not of a known kind
            return {}

    check_fail = next(iter(functions("libc10.so", _CHECK_FAIL).values()), 0)
    for kind, entries in _NATIVE.items():
        for library, pattern, called, why in entries:
            found = functions(library, pattern) if check_fail else {}
            if not found:
                _shallow.add(kind)
            for mangled, address in found.items():
                sentence = forbidden_sentence(called or f"torch.{native.plain_name(mangled)}", why)
                _trap(kind, address, native.torch_refusal(sentence, check_fail))
    node = native.call_slot(type((torch.ones(1, requires_grad=True) * 2).grad_fn))
    _trap("autograd", node, native.python_refusal(forbidden_sentence("a node of the graph", BY_HAND)))


def _trap(kind: str, function: int, refusal: int) -> None:
    """Makes this machine function refuse where the kind is forbidden: with this code, or with the code it has for
    another kind."""
    known = (found[function] for found in _traps.values() if function in found)
    _traps.setdefault(kind, {})[function] = next(known, refusal)


_prepared: dict[types.ModuleType, list[_Ban]] = {}
_banned: set[int] = set()
_known: list[str] = []
"""The newest module that `prepare` saw. Looking at the thousands before it would copy a page of memory each."""


def _sklearn_bans(module: types.ModuleType) -> list[_Ban]:
    """The bans on what is found in this module and was not found in those before it."""
    if module not in _prepared:
        bans = _bans_of_module(module, WITHOUT_SKLEARN, owned_by="sklearn")
        _prepared[module] = [ban for ban in bans if ban.key not in _banned]
        _banned.update(ban.key for ban in bans)
    return _prepared[module]


def _modules(package: str, until: Sequence[str] = ()) -> list[types.ModuleType]:
    """The imported modules of a package, the newest first."""
    names = itertools.takewhile(lambda name: name not in until, reversed(sys.modules))
    found = [sys.modules[name] for name in list(names) if name.partition(".")[0] == package]
    return [module for module in found if isinstance(module, types.ModuleType)]


def _forbid_sklearn() -> None:
    for module in {*_prepared, *_modules("sklearn", until=_known)}:
        _apply(_sklearn_bans(module))
    sys.meta_path.insert(0, _ForbiddenImports("sklearn", WITHOUT_SKLEARN))


@functools.cache
def _autograd_bans() -> list[_Ban]:
    import torch
    import torch._functorch.eager_transforms as transforms
    import torch.autograd.functional
    import torch.autograd.gradcheck
    from torch._functorch import apis
    from torch.autograd import forward_ad, graph

    # torch asks for dual numbers when it prints a tensor; there are none here
    keep = ("unpack_dual", "UnpackedDualTensor")
    keep += ("functionalize", "_set_fwd_grad_enabled", "set_inplace_requires_grad_allowed")
    bans: list[_Ban] = []
    for module in (torch.autograd.functional, torch.autograd.gradcheck, forward_ad, transforms):
        bans += _bans_of_module(module, BY_HAND, owned_by=module.__name__, keep=keep)
    functions = [
        torch.autograd.backward,
        torch.autograd.grad,
        torch.Tensor.backward,
        graph._engine_run_backward,
    ]
    functions += [apis.grad, apis.grad_and_value]
    for function in functions:
        bans += _bans(f"{function.__module__}.{function.__qualname__}", function, BY_HAND)

    c = torch._C
    bans += _bans("the autograd engine", c._ImperativeEngine.run_backward, BY_HAND)
    for function in (c._functorch._grad_increment_nesting, c._functorch._jvp_increment_nesting):
        bans += _bans("torch.func", function, BY_HAND)
    for function in (c._enter_dual_level, c._VariableFunctions._make_dual):
        bans += _bans("forward-mode differentiation", function, BY_HAND)
    return [*bans, *_bans("torch.compile", torch.compile, SWITCHED_OFF)]


def _forbid_autograd() -> None:
    _apply(_autograd_bans())
    _forbid_ready_made("autograd")
    _forbid_operators_by_object(SWITCHED_OFF)


def _forbid_losses() -> None:
    _forbid_ready_made("losses")
    _forbid_operators_by_object(BY_FORMULA)


def _forbid_operators_by_object(why: str) -> None:
    """What was traced is made of `torch.ops.aten.…`; torch itself calls operators in other namespaces."""
    from torch._ops import OpOverload, OpOverloadPacket

    methods: dict[str, types.FunctionType] = {}
    exec(_CALL_OPERATOR, methods)
    sentence = forbidden_sentence("torch.ops.aten", why)
    for name, kind in (("call_overload", OpOverload), ("call_packet", OpOverloadPacket)):
        code = methods[name].__code__
        constants = tuple(sentence if c == "the message" else c for c in code.co_consts)
        kind.__call__.__code__ = code.replace(co_consts=constants)


_CALL_OPERATOR = """
def call_overload(self, /, *args, **kwargs):
    if self.namespace in ("aten", "prims"):
        raise RuntimeError("the message")
    return self._op(*args, **kwargs)

def call_packet(self, /, *args, **kwargs):
    if self._qualified_op_name.startswith(("aten::", "prims::")):
        raise RuntimeError("the message")
    return self._op(*args, **kwargs)
"""


@functools.cache
def _optim_bans() -> list[_Ban]:
    # The base class and its helpers stay: a student's own optimizer may be built on them.
    kept = ("torch.optim.optimizer", "torch.optim.lr_scheduler", "torch.optim.swa_utils")
    keep = ("__init__", "__setstate__")
    return [
        ban
        for module in _modules("torch")
        if module.__name__.startswith("torch.optim.") and module.__name__ not in kept
        for ban in _bans_of_module(module, BY_HAND, owned_by=module.__name__, keep=keep)
    ]


def _forbid_optim() -> None:
    _apply(_optim_bans())
    _forbid_ready_made("optim")


_CONVOLUTIONS = {
    "numpy": "convolve correlate",
    "numpy._core.multiarray": "correlate correlate2",
    "scipy.signal": "convolve convolve2d fftconvolve oaconvolve correlate correlate2d sepfir2d lfilter sosfilt upfirdn "
    "savgol_filter symiirorder1 symiirorder2",
    "scipy.signal._sosfilt": "_sosfilt",
    "scipy.signal._spline": "sepfir2d symiirorder1_ic symiirorder2_ic_fwd symiirorder2_ic_bwd",
    "scipy.signal._sigtools": "_convolve2d _correlateND _linear_filter _sepfir2d",
    "scipy.signal._upfirdn_apply": "_apply",
    "scipy.ndimage": "convolve convolve1d correlate correlate1d gaussian_filter gaussian_filter1d uniform_filter "
    "uniform_filter1d sobel prewitt laplace gaussian_laplace generic_laplace gaussian_gradient_magnitude",
    "scipy.ndimage._nd_image": "correlate correlate1d uniform_filter1d",
}


@functools.cache
def _convolution_bans() -> list[_Ban]:
    return [
        ban
        for module_name, names in _CONVOLUTIONS.items()
        for module in [importlib.import_module(module_name)]
        for name in names.split()
        if hasattr(module, name)
        for ban in _bans(f"{module_name}.{name}", getattr(module, name), BY_HAND)
    ] + _pillow_bans()


def _forbid_convolution() -> None:
    _apply(_convolution_bans())
    _forbid_ready_made("convolution")
    _forbid_operators("mkldnn", "convolution_transpose", BY_HAND)  # no machine function of it has a name
    if "torchvision" in sys.modules:
        _forbid_operators("torchvision", "deform_conv2d", BY_HAND)
    else:
        sys.meta_path.insert(0, _ForbiddenImports("torchvision", "it brings a convolution along."))


_PILLOWS_FILTERS = "filter box_blur gaussian_blur unsharp_mask"


def _pillow_bans() -> list[_Ban]:
    """The class of Pillow's images has no name in a module."""
    if "PIL.Image" not in sys.modules:
        return []
    kind = type(sys.modules["PIL.Image"].new("L", (1, 1)).im)
    names = (name for name in _PILLOWS_FILTERS.split() if hasattr(kind, name))
    return [ban for name in names for ban in _bans("PIL.Image.Image.filter", getattr(kind, name), BY_HAND)]


# ---- what libraries have ready-made


_ready_made: dict[str, list[_Ban]] = {}
"""For each kind, the Python functions that `prepare` found by the table."""


def _prepare_ready_made() -> None:
    for kind, ban in BANS.items():
        packages = {name.partition(".")[0] for name in ban.ready_made}
        modules = [module for package in sorted(packages) for module in _modules(package)]
        found = {ban.key: ban for module in modules for ban in _ready_made_in(module, kind)}
        _ready_made[kind] = list(found.values())
        _refuse_in_machine_code(kind, _ready_made[kind])


def _ready_made_in(module: types.ModuleType, kind: str) -> list[_Ban]:
    pattern = _pattern(module.__name__, kind)
    if pattern is None:
        return []
    fits = re.compile(pattern).search
    why = BY_FORMULA if kind == "losses" else BY_HAND
    return [
        ban
        for owner, name, function in _callables(module, owned_by=module.__name__)
        if fits(f"{owner}.{name}".removeprefix(f"{module.__name__}."))
        for ban in _bans(f"{owner}.{name}", function, why)
    ]


def _pattern(module_name: str, kind: str) -> str | None:
    """What the table says of the module, or of the nearest package around it."""
    table = BANS[kind].ready_made
    name = module_name
    while name and name not in table:
        name = name.rpartition(".")[0]
    return table.get(name)


def _forbid_ready_made(kind: str) -> None:
    _apply(_ready_made[kind])
    for name in list(itertools.takewhile(lambda name: name not in _known, reversed(sys.modules))):
        if isinstance(module := sys.modules[name], types.ModuleType):
            _apply(_ready_made_in(module, kind))
    if not _later_imports.kinds:
        sys.meta_path.insert(0, _later_imports)
    _later_imports.kinds.append(kind)


class _LaterImports(importlib.abc.MetaPathFinder):
    """What a library has ready-made is forbidden as soon as the library is imported, for the first time or again."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if all(_pattern(name, kind) is None for kind in self.kinds):
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in others)), None)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_forbid(module: types.ModuleType) -> None:
                load(module)
                for kind in self.kinds:
                    _apply(_ready_made_in(module, kind))

            spec.loader.exec_module = load_and_forbid
        return spec


_later_imports = _LaterImports()


_NAMES = {
    "autograd": r"backward|_jvp",
    "convolution": r"conv(?!er)",
    "losses": r"_loss|cross_entropy|kl_div",
    "optim": r"_fused_(?:sgd|ada)",
}
"""For each kind, the names of torch's C functions that refuse if its machine code cannot."""


def _forbid_by_name(kind: str) -> None:
    """The fallback if the functions underneath were not found: what Python calls refuses, under every alias."""
    import torch

    why = {"losses": BY_FORMULA}.get(kind, BY_HAND)
    for owner in (torch._C._VariableFunctions, torch._C._nn):
        for name in filter(re.compile(_NAMES[kind]).search, dir(owner)):
            _apply(_bans(f"torch.{name}", getattr(owner, name), why))
    c = torch._C
    for function in (c.ScriptFunction.__call__, c.ScriptMethod.__call__, c._jit_get_operation):
        _apply(_bans("TorchScript (torch.jit)", function, SWITCHED_OFF))
    _forbid_operators_by_object(SWITCHED_OFF)


_libraries: list[Any] = []  # torch unregisters a kernel when its library object is garbage-collected


def _forbid_operators(namespace: str, part: str, instead: str) -> None:
    """Replaces the CPU kernel in torch's dispatcher for every operator with this part in its name."""
    import torch

    library = torch.library.Library(namespace, "IMPL")
    _libraries.append(library)
    for full_name in torch._C._dispatch_get_all_op_names():
        space, _, operator = full_name.partition("::")
        if space == namespace and part in operator:
            name = f"{namespace}.{operator.partition('.')[0]}"
            library.impl(operator, _raising(forbidden_sentence(name, instead)), "CPU")


def _raising(message: str) -> Callable[..., Any]:
    def raising(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(message)

    return raising


_KINDS: dict[str, Callable[[], None]] = {
    "sklearn": _forbid_sklearn,
    "autograd": _forbid_autograd,
    "convolution": _forbid_convolution,
    "losses": _forbid_losses,
    "optim": _forbid_optim,
}


class _ForbiddenImports(importlib.abc.MetaPathFinder):
    """Stops a module that was removed from `sys.modules` from being imported again with fresh functions."""

    def __init__(self, package: str, instead: str) -> None:
        self.package = package
        self.instead = instead

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] == self.package:
            raise RuntimeError(forbidden_sentence(name, self.instead))


# ---- what it takes to make one function raise


class _Ban(NamedTuple):
    """Either a Python function and its new code, or a C function's method table and its new machine function."""

    target: types.FunctionType | int
    replacement: types.CodeType | int
    replaced: types.CodeType | None = None
    """Kept alive: freeing it in a fork would copy a page of memory for each object that it holds."""

    @property
    def key(self) -> int:
        return self.target if isinstance(self.target, int) else id(self.target)


def _refuse_in_machine_code(kind: str, bans: list[_Ban]) -> None:
    """Takes the C functions out of the bans: their machine code refuses instead, which no notebook can change back."""
    for ban in bans:
        if isinstance(ban.target, int):
            _trap(kind, native.method(ban.target), cast(int, ban.replacement))
    bans[:] = [ban for ban in bans if not isinstance(ban.target, int)]


def _apply(bans: Iterable[_Ban]) -> None:
    for target, replacement, _ in bans:
        if isinstance(target, int):
            _point_to(target, replacement)
        else:
            target.__code__ = replacement


_KEPT_METHODS = {
    "__repr__",
    "__str__",
    "__del__",
    "__getstate__",
    "__setstate__",
    "__reduce__",
    "__init_subclass__",
}


def _bans_of_module(
    module: types.ModuleType, instead: str, owned_by: str, keep: Iterable[str] = ()
) -> list[_Ban]:
    """For every function and method that was defined in `owned_by` and is found in the module."""
    kept = _KEPT_METHODS.union(keep)
    bans = []
    for owner, name, x in _callables(module, owned_by):
        if name not in kept and owner.rpartition(".")[2] not in kept:
            bans += _bans(f"{owner}.{name}", x, instead)
    return bans


def _callables(module: types.ModuleType, owned_by: str) -> Iterator[tuple[str, str, Any]]:
    """(owner, name, function) of what was defined in `owned_by`, and not merely imported or stored there."""
    for name, x in list(vars(module).items()):
        if not _defined_in(owned_by, x):
            continue
        if not isinstance(x, type):
            yield x.__module__, name, x
            continue
        for attribute, member in list(vars(x).items()):
            member = member.__func__ if isinstance(member, (staticmethod, classmethod)) else member
            if _defined_in(owned_by, member):
                yield f"{x.__module__}.{x.__qualname__}", attribute, member


def _defined_in(owned_by: str, x: Any) -> bool:
    origin = getattr(getattr(x, "__objclass__", x), "__module__", None)
    return isinstance(origin, str) and (origin == owned_by or origin.startswith(owned_by + "."))


def _bans(name: str, function: Any, instead: str) -> list[_Ban]:
    """For a function and all that it is wrapped around; numpy's functions are found in their dispatchers."""
    message = forbidden_sentence(_public(name), instead)
    found: dict[int, _Ban] = {}
    waiting = [function]
    while waiting:
        x = waiting.pop()
        x = getattr(x, "__func__", x)
        if id(x) in found:
            continue
        waiting += [
            inner for inner in (getattr(x, "__wrapped__", None), getattr(x, "_implementation", None)) if inner
        ]
        if type(x).__name__ == "fused_cython_function" and x.__signatures__:
            waiting += x.__signatures__.values()  # one function for each type of number, and it only chooses
        elif isinstance(x, types.FunctionType):
            found[id(x)] = _Ban(x, _raising_code(message, x.__code__), x.__code__)
        elif type(x).__name__ in _METHOD_TABLE_OFFSETS:
            found[id(x)] = _Ban(_method_table(x), native.python_refusal(message))
    return list(found.values())


def _public(name: str) -> str:
    """`sklearn.svm._classes.SVC.__init__` is known as `sklearn.svm.SVC`."""
    *owners, last = name.replace("_functorch.eager_transforms", "func").split(".")
    kept = [part for part in owners if not part.startswith("_")]
    return ".".join(kept if last.startswith("__") else [*kept, last])


# ---- Python functions


def _template(*args, **kwargs):  # noqa: ANN002, ANN003, ANN202
    raise RuntimeError("the message")


def _raising_code(message: str, old: types.CodeType) -> types.CodeType:
    """Code that fits the function of `old`: it must close over the same variables."""
    constants = tuple(message if c == "the message" else c for c in _template.__code__.co_consts)
    return _template.__code__.replace(co_consts=constants, co_name=old.co_name, co_freevars=old.co_freevars)


# ---- C functions

# Where CPython keeps the pointer to a function's PyMethodDef; Cython's functions begin as built-in ones do.
_METHOD_TABLE_OFFSETS = {
    "builtin_function_or_method": 16,
    "cython_function_or_method": 16,
    "fused_cython_function": 16,
    "method_descriptor": 40,
    "classmethod_descriptor": 40,
}
_METHOD_NAME = 0  # of ml_name in PyMethodDef


def _method_table(function: Any) -> int:
    """The address of a C function's PyMethodDef, which every object made from that function shares."""
    table = (
        ctypes.c_void_p.from_address(id(function) + _METHOD_TABLE_OFFSETS[type(function).__name__]).value or 0
    )
    if ctypes.c_char_p.from_address(table + _METHOD_NAME).value != function.__name__.encode():
        raise RuntimeError(f"the method table of {function!r} is not where this Python keeps it")
    return table


def _point_to(table: int, machine_function: int) -> None:
    place = table + native.METHOD_FUNCTION
    native.make_writable(place, ctypes.sizeof(ctypes.c_void_p))
    ctypes.c_void_p.from_address(place).value = machine_function
