"""Reference answers that are worked out once for a class."""

import numpy as np
import pytest
import torch

from autograder.grading.references import remembered


@pytest.fixture
def counted():
    calls = []

    @remembered
    def mean_row(x, *, scale=1.0):
        calls.append(x)
        torch.nn.Linear(2, 2)  # draws its weights
        return scale * x.mean(0)

    return mean_row, calls


def test_equal_arguments_are_worked_out_once(counted):
    mean_row, calls = counted
    for _ in range(3):
        assert torch.equal(mean_row(torch.ones(4, 2)), torch.ones(2))
    assert len(calls) == 1


@pytest.mark.parametrize(
    "other",
    [lambda f: f(torch.ones(2, 4)), lambda f: f(torch.ones(4, 2), scale=2.0), lambda f: f(np.ones((4, 2)))],
)
def test_other_arguments_are_worked_out_anew(counted, other):
    mean_row, calls = counted
    mean_row(torch.ones(4, 2))
    other(mean_row)
    assert len(calls) == 2


def test_nobody_can_change_what_the_next_one_gets(counted):
    mean_row, _ = counted
    mean_row(torch.ones(4, 2)).zero_()
    assert torch.equal(mean_row(torch.ones(4, 2)), torch.ones(2))


def test_random_numbers_go_on_as_if_it_had_not_been_called(counted):
    mean_row, _ = counted
    draws = []
    for _ in range(2):  # worked out, then remembered
        torch.manual_seed(0)
        mean_row(torch.ones(4, 2))
        draws.append(torch.rand(3))
    assert torch.equal(*draws)


def test_what_has_no_content_to_compare_is_refused(counted):
    mean_row, _ = counted
    with pytest.raises(TypeError):
        mean_row(lambda: None)
