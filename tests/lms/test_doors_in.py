"""One class, downloaded from each system as its source or its documentation describes the names (see names.py)."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from autograder.lms.archives import DownloadRefused
from autograder.lms.collect import take
from autograder.lms.names import Names, NotUnderstood
from autograder.lms.roster import Student, enter_students
from tests import course

CLASS = """id,first_name,last_name,email,lms_user_id
ada,Ada,Lovelace,ada@uni.example,17
zoë_m,Zoë,Müller,zoe@uni.example,18
00123,Anne-Marie,O'Neill Díaz,am@uni.example,19
"""
ADA, ZOE, ANNE = (
    json.dumps(course.with_sources(explain=name)).encode() for name in ("Ada", "Zoë", "Anne-Marie")
)
UUIDS = [f"{n}e0c7b1a-7d3e-4b0c-9f57-3b1c4d5e6f7{n}" for n in range(3)]

GRADESCOPE = """
submission_9001:
  :submitters:
  - :name: Ada Lovelace
    :sid: ada
    :email: ada@uni.example
  :created_at: 2026-10-17 06:30:00.000000000 Z
  :score: 0.0
submission_9002:
  :submitters:
  - :name: Zoë Müller
    :sid: ''
    :email: zoe@uni.example
  :created_at: 2026-10-17 06:30:00.000000000 Z
submission_9003:
  :submitters:
  - :name: Anne-Marie O'Neill Díaz
    :sid: '00123'
    :email:
  :created_at: 2026-10-17 06:30:00.000000000 Z
"""
RECEIPT = """Name: Zoë Müller (zoë_m)
Assignment: Week_1 tiny
Date Submitted: Saturday, October 17, 2026 8:30:00 AM CEST
Current Grade: Needs Grading

