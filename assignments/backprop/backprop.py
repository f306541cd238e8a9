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
# # Backpropagation by hand
#
# `nn.Linear`, `model.parameters()` and `loss.backward()` do a lot for you. In this notebook you do it yourself:
# you build a multilayer perceptron from bare parameters, fit a noisy sine with it, look at what its hidden units have
# learned, and then compute every one of its gradients with the chain rule.
#
# **When you are done you will be able to**
#
# - register parameters with a module, and say why a plain tensor attribute is never trained;
# - write a network of any depth that takes one example or a batch of them;
# - judge a fit by training and test error, and tell a bad local minimum from a network that is too small;
# - carry out the forward and the backward pass of a network by hand, for any depth, and check them against autograd.
#
# **You need to know** matrix products, the chain rule, `nn.Module`, and how to train a model with `torch.optim`.
#
# | | |
# |---|---|
# | time | about four hours |
# | points | 32: seven coding tasks (29) and a written one (3) |
# | computer | any: a GPU does not help, the networks are small |
#
# Work from top to bottom. A cell that raises `NotImplementedError` is your next task. Below each task there is a cell
# with public checks, which you can run as often as you like. They try small cases, and the mistakes that the texts warn
# of. The hidden tests, which decide the points, draw other sizes, activations and extreme values each time, and also look
# at what your functions leave behind: changed arguments, parameters that two models share. Cells that begin with a comment
# *(supplied)* show what you built; there is nothing to change in them.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) imports, versions, and one seed for the whole notebook
import math
import warnings
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import plots
import torch
import torch.nn.functional as F
from scipy.optimize import line_search
from torch import nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from course import checks, notebook, style

SEED = 3
torch.manual_seed(SEED)
notebook.calm()
style.use()
print(f"torch {torch.__version__}, numpy {np.__version__}, device cpu, seed {SEED}")

# %% [markdown]
# ## 1. Parameters that really get trained
#
# A module stores its parameters under names. Everything that works on the whole module uses these names: an optimizer gets
# `model.parameters()`, `model.double()` converts what is registered, `state_dict()` saves it. Whatever else `forward` reads
# is invisible to them.
#
# Here are two modules for $y = a x$. They print the same numbers. The first reads its registered parameter, the second
# reads the tensor from which the parameter was made.
#
# **Predict.** Will an optimizer change the output of both? What will `state_dict()` save for each, and what will `.double()`
# convert? Write it down before you run the cell.
#
# *Your prediction:*


