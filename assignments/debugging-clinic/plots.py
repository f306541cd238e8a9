"""The figures of `debugging-clinic`, supplied: read them if you like, there is nothing to fill in here.

Most take a dict of runs, `{"sick": ...}` or `{"sick": ..., "cured": ...}`, and draw them in the same colours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import nn

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
    ends = "; ".join(f"{name}: {values[0]:.2f} to {values[-1]:.2f}" for name, (values, _) in runs.items())
    style.show(
        f"Left, the loss against the epoch, with the variance of the targets as a line ({ends}). Right, the data "
        "and the line that was learned."
    )


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
    style.plain_ticks(axes[0].yaxis)
    told = "; ".join(
        f"{run}: "
        + ", ".join(f"{n} from {h[0]:.2g} to {h[-1]:.2g}" for n, h in zip(names, losses, strict=True))
        for run, losses in runs.items()
    )
    style.show(f"The loss of three networks against the epoch, on a log scale. {told}.")


def losses(runs: Mapping[str, Sequence[float]], title: str, floor: float | None = None) -> None:
    """Loss against update; `floor`, where given, as a dotted line."""
    (axes,) = style.panels(1, width=6.4)
    for name, values in runs.items():
        axes.plot(values, color=COLOURS[name], linestyle=LINES[name], label=name)
    if floor is not None:
        axes.axhline(floor, color=style.GREY, linestyle=":", label=f"floor {floor:.2f}")
    axes.set(xlabel="update", ylabel="loss", title=title, ylim=(0, None))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))  # next to the curves, which fill the panel
    ends = "; ".join(f"{name}: {values[0]:.2f} to {values[-1]:.2f}" for name, values in runs.items())
    style.show(f"The loss against the update. {ends}.")


def times_seen(runs: Mapping[str, Sequence[int]], title: str = "130 examples in batches of 20") -> None:
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
        title=title,
    )
    axes.legend()
    told = "; ".join(
        f"{name}: {sum(c > 0 for c in counts)} of {len(counts)} used" for name, counts in runs.items()
    )
    style.show(f"Bars: how many examples were used how often in one epoch. {told}.")


def reported(runs: Mapping[str, Sequence[float]]) -> None:
    """The accuracy that each epoch returns."""
    (axes,) = style.panels(1, width=6.4)
    for name, values in runs.items():
        axes.plot(
            range(1, len(values) + 1), values, MARKERS[name] + LINES[name], color=COLOURS[name], label=name
        )
    axes.set(
        xlabel="epoch",
        ylabel="accuracy that it returns",
        title="130 examples in batches of 20",
        ylim=(0, 1.04),
    )
    axes.legend(loc="lower right")
    told = "; ".join(f"{name}: from {min(v):.2f} to {max(v):.2f}" for name, v in runs.items())
    style.show(f"The accuracy that each of thirty epochs returns. {told}.")


def saved(runs: Mapping[str, Mapping[str, float]]) -> None:
    """Accuracies at three moments: before training, after it, and after saving and loading."""
    (axes,) = style.panels(1, width=6.4)
    width = 0.8 / len(runs)
    for place, (name, accuracies) in enumerate(runs.items()):
        left = [moment + width * (place - (len(runs) - 1) / 2) for moment in range(len(accuracies))]
        bars = axes.bar(left, list(accuracies.values()), width, color=COLOURS[name], label=name)
        axes.bar_label(bars, fmt="{:.0%}")
    moments = list(next(iter(runs.values())))
    axes.set_xticks(range(len(moments)), moments)
    axes.set(ylabel="accuracy", ylim=(0, 1.12), title="The same network at three moments")
    axes.legend(loc="upper left")
    axes.grid(visible=False, axis="x")
    told = "; ".join(
        f"{name}: " + ", ".join(f"{when} {accuracy:.0%}" for when, accuracy in accuracies.items())
        for name, accuracies in runs.items()
    )
    style.show(f"Bars of the accuracy at three moments. {told}.")


def kept_alive(model: nn.Module) -> nn.Module:
    """The model with starting weights that keep a deep relu network alive (He's)."""
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.uniform_(module.bias, -0.5, 0.5)
    return model


def fitted_wave(
    build: Callable[..., nn.Module], n_layers: int = 8, n_epochs: int = 1500
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A wave, and what a network of layers of eight units learns of it."""
    torch.manual_seed(8)
    model = kept_alive(build(1, 8, n_layers))
    X = torch.linspace(-2, 2, 120)[:, None]
    y = torch.sin(5 * X)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    for _ in range(n_epochs):
        optimizer.zero_grad()
        F.mse_loss(model(X), y).backward()
        optimizer.step()
    return X, y, model(X).detach()


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
    told = "; ".join(f"{name}: {((p - y) ** 2).mean():.2g}" for name, (_, y, p) in runs.items())
    style.show(
        f"A wave of about three periods and the network's fit; mean squared error that is left: {told}."
    )


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
    told = "; ".join(f"{name}: from {min(a):.2f} to {max(a):.2f}" for name, a in runs.items())
    style.show(f"The accuracy of twenty repetitions of the same test. {told}.")
