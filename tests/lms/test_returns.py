"""Feedback goes back by the door that the submission came through."""

from __future__ import annotations

import csv
import json
import logging
import shutil
import zipfile
from pathlib import Path

import pytest
from nbgrader.apps import NbGraderApp
from nbgrader.exchange import ExchangeError, ExchangeFactory

from autograder.gradebook.marks import Mark, TaskMark
from autograder.lms import returns
from autograder.lms.returns import NothingToReturn, pack
from tests import course


def mark(student: str, email: str, points: float | None = 4) -> Mark:
    tasks = {"explain": TaskMark(7, automatic=points, pending=points is None)}
    return Mark(student, student.title(), "=x", email, "", submitted=True, tasks=tasks)


MARKS = [mark("ada", "ada@uni.example"), mark("bob", "bob@uni.example", None), mark("zoë", "")]
TAKEN = {
    "ada": {"system": "Canvas", "place": "lovelaceada_LATE_17_4711_tiny-1.ipynb", "attempt": 4711},
    "bob": {"system": "Moodle", "place": "Red-Bob Noether_5001_assignsubmission_file_"},
    "zoë": {"system": "", "place": ""},
}


@pytest.fixture
def graded(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(returns, "settled_marks", lambda *_: (MARKS, 7.0))
    record = root / "downloaded" / course.NAME / "collected.json"
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps(TAKEN))
    (root / "reports" / course.NAME).mkdir(parents=True)
    for one in MARKS:
        (root / "reports" / course.NAME / f"{one.id}.html").write_text(f"page of {one.id}")
    feedback = root / "feedback" / "ada" / course.NAME
    feedback.mkdir(parents=True)
    (feedback / f"{course.NAME}.html").write_text("feedback of ada")
    return root


def content(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_each_lms_gets_the_names_that_it_made(graded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pack(course.NAME, graded) == 0
    folder = graded / "exports" / "tiny-return"
    assert content(folder / "canvas.zip") == {
        "lovelaceada_LATE_17_4711_tiny-report.html": "page of ada",
        "lovelaceada_LATE_17_4711_tiny-feedback.html": "feedback of ada",
    }
    assert content(folder / "moodle.zip") == {
        "Red-Bob Noether_5001_assignsubmission_file_/tiny-report.html": "page of bob"
    }
    said = capsys.readouterr().err
    assert "points are still pending, and their pages say so: bob" in said
    assert "no email address in the gradebook: zoë" in said


def test_a_mail_merge_has_everybody_with_files_and_marks(graded: Path) -> None:
    pack(course.NAME, graded)
    folder = graded / "exports" / "tiny-return"
    rows = {row["student"]: row for row in csv.DictReader((folder / "mail.csv").open(encoding="utf-8-sig"))}
    assert list(rows) == ["ada", "bob", "zoë"]
    assert (rows["ada"]["score"], rows["bob"]["score"], rows["bob"]["pending"]) == ("4", "", "explain")
    assert rows["ada"]["last_name"] == "'=x"  # no formula
    for row in rows.values():
        assert all((folder / name).is_file() for name in row["attachments"].split(";"))


def test_packing_again_replaces_what_was_there_and_gives_the_same_bytes(graded: Path) -> None:
    pack(course.NAME, graded)
    folder = graded / "exports" / "tiny-return"
    before = (folder / "canvas.zip").read_bytes()
    (folder / "mail" / "gone").mkdir()
    pack(course.NAME, graded)
    assert (folder / "canvas.zip").read_bytes() == before
    assert not (folder / "mail" / "gone").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["tiny-return"]


def test_nothing_graded_is_one_sentence(graded: Path) -> None:
    shutil.rmtree(graded / "reports")
    shutil.rmtree(graded / "feedback")
    with pytest.raises(NothingToReturn, match="no student has a page: run make grade"):
        pack(course.NAME, graded)


def release(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    app = NbGraderApp()
    app.initialize([])
    app.load_config_file()
    app.coursedir.assignment_id = course.NAME
    ExchangeFactory(parent=app).ReleaseFeedback(coursedir=app.coursedir, parent=app).start()


def test_the_exchange_gets_its_own_and_the_others_are_named(
    graded: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    exchange = tmp_path_factory.mktemp("exchange")
    exchange.chmod(0o777)
    config = graded / "nbgrader_config.py"
    config.write_text(config.read_text().replace("exchange = None\n", f"exchange = {str(exchange)!r}\n"))
    bob = graded / "feedback" / "bob" / course.NAME
    bob.mkdir(parents=True)
    (bob / "tiny.html").write_text("feedback of bob")
    (bob / "submission_secret.txt").write_text("secret")
    (bob / "timestamp.txt").write_text("2026-10-17 06:30:00 UTC")
    with caplog.at_level(logging.WARNING):
        release(graded, monkeypatch)
    (released,) = exchange.rglob("*.html")
    assert released.read_text() == "feedback of bob"


def test_without_an_exchange_the_way_is_named(graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExchangeError, match="return feedback with make return"):
        release(graded, monkeypatch)