# %% nbgrader={"grade": false, "grade_id": "show-bystander", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) two modules that look the same
class Slope(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_parameter("slope", nn.Parameter(torch.tensor([2.0])))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.get_parameter("slope") * x


class Bystander(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a = torch.tensor([2.0])
        self.register_parameter("slope", nn.Parameter(self.a))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.a * x


for model in (Slope(), Bystander()):
    output = model(torch.tensor([1.5]))
    print(f"{type(model).__name__:10} parameters {[name for name, _ in model.named_parameters()]}", end="  ")
    print(f"output {output.item()}, requires grad: {output.requires_grad}")

# %% [markdown]
# In the second module the parameter is not used: no path leads from it to the output, its gradient stays `None`,
# and an optimizer silently skips it.
#
# **Think about it.** Both modules save and load `slope` without complaint, and a change of the parameter *in place* even changes
# what the second one prints. Why, and which operations would show the difference?
#
# ### BEGIN ANSWER
# `nn.Parameter(self.a)` shares the memory of `self.a`, so a value written into one is seen in the other. Whatever puts a *new*
# tensor in the parameter's place ends that: `model.double()`, `load_state_dict(..., assign=True)`, `model.to("cuda")`. After
# it, the module computes with the old number. And `backward()` raises an error, because the output requires no gradient.
# ### END ANSWER
#
# An attribute is registered as soon as it is an `nn.Parameter`: `self.slope = nn.Parameter(...)` does the same as
# `register_parameter("slope", ...)`. Only the second form accepts a name that cannot follow a dot, such as `0_weight`;
# `get_parameter("0_weight")` reads it back.
#
# ### Task `registered` (3 points)
#
# *easy · important · 20 minutes*
#
# Logistic regression with `D` inputs and `C` classes is one layer: $\ln p = \operatorname{log\,softmax}(x W + b)$, with the
# softmax over the classes. Write it with two registered parameters named `0_weight` and `0_bias`, small and random at
# the start. Training them must change the output. The model takes one example `(D,)` or a batch `(n, D)`.
#
# You do not need an `if` for that: write down the shapes of `x @ W + b` for both.
#
# <details><summary>Hint: the output does not require a gradient</summary>
#
# What does `forward` read: the parameter that was registered, or the tensor that went into it?
# </details>


# %% nbgrader={"grade": false, "grade_id": "registered", "locked": false, "schema_version": 3, "solution": true, "task": false}
class LogisticRegression(nn.Module):
    """Logistic regression with parameters `0_weight (D, C)` and `0_bias (C,)`.

    Maps `(D,)` to log-probabilities `(C,)`, and `(n, D)` to `(n, C)`.

    Example:
        >>> LogisticRegression(3, 2)(torch.rand(5, 3)).exp().sum(dim=1)
        tensor([1., 1., 1., 1., 1.])        (and a grad_fn)
    """

    def __init__(self, D: int, C: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.register_parameter("0_weight", nn.Parameter(torch.randn(D, C) / math.sqrt(D)))
        self.register_parameter("0_bias", nn.Parameter(torch.randn(C) / math.sqrt(C)))
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        scores = x @ self.get_parameter("0_weight") + self.get_parameter("0_bias")
        return F.log_softmax(scores, dim=-1)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "registered-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("registered"):
    model = LogisticRegression(3, 2)
    checks.is_module(model)
    names = [name for name, _ in model.named_parameters(remove_duplicate=False)]
    checks.that(
        {"0_weight", "0_bias"} <= set(names),
        f"The registered parameters are called {names}; expected `0_weight` and `0_bias`.",
        ask="Which method takes the name as a string?",
    )
    checks.shape(
        model.get_parameter("0_weight"), (3, 2), name="0_weight", ask="Which index belongs to the inputs?"
    )
    checks.shape(model.get_parameter("0_bias"), (2,), name="0_bias")
    one, batch = model(torch.rand(3)), model(torch.rand(4, 3))
    checks.shape(one, (2,), name="the output for one example", ask="What does x @ W give for a vector x?")
    checks.shape(batch, (4, 2), name="the output for a batch")
    checks.close(
        batch.exp().sum(dim=1),
        torch.ones(4),
        atol=1e-5,
        name="the sum of an example's probabilities",
        ask="Over which dimension does the softmax run, and did you return its logarithm?",
    )
    checks.that(
        batch.requires_grad,
        "The output does not require a gradient, so nothing can train the parameters.",
        ask="Does `forward` read the registered parameter, or the tensor that it was made from?",
    )
    with torch.no_grad():
        model.get_parameter("0_weight").copy_(torch.tensor([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]]))
        model.get_parameter("0_bias").copy_(torch.tensor([0.5, -1.0]))
    checks.close(
        model(torch.tensor([1.0, 2.0, 3.0])).exp(),
        torch.softmax(torch.tensor([1.5, 3.0]), dim=0),
        atol=1e-5,
        name="the probabilities for parameters that the check has set",
        ask="What are the scores before the softmax, with which signs?",
    )
    likelihood = model(torch.rand(4, 3))[:, 0].sum()
    parameters = {name: model.get_parameter(name) for name in ("0_weight", "0_bias")}
    slopes = torch.autograd.grad(likelihood, parameters.values(), allow_unused=True)
    for name, slope in zip(parameters, slopes, strict=True):
        checks.that(
            slope is not None,
            f"`{name}` has no influence on the output.",
            ask=f"Where does `forward` read `{name}`: the parameter, or the tensor that it was made from?",
        )

# %% nbgrader={"grade": false, "grade_id": "show-registered", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your classifier after a hundred steps of training, and the regions that it gives to each class
torch.manual_seed(SEED)
centres = torch.tensor([[-1.0, 0.0], [1.0, 0.6], [0.2, -1.3]])
labels = torch.arange(3).repeat(40)
points = centres[labels] + 0.4 * torch.randn(120, 2)
classifier = LogisticRegression(2, 3)
optimizer = torch.optim.Adam(classifier.parameters(), lr=0.1)
for _ in range(100):
    optimizer.zero_grad()
    F.nll_loss(classifier(points), labels).backward()
    optimizer.step()
plots.classes(classifier, points, labels)

# %% [markdown]
# **Think about it.** Why are the borders between the regions straight lines?
#
# ### BEGIN ANSWER
# On the border between two classes their scores are equal, $x w_i + b_i = x w_j + b_j$ (with $w_i$ the $i$-th column of $W$), and
# the softmax keeps the order of the scores. That is one linear equation for $x$: a line in the plane, a hyperplane elsewhere.
# ### END ANSWER
#
# **Read on.** How modules find their parameters: [PyTorch, *Modules*](https://docs.pytorch.org/docs/stable/notes/modules.html). If
# tensors and autograd are new to you: [*Tensors*](https://docs.pytorch.org/tutorials/beginner/basics/tensorqs_tutorial.html) and
# [*A gentle introduction to autograd*](https://docs.pytorch.org/tutorials/beginner/blitz/autograd_tutorial.html).

# %% [markdown]
# ## 2. A multilayer perceptron from bare parameters
#
# Layer $k$ of a multilayer perceptron is an affine map with a nonlinear function $\varphi$ after it:
#
# $$h^{(k+1)} = \varphi\big(h^{(k)} W^{(k)} + b^{(k)}\big), \qquad h^{(0)} = x .$$
#
# The output layer is only affine, without $\varphi$: a network that should predict any number must not end in a function that
# gives only some. Here are two layers, 2 inputs, 3 hidden units and 1 output, written out for one example:

# %% nbgrader={"grade": false, "grade_id": "show-two-layers", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) a network of two layers, one example
torch.manual_seed(SEED)
W0, b0, W1, b1 = torch.randn(2, 3), torch.randn(3), torch.randn(3, 1), torch.randn(1)
x = torch.tensor([-1.0, 2.0])
h = torch.sigmoid(x @ W0 + b0)
print("hidden units", h, "output", h @ W1 + b1)

# %% [markdown]
# ### Task `mlp` (5 points)
#
# *medium · important: everything that follows uses it · 35 minutes*
#
# Write `MLP(sizes, phi)` for any number of layers. `sizes` lists the inputs, the units of each hidden layer, and the outputs,
# so `[2, 3, 4, 2]` has three weight matrices. They are called `0_weight`, `1_weight`, ..., each `(in, out)`, their biases
# `0_bias`, ... . `phi` is any elementwise function; keep it as `self.phi`. You choose the starting values;
# random ones are best, because you will start several times later. Use no layers from `torch.nn`.
#
# One example `(D,)` gives `(out,)`, a batch `(n, D)` gives `(n, out)`, and a batch of a single row is still a batch.
#
# <details><summary>Hint: as many parameters as there are layers</summary>
#
# `register_parameter` takes the name as a string, and an f-string can hold a number. Which neighbouring pairs does `sizes` have?
# </details>
# <details><summary>Hint: no `if` for a single example</summary>
#
# What is the shape of a vector times a matrix, plus a vector? And a matrix times a matrix, plus a vector?
# </details>


# %% nbgrader={"grade": false, "grade_id": "mlp", "locked": false, "schema_version": 3, "solution": true, "task": false}
class MLP(nn.Module):
    """A fully connected network with linear output.

    Args:
        sizes: number of inputs, of units in each hidden layer, and of outputs.
        phi: the activation function of every hidden layer.

    Maps `(sizes[0],)` to `(sizes[-1],)`, and `(n, sizes[0])` to `(n, sizes[-1])`. The parameters are
    `i_weight (sizes[i], sizes[i + 1])` and `i_bias (sizes[i + 1],)`.

    Example:
        >>> MLP([2, 3, 4, 2], torch.relu)(torch.rand(5, 2)).shape
        torch.Size([5, 2])
    """

    def __init__(
        self, sizes: Sequence[int], phi: Callable[[torch.Tensor], torch.Tensor] = torch.sigmoid
    ) -> None:
        super().__init__()
        ### BEGIN SOLUTION
        self.sizes = list(sizes)
        self.phi = phi
        for i, (n_in, n_out) in enumerate(zip(self.sizes[:-1], self.sizes[1:], strict=True)):
            self.register_parameter(f"{i}_weight", nn.Parameter(torch.randn(n_in, n_out) / math.sqrt(n_in)))
            self.register_parameter(f"{i}_bias", nn.Parameter(torch.randn(n_out) / math.sqrt(n_out)))
        ### END SOLUTION

    def num_layers(self) -> int:
        """The number of weight matrices."""
        ### BEGIN SOLUTION
        return len(self.sizes) - 1
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        last = self.num_layers() - 1
        for i in range(last):
            x = self.phi(x @ self.get_parameter(f"{i}_weight") + self.get_parameter(f"{i}_bias"))
        return x @ self.get_parameter(f"{last}_weight") + self.get_parameter(f"{last}_bias")
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mlp-tests", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with checks.task("mlp"):
    model = MLP([2, 3, 4, 2], torch.relu)
    checks.is_module(model)
    num_layers = checks.method(model, "num_layers")()
    checks.that(
        num_layers == 3,
        f"`num_layers()` is {num_layers} for sizes [2, 3, 4, 2].",
        ask="How many weight matrices are between four layers of units?",
    )
    names = [name for name, _ in model.named_parameters(remove_duplicate=False)]
    for i, (n_in, n_out) in enumerate([(2, 3), (3, 4), (4, 2)]):
        checks.that(
            {f"{i}_weight", f"{i}_bias"} <= set(names),
            f"The registered parameters are called {names}; expected `{i}_weight` and `{i}_bias` among them.",
        )
        checks.shape(model.get_parameter(f"{i}_weight"), (n_in, n_out), name=f"{i}_weight")
        checks.shape(model.get_parameter(f"{i}_bias"), (n_out,), name=f"{i}_bias")
    torch.manual_seed(0)
    with torch.no_grad():
        for i in range(3):
            for parameter in (model.get_parameter(f"{i}_weight"), model.get_parameter(f"{i}_bias")):
                parameter.copy_(torch.randn(parameter.shape))
    one = model(torch.tensor([-1.0, 2.0]))
    checks.shape(
        one, (2,), name="the output for one example", ask="Vector in, vector out: did you add a dimension?"
    )
    checks.close(
        one,
        [0.8315, -3.6792],
        atol=1e-3,
        name="the output for [-1, 2]",
        ask="After which layers does phi belong, and is every bias added?",
    )
    checks.shape(model(torch.rand(5, 2)), (5, 2), name="the output for a batch")
    checks.shape(
        model(torch.rand(1, 2)),
        (1, 2),
        name="the output for a batch of one row",
        ask="How do you recognise a vector?",
    )
    checks.that(
        one.requires_grad,
        "The output does not require a gradient, so nothing can train the parameters.",
        ask="Does something in `forward` cut the graph?",
    )
    checks.that(
        all(g is not None for g in torch.autograd.grad(one.sum(), model.parameters(), allow_unused=True)),
        "Some parameter has no influence on the output.",
        ask="Does `forward` read every registered parameter?",
    )
    for phi, made in ((torch.tanh, MLP([2, 5, 1], torch.tanh)), (torch.sigmoid, MLP([2, 5, 1]))):
        with torch.no_grad():
            for parameter in made.parameters():
                parameter.fill_(0.5)
        checks.close(
            made(torch.tensor([[1.0, 3.0], [-2.0, 1.0]])).flatten(),
            2.5 * phi(torch.tensor([2.5, 0.0])) + 0.5,
            atol=1e-5,
            name=f"the output of MLP([2, 5, 1]{'' if phi is torch.sigmoid else ', torch.tanh'}) with all parameters 0.5",
            ask="Which phi was the model built with, and which one if none is named?",
        )

# %% [markdown]
# Before any training, each draw of the parameters is a function. This is what networks with 20 hidden units look like:

# %% nbgrader={"grade": false, "grade_id": "show-mlp", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) five untrained networks for each activation
torch.manual_seed(SEED)
plots.random_functions(MLP, {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu})

# %% [markdown]
# **Think about it.** Which of the three kinds has kinks, and why there? What would you see with `phi=lambda h: h`?
#
# ### BEGIN ANSWER
# The relu networks: each hidden unit is 0 on one side of the point where its sum is 0, and a straight line on the other. The
# output is a weighted sum of 20 such pieces, so it is straight between these points and has a kink at each. With the identity
# nothing bends: an affine map of an affine map is affine, and every network is a straight line, whatever its depth.
# ### END ANSWER
#
# **Read on.** With enough units one hidden layer comes close to any continuous function: [Cybenko
# 1989](https://doi.org/10.1007/BF02551274), [Hornik 1991](https://doi.org/10.1016/0893-6080(91)90009-T). It does not say that
# training finds it. [Deep Learning, chapter 6](https://www.deeplearningbook.org/contents/mlp.html) introduces these networks.

# %% [markdown]
# ## 3. Fitting a sine
#
# The data: 100 training points and 123 test points on two periods of a sine, with normal noise of standard deviation 0.1. No
# fit can bring the test error much below the variance of the noise, $0.1^2 = 0.01$.


# %% nbgrader={"grade": false, "grade_id": "data", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the noisy sine
def noisy_sine(n: int, noise: np.random.RandomState) -> tuple[torch.Tensor, torch.Tensor]:
    """`n` points evenly on [0, 4 pi] and their noisy sine, both `(n, 1)`."""
    x = np.linspace(0, 4 * np.pi, n)
    y = np.sin(x) + noise.normal(0, 0.1, n)
    return torch.tensor(x, dtype=torch.float32)[:, None], torch.tensor(y, dtype=torch.float32)[:, None]


noise = np.random.RandomState(1)
X_train, y_train = noisy_sine(100, noise)
X_test, y_test = noisy_sine(123, noise)

# %% nbgrader={"grade": false, "grade_id": "show-data", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) always look at the data first
plots.data(X_train, y_train, X_test, y_test)

# %% [markdown]
# The best constant has a training error of {{0.51 == y_train.var(correction=0)}}: whatever you fit has to be compared with that.
#
# For such a small problem there are better optimizers than gradient descent. BFGS builds up an estimate of the inverse Hessian
# from the gradients that it has seen, and searches along the direction that this estimate suggests. The function
# below is supplied. It works in double precision, needs no learning rate, and returns the model in single precision.


# %% nbgrader={"grade": false, "grade_id": "bfgs", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) BFGS for your networks
def fit_bfgs(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, max_iterations: int = 500, decay: float = 0.0
) -> nn.Module:
    """Trains `model` on the mean squared error over `(X, y)` by BFGS, in place, and returns it.

    With `decay`, `decay` times the sum of the squared parameters is added to the error.
    SciPy's BFGS would do, but multiplies whole matrices in each iteration, which is slow for 300 parameters.
    """
    warnings.filterwarnings("ignore", message="The line search algorithm did not converge")
    model.double()
    X, y, parameters = X.double(), y.double(), list(model.parameters())
    seen: dict[bytes, tuple[float, np.ndarray]] = {}

    def evaluate(point: np.ndarray) -> tuple[float, np.ndarray]:
        """Loss and gradient; the line search asks for the two apart, so the last answer is kept."""
        key = point.tobytes()
        if key not in seen:
            vector_to_parameters(torch.from_numpy(point), parameters)
            loss = F.mse_loss(model(X), y) + decay * sum((p**2).sum() for p in parameters)
            gradient = torch.autograd.grad(loss, parameters)
            seen.clear()
            seen[key] = loss.item(), parameters_to_vector(gradient).numpy()
        return seen[key]

    point = parameters_to_vector(parameters).detach().numpy().copy()
    loss, gradient = evaluate(point)
    previous = loss + np.linalg.norm(gradient) / 2
    inverse_hessian = np.eye(len(point))
    for _ in range(max_iterations):
        if np.abs(gradient).max() < 1e-6:
            break
        direction = -inverse_hessian @ gradient
        step, _, _, new_loss, _, _ = line_search(
            lambda p: evaluate(p)[0], lambda p: evaluate(p)[1], point, direction, gradient, loss, previous
        )
        if step is None:  # no step makes it better: double precision is used up
            break
        move = step * direction
        new_gradient = evaluate(point + move)[1]
        change = new_gradient - gradient
        curvature = move @ change
        recommended = inverse_hessian @ change
        cross = np.outer(move, recommended)
        inverse_hessian += (1 + change @ recommended / curvature) / curvature * np.outer(move, move)
        inverse_hessian -= (cross + cross.T) / curvature
        point, previous, loss, gradient = point + move, loss, new_loss, new_gradient
    vector_to_parameters(torch.from_numpy(point), parameters)
    return model.float()


# %% [markdown]
# Where BFGS ends depends on where it starts. The usual fix is to start several times and to keep the best run. As an
# example take a function of one variable with many valleys, $f(t) = t^2/10 + \sin 3t$, and gradient descent:

# %% nbgrader={"grade": false, "grade_id": "show-valleys", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) six starts on a line with many valleys
torch.manual_seed(SEED)
starts = 8 * torch.rand(6) - 4
ends = starts.clone()
for _ in range(300):
    ends -= 0.05 * (0.2 * ends + 3 * torch.cos(3 * ends))
plots.valleys(lambda t: t**2 / 10 + torch.sin(3 * t), starts, ends)

# %% [markdown]
# ### Task `restarts` (3 points)
#
# *medium · important · 25 minutes*
#
# Write `best_of`. It builds a new `MLP([d, *hidden_sizes, k])` for every restart, with different random values each time (`d` and `k` are
# the columns of `X` and `y`), passes it to `fit(model, X, y)`, which trains it and returns it, and measures its mean
# squared error on `(X, y)`. It returns the best model and its error. The same `seed` must give the same result, and
# another seed must give other starting values. A run that ended at `nan` should not win.
#
# <details><summary>Hint: all restarts begin at the same place</summary>
#
# How often do you set the seed, and where does a new model draw its numbers?
# </details>
# <details><summary>Hint: `nan` wins, or loses</summary>
#
# What is `math.nan < 1.0`, and what is `1.0 < math.nan`?
# </details>


# %% nbgrader={"grade": false, "grade_id": "restarts", "locked": false, "schema_version": 3, "solution": true, "task": false}
def best_of(
    n_restarts: int,
    hidden_sizes: Sequence[int],
    X: torch.Tensor,
    y: torch.Tensor,
    fit: Callable[[nn.Module, torch.Tensor, torch.Tensor], nn.Module],
    seed: int,
) -> tuple[nn.Module, float]:
    """The best of `n_restarts` fits, and its mean squared error on `(X, y)`.

    Args:
        n_restarts: how often to start; each time from a new `MLP` with other random values.
        hidden_sizes: units of each hidden layer; may be empty.
        X: inputs `(n, d)`.
        y: targets `(n, k)`.
        fit: `fit(model, X, y)` trains the model that it is given and returns it.
        seed: the same seed gives the same result.

    Example:
        >>> model, mse = best_of(5, [2], X_train, y_train, fit_bfgs, seed=0)
    """
    ### BEGIN SOLUTION
    torch.manual_seed(seed)
    best_model, best_mse = None, math.inf
    for _ in range(n_restarts):
        model = fit(MLP([X.shape[1], *hidden_sizes, y.shape[1]]), X, y)
        with torch.no_grad():
            mse = F.mse_loss(model(X), y).item()
        if mse < best_mse:
            best_model, best_mse = model, mse
    return best_model, best_mse
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "restarts-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("restarts"):
    starts = []

    def no_training(model: nn.Module, X: torch.Tensor, y: torch.Tensor) -> nn.Module:
        starts.append(F.mse_loss(model(X), y).item())
        return model

    X, y = torch.rand(10, 3), torch.rand(10, 2)
    model, mse = best_of(4, [5], X, y, no_training, seed=1)
    checks.that(len(starts) == 4, f"`fit` was called {len(starts)} times for 4 restarts.")
    checks.that(
        len(set(starts)) == 4,
        f"Only {len(set(starts))} of 4 restarts began from different values.",
        ask="Where do you set the seed, and where do you build the model?",
    )
    checks.is_module(model)
    checks.shape(
        model.get_parameter("0_weight"),
        (3, 5),
        name="0_weight of the returned model, for 3 inputs and one hidden layer of 5 units",
        ask="Which sizes does the MLP get?",
    )
    checks.is_number(mse, name="mse")
    checks.close(mse, min(starts), atol=1e-6, name="mse", ask="Which of the runs do you keep?")
    checks.close(F.mse_loss(model(X), y), mse, atol=1e-6, name="the error of the returned model")
    checks.close(
        best_of(4, [5], X, y, no_training, seed=1)[1],
        mse,
        atol=1e-6,
        name="mse of a second call with the same seed",
        ask="Is the seed set before the first model is built?",
    )
    checks.that(
        float(best_of(4, [5], X, y, no_training, seed=2)[1]) != float(mse),
        "Another seed gives the same result.",
        ask="Where is `seed` used?",
    )
    calls = []

    def second_is_best(model: nn.Module, X: torch.Tensor, y: torch.Tensor) -> nn.Module:
        calls.append(model)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.fill_(math.nan if len(calls) == 1 else 0.0 if len(calls) == 2 else 100.0)
        return model

    model, mse = best_of(4, [5], X, y, second_is_best, seed=1)
    checks.that(
        not math.isnan(float(mse)),
        "The first of four runs ended at `nan`, and its error was returned.",
        ask="Is any number smaller than `nan`?",
    )
    checks.close(
        F.mse_loss(model(X), y),
        mse,
        atol=1e-6,
        name="the error of the returned model, when the second of four runs is the best",
        ask="Which model do you return: that of the best run, or that of the last?",
    )

# %% [markdown]
# Two hidden units, 16 starts. Each dot is one run; on the right are the fits that belong to the different levels.
#
# **Predict.** Sixteen runs of the same network on the same data: how many different errors will you see?
#
# *Your prediction:*

# %% nbgrader={"grade": false, "grade_id": "show-restarts", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) sixteen single runs of two hidden units
runs = [best_of(1, [2], X_train, y_train, partial(fit_bfgs, max_iterations=300), seed=s) for s in range(16)]
plots.restarts(runs, X_train, y_train)

# %% [markdown]
# **Think about it.** If one run in two finds the best level, how many restarts do you need so that all of them miss it
# less than once in a thousand times?
#
# ### BEGIN ANSWER
# All of $n$ independent runs miss it with probability $2^{-n}$. $2^{-10}$ is {{0.00098 == 2.0**-10}}: {{10 == math.ceil(math.log2(1000))}}
# restarts. Where one run in ten succeeds you need {{66 == math.ceil(math.log(0.001) / math.log(0.9))}}.
# ### END ANSWER
#
# **Read on.** BFGS and line searches: Nocedal and Wright, [*Numerical Optimization*](https://doi.org/10.1007/978-0-387-40065-5),
# chapters 3 and 6.

# %% [markdown] nbgrader={"grade": true, "grade_id": "conjecture", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### Task `conjecture` (3 points, written)
#
# *medium · important: guess first · 30 minutes*
#
# **Before** you run the next cell: what will the fit look like with 1, 2, 3, 10, 50 and 100 hidden sigmoid units? How will
# the training error and the test error change? Write it down. **Then** run it, and say where you were right, where you were
# wrong, and why the fits look as they do. Eight to twelve sentences in all; a conjecture that turns out wrong loses no points.
#
# ### BEGIN SOLUTION
# **Model answer.** *Before.* One sigmoid unit is a single soft step between two levels, so it can follow one slope of the sine.
# Two units can make two steps, which is enough for one bump, three for a bump and a half; ten should be enough for the
# four half-waves. With 50 and 100 units, 151 and 301 parameters for 100 points, I expect the training error to fall
# below the noise and the test error to rise again.
#
# *After* (the numbers are in the table below and in the answer under it). One unit leaves most of the curve unexplained, two
# much less, and three reach the level of the noise: with the right start three
# steps are enough for the whole curve, because each unit bends twice and the tails of the sigmoids help. A single run often
# ends higher (see the levels of two units in the figure above), which is a bad local minimum and not a lack of units; restarts
# tell the two apart. With ten units the training error is below the variance of the noise, and the test
# error just above it. With 50 and 100 units the training error falls further, and the test error rises again, to twice the
# variance of the noise or far more (where such a long run ends depends on rounding, so it differs from machine to machine):
# the curve passes close to the training points and swings between them, most of all near the left end,
# where the steps of the hidden units are. The training error alone would have called these the best fits.
#
# **Rubric.**
# - 1 point: a conjecture for small networks that argues with what one sigmoid can do (a step; a bump takes two).
# - 1 point: what the figure shows, with numbers: training error falls throughout, test error falls and then rises
#   (overfitting), with the noise as the yardstick.
# - 1 point: the reasons: capacity against number of points; wiggles between the points; local minima and restarts for the
#   small networks. Half a point for one of them.
# ### END SOLUTION

# %% nbgrader={"grade": false, "grade_id": "show-fits", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the fits of 1 to 100 hidden units; this takes about half a minute
# hidden units: (restarts, iterations); the big networks take long, and nearly every start is good enough for them
PLAN = {1: (4, 300), 2: (10, 500), 3: (12, 400), 10: (1, 1000), 50: (1, 3000), 100: (1, 2000)}

fits = {
    n_hidden: best_of(
        n_restarts, [n_hidden], X_train, y_train, partial(fit_bfgs, max_iterations=max_iterations), seed=0
    )[0]
    for n_hidden, (n_restarts, max_iterations) in PLAN.items()
}
errors = {
    n_hidden: (F.mse_loss(model(X_train), y_train).item(), F.mse_loss(model(X_test), y_test).item())
    for n_hidden, model in fits.items()
}
print("hidden units   training error   test error")
for n_hidden, (mse, test_mse) in errors.items():
    print(f"{n_hidden:12} {mse:16.4f} {test_mse:12.4f}")
plots.fits(fits, X_train, y_train, X_test, y_test)

# %% [markdown]
# **Think about it.** Which of these fits would you give away, if you had to choose without the test points?
#
# ### BEGIN ANSWER
# Not the one with the smallest training error. With one, two and three units it is {{0.373 == errors[1][0]}},
# {{0.080 == errors[2][0]}} and {{0.007 == errors[3][0]}}; with 50 and 100 units it is
# {{still smaller == max(errors[50][0], errors[100][0]) < errors[3][0]}}. But the test error is {{0.010 == errors[3][1]}} for three
# units and {{larger for 50 and 100 == min(errors[50][1], errors[100][1]) > 1.5 * errors[3][1]}}. Set some of the training points
# aside and choose by the error on those: three or ten units. Points that you chose by are no longer test points.
# ### END ANSWER
#
# **Read on.** Why more parameters than points can go wrong, and when it does not: [Deep Learning, chapter
# 5](https://www.deeplearningbook.org/contents/ml.html); [Belkin and others 2019](https://doi.org/10.1073/pnas.1903070116).

# %% [markdown]
# ## 4. What the hidden units have learned
#
# The output of a network with one hidden layer is a weighted sum of its hidden units,
# $\hat y(x) = b + \sum_j w_j h_j(x)$. No single unit represents the sine: each is a step at some place, and the curve is
# spread over all of them. That is called a distributed representation.
#
# ### Task `hidden-outputs` (2 points)
#
# *easy · 10 minutes*
#
# Write `hidden_outputs(model, X)`: the outputs of the first hidden layer, after `phi`, of your own `MLP`. It must work for any
# `sizes` with at least one hidden layer and for whichever `phi` the model was built with.


# %% nbgrader={"grade": false, "grade_id": "hidden-outputs", "locked": false, "schema_version": 3, "solution": true, "task": false}
def hidden_outputs(model: MLP, X: torch.Tensor) -> torch.Tensor:
    """The outputs of the first hidden layer of `model` for `X (n, d)`: a tensor `(n, n_hidden)`.

    Example:
        >>> hidden_outputs(MLP([1, 3, 1]), torch.zeros(5, 1)).shape
        torch.Size([5, 3])
    """
    ### BEGIN SOLUTION
    return model.phi(X @ model.get_parameter("0_weight") + model.get_parameter("0_bias"))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "hidden-outputs-tests", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with checks.task("hidden-outputs"):
    model, X = MLP([2, 4, 1]), torch.rand(7, 2)
    hidden = hidden_outputs(model, X)
    checks.is_type(hidden, torch.Tensor, name="hidden")
    checks.shape(hidden, (7, 4), name="hidden", ask="Which dimension counts the examples?")
    checks.close(
        hidden.float() @ model.get_parameter("1_weight") + model.get_parameter("1_bias"),
        model(X),
        atol=1e-5,
        name="the weighted sum of the hidden outputs",
        ask="Did you apply phi, and only once?",
    )
    rectified = hidden_outputs(MLP([2, 6, 3, 1], torch.relu), X)
    checks.shape(rectified, (7, 6), name="the first hidden layer of two", ask="Which layer comes first?")
    checks.that(
        bool((rectified >= 0).all()),
        "A hidden output after relu is negative.",
        ask="Which phi was the model built with?",
    )
    bent = MLP([2, 6, 1], torch.tanh)
    checks.close(
        hidden_outputs(bent, X).float() @ bent.get_parameter("1_weight") + bent.get_parameter("1_bias"),
        bent(X),
        atol=1e-5,
        name="the weighted sum of the hidden outputs of a tanh network",
        ask="Which phi was the model built with, and where does the model keep it?",
    )

# %% [markdown]
# Top: each unit; bottom: each unit times the weight that leads from it to the output, on a scale that is
# logarithmic beyond 2. The sum of the lower curves and the output's bias is the fit, drawn in black.

# %% nbgrader={"grade": false, "grade_id": "show-hidden", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your hidden outputs of three of these networks
plots.hidden_units({n: fits[n] for n in (2, 3, 10)}, hidden_outputs, X_train, y_train)

# %% [markdown]
# **Think about it.** Look at the scales of the lower plots. Why might two units with huge weights of opposite sign and
# nearly the same step be of use, and what happens when both weights are rounded?
#
# ### BEGIN ANSWER
# The difference of two nearly equal steps, times a huge weight, is close to the derivative of the step: a bump, which no single
# sigmoid can make. The price is that the fit is a small difference of large numbers. An error of one per cent in a weight of 1000
# moves the curve by up to 10, although the curve itself stays between -1 and 1.
# ### END ANSWER
#
# **Read on.** Distributed representations: [Hinton 1986](https://www.cs.toronto.edu/~hinton/absps/families.pdf); [Goodfellow,
# Bengio and Courville, chapter 15](https://www.deeplearningbook.org/contents/representation.html).
#
# ### Does the optimizer matter?
#
# All networks below have 50 hidden units and the same data. Gradient descent and Adam get 2,000 steps with
# the gradient of all 100 points, BFGS its 3,000 iterations from above. In the last panel BFGS minimises the error plus
# 0.00001 times the sum of all squared parameters: a weight becomes large only if the data insist on it. This is called
# **weight decay**, since in gradient descent it makes each weight smaller by a small share in each step.
#
# **Predict.** Which of the four has the smallest training error, and which the smallest test error?
#
# *Your prediction:*


# %% nbgrader={"grade": false, "grade_id": "show-optimizers", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) fifty hidden units, three optimizers, and the last of them with weight decay
def fit_with(make_optimizer: Callable[..., torch.optim.Optimizer], n_epochs: int) -> nn.Module:
    """A `[1, 50, 1]` network after `n_epochs` full-batch steps."""
    torch.manual_seed(SEED)
    model = MLP([1, 50, 1])
    optimizer = make_optimizer(model.parameters())
    for _ in range(n_epochs):
        optimizer.zero_grad()
        F.mse_loss(model(X_train), y_train).backward()
        optimizer.step()
    return model


compared = {
    "gradient descent, rate 0.01": fit_with(lambda p: torch.optim.SGD(p, lr=0.01), 2000),
    "Adam, rate 0.03": fit_with(lambda p: torch.optim.Adam(p, lr=0.03), 2000),
    "BFGS": fits[50],
    "BFGS with weight decay": best_of(1, [50], X_train, y_train, partial(fit_bfgs, decay=1e-5), seed=0)[0],
}
reached = {
    name: (F.mse_loss(model(X_train), y_train).item(), F.mse_loss(model(X_test), y_test).item())
    for name, model in compared.items()
}
plots.optimizers(compared, X_train, y_train, X_test, y_test)

# %% [markdown]
# **Think about it.** BFGS minimises the training error best. Is it the best choice? What else, besides the number of
# units, limits how far a fit can bend?
#
# ### BEGIN ANSWER
# BFGS has {{the smallest training error == min(reached, key=reached.get) == "BFGS"}} and
# {{a larger test error than Adam == reached["BFGS"][1] > reached["Adam, rate 0.03"][1]}}: it minimises what it is told to, and
# fits the noise. With weight decay the same optimizer has
# {{a smaller test error than without == reached["BFGS with weight decay"][1] < reached["BFGS"][1]}}, although its training error is
# {{larger == reached["BFGS with weight decay"][0] > reached["BFGS"][0]}}. Other limits are the number of steps (early stopping: stop when the error on points set aside no longer
# falls), the size of the weights (weight decay: a steep step needs a large weight), the size of the starting weights, and
# more data.
# ### END ANSWER
#
# **Read on.** [Krogh and Hertz 1991](https://proceedings.neurips.cc/paper/1991/hash/8eefcfdf5990e441f0fb6f3fad709e21-Abstract.html) on
# weight decay, [Loshchilov and Hutter 2019](https://arxiv.org/abs/1711.05101) on how Adam should do it, [Kingma and Ba
# 2015](https://arxiv.org/abs/1412.6980) on Adam itself.

# %% [markdown]
# ## 5. One example, forward and backward
#
# Now let us see what `backward()` does. Take a network with one hidden layer and one example, and cut the computation into steps so
# small that each derivative is obvious:
#
# $$z_1 = x W_1, \quad z_2 = z_1 + b_1, \quad z_3 = \sigma(z_2), \quad z_4 = z_3 W_2, \quad
#   \hat y = z_4 + b_2, \quad l = (\hat y - y)^2 .$$
#
# The backward pass goes through the steps in reverse order. It keeps one quantity for each variable $v$, the derivative
# $\delta_v = \partial l / \partial v$, and $\delta_v$ always has the shape of $v$: there is one derivative for each of its
# entries. A step $v \to u$ turns $\delta_u$ into $\delta_v$ by the chain rule, $\delta_{v_i} = \sum_j \delta_{u_j}\, \partial u_j / \partial v_i$.
#
# As an example, take a single unit with tanh, $a = w x$, $s = a + b$, $\hat y = \tanh s$, $l = (\hat y - y)^2$, all numbers:

# %% nbgrader={"grade": false, "grade_id": "show-one-unit", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) one unit, by hand and by autograd
x, y, w, b = (torch.tensor(value, requires_grad=True) for value in (0.5, 1.0, 0.8, -0.1))
with torch.no_grad():
    a = w * x
    s = a + b
    yhat = torch.tanh(s)
    delta_yhat = 2 * (yhat - y)  # l = (yhat - y)²
    delta_y = -delta_yhat
    delta_s = delta_yhat * (1 - yhat**2)  # tanh' = 1 - tanh²
    delta_a, delta_b = delta_s, delta_s  # s = a + b
    delta_w, delta_x = delta_a * x, delta_a * w  # a = w x
((torch.tanh(w * x + b) - y) ** 2).backward()
for name, delta, variable in (("y", delta_y, y), ("b", delta_b, b), ("w", delta_w, w), ("x", delta_x, x)):
    print(f"delta_{name}: by hand {delta:+.6f}, autograd {variable.grad:+.6f}")

# %% [markdown]
# ### Task `forward-by-hand` (4 points)
#
# *easy · important · 20 minutes*
#
# Write the forward pass, and keep every intermediate value. `x` has `D` entries and the hidden layer `H` units. The weights of
# trained networks can be large: your sigmoid should give 0 and 1, not `nan`, where `z2` is -300 or 300.
#
# <details><summary>Hint: a sigmoid that overflows</summary>
#
# $e^{300}$ is too large for float32. Which function of PyTorch handles that?
# </details>


# %% nbgrader={"grade": false, "grade_id": "forward-by-hand", "locked": false, "schema_version": 3, "solution": true, "task": false}
def forward_by_hand(
    x: torch.Tensor,
    y: torch.Tensor,
    W1: torch.Tensor,
    b1: torch.Tensor,
    W2: torch.Tensor,
    b2: torch.Tensor,
) -> dict[str, torch.Tensor]:
    """Every value on the way from one example to its squared error.

    Args:
        x: the example `(D,)`; y: its target `(1,)`.
        W1: `(D, H)`; b1: `(H,)`; W2: `(H, 1)`; b2: `(1,)`.

    Returns:
        a dict with `z1`, `z2`, `z3`, each `(H,)`, `z4` and `yhat`, each `(1,)`, and `l`, of shape `()` or `(1,)`.

    Example:
        >>> one, zero = torch.ones(1), torch.zeros(1)
        >>> forward_by_hand(one, zero, torch.zeros(1, 1), zero, torch.ones(1, 1), zero)["l"]
        tensor(0.2500)
    """
    ### BEGIN SOLUTION
    z1 = x @ W1
    z2 = z1 + b1
    z3 = torch.sigmoid(z2)
    z4 = z3 @ W2
    yhat = z4 + b2
    return {"z1": z1, "z2": z2, "z3": z3, "z4": z4, "yhat": yhat, "l": ((yhat - y) ** 2).sum()}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "forward-by-hand-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("forward-by-hand"):
    torch.manual_seed(1)
    network = MLP([3, 5, 1])
    W1, b1, W2, b2 = (
        network.get_parameter(f"{i}_{kind}").detach() for i in (0, 1) for kind in ("weight", "bias")
    )
    x, y = torch.randn(3), torch.randn(1)
    values = forward_by_hand(x, y, W1, b1, W2, b2)
    checks.is_type(values, dict, name="values")
    for name, expected in {"z1": (5,), "z2": (5,), "z3": (5,), "z4": (1,), "yhat": (1,), "l": (1,)}.items():
        checks.that(name in values, f"`values` has the keys {list(values)}; `{name}` is missing.")
        if name != "l":
            checks.is_type(values[name], torch.Tensor, name=name)
        checks.shape(
            torch.atleast_1d(torch.as_tensor(values[name])),  # `l` may be a scalar
            expected,
            name=name,
            ask="Is a sum over the hidden units missing, or is there one too many?",
        )
    checks.close(
        values["z1"],
        (x[:, None] * W1).sum(dim=0),
        atol=1e-5,
        name="z1",
        ask="Which of x W1 and W1 x do the shapes allow? And has `z1` been changed after it was computed?",
    )
    checks.close(values["z2"], values["z1"] + b1, atol=1e-5, name="z2", ask="What does this step add to z1?")
    checks.close(
        values["z3"],
        1 / (1 + (-values["z2"]).exp()),
        atol=1e-5,
        name="z3",
        ask="Of what is z3 the sigmoid, and is it the sigmoid that you computed?",
    )
    checks.close(values["yhat"], network(x), atol=1e-5, name="yhat", ask="Is every bias added once?")
    checks.close(
        values["l"],
        F.mse_loss(network(x), y),
        atol=1e-5,
        name="l",
        any_shape=True,
        ask="Is the difference squared, and nothing more done to it?",
    )
    one = torch.ones(1)
    far = forward_by_hand(one, one, torch.tensor([[300.0, -300.0]]), torch.zeros(2), torch.ones(2, 1), one)
    checks.close(
        far["z3"],
        [1.0, 0.0],
        atol=1e-5,
        name="z3 where z2 is 300 and -300",
        ask="Which power of e does your sigmoid compute there, and how large is it in float32?",
    )

# %% [markdown]
# The second test point, $x = 0.1030$ and $y = 0.2253$, in the trained network with 50 hidden units:

# %% nbgrader={"grade": false, "grade_id": "show-forward", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your forward pass next to the module's
W1, b1, W2, b2 = (
    fits[50].get_parameter(f"{i}_{kind}").detach() for i in (0, 1) for kind in ("weight", "bias")
)
example = {"x": X_test[1], "y": y_test[1], "W1": W1, "b1": b1, "W2": W2, "b2": b2}
values = forward_by_hand(**example)
print(f"by hand: yhat {values['yhat'].item():.4f}, l {values['l'].item():.6f}")
print(
    f"module:  yhat {fits[50](X_test[1]).item():.4f}, l {F.mse_loss(fits[50](X_test[1]), y_test[1]).item():.6f}"
)

# %% [markdown]
# **Think about it.** Which of the steps has no parameters? Which entries of `z3` would change if `x` grew a little?
#
# ### BEGIN ANSWER
# The sigmoid and the squared error. Every entry of `z3` whose unit has a weight other than 0 changes, but by
# $\sigma'(z_2)\,W_1$ for each unit of change: the saturated ones, where `z3` is almost 0 or 1, hardly move.
# ### END ANSWER

# %% [markdown]
# ### Task `backward-by-hand` (6 points)
#
# *hard · the heart of this notebook · 45 minutes*
#
# Write the backward pass by hand: no autograd, no `.backward()`, no `torch.func`, no optimizer. Compute the derivative of $l$
# with respect to each of the eleven other variables, in the order in which you meet them when you go back: `yhat`, `y`, `b2`, `z4`, `W2`,
# `z3`, `z2`, `b1`, `z1`, `W1`, `x`. A matrix product $c = a W$ is, in its entries, $c_j = \sum_i a_i W_{ij}$. Write down
# $\partial c_j / \partial a_i$ and $\partial c_j / \partial W_{ij}$, put them into the chain rule, and look at which index the sum
# runs over. The index you sum over decides about transposes, and a loop over the wrong axis can be correct by
# accident where a size is 1.
#
# Autograd may check you, in cells of its own. The supplied cell below gives you two functions: `by_autograd` computes all eleven
# derivatives, and `compare` shows how far each of yours is from them, so you can write one, compare it, and go on to the next.
#
# <details><summary>Hint: begin with shapes</summary>
#
# Write the shape of each variable next to it. The derivative has the same shape. Which products of the things that you know have that shape?
# </details>
# <details><summary>Hint: a matrix whose every entry has its own derivative</summary>
#
# For $c_j = \sum_i a_i W_{ij}$ the entry $W_{ij}$ is only connected to $a_i$ and $c_j$. Which operation pairs each entry of one vector with each entry of another?
# </details>


# %% nbgrader={"grade": false, "grade_id": "compare", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) what autograd says about all eleven derivatives, and how far yours are from it
def by_autograd(**variables: torch.Tensor) -> dict[str, torch.Tensor]:
    """The derivatives of `l` with respect to `yhat, y, b2, z4, W2, z3, z2, b1, z1, W1, x`, in this order.

    Autograd keeps gradients for tensors that you made, not for those in between. So a zero is added to each value in
    between: the derivative with respect to it is the derivative with respect to the value.
    """
    leaf = {name: value.detach().clone().requires_grad_() for name, value in variables.items()}
    n_hidden = len(leaf["b1"])
    for name in ("z1", "z2", "z3", "z4", "yhat"):
        leaf[name] = torch.zeros(n_hidden if name in ("z1", "z2", "z3") else 1, requires_grad=True)
    summed = leaf["x"] @ leaf["W1"] + leaf["z1"] + leaf["b1"] + leaf["z2"]
    output = (torch.sigmoid(summed) + leaf["z3"]) @ leaf["W2"] + leaf["z4"] + leaf["b2"] + leaf["yhat"]
    ((output - leaf["y"]) ** 2).sum().backward()
    order = ("yhat", "y", "b2", "z4", "W2", "z3", "z2", "b1", "z1", "W1", "x")
    return {name: leaf[name].grad for name in order}


def compare(deltas: dict[str, torch.Tensor], **variables: torch.Tensor) -> None:
    """Print a line for each derivative: how far the one in `deltas` is from autograd's. Some may be missing."""
    for name, expected in by_autograd(**variables).items():
        got = deltas.get(name)
        if got is None:
            verdict = "missing"
        elif tuple(got.shape) != tuple(expected.shape):
            verdict = f"has shape {tuple(got.shape)}, and the variable {tuple(expected.shape)}"
        else:
            gap = (got - expected).abs().max().item()
            verdict = f"largest difference {gap:.1e}" + ("" if gap < 1e-4 else "  <-- look here first")
        print(f"{name:5} {verdict}")


torch.manual_seed(SEED)
trial = {
    "x": torch.randn(2),
    "y": torch.randn(1),
    "W1": torch.randn(2, 3),
    "b1": torch.randn(3),
    "W2": torch.randn(3, 1),
    "b2": torch.randn(1),
}


# %% nbgrader={"grade": false, "grade_id": "backward-by-hand", "locked": false, "schema_version": 3, "solution": true, "task": false}
def backward_by_hand(
    x: torch.Tensor,
    y: torch.Tensor,
    W1: torch.Tensor,
    b1: torch.Tensor,
    W2: torch.Tensor,
    b2: torch.Tensor,
) -> dict[str, torch.Tensor]:
    """The derivative of the squared error with respect to every variable of the forward pass.

    Args:
        x: the example `(D,)`; y: its target `(1,)`.
        W1: `(D, H)`; b1: `(H,)`; W2: `(H, 1)`; b2: `(1,)`.

    Returns:
        a dict with the keys `yhat, y, b2, z4, W2, z3, z2, b1, z1, W1, x`; each derivative has the shape of its variable.

    Example:
        >>> one, zero = torch.ones(1), torch.zeros(1)
        >>> backward_by_hand(one, zero, torch.zeros(1, 1), zero, torch.ones(1, 1), zero)["yhat"]
        tensor([1.])
    """
    ### BEGIN SOLUTION
    values = forward_by_hand(x, y, W1, b1, W2, b2)
    z3 = values["z3"]
    d_yhat = 2 * (values["yhat"] - y)
    d_z4 = d_yhat
    d_z3 = W2 @ d_z4
    d_z2 = d_z3 * z3 * (1 - z3)
    d_z1 = d_z2
    return {
        "yhat": d_yhat,
        "y": -d_yhat,
        "b2": d_yhat,
        "z4": d_z4,
        "W2": torch.outer(z3, d_z4),
        "z3": d_z3,
        "z2": d_z2,
        "b1": d_z2,
        "z1": d_z1,
        "W1": torch.outer(x, d_z1),
        "x": W1 @ d_z1,
    }
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "show-compare", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) each of your derivatives next to autograd's; run it whenever you have written one more
compare(backward_by_hand(**trial), **trial)

# %% nbgrader={"grade": true, "grade_id": "backward-by-hand-tests", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with checks.task("backward-by-hand"):
    torch.manual_seed(2)
    variables = {
        "x": torch.randn(3),
        "y": torch.randn(1),
        "W1": torch.randn(3, 4),
        "b1": torch.randn(4),
        "W2": torch.randn(4, 1),
        "b2": torch.randn(1),
    }
    with checks.without(*checks.AUTOGRAD, ask="Which derivative does each step have, worked out by you?"):
        deltas = backward_by_hand(**variables)
    checks.is_type(deltas, dict, name="deltas")
    derivatives = by_autograd(**variables)
    for name, derivative in derivatives.items():
        checks.that(name in deltas, f"`deltas` has the keys {list(deltas)}; `{name}` is missing.")
        checks.is_type(deltas[name], torch.Tensor, name=f"deltas['{name}']")
        checks.shape(
            deltas[name],
            tuple(derivative.shape),
            name=f"deltas['{name}']",
            ask="One derivative for each entry?",
        )
    questions = {
        "yhat": "What is the derivative of a square, and of which difference?",
        "y": "With which sign does y enter the difference?",
        "b2": "Which step leads out of b2, and what is its derivative?",
        "z4": "Which step leads from z4 to yhat, and what is its derivative?",
        "W2": "Which entry of z3 does each entry of W2 multiply?",
        "z3": "By what is each entry of z3 multiplied on its way to z4?",
        "z2": "Which step leads from z2 to z3, and at which value is its derivative taken?",
        "b1": "Which step leads out of b1, and what is its derivative?",
        "z1": "Which step leads from z1 to z2, and what is its derivative?",
        "W1": "Which entry of x does each entry of W1 multiply, and where does the product go?",
        "x": "Along which axis of W1 does the sum run: how many units does an entry of x reach?",
    }
    for name, question in questions.items():
        checks.close(deltas[name], derivatives[name], atol=1e-4, name=f"deltas['{name}']", ask=question)
    square = {"x": torch.randn(3), "y": torch.randn(1), "W1": torch.randn(3, 3), "b1": torch.randn(3)}
    square |= {"W2": torch.randn(3, 1), "b2": torch.randn(1)}
    deltas, derivatives = backward_by_hand(**square), by_autograd(**square)
    for name in ("W1", "x"):
        checks.close(
            deltas[name],
            derivatives[name],
            atol=1e-4,
            name=f"deltas['{name}'] where D equals H",
            ask="Where both sizes are equal, shapes no longer tell a matrix from its transpose. What do the indices say?",
        )

# %% [markdown]
# The example from above again, with the values of the forward pass above each variable and the derivatives of
# the backward pass below it. For vectors and matrices the mean size of an entry is given.

# %% nbgrader={"grade": false, "grade_id": "show-backward", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your two passes, drawn
plots.passes({**example, **values}, backward_by_hand(**example))

# %% [markdown]
# **Think about it.** Many entries of `z2` are far from 0, so many hidden units are saturated at this $x$. What does
# that do to the derivatives on the left, and is a trained network a good place to look for a mistake in your formulas? And
# why does `z1.grad` print `None` after `backward()`, although autograd went through `z1`?
#
# ### BEGIN ANSWER
# {{More than half of the units are saturated == ((values["z3"] - 0.5).abs() > 0.49).float().mean() > 0.5}}: their $\sigma'$ is almost 0, and
# with it everything that reaches `z2`, `b1`, `z1`, `W1` and `x` through them. A mistake in those formulas is multiplied by
# almost 0, too, and does not show: small random weights, as in `trial`, are the better test. (One of the notebooks that this
# course grew from found an error of 3,580,073 in one derivative, of `x`, and blamed rounding. It was a loop over the wrong axis.)
#
# Autograd keeps `.grad` for leaves alone, tensors that were not computed from others; it needs the derivative with respect
# to `z1` on the way and throws it away. `z1.retain_grad()` before `backward()` keeps it; `by_autograd` uses a zero instead.
# ### END ANSWER
#
# **Read on.** [Rumelhart, Hinton and Williams 1986](https://doi.org/10.1038/323533a0), four pages; [Nielsen, chapter
# 2](http://neuralnetworksanddeeplearning.com/chap2.html), every step with its proof; [micrograd](https://github.com/karpathy/micrograd),
# an autograd of a hundred lines; [Baydin and others 2018](https://www.jmlr.org/papers/v18/17-468.html) on how such programs work.

# %% [markdown]
# ## 6. Any depth
#
# The same steps in a loop give backpropagation for any depth. Take a network with a sigmoid after *every* layer, including
# the last, one output, and the log loss. With $x^{(1)} = x$ and $m$ weight matrices,
#
# $$s^{(k+1)} = W^{(k)} x^{(k)} + b^{(k)}, \qquad x^{(k+1)} = \sigma\big(s^{(k+1)}\big), \qquad
#   l = -y \ln x^{(m+1)} - (1 - y) \ln\big(1 - x^{(m+1)}\big).$$
#
# Note that here $W^{(k)}$ is `(out, in)` and is on the left, as in `nn.Linear`. The derivatives go from layer to layer by
#
# $$\frac{\partial l}{\partial x_i^{(k)}} = \sum_j w_{ji}^{(k)} \, \sigma'\big(s_j^{(k+1)}\big) \, \frac{\partial l}{\partial x_j^{(k+1)}},
#   \qquad \sigma' = \sigma (1 - \sigma).$$
#
# As an example, take a single layer, which is logistic regression. Most of it cancels: $\partial l / \partial s = x^{(2)} - y$.

# %% nbgrader={"grade": false, "grade_id": "show-one-layer", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) one layer, by hand and by autograd
x, y = torch.tensor([1.0, -2.0]), 1.0
w, b = torch.tensor([[0.3, 0.4]], requires_grad=True), torch.tensor([0.1], requires_grad=True)
p = torch.sigmoid(w @ x + b)
F.binary_cross_entropy(p, torch.tensor([y])).backward()
delta_s = (p - y).detach()
print("weights: by hand", delta_s[:, None] * x, "autograd", w.grad)
print("bias:    by hand", delta_s, "autograd", b.grad)

# %% [markdown]
# ### Task `any-depth` (6 points)
#
# *hard · important · 45 minutes*
#
# Write `mlp_gradients` by hand, as above without autograd. Do the forward pass first and keep what the backward pass will
# need; large sums should give 0 and 1, not `nan`, here as well. From the derivative with respect to $s^{(k+1)}$ you get
# those with respect to $W^{(k)}$ and $b^{(k)}$, and with the recursion the one for the next layer down. Gradients of layers near the input can be tiny; they should still be correct.
#
# <details><summary>Hint: two quantities, not one</summary>
#
# The recursion is about $x^{(k)}$, the gradients of weights and biases are about $s^{(k+1)}$. Keep one of the two from layer to layer, and be clear which.
# </details>
# <details><summary>Hint: where there is a sigmoid, and where there is none</summary>
#
# There is one after each layer, including the last; there is none before the first layer. What is $\sigma'$ in terms of what the forward pass kept?
# </details>


# %% nbgrader={"grade": false, "grade_id": "any-depth", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mlp_gradients(
    x: torch.Tensor, y: float, weights: Sequence[torch.Tensor], biases: Sequence[torch.Tensor]
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """The gradients of the log loss of a sigmoid network for one example.

    Args:
        x: the example `(D,)`.
        y: its label, 0.0 or 1.0.
        weights: input side first; `weights[k]` is `(out, in)`, the last one `(1, in)`.
        biases: `biases[k]` is `(out,)`.

    Returns:
        the gradients of the weights and of the biases, two lists with the shapes of the arguments.

    Example:
        >>> mlp_gradients(torch.ones(2), 1.0, [torch.zeros(1, 2)], [torch.zeros(1)])
        ([tensor([[-0.5000, -0.5000]])], [tensor([-0.5000])])
    """
    ### BEGIN SOLUTION
    activations = [x]
    for weight, bias in zip(weights, biases, strict=True):
        activations.append(torch.sigmoid(weight @ activations[-1] + bias))
    delta_s = activations[-1] - y
    weight_grads, bias_grads = [], []
    for k in reversed(range(len(weights))):
        weight_grads.insert(0, torch.outer(delta_s, activations[k]))
        bias_grads.insert(0, delta_s)
        if k > 0:  # the input has no sigmoid before it
            delta_s = weights[k].T @ delta_s * activations[k] * (1 - activations[k])
    return weight_grads, bias_grads
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "any-depth-tests", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with checks.task("any-depth"):
    torch.manual_seed(3)
    sizes = [2, 4, 3, 1]
    weights = [torch.randn(n_out, n_in) for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True)]
    biases = [torch.randn(n_out) for n_out in sizes[1:]]
    x = torch.randn(2)
    with checks.without(*checks.AUTOGRAD, ask="Which derivative does each step have, worked out by you?"):
        answer = mlp_gradients(x, 1.0, weights, biases)
    checks.is_type(answer, (tuple, list), name="the result")
    checks.length(answer, 2, name="the result", ask="Two lists, one for the weights and one for the biases?")
    checks.that(
        len(weights) == len(biases) == 3,
        "The lists that were passed to the function have other lengths afterwards.",
    )
    weight_grads, bias_grads = answer
    checks.length(weight_grads, 3, name="weight_grads")
    checks.length(bias_grads, 3, name="bias_grads")
    for k in range(3):
        checks.is_type(weight_grads[k], torch.Tensor, name=f"weight_grads[{k}]")
        checks.is_type(bias_grads[k], torch.Tensor, name=f"bias_grads[{k}]")
        checks.shape(
            weight_grads[k], tuple(weights[k].shape), name=f"weight_grads[{k}]", ask="Input side first?"
        )
        checks.shape(bias_grads[k], tuple(biases[k].shape), name=f"bias_grads[{k}]")
    leaves = [parameter.clone().requires_grad_() for parameter in weights + biases]
    output = x
    for k in range(3):
        output = torch.sigmoid(leaves[k] @ output + leaves[k + 3])
    F.binary_cross_entropy(output, torch.ones(1)).backward()
    for k in (2, 1, 0):
        question = (
            "What is the derivative of the log loss with respect to the last s? And does the forward pass add each bias, "
            "with a sigmoid after every layer, the last too?"
            if k == 2
            else "Which weights lead back from the layer above, and at which s is the sigmoid's derivative taken?"
        )
        checks.close(bias_grads[k], leaves[k + 3].grad, atol=1e-5, name=f"bias_grads[{k}]", ask=question)
        checks.close(
            weight_grads[k],
            leaves[k].grad,
            atol=1e-5,
            name=f"weight_grads[{k}], where bias_grads[{k}] is correct,",
            ask="Which value does each weight multiply in the forward pass?",
        )
    checks.close(
        mlp_gradients(x, 0.0, weights, biases)[1][2],
        output.detach(),
        atol=1e-5,
        name="bias_grads[2] for the label 0",
        ask="Where does the label y enter the loss?",
    )

