"""The figures of `thermometer`, supplied: read them if you like, there is nothing to fill in here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.patheffects import withStroke

from course import style

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
Pair = tuple[torch.Tensor, torch.Tensor]

UNKNOWN, CELSIUS = "reading (unknown unit)", "temperature (°C)"
WEIGHTS, BIASES = (0.0, 8.0), (-28.0, 8.0)
OUTLINED = [withStroke(linewidth=3, foreground="black")]  # for white marks on a map of light and dark
EXACT = (5 / 9, -160 / 9)  # degrees Celsius for each degree Fahrenheit, and at 0 °F


def readings(t_u: torch.Tensor, t_c: torch.Tensor) -> None:
    """The readings, as they are."""
    (axes,) = style.panels(1, width=6)
    _points(axes, t_u, t_c)
    axes.set(xlabel=UNKNOWN, ylabel=CELSIUS, title="Eleven readings")
    style.show(
        "Eleven readings, temperature against reading: close to a straight line that rises from about −4 °C at 22 to 28 °C at 82."
    )


def settings(
    predict: Callable,
    mse: Callable,
    t_u: torch.Tensor,
    t_c: torch.Tensor,
    knobs: Sequence[tuple[float, float]],
) -> None:
    """For each setting of the knobs its line, the errors as bars, and the loss in the title."""
    grid = torch.linspace(0, 90, 2)
    for axes, (w, b) in zip(style.panels(len(knobs), width=3.8, sharey=True), knobs, strict=True):
        w, b = torch.tensor(w), torch.tensor(b)
        guess = predict(t_u, w, b).detach()
        axes.plot(grid, predict(grid, w, b).detach(), color=style.ORANGE, linestyle="--")
        axes.vlines(t_u, t_c, guess, color=style.GREY, linewidth=1)
        _points(axes, t_u, t_c)
        axes.set(xlabel=UNKNOWN, xlim=(0, 90))
        axes.set_title(f"w = {w:g}, b = {b:g}: loss {float(mse(guess, t_c)):.1f}")
        if axes.get_subplotspec().is_first_col():
            axes.set_ylabel(CELSIUS)
    told = "; ".join(f"w = {w:g}, b = {b:g}" for w, b in knobs)
    style.show(
        f"The readings and three lines: {told}, with the errors as bars. The third is close to the readings."
    )


def landscape(loss: Loss, path: torch.Tensor | None = None) -> None:
    """The loss over weight and bias, and a path (n, 2) through it."""
    (axes,) = style.panels(1, width=7, height=4.6)
    _contours(axes, loss)
    if path is not None:
        axes.plot(
            path[:, 0],
            path[:, 1],
            "o-",
            color="white",
            markersize=3,
            linewidth=1.2,
            path_effects=OUTLINED,
        )
        for place, words, side in ((path[0], "start", -1), (path[-1], "end", 1)):
            axes.annotate(
                words, place.tolist(), xytext=(side * 8, 4), textcoords="offset points", ha="right" if side < 0 else "left",
                color="white", path_effects=OUTLINED,
            )  # fmt: skip
        axes.set_title("A dot each 100 epochs: quickly into the valley, slowly along it")
    end = (
        ""
        if path is None
        else f" The path of gradient descent ends at w = {path[-1][0]:.2f}, b = {path[-1][1]:.2f}."
    )
    style.show(
        "The loss over weight and bias as a map: a long, narrow valley that leans, a larger weight with a smaller bias."
        + end
    )


def slopes(loss: Loss, gradient: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> float:
    """Unit arrows, as seen in the figure, against the gradient at many places of the landscape.

    Returns:
        the angle in degrees at which the arrows are drawn to the contour lines, on average.
    """
    (axes,) = style.panels(1, width=6.4, height=5.2)
    _contours(axes, loss)
    axes.set_box_aspect(1)  # with axes of different lengths, right angles would not be drawn as such
    plt.gcf().canvas.draw()
    angles = []
    width, height = WEIGHTS[1] - WEIGHTS[0], BIASES[1] - BIASES[0]
    for w in np.linspace(0.8, 7.2, 7):
        for b in np.linspace(-25, 5, 6):
            down = -gradient(torch.tensor(w).float(), torch.tensor(b).float()).detach().double().numpy()
            # a direction of steepest descent in the units of the figure, in which both axes are equally long
            seen = down * (width, height)
            seen = 0.045 * seen / max(np.linalg.norm(seen), 1e-12)
            angles.append(_drawn_angle(axes, (seen[0] * width, seen[1] * height), (-down[1], down[0])))
            axes.annotate(
                "", (w + seen[0] * width, b + seen[1] * height), (w, b),
                arrowprops={"arrowstyle": "->", "color": "white", "linewidth": 1.1, "path_effects": OUTLINED},
            )  # fmt: skip
    axes.set_title("Steepest way down, with both axes drawn equally long")
    style.show(
        "The same map with arrows along the steepest way down: at right angles to the contour lines, most of them across the "
        "valley."
    )
    return float(np.mean(angles))


def secants() -> None:
    """Forward and central difference of a cubic, as slopes of lines through points of its curve."""
    x, delta = 1.0, 0.6
    curve = np.linspace(0, 2, 101)
    (axes,) = style.panels(1, width=6)
    axes.plot(curve, curve**3, color="black", linestyle="-", label="the function $x^3$")
    for name, left, colour, line in (
        ("forward", x, style.ORANGE, "--"),
        ("central", x - delta, style.BLUE, "-."),
    ):
        right = x + delta
        slope = (right**3 - left**3) / (right - left)
        axes.plot([left, right], [left**3, right**3], "o", color=colour)
        axes.axline((left, left**3), slope=slope, color=colour, linestyle=line, label=f"{name}: {slope:.2f}")
    axes.axline(
        (x, x**3), slope=3 * x**2, color=style.GREY, linestyle=":", label=f"the slope itself: {3 * x**2:.2f}"
    )
    axes.set(xlim=(0, 2), ylim=(-1, 8), xlabel="$x$", ylabel="$x^3$")
    axes.set_title(f"Two ways to measure the slope at $x = {x:g}$, $\\delta = {delta:g}$")
    axes.legend(loc="upper left")
    style.show(
        "The curve of x cubed with two straight lines through points of it: the central difference has nearly the slope of the curve, "
        "the forward difference is too steep."
    )


def losses(histories: Mapping[str, Sequence[float]], xlabel: str = "epoch") -> None:
    """Losses on a log scale; where one of them becomes infinite, its few epochs get their own panel."""
    values = {label: np.array([float(value) for value in history]) for label, history in histories.items()}
    last = [int(np.flatnonzero(np.isfinite(v))[-1]) for v in values.values() if not np.isfinite(v).all()]
    panels = style.panels(2, width=5.4) if last else style.panels(1, width=7)
    for label, history in values.items():
        finite = np.isfinite(history)
        for axes in panels:
            axes.plot(np.flatnonzero(finite), history[finite], label=label, linewidth=1.6)
    if last:
        panels[0].set(xlim=(-0.3, max(last) + 3), title="the first epochs, all losses")
        panels[0].annotate("then infinite", (max(last), 1e30), ha="left", va="center")
        panels[1].set(ylim=(10, 3000), title="the same, without the largest losses")
    for axes in panels:
        axes.set(yscale="log", xlabel=xlabel)
        style.plain_ticks(axes.yaxis)
    panels[0].set_ylabel("mean squared error (°C²)")
    panels[-1].legend()
    told = "; ".join(
        f"{label}: from {v[0]:.3g} to {v[-1]:.3g} in {len(v)} epochs" for label, v in values.items()
    )
    style.show(f"Losses on a log scale. {told}.")


def descent(descend: Callable, t_u: torch.Tensor, t_c: torch.Tensor, rate: float, divisor: float) -> None:
    """100 epochs of the student's descent from (1, 0): the losses, and the line that it ends with."""
    scaled = t_u / divisor
    params, losses = descend(scaled, t_c, torch.tensor([1.0, 0.0]), rate, 100)
    limit = 2 / curvatures(scaled)[1]
    left, right = style.panels(2, width=5)
    values = np.array([float(loss) for loss in losses])
    finite = np.isfinite(values)
    left.plot(np.flatnonzero(finite), values[finite], color=style.BLUE)
    left.set(yscale="log", xlabel="epoch", ylabel="mean squared error (°C²)")
    style.plain_ticks(left.yaxis)
    _points(right, t_u, t_c)
    w, b = (float(number) for number in params)
    if np.isfinite(w) and np.isfinite(b):
        grid = np.array([15.0, 90.0])
        right.plot(grid, w * grid / divisor + b, color=style.BLUE)
    right.set(xlabel=UNKNOWN, ylabel=CELSIUS, ylim=(-30, 60), title=f"the line after {len(losses)} epochs")
    plt.suptitle(f"readings divided by {divisor:g}, rate {rate:g} (stable below {limit:.3g})")
    style.show(
        f"Readings divided by {divisor:g}, rate {rate:g}, stable below {limit:.3g}: the loss goes from {values[0]:.3g} to "
        f"{values[-1]:.3g} in {len(values)} epochs. Next to it the readings with the line after them."
    )


