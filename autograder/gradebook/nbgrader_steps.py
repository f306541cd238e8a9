"""Our grader inside nbgrader's pipeline: `nbgrader autograde`, formgrader's button and `autograder grade` alike.

nbgrader copies, converts, keeps the gradebook and writes the feedback; what a submission is worth is decided by the
judge. The pieces are named in nbgrader_config.py, in the order in which a submission meets them:

1. `_collecting_first`: notebooks under other names are found, the assignment is entered into the gradebook.
   `_remembering_answers`: what the student wrote the last time, so that the instructor looks only at what has changed.
2. `RepairingExporter`: the submitted file is read and repaired, so that nothing in it can abort nbgrader.
3. `GradeWithoutKernel`: each test cell gets its report and its points, from the verdict on the converter.
4. `SaveVerdict`: the points go into the gradebook; what is pending needs a manual grade.
"""

from __future__ import annotations

import fnmatch
import functools
import json
import logging
import mimetypes
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters import base as converters_base
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.abc import ExchangeList as ABCExchangeList
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution
from traitlets import List, Unicode

from autograder.batch.judging import JudgingRefused, Verdict, judge
from autograder.batch.local import LocalJudges
from autograder.batch.submitted import TIMESTAMP, Submitted, collect, is_ordinary
from autograder.gradebook import timestamps
from autograder.gradebook.configuration import SettingsError, read_configuration
from autograder.gradebook.criteria import criteria_of
from autograder.gradebook.enter_assignment import enter_assignment
from autograder.gradebook.groups import share_submissions
from autograder.gradebook.markup import safe_cells
from autograder.grading.assignment import Assignment, AssignmentError, read_cell
from autograder.grading.report import PENDING_NOTES, Report, TaskResult, clamped
from autograder.grading.safe_text import for_markdown, for_terminal
from autograder.grading.submission import UnreadableSubmission, read, untouched
from autograder.reports.cell import task_as_html, task_as_text

_ACTIVE = {
    "application/xhtml+xml",
    "application/xml",
    "application/xslt+xml",
    "image/svg+xml",
    "message/rfc822",
    "text/html",
    "text/javascript",
    "text/xml",
}
"""Kinds of files that a browser runs."""


def course_directory(root: Path, assignment: str = "") -> CourseDirectory:
    """nbgrader's settings for the course folder `root`: its own configuration, or this repository's without one."""
    return CourseDirectory(
        config=read_configuration(root), root=str(root.resolve()), assignment_id=assignment
    )


def _collecting_first(init_notebooks):
    """Wraps `Autograde.init_notebooks`, which nbgrader calls however its autograding is started."""

    @functools.wraps(init_notebooks)
    def wrapped(self: Autograde) -> None:
        assignment = self.assignment = _assignment_of(self.coursedir)
        if assignment is None:
            return init_notebooks(self)
        for note in enter_assignment(assignment, self.coursedir):
            self.log.warning(note)
        self.log.addFilter(_as_text)
        try:
            notes = share_submissions(Path(self.coursedir.root), assignment.name)
        except SettingsError as error:
            raise NbGraderException(str(error)) from None
        for note in notes:
            self.log.warning(note)
        found = [
            one
            for one in collect(Path(self.coursedir.root), assignment.name)
            if fnmatch.fnmatch(one.student, self.coursedir.student_id)
        ]
        for one in found:
            for note in one.notes:
                self.log.warning("%s: %s", one.student, note)
            if one.problem:
                self.log.error("%s: %s", one.student, one.problem)
        init_notebooks(self)
        due = []
        for one in found:
            folder = self._format_source(assignment.name, one.student)
            if folder not in self.assignments:
                continue
            if one.file is None:  # a link, or no file at all
                del self.assignments[folder]
                continue
            self.assignments[folder] = [str(one.file)]  # other files next to it are ignored
            if _is_due(self, one.student):
                due.append(one)
        if not self.assignments:
            raise NbGraderException("nothing to grade: see the messages above")
        self.verdicts = _judge_all(assignment, due, self)
        return None

    return wrapped


