"""Hidden tests of `linear-regression` (docs/contract.md, section 2).

Models are compared on parameters that the grader writes into them, gradients and descents with its own in float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch

from autograder.grading.toolkit import (
    Remote,
    StudentError,
    alternatives,
    any_of,
    as_number,
    as_numbers,
    as_tensor,
    assert_close,
    assert_kind,
    assert_parameters,
    describe,
    entries,
    fail,
    known_cause,
    leave_gradients,
    new,
    put,
    replay,
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

    def loss(self, weights: torch.Tensor, bias: torch.Tensor) -> float:
        """The mean squared error at these parameters, in float64."""
        z = self.X.double() @ weights.double().reshape(-1, 1) + bias.double()
        return ((z.relu().squeeze(1) - self.y.double()) ** 2).mean().item()

    def descend(
        self, n_epochs: int, learning_rate: float | tuple[float, float], broadcast: bool = False, **slip: Any
    ) -> torch.Tensor:
        """The last weights and bias, flat, in float64; the options, `broadcast` and those of `replay`, are mistakes."""

        def loss(values: list[torch.Tensor], X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            yhat = (X @ values[0] + values[1]).relu()
            return ((yhat - y if broadcast else yhat.squeeze(1) - y) ** 2).mean()

        start, batch = (self.weights, self.bias), (self.X.double(), self.y.double())
        ended = replay(start, loss, [batch], learning_rate, n_epochs, **slip)
        return torch.cat([value.flatten() for value in ended.values])

    def descend_at_once(self, n_epochs: int, learning_rate: float) -> torch.Tensor:
        """The same where every step uses the gradient of the start: a mistake."""
        pairs = zip((self.weights, self.bias), self.gradients, strict=True)
        return torch.cat(
            [(value.double() - n_epochs * learning_rate * slope).flatten() for value, slope in pairs]
        )


def problem(n: int, d: int, rows: str = "mixed", far: bool = False) -> Problem:
    """`rows`: "open" (all z > 0), "mixed" (about half, one of them barely), "closed" (all z < 0); `far`: one z is 40.

    No other z is nearer to 0 than 0.05. Among several targets one is negative: the relu does not look at them.
    """
    X, weights = torch.randn(n, d), torch.randn(d, 1)
    z = (X @ weights).squeeze(1)
    bias = {"open": 0.5 - z.min(), "closed": -0.5 - z.max(), "mixed": -z.median() + 0.1}[rows].reshape(1)
    y = 2 * torch.randn(n) + 1.5
    if n > 1 and y.min() > 0:
        y[y.argmin()] *= -1
    made = Problem(X, y, weights, bias)
    z = made.z
    wanted = torch.where(
        z.abs() < 0.05, z + 0.2 * torch.where(z > 0, 1.0, -1.0), z
    )  # float32 could miss the side
    if far:
        wanted[z.argmax()] = 40.0
    if rows == "mixed" and n > 1:
        barely = torch.where(z > 0, z, math.inf).argmin()
        wanted[barely], made.y[barely] = 0.01, 4.0  # with an error that counts
    made.X += (wanted - z).float()[:, None] * weights.T / (weights**2).sum()  # along the weights
    return made


# ---- neuron

INPUTS = ("x1", "x2", "w1", "w2", "b")


def neuron(student, values: dict[str, float]) -> dict[str, object]:
    """The six numbers by their names; None where one is missing."""
    got = student.neuron_gradients(*(values[key] for key in INPUTS))
    found = entries(got, "neuron_gradients", ())
    # how the keys are called has a test of its own: "do_dx1" will do for "x1" here
    values = {key: found.get(key, ending_with(key, found)) for key in ("o", *INPUTS)}
    # and so has the type: True will do for 1.0
    return {key: float(value) if isinstance(value, bool) else value for key, value in values.items()}


def ending_with(key: str, found: dict) -> object:
    """The value whose key is the only one that ends with this; None if there is none."""
    others = [name for name in found if isinstance(name, str) and name.endswith(key)]
    return found[others[0]] if len(others) == 1 else None


def check_neuron(student, values: dict[str, float], keys: tuple[str, ...], hint: str = "") -> None:
    got, a = neuron(student, values), values["w1"] * values["x1"] + values["w2"] * values["x2"] + values["b"]
    slope = 1.0 if a > 0 else 0.0
    partner = {"x1": "w1", "x2": "w2", "w1": "x1", "w2": "x2"}
    expected = {"o": max(a, 0.0), "b": slope} | {key: slope * values[other] for key, other in partner.items()}
    for key in keys:
        if key == "o" and got[key] is None and len(keys) > 1:
            continue  # judged where the output alone is
        require(got[key] is not None, f"The key {key!r} is missing from what `neuron_gradients` returns.")
        if key == "o":
            wrong = {"The bias is missing from the sum.": max(a - values["b"], 0.0)}
            wrong["The relu is missing from the output."] = a
            if a > 0.1:
                rounded = alternatives(*(round(a, digits) for digits in range(4)))
                wrong["This number is rounded: return it as it is."] = rounded
        else:
            through = "The derivative does not go through the relu: multiply by its slope."
            if a == 0:
                through = "At a sum of exactly 0 your slope of the relu is 1: the text chooses 0."
            wrong = {
                through: values.get(partner.get(key), 1.0),
                "This is the number itself, not its partner on the edge.": values[key],
            }
            if key in partner:  # x1 and x2, w1 and w2
                other = partner[key][0] + ("2" if key[1] == "1" else "1")
                wrong["This belongs to the other input: was a line copied?"] = slope * values[other]
        # Float32 tensors of these sizes are off by 1e-6 at most.
        name = f'neuron_gradients(...)["{key}"]'
        assert_close(as_number(got[key], key), expected[key], atol=1e-4, name=name, hint=hint, wrong=wrong)


def drawn_neuron(rng: np.random.Generator, sign: int, parts: int = 4) -> dict[str, float]:
    """Inputs and weights in quarters, of four sizes; the sum has this sign, with the bias and without it.

    With 2 `parts`, in halves: rounding to a digit, which is judged by itself, changes no derivative.
    """
    while True:
        sizes = rng.choice(np.arange(1, 13), 4, replace=False) * rng.choice([-1, 1], 4) / parts
        values = dict(zip(("x1", "x2", "w1", "w2"), sizes.tolist(), strict=True))
        if sign == 0:
            return values | {"x2": values["x1"], "w2": -values["w1"], "b": 0.0}
        if sign * (values["w1"] * values["x1"] + values["w2"] * values["x2"]) > 0:
            return values | {"b": sign * float(rng.integers(1, 20) / 4)}


def barely_open(values: dict[str, float]) -> dict[str, float]:
    """With another bias, which makes the sum 1/2048: exact in float32, and in no way 0."""
    return values | {"b": 2.0**-11 - values["w1"] * values["x1"] - values["w2"] * values["x2"]}


@task("neuron", points=0.75, without=("autograd", "optim"))
def test_sum_of_the_neuron(student, rng):
    """The output, by hand, should be the sum of both products and the bias where that sum is positive."""
    for values in (*(drawn_neuron(rng, 1) for _ in range(4)), barely_open(drawn_neuron(rng, -1))):
        check_neuron(student, values, ("o",), "Are all three terms in the sum?")


@task("neuron", points=1.0, without=("autograd", "optim"))
def test_open_neuron(student, rng):
    """Where the sum is positive the derivatives should go through the relu unchanged."""
    for _ in range(4):
        check_neuron(student, drawn_neuron(rng, 1, 2), INPUTS, "Which number belongs to each edge?")
    drawn = [drawn_neuron(rng, sign, 2) for sign in (1, -1, 1, 1)]
    drawn[2]["x2"], drawn[3]["w2"] = drawn[2]["x1"], drawn[3]["w1"]
    for values in map(barely_open, drawn):
        output = neuron(student, values)["o"]
        if output is None or as_number(output, "o") > 0:  # a bias that is not in the sum is judged above
            check_neuron(student, values, INPUTS, "The sum is positive here, and close to 0.")


@task("neuron", points=0.75, without=("autograd", "optim"), alone=False)
def test_closed_neuron(student, rng):
    """Where the sum is negative the output and every derivative should be 0."""
    for _ in range(3):
        check_neuron(student, drawn_neuron(rng, -1), ("o", *INPUTS), "What is the slope of the relu there?")
        values = drawn_neuron(rng, 1)
        closed_by_the_bias = -2 * (values["w1"] * values["x1"] + values["w2"] * values["x2"]) - 10
        check_neuron(student, values | {"b": closed_by_the_bias}, ("o", "b"), "Does the bias count, too?")


@task("neuron", points=1.0, without=("autograd", "optim"), alone=False)
def test_neuron_at_the_bend(student, rng):
    """Where the sum is exactly 0 the derivative of the relu should be taken to be 0."""
    for _ in range(3):
        check_neuron(student, drawn_neuron(rng, 0), INPUTS, "At 0 itself take 0.")


@task("neuron", points=0.5, without=("autograd", "optim"), alone=False)
def test_neuron_returns_plain_floats(student, rng):
    """The result should be a dict of six floats, under the keys o, x1, x2, w1, w2 and b."""
    values = drawn_neuron(rng, 1) | {"x1": 0.75, "w1": -1.25, "b": 40.0}
    got = student.neuron_gradients(*(values[key] for key in INPUTS))
    for key, value in entries(got, "neuron_gradients", ("o", *INPUTS)).items():
        plain = isinstance(value, (int, float)) and not isinstance(value, bool)
        require(plain, f'`neuron_gradients(...)["{key}"]` should be a float; yours is {describe(value)}.')
    for key, right in (("x1", -1.25), ("w1", 0.75)):
        rounded = got[key] in (round(right, 1), round(right))
        require(not rounded, f'`neuron_gradients(...)["{key}"]` is rounded: return it as it is.')


# ---- standardize


def standardized(student, train: torch.Tensor, test: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    called = student.standardize.returning((torch.Tensor, torch.Tensor), "standardize(…)")
    answer = unpack(called(train, test), "standardize", ("the scaled train set", "the scaled test set"))
    scaled = as_tensor(answer[0], "the scaled train set", shape=tuple(train.shape), finite=False)
    unchanged = torch.equal(scaled, train.double())
    require(not unchanged, "`standardize` gives the train set back as it was.")
    return (
        as_tensor(scaled, "the scaled train set"),
        as_tensor(answer[1], "the scaled test set", shape=tuple(test.shape)),
    )


def check_scaled(got: torch.Tensor, train: torch.Tensor, test: torch.Tensor) -> None:
    train, both = train.double(), torch.cat([train, test]).double()
    mean, spreads = train.mean(dim=0), [train.std(dim=0, correction=ddof) for ddof in (0, 1)]
    # Columns of mean 5 spreads away from 0: float32 is off by less than 1e-5 of a spread, an epsilon of 1e-6 next to
    # a spread of 0.3 by 2e-5. n and n-1 are both right.
    wrong = {
        "This is divided by the variance: take its root.": alternatives(
            *((train - mean) / spread**2 for spread in spreads)
        ),
        "The mean is not subtracted.": alternatives(*(train / spread for spread in spreads)),
        "Only the mean is divided: are brackets missing?": alternatives(
            *(train - mean / spread for spread in spreads)
        ),
        "This is one mean and one spread for all columns: each column has its own.": (
            (train - train.mean()) / train.std()
        ),
        "These statistics are of both sets together: take those of train.": (
            (train - both.mean(dim=0)) / both.std(dim=0)
        ),
    }
    wrong["This is shifted, and not divided by the standard deviation."] = train - mean
    least, most = train.min(dim=0).values, train.max(dim=0).values
    wrong["This goes from smallest to largest: use mean and standard deviation."] = (train - least) / (
        most - least
    )
    hint = "Is each column scaled by its own mean and standard deviation?"
    any_of(
        *(
            partial(
                assert_close,
                got,
                (train - mean) / spread,
                atol=1e-3,
                name="the scaled train set",
                hint=hint,
                wrong=wrong,
            )
            for spread in spreads
        )
    )


def is_scaled(got: torch.Tensor, train: torch.Tensor) -> bool:
    """Whether these are the columns of train, each scaled by its own mean and standard deviation."""
    train = train.double()
    spreads = {f"n - {ddof}": train.std(dim=0, correction=ddof) for ddof in (0, 1)}
    right = {name: (train - train.mean(dim=0)) / spread for name, spread in spreads.items()}
    return bool(known_cause(got, right, atol=1e-3))


def drawn_columns(rng: np.random.Generator, n: int, d: int) -> torch.Tensor:
    spread = torch.tensor(rng.uniform(0.3, 8.0, size=d))
    mean = torch.tensor(rng.uniform(-5, 5, size=d)) * spread
    return (torch.randn(n, d) * spread + mean).float()


@task("standardize", points=0.5)
def test_train_is_scaled_column_by_column(student, rng):
    """The train set should be scaled, column by column, by its mean and standard deviation."""
    for _ in range(2):  # another table of the same size has statistics of its own
        train = drawn_columns(rng, 12, 3)
        train[:, 1] *= float(rng.uniform(0.2, 0.8)) / train[:, 1].std()  # a small spread is no missing one
        test = train[:7] * 1.5 + 2  # statistics of its own would give other numbers
        check_scaled(standardized(student, train, test)[0], train, test)
    # Nor is one of 0.02, next to which an epsilon may be larger.
    train = drawn_columns(rng, 12, 2)
    train[:, 1] *= float(rng.uniform(0.015, 0.03)) / train[:, 1].std()
    column = train[:, 1].double()
    assert_close(
        standardized(student, train, train[:7])[0][:, 1],
        (column - column.mean()) / column.std(),
        atol=0.05,
        rtol=0.15,
        name="a scaled column of small numbers",
        hint="Its standard deviation is far below 1: by what is it divided?",
    )


@task("standardize", points=0.5)
def test_test_is_scaled_as_train_is(student, rng):
    """The test set should be shifted and scaled by the same numbers as the train set."""
    train = drawn_columns(rng, 12, 3)
    test = train[:7] * 1.5 + 2
    test[0] += 20 * train.std(dim=0)  # far out, and kept there
    scaled_train, scaled_test = standardized(student, train, test)
    # what was done to train, be it right or wrong, is done to test
    factor = scaled_train.std(dim=0) / train.double().std(dim=0)
    expected = (test.double() - train.double().mean(dim=0)) * factor + scaled_train.mean(dim=0)
    require(bool((factor > 1e-6).all()), "The scaled train set is the same in every row.")
    hint = "Is each column scaled by the mean and standard deviation of the train set?"
    spread = scaled_train.std(dim=0)
    # A column that is scaled to next to nothing leaves no room for anything else than a part of that.
    unit = torch.where((spread > 0) & (spread < 0.1), spread, 1.0)
    centred = test.double() - test.double().mean(dim=0)
    wrong = {
        "These are the statistics of the test set itself: take those of train.": alternatives(
            *(centred / centred.std(dim=0, correction=ddof) / unit for ddof in (0, 1))
        ),
        "The test set is not scaled: do its statistics come from `train` as it was before scaling?": test
        / unit,
    }
    assert_close(
        scaled_test / unit,
        expected / unit,
        atol=2e-3,
        rtol=1e-3,
        name="the scaled test set",
        hint=hint,
        wrong=wrong,
    )


@task("standardize", points=0.5)
def test_constant_column_stays_finite(student, rng):
    """A column in which all training rows agree should stay in its place, finite, and change no other column."""
    train, test, others = drawn_columns(rng, 12, 3), drawn_columns(rng, 5, 3), [0, 2]
    train[:, 1] = float(rng.choice([-1, 1]) * rng.integers(1, 5))
    scaled, scaled_test = standardized(student, train, test)  # both proved finite
    # A division by 1e-12 gives some 1e14; the largest number of float32 is 3e38.
    require(
        scaled_test.abs().max().item() < 1e30,
        "In a column that is constant in train, some test rows get the largest number that there is, which stands for "
        "an infinity: what is divided by 0?",
    )
    spread = scaled[:, others].std(dim=0).min().item()
    require(
        spread > 1e-5,
        f"Next to a constant column the other columns should keep their spread; the smallest of yours is {spread:.2g}.",
    )
    if not is_scaled(scaled[:, others], train[:, others]):
        alone, _ = standardized(student, train[:, others], test[:, others])
        right = is_scaled(alone, train[:, others])  # how a column is scaled is judged above
        require(
            not right,
            "Next to a constant column the other columns should be scaled as they are without it; the spread of your "
            f"first column is {scaled[:, 0].std().item():.4g} with it and {alone[:, 0].std().item():.4g} without it.",
        )
    # whose statistics the test set gets is judged above, in the other columns
    _, fewer = standardized(student, train, test[:2])
    same = (fewer - scaled_test[:2]).abs() <= 1e-4 * (1 + fewer.abs())
    require(
        bool(same[:, 1].all() or not same[:, others].all()),
        "In a column that is constant in train, a test row should not depend on the other test rows; your first one is "
        f"{scaled_test[0, 1].item():.4g} among five and {fewer[0, 1].item():.4g} among two.",
    )


@task("standardize", points=0.5, promises=("arguments",), alone=False)
def test_arguments_are_left_alone(student, rng):
    """The tensors that are passed in should stay as they are, and the result should be a new one."""
    train = drawn_columns(rng, 12, 2)
    standardized(student, train, drawn_columns(rng, 4, 2))


# ---- manual and semi

# Float32 against float64 on 300 problems of these sizes: at most 2e-6, of the value where a row is far out.
ATOL_GRADIENT = 1e-3
CLOSE_GRADIENT = {"atol": ATOL_GRADIENT, "rtol": 1e-5}
ATOL_FORWARD = 1e-4
GRADIENTS = ("grad_weights", "grad_bias")
BY_HAND_KINDS = ("LinearRegressionManual", "LinearRegressionSemi")


def loaded(student, kind: str, given: Problem) -> Remote:
    """A model of the student's with the problem's parameters."""
    model = new(student, kind, given.X.shape[1])
    if kind in BY_HAND_KINDS:
        for name in ("weights", "bias"):
            held, values = as_tensor(getattr(model, name), name), getattr(given, name)
            if tuple(held.shape) == (values.numel(),):
                values = values.flatten()  # flat weights are judged where a model starts
            else:
                as_tensor(held, name, shape=tuple(values.shape))
            setattr(model, name, values)
        return model
    for name, value in student.parameters(
        model
    ).items():  # names, and a bias that is missing, are judged by themselves
        put(model, {name: given.bias if tuple(value.shape) == (1,) else given.weights.T})
    return model


def check_forward(student, kind: str, given: Problem) -> None:
    """All rows; the same in another order, with a module in eval mode; and as many as there are features."""
    model, hint = loaded(student, kind, given), "relu of the linear part, one number for each row?"
    forward, n = model.forward if kind in BY_HAND_KINDS else model, len(given.y)
    for rows in (list(range(n)), list(range(n))[::-1], list(range(len(given.weights)))):
        if rows[0] > 0 and kind not in BY_HAND_KINDS:
            model.eval()
        z, bias = given.z[rows], given.bias.double()
        wrong = {
            "The relu is missing.": z,
            "The bias is missing.": (z - bias).relu(),
            "The bias is added after the relu.": (z - bias).relu() + bias,
        }
        got = forward(given.X[rows])
        # a z of 40 is off by 1e-5 at most
        assert_close(got, z.relu(), ATOL_FORWARD, name="forward(X)", hint=hint, shape="any", wrong=wrong)


def check_rows(student, kind: str) -> None:
    """One number for each row, whichever numbers these are."""
    for d, sizes in ((3, (9, 1)), (1, (1,))):
        given = problem(9, d)
        model = loaded(student, kind, given)
        forward = model.forward if kind in BY_HAND_KINDS else model
        for n in sizes:
            rows = "1 row" if n == 1 else f"{n} rows"
            as_tensor(forward(given.X[:n]), f"forward(X) of {rows} of {kind}({d})", shape=(n,))


def wrong_sizes(right: torch.Tensor, n: int) -> dict[str, torch.Tensor]:
    """What a gradient is with a wrong factor."""
    return {
        "The factor 2, from the derivative of the square, is missing.": right / 2,
        "This is the gradient of a sum over the rows: the loss is their mean.": right * n,
        "This is a sum over the rows, and the factor 2 is missing.": right * n / 2,
        "This is divided by the number of rows twice.": right / n,
        "This is divided by the number of rows twice, and the factor 2 is missing.": right / n / 2,
        "The sign is opposite: which way round is the error?": -right,
    }


YHAT_AS_RETURNED, YHAT_FLAT, YHAT_CORRECT = "as returned", "flat", "correct"
"""Which `yhat` a `backward` is judged with. What `forward` gives, its shape too, has tests of its own."""


def passes(student, model: Remote, given: Problem, *args: bool, how: str = "both_passes") -> Any:
    """What this helper gives, or, where autograd has nothing to follow, a sentence that says why."""
    try:
        return getattr(student.helpers, how)(model, given.X, given.y, *args)
    except StudentError as error:
        if "does not require grad" in error.message:
            require(student.helpers.requires_gradient(model) == [True, True], NOT_FOLLOWED)
            require(
                student.helpers.tracks(model.forward, given.X) is True,
                "What `forward` returns has no gradient: is something detached, or computed under no_grad?",
            )
            fail(
                "The loss in `backward` has no gradient: is `yhat` detached there, or computed under no_grad?"
            )
        raise


NOT_FOLLOWED = "`weights` or `bias` requires no gradient: autograd does not follow it."


def gradients_of(student, kind: str, given: Problem, yhat: str, others: bool) -> list[object]:
    """The gradients of the weights and of the bias; their order has a test of its own.

    `others`: the model has given the gradient of other rows before.
    """
    model = loaded(student, kind, given)
    if others:
        passes(student, model, replace(given, X=given.X.flip(0)), True)
    if yhat == YHAT_CORRECT:
        answer = model.backward(given.X, given.yhat.float(), given.y)
    else:
        answer = passes(student, model, given, yhat == YHAT_FLAT)
    first, second = unpack(answer, "backward", GRADIENTS)
    if as_tensor(first, GRADIENTS[0], finite=False).numel() == 1 < len(given.weights):
        first, second = second, first
    return [first, second]


def wrong_gradients(given: Problem) -> list[dict[str, torch.Tensor]]:
    """Of the weights and of the bias."""
    X, n, error = given.X.double(), len(given.y), given.yhat - given.y.double()
    open_rows = given.z > 0
    rows = {
        "This is the gradient of the mean absolute error: the loss is the mean squared error.": (
            error.sign() * open_rows / n
        ),
        "Predictions (n, 1) meet targets (n,): each prediction is compared with every target.": (
            2 * (given.yhat - given.y.double().mean()) * open_rows / n
        ),
        "`yhat` and `y` have changed places: `backward` gets `X`, `yhat`, `y`, in this order.": (
            -2 * error * (given.y > 0) / n
        ),
    }
    gate = "The bias is missing from the z that decides which relus are open."
    rows[gate] = 2 * error * (given.z > given.bias.double()) / n
    rows["This is divided by the number of features: the loss is the mean over the rows."] = (
        2 * error * open_rows / X.shape[1]
    )
    free = 2 * error / n
    for sentence, row in ({"": free} | wrong_sizes(free, n)).items():
        rows[f"Rows with z < 0 add to this gradient: their relu is closed. {sentence}".strip()] = row
    return [
        {sentence: X.T @ row[:, None] for sentence, row in rows.items()},
        {sentence: row.sum() for sentence, row in rows.items()},
    ]


def check_backward(student, kind: str, given: Problem, exact: bool, others: bool, yhat: str) -> None:
    """The gradients, or (not `exact`) gradients that are right but for a factor, which has a test of its own."""
    n = len(given.y)
    for got, right, wrong, name in zip(
        gradients_of(student, kind, given, yhat, others),
        given.gradients,
        wrong_gradients(given),
        GRADIENTS,
        strict=True,
    ):
        sizes = wrong_sizes(right, n)
        if not exact and known_cause(got, sizes, **CLOSE_GRADIENT):
            continue
        if exact and not known_cause(got, sizes, **CLOSE_GRADIENT):
            zero = not as_tensor(got, name).any()
            require(not zero, f"`{name}` is zero.")  # other mistakes are judged elsewhere
            continue
        hint = "Which part of the graph does each row take?"
        if others:
            hint += " The model has given the gradient of other rows before."
        assert_close(got, right, **CLOSE_GRADIENT, name=name, shape="any", hint=hint, wrong=sizes | wrong)


def check_gradient(student, kind: str, given: Problem, exact: bool = False, others: bool = False) -> None:
    """For what the student's `forward` returns; where that is wrong, for what it should return."""
    readings = (YHAT_AS_RETURNED, YHAT_FLAT, YHAT_CORRECT)
    if kind == "LinearRegressionSemi":  # autograd needs the graph of the student's own
        readings = readings[:2]
    any_of(*(partial(check_backward, student, kind, given, exact, others, yhat) for yhat in readings))