def all_splits(inputs: torch.Tensor, targets: torch.Tensor) -> list[float]:
    """For each pair of readings the loss on it of the line that fits the others best, as a histogram; returns them."""
    found = []
    for pair in combinations(range(len(inputs)), 2):
        rest = [place for place in range(len(inputs)) if place not in pair]
        line = least_squares(inputs[rest], targets[rest])
        found.append(float(((line(inputs[list(pair)]) - targets[list(pair)]) ** 2).mean()))
    (axes,) = style.panels(1, width=6.5, height=3.2)
    axes.hist(found, bins=np.arange(0, 24, 1), color=style.BLUE, edgecolor="white")
    axes.set(
        xlabel="validation loss of the best line (°C²)",
        ylabel="pairs",
        title="Each of the 55 pairs hidden in turn",
    )
    style.show(
        f"Histogram of 55 validation losses, from {min(found):.2f} to {max(found):.1f}, most of them below 5."
    )
    return found


def exact(t_u: torch.Tensor, t_c: torch.Tensor) -> tuple[float, float]:
    """Weight and bias with the smallest loss on readings divided by ten."""
    design = np.c_[0.1 * t_u.double().numpy(), np.ones(len(t_u))]
    w, b = np.linalg.lstsq(design, t_c.double().numpy(), rcond=None)[0]
    return float(w), float(b)


