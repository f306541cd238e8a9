"""Hidden tests of `capstone` (docs/contract.md, section 9).

What organizes a training is judged with trainings whose outcome the judge knows: what it was asked, how often, and
which numbers came back. Accuracy is counted here, on images that the notebook has not seen, with labels of their own.
The tests marked `gpu` need torch, torchvision and pytest, and neither nbgrader nor Jupyter.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from autograder.grading.toolkit import (
    Pictures,
    Remote,
    Shared,
    StudentError,
    as_model,
    as_number,
    as_numbers,
    as_tensor,
    assert_close,
    assert_equal,
    assert_unchanged,
    better_of_two,
    data,
    digits,
    entries,
    fail,
    fashion,
    leave_gradients,
    parameters_of,
    require,
    task,
    unpack,
)


def between(rng: np.random.Generator, low: int, high: int) -> int:
    """A random whole number, both ends included."""
    return int(rng.integers(low, high + 1))


# ---- split


def draw_labels(
    rng: np.random.Generator, in_order: bool = False, kinds: Sequence[int] = range(10)
) -> torch.Tensor:
    """Labels of some classes, of each another number.

    Each number leaves 2 when divided by 5: what rounding by class leaves over in a fifth adds up. One is 2.
    """
    sizes = rng.permutation([2, *range(32, 77, 5)])[: len(kinds)]
    labels = torch.tensor(kinds).repeat_interleave(torch.from_numpy(sizes))
    return labels if in_order else labels[torch.randperm(len(labels))]


def with_gaps(rng: np.random.Generator) -> list[int]:
    """Four classes, never 0 and never in a row."""
    return [*rng.permutation([1, 2, 3, 4])[:2].tolist(), *rng.permutation([6, 7, 8, 9])[:2].tolist()]


def kinds_in(part: object) -> str:
    """The types of the numbers of a tensor, an array or a list of such or of plain numbers."""
    items = part if isinstance(part, (list, tuple)) else [part]
    numbers = (item for item in items if isinstance(item, (torch.Tensor, np.ndarray, np.generic, int, float)))
    return " ".join({str(getattr(number, "dtype", type(number))) for number in numbers})


def indices_of(student, labels: torch.Tensor, share: float, seed: int) -> tuple[list[int], list[int]]:
    """The two lists of indices that the student's `split` gives, proved to be indices."""
    found = []
    parts = unpack(student.split(labels, share, seed), "split(…)", ("train", "val"))
    for name, part in zip(("train", "val"), parts, strict=True):
        if isinstance(part, (torch.Tensor, np.ndarray)) and "bool" in kinds_in(part):
            # that places are asked for is another test's question
            part = np.flatnonzero(part)
        numbers = as_numbers(part, name)
        whole = all(number == int(number) and 0 <= number < len(labels) for number in numbers)
        require(
            whole, f"`{name}` should hold indices into `labels`, whole numbers from 0 on; yours holds others."
        )
        found.append([int(number) for number in numbers])
    return found[0], found[1]


@task("split", points=1)
def test_every_example_is_in_one_part(student, rng):
    """Every example should be in one of the two parts, and in one only."""
    for share, kinds in ((0.2, list(range(10))), (0.31, with_gaps(rng))):
        labels, seed = draw_labels(rng, kinds=kinds), between(rng, 0, 10_000)
        train, val = indices_of(student, labels, share, seed)
        for part in unpack(student.split(labels, share, seed), "split(…)", ("train", "val")):
            require(
                "bool" not in kinds_in(part),
                "A part is a mask, True or False for each example: the places of its examples are asked for.",
            )
            flat = not torch.is_tensor(part) or part.dim() == 1
            require(
                flat, "A part should have one dimension: what does `pictures[train]` look like otherwise?"
            )
            require(
                "float" not in kinds_in(part),
                "The numbers of a part are floats: can `pictures[train]` use those as places?",
            )
        require(
            sorted(train + val) != sorted(labels.tolist()),
            "These are labels: the parts should hold the places of the examples.",
        )
        largest = int(torch.bincount(labels).max())
        require(
            max(train + val, default=largest) >= largest,
            "No index is higher than the largest class has examples: are they places in `labels`, or within a class?",
        )
        both = len(set(train) & set(val))
        cause = "Is each part drawn from a shuffle of its own?"
        if set(val) <= set(train):
            cause = "Are those of the validation part taken out of the other?"
        require(
            not both,
            f"{both} examples are in both parts: what does a validation tell that one has learned from? {cause}",
        )
        twice = len(train) + len(val) - len(set(train + val))
        require(not twice, f"{twice} examples are in a part twice. Are they drawn with replacement?")
        missing = len(labels) - len(train) - len(val)
        names = f" Here the classes are {sorted(kinds)}." if len(kinds) < 10 else ""
        require(not missing, f"{missing} of {len(labels)} examples are in neither part.{names}")


@task("split", points=1.5)
def test_each_class_has_its_share(student, rng):
    """Of each class, `share` of the examples should be in the validation part, give or take one."""
    seed = between(rng, 0, 10_000)
    # As many labels, the same share and seed, but other labels: a split that is kept would not fit them.
    for in_order, share in ((False, 0.2), (True, 0.6), (False, 0.6), (False, 0.8)):
        labels = draw_labels(rng, in_order)
        train, val = indices_of(student, labels, share, seed)
        if abs(len(train) / len(labels) - share) < 0.05:
            fail("The two parts are exchanged: `share` is that of the validation part, which comes second.")
        # A class that is in neither part is another test's question, where it is not most of them.
        there = [kind for kind in range(10) if kind in labels[train + val]]
        there = there if len(there) > 5 else list(range(10))
        sizes, counts = torch.bincount(labels).tolist(), torch.bincount(labels[val], minlength=10).tolist()
        for n, count in sorted(
            ((sizes[kind], counts[kind]) for kind in there), reverse=True
        ):  # two of one last
            if abs(count - share * n) > 1 + 1e-6:
                sides = "in the order of their classes" if in_order else "in random order"
                asked = "Is each class split on its own?"
                fail(
                    f"With share={share} and labels {sides}, {count} of {n} examples of a class are in the validation "
                    f"part. {asked if n > 2 else 'How many should it be in a class as small as this?'}"
                )