Files:
\tOriginal filename: tiny.ipynb
\tFilename: Week_1 tiny_zoë_m_attempt_2026-10-17-08-30-00_tiny.ipynb
"""

SYSTEMS: dict[str, dict[str, bytes]] = {
    "canvas": {
        "lovelaceada_17_4711_tiny.ipynb": ADA,
        "müllerzoë_LATE_18_4712_tiny-1.ipynb": ZOE,
        "oneilldíazannemarie_19_4713_My homework.ipynb": ANNE,
    },
    "moodle": {
        "Ada Lovelace_5001_assignsubmission_file_/tiny.ipynb": ADA,
        "Ada Lovelace_5001_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
        "Zoë Müller_5002_assignsubmission_file_/deep/tiny.ipynb": ZOE,
        "Anne-Marie O'Neill Díaz_5003_assignsubmission_file_/tiny.ipynb": ANNE,
    },
    "moodle, flat, with groups": {
        "Red-Ada Lovelace_5001_assignsubmission_file_tiny.ipynb": ADA,
        "Red-Zoë Müller_5002_assignsubmission_file_tiny.ipynb": ZOE,
        "Group 2-b-Anne-Marie O'Neill Díaz_5003_assignsubmission_file_tiny.ipynb": ANNE,
    },
    "blackboard": {
        "gradebook_DL-26_Week_1 tiny_ada_attempt_2026-10-16-08-30-00_tiny.ipynb": ZOE,  # an older attempt
        "gradebook_DL-26_Week_1 tiny_ada_attempt_2026-10-17-08-30-00_tiny.ipynb": ADA,
        "gradebook_DL-26_Week_1 tiny_ada_attempt_2026-10-17-08-30-00.txt": b"Name: Ada Lovelace (ada)\n",
        "gradebook_DL-26_Week_1 tiny_zoë_m_attempt_2026-10-17-08-30-00_tiny.ipynb": ZOE,
        "gradebook_DL-26_Week_1 tiny_zoë_m_attempt_2026-10-17-08-30-00.txt": RECEIPT.encode(),
        "gradebook_DL-26_Week_1 tiny_00123_attempt_2026-10-17-08-30-00_ada_tiny.ipynb": ANNE,
    },
    "brightspace": {
        "index.html": b"<html>",
        "171-4455 - Ada Lovelace - Oct 16, 2026 1130 PM/tiny.ipynb": ZOE,  # an older submission
        "171-4455 - Ada Lovelace - Oct 17, 2026 830 AM/tiny.ipynb": ADA,
        "172-4455 - Zoë Müller - 17 octobre, 2026 0830/tiny.ipynb": ZOE,
        "173-4455 - Anne-Marie O'Neill Díaz - Oct 17, 2026 830 AM - tiny.ipynb": ANNE,
    },
    "gradescope": {
        "assignment_77_export/submission_metadata.yml": GRADESCOPE.encode(),
        "assignment_77_export/submission_9001/tiny.ipynb": ADA,
        "assignment_77_export/submission_9002/ada_tiny.ipynb": ZOE,
        "assignment_77_export/submission_9002/submission_metadata.yml": GRADESCOPE.replace(
            "ada", "x"
        ).encode(),
        "assignment_77_export/submission_9003/tiny.ipynb": ANNE,
    },
    "google classroom": {
        "tiny/Ada Lovelace - Copy of tiny.ipynb": ADA,
        "tiny/tiny - Zoë Müller.ipynb": ZOE,
        "tiny/Anne-Marie O'Neill Díaz - tiny.ipynb (1).ipynb": ANNE,
    },
    "drive folders": {
        "Homework 1/Ada Lovelace/tiny.ipynb": ADA,
        "Homework 1/zoe@uni.example/tiny (1).ipynb": ZOE,
        "Homework 1/00123/Untitled0.ipynb": ANNE,
    },
    "github classroom": {
        "tiny-submissions/tiny-ada/tiny.ipynb": ADA,
        "tiny-submissions/tiny-zoë_m/notebooks/tiny.ipynb": ZOE,
        "tiny-submissions/tiny-19/tiny.ipynb": ANNE,
    },
    "nbgrader's exchange": {
        "inbound/ada+tiny+2026-10-16 06:30:00.000000 UTC+ab12/tiny.ipynb": ZOE,
        "inbound/ada+tiny+2026-10-17 06:30:00.000000 UTC+ab12/tiny.ipynb": ADA,
        "inbound/zoë_m+tiny+2026-10-17 06:30:00.000000 UTC+cd34/tiny.ipynb": ZOE,
        "inbound/zoë_m+tiny+2026-10-17 06:30:00.000000 UTC+cd34/timestamp.txt": b"2026",
        "inbound/00123+tiny+2026-10-17 06:30:00.000000 UTC+ef56/tiny.ipynb": ANNE,
    },
    "cocalc": {
        f"tiny-collect/{UUIDS[0]}/tiny.ipynb": ADA,
        f"tiny-collect/{UUIDS[0]}/STUDENT - Ada Lovelace.txt": b"This student is Ada Lovelace.",
        f"tiny-collect/{UUIDS[1]}/tiny.ipynb": ZOE,
        f"tiny-collect/{UUIDS[1]}/STUDENT - Zoë Müller.txt": b"",
        f"tiny-collect/{UUIDS[2]}/sub/tiny.ipynb": ANNE,
        f"tiny-collect/{UUIDS[2]}/STUDENT - Anne-Marie O'Neill Díaz.txt": b"",
    },
    "loose files": {
        "friday/ada_tiny.ipynb": ADA,
        "friday/tiny_ZOE\u0308_M.ipynb": ZOE,
        "friday/123_tiny (2).ipynb": ANNE,
    },
}


def zipped(files: Mapping[str, bytes], day: int = 20) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, day, 9, 0, 0)), content)
    return stream.getvalue()


def without_the_flag(data: bytes) -> bytes:
    """As a Mac writes it: names in UTF-8, and no word of it."""
    data = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        places = [(info.header_offset, 6) for info in archive.infolist()]
    start = data.find(b"PK\x01\x02")
    while start >= 0:
        places.append((start, 8))
        start = data.find(b"PK\x01\x02", start + 4)
    for place, offset in places:
        data[place + offset + 1] &= ~0x08
    return bytes(data)


def tree(root: Path) -> dict[str, bytes]:
    """What is in submitted/. The times are left out, which Canvas and Moodle do not give."""
    folder = root / "submitted"
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "timestamp.txt")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def time_of(root: Path, student: str) -> str | None:
    file = root / "submitted" / student / "tiny" / "timestamp.txt"
    return file.read_text().strip() if file.exists() else None


EXPECTED = {
    "ada/tiny/tiny.ipynb": ADA,
    "zoë_m/tiny/tiny.ipynb": ZOE,
    "00123/tiny/tiny.ipynb": ANNE,
}


@pytest.fixture(scope="module")
def entered_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = course.make_course(tmp_path_factory.mktemp("class"))
    (root / "class.csv").write_text(CLASS, encoding="utf-8")
    enter_students(root / "class.csv", root)
    return root


@pytest.fixture
def course_root(entered_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(entered_once, tmp_path / "course"))


def collect(root: Path, files: Mapping[str, bytes] | bytes, day: int = 20, **options: object) -> int:
    (root / "download.zip").write_bytes(files if isinstance(files, bytes) else zipped(files, day))
    return take(root / "download.zip", course.NAME, root, **options)


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_system_gives_the_same_class(
    course_root: Path, system: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert collect(course_root, SYSTEMS[system]) == 0, capsys.readouterr().err
    assert tree(course_root) == EXPECTED
    (record,) = (course_root / "downloaded").rglob("*.json")
    assert set(json.loads(record.read_text())) == {"ada", "zoë_m", "00123"}


def test_the_times_that_a_system_gives_are_kept(course_root: Path) -> None:
    collect(course_root, SYSTEMS["gradescope"])
    assert time_of(course_root, "ada") == "2026-10-17 06:30:00 UTC"
    collect(course_root, SYSTEMS["canvas"], force=True)
    assert {time_of(course_root, one) for one in ("ada", "zoë_m", "00123")} <= {
        None,
        "2026-10-17 06:30:00 UTC",
    }


@pytest.mark.parametrize("system", ["moodle", "canvas", "loose files"])
def test_a_zip_file_repacked_on_a_mac(course_root: Path, system: str) -> None:
    files = {
        (name if system == "canvas" else f"week 1/{name}")
        .replace("ë", "e\u0308")
        .replace("ü", "u\u0308"): content
        for name, content in SYSTEMS[system].items()
    }
    assert collect(course_root, without_the_flag(zipped({**files, "__MACOSX/._x": b"x"}))) == 0
    assert tree(course_root) == EXPECTED


def test_folders_of_windows_programs(course_root: Path) -> None:
    files = {name.replace("/", "\\"): content for name, content in SYSTEMS["moodle"].items()}
    assert collect(course_root, files) == 0
    assert tree(course_root) == EXPECTED


@pytest.mark.parametrize(
    "word",
    ["Participant", "Teilnehmerin", "Teilnehmer-in", "Participante", "Partecipante", "Участник", "参与者"],
)
def test_moodles_hidden_names_stay_hidden(
    course_root: Path, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        f"{word}_4711_assignsubmission_file_/tiny.ipynb": ADA,
        f"Group A-{word} 4712_12_assignsubmission_file_/tiny.ipynb": ZOE,
    }
    assert collect(course_root, files) == 0
    assert set(tree(course_root)) == {"participant-4711/tiny/tiny.ipynb", "participant-4712/tiny/tiny.ipynb"}
    assert "blind marking" in capsys.readouterr().err


def test_only_an_online_text_is_nothing_to_grade(course_root: Path) -> None:
    with pytest.raises(DownloadRefused, match="no notebook in download.zip"):
        collect(course_root, {"Ada Lovelace_1_assignsubmission_onlinetext_/onlinetext.html": b"<p>"})


class TestResubmission:
    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("lovelaceada_17_4711_tiny.ipynb", "lovelaceada_17_4790_tiny-1.ipynb"),
            (
                "A_ada_attempt_2026-10-16-08-30-00_tiny.ipynb",
                "A_ada_attempt_2026-10-17-08-30-00_tiny.ipynb",
            ),
            (
                "171-4 - Ada Lovelace - Oct 9, 2026 1130 PM/tiny.ipynb",
                "171-4 - Ada Lovelace - Oct 10, 2026 1201 AM/tiny.ipynb",
            ),
        ],
        ids=["canvas", "blackboard", "brightspace"],
    )
    def test_the_newest_counts_by_the_systems_own_numbers(
        self, course_root: Path, first: str, second: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert collect(course_root, {first: ZOE}) == 0
        assert collect(course_root, {second: ADA}) == 0
        assert tree(course_root) == {"ada/tiny/tiny.ipynb": ADA}
        assert collect(course_root, {first: ZOE}) == 2  # the older download again
        assert "holds" in capsys.readouterr().err
        assert tree(course_root) == {"ada/tiny/tiny.ipynb": ADA}
        assert collect(course_root, {first: ZOE, second: ADA}) == 0
        assert collect(course_root, {first: ZOE}, force=True) == 0
        assert tree(course_root) == {"ada/tiny/tiny.ipynb": ZOE}

    def test_a_later_download_of_moodles_has_the_newer_one(self, course_root: Path) -> None:
        name = "Ada Lovelace_5001_assignsubmission_file_/tiny.ipynb"
        assert collect(course_root, {name: ZOE}, day=20) == 0
        assert collect(course_root, {name: ADA}, day=21) == 0
        assert collect(course_root, {name: ZOE}, day=20) == 2
        assert tree(course_root) == {"ada/tiny/tiny.ipynb": ADA}

    def test_a_date_that_is_not_understood_orders_nothing(
        self, course_root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        files = {f"1-2 - Ada Lovelace - {day} Undecember, 2026 830 AM/tiny.ipynb": ZOE for day in (3, 4)}
        assert collect(course_root, files) == 2
        assert tree(course_root) == {}
        assert "keep the newest alone" in capsys.readouterr().err


def test_canvas_names_a_group_and_the_number_of_one_member(course_root: Path) -> None:
    collect(course_root, {"team1_18_4711_tiny.ipynb": ZOE})
    assert tree(course_root) == {"zoë_m/tiny/tiny.ipynb": ZOE}


def test_a_group_of_gradescope_gets_one_notebook_each(course_root: Path) -> None:
    group = """
