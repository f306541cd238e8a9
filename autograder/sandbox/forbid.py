"""Makes libraries raise in a worker: work "by hand" and "without scikit-learn" is judged where those cannot be called.

Names are not enough: a notebook holds aliases taken when it was loaded (`g = torch.autograd.grad`), and knows the
engine beneath. So Python functions get another code object in place, whoever holds them; C functions get another
machine function in their method table, whoever holds them; operators get another kernel in torch's dispatcher; and no
operation records a graph, whatever the gradient mode says. Threads, which would begin without that last setting, are
denied by the kernel, as are new processes. A notebook that patches this file itself escapes it: the judge's own
tests see that the answer is right, a person sees the rest.
"""

from __future__ import annotations

import _thread
import ctypes
import importlib
import importlib.abc
import itertools
import mmap
import platform
import re
import struct
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from autograder.sandbox import hardening
from autograder.sandbox.faults import forbidden_sentence

BY_HAND = "this task is to be done by hand."
SWITCHED_OFF = "it is switched off in tasks to be done by hand, since it could hide a ready-made derivative."
WITHOUT_SKLEARN = "this task is to be done without scikit-learn."


def forbid(kinds: Sequence[str], deny_threads: bool) -> None:
    """From now on, in this process, what `kinds` name raises a RuntimeError that says so.

    Args:
        kinds: of "sklearn", "autograd", "convolution", "optim".
        deny_threads: whether "autograd" lets the kernel refuse new threads; only where there is a sandbox.
    """
    unknown = set(kinds) - _KINDS.keys()
    if unknown:
        raise ValueError(
            f"nothing is known under {', '.join(sorted(unknown))}; there are {', '.join(_KINDS)}"
        )
    for kind in kinds:
        _KINDS[kind]()
    if "autograd" in kinds and deny_threads:
        _apply(_bans("a new thread", _thread.start_new_thread, SWITCHED_OFF))
        hardening.deny_new_threads()


# ---- what each kind is


def prepare() -> None:
    """Find what "sklearn" means among what is imported by now: thousands of functions, and no worker has to."""
    for module in _modules("sklearn"):
        _sklearn_bans(module)
    _known[:] = list(sys.modules)[-1:]


_prepared: dict[types.ModuleType, list[_Ban]] = {}
_known: list[str] = []
"""The youngest module that `prepare` saw; of the thousands before it, each look would cost a page of memory."""


def _sklearn_bans(module: types.ModuleType) -> list[_Ban]:
    if module not in _prepared:
        _prepared[module] = _bans_of_module(module, WITHOUT_SKLEARN, owned_by="sklearn")
    return _prepared[module]


def _modules(package: str, until: Sequence[str] = ()) -> list[types.ModuleType]:
    """The imported modules of a package, the youngest first."""
    names = itertools.takewhile(lambda name: name not in until, reversed(sys.modules))
    found = [sys.modules[name] for name in list(names) if name.partition(".")[0] == package]
    return [module for module in found if isinstance(module, types.ModuleType)]


def _forbid_sklearn() -> None:
    for module in {*_prepared, *_modules("sklearn", until=_known)}:
        _apply(_sklearn_bans(module))
    sys.meta_path.insert(0, _ForbiddenImports("sklearn", WITHOUT_SKLEARN))


