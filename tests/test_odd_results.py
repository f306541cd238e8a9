"""What a student's function should never return is answered in words: a lost point, and no bug in the grader.

A few functions with a few odd results; `python -m validity.odd_results` tries all of both.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.grading.assignment import Assignment
from autograder.grading.judge import Judge
from validity.odd_results import ODD, answers

FUNCTIONS = {
    "thermometer": ("predict", "mse", "numerical_gradient"),
    "linear-regression": ("standardize",),
    "backprop": ("mlp_gradients",),
    "language-id": ("word_features",),
    "titanic": ("prepare",),
}
"""Functions whose graders compute with what they return, or pass it on: each failed with one of the results once."""
RESULTS = (
    "truth values",
    "on meta",
    "of no dimension",
    "strings in an array",
    "strings in a Series",
    "a table of huge integers",
    "None",
    "a class",
    "an exit",
)


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge(gpu=False) as judge:
        yield judge


@pytest.mark.parametrize("assignment", FUNCTIONS)
def test_an_odd_result_is_no_bug_of_the_grader(judge: Judge, assignment: str) -> None:
    faults = []
    odd = {name: ODD[name] for name in RESULTS}
    for answer in answers(judge, Assignment.load(assignment), FUNCTIONS[assignment], odd):
        faults += answer.faults()
        assert all(test.message for test in answer.results if test.points < test.max_points), answer
    assert faults == []
