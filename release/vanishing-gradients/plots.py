"""The figures of `vanishing-gradients`, supplied: read them if you like, there is nothing to fill in here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from torch import nn

from course import style

MARKERS = "osv^D"


def _layers_below(axes: Axes, kind: str = "layer") -> None:
    """Whole numbers on the axis of the layers."""
    axes.set_xlabel(f"{kind} (1 = nearest the input)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def products(factors: Sequence[float], depth: int) -> None:
    """What is left after `depth` layers when each multiplies by the same factor."""
    (axes,) = style.panels(1, width=6.4)
    layers = range(depth + 1)
    for factor, marker in zip(factors, MARKERS, strict=False):
        axes.semilogy(
            layers, [factor**k for k in layers], marker=marker, markevery=5, label=f"{factor:g} per layer"
        )
    axes.set(xlabel="number of layers", ylabel="product of the factors", title="A product of equal factors")
    axes.legend(loc="lower left")
    style.show(
        "A product of equal factors against their number, on a log scale: straight lines, falling for "
        "factors below 1 and rising for those above."
    )


def derivatives(
    derivative: Callable[[str, torch.Tensor], torch.Tensor],
    functions: Mapping[str, Callable[[torch.Tensor], torch.Tensor]],
) -> None:
    """Each activation function, and next to it its derivative as `derivative(name, s)` gives it."""
    left, right = style.panels(2)
    s = torch.linspace(-5, 5, 401)
    for name, function in functions.items():
        left.plot(s, function(s), label=name)
        right.plot(s, derivative(name, s), label=name)
    left.set(xlabel="s", ylabel="a(s)", title="Activation", ylim=(-1.2, 2.2))
    right.set(xlabel="s", ylabel="a'(s)", title="Its derivative")
    right.axhline(0.25, color=style.GREY, linewidth=1, linestyle=":")
    right.annotate("1/4", (-4.9, 0.27), color=style.GREY)
    left.legend()
    style.show(
        "Sigmoid, tanh and relu, and their derivatives: the sigmoid's is nowhere above 1/4, that of "
        "tanh reaches 1 at 0, that of relu is 0 or 1."
    )


def signal(
    models: Mapping[str, nn.Module],
    activations: Mapping[str, Callable[[torch.Tensor], torch.Tensor]],
    X: torch.Tensor,
) -> None:
    """How much each hidden layer's outputs differ from example to example (standard deviation, mean over units)."""
    (axes,) = style.panels(1, width=6.4)
    for (name, model), marker in zip(models.items(), MARKERS, strict=False):
        spreads, outputs = [], X
        with torch.no_grad():
            for layer in model.layers[:-1]:
                outputs = activations[name](layer(outputs))
                # a spread of zero cannot be drawn on a log scale: the curve ends there
                spreads.append(outputs.std(dim=0).mean().item() or float("nan"))
        axes.semilogy(range(1, len(spreads) + 1), spreads, marker=marker, markersize=4, label=name)
    axes.set(
        ylabel="standard deviation over the examples",
        title="How much of the input is left in each layer",
    )
    _layers_below(axes, "hidden layer")
    axes.legend()
    style.show(
        "How much the outputs of each hidden layer differ between examples, on a log scale: falling for "
        "all three, fastest for the sigmoid, whose curve ends where all examples give the same."
    )


def profile_bars(profile: Sequence[float], title: str) -> None:
    """One profile as bars on a log scale."""
    (axes,) = style.panels(1, width=6.4)
    axes.bar(range(1, len(profile) + 1), profile, color=style.BLUE)
    axes.set_yscale("log")
    axes.set(
        ylabel="mean absolute gradient\nof the weights",
        title=title,
    )
    _layers_below(axes)
    style.show(
        f"The mean size of the gradient of each layer, on a log scale, rising from {profile[0]:.0e} in "
        f"the first layer to {profile[-1]:.0e} in the last."
    )


def profile_panels(panels: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
    """A panel for each activation, in it a profile for each way to initialize."""
    axes = style.panels(len(panels), sharey=True)
    for place, (ax, (title, profiles)) in enumerate(zip(axes, panels.items(), strict=True)):
        for (label, profile), marker in zip(profiles.items(), MARKERS, strict=False):
            shown = [max(value, 1e-30) for value in profile]
            ax.semilogy(
                range(1, len(shown) + 1), shown, marker=marker, markersize=4, markevery=2, label=label
            )
        ax.set_title(title)
        _layers_below(ax)
        if place == 0:
            ax.set_ylabel("mean absolute gradient\nof the weights")
            ax.legend()
    style.show(
        "A panel for each activation, a curve for each way to initialize: the sigmoid always falls towards "
        "the input; tanh and relu are mostly level, but with 0.05 all of it is tiny, and with 0.6 relu is huge."
    )


def steady(measured: Mapping[str, tuple[Sequence[float], Sequence[tuple[float, float]], float]]) -> None:
    """First and last entry of the profile against the standard deviation of the weights; yours is marked."""
    axes = style.panels(len(measured), sharey=True)
    for place, (ax, (name, (stds, ends, chosen))) in enumerate(zip(axes, measured.items(), strict=True)):
        first, last = zip(*ends, strict=True)
        ax.axhspan(1e-5, 1e3, color=style.GREY, alpha=0.12, linewidth=0)
        ax.loglog(stds, first, marker="o", markersize=4, label="first layer")
        ax.loglog(stds, last, marker="s", markersize=4, label="last layer")
        ax.axvline(chosen, color=style.GREY, linestyle=":", label="your steady_std")
        ax.set(xlabel="standard deviation of the weights", title=f"{name}, 30 hidden layers of 32 units")
        ticks = [0.1, 0.2, 0.3, 0.5]
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        ax.minorticks_off()
        if place == 0:
            ax.set_ylabel("mean absolute gradient\n(grey band: of a useful size)")
            ax.legend()
    style.show(
        "The gradient of the first and of the last layer against the standard deviation of the weights, "
        "for relu and tanh, with a grey band of useful sizes and a line at your answer."
    )


def training(histories: Mapping[str, Sequence[float]], chance: float) -> None:
    """Loss against epoch for several runs, and the loss of a network that has learned nothing."""
    (axes,) = style.panels(1, width=6.4)
    for label, losses in histories.items():
        axes.plot(losses, label=label)
    axes.axhline(chance, color=style.GREY, linestyle=":", linewidth=1)
    axes.annotate("every probability 1/2", (len(losses) * 0.55, chance + 0.015), color=style.GREY)
    axes.set(
        xlabel="epoch",
        ylabel="binary cross-entropy",
        title="30 hidden relu layers on two rings",
        ylim=(0, chance * 1.6),
    )
    axes.legend(loc="center right")
    style.show("The loss over the epochs: level at ln 2 with PyTorch's weights, falling to 0 with yours.")
