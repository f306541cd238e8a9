# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Linear regression: one gradient, four ways
#
# How high will the water be in the harbour when the wind blows like this? A straight line answers that about as
# well as anything, and it is the smallest model that shows what PyTorch does for you. You will train it
# four times: with a gradient worked out by hand, with `torch.autograd.grad`, with `nn.Linear` and a module, and with
# `nn.Sequential`. All four must go through the same numbers. A closed formula then says where they must end.
#
# **At the end you will be able to**
#
# - carry a derivative backwards through a computation graph, edge by edge, including a relu;
# - scale data with statistics of the training set alone, and say why;
# - write the gradient of a mean squared error by hand and check it against autograd;
# - say what `nn.Linear`, `nn.Module` and `nn.Sequential` do for you, because you have done it without them;
# - draw the loss as a landscape, with the path that gradient descent takes through it.
#
# **You need** derivatives and the chain rule, matrix products, and tensors in PyTorch.
#
# | | |
# |---|---|
# | time | about three hours |
# | points | 30: eight coding tasks (27) and a written one (3) |
# | computer | any: a GPU does not help with three parameters |
#
# Work from top to bottom. A cell that raises `NotImplementedError` is your next task. Below each task there is a cell
# with public checks, which you can run as often as you like; they ask about the mistakes that the text warns of. Hidden tests
# decide the points: they ask the same with other numbers and sizes, whether "by hand" was by hand, and what must not have changed.
# Cells that begin with a comment *(supplied)* show what you built; there is nothing to change in them. Before some figures you are asked for a
# guess. It is not graded; you remember best what you guessed wrong.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) imports, versions, and one seed for the whole notebook
import plots
import torch
import torch.nn.functional as F
from torch import nn

from course import checks, harbour, notebook, style

SEED = 123
torch.manual_seed(SEED)
notebook.calm()
style.use()
print(f"torch {torch.__version__}, device cpu, seed {SEED}")

# %% [markdown]
# ## 1. A neuron as a graph
#
# A single neuron with two inputs and a relu computes
#
# $$u = w_1 x_1, \qquad v = w_2 x_2, \qquad a = u + v + b, \qquad o = \mathrm{relu}(a) = \max(0, a).$$
#
# Each step is an edge or two of a graph, and each edge has a derivative that depends only on the numbers at its
# ends. The derivative of $o$ with respect to anything to the left of it is the product of the derivatives on the edges
# of the path that leads there; if there are several paths, their products are added.
#
# As an example take a smaller graph, $p = x\,w$, $e = p - y$, $l = e^2$, at $x = 3$, $w = 2$, $y = 5$:

# %% nbgrader={"grade": false, "grade_id": "show-graph", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) forwards for the values, backwards for the derivatives
x, w, y = 3.0, 2.0, 5.0
p = x * w
e = p - y
loss = e**2  # the l of the formulas
print(f"forwards   p = {p}, e = {e}, l = {loss}")

dl_de = 2 * e
dl_dp = dl_de * 1.0
dl_dw = dl_dp * x
print(f"backwards  dl/de = {dl_de}, dl/dp = {dl_dp}, dl/dw = {dl_dw}")
plots.example_graph(
    values={"x": x, "w": w, "p": p, "y": y, "e": e, "l": loss},
    edges={("x", "p"): w, ("w", "p"): x, ("p", "e"): 1.0, ("y", "e"): -1.0, ("e", "l"): 2 * e},
)

# %% [markdown]
# The number in a box is the value, and the number on an arrow the derivative of the step. Multiply along the arrows from $w$ to $l$: $3 \cdot 1 \cdot 2 = 6$.
#
# **On paper.** Draw the same for the neuron: a box for each of $x_1, w_1, x_2, w_2, b, u, v, a, o$, an arrow for each step, and on each arrow its derivative as a formula.
#
# ### BEGIN ANSWER
# Arrows and derivatives: $x_1 \to u$: $w_1$; $w_1 \to u$: $x_1$; $x_2 \to v$: $w_2$; $w_2 \to v$: $x_2$; $u \to a$, $v \to a$ and $b \to a$: 1; $a \to o$: 1 where $a > 0$, else 0. The figure after the task shows the same with numbers.
# ### END ANSWER
#
# ### Task `neuron` (4 points)
#
# *easy · important: every network is made of these · 15 minutes*
#
# Write `neuron_gradients` for the neuron, by hand: no autograd. The derivative of the relu is 1 where
# $a > 0$ and 0 where $a < 0$; at $a = 0$, where it has none, take 0, as PyTorch does. All numbers are Python floats.


