"""semester.csv with every student, assignment and task looked up: a row with an unknown name would silently do nothing.

A spreadsheet turns 0012345 into 12345, and typing errors are easily made. Students get the names that the gradebook or
`submitted/` has.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import column, select, table
from sqlalchemy.exc import SQLAlchemyError

from autograder.batch.submitted import SUBMITTED, plain_id
from autograder.gradebook.configuration import database_url, read_configuration
from autograder.gradebook.database import opened
from autograder.gradebook.semester import FILE, Known, Semester, read_semester
from autograder.grading.assignment import Assignment, AssignmentError, released

_ASSIGNMENT = table("assignment", column("name"))
_STUDENT = table("student", *map(column, ("id", "first_name", "last_name", "email", "lms_user_id")))


def checked_semester(root: Path) -> Semester:
    """Like `read_semester`, but with names that exist.

    Raises:
        SettingsError: the file is not a table, or a row of it is wrong.
    """
    return read_semester(root, _known(root)) if (root / FILE).is_file() else Semester()


def _known(root: Path) -> Known:
    students, assignments = [], []
    try:
        with opened(database_url(read_configuration(root), root)) as connection:
            if connection is not None:
                students = list(connection.execute(select(_STUDENT)))
                assignments = list(connection.scalars(select(_ASSIGNMENT.c.name)))
    except (SQLAlchemyError, ImportError):  # not a gradebook yet, or locked: code that needs it reports that
        pass
    folders = sorted(path.name for path in (root / SUBMITTED).glob("*") if path.is_dir())
    return Known(
        {plain_id(name): name for name in (*folders, *(row.id for row in students))},
        # nbgrader enters those who submit, by id alone, so there may be more students than these
        is_whole_class=any(any(row[1:]) for row in students),
        assignments=frozenset((*released(root), *assignments)),
        tasks=lambda assignment: _tasks(root, assignment),
    )


def _tasks(root: Path, assignment: str) -> list[str]:
    try:
        return list(Assignment.load(assignment, root=root).tasks)
    except AssignmentError:  # not built: nothing can be said
        return []
