"""Hidden tests of `thermometer` (docs/contract.md, section 1).

Gradients and descents are compared with the same calculation here, in float64, on readings drawn anew. Tolerances are
given with what right solutions in float32 were measured to be off by, over 300 draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress, pairwise
from typing import Any

import numpy as np
import torch
from torch import nn

from autograder.grading.toolkit import (
    CheckFailed,
    Remote,
    Student,
    StudentError,
    alternatives,
    any_of,
    as_numbers,
    as_tensor,
    assert_close,
    assert_kind,
    assert_learns,
    describe,
    entries,
    fail,
    forbidden_call,
    known_cause,
    new,
    optimizer_of,
    parameters_of,
    put,
    read,
    replay,
    require,
    same_as,
    task,
    unpack,
)

READINGS_C = (0.5, 14.0, 15.0, 28.0, 11.0, 8.0, 3.0, -4.0, 6.0, 13.0, 21.0)
READINGS_U = (35.7, 55.9, 58.2, 81.9, 56.3, 48.9, 33.9, 21.8, 48.4, 60.4, 68.4)
BY_HAND = ("autograd", "optim")
NOTEBOOKS = "This comes from the notebook's own readings: use those that are passed in."


@dataclass(frozen=True)
class Problem:
    """Readings near a line, a place to start, and a rate at which descent from there converges."""

    t_u: torch.Tensor  # (n,)
    t_c: torch.Tensor  # (n,)
    start: torch.Tensor  # [w, b]
    rate: float
    size: float = 1.0  # of temperatures and parameters: tolerances are multiples of it

    def times(self, size: float) -> Problem:
        """The same in another unit of temperature: parameters, slopes and steps are all multiplied by `size`."""
        return replace(self, t_c=size * self.t_c, start=size * self.start, size=size * self.size)

    def error(self, params: torch.Tensor) -> torch.Tensor:
        return params[0].double() * self.t_u.double() + params[1].double() - self.t_c.double()

    def gradient(self, params: torch.Tensor) -> torch.Tensor:
        """[dL/dw, dL/db] in float64."""
        error = self.error(params)
        return torch.stack([2 * (error * self.t_u.double()).mean(), 2 * error.mean()])

    def loss(self, params: torch.Tensor) -> float:
        return (self.error(params) ** 2).mean().item()

    def descend(self, n_epochs: int, step: Step | None = None) -> torch.Tensor:
        """Parameters after the last update, in float64; `step` makes a slope of those measured so far."""
        params, slopes = self.start.double(), []
        for _ in range(n_epochs):
            slopes.append(self.gradient(params))
            params = params - self.rate * (step(self, params, slopes) if step else slopes[-1])
        return params


Step = Callable[[Problem, torch.Tensor, list[torch.Tensor]], torch.Tensor]


def problem(rng: np.random.Generator, n: int | None = None, unit: float = 1.0) -> Problem:
    """9 to 14 readings between 2 and 8, not the notebook's 11; a rate between 0.3 and 0.7 of the limit of stability.

    The first two are far apart, and the first is there again at the end, with another temperature. `unit` multiplies
    the readings.
    """
    n = n or int(rng.choice([9, 10, 12, 13, 14]))
    t_u = rng.uniform(2, 8, n)
    t_u[:2] = rng.uniform(2, 3), rng.uniform(7, 8)
    t_u[-1] = t_u[0]
    t_c = rng.uniform(2, 7) * t_u + rng.uniform(-20, 5) + rng.normal(0, 1.5, n)
    t_u = unit * t_u
    design = np.c_[t_u, np.ones(n)]
    steepest = np.linalg.eigvalsh(2 * design.T @ design / n)[-1]
    start = rng.uniform(0.5, 1.5, 2) * rng.choice([-1, 1], 2)
    tensors = [torch.tensor(values, dtype=torch.float32) for values in (t_u, t_c, start)]
    return Problem(*tensors, rate=float(rng.uniform(0.3, 0.7) * 2 / steepest))


def many_readings(rng: np.random.Generator, unit: float = 1.0) -> Problem:
    """More than a usual batch, and no multiple of one; the last is far off the line, so that its weight counts.

    Two readings are 0, and for one of these the prediction at the start is exactly right.
    """
    given = problem(rng, int(rng.choice([131, 137])), unit)
    t_u, t_c = given.t_u.clone(), given.t_c.clone()
    t_c[-1] += 1000
    t_u[2:4], t_c[3] = 0.0, given.start[1]
    return replace(given, t_u=t_u, t_c=t_c)


def assert_any_of(got: object, readings: Iterable[object], **how: Any) -> None:
    """`got` is close to one of these."""
    any_of(*(partial(assert_close, got, reading, **how) for reading in readings))


# ---- linear-model


def draw_lines(rng: np.random.Generator) -> list[tuple[torch.Tensor, ...]]:
    readings = 10 * torch.rand(9), 10 * torch.rand(7, 1), 10 * torch.rand(1)
    return [(t_u, torch.randn(()) * 3, torch.randn(()) * 9) for t_u in readings]


@same_as(
    task="linear-model", draw=draw_lines, atol=1e-3, open=("shape",), returns=torch.Tensor
)  # right: 4e-6
def predict(t_u, w, b):
    return w * t_u + b, {
        "The bias is missing.": w * t_u,
        "Weight and bias have changed places.": b * t_u + w,
        "The bias is added before the weight multiplies.": w * (t_u + b),
    }


def draw_pairs(rng: np.random.Generator) -> list[tuple[torch.Tensor, ...]]:
    return [(5 * torch.randn(shape), 5 * torch.randn(shape)) for shape in ((11,), (8, 1), (5, 3))]


@same_as(
    task="linear-model", draw=draw_pairs, atol=1e-3, rtol=1e-4, open=("shape",)
)  # right: 1e-6 of the value
def mse(t_p, t_c):
    error = t_p - t_c
    return (error**2).mean(), {
        "This is the sum of the squares, not their mean.": (error**2).sum(),
        "This is the mean of the absolute values: square the differences.": error.abs().mean(),
        "This is the square of the mean difference: square first, then take the mean.": error.mean() ** 2,
        "This is the root of the mean squared error.": (error**2).mean().sqrt(),
        "This is half of the mean squared error.": (error**2).mean() / 2,
        "Only the first square is counted: is `return` inside the loop?": error.flatten()[0] ** 2
        / error.numel(),
    }


test_prediction_is_the_line = predict.values(
    "`predict` should give w times each reading, plus b.", points=0.5
)
test_loss_is_the_mean_squared_error = mse.values(
    "`mse` should give one number, the mean of the squared differences over all elements.",
    points=0.75, promises=("arguments",),
)  # fmt: skip


@task("linear-model", points=0.25, alone=False)
def test_prediction_and_loss_have_their_shapes(student: Student, rng: np.random.Generator):
    """A prediction should have the shape of the readings, (n,) or (n, 1), and the loss the shape ()."""
    for t_u, w, b in draw_lines(rng):
        as_tensor(student.predict(t_u, w, b), "predict(t_u, w, b)", shape=tuple(t_u.shape))
    try:
        loss = as_tensor(student.mse(torch.randn(9), torch.randn(9)), "mse(t_p, t_c)")
    except (CheckFailed, StudentError):
        return  # judged above, as are losses that are not one number
    require(
        loss.numel() != 1 or loss.dim() == 0,
        f"The loss is one number, a tensor of shape (); yours has shape {tuple(loss.shape)}.",
    )


@task("linear-model", points=0.5)
def test_loss_can_be_differentiated(student: Student, rng: np.random.Generator):
    """The loss should remember how it came from weight and bias, so that autograd can differentiate it."""
    given = problem(rng)

    def loss(w: torch.Tensor, b: torch.Tensor) -> float:
        value = student.mse(student.predict(given.t_u.double(), w, b), given.t_c.double())
        return as_tensor(value, "mse(t_p, t_c)").mean().item()

    w, b = given.start.double()
    # of the student's own loss, whatever it is: whether that is the right one is judged above
    measured = (
        (loss(w + 0.005, b) - loss(w - 0.005, b)) / 0.01,
        (loss(w, b + 0.005) - loss(w, b - 0.005)) / 0.01,
    )
    got = student.helpers.slopes(student.predict, student.mse, given.t_u, given.t_c, *given.start)
    require(
        got is not None, "The loss does not remember: does something make a float, or a new tensor, of it?"
    )
    require(
        max(map(abs, measured)) > 0.05,  # what the derivatives may be off by
        "Your loss is the same wherever w and b are: there is no derivative to find.",
    )
    for value, slope, name in zip(got, measured, ("w", "b"), strict=True):
        name = f"the derivative of your loss with respect to {name}"
        assert_close(
            value if value is not None else 0.0, slope, atol=0.05, rtol=0.02, name=name, shape="any",
            wrong={"Autograd cannot find its way back: is something detached, or made a new tensor?": 0.0},
        )  # fmt: skip


# ---- numerical-gradient


TOGETHER = "All parameters are moved at once: move each alone."
ONLY_FIRST = "Only the first entry is filled: is `return` inside the loop?"
MOVED_ON = (
    "Each difference should start from the same parameters: yours begins where the one before it ended."
)
NOWHERE = "Your gradient is zero everywhere: are the two places copies, or two names of one tensor?"
BRACKETS = "The difference is multiplied by `delta`, not divided by it: are brackets missing?"


@dataclass(frozen=True)
class Cubic:
    """A loss Σ aⱼ pⱼ³ + cⱼ pⱼ + d Σ pⱼ pⱼ₊₁, and what differences give for it."""

    a: torch.Tensor
    c: torch.Tensor
    d: float

    def loss(self, params: object) -> torch.Tensor:
        p = as_tensor(params, "what `loss` is called with").flatten()
        require(len(p) == len(self.a), "`loss` should be called with a tensor like `params`.")
        return ((self.a * p**3 + self.c * p).sum() + self.d * (p[:-1] * p[1:]).sum()).float()

    def differences(self, params: torch.Tensor, delta: float, side: int = 0) -> torch.Tensor:
        """Central ones, forward ones (side 1) or backward ones (side -1), flat."""
        p = params.double().flatten()
        neighbours = torch.zeros_like(p)
        neighbours[1:] += p[:-1]
        neighbours[:-1] += p[1:]
        return self.a * (3 * p**2 + 3 * side * delta * p + delta**2) + self.c + self.d * neighbours

    def of_any_step(self, got: torch.Tensor, params: torch.Tensor) -> torch.Tensor:
        """The central differences nearest to these, whatever their step: it adds a multiple of `a` to the slope."""
        slope = self.differences(params, 0.0)
        squared_step = ((got - slope) * self.a).sum() / (self.a**2).sum()
        return slope + squared_step.clamp(min=0) * self.a

    def shrunk(self, size: float) -> Cubic:
        """The loss whose value at `size * p` is `size**3` times what this one's is at p."""
        return Cubic(self.a, size**2 * self.c, size * self.d)

    def mistakes(self, params: torch.Tensor, delta: float) -> dict[str, torch.Tensor]:
        """Differences that are not central, or not of each parameter alone, by the sentence that says why."""
        central = self.differences(params, delta)
        behind = torch.full_like(central, self.d * delta)
        behind[0] = 0.0  # while the first parameter is measured, none has been moved yet
        first = torch.zeros_like(central)
        first[0] = central[0]
        return {
            "This is the forward difference: look to both sides.": self.differences(params, delta, 1),
            "This is the backward difference: look to both sides.": self.differences(params, delta, -1),
            "The two places are `2 * delta` apart, and you divide by `delta`.": 2 * central,
            "The difference is not divided by the distance between the two places.": 2 * delta * central,
            "The sign is opposite: the loss further up comes first.": -central,
            "Each parameter stays where it was moved while the next one is measured: move it back.": alternatives(
                central - behind, central + behind
            ),
            TOGETHER: central.sum().expand_as(central),
            ONLY_FIRST: first,
        }


