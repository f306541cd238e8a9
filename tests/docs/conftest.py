"""A course of one small assignment in a checkout of its own, in which the manual's commands run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.grading.assignment import SHARED
from tests.build.conftest import make_repository
from tests.docs.pages import REPOSITORY

NAME = "tiny"
"""The assignment that the manual calls `titanic`."""

ANSWERS = {
    "ada": "def double(number):\n    return 2 * number",
    "bob": "def double(number):\n    return number if number else 0.0",
    "cleo": "def double(number):\n    return number + number",
}
EDITED_WITHOUT_METADATA = "cleo"


class ManualCourse:
    """Runs a command as the manual's reader would, after putting into place what the reader would have."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("autograder", "scripts"):
            ignored = shutil.ignore_patterns("__pycache__", "graders")
            shutil.copytree(REPOSITORY / folder, root / folder, ignore=ignored)
        (root / "autograder" / "graders").mkdir()
        (root / "autograder" / "graders" / "__init__.py").touch()
        for file in ("Makefile", "nbgrader_config.py", "requirements.lock"):
            shutil.copy(REPOSITORY / file, root)
        shutil.copytree(REPOSITORY / SHARED, root / SHARED, ignore=shutil.ignore_patterns("__pycache__"))
        make_repository(root)
        (root / "assignments" / "README.md").write_text("# For students\n")
        (root / ".venv").symlink_to(sys.prefix)
        (root / "students.csv").write_text("id,first_name,last_name\nada,Ada,A\nbob,Bob,B\ncleo,Cleo,C\n")

    def run(self, script: str) -> str:
        """What the script prints. Fails if one of its commands does."""
        self._prepare(script)
        environment = {**os.environ, "COLUMNS": "100"}
        environment.pop("PYTHONPATH", None)  # the course's own package, not this checkout's
        # everything is installed: nothing is to be set up
        make = 'make() { command make --old-file=.venv/.ready "$@"; }\n'
        done = subprocess.run(
            ["bash", "-euc", make + script.replace("titanic", NAME)],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}"
        return done.stdout

    def _prepare(self, script: str) -> None:
        if "SOURCE=friday" in script:
            (self.root / "friday").mkdir()
            for student in ANSWERS:
                (self.root / "friday" / f"{student}_{NAME}.ipynb").write_text(self.notebook(student))
        if "download.zip" in script:
            with zipfile.ZipFile(self.root / "download.zip", "w") as archive:
                archive.writestr("ada-hw4-final.ipynb", self.notebook("ada"))
        if "make extend" in script:
            with (self.root / "nbgrader_config.py").open("a") as config:
                config.write(f'c.LatePenalty.due = {{"{NAME}": "2026-10-16 23:59 Europe/Berlin"}}\n')
        if "submission.ipynb" in script:
            (self.root / "submission.ipynb").write_text(self.notebook("bob"))
        if "generate_feedback" in script:
            self._grade_written_answers()

    def notebook(self, student: str) -> str:
        """The released notebook with a student's answers."""
        released = self.root / "release" / NAME / f"{NAME}.ipynb"
        book = json.loads(released.read_text(encoding="utf-8"))
        for cell in book["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if grade_id == "double":
                cell["source"] = ANSWERS[student]
            elif grade_id == "why":
                cell["source"] = "Because."
            if student == EDITED_WITHOUT_METADATA:
                cell["metadata"] = {}
        return json.dumps(book)

    def _grade_written_answers(self) -> None:
        """What the instructor does in formgrader; tests/gradebook/test_formgrader.py does it there."""
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as gradebook:
            for submission in gradebook.assignment_submissions(NAME):
                for grade in submission.notebooks[0].grades:
                    if grade.needs_manual_grade:
                        grade.manual_score, grade.needs_manual_grade = 2.0, False
            gradebook.db.commit()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> ManualCourse:
    return ManualCourse(tmp_path_factory.mktemp("manual") / "course")
