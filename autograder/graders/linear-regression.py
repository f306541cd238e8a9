"""Hidden tests of `linear-regression` (docs/contract.md, section 2).

Models are compared on parameters that the grader writes into them, gradients and descents with its own in float64.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from autograder.grading.toolkit import (
    Remote,
    as_number,
    as_numbers,
    as_tensor,
    assert_close,
    describe,
    entries,
    new,
    require,
    task,
    unpack,
)


@dataclass
class Problem:
    """A batch, and parameters with which some rows have their relu open and some do not."""

    X: torch.Tensor
    y: torch.Tensor
    weights: torch.Tensor  # (d, 1)
    bias: torch.Tensor  # (1,)

    @property
    def z(self) -> torch.Tensor:
        return (self.X.double() @ self.weights.double() + self.bias.double()).squeeze(1)

    @property
    def yhat(self) -> torch.Tensor:
        return self.z.relu()

    @property
    def gradients(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Of the mean squared error, (d, 1) and (1,), by autograd in float64."""
        weights, bias = (t.double().requires_grad_() for t in (self.weights, self.bias))
        yhat = (self.X.double() @ weights + bias).relu().squeeze(1)
        return torch.autograd.grad(((yhat - self.y.double()) ** 2).mean(), (weights, bias))

    def descend(self, n_epochs: int, learning_rate: float) -> tuple[list[float], torch.Tensor, torch.Tensor]:
        """Losses after each update, and the last weights and bias, in float64."""
        X, y, weights, bias = (t.double() for t in (self.X, self.y, self.weights, self.bias))
        losses = []
        for _ in range(n_epochs):
            z = (X @ weights + bias).squeeze(1)
            grad_z = 2 * (z.relu() - y) * (z > 0) / len(y)
            weights, bias = (
                weights - learning_rate * (X.T @ grad_z[:, None]),
                bias - learning_rate * grad_z.sum(),
            )
            losses.append((((X @ weights + bias).squeeze(1).relu() - y) ** 2).mean().item())
        return losses, weights, bias


def problem(n: int, d: int, rows: str = "mixed") -> Problem:
    """`rows`: "open" (all z > 0), "mixed" (about half), "closed" (all z < 0); no z nearer to 0 than 0.05."""
    X, weights = torch.randn(n, d), torch.randn(d, 1)
    z = (X @ weights).squeeze(1)
    bias = {"open": 0.5 - z.min(), "closed": -0.5 - z.max(), "mixed": -z.median() + 0.1}[rows].reshape(1)
    made = Problem(X, 2 * torch.randn(n) + 1.5, weights, bias)
    near = made.z.abs() < 0.05
    if near.any():  # float32 could fall on either side: move these rows along the weights
        move = 0.2 * torch.where(made.z > 0, 1.0, -1.0).float()[near]
        made.X[near] += move[:, None] * weights.T / (weights**2).sum()
    return made


def put(model: Remote, given: Problem) -> None:
    """Writes the problem's parameters into a model that has `weights` and `bias`, in place."""
    as_tensor(model.weights, "weights", shape=tuple(given.weights.shape))
    as_tensor(model.bias, "bias", shape=tuple(given.bias.shape))
    model.weights = given.weights
    model.bias = given.bias


# ---- neuron

INPUTS = ("x1", "x2", "w1", "w2", "b")


def check_neuron(student, values: dict[str, float], hint: str) -> None:
    got = student.neuron_gradients(*(values[key] for key in INPUTS))
    entries(got, "neuron_gradients", ())
    a = values["w1"] * values["x1"] + values["w2"] * values["x2"] + values["b"]
    slope = 1.0 if a > 0 else 0.0
    partner = {"x1": "w1", "x2": "w2", "w1": "x1", "w2": "x2"}
    expected = {"o": max(a, 0.0), "b": slope} | {key: slope * values[other] for key, other in partner.items()}
    for key, value in expected.items():
        require(key in got, f"The dict that `neuron_gradients` returns has no {key!r}.")
        # float32 tensors of these sizes are off by 1e-6 at most.
        assert_close(
            as_number(got[key], key), value, atol=1e-4, name=f'neuron_gradients(...)["{key}"]', hint=hint
        )


