"""The marks of a class next to its reports: read from the gradebook, published in the JSON files, their changes noted.

If the gradebook cannot be read (another program has locked it, or it was moved), the marks are those that were read
last, and every page that shows them says so.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from autograder.batch.cache import KEPT, REPORTS, read_json, write_json
from autograder.batch.submitted import RESERVED, plain_id
from autograder.gradebook.configuration import SettingsError
from autograder.gradebook.database import is_locked
from autograder.gradebook.marks import (
    Mark,
    NotInGradebook,
    TaskMark,
    mark_of_report,
    read_marks,
    with_partly_pending,
)
from autograder.grading.assignment import Assignment, Refusal
from autograder.grading.report import Report, number
from autograder.grading.safe_text import for_csv

HISTORY = "marks-history.csv"
"""Who changed which mark, next to the reports."""
_COLUMNS = ("seen", "student", "task", "changed by", "before", "after")
GRADER, INSTRUCTOR = "the grader", "the instructor"


class NothingGraded(Refusal):
    """There is no report to show; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Graded:
    """A student's mark, and the grader's report; None for students who are only in the gradebook."""

    mark: Mark
    report: Report | None = None

    @property
    def student(self) -> str:
        return self.mark.id

    @property
    def is_outdated(self) -> bool:
        """Whether the grader's points in the gradebook differ from the report, for example after formgrader graded it
        again."""
        return (
            self.report is not None
            and self.mark.in_gradebook
            and any(
                name in self.mark.tasks and self.mark.tasks[name].automatic != task.points
                for name, task in self.report.tasks.items()
            )
        )


@dataclass(frozen=True)
class ClassMarks:
    students: tuple[Graded, ...]
    """All who were ever graded, and all who are in the gradebook."""
    maximum: float
    problem: str = ""
    """Why the gradebook could not be read; one sentence."""
    left_out: tuple[str, ...] = ()
    """A sentence for each file next to the reports that is not a report."""

    @property
    def reported(self) -> list[Graded]:
        return [one for one in self.students if one.report is not None]


def marks_of_class(root: Path, assignment: Assignment) -> ClassMarks:
    """The marks of all who have a report or are in the gradebook; brings the JSON files and the history up to date.

    Raises:
        NothingGraded: there is no report.
    """
    folder = root / REPORTS / assignment.name
    kept = folder.parent / KEPT / assignment.name / "marks.json"
    found, left_out = _reports_of_students(folder)
    reports = {report.student: report for report in found or _reports(folder / "class.json", assignment.name)}
    earlier = _kept_marks(kept)
    problem = ""
    try:
        marks, maximum = read_marks(assignment, root)
        in_gradebook = {mark.id: mark for mark in marks}
    except (NotInGradebook, SettingsError, SQLAlchemyError, ImportError) as error:
        problem = _problem(error, bool(earlier))
        in_gradebook, maximum = earlier or {}, sum(task.points for task in assignment.tasks.values())
    else:
        history = folder / HISTORY
        if earlier is not None or not history.exists():  # without the last marks, what changed is not known
            _note_changes(history, earlier or {}, in_gradebook)
        write_json(kept, [mark.to_json() for mark in marks])
    students = []
    for student in sorted(reports.keys() | in_gradebook.keys()):
        mark, report = in_gradebook.get(student), reports.get(student)
        if report is not None:
            entered = mark is not None and mark.submitted
            mark = with_partly_pending(mark, report) if entered else mark_of_report(report)
        students.append(Graded(mark, report))
    everyone = ClassMarks(tuple(students), maximum, problem, left_out)
    _publish(folder, everyone)
    return everyone


def _problem(error: Exception, known: bool) -> str:
    if isinstance(error, NotInGradebook):
        why = "This assignment is not in the gradebook"
    elif isinstance(error, SettingsError):
        why = f"Marks could not be read: {str(error).splitlines()[0]}"
    elif is_locked(error):
        why = "The gradebook could not be read because another program has locked it"
    else:
        why = f"The gradebook could not be read ({str(error).splitlines()[0]})"
    shown = "the marks that were read last" if known else "the points of the grader alone"
    return f"{why}: these are {shown}. `make report` reads it again."