def _forbid_autograd() -> None:
    import torch
    import torch._functorch.eager_transforms as transforms
    import torch.autograd.functional
    import torch.autograd.gradcheck
    from torch._functorch import apis
    from torch.autograd import forward_ad, graph

    # torch's own printing of a tensor asks for its dual numbers, of which there are none here
    keep = ("unpack_dual", "UnpackedDualTensor")
    keep += ("functionalize", "_set_fwd_grad_enabled", "set_inplace_requires_grad_allowed")
    for module in (torch.autograd.functional, torch.autograd.gradcheck, forward_ad, transforms):
        _apply(_bans_of_module(module, BY_HAND, owned_by=module.__name__, keep=keep))
    functions = [
        torch.autograd.backward,
        torch.autograd.grad,
        torch.Tensor.backward,
        graph._engine_run_backward,
    ]
    functions += [apis.grad, apis.grad_and_value]
    for function in functions:
        _apply(_bans(f"{function.__module__}.{function.__qualname__}", function, BY_HAND))

    c = torch._C
    _apply(_bans("the autograd engine", c._ImperativeEngine.run_backward, BY_HAND))
    for function in (c._functorch._grad_increment_nesting, c._functorch._jvp_increment_nesting):
        _apply(_bans("torch.func", function, BY_HAND))
    for function in (c._enter_dual_level, c._VariableFunctions._make_dual):
        _apply(_bans("forward-mode differentiation", function, BY_HAND))
    for kind in (c.ScriptFunction, c.ScriptMethod):  # compiled code reaches the engine without Python
        _apply(_bans("TorchScript (torch.jit)", kind.__call__, SWITCHED_OFF))
    for profile in (torch.profiler.profile, torch.autograd.profiler.profile):  # each of them starts threads
        _apply(_bans("the profiler", profile.__enter__, SWITCHED_OFF))
    _apply(_bans("torch.compile", torch.compile, SWITCHED_OFF))

    _inference_mode_as_grad_mode()
    for key in ("AutogradFunctionality", "AutogradOther", "AutogradNestedTensor"):
        # No operation of this thread goes through autograd, as if there were none; its values are the same.
        c._dispatch_tls_set_dispatch_key_excluded(getattr(c.DispatchKey, key), True)
    _apply(_bans("torch's dispatcher", c._dispatch_tls_set_dispatch_key_excluded, BY_HAND))
    for name in (
        "_InferenceMode",
        "_SetExcludeDispatchKeyGuard",
        "_ForceDispatchKeyGuard",
        "_RestorePythonTLSSnapshot",
    ):
        if hasattr(c, name):  # each of them would bring the graph back
            _apply(_bans("torch's dispatcher", getattr(c, name).__init__, BY_HAND))


def _inference_mode_as_grad_mode() -> None:
    """`torch.inference_mode` is made to set the gradient mode, nothing else: leaving it would switch autograd on."""
    from torch.autograd.grad_mode import inference_mode

    methods: dict[str, types.FunctionType] = {}
    exec(_INFERENCE_MODE, methods)
    inference_mode.__enter__.__code__ = methods["enter"].__code__
    inference_mode.__exit__.__code__ = methods["leave"].__code__


_INFERENCE_MODE = """
def enter(self):
    self._before = torch.is_grad_enabled()
    torch.set_grad_enabled(not self.mode)

def leave(self, *exception):
    torch.set_grad_enabled(self._before)
"""


def _forbid_optim() -> None:
    # The base class and its helpers stay: a student's own optimizer may be built on them.
    kept = ("torch.optim.optimizer", "torch.optim.lr_scheduler", "torch.optim.swa_utils")
    for module in _modules("torch"):
        if module.__name__.startswith("torch.optim.") and module.__name__ not in kept:
            keep = ("__init__", "__setstate__")
            _apply(_bans_of_module(module, BY_HAND, owned_by=module.__name__, keep=keep))


_CONVOLUTIONS = {
    "numpy": "convolve correlate",
    "scipy.signal": "convolve convolve2d fftconvolve oaconvolve correlate correlate2d sepfir2d",
    "scipy.signal._sigtools": "_convolve2d _correlateND",
    "scipy.ndimage": "convolve convolve1d correlate correlate1d gaussian_filter gaussian_filter1d uniform_filter "
    "uniform_filter1d sobel prewitt laplace gaussian_laplace generic_laplace gaussian_gradient_magnitude",
    "scipy.ndimage._nd_image": "correlate correlate1d uniform_filter1d",
}
_CONVOLUTION_OPERATOR = re.compile(r"^aten::(?!.*backward).*conv(?!er)")


def _forbid_convolution() -> None:
    for module_name, names in _CONVOLUTIONS.items():
        module = importlib.import_module(module_name)
        for name in names.split():
            if hasattr(module, name):
                _apply(_bans(f"{module_name}.{name}", getattr(module, name), BY_HAND))
    _forbid_operators(_CONVOLUTION_OPERATOR, BY_HAND)


_libraries: list[Any] = []  # torch takes a kernel back when its library is collected


def _forbid_operators(pattern: re.Pattern[str], instead: str) -> None:
    """Another kernel in torch's dispatcher, on the CPU, for every operator of such a name."""
    import torch

    library = torch.library.Library("aten", "IMPL")
    _libraries.append(library)
    for full_name in torch._C._dispatch_get_all_op_names():
        if pattern.match(full_name):
            operator = full_name.removeprefix("aten::")
            library.impl(
                operator, _raising(forbidden_sentence(f"torch.{operator.partition('.')[0]}", instead)), "CPU"
            )


