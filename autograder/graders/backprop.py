"""Hidden tests of `backprop` (docs/contract.md, section 5).

Models are compared on parameters that the grader sets, gradients with autograd in double precision on the judge's side.
Gradients "by hand" are asked for with autograd forbidden, and on examples of extreme scale too: a formula does
not care, but moving each variable a little and looking at the loss gives nothing there.

A slip costs one test: where that test finds a known one, the others of the task expect it, too. In the same way a
value by hand may also be what follows from the student's own values before it.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F

from autograder.grading.toolkit import (
    CheckFailed,
    Remote,
    Student,
    StudentError,
    alternatives,
    any_of,
    as_model,
    as_number,
    as_tensor,
    assert_close,
    assert_kind,
    assert_parameters,
    entries,
    entry,
    fail,
    known_cause,
    new,
    parameters_of,
    put,
    read,
    require,
    task,
    unpack,
)

Parameters = dict[str, torch.Tensor]
Slips = Mapping[str, Callable[..., torch.Tensor]]
"""What a student's code computes instead, by the sentence that names the mistake."""


def draw_parameters(sizes: Sequence[int]) -> Parameters:
    """Values for an MLP of these sizes, by the contract's names, layer by layer, weight before bias."""
    values = {}
    for i, (n_in, n_out) in enumerate(zip(sizes[:-1], sizes[1:], strict=True)):
        values[f"{i}_weight"] = torch.randn(n_in, n_out)
        values[f"{i}_bias"] = torch.randn(n_out)
    return values


def forward(
    values: Parameters, X: torch.Tensor, phi: Callable, after_last: bool = False, biases: slice = slice(None)
) -> torch.Tensor:
    """The MLP's output in double precision; or with phi after the last layer, too, or with some of the biases only."""
    h, n_layers = X.double(), len(values) // 2
    for i in range(n_layers):
        h = h @ values[f"{i}_weight"].double()
        if i in range(n_layers)[biases]:
            h = h + values[f"{i}_bias"].double()
        if after_last or i < n_layers - 1:
            h = phi(h)
    return h


def values_of_slips(slips: Slips, *args: object) -> dict[str, Callable[[], torch.Tensor]]:
    return {cause: partial(slip, *args) for cause, slip in slips.items()}


def computed_by(model: Remote, right: Callable, slips: Slips, values: Parameters, *args: object) -> Callable:
    """The function that the student's model computes for a batch: the right one, or a known slip.

    The slip costs the test of a batch. The other tests of the task expect it, too, since they ask for something else.
    """
    X = torch.randn(6, len(values["0_weight"]))
    try:
        cause = known_cause(model(X), values_of_slips(slips, values, X, *args), atol=1e-4)
    except (CheckFailed, StudentError):
        return right
    return slips.get(cause, right)


def put_in_order(student: Student, model: Remote, values: Parameters, *other: object) -> list[str]:
    """Puts the values into the parameters of these names, or in this order into those of these shapes.

    Returns the names: wrong ones cost the test that asks for them, and no other. So do weights that are turned round,
    and a bias that is a row. Where all weights are square, `other` makes a model whose shapes tell.
    """
    found, shapes = student.parameters(model), list(shapes_of(values).values())
    by_place = not set(values) <= set(found) and list(shapes_of(found).values()) == shapes
    names = list(found if by_place else values)
    named = zip(names, values.values(), strict=True)
    pairs = [(tuple(found[n].shape), tuple(v.shape)) for n, v in named if v.ndim == 2 and n in found]
    turned = all(got == wanted[::-1] for got, wanted in pairs)
    if all(got == wanted for got, wanted in pairs):
        turned = turned and bool(other) and are_turned(student, *other)
    given = {}
    for name, value in zip(names, values.values(), strict=True):
        row = value.ndim == 1 and name in found and tuple(found[name].shape) == (1, len(value))
        given[name] = value.reshape(1, -1) if row else value.T if turned and value.ndim == 2 else value
    put(model, given)
    return names


def are_turned(student: Student, class_name: str, *sizes: object) -> bool:
    """Whether the first weights of a model for 2 inputs and 3 units after them are (out, in)."""
    with contextlib.suppress(CheckFailed, StudentError):
        found = student.parameters(new(student, class_name, *sizes))
        return "0_weight" in found and tuple(found["0_weight"].shape) == (3, 2)
    return False


def shapes_of(values: Parameters) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in values.items()}


# ---- registered


def scores(values: Parameters, X: torch.Tensor) -> torch.Tensor:
    return X.double() @ values["0_weight"].double() + values["0_bias"].double()


def log_probabilities(values: Parameters, X: torch.Tensor) -> torch.Tensor:
    return F.log_softmax(scores(values, X), dim=-1)


LOGISTIC_SLIPS: Slips = {
    "These are probabilities; the task asks for their logarithms.": lambda v, X: scores(v, X).softmax(-1),
    "These are the scores x W + b, before any softmax.": scores,
    "Your softmax runs over the examples, not over the classes.": lambda v, X: scores(v, X).log_softmax(0),
    "This is what you get with a sigmoid in place of the softmax.": lambda v, X: scores(v, X).sigmoid(),
    "This is the logarithm of a sigmoid of each score, not of a softmax.": lambda v, X: F.logsigmoid(
        scores(v, X)
    ),
    "These are the log-probabilities with the opposite sign.": lambda v, X: -log_probabilities(v, X),
    "This is what you get without the bias.": lambda v, X: (X.double() @ v["0_weight"].double()).log_softmax(
        -1
    ),
}


def logistic_regression(
    student: Student, D: int, C: int, values: Parameters | None = None
) -> tuple[Remote, Parameters, list[str]]:
    """The student's model with parameters that the grader drew, and what the student calls them."""
    model, values = new(student, "LogisticRegression", D, C), values or draw_parameters([D, C])
    if {name: tuple(value.shape) for name, value in student.parameters(model).items()} == {
        "0_weight": (D, C)
    }:
        # A bias that is not registered, or not there, counts where the names do: for x = 0 the output tells which.
        put(model, {"0_weight": values["0_weight"]})
        values["0_bias"] = as_tensor(model(torch.zeros(1, D)), "the output for zeros", shape=(1, C))[0]
        return model, values, ["0_weight"]
    return model, values, put_in_order(student, model, values, "LogisticRegression", 2, 3)


@task("registered", points=1.0)
def test_registered_parameters_of_logistic_regression(student):
    """Logistic regression should register `0_weight` of shape (D, C) and `0_bias` of shape (C,)."""
    for D, C in [(4, 3), (3, 3), (1, 5)]:
        model = new(student, "LogisticRegression", D, C)
        assert_parameters(model, {"0_weight": (D, C), "0_bias": (C,)})
    again = new(student, "LogisticRegression", D, C)
    require(
        not torch.equal(*(read(each, ["0_weight"])["0_weight"] for each in (model, again))),
        "Two new models of the same sizes start with the same weights. The task asks for random ones.",
    )


@task("registered", points=0.5)
def test_log_probabilities_of_a_batch(student):
    """A batch (n, D) should give the log-probabilities of each row, of shape (n, C)."""
    for D, C, n, far in [(4, 3, 7, 60.0), (3, 3, 3, 0.0), (2, 5, 6, 0.0)]:
        values, X = draw_parameters([D, C]), torch.randn(n, D)
        if far:
            # This feature adds the same to all scores of a row, so the logarithms stay moderate; a clamp shows,
            # and so does a maximum that is taken over the batch. Powers of e are still within float32.
            values["0_weight"][0] = 1.0
            X[:2, 0] = torch.tensor([far, -far])
        model, values, _ = logistic_regression(student, D, C, values)
        # Measured over 3,000 draws in float32: errors below 6 % of this, mostly far below.
        assert_close(
            model(X),
            log_probabilities(values, X),
            atol=1e-4,
            name="LogisticRegression(D, C)(X)",
            wrong=values_of_slips(LOGISTIC_SLIPS, values, X),
        )


@task("registered", points=0.5)
def test_log_probabilities_of_one_example(student):
    """One example (D,) should give (C,), and a batch of one row (1, D) should give (1, C)."""
    for D, C in [(4, 3), (3, 3), (1, 2)]:
        model, values, _ = logistic_regression(student, D, C)
        right = computed_by(model, log_probabilities, LOGISTIC_SLIPS, values)
        for x in (torch.randn(D), torch.randn(1, D)):
            label = f"the output for an input of shape {tuple(x.shape)}"
            assert_close(model(x), right(values, x), atol=1e-4, name=label)


