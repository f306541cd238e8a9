"""The figures of the Titanic assignment: supplied, so that you can spend your time on the models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes

from course import style

AGES = np.linspace(0, 80, 321)
BANDS = np.array([0, 5, 10, 20, 30, 40, 50, 60, 70, 90])


def survival_by_group(features: pd.DataFrame, survived: pd.Series) -> None:
    """Bars: the share that survived among women, men and boys under 5, with the number of passengers on each bar."""
    male, boy = features["male"] == 1, features["is_young_male"] == 1
    groups = {"women and girls": ~male, "men and boys\nof 5 or more": male & ~boy, "boys under 5": boy}
    (axes,) = style.panels(1)
    for place, group in enumerate(groups.values()):
        share = survived[group].mean()
        axes.bar(place, share, width=0.6, color=style.BLUE, edgecolor="black")
        axes.annotate(f"{share:.0%} of {group.sum()}", (place, share), ha="center", va="bottom", fontsize=10)
    axes.set(xticks=range(len(groups)), xticklabels=groups, ylim=(0, 1), ylabel="share that survived")
    axes.set_title("Who survived, among those of known age")
    axes.grid(visible=False, axis="x")
    plt.show()


def odds_ratios(names: Sequence[str], coefficients: Sequence[float], errors: Sequence[float]) -> None:
    """Odds ratios on a log scale, with 95 % intervals of 1.96 standard errors; the line at 1 means "no effect"."""
    middle, half = np.asarray(coefficients), 1.96 * np.asarray(errors)
    places = np.arange(len(middle))[::-1]
    _, axes = plt.subplots(figsize=(7.5, 2.8))
    axes.hlines(places, np.exp(middle - half), np.exp(middle + half), color=style.BLUE, linewidth=3)
    axes.plot(np.exp(middle), places, "o", color="black", markersize=7)
    axes.axvline(1, color=style.GREY, linestyle="--")
    axes.annotate(
        "no effect", (1, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom", fontsize=10
    )
    axes.set(xscale="log", yticks=places, yticklabels=names, ylim=(-0.6, len(middle) - 0.4))
    axes.set_xlabel("odds ratio (log scale), with its 95 % interval")
    plt.show()


def survival_curves(
    model: Callable[[torch.Tensor], torch.Tensor], features: pd.DataFrame, survived: pd.Series
) -> None:
    """The model's probability against age for both sexes, over the share that survived in bands of age."""
    (axes,) = style.panels(1, width=7.5, height=4)
    _curves(axes, lambda male: _probabilities(model, np.c_[male, AGES, male * (AGES < 5)]), label="model")
    _observed(axes, features, survived)
    axes.set(ylabel="probability of survival", ylim=(0, 1.02))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncol=2)
    axes.set_title("A bigger mark means more passengers")
    plt.show()


def gradient_sizes(histories: Mapping[str, Sequence[float]], tolerance: float | None = None) -> None:
    """Mean absolute gradient against the epoch on a log scale, one line for each labelled history."""
    (axes,) = style.panels(1, width=7.5, height=4)
    for label, history in histories.items():
        axes.plot(np.maximum([float(size) for size in history], 1e-12), label=label, linewidth=1.6)
    if tolerance is not None:
        axes.axhline(tolerance, color="black", linewidth=1, linestyle=":")
        axes.annotate(
            "tolerance", (0.995, tolerance), xycoords=("axes fraction", "data"), ha="right", va="bottom"
        )
    axes.set(yscale="log", xlabel="epoch", ylabel="mean |gradient| of the weights")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    plt.show()


def age_gradient_two_views(X: torch.Tensor, y: torch.Tensor, rate: float, n_epochs: int = 600) -> None:
    """The age weight's gradient during plain gradient descent: each hundredth epoch, and sixteen in a row.

    Starts from zero weights and follows the closed form of the gradient in NumPy, in double precision. The title gives
    the largest eigenvalue of the loss's second derivatives at the bottom of the canyon, halfway between the last two
    positions, and the stability limit 2 / eigenvalue.
    """
    gradients, curvature = _descend(X.double().numpy(), y.double().numpy().reshape(-1), rate, n_epochs)
    sparse = np.arange(0, n_epochs, 100)
    first = sparse[len(sparse) // 2]
    row = np.arange(first, first + 16)
    left, right = style.panels(2, width=5, sharey=True)
    left.plot(sparse, gradients[sparse], "o-", color=style.BLUE)
    left.set(xlabel="epoch", ylabel="gradient of the age weight", title="every hundredth epoch")
    right.plot(row, gradients[row], "o-", color=style.ORANGE)
    right.set(xlabel="epoch", title=f"{len(row)} epochs in a row")
    for axes in (left, right):
        axes.axhline(0, color="black", linewidth=1, linestyle=":")
    limit = f"2 / {curvature:.0f} = {2 / curvature:.4f}"
    plt.suptitle(f"rate {rate:g} (stability limit at the bottom of the canyon: {limit})")
    plt.show()


def survival_surface(
    model: Callable[[torch.Tensor], torch.Tensor], features: pd.DataFrame, survived: pd.Series
) -> None:
    """The model's probability over sex and age, and along age for each sex, with the passengers."""
    _, (left, right) = plt.subplots(1, 2, figsize=(11.5, 5), width_ratios=[1.15, 1])
    male, age, surface = _surface(lambda grid: _probabilities(model, grid))
    filled = left.contourf(male, age, surface, levels=np.linspace(0, 1, 21), cmap="cividis")
    lines = left.contour(male, age, surface, levels=[0.25, 0.5, 0.75], colors="white", linewidths=1.2)
    left.clabel(lines, fmt="%.2f", fontsize=9)
    aside = np.random.default_rng(0).uniform(-0.08, 0.08, size=len(features))
    for outcome, marker, color, label in (
        (0, "v", "black", "did not survive"),
        (1, "^", "white", "survived"),
    ):
        who = (survived == outcome).to_numpy()
        left.scatter(
            (features["male"] + aside)[who],
            features["Age"][who],
            marker=marker,
            s=22,
            color=color,
            edgecolor=style.GREY,
            linewidth=0.5,
            label=label,
        )
    _sex_and_age(left)
    left.set_title("Passengers are spread sideways, to be seen", fontsize=11)
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncol=2)
    plt.colorbar(filled, ax=left, label="probability of survival", ticks=[0, 0.25, 0.5, 0.75, 1])
    _curves(right, lambda male: _probabilities(model, np.c_[male, AGES]), label="network")
    _observed(right, features, survived)
    right.set(ylim=(0, 1.02), title="The same, along age for each sex")
    right.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncol=2, fontsize=9)
    plt.show()


