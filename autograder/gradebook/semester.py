"""The instructor's decisions that nbgrader cannot store: `semester.csv` in the course folder.

One row is one decision about one student: an extension, an excuse, a withdrawal, a group, free late days, a regrade
request and its answer. The commands of decide.py add rows, and any spreadsheet edits them. A later row replaces an
earlier one, and a decision is taken back by deleting its row. The file is read only here, without nbgrader.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from autograder.batch.cache import write_text
from autograder.batch.submitted import SUBMITTED, plain_id
from autograder.gradebook.configuration import SettingsError
from autograder.gradebook.dates import in_utc, read_date, read_duration
from autograder.gradebook.tables import Table, TableRefused, read_table
from autograder.grading.safe_text import one_line

FILE = "semester.csv"

EXTENSION = "extension"
EXCUSED = "excused"
WITHDRAWN = "withdrawn"
GROUP = "group"
LATE_DAYS = "late days"
REGRADE = "regrade"
REGRADED = "regraded"
NO_EXTENSION = 'the extension {!r} is neither a time like "2 days" nor a date like "2026-10-18 23:59"'
DECISIONS = (EXTENSION, EXCUSED, WITHDRAWN, GROUP, LATE_DAYS, REGRADE, REGRADED)


@dataclass(frozen=True)
class Decision:
    """A row of semester.csv; its fields are the columns. `assignment` is empty if the decision is about all of them."""

    date: str
    student: str
    assignment: str
    task: str
    decision: str
    value: str = ""
    """How long or until when an extension lasts, the group's name, the number of late days, the points of a regrade."""
    note: str = ""


COLUMNS = tuple(field.name for field in fields(Decision))


@dataclass(frozen=True)
class Regrade:
    """A regrade request, and its answer."""

    task: str
    asked: str
    """The day."""
    reason: str
    points: str
    """The task's points at the time of the request."""
    answered: str = ""
    """The day; empty while the request is open."""
    answer: str = ""
    points_then: str = ""
    """The task's points at the time of the answer."""

    @property
    def is_open(self) -> bool:
        return not self.answered


@dataclass(frozen=True)
class Semester:
    decisions: tuple[Decision, ...] = ()

    def extension(self, student: str, assignment: str, due: datetime | None) -> timedelta | None:
        """How much later than the others the student may submit; None if no row says so.

        Args:
            due: everybody's due date, with its time zone: the date of an extension is in that zone.
        """
        found = self._last(EXTENSION, student, assignment)
        if found is None or due is None:
            return None
        until = extended(found.value, due)
        return max(timedelta(), in_utc(until) - in_utc(due))  # everybody's due date may have moved past it

    def is_excused(self, student: str, assignment: str) -> bool:
        return self._last(EXCUSED, student, assignment) is not None

    def has_withdrawn(self, student: str) -> bool:
        return self._last(WITHDRAWN, student) is not None

    def late_days(self, student: str) -> int | None:
        """The free late days of a student for whom a row sets a number of its own."""
        found = self._last(LATE_DAYS, student)
        return int(found.value) if found is not None else None

    def groups(self, assignment: str) -> dict[str, tuple[str, ...]]:
        """The members of each group of two or more, by the group's name in the form in which ids are compared.

        A group for one assignment and one for all may have the same name: then something is added to the latter's name.
        """
        members = defaultdict(list)
        for student in self._by_student:
            found = self._last(GROUP, student, assignment)
            if found is not None:
                members[plain_id(found.value), bool(found.assignment)].append(found.student)
        groups = {}
        for (name, is_of_one), names in members.items():
            if len(names) > 1:
                is_taken = not is_of_one and len(members.get((name, True), ())) > 1
                groups[f"{name} of all assignments" if is_taken else name] = tuple(sorted(names))
        return groups

    def group_of(self, student: str, assignment: str) -> str:
        """The name of the student's group, even if nobody else is in it; "" without one."""
        found = self._last(GROUP, student, assignment)
        return found.value if found is not None else ""

    def regrades(self, student: str, assignment: str) -> tuple[Regrade, ...]:
        """The student's requests, the oldest first."""
        found: list[Regrade] = []
        for one in self._of(student, assignment):
            open_ones = [n for n, request in enumerate(found) if request.task == one.task and request.is_open]
            if one.decision == REGRADE:
                found.append(Regrade(one.task, one.date, one.note, one.value))
            elif one.decision == REGRADED and open_ones:
                answer = {"answered": one.date or "answered", "answer": one.note, "points_then": one.value}
                found[open_ones[0]] = replace(found[open_ones[0]], **answer)
        return tuple(found)

    @cached_property
    def _by_student(self) -> dict[str, list[Decision]]:
        """The decisions by student, in the form in which ids are compared."""
        found = defaultdict(list)
        for one in self.decisions:
            found[plain_id(one.student)].append(one)
        return found

    def _of(self, student: str, assignment: str = "") -> Iterator[Decision]:
        for one in self._by_student.get(plain_id(student), ()):
            if not one.assignment or not assignment or one.assignment == assignment:
                yield one

    def _last(self, decision: str, student: str, assignment: str = "") -> Decision | None:
        found = [one for one in self._of(student, assignment) if one.decision == decision]
        return found[-1] if found else None