def cubic(rng: np.random.Generator, *shape: int) -> tuple[Cubic, torch.Tensor]:
    """A loss and parameters away from 0, at which the slope does not point the same way for all of them."""
    while True:
        params = torch.tensor(rng.uniform(0.7, 1.5, shape) * rng.choice([-1, 1], shape), dtype=torch.float32)
        n = params.numel()
        a, c = torch.tensor(rng.uniform(0.5, 1.5, n)), torch.tensor(rng.uniform(-8, 2, n))
        made = Cubic(a, c, float(rng.uniform(0.5, 1.5)))
        slope = made.differences(params, 0.0)
        if n == 1 or slope.sum().abs() < 0.4 * slope.abs().sum():
            return made, params


GRADIENT = "numerical_gradient(loss, params)"


def numerical_gradient(student: Student, loss: object, params: torch.Tensor, *delta: float) -> torch.Tensor:
    """It may move a parameter up and down again in place: what that leaves has a test of its own."""
    called = student.numerical_gradient.changing().returning(torch.Tensor, GRADIENT)
    got = as_tensor(called(loss, params, *delta), GRADIENT).flatten()
    n = params.numel()
    require(len(got) == n, f"The gradient of {n} parameters should have {n} entries; yours has {len(got)}.")
    return got


def only_like(
    params: torch.Tensor, loss: Callable[[object], torch.Tensor]
) -> Callable[[object], torch.Tensor]:
    """The same loss, for tensors of the shape of `params` alone; a more precise dtype is the student's choice."""

    def strict(p: object) -> torch.Tensor:
        require(
            isinstance(p, torch.Tensor) and p.shape == params.shape,
            f"`loss` should be called with a tensor like `params`, here {describe(params)}; "
            f"you call it with {describe(p)}.",
        )
        return loss(p)

    return strict


def assert_each_alone(got: torch.Tensor, given: Cubic, params: torch.Tensor) -> None:
    """The gradient points up the slope: kind and step of the differences are judged elsewhere."""
    slope = given.differences(params, 0.0)
    if nn.functional.cosine_similarity(got, slope, dim=0).abs() < 0.98:
        wrong = {TOGETHER: slope.sum().expand_as(slope), NOWHERE: torch.zeros_like(slope)}
        wrong |= {MOVED_ON: slope.cumsum(0)} if got[1:].any() else {ONLY_FIRST: slope * (slope == slope[0])}
        if params.dim() > 1:
            rows = slope.reshape(len(params), -1)
            whole = rows.sum(dim=1, keepdim=True).expand_as(rows)
            wrong["A whole row is moved at once: move each entry alone."] = whole
        hint = "Is each entry the slope of its own parameter?"
        assert_close(got, slope, atol=0.1, rtol=0.1, name=GRADIENT, wrong=wrong, hint=hint)


def moved_on(got: torch.Tensor, given: Cubic, params: torch.Tensor, delta: float, atol: float) -> bool:
    """Each difference starts where the one before it ended, up and down: judged where each is to be moved alone."""
    return bool(known_cause(got, {MOVED_ON: given.differences(params, delta).cumsum(0)}, atol))