@task("registered", points=1.0)
def test_training_changes_logistic_regression(student):
    """A step of an optimizer that was given `model.parameters()` should change each of them as the loss demands."""
    X, labels = torch.randn(20, 4), torch.randint(3, (20,))
    turned = are_turned(student, "LogisticRegression", 2, 3)

    def trains(one_by_one: bool) -> None:
        model, values, names = logistic_regression(student, 4, 3)
        right = computed_by(model, log_probabilities, LOGISTIC_SLIPS, values)
        leaves = {name: value.double().requires_grad_() for name, value in values.items()}
        F.nll_loss(right(leaves, X), labels).backward()
        check_training(
            student, model, names, student.helpers.label_loss(X, labels, one_by_one), leaves, 0.5, turned
        )

    any_of(lambda: trains(False), lambda: trains(True))


def check_training(
    student: Student,
    model: Remote,
    names: list[str],
    loss: Remote,
    leaves: Parameters,
    rate: float,
    turned: bool,
) -> None:
    """One step of gradient descent on the loss moves the student's parameters by the gradients of `leaves`."""
    gradients = student.helpers.train(model, loss, names, rate)
    require(isinstance(gradients, dict), "The gradients of your model cannot be read.")
    for name, leaf in zip(names, leaves.values(), strict=False):  # without a bias that is not registered
        right = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
        if gradients.get(name) is None and not right.any():  # a bias that is not added: it counts elsewhere
            continue
        require(
            gradients.get(name) is not None,
            f"The loss of your model has no gradient for the registered parameter `{name}`. Does `forward` read the "
            "tensor that it was made from, or cut the graph with `.data`, `.detach()` or `no_grad`?",
        )
        # Measured over 1,200 networks of up to 4 layers in float32: errors below 0.5 % of this.
        size = right.abs().max().item()
        gradient = as_tensor(gradients[name], f"the gradient of {name}")
        after = as_tensor(read(model, [name])[name], f"{name} after one step of gradient descent")
        if right.ndim == 1:  # a row (1, C) counts where the shapes are asked for, like turned weights
            gradient, after = gradient.reshape(-1), after.reshape(-1)
        elif turned:
            gradient, after = gradient.T, after.T
        assert_close(gradient, right, atol=1e-3 * size + 1e-6, name=f"the gradient of {name}")
        assert_close(after, leaf - rate * right, atol=1e-3, name=f"{name} after one step of gradient descent")


# ---- mlp

MLP_SLIPS: Slips = {
    "This is what you get with phi after the last layer, too.": partial(forward, after_last=True),
    "This is what you get without phi.": lambda values, X, phi: forward(values, X, lambda h: h),
    "This is what you get with phi on the input, too, before the first layer.": (
        lambda values, X, phi: forward(values, phi(X.double()), phi)
    ),
    "This is what you get without the bias of the last layer.": partial(forward, biases=slice(-1)),
    "This is what you get without the bias of the first layer.": partial(forward, biases=slice(1, None)),
    "This is what you get without biases.": partial(forward, biases=slice(0)),
    "This is what you get with sigmoid, whatever `phi` is.": lambda v, X, phi: forward(v, X, torch.sigmoid),
    "This is what you get with relu, whatever `phi` is.": lambda v, X, phi: forward(v, X, torch.relu),
}


def mlp(student: Student, sizes: Sequence[int], *phi: object) -> tuple[Remote, Parameters, list[str]]:
    """The student's `MLP(sizes, phi)` with parameters that the grader drew, and what the student calls them."""
    model, values = new(student, "MLP", list(sizes), *phi), draw_parameters(sizes)
    return model, values, put_in_order(student, model, values, "MLP", [2, 3, 2])


def own_forward(student: Student) -> Callable:
    """What the student's MLP computes with one hidden layer: `forward`, or a slip that the test of a batch counts."""
    model, values, _ = mlp(student, [2, 4, 2], student.library("torch.tanh"))
    return computed_by(model, forward, MLP_SLIPS, values, torch.tanh)


def bent(h: torch.Tensor) -> torch.Tensor:
    """The helper of this name, on the judge's side."""
    return h * h - torch.sin(h)


def check_output(model: Remote, expected: torch.Tensor, X: torch.Tensor, name: str, **causes: object) -> None:
    # Measured over 3,600 networks in float32: errors below 0.4 % of this.
    assert_close(model(X), expected, atol=2e-4 * (1 + expected.abs().max().item()), name=name, **causes)


@task("mlp", points=1.0)
def test_registered_parameters_of_the_mlp(student):
    """`MLP(sizes)` should register `i_weight` (in, out) and `i_bias` (out,) for each layer, and count its layers."""
    for sizes in ([2, 3, 4, 2], [3, 1], [1, 5, 1], [2, 2, 2, 2, 2], [4, 7, 3, 6, 1, 2]):
        model = new(student, "MLP", list(sizes))
        assert_parameters(model, shapes_of(draw_parameters(sizes)))
        count = as_number(model.method("num_layers")(), "num_layers()")
        require(
            count == len(sizes) - 1,
            f"`num_layers()` should count the weight matrices; for sizes {sizes} yours gives {count:g}.",
        )


@task("mlp", points=1.0)
def test_output_of_the_mlp_for_a_batch(student):
    """With one hidden layer the MLP should compute an affine map, `phi`, and another affine map."""
    for sizes, name in [([2, 4, 2], "tanh"), ([1, 6, 1], "square"), ([3, 3, 3], "tanh")]:
        phi = getattr(torch, name)
        model, values, _ = mlp(student, sizes, student.library(f"torch.{name}"))
        X = torch.randn(6, sizes[0])
        slips = values_of_slips(MLP_SLIPS, values, X, phi)
        if tuple(as_tensor(model(X), "the output").shape) == (6, sizes[1]) != (6, sizes[-1]):
            fail("The output has the size of the first layer: does `forward` return inside its loop?")
        # (n,) for one output counts in the test of one example, as every other shape does
        label = f"the output of MLP({sizes}, torch.{name})"
        check_output(model, forward(values, X, phi), X, label, wrong=slips, shape="any")


@task("mlp", points=0.5)
def test_output_of_the_mlp_for_any_sizes(student):
    """The MLP should have as many layers as `sizes` says, with `phi` after each but the last."""
    right = own_forward(student)
    # In alphabetical order 10_weight comes before 2_weight.
    deep = [2, 4, *[3] * 10, 2]
    cases = [([2, 3, 4, 2], "relu"), (deep, "tanh"), ([3, 1], "relu"), ([2, 4, 3, 5, 2], "sigmoid")]
    for sizes, name in cases:
        phi, X = getattr(torch, name), torch.randn(6, sizes[0])
        model, values, _ = mlp(student, sizes, student.library(f"torch.{name}"))
        label = f"the output of MLP({sizes}, torch.{name})"
        check_output(model, right(values, X, phi), X, label, shape="any")


@task("mlp", points=0.5)
def test_activation_of_the_mlp(student):
    """`phi` should be sigmoid unless another is given, and may be any function."""
    right, X = own_forward(student), torch.randn(5, 2)
    model, values, _ = mlp(student, [2, 3, 2])
    check_output(model, right(values, X, torch.sigmoid), X, "the output without a `phi`")
    model, values, _ = mlp(student, [2, 4, 2], student.helpers.bent)
    expected = right(values, X, bent)
    check_output(model, expected, X, "the output with a function of ours")


@task("mlp", points=1.0)
def test_output_of_the_mlp_for_one_example(student):
    """One example (D,) should give (out,), a batch of one row (1, D) should give (1, out)."""
    right = own_forward(student)
    for sizes in ([2, 3, 2], [3, 3, 3], [1, 4, 1], [5, 2, 1]):
        model, values, _ = mlp(student, sizes, student.library("torch.tanh"))
        D = sizes[0]
        for shape in [(D,), (1, D), (D, D)]:
            x = torch.randn(shape)
            label = f"the output of MLP({sizes}) for an input of shape {shape}"
            check_output(model, right(values, x, torch.tanh), x, label)


