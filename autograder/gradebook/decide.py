"""The commands for an instructor's decisions about students: each adds rows to semester.csv.

`make extend`, `excuse`, `withdraw`, `group`, `regrade` and `regraded`. Names are checked against the gradebook and the
release first; a wrong one is refused with the most similar existing name, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy import DateTime, column, select, table

from autograder.batch.cache import REPORTS
from autograder.batch.submitted import plain_id
from autograder.gradebook import dates, semester
from autograder.gradebook.configuration import SettingsError, database_url, read_configuration
from autograder.gradebook.database import opened
from autograder.gradebook.marks import read_marks
from autograder.gradebook.semester import Decision, add, extended, is_extension, read_semester
from autograder.gradebook.tables import TableRefused, read_table
from autograder.grading.assignment import Assignment
from autograder.grading.report import number
from autograder.grading.safe_text import one_line

_ASSIGNMENT = table("assignment", column("name"), column("duedate", DateTime()))
_STUDENT = table("student", column("id"), column("lms_user_id"), column("email"))
_GROUP_COLUMNS = ("group", "group_name", "group name")
_STUDENT_COLUMNS = ("student", "id", "login_id", "username", "email", "canvas_user_id", "lms_user_id")


def extend(root: Path, students: Sequence[str], assignment: str, until: str, note: str = "") -> int:
    """Lets students submit later: "2 days" later than the others, or until "2026-10-18 23:59"."""
    Assignment.load(assignment, root=root)
    if not is_extension(until):
        raise SettingsError(semester.NO_EXTENSION.format(until))
    due = _due(root, assignment)
    if due is None:
        raise SettingsError(
            f"{assignment} has no due date to extend: set c.LatePenalty.due in nbgrader_config.py"
        )
    if dates.in_utc(extended(until, due)) < dates.in_utc(due):
        raise SettingsError(
            f"{until} is before {assignment} is due ({dates.shown(due)}): write a later date, or a time like 2 days"
        )
    known = _known(root, students)
    add(root, (Decision(_today(), one, assignment, "", semester.EXTENSION, until, note) for one in known))
    for one in known:
        extension = read_semester(root).extension(one, assignment, due)
        print(f"{one}: {assignment} is due {dates.shown(dates.later(due, extension))}")
    return _done(root, assignment)


def excuse(root: Path, students: Sequence[str], assignment: str = "", note: str = "") -> int:
    """The assignment does not count for these students; if none is named, no assignment counts."""
    if assignment:
        Assignment.load(assignment, root=root)
    known = _known(root, students)
    add(root, (Decision(_today(), one, assignment, "", semester.EXCUSED, "", note) for one in known))
    print(f"excused from {assignment or 'all assignments'}: {', '.join(known)}")
    return _done(root, assignment)


def withdraw(root: Path, students: Sequence[str], note: str = "") -> int:
    """These students have left the course; what they submitted stays."""
    known = _known(root, students)
    add(root, (Decision(_today(), one, "", "", semester.WITHDRAWN, "", note) for one in known))
    print(f"withdrawn, and out of averages and exports: {', '.join(known)}")
    return _done(root)


def group(root: Path, students: Sequence[str], assignment: str = "", name: str = "", note: str = "") -> int:
    """These students submit one notebook together, in this assignment or in all."""
    if assignment:
        Assignment.load(assignment, root=root)
    known = _known(root, students)
    if len(known) < 2:
        raise SettingsError("a group has two members or more")
    name = name or "-".join(known)
    add(root, (Decision(_today(), one, assignment, "", semester.GROUP, name, note) for one in known))
    print(f"group {one_line(name)}: {', '.join(known)}")
    return _done(root, assignment, "grade")  # members get the notebook


def groups_of_file(root: Path, file: Path, assignment: str = "") -> int:
    """The groups of a table with a column for students and one for groups, such as Canvas's export of a group set."""
    if assignment:
        Assignment.load(assignment, root=root)
    try:
        found = read_table(file)
    except TableRefused as error:
        raise SettingsError(str(error)) from None
    head = [name.strip().strip("\ufeff").casefold() for name in found.head]
    groups = next((head.index(name) for name in _GROUP_COLUMNS if name in head), None)
    people = [head.index(name) for name in _STUDENT_COLUMNS if name in head]
    if groups is None or not people:
        raise SettingsError(
            f"{file.name} needs a column called group and one called student (its columns are: {', '.join(found.head)})"
        )
    ids, decisions, without, wrong = _ids(root), [], [], []
    for line, row in list(zip(found.lines, found.rows, strict=True))[1:]:
        row = [cell.strip() for cell in row] + [""] * (len(head) - len(row))
        student = next((ids[key] for place in people if (key := plain_id(row[place])) in ids), None)
        if not row[groups]:
            without += [student] if student is not None else []
            continue
        if student is None:
            wrong.append(f"{file.name}, line {line}: no student {one_line(row[people[0]])} in the gradebook")
            continue
        decisions.append(Decision(_today(), student, assignment, "", semester.GROUP, row[groups]))
    if wrong:
        raise SettingsError("\n".join(wrong))
    add(root, decisions)
    print(f"{len({plain_id(one.value) for one in decisions})} groups, {len(decisions)} students")
    now = read_semester(root)
    kept = [f"{one} ({name})" for one in without if (name := now.group_of(one, assignment))]
    if kept:
        print(
            f"keep an earlier group, for the file names none: {', '.join(map(one_line, kept))}; "
            f"delete their rows in {semester.FILE} if they have none now"
        )
    return _done(root, assignment, "grade")  # members get the notebook


