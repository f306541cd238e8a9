"""Marks leave: an assignment's column of the gradebook as CSV, for Canvas, for Moodle or for a spreadsheet.

What the gradebook holds goes out: a person's points, late penalties, and everybody who is in it, whether they handed
in or not. An LMS knows students and assignments by numbers of its own; the file that it gives for download
(`--template`) has them, and comes back with the marks filled in.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TextIO

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
from autograder.gradebook.steps import course_directory
from autograder.grading import assignment as released
from autograder.grading.text import for_csv, say, visible
from autograder.lms.roster import StudentsRefused, read_table

CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CANVAS_MAXIMUM = "    Points Possible"  # as Canvas itself writes it
MOODLE_COLUMNS = (
    "Identifier",
    "Full name",
    "ID number",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)
_TOLERANCE = 1e-9


class ExportRefused(Exception):
    """Nothing can be exported; one sentence with the mend."""


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
    """What the gradebook says about one student. `tasks` is empty where nothing was handed in."""

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
    def pending(self) -> tuple[str, ...]:
        return tuple(name for name, task in self.tasks.items() if task.pending)


def export(
    assignment: str,
    form: str,
    root: Path | None = None,
    output: Path | None = None,
    template: Path | None = None,
    column: str | None = None,
    missing_as_zero: bool = False,
) -> int:
    """Write the marks of `assignment` to `output` (standard output without one); what to know goes to stderr.

    Args:
        form: "csv", "canvas" or "moodle".
        template: the file as Canvas ("Export Entire Gradebook") or Moodle ("Download grading worksheet") gives it.
        column: the assignment's column in Canvas's file, where its title is another.
        missing_as_zero: 0 for students with no submission; their cells are left empty otherwise.

    Raises:
        ExportRefused: there are no marks, or the template does not fit.
    """
    root = Path(root) if root is not None else released.REPOSITORY
    marks, maximum = read_marks(assignment, root)
    if form == "csv":
        if template is not None:
            raise ExportRefused("--template is Canvas's or Moodle's own file: say --format canvas or moodle")
        rows = _as_csv(marks, maximum, missing_as_zero)
    elif template is not None:
        fill = _fill_canvas if form == "canvas" else _fill_moodle
        rows = fill(_read_template(template), marks, maximum, missing_as_zero, column or assignment)
    elif form == "canvas":
        rows = _as_canvas(marks, maximum, missing_as_zero, column or assignment)
    else:
        rows = _as_moodle(marks, maximum, missing_as_zero)
        say(
            "Moodle's grading worksheet knows students by numbers of its own: give the downloaded one with "
            "--template, or import this file in Moodle's gradebook, mapped by email address"
        )
    if output is None:
        _write(rows, sys.stdout)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        with output.open("w", encoding="utf-8", newline="") as stream:
            _write(rows, stream)
        print(f"{output}: {len(marks)} student{'s' if len(marks) != 1 else ''}")
    _say_what_is_open(marks, missing_as_zero)
    return 0


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


def _as_csv(marks: list[Mark], maximum: float, missing_as_zero: bool) -> list[list[str]]:
    tasks = list(dict.fromkeys(name for mark in marks for name in mark.tasks))
    head = "student last_name first_name email lms_user_id handed_in score max_score raw_score late_penalty pending"
    rows = [[*head.split(), *tasks]]
    for mark in marks:
        when = mark.timestamp.isoformat(" ", "seconds") + " UTC" if mark.timestamp else ""
        facts = [mark.id, mark.last_name, mark.first_name, mark.email, mark.lms_user_id]
        sums = [_number(mark.raw_score), _number(mark.penalty), " ".join(mark.pending)]
        points = [
            _number(task.points) if (task := mark.tasks.get(name)) and task.points is not None else ""
            for name in tasks
        ]
        rows.append(
            [
                *facts,
                when or ("yes" if mark.handed_in else "no"),
                _score(mark, missing_as_zero),
                _number(maximum),
                *(sums if mark.handed_in else ["", "", ""]),
                *points,
            ]
        )
    return rows


def _as_canvas(marks: list[Mark], maximum: float, missing_as_zero: bool, title: str) -> list[list[str]]:
    rows = [[*CANVAS_COLUMNS, title], [CANVAS_MAXIMUM, "", "", "", "", _number(maximum)]]
    for mark in marks:
        rows.append(
            [mark.sorted_name, mark.lms_user_id, "", mark.id, "", _score(mark, missing_as_zero)],
        )
    return rows


def _as_moodle(marks: list[Mark], maximum: float, missing_as_zero: bool) -> list[list[str]]:
    rows = [list(MOODLE_COLUMNS)]
    for mark in marks:
        when = mark.timestamp.isoformat(" ", "seconds") + " UTC" if mark.timestamp else "-"
        status = "Submitted for grading" if mark.handed_in else "No submission"
        # Identifier stays empty: a number of ours could be another student's participant number
        rows.append(
            ["", mark.name, mark.lms_user_id, mark.email, status, _score(mark, missing_as_zero)]
            + [_number(maximum), "Yes", when, "-", _comments(mark)]
        )
    return rows


def _fill_canvas(
    table: list[list[str]], marks: list[Mark], maximum: float, missing_as_zero: bool, title: str
) -> list[list[str]]:
    """Who they are, and this one assignment: other columns may have changed in Canvas since the download."""
    head = table[0]
    if "Student" not in head[0] or "ID" not in head or "Section" not in head:
        raise ExportRefused("the template is not Canvas's gradebook: export it there, Grades > Export")
    persons = range(head.index("Section") + 1)
    place = _canvas_column(head[len(persons) :], title) + len(persons)
    find = _finder(marks, {"ID": "lms_user_id", "SIS Login ID": "id", "SIS User ID": "lms_user_id"}, head)
    rows, found = [], set()
    for row in table:
        row = row + [""] * (len(head) - len(row))
        cell = row[place]
        mark = find(row)
        if mark is not None and row is not table[0]:
            found.add(mark.id)
            cell = _score(mark, missing_as_zero) or cell
        elif row[0].strip() == CANVAS_MAXIMUM.strip():
            _compare_maxima(cell, maximum, "Canvas")
        rows.append([*(row[n] for n in persons), cell])
    _say_who_is_not_in_it(marks, found)
    return rows


def _canvas_column(titles: Sequence[str], wanted: str) -> int:
    """Canvas writes "Titanic (12345)"; the assignment may be called "Assignment 4: Titanic" there."""
    plain = [_plain(re.sub(r"\s*\(\d+\)$", "", title)) for title in titles]
    exact = [n for n, title in enumerate(plain) if title == _plain(wanted) or titles[n] == wanted]
    matching = exact or [n for n, title in enumerate(plain) if _plain(wanted) in title]
    if len(matching) == 1:
        return matching[0]
    numbered = [title for title in titles if re.search(r"\(\d+\)$", title)]
    raise ExportRefused(
        f"{'no column' if not matching else 'more than one column'} of the template is {wanted}: "
        f"say --column TITLE with one of: {', '.join(numbered) or 'none there'}"
    )


def _fill_moodle(
    table: list[list[str]], marks: list[Mark], maximum: float, missing_as_zero: bool, _: str
) -> list[list[str]]:
    """The worksheet with grades and comments; everything else as it came, for Moodle compares it."""
    head = table[0]
    if "Identifier" not in head or "Grade" not in head:
        raise ExportRefused(
            "the template is not Moodle's grading worksheet: download it there, "
            "View all submissions > Download grading worksheet"
        )
    ours = {"Email address": "email", "ID number": "lms_user_id", "Username": "id", "Full name": "name"}
    find = _finder(marks, ours, head)
    place = {name.casefold(): n for n, name in enumerate(head)}
    rows, found, maxima = [list(head)], set(), set()
    for row in table[1:]:
        row = row + [""] * (len(head) - len(row))
        mark = find(row)
        if mark is not None:
            found.add(mark.id)
            row[place["grade"]] = _score(mark, missing_as_zero) or row[place["grade"]]
            if "feedback comments" in place and mark.handed_in:
                row[place["feedback comments"]] = _comments(mark)
        if "maximum grade" in place:
            maxima.add(row[place["maximum grade"]])
        rows.append(row)
    for theirs in maxima:
        _compare_maxima(theirs, maximum, "Moodle")
    _say_who_is_not_in_it(marks, found)
    return rows


def _finder(
    marks: list[Mark], columns: dict[str, str], head: Sequence[str]
) -> Callable[[list[str]], Mark | None]:
    """Whose row it is: by the first of `columns` (theirs to ours) that names one student and no other."""
    tables = []
    for theirs, ours in columns.items():
        if theirs in head:
            keys = [str(getattr(mark, ours)).strip().casefold() for mark in marks]
            alone = {key for key, times in Counter(keys).items() if times == 1 and key}
            known = {key: mark for key, mark in zip(keys, marks, strict=True) if key in alone}
            tables.append((head.index(theirs), known))

    def find(row: list[str]) -> Mark | None:
        candidates = (known.get(row[place].strip().casefold()) for place, known in tables if place < len(row))
        return next((mark for mark in candidates if mark is not None), None)

    return find


def _read_template(file: Path) -> list[list[str]]:
    try:
        table = [row for _, row in read_table(file)]
    except StudentsRefused as error:
        raise ExportRefused(str(error)) from None
    if not table:
        raise ExportRefused(f"{file.name} is empty: download it again")
    return table


def _score(mark: Mark, missing_as_zero: bool) -> str:
    if mark.handed_in:
        return _number(mark.score)
    return "0" if missing_as_zero else ""


def _comments(mark: Mark) -> str:
    """For Moodle's comments, which are HTML: a line a task, the penalty, and what a person wrote."""
    lines = []
    for name, task in mark.tasks.items():
        if task.points is None:
            points = f"{_number(task.max_points)} pending"
        else:
            more = ", some points pending" if task.pending else ""
            points = f"{_number(task.points)} of {_number(task.max_points)}{more}"
        lines.append(f"{name}: {points}" + (f" ({c})" if (c := task.comment) else ""))
    if mark.penalty:
        lines.append(f"late: -{_number(mark.penalty)}")
    return "<br>".join(escape(visible(line)).replace("\n", "<br>") for line in lines)