@task("split", points=0.75, alone=False)
def test_same_seed_same_split(student, rng):
    """The same seed should give the same two parts, whatever was drawn before."""
    labels = draw_labels(rng)
    for seed in (between(rng, 1, 10_000), 0):
        parts = []
        for seeded_by_others in (True, True, False):
            if seeded_by_others:
                student.library("torch.manual_seed")(between(rng, 0, 2**31))
                student.library("numpy.random.seed")(between(rng, 0, 2**31))
            parts.append(set(indices_of(student, labels, 0.25, seed)[1]))
        require(
            parts[0] == parts[1] == parts[2],
            f"The same seed{'' if seed else ', 0,'} gives another split. Which generator draws, and who has seeded it?",
        )


@task("split", points=0.75, alone=False)
def test_another_seed_another_split(student, rng):
    """Another seed should give another split."""
    labels = draw_labels(rng)
    for seed in (between(rng, 1, 10_000), 0):
        one, other = (set(indices_of(student, labels, 0.25, number)[1]) for number in (seed, seed + 1))
        which = "Two seeds" if seed else "The seeds 0 and 1"
        require(one != other, f"{which} give the same split. Where is `seed` used, and what is random?")


# ---- weight-decay


@dataclass(frozen=True)
class Adam:
    """AdamW by hand, because the first optimizer of a process imports for seconds."""

    rate: float
    decay: float = 0.0
    in_gradient: bool = False
    by_rate: bool = True
    sign: float = 1.0

    def __call__(self, value: torch.Tensor, gradients: Sequence[torch.Tensor]) -> torch.Tensor:
        value = value.double()
        mean = square = torch.zeros_like(value)
        for step, gradient in enumerate(gradients, start=1):
            gradient = gradient.double() + self.in_gradient * self.decay * value
            mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
            factor = (self.rate if self.by_rate else 1.0) * self.decay
            value = value * (1 - (0.0 if self.in_gradient else self.sign * factor))
            value = value - self.rate * mean / (1 - 0.9**step) / ((square / (1 - 0.999**step)).sqrt() + 1e-8)
        return value


Values = dict[str, torch.Tensor]


def stepped(
    student, rate: float, decay: float, gradients: Callable[[Values], list[Values]]
) -> tuple[Values, list[Values], list[Values]]:
    """All parameters of a network, the gradients of each step, and the parameters after each step."""
    network = student.helpers.make_mixture()
    student.helpers.move(network)  # so that the biases of the normalizations are not 0
    before = parameters_of(network)
    optimizer = as_model(student.make_optimizer(network, rate, decay), "make_optimizer(…)")
    steps, after = gradients(before), []
    for step in steps:
        student.helpers.leave(network, list(step.values()))
        optimizer.step()
        after.append(parameters_of(network))
    return before, steps, after


def nothing(before: Values) -> list[Values]:
    return [{name: torch.zeros_like(value).float() for name, value in before.items()}]


def nothing_and_more(before: Values) -> list[Values]:
    return nothing(before) + [{name: torch.ones_like(value).float() for name, value in before.items()}]


def nearer(got: torch.Tensor, *values: torch.Tensor) -> torch.Tensor:
    return min(values, key=lambda value: (got - value).abs().max().item())


def named_weight(names: Iterable[str]) -> list[str]:
    return [name for name in names if "weight" in name]


@task("weight-decay", points=1.5)
def test_weights_decay(student, rng):
    """Where all gradients are 0, a step should shrink each weight by the factor 1 - learning_rate * weight_decay."""
    # So small that the usual rate with this decay is not this rate with the usual decay.
    rate, decay = rng.uniform(0.05, 0.1), rng.uniform(0.3, 0.4)
    before, (step, _), (after, later) = stepped(student, rate, decay, nothing_and_more)
    tables = [name for name, value in before.items() if value.dim() > 1]
    if {name for name, value in before.items() if not torch.equal(value, after[name])} == set(
        named_weight(before)
    ):
        tables = named_weight(
            tables
        )  # chosen by their names: this is counted with those that should not decay
    # A parameter that no gradient moves is in no group: that is counted with those that do not learn.
    moving = [name for name in tables if not torch.equal(before[name], later[name])]
    some = any(not torch.equal(before[name], after[name]) for name in tables)
    for name, value in before.items():
        if name in (moving or tables):
            how = {"rate": rate, "decay": decay}
            slips = {
                "The decay goes through the gradient, where Adam divides it by its own size: every weight moves "
                "as far.": Adam(**how, in_gradient=True),
                "This one does not decay, and others do." if some else "Nothing decays.": Adam(rate),
                "This is the optimizer's usual decay: where is `weight_decay` passed on?": Adam(rate, 0.01),
                "The learning rate is not in the factor.": Adam(**how, by_rate=False),
                "The weights grow.": Adam(**how, sign=-1.0),
            }
            wrong = {cause: slip(value, [step[name]]) for cause, slip in slips.items()}
            # Whether the rate is passed on is another test's question.
            rates = Adam(**how), Adam(1e-3, decay)
            expected = nearer(after[name], *(adam(value, [step[name]]) for adam in rates))
            assert_close(after[name], expected, atol=1e-5, name=f"{name} after a step", wrong=wrong)


@task("weight-decay", points=1, alone=False)
def test_biases_do_not_decay(student, rng):
    """Where all gradients are 0, a step should leave biases and the numbers of a batch normalization as they are."""
    rate = rng.uniform(0.05, 0.1)
    before, (step,), (after,) = stepped(student, rate, rng.uniform(0.3, 0.8), nothing)
    for name, value in before.items():
        if value.dim() == 1:
            hint = "Which parameters should shrink, and how do their shapes tell them apart?"
            usual = "This is the optimizer's usual decay, which a group has that is given none."
            wrong = {usual: Adam(rate, 0.01)(value, [step[name]])}
            assert_close(after[name], value, atol=1e-6, name=f"{name} after a step", hint=hint, wrong=wrong)


