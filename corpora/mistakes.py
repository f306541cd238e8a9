"""What the public checks tell a student who has made a mistake: `make mistakes` writes it to docs/mistakes.md.

The mistakes are the wrong submissions of the corpora that change one coding task, and small substitutions in the
solutions (`slips.toml`). Each runs as in the student's notebook (the task's own cell, then the cell with its public
checks), but without a kernel or a judge: all mistakes of one assignment run in one process, in a fraction of a second
each.
"""

from __future__ import annotations

import autograder.startup  # noqa: F401  isort: skip

import contextlib
import io
import random
import re
import sys
import tomllib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import torch

from autograder.grading.assignment import REPOSITORY, names
from corpora import corpus

PAGE = REPOSITORY / "docs" / "mistakes.md"
SLIPS = Path(__file__).parent / "slips.toml"
SLOW = {
    "convnets": {"accuracy_figures_for_a_network", "accuracy_small_rate", "accuracy_optimizer_of_another"},
    "language-id": {"gates_one_neuron"},
    "titanic": {
        "convergence_counts_the_epochs_above",
        "convergence_goes_on_training_one_model",
        "convergence_its_own_optimizer",
        "convergence_new_model_each_epoch",
        "convergence_new_optimizer_each_epoch",
        "fit_age_in_decades",
        "fit_by_least_squares",
        "fit_mlp_broadcast_target",
        "fit_mlp_on_the_first_500",
        "fit_stops_too_early",
        "fit_with_weight_decay",
        "fit_without_an_intercept",
    },
}
"""Mistakes that train for long and resemble another one that does not, or that show only with some data."""

LONG = {"accuracy", "gates", "fit", "convergence", "fit-mlp", "steady", "tune"}
"""Tasks that train for seconds: their public checks are not tried on the correct answers in the corpora."""

INTRODUCTION = """# Mistakes, and what students read

Written by `make mistakes`; a test compares it with what the public checks say today.

Each row is a mistake in one coding task, everything else being correct, and the message of the public checks below that
task. The mistakes are the wrong submissions in corpora/ that change one task, and the substitutions in
corpora/slips.toml. Where a row says *hidden tests only*, the public checks pass, and the student learns of the mistake from
the report.
"""
UNSEEN = "*hidden tests only*"


@dataclass(frozen=True)
class Mistake:
    """A cell with a mistake in it."""

    assignment: str
    task: str
    name: str
    what: str
    source: str


@dataclass(frozen=True)
class Reading:
    """A mistake, and what the public checks say about it; nothing if they pass."""

    mistake: Mistake
    message: str


def mistakes(assignment: str) -> list[Mistake]:
    """The mistakes that change one coding task, in the order of the tasks."""
    coding = list(corpus.tasks_of(assignment).coding)
    slow = SLOW.get(assignment, set())
    found = [
        Mistake(assignment, case.cells[0].name, case.name, case.what, case.cells[0].source)
        for case in corpus.cases(assignment, "wrong")
        if len(case.cells) == 1 and case.cells[0].name in coding and case.mangle is None
        if case.name not in slow
    ]
    return sorted(
        [*found, *_slips(assignment)], key=lambda mistake: (coding.index(mistake.task), mistake.name)
    )


def readings(assignment: str) -> list[Reading]:
    """What the public checks say about each mistake in an assignment."""
    with _at_home(assignment):
        solved, checks = _solved(assignment), _cells(assignment)
        return [
            Reading(mistake, _message(mistake, checks[f"{mistake.task}-tests"], solved))
            for mistake in mistakes(assignment)
        ]


def refusals(assignment: str) -> list[str]:
    """What the public checks object to in correct answers of the corpora, which the hidden tests accept."""
    found = []
    with _at_home(assignment):
        checks = _cells(assignment)
        for case in corpus.cases(assignment, "correct"):
            if any(cell.name == "extra" for cell in case.cells):
                continue  # magics and the like work only in a notebook
            namespace = dict(_solved(assignment))
            for cell in case.cells:
                _run(cell.source, cell.name, namespace)
            for task in {cell.name for cell in case.cells} & set(corpus.tasks_of(assignment).coding) - LONG:
                try:
                    _run(checks[f"{task}-tests"], f"{task}-tests", namespace)
                except Exception as error:  # noqa: BLE001  a check that breaks refuses, too
                    found.append(f"{case.name}: {error}")
    return found


