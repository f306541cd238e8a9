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
# # The debugging clinic
#
# A program that stops with an error tells you where to look. The eight patients in this notebook do not: each runs
# from its first line to its last, returns what it promises, and does not learn, or learns less than it reports. Real
# course notebooks have made all eight mistakes.
#
# **When you are done you will be able to**
#
# - say from a symptom what could cause it, and choose the measurement that tells the causes apart;
# - fix eight common mistakes without changing anything else;
# - write the check that would have caught each of them, which is faster than looking at accuracy.
#
# **You need to know** how to train a small network with an optimizer and a `DataLoader`, cross-entropy, and
# `nn.Module`.
#
# | | |
# |---|---|
# | time | about three hours |
# | points | 30: eight coding tasks of 3 (24) and a written one (6) |
# | computer | any: a GPU does not help |
#
# **How a case goes.** You see the patient, as code, and its symptom, as a figure. Then it is your turn: choose a hypothesis and
# the measurement that would test it, run the measurement, and look at the result. You may take several: the art is to need only one. Then
# write the cure. It takes the same arguments and returns the same things, and whatever was correct before stays correct: a cure that breaks
# something else is not a cure. Only after that unfold the explanation. The name of a task says more about its case than a doctor would be told; do not read ahead.
#
# Below each task there is a cell with public checks. Hidden tests decide the points: they ask about the same properties with other data,
# other models and other optimizers, and about what must not have changed. Cells that begin with a comment *(supplied)* are given;
# there is nothing to change in them. The measurements are made in `examinations.py`, which is worth reading once a patient is cured.

# %% [markdown]
# The patients are independent of each other. If you get stuck on one, go on with the next.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) imports, versions, and one seed for the whole notebook
import io
import math
from collections import Counter
from collections.abc import Callable, Sequence

import examinations
import plots
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

from course import checks, notebook, style

SEED = 8
torch.manual_seed(SEED)
notebook.calm()
style.use()
print(f"torch {torch.__version__}, device cpu, seed {SEED}")

# %% nbgrader={"grade": false, "grade_id": "data", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) synthetic data