@task("weight-decay", points=1.25)
def test_every_parameter_learns(student, rng):
    """Without weight decay, every parameter should make the steps of Adam with the given learning rate."""
    rate = rng.uniform(0.01, 0.03)

    def draw(before: Values) -> list[Values]:
        return [{name: torch.randn(value.shape) for name, value in before.items()} for _ in range(3)]

    before, steps, (*_, after) = stepped(student, rate, 0.0, draw)
    for name, value in before.items():
        gradients = [step[name] for step in steps]
        wrong = {
            "It does not move: is it in one of the optimizer's groups?": value,
            "This is the optimizer's usual learning rate.": Adam(1e-3)(value, gradients),
            "It shrinks, though `weight_decay` is 0.": Adam(rate, 0.01)(value, gradients),
        }
        expected = Adam(rate)(value, gradients)
        if value.dim() == 1:  # whether these decay is another test's question
            expected = nearer(after[name], expected, Adam(rate, 0.01)(value, gradients))
        # Measured: torch's AdamW in float32 is within 1e-6 of this replay.
        assert_close(after[name], expected, atol=1e-4, name=f"{name} after three steps", wrong=wrong)


@task("weight-decay", points=0.25, alone=False)
def test_otherwise_as_usual(student, rng):
    """All that the task does not name should be as `torch.optim.AdamW` has it."""
    network = student.helpers.make_mixture()
    optimizer = as_model(student.make_optimizer(network, 0.01, rng.uniform(0.1, 0.3)), "make_optimizer(…)")
    changed = student.helpers.unusual_settings(optimizer)
    require(isinstance(changed, list), "The settings of the optimizer could not be read.")
    names = " and ".join(f"`{name}`" for name in changed if isinstance(name, str))
    require(
        not changed,
        f"Your optimizer's {names} differ from those of PyTorch's AdamW: which settings does the task ask for?",
    )


# ---- early-stopping


@dataclass
class Run:
    """A training whose validation losses are known: what `fit` returned, and where it left the network."""

    script: list[float]
    epochs: int = 0
    asked: list[int] = field(default_factory=list)
    returned: object = None
    state: Values = field(default_factory=dict)
    buffers: Values = field(default_factory=dict)
    frozen: bool = False
    """Some epoch ran where autograd is off."""

    @property
    def best(self) -> int:
        """The first of the epochs that were run with the lowest loss, counted from 1."""
        return 1 + int(np.argmin(self.script[: self.epochs]))

    @property
    def remark(self) -> str:
        before = self.asked == list(range(self.epochs))
        return " Here each loss is asked for before its epoch: it should be after it." if before else ""

    def begin_epoch(self, has_gradients: object) -> int:
        self.frozen |= has_gradients is False
        self.epochs += 1
        return self.epochs

    def loss(self) -> float:
        self.asked.append(self.epochs)
        return self.script[self.epochs - 1] if 0 < self.epochs <= len(self.script) else 99.0


def fitted(student, script: Sequence[float], max_epochs: int, patience: int) -> Run:
    run = Run([float(loss) for loss in script])
    network, run_epoch = student.helpers.make_training(run.begin_epoch)
    run.returned = student.fit.changing()(network, run_epoch, run.loss, max_epochs, patience)
    require(run.epochs > 0, "`fit` never calls `run_epoch`.")
    run.state = student.parameters(network)
    run.buffers = student.buffers(network)
    return run


def delay(student, rng: np.random.Generator, patience: int) -> int:
    """How many epochs too late `fit` stops in the plainest case; 0 where it is no usual mistake in counting."""
    run = fitted(student, falling(rng, 3) + [9.0] * 8, 11, patience)
    late = run.epochs - 3 - patience
    return late if abs(late) == 1 else 0


def falling(rng: np.random.Generator, n: int, start: float = 0.9, step: float = 0.05) -> list[float]:
    """Losses that fall from epoch to epoch, by at most `step`, from below 1: where larger ones are has a test."""
    return list(start - np.cumsum(step * rng.uniform(0.4, 1, n)))


def hump(rng: np.random.Generator, best: int, more: int) -> list[float]:
    """Losses that fall for `best` epochs and are then above that, each below the one before it."""
    script = falling(rng, best)
    return script + list(np.sort(script[-1] + rng.uniform(0.1, 0.5, more))[::-1])


def check_state(values: Values, number: int, run: Run, what: str) -> None:
    """All numbers of the network are those that it had after epoch `number`."""
    last = "These are the numbers of the last epoch: what was kept of the best one, and when was it copied?"
    wrong = {
        f"{last}{run.remark}": run.epochs,
        f"These are the numbers of the epoch after the best one.{run.remark}": number + 1,
        f"These are the numbers of the first epoch.{run.remark}": 1,
    }
    for name, value in values.items():
        numbers = {
            cause: np.full(value.shape, float(other)) for cause, other in wrong.items() if other != number
        }
        expected = np.full(value.shape, float(number))
        assert_close(value, expected, atol=0.0, name=f"{what} {name} after the fit", wrong=numbers)


def require_more(run: Run) -> None:
    """The training went on after its best epoch: in the best one itself any network has the best numbers."""
    require(
        run.epochs > run.best,
        f"`fit` ends with the lowest loss, in epoch {run.best}, and epochs after it are still to come: there is no "
        "better network to come back to.",
    )


@task("early-stopping", points=1)
def test_stops_when_patience_is_used_up(student, rng):
    """`fit` should stop when `patience` epochs in a row have brought no loss below the best."""
    for patience in (1, between(rng, 3, 4)):
        best = between(rng, 3, 5)
        script = hump(rng, best, patience) + falling(rng, 6, start=0.5)
        run = fitted(student, script, len(script), patience)
        late = run.epochs - best - patience
        words = "too many" if late > 0 else "too few"
        asked = "How many epochs without a better loss may there be?"
        if run.epochs == patience:
            asked = "None of them was taken to be better: with what is the first loss compared?"
        require(
            not late,
            f"With patience={patience}, and the lowest loss in epoch {best}, `fit` runs {run.epochs} "
            f"epoch{'s' if run.epochs > 1 else ''}: {abs(late)} {words}. {asked}{run.remark}",
        )


