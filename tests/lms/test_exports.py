"""Marks for a spreadsheet, for Canvas and for Moodle."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.gradebook.marks import NotInGradebook
from autograder.lms.exports import CANVAS_COLUMNS, MOODLE_COLUMNS, export
from autograder.lms.roster import enter_students
from autograder.lms.templates import ExportRefused
from tests import course
from tests.gradebook.helpers import configure, enter, give

STUDENTS = """id,first_name,last_name,email,lms_user_id
ada,Ada,Lovelace,ada@uni.example,17
bob,Bob,Noether,bob@uni.example,18
zoe,Zoë,Curie,zoe@uni.example,19
"""


@dataclass
class Exported:
    rows: list[list[str]]
    said: str

    def of(self, key: str) -> dict[str, str]:
        """The row in which `key` stands, by its columns' names."""
        (row,) = [row for row in self.rows[1:] if key in row]
        return dict(zip(self.rows[0], row, strict=True))


@pytest.fixture
def exported(root: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Exported]:
    """What an export prints, of a class of three: ada is graded by hand, bob's answer is pending, zoe handed in
    nothing."""

    def run(form: str, **options: object) -> Exported:
        capsys.readouterr()
        assert export(course.NAME, form, root=root, **options) == 0
        said = capsys.readouterr()
        return Exported(list(csv.reader(io.StringIO(said.out))), said.err)

    return run


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = course.make_course(tmp_path_factory.mktemp("graded"))
    (root / "students.csv").write_text(STUDENTS, encoding="utf-8")
    enter_students(root / "students.csv", root)
    enter(root, "ada", "2026-10-16 12:00:00 UTC")
    enter(root, "bob")
    give(root, "ada", 1.5, "Say <b>why</b>.")
    return root


@pytest.fixture
def graded(graded_once: Path, root: Path) -> Path:
    shutil.copytree(graded_once, root, dirs_exist_ok=True)
    return root


def test_nothing_graded_is_one_sentence(root: Path) -> None:
    with pytest.raises(NotInGradebook, match="tiny is not in the gradebook: grade it first"):
        export(course.NAME, "csv", root=root)
    assert not (root / "gradebook.db").exists()


def test_a_spreadsheet_has_everybody_and_every_task(graded: Path, exported: Callable[..., Exported]) -> None:
    table = exported("csv")
    assert [row[0] for row in table.rows] == ["student", "zoe", "ada", "bob"]
    ada = table.of("ada")
    assert (ada["score"], ada["max_score"], ada["raw_score"]) == ("5.5", "7", "5.5")
    assert (ada["double"], ada["square"], ada["explain"]) == ("1", "3", "1.5")
    assert ada["submitted"] == "2026-10-16 12:00:00 UTC"
    bob = table.of("bob")
    assert (bob["score"], bob["pending"], bob["explain"]) == ("4", "explain", "")
    zoe = table.of("zoe")
    assert (zoe["submitted"], zoe["score"], zoe["max_score"], zoe["raw_score"]) == ("no", "", "7", "")


def test_what_is_pending_or_missing_is_said_in_a_line_each(
    graded: Path, exported: Callable[..., Exported]
) -> None:
    pending, missing = exported("csv").said.splitlines()
    assert pending == (
        "autograder: 1 of 2 submissions have points pending (explain): "
        "their marks hold only what is decided so far"
    )
    assert "no submission: zoe; their marks are left empty" in missing
    assert exported("csv", missing_as_zero=True).of("zoe")["score"] == "0"


def test_nothing_is_said_when_nothing_is_open(graded: Path, exported: Callable[..., Exported]) -> None:
    give(graded, "bob", 2)
    enter(graded, "zoe")
    give(graded, "zoe", 0)
    assert exported("csv").said == ""


def test_canvas_gets_its_columns(graded: Path, exported: Callable[..., Exported]) -> None:
    table = exported("canvas", column="Tiny (99)")
    assert table.rows[0] == [*CANVAS_COLUMNS, "Tiny (99)"]
    assert table.rows[1] == ["    Points Possible", "", "", "", "", "7"]
    assert table.rows[3] == ["Lovelace, Ada", "17", "", "ada", "", "5.5"]
    assert table.of("zoe")["Tiny (99)"] == ""


CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Essay (4),Assignment 1: Tiny (99),Current Score
,,,,,Manual Posting,,(read only)
    Points Possible,,,,,10,100,(read only)