def batch(rng: np.random.Generator, rows: str, far: bool = False) -> Problem:
    return problem(int(rng.integers(7, 15)), int(rng.integers(2, 6)), rows, far)


def start_of(student, kind: str, d: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights and bias of a new model."""
    model = new(student, kind, d)
    if kind in BY_HAND_KINDS:
        weights, bias = model.weights, model.bias
        for name, held in (("weights", weights), ("bias", bias)):
            assert_kind(held, torch.Tensor, f"`{name}` should be a tensor")
        return as_tensor(weights, "weights", shape=(d, 1)), as_tensor(bias, "bias", shape=(1,))
    held = [as_tensor(value, "parameter") for value in student.parameters(model).values()]
    return max(held, key=torch.Tensor.numel), min(held, key=torch.Tensor.numel)


def check_start(student, kind: str) -> None:
    """Small, not zero, and random: among 400 weights a heavy tail shows."""
    starts = [start_of(student, kind, 400) for _ in range(2)]
    for weights, bias in starts:
        # Of randn's numbers one is beyond 6 in a billion.
        largest = max(weights.abs().max().item(), bias.abs().item())
        require(largest < 6, f"The starting values should be small; yours go up to {largest:.3g}.")
        require(
            bool((weights != 0).any()),
            "All your weights start at 0. With a bias of 0 the relu never opens: start at random.",
        )
    require(
        not torch.equal(starts[0][0], starts[1][0]),
        "Two models should start from different random weights; yours start from the same.",
    )


@task("manual", points=0.75)
def test_manual_starts_small_and_random(student):
    """`weights` (d, 1) and `bias` (1,) should be there from the start, small, and different for each model."""
    check_start(student, "LinearRegressionManual")


@task("manual", points=0.75)
def test_manual_forward(student, rng):
    """`forward` should give relu(X w + b)."""
    check_forward(student, "LinearRegressionManual", batch(rng, "mixed", far=True))


@task("manual", points=0.5)
def test_manual_forward_gives_one_number_for_each_row(student):
    """`forward` should give a tensor (n,), for a single row too."""
    check_rows(student, "LinearRegressionManual")


@task("manual", points=0.75, without=("autograd", "optim"))
def test_manual_gradient_of_open_rows(student, rng):
    """Where every relu is open, `backward` should give the gradient of the squared error, by hand."""
    check_gradient(student, "LinearRegressionManual", batch(rng, "open", far=True))


@task("manual", points=0.5, without=("autograd", "optim"), alone=False)
def test_manual_gradient_is_that_of_the_mean(student, rng):
    """The gradient should have the right size and sign: that of the mean over the rows."""
    check_gradient(student, "LinearRegressionManual", batch(rng, "open"), exact=True)


@task("manual", points=1.0, without=("autograd", "optim"))
def test_manual_gradient_goes_through_the_relu(student, rng):
    """Rows whose relu is closed should add nothing to the gradient."""
    for rows, others in (("mixed", False), ("closed", False), ("mixed", True)):
        check_gradient(student, "LinearRegressionManual", batch(rng, rows), others=others)


@task("manual", points=0.75, without=("autograd", "optim"))
def test_manual_gradients_have_the_shapes_of_the_parameters(student, rng):
    """`backward` should give tensors (d, 1) and (1,), and leave parameters as they were."""
    for n, d in ((int(rng.integers(7, 15)), 4), (1, 3), (8, 1), (1, 1)):
        given = problem(n, d, "open")
        model = loaded(student, "LinearRegressionManual", given)
        yhat = as_tensor(model.method("forward")(given.X), "forward(X)").float().reshape(-1)
        gradients = model.backward(given.X, yhat, given.y)
        for got, shape, name in zip(
            unpack(gradients, "backward", GRADIENTS), ((d, 1), (1,)), GRADIENTS, strict=True
        ):
            assert_kind(got, torch.Tensor, f"`{name}` should be a tensor")
            as_tensor(got, name, shape=shape)
        for name in ("weights", "bias"):
            now, hint = getattr(model, name), "A gradient is no step."
            assert_close(now, getattr(given, name), atol=0.0, name=f"{name} after backward", hint=hint)


# ---- semi


@task("semi", points=0.5)
def test_semi_forward(student, rng):
    """`forward` should give relu(X w + b), with small random weights."""
    check_start(student, "LinearRegressionSemi")
    check_forward(student, "LinearRegressionSemi", batch(rng, "mixed", far=True))
    check_rows(student, "LinearRegressionSemi")


@task("semi", points=0.5)
def test_semi_gradient(student, rng):
    """`backward` should give the gradient of the squared error, through open and closed relus."""
    for rows in ("open", "mixed", "mixed"):
        given = batch(rng, rows, far=rows == "open")
        check_gradient(student, "LinearRegressionSemi", given)


@task("semi", points=0.25)
def test_semi_gradients_have_the_shapes_of_the_parameters(student):
    """`backward` should give tensors (d, 1) and (1,), in this order."""
    for n, d in ((8, 3), (1, 3), (8, 1), (1, 1)):
        given = problem(n, d)
        model = loaded(student, "LinearRegressionSemi", given)
        gradients = unpack(passes(student, model, given, True), "backward", GRADIENTS)
        for got, shape, name in zip(gradients, ((d, 1), (1,)), GRADIENTS, strict=True):
            as_tensor(got, name, shape=shape)


@task("semi", points=0.5, alone=False)
def test_semi_gradient_is_that_of_the_mean(student, rng):
    """The gradient should have the right size and sign: that of the mean over the rows."""
    check_gradient(student, "LinearRegressionSemi", batch(rng, "mixed"), exact=True)


def weights_gradient(gradients: object) -> torch.Tensor:
    """The one of the weights; order, and a bias that was forgotten, have tests of their own."""
    require(
        isinstance(gradients, (tuple, list)) and len(gradients) > 0, "`backward` should return two gradients."
    )
    tensors = [as_tensor(gradient, "grad_weights") for gradient in gradients]
    return max(tensors, key=torch.Tensor.numel)


@task("semi", points=0.75)
def test_semi_lets_autograd_do_it(student):
    """The gradient should come from `torch.autograd.grad`, not from a formula."""
    given = problem(9, 3, "mixed")
    model = loaded(student, "LinearRegressionSemi", given)
    require(student.helpers.requires_gradient(model) == [True, True], NOT_FOLLOWED)
    seen, got = passes(student, model, given, how="watched_passes")
    require(
        isinstance(seen, list) and len(seen) > 0 and bool(as_tensor(seen[-1], "the gradient").any()),
        "Autograd was not asked for the gradient of `weights` in `backward`.",
    )
    gradient = weights_gradient(got)
    if known_cause(gradient, wrong_sizes(seen[-1], len(given.y)), ATOL_GRADIENT):
        return  # a factor or a sign has a test of its own
    name, hint = "grad_weights", "Is it what autograd computed?"
    assert_close(gradient, seen[-1], ATOL_GRADIENT, name=name, shape="any", hint=hint)


@task("semi", points=0.5)
def test_semi_leaves_nothing_behind(student):
    """Two passes in a row should give the same gradient, and neither parameters nor `.grad` should change."""
    given = problem(9, 3, "mixed")
    model = loaded(student, "LinearRegressionSemi", given)
    require(
        False in student.helpers.requires_gradient(model) or student.helpers.leaves(model) == [True, True],
        "`weights` or `bias` is no leaf, but the result of a computation that autograd tracks: it has no `.grad`, and "
        "no training may change it. What comes first, the factor or `requires_grad`?",
    )
    first, second = map(weights_gradient, passes(student, model, given, how="two_times"))
    require(
        first.numel() == 3 and bool(first.any()), "The gradient of the weights is zero, or of another size."
    )
    added = {"This is added to what the first pass left in `.grad`.": 2 * first}
    assert_close(second, first, ATOL_GRADIENT, name="grad_weights of a second pass", wrong=added)
    left = student.helpers.gradients_left(model)
    require(
        left == [None, None],
        "Something was left in `.grad`; `torch.autograd.grad` returns the gradients instead.",
    )
    # what a caller has in `.grad` stays there, too
    third, left = student.helpers.pass_with_gradients(model, given.X, given.y, 5.0)
    assert_close(
        weights_gradient(third), first, ATOL_GRADIENT, name="grad_weights with other numbers in `.grad`"
    )
    for gradient in left:
        kept = isinstance(gradient, torch.Tensor) and bool((gradient == 5).all())
        require(kept, "The numbers that were in `.grad` before `backward` have changed.")
    assert_close(model.weights, given.weights, atol=0.0, name="weights after backward", shape="any")


# ---- auto


@task("auto", points=0.75)
def test_auto(student, rng):
    """`LinearRegressionAuto` should be relu of its linear layer."""
    check_module(student, "LinearRegressionAuto", batch(rng, "mixed", far=True))


@task("auto", points=0.75)
def test_sequential(student, rng):
    """`LinearRegressionSequential` should do the same."""
    check_module(student, "LinearRegressionSequential", batch(rng, "mixed", far=True))


def check_module(student, kind: str, given: Problem) -> None:
    sizes = [
        tuple(value.shape) for value in student.parameters(new(student, kind, given.X.shape[1])).values()
    ]
    if len(sizes) == 2 and sizes[0][:1] == (1,) and sizes[0][1:] not in ((), given.X.shape[1:]):
        given = problem(len(given.y), sizes[0][1], "mixed", far=True)  # other sizes are judged below
    if sizes == [(1, given.X.shape[1])]:  # without a bias, which is judged below
        given.bias = torch.zeros(1)
    check_forward(student, kind, given)
    require(
        student.helpers.tracks(loaded(student, kind, given), given.X) is True,
        "The outputs have no gradient: is something detached, or computed under no_grad?",
    )


@task("auto", points=0.75)
def test_parts_of_the_modules(student):
    """`linear` and `network` should be there, with a weight and a bias that start small and random.

    `network` is an nn.Linear, then an nn.ReLU.
    """
    sequence = new(student, "LinearRegressionSequential", 4)
    parts = student.helpers.parts_of(sequence.network)
    kinds = [kind for _, kind in parts[:2]] if isinstance(parts, list) else []
    require(kinds != ["ReLU", "Linear"], "In your `network` the relu comes before the linear layer.")
    # a relu that is nowhere is counted with the outputs
    nowhere = kinds == ["Linear"] and bool((as_tensor(sequence(torch.randn(60, 4)), "model(X)") < 0).any())
    begins = kinds == ["Linear", "ReLU"] or nowhere
    first = f"network.{parts[0][0]}" if begins else "network.0"  # the parts of a sequence may have names
    for model, name in ((new(student, "LinearRegressionAuto", 4), "linear"), (sequence, first)):
        assert_parameters(model, {f"{name}.weight": (1, 4), f"{name}.bias": (1,)}, exactly=True)
    require(begins, "`network` does not begin with an nn.Linear and an nn.ReLU.")
    for kind in ("LinearRegressionAuto", "LinearRegressionSequential"):
        check_start(student, kind)


@task("auto", points=0.75)
def test_modules_give_one_number_for_each_row(student):
    """Both modules should map (n, d) to (n,), a single row too."""
    for kind in ("LinearRegressionAuto", "LinearRegressionSequential"):
        check_rows(student, kind)


# ---- train

NEEDS = ("manual", "semi", "auto")


CLOSE = {"atol": 2e-3, "rtol": 1e-3}
"""Float32 against float64 on 2,000 draws: 1e-6 off; after steps that leave the valley, by their size."""


def training_problem(rng: np.random.Generator, many: bool = False) -> Problem:
    """Rows that begin with about half of their relus open, and end with most of them open.

    More than 20: at a rate of 0.05, 20 times the mean's gradient is a step at a rate of 1. `many`: more than a batch
    has. The targets are readings that begin far away: the first gradient of the bias is beyond 10.
    """
    n = int(rng.integers(257, 300) if many else rng.integers(21, 40))
    given = problem(n, int(rng.integers(2, 5)), "mixed")
    given.y = given.y + 15
    return given


def overshooting(rng: np.random.Generator) -> tuple[Problem, float]:
    """A start next to the minimum, and a rate at which each step leads farther away from it, by a factor of 1.3.

    No relu closes on 15 steps, and rounding grows to less than 1e-4.
    """
    given = training_problem(rng)
    table = with_ones(given.X).double()
    curvatures, directions = torch.linalg.eigh(2 * table.T @ table / len(table))
    start = (solution(table, given.y) + 0.05 * directions[:, -1]).float()
    given.weights, given.bias = start[:-1, None], start[-1:]
    return given, 2.3 / curvatures[-1].item()


def some_epochs(rng: np.random.Generator) -> int:
    """Few enough that rounding changes no verdict: at a rate of 1, a known mistake, it grows with each step."""
    return int(rng.integers(8, 16))


def scaled_down(given: Problem) -> Problem:
    """The same descent with a loss of 1e-16: a power of two changes no digit of the numbers on the way."""
    return Problem(given.X, given.y * TINY, given.weights * TINY, given.bias * TINY)


TINY = 2.0**-30


def trained(student, model: Remote, given: Problem, n_epochs: int, learning_rate: float) -> list[float]:
    losses = student.train(model, given.X, given.y, n_epochs, learning_rate)
    if isinstance(losses, float) or isinstance(losses, torch.Tensor) and losses.dim() == 0:
        # One loss and no list: judged with the losses.
        return [as_number(losses, "losses")]
    return as_numbers(losses, "losses")


def parameters_of(student, model: Remote, given: Problem) -> torch.Tensor:
    """Weights and bias, flat."""
    held = [as_tensor(value, "parameter").flatten() for value in student.helpers.held_by(model)]
    require(
        len(held) == 2,
        f"The model should have weights and a bias; yours has {len(held)} parameter{'s' * (len(held) != 1)}.",
    )
    first, second = held
    return torch.cat([first, second] if len(first) == len(given.weights) else [second, first])


STILL = "Nothing has moved: are the model's own tensors changed?"
SUM = "These are the gradients of the sum of the squares: take their mean."


def other_lengths(given: Problem, n_epochs: int, learning_rate: float) -> dict[str, object]:
    """Where gradient descent leads in another number of steps, or with steps of another size."""
    end = partial(given.descend, learning_rate=learning_rate)
    return {
        "This is a single update: does the loop end after its first round?": partial(end, 1),
        "This is one update too few.": partial(end, n_epochs - 1),
        "This is one update too many.": partial(end, n_epochs + 1),
        "This is what 100 epochs give, whatever `n_epochs` is.": partial(end, 100),
        "These are steps at 0.1, whatever `learning_rate` is.": partial(given.descend, n_epochs, 0.1),
        "These are steps at 0.05, whatever `learning_rate` is.": partial(given.descend, n_epochs, 0.05),
        "These are steps at 0.01, whatever `learning_rate` is.": partial(given.descend, n_epochs, 0.01),
        "These are whole gradients: `learning_rate` is not used.": partial(given.descend, n_epochs, 1.0),
    }


def wrong_steps(given: Problem, calls: tuple[int, ...], learning_rate: float) -> dict[str, object]:
    """Where as many steps lead at this rate that are no steps of gradient descent, in these calls."""
    n_epochs = sum(calls)
    end = partial(given.descend, n_epochs, learning_rate)

    def one_by_one(steps: Callable[[Problem, int], torch.Tensor]) -> torch.Tensor:
        """What begins anew with each call."""
        at, reached = given, end()
        for n in calls:
            reached = steps(at, n)
            at = replace(at, weights=reached[:-1, None], bias=reached[-1:])
        return reached

    return {
        "The steps go up the slope: subtract the gradient.": partial(given.descend, n_epochs, -learning_rate),
        "This is what you get without clearing the gradients.": partial(end, clear="never"),
        "Of predictions and targets one is (n, 1), one (n,): each prediction is compared with every target.": partial(
            end, broadcast=True
        ),
        SUM: partial(given.descend, n_epochs, learning_rate * len(given.y)),
        "The bias has not moved.": partial(given.descend, n_epochs, (learning_rate, 0.0)),
        "Every step uses the gradient of the start: compute it anew in each epoch.": lambda: one_by_one(
            lambda at, n: at.descend_at_once(n, learning_rate)
        ),
        "These are steps with momentum: gradient descent uses the gradient of this epoch alone.": lambda: (
            one_by_one(lambda at, n: at.descend(n, learning_rate, momentum=0.9))
        ),
        "These are steps of Adam: gradient descent subtracts `learning_rate` times the gradient.": lambda: (
            one_by_one(lambda at, n: at.descend(n, learning_rate, adam=True))
        ),
    }


def check_training(student, kind: str, given: Problem, n_epochs: int, learning_rate: float) -> None:
    """Steps of gradient descent; how many, and how large, has a test of its own."""
    model, end = loaded(student, kind, given), partial(given.descend, learning_rate=learning_rate)
    held = student.helpers.Held(model)
    trained(student, model, given, n_epochs, learning_rate)
    got = parameters_of(student, model, given)
    if kind != "LinearRegressionManual":  # the text asks for it where autograd follows the tensors
        same = torch.equal(parameters_of(student, held, given), got)
        require(same, f"After training, {kind} has other tensors than before: change those that are there.")
    moved = not torch.equal(got.float(), end(0).float())
    if moved and known_cause(got, other_lengths(given, n_epochs, learning_rate), **CLOSE):
        return
    assert_close(
        got, end(n_epochs), **CLOSE, name=f"weights and bias of {kind}",
        hint="Does each parameter take one step an epoch, by `learning_rate` times the whole gradient of the mean?",
        wrong={STILL: partial(end, 0), **wrong_steps(given, (n_epochs,), learning_rate)},
    )  # fmt: skip


@task("train", points=0.5, needs=NEEDS)
def test_train_manual(student, rng):
    """`train` should take LinearRegressionManual through the steps of gradient descent."""
    check_training(student, "LinearRegressionManual", training_problem(rng), some_epochs(rng), 0.05)


@task("train", points=0.5, needs=NEEDS)
def test_train_semi(student, rng):
    """`train` should take LinearRegressionSemi through the same steps, and leave its parameters leaves of the graph."""
    given = training_problem(rng)
    check_training(student, "LinearRegressionSemi", given, some_epochs(rng), 0.05)
    model = loaded(student, "LinearRegressionSemi", given)
    student.train(model, given.X, given.y, 3, 0.05)
    require(
        student.helpers.leaves(model) == [True, True],
        "After training `weights` or `bias` is no leaf that requires a gradient any more: change them in place, "
        "where no graph is recorded.",
    )


@task("train", points=0.5, needs=NEEDS)
def test_train_auto(student, rng):
    """`train` should take LinearRegressionAuto through the same steps."""
    check_training(student, "LinearRegressionAuto", training_problem(rng), some_epochs(rng), 0.05)


@task("train", points=0.5, needs=NEEDS)
def test_train_sequential(student, rng):
    """`train` should take LinearRegressionSequential through the same steps."""
    given = training_problem(rng, many=True)
    check_training(student, "LinearRegressionSequential", given, some_epochs(rng), 0.05)


@task("train", points=1.0, needs=NEEDS)
def test_losses_are_after_each_update(student, rng):
    """`train` should return a list of floats: entry i is the loss after update i."""
    given = training_problem(rng)
    d = len(given.weights)
    for kind in ("LinearRegressionManual", "LinearRegressionAuto"):
        losses, before = [], torch.cat([given.weights.flatten(), given.bias])
        for n_epochs in (1, 2, 3):  # at the parameters where the training has led, which are judged above
            model, earlier = loaded(student, kind, given), losses
            losses = as_numbers(
                student.train(model, given.X, given.y, n_epochs, 0.05), "losses", length=n_epochs
            )
            after = parameters_of(student, model, given)
            assert_close(
                losses[-1], given.loss(after[:d], after[d:]), atol=1e-4, rtol=1e-3, name=f"losses[{n_epochs - 1}]",
                hint="Is it the mean squared error?",
                wrong={"This is the loss before the update: take it after.": given.loss(before[:d], before[d:])},
            )  # fmt: skip
            assert_close(losses[:-1], earlier, atol=1e-4, rtol=1e-3, name="the losses before the last")
            before = after


@task("train", points=0.5, needs=NEEDS)
def test_number_of_epochs_and_learning_rate_count(student, rng):
    """Epochs and learning rate should be the caller's, and training twice should go on where it stopped."""
    given, rate = overshooting(rng)
    for kind, calls in (("LinearRegressionManual", (7,)), ("LinearRegressionAuto", (1, 13))):
        model = loaded(student, kind, given)
        lengths = [len(trained(student, model, given, n_epochs, rate)) for n_epochs in calls]
        got, right = parameters_of(student, model, given), given.descend(sum(calls), rate)
        steps = {"right": right, **wrong_steps(given, calls, rate)}
        steps.pop(SUM)  # steps so long that rounding decides where they end
        if known_cause(got, steps, **CLOSE) not in ("", "right"):
            continue  # as many steps at this rate: what they are made of is judged above
        assert_close(
            got, right, **CLOSE,
            name=f"weights and bias of {kind} after {sum(calls)} epochs at a learning rate of {rate:.3g}",
            hint="Is each epoch one step, by `learning_rate` times the gradient over all rows, even if the loss grows?",
            wrong={STILL: given.descend(0, rate), **other_lengths(given, sum(calls), rate)},
        )  # fmt: skip
        if lengths == list(calls):  # a list of another length is judged above
            check_long_training(student, kind, training_problem(rng))


def check_long_training(student, kind: str, given: Problem) -> None:
    """Neither a loss that is tiny nor one that no longer changes ends a training."""
    tiny, still = scaled_down(given), problem(5, 2, "closed")
    model = loaded(student, kind, tiny)
    for trains, data, n_epochs, where in (
        (model, tiny, 12, "the loss is tiny from the start"),
        (loaded(student, kind, still), still, 60, "the gradient is 0 from the start"),
    ):
        got = len(trained(student, trains, data, n_epochs, 0.05))
        require(
            got == n_epochs,
            f"Where {where}, {n_epochs} epochs give {got} losses: does the training end early?",
        )
    assert_close(
        parameters_of(student, model, tiny) / TINY, given.descend(12, 0.05), **CLOSE,
        name=f"weights and bias of {kind} on tiny targets, scaled up",
        hint="The loss is tiny from the start, and the training goes on.",
    )  # fmt: skip


@task("train", points=0.5, needs=NEEDS, promises=("arguments",), alone=False)
def test_gradients_do_not_add_up(student, rng):
    """What is in `.grad` before training should not matter, and the data should be left alone."""
    given = training_problem(rng)
    model = loaded(student, "LinearRegressionAuto", given)
    leave_gradients(model, 5.0)
    trained(student, model, given, 1, 0.05)
    right, got = given.descend(1, 0.05), parameters_of(student, model, given)
    left = {"The first step also uses what was in `.grad` before: clear it first.": right - 0.05 * 5.0}
    if known_cause(got, left, atol=2e-3):  # other steps are judged above
        assert_close(got, right, atol=2e-3, name="weights and bias after an update", wrong=left)


# ---- closed-form

PARTS = ("weights", "bias")
NO_ONES = "This is the best fit without a bias: append a column of ones."
SCALED = "These are the weights of scaled columns: the model gets them as they are."


def solved(student, X: torch.Tensor, y: torch.Tensor) -> object:
    return student.least_squares.returning((torch.Tensor, None), "least_squares(…)")(X, y)


def fitted(student, X: torch.Tensor, y: torch.Tensor) -> tuple[object, object, torch.Tensor]:
    """Weights and bias of the student's, wherever they are in the answer, and the exact ones, the bias last."""
    exact, d = solution(with_ones(X), y), X.shape[1]
    answer = solved(student, X, y)
    if isinstance(answer, torch.Tensor) and answer.numel() == d + 1:
        return answer.flatten()[:d], answer.flatten()[d], exact
    weights, bias = unpack(answer, "least_squares", PARTS)
    sizes = [as_tensor(value, "an answer", finite=False).numel() for value in (weights, bias)]
    if d > 1 and sizes == [1, d]:
        weights, bias = bias, weights
    elif sizes[0] == d + 1:
        weights = as_tensor(weights, "weights").flatten()[:d]
    elif sizes[0] == d - 1:  # the last weight was taken for the bias: shapes have a test of their own
        weights = torch.cat(
            [as_tensor(weights, "weights").flatten(), torch.tensor([as_number(bias, "bias")])]
        )
    return weights, bias, exact


def with_ones(X: torch.Tensor) -> torch.Tensor:
    return torch.cat([X, torch.ones(len(X), 1)], dim=1)


def solution(X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.linalg.lstsq(X.double(), y.double()[:, None], driver="gelsd").solution.squeeze(1)


def points_near_a_plane(rng: np.random.Generator) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Around zero, where one column is small, and away from it; some of the points are there twice."""
    for centre in (0.0, 1.5):
        n, d = int(rng.integers(30, 60)), int(rng.integers(2, 6))
        X = torch.randn(n, d) + centre * torch.tensor(rng.uniform(0.7, 1.3, size=d)).float()
        if centre == 0:
            X[:, 0] *= 0.07
        y = X @ torch.randn(d) + 3 * torch.randn(1) + 7 * centre + torch.randn(n)
        yield torch.cat([X, X[:10]]), torch.cat([y, y[:10]])


@task("closed-form", points=1.25)
def test_weights_are_exact(student, rng):
    """The weights should be those with the smallest mean squared error, exactly."""
    for X, y in points_near_a_plane(rng):
        weights, bias, exact = fitted(student, X, y)
        d = X.shape[1]
        # which of the numbers is the bias, and that there is one, has a test of its own
        elsewhere = {"the bias first": exact.roll(1)[:d]}
        if not known_cause(as_number(bias, "bias"), {"right": exact[-1]}, 1e-3, 1e-3):
            elsewhere["no bias"] = solution(X, y)
        if known_cause(weights, elsewhere, 1e-3, 1e-3):
            continue
        # The normal equations in float32 are off by 2e-5 at most on 300 such problems.
        assert_close(
            weights, exact[:d], atol=1e-3, rtol=1e-3, name="weights", shape="any", hint="Is the loss smallest there?",
            wrong={
                NO_ONES: solution(X, y),
                SCALED: alternatives(*(exact[:d] * X.double().std(dim=0, correction=n) for n in (0, 1))),
            },
        )  # fmt: skip


@task("closed-form", points=1.0)
def test_bias_is_exact(student, rng):
    """The bias should be the one with the smallest mean squared error, exactly."""
    for X, y in points_near_a_plane(rng):
        weights, bias, exact = fitted(student, X, y)
        no_ones = known_cause(weights, {NO_ONES: solution(X, y)}, 1e-3, 1e-3)
        wrong = ({no_ones: as_number(bias, "bias")} if no_ones else {}) | {
            "This is one of the weights: which entry belongs to the column of ones?": alternatives(
                *exact[:-1]
            ),
            "This is the mean of y: it is the bias only where the features have mean 0.": y.mean(),
        }
        hint = "Does the model have a bias, and is the loss smallest there?"
        assert_close(as_number(bias, "bias"), exact[-1], 1e-3, 1e-3, name="bias", hint=hint, wrong=wrong)


@task("closed-form", points=0.75)
def test_least_squares_shapes(student, rng):
    """The weights should have the shape (d,), for a single feature too, and the bias should be one number."""
    results = []
    for d in (1, 4, 4):
        X = torch.randn(int(rng.integers(20, 40)), d)
        y = X @ torch.randn(d) - 2 + 0.5 * torch.randn(len(X))
        weights, bias = unpack(solved(student, X, y), "least_squares", PARTS)
        results.append(as_tensor(weights, "weights", shape=(d,)))
        as_number(bias, "bias")
    require(not torch.equal(results[1], results[2]), "The weights are the same for other points.")


# ---- loss-surface


LOSSES = {
    "": lambda error: (error**2).mean(dim=2),
    "This is the sum of the squares over the points, not their mean.": lambda error: (error**2).sum(dim=2),
    "This is the mean of the absolute errors: square them.": lambda error: error.abs().mean(dim=2),
    "This is the root of the mean squared error.": lambda error: (error**2).mean(dim=2).sqrt(),
    "This is the square of the mean error: square before you take the mean.": lambda error: (
        error.mean(dim=2) ** 2
    ),
    "This is half of the mean squared error.": lambda error: (error**2).mean(dim=2) / 2,
}


def only(rows: int | None, columns: int | None) -> Callable[[torch.Tensor], torch.Tensor]:
    """A surface of which these first rows and columns alone are filled."""

    def filled(right: torch.Tensor) -> torch.Tensor:
        made = torch.zeros_like(right)
        made[:rows, :columns] = right[:rows, :columns]
        return made

    return filled


LAYOUTS = {
    "Rows and columns have changed places.": torch.t,
    "The rows are in reverse order: row 0 belongs to biases[0].": torch.flipud,
    "The columns are in reverse order: column 0 belongs to weights[0].": torch.fliplr,
    "Only the first row is filled: is `return` inside a loop?": only(1, None),
    "Only the first column is filled: is `return` inside a loop?": only(None, 1),
    "Only the first entry is filled: is `return` inside the loops?": only(1, 1),
}


def check_surface(
    student,
    p: int,
    q: int,
    n: int,
    hint: str,
    losses: bool,
    layout: bool,
    grid: tuple[torch.Tensor, torch.Tensor] | None = None,
    centre: float = 0.0,
) -> torch.Tensor:
    """The losses, or the layout, or both; the known mistakes in the other have a test of their own.

    On this grid or a new one, for points around the centre. Returns the student's surface.
    """
    weights, biases = grid or (torch.randn(p), torch.randn(q))
    x, y = torch.randn(n) + centre, torch.randn(n)
    got = student.loss_surface.returning(torch.Tensor, "loss_surface(…)")(weights, biases, x, y)
    line, b = weights[None, :, None].double() * x, biases[:, None, None].double()
    wrong_losses = {sentence: loss(line + b - y) for sentence, loss in LOSSES.items()}
    right = wrong_losses.pop("")
    wrong_losses["The bias is subtracted: the model is w * x + b."] = LOSSES[""](line - b - y)
    wrong_losses["A relu is in the prediction: the model is w * x + b."] = LOSSES[""]((line + b).relu() - y)
    turned = {sentence: turn(right) for sentence, turn in LAYOUTS.items()}
    close, name = {"atol": 1e-3, "rtol": 1e-4}, "the surface"
    shape = tuple(as_tensor(got, name, finite=False).shape)
    if len(shape) > 1 and shape != (q, p) and shape[-1:] == (n,) and n not in (p, q):
        fail(
            f"`{name}` should have shape {(q, p)}; yours has shape {shape}. Is the mean taken over the points?"
        )
    if layout and not losses:
        as_tensor(got, name, shape=(q, p))
    if known_cause(got, ({} if losses else wrong_losses) | ({} if layout else turned), **close):
        return as_tensor(got, name)
    wrong = wrong_losses | turned | {
        "The bias is missing from the model.": LOSSES[""](line - y).expand(q, -1),
        "The mean is taken over the grid, too: take it over the points alone.": right.mean().expand(q, p),
    }  # fmt: skip
    numbers = as_tensor(got, name, finite=False)
    order = "The losses are right, and in another order: row i belongs to biases[i], column j to weights[j]."
    if known_cause(numbers.flatten().sort().values, {order: right.flatten().sort().values}, **close):
        wrong[order] = numbers
    assert_close(got, right, **close, name=name, shape="same" if layout else "any", hint=hint, wrong=wrong)
    return numbers


@task("loss-surface", points=1.0)
def test_losses_along_one_line(student, rng):
    """With a single bias the surface should hold the loss of each weight, and the other way round."""
    p, far = int(rng.integers(3, 7)), float(rng.uniform(6, 12) * rng.choice([-1, 1]))
    hint = "Is it the mean of the squares over the points?"
    for sizes in ((p, 1, int(rng.integers(8, 15))), (1, p, int(rng.integers(257, 300)))):
        grid = torch.randn(sizes[0]), torch.randn(sizes[1])
        for centre in (0.0, far):  # other points on the same grid
            try:
                check_surface(student, *sizes, hint, True, False, grid, centre)
            except StudentError:  # where rows and columns are exchanged: both are judged below
                check_surface(student, p, p, sizes[2], hint, True, False, centre=centre)


@task("loss-surface", points=1.5)
def test_rows_are_biases_and_columns_are_weights(student, rng):
    """Row i should belong to biases[i] and column j to weights[j], on grids that are not square, too."""
    for p, q in ((4, 4), (int(rng.integers(5, 8)), 3), (2, int(rng.integers(5, 8)))):
        check_surface(student, p, q, 10, "Which of the two runs along the rows?", False, True)


@task("loss-surface", points=0.5)
def test_sizes_that_could_be_mixed_up(student):
    """The surface should have two dimensions at all sizes, and each mean should be taken over the points."""
    dimensions = [
        check_surface(student, p, q, n, "Over which dimension is the mean taken?", False, False).dim()
        for p, q, n in ((5, 3, 5), (3, 5, 5), (5, 5, 5), (1, 4, 1), (4, 1, 1))
    ]
    require(
        dimensions[0] != 2 or min(dimensions) == 2,  # a surface that is flat everywhere is judged above
        "With a single weight or bias the surface should have two dimensions, too.",
    )