# %% nbgrader={"grade": false, "grade_id": "neuron", "locked": false, "schema_version": 3, "solution": true, "task": false}
def neuron_gradients(x1: float, x2: float, w1: float, w2: float, b: float) -> dict[str, float]:
    """The output of a relu neuron and its partial derivatives.

    Returns:
        floats under the keys "o" (the output itself) and "x1", "x2", "w1", "w2", "b" (the derivative of the
        output with respect to each of them).

    Example:
        >>> neuron_gradients(x1=1.0, x2=2.0, w1=3.0, w2=0.5, b=-1.0)
        {'o': 3.0, 'x1': 3.0, 'x2': 0.5, 'w1': 1.0, 'w2': 2.0, 'b': 1.0}
    """
    ### BEGIN SOLUTION
    a = w1 * x1 + w2 * x2 + b
    do_da = 1.0 if a > 0 else 0.0
    return {
        "o": max(0.0, a),
        "x1": do_da * w1,
        "x2": do_da * w2,
        "w1": do_da * x1,
        "w2": do_da * x2,
        "b": do_da,
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "neuron-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("neuron"):
    awake = neuron_gradients(x1=-2.0, x2=-1.0, w1=-1.0, w2=-2.0, b=3.0)
    checks.that(
        sorted(awake) == ["b", "o", "w1", "w2", "x1", "x2"],
        f"The result has the keys {sorted(awake)}; expected o, x1, x2, w1, w2 and b.",
    )
    for key, value in awake.items():
        checks.that(not isinstance(value, torch.Tensor), f'"{key}" is a tensor; the task asks for floats.')
    checks.close(awake["o"], 7.0, atol=1e-6, name='the output "o"', ask="Are all three terms in the sum?")
    for key, slope in {"x1": -1.0, "x2": -2.0, "w1": -2.0, "w2": -1.0, "b": 1.0}.items():
        checks.close(
            awake[key], slope, atol=1e-6, name=f'the derivative "{key}"', ask="Which edges lead from it to o?"
        )
    asleep = neuron_gradients(x1=-2.0, x2=-1.0, w1=1.0, w2=2.0, b=1.0)
    for key, value in asleep.items():
        checks.close(
            value,
            0.0,
            atol=0.0,
            name=f'"{key}" of a neuron with a < 0',
            ask="What is the slope of the relu there?",
        )
    at_the_bend = neuron_gradients(x1=2.0, x2=1.0, w1=1.0, w2=-3.0, b=1.0)
    for key, value in at_the_bend.items():
        checks.close(
            value,
            0.0,
            atol=0.0,
            name=f'"{key}" of a neuron with a = 0',
            ask="Which slope does the text choose there?",
        )

# %% nbgrader={"grade": false, "grade_id": "show-neuron", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your numbers in the graph, and output and derivative while one weight changes
plots.neuron_graph(neuron_gradients, x1=-2.0, x2=-1.0, w1=-1.0, w2=-2.0, b=1.0)
plots.neuron(neuron_gradients)

# %% [markdown]
# **Think about it.** In the left half of the figure the neuron is off. In which direction should $w_1$ move to bring
# the output to 2, and what does the gradient say about it?
#
# ### BEGIN ANSWER
# To the right: from $w_1 = 0.5$ on, $a$ is positive and the output grows by 1.5 with each unit of $w_1$; 2 is reached at $w_1 = 1.83$. The gradient in the left half is 0: it says that no small step makes any difference, not which way to go. A neuron that is off for all rows
# stays off, because nothing tells it where to go.
# ### END ANSWER
#
# *Read on:* [Backpropagation and computational graphs](https://d2l.ai/chapter_multilayer-perceptrons/backprop.html) in *Dive into Deep Learning*; [Karpathy, micrograd](https://github.com/karpathy/micrograd), the whole idea in a hundred lines.
#
# ## 2. The data
#
# The table holds 1,000 hours in a harbour: two components of the wind, along the coast and towards it, and the water
# level. The harbour's gauge has its zero 144 cm below mean sea level, so its readings are positive even when the
# water is low. Its readings are our target. The rows are in random order: the first 700 are for training, the others
# for testing.

# %% nbgrader={"grade": false, "grade_id": "data", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the table, split once
hours = harbour.load_harbour()
features = torch.tensor(hours[["wind_along", "wind_onshore"]].to_numpy(), dtype=torch.float32)
readings = torch.tensor(hours["level"].to_numpy(), dtype=torch.float32) + harbour.GAUGE_ZERO
n_train = harbour.N_TRAIN
X_train_raw, X_test_raw = features[:n_train], features[n_train:]
y_train, y_test = readings[:n_train], readings[n_train:]

# %% nbgrader={"grade": false, "grade_id": "show-data", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) always look at the data first
print(hours.describe().loc[["mean", "std", "min", "max"]].round(2))
plots.data(X_train_raw, y_train)

# %% [markdown]
# **Think about it.** The file is in random order already. In a notebook that shuffles for itself, with `order = torch.randperm(1000)` in one cell and `X, y = X[order], y[order]` in the next, someone runs the second cell twice. What has changed? And what if the cell were only `X = X[order]`?
#
# ### BEGIN ANSWER
# Twice the same permutation is a permutation, so each row still has its own target: the split is another one, as good as the first, but the numbers no longer agree with those in the text. It happens in published notebooks. With `X` alone the rows and the targets no longer belong together, no error is raised, and the best model is the mean of the targets.
# ### END ANSWER
#
# Gradient descent has one learning rate for all parameters, so it suits features of one size best. *Standardizing*
# shifts and scales each column: $x' = (x - \mu) / \sigma$. The mean $\mu$ and the standard deviation $\sigma$ are,
# like weights, numbers learned from data. They must come from the training rows alone: the test rows represent hours
# that have not happened yet.
#
# For a single column, by its formula:

# %% nbgrader={"grade": false, "grade_id": "show-standardize", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) two seen values give the scale, a third one is measured with it
seen, unseen = torch.tensor([4.0, 8.0]), torch.tensor([14.0])
mean = seen.mean()
spread = ((seen - mean) ** 2).mean().sqrt()
print(f"mean {mean:.0f}, spread {spread:.0f}: the seen values become {((seen - mean) / spread).tolist()}")
print(f"the unseen one becomes {((unseen - mean) / spread).tolist()}, and that is no mistake")

# %% [markdown]
# ### Task `standardize` (2 points)
#
# *easy · important · 10 minutes*
#
# Scale both sets, column by column, by the mean and the standard deviation of `train`. Dividing by $n$ or by $n - 1$
# in the standard deviation are both correct. A column in which all training rows agree has the standard deviation 0;
# make sure that it does not become infinite or NaN.
#
# <details><summary>Hint: a column without any spread</summary>
#
# What is 0 divided by 0? And by which number can you divide a column of zeros without changing it?
# </details>


# %% nbgrader={"grade": false, "grade_id": "standardize", "locked": false, "schema_version": 3, "solution": true, "task": false}
def standardize(train: torch.Tensor, test: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Both sets, shifted and scaled by the columns' mean and standard deviation in `train`.

    Args:
        train: `(n, d)`.
        test: `(m, d)`.

    Returns:
        new tensors of the same shapes; finite, for a column without any spread too.

    Example:
        >>> scaled_train, scaled_test = standardize(torch.tensor([[1.0], [3.0]]), torch.tensor([[2.0]]))
        >>> scaled_test
        tensor([[0.]])
    """
    ### BEGIN SOLUTION
    mean, spread = train.mean(dim=0), train.std(dim=0)
    spread = torch.where(spread > 0, spread, 1.0)
    return (train - mean) / spread, (test - mean) / spread
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "standardize-tests", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with checks.task("standardize"):
    X_train, X_test = standardize(X_train_raw, X_test_raw)
    checks.is_type(X_train, torch.Tensor, name="scaled train")
    checks.shape(X_train, (700, 2), name="scaled train")
    checks.shape(X_test, (300, 2), name="scaled test")
    checks.close(
        X_train.mean(dim=0),
        [0, 0],
        atol=1e-4,
        name="column means of train",
        ask="Is the mean taken over the rows?",
    )
    checks.close(
        X_train.std(dim=0),
        [1, 1],
        atol=2e-3,
        name="column spreads of train",
        ask="Variance or standard deviation?",
    )
    # The mean of 0 and 8 is 4, their standard deviation 4 (dividing by n) or 5.66 (by n - 1).
    two, others = torch.tensor([[0.0], [8.0]]), torch.tensor([[4.0], [12.0], [0.0]])
    given = two.clone(), others.clone()
    small, scaled_others = standardize(two, others)
    checks.that(
        abs(float(small[1]) - 1.0) < 1e-4 or abs(float(small[1]) - 0.7071) < 1e-4,
        f"The training values 0 and 8 become {float(small[0]):.3g} and {float(small[1]):.3g}.",
        ask="By what is the distance from the mean divided?",
    )
    checks.close(
        scaled_others / small[1],
        [[0.0], [2.0], [-1.0]],
        atol=1e-4,
        name="test values 4, 12 and 0 where train is 0 and 8, in units of the scaled 8",
        ask="Whose mean and whose spread do the test rows get?",
    )
    checks.that(
        torch.equal(two, given[0]) and torch.equal(others, given[1]),
        "`train` or `test` has changed.",
        ask="Does an operator such as `-=` write into the caller's tensor?",
    )
    alone, _ = standardize(X_train_raw, X_test_raw + 100)
    checks.close(
        alone,
        X_train,
        atol=1e-6,
        name="train, scaled with another test set",
        ask="Which rows are the statistics from?",
    )
    flat, flat_test = standardize(torch.ones(5, 1), torch.zeros(2, 1))
    checks.finite(flat, name="a column of ones, scaled", ask="What is divided by what?")
    checks.finite(flat_test, name="the test rows of a column without spread", ask="What are they divided by?")

# %% nbgrader={"grade": false, "grade_id": "show-scaled", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the same winds before and after
X_train, X_test = standardize(X_train_raw, X_test_raw)
plots.scaled(X_train_raw, X_train)

# %% [markdown]
# **Think about it.** Someone scales all 1,000 rows first and splits them afterwards. The numbers hardly change; what
# is wrong with that?
#
# ### BEGIN ANSWER
# The mean and the spread are then estimated from test rows, too: the test is no longer of data that nobody has seen, and its error is a little too good. Here the difference is tiny, with 300 rows of the same kind. It is not for few rows, for outliers, or when the test comes from another year. And the habit makes larger leaks, such as choosing features before the
# split, look harmless.
# ### END ANSWER
#
# *Read on:* [Data leakage](https://scikit-learn.org/stable/common_pitfalls.html#data-leakage) in the manual of scikit-learn.
#
# ## 3. The gradient by hand
#
# The model is the neuron of the first section with $d$ inputs, for a batch of $n$ rows. A gauge that is dry shows
# 0, so a relu at the output makes sense:
#
# $$z = X w + b, \qquad \hat y = \mathrm{relu}(z), \qquad l = \frac1n \sum_{i=1}^n (\hat y_i - y_i)^2.$$
#
# The rows do not meet before the sum, so each has its own graph, and the gradient is the sum over the rows. An
# example with one weight, without bias and without relu, $\hat y = x w$, has
#
# $$\frac{\partial l}{\partial w} = \frac1n \sum_{i=1}^n 2 (\hat y_i - y_i)\, x_i.$$

# %% nbgrader={"grade": false, "grade_id": "show-slope", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the example's gradient, and a central difference to compare
x, y, w = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 3.0, 7.0]), 1.5


def slope_loss(w: float) -> float:
    return ((x * w - y) ** 2).mean().item()


print(f"by hand            {(2 * (x * w - y) * x).mean().item():.4f}")
print(f"central difference {(slope_loss(w + 0.01) - slope_loss(w - 0.01)) / 0.02:.4f}")

# %% [markdown]
# ### Task `manual` (5 points)
#
# *medium · the heart of this notebook · 35 minutes*
#
# Write `LinearRegressionManual`, a plain class or a module. `weights` and `bias` are tensors that start small and
# random. `backward` gets what `forward` returned and computes the gradient by hand, in tensor operations, through
# the relu: a row whose $z$ is not positive contributes to neither gradient.
#
# <details><summary>Hint: how to tell that the relu was inactive</summary>
#
# `backward` is given `yhat`, not `z`. For which rows is `yhat` exactly 0?
# </details>
# <details><summary>Hint: shapes that guide you</summary>
#
# Compute the derivative with respect to `z` first, one number for each row, `(n,)`. The gradient of the weights is `(d, 1)`: each row adds
# its own `x` times its own number. Which matrix product does exactly that?
# </details>


# %% nbgrader={"grade": false, "grade_id": "manual", "locked": false, "schema_version": 3, "solution": true, "task": false}
class LinearRegressionManual:
    """relu(X w + b), with its gradient by hand.

    `weights` is `(n_features, 1)`, `bias` is `(1,)`.
    """

    def __init__(self, n_features: int):
        ### BEGIN SOLUTION
        self.weights = 0.1 * torch.randn(n_features, 1)
        self.bias = 0.1 * torch.rand(1)
        ### END SOLUTION

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Predictions `(n,)` for `X` `(n, n_features)`.

        Example:
            >>> LinearRegressionManual(2).forward(torch.randn(5, 2)).shape
            torch.Size([5])
        """
        ### BEGIN SOLUTION
        return torch.relu(X @ self.weights + self.bias).squeeze(1)
        ### END SOLUTION

    def backward(
        self, X: torch.Tensor, yhat: torch.Tensor, y: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The gradient of the mean squared error.

        Args:
            X: `(n, n_features)`.
            yhat: what `forward(X)` returned, `(n,)`.
            y: targets `(n,)`.

        Returns:
            the gradients with respect to `weights` `(n_features, 1)` and `bias` `(1,)`.
        """
        ### BEGIN SOLUTION
        # yhat is positive just where the relu was open.
        grad_z = 2 * (yhat - y) * (yhat > 0) / len(y)
        return X.T @ grad_z.unsqueeze(1), grad_z.sum().reshape(1)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "manual-tests", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with checks.task("manual"):
    model = LinearRegressionManual(2)
    checks.shape(model.weights, (2, 1), name="model.weights")
    checks.shape(model.bias, (1,), name="model.bias")
    checks.that(
        (model.weights != 0).any(),
        "All weights start at 0.",
        ask="What is the slope of the relu where z is 0?",
    )
    with torch.no_grad():
        model.weights.copy_(torch.tensor([[1.0], [-1.0]]))
        model.bias.copy_(torch.tensor([0.5]))
    X = torch.tensor([[2.0, 1.0], [0.0, 2.0], [0.0, 3.0], [0.0, 1.5]])
    y = torch.tensor([3.5, 1.0, 2.0, 0.5])
    yhat = model.forward(X)
    checks.shape(yhat, (4,), name="forward(X)", ask="`X @ weights` has a column; what should be returned?")
    checks.close(yhat, [1.5, 0.0, 0.0, 0.0], atol=1e-6, name="forward(X)", ask="Is the relu there?")
    one = model.forward(X[:1])
    checks.shape(one, (1,), name="forward(a single row)", ask="How many dimensions of size 1 are there?")
    grad_weights, grad_bias = model.backward(X, model.forward(X), y)
    checks.shape(grad_weights, (2, 1), name="grad_weights", ask="What is the shape of the weights?")
    checks.shape(grad_bias, (1,), name="grad_bias", ask="What is the shape of the bias?")
    # The first row alone has its relu open: its derivative with respect to z is 2 (1.5 - 3.5) / 4 = -1.
    checks.close(
        grad_weights,
        [[-2.0], [-1.0]],
        atol=1e-5,
        name="grad_weights",
        ask="What may an inactive row add? Is it the gradient of the mean, and not the step? In which order do `yhat` and `y` come in?",
    )
    checks.close(
        grad_bias, [-1.0], atol=1e-5, name="grad_bias", ask="By how many rows is it divided, and how often?"
    )
    checks.close(
        torch.cat([model.weights.detach().flatten(), model.bias.detach()]),
        [1.0, -1.0, 0.5],
        atol=0.0,
        name="weights and bias after backward",
        ask="Is it `backward` that takes the step?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-manual", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your gradient and autograd's, at 200 random places
pairs = []
for trial in range(200):
    torch.manual_seed(trial)
    model, X, y = LinearRegressionManual(2), torch.randn(8, 2), torch.randn(8)
    with torch.no_grad():
        model.weights.copy_(torch.randn(2, 1))
        by_hand = model.backward(X, model.forward(X), y)[0]
    w = model.weights.detach().clone().requires_grad_()
    F.mse_loss(torch.relu(X @ w + model.bias.detach()).squeeze(1), y).backward()
    pairs.append((w.grad.flatten(), by_hand.detach().flatten()))
plots.two_gradients(pairs)

# %% [markdown]
# **Think about it.** If a column $X w$ of shape `(n, 1)` meets a target of shape `(n,)` in `yhat - y`, what is the
# shape of the result, and does anything complain?
#
# ### BEGIN ANSWER
# `(n, n)`, every prediction minus every target, and nothing complains. The mean of its squares is a number like any other, but it is smallest where all predictions are the mean of the targets. `F.mse_loss` at least warns about it.
# ### END ANSWER
#
# *Read on:* [Linear regression](https://d2l.ai/chapter_linear-regression/linear-regression.html) in *Dive into Deep Learning*, and [The matrix calculus you need for deep learning](https://arxiv.org/abs/1802.01528) by Parr and Howard.
#
# ## 4. The gradient from autograd
#
# `torch.autograd.grad(loss, tensors)` walks the graph backwards for you. It needs to know which tensors to
# track (`requires_grad=True`) before the forward pass, and it returns a tuple with one gradient for each of them.
# Our example again:

# %% nbgrader={"grade": false, "grade_id": "show-autograd", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the example's gradient again
x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 3.0, 7.0])
w = torch.tensor(1.5, requires_grad=True)
loss = ((x * w - y) ** 2).mean()
(slope,) = torch.autograd.grad(loss, (w,))
print(f"autograd {slope.item():.4f}, w.grad {w.grad}")

# %% [markdown]
# ### Task `semi` (3 points)
#
# *easy · important · 15 minutes*
#
# Write `LinearRegressionSemi`: the same `weights`, `bias` and `forward`, and a `backward` that lets
# `torch.autograd.grad` do the work.
#
# <details><summary>Hint: where tracking begins</summary>
#
# `requires_grad=True` turns a newly created tensor into a *leaf*. Is `0.1 * leaf` a leaf, too?
# </details>


# %% nbgrader={"grade": false, "grade_id": "semi", "locked": false, "schema_version": 3, "solution": true, "task": false}
class LinearRegressionSemi:
    """relu(X w + b), with its gradient from autograd.

    `weights` is `(n_features, 1)`, `bias` is `(1,)`; both require a gradient.
    """

    def __init__(self, n_features: int):
        ### BEGIN SOLUTION
        self.weights = (0.1 * torch.randn(n_features, 1)).requires_grad_()
        self.bias = (0.1 * torch.rand(1)).requires_grad_()
        ### END SOLUTION

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Predictions `(n,)` for `X` `(n, n_features)`."""
        ### BEGIN SOLUTION
        return torch.relu(X @ self.weights + self.bias).squeeze(1)
        ### END SOLUTION

    def backward(
        self, X: torch.Tensor, yhat: torch.Tensor, y: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The gradient of the mean squared error with respect to `weights` `(n_features, 1)` and `bias` `(1,)`.

        `yhat` is what `forward(X)` returned, with the graph that led to it.
        """
        ### BEGIN SOLUTION
        loss = ((yhat - y) ** 2).mean()
        return torch.autograd.grad(loss, (self.weights, self.bias))
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "semi-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("semi"):
    model = LinearRegressionSemi(2)
    for name in ("weights", "bias"):
        tensor = getattr(model, name)
        checks.that(
            tensor.requires_grad,
            f"`model.{name}` does not require a gradient.",
            ask="How does autograd know about it?",
        )
        checks.that(
            tensor.is_leaf,
            f"`model.{name}` is not a leaf: it is the result of a computation that autograd tracks.",
            ask="What came first, the factor or `requires_grad`?",
        )
    with torch.no_grad():
        model.weights.copy_(torch.tensor([[1.0], [-1.0]]))
        model.bias.copy_(torch.tensor([0.5]))
    X, y = torch.tensor([[2.0, 1.0], [0.0, 2.0]]), torch.tensor([3.5, 1.0])
    yhat = model.forward(X)
    checks.close(yhat, [1.5, 0.0], atol=1e-6, name="forward(X)")
    gradients = model.backward(X, yhat, y)
    checks.length(gradients, 2, name="backward(X, yhat, y)", ask="Which tensors does the loss depend on?")
    grad_weights, grad_bias = gradients
    checks.close(
        grad_weights, [[-4.0], [-2.0]], atol=1e-5, name="grad_weights", ask="Is the loss a mean or a sum?"
    )
    checks.close(grad_bias, [-2.0], atol=1e-5, name="grad_bias")
    checks.that(
        model.weights.grad is None,
        "Something was left in `model.weights.grad`.",
        ask="Which call returns gradients?",
    )

# %% [markdown]
# **Think about it.** `torch.autograd.grad` frees the graph. What happens when you call `backward` twice with the same
# `yhat`, and why does a call with both tensors at once need no `retain_graph=True`?
#
# ### BEGIN ANSWER
# The second call raises an error, since the values that the chain rule needs are gone: one forward pass, one backward pass. A call with both tensors walks the graph once and collects both gradients on the way. Two calls, one for each tensor, would walk it twice and need `retain_graph=True` for the first.
# ### END ANSWER
#
# *Read on:* [Autograd mechanics](https://pytorch.org/docs/stable/notes/autograd.html) in the manual of PyTorch; [Baydin and others (2018), Automatic differentiation in machine learning](https://arxiv.org/abs/1502.05767).
#
# ## 5. Modules
#
# An `nn.Module` registers the parameters of its attributes, so that `model.parameters()` finds them, and is called
# like a function. `nn.Linear(d, 1)` holds a weight `(1, d)` and a bias `(1,)` and starts them at small random values.
# `nn.Sequential` calls its parts one after another. An example with a sigmoid:

# %% nbgrader={"grade": false, "grade_id": "show-module", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) a module with a part, and the same as a sequence


class Squashed(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = nn.Linear(3, 2)

    def forward(self, X):
        return torch.sigmoid(self.part(X))


print([name for name, _ in Squashed().named_parameters()], tuple(Squashed()(torch.zeros(5, 3)).shape))
print([name for name, _ in nn.Sequential(nn.Linear(3, 2), nn.Sigmoid()).named_parameters()])

# %% [markdown]
# ### Task `auto` (3 points)
#
# *easy · important · 15 minutes*
#
# Write the model twice more: `LinearRegressionAuto` with a linear layer called `linear`, and
# `LinearRegressionSequential` with an `nn.Sequential` called `network`, an `nn.Linear` and then an `nn.ReLU`. Both
# return one number for each row, `(n,)`, even for a single row.
#
# <details><summary>Hint: a single row</summary>
#
# `squeeze()` without an argument removes *every* dimension of size 1. How many does a batch of one row have?
# </details>


# %% nbgrader={"grade": false, "grade_id": "auto", "locked": false, "schema_version": 3, "solution": true, "task": false}
class LinearRegressionAuto(nn.Module):
    """relu of a linear layer, `self.linear`."""

    def __init__(self, n_features: int):
        super().__init__()
        ### BEGIN SOLUTION
        self.linear = nn.Linear(n_features, 1)
        ### END SOLUTION

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Predictions `(n,)` for `X` `(n, n_features)`."""
        ### BEGIN SOLUTION
        return torch.relu(self.linear(X)).squeeze(1)
        ### END SOLUTION


class LinearRegressionSequential(nn.Module):
    """The same as a sequence, `self.network`: an `nn.Linear`, then an `nn.ReLU`."""

    def __init__(self, n_features: int):
        super().__init__()
        ### BEGIN SOLUTION
        self.network = nn.Sequential(nn.Linear(n_features, 1), nn.ReLU())
        ### END SOLUTION

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Predictions `(n,)` for `X` `(n, n_features)`."""
        ### BEGIN SOLUTION
        return self.network(X).squeeze(1)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "auto-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("auto"):
    for model, layer in ((LinearRegressionAuto(2), "linear"), (LinearRegressionSequential(2), "network")):
        name = type(model).__name__
        checks.that(hasattr(model, layer), f"`{name}` has no attribute `{layer}`.")
        checks.length(
            list(model.parameters()), 2, name=f"list({name}(2).parameters())", ask="A weight and a bias?"
        )
        with torch.no_grad():
            weight, bias = model.parameters()
            weight.copy_(torch.tensor([[1.0, -1.0]]))
            bias.copy_(torch.tensor([0.5]))
        got = model(torch.tensor([[2.0, 1.0], [0.0, 2.0]]))
        checks.shape(got, (2,), name=f"{name}(2)(X)", ask="Which dimension has to go?")
        checks.close(got, [1.5, 0.0], atol=1e-6, name=f"{name}(2)(X)", ask="Is the relu there, once?")
        one = model(torch.tensor([[2.0, 1.0]]))
        checks.shape(
            one, (1,), name=f"{name}(2)(a single row)", ask="How many dimensions of size 1 are there?"
        )
    parts = [type(part).__name__ for part in LinearRegressionSequential(2).network]
    checks.that(
        parts == ["Linear", "ReLU"],
        f"`network` is made of {parts}.",
        ask="Which two modules does the text ask for, and where does the relu belong?",
    )

# %% [markdown]
# **Think about it.** The linear layer's weight is `(1, d)`, your own was `(d, 1)`. Where in the formula does that
# make a difference?
#
# ### BEGIN ANSWER
# `nn.Linear` computes $X W^\top + b$, with one row of $W$ for each output; you computed $X w + b$. It is the same sum for each row. It matters when you copy weights from one to the other: they have to be transposed, and for a square matrix a forgotten transpose raises no error.
# ### END ANSWER
#
# *Read on:* [torch.nn.Linear](https://pytorch.org/docs/stable/generated/torch.nn.Linear.html), and [What is torch.nn really?](https://pytorch.org/tutorials/beginner/nn_tutorial.html), a tutorial that takes the same way from tensors to modules.
#
# ## 6. One training loop for all four
#
# Full-batch gradient descent repeats one step: predict all rows, take the gradient of the mean squared error, and
# move each parameter by `learning_rate` times its gradient, downhill. With parameters that autograd tracks, the step
# itself must not become part of the graph, and it must change the existing tensor:

# %% nbgrader={"grade": false, "grade_id": "show-step", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) a step that keeps the parameter a parameter, and one that does not
w = torch.tensor([3.0], requires_grad=True)
(slope,) = torch.autograd.grad((w**2).sum(), (w,))
with torch.no_grad():
    w -= 0.1 * slope
print("changed in place:  ", w, "is a leaf:", w.is_leaf)

w = torch.tensor([3.0], requires_grad=True)
(slope,) = torch.autograd.grad((w**2).sum(), (w,))
w = w - 0.1 * slope
print("name bound again:  ", w, "is a leaf:", w.is_leaf)

# %% [markdown]
# ### Task `train` (4 points)
#
# *medium · important · 35 minutes*
#
# Write `train` for any of the four models. The first two have a `backward` method that gives the gradients of
# `weights` and `bias`; from the others you get parameters and autograd, or an optimizer if you like. Started from the
# same numbers, all four must go through the same losses.
#
# <details><summary>Hint: two kinds of model, one loop</summary>
#
# `hasattr(model, ...)` tells the kinds apart. For both you need two lists of the same length: the tensors to move, and their gradients.
# </details>
# <details><summary>Hint: the second step goes wrong</summary>
#
# `backward()` adds to what is there; `torch.autograd.grad` does not. And is the loss that you record taken before or after the step?
# </details>


# %% nbgrader={"grade": false, "grade_id": "train", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train(model, X: torch.Tensor, y: torch.Tensor, n_epochs: int, learning_rate: float) -> list[float]:
    """Full-batch gradient descent on the mean squared error. Changes the model's parameters in place.

    Args:
        model: one of your four models.
        X: `(n, n_features)`.
        y: `(n,)`.
        n_epochs: number of updates.
        learning_rate: each update is `parameter -= learning_rate * gradient`.

    Returns:
        the loss after each update, as floats.

    Example:
        >>> len(train(LinearRegressionManual(2), X_train, y_train, n_epochs=10, learning_rate=0.05))
        10
    """
    ### BEGIN SOLUTION
    by_hand = hasattr(model, "backward")
    parameters = [model.weights, model.bias] if by_hand else list(model.parameters())
    losses = []
    for _ in range(n_epochs):
        yhat = model.forward(X)
        if by_hand:
            gradients = model.backward(X, yhat, y)
        else:
            gradients = torch.autograd.grad(F.mse_loss(yhat, y), parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= learning_rate * gradient
            losses.append(F.mse_loss(model.forward(X), y).item())
    return losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "train-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("train"):
    # From w = 0 and b = 1.5 all predictions are 1.5, the errors 0.5 and -0.5: the gradients are -0.5 and 0.
    X, y = torch.tensor([[1.0], [2.0]]).repeat(20, 1), torch.tensor([1.0, 2.0]).repeat(20)
    for kind in (
        LinearRegressionManual,
        LinearRegressionSemi,
        LinearRegressionAuto,
        LinearRegressionSequential,
    ):
        model, label = kind(1), f"train({kind.__name__}(1), ...)"
        tensors = [model.weights, model.bias] if hasattr(model, "weights") else list(model.parameters())
        with torch.no_grad():
            tensors[0].fill_(0.0)
            tensors[1].fill_(1.5)
        losses = train(model, X, y, n_epochs=2, learning_rate=0.1)
        checks.length(losses, 2, name=label, ask="One loss for each update?")
        checks.close(
            losses[0],
            0.23125,
            atol=1e-5,
            name=f"{label}[0]",
            ask="Before the update or after it? Is there one step for all rows together, of the right sign and size? Do predictions and targets have the same shape?",
        )
        checks.close(
            losses[1],
            0.2234125,
            atol=1e-5,
            name=f"{label}[1]",
            ask="Is each step the rate times that step's own gradient of all rows, and nothing more? Do all parameters take it?",
        )
        now = [model.weights, model.bias] if hasattr(model, "weights") else list(model.parameters())
        checks.close(now[0], torch.full_like(now[0], 0.075), atol=1e-5, name=f"the weight after {label}")
        checks.that(
            now[0].is_leaf,
            f"The weight after {label} is the end of a graph of all its steps.",
            ask="Is the step taken under `torch.no_grad()`, in the existing tensor?",
        )


# %% nbgrader={"grade": false, "grade_id": "show-train", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the four models on the harbour from the same start, 100 epochs each; then an optimizer instead of your loop
def tensors(model: LinearRegressionManual | nn.Module) -> list[torch.Tensor]:
    """Weights and bias, for any of the models."""
    return [model.weights, model.bias] if hasattr(model, "weights") else list(model.parameters())


def train_by_optimizer(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, n_epochs: int, learning_rate: float
):
    optimizer, losses = torch.optim.SGD(model.parameters(), lr=learning_rate), []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        F.mse_loss(model(X), y).backward()
        optimizer.step()
        losses.append(F.mse_loss(model(X), y).item())
    return losses


KINDS = (LinearRegressionManual, LinearRegressionSemi, LinearRegressionAuto, LinearRegressionSequential)
RUNS = {kind.__name__: (kind, train) for kind in KINDS}
RUNS["nn.Linear and torch.optim.SGD"] = (LinearRegressionAuto, train_by_optimizer)
histories = {}
print(f"{'':<30}{'weights':>18}{'bias':>11}{'train':>11}{'test':>11}   (mean squared errors, cm^2)")
for label, (kind, training) in RUNS.items():
    model = kind(2)
    with torch.no_grad():
        for tensor, start in zip(tensors(model), ([0.01, 0.01], [0.1]), strict=True):
            tensor.copy_(torch.tensor(start).reshape(tensor.shape))
    histories[label] = training(model, X_train, y_train, n_epochs=100, learning_rate=0.05)
    w_along, w_onshore, bias = torch.cat([tensor.detach().flatten() for tensor in tensors(model)])
    with torch.no_grad():
        errors = [F.mse_loss(model.forward(X), y) for X, y in ((X_train, y_train), (X_test, y_test))]
    print(f"{label:<30}{w_along:9.4f}{w_onshore:9.4f}{bias:11.4f}{errors[0]:11.4f}{errors[1]:11.4f}")
plots.losses(histories)

# %% [markdown]
# Five ways, one gradient, one set of numbers. `torch.optim.SGD` takes exactly the step that your loop takes; it only saves you the writing.
#
# **Think about it.** The error does not fall below about {{372 == histories["LinearRegressionManual"][-1]}} cm², however long you train. What is left in it?
#
# ### BEGIN ANSWER
# Everything that moves the water and is not one of the two winds: tides, air pressure, the waves of passing ships, errors of the gauge. Its root is {{19 == histories["LinearRegressionManual"][-1] ** 0.5}} cm, the usual error of a prediction. More epochs do not help, since the minimum has been reached; more features would.
# ### END ANSWER
#
# *Read on:* [torch.optim](https://pytorch.org/docs/stable/optim.html), and [Linear regression implementation from scratch](https://d2l.ai/chapter_linear-regression/linear-regression-scratch.html) in *Dive into Deep Learning*.
#
# ## 7. The closed form
#
# Without the relu there is a formula for the minimum. Append a column of ones to $X$, so that the bias becomes one more
# weight, and call the result $\tilde X$. At the minimum the gradient is zero,
#
# $$\tilde X^\top (\tilde X \tilde w - y) = 0, \qquad\text{so}\qquad \tilde X^\top \tilde X\, \tilde w = \tilde X^\top y.$$
#
# These are the normal equations. `torch.linalg.lstsq` solves the same problem, without forming the product, and loses
# fewer digits. An example, a constant fitted to three readings: its $\tilde X$ is the column of ones alone, and the
# answer is their mean.

# %% nbgrader={"grade": false, "grade_id": "show-constant", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) least squares with nothing but a column of ones
ones, y = torch.ones(3, 1), torch.tensor([[2.0], [3.0], [7.0]])
print(f"least squares {torch.linalg.lstsq(ones, y).solution.item():.4f}, mean {y.mean().item():.4f}")

# %% [markdown]
# ### Task `closed-form` (3 points)
#
# *easy · useful · 15 minutes*
#
# Write `least_squares`, the exact minimum of the mean squared error for the purely linear model $X w + b$.


# %% nbgrader={"grade": false, "grade_id": "closed-form", "locked": false, "schema_version": 3, "solution": true, "task": false}
def least_squares(X: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights and bias with the smallest mean squared error of `X @ weights + bias` against `y`.

    Args:
        X: `(n, d)` with n > d, no column a combination of the others.
        y: `(n,)`.

    Returns:
        weights `(d,)` and bias, one number.

    Example:
        >>> least_squares(torch.tensor([[0.0], [1.0], [2.0]]), torch.tensor([1.0, 3.0, 5.0]))
        (tensor([2.]), tensor(1.))
    """
    ### BEGIN SOLUTION
    with_ones = torch.cat([X, torch.ones(len(X), 1)], dim=1)
    solution = torch.linalg.lstsq(with_ones, y.unsqueeze(1)).solution.squeeze(1)
    return solution[:-1], solution[-1]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "closed-form-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("closed-form"):
    X = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [2.0, 3.0], [3.0, 1.0]])
    weights, bias = least_squares(X, X @ torch.tensor([2.0, -1.0]) + 4.0)
    checks.is_type(weights, torch.Tensor, name="weights")
    checks.shape(weights, (2,), name="weights", ask="How many weights are there, and in how many dimensions?")
    checks.is_number(bias, name="bias")
    checks.close(
        weights,
        [2.0, -1.0],
        atol=1e-3,
        name="weights of points on a plane",
        ask="Is there a column for the bias, which entry belongs to it, and is the minimum exact?",
    )
    checks.close(
        bias,
        4.0,
        atol=1e-3,
        name="bias of points on a plane",
        any_shape=True,
        ask="Where does the bias come from?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-closed-form", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) where gradient descent was heading
weights, bias = least_squares(X_train, y_train)
error = F.mse_loss(X_train @ weights + bias, y_train)
print(f"exact minimum: weights {weights[0]:.4f} and {weights[1]:.4f} cm, bias {float(bias):.4f} cm")
print(f"its error: {error:.4f} cm^2")

# %% [markdown]
# **Think about it.** After 100 epochs the bias was still a few thousandths of a centimetre short. Each epoch
# multiplies its distance from the minimum by $1 - 2 \cdot 0.05 = 0.9$. Does $144 \cdot 0.9^{100}$ explain the gap?
#
# ### BEGIN ANSWER
# Yes: it is {{0.0038 == 144 * 0.9**100}}, and the gap is {{0.004 == abs(float(least_squares(X_train, y_train)[1]) - 143.4497)}} cm. (The bias of a standardized problem has nothing to do with the weights, so this holds for every epoch.)
# ### END ANSWER
#
# **Weight decay.** An optimizer can add a pull towards 0, `weight_decay`, to each gradient. It keeps the weights of large networks small. What does it do here?

# %% nbgrader={"grade": false, "grade_id": "show-decay", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the same training with a pull towards 0
decayed = {}
for decay in (0.0, 0.01, 0.1, 1.0):
    torch.manual_seed(SEED)
    model = nn.Linear(2, 1)
    nn.init.constant_(model.bias, 100.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, weight_decay=decay)
    for _ in range(200):
        optimizer.zero_grad()
        F.mse_loss(model(X_train).squeeze(1), y_train).backward()
        optimizer.step()
    error = F.mse_loss(model(X_test).squeeze(1), y_test).item()
    decayed[decay] = model.bias.item()
    print(
        f"decay {decay:<5} weights {model.weight.detach().flatten().tolist()}, bias {model.bias.item():.1f}, test error {error:.0f} cm^2"
    )

# %% [markdown]
# **Think about it.** Why is the test error so much larger with a decay of 1, although the weights hardly change? What would you exempt from decay?
#
# ### BEGIN ANSWER
# The bias is pulled to 0 like the weights: with a decay of 1 it ends at {{96 == decayed[1.0]}} instead of {{143 == decayed[0.0]}} cm, and each prediction is that much too low. The bias says where zero is on the scale of the target, and to pull it towards 0 makes no sense. Exempt biases, with parameter groups: `[{"params": [model.weight], "weight_decay": 1.0}, {"params": [model.bias]}]`;
# or centre the target first.
# ### END ANSWER
#
# *Read on:* [Weight decay](https://d2l.ai/chapter_linear-regression/weight-decay.html) in *Dive into Deep Learning*; [Linear algebra: torch.linalg.lstsq](https://pytorch.org/docs/stable/generated/torch.linalg.lstsq.html).
#
# ## 8. The landscape
#
# With one weight and one bias the loss is a surface over a plane, and it can be drawn. To do so, evaluate it at each
# point of a grid. Broadcasting does that without a loop: a column meets a row, and every entry of one meets every
# entry of the other.

# %% nbgrader={"grade": false, "grade_id": "show-broadcasting", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) a column against a row
rows, columns = torch.tensor([10.0, 20.0]), torch.tensor([1.0, 2.0, 3.0])
print(rows[:, None] + columns[None, :])

# %% [markdown]
# ### Task `loss-surface` (3 points)
#
# *medium · useful · 20 minutes*
#
# Write `loss_surface`. Row $i$ of the result belongs to `biases[i]`, column $j$ to `weights[j]`, as a picture with
# the weight along its horizontal axis needs it.
#
# <details><summary>Hint: three axes</summary>
#
# There are biases, weights and points. Give each its own axis, let broadcasting build the block of all combinations, and take
# the mean along one of the three.
# </details>


# %% nbgrader={"grade": false, "grade_id": "loss-surface", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loss_surface(
    weights: torch.Tensor, biases: torch.Tensor, x: torch.Tensor, y: torch.Tensor
) -> torch.Tensor:
    """The mean squared error of `y ≈ w * x + b` on a grid of weights and biases.

    Args:
        weights: `(p,)`.
        biases: `(q,)`.
        x: one feature, `(n,)`.
        y: targets `(n,)`.

    Returns:
        `(q, p)`: the loss at `biases[i]` and `weights[j]`.

    Example:
        >>> loss_surface(
        ...     torch.tensor([0.0, 1.0]), torch.tensor([0.0]), torch.tensor([2.0]), torch.tensor([2.0])
        ... )
        tensor([[4., 0.]])
    """
    ### BEGIN SOLUTION
    predictions = weights[None, :, None] * x + biases[:, None, None]
    return ((predictions - y) ** 2).mean(dim=2)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "loss-surface-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("loss-surface"):
    x, y = torch.tensor([1.0, 2.0, -1.0, 0.5]), torch.tensor([3.0, 5.0, -1.0, 2.0])
    surface = loss_surface(torch.tensor([2.0, 0.0, 1.0]), torch.tensor([1.0, 0.0]), x, y)
    checks.is_type(surface, torch.Tensor, name="surface")
    checks.shape(surface, (2, 3), name="surface", ask="Which of the two runs along the rows?")
    checks.close(
        surface[0, 0],
        0.0,
        atol=1e-5,
        name="the loss at w = 2, b = 1",
        ask="These points are on a line. On which one?",
    )
    checks.close(
        surface[1, 0],
        1.0,
        atol=1e-5,
        name="the loss at w = 2, b = 0",
        ask="Is the mean taken over the points?",
    )
    checks.close(
        surface[0, 1],
        6.25,
        atol=1e-5,
        name="the loss at w = 0, b = 1",
        ask="Are the errors squared, and squared before the mean is taken?",
    )

# %% [markdown]
# **Guess first.** The next figure shows the loss over one weight and the bias, with standardized winds, and the path of gradient descent. What do the contours look like, and how does the path cross them?

# %%
guess = ""  # one sentence

# %% nbgrader={"grade": false, "grade_id": "show-surface", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the loss over the onshore wind's weight and the bias, with the path that your training takes
torch.manual_seed(SEED)
model, path = LinearRegressionManual(1), []
onshore = X_train[:, 1:]
for _ in range(60):
    path.append((model.weights.item(), model.bias.item()))
    train(model, onshore, y_train, n_epochs=1, learning_rate=0.05)
grid_w, grid_b = torch.linspace(-80, 160, 61), torch.linspace(-20, 300, 81)
best = least_squares(onshore, y_train)
plots.surface(
    grid_w,
    grid_b,
    loss_surface(grid_w, grid_b, onshore.squeeze(1), y_train),
    path,
    (float(best[0]), float(best[1])),
)

# %% [markdown]
# **Think about it.** The contours are nearly circles. What would they look like for the raw winds, and which learning
# rate would the path then allow?
#
# ### BEGIN ANSWER
# Ellipses, long in the direction in which a change of the weight and one of the bias cancel, and leaning, because the raw winds do not have the mean 0. The rate has to be below $2/\lambda_{\max}$, with $\lambda_{\max}$ the largest eigenvalue of $\frac2n \tilde X^\top \tilde X$: that is {{1.0 == 2 / torch.linalg.eigvalsh(2 / 700 * torch.cat([onshore, torch.ones(700, 1)], 1).T @ torch.cat([onshore, torch.ones(700, 1)], 1))[-1]}} for the standardized wind and
# {{0.04 == 2 / torch.linalg.eigvalsh(2 / 700 * torch.cat([X_train_raw[:, 1:], torch.ones(700, 1)], 1).T @ torch.cat([X_train_raw[:, 1:], torch.ones(700, 1)], 1))[-1]}} for the raw one.
# ### END ANSWER
#
# **Think about it.** The contours of this figure are spaced by `np.geomspace(lowest, highest, 16)`. A published notebook wrote `np.logspace(np.log(lowest), np.log(highest), 16)` instead, and most of its lines were missing. Why?
#
# ### BEGIN ANSWER
# `logspace` takes exponents of *ten*, and `np.log` is the natural logarithm: the levels run from $10^{\ln l}$ to $10^{\ln h}$, which is $l^{2.3}$ to $h^{2.3}$. Most of them are outside of what the loss reaches. With `np.log10` it is correct; `geomspace` takes the ends themselves.
# ### END ANSWER
#
# *Read on:* [Li and others (2018), Visualizing the loss landscape of neural nets](https://arxiv.org/abs/1712.09913).
#
# ## 9. What the relu hides
#
# So far the relu at the output seemed to do nothing. That depends on the target. Below, the same model learns the
# level above *mean sea level*, which is the reading less 144 cm, negative in half of the hours. There are three runs:
# without the relu, with the relu and its correct gradient, and with the relu but a gradient that was computed as if
# it were not there.
#
# **Guess first.** Six bars: two targets, three runs. Which of them are equal?

# %%
guess = ""  # one sentence


# %% nbgrader={"grade": false, "grade_id": "show-hidden", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) two targets, three gradients
def error_after_training(y: torch.Tensor, relu: bool, relu_in_gradient: bool) -> float:
    w, b = torch.full((2,), 0.5, requires_grad=True), torch.tensor(0.5, requires_grad=True)

    def predict() -> torch.Tensor:
        z = X_train @ w + b
        yhat = z.relu() if relu else z
        # The second line has the value of yhat and the derivative of z: as if the relu were not there.
        return yhat if relu_in_gradient else z + (yhat - z).detach()

    for _ in range(500):
        gradients = torch.autograd.grad(F.mse_loss(predict(), y), (w, b))
        with torch.no_grad():
            w -= 0.05 * gradients[0]
            b -= 0.05 * gradients[1]
    return F.mse_loss(predict(), y).item()


RUNS = {
    "no relu": (False, False),
    "relu, right gradient": (True, True),
    "relu, gradient ignores it": (True, False),
}
errors = {
    target: {run: error_after_training(y, *options) for run, options in RUNS.items()}
    for target, y in {
        "reading of the gauge": y_train,
        "level above mean sea level": y_train - harbour.GAUGE_ZERO,
    }.items()
}
plots.hidden(errors)

# %% [markdown] nbgrader={"grade": true, "grade_id": "dead-relu", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### Task `dead-relu` (3 points, written)
#
# *medium · important · 20 minutes*
#
# Explain the figure. What does a relu at the output do to the prediction and to the gradient of a row whose $z$ is
# negative? Why do the three runs agree on the gauge's readings, so that adding 144 to the target hides both the relu
# and a wrong gradient? How would you find such a gradient before it does any harm? Five to eight sentences.
#
# ### BEGIN SOLUTION
# **Model answer.** Where $z < 0$ the relu answers 0, and its derivative is 0: the row's error has no influence on the
# weights, however large it is. If all rows are in this state, the model does not move at all; starting with zero
# weights and zero bias is such a state, since the derivative at 0 is taken to be 0.
#
# The level above mean sea level is negative in half of the hours ({{50 % == (y_train < harbour.GAUGE_ZERO).float().mean()}}). The relu cannot predict a negative number, so the
# best it can do there is 0, and the error stays {{3 == errors["level above mean sea level"]["relu, right gradient"] / errors["level above mean sea level"]["no relu"]}} times as large as without it. A gradient that ignores the relu
# is worse: for a row with $z < 0$ it keeps pushing in the direction of $0 - y$ although the prediction does not
# react, so the weights run away and the error grows.
#
# Adding 144 makes all targets positive. After a few steps the bias has lifted $z$ above 0 in every row, where the
# relu is the identity and has the derivative 1. Then the three runs are the same computation and end in the same
# place: the data never asks the question that would tell them apart.
#
# One finds it by comparing the hand-made gradient with autograd or with central differences at parameters for which
# some $z$ are negative, not only where training ends; or by training on a target that is negative in places.
#
# **Rubric.**
# - 1 point: for $z < 0$ the prediction is 0 and the gradient is 0: the row has no influence (a dead unit does not recover).
# - 1 point: with +144 all $z$ become positive, the relu is the identity with derivative 1, so the mistake cannot
#   show; without it half of the targets are out of reach.
# - 1 point: a check that works: comparison with autograd or differences where some $z < 0$, or data with negative
#   targets.
# ### END SOLUTION

# %% [markdown]
# You have now computed one gradient by hand, with autograd, with a module and with a sequence of modules, and found
# that they are the same gradient. From here on you can leave it to `loss.backward()` and know what it does.
#
# *Read on:* [Lu and others (2019), Dying ReLU and initialization](https://arxiv.org/abs/1903.06733).
