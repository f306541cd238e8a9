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
# # Vanishing gradients
#
# Backpropagation works for a network of any depth. But a formula that works does not mean that its numbers are useful:
# in a deep network the gradient of an early layer is a product of many factors, and such products tend to go to zero
# or to infinity. In this notebook you build an instrument that shows it happening, and then weights that keep thirty
# layers alive.
#
# **When you are done you will be able to**
#
# - name the factors of the backpropagation recursion and say which of them shrink a gradient and which let it grow;
# - build a network whose depth is an argument, and measure the gradient that reaches each of its layers;
# - initialize weights so that neither the signal nor the gradient dies or explodes, and show that they do not.
#
# **You need to know** the chain rule, backpropagation through a small network, and `nn.Module`.
#
# | | |
# |---|---|
# | time | about three hours |
# | points | 34: six coding tasks (25), two written ones (7) and a figure (2) |
# | computer | any: a GPU does not help, the networks are deep but narrow |
#
# Work from top to bottom. A cell that raises `NotImplementedError` is your next task. Below each task there is a cell
# with public checks, which you can run as often as you like. They try small cases, and the mistakes that the texts warn
# of. The hidden tests, which decide the points, draw other depths, widths and activations each time, and also look at what
# your functions leave behind. Cells that begin with a comment *(supplied)* show what you built; there is nothing to change
# in them.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) imports, versions, and one seed for the whole notebook
import math
import statistics
from collections.abc import Callable

import matplotlib.pyplot as plt
import plots
import torch
import torch.nn.functional as F
from torch import nn

from course import checks, notebook, style

SEED = 6
torch.manual_seed(SEED)
notebook.calm()
style.use()
print(f"torch {torch.__version__}, device cpu, seed {SEED}")

# %% [markdown]
# ## 1. A product of many factors
#
# A multilayer perceptron computes, layer by layer,
#
# $$s^{(k+1)} = W^{(k)} x^{(k)} + b^{(k)}, \qquad x^{(k+1)} = a\big(s^{(k+1)}\big),$$
#
# with an activation function $a$. Backpropagation goes the other way. It starts with the derivative of the loss $l$
# with respect to the output and carries it towards the input:
#
# $$\frac{\partial l}{\partial x_i^{(k)}}
#   = \sum_{j=1}^{n_{k+1}} w_{j,i}^{(k)} \; a'\big(s_j^{(k+1)}\big) \; \frac{\partial l}{\partial x_j^{(k+1)}},
#   \qquad
#   \frac{\partial l}{\partial w_{j,i}^{(k)}}
#   = x_i^{(k)} \; a'\big(s_j^{(k+1)}\big) \; \frac{\partial l}{\partial x_j^{(k+1)}}.$$
#
# Here $w_{j,i}^{(k)}$ leads from unit $i$ of layer $k$ to unit $j$ of layer $k+1$, and $n_{k+1}$ is the number of
# units of layer $k+1$.
#
# Apply the left formula $m$ times, and every path from the output to an early unit contributes a product of $m$
# weights and $m$ derivatives. The figure below shows what a product of many equal factors does: there is hardly any middle
# ground between nothing and far too much.

# %% nbgrader={"grade": false, "grade_id": "show-products", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) 0.25 to the power of 30, and others
plots.products([0.25, 0.8, 1.0, 1.2], depth=30)

# %% [markdown]
# **Think about it.** By which factor may each layer change a gradient if, after 30 layers, it may change by no more
# than a factor of 100?
#
# ### BEGIN ANSWER
# By anything from {{0.86 == 0.01 ** (1 / 30)}} to {{1.17 == 100 ** (1 / 30)}}, the thirtieth roots of 1/100 and of 100.
# ### END ANSWER
#
# **Read on.** [Bengio, Simard and Frasconi 1994](https://doi.org/10.1109/72.279181) found the problem in recurrent networks;
# [Nielsen, chapter 5](http://neuralnetworksanddeeplearning.com/chap5.html) shows it in small ones.

# %% [markdown] nbgrader={"grade": true, "grade_id": "factors", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# ### Task `factors` (4 points, written)
#
# *medium · important · 25 minutes*
#
# Take the recursion above with the sigmoid, $a = \sigma$. Which parts of it shrink a gradient on its way to the
# input, and which can make it grow? Look at three things in turn: the values of the summation units $s_j^{(k+1)}$,
# the values of the weights, and the number of units in a layer. Then say in one sentence why depth makes this so
# much worse. Six to ten sentences are enough.
#
# ### BEGIN SOLUTION
# **Model answer.** The derivative of the sigmoid is $\sigma(s)(1 - \sigma(s))$. Its largest value is 1/4, at $s = 0$,
# so this factor always shrinks the gradient, at least fourfold. Where $s$ is far from zero on either side the unit is
# saturated, the derivative is close to zero, and almost nothing passes through that unit.
#
# A weight can do both: a large $|w|$ lets the gradient grow, a small one shrinks it. To make up for the factor 1/4
# the weights would have to be large, but large weights push $s$ away from zero, where the derivative is smaller
# still.
#
# The sum runs over the $n_{k+1}$ units of the next layer, so more units mean more terms and a larger sum. If the
# terms have random signs they partly cancel, and the sum grows like $\sqrt{n_{k+1}}$ rather than like $n_{k+1}$.
#
# All of this happens once in each layer and the effects multiply: a factor that differs only a little from 1 becomes
# exponentially small (vanishing) or large (exploding) in the number of layers.
#
# **Rubric.**
# - 1 point: the sigmoid's derivative is at most 1/4 and so always shrinks.
# - 1 point: it goes to zero in saturated units, for very positive and for very negative $s$.
# - 1 point: weights can shrink or enlarge, depending on their size (the tension with saturation is a bonus, not
#   needed).
# - 1 point: more units mean more terms in the sum, which counteracts vanishing; and the factors multiply over the
#   layers, hence exponential in depth. Half a point for one of the two.
# ### END SOLUTION

