"""Hidden tests of `debugging-clinic` (docs/contract.md, section 8).

Training is compared with replays of the judge's own in float64, on models whose parameters it knows; what a cure asks
of a loader, a `fit` function or a model is noted by callbacks on the judge's side. Each test of a task asks for the
symptom's absence, too: the broken function, submitted as it is, gets nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from autograder.grading.toolkit import (
    Remote,
    Replay,
    alternatives,
    as_number,
    as_numbers,
    as_tensor,
    assert_close,
    assert_kind,
    describe,
    known_cause,
    leave_gradients,
    optimizer_of,
    parameters_of,
    replay,
    require,
    task,
    unpack,
)

# Float32 training is within 1e-5 of the float64 replays below (measured on 300 draws); each patient is off by 0.01
# and more, most by 0.1.
ATOL = 1e-3


Rate = float | tuple[float, float]
"""One of the whole model, or one of the weight and one of the bias."""

Slips = dict[str, dict | list[dict]]
"""Usual mistakes in a training, as arguments of `Training.replay`, by the sentence that names them."""


@dataclass
class Line:
    """A linear model's known parameters, and a batch."""

    weight: torch.Tensor  # (k, d)
    bias: torch.Tensor  # (k,)
    X: torch.Tensor  # (n, d)
    y: torch.Tensor  # (n, k), or labels (n,)

    def built(self, student) -> Remote:
        return student.helpers.make_linear(self.weight, self.bias)

    @property
    def output(self) -> torch.Tensor:
        """What the model gives, in float64."""
        return self.X.double() @ self.weight.double().T + self.bias.double()


def drawn_line(n: int, k: int = 1) -> Line:
    X = torch.randn(n, 2)
    truth = torch.randn(2, k)
    y = X @ truth + 1.0 + 0.1 * torch.randn(n, k)
    return Line(torch.randn(k, 2), torch.randn(k), X, y)


LONG = 60
"""Updates after which a schedule has slowed a training down, or someone's patience has come to an end."""


def still_line(n: int) -> Line:
    """A model that is right from the start: the loss and its gradient are exactly 0, and nothing ever changes."""
    weight, bias, X = (torch.randint(-3, 4, shape).float() for shape in ((1, 2), (1,), (n, 2)))
    return Line(weight, bias, X, X @ weight.T + bias)


