"""Grades a class: every submission judged, every report on disk as soon as it is there, then into the gradebook.

An interrupted run has lost nothing: what was judged is kept, and the next run takes up from there. An unchanged
submission is neither judged nor converted again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from traitlets.config.loader import PyFileConfigLoader

from autograder.assignment import REPOSITORY, Assignment
from autograder.collecting import SUBMITTED, HandedIn, collect
from autograder.judging import JudgingRefused, Verdict, judge
from autograder.kept import KEPT, REPORTS, write_json
from autograder.pages import write_pages
from autograder.report import number

_CONFIGURATION = "nbgrader_config.py"
_SQLITE = "sqlite:///"


class GradebookRefused(Exception):
    """The gradebook cannot take this assignment; one sentence with the mend."""


def grade(
    assignment: str,
    students: Sequence[str] | None = None,
    jobs: int | None = None,
    root: Path | None = None,
    sandbox: str | None = None,
    scheduler: str | None = None,
) -> int:
    """Grade `submitted/` of the course folder `root` into the gradebook; returns the exit status.

    Args:
        students: only these; all who handed in by default.
        jobs: judges side by side; as many as cores by default.

    Raises:
        AssignmentError: the assignment is not built.
    """
    console = Console()
    root = Path(root) if root is not None else REPOSITORY
    if scheduler is not None:
        return _refuse("grading on a cluster (--scheduler) is not built yet: grade without it")
    known = Assignment.load(assignment, root=root)
    handed_in = collect(root, assignment, students)
    if not handed_in:
        return _refuse(f"nothing handed in: no {SUBMITTED}/<student>/{assignment} below {root.name}")
    before = {one.student: _content(_report_file(root, known, one.student)) for one in handed_in}
    gradebook = _Gradebook(root, known)
    try:
        verdicts = _judge_and_enter(known, handed_in, gradebook, root, jobs, sandbox, console)
    except (JudgingRefused, GradebookRefused) as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return _refuse("stopped; what was judged is kept, the same command takes up from here")
    finally:
        _write_class(root, known)
    _print_table(console, verdicts)
    _print_changes(console, verdicts, before)
    page = write_pages(root, known)
    console.print(f"{page.relative_to(root)} shows the class", soft_wrap=True)
    for note in gradebook.notes:
        print(f"autograder: {note}", file=sys.stderr)
    return _say_what_went_wrong(verdicts, gradebook.failures)


def _refuse(sentence: str) -> int:
    print(f"autograder: {sentence}", file=sys.stderr)
    return 2


def _judge_and_enter(
    assignment: Assignment,
    handed_in: list[HandedIn],
    gradebook: _Gradebook,
    root: Path,
    jobs: int | None,
    sandbox: str | None,
    console: Console,
) -> list[Verdict]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    verdicts = []
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(f"grading {assignment.name}", total=len(handed_in))
        for verdict in judge(assignment, handed_in, root, jobs, sandbox):
            write_json(_report_file(root, assignment, verdict.student), verdict.report.to_json())
            gradebook.enter(verdict)
            verdicts.append(verdict)
            progress.advance(bar)
    return sorted(verdicts, key=lambda verdict: verdict.student)


def _report_file(root: Path, assignment: Assignment, student: str) -> Path:
    return root / REPORTS / assignment.name / f"{student}.json"


def _write_class(root: Path, assignment: Assignment) -> None:
    """class.json: the reports of all who were ever graded, in the students' order."""
    folder = root / REPORTS / assignment.name
    files = sorted(file for file in folder.glob("*.json") if file.name != "class.json")
    write_json(folder / "class.json", [json.loads(file.read_text(encoding="utf-8")) for file in files])


def _print_table(console: Console, verdicts: list[Verdict]) -> None:
    table = Table("student", "score", "of", "pending", "repairs", box=None, pad_edge=False)
    for verdict in verdicts:
        report = verdict.report
        points = (number(value) for value in (report.score, report.max_score, report.pending))
        table.add_row(verdict.student, *points, str(len(report.repairs)) if report.repairs else "")
    console.print(table)
    fresh = sum(verdict.fresh for verdict in verdicts)
    console.print(f"{fresh} judged, {len(verdicts) - fresh} unchanged")


