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
# - tell from a loss curve, a count or a comparison what kind of mistake a training script has;
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
# Each patient comes with a cell that shows it (its name begins with `sick_`), a figure of the symptom, and a task: write
# the cured function, `cure_...`. It takes the same arguments and returns the same things, and whatever was correct before
# stays correct: a cure that breaks something else is not a cure. Below each task there is a cell with public checks;
# hidden tests ask the same questions on other data and decide the points. Cells that begin with a comment *(supplied)*
# are given; there is nothing to change in them.
#
# Work as a doctor does: look at the symptom, say what could cause it, find the measurement that tells the causes
# apart, and only then treat.

# %% [markdown]
# The patients are independent of each other. If you get stuck on one, go on with the next.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) imports, versions, and one seed for the whole notebook
import math
from collections import Counter
from collections.abc import Callable, Sequence

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
# *The symptom.* The loss is constant to the last digit. Note that: a learning rate that is too small makes it
# fall slowly, one that is too large makes it jump around. A loss that is *exactly* constant says that the update adds
# exactly zero.
#
# *The measurement that decides.* Print the gradient at the start: it is 0, where the derivative $2(w - 3)$ is −6.
#
# *The cause* is the factor 0 in the gradient, *the cure* removes it, and *the check that would have caught it* compares
# the gradient with a central difference at one point. Symptom, measurement, cause, cure, check: that is how you will
# write up two cases at the end.

# %% [markdown]
# ## 1. Broadcast
#
# The mean squared error of $n$ predictions is
#
# $$\frac 1n \sum_{i=1}^{n} (\hat y_i - y_i)^2.$$
#
# Models return one column, `(n, 1)`; targets often come as `(n,)`. The patient fits a line.


# %% nbgrader={"grade": false, "grade_id": "patient-broadcast", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def sick_broadcast(
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
sick_losses = sick_broadcast(sick, X, y, 0.1, 80)
plots.fitted_lines(X, y, {"sick": (sick_losses, sick(X).detach())})

# %% [markdown]
# The loss falls, but stops at the variance of the targets, where every prediction is their mean.
#
# ### Task `broadcast` (3 points)
#
# *easy · 15 minutes*
#
# Write `cure_broadcast`. Targets may come as `(n,)`, or as `(n, 1)`, for which the patient worked.
#
# <details><summary>Hint: a measurement that decides</summary>
#
# Print the shape of `model(X)`, of `y`, and of their difference. Which of the three surprises you?
# </details>


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
# **Think about it.** Write the sick loss as a sum over pairs $(i, j)$. Why is the mean of the targets its minimiser,
# whatever the inputs are?
#
# ## 2. The stranger
#
# We want to compare several networks on the same data, each trained for the same number of epochs.


# %% nbgrader={"grade": false, "grade_id": "patient-stranger", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def sick_stranger(
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
sick_histories = sick_stranger(competitors(), X, y, 0.05, 150)
plots.histories({"sick": sick_histories}, names=["2 units", "8 units", "32 units"])

# %% [markdown]
# The first network learns; the other losses are constant to the last digit.
#
# ### Task `stranger` (3 points)
#
# *easy · 15 minutes*
#
# Write `cure_stranger`: every model is trained the way the patient trains its first one, with SGD and momentum 0.9, as if it were
# the only one.
#
# <details><summary>Hint: a measurement that decides</summary>
#
# Whose parameters does the optimizer hold? Compare `id(parameter)` of each model with those in `optimizer.param_groups[0]["params"]`.
# </details>


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

# %% nbgrader={"grade": false, "grade_id": "show-stranger-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
X, _ = line(60, SEED)
y = torch.sin(2 * X)
cured_histories = cure_stranger(competitors(), X, y, 0.05, 150)
plots.histories({"sick": sick_histories, "cured": cured_histories}, names=["2 units", "8 units", "32 units"])

# %% [markdown]
# **Think about it.** The sick function calls `optimizer.zero_grad()` in every epoch. What nevertheless happens to the gradients
# of the second model? Print one and see.
#
# ## 3. Accumulation
#
# `loss.backward()` *adds* to `.grad`. That is useful: a gradient over several batches can be added up from parts. It
# also means that someone has to clear it.


# %% nbgrader={"grade": false, "grade_id": "patient-accumulate", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def sick_accumulate(
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
sick_losses = sick_accumulate(model, batches, torch.optim.SGD(model.parameters(), lr=0.02), 60)
plots.losses({"sick": sick_losses}, title="Three batches, 60 epochs")