# %% [markdown]
# ## 2. The derivative of the activation
#
# One factor of the recursion is $a'(s)$. As an example take a function that is not among the three of the task, the
# softplus, $a(s) = \ln(1 + e^s)$. The chain rule gives
#
# $$a'(s) = \frac{e^s}{1 + e^s} = \sigma(s),$$
#
# and a central difference confirms it:

# %% nbgrader={"grade": false, "grade_id": "show-softplus", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) a formula, and the slope measured
s = torch.linspace(-3, 3, 7)
difference = (F.softplus(s + 1e-2) - F.softplus(s - 1e-2)) / 2e-2
print("by hand           ", torch.sigmoid(s))
print("central difference", difference)

# %% [markdown]
# ### Task `derivatives` (3 points)
#
# *easy · important · 15 minutes*
#
# Write the derivatives of the sigmoid, of tanh and of relu. Do it by hand: no autograd here. The derivative of
# relu does not exist at 0; take 0 there, as PyTorch does.
#
# <details><summary>Hint: from the value to the derivative</summary>
#
# For the sigmoid and for tanh you can write the derivative in terms of the function's value. Which formulas are these?
# </details>


# %% nbgrader={"grade": false, "grade_id": "derivatives", "locked": false, "schema_version": 3, "solution": true, "task": false}
def activation_derivative(name: str, s: torch.Tensor) -> torch.Tensor:
    """The derivative of an activation function, at every entry of `s`.

    Args:
        name: "sigmoid", "tanh" or "relu".
        s: the summation units, of any shape.

    Returns:
        a float tensor of the shape of `s`.

    Raises:
        ValueError: another `name`; the message names it.

    Example:
        >>> activation_derivative("tanh", torch.tensor([0.0]))
        tensor([1.])
    """
    ### BEGIN SOLUTION
    if name == "sigmoid":
        value = torch.sigmoid(s)
        return value * (1 - value)
    if name == "tanh":
        return 1 - torch.tanh(s) ** 2
    if name == "relu":
        return (s > 0).to(torch.get_default_dtype())
    raise ValueError(f"name must be 'sigmoid', 'tanh' or 'relu', not {name!r}")
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "derivatives-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("derivatives"):
    s = torch.tensor([[-1.0, 0.5], [1.5, -0.3]])
    for name, function in {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}.items():
        with checks.without(*checks.AUTOGRAD, ask="Which formula has the derivative?"):
            slope = activation_derivative(name, s)
        label = f'activation_derivative("{name}", s)'
        checks.is_type(slope, torch.Tensor, name=label)
        checks.shape(slope, (2, 2), name=label)
        checks.that(
            slope.is_floating_point(),
            f"`{label}` has dtype {slope.dtype}; expected floats.",
            ask="Is a comparison a number?",
        )
        difference = (function(s + 1e-2) - function(s - 1e-2)) / 2e-2
        checks.close(
            slope,
            difference,
            atol=1e-3,
            name=label,
            ask="Does your formula take s itself, or a(s)? And is s unchanged afterwards?",
        )
    checks.close(
        activation_derivative("relu", torch.zeros(2)),
        [0.0, 0.0],
        atol=0,
        name='activation_derivative("relu", 0)',
        ask="Which value does the task ask for at 0?",
    )
    checks.raises(
        ValueError,
        lambda: activation_derivative("rleu", s),
        ask="What should happen to a name with a typing error?",
    )
    try:
        activation_derivative("rleu", s)
    except ValueError as error:
        checks.that(
            "name" in str(error) or "rleu" in str(error),
            f'The message of the ValueError is "{error}".',
            ask="Would its reader know which argument was wrong?",
        )

# %% nbgrader={"grade": false, "grade_id": "show-derivatives", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your derivatives, drawn
plots.derivatives(activation_derivative, {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu})

# %% [markdown]
# **Think about it.** For which $s$ is the derivative of tanh larger than the largest derivative of the sigmoid?
#
# ### BEGIN ANSWER
# $1 - \tanh^2 s > 1/4$ means $|\tanh s| < \sqrt{3}/2$, so for $|s| <$ {{1.32 == math.atanh(math.sqrt(0.75))}}.
# ### END ANSWER

# %% [markdown] nbgrader={"grade": true, "grade_id": "relu-helps", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### Task `relu-helps` (3 points, written)
#
# *medium · important · 15 minutes*
#
# Replace the sigmoid by relu in the recursion. What does its derivative do to a gradient, and why does that help?
# What can still go wrong, and what do the weights have to do with it? Use the formula in your argument. Four to eight
# sentences.
#
# ### BEGIN SOLUTION
# **Model answer.** The derivative of relu is 1 where $s_j > 0$ and 0 elsewhere. A gradient that reaches a unit is
# therefore either passed on unchanged or stopped; it is never scaled down. On every path whose units are all active
# the product of the derivatives is exactly 1, however deep the network is, where the sigmoid would have left at most
# $4^{-m}$.
#
# The other factors remain. About half of the units are inactive and drop out of the sum, so the weights have to make
# up for a factor of two in the mean square: if they are too small the gradient vanishes with relu as well, and if
# they are too large it explodes. A unit that is inactive for every example gets no gradient at all and cannot
# recover, and if a whole layer dies, nothing reaches the layers before it. This is why weights for relu are drawn
# with a variance of $2 / n$.
#
# **Rubric.**
# - 1 point: the derivative is 1 or 0: passed on or stopped, not shrunk.
# - 1 point: consequence for the product over the layers, compared with the sigmoid's 1/4.
# - 1 point: what can still go wrong: the scale of the weights (vanishing or exploding), or dead units; one of them
#   argued with the formula.
# ### END SOLUTION