def line(n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Noisy points on a line: inputs `(n, 1)`, targets `(n,)`."""
    generator = torch.Generator().manual_seed(seed)
    X = torch.rand(n, 1, generator=generator) * 4 - 2
    return X, 1.5 * X[:, 0] + 0.5 + 0.2 * torch.randn(n, generator=generator)


def clouds(n: int, seed: int, spread: float = 0.8) -> tuple[torch.Tensor, torch.Tensor]:
    """Points of three clouds: inputs `(n, 2)`, labels `(n,)` of 0, 1, 2."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(n) % 3
    centres = torch.tensor([[2.0, 0.0], [-1.0, 1.7], [-1.0, -1.7]])
    return centres[y] + spread * torch.randn(n, 2, generator=generator), y


class Counting(Dataset):
    """Examples that record in `seen` how often each was used."""

    def __init__(self, X: torch.Tensor, y: torch.Tensor):
        self.X, self.y, self.seen = X, y, Counter()

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        self.seen[int(index)] += 1
        return self.X[index], self.y[index]


# %% [markdown]
# ## 0. A worked case
#
# This one is already cured, to show how the others work.
#
# *The patient.* `w` should move to the minimum of $(w - 3)^2$. It does not move.


# %% nbgrader={"grade": false, "grade_id": "show-worked-patient", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def sick_example(w: torch.Tensor, learning_rate: float, n_steps: int) -> list[float]:
    values = []
    for _ in range(n_steps):
        loss = (w.detach() - 3) ** 2
        gradient = 0 * w + 2 * (w.detach() - 3) * 0
        w = w - learning_rate * gradient
        values.append(float(loss))
    return values


print([round(value, 2) for value in sick_example(torch.tensor(0.0), 0.1, 5)])

# %% [markdown]
# *The symptom.* The loss is constant to the last digit.
#
# *The hypotheses.* The learning rate could be too small. It could be so large that `w` jumps from one side to the other. Or the update adds nothing.
# They predict different things: too small a rate makes the loss fall slowly, too large a one makes it jump around. Only a loss that is *exactly* constant says
# that the update adds exactly zero.
#
# *The measurement that decides.* Print the gradient at the start: it is 0, where the derivative $2(w - 3)$ is −6.
#
# *The cause* is the factor 0 in the gradient, *the cure* removes it, and *the check that would have caught it* compares
# the gradient with a central difference at one point. Symptom, hypotheses, measurement, cause, cure, check: that is how you will
# write up two cases at the end.

# %% [markdown]
# ## 1. It learns, and stops too early
#
# *The patient* fits a line to 60 noisy points by full-batch gradient descent on the mean squared error
#
# $$\frac 1n \sum_{i=1}^{n} (\hat y_i - y_i)^2.$$


# %% nbgrader={"grade": false, "grade_id": "patient-broadcast", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def patient_1(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, learning_rate: float, n_epochs: int
) -> list[float]:
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = ((model(X) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% nbgrader={"grade": false, "grade_id": "show-broadcast", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the symptom
X, y = line(60, SEED)
torch.manual_seed(SEED)
sick = nn.Linear(1, 1)
sick_losses = patient_1(sick, X, y, 0.1, 80)
plots.fitted_lines(X, y, {"sick": (sick_losses, sick(X).detach())})

# %% [markdown]
# The loss falls at first and then stays where it is. The line that was learned is flat.
#
# **What could it be, and what would you measure?**
#
# | | hypothesis | | measurement |
# |---|---|---|---|
# | A | The learning rate is too small: it is still on its way. | 1 | the same run with more epochs, and with a tenth of the rate |
# | B | The noise hides the line: there is nothing to learn. | 2 | the shapes of all tensors that meet in the loss |
# | C | The loss compares predictions with targets that are not theirs. | 3 | the loss of a model whose predictions are all correct |
#
# What does each hypothesis predict for the measurement that you choose? Then run it.

# %%
hypothesis, measurement = "", 0  # for example "A", 1

# %% nbgrader={"grade": false, "grade_id": "show-examine-broadcast", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the result of your measurement
examinations.broadcast(patient_1, *line(60, SEED), hypothesis, measurement)

# %% [markdown]
# ### Task `broadcast` (3 points)
#
# *easy · 15 minutes*
#
# Write `cure_broadcast`. Targets may come as `(n,)`, or as `(n, 1)`, for which the patient worked.


# %% nbgrader={"grade": false, "grade_id": "broadcast", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cure_broadcast(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, learning_rate: float, n_epochs: int
) -> list[float]:
    """Full-batch gradient descent (plain SGD) on the mean squared error; trains `model` in place.

    Args:
        model: maps `(n, d)` to `(n, 1)`.
        X: inputs `(n, d)`.
        y: targets `(n,)` or `(n, 1)`; the tensor is not changed.
        learning_rate: of the optimizer.
        n_epochs: number of updates.

    Returns:
        the loss before each update, `n_epochs` floats.

    Example:
        >>> cure_broadcast(nn.Linear(1, 1), torch.zeros(3, 1), torch.ones(3), 0.1, 2)  # two losses
    """
    ### BEGIN SOLUTION
    # One column for both: without it, (n, 1) minus (n,) is a table of all n * n pairs.
    targets = y.reshape(-1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = F.mse_loss(model(X), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "broadcast-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("broadcast"):
    X = torch.tensor([[-1.0], [0.0], [2.0]])
    for size in ((3,), (3, 1)):
        model = nn.Linear(1, 1)
        with torch.no_grad():
            model.weight.fill_(2.0)
            model.bias.fill_(1.0)
        y = torch.tensor([-1.0, 1.0, 5.0]).reshape(size)  # just what this model predicts
        losses = cure_broadcast(model, X, y, 0.1, 3)
        name = f"losses of a model whose predictions are all correct, y of shape {size}"
        checks.length(losses, 3, name=name)
        checks.close(
            losses, [0.0, 0.0, 0.0], atol=1e-6, name=name, ask="Which shape does `model(X) - y` have?"
        )
        checks.shape(
            y, size, name="y after the call", ask="Does a method whose name ends with an underscore change y?"
        )
        losses = cure_broadcast(model, X, y + 2, 0.0, 1)
        checks.close(
            losses,
            [4.0],
            atol=1e-5,
            name=f"loss where every prediction is off by 2, y of shape {size}",
            ask="A mean or a sum of squares?",
        )

# %% nbgrader={"grade": false, "grade_id": "show-broadcast-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
X, y = line(60, SEED)
torch.manual_seed(SEED)
cured = nn.Linear(1, 1)
cured_losses = cure_broadcast(cured, X, y, 0.1, 80)
plots.fitted_lines(
    X, y, {"sick": (sick_losses, sick(X).detach()), "cured": (cured_losses, cured(X).detach())}
)

# %% [markdown]
# <details><summary><b>The explanation</b> (after the cure)</summary>
#
# `model(X)` is a column, `(n, 1)`, and `y` is `(n,)`. Their difference is broadcast to a table `(n, n)` of *every* prediction against *every*
# target, and the loss is the mean over all pairs. Each prediction is pulled to all targets alike, so the best that it can be is their mean, and the loss
# stops at the variance of the targets, the dotted line. Measurement 2 shows the cause itself. Measurement 3 shows that the loss is wrong, without saying why: a model that is right must
# have the loss 0. Measurement 1 excludes A alone: both runs end at the same height. B predicts a loss near the variance of the *noise*, 0.04, which is far lower.
# </details>
#
# **Think about it.** Write the sick loss as a sum over pairs $(i, j)$. Why is the mean of the targets its minimiser,
# whatever the inputs are?
#
# ### BEGIN ANSWER
# $\frac{1}{n^2} \sum_i \sum_j (\hat y_i - y_j)^2$. For a fixed $i$ the inner sum does not depend on $x_i$: it is the same parabola in $\hat y_i$ for every row, with its minimum
# at the mean of all $y_j$. There the loss is the variance of the targets, {{3.23 == y.var(correction=0)}} here, and the patient ends at {{3.23 == sick_losses[-1]}}.
# ### END ANSWER
#
# *Read on:* [Broadcasting semantics](https://pytorch.org/docs/stable/notes/broadcasting.html) in the manual of PyTorch.
#
# ## 2. Only the first one learns
#
# *The patient* compares several networks on the same data, each trained for the same number of epochs.


# %% nbgrader={"grade": false, "grade_id": "patient-stranger", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def patient_2(
    models: Sequence[nn.Module], X: torch.Tensor, y: torch.Tensor, learning_rate: float, n_epochs: int
) -> list[list[float]]:
    optimizer = torch.optim.SGD(models[0].parameters(), lr=learning_rate, momentum=0.9)
    histories = []
    for model in models:
        losses = []
        for _ in range(n_epochs):
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        histories.append(losses)
    return histories


# %% nbgrader={"grade": false, "grade_id": "show-stranger", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the symptom


def competitors() -> list[nn.Module]:
    torch.manual_seed(SEED)
    return [nn.Sequential(nn.Linear(1, width), nn.Tanh(), nn.Linear(width, 1)) for width in (2, 8, 32)]


X, _ = line(60, SEED)
y = torch.sin(2 * X)
sick_histories = patient_2(competitors(), X, y, 0.05, 150)
plots.histories({"sick": sick_histories}, names=["2 units", "8 units", "32 units"])

# %% [markdown]
# The first network learns. Look closely at the other two lines.
#
# **What could it be, and what would you measure?**
#
# | | hypothesis | | measurement |
# |---|---|---|---|
# | A | Larger networks need a larger learning rate. | 1 | all three again, at four times the rate |
# | B | The tanh units of the larger networks are saturated. | 2 | each network as the only one in the list |
# | C | Nothing moves the larger networks' parameters. | 3 | how far each network's parameters moved |

# %%
hypothesis, measurement = "", 0  # for example "A", 1

# %% nbgrader={"grade": false, "grade_id": "show-examine-stranger", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the result of your measurement
X, _ = line(60, SEED)
examinations.stranger(patient_2, competitors, X, torch.sin(2 * X), hypothesis, measurement)

# %% [markdown]
# ### Task `stranger` (3 points)
#
# *easy · 15 minutes*
#
# Write `cure_stranger`: every model is trained the way the patient trains its first one, with SGD and momentum 0.9, as if it were
# the only one.


# %% nbgrader={"grade": false, "grade_id": "stranger", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cure_stranger(
    models: Sequence[nn.Module], X: torch.Tensor, y: torch.Tensor, learning_rate: float, n_epochs: int
) -> list[list[float]]:
    """Trains each of `models` in place, in turn, with SGD (momentum 0.9) on the mean squared error.

    Args:
        models: any number of networks that map `(n, d)` to `(n, k)`.
        X: inputs `(n, d)`.
        y: targets `(n, k)`.
        learning_rate: of the optimizer.
        n_epochs: full-batch updates of each model. Gradients that a model holds from before do not count.

    Returns:
        for each model the list of its losses, each taken before its update.

    Example:
        >>> cure_stranger([nn.Linear(2, 1), nn.Linear(2, 1)], X, y, 0.1, 50)  # two lists of 50 losses
    """
    ### BEGIN SOLUTION
    histories = []
    for model in models:
        # An optimizer knows the parameters that it was built with, and no others.
        own_optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
        losses = []
        for _ in range(n_epochs):
            own_optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            own_optimizer.step()
            losses.append(loss.item())
        histories.append(losses)
    return histories
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "stranger-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("stranger"):
    X = torch.tensor([[-1.0], [0.0], [2.0]])
    models = [nn.Linear(1, 1) for _ in range(3)]
    for model in models:
        nn.init.zeros_(model.weight)
        nn.init.zeros_(model.bias)
    models[2].weight.grad = torch.full((1, 1), 50.0)  # left over from something else
    histories = cure_stranger(models, X, 10 * X, 0.05, 20)
    checks.length(histories, 3, name="histories")
    for place, losses in enumerate(histories):
        checks.length(losses, 20, name=f"histories[{place}]")
        checks.that(
            losses[-1] < 0.5 * losses[0],
            f"The loss of model {place} goes from {losses[0]:.4g} to {losses[-1]:.4g}; expected less than half.",
            ask="Whose parameters does the optimizer hold?",
        )
        with torch.no_grad():
            left = F.mse_loss(models[place](X), 10 * X)
        checks.that(
            left < 0.5 * losses[0],
            f"Model {place} itself has a loss of {left:.4g} after training, its history began at {losses[0]:.4g}.",
            ask="Was the model trained, or a copy of it?",
        )
    checks.close(
        histories[1],
        histories[0],
        atol=1e-3,
        name="histories[1], of a model like the first",
        ask="Does anything of the first training, such as momentum, reach the second?",
    )
    checks.close(
        histories[2],
        histories[0],
        atol=1e-3,
        name="histories[2], of a model like the first that held a gradient before the call",
        ask="When is that gradient cleared?",
    )
    slow = cure_stranger([nn.Linear(1, 1)], X, 10 * X, 1e-6, 2)[0]
    checks.close(
        slow[1], slow[0], atol=0.1, name="the second loss at a rate of 1e-6", ask="Which rate do you use?"
    )

# %% nbgrader={"grade": false, "grade_id": "show-stranger-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
X, _ = line(60, SEED)
y = torch.sin(2 * X)
cured_histories = cure_stranger(competitors(), X, y, 0.05, 150)
plots.histories({"sick": sick_histories, "cured": cured_histories}, names=["2 units", "8 units", "32 units"])

# %% [markdown]
# <details><summary><b>The explanation</b> (after the cure)</summary>
#
# An optimizer moves the parameters that it was built with, and no others. This one was built with those of `models[0]`, so the other losses are constant to the
# last digit, which no learning rate and no saturation explains: even a saturated unit moves a little. Measurement 3 shows it: two distances are exactly 0. Measurement 2 shows that the networks
# themselves are healthy, since each learns when it comes first. Measurement 1 changes nothing for them, at any rate.
# </details>
#
# **Think about it.** The sick function calls `optimizer.zero_grad()` in every epoch. What nevertheless happens to the gradients
# of the second model? Print one and see.
#
# ### BEGIN ANSWER
# They add up. `zero_grad` clears the gradients of the parameters that the optimizer holds, and those are the first model's. Each `backward` adds the same gradient
# once more to the second model's, so after 150 epochs it is 150 times as large. If someone later trained this model with an optimizer of its own and forgot to clear first, its first step would be 150 times too long.
# ### END ANSWER
#
# *Read on:* [torch.optim](https://pytorch.org/docs/stable/optim.html), "Constructing it".
#
# ## 3. The pendulum
#
# *The patient* makes one update for each batch. Three batches of 20 noisy points on a line, 60 epochs.


# %% nbgrader={"grade": false, "grade_id": "patient-accumulate", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def patient_3(
    model: nn.Module,
    batches: Sequence[tuple[torch.Tensor, torch.Tensor]],
    optimizer: torch.optim.Optimizer,
    n_epochs: int,
) -> list[float]:
    losses = []
    for _ in range(n_epochs):
        for X, y in batches:
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


# %% nbgrader={"grade": false, "grade_id": "show-accumulate", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the symptom
X, y = line(60, SEED)
batches = list(zip(X.split(20), y[:, None].split(20), strict=True))
torch.manual_seed(SEED)
model = nn.Linear(1, 1)
sick_losses = patient_3(model, batches, torch.optim.SGD(model.parameters(), lr=0.02), 60)
plots.losses({"sick": sick_losses}, title="Three batches, 60 epochs")

# %% [markdown]
# The loss swings like a pendulum, and nothing slows it down.
#
# **What could it be, and what would you measure?**
#
# | | hypothesis | | measurement |
# |---|---|---|---|
# | A | The learning rate is too large. | 1 | the same run at a tenth of the rate |
# | B | A step follows more than the gradient of its batch. | 2 | the gradient that the weight holds at each step, and that of the batch, computed afresh |
# | C | The three batches are noisy and contradict each other. | 3 | the same inputs with targets that are exactly on a line |

# %%
hypothesis, measurement = "", 0  # for example "A", 1

# %% nbgrader={"grade": false, "grade_id": "show-examine-accumulate", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the result of your measurement
examinations.accumulate(patient_3, *line(60, SEED), hypothesis, measurement)

# %% [markdown]
# ### Task `accumulate` (3 points)
#
# *easy · 15 minutes*
#
# Write `cure_accumulate`. Each update uses the gradient of its own batch and of nothing else, whatever the parameters hold
# when the function is called. The model and the optimizer belong to the caller, and the optimizer keeps what it remembers
# between updates, such as momentum.


# %% nbgrader={"grade": false, "grade_id": "accumulate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cure_accumulate(
    model: nn.Module,
    batches: Sequence[tuple[torch.Tensor, torch.Tensor]],
    optimizer: torch.optim.Optimizer,
    n_epochs: int,
) -> list[float]:
    """Trains `model` in place with one update for each batch, on the mean squared error.

    Args:
        model: maps `(n, d)` to `(n, k)`.
        batches: pairs of inputs `(n, d)` and targets `(n, k)`, used in this order in every epoch.
        optimizer: of the model's parameters.
        n_epochs: passes over the batches. Gradients that the parameters hold from before the call do not count.

    Returns:
        the loss of each batch before its update, `n_epochs * len(batches)` floats.

    Example:
        >>> cure_accumulate(model, [(X, y)], torch.optim.SGD(model.parameters(), lr=0.1), 2)  # two losses
    """
    ### BEGIN SOLUTION
    losses = []
    for _ in range(n_epochs):
        for X, y in batches:
            # Cleared before each backward pass: after it would be too late for the first batch.
            optimizer.zero_grad()
            loss = F.mse_loss(model(X), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "accumulate-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("accumulate"):
    one = torch.ones(1, 1)

    def from_weight_1(momentum: float, left_over: float | None) -> list[float]:
        """Losses of 2 batches in 2 epochs for the model w * 1 with the target 0: the loss is w², its gradient 2w."""
        model = nn.Linear(1, 1, bias=False)
        nn.init.ones_(model.weight)
        if left_over is not None:
            model.weight.grad = torch.full((1, 1), left_over)
        sgd = torch.optim.SGD(model.parameters(), lr=0.25, momentum=momentum)
        return cure_accumulate(model, [(one, 0 * one)] * 2, sgd, 2)

    losses = from_weight_1(momentum=0.0, left_over=None)
    checks.length(losses, 4, name="losses of 2 batches in 2 epochs")
    checks.close(
        losses,  # with a rate of 1/4 each update halves w
        [1.0, 0.25, 0.0625, 0.015625],
        atol=1e-6,
        name="losses of 2 batches in 2 epochs",
        ask="What is in `.grad` when a backward pass begins, and when a step is taken? Is each loss from before its update?",
    )
    checks.close(
        from_weight_1(momentum=0.0, left_over=7.0),
        losses,
        atol=1e-6,
        name="losses of a model that held a gradient before the call",
        ask="When is it cleared for the first time?",
    )
    checks.close(
        from_weight_1(momentum=0.5, left_over=None),
        [1.0, 0.25, 0.0, 0.0625],
        atol=1e-6,
        name="losses with the caller's optimizer, which has a momentum of 0.5",
        ask="Which optimizer takes the steps, and does anything make it forget?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-accumulate-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
X, y = line(60, SEED)
batches = list(zip(X.split(20), y[:, None].split(20), strict=True))
torch.manual_seed(SEED)
model = nn.Linear(1, 1)
cured_losses = cure_accumulate(model, batches, torch.optim.SGD(model.parameters(), lr=0.02), 60)
plots.losses({"sick": sick_losses, "cured": cured_losses}, title="Three batches, 60 epochs")

# %% [markdown]
# <details><summary><b>The explanation</b> (after the cure)</summary>
#
# `loss.backward()` *adds* to `.grad`. That is useful: a gradient over several batches can be added up from parts. It
# also means that someone has to clear it. Here nobody does, and each step follows the sum of all gradients so far. A sum of gradients behaves like a speed, so the
# weight rolls through the minimum and up the other side: a pendulum without friction. Measurement 2 shows the two gradients that should be one; they agree at the first update only. A tenth of the rate (1) makes the pendulum slower and
# does not stop it, where too large a rate would have been cured. Without any noise (3) it swings just the same.
# </details>
#
# **Think about it.** A friend clears the gradients once at the beginning of each epoch. For how many batches is that
# correct?
#
# ### BEGIN ANSWER
# For one. With two batches the second update of each epoch still follows the sum of both gradients. (For one batch it is correct: then each epoch has a single backward pass.)
# ### END ANSWER
#
# *Read on:* [Zeroing out gradients](https://pytorch.org/tutorials/recipes/recipes/zeroing_out_gradients.html), a recipe of PyTorch.
#
# ## 4. The figures of an epoch
#
# One epoch shows every example once, in a new order if the loader shuffles. Its figures are means over all examples:
#
# $$\text{loss} = \frac{1}{n} \sum_{\text{batches } B} \; \sum_{i \in B} l_i,
#   \qquad \text{accuracy} = \frac{\text{number of correct answers}}{n}.$$
#
# *The patient* is such an epoch.


# %% nbgrader={"grade": false, "grade_id": "patient-first-batch", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def patient_4(model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer) -> tuple[float, float]:
    total, correct, seen = 0.0, 0, 0
    for _ in range(len(loader)):
        X, y = next(iter(loader))
        optimizer.zero_grad()
        logits = model(X)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        correct += (logits.argmax(dim=1) == y).sum().item()
        seen += len(y)
        return total / seen, correct / seen


# %% nbgrader={"grade": false, "grade_id": "show-first-batch", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the symptom: what thirty epochs return


def returned(epoch: Callable) -> list[float]:
    torch.manual_seed(SEED)
    model = nn.Linear(2, 3)
    loader = DataLoader(Counting(*clouds(130, SEED)), batch_size=20, shuffle=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    return [epoch(model, loader, optimizer)[1] for _ in range(30)]


sick_accuracies = returned(patient_4)
plots.reported({"sick": sick_accuracies})

# %% [markdown]
# It learns, but slowly, and the accuracy jumps from epoch to epoch. All its values are multiples of 0.05.
#
# **What could it be, and what would you measure?**
#
# | | hypothesis | | measurement |
# |---|---|---|---|
# | A | The learning rate is too large. | 1 | the same epochs at a tenth of the rate |
# | B | The accuracy is computed incorrectly. | 2 | what it returns, next to the accuracy of all examples |
# | C | An epoch does not use all examples. | 3 | how often each example is used in one epoch |

# %%
hypothesis, measurement = "", 0  # for example "A", 1

# %% nbgrader={"grade": false, "grade_id": "show-examine-first-batch", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the result of your measurement
examinations.first_batch(patient_4, Counting(*clouds(130, SEED)), hypothesis, measurement)

# %% [markdown]
# ### Task `first-batch` (3 points)
#
# *medium · 20 minutes*
#
# Write `cure_first_batch`: one epoch, every example once, one update for each batch, and the figures of all examples, the
# small last batch weighted by its size. Once you think that you have found the mistake, measure again: there may be a second one, hidden by the first.


# %% nbgrader={"grade": false, "grade_id": "first-batch", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cure_first_batch(
    model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer
) -> tuple[float, float]:
    """One epoch of training on the cross-entropy, in place.

    Args:
        model: maps `(n, d)` to logits `(n, k)`.
        loader: gives batches of inputs `(n, d)` and labels `(n,)`; the last one may be smaller.
        optimizer: of the model's parameters. Gradients from before the call do not count.

    Returns:
        (mean loss, accuracy in 0..1) over all examples, each batch's taken before its update.

    Example:
        >>> loss, accuracy = cure_first_batch(model, loader, optimizer)
    """
    ### BEGIN SOLUTION
    total, correct, seen = 0.0, 0, 0
    # The loader is asked for an iterator once, by the loop: each new one begins a new epoch.
    for X, y in loader:
        optimizer.zero_grad()
        logits = model(X)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        correct += (logits.argmax(dim=1) == y).sum().item()
        seen += len(y)
    return total / seen, correct / seen
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "first-batch-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("first-batch"):
    examples = Counting(*clouds(11, seed=1))
    model = nn.Linear(2, 3)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 0.0], [0.0, -1.0]]))
        model.bias.zero_()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    model.weight.grad = torch.ones_like(model.weight)  # left over from something else
    steps, held = [], []

    def note_step(*_) -> None:
        steps.append(len(steps))
        held.append(model.weight.grad.clone())

    optimizer.register_step_pre_hook(note_step)
    loader = DataLoader(examples, batch_size=4, shuffle=False)
    answer = cure_first_batch(model, loader, optimizer)
    checks.length(answer, 2, name="the answer", ask="Is there a loss and an accuracy?")
    missed = sum(examples.seen[index] == 0 for index in range(11))
    checks.that(
        missed == 0,
        f"{missed} of 11 examples were not used in an epoch of batches of 4.",
        ask="When does the function return, and who calls `iter`?",
    )
    checks.that(
        sum(examples.seen.values()) == 11,
        f"{sum(examples.seen.values())} examples were used in an epoch of 11.",
        ask="How often should each be seen?",
    )
    checks.length(steps, 3, name="updates in an epoch of 3 batches")
    with torch.no_grad():  # the rate is 0: the model is the same for all batches
        logits = model(examples.X)
    checks.close(
        answer[0],
        F.cross_entropy(logits, examples.y),
        atol=1e-5,
        name="mean loss",
        ask="The last batch has 3 examples: how much do they weigh?",
    )
    checks.close(
        answer[1],
        (logits.argmax(dim=1) == examples.y).float().mean(),
        atol=1e-5,
        name="accuracy",
        ask="A share of which examples, and how much does a small last batch weigh?",
    )
    for place in range(3):
        batch = slice(4 * place, 4 * place + 4)
        loss = F.cross_entropy(model(examples.X[batch]), examples.y[batch])
        (own,) = torch.autograd.grad(loss, (model.weight,))
        checks.close(
            held[place],
            own,
            atol=1e-5,
            name=f"the gradient at update {place}",
            ask="What was in `.grad` when its backward pass began?",
        )

