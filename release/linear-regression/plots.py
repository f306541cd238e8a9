"""The figures of `linear-regression`, supplied: read them if you like, there is nothing to fill in here."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm

from course import style

LINESTYLES = ("-", "--", "-.", ":", (0, (1, 4)))


def example_graph(values: Mapping[str, float], edges: Mapping[tuple[str, str], float]) -> None:
    """The worked example, p = x w, e = p - y, l = e²: values in the boxes, the derivative of each step on its arrow."""
    places = {"x": (0, 2), "w": (0, 0), "p": (2, 1), "y": (2, -0.6), "e": (4, 0.6), "l": (6, 0.6)}
    formulas = {"p": "p = x\\,w", "e": "e = p - y", "l": "l = e^2"}
    _, axes = plt.subplots(figsize=(7.6, 3.0))
    texts = {name: f"${formulas.get(name, name)}$\n{values[name]:g}" for name in places}
    labels = {(start, end): f"{slope:g}" for (start, end), slope in edges.items()}
    _graph(axes, places, texts, labels, inner=formulas)
    axes.set(xlim=(-0.6, 6.8), ylim=(-1.2, 2.6))
    axes.set_title("In the boxes the values, on the arrows the derivatives")
    told = ", ".join(f"from {start} to {end} {slope:g}" for (start, end), slope in edges.items())
    style.show(
        f"A graph. Values: {', '.join(f'{name} = {value:g}' for name, value in values.items())}. Derivatives on the "
        f"arrows: {told}."
    )


def neuron_graph(gradients: Callable[..., Mapping[str, float]], **numbers: float) -> None:
    """The neuron of the first task as a graph: its values, and below each what the student's function says of it."""
    found = gradients(**numbers)
    u, v = numbers["w1"] * numbers["x1"], numbers["w2"] * numbers["x2"]
    values = numbers | {"u": u, "v": v, "a": u + v + numbers["b"], "o": found["o"]}
    places = {
        "x1": (0, 3.6), "w1": (0, 2.4), "x2": (0, 1.2), "w2": (0, 0), "b": (2.2, -0.7),
        "u": (2.2, 3), "v": (2.2, 0.9), "a": (4.6, 1.8), "o": (7, 1.8),
    }  # fmt: skip
    formulas = {"u": "u = w_1 x_1", "v": "v = w_2 x_2", "a": "a = u + v + b", "o": "o = \\mathrm{relu}(a)"}
    edges = (
        ("x1", "u"),
        ("w1", "u"),
        ("x2", "v"),
        ("w2", "v"),
        ("u", "a"),
        ("v", "a"),
        ("b", "a"),
        ("a", "o"),
    )
    texts = {}
    for name in places:
        symbol = formulas.get(name, f"{name[0]}_{name[1]}" if len(name) == 2 else name)
        slope = f",  slope {found[name]:g}" if name in numbers else ""
        texts[name] = f"${symbol}$\n{values[name]:g}{slope}"
    _, axes = plt.subplots(figsize=(8.4, 4.2))
    _graph(axes, places, texts, dict.fromkeys(edges, ""), inner=formulas)
    axes.set(xlim=(-1.0, 7.9), ylim=(-1.3, 4.2))
    axes.set_title("Values from left to right; slope: the derivative of $o$ with respect to it")
    told = ", ".join(f"{name} = {values[name]:g}" for name in places)
    slopes = ", ".join(f"{name} {found[name]:g}" for name in numbers)
    style.show(f"The neuron as a graph. Values: {told}. Derivatives of o with respect to: {slopes}.")