def _print_changes(console: Console, verdicts: list[Verdict], before: dict[str, object]) -> None:
    """Who gained or lost points against the report of an earlier run."""
    for verdict in verdicts:
        old = before[verdict.student]
        if isinstance(old, dict) and old.get("score") != verdict.report.score:
            console.print(
                f"{verdict.student}: {number(old['score'])} before, {number(verdict.report.score)} now"
            )


def _say_what_went_wrong(verdicts: list[Verdict], failures: dict[str, str]) -> int:
    for verdict in verdicts:
        if verdict.problem:
            print(f"autograder: {verdict.student}: {verdict.problem}", file=sys.stderr)
        for error in verdict.errors:
            print(
                f"autograder: {verdict.student}: a grader failed, no point is lost: {error}", file=sys.stderr
            )
    for student, failure in failures.items():
        print(f"autograder: {student} is not in the gradebook: {failure}", file=sys.stderr)
    return 2 if failures else 0


class _Gradebook:
    """nbgrader's conversion, in this process and only of what changed. nbgrader is imported with the first of them."""

    def __init__(self, root: Path, assignment: Assignment) -> None:
        self._root = root
        self._assignment = assignment
        self._stamps = root / REPORTS / KEPT / assignment.name / "gradebook"
        folder = root if (root / _CONFIGURATION).is_file() else REPOSITORY
        self._config = PyFileConfigLoader(_CONFIGURATION, path=str(folder)).load_config()
        database = (
            self._config.CourseDirectory.get("db_url") or f"sqlite:///{root.resolve() / 'gradebook.db'}"
        )
        self._entered = _students_in(database, assignment.name)
        self.failures: dict[str, str] = {}
        self.notes: list[str] = []
        """What a person has to know about points given by hand, where the release was corrected."""

    def enter(self, verdict: Verdict) -> None:
        if verdict.handed_in.file is None:
            return
        name = self._assignment.name
        stamp_file = self._stamps / f"{verdict.student}.json"
        stamp = _stamp(verdict)
        converted = self._root / "autograded" / verdict.student / name / f"{name}.ipynb"
        if verdict.student in self._entered and converted.is_file() and _content(stamp_file) == stamp:
            return
        failure = self._converter.convert(verdict)
        if failure:
            self.failures[verdict.student] = failure
        else:
            write_json(stamp_file, stamp)

    @cached_property
    def _converter(self):
        from autograder.conversion import Converter, NbGraderException  # nbgrader's import takes seconds

        try:
            converter = Converter(self._root, self._assignment, self._config)
        except NbGraderException as error:
            raise GradebookRefused(str(error)) from error
        self.notes += converter.notes
        return converter


def _stamp(verdict: Verdict) -> dict[str, str]:
    """What the gradebook's entry is made from."""
    content = hashlib.sha256()
    for file in (verdict.handed_in.file, verdict.handed_in.file.with_name("timestamp.txt")):
        if file.is_file():
            content.update(file.read_bytes())
    report = json.dumps({**verdict.report.to_json(), "seconds": 0})
    return {"submitted": content.hexdigest(), "report": hashlib.sha256(report.encode()).hexdigest()}


def _content(file: Path) -> object:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _students_in(database: str, assignment: str) -> set[str]:
    """Whose submissions are in the gradebook. SQLite is asked directly: without news, nbgrader need not be imported."""
    if not database.startswith(_SQLITE):
        from nbgrader.api import Gradebook

        with Gradebook(database) as gradebook:
            return {submission.student_id for submission in gradebook.assignment_submissions(assignment)}
    file = Path(database.removeprefix(_SQLITE))
    if not file.is_file():
        return set()
    question = (
        "SELECT submitted_assignment.student_id FROM submitted_assignment "
        "JOIN assignment ON submitted_assignment.assignment_id = assignment.id WHERE assignment.name = ?"
    )
    try:
        with contextlib.closing(sqlite3.connect(file)) as connection:
            return {row[0] for row in connection.execute(question, (assignment,))}
    except sqlite3.Error:  # not yet a gradebook: nbgrader makes it one
        return set()
