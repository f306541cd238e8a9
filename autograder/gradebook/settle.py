"""Brings the gradebook up to date with what was decided since the submissions were entered, late penalties first."""

from __future__ import annotations

from pathlib import Path

from autograder.gradebook.late import assign_late_penalties
from autograder.gradebook.marks import Mark, read_marks
from autograder.gradebook.nbgrader_steps import course_directory
from autograder.grading.assignment import Assignment


def settled_marks(assignment: str, root: Path) -> tuple[list[Mark], float]:
    """As `read_marks`, with late penalties that are up to date.

    Raises:
        NotInGradebook: the assignment is not graded.
    """
    release = Assignment.load(assignment, root=root)
    read_marks(release, root)  # before opening it for the penalties makes an empty one
    assign_late_penalties(assignment, course_directory(root, assignment))
    return read_marks(release, root)