class Training:
    """Gradient descent of a line in float64: the right one, and with other arguments a mistaken one."""

    def __init__(self, line: Line, batches: Sequence[tuple], epochs: int, rate: Rate, **how: Any):
        self.line = line
        self.how = {"batches": batches, "epochs": epochs, "rate": rate, "loss_fn": F.mse_loss} | how
        self.right = self.replay()

    def replay(self, **slip: Any) -> Replay:
        """With these arguments of `replay` in the place of the right ones."""
        how = self.how | slip
        loss_fn = how.pop("loss_fn")

        def loss(values: list[torch.Tensor], X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            return loss_fn(X.double() @ values[0].T + values[1], y.double() if y.is_floating_point() else y)

        return replay([self.line.weight, self.line.bias], loss, **how)

    def check_losses(
        self, got: object, name: str, hint: str, slips: Slips | None = None, later: str = ""
    ) -> None:
        """The losses are these; `later` is the hint where the first one is right."""
        expected = self.right.before
        losses = as_numbers(got, name, length=len(expected))
        if later and abs(losses[0] - expected[0]) <= 1e-4 + 2e-5 * abs(expected[0]):
            hint = later
        wrong = self._mistaken(slips or {}, lambda mistaken: mistaken.after or mistaken.before)
        # rounded to three decimals, a loss is further off
        assert_close(losses, expected, atol=1e-4, rtol=2e-5, name=name, hint=hint, wrong=wrong)

    def check_model(self, model: Remote, hint: str, slips: Slips | None = None) -> None:
        """The model's parameters are these."""
        name, (weight, bias) = "the model's weights after training", self.right.values
        still = (
            "The model's weights are what they were before: no step reaches them, or it finds no gradient."
        )
        wrong = {still: self.line.weight} | self._mistaken(slips or {}, lambda mistaken: mistaken.values[0])
        assert_close(model.weight, weight, atol=ATOL, name=name, hint=hint, wrong=wrong)
        assert_close(model.bias, bias, atol=ATOL, name="the model's bias after training", hint=hint)

    def _mistaken(self, slips: Slips, part: Callable[[Replay], object]) -> dict[str, object]:
        """What this part of a training is with each slip, computed when it is needed."""
        return {
            sentence: alternatives(
                *(
                    lambda how=how: part(self.replay(**how))
                    for how in (each if isinstance(each, list) else [each])
                )
            )
            for sentence, each in slips.items()
        }


UNCLEAR: Slips = {
    "The gradients from before the call count for the first update.": {"clear": "after"},
    "This is what you get without clearing the gradients.": {"clear": "never"},
    "This is what you get when the gradients are cleared only once in each epoch.": {"clear": "epoch"},
    "The weights themselves are set to 0 before each batch: their gradients should be.": [
        {"zeroed": True},
        {"zeroed": True, "clear": "never"},
    ],
}


class Lent:
    """The caller's optimizer, with one rate, or with a group for each parameter; and how many steps it made."""

    def __init__(
        self, student, model: Remote, rate: Rate, kind: str = "SGD", *, count: bool = False, **options
    ):
        self._steps: list[int] = []
        stepped = (lambda: self._steps.append(1)) if count else None
        self.optimizer = student.helpers.make_optimizer(model, kind, rate, options, stepped)

    @property
    def idle(self) -> bool:
        """Nothing has made a step of it."""
        return not self._steps

    def check_steps(self, wanted: int) -> None:
        steps = len(self._steps)
        require(
            steps == wanted,
            f"{wanted} updates are asked for; yours makes {steps} where the loss is 0 from the start.",
        )


MANY = 10
"""How many times as many rows as were given a cure may use; more would keep the judge busy for minutes."""

UPDATES = "The first loss is right, and the updates are not: what is each of them made of?"
LATE = "These are the losses after each update; those before it are asked for."


# ---- broadcast


def all_pairs(output: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The patient's error."""
    return ((output - y.flatten()) ** 2).mean()


def sum_of_squares(output: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return ((output - y) ** 2).sum()


def half_of_mean(output: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return F.mse_loss(output, y) / 2


def square_of_mean(output: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (output - y).mean() ** 2


ALL_PAIRS = "This is the mean over all n * n pairs of a prediction and a target."
CANCEL = "This is the square of the mean error: errors of opposite sign cancel unless each is squared first."


def check_broadcast(
    student, flat: bool, n: int = 12, epochs: int = 6, rate: float = 0.06, line: Line | None = None
) -> None:
    line = line or drawn_line(n)
    model = line.built(student)
    y = line.y[:, 0] if flat else line.y
    got = student.cure_broadcast(model, line.X, y, rate, epochs)
    training = Training(line, [(line.X, line.y)], epochs, rate)
    name = f"the losses of {epochs} epochs with y of shape {'(n,)' if flat else '(n, 1)'}"
    slips: Slips = {
        ALL_PAIRS: {"loss_fn": all_pairs},
        "This is the sum of the squares, not their mean.": {"loss_fn": sum_of_squares},
        "This is half of the mean squared error: where does the ½ come from?": {"loss_fn": half_of_mean},
        CANCEL: {"loss_fn": square_of_mean},
        "This is what you get at the notebook's rate: it is an argument.": {"rate": 0.1},
        LATE: {"after": True},
    } | UNCLEAR
    training.check_losses(got, name, "Which pairs does the mean run over?", slips, UPDATES)
    training.check_model(model, "Is the loss that is returned the one that is trained on?", slips)


@task("broadcast", points=1.0)
def test_loss_with_flat_targets(student):
    """With targets (n,) the first loss should count the errors of the n predictions, each with its own target."""
    check_first_loss(student, 11)


def check_first_loss(student, n: int) -> None:
    """The first loss for flat targets is that of each prediction and its own target, or their sum, or half of it."""
    line = drawn_line(n)
    answer = student.cure_broadcast(line.built(student), line.X, line.y[:, 0], 0.0, 1)
    (got,) = as_numbers(answer, "the losses", 1)
    own, pairs, total, half, cancelled = (
        loss(line.output, line.y.double()).item()
        for loss in (F.mse_loss, all_pairs, sum_of_squares, half_of_mean, square_of_mean)
    )
    # Whether it is a mean, and all of it, is another test's question.
    if abs(got - total) > 1e-4 * total and abs(got - half) > 1e-4 * half:
        wrong, hint = {ALL_PAIRS: pairs, CANCEL: cancelled}, "Which shape has the error?"
        assert_close(got, own, atol=ATOL, rtol=1e-4, name="the first loss", hint=hint, wrong=wrong)


@task("broadcast", points=1.0)
def test_training_with_flat_targets(student):
    """With targets (n,) every loss and the trained model should be those of gradient descent on that error."""
    check_broadcast(student, flat=True, n=150)  # too many for one of the usual batches
    check_broadcast(student, flat=True, n=5, epochs=LONG, rate=0.01)  # far from the end, so each step counts
    check_broadcast(student, flat=True, epochs=LONG, line=still_line(5))  # nothing changes, and it goes on


def check_columns(student, n: int, epochs: int = 6, rate: float = 0.06) -> None:
    """Columns give what flat targets give; whether that is right is another test's question."""
    line = drawn_line(n)
    losses, weights = [], []
    for y in (line.y[:, 0], line.y):
        model = line.built(student)
        got = student.cure_broadcast(model, line.X, y, rate, epochs)
        losses.append(as_numbers(got, f"the losses of {epochs} epochs"))
        weights.append(as_tensor(model.weight, "the model's weights after training"))
    pairs = Training(line, [(line.X, line.y)], epochs, rate).replay(loss_fn=all_pairs).before
    hint = "With the same targets in the shape (n,) yours gives other numbers."
    name = f"the losses of {epochs} epochs with y of shape ({n}, 1)"
    assert_close(losses[1], losses[0], atol=1e-4, rtol=1e-4, name=name, hint=hint, wrong={ALL_PAIRS: pairs})
    name = f"the model's weights after training with y of shape ({n}, 1)"
    assert_close(weights[1], weights[0], atol=ATOL, rtol=ATOL, name=name, hint=hint)


@task("broadcast", points=1.0, promises=("arguments",))
def test_columns_and_arguments(student):
    """Targets (n, 1) should work as before, a single example too, and no argument should change."""
    check_first_loss(student, 12)
    for n in (12, 1):
        check_columns(student, n)


# ---- stranger


def by_epochs(got: object, lines: list[Line], epochs: int) -> bool:
    """Whether there is a list of the models' losses for each epoch, where one for each model is asked for."""
    lists = isinstance(got, (list, tuple)) and len(got) == epochs and len(lines) > 1
    if not lists or not all(isinstance(part, (list, tuple)) and len(part) == len(lines) for part in got):
        return False
    rows = np.array([as_numbers(part, "the losses") for part in got])
    firsts = [F.mse_loss(line.output, line.y.double()).item() for line in lines]
    turned, right = (
        len(part) == len(firsts) and np.allclose(part, firsts, atol=1e-3) for part in (rows[0], rows[:, 0])
    )
    return turned and not right


def check_stranger(
    student,
    n_models: int,
    epochs: int,
    *,
    weights: bool = True,
    k: int = 1,
    stale: float = 0.0,
    rate: float = 0.05,
    first: Line | None = None,
    own: bool = False,
) -> None:
    """The histories of models with k outputs, all on the same data, and with `weights` the trained models.

    With `own`, each history is a list of its own; otherwise it may be a part of one list for all models.
    """
    first = first or drawn_line(10, k=k)
    lines = [first] + [Line(torch.randn(k, 2), torch.randn(k), first.X, first.y) for _ in range(n_models - 1)]
    models = [line.built(student) for line in lines]
    for model in models if stale else ():
        leave_gradients(model, stale)
    got = student.cure_stranger(models, first.X, first.y, rate, epochs)
    require(
        not by_epochs(got, lines, epochs),
        "There is a list for each epoch, with a loss of each model: one list for each model is asked for.",
    )
    require(
        isinstance(got, (list, tuple)) and len(got) == n_models,
        f"One list of losses is asked for each of the {n_models} models; yours is {describe(got)}."
        + (" Is the `return` inside the loop?" if isinstance(got, (list, tuple)) and len(got) == 1 else ""),
    )
    if n_models > 1 and all(isinstance(part, list) and len(part) == n_models * epochs for part in got):
        require(not own, "Each list has the losses of all models: is one list made for all of them?")
        got = [part[epochs * place :][:epochs] for place, part in enumerate(got)]
    for place, (line, model, losses) in enumerate(zip(lines, models, got, strict=True)):
        training = Training(line, [(first.X, first.y)], epochs, rate, momentum=0.9, stale=stale)
        slips: Slips = {
            f"Model {place} does not learn: its loss stays what it was. Whose parameters does the optimizer hold?": {
                "rate": 0.0
            },
            "This is what you get without momentum, or with a new optimizer for each epoch.": {
                "momentum": 0.0
            },
            "This is what you get at the notebook's rate: it is an argument.": {"rate": 0.05},
            LATE: {"after": True},
        } | UNCLEAR
        hint = "Whose parameters does the optimizer hold, at which rate, and does it keep its momentum?"
        training.check_losses(losses, f"the losses of model {place}", hint, slips)
        if weights:
            hint = f"This is model {place}: was it moved by another one's training, or not at all?"
            training.check_model(model, hint, slips)


@task("stranger", points=1.0)
def test_losses_of_every_model(student):
    """The second model's losses should be those of its own training, as the first one's are."""
    check_stranger(student, 2, 2, weights=False, own=True)  # momentum has no part in the first update


@task("stranger", points=0.75)
def test_every_model_is_trained(student):
    """Each of three models should be trained in place."""
    check_stranger(student, 3, 1, k=2)


@task("stranger", points=0.75)
def test_momentum_of_every_model(student):
    """Each model should be trained with momentum 0.9 at the rate asked for, and left alone while the others are."""
    check_stranger(student, 2, LONG, rate=0.001)  # not the notebook's, and far from the end: each step counts


@task("stranger", points=0.5)
def test_stale_gradients_of_strangers(student):
    """What is left from before should not count, gradients or an earlier call of yours; each epoch should."""
    check_stranger(student, 2, 2, weights=False, stale=3.0)
    # Nor what an earlier call returned. Nothing changes here, and it goes on.
    check_stranger(student, 1, LONG, weights=False, first=still_line(5))


# ---- accumulate


EVAL_MODE = "The model is in eval mode while it learns: dropout and batch normalization would not be at work."


def check_mode(student, line: Line, learn: Callable[[Remote, Remote], object]) -> None:
    """The model is in train mode, in which it comes, when it gives the output that an update is made of."""
    seen: list[object] = []
    learned: list[object] = []
    model = student.helpers.make_noting_linear(
        line.weight, line.bias, lambda _, training: seen.append(training)
    )
    optimizer = student.helpers.make_optimizer(model, "SGD", 0.1, {}, lambda: learned.extend(seen[-1:]))
    learn(model, optimizer)
    require(all(training is True for training in learned), EVAL_MODE)


def check_accumulate(
    student,
    sizes: Sequence[int],
    epochs: int,
    *,
    momentum: float = 0.0,
    adam: bool = False,
    stale: float = 0.0,
    before: int = 0,
    rate: Rate = 0.05,
    k: int = 1,
) -> tuple[object, Training, Slips]:
    """The trained model is right; returns the losses that came, the training, and mistakes in it.

    With `k` outputs the mean is not that over the examples alone: one test is enough for this.
    With `before`, so many of the epochs are an earlier call with the same optimizer.
    """
    line = drawn_line(sum(sizes), k)
    batches = list(zip(line.X.split(list(sizes)), line.y.split(list(sizes)), strict=True))
    model = line.built(student)
    options = {} if adam else {"momentum": momentum}
    lent = Lent(student, model, rate, "Adam" if adam else "SGD", count=True, **options)
    if stale:
        leave_gradients(model, stale)
    if before:
        student.cure_accumulate(model, batches, lent.optimizer, before)
    got = student.cure_accumulate(model, batches, lent.optimizer, epochs - before)
    training = Training(line, batches, epochs, rate, momentum=momentum, adam=adam, stale=stale)
    slips = UNCLEAR.copy()
    if momentum:
        slips["This is what you get with plain steps: the given optimizer has a momentum."] = {
            "momentum": 0.0
        }
    if k > 1:
        slips["This is what you get with the sum over the outputs of an example, not their mean."] = {
            "loss_fn": lambda output, y: k * F.mse_loss(output, y)
        }
    slips["There is one update in each epoch: each batch should give one of its own."] = [
        {"step": "epoch", "clear": clear} for clear in ("each", "epoch")
    ]
    tenth = tuple(lr / 10 for lr in rate) if isinstance(rate, tuple) else rate / 10
    still_added = "The gradients still add up: a smaller rate does not keep them from it."
    slips[still_added] = {"rate": tenth, "clear": "never"}
    hint = "Is each batch's gradient used for one update, at the optimizer's rate?"
    if lent.idle:
        hint = "The optimizer that you are given never makes a step: do you make one of your own?"
    training.check_model(model, hint, slips)
    return got, training, slips | {LATE: {"after": True}}


@task("accumulate", points=0.75, promises=("optimizer",))
def test_one_batch_in_many_epochs(student):
    """With one batch, each epoch's update should use that epoch's gradient alone, at the optimizer's own rate."""
    check_accumulate(student, [9], 6)
    check_accumulate(student, [5], LONG, rate=0.01)  # far from the end, so each step counts
    line = drawn_line(6)
    check_mode(
        student,
        line,
        lambda model, optimizer: student.cure_accumulate(model, [(line.X, line.y)], optimizer, 2),
    )


@task("accumulate", points=1.0)
def test_several_batches(student):
    """Each of several batches should give one update in each epoch, and the optimizer keep its memory."""
    check_accumulate(student, [5, 5, 3], 3, momentum=0.9, before=1, rate=(0.05, 0.03))
    check_accumulate(student, [6, 4], 3, adam=True, rate=(0.03, 0.05))
    line = still_line(5)  # nothing changes, and it goes on
    model = line.built(student)
    lent = Lent(student, model, 0.05, count=True)
    got = student.cure_accumulate(model, [(line.X, line.y)], lent.optimizer, LONG)
    training = Training(line, [(line.X, line.y)], LONG, 0.05)
    training.check_losses(
        got, "the losses of a model that is right from the start", "Does each batch give one?"
    )
    lent.check_steps(LONG)


@task("accumulate", points=0.5)
def test_stale_gradients(student):
    """Gradients from before the call should not count."""
    check_accumulate(student, [8], 3, stale=4.0)


@task("accumulate", points=0.75)
def test_losses_before_each_update(student):
    """The losses should be those of each batch before its update, in order."""
    got, training, slips = check_accumulate(student, [7], 4, k=2)
    hint = "Is each batch's loss taken before its update?"
    training.check_losses(got, "the losses of one batch", hint, slips)
    line = drawn_line(9, k=2)
    batches = list(zip(line.X.split(4), line.y.split(4), strict=True))
    model = line.built(student)  # at a rate of 0 only the order of the batches counts
    got = student.cure_accumulate(model, batches, optimizer_of(model, "SGD", lr=0.0), 2)
    training = Training(line, batches, 2, 0.0)
    training.check_losses(got, "the losses of three batches in two epochs", hint)


# ---- first-batch


def drawn_classes(n: int) -> Line:
    """Examples whose batches differ, and a linear model that gets some of them right, none of them by a hair.

    One at least is of the last class: where none is, is a test's question of its own.
    """
    while True:
        X = torch.randn(n, 3) + torch.arange(n)[:, None] / n
        line = Line(torch.randn(4, 3), torch.randn(4), X, torch.randint(4, (n,)))
        top = line.output.topk(2)
        right = top.indices[:, 0] == line.y
        surely = (top.values[:, 0] - top.values[:, 1]).min() > 1e-3
        if surely and line.y.max() == 3 and 0.1 < right.double().mean() < 0.9:
            return line


def still_classes(n: int) -> Line:
    """A model that is sure and right: logits in the hundreds, a loss and a gradient of 0, and nothing ever changes."""
    y = torch.arange(n) % 4
    return Line(300 * torch.eye(4), torch.zeros(4), torch.eye(4)[y] + 0.1 * torch.rand(n, 4), y)


def figures(line: Line) -> tuple[float, float]:
    """Mean loss and accuracy of the model as it is, over all examples."""
    logits = line.output
    return F.cross_entropy(logits, line.y).item(), (logits.argmax(1) == line.y).double().mean().item()


def miscounted(of_batches: list[float], sizes: list[int]) -> dict[str, float]:
    """Usual mistakes in averaging these numbers of batches, by the sentence that names the mistake."""
    total, examples = float(np.dot(of_batches, sizes)), sum(sizes)
    return {
        "The last batch is left out.": (total - of_batches[-1] * sizes[-1]) / (examples - sizes[-1]),
        "This is the mean of the batches' means: weigh each batch by its size.": float(np.mean(of_batches)),
        "Each batch is weighed by the size of the first: the last batch is smaller.": (
            sum(of_batches) * sizes[0] / examples
        ),
        "The means of the batches are added and divided by the number of examples: "
        "multiply each by the size of its batch first.": sum(of_batches) / examples,
        "This is a sum over the examples: divide it by their number.": total,
        "This is a percentage: the share, between 0 and 1, is asked for.": 100 * total / examples,
        "The sum over the examples is divided by the number of batches.": total / len(sizes),
        "This is the first batch's alone: does the loop end early, or begin a new iterator each time?": of_batches[
            0
        ],
        "This is the last batch's alone.": of_batches[-1],
    }


ROUNDED = "This is rounded: return the figure as it is."


def rounded(right: float) -> object:
    """The right figure with two or three decimals: which it should not be is one test's question."""
    return alternatives(*(round(right, digits) for digits in (2, 3)))


def is_figure(got: float, right: float) -> bool:
    return abs(got - right) <= ATOL or bool(known_cause(got, {ROUNDED: rounded(right)}, atol=1e-9))


def check_figures(got: object, line: Line, size: int) -> None:
    """Mean loss and accuracy of the model as it is, for batches of this size."""
    assert_kind(got, (list, tuple), "A mean loss and an accuracy are asked for", length=2)
    batches = [replace(line, X=X, y=y) for X, y in zip(line.X.split(size), line.y.split(size), strict=True)]
    of_batches = zip(*map(figures, batches), strict=True)
    names, rights = ("the mean loss", "the accuracy"), figures(line)
    for value, right, other, numbers, name in zip(got, rights, rights[::-1], of_batches, names, strict=True):
        wrong = miscounted(list(numbers), [len(batch.y) for batch in batches])
        wrong["The two are in the other order: the mean loss should come first."] = other
        wrong[ROUNDED] = rounded(right)
        hint = "Is each example counted once?"
        assert_close(as_number(value, name), right, atol=ATOL, name=name, hint=hint, wrong=wrong)


RATE = 0.3
"""Of an epoch: so large that answers change with an update."""


def drawn_epoch() -> tuple[Line, list[tuple[torch.Tensor, torch.Tensor]], list[float]]:
    """Examples, their batches, and the epoch's accuracy by the answers before and after each update: they differ."""
    while True:
        line = drawn_classes(12)
        batches = list(zip(line.X.split(4), line.y.split(4), strict=True))
        answers: list[torch.Tensor] = []  # by turns before an update and after it

        def loss(
            logits: torch.Tensor, y: torch.Tensor, answers: list[torch.Tensor] = answers
        ) -> torch.Tensor:
            answers.append(logits.detach())
            return F.cross_entropy(logits, y)

        Training(line, batches, 1, RATE, momentum=0.9, loss_fn=loss, after=True)
        top = torch.cat(answers).topk(2).values
        before, after = (
            (torch.cat(answers[turn::2]).argmax(1) == line.y).double().mean().item() for turn in (0, 1)
        )
        if abs(before - after) > ATOL and (top[:, 0] - top[:, 1]).min() > 1e-3:
            return line, batches, [before, after]


@task("first-batch", points=0.5, promises=("optimizer",))
def test_one_update_for_each_batch(student):
    """An epoch should make one update for each batch of the loader."""
    line, steps = drawn_classes(14), []
    model = line.built(student)
    optimizer = student.helpers.make_optimizer(model, "SGD", 0.05, {}, lambda: steps.append(1))
    student.cure_first_batch(model, student.helpers.make_loader(line.X, line.y, 4, True), optimizer)
    require(len(steps) == 4, f"Four batches should give four updates; yours makes {len(steps)}.")
    line = still_classes(2 * LONG)  # nothing changes, and it goes on
    model = line.built(student)
    lent = Lent(student, model, 0.05, count=True)
    student.cure_first_batch(model, student.helpers.make_loader(line.X, line.y, 2, True), lent.optimizer)
    lent.check_steps(LONG)


@task("first-batch", points=1.0)
def test_every_example_once(student):
    """In a shuffled epoch every example should be learned from exactly once."""
    line, seen, learned = drawn_classes(28), [], []
    model = student.helpers.make_noting_linear(line.weight, line.bias, lambda *batch: seen.append(batch))
    # What counts is the batch of each update: a look at the data, or a pass that learns nothing, is free.
    optimizer = student.helpers.make_optimizer(model, "SGD", 0.0, {}, lambda: learned.extend(seen[-1:]))
    got = student.cure_first_batch(model, student.helpers.make_loader(line.X, line.y, 4, True), optimizer)
    rows = [as_tensor(X, "the inputs of the model", shape=(None, 3)) for X, _ in learned]
    total = sum(map(len, rows))
    require(
        total <= MANY * len(line.y),
        f"The loader gives {len(line.y)} examples, and your epoch learns from {total}.",
    )
    counts = Counter(
        index
        for X in rows
        for row in X
        for index in ((line.X - row).abs().amax(1) < 1e-6).nonzero().flatten().tolist()
    )
    missing = len(line.y) - len(counts)
    require(
        missing == 0,
        f"{missing} of {len(line.y)} examples are never learned from in your epoch. "
        "Does the loop end early, or begin a new iterator for each batch?",
    )
    require(set(counts.values()) == {1}, "Your epoch learns from some examples more than once.")
    require(
        all(training is True for _, training in learned),
        EVAL_MODE,
    )
    # One right figure shows that the examples were used, and not only asked for.
    parts = unpack(got, "cure_first_batch", ("mean loss", "accuracy"))
    numbers, rights = [as_number(part, "a figure") for part in parts], figures(line)
    # Their order is another test's question.
    some = any(is_figure(number, right) for number in numbers for right in rights)
    require(some, "Neither figure of yours is that of all examples.")


@task("first-batch", points=0.75)
def test_figures_of_an_epoch(student):
    """Loss and accuracy should be means over all examples, with a short last batch too."""
    for shuffle in (False, True):
        line = drawn_classes(11)  # the last batch is a single example
        model = line.built(student)
        loader = student.helpers.make_loader(line.X, line.y, 5, shuffle)
        got = student.cure_first_batch(model, loader, optimizer_of(model, "SGD", lr=0.0))
        check_figures(got, line, 5)


@task("first-batch", points=0.75)
def test_updates_of_an_epoch(student):
    """The trained model and the figures should be those of one update for each batch, in the loader's order."""
    # Batches of equal size: how the last one weighs is another test's question.
    line, batches, accuracies = drawn_epoch()
    model, rate = line.built(student), RATE
    optimizer = Lent(student, model, (rate, rate), momentum=0.9).optimizer
    leave_gradients(model, 2.0)
    order = torch.randperm(12)  # the loader has an order of its own, which is not that of its data
    loader = student.helpers.make_loader(line.X[order], line.y[order], 4, False, order.argsort().tolist())
    got = student.cure_first_batch(model, loader, optimizer)
    training = Training(line, batches, 1, rate, momentum=0.9, loss_fn=F.cross_entropy, stale=2.0)
    slips = UNCLEAR | {
        "The last batch is left out.": {"batches": batches[:-1]},
        "Only the first batch is learned from: does the loop end after its first round?": {
            "batches": batches[:1]
        },
        "Each update learns from the first batch: does the loop begin a new iterator each time?": {
            "batches": batches[:1] * len(batches)
        },
    }
    training.check_model(model, "Are gradients cleared, and is every batch learned from?", slips)
    mean = float(np.mean(training.right.before))
    parts = unpack(got, "cure_first_batch", ("mean loss", "accuracy"))
    got_loss, got_accuracy = (
        as_number(part, name) for part, name in zip(parts, ("the mean loss", "the accuracy"), strict=True)
    )
    if abs(got_accuracy - mean) <= ATOL:  # their order is another test's question
        got_loss, got_accuracy = got_accuracy, got_loss
    late = float(np.mean(training.replay(after=True).after))
    weight, bias = training.right.values
    end = "These are the figures of the trained model: they should be those before each update."
    if not is_figure(got_loss, mean):
        wrong = {LATE: late, end: figures(replace(line, weight=weight, bias=bias))[0]}
        hint = "Before or after the update?"
        assert_close(got_loss, mean, atol=ATOL, name="the mean loss", hint=hint, wrong=wrong)
    # Another accuracy that is not right is counted in another test.
    require(
        abs(got_accuracy - accuracies[1]) > ATOL,
        "Your accuracy is that of the answers after each update; those before it are asked for.",
    )


# ---- double-softmax


def softmax_twice(output: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The patient's loss."""
    return F.cross_entropy(output.softmax(1), y)


SOFTMAX_BEFORE = "This is what you get with a softmax before the cross-entropy."

NO_LOGITS = {
    SOFTMAX_BEFORE: softmax_twice,
    "The probabilities are made larger before the cross-entropy: it takes the logits themselves.": (
        lambda output, y: F.cross_entropy(10 * output.softmax(1), y)
    ),
    "This is what you get with a sigmoid before the cross-entropy, which takes logits as they are.": (
        lambda output, y: F.cross_entropy(output.sigmoid(), y)
    ),
    "This is minus the mean probability of the right class: its logarithm is missing.": (
        lambda output, y: F.nll_loss(output.softmax(1), y)
    ),
}
"""Losses that are none of logits, by the sentence that names the mistake."""

FLOORS = (1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5)
"""What may be added to a probability before its logarithm is taken."""


def floored(eps: float) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    return lambda output, y: F.nll_loss((output.softmax(1) + eps).log(), y)


WRONG_LOSSES: Slips = {sentence: {"loss_fn": loss} for sentence, loss in NO_LOGITS.items()}
FLOORED = "A small number next to the probability makes its logarithm finite and wrong: which function takes logits?"
SOFTMAX_SLIPS: Slips = (
    WRONG_LOSSES
    | {LATE: {"after": True}}
    | UNCLEAR
    | {FLOORED: [{"loss_fn": floored(eps)} for eps in FLOORS]}
)


def check_softmax(
    student,
    line: Line,
    epochs: int,
    rate: Rate,
    *,
    reported: bool = True,
    stale: float = 0.0,
    still: bool = False,
) -> tuple[object, torch.Tensor]:
    """The losses of a training; returns the probabilities, and the logits that they should be of."""
    model = line.built(student)
    lent = Lent(student, model, rate, count=still)
    if stale:
        leave_gradients(model, stale)
    got = student.cure_double_softmax(model, line.X, line.y, lent.optimizer, epochs)
    assert_kind(got, (list, tuple), "The losses and the probabilities are asked for", length=2)
    training = Training(line, [(line.X, line.y)], epochs, rate, loss_fn=F.cross_entropy, stale=stale)
    hint = "Which function takes logits, and which probabilities?"
    if reported:
        name = f"the losses of {epochs} epochs" if epochs > 1 else "the losses"
        training.check_losses(got[0], name, hint, SOFTMAX_SLIPS, UPDATES)
    if still:
        lent.check_steps(epochs)
    hint = "Is the loss that is returned the one that is trained on, and its gradient the one that is used?"
    training.check_model(model, hint, SOFTMAX_SLIPS)
    weight, bias = training.right.values
    return got[1], line.X.double() @ weight.T + bias


@task("double-softmax", points=1.0)
def test_first_loss(student):
    """The loss of a model as it is should be the cross-entropy of its logits."""
    line = drawn_classes(15)
    while F.cross_entropy(line.output, line.y, reduction="none").max() > 6:
        line = drawn_classes(15)  # probabilities that are nearly 0 are asked for below
    model = line.built(student)
    got = student.cure_double_softmax(model, line.X, line.y, optimizer_of(model, "SGD", lr=0.0), 1)
    assert_kind(got, (list, tuple), "The losses and the probabilities are asked for", length=2)
    training = Training(line, [(line.X, line.y)], 1, 0.0, loss_fn=F.cross_entropy)
    hint = "Which function takes logits, and which probabilities?"
    training.check_losses(got[0], "the losses", hint, WRONG_LOSSES)


@task("double-softmax", points=0.75, promises=("optimizer",))
def test_training_on_logits(student):
    """Every loss and the trained model should be those of gradient descent on the cross-entropy."""
    line = drawn_classes(150)  # too many for one of the usual batches
    check_softmax(student, line, 5, (0.3, 0.2), stale=2.0)
    check_softmax(student, drawn_classes(5), LONG, 0.02)  # far from the end, so each step counts
    line = drawn_classes(9)
    line.X, line.weight = 200 * line.X, line.weight / 200
    check_softmax(student, line, 1, 0.01)  # a large gradient
    line = drawn_classes(9)
    check_mode(
        student,
        line,
        lambda model, optimizer: student.cure_double_softmax(model, line.X, line.y, optimizer, 2),
    )


@task("double-softmax", points=0.5)
def test_probabilities(student):
    """The second result should be the trained model's probabilities, a row for each example."""
    line = drawn_classes(10)
    line.y.clamp_(max=2)  # no example of the last class: it has a probability all the same
    got, logits = check_softmax(student, line, 1, 0.3, reported=False)
    assert_close(
        got,
        logits.softmax(1),
        atol=ATOL,
        name="the probabilities",
        hint="Are they those of the trained model, and do rows add up to 1?",
        wrong={
            "These are the logits: their softmax is missing.": logits,
            "These are the logarithms of the probabilities.": logits.log_softmax(1),
            "The columns add up to 1: the rows should.": logits.softmax(0),
            "These are the probabilities before the last update.": line.output.softmax(1),
            "The softmax is taken twice.": logits.softmax(1).softmax(1),
            "These are sigmoids of the logits: rows should add up to 1.": logits.sigmoid(),
        },
    )


@task("double-softmax", points=0.25, alone=False)
def test_probabilities_without_a_graph(student):
    """The probabilities should come without a graph."""
    line = drawn_classes(10)
    model = line.built(student)
    optimizer = optimizer_of(model, "SGD", lr=0.1)
    graph = student.helpers.has_graph(student.cure_double_softmax, model, line.X, line.y, optimizer)
    require(graph is not True, "The probabilities that you return have a graph. What would it be needed for?")


@task("double-softmax", points=0.5)
def test_large_logits(student):
    """Logits in the hundreds, whose softmax rounds to 0, should give finite and exact losses, one for each epoch."""
    line = drawn_classes(9)
    line.weight, line.bias = 200 * line.weight, 200 * line.bias
    check_softmax(student, line, 1, 0.0)
    check_softmax(student, still_classes(5), LONG, 0.1, still=True)  # nothing changes, and it goes on


# ---- unregistered


def built(student, cure: str, *sizes: int) -> Remote:
    """The module that this cure returns."""
    model = getattr(student, cure)(*sizes)
    assert_kind(model, Remote, f"`{cure}` should return a module")
    require(describe(model) != "a class", f"`{cure}` returns a class: make a network of it.")
    return model


def filled(student, model: Remote) -> dict[str, torch.Tensor]:
    """The judge's own random numbers in all parameters; sizes at which few relus die."""
    values = {}
    for name, parameter in parameters_of(model).items():
        values[name] = torch.randn(parameter.shape) * (0.6 if parameter.dim() > 1 else 0.3)
    student.helpers.fill(model, values)
    return values


def check_new(one: Remote, other: Remote) -> None:
    """Two networks, made one after the other, begin with numbers of their own."""
    first, second = (list(parameters_of(model).values()) for model in (one, other))
    require(
        len(first) != len(second) or not all(map(torch.equal, first, second)),
        "Two networks that your function makes one after the other begin with the same numbers.",
    )


def needed_numbers(n_inputs: int, width: int, n_hidden: int, n_outputs: int) -> int:
    return (n_inputs + 1) * width + n_hidden * (width + 1) * width + (width + 1) * n_outputs


def missing_part(total: int, n_inputs: int, width: int, n_hidden: int, n_outputs: int) -> str:
    """The sentence that names what is not found, where that is the whole of something; else ""."""
    sizes = n_inputs, width, n_hidden, n_outputs
    needed, hidden, last = needed_numbers(*sizes), (width + 1) * width, (width + 1) * n_outputs
    parts = {
        "No hidden layer is found: is a plain list where an `nn.ModuleList` belongs? ": n_hidden * hidden,
        "The output layer is not found: is it made of plain tensors or buffers? ": last,
        "The output layer's weight is not found: what is computed from an `nn.Parameter` is a plain tensor. ": (
            width * n_outputs
        ),
        "Only the first layer is found: are the others in a plain list, or plain tensors? ": (
            n_hidden * hidden + last
        ),
        "The output layer's bias is not found: does it have one, and is it an `nn.Parameter`? ": n_outputs,
        "Weights are found and no biases. ": (n_hidden + 1) * width + n_outputs,
    }
    if n_hidden > 1:
        parts["One hidden layer is found: is the same one used each time? "] = (n_hidden - 1) * hidden
    if n_hidden > 2:
        parts["One hidden layer is missing: the first layer is not one of them. "] = hidden
    return next((sentence for sentence, missing in parts.items() if total == needed - missing), "")


def check_found(student, rng, n_hidden: int, elsewhere: Callable[..., set[int]]) -> None:
    """No number is missing, or as many as `elsewhere` has for these sizes: those are another test's question."""
    sizes = (int(rng.integers(2, 5)), int(rng.integers(6, 9)), n_hidden, int(rng.integers(2, 5)))
    found = parameters_of(built(student, "cure_unregistered", *sizes))
    total = sum(parameter.numel() for parameter in found.values())
    needed = needed_numbers(*sizes)
    require(
        total == needed or needed - total in elsewhere(*sizes),
        f"{missing_part(total, *sizes)}The parameters of your cure_unregistered{sizes} hold {total} numbers, "
        f"{'fewer' if total < needed else 'more'} than the network needs.",
    )


@task("unregistered", points=0.5)
def test_hidden_layers_are_found(student, rng):
    """`parameters()` should find every number of the first and the hidden layers, and nothing that is not used."""
    for n_hidden in (3, 2, 1):  # of three, the number that is missing tells the mistake
        check_found(
            student, rng, n_hidden, lambda _, width, __, n_out: {(width + 1) * n_out, width * n_out, n_out}
        )


@task("unregistered", points=0.5)
def test_output_layer_is_found(student, rng):
    """`parameters()` should find every number of the output layer, and nothing that is not used."""
    for n_hidden in (0, 3, 2):
        check_found(
            student, rng, n_hidden, lambda _, width, n, __: {k * (width + 1) * width for k in range(n + 1)}
        )


@task("unregistered", points=0.75)
def test_all_parameters_learn(student):
    """Each parameter should get a gradient from the forward pass."""
    sizes = (3, 16, 3, 4)
    model = built(student, "cure_unregistered", *sizes)
    start = list(parameters_of(model).values())
    require(
        any(bool((value != value.flatten()[:1]).any()) for value in start),
        "In yours all numbers of a parameter are the same at the start: units that begin alike stay alike.",
    )
    # The numbers that it begins with are free, as long as none of them holds all the others up.
    stuck = student.helpers.stuck_parameters(model, torch.randn(64, 3), torch.randn(64, 4))
    require(isinstance(stuck, list), "The model could not be trained.")
    require(
        not stuck,
        f"As a new network of yours begins, {len(stuck)} of its {len(start)} parameters do not learn: "
        "their gradients are 0 in each of the first updates. Which numbers does it begin with?",
    )
    filled(student, model)
    student.helpers.learn_once(model, torch.randn(64, 3))
    gradients = student.gradients(model)
    total = 0
    frozen = student.helpers.frozen(model)
    for name, gradient in gradients.items():
        held = isinstance(frozen, list) and name in frozen
        require(not held, f"`{name}` gets no gradient: its `requires_grad` is False.")
        require(gradient is not None, f"`{name}` gets no gradient: the forward pass uses something else.")
        value = as_tensor(gradient, f"gradient of {name}")
        require(bool((value != 0).any()), f"The gradient of `{name}` is 0 for 64 random examples.")
        total += value.numel()
    require(
        needed_numbers(*sizes) - total in (0, sizes[-1]),  # a bias of the output layer is counted above
        f"In yours {total} numbers get a gradient that an optimizer sees, "
        f"{'fewer' if total < needed_numbers(*sizes) else 'more'} than the network needs: "
        "are there as many layers as asked for, and all of them among `parameters()`?",
    )


@task("unregistered", points=0.5)
def test_the_same_network(student):
    """The outputs should be those of linear, relu, linear, relu, linear, with the parameters that are found."""
    n_inputs, width, n_outputs = 3, 7, 4
    model = built(student, "cure_unregistered", n_inputs, width, 1, n_outputs)
    values = filled(student, model)
    X = torch.randn(20, n_inputs)
    X[:5] *= 100  # a relu has no upper end
    output, again = (as_tensor(model(X), "model(X)", shape=(20, n_outputs)) for _ in range(2))
    require(
        torch.equal(output, again),
        "The same inputs give other outputs the second time: what is random in it?",
    )
    found = {}
    for kind, shapes in {
        "first": [(width, n_inputs), (n_inputs, width)],
        "hidden": [(width, width)],
        "last": [(n_outputs, width), (width, n_outputs)],
        "bias": [(width,), (1, width)],
        "last bias": [(n_outputs,), (1, n_outputs)],
    }.items():
        found[kind] = [value.double() for value in values.values() if tuple(value.shape) in shapes]
    found["last bias"] = found["last bias"] or [torch.zeros(1, n_outputs).double()]  # counted above
    wanted = {"first": 1, "hidden": 1, "last": 1, "bias": 2, "last bias": 1}
    for kind, count in wanted.items():
        require(
            len(found[kind]) == count,
            f"{len(found[kind])} of the parameters have the shape of a {kind}{'' if 'bias' in kind else ' layer'}; "
            f"it should be {count}. Does `parameters()` find the whole network?",
        )  # fmt: skip

    def as_matrix(value: torch.Tensor, n_in: int) -> torch.Tensor:
        return value if value.shape[0] == n_in else value.T

    first, last = as_matrix(found["first"][0], n_inputs), as_matrix(found["last"][0], width)
    square = found["hidden"][0]
    candidates, without = [], []
    # Which bias is whose, and which way a square matrix is meant, is the student's to choose.
    for one, two in (found["bias"], found["bias"][::-1]):
        for matrix in (square, square.T):
            hidden = ((X.double() @ first + one).relu() @ matrix + two).relu()
            candidates.append(hidden @ last + found["last bias"][0])
            plain = X.double() @ first + one
            for bent in (plain, plain.relu()):
                without.append((bent @ matrix + two) @ last + found["last bias"][0])
            without.append((plain @ matrix + two).relu() @ last + found["last bias"][0])
    gaps = [(output - candidate).abs().max().item() for candidate in candidates]
    assert_close(
        output,
        candidates[int(np.argmin(gaps))],
        atol=ATOL,
        name="model(X)",
        hint="Is there a relu after each layer but the last?",
        wrong={
            "There is a relu after the last layer, too.": alternatives(*(c.relu() for c in candidates)),
            "A relu is missing.": alternatives(*without),
        },
    )


@task("unregistered", points=0.75)
def test_saved_and_converted(student):
    """`load_state_dict` should make a new network the same as another, and `double()` convert all of it."""
    sizes, X = (3, 16, 2, 2), torch.randn(12, 3)
    one, other = built(student, "cure_unregistered", *sizes), built(student, "cure_unregistered", *sizes)
    check_new(one, other)
    filled(student, one)
    outputs = student.helpers.give_state(one, other, X)
    require(isinstance(outputs, (list, tuple)) and len(outputs) == 2, "The state could not be carried over.")
    expected = as_tensor(outputs[0], "model(X)", shape=(12, 2))
    require(expected.std().item() > 1e-3, "The outputs do not depend on the inputs.")
    hint = "What is in the state_dict, and what does the forward pass use?"
    assert_close(outputs[1], expected, atol=1e-5, name="outputs of a network with the same state", hint=hint)
    filled(student, other)
    single = as_tensor(other(X), "model(X)", shape=(12, 2))
    got = student.helpers.double_output(other, X)
    as_tensor(got, "outputs after double()", dtype=torch.float64)
    assert_close(got, single, atol=ATOL, name="outputs after double()", hint=hint)
    # What is left of the parameters of before shows once those that are converted change.
    student.helpers.fill(one, filled(student, other))
    name = "outputs of the converted network after its parameters have changed"
    expected = as_tensor(one(X), "model(X)", shape=(12, 2))
    hint = "Which tensors does `double()` replace, and which does the forward pass use?"
    assert_close(other(X.double()), expected, atol=ATOL, name=name, hint=hint)


# ---- straight


def bent_share(before: torch.Tensor, after: torch.Tensor) -> float:
    """The share of `after` that no linear map makes of `before`: 0 where it is not finite."""
    # Neither huge numbers nor tiny ones may pass for a bend: their squares, or the columns next to 1, would be lost.
    before = before / before.abs().amax(dim=0).clamp(min=1e-300)
    after = after / after.abs().max().clamp(min=1.0)
    design = torch.cat([before, torch.ones(len(before), 1, dtype=torch.float64)], dim=1)
    rest = after - design @ torch.linalg.lstsq(design, after, driver="gelsd").solution
    share = (rest.norm() / after.norm().clamp(min=1e-12)).item()
    return share if math.isfinite(share) else 0.0


DRAWS = 10
"""Numbers in which a nonlinearity may show: in layers without a bias it may have nothing to bend for some of them."""


def check_bends(
    student, n_inputs: int, width: int, n_layers: int, spare: int = 1
) -> tuple[Remote, torch.Tensor, torch.Tensor]:
    """Between all linear layers, but for `spare` places, there is something that no linear map can be.

    The patient has a place more that is straight, from four layers on. Returns the model, its output, and what its
    last linear layer gave.
    """
    model = built(student, "cure_straight", n_inputs, width, n_layers)
    straight: set[int] | None = None
    for _ in range(DRAWS):
        found, output, last = straight_places(student, model, n_inputs, width, n_layers)
        straight = found if straight is None else straight & found
        if not straight:
            break
    place = min(straight, default=0)
    require(
        len(straight) <= spare,
        f"With n_layers={n_layers} nothing bends between your linear layers {place + 1} and {place + 2}: "
        "they are one layer.",
    )
    return model, output, last


def straight_places(
    student, model: Remote, n_inputs: int, width: int, n_layers: int
) -> tuple[set[int], torch.Tensor, torch.Tensor]:
    """The places between linear layers where nothing bends, the output, and what the last linear layer gave."""
    filled(student, model)
    X = torch.randn(200, n_inputs)
    student.helpers.spread_out(model, X)
    answer = student.helpers.trace_linear(model, X)
    require(isinstance(answer, (list, tuple)) and len(answer) == 3, "The layers could not be followed.")
    came, left, output = answer
    require(
        isinstance(came, list) and isinstance(left, list) and len(came) == len(left) > 1,
        f"{n_layers} linear layers should run; in yours {len(came) if isinstance(came, list) else 0} do.",
    )
    straight = set()
    for place in range(len(came) - 1):  # how many there are is another test's question
        before = as_tensor(left[place], "a layer's output", shape=(200, width))
        after = as_tensor(came[place + 1], "the next layer's input", shape=(200, width))
        # Measured with relu, tanh, sigmoid, softplus and gelu: at least 0.02; for straight maps below 1e-5.
        if bent_share(before, after) <= 1e-3:
            straight.add(place)
    return (
        straight,
        as_tensor(output, "model(X)", shape=[(200, 1), (200,)]).reshape(200, 1),
        as_tensor(left[-1], "the last layer", shape=(200, 1)),
    )


@task("straight", points=1.25)
def test_a_bend_between_each_two(student, rng):
    """Between each two linear layers there should be a nonlinearity, at any depth."""
    for n_layers in (3, int(rng.integers(7, 9)), 2, 4, 5, 6):
        n_inputs, width = int(rng.integers(2, 5)), int(rng.integers(5, 9))
        sizes = student.helpers.linear_sizes(built(student, "cure_straight", n_inputs, width, n_layers))
        if n_layers == 2 and isinstance(sizes, (list, tuple)) and len(sizes) == 1:
            continue  # one layer short: another test's question
        model, _, _ = check_bends(student, n_inputs, width, n_layers, spare=0)
        # One layer used again and again bends, or does not, as its numbers happen to be.
        sizes = student.helpers.linear_sizes(model)
        found = len(sizes) if isinstance(sizes, (list, tuple)) else 0
        require(
            found >= n_layers - 1,
            f"{n_layers} linear layers, each of its own, should be in the model; yours has {found}.",
        )


@task("straight", points=0.75)
def test_layers_and_sizes(student, rng):
    """There should be n_layers linear layers of the sizes asked for, each with numbers of its own."""
    for n_layers in range(2, 7):
        n_inputs, width = int(rng.integers(2, 5)), int(rng.integers(6, 9))
        model, _, _ = check_bends(student, n_inputs, width, n_layers)
        sizes = student.helpers.linear_sizes(model)
        wanted = [(width, n_inputs)] + [(width, width)] * (n_layers - 2) + [(1, width)]
        got = sorted(tuple(size) for size in sizes) if isinstance(sizes, (list, tuple)) else []
        require(
            got == sorted(wanted), f"The linear layers' sizes are {got}; they should be {sorted(wanted)}."
        )
        total = sum(value.numel() for value in parameters_of(model).values())
        expected = sum(n_out * n_in + n_out for n_out, n_in in wanted)
        bare = " Has each of them a bias?" if total == sum(n_out * n_in for n_out, n_in in wanted) else ""
        require(total >= expected, f"The parameters hold {total} numbers; the layers need {expected}.{bare}")


@task("straight", points=0.5)
def test_output_is_free(student):
    """Inputs and output should be free: nonlinearities stand between the linear layers, not around them."""
    model, output, last = check_bends(student, 3, 6, 5)
    assert_close(output, last, atol=1e-5, name="model(X)", hint="What follows the last linear layer?")
    X = torch.randn(50, 3)
    model.train()
    single = as_tensor(model(X[:1]), "model(X) for a single example", shape=(1, 1))
    hint = "What else than linear layers and nonlinearities is in it?"
    row = as_tensor(model(X), "model(X)", shape=(50, 1))[:1]
    assert_close(single, row, atol=1e-4, rtol=1e-4, name="model(X) for a single example", hint=hint)
    answer = student.helpers.trace_linear(model, X)
    require(isinstance(answer, (list, tuple)) and len(answer) == 3, "The layers could not be followed.")
    first = as_tensor(answer[0][0], "the first layer's input", shape=(50, 3))
    require(
        bent_share(X.double(), first) < 1e-3,
        "The inputs are bent before your first linear layer: a nonlinearity belongs between two of them.",
    )


@task("straight", points=0.5)
def test_gradients_reach_every_layer(student):
    """Every layer of a new network should get a gradient."""
    check_new(built(student, "cure_straight", 2, 8, 5), built(student, "cure_straight", 2, 8, 5))
    model, _, _ = check_bends(student, 2, 8, 5)
    student.helpers.learn_once(model, torch.randn(64, 2))
    for name, gradient in student.gradients(model).items():
        require(gradient is not None, f"`{name}` gets no gradient.")
        require(bool((as_tensor(gradient, name) != 0).any()), f"The gradient of `{name}` is 0.")


# ---- leak

BATCH_NORM = (1 + 1e-5) ** -0.5
"""What batch normalisation that has learned nothing multiplies by in eval mode."""


@dataclass
class Split:
    """A training and a test set that differ in place and size, and a classifier for standardized inputs."""

    X_train: torch.Tensor
    y_train: torch.Tensor
    X_test: torch.Tensor
    y_test: torch.Tensor
    weight: torch.Tensor
    bias: torch.Tensor
    small: bool = False

    @property
    def sets(self) -> tuple[torch.Tensor, ...]:
        return self.X_train, self.y_train, self.X_test, self.y_test

    def scaled(self, X: torch.Tensor, ddof: int) -> torch.Tensor:
        train = self.X_train.double()
        return (X.double() - train.mean(0)) / train.std(0, correction=ddof)

    def accuracies(self, shrink: float = 1.0) -> list[float]:
        """The right answers, with n - 1 and with n."""
        return [self.accuracy_of(self.scaled(self.X_test, ddof), shrink) for ddof in (1, 0)]

    def accuracy_of(self, rows: torch.Tensor, shrink: float) -> float:
        """The share of right answers for test rows that are scaled already."""
        logits = shrink * rows @ self.weight.double().T + self.bias.double()
        return (logits.argmax(1) == self.y_test).double().mean().item()


SMALL, SPREAD = 1, 1e-3
"""The column that may be one of small numbers, and its deviation then."""

EPSILON = 2e-5
"""What may be added to that deviation."""


def drawn_split(n: int = 20, small: bool = False) -> Split:
    m, d = 43, 3
    spread, place = torch.rand(d) * 3 + 0.5, torch.randn(d) * 4
    if small:
        spread[SMALL], place[SMALL] = SPREAD, 4 * SPREAD * torch.randn(())
    weight, bias = torch.randn(3, d), 0.3 * torch.randn(3)
    X_train = torch.randn(n, d) * spread + place
    X_test = torch.randn(m, d) * spread * 2 + place + 3 * spread
    split = Split(X_train, torch.randint(3, (n,)), X_test, torch.randint(3, (m,)), weight, bias, small)
    answers = (split.scaled(X_test, 1) @ weight.double().T + bias.double()).argmax(1)
    split.y_test[: m // 2] = answers[: m // 2]  # about two thirds are right
    return split


@dataclass
class Course:
    """What a cure did: the inputs that `fit` was given, what the model saw after it, and the answer."""

    given: list[tuple[object, object]]
    calls: list[tuple[object, object]]
    answer: object
    model: Remote


def run_leak(student, split: Split, delicate: bool, result: object = None, once: bool = False) -> Course:
    """What a cure does; only with `once` it has to call `fit` exactly once."""
    given: list[tuple[object, object]] = []
    calls: list[tuple[object, object]] = []

    def fit_was_called(X: object, y: object) -> None:
        given.append((X, y))
        calls.clear()

    model = student.helpers.make_tested(
        split.X_train.shape[1], 3, delicate, lambda X, training: calls.append((X, training))
    )
    fit = student.helpers.make_fit(fit_was_called, split.weight, split.bias, result)
    answer = student.cure_leak(model, fit, *split.sets)
    require(
        len(given) == 1 or (given and not once),
        f"`fit` should be called once; yours calls it {len(given)} times.",
    )
    require(len(calls) > 0, "The model is not used after `fit`: what was tested?")
    return Course(given, calls, answer, model)


def wrongly_scaled(split: Split, X: torch.Tensor, columns: list[int]) -> dict[str, object]:
    """These columns after usual mistakes in scaling the rows, by the sentence that names the mistake."""
    rows, train, test = (t.double() for t in (X, split.X_train, split.X_test))
    both, shifted = torch.cat([train, test]), rows - train.mean(0)

    def over(spread: Callable[..., torch.Tensor], shifted: torch.Tensor = shifted) -> object:
        """Divided by it with n - 1, and with n."""
        return alternatives(*((shifted / spread(correction=ddof))[:, columns] for ddof in (1, 0)))

    return {
        "They are not scaled.": rows[:, columns],
        "They are shifted and not divided.": shifted[:, columns],
        "The test rows have a say in the mean and the deviation: take the training rows alone.": over(
            partial(both.std, 0), rows - both.mean(0)
        ),
        "The test rows have a say in the deviation: take the training rows alone.": over(
            partial(both.std, 0)
        ),
        "The test rows have a say in the mean: take the training rows alone.": over(
            partial(train.std, 0), rows - both.mean(0)
        ),
        "These are scaled by the test rows' own mean and deviation.": over(
            partial(test.std, 0), rows - test.mean(0)
        ),
        "This is one deviation for all columns: each has its own.": over(train.std),
        "This divides by the variance: take its square root.": over(partial(train.var, 0)),
        "This is one mean and one deviation for all columns: each has its own.": over(
            train.std, rows - train.mean()
        ),
    }


def check_scaled(got: torch.Tensor, split: Split, X: torch.Tensor, name: str, hint: str) -> None:
    """Scaled by the mean and the deviation of train, the latter with n - 1 or n."""
    columns = [c for c in range(X.shape[1]) if not (split.small and c == SMALL)]
    expected = [split.scaled(X, ddof) for ddof in (1, 0)]
    nearer = min(expected, key=lambda wanted: (got - wanted)[:, columns].abs().max().item())
    known = wrongly_scaled(split, X, columns)
    # Values up to 10: float32 is within 1e-5; an epsilon of 1e-6 beside a deviation of 0.5 makes 2e-5. One test row
    # among the train rows moves the mean by 0.1.
    assert_close(got[:, columns], nearer[:, columns], atol=2e-3, name=name, hint=hint, wrong=known)
    if split.small:
        name += f" (a column whose deviation is about {SPREAD:g})"
        hint = "Which deviation has such a column once it is standardized?"
        assert_close(got[:, SMALL], nearer[:, SMALL], atol=2e-3, rtol=EPSILON / SPREAD, name=name, hint=hint)


def check_train_rows(course: Course, split: Split) -> None:
    X = as_tensor(course.given[0][0], "the inputs that `fit` gets", shape=tuple(split.X_train.shape))
    check_scaled(X, split, split.X_train, "the inputs that `fit` gets", "Which rows have a say in the mean?")
    assert_close(course.given[0][1], split.y_train, atol=0.0, name="the labels that `fit` gets")


def rows_after_fit(course: Course, split: Split) -> torch.Tensor:
    """All rows that the model was given after `fit`, at least as many as the test set has."""
    d, m = split.X_test.shape[1], len(split.X_test)
    rows = torch.cat([as_tensor(X, "the inputs of the model", shape=(None, d)) for X, _ in course.calls])
    given = len(split.X_train) + m
    require(
        len(rows) <= MANY * given,
        f"After `fit` you give the model {len(rows)} rows; both sets together have {given}.",
    )
    words = " Are they the training set?" if len(rows) == len(split.X_train) else ""
    require(
        len(rows) >= m,
        f"After `fit` you give the model {len(rows)} rows, fewer than the test set has.{words}",
    )
    return rows


def scaled_alike(course: Course, other: Course, split: Split) -> list[torch.Tensor]:
    """The test rows, scaled as the rows were that `fit` got, if that is a scale, and the same in the `other` course.

    In that one the test rows are others. Whether it is the right scale is another test's question.
    """
    size = tuple(split.X_train.shape)
    got, again = (
        as_tensor(each.given[0][0], "the inputs that `fit` gets", shape=size) for each in (course, other)
    )
    train = split.X_train.double()
    shifted = train - train.mean(0)
    slope = (shifted * got).sum(0) / (shifted**2).sum(0)
    line = shifted * slope + got.mean(0)
    unscaled = (got - train).abs().max() < 1e-4
    if unscaled or (again - got).abs().max() > 1e-4 or ((line - got).abs() > 1e-4 * (1 + got.abs())).any():
        return []
    return [(split.X_test.double() - train.mean(0)) * slope + got.mean(0)]


def check_test_rows(course: Course, other: Course, split: Split) -> None:
    """The test rows stand, scaled like the train rows, among what the model saw after `fit`."""
    m, rows = len(split.X_test), rows_after_fit(course, split)
    alike = scaled_alike(course, other, split)
    for start in range(len(rows) - m + 1):
        for wanted in [split.scaled(split.X_test, ddof) for ddof in (1, 0)] + alike:
            slack = torch.full_like(wanted, 2e-3)
            if split.small:
                slack[:, SMALL] += EPSILON / SPREAD * wanted[:, SMALL].abs()
            if ((rows[start : start + m] - wanted).abs() <= slack).all():
                return
    check_scaled(
        rows[-m:],
        split,
        split.X_test,
        "the test inputs of the model",
        "By whose mean and deviation are they scaled?",
    )


def check_accuracy(got: object, expected: list[float], n: int) -> None:
    value = as_number(got, "the accuracy")
    nearer = min(expected, key=lambda wanted: abs(value - wanted))
    # Near a tie float32 may answer otherwise: one example of 43 is allowed for.
    assert_close(
        value,
        nearer,
        atol=0.026,
        name="the accuracy",
        hint="Is it the share of right answers on the test set?",
        wrong={
            "This is a percentage: the share, between 0 and 1, is asked for.": 100 * nearer,
            "This is the number of right answers: divide it by that of the examples.": n * nearer,
            "This is the share of wrong answers.": 1 - nearer,
        },
    )


@task("leak", points=0.75)
def test_training_rows_alone_decide(student):
    """`fit` should get the training rows, scaled by their own mean and standard deviation."""
    # Two sets of one size: what was computed from others is not to be remembered.
    for split in (drawn_split(n=120), drawn_split(n=120, small=True)):
        course = run_leak(student, split, delicate=False, once=True)
        check_train_rows(course, split)
    hint = "Does `fit` get the model, or a copy of it?"
    weight = as_tensor(course.model.linear.weight, "the model's weights after `fit`")
    assert_close(weight, split.weight, atol=0.0, name="the model's weights after `fit`", hint=hint)


@task("leak", points=0.75)
def test_test_rows_are_scaled_like_train(student):
    """The test rows should be scaled by the training set's numbers."""
    split = drawn_split(small=True)
    moved = replace(split, X_test=2 * split.X_test + 3 * split.X_train.std(0))
    check_test_rows(*(run_leak(student, each, delicate=False) for each in (split, moved)), split)


@task("leak", points=0.75)
def test_tested_in_eval_mode(student):
    """After `fit` the model should be in eval mode when it is tested, so that the same test repeats."""
    split = drawn_split()
    course = run_leak(student, split, delicate=True, result=[1.1, 0.9])  # such as its losses
    require(
        all(training is False for _, training in course.calls),
        "The model was in train mode when it was tested: dropout and batch statistics were at work.",
    )
    for name, value in student.buffers(course.model).items():
        wanted = 1.0 if name.endswith("running_var") else 0.0
        value = as_tensor(value, name)
        hint = "In train mode batch normalisation learns from the test set."
        assert_close(value, torch.full_like(value, wanted), atol=0.0, name=f"the model's {name}", hint=hint)


@task("leak", points=0.75, promises=("arguments",))
def test_accuracy_of_the_test(student):
    """The number should be the share of right answers for the test rows, and no argument should change."""
    split = drawn_split()
    course = run_leak(student, split, delicate=True)
    rows = rows_after_fit(course, split)[-len(split.X_test) :]
    tested = all(training is False for _, training in course.calls)
    scaled = any((rows - split.scaled(split.X_test, ddof)).abs().max() < 2e-3 for ddof in (1, 0))
    require(tested or scaled, "Neither of the patient's two mistakes is gone from yours.")
    # Whichever way the rows were scaled, and in whichever mode: the accuracy is that of the rows that were given.
    if not tested:
        course = run_leak(student, split, delicate=False)
        rows = rows_after_fit(course, split)[-len(split.X_test) :]
    check_accuracy(course.answer, [split.accuracy_of(rows, BATCH_NORM if tested else 1.0)], len(rows))
