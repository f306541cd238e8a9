"""Images that networks learn from, and others that they are judged by."""

import numpy as np
import pytest
import torch

from autograder.grading.pictures import Pictures, better_of_two, digits, fashion


@pytest.mark.parametrize(
    ("shares", "trained", "outcome"),
    [([1.0, 0.5], 1, (1.0, False)), ([0.5, 0.75], 2, (0.75, False)), ([0.5, 0.0], 2, (0.5, True))],
)
def test_a_second_network_is_trained_only_where_the_first_is_not_good_enough(shares, trained, outcome):
    labels = torch.tensor([0, 1, 2, 3])
    given = {1.0: [0, 1, 2, 3], 0.75: [0, 1, 2, 9], 0.5: [0, 1, 9, 8], 0.0: [9, 9, 9, 9]}
    calls = []

    def answers():
        calls.append(1)
        return torch.tensor(given[shares[len(calls) - 1]])

    assert better_of_two(answers, labels, threshold=0.9) == outcome
    assert len(calls) == trained


def test_relabelled_images_keep_their_classes_apart_under_other_names():
    images, labels = torch.rand(20, 1, 28, 28), torch.arange(20) % 10
    pictures = Pictures(images, labels, images[:10], labels[:10])
    other = pictures.relabelled(np.random.default_rng(1))
    assert other.train_images is images and not torch.equal(other.train_labels, labels)
    assert torch.equal(other.train_labels[:10], other.held_labels)
    assert sorted(other.held_labels.tolist()) == list(range(10))


def test_digits_are_the_table_of_scikit_learn():
    images, labels = digits()
    assert images.shape == (1797, 1, 8, 8) and (images.min(), images.max()) == (0, 16)
    assert labels.dtype is torch.int64 and labels.unique().tolist() == list(range(10))


def test_clothes_hold_numbers_from_0_to_1():
    pictures = fashion()
    for images, labels in (
        (pictures.train_images, pictures.train_labels),
        (pictures.held_images, pictures.held_labels),
    ):
        assert images.shape == (len(labels), 1, 28, 28) and (images.min(), images.max()) == (0, 1)
