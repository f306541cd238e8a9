"""A late submission loses what the plugin says, wherever its mark is read."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.apps import NbGraderApp
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from autograder import classroom
from autograder.batch.cache import Kept
from autograder.gradebook import timestamps
from autograder.gradebook.configuration import SettingsError, read_configuration
from autograder.gradebook.dates import due_date, in_utc
from autograder.gradebook.late import LatePenalty
from autograder.gradebook.settle import settled_marks
from autograder.grading.assignment import Assignment
from autograder.grading.report import Report
from autograder.grading.submission import read
from tests import course
from tests.gradebook.helpers import TASKS, configure, enter, give, gradebook_of

DUE = 'c.LatePenalty.due = {"tiny": "2026-10-16 23:59 Europe/Berlin"}'
PERCENT = f'{DUE}\nc.LatePenalty.penalty_method = "percent"\nc.LatePenalty.percent_a_day = 25'
IN_TIME = "2026-10-16 21:59:00 UTC"
A_MINUTE_LATE = "2026-10-16 22:00:00 UTC"
TWO_DAYS_LATE = "2026-10-18 21:00:00 UTC"


def configured(**settings: object) -> Config:
    return Config(LatePenalty=Config(settings))


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-10-16 23:59 Europe/Berlin", datetime(2026, 10, 16, 21, 59)),
        ("2026-12-16 23:59 Europe/Berlin", datetime(2026, 12, 16, 22, 59)),
        ("2026-10-16 23:59 UTC", datetime(2026, 10, 16, 23, 59)),
        ("2026-10-16 23:59+02:00", datetime(2026, 10, 16, 21, 59)),
    ],
)
def test_a_due_date_is_read_with_its_zone(text: str, utc: datetime) -> None:
    assert in_utc(due_date(configured(due={"tiny": text}), "tiny")) == utc


@pytest.mark.parametrize(
    "text", ["2026-10-16 23:59", "Friday", "2026-10-16 23:59 Atlantis", "2026-13-01 1:00 UTC"]
)
def test_a_due_date_without_a_zone_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="the due date of tiny, .* is no date with a time zone"):
        due_date(configured(due={"tiny": text}), "tiny")


@pytest.mark.parametrize(("hours", "lost"), [(0.01, 1.0), (24, 1.0), (25, 2.0), (24 * 30, 4.0)])
def test_each_day_begun_takes_a_part(hours: float, lost: float) -> None:
    plugin = LatePenalty(config=configured(penalty_method="percent", percent_a_day=25.0))
    assert plugin.late_submission_penalty("ada", 4.0, hours * 3600) == pytest.approx(lost)


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-16 21:30:00.000000 UTC",
        "2026-10-16 21:30:00 UTC\n",
        "2026-10-16 21:30",
        "2026-10-16T21:30:00Z",
        "2026-10-16T23:30:00+02:00",
        "2026-10-16 23:30:00 +0200",
        "2026-10-16 23:30 +02:00",
        "2026-10-16 23:30:00 Europe/Berlin",
    ],
)
def test_a_timestamp_is_read_with_its_zone(tmp_path: Path, text: str) -> None:
    (tmp_path / "timestamp.txt").write_text(text)
    assert timestamps.read(tmp_path) == datetime(2026, 10, 16, 21, 30)


def test_the_exchanges_abbreviation_of_this_machines_zone_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "timestamp.txt").write_text("2026-10-16 23:30:00.000000 CEST")
    try:
        monkeypatch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        assert timestamps.read(tmp_path) == datetime(2026, 10, 16, 21, 30)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-16",
        "2026-10-16 UTC",
        "2026-10-16 +0200",
        "2026-10-16 11:30 PM",
        "2026-10-16 23:30:00 XEST",
        "2026-10-16 23:30:00 Europe",
        "2026-10-16 23:30:00 ../Berlin",
        "2026-10-16 23:30:00Z Europe/Berlin",
        "16.10.2026 23:30",
    ],
)
def test_what_is_no_time_is_reported_and_not_used(tmp_path: Path, text: str) -> None:
    (tmp_path / "timestamp.txt").write_text(text)
    assert timestamps.read(tmp_path) is None
    assert "is no date with a time" in timestamps.problem(tmp_path)


def scores(root: Path) -> dict[str, tuple[float, float]]:
    """Penalty and score, as exported."""
    return {mark.id: (mark.penalty, mark.score) for mark in settled_marks(course.NAME, root)[0]}


def in_the_gradebook(root: Path, student: str) -> float:
    with gradebook_of(root) as book:
        return book.find_submission(course.NAME, student).late_submission_penalty


def test_everywhere(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(root, PERCENT)
    enter(root, "ada", IN_TIME)
    enter(root, "bob", A_MINUTE_LATE)
    enter(root, "cleo", TWO_DAYS_LATE)
    enter(root, "dan")
    assert in_the_gradebook(root, "bob") == 1.0
    assert scores(root) == {"ada": (0, 4), "bob": (1, 3), "cleo": (2, 2), "dan": (0, 4)}

    # what the instructor gives later is a part of the score, and loses its part
    give(root, "bob", 2)
    assert scores(root)["bob"] == (1.5, 4.5)
    give(root, "bob", 0)
    monkeypatch.chdir(root)
    app = NbGraderApp()
    app.initialize([])
    app.load_config_file()
    result = NbGraderAPI(app.coursedir, parent=app).generate_feedback(course.NAME, "bob")
    assert result["success"], result
    assert in_the_gradebook(root, "bob") == 1.0
    page = (root / "feedback" / "bob" / course.NAME / "tiny.html").read_text(encoding="utf-8")
    assert "(Score: 3.0 / 7.0)" in page


def test_make_grade_shows_it_and_takes_a_new_due_date_without_judging_again(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = course.hand_in(root, "bob", course.solved())
    file.with_name("timestamp.txt").write_text(A_MINUTE_LATE)
    course.hand_in(root, "ada", course.solved())
    report = Report(course.NAME, "", TASKS, "fake", 0.1)
    monkeypatch.setattr("autograder.batch.local._start_family", lambda *_: pytest.fail("judged again"))
    assignment = Assignment.load(course.NAME, root=root)
    kept = Kept(root, assignment)
    kept.save(kept.grounds(read(file, assignment)), report)

    assert classroom.grade(course.NAME, root=root) == 0
    assert "late" not in capsys.readouterr().out
    configure(root, PERCENT)
    assert classroom.grade(course.NAME, root=root) == 0
    table = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["student", "score", "of", "pending", "repairs", "late"] in table
    assert ["bob", "3", "5", "2", "-1"] in table
    assert ["ada", "4", "5", "2"] in table
    assert "late penalty" in (root / "reports" / course.NAME / "bob.html").read_text(encoding="utf-8")
    assert in_the_gradebook(root, "bob") == 1.0


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (
            "penalty_method = 'percentage'",
            'penalty_method is \'percentage\': write "none", "zero" or "percent"',
        ),
        ("percent_a_day = '10%'", "percent_a_day is '10%': write a number from 0 to 100"),
        ("percent_a_day = 110", "percent_a_day is 110: write a number from 0 to 100"),
        ("free_days = 1.5", "free_days is 1.5: write a whole number, 0 or more"),
        (
            "due = '2026-10-16 23:59 UTC'",
            "due is '2026-10-16 23:59 UTC': write the dates in quotes by assignment",
        ),
        (
            "due = {'tinny': '2026-10-16 23:59 UTC'}",
            "due names tinny, which is no assignment: did you mean tiny?",
        ),
        (
            "due = {'x': '2026-10-16 23:59 UTC'}",
            "due names x, which is no assignment: the assignments are tiny",
        ),
    ],
)
def test_a_mistyped_setting_is_named_before_anything_happens(
    root: Path, line: str, why: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(root, "bob", A_MINUTE_LATE)
    configure(root, f"c.LatePenalty.{line}")
    monkeypatch.setattr("autograder.batch.local._start_family", lambda *_: pytest.fail("judged"))
    assert classroom.grade(course.NAME, root=root) == 2
    assert f"nbgrader_config.py: c.LatePenalty.{why}" in capsys.readouterr().err
    with pytest.raises(SettingsError, match="nbgrader_config.py"):
        settled_marks(course.NAME, root)


def test_the_dates_of_this_repository_are_not_those_of_another_folder(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without settings of its own, such as the demo's, has this repository's."""
    configure(root, "c.LatePenalty.due = {'tiny': '2026-10-16 23:59 UTC'}")
    monkeypatch.setattr("autograder.gradebook.configuration.REPOSITORY", root)
    other = tmp_path / "other" / "release" / "huge" / "huge.ipynb"
    other.parent.mkdir(parents=True)
    other.write_text("{}")
    assert "tiny" in read_configuration(tmp_path / "other").LatePenalty.due