def assert_step(
    got: torch.Tensor, given: Cubic, params: torch.Tensor, delta: float, atol: float, own: str
) -> None:
    """The differences, of whatever kind, are made with `delta` to each side."""
    if known_cause(got, given.mistakes(params, delta), atol) or moved_on(got, given, params, delta, atol):
        return
    if known_cause(got / delta**2, {BRACKETS: given.differences(params, delta)}, atol):
        return
    wrong = {NOWHERE: torch.zeros_like(got), own: given.of_any_step(got, params)}
    assert_close(got, given.differences(params, delta), atol=atol, name=GRADIENT, wrong=wrong)


@task("numerical-gradient", points=0.5, without=BY_HAND)
def test_each_parameter_is_moved_alone(student: Student, rng: np.random.Generator):
    """Each entry of the gradient should say how the loss changes with its parameter alone."""
    given, params = cubic(rng, 2)
    assert_each_alone(numerical_gradient(student, given.loss, params, 0.02), given, params)


@task("numerical-gradient", points=0.75, without=BY_HAND)
def test_differences_are_central(student: Student, rng: np.random.Generator):
    """The gradient should consist of central differences: up, down, and divided by the distance of the two places."""
    for n, delta in ((2, 0.5), (5, 0.25)):
        given, params = cubic(rng, n)
        got = numerical_gradient(student, given.loss, params, delta)
        # A forward difference is off by 0.25 and more; a step as small as 1e-4, in float32, by 0.05.
        central = given.differences(params, delta)
        if moved_on(got, given, params, delta, atol=0.1):
            continue
        assert_close(
            got, given.of_any_step(got, params), atol=0.1, name=GRADIENT,
            hint="Each parameter alone, up and down by delta, and back?",
            wrong={
                NOWHERE: torch.zeros_like(central), BRACKETS: delta**2 * central, **given.mistakes(params, delta)
            },
        )  # fmt: skip
    given, params = cubic(rng, 2, 3)
    try:
        assert_each_alone(numerical_gradient(student, given.loss, params, 0.02), given, params)
    except (CheckFailed, StudentError):
        return  # matrices have a test of their own
    given = replace(given, d=3.0)  # what a neighbour is moved by, and not back, is off by 0.75 here
    got = numerical_gradient(student, given.loss, params, 0.25)
    assert_close(
        got, given.of_any_step(got, params), atol=0.1, name=GRADIENT + " at a matrix",
        wrong=given.mistakes(params, 0.25), hint="Is each parameter back in its place when the next is moved?",
    )  # fmt: skip


# Losses of up to 70 in float32, over 2 delta: right ones are off by 2e-5 / delta; a step of 0.2 or 0.05 in the place
# of 0.1 by 0.004 or more, hence the tolerances. Where parameters and delta are small, so are slopes and tolerances.
@task("numerical-gradient", points=0.5, without=BY_HAND)
def test_delta_is_used(student: Student, rng: np.random.Generator):
    """Each parameter should be moved by the `delta` that is given."""
    for delta, size in ((0.5, 1.0), (0.25, 0.01)):
        given, params = cubic(rng, 2)
        given, params, delta = given.shrunk(size), size * params, size * delta
        got = numerical_gradient(student, given.loss, params, delta)
        own = "Your step is not the `delta` that was passed: do you use it?"
        assert_step(got, given, params, delta, 2e-3 * size**2, own)


@task("numerical-gradient", points=0.25, without=BY_HAND)
def test_delta_is_a_tenth_by_default(student: Student, rng: np.random.Generator):
    """Without `delta`, the parameters should be moved by 0.1."""
    given, params = cubic(rng, 2)
    got = numerical_gradient(student, given.loss, params)
    assert_step(got, given, params, 0.1, 5e-4, "Your step is another one: what is the default of `delta`?")


@task("numerical-gradient", points=0.5, without=BY_HAND)
def test_gradient_has_the_shape_of_the_parameters(student: Student, rng: np.random.Generator):
    """The gradient should have the shape of `params`, whatever that is, and `loss` gets tensors like `params`."""
    for shape in ((3, 2), (2, 1, 2), (1, 3), ()):
        given, params = cubic(rng, *shape)
        got = student.numerical_gradient.changing()(only_like(params, given.loss), params, 0.02)
        got = as_tensor(got, GRADIENT, shape=shape).flatten()
        if not moved_on(got, given, params, 0.0, atol=0.1):
            assert_each_alone(got, given, params)


@task("numerical-gradient", points=0.5, without=BY_HAND, alone=False)
def test_numerical_gradient_leaves_the_parameters_alone(student: Student, rng: np.random.Generator):
    """After the call `params` should be what it was before."""
    given, params = cubic(rng, 2)
    # moved up and down again in place, a parameter may be off by rounding: compared here, not at each call
    called = student.helpers.called.changing()(student.numerical_gradient, given.loss, params)
    _, left = unpack(called, "the call", ("result", "arguments"))
    assert_close(left[0] if left else None, params, atol=1e-5, name="`params` after the call")


# ---- analytic-gradient


def the_readings(scale: float) -> Problem:
    """The eleven readings themselves, at w = 1, b = 0."""
    return Problem(
        scale * torch.tensor(READINGS_U), torch.tensor(READINGS_C), torch.tensor([1.0, 0.0]), rate=0.01
    )


def gradient_of(student: Student, given: Problem) -> torch.Tensor:
    called = student.gradient.returning(torch.Tensor, "gradient(…)")
    got = as_tensor(called(given.t_u, given.t_c, *given.start), "gradient(…)").flatten()
    require(len(got) == 2, f"`gradient` should give two numbers; yours gives {len(got)}.")
    return got


def wrong_as_a_whole(right: torch.Tensor, n: int) -> dict[str, torch.Tensor]:
    """Gradients whose entries are both right but for one factor, or for their order."""
    return {
        "The factor 2, from the derivative of the square, is missing.": right / 2,
        "The sign of both entries is opposite: which way round is the error?": -right,
        "This is the gradient of a sum over the readings: the loss is their mean.": right * n,
        "This is a sum over the readings, and the factor 2 is missing.": right * n / 2,
        "This is divided by the number of readings twice.": right / n,
        "This is divided by 11, whatever the number of readings.": right * n / 11,
        "The factor 2 is there twice.": 2 * right,
        "The two entries have changed places.": right.flip(0),
    }


def assert_entry(student: Student, given: Problem, entry: int) -> None:
    got, right, n = gradient_of(student, given), given.gradient(given.start), len(given.t_u)
    # right: 1e-6 of the value, or 7e-5 where the entry is near 0
    close = {"atol": 1e-2 * given.size, "rtol": 1e-3}
    if known_cause(got, wrong_as_a_whole(right, n), **close):
        return  # a mistake that both entries share has a test of its own
    error, t_u = given.error(given.start), given.t_u.double()
    own = [replace(the_readings(scale), start=given.start).gradient(given.start) for scale in (1.0, 0.1)]
    apart = 2 * error.mean() * t_u.mean()
    no_bias = given.gradient(given.start * torch.tensor([1.0, 0.0]))
    wrong = [
        {
            "Each error should be multiplied by its own reading before the mean is taken.": apart,
            "The reading is missing: by how much does w move each prediction?": right[1],
        },
        {"The reading belongs in dL/dw alone: by how much does b move each prediction?": right[0]},
    ][entry]
    wrong |= {sentence: value[entry] for sentence, value in wrong_as_a_whole(right, n).items()}
    wrong["The bias is missing from the prediction, and so from its error."] = no_bias[entry]
    wrong[NOTEBOOKS] = alternatives(*(gradient[entry] for gradient in own))
    if entry == 1 and given.start[1] != 0:
        wrong["This is multiplied by b: by how much does b move each prediction?"] = right[1] * given.start[1]
    assert_close(got[entry], right[entry], **close, name=("dL/dw", "dL/db")[entry], wrong=wrong)


