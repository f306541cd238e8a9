"""Brings the gradebook up to date with what was decided since the submissions were entered: `settle`.

Extensions, groups and regrade requests come from semester.csv, remarks with points from comments. Late penalties come
last: they are a share of the score. Pages and exports read the marks after this.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Grade, Gradebook, SubmittedAssignment
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
from autograder.grading.report import PENDING_NOTES


def settled_marks(name: str, root: Path) -> tuple[list[Mark], float]:
    """Like `read_marks`, after `settle`.

    Raises:
        NotInGradebook: the assignment is not graded.
        SettingsError: a due date or a row of semester.csv is wrong.
    """
    assignment = Assignment.load(name, root=root)
    read_marks(assignment, root)  # opening it for writing would create an empty one
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
        if due is not None:  # the configuration may have changed since the assignment was entered
            entered.duedate = in_utc(due)
        submissions = gradebook.assignment_submissions(assignment.name)
        _extend(submissions, semester, assignment.name, due, root)
        apply_remarks(submissions, assignment, root)
        share_marks(submissions, semester, assignment.name, root)
        _ask_to_look_again(submissions, semester, assignment, root)
        gradebook.db.commit()
    assign_late_penalties(assignment.name, coursedir)


def _extend(
    submissions: list[SubmittedAssignment], semester: Semester, name: str, due: datetime | None, root: Path
) -> None:
    """Applies extensions, and removes those whose row is gone. An extension that was entered in another way stays."""
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
    submissions: list[SubmittedAssignment], semester: Semester, assignment: Assignment, root: Path
) -> None:
    """A task with an open regrade request waits in formgrader, until other points are saved or the request is closed.

    For each task with an open request, the record says how many requests there were, what the instructor had given by
    then, and whether it waits only because of the request.
    """
    record = root / REPORTS / KEPT / assignment.name / "asked-again.json"
    before: dict[str, dict[str, dict[str, Any]]] = read_json(record) or {}
    now: dict[str, dict[str, dict[str, Any]]] = {}
    for one in submissions:
        requests = semester.regrades(one.student_id, assignment.name)
        open_tasks = {request.task for request in requests if request.is_open} & assignment.tasks.keys()
        earlier = before.get(one.student_id, {})
        if not (open_tasks or earlier):
            continue
        tasks = {task.test_id or task.name: task.name for task in assignment.tasks.values()}
        for notebook in one.notebooks:
            comments = {comment.name: comment.auto_comment for comment in notebook.comments}
            for grade in notebook.grades:
                task, known = tasks.get(grade.name), earlier.get(grade.name)
                given = [grade.manual_score, grade.extra_credit]
                is_ours = known is not None and known["ours"] and known["given"] == given
                if task not in open_tasks:
                    if is_ours:
                        grade.needs_manual_grade = _is_pending(grade, comments.get(task))
                    continue
                number = sum(request.task == task for request in requests)
                if known is None or known["requests"] != number:
                    known = {"requests": number, "given": given, "ours": is_ours}
                if known["given"] == given and not grade.needs_manual_grade:
                    grade.needs_manual_grade = known["ours"] = True
                now.setdefault(one.student_id, {})[grade.name] = known
    if before or now:
        write_json(record, now)


def _is_pending(grade: Grade, automatic_comment: str | None) -> bool:
    """Whether there are no points yet, or some of the grader's points are pending (SaveVerdict writes why)."""
    if grade.manual_score is not None:
        return False
    return grade.auto_score is None or automatic_comment in PENDING_NOTES.values()
