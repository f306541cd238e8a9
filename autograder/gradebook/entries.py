"""The entries of a class in the gradebook: nbgrader converts what has changed since the last run, and nothing else.

nbgrader is imported when the first entry changes. That takes seconds, which an unchanged class does not have to wait
for: what the gradebook holds is looked up without it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, NullPool, Select, column, create_engine, make_url, select, table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from autograder.batch.cache import KEPT, REPORTS, read_json, write_json
from autograder.batch.judging import Verdict
from autograder.batch.submitted import timestamp_text
from autograder.gradebook.configuration import database_url, read_configuration
from autograder.grading.assignment import Assignment

if TYPE_CHECKING:
    from autograder.gradebook.enter_marks import Converter

LOCK_SECONDS = 5.0
"""How long to wait for a SQLite gradebook that another program is writing to."""
_LOCKED = "another program has locked the gradebook: close it"

# nbgrader's tables, as far as they are read here
_ASSIGNMENT = table("assignment", column("id"), column("name"), column("duedate"))
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
        """What the instructor has to know about points given by hand, where the release was corrected."""

    def enter(self, verdict: Verdict) -> None:
        """Enters a verdict, unless the gradebook holds it already."""
        if verdict.handed_in.file is None:
            return
        stamp = _stamp(verdict)
        if not self._closed and self._holds(verdict, stamp):
            return
        failure = self._closed or self._convert(verdict)
        if failure:
            self.failures[verdict.student] = failure
        else:
            write_json(self._stamp_file(verdict), stamp)

    def update_late_penalties(self) -> None:
        """Due dates, and the instructor's points, may have changed since the submissions were entered."""
        if self._closed or not self.has_due_date():
            return
        from autograder.gradebook.enter_marks import CannotConvert

        try:
            self._converter.late_penalties()
        except CannotConvert as error:
            self.notes.append(f"late penalties of {self._assignment.name} are not up to date: {error}")

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
        except CannotConvert as error:  # the next one would wait just as long, and fail
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
            return set()  # not a gradebook yet: nbgrader makes it one, or says why it cannot

    def has_due_date(self) -> bool:
        if self._assignment.name in (self._config.LatePenalty.get("due") or {}):
            return True
        question = select(_ASSIGNMENT.c.id).where(self._is_ours, _ASSIGNMENT.c.duedate.is_not(None))
        try:
            return bool(_look_up(self._database, question))
        except (SQLAlchemyError, ImportError):
            return False

    @property
    def _is_ours(self) -> ColumnElement[bool]:
        return _ASSIGNMENT.c.name == self._assignment.name


def _look_up(database: str, question: Select) -> list[str]:
    """The first column of what the gradebook answers; nothing where there is no gradebook."""
    url = make_url(database)
    options = {}
    if url.get_backend_name() == "sqlite":
        if not Path(url.database or "").is_file():  # connecting would make an empty one
            return []
        options = {"timeout": LOCK_SECONDS}
    with create_engine(url, poolclass=NullPool, connect_args=options).connect() as connection:
        return list(connection.scalars(question))


def is_locked(error: BaseException | None) -> bool:
    """Whether an error comes from a SQLite database that another program is using."""
    while error is not None:
        if isinstance(error, DBAPIError):
            code = getattr(error.orig, "sqlite_errorcode", None)
            if code is not None and code & 0xFF == sqlite3.SQLITE_BUSY:  # without what extended codes add
                return True
        error = error.__cause__ or error.__context__
    return False


def _stamp(verdict: Verdict) -> dict[str, str]:
    """What the gradebook's entry is made from."""
    content = hashlib.sha256()
    content.update(verdict.handed_in.file.read_bytes())
    with contextlib.suppress(OSError):
        content.update(timestamp_text(verdict.handed_in.file.parent).encode())
    report = json.dumps({**verdict.report.to_json(), "seconds": 0})
    return {"submitted": content.hexdigest(), "report": hashlib.sha256(report.encode()).hexdigest()}