@task("analytic-gradient", points=0.75, needs=("linear-model",), without=BY_HAND)
def test_derivative_with_respect_to_the_weight(student: Student, rng: np.random.Generator):
    """The first entry should be the derivative of the mean squared error with respect to w."""
    for given in (the_readings(1.0), many_readings(rng), problem(rng).times(1e-4)):
        assert_entry(student, given, 0)


@task("analytic-gradient", points=0.75, needs=("linear-model",), without=BY_HAND)
def test_derivative_with_respect_to_the_bias(student: Student, rng: np.random.Generator):
    """The second entry should be the derivative of the mean squared error with respect to b."""
    for given in (many_readings(rng), the_readings(0.1), problem(rng).times(1e-4)):  # b is 0 in the second
        assert_entry(student, given, 1)


@task("analytic-gradient", points=0.5, needs=("linear-model",), without=BY_HAND, alone=False)
def test_size_sign_and_order(student: Student, rng: np.random.Generator):
    """The gradient should be [dL/dw, dL/db] of the mean over the readings, with the factor 2 and the right sign."""
    for given in (problem(rng), problem(rng)):
        got, right = gradient_of(student, given), given.gradient(given.start)
        wrong, close = wrong_as_a_whole(right, len(given.t_u)), {"atol": 1e-2, "rtol": 1e-3}
        if known_cause(got, wrong, **close):  # entries that are wrong by themselves are judged above
            assert_close(got, right, **close, name="gradient(…)", wrong=wrong)
        require(bool((got * right > 0).any()), "Neither entry has the sign that it should have.")


@task("analytic-gradient", points=0.5, needs=("linear-model",), without=BY_HAND)
def test_gradient_is_exact_where_the_loss_is_huge(student: Student, rng: np.random.Generator):
    """The gradient should be derived by the chain rule: differences of a huge loss are lost in rounding."""
    for _ in range(3):
        given = problem(rng)
        # The gradient grows evenly with the errors, be it right or wrong by a factor. At a loss of 4e8, whose float32
        # neighbours are 32 apart, a central difference moves in steps of 160 (for delta = 0.1). Right ones: 0.04.
        swing = torch.tensor(20_000.0 * np.resize([1, -1, -1], len(given.t_u)), dtype=torch.float32)
        up, down = (gradient_of(student, replace(given, t_c=given.t_c + sign * swing)) for sign in (1, -1))
        require(
            not torch.equal(up, down), "Your gradient is the same for all `t_c`: do you use those passed in?"
        )
        require(
            float((up - down).abs().max()) > 100,
            "The gradient hardly grows where the errors grow a thousandfold.",
        )
        # Roughly: one entry may be wrong, or the order, which is judged above.
        high, low = (replace(given, t_c=given.t_c + sign * swing).gradient(given.start) for sign in (1, -1))
        alike = [
            nn.functional.cosine_similarity(up - down, each, dim=0).abs()
            for each in (high - low, (high - low).flip(0))
        ]
        require(bool(max(alike) > 0.7), "Where the errors grow, neither entry grows as a derivative does.")
        assert_close(
            (up + down) / 2, gradient_of(student, given), atol=4.0, rtol=1e-3, name="gradient(…)",
            hint="Is it made of derivatives, or of differences?",
        )  # fmt: skip
    # Errors of 1e17, whose squares still fit into float32: now differences in float64 are lost, too.
    more = 5e12
    assert_close(
        gradient_of(student, replace(given, t_c=more * swing)), more * (up - down) / 2, atol=1e-4 * 2e4 * more,
        rtol=1e-3, name="gradient(…)", hint="Is it made of derivatives, or of differences?",
    )  # fmt: skip


@task(
    "analytic-gradient",
    points=0.5,
    needs=("linear-model",),
    without=BY_HAND,
    promises=("arguments",),
    alone=False,
)
def test_gradient_is_one_tensor_of_two(student: Student, rng: np.random.Generator):
    """The gradient should be a tensor of shape (2,), for a single reading too, and the arguments stay as they are."""
    given = problem(rng)
    for n in (len(given.t_u), 1):
        got = student.gradient(given.t_u[:n], given.t_c[:n], *given.start)
        as_tensor(got, "gradient(…)", shape=(2,))


# ---- descent and autograd-descent

N_EPOCHS = 120
RAW_RATE = 1e-2  # some thirty times the limit of stability on the raw readings
HUGE_RATE = 1e18  # at which the loss after one update is beyond float32, whichever way the updates go
RATE_OF_INFINITY = 1e37  # at which the parameters themselves are

SCALED = "Your function divides the readings by 10: use them as they are passed in."
WRONG_STEPS: dict[str, Step] = {
    "Your steps go up the slope: subtract the gradient.": lambda given, params, slopes: -slopes[-1],
    "Your second slope is measured after the first parameter has moved: measure both, then move both.": (
        lambda given, params, slopes: torch.stack(
            [slopes[-1][0], given.gradient(params - given.rate * slopes[-1] * torch.tensor([1.0, 0.0]))[1]]
        )
    ),
    "Every step uses the gradient of the place where you started: measure it again after each.": (
        lambda given, params, slopes: slopes[0]
    ),
    "This is what you get without clearing the gradients.": lambda given, params, slopes: sum(slopes),
}


def adam(given: Problem, params: torch.Tensor, slopes: list[torch.Tensor]) -> torch.Tensor:
    """Adam's step, in multiples of the rate."""
    mean, square = (
        sum(decay**age * slope**power for age, slope in enumerate(reversed(slopes)))
        / sum(decay**age for age in range(len(slopes)))
        for decay, power in ((0.9, 1), (0.999, 2))
    )
    return mean / square.sqrt()


ADAM = "Each step has the size of the rate, whatever the slope: is that another optimizer's step?"
FIXED_START = torch.tensor([1.0, 0.0])
AT_FIXED_START = "This descent starts at [1, 0], whatever `params` is."


def explained(error: StudentError, cause: str) -> CheckFailed:
    """An error of PyTorch's that says little to a beginner, after the sentence that names its cause."""
    place = error.frames[-1] if error.frames else None
    where = f"\n  in the cell {place.cell}, line {place.line}: {place.source.strip()[:120]}" if place else ""
    return CheckFailed(f"{cause} Your code raised {error.type_name}: {error.message[:200]}{where}")


NO_GRAPH = "does not require grad and does not have a grad_fn"


def descended(student: Student, name: str, given: Problem, n_epochs: int) -> tuple[object, object]:
    called = getattr(student, name).returning((torch.Tensor, None), f"{name}(…)")
    try:
        result = called(given.t_u, given.t_c, given.start, given.rate, n_epochs)
    except StudentError as error:
        if "leaf Variable that requires grad" in error.message:
            cause = "Autograd records your step, too: take it under `torch.no_grad()`."
            raise explained(error, cause) from error
        at_grad = any(".grad" in frame.source for frame in error.frames[-1:])
        no_leaf = "'NoneType'" in error.message and at_grad
        if name == "descend_autograd" and n_epochs > 1 and (no_leaf or NO_GRAPH in error.message):
            descended(student, name, given, 1)  # one step works
            cause = (
                "After the first step `params` is another tensor, which requires no gradient: step in place."
            )
            if no_leaf:
                cause = "After the first step `params` is no leaf any more: take it under `torch.no_grad()`, in place."
            raise explained(error, cause) from error
        if no_leaf:
            cause = (
                "`.grad` is None before the first `backward()`, and on a tensor that a step has just made."
            )
            raise explained(error, cause) from error
        raise
    return unpack(result, name, ("params", "losses"))