# %% [markdown]
# ## 3. A network of any depth
#
# To see depth at work you need a network whose depth is an argument. PyTorch finds the parameters of a module by
# looking at its attributes, but it does not look into plain Python lists. `nn.ModuleList` is a list that it does
# search:

# %% nbgrader={"grade": false, "grade_id": "show-module-list", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) what PyTorch finds, and where


class Hidden(nn.Module):
    """Two parallel layers, kept in a plain list."""

    def __init__(self):
        super().__init__()
        self.branches = [nn.Linear(3, 2), nn.Linear(3, 2)]


class Found(nn.Module):
    """The same two layers in a ModuleList."""

    def __init__(self):
        super().__init__()
        self.branches = nn.ModuleList([nn.Linear(3, 2), nn.Linear(3, 2)])


print("parameters found in a plain list:  ", len(list(Hidden().parameters())))
print("parameters found in a ModuleList:  ", len(list(Found().parameters())))

# %% [markdown]
# ### Task `deep-mlp` (4 points)
#
# *easy · important · 20 minutes*
#
# Write `DeepMLP`. It has `n_hidden` hidden layers of `width` units, each a linear layer followed by the activation,
# and one linear output layer. The output is the logit of a probability, so no activation follows it.
#
# <details><summary>Hint: how many of which size</summary>
#
# Write down the number of units of each layer, including input and output, and look at neighbours in that list.
# </details>


# %% nbgrader={"grade": false, "grade_id": "deep-mlp", "locked": false, "schema_version": 3, "solution": true, "task": false}
class DeepMLP(nn.Module):
    """A multilayer perceptron with `n_hidden` equal hidden layers and one logit as its output.

    `layers` is an `nn.ModuleList` of its `n_hidden + 1` linear layers (with biases), input side first.
    """

    def __init__(
        self, n_inputs: int, width: int, n_hidden: int, activation: Callable[[torch.Tensor], torch.Tensor]
    ):
        """Args:
        n_inputs: features of an example.
        width: units of each hidden layer.
        n_hidden: number of hidden layers, at least 1.
        activation: applied to each hidden layer's summation units, say `torch.tanh`.
        """
        super().__init__()
        ### BEGIN SOLUTION
        sizes = [n_inputs] + [width] * n_hidden + [1]
        self.layers = nn.ModuleList(
            nn.Linear(n_in, n_out) for n_in, n_out in zip(sizes, sizes[1:], strict=False)
        )
        self.activation = activation
        ### END SOLUTION

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Logits `(n, 1)` of the examples `X` `(n, n_inputs)`.

        Example:
            >>> DeepMLP(10, 16, 5, torch.tanh)(torch.randn(4, 10)).shape
            torch.Size([4, 1])
        """
        ### BEGIN SOLUTION
        for layer in self.layers[:-1]:
            X = self.activation(layer(X))
        return self.layers[-1](X)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "deep-mlp-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("deep-mlp"):
    model = DeepMLP(n_inputs=3, width=4, n_hidden=2, activation=torch.relu)
    checks.is_module(model)
    checks.length(model.layers, 3, name="model.layers", ask="Did you count the output layer?")
    for place, size in enumerate([(4, 3), (4, 4), (1, 4)]):
        checks.shape(model.layers[place].weight, size, name=f"model.layers[{place}].weight")
    checks.length(
        list(model.parameters()),
        6,
        name="list(model.parameters())",
        ask="In what kind of list are the layers, and has each of them a bias?",
    )
    with torch.no_grad():
        for layer in model.layers:
            layer.weight.fill_(0.5)
            layer.bias.fill_(-1.0)
        logits = model(torch.tensor([[4.0, 0.0, 2.0], [0.0, 0.0, 0.0]]))
    checks.shape(logits, (2, 1), name="model(X)", ask="Which dimension belongs to the examples?")
    checks.close(
        logits[0],
        [5.0],
        atol=1e-5,
        name="logit of an example whose units are all active",
        ask="Which layers does X go through?",
    )
    checks.close(
        logits[1],
        [-1.0],
        atol=1e-5,
        name="logit of an example whose units are all off",
        ask="What follows each hidden layer, and what follows the last layer?",
    )
    bent = DeepMLP(n_inputs=1, width=2, n_hidden=3, activation=torch.tanh)
    checks.that(
        len({id(layer) for layer in bent.layers}) == 4,
        "Some of the four layers of `DeepMLP(1, 2, 3, torch.tanh)` are the same object.",
        ask="Is a new layer made for each place in the list?",
    )
    with torch.no_grad():
        for layer in bent.layers:
            layer.weight.fill_(0.5)
            layer.bias.fill_(0.0)
    logit = bent(torch.tensor([[2.0]]))
    checks.close(
        logit,
        torch.tensor([[1.0]]).tanh().tanh().tanh(),
        atol=1e-5,
        name="logit of a tanh network with three hidden layers",
        ask="Which activation was the model built with, and does it follow every hidden layer, the first too?",
    )
    slopes = torch.autograd.grad(logit.sum(), list(bent.parameters()), allow_unused=True)
    checks.that(
        all(slope is not None for slope in slopes),
        "No gradient reaches some of the layers, so they would never learn.",
        ask="What cuts the graph in `forward`?",
    )

# %% [markdown]
# Before looking at gradients, look at the signal. The figure feeds 64 random examples into three networks with
# PyTorch's default weights and shows, for each layer, how much its outputs differ from example to example. Where
# a curve ends, the layer gives every example the same output, to the last digit, and what follows cannot tell them
# apart.

# %% nbgrader={"grade": false, "grade_id": "probe-data", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) examples to probe with
ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}


def random_examples(n_inputs: int, n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Standard normal inputs `(n, n_inputs)` and random targets `(n,)`, 0. or 1.; the same for the same seed."""
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(n, n_inputs, generator=generator)
    y = torch.randint(0, 2, (n,), generator=generator).float()
    return X, y


