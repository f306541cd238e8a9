"""Makes libraries raise in a worker: work "by hand" and "without scikit-learn" is judged where those cannot be called.

Names are not enough: a notebook holds aliases taken when it was loaded (`g = torch.autograd.grad`), and knows the
engine beneath. So Python functions get another code object in place, whoever holds them; C functions get another
machine function in their method table, whoever holds them; operators get another kernel in torch's dispatcher; and no
operation records a graph, whatever the gradient mode says. Threads, which would begin without that last setting, are
denied by the kernel, as are new processes. A notebook that patches this file itself escapes it: the judge's own
tests see that the answer is right, a person sees the rest.
"""

from __future__ import annotations

import ctypes
import importlib.abc
import mmap
import platform
import re
import struct
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from autograder.sandbox import hardening

BY_HAND = "this task is to be done by hand."
WITHOUT_SKLEARN = "this task is to be done without scikit-learn."


def forbid(kinds: Sequence[str], deny_threads: bool) -> None:
    """From now on, in this process, what `kinds` name raises a RuntimeError that says so.

    Args:
        kinds: of "sklearn", "autograd", "convolution", "optim".
        deny_threads: whether "autograd" lets the kernel refuse new threads; only where there is a sandbox.
    """
    unknown = set(kinds) - _KINDS.keys()
    if unknown:
        raise ValueError(f"nothing is known under {', '.join(sorted(unknown))}; there are {', '.join(_KINDS)}")
    for kind in kinds:
        _KINDS[kind]()
    if "autograd" in kinds and deny_threads:
        hardening.deny_new_threads()


def sentence(name: str, instead: str) -> str:
    return f"`{name}` is not available here: {instead}"


# ---- what each kind is


def _forbid_sklearn() -> None:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "sklearn" and isinstance(module, types.ModuleType):
            _forbid_module(module, WITHOUT_SKLEARN, owned_by="sklearn")
    _forbid_imports("sklearn", WITHOUT_SKLEARN)


def _forbid_autograd() -> None:
    import torch
    import torch._functorch.eager_transforms as transforms
    import torch.autograd.functional
    import torch.autograd.gradcheck
    from torch._functorch import apis
    from torch.autograd import forward_ad, graph

    for module in (torch.autograd.functional, torch.autograd.gradcheck, forward_ad, transforms):
        keep = ("functionalize", "_set_fwd_grad_enabled", "set_inplace_requires_grad_allowed")
        _forbid_module(module, BY_HAND, owned_by=module.__name__, keep=keep)
    functions = [torch.autograd.backward, torch.autograd.grad, torch.Tensor.backward, graph._engine_run_backward]
    functions += [apis.grad, apis.grad_and_value, torch.autograd.Function.vjp, torch.autograd.Function.jvp]
    for function in functions:
        _forbid_function(function, BY_HAND)

    _forbid_c("the autograd engine", torch._C._ImperativeEngine.run_backward, BY_HAND)
    functorch = torch._C._functorch
    for name in ("_grad_increment_nesting", "_jvp_increment_nesting"):
        _forbid_c("torch.func", getattr(functorch, name), BY_HAND)
    for function in (torch._C._enter_dual_level, torch._C._VariableFunctions._make_dual):
        _forbid_c("forward-mode differentiation", function, BY_HAND)
    # TorchScript calls the engine without Python; inference mode and these guards would bring the graph back.
    for kind in (torch._C.ScriptFunction, torch._C.ScriptMethod):
        _forbid_c("TorchScript", kind.__call__, BY_HAND)
    _no_inference_mode()
    _record_no_graph()
    _forbid_c("torch's dispatcher", torch._C._dispatch_tls_set_dispatch_key_excluded, BY_HAND)
    for name in ("_InferenceMode", "_SetExcludeDispatchKeyGuard", "_ForceDispatchKeyGuard", "_RestorePythonTLSSnapshot"):
        if hasattr(torch._C, name):
            _forbid_c("torch's dispatcher", getattr(torch._C, name).__init__, BY_HAND)


def _record_no_graph() -> None:
    """No operation of this thread goes through autograd, as if there were none; values are the same."""
    import torch

    for key in ("AutogradFunctionality", "AutogradOther", "AutogradNestedTensor"):
        torch._C._dispatch_tls_set_dispatch_key_excluded(getattr(torch._C.DispatchKey, key), True)


def _no_inference_mode() -> None:
    """`torch.inference_mode` sets the gradient mode, nothing else: leaving it would switch autograd on."""
    import torch

    mode = torch.autograd.grad_mode.inference_mode
    namespace: dict[str, Any] = {}
    source = (
        "def enter(self):\n    self._before = torch.is_grad_enabled()\n    torch.set_grad_enabled(not self.mode)\n"
        "def leave(self, *exception):\n    torch.set_grad_enabled(self._before)\n"
    )
    exec(source, namespace)
    mode.__enter__.__code__ = namespace["enter"].__code__
    mode.__exit__.__code__ = namespace["leave"].__code__


def _forbid_optim() -> None:
    import torch.optim

    for name, module in list(sys.modules.items()):
        # The base class and its helpers stay: a student's own optimizer may be built on them.
        if name.startswith("torch.optim.") and name not in ("torch.optim.optimizer", "torch.optim.lr_scheduler"):
            _forbid_module(module, BY_HAND, owned_by=name, keep=("__init__", "__setstate__"))


