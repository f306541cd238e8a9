"""What the gradebook says about each student's submission of one assignment: the marks that every export shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import make_url, or_

from autograder.gradebook.late import assign_late_penalties
from autograder.gradebook.nbgrader_steps import course_directory
from autograder.grading import assignment as released


class ExportRefused(Exception):
    """Nothing can be exported; one sentence with the fix."""


@dataclass(frozen=True)
class GradedTask:
    """The instructor's points where there are any, else those that the grader has decided so far, None without any."""

    points: float | None
    max_points: float
    pending: bool
    """Whether that can still change: an ungraded answer, a test that needs a GPU, points to look at again."""
    comment: str = ""


@dataclass(frozen=True)
class Mark:
    """What the gradebook says about one student. `tasks` is empty where nothing was submitted."""

    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str
    handed_in: bool = False
    timestamp: datetime | None = None
    penalty: float = 0.0
    tasks: dict[str, GradedTask] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.id

    @property
    def sorted_name(self) -> str:
        return ", ".join(filter(None, (self.last_name, self.first_name))) or self.id

    @property
    def raw_score(self) -> float:
        return sum(task.points for task in self.tasks.values() if task.points is not None)

    @property
    def score(self) -> float:
        return max(0.0, self.raw_score - self.penalty)

    @property
    def is_decided(self) -> bool:
        """Whether there is a point that counts: a mark of which everything is pending is not 0."""
        return self.handed_in and (
            not self.tasks or any(task.points is not None for task in self.tasks.values())
        )

    @property
    def pending(self) -> tuple[str, ...]:
        return tuple(name for name, task in self.tasks.items() if task.pending)


def read_marks(assignment: str, root: Path) -> tuple[list[Mark], float]:
    """Everybody in the gradebook in the order of their names, and the points there are in all."""
    order = released.Assignment.load(assignment, root=root).tasks
    names = {task.test_id or task.name: task.name for task in order.values()}
    coursedir = course_directory(root, assignment)
    ungraded = ExportRefused(
        f"{assignment} is not in the gradebook: grade it first, make grade ASSIGNMENT={assignment}"
    )
    database = make_url(coursedir.db_url)
    if database.get_backend_name() == "sqlite" and not Path(database.database or "").is_file():
        raise ungraded  # before opening it makes an empty one
    assign_late_penalties(assignment, coursedir)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            maximum = gradebook.find_assignment(assignment).max_score
        except MissingEntry:
            raise ungraded from None
        tasks = _tasks(gradebook, assignment, names)
        handed_in = {
            student: (timestamp, penalty)
            for student, timestamp, penalty in gradebook.db.query(
                SubmittedAssignment.student_id,
                SubmittedAssignment.timestamp,
                SubmittedAssignment.late_submission_penalty,
            )
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .filter(Assignment.name == assignment)
        }
        marks = []
        for student in gradebook.db.query(Student):
            facts = (student.first_name, student.last_name, student.email, student.lms_user_id)
            timestamp, penalty = handed_in.get(student.id, (None, 0.0))
            mine = {name: tasks[student.id][name] for name in order if name in tasks[student.id]}
            marks.append(
                Mark(
                    student.id,
                    *(fact or "" for fact in facts),
                    handed_in=student.id in handed_in,
                    timestamp=timestamp,
                    penalty=penalty,
                    tasks=mine,
                )
            )
    return sorted(marks, key=lambda mark: (mark.sorted_name.casefold(), mark.id)), maximum


def _tasks(gradebook: Gradebook, assignment: str, names: dict[str, str]) -> dict[str, dict[str, GradedTask]]:
    comments = {
        (student, names.get(cell, cell)): text
        for student, cell, text in gradebook.db.query(
            SubmittedAssignment.student_id, BaseCell.name, Comment.comment
        )
        .select_from(Comment)
        .join(BaseCell, Comment.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Comment.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == assignment)
        if text
    }
    found: dict[str, dict[str, GradedTask]] = defaultdict(dict)
    grades = (
        gradebook.db.query(
            SubmittedAssignment.student_id,
            GradeCell.name,
            GradeCell.max_score,
            Grade.score,
            Grade.needs_manual_grade,
            or_(Grade.auto_score.is_not(None), Grade.manual_score.is_not(None)),
        )
        .select_from(Grade)
        .join(GradeCell, Grade.cell_id == GradeCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == assignment)
    )
    for student, cell, max_points, points, pending, is_decided in grades:
        name = names.get(cell, cell)
        comment = comments.get((student, name), "")
        found[student][name] = GradedTask(points if is_decided else None, max_points, pending, comment)
    return found