# %% nbgrader={"grade": false, "grade_id": "show-deep-mlp", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the signal on its way through your networks
torch.manual_seed(SEED)
X, _ = random_examples(10, 64, seed=SEED)
plots.signal(
    {name: DeepMLP(10, 32, 20, activation) for name, activation in ACTIVATIONS.items()}, ACTIVATIONS, X
)

# %% [markdown]
# **Think about it.** A layer whose outputs are the same for every example still has a gradient with respect to its bias.
# What does it lack?
#
# ### BEGIN ANSWER
# Any knowledge of the example. It can move the same output for all examples up or down, towards the mean of the targets, and
# nothing more: what would tell one example from another has been lost in the layers before it.
# ### END ANSWER
#
# ## 4. The probe
#
# `loss.backward()` adds to every parameter's `.grad`. A measurement should not change what it measures, so use
# `torch.autograd.grad`, which returns the gradients and leaves `.grad` alone. For a single linear layer:

# %% nbgrader={"grade": false, "grade_id": "show-autograd-grad", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) gradients that leave .grad alone
layer = nn.Linear(10, 1)
X, y = random_examples(10, 64, seed=1)
loss = ((layer(X).squeeze(1) - y) ** 2).mean()
(gradient,) = torch.autograd.grad(loss, [layer.weight])
print(
    "gradient of the weights:", tuple(gradient.shape), "  mean size:", round(gradient.abs().mean().item(), 4)
)
print("layer.weight.grad:", layer.weight.grad)

# %% [markdown]
# ### Task `probe` (6 points)
#
# *medium · the heart of this notebook · 25 minutes*
#
# Write `gradient_profile`. The loss is the binary cross-entropy of the logits, averaged over the examples,
#
# $$l = -\frac1n \sum_{i=1}^n \big[ y_i \ln \sigma(z_i) + (1 - y_i) \ln (1 - \sigma(z_i)) \big],$$
#
# for which PyTorch has `F.binary_cross_entropy_with_logits`: it takes the logits $z$ themselves and stays exact where
# $\sigma(z)$ rounds to 0 or 1. For each layer give the mean of the absolute values of the gradient of its weights,
# biases not counted. Use only the `.layers` of the model and its output, so that the probe also works for other
# networks.
#
# <details><summary>Hint: no trace</summary>
#
# `torch.autograd.grad` takes a loss and a list of tensors. Which list do you pass, and in which order do the gradients come back?
# </details>
# <details><summary>Hint: a target of the wrong shape</summary>
#
# `(n, 1)` against `(n,)`: flatten both first.
# </details>


# %% nbgrader={"grade": false, "grade_id": "probe", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient_profile(model: nn.Module, X: torch.Tensor, y: torch.Tensor) -> list[float]:
    """The mean absolute gradient of each layer's weights, input side first.

    Args:
        model: anything with `.layers` (a list of linear layers) that maps `X` to one logit for each example.
        X: examples `(n, n_inputs)`.
        y: targets 0. or 1., `(n,)` or `(n, 1)`.

    Returns:
        one float for each layer. The model's parameters and their `.grad` (a tensor or None) are left as they were.

    Example:
        >>> len(gradient_profile(DeepMLP(10, 16, 5, torch.tanh), *random_examples(10, 64, seed=0)))
        6
    """
    ### BEGIN SOLUTION
    logits = model(X).reshape(-1)
    loss = F.binary_cross_entropy_with_logits(logits, y.reshape(-1))
    gradients = torch.autograd.grad(loss, [layer.weight for layer in model.layers])
    return [gradient.abs().mean().item() for gradient in gradients]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "probe-tests", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with checks.task("probe"):
    model = DeepMLP(n_inputs=2, width=3, n_hidden=1, activation=torch.relu)
    with torch.no_grad():
        for layer in model.layers:
            layer.weight.fill_(1.0)
            layer.bias.fill_(0.0)
        model.layers[0].weight.fill_(0.5)
    # One example with the logit 3 * 0.5 * (8 - 2) = 9 and the target 0: dl/dz = sigmoid(9), and every unit is active.
    slope = 1 / (1 + math.exp(-9))
    example, target = torch.tensor([[8.0, -2.0]]), torch.tensor([0.0])
    profile = gradient_profile(model, example, target)
    checks.length(
        profile, 2, name="profile", ask="Is there one entry for each layer, including the output layer?"
    )
    for place, entry in enumerate(profile):
        checks.is_number(entry, name=f"profile[{place}]", ask="How is a gradient summed up in one number?")
    checks.that(
        all(parameter.grad is None for parameter in model.parameters()),
        "The probe left something in `.grad` of a parameter.",
        ask="Which call returns gradients without storing them?",
    )
    checks.that(
        abs(profile[0] - 3.0 * slope) > 1e-4,
        f"`profile[0]` is {float(profile[0]):.6g}, the size of a mean in which 8 and -2 cancel.",
        ask="Which comes first, the absolute value or the mean?",
    )
    checks.close(
        profile,
        [5.0 * slope, 3.0 * slope],
        atol=1e-4,
        name="profile",
        ask="Input side first? The weights alone? Does the loss get logits or probabilities?",
    )
    checks.close(
        gradient_profile(model, example.repeat(2, 1), target.repeat(2)),
        profile,
        atol=1e-4,
        name="profile of the same example twice",
        ask="Is the loss a mean over the examples, or their sum?",
    )
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    gradient_profile(model, example, target)
    checks.that(
        all(
            parameter.grad is not None and bool((parameter.grad == 1).all())
            for parameter in model.parameters()
        ),
        "Gradients that were in `.grad` before the probe are gone.",
        ask="Does a measurement need to clear anything?",
    )
    with torch.no_grad():
        model.layers[1].weight.fill_(-1.0)  # now the logit is -9, and dl/dz is small
    checks.close(
        gradient_profile(model, example, target),
        [5.0 * (1 - slope), 3.0 * (1 - slope)],
        atol=1e-7,
        name="profile of a network that is right, whose gradients are small",
        ask="Do you round? Deep networks have gradients of 1e-10.",
    )
    X, y = random_examples(2, 8, seed=2)
    checks.close(
        gradient_profile(model, X, y),
        gradient_profile(model, X, y.unsqueeze(1)),
        atol=1e-6,
        name="profile with y of shape (n,)",
        ask="Which shape does `model(X) - y` have when y is (n,)?",
    )

