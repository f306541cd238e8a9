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
# # A thermometer without a unit: gradient descent by hand, then by autograd
#
# Somebody gave you a wall thermometer with neat marks and no unit. For a few weeks you wrote down what it showed, and next to it the
# temperature in degrees Celsius from a thermometer that you trust. Eleven pairs of numbers: what turns one into the other?
#
# Nobody needs deep learning for that. But with two parameters you can see everything that happens in a network of millions: you measure
# a slope, then calculate it, then let PyTorch calculate it, and in the end a small network gets the same readings.
#
# **At the end you will be able to**
#
# - write a model and a loss as two functions, and see the loss as a landscape over the parameters;
# - find the gradient three ways (by differences, by the chain rule, by autograd) and check one against another;
# - write gradient descent by hand, and say why it converges, crawls or blows up;
# - train any `nn.Module` with any optimizer, and watch a validation loss next to the training loss;
# - build a network with named parts, feed it from a `Dataset`, and judge what the extra parameters are worth.
#
# **You need** tensors in PyTorch, derivatives, and the chain rule.
#
# | | |
# |---|---|
# | time | about three and a half hours |
# | points | 32: eight coding tasks (26) and two written ones (6) |
# | computer | any: a GPU does not help with eleven readings |
#
# Work from top to bottom. Each task has a cell to fill in, then public checks that you may run as often as you like. They
# ask about the mistakes that this text warns of. Hidden tests decide the points: they ask the same with other numbers, models and losses, whether "by hand" was by hand, and what must not have changed.
# An untouched task stops with `NotImplementedError`. Cells that begin with a comment *(supplied)* show what you built; there is nothing to change in them.
# Before some figures you are asked for a guess. It is not graded; you remember best what you guessed wrong.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) imports, versions, and one seed for the whole notebook
import math
import platform
from collections import OrderedDict
from collections.abc import Callable

import plots
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset

from course import checks, notebook, sliders, style

SEED = 11
torch.manual_seed(SEED)
notebook.calm()
style.use()
print(f"Python {platform.python_version()}, torch {torch.__version__}")
print(f"device: cpu (nothing here is large enough for another), seed: {SEED}")

# %% nbgrader={"grade": false, "grade_id": "readings", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) eleven readings: t_c in degrees Celsius, t_u in the unknown unit
t_c = torch.tensor([0.5, 14.0, 15.0, 28.0, 11.0, 8.0, 3.0, -4.0, 6.0, 13.0, 21.0])
t_u = torch.tensor([35.7, 55.9, 58.2, 81.9, 56.3, 48.9, 33.9, 21.8, 48.4, 60.4, 68.4])

# %% [markdown]
# ## 1. Look first, then choose a model
#
# Before any model: plot the data. It takes one line, and it shows at once a typing error, a curve, or a reading that does not belong.

# %% nbgrader={"grade": false, "grade_id": "show-readings", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied)
plots.readings(t_u, t_c)

# %% [markdown]
# The points are close to a straight line, not on it: every reading is a little off. So we try the simplest model that could be right,
#
# $$t_p = w\,t_u + b,$$
#
# with a *weight* $w$ (degrees Celsius for each unit of the unknown scale) and a *bias* $b$ (degrees Celsius where the unknown scale shows 0).
# Think of two knobs. To turn them we need one number that says how bad a setting is, the *loss*. Ours is the *mean squared error*,
#
# $$L(w, b) = \frac1n \sum_{i=1}^n \big(t_{p,i} - t_{c,i}\big)^2 .$$
#
# Squares make errors of both signs count, large ones more than small ones, and the loss is smooth at its lowest point.
#
# ### Task `linear-model` (2 points)
#
# *easy · everything below builds on it · 10 minutes*
#
# **A worked example.** How far a car travels while braking grows with the square of its speed, and the mean *absolute* error says how bad a guess is. Both work on whole
# tensors at once, without a loop. `factor` may be a number or a tensor with a single one in it:


# %%
def braking_distance(speed: torch.Tensor, factor: torch.Tensor) -> torch.Tensor:
    """Metres, of the shape of `speed` (metres per second)."""
    return factor * speed**2