def noise(t_u: torch.Tensor, t_c: torch.Tensor) -> float:
    """The standard deviation around the best line, in °C; its two parameters are taken into account."""
    w, b = exact(t_u, t_c)
    left = (w * 0.1 * t_u + b - t_c).double()
    return float((left.square().sum() / (len(t_u) - 2)).sqrt())


def standard_errors(t_u: torch.Tensor, t_c: torch.Tensor) -> tuple[float, float]:
    """Of weight and bias, on readings divided by ten."""
    design = np.c_[0.1 * t_u.double().numpy(), np.ones(len(t_u))]
    w, b = noise(t_u, t_c) * np.sqrt(np.diag(np.linalg.inv(design.T @ design)))
    return float(w), float(b)


def curvatures(readings: torch.Tensor) -> tuple[float, float]:
    """The smallest and the largest eigenvalue of the loss's second derivatives."""
    design = np.c_[readings.double().numpy(), np.ones(len(readings))]
    low, high = np.linalg.eigvalsh(2 * design.T @ design / len(readings))
    return float(low), float(high)


def slope_of_bias(t_u: torch.Tensor, t_c: torch.Tensor, w: float, b: float) -> float:
    """The slope of the loss along the bias at (w, b)."""
    return float(2 * (w * t_u + b - t_c).mean())


def fit(predict: Callable, params: torch.Tensor, t_u: torch.Tensor, t_c: torch.Tensor) -> None:
    """The fitted line over the readings, with the true conversion; `params` belong to readings divided by ten."""
    grid = torch.linspace(15, 90, 2)
    (axes,) = style.panels(1, width=6.5)
    _points(axes, t_u, t_c)
    axes.plot(grid, predict(0.1 * grid, *params).detach(), color=style.BLUE, linestyle="-", label="your fit")
    axes.plot(grid, EXACT[0] * grid + EXACT[1], color=style.ORANGE, linestyle="--", label="from °F, exactly")
    axes.set(xlabel=UNKNOWN, ylabel=CELSIUS)
    axes.legend()
    style.show(
        "The readings with the fitted line and the exact conversion from Fahrenheit, which is a little steeper."
    )


def history(values: Mapping[str, Sequence[float]]) -> None:
    """Training and validation loss against the epoch, on a log scale."""
    (axes,) = style.panels(1, width=7)
    for key, label in (("train", "training (9 readings)"), ("val", "validation (2 readings)")):
        axes.plot([float(value) for value in values[key]], label=label, linewidth=1.6)
    axes.set(yscale="log", xlabel="epoch", ylabel="mean squared error (°C²)")
    style.plain_ticks(axes.yaxis)
    axes.legend()
    ends = "; ".join(
        f"{label}: from {float(values[key][0]):.3g} to {float(values[key][-1]):.3g}"
        for key, label in (("train", "training"), ("val", "validation"))
    )
    style.show(f"Training and validation loss against the epoch on a log scale. {ends}.")