# %% [markdown]
# **Predict.** A sigmoid network with ten hidden layers: by which factor is the first layer's gradient smaller than the last
# layer's? Work it out from the largest derivative of the sigmoid, and then think about what the weights do to it.
#
# *Your prediction:*

# %% nbgrader={"grade": false, "grade_id": "show-probe", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the profile of a deep sigmoid network
torch.manual_seed(SEED)
X, y = random_examples(10, 64, seed=SEED)
sigmoid_profile = gradient_profile(DeepMLP(10, 10, 10, torch.sigmoid), X, y)
plots.profile_bars(sigmoid_profile, "10 hidden sigmoid layers, PyTorch's starting weights")
print(f"the first layer's gradient is {sigmoid_profile[0] / sigmoid_profile[-1]:.0e} of the last layer's")

# %% [markdown]
# **Think about it.** With a learning rate that suits the last layer, how many steps would the first layer need to
# move as far as the last one does in a single step?
#
# ### BEGIN ANSWER
# About {{a billion == 2e8 < sigmoid_profile[-1] / sigmoid_profile[0] < 5e9}}, if its gradient stayed as it is.
# ### END ANSWER
#
# ## 5. One number for a profile
#
# A savings account that grows from 100 to 121 in two years has grown by the factor 1.21 in all, and by
# $1.21^{1/2} = 1.1$ a year: the *geometric* mean of the yearly factors, since factors multiply. The arithmetic mean
# would be misled by a single large factor.

# %% nbgrader={"grade": false, "grade_id": "show-geometric-mean", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) two means of the same two factors
factors = [1.0, 1.21]
print("arithmetic mean", sum(factors) / 2, "-> after two years", 100 * (sum(factors) / 2) ** 2)
print("geometric mean ", math.prod(factors) ** (1 / 2), "  -> after two years", 100 * math.prod(factors))

# %% [markdown]
# ### Task `decay` (3 points)
#
# *easy · 10 minutes*
#
# Write `decay_per_layer`: the geometric mean of the ratio of each entry of a profile to the next one, nearer the
# output. It says by which factor a gradient changes when it goes back through one layer: below 1 it vanishes, above
# 1 it explodes.
#
# <details><summary>Hint: a product of ratios</summary>
#
# Write out the ratios of three entries and multiply them. What is left?
# </details>


# %% nbgrader={"grade": false, "grade_id": "decay", "locked": false, "schema_version": 3, "solution": true, "task": false}
def decay_per_layer(profile: list[float]) -> float:
    """The factor by which the gradient changes per layer, on its way from the output to the input.

    Args:
        profile: at least two positive numbers, input side first.

    Returns:
        the geometric mean of `profile[k] / profile[k + 1]`.

    Example:
        >>> decay_per_layer([0.25, 0.5, 1.0])
        0.5
    """
    ### BEGIN SOLUTION
    # The ratios multiply to first / last: what is in between cancels.
    return (profile[0] / profile[-1]) ** (1 / (len(profile) - 1))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "decay-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("decay"):
    steady_fall = decay_per_layer([1e-3, 1e-2, 1e-1, 1.0])
    checks.is_number(steady_fall, name="decay_per_layer([1e-3, 1e-2, 1e-1, 1.0])")
    checks.close(
        steady_fall,
        0.1,
        atol=1e-6,
        name="decay_per_layer([1e-3, 1e-2, 1e-1, 1.0])",
        ask="How many steps are there between four entries, and which entry is divided by which?",
    )
    checks.close(
        decay_per_layer([8.0, 1.0, 1.0, 1.0]),
        2.0,
        atol=1e-6,
        name="decay_per_layer([8.0, 1.0, 1.0, 1.0])",
        ask="Is the mean taken of the ratios' sum, or of their product?",
    )

# %% [markdown]
# With this number the three activations can be compared. Each entry of the table is the median over 20 networks with
# PyTorch's default weights.

# %% nbgrader={"grade": false, "grade_id": "show-decay", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your two functions on 180 networks
X, y = random_examples(10, 32, seed=SEED)
print("decay per layer   " + "".join(f"{depth:>4} hidden layers" for depth in (5, 10, 20)))
for name, activation in ACTIVATIONS.items():
    medians = []
    for depth in (5, 10, 20):
        torch.manual_seed(SEED)
        medians.append(
            statistics.median(
                decay_per_layer(gradient_profile(DeepMLP(10, 10, depth, activation), X, y)) for _ in range(20)
            )
        )
    print(f"{name:<18}" + "".join(f"{median:18.3f}" for median in medians))

# %% [markdown]
# **Think about it.** With these weights relu vanishes too, only more slowly. Your answer to `relu-helps` says why.
#
# ## 6. Weights that keep the signal
#
# Take a layer with $n$ inputs, weights of mean 0 and standard deviation $\tau$, and no bias. For a given input $x$
# the summation units have the mean square
#
# $$\mathbb E\, s_j^2 = \tau^2 \sum_{i=1}^{n} x_i^2 = n\, \tau^2 \cdot \overline{x^2},$$
#
# so the signal keeps its size when $\tau = \sqrt{1/n}$: one well-chosen number instead of luck. An example with
# 400 inputs:

# %% nbgrader={"grade": false, "grade_id": "show-variance", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) one layer, three standard deviations
generator = torch.Generator().manual_seed(SEED)
x = torch.randn(400, generator=generator)
for tau in (0.01, 0.05, 0.2):
    s = (tau * torch.randn(2000, 400, generator=generator)) @ x
    ratio = (s**2).mean() / (x**2).mean()
    print(
        f"tau = {tau:<5}  n tau^2 = {400 * tau**2:<5.2f}  mean square of s / mean square of x = {ratio:.2f}"
    )

# %% [markdown]
# Three considerations lead to the usual schemes. Let `fan_in` and `fan_out` be the numbers of inputs and outputs of a
# layer.
#
# - The gradient goes through the same weights the other way, where `fan_out` takes the place of `fan_in`. **Xavier**
#   is the compromise $\tau = \sqrt{2 / (\mathtt{fan\_in} + \mathtt{fan\_out})}$.
# - Relu sets half of the units to zero, and the mean square with them is halved. **He** makes up for it:
#   $\tau = \sqrt{2 / \mathtt{fan\_in}}$.
# - Whether the numbers are normal or uniform hardly matters. What matters is the standard deviation: a uniform number
#   in $[-c, c]$ has $c / \sqrt 3$.
#
# ### Task `initialize` (4 points)
#
# *medium · important · 25 minutes*
#
# Write `initialize`, which gives all linear layers of a model new weights, including the output layer, and sets all biases
# to 0. It changes the parameters in place: a model keeps its parameters, and they get new values, so that an
# optimizer that holds them still works. The same seed gives the same weights.
#
# <details><summary>Hint: new numbers in an old tensor</summary>
#
# The functions of `torch.nn.init` whose names end with an underscore write into the tensor that they are given.
# </details>
# <details><summary>Hint: the same seed</summary>
#
# A `torch.Generator` with its own seed does not disturb other random numbers.
# </details>


