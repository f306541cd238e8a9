"""Keeps an assignment in the gradebook equal to its release, even if the release is corrected after grading.

nbgrader refuses to add or remove cells once submissions are in the gradebook. Here a corrected release is adopted, and
nothing that the instructor entered is lost: points and comments given by hand stay, those given for another maximum are
marked to be checked again, and those of a removed cell are written to a file first.

An interruption loses nothing: the correction is one transaction, and only nbgrader's `SaveCells`, which comes after it,
makes the gradebook equal to the release.
"""

from __future__ import annotations

import csv
from operator import itemgetter
from pathlib import Path

import nbformat
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    SourceCell,
)
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ComputeChecksums, SaveCells

from autograder.batch.cache import REPORTS
from autograder.gradebook.configuration import SettingsError
from autograder.gradebook.dates import due_date, in_utc
from autograder.grading.assignment import TESTS_SUFFIX, Assignment, Cell
from autograder.grading.report import number

_COLUMNS = ("student", "points", "extra credit", "comment")
_NAMED = 10
"""How many students a sentence names."""


def enter_assignment(assignment: Assignment, coursedir: CourseDirectory) -> list[str]:
    """Gives the assignment in the gradebook the cells of the release and the due date of the configuration.

    Returns notes for the instructor about points given by hand, one sentence each.
    """
    notes: list[str] = []
    try:
        due = due_date(coursedir.config, assignment.name)
    except SettingsError as error:
        raise NbGraderException(str(error)) from None
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        gradebook.update_or_create_assignment(
            assignment.name, **({} if due is None else {"duedate": in_utc(due)})
        )
        notebook = _notebook(gradebook, assignment)
        if notebook is not None and _is_entered(notebook, assignment):
            return []
        if notebook is not None and notebook.submissions:
            folder = Path(coursedir.root) / REPORTS / assignment.name
            notes = _Correction(gradebook, notebook, assignment, folder).make()
    names = {"notebook": assignment.name, "assignment": assignment.name, "db_url": coursedir.db_url}
    book = nbformat.read(assignment.template_file, as_version=4)
    for step in (ComputeChecksums, SaveCells):
        book, _ = step().preprocess(book, {"nbgrader": names})
    return notes


def _notebook(gradebook: Gradebook, assignment: Assignment) -> Notebook | None:
    try:
        return gradebook.find_notebook(assignment.name, assignment.name)
    except MissingEntry:
        return None


def _is_entered(notebook: Notebook, assignment: Assignment) -> bool:
    released = _marked(assignment)
    sources = {cell.name: cell.source for cell in notebook.source_cells}
    points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    return sources == {name: cell.source for name, cell in released.items()} and points == {
        name: cell.points for name, cell in released.items() if cell.grade
    }


def _marked(assignment: Assignment) -> dict[str, Cell]:
    """The release's cells that nbgrader knows, by grade_id."""
    return {cell.grade_id: cell for cell in assignment.cells if cell.grade_id is not None}


class _Correction:
    """Moves a notebook in the gradebook, with its submissions, to another release, in one transaction."""

    def __init__(
        self, gradebook: Gradebook, notebook: Notebook, assignment: Assignment, reports: Path
    ) -> None:
        self._db = gradebook.db
        self._notebook = notebook
        self._released = _marked(assignment)
        self._reports = reports

    def make(self) -> list[str]:
        notes = [*self._remove_lost_cells(), *self._look_again_where_points_changed()]
        self._add_gained_cells()
        self._complete_submissions()
        self._db.commit()
        return notes

    def _is_released(self, name: str, part: str) -> bool:
        return name in self._released and getattr(self._released[name], part)

    def _remove_lost_cells(self) -> list[str]:
        notes = []
        for cell in self._notebook.grade_cells:
            if not self._is_released(cell.name, "grade"):
                notes += self._put_aside(cell)
                self._delete(*cell.grades, cell)
        for cell in self._notebook.solution_cells:
            if not self._is_released(cell.name, "solution"):
                self._delete(*cell.comments, cell)
        self._delete(*(cell for cell in self._notebook.source_cells if cell.name not in self._released))
        return notes

    def _delete(self, *entries: object) -> None:
        for entry in entries:
            self._db.delete(entry)

    def _put_aside(self, cell: GradeCell) -> list[str]:
        """Writes what the instructor entered for a removed cell to a file next to the reports."""
        commented = cell.name.removesuffix(TESTS_SUFFIX)  # a coding task's comment is at its solution cell
        rows = []
        for grade in cell.grades:
            comments = {comment.name: comment.manual_comment for comment in grade.notebook.comments}
            entered = (grade.manual_score, grade.extra_credit, comments.get(commented))
            if any(value is not None for value in entered):
                rows.append((grade.student.id, *entered))
        if not rows:
            return []
        file = self._reports / f"removed-{cell.name}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8", newline="") as stream:  # it may be removed again later
            header = [] if stream.tell() else [_COLUMNS]
            csv.writer(stream).writerows([*header, *sorted(rows, key=itemgetter(0))])
        return [
            f"{cell.name} is gone from the release: what was entered by hand for it is kept in "
            f"{REPORTS}/{self._reports.name}/{file.name}"
        ]

    def _look_again_where_points_changed(self) -> list[str]:
        notes = []
        for cell in self._notebook.grade_cells:
            if not self._is_released(cell.name, "grade"):
                continue
            points = self._released[cell.name].points
            by_hand = [grade for grade in cell.grades if grade.manual_score is not None]
            if cell.max_score == points or not by_hand:
                continue
            for grade in by_hand:
                grade.needs_manual_grade = True
            by_hand.sort(key=lambda grade: (-grade.manual_score, grade.student.id))
            notes.append(
                f"{cell.name} counts {number(points)} now, not {number(cell.max_score)}; points given by hand "
                f"stay, look at them again in formgrader: {_listed(by_hand, points)}"
            )
        return notes

    def _add_gained_cells(self) -> None:
        book = self._notebook
        graded, solutions, sources = (
            {cell.name for cell in cells}
            for cells in (book.grade_cells, book.solution_cells, book.source_cells)
        )
        for name, cell in self._released.items():
            here = {"name": name, "notebook": book}
            if cell.grade and name not in graded:
                self._db.add(GradeCell(**here, max_score=cell.points, cell_type=cell.kind))
            if cell.solution and name not in solutions:
                self._db.add(SolutionCell(**here))
            if name not in sources:
                self._db.add(SourceCell(**here, cell_type=cell.kind))
        self._db.flush()  # assigns their ids

    def _complete_submissions(self) -> None:
        """As nbgrader's `add_submission` does for a new one: a grade and a comment for each cell."""
        for submitted in self._notebook.submissions:
            for kind, cells, entries in (
                (Grade, self._notebook.grade_cells, submitted.grades),
                (Comment, self._notebook.solution_cells, submitted.comments),
            ):
                present = {entry.cell_id for entry in entries}
                self._db.add_all(
                    kind(cell_id=cell.id, notebook=submitted) for cell in cells if cell.id not in present
                )


def _listed(grades: list[Grade], points: float) -> str:
    def shown(grade: Grade) -> str:
        above = " (above the maximum)" if grade.manual_score > points else ""
        return f"{grade.student.id} {number(grade.manual_score)}{above}"

    more = f" and {len(grades) - _NAMED} more" if len(grades) > _NAMED else ""
    return ", ".join(map(shown, grades[:_NAMED])) + more
