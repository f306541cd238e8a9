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


def survival_by_group(
    features: pd.DataFrame, survived: pd.Series, guesses: Sequence[float | None] = (None, None, None)
) -> None:
    """Bars: the share that survived among women, men and boys under 5, with the number of passengers on each bar.

    A guess, where there is one, is a line across its bar.
    """
    male, boy = features["male"] == 1, features["is_young_male"] == 1
    groups = {"women and girls": ~male, "men and boys\nof 5 or more": male & ~boy, "boys under 5": boy}
    (axes,) = style.panels(1)
    told = []
    for place, ((name, group), guess) in enumerate(zip(groups.items(), guesses, strict=True)):
        share = survived[group].mean()
        told.append(f"{name} {share:.0%} of {group.sum()}")
        if guess is not None:
            axes.hlines(guess, place - 0.4, place + 0.4, color=style.ORANGE, linewidth=3)
        axes.bar(place, share, width=0.6, color=style.BLUE, edgecolor="black")
        axes.annotate(f"{share:.0%} of {group.sum()}", (place, share), ha="center", va="bottom", fontsize=10)
    axes.set(xticks=range(len(groups)), xticklabels=groups, ylim=(0, 1), ylabel="share that survived")
    axes.set_title("Who survived, among those of known age")
    axes.grid(visible=False, axis="x")
    style.show(f"Bars: the share that survived. {'; '.join(told)}.".replace("\n", " "))


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
    style.plain_ticks(axes.xaxis)
    told = "; ".join(
        f"{name} {np.exp(m):.2g}, from {np.exp(m - h):.2g} to {np.exp(m + h):.2g}"
        for name, m, h in zip(names, middle, half, strict=True)
    )
    style.show(f"Odds ratios with their 95 % intervals on a log scale; no effect is at 1. {told}.")


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
    style.show(
        "Probability of survival against age: a curve for each sex, over the shares observed in bands of age. The "
        "curve of males has a step down at 5 years; that of females is smooth and far above it."
    )


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
    style.plain_ticks(axes.yaxis)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    told = "; ".join(f"{label}: from {h[0]:.2g} to {h[-1]:.2g}" for label, h in histories.items())
    style.show(f"Mean absolute gradient against the epoch on a log scale. {told}.")


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
    flips = int((np.diff(np.sign(gradients[row])) != 0).sum())
    style.show(
        f"Rate {rate:g}: the gradient of the age weight at every hundredth epoch, and at {len(row)} epochs in a row, "
        f"in which it changes its sign {flips} times. The stability limit is {2 / curvature:.4f}."
    )


def stability_limit(X: torch.Tensor, y: torch.Tensor, rate: float | None = None) -> float:
    """2 / (largest eigenvalue of the second derivatives): at the solution, or where a run at `rate` is."""
    if rate is None:
        return float(2 / _eigenvalues(X, y)[-1])
    return 2 / _descend(X.double().numpy(), y.double().numpy().reshape(-1), rate, 600)[1]


def condition(X: torch.Tensor, y: torch.Tensor) -> float:
    """How many times the largest eigenvalue of the second derivatives is the smallest, at the solution."""
    eigenvalues = _eigenvalues(X, y)
    return float(eigenvalues[-1] / eigenvalues[0])


def rates(X: torch.Tensor, y: torch.Tensor, rates: Sequence[float], n_epochs: int) -> None:
    """The loss after `n_epochs` of plain gradient descent at each rate, and whether the age weight still jumps."""
    table = _Table(X, y)
    found = []
    for rate in rates:
        theta, signs = np.zeros(4), []
        for _ in range(n_epochs):
            slope = table.gradient(theta)
            signs.append(np.sign(slope[1]))
            theta = theta - rate * slope
        jumps = len(set(signs[-20:])) > 1
        found.append((rate, table.loss(theta), jumps))
    (axes,) = style.panels(1, width=7.5, height=4)
    for jumps, marker, colour, label in (
        (False, "o", style.BLUE, "the gradient of the age weight keeps its sign"),
        (True, "v", style.ORANGE, "it still changes its sign"),
    ):
        chosen = [(rate, loss) for rate, loss, its in found if its == jumps]
        if chosen:
            axes.plot(
                *zip(*chosen, strict=True), marker, color=colour, markersize=9, linestyle="none", label=label
            )
    for rate, loss, _ in found:
        axes.annotate(f"{loss:.3g}", (rate, loss), xytext=(0, 8), textcoords="offset points", ha="center")
    axes.set(xscale="log", yscale="log", xlabel="rate", ylabel=f"log loss after {n_epochs:,} epochs")
    axes.margins(y=0.2)
    style.plain_ticks(axes.xaxis)
    style.plain_ticks(axes.yaxis)
    axes.legend(loc="upper left")
    told = "; ".join(f"rate {rate:g}: {loss:.3g}{', jumping' if its else ''}" for rate, loss, its in found)
    style.show(f"Log loss after {n_epochs:,} epochs against the rate. {told}.")