# %% nbgrader={"grade": false, "grade_id": "initialize", "locked": false, "schema_version": 3, "solution": true, "task": false}
def initialize(model: nn.Module, scheme: str | float, seed: int) -> None:
    """New weights for every layer of `model.layers`, biases 0, in place.

    Args:
        model: anything with `.layers`, a list of `nn.Linear`.
        scheme: "xavier", "he", or a float, the standard deviation of normal weights in all layers.
        seed: the same seed gives the same weights.

    Example:
        >>> initialize(model, "he", seed=0)
        >>> initialize(model, 0.05, seed=0)
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    for layer in model.layers:
        if scheme == "xavier":
            nn.init.xavier_normal_(layer.weight, generator=generator)
        elif scheme == "he":
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
        else:
            nn.init.normal_(layer.weight, std=scheme, generator=generator)
        nn.init.zeros_(layer.bias)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "initialize-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("initialize"):
    model = DeepMLP(n_inputs=400, width=100, n_hidden=2, activation=torch.relu)
    before = list(model.parameters())
    # Some books call sqrt(1 / fan_in) Xavier's: both count.
    spreads = {"xavier": [(2 / 500) ** 0.5, (1 / 400) ** 0.5], "he": [(2 / 400) ** 0.5], 0.3: [0.3]}
    for scheme, intended in spreads.items():
        initialize(model, scheme, seed=1)
        first = model.layers[0].weight.detach().clone()
        spread = first.std().item()
        # 40,000 numbers: their standard deviation is within 2 % of what they were drawn with.
        checks.close(
            spread / min(intended, key=lambda one: abs(one - spread)),
            1.0,
            atol=0.05,
            name=f"spread of the first layer's weights with {scheme!r}, as a part of the intended one",
            ask="Which size of `weight.shape` is fan_in? Standard deviation, variance or range?",
        )
        for place, layer in enumerate(model.layers):
            checks.that(
                not layer.bias.any(),
                f"A bias of layer {place} is not 0 after {scheme!r}.",
                ask="Is every layer visited?",
            )
        if scheme == 0.3:
            checks.that(
                bool(first.abs().max() > 0.6),
                f"With 0.3 the largest of 40,000 weights is {first.abs().max().item():.2f}; normal ones go further.",
                ask="Which distribution does the task ask for if the scheme is a number?",
            )
        initialize(model, scheme, seed=1)
        checks.close(
            model.layers[0].weight,
            first,
            atol=0.0,
            name=f"the same seed again with {scheme!r}",
            ask="Where does the seed go?",
        )
        initialize(model, scheme, seed=2)
        checks.that(
            not torch.equal(model.layers[0].weight, first),
            f"Another seed gives the same weights with {scheme!r}.",
            ask="Where does the seed go?",
        )
    alike = DeepMLP(n_inputs=4, width=4, n_hidden=3, activation=torch.relu)
    initialize(alike, 0.3, seed=1)
    checks.that(
        not torch.equal(alike.layers[1].weight, alike.layers[2].weight),
        "Two layers of the same size got the same weights.",
        ask="How often do you set the seed?",
    )
    checks.that(
        all(old is new for old, new in zip(before, model.parameters(), strict=True)),
        "The parameters were replaced by others.",
        ask="How do you write new numbers into an existing tensor?",
    )

# %% [markdown]
# **Predict.** For each of the three activations: with which of the four, 0.05, Xavier, He and 0.6, will the profile of 20
# layers be level?
#
# *Your prediction:*

# %% nbgrader={"grade": false, "grade_id": "show-initialize", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) profiles of 20 layers for four ways to initialize
X, y = random_examples(10, 64, seed=SEED)
panels = {}
for name, activation in ACTIVATIONS.items():
    panels[name] = {}
    for scheme in (0.05, "xavier", "he", 0.6):
        model = DeepMLP(10, 32, 20, activation)
        initialize(model, scheme, seed=SEED)
        panels[name][f"std {scheme}" if isinstance(scheme, float) else scheme] = gradient_profile(model, X, y)
plots.profile_panels(panels)

# %% [markdown]
# **Think about it.** In the relu panel every curve is level, even the one that has died and the one that has
# exploded. The gradient of a weight is the product of the signal that comes in and of the error that comes back.
# Which of the two shrinks towards the output, which towards the input, and what happens to their product?
#
# ### BEGIN ANSWER
# With small weights each layer multiplies the signal by some $g < 1$ on its way to the output, and the error by the same $g$ on its way
# back, since a relu network uses the same weights and the same open units both ways. After $k$ of $n$ layers the signal is
# $g^k$, the error $g^{n-k}$, and the product $g^n$ is the same in every layer: level, and tiny.
# ### END ANSWER
#
# **Read on.** [Glorot and Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html) and [He and others
# 2015](https://arxiv.org/abs/1502.01852), whose names the two schemes have; [Saxe and others
# 2014](https://arxiv.org/abs/1312.6120) on orthogonal weights.
#
# ## 7. Thirty layers alive
#
# A level profile is not enough, as you have just seen: it may be level because everything is dead. Require both: the
# first layer's gradient must be within a factor of 100 of the last layer's, *and* of a useful size, between $10^{-5}$
# and $10^3$.
#
# Before you search, look at how a search over a single number can work. The cell below looks for the learning rate that
# leaves the smallest loss after 20 steps on $l(w) = 3 w^2$, by trying a range of values that are spaced evenly in
# their *ratio*:

# %% nbgrader={"grade": false, "grade_id": "show-search", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) a search over a range of ratios


def loss_after_twenty_steps(rate: float) -> float:
    w = 1.0
    for _ in range(20):
        w -= rate * 6 * w
    return 3 * w**2


rates = [0.001 * 1.5**k for k in range(16)]
best = min(rates, key=loss_after_twenty_steps)
print(f"tried {rates[0]:.3g} ... {rates[-1]:.3g}; the best rate is {best:.3g}")

# %% [markdown]
# ### Task `steady` (5 points)
#
# *hard · important · 30 minutes*
#
# Write `steady_std`: a standard deviation for the weights of a `DeepMLP(10, width, 30, activation)` that keeps it
# alive. The grader builds five such networks with normal weights of your standard deviation (biases 0), feeds each 64
# standard normal inputs with random targets, and takes the medians over the five of the first entry of the profile,
# and of its ratio to the last. It asks for relu and tanh, and for widths from 16 to 64.
#
# Search with your own probe, or calculate; both are fine. A few seconds should be enough.
#
# <details><summary>Hint: which numbers to try</summary>
#
# What counts is $n\tau^2$. For which of its values does a layer keep the size of its signal with tanh, and for which with relu?
# </details>
# <details><summary>Hint: one network is not evidence</summary>
#
# A single draw may be lucky. Which number, out of several draws, is not affected by one odd draw?
# </details>


# %% nbgrader={"grade": false, "grade_id": "steady", "locked": false, "schema_version": 3, "solution": true, "task": false}
def steady_std(activation: Callable[[torch.Tensor], torch.Tensor], width: int, seed: int) -> float:
    """A standard deviation of the weights with which thirty hidden layers stay alive.

    Args:
        activation: `torch.relu` or `torch.tanh`.
        width: units of each hidden layer, 16 to 64.
        seed: for whatever you draw.

    Returns:
        the standard deviation, a positive float.

    Example:
        >>> initialize(model, steady_std(torch.tanh, 32, seed=0), seed=0)
    """
    ### BEGIN SOLUTION
    X, y = random_examples(10, 64, seed)
    model = DeepMLP(10, width, 30, activation)
    # The mean square of the summation units grows with width * std^2: what counts is the gain, std * sqrt(width).
    candidates = [gain / math.sqrt(width) for gain in (0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6)]

    def distance_from_target(std: float) -> float:
        """How many powers of ten the profile's two ends are, together, from a gradient of 0.01."""
        sizes = []
        for trial in range(3):
            initialize(model, std, seed + trial)
            profile = gradient_profile(model, X, y)
            sizes.append([math.log10(max(entry, 1e-30)) for entry in (profile[0], profile[-1])])
        first, last = (statistics.median(column) for column in zip(*sizes, strict=True))
        return abs(first + 2) + abs(last + 2)

    return min(candidates, key=distance_from_target)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "steady-tests", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with checks.task("steady"):
    for activation in (torch.relu, torch.tanh):
        std = steady_std(activation, 32, seed=3)
        label = f"steady_std(torch.{activation.__name__}, 32, seed=3)"
        checks.is_number(std, name=label)
        checks.that(std > 0, f"`{label}` is {std}; expected a positive number.")
        firsts, ratios = [], []
        for trial in range(5):
            model = DeepMLP(10, 32, 30, activation)
            initialize(model, std, trial)
            profile = gradient_profile(model, *random_examples(10, 64, seed=trial))
            firsts.append(profile[0])
            ratios.append(profile[0] / max(profile[-1], 1e-30))
        first, ratio = statistics.median(firsts), statistics.median(ratios)
        checks.that(
            1e-5 <= first <= 1e3,
            f"With `{label}` the first entry of the profile is {first:.1e} (median); expected 1e-5 to 1e3.",
            ask="Is the network alive, or has something died or exploded on the way?",
        )
        checks.that(
            1e-2 <= ratio <= 1e2,
            f"With `{label}` the profile's first entry is {ratio:.1e} of its last (medians); expected 0.01 to 100.",
            ask="Does the gradient shrink or grow on its way to the input?",
        )


