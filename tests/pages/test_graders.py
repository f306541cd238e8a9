"""Several graders: each submission has one, and their pages name no student."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

from autograder.gradebook import decide
from autograder.gradebook.configuration import SettingsError
from autograder.pages.graders import deal_out
from tests import course
from tests.gradebook.helpers import enter, give

TINY = course.NAME


@pytest.fixture
def root(class_of_four: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(class_of_four, tmp_path / "course"))


def deal(root: Path) -> dict[str, str]:
    with (root / "reports" / TINY / "graders.csv").open(newline="") as stream:
        return {row["student"]: row["grader"] for row in csv.DictReader(stream)}


def test_the_deal_is_even_and_stays(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deal_out(root, TINY, ["kim", "lee"])
    first = deal(root)
    assert sorted(first) == ["ada", "bob", "cleo"]
    assert sorted(list(first.values()).count(one) for one in ("kim", "lee")) == [1, 2]
    enter(root, "dan")
    give(root, "ada", 2.0)
    capsys.readouterr()
    deal_out(root, TINY)
    assert first.items() < deal(root).items()
    assert sorted(deal(root).values()) == ["kim", "kim", "lee", "lee"]
    printed = capsys.readouterr().out
    assert f"exports/tiny-graders/{first['ada']}.html: 1 of 2 graded" in printed
    deal_out(root, TINY, ["kim"])  # lee is ill
    assert set(deal(root).values()) == {"kim"}


def test_an_id_that_a_spreadsheet_takes_for_a_formula_stays_with_its_grader(root: Path) -> None:
    odd = ("@dan", "-eve", "=fay", "gus ;=1", "0012")
    for student in odd:
        enter(root, student)
    file = root / "reports" / TINY / "graders.csv"
    deal_out(root, TINY, ["kim", "lee"])
    dealt = {"kim": "lee", "lee": "kim"}
    table = [(student, dealt.get(grader, grader)) for student, grader in deal(root).items()]
    for prefix in ("'", ""):  # as it was written, and as an instructor may write it
        rows = [(student.replace("'", prefix), grader) for student, grader in table]
        with file.open("w", newline="") as stream:
            csv.writer(stream).writerows([("student", "grader"), *rows])
        deal_out(root, TINY)
        assert deal(root) == dict(table)


def test_who_no_longer_grades_has_no_page(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = root / "exports" / "tiny-graders"
    deal_out(root, TINY, ["kim", "lee"])
    assert sorted(page.name for page in pages.iterdir()) == ["kim.html", "lee.html"]
    deal_out(root, TINY, ["kim"])
    assert [page.name for page in pages.iterdir()] == ["kim.html"]
    assert "exports/tiny-graders/lee.html removed" in capsys.readouterr().out


def test_a_graders_page_names_nobody(root: Path) -> None:
    deal_out(root, TINY, ["kim"])
    text = (root / "exports" / "tiny-graders" / "kim.html").read_text(encoding="utf-8")
    # without the numbers in links, which may well have "ada" in them
    said, links = re.subn(r"/formgrader/submissions/[0-9a-f]{32}", "", text)
    assert not any(name in said for name in ("ada", "bob", "cleo", "Ada", "Bob", "Cleo"))
    assert links == 3 and text.count("explain") == 3


def test_excused_students_are_not_dealt_out(root: Path) -> None:
    decide.excuse(root, ["bob"], TINY)
    deal_out(root, TINY, ["kim"])
    assert sorted(deal(root)) == ["ada", "cleo"]


def test_without_graders_or_with_an_impossible_name_nothing_is_written(root: Path) -> None:
    with pytest.raises(SettingsError, match="say who grades"):
        deal_out(root, TINY)
    with pytest.raises(SettingsError, match="cannot be a part of a file's name"):
        deal_out(root, TINY, ["../kim"])
    with pytest.raises(SettingsError, match="cannot be a part of a file's name"):
        deal_out(root, TINY, ["@kim"])  # would be read back as '@kim
    assert not (root / "reports" / TINY / "graders.csv").exists()
