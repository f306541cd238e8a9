"""Hidden tests of `thermometer` (docs/contract.md, section 1).

Gradients and descents are compared with the same calculation here, in float64, on readings drawn anew. Tolerances are
given with what right solutions in float32 were measured to be off by, over 300 draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from autograder.grading.toolkit import (
    Remote,
    Student,
    StudentError,
    any_of,
    as_numbers,
    as_tensor,
    assert_close,
    assert_parameters,
    describe,
    entries,
    fail,
    forbidden_call,
    new,
    optimizer_of,
    put,
    require,
    task,
    unpack,
)

READINGS_C = (0.5, 14.0, 15.0, 28.0, 11.0, 8.0, 3.0, -4.0, 6.0, 13.0, 21.0)
READINGS_U = (35.7, 55.9, 58.2, 81.9, 56.3, 48.9, 33.9, 21.8, 48.4, 60.4, 68.4)
BY_HAND = ("autograd", "optim")


@dataclass(frozen=True)
class Problem:
    """Readings near a line, a place to start, and a rate at which descent from there converges."""

    t_u: torch.Tensor  # (n,)
    t_c: torch.Tensor  # (n,)
    start: torch.Tensor  # [w, b]
    rate: float

    def gradient(self, params: torch.Tensor) -> torch.Tensor:
        """[dL/dw, dL/db] in float64."""
        t_u, t_c = self.t_u.double(), self.t_c.double()
        error = params[0].double() * t_u + params[1].double() - t_c
        return torch.stack([2 * (error * t_u).mean(), 2 * error.mean()])

    def loss(self, params: torch.Tensor) -> float:
        t_u, t_c = self.t_u.double(), self.t_c.double()
        return ((params[0].double() * t_u + params[1].double() - t_c) ** 2).mean().item()

    def descend(self, n_epochs: int, rate: float | None = None) -> tuple[torch.Tensor, list[float]]:
        """Parameters after the last update and losses before each, in float64."""
        params, losses = self.start.double(), []
        for _ in range(n_epochs):
            losses.append(self.loss(params))
            params = params - (self.rate if rate is None else rate) * self.gradient(params)
        return params, losses


def problem(rng: np.random.Generator) -> Problem:
    """9 to 14 readings between 2 and 8, not the notebook's 11; a rate between 0.3 and 0.7 of the limit of stability."""
    n = int(rng.choice([9, 10, 12, 13, 14]))
    t_u = rng.uniform(2, 8, n)
    t_c = rng.uniform(2, 7) * t_u + rng.uniform(-20, 5) + rng.normal(0, 1.5, n)
    design = np.c_[t_u, np.ones(n)]
    steepest = np.linalg.eigvalsh(2 * design.T @ design / n)[-1]
    start = rng.uniform(0.5, 1.5, 2) * rng.choice([-1, 1], 2)
    tensors = [torch.tensor(values, dtype=torch.float32) for values in (t_u, t_c, start)]
    return Problem(*tensors, rate=float(rng.uniform(0.3, 0.7) * 2 / steepest))


# ---- linear-model


@task("linear-model", points=0.75)
def test_prediction_is_the_line(student: Student):
    """`predict` should give w times each reading, plus b, in the shape of the readings."""
    w, b = torch.randn(()) * 3, torch.randn(()) * 9
    for t_u in (10 * torch.rand(9), 10 * torch.rand(7, 1), 10 * torch.rand(1)):
        got = student.predict.returning(torch.Tensor, "predict(t_u, w, b)")(t_u, w, b)
        # right: 4e-6
        assert_close(got, w.double() * t_u.double() + b.double(), atol=1e-3, name="predict(t_u, w, b)")


@task("linear-model", points=0.75, promises=("arguments",))
def test_loss_is_the_mean_squared_error(student: Student):
    """`mse` should give one number, the mean of the squared differences over all elements."""
    for shape in ((11,), (8, 1), (5, 3)):
        t_p, t_c = 5 * torch.randn(shape), 5 * torch.randn(shape)
        expected = ((t_p.double() - t_c.double()) ** 2).mean()
        got = student.mse(t_p, t_c)
        # right: 1e-6 of the value
        assert_close(
            got,
            expected,
            atol=1e-3,
            rtol=1e-4,
            name="mse(t_p, t_c)",
            shape="any",
            hint="Squares or absolute values, a mean or a sum?",
        )