# %% nbgrader={"grade": false, "grade_id": "show-first-batch-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
plots.reported({"sick": sick_accuracies, "cured": returned(cure_first_batch)})

# %% [markdown]
# <details><summary><b>The explanation</b> (after the cure)</summary>
#
# Two mistakes hide each other. The `return` is inside the loop, so an "epoch" is one update with one batch of 20: its accuracy is a multiple of 1/20. And `next(iter(loader))` makes a new iterator each time, which begins a new
# epoch, shuffles again and gives its first batch. Measurement 3 shows both at once: 20 of 130 examples are used. With the `return` moved and `iter` kept, it would show 130 uses in all, some examples used three times and about a third never; the accuracy would then look as
# it should. Measurement 2 shows that the returned number is noisy, not that examples are missing. So count; do not trust the accuracy.
# </details>
#
# **Think about it.** A loader that shuffles, `m` batches, and a new iterator for each: which share of the examples is
# never seen in such an epoch, for large `m`? (Each is missed `m` times with probability `1 - 1/m`.)
#
# ### BEGIN ANSWER
# $(1 - 1/m)^m$, which tends to $1/e \approx$ {{0.37 == 1 / math.e}}; for the seven batches here it is {{0.34 == (1 - 1 / 7) ** 7}}. So about 63 % of the examples are seen in each epoch, and over several epochs nearly all of them.
# ### END ANSWER
#
# *Read on:* [torch.utils.data](https://pytorch.org/docs/stable/data.html), "Map-style and iterable-style datasets".
#
# ## 5. A loss that cannot reach the ground
#
# *The patient* trains a classifier on the cross-entropy and returns the losses and the trained model's probabilities. Three clouds that hardly overlap, 150 epochs.