@dataclass(frozen=True)
class Known:
    """The names that a row can use."""

    students: Mapping[str, str]
    """As the course spells them; the keys are in the form in which ids are compared."""
    is_whole_class: bool
    """Whether these are all students."""
    assignments: Collection[str]
    tasks: Callable[[str], Collection[str]]
    """The tasks of an assignment; none if they are not known."""


def read_semester(root: Path, known: Known | None = None) -> Semester:
    """The decisions of the course folder `root`; none without a file.

    Args:
        known: see checked_semester.py; without it, nothing is looked up.

    Raises:
        SettingsError: the file is not a table, or a row of it is wrong.
    """
    return Semester(tuple(_decisions(_table(root), known)))


def add(root: Path, decisions: Iterable[Decision]) -> None:
    """Write rows at the end of semester.csv. Raises SettingsError."""
    table = _table(root)
    _decisions(table)  # nothing is added to a file with an unreadable row
    head = [_plain(name) for name in table.head]
    rows = [list(row) for row in table.rows]
    for one in decisions:
        values = asdict(one)
        rows.append([values.get(name, "") for name in head])
    content = replace(table.with_rows(rows), encoding="utf-8").to_bytes()
    write_text(root / FILE, content.decode("utf-8"))


def _table(root: Path) -> Table:
    file = root / FILE
    if not file.is_file():
        return Table([list(COLUMNS)], [1])
    try:
        table = read_table(file)
    except TableRefused as error:
        raise SettingsError(str(error)) from None
    if table.is_workbook:
        raise SettingsError(f"{FILE} is an Excel workbook: save it as CSV (UTF-8)")
    if not table.rows:
        return Table([list(COLUMNS)], [1])
    missing = set(COLUMNS) - {_plain(name) for name in table.head}
    if missing:
        raise SettingsError(
            f"{FILE} has no column {', '.join(name for name in COLUMNS if name in missing)}: "
            f"its first line is {','.join(COLUMNS)}"
        )
    return table


def _decisions(table: Table, known: Known | None = None) -> list[Decision]:
    head = [_plain(name) for name in table.head]
    places = [head.index(name) for name in COLUMNS]
    found = []
    for row in table.rows[1:]:
        row = [cell.strip() for cell in row] + [""] * (len(head) - len(row))
        one = Decision(*(row[place] for place in places))
        found.append(replace(one, decision=one.decision.casefold()))
    gone = {plain_id(one.student) for one in found if one.decision == WITHDRAWN}
    problems = [_problem(one) or (_unknown(one, known, gone) if known else "") for one in found]
    lines = zip(table.lines[1:], problems, strict=True)
    wrong = [f"{FILE}, line {line}: {problem}" for line, problem in lines if problem]
    if wrong:
        raise SettingsError("\n".join(wrong))
    if known is None:
        return found
    return [replace(one, student=known.students.get(plain_id(one.student), one.student)) for one in found]


def _problem(one: Decision) -> str:
    if one.decision not in DECISIONS:
        return f"the decision {one.decision!r} is not one of: {', '.join(DECISIONS)}"
    if not one.student:
        return "no student"
    if one.decision == EXTENSION and not is_extension(one.value):
        return NO_EXTENSION.format(one.value)
    if one.decision == GROUP and not one.value:
        return "the group has no name: write one into the column value"
    if one.decision == LATE_DAYS and not one.value.isdecimal():
        return f"{one.value!r} is no number of late days"
    if one.decision in (REGRADE, REGRADED) and not (one.assignment and one.task):
        return "a regrade names an assignment and a task"
    return ""


def _unknown(one: Decision, known: Known, gone: Collection[str]) -> str:
    """The name in a row that the course does not have; "" if it has all of them, or if that is not known."""
    student = plain_id(one.student)
    if student not in known.students:
        zeros = [name for name in known.students if name.lstrip("0") == student.lstrip("0")]
        may_be = not known.is_whole_class or student in gone  # may be gone from the gradebook
        if zeros or not may_be:
            near = zeros or get_close_matches(student, known.students, n=1)
            hint = (
                f"did you mean {known.students[near[0]]}?"
                if near
                else "correct the id, or enter the student with make students"
            )
            return one_line(f"no student {one.student} in the gradebook or in {SUBMITTED}/: {hint}")
    if one.assignment and known.assignments and one.assignment not in known.assignments:
        return one_line(
            f"no assignment {one.assignment}: the assignments are {', '.join(sorted(known.assignments))}"
        )
    tasks = known.tasks(one.assignment) if one.decision in (REGRADE, REGRADED) else ()
    if tasks and one.task not in tasks:
        return one_line(f"{one.assignment} has no task {one.task}: its tasks are {', '.join(tasks)}")
    return ""


def extended(text: str, due: datetime) -> datetime:
    """The due date that an extension gives: a time after `due`, or a date in its zone."""
    duration = read_duration(text)
    return due + duration if duration is not None else read_date(text, due.tzinfo)


def is_extension(text: str) -> bool:
    if read_duration(text) is not None:
        return True
    try:
        read_date(text, datetime.now().astimezone().tzinfo)
    except ValueError:
        return False
    return True


def _plain(name: str) -> str:
    return name.strip().strip("\ufeff").casefold()