@task("linear-model", points=0.5)
def test_loss_can_be_differentiated(student: Student, rng: np.random.Generator):
    """The loss should remember how it came from weight and bias, so that autograd can differentiate it."""
    given = problem(rng)
    w, b = given.start
    got = student.helpers.slopes(student.predict, student.mse, given.t_u, given.t_c, w, b)
    expected = given.gradient(given.start)
    for value, right, name in zip(got, expected, ("w", "b"), strict=True):
        # right: 1e-6 of the value
        assert_close(value, right, atol=1e-2, rtol=1e-4, name=f"the derivative under {name}", shape="any")


# ---- numerical-gradient


def cubic(rng: np.random.Generator) -> tuple[Callable, Callable[[torch.Tensor, float], torch.Tensor]]:
    """A loss Σ aⱼ pⱼ³ + cⱼ pⱼ + d Σ pⱼ pⱼ₊₁, and what central differences must give for it."""
    size = 16
    a = torch.tensor(rng.uniform(0.5, 1.5, size))
    c, d = torch.tensor(rng.uniform(-2, 2, size)), float(rng.uniform(0.5, 1.5))

    def loss(params: object) -> torch.Tensor:
        p = as_tensor(params, "what `loss` is called with").flatten()
        require(0 < len(p) <= size, "`loss` should be called with a tensor like `params`.")
        value = (a[: len(p)] * p**3 + c[: len(p)] * p).sum() + d * (p[:-1] * p[1:]).sum()
        return value.float()

    def central(params: torch.Tensor, delta: float) -> torch.Tensor:
        p = params.double().flatten()
        beside = torch.zeros_like(p)
        beside[1:] += p[:-1]
        beside[:-1] += p[1:]
        slope = a[: len(p)] * (3 * p**2 + delta**2) + c[: len(p)] + d * beside
        return slope.reshape(params.shape)

    return loss, central


def away_from_zero(rng: np.random.Generator, *shape: int) -> torch.Tensor:
    values = rng.uniform(0.7, 1.5, shape) * rng.choice([-1, 1], shape)
    return torch.tensor(values, dtype=torch.float32)


def numerical_gradient(student: Student) -> Remote:
    """It may move a parameter up and down again in place: what that leaves has a test of its own."""
    return student.numerical_gradient.changing().returning(torch.Tensor, "numerical_gradient(loss, params)")


def assert_central(student: Student, rng: np.random.Generator, shape: tuple[int, ...], *delta: float) -> None:
    """The student's differences are central, `delta` to each side (or `delta` apart, which is a sensible reading)."""
    loss, central = cubic(rng)
    params = away_from_zero(rng, *shape)
    got = numerical_gradient(student)(loss, params, *delta)
    step = delta[0] if delta else 0.1
    readings = [central(params, step), central(params, step / 2)]
    # Losses of up to 20 in float32, over 2 delta: right ones are off by 4e-6 / delta; a forward difference by
    # 2 delta or more, a step of 0.2 or 0.05 in the place of 0.1 by 0.004 or more, hence the tolerances.
    atol = 5e-4 if not delta else 2e-3
    name = "numerical_gradient(loss, params)"
    any_of(
        *(
            lambda expected=expected: assert_close(
                got,
                expected,
                atol=atol,
                name=name,
                shape="any",
                hint="Each parameter alone, up and down by delta, and back?",
            )
            for expected in readings
        )
    )


@task("numerical-gradient", points=1.25, without=BY_HAND)
def test_differences_are_central(student: Student, rng: np.random.Generator):
    """The gradient should consist of central differences, each parameter moved alone, with the delta that is given."""
    assert_central(student, rng, (2,), 0.5)
    assert_central(student, rng, (5,), 0.25)


@task("numerical-gradient", points=0.75, without=BY_HAND)
def test_delta_is_a_tenth_by_default(student: Student, rng: np.random.Generator):
    """Without `delta`, the parameters should be moved by 0.1."""
    assert_central(student, rng, (2,))


@task("numerical-gradient", points=0.5, without=BY_HAND)
def test_gradient_has_the_shape_of_the_parameters(student: Student, rng: np.random.Generator):
    """The gradient should be a tensor of the shape of `params`, whatever that is."""
    for shape in ((3, 2), (1,), (4, 1)):
        loss, central = cubic(rng)
        params = away_from_zero(rng, *shape)
        got = numerical_gradient(student)(loss, params, 0.1)
        # half a delta makes 0.01 here; a wrong order of the entries more than that
        assert_close(got, central(params, 0.1), atol=0.05, name="numerical_gradient(loss, params)")


