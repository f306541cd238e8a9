"""All that a judge imports of this repository is in the digest under which its verdicts are kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.batch.cache import deciding_files
from autograder.batch.local import setup
from autograder.grading.assignment import REPOSITORY, Assignment
from tests import course

JUDGE = """
import json, runpy, sys
runpy.run_module("autograder.grading.judge_process", run_name="__main__")
files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
print(json.dumps(sorted(file for file in files if file)), file=sys.stderr)
"""


def imported_by_a_judge(assignment: Assignment, notebook: Path) -> tuple[dict, set[Path]]:
    """A judge's answer on a notebook, and the files of this repository and of the course folder that it imported."""
    question = {"assignment": assignment.name, "file": str(notebook), "tests": [], "failed": []}
    lines = [setup(assignment.root, None) | {"assignments": [assignment.name]}, question]
    done = subprocess.run(
        [sys.executable, "-c", JUDGE],
        input="".join(json.dumps(line) + "\n" for line in lines),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert done.returncode == 0, done.stderr
    files = {Path(file).resolve() for file in json.loads(done.stderr.splitlines()[-1])}
    packages = Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()
    ours = {
        file
        for file in files  # torch names some that are not there
        if file.is_file()
        and any(file.is_relative_to(root.resolve()) for root in (REPOSITORY, assignment.root))
        and not any(file.is_relative_to(folder) for folder in packages)
    }
    return json.loads(done.stdout), ours


@pytest.mark.parametrize("name", [course.NAME, "titanic", "convnets"])
def test_all_that_a_judge_imports_decides(name: str, root: Path) -> None:
    assignment = Assignment.load(name, root=root if name == course.NAME else REPOSITORY)
    answer, imported = imported_by_a_judge(assignment, assignment.solution_file)
    assert all(task["status"] != "error" for task in answer["report"]["tasks"].values())
    assert assignment.grader_file.resolve() in imported
    decides = {file.resolve() for files in deciding_files(assignment).values() for file in files}
    assert imported - decides == set()
