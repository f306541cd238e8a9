"""What the gradebook says about each student: the marks that pages, JSON, exports and the terminal all show.

The gradebook is the only source of marks. What the grader found is in the reports; what the instructor gave, overrode
or wrote is only here. Decisions that nbgrader cannot store, such as an excuse, come from semester.csv. Read without
nbgrader, whose import takes seconds, and in as many queries for a class of 300 as for one of 3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    DateTime,
    Interval,
    Select,
    column,
    func,
    select,
    table,
)
from traitlets.config import Config

from autograder.gradebook import dates, late_days
from autograder.gradebook.checked_semester import checked_semester
from autograder.gradebook.configuration import database_url, read_configuration
from autograder.gradebook.database import opened
from autograder.gradebook.groups import copied_from
from autograder.gradebook.semester import Regrade, Semester
from autograder.grading.assignment import Assignment, Refusal
from autograder.grading.report import Report

# nbgrader's tables, as far as they are read here
_ASSIGNMENT = table("assignment", column("id"), column("name"), column("duedate", DateTime()))
_STUDENT = table("student", *map(column, ("id", "first_name", "last_name", "email", "lms_user_id")))
_SUBMITTED = table(
    "submitted_assignment",
    *map(column, ("id", "assignment_id", "student_id")),
    column("timestamp", DateTime()),
    column("extension", Interval()),
)
_NOTEBOOK = table("submitted_notebook", *map(column, ("id", "assignment_id", "late_submission_penalty")))
_CELL = table("base_cell", column("id"), column("notebook_id"), column("name"))
_RELEASED = table("notebook", column("id"), column("assignment_id"))
_GRADE_CELL = table("grade_cells", column("id"), column("max_score"))
_GRADE = table(
    "grade",
    *map(column, ("notebook_id", "cell_id", "auto_score", "manual_score", "extra_credit")),
    column("needs_manual_grade", Boolean()),
)
_COMMENT = table("comment", *map(column, ("notebook_id", "cell_id", "auto_comment", "manual_comment")))


class NotInGradebook(Refusal):
    """There is no gradebook yet, or it does not have the assignment; the message is one sentence with the fix."""

    def __init__(self, assignment: str) -> None:
        super().__init__(
            f"{assignment} is not in the gradebook: grade it first, make grade ASSIGNMENT={assignment}"
        )


@dataclass(frozen=True)
class TaskMark:
    """The points of one task: the grader's, and the instructor's, which take precedence."""

    max_points: float
    automatic: float | None = None
    """What the grader has decided so far; None if it decides nothing (a written answer), or nothing yet."""
    manual: float | None = None
    """What the instructor gave."""
    extra_credit: float = 0.0
    pending: bool = False
    """Whether the points can still change: an ungraded answer, a test that needs a GPU, points to look at again."""
    automatic_comment: str = ""
    manual_comment: str = ""
    undecided: float = 0.0
    """How many points are not decided yet."""

    @property
    def points(self) -> float | None:
        """The points as nbgrader counts them; None if nobody has decided anything."""
        decided = self.automatic if self.manual is None else self.manual
        return None if decided is None else decided + self.extra_credit

    @property
    def comment(self) -> str:
        return self.manual_comment or self.automatic_comment

    @property
    def decided(self) -> float:
        """The most that the task can give so far, without extra credit."""
        return self.max_points - self.undecided

    @property
    def is_override(self) -> bool:
        """Whether the instructor replaced points that the grader gave."""
        return None not in (self.manual, self.automatic) and self.manual != self.automatic

    @property
    def by_instructor(self) -> bool:
        return self.manual is not None or bool(self.extra_credit)

    @property
    def look_again(self) -> bool:
        """Whether the instructor gave points and has to look again: for a change, or a request (`Mark.has_changed`)."""
        return self.pending and self.manual is not None


@dataclass(frozen=True)
class Mark:
    """What the gradebook says about one student. `tasks` is empty if nothing was submitted."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""
    submitted: bool = False
    timestamp: datetime | None = None
    """When it was submitted, in UTC."""
    penalty: float = 0.0
    """The points that a late submission loses."""
    due: str = ""
    """This student's due date, as text for people; empty if there is none."""
    extension: timedelta | None = None
    """How much later than the others the student may submit."""
    late_days: int = 0
    """The free late days that this submission used."""
    late_days_left: int | None = None
    """None in a course without free late days."""
    excused: bool = False
    """Whether the assignment does not count for this student."""
    withdrawn: bool = False
    """Whether the student has left the course."""
    group: tuple[str, ...] = ()
    """Those who submit together, this student among them."""
    copy_of: str = ""
    """The group member who submitted the notebook; empty for that member."""
    regrades: tuple[Regrade, ...] = ()
    notebook_id: str = ""
    """Formgrader's number of the submitted notebook."""
    in_gradebook: bool = True
    tasks: dict[str, TaskMark] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.id

    @property
    def sorted_name(self) -> str:
        return ", ".join(filter(None, (self.last_name, self.first_name))) or self.id

    @property
    def counts(self) -> bool:
        """Whether the mark is one of the class: in averages, totals and exports."""
        return not self.state

    @property
    def state(self) -> str:
        """Why the mark does not count; empty if it does."""
        return "withdrawn" if self.withdrawn else "excused" if self.excused else ""

    @property
    def raw_score(self) -> float:
        """The score without the late penalty."""
        return sum(task.points for task in self.tasks.values() if task.points is not None)

    @property
    def score(self) -> float:
        return max(0.0, self.raw_score - self.penalty)

    @property
    def is_decided(self) -> bool:
        """Whether any points are decided: a mark that is entirely pending is not 0."""
        return self.submitted and (
            not self.tasks or any(task.points is not None for task in self.tasks.values())
        )

    @property
    def max_score(self) -> float:
        """What the score is out of so far: the decided points."""
        return sum(task.decided for task in self.tasks.values())

    @property
    def undecided(self) -> float:
        return sum(task.undecided for task in self.tasks.values())

    def is_asked_for(self, task: str) -> bool:
        """Whether the student asked for another look at the task and has no answer yet."""
        return any(request.is_open and request.task == task for request in self.regrades)

    def has_changed(self, task: str) -> bool:
        """Whether the work for which the instructor gave points has changed since."""
        return self.tasks[task].look_again and not self.is_asked_for(task)

    @property
    def pending(self) -> tuple[str, ...]:
        return tuple(name for name, task in self.tasks.items() if task.pending)

    def to_json(self) -> dict[str, Any]:
        when = self.timestamp.isoformat() if self.timestamp else None
        extension = self.extension.total_seconds() if self.extension else None
        return {**asdict(self), "timestamp": when, "extension": extension}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Mark:
        when, extension = data["timestamp"], data["extension"]
        return cls(
            **{
                **data,
                "timestamp": datetime.fromisoformat(when) if when else None,
                "extension": timedelta(seconds=extension) if extension else None,
                "group": tuple(data.get("group", ())),
                "regrades": tuple(Regrade(**one) for one in data.get("regrades", ())),
                "tasks": {name: TaskMark(**task) for name, task in data["tasks"].items()},
            }
        )


