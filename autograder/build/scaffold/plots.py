"""The figures of this assignment: supplied to students, next to their notebook."""

from __future__ import annotations

import matplotlib.pyplot as plt
import torch

from course import style


def before_and_after(before: torch.Tensor, after: torch.Tensor) -> None:
    """Scatter: points (n, 2) before and after they were moved, with a cross at the origin."""
    _, axes = plt.subplots(figsize=(6, 4))
    axes.plot(*before.T, "o", color=style.ORANGE, markersize=3, label="before")
    axes.plot(*after.T, "s", color=style.BLUE, markersize=3, label="after")
    axes.plot(0, 0, "+", color="black", markersize=14, label="origin")
    axes.set(xlabel="first column", ylabel="second column", title="Points before and after")
    axes.legend()
    plt.show()