# %% [markdown]
# The first update is correct. After it the loss swings like a pendulum: a sum of all gradients so far behaves like a speed,
# and nothing slows it down.
#
# ### Task `accumulate` (3 points)
#
# *easy · 15 minutes*
#
# Write `cure_accumulate`. Each update uses the gradient of its own batch and of nothing else, whatever the parameters hold
# when the function is called. The model and the optimizer belong to the caller, and the optimizer keeps what it remembers
# between updates, such as momentum.
#
# <details><summary>Hint: a measurement that decides</summary>
#
# Print `parameter.grad` just after each `backward()`, for a model with a single weight and two equal batches. When is it reset?
# </details>


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
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(1.0)
    one = torch.ones(1, 1)
    # The loss is w², its gradient 2w, so that with a rate of 1/4 each update halves w.
    losses = cure_accumulate(model, [(one, 0 * one)] * 2, torch.optim.SGD(model.parameters(), lr=0.25), 2)
    checks.length(losses, 4, name="losses of 2 batches in 2 epochs")
    checks.close(
        losses,
        [1.0, 0.25, 0.0625, 0.015625],
        atol=1e-6,
        name="losses of 2 batches in 2 epochs",
        ask="What is in `.grad` when a backward pass begins, and when a step is taken? Is each loss from before its update?",
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
# **Think about it.** A friend clears the gradients once at the beginning of each epoch. For how many batches is that
# correct?
#
# ## 4. The first batch
#
# One epoch shows every example once, in a new order if the loader shuffles. Its figures are means over all examples:
#
# $$\text{loss} = \frac{1}{n} \sum_{\text{batches } B} \; \sum_{i \in B} l_i,
#   \qquad \text{accuracy} = \frac{\text{number of correct answers}}{n}.$$


# %% nbgrader={"grade": false, "grade_id": "patient-first-batch", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def sick_first_batch(
    model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer
) -> tuple[float, float]:
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
# (supplied) the symptom: how often each example was used in one epoch


def times_seen(epoch: Callable) -> list[int]:
    torch.manual_seed(SEED)
    examples = Counting(*clouds(130, SEED))
    model = nn.Linear(2, 3)
    loader = DataLoader(examples, batch_size=20, shuffle=True)
    epoch(model, loader, torch.optim.SGD(model.parameters(), lr=0.1))
    return [examples.seen[index] for index in range(len(examples))]


plots.times_seen({"sick": times_seen(sick_first_batch)})

