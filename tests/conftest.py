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


@pytest.fixture(scope="session")
def class_of_four(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny assignment in a gradebook: bob submitted in time, ada a minute late, cleo two days, dan nothing.

    Each got 4 of the 5 points of the coding tasks. A test works on a copy.
    """
    from autograder.lms.roster import enter_students  # nbgrader's import takes seconds
    from tests.gradebook.helpers import configure, enter
    from tests.gradebook.test_late import A_MINUTE_LATE, PERCENT, TWO_DAYS_LATE
    from tests.pages.conftest import write_class

    root = course.make_course(tmp_path_factory.mktemp("class") / "course")
    (root / "class.csv").write_text(
        "id,first_name,last_name,email,lms_user_id\n"
        "ada,Ada,L,ada@x,17\nbob,Bob,N,bob@x,18\ncleo,Cleo,P,cleo@x,19\ndan,Dan,Q,dan@x,20\n"
    )
    enter_students(root / "class.csv", root)
    configure(root, PERCENT)
    reports = [enter(root, "ada", A_MINUTE_LATE), enter(root, "bob"), enter(root, "cleo", TWO_DAYS_LATE)]
    write_class(root, *reports)
    return root
