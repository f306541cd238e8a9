"""The figures of `language-id`, supplied: read them if you like, there is nothing to fill in here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from torch import nn

from course import style

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

CLASS_COLOURS, CLASS_MARKERS = (style.ORANGE, style.BLUE), "os"
SHADES = "cividis"  # dark blue for 0, yellow for 1: from dark to light, so that it can be read in grey, too
SHADED_COLOURS = (
    ("white", "black"),
    ("black", "white"),
)  # face and edge of the marks of class 0 and of class 1
BITS_RANGE = (-0.5, 1.5)


def words(names: Sequence[str], xs: torch.Tensor, english: torch.Tensor) -> None:
    """Each word as a point of its two features."""
    (axes,) = style.panels(1, width=6.0)
    for value, label in enumerate(("Spanish", "English")):
        chosen = english.flatten() == value
        axes.scatter(
            *xs[chosen].T,
            color=CLASS_COLOURS[value],
            marker=CLASS_MARKERS[value],
            s=60,
            label=label,
            zorder=2,
        )
    at_point: dict[tuple[float, ...], list[str]] = {}
    for name, point in zip(names, xs.tolist(), strict=True):
        at_point.setdefault(tuple(point), []).append(name)
    for point, sharing in at_point.items():
        axes.annotate(", ".join(sharing), point, textcoords="offset points", xytext=(7, 6))
    axes.set(
        xlabel="share of letters that are a or o",
        ylabel="length (letters)",
        title="Six words",
        xlim=(0.1, 0.65),
        ylim=(1.5, 5.8),
    )
    axes.legend(loc="lower left")
    style.show(
        "Six words as points of two features, English ones at the lower left; hola and gata are the "
        "same point."
    )


def one_hot(vectors: torch.Tensor, sentence: Sequence[str], vocabulary: Sequence[str]) -> None:
    """The matrix of ones and zeros, a row for each word of the sentence."""
    (axes,) = style.panels(1, width=5.2, height=3.8)
    axes.imshow(vectors, cmap="Greys", vmin=0, vmax=1, aspect="auto")
    axes.set(xlabel="vocabulary", ylabel="sentence", title="One-hot vectors")
    axes.set_xticks(range(len(vocabulary)), vocabulary)
    axes.set_yticks(range(len(sentence)), sentence)
    axes.grid(False)
    style.show(
        "A row for each word of the sentence, a column for each of the vocabulary, and one black square "
        "where both are the same word; perro, which is unknown, has none."
    )


def losses(functions: Mapping[str, Loss]) -> None:
    """Each loss for the target 1 against the prediction, and its slope with respect to the sum before the sigmoid."""
    left, right = style.panels(2)
    p = torch.linspace(0.005, 0.995, 199)
    z = torch.linspace(-8, 8, 161, requires_grad=True)
    for name, function in functions.items():
        left.plot(p, [function(value, torch.tensor(1.0)).item() for value in p], label=name)
        total = sum(function(torch.sigmoid(value), torch.tensor(1.0)) for value in z)
        right.plot(z.detach(), torch.autograd.grad(total, z)[0])
    left.set(xlabel="predicted probability", ylabel="loss", title="The loss for the target 1", ylim=(0, 5))
    right.set(
        xlabel="sum z before the sigmoid",
        ylabel="slope of the loss with respect to z",
        title="How strongly it pulls",
    )
    left.legend()
    style.show(
        "Left: the loss against the predicted probability for the target 1; only the cross-entropy "
        "grows without bound towards 0. Right: its slope against z; on the wrong side only that of the "
        "cross-entropy is far from 0."
    )


def training(
    runs: Mapping[str, tuple[Sequence[float], torch.Tensor]], names: Sequence[str], english: torch.Tensor
) -> None:
    """The mean loss of each epoch, and the probabilities `(n, 1)` at the end, word by word."""
    left, right = style.panels(2, width=5.2)
    for place, (label, (means, probabilities)) in enumerate(runs.items()):
        left.plot(range(1, len(means) + 1), means, label=label)
        at = [word + 0.15 * (place - (len(runs) - 1) / 2) for word in range(len(names))]
        right.plot(at, probabilities.flatten(), linestyle="none", marker="osv^"[place], label=label)
    marks = [
        f"{name}\n{'English' if t else 'Spanish'}" for name, t in zip(names, english.flatten(), strict=True)
    ]
    right.set_xticks(range(len(names)), marks, fontsize=9)
    right.axhline(0.5, color=style.GREY, linewidth=1, linestyle=":")
    left.axhline(0, color=style.GREY, linewidth=1, linestyle=":")
    left.set(xlabel="epoch", ylabel="mean loss", title="What training makes smaller")
    left.set_ylim(top=1.35 * left.get_ylim()[1])  # room for the legend
    right.set(ylabel="probability of English", title="What it has learned", ylim=(-0.05, 1.05))
    left.legend(ncols=2, loc="upper right")
    right.set_ylim(top=1.35)  # room for the legend
    right.set_yticks([0, 0.25, 0.5, 0.75, 1])
    right.legend(ncols=2, loc="upper right")
    style.show(
        "The mean loss of each epoch, and the probabilities at the end: "
        + "; ".join(f"{label} ends at {means[-1]:.2f}" for label, (means, _) in runs.items())
        + "."
    )


def gates(
    rows: Mapping[str, Mapping[str, nn.Module]], tables: Mapping[str, tuple[torch.Tensor, torch.Tensor]]
) -> None:
    """The output of each model over the square of its two inputs, with the gate's four points."""
    figure, grid = plt.subplots(len(rows), len(tables), figsize=(10.5, 6.6), squeeze=False)
    for line, (kind, models) in zip(grid, rows.items(), strict=True):
        for axes, (name, (bits, targets)) in zip(line, tables.items(), strict=True):
            shade = _shaded(axes, lambda x, m=models[name]: m(x).flatten(), BITS_RANGE, BITS_RANGE)
            _points(axes, bits, targets.flatten(), size=80)
            axes.set(title=f"{name}: {kind}", xlabel="first bit", ylabel="second bit")
    figure.colorbar(shade, ax=grid, label="output (white circle: should be 0; black square: should be 1)")
    style.show(
        "The output over the square of the two inputs for and, or, xor: one straight border for a "
        "single neuron, which leaves xor undecided, and a band between two borders for the network."
    )


