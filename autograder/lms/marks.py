"""The marks that every export shows, or why there are none."""

from __future__ import annotations

from pathlib import Path

from autograder.gradebook.late import assign_late_penalties
from autograder.gradebook.marks import Mark, NotInGradebook
from autograder.gradebook.marks import read_marks as read_gradebook
from autograder.gradebook.nbgrader_steps import course_directory
from autograder.grading import assignment as released


class ExportRefused(Exception):
    """Nothing can be exported; one sentence with the fix."""


def read_marks(assignment: str, root: Path) -> tuple[list[Mark], float]:
    """Everybody in the gradebook in the order of their names, and the points there are in all."""
    release = released.Assignment.load(assignment, root=root)
    try:
        read_gradebook(release, root)  # before opening it for the penalties makes an empty one
        assign_late_penalties(assignment, course_directory(root, assignment))
        return read_gradebook(release, root)
    except NotInGradebook:
        ungraded = f"{assignment} is not in the gradebook: grade it first, make grade ASSIGNMENT={assignment}"
        raise ExportRefused(ungraded) from None