def two_precisions(
    X: torch.Tensor, y: torch.Tensor, solution: np.ndarray, rate: float, n_epochs: int
) -> dict[str, float]:
    """Gradient descent that starts next to the solution, with weights in float32 and in float64; the last distances."""
    table = _Table(X, y)
    (axes,) = style.panels(1, width=7)
    last = {}
    for kind, line in ((np.float32, "-"), (np.float64, "--")):
        theta = (solution + np.array([0.02, 0.0, -0.02, -0.02])).astype(kind)
        distances = []
        for epoch in range(n_epochs):
            if epoch % 500 == 0:
                distances.append(np.abs(theta - solution).max())
            theta = theta - (rate * table.gradient(theta)).astype(kind)
        last[kind.__name__] = float(np.abs(theta - solution).max())
        axes.plot(np.arange(0, n_epochs, 500), distances, line, label=kind.__name__)
    axes.set(yscale="log", xlabel="epoch", ylabel="furthest weight from the solution")
    style.plain_ticks(axes.yaxis)
    axes.legend()
    told = " and ".join(f"{distance:.2g} in {kind}" for kind, distance in last.items())
    style.show(f"Distance from the solution against the epoch, on a log scale. It ends at {told}.")
    return last


def survival_map(
    model: Callable[[torch.Tensor], torch.Tensor], features: pd.DataFrame, survived: pd.Series
) -> None:
    """The model's probability along age, as a strip of colour for each sex with its passengers, and as curves."""
    _, (left, right) = plt.subplots(1, 2, figsize=(11.5, 5), width_ratios=[1.15, 1])
    ages = np.linspace(0, 80, 161)
    for male in (0, 1):
        strip = _probabilities(model, np.c_[np.full_like(ages, male), ages])
        filled = left.imshow(
            strip[:, None],
            extent=(male - 0.45, male + 0.45, 0, 80),
            origin="lower",
            aspect="auto",
            cmap="cividis",
            vmin=0,
            vmax=1,
        )
    aside = np.random.default_rng(0).uniform(-0.4, 0.4, size=len(features))
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
    left.set(
        xlim=(-0.5, 1.5), ylim=(0, 80), xticks=[0, 1], xticklabels=["female", "male"], ylabel="age in years"
    )
    left.grid(visible=False)
    left.set_title("Passengers are spread sideways, to be seen", fontsize=11)
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncol=2, facecolor="lightgrey", frameon=True)
    plt.colorbar(filled, ax=left, label="probability of survival", ticks=[0, 0.25, 0.5, 0.75, 1])
    _curves(right, lambda male: _probabilities(model, np.c_[male, AGES]), label="network")
    _observed(right, features, survived)
    right.set(ylim=(0, 1.02), title="The same, along age for each sex")
    right.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncol=2, fontsize=9)
    style.show(
        "Left, the network's probability of survival along age as a strip of colour for each sex, with the passengers. "
        "Right, the same as two curves, over the shares observed in bands of age. "
        + "; ".join(
            f"{sex}: {_at(model, male, 2):.2f} at 2 years, {_at(model, male, 30):.2f} at 30, {_at(model, male, 70):.2f} at 70"
            for sex, male in (("females", 0), ("males", 1))
        )
        + "."
    )


def held_out(
    histories: Mapping[str, tuple[Sequence[float], Sequence[float]]], others: Mapping[str, float]
) -> None:
    """Log loss of the large network on the passengers that it saw and on the others, and what small models reach."""
    axes = style.panels(len(histories), width=5.6, height=4.2, sharey=True)
    told = []
    for ax, (name, (seen, unseen)) in zip(axes, histories.items(), strict=True):
        epochs = np.arange(len(seen)) * 20
        ax.plot(epochs, seen, color=style.BLUE, linestyle="-", label="passengers that it saw")
        ax.plot(epochs, unseen, color=style.ORANGE, linestyle="--", label="passengers that it did not see")
        for (other, loss), line in zip(others.items(), (":", "-."), strict=True):
            ax.axhline(loss, color=style.GREY, linestyle=line, linewidth=1.2, label=f"{other}, not seen")
        ax.set(xlabel="epoch", title=name)
        told.append(
            f"{name}: seen from {seen[0]:.2f} to {seen[-1]:.2f}, not seen at best {min(unseen):.2f}, at the end "
            f"{unseen[-1]:.2f}"
        )
    axes[0].set_ylabel("log loss")
    axes[0].legend(loc="upper left", fontsize=9)
    style.show(f"Log loss against the epoch. {'; '.join(told)}.")