@task("numerical-gradient", points=0.5, without=BY_HAND)
def test_numerical_gradient_leaves_the_parameters_alone(student: Student, rng: np.random.Generator):
    """After the call `params` should be what it was before, and the gradient should point up the slope."""
    while True:
        loss, central = cubic(rng)
        params = away_from_zero(rng, 3)
        up = central(params, 0.1)
        # Up must not be the same way for all parameters: else one number for all of them would point up, too.
        if abs(up.sum()) < 0.5 * up.abs().sum():
            break
    # moved up and down again in place, a parameter may be off by rounding: compared here, not at each call
    called = student.helpers.called.changing()(student.numerical_gradient, loss, params)
    got, left = unpack(called, "the call", ("result", "arguments"))
    assert_close(left[0] if left else None, params, atol=1e-5, name="`params` after the call")
    got = as_tensor(got, "numerical_gradient(loss, params)")
    require(
        got.numel() == 3, f"The gradient of three parameters should have 3 entries; yours has {got.numel()}."
    )
    # forward differences, too large ones and the like point there too: their values are judged above
    cosine = nn.functional.cosine_similarity(got.flatten(), up, dim=0).item()
    require(cosine > 0.8, "The gradient does not point up the slope of the loss.")


# ---- analytic-gradient


def assert_gradient(student: Student, given: Problem, entry: int) -> None:
    got = student.gradient(given.t_u, given.t_c, *given.start)
    got = as_tensor(got, "gradient(…)").flatten()
    require(len(got) == 2, f"`gradient` should give two numbers; yours gives {len(got)}.")
    # right: 1e-6 of the value, or 7e-5 where the entry is near 0
    assert_close(
        got[entry],
        given.gradient(given.start)[entry],
        atol=1e-2,
        rtol=1e-3,
        name=("dL/dw", "dL/db")[entry],
        hint="Check it against `numerical_gradient`.",
    )


def the_readings(scale: float) -> Problem:
    """The eleven readings themselves, at w = 1, b = 0."""
    return Problem(
        scale * torch.tensor(READINGS_U), torch.tensor(READINGS_C), torch.tensor([1.0, 0.0]), rate=0.01
    )


@task("analytic-gradient", points=1.0, needs=("linear-model",), without=BY_HAND)
def test_derivative_under_the_weight(student: Student, rng: np.random.Generator):
    """The first entry should be the derivative of the mean squared error under w."""
    for given in (the_readings(1.0), problem(rng), problem(rng)):
        assert_gradient(student, given, 0)


@task("analytic-gradient", points=0.75, needs=("linear-model",), without=BY_HAND)
def test_derivative_under_the_bias(student: Student, rng: np.random.Generator):
    """The second entry should be the derivative of the mean squared error under b."""
    for given in (the_readings(0.1), problem(rng), problem(rng)):
        assert_gradient(student, given, 1)


@task("analytic-gradient", points=0.75, needs=("linear-model",), without=BY_HAND)
def test_gradient_is_exact_where_the_loss_is_huge(student: Student, rng: np.random.Generator):
    """The gradient should be derived by the chain rule: differences of a huge loss drown in rounding."""
    for _ in range(3):
        given = problem(rng)
        # A loss of 4e8, whose float32 neighbours are 32 apart: a central difference moves in steps of 160 (for
        # delta = 0.1). Right ones: 0.02.
        swing = torch.tensor(20_000.0 * np.resize([1, -1], len(given.t_u)), dtype=torch.float32)
        loud = Problem(given.t_u, given.t_c + swing, given.start, given.rate)
        got = as_tensor(student.gradient(loud.t_u, loud.t_c, *loud.start), "gradient(…)").flatten()
        assert_close(
            got,
            loud.gradient(loud.start),
            atol=2.0,
            name="gradient(…)",
            hint="Is it made of derivatives, or of differences?",
        )


@task("analytic-gradient", points=0.5, needs=("linear-model",), without=BY_HAND, promises=("arguments",))
def test_gradient_is_one_tensor_of_two(student: Student, rng: np.random.Generator):
    """The gradient should be a tensor of shape (2,), for a single reading too, and the arguments stay as they are."""
    given = problem(rng)
    for n in (len(given.t_u), 1):
        part = Problem(given.t_u[:n], given.t_c[:n], given.start, given.rate)
        sent = (part.t_u, part.t_c, *part.start)
        got = student.gradient(*sent)
        require(isinstance(got, torch.Tensor), f"`gradient(…)` should be a tensor; yours is {describe(got)}.")
        assert_close(got, part.gradient(part.start), atol=1e-2, rtol=1e-3, name="gradient(…)")


