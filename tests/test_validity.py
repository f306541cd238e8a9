"""The tool that measures the verdicts (validity/): what it changes in right answers, and what it finds in messages."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.grading import newer_python
from autograder.grading.uses import libraries_of
from autograder.sandbox.check import choose
from autograder.sandbox.forkserver_client import ForkServer
from tests.sandbox.helpers import call, load
from validity import explained, measures
from validity.habits import ABOVE, BELOW, HABITS, Habit, put
from validity.mutants import mutants
from validity.rewrites import REWRITES

TRAINING = '''
def train(model, X, y, optimizer, n_epochs):
    """One loss an epoch."""
    losses = []
    for _ in range(n_epochs):
        optimizer.zero_grad()
        loss = ((model(X) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
'''
SHARES = '''
def shares(values: list[float], scale: float = 1.0) -> list[float]:
    """Each value's share of the sum, scaled; non-positive ones count as 0."""
    kept = [value if value > 0 else 0.0 for value in values]
    total = 0.0
    for value in kept:
        total += value
    return [scale * value / total for value in kept]


def squares(values: list[float]) -> list[float]:
    return [value**2 for value in shares(values)]
'''


@pytest.mark.parametrize(
    "line",
    [
        "pass",  # zero_grad left out
        "loss = ((model(X) - y) ** 2).sum()",
        "loss = ((model(X) + y) ** 2).mean()",
        "loss = ((model(y) - y) ** 2).mean()",
        "return -losses",
        "for _ in range(n_epochs - 1):",
        "break",
    ],
)
def test_mutants_hold_the_mistakes_of_the_field(line: str) -> None:
    assert line in [mutant.after for mutant in mutants(TRAINING)]


def test_mutants_differ_from_the_solution_and_from_each_other() -> None:
    found = mutants(TRAINING)
    assert len({mutant.source for mutant in found}) == len(found)
    assert len({mutant.change for mutant in found}) == len(found)
    assert not [
        mutant for mutant in found if "((y - model(X)) ** 2).mean()" in mutant.source
    ]  # the same loss
    assert all('"""One loss an epoch."""' in mutant.source for mutant in found)


OF_TENSORS = {"a product row by row", "float64 inside"}


@pytest.mark.parametrize("name", sorted(REWRITES.keys() - OF_TENSORS))
def test_rewrites_keep_the_meaning(name: str, recwarn: pytest.WarningsRecorder) -> None:
    rewritten = REWRITES[name](SHARES)
    assert rewritten not in (None, SHARES)
    before, after = {}, {}
    exec(SHARES, before)
    exec(rewritten, after)
    for function in ("shares", "squares"):
        got, wanted = after[function]([1.0, -2.0, 3.0]), before[function]([1.0, -2.0, 3.0])
        assert all(math.isclose(a, b) for a, b in zip(got, wanted, strict=True))
    assert after["shares"]([2.0], scale=3.0) == [3.0]


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer.start(choose(None), libraries=libraries_of([])) as server:
        yield server


@pytest.mark.parametrize("habit", [h for h in HABITS if h.place not in (ABOVE, BELOW)], ids=lambda h: h.name)
def test_a_habit_runs_and_keeps_the_meaning(habit: Habit, server: ForkServer) -> None:
    before = {}
    exec(SHARES, before)
    source = put(habit, SHARES)
    with server.spawn() as worker:  # some habits need what students' machines have
        load(worker, newer_python.read_here(source, source) or source)
        assert call(worker, "squares", [1.0, -2.0, 3.0]) == before["squares"]([1.0, -2.0, 3.0])
        assert worker.request("get", target={"name": "habit_counts"})


def test_habits_are_many_and_different() -> None:
    assert len({habit.name for habit in HABITS}) == len(HABITS) >= 120


def test_a_message_that_gives_a_value_away_is_found() -> None:
    said = "The loss should be the mean.\n`loss` should be 0.8164; yours is 0.5."
    assert measures.faults_of(said, "linear-regression") == ["gives 0.8164 away"]


def test_a_message_that_says_nothing_is_found() -> None:
    assert measures.faults_of("The loss should be the mean.\n", "titanic") == [
        "does not say what the code returned"
    ]


def test_a_good_message_has_no_fault() -> None:
    said = (
        "The loss should be the mean.\n3 of 4 entries of `losses` are not what they should be (tolerance 0.0013); "
        "yours is 1.2345 at entry 2."
    )
    assert measures.faults_of(said, "linear-regression") == []


def test_every_explained_mutant_has_a_reason() -> None:
    assert all(reason for reason in explained.reasons().values())


RUN = """
import os, time
from validity.grading import judges

if __name__ == "__main__":
    with judges(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


def test_the_judges_of_a_killed_run_end(tmp_path: Path) -> None:
    file = tmp_path / "run.py"
    file.write_text(RUN)
    environment = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen([sys.executable, str(file)], stdout=subprocess.PIPE, env=environment) as run:
        judge = Path("/proc", run.stdout.readline().decode().strip())
        assert judge.exists()
        run.send_signal(signal.SIGKILL)
    end = time.monotonic() + 30
    while judge.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not judge.exists()