@task("early-stopping", points=0.5)
def test_losses_of_all_epochs(student, rng):
    """`fit` should return the validation loss after each epoch, and run at most `max_epochs`."""
    n = between(rng, 5, 8)
    # However little it is, a loss below the best is one. In float32, 2e-5 below 1 is lower, too.
    run = fitted(student, falling(rng, n + 4, step=5e-5), n, 2)
    require(
        run.epochs == n,
        f"The loss falls in every epoch, max_epochs is {n}, and `fit` runs {run.epochs} epochs.",
    )
    losses = as_numbers(run.returned, "fit(…)", length=n)
    assert_close(losses, run.script[:n], atol=1e-6, name="fit(…)", hint=run.remark.strip())
    require(run.asked == list(range(1, n + 1)), "`validation_loss` should be called once after each epoch.")
    run = fitted(student, hump(rng, 3, 9), 12, 2)  # stops early: the last loss is in the list, too
    assert_close(
        as_numbers(run.returned, "fit(…)", length=run.epochs),
        run.script[: run.epochs],
        atol=1e-6,
        name="fit(…)",
    )


@task("early-stopping", points=1.5)
def test_best_parameters_come_back(student, rng):
    """When it has stopped, the network should have the parameters of the epoch with the lowest validation loss."""
    script = hump(rng, between(rng, 3, 5), 3) + [9.0] * 4
    run = fitted(student, script, len(script), 3)
    require(
        not run.frozen,
        "`run_epoch` is called where autograd is switched off. What does it need in order to train the network?",
    )
    require_more(run)
    check_state(run.state, run.best, run, "the parameter")


@task("early-stopping", points=1)
def test_best_parameters_come_back_at_the_end(student, rng):
    """Where `max_epochs` ends the training, too, the network should have the parameters of the best epoch."""
    best = between(rng, 3, 5)
    run = fitted(student, falling(rng, best), best, 2)  # the last epoch is the best
    check_state(run.state, run.best, run, "the parameter")
    # No finite number is a safe best loss to begin with, nor is any a sign that there is no best loss yet.
    for lowest, words in ((1e9, "is huge"), (0.0, "is 0"), (-0.2, "is below 0")):
        script = hump(rng, best, 2)
        run = fitted(student, [loss - min(script) + lowest for loss in script], best + 2, best + 3)
        back = all(torch.equal(value, torch.full_like(value, best)) for value in run.state.values())
        require(
            back,
            f"Where the lowest loss, that of epoch {best}, {words}, the network has the numbers of another epoch after "
            "the fit. With what is the first loss compared, and may the best be any number?",
        )


@task("early-stopping", points=0.5)
def test_buffers_come_back(student, rng):
    """What the network keeps besides parameters, such as running means, should be that of the best epoch, too."""
    best = between(rng, 3, 5)
    run = fitted(student, hump(rng, best, 2), best + 2, 2)
    require_more(run)
    check_state(run.buffers, run.best, run, "the buffer")


@task("early-stopping", points=1)
def test_a_better_epoch_begins_the_count_again(student, rng):
    """The count of epochs without a better loss should begin again after each better one."""
    start = falling(rng, 3)
    script = [
        *start,
        start[-1] + 0.3,
        start[-1] + 0.2,
        *falling(rng, 1, start[-1]),  # a second one would hide a count that is only lowered
        *hump(rng, 1, 2),
        *[9.0] * 5,
    ]
    run = fitted(student, script, len(script), 3)
    require(
        # Whether it is late where the count is not begun again is another test's question.
        run.epochs == 9 or run.epochs == 9 + delay(student, rng, 3),
        f"With patience=3, better losses in epochs 1, 2, 3 and 6 and in none after them, `fit` runs {run.epochs} "
        "epochs, not 9. With which loss is each compared, and when does the count begin again?" + run.remark,
    )


@task("early-stopping", points=0.5)
def test_an_equal_loss_is_not_better(student, rng):
    """An epoch whose loss equals the best should count as one that is no better."""
    start = falling(rng, between(rng, 2, 4))
    run = fitted(student, [*start, *[start[-1]] * 6], len(start) + 6, 2)
    require(
        run.epochs == len(start) + 2 or run.epochs == len(start) + 2 + delay(student, rng, 2),
        f"With patience=2, and all losses from epoch {len(start)} on equal, `fit` runs {run.epochs} epochs. Is an "
        "equal loss below the best?",
    )


# ---- tune


SETS = {"val": "the validation set", "test": "the test set"}