# %% nbgrader={"grade": false, "grade_id": "patient-double-softmax", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def patient_5(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, optimizer: torch.optim.Optimizer, n_epochs: int
) -> tuple[list[float], torch.Tensor]:
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        probabilities = F.softmax(model(X), dim=1)
        loss = F.cross_entropy(probabilities, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, F.softmax(model(X), dim=1)


# %% nbgrader={"grade": false, "grade_id": "show-double-softmax", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the symptom


def trained_on_clouds(train: Callable) -> list[float]:
    torch.manual_seed(SEED)
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3))
    X, y = clouds(150, SEED, spread=0.4)
    return train(model, X, y, torch.optim.Adam(model.parameters(), lr=0.02), 150)[0]


sick_losses = trained_on_clouds(patient_5)
plots.losses({"sick": sick_losses}, title="Three clouds")

# %% [markdown]
# The loss falls and stays above one half, although the clouds hardly overlap.
#
# **What could it be, and what would you measure?**
#
# | | hypothesis | | measurement |
# |---|---|---|---|
# | A | It needs more epochs. | 1 | ten times as many epochs |
# | B | The network is too small to tell the clouds apart. | 2 | the accuracy after some epochs |
# | C | The loss does not fit what it is given. | 3 | its loss for answers that are more and more certain |

