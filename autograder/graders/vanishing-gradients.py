"""Hidden tests of `vanishing-gradients` (docs/contract.md, section 6).

Networks are compared on parameters that the grader sets, gradients with autograd on its own copy of the network.
A slip costs one test: where that test finds a known one, the others of the task expect it, too.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F

from autograder.grading.toolkit import (
    CheckFailed,
    StudentError,
    alternatives,
    any_of,
    as_number,
    as_numbers,
    as_tensor,
    assert_close,
    assert_learns,
    assert_unchanged,
    chain,
    fail,
    known_cause,
    leave_gradients,
    new,
    parameters_of,
    require,
    same_as,
    task,
)

Activation = Callable[[torch.Tensor], torch.Tensor]


# ---- derivatives


def draw_slopes(name: str) -> Callable:
    def draw(rng):
        # far from 0, and at 0, wrong formulas give nearly the same as right ones
        near = torch.tensor(float(rng.uniform(0.5, 1.5) * rng.choice([-1, 1])))
        # two of one shape; not so far out that the square of an exponential overflows
        wide, *others = (3 * torch.randn(shape) for shape in [(7,), (7,), (4, 1), (2, 3, 5)])
        wide[:2] = torch.tensor([-40.0, 40.0])
        return [(name, s) for s in (near, wide, *others)]

    return draw


# Six ways to write the formulas in float32: at most 3e-7 off.
@same_as(task="derivatives", draw=draw_slopes("tanh"), atol=1e-5, without=("autograd",), returns=torch.Tensor)
def activation_derivative(name, s):
    if name == "sigmoid":
        return s.sigmoid() * (-s).sigmoid(), {
            "This takes s for the sigmoid's value: s (1 - s).": s * (1 - s),
            "This is the sigmoid itself, not its derivative.": s.sigmoid(),
            "This is 1 minus the sigmoid: a factor is missing.": 1 - s.sigmoid(),
            "This is tanh's formula with the sigmoid's value.": 1 - s.sigmoid() ** 2,
        }
    if name == "tanh":
        return s.cosh() ** -2, {
            "This takes s for the value of tanh: 1 - s squared.": 1 - s**2,
            "This is tanh itself, not its derivative.": s.tanh(),
            "This is 1 - tanh(s): is anything squared?": 1 - s.tanh(),
            "This is the sigmoid's formula with the value of tanh.": s.tanh() * (1 - s.tanh()),
        }
    return (s > 0).double(), {
        "This is relu itself, not its derivative.": s.relu(),
        "This is the sign: below 0 relu is constant.": s.sign(),
        "Your derivative is 1 at 0; the task asks for 0 there.": (s >= 0).double(),
    }


EVERY_SHAPE = "should be right for tensors of every shape, without autograd."
test_derivative_of_the_sigmoid = activation_derivative.values(
    f"The derivative of the sigmoid {EVERY_SHAPE}", points=0.75, draw=draw_slopes("sigmoid")
)
test_derivative_of_tanh = activation_derivative.values(
    f"The derivative of tanh {EVERY_SHAPE}", points=0.75, draw=draw_slopes("tanh")
)
test_derivative_of_relu = activation_derivative.values(
    "The derivative of relu should be 1 above zero and 0 below, without autograd.",
    points=0.5, draw=draw_slopes("relu"),
)  # fmt: skip
test_derivative_of_relu_at_zero = activation_derivative.values(
    "The derivative of relu should be 0 at zero, and change there at once, without autograd.",
    points=0.5, draw=lambda rng: [("relu", torch.tensor([[0.0, 2.0, 3.0], [0.0, 1e-3, 1e-5]]))],
)  # fmt: skip
# before and after each right name in the alphabet, one that begins like it, and one that is a part of it
test_unknown_activation = activation_derivative.refuses(
    ValueError, "A name that is not one of the three should raise a ValueError that names it.",
    points=0.5, mention=("name",),
    draw=lambda rng: [
        (name, torch.randn(3)) for name in ("tahn", "tanhshrink", "elu", str(rng.choice(["softplus", "gelu", "sig"])))
    ],
)  # fmt: skip


# ---- deep-mlp


def random_layers(sizes: list[int], gain: float = 1.0) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Normal weights of standard deviation gain / sqrt(fan_in), and biases of 0.5 / sqrt(fan_in)."""
    return [
        (gain * torch.randn(b, a) / math.sqrt(a), 0.5 * torch.randn(b) / math.sqrt(a))
        for a, b in zip(sizes, sizes[1:], strict=False)
    ]


def build(student, sizes: list[int], activation: object, as_found: bool = False) -> tuple[object, list[int]]:
    """The student's DeepMLP of these sizes, proved to have the layers that the contract asks for, and its sizes.

    as_found: its hidden layers may have any width, and be up to two too many, or too few, which another test counts.
    """
    model = student.DeepMLP(sizes[0], sizes[1], len(sizes) - 2, activation)
    found = student.helpers.layer_parameters(model)
    require(isinstance(found, list), "`model.layers` cannot be read as a list of linear layers.")
    if as_found and 1 < len(found) <= len(sizes) + 1:
        widths = [len(bias) if isinstance(bias, torch.Tensor) and bias.ndim else 0 for _, bias in found[:-1]]
        sizes = [sizes[0], *(width or sizes[1] for width in widths), 1]
    require(
        len(found) == len(sizes) - 1,
        f"With n_hidden={len(sizes) - 2} `model.layers` should have {len(sizes) - 1} layers, the output's too; "
        f"yours has {len(found)}.",
    )
    for k, (weight, bias) in enumerate(found):
        as_tensor(weight, f"model.layers[{k}].weight", shape=(sizes[k + 1], sizes[k]))
        as_tensor(bias, f"model.layers[{k}].bias", shape=(sizes[k + 1],))
    return model, sizes


