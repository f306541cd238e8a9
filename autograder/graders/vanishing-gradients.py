"""Hidden tests of `vanishing-gradients` (docs/contract.md, section 6).

Networks are compared on parameters that the grader sets, gradients with autograd on its own copy of the network.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F

from autograder.grading.toolkit import (
    as_number,
    as_numbers,
    as_tensor,
    assert_close,
    expect_error,
    fail,
    require,
    task,
)

Activation = Callable[[torch.Tensor], torch.Tensor]


# ---- derivatives


def check_derivative(student, name: str, expected: Activation) -> None:
    for shape in [(), (7,), (4, 1), (2, 3, 5)]:
        s = 3 * torch.randn(shape)
        label = f'activation_derivative("{name}", s)'
        slope = student.activation_derivative.returning(torch.Tensor, label)(name, s)
        # Six ways to write the formulas in float32: at most 3e-7 off.
        assert_close(
            slope,
            expected(s.double()),
            atol=1e-5,
            name=label,
            hint="Which shape and which values does s have?",
        )


@task("derivatives", points=0.75, without=("autograd",))
def test_derivative_of_the_sigmoid(student):
    """The derivative of the sigmoid should be right for tensors of every shape, without autograd."""
    check_derivative(student, "sigmoid", lambda s: torch.sigmoid(s) * torch.sigmoid(-s))


@task("derivatives", points=0.75, without=("autograd",))
def test_derivative_of_tanh(student):
    """The derivative of tanh should be right for tensors of every shape, without autograd."""
    check_derivative(student, "tanh", lambda s: torch.cosh(s) ** -2)


@task("derivatives", points=1.0, without=("autograd",))
def test_derivative_of_relu(student):
    """The derivative of relu should be 1 above zero and 0 elsewhere, at zero too, without autograd."""
    check_derivative(student, "relu", lambda s: torch.heaviside(s, torch.zeros_like(s)))
    slope = student.activation_derivative("relu", torch.tensor([[0.0, -2.0, 3.0], [0.0, 1e-3, -1e-3]]))
    assert_close(
        slope,
        [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]],
        atol=0.0,
        name="the derivative of relu around 0",
        hint="Take 0 at 0.",
    )


@task("derivatives", points=0.5)
def test_unknown_activation(student, rng):
    """A name that is not one of the three should raise a ValueError that names it."""
    s = torch.randn(3)
    require(student.activation_derivative("tanh", s) is not None, "`activation_derivative` returns nothing.")
    # before and after each right name in the alphabet, and one that begins like it
    for wrong in ("tahn", "tanhshrink", str(rng.choice(["softplus", "gelu", "elu", "swish"]))):
        doing = f'`activation_derivative("{wrong}", s)`'
        with expect_error(ValueError, mention=("name", wrong), doing=doing):
            student.activation_derivative(wrong, s)


# ---- deep-mlp


def random_layers(sizes: list[int], gain: float = 1.0) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Normal weights of standard deviation gain / sqrt(fan_in), and biases of 0.5 / sqrt(fan_in)."""
    return [
        (gain * torch.randn(b, a) / math.sqrt(a), 0.5 * torch.randn(b) / math.sqrt(a))
        for a, b in zip(sizes, sizes[1:], strict=False)
    ]


def logits_of(
    parameters: list[tuple[torch.Tensor, torch.Tensor]], X: torch.Tensor, activation: Activation
) -> torch.Tensor:
    for weight, bias in parameters[:-1]:
        X = activation(X @ weight.T + bias)
    weight, bias = parameters[-1]
    return X @ weight.T + bias


