"""Reference answers that are worked out once for a class, and trainings in the judge."""

import numpy as np
import pytest
import torch

from autograder.grading.references import remembered, replay


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


def trained_by_torch(start, batches, epochs, clear="each", stale=0.0, kind="SGD", **options):
    """Losses before each update, and the last values, of a line on these batches by an optimizer of torch's."""
    values = [value.double().requires_grad_() for value in start]
    for value in values:
        value.grad = torch.full_like(value, stale)
    optimizer, losses = getattr(torch.optim, kind)(values, **options), []
    for _ in range(epochs):
        for X, y in batches:
            if clear == "each":
                optimizer.zero_grad()
            loss = line_loss(values, X, y)
            loss.backward()
            optimizer.step()
            if clear == "after":
                optimizer.zero_grad()
            losses.append(loss.item())
    return losses, [value.detach() for value in values]


def line_loss(values, X, y):
    return ((X @ values[0] + values[1] - y) ** 2).mean()


@pytest.mark.parametrize("clear", ["each", "never", "after"])
@pytest.mark.parametrize(
    "how", [{}, {"momentum": 0.9}, {"momentum": 0.5, "decay": 0.1}, {"adam": True}, {"stale": 2.0}]
)
def test_a_replay_is_what_torch_does(how: dict, clear: str):
    start = (torch.randn(3), torch.randn(1))
    batches = [(torch.randn(n, 3).double(), torch.randn(n).double()) for n in (4, 5)]
    options = {"momentum": how.get("momentum", 0.0), "weight_decay": how.get("decay", 0.0)}
    by_torch = {"kind": "Adam"} if "adam" in how else options
    losses, values = trained_by_torch(start, batches, 3, clear, how.get("stale", 0.0), lr=0.05, **by_torch)
    done = replay(start, line_loss, batches, 0.05, 3, clear=clear, **how)
    torch.testing.assert_close(torch.tensor(done.before), torch.tensor(losses))
    torch.testing.assert_close(done.values, values)


def test_a_replay_leaves_its_start_and_takes_losses_after_updates_on_request():
    start, batch = [torch.ones(2).double()], (torch.eye(2).double(), torch.zeros(2).double())

    def loss(values, X, y):
        return ((X @ values[0] - y) ** 2).sum()

    assert replay(start, loss, [batch], 0.25, 2).after == []
    done = replay(start, loss, [batch], 0.25, 2, after=True)
    assert (done.before, done.after) == ([2.0, 0.5], [0.5, 0.125])
    assert start[0].tolist() == [1.0, 1.0]
    once = replay(start, loss, [batch, batch], (0.25,), step="epoch", after=True)
    assert (once.before, once.after) == ([2.0, 2.0], [2.0, 0.5])
    assert replay(start, loss, [batch], 0.25, zeroed=True).values[0].tolist() == [0.0, 0.0]
