"""Shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

# One thread each, before anything imports torch: two test processes share two cores.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

from autograder.grading.assignment import Assignment  # noqa: E402
from tests import course  # noqa: E402

# Property tests draw the same examples on every run, so that a red test stays red until it is mended. To look for what
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
