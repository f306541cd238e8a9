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
# # ASSIGNMENT_TITLE
#
# Say in one paragraph what this notebook is about, and why somebody would want to know.
#
# **At the end you will be able to**
#
# - center data: move them so that the mean of each column is 0.
#
# **You need** tensors in PyTorch.
#
# | | |
# |---|---|
# | time | about a quarter of an hour |
# | points | 5: one coding task (3) and one written one (2) |
# | computer | any |
#
# Work from top to bottom. Each task has a cell to fill in, then public checks that you may run as often as you like. They
# are a first look: hidden tests, on other numbers, decide the points. An untouched task stops with `NotImplementedError`.
# Cells that begin with a comment *(supplied)* show what you built; there is nothing to change in them.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) imports, versions, and one seed for the whole notebook
import platform

import plots
import torch

from course import checks, notebook, style

SEED = 1
torch.manual_seed(SEED)
notebook.calm()
style.use()
print(f"Python {platform.python_version()}, torch {torch.__version__}, seed: {SEED}")

# %% nbgrader={"grade": false, "grade_id": "data", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) two hundred points around (3, -1)
data = torch.randn(200, 2) * torch.tensor([2.0, 0.5]) + torch.tensor([3.0, -1.0])

# %% [markdown]
# ## 1. Center the data
#
# The idea in a few sentences, with the formula: the mean of column $j$ is $\mu_j = \frac{1}{n}\sum_i x_{ij}$.
#
# ### Task `center` (3 points)
#
# Subtract from each column its own mean.


# %% nbgrader={"grade": false, "grade_id": "center", "locked": false, "schema_version": 3, "solution": true, "task": false}
def center(points: torch.Tensor) -> torch.Tensor:
    """Move points so that the mean of each column is 0.

    Args:
        points: (n, d)

    Returns:
        (n, d), a new tensor

    >>> center(torch.tensor([[1.0, 10.0], [3.0, 30.0]]))
    tensor([[ -1., -10.],
            [  1.,  10.]])
    """
    ### BEGIN SOLUTION
    return points - points.mean(dim=0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "center-tests", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
with checks.task("center"):
    moved = center(data)
    checks.shape(moved, (200, 2), name="center(data)")
    checks.that(
        bool((moved.mean(dim=0).abs() < 1e-4).all()),
        f"The means of the columns are {[round(float(mean), 4) for mean in moved.mean(dim=0)]} (tolerance 0.0001).",
        ask="Does each column lose its own mean?",
    )

# %% nbgrader={"grade": false, "grade_id": "show-center", "locked": true, "schema_version": 3, "solution": false, "task": false}
# (supplied) the points before and after
plots.before_and_after(data, center(data))

# %% [markdown] nbgrader={"grade": true, "grade_id": "why-center", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# ### Task `why-center` (2 points, written)
#
# What changes in the figure, and what stays the same?
#
# ### BEGIN SOLUTION
# The cloud moves so that its middle is at the origin. Its shape and size stay the same: every distance between two
# points is what it was.
#
# **Rubric**
# - 1 point: the cloud moves to the origin
# - 1 point: its distances (or shape, or spread) stay
# ### END SOLUTION