@task("mlp", points=1.0)
def test_training_changes_the_mlp(student):
    """A step of an optimizer that was given `model.parameters()` should change each of them as the loss demands."""
    right, turned = own_forward(student), are_turned(student, "MLP", [2, 3, 2])
    for sizes, dtype in (([2, 3, 2], torch.float32), ([3, 5, 1], torch.float32), ([1, 4, 2], torch.float64)):
        model, values, names = mlp(student, sizes, student.library("torch.tanh"))
        X, y = torch.randn(12, sizes[0], dtype=dtype), torch.randn(12, sizes[-1], dtype=dtype)
        if dtype == torch.float64:
            model.double()  # as the supplied BFGS does
        leaves = {name: value.double().requires_grad_() for name, value in values.items()}
        F.mse_loss(right(leaves, X, torch.tanh), y.double()).backward()
        check_training(student, model, names, student.helpers.squared_loss(X, y), leaves, 0.01, turned)


# ---- restarts


class Fitter:
    """A `fit` on the judge's side: it sees each model before it is trained, and can decide how good it will be."""

    def __init__(
        self, sizes: Sequence[int], constants: Sequence[float] | None = None, student: Student | None = None
    ) -> None:
        """With the student it also asks what the models compute, and whether they could be trained."""
        self.shapes = shapes_of(draw_parameters(sizes))
        self.constants = constants
        self.student = student
        self.starts: list[Parameters] = []
        self.outputs: list[object] = []
        self.given: list[tuple[object, object]] = []

    def __call__(self, model: Remote, X: torch.Tensor, y: torch.Tensor) -> Remote:
        """Leaves the model as it is, or makes it the constant of this call."""
        try:
            self.starts.append(read(as_model(model, "the model given to fit"), list(self.shapes)))
        except CheckFailed:
            if any(map(math.isnan, (self.constants or [])[: len(self.starts)])):
                fail("`fit` gets a model that ended at nan in a fit before: each restart needs a new model.")
            raise
        self.given.append((X, y))
        if self.student is not None:
            require(
                self.student.library("torch.is_grad_enabled")() is True,
                "`fit` is called where gradients are off, and cannot train there. What is inside your `no_grad`?",
            )
            self.outputs.append(None)
            with contextlib.suppress(
                StudentError
            ):  # of a network or an X of other sizes, which is asked for later
                self.outputs[-1] = model(X)
        if self.constants is not None:
            weight, bias = list(self.shapes)[-2:]
            constant = self.constants[min(len(self.starts), len(self.constants)) - 1]
            zeros = torch.zeros(self.starts[-1][weight].shape)
            put(model, {weight: zeros, bias: torch.full(self.starts[-1][bias].shape, constant)})
        return model


def best_of(
    student: Student,
    n: int,
    hidden: list[int],
    X: torch.Tensor,
    y: torch.Tensor,
    fit: Callable,
    seed: int,
    order: bool = False,
) -> tuple[Remote, float]:
    """The model and its error; in either order, unless the `order` is asked for."""
    model, mse = unpack(student.best_of(n, hidden, X, y, fit, seed), "best_of", ("model", "mse"))
    if isinstance(mse, Remote) and not isinstance(model, Remote):
        require(not order, "`best_of` returns (mse, model): the task asks for the model first.")
        model, mse = mse, model
    number = as_number(mse, "mse", finite=False)
    require(not math.isnan(number), "The error of the best run is `nan`. What is `nan < 1`, and `nan >= 1`?")
    return as_model(model, f"the model returned for targets up to {y.abs().max().item():.1g}"), number


def same(a: Parameters, b: Parameters) -> bool:
    return all(torch.equal(a[name], b[name]) for name in a)


SAME_START = (
    " Two new models of your `MLP` are the same before any training: who draws the starting values at random?"
)


def starts_alike(student: Student) -> bool:
    """Whether two new models of the student's have the same values."""
    first, second = (parameters_of(new(student, "MLP", [3, 4, 2])) for _ in range(2))
    return shapes_of(first) == shapes_of(second) and same(first, second)


@task("restarts", points=1.0, needs=("mlp",))
def test_each_restart_begins_anew(student, rng):
    """Each of the `n_restarts` fits should get a new `MLP([d, *hidden_sizes, k])` with other random values."""
    for n, hidden, d, k in [(5, [4], 3, 2), (1, [3, 2], 1, 1), (3, [2, 6], 2, 3)]:
        sizes = [d, *hidden, k]
        X, y = torch.randn(8, d), torch.randn(8, k)
        fit = Fitter(sizes, student=student)
        best_of(student, n, hidden, X, y, fit, int(rng.integers(1000)))
        require(
            len(fit.starts) == n,
            f"`fit` should be called {n} times for {n} restarts; it was {len(fit.starts)}.",
        )
        for start, (X_given, y_given), output in zip(fit.starts, fit.given, fit.outputs, strict=True):
            require(
                shapes_of(start) == fit.shapes,
                f"For hidden sizes {hidden}, {d} inputs and {k} outputs, `fit` got another network.",
            )
            assert_close(X_given, X, atol=0, name="the X given to fit")
            assert_close(y_given, y, atol=0, name="the y given to fit")
            expected = forward(start, X, torch.sigmoid)
            others = {
                "This network has another `phi` than `MLP([d, *hidden_sizes, k])`.": alternatives(
                    *(forward(start, X, phi) for phi in (torch.tanh, torch.relu))
                )
            }
            assert_close(
                output,
                expected,
                atol=2e-4 * (1 + expected.abs().max().item()),
                name="the output of the network given to fit",
                shape="any",
                wrong=others,
            )
        for i, start in enumerate(fit.starts):
            require(
                not any(same(start, other) for other in fit.starts[:i]),
                "Two restarts began from the same values." + (SAME_START if starts_alike(student) else ""),
            )


def constant_fits(
    student: Student,
    rng: np.random.Generator,
    n: int,
    k: int,
    best: int,
    scale: float = 1.0,
    failed: int | None = None,
    order: bool = False,
) -> tuple[list[float], float, float]:
    """The errors of n fits that end at constants, that of the returned model, and what `best_of` calls it.

    The fit number `best` is the best, and number `failed` ends at nan.
    """
    X, y = torch.randn(9, 1), scale * torch.randn(9, k)
    # Distances from the mean of y decide the order of the errors; the gaps keep it clear of rounding.
    distances = scale * (rng.permutation(n) + 0.5)
    nearest = int(distances.argmin())
    distances[[best, nearest]] = distances[[nearest, best]]
    constants = [float(y.mean() + distance * rng.choice([-1, 1])) for distance in distances]
    if failed is not None:
        constants[failed] = math.nan
    fit = Fitter([1, 3, k], constants)
    model, mse = best_of(student, n, [3], X, y, fit, int(rng.integers(1000)), order)
    output = as_tensor(model(X), "the output of the returned model", shape=[(9, k), (9 * k,)]).reshape(9, k)
    errors = [((y.double() - constant) ** 2).mean().item() for constant in constants]
    return errors, ((output - y.double()) ** 2).mean().item(), mse


@task("restarts", points=0.5, needs=("mlp",))
def test_best_of_returns_the_best_restart(student, rng):
    """`best_of` should return the model with the smallest error on (X, y)."""
    # A run that ended at nan must not win, wherever it comes; and no error is small enough to stop at, or too large.
    cases = ((3, 1, 1.0, 0), (5, 4, 0.01, None), (1, 0, 1.0, None), (4, 0, 1.0, 3), (3, 1, 1e6, None))
    for n, best, scale, failed in (*cases, (4, int(rng.integers(4)), 1.0, None)):
        errors, chosen, _ = constant_fits(student, rng, n, 1, best, scale, failed)
        worst = max(error for error in errors if not math.isnan(error))
        # The errors of two runs differ by scale² at least.
        require(
            abs(chosen - errors[best]) < 1e-4 * (scale**2 + errors[best]),
            f"The returned model is not the best of the {n} runs on (X, y)."
            + (" It is the worst." if abs(chosen - worst) < 1e-4 * scale**2 else "")
            + (" It is the last." if abs(chosen - errors[-1]) < 1e-4 * scale**2 else ""),
        )