def _graph(
    axes: Axes,
    places: Mapping[str, tuple[float, float]],
    texts: Mapping[str, str],
    edges: Mapping[tuple[str, str], str],
    inner: Container[str],
) -> None:
    """Boxes with texts, and arrows between them with labels."""
    for (start, end), label in edges.items():
        (x0, y0), (x1, y1) = places[start], places[end]
        arrow = {"arrowstyle": "->", "color": style.GREY, "shrinkA": 30, "shrinkB": 36}
        axes.annotate("", (x1, y1), (x0, y0), arrowprops=arrow)
        axes.text(
            (x0 + x1) / 2,
            (y0 + y1) / 2,
            label,
            ha="center",
            va="bottom",
            fontsize=11,
            fontweight="bold",
            color=style.BLUE,
        )
    for name, place in places.items():
        colour = style.BLUE if name in inner else style.ORANGE
        box = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": colour, "linewidth": 1.5}
        axes.text(*place, texts[name], ha="center", va="center", bbox=box, fontsize=10)
    axes.axis("off")


def neuron(gradients: Callable[..., Mapping[str, float]]) -> None:
    """Output and derivative with respect to w1 while only w1 changes."""
    weights = np.linspace(-3, 3, 241)
    results = [gradients(x1=1.5, x2=-1.0, w1=float(w), w2=1.0, b=0.25) for w in weights]
    (axes,) = style.panels(1, width=6.4)
    axes.plot(weights, [result["o"] for result in results], label="output $o$")
    axes.plot(weights, [result["w1"] for result in results], label="derivative of $o$ with respect to $w_1$")
    axes.axvline(0.5, color=style.GREY, linestyle=":", linewidth=1)
    axes.annotate("$a = 0$", (0.45, 3.1), ha="right", color=style.GREY)
    axes.set(xlabel="$w_1$", ylabel="value", title="$x_1 = 1.5,\\ x_2 = -1,\\ w_2 = 1,\\ b = 0.25$")
    axes.legend(loc="upper left")
    style.show(
        "Output and derivative with respect to w1 while w1 changes: both are 0 up to w1 = 0.5; from there the output "
        "rises in a straight line and the derivative is 1.5."
    )


def data(features: torch.Tensor, readings: torch.Tensor) -> None:
    """Reading of the gauge against each wind."""
    axes = style.panels(2, sharey=True)
    for ax, column, label in zip(
        axes, features.T, ("wind along the coast", "wind towards the coast"), strict=True
    ):
        ax.scatter(column, readings, s=9, alpha=0.5, color=style.BLUE, linewidths=0)
        ax.set_xlabel(f"{label} (m/s)")
    axes[0].set_ylabel("reading of the gauge (cm)")
    style.show(
        "Two scatter plots, the reading of the gauge against the wind along the coast and against the wind towards it. Both "
        "rise, the second less noisily."
    )


def scaled(before: torch.Tensor, after: torch.Tensor) -> None:
    """The two winds against each other, before and after."""
    axes = style.panels(2, height=4.2)
    for ax, values, unit in zip(axes, (before, after), ("m/s", "standard deviations"), strict=True):
        ax.scatter(values[:, 0], values[:, 1], s=9, alpha=0.5, color=style.BLUE, linewidths=0)
        ax.axhline(0, color=style.GREY, linewidth=0.8)
        ax.axvline(0, color=style.GREY, linewidth=0.8)
        ax.set(
            xlabel=f"wind along the coast ({unit})", ylabel=f"wind towards the coast ({unit})", aspect="equal"
        )
    axes[0].set_title("as measured")
    axes[1].set_title("standardized")
    style.show(
        "The two winds against each other, as measured and standardized: the same cloud, moved to the origin and scaled "
        "to a spread of 1 in both directions."
    )


