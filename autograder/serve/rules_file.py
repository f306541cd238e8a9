"""The current serve.toml and due dates, and what semester.csv gives individual students."""

from __future__ import annotations

import ast
import dataclasses
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

from traitlets.config import Config

from autograder.gradebook.configuration import FILE as CONFIGURATION
from autograder.gradebook.configuration import SettingsError, read_configuration
from autograder.gradebook.dates import due_date, later
from autograder.gradebook.semester import FILE as SEMESTER
from autograder.gradebook.semester import Semester, read_semester
from autograder.grading.assignment import Assignment
from autograder.serve.rules import FILE, CourseRules, Rules, RulesRefused, load

log = logging.getLogger("autograder.serve")


class RulesFile:
    """serve.toml and the due dates of nbgrader_config.py: a change takes effect with the next request.

    A wrong file is logged, and the earlier rules apply until it is fixed.
    """

    def __init__(self, root: Path, assignments: Mapping[str, Assignment]) -> None:
        """Raises RulesRefused."""
        self._root, self._assignments = root, assignments
        self._stamp = self._stamps()
        self._rules = self._load()
        self._semester = Semester()
        self._semester_stamp = 0

    def __call__(self) -> CourseRules:
        stamp = self._stamps()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._rules = self._load()
                log.info("rules", extra={"files": [FILE, CONFIGURATION]})
            except RulesRefused as error:
                log.error("rules refused", extra={"why": str(error)})
        return self._rules

    def of(self, student: str, assignment: str) -> Rules:
        """The rules for one student, to whom the instructor may have given more time (semester.csv)."""
        rules = self().rules[assignment]
        if rules.closes is None:
            return rules
        self._read_semester()
        extension = self._semester.extension(student, assignment, rules.closes)
        return dataclasses.replace(rules, closes=later(rules.closes, extension)) if extension else rules

    def _read_semester(self) -> None:
        stamp = self._now(SEMESTER)
        if stamp != self._semester_stamp:
            self._semester_stamp = stamp
            try:
                self._semester = read_semester(self._root)
            except SettingsError as error:
                log.error("rules refused", extra={"why": str(error)})

    def _load(self) -> CourseRules:
        """Raises RulesRefused."""
        tests = {name: frozenset(_names(one)) for name, one in self._assignments.items()}
        configuration = _configuration(self._root)
        try:
            return load(self._root, tests, lambda name: due_date(configuration, name))
        except SettingsError as error:
            raise RulesRefused(str(error)) from None

    def _stamps(self) -> tuple[int, int]:
        return self._now(FILE), self._now(CONFIGURATION)

    def _now(self, name: str) -> int:
        file = self._root / name
        return file.stat().st_mtime_ns if file.exists() else 0


def _names(assignment: Assignment) -> Iterator[str]:
    """The coding tasks and the hidden tests of an assignment. Raises RulesRefused."""
    yield from (task.name for task in assignment.tasks.values() if task.kind == "coding")
    for file in assignment.grader_files:
        if file.is_file():
            try:
                tree = ast.parse(file.read_text(encoding="utf-8"))
            except (OSError, ValueError, SyntaxError) as error:
                raise RulesRefused(
                    f"{file.name}, the grader, cannot be read ({error}): fix it, then save {FILE} again"
                ) from None
            yield from (one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))


def _configuration(root: Path) -> Config:
    try:
        return read_configuration(root)
    except SettingsError as error:
        raise RulesRefused(str(error)) from None
    except Exception as error:  # the file is the instructor's program, which can raise anything
        raise RulesRefused(
            f"{CONFIGURATION} cannot be read ({type(error).__name__}: {error}): correct that file"
        ) from None