def page(tables: dict[str, list[Reading]]) -> str:
    """The page with all assignments."""
    rows = [summary(f"`{assignment}`", found) for assignment, found in tables.items()]
    rows.append(summary("all", [reading for found in tables.values() for reading in found]))
    head = ["| assignment | mistakes | seen by the public checks |", "| --- | ---: | ---: |"]
    sections = [section(assignment, found) for assignment, found in tables.items()]
    return "\n\n".join([INTRODUCTION.strip(), "\n".join([*head, *rows]), *sections]) + "\n"


def summary(name: str, found: list[Reading]) -> str:
    """The row of an assignment in the page's first table."""
    seen = sum(bool(reading.message) for reading in found)
    return f"| {name} | {len(found)} | {seen} ({seen / len(found):.0%}) |"


def section(assignment: str, found: list[Reading]) -> str:
    """What the page says of one assignment."""
    parts = [f"## {assignment}"]
    for task in corpus.tasks_of(assignment).coding:
        rows = [reading for reading in found if reading.mistake.task == task]
        parts.append("\n".join([f"### {assignment}: {task}", "", *_table(rows)]))
    return "\n\n".join(parts)


def without_numbers(text: str) -> str:
    """The text without what differs between machines: digits that come from rounding, and how many values are off."""
    return re.sub(r"-?\d+(\.\d+)?(e[+-]?\d+)?%?", "0", text).replace("values is off", "values are off")


def _table(rows: list[Reading]) -> list[str]:
    lines = ["| mistake | what the student reads |", "| --- | --- |"]
    return lines + [f"| {_cell(row.mistake.what)} | {_cell(row.message) or UNSEEN} |" for row in rows]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|").replace("<", "&lt;")


def _message(mistake: Mistake, checks: str, solved: dict[str, Any]) -> str:
    namespace = dict(solved)
    try:
        _run(mistake.source, mistake.task, namespace)
        _run(checks, f"{mistake.task}-tests", namespace)
    except AssertionError as failure:
        return str(failure).removeprefix(f"{mistake.task}: ")
    except Exception as error:  # noqa: BLE001  whatever the mistake leads to is what the student sees
        return f"{type(error).__name__}: {error}"
    return ""


def _run(source: str, name: str, namespace: dict[str, Any]) -> None:
    """Runs a cell independently of what ran before it in this process."""
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, name, "exec"), namespace)


@cache
def _solved(assignment: str) -> dict[str, Any]:
    """What the solved notebook defines; call it within `_at_home`."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    figures = corpus.tasks_of(assignment).written  # these may need what only a `show-` cell computes
    for grade_id, source in _cells(assignment).items():
        if not grade_id.startswith("show-") and not grade_id.endswith("-tests") and grade_id not in figures:
            _run(source, grade_id, namespace)
    return namespace


@cache
def _cells(assignment: str) -> dict[str, str]:
    """The code of the solved notebook by grade_id; cells without one are named by their place."""
    cells = corpus.solved_notebook(assignment, quick=True)["cells"]
    return {
        cell["metadata"].get("nbgrader", {}).get("grade_id", f"example-{place}"): "".join(cell["source"])
        for place, cell in enumerate(cells)
        if cell["cell_type"] == "code"
    }


@contextlib.contextmanager
def _at_home(assignment: str) -> Iterator[None]:
    """Works as if the notebook's folder were the current one: its own `plots` and `course` are imported."""
    matplotlib.use("Agg")
    own = ("plots", "course")
    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] in own}
    for name in before:
        del sys.modules[name]
    sys.path.insert(0, str(REPOSITORY / "release" / assignment))
    style = matplotlib.rcParams.copy()
    try:
        yield
    finally:
        sys.path.remove(str(REPOSITORY / "release" / assignment))
        for name in [name for name in sys.modules if name.split(".")[0] in own]:
            del sys.modules[name]
        sys.modules.update(before)
        matplotlib.rcParams.update(style)
        torch.set_grad_enabled(True)


def _slips(assignment: str) -> list[Mistake]:
    found = []
    for number, slip in enumerate(tomllib.loads(SLIPS.read_text(encoding="utf-8")).get(assignment, [])):
        solution = corpus.solved_source(assignment, slip["task"])
        if solution.count(slip["replace"]) != 1:
            raise ValueError(
                f"{SLIPS}: {assignment} {slip['task']}: {slip['replace']!r} is in the solution "
                f"{solution.count(slip['replace'])} times"
            )
        source = solution.replace(slip["replace"], slip["by"])
        found.append(Mistake(assignment, slip["task"], f"slip_{number:02}", slip["what"], source))
    return found


if __name__ == "__main__":
    PAGE.write_text(page({assignment: readings(assignment) for assignment in names()}), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(REPOSITORY)}")
