"""The figures of `linear-regression`, supplied: read them if you like, there is nothing to fill in here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.colors import LogNorm

from course import style

LINESTYLES = ("-", "--", "-.", ":", (0, (1, 4)))


def neuron_graph() -> None:
    """The neuron of the first task as a graph: a circle for each value, an arrow for each step."""
    places = {
        "x1": (0, 3), "w1": (0, 2), "x2": (0, 1), "w2": (0, 0), "b": (2, -0.6),
        "u": (1.6, 2.5), "v": (1.6, 0.5), "a": (3.4, 1.5), "o": (5, 1.5),
    }  # fmt: skip
    inner = {
        "u": "$u = w_1 x_1$",
        "v": "$v = w_2 x_2$",
        "a": "$a = u + v + b$",
        "o": "$o = \\mathrm{relu}(a)$",
    }
    edges = [
        ("x1", "u"), ("w1", "u"), ("x2", "v"), ("w2", "v"), ("u", "a"), ("v", "a"), ("b", "a"), ("a", "o"),
    ]  # fmt: skip
    _, axes = plt.subplots(figsize=(7.6, 3.4))
    reach = {"u": 27, "v": 27, "a": 38, "o": 36}  # from the middle of a box to its edge, in points
    for start, end in edges:
        axes.annotate(
            "",
            places[end],
            places[start],
            arrowprops={
                "arrowstyle": "->",
                "color": style.GREY,
                "shrinkA": 14,
                "shrinkB": 16 if start == "b" else reach[end],
            },
        )
    for name, place in places.items():
        text = inner.get(name, f"${name[0]}_{name[1]}$" if len(name) == 2 else f"${name}$")
        colour = style.BLUE if name in inner else style.ORANGE
        box = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": colour, "linewidth": 1.5}
        axes.text(*place, text, ha="center", va="center", bbox=box)
    axes.set(xlim=(-0.6, 5.8), ylim=(-1.2, 3.6))
    axes.axis("off")
    axes.set_title("A neuron: values from left to right, derivatives from right to left")
    plt.show()


def neuron(gradients: Callable[..., Mapping[str, float]]) -> None:
    """Output and derivative with respect to w1 while only w1 changes."""
    weights = np.linspace(-3, 3, 241)
    results = [gradients(x1=1.5, x2=-1.0, w1=float(w), w2=1.0, b=0.25) for w in weights]
    (axes,) = style.panels(1, width=6.4)
    axes.plot(weights, [result["o"] for result in results], label="output $o$")
    axes.plot(weights, [result["w1"] for result in results], label="derivative of $o$ under $w_1$")
    axes.axvline(0.5, color=style.GREY, linestyle=":", linewidth=1)
    axes.annotate("$a = 0$", (0.45, 3.1), ha="right", color=style.GREY)
    axes.set(xlabel="$w_1$", ylabel="value", title="$x_1 = 1.5,\\ x_2 = -1,\\ w_2 = 1,\\ b = 0.25$")
    axes.legend(loc="upper left")
    plt.show()


def data(features: torch.Tensor, readings: torch.Tensor) -> None:
    """Reading of the gauge against each wind."""
    axes = style.panels(2, sharey=True)
    for ax, column, label in zip(
        axes, features.T, ("wind along the coast", "wind towards the coast"), strict=True
    ):
        ax.scatter(column, readings, s=9, alpha=0.5, color=style.BLUE, linewidths=0)
        ax.set_xlabel(f"{label} (m/s)")
    axes[0].set_ylabel("reading of the gauge (cm)")
    plt.show()


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
    plt.show()


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
    plt.show()


def losses(histories: Mapping[str, Sequence[float]]) -> None:
    """The loss of each model after each epoch, on a log scale."""
    (axes,) = style.panels(1, width=6.4)
    widths = (7, 5, 3.5, 2, 1.5)  # they overlap: the first drawn are the widest
    for (name, values), width, dashes in zip(histories.items(), widths, LINESTYLES, strict=True):
        axes.semilogy(range(1, len(values) + 1), values, linewidth=width, linestyle=dashes, label=name)
    axes.set(xlabel="epoch", ylabel="mean squared error (cm²)", title="One descent, however it is written")
    axes.legend()
    plt.show()


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
    plt.show()


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
    axes.grid(axis="x")
    axes.legend(loc="upper left")
    plt.show()
