"""What can go wrong around a run: nothing is lost, nothing is marked twice, and one sentence says what to do."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import classroom
from autograder.batch import cache as kept
from autograder.batch.judging import judge
from autograder.batch.local import LocalJudges
from autograder.batch.submitted import collect
from autograder.gradebook import database
from autograder.gradebook.settle import settled_marks
from autograder.grading.assignment import Assignment
from autograder.pages.write import main_report
from autograder.sandbox.policy import NAMESPACES_REFUSED
from tests import course
from tests.batch.test_judging import FakeJudges, judges
from tests.gradebook.test_nbgrader_steps import marks
from tests.tools import missing, require_tool

__all__ = ["judges"]  # the fixture

STUDENTS = ("ada", "ben", "cleo", "dan")
ENTERED = dict.fromkeys(STUDENTS, (2.0, 3.0))


def hand_in_a_class(root: Path) -> None:
    for name in STUDENTS:
        course.hand_in(root, name, course.with_sources(double=f"def double(x):  # {name}\n    return 2 * x"))


def points(root: Path) -> dict[str, tuple[float | None, float | None]]:
    """What the gradebook holds: a student who was in it twice would be an error of `marks`."""
    return {
        student: (mark["double-tests"].auto, mark["square-tests"].auto)
        for student, mark in marks(root).items()
    }


def refused(root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Grades the class; the one sentence that says why it did not come to its end."""
    capsys.readouterr()
    assert classroom.grade(course.NAME, root=root) == 2
    said = capsys.readouterr().err
    assert said.startswith("autograder: ") and said.count("\n") == 1
    return said


KILLED = """
import os, signal, sys
from pathlib import Path
import pytest
from autograder import classroom
from autograder.batch import local
from autograder.gradebook.enter_marks import Converter
from tests.batch.test_judging import FakeJudges

convert = Converter.convert
entered = []

def convert_two(self, verdict):
    failure = convert(self, verdict)
    entered.append(verdict.student)
    if len(entered) == 2:
        os.kill(os.getpid(), signal.SIGKILL)  # in the gradebook, and not yet known to be there
    return failure

Converter.convert = convert_two
local._start_family = FakeJudges(Path(sys.argv[2])).start_family
classroom.grade("tiny", root=Path(sys.argv[1]), jobs=1)
"""