def _number(points: float) -> str:
    return f"{round(points, 4):.10g}"


def _plain(title: str) -> str:
    return re.sub(r"[^a-z0-9]", "", title.casefold())


def _write(rows: list[list[str]], stream: TextIO) -> None:
    csv.writer(stream, lineterminator="\n").writerows([for_csv(cell) for cell in row] for row in rows)


def _say_what_is_open(marks: list[Mark], missing_as_zero: bool) -> None:
    open_ones = [mark for mark in marks if mark.pending]
    if open_ones:
        tasks = ", ".join(dict.fromkeys(name for mark in open_ones for name in mark.pending))
        say(
            f"{len(open_ones)} of {sum(mark.handed_in for mark in marks)} submissions have points pending "
            f"({tasks}): their marks hold only what is decided so far"
        )
    missing = [mark.id for mark in marks if not mark.handed_in]
    if missing:
        how = "0" if missing_as_zero else "left empty (--missing-as-zero writes 0)"
        say(f"no submission: {', '.join(missing)}; their marks are {how}")


def _say_who_is_not_in_it(marks: list[Mark], found: set[str]) -> None:
    lost = [mark.id for mark in marks if mark.handed_in and mark.id not in found]
    if lost:
        say(f"not in the template, so their marks are not exported: {', '.join(lost)}")


def _compare_maxima(theirs: str, maximum: float, lms: str) -> None:
    try:
        differs = abs(float(theirs.replace(",", ".")) - maximum) > _TOLERANCE
    except ValueError:
        return
    if differs:
        say(
            f"the maximum is {theirs} in {lms} and {_number(maximum)} here: set it to {_number(maximum)} there"
        )