# %% [markdown]
# What arrives at each layer? The mean absolute gradient of the weights of a network with eight weight matrices, for 200
# random draws of the network:
#
# **Predict.** The last layer's gradient is about 0.25. How large is the first layer's?
#
# *Your prediction:*

# %% nbgrader={"grade": false, "grade_id": "show-any-depth", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your gradients, layer by layer
torch.manual_seed(SEED)
sizes = [4, 8, 8, 8, 8, 8, 8, 8, 1]
profiles = []
for _ in range(200):
    weights = [
        torch.randn(n_out, n_in) / math.sqrt(n_in) for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True)
    ]
    biases = [torch.zeros(n_out) for n_out in sizes[1:]]
    weight_grads, _ = mlp_gradients(torch.randn(4), 1.0, weights, biases)
    profiles.append([gradient.abs().mean().item() for gradient in weight_grads])
middle = np.median(profiles, axis=0)
plots.depth_profile(profiles)

# %% [markdown]
# **Think about it.** By which factor does the gradient shrink from one layer to the next? The assignment
# `vanishing-gradients` continues from here.
#
# ### BEGIN ANSWER
# From {{0.25 == middle[-1]}} to {{0.0000024 == middle[0]}} in seven steps, so by a factor of
# {{0.19 == (middle[0] / middle[-1]) ** (1 / 7)}} in each. $\sigma'$ is at most 1/4, and weights with a variance of one over the
# number of inputs neither shrink nor enlarge the sum much.
# ### END ANSWER
#
# **Read on.** [Hochreiter and others 2001](https://www.bioinf.jku.at/publications/older/ch7.pdf), [Bengio, Simard and Frasconi
# 1994](https://doi.org/10.1109/72.279181): where this was found.
