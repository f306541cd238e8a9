"""A gradebook that cannot be used prints one error line; the reports are kept, and the next run enters them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder import classroom
from tests import course
from tests.batch.test_judging import FakeJudges, judges

__all__ = ["judges"]  # the fixture


def no_database(root: Path) -> None:
    (root / "gradebook.db").write_text("not a database")


def a_folder(root: Path) -> None:
    (root / "gradebook.db").mkdir()


def no_driver(root: Path) -> None:
    configure(root, "no_such_driver://user@localhost/gradebook")


def configure(root: Path, url: str) -> None:
    with (root / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.CourseDirectory.db_url = {url!r}\n")


@pytest.mark.parametrize("broken", [no_database, a_folder, no_driver])
def test_a_broken_gradebook_prints_one_error_line_and_loses_nothing(
    root: Path, judges: FakeJudges, capsys: pytest.CaptureFixture[str], broken: Callable[[Path], None]
) -> None:
    for student in ("ada", "bob"):
        course.hand_in(root, student, course.solved())
    broken(root)
    assert classroom.grade(course.NAME, root=root) == 2
    said = capsys.readouterr().err
    assert said.startswith("autograder: ada and 1 more not in the gradebook: ") and said.count("\n") == 1
    configure(root, f"sqlite:///{root / 'other.db'}")
    assert classroom.grade(course.NAME, root=root) == 0
    assert len(judges.asked) == 1  # one judging for both: they have the same cells
    with Gradebook(f"sqlite:///{root / 'other.db'}") as gradebook:
        submissions = gradebook.assignment_submissions(course.NAME)
        assert {submission.student.id: submission.score for submission in submissions} == {
            "ada": 5.0,
            "bob": 5.0,
        }


def test_a_notebook_that_may_not_be_read_stops_nobody_else(
    root: Path, judges: FakeJudges, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = course.hand_in(root, "ada", course.solved())
    course.hand_in(root, "bob", course.solved())
    read_bytes = Path.read_bytes

    def refusing(self: Path) -> bytes:  # tests may run as root, who may read everything
        if self == closed:
            raise PermissionError(13, "Permission denied", str(self))
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    assert classroom.grade(course.NAME, root=root) == 0
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        submissions = gradebook.assignment_submissions(course.NAME)
        assert {one.student.id for one in submissions} == {"ada", "bob"}
    assert (root / "reports" / course.NAME / "class.html").is_file()