def drawn_neuron(rng: np.random.Generator, a: float) -> dict[str, float]:
    """Inputs and weights away from 0, and the bias that gives the sum `a`; quarters, so that sums are exact."""
    values = {key: float(rng.choice([-1, 1]) * rng.integers(1, 13) / 4) for key in ("x1", "x2", "w1", "w2")}
    return values | {"b": a - values["w1"] * values["x1"] - values["w2"] * values["x2"]}


@task("neuron", points=1.5, without=("autograd", "optim"))
def test_open_neuron(student, rng):
    """Where the sum is positive the derivatives should go through the relu unchanged."""
    for _ in range(5):
        check_neuron(
            student, drawn_neuron(rng, float(rng.integers(1, 20) / 4)), "Which number belongs to each edge?"
        )


@task("neuron", points=1.0, without=("autograd", "optim"))
def test_closed_neuron(student, rng):
    """Where the sum is negative the output and every derivative should be 0."""
    check_neuron(student, drawn_neuron(rng, 2.0), "Which number belongs to each edge?")
    for _ in range(3):
        check_neuron(
            student,
            drawn_neuron(rng, -float(rng.integers(1, 20) / 4)),
            "What is the slope of the relu there?",
        )


@task("neuron", points=1.0, without=("autograd", "optim"))
def test_neuron_at_the_bend(student, rng):
    """Where the sum is exactly 0 the derivative of the relu should be taken to be 0."""
    check_neuron(student, drawn_neuron(rng, 2.0), "Which number belongs to each edge?")
    for _ in range(3):
        check_neuron(student, drawn_neuron(rng, 0.0), "At 0 itself take 0.")


@task("neuron", points=0.5, without=("autograd", "optim"))
def test_neuron_returns_plain_floats(student, rng):
    """Floats go in and floats should come out."""
    for a in (1.5, -1.5):
        values = drawn_neuron(rng, a)
        check_neuron(student, values, "Which number belongs to each edge?")
        for key, value in student.neuron_gradients(*(values[key] for key in INPUTS)).items():
            plain = isinstance(value, (int, float)) and not isinstance(value, bool)
            require(plain, f'`neuron_gradients(...)["{key}"]` should be a float; yours is {describe(value)}.')


# ---- standardize