def read_marks(assignment: Assignment, root: Path) -> tuple[list[Mark], float]:
    """Everybody in the gradebook, with or without a submission, in the order of their names; and the total of points.

    Raises:
        NotInGradebook: the gradebook has nothing of the assignment.
        SQLAlchemyError, ImportError: it cannot be opened, or another program has locked it.
    """
    config = read_configuration(root)
    course = _Course(root, config, checked_semester(root))
    with opened(database_url(config, root)) as connection:
        if connection is None:
            raise NotInGradebook(assignment.name)
        return _read(connection, assignment, course)


@dataclass(frozen=True)
class _Course:
    """What affects marks besides the gradebook."""

    root: Path
    config: Config
    semester: Semester


def _read(connection: Connection, assignment: Assignment, course: _Course) -> tuple[list[Mark], float]:
    name = assignment.name
    found = connection.execute(select(_ASSIGNMENT).where(_ASSIGNMENT.c.name == name)).one_or_none()
    if found is None:
        raise NotInGradebook(name)
    students = list(connection.execute(select(_STUDENT)))
    decided = _decided(connection, name, found.duedate, course, [row.id for row in students])
    tasks = _tasks(connection, assignment)
    submissions = {row.student_id: row for row in connection.execute(_submissions(name))}
    marks = []
    for row in students:
        submitted = submissions.get(row.id)
        facts = {key: value or "" for key, value in row._mapping.items()}
        facts |= decided(row.id, submitted.extension if submitted is not None else None)
        if submitted is None:
            marks.append(Mark(**facts))
            continue
        mine = tasks[row.id]
        marks.append(
            Mark(
                **facts,
                submitted=True,
                timestamp=submitted.timestamp,
                penalty=submitted.penalty,
                notebook_id=submitted.notebook or "",
                tasks={task: mine[task] for task in assignment.tasks if task in mine},
            )
        )
    maximum = connection.scalar(_maximum(name))
    return sorted(marks, key=lambda mark: (mark.sorted_name.casefold(), mark.id)), maximum


def _decided(
    connection: Connection, name: str, duedate: datetime | None, course: _Course, students: list[str]
) -> Callable[[str, timedelta | None], dict[str, Any]]:
    """Returns a function for what was decided about a student whose submission has this extension in the gradebook."""
    config, semester = course.config, course.semester
    due = dates.effective_due_date(config, name, duedate)
    groups = {member: members for members in semester.groups(name).values() for member in members}
    copies = copied_from(course.root, name)
    used = late_days.used_by(connection, config, semester, students)

    def decided(student: str, stored: timedelta | None) -> dict[str, Any]:
        extension = semester.extension(student, name, due) or stored or timedelta()
        mine = used.get(student, {})
        budget = late_days.budget(config, semester, student)
        return {
            "due": dates.shown(dates.later(due, extension)) if due is not None else "",
            "extension": extension or None,
            "late_days": mine.get(name, 0),
            "late_days_left": budget - sum(mine.values()) if budget else None,
            "excused": semester.is_excused(student, name),
            "withdrawn": semester.has_withdrawn(student),
            "group": groups.get(student, ()),
            "copy_of": copies.get(student, "") if student in groups else "",
            "regrades": semester.regrades(student, name),
        }

    return decided