def depth(depths: Sequence[int], shares: Mapping[str, Sequence[float]]) -> None:
    """Accuracy against the number of linear layers."""
    (axes,) = style.panels(1, width=6.0)
    for (label, values), marker in zip(shares.items(), "os", strict=True):
        axes.plot(range(len(depths)), values, marker=marker, label=label)
    axes.axhline(0.5, color=style.GREY, linewidth=1, linestyle=":")
    axes.annotate("guessing", (2.6, 0.46), color=style.GREY)
    axes.set_xticks(range(len(depths)), [str(n) for n in depths])
    axes.set(
        xlabel="linear layers",
        ylabel="share of new points that are right",
        title="Four clouds in the pattern of xor",
        ylim=(0.4, 1.03),
    )
    axes.legend(loc="center right")
    style.show(
        "The share of new points that are right, by depth: "
        + "; ".join(
            f"{label}: {', '.join(f'{value:.0%}' for value in values)}" for label, values in shares.items()
        )
        + "."
    )


def borders(
    models: Mapping[tuple[str, str], Callable[[torch.Tensor], torch.Tensor]],
    clouds: Mapping[str, tuple[torch.Tensor, torch.Tensor]],
) -> None:
    """The probability of class 1 over the plane for each (cloud, model), with points that training has not seen."""
    figure, grid = plt.subplots(2, 2, figsize=(9.2, 7.4))
    for axes, ((kind, label), probability) in zip(grid.flat, models.items(), strict=True):
        points, classes = clouds[kind]
        (left, low), (right, high) = points.min(0).values - 0.5, points.max(0).values + 0.5
        shade = _shaded(axes, probability, (float(left), float(right)), (float(low), float(high)))
        _points(axes, points, classes, size=11)
        with torch.no_grad():
            share = ((probability(points) > 0.5) == (classes == 1)).float().mean().item()
        axes.set(title=f"{kind}, {label}: {share:.1%} right", xlabel="$x_1$", ylabel="$x_2$")
    figure.colorbar(shade, ax=grid, label="probability of class 1 (black squares; white circles: class 0)")
    style.show(
        "Probability of class 1 over the plane: a straight border for the perceptron, a bent one for "
        "the network, on two clouds, where both fit, and on four, where only the network does."
    )


def _shaded(
    axes: Axes,
    output: Callable[[torch.Tensor], torch.Tensor],
    across: tuple[float, float],
    up: tuple[float, float],
):
    """Colours the plane by `output`, cut off at 0 and 1, and draws the border at 0.5 where there is one."""
    x, y = torch.linspace(*across, 121), torch.linspace(*up, 121)
    plane = torch.cartesian_prod(x, y)
    with torch.no_grad():
        values = output(plane).reshape(121, 121).T.clamp(0, 1)
    shade = axes.pcolormesh(x, y, values, cmap=SHADES, vmin=0, vmax=1, shading="auto", rasterized=True)
    if values.min() < 0.5 < values.max():
        axes.contour(x, y, values, levels=[0.5], colors="white", linewidths=2)
    axes.grid(False)
    return shade


def _points(axes: Axes, points: torch.Tensor, classes: torch.Tensor, size: float) -> None:
    for value in (0, 1):
        axes.scatter(
            *points[classes == value].T,
            color=SHADED_COLOURS[value][0],
            marker=CLASS_MARKERS[value],
            s=size,
            edgecolor=SHADED_COLOURS[value][1],
            linewidth=1.2 if size > 20 else 0.4,
            label=str(value),
            zorder=2,
        )