def starting_weights(student, model: object) -> list[torch.Tensor]:
    """The weights of the layers of a model that `build` has proved."""
    found = student.helpers.layer_parameters(model)
    return [as_tensor(weight, f"model.layers[{k}].weight") for k, (weight, _) in enumerate(found)]


def slips_of_logits(parameters: list, X: torch.Tensor, activation: Activation) -> dict[str, torch.Tensor]:
    logits, n = chain(parameters, X, activation), len(parameters)
    return {
        AFTER_LAST: activation(logits),
        NONE_AT_ALL: chain(parameters, X, activation, ()),
        NONE_AFTER_FIRST: chain(parameters, X, activation, range(1, n - 1)),
        NONE_BEFORE_LAST: chain(parameters, X, activation, range(n - 2)),
        "This is what you get with relu, whatever the activation is.": chain(parameters, X, torch.relu),
        SIGMOID_LAST: logits.sigmoid(),
    }


AFTER_LAST = "This is what you get with the activation after the last layer, too."
SIGMOID_LAST = "This is what you get with a sigmoid after the last layer."
NONE_AT_ALL = "This is what you get without the activation."
NONE_AFTER_FIRST = "This is what you get with no activation after the first layer."
NONE_BEFORE_LAST = "This is what you get with no activation after the last hidden layer."
ONE_LEFT_OUT = (NONE_AFTER_FIRST, NONE_BEFORE_LAST)


def check_logits(
    student,
    sizes: list[int],
    activation: object,
    expected: Activation,
    n: int,
    *allowed: str,
    another: object = None,
) -> None:
    """The logits of given parameters; or of one of the slips `allowed`, which another test counts.

    `another`: the activation of a second network, built before the first one is asked.
    """
    name = f"DeepMLP({sizes[0]}, {sizes[1]}, {len(sizes) - 2}, activation)(X)"
    model, sizes = build(student, sizes, activation, as_found=True)
    if another is not None:
        build(student, sizes, another, as_found=True)
    while True:  # in a network of width 1, the activation may make no difference
        parameters, X = random_layers(sizes), torch.randn(n, sizes[0])
        X[0] *= 20  # no input is too large
        logits, slips = chain(parameters, X, expected), slips_of_logits(parameters, X, expected)
        if (logits - slips[NONE_AT_ALL]).abs().max() > 0.01:
            break
    student.helpers.put(model, parameters)
    if n % 2 == 0:
        student.helpers.use(model)  # the logit is asked for there, too
    got = model(X)
    # Float32 on networks of 14 layers: at most 2e-5 off on 200 draws.
    check = partial(assert_close, got, atol=1e-4, name=name, shape="any")
    any_of(
        lambda: check(logits, wrong=slips, hint="What is done after each hidden layer, and after the last?"),
        *(partial(check, slips[cause]) for cause in allowed),
    )


@task("deep-mlp", points=1.0)
def test_layers_and_their_parameters(student, rng):
    """`layers` should hold n_hidden + 1 new linear layers of the right sizes, all of them known to the module."""
    for n_hidden in (1, int(rng.integers(3, 13))):
        sizes = [int(rng.integers(4, 9))] + [int(rng.integers(10, 20))] * n_hidden + [1]
        model, _ = build(student, sizes, student.library("torch.tanh"))
        require(
            student.helpers.holds_others(model) is False,
            "`model.layers` holds other modules than the n_hidden + 1 linear layers.",
        )
        count = sum((a + 1) * b for a, b in zip(sizes, sizes[1:], strict=False))
        total = sum(value.numel() for value in parameters_of(model).values())
        require(
            total == count,
            f"`model.parameters()` finds {total} numbers in your module, "
            f"{'fewer' if total < count else 'more'} than it needs. Is every layer there, once, in an nn.ModuleList?",
        )
        first = starting_weights(student, model)
        require(
            not any(torch.equal(a, b) for a, b in itertools.combinations(first[1:-1], 2)),
            "Two hidden layers of a new network start with the same weights. Is a new layer made for each place?",
        )
        second = starting_weights(student, build(student, sizes, student.library("torch.tanh"))[0])
        require(
            not any(torch.equal(a, b) for a, b in zip(first, second, strict=True)),
            "Two networks of the same sizes, made one after the other, start with the same weights. Where do your "
            "random numbers come from?",
        )


@task("deep-mlp", points=0.25)
def test_shape_of_the_logits(student):
    """There should be one logit for each example, in a column: (n, 1)."""
    for n in (5, 1):
        model = new(student, "DeepMLP", 3, 4, 2, student.library("torch.tanh"))
        as_tensor(model(torch.randn(n, 3)), "model(X)", shape=(n, 1))


@task("deep-mlp", points=0.5)
def test_every_layer_learns(student):
    """The gradient of the logits should reach the parameters of every layer."""
    assert_learns(new(student, "DeepMLP", 3, 6, 3, student.library("torch.tanh")), torch.randn(30, 3))


@task("deep-mlp", points=1.0)
def test_logits_of_given_parameters(student, rng):
    """With parameters set by the grader the logits should follow: linear, activation, ..., linear."""
    # Two hidden layers come first: with one, an activation left out is the first one, the last and the only one.
    for n_hidden, n, width in ((2, 1, None), (1, 5, None), (int(rng.integers(11, 14)), 9, None), (2, 7, 1)):
        sizes = [6] + [width or int(rng.integers(7, 12))] * n_hidden + [1]
        check_logits(student, sizes, student.library("torch.relu"), torch.relu, n, AFTER_LAST, SIGMOID_LAST)


@task("deep-mlp", points=0.75)
def test_nothing_follows_the_output_layer(student):
    """The output should be a bare logit: no activation after the last layer, so it may be negative."""
    for _ in range(2):
        check_logits(
            student, [3, 8, 8, 1], student.library("torch.tanh"), torch.tanh, 40, NONE_AT_ALL, *ONE_LEFT_OUT
        )