@task("restarts", points=0.5, needs=("mlp",))
def test_the_error_of_the_best_restart(student, rng):
    """`mse` should be the mean squared error of the returned model, over all entries of y."""
    for n, k, best in ((3, 1, 1), (4, 2, 2), (1, 3, 0)):  # another one than the first or the last
        errors, chosen, mse = constant_fits(student, rng, n, k, best, order=True)
        wrong = {
            "This is the sum of the squares, not their mean.": chosen * 9 * k,
            "This is a mean over the rows alone, and a sum over the columns.": chosen * k,
            "This is the root of the mean squared error.": chosen**0.5,
            "This is the smallest error of all fits, but not that of the model that you return.": min(errors),
        }
        # In float32 the mean of a few squares is right to 1e-6 of its value.
        assert_close(mse, chosen, atol=1e-4, rtol=1e-4, name="mse", wrong=wrong)


@task("restarts", points=1.0, needs=("mlp",))
def test_the_seed_decides(student, rng):
    """The same seed should give the same result, whatever was drawn before, and another seed other values."""
    sizes = [1, 4, 1]
    X, y = torch.randn(8, 1), torch.randn(8, 1)
    some_seed = int(rng.integers(1, 10_000))
    draw = student.library("torch.rand")
    results, starts = [], []
    for seed in (some_seed, some_seed, 0, 0):  # 0 is a seed like any other, and not the lack of one
        fit = Fitter(sizes)
        model, mse = best_of(student, 3, [4], X, y, fit, seed)
        results.append((read(model, list(fit.shapes)), mse))
        starts.append(fit.starts)
        draw(int(rng.integers(1, 50)))
    for seed, (first, second) in ((some_seed, results[:2]), (0, results[2:])):
        require(
            same(first[0], second[0]) and first[1] == second[1],
            f"Two calls with the same seed{'' if seed else ', 0,'} gave different results.",
        )
    if starts[0] and starts[2] and same(starts[0][0], starts[2][0]) and starts_alike(student):
        return  # counted where each restart begins anew
    require(
        len(starts[0]) == len(starts[2])
        and not any(same(a, b) for a, b in zip(starts[0], starts[2], strict=True)),
        "Another seed gave the same starting values.",
    )


# ---- hidden-outputs


def units_in_rows(got: object, n: int, n_hidden: int) -> bool:
    """Whether it is turned round: one test asks for the shape, and the others turn it back."""
    return isinstance(got, torch.Tensor) and tuple(got.shape) == (n_hidden, n) != (n, n_hidden)


def check_hidden(
    student: Student, sizes: Sequence[int], name: str, *, default: bool = False, rows: int = 5
) -> None:
    phi, given = getattr(torch, name, bent), student.helpers.bent
    if phi is not bent:
        given = student.library(f"torch.{name}")
    model, values, _ = mlp(student, sizes, *([] if default else [given]))
    if default:
        # Trained weights are large. Here a few are, so that a clamp in place is seen.
        values["0_weight"][0, 0] = 12.0
        put_in_order(student, model, values)
    turned = False
    for n in (rows, 1, sizes[0]):
        X = torch.randn(n, sizes[0])
        affine = scores(values, X)
        got = student.hidden_outputs.returning(torch.Tensor, "hidden_outputs(model, X)")(model, X)
        turned = turned or (n == rows and units_in_rows(got, n, sizes[1]))
        got = got.T if turned and isinstance(got, torch.Tensor) and got.ndim == 2 else got
        if isinstance(got, torch.Tensor) and got.ndim == 2 and got.shape[1] == sizes[1] and len(got) != n:
            fail(
                f"X does not have {len(got)} rows, as yours has: is it computed from the X that was passed in?"
            )
        # One layer of the forward pass above: errors below 6 % of this.
        assert_close(
            got,
            phi(affine),
            atol=1e-4,
            name=f"hidden_outputs(MLP({list(sizes)}, {name}), X)",
            wrong={
                "This is the affine map before phi.": affine,
                "phi is applied twice.": phi(phi(affine)),
                "This is what you get with sigmoid, whatever phi the model has.": affine.sigmoid(),
                "This is what you get without the bias.": phi(affine - values["0_bias"]),
                "The bias is added after phi.": phi(affine - values["0_bias"]) + values["0_bias"],
                "These are multiplied by the weights of the next layer.": phi(affine)
                * values["1_weight"][:, 0],
            },
        )


@task("hidden-outputs", points=0.5, needs=("mlp",))
def test_shape_of_the_hidden_outputs(student):
    """There should be one row for each example, and one column for each unit of the first hidden layer."""
    model, _, _ = mlp(student, [2, 4, 1])
    got = as_tensor(student.hidden_outputs(model, torch.randn(6, 2)), "hidden_outputs(model, X)")
    if tuple(got.shape) == (6, 1):
        fail(
            "The shape is (6, 1), that of the network's output: those of the first hidden layer are asked for."
        )
    as_tensor(got, "hidden_outputs(model, X)", shape=(6, 4))


@task("hidden-outputs", points=0.5, needs=("mlp",))
def test_hidden_outputs_of_one_layer(student):
    """The hidden outputs should be phi of the first affine map, one row an example."""
    for sizes in ([1, 5, 1], [3, 3, 2], [2, 1, 1]):
        # A prime number of rows: whoever takes them in batches has some left over at the end.
        check_hidden(student, sizes, "sigmoid", default=True, rows=131)


@task("hidden-outputs", points=0.5, needs=("mlp",))
def test_hidden_outputs_with_another_phi(student):
    """The hidden outputs should use the phi of the model, and the parameters that it has at the time of the call."""
    check_hidden(student, [1, 7, 1], "bent")
    check_hidden(student, [2, 4, 1], "tanh")
    model, before, names = mlp(student, [2, 4, 1], student.library("torch.tanh"))
    values, X = draw_parameters([2, 4, 1]), torch.randn(6, 2)
    changed = dict(zip(names, values.values(), strict=True))
    again = student.helpers.hidden_again.changing()(student.hidden_outputs, model, X, changed)
    assert_close(
        again.T if units_in_rows(again, 6, 4) else again,
        scores(values, X).tanh(),
        atol=1e-4,
        name="hidden_outputs(model, X) of a second call, after the model's parameters have changed,",
        wrong={"These are the outputs for the old parameters.": scores(before, X).tanh()},
    )


@task("hidden-outputs", points=0.5, needs=("mlp",))
def test_hidden_outputs_with_more_layers(student):
    """The hidden outputs should come from the first hidden layer, and the model should stay as it is."""
    for sizes in ([2, 4, 3, 1], [3, 6, 6, 2]):
        check_hidden(student, sizes, "sigmoid", default=True)
    model, values, _ = mlp(student, sizes)
    X, held = torch.randn(4, sizes[0]), student.helpers.Held(model)
    student.hidden_outputs(model, X)
    check_output(
        model, forward(values, X, torch.sigmoid), X, "the model's output after hidden_outputs(model, X)"
    )
    require(
        held.same(model) is True,
        "After `hidden_outputs(model, X)` the model has another function as an attribute, or a hook, that it did not "
        "have before. Functions leave their arguments as they are.",
    )


# ---- forward-by-hand and backward-by-hand

# For derivatives, of the size before saturation. Measured over 2,700 examples and seven ways to write the backward pass
# in float32: errors below 0.5 % of what is allowed.
TOLERANCE = 3e-5
ARGUMENTS = ("x", "y", "W1", "b1", "W2", "b2")
OF_A_SECOND_CALL = "in a second call, with the same x and other weights,"
OF_THE_FIRST = (
    "This is the answer for the first call's weights: what does your code keep from one call to the next?"
)


def draw_example(D: int, H: int, scale: float = 1.0) -> Parameters:
    """One example and a network for it. With `scale`, x is that much smaller and W1 as much larger."""
    return {
        "x": torch.randn(D) / scale,
        "y": torch.randn(1),
        "W1": torch.randn(D, H) * scale,
        "b1": torch.randn(H),
        "W2": torch.randn(H, 1),
        "b2": torch.randn(1),
    }


