"""Images to learn from and images held out, for tests that a network answers well.

pictures = fashion().relabelled(rng)
best, constant = better_of_two(lambda: answers_of(student, pictures), pictures.held_labels, threshold=0.85)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from autograder.grading import data
from autograder.grading.assignment import REPOSITORY, SHARED

if TYPE_CHECKING:  # a course without tensors is graded without torch
    import numpy as np
    import torch


@dataclass(frozen=True)
class Pictures:
    """Images (n, 1, 28, 28) and labels (n,), to learn from and held out."""

    train_images: torch.Tensor
    train_labels: torch.Tensor
    held_images: torch.Tensor
    held_labels: torch.Tensor

    def relabelled(self, rng: np.random.Generator) -> Pictures:
        """The same images with the names of the classes exchanged: labels known from elsewhere are worth nothing."""
        import torch

        names = torch.from_numpy(rng.permutation(10))
        return replace(self, train_labels=names[self.train_labels], held_labels=names[self.held_labels])


def digits() -> tuple[torch.Tensor, torch.Tensor]:
    """scikit-learn's digits as they are, (1797, 1, 8, 8) with numbers from 0 to 16, and their labels.

    >>> small, labels = digits()
    >>> images = torch.nn.functional.interpolate(small / 16, size=28, mode="bilinear")
    """
    import torch
    from sklearn.datasets import load_digits  # here: the tests for a GPU do without scikit-learn

    table = load_digits()
    return torch.from_numpy(table.images)[:, None], torch.from_numpy(table.target).long()


def fashion() -> Pictures:
    """Fashion-MNIST, all of it where it is on this machine or can be fetched, else the course's subset of it.

    Without either the test is skipped. The images hold numbers from 0 to 1.

    >>> pictures = fashion().relabelled(rng)
    """
    common = str(REPOSITORY / SHARED)
    if common not in sys.path:
        sys.path.insert(0, common)
    from course import images

    for complete in (True, False):
        try:
            train_set, held_set = images.load_fashion(data.folder(), complete=complete)
        except images.NoNetwork:
            continue
        return Pictures(*images.tensors(train_set), *images.tensors(held_set))
    pytest.skip("no Fashion-MNIST on this machine, and no network to fetch it from")


def better_of_two(
    answers: Callable[[], torch.Tensor], labels: torch.Tensor, threshold: float
) -> tuple[float, bool]:
    """The better share of right answers of two trainings, and whether the last one answers the same everywhere.

    The second is trained only where the first does not reach the threshold.

    Args:
        answers: trains a network, and returns its answers to the images that these labels are of.

    >>> def answers():
    ...     seed = int(rng.integers(10_000))
    ...     network = student.train_classifier(pictures.train_images, pictures.train_labels, seed)
    ...     return as_tensor(network(pictures.held_images), "network(images)").argmax(dim=1)
    >>> best, constant = better_of_two(answers, pictures.held_labels, threshold=0.85)
    >>> require(best >= 0.85, f"Your network is right on {best:.1%}; at least 85% are asked for.")
    """
    best, constant = 0.0, False
    for _ in range(2):
        said = answers()
        constant = len(said.unique()) == 1
        best = max(best, (said == labels).double().mean().item())
        if best >= threshold:
            break
    return best, constant
