"""What a student leaves in submitted/ reaches the gradebook as data, and no other file does."""

from __future__ import annotations

import logging
import os
import socket
from pathlib import Path

import nbformat
import pytest
from nbgrader.converters import Autograde, GenerateFeedback
from traitlets.config.loader import PyFileConfigLoader

from autograder.batch.judging import Verdict
from autograder.batch.submitted import collect
from autograder.gradebook.enter_marks import Converter
from autograder.gradebook.nbgrader_steps import course_directory
from autograder.grading.assignment import Assignment
from autograder.grading.report import Report
from tests import course
from tests.gradebook.helpers import TASKS, gradebook_of

SECRET = "a word from another student's notebook"


def settings(root: Path):
    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()


def graded(root: Path, student: str) -> Path:
    """Enters a made-up verdict on what the student submitted; returns the folder below autograded/."""
    (found,) = collect(root, course.NAME, [student])
    converter = Converter(root, Assignment.load(course.NAME, root=root), settings(root))
    assert converter.convert(Verdict(found, Report(course.NAME, student, TASKS, "fake", 0.1))) == ""
    return root / "autograded" / student / course.NAME


def feedback(root: Path, student: str) -> Path:
    """Makes the student's feedback; returns its folder."""
    coursedir = course_directory(root, course.NAME)
    coursedir.student_id = student
    GenerateFeedback(coursedir=coursedir, config=settings(root)).start()
    return root / "feedback" / student / course.NAME


def test_no_file_behind_a_link_is_copied(root: Path) -> None:
    course.hand_in(root, "bob", course.with_sources(explain=SECRET))
    folder = course.hand_in(root, "eve", course.solved()).parent
    targets = {
        "notes.db": root / "gradebook.db",
        "key.py": root / "autograder" / "graders" / "tiny.py",
        "bobs.txt": root / "submitted" / "bob" / course.NAME / "tiny.ipynb",
        "solutions": root / "solutions",
        "passwd.txt": Path("/etc/passwd"),
        "zero": Path("/dev/zero"),
        "loop": Path("."),
    }
    for name, target in targets.items():
        (folder / name).symlink_to(target)
    os.link(root / "autograder" / "graders" / "tiny.py", folder / "hard.py")
    os.mkfifo(folder / "pipe")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    autograded = graded(root, "eve")
    returned = feedback(root, "eve")
    assert {path.name for path in autograded.iterdir()} == {"tiny.ipynb", "picture.png", "plots.py"}
    assert {path.name for path in returned.iterdir()} == {"tiny.html", "picture.png", "plots.py"}
    for file in (*autograded.iterdir(), *returned.iterdir()):
        assert SECRET.encode() not in file.read_bytes() and course.HIDDEN.encode() not in file.read_bytes()


def test_a_picture_pasted_into_an_answer_is_shown_in_the_feedback(root: Path) -> None:
    data = "iVBORw0KGgoA" * 250_000
    course.hand_in(root, "eve", course.with_sources(explain=f"Seen: ![](data:image/png;base64,{data})"))
    (answer,) = [
        cell for cell in nbformat.read(graded(root, "eve") / "tiny.ipynb", 4).cells if "attachments" in cell
    ]
    assert len(answer.source) < 100
    page = (feedback(root, "eve") / "tiny.html").read_text(encoding="utf-8")
    assert f'src="data:image/png;base64,{data}"' in page, page[page.find("Seen") :][:500]


def test_no_file_that_a_browser_runs_is_copied(root: Path) -> None:
    folder = course.hand_in(root, "eve", course.solved()).parent
    for name in ("a.html", "b.htm", "c.svg", "d.xhtml", "e.xml", "f.js", "g.mht"):
        (folder / name).write_text("<script>alert(1)</script>")
    assert {path.name for path in graded(root, "eve").iterdir()} == {"tiny.ipynb", "plots.py"}


@pytest.mark.parametrize(
    "timestamp",
    ["the day before yesterday \x1b[31m", "", "9" * 5000, "2026-13-45 99:99", b"\xff\xfe", "pipe", "zero"],
)
def test_no_timestamp_keeps_a_student_out_of_the_gradebook(root: Path, timestamp: str | bytes) -> None:
    file = course.hand_in(root, "eve", course.solved()).with_name("timestamp.txt")
    if timestamp == "pipe":
        os.mkfifo(file)
    elif timestamp == "zero":
        file.symlink_to("/dev/zero")
    else:
        file.write_bytes(timestamp if isinstance(timestamp, bytes) else timestamp.encode())
    graded(root, "eve")
    with gradebook_of(root) as book:
        submission = book.find_submission(course.NAME, "eve")
        assert submission.score == 4.0 and submission.timestamp is None


def test_nbgraders_own_command_passes_links_by_and_its_log_is_text(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = course.hand_in(root, "bob", course.solved())
    (file.with_name("x\x1b[2J\n::error::\u202e.txt")).write_text("")
    (root / "submitted" / "eve").symlink_to("bob")
    converter = Autograde(coursedir=course_directory(root, course.NAME), config=settings(root))
    converter.log = logging.getLogger("tests.strangers")
    with caplog.at_level(logging.INFO):
        converter.start()
    assert [path.name for path in (root / "autograded").iterdir()] == ["bob"]
    assert "eve: submitted/eve is a link" in caplog.text
    assert r"x\u001b[2J" in caplog.text and not set(caplog.text) & set("\x1b\u202e")


def test_a_socket_stops_nobody(root: Path) -> None:
    folder = course.hand_in(root, "eve", course.solved()).parent
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(folder)  # the name of a socket may not be long
        listener.bind("s")
        os.chdir(here)
    graded(root, "eve")
