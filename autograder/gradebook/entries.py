"""The entries of a class in the gradebook: nbgrader converts what has changed since the last run, and nothing else.

nbgrader is imported when the first entry changes. That takes seconds, which an unchanged class does not need: the
gradebook's content is looked up without nbgrader.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, String, column, select, table
from sqlalchemy.exc import SQLAlchemyError

from autograder.batch.cache import KEPT, REPORTS, read_json, write_json
from autograder.batch.judging import Verdict
from autograder.batch.submitted import timestamp_text
from autograder.gradebook import remarks, semester, timestamps
from autograder.gradebook.configuration import database_url, read_configuration
from autograder.gradebook.database import is_locked, opened
from autograder.grading.assignment import Assignment

if TYPE_CHECKING:
    from autograder.gradebook.enter_marks import Converter

_LOCKED = "another program has locked the gradebook: close it"

# nbgrader's tables, as far as they are read here
_ASSIGNMENT = table("assignment", column("id"), column("name"), column("duedate"))
_COMMENT = table("comment", column("id"), column("manual_comment", String()))
_SUBMITTED = table("submitted_assignment", column("assignment_id"), column("student_id"))


class Entries:
    """Enters the verdicts of one assignment, one after another.

    A gradebook that cannot be used prints one error line at the end of the run, and loses nothing: the reports are
    kept, and the next run enters them.
    """

    def __init__(self, root: Path, assignment: Assignment) -> None:
        self._root = root
        self._assignment = assignment
        self._stamps = root / REPORTS / KEPT / assignment.name / "gradebook"
        self._config = read_configuration(root)
        self._database = database_url(self._config, root)
        self._closed = ""
        """Why nothing can be entered in this run."""
        self.failures: dict[str, str] = {}
        """The students who are not in the gradebook, and why."""
        self.notes: list[str] = []
        """Notes for the instructor: about points given by hand if the release was corrected, and about times that
        cannot be read."""

    def enter(self, verdict: Verdict) -> None:
        """Enters a verdict, unless the gradebook holds it already."""
        if verdict.submitted.file is None:
            return
        if wrong := timestamps.problem(verdict.submitted.file.parent):
            self.notes.append(wrong)
        stamp = _stamp(verdict)
        if not self._closed and self._holds(verdict, stamp):
            return
        failure = self._closed or self._convert(verdict)
        if failure:
            self.failures[verdict.student] = failure
        else:
            write_json(self._stamp_file(verdict), stamp)

    def settle(self) -> None:
        """Applies due dates and decisions that have changed since the submissions were entered."""
        if self._closed or not self.has_to_settle():
            return
        from autograder.gradebook.enter_marks import CannotConvert

        try:
            self._converter.settle()
        except CannotConvert as error:
            self.notes.append(
                f"late penalties and extensions of {self._assignment.name} are not up to date: {error}"
            )

    def _holds(self, verdict: Verdict, stamp: dict[str, str]) -> bool:
        name = self._assignment.name
        converted = self._root / "autograded" / verdict.student / name / f"{name}.ipynb"
        return (
            verdict.student in self._students
            and converted.is_file()
            and read_json(self._stamp_file(verdict)) == stamp
        )

    def _convert(self, verdict: Verdict) -> str:
        """Returns why the verdict could not be entered; "" when it is."""
        from autograder.gradebook.enter_marks import CannotConvert

        try:
            return self._converter.convert(verdict)
        except CannotConvert as error:  # the next one would wait just as long and fail, too
            self._closed = _LOCKED if is_locked(error) else str(error)
            return self._closed

    def _stamp_file(self, verdict: Verdict) -> Path:
        return self._stamps / f"{verdict.student}.json"

    @cached_property
    def _converter(self) -> Converter:
        from autograder.gradebook.enter_marks import Converter

        converter = Converter(self._root, self._assignment, self._config)
        self.notes += converter.notes
        return converter

    @cached_property
    def _students(self) -> set[str]:
        """Those with a submission in the gradebook."""
        question = (
            select(_SUBMITTED.c.student_id)
            .join(_ASSIGNMENT, _SUBMITTED.c.assignment_id == _ASSIGNMENT.c.id)
            .where(self._is_ours)
        )
        try:
            return set(_look_up(self._database, question))
        except (SQLAlchemyError, ImportError) as error:
            if is_locked(error):
                self._closed = _LOCKED
            return set()  # not a gradebook yet: nbgrader turns it into one, or says why it cannot

    def has_to_settle(self) -> bool:
        """Whether settle.py has anything to do."""
        if (self._root / semester.FILE).is_file():
            return True
        if remarks.record_of(self._root, self._assignment.name).is_file():
            return True
        if self._assignment.name in (self._config.LatePenalty.get("due") or {}):
            return True
        due = select(_ASSIGNMENT.c.id).where(self._is_ours, _ASSIGNMENT.c.duedate.is_not(None))
        codes = select(_COMMENT.c.id).where(_COMMENT.c.manual_comment.like("%#%")).limit(1)
        try:
            return any(_look_up(self._database, question) for question in (due, codes))
        except (SQLAlchemyError, ImportError):
            return False

    @property
    def _is_ours(self) -> ColumnElement[bool]:
        return _ASSIGNMENT.c.name == self._assignment.name


def _look_up(database: str, question: Select) -> list[str]:
    """The first column of the gradebook's answer; nothing if there is no gradebook."""
    with opened(database) as connection:
        return list(connection.scalars(question)) if connection is not None else []


def _stamp(verdict: Verdict) -> dict[str, str]:
    """What the gradebook's entry depends on."""
    content = hashlib.sha256()
    with contextlib.suppress(OSError):  # no permission to read the file: the report says so
        content.update(verdict.submitted.file.read_bytes())
    with contextlib.suppress(OSError):
        content.update(timestamp_text(verdict.submitted.file.parent).encode())
    report = json.dumps({**verdict.report.to_json(), "seconds": 0})
    return {"submitted": content.hexdigest(), "report": hashlib.sha256(report.encode()).hexdigest()}
