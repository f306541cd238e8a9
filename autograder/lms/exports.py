"""Exports marks: an assignment's column of the gradebook as a table, for an LMS or for a spreadsheet.

The table has what the gradebook has: the instructor's points, late penalties, and all students, with or without a
submission. An LMS has its own numbers for students and assignments; the file that it exports (`--template`) contains
them, and the marks are filled in there (templates.py). What would change is shown first.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from autograder.batch.cache import write_bytes
from autograder.gradebook.marks import Mark
from autograder.gradebook.settle import settled_marks
from autograder.gradebook.tables import Table, TableRefused, read_table
from autograder.grading import assignment as released
from autograder.grading.safe_text import one_line, say
from autograder.lms.templates import (
    CANVAS_EXCUSE,
    Change,
    ExportRefused,
    Filled,
    comments,
    fill,
    number,
    score,
)

FORMATS = ("csv", "xlsx", "canvas", "moodle", "blackboard", "brightspace", "gradescope")
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


def export(
    assignment: str,
    form: str,
    root: Path | None = None,
    output: Path | None = None,
    template: Path | None = None,
    column: str | None = None,
    missing_as_zero: bool = False,
    preview: bool = False,
) -> int:
    """Write the marks of `assignment` to `output` (by default, standard output); notes go to stderr.

    Args:
        form: one of FORMATS.
        template: the file that the LMS exports; with csv and xlsx, the instructor's own table.
        column: the assignment's column in the template, if its title is another.
        missing_as_zero: 0 for students with no submission; otherwise their cells stay empty.
        preview: only show what would change in the template.

    Raises:
        NotInGradebook: the assignment is not graded.
        ExportRefused: nobody has a mark, the template does not fit, or not one mark was filled in.
    """
    root = Path(root) if root is not None else released.REPOSITORY
    if template is not None and output is not None and output.exists() and output.samefile(template):
        raise ExportRefused(f"{output.name} is the template: name another file with OUTPUT=file (--output)")
    if preview and template is None:
        raise ExportRefused("a preview compares with the LMS's file: name it with TEMPLATE=file (--template)")
    marks, maximum = settled_marks(assignment, root)
    if template is not None:
        filled = _filled(template, form, marks, maximum, missing_as_zero, column or assignment)
        table = filled.table
        if preview or output is not None:
            _show(filled.changes)
        for sentence in filled.notes:
            say(one_line(sentence))
    else:
        table = Table(_new_table(form, marks, maximum, missing_as_zero, column or assignment), [])
        if form != "csv" and not any(mark.is_decided for mark in marks) and not missing_as_zero:
            raise ExportRefused(
                f"nobody has a mark in {assignment} yet: grade it, or the written answers, first"
            )
    as_workbook = table.is_workbook and output is not None and output.suffix.lower() == ".xlsx"
    table = replace(table, is_workbook=form == "xlsx" or as_workbook)
    if not preview:
        _write(table, output, len(marks))
    _say_what_is_open(marks, missing_as_zero)
    return 0


def _filled(
    template: Path, form: str, marks: list[Mark], maximum: float, missing_as_zero: bool, title: str
) -> Filled:
    try:
        table = read_table(template)
    except TableRefused as error:
        raise ExportRefused(str(error)) from None
    if not table.rows:
        raise ExportRefused(f"{template.name} is empty: download it again")
    filled = fill(form, table, marks, maximum, missing_as_zero, title)
    if not filled.count:
        reason = (
            "none of its rows is a student of the gradebook: check that it is of this course, and enter the class with "
            "make students"
            if not filled.found
            else "nobody in it has a mark here yet"
        )
        raise ExportRefused(f"not one mark was filled in: {reason}")
    return filled


def _show(changes: list[Change]) -> None:
    """Prints whose mark changes, from what to what."""
    if not changes:
        print("no mark changes")
    wide = max((len(one.name) for one in changes), default=0)
    for one in changes:
        print(f"  {one_line(one.name):{wide}}  {one_line(one.old) or '(empty)'} -> {one.new}")


def _write(table: Table, output: Path | None, students: int) -> None:
    if output is None:
        if table.is_workbook:
            raise ExportRefused("a workbook is not text: name a file with OUTPUT=file (--output)")
        sys.stdout.write(table.to_bytes().decode(table.encoding))
        return
    write_bytes(output, table.to_bytes())
    print(f"{output}: {students} student{'s' if students != 1 else ''}")


def _new_table(
    form: str, marks: list[Mark], maximum: float, missing_as_zero: bool, title: str
) -> list[list[str]]:
    if form == "canvas":
        return _as_canvas(marks, maximum, missing_as_zero, title)
    if form == "brightspace":
        return _as_brightspace(marks, missing_as_zero, title)
    if form == "moodle":
        say(
            "Moodle's grading worksheet knows students by numbers of its own: give the downloaded one with "
            "TEMPLATE=file (--template), or import this file in Moodle's gradebook, mapped by email address"
        )
        return _as_moodle(marks, maximum, missing_as_zero)
    if form in ("blackboard", "gradescope"):
        raise ExportRefused(
            f"{form.title()} knows the column by a number of its own: download its grades, and name the file with "
            "TEMPLATE=file (--template)"
        )
    return _as_csv(marks, maximum, missing_as_zero)


def _as_csv(marks: list[Mark], maximum: float, missing_as_zero: bool) -> list[list[str]]:
    tasks = list(dict.fromkeys(name for mark in marks for name in mark.tasks))
    people = "student last_name first_name email lms_user_id submitted state"
    rows = [[*people.split(), *"score max_score raw_score late_penalty pending".split(), *tasks]]
    for mark in marks:
        when = mark.timestamp.isoformat(" ", "seconds") + " UTC" if mark.timestamp else ""
        facts = [mark.id, mark.last_name, mark.first_name, mark.email, mark.lms_user_id]
        sums = [number(mark.raw_score), number(mark.penalty), " ".join(mark.pending)]
        points = [
            number(task.points) if (task := mark.tasks.get(name)) and task.points is not None else ""
            for name in tasks
        ]
        rows.append(
            [
                *facts,
                when or ("yes" if mark.submitted else "no"),
                mark.state,
                score(mark, missing_as_zero),
                number(maximum),
                *(sums if mark.submitted else ["", "", ""]),
                *points,
            ]
        )
    return rows


def _as_canvas(marks: list[Mark], maximum: float, missing_as_zero: bool, title: str) -> list[list[str]]:
    rows = [[*CANVAS_COLUMNS, title], [CANVAS_MAXIMUM, "", "", "", "", number(maximum)]]
    for mark in marks:
        rows.append(
            [mark.sorted_name, mark.lms_user_id, "", mark.id, "", _canvas_score(mark, missing_as_zero)],
        )
    return rows


def _canvas_score(mark: Mark, missing_as_zero: bool) -> str:
    return CANVAS_EXCUSE if mark.state == "excused" else score(mark, missing_as_zero)


def _as_moodle(marks: list[Mark], maximum: float, missing_as_zero: bool) -> list[list[str]]:
    rows = [list(MOODLE_COLUMNS)]
    for mark in marks:
        when = mark.timestamp.isoformat(" ", "seconds") + " UTC" if mark.timestamp else "-"
        status = "Submitted for grading" if mark.submitted else "No submission"
        # Identifier stays empty: a number of ours could be another student's participant number
        rows.append(
            ["", mark.name, mark.lms_user_id, mark.email, status, score(mark, missing_as_zero)]
            + [number(maximum), "Yes", when, "-", comments(mark)]
        )
    return rows


def _as_brightspace(marks: list[Mark], missing_as_zero: bool, title: str) -> list[list[str]]:
    rows = [["OrgDefinedId", "Username", f"{title} Points Grade", "End-of-Line Indicator"]]
    for mark in marks:
        rows.append([f"#{mark.lms_user_id}", f"#{mark.id}", score(mark, missing_as_zero), "#"])
    return rows


def _say_what_is_open(marks: list[Mark], missing_as_zero: bool) -> None:
    for state in ("excused", "withdrawn"):
        names = [mark.id for mark in marks if mark.state == state]
        if names:
            say(f"{state}, so without points: {', '.join(names)}")
    marks = [mark for mark in marks if mark.counts]
    late = [f"{mark.id} -{number(mark.penalty)}" for mark in marks if mark.penalty]
    if late:
        say(f"late, and losing points for it: {', '.join(late)}")
    open_ones = [mark for mark in marks if mark.pending]
    if open_ones:
        tasks = ", ".join(dict.fromkeys(name for mark in open_ones for name in mark.pending))
        say(
            f"{len(open_ones)} of {sum(mark.submitted for mark in marks)} submissions have points pending "
            f"({tasks}): their marks hold only what is decided so far"
        )
    missing = [mark.id for mark in marks if not mark.submitted]
    if missing:
        how = "0" if missing_as_zero else "left empty (MISSING_AS_ZERO=1, --missing-as-zero, writes 0)"
        say(f"no submission: {', '.join(missing)}; their marks are {how}")