@task("deep-mlp", points=0.5)
def test_any_callable_is_an_activation(student):
    """Any function may be the activation, and two models keep their own."""
    relu = student.library("torch.relu")
    for given, expected in (
        (student.helpers.doubled_sine, lambda s: 2 * torch.sin(s)),
        (student.library("torch.nn.Sigmoid")(), torch.sigmoid),
    ):
        check_logits(
            student, [4, 6, 6, 1], given, expected, 6, AFTER_LAST, SIGMOID_LAST, *ONE_LEFT_OUT, another=relu
        )


# ---- probe


Logits = Callable[[list[torch.Tensor], list[torch.Tensor], torch.Tensor], torch.Tensor]

LOSSES: dict[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    "": lambda z, y: F.binary_cross_entropy_with_logits(z, y),
    "The loss gets probabilities where it takes logits.": (
        lambda z, y: F.binary_cross_entropy_with_logits(z.sigmoid(), y)
    ),
    "This is the gradient of a squared error of the probabilities.": lambda z, y: F.mse_loss(z.sigmoid(), y),
    "This is the gradient of a squared error of the logits.": lambda z, y: F.mse_loss(z, y),
    "This is the gradient of the outputs: of which loss is it asked?": lambda z, y: z.sum(),
    "This is the gradient of the mean output: of which loss is it asked?": lambda z, y: z.mean(),
    "Every logit is compared with every target: look at the shapes.": lambda z, y: (
        F.binary_cross_entropy_with_logits(z[:, None].expand(len(z), len(y)), y.expand(len(z), len(y)))
    ),
}
NO_ABSOLUTE = "This is the mean of each gradient without absolute values."
SIZES_OF: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "This is the norm of each gradient, not the mean of its absolute values.": torch.norm,
    NO_ABSOLUTE: torch.mean,
    "This is the absolute value of the mean; the task asks for the mean of absolute values.": lambda g: (
        g.mean().abs()
    ),
    "This is the sum of the absolute values, not their mean.": lambda g: g.abs().sum(),
    "This is the largest absolute value, not the mean.": lambda g: g.abs().max(),
    "This is the standard deviation, not the mean of absolute values.": torch.std,
    "This is the logarithm to base 10; the task asks for the mean itself.": lambda g: g.abs().mean().log10(),
    "This is the logarithm; the task asks for the mean itself.": lambda g: g.abs().mean().log(),
    "This is the median of the absolute values, not their mean.": lambda g: g.abs().median(),
    "The absolute values of a row are added, and only then is a mean taken.": lambda g: g.abs().sum(1).mean(),
    "The absolute values of a column are added, and only then is a mean taken.": lambda g: (
        g.abs().sum(0).mean()
    ),
    "This is the mean square, not the mean of absolute values.": lambda g: (g**2).mean(),
    "This is the root of the mean square, not the mean of absolute values.": lambda g: (g**2).mean().sqrt(),
}


@dataclass
class Profile:
    """The profile of a network in both readings of "averaged over the examples", and what known slips make of it."""

    readings: list[torch.Tensor]
    slips: dict[str, torch.Tensor]


def profile_of(logits: Logits, parameters: list, X: torch.Tensor, y: torch.Tensor) -> Profile:
    """The readings average the loss, or the absolute gradients, over the examples."""
    W, b = ([p.double().requires_grad_() for p in group] for group in zip(*parameters, strict=True))
    y, n = y.double().reshape(-1), len(W)
    z = logits(W, b, X.double()).reshape(-1)
    of = {c: torch.autograd.grad(loss(z, y), [*W, *b], retain_graph=True) for c, loss in LOSSES.items()}
    each = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    single = [torch.autograd.grad(loss, [*W, *b], retain_graph=True) for loss in each]
    profiles = {c: torch.stack([g.abs().mean() for g in found[:n]]) for c, found in of.items()}
    right = profiles.pop("")
    mean_of = torch.stack([torch.stack([g[k].abs().mean() for g in single]).mean() for k in range(n)])
    gradients = of[""]
    profiles |= {c: torch.stack([size(g) for g in gradients[:n]]) for c, size in SIZES_OF.items()}
    # The gradient of a bias from one example is that of the layer's output for it.
    outputs = [torch.stack([g[n + k].abs().mean() for g in single]).mean() / len(y) for k in range(n)]
    both = [torch.cat([gradients[k].flatten(), gradients[n + k]]).abs().mean() for k in range(n)]
    profiles |= {
        "The losses of the examples are added; the task asks for their mean.": right * len(y),
        "The biases are counted with the weights.": torch.stack(both),
        "This is the gradient of the biases, not of the weights.": torch.stack(
            [gradients[n + k].abs().mean() for k in range(n)]
        ),
        "This is the gradient of each layer's output, not of its weights.": torch.stack(outputs),
        "This is divided by the mean size of the weights.": right / torch.stack([w.abs().mean() for w in W]),
        "Your profile begins at the output: it should begin at the input.": right.flip(0),
        "The biases have entries of their own; the task asks for the weights.": torch.stack(
            [gradients[i * n + k].abs().mean() for k in range(n) for i in (0, 1)]
        ),
        "This is the first layer alone: does the loop end too early?": right[:1],
        "The output layer is missing.": right[:-1],
    }
    return Profile([right, mean_of], profiles)