def test_make_grade_reports_a_time_that_it_cannot_read_each_time(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = course.hand_in(root, "bob", course.solved())
    file.with_name("timestamp.txt").write_text("2026-10-17 11:30 PM")
    monkeypatch.setattr("autograder.batch.local._start_family", lambda *_: pytest.fail("judged"))
    assignment = Assignment.load(course.NAME, root=root)
    kept = Kept(root, assignment)
    kept.save(kept.grounds(read(file, assignment)), Report(course.NAME, "", TASKS, "fake", 0.1))
    for _ in range(2):
        assert classroom.grade(course.NAME, root=root) == 0
        assert "submitted/bob/tiny/timestamp.txt is no date with a time" in capsys.readouterr().err


def test_a_time_that_is_corrected_or_removed_counts(root: Path) -> None:
    configure(root, PERCENT)
    for timestamp, penalty in ((TWO_DAYS_LATE, 2), (A_MINUTE_LATE, 1), ("some day", 0), (A_MINUTE_LATE, 1)):
        enter(root, "bob", timestamp)
        assert in_the_gradebook(root, "bob") == penalty
    (root / "submitted/bob/tiny/timestamp.txt").unlink()
    enter(root, "bob")
    assert in_the_gradebook(root, "bob") == 0
    with gradebook_of(root) as book:
        assert book.find_submission(course.NAME, "bob").timestamp is None


def test_another_due_date_counts_from_the_next_export(root: Path) -> None:
    """The configuration's date counts before formgrader's, which counts where the configuration names none."""
    configure(root, DUE + '\nc.LatePenalty.penalty_method = "zero"')
    enter(root, "bob", A_MINUTE_LATE)
    assert scores(root) == {"bob": (4, 0)}
    configure(root, DUE.replace("10-16", "10-17"))
    assert scores(root) == {"bob": (0, 4)}
    with gradebook_of(root) as book:  # as formgrader does
        book.update_or_create_assignment(course.NAME, duedate="2026-10-15 00:00:00")
    assert scores(root) == {"bob": (0, 4)}
    configure(root, "c.LatePenalty.due = {}")
    assert scores(root) == {"bob": (0, 4)}
    with gradebook_of(root) as book:
        book.update_or_create_assignment(course.NAME, duedate="2026-10-15 00:00:00")
    assert scores(root) == {"bob": (4, 0)}
