"""The students of the course, from a table into nbgrader's gradebook.

The table may be the instructor's own, or what Canvas, Moodle, Blackboard, Brightspace, Gradescope or GitHub Classroom
export, as CSV or XLSX: columns are recognised by their usual names, in the languages of `_COLUMNS`. Once the students
are in the gradebook, downloads can be assigned to them, and students with no submission are in the exports.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.batch.submitted import is_no_folder_name, plain_id
from autograder.gradebook.tables import Table, TableRefused, read_table
from autograder.grading.assignment import Refusal
from autograder.grading.safe_text import say

# our column -> its possible names, in lower case; the first that the file has is used
_CANVAS_LOGIN = "sis login id"
_EMAILS = (
    "email", "email address", "e-mail", "e-mail address", "e-mail-adresse", "adresse de courriel", "adresse e-mail",
    "dirección de correo", "dirección email", "correo electrónico", "indirizzo email", "e-mailadres",
    "endereço de email", "endereço de e-mail", "adres e-mail", "e-mailová adresa", "e-postadress", "e-postadresse",
    "e-mailadresse",
    "адрес электронной почты", "メールアドレス", "电子邮件地址", "email地址",
)  # fmt: skip
_NUMBERS = (
    "lms_user_id", "lms id", "lms_id", "canvas id", "id number", "orgdefinedid", "github_username", "sid",
    "id-nummer", "matrikelnummer", "numéro d'identification", "número de id", "número de identificación",
    "codice identificativo", "id-nummer", "número de identificação", "numer id", "идентификационный номер", "学号",
    "idナンバー",
)  # fmt: skip
_COLUMNS = {
    "id": (
        _CANVAS_LOGIN, "student_id", "username", "user name", "user id", "login", "id", "student id",
        "anmeldename", "benutzername", "nom d'utilisateur", "nombre de usuario", "nome utente", "gebruikersnaam",
        "identificação de usuário", "nome de utilizador", "nazwa użytkownika", "uživatelské jméno", "логин", "用户名",
        "ユーザ名",
    ),
    "first_name": (
        "first_name", "first name", "firstname", "given name", "vorname", "prénom", "nombre", "nome", "voornaam",
        "imię", "křestní jméno", "förnamn", "fornavn", "имя", "名", "名字",
    ),
    "last_name": (
        "last_name", "last name", "lastname", "surname", "family name", "nachname", "nom", "nom de famille",
        "apellido(s)", "apellidos", "cognome", "achternaam", "sobrenome", "apelido", "nazwisko", "příjmení",
        "efternamn",        "etternavn", "efternavn", "фамилия", "姓", "姓氏",
    ),
    "name": ("student", "full name", "fullname", "name", "vollständiger name", "nom complet", "nombre completo",
             "nome completo", "volledige naam"),
    "email": _EMAILS,
    "lms_user_id": _NUMBERS,
}  # fmt: skip
_NAMED = 5
"""How many students with a new id are named."""
_TITLES = 10
"""In how many rows the columns' names are looked for."""
_TEST_STUDENT = ("student, test", "test student")


class StudentsRefused(Refusal):
    """The file cannot be used; each line of the message is one sentence with the fix. Nothing was entered."""