# ---- descent and autograd-descent

N_EPOCHS = 40
RAW_RATE = 1e-2  # some thirty times the limit of stability on the raw readings


def descended(student: Student, name: str, given: Problem, n_epochs: int) -> tuple[object, object]:
    result = getattr(student, name)(given.t_u, given.t_c, given.start, given.rate, n_epochs)
    return unpack(result, name, ("params", "losses"))


def assert_ends_right(student: Student, name: str, rng: np.random.Generator) -> None:
    for n_epochs in (1, 2, N_EPOCHS):
        given = problem(rng)
        params, _ = descended(student, name, given, n_epochs)
        # right: 1.3e-5; the parameters move by 0.5 and more
        assert_close(
            params,
            given.descend(n_epochs)[0],
            atol=2e-3,
            name=f"params after {n_epochs} epochs",
            names=("w", "b"),
            hint="From the place where you stand, both slopes, then one step for both?",
        )


def assert_losses(student: Student, name: str, rng: np.random.Generator) -> None:
    given = problem(rng)
    for n_epochs in (3, N_EPOCHS):
        _, losses = descended(student, name, given, n_epochs)
        numbers = as_numbers(losses, "losses", length=n_epochs)
        # right: 7e-6 of the value; the first update changes the loss by a hundredth at least, mostly by half
        expected = given.descend(n_epochs)[1]
        assert_close(numbers, expected, atol=1e-3, rtol=1e-3, name="losses", hint="Each before its update?")


def assert_stops(student: Student, name: str) -> None:
    given = the_readings(1.0)
    factor = float(torch.rand(()))
    given = Problem(given.t_u, given.t_c, given.start + factor, RAW_RATE * (1 + factor))
    _, losses = descended(student, name, given, 300)
    numbers = as_numbers(losses, "losses", finite=False)
    require(len(numbers) > 0, "`losses` is empty.")
    where = next((i for i, loss in enumerate(numbers) if not math.isfinite(loss)), None)
    if where is None:
        fail(
            "This training diverges, and its first loss that is not finite should be the last entry of `losses`; "
            f"yours has {len(numbers)} losses, all of them finite."
        )
    require(
        where == len(numbers) - 1,
        "Training should stop at the first loss that is not finite; "
        f"yours has {len(numbers) - 1 - where} entries after it.",
    )
    # In float32 about ten losses are finite, in float64 some ninety: five are compared.
    expected = given.descend(5)[1]
    require(where >= 5, "The loss is not finite earlier than it should be.")
    # right: 2e-6 of the value
    assert_close(
        numbers[:5], expected, atol=1e-3, rtol=1e-3, name="the first losses of a training that diverges"
    )


def assert_repeatable(student: Student, name: str, rng: np.random.Generator) -> None:
    # Two epochs at half a usual rate lower the loss even with gradients that pile up: no draw decides about those here.
    given, other = (replace(drawn, rate=drawn.rate / 2) for drawn in (problem(rng), problem(rng)))
    sent = (given.t_u, given.t_c, given.start)
    results = []
    for _ in range(2):
        result = getattr(student, name)(*sent, given.rate, 2)
        results.append(as_tensor(unpack(result, name, ("params", "losses"))[0], "params", shape=(2,)))
    assert_close(results[1], results[0], atol=1e-6, name="params of a second call with the same arguments")
    elsewhere = as_tensor(descended(student, name, other, 2)[0], "params", shape=(2,))
    require(not torch.equal(elsewhere, results[0]), "The parameters are the same for other readings.")
    for readings, end in ((given, results[0]), (other, elsewhere)):
        require(readings.loss(end) < readings.loss(readings.start), "Two epochs have not lowered the loss.")


BOTH = ("linear-model", "analytic-gradient")


@task("descent", points=1.25, needs=BOTH, without=BY_HAND)
def test_descent_ends_where_it_should(student: Student, rng: np.random.Generator):
    """`descend` should take n_epochs steps against the gradient, both parameters at once."""
    assert_ends_right(student, "descend", rng)


