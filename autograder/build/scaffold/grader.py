"""Hidden tests of `ASSIGNMENT_NAME` (docs/contract.md). docs/graders.md says how to write them."""

from __future__ import annotations

import torch

from autograder.grading.toolkit import same_as


def draw(rng):
    """Points that nobody has seen before, each column around a mean of its own."""
    return [(torch.randn(20, 3) + 5 * torch.randn(3),)]


@same_as(draw=draw, atol=1e-4)
def center(points):
    mean = points.mean(dim=0)
    return points - mean, {
        "This is what you get when one mean, of all numbers, is subtracted.": points - points.mean(),
        "This is what you get when the means are added.": points + mean,
        "These are the points as they were.": points,
    }


test_each_column_loses_its_mean = center.values(
    "`center` should subtract from each column its mean.", points=2
)
test_one_point_is_its_own_mean = center.values(
    "A single point should end at the origin.", points=0.5, draw=lambda rng: [(torch.randn(1, 1),)]
)
test_the_argument_is_left_alone = center.arguments(
    "`center` should return new points and leave those that it was given as they were.", points=0.5
)
