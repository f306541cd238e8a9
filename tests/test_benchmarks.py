"""The benchmark compares the same checks: a grader's tests give the same points inside a notebook's own kernel."""

from __future__ import annotations

import pytest

from autograder.grading.assignment import Assignment
from benchmarks import in_notebook


@pytest.mark.parametrize("task", ["prepare", "logistic-regression", "train", "mlp"])
def test_the_solution_gets_full_marks_inside_its_own_process(task: str) -> None:
    assignment = Assignment.load("titanic")
    space: dict = {}
    exec(
        "import torch, numpy as np, pandas as pd\nfrom torch import nn\nimport torch.nn.functional as F",
        space,
    )
    for cell in assignment.tasks.values():
        if cell.kind == "coding":
            exec(assignment.reference(cell.name), space)
    points = in_notebook.points(str(assignment.grader_file), task, space)
    assert points == pytest.approx(assignment.tasks[task].points)