# %%
hypothesis, measurement = "", 0  # for example "A", 1

# %% nbgrader={"grade": false, "grade_id": "show-examine-double-softmax", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the result of your measurement
examinations.double_softmax(patient_5, *clouds(150, SEED, spread=0.4), hypothesis, measurement)

# %% [markdown]
# ### Task `double-softmax` (3 points)
#
# *easy · 15 minutes*
#
# Write `cure_double_softmax`. The probabilities that it returns remain probabilities, and the loss stays finite and exact
# for logits in the hundreds, where separate `exp` and `log` do not.


# %% nbgrader={"grade": false, "grade_id": "double-softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cure_double_softmax(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, optimizer: torch.optim.Optimizer, n_epochs: int
) -> tuple[list[float], torch.Tensor]:
    """Full-batch training on the cross-entropy, in place.

    Args:
        model: maps `(n, d)` to logits `(n, k)`.
        X: inputs `(n, d)`.
        y: labels `(n,)`, whole numbers from 0 to k - 1.
        optimizer: of the model's parameters. Gradients from before the call do not count.
        n_epochs: number of updates.

    Returns:
        the loss before each update (floats), and the trained model's probabilities `(n, k)`, without a graph.

    Example:
        >>> losses, probabilities = cure_double_softmax(model, X, y, optimizer, 100)
    """
    ### BEGIN SOLUTION
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        # The loss takes logits; probabilities are for the reader alone.
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, F.softmax(model(X), dim=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "double-softmax-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("double-softmax"):
    torch.manual_seed(0)
    model = nn.Linear(2, 3)
    X, y = clouds(9, seed=2, spread=0.1)
    losses, probabilities = cure_double_softmax(model, X, y, torch.optim.SGD(model.parameters(), lr=1.0), 60)
    checks.length(losses, 60, name="losses")
    checks.shape(probabilities, (9, 3), name="probabilities")
    checks.close(
        probabilities.sum(dim=1),
        [1.0] * 9,
        atol=1e-5,
        name="sums of the probabilities",
        ask="What does the function promise to return?",
    )
    checks.that(
        losses[-1] < 0.1,
        f"The loss of nine well separated examples is {losses[-1]:.3g} after 60 updates; expected below 0.1.",
        ask="What does the loss do to its argument first?",
    )
    model, X, y = nn.Linear(2, 2, bias=False), torch.tensor([[300.0, 0.0]]), torch.tensor([1])
    with torch.no_grad():
        model.weight.copy_(torch.eye(2))  # the logits are 300 and 0, and the label is that of the 0
    sgd = torch.optim.SGD(model.parameters(), lr=1.0)
    model.weight.grad = torch.tensor([[-500.0, 0.0], [500.0, 0.0]])  # left over from something else
    losses, probabilities = cure_double_softmax(model, X, y, sgd, 2)
    checks.close(
        losses[0],
        300.0,
        atol=1e-2,
        name="the loss for logits of 300 and 0",
        ask="Is `exp` taken of large numbers, or `log` of a probability that was rounded to 0?",
    )
    checks.close(
        losses[1],
        0.0,
        atol=1e-3,
        name="the loss after an update, of a model that held a gradient before the call",
        ask="When are gradients cleared for the first time?",
    )
    checks.that(
        not probabilities.requires_grad,
        "The probabilities carry a graph.",
        ask="Which lines belong inside `torch.no_grad()`?",
    )
    checks.close(
        probabilities,
        [[0.0, 1.0]],
        atol=1e-4,
        name="probabilities after the update",
        ask="Are they those of the trained model?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-double-softmax-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
cured_losses = trained_on_clouds(cure_double_softmax)
FLOOR = -math.log(math.e / (math.e + 2))  # a softmax of one 1 and two 0s
plots.losses({"sick": sick_losses, "cured": cured_losses}, title="Three clouds", floor=FLOOR)

# %% [markdown]
# <details><summary><b>The explanation</b> (after the cure)</summary>
#
# `F.cross_entropy` takes logits $z$ and computes $-\ln p_y$ with $p_k = e^{z_k} / \sum_j e^{z_j}$: it already contains the softmax. The patient gives it probabilities, so a softmax is taken of a softmax. Probabilities are between 0 and 1, and the
# second softmax of the most certain answer, $(1, 0, 0)$, is only $(0.58, 0.21, 0.21)$. So the loss cannot fall below $-\ln \frac{e}{e+2} \approx 0.55$. Measurement 3 shows it: the loss of the patient levels off while $-\ln p_y$ goes to 0. Measurement 1 excludes A, and measurement 2 excludes B: nearly all answers
# are correct, which is why such a model goes unnoticed.
# </details>
#
# **Think about it.** What is the floor for 10 classes? And for 2, where a loss of 0.69 means guessing?
#
# ### BEGIN ANSWER
# $-\ln\frac{e}{e + 9} \approx$ {{1.46 == -math.log(math.e / (math.e + 9))}} for ten classes, where guessing is {{2.30 == math.log(10)}}, and $-\ln\frac{e}{e + 1} \approx$ {{0.31 == -math.log(math.e / (math.e + 1))}} for two.
# With three classes the patient ends at {{0.55 == sick_losses[-1]}}.
# ### END ANSWER
#
# *Read on:* [CrossEntropyLoss](https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html), and [Softmax regression](https://d2l.ai/chapter_linear-classification/softmax-regression.html) in *Dive into Deep Learning*.
#
# ## 6. Good today, gone tomorrow
#
# *The patient* builds a network: a linear layer and a relu, `n_hidden` more of these, and a linear output layer. It is trained on the three clouds, saved with `model.state_dict()`, and
# loaded into a network that was built in the same way.


# %% nbgrader={"grade": false, "grade_id": "patient-unregistered", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def patient_6(n_inputs: int, width: int, n_hidden: int, n_outputs: int) -> nn.Module:
    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(n_inputs, width)
            self.hidden = [nn.Linear(width, width) for _ in range(n_hidden)]
            self.weight = torch.randn(width, n_outputs) / math.sqrt(width)
            self.bias = torch.zeros(n_outputs)

        def forward(self, X):
            X = torch.relu(self.first(X))
            for layer in self.hidden:
                X = torch.relu(layer(X))
            return X @ self.weight + self.bias

    return Network()


# %% nbgrader={"grade": false, "grade_id": "show-unregistered", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the symptom: accuracy before training, after it, and after saving and loading


def train_on_clouds(model: nn.Module, n_epochs: int) -> None:
    X, y = clouds(150, SEED)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(n_epochs):
        optimizer.zero_grad()
        F.cross_entropy(model(X), y).backward()
        optimizer.step()


def accuracy_on_clouds(model: nn.Module) -> float:
    X, y = clouds(150, SEED)
    with torch.no_grad():
        return (model(X).argmax(dim=1) == y).float().mean().item()


def saved_and_loaded(build: Callable[..., nn.Module], n_epochs: int = 100) -> dict[str, float]:
    torch.manual_seed(SEED)
    model, another = build(2, 16, 2, 3), build(2, 16, 2, 3)
    accuracies = {"new": accuracy_on_clouds(model)}
    train_on_clouds(model, n_epochs)
    accuracies["trained"] = accuracy_on_clouds(model)
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    another.load_state_dict(torch.load(file))
    accuracies["saved and loaded"] = accuracy_on_clouds(another)
    return accuracies


sick_saved = saved_and_loaded(patient_6)
plots.saved({"sick": sick_saved})

# %% [markdown]
# Saving and loading raise no error, and yet the network that comes back is another one.
#
# **What could it be, and what would you measure?**
#
# | | hypothesis | | measurement |
# |---|---|---|---|
# | A | It was not trained long enough. | 1 | four times as many epochs, then saved and loaded |
# | B | Saving rounds the numbers. | 2 | how far the weights of each layer moved in training |
# | C | Only a part of the network is trained and saved. | 3 | the numbers that the optimizer gets, and those that the network uses |

# %%
hypothesis, measurement = "", 0  # for example "A", 1

# %% nbgrader={"grade": false, "grade_id": "show-examine-unregistered", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the result of your measurement
examinations.unregistered(
    patient_6,
    lambda n_epochs: saved_and_loaded(patient_6, n_epochs),
    train_on_clouds,
    hypothesis,
    measurement,
)

# %% [markdown]
# ### Task `unregistered` (3 points)
#
# *medium · 25 minutes*
#
# Write `cure_unregistered`: the same network, with all its numbers found, trained, saved and converted. A name in
# `named_parameters()` is not enough: the forward pass has to use that very parameter. You may use any modules.


# %% nbgrader={"grade": false, "grade_id": "unregistered", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cure_unregistered(n_inputs: int, width: int, n_hidden: int, n_outputs: int) -> nn.Module:
    """A new network: linear layer and relu, `n_hidden` more of these, and a linear output layer.

    Args:
        n_inputs: features of an example.
        width: units of the first layer and of each hidden one.
        n_hidden: hidden layers after the first one, each with weights `(width, width)`.
        n_outputs: outputs.

    Returns:
        a module that maps `(n, n_inputs)` to `(n, n_outputs)`; all layers have a bias; no relu after the output.

    Example:
        >>> cure_unregistered(2, 16, 1, 3)(torch.zeros(5, 2)).shape
        torch.Size([5, 3])
    """

    ### BEGIN SOLUTION
    class Registered(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(n_inputs, width)
            # A ModuleList is searched for parameters, and so is each attribute that is an nn.Parameter.
            self.hidden = nn.ModuleList(nn.Linear(width, width) for _ in range(n_hidden))
            self.weight = nn.Parameter(torch.randn(width, n_outputs) / math.sqrt(width))
            self.bias = nn.Parameter(torch.zeros(n_outputs))

        def forward(self, X):
            X = torch.relu(self.first(X))
            for layer in self.hidden:
                X = torch.relu(layer(X))
            return X @ self.weight + self.bias

    return Registered()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "unregistered-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("unregistered"):
    torch.manual_seed(0)
    model = cure_unregistered(2, 5, 2, 3)
    checks.is_module(model)
    outputs = model(torch.randn(40, 2))
    checks.shape(outputs, (40, 3), name="model(X)")
    found = sum(parameter.numel() for parameter in model.parameters())
    checks.that(
        found == 93,
        f"`model.parameters()` of a network (2, 5, 2, 3) holds {found} numbers; expected 15 + 2 * 30 + 18.",
        ask="What does a module not look into, and what is not a parameter?",
    )
    outputs.sum().backward()
    for name, parameter in model.named_parameters():
        checks.that(
            parameter.grad is not None,
            f"The parameter `{name}` gets no gradient.",
            ask="Does the forward pass use the parameter, or the tensor that it was made from?",
        )
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(-1.0)
    checks.that(
        bool((model(torch.ones(1, 2)) == -1).all()),
        "With all parameters at -1, every relu gives 0 and the outputs should be the bias of the output layer, -1.",
        ask="Is there a relu after each hidden layer, and none after the output?",
    )
    model = cure_unregistered(2, 5, 2, 3).double()
    checks.dtype(
        model(torch.ones(1, 2, dtype=torch.float64)),
        torch.float64,
        name="the output after `.double()`",
        ask="Does the forward pass use what was converted?",
    )
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(1.0)
        converted = model(torch.ones(1, 2, dtype=torch.float64))
    checks.that(
        bool((converted == 406).all()),
        "After `.double()`, with all parameters at 1, the hidden units should be 3, 16 and 81, and the outputs 406.",
        ask="Does the forward pass use the parameters, or something made of them before?",
    )
    one, other = (list(cure_unregistered(2, 5, 2, 3).parameters()) for _ in range(2))
    checks.that(
        not all(map(torch.equal, one, other)),
        "Two networks that you make one after the other begin with the same numbers.",
        ask="Where do the random numbers come from?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-unregistered-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
plots.saved({"sick": sick_saved, "cured": saved_and_loaded(cure_unregistered)})

# %% [markdown]
# <details><summary><b>The explanation</b> (after the cure)</summary>
#
# `model.parameters()` finds attributes that are an `nn.Parameter` or an `nn.Module`. It does not look into a plain
# list, and a plain tensor is not a parameter, whatever its name is. So only the first layer is trained, 48 numbers of 643, and only that is in `state_dict()`, moved by `.to(device)` and converted by `.double()`. A loaded network has the trained first layer in front of layers that are random,
# and different each time. Measurements 2 and 3 both show it. Measurement 1 shows that the mistake can hide: training the first layer alone goes far.
#
# Saving the `state_dict` is still the right way. `torch.save(model, file)` stores a reference to the class as well, and loading such a file runs code from it: since version 2.6 `torch.load` refuses it unless you say
# `weights_only=False`, which you should only do with files of your own.
# </details>
#
# **Think about it.** A course once shipped a class with `self.W = torch.randn(3, 2)` and
# `self.register_parameter("0_weight", nn.Parameter(self.W))`, whose forward pass used `self.W`. Its values print correctly and
# even follow in-place changes. What does it not do?
#
# ### BEGIN ANSWER
# It does not learn. The parameter and `self.W` share their numbers, which is why the prints are correct and in-place changes are seen. But the forward pass builds no graph from a plain tensor: its output does not require a gradient and `backward()` raises an error.
# And whatever replaces the parameter instead of writing into it, such as `.double()` or `parameter.data = ...`, parts the two for good.
# ### END ANSWER
#
# *Read on:* [Saving and loading models](https://pytorch.org/tutorials/beginner/saving_loading_models.html), and [torch.nn.ModuleList](https://pytorch.org/docs/stable/generated/torch.nn.ModuleList.html).
#
# ## 7. Deep, and none the better for it
#
# *The patient* builds a network of `n_layers` linear layers. With eight layers of eight units it is to learn a wave.


# %% nbgrader={"grade": false, "grade_id": "patient-straight", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def patient_7(n_inputs: int, width: int, n_layers: int) -> nn.Module:
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_layers - 2):
        layers.append(nn.Linear(width, width))
    layers.append(nn.Linear(width, 1))
    return nn.Sequential(*layers)


# %% nbgrader={"grade": false, "grade_id": "show-straight", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the symptom: a wave, fitted by eight layers of eight units
sick_wave = plots.fitted_wave(patient_7)
plots.waves({"sick": sick_wave})

# %% [markdown]
# 457 numbers, and a fit made of a few straight pieces.
#
# **What could it be, and what would you measure?**
#
# | | hypothesis | | measurement |
# |---|---|---|---|
# | A | The gradients vanish on their way through eight layers. | 1 | the error that is left with 2, 4 and 8 layers |
# | B | Most of the layers add nothing that one layer could not do. | 2 | the gradient that reaches each layer at the start |
# | C | Eight units are too few for this wave, whatever the depth. | 3 | the output while the input of the second layer goes along a straight path |

# %%
hypothesis, measurement = "", 0  # for example "A", 1

# %% nbgrader={"grade": false, "grade_id": "show-examine-straight", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the result of your measurement
examinations.straight(patient_7, hypothesis, measurement)

# %% [markdown]
# ### Task `straight` (3 points)
#
# *medium · 20 minutes*
#
# Write `cure_straight`: a nonlinearity of your choice between each two of its linear layers, and none after the last.


# %% nbgrader={"grade": false, "grade_id": "straight", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cure_straight(n_inputs: int, width: int, n_layers: int) -> nn.Module:
    """A new network of `n_layers` linear layers (`nn.Linear`, with bias) and a nonlinearity between each two.

    Args:
        n_inputs: features of an example.
        width: units of each layer but the last.
        n_layers: linear layers in all, the output layer included, at least 2.

    Returns:
        a module that maps `(n, n_inputs)` to `(n, 1)`; the output may be any number.

    Example:
        >>> cure_straight(2, 8, 8)(torch.zeros(5, 2)).shape
        torch.Size([5, 1])
    """
    ### BEGIN SOLUTION
    sizes = [n_inputs] + [width] * (n_layers - 1)
    layers = []
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        # The bend belongs to each hidden layer: without it the next layer melts into this one.
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, 1))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "straight-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("straight"):
    model = cure_straight(2, 6, 4)
    linear = [module for module in model.modules() if isinstance(module, nn.Linear)]
    checks.length(linear, 4, name="linear layers of cure_straight(2, 6, 4)")
    three = [module for module in cure_straight(2, 6, 3).modules() if isinstance(module, nn.Linear)]
    checks.length(three, 3, name="linear layers of cure_straight(2, 6, 3)")
    came, left = [], []

    def note_sums(layer: nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        came.append(inputs[0].clone())
        left.append(output.clone())

    for layer in linear:
        layer.register_forward_hook(note_sums)
    model.eval()  # what does something in training alone is no nonlinearity
    with torch.no_grad():
        outputs = model(3 * torch.randn(50, 2))
    checks.shape(outputs, (50, 1), name="model(X)")
    checks.length(came, 4, name="calls of linear layers")
    for place in range(3):
        checks.that(
            not torch.allclose(left[place], came[place + 1], rtol=1e-3),
            f"The output of linear layer {place + 1} goes unchanged into the next one, in eval mode.",
            ask="Which layer is followed by something that bends?",
        )
    checks.close(outputs, left[-1], atol=0.0, name="model(X)", ask="What may follow the last linear layer?")

# %% nbgrader={"grade": false, "grade_id": "show-straight-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
plots.waves({"sick": sick_wave, "cured": plots.fitted_wave(cure_straight)})

# %% [markdown]
# <details><summary><b>The explanation</b> (after the cure)</summary>
#
# Two linear layers in a row are one:
#
# $$W_2 (W_1 x + b_1) + b_2 = (W_2 W_1)\, x + (W_2 b_1 + b_2).$$
#
# Depth helps only with a nonlinearity between each two layers. The patient has one, after its first layer; its other seven layers are a single straight map. It computes no more than the first layer's 8 bends, for which 25 numbers would be enough. Measurement 3 shows it directly: from the second layer on the output
# is a straight line. Measurement 1 shows the consequence: more layers do not lower the error (they only change where training ends up). Measurement 2 excludes A, since the gradients of all layers are of a similar size. The cure excludes C: with the same eight units the wave is learned.
# </details>
#
# **Think about it.** Nonlinearities alone do not make a deep network learn. The figure gave both networks weights of
# the size that He proposed. What would you expect of eight relu layers of four units with PyTorch's default weights?
#
# ### BEGIN ANSWER
# As a rule it does not learn. PyTorch's default weights are smaller than He's by a factor of about 2.4, so the signal fades from layer to layer, and with it the gradient on its way back. In narrow layers there is a second danger: if all four units of one layer are 0 for
# all inputs, nothing passes, and no gradient either. The output is then constant. He's weights, more units and a leaky relu each help.
# ### END ANSWER
#
# *Read on:* [He and others (2015), Delving deep into rectifiers](https://arxiv.org/abs/1502.01852), and [Multilayer perceptrons](https://d2l.ai/chapter_multilayer-perceptrons/mlp.html) in *Dive into Deep Learning*.
#
# ## 8. A test that does not repeat
#
# *The patient* standardizes the inputs, trains a network and returns its accuracy on a test set. Below it is called twenty times, each time with the same data and the same seed for the training.


# %% nbgrader={"grade": false, "grade_id": "patient-leak", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def patient_8(
    model: nn.Module,
    fit: Callable[[nn.Module, torch.Tensor, torch.Tensor], object],
    X_train: torch.Tensor,
    y_train: torch.Tensor,
    X_test: torch.Tensor,
    y_test: torch.Tensor,
) -> float:
    everything = torch.cat([X_train, X_test])
    mean, std = everything.mean(dim=0), everything.std(dim=0)
    model.train()
    fit(model, (X_train - mean) / std, y_train)
    with torch.no_grad():
        logits = model((X_test - mean) / std)
    return (logits.argmax(dim=1) == y_test).float().mean().item()


# %% nbgrader={"grade": false, "grade_id": "show-leak", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the symptom


def fit_clouds(model: nn.Module, X: torch.Tensor, y: torch.Tensor) -> None:
    model.train()
    torch.manual_seed(SEED)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(60):
        optimizer.zero_grad()
        F.cross_entropy(model(X), y).backward()
        optimizer.step()


def repeated_tests(evaluate: Callable) -> list[float]:
    X_train, y_train = clouds(120, seed=1)
    X_test, y_test = clouds(60, seed=2)
    accuracies = []
    for repeat in range(20):
        torch.manual_seed(SEED)
        model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 3))

        def fit(model: nn.Module, X: torch.Tensor, y: torch.Tensor, repeat: int = repeat) -> None:
            fit_clouds(model, X, y)
            torch.manual_seed(repeat)  # what follows the training is random

        accuracies.append(evaluate(model, fit, X_train, y_train, X_test, y_test))
    return accuracies