def examples(square: bool = False) -> list[Parameters]:
    """Sizes that tell the axes apart, a square one where a wrong transpose has the right shape, and sizes of 1.

    With `square`, D is H in all.

    The last one has the x of the one before, and another network. The one before has zeros, by which nothing divides.
    """
    sizes = [(4, 4), (1, 6), (5, 1), (1, 1), (3, 5), (3, 5)]
    drawn = [draw_example(H if square else D, H) for D, H in sizes]
    drawn[-2]["x"][0] = drawn[-2]["W1"][1, 0] = drawn[-2]["W2"][0] = 0.0
    drawn[-1]["x"] = drawn[-2]["x"].clone()
    return drawn


def with_far_units(example: Parameters, *z2: float) -> Parameters:
    """This example, with these z2 in the first hidden units."""
    z1 = example["x"] @ example["W1"]
    b1 = example["b1"].clone()
    b1[: len(z2)] = torch.tensor(z2) - z1[: len(z2)]
    return {**example, "b1": b1}


FAR = (-150.0, -6.0, 6.0)
"""Only one is saturated, and no common formula of the sigmoid gives nan there. Large z2 have a test of their own."""


FORWARD = {
    "z1": lambda v: v["x"] @ v["W1"],
    "z2": lambda v: v["z1"] + v["b1"],
    "z3": lambda v: v["z2"].sigmoid(),
    "z4": lambda v: v["z3"] @ v["W2"],
    "yhat": lambda v: v["z4"] + v["b2"],
    "l": lambda v: ((v["yhat"] - v["y"]) ** 2).sum(),
}
FORWARD_SLIPS: dict[str, Slips] = {
    "z1": {
        "This is x W1 + b1: b1 comes in with z2, and z1 keeps its own value.": lambda v: v["z2"],
        "This is W1 x: which index of W1 does the sum over the entries of x run along?": lambda v: (
            v["W1"] @ v["x"] if len(v["x"]) == len(v["b1"]) else torch.tensor(math.nan)
        ),
    },
    "z2": {"This is z1: is b1 added?": lambda v: v["z1"]},
    "z3": {
        "This is z2: is there a sigmoid?": lambda v: v["z2"],
        "This is the sigmoid of z1: is b1 added?": lambda v: v["z1"].sigmoid(),
        "This is the sigmoid of -z2: which sign has the exponent?": lambda v: (-v["z2"]).sigmoid(),
        "This is the tanh of z2.": lambda v: v["z2"].tanh(),
        "This is the relu of z2.": lambda v: v["z2"].relu(),
    },
    "z4": {"This is z2 W2: the sigmoid is left out.": lambda v: v["z2"] @ v["W2"]},
    "yhat": {
        "This is z4: is b2 added?": lambda v: v["z4"],
        "This is a sigmoid of z4 + b2: the output is linear.": lambda v: v["yhat"].sigmoid(),
    },
    "l": {
        "This is half the squared error.": lambda v: v["l"] / 2,
        "This is the absolute difference: is it squared?": lambda v: v["l"].sqrt(),
    },
}
FORWARD_PASSES_BY_HAND: dict[str, Slips] = {
    "without b1": {"z2": lambda v: v["z1"]},
    "without b2": {"yhat": lambda v: v["z4"]},
    "without the sigmoid": {"z3": lambda v: v["z2"]},
}
"""Steps of a wrong forward pass that a backward pass may make for itself."""
BACKWARD = {
    "yhat": lambda v: 2 * (v["yhat"] - v["y"]),
    "y": lambda v: 2 * (v["y"] - v["yhat"]),
    **dict.fromkeys(("b2", "z4"), lambda v: v["d yhat"]),
    "W2": lambda v: torch.outer(v["z3"], v["d z4"]),
    "z3": lambda v: v["W2"] @ v["d z4"],
    "z2": lambda v: v["d z3"] * v["z3"] * (1 - v["z3"]),
    **dict.fromkeys(("b1", "z1"), lambda v: v["d z2"]),
    "W1": lambda v: torch.outer(v["x"], v["d z1"]),
    "x": lambda v: v["W1"] @ v["d z1"],
}
BACKWARD_SLIPS: dict[str, Slips] = {
    "yhat": {
        "This is yhat - y: a square has the derivative 2 times its base.": lambda v: v["yhat"] - v["y"],
        "This is the derivative with respect to y: the sign is opposite.": lambda v: v["d y"],
        "This is y - yhat: the sign is opposite, and the factor 2 of the square is missing.": (
            lambda v: v["y"] - v["yhat"]
        ),
    },
    "y": {"y enters the square with a minus sign.": lambda v: v["d yhat"]},
    "W2": {"This is what you get with z2 in place of z3.": lambda v: torch.outer(v["z2"], v["d z4"])},
    "z3": {"Is W2 there?": lambda v: v["d z4"].expand(len(v["z3"]))},
    "z2": {
        "This is the derivative with respect to z3: where is that of the sigmoid?": lambda v: v["d z3"],
        "The sigmoid's derivative is taken at z3; z3 is already the sigmoid's value.": (
            lambda v: v["d z3"] * v["z3"].sigmoid() * (1 - v["z3"].sigmoid())
        ),
        "This is z2 (1 - z2) where the formula wants the sigmoid's value.": (
            lambda v: v["d z3"] * v["z2"] * (1 - v["z2"])
        ),
        "This is what you get without the factor 1 - z3.": lambda v: v["d z3"] * v["z3"],
        "This is what you get with the derivative of tanh.": lambda v: v["d z3"] * (1 - v["z3"] ** 2),
        "Is W2 there?": lambda v: v["d yhat"] * v["z3"] * (1 - v["z3"]),
    },
}
HINTS = {
    "W1": "Which entry of x does each entry of W1 multiply, and where does the product go?",
    "x": "Along which axis of W1 does the sum run: how many units does an entry of x reach?",
}


def values_of(example: Parameters, passed: str = "") -> Parameters:
    """Every value of the passes in double precision, the derivatives of l as `d z1` and so on.

    `passed`: the wrong forward pass, if it is one.
    """
    v = {name: value.double() for name, value in example.items()}
    v.update((name, step(v)) for name, step in (FORWARD | FORWARD_PASSES_BY_HAND.get(passed, {})).items())
    v.update((f"d {name}", step(v)) for name, step in BACKWARD.items())
    return v


def named(answer: object, name: str, order: bool = True) -> dict:
    """The answer as a dict, and with `order` also a tuple of its values: that counts in the test of the shapes."""
    keys = FORWARD if name == "forward_by_hand" else BACKWARD
    if order and isinstance(answer, (tuple, list)) and len(answer) == len(keys):
        return dict(zip(keys, answer, strict=True))
    return entries(answer, name, ())


def by_hand(function: Remote, name: str, example: Parameters, order: bool = True) -> dict:
    tensors = dict.fromkeys((*FORWARD, *BACKWARD), torch.Tensor) | {"l": None}
    called = function.returning(tensors, f"{name}(…)")
    return named(called(*(example[argument] for argument in ARGUMENTS)), name, order)


def asked_again(
    student: Student, function: Remote, name: str, square: bool = False
) -> tuple[Parameters, Parameters, dict]:
    """Two examples with the same x and y, and the answer for the second, asked for in the tensors of the first."""
    *_, first, then = examples(square)
    then["y"] = first["y"]
    given = ([example[argument] for argument in ARGUMENTS] for example in (first, then))
    return first, then, named(student.helpers.asked_again.changing()(function, *given), name)


def check_not_empty(value: torch.Tensor, name: str) -> None:
    """A shape filled with zeros answers nothing."""
    require(bool((value != 0).any()), f"`{name}` is zero everywhere.")


FARTHEST, FARTHEST_BACKWARD = 1e6, 1e20
"""How many times larger or smaller than the right value one may be for others to follow from it.

With a y of 1e15, twice the loss or twice yhat, where its derivative is asked for, is as far away as that.
"""


def with_own(v: Parameters, answer: dict, prefix: str = "", farthest: float = FARTHEST) -> Parameters:
    """The values, with the student's own where they can be gone on with: finite, and neither tiny nor huge for this."""
    own = dict(v)
    for name, value in answer.items():
        right = v.get(f"{prefix}{name}")
        with contextlib.suppress(CheckFailed):
            tensor = as_tensor(value, "value")
            if right is None or tensor.numel() != right.numel() or not tensor.numel():
                continue
            size, wanted = tensor.abs().max().item(), right.abs().max().item()
            if wanted / farthest < size < wanted * farthest:
                own[f"{prefix}{name}"] = tensor.reshape(right.shape)
    return own


