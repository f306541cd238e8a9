"""A repository of one tiny assignment, in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = '''\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Doubling
# You will double a number.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import plots
from course import words

print(words.GREETING, plots.COLOUR)

# %% nbgrader={"grade": false, "grade_id": "double", "locked": false, "schema_version": 3, "solution": true, "task": false}
def double(number: float) -> float:
    """Twice the number."""
    ### BEGIN SOLUTION
    twice_the_given_number = number + number
    return twice_the_given_number
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "double-tests", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert double(1) == 2, "What is twice one?"

# %% [markdown] nbgrader={"grade": true, "grade_id": "why", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# Why is twice zero zero?
#
# ### BEGIN SOLUTION
# Because nothing added to nothing stays nothing.
#
# Rubric: three points for any argument with addition.
# ### END SOLUTION
'''

GRADER = '''\
from autograder.grading.checks import assert_close
from autograder.grading.toolkit import task


@task("double", points=1.5)
def test_doubles_numbers(student, rng):
    """A number should come back doubled."""
    number = float(rng.normal())
    assert_close(student.double(number), 2 * number, atol=1e-6, name="double(number)")


@task("double", points=0.5)
def test_doubles_nothing(student):
    """Zero should stay zero."""
    assert_close(student.double(0.0), 0.0, atol=0, name="double(0)")
'''

CONTRACT = """\
[tiny.coding]
double = 2

[tiny.written]
why = 3
"""


@dataclass
class Repository:
    """The repository, seen from one of its assignments."""

    root: Path
    name: str = "tiny"

    @property
    def source(self) -> Path:
        return self.root / "assignments" / self.name / f"{self.name}.py"

    @property
    def grader(self) -> Path:
        return self.root / "autograder" / "graders" / f"{self.name}.py"

    def replace(self, old: str, new: str) -> None:
        """Change the source notebook; `old` must be there."""
        text = self.source.read_text()
        assert old in text
        self.source.write_text(text.replace(old, new, 1))

    def line_of(self, text: str) -> int:
        """The first line of the source notebook that holds `text`, from 1."""
        lines = self.source.read_text().splitlines()
        return next(number for number, line in enumerate(lines, start=1) if text in line)

    def released(self) -> dict[str, bytes]:
        """Every file of the release, by its path in it."""
        folder = self.root / "release" / self.name
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def tiny(tmp_path: Path) -> Repository:
    return make_repository(tmp_path / "repository")


@pytest.fixture(scope="session")
def make_tiny() -> Callable[..., Repository]:
    """Makes the tiny repository in a folder, or adds another assignment to it."""
    return make_repository


def make_repository(root: Path, name: str = "tiny") -> Repository:
    contract = root / "assignments" / "contract.toml"
    known = contract.read_text() if contract.exists() else '[common]\npackage = "course"\n'
    files = {
        f"assignments/{name}/{name}.py": SOURCE,
        f"assignments/{name}/plots.py": 'COLOUR = "blue"\n',
        f"assignments/{name}/__pycache__/plots.pyc": "never copied",
        "assignments/common/course/__init__.py": "",
        "assignments/common/course/words.py": 'GREETING = "hello"\n',
        "assignments/contract.toml": known + CONTRACT.replace("tiny", name),
        f"autograder/graders/{name}.py": GRADER,
    }
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return Repository(root, name)
