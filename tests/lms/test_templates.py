"""Each LMS's own file comes back with the marks, and with nothing else changed."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from autograder.gradebook.marks import Mark, TaskMark
from autograder.lms import exports
from autograder.lms.exports import export
from autograder.lms.templates import ExportRefused, comments
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

    def test_first_and_last_names_apart(self, fill) -> None:
        text = (
            "LastName,FirstName,ID,SIS User ID,SIS Login ID,Section,Tiny (99)\n    Points Possible,,,,,,7\n"
            "Lovelace,Ada,17,,ada,A,\nMüller,Zoë,,,,A,\n"
        )
        rows, _, _ = fill("canvas", text)
        assert [row[-1] for row in rows] == ["Tiny (99)", "7", "5.5", "7"]

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


def test_a_remark_in_markdown_is_html_in_moodle() -> None:
    task = TaskMark(2, automatic=1, manual_comment="`x < 1` is **not** enough: 2 * x ** 2")
    assert comments(replace(MARKS[0], tasks={"why": task})) == (
        "why: 1 of 2 (<code>x &lt; 1</code> is <b>not</b> enough: 2 * x ** 2)"
    )


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

    def test_a_namesake_with_another_address_gets_no_mark(self, fill) -> None:
        rows, _, _ = fill("moodle", MOODLE["english"].replace("ada@uni", "ada2@uni"))
        assert [row[4] for row in rows] == ["Grade", "2", "7"]

    def test_a_withdrawn_students_comment_stays(
        self, fill, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone = replace(MARKS[0], withdrawn=True)
        monkeypatch.setattr(exports, "settled_marks", lambda *_: ([gone, *MARKS[1:]], 7.0))
        text = MOODLE["english"].replace("2,7.00,", "2,7.00,my own words")
        assert fill("moodle", text)[0][1][6] == "my own words"

    def test_a_comparison_in_a_comment_is_no_formula(self, fill, monkeypatch: pytest.MonkeyPatch) -> None:
        tasks = {"double": TaskMark(7, automatic=5.5, manual_comment="x >= 3")}
        monkeypatch.setattr(exports, "settled_marks", lambda *_: ([replace(MARKS[0], tasks=tasks)], 7.0))
        comment = fill("moodle", MOODLE["english"])[0][1][6]
        assert unescape(comment) == "double: 5.5 of 7 (x >= 3)"

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


def test_in_blackboards_file_a_name_is_no_login(fill) -> None:
    text = (
        '"Last Name","First Name","Username","Tiny |77"\n"Byron","Ada","abyron",""\n"Müller","Zoë","zoë",""\n'
    )
    rows, _, _ = fill("blackboard", text)
    assert [row[-1] for row in rows] == ["Tiny |77", "", "7"]


def test_a_column_that_brightspace_does_not_have_yet_is_added(fill) -> None:
    text = "OrgDefinedId,Username,Essay Points Grade <Numeric MaxPoints:9>\n#17,#ada,8\n"
    rows, _, said = fill("brightspace", text)
    assert rows == [["OrgDefinedId", "Username", "tiny Points Grade"], ["#17", "#ada", "5.5"]]
    assert "a column tiny is added: if it is one of Essay Points Grade" in said


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
    rows, _, _ = fill("csv", "id,name\nADA,x\nzoe\u0308,y\n00123,z\n")
    assert rows == [["id", "name", "tiny"], ["ADA", "x", "5.5"], ["zoe\u0308", "y", "7"], ["00123", "z", ""]]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("id;tiny\nada;\nzoë;1\n", "5,5"),
        ("id;tiny\nada;4.5\nzoë;1\n", "5.5"),
        ('id,tiny\nada,"4,5"\nzoë,1\n', "5,5"),
    ],
)
def test_decimals_are_written_as_the_table_writes_them(fill, text: str, marks: str) -> None:
    """A spreadsheet that separates cells by semicolons takes 5.5 for the fifth of May."""
    assert fill("csv", text)[0][1] == ["ada", marks]


def test_a_byte_order_mark_stays(fill, root: Path) -> None:
    fill("csv", "id,tiny\nada,1\n", "utf-8-sig")
    assert (root / "out" / "filled.csv").read_bytes().startswith(b"\xef\xbb\xbfid,")


@pytest.mark.parametrize(("suffix", "start"), [(".csv", b"id,tiny\n"), (".xlsx", b"PK")])
def test_a_workbook_as_template_becomes_what_the_output_is_called(
    fill, root: Path, suffix: str, start: bytes
) -> None:
    book = Workbook()
    for row in (["id", "tiny"], ["ada", 1]):
        book.active.append(row)
    book.save(root / "mine.xlsx")
    export(course.NAME, "csv", root, root / f"filled{suffix}", root / "mine.xlsx")
    assert (root / f"filled{suffix}").read_bytes().startswith(start)


@pytest.mark.parametrize(
    "text",
    [
        "id,name,tiny\nada2,Ada Lovelace,\nzoë,,\n",
        "email,name,tiny\nada2@uni.example,Ada Lovelace,\nzoe@uni.example,,\n",
    ],
)
def test_a_namesake_with_another_login_or_address_gets_no_mark(fill, text: str) -> None:
    rows, _, said = fill("csv", text)
    assert rows[1][-1] == "" and rows[2][-1] == "7"
    assert "not in the template, so their marks are not exported: ada" in said


def test_a_namesake_beside_the_student_refuses_nobody(fill) -> None:
    rows, _, _ = fill("csv", "id,name,tiny\nada2,Ada Lovelace,\nada,Ada Lovelace,\n")
    assert [row[-1] for row in rows] == ["tiny", "", "5.5"]


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
