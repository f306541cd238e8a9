"""The CSV of students."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from autograder.lms.roster import Student, StudentsRefused, enter_students, read_students
from tests.gradebook.helpers import gradebook_of


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "class.csv"
    file.write_bytes(text.encode(encoding))
    return file


ADA = Student("ada", "Ada", "Lovelace", "ada@uni.example", "17")

FORMS = {
    "nbgrader": "id,first_name,last_name,email,lms_user_id\nada,Ada,Lovelace,ada@uni.example,17\n",
    "semicolons and a byte order mark": "\ufeffUsername;First name;Last name;Email address;ID number\n"
    "ada;Ada;Lovelace;ada@uni.example;17\n",
    "canvas": "Student,ID,SIS User ID,SIS Login ID,Section,Titanic (5),email\n"
    "    Points Possible,,,,,32,\n"
    '"Lovelace, Ada",17,s17,ada,Section 1,,ada@uni.example\n',
    "excel's hint": "sep=;\nid;first name;last name;email;lms id\nada;Ada;Lovelace;ada@uni.example;17\n",
    "canvas, with its test student": "Student,ID,SIS User ID,SIS Login ID,Section,email\n"
    ",,,,,\n    Points Possible,,,,,\n"
    '"Lovelace, Ada",17,s17,ada,Section 1,ada@uni.example\n"Student, Test",99,,0a1b2c3d4e5f,Section 1,\n',
    "german moodle": "Vorname\tNachname\tAnmeldename\tE-Mail-Adresse\tID-Nummer\n"
    "Ada\tLovelace\tada\tada@uni.example\t17\n",
    "french moodle": "Prénom;Nom;Nom d’utilisateur;Adresse de courriel;Numéro d’identification\n"
    "Ada;Lovelace;ada;ada@uni.example;17\n",
    "spanish moodle": "Nombre,Apellido(s),Nombre de usuario,Dirección de correo,Número de ID\n"
    "Ada,Lovelace,ada,ada@uni.example,17\n",
    "blackboard": "Last Name,First Name,Username,lms id,email,Availability\n"
    "Lovelace,Ada,ada,17,ada@uni.example,Yes\nPreview,User,i_previewuser,,,Yes\n",
    "brightspace": "OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator\n"
    "#17,#ada,Lovelace,Ada,ada@uni.example,#\n",
    "gradescope": "Name,Login,SID,Email,Role\nAda Lovelace,ada,17,ada@uni.example,Student\n"
    "Alan Turing,alan,1,at@uni.example,TA\n",
    "github classroom": "identifier,github_username,github_id,name,email\nada,17,1,Ada Lovelace,ada@uni.example\n",
    "sakai": 'Name,User ID,Email Address,ID number,Role\n"Lovelace, Ada",ada,ada@uni.example,17,Student\n',
    "a course's name above": "Deep Learning\nAutumn 2026\n\nid;Full name;e-mail;Canvas ID\n"
    "ada;Ada Lovelace;ada@uni.example;17\n",
    "titles as wide as the table": "Participants, Deep Learning;;;\nPrinted on;2026-10-01;;\n"
    "id;Full name;e-mail;Canvas ID\nada;Ada Lovelace;ada@uni.example;17\n",
    "one name": "id,Full name,e-mail,Canvas ID\n\nada,Ada Lovelace,ada@uni.example,17\n",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_the_usual_forms_are_read(tmp_path: Path, text: str) -> None:
    assert read_students(written(tmp_path, text)) == [ADA]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_the_encodings_of_spreadsheets_are_read(tmp_path: Path, encoding: str) -> None:
    assert read_students(written(tmp_path, FORMS["one name"], encoding)) == [ADA]


def test_a_workbook_is_read(tmp_path: Path) -> None:
    book = Workbook()
    for line in FORMS["nbgrader"].splitlines():
        book.active.append(line.split(","))
    book.active["E2"] = 17.0  # as a spreadsheet keeps numbers
    book.save(tmp_path / "class.xlsx")
    assert read_students(tmp_path / "class.xlsx") == [ADA]


def test_a_file_that_only_looks_like_a_workbook_is_one_sentence(tmp_path: Path) -> None:
    for content, why in ((b"PK\x03\x04x", "cannot be read"), (b"\xd0\xcf\x11\xe0", "save it as .xlsx")):
        (tmp_path / "class.xls").write_bytes(content)
        with pytest.raises(StudentsRefused, match=why):
            read_students(tmp_path / "class.xls")


def test_without_user_names_the_id_numbers_or_else_the_addresses_are_the_ids(tmp_path: Path) -> None:
    participants = "Vorname,Nachname,E-Mail-Adresse,Gruppen\nAda,Lovelace,ada@uni.example,\n"
    (ada,) = read_students(written(tmp_path, participants))
    assert ada == Student("ada@uni.example", "Ada", "Lovelace", "ada@uni.example")
    worksheet = (
        "Identifier,Full name,ID number,Email address\nParticipant 1,Ada Lovelace,ada,ada@uni.example\n"
    )
    (ada,) = read_students(written(tmp_path, worksheet))
    assert ada == Student("ada", "Ada", "Lovelace", "ada@uni.example", "ada")


def test_google_classrooms_row_of_dates_is_no_student(tmp_path: Path) -> None:
    text = "Last Name,First Name,Email Address,Titanic\n,,,2026-10-16\nLovelace,Ada,ada@uni.example,\n"
    (ada,) = read_students(written(tmp_path, text))
    assert ada == Student("ada@uni.example", "Ada", "Lovelace", "ada@uni.example")


def test_an_address_that_two_students_have_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(read_students(written(tmp_path, "id,email\nada,a@x\nbob,A@x\ncyd,\ndan,\n"))) == 4
    assert "class.csv, line 3: the email address of bob is also on line 2" in capsys.readouterr().err


def test_what_the_staff_lack_decides_nothing(tmp_path: Path) -> None:
    """Gradescope's roster has no SID for instructors."""
    text = (
        "First Name,Last Name,SID,Email,Role\n"
        "Ada,Lovelace,17,ada@uni.example,Student\nEmmy,Noether,,e@uni.example,Instructor\n"
    )
    (ada,) = read_students(written(tmp_path, text))
    assert ada.id == "17"


