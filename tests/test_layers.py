"""`make check` keeps the layers of autograder/: imports run down, and there are no circles."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.grading.assignment import REPOSITORY

IMPORTING = "\n\ndef imported() -> object:\n    import {name}\n\n    return {name}\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what `make check` checks here."""
    shutil.copytree(
        REPOSITORY / "autograder", tmp_path / "autograder", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    return tmp_path


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    """`make check` with the programs of this Python, which are not installed anew."""
    programs = Path(sys.prefix)
    command = ["make", "check", f"VENV={programs}", f"--old-file={programs / '.ready'}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_repository_passes(copy: Path) -> None:
    done = check(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "imports", "rule"),
    [
        ("sandbox/codec.py", "autograder.grading.report", "Imports run down BROKEN"),
        ("batch/cache.py", "autograder.gradebook.nbgrader_steps", "Imports run down BROKEN"),
        ("pages/write.py", "autograder.lms.roster", "Imports run down BROKEN"),
        ("sandbox/faults.py", "autograder.sandbox.worker_client", "No circles BROKEN"),
        ("classroom.py", "corpora.corpus", "The program knows nothing of what tests and measures it BROKEN"),
    ],
)
def test_an_import_against_the_layers_fails(copy: Path, file: str, imports: str, rule: str) -> None:
    with (copy / "autograder" / file).open("a") as source:
        source.write(IMPORTING.format(name=imports))
    done = check(copy)
    assert done.returncode != 0
    assert rule in done.stdout


def test_a_module_outside_the_layers_fails(copy: Path) -> None:
    (copy / "autograder" / "helpers.py").write_text("")
    done = check(copy)
    assert done.returncode != 0
    assert "helpers" in done.stdout