# %% [markdown]
# Two mistakes hide each other here. With the first one fixed, accuracy looks as it should, while a third of the
# examples is never seen: count them, do not trust the accuracy.
#
# ### Task `first-batch` (3 points)
#
# *medium · 20 minutes*
#
# Write `cure_first_batch`: one epoch, every example once, one update for each batch, and the figures of all examples, the
# small last batch weighted by its size.
#
# <details><summary>Hint: a measurement that decides</summary>
#
# What does `iter(loader)` do that `next` does not? And how many times does the body of the loop run?
# </details>


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
    answer = cure_first_batch(
        model, DataLoader(examples, batch_size=4, shuffle=True), torch.optim.SGD(model.parameters(), lr=0.0)
    )
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
    with torch.no_grad():  # the rate is 0: the model is the same for all batches
        logits = model(examples.X)
    checks.close(
        answer[0],
        F.cross_entropy(logits, examples.y),
        atol=1e-5,
        name="mean loss",
        ask="The last batch has 3 examples: how much do they weigh?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-first-batch-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
plots.times_seen({"sick": times_seen(sick_first_batch), "cured": times_seen(cure_first_batch)})

# %% [markdown]
# **Think about it.** A loader that shuffles, `m` batches, and a new iterator for each: which share of the examples is
# never seen in such an epoch, for large `m`? (Each is missed `m` times with probability `1 - 1/m`.)
#
# ## 5. A softmax too many
#
# `F.cross_entropy` takes logits $z$ and computes
#
# $$-\ln p_y, \qquad p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}.$$
#
# It already contains the softmax.


# %% nbgrader={"grade": false, "grade_id": "patient-double-softmax", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def sick_double_softmax(
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


FLOOR = -math.log(math.e / (math.e + 2))  # a softmax of one 1 and two 0s
sick_losses = trained_on_clouds(sick_double_softmax)
plots.losses({"sick": sick_losses}, title="Three clouds", floor=FLOOR)

# %% [markdown]
# The clouds hardly overlap, yet the loss does not get below 0.55, even when every probability is 0 or 1. Such a
# model classifies so well that the mistake goes unnoticed.
#
# ### Task `double-softmax` (3 points)
#
# *easy · 15 minutes*
#
# Write `cure_double_softmax`. The probabilities that it returns remain probabilities, and the loss stays finite and exact
# for logits in the hundreds, where separate `exp` and `log` do not.
#
# <details><summary>Hint: a measurement that decides</summary>
#
# Give `F.cross_entropy` the logits `[[100., 0.]]` and then their softmax, for the label 0. Which of the two losses can reach 0?
# </details>


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

# %% nbgrader={"grade": false, "grade_id": "show-double-softmax-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
cured_losses = trained_on_clouds(cure_double_softmax)
plots.losses({"sick": sick_losses, "cured": cured_losses}, title="Three clouds", floor=FLOOR)

# %% [markdown]
# **Think about it.** What is the floor for 10 classes? And for 2, where a loss of 0.69 means guessing?
#
# ## 6. Unregistered
#
# `model.parameters()` finds attributes that are an `nn.Parameter` or an `nn.Module`. It does not look into a plain
# list, and a plain tensor is not a parameter, whatever its name is.


# %% nbgrader={"grade": false, "grade_id": "patient-unregistered", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def sick_unregistered(n_inputs: int, width: int, n_hidden: int, n_outputs: int) -> nn.Module:
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
# (supplied) the symptom: numbers that an optimizer gets, and numbers that the network computes with
SIZES = (2, 16, 2, 3)


def numbers(build: Callable[..., nn.Module]) -> int:
    return sum(parameter.numel() for parameter in build(*SIZES).parameters())


needed = (2 * 16 + 16) + 2 * (16 * 16 + 16) + (16 * 3 + 3)
plots.counted_numbers({"sick": numbers(sick_unregistered)}, needed)

# %% [markdown]
# Only the first layer is trained, less than a tenth of the numbers; the rest keeps its random start values. Nor is the
# rest saved by `state_dict()` or moved by `.to(device)` and `.double()`.
#
# ### Task `unregistered` (3 points)
#
# *medium · 25 minutes*
#
# Write `cure_unregistered`: the same network, with all its numbers found, trained, saved and converted. A name in
# `named_parameters()` is not enough: the forward pass has to use that very parameter. You may use any modules.
#
# <details><summary>Hint: a measurement that decides</summary>
#
# List `[name for name, _ in model.named_parameters()]` and compare it with what `forward` uses. Which kinds of attribute are missing?
# </details>


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
    model = cure_unregistered(2, 5, 2, 3)
    checks.is_module(model)
    outputs = model(torch.ones(4, 2))
    checks.shape(outputs, (4, 3), name="model(X)")
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

# %% nbgrader={"grade": false, "grade_id": "show-unregistered-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
plots.counted_numbers({"sick": numbers(sick_unregistered), "cured": numbers(cure_unregistered)}, needed)

# %% [markdown]
# **Think about it.** A course once shipped a class with `self.W = torch.randn(3, 2)` and
# `self.register_parameter("0_weight", nn.Parameter(self.W))`, whose forward pass used `self.W`. Its values print correctly and
# even follow in-place changes. What does it not do?
#
# ## 7. Straight
#
# Two linear layers in a row are one:
#
# $$W_2 (W_1 x + b_1) + b_2 = (W_2 W_1)\, x + (W_2 b_1 + b_2).$$
#
# Depth helps only with a nonlinearity between each two layers.


# %% nbgrader={"grade": false, "grade_id": "patient-straight", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def sick_straight(n_inputs: int, width: int, n_layers: int) -> nn.Module:
    layers = [nn.Linear(n_inputs, width), nn.ReLU()]
    for _ in range(n_layers - 2):
        layers.append(nn.Linear(width, width))
    layers.append(nn.Linear(width, 1))
    return nn.Sequential(*layers)


# %% nbgrader={"grade": false, "grade_id": "show-straight", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the symptom: a wave, fitted by eight layers of eight units


def fitted_wave(build: Callable[..., nn.Module]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(SEED)
    model = build(1, 8, 8)
    for module in model.modules():
        if isinstance(module, nn.Linear):  # weights that keep a deep relu network alive
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.uniform_(module.bias, -0.5, 0.5)
    X = torch.linspace(-2, 2, 120)[:, None]
    y = torch.sin(5 * X)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    for _ in range(1500):
        optimizer.zero_grad()
        F.mse_loss(model(X), y).backward()
        optimizer.step()
    return X, y, model(X).detach()


sick_wave = fitted_wave(sick_straight)
plots.waves({"sick": sick_wave})

# %% [markdown]
# The patient has 457 numbers, but computes no more than its first layer's 8 bends and one straight map: 25 numbers would be enough.
#
# ### Task `straight` (3 points)
#
# *medium · 20 minutes*
#
# Write `cure_straight`: a nonlinearity of your choice between each two of its linear layers, and none after the last.
#
# <details><summary>Hint: a measurement that decides</summary>
#
# Print the patient. What is between the second linear layer and the third?
# </details>


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
    came, left = [], []

    def note_sums(layer: nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        came.append(inputs[0].clone())
        left.append(output.clone())

    for layer in linear:
        layer.register_forward_hook(note_sums)
    with torch.no_grad():
        outputs = model(3 * torch.randn(50, 2))
    checks.shape(outputs, (50, 1), name="model(X)")
    checks.length(came, 4, name="calls of linear layers")
    for place in range(3):
        checks.that(
            not torch.equal(left[place], came[place + 1]),
            f"The output of linear layer {place + 1} goes unchanged into the next one.",
            ask="Which layer is followed by a nonlinearity?",
        )
    checks.close(outputs, left[-1], atol=0.0, name="model(X)", ask="What may follow the last linear layer?")

# %% nbgrader={"grade": false, "grade_id": "show-straight-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
plots.waves({"sick": sick_wave, "cured": fitted_wave(cure_straight)})

# %% [markdown]
# **Think about it.** Nonlinearities alone do not make a deep network learn. The figure gave both networks weights of
# the size that He proposed. What would you expect of eight relu layers of four units with PyTorch's default weights?
#
# ## 8. A leak
#
# A test set represents data that nobody has seen. Everything that is estimated, means and standard deviations too, comes
# from the training set; and a network is evaluated in eval mode, in which dropout is off and batch normalisation uses what
# it has learned.


# %% nbgrader={"grade": false, "grade_id": "patient-leak", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the patient
def sick_leak(
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
# (supplied) the symptom: the same training twenty times, from the same seed, and a test that does not repeat


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


sick_tests = repeated_tests(sick_leak)
plots.repeated_tests({"sick": sick_tests})

# %% [markdown]
# The same weights, the same test set, and a different accuracy each time. The second mistake does not show in this
# figure: the test rows influenced how the training rows are scaled, and nothing in the result reveals it.
#
# ### Task `leak` (3 points)
#
# *medium · 25 minutes*
#
# Write `cure_leak`. `fit` trains the model in place and leaves it in train mode.
#
# <details><summary>Hint: a measurement that decides</summary>
#
# There are two mistakes. For each number that is computed from data ask: from which rows? For each call of the model, ask: in which mode?
# </details>


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
    given, modes = [], []
    model = nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.5), nn.Linear(8, 3))
    model.register_forward_hook(lambda module, inputs, output: modes.append(module.training))

    def note_inputs(model: nn.Module, X: torch.Tensor, y: torch.Tensor) -> None:
        model.train()
        given.append(X)

    accuracy = cure_leak(model, note_inputs, X_train, y_train, X_test + 5, y_test)
    checks.is_number(accuracy, name="accuracy")
    checks.length(given, 1, name="calls of `fit`")
    checks.shape(given[0], (30, 2), name="the inputs that `fit` is given")
    checks.close(
        given[0].mean(dim=0),
        [0.0, 0.0],
        atol=1e-4,
        name="column means of the inputs that `fit` is given",
        ask="Which rows contribute to the mean?",
    )
    checks.that(
        modes and modes[-1] is False,
        "The model was in train mode, or not used at all, when it was tested.",
        ask="In which mode does `fit` leave it?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-leak-cured", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) before and after
plots.repeated_tests({"sick": sick_tests, "cured": repeated_tests(cure_leak)})

# %% [markdown]
# **Think about it.** Someone standardizes the test set by its own mean and standard deviation. No test row influences
# the training this way. What goes wrong when a test set is small, or comes from a warmer summer?
#
# ## 9. The case notes

# %% [markdown] nbgrader={"grade": true, "grade_id": "diagnose", "locked": false, "points": 6, "schema_version": 3, "solution": true, "task": false}
# ### Task `diagnose` (6 points, written)
#
# *medium · important · 30 minutes*
#
# Choose two of the eight patients. Write up each in three parts:
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
# **Rubric,** for each of the two patients:
# - 1 point: the symptom is described as something measured, and compared with a correct run.
# - 1 point: the cause is correct and the mechanism explains the symptom (half a point for the line without the mechanism).
# - 1 point: the check would fail for the patient and pass for the cure (half a point when it only looks at accuracy or a
#   falling loss).
# ### END SOLUTION