# %% nbgrader={"grade": false, "grade_id": "show-steady", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) both ends of the profile for many standard deviations
X, y = random_examples(10, 64, seed=SEED)
measured = {}
for name in ("relu", "tanh"):
    stds = [gain / math.sqrt(32) for gain in (0.6, 0.8, 1.0, 1.2, 1.4, 1.7, 2.0, 2.5, 3.0)]
    ends = []
    for std in stds:
        model = DeepMLP(10, 32, 30, ACTIVATIONS[name])
        trials = []
        for trial in range(5):
            initialize(model, std, trial)
            profile = gradient_profile(model, X, y)
            trials.append((profile[0], profile[-1]))
        ends.append(tuple(statistics.median(column) for column in zip(*trials, strict=True)))
    measured[name] = (stds, ends, steady_std(ACTIVATIONS[name], 32, SEED))
plots.steady(measured)

# %% [markdown]
# **Think about it.** For tanh the left and the right panel's curves differ. A large weight lets a gradient grow and
# saturates the units, which shrinks it. Which of the two wins beyond a gain of about 1.5, and why does the last
# layer's gradient stop growing?
#
# ### BEGIN ANSWER
# The weights win: the first layer's gradient goes on growing with the standard deviation, since some units are always near 0,
# where tanh is steep. The last layer's gradient is the signal that comes in, at most 1 with tanh, times the error at the output,
# at most 1 for each example: it cannot grow beyond that.
# ### END ANSWER
#
# **Read on.** [Schoenholz and others 2017](https://arxiv.org/abs/1611.01232): where between order and chaos a deep tanh
# network can be trained.
#
# ## 8. Your figure
#
# In the cell below draw the figure that sums up this notebook: the profile against depth, for the sigmoid, tanh and
# relu.
#
# ### Task `plot` (2 points, a figure, read by your instructor)
#
# *easy · 15 minutes*
#
# Choose one depth of at least 10 hidden layers and one way to initialize, the same for the three activations, or one
# for each activation, and say which in the title or the legend. Use a logarithmic scale for the gradient; label both
# axes; name the curves. Then write, in a comment at the end of the cell, one sentence about what the figure shows.

# %% nbgrader={"grade": true, "grade_id": "plot", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
X, y = random_examples(10, 64, seed=0)
_, drawn = plt.subplots(figsize=(6.4, 4))
for (name, activation), marker in zip(ACTIVATIONS.items(), "osv", strict=True):
    model = DeepMLP(10, 32, 20, activation)
    initialize(model, "xavier", seed=0)
    profile = gradient_profile(model, X, y)
    drawn.semilogy(range(1, len(profile) + 1), profile, marker=marker, markersize=4, label=name)
drawn.set_xticks(range(1, len(profile) + 1, 4))
drawn.set_xlabel("layer (1 = nearest the input)")
drawn.set_ylabel("mean absolute gradient of the weights")
drawn.set_title("20 hidden layers of 32 units, Xavier weights, before training")
drawn.legend(loc="lower right")
plt.show()
# With the same Xavier weights tanh keeps its gradient level, the sigmoid loses most of it on the way to the input,
# and relu is level but small: half of its signal is lost in each layer, which He's factor of 2 makes up for.
#
# **Rubric**
# - 1 point: a right figure: three activations, depth along one axis, the gradient on a log scale.
# - 0.5 points: labels and a legend make it clear without the text.
# - 0.5 points: a sentence that the figure supports.
### END SOLUTION

# %% [markdown]
# ## 9. Does it matter?
#
# Two rings of points, one inside the other, and a network of 30 relu layers that should tell them apart. The two runs
# differ only in their starting weights.

# %% nbgrader={"grade": false, "grade_id": "show-training", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the same network from two starting points
generator = torch.Generator().manual_seed(SEED)
angle = 2 * math.pi * torch.rand(200, generator=generator)
y = (torch.arange(200) % 2).float()
radius = 1 + y + 0.1 * torch.randn(200, generator=generator)
X = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)

histories = {}
for label, scheme in {
    "PyTorch's starting weights": None,
    "your steady_std": steady_std(torch.relu, 32, SEED),
}.items():
    torch.manual_seed(SEED)
    model = DeepMLP(2, 32, 30, torch.relu)
    if scheme is not None:
        initialize(model, scheme, seed=SEED)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-4)
    histories[label] = []
    for _ in range(150):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(X).squeeze(1), y)
        loss.backward()
        optimizer.step()
        histories[label].append(loss.item())
plots.training(histories, chance=math.log(2))

# %% [markdown]
# **Think about it.** What is the loss of a network that gives every example the probability one half? Does
# the upper curve say that training is slow, or that it cannot start?
#
# ### BEGIN ANSWER
# $\ln 2$, {{0.693 == math.log(2)}}, and the upper curve stays there: {{0.693 == histories["PyTorch's starting weights"][-1]}} after 150 epochs,
# when the other is at {{0.00 == histories["your steady_std"][-1]}}. It cannot start: all examples get the same output, and the
# gradient of all layers but the last is far below what a step could use.
# ### END ANSWER
#
# Initialization is one answer to vanishing gradients. Others that you will meet change the network itself: batch
# normalization rescales the signal in each layer, and residual connections add a path on which the product of the
# derivatives is exactly 1.
#
# **Read on.** [Ioffe and Szegedy 2015](https://arxiv.org/abs/1502.03167) on batch normalization, [He and others
# 2016](https://arxiv.org/abs/1512.03385) on residual networks, [Hochreiter and Schmidhuber
# 1997](https://doi.org/10.1162/neco.1997.9.8.1735) on the same path in recurrent networks.