@task("descent", points=1.0, needs=BOTH, without=BY_HAND)
def test_descent_losses_are_before_each_update(student: Student, rng: np.random.Generator):
    """`losses[i]` should be the loss before update i, one for each epoch."""
    assert_losses(student, "descend", rng)


@task("descent", points=1.0, needs=BOTH, without=BY_HAND)
def test_descent_stops_where_it_diverges(student: Student):
    """Where training diverges, the first loss that is not finite should be the last one."""
    assert_stops(student, "descend")


@task("descent", points=0.75, needs=BOTH, without=BY_HAND, promises=("arguments",))
def test_descent_leaves_its_arguments_alone(student: Student, rng: np.random.Generator):
    """`descend` should leave the tensors that it is given as they are, and give the same result again."""
    assert_repeatable(student, "descend", rng)


@task("autograd-descent", points=1.0, needs=("linear-model",))
def test_autograd_descent_ends_where_it_should(student: Student, rng: np.random.Generator):
    """`descend_autograd` should lead where gradient descent leads, step by step."""
    assert_ends_right(student, "descend_autograd", rng)


@task("autograd-descent", points=1.0, needs=("linear-model",))
def test_autograd_losses_are_before_each_update(student: Student, rng: np.random.Generator):
    """`losses[i]` should be the loss before update i, one for each epoch."""
    assert_losses(student, "descend_autograd", rng)


@task("autograd-descent", points=0.75, needs=("linear-model",))
def test_autograd_descent_stops_where_it_diverges(student: Student):
    """Where training diverges, the first loss that is not finite should be the last one."""
    assert_stops(student, "descend_autograd")


@task("autograd-descent", points=0.5, needs=("linear-model",), promises=("arguments",))
def test_autograd_descent_leaves_its_arguments_alone(student: Student, rng: np.random.Generator):
    """`descend_autograd` should leave the tensors that it is given as they are, and give the same result again."""
    assert_repeatable(student, "descend_autograd", rng)


@task("autograd-descent", points=0.75, needs=("linear-model",), without=("autograd",))
def test_gradients_come_from_autograd(student: Student, rng: np.random.Generator):
    """The gradients should come from `loss.backward()`: where autograd is switched off, this descent cannot work."""
    given = problem(rng)
    try:
        descended(student, "descend_autograd", given, 2)
    except StudentError as error:
        if not forbidden_call(error.message):
            raise
    else:
        fail("Your descent goes its way without autograd.")


# ---- optimizer


@dataclass(frozen=True)
class Sets:
    """Columns to train on and to watch, of different lengths, and a line to start from."""

    train: tuple[torch.Tensor, torch.Tensor]
    val: tuple[torch.Tensor, torch.Tensor]
    weight: torch.Tensor  # (1, 1)
    bias: torch.Tensor  # (1,)

    def reference(
        self, kind: str, options: dict[str, float], loss_name: str, n_epochs: int
    ) -> tuple[list[float], list[float], list[float], torch.Tensor]:
        """Training losses, validation losses before and after each update, and [w, b] at the end, in float64."""
        model = nn.Linear(1, 1).double()
        with torch.no_grad():
            model.weight.copy_(self.weight)
            model.bias.copy_(self.bias)
        optimizer = getattr(torch.optim, kind)(model.parameters(), **options)
        loss_fn = getattr(nn, loss_name)()
        (x, y), (x_val, y_val) = ([t.double() for t in half] for half in (self.train, self.val))
        losses, watched = [], []
        for _ in range(n_epochs):
            loss = loss_fn(model(x), y)
            losses.append(loss.item())
            watched.append(loss_fn(model(x_val), y_val).item())
            gradients = torch.autograd.grad(loss, list(model.parameters()))
            for parameter, slope in zip(model.parameters(), gradients, strict=True):
                parameter.grad = slope
            optimizer.step()
        watched.append(loss_fn(model(x_val), y_val).item())
        end = nn.utils.parameters_to_vector(model.parameters()).detach()
        return losses, watched[:-1], watched[1:], end


def sets(rng: np.random.Generator) -> Sets:
    given = problem(rng)
    x, y = (given.t_u - 5)[:, None], (0.3 * given.t_c)[:, None]
    n_val = int(rng.integers(2, 4))
    # the watched readings follow another line: a loss on them cannot be mistaken for one on the others
    val = x[:n_val], y[:n_val] + float(rng.uniform(3, 6))
    return Sets((x[n_val:], y[n_val:]), val, given.start[:1, None], given.start[1:])


