"""A second year: the first is in the archive, and still counts where submissions are compared."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

import pytest

from autograder.batch.alone import AnotherRun, alone
from autograder.gradebook import decide
from autograder.gradebook.archive import archive
from autograder.gradebook.configuration import SettingsError
from autograder.gradebook.semester import FILE
from autograder.lms.roster import enter_students
from autograder.pages.write import main_report
from tests import course
from tests.gradebook.helpers import configure, enter
from tests.pages.conftest import write_class

LONG = "def double(x):\n    total = 0\n    for n in range(2):\n        total = total + x * n / 1\n    return total + x"


@pytest.fixture
def root(class_of_four: Path, tmp_path: Path) -> Path:
    root = Path(shutil.copytree(class_of_four, tmp_path / "course"))
    decide.withdraw(root, ["dan"])
    course.hand_in(root, "ada", course.with_sources(double=LONG))
    return root


def test_a_year_later(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive(root, "2026")
    assert "archive/2026: 3 students with submissions" in capsys.readouterr().out
    assert sorted(path.name for path in (root / "archive/2026").iterdir()) == [
        "autograded", "gradebook.db", "reports", FILE, "submitted",
    ]  # fmt: skip
    assert not any((root / name).exists() for name in ("submitted", "gradebook.db", "reports", FILE))
    enter_students(root / "class.csv", root)
    report = enter(root, "bob")
    course.hand_in(root, "bob", course.with_sources(double=LONG.replace("total", "t")))
    write_class(root, report)
    main_report(root=root)
    page = (root / "reports" / course.NAME / "class.html").read_text(encoding="utf-8")
    assert "ada of 2026" in page and "cleo of 2026" not in page


def test_what_is_there_is_not_overwritten(root: Path) -> None:
    archive(root, "2026")
    with pytest.raises(SettingsError, match="nothing to archive"):
        archive(root, "2027")
    enter_students(root / "class.csv", root)
    with pytest.raises(SettingsError, match="there is archive/2026 already"):
        archive(root, "2026")
    with pytest.raises(SettingsError, match="cannot be the name of a folder"):
        archive(root, "../2026")


def test_an_interrupted_archive_is_continued(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def stopping(self: Path, target: Path) -> Path:
        if self.name == ".2026.part":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stopping)
    with pytest.raises(KeyboardInterrupt):
        archive(root, "2026")
    monkeypatch.undo()
    archive(root, "2026")
    assert (root / "archive/2026/reports" / course.NAME / "class.json").is_file()


def test_a_class_that_is_being_graded_stays(root: Path) -> None:
    with alone(root), pytest.raises(AnotherRun):
        archive(root, "2026")
    assert (root / "gradebook.db").exists()


def test_what_students_tried_leaves_with_them_unless_the_service_still_runs(root: Path) -> None:
    upload = root / "served/notebooks/tiny/ada.ipynb"
    upload.parent.mkdir(parents=True)
    upload.write_text("{}")
    with (root / "served/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(AnotherRun, match="stop make serve first"):
            archive(root, "2026")
    assert upload.exists() and (root / "gradebook.db").exists()
    archive(root, "2026")
    assert not (root / "served").exists()
    assert (root / "archive/2026/served/notebooks/tiny/ada.ipynb").exists()


def test_a_gradebook_in_another_place_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(root, f"c.CourseDirectory.db_url = 'sqlite:///{root}/grades.db'")
    archive(root, "2026")
    assert f"the gradebook stays at sqlite:///{root}/grades.db: set" in capsys.readouterr().out
    configure(root, "c.CourseDirectory.db_url = 'postgresql://user@host/grades'")
    (root / "submitted").mkdir()
    archive(root, "2027")
    said = capsys.readouterr().out
    assert (
        "the gradebook and what make serve keeps about students stay at postgresql://user@host/grades" in said
    )
