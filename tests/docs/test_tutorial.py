"""docs/tutorial.md, followed word by word in a course of its own: a released, proved and graded assignment."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import REPOSITORY, TUTORIAL, blocks
from tests.docs.test_commands import prints, steps

NAME = "k-means"
FOLDERS = ("autograder", "validity", "docs", "assignments/common")
FILES = (
    "Makefile",
    "README.md",
    "nbgrader_config.py",
    "pyproject.toml",
    "requirements.lock",
    "scripts/setup.sh",
)
TASKS = re.compile(rf"\n\[{NAME}\.coding\](?s:.*)")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The repository without its assignments."""
    for folder in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__", "graders")
        shutil.copytree(REPOSITORY / folder, tmp_path / folder, ignore=ignored)
    code = [path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "corpora").glob("*.py")]
    for file in (*FILES, *code, "assignments/README.md", "assignments/contract.toml"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / file, tmp_path / file)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


def run(checkout: Path, command: str) -> str:
    environment = {**os.environ, "COLUMNS": "200"}
    environment.pop("PYTHONPATH", None)  # the checkout's own package, not this one
    make = 'make() { command make --old-file=.venv/.ready "$@"; }\n'  # nothing is to be set up
    done = subprocess.run(
        ["bash", "-euc", make + command],
        cwd=checkout,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_on_one_core,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout


def _on_one_core() -> None:
    """One judge is enough, and each that starts takes seconds of computing."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def write(checkout: Path, place: str, text: str) -> None:
    """What the reader copies from the page: a file as a whole, or the contract's lines of this assignment."""
    file = checkout / place
    if place.endswith("contract.toml"):
        text = TASKS.sub(lambda _: f"\n{text}", file.read_text(encoding="utf-8"))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_it_ends_with_a_released_proved_and_graded_assignment(checkout: Path) -> None:
    for block in blocks(TUTORIAL):
        if block.language == "console":
            for command, expected in steps(block.text):
                printed = run(checkout, command)
                assert prints(printed, expected), f"{block}: {command} prints\n{printed}"
        elif block.language == "bash" and not block.mark:
            run(checkout, block.text)
        elif block.language in ("python", "toml"):
            write(checkout, block.mark, block.text)
    (report,) = json.loads((checkout / "reports" / NAME / "class.json").read_text(encoding="utf-8"))
    assert {name: task["max_points"] for name, task in report["tasks"].items()} == {
        "nearest": 3.0,
        "means": 3.0,
        "choose-k": 2.0,
    }
    assert report["score"] == 0.0
    released = (checkout / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    assert "argmin" not in released