def trained(
    student: Student, given: Sets, kind: str, options: dict[str, float], loss_name: str, n_epochs: int
) -> tuple[object, object, torch.Tensor]:
    """Both lists that `train` returned, and [w, b] of the student's line after it."""
    model = student.library("torch.nn.Linear")(1, 1)
    model.weight = given.weight
    model.bias = given.bias
    optimizer = optimizer_of(model, kind, **options)
    loss_fn = student.library(f"torch.nn.{loss_name}")()
    history = student.train(model, optimizer, loss_fn, given.train, given.val, n_epochs)
    history = entries(history, "train", ("train", "val"))
    end = torch.cat([as_tensor(part, "a parameter").flatten() for part in (model.weight, model.bias)])
    return history["train"], history["val"], end


# Right ones, in float32: losses off by 6e-7 of the value, parameters by 7e-7.
CLOSE = {"atol": 1e-3, "rtol": 1e-3}


@task("optimizer", points=1.0)
def test_training_losses_are_before_each_update(student: Student, rng: np.random.Generator):
    """`train` should record the loss on the training set before each update, and lower it as the optimizer does."""
    given = sets(rng)
    expected, *_ = given.reference("SGD", {"lr": 0.05}, "MSELoss", 8)
    losses, _, _ = trained(student, given, "SGD", {"lr": 0.05}, "MSELoss", 8)
    numbers = as_numbers(losses, 'history["train"]', length=8)
    assert_close(numbers, expected, **CLOSE, name='history["train"]', hint="Cleared gradients, own targets?")


@task("optimizer", points=0.75)
def test_validation_losses_are_on_the_validation_set(student: Student, rng: np.random.Generator):
    """`val` should hold the loss on the validation set in each epoch, before the update (or after it)."""
    given = sets(rng)
    _, before, after, _ = given.reference("SGD", {"lr": 0.05}, "MSELoss", 8)
    _, watched, _ = trained(student, given, "SGD", {"lr": 0.05}, "MSELoss", 8)
    numbers = as_numbers(watched, 'history["val"]', length=8)
    any_of(
        lambda: assert_close(numbers, before, **CLOSE, name='history["val"]'),
        lambda: assert_close(numbers, after, **CLOSE, name='history["val"]'),
    )


@task("optimizer", points=1.0)
def test_the_optimizer_it_is_given_moves_the_model(student: Student, rng: np.random.Generator):
    """The model should end where the given optimizer leads, trained on the training set alone."""
    for kind, options in (("Adam", {"lr": 0.1}), ("SGD", {"lr": 0.02, "momentum": 0.5})):
        given = sets(rng)
        *_, expected = given.reference(kind, options, "MSELoss", 10)
        _, _, end = trained(student, given, kind, options, "MSELoss", 10)
        assert_close(
            end,
            expected,
            atol=2e-3,
            name=f"the parameters after training with {kind}",
            names=("the weight", "the bias"),
            hint="One step an epoch, gradients cleared, and none from the validation set?",
        )


@task("optimizer", points=0.5)
def test_the_loss_it_is_given_is_used(student: Student, rng: np.random.Generator):
    """Losses and updates should come from the loss function that was passed in."""
    given = sets(rng)
    # the second tells prediction and target apart: it is another loss when they change places
    for loss_name in ("SmoothL1Loss", "BCEWithLogitsLoss"):
        expected, before, after, end = given.reference("SGD", {"lr": 0.05}, loss_name, 6)
        losses, watched, got = trained(student, given, "SGD", {"lr": 0.05}, loss_name, 6)
        hint = "The prediction first, then the target?"
        numbers = as_numbers(losses, 'history["train"]', length=6)
        assert_close(numbers, expected, **CLOSE, name='history["train"] with another loss', hint=hint)
        numbers = as_numbers(watched, 'history["val"]', length=6)
        any_of(
            *(
                lambda wanted=wanted, numbers=numbers: assert_close(
                    numbers, wanted, **CLOSE, name='history["val"] with another loss'
                )
                for wanted in (before, after)
            )
        )
        assert_close(got, end, atol=2e-3, name="the parameters after training with another loss")