"Curie, Zoë",19,,zc,Group 1,5,,
"Lovelace, Ada",17,,al,Group 2,9,1,
"Ghost, A",44,,gh,Group 2,9,3,
"""


def test_canvas_own_file_comes_back_filled_in(
    graded: Path, exported: Callable[..., Exported], tmp_path: Path
) -> None:
    (tmp_path / "canvas.csv").write_text("\ufeff" + CANVAS, encoding="utf-8")
    table = exported("canvas", template=tmp_path / "canvas.csv")
    assert table.rows == [
        [*CANVAS_COLUMNS, "Assignment 1: Tiny (99)"],
        ["", "", "", "", "", ""],
        ["    Points Possible", "", "", "", "", "100"],
        ["Curie, Zoë", "19", "", "zc", "Group 1", ""],
        ["Lovelace, Ada", "17", "", "al", "Group 2", "5.5"],
        ["Ghost, A", "44", "", "gh", "Group 2", "3"],
    ]
    assert "the maximum is 100 in Canvas and 7 here" in table.said
    assert "not in the template, so their marks are not exported: bob" in table.said


def test_no_name_is_a_formula_or_moves_text_in_any_export(
    root: Path, exported: Callable[..., Exported]
) -> None:
    students = (
        "id,first_name,last_name,email,lms_user_id\n"
        '-eve,"=HYPERLINK(""https://evil.example"")",@SUM(A1),+eve@uni.example,\u202e=1\n'
    )
    (root / "students.csv").write_text(students, encoding="utf-8")
    enter_students(root / "students.csv", root)
    enter(root, "ada")
    for form in ("csv", "canvas", "moodle"):
        cells = [cell for row in exported(form).rows for cell in row]
        assert any("HYPERLINK" in cell for cell in cells)
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@")) and cell != "-"]
        assert not [cell for cell in cells if "\u202e" in cell]


def test_a_column_that_is_not_there_is_one_sentence(graded: Path, tmp_path: Path) -> None:
    file = tmp_path / "canvas.csv"
    file.write_text(CANVAS.replace("Assignment 1: Tiny", "First"), encoding="utf-8")
    with pytest.raises(
        ExportRefused,
        match=r"no column of the template is tiny: say COLUMN=title \(--column\) .*First \(99\)",
    ):
        export(course.NAME, "canvas", root=graded, template=file)
    assert export(course.NAME, "canvas", root=graded, template=file, column="First (99)") == 0


MOODLE = """Identifier,Full name,Email address,Grade,Maximum Grade,Last modified (grade),Feedback comments
Participant 5001,Bob Noether,BOB@uni.example,,7.00,-,
Participant 5002,Ada Lovelace,,2.00,7.00,"Friday, 16 October 2026, 2:00 PM",old
Participant 5003,Zoë Curie,zoe@uni.example,,7.00,-,
"""


def test_moodles_worksheet_comes_back_filled_in(
    graded: Path, exported: Callable[..., Exported], tmp_path: Path
) -> None:
    (tmp_path / "moodle.csv").write_text(MOODLE, encoding="utf-8")
    table = exported("moodle", template=tmp_path / "moodle.csv")
    before = list(csv.reader(io.StringIO(MOODLE)))
    assert table.rows[0] == before[0]
    bob, ada, zoe = (table.of(f"Participant {number}") for number in (5001, 5002, 5003))
    assert (bob["Grade"], ada["Grade"], zoe["Grade"]) == ("4", "5.5", "")
    assert bob["Feedback comments"] == "double: 1 of 2<br>square: 3 of 3<br>explain: 2 pending"
    assert ada["Feedback comments"].endswith("explain: 1.5 of 2 (Say &lt;b&gt;why&lt;/b&gt;.)")
    assert ada["Last modified (grade)"] == "Friday, 16 October 2026, 2:00 PM"
    assert "maximum" not in table.said


def test_moodle_without_its_worksheet_gets_no_invented_identifier(
    graded: Path, exported: Callable[..., Exported]
) -> None:
    table = exported("moodle")
    assert table.rows[0] == list(MOODLE_COLUMNS)
    ada = table.of("Ada Lovelace")
    assert (ada["Identifier"], ada["Email address"], ada["ID number"]) == ("", "ada@uni.example", "17")
    assert (ada["Grade"], ada["Maximum Grade"]) == ("5.5", "7")
    assert "give the downloaded one with TEMPLATE=file (--template)" in table.said


@pytest.mark.parametrize("form", ["canvas", "moodle"])
def test_a_file_of_another_kind_is_one_sentence(graded: Path, tmp_path: Path, form: str) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(ExportRefused, match=f"the template is not {form.title()}'s"):
        export(course.NAME, form, root=graded, template=file)


def test_the_gradebook_may_lie_elsewhere(
    root: Path, exported: Callable[..., Exported], tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    configure(root, f'c.CourseDirectory.db_url = "sqlite+pysqlite:///{tmp_path}/elsewhere/marks.db"')
    enter(root, "ada")
    assert exported("csv").of("ada")["score"] == "4"
    assert not (root / "gradebook.db").exists()