def own_slip(student, hint: str) -> tuple[str, Callable[[torch.Tensor], torch.Tensor], str]:
    """The known slip that shows in the profile of one network, which the first test counts; or "".

    And what makes targets of a shape that the student's function takes, where it fails on (n, 1); and the hint of the
    test, or that of the first test where the profile of an ordinary network is wrong for an unknown reason.
    """
    model, parameters = given_network(student, [4, *[7] * 7, 1], "tanh")
    X, y = torch.randn(10, 4), random_targets(10)
    profile = chain_profile(parameters, X, y, torch.tanh)
    for shaped in (as_column, torch.flatten):
        try:
            got = as_numbers(student.gradient_profile(model, X, shaped(y)), "profile")
            known = {hint: alternatives(*profile.readings), **profile.slips}
            cause = known_cause(got, known, atol=0.0, rtol=RTOL_PROBE)
            return cause if cause != hint else "", shaped, hint if cause else HINT_PROBE
        except (CheckFailed, StudentError):
            pass
    return "", as_column, hint


def as_column(y: torch.Tensor) -> torch.Tensor:
    return y.unsqueeze(1)


def assert_profile(got: object, profile: Profile, slip: str = "", hint: str = "") -> None:
    """`got` is one of the readings, or that of the slip. A tensor or an array is as good as a list."""
    readings = [profile.slips[slip]] if slip else profile.readings
    numbers = torch.tensor(as_numbers(got, "profile"), dtype=torch.float64)
    if len(numbers) != len(readings[0]):
        cause = known_cause(numbers, profile.slips, atol=0.0, rtol=RTOL_PROBE)
        fail(
            f"{cause} `profile` should have {len(profile.readings[0])} entries; yours has {len(numbers)}.".strip()
        )
    nearest = min(readings, key=lambda reading: float(((numbers - reading) / reading).abs().max()))
    assert_close(
        numbers,
        nearest,
        atol=0.0,
        rtol=RTOL_PROBE,
        name="profile",
        names=layer_names(len(numbers)),
        wrong={} if slip else profile.slips,
        hint=hint,
    )


def layer_names(n: int) -> list[str]:
    return [f"layer {k + 1} of {n}" for k in range(n)]


def given_network(
    student, sizes: list[int], function: str, gain: float = 1.5, kind: str = "Chain"
) -> tuple[object, list]:
    """A network of one of the grader's own classes in the worker, and its parameters."""
    parameters = random_layers(sizes, gain)
    model = getattr(student.helpers, kind)(sizes, student.library(f"torch.{function}"))
    student.helpers.put(model, parameters)
    return model, parameters


def chain_profile(parameters: list, X: torch.Tensor, y: torch.Tensor, function: Activation) -> Profile:
    return profile_of(
        lambda W, b, inputs: chain(list(zip(W, b, strict=True)), inputs, function), parameters, X, y
    )