def test_canvas_with_first_and_last_names_apart(tmp_path: Path) -> None:
    text = (
        "LastName,FirstName,ID,SIS User ID,SIS Login ID,Section,email\n"
        ",,,,,Manual Posting,\n    Points Possible,,,,,,\n"
        "Lovelace,Ada,17,s17,ada,Section 1,ada@uni.example\nStudent,Test,99,,0a1b2c3d4e5f,Section 1,\n"
    )
    assert read_students(written(tmp_path, text)) == [ADA]


def test_a_canvas_list_without_sis_columns(tmp_path: Path) -> None:
    (ada,) = read_students(
        written(tmp_path, 'Student,ID,Section\n"Lovelace, Ada",17,A\n"Student, Test",9,A\n')
    )
    assert ada == Student("17", "Ada", "Lovelace", "", "17")


def test_one_id_in_two_unicode_forms_is_a_duplicate(tmp_path: Path) -> None:
    with pytest.raises(StudentsRefused, match="line 3: duplicate id zoë .also on line 2"):
        read_students(written(tmp_path, "id\nzoë\nzoe\u0308\n"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "class.csv has no column with the students' ids: call it id .its columns are: none"),
        ("name,mail\nAda,x\n", "call it id .its columns are: name, mail"),
        ("id\n", "class.csv has no students"),
        ("id,email\n,x@y\n", "class.csv, line 2: no id"),
        ("id\nada\nbob\nada\n", "class.csv, line 4: duplicate id ada \\(also on line 2\\)"),
        ("id,lms id\nada,17\nbob,17\n", "line 3: duplicate LMS id 17 .also on line 2.: correct one"),
        (
            "Name,Email address\nAda,a@x\nBob,b@x\nSumme,\n",
            "no user names, and its column Email address has no id on line 4: fill it in, or delete the line",
        ),
        ("id\n../eve\n", "line 2: the id '../eve' cannot be the name of a folder"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(StudentsRefused, match=sentence):
        read_students(written(tmp_path, text))


def test_another_encoding_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StudentsRefused, match="class.csv is not text in UTF-8: save it as"):
        read_students(written(tmp_path, "id,last_name\nada,Müller\n", "latin-1"))


def test_they_are_in_the_gradebook_and_brought_up_to_date(
    root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    enter_students(written(tmp_path, "id,first_name,email\nada,Ada,old@uni.example\nbob,Bob,\n"), root)
    enter_students(written(tmp_path, "id,email,lms_user_id\nada,ada@uni.example,17\ncleo,,\n"), root)
    with gradebook_of(root) as book:
        assert {student.id for student in book.students} == {"ada", "bob", "cleo"}
        ada = book.find_student("ada")
        assert (ada.first_name, ada.email, ada.lms_user_id) == ("Ada", "ada@uni.example", "17")
    said = capsys.readouterr()
    assert "2 students in class.csv: 1 new in the gradebook" in said.out
    assert "in the gradebook and not in class.csv: bob" in said.err


def test_a_login_that_has_changed_makes_no_second_student(root: Path, tmp_path: Path) -> None:
    enter_students(written(tmp_path, FORMS["nbgrader"]), root)
    with pytest.raises(
        StudentsRefused, match="alovelace has the LMS id 17 of ada .*: .* write ada as the id"
    ):
        enter_students(written(tmp_path, "id,lms_id\nalovelace,17\nbob,18\n"), root)
    with gradebook_of(root) as book:
        assert [student.id for student in book.students] == ["ada"]


def test_a_wrong_line_enters_nobody(root: Path, tmp_path: Path) -> None:
    with pytest.raises(StudentsRefused):
        enter_students(written(tmp_path, "id\nada\nada\n"), root)
    with gradebook_of(root) as book:
        assert book.students == []
