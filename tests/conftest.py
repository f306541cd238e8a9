"""Shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import autograder.startup  # noqa: F401
from autograder.grading.assignment import Assignment
from tests import course

# Property tests draw the same examples on every run, so that a red test stays red until it is fixed. To look for what
# they have not seen yet: HYPOTHESIS_PROFILE=thorough make test TESTS=tests/sandbox/test_codec.py
_ANYWHERE = {"deadline": None, "suppress_health_check": list(HealthCheck)}  # a busy machine is no fault
settings.register_profile("quick", max_examples=100, derandomize=True, database=None, **_ANYWHERE)
settings.register_profile("thorough", max_examples=5000, print_blob=True, **_ANYWHERE)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course folder with the tiny assignment of course.py, and no submissions."""
    return course.make_course(tmp_path)


@pytest.fixture
def tiny(root: Path) -> Assignment:
    return Assignment.load(course.NAME, root=root)