@task("optimizer", points=0.75)
def test_validation_leaves_no_trace(student: Student, rng: np.random.Generator):
    """The validation set should be looked at without building a graph, and gradients should be on again afterwards."""
    given = sets(rng)
    model = student.helpers.Watched(student.library("torch.nn.Linear")(1, 1))
    optimizer = optimizer_of(model, "SGD", lr=0.0)
    loss_fn = student.library("torch.nn.MSELoss")()
    student.train(model, optimizer, loss_fn, given.train, given.val, 4)
    calls = model.seen
    require(
        isinstance(calls, list) and all(isinstance(call, list) and len(call) == 2 for call in calls),
        "The model was not called.",
    )
    n_train, n_val = len(given.train[0]), len(given.val[0])
    require(
        any(n == n_train and graph for n, graph in calls),
        "The model never sees the training set with gradients on.",
    )
    watching = [graph for n, graph in calls if n == n_val]
    require(len(watching) > 0, "The model never sees the validation set by itself.")
    require(not any(watching), "A graph is built for the validation set; nobody will differentiate it.")
    require(student.helpers.grad_mode() is True, "After `train`, gradients are switched off everywhere.")


# ---- network

SHAPES = {
    "hidden_linear.weight": lambda n: (n, 1),
    "hidden_linear.bias": lambda n: (n,),
    "output_linear.weight": lambda n: (1, n),
    "output_linear.bias": lambda n: (1,),
}


def part_of(model: Remote, name: str) -> Remote:
    part = getattr(model, name)
    require(isinstance(part, Remote), f"`{name}` should be a module; yours is {describe(part)}.")
    return part


@task("network", points=1.0)
def test_parameters_have_names_and_sizes(student: Student, rng: np.random.Generator):
    """The parameters should be those of `hidden_linear` (1 to n_hidden) and `output_linear` (n_hidden to 1)."""
    for n_hidden in (int(rng.integers(9, 20)), 1):  # the notebook has 8
        model = new(student, "make_network", n_hidden)
        assert_parameters(model, {name: shape(n_hidden) for name, shape in SHAPES.items()}, exactly=True)


@task("network", points=1.0)
def test_network_computes_tanh_between_two_linear_layers(student: Student, rng: np.random.Generator):
    """For any parameters the output should be the second linear layer of tanh of the first, (n, 1) for (n, 1)."""
    n_hidden = int(rng.integers(9, 20))
    model = new(student, "make_network", n_hidden)
    values = {name: torch.randn(shape(n_hidden)) for name, shape in SHAPES.items()}
    put(model, values)
    inputs = 2 * torch.randn(9, 1)
    w1, b1, w2, b2 = (value.double() for value in values.values())
    expected = torch.tanh(inputs.double() @ w1.T + b1) @ w2.T + b2
    # right: 2e-6
    assert_close(model(inputs), expected, atol=1e-3, name="network(x)", hint="What is between the layers?")


@task("network", points=0.5)
def test_network_is_a_sequence_of_three_named_parts(student: Student):
    """The network should be an `nn.Sequential` of `hidden_linear`, `hidden_activation`, `output_linear`."""
    model = new(student, "make_network", 5)
    names = student.helpers.parts(model)
    require(
        isinstance(names, list),
        f"The network should be an `nn.Sequential`; yours is {describe(model)}.",
    )
    require(
        names == ["hidden_linear", "hidden_activation", "output_linear"],
        "The parts should be hidden_linear, hidden_activation, output_linear; "
        f"yours are {[str(n)[:40] for n in names][:8]}.",
    )
    x = torch.randn(4, 5)
    assert_close(
        part_of(model, "hidden_activation")(x), torch.tanh(x), atol=1e-5, name="hidden_activation(x)"
    )


@task("network", points=0.5, promises=("sharing",))
def test_each_network_starts_afresh(student: Student):
    """Two networks should start from different random parameters, and share none."""
    first, second = new(student, "make_network", 6), new(student, "make_network", 6)
    was = {name: as_tensor(value, name) for name, value in student.parameters(first).items()}
    other = {name: as_tensor(value, name) for name, value in student.parameters(second).items()}
    for name in ("hidden_linear.weight", "output_linear.weight"):
        require(name in was and name in other, f"The network has no parameter `{name}`.")
        require(
            len(set(was[name].flatten().tolist())) > 1,
            f"All entries of `{name}` are equal at the start: all hidden units would learn the same.",
        )
        require(not torch.equal(was[name], other[name]), f"`{name}` is the same in two new networks.")
    part_of(second, "hidden_linear").weight = torch.zeros(6, 1)
    again = student.parameters(first).get("hidden_linear.weight")
    assert_close(again, was["hidden_linear.weight"], atol=0, name="hidden_linear.weight of the other network")