def standardized(student, train: torch.Tensor, test: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    answer = unpack(
        student.standardize(train, test), "standardize", ("the scaled train set", "the scaled test set")
    )
    return (
        as_tensor(answer[0], "the scaled train set", shape=tuple(train.shape)),
        as_tensor(answer[1], "the scaled test set", shape=tuple(test.shape)),
    )


def check_scaled(got: torch.Tensor, values: torch.Tensor, train: torch.Tensor, ddof: int, name: str) -> None:
    mean, spread = train.double().mean(dim=0), train.double().std(dim=0, correction=ddof)
    # Columns of mean 5 spreads away from 0: float32 is off by less than 1e-5 of a spread, an epsilon of 1e-6 beside
    # a spread of 0.3 by 2e-5; n against n-1 (12 rows) makes 4 %.
    hint = "Is each column scaled by its own mean and standard deviation, those of the train set?"
    assert_close(got, (values.double() - mean) / spread, atol=1e-3, name=name, hint=hint)


def drawn_columns(rng: np.random.Generator, n: int, d: int) -> torch.Tensor:
    spread = torch.tensor(rng.uniform(0.3, 8.0, size=d))
    mean = torch.tensor(rng.uniform(-5, 5, size=d)) * spread
    return (torch.randn(n, d) * spread + mean).float()


@task("standardize", points=1.0)
def test_scaled_by_the_statistics_of_train(student, rng):
    """Both sets should be scaled, column by column, by the mean and the standard deviation of train alone."""
    train = drawn_columns(rng, 12, 3)
    train[:, 1] *= float(rng.uniform(0.2, 0.8)) / train[:, 1].std()  # a small spread is no missing one
    test = train[:7] * 1.5 + 2  # statistics of its own would give other numbers
    scaled_train, scaled_test = standardized(student, train, test)
    sample = scaled_train.std(dim=0, correction=1)
    ddof = 1 if (sample - 1).abs().max() < 0.01 else 0  # n and n-1 are both right, but the same for both sets
    check_scaled(scaled_train, train, train, ddof, "the scaled train set")
    check_scaled(scaled_test, test, train, ddof, "the scaled test set")


@task("standardize", points=0.5)
def test_constant_column_stays_finite(student, rng):
    """A column in which all training rows agree should not become infinite or NaN."""
    train = drawn_columns(rng, 12, 3)
    train[:, 1] = float(rng.integers(-4, 5))
    test = drawn_columns(rng, 5, 3)
    scaled, _ = standardized(student, train, test)  # both proved finite
    for column in (0, 2):  # the others are scaled as ever; n or n-1, and the test set, are judged above
        wanted = (train[:, column].double() - train[:, column].double().mean()) / train[
            :, column
        ].double().std()
        right = bool(((scaled[:, column] - wanted).abs() < 0.1 * wanted.abs() + 1e-3).all())
        require(right, "Beside a constant column the other columns should be scaled as ever; yours are not.")


@task("standardize", points=0.5, promises=("arguments",))
def test_arguments_are_left_alone(student, rng):
    """The tensors that are passed in should stay as they are, and the result should not depend on the test set."""
    train, test = drawn_columns(rng, 12, 2), drawn_columns(rng, 4, 2)
    first, _ = standardized(student, train, test)
    second, _ = standardized(student, train, 100 * test + 7)
    assert_close(second, first, atol=1e-6, name="the scaled train set with another test set")
    require(
        float((first - train.double()).abs().max()) > 0.01,
        "`standardize` gives the train set back as it was.",
    )


# ---- manual and semi

# Float32 against float64 on 300 problems of these sizes: at most 2e-6.
ATOL_GRADIENT = 1e-3
ATOL_FORWARD = 1e-4
GRADIENTS = ("grad_weights", "grad_bias")
BY_HAND_KINDS = ("LinearRegressionManual", "LinearRegressionSemi")


def check_forward(student, kind: str, n: int, d: int) -> None:
    model, given = new(student, kind, d), problem(n, d)
    put(model, given)
    hint = "relu of X @ weights + bias, one number for each row?"
    assert_close(
        model.forward(given.X), given.yhat, atol=ATOL_FORWARD, name="forward(X)", hint=hint, shape="any"
    )


def check_backward(student, kind: str, given: Problem, hint: str) -> None:
    model = new(student, kind, given.X.shape[1])
    put(model, given)
    grad_weights, grad_bias = unpack(
        student.helpers.both_passes(model, given.X, given.y), "backward", GRADIENTS
    )
    wanted = given.gradients
    assert_close(grad_weights, wanted[0], atol=ATOL_GRADIENT, name="grad_weights", shape="any", hint=hint)
    assert_close(grad_bias, wanted[1], atol=ATOL_GRADIENT, name="grad_bias", shape="any", hint=hint)


def check_start(student, kind: str, d: int) -> None:
    """Small, not zero, and random."""
    first, second = new(student, kind, d), new(student, kind, d)
    weights = [as_tensor(model.weights, "weights", shape=(d, 1)) for model in (first, second)]
    biases = [as_tensor(model.bias, "bias", shape=(1,)) for model in (first, second)]
    for weight, bias in zip(weights, biases, strict=True):
        # Of randn's numbers one is beyond 6 in a billion.
        largest = max(weight.abs().max().item(), bias.abs().item())
        require(largest < 6, f"The starting values should be small; yours go up to {largest:.3g}.")
        require(
            bool((weight != 0).any()),
            "All your weights start at 0. With a bias of 0 the relu never opens: start at random.",
        )
    require(
        not torch.equal(weights[0], weights[1]),
        "Two models should start from different random weights; yours start from the same.",
    )


@task("manual", points=0.75)
def test_manual_starts_small_and_random(student):
    """`weights` (d, 1) and `bias` (1,) should be there from the start, small, and different for each model."""
    check_start(student, "LinearRegressionManual", 6)
    check_start(student, "LinearRegressionManual", 400)  # a heavy tail shows among many


@task("manual", points=1.25)
def test_manual_forward(student, rng):
    """`forward` should give relu(X w + b), a tensor (n,), for a single row too."""
    check_forward(student, "LinearRegressionManual", int(rng.integers(8, 15)), int(rng.integers(2, 6)))
    model, given = new(student, "LinearRegressionManual", 3), problem(9, 3)
    put(model, given)
    for rows in (slice(None), slice(0, 1)):
        part = given.X[rows]
        assert_close(
            model.forward(part), given.yhat[rows], atol=ATOL_FORWARD, name=f"forward(X) of {len(part)} rows",
            hint="It should have one dimension.",
        )  # fmt: skip


@task("manual", points=1.0, without=("autograd", "optim"))
def test_manual_gradient_of_open_rows(student, rng):
    """Where every relu is open, `backward` should give the gradient of the mean squared error, by hand."""
    given = problem(int(rng.integers(7, 15)), int(rng.integers(2, 6)), "open")
    check_backward(
        student, "LinearRegressionManual", given, "The gradient itself, of the mean over the rows?"
    )


@task("manual", points=1.25, without=("autograd", "optim"))
def test_manual_gradient_goes_through_the_relu(student, rng):
    """Rows whose relu is closed should have no say in the gradient."""
    for rows in ("mixed", "closed"):
        given = problem(int(rng.integers(7, 15)), int(rng.integers(2, 6)), rows)
        check_backward(student, "LinearRegressionManual", given, "What may a row with z < 0 add?")
    check_backward(
        student, "LinearRegressionManual", problem(8, 3, "mixed"), "What may a row with z < 0 add?"
    )


@task("manual", points=0.75, without=("autograd", "optim"))
def test_manual_gradients_have_the_shapes_of_the_parameters(student, rng):
    """`backward` should give tensors (d, 1) and (1,), and leave parameters as they were."""
    for n, d in ((int(rng.integers(7, 15)), 4), (1, 3)):
        given = problem(n, d, "open")
        model = new(student, "LinearRegressionManual", d)
        put(model, given)
        grad_weights, grad_bias = unpack(
            student.helpers.both_passes(model, given.X, given.y), "backward", GRADIENTS
        )
        require(
            isinstance(grad_weights, torch.Tensor),
            f"`grad_weights` should be a tensor; yours is {describe(grad_weights)}.",
        )
        assert_close(grad_weights, given.gradients[0], atol=ATOL_GRADIENT, name="grad_weights")
        require(
            isinstance(grad_bias, torch.Tensor),
            f"`grad_bias` should be a tensor; yours is {describe(grad_bias)}.",
        )
        assert_close(grad_bias, given.gradients[1], atol=ATOL_GRADIENT, name="grad_bias")
        assert_close(
            model.weights,
            given.weights,
            atol=0.0,
            name="weights after backward",
            hint="A gradient is no step.",
        )
        assert_close(
            model.bias, given.bias, atol=0.0, name="bias after backward", hint="A gradient is no step."
        )


@task("semi", points=0.5)
def test_semi_forward(student, rng):
    """`forward` should give relu(X w + b), with small random weights that autograd follows."""
    check_start(student, "LinearRegressionSemi", 400)
    check_forward(student, "LinearRegressionSemi", int(rng.integers(8, 15)), int(rng.integers(2, 6)))
    followed = student.helpers.requires_gradient(new(student, "LinearRegressionSemi", 3))
    require(
        followed == [True, True], "`weights` or `bias` requires no gradient: autograd does not follow it."
    )


@task("semi", points=1.25)
def test_semi_gradient(student, rng):
    """`backward` should give the gradient of the mean squared error, through open and closed relus."""
    for rows in ("open", "mixed", "mixed"):
        given = problem(int(rng.integers(7, 15)), int(rng.integers(2, 6)), rows)
        check_backward(student, "LinearRegressionSemi", given, "Of which loss is it the gradient?")
    model = new(student, "LinearRegressionSemi", given.X.shape[1])
    put(model, given)
    grad_weights, grad_bias = unpack(
        student.helpers.both_passes(model, given.X, given.y), "backward", GRADIENTS
    )
    as_tensor(grad_weights, "grad_weights", shape=tuple(given.weights.shape))
    as_tensor(grad_bias, "grad_bias", shape=(1,))


@task("semi", points=0.75)
def test_semi_lets_autograd_do_it(student):
    """The gradient should come from `torch.autograd.grad`, not from a formula."""
    model, given = new(student, "LinearRegressionSemi", 3), problem(9, 3, "mixed")
    put(model, given)
    followed = student.helpers.requires_gradient(model)
    require(
        followed == [True, True],
        "`weights` or `bias` requires no gradient: autograd does not follow it.",
    )
    seen = student.helpers.watched_passes(model, given.X, given.y)
    require(
        isinstance(seen, list) and len(seen) > 0,
        "Autograd was not asked for the gradient of `weights` in `backward`.",
    )
    assert_close(
        seen[-1],
        given.gradients[0],
        atol=ATOL_GRADIENT,
        name="what autograd computed for weights",
        shape="any",
    )


@task("semi", points=0.5)
def test_semi_leaves_nothing_behind(student):
    """Two passes in a row should give the same gradient, and neither parameters nor `.grad` should change."""
    model, given = new(student, "LinearRegressionSemi", 3), problem(9, 3, "mixed")
    put(model, given)
    for gradients in student.helpers.two_times(model, given.X, given.y):
        grad_weights, _ = unpack(gradients, "backward", GRADIENTS)
        assert_close(
            grad_weights,
            given.gradients[0],
            atol=ATOL_GRADIENT,
            name="grad_weights",
            shape="any",
            hint="Is it added up?",
        )
    left = student.helpers.gradients_left(model)
    require(
        left == [None, None],
        "Something was left in `.grad`; `torch.autograd.grad` returns the gradients instead.",
    )
    assert_close(model.weights, given.weights, atol=0.0, name="weights after backward")


# ---- auto


def layer_of(student, kind: str, d: int) -> tuple[Remote, Remote]:
    """A model and its linear layer."""
    model = new(student, kind, d)
    name = "linear" if kind == "LinearRegressionAuto" else "network"
    layer = getattr(model, name)
    require(isinstance(layer, Remote), f"`{name}` should be a module; yours is {describe(layer)}.")
    if name == "network":
        layer = layer[0]
        require(
            isinstance(layer, Remote), f"`network[0]` should be a linear layer; yours is {describe(layer)}."
        )
    as_tensor(layer.weight, "the linear layer's weight", shape=(1, d))
    as_tensor(layer.bias, "the linear layer's bias", shape=(1,))
    return model, layer


def check_module(student, kind: str, n: int, d: int) -> None:
    model, layer = layer_of(student, kind, d)
    given = problem(n, d)
    layer.weight = given.weights.T
    layer.bias = given.bias
    hint = "Is there one relu after the linear layer?"
    assert_close(model(given.X), given.yhat, atol=ATOL_FORWARD, name="model(X)", hint=hint, shape="any")


@task("auto", points=0.75)
def test_auto(student, rng):
    """`LinearRegressionAuto` should be relu of its layer `linear`."""
    check_module(student, "LinearRegressionAuto", int(rng.integers(8, 15)), int(rng.integers(2, 6)))


@task("auto", points=0.75)
def test_sequential(student, rng):
    """`LinearRegressionSequential` should do the same with its `network`."""
    check_module(student, "LinearRegressionSequential", int(rng.integers(8, 15)), int(rng.integers(2, 6)))


@task("auto", points=0.75)
def test_parts_of_the_modules(student):
    """Each module should have the linear layer's two parameters, and `network` an nn.Linear and then an nn.ReLU."""
    for kind in ("LinearRegressionAuto", "LinearRegressionSequential"):
        model, _ = layer_of(student, kind, 4)
        found = sorted(
            tuple(as_tensor(value, name).shape) for name, value in student.parameters(model).items()
        )
        require(
            found == [(1,), (1, 4)], f"`{kind}(4).parameters()` should hold a weight (1, 4) and a bias (1,)."
        )
    parts = student.helpers.kinds_of(student.LinearRegressionSequential(4).network)
    require(
        isinstance(parts, list) and parts[:2] == ["Linear", "ReLU"],
        "`network` does not begin with an nn.Linear and an nn.ReLU.",
    )


@task("auto", points=0.75)
def test_modules_give_one_number_for_each_row(student):
    """Both modules should map (n, d) to (n,), a single row too."""
    for kind in ("LinearRegressionAuto", "LinearRegressionSequential"):
        model, layer = layer_of(student, kind, 3)
        given = problem(7, 3)
        layer.weight = given.weights.T
        layer.bias = given.bias
        for rows in (slice(None), slice(0, 1)):
            part = given.X[rows]
            assert_close(
                model(part), given.yhat[rows], atol=ATOL_FORWARD, name=f"{kind}(3)(X) of {len(part)} rows"
            )


# ---- train

NEEDS = ("manual", "semi", "auto")


def ready_model(student, kind: str, given: Problem) -> Remote:
    """A model of the student's with the problem's parameters."""
    if kind in BY_HAND_KINDS:
        model = new(student, kind, given.X.shape[1])
        put(model, given)
        return model
    model, layer = layer_of(student, kind, given.X.shape[1])
    layer.weight = given.weights.T
    layer.bias = given.bias
    return model


def training_problem(rng: np.random.Generator) -> Problem:
    """Rows that begin with about half of their relus open, and end with most of them open."""
    given = problem(int(rng.integers(20, 40)), int(rng.integers(2, 5)), "mixed")
    given.y = given.y + 4
    return given


def check_training(student, kind: str, given: Problem, n_epochs: int, learning_rate: float) -> list[float]:
    losses, weights, bias = given.descend(n_epochs, learning_rate)
    model = ready_model(student, kind, given)
    got = as_numbers(
        student.train(model, given.X, given.y, n_epochs, learning_rate), "losses", length=n_epochs
    )
    # Float32 against float64 on 2,000 draws: losses at most 6e-7 of their size off, parameters 1e-6.
    hint = "One loss after each update, by the whole gradient of the mean squared error?"
    assert_close(got, losses, atol=1e-4, rtol=1e-3, name=f"the losses of {kind}", hint=hint)
    first, second = (as_tensor(value, "parameter") for value in student.helpers.held_by(model))
    if first.numel() != weights.numel():
        first, second = second, first
    assert_close(first, weights, atol=2e-3, name=f"the weights of {kind} after training", shape="any")
    assert_close(second, bias, atol=2e-3, name=f"the bias of {kind} after training", shape="any")
    return got


@task("train", points=0.75, needs=NEEDS)
def test_train_manual(student, rng):
    """`train` should take LinearRegressionManual through the steps of gradient descent."""
    check_training(student, "LinearRegressionManual", training_problem(rng), int(rng.integers(10, 25)), 0.05)


@task("train", points=0.75, needs=NEEDS)
def test_train_semi(student, rng):
    """`train` should take LinearRegressionSemi through the same steps, and leave its parameters leaves of the graph."""
    given = training_problem(rng)
    check_training(student, "LinearRegressionSemi", given, int(rng.integers(10, 25)), 0.05)
    model = ready_model(student, "LinearRegressionSemi", given)
    student.train(model, given.X, given.y, 3, 0.05)
    require(
        student.helpers.leaves(model) == [True, True],
        "After training `weights` or `bias` is no leaf that requires a gradient any more: change them in place, "
        "where no graph is recorded.",
    )


@task("train", points=0.75, needs=NEEDS)
def test_train_auto(student, rng):
    """`train` should take LinearRegressionAuto through the same steps."""
    check_training(student, "LinearRegressionAuto", training_problem(rng), int(rng.integers(10, 25)), 0.05)


@task("train", points=0.75, needs=NEEDS)
def test_train_sequential(student, rng):
    """`train` should take LinearRegressionSequential through the same steps."""
    check_training(
        student, "LinearRegressionSequential", training_problem(rng), int(rng.integers(10, 25)), 0.05
    )


@task("train", points=0.5, needs=NEEDS)
def test_number_of_epochs_and_learning_rate_count(student, rng):
    """Epochs and learning rate should be the caller's, and training twice should go on where it stopped."""
    given = training_problem(rng)
    losses, _, _ = given.descend(
        10, 0.1
    )  # far enough for the weights, and not the bias alone, to lower the loss
    for kind in ("LinearRegressionManual", "LinearRegressionAuto"):
        model = ready_model(student, kind, given)
        got = []
        for n_epochs in (1, 9):
            got += as_numbers(
                student.train(model, given.X, given.y, n_epochs, 0.1), "losses", length=n_epochs
            )
        assert_close(
            got, losses, atol=1e-4, rtol=1e-3, name=f"the losses of {kind} in two calls of 1 and 9 epochs"
        )


@task("train", points=0.5, needs=NEEDS, promises=("arguments",))
def test_gradients_do_not_add_up(student, rng):
    """What is in `.grad` before training should not matter, and the data should be left alone."""
    given = training_problem(rng)
    losses, _, _ = given.descend(8, 0.05)
    model = ready_model(student, "LinearRegressionAuto", given)
    student.helpers.stale_gradients(model, 5.0)
    got = as_numbers(student.train(model, given.X, given.y, 8, 0.05), "losses", length=8)
    assert_close(
        got, losses, atol=1e-4, rtol=1e-3, name="the losses", hint="Is each gradient that of its step alone?"
    )


# ---- closed-form


def check_least_squares(student, X: torch.Tensor, y: torch.Tensor, shape: str = "any") -> None:
    d = X.shape[1]
    weights, bias = unpack(student.least_squares(X, y), "least_squares", ("weights", "bias"))
    with_ones = torch.cat([X, torch.ones(len(X), 1)], dim=1).double()
    exact = torch.linalg.lstsq(with_ones, y.double()[:, None], driver="gelsd").solution.squeeze(1)
    # The normal equations in float32 are off by 2e-5 at most on 300 such problems.
    hint = "Is the loss smallest there? Does the model have a bias?"
    assert_close(weights, exact[:d], atol=1e-3, rtol=1e-3, name="weights", shape=shape, hint=hint)
    assert_close(as_number(bias, "bias"), exact[d].item(), atol=1e-3, rtol=1e-3, name="bias", hint=hint)


@task("closed-form", points=1.5)
def test_least_squares(student, rng):
    """`least_squares` should give the exact minimum of the mean squared error."""
    for _ in range(2):
        n, d = int(rng.integers(25, 60)), int(rng.integers(2, 6))
        X = torch.randn(n, d)
        check_least_squares(student, X, X @ torch.randn(d) + 3 * torch.randn(1) + torch.randn(n))


@task("closed-form", points=0.75)
def test_least_squares_with_features_away_from_zero(student, rng):
    """Features and targets that do not lie around zero should be fitted as exactly."""
    n, d = int(rng.integers(30, 60)), int(rng.integers(2, 5))
    X = torch.randn(n, d) + torch.tensor(rng.uniform(1, 2, size=d)).float()
    check_least_squares(student, X, X @ torch.randn(d) + 10 + torch.randn(n))


@task("closed-form", points=0.75)
def test_least_squares_shapes(student, rng):
    """The weights should have the shape (d,), for a single feature too, and the bias should be one number."""
    for d in (1, 4):
        X = torch.randn(int(rng.integers(20, 40)), d)
        check_least_squares(student, X, X @ torch.randn(d) - 2 + 0.5 * torch.randn(len(X)), shape="same")


# ---- loss-surface


def surface_of(weights: torch.Tensor, biases: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    rows = [[((w * x + b - y).double() ** 2).mean() for w in weights] for b in biases]
    return torch.tensor(rows)


def check_surface(student, p: int, q: int, n: int, shape: str, hint: str) -> None:
    weights, biases, x, y = torch.randn(p), torch.randn(q), torch.randn(n), torch.randn(n)
    got = student.loss_surface.returning(torch.Tensor, "loss_surface(…)")(weights, biases, x, y)
    assert_close(
        got,
        surface_of(weights, biases, x, y),
        atol=1e-3,
        rtol=1e-4,
        name="the surface",
        shape=shape,
        hint=hint,
    )


@task("loss-surface", points=1.0)
def test_losses_along_one_line(student, rng):
    """With a single bias the surface should hold the loss of each weight, and the other way round."""
    hint = "Is it the mean of the squares over the points?"
    p, n = int(rng.integers(3, 7)), int(rng.integers(8, 15))
    check_surface(student, p, 1, n, "any", hint)
    check_surface(student, 1, p, n, "any", hint)


@task("loss-surface", points=1.5)
def test_rows_are_biases_and_columns_are_weights(student, rng):
    """Row i should belong to biases[i] and column j to weights[j], on grids that are not square, too."""
    for p, q in ((4, 4), (int(rng.integers(5, 8)), 3), (2, int(rng.integers(5, 8)))):
        check_surface(student, p, q, 10, "same", "Which of the two runs along the rows?")


@task("loss-surface", points=0.5)
def test_sizes_that_could_be_mixed_up(student):
    """As many points as weights or biases should not be taken for one another."""
    for p, q, n in ((5, 3, 5), (3, 5, 5), (5, 5, 5), (3, 2, 1)):
        check_surface(student, p, q, n, "same", "Over which dimension is the mean taken?")