def test_a_killed_run_is_taken_up_where_it_was(root: Path, judges: FakeJudges) -> None:
    hand_in_a_class(root)
    command = [sys.executable, "-c", KILLED, str(root), str(judges.deaths.parent)]
    killed = subprocess.run(command, cwd=course.REPOSITORY, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    asked = [question["file"] for question in judges.asked]
    assert classroom.grade(course.NAME, root=root) == 0
    again = [question["file"] for question in judges.asked[len(asked) :]]
    assert len(asked) >= 2
    assert len(again) <= len(STUDENTS) - 2  # the two that were entered are not judged again
    assert points(root) == ENTERED
    everyone = json.loads((root / "reports" / course.NAME / "class.json").read_text())
    assert [report["student"] for report in everyone] == list(STUDENTS)


def test_a_second_run_beside_the_first_is_refused(
    root: Path, judges: FakeJudges, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in_a_class(root)
    (root / "reports" / ".kept").mkdir(parents=True)
    with (root / "reports" / ".kept" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another run is grading this course" in refused(root, capsys)
    assert classroom.grade(course.NAME, root=root) == 0
    assert points(root) == ENTERED


FATAL = f'''
import os, pathlib, signal, psutil
{course.GRADER}

@task("square", points=1)
def test_square_while_the_fork_server_is_killed(student):
    """Squaring, in the middle of trouble."""
    trouble = pathlib.Path(__file__).parent / "kill-the-server"
    if trouble.exists():
        trouble.unlink()
        (server,) = psutil.Process().children()
        for process in (*server.children(recursive=True), server):
            process.kill()
    require(as_number(student.square(2.0), "square(2)") == 4.0, "not the square")
'''


def test_a_killed_fork_server_costs_a_second_try_and_nobody_a_point(root: Path, tiny: Assignment) -> None:
    grader = root / "autograder" / "graders" / f"{course.NAME}.py"
    grader.write_text(FATAL.replace('@task("square", points=1.5)', '@task("square", points=1)'))
    (grader.parent / "kill-the-server").touch()
    course.hand_in(root, "ada", course.solved())
    submitted = [(tiny, one) for one in collect(root, tiny.name)]
    (verdict,) = judge(submitted, root, LocalJudges(root, jobs=1, sandbox="none"), unconfined=True)
    assert not (grader.parent / "kill-the-server").exists()
    assert verdict.errors == ()
    assert verdict.report.score == 5.0


@pytest.mark.parametrize("written", [0, 1, 2])
def test_a_full_disk_loses_nothing(
    root: Path,
    judges: FakeJudges,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    written: int,
) -> None:
    hand_in_a_class(root)
    done = iter(range(100))
    move = os.replace

    def replace_while_there_is_room(source: str, target: Path) -> None:
        if next(done) >= written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        move(source, target)

    with monkeypatch.context() as full:
        full.setattr(kept.os, "replace", replace_while_there_is_room)
        said = refused(root, capsys)
    assert said.startswith("autograder: the disk is full (") and "was not written" in said
    assert not list((root / "reports").rglob("*.part"))
    before = len(judges.asked)
    verdicts = len(list((root / "reports" / ".kept" / course.NAME).glob("*.json")))
    assert classroom.grade(course.NAME, root=root) == 0
    assert len(judges.asked) - before == len(STUDENTS) - verdicts
    assert points(root) == ENTERED


SMALL_DISK = """
import json, os, subprocess, sys
from pathlib import Path
from autograder import classroom
from autograder.batch import local
from tests import course
from tests.test_faults import hand_in_a_class, points
from tests.batch.test_judging import FakeJudges

disk, outside, room = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200M", "tmpfs", disk], check=True)
root = course.make_course(disk)
hand_in_a_class(root)
local._start_family = FakeJudges(outside).start_family
space = os.statvfs(disk)
used = (space.f_blocks - space.f_bfree) * space.f_frsize // 1024
subprocess.run(["mount", "-o", f"remount,size={used + room}k", disk], check=True)
first = classroom.grade(course.NAME, root=root)
subprocess.run(["mount", "-o", "remount,size=200M", disk], check=True)
second = classroom.grade(course.NAME, root=root)
print(json.dumps([first, second, points(root)]))
"""


@pytest.mark.parametrize("room", [0, 120, 180, 240])  # kB: for no verdict, no gradebook, no page …
def test_a_disk_of_which_little_is_left(tmp_path: Path, room: int) -> None:
    unshare = require_tool("unshare", "apt-get install util-linux")
    in_a_namespace = [unshare, "--user", "--map-root-user", "--mount"]
    disk, outside = tmp_path / "disk", tmp_path / "outside"
    disk.mkdir()
    outside.mkdir()
    trial = [*in_a_namespace, "mount", "-t", "tmpfs", "tmpfs", str(disk)]
    if subprocess.run(trial, capture_output=True).returncode:
        missing(f"no small disk can be mounted here. {NAMESPACES_REFUSED}")
    run = subprocess.run(
        [*in_a_namespace, sys.executable, "-c", SMALL_DISK, str(disk), str(outside), str(room)],
        cwd=course.REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    first, second, entered = json.loads(run.stdout.splitlines()[-1])
    said = run.stderr.splitlines()
    assert first == 2 and said, "the disk was to be full"
    assert all(line.startswith("autograder: ") and "run the same command again" in line for line in said)
    assert all("full" in line for line in said)
    assert second == 0
    assert {student: tuple(marks) for student, marks in entered.items()} == ENTERED


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def locked(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the gradebook until its input ends."""
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.05)
    command = [sys.executable, "-c", HOLD, str(root / "gradebook.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "locked\n"
        yield process
        process.stdin.close()


def test_a_locked_gradebook_costs_one_sentence_and_no_verdict(
    root: Path, judges: FakeJudges, locked: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in_a_class(root)
    said = refused(root, capsys)
    assert "ada and 3 more not in the gradebook: another program has locked the gradebook" in said
    assert len(list((root / "reports" / course.NAME).glob("*.json"))) == len(STUDENTS) + 1
    locked.stdin.close()
    locked.wait()
    assert classroom.grade(course.NAME, root=root) == 0
    assert len(judges.asked) == len(STUDENTS)
    assert points(root) == ENTERED


def test_fifty_megabytes_of_output_are_graded_like_any_other(root: Path, judges: FakeJudges) -> None:
    book = course.solved()
    printed = {"output_type": "stream", "name": "stdout", "text": "0123456789\n" * 5_000_000}
    course.cell(book, "show-double")["outputs"] = [printed]
    course.hand_in(root, "ada", book)
    course.hand_in(root, "ben", course.solved())
    assert classroom.grade(course.NAME, root=root) == 0
    assert points(root) == dict.fromkeys(("ada", "ben"), (2.0, 3.0))
    assert len(judges.asked) == 1  # the same cells


def test_fifty_megabytes_of_text_get_one_sentence(
    root: Path, judges: FakeJudges, capsys: pytest.CaptureFixture[str]
) -> None:
    course.hand_in(root, "ada", course.with_sources(double=f"data = '{'x' * 50_000_000}'"))
    course.hand_in(root, "ben", course.solved())
    assert classroom.grade(course.NAME, root=root) == 0
    said = capsys.readouterr().err
    assert said.startswith("autograder: ada: tiny.ipynb holds more than") and said.count("\n") == 1
    assert said.endswith("in cell 4 of 11: take pasted data out and submit it again\n")
    assert points(root) == {"ada": (0.0, 0.0), "ben": (2.0, 3.0)}


def test_points_changed_by_a_new_grader_are_told_with_the_reason(
    root: Path, judges: FakeJudges, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in_a_class(root)
    assert classroom.grade(course.NAME, root=root) == 0
    with (root / "autograder" / "graders" / f"{course.NAME}.py").open("a") as grader:
        grader.write("# corrected\n")
    report = json.loads(json.dumps(judges.answer["report"]))
    report["tasks"]["square"]["points"] = 1.5
    judges.answer["report"] = report
    capsys.readouterr()
    assert classroom.grade(course.NAME, root=root) == 0
    said = capsys.readouterr().out
    assert "tiny: 4 of 4 with other points than before" in said
    assert "  cleo  5 -> 3.5  the grader changed\n      square 3 -> 1.5\n" in said


def test_gradebook_pages_and_exports_agree_on_who_submitted(root: Path, judges: FakeJudges) -> None:
    course.hand_in(root, "ada", course.solved())
    course.hand_in(root, "ben", course.solved(), "tiny.ipynb.txt")
    course.hand_in(root, "cem", b"%PDF-1.7", "essay.pdf")
    course.hand_in(root, "dea", b'{"cells": [')
    course.hand_in(root, "eve", b"2026-10-17 08:30:00 UTC", "timestamp.txt")
    assert classroom.grade(course.NAME, root=root) == 0
    reports = json.loads((root / "reports" / course.NAME / "class.json").read_text())
    marks, _ = settled_marks(course.NAME, root)
    assert {mark.id for mark in marks if mark.submitted} == {"ada", "ben", "cem", "dea"}
    assert {report["student"] for report in reports} == {"ada", "ben", "cem", "dea"}
    assert points(root) == {"ada": (2.0, 3.0), "ben": (2.0, 3.0), "cem": (0.0, 0.0), "dea": (0.0, 0.0)}
    assert settled_marks(course.NAME, root)[0] == marks


def test_what_is_no_report_is_named_and_the_class_is_shown_without_it(
    root: Path, judges: FakeJudges, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in_a_class(root)
    assert classroom.grade(course.NAME, root=root) == 0
    shutil.rmtree(root / "submitted" / "ben")
    course.hand_in(root, "eve", course.solved())
    folder = root / "reports" / course.NAME
    (folder / "ben.json").write_text('{"assignment": "tiny", "stu')
    (folder / "._ada.json").write_bytes(b"\0\5\x16\7Mac OS X\xff")
    (folder / "ada-old.json").write_bytes((folder / "ada.json").read_bytes())
    (folder / "folder.json").mkdir()
    (folder / "notes.json").write_text('{"todo": 1}')
    (folder / "null.json").write_text("null")
    capsys.readouterr()
    for command in (lambda: classroom.grade(course.NAME, root=root), lambda: main_report(course.NAME, root)):
        assert command() == 0
        said = capsys.readouterr().err.splitlines()
        named = [line.partition(" is not a student's report and is left out")[0] for line in said]
        assert named == [
            f"autograder: reports/tiny/{name}.json" for name in ("ada-old", "ben", "folder", "notes", "null")
        ]
        everyone = json.loads((folder / "class.json").read_text())
        assert [report["student"] for report in everyone] == ["ada", "cleo", "dan", "eve"]
        assert "eve" in (folder / "class.html").read_text()


@pytest.mark.parametrize("content", ["[1]", '{"ada": {"report": {}}}', '{"ada": null}', "[]x"])
def test_a_damaged_memory_of_the_last_run_stops_nothing(root: Path, judges: FakeJudges, content: str) -> None:
    course.hand_in(root, "ada", course.solved())
    file = root / "reports" / ".kept" / course.NAME / "last_run" / "outcomes.json"
    file.parent.mkdir(parents=True)
    file.write_text(content)
    assert classroom.grade(course.NAME, root=root) == 0
    assert "ada" in json.loads(file.read_text())


def test_a_run_in_which_nobody_submitted_a_notebook_says_that_nothing_is_graded(
    root: Path, judges: FakeJudges, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "submitted" / "ada" / course.NAME).mkdir(parents=True)
    assert classroom.grade(course.NAME, root=root) == 0
    assert "nothing of tiny is graded: run `make grade ASSIGNMENT=tiny`" in capsys.readouterr().err


def test_a_pdf_that_is_replaced_by_a_notebook_is_a_changed_submission_alone(
    root: Path, judges: FakeJudges, capsys: pytest.CaptureFixture[str]
) -> None:
    course.hand_in(root, "ada", b"%PDF-1.4")
    assert classroom.grade(course.NAME, root=root) == 0
    course.hand_in(root, "ada", course.solved())
    assert classroom.grade(course.NAME, root=root) == 0
    assert "  ada  0 -> 5  the submission changed\n" in capsys.readouterr().out


def test_a_student_with_too_long_a_name_stops_nobody_else(
    root: Path, judges: FakeJudges, capsys: pytest.CaptureFixture[str]
) -> None:
    for student in ("ada", "x" * 251, "zoe"):
        course.hand_in(root, student, course.solved())
    assert classroom.grade(course.NAME, root=root) == 0
    assert "no student can have so long a name: rename the folder" in capsys.readouterr().err
    assert points(root) == {"ada": (2.0, 3.0), "zoe": (2.0, 3.0)}


def test_what_cannot_be_read_is_not_said_to_be_unwritten(
    root: Path, judges: FakeJudges, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in_a_class(root)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "nbgrader_config.py")

    monkeypatch.setattr(classroom, "checked_semester", refuse)
    said = refused(root, capsys)
    assert said.startswith("autograder: nbgrader_config.py: Permission denied; what was graded is kept")
