"""What the fork server imports and does once, so that no worker pays for it."""

from __future__ import annotations

import functools
import importlib
import io
from typing import Any

from autograder.sandbox import forbid

MODULES = (
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


def load() -> None:
    """Import the libraries and run their first, slow steps. Leaves no thread behind."""
    import torch

    torch.set_num_threads(1)  # before anything computes: a second thread would hang every fork
    for name in MODULES:
        importlib.import_module(name)
    # To ask for a GPU starts the driver, which no process survives a fork with; optimizers ask at their first step.
    is_available, torch.cuda.is_available = torch.cuda.is_available, lambda: False
    _first_steps()
    torch.cuda.is_available = is_available
    forbid.prepare()
    _serve_in_one_process()


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