def regrade(root: Path, students: Sequence[str], assignment: str, task: str, note: str = "") -> int:
    """Records that a student asks for another look at a task: it waits in formgrader until `regraded` answers."""
    found = _points(root, students, assignment, task)
    for student in found:
        if _has_open_request(root, student, assignment, task):
            raise SettingsError(
                f"{student} already has an open request for {task}: answer it with make regraded"
            )
    add(
        root,
        (Decision(_today(), one, assignment, task, semester.REGRADE, found[one], note) for one in found),
    )
    for student, points in found.items():
        print(f"{student} asks for another look at {task} ({points}): answer with make regraded")
    return _done(root, assignment)


def regraded(root: Path, students: Sequence[str], assignment: str, task: str, note: str = "") -> int:
    """Answers a regrade request, after the points were changed in formgrader or left as they are."""
    found = _points(root, students, assignment, task)
    for student in found:
        if not _has_open_request(root, student, assignment, task):
            raise SettingsError(f"{student} has no open regrade request for {task} of {assignment}")
    add(
        root,
        (Decision(_today(), one, assignment, task, semester.REGRADED, found[one], note) for one in found),
    )
    for student, points in found.items():
        print(f"{student}, {task}: answered, with {points}")
    return _done(root, assignment)


def _done(root: Path, assignment: str = "", command: str = "report") -> int:
    """Prints what the instructor can do next."""
    print(f"{semester.FILE} has it: to take it back, delete the row")
    graded = [file.parent.name for file in (root / REPORTS).glob("*/class.json")]
    if assignment in graded or (graded and not assignment):
        what = f" ASSIGNMENT={assignment}" if assignment else ""
        print(f"make {command}{what} brings the pages up to date")
    return 0


def _today() -> str:
    return date.today().isoformat()


def _due(root: Path, assignment: str) -> datetime | None:
    config = read_configuration(root)
    question = select(_ASSIGNMENT.c.duedate).where(_ASSIGNMENT.c.name == assignment)
    with opened(database_url(config, root)) as connection:
        stored = connection.scalar(question) if connection is not None else None
    return dates.effective_due_date(config, assignment, stored)


def _points(root: Path, students: Sequence[str], assignment: str, task: str) -> dict[str, str]:
    """The points that each student has in the task so far."""
    released = Assignment.load(assignment, root=root)
    if task not in released.tasks:
        raise SettingsError(f"{assignment} has no task {task}: its tasks are {', '.join(released.tasks)}")
    marks = {mark.id: mark for mark in read_marks(released, root)[0]}
    found = {}
    for student in _known(root, students):
        mark = marks[student].tasks.get(task)
        if mark is None:
            raise SettingsError(f"{student} has no submission of {assignment} in the gradebook")
        points = number(mark.points) if mark.points is not None else "no points"
        found[student] = f"{points} of {number(mark.max_points)}"
    return found


def _has_open_request(root: Path, student: str, assignment: str, task: str) -> bool:
    requests = read_semester(root).regrades(student, assignment)
    return any(one.is_open and one.task == task for one in requests)


def _ids(root: Path) -> dict[str, str]:
    """The gradebook's students by everything that identifies exactly one of them: id, LMS id, email address."""
    with opened(database_url(read_configuration(root), root)) as connection:
        rows = list(connection.execute(select(_STUDENT))) if connection is not None else []
    if not rows:
        raise SettingsError("no students in the gradebook: enter them with make students FILE=students.csv")
    found: dict[str, str] = {}
    for place in (2, 1, 0):  # the id is the most reliable, so it comes last and wins
        keys = [plain_id(row[place] or "") for row in rows]
        found |= {key: row.id for key, row in zip(keys, rows, strict=True) if key and keys.count(key) == 1}
    return found


def _known(root: Path, students: Sequence[str]) -> list[str]:
    """The ids as the gradebook has them. Raises SettingsError: a student is not in it."""
    ids = _ids(root)
    unknown = [one for one in students if plain_id(one) not in ids]
    if unknown:
        nearest = get_close_matches(plain_id(unknown[0]), ids, n=1)
        hint = f": did you mean {ids[nearest[0]]}?" if nearest else ""
        raise SettingsError(f"no student {', '.join(map(one_line, unknown))} in the gradebook{hint}")
    return list(dict.fromkeys(ids[plain_id(one)] for one in students))