def assert_follows(
    got: object, right: torch.Tensor, own: torch.Tensor, atol: float, **report: object
) -> None:
    """`got` is right, or follows from the student's own values before it: those count elsewhere."""
    scale = own.abs().max().item() / max(right.abs().max().item(), 1e-300)

    def follows() -> None:
        assert_close(got, own, atol=atol * scale, shape="any", **report)
        name = report.get("name", "value")
        require(not right.any() or as_tensor(got, name).any(), f"`{name}` is zero everywhere.")

    any_of(lambda: assert_close(got, right, atol=atol, shape="any", **report), follows)


def check_values(
    student: Student, names: Sequence[str], cases: Sequence[Parameters], accuracy: float = 1e-4
) -> None:
    for example in cases:
        answer = by_hand(student.forward_by_hand, "forward_by_hand", example)
        v = values_of(example)
        own = with_own(v, answer)
        for name in names:
            assert_follows(
                entry(answer, name),
                v[name],
                FORWARD[name](own),
                # Measured over 1,800 examples and seven ways to write it in float32: errors below 0.6 % of this.
                atol=accuracy * (1 + v[name].abs().max().item()),
                name=name,
                wrong=values_of_slips(FORWARD_SLIPS.get(name, {}), v),
            )


def multiplies_from_the_left(student: Student) -> bool:
    """Whether z1 is W1 x, which fits where D is H: this counts in the test of z1, and others draw such sizes."""
    with contextlib.suppress(CheckFailed, StudentError):
        v = values_of(example := draw_example(4, 4))
        z1 = entry(by_hand(student.forward_by_hand, "forward_by_hand", example), "z1")
        return bool(known_cause(z1, {"W1 x": v["W1"] @ v["x"]}, atol=1e-4))
    return False


@task("forward-by-hand", points=0.75)
def test_affine_map_by_hand(student):
    """`z1` and `z2` should be x W1, and that plus b1."""
    *others, last = examples()
    check_values(student, ("z1", "z2"), [*others, with_far_units(last, -150.0, 150.0, -15.0, 15.0)])


@task("forward-by-hand", points=0.75)
def test_hidden_units_by_hand(student):
    """`z3` should be the sigmoid of `z2`."""
    *others, last = examples(multiplies_from_the_left(student))
    check_values(student, ("z3",), [*others, with_far_units(last, *FAR)], accuracy=5e-6)  # what 0 and 1 mean


@task("forward-by-hand", points=1.0)
def test_output_by_hand(student):
    """`z4` and `yhat` should be z3 W2, and that plus b2."""
    check_values(student, ("z4", "yhat"), examples(multiplies_from_the_left(student)))


@task("forward-by-hand", points=0.5)
def test_loss_by_hand(student):
    """`l` should be the squared error of `yhat` against `y`."""
    example = examples()[0]
    own = with_own(values_of(example), by_hand(student.forward_by_hand, "forward_by_hand", example))["yhat"]
    require(
        not torch.equal(own, example["y"].reshape(own.shape).to(own)),
        "`yhat` is `y` itself. What predicts it?",
    )
    square = multiplies_from_the_left(student)
    check_values(student, ("l",), examples(square))
    first, then, answer = asked_again(student, student.forward_by_hand, "forward_by_hand", square)
    # Other slips count elsewhere: what is right here is the student's own answer for new tensors.
    right = entry(by_hand(student.forward_by_hand, "forward_by_hand", then), "l")
    assert_close(
        entry(answer, "l"),
        right,
        atol=1e-4 * (1 + right.abs().max().item()),
        name=f"l {OF_A_SECOND_CALL}",
        wrong={OF_THE_FIRST: values_of(first)["l"]},
    )


@task("forward-by-hand", points=0.5)
def test_forward_survives_large_weights(student):
    """With `z2` of 90 to 300 or -90 to -300, as in trained networks, the sigmoid should be 0 or 1 and nothing `nan`."""
    # In float32 a power of e overflows from 89 on.
    sizes = (90.0, 95.0, 120.0, 150.0, 300.0)
    D = 12 if multiplies_from_the_left(student) else 2
    example = with_far_units(draw_example(D, 12), *sizes, *(-size for size in sizes))
    answer = by_hand(student.forward_by_hand, "forward_by_hand", example)
    for name in ("z3", "yhat", "l"):
        check_not_empty(entry(answer, name), name)


@task("forward-by-hand", points=0.5, promises=("arguments",))
def test_shapes_of_the_forward_pass(student):
    """Each value should have its shape: (H,) for z1, z2, z3, (1,) for z4 and yhat, () or (1,) for l."""
    for example in examples(multiplies_from_the_left(student))[:3]:
        answer = by_hand(student.forward_by_hand, "forward_by_hand", example, order=False)
        v = values_of(example)
        for name in FORWARD:
            shapes = [tuple(v[name].shape)] + [(1,)] * (name == "l")
            check_not_empty(entry(answer, name, shapes), name)


def extreme_examples() -> list[Parameters]:
    """Where finite differences fail: x and W1 of opposite scale, and a loss so large that it hides small changes."""
    remote = draw_example(3, 4)
    remote["y"] = 1e15 * torch.randn(1).sign() * (1 + torch.rand(1))
    return [draw_example(3, 4, scale=1e6), draw_example(4, 3, scale=1e-5), remote]


def sizes_before_saturation(v: Parameters) -> dict[str, float]:
    """How large each derivative would be if the sigmoid let everything pass: what rounding is measured against.

    Where a unit is saturated, 1 - z3 is a small difference of numbers near 1 and carries their rounding.
    """
    sizes = {name: v[f"d {name}"].abs().max().item() for name in BACKWARD}
    reaching = v["d z3"].abs()
    sizes |= dict.fromkeys(("z2", "b1", "z1"), reaching.max().item())
    sizes["W2"] = v["d z4"].abs().max().item()
    sizes["W1"] = reaching.max().item() * v["x"].abs().max().item()
    sizes["x"] = (v["W1"].abs() @ reaching).max().item()
    return sizes


def saturated_example() -> Parameters:
    """With z2 at 12 and 16, where the sigmoid lets almost nothing through, and a residual that no rounding changes."""
    example = draw_example(3, 4)
    example["W2"] = example["W2"].sign() * (1 + torch.rand(4, 1))
    example["y"] = 40.0 * example["y"].sign()
    return with_far_units(example, -12.0, 12.0, -16.0, 16.0)


def forward_pass_before(student: Student) -> str:
    """The wrong forward pass that `backward_by_hand` makes, which the test of the derivatives at the output counts."""
    example = draw_example(3, 4)
    with contextlib.suppress(CheckFailed, StudentError):
        got = entry(by_hand(student.backward_by_hand, "backward_by_hand", example), "yhat")
        outcomes = {words: values_of(example, words)["d yhat"] for words in ("", *FORWARD_PASSES_BY_HAND)}
        return known_cause(got, outcomes, atol=1e-4)
    return ""


def check_derivatives(student: Student, *names: str, far: bool = False, passed: str = "") -> None:
    *others, last = examples()
    cases = [*others, with_far_units(last, *FAR) if far else last, *extreme_examples()]
    for example in cases:
        answer = by_hand(student.backward_by_hand, "backward_by_hand", example)
        check_answer(answer, example, names, passed=passed)


def check_answer(
    answer: dict,
    example: Parameters,
    names: Sequence[str],
    tolerance: float = TOLERANCE,
    passed: str = "",
    **report: object,
) -> None:
    v = values_of(example, passed)
    own, sizes = with_own(v, answer, "d ", FARTHEST_BACKWARD), sizes_before_saturation(v)
    # What rounding in yhat does to the residual, it does to every derivative.
    residual = max((v["yhat"] - v["y"]).abs().item(), 1e-9)
    rounding = 1 + (v["yhat"].abs().item() + example["W2"].abs().sum().item()) / residual
    for name in names:
        wrong = values_of_slips(BACKWARD_SLIPS.get(name, {}), v)
        if name == "yhat":
            wrong |= {
                f"The forward pass in your `backward_by_hand` is one {words}.": values_of(example, words)[
                    "d yhat"
                ]
                for words in FORWARD_PASSES_BY_HAND
            }
        told = {
            "name": f"the derivative with respect to {name}",
            "wrong": wrong,
            "hint": HINTS.get(name, ""),
        }
        assert_follows(
            entry(answer, name),
            v[f"d {name}"],
            BACKWARD[name](own),
            atol=tolerance * rounding * sizes[name],
            **(told | report),
        )