def assert_one_step(student: Student, name: str, rng: np.random.Generator) -> None:
    """On readings as large as the notebook's raw ones, where b has a slope of its own, a fiftieth of that of w."""
    assert_ends_right(student, name, many_readings(rng, unit=10.0), 1, atol=2e-4)  # right: 2e-6


def assert_all_steps(student: Student, name: str, rng: np.random.Generator) -> None:
    """In a descent that jumps up the other side, and in a long one with losses so small that they hardly change."""
    jumping = problem(rng)
    assert_ends_right(student, name, replace(jumping, rate=4 * jumping.rate), 3, atol=1e-2)  # right: 2e-4
    slow = problem(rng, 3)
    design = torch.stack([slow.t_u, torch.ones(3)]).double()
    flattest = torch.linalg.eigvalsh(2 / 3 * design @ design.T)[0].item()
    # along the valley, where the start is far away, it has gone two thirds of the way after all these epochs
    slow = replace(slow, start=slow.start + torch.tensor([0.0, 30.0]), rate=1 / (N_EPOCHS * flattest))
    small = slow.times(1e-3)
    assert_ends_right(student, name, small, N_EPOCHS, atol=2e-3 * small.size)


def assert_ends_right(student: Student, name: str, given: Problem, n_epochs: int, atol: float) -> None:
    end, losses = descended(student, name, given, n_epochs)
    end = as_tensor(end, "params", shape=(2,), dtype=torch.float32 if n_epochs > 1 else None)
    steps = (end - given.start).abs() / given.rate
    wrong = {
        ADAM: partial(
            given.descend, n_epochs, adam if n_epochs > 1 or (steps - 1).abs().max() < 0.05 else None
        ),
        SCALED: lambda: replace(given, t_u=0.1 * given.t_u).descend(n_epochs),
        AT_FIXED_START: lambda: replace(given, start=FIXED_START).descend(n_epochs),
        "These are the parameters with which you started.": given.start,
        "This is a single update: does the loop end after its first round?": lambda: given.descend(1),
        "This is one update too few.": lambda: given.descend(n_epochs - 1),
        "This is one update too many.": lambda: given.descend(n_epochs + 1),
        **{text: lambda step=step: given.descend(n_epochs, step) for text, step in WRONG_STEPS.items()},
    }
    if n_epochs == 1:
        slope = given.gradient(given.start)
        size = ((given.start - end) @ slope) / (slope @ slope)
        wrong[
            "The step has the right direction, not the right size: is it `learning_rate` times the slope?"
        ] = given.start - size * slope
    hint = "From the place where you are, both slopes over all readings, then one step for both?"
    if isinstance(losses, (tuple, list)) and len(losses) < n_epochs:
        hint = f"Your descent ends early: it has {len(losses)} losses."
    # right: 1.3e-5; the parameters move by 0.5 and more
    assert_close(
        end, given.descend(n_epochs), atol=atol, names=("w", "b"), wrong=wrong, hint=hint,
        name=f"params after {n_epochs} epoch{'s' * (n_epochs > 1)}",
    )  # fmt: skip


def assert_losses(student: Student, name: str, rng: np.random.Generator) -> None:
    """Each loss is that at the student's own parameters before the update; where these lead is judged elsewhere."""
    for given, lengths in (
        (problem(rng), (1, 2, 3)),
        (problem(rng).times(1e-6), (1,)),
    ):  # small: 0 where rounded
        before = given.start
        for n_epochs in lengths:
            params, losses = descended(student, name, given, n_epochs)
            numbers = as_numbers(losses, "losses", length=n_epochs)
            after = as_tensor(params, "params").flatten()
            require(len(after) == 2, "`params` should be the two numbers w and b.")
            # right: 7e-6 of the value; the first update changes the loss by a hundredth at least, mostly by half
            right = [given.loss(before), given.loss(given.descend(n_epochs - 1))]
            right += [given.loss(FIXED_START)] if n_epochs == 1 else []
            assert_any_of(
                numbers[-1], right,
                atol=1e-3 * given.size**2, rtol=1e-3, name=f"losses[{n_epochs - 1}]",
                wrong={
                    "This is the loss after the update: take it before.": given.loss(after),
                    SCALED: replace(given, t_u=0.1 * given.t_u).loss(before),
                },
            )  # fmt: skip
            before = after


def assert_begins_right(student: Student, name: str, given: Problem, first: float) -> None:
    """The first loss is that at the start, or at [1, 0], or after an update of the student's own: judged elsewhere."""
    scaled = replace(given, t_u=0.1 * given.t_u)  # judged elsewhere, too
    for place in (given.start, FIXED_START, None):
        if place is None:
            place = as_tensor(descended(student, name, given, 1)[0], "params", finite=False).flatten()
            require(len(place) == 2, "`params` should be the two numbers w and b.")
        losses = [each.loss(place) for each in (given, scaled)]
        beyond = [not abs(loss) <= torch.finfo(torch.float32).max for loss in losses]
        if any(beyond) and not math.isfinite(first):
            return
        right = {str(i): loss for i, loss in enumerate(losses) if math.isfinite(loss)}
        if known_cause(first, right, atol=1e-3, rtol=1e-3):
            return
    fail("The first of the losses should be the one at the parameters that are passed in.")


def assert_stops(student: Student, name: str) -> None:
    given, factor = the_readings(1.0), float(torch.rand(()))
    # steps that are wrong may not diverge where right ones do: the second rate is for those
    for rate in (RAW_RATE * (1 + factor), HUGE_RATE):
        given = replace(given, start=torch.tensor([1.0, 0.0]) + factor, rate=rate)
        numbers = as_numbers(descended(student, name, given, 300)[1], "losses", finite=False)
        require(len(numbers) > 0, "`losses` is empty.")
        finite = [loss for loss in numbers if math.isfinite(loss)]
        if len(finite) < 300:
            break
    if len(finite) == len(numbers):
        fail(
            "This training diverges, and its first loss that is not finite should be the last entry of `losses`; "
            f"yours has {len(numbers)} losses, all of them finite."
        )
    where = next(i for i, loss in enumerate(numbers) if not math.isfinite(loss))
    require(
        where == len(numbers) - 1,
        "Training should stop at the first loss that is not finite; "
        f"yours has {len(numbers) - 1 - where} entries after it.",
    )
    # In float32 about ten losses are finite, in float64 some ninety.
    count = "none is" if where == 0 else f"only {where} are"
    require(where >= 5 or rate == HUGE_RATE, f"The losses should grow for longer; of yours {count} finite.")
    require(
        all(a < b for a, b in pairwise(numbers[:5])), "The losses of a training that diverges should grow."
    )
    assert_begins_right(student, name, given, numbers[0])
    # One update takes both parameters beyond float32, one to each side: the next loss is no number at once.
    t_u = torch.tensor([1.0, 2.0, 3.0]) + factor
    t_c = given.start[0] * t_u + given.start[1] - 1e4 * torch.tensor([3.0, 1.0, -3.0])
    given = replace(given, t_u=t_u, t_c=t_c, rate=RATE_OF_INFINITY)
    numbers = as_numbers(descended(student, name, given, 30)[1], "losses", finite=False)
    where = next((i for i, loss in enumerate(numbers) if not math.isfinite(loss)), None)
    require(  # a rate of one's own leads elsewhere, and is judged by where it leads
        where is None or where == len(numbers) - 1,
        "Training should stop at a loss that is not a number, too, even if none before it was infinite; "
        f"yours has {len(numbers) - 1 - (where or 0)} entries after it.",
    )