def build(student, sizes: list[int], activation: object) -> object:
    """The student's DeepMLP of these sizes, proved to have the layers that the contract asks for."""
    model = student.DeepMLP(sizes[0], sizes[1], len(sizes) - 2, activation)
    found = student.helpers.layer_parameters(model)
    require(isinstance(found, list), "`model.layers` cannot be read as a list of linear layers.")
    require(
        len(found) == len(sizes) - 1,
        f"With n_hidden={len(sizes) - 2} `model.layers` should have {len(sizes) - 1} layers, the output's too; "
        f"yours has {len(found)}.",
    )
    for k, (weight, bias) in enumerate(found):
        as_tensor(weight, f"model.layers[{k}].weight", shape=(sizes[k + 1], sizes[k]))
        as_tensor(bias, f"model.layers[{k}].bias", shape=(sizes[k + 1],))
    return model


def check_logits(student, sizes: list[int], activation: object, expected: Activation, n: int) -> torch.Tensor:
    model = build(student, sizes, activation)
    parameters = random_layers(sizes)
    student.helpers.put(model, parameters)
    X = torch.randn(n, sizes[0])
    logits = logits_of(parameters, X, expected)
    # Float32 on networks of at most 7 layers: at most 3e-7 off on 300 draws.
    assert_close(
        model(X),
        logits,
        atol=1e-4,
        name="model(X)",
        hint="What is done after each hidden layer, and after the last?",
    )
    return logits


@task("deep-mlp", points=1.0)
def test_layers_and_their_parameters(student, rng):
    """`layers` should hold n_hidden + 1 linear layers of the right sizes, all of them known to the module."""
    for n_hidden in (1, int(rng.integers(3, 9))):
        sizes = [int(rng.integers(4, 9))] + [int(rng.integers(10, 20))] * n_hidden + [1]
        model = build(student, sizes, student.library("torch.tanh"))
        count = sum((a + 1) * b for a, b in zip(sizes, sizes[1:], strict=False))
        found = student.parameters(model)
        total = sum(as_tensor(value, name).numel() for name, value in found.items())
        require(
            total == count,
            f"`model.parameters()` finds {total} numbers in your module, "
            f"{'fewer' if total < count else 'more'} than it needs. Is every layer there, once, in an nn.ModuleList?",
        )


@task("deep-mlp", points=1.5)
def test_logits_of_given_parameters(student, rng):
    """With parameters set by the grader the logits should follow: linear, activation, ..., linear."""
    for n_hidden, n in ((1, 5), (2, 1), (int(rng.integers(4, 7)), 9)):
        sizes = [6] + [int(rng.integers(7, 12))] * n_hidden + [1]
        check_logits(student, sizes, student.library("torch.tanh"), torch.tanh, n)


@task("deep-mlp", points=0.75)
def test_nothing_follows_the_output_layer(student):
    """The output should be a bare logit: no activation after the last layer, so it may be negative."""
    sizes = [3, 8, 8, 1]
    logits = check_logits(student, sizes, student.library("torch.relu"), torch.relu, 40)
    if logits.min() > 0:  # a draw without a negative logit shows nothing: turn the output layer round
        parameters = [(w, b) for w, b in random_layers(sizes)[:-1]] + [(-torch.ones(1, 8), -torch.ones(1))]
        model = build(student, sizes, student.library("torch.relu"))
        student.helpers.put(model, parameters)
        X = torch.randn(40, 3)
        assert_close(model(X), logits_of(parameters, X, torch.relu), atol=1e-4, name="model(X)")


@task("deep-mlp", points=0.75)
def test_any_callable_is_an_activation(student):
    """Any function may be the activation, and two models keep their own."""
    build(student, [4, 6, 6, 1], student.library("torch.relu"))
    check_logits(student, [4, 6, 6, 1], student.helpers.doubled_sine, lambda s: 2 * torch.sin(s), 6)
    check_logits(student, [4, 6, 6, 1], student.library("torch.nn.Sigmoid")(), torch.sigmoid, 6)


# ---- probe


