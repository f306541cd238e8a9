"""A tiny course in a temporary folder: one assignment of three tasks, whose grader a test may replace."""

import json
from pathlib import Path

import pytest

from autograder.grading.assignment import Assignment
from autograder.grading.judge import Judge

GRADER = '''
import torch
from autograder.grading.checks import as_number, assert_close, require
from autograder.grading.toolkit import task


@task("double", points=1)
def test_doubles_a_number(student):
    """`double(3)` should be 6."""
    assert_close(student.double(3.0), 6.0, atol=1e-6, name="double(3)")


@task("double", points=1)
def test_doubles_a_tensor(student, rng):
    """`double` should work on tensors."""
    x = torch.from_numpy(rng.standard_normal(5))
    assert_close(student.double(x), 2 * x, atol=1e-6, name="double(x)")


@task("quadruple", points=2, needs=("double",))
def test_builds_on_double(student):
    """`quadruple` should double twice."""
    assert_close(student.quadruple(1.5), 6.0, atol=1e-6, name="quadruple(1.5)")
'''

SOLUTIONS = {
    "double": "def double(x):\n    return 2 * x",
    "quadruple": "def quadruple(x):\n    return double(double(x))",
}


def _cell(kind: str, source: str, **mark) -> dict:
    cell = {"cell_type": kind, "metadata": {}, "source": source, "id": str(mark.get("grade_id", "x"))}
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    if mark:
        cell["metadata"]["nbgrader"] = {"schema_version": 3, "task": False} | mark
    return cell


def notebook(answers: dict[str, str]) -> dict:
    """A notebook of the tiny assignment with these solution cells."""
    cells = [_cell("code", "import math", grade_id="setup", locked=True, grade=False, solution=False)]
    for name, source in answers.items():
        cells.append(_cell("code", source, grade_id=name, locked=False, grade=False, solution=True))
        mark = {"grade_id": f"{name}-tests", "locked": True, "grade": True, "solution": False, "points": 2}
        cells.append(_cell("code", f"{name}(1)", **mark))
    mark = {"grade_id": "explain", "locked": False, "grade": True, "solution": True, "points": 3}
    cells.append(_cell("markdown", "*Your answer here.*", **mark))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": cells}


class Course:
    """The tiny course: `grade(**answers)` grades a submission that differs from the solution in these cells."""

    def __init__(self, root: Path, solutions: dict[str, str] = SOLUTIONS) -> None:
        self.root = root
        self.solutions = solutions
        stubs = {
            name: source.split("\n")[0] + "\n    raise NotImplementedError"
            for name, source in solutions.items()
        }
        for tree, answers in (("release", stubs), ("solutions", solutions)):
            (root / tree / "tiny").mkdir(parents=True)
            (root / tree / "tiny" / "tiny.ipynb").write_text(json.dumps(notebook(answers)))
        (root / "graders").mkdir()
        self.write_grader(GRADER)

    def write_grader(self, source: str) -> None:
        (self.root / "graders" / "tiny.py").write_text(source)

    @property
    def assignment(self) -> Assignment:
        return Assignment.load("tiny", root=self.root, graders=self.root / "graders")

    def submission(self, **answers: str) -> Path:
        path = self.root / "tiny.ipynb"
        path.write_text(json.dumps(notebook(self.solutions | answers)))
        return path

    def grade(self, judge: Judge, **answers: str):
        return judge.grade(self.submission(**answers), self.assignment)


@pytest.fixture(scope="session")
def _course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def _judge(_course: Course):
    # no sandbox is needed for what these tests are about; tests/sandbox and the corpora run with one
    with Judge(sandbox="none", root=_course.root, gpu=False) as judge:
        yield judge


@pytest.fixture
def course(_course: Course) -> Course:
    """The tiny course with its own grader."""
    _course.write_grader(GRADER)
    return _course


@pytest.fixture
def judge(_judge: Judge) -> Judge:
    """One judge for all tests (its start takes seconds), without memories of earlier ones."""
    _judge.errors.clear()
    return _judge
