"""The students of the course, from a CSV file into nbgrader's gradebook.

The file may be one's own, Canvas's gradebook export or Moodle's list of participants: columns are known by their
usual names. With the students in the gradebook, LMS downloads can be told apart, and who handed in nothing still
stands in the exports.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.batch.submitted import is_no_folder_name
from autograder.grading.text import say

# our column -> what it may be called, in small letters; the first that the file has is taken
_CANVAS_LOGIN = "sis login id"
_COLUMNS = {
    "id": (_CANVAS_LOGIN, "student_id", "student id", "username", "login", "id"),
    "first_name": ("first_name", "first name", "firstname", "given name"),
    "last_name": ("last_name", "last name", "lastname", "surname", "family name"),
    "name": ("student", "full name", "name"),
    "email": ("email", "email address", "e-mail"),
    "lms_user_id": ("lms_user_id", "lms id", "lms_id", "canvas id", "id number"),
}


class StudentsRefused(Exception):
    """The file cannot be taken; each line is one sentence with the mend. Nothing was entered."""


@dataclass(frozen=True)
class Student:
    """One line of the file, with the names of nbgrader's columns; "" for what it does not say."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""


def enter_students(file: Path, root: Path) -> int:
    """Add the students of `file` to the gradebook of the course folder `root`, or bring them up to date.

    Raises:
        StudentsRefused: the file has no ids, or a line is wrong.
    """
    students = read_students(file)
    from nbgrader.api import Gradebook

    from autograder.gradebook.steps import course_directory  # seconds: a wrong file is told before

    coursedir = course_directory(root)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        known = {student.id for student in gradebook.students}
        for student in students:
            facts = {name: value for name, value in vars(student).items() if name != "id" and value}
            gradebook.update_or_create_student(student.id, **facts)
    new = [student.id for student in students if student.id not in known]
    print(f"{len(students)} students in {file.name}: {len(new)} new in the gradebook")
    others = sorted(known - {student.id for student in students})
    if others:
        say(f"in the gradebook and not in {file.name}: {', '.join(others)}")
    return 0


def read_students(file: Path) -> list[Student]:
    """The students of a CSV file, whatever its delimiter.

    Raises:
        StudentsRefused: see there.
    """
    rows = list(read_table(file))
    header = [name.strip().casefold() for name in rows[0][1]] if rows else []
    place = {ours: _first_of(header, names) for ours, names in _COLUMNS.items()}
    if _CANVAS_LOGIN in header:  # its column ID is Canvas's own number
        place["lms_user_id"] = _first_of(header, ("id",))
    if place["id"] is None:
        columns = ", ".join(rows[0][1]) if rows else "none"
        raise StudentsRefused(
            f"{file.name} has no column with the students' ids: call it id (its columns are: {columns})"
        )
    students: dict[str, Student] = {}
    first_lines: dict[str, int] = {}
    wrong = []
    for line, row in rows[1:]:
        cells = {
            ours: row[column].strip() if column is not None and column < len(row) else ""
            for ours, column in place.items()
        }
        if _CANVAS_LOGIN in header and not cells["lms_user_id"]:
            continue  # Canvas's rows of possible points and posting policies
        student = _student(cells)
        problem = _problem(student, first_lines)
        if problem:
            wrong.append(f"{file.name}, line {line}: {problem}")
            continue
        students[student.id] = student
        first_lines[student.id] = line
    if wrong:
        raise StudentsRefused("\n".join(wrong))
    if not students:
        raise StudentsRefused(f"{file.name} names no student: write a line for each under the columns' names")
    return list(students.values())


def read_table(file: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file with the lines on which they end; empty ones are left out.

    Raises:
        StudentsRefused: it is not text in UTF-8.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            head = stream.readline()
            stream.seek(0)
            delimiter = max(",;\t", key=head.count)
            reader = csv.reader(stream, delimiter=delimiter)
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield reader.line_num, row
    except UnicodeDecodeError:
        raise StudentsRefused(f"{file.name} is not text in UTF-8: save it as CSV (UTF-8)") from None
    except csv.Error as error:
        raise StudentsRefused(f"{file.name} is no CSV file ({error}): save it as CSV (UTF-8)") from None


def _first_of(header: list[str], names: tuple[str, ...]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _student(cells: dict[str, str]) -> Student:
    first, last = cells["first_name"], cells["last_name"]
    whole = cells["name"]
    if whole and not (first or last):
        if "," in whole:  # Canvas: "Lovelace, Ada"
            last, _, first = (part.strip() for part in whole.partition(","))
        else:
            first, _, last = whole.rpartition(" ")
    return Student(cells["id"], first, last, cells["email"], cells["lms_user_id"])


def _problem(student: Student, first_lines: dict[str, int]) -> str:
    if not student.id:
        return "no id: give each student one"
    if is_no_folder_name(student.id):
        return f"the id {student.id!r} cannot be the name of a folder: use letters, digits, . _ - @"
    if student.id in first_lines:
        return (
            f"duplicate id {student.id} (also on line {first_lines[student.id]}): delete one of the two rows"
        )
    return ""