submission_1:
  :submitters:
  - {":name": Ada Lovelace, ":sid": ada}
  - {":name": Zoë Müller, ":email": zoe@uni.example}
"""
    files = {"x/submission_metadata.yml": group.encode(), "x/submission_1/tiny.ipynb": ADA}
    assert collect(course_root, files) == 0
    assert tree(course_root) == {"ada/tiny/tiny.ipynb": ADA, "zoë_m/tiny/tiny.ipynb": ADA}


NOBODY = {
    "blackboard": (
        "gradebook_C_Week 1_nobody_attempt_2026-10-17-08-30-00_tiny.ipynb",
        "Blackboard user name",
    ),
    "brightspace": (
        "1-2 - No Body - Oct 17, 2026 830 AM/tiny.ipynb",
        "nobody in the gradebook has the name No Body",
    ),
    "moodle": ("No Body_1_assignsubmission_file_/tiny.ipynb", "nobody in the gradebook has the name No Body"),
    "a surname that is half a name": (
        "Xaver-Ada Lovelace_1_assignsubmission_file_/t.ipynb",
        "the name Xaver-Ada",
    ),
    "canvas, anonymous": ("anon_Ab12z_4711_tiny.ipynb", "show them there, and download again"),
    "github": ("tiny-nobody/tiny.ipynb", "nobody is not among the gradebook's students"),
    "exchange": ("nobody+tiny+2026-10-17 06:30:00 UTC/tiny.ipynb", "nobody is not among"),
    "gradescope without its list": ("submission_1/tiny.ipynb", "its name does not fit"),
    "a folder of another": (
        "Ada Lovelace/zoë_m_tiny.ipynb",
        "says zoë_m, and the folder Ada Lovelace says ada",
    ),
    "two names": ("Ada Lovelace - Zoë Müller.ipynb", "its name says ada and zoë_m"),
    "cocalc, another's name": (f"c/{UUIDS[0]}/tiny.ipynb", 'no file "STUDENT - name.txt"'),
}


@pytest.mark.parametrize("kind", NOBODY)
def test_nobody_is_made_up(course_root: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    name, why = NOBODY[kind]
    assert collect(course_root, {name: ADA}) == 2
    assert tree(course_root) == {}
    assert why in capsys.readouterr().err


def test_cocalcs_student_cannot_write_another_name(
    course_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = f"tiny-collect/{UUIDS[0]}"
    names = {f"{folder}/STUDENT - {name}.txt": b"" for name in ("Ada Lovelace", "Zoë Müller")}
    assert collect(course_root, {f"{folder}/tiny.ipynb": ADA, **names}) == 2
    assert tree(course_root) == {}
    assert "more than one file" in capsys.readouterr().err


def test_two_people_of_one_name_in_the_lms_are_refused(
    course_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        f"Ada Lovelace_{n}_assignsubmission_file_/tiny.ipynb": content for n, content in ((1, ADA), (2, ZOE))
    }
    assert collect(course_root, files) == 2
    assert tree(course_root) == {}
    assert "are two people in the LMS" in capsys.readouterr().err


def test_what_is_no_notebook_is_named_with_the_fix(course_root: Path) -> None:
    files = {
        "ada_tiny.ipynb.txt": ADA,
        "zoë_m_tiny.json": ZOE,
        "00123_tiny.py": b"x",
        "lost_tiny.ipynb.json": ADA,
    }
    with pytest.raises(DownloadRefused) as refused:
        collect(course_root, files)
    lines = str(refused.value).splitlines()
    assert "ada: nothing is taken. ada_tiny.ipynb.txt: rename it to ada_tiny.ipynb" in lines
    assert (
        "zoë_m: nothing is taken. zoë_m_tiny.json: rename it to zoë_m_tiny.ipynb if it is the notebook"
        in lines
    )
    assert "00123: nothing is taken. 00123_tiny.py: a Python script: ask for the notebook (.ipynb)" in lines
    assert "lost_tiny.ipynb.json: rename it to lost_tiny.ipynb" in lines


def test_without_a_class_list_blackboards_user_is_the_last_word() -> None:
    path = "gradebook_C_Week_1_ada_attempt_2026-10-17-08-30-00_tiny.ipynb"
    assert Names(course.NAME, []).owner(path).student == "ada"


def test_an_id_in_another_unicode_form_is_the_same_student() -> None:
    composed, apart = "zoë", "zoe\u0308"
    for stored, written in ((composed, apart), (apart, composed), (composed, apart.upper())):
        assert Names(course.NAME, [Student(stored)]).owner(f"{written}_tiny.ipynb").student == stored


def test_zeros_that_a_spreadsheet_took_do_not_matter_unless_two_students_differ_by_them() -> None:
    assert Names(course.NAME, [Student("007", email="x")]).owner("7_tiny.ipynb").student == "007"
    with pytest.raises(NotUnderstood):
        Names(course.NAME, [Student("007", email="x"), Student("07", email="y")]).owner("7_tiny.ipynb")
