"""A course of one small assignment in a folder of its own: two coding tasks, one written one, a hidden grader."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.grading.assignment import REPOSITORY

NAME = "tiny"
HIDDEN = "hidden_word_that_only_the_grader_knows"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

STUBS = {
    "double": "def double(x):\n    raise NotImplementedError",
    "square": "def square(x):\n    raise NotImplementedError",
    "explain": "Why is a square never negative?\n\n*Your answer here.*",
}
SOLUTIONS = {
    "double": "def double(x):\n    return 2 * x",
    "square": "def square(x):\n    return x * x",
    "explain": "Why is a square never negative?\n\nBoth factors have the same sign.",
}
LOCKED = {
    "setup": "import math\nscale = 1.0",
    "double-tests": "assert double(1) == 2",
    "show-double": "print(double(3))",
    "square-tests": "assert square(2) == 4",
}
GRADER = f'''
"""{HIDDEN}"""
from autograder.grading.checks import as_number, require
from autograder.grading.toolkit import task


@task("double", points=1)
def test_double_of_a_positive_number(student):
    """Doubling a positive number."""
    require(as_number(student.double(4.0), "double(4)") == 8.0, "not twice the number")


@task("double", points=1)
def test_double_of_a_negative_number(student):
    """Doubling a negative number."""
    require(as_number(student.double(-4.0), "double(-4)") == -8.0, "not twice the number below zero")


@task("square", points=1.5)
def test_square(student):
    """Squaring."""
    require(as_number(student.square(3.0), "square(3)") == 9.0, "not the square")


@task("square", points=1.5)
def test_square_of_a_negative_number(student):
    """Squaring a negative number."""
    require(as_number(student.square(-3.0), "square(-3)") == 9.0, "not the square of a negative number")
'''


def code(grade_id: str, source: str, **mark: Any) -> dict[str, Any]:
    cell = {
        "cell_type": "code",
        "id": f"id-{grade_id}",
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
    return cell | {"metadata": {"nbgrader": _mark(grade_id, **mark)}}


def text(identifier: str, source: str, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": identifier, "source": source, "metadata": metadata}


def _mark(grade_id: str, **mark: Any) -> dict[str, Any]:
    plain = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
    return plain | mark | {"grade_id": grade_id}


def notebook(sources: dict[str, str]) -> dict[str, Any]:
    tests = {"grade": True, "locked": True}
    cells = [
        text("title", "# A tiny assignment"),
        code("setup", LOCKED["setup"], locked=True),
        text("on-double", "## Doubling"),
        code("double", sources["double"], solution=True),
        code("double-tests", LOCKED["double-tests"], **tests, points=2),
        code("show-double", LOCKED["show-double"], locked=True),
        text("on-square", "## Squaring"),
        code("square", sources["square"], solution=True),
        code("square-tests", LOCKED["square-tests"], **tests, points=3),
        text(
            "id-explain", sources["explain"], nbgrader=_mark("explain", grade=True, solution=True, points=2)
        ),
        text("the-end", "The end."),
    ]
    return {"cells": cells, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}


def solved() -> dict[str, Any]:
    return notebook(SOLUTIONS)


def with_sources(**sources: str) -> dict[str, Any]:
    return notebook(SOLUTIONS | sources)


def cell(book: dict[str, Any], grade_id: str) -> dict[str, Any]:
    return next(c for c in book["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def correct(root: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes the release, and the solution with it."""
    for tree in ("release", "solutions"):
        file = root / tree / NAME / f"{NAME}.ipynb"
        book = json.loads(file.read_text(encoding="utf-8"))
        change(book)
        file.write_text(json.dumps(book), encoding="utf-8")


def of_another(root: Path, name: str) -> dict[str, Any]:
    """The solved notebook of another assignment, which is released, too: the same but for the names of its cells."""
    book = json.loads(json.dumps(solved()).replace('"grade_id": "', f'"grade_id": "{name}-'))
    file = root / "release" / name / f"{name}.ipynb"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(book), encoding="utf-8")
    return book


def make_course(root: Path) -> Path:
    for tree, sources in (("release", STUBS), ("solutions", SOLUTIONS)):
        (root / tree / NAME).mkdir(parents=True)
        (root / tree / NAME / f"{NAME}.ipynb").write_text(json.dumps(notebook(sources)), encoding="utf-8")
    (root / "release" / NAME / "plots.py").write_text("# supplied\n", encoding="utf-8")
    graders = root / "autograder" / "graders"
    graders.mkdir(parents=True)
    (graders / f"{NAME}.py").write_text(GRADER, encoding="utf-8")
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    return root


def hand_in(root: Path, student: str, book: dict[str, Any] | bytes, file: str = f"{NAME}.ipynb") -> Path:
    path = root / "submitted" / student / NAME / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(book if isinstance(book, bytes) else json.dumps(copy.deepcopy(book)).encode())
    return path
