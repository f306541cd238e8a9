"""What `pytest autograder/graders/<name>.py` needs; grading itself runs without it."""

import autograder.startup  # noqa: F401
from autograder.build.author_loop import pytest_addoption, pytest_configure

__all__ = ["pytest_addoption", "pytest_configure"]
