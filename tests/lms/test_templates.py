"""Each LMS's own file comes back with the marks, and with nothing else changed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from autograder.gradebook.marks import Mark, TaskMark
from autograder.lms import exports
from autograder.lms.exports import export
from autograder.lms.templates import ExportRefused
from tests import course


def mark(student: str, first: str, last: str, points: float | None, **facts: str) -> Mark:
    tasks = {"double": TaskMark(7, automatic=points, pending=points is None)}
    when = datetime(2026, 10, 16, 12, tzinfo=UTC).replace(tzinfo=None)
    return Mark(
        student, first, last, facts.get("email", ""), facts.get("number", ""), True, when, tasks=tasks
    )


MARKS = [
    mark("ada", "Ada", "Lovelace", 5.5, email="ada@uni.example", number="17"),
    mark("zoë", "Zoë", "Müller", 7, email="zoe@uni.example"),
    mark("00123", "Bob", "Zero", None, email="bob@uni.example"),
    Mark("eve", "Eve", "Absent", "eve@uni.example", ""),
    mark("participant-4711", "", "", 3),
]


@pytest.fixture
def fill(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """What a template becomes: its rows, what was printed, what was said."""
    monkeypatch.setattr(exports, "settled_marks", lambda *_: (MARKS, 7.0))

    def run(
        form: str, text: str, encoding: str = "utf-8", **options: object
    ) -> tuple[list[list[str]], str, str]:
        (root / "template.csv").write_bytes(text.encode(encoding))
        output = root / "out" / "filled.csv"
        export(course.NAME, form, root, output, root / "template.csv", **options)
        said = capsys.readouterr()
        if not output.exists():
            return [], said.out, said.err
        delimiter = max(",;\t", key=text.splitlines()[0].count)
        written = output.read_bytes().decode(encoding)
        return list(csv.reader(io.StringIO(written), delimiter=delimiter)), said.out, said.err

    return run


class TestCanvas:
    def test_a_gradebook_without_sis_columns(self, fill) -> None:
        text = (
            "Student,ID,Section,Tiny (99),Final Score\n    Points Possible,,,7,(read only)\n,,,Manual Posting,\n"
            '"Müller, Zoë",18,"A and B",,\n"Lovelace, Ada",17,A,2,\n"Zero, Bob",20,A,,\n'
        )
        rows, printed, _ = fill("canvas", text)
        assert rows == [
            ["Student", "ID", "Section", "Tiny (99)"],
            ["    Points Possible", "", "", "7"],
            ["", "", "", "Manual Posting"],
            ["Müller, Zoë", "18", "A and B", "7"],
            ["Lovelace, Ada", "17", "A", "5.5"],
            ["Zero, Bob", "20", "A", ""],
        ]
        assert "Ada Lovelace  2 -> 5.5" in printed and "Zoë Müller    (empty) -> 7" in printed

    def test_an_excused_student_stays_so(self, fill) -> None:
        rows, _, said = fill(
            "canvas", 'Student,ID,Section,Tiny (9)\n"Lovelace, Ada",17,A,EX\n"Müller, Zoë",1,A,\n'
        )
        assert rows[1][-1] == "EX"
        assert "excused in Canvas and not in semester.csv, and left so: ada" in said

    def test_another_person_of_the_same_name_gets_no_mark(self, fill) -> None:
        rows, _, said = fill(
            "canvas", 'Student,ID,Section,Tiny (9)\n"Lovelace, Ada",44,A,\n"Müller, Zoë",1,A,\n'
        )
        assert rows[1][-1] == ""
        assert "not in the template, so their marks are not exported: ada" in said

    def test_a_read_only_column_is_refused(self, fill) -> None:
        text = 'Student,ID,Section,Tiny Score\n    Points Possible,,,(read only)\n"Lovelace, Ada",17,A,\n'
        with pytest.raises(ExportRefused, match="takes no marks for Tiny Score"):
            fill("canvas", text)


MOODLE = {
    "english": "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments\n"
    "Participant 5001,Ada Lovelace,ada@uni.example,Submitted,2,7.00,\n"
    "Participant 5002,Zoë Müller,zoe@uni.example,Submitted,,7.00,\n",
    "german": "Identifier;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung;Feedback als Kommentar\n"
    "Teilnehmer/in5001;Ada Lovelace;ada@uni.example;Abgegeben;2,0;7,00;\n"
    "Teilnehmer/in5002;Zoë Müller;zoe@uni.example;Abgegeben;;7,00;\n",
    "french": "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,Commentaires\n"
    'Participant 5001,Ada Lovelace,ada@uni.example,Remis,"2,0","7,00",\n'
    'Participant 5002,Zoë Müller,zoe@uni.example,Remis,,"7,00",\n',
    "a language nobody listed": "Tuvaka,Dzina,Imeyili,Mkhalidwe,Giredi,Giredi yaikulu,Ndemanga\n"
    "Wophunzira 5001,Ada Lovelace,ada@uni.example,x,2.0,7.00,\n"
    "Wophunzira 5002,Zoë Müller,zoe@uni.example,x,,7.00,\n",
}


class TestMoodle:
    @pytest.mark.parametrize("language", MOODLE)
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_a_worksheet_in_any_language(self, fill, language: str, encoding: str) -> None:
        text = MOODLE[language]
        rows, printed, _ = fill("moodle", text, encoding)
        before = list(csv.reader(io.StringIO(text), delimiter=max(",;", key=text.splitlines()[0].count)))
        comma = "," in before[1][5]
        assert [row[4] for row in rows] == [before[0][4], "5,5" if comma else "5.5", "7"]
        assert [row[:4] + [row[5]] for row in rows] == [row[:4] + [row[5]] for row in before]
        assert "Ada Lovelace" in printed

    def test_hidden_names(self, fill) -> None:
        rows, _, _ = fill("moodle", "Identifier,Status,Grade,Maximum Grade\nParticipant 4711,x,,7.00\n")
        assert rows[1] == ["Participant 4711", "x", "3", "7.00"]


def test_blackboards_file_in_utf_16_with_tabs(fill) -> None:
    text = (
        '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Tiny [Total Pts: 10 Score] |77"\t"Total |5"\n'
        '"Lovelace"\t"Ada"\t"ada"\t"17"\t""\t"3"\n"Müller"\t"Zoë"\t"zoë"\t""\t"Exempt"\t""\n'
    )
    rows, _, said = fill("blackboard", text, "utf-16")
    assert rows == [
        ["Last Name", "First Name", "Username", "Student ID", "Tiny [Total Pts: 10 Score] |77"],
        ["Lovelace", "Ada", "ada", "17", "5.5"],
        ["Müller", "Zoë", "zoë", "", "Exempt"],
    ]
    assert "the maximum is 10 in Blackboard and 7 here" in said


@pytest.mark.parametrize(
    "titles", ["", "Essay Points Grade <Numeric MaxPoints:9>,Tiny Points Grade <Numeric MaxPoints:7>,"]
)
def test_brightspaces_file(fill, titles: str) -> None:
    empty = "," * titles.count(",")
    text = (
        f"OrgDefinedId,Username,Last Name,{titles}End-of-Line Indicator\n"
        f"#17,#ada,Lovelace,{empty}#\n#18,#zoë,Müller,{empty}#\n"
    )
    rows, _, _ = fill("brightspace", text)
    title = titles.split(",")[1] if titles else "tiny Points Grade"
    assert rows == [
        ["OrgDefinedId", "Username", "Last Name", title, "End-of-Line Indicator"],
        ["#17", "#ada", "Lovelace", "5.5", "#"],
        ["#18", "#zoë", "Müller", "7", "#"],
    ]


def test_gradescopes_file(fill) -> None:
    text = "First Name,Last Name,SID,Email,Total Score,Max Points\nAda,Lovelace,17,ada@uni.example,,7\n"
    assert fill("gradescope", text)[0][1] == ["Ada", "Lovelace", "17", "ada@uni.example", "5.5", "7"]


def test_a_table_of_ones_own_gets_a_column(fill) -> None:
    rows, _, _ = fill("csv", "id;name\nADA;x\nzoe\u0308;y\n00123;z\n")
    assert rows == [["id", "name", "tiny"], ["ADA", "x", "5.5"], ["zoe\u0308", "y", "7"], ["00123", "z", ""]]


def test_a_preview_writes_nothing(fill, root: Path) -> None:
    rows, printed, _ = fill("csv", "id,tiny\nada,1\nzoë,7\n", preview=True)
    assert rows == []
    assert printed == "  Ada Lovelace  1 -> 5.5\n"


def test_the_template_is_never_overwritten(fill, root: Path) -> None:
    (root / "t.csv").write_text("id,tiny\nada,1\n")
    with pytest.raises(ExportRefused, match="t.csv is the template"):
        export(course.NAME, "csv", root, root / "t.csv", root / "t.csv")
    assert (root / "t.csv").read_text() == "id,tiny\nada,1\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("id,tiny\nnobody,1\n", "none of its rows is a student of the gradebook"),
        ("id\n00123\n", "nobody in it has a mark"),
    ],
)
def test_not_one_mark_is_an_error_and_writes_nothing(fill, root: Path, text: str, why: str) -> None:
    with pytest.raises(ExportRefused, match=f"not one mark was filled in: {why}"):
        fill("csv", text)
    assert not (root / "out").exists()


def test_two_rows_of_one_student_are_refused(fill) -> None:
    with pytest.raises(ExportRefused, match="two rows of the template are ada"):
        fill("csv", "id\nada\nADA\n")


def test_a_workbook_has_numbers_and_ids_as_text_and_no_formula(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = [*MARKS, mark("eve2", "=1+1", "x", 1)]
    monkeypatch.setattr(exports, "settled_marks", lambda *_: (marks, 7.0))
    export(course.NAME, "xlsx", root, root / "marks.xlsx")
    sheet = load_workbook(root / "marks.xlsx").active
    rows = {row[0].value: row for row in sheet.iter_rows()}
    head = [cell.value for cell in rows["student"]]
    assert rows["ada"][head.index("score")].value == 5.5
    assert rows["00123"][head.index("score")].value is None
    assert not [cell for row in rows.values() for cell in row if cell.data_type == "f"]