def _is_due(converter: Autograde, student: str) -> bool:
    """Whether nbgrader is about to convert this submission: the decision of `init_destination`, without its effects."""
    coursedir, name = converter.coursedir, converter.coursedir.assignment_id
    if student in coursedir.student_id_exclude.split(","):
        return False
    source, graded = converter._format_source(name, student), Path(converter._format_dest(name, student))
    made = graded if coursedir.notebook_id == "*" else graded / f"{name}.ipynb"
    if converter.force or not made.exists():
        return True
    submitted, before = (timestamps.read(Path(folder)) for folder in (source, graded))
    return submitted is not None and before is not None and submitted > before


def _remembering_answers(init_destination):
    """Wraps `Autograde.init_destination`, which removes the autograded notebook of an earlier run."""

    @functools.wraps(init_destination)
    def wrapped(self: Autograde, assignment_id: str, student_id: str) -> bool:
        earlier = Path(self._format_dest(assignment_id, student_id)) / f"{assignment_id}.ipynb"
        try:
            self.earlier_answers = _answers(json.loads(earlier.read_text(encoding="utf-8"))["cells"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):  # missing or unreadable
            self.earlier_answers = {}
        return init_destination(self, assignment_id, student_id)

    return wrapped


def _answers(cells: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The student's answers, by grade_id."""
    return {cell.grade_id: cell.source for cell in map(read_cell, cells) if cell.solution}


def _as_text(record: logging.LogRecord) -> bool:
    """A logging filter that makes text safe: nbgrader logs the names of students' files."""
    record.msg, record.args = for_terminal(record.getMessage()), None
    return True


def _only_ordinary(find_all_files):
    """Wraps the function that lists the files which nbgrader copies to autograded/ and feedback/.

    Links and special files stay behind. So do files that a browser would run: formgrader serves the others.
    """

    @functools.wraps(find_all_files)
    def wrapped(path: str, exclude: list[str] | None = None) -> list[str]:
        return [file for file in find_all_files(path, exclude) if _may_be_copied(Path(file))]

    return wrapped


def _may_be_copied(file: Path) -> bool:
    if not is_ordinary(file) or file.stat().st_nlink > 1:  # a hard link could be to any file
        return False
    if file.name == TIMESTAMP:
        return timestamps.read(file.parent) is not None
    return mimetypes.guess_type(file.name)[0] not in _ACTIVE


Autograde.init_notebooks = _collecting_first(Autograde.init_notebooks)
Autograde.init_destination = _remembering_answers(Autograde.init_destination)
timestamps.install()
converters_base.find_all_files = _only_ordinary(converters_base.find_all_files)
# nbgrader logs a database's errors there with tracebacks, besides raising them
logging.getLogger("tornado.application").addHandler(logging.NullHandler())


def _assignment_of(coursedir: CourseDirectory) -> Assignment | None:
    """None for an assignment that is not one of ours: nbgrader handles it as usual."""
    name = coursedir.assignment_id
    try:
        return Assignment.load(name, root=Path(coursedir.root))
    except AssignmentError as error:
        if not (Path(coursedir.root) / "release" / name).is_dir():
            return None
        raise NbGraderException(str(error)) from error


def _judge_all(
    assignment: Assignment, submitted: list[Submitted], converter: Autograde
) -> dict[str, Verdict]:
    """A verdict for each student, judged once: the steps take it from the converter (`_report_of`)."""
    sandbox = GradeWithoutKernel(parent=converter).sandbox or None
    root = Path(converter.coursedir.root)
    pairs = [(assignment, one) for one in submitted]
    verdicts = {}
    try:
        for verdict in judge(pairs, root, LocalJudges(root, sandbox=sandbox), unconfined=sandbox == "none"):
            verdicts[verdict.student] = verdict
            for error in verdict.errors:
                converter.log.error(
                    "%s: a grader has a bug; the student loses no points: %s", verdict.student, error
                )
        return verdicts
    except JudgingRefused as error:
        converter.log.error(str(error))
        raise NbGraderException(str(error)) from error


class RepairingExporter(NotebookExporter):
    """Reads a submission as the judge does: repaired from the release. A file that cannot be read is replaced by the
    release."""

    def from_filename(self, filename, resources=None, **kwargs):
        converter = self.parent
        assignment = converter.assignment if converter._sanitizing else None
        if assignment is None:  # the second pass, over a notebook that is already repaired
            return super().from_filename(filename, resources=resources, **kwargs)
        file = Path(filename)
        try:
            notebook = nbformat.from_dict(read(file, assignment).notebook)
        except UnreadableSubmission as error:
            self.log.error("%s: %s", filename, error)
            notebook = nbformat.from_dict(untouched(assignment).notebook)
            notebook.cells.insert(
                0,
                new_markdown_cell(f"**Not graded:** {for_markdown(str(error))}.", id="unreadable-submission"),
            )
        notebook.cells = _with_rubrics(safe_cells(notebook.cells), assignment)
        resources["metadata"] = {"name": file.stem, "path": str(file.parent)}
        return self.from_notebook_node(notebook, resources=resources, **kwargs)

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """Like NotebookExporter's, but on one line: nbformat indents a notebook, which takes ten times as long."""
        notebook, resources = super(NotebookExporter, self).from_notebook_node(nb, resources, **kwargs)
        resources["output_suffix"] = ".nbconvert"
        notebook = nbformat.convert(notebook, self.nbformat_version)
        return json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n", resources


def _with_rubrics(cells: list[NotebookNode], assignment: Assignment) -> list[NotebookNode]:
    """Adds the rubric below each written answer: formgrader and the feedback show the whole notebook."""
    rubrics = criteria_of(assignment)
    shown: list[NotebookNode] = []
    for cell in cells:
        shown.append(cell)
        task = cell.metadata.get("nbgrader", {}).get("grade_id")
        if task in rubrics and is_solution(cell):
            lines = [f"**How `{task}` is graded**", "", *(f"- {criterion}" for criterion in rubrics[task])]
            shown.append(new_markdown_cell("\n".join(lines), id=f"rubric-{task}"[:64]))
    return shown


class ReleaseIsMade(NotebookExporter):
    """For nbgrader's own `generate_assignment` (formgrader's "Generate"), which would overwrite the release."""

    def __init__(self, *args, **kwargs) -> None:
        raise NbGraderException("the release is built from assignments/: run `make release`")


class NoExchange(ABCExchangeList):
    """Formgrader looks for nbgrader's shared exchange folder at each request; without an exchange, there is nothing to
    list."""

    root = ""

    def start(self) -> None:
        raise ExchangeError("the exchange is off: see nbgrader_config.py")


class GradeWithoutKernel(NbGraderPreprocessor):
    """Takes the place of nbgrader's Execute: writes the verdict into the test cells, without a kernel."""

    sandbox = Unicode("", help='A rung of the sandbox ladder, or "none"; empty: the first that holds.').tag(
        config=True
    )

    def preprocess(self, nb, resources):
        assignment, report = _report_of(self, resources)
        for number, cell in enumerate(nb.cells, start=1):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
                if is_grade(cell) and not is_solution(cell):
                    cell.execution_count = number
                    cell.outputs = _outputs(assignment, report, cell, number)
        return nb, resources


def _report_of(step: NbGraderPreprocessor, resources: dict) -> tuple[Assignment, Report]:
    """The verdict of the submission that is being converted; the converter has those of its whole run."""
    converter = step.parent.parent  # preprocessor -> exporter -> converter
    if converter.assignment is None:
        raise NbGraderException(f"no release/{converter.coursedir.assignment_id}: run `make release`")
    return converter.assignment, converter.verdicts[resources["nbgrader"]["student"]].report


def _submitted_folder(step: NbGraderPreprocessor, names: dict) -> Path:
    coursedir = step.parent.parent.coursedir
    return Path(coursedir.format_path(coursedir.submitted_directory, names["student"], names["assignment"]))


def _outputs(assignment: Assignment, report: Report, cell, number: int) -> list:
    """The report, followed by the points. A cell without a result would get full marks, so there is always one."""
    points = 0.0
    outputs = []
    test_id = cell.metadata.nbgrader["grade_id"]
    for task in assignment.tasks.values():
        if task.test_id == test_id and task.name in report.tasks:
            result = report.tasks[task.name]
            if result.points is not None:
                points = clamped(result.points, task.points)
            shown = {
                "text/html": task_as_html(report, task.name),
                "text/plain": task_as_text(report, task.name),
            }
            outputs.append(new_output("display_data", shown))
    outputs.append(new_output("execute_result", {"text/plain": repr(float(points))}, execution_count=number))
    return outputs


class SaveVerdict(SaveAutoGrades):
    """nbgrader's SaveAutoGrades, with one difference: pending points need a manual grade instead of scoring 0.

    nbgrader looks up and commits each cell separately; here a notebook is one transaction.
    """

    def preprocess(self, nb, resources):
        assignment, report = _report_of(self, resources)
        names = resources["nbgrader"]
        tasks = {task.test_id or task.name: task for task in assignment.tasks.values()}
        earlier, answers = self.parent.parent.earlier_answers, _answers(nb.cells)
        with Gradebook(names["db_url"]) as gradebook:
            submitted = gradebook.find_submission_notebook(
                names["notebook"], names["assignment"], names["student"]
            )
            # nbgrader writes a time if there is one, and keeps the old one if the file is gone or has no time
            submitted.assignment.timestamp = timestamps.read(_submitted_folder(self, names))
            grades = {grade.name: grade for grade in submitted.grades}
            comments = {comment.name: comment for comment in submitted.comments}
            for cell in nb.cells:
                if is_grade(cell):
                    grade_id = cell.metadata.nbgrader["grade_id"]
                    task = tasks[grade_id].name
                    answered_anew = answers.get(task) != earlier.get(task)
                    self._save(grades[grade_id], cell, report.tasks[task], answered_anew)
                if is_solution(cell):
                    grade_id = cell.metadata.nbgrader["grade_id"]
                    result = report.tasks.get(grade_id)
                    untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
                    waiting = PENDING_NOTES.get(result.status) if result is not None else None
                    nothing = "No response." if cell.cell_type == "markdown" else "This cell is as released."
                    comments[grade_id].auto_comment = waiting or (nothing if untouched else None)
            gradebook.db.commit()
        return nb, resources

    def _save(self, grade, cell, result: TaskResult, answered_anew: bool) -> None:
        before = grade.auto_score
        if result.points is None:
            grade.auto_score = None
        elif is_solution(cell):
            # a written answer in a file that could not be read: there is nothing to grade
            grade.auto_score = result.points
        else:
            grade.auto_score, _ = determine_grade(cell, self.log)
        if grade.manual_score is None:
            # decided points count at once; nbgrader has one flag for everything that is pending
            grade.needs_manual_grade = result.pending > 0
        elif answered_anew or grade.auto_score != before:
            # the instructor's points stay, but the work that they were given for has changed
            grade.needs_manual_grade = True


class HideHiddenTests(ClearHiddenTests):
    """For the feedback. Works only on the course's own cells: a student who writes the marker must not stop the
    feedback."""

    display_data_priority = List(ClearHiddenTests.display_data_priority.default()).tag(
        config=True
    )  # HTMLExporter's

    def preprocess_cell(self, cell, resources, cell_index):
        if is_grade(cell) and not is_solution(cell):
            return super().preprocess_cell(cell, resources, cell_index)
        return cell, resources
