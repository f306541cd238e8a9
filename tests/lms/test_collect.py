"""Loose notebooks and zip files, as an LMS gives them, and `nbgrader zip_collect`."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbgrader.apps.zipcollectapp import ZipCollectApp

from autograder.batch.submitted import collect
from autograder.lms.archives import DownloadRefused, Entry
from autograder.lms.collect import take
from autograder.lms.names import Names, NotUnderstood
from autograder.lms.roster import Student, enter_students
from tests import course
from tests.gradebook.helpers import configure

STUDENTS = [
    Student("ada", "Ada", "Lovelace", "", "17"),
    Student("emmy", "Emmy", "Noether", "", "18"),
    Student("jl1", "José Luis", "O'Neill-Díaz", "", "19"),
    Student("sam1", "Sam", "Smith", "", "20"),
    Student("sam2", "Sam", "Smith", "", "21"),
    Student("ada_b", "Ada", "B.", "ab@uni.example", "22"),
    Student("00123", "Bob", "Zero", "b@uni.example"),
]
NOON = datetime(2026, 10, 16, 12, tzinfo=UTC)


def notebook(answer: str = "x") -> bytes:
    return json.dumps(course.with_sources(explain=answer)).encode()


def write(folder: Path, files: Mapping[str, bytes], when: datetime = NOON) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (when.timestamp(), when.timestamp()))
    return folder


def zipped(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 20, 9, 0, 0)), content)
    return stream.getvalue()


def submitted(root: Path, student: str) -> tuple[bytes, str | None]:
    folder = root / "submitted" / student / course.NAME
    stamp = folder / "timestamp.txt"
    return (folder / "tiny.ipynb").read_bytes(), stamp.read_text().strip() if stamp.exists() else None


@pytest.fixture
def class_of_two(root: Path, tmp_path: Path) -> Path:
    (tmp_path / "class.csv").write_text("id,Full name,lms_id\nada,Ada Lovelace,17\nemmy,Emmy Noether,18\n")
    enter_students(tmp_path / "class.csv", root)
    return root


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("ada_tiny.ipynb", "ada"),
        ("ada_b_Tiny (2).ipynb", "ada_b"),
        ("ADA_tiny.ipynb", "ada"),
        ("week 3/ada_tiny.ipynb", "ada"),
        ("lovelaceada_17_4711_tiny.ipynb", "ada"),
        ("lovelaceada_LATE_17_4711_my homework-1.ipynb", "ada"),
        ("noetheremmy_18_4712_handed_in/deep/tiny.ipynb", "emmy"),  # a zip file that she handed in
        ("oneilldíazjoséluis_99_1_tiny.ipynb", "jl1"),
        ("Ada Lovelace_5001_assignsubmission_file_tiny.ipynb", "ada"),
        ("Ada Lovelace_18_assignsubmission_file/tiny.ipynb", "ada"),  # 18 is a participant, and not Emmy
        ("Emmy Noether_5002_assignsubmission_file_/inner/final.ipynb", "emmy"),
        ("Jose\u0301 Luis O'Neill-Di\u0301az_7_assignsubmission_file_x.ipynb", "jl1"),
        ("smithsam_21_4713_tiny.ipynb", "sam2"),
    ],
)
def test_the_usual_names_are_understood(path: str, student: str) -> None:
    assert Names(course.NAME, STUDENTS).owner(path).student == student


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("homework.ipynb", r"its name does not fit \{student\}_\{assignment\}\*.ipynb"),
        ("2026_tiny/homework.ipynb", "its name does not fit"),
        ("curiemarie_44_1_tiny.ipynb", "nobody in the gradebook has the LMS id 44 or the name curiemarie"),
        ("Sam Smith_1_assignsubmission_file_tiny.ipynb", "sam1 and sam2 have the name Sam Smith"),
        (".._tiny.ipynb", "'..' cannot be a student's id"),
    ],
)
def test_what_is_not_understood_is_one_sentence(path: str, why: str) -> None:
    with pytest.raises(NotUnderstood, match=why):
        Names(course.NAME, STUDENTS).owner(path)


@pytest.mark.parametrize(
    "path", ["Group 1_88_assignsubmission_file/tiny.ipynb", "group 1_assignsubmission_file/a.ipynb"]
)
def test_moodles_folder_of_a_group_belongs_to_its_first_member(path: str) -> None:
    names = Names(course.NAME, STUDENTS, groups={"group 1": ("emmy", "jl1")})
    assert names.owner(path).student == "emmy"


def test_moodles_folder_of_those_in_no_group_says_what_to_enter() -> None:
    with pytest.raises(NotUnderstood, match="enter a student with make students, or a group with make group"):
        Names(course.NAME, STUDENTS).owner("Default group_assignsubmission_file/tiny.ipynb")


def test_a_folder_like_github_classrooms_is_what_is_renamed() -> None:
    with pytest.raises(NotUnderstood, match="rename the folder tiny-late"):
        Names(course.NAME, STUDENTS).owner("tiny-late/ada_tiny.ipynb")


def test_without_a_class_list_a_file_that_names_somebody_is_not_the_folder_s() -> None:
    names = Names(course.NAME, [])
    for student in ("ada", "bob"):
        with pytest.raises(
            NotUnderstood, match=rf"{student} by its name, or to late by the folder tiny-late"
        ):
            names.owner(f"tiny-late/{student}_tiny.ipynb")
    for path in ("tiny-ada/tiny.ipynb", "tiny-ada/ada_tiny.ipynb", "tiny-ada/drafts/final.ipynb"):
        assert names.owner(path).student == "ada"
    assert Names(course.NAME, STUDENTS).owner("tiny-ada/my_tiny.ipynb").student == "ada"


def test_a_namesake_with_another_number_of_canvas_gets_nobodys_place() -> None:
    """Where another file shows that the gradebook's numbers are Canvas's."""
    names = Names(course.NAME, STUDENTS)
    stranger = "lovelaceada_99_4711_tiny.ipynb"
    assert names.owner(stranger).student == "ada"
    names.learn([Entry(path, io.BytesIO, None) for path in (stranger, "noetheremmy_18_4712_tiny.ipynb")])
    with pytest.raises(NotUnderstood, match=r"the LMS id 99 is not that of ada \(17\)"):
        names.owner(stranger)


@pytest.mark.parametrize(
    ("pattern", "path", "student", "timestamp"),
    [
        ("{student}", "ada.ipynb", "ada", None),
        ("hw?_{student}_{timestamp}.ipynb", "hw3_ada_2026-10-16-12-00-00.ipynb", "ada", NOON),
        ("{timestamp}_{student}", "20261016T1400+0200_ada.ipynb", "ada", NOON),
        ("{student}/{assignment}", "class/ada/tiny.ipynb", "ada", None),
        ("*{lms_id}*", "my-17-file.ipynb", "ada", None),
    ],
)
def test_a_pattern_of_ones_own(pattern: str, path: str, student: str, timestamp: datetime | None) -> None:
    owner = Names(course.NAME, STUDENTS, pattern).owner(path)
    assert (owner.student, owner.timestamp) == (student, timestamp)


@pytest.mark.parametrize(
    ("pattern", "why"), [("*.ipynb", "has no {student}"), ("{pupil}", "has {pupil}: there are {student}, ")]
)
def test_a_pattern_that_cannot_be_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(DownloadRefused, match=why):
        Names(course.NAME, STUDENTS, pattern)


def test_a_folder_of_notebooks(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    download = write(
        tmp_path / "download",
        {
            "ada_tiny.ipynb": notebook("a"),
            "bob_tiny.zip": zipped({"bob_tiny.ipynb": notebook("b"), "__MACOSX/._bob_tiny.ipynb": b"x"}),
            "essay.pdf": b"%PDF",
            ".ipynb_checkpoints/ada_tiny-checkpoint.ipynb": b"{}",
            "unknown.ipynb": notebook(),
        },
    )
    assert take(download, course.NAME, root) == 2
    assert submitted(root, "ada") == (notebook("a"), "2026-10-16 12:00:00 UTC")
    assert submitted(root, "bob")[0] == notebook("b")
    said = capsys.readouterr()
    assert said.out == "3 notebooks in download: 2 new\n"
    assert [line.split(": ")[1] for line in said.err.splitlines()] == ["essay.pdf", "unknown.ipynb"]
    assert take(download, course.NAME, root) == 2
    assert capsys.readouterr().out == "3 notebooks in download: 2 unchanged\n"
    assert {one.student for one in collect(root, course.NAME)} == {"ada", "bob"}


def test_the_notebook_of_another_assignment_is_not_taken(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = json.dumps(course.of_another(root, "huge")).encode()
    files = {f"{student}_tiny.ipynb": wrong for student in ("ada", "emmy")}
    download = write(
        tmp_path / "in", {**files, "bob_tiny.zip": zipped({"huge.ipynb": wrong, "x.ipynb": notebook()})}
    )
    assert take(download, course.NAME, root) == 2
    said = capsys.readouterr()
    assert said.out == "4 notebooks in in: 1 new\n"
    assert said.err == (
        "autograder: ada_tiny.ipynb, emmy_tiny.ipynb: of the assignment huge, not tiny, and not taken: "
        "collect with ASSIGNMENT=huge, or take them nevertheless with FORCE=1 (--force)\n"
    )
    assert submitted(root, "bob")[0] == notebook()
    assert not (root / "submitted" / "ada").exists()
    assert take(download, course.NAME, root, force=True) == 0
    assert submitted(root, "ada")[0] == wrong


def test_a_printout_next_to_a_notebook_is_missed_by_nobody(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"ada_tiny.ipynb": notebook(), "ada_tiny.pdf": b"%PDF", "bob_tiny.pdf": b"%PDF"}
    assert take(write(tmp_path / "in", files), course.NAME, root) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "bob_tiny.pdf: a printout of a notebook: ask for the notebook itself" in line


def test_checkpoints_and_installed_packages_are_no_ones_work(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demos = {f"venv/lib/site-packages/demos/{n}.ipynb": notebook("demo") for n in range(250)}
    files = {"hw\\x.ipynb": notebook("a"), "hw\\.ipynb_checkpoints\\x-checkpoint.ipynb": notebook("old")}
    download = write(tmp_path / "download", {"ada_tiny.zip": zipped(files | demos)})
    assert take(download, course.NAME, root) == 0
    assert submitted(root, "ada")[0] == notebook("a")
    assert capsys.readouterr() == ("1 notebook in download: 1 new\n", "")


def test_a_student_who_is_not_in_the_class_is_refused_and_named(
    class_of_two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    download = write(tmp_path / "in", {"emmi_tiny.ipynb": notebook("e"), "ada_tiny.ipynb": notebook("a")})
    assert take(download, course.NAME, class_of_two) == 2
    assert not (class_of_two / "submitted" / "emmi").exists()
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("autograder: emmi_tiny.ipynb: emmi is not among the gradebook's students: rename")


def test_no_newer_version_is_overwritten(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def submit(answer: str, hour: int, **how: bool) -> int:
        when = NOON.replace(hour=hour)
        return take(
            write(tmp_path / "in", {"ada_tiny.ipynb": notebook(answer)}, when), course.NAME, root, **how
        )

    assert submit("first", 12) == 0
    assert submit("second", 13) == 0
    assert submitted(root, "ada") == (notebook("second"), "2026-10-16 13:00:00 UTC")
    assert submit("old", 11) == 2
    assert "submitted/ada/tiny holds a newer version, of 2026-10-16 13:00 UTC" in capsys.readouterr().err
    assert submitted(root, "ada")[0] == notebook("second")
    (root / "submitted" / "ada" / "tiny" / "timestamp.txt").unlink()
    assert submit("third", 14) == 2
    assert "which is newer is not known: FORCE=1 (--force) takes this one" in capsys.readouterr().err
    assert submit("third", 14, force=True) == 0
    assert submitted(root, "ada") == (notebook("third"), "2026-10-16 14:00:00 UTC")


def test_a_link_in_submitted_is_replaced_and_not_followed(root: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious.ipynb"
    precious.write_bytes(notebook("precious"))
    folder = root / "submitted" / "ada" / course.NAME
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").symlink_to(precious)
    assert take(write(tmp_path / "in", {"ada_tiny.ipynb": notebook("mine")}), course.NAME, root) == 0
    assert submitted(root, "ada")[0] == notebook("mine")
    assert precious.read_bytes() == notebook("precious")


CANVAS = {
    "lovelaceada_17_1_tiny.ipynb": notebook("ada"),
    "lovelaceada_17_2_scratch.ipynb": notebook("scratch"),
    "noetheremmy_LATE_18_3_work.ipynb": notebook("emmy"),
    "curiemarie_44_4_tiny.ipynb": notebook("marie"),
}


def test_canvas_zip_file(class_of_two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "submissions.zip"
    file.write_bytes(zipped(CANVAS))
    capsys.readouterr()
    assert take(file, course.NAME, class_of_two) == 2
    # the time in the zip file is that of the download, and would make everybody late
    assert submitted(class_of_two, "ada") == (notebook("ada"), None)
    assert submitted(class_of_two, "emmy") == (notebook("emmy"), None)
    err = capsys.readouterr().err
    assert "ada: lovelaceada_17_1_tiny.ipynb is taken, and not lovelaceada_17_2_scratch.ipynb" in err
    assert (
        "emmy: Canvas marks this submission late but gives no submission time: "
        "write the time into submitted/emmy/tiny/timestamp.txt" in err
    )
    assert "curiemarie_44_4_tiny.ipynb: nobody in the gradebook has the LMS id 44" in err


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.mkdir(), "no notebook in it"),
        (lambda path: path.write_text("x"), "it is neither a folder nor a zip file"),
        (lambda path: None, "there is no .*it"),
    ],
)
def test_no_download_is_one_sentence(root: Path, tmp_path: Path, make, why: str) -> None:
    make(tmp_path / "it")
    with pytest.raises(DownloadRefused, match=why):
        take(tmp_path / "it", course.NAME, root)


def test_a_broken_zip_file_in_it_loses_nothing_else(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = zipped({"tiny.ipynb": notebook("b")})
    broken = good.replace(notebook("b"), notebook("c"))  # its checksum is wrong now
    download = write(tmp_path / "in", {"ada_tiny.ipynb": notebook("a"), "bob_tiny.zip": broken})
    assert take(download, course.NAME, root) == 2
    assert submitted(root, "ada")[0] == notebook("a")
    assert "bob: nothing is taken. bob_tiny/tiny.ipynb: cannot be read (Bad CRC-32" in capsys.readouterr().err


def zip_collect(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    app = ZipCollectApp()
    app.initialize([course.NAME])
    app.start()


@pytest.mark.parametrize(
    "files",
    [
        CANVAS,
        {
            "Ada Lovelace_5001_assignsubmission_file/tiny.ipynb": notebook("ada"),
            "Emmy Noether_5002_assignsubmission_file/work.ipynb": notebook("emmy"),
        },
    ],
    ids=["canvas", "moodle"],
)
def test_zip_collect_works_out_of_the_box(
    class_of_two: Path, files: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = class_of_two / "downloaded" / course.NAME / "archive" / "submissions.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(zipped(files))
    zip_collect(class_of_two, monkeypatch)
    assert sorted(path.name for path in (class_of_two / "submitted").iterdir()) == ["ada", "emmy"]
    assert submitted(class_of_two, "ada") == (notebook("ada"), None)
    assert submitted(class_of_two, "emmy") == (notebook("emmy"), None)


def test_zip_collect_keeps_students_apart_and_survives_their_archives(
    class_of_two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = class_of_two / "downloaded" / course.NAME / "archive" / "submissions.zip"
    archive.parent.mkdir(parents=True)
    theirs = {"ada_tiny.ipynb": notebook("emmy's"), "lovelaceada_17_9_tiny.ipynb": notebook("emmy's")}
    files = {
        "lovelaceada_17_1_tiny.ipynb": notebook("ada"),
        "noetheremmy_18_2_work.zip": zipped(theirs | {"../tiny.ipynb": b"", "x" * 3000 + ".ipynb": b""}),
        "noetheremmy_18_3_more.zip": zipped(theirs)[:-40],
    }
    archive.write_bytes(zipped(files))
    zip_collect(class_of_two, monkeypatch)
    assert submitted(class_of_two, "ada") == (notebook("ada"), None)
    assert submitted(class_of_two, "emmy") == (notebook("emmy's"), None)
    assert sorted(path.name for path in (class_of_two / "submitted").iterdir()) == ["ada", "emmy"]


def test_zip_collect_takes_an_expression_of_ones_own(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(root, r"c.FileNameCollectorPlugin.named_regexp = r'.*/(?P<student_id>\w+)-(?P<file_id>\w+)'")
    archive = root / "downloaded" / course.NAME / "archive" / "submissions.zip"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(zipped({"bob-tiny.ipynb": notebook("b")}))
    zip_collect(root, monkeypatch)
    assert submitted(root, "bob")[0] == notebook("b")