def _raising(message: str) -> Callable[..., Any]:
    def raising(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(message)

    return raising


_KINDS: dict[str, Callable[[], None]] = {
    "sklearn": _forbid_sklearn,
    "autograd": _forbid_autograd,
    "convolution": _forbid_convolution,
    "optim": _forbid_optim,
}


class _ForbiddenImports(importlib.abc.MetaPathFinder):
    """A module that was forgotten and is imported again would come back with fresh functions."""

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


def _apply(bans: Iterable[_Ban]) -> None:
    for target, replacement in bans:
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
        if isinstance(x, types.FunctionType):
            found[id(x)] = _Ban(x, _raising_code(message, x.__code__))
        elif type(x).__name__ in _METHOD_TABLE_OFFSETS:
            found[id(x)] = _Ban(_method_table(x), _machine_code(message))
    return list(found.values())


def _public(name: str) -> str:
    """`sklearn.svm._classes.SVC.__init__` is known as `sklearn.svm.SVC`."""
    parts = name.replace("_functorch.eager_transforms", "func").split(".")
    return ".".join(part for part in parts if not part.startswith("_"))


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
    "method_descriptor": 40,
    "classmethod_descriptor": 40,
}
_NAME, _FUNCTION = 0, 8  # in PyMethodDef
_kept_alive: list[Any] = []
_code_pages: list[mmap.mmap] = []
_mprotect = ctypes.CDLL(None).mprotect
_mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


def _method_table(function: Any) -> int:
    """The address of a C function's PyMethodDef, which every object made from that function shares."""
    table = (
        ctypes.c_void_p.from_address(id(function) + _METHOD_TABLE_OFFSETS[type(function).__name__]).value or 0
    )
    if ctypes.c_char_p.from_address(table + _NAME).value != function.__name__.encode():
        raise RuntimeError(f"the method table of {function!r} is not where this Python keeps it")
    return table


def _point_to(table: int, machine_function: int) -> None:
    page = table & ~(mmap.PAGESIZE - 1)
    if _mprotect(page, 2 * mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_WRITE) != 0:
        raise OSError("a method table cannot be made writable")
    ctypes.c_void_p.from_address(table + _FUNCTION).value = machine_function


def _machine_code(message: str) -> int:
    """The address of a C function that does `PyErr_SetString(PyExc_RuntimeError, message); return NULL;`."""
    text = ctypes.create_string_buffer(message.encode())
    set_error = ctypes.cast(ctypes.pythonapi.PyErr_SetString, ctypes.c_void_p).value or 0
    operands = (id(RuntimeError), ctypes.addressof(text), set_error)
    if platform.machine() == "x86_64":
        code = struct.pack(
            "<4s 2sQ 2sQ 2sQ 4s 2s 4s 2s s",
            b"\xf3\x0f\x1e\xfa",  # endbr64
            b"\x48\xbf", operands[0],  # mov rdi, exception
            b"\x48\xbe", operands[1],  # mov rsi, message
            b"\x48\xb8", operands[2],  # mov rax, PyErr_SetString
            b"\x48\x83\xec\x08",  # sub rsp, 8
            b"\xff\xd0",  # call rax
            b"\x48\x83\xc4\x08",  # add rsp, 8
            b"\x31\xc0",  # xor eax, eax
            b"\xc3",  # ret
        )  # fmt: skip
    else:
        code = struct.pack(
            "<10I3Q",
            0xD503245F,  # bti c
            0xA9BF7BFD,  # stp x29, x30, [sp, #-16]!
            0x58000000 | 8 << 5 | 0,  # ldr x0, exception (8 instructions ahead)
            0x58000000 | 9 << 5 | 1,  # ldr x1, message
            0x58000000 | 10 << 5 | 16,  # ldr x16, PyErr_SetString
            0xD63F0200,  # blr x16
            0xD2800000,  # mov x0, #0
            0xA8C17BFD,  # ldp x29, x30, [sp], #16
            0xD65F03C0,  # ret
            0xD503201F,  # nop, so that the data is aligned
            *operands,
        )
    _kept_alive.append(text)
    return _place(code)


def _place(code: bytes) -> int:
    """Copy machine code into memory that can be executed, and no longer be written once it is full or in use."""
    size = -(-len(code) // 16) * 16
    if not _code_pages or _code_pages[-1].tell() + size > mmap.PAGESIZE:
        _code_pages.append(mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    memory = _code_pages[-1]
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    address = start + memory.tell()
    writable, executable = mmap.PROT_READ | mmap.PROT_WRITE, mmap.PROT_READ | mmap.PROT_EXEC
    if _mprotect(start, mmap.PAGESIZE, writable) != 0:
        raise OSError("machine code cannot be written")
    memory.write(code.ljust(size, b"\0"))
    if _mprotect(start, mmap.PAGESIZE, executable) != 0:
        raise OSError("machine code cannot be made executable")
    return address
