"""The CSV of students."""

from __future__ import annotations

from pathlib import Path

import pytest

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
    "one name": "id,Full name,e-mail,Canvas ID\n\nada,Ada Lovelace,ada@uni.example,17\n",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_the_usual_forms_are_read(tmp_path: Path, text: str) -> None:
    assert read_students(written(tmp_path, text)) == [ADA]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "class.csv has no column with the students' ids: call it id .its columns are: none"),
        ("name,mail\nAda,x\n", "call it id .its columns are: name, mail"),
        ("id\n", "class.csv names no student"),
        ("id,email\n,x@y\n", "class.csv, line 2: no id"),
        ("id\nada\nbob\nada\n", "class.csv, line 4: duplicate id ada \\(also on line 2\\)"),
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


def test_a_wrong_line_enters_nobody(root: Path, tmp_path: Path) -> None:
    with pytest.raises(StudentsRefused):
        enter_students(written(tmp_path, "id\nada\nada\n"), root)
    with gradebook_of(root) as book:
        assert book.students == []
