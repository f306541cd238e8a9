"""The autograder for Gradescope: what is in the zip file, and running it in the folders that Gradescope lays out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from autograder.grading.assignment import AssignmentError
from autograder.lms import gradescope
from tests import course

AS_USER = Path(__file__).parents[1] / "sandbox" / "as_user.py"
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
    assert "2 pending (to be graded by the instructor)" in tests["explain"]["output"]
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


THIEF = """
import glob, os

def double(x):
    stolen = []
    for pattern in ("source/autograder/g*/*", "source/solutions/*/*", "submission*", "results/*"):
        for path in [*glob.glob(root + pattern), root + pattern.partition("*")[0]]:
            try:
                stolen.append((path, open(path).read() if not os.path.isdir(path) else os.listdir(path)))
            except OSError:
                pass
    for path in FILES:
        try:
            stolen.append((path, open(root + path).read()))
        except OSError:
            pass
    for path in ("results/results.json", "results/forged", "submission/forged", "source/release/forged", "forged"):
        try:
            open(root + path, "w").write('{"score": 7}')
            stolen.append(path)
        except OSError:
            pass
    for act in (os.rename, os.link, os.symlink):
        try:
            act(root + "submission", root + "results/results.json")
            stolen.append(act)
        except OSError:
            pass
    raise ValueError(f"STOLEN {os.getuid()} {stolen}")
"""


@pytest.mark.skipif(os.getuid() != 0, reason="Gradescope's autograder runs as root")
def test_without_namespaces_nothing_is_read_or_forged(laid_out: Path) -> None:
    """On the rung `user`: no bubblewrap, namespaces or Landlock, in folders that every user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        place = shutil.copytree(laid_out, Path(folder, "autograder"), symlinks=True)
        for path in (place.parent, place):
            path.chmod(0o755)
        (place / "submission_metadata.json").write_text('{"users": [{"email": "ada@example.org"}]}')
        policy = place / "source" / "autograder" / "sandbox" / "policy.py"
        policy.write_text(
            policy.read_text() + "\nLADDER = LADDER[-1:]\nhardening.landlock_version = lambda: 0\n"
        )
        secrets = [
            "source/autograder/graders/tiny.py",
            "source/solutions/tiny/tiny.ipynb",
            "submission/tiny.ipynb",
            "submission_metadata.json",
        ]
        thief = THIEF.replace("FILES", repr(secrets)).replace(
            "import glob", f"root = {str(place) + '/'!r}\nimport glob"
        )
        book = course.with_sources(double=thief)
        shutil.rmtree(place / "submission", ignore_errors=True)
        (place / "submission").mkdir()
        (place / "submission" / "tiny.ipynb").write_text(json.dumps(book))
        command = [sys.executable, AS_USER, "0", place / "run_autograder"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, env=environment())
        assert done.returncode == 0, done.stderr
        assert all((place / secret).is_file() for secret in secrets)
        results = json.loads((place / "results" / "results.json").read_text())
        assert [path.name for path in (place / "results").iterdir()] == ["results.json"]
    assert results["score"] == 3.0
    output = " ".join(test["output"] for test in results["tests"])
    stolen = set(re.findall(r"STOLEN (\d+) (.)(.)", output))
    assert stolen and {(before, after) for _, before, after in stolen} == {("[", "]")}, output
    assert "0" not in {user for user, *_ in stolen}


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
    assert packages == {
        "__init__.py",
        "batch",
        "graders",
        "grading",
        "lms",
        "reports",
        "sandbox",
        "startup.py",
    }
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
        "python -m autograder.grading.uses",
        "python -m pip install --quiet --no-cache-dir --requirement .venv/requirements.txt",
    ]
    (programs / "python3.12").unlink()
    done = subprocess.run(
        [shutil.which("bash"), tmp_path / "source" / "setup.sh"], env=where, capture_output=True
    )
    assert done.returncode == 1
    assert b"no Python 3.11 or later" in done.stderr