def _maximum(name: str) -> Select:
    question = select(func.coalesce(func.sum(_GRADE_CELL.c.max_score), 0.0)).select_from(_GRADE_CELL)
    question = question.join(_CELL, _GRADE_CELL.c.id == _CELL.c.id)
    question = question.join(_RELEASED, _CELL.c.notebook_id == _RELEASED.c.id)
    return question.join(_ASSIGNMENT, _RELEASED.c.assignment_id == _ASSIGNMENT.c.id).where(
        _ASSIGNMENT.c.name == name
    )


def _of_assignment(question: Select, name: str) -> Select:
    """Joins a query on submitted notebooks with the submissions of one assignment."""
    return (
        question.join(_SUBMITTED, _NOTEBOOK.c.assignment_id == _SUBMITTED.c.id)
        .join(_ASSIGNMENT, _SUBMITTED.c.assignment_id == _ASSIGNMENT.c.id)
        .where(_ASSIGNMENT.c.name == name)
    )


def _submissions(name: str) -> Select:
    penalty = func.coalesce(func.sum(_NOTEBOOK.c.late_submission_penalty), 0.0).label("penalty")
    mine = (_SUBMITTED.c.student_id, _SUBMITTED.c.timestamp, _SUBMITTED.c.extension)
    question = (
        select(*mine, penalty, func.min(_NOTEBOOK.c.id).label("notebook"))
        .select_from(_SUBMITTED)
        .join(_ASSIGNMENT, _SUBMITTED.c.assignment_id == _ASSIGNMENT.c.id)
        .outerjoin(_NOTEBOOK, _NOTEBOOK.c.assignment_id == _SUBMITTED.c.id)
    )
    return question.where(_ASSIGNMENT.c.name == name).group_by(*mine)


def _tasks(connection: Connection, assignment: Assignment) -> dict[str, dict[str, TaskMark]]:
    """By student and task. A coding task's points are at its test cell, its comment is at its solution cell."""
    names = {task.test_id or task.name: task.name for task in assignment.tasks.values()}
    comments = select(
        _SUBMITTED.c.student_id,
        _CELL.c.name,
        _COMMENT.c.auto_comment,
        _COMMENT.c.manual_comment,
    ).select_from(_COMMENT)
    comments = comments.join(_CELL, _COMMENT.c.cell_id == _CELL.c.id)
    comments = comments.join(_NOTEBOOK, _COMMENT.c.notebook_id == _NOTEBOOK.c.id)
    said = {
        (row.student_id, names.get(row.name, row.name)): (row.auto_comment or "", row.manual_comment or "")
        for row in connection.execute(_of_assignment(comments, assignment.name))
    }
    grades = select(
        _SUBMITTED.c.student_id,
        _CELL.c.name,
        _GRADE_CELL.c.max_score,
        _GRADE.c.auto_score,
        _GRADE.c.manual_score,
        _GRADE.c.extra_credit,
        _GRADE.c.needs_manual_grade,
    ).select_from(_GRADE)
    grades = grades.join(_CELL, _GRADE.c.cell_id == _CELL.c.id)
    grades = grades.join(_GRADE_CELL, _GRADE_CELL.c.id == _CELL.c.id)
    grades = grades.join(_NOTEBOOK, _GRADE.c.notebook_id == _NOTEBOOK.c.id)
    found: dict[str, dict[str, TaskMark]] = defaultdict(dict)
    for row in connection.execute(_of_assignment(grades, assignment.name)):
        name = names.get(row.name, row.name)
        automatic_comment, manual_comment = said.get((row.student_id, name), ("", ""))
        is_open = row.auto_score is None and row.manual_score is None
        found[row.student_id][name] = TaskMark(
            max_points=row.max_score,
            automatic=row.auto_score,
            manual=row.manual_score,
            extra_credit=row.extra_credit or 0.0,
            pending=row.needs_manual_grade or is_open,
            automatic_comment=automatic_comment,
            manual_comment=manual_comment,
            undecided=row.max_score if is_open else 0.0,
        )
    return found


def mark_of_report(report: Report) -> Mark:
    """The mark from the report of the grader, for a student who is not in the gradebook yet."""
    tasks = {
        name: TaskMark(task.max_points, task.points, pending=task.pending > 0, undecided=task.pending)
        for name, task in report.tasks.items()
    }
    return Mark(report.student, submitted=True, in_gradebook=False, tasks=tasks)


def with_partly_pending(mark: Mark, report: Report) -> Mark:
    """Adds how many points of each task are pending: the gradebook has only one flag for this, the report has the
    points."""
    tasks = dict(mark.tasks)
    for name, task in mark.tasks.items():
        if task.pending and task.manual is None and task.automatic is not None and name in report.tasks:
            tasks[name] = replace(task, undecided=report.tasks[name].pending)
    return replace(mark, tasks=tasks)


def by_student(marks: Iterable[Mark]) -> dict[str, Mark]:
    return {mark.id: mark for mark in marks}
