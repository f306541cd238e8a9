"""The figures of `backprop`, supplied: read them if you like, there is nothing to fill in here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from torch import nn

from course import style

Activation = Callable[[torch.Tensor], torch.Tensor]
MARKERS = "os^"


def classes(model: nn.Module, points: torch.Tensor, labels: torch.Tensor) -> None:
    """Points in the plane with their labels, on the regions that `model` gives to each class."""
    (axes,) = style.panels(1, width=5.6, height=4.2)
    ticks = torch.linspace(-2.6, 2.6, 160)
    grid = torch.cartesian_prod(ticks, ticks)
    with torch.no_grad():
        regions = model(grid).argmax(dim=1).reshape(160, 160).T
    colours = [style.BLUE, style.ORANGE, style.GREEN]
    axes.contourf(ticks, ticks, regions, levels=[-0.5, 0.5, 1.5, 2.5], colors=colours, alpha=0.2)
    for label, (colour, marker) in enumerate(zip(colours, MARKERS, strict=True)):
        chosen = points[labels == label]
        axes.scatter(
            *chosen.T,
            s=24,
            color=colour,
            marker=marker,
            edgecolor="white",
            linewidth=0.5,
            label=f"class {label}",
        )
    axes.set(xlabel="first input", ylabel="second input", title="Logistic regression, after training")
    axes.legend(loc="upper left", frameon=True)
    style.show(
        "Three clouds of points in the plane, on regions of three colours that meet along straight lines."
    )


def random_functions(
    make: Callable[[list[int], Activation], nn.Module], functions: Mapping[str, Activation]
) -> None:
    """Five untrained networks with 20 hidden units for each activation function."""
    x = torch.linspace(-6, 6, 400)[:, None]
    for axes, (name, phi) in zip(style.panels(len(functions), width=4.2), functions.items(), strict=True):
        for _ in range(5):
            with torch.no_grad():
                axes.plot(x, make([1, 20, 1], phi)(x))
        axes.set(xlabel="x", ylabel="output", title=f"phi = {name}")
    style.show(
        "Five random functions for each activation: smooth waves for sigmoid and tanh, broken lines "
        "with kinks for relu."
    )


def data(X_train: torch.Tensor, y_train: torch.Tensor, X_test: torch.Tensor, y_test: torch.Tensor) -> None:
    """The training and test points and the sine beneath them."""
    (axes,) = style.panels(1, width=7.5)
    x = np.linspace(0, 4 * np.pi, 400)
    axes.plot(x, np.sin(x), color=style.GREY, linewidth=1, linestyle="--", label="sine")
    _scatter(axes, X_train, y_train, X_test, y_test)
    axes.set(xlabel="x", ylabel="y", title="A sine with noise")
    axes.legend(ncols=3, loc="lower left")
    axes.set_ylim(-1.75, 1.4)
    style.show("Two periods of a sine, dashed, with training and test points scattered closely around it.")


def valleys(
    function: Callable[[torch.Tensor], torch.Tensor], starts: torch.Tensor, ends: torch.Tensor
) -> None:
    """A function of one variable, and where runs of gradient descent begin and end."""
    (axes,) = style.panels(1, width=6.4)
    t = torch.linspace(-5, 5, 500)
    axes.plot(t, function(t))
    axes.plot(starts, function(starts), "o", color=style.ORANGE, fillstyle="none", label="start")
    axes.plot(ends, function(ends), "o", color=style.ORANGE, label="end")
    best = ends[function(ends).argmin()]
    axes.annotate(
        "best of six", (best, function(best)), (0, -8), textcoords="offset points",
        ha="center", va="top", color=style.GREY,
    )  # fmt: skip
    axes.set(xlabel="t", ylabel="f(t)", title="Each start falls into the valley it is in", ylim=(-1.7, 3.6))
    axes.legend()
    style.show(
        "A curve with several valleys. Six starts, each joined in height by an end at the bottom of the "
        "valley nearest to it; "
        "only one of the ends is the lowest."
    )


def restarts(runs: Sequence[tuple[nn.Module, float]], X: torch.Tensor, y: torch.Tensor) -> None:
    """The errors of single runs, sorted, and one fit for each level of error."""
    left, right = style.panels(2, width=5.4)
    ordered = sorted(runs, key=lambda run: run[1])
    errors = [mse for _, mse in ordered]
    left.plot(range(1, len(errors) + 1), errors, "o", color=style.BLUE)
    left.set(
        xlabel="run, sorted by error",
        ylabel="training error",
        title="Two hidden units, one run a dot",
        ylim=(0, None),
    )
    left.xaxis.get_major_locator().set_params(integer=True)
    right.scatter(X, y, s=8, color=style.GREY, alpha=0.5)
    grid = torch.linspace(0, 4 * torch.pi, 400)[:, None]
    shown: list[float] = []
    for model, mse in ordered:
        if len(shown) < 4 and all(abs(mse - other) > 0.01 for other in shown):
            shown.append(mse)
            with torch.no_grad():
                right.plot(grid, model(grid), linewidth=2, label=f"error {mse:.3f}")
    right.set(xlabel="x", ylabel="y", title="One fit of each level", ylim=(-1.5, 2.3))
    right.legend(ncols=2, loc="upper center")
    levels = ", ".join(f"{mse:.3f}" for mse in shown)
    style.show(
        f"Left: the errors of {len(errors)} runs, sorted, in a few levels: {levels}. "
        "Right: the fit that belongs to each level; the higher ones miss a part of the sine."
    )


def fits(
    models: Mapping[int, nn.Module],
    X_train: torch.Tensor,
    y_train: torch.Tensor,
    X_test: torch.Tensor,
    y_test: torch.Tensor,
) -> None:
    """The fit of each number of hidden units, and below them training and test error side by side."""
    figure = plt.figure(figsize=(13, 10.5))
    layout = figure.add_gridspec(3, 3, height_ratios=[1, 1, 0.9])
    for place, (n_hidden, model) in enumerate(models.items()):
        axes = figure.add_subplot(layout[place // 3, place % 3])
        _draw_fit(axes, model, X_train, y_train, X_test, y_test)
        axes.set_title(f"{n_hidden} hidden unit{'s' if n_hidden > 1 else ''}")
        if place == 0:
            axes.legend(loc="upper center", ncols=3, fontsize=9, columnspacing=1, handletextpad=0.3)
    axes = figure.add_subplot(layout[2, :])
    errors = [_errors(model, X_train, y_train, X_test, y_test) for model in models.values()]
    places = np.arange(len(models))
    for offset, column, label, colour, hatch in (
        (-0.2, 0, "training error", style.BLUE, ""),
        (0.2, 1, "test error", style.ORANGE, "//"),
    ):
        bars = axes.bar(
            places + offset,
            [pair[column] for pair in errors],
            0.4,
            label=label,
            color=colour,
            hatch=hatch,
            edgecolor="white",
        )
        boxed = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # the line of the noise passes behind
        axes.bar_label(bars, fmt="%.3g", fontsize=9, padding=2, bbox=boxed)
    axes.axhline(0.01, color=style.GREY, linestyle=":", linewidth=1.5, label="variance of the noise")
    axes.set_yscale("log")
    axes.margins(y=0.2)
    axes.set_xticks(places, [str(n) for n in models])
    axes.set(xlabel="hidden units", ylabel="mean squared error", title="Training and test error")
    axes.legend(ncols=3, loc="upper center")
    table = "; ".join(f"{n}: {mse:.2g}, {test:.2g}" for n, (mse, test) in zip(models, errors, strict=True))
    style.show(
        "The fit of the sine by each number of hidden units: one step, one bump, then the whole curve, "
        "and with many units "
        f"spikes between the points. Below, training and test error: {table}."
    )


def hidden_units(
    models: Mapping[int, nn.Module],
    hidden_outputs: Callable[[nn.Module, torch.Tensor], torch.Tensor],
    X: torch.Tensor,
    y: torch.Tensor,
) -> None:
    """The hidden units of each model over x: as they are, and times their weight to the output."""
    _, rows = plt.subplots(2, len(models), figsize=(4.4 * len(models), 7), sharex=True, squeeze=False)
    grid = torch.linspace(0, 4 * torch.pi, 400)[:, None]
    for column, (n_hidden, model) in enumerate(models.items()):
        with torch.no_grad():
            hidden = hidden_outputs(model, grid)
            scaled = hidden * model.get_parameter("1_weight")[:, 0]
            fit = model(grid)
        plain_axes, scaled_axes = rows[0][column], rows[1][column]
        plain_axes.plot(grid, hidden)
        plain_axes.set(title=f"{n_hidden} hidden units", ylim=(-0.05, 1.05))
        scaled_axes.plot(grid, scaled)
        scaled_axes.plot(grid, fit, color="black", linestyle="-", linewidth=2.5)
        scaled_axes.scatter(X, y, s=6, color=style.GREY, alpha=0.5)
        scaled_axes.set(xlabel="x")
        # Pairs of huge opposite weights would hide the fit: linear up to 2, logarithmic beyond.
        scaled_axes.set_yscale("symlog", linthresh=2)
        scaled_axes.yaxis.set_major_formatter("{x:g}")
    rows[0][0].set_ylabel("hidden output")
    rows[1][0].set_ylabel("hidden output times its weight")
    style.show(
        "Top: each hidden unit is a smooth step somewhere along x. Bottom: the steps times their "
        "weights reach from -1000 to "
        "1000 where there are few units, and still add up to the fit, which stays between -1 and 1."
    )


def optimizers(
    models: Mapping[str, nn.Module],
    X_train: torch.Tensor,
    y_train: torch.Tensor,
    X_test: torch.Tensor,
    y_test: torch.Tensor,
) -> None:
    """The fit of each optimizer, with its training and test error."""
    told = []
    for axes, (name, model) in zip(style.panels(len(models), width=4.4), models.items(), strict=True):
        _draw_fit(axes, model, X_train, y_train, X_test, y_test)
        training, test = _errors(model, X_train, y_train, X_test, y_test)
        axes.set_title(f"{name}\ntraining {training:.4f}, test {test:.4f}")
        told.append(f"{name}: {training:.2g}, {test:.2g}")
    style.show(
        f"The fit of 50 hidden units by each optimizer, with training and test error. {'; '.join(told)}."
    )


def passes(values: Mapping[str, torch.Tensor], deltas: Mapping[str, torch.Tensor]) -> None:
    """The graph of one example: each variable with its value, and the derivative of the loss with respect to it."""
    chain = ["x", "z1", "z2", "z3", "z4", "yhat", "l"]
    below = {"W1": "z1", "b1": "z2", "W2": "z4", "b2": "yhat", "y": "l"}
    steps = ["x W1", "+ b1", "sigmoid", "z3 W2", "+ b2", "squared error"]
    places = {name: (2.2 * i, 1.9) for i, name in enumerate(chain)}
    places |= {name: (places[target][0], 0.0) for name, target in below.items()}
    _, axes = plt.subplots(figsize=(14, 4.6))
    arrow = {"arrowstyle": "-|>", "color": style.GREY, "shrinkA": 32, "shrinkB": 32}
    for left, right, step in zip(chain[:-1], chain[1:], steps, strict=True):
        axes.annotate("", places[right], places[left], arrowprops=arrow)
        axes.text(
            (places[left][0] + places[right][0]) / 2, 2.75, step, ha="center", color=style.GREY, fontsize=10
        )
    for name, target in below.items():
        axes.annotate("", places[target], places[name], arrowprops={**arrow, "shrinkA": 30, "shrinkB": 30})
    for name, (x, y) in places.items():
        box = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": style.GREY}
        axes.text(x, y, f"{name}\n{_sizes(values[name])}", ha="center", va="center", bbox=box, fontsize=10)
        # Beside the arrow where one ends below this box or begins above it.
        above = (x + 0.12, "left") if name in below else (x, "center")
        under = (x + 0.12, "left") if name in below.values() else (x, "center")
        axes.text(above[0], y + 0.5, _amount(values[name]), ha=above[1], color=style.BLUE, fontsize=10)
        delta = "1" if name == "l" else _amount(deltas[name])
        axes.text(under[0], y - 0.64, delta, ha=under[1], color="#A04000", fontsize=10, style="italic")
    axes.text(0, 3.3, "above: value", color=style.BLUE, fontsize=11)
    axes.text(2.2, 3.3, "below: derivative of l", color="#A04000", fontsize=11, style="italic")
    axes.set(xlim=(-1, 14.2), ylim=(-0.9, 3.6), title="One example, forward and backward")
    axes.axis("off")
    style.show(
        "The graph of one example from x over z1, z2, z3, z4 and yhat to l, with W1, b1, W2, b2 and y "
        "entering from below; "
        "the value above each variable and the derivative below it."
    )


def depth_profile(profiles: Sequence[Sequence[float]]) -> None:
    """Mean absolute gradient of each layer's weights: the median over the draws, and the range of the middle 80 %."""
    (axes,) = style.panels(1, width=6.4)
    low, middle, high = np.quantile(np.asarray(profiles), [0.1, 0.5, 0.9], axis=0)
    layers = range(1, len(middle) + 1)
    axes.fill_between(layers, low, high, alpha=0.25, linewidth=0, label="middle 80 % of the draws")
    axes.semilogy(layers, middle, marker="o", label="median")
    axes.set(xlabel="layer, counted from the input", ylabel="mean |gradient| of its weights")
    axes.set_title("What backpropagation delivers to each layer")
    axes.legend(loc="upper left")
    style.show(
        "The mean size of the gradient on a log scale, rising in a nearly straight line from "
        f"{middle[0]:.0e} in the first layer "
        f"to {middle[-1]:.2g} in the last."
    )