BY_HAND = ("autograd", "optim")


@task("backward-by-hand", points=1.0, needs=("forward-by-hand",), without=BY_HAND)
def test_derivatives_at_the_output(student):
    """The derivatives with respect to `yhat`, `y`, `b2` and `z4` should be right, without autograd."""
    check_derivatives(student, "yhat", "y", "b2", "z4")
    first, then, answer = asked_again(student, student.backward_by_hand, "backward_by_hand")
    name = f"the derivative with respect to yhat {OF_A_SECOND_CALL}"
    check_answer(answer, then, ("yhat",), name=name, wrong={OF_THE_FIRST: values_of(first)["d yhat"]})


@task("backward-by-hand", points=1.0, needs=("forward-by-hand",), without=BY_HAND)
def test_derivatives_of_the_output_layer(student):
    """The derivatives with respect to `W2` and `z3` should be right, without autograd."""
    check_derivatives(student, "W2", "z3", passed=forward_pass_before(student))


@task("backward-by-hand", points=1.5, needs=("forward-by-hand",), without=BY_HAND)
def test_derivatives_of_the_hidden_layer(student):
    """The derivatives with respect to `z2`, `b1` and `z1` should be right, without autograd."""
    passed = forward_pass_before(student)
    check_derivatives(student, "z2", "b1", "z1", far=True, passed=passed)
    example = saturated_example()
    # As precise as float32 is: 1 - z3 has an error of 1e-7 there, and a sigmoid clamped at 10 one of 5e-5.
    answer = by_hand(student.backward_by_hand, "backward_by_hand", example)
    check_answer(answer, example, ("z2", "b1", "z1"), 3e-6, passed, hint="Here z2 is ±12 and ±16.")


@task("backward-by-hand", points=1.0, needs=("forward-by-hand",), without=BY_HAND)
def test_derivative_under_the_first_weights(student):
    """The derivative with respect to `W1` should be right, without autograd."""
    check_derivatives(student, "W1", passed=forward_pass_before(student))


@task("backward-by-hand", points=1.0, needs=("forward-by-hand",), without=BY_HAND)
def test_derivative_under_the_input(student):
    """The derivative with respect to `x` should be right, without autograd: a sum over all hidden units."""
    check_derivatives(student, "x", passed=forward_pass_before(student))


@task("backward-by-hand", points=0.5, needs=("forward-by-hand",), without=BY_HAND, promises=("arguments",))
def test_shapes_of_the_derivatives(student):
    """Each of the eleven derivatives should have the shape of its variable."""
    for example in examples()[:4]:
        answer = by_hand(student.backward_by_hand, "backward_by_hand", example, order=False)
        v = values_of(example)
        for name in BACKWARD:
            check_not_empty(entry(answer, name, tuple(v[f"d {name}"].shape)), name)


# ---- any-depth


def draw_network(
    sizes: Sequence[int], scale: float = 1.0
) -> tuple[torch.Tensor, list[torch.Tensor], list[torch.Tensor]]:
    """One example and a sigmoid network, weights (out, in); `scale` makes x larger and weights[0] smaller."""
    pairs = list(zip(sizes[:-1], sizes[1:], strict=True))
    weights = [1.5 * torch.randn(n_out, n_in) / n_in**0.5 for n_in, n_out in pairs]
    weights[0] /= scale
    return scale * torch.randn(sizes[0]), weights, [0.5 * torch.randn(n_out) for _, n_out in pairs]


RECURSION: Slips = {
    "": lambda w, d, here, above: (w.T @ d) * here * (1 - here),
    "This is the recursion without the sigmoid's derivative.": lambda w, d, here, above: w.T @ d,
    "The sigmoid's derivative is that of the layer above.": (
        lambda w, d, here, above: w.T @ (d * above * (1 - above))
    ),
    "The sigmoid's derivative is taken at the sigmoid's value.": (
        lambda w, d, here, above: (w.T @ d) * here.sigmoid() * (1 - here.sigmoid())
    ),
    "This is what you get without the factor 1 - x.": lambda w, d, here, above: (w.T @ d) * here,
    "This is what you get without the weights.": lambda w, d, here, above: d.sum() * here * (1 - here),
}
"""The derivative with respect to s of one layer from that of the next, with the outputs of both."""


def outputs(x: torch.Tensor, weights: Sequence, biases: Sequence, hidden: Callable = torch.sigmoid) -> list:
    """The outputs of all layers in double precision, beginning with x."""
    a = [x.double()]
    for k, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        s = weight.double() @ a[-1] + bias
        a.append(torch.sigmoid(s) if k == len(weights) - 1 else hidden(s))
    return a


ForwardPass = Callable[[torch.Tensor, Sequence, Sequence], list]
FORWARD_PASSES: dict[str, ForwardPass] = {
    "without the sigmoid after the hidden layers": partial(outputs, hidden=lambda s: s),
    "with relu in the hidden layers": partial(outputs, hidden=torch.relu),
    "without the biases": lambda x, weights, biases: outputs(x, weights, [0 * b for b in biases]),
    "with the first bias of each layer for all its units": (
        lambda x, weights, biases: outputs(x, weights, [b[:1] for b in biases])
    ),
}


def in_two_lists(answer: object) -> object:
    """The two lists, also where the answer is a pair for each layer, or has them in the other order.

    The test of the shapes counts both.
    """
    parts = answer if isinstance(answer, (list, tuple)) else ()
    ranks = [
        [g.ndim if isinstance(g, (torch.Tensor, np.ndarray)) else None for g in part]
        for part in parts
        if isinstance(part, (list, tuple))
    ]
    if ranks and len(ranks) == len(parts):
        if all(each == [2, 1] for each in ranks):
            return tuple(zip(*parts, strict=True))
        if len(ranks) == 2 and {*ranks[0]} == {1} and {*ranks[1]} == {2}:
            return parts[::-1]
    return answer


def answered(
    student: Student, x: torch.Tensor, y: float, weights: Sequence, biases: Sequence, strict: bool = False
) -> list[list]:
    """The student's two lists, each with an entry for every layer; unless `strict`, also in another arrangement."""
    names = ("weight_grads", "bias_grads")
    called = student.mlp_gradients.returning(([torch.Tensor], [torch.Tensor]), "mlp_gradients(…)")
    answer = called(x, y, weights, biases)
    answer = unpack(answer if strict else in_two_lists(answer), "mlp_gradients", names)
    for name, group in zip(names, answer, strict=True):
        assert_kind(group, (list, tuple), f"`{name}` should be a list")
        require(
            len(group) == len(weights),
            f"`{name}` should have {len(weights)} entries; yours has {len(group)}.",
        )
    return [list(group) for group in answer]


def length_of(gradient: object) -> int:
    """How many entries it has; what it should be is asked where it is compared."""
    if isinstance(gradient, (torch.Tensor, np.ndarray)):
        return len(gradient) if gradient.ndim else 1
    return len(gradient) if isinstance(gradient, (list, tuple)) else 1


def begins_at_the_output(gradients: Sequence, sizes: Sequence[int]) -> bool:
    """Whether they come in the other order."""
    counts, right = [length_of(g) for g in gradients], [*sizes[1:]]
    return counts != right and counts == right[::-1]