def assert_repeatable(student: Student, name: str, rng: np.random.Generator) -> None:
    given, other = problem(rng), problem(rng)
    first, second, elsewhere = (
        as_tensor(descended(student, name, drawn, 1)[0], "params", shape=(2,))
        for drawn in (given, given, other)
    )
    assert_close(second, first, atol=1e-6, name="params of a second call with the same arguments")
    require(not torch.equal(elsewhere, first), "The parameters are the same for other readings.")
    require(not torch.equal(first, given.start.double()), "The parameters returned are those passed in.")


BOTH = ("linear-model", "analytic-gradient")


@task("descent", points=0.5, needs=BOTH, without=BY_HAND)
def test_the_first_step_of_descent(student: Student, rng: np.random.Generator):
    """`descend` should take a step against the gradient, with both parameters at once."""
    assert_one_step(student, "descend", rng)


@task("descent", points=0.75, needs=BOTH, without=BY_HAND)
def test_descent_ends_where_it_should(student: Student, rng: np.random.Generator):
    """`descend` should take n_epochs steps, each with the gradient of the place where it begins, in float32."""
    assert_all_steps(student, "descend", rng)


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


@task("autograd-descent", points=0.5, needs=("linear-model",))
def test_the_first_step_with_autograd(student: Student, rng: np.random.Generator):
    """`descend_autograd` should take a step against the gradient, with both parameters at once."""
    assert_one_step(student, "descend_autograd", rng)


@task("autograd-descent", points=0.5, needs=("linear-model",))
def test_autograd_descent_ends_where_it_should(student: Student, rng: np.random.Generator):
    """`descend_autograd` should lead where gradient descent leads, step by step, each step outside the graph."""
    assert_all_steps(student, "descend_autograd", rng)
    given = problem(rng)
    sizes = student.helpers.graph_sizes(
        student.descend_autograd, given.t_u, given.t_c, given.start, given.rate, 5
    )
    sizes = as_numbers(sizes, "the sizes of the graphs")
    require(
        len(sizes) < 3 or sizes[-1] <= sizes[1],
        "The record of your loss grows from epoch to epoch: is the update part of what is differentiated?",
    )


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
        fail("Your descent works without autograd: call `loss.backward()` and read `.grad`.")


# ---- optimizer


@dataclass(frozen=True)
class Sets:
    """Columns to train on and to watch, of different lengths, and a line to start from."""

    train: tuple[torch.Tensor, torch.Tensor]
    val: tuple[torch.Tensor, torch.Tensor]
    start: torch.Tensor  # [w, b]

    def loss(self, which: str, params: torch.Tensor, loss_name: str = "MSELoss") -> torch.Tensor:
        """On one of the sets, for the line with these parameters."""
        x, y = (t.double() for t in getattr(self, which))
        return getattr(nn, loss_name)()(params[0] * x + params[1], y)

    def table(self, which: str, params: torch.Tensor) -> torch.Tensor:
        """What MSELoss gives on one of the sets where its targets are flat."""
        x, y = (t.double() for t in getattr(self, which))
        return ((params[0] * x + params[1] - y.flatten()) ** 2).mean()

    def end(
        self,
        options: dict[str, float],
        loss: Callable[..., torch.Tensor],
        n_epochs: int,
        batches: tuple[tuple, ...] = ((),),
        **slip: str,
    ) -> torch.Tensor:
        """[w, b] after a training with these options of `replay`, in float64."""
        how = options | slip

        def loss_of(values: list[torch.Tensor], *batch: str) -> torch.Tensor:
            return loss(*batch, values[0])

        return replay([self.start], loss_of, batches, epochs=n_epochs, **how).values[0]


def sets(rng: np.random.Generator, n: int | None = None) -> Sets:
    given = problem(rng, n)
    x, y = (given.t_u - 5)[:, None], (0.3 * given.t_c)[:, None]
    n_val = int(rng.integers(2, 4))
    # the watched readings follow another line: a loss on them cannot be mistaken for one on the others
    val = x[:n_val], y[:n_val] + float(rng.uniform(3, 6))
    return Sets((x[n_val:], y[n_val:]), val, given.start)


def own_sets() -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The notebook's `inputs` and `targets`, and its readings as they are."""
    columns = torch.tensor(READINGS_U)[:, None], torch.tensor(READINGS_C)[:, None]
    return [(0.1 * columns[0], columns[1]), columns]


def trained(
    student: Student, given: Sets, kind: str, options: dict[str, float], loss_name: str, n_epochs: int
) -> tuple[object, torch.Tensor]:
    """What `train` returned, and [w, b] of the student's line after it."""
    model = student.library("torch.nn.Linear")(1, 1)
    put(model, {"weight": given.start[:1, None], "bias": given.start[1:]})
    optimizer = optimizer_of(model, kind, **options)
    loss_fn = student.library(f"torch.nn.{loss_name}")()
    history = student.train(model, optimizer, loss_fn, given.train, given.val, n_epochs)
    return history, torch.cat([value.flatten() for value in read(model, ("weight", "bias")).values()])


def losses_of(history: object, which: str, n_epochs: int) -> list[float]:
    """One of the two lists; that they come in a dict, under these keys, is judged with the training losses."""
    lists = list(history.values()) if isinstance(history, dict) and which not in history else history
    if isinstance(lists, (tuple, list)) and len(lists) == 2:
        history = dict(zip(("train", "val"), lists, strict=True))
    return as_numbers(entries(history, "train", (which,))[which], f'history["{which}"]', length=n_epochs)


# Right ones, in float32: losses off by 6e-7 of the value, parameters by 7e-7.
CLOSE = {"atol": 1e-3, "rtol": 1e-3}
SGD = ("SGD", {"lr": 0.05}, "MSELoss")
NOT_YET = "This is the loss at the start again: does the optimizer take a step in each epoch?"
FLAT = "Targets (n,) meet predictions (n, 1): each prediction is compared with every target."


@task("optimizer", points=1.0)
def test_training_losses_are_before_each_update(student: Student, rng: np.random.Generator):
    """`train` should return a dict, with the loss on the training set before each update under "train"."""
    given = sets(rng)
    before = given.start.double()
    for n_epochs in (1, 2, 3, 120):  # where the model is led is judged below
        if (
            n_epochs > 3
        ):  # the start is nearly the best line for the watched readings: their loss grows, then stays
            given = replace(given, val=(given.val[0], given.start[0] * given.val[0] + given.start[1] + 0.1))
        history, after = trained(student, given, *SGD, n_epochs)
        last = losses_of(entries(history, "train", ("train", "val")), "train", n_epochs)[-1]
        if n_epochs <= 3:
            assert_close(
                last, given.loss("train", before), **CLOSE, name=f'history["train"][{n_epochs - 1}]',
                wrong={
                    "This is the loss after the update: take it before.": given.loss("train", after),
                    FLAT: given.table("train", before),
                    "This is the loss on the validation set.": given.loss("val", before),
                    NOT_YET: given.loss("train", given.start),
                    NOTEBOOKS: alternatives(
                        *(replace(given, train=own).loss("train", before) for own in own_sets())
                    ),
                },
            )  # fmt: skip
        before = after


@task("optimizer", points=0.75)
def test_validation_losses_are_on_the_validation_set(student: Student, rng: np.random.Generator):
    """`val` should hold the loss on the validation set in each epoch, before the update (or after it)."""
    given = sets(rng)
    before = given.start.double()
    for n_epochs in (1, 2, 3):
        history, after = trained(student, given, *SGD, n_epochs)
        last = losses_of(history, "val", n_epochs)[-1]
        # and after the update by the training set alone: whether the other one moves the model is judged below
        between = replace(given, start=before).end({"rate": 0.05}, partial(given.loss, "train"), 1)
        assert_any_of(
            last, [given.loss("val", place) for place in (before, after, between)], **CLOSE,
            name=f'history["val"][{n_epochs - 1}]',
            wrong={
                "This is the loss on the training set.": given.loss("train", before),
                FLAT: given.table("val", before),
                NOT_YET: given.loss("val", given.start),
            },
        )  # fmt: skip
        before = after


