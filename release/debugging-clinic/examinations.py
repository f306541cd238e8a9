"""The measurements of `debugging-clinic`, supplied: what a patient shows when it is examined more closely.

Each function takes one measurement of its patient and draws the result. Read them once the patient is cured: how a
measurement was made is worth knowing, and here it would tell you what to look for.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import plots
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

from course import style

SEED = 8


@dataclass(frozen=True)
class Measurement:
    title: str
    take: Callable[[str], None]
    """Draws the result under the title that it is given."""


def broadcast(patient: Callable, X: torch.Tensor, y: torch.Tensor, hypothesis: str, measurement: int) -> None:
    def losses(rate: float, n_epochs: int) -> list[float]:
        torch.manual_seed(SEED)
        return patient(nn.Linear(1, 1), X, y, rate, n_epochs)

    def slower(title: str) -> None:
        runs = {"as it came: rate 0.1": losses(0.1, 400), "a tenth of the rate": losses(0.01, 400)}
        _curves(title, runs, "epoch", "loss that it returns")

    def shapes(title: str) -> None:
        model = nn.Linear(1, 1)
        values = {"X": X, "y": y, "model(X)": model(X), "model(X) - y": model(X) - y}
        _table(title, {name: str(tuple(value.shape)) for name, value in values.items()}, "shape")

    def perfect(title: str) -> None:
        model = nn.Linear(1, 1)
        nn.init.constant_(model.weight, 1.5)
        truth = model(X).detach()
        kinds = {"targets (60,)": truth.flatten(), "targets (60, 1)": truth}
        _bars(title, {name: patient(model, X, t, 0.0, 1)[0] for name, t in kinds.items()}, "first loss")

    _examine(
        hypothesis,
        measurement,
        Measurement("The same run, with more epochs and with a tenth of the rate", slower),
        Measurement("The shapes that meet in the loss", shapes),
        Measurement("The loss of a model whose predictions are all correct", perfect),
    )


def stranger(
    patient: Callable,
    networks: Callable[[], Sequence[nn.Module]],
    X: torch.Tensor,
    y: torch.Tensor,
    hypothesis: str,
    measurement: int,
) -> None:
    names = ("2 units", "8 units", "32 units")

    def moved(title: str) -> None:
        models = networks()
        before = copy.deepcopy(models)
        patient(models, X, y, 0.05, 150)
        _bars(title, {n: _distance(a, b) for n, a, b in zip(names, before, models, strict=True)}, "distance")

    def alone(title: str) -> None:
        runs = {
            name: patient([model], X, y, 0.05, 150)[0] for name, model in zip(names, networks(), strict=True)
        }
        _curves(title, runs, "epoch", "loss")

    def faster(title: str) -> None:
        runs = dict(zip(names, patient(networks(), X, y, 0.2, 150), strict=True))
        _curves(title, runs, "epoch", "loss")

    _examine(
        hypothesis,
        measurement,
        Measurement("All three again, at four times the rate", faster),
        Measurement("Each network as the only one in the list", alone),
        Measurement("How far each network's parameters moved in 150 epochs", moved),
    )


def accumulate(
    patient: Callable, X: torch.Tensor, y: torch.Tensor, hypothesis: str, measurement: int
) -> None:
    def losses(targets: torch.Tensor, rate: float) -> list[float]:
        torch.manual_seed(SEED)
        model = nn.Linear(1, 1)
        batches = _batches(X, targets)
        return patient(model, batches, torch.optim.SGD(model.parameters(), lr=rate), 60)

    def slower(title: str) -> None:
        _curves(title, {"rate 0.02": losses(y, 0.02), "rate 0.002": losses(y, 0.002)}, "update", "loss")

    def quiet(title: str) -> None:
        exact = 1.5 * X[:, 0] + 0.5
        _curves(title, {"noisy": losses(y, 0.02), "exactly on a line": losses(exact, 0.02)}, "update", "loss")

    def held(title: str) -> None:
        torch.manual_seed(SEED)
        model = nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
        batches = _batches(X, y)
        holds, own = [], []

        def look(*_: object) -> None:
            inputs, targets = batches[len(holds) % len(batches)]
            holds.append(model.weight.grad.item())
            (fresh,) = torch.autograd.grad(F.mse_loss(model(inputs), targets), (model.weight,))
            own.append(fresh.item())

        optimizer.register_step_pre_hook(look)
        patient(model, batches, optimizer, 10)
        runs = {"held by the weight at the step": holds, "of the loss of this batch alone": own}
        _curves(title, runs, "update", "gradient of the weight", zero=False)

    _examine(
        hypothesis,
        measurement,
        Measurement("The same run at a tenth of the rate", slower),
        Measurement("The gradient at each update, and that of its batch computed afresh", held),
        Measurement("The same inputs with targets that are exactly on a line", quiet),
    )


def first_batch(patient: Callable, examples: Dataset, hypothesis: str, measurement: int) -> None:
    def reported(rate: float) -> tuple[list[float], list[float]]:
        torch.manual_seed(SEED)
        model = nn.Linear(2, 3)
        loader = DataLoader(examples, batch_size=20, shuffle=True)
        optimizer = torch.optim.SGD(model.parameters(), lr=rate)
        said, true = [], []
        for _ in range(30):
            said.append(patient(model, loader, optimizer)[1])
            with torch.no_grad():
                right = model(examples.X).argmax(dim=1) == examples.y
            true.append(right.float().mean().item())
        return said, true

    def slower(title: str) -> None:
        runs = {"rate 0.1": reported(0.1)[0], "rate 0.01": reported(0.01)[0]}
        _curves(title, runs, "epoch", "accuracy that it returns", zero=False)

    def compared(title: str) -> None:
        said, true = reported(0.1)
        runs = {"returned by the patient": said, "of all 130 examples, after the epoch": true}
        _curves(title, runs, "epoch", "accuracy", zero=False)

    def counted(title: str) -> None:
        torch.manual_seed(SEED)
        examples.seen.clear()
        model = nn.Linear(2, 3)
        loader = DataLoader(examples, batch_size=20, shuffle=True)
        patient(model, loader, torch.optim.SGD(model.parameters(), lr=0.1))
        plots.times_seen({"sick": [examples.seen[index] for index in range(len(examples))]}, title)

    _examine(
        hypothesis,
        measurement,
        Measurement("The same epochs at a tenth of the rate", slower),
        Measurement("What it returns, and the accuracy of all examples", compared),
        Measurement("How often each example is used in one epoch", counted),
    )


def double_softmax(
    patient: Callable, X: torch.Tensor, y: torch.Tensor, hypothesis: str, measurement: int
) -> None:
    def trained(n_epochs: int) -> tuple[list[float], float]:
        torch.manual_seed(SEED)
        model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3))
        losses, probabilities = patient(model, X, y, torch.optim.Adam(model.parameters(), lr=0.02), n_epochs)
        return losses, (probabilities.argmax(dim=1) == y).float().mean().item()

    def longer(title: str) -> None:
        _curves(title, {"1,500 epochs": trained(1500)[0]}, "epoch", "loss that it returns")

    def accuracy(title: str) -> None:
        epochs = (1, 5, 10, 20, 50, 150)
        _bars(title, {f"{n}": trained(n)[1] for n in epochs}, "accuracy after so many epochs")

    def certain(title: str) -> None:
        labels = torch.arange(3)
        dummy = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.0)
        sizes = range(11)
        its, log = [], []
        for size in sizes:
            # Logits that are larger for the correct class by `size`, as a model would give them.
            logits = (float(size) * F.one_hot(labels, 3).float()).requires_grad_()
            losses, probabilities = patient(nn.Identity(), logits, labels, dummy, 1)
            its.append(losses[0])
            log.append(-probabilities.diagonal().log().mean().item())
        runs = {"loss of the patient": its, "−ln of the probability of the correct class": log}
        _curves(title, runs, "how much larger the correct logit is", "loss")

    _examine(
        hypothesis,
        measurement,
        Measurement("Ten times as many epochs", longer),
        Measurement("The accuracy after some epochs", accuracy),
        Measurement("Its loss for answers that are more and more certain", certain),
    )


def unregistered(
    build: Callable[..., nn.Module],
    accuracies: Callable[[int], Mapping[str, float]],
    train: Callable[[nn.Module, int], None],
    hypothesis: str,
    measurement: int,
) -> None:
    def longer(title: str) -> None:
        values = {}
        for n_epochs in (100, 400):
            for when, accuracy in accuracies(n_epochs).items():
                values[f"{when}\n{n_epochs} epochs".replace(" and ", " and\n")] = accuracy
        _bars(title, values, "accuracy")

    def changed(title: str) -> None:
        model = build(2, 16, 2, 3)
        parts = {"first": model.first.weight}
        parts |= {f"hidden {place}": layer.weight for place, layer in enumerate(model.hidden)}
        parts |= {"output": model.weight}
        before = {name: tensor.detach().clone() for name, tensor in parts.items()}
        train(model, 100)
        moved = {name: (tensor.detach() - before[name]).norm().item() for name, tensor in parts.items()}
        _bars(title, moved, "distance")

    def numbers(title: str) -> None:
        found = sum(parameter.numel() for parameter in build(2, 16, 2, 3).parameters())
        computed_with = (2 * 16 + 16) + 2 * (16 * 16 + 16) + (16 * 3 + 3)
        values = {"that parameters() finds": found, "that forward computes with": computed_with}
        _bars(title, values, "numbers")

    _examine(
        hypothesis,
        measurement,
        Measurement("Four times as many epochs, then saved and loaded", longer),
        Measurement("How far the weights of each layer moved in training", changed),
        Measurement("The numbers that the optimizer gets, and those that the network uses", numbers),
    )


def straight(build: Callable[..., nn.Module], hypothesis: str, measurement: int) -> None:
    def deeper(title: str) -> None:
        errors = {}
        for n_layers in (2, 4, 8):
            X, y, predictions = plots.fitted_wave(build, n_layers, n_epochs=600)
            errors[f"{n_layers} layers"] = ((predictions - y) ** 2).mean().item()
        _bars(title, errors, "mean squared error")

    def gradients(title: str) -> None:
        torch.manual_seed(SEED)
        model = plots.kept_alive(build(1, 8, 8))
        X = torch.linspace(-2, 2, 120)[:, None]
        F.mse_loss(model(X), torch.sin(5 * X)).backward()
        layers = [module for module in model.modules() if isinstance(module, nn.Linear)]
        sizes = {str(place): layer.weight.grad.abs().mean().item() for place, layer in enumerate(layers)}
        _bars(title, sizes, "mean absolute gradient")

    def path(title: str) -> None:
        torch.manual_seed(SEED)
        model = plots.kept_alive(build(1, 8, 8))
        layers = [module for module in model.modules() if isinstance(module, nn.Linear)]
        rest = nn.Sequential(*list(model)[list(model).index(layers[1]) :])
        start, end = torch.randn(8), torch.randn(8)
        steps = torch.linspace(0, 1, 41)
        with torch.no_grad():
            outputs = rest(start + steps[:, None] * (end - start))[:, 0]
        runs = {"output": outputs.tolist()}
        _curves(title, runs, "step from one input of the second layer to another", "output", zero=False)

    _examine(
        hypothesis,
        measurement,
        Measurement("The error that is left with 2, 4 and 8 layers", deeper),
        Measurement("The gradient that reaches each layer at the start", gradients),
        Measurement("The output while the input of the second layer goes along a straight path", path),
    )


def leak(
    patient: Callable,
    fit: Callable,
    clouds: Callable[[int, int], tuple[torch.Tensor, torch.Tensor]],
    hypothesis: str,
    measurement: int,
) -> None:
    X_train, y_train = clouds(120, 1)
    X_test, y_test = clouds(60, 2)

    def network() -> nn.Module:
        torch.manual_seed(SEED)
        return nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 3))

    def retrained(title: str) -> None:
        models = [network() for _ in range(2)]
        for model in models:
            patient(model, fit, X_train, y_train, X_test, y_test)
        fresh = network()
        values = {"first to second": _distance(*models), "start to first": _distance(fresh, models[0])}
        _bars(title, values, "distance")

    def twice(title: str) -> None:
        model = network()
        patient(model, fit, X_train, y_train, X_test, y_test)
        with torch.no_grad():
            first, second = model(X_test).flatten(), model(X_test).flatten()
        (axes,) = style.panels(1, width=4.8, height=4.2)
        axes.scatter(first, second, s=14, color=style.BLUE)
        ends = [float(first.min()), float(first.max())]
        axes.plot(ends, ends, color=style.GREY, linewidth=1, linestyle="--")
        axes.set(xlabel="logits, first call", ylabel="logits, second call", aspect="equal")
        axes.set_title(title, fontsize=10, wrap=True)
        same = "the same" if torch.equal(first, second) else "different"
        style.show(
            f"Scatter plot of the logits of 60 test rows in two calls of one network: they are {same}."
        )

    def shifted(title: str) -> None:
        means = {}
        for shift in (0, 2, 5):

            def look(model: nn.Module, X: torch.Tensor, y: torch.Tensor, shift: int = shift) -> None:
                means[f"test rows + {shift}"] = X[:, 0].mean().item()

            patient(network(), look, X_train, y_train, X_test + shift, y_test)
        _bars(title, means, "mean of the first column in training")

    _examine(
        hypothesis,
        measurement,
        Measurement("How far apart two trainings from the same seed end", retrained),
        Measurement("The trained network, asked twice about the same test rows", twice),
        Measurement("What the training is given while only the test rows are moved", shifted),
    )


def _examine(hypothesis: str, measurement: int, *measurements: Measurement) -> None:
    """Take the chosen measurement; where nobody can choose, as in `solutions/`, take all."""
    numbers = range(1, len(measurements) + 1)
    try:
        chosen = int(measurement)
    except (TypeError, ValueError):
        chosen = -1
    if chosen not in (0, *numbers):
        print(f"`measurement` is {measurement!r}: choose one of the numbers 1 to {len(measurements)}.")
    elif chosen == 0 and not style.is_static():
        print("Choose a hypothesis and a measurement in the cell above, and run it and this one.")
    else:
        if hypothesis:
            print(f"Your hypothesis: {hypothesis}. What does it predict for this measurement?")
        for number in [chosen] if chosen else numbers:
            measurements[number - 1].take(f"{number}: {measurements[number - 1].title}")


def _batches(X: torch.Tensor, y: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
    return list(zip(X.split(20), y[:, None].split(20), strict=True))


def _distance(one: nn.Module, other: nn.Module) -> float:
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return torch.cat([(a - b).detach().flatten() for a, b in pairs]).norm().item()


def _curves(
    title: str, runs: Mapping[str, Sequence[float]], xlabel: str, ylabel: str, zero: bool = True
) -> None:
    (axes,) = style.panels(1, width=6.4)
    for name, values in runs.items():
        axes.plot(values, label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if zero:
        axes.set_ylim(bottom=0)
    axes.set_title(title, fontsize=11)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    ends = "; ".join(f"{name}: from {values[0]:.3g} to {values[-1]:.3g}" for name, values in runs.items())
    style.show(f"{title}. {ylabel} against {xlabel}. {ends}.")


def _bars(title: str, values: Mapping[str, float], ylabel: str) -> None:
    (axes,) = style.panels(1, width=6.4, height=3.4)
    bars = axes.bar(list(values), list(values.values()), width=0.6, color=style.BLUE)
    axes.bar_label(bars, fmt="{:.3g}", padding=2)
    axes.set(ylabel=ylabel)
    axes.set_title(title, fontsize=11)
    axes.margins(y=0.15)
    axes.grid(visible=False, axis="x")
    heights = "; ".join(f"{name}: {value:.3g}" for name, value in values.items()).replace("\n", " ")
    style.show(f"{title}. Bars of the {ylabel}. {heights}.")


def _table(title: str, rows: Mapping[str, str], heading: str) -> None:
    _, axes = plt.subplots(figsize=(5.2, 0.5 + 0.4 * len(rows)))
    axes.axis("off")
    table = axes.table(
        cellText=[[name, value] for name, value in rows.items()],
        colLabels=["", heading],
        loc="center",
        cellLoc="left",
        edges="horizontal",
    )
    table.auto_set_font_size(False)
    table.set_fontsize(11)
    table.scale(1, 1.5)
    axes.set_title(title, fontsize=11)
    style.show(f"{title}. " + "; ".join(f"{name}: {value}" for name, value in rows.items()) + ".")
