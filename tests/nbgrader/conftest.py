from __future__ import annotations

from pathlib import Path

import pytest

from autograder.grading.assignment import Assignment
from tests.nbgrader import course


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course folder with the tiny assignment, and nothing handed in."""
    return course.make_course(tmp_path)


@pytest.fixture
def tiny(root: Path) -> Assignment:
    return Assignment.load(course.NAME, root=root)