def is_plain(value: object) -> bool:
    """Whether `==` has one answer: numbers (a tensor of one number is one), strings, None, in lists, tuples, dicts."""
    if isinstance(value, dict):
        return all(map(is_plain, value)) and all(map(is_plain, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(is_plain, value))
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return value.shape.count(1) == len(value.shape)
    return value is None or isinstance(value, (bool, int, float, complex, str, bytes, np.generic))


@dataclass
class Laboratory:
    """What `tune` asked for: each training by its setting and set, each accuracy by its network and set."""

    settings: list[dict[str, Any]]
    sets: dict[str, tuple[torch.Tensor, torch.Tensor]]
    val: list[float]
    test: list[float]
    trained: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    asked: list[tuple[int, str]] = field(default_factory=list)
    functions: Sequence[object] = ()
    returned: object = None
    added: set[str] = field(default_factory=set)
    """Keys that were found in the dicts that `train` got, after it: that they change is another test's question."""

    def named(self, images: object, labels: object) -> str:
        """Which set it is."""
        for name, (own, its) in self.sets.items():
            if torch.is_tensor(images) and torch.equal(images, own) and torch.is_tensor(labels):
                return name if torch.equal(labels, its) else "images and labels that do not belong together"
        return "images of no set, or of several"

    def train(self, setting: object, images: object, labels: object) -> int:
        known = is_plain(setting) and setting in self.settings
        require(known, "`train` is called with a setting that is not among `settings`.")
        self.trained.append((setting, self.named(images, labels)))
        return len(self.trained) - 1

    def accuracy(self, number: object, images: object, labels: object, keys: object) -> float:
        name = self.named(images, labels)
        self.added.update(key for key in keys if isinstance(key, str)) if isinstance(keys, list) else None
        require(
            isinstance(number, int) and number in range(len(self.trained)),
            "`accuracy` is asked about a network that `train` did not return in this call of `tune`.",
        )
        self.asked.append((number, name))
        place = self.settings.index(self.trained[number][0])
        return {"val": self.val, "test": self.test}.get(name, [1.0] * len(self.val))[place]

    @property
    def best(self) -> int:
        return int(np.argmax(self.val))

    def place(self, setting: object) -> int:
        """The place of what is returned as the setting, which may be its place; -1 where it is none of them."""
        if isinstance(setting, int) and setting in range(len(self.settings)):
            return setting
        if isinstance(setting, dict):
            its = self.settings[0].keys()
            setting = {key: value for key, value in setting.items() if key in its or key not in self.added}
        return self.settings.index(setting) if is_plain(setting) and setting in self.settings else -1

    def result(self) -> dict:
        return entries(self.returned, "tune(…)", ("setting", "network", "val", "test"))


def accuracies(rng: np.random.Generator, n: int, best: int, close: bool = False) -> list[float]:
    """Different numbers, of which the one at `best` is the highest: `close` ones are equal when rounded to 0.001."""
    ranks = rng.permutation(np.arange(n))
    apart = 0.6 + ranks / 20 + rng.uniform(0, 0.01, n)
    values = (between(rng, 70, 90) / 100 + 5e-5 + ranks * 1e-4 if close else apart).tolist()
    highest = int(np.argmax(values))
    values[best], values[highest] = values[highest], values[best]
    return values


def tuned(
    student,
    rng: np.random.Generator,
    lift: float = 0.0,
    close: bool = False,
    order: Sequence[str] = ("train", "val", "test"),
    again: Laboratory | None = None,
) -> Laboratory:
    """`tune` on four or five settings: neither the first nor the last is best, and on the test set another one is.

    `lift` from 0 to 1 brings the accuracies on the validation set nearer to 1, a negative one nearer to 0. `order` is
    that of the keys in `data`. `again` is a laboratory to use once more, with its settings and other images.
    """
    n = len(again.settings) if again else between(rng, 4, 5)
    rates = rng.permutation([0.1, 0.03, 0.01, 0.003, 0.001])[:n] * rng.uniform(
        0.8, 1.2, n
    )  # of this call alone
    settings = [{"learning_rate": float(rate), "width": between(rng, 2, 16)} for rate in rates]
    sizes, sets = {"train": 12, "val": 6, "test": 8}, {}
    for name in order:
        sets[name] = (torch.rand(sizes[name], 1, 2, 2), torch.randint(0, 10, (sizes[name],)))
    best, last = between(rng, 1, n - 2), n - 1
    elsewhere = int(rng.choice([place for place in range(n) if place not in (best, last)]))
    val, test = accuracies(rng, n, best, close), accuracies(rng, n, elsewhere)
    val = [accuracy + lift * (1 - accuracy if lift > 0 else accuracy) for accuracy in val]
    laboratory = again or Laboratory(settings, sets, val, test)
    if again:
        again.sets, again.val, again.test, again.trained, again.asked = sets, val, test, [], []
    else:
        laboratory.functions = student.helpers.make_laboratory(laboratory.train, laboratory.accuracy)
    copies = [dict(setting) for setting in laboratory.settings]
    laboratory.returned = student.tune(copies, *laboratory.functions, sets)
    return laboratory


@task("tune", points=1.5)
def test_chooses_by_validation(student, rng):
    """The chosen setting should be the one with the highest accuracy on the validation set."""
    for close in (False, True):  # one of four or five could be a lucky guess
        laboratory = tuned(student, rng, close=close)
        setting = laboratory.result()["setting"]
        number = " Yours is a number: is it the place of one?" if isinstance(setting, int) else ""
        place = laboratory.place(setting)
        known = place >= 0 and not isinstance(setting, int)
        require(known, f'`"setting"` should be one of the `settings`.{number}')
        if close:
            require(
                place == laboratory.best,
                "Where the accuracies on the validation set are close together, another setting has the highest. "
                "What do you compare?",
            )
            continue
        asked = [name for _, name in laboratory.asked]
        if place != laboratory.best and "val" not in asked:
            fail("No accuracy on the validation set is ever asked for: on which images is the choice made?")
        if place == int(np.argmax(laboratory.test)) and asked.count("test") > 1:
            fail(
                "This is the setting that is best on the test set: what does that set then tell about new images?"
            )
        last, lowest = place == len(laboratory.settings) - 1, place == int(np.argmin(laboratory.val))
        require(not last or lowest, "This is the last setting: with which accuracy is each one compared?")
        too = " It is the last one, too: with which accuracy is each one compared?" if last else ""
        require(not lowest, f"This is the setting with the lowest accuracy.{too}")
        require(place == laboratory.best, "Another setting has a higher accuracy on the validation set.")


@task("tune", points=1)
def test_validation_accuracy_of_each_setting(student, rng):
    """`"val"` should list the accuracy on the validation set for each setting, in their order."""
    laboratory = tuned(student, rng)
    val = laboratory.result()["val"]
    require(
        not isinstance(val, float), '`"val"` should list an accuracy for each setting; yours is a number.'
    )
    got = as_numbers(val, '"val"', length=len(laboratory.settings))
    wrong = {
        "These are accuracies on the test set.": laboratory.test,
        "These are accuracies on other images than those of the validation set.": [1.0] * len(got),
    }
    assert_close(got, laboratory.val, atol=1e-6, name='"val"', wrong=wrong)


@task("tune", points=0.5)
def test_test_accuracy_of_the_chosen_one(student, rng):
    """`"test"` should be the accuracy of the chosen network on the test set."""
    laboratory, order = None, ("val", "test", "train")
    for lift in (0.0, -0.5):  # lower than on the validation set, and higher
        # With the same settings once more: networks of another call are not those that are asked about.
        laboratory = tuned(student, rng, lift, order=order, again=laboratory)
        result = laboratory.result()
        place = max(laboratory.place(result["setting"]), 0)
        wrong = {
            "This is its accuracy on the validation set.": laboratory.val[place],
            "This is the highest accuracy on the test set, of another network.": max(laboratory.test),
            "This is the accuracy of the network that is trained last, not of the chosen one.": (
                laboratory.test[-1]
            ),
        }
        got = as_number(result["test"], '"test"')
        hint = f"Here the keys of `data` are in the order {', '.join(order)}."
        assert_close(got, laboratory.test[place], atol=1e-6, name='"test"', wrong=wrong, hint=hint)


@task("tune", points=1)
def test_the_test_set_is_used_once(student, rng):
    """The test set should be used once, when the choice is made, and for the chosen network alone."""
    laboratory = tuned(student, rng)
    places = [place for place, (_, name) in enumerate(laboratory.asked) if name == "test"]
    require(len(places) > 0, "The test set is never used.")
    require(
        len(places) == 1,
        f"The accuracy on the test set is asked for {len(places)} times. For which network is it needed?",
    )
    early = places[0] < len(laboratory.asked) - 1
    require(not early, "The test set is used before all settings have been validated.")


@task("tune", points=0.5)
def test_each_setting_is_trained_once(student, rng):
    """Each setting should be trained once, on the training set alone."""
    order = ("test", "train", "val")
    laboratory = tuned(student, rng, lift=0.9, order=order)  # each is good, from 96 % on
    for _, name in laboratory.trained:
        require(
            name == "train",
            f"`train` gets {SETS.get(name, name)}: from which images may a network learn? (Here the keys of `data` are "
            f"in the order {', '.join(order)}.)",
        )
    settings = [setting for setting, _ in laboratory.trained]
    counts = [settings.count(setting) for setting in laboratory.settings]
    require(min(counts) > 0, f"{counts.count(0)} of {len(counts)} settings are never trained.")
    require(max(counts) == 1, f"A setting is trained {max(counts)} times: can its network be kept instead?")


@task("tune", points=0.5)
def test_the_network_is_the_chosen_one(student, rng):
    """`"network"` should be the network that was trained with the chosen setting."""
    laboratory = tuned(student, rng)
    network = as_model(laboratory.result()["network"], '"network"')
    number = int(as_number(student.helpers.number_of(network), "network"))
    require(number >= 0, "The network is none of those that `train` returned.")
    same = laboratory.settings.index(laboratory.trained[number][0]) == laboratory.place(
        laboratory.result()["setting"]
    )
    require(same, "The network was trained with another setting. Which one is kept?")


# ---- save-load


@dataclass(frozen=True)
class Saved:
    """A network that was saved, with all its numbers at that time, and where."""

    network: Remote
    setting: dict[str, Any]
    parameters: Values
    buffers: Values
    path: str


GRADIENT = 0.25
"""What is left in the gradients of each network before it is saved."""


def saved(
    student,
    rng: np.random.Generator,
    make: str = "make_network",
    name: str = "network.pt",
    training: bool = True,
    alone: bool = False,
) -> Saved:
    """What `make`, one of the helpers, made, after it was saved in a file of this name and the file was moved.

    With `alone` no other file of its folder is moved with it.
    """
    keys = ("width", "dropout") if make == "make_network" else ("size", "rate")
    setting = dict(zip(keys, (between(rng, 2, 6), float(rng.choice([0.25, 0.5]))), strict=True))
    if make != "make_network":  # the order of a dict says nothing about whose number it is
        setting = dict(reversed(setting.items()))
    network = getattr(student.helpers, make)(**setting)
    student.helpers.move(network)
    network.train(training)
    leave_gradients(network, GRADIENT)
    before = student.parameters(network), student.buffers(network)
    path = student.helpers.new_path(name)
    student.save(network, setting, path)
    moved = student.helpers.moved(path, alone)
    require(isinstance(moved, str), f"`save` writes no file at `path`, which ends in {name!r} here.")
    return Saved(network, setting, *before, moved)


def loaded(student, path: str, make: str = "make_network", pair: bool = False) -> tuple[Remote, object]:
    """What `load` returns; without `pair`, the network may come alone or second."""
    result = student.load(getattr(student.helpers, make), path)
    if isinstance(result, (list, tuple)) and len(result) == 2 and isinstance(result[0], dict):
        require(
            not pair,
            "`load` should return the network first and the setting second; yours returns the setting first.",
        )
        result = result[::-1]
    if isinstance(result, Remote) and not pair:
        return as_model(result, "load(…)"), None
    network, setting = unpack(result, "load(…)", ("network", "setting"))
    return as_model(network, "load(…)[0]"), setting


def near(got: torch.Tensor, wanted: torch.Tensor) -> bool:
    return got.shape == wanted.shape and torch.allclose(got.double(), wanted.double(), rtol=1e-2, atol=1e-2)


def check_same(student, network: Remote, kept: Saved, buffers: bool = True) -> None:
    for what, wanted, got in (
        ("parameter", kept.parameters, student.parameters(network)),
        ("buffer", kept.buffers, student.buffers(network)),
    )[: 2 if buffers else 1]:
        gone = f"The loaded network has no {what} `{{}}`."
        hint = "Was everything saved, and is it put into the network that is returned?"
        if all(torch.is_tensor(got.get(name)) and near(got[name], value) for name, value in wanted.items()):
            hint = "It is nearly what was saved: are numbers rounded, or of another dtype?"
        assert_unchanged(got, wanted, f"the {what} {{}} of the loaded network", hint, gone)


@task("save-load", points=1.5)
def test_the_numbers_come_back(student, rng):
    """A loaded network should have all numbers of the saved one: parameters, and buffers such as running means."""
    kept = saved(student, rng)
    student.helpers.move(kept.network)
    student.save(kept.network, kept.setting, student.helpers.new_path())  # later, and in another file
    network, _ = loaded(student, kept.path)
    got, later = student.parameters(network), student.parameters(kept.network)
    require(
        got.keys() != later.keys() or not all(map(torch.equal, got.values(), later.values())),
        "These are the numbers of what was saved last, in another file: where does `load` take them from?",
    )
    check_same(student, network, kept)


@task("save-load", points=0.5)
def test_the_setting_comes_back(student, rng):
    """`load` should return the setting that was saved with the network."""
    kept = saved(student, rng, alone=True)
    try:
        _, setting = loaded(student, kept.path, pair=True)
    except StudentError:
        require(
            student.helpers.others_left() is not True,
            "`save` writes more than the one file that is asked for, and `load` fails where that file alone is moved. "
            "What is in the others?",
        )
        raise
    require(
        not isinstance(setting, dict) or is_plain(setting),
        "The setting that `load` returns holds something else than plain numbers and strings.",
    )
    for key, value in kept.setting.items():
        got = setting.get(key) if isinstance(setting, dict) else value
        require(
            not isinstance(got, float) or isinstance(value, float),
            f"`make_network` gets {key}={got!r}, a float; the setting that was saved has {value!r}.",
        )
    assert_equal(setting, kept.setting, name="the setting")


def check_as_it_was(student, kept: Saved) -> None:
    """Numbers, dtypes and gradients of the saved network are those of before."""
    now = student.parameters(kept.network) | student.buffers(kept.network)
    before = kept.parameters | kept.buffers
    hint = "`save` leaves the network as it is."
    assert_unchanged(now, before, "{} of the saved network", hint, "The saved network has no `{}` any more.")
    changed = [name for name, value in before.items() if now[name].dtype != value.dtype]
    require(not changed, f"`save` changes the dtype of the network's numbers. {hint}")
    gradients = student.gradients(kept.network).values()
    same = all(torch.is_tensor(value) and bool((value == GRADIENT).all()) for value in gradients)
    require(same, "`save` changes the gradients of the network, which should stay as it is.")


@task("save-load", points=0.75)
def test_ready_to_predict(student, rng):
    """A loaded network should be in eval mode, and saving should leave the saved one as it is, its mode included."""
    for training in (True, False):
        kept = saved(student, rng, training=training)
        was, now = ("train", "eval") if training else ("eval", "train")
        changed = student.helpers.has_mode(kept.network, not training) is not False
        require(not changed, f"`save` leaves the network in {now} mode, though it was in {was} mode.")
        check_as_it_was(student, kept)
        network, _ = loaded(student, kept.path)
        require(
            network.training is False,
            "The loaded network is in train mode: what do dropout and batch normalization do there?",
        )
        require(
            student.helpers.has_mode(network, True) is False,
            "Parts of the loaded network are in train mode: which modules have to know that it is in eval mode?",
        )


@task("save-load", points=0.75)
def test_the_file_holds_numbers_alone(student, rng):
    """The file should hold plain data, so that `torch.load` reads it with `weights_only=True`."""
    kept = saved(student, rng, name="network.of.today")
    try:
        student.helpers.reads_safely(kept.path)
    except Exception:
        fail(
            "`torch.load(path, weights_only=True)` refuses the file. Does it hold a whole network, or its state_dict?"
        )


@task("save-load", points=0.5)
def test_a_copy_of_that_moment(student, rng):
    """What is loaded should be the network as it was when it was saved, however it was trained since."""
    make = "make_precise"  # its numbers do not fit into float32, and its setting has other keys
    kept = saved(student, rng, make)
    student.helpers.move(kept.network)
    first, _ = loaded(student, kept.path, make)
    check_same(student, first, kept, buffers=False)  # these are another test's question
    student.helpers.move(first)
    check_same(student, loaded(student, kept.path, make)[0], kept, buffers=False)
    later = replace(kept, parameters=student.parameters(first), buffers=student.buffers(first))
    student.save(first, kept.setting, kept.path)  # in place of the first file
    check_same(student, loaded(student, kept.path, make)[0], later, buffers=False)


# ---- accuracy

N_TRAIN, N_HELD = 2000, 1000
TRAIN_CPU_SECONDS = 60
GPU_SECONDS = 500
CLOTHES_THRESHOLD, DIGITS_THRESHOLD = 0.75, 0.85
COMPLETE, COMPLETE_THRESHOLD, SUBSET_THRESHOLD = 60_000, 0.85, 0.75
"""The contract's."""
NEEDS = ("split", "weight-decay", "early-stopping")


@dataclass(frozen=True)
class Goal:
    """What is to be recognized, the images as bytes, and the share of right answers that is asked for."""

    pictures: Pictures
    threshold: float
    what: str = "clothes"


def read_idx(name: str) -> torch.Tensor | None:
    """The numbers of one of the IDX files in the course's data, plain or packed; None without it."""
    files = data.files([name, f"{name}.gz"])
    if not files:
        return None
    content = files[0].read_bytes()
    content = gzip.decompress(content) if files[0].suffix == ".gz" else content
    sizes = np.frombuffer(content, ">u4", count=content[3], offset=4)
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * content[3])
    return torch.from_numpy(values.reshape(sizes).copy())