sick_tests = repeated_tests(patient_8)
plots.repeated_tests({"sick": sick_tests})

# %% [markdown]
# The same data, the same seed, and a different accuracy each time. This patient has **two** illnesses, and only one of them shows in the figure: take at least two measurements.
#
# | | hypothesis | | measurement |
# |---|---|---|---|
# | A | The training ends somewhere else each time. | 1 | how far apart two trainings from the same seed end |
# | B | The trained network does not give the same answer twice. | 2 | the trained network, asked twice about the same test rows |
# | C | The test rows have an influence on the training. | 3 | what the training is given while only the test rows are moved |

# %%
hypothesis, measurement = "", 0  # for example "A", 1

# %% nbgrader={"grade": false, "grade_id": "show-examine-leak", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the result of your measurement
examinations.leak(patient_8, fit_clouds, clouds, hypothesis, measurement)

# %% [markdown]
# ### Task `leak` (3 points)
#
# *medium · 25 minutes*
#
# Write `cure_leak`. `fit` trains the model in place and leaves it in train mode.


# %% nbgrader={"grade": false, "grade_id": "leak", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cure_leak(
    model: nn.Module,
    fit: Callable[[nn.Module, torch.Tensor, torch.Tensor], object],
    X_train: torch.Tensor,
    y_train: torch.Tensor,
    X_test: torch.Tensor,
    y_test: torch.Tensor,
) -> float:
    """Standardizes, trains, and returns the accuracy on the test set.

    Args:
        model: maps `(n, d)` to logits `(n, k)`; may hold dropout and batch normalisation.
        fit: `fit(model, X, y)` trains `model` in place on standardized inputs; call it once.
        X_train: inputs `(n, d)`, no column constant.
        y_train: labels `(n,)`.
        X_test: inputs `(m, d)`.
        y_test: labels `(m,)`.

    Returns:
        the share of correct answers on the test set, 0 to 1. The four tensors are not changed.

    Example:
        >>> accuracy = cure_leak(model, fit, X_train, y_train, X_test, y_test)
    """
    ### BEGIN SOLUTION
    # Estimated on the training rows alone, and used for both: the test rows have no say in it.
    centre, scale = X_train.mean(dim=0), X_train.std(dim=0)
    model.train()
    fit(model, (X_train - centre) / scale, y_train)
    model.eval()
    with torch.no_grad():
        logits = model((X_test - centre) / scale)
    return (logits.argmax(dim=1) == y_test).float().mean().item()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "leak-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("leak"):
    X_train, y_train = clouds(30, seed=3)
    X_test, y_test = clouds(12, seed=4)
    X_train, X_test = 3 * X_train, X_test + 5
    before = X_train.clone(), X_test.clone()
    given, tested, modes = [], [], []
    model = nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.5), nn.Linear(8, 3))

    def note_call(module: nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        modes.append(module.training)
        tested.append(inputs[0].detach().clone())

    def note_inputs(model: nn.Module, X: torch.Tensor, y: torch.Tensor) -> list[float]:
        model.train()
        given.append(X)
        return [0.5]  # its losses

    model.register_forward_hook(note_call)
    accuracy = cure_leak(model, note_inputs, X_train, y_train, X_test, y_test)
    checks.is_number(accuracy, name="accuracy")
    checks.that(
        0 <= float(accuracy) <= 1, f"The accuracy is {float(accuracy):.3g}; expected a share from 0 to 1."
    )
    checks.length(given, 1, name="calls of `fit`")
    checks.shape(given[0], (30, 2), name="the inputs that `fit` is given")
    checks.close(
        given[0].mean(dim=0),
        [0.0, 0.0],
        atol=1e-4,
        name="column means of the inputs that `fit` is given",
        ask="Which rows contribute to the mean?",
    )
    checks.close(
        given[0].std(dim=0),
        [1.0, 1.0],
        atol=0.05,
        name="column deviations of the inputs that `fit` is given",
        ask="Which rows contribute to the standard deviation, and is there one for each column?",
    )
    checks.that(
        modes and modes[-1] is False,
        "The model was in train mode, or not used at all, when it was tested.",
        ask="In which mode does `fit` leave it?",
    )
    inputs = torch.cat([X.reshape(-1, 2) for X in tested])[-12:]  # all at once, or row by row
    checks.shape(inputs, (12, 2), name="the inputs of the test")
    checks.that(
        bool((inputs.mean(dim=0) > 0.5).all()),
        "The test rows are far to one side of the training rows; the inputs of the test no longer are.",
        ask="Whose mean and whose standard deviation do they get?",
    )
    model.eval()
    with torch.no_grad():
        right = model(inputs).argmax(dim=1) == y_test
    checks.close(
        accuracy, right.float().mean(), atol=1e-6, name="accuracy", ask="A share of which rows is correct?"
    )
    checks.that(
        torch.equal(X_train, before[0]) and torch.equal(X_test, before[1]),
        "`X_train` or `X_test` has changed.",
        ask="Does an operator such as `-=` write into a tensor of the caller?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-leak-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
plots.repeated_tests({"sick": sick_tests, "cured": repeated_tests(cure_leak)})

# %% [markdown]
# <details><summary><b>The explanation</b> (after the cure)</summary>
#
# `fit` leaves the model in train mode, in which dropout is on and batch normalisation uses the batch. The patient never calls `model.eval()`, so it tests a randomly thinned network: measurement 2 shows two answers to one question. Measurement 1 excludes A: two trainings end
# at exactly the same weights. The other illness does not show in any result: a test set represents data that nobody has seen, and here its rows take part in the mean and the standard deviation by which the *training* rows are scaled. Measurement 3 finds it: move
# the test rows, and what the training is given changes. Everything that is estimated, means and standard deviations too, comes from the training set.
# </details>
#
# **Think about it.** Someone standardizes the test set by its own mean and standard deviation. No test row influences
# the training this way. What goes wrong when a test set is small, or comes from a warmer summer?
#
# ### BEGIN ANSWER
# The same reading then means different numbers in training and in testing. In a small test set the mean and the deviation are noisy, and with one row there is no deviation at all. A warmer summer is scaled back to the average one, so that precisely the difference that matters is hidden from the model. And a row's prediction depends
# on which other rows happen to be tested with it.
# ### END ANSWER
#
# *Read on:* [Common pitfalls: data leakage](https://scikit-learn.org/stable/common_pitfalls.html#data-leakage) in the manual of scikit-learn, and [Kapoor and Narayanan, Leakage and the reproducibility crisis](https://arxiv.org/abs/2207.07048).

# %% [markdown]
# ## 9. When the notebook itself is ill
#
# One more case, without points, that no function can cure. Cells keep what earlier runs left behind: the code that you see is not always the code that ran. In a published notebook two networks
# were to learn *and* and *xor*, one after the other. Its author went back, ran the first model's cells again, which bound the name `optimizer` to that model's parameters once more, and then trained the second model:

# %% nbgrader={"grade": false, "grade_id": "show-stale", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) what happened, in the order in which the cells ran
torch.manual_seed(3)
bits = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
xor = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
deep = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(deep.parameters(), lr=0.1)
shallow = nn.Linear(2, 1)
optimizer = torch.optim.SGD(shallow.parameters(), lr=0.1)  # the cell that was run again
before = deep(bits).detach()
for _ in range(49):
    optimizer.zero_grad()
    F.mse_loss(deep(bits), xor).backward()
    optimizer.step()
print("outputs before 49 epochs:", before.flatten().tolist())
print("outputs after them:      ", deep(bits).flatten().tolist())

# %% [markdown]
# **Think about it.** Which patient does this remind you of? What would have shown the mistake, and how do you write a notebook in which it cannot happen?
#
# ### BEGIN ANSWER
# Patient 2, the stranger: the optimizer holds another model's parameters. The numbers in brackets next to the cells show the order in which they ran; here they are out of order. "Restart the kernel and run all cells" shows the rest. And a function `train(model, ...)` that makes its own optimizer
# leaves no name behind that a later cell could pick up by accident.
# ### END ANSWER
#
# ## 10. The case notes

# %% [markdown] nbgrader={"grade": true, "grade_id": "diagnose", "locked": false, "points": 6, "schema_version": 3, "solution": true, "task": false}
# ### Task `diagnose` (6 points, written)
#
# *medium · important · 30 minutes*
#
# Choose two of the eight patients. Write up each in three parts (what you noted as hypothesis and measurement is a good start):
#
# 1. **Symptom.** What can be seen from outside, in a curve, a count or a number, and what does a correct run show instead?
# 2. **Cause.** Which line, and by which mechanism does it cause that symptom? Name shapes, objects or formulas.
# 3. **Check.** An assertion or measurement of one to three lines that would have caught it, and why accuracy would not.
#
# Four to eight sentences for each patient.
#
# ### BEGIN SOLUTION
# **Model answer,** for two patients; grade the others the same way.
#
# *Broadcast.* Symptom: the loss falls and levels off at the variance of the targets, and all predictions are their mean; a
# healthy run on a noisy line levels off at the variance of the noise, far lower. Cause: `model(X)` is `(n, 1)` and `y` is
# `(n,)`, which broadcast to `(n, n)`: the mean runs over all pairs of a prediction and a target, so that each prediction
# is pulled equally to every target, and the best it can do is their mean. Check: `assert model(X).shape == y.shape`, or the
# loss of a model that is correct by construction, which must be 0. A regression has no accuracy, and the loss did fall.
#
# *First batch.* Symptom: in one epoch most examples are never seen, and the figures are those of a single batch; a healthy
# epoch sees each once. Cause: `next(iter(loader))` makes a new iterator each time, which shuffles again and gives the first
# batch of a new epoch; and the `return` is inside the loop, so that it ends after one step. Check: a data set that counts
# which items are used, `assert set(counts.values()) == {1}` and `len(counts) == n`. With the `return` moved but
# `iter` kept, accuracy looks correct, as about 63 % of the examples are seen in each epoch and over several epochs nearly all.
#
# **Rubric,** half of each for each of the two patients
# - 2 points: the symptom is described as something measured, and compared with a correct run.
# - 2 points: the cause is correct and the mechanism explains the symptom (half a point for the line without the mechanism).
# - 2 points: the check would fail for the patient and pass for the cure (half a point when it only looks at accuracy or a
#   falling loss).
# ### END SOLUTION