@dataclass(frozen=True)
class Student:
    """One row of the file, with the names of nbgrader's columns; "" for what the file does not say."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""


def enter_students(file: Path, root: Path) -> int:
    """Add the students of `file` to the gradebook of the course folder `root`, or bring them up to date.

    Raises:
        StudentsRefused: the file has no ids, or a row is wrong.
    """
    students = read_students(file)
    from nbgrader.api import Gradebook

    from autograder.gradebook.nbgrader_steps import (
        course_directory,  # takes seconds: a wrong file is reported first
    )

    coursedir = course_directory(root)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        known = {plain_id(student.id): student.id for student in gradebook.students}
        _refuse_renamed(
            students, {one.lms_user_id: one.id for one in gradebook.students if one.lms_user_id}, file
        )
        for student in students:
            facts = {name: value for name, value in vars(student).items() if name != "id" and value}
            gradebook.update_or_create_student(known.get(plain_id(student.id), student.id), **facts)
    entered = {plain_id(student.id) for student in students}
    print(f"{len(students)} students in {file.name}: {len(entered - set(known))} new in the gradebook")
    others = sorted(student for key, student in known.items() if key not in entered)
    if others:
        say(f"in the gradebook and not in {file.name}: {', '.join(others)}")
    return 0


def read_students(file: Path) -> list[Student]:
    """The students of a CSV or XLSX file.

    Raises:
        StudentsRefused: see there.
    """
    try:
        table = _without_titles(read_table(file))
    except TableRefused as error:
        raise StudentsRefused(str(error)) from None
    header = [_head(name) for name in table.head]
    place = {ours: _first_of(header, names) for ours, names in _COLUMNS.items()}
    split = (
        "lastname" in header and "firstname" in header
    )  # Canvas, if it shows first and last names in separate columns
    is_canvas = ("student" in header or split) and "id" in header and "section" in header
    if is_canvas:  # its column ID is Canvas's own number
        place["lms_user_id"] = _first_of(header, ("id",))
        place["id"] = _first_of(header, (_CANVAS_LOGIN, "sis user id", "id"))
    if "github_username" in header:
        place["id"] = _first_of(header, ("identifier",))
    role = _first_of(header, ("role",))
    used = [column for column in place.values() if column is not None]
    lines = [
        (line, [unicodedata.normalize("NFC", cell.strip()) for cell in row] + [""] * (len(header) - len(row)))
        for line, row in list(zip(table.lines, table.rows, strict=True))[1:]
    ]
    # Google Classroom's first row has only dates
    lines = [(line, row) for line, row in lines if not used or any(row[column] for column in used)]
    if place["id"] is None:
        place["id"] = _instead_of_ids(
            [one for one in lines if _is_student(one[1], role)], place, table.head, file
        )
    if place["id"] is None:
        columns = ", ".join(table.head) or "none"
        raise StudentsRefused(
            f"{file.name} has no column with the students' ids: call it id (its columns are: {columns})"
        )
    students: dict[str, Student] = {}
    first_lines: dict[str, int] = {}
    numbers: dict[str, int] = {}
    addresses: dict[str, int] = {}
    wrong = []
    sis = _first_of(header, ("sis user id",))
    for line, row in lines:
        cells = {
            ours: "" if column is None else row[column].removeprefix("#") for ours, column in place.items()
        }
        if is_canvas and not cells["lms_user_id"]:
            continue  # Canvas's rows with possible points and posting policies
        if not _is_student(row, role):
            continue
        cells["name"] = cells["name"] or " ".join(filter(None, (cells["first_name"], cells["last_name"])))
        if _is_no_person(cells, "" if sis is None else row[sis]):
            say(
                f"{file.name}, line {line}: {cells['name'] or cells['id']} is the LMS's test student: left out"
            )
            continue
        student = _student(cells)
        problem = _problem(student, first_lines, numbers)
        if problem:
            wrong.append(f"{file.name}, line {line}: {problem}")
            continue
        students[student.id] = student
        first_lines[plain_id(student.id)] = line
        numbers.setdefault(student.lms_user_id, line)
        if (first := addresses.setdefault(plain_id(student.email), line)) != line and student.email:
            say(
                f"{file.name}, line {line}: the email address of {student.id} is also on line {first}: is it right?"
            )
    if wrong:
        raise StudentsRefused("\n".join(wrong))
    if not students:
        raise StudentsRefused(f"{file.name} has no students: write a row for each under the columns' names")
    return list(students.values())


def _without_titles(table: Table) -> Table:
    """The table from its columns' names on: above them, spreadsheets often have the course's name or a date."""
    known = {name for names in _COLUMNS.values() for name in names}
    heads = (n for n, row in enumerate(table.rows[:_TITLES]) if len(known.intersection(map(_head, row))) > 1)
    first = next(heads, 0)
    return replace(table, rows=table.rows[first:], lines=table.lines[first:])


def _head(name: str) -> str:
    return unicodedata.normalize("NFC", name).replace("\u2019", "'").strip().strip("\ufeff").casefold()


def _is_student(row: list[str], role: int | None) -> bool:
    """Whether this is a student: there is no column of roles, or it does not say that the person is staff."""
    return role is None or role >= len(row) or row[role].strip().casefold() in ("", "student", "learner")


def _instead_of_ids(
    lines: list[tuple[int, list[str]]], place: dict[str, int | None], head: list[str], file: Path
) -> int | None:
    """The ID numbers, or else the addresses, if every student has one: Moodle's list of participants has no user
    names.

    Raises:
        StudentsRefused: most students have one, but not all.
    """
    missing = {
        column: [line for line, row in lines if not row[column]]
        for column in (place["lms_user_id"], place["email"])
        if column is not None
    }
    best = min(missing, key=lambda column: len(missing[column]), default=None)
    if best is None or not lines or len(missing[best]) > len(lines) / 2:
        return None
    if missing[best]:
        where = ", ".join(map(str, missing[best][:5])) + (" and others" if len(missing[best]) > 5 else "")
        raise StudentsRefused(
            f"{file.name} has no user names, and its column {head[best].strip()} has no id on line {where}: "
            "fill it in, or delete the line if it is no student's"
        )
    return best


def _first_of(header: list[str], names: tuple[str, ...]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _is_no_person(cells: dict[str, str], sis: str) -> bool:
    """Canvas's "Student, Test" has a made-up login and no SIS number; Blackboard's preview user ends so."""
    if cells["id"].casefold().endswith("_previewuser"):
        return True
    made_up = not sis and (cells["id"] == cells["lms_user_id"] or re.fullmatch(r"[0-9a-f]{8,}", cells["id"]))
    return cells["name"].casefold() in _TEST_STUDENT and bool(made_up)


def _student(cells: dict[str, str]) -> Student:
    first, last = cells["first_name"], cells["last_name"]
    whole = cells["name"]
    if whole and not (first or last):
        if "," in whole:  # Canvas: "Lovelace, Ada"
            last, _, first = (part.strip() for part in whole.partition(","))
        else:
            first, _, last = whole.rpartition(" ")
    email = cells["email"] or (cells["id"] if "@" in cells["id"] else "")
    return Student(cells["id"], first, last, email, cells["lms_user_id"])


def _problem(student: Student, first_lines: dict[str, int], numbers: dict[str, int]) -> str:
    if not student.id:
        return "no id: give each student one, or delete the line"
    if is_no_folder_name(student.id):
        return f"the id {student.id!r} cannot be the name of a folder: use letters, digits, . _ - @"
    if plain_id(student.id) in first_lines:
        line = first_lines[plain_id(student.id)]
        return f"duplicate id {student.id} (also on line {line}): delete one of the two rows"
    if student.lms_user_id and student.lms_user_id in numbers:
        line = numbers[student.lms_user_id]
        return f"duplicate LMS id {student.lms_user_id} (also on line {line}): correct one, or delete a row"
    return ""


def _refuse_renamed(students: list[Student], known: dict[str, str], file: Path) -> None:
    """A login may change during the semester: a second student with the same LMS id would have no marks.

    `known`: the gradebook's ids, by LMS id.
    """
    renamed = [
        f"{file.name}: {one.id} has the LMS id {one.lms_user_id} of {before} in the gradebook: if it is the same "
        f"person, write {before} as the id, so that the marks stay; otherwise correct the LMS id"
        for one in students
        if (before := known.get(one.lms_user_id)) and plain_id(before) != plain_id(one.id)
    ]
    if renamed:
        more = (
            [f"{file.name}: the same holds for {len(renamed) - _NAMED} more"] if len(renamed) > _NAMED else []
        )
        raise StudentsRefused("\n".join(renamed[:_NAMED] + more))
