"""`make upgrade-check`: what it installs, and what it says where two environments disagree."""

from __future__ import annotations

import pytest

from autograder.grading.uses import uses_of
from validity import upgrade


def test_what_decides_a_verdict_has_a_lower_bound() -> None:
    oldest = {name.partition("==")[0] for name in upgrade.requirements(upgrade.OLDEST) if "==" in name}
    assert {"numpy", "pandas", "pytest", "scipy", *uses_of("titanic").requirements} <= oldest


def test_the_newest_have_no_upper_bound() -> None:
    assert not [name for name in upgrade.requirements(upgrade.NEWEST) if "==" in name or "<" in name]


def test_a_python_that_does_not_run_is_not_taken(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, status in (("python3.11", 0), ("python3.12", 127), ("python3.13", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert upgrade.pythons() == ["python3.11", "python3.13"]


def test_a_verdict_that_differs_is_told_with_both_messages() -> None:
    passed, failed = ["passed", 2.0, ""], ["failed", 0.0, "The loss should fall.\nIt is 3."]
    here = {
        "titanic wrong/a": {"train/x": passed, "train/y": failed},
        "titanic the solution": {"fit/z": passed},
    }
    other_words = ["failed", 0.0, "The loss should fall.\nIt is 4."]
    there = {
        "titanic wrong/a": {"train/x": failed, "train/y": other_words},
        "titanic the solution": {"fit/z": passed},
    }
    (told,) = upgrade.differences(here, there)
    assert told.split("\n") == [
        "",
        "titanic wrong/a: train/x",
        "  here: passed, 2 points",
        "  there: failed, 0 points",
        "    The loss should fall.",
        "    It is 3.",
    ]
    assert upgrade.differences(here, here) == []


def test_a_submission_that_only_one_environment_can_read_differs() -> None:
    there = {"titanic the solution": {"fit/z": ["passed", 2.0, ""]}}
    (told,) = upgrade.differences({"titanic the solution": {}}, there)
    assert "here: missing, 0 points" in told


def test_the_versions_that_differ_are_named() -> None:
    here, there = {"python": "3.11.7", "numpy": "2.4.6"}, {"python": "3.13.0", "numpy": "2.4.6"}
    assert upgrade.changed(here, there) == ["python 3.11.7 -> 3.13.0"]
