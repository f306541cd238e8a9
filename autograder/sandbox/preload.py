"""What the fork server imports and does once, so that no worker pays for it."""

from __future__ import annotations

import collections.abc
import ctypes
import functools
import importlib
import importlib.abc
import importlib.util
import io
import itertools
import math
import os
import re
import sys
import typing
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.sandbox import forbid, processes, stand_ins

_SHELL = ("IPython.display", "matplotlib_inline.backend_inline", "matplotlib.pyplot", "numpy")
"""What every notebook gets, whatever its assignment uses: Jupyter itself imports most of it."""


def load(libraries: Sequence[str]) -> list[str]:
    """Import the libraries of an assignment and run their first, slow steps. Leaves no thread behind.

    Returns warnings for the instructor.
    """
    sys.meta_path.insert(0, _AdaptTorch())
    for name in (*_SHELL, *libraries):
        importlib.import_module(name)
    for package, take_first_steps in _FIRST_STEPS.items():
        if package in sys.modules:
            take_first_steps()
    _draw_into_memory()
    _pass_breakpoints()
    _pass_attributes()
    _supply_newer_names()
    processes.restart_pools()
    processes.threads_for_processes()
    stand_ins.install()
    warnings = forbid.prepare()
    _gather_pages()
    return warnings


class _AdaptTorch(importlib.abc.MetaPathFinder):
    """Adapts torch as soon as it is imported: here, or by the first notebook whose assignment does not preload it."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "torch":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_adapt(module: ModuleType) -> None:
                load(module)
                module.set_num_threads(1)  # first: a second thread would hang every fork
                _compile_nothing()
                _serve_in_one_process()
                _measure_no_gpu()
                processes.spawn_threads()

            spec.loader.exec_module = load_and_adapt
        return spec


# The first optimizer, fit and figure import much more than they seem to.


def _first_training() -> None:
    import torch

    # Asking for a GPU starts its driver, after which a process cannot be forked; optimizers ask at their first step.
    is_available, torch.cuda.is_available = torch.cuda.is_available, lambda: False
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(3, 4)).sum().backward()
    optimizer.step()
    torch.cuda.is_available = is_available


def _first_fit() -> None:
    from sklearn.linear_model import LogisticRegression

    LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])


def _first_figure() -> None:
    from matplotlib import pyplot

    pyplot.plot([1, 2])
    pyplot.savefig(io.BytesIO(), format="png")
    pyplot.close("all")


_FIRST_STEPS = {
    "torch": _first_training,
    "sklearn.linear_model": _first_fit,
    "matplotlib.pyplot": _first_figure,
}


def _compile_nothing() -> None:
    """Makes `torch.compile` return its argument, which computes the same; no compiler can be started here."""
    import torch

    def as_it_is(model: Any = None, **_: Any) -> Any:
        return model if model is not None else lambda function: function

    torch.compile = as_it_is


_MEASURING_A_GPU = {
    "torch.accelerator": "get_memory_info synchronize",
    "torch.cuda": "clock_rate get_device_name get_device_properties ipc_collect mem_get_info memory_summary "
    "memory_usage power_draw reset_accumulated_memory_stats reset_max_memory_allocated reset_max_memory_cached "
    "reset_peak_memory_stats set_device set_per_process_memory_fraction synchronize temperature utilization",
    "torch.cuda.Event": "elapsed_time record synchronize wait",
    "torch.mps": "current_allocated_memory driver_allocated_memory empty_cache recommended_max_memory "
    "set_per_process_memory_fraction synchronize",
    "torch.xpu": "synchronize",
}
_ANSWERS = {
    **dict.fromkeys(("get_memory_info", "mem_get_info"), (stand_ins.Measured(1), stand_ins.Measured(1))),
    **dict.fromkeys(("get_device_name", "memory_summary"), stand_ins.Nothing()),
}


def _measure_no_gpu() -> None:
    """Makes calls that wait for a GPU, or measure it, answer 1 where there is none, as a student's machine has."""
    import torch

    def measured(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def measure(*args: Any, **kwargs: Any) -> Any:
            try:
                return original(*args, **kwargs)
            except Exception:
                if torch.cuda.is_available():
                    raise
                return _ANSWERS.get(original.__name__, stand_ins.Measured(1))

        return measure

    for place, names in _MEASURING_A_GPU.items():
        owner = functools.reduce(lambda x, part: getattr(x, part, None), place.split(".")[1:], torch)
        for name in names.split():
            if hasattr(owner, name):
                setattr(owner, name, measured(getattr(owner, name)))


def _supply_newer_names() -> None:
    """Gives modules the names that they have in a newer Python than this one."""
    import typing_extensions

    names = {"override": typing, "TypeIs": typing, "deprecated": warnings, "Buffer": collections.abc}
    newer = [(module, name, getattr(typing_extensions, name)) for name, module in names.items()]
    newer += [(itertools, "batched", _batched), (math, "sumprod", _sumprod)]
    for module, name, value in newer:
        if not hasattr(module, name):
            setattr(module, name, value)


def _batched(iterable: Iterable[Any], n: int, *, strict: bool = False) -> Iterator[tuple[Any, ...]]:
    """`itertools.batched`."""
    if n < 1:
        raise ValueError("n must be at least one")
    iterator = iter(iterable)
    while batch := tuple(itertools.islice(iterator, n)):
        if strict and len(batch) < n:
            raise ValueError("batched(): incomplete batch")
        yield batch


def _sumprod(p: Iterable[Any], q: Iterable[Any], /) -> Any:
    """`math.sumprod`."""
    products = [x * y for x, y in zip(p, q, strict=True)]
    return math.fsum(products) if any(isinstance(x, float) for x in products) else sum(products)


def _draw_into_memory() -> None:
    """Keeps matplotlib on Agg, whatever backend the notebook asks for, and ignores unknown styles."""
    import matplotlib
    import matplotlib.style
    from matplotlib import pyplot

    use_style = matplotlib.style.use

    @functools.wraps(use_style)
    def use(style: Any) -> None:
        try:
            use_style(style)
        except OSError as error:
            warnings.warn(str(error), stacklevel=2)

    matplotlib.style.use = use
    matplotlib.use = pyplot.switch_backend = lambda *_, **__: None


def _pass_breakpoints() -> None:
    """Ignores breakpoints that were left in a function: there is nobody at the keyboard."""
    for name in ("pdb", "IPython.core.debugger"):
        importlib.import_module(name).set_trace = lambda *_, **__: None
    sys.modules["pdb"].Pdb.set_trace = lambda *_, **__: None
    sys.modules["IPython.core.debugger"].Pdb = stand_ins.Nothing()
    sys.breakpointhook = lambda *_, **__: None


def _pass_attributes() -> None:
    """Makes setting a file's mode or times, as every file copy does, a no-op: the sandbox would refuse it."""

    def passed(original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def change(path: Any, *args: Any, **kwargs: Any) -> None:
            try:
                original(path, *args, **kwargs)
            except PermissionError:
                os.stat(path)  # a missing file is still an error, upon which `Path.touch` creates it

        return change

    for name in ("chmod", "chown", "fchmod", "fchown", "lchown", "utime"):
        setattr(os, name, passed(getattr(os, name)))


_MADV_COLLAPSE = 25  # Linux 6.1, not in `mmap`
_HUGE_PAGE = 2 << 20


def _gather_pages() -> None:
    """Moves the large areas that libraries have filled to huge pages, if the kernel can.

    The allocator's memory already uses them (policy.py). cuBLAS fills another 84 MB when it is loaded: each fork would
    copy the table entries of 21,000 pages.
    """
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = [ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int]
    areas = re.findall(
        r"^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ 0 *$", Path("/proc/self/maps").read_text(), re.M
    )
    for area in areas:
        begin, end = (int(number, 16) for number in area)
        begin, end = -(-begin // _HUGE_PAGE) * _HUGE_PAGE, end // _HUGE_PAGE * _HUGE_PAGE
        if end - begin >= 8 * _HUGE_PAGE:
            libc.madvise(begin, end - begin, _MADV_COLLAPSE)


def _serve_in_one_process() -> None:
    """Makes DataLoader work without worker processes and torch with one thread, whatever the notebook asks for."""
    import torch
    from torch.utils.data import DataLoader

    original = DataLoader.__init__

    @functools.wraps(original)
    def init(self: Any, dataset: Any, *args: Any, **kwargs: Any) -> None:
        args = (*args[:4], 0, *args[5:])[: len(args)]  # the fifth after the dataset is num_workers
        for name in (
            "num_workers",
            "prefetch_factor",
            "persistent_workers",
            "multiprocessing_context",
            "timeout",
        ):
            kwargs.pop(name, None)
        original(self, dataset, *args, **kwargs)

    DataLoader.__init__ = init
    # Copies of the loaded notebook would lack its pool of threads, and wait for it.
    torch.set_num_threads = torch.set_num_interop_threads = lambda number: None