def random_targets(n: int) -> torch.Tensor:
    """0. and 1. at random, both of them there when n allows it."""
    return torch.where(torch.randperm(n) < (n + 1) // 2, 1.0, 0.0)


HINT_PROBE = "The weights alone, of the mean binary cross-entropy on the logit, input side first?"
# Float32 against float64 on 200 draws of each network below: at most 5e-6 of the value.
RTOL_PROBE = 2e-3


@task("probe", points=2.0)
def test_profile_of_a_given_network(student, rng):
    """The profile should hold the mean absolute gradient of each layer's weights, input side first."""
    for n_hidden, n in ((2, int(rng.integers(65, 79))), (int(rng.integers(3, 6)), 1)):
        sizes = [5] + [int(rng.integers(6, 10))] * n_hidden + [1]
        while True:  # a negative mean tells itself from its absolute value
            model, parameters = given_network(student, sizes, "tanh")
            X, y = torch.randn(n, 5), random_targets(n)
            profile = chain_profile(parameters, X, y, torch.tanh)
            if profile.slips[NO_ABSOLUTE].min() < 0:
                break
        got = student.gradient_profile(model, X, y.unsqueeze(1))
        assert_profile(got, profile, hint=HINT_PROBE)


@task("probe", points=1.0)
def test_targets_in_one_dimension(student):
    """Targets of shape (n,) should give the same profile as targets of shape (n, 1)."""
    model, parameters = given_network(student, [4, 7, 7, 1], "tanh")
    X, y = torch.randn(10, 4), random_targets(10)
    profile = chain_profile(parameters, X, y, torch.tanh)
    slip, _, hint = own_slip(student, "Is every logit compared with its own target?")
    assert_profile(student.gradient_profile(model, X, y), profile, slip, hint)


@task("probe", points=1.0)
def test_model_is_left_as_it_was(student):
    """The probe should leave the model, its parameters and `.grad` as they were, and not be misled by old gradients."""
    X, y = torch.randn(6, 4), random_targets(6)
    slip, shaped, hint = own_slip(student, "Does an old gradient get into the new one?")
    # with a parameter that is in no layer
    model, parameters = given_network(student, [4, 6, 6, 1], "tanh", kind="Scaled")
    profile = chain_profile(parameters, X, y, torch.tanh)
    before, watched = student.parameters(model), student.helpers.Watched(model)
    student.helpers.use(model)  # a model in use is measured, too
    for preset in (None, 3.0):
        if preset is not None:
            leave_gradients(model, preset)
        got = student.gradient_profile(model, X, shaped(y))
        assert_profile(got, profile, slip, hint)
        assert_unchanged(student.parameters(model), before, "{} after the probe", "A probe changes nothing.")
        gradients = student.gradients(model)
        if preset is None:
            for name, gradient in gradients.items():
                require(gradient is None, f"`{name}.grad` was None before the probe and is not after it.")
        else:
            kept = {name: torch.full_like(value, preset) for name, value in before.items()}
            gone = "`{}.grad` held a gradient before the probe and is None after it."
            assert_unchanged(gradients, kept, "{}.grad after the probe", gone=gone)
    require(
        watched.same(model) is True,
        "After the probe a parameter is another object, or requires no gradient any more.",
    )
    require(
        student.helpers.in_use(model) is True,
        "The model was in eval mode before the probe, and is in train mode after it.",
    )


@task("probe", points=1.0)
def test_another_kind_of_network(student):
    """The probe should serve any network with `.layers`, here one with residual connections that have a weight."""
    sizes = [4, 6, 6, 6, 1]
    parameters = random_layers(sizes, 1.2)
    # Logits around -22 may not be cut off. Their sigmoid is exact in float32, that of 22 is not: probabilities will do.
    parameters[-1] = parameters[-1][0] / 4, torch.tensor([-22.0])
    model = student.helpers.Residual(sizes, student.library("torch.relu"))
    student.helpers.put(model, parameters)

    def logits(W: list[torch.Tensor], b: list[torch.Tensor], X: torch.Tensor) -> torch.Tensor:
        X = torch.relu(X @ W[0].T + b[0])
        for weight, bias in zip(W[1:-1], b[1:-1], strict=True):
            X = X + torch.tensor(0.7).double() * torch.relu(X @ weight.T + bias)
        return X @ W[-1].T + b[-1]

    X, y = torch.randn(8, 4), random_targets(8)
    profile = profile_of(logits, parameters, X, y)
    hint = "Are `.layers` and the output all that you use of the model, and does the loss get logits, however large?"
    slip, shaped, hint = own_slip(student, hint)
    assert_profile(student.gradient_profile(model, X, shaped(y)), profile, slip, hint)


@task("probe", points=1.0)
def test_vanished_gradients_are_still_measured(student):
    """Where the gradient has almost vanished the probe should still say how small it is."""
    sizes = [6, *[8] * 24, 1]
    model, parameters = given_network(student, sizes, "sigmoid", gain=1.0)
    X, y = torch.randn(4, 6), torch.ones(4)  # equal targets: nothing cancels between the examples
    profile = chain_profile(parameters, X, y, torch.sigmoid)
    # First entries lie around 1e-18. Float32 keeps their relative size: at most 5e-6 off on 200 draws.
    slip, shaped, hint = own_slip(student, "Is anything rounded?")
    assert_profile(student.gradient_profile(model, X, shaped(y)), profile, slip, hint)


# ---- decay

# float32 arithmetic on logarithms of 1e-30 is right to 1e-6 of the result.
RTOL_DECAY = 1e-4


def ratios_of(profile: list[float]) -> list[float]:
    return [a / b for a, b in zip(profile, profile[1:], strict=False)]


def decay_slips(profile: list[float]) -> dict[str, float]:
    """What known slips make of a profile."""
    r = ratios_of(profile)
    logarithms, product = np.log(r), math.prod(r)
    slope = np.polyfit(range(len(profile)), np.cumsum([0.0, *-logarithms]), 1)[0]
    return {
        # where every entry is larger than the next, this is the upside-down mean as well, which shows elsewhere, too
        "The order of the entries counts: is anything sorted, or are the smallest and the largest taken?": (
            (min(profile) / max(profile)) ** (1 / len(r))
        ),
        "Each entry is divided by the one before it; the task divides it by the next.": (
            1 / statistics.geometric_mean(r)
        ),
        "This is the root for as many ratios as there are entries.": product ** (1 / len(profile)),
        "This is the product of the ratios; is a root taken?": product,
        "This is the square root of the product, however many ratios there are.": product**0.5,
        "This is the arithmetic mean of the ratios.": statistics.mean(r),
        "This is the first ratio alone.": r[0],
        "This is the root of the first ratio alone: does the loop end too early?": r[0] ** (1 / len(r)),
        "This is the last ratio alone.": r[-1],
        "This is the median of the ratios.": statistics.median(r),
        "This is the mean of the logarithms: what takes a logarithm back?": logarithms.mean(),
        "This is the geometric mean of the entries; the task asks for that of their ratios.": (
            statistics.geometric_mean(profile)
        ),
        "This is the slope of a line through the logarithms, which is another mean of the ratios.": math.exp(
            -slope
        ),
        "This is the first entry divided by the last, divided by the number of ratios.": product / len(r),
    }


def own_decay(student, profile: list[float]) -> str:
    """The known slip that shows for this profile, in a test of its own; or ""."""
    right = statistics.geometric_mean(ratios_of(profile))
    slips = {
        cause: value
        for cause, value in decay_slips(profile).items()
        if not math.isclose(value, right, rel_tol=0.01)
    }
    try:
        return known_cause(student.decay_per_layer(profile), slips, atol=0.0, rtol=RTOL_DECAY)
    except (CheckFailed, StudentError):
        return ""


def check_decay(student, profile: list[float], slip: str = "") -> None:
    slips = decay_slips(profile)
    right = slips[slip] if slip else statistics.geometric_mean(ratios_of(profile))
    assert_close(
        as_number(student.decay_per_layer(profile), "decay_per_layer(profile)"),
        right,
        atol=0.0,
        rtol=RTOL_DECAY,
        name="decay_per_layer(profile)",
        hint=f"The profile has {len(profile)} entries, so how many ratios are there? Which entry is divided by which?",
        wrong={} if slip else slips,
    )


def equal_ratios(rng, low: float, high: float) -> list[float]:
    factor = rng.uniform(low, high)
    return [float(0.3 * factor**-k) for k in range(int(rng.integers(4, 9)))]


def check_equal_ratios(student, rng) -> None:
    for ends in ((0.1, 0.8), (1.3, 3.0)):
        check_decay(student, equal_ratios(rng, *ends))


def unequal_ratios(rng) -> list[float]:
    """With the largest entry in the middle: where all are in order, some slips give the same."""
    profile = np.exp(rng.uniform(-6, 2, size=5))
    profile[2] += profile.max()
    return profile.tolist()


def telling(draw: Callable[[], list[float]]) -> list[float]:
    """A profile for which no known slip is nearly right by chance."""
    while True:
        profile = draw()
        right = statistics.geometric_mean(ratios_of(profile))
        off = [abs(slip / right - 1) for slip in decay_slips(profile).values()]
        if not any(1e-6 < each < 0.05 for each in off):
            return profile


@task("decay", points=1.0)
def test_equal_ratios(student, rng, shared):
    """Where every layer changes the gradient by the same factor, the decay is that factor."""
    shared.once(lambda: check_equal_ratios(student, rng))


@task("decay", points=1.0)
def test_unequal_ratios(student, rng, shared):
    """Where the ratios differ, the decay is their geometric mean."""
    # Drawn like those of the test above, which has to have counted the slip.
    ranges = ((0.1, 0.8), (1.3, 3.0))
    found = (own_decay(student, telling(lambda ends=ends: equal_ratios(rng, *ends))) for ends in ranges)
    slip = next(filter(None, found), "")
    if slip:
        with contextlib.suppress(CheckFailed, StudentError):
            shared.once(lambda: check_equal_ratios(student, rng))
            slip = ""
    n = int(rng.choice([5, 7]))  # so that the median of the ratios is none of them
    check_decay(student, np.exp(rng.uniform(-6, 2, size=n)).tolist(), slip)
    for last in (float(rng.uniform(0.5, 1.0)), float(rng.uniform(0.1, 0.2))):  # only the last entries differ
        check_decay(student, [4.0, 0.01, 9.0, last], slip)


@task("decay", points=0.5)
def test_two_layers(student, rng):
    """Two layers are enough."""
    slip = own_decay(student, telling(lambda: unequal_ratios(rng)))
    check_decay(student, rng.uniform(0.1, 5.0, size=2).tolist(), slip)


@task("decay", points=0.5)
def test_forty_layers(student, rng):
    """Forty layers are not too many, and gradients that have almost vanished are not too small."""
    slip = own_decay(student, telling(lambda: unequal_ratios(rng)))
    for n, last in ((40, -1), (5, -20)):
        exponents = np.linspace(-30, last, n) + rng.uniform(-0.2, 0.2, size=n)
        check_decay(student, (10.0**exponents).tolist(), slip)


# ---- initialize

SIZES = [100, 250, 250, 250, 1]
HIDDEN = range(len(SIZES) - 2)
"""The layers before the last, which a test of its own looks at."""


def initialized(student, scheme: str | float, seed: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Weights and biases of a network of the grader's after `initialize`."""
    model = student.helpers.Chain(SIZES, student.library("torch.tanh"))
    student.initialize(model, scheme, seed)
    return [
        (
            as_tensor(weight, f"layers[{k}].weight", shape=(SIZES[k + 1], SIZES[k])),
            as_tensor(bias, f"layers[{k}].bias", shape=(SIZES[k + 1],)),
        )
        for k, (weight, bias) in enumerate(student.helpers.layer_parameters(model))
    ]


def written(student) -> list[int]:
    """The layers before the last that `initialize` writes to; all where it writes to none.

    One that is left out has the wrong spread, which three tests count; the others look at the rest.
    """
    model, before = given_network(student, SIZES, "tanh")
    student.initialize(model, "he", 1)
    weights = starting_weights(student, model)
    return [k for k in HIDDEN if not torch.equal(weights[k], before[k][0].double())] or [*HIDDEN]


def spreads(scheme: str | float, k: int) -> tuple[list[float], dict[str, float]]:
    """The standard deviations that layer k may have, and those of known slips."""
    a, b = SIZES[k], SIZES[k + 1]
    if scheme == "he":
        right, slips = (
            [math.sqrt(2 / a)],
            {"This is the scheme with fan_out in place of fan_in.": math.sqrt(2 / b)},
        )
        slips["This is sqrt(1 / fan_in): relu's factor 2 is missing."] = math.sqrt(1 / a)
    elif scheme == "xavier":
        # Some books call sqrt(1 / fan_in) by this name; for a square layer the two are the same.
        right, slips = [math.sqrt(2 / (a + b)), math.sqrt(1 / a)], {}
        slips["This is sqrt(1 / (fan_in + fan_out)): the factor 2 is missing."] = math.sqrt(1 / (a + b))
    else:
        right, slips = [float(scheme)], {"This is the root: the number is no variance.": math.sqrt(scheme)}
        slips["The number is divided by the root of fan_in; it is the standard deviation itself."] = (
            scheme / a**0.5
        )
        slips["This is a standard deviation of 1: is the number used?"] = 1.0
    return right, {
        "This is the variance where the standard deviation belongs: is the root taken?": right[0] ** 2,
        "This is what you get with the standard deviation as the end of a range of uniform numbers.": right[0]
        / 3**0.5,
        # 5 / 3, PyTorch's gain for tanh, is too near to the root of 3 to tell the two apart.
        "This is 1.7 times what it should be: is it the end of a range of uniform numbers, or is there a gain?": (
            right[0] * 3**0.5
        ),
        "This is the spread of PyTorch's own weights: were new ones drawn?": 1 / math.sqrt(3 * a),
        **slips,
    }


def check_spread(weight: torch.Tensor, scheme: str | float, k: int, slip: str = "") -> None:
    """Mean 0 and an allowed standard deviation, or that of the slip, within six standard errors of normal numbers."""
    name = f"layers[{k}].weight with {scheme!r}" + (", the last layer's" if k not in HIDDEN else "")
    n, spread = weight.numel(), weight.std().item()
    require(spread > 0, f"`{name}` holds equal numbers; they should be drawn at random.")
    one_sign = f"All numbers in `{name}` have the same sign. What should their mean be?"
    require(bool(weight.min() < 0 < weight.max()), one_sign)
    right, slips = spreads(scheme, k)
    # the last layer has so few weights that several slips are within the tolerance
    cause = min(slips, key=lambda cause: abs(math.log(spread / slips[cause])))
    assert_close(
        spread,
        slips[slip] if slip else min(right, key=lambda wanted: abs(math.log(spread / wanted))),
        atol=0.0,
        rtol=6 / math.sqrt(2 * n) + 0.01,
        name=f"the standard deviation of {name}",
        hint="Which size of the weights is fan_in? Is it a standard deviation, a variance, or the end of a range?",
        wrong={cause: slips[cause]},
    )
    middle = weight.mean().item() / spread
    assert_close(middle, 0.0, atol=6 / math.sqrt(n), name=f"the mean of {name}, in standard deviations")


@task("initialize", points=0.75)
def test_he(student, rng):
    """With "he" the weights of a layer should have the standard deviation sqrt(2 / fan_in)."""
    layers = initialized(student, "he", int(rng.integers(10**6)))
    for k in HIDDEN:
        check_spread(layers[k][0], "he", k)


@task("initialize", points=0.75)
def test_xavier(student, rng):
    """With "xavier" the weights should have the standard deviation sqrt(2 / (fan_in + fan_out))."""
    layers = initialized(student, "xavier", int(rng.integers(10**6)))
    for k in HIDDEN:
        check_spread(layers[k][0], "xavier", k)


@task("initialize", points=0.75)
def test_a_number_is_a_standard_deviation(student, rng):
    """A float should be the standard deviation of normal weights, the same in every layer."""
    farthest = 0.0
    for std in (float(rng.uniform(0.01, 0.05)), float(rng.uniform(1.1, 2.0))):
        layers = initialized(student, std, int(rng.integers(10**6)))
        for k in HIDDEN:
            weight = layers[k][0]
            check_spread(weight, std, k)
            # Of normal numbers 4.55 % lie beyond two standard deviations, of uniform ones none: the
            # standard error for 25,000 numbers is 0.13 %.
            beyond = (weight.abs() > 2 * weight.std()).double().mean().item()
            require(
                0.03 < beyond < 0.06,
                f"`layers[{k}].weight` has the right spread and no normal distribution. Is it uniform?",
            )
            farthest = max(farthest, weight.abs().max().item() / std)
    # Of the 300,000 normal numbers 19 are expected out there; none are in one of a hundred million draws.
    require(
        farthest > 4,
        f"None of your weights is farther from 0 than {farthest:.1f} standard deviations, in layers as large as these; "
        "a few of as many normal numbers would be. Does the distribution have its tails?",
    )


@task("initialize", points=0.5)
def test_the_last_layer(student, rng):
    """The output layer should be initialized as well."""
    last = len(SIZES) - 2
    for scheme in ("he", "xavier", 1.5):
        layers = initialized(student, scheme, int(rng.integers(10**6)))
        right, slips = spreads(scheme, 0)  # the first layer shows a slip that counts for its scheme
        slip = known_cause(layers[0][0].std(), {"": right[0], **slips}, atol=0.0, rtol=0.04)
        check = partial(check_spread, layers[last][0], scheme, last)
        any_of(check, lambda check=check, slip=slip: check(slip))
        name = f"the last layer's bias with {scheme!r}"
        if not layers[0][1].any():  # another test counts biases that are not 0 in any layer
            assert_close(layers[last][1], [0.0], atol=0.0, name=name)


@task("initialize", points=0.25)
def test_biases_are_zero(student, rng):
    """The biases should be 0."""
    model, parameters = given_network(student, SIZES, "tanh")
    layers = written(student)
    for scheme in ("xavier", "he", 0.3):
        student.helpers.put(model, parameters)
        student.initialize(model, scheme, int(rng.integers(10**6)))
        found = student.helpers.layer_parameters(model)
        for k in layers:
            wrong = {"This bias is what it was before.": parameters[k][1]}
            name = f"layers[{k}].bias after {scheme!r}"
            assert_close(found[k][1], torch.zeros(len(parameters[k][1])), atol=0.0, name=name, wrong=wrong)


@task("initialize", points=0.25)
def test_in_place(student, rng):
    """The new weights should be written into the parameters that the model had before."""
    model, parameters = given_network(student, SIZES, "tanh")
    layers = written(student)
    for scheme in ("xavier", "he", 0.3):
        student.helpers.put(model, parameters)
        watched = student.helpers.Watched(model)
        student.initialize(model, scheme, int(rng.integers(10**6)))
        require(
            watched.same(model) is True,
            "`initialize` should write new numbers into the parameters that are there; yours puts others in their "
            "place, or makes them constants.",
        )
        found = student.helpers.layer_parameters(model)
        for k in layers:
            weight = as_tensor(found[k][0], f"layers[{k}].weight", shape=tuple(parameters[k][0].shape))
            require(
                not torch.equal(weight, parameters[k][0].double()),
                f"`layers[{k}].weight` is what it was before {scheme!r}.",
            )


@task("initialize", points=0.75)
def test_seed(student, rng):
    """The same seed should give the same weights, another seed others, and each layer its own."""
    layers = written(student)
    for scheme, seed in (("xavier", int(rng.integers(10**6))), ("he", 0), (0.2, int(rng.integers(10**6)))):
        first, again, other = (initialized(student, scheme, s) for s in (seed, seed, seed + 1))
        for k in layers:
            name = f"layers[{k}].weight with {scheme!r}"
            label = f"{name} and the same seed again"
            assert_close(again[k][0], first[k][0], atol=0.0, name=label, hint="Where does the seed go?")
            require(not torch.equal(other[k][0], first[k][0]), f"`{name}` is the same for another seed.")
        require(
            not torch.equal(first[1][0], first[2][0]),
            f"With {scheme!r} two layers of the same size have the same weights. How often is the seed set?",
        )


# ---- steady

DEPTH = 30


def ends_of_profile(activation: Activation, width: int, std: float) -> tuple[float, float]:
    """First and last entry of the profile of one network with normal weights, on 64 examples."""
    sizes = [10, *[width] * DEPTH, 1]
    weights = [std * torch.randn(b, a) for a, b in zip(sizes, sizes[1:], strict=False)]
    ends = [weights[0].requires_grad_(), weights[-1].requires_grad_()]
    X, y = torch.randn(64, 10), torch.randint(0, 2, (64, 1)).float()
    for weight in weights[:-1]:
        X = activation(X @ weight.T)
    loss = F.binary_cross_entropy_with_logits(X @ weights[-1].T, y)
    first, last = (gradient.abs().mean().item() for gradient in torch.autograd.grad(loss, ends))
    return first, last


def ask_steady(student, name: str, width: int, seed: int) -> object:
    return student.steady_std.within(20)(student.library(f"torch.{name}"), width, seed)


def ask_two_widths(student, rng, shared) -> list[tuple[int, object]]:
    """What comes for relu with a narrow and then with a wide network, in one notebook: a value or an exception each.

    The narrow one alone where it took too much time: then its notebook is gone.
    """

    def ask() -> list[tuple[int, object]]:
        found: list[tuple[int, object]] = []
        for width in (int(rng.integers(16, 20)), int(rng.integers(48, 65))):
            try:
                found.append((width, ask_steady(student, "relu", width, int(rng.integers(10**6)))))
            except Exception as raised:
                found.append((width, raised))
                if not isinstance(raised, StudentError):
                    break
        return found

    return shared.once(ask)


def same_number(one: object, other: object) -> bool:
    try:
        return as_number(one, "std") == as_number(other, "std")
    except CheckFailed:
        return False


def cause_of_steady(std: float, name: str, width: int, same_for: int) -> str:
    """A sentence for a standard deviation with which the networks are not alive; or ""."""
    slips = {
        "Your standard deviation is 1 / width: is that a standard deviation, or a variance?": 1 / width,
        "Your standard deviation is 2 / width: is that a standard deviation, or a variance?": 2 / width,
        "Your standard deviation is that of PyTorch's own weights.": 1 / math.sqrt(3 * width),
    }
    if name == "relu":
        slips[
            "Your standard deviation keeps the signal of a layer without relu, which sets half of it to 0."
        ] = width**-0.5
    if std >= 1:
        return (
            "Your number is 1 or more: is it a gain that ignores the width, or a candidate's place in a list?"
        )
    if same_for:
        return f"Your number for a width of {same_for} is the same: where does `width` come in?"
    if known := known_cause(std, slips, atol=0.0, rtol=1e-3):
        return known
    if std * math.sqrt(width) < 0.8:
        return (
            "Your number is far too small: is it a variance, or does a search choose what is level because it is dead, "
            "or measure networks that are not made with the candidate?"
        )
    if std * math.sqrt(width) > 2:
        return "Your number is far too large for this width: how many inputs does a hidden unit have?"
    return ""


def check_steady(found: object, name: str, width: int, same_for: int = 0) -> None:
    """`same_for`: another width, 0 for none, for which the student's number is the same."""
    activation = getattr(torch, name)
    label = f"steady_std(torch.{name}, {width}, seed)"
    if isinstance(found, Exception):
        raise found
    std = as_number(found, label)
    require(0 < std < 1e6, f"`{label}` should be a positive standard deviation; yours is {std:g}.")
    cause = cause_of_steady(std, name, width, same_for)
    # Of 400 draws with sqrt(2 / width) for relu and 1 / sqrt(width) for tanh, at the hardest width of 16, 3 and 1
    # lie outside these bounds, so that a median of five does in less than one grading of a hundred thousand.
    ends = [ends_of_profile(activation, width, std) for _ in range(5)]
    first = statistics.median(first for first, _ in ends)
    ratio = statistics.median(first / last if last > 0 else math.inf for first, last in ends)
    if not 1e-5 <= first <= 1e3:
        word = "dead" if first < 1e-5 else "exploding"
        fail(
            f"{cause} With `{label}` the first entry of your profile is {first:.1e} (median of five networks): {word}. "
            "It should be between 1e-5 and 1e3.".strip()
        )
    if not 1e-2 <= ratio <= 1e2:
        fail(
            f"{cause} With `{label}` the first entry of your profile is {ratio:.1e} of the last (median of five "
            "networks). It should be within a factor of 100.".strip()
        )


NEEDS = ("deep-mlp", "probe", "initialize")


@task("steady", points=1.25, needs=NEEDS)
def test_narrow_relu_network(student, rng, shared):
    """Thirty narrow relu layers should stay alive with your standard deviation."""
    both = ask_two_widths(student, rng, shared)
    (width, found), (other, same) = both[0], both[-1]
    check_steady(found, "relu", width, same_for=other if other != width and same_number(same, found) else 0)


@task("steady", points=1.25, needs=NEEDS)
def test_wide_relu_network(student, rng, shared):
    """Thirty wider relu layers should stay alive with your standard deviation, also after narrow ones."""
    both = ask_two_widths(student, rng, shared)
    width, found = both[1] if len(both) == 2 else (48, ask_steady(student, "relu", 48, 0))
    other, same = both[0]
    check_steady(found, "relu", width, same_for=other if same_number(same, found) else 0)


@task("steady", points=1.25, needs=NEEDS)
def test_narrow_tanh_network(student, rng):
    """Thirty narrow tanh layers should stay alive with your standard deviation."""
    width = int(rng.integers(16, 25))
    check_steady(ask_steady(student, "tanh", width, int(rng.integers(10**6))), "tanh", width)


@task("steady", points=1.25, needs=NEEDS)
def test_wide_tanh_network(student, rng):
    """Thirty wider tanh layers should stay alive with your standard deviation."""
    width = int(rng.integers(48, 65))
    check_steady(ask_steady(student, "tanh", width, int(rng.integers(10**6))), "tanh", width)