@task("optimizer", points=1.0)
def test_the_optimizer_it_is_given_moves_the_model(student: Student, rng: np.random.Generator):
    """The model should end where the given optimizer leads, trained on the training set alone."""
    # The second is large in everything: more readings than a usual batch, temperatures and slopes in the thousands.
    for kind, options, n, size in (
        ("Adam", {"lr": 0.1}, None, 1.0), ("SGD", {"lr": 0.02, "momentum": 0.5}, 300, 1e3),
    ):  # fmt: skip
        replayed = {"rate": options["lr"], "momentum": options.get("momentum", 0.0), "adam": kind == "Adam"}
        given = sets(rng, n)
        # The start is nearly the best line for the watched readings: whatever is learned, their loss grows.
        x, y = given.train
        watched = given.start[0] * given.val[0] + given.start[1] + 0.1
        given = replace(given, train=(x, size * y), val=(given.val[0], watched))
        on_train = partial(given.loss, "train")
        end = partial(given.end, replayed)
        _, got = trained(student, given, kind, options, "MSELoss", 15)
        assert_close(
            got, end(on_train, 15), atol=2e-3 * size, name=f"the parameters after training with {kind}",
            names=("the weight", "the bias"), hint="Does the optimizer that was passed in take one step an epoch?",
            wrong={
                "The model has not moved: is the gradient cleared before the step uses it?": given.start.double(),
                "This is what you get without clearing the gradients.": partial(end, on_train, 15, clear="never"),
                FLAT: partial(end, partial(given.table, "train"), 15),
                "The validation set trains the model, too.": alternatives(
                    partial(
                        end, lambda params, given=given: given.loss("train", params) + given.loss("val", params), 15
                    ),
                    partial(end, given.loss, 15, batches=(("train",), ("val",))),
                ),
                "This is one update too few.": partial(end, on_train, 14),
                "This is one update too many.": partial(end, on_train, 16),
                "This is a single update: does the loop end after its first round, or is the step outside it?": partial(
                    end, on_train, 1
                ),
                NOTEBOOKS: alternatives(
                    *(partial(end, partial(replace(given, train=own).loss, "train"), 15) for own in own_sets())
                ),
            },
        )  # fmt: skip


@task("optimizer", points=0.5)
def test_the_loss_it_is_given_is_used(student: Student, rng: np.random.Generator):
    """Losses and updates should come from the loss function that was passed in."""
    given = sets(rng)
    start = given.start.double()
    # the second tells prediction and target apart: it is another loss when they change places
    for loss_name in ("SmoothL1Loss", "BCEWithLogitsLoss"):
        history, got = trained(student, given, "SGD", {"lr": 0.05}, loss_name, 1)
        between = given.end({"rate": 0.05}, partial(given.loss, "train", loss_name=loss_name), 1)
        for which in ("train", "val"):
            # too late, or on the wrong set: both are judged above
            places = [(other, place) for other in {which, "train"} for place in (start, got, between)]
            assert_any_of(
                losses_of(history, which, 1)[0], [given.loss(*place, loss_name) for place in places], **CLOSE,
                name=f'history["{which}"] with another loss', hint="The prediction first, then the target?",
                wrong={
                    "This is the mean squared error, whatever `loss_fn` is.": given.loss(which, start),
                    NOTEBOOKS: replace(given, train=own_sets()[0]).loss("train", start, loss_name),
                },
            )  # fmt: skip
        by_squares = given.end({"rate": 0.05}, partial(given.loss, "train"), 1)
        moved = "The updates follow the mean squared error, whatever `loss_fn` is."
        require(
            not known_cause(got, {moved: by_squares}, atol=1e-4), moved
        )  # where else it is led is judged above


@task("optimizer", points=0.75, promises=("gradients",))
def test_validation_leaves_no_trace(student: Student, rng: np.random.Generator):
    """The validation set should be looked at without building a graph, and gradients should be on again afterwards."""
    given = sets(rng)
    # two features: a loop for any model leaves its inputs as wide as they are
    pairs = [(torch.cat([x, x**2], dim=1), y) for x, y in (given.train, given.val)]
    model = student.helpers.Watched(student.library("torch.nn.Linear")(2, 1))
    optimizer = optimizer_of(model, "SGD", lr=0.0)
    loss_fn = student.library("torch.nn.MSELoss")()
    student.train(model, optimizer, loss_fn, *pairs, 4)
    calls = model.seen
    require(
        isinstance(calls, list) and all(isinstance(call, list) and len(call) == 3 for call in calls),
        "The model was not called.",
    )
    n_train, n_val = len(given.train[0]), len(given.val[0])
    require(
        any(n == n_train and graph for n, graph, _ in calls),
        "The model never sees the training set with gradients on.",
    )
    watching = [graph for n, graph, _ in calls if n == n_val]
    require(len(watching) > 0, "The model never sees the validation set by itself.")
    require(not any(watching), "A graph is built for the validation set; nobody will differentiate it.")
    require(
        all(training for n, graph, training in calls if n == n_train and graph),
        "After a look at the validation set the model is trained in eval mode: what takes it back to train mode?",
    )
    require(student.helpers.grad_mode() is True, "After `train`, gradients are switched off everywhere.")


# ---- network


def shapes(n: int) -> list[tuple[int, ...]]:
    """Of the parameters, in their order."""
    return [(n, 1), (n,), (1, n), (1,)]


def shapes_of(model: Remote) -> list[tuple[int, ...]]:
    return [tuple(value.shape) for value in parameters_of(model).values()]


@task("network", points=1.0)
def test_parameters_have_their_sizes(student: Student, rng: np.random.Generator):
    """The network should have a linear layer from 1 to n_hidden and one from n_hidden to 1, each with a bias."""
    for n_hidden in (int(rng.integers(9, 20)), 1):  # the notebook has 8
        found = shapes_of(new(student, "make_network", n_hidden))
        require(
            found == shapes(n_hidden),
            f"The parameters of `make_network({n_hidden})` should have the shapes {shapes(n_hidden)}; "
            f"yours have {found[:8]}.",
        )


@task("network", points=1.0)
def test_network_computes_tanh_between_two_linear_layers(student: Student, rng: np.random.Generator):
    """For any parameters the output should be the second linear layer of tanh of the first, (n, 1) for (n, 1)."""
    model = new(student, "make_network", int(rng.integers(9, 20)))
    found = shapes_of(model)
    # names, a number of units that is not the one asked for, and missing biases are judged by themselves
    wanted = shapes(found[0][0]) if found and len(found[0]) == 2 else []
    has = [shape in found for shape in wanted]
    require(
        has[::2] == [True, True] and found == list(compress(wanted, has)),
        f"The network should have two linear layers with biases; its parameters have the shapes {found[:8]}.",
    )
    values = [torch.randn(shape) * there for shape, there in zip(wanted, has, strict=True)]
    put(model, dict(zip(student.parameters(model), compress(values, has), strict=True)))
    inputs = 2 * torch.randn(9, 1)
    inputs[0], inputs[1] = 200.0, -200.0  # nearly every unit is 1 or -1, and exp is beyond float32
    w1, b1, w2, b2 = (value.double() for value in values)
    first = inputs.double() @ w1.T + b1
    expected = torch.tanh(first) @ w2.T + b2
    # right: 2e-6
    assert_close(
        model(inputs), expected, atol=1e-3, name="network(x)", hint="What is between the layers?",
        wrong={
            "Nothing is between the two linear layers: together they are one.": first @ w2.T + b2,
            "There is a relu between the layers, not tanh.": first.relu() @ w2.T + b2,
            "There is a sigmoid between the layers, not tanh.": first.sigmoid() @ w2.T + b2,
            "Another tanh follows the last layer.": expected.tanh(),
        },
    )  # fmt: skip
    assert_learns(model, torch.randn(30, 1))


