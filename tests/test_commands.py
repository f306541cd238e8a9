"""The doors on the command line: what is refused is one sentence, and the exit status says so."""

from __future__ import annotations

import contextlib
import errno
import json
import sqlite3
from pathlib import Path

import pytest
from nbgrader.api import InvalidEntry

# imported before any of them is patched, so that none keeps what a test put there
from autograder.__main__ import main
from autograder.grading import assignment
from autograder.lms import collect, exports, gradescope, roster  # noqa: F401
from tests import course
from tests.gradebook.helpers import configure, enter


@pytest.fixture
def here(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The commands work in the course folder that they lie in; here, in the tiny one."""
    for module in (assignment, collect):
        monkeypatch.setattr(module, "REPOSITORY", root)
    return root


def test_a_week_of_doors(here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "class.csv").write_text("id,first_name,last_name\nada,Ada,Lovelace\nbob,Bob,Noether\n")
    assert main(["students", str(tmp_path / "class.csv")]) == 0
    file = tmp_path / "in" / "Ada Lovelace_5_assignsubmission_file_x.ipynb"
    file.parent.mkdir()
    file.write_bytes(b"{}")
    assert main(["collect", str(file.parent), "--assignment", "tiny"]) == 0
    assert (here / "submitted" / "ada" / "tiny" / "tiny.ipynb").read_bytes() == b"{}"
    enter(here, "ada")
    output = tmp_path / "out" / "marks.csv"
    assert main(["export", "tiny", "--output", str(output), "--missing-as-zero"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{output}: 2 students"
    assert [line.split(",")[0] for line in output.read_text().splitlines()] == ["student", "ada", "bob"]


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["export", "tiny"], "tiny is not in the gradebook"),
        (["export", "huge"], "no release/huge"),
        (["students", "nobody.csv"], "nobody.csv: No such file"),
        (["collect", "nowhere", "--assignment", "tiny"], "there is no nowhere"),
        (["collect", ".", "--assignment", "huge"], "no release/huge"),
        (["collect", ".", "--assignment", "tiny", "--pattern", "x"], "has no {student}"),
        (["gradescope", "huge"], "no assignment huge"),
        (["grade", "tiny", "huge"], "one assignment at a time: first tiny, then huge"),
        (
            ["collect", ".", "--assignment", "tiny", "huge"],
            "one assignment at a time: first tiny, then huge",
        ),
    ],
)
def test_what_is_refused_is_one_sentence(
    here: Path, command: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.err.startswith("autograder: ") and said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize("folder", ["Deep%20Learning", "100% done", "which one?"])
def test_a_folder_that_no_gradebook_opens_in_is_one_sentence(
    tmp_path: Path, folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = course.make_course(tmp_path / folder)
    monkeypatch.setattr(assignment, "REPOSITORY", root)
    (tmp_path / "class.csv").write_text("id\nbob\n")
    assert main(["students", str(tmp_path / "class.csv")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and str(root) in said and "rename the folder" in said


@pytest.mark.parametrize("folder", ["Übung #1 & 'more' (2)", "Home; [a] {b} =c+d,e@f~"])
def test_any_other_folder_will_do(
    tmp_path: Path, folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = course.make_course(tmp_path / folder)
    monkeypatch.setattr(assignment, "REPOSITORY", root)
    (tmp_path / "class.csv").write_text("id\nbob\n")
    assert main(["students", str(tmp_path / "class.csv")]) == 0
    enter(root, "bob")
    assert main(["export", course.NAME, "--output", str(tmp_path / "marks.csv")]) == 0
    assert "bob" in (tmp_path / "marks.csv").read_text()


def test_a_gradebook_that_is_in_use_is_one_sentence(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    enter(here, "ada")
    configure(here, f'c.CourseDirectory.db_url = "sqlite:///{here / "gradebook.db"}?timeout=0"')
    (tmp_path / "class.csv").write_text("id\nbob\n")
    with contextlib.closing(sqlite3.connect(here / "gradebook.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert main(["students", str(tmp_path / "class.csv")]) == 2
        assert main(["export", course.NAME]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == second
    assert "the gradebook cannot be used" in first and "database is locked" in first
    assert main(["students", str(tmp_path / "class.csv")]) == 0


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (KeyboardInterrupt(), 130, "stopped: run the same command again to finish"),
        (
            OSError(errno.ENOSPC, "No space", "marks.csv"),
            2,
            "the disk is full (marks.csv was not written): free",
        ),
        (
            InvalidEntry("(sqlite3.OperationalError) database or disk is full\n[SQL]"),
            2,
            "is full: free some space",
        ),
        (PermissionError(13, "Permission denied", "marks.csv"), 2, "marks.csv: Permission denied\n"),
    ],
)
def test_what_stops_a_command_is_one_sentence(
    error: BaseException,
    status: int,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def export(*_: object, **__: object) -> int:
        raise error

    monkeypatch.setattr(exports, "export", export)
    assert main(["export", course.NAME]) == status
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and sentence in said


def test_flags_are_for_staff_alone(here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = "import numpy as np\nnp.ctypeslib.ctypes.CDLL(None)\ndef double(x):\n    return 2 * x"
    file, report = tmp_path / "tiny.ipynb", tmp_path / "report.json"
    file.write_text(json.dumps(course.with_sources(double=source)))
    arguments = ["score", str(file), "--assignment", "tiny", "--json", str(report)]
    flags = []
    for option in ([], ["--staff"]):
        assert main([*arguments, *option]) == 0
        flags.append(json.loads(report.read_text()).get("flags"))
        shown = capsys.readouterr()
        assert "ctypes" not in shown.out
        assert ("line 2" in shown.err) == bool(option)
    assert flags[0] is None
    assert [flag["line"] for flag in flags[1]] == [2]