def least_squares(inputs: torch.Tensor, targets: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
    """The line with the smallest loss on columns (n, 1), as a function of columns."""
    design = torch.cat([inputs, torch.ones_like(inputs)], dim=1).double()
    w, b = torch.linalg.lstsq(design, targets.double()).solution.flatten().float()
    return lambda x: w * x + b


def network_fit(network: torch.nn.Module, train_set: Pair, val_set: Pair) -> None:
    """Network and best line over the readings, seen and unseen, and beyond them."""
    (axes,) = style.panels(1, width=7)
    _bends(axes, least_squares(*train_set), network, train_set, val_set)
    axes.set_ylabel(CELSIUS)
    axes.legend()
    style.show(
        "The readings, the best line, and the curve of the network, which bends towards single readings."
    )


def compare(
    comparison: Sequence[tuple[Callable, torch.nn.Module, Pair, Pair]],
) -> dict[str, dict[str, list[float]]]:
    """For each split the line and the network, and below both losses of both; returns these losses."""
    errors = {name: {"seen": [], "not seen": []} for name in ("line", "network")}
    _, (above, below) = plt.subplots(
        2, len(comparison), figsize=(3.4 * len(comparison), 6), sharey="row", squeeze=False
    )
    for split, (axes, bars, (line, network, seen, unseen)) in enumerate(
        zip(above, below, comparison, strict=True)
    ):
        _bends(axes, line, network, seen, unseen)
        axes.set_title(f"split {split}")
        for place, (name, model, colour, hatch) in enumerate(
            (("line", line, style.ORANGE, ""), ("network", network, style.BLUE, "//"))
        ):
            with torch.no_grad():
                heights = [float(((model(x) - y) ** 2).mean()) for x, y in (seen, unseen)]
            for kind, height in zip(("seen", "not seen"), heights, strict=True):
                errors[name][kind].append(height)
            places = np.arange(2) + 0.38 * place - 0.19
            bars.bar(places, heights, 0.36, color=colour, hatch=hatch, edgecolor="black", label=name)
            for x, error in zip(places, heights, strict=True):
                bars.annotate(f"{error:.1f}", (x, error), ha="center", va="bottom", fontsize=9)
        bars.set(xticks=[0, 1], xticklabels=["training", "validation"], yscale="log", ylim=(0.3, 100))
        style.plain_ticks(bars.yaxis)
        bars.grid(visible=False, axis="x")
    above[0].set_ylabel(CELSIUS)
    above[0].legend(fontsize=8)
    below[0].set_ylabel("mean squared error (°C²)")
    below[0].legend(fontsize=8, loc="upper left")
    told = "; ".join(
        f"{name}: seen {', '.join(f'{e:.1f}' for e in found['seen'])}, not seen {', '.join(f'{e:.1f}' for e in found['not seen'])}"
        for name, found in errors.items()
    )
    style.show(f"Line and network on four splits, and bars of their errors. {told}.")
    return errors


def _bends(axes: Axes, line: Callable, network: torch.nn.Module, seen: Pair, unseen: Pair) -> None:
    grid = torch.linspace(1.0, 10.5, 200)[:, None]
    axes.plot(10 * grid, line(grid), color=style.ORANGE, linestyle="--", label="line")
    with torch.no_grad():
        axes.plot(10 * grid, network(grid), color=style.BLUE, linestyle="-", label="network")
    _points(axes, 10 * seen[0], seen[1], label="seen")
    axes.plot(10 * unseen[0], unseen[1], "D", color="white", markeredgecolor="black", label="not seen")
    axes.set(xlabel=UNKNOWN, ylim=(-15, 42))


def _drawn_angle(axes: Axes, one: tuple[float, float], other: tuple[float, float]) -> float:
    """The angle in degrees, at most 90, at which two directions of the data are drawn."""
    origin = axes.transData.transform((0.0, 0.0))
    a, b = (axes.transData.transform(direction) - origin for direction in (one, other))
    return float(np.degrees(np.arccos(abs(a @ b) / (np.linalg.norm(a) * np.linalg.norm(b)))))


def _points(axes: Axes, t_u: torch.Tensor, t_c: torch.Tensor, label: str | None = None) -> None:
    axes.plot(t_u, t_c, "o", color="black", markersize=6, label=label, zorder=3)


def _contours(axes: Axes, loss: Loss) -> None:
    w, b = torch.linspace(*WEIGHTS, 41), torch.linspace(*BIASES, 41)
    surface = np.array([[float(loss(one_w, one_b)) for one_w in w] for one_b in b])
    levels = np.geomspace(3, 1500, 14)
    filled = axes.contourf(
        w, b, surface, levels=levels, norm=LogNorm(levels[0], levels[-1]), cmap="cividis", extend="both"
    )
    bar = plt.colorbar(filled, ax=axes, label="mean squared error (°C²)", ticks=[3, 10, 30, 100, 300, 1000])
    bar.ax.set_yticklabels(["3", "10", "30", "100", "300", "1000"])
    bar.ax.minorticks_off()
    axes.set(xlabel="weight $w$ (for readings divided by ten)", ylabel="bias $b$ (°C)")
    axes.grid(visible=False)
