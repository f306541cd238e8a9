"""The instructor's week as README tells it: its commands run, in its order, and print what it says they print.

The course is a small one. Numbers, and the assignment's name, may differ from README's; the words may not. A line of
three dots in README stands for lines that are not shown.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.build.conftest import make_repository
from tests.course import REPOSITORY

README = "titanic"
NAME = "tiny"
ANSWERS = {
    "ada": "def double(number):\n    return 2 * number",
    "bob": "def double(number):\n    return number if number else 0.0",
    "cleo": "def double(number):\n    return number + number",
}


def steps() -> list[tuple[str, list[str]]]:
    """README's commands of the week, each with the lines that it prints."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    week = readme.split("\n## The instructor's week\n")[1].split("\n## ")[0]
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", week, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            else:
                found[-1][1].append(line)
    return found


def shape(text: str) -> list[str]:
    """The lines without what may differ: numbers, widths of columns, the assignment's name, empty lines."""
    text = re.sub(r", unchanged$", "", text, flags=re.MULTILINE)  # a release that was there before
    text = re.sub(r"\d+(\.\d+)?", "#", text.replace(NAME, README))
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def prints_what_readme_says(said: str, expected: list[str]) -> bool:
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in shape("\n".join(expected))
    )
    return re.fullmatch(pattern, "".join(line + "\n" for line in shape(said))) is not None


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A checkout with one small assignment, and what three students upload."""
    root = tmp_path / "course"
    for folder in ("autograder", "scripts"):
        shutil.copytree(
            REPOSITORY / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "graders")
        )
    (root / "autograder" / "graders").mkdir()
    (root / "autograder" / "graders" / "__init__.py").touch()
    for file in ("Makefile", "nbgrader_config.py", "requirements.lock"):
        shutil.copy(REPOSITORY / file, root)
    make_repository(root)
    (root / "assignments" / "README.md").write_text("# For students\n")
    (root / ".venv").symlink_to(sys.prefix)
    (root / "students.csv").write_text("id,first_name,last_name\nada,Ada,A\nbob,Bob,B\ncleo,Cleo,C\n")
    return root


def hand_in(root: Path) -> None:
    """friday/: the released notebook, filled in; cleo's editor took the metadata away."""
    (root / "friday").mkdir()
    for student, answer in ANSWERS.items():
        book = json.loads((root / "release" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8"))
        for cell in book["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id == "double":
                cell["source"] = answer
            elif grade_id == "why":
                cell["source"] = "Because."
            if student == "cleo":
                cell["metadata"] = {}
        (root / "friday" / f"{student}_{NAME}.ipynb").write_text(json.dumps(book))


def grade_written_answers(root: Path) -> None:
    """What a person does in formgrader; test_formgrader.py does it there."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(NAME):
            for grade in submission.notebooks[0].grades:
                if grade.needs_manual_grade:
                    grade.manual_score, grade.needs_manual_grade = 2.0, False
        gradebook.db.commit()


def test_the_week_in_the_readme_runs_and_prints_what_it_says(course: Path) -> None:
    environment = {**os.environ, "COLUMNS": "100", "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PYTHONPATH", None)  # the course's own package, not this checkout's
    commands = [command for command, _ in steps()]
    assert [command.split()[1] for command in commands if command.startswith("make")] == [
        *("solutions", "release", "students", "collect", "grade", "export")
    ]
    for command, expected in steps():
        if "collect" in command:
            hand_in(course)
        if "generate_feedback" in command:
            grade_written_answers(course)
        # the environment is there: nothing is to be set up
        script = 'make() { command make --old-file=.venv/.ready "$@"; }\n' + command.replace(README, NAME)
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=course,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        wanted = "\n".join(expected)
        assert prints_what_readme_says(done.stdout, expected), (
            f"{command} prints\n{done.stdout}\nREADME says\n{wanted}"
        )
    page = (course / "feedback" / "bob" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "double: 0.5 of 2 points" in page
    assert "A number should come back doubled" in page
    assert "bob" in (course / "exports" / f"{NAME}-csv.csv").read_text(encoding="utf-8")
