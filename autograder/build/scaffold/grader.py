"""Hidden tests of `ASSIGNMENT_NAME` (docs/contract.md). docs/graders.md says how to write them."""

from __future__ import annotations

import numpy as np
import torch

from autograder.grading.toolkit import Student, assert_close, task


def draw(rng: np.random.Generator, n: int, d: int) -> torch.Tensor:
    """Points that nobody has seen before, each column around a mean of its own."""
    return torch.tensor(rng.normal(size=(n, d)) + rng.normal(scale=5, size=d), dtype=torch.float32)


@task("center", points=2)
def test_each_column_loses_its_mean(student: Student, rng: np.random.Generator):
    """`center` should subtract from each column its own mean."""
    points = draw(rng, 20, 3)
    mean = points.mean(dim=0)
    assert_close(
        student.center(points),
        points - mean,
        atol=1e-4,
        name="center(points)",
        wrong={
            "This is what you get when one mean, of all numbers, is subtracted.": points - points.mean(),
            "This is what you get when the means are added.": points + mean,
            "These are the points as they were.": points,
        },
    )


@task("center", points=0.5)
def test_one_point_is_its_own_mean(student: Student, rng: np.random.Generator):
    """A single point should end at the origin, and keep the shape (1, d)."""
    assert_close(student.center(draw(rng, 1, 1)), torch.zeros(1, 1), atol=1e-5, name="center(points)")


@task("center", points=0.5, promises=("arguments",))
def test_the_argument_is_left_alone(student: Student, rng: np.random.Generator):
    """`center` should return new points and leave those that it was given as they were."""
    student.center(draw(rng, 10, 2))