@pytest.fixture(scope="module")
def pool() -> tuple[torch.Tensor, torch.Tensor, float, str]:
    """All images on this machine with their labels, the share that is asked for, and what they show."""
    pictures, labels = read_idx("train-images-idx3-ubyte"), read_idx("train-labels-idx1-ubyte")
    if pictures is not None and labels is not None:
        return pictures[:, None], labels.long(), CLOTHES_THRESHOLD, "clothes"
    small, labels = digits()
    large = F.interpolate(small * 255 / 16, size=28, mode="bilinear")
    return large.to(torch.uint8), labels, DIGITS_THRESHOLD, "digits"


def drawn_from(pool: tuple[torch.Tensor, torch.Tensor, float, str], rng: np.random.Generator) -> Goal:
    """Images to learn from and others, drawn anew and relabelled."""
    pictures, labels, threshold, what = pool
    n_train = min(N_TRAIN, len(labels) * 4 // 5)
    order = torch.randperm(len(labels))
    train, held = order[:n_train], order[n_train : n_train + N_HELD]
    drawn = Pictures(pictures[train], labels[train], pictures[held], labels[held])
    return Goal(drawn.relabelled(rng), threshold, what)


def trained(
    student, pictures: torch.Tensor, labels: torch.Tensor, seed: int, device: str, seconds: float
) -> Remote:
    """The network that the student's `train_classifier` returns."""
    learn = student.helpers.train.within(seconds)
    return as_model(learn(student.train_classifier, pictures, labels, seed, device), "train_classifier(…)")


def answers(
    student,
    network: Remote,
    pictures: torch.Tensor,
    device: str = "cpu",
    ten: bool = True,
    scale: tuple[float, float] = (0.0, 1.0),
) -> torch.Tensor:
    """The logits for these images, less the first number of `scale` and divided by the second."""
    logits = student.helpers.logits.within(60)(network, pictures, device, *scale)
    return as_tensor(logits, "network(images)", shape=(len(pictures), 10 if ten else None))


def check_accuracy(student, goal: Goal, device: str, seconds: float, rng) -> None:
    """The better of two seeds reaches the threshold; the second is trained only where the first does not."""
    pictures = goal.pictures
    last: list[Remote] = []

    def said() -> torch.Tensor:
        seed = between(rng, 0, 10_000)
        network = trained(student, pictures.train_images, pictures.train_labels, seed, device, seconds)
        if device != "cpu":
            on_device = student.helpers.devices(network) == [device.partition(":")[0]]
            require(on_device, "The network that you return is not on the device.")
        last[:] = [network]
        return answers(student, network, pictures.held_images, device).argmax(dim=1)

    best, constant = better_of_two(said, pictures.held_labels, goal.threshold)
    if best >= goal.threshold:
        return
    cause = "How many updates do you make, how large, and which epoch's network do you return?"
    if constant or best < 0.3:
        cause = (
            f"{'It gives the same answer for every image' if constant else 'This is little more than chance'}: does it "
            "learn from `images` and `labels`, do these belong together, and does the optimizer of this network move "
            "its parameters, and far enough?"
        )
    numbers = pictures.train_images.double() / 255
    mean, deviation = numbers.mean().item(), numbers.std().item()
    for scale in ((mean, deviation), (mean, 1.0), (0.5, 0.5)):
        scaled = answers(student, last[0], pictures.held_images, device, scale=scale).argmax(dim=1)
        share = (scaled == pictures.held_labels).double().mean().item()
        if share >= max(goal.threshold, best + 0.05):
            cause = "Your network was trained on scaled images: the scaling belongs inside it."
    fail(
        f"{cause} Your network is right on {best:.1%} of {len(pictures.held_labels):,} {goal.what} that it has not "
        f"seen, the better of two seeds; at least {goal.threshold:.0%} are asked for."
    )


@task("accuracy", points=3, needs=NEEDS)
def test_held_out_images(student, rng, pool):
    """Your network should be right on at least 75 % of the clothes (85 % of digits) that it has not seen."""
    check_accuracy(student, drawn_from(pool, rng), "cpu", TRAIN_CPU_SECONDS, rng)


def of_three_seeds(student, rng, shared: Shared) -> tuple[list[torch.Tensor], bool]:
    """What networks answer that were trained with a seed, the same again, and another.

    Their answers to the images that they have learned from, which two honest networks can know by heart alike, to
    others, and to the first image again, alone. And whether the first two are one object. No image has the label 9, so
    that the number of logits cannot be read off the labels.
    """

    def train() -> tuple[list[torch.Tensor], bool]:
        pictures, labels = torch.randint(0, 256, (120, 1, 28, 28)).to(torch.uint8), torch.arange(120) % 9
        others = torch.randint(0, 256, (40, 1, 28, 28)) * (torch.rand(40, 1, 28, 28) < 0.5)
        asked = pictures, others.to(torch.uint8), pictures[:1]
        seed = between(rng, 1, 10_000)
        networks, said = [], []
        # Seeds that have the same remainder for many divisors.
        for number in (seed, seed, seed + 60 * between(rng, 1, 20)):
            student.library("torch.manual_seed")(between(rng, 0, 2**31))
            networks.append(trained(student, pictures, labels, number, "cpu", TRAIN_CPU_SECONDS))
            parts = (answers(student, networks[-1], part, ten=False) for part in asked)
            said.append(torch.cat(list(parts)))
        return said, student.helpers.is_one(*networks[:2]) is True

    return shared.once(train)


@task("accuracy", points=1, needs=NEEDS)
def test_same_seed_same_network(student, rng, shared):
    """The same seed should give the same network, whatever was drawn before."""
    (one, same, _), is_one = of_three_seeds(student, rng, shared)
    require(not is_one, "`train_classifier` returns the same object twice. Each call should train a network.")
    hint = "Weights, split, the order of the images, dropout: does all that is random come after the seed?"
    name = "the answers of a network that was trained twice with the same seed"
    assert_close(same, one, atol=1e-3, name=name, hint=hint)


@task("accuracy", points=0.5, needs=NEEDS)
def test_another_seed_another_network(student, rng, shared):
    """Another seed should give another network."""
    (one, _, other), _ = of_three_seeds(student, rng, shared)
    require(
        (other - one).abs().max().item() > 1e-4, "Two seeds give the same network. Where do you use `seed`?"
    )


@task("accuracy", points=0.5, needs=NEEDS)
def test_an_image_alone(student, rng, shared):
    """In eval mode, the network should give ten logits for an image, alone as among others."""
    (one, _, _), _ = of_three_seeds(student, rng, shared)
    require(
        one.shape[1] == 10,
        f"The network should give 10 logits, also where some label is missing; yours gives {one.shape[1]}.",
    )
    shares = bool((one >= 0).all()) and bool(((one.sum(dim=1) - 1).abs() < 1e-5).all())
    require(not shares, "Each answer is ten numbers from 0 to 1 that add up to 1: are these logits?")
    name = "the answer to an image alone"
    assert_close(
        one[-1], one[0], atol=1e-3, name=name, hint="Does an answer depend on the rest of the batch?"
    )


@pytest.fixture(scope="module")
def complete() -> Pictures:
    found = fashion()
    train, held = ((255 * part).round().to(torch.uint8) for part in (found.train_images, found.held_images))
    return replace(found, train_images=train, held_images=held)


@pytest.mark.gpu
@task("accuracy", points=2, needs=NEEDS)
def test_fashion_mnist_on_a_gpu(student, rng, complete, device):
    """On a GPU, your network should be right on at least 85 % of all of Fashion-MNIST's test images."""
    whole = len(complete.train_labels) >= COMPLETE
    goal = Goal(complete.relabelled(rng), COMPLETE_THRESHOLD if whole else SUBSET_THRESHOLD)
    check_accuracy(student, goal, str(device), GPU_SECONDS, rng)
