"""The autograder for Gradescope: what is in the zip file, and running it in the folders that Gradescope lays out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.grading.assignment import AssignmentError
from autograder.lms import gradescope
from tests import course

SCRIPTS = ("run_autograder", "setup.sh")


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """/autograder as Gradescope makes it, with this Python in the place of the one that setup.sh installs."""
    root = course.make_course(tmp_path_factory.mktemp("course"))
    archive = gradescope.build(course.NAME, root=root)
    assert archive == root / "exports" / "tiny-gradescope.zip"
    place = tmp_path_factory.mktemp("gradescope") / "autograder"
    with zipfile.ZipFile(archive) as content:
        content.extractall(place / "source")
    shutil.copy(place / "source" / "run_autograder", place)
    (place / "run_autograder").chmod(0o755)
    (place / "results").mkdir()
    (place / "source" / ".venv").symlink_to(sys.prefix)
    return place


def run(laid_out: Path, submission: dict[str, bytes]) -> tuple[subprocess.CompletedProcess[str], dict | None]:
    folder, results = laid_out / "submission", laid_out / "results" / "results.json"
    shutil.rmtree(folder, ignore_errors=True)
    results.unlink(missing_ok=True)
    for name, content in submission.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    done = subprocess.run(
        [laid_out / "run_autograder"], cwd=laid_out, capture_output=True, text=True, env=environment()
    )
    return done, json.loads(results.read_text()) if results.exists() else None


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "COURSE_DATA")}


def test_a_notebook_under_another_name_is_scored(laid_out: Path) -> None:
    half = course.with_sources(double="def double(x):\n    return abs(2 * x)")
    done, results = run(laid_out, {"hw/my work.ipynb": json.dumps(half).encode(), "notes.txt": b"x"})
    assert done.returncode == 0, done.stderr
    assert results["score"] == 4.0
    tests = {test["name"]: test for test in results["tests"]}
    assert {
        name: (test.get("score"), test.get("max_score"), test.get("status")) for name, test in tests.items()
    } == {
        "double": (1.0, 2.0, "failed"),
        "square": (3.0, 3.0, "passed"),
        "explain": (None, None, None),
    }
    assert "not twice the number below zero" in tests["double"]["output"]
    assert "2 pending (graded by the instructor)" in tests["explain"]["output"]
    assert "notebook was submitted as hw/my work.ipynb" in results["output"]
    assert results["stdout_visibility"] == "hidden"
    assert course.HIDDEN not in json.dumps(results)
    for secret in ("autograder/graders", "solutions"):
        assert (laid_out / "source" / secret).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("submission", "sentence"),
    [
        ({"essay.pdf": b"%PDF"}, "no notebook was submitted: submit tiny.ipynb"),
        ({}, "no notebook was submitted: submit tiny.ipynb"),
        ({"tiny.ipynb": b'{"cells": ['}, "tiny.ipynb"),
    ],
)
def test_no_notebook_is_one_sentence(
    laid_out: Path, tmp_path: Path, submission: dict[str, bytes], sentence: str
) -> None:
    for name, content in submission.items():
        (tmp_path / name).write_bytes(content)
    results = tmp_path / "results" / "results.json"
    assert gradescope.run(tmp_path, results, laid_out / "source") == 0
    content = json.loads(results.read_text())
    assert content["score"] == 0
    assert sentence in content["output"]
    assert "\n" not in content["output"]


def test_no_link_leads_out_of_the_submission(laid_out: Path, tmp_path: Path) -> None:
    """It could lead to the solution, which lies in source/."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "tiny.ipynb").symlink_to(laid_out / "source" / "solutions" / "tiny" / "tiny.ipynb")
    assert gradescope.run(tmp_path / "in", tmp_path / "results.json", laid_out / "source") == 0
    assert "no notebook was submitted" in json.loads((tmp_path / "results.json").read_text())["output"]


def test_our_own_fault_leaves_no_results(
    laid_out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = shutil.copytree(laid_out / "source", tmp_path / "source", symlinks=True)
    (broken / "solutions" / "tiny" / "tiny.ipynb").unlink()
    (tmp_path / "in").mkdir()
    assert gradescope.run(tmp_path / "in", tmp_path / "results.json", broken) == 2
    assert not (tmp_path / "results.json").exists()
    assert "solutions/tiny" in capsys.readouterr().err


def test_only_what_is_needed_is_in_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(gradescope.build("titanic", tmp_path / "first.zip")) as archive:
        names = set(archive.namelist())
        modes = {name: archive.getinfo(name).external_attr >> 16 & 0o777 for name in SCRIPTS}
    assert modes == dict.fromkeys(SCRIPTS, 0o755)
    assert {name for name in names if name.startswith("autograder/graders/")} - {
        "autograder/graders/__init__.py"
    } == {"autograder/graders/titanic.py", "autograder/graders/titanic_worker.py"}
    assert {name.split("/")[1] for name in names if name.startswith(("release/", "solutions/"))} == {
        "titanic"
    }
    assert not [name for name in names if name.startswith(("tests/", "submitted/", ".git"))]
    packages = {name.split("/")[1] for name in names if name.startswith("autograder/")}
    assert packages == {"__init__.py", "batch", "graders", "grading", "lms", "sandbox", "startup.py"}
    first = (tmp_path / "first.zip").read_bytes()
    assert gradescope.build("titanic", tmp_path / "second.zip").read_bytes() == first


def test_an_assignment_without_a_grader_is_refused(tmp_path: Path) -> None:
    root = course.make_course(tmp_path)
    (root / "autograder" / "graders" / "tiny.py").unlink()
    with pytest.raises(AssignmentError, match="no autograder/graders/tiny.py"):
        gradescope.build(course.NAME, root=root)


FAKE_PYTHON = """#!/bin/bash
echo "$(basename "$0") $*" >> "$LOG"
case "$*" in
    "-c "*) [ "$(basename "$0")" = python3.12 ] ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
esac
"""


def test_setup_takes_a_python_that_is_new_enough(laid_out: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("python3", "python3.12"):
        (programs / name).write_text(FAKE_PYTHON)
        (programs / name).chmod(0o755)
    (programs / "apt-get").write_text('#!/bin/bash\nexit $([ "$1" = update ] && echo 0 || echo 100)\n')
    (programs / "apt-get").chmod(0o755)
    for name in ("bash", "basename", "dirname", "mkdir", "cp"):
        (programs / name).symlink_to(shutil.which(name))
    (tmp_path / "source").mkdir()
    shutil.copy(laid_out / "source" / "setup.sh", tmp_path / "source")
    where = {"PATH": str(programs), "LOG": str(tmp_path / "log")}
    done = subprocess.run(
        [shutil.which("bash"), tmp_path / "source" / "setup.sh"], env=where, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    calls = [line for line in (tmp_path / "log").read_text().splitlines() if " -c " not in line]
    assert calls == [
        "python3.12 -m venv .venv",
        "python -m pip install --quiet --no-cache-dir --requirement requirements.lock",
    ]
    (programs / "python3.12").unlink()
    done = subprocess.run(
        [shutil.which("bash"), tmp_path / "source" / "setup.sh"], env=where, capture_output=True
    )
    assert done.returncode == 1
    assert b"no Python 3.11 or later" in done.stderr