def profiles_of(
    logits: Callable[[list[torch.Tensor], torch.Tensor], torch.Tensor],
    weights: list[torch.Tensor],
    X: torch.Tensor,
    y: torch.Tensor,
) -> list[torch.Tensor]:
    """The profile in both readings of "averaged over the examples": of the loss, and of the absolute gradients."""
    weights = [weight.double().requires_grad_() for weight in weights]
    X, y = X.double(), y.double().reshape(-1)
    losses = F.binary_cross_entropy_with_logits(logits(weights, X).reshape(-1), y, reduction="none")
    of_mean = [g.abs().mean() for g in torch.autograd.grad(losses.mean(), weights, retain_graph=True)]
    single = [torch.autograd.grad(loss, weights, retain_graph=True) for loss in losses]
    mean_of = [torch.stack([g[k].abs().mean() for g in single]).mean() for k in range(len(weights))]
    return [torch.stack(of_mean), torch.stack(mean_of)]


def assert_profile(got: object, readings: list[torch.Tensor], rtol: float, hint: str = "") -> None:
    """`got` is a list of floats and one of the readings."""
    require(
        isinstance(got, (list, tuple)), "`gradient_profile` should return a list, one float for each layer."
    )
    numbers = torch.tensor(as_numbers(got, "profile", length=len(readings[0])), dtype=torch.float64)
    nearest = min(readings, key=lambda reading: float(((numbers - reading) / reading).abs().max()))
    assert_close(
        numbers, nearest, atol=0.0, rtol=rtol, name="profile", names=layer_names(len(numbers)), hint=hint
    )


def layer_names(n: int) -> list[str]:
    return [f"layer {k + 1} of {n}" for k in range(n)]


def given_network(student, sizes: list[int], function: str, gain: float = 1.5) -> tuple[object, list]:
    """A network of the grader's own class in the worker, and its parameters."""
    parameters = random_layers(sizes, gain)
    model = student.helpers.Chain(sizes, student.library(f"torch.{function}"))
    student.helpers.put(model, parameters)
    return model, parameters


def chain_profiles(
    parameters: list, X: torch.Tensor, y: torch.Tensor, function: Activation
) -> list[torch.Tensor]:
    biases = [bias.double() for _, bias in parameters]
    return profiles_of(
        lambda weights, inputs: logits_of(list(zip(weights, biases, strict=True)), inputs, function),
        [weight for weight, _ in parameters],
        X,
        y,
    )


