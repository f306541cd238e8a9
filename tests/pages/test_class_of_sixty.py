"""A class of 60 with every special case goes through a semester: all places agree about everybody, in every cell."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from autograder.gradebook import decide
from autograder.gradebook.enter_assignment import enter_assignment
from autograder.gradebook.groups import share_submissions
from autograder.gradebook.marks import Mark
from autograder.gradebook.nbgrader_steps import course_directory
from autograder.gradebook.remarks import FILE as REMARKS
from autograder.gradebook.settle import settled_marks
from autograder.grading.assignment import Assignment
from autograder.grading.report import DEFERRED, PASSED, Report, TestResult, task_from_tests
from autograder.lms.exports import export
from autograder.lms.returns import pack
from autograder.lms.roster import enter_students
from autograder.pages.write import main_report
from tests import course
from tests.gradebook.helpers import TASKS, configure, give, gradebook_of
from tests.gradebook.test_late import PERCENT
from tests.pages.conftest import write_class
from tests.pages.places import (
    Seen,
    assert_all_agree,
    exported,
    in_json,
    in_the_gradebook,
    number,
    on_the_class_page,
    on_the_index,
    on_the_students_pages,
)

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own way of adding
TINY = course.NAME
DUE = datetime(2026, 10, 16, 21, 59)
STRANGE = {"s00": "00042", "s01": "zoë_m", "s02": "o.neill-díaz", "s03": "anna@uni.example"}
"""Ids that spreadsheets and file systems like to change."""
PEOPLE = [STRANGE.get(name, name) for name in (f"s{n:02}" for n in range(60))]

MISSING = PEOPLE[50:54]
LATE = {PEOPLE[10]: 0.5, PEOPLE[11]: 26, PEOPLE[12]: 30, PEOPLE[13]: 30, PEOPLE[14]: 20, PEOPLE[15]: 60}
"""Hours after the due date."""
WAITING = PEOPLE[20:23]
"""For a GPU, with half of a task."""
TEAM = (PEOPLE[30], PEOPLE[54])
"""One notebook: the second submitted nothing."""
EXCUSED = (PEOPLE[32], PEOPLE[50])
WITHDRAWN = (PEOPLE[33], PEOPLE[51])
ASKS = PEOPLE[34]
NAMES = {PEOPLE[5]: "=1+1", PEOPLE[6]: "O'Neill <b>", PEOPLE[7]: "李"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The semester, up to the regrade requests."""
    root = course.make_course(tmp_path_factory.mktemp("sixty") / "course")
    configure(root, PERCENT + "\nc.LatePenalty.free_days = 1")
    (root / REMARKS).write_text("assignment,task,code,points,text\ntiny,explain,sign,1,Right.\n")
    rows = [
        (name, NAMES.get(name, name.title()), f"L{n}", f"{n}@x", 1000 + n) for n, name in enumerate(PEOPLE)
    ]
    with (root / "class.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("id", "first_name", "last_name", "email", "lms_user_id"), *rows])
    enter_students(root / "class.csv", root)
    course.hand_in(root, TEAM[0], course.solved())
    decide.group(root, TEAM, TINY)
    assert share_submissions(root, TINY)
    write_class(root, *enter_reports(root))
    grade_by_hand(root)
    decide.extend(root, [PEOPLE[12]], TINY, "2 days", "ill")
    decide.excuse(root, EXCUSED, TINY)
    decide.withdraw(root, WITHDRAWN)
    decide.regrade(root, [ASKS], TINY, "square", "I think that it is right")
    main_report(root=root)
    return root


def enter_reports(root: Path) -> list[Report]:
    """What grading leaves, without judging or converting anything: marks in the gradebook, and reports."""
    waiting = task_from_tests(
        [TestResult("test_cpu", PASSED, 1.5, 1.5), TestResult("test_gpu", DEFERRED, 0.0, 1.5)], 3.0
    )
    reports = []
    enter_assignment(Assignment.load(TINY, root=root), course_directory(root, TINY))
    with gradebook_of(root) as book:
        for n, student in enumerate(PEOPLE):
            if student in MISSING:
                continue
            tasks = TASKS | {"double": replace(TASKS["double"], points=n % 5 / 2)}
            if student in WAITING:
                tasks |= {"square": waiting}
            when = DUE + timedelta(hours=LATE[student]) if student in LATE else DUE - timedelta(hours=n)
            submission = book.add_submission(TINY, student, timestamp=when)
            for grade in submission.notebooks[0].grades:
                result = tasks[grade.name.removesuffix("-tests")]
                grade.auto_score, grade.needs_manual_grade = result.points, result.pending > 0
            reports.append(Report(TINY, student, tasks, "fake", 0.1))
        book.find_submission(TINY, PEOPLE[13]).extension = timedelta(days=2)  # by nbgrader's own means
        book.db.commit()
    return reports


def grade_by_hand(root: Path) -> None:
    with gradebook_of(root) as book:
        for student in PEOPLE[40:48]:
            book.find_grade("explain", TINY, TINY, student).manual_score = 1.5
            book.find_grade("explain", TINY, TINY, student).needs_manual_grade = False
        for student in PEOPLE[35:38]:
            book.find_comment("explain", TINY, TINY, student).manual_comment = "#sign"
        book.db.commit()
    give(root, PEOPLE[14], 2.0)  # late: a part of it is lost
    give(root, PEOPLE[16], 0.25, cell="double-tests")
    give(root, PEOPLE[17], None, cell="square-tests", extra=1.25)
    give(root, PEOPLE[18], None, extra=0.5)
    give(root, PEOPLE[20], 2.75, cell="square-tests")
    give(root, TEAM[0], 2.0, "Together.")


TEMPLATES: dict[str, tuple[str, str, Callable[[Mark], str], Callable[[list[str]], str]]] = {
    "canvas": (
        "Student,ID,SIS Login ID,Section,tiny (9)\n    Points Possible,,,,7\n",
        ",",
        lambda m: f'"{m.last_name}, {m.first_name}",{m.lms_user_id},{m.id},A,',
        lambda row: row[2],
    ),
    "moodle": (
        "Identifier;Vollständiger Name;E-Mail-Adresse;Bewertung;Bestwertung\n",
        ";",
        lambda m: f"Teilnehmer/in{m.lms_user_id};{m.name};{m.email};;7,00",
        lambda row: PEOPLE[int(row[2].partition("@")[0])],
    ),
    "blackboard": (
        "Last Name\tFirst Name\tUsername\tStudent ID\ttiny [Total Pts: 7 Score] |77\n",
        "\t",
        lambda m: f"{m.last_name}\t{m.first_name}\t{m.id}\t{m.lms_user_id}\t",
        lambda row: row[2],
    ),
    "brightspace": (
        "OrgDefinedId,Username,tiny Points Grade <Numeric MaxPoints:7>,End-of-Line Indicator\n",
        ",",
        lambda m: f"#{m.lms_user_id},#{m.id},,#",
        lambda row: row[1].removeprefix("#"),
    ),
    "gradescope": (
        "First Name,Last Name,SID,Email,Total Score,Max Points\n",
        ",",
        lambda m: f"{m.first_name},{m.last_name},{m.id},{m.email},,7",
        lambda row: row[2],
    ),
    "csv": ("id,tiny\n", ",", lambda m: f"{m.id},", lambda row: row[0]),
}
"""An LMS's file: its first lines, its separator, a student's row, and how to tell whose a row is."""


def in_the_lms(root: Path, form: str, marks: list[Mark]) -> dict[str, str]:
    """What the filled-in file says about each student."""
    head, separator, row, whose = TEMPLATES[form]
    template, output = root / f"{form}-template.csv", root / f"{form}-filled.csv"
    template.write_text(head + "".join(row(mark) + "\n" for mark in marks), encoding="utf-8")
    assert export(TINY, form, root, output, template) == 0
    rows = list(csv.reader(io.StringIO(output.read_text(encoding="utf-8")), delimiter=separator))
    column = next(
        n for n, title in enumerate(rows[0]) if title.startswith(("tiny", "Bewertung", "Total Score"))
    )
    people = [row for row in rows[1:] if "Points Possible" not in row[0]]
    return {whose(row): row[column].replace(",", ".") for row in people}


def assert_agreement(root: Path) -> dict[str, Seen]:
    """Everything that shows marks, two by two; returns what the class page says."""
    marks = settled_marks(TINY, root)[0]
    places = {
        "gradebook": in_the_gradebook(root),
        "class page": on_the_class_page(root),
        "students' pages": on_the_students_pages(root),
        "index": on_the_index(root),
        "class.json": in_json(root, one_file=True),
        "students' JSON": in_json(root, one_file=False),
        "CSV": exported(root, "csv"),
        "XLSX": exported(root, "xlsx"),
    }
    assert all(len(seen) >= 54 for seen in places.values())
    places |= {form: lms_places(root, form, marks) for form in TEMPLATES}
    with (root / "exports" / "tiny-return" / "mail.csv").open(newline="", encoding="utf-8-sig") as stream:
        places["mail"] = {row["student"]: Seen(number(row["score"])) for row in csv.DictReader(stream)}
    assert_all_agree(places)
    return places["class page"]


def lms_places(root: Path, form: str, marks: list[Mark]) -> dict[str, Seen]:
    cells = in_the_lms(root, form, marks)
    assert sorted(cells) == sorted(PEOPLE)
    for student in EXCUSED:
        assert cells[student] == ("EX" if form == "canvas" else "")
    assert not any(cells[student] for student in (*WITHDRAWN, *MISSING[2:]))
    return {student: Seen(number(cell)) for student, cell in cells.items() if cell not in ("", "EX")}


def test_all_places_agree_about_everybody(root: Path) -> None:
    pack(TINY, root)
    seen = assert_agreement(root)
    assert len(seen) == 56
    scores = {student: one.score for student, one in seen.items()}
    assert [scores[one] for one in LATE] == [
        3,  # a free late day
        2.625,  # the second day costs a quarter
        4,  # extended by semester.csv
        4.5,  # extended in nbgrader
        7,  # with what the instructor gave
        1.5,  # three days, of which one is free
    ]
    # an override, extra credit, and extra credit for an answer that is not graded yet
    assert [scores[one] for one in PEOPLE[16:19]] == [3.25, 5.25, 4.5]
    assert [seen[one].undecided for one in WAITING] == [2, 3.5, 3.5]
    assert [scores[one] for one in TEAM] == [5, 7]  # of the answer 2 each; the tests are made up
    assert [scores[one] for one in PEOPLE[35:38]] == [4, 4.5, 5]


def test_they_agree_again_after_the_instructor_changed_their_minds(root: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(root, tmp_path / "course"))
    give(root, ASKS, 2.5, cell="square-tests")
    decide.regraded(root, [ASKS], TINY, "square", "half a point")
    give(root, TEAM[0], 1.0)
    (root / REMARKS).write_text("assignment,task,code,points,text\ntiny,explain,sign,0.5,Right.\n")
    rows = (root / "semester.csv").read_text().splitlines(keepends=True)
    (root / "semester.csv").write_text(
        "".join(row for row in rows if not {"extension", "excused"} & set(row.split(",")))
    )
    decide.excuse(root, [PEOPLE[39]], TINY)
    main_report(root=root)
    marks = {mark.id: mark for mark in settled_marks(TINY, root)[0]}
    assert marks[PEOPLE[12]].penalty == 1 and marks[TEAM[1]].score == 6 and marks[PEOPLE[35]].score == 3.5
    assert marks[ASKS].score == 4.5 and not marks[ASKS].regrades[0].is_open
    places = {
        "gradebook": in_the_gradebook(root),
        "class page": on_the_class_page(root),
        "students' pages": on_the_students_pages(root),
        "index": on_the_index(root),
        "class.json": in_json(root, one_file=True),
        "CSV": exported(root, "csv"),
    }
    assert_all_agree(places)
    assert places["CSV"][PEOPLE[39]].score is None and PEOPLE[39] not in places["index"]