def _kept_marks(kept: Path) -> dict[str, Mark] | None:
    """The marks that were read last, by student; None if there are none."""
    try:
        return {entry["id"]: Mark.from_json(entry) for entry in read_json(kept)}
    except (KeyError, TypeError, ValueError, AttributeError):  # none, damaged, or of another version
        return None


def _reports_of_students(folder: Path) -> tuple[list[Report], tuple[str, ...]]:
    """The reports next to class.json, which is older after an unfinished run; and a sentence for each file that is not
    one."""
    reports, left_out = [], []
    for file in sorted(folder.glob("[!.]*.json")):  # a Mac's copy has ._ada.json, too
        if file.stem in RESERVED:
            continue
        try:
            report = Report.from_json(read_json(file))
            is_theirs = report.assignment == folder.name and plain_id(report.student) == plain_id(file.stem)
        except (KeyError, TypeError, ValueError, AttributeError):
            is_theirs = False
        if is_theirs:
            reports.append(report)
        else:
            left_out.append(
                f"{REPORTS}/{folder.name}/{file.name} is not a student's report and is left out: move it elsewhere; "
                f"if it was one, `make grade ASSIGNMENT={folder.name}` writes it again"
            )
    return reports, tuple(left_out)


def _reports(file: Path, assignment: str) -> list[Report]:
    try:
        reports = [Report.from_json(entry) for entry in json.loads(file.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        reports = []
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NothingGraded(
            f"{file.name} of {assignment} is damaged: run `make grade ASSIGNMENT={assignment}`"
        ) from None
    if not reports:
        raise NothingGraded(f"nothing of {assignment} is graded: run `make grade ASSIGNMENT={assignment}`")
    return reports


def _publish(folder: Path, found: ClassMarks) -> None:
    entries = [_as_json(one.report, one.mark) for one in found.students if one.report is not None]
    for entry in entries:
        write_json(folder / f"{entry['student']}.json", entry)
    write_json(folder / "class.json", entries)


def _as_json(report: Report, mark: Mark) -> dict[str, Any]:
    """The report with the marks instead of the grader's points, which are next to them as `automatic`."""
    data = report.to_json()
    data |= {"score": mark.score, "max_score": mark.max_score, "pending": mark.undecided}
    data |= {"late_penalty": mark.penalty, "in_gradebook": mark.in_gradebook}
    data |= {"excused": mark.excused, "withdrawn": mark.withdrawn, "due": mark.due}
    for name, task in mark.tasks.items():
        if name in data["tasks"]:
            data["tasks"][name] |= {
                "points": task.points,
                "pending": task.undecided,
                "automatic": report.tasks[name].points,
                "manual": task.manual,
                "extra_credit": task.extra_credit,
                "comment": task.comment,
            }
    return data


def _note_changes(file: Path, earlier: Mapping[str, Mark], now: Mapping[str, Mark]) -> None:
    seen = datetime.now(UTC).isoformat(" ", "seconds")
    rows = [(seen, *change) for student in now for change in _changes(earlier.get(student), now[student])]
    if not rows:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8", newline="") as stream:
        header = [] if stream.tell() else [_COLUMNS]
        csv.writer(stream).writerows([for_csv(str(cell)) for cell in row] for row in [*header, *rows])


def _changes(before: Mark | None, now: Mark) -> Iterator[tuple[str, ...]]:
    """What is new in a student's marks; the grader's first verdict is not a change."""
    for name, task in now.tasks.items():
        old = before.tasks.get(name) if before is not None else None
        if old is not None and old.automatic != task.automatic:
            yield now.id, name, GRADER, _shown(old.automatic), _shown(task.automatic)
        old = old or TaskMark(task.max_points)
        for what, was, is_now in (
            (name, old.manual, task.manual),
            (f"{name}: extra credit", old.extra_credit or None, task.extra_credit or None),
        ):
            if was != is_now:
                yield now.id, what, INSTRUCTOR, _shown(was), _shown(is_now)
    state = before.state if before is not None else ""
    if state != now.state:
        yield now.id, "counts", INSTRUCTOR, state or "yes", now.state or "yes"
    penalty = before.penalty if before is not None else 0.0
    if penalty != now.penalty:
        yield now.id, "late penalty", "the due date", _shown(penalty), _shown(now.penalty)


def _shown(points: float | None) -> str:
    return "" if points is None else number(points)
