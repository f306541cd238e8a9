"""The figures of `debugging-clinic`, supplied: read them if you like, there is nothing to fill in here.

Each takes a dict of runs, `{"sick": ...}` or `{"sick": ..., "cured": ...}`, and draws them in the same colours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import torch

from course import style

COLOURS = {"sick": style.ORANGE, "cured": style.BLUE}
LINES = {"sick": "--", "cured": "-"}
MARKERS = {"sick": "v", "cured": "o"}


def fitted_lines(
    X: torch.Tensor, y: torch.Tensor, runs: Mapping[str, tuple[Sequence[float], torch.Tensor]]
) -> None:
    """Loss against epoch with the variance of the targets, and the predictions over the data."""
    left, right = style.panels(2)
    right.plot(X[:, 0], y, ".", color=style.GREY, label="data")
    order = X[:, 0].argsort()
    for name, (losses, predictions) in runs.items():
        look = {"color": COLOURS[name], "linestyle": LINES[name], "label": name}
        left.plot(losses, **look)
        right.plot(X[order, 0], predictions[order, 0], **look)
    left.axhline(y.var(correction=0), color=style.GREY, linestyle=":", label="variance of the targets")
    left.set(xlabel="epoch", ylabel="loss that it returns", title="Loss", ylim=(0, None))
    right.set(xlabel="x", ylabel="y", title="What was learned")
    left.legend()
    right.legend()
    plt.show()


def histories(runs: Mapping[str, Sequence[Sequence[float]]], names: Sequence[str]) -> None:
    """A panel for each run, in it the loss of each model on a log scale."""
    axes = style.panels(len(runs), width=5.4 if len(runs) == 1 else 4.8, sharey=True)
    for place, (ax, (run, losses)) in enumerate(zip(axes, runs.items(), strict=True)):
        for name, history in zip(names, losses, strict=True):
            ax.semilogy(history, label=name)
        ax.set(xlabel="epoch", title=run)
        if place == 0:
            ax.set_ylabel("mean squared error")
        ax.legend()
    plt.show()


def losses(runs: Mapping[str, Sequence[float]], title: str, floor: float | None = None) -> None:
    """Loss against update; `floor`, where given, as a dotted line."""
    (axes,) = style.panels(1, width=6.4)
    for name, values in runs.items():
        axes.plot(values, color=COLOURS[name], linestyle=LINES[name], label=name)
    if floor is not None:
        axes.axhline(floor, color=style.GREY, linestyle=":", label=f"floor {floor:.2f}")
    axes.set(xlabel="update", ylabel="loss", title=title, ylim=(0, None))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))  # next to the curves, which fill the panel
    plt.show()


def times_seen(runs: Mapping[str, Sequence[int]]) -> None:
    """How many examples were used how often in one epoch."""
    (axes,) = style.panels(1, width=6.4)
    highest = max(3, *(max(counts) for counts in runs.values()))
    width = 0.8 / len(runs)
    for place, (name, counts) in enumerate(runs.items()):
        tally = Counter(counts)
        heights = [tally[times] for times in range(highest + 1)]
        left = [times + width * (place - (len(runs) - 1) / 2) for times in range(highest + 1)]
        bars = axes.bar(left, heights, width, color=COLOURS[name], label=name)
        axes.bar_label(bars, labels=[str(height) if height else "" for height in heights])
    axes.set_xticks(range(highest + 1))
    axes.set(
        xlabel="times an example was used in one epoch",
        ylabel="examples",
        title="130 examples in batches of 20",
    )
    axes.legend()
    plt.show()


def counted_numbers(runs: Mapping[str, int], needed: int) -> None:
    """Numbers found by `parameters()`, and a line at those that the network computes with."""
    (axes,) = style.panels(1, width=6.4, height=1.6 + 0.6 * len(runs))
    bars = axes.barh(list(runs), list(runs.values()), height=0.6, color=[COLOURS[name] for name in runs])
    axes.bar_label(bars, padding=4)
    axes.axvline(needed, color=style.GREY, linestyle=":", label=f"computed with: {needed}")
    axes.invert_yaxis()
    axes.set(xlabel="numbers that model.parameters() finds", xlim=(0, needed * 1.15))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    plt.show()


def waves(runs: Mapping[str, tuple[torch.Tensor, torch.Tensor, torch.Tensor]]) -> None:
    """A wave and what each network made of it, with the mean squared error that is left."""
    axes = style.panels(len(runs), width=5.4 if len(runs) == 1 else 4.8, sharey=True)
    for place, (ax, (name, (X, y, predictions))) in enumerate(zip(axes, runs.items(), strict=True)):
        left = ((predictions - y) ** 2).mean().item()
        ax.plot(X[:, 0], y[:, 0], ".", markersize=3, color=style.GREY, label="data")
        ax.plot(X[:, 0], predictions[:, 0], color=COLOURS[name], linestyle="-", label=name)
        ax.set(xlabel="x", title=f"{name}: mean squared error {left:.2g}", ylim=(-1.6, 2.0))
        if place == 0:
            ax.set_ylabel("y")
        ax.legend(loc="upper center", ncols=2)
    plt.show()


def repeated_tests(runs: Mapping[str, Sequence[float]]) -> None:
    """The accuracy that each repetition of the same test returns."""
    (axes,) = style.panels(1, width=6.4)
    for name, accuracies in runs.items():
        repeats = range(1, len(accuracies) + 1)
        axes.plot(repeats, accuracies, MARKERS[name], color=COLOURS[name], label=name)
    axes.set(
        xlabel="repetition",
        ylabel="accuracy on the test set",
        title="The same network, tested again and again",
        ylim=(0.5, 1.02),
        xticks=range(2, 21, 2),
    )
    axes.legend(loc="lower right")
    plt.show()
