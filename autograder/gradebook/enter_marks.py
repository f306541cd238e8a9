"""Enters the marks of one submission after another into the gradebook: nbgrader's own steps, in this process.

nbgrader spends half of its time on a submission on building the same database engine and the same schema validators
again for each of its steps; here both are built once. It also writes a notebook between its two passes and reads it
again; here one pass takes all steps.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import nbgrader.api
from alembic.script import ScriptDirectory
from nbgrader.api import InvalidEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import common
from sqlalchemy import NullPool, create_engine, func, make_url, select
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from sqlalchemy.orm import scoped_session, sessionmaker
from traitlets.config import Config

import autograder.gradebook.nbgrader_steps  # noqa: F401  (wraps Autograde, and is named in nbgrader_config.py)
from autograder.batch.judging import Verdict
from autograder.gradebook.configuration import SettingsError
from autograder.gradebook.enter_assignment import enter_assignment
from autograder.gradebook.settle import settle
from autograder.grading.assignment import Assignment


class CannotConvert(Exception):
    """No submission of this assignment can be entered into the gradebook; the message is one sentence that says why."""


_GRADEBOOK = zlib.crc32(b"autograder: gradebook")
"""The number of the lock in PostgreSQL."""
_opened: dict[tuple[str, str], object] = {}
"""Engines by database and course. They live as long as one Converter: the next one may find a new gradebook."""


class Converter:
    """Enters verdicts into the gradebook of a course folder.

    `notes` tells the instructor about points given by hand, if the release was corrected.
    """

    def __init__(self, root: Path, assignment: Assignment, config: Config) -> None:
        """Raises CannotConvert: the gradebook cannot take this assignment."""
        _set_up_once()
        _opened.clear()
        self._assignment = assignment
        self._log = _LastError()
        self._coursedir = CourseDirectory(
            config=config, root=str(root.resolve()), assignment_id=assignment.name
        )
        try:
            with _one_run_at_a_time(self._coursedir.db_url):
                self.notes = enter_assignment(assignment, self._coursedir)
        except (NbGraderException, InvalidEntry, SQLAlchemyError, ImportError) as error:
            raise CannotConvert(_first_line(error)) from error
        config = config.copy()
        config.CourseDirectory.root = str(root.resolve())
        # a notebook is validated once, not after each of nbgrader's ten steps
        config.Exporter.optimistic_validation = True
        logger = logging.Logger(
            "autograder.gradebook.enter_marks"
        )  # a logger of its own: nbgrader's messages go nowhere else
        logger.addHandler(self._log)
        self._autograde = _One(coursedir=self._coursedir, config=config, log=logger)
        self._autograde.assignment, self._autograde.force = assignment, True
        steps = [*self._autograde.sanitize_preprocessors, *self._autograde.autograde_preprocessors]
        # a check that is in both lists runs at the end
        self._autograde.preprocessors = [
            step for number, step in enumerate(steps, 1) if step not in steps[number:]
        ]

    def convert(self, verdict: Verdict) -> str:
        """Returns "" if the submission is in the gradebook, otherwise what stopped nbgrader.

        Raises CannotConvert: the gradebook cannot be used.
        """
        folder = self._autograde._format_source(self._coursedir.assignment_id, verdict.student)
        self._autograde.assignments = {folder: [os.path.join(folder, verdict.submitted.file.name)]}
        self._log.lines.clear()
        self._autograde.verdicts = {verdict.student: verdict}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)  # from how nbgrader adds a submission
            try:
                with _one_run_at_a_time(self._coursedir.db_url):
                    self._autograde.start()
            except SQLAlchemyError as error:
                raise CannotConvert(_first_line(error)) from error
            except NbGraderException as error:
                if isinstance(error.__context__, SQLAlchemyError):
                    raise CannotConvert(_first_line(error.__context__)) from error
                return self._log.reason()
        return ""

    def settle(self) -> None:
        """Writes what was decided since the submissions were entered (settle.py). Raises CannotConvert."""
        try:
            with _one_run_at_a_time(self._coursedir.db_url):
                settle(self._assignment, self._coursedir)
        except (InvalidEntry, SQLAlchemyError, SettingsError) as error:
            raise CannotConvert(_first_line(error)) from error


@contextmanager
def _one_run_at_a_time(database: str) -> Iterator[None]:
    """If runs from several course folders share a PostgreSQL gradebook, they take turns entering submissions: nbgrader
    checks whether a row exists and then adds it. The server releases the lock if a run is killed."""
    if make_url(database).get_backend_name() != "postgresql":  # SQLite locks its own file
        yield
        return
    with create_engine(database, poolclass=NullPool).connect() as connection:
        connection.execute(select(func.pg_advisory_lock(_GRADEBOOK)))
        yield


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


class _One(Autograde):
    """`assignments` is set by hand, one submission at a time; `preprocessors` are those of both passes."""

    def init_notebooks(self) -> None:
        self.notebooks = []

    def convert_single_notebook(self, notebook_filename: str) -> None:
        BaseConverter.convert_single_notebook(self, notebook_filename)


class _LastError(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += record.getMessage().strip().splitlines()

    def reason(self) -> str:
        """The last line of the traceback that nbgrader logged."""
        said = [line for line in self.lines if not line.startswith(("There was an error", "Please see the"))]
        return said[-1] if said else "nbgrader gave no reason"


@functools.cache
def _set_up_once() -> None:
    nbgrader.api.create_engine = functools.cache(nbgrader.api.create_engine)
    nbgrader.api.get_alembic_version = _database_version
    nbgrader.api.Gradebook.__init__ = _opening_once(nbgrader.api.Gradebook.__init__)
    common.jsonschema = SimpleNamespace(ValidationError=jsonschema.ValidationError, validate=_validate)


@functools.cache
def _database_version() -> str:
    """The version for which nbgrader asks, without a process that imports everything again."""
    folder = Path(nbgrader.api.__file__).parent / "alembic"
    return ScriptDirectory(str(folder)).get_current_head()


def _opening_once(init: Callable[..., None]) -> Callable[..., None]:
    """Looks for tables and course when a gradebook is first opened, not eight times per submission."""

    @functools.wraps(init)
    def wrapped(self, db_url: str, course_id: str = "default_course", authenticator: object = None) -> None:
        if (db_url, course_id) not in _opened:
            init(self, db_url, course_id, authenticator)
            _opened[db_url, course_id] = self.engine
            return
        self.engine = _opened[db_url, course_id]
        self.db = scoped_session(sessionmaker(autoflush=True, bind=self.engine, future=True))
        self.course_id = course_id
        self.authenticator = authenticator

    return wrapped


def _validate(instance: object, schema: dict) -> None:
    """Like jsonschema.validate, but checks each schema only once."""
    validator = _validator(json.dumps(schema))
    error = jsonschema.exceptions.best_match(validator.iter_errors(instance))
    if error is not None:
        raise error


@functools.cache
def _validator(schema: str):
    content = json.loads(schema)
    cls = jsonschema.validators.validator_for(content)
    cls.check_schema(content)
    return cls(content)
