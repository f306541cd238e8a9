"""Free late days: how many days of the semester a student may be late without a penalty, and where they were used.

They are used automatically, from the first due date to the last. nbgrader cannot store them: they are computed from the
gradebook's times, `c.LatePenalty.free_days` and semester.csv.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, DateTime, Interval, column, select, table
from traitlets.config import Config

from autograder.gradebook.semester import Semester

DAY = timedelta(days=1)

_ASSIGNMENT = table("assignment", column("id"), column("name"), column("duedate", DateTime()))
_SUBMITTED = table(
    "submitted_assignment",
    *map(column, ("assignment_id", "student_id")),
    column("timestamp", DateTime()),
    column("extension", Interval()),
)


def days_begun(late: timedelta) -> int:
    return max(0, math.ceil(late / DAY))


def budget(config: Config, semester: Semester, student: str) -> int:
    """How many free late days a student has in total."""
    if config.LatePenalty.get("penalty_method", "none") == "none":
        return 0  # there is no penalty for being late
    own = semester.late_days(student)
    return int(config.LatePenalty.get("free_days", 0)) if own is None else own


def used_by(
    connection: Connection, config: Config, semester: Semester, students: Iterable[str]
) -> dict[str, dict[str, int]]:
    """The free late days that each student used: student -> assignment -> days."""
    budgets = {student: days for student in students if (days := budget(config, semester, student))}
    if not budgets:
        return {}
    question = (
        select(
            _SUBMITTED.c.student_id,
            _ASSIGNMENT.c.name,
            _ASSIGNMENT.c.duedate,
            _SUBMITTED.c.timestamp,
            _SUBMITTED.c.extension,
        )
        .join(_ASSIGNMENT, _SUBMITTED.c.assignment_id == _ASSIGNMENT.c.id)
        .where(_ASSIGNMENT.c.duedate.is_not(None), _SUBMITTED.c.timestamp.is_not(None))
        .order_by(_ASSIGNMENT.c.duedate, _ASSIGNMENT.c.name)
    )
    if len(budgets) == 1:
        question = question.where(_SUBMITTED.c.student_id == next(iter(budgets)))
    in_part = config.LatePenalty.get("penalty_method") == "percent"
    used: dict[str, dict[str, int]] = {}
    for row in connection.execute(question):
        if row.student_id not in budgets or semester.is_excused(row.student_id, row.name):
            continue
        days = days_begun(lateness(row.timestamp, row.duedate, row.extension))
        mine = used.setdefault(row.student_id, {})
        left = budgets[row.student_id] - sum(mine.values())
        if days > left and not in_part:  # if being late costs everything, too few free days do not help
            continue
        if days and left:
            mine[row.name] = min(days, left)
    return used


def lateness(submitted: datetime, due: datetime, extension: timedelta | None) -> timedelta:
    return submitted - due - (extension or timedelta())
