"""Brings the gradebook up to date with what was decided since the submissions were entered: `settle`.

Extensions, groups and regrade requests come from semester.csv, remarks with points from comments. Late penalties come
last: they are a part of the score. Pages and exports read the marks after this.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory

from autograder.batch.cache import KEPT, REPORTS, read_json, write_json
from autograder.gradebook.checked_semester import checked_semester
from autograder.gradebook.dates import effective_due_date, in_utc
from autograder.gradebook.groups import share_marks
from autograder.gradebook.late import assign_late_penalties
from autograder.gradebook.marks import Mark, read_marks
from autograder.gradebook.nbgrader_steps import course_directory
from autograder.gradebook.remarks import apply_remarks
from autograder.gradebook.semester import Semester
from autograder.grading.assignment import Assignment


def settled_marks(name: str, root: Path) -> tuple[list[Mark], float]:
    """As `read_marks`, after `settle`.

    Raises:
        NotInGradebook: the assignment is not graded.
        SettingsError: a due date or a row of semester.csv is wrong.
    """
    assignment = Assignment.load(name, root=root)
    read_marks(assignment, root)  # opening it to write would make an empty one
    settle(assignment, course_directory(root, name))
    return read_marks(assignment, root)


def settle(assignment: Assignment, coursedir: CourseDirectory) -> None:
    """Write what was decided into the gradebook.

    Raises:
        SettingsError: a due date or a row of semester.csv is wrong.
    """
    root = Path(coursedir.root)
    semester = checked_semester(root)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        entered = gradebook.find_assignment(assignment.name)
        due = effective_due_date(coursedir.config, assignment.name, entered.duedate)
        if entered.duedate is None and due is not None:  # set since the assignment was entered
            entered.duedate = in_utc(due)
        submissions = gradebook.assignment_submissions(assignment.name)
        _extend(submissions, semester, assignment.name, due, root)
        apply_remarks(submissions, assignment, root)
        share_marks(submissions, semester, assignment.name, root)
        _ask_to_look_again(submissions, semester, assignment)
        gradebook.db.commit()
    assign_late_penalties(assignment.name, coursedir)


def _extend(
    submissions: list[SubmittedAssignment], semester: Semester, name: str, due: datetime | None, root: Path
) -> None:
    """Extensions, also those whose row is gone. One that came into the gradebook in another way stays."""
    record = root / REPORTS / KEPT / name / "extensions.json"
    before = read_json(record) or {}
    now = {}
    for one in submissions:
        student = one.student_id
        extension = semester.extension(student, name, due)
        if extension is not None:
            one.extension = extension
            now[student] = extension.total_seconds()
        elif one.extension is not None and before.get(student) == one.extension.total_seconds():
            one.extension = None
    if before or now:
        write_json(record, now)


def _ask_to_look_again(
    submissions: list[SubmittedAssignment], semester: Semester, assignment: Assignment
) -> None:
    """A task with an open regrade request waits for the instructor in formgrader."""
    for one in submissions:
        open_ones = {
            assignment.tasks[request.task].test_id or request.task
            for request in semester.regrades(one.student_id, assignment.name)
            if request.is_open and request.task in assignment.tasks
        }
        for grade in one.notebooks[0].grades if open_ones and one.notebooks else ():
            if grade.name in open_ones:
                grade.needs_manual_grade = True