def hidden_units(model: torch.nn.Module) -> None:
    """Each hidden unit over sex and age, and along age for each sex; the titles give its weight in the answer."""
    weights = model.linear_2.weight.detach().reshape(-1)
    _, rows = plt.subplots(2, len(weights), figsize=(5 * len(weights), 7.4), sharey="row", squeeze=False)
    for unit, (upper, lower, weight) in enumerate(zip(*rows, weights, strict=True)):

        def output(grid: np.ndarray, unit: int = unit) -> np.ndarray:
            with torch.no_grad():
                return model.hidden(torch.tensor(grid, dtype=torch.float32))[:, unit].numpy()

        male, age, surface = _surface(output)
        filled = upper.contourf(male, age, surface, levels=np.linspace(0, 1, 21), cmap="cividis")
        _sex_and_age(upper)
        says = "survival" if weight > 0 else "death"
        upper.set_title(f"hidden unit {unit}: weight {weight:+.1f}, speaks for {says}", fontsize=11)
        _curves(lower, lambda male, output=output: output(np.c_[male, AGES]))
        lower.set_ylim(-0.04, 1.04)
    rows[1][0].set_ylabel("output of the hidden unit")
    rows[1][0].legend(loc="center right")
    plt.colorbar(filled, ax=list(rows[0]), label="output of the hidden unit", ticks=[0, 0.5, 1])
    plt.show()


def _descend(X: np.ndarray, y: np.ndarray, rate: float, n_epochs: int) -> tuple[np.ndarray, float]:
    """Gradients of the age weight (column 1) epoch by epoch, and the largest eigenvalue of the curvature at its end."""
    A = np.c_[X, np.ones(len(X))]
    theta, ages = np.zeros(A.shape[1]), []

    def survival(at: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-np.clip(A @ at, -500, 500)))

    for _epoch in range(n_epochs):
        slope = A.T @ (survival(theta) - y) / len(y)
        ages.append(slope[1])
        theta = theta - rate * slope
    p = survival(theta + rate * slope / 2)
    hessian = (A * (p * (1 - p))[:, None]).T @ A / len(y)
    return np.array(ages), float(np.linalg.eigvalsh(hessian)[-1])


def _curves(axes: Axes, output: Callable[[np.ndarray], np.ndarray], label: str = "") -> None:
    """A line for each sex along age: `output` takes the column `male`, as long as AGES."""
    for male, sex, color, line in ((0.0, "female", style.ORANGE, "--"), (1.0, "male", style.BLUE, "-")):
        name = f"{sex}: {label}" if label else sex
        axes.plot(AGES, output(np.full_like(AGES, male)), color=color, linestyle=line, label=name)
    axes.set(xlabel="age in years", xlim=(0, 82))


def _observed(axes: Axes, features: pd.DataFrame, survived: pd.Series) -> None:
    """The share that survived in bands of age, for each sex; a bigger mark means more passengers."""
    for male, sex, color, marker in ((0.0, "female", style.ORANGE, "o"), (1.0, "male", style.BLUE, "s")):
        who = features["male"] == male
        band = np.digitize(features.loc[who, "Age"], BANDS) - 1
        outcome = survived[who].groupby(band)
        axes.scatter(
            (BANDS[:-1] + BANDS[1:])[outcome.mean().index] / 2,
            outcome.mean(),
            s=12 * np.sqrt(outcome.size()),
            marker=marker,
            color=color,
            edgecolor="black",
            label=f"{sex}: observed, in bands of age",
            zorder=3,
            clip_on=False,
        )


def _probabilities(model: Callable[[torch.Tensor], torch.Tensor], grid: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return model(torch.tensor(grid, dtype=torch.float32)).reshape(-1).numpy()


def _surface(function: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    male, age = np.meshgrid(np.linspace(-0.15, 1.15, 131), AGES)
    return male, age, function(np.c_[male.ravel(), age.ravel()]).reshape(male.shape)


def _sex_and_age(axes: Axes) -> None:
    axes.set(xlim=(-0.15, 1.15), ylim=(0, 80), xticks=[0, 1], xticklabels=["female (0)", "male (1)"])
    axes.set(xlabel="male", ylabel="age in years")
    axes.grid(visible=False)