class Layers:
    """The student's gradients of one random network, and what they should be; the right order if it is turned round.

    The derivative with respect to a bias is that with respect to s of its layer.
    """

    def __init__(
        self,
        student: Student,
        sizes: Sequence[int],
        y: float,
        scale: float = 1.0,
        passed: ForwardPass = outputs,
        shifts: Mapping[int, Sequence[float]] | None = None,
        slip: str = "",
    ) -> None:
        """`shifts` are added to the first biases of a layer: they move its sums to about there.

        `slip`: the one in the recursion, which another test counts.
        """
        self.slip = slip
        self.y, self.n = y, len(sizes) - 1
        self.x, self.weights, self.biases = draw_network(sizes, scale)
        for k, added in (shifts or {}).items():
            self.biases[k][: len(added)] += torch.tensor(added)
        self.a = passed(self.x, self.weights, self.biases)
        self.deltas, self.slipped = self.chain(""), self.chain(slip)
        self.weight_grads, self.bias_grads = answered(student, self.x, y, self.weights, self.biases)
        for gradients in (self.weight_grads, self.bias_grads):
            if begins_at_the_output(gradients, sizes):
                gradients.reverse()

    def step(self, slip: str, k: int, above: torch.Tensor) -> torch.Tensor:
        """From the derivative with respect to s of layer k + 1 to that of layer k."""
        return RECURSION[slip](self.weights[k].double(), above, self.a[k], self.a[k + 1])

    def chain(self, slip: str) -> list[torch.Tensor]:
        """The derivatives with respect to s of all layers."""
        deltas = [self.a[-1] - self.y]
        for k in reversed(range(1, self.n)):
            deltas.insert(0, self.step(slip, k, deltas[0]))
        return deltas

    def own(self, k: int) -> torch.Tensor:
        """The student's own gradient of a bias, where it can be gone on with."""
        return with_own({"": self.slipped[k]}, {"": self.bias_grads[k]})[""]

    def passes(self) -> dict[str, list[torch.Tensor]]:
        """The outputs of all layers by each of the wrong forward passes."""
        return {words: f(self.x, self.weights, self.biases) for words, f in FORWARD_PASSES.items()}

    def assert_output(self) -> None:
        p, y, s = self.a[-1], self.y, self.a[-1].logit()
        slope, again = p * (1 - p), "the loss is the log loss."
        wrong = {
            f"This is the derivative of half the squared error; {again}": (p - y) * slope,
            f"This is the derivative of the squared error; {again}": 2 * (p - y) * slope,
            f"This is the derivative of a squared error without the last sigmoid; {again}": 2 * (s - y),
            f"This is twice the output minus y, as for a squared error; {again}": 2 * (p - y),
            "This is y minus the output: the sign is opposite.": y - p,
            "This is the derivative with respect to the output; the bias is behind the sigmoid.": (p - y)
            / slope,
            "This is the derivative for the other label: is y used?": p - (1 - y),
            "This is what you get without the sigmoid after the last layer.": s - y,
            **{f"Your forward pass is one {words}.": a[-1] - y for words, a in self.passes().items()},
        }
        hint = "It is the output minus y: is your forward pass right, and the loss the log loss?"
        last = self.n - 1
        self.assert_close(self.bias_grads[last], p - y, p - y, f"bias_grads[{last}]", wrong=wrong, hint=hint)

    def assert_weights(self) -> None:
        for k in reversed(range(self.n)):
            right, own = (torch.outer(delta, self.a[k]) for delta in (self.deltas[k], self.own(k)))
            hint = f"It pairs each entry of bias_grads[{k}] with each input of the layer."
            self.assert_close(self.weight_grads[k], right, own, f"weight_grads[{k}]", hint=hint)

    def assert_recursion(self) -> None:
        """From the last layer backwards, so that a message names the step in which the recursion breaks."""
        for k in reversed(range(self.n - 1)):
            above = self.own(k + 1)
            wrong = {cause: self.step(cause, k + 1, above) for cause in RECURSION if cause}
            own = self.step(self.slip, k + 1, above)
            hint = f"What leads there from bias_grads[{k + 1}], which is right or counted elsewhere?"
            name = f"bias_grads[{k}]"
            self.assert_close(self.bias_grads[k], self.deltas[k], own, name, wrong=wrong, hint=hint)

    def assert_close(self, got: object, right: torch.Tensor, own: torch.Tensor, name: str, **report) -> None:
        # Gradients shrink with depth: each layer at its own scale. Measured over 3,300 networks and four ways to
        # write it in float32: errors below 3 % of this.
        atol = 1e-3 * right.abs().max().item()
        assert_follows(got, right, own, atol=atol, name=f"{name} of {self.n}", **report)


def layers(
    student: Student, networks: Sequence[Sequence[int]], passed: ForwardPass = outputs, slip: str = ""
) -> Iterator[Layers]:
    for i, sizes in enumerate(networks):
        for y in (0.0, 1.0):
            yield Layers(student, sizes, y, (1.0, 1e8)[i % 2], passed, slip=slip)


def own_forward_pass(student: Student) -> ForwardPass:
    """The student's, as the last bias of one network shows it: a wrong one counts in the test of the output."""
    network = Layers(student, [3, 5, 1], 1.0)
    outcomes = {words: a[-1] - network.y for words, a in network.passes().items()}
    with contextlib.suppress(CheckFailed):
        return FORWARD_PASSES.get(known_cause(network.bias_grads[-1], outcomes, atol=1e-5), outputs)
    return outputs


def own_recursion(student: Student, passed: ForwardPass) -> str:
    """The slip in the step from the output to a single hidden layer, which the test of that step counts; or ""."""
    network = Layers(student, [3, 5, 1], 1.0, passed=passed)
    slips = {cause: network.step(cause, 1, network.own(1)) for cause in RECURSION if cause}
    with contextlib.suppress(CheckFailed):
        return known_cause(network.bias_grads[0], slips, atol=1e-3 * network.deltas[0].abs().max().item())
    return ""


@task("any-depth", points=1.0, without=BY_HAND)
def test_gradient_at_the_output(student):
    """The gradient of the last bias should be right for any depth, without autograd."""
    for network in layers(student, [[3, 1], [4, 1], [3, 5, 1], [2, 4, 3, 1]]):
        network.assert_output()
    # An output of almost 0 or 1 is not asked for: a clamped formula gives 0 there, as torch's own loss does.


@task("any-depth", points=1.0, without=BY_HAND)
def test_weight_gradients(student):
    """With one layer or two the gradients of the weights should be right, without autograd."""
    for network in layers(
        student, [[3, 1], [1, 1], [3, 5, 1], [4, 4, 1], [6, 2, 1]], own_forward_pass(student)
    ):
        network.assert_weights()


@task("any-depth", points=2.0, without=BY_HAND)
def test_recursion_of_two_layers(student):
    """With one hidden layer the gradient of its biases should be right, without autograd."""
    for network in layers(student, [[3, 5, 1], [4, 4, 1], [2, 6, 1]], own_forward_pass(student)):
        network.assert_recursion()


@task("any-depth", points=0.75, without=BY_HAND)
def test_gradients_of_deeper_networks(student):
    """With several hidden layers all gradients should be right, also where sums are large, without autograd."""
    passed = own_forward_pass(student)
    slip = own_recursion(student, passed)
    for network in layers(
        student, [[2, 4, 3, 1], [3, 3, 3, 3, 1], [16, 40, 8, 1], [5, 1, 4, 2, 6, 1]], passed, slip
    ):
        network.assert_recursion()
        network.assert_weights()
    if passed is outputs and not slip:  # in float32 a power of e overflows from 89 on
        network = Layers(student, [2, 8, 3, 1], 1.0, shifts={0: [90.0, -90.0, 95.0, -95.0, 120.0, -120.0]})
        network.assert_recursion()
        network.assert_weights()


@task("any-depth", points=0.75, without=BY_HAND)
def test_gradients_of_a_very_deep_network(student):
    """In a network of 24 layers the early gradients are tiny, and should still be right, without autograd."""
    passed = own_forward_pass(student)
    slip = own_recursion(student, passed)
    for network in layers(student, [[3, *([6] * 23), 1]], passed, slip):
        network.assert_recursion()
        network.assert_weights()


@task("any-depth", points=0.5, without=BY_HAND, promises=("arguments",))
def test_arguments_and_shapes_at_any_depth(student):
    """Lists or tuples may come in, and each gradient should have the shape of its parameter, input side first."""
    for container in (list, tuple):
        sizes = [2, 4, 3, 1]
        x, weights, biases = draw_network(sizes)
        found = answered(student, x, 1.0, container(weights), container(biases), strict=True)
        for name, got, given in zip(("weight_grads", "bias_grads"), found, (weights, biases), strict=True):
            require(not begins_at_the_output(got, sizes), f"`{name}` begins at the output, not at the input.")
            for k in range(3):
                shaped = as_tensor(got[k], f"{name}[{k}]", shape=tuple(given[k].shape))
                check_not_empty(shaped, f"{name}[{k}]")