def _scatter(
    axes: Axes, X_train: torch.Tensor, y_train: torch.Tensor, X_test: torch.Tensor, y_test: torch.Tensor
) -> None:
    axes.scatter(X_train, y_train, s=14, color=style.BLUE, label="training")
    axes.scatter(X_test, y_test, s=14, color=style.ORANGE, marker="x", linewidth=1, label="test")


def _draw_fit(
    axes: Axes,
    model: nn.Module,
    X_train: torch.Tensor,
    y_train: torch.Tensor,
    X_test: torch.Tensor,
    y_test: torch.Tensor,
) -> None:
    _scatter(axes, X_train, y_train, X_test, y_test)
    grid = torch.linspace(0, 4 * torch.pi, 3000)[:, None]  # fine enough to show narrow spikes
    with torch.no_grad():
        axes.plot(grid, model(grid), color="black", linewidth=1.5, linestyle="-", label="fit")
    axes.set(xlabel="x", ylabel="y", ylim=(-1.7, 1.9))


def _errors(
    model: nn.Module, X_train: torch.Tensor, y_train: torch.Tensor, X_test: torch.Tensor, y_test: torch.Tensor
) -> tuple[float, float]:
    with torch.no_grad():
        return F.mse_loss(model(X_train), y_train).item(), F.mse_loss(model(X_test), y_test).item()


def _sizes(value: torch.Tensor) -> str:
    return "(" + ", ".join(str(size) for size in value.shape) + (",)" if value.dim() == 1 else ")")


def _amount(value: torch.Tensor) -> str:
    """A single number as it is, more of them as their mean size."""
    return f"{value.item():.4g}" if value.numel() == 1 else f"mean size {value.abs().mean().item():.3g}"
