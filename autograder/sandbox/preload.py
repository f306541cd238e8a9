"""What the fork server imports and does once, so that no worker pays for it."""

from __future__ import annotations

import ctypes
import functools
import importlib
import io
import mmap
import re
import warnings
from pathlib import Path
from typing import Any

from autograder.sandbox import forbid

MODULES = (
    "IPython.display",
    "matplotlib_inline.backend_inline",
    "numpy",
    "pandas",
    "scipy.optimize",
    "torch",
    "torch.func",
    "torch.nn.functional",
    "torch.optim",
    "torch.utils.data",
    "matplotlib.pyplot",
    "sklearn.datasets",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.neural_network",
    "sklearn.preprocessing",
)


def load() -> list[str]:
    """Import the libraries and run their first, slow steps. Leaves no thread behind.

    Returns what the instructor should know.
    """
    import torch

    torch.set_num_threads(1)  # before anything computes: a second thread would hang every fork
    for name in MODULES:
        importlib.import_module(name)
    # To ask for a GPU starts the driver, which no process survives a fork with; optimizers ask at their first step.
    is_available, torch.cuda.is_available = torch.cuda.is_available, lambda: False
    _first_steps()
    torch.cuda.is_available = is_available
    _compile_nothing()
    _draw_into_memory()
    to_know = forbid.prepare()
    _serve_in_one_process()
    _use_huge_pages()
    return to_know


def _first_steps() -> None:
    """The first optimizer, fit and figure import much more than they seem to."""
    import matplotlib.pyplot as plt
    import numpy as np
    import torch
    from sklearn.linear_model import LogisticRegression

    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(3, 4)).sum().backward()
    optimizer.step()
    LogisticRegression().fit(np.array([[0.0], [1.0], [2.0], [3.0]]), [0, 0, 1, 1])
    plt.plot([1, 2])
    plt.savefig(io.BytesIO(), format="png")
    plt.close("all")


def _compile_nothing() -> None:
    """`torch.compile` gives back what it was given, which computes the same; no compiler can be started here."""
    import torch

    def as_it_is(model: Any = None, **_: Any) -> Any:
        return model if model is not None else lambda function: function

    torch.compile = as_it_is


def _draw_into_memory() -> None:
    """matplotlib stays with Agg, whatever backend the notebook asks for; a style that is not known is left out."""
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


_MADV_COLLAPSE = 25  # Linux 6.1, not in `mmap`
_HUGE_PAGE = 2 << 20


def _use_huge_pages() -> None:
    """Gathers the memory in huge pages, where the kernel can, so that a fork copies fewer page tables."""
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = [ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int]
    for line in Path("/proc/self/maps").read_text().splitlines():
        area = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ 0\b", line)  # private, and no file's
        if area is None:
            continue
        begin, end = (int(number, 16) for number in area.groups())
        begin, end = -(-begin // _HUGE_PAGE) * _HUGE_PAGE, end // _HUGE_PAGE * _HUGE_PAGE
        if begin < end:
            libc.madvise(begin, end - begin, mmap.MADV_HUGEPAGE)
            libc.madvise(begin, end - begin, _MADV_COLLAPSE)


def _serve_in_one_process() -> None:
    """DataLoader without worker processes, torch with one thread, whatever the notebook asks for."""
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
    # A team of threads in the loaded notebook would be missing from the copies made of it, which would wait for it.
    torch.set_num_threads = torch.set_num_interop_threads = lambda number: None