def mean_absolute_error(guess: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """The mean over all elements, a tensor of shape ()."""
    return (guess - truth).abs().mean()


speeds, metres = torch.tensor([10.0, 20.0, 30.0]), torch.tensor([8.0, 30.0, 70.0])
guess = braking_distance(speeds, torch.tensor(0.07))
print("guess:", guess, " mean absolute error:", mean_absolute_error(guess, metres))

# %% [markdown]
# Now the line and the squared error. The readings may come as `(n,)` or as a column `(n, 1)`, and the prediction keeps their shape.
# The loss must stay a tensor: a Python float does not remember where it came from, and section 5 needs that memory.


# %% nbgrader={"grade": false, "grade_id": "linear-model", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict(t_u: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Temperatures that the line predicts, of the shape of `t_u`.

    Args:
        t_u: readings, (n,) or (n, 1).
        w, b: weight and bias, each a single number (a tensor of shape ()).

    Example:
        readings [1., 2.] with w = 3 and b = 10 give [13., 16.].
    """
    ### BEGIN SOLUTION
    return w * t_u + b
    ### END SOLUTION


def mse(t_p: torch.Tensor, t_c: torch.Tensor) -> torch.Tensor:
    """The mean of the squared differences over all elements, a tensor of shape ().

    Args:
        t_p, t_c: predicted and true temperatures, of the same shape.

    Example:
        predictions [1., 5.] of the truths [1., 3.] give 2.
    """
    ### BEGIN SOLUTION
    return ((t_p - t_c) ** 2).mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "linear-model-tests", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
with checks.task("linear-model"):
    guess = predict(torch.tensor([1.0, 2.0]), torch.tensor(3.0), torch.tensor(10.0))
    checks.shape(guess, (2,), name="predict(two readings)")
    checks.close(
        guess, [13.0, 16.0], atol=1e-6, name="predict(two readings)", ask="Which knob multiplies, which adds?"
    )
    column = predict(torch.ones(5, 1), torch.tensor(3.0), torch.tensor(10.0))
    checks.shape(column, (5, 1), name="predict(a column)", ask="Does something flatten the readings?")
    loss = mse(torch.tensor([1.0, 5.0]), torch.tensor([1.0, 3.0]))
    checks.is_type(loss, torch.Tensor, name="mse(...)", ask="Does something turn the tensor into a float?")
    checks.shape(loss, (), name="mse(...)", ask="Over what is the mean taken?")
    checks.close(loss, 2.0, atol=1e-6, name="mse(...)", ask="A square or an absolute value, a mean or a sum?")
    loss = mse(torch.tensor([[1.0], [5.0]]), torch.tensor([[1.0], [3.0]]))
    checks.shape(loss, (), name="mse(two columns)", ask="Is the mean taken over all elements?")
    knob = torch.tensor(3.0, requires_grad=True)
    loss = mse(predict(torch.ones(2), knob, torch.tensor(0.0)), torch.zeros(2))
    checks.that(
        loss.requires_grad,
        "The loss does not remember the weight that it was computed from.",
        ask="Does something make a new tensor, or a number, of it on the way?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-linear-model", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) three settings of the knobs; the grey bars are the errors that the loss squares
plots.settings(predict, mse, t_u, t_c, [(1.0, 0.0), (0.5, 0.0), (0.5, -17.0)])

# %% [markdown]
# Every setting $(w, b)$ has a loss, so the loss is a landscape over the plane of the two knobs. Here it is, for the readings divided by ten (the
# reason comes in section 4). Training means: from wherever you are, find the lowest point, without seeing the map.

# %% nbgrader={"grade": false, "grade_id": "show-landscape", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the loss over weight and bias
plots.landscape(lambda w, b: mse(predict(0.1 * t_u, w, b), t_c))

# %% [markdown]
# **Think about it.** The valley is long and leans to one side: a smaller $b$ can compensate for a larger $w$. Why? (Where, along the axis of $t_u$, are the readings?)
#
# ### BEGIN ANSWER
# All readings are to the right of 0, around {{52 == t_u.mean()}}. What the data fix well is the height of the line there. It stays the same if the line is turned about that point: $w$ up by 1 (for readings divided by ten) and $b$ down by {{5.2 == 0.1 * t_u.mean()}}. Along this direction the loss changes slowly; that is the valley.
# ### END ANSWER
#
# *Read on:* Stevens, Antiga and Viehmann, [Deep learning with PyTorch](https://www.manning.com/books/deep-learning-with-pytorch), chapter 5, where this thermometer comes from; [Linear regression](https://d2l.ai/chapter_linear-regression/linear-regression.html) in *Dive into Deep Learning*.

# %% [markdown]
# ## 2. The slope, by trying
#
# To go downhill you need to know how the loss changes when you turn one knob a little. The simplest way is to try. Turn the knob up by $\delta$ and
# look, turn it down by $\delta$ and look, and divide the difference by the distance between the two:
#
# $$\frac{\partial L}{\partial p_j} \approx \frac{L(p + \delta e_j) - L(p - \delta e_j)}{2\delta},$$
#
# where $e_j$ changes parameter $j$ alone. This is the *central difference*. The gradient is the list of these numbers, one for each parameter.
#
# **A worked example.** The slope of $x^3$ at $x = 2$ is 12. Looking up alone (the *forward* difference) is off by about $\tfrac{\delta}{2} f''$, looking both ways by about $\tfrac{\delta^2}{6} f'''$:

# %%
for delta in (1.0, 0.1, 0.01):
    forward = ((2 + delta) ** 3 - 2**3) / delta
    central = ((2 + delta) ** 3 - (2 - delta) ** 3) / (2 * delta)
    print(f"delta {delta:5}: forward {forward:8.4f}   central {central:8.4f}")

# %% [markdown]
# ### Task `numerical-gradient` (3 points)
#
# *medium · important: from here on you can check any gradient · 20 minutes*
#
# `loss` is a function of one tensor that returns a single number. Use it as it is: your function knows nothing about lines and readings. `params` may have any shape; the gradient has the same.
#
# <details><summary>Hint: one parameter at a time</summary>
#
# All parameters but one stay where they are. If you change a copy of `params`, is it a copy? And when you come to the second parameter, what has become of the first?
# </details>
# <details><summary>Hint: any shape</summary>
#
# What does `tensor.flatten()` or `tensor.reshape(-1)` give for a matrix, and how do you get back to the shape that you had?
# </details>


# %% nbgrader={"grade": false, "grade_id": "numerical-gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def numerical_gradient(
    loss: Callable[[torch.Tensor], torch.Tensor], params: torch.Tensor, delta: float = 1e-1
) -> torch.Tensor:
    """The gradient of `loss` at `params` by central differences.

    Args:
        loss: takes a tensor like `params`, returns a tensor of shape ().
        params: of any shape; it is not changed.
        delta: how far each parameter is moved up, and down.

    Returns:
        A tensor of the shape of `params`: entry j is (loss with p_j + delta - loss with p_j - delta) / (2 delta).

    Example:
        the loss `lambda p: (p ** 2).sum()` at [3., -1.] gives [6., -2.].
    """
    ### BEGIN SOLUTION
    gradient = torch.zeros(params.numel())
    for j in range(params.numel()):
        step = torch.zeros(params.numel())
        step[j] = delta
        step = step.reshape(params.shape)
        gradient[j] = (loss(params + step) - loss(params - step)) / (2 * delta)
    return gradient.reshape(params.shape)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "numerical-gradient-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("numerical-gradient"):
    start = torch.tensor([3.0, -1.0])
    slope = numerical_gradient(lambda p: (p**2).sum(), start)
    checks.is_type(slope, torch.Tensor, name="the gradient of p0² + p1²")
    checks.shape(slope, (2,), name="the gradient of p0² + p1²", ask="One number for each parameter?")
    checks.close(
        slope,
        [6.0, -2.0],
        atol=1e-3,
        name="the gradient of p0² + p1²",
        ask="Do you look to both sides, and how far apart are the two places?",
    )
    mixed = numerical_gradient(lambda p: p[0] * p[1], start)
    checks.close(
        mixed,
        [-1.0, 3.0],
        atol=1e-3,
        name="the gradient of p0 p1",
        ask="Is the first parameter back in its place when the second is moved?",
    )
    checks.close(start, [3.0, -1.0], atol=1e-6, name="`params` after the call", ask="Copy, or another name?")
    cubic = numerical_gradient(lambda p: (p**3).sum(), torch.tensor([2.0]), delta=1.0)
    checks.close(
        cubic, [13.0], atol=1e-3, name="the gradient of p³ at 2 with delta = 1", ask="Do you use `delta`?"
    )
    cubic = numerical_gradient(lambda p: (p**3).sum(), torch.tensor([2.0]))
    checks.close(
        cubic,
        [12.01],
        atol=3e-3,
        name="the gradient of p³ at 2 without `delta`",
        ask="How far does the signature go where no delta is given?",
    )
    matrix = numerical_gradient(lambda p: (p[0] * p[1]).sum(), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    checks.shape(matrix, (2, 2), name="the gradient at a matrix", ask="Which shape does the gradient have?")
    checks.close(matrix, [[3.0, 4.0], [1.0, 2.0]], atol=1e-2, name="the gradient at a matrix")


# %% nbgrader={"grade": false, "grade_id": "show-numerical-gradient", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) what the two ways of looking measure, along the weight, and your gradient on the readings at w = 1, b = 0
def raw_loss(p: torch.Tensor) -> torch.Tensor:
    return mse(predict(t_u, p[0], p[1]), t_c)


plots.secants()
at_start = numerical_gradient(raw_loss, torch.tensor([1.0, 0.0]))
print("your gradient at (1, 0):", at_start)

# %% [markdown]
# The first number is {{55 == at_start[0] / at_start[1]}} times the second. Remember that: it causes trouble in section 4.
#
# Two traps that many notebooks fall into. First: someone measures $\partial L/\partial w$, moves $w$, and *then* measures $\partial L/\partial b$, at a place where they no longer are. From (1, 0), with a rate of 0.01,
# that leads to $b = {{46 == -0.01 * plots.slope_of_bias(t_u, t_c, 1 - 0.01 * at_start[0], 0.0)}}$ rather than ${{−0.83 == -0.01 * at_start[1]}}$. Measure everything, then move. Second: the slope holds where it was measured; after each step it must be measured again.
#
# **Think about it.** One gradient takes two evaluations of the loss for each parameter. How many is that for a network of a million parameters? And why does a smaller
# $\delta$ not always give a better answer, with numbers of seven digits?
#
# ### BEGIN ANSWER
# Two million evaluations, for a single step. And the difference of two nearly equal numbers has few correct digits: with seven digits in each, a loss of 1764 is known to about 0.0001. Divided by $2\delta = 0.0002$, the error is 0.5. A large $\delta$ errs because the curve bends, a small one because digits are lost, and the best is in between.
# ### END ANSWER
#
# *Read on:* [Numerical differentiation](https://en.wikipedia.org/wiki/Numerical_differentiation), with the rule for choosing $\delta$; [gradcheck](https://pytorch.org/docs/stable/notes/gradcheck.html), which does this check for you.

# %% [markdown]
# ## 3. The slope, by calculation
#
# The chain rule gives the same slope exactly, and for the price of one evaluation. A knob moves the prediction, the prediction moves the loss:
#
# $$\frac{\partial L}{\partial w} = \sum_i \frac{\partial L}{\partial t_{p,i}}\,\frac{\partial t_{p,i}}{\partial w}, \qquad
# \frac{\partial L}{\partial b} = \sum_i \frac{\partial L}{\partial t_{p,i}}\,\frac{\partial t_{p,i}}{\partial b}.$$
#
# The first factor belongs to the loss alone and the second to the model alone. That is why, later, every loss can be combined with every model.
#
# **A worked example.** The braking distance $d_i = k\,v_i^2$ has one parameter. For the mean squared error,
# $\partial L/\partial d_i = \tfrac2n (d_i - y_i)$ and $\partial d_i/\partial k = v_i^2$:

# %%
k = torch.tensor(0.06)
error = braking_distance(speeds, k) - metres
d_loss = 2 * error / len(metres)  # one number for each measurement
d_model = speeds**2
by_chain_rule = (d_loss * d_model).sum()
up, down = ((((k + s) * speeds**2 - metres) ** 2).mean() for s in (1e-3, -1e-3))
print(f"chain rule {by_chain_rule:.2f}, central difference {(up - down) / 2e-3:.2f}")

# %% [markdown]
# ### Task `analytic-gradient` (3 points)
#
# *medium · important · 15 minutes*
#
# Work out both derivatives for the line on paper, then write them down. *By hand* means, here and everywhere: no autograd, no optimizer. Nor is it a difference of two
# losses: the result must be exact even when the loss is so large that differences get lost in rounding.


# %% nbgrader={"grade": false, "grade_id": "analytic-gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient(t_u: torch.Tensor, t_c: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The gradient of the mean squared error of the line, by hand.

    Args:
        t_u, t_c: readings and true temperatures, (n,).
        w, b: weight and bias, tensors of shape ().

    Returns:
        A tensor of shape (2,): [dL/dw, dL/db].

    Example:
        one reading t_u = [2.] with t_c = [1.], at w = 1 and b = 0, gives [4., 2.].
    """
    ### BEGIN SOLUTION
    d_loss = 2 * (predict(t_u, w, b) - t_c) / len(t_u)
    return torch.stack([(d_loss * t_u).sum(), d_loss.sum()])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "analytic-gradient-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("analytic-gradient"):
    one, zero = torch.tensor(1.0), torch.tensor(0.0)
    got = gradient(torch.tensor([2.0]), torch.tensor([1.0]), one, zero)
    checks.is_type(got, torch.Tensor, name="gradient(one reading)")
    checks.shape(got, (2,), name="gradient(one reading)", ask="How do two numbers become one tensor?")
    checks.close(
        got,
        [4.0, 2.0],
        atol=1e-5,
        name="gradient(one reading)",
        ask="Which sign does the error have, which factor comes from the square, and what does the inner derivative give?",
    )
    got = gradient(t_u, t_c, one, zero)

    def line_loss(p: torch.Tensor) -> torch.Tensor:
        return ((p[0] * t_u + p[1] - t_c) ** 2).mean()

    measured = [
        (line_loss(torch.tensor(up)) - line_loss(torch.tensor(down))) / 2
        for up, down in (([2.0, 0.0], [0.0, 0.0]), ([1.0, 1.0], [1.0, -1.0]))
    ]
    checks.close(
        got / torch.tensor(measured),
        [1.0, 1.0],
        atol=1e-3,
        name="gradient(the readings) over the central difference",
        ask="A sum or a mean over the readings?",
    )
    knobs = torch.tensor(
        [3e5, -2e5], requires_grad=True
    )  # the loss is so large that differences are rounded away
    line_loss(knobs).backward()
    got = gradient(t_u, t_c, *knobs.detach())
    checks.close(
        got / knobs.grad,
        [1.0, 1.0],
        atol=1e-4,
        name="gradient(the readings) far from the valley, over autograd's",
        ask="Is it a derivative, or a difference of two losses?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-analytic-gradient", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the direction against your gradient, at many places of the landscape
drawn_angle = plots.slopes(
    lambda w, b: mse(predict(0.1 * t_u, w, b), t_c), lambda w, b: gradient(0.1 * t_u, t_c, w, b)
)
print("at (1, 0), raw readings:       ", gradient(t_u, t_c, torch.tensor(1.0), torch.tensor(0.0)))
print("at (1, 0), divided by ten:     ", gradient(0.1 * t_u, t_c, torch.tensor(1.0), torch.tensor(0.0)))

# %% [markdown]
# **Think about it.** The arrows are at right angles to the contour lines ({{90 == drawn_angle}}° in the figure, whose axes are equally long), and most of them point *across* the valley, not along it. What does that mean if you follow them?
#
# ### BEGIN ANSWER
# You go down into the valley quickly and then along it slowly, because there the steep direction is still across. If the steps are too long, you jump from one side of the valley to the other while hardly moving along it. The gradient knows the steepest way down, not the way to the lowest point.
# ### END ANSWER
#
# *Read on:* [The matrix calculus you need for deep learning](https://arxiv.org/abs/1802.01528) by Parr and Howard.

# %% [markdown]
# ## 4. Gradient descent
#
# Now go downhill: measure the gradient, take a step against it, and again.
#
# $$p \leftarrow p - \eta\,\nabla L(p)$$
#
# $\eta$ is the *learning rate*, and one pass over all the readings is an *epoch*. **A worked example**, with one parameter, on $L(p) = (p - 3)^2$. Watch when each loss is written down:

# %%
for rate in (0.1, 0.9, 1.1):
    p, seen = 0.0, []
    for _ in range(6):
        seen.append((p - 3) ** 2)  # before the update
        p = p - rate * 2 * (p - 3)
    print(f"rate {rate}: losses {[round(value, 2) for value in seen]}, p ends at {p:.2f}")

# %% [markdown]
# Here each step multiplies the distance to the lowest point by $1 - 2\eta$: 0.8, then −0.8, then −1.2. The first two runs have the same losses, yet one walks
# down a slope and the other jumps back and forth across the lowest point. The third jumps further and further: it *diverges*.
#
# ### Task `descent` (4 points)
#
# *medium · the heart of this notebook · 30 minutes*
#
# Write the loop with your own gradient, by hand, in float32 throughout. Return the parameters after the last update, and the loss *before* each update, as Python floats. If a loss is not finite (infinite or NaN), training is over:
# it is the last entry of the list, and the function returns. The tensor that was passed as `params` must not change.
#
# <details><summary>Hint: the tensor that was passed in</summary>
#
# What is the difference between `params = params - step` and `params -= step` for the caller of your function?
# </details>
# <details><summary>Hint: finite or not</summary>
#
# `math.isfinite` asks a float, `torch.isfinite` a tensor. What does `inf - inf` give, and would a test for infinity alone see it?
# </details>


# %% nbgrader={"grade": false, "grade_id": "descent", "locked": false, "schema_version": 3, "solution": true, "task": false}
def descend(
    t_u: torch.Tensor, t_c: torch.Tensor, params: torch.Tensor, learning_rate: float, n_epochs: int
) -> tuple[torch.Tensor, list[float]]:
    """Gradient descent on the mean squared error of the line, by hand.

    Args:
        t_u, t_c: readings and true temperatures, (n,).
        params: where to start, a tensor [w, b]; it is not changed.
        learning_rate: the step is -learning_rate times the gradient.
        n_epochs: the number of updates.

    Returns:
        params: the tensor [w, b] after the last update.
        losses: floats, entry i the loss before update i; it ends early with the first loss that is not finite.

    Example:
        from [1., 0.] on the readings, the first loss is 1763.88.
    """
    ### BEGIN SOLUTION
    losses = []
    for _ in range(n_epochs):
        w, b = params
        losses.append(mse(predict(t_u, w, b), t_c).item())
        if not math.isfinite(losses[-1]):
            break
        params = params - learning_rate * gradient(t_u, t_c, w, b)
    return params, losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "descent-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("descent"):
    start = torch.tensor([1.0, 0.0])
    end, losses = descend(0.1 * t_u, t_c, start, 1e-2, 2)
    checks.length(losses, 2, name="losses of two epochs", ask="One for each update, and none after the last?")
    checks.is_number(losses[0], name="losses[0]")
    checks.close(
        losses[0], 80.3643, atol=1e-2, name="losses[0], divided by ten", ask="Before or after the update?"
    )
    checks.is_type(end, torch.Tensor, name="params")
    checks.shape(end, (2,), name="params")
    checks.close(
        end,
        [2.0848, 0.1303],
        atol=1e-3,
        name="params after two epochs, divided by ten",
        ask="Is the step against the gradient? Are both slopes measured before either moves, and again in the second epoch?",
    )
    checks.close(start, [1.0, 0.0], atol=0, name="the tensor passed in", ask="Is something changed in place?")
    end, _ = descend(0.1 * t_u, t_c, start, 5e-3, 1)
    checks.close(
        end,
        [1.3881, 0.0532],
        atol=1e-3,
        name="params after one epoch at half the rate",
        ask="Whose learning rate is it?",
    )
    _, losses = descend(t_u, t_c, start, 1e-2, 50)
    checks.that(
        not math.isfinite(losses[-1]) and all(math.isfinite(loss) for loss in losses[:-1]),
        f"A training that diverges should end with its first loss that is not finite; yours has {len(losses)} losses and ends with {losses[-1]:.3g}.",
        ask="Where in the loop do you look at the loss?",
    )

# %% [markdown]
# **Guess first.** The next cell runs your descent three times: on the raw readings at rates of 0.01 and 0.0001, and on the readings divided by ten at 0.01. Which of the runs has the smallest loss after 100 epochs, and what do the other two do?

# %%
guess = ""  # one sentence

# %% nbgrader={"grade": false, "grade_id": "show-descent", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the same loop three times
start = torch.tensor([1.0, 0.0])
runs = {
    "raw readings, rate 1e-2": descend(t_u, t_c, start, 1e-2, 100),
    "raw readings, rate 1e-4": descend(t_u, t_c, start, 1e-4, 100),
    "divided by ten, rate 1e-2": descend(0.1 * t_u, t_c, start, 1e-2, 100),
}
plots.losses({label: losses for label, (_, losses) in runs.items()})
for label, (end, losses) in runs.items():
    print(f"{label}: {len(losses)} losses, the last {losses[-1]:.4g}, w = {end[0]:.4g}, b = {end[1]:.4g}")

# %% [markdown]
# Now turn the knobs of the training itself. First the rate, on readings divided by ten; then what the readings are divided by, at a rate of 0.01. Where is the border between converging and blowing up, and how do you see that you are close to it?

# %% nbgrader={"grade": false, "grade_id": "show-rates", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your descent at a rate of your choice, readings divided by ten
sliders.explore(
    lambda rate: plots.descent(descend, t_u, t_c, rate=rate, divisor=10),
    [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.02, 0.025, 0.03, 0.032, 0.033, 0.034, 0.036, 0.05],
    label="rate",
    shown=[0.01, 0.034],
)

# %% nbgrader={"grade": false, "grade_id": "show-scaling", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your descent on readings divided by a number of your choice, at a rate of 0.01
sliders.explore(
    lambda divisor: plots.descent(descend, t_u, t_c, rate=0.01, divisor=divisor),
    [1, 2, 3, 4, 5, 5.25, 5.5, 6, 7, 8, 10, 20, 50],
    label="readings divided by",
    shown=[5.25, 20],
)

# %% nbgrader={"grade": false, "grade_id": "show-path", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) readings divided by ten: where 5,000 epochs lead, and the way there
start, way = torch.tensor([1.0, 0.0]), [torch.tensor([1.0, 0.0])]
for _ in range(50):
    way.append(descend(0.1 * t_u, t_c, way[-1], 1e-2, 100)[0])
plots.landscape(lambda w, b: mse(predict(0.1 * t_u, w, b), t_c), path=torch.stack(way))
loss = mse(predict(0.1 * t_u, *way[-1]), t_c)
print(f"after 5,000 epochs: w = {way[-1][0]:.4f}, b = {way[-1][1]:.4f}, loss {loss:.4f}")
plots.fit(predict, way[-1], t_u, t_c)

# %% [markdown]
# **What unit is it?** On $0.1\,t_u$ the descent ends near $w = {{5.37 == way[-1][0]}}$, $b = {{−17.30 == way[-1][1]}}$; the exact lowest point (least squares) is {{5.3677 == plots.exact(t_u, t_c)[0]}}, {{−17.3048 == plots.exact(t_u, t_c)[1]}}. Per unit of the thermometer that is {{0.537 == plots.exact(t_u, t_c)[0] / 10}} °C, and the line
# passes 0 °C at a reading of about {{32 == -10 * plots.exact(t_u, t_c)[1] / plots.exact(t_u, t_c)[0]}}. You may have recognised it: degrees Fahrenheit, with $t_c = \tfrac59 (t_u - 32)$, or $w = 5.5556$, $b = -17.7778$ on $0.1\,t_u$.
#
# Why then is the fit not exactly that? Because it answers a different question. The true conversion is a fact about scales; the fit is the line with the smallest loss *on these eleven pairs*,
# and each of them is off by almost 2 °C (the standard deviation around the line is {{1.9 == plots.noise(t_u, t_c)}} °C). The true line has the *larger* loss on them, {{3.27 == mse(predict(0.1 * t_u, torch.tensor(50 / 9), torch.tensor(-160 / 9)), t_c)}} against {{2.93 == loss}}. Eleven such readings cannot fix the slope better than to about
# ±{{0.36 == plots.standard_errors(t_u, t_c)[0]}}, nor the bias better than to ±{{1.9 == plots.standard_errors(t_u, t_c)[1]}} (one standard error each): the truth is well within that. Noise in $t_u$ itself, moreover, makes a fitted line flatter than the truth, as it is here. A fit that hit 5.5556 to four digits would be luck, or a sign that someone cheated.
#
# **Think about it.** After 100 epochs at the small rate on the raw readings, the loss has settled at {{29 == runs["raw readings, rate 1e-4"][1][-1]}} and hardly moves. Has the training converged?
#
# ### BEGIN ANSWER
# No. The lowest loss is {{2.93 == loss}}. The weight has found its best value for the present bias, and from there on the bias creeps: it is at {{−0.04 == runs["raw readings, rate 1e-4"][0][1]}} of the −17 it has to go. "Hardly moves" tells you about the rate; a small gradient in *each* direction, compared with what is asked for, would tell you about the minimum.
# ### END ANSWER
#
# *Read on:* [Goh (2017), Why momentum really works](https://distill.pub/2017/momentum/), whose first figures are this valley with sliders; [Gradient descent](https://d2l.ai/chapter_optimization/gd.html) in *Dive into Deep Learning*.

# %% [markdown] nbgrader={"grade": true, "grade_id": "why-diverge", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### Task `why-diverge` (3 points, written)
#
# *medium · important · 15 minutes*
#
# In five to eight sentences: why does a learning rate of 1e-2 blow up on the raw readings and not on `0.1 * t_u`? Why does 1e-4, which is stable, not solve the problem?
# Use what you saw: the two entries of the gradient at (1, 0), and what happens to a step in one dimension (the worked example of this section).
#
# ### BEGIN SOLUTION
# **Model answer.** The loss is a quadratic bowl. Along a direction in which its second derivative is $\lambda$, an update multiplies the distance from the lowest point by $1 - \eta\lambda$, so
# descent is stable only where $|1 - \eta\lambda| < 1$, that is for $\eta < 2/\lambda$. Here the steep direction is nearly that of $w$, with $\lambda \approx 2\,\overline{t_u^2} \approx$ {{5,880 == plots.curvatures(t_u)[1]}} for the raw readings: the limit is
# ${{3.4 == 1e4 * 2 / plots.curvatures(t_u)[1]}}\cdot10^{-4}$, and $10^{-2}$ is thirty times too large. Each step jumps over the valley and lands about {{58 == 0.01 * plots.curvatures(t_u)[1] - 1}} times as far away on the other side, where the gradient is that many times as large; after {{ten == len(runs["raw readings, rate 1e-2"][1]) == 11}} updates float32 overflows. Dividing the readings
# by ten divides $\partial L/\partial w$ at the same prediction by ten, and this second derivative by a hundred: the limit becomes {{0.033 == 2 / plots.curvatures(0.1 * t_u)[1]}}, above $10^{-2}$. At (1, 0) the gradient is ({{4517 == at_start[0]}}, {{82.6 == at_start[1]}}) on the raw readings, the two entries differ by a factor of about {{55 == at_start[0] / at_start[1]}}, and
# one learning rate has to serve both: $10^{-4}$ is small enough for $w$, but then $b$ moves by hardly anything in each epoch (after 100 epochs it is at {{−0.04 == runs["raw readings, rate 1e-4"][0][1]}} of the −17 it has to go). The number that says how unequal the directions are, the
# condition number, falls from about {{33,600 == plots.curvatures(t_u)[1] / plots.curvatures(t_u)[0]}} to {{357 == plots.curvatures(0.1 * t_u)[1] / plots.curvatures(0.1 * t_u)[0]}} by the scaling, and with it the number of epochs that are needed.
#
# **Rubric**
# - 1 point: the mechanism: steps that overshoot the lowest point and grow, because the step is learning rate times a gradient (curvature) that is large along $w$; a stability limit like $2/\lambda$ or a factor like $1-\eta\lambda$ in words is enough.
# - 1 point: what scaling does: the inputs enter the gradient of $w$ once and the curvature twice, so dividing by ten lowers the latter by a hundred and lifts the limit above 1e-2. "The numbers are smaller" alone gives half a point.
# - 1 point: 1e-4: stable, yet $b$ (the flat direction) hardly moves; one rate for two directions of very different steepness (the gradient's entries differ by a factor of about 50).
# ### END SOLUTION

# %% [markdown]
# ## 5. Letting PyTorch differentiate
#
# Your gradient was three lines, for a line. For a network of ten layers it would be pages. But a computer that has carried out every step forwards can apply the chain rule to each of them
# backwards: *autograd*. A tensor created with `requires_grad=True` is a *leaf* that PyTorch tracks. Whatever is computed from it remembers how, and `loss.backward()` follows that record back and adds $\partial L/\partial\,\text{leaf}$ to the leaf's `.grad`.
#
# **A worked example**, with five things that everybody gets wrong once:

# %%
k = torch.tensor(0.06, requires_grad=True)
print("1. before backward, .grad is", k.grad)
((k * speeds**2 - metres) ** 2).mean().backward()
print(f"2. after it, {k.grad:.2f}; by the chain rule above, {by_chain_rule:.2f}")
((k * speeds**2 - metres) ** 2).mean().backward()
print(f"3. after a second one, {k.grad:.2f}: backward adds to what is there")
k.grad.zero_()
((k * speeds**2 - metres) ** 2).mean().backward()
with torch.no_grad():  # 4. the update is not part of the model: never differentiate through it
    k -= 1e-6 * k.grad
print(f"4. after an update, k = {k.item():.4f}, and it is still tracked: {k.requires_grad}")
distance = k * speeds**2
distance.retain_grad()  # 5. an intermediate result has no .grad unless you ask for it
((distance - metres) ** 2).mean().backward()
print(f"5. the gradient with respect to each distance: {distance.grad.tolist()}")

# %% [markdown]
# ### Task `autograd-descent` (4 points)
#
# *medium · important · 25 minutes*
#
# The same descent, with the same arguments and the same results, but the gradient comes from `loss.backward()`. `params` is a plain tensor, as before, and must not change; the returned one may require a gradient or not.
#
# <details><summary>Hint: a leaf of your own</summary>
#
# Do not make PyTorch track the caller's tensor: that changes it. `detach`, `clone` and `requires_grad_` each do one thing. In which order do they give you a new leaf?
# </details>
# <details><summary>Hint: the first step is right, the second is not</summary>
#
# Look at line 3 of the worked example.
# </details>


# %% nbgrader={"grade": false, "grade_id": "autograd-descent", "locked": false, "schema_version": 3, "solution": true, "task": false}
def descend_autograd(
    t_u: torch.Tensor, t_c: torch.Tensor, params: torch.Tensor, learning_rate: float, n_epochs: int
) -> tuple[torch.Tensor, list[float]]:
    """Gradient descent on the mean squared error of the line, with gradients from `loss.backward()`.

    Args, returns and the end at a loss that is not finite: as for `descend`.

    Example:
        from [1., 0.] on `0.1 * t_u` at a rate of 0.01, one epoch leads to [1.7761, 0.1064].
    """
    ### BEGIN SOLUTION
    params = params.detach().clone().requires_grad_()
    losses = []
    for _ in range(n_epochs):
        loss = mse(predict(t_u, *params), t_c)
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
        params.grad = None
        loss.backward()
        with torch.no_grad():
            params -= learning_rate * params.grad
    return params, losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "autograd-descent-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("autograd-descent"):
    start = torch.tensor([1.0, 0.0])
    end, losses = descend_autograd(0.1 * t_u, t_c, start, 1e-2, 1)
    checks.length(losses, 1, name="losses of one epoch")
    checks.is_type(end, torch.Tensor, name="params")
    checks.close(losses[0], 80.3643, atol=1e-2, name="losses[0], divided by ten")
    checks.close(
        end, [1.7761, 0.1064], atol=1e-3, name="params after one epoch", ask="Which line takes the step?"
    )
    checks.close(start, [1.0, 0.0], atol=0, name="the tensor passed in", ask="Is something changed in place?")
    checks.that(
        not start.requires_grad and start.grad is None,
        "The tensor passed in requires a gradient now.",
        ask="Which tensor did you make a leaf?",
    )
    end, losses = descend_autograd(0.1 * t_u, t_c, start, 1e-2, 2)
    checks.close(
        end,
        [2.0848, 0.1303],
        atol=1e-3,
        name="params after two epochs",
        ask="How many updates were made, and what is still in `.grad`?",
    )
    _, losses = descend_autograd(t_u, t_c, start, 1e-2, 50)
    checks.that(
        not math.isfinite(losses[-1]) and all(math.isfinite(loss) for loss in losses[:-1]),
        "A training that diverges should end with its first loss that is not finite; yours does not.",
        ask="Is the check the same as in `descend`?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-autograd-descent", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) by hand and by autograd: do the losses agree?
start = torch.tensor([1.0, 0.0])
by_hand, by_autograd = (f(0.1 * t_u, t_c, start, 1e-2, 500) for f in (descend, descend_autograd))
plots.losses({"by hand": by_hand[1], "by autograd": by_autograd[1]})
print(
    "furthest apart in 500 epochs:", max(abs(x - y) for x, y in zip(by_hand[1], by_autograd[1], strict=True))
)

# %% [markdown]
# **Think about it.** `loss.item()` puts a float on the list. What would stay in memory if `loss` itself were put there, epoch after epoch?
#
# ### BEGIN ANSWER
# The record of the whole forward pass, with every intermediate tensor, for each epoch: `loss` remembers how it was computed. `backward` frees most of that, and the nodes of the graph stay. Without `backward`, as in a validation without `no_grad`, everything stays, and the memory is full after some epochs.
# ### END ANSWER
#
# *Read on:* [A gentle introduction to torch.autograd](https://pytorch.org/tutorials/beginner/blitz/autograd_tutorial.html); [Baydin and others (2018), Automatic differentiation in machine learning: a survey](https://arxiv.org/abs/1502.05767).

# %% [markdown]
# ## 6. Optimizers, models, and a validation set
#
# The update is also always the same, so PyTorch provides it. An *optimizer* receives the parameters once. `optimizer.step()` then reads each `.grad` and moves each parameter; `optimizer.zero_grad()` clears the gradients.
# You can exchange the update rule: `SGD` is the one you wrote; `Adam` gives every parameter its own step size, so it does not matter that the two entries of our gradient differ by a factor of fifty:

# %% nbgrader={"grade": false, "grade_id": "show-optimizers", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the worked example of this section: two parameters and two update rules
for name, kind, readings, rate, n_epochs in (
    ("SGD on 0.1 * t_u", torch.optim.SGD, 0.1 * t_u, 1e-2, 300),
    ("Adam on raw t_u", torch.optim.Adam, t_u, 1e-1, 300),
):
    knobs = torch.tensor([1.0, 0.0], requires_grad=True)
    optimizer = kind([knobs], lr=rate)
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = ((knobs[0] * readings + knobs[1] - t_c) ** 2).mean()
        loss.backward()
        optimizer.step()
    print(
        f"{name}: loss {loss.item():.3f} after {n_epochs} epochs, w and b {[round(p, 3) for p in knobs.tolist()]}"
    )

# %% [markdown]
# Neither has converged after 300 epochs, but Adam got about as far without any scaling.
#
# The model gets a standard form, too. `nn.Linear(1, 1)` is our line; it holds its own `weight` and `bias`, and `model.parameters()` passes them to the optimizer. It expects a *batch*: rows are
# readings, columns are features, so our readings become columns `(11, 1)` with `unsqueeze(1)`. The targets too! A prediction `(11, 1)` minus a target `(11,)` is broadcast to
# an `(11, 11)` table of *every* prediction against *every* target, and its mean square is smallest where $w = 0$ and every prediction is the average temperature. Nothing fails; the model just learns the wrong thing.
#
# Finally, a fair measure. A model can fit the readings that it sees and fail on others. So keep some of them away from training, the *validation set*, and only look at their loss.

# %% nbgrader={"grade": false, "grade_id": "split", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) columns, divided by ten, and a random split: nine readings for training, two for validation
inputs, targets = 0.1 * t_u.unsqueeze(1), t_c.unsqueeze(1)
order = torch.randperm(len(inputs), generator=torch.Generator().manual_seed(SEED))
train_set = inputs[order[:-2]], targets[order[:-2]]
val_set = inputs[order[-2:]], targets[order[-2:]]
print("training:", tuple(train_set[0].shape), " validation:", tuple(val_set[0].shape))

# %% [markdown]
# ### Task `optimizer` (4 points)
#
# *medium · important: you will write this loop again and again · 30 minutes*
#
# Write the loop for any model, optimizer and loss function. In each epoch write down the training loss before the update, and the validation loss too; then update, on the training set alone. (The validation loss after the update is accepted as well.)
# Looking at the validation set must leave no trace: no parameter moves because of it, and no graph is built, since it will not be differentiated.
#
# <details><summary>Hint: no graph</summary>
#
# Inside `with torch.no_grad():` nothing is remembered. Which of your lines belong there, and which must not?
# </details>


# %% nbgrader={"grade": false, "grade_id": "optimizer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    train_set: tuple[torch.Tensor, torch.Tensor],
    val_set: tuple[torch.Tensor, torch.Tensor],
    n_epochs: int,
) -> dict[str, list[float]]:
    """Full-batch training of `model`, in place, with a look at the validation set in each epoch.

    Args:
        model: maps inputs (n, d) to predictions of the shape of the targets.
        optimizer: holds the model's parameters; one step an epoch.
        loss_fn: loss_fn(predictions, targets) is a tensor of shape ().
        train_set, val_set: pairs (inputs, targets).

    Returns:
        {"train": [...], "val": [...]}: floats, entry i taken before update i.

    Example:
        with a learning rate of 0 all numbers of a list are the same.
    """
    ### BEGIN SOLUTION
    history = {"train": [], "val": []}
    for _ in range(n_epochs):
        loss = loss_fn(model(train_set[0]), train_set[1])
        with torch.no_grad():
            val_loss = loss_fn(model(val_set[0]), val_set[1])
        history["train"].append(loss.item())
        history["val"].append(val_loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "optimizer-tests", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with checks.task("optimizer"):
    line = nn.Linear(1, 1)
    nn.init.ones_(line.weight)
    nn.init.zeros_(line.bias)
    sgd = torch.optim.SGD(line.parameters(), lr=1e-2)
    history = train(line, sgd, nn.MSELoss(), (inputs, targets), (torch.ones(1, 1), torch.ones(1, 1)), 2)
    checks.that(
        isinstance(history, dict) and sorted(history) == ["train", "val"],
        "The result should be a dict with the keys train and val.",
    )
    checks.length(history["train"], 2, name='history["train"]')
    checks.length(history["val"], 2, name='history["val"]')
    checks.close(
        history["train"][0],
        80.3643,
        atol=1e-2,
        name='history["train"][0]',
        ask="Before the update? Do predictions and targets have the same shape?",
    )
    checks.close(
        [line.weight.item(), line.bias.item()],
        [2.0848, 0.1303],
        atol=1e-3,
        name="weight and bias after two epochs",
        ask="Are gradients cleared, and does only the training loss move the parameters?",
    )
    grad_mode = []

    def note_grad_mode(module: nn.Module, args: tuple[torch.Tensor]) -> None:
        if len(args[0]) == 1:  # the validation set
            grad_mode.append(torch.is_grad_enabled())

    checks.that(
        torch.is_grad_enabled(),
        "After the call gradients are switched off for the whole notebook.",
        ask="What ends the part without gradients?",
    )

    def lopsided(predictions: torch.Tensor, truths: torch.Tensor) -> torch.Tensor:
        """A loss that is not symmetric: it shows which argument came first."""
        return (predictions - 2 * truths).mean()

    still = nn.Linear(1, 1)
    nn.init.ones_(still.weight)
    nn.init.zeros_(still.bias)
    one = torch.ones(1, 1)
    history = train(
        still, torch.optim.SGD(still.parameters(), lr=0.25), lopsided, (3 * one, one), (one, one), 1
    )
    checks.close(
        history["train"],
        [1.0],
        atol=1e-5,
        name='history["train"] with another `loss_fn`',
        ask="Which loss is computed, and which of its arguments are the predictions?",
    )
    checks.that(
        min(abs(history["val"][0] + 1.0), abs(history["val"][0] + 2.0)) < 1e-5,  # before or after the update
        f'history["val"] with another `loss_fn` is {history["val"]}.',
        ask="Which loss is computed, and which of its arguments are the predictions?",
    )
    checks.close(
        [still.weight.item(), still.bias.item()],
        [0.25, -0.25],
        atol=1e-5,
        name="weight and bias after an epoch with another `loss_fn`",
        ask="Which loss is differentiated, and which optimizer takes the step?",
    )
    line.register_forward_pre_hook(note_grad_mode)
    train(line, sgd, nn.MSELoss(), (inputs, targets), (torch.ones(1, 1), torch.ones(1, 1)), 1)
    checks.that(
        len(grad_mode) > 0, "The model has not seen the validation set.", ask="Where does the loss come from?"
    )
    checks.that(
        not any(grad_mode),
        "A graph is built for the validation loss.",
        ask="Which lines belong inside `torch.no_grad()`?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-optimizer", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the line as a module: nine readings to train on, two to watch
torch.manual_seed(SEED)
line = nn.Linear(1, 1)
history = train(line, torch.optim.SGD(line.parameters(), lr=1e-2), nn.MSELoss(), train_set, val_set, 2000)
plots.history(history)
print(f"w = {line.weight.item():.3f}, b = {line.bias.item():.3f}")

# %% [markdown]
# **Think about it.** The loss of the best line on the two hidden readings depends on which two were hidden. The next cell hides each of the 55 possible pairs in turn. What can two readings tell you, and what not?

# %% nbgrader={"grade": false, "grade_id": "show-splits", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) for each of the 55 pairs the validation loss of the line that fits the other nine readings best
pairs = plots.all_splits(inputs, targets)

# %% [markdown]
# ### BEGIN ANSWER
# Very little: the validation loss of the best line is anything between {{1.05 == min(pairs)}} and {{21 == max(pairs)}}, with a mean of {{4.7 == sum(pairs) / len(pairs)}}. One split can show that something is badly wrong; it cannot rank two models that are about equally good. The mean over all splits can: that is *cross-validation*.
# ### END ANSWER
#
# *Read on:* [Cross-validation](https://scikit-learn.org/stable/modules/cross_validation.html) in the manual of scikit-learn; [Kingma and Ba (2015), Adam](https://arxiv.org/abs/1412.6980).

# %% [markdown]
# ## 7. A small network
#
# A line cannot bend. Put a layer of `n_hidden` units in between, each of them a line passed through $\tanh$, and add them up:
#
# $$h_j = \tanh(w_j\,t_u + b_j), \qquad t_p = \sum_j v_j h_j + c .$$
#
# `nn.Sequential` chains modules: the output of one is the input of the next. Its parts can have names, given with an `OrderedDict`, which then appear in the names of the parameters. **A worked example**, with two inputs:

# %%
price_model = nn.Sequential(
    OrderedDict([("features", nn.Linear(2, 5)), ("bend", nn.ReLU()), ("price", nn.Linear(5, 1))])
)
print({name: tuple(parameter.shape) for name, parameter in price_model.named_parameters()})
print("one part by its name:", price_model.bend, " seven flats:", tuple(price_model(torch.rand(7, 2)).shape))

# %% [markdown]
# ### Task `network` (3 points)
#
# *easy · important · 10 minutes*
#
# Build the network for one input and one output, with the parts `hidden_linear`, `hidden_activation` (tanh) and `output_linear`, in this order. Nothing follows the last linear layer: temperatures are not confined to (−1, 1).


# %% nbgrader={"grade": false, "grade_id": "network", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_network(n_hidden: int) -> nn.Sequential:
    """A new network (n, 1) -> (n, 1) with `n_hidden` tanh units.

    Returns:
        An `nn.Sequential` with the named parts `hidden_linear`, `hidden_activation` (tanh), `output_linear`.

    Example:
        `make_network(8).hidden_linear.weight` has the shape (8, 1), and there are 25 parameters.
    """
    ### BEGIN SOLUTION
    return nn.Sequential(
        OrderedDict(
            [
                ("hidden_linear", nn.Linear(1, n_hidden)),
                ("hidden_activation", nn.Tanh()),
                ("output_linear", nn.Linear(n_hidden, 1)),
            ]
        )
    )
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "network-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("network"):
    network = make_network(8)
    checks.is_type(network, nn.Sequential, name="make_network(8)")
    names = [name for name, _ in network.named_children()]
    checks.that(
        names == ["hidden_linear", "hidden_activation", "output_linear"],
        f"The parts are called {names}.",
        ask="What does an OrderedDict give to nn.Sequential?",
    )
    checks.shape(network.hidden_linear.weight, (8, 1), name="hidden_linear.weight")
    checks.shape(network.output_linear.weight, (1, 8), name="output_linear.weight")
    checks.shape(network(torch.zeros(5, 1)), (5, 1), name="network(five readings)")
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(1.0)
    checks.close(
        network(torch.zeros(1, 1)),
        [[8 * math.tanh(1.0) + 1.0]],
        atol=1e-5,
        name="network(0), all parameters 1",
        ask="Which part bends, and does anything follow the output layer?",
    )
    small, another = make_network(3), make_network(3)
    checks.shape(small.hidden_linear.weight, (3, 1), name="hidden_linear.weight of make_network(3)")
    checks.that(
        bool((small.hidden_linear.weight != small.hidden_linear.weight[0]).any()),
        "All hidden units of a new network are alike.",
        ask="What would tell them apart while they learn?",
    )
    before = another.hidden_linear.weight.detach().clone()
    with torch.no_grad():
        small.hidden_linear.weight.fill_(7.0)
    checks.close(
        another.hidden_linear.weight,
        before,
        atol=0,
        name="hidden_linear.weight of a network while another one was changed",
        ask="Does each call make new layers?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-network", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) your loop does not care what model it trains; the line is the one with the smallest loss on the same nine readings
torch.manual_seed(SEED)
network = make_network(8)
adam = torch.optim.Adam(network.parameters(), lr=0.05)
history = train(network, adam, nn.MSELoss(), train_set, val_set, 1500)
plots.network_fit(network, train_set, val_set)
plots.history(history)
print({name: tuple(parameter.shape) for name, parameter in network.named_parameters()})
print("the last gradient of the hidden weights:", network.hidden_linear.weight.grad.flatten().tolist())

# %% [markdown]
# Training loss and validation loss fall together at first; then the first keeps falling and the second starts to rise. (The small bursts are Adam's: near the bottom its steps hardly get smaller.)
#
# **Think about it.** With all parameters 1 at the start, as in the public check, what would the eight hidden units learn? (Every unit gets the same gradient.)
#
# ### BEGIN ANSWER
# The same. Units that begin equal and get equal gradients stay equal: eight copies of one unit, a network that bends once. The random start is not noise to be averaged away; it is what makes the units differ.
# ### END ANSWER
#
# **Try it.** Train networks of 13 and of 20 units, at other rates of Adam or with SGD at 0.001. How much lower does the training loss get, and what happens to the validation loss?
#
# ### BEGIN ANSWER
# The training loss gets lower with more units and more epochs; SGD at 0.001 needs several thousand epochs to get where Adam is after a few hundred. The validation loss does not follow. Beyond a few units nothing is gained, because the process is a line.
# ### END ANSWER
#
# *Read on:* [Multilayer perceptrons](https://d2l.ai/chapter_multilayer-perceptrons/mlp.html) in *Dive into Deep Learning*; [torch.nn.Sequential](https://pytorch.org/docs/stable/generated/torch.nn.Sequential.html).

# %% [markdown]
# ## 8. Readings as a `Dataset`
#
# Eleven readings fit into one batch. Eleven million do not, and then they must be delivered in small batches, shuffled again in each epoch. PyTorch splits the work: a *dataset* provides single items, a `DataLoader` makes
# batches of them.
#
# - A **map-style** dataset can answer for any index: `dataset[i]` is item `i` (`__getitem__`), and `len(dataset)` says how many there are (`__len__`). The loader can then shuffle, and share the work among processes.
# - An **iterable-style** dataset can only be asked for the next item (`__iter__`): a stream from a sensor, a file too large to be indexed. You cannot shuffle what has not arrived yet.
#
# **A worked example** of the second kind: a sensor that is read until its battery is empty.


# %%
class Sensor(IterableDataset):
    """Readings (1,), one after another; it has no length and no index."""

    def __init__(self, battery: int) -> None:
        self.battery = battery

    def __iter__(self):
        for second in range(self.battery):
            yield torch.tensor([20.0 + 0.1 * second])


for batch in DataLoader(Sensor(battery=5), batch_size=2):
    print("a batch", tuple(batch.shape), [round(value, 1) for value in batch.flatten().tolist()])

# %% [markdown]
# ### Task `dataset` (3 points)
#
# *medium · useful · 20 minutes*
#
# Write the map-style dataset of our readings. Each of the two tensors may come as `(n,)` or as a column `(n, 1)`; an item is always a pair of tensors `(1,)`, so that the loader's batches have the shape `(batch, 1)` that a linear layer expects.
#
# <details><summary>Hint: one shape for all</summary>
#
# Which reshape does not change a column, and turns a flat tensor into a column? Try yours on a single reading, too.
# </details>


# %% nbgrader={"grade": false, "grade_id": "dataset", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Readings(Dataset):
    """Pairs of an input and a target, map-style.

    Example:
        >>> Readings(torch.tensor([1.0, 2.0]), torch.tensor([5.0, 6.0]))[1]
        (tensor([2.]), tensor([6.]))
    """

    def __init__(self, inputs: torch.Tensor, targets: torch.Tensor) -> None:
        """`inputs` and `targets` have n entries each, in the shape (n,) or (n, 1)."""
        ### BEGIN SOLUTION
        self.inputs = inputs.reshape(-1, 1)
        self.targets = targets.reshape(-1, 1)
        ### END SOLUTION

    def __len__(self) -> int:
        """The number of items."""
        ### BEGIN SOLUTION
        return len(self.inputs)
        ### END SOLUTION

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Item `index`: input (1,) and target (1,)."""
        ### BEGIN SOLUTION
        return self.inputs[index], self.targets[index]
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "dataset-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("dataset"):
    dataset = Readings(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([5.0, 6.0, 7.0]))
    checks.is_type(dataset, Dataset, name="Readings(...)")
    checks.length(
        dataset,
        3,
        name="Readings(...)",
        ask="Which method of a map-style dataset says how many items there are?",
    )
    checks.length(dataset[1], 2, name="an item", ask="An input and a target?")
    first, second = dataset[1]
    checks.shape(
        first, (1,), name="the input of an item", ask="What shape does one entry of a flat tensor have?"
    )
    checks.shape(second, (1,), name="the target of an item")
    checks.close([first.item(), second.item()], [2.0, 6.0], atol=0, name="item 1")
    column = Readings(torch.ones(3, 1), torch.ones(3, 1))
    checks.shape(
        column[0][0],
        (1,),
        name="the input of an item, from a column",
        ask="What shape does one entry of a column have?",
    )
    batch = next(iter(DataLoader(dataset, batch_size=2)))
    checks.shape(batch[0], (2, 1), name="a batch of inputs")
    given = torch.tensor([4.0])
    single = Readings(given, torch.tensor([[9.0]]))
    checks.length(
        single,
        1,
        name="Readings of a single reading",
        ask="What is left of one entry if all dimensions of size 1 go?",
    )
    checks.shape(single[0][0], (1,), name="the input of a single reading")
    checks.shape(given, (1,), name="the tensor passed in", ask="Is the caller's tensor reshaped in place?")

# %% nbgrader={"grade": false, "grade_id": "show-dataset", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) mini-batches of three: an update after each, so the way down is jagged
torch.manual_seed(SEED)
loader = DataLoader(Readings(0.1 * t_u, t_c), batch_size=3, shuffle=True)
line = nn.Linear(1, 1)
sgd = torch.optim.SGD(line.parameters(), lr=1e-2)
batch_losses = []
for _ in range(60):
    for batch_inputs, batch_targets in loader:
        loss = nn.functional.mse_loss(line(batch_inputs), batch_targets)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        batch_losses.append(loss.item())
torch.manual_seed(SEED)
line = nn.Linear(1, 1)
everything = 0.1 * t_u[:, None], t_c[:, None]
full = train(line, torch.optim.SGD(line.parameters(), lr=1e-2), nn.MSELoss(), everything, everything, 240)
plots.losses({"batches of three": batch_losses, "all readings at once": full["train"]}, xlabel="update")

# %% [markdown]
# **Think about it.** The loss of a batch jumps up and down by a factor of ten, although the line moves a little at a time. Where does the jitter come from, and what would you plot instead?
#
# ### BEGIN ANSWER
# From the batches: each has three other readings, some of them close to the line and some far from it, whatever the line does. Plot the mean over an epoch, or the loss on all readings after each epoch.
# ### END ANSWER
#
# *Read on:* [Datasets and DataLoaders](https://pytorch.org/tutorials/beginner/basics/data_tutorial.html), a tutorial of PyTorch; [Minibatch stochastic gradient descent](https://d2l.ai/chapter_optimization/minibatch-sgd.html) in *Dive into Deep Learning*.

# %% [markdown]
# ## 9. What the hidden layer buys, and what it costs
#
# One split is one roll of the dice. The figure repeats the comparison on four other splits of the eleven readings: the line with the smallest training loss, and your network of eight units, each judged on the nine
# readings that it saw and on the two that it did not see.
#
# **Guess first.** On how many of the four splits does the network beat the line on the readings that it saw, and on how many on the others?

# %%
guess_seen, guess_not_seen = None, None  # numbers from 0 to 4

# %% nbgrader={"grade": false, "grade_id": "show-overfit", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) four splits; the line by least squares, the network by your loop
comparison = []
for seed in range(4):
    torch.manual_seed(seed)
    order = torch.randperm(len(inputs))
    seen, unseen = ((inputs[part], targets[part]) for part in (order[:-2], order[-2:]))
    best_line = plots.least_squares(*seen)
    network = make_network(8)
    train(network, torch.optim.Adam(network.parameters(), lr=0.05), nn.MSELoss(), seen, unseen, 1000)
    comparison.append((best_line, network, seen, unseen))
errors = plots.compare(comparison)

# %% [markdown] nbgrader={"grade": true, "grade_id": "overfit", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# ### Task `overfit` (3 points, written)
#
# *medium · important · 15 minutes*
#
# In five to eight sentences: what does the hidden layer buy on these eleven readings, and what does it cost? Compare training and validation losses of line and network, count parameters, and say what you would trust for a reading of 100,
# beyond all that was measured. How sure can one be, with two readings for validation, and what would you do about that?
#
# ### BEGIN SOLUTION
# **Model answer.** The network lowers the training loss, from {{1.7 == min(errors["line"]["seen"])}}–{{2.9 == max(errors["line"]["seen"])}} for the best line to {{0.8 == min(errors["network"]["seen"])}}–{{1.5 == max(errors["network"]["seen"])}} in these runs: with {{25 == sum(p.numel() for p in network.parameters())}} parameters against 2 it has room to bend towards single readings. What it bends towards is
# mostly noise, for the process is a change of units, a line, with errors of about 2 °C: a mean squared error much below $1.9^2 \approx {{3.6 == plots.noise(t_u, t_c) ** 2}}$ on the training readings is no better knowledge of the scale. On readings that it has not seen it is mostly worse than the
# line (on {{three == sum(a > b for a, b in zip(errors["network"]["not seen"], errors["line"]["not seen"])) == 3}} of the four splits), sometimes by a lot; where it is better, the two validation readings happen to be on its side. The validation loss often falls at first and rises again while the training loss keeps falling: overfitting. For a reading of 100
# trust the line: the tanh units saturate, so outside the readings the network turns flat, and nothing in the data holds it. Two readings are too few to rank models: the validation loss of the best line varies between {{1.05 == min(pairs)}} and {{21 == max(pairs)}} over the 55 splits. So average over many
# splits (cross-validation), collect more readings, choose the simpler model unless a more flexible one is clearly better on unseen data, or use few hidden units, early stopping or a penalty.
#
# **Rubric**
# - 1 point: buys: a lower training loss through more parameters (25 or so against 2); it says that this is fitting noise because the process is linear.
# - 1 point: costs: the validation loss is as a rule worse, or rises while the training loss falls, and behaviour outside the readings (100) is not to be trusted. Numbers from the student's own figures.
# - 1 point: the doubt: two validation readings say little, results change with the split; a remedy (cross-validation, more data, simpler model, early stopping).
# - A student whose splits favour the network gets full points for saying so and for the doubt.
# ### END SOLUTION

# %% [markdown]
# *Read on:* [Generalization](https://d2l.ai/chapter_linear-regression/generalization.html) in *Dive into Deep Learning*; Goodfellow, Bengio and Courville, [Deep Learning, chapter 5](https://www.deeplearningbook.org/contents/ml.html).