_NUMPY_CONVOLUTIONS = ("convolve", "correlate")
_SCIPY_CONVOLUTIONS = {
    "scipy.signal": "convolve convolve2d fftconvolve oaconvolve correlate correlate2d sepfir2d",
    "scipy.ndimage": "convolve convolve1d correlate correlate1d gaussian_filter gaussian_filter1d uniform_filter "
    "uniform_filter1d sobel prewitt laplace gaussian_laplace generic_laplace gaussian_gradient_magnitude",
    "scipy.ndimage._nd_image": "correlate correlate1d uniform_filter1d",
    "scipy.signal._sigtools": "_convolve2d _correlateND",
}


def _forbid_convolution() -> None:
    import numpy as np

    for name in _NUMPY_CONVOLUTIONS:
        _forbid_function(getattr(np, name), BY_HAND, f"numpy.{name}")
    for module_name, names in _SCIPY_CONVOLUTIONS.items():
        module = importlib.import_module(module_name)
        for name in names.split():
            if hasattr(module, name):
                _forbid_any(f"{module_name}.{name}", getattr(module, name), BY_HAND)
    _forbid_operators(re.compile(r"^aten::.*conv(?!er)"), BY_HAND)


_libraries: list[Any] = []  # torch takes a kernel back when its library is collected


def _forbid_operators(pattern: re.Pattern[str], instead: str) -> None:
    """Another kernel in torch's dispatcher, for every operator of that name, for plain tensors on the CPU."""
    import torch

    library = torch.library.Library("aten", "IMPL")
    _libraries.append(library)
    for full_name in torch._C._dispatch_get_all_op_names():
        if pattern.match(full_name) and "backward" not in full_name:
            operator = full_name.removeprefix("aten::")
            library.impl(operator, _raising(sentence(f"torch.{operator.partition('.')[0]}", instead)), "CPU")


_KINDS: dict[str, Callable[[], None]] = {
    "sklearn": _forbid_sklearn,
    "autograd": _forbid_autograd,
    "convolution": _forbid_convolution,
    "optim": _forbid_optim,
}


# ---- Python functions

_KEPT_METHODS = {"__repr__", "__str__", "__del__", "__getstate__", "__setstate__", "__reduce__", "__init_subclass__"}


def _forbid_module(module: types.ModuleType, instead: str, owned_by: str, keep: Iterable[str] = ()) -> None:
    """Every function and method that a module defines itself."""
    kept = _KEPT_METHODS.union(keep)
    for owner, name, x in _callables(module, owned_by):
        if name not in kept and owner.rpartition(".")[2] not in kept:
            _forbid_any(f"{owner}.{name}", x, instead)


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


def _forbid_any(name: str, x: Any, instead: str) -> None:
    if type(x).__name__ in _METHOD_TABLE_OFFSETS:
        _forbid_c(name, x, instead)
    else:
        _forbid_function(x, instead, name)


def _forbid_function(function: Any, instead: str, name: str | None = None) -> None:
    """A function and all it is wrapped around; numpy's functions are found in their dispatchers."""
    name = name or f"{function.__module__}.{function.__qualname__}"
    seen: set[int] = set()
    waiting = [function]
    while waiting:
        x = waiting.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        waiting += [inner for inner in (getattr(x, "__wrapped__", None), getattr(x, "_implementation", None)) if inner]
        if isinstance(x, types.FunctionType):
            x.__code__ = _raising_code(sentence(name, instead), x.__code__)


def _raising(message: str) -> Callable[..., Any]:
    def raising(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(message)

    return raising


def _template(*args, **kwargs):  # noqa: ANN002, ANN003, ANN202
    raise RuntimeError("the message")


def _raising_code(message: str, old: types.CodeType) -> types.CodeType:
    constants = tuple(message if c == "the message" else c for c in _template.__code__.co_consts)
    return _template.__code__.replace(co_consts=constants, co_name=old.co_name, co_freevars=old.co_freevars)


class _ForbiddenImports(importlib.abc.MetaPathFinder):
    def __init__(self, package: str, instead: str) -> None:
        self.package = package
        self.instead = instead

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] == self.package:
            raise RuntimeError(sentence(name, self.instead))


def _forbid_imports(package: str, instead: str) -> None:
    """What is imported from now on; a module that was forgotten and is imported again would have fresh functions."""
    sys.meta_path.insert(0, _ForbiddenImports(package, instead))


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
_mprotect = ctypes.CDLL(None).mprotect
_mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


def _forbid_c(name: str, function: Any, instead: str) -> None:
    """Point the function's method table at machine code that raises: every object made from it raises."""
    function = getattr(function, "__func__", function)
    offset = _METHOD_TABLE_OFFSETS.get(type(function).__name__)
    if offset is None:
        raise TypeError(f"{name} is not a C function but a {type(function).__name__}")
    table = ctypes.c_void_p.from_address(id(function) + offset).value or 0
    if ctypes.c_char_p.from_address(table + _NAME).value != function.__name__.encode():
        raise RuntimeError(f"the method table of {name} is not where this Python keeps it")
    _make_writable(table)
    ctypes.c_void_p.from_address(table + _FUNCTION).value = _machine_code(sentence(name, instead))


def _make_writable(address: int) -> None:
    page = address & ~(mmap.PAGESIZE - 1)
    if _mprotect(page, 2 * mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_WRITE) != 0:
        raise OSError("a method table cannot be made writable")


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
    memory = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE)
    memory.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    if _mprotect(address, mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC) != 0:
        raise OSError("machine code cannot be made executable")
    _kept_alive.extend((text, memory))
    return address