@task("network", points=0.5)
def test_network_is_a_sequence_of_three_named_parts(student: Student):
    """The network should be an `nn.Sequential` of `hidden_linear`, `hidden_activation`, `output_linear`."""
    model = new(student, "make_network", 5)
    names = student.helpers.parts(model)
    require(isinstance(names, list), f"The network should be an `nn.Sequential`; yours is {describe(model)}.")
    require(
        names == ["hidden_linear", "hidden_activation", "output_linear"],
        "The parts should be hidden_linear, hidden_activation, output_linear; "
        f"yours are {[str(n)[:40] for n in names][:8]}.",
    )


@task("network", points=0.5, promises=("sharing",))
def test_each_network_starts_afresh(student: Student):
    """Two networks should start from different random parameters, and share none."""
    first, second = (list(parameters_of(new(student, "make_network", 6)).items()) for _ in range(2))
    weights = [
        (name, was, other) for (name, was), (_, other) in zip(first, second, strict=False) if was.dim() == 2
    ]
    require(len(weights) > 0, "The network has no weights.")
    for name, was, other in weights:
        require(
            was.numel() < 2 or len(set(was.flatten().tolist())) > 1,
            f"All entries of `{name}` are equal at the start: all hidden units would learn the same.",
        )
        require(not torch.equal(was, other), f"`{name}` is the same in two new networks.")


# ---- dataset


def readings(student: Student, inputs: torch.Tensor, targets: torch.Tensor) -> Remote:
    dataset = student.Readings(inputs, targets)
    assert_kind(dataset, Remote, "`Readings(…)` should be a dataset")
    return dataset


def items(
    student: Student, inputs: torch.Tensor, targets: torch.Tensor
) -> Iterator[tuple[object, torch.Tensor, str]]:
    """Both parts of each item, what they should be, and what they are called."""
    return items_of(student, readings(student, inputs, targets), inputs, targets)


def items_of(
    student: Student, dataset: Remote, inputs: torch.Tensor, targets: torch.Tensor
) -> Iterator[tuple[object, torch.Tensor, str]]:
    for i, pair in enumerate(zip(inputs.flatten(), targets.flatten(), strict=True)):
        item = student.helpers.item(dataset, i)
        assert_kind(item, list, "An item should be a pair, input and target", length=2)
        yield item[0], pair[0], "the input of an item"
        yield item[1], pair[1], "the target of an item"


def other_parts(inputs: torch.Tensor, targets: torch.Tensor) -> Iterator[dict[str, torch.Tensor]]:
    """What each part of each item may be instead, in the order of `items_of`."""
    notebook = "This is one of the notebook's own readings: use the tensors that are passed in."
    own = zip(READINGS_U, READINGS_C, strict=True)
    for x, y, (u, c) in zip(inputs.flatten(), targets.flatten(), own, strict=False):
        yield {
            "This is the target of the item: the input comes first.": y,
            notebook: alternatives(torch.tensor(u), torch.tensor(0.1 * u)),
        }
        yield {"This is the input of the item: the target comes second.": x, notebook: torch.tensor(c)}


def drawn_readings(rng: np.random.Generator) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Flat ones and columns, one of each kind, and single ones."""
    n = int(rng.integers(4, 9))
    for shapes in (((n,), (n,)), ((n, 1), (n, 1)), ((n, 1), (n,)), ((1,), (1,)), ((1, 1), (1, 1))):
        yield torch.randn(shapes[0]), torch.randn(shapes[1])


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
def test_items_are_pairs_of_input_and_target(student: Student, rng: np.random.Generator):
    """Item i should be the pair of input i and target i."""
    n = int(rng.integers(4, 9))
    drawn = [(torch.randn(shape), torch.randn(shape)) for shape in ((n,), (n, 1))]
    for inputs, targets in drawn:  # a reading comes again with another temperature, another one with the same
        inputs[-2:], targets[-1] = inputs[:2].flip(0), targets[0]
    datasets = [readings(student, *pair) for pair in drawn]  # both, before either is asked
    for dataset, (inputs, targets) in zip(datasets, drawn, strict=True):
        parts = items_of(student, dataset, inputs, targets)
        for (got, right, name), others in zip(parts, other_parts(inputs, targets), strict=True):
            everything = as_tensor(got, name).flatten()
            require(len(everything) == 1, f"`{name}` should be one number; yours is {describe(got)}.")
            assert_close(
                everything[0], right, atol=1e-6, name=name, hint="Its own reading, the input first?",
                wrong=others,
            )  # fmt: skip


@task("dataset", points=0.5)
def test_items_have_the_shape_of_one_number(student: Student, rng: np.random.Generator):
    """Both parts of an item should be tensors (1,), from flat tensors and from columns, for a single reading too."""
    for inputs, targets in drawn_readings(rng):
        for got, _, name in items(student, inputs, targets):
            assert_kind(got, torch.Tensor, f"`{name}` should be a tensor")
            as_tensor(got, name, shape=(1,))


@task("dataset", points=0.75)
def test_a_loader_delivers_every_reading_once(student: Student, rng: np.random.Generator):
    """A `DataLoader` should deliver each reading once an epoch, in batches, with its own target."""
    n = int(rng.integers(7, 12))
    inputs, targets = torch.randn(n), torch.randn(n)
    dataset = readings(student, inputs, targets)
    length = len(dataset)  # a wrong one is judged above
    epochs = student.helpers.batches(dataset, 3)
    require(isinstance(epochs, list) and len(epochs) == 2, "A loader could not go through the dataset.")
    pairs = list(zip(inputs.double().tolist(), targets.double().tolist(), strict=True))
    for epoch in epochs:
        require(isinstance(epoch, list) and len(epoch) > 0, "A loader makes no batches of your dataset.")
        seen = []
        for batch in epoch:
            x, y = unpack(batch, "a loader", ("inputs", "targets"))
            x, y = (as_tensor(part, "a batch").float().double().flatten().tolist() for part in (x, y))
            require(len(x) == len(y), "A batch should have as many inputs as targets.")
            seen += zip(x, y, strict=True)
        turned = [(y, x) for x, y in seen]
        if set(turned) <= set(pairs):  # which of the two comes first is judged above
            seen = turned
        if len(seen) == len(set(seen)) == min(n, length) and set(seen) <= set(pairs):
            continue
        right = sum(seen.count(pair) == 1 for pair in pairs)
        fail(f"Yours gave {len(seen)} pairs, and {right} of {n} readings once with their own target.")


@task("dataset", points=0.25, promises=("arguments",))
def test_dataset_leaves_its_tensors_alone(student: Student):
    """The tensors that are passed to `Readings` should stay as they are, shape and all."""
    inputs, targets = torch.randn(5), torch.randn(5)
    answer = readings(student, inputs, targets)
    item = student.helpers.item(answer, 4)
    assert_kind(item, list, "An item should be a pair", length=2)
    # which of the two comes first is judged above
    assert_any_of(item[0], [inputs[4:], targets[4:]], atol=0, name="the input of the last item", shape="any")