def random_targets(n: int) -> torch.Tensor:
    """0. and 1. at random, both of them there when n allows it."""
    return torch.where(torch.randperm(n) < (n + 1) // 2, 1.0, 0.0)


HINT_PROBE = "The weights alone, of the mean binary cross-entropy on the logit, input side first?"
# Float32 against float64 on 300 draws of each network below: at most 2e-6 of the value.
RTOL_PROBE = 2e-3


@task("probe", points=2.0)
def test_profile_of_a_given_network(student, rng):
    """The profile should hold the mean absolute gradient of each layer's weights, input side first."""
    for n_hidden, n in ((2, 12), (int(rng.integers(3, 6)), 1)):
        sizes = [5] + [int(rng.integers(6, 10))] * n_hidden + [1]
        model, parameters = given_network(student, sizes, "tanh")
        X, y = torch.randn(n, 5), random_targets(n)
        got = student.gradient_profile(model, X, y.unsqueeze(1))
        assert_profile(got, chain_profiles(parameters, X, y, torch.tanh), RTOL_PROBE, HINT_PROBE)


@task("probe", points=1.0)
def test_targets_in_one_dimension(student):
    """Targets of shape (n,) should give the same profile as targets of shape (n, 1)."""
    model, parameters = given_network(student, [4, 7, 7, 1], "tanh")
    X, y = torch.randn(10, 4), random_targets(10)
    readings = chain_profiles(parameters, X, y, torch.tanh)
    assert_profile(
        student.gradient_profile(model, X, y),
        readings,
        RTOL_PROBE,
        "Is every logit compared with its own target?",
    )


@task("probe", points=1.0)
def test_model_is_left_as_it_was(student):
    """The probe should leave parameters and `.grad` as they were, and not be misled by what `.grad` holds."""
    X, y = torch.randn(6, 4), random_targets(6)
    model, parameters = given_network(student, [4, 6, 6, 1], "tanh")
    before = student.parameters(model)
    for preset in (None, 3.0):
        if preset is not None:
            student.helpers.preset_gradients(model, preset)
        got = student.gradient_profile(model, X, y.unsqueeze(1))
        assert_profile(
            got,
            chain_profiles(parameters, X, y, torch.tanh),
            RTOL_PROBE,
            "Does an old gradient get into the new one?",
        )
        for name, value in student.parameters(model).items():
            assert_close(
                value, before[name], atol=0.0, name=f"{name} after the probe", hint="A probe changes nothing."
            )
        for name, gradient in student.gradients(model).items():
            if preset is None:
                require(gradient is None, f"`{name}.grad` was None before the probe and is not after it.")
            else:
                require(
                    gradient is not None,
                    f"`{name}.grad` held a gradient before the probe and is None after it.",
                )
                kept = torch.full_like(before[name], preset)
                assert_close(gradient, kept, atol=0.0, name=f"{name}.grad after the probe")


@task("probe", points=1.0)
def test_another_kind_of_network(student):
    """The probe should serve any network with `.layers` and one logit, here one with residual connections."""
    sizes = [4, 6, 6, 6, 1]
    parameters = random_layers(sizes, 1.2)
    model = student.helpers.Residual(sizes, student.library("torch.relu"))
    student.helpers.put(model, parameters)
    biases = [bias.double() for _, bias in parameters]

    def logits(weights: list[torch.Tensor], X: torch.Tensor) -> torch.Tensor:
        X = torch.relu(X @ weights[0].T + biases[0])
        for weight, bias in zip(weights[1:-1], biases[1:-1], strict=True):
            X = X + torch.tensor(0.7).double() * torch.relu(X @ weight.T + bias)
        return X @ weights[-1].T + biases[-1]

    X, y = torch.randn(8, 4), random_targets(8)
    readings = profiles_of(logits, [weight for weight, _ in parameters], X, y)
    assert_profile(student.gradient_profile(model, X, y.unsqueeze(1)), readings, RTOL_PROBE, HINT_PROBE)


@task("probe", points=1.0)
def test_vanished_gradients_are_still_measured(student):
    """Where the gradient has almost vanished the probe should still say how small it is."""
    sizes = [6, *[8] * 15, 1]
    model, parameters = given_network(student, sizes, "sigmoid", gain=1.0)
    X, y = torch.randn(4, 6), torch.ones(4)  # equal targets: nothing cancels between the examples
    readings = chain_profiles(parameters, X, y, torch.sigmoid)
    # First entries lie around 1e-12. Float32 keeps their relative size: at most 2e-6 off on 300 draws.
    assert_profile(
        student.gradient_profile(model, X, y.unsqueeze(1)), readings, RTOL_PROBE, "Is anything rounded?"
    )


# ---- decay

# float32 arithmetic on logarithms of 1e-30 is right to 1e-6 of the result.
RTOL_DECAY = 1e-4


def check_decay(student, profile: list[float]) -> None:
    ratios = [a / b for a, b in zip(profile, profile[1:], strict=False)]
    got = as_number(student.decay_per_layer(profile), "decay_per_layer(profile)")
    assert_close(
        got,
        statistics.geometric_mean(ratios),
        atol=0.0,
        rtol=RTOL_DECAY,
        name="decay_per_layer(profile)",
        hint=f"The profile has {len(profile)} entries, so how many ratios are there? Which entry is divided by which?",
    )


@task("decay", points=1.0)
def test_equal_ratios(student, rng):
    """Where every layer changes the gradient by the same factor, the decay is that factor."""
    for factor in (rng.uniform(0.1, 0.8), rng.uniform(1.3, 3.0)):
        check_decay(student, [float(0.3 * factor**-k) for k in range(int(rng.integers(4, 9)))])


@task("decay", points=1.0)
def test_unequal_ratios(student, rng):
    """Where the ratios differ, the decay is their geometric mean."""
    check_decay(student, np.exp(rng.uniform(-6, 2, size=int(rng.integers(5, 9)))).tolist())
    check_decay(student, [4.0, 0.01, 9.0, float(rng.uniform(0.5, 1.0))])


@task("decay", points=1.0)
def test_short_and_long_profiles(student, rng):
    """Two layers are enough, and forty layers whose gradients almost vanish are not too many."""
    check_decay(student, rng.uniform(0.1, 5.0, size=2).tolist())
    exponents = np.linspace(-30, -1, 40) + rng.uniform(-0.2, 0.2, size=40)
    check_decay(student, (10.0**exponents).tolist())


# ---- initialize

SIZES = [100, 200, 200, 200, 1]


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


def check_spread(weight: torch.Tensor, allowed: list[float], k: int) -> None:
    """Mean 0 and one of the allowed standard deviations, within six standard errors of normal numbers."""
    name = f"layers[{k}].weight" + (", the last layer's" if k == len(SIZES) - 2 else "")
    n = weight.numel()
    spread = weight.std().item()
    require(spread > 0, f"`{name}` holds equal numbers; they should be drawn at random.")
    slack = 6 / math.sqrt(2 * n) + 0.01
    nearest = min(allowed, key=lambda wanted: abs(math.log(spread / wanted)))
    assert_close(
        spread,
        nearest,
        atol=0.0,
        rtol=slack,
        name=f"the standard deviation of {name}",
        hint="Which size of the weights is fan_in? Is it a standard deviation, a variance, or the end of a range?",
    )
    assert_close(
        weight.mean().item() / spread,
        0.0,
        atol=6 / math.sqrt(n),
        name=f"the mean of {name}, in standard deviations",
    )


@task("initialize", points=0.75)
def test_he(student, rng):
    """With "he" the weights of a layer should have the standard deviation sqrt(2 / fan_in), in every layer."""
    for k, (weight, _) in enumerate(initialized(student, "he", int(rng.integers(10**6)))):
        check_spread(weight, [math.sqrt(2 / SIZES[k])], k)


@task("initialize", points=0.75)
def test_xavier(student, rng):
    """With "xavier" the weights should have the standard deviation sqrt(2 / (fan_in + fan_out)), in every layer."""
    for k, (weight, _) in enumerate(initialized(student, "xavier", int(rng.integers(10**6)))):
        fan_in, fan_out = SIZES[k], SIZES[k + 1]
        # Some books call sqrt(1 / fan_in) by this name; for a square layer the two are the same.
        check_spread(weight, [math.sqrt(2 / (fan_in + fan_out)), math.sqrt(1 / fan_in)], k)


@task("initialize", points=1.0)
def test_a_number_is_a_standard_deviation(student, rng):
    """A float should be the standard deviation of normal weights, the same in every layer."""
    for std in (float(rng.uniform(0.01, 0.05)), float(rng.uniform(1.1, 2.0))):
        for k, (weight, _) in enumerate(initialized(student, std, int(rng.integers(10**6)))):
            check_spread(weight, [std], k)
            if weight.numel() < 1000:
                continue
            # Of normal numbers 4.55 % lie beyond two standard deviations, of uniform ones none: the
            # standard error for 20,000 numbers is 0.15 %.
            beyond = (weight.abs() > 2 * weight.std()).double().mean().item()
            require(0.03 < beyond < 0.06, f"`layers[{k}].weight` should be drawn from a normal distribution.")


@task("initialize", points=0.75)
def test_in_place_with_biases_zero(student, rng):
    """All biases should be 0 and all weights new, in the parameters that the model had before."""
    model, parameters = given_network(student, [7, 9, 9, 1], "tanh")
    for scheme in ("xavier", "he", 0.3):
        student.helpers.put(model, parameters)
        watched = student.helpers.Watched(model)
        student.initialize(model, scheme, int(rng.integers(10**6)))
        require(
            watched.same(model) is True,
            "`initialize` should write new numbers into the parameters that are there; yours puts others in their "
            "place, or makes them constants.",
        )
        for k, (weight, bias) in enumerate(student.helpers.layer_parameters(model)):
            assert_close(
                bias, torch.zeros_like(parameters[k][1]), atol=0.0, name=f"layers[{k}].bias after {scheme!r}"
            )
            weight = as_tensor(weight, f"layers[{k}].weight", shape=tuple(parameters[k][0].shape))
            same = (weight - parameters[k][0].double()).abs().max().item() == 0
            require(
                not same,
                f"`layers[{k}].weight` is what it was before {scheme!r}. Are all layers initialized, the last too?",
            )


@task("initialize", points=0.75)
def test_seed(student, rng):
    """The same seed should give the same weights, another seed others, and each layer its own."""
    seed = int(rng.integers(10**6))
    for scheme in ("xavier", "he", 0.2):
        first, again, other = (initialized(student, scheme, s) for s in (seed, seed, seed + 1))
        for k in range(len(first)):
            name = f"layers[{k}].weight with {scheme!r}"
            assert_close(again[k][0], first[k][0], atol=0.0, name=f"{name} and the same seed again")
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


def check_steady(student, name: str, width: int, seed: int) -> None:
    activation = getattr(torch, name)
    label = f"steady_std(torch.{name}, {width}, seed)"
    std = as_number(student.steady_std.within(20)(student.library(f"torch.{name}"), width, seed), label)
    require(0 < std < 1e6, f"`{label}` should be a positive standard deviation; yours is {std:g}.")
    # Of 400 draws with sqrt(2 / width) for relu and 1 / sqrt(width) for tanh, at the hardest width of 16, 3 and 1
    # lie outside these bounds, so that a median of five does in less than one grading of a hundred thousand.
    ends = [ends_of_profile(activation, width, std) for _ in range(5)]
    first = statistics.median(first for first, _ in ends)
    ratio = statistics.median(first / last if last > 0 else math.inf for first, last in ends)
    if not 1e-5 <= first <= 1e3:
        word = "dead" if first < 1e-5 else "exploding"
        fail(
            f"With `{label}` the first entry of your profile is {first:.1e} (median of five networks): {word}. It "
            "should lie between 1e-5 and 1e3."
        )
    if not 1e-2 <= ratio <= 1e2:
        fail(
            f"With `{label}` the first entry of your profile is {ratio:.1e} of the last (median of five networks). It "
            "should be within a factor of 100."
        )


NEEDS = ("deep-mlp", "probe", "initialize")


@task("steady", points=1.25, needs=NEEDS)
def test_narrow_relu_network(student, rng):
    """Thirty narrow relu layers should stay alive with your standard deviation."""
    check_steady(student, "relu", int(rng.integers(16, 25)), int(rng.integers(10**6)))


@task("steady", points=1.25, needs=NEEDS)
def test_wide_relu_network(student, rng):
    """Thirty wider relu layers should stay alive with your standard deviation."""
    check_steady(student, "relu", int(rng.integers(48, 65)), int(rng.integers(10**6)))


@task("steady", points=1.25, needs=NEEDS)
def test_narrow_tanh_network(student, rng):
    """Thirty narrow tanh layers should stay alive with your standard deviation."""
    check_steady(student, "tanh", int(rng.integers(16, 25)), int(rng.integers(10**6)))


@task("steady", points=1.25, needs=NEEDS)
def test_wide_tanh_network(student, rng):
    """Thirty wider tanh layers should stay alive with your standard deviation."""
    check_steady(student, "tanh", int(rng.integers(48, 65)), int(rng.integers(10**6)))