def many_fits(models: Sequence[Callable], features: pd.DataFrame, survived: pd.Series) -> None:
    """The curve of the males of several networks, each fitted to another half of the passengers."""
    (axes,) = style.panels(1, width=7.5, height=4)
    for place, model in enumerate(models):
        axes.plot(
            AGES,
            _probabilities(model, np.c_[np.ones_like(AGES), AGES]),
            color=style.BLUE,
            linestyle="-",
            linewidth=1,
            alpha=0.7,
            label="males, each fitted to another half" if place == 0 else None,
        )
    _observed(axes, features, survived, sexes=(1.0,))
    axes.set(xlabel="age in years", ylabel="probability of survival", ylim=(0, 1.02), xlim=(0, 82))
    axes.legend(loc="upper right")
    middle = [_at(model, 1, 30) for model in models]
    style.show(
        f"Probability of survival of males against age, for {len(models)} networks. All fall from high values for small "
        f"boys; at 30 years they are between {min(middle):.2f} and {max(middle):.2f}, and the steps are at different ages."
    )


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
    style.show(
        "For each hidden unit its output over sex and age, and below that along age for each sex. "
        f"Weights in the answer: {', '.join(f'{weight:+.1f}' for weight in weights)}."
    )


class _Table:
    """The passengers as rows of the same features, counted: the loss of logistic regression and its gradient."""

    def __init__(self, X: torch.Tensor, y: torch.Tensor) -> None:
        rows, place, self._count = np.unique(
            X.double().numpy(), axis=0, return_inverse=True, return_counts=True
        )
        self._A = np.c_[rows, np.ones(len(rows))]
        self._survived = np.bincount(place.reshape(-1), weights=y.double().numpy().reshape(-1))
        self._n = len(X)

    def gradient(self, theta: np.ndarray) -> np.ndarray:
        p = _sigmoid(self._A @ theta)
        return (self._count * p - self._survived) @ self._A / self._n

    def loss(self, theta: np.ndarray) -> float:
        z = self._A @ theta
        return float((self._count * np.logaddexp(0, z) - self._survived * z).sum() / self._n)

    def curvature(self, theta: np.ndarray) -> np.ndarray:
        p = _sigmoid(self._A @ theta)
        return (self._A * (self._count * p * (1 - p))[:, None]).T @ self._A / self._n


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def _eigenvalues(X: torch.Tensor, y: torch.Tensor) -> np.ndarray:
    """Of the second derivatives at the solution, which Newton's method finds; the smallest first."""
    table, theta = _Table(X, y), np.zeros(X.shape[1] + 1)
    for _ in range(30):
        theta = theta - np.linalg.solve(table.curvature(theta), table.gradient(theta))
    return np.linalg.eigvalsh(table.curvature(theta))


def _descend(X: np.ndarray, y: np.ndarray, rate: float, n_epochs: int) -> tuple[np.ndarray, float]:
    """Gradients of the age weight (column 1) epoch by epoch, and the largest eigenvalue of the curvature at its end."""
    A = np.c_[X, np.ones(len(X))]
    theta, ages = np.zeros(A.shape[1]), []

    def survival(at: np.ndarray) -> np.ndarray:
        return _sigmoid(A @ at)

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


def _observed(
    axes: Axes, features: pd.DataFrame, survived: pd.Series, sexes: Sequence[float] = (0.0, 1.0)
) -> None:
    """The share that survived in bands of age, for each sex; a bigger mark means more passengers."""
    looks = {0.0: ("female", style.ORANGE, "o"), 1.0: ("male", style.BLUE, "s")}
    for male in sexes:
        sex, color, marker = looks[male]
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


def _at(model: Callable[[torch.Tensor], torch.Tensor], male: float, age: float) -> float:
    return float(_probabilities(model, np.array([[male, age]]))[0])


def _surface(function: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    male, age = np.meshgrid(np.linspace(-0.15, 1.15, 131), AGES)
    return male, age, function(np.c_[male.ravel(), age.ravel()]).reshape(male.shape)


def _sex_and_age(axes: Axes) -> None:
    axes.set(xlim=(-0.15, 1.15), ylim=(0, 80), xticks=[0, 1], xticklabels=["female (0)", "male (1)"])
    axes.set(xlabel="male", ylabel="age in years")
    axes.grid(visible=False)