# ---- dataset


def readings(student: Student, inputs: torch.Tensor, targets: torch.Tensor) -> Remote:
    dataset = student.Readings(inputs, targets)
    require(isinstance(dataset, Remote), f"`Readings(…)` should be a dataset; yours is {describe(dataset)}.")
    return dataset


def assert_items(student: Student, inputs: torch.Tensor, targets: torch.Tensor) -> None:
    """Every item is a pair of tensors (1,), the right ones."""
    dataset = readings(student, inputs, targets)
    look = student.helpers.item
    for i, (x, y) in enumerate(zip(inputs.flatten(), targets.flatten(), strict=True)):
        item = look(dataset, i)
        require(
            isinstance(item, list) and len(item) == 2,
            f"An item should be a pair, input and target; yours is {describe(item)}.",
        )
        for got, right, what in ((item[0], x, "input"), (item[1], y, "target")):
            require(
                isinstance(got, torch.Tensor),
                f"The {what} of an item should be a tensor; yours is {describe(got)}.",
            )
            assert_close(got, right.reshape(1), atol=0, name=f"the {what} of an item")


@task("dataset", points=0.75)
def test_dataset_is_map_style_and_has_a_length(student: Student, rng: np.random.Generator):
    """`Readings` should be a `torch.utils.data.Dataset` with a length and an index."""
    for n in (int(rng.integers(4, 12)), 1):
        dataset = readings(student, torch.randn(n), torch.randn(n))
        require(
            student.helpers.is_dataset(dataset) is True,
            "`Readings` should be a subclass of `torch.utils.data.Dataset`, and not of an iterable one; yours is not.",
        )
        length = len(dataset)
        require(length == n, f"The length of a dataset of {n} readings should be {n}; yours is {length}.")


@task("dataset", points=0.75)
def test_items_of_flat_tensors(student: Student, rng: np.random.Generator):
    """From tensors (n,), item i should be the pair of input i and target i, each of shape (1,)."""
    for n in (int(rng.integers(4, 9)), 1):
        assert_items(student, torch.randn(n), torch.randn(n))


@task("dataset", points=0.5)
def test_items_of_columns(student: Student, rng: np.random.Generator):
    """From columns (n, 1), or from one of each kind, the items should be the same as from tensors (n,)."""
    n = int(rng.integers(3, 6))
    assert_items(student, torch.randn(n, 1), torch.randn(n, 1))
    assert_items(student, torch.randn(1, 1), torch.randn(1, 1))
    assert_items(student, torch.randn(n, 1), torch.randn(n))


@task("dataset", points=0.75)
def test_a_loader_hands_out_every_reading_once(student: Student, rng: np.random.Generator):
    """A `DataLoader` should make batches (size, 1) in which each reading comes once an epoch, with its target."""
    n = int(rng.integers(7, 12))
    inputs, targets = torch.randn(n), torch.randn(n)
    epochs = student.helpers.batches(student.Readings(inputs, targets), 3)
    require(isinstance(epochs, list) and len(epochs) == 2, "A loader could not go through the dataset.")
    sizes = [min(3, n - begin) for begin in range(0, n, 3)]
    wanted = sorted(zip(inputs.double().tolist(), targets.double().tolist(), strict=True))
    for epoch in epochs:
        require(
            isinstance(epoch, list) and len(epoch) == len(sizes),
            "A loader of batches of 3 makes more or fewer batches than the readings fill: which length do you give?",
        )
        seen = []
        for batch, size in zip(epoch, sizes, strict=True):
            x, y = unpack(batch, "a loader", ("inputs", "targets"))
            x, y = (as_tensor(part, "a batch", shape=(size, 1)).flatten().tolist() for part in (x, y))
            seen += zip(x, y, strict=True)
        require(sorted(seen) == wanted, "In an epoch each reading should come once, with its own target.")


@task("dataset", points=0.25, promises=("arguments",))
def test_dataset_leaves_its_tensors_alone(student: Student):
    """The tensors that are handed to `Readings` should stay as they are, shape and all."""
    inputs, targets = torch.randn(5), torch.randn(5)
    answer = readings(student, inputs, targets)
    item = student.helpers.item(answer, 4)
    require(
        isinstance(item, list) and len(item) == 2, f"An item should be a pair; yours is {describe(item)}."
    )
    assert_close(item[0], inputs[4:], atol=0, name="the input of the last item", shape="any")
