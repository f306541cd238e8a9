"""The figures of the capstone. Supplied: nothing here needs to be changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import torch

from course import style


def examples(pictures: torch.Tensor, labels: torch.Tensor, names: Sequence[str], rows: int = 3) -> None:
    """A few images of each class, one class a column. `pictures` (n, 1, 28, 28), `labels` (n,)."""
    _, axes = plt.subplots(rows, len(names), figsize=(1.0 * len(names), 1.1 * rows), squeeze=False)
    for column, name in enumerate(names):
        of_class = (labels == column).nonzero().flatten()
        for row in range(rows):
            place = axes[row, column]
            place.imshow(pictures[of_class[row], 0], cmap="gray", vmin=0, vmax=1)
            place.set_xticks([])
            place.set_yticks([])
            place.grid(visible=False)
        axes[0, column].set_title(name, fontsize=10)
    style.show("Three images of each class, one class a column: " + ", ".join(names) + ".")


def shares(labels: torch.Tensor, parts: Mapping[str, torch.Tensor], names: Sequence[str]) -> None:
    """The share of each class that is in a part, for each part by name."""
    _, axes = plt.subplots(figsize=(8, 3.6))
    whole = torch.bincount(labels, minlength=len(names))
    told = []
    for (name, part), marker, color in zip(parts.items(), "os", (style.BLUE, style.ORANGE), strict=True):
        share = 100 * torch.bincount(labels[torch.as_tensor(part)], minlength=len(names)) / whole
        axes.plot(names, share, marker, color=color, markersize=8, label=name)
        told.append(f"{name} from {share.min():.1f} to {share.max():.1f} %")
    axes.set(ylabel="share in the validation set (%)")
    axes.tick_params(axis="x", rotation=30)
    axes.legend()
    style.show("The share of each class in the validation set: " + "; ".join(told) + ".")


def decays(by_decay: Mapping[float, Sequence[tuple[float, float, float]]]) -> None:
    """For each decay, after each epoch: the size of all weights, and the accuracy on training and validation images."""
    left, right = style.panels(2)
    told = []
    colors = (style.BLUE, style.ORANGE, style.GREEN)
    for (decay, rows), color, marker in zip(by_decay.items(), colors, "os^", strict=True):
        epochs = range(1, len(rows) + 1)
        sizes, training, validation = zip(*rows, strict=True)
        look = {"color": color, "marker": marker, "markersize": 5}
        left.plot(epochs, sizes, label=f"$\\lambda$ = {decay:g}", linestyle="-", **look)
        right.plot(epochs, [100 * share for share in training], linestyle=":", **look)
        right.plot(epochs, [100 * share for share in validation], linestyle="-", **look)
        told.append(f"decay {decay:g}: size {sizes[-1]:.1f}, {training[-1]:.0%} and {validation[-1]:.0%}")
    left.set(xlabel="epoch", ylabel="size of all weights (root of the sum of squares)", ylim=(0, None))
    left.legend()
    right.set(xlabel="epoch", ylabel="right answers (%)")
    right.plot([], [], color=style.GREY, linestyle=":", label="training images")
    right.plot([], [], color=style.GREY, linestyle="-", label="validation images")
    right.legend(loc="lower right")
    style.show(
        "Size of the weights, and right answers on training and validation images: " + "; ".join(told) + "."
    )


def stopping(history: Mapping[str, Sequence[tuple[float, float]]], stopped: int) -> None:
    """Loss and accuracy after each epoch, the best epoch, and the one after which `fit` stopped."""
    panels = style.panels(2)
    losses = [loss for loss, _ in history["validation"]]
    best = 1 + losses.index(min(losses[:stopped]))
    for axes, which, label in (
        (panels[0], 0, "mean cross-entropy (nats)"),
        (panels[1], 1, "right answers (%)"),
    ):
        for (name, rows), marker in zip(history.items(), "os", strict=True):
            values = [row[which] * (100 if which else 1) for row in rows]
            axes.plot(range(1, len(rows) + 1), values, marker=marker, markersize=4, label=name)
        axes.axvline(best, color=style.GREEN, linestyle="-", linewidth=1.5, label="best epoch")
        axes.axvline(stopped, color=style.GREY, linestyle=":", linewidth=1.5, label="stopped after")
        axes.set(xlabel="epoch", ylabel=label)
    panels[0].set_ylim(0, None)
    panels[0].legend(loc="center right")  # between the two curves
    style.show(
        f"Loss and right answers on training and validation images after each epoch. The validation loss is lowest, "
        f"{losses[best - 1]:.2f}, in epoch {best}; fit stops after epoch {stopped}."
    )


def tuning(settings: Sequence[Mapping[str, float]], accuracies: Sequence[float], n: int) -> None:
    """The accuracy on `n` validation images for each setting, with its standard error."""
    _, axes = plt.subplots(figsize=(8, 0.6 * len(settings) + 1.2))
    texts = [
        f"{place}: rate {setting['learning_rate']:g}, decay {setting['weight_decay']:g}, width {setting['width']}, "
        f"dropout {setting['dropout']:g}"
        for place, setting in enumerate(settings, start=1)
    ]
    errors = [100 * math.sqrt(share * (1 - share) / n) for share in accuracies]
    axes.errorbar(
        [100 * share for share in accuracies],
        range(len(settings)),
        xerr=errors,
        fmt="o",
        color=style.BLUE,
        capsize=4,
        markersize=7,
    )
    axes.set_yticks(range(len(settings)), texts)
    axes.invert_yaxis()
    axes.set_ylim(len(settings) - 0.5, -0.5)
    axes.set(xlabel=f"right answers on {n} validation images (%), with standard error")
    told = "; ".join(f"setting {text}, {share:.1%}" for text, share in zip(texts, accuracies, strict=True))
    style.show(f"Right answers on the validation set for each setting: {told}.")


def seeds(by_setting: Mapping[str, Sequence[float]], n: int) -> None:
    """The accuracy on `n` validation images of runs with several seeds, a row for each setting."""
    _, axes = plt.subplots(figsize=(8, 0.6 * len(by_setting) + 1.2))
    for place, values in enumerate(by_setting.values()):
        axes.plot(
            [100 * value for value in values], [place] * len(values), "o", color=style.BLUE, markersize=8
        )
        mean = 100 * sum(values) / len(values)
        axes.plot([mean], [place], "|", color="black", markersize=22, markeredgewidth=2)
    axes.set_yticks(range(len(by_setting)), list(by_setting))
    axes.set_ylim(len(by_setting) - 0.5, -0.5)
    axes.set(xlabel=f"right answers on {n} validation images (%): a dot for each seed, a line for the mean")
    told = "; ".join(
        f"{name}: " + ", ".join(f"{value:.1%}" for value in values) for name, values in by_setting.items()
    )
    style.show(f"Right answers on the validation set, for each seed: {told}.")