def two_gradients(pairs: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> None:
    """Each component of the gradient by hand against autograd's."""
    expected = torch.stack([pair[0] for pair in pairs]).flatten()
    by_hand = torch.stack([pair[1] for pair in pairs]).flatten()
    (axes,) = style.panels(1, width=4.6, height=4.2)
    ends = [min(expected.min(), by_hand.min()).item(), max(expected.max(), by_hand.max()).item()]
    axes.plot(ends, ends, color=style.GREY, linewidth=1, linestyle="-")
    axes.scatter(expected, by_hand, s=14, color=style.BLUE, alpha=0.6, linewidths=0)
    axes.set(
        xlabel="autograd",
        ylabel="by hand",
        title="Gradient of the weights, 200 random models",
        aspect="equal",
    )
    furthest = (expected - by_hand).abs().max().item()
    style.show(
        f"Each component of the gradient by hand against autograd's; on the diagonal they agree. Furthest apart: "
        f"{furthest:.2g}."
    )


def losses(histories: Mapping[str, Sequence[float]]) -> None:
    """The loss of each model after each epoch, on a log scale."""
    (axes,) = style.panels(1, width=6.4)
    widths = (7, 5, 3.5, 2, 1.5)  # they overlap: the first drawn are the widest
    for (name, values), width, dashes in zip(histories.items(), widths, LINESTYLES, strict=True):
        axes.semilogy(range(1, len(values) + 1), values, linewidth=width, linestyle=dashes, label=name)
    axes.set(xlabel="epoch", ylabel="mean squared error (cm²)", title="One descent, however it is written")
    axes.legend()
    style.plain_ticks(axes.yaxis)
    ends = "; ".join(f"{name}: {values[0]:,.0f} to {values[-1]:,.0f}" for name, values in histories.items())
    style.show(
        f"The mean squared error against the epoch on a log scale. The curves lie on each other. {ends}."
    )


def surface(
    weights: torch.Tensor,
    biases: torch.Tensor,
    values: torch.Tensor,
    path: Sequence[tuple[float, float]],
    minimum: tuple[float, float],
) -> None:
    """Contours of the loss, the path of gradient descent, and the exact minimum."""
    _, axes = plt.subplots(figsize=(6, 6.2))
    levels = np.geomspace(values.min().item(), values.max().item(), 16)
    filled = axes.contourf(weights, biases, values, levels=levels, norm=LogNorm(), cmap="cividis")
    bar = plt.colorbar(filled, label="mean squared error (cm²)", ticks=[500, 1000, 2000, 5000, 10000, 20000])
    bar.ax.set_yticklabels(["500", "1,000", "2,000", "5,000", "10,000", "20,000"])
    bar.ax.minorticks_off()
    axes.plot(
        *zip(*path, strict=True), "o-", color="white", markersize=3.5, linewidth=1, label="gradient descent"
    )
    axes.plot(
        *minimum, "*", color=style.ORANGE, markersize=15, markeredgecolor="black", label="least squares"
    )
    axes.set(
        xlabel="weight of the onshore wind (cm per standard deviation)",
        ylabel="bias (cm)",
        title="The loss as a landscape",
        aspect="equal",
    )
    axes.grid(False)
    axes.legend(loc="upper right", frameon=True, facecolor=style.GREY, labelcolor="white")
    style.show(
        "Contours of the loss over the weight and the bias, nearly circles. Gradient descent goes from the edge straight "
        f"to the minimum by least squares, at weight {minimum[0]:.0f} and bias {minimum[1]:.0f}."
    )


def hidden(errors: Mapping[str, Mapping[str, float]]) -> None:
    """A group of bars for each target, in it a bar for each run."""
    (axes,) = style.panels(1, width=6.8)
    runs = list(next(iter(errors.values())))
    hatches = ("", "//", "..")
    for place, (run, colour) in enumerate(zip(runs, (style.BLUE, style.SKY, style.ORANGE), strict=True)):
        bars = axes.bar(
            np.arange(len(errors)) + 0.27 * (place - 1),
            [group[run] for group in errors.values()],
            width=0.25,
            color=colour,
            hatch=hatches[place],
            edgecolor="white",
            label=run,
        )
        axes.bar_label(bars, fmt="{:,.0f}", padding=2, fontsize=9)
    axes.set_xticks(range(len(errors)), list(errors))
    axes.set(ylabel="training error after 500 epochs (cm²)", yscale="log", ylim=(100, 20_000))
    style.plain_ticks(axes.yaxis)
    axes.grid(axis="x")
    axes.legend(loc="upper left")
    told = "; ".join(
        f"{target}: " + ", ".join(f"{run} {error:,.0f}" for run, error in group.items())
        for target, group in errors.items()
    )
    style.show(f"Bars of the training error after 500 epochs on a log scale. {told}.")
